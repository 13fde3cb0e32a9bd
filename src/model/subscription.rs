//! Who gets mail, what for, and when: subscribers and their saved searches.

use std::fmt;

use chrono::{DateTime, Utc};

use super::cadence::Cadence;

/// Names a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriberId(pub i64);

/// Names a saved search: what the command line calls a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SearchId(pub i64);

impl fmt::Display for SubscriberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for SearchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A mail address: `local@domain`, ASCII, without a name. What is printed of it for debugging is its
/// domain alone, so that it cannot slip into a log.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailAddress(String);

/// Says why a text is no mail address; it does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a mail address: {0}")]
pub struct InvalidAddress(&'static str);

/// The longest address and local part (RFC 5321 section 4.5.3.1).
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

impl MailAddress {
    /// Reads an address. A quoted local part is refused, because nobody has one and many programs
    /// read it wrongly; so are letters outside ASCII, which few servers carry (RFC 6531).
    ///
    /// # Errors
    /// Returns [`InvalidAddress`] with what is wrong, and without the text.
    pub fn new(text: &str) -> Result<Self, InvalidAddress> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(InvalidAddress("it is longer than 254 characters"));
        }
        if !text.is_ascii() {
            return Err(InvalidAddress("it holds letters outside ASCII; write such a domain in its xn-- form"));
        }
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidAddress("it has no @"))?;
        let atoms = |text: &str, others: &[u8]| {
            !text.is_empty()
                && text.split('.').all(|atom| {
                    !atom.is_empty() && atom.bytes().all(|b| b.is_ascii_alphanumeric() || others.contains(&b))
                })
        };
        if local.len() > LONGEST_LOCAL || !atoms(local, b"!#$%&'*+/=?^_`{|}~-") {
            return Err(InvalidAddress("what stands before the @ is not as RFC 5322 section 3.4.1 says"));
        }
        let labels = domain
            .split('.')
            .all(|label| label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-') && !label.is_empty());
        if !labels || !atoms(domain, b"-") {
            return Err(InvalidAddress("what stands behind the @ is no domain"));
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// Gives the address as it is written to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the form by which two spellings of one mailbox are the same: servers that tell upper
    /// from lower case before the @ exist in theory alone.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// Gives what may be shown of it beside others: `j…@example.edu`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or_default();
        format!("{}…@{domain}", local.get(..1).unwrap_or_default())
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…@{}", self.0.rsplit_once('@').map_or("", |(_, domain)| domain))
    }
}

/// How a subscriber stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriberState {
    /// Asked for on the web and not yet confirmed.
    Pending,
    /// Gets mail.
    Active,
    /// Gets none until they say so, or until a day.
    Paused,
    /// Their mailbox refuses mail.
    Bounced,
}

impl SubscriberState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Active, Self::Paused, Self::Bounced];

    /// Gives the word that stands in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Bounced => "bounced",
        }
    }

    /// Reads the word back; an unknown one mails nobody.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.as_str() == word).unwrap_or(Self::Paused)
    }
}

/// Somebody who gets mail.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscriber {
    /// Their number.
    pub id: SubscriberId,
    /// Where they are written to.
    pub address: MailAddress,
    /// How they stand.
    pub state: SubscriberState,
    /// When a pause ends by itself.
    pub paused_until: Option<DateTime<Utc>>,
    /// When they were first known.
    pub created_at: DateTime<Utc>,
    /// When they agreed to be mailed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// What their mail server said, where it refuses mail.
    pub bounced_why: Option<String>,
}

/// Who agreed to mail, and on what ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// When.
    pub at: DateTime<Utc>,
    /// Who said so: `the subscriber, on the web`, or the name of whoever ran the command.
    pub who: String,
    /// On what ground: `double opt-in`, `consent on file`.
    pub basis: String,
}

/// A saved search: what somebody looks for, and when they want to hear of it.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedSearch {
    /// Its number.
    pub id: SearchId,
    /// Whose it is.
    pub subscriber: SubscriberId,
    /// What its owner calls it.
    pub name: Option<String>,
    /// The filters, as in an address: `state=OH&credential=RHIT`.
    pub filters: String,
    /// When mail is wanted.
    pub cadence: Cadence,
    /// Whether a mail is wanted that says that there is nothing.
    pub heartbeat: bool,
    /// Whether it waits for its owner's word, is active, or paused.
    pub state: SubscriberState,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Events up to here have been looked at.
    pub cursor: i64,
    /// When that was.
    pub looked_at: DateTime<Utc>,
    /// The next slot.
    pub due_at: DateTime<Utc>,
    /// Rises with every change of it and of what waits for it.
    pub turn: i64,
}

/// Why a job was told, or waits to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ToldAs {
    /// It first matched.
    New,
    /// It may match.
    May,
    /// It first matched because it was coded anew.
    Coded,
    /// It had closed and is open again.
    Reopened,
    /// It changed.
    Updated,
    /// It is about to close.
    Closing,
    /// It has closed.
    Closed,
}

impl ToldAs {
    /// Every reason.
    pub const ALL: [Self; 7] =
        [Self::New, Self::May, Self::Coded, Self::Reopened, Self::Updated, Self::Closing, Self::Closed];

    /// Gives the word that stands in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::May => "may",
            Self::Coded => "coded",
            Self::Reopened => "reopened",
            Self::Updated => "updated",
            Self::Closing => "closing",
            Self::Closed => "closed",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Tells whether it makes a job known that was not: such a one is told once.
    #[must_use]
    pub fn introduces(self) -> bool {
        matches!(self, Self::New | Self::May | Self::Coded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_folded_and_never_printed() {
        let address = MailAddress::new(" Jo.Doe+x@Example.EDU ").unwrap();
        assert_eq!((address.as_str(), address.folded().as_str()), ("Jo.Doe+x@example.edu", "jo.doe+x@example.edu"));
        assert_eq!(format!("{address:?} {}", address.masked()), "…@example.edu J…@example.edu");
        for bad in
            ["", "a", "@b", "a@", "a@b c", "a b@c", "a@-b.c", "a@b..c", ".a@b", "\"a b\"@c", "ä@b.c", "a\r\n@b.c"]
        {
            let error = MailAddress::new(bad).unwrap_err().to_string();
            assert!(bad.len() < 3 || !error.contains(bad), "{error}");
        }
        assert!(MailAddress::new(&format!("{}@b.c", "a".repeat(65))).is_err());
    }

    #[test]
    fn words_are_read_back() {
        assert!(ToldAs::ALL.into_iter().all(|kind| ToldAs::from_word(kind.as_str()) == Some(kind)));
        assert!(SubscriberState::ALL.into_iter().all(|state| SubscriberState::from_word(state.as_str()) == state));
    }
}
