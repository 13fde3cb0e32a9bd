//! What a mail that came back says of the one that was sent.

use std::fmt;

/// What a mail in the mailbox for bounces turned out to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BounceKind {
    /// The address takes no mail and will take none: there is no such mailbox or host, or it is closed.
    Hard,
    /// The mail did not arrive, which says little of the address: full, refused as spam, given up.
    Soft,
    /// The receiver called the mail spam (RFC 5965).
    Complaint,
    /// An answer written by a machine: out of office, a challenge, a receipt. It never counts.
    AutoReply,
    /// A server still tries. It never counts.
    Delayed,
    /// Something else, or nothing that can be understood.
    #[default]
    NotABounce,
}

impl BounceKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Hard, Self::Soft, Self::Complaint, Self::AutoReply, Self::Delayed, Self::NotABounce];

    /// Gives the word by which it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Complaint => "complaint",
            Self::AutoReply => "auto-reply",
            Self::Delayed => "delayed",
            Self::NotABounce => "not-a-bounce",
        }
    }

    /// Reads such a word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for BounceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a mail that came back says. Anybody can write such a mail: only the token of an address that
/// was made for one mail shows that it answers that mail.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bounce {
    /// Whom the mail was sent to: the original recipient where it is stated, or else the final one.
    pub recipient: Option<String>,
    /// The `Message-ID` of the mail that came back, without its angle brackets.
    pub message_id: Option<String>,
    /// What it is.
    pub kind: BounceKind,
    /// The enhanced status code (RFC 3463): `5.1.1`.
    pub status: Option<String>,
    /// What the server said, on one line of bounded length, without mail addresses.
    pub diagnostic: Option<String>,
    /// The token of the address `bounces+TOKEN@…` that it came to.
    pub verp: Option<String>,
}

/// Tells of addresses, ids and tokens only whether they are there: whatever is logged holds none.
impl fmt::Debug for Bounce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = |field: &Option<String>| if field.is_some() { "(hidden)" } else { "none" };
        f.debug_struct("Bounce")
            .field("kind", &self.kind)
            .field("status", &self.status)
            .field("diagnostic", &self.diagnostic)
            .field("recipient", &hidden(&self.recipient))
            .field("message_id", &hidden(&self.message_id))
            .field("verp", &hidden(&self.verp))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_stored_as_words() {
        assert!(BounceKind::ALL.into_iter().all(|kind| BounceKind::parse(kind.as_str()) == Some(kind)));
        assert_eq!(BounceKind::parse("harder"), None);
    }

    #[test]
    fn what_is_logged_names_nobody() {
        let secret = || Some("jane@clinic.example".to_owned());
        let bounce = Bounce { recipient: secret(), message_id: secret(), verp: secret(), ..Bounce::default() };
        assert!(!format!("{bounce:?}").contains("jane"));
    }
}
