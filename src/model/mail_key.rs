//! The key that addresses are hashed with and links are made from. It stands in a file beside the
//! database, so that a database alone tells neither who has left nor how to act for a subscriber.

use std::fmt;

use super::subscription::{MailAddress, SearchId, SubscriberId};

/// A secret of 256 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct MailKey([u8; 32]);

/// What a link lets its holder do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenPurpose {
    /// Change or end one's own subscription.
    Manage,
    /// Say that one wants it.
    Confirm,
    /// Read one's own feed.
    Feed,
}

impl TokenPurpose {
    /// Gives the word that stands in SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manage => "manage",
            Self::Confirm => "confirm",
            Self::Feed => "feed",
        }
    }
}

/// A link's secret part: 128 bits as 26 letters and digits that survive any mailer. Only its hash is
/// stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Crockford's base 32 in lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// How many characters hold 128 bits.
const LENGTH: usize = 26;

impl Token {
    /// Reads a token out of a link; `None` where it cannot be one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let shaped = text.len() == LENGTH && text.bytes().all(|b| ALPHABET.contains(&b));
        shaped.then(|| Self(text.to_owned()))
    }

    /// Gives the token as it stands in a link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives what is stored of it. Looking a hash up takes a time that says nothing of the token.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        *blake3::Hasher::new_derive_key("jobrounds 2026 stored token").update(self.0.as_bytes()).finalize().as_bytes()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl fmt::Debug for MailKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailKey(…)")
    }
}

impl MailKey {
    /// Takes the secret's bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Gives the keyed hash by which an address is found again: without the key it cannot be guessed
    /// from a list of addresses.
    #[must_use]
    pub fn address_hash(&self, address: &MailAddress) -> [u8; 32] {
        self.derived("jobrounds 2026 address", &[address.folded().as_bytes()])
    }

    /// Makes the token of a subscriber's links. The same turn gives the same one, so that every mail
    /// can carry it although only its hash is stored.
    #[must_use]
    pub fn token(&self, purpose: TokenPurpose, subscriber: SubscriberId, turn: i64) -> Token {
        self.made(&[purpose.as_str().as_bytes(), &subscriber.0.to_le_bytes(), &turn.to_le_bytes()])
    }

    /// Makes the token of one saved search.
    #[must_use]
    pub fn search_token(&self, purpose: TokenPurpose, search: SearchId, turn: i64) -> Token {
        self.made(&[b"search", purpose.as_str().as_bytes(), &search.0.to_le_bytes(), &turn.to_le_bytes()])
    }

    /// Makes the token by which a bounce finds a mail: of a subscriber, a kind and a slot.
    #[must_use]
    pub fn mail_token(&self, subscriber: SubscriberId, kind: &str, slot: i64) -> Token {
        self.made(&[b"mail", &subscriber.0.to_le_bytes(), kind.as_bytes(), &slot.to_le_bytes()])
    }

    fn made(&self, parts: &[&[u8]]) -> Token {
        let hash = self.derived("jobrounds 2026 token", parts);
        let mut bits = u128::from_le_bytes(hash[..16].try_into().unwrap_or_default());
        let mut text = String::with_capacity(LENGTH);
        for _ in 0..LENGTH {
            text.push(char::from(ALPHABET[(bits & 31) as usize]));
            bits >>= 5;
        }
        Token(text)
    }

    fn derived(&self, context: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&blake3::derive_key(context, &self.0));
        for part in parts {
            hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hasher.update(part);
        }
        *hasher.finalize().as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_by_all_that_they_are_for_and_are_not_printed() {
        let key = MailKey::new([7; 32]);
        let one = SubscriberId(1);
        let made = [
            key.token(TokenPurpose::Manage, one, 0),
            key.token(TokenPurpose::Manage, one, 1),
            key.token(TokenPurpose::Feed, one, 0),
            key.token(TokenPurpose::Manage, SubscriberId(2), 0),
            MailKey::new([8; 32]).token(TokenPurpose::Manage, one, 0),
            key.search_token(TokenPurpose::Feed, SearchId(1), 0),
            key.mail_token(one, "digest", 0),
        ];
        let distinct: std::collections::BTreeSet<&str> = made.iter().map(Token::as_str).collect();
        assert_eq!(distinct.len(), made.len());
        for token in &made {
            assert_eq!(Token::read(token.as_str()).as_ref(), Some(token));
            assert_ne!(token.hash(), made[0].clone().0.as_bytes()[..].iter().fold([0; 32], |hash, _| hash));
        }
        assert_eq!(format!("{:?} {key:?}", made[0]), "Token(…) MailKey(…)");
        assert!(Token::read("../../etc/passwd").is_none() && Token::read(&"i".repeat(26)).is_none());
    }

    #[test]
    fn one_mailbox_has_one_hash_however_it_is_spelled() {
        let key = MailKey::new([7; 32]);
        let hash = |text: &str| key.address_hash(&MailAddress::new(text).unwrap());
        assert_eq!(hash("Jo@Example.edu"), hash("jo@example.edu"));
        assert_ne!(hash("jo@example.edu"), hash("jo@example.com"));
    }
}
