//! Where alert mails lie, how far they were read, and one of them as it came.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// Where a board's alert mails lie.
#[derive(Clone, Debug)]
pub enum MailSource {
    /// A Maildir or an mbox file, told apart by what is there.
    Files(PathBuf),
    /// A folder on an IMAP server.
    Imap(ImapAccount),
}

/// One folder of one account on an IMAP server.
#[derive(Clone, Debug)]
pub struct ImapAccount {
    /// The server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the connection begins with TLS; only a server on this machine may go without.
    pub encrypted: bool,
    /// The account.
    pub user: String,
    /// Its password.
    pub password: Option<SecretString>,
    /// The folder.
    pub folder: String,
}

impl MailSource {
    /// Names the place for people: without account and password, which are nobody else's business.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Files(path) => path.display().to_string(),
            Self::Imap(account) => format!("folder `{}` on {}", account.folder, account.host),
        }
    }

    /// Gives a text that changes with the place, by which a memory of another one is not believed.
    #[must_use]
    pub fn identity(&self) -> String {
        let text = match self {
            Self::Files(path) => path.display().to_string(),
            Self::Imap(account) => {
                format!("{}\0{}\0{}\0{}", account.user, account.host, account.port, account.folder)
            }
        };
        blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
    }
}

/// How far a mailbox was read. Every member is a hint: what it leads past is known by its Message-ID.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailCursor {
    /// The mailbox, and the rules by which mails were chosen from it; with others it is read anew.
    pub of: String,
    /// IMAP's `UIDVALIDITY`: with another one the numbers mean nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid_validity: Option<u32>,
    /// The highest number read of an IMAP folder.
    pub last_uid: u32,
    /// Where the first mail not yet read begins in an mbox file.
    pub offset: u64,
    /// A hash of what stands before that place: a file that was written anew is read anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The date of the newest alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_alert: Option<DateTime<Utc>>,
}

/// One mail as it lies in its mailbox.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Its place there: a Maildir's file, a number.
    pub place: String,
    /// Its octets; `None` for one that is too long to be an alert.
    pub bytes: Option<Vec<u8>>,
}
