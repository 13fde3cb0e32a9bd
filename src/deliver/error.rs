//! Why a mail could not be encoded or handed over.

use std::path::PathBuf;

/// Why a mail could not be encoded or handed over.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// An address cannot be read.
    #[error("read the `{header}` address `{address}`: write `Name <user@host>`")]
    Address {
        /// `From` or `To`.
        header: &'static str,
        /// The address as given.
        address: String,
        /// What the mail library says.
        source: lettre::address::AddressError,
    },
    /// A header's name or value could end the header early, and begin one that nobody wrote.
    #[error("write the header `{name}`: its name or value holds a character that headers must not")]
    Header {
        /// The header's name.
        name: String,
    },
    /// The Message-ID is not of the form `left@right` (RFC 5322 section 3.6.4).
    #[error("use the Message-ID `{id}`: it must be of the form `left@right` in plain ASCII")]
    MessageId {
        /// The Message-ID as given.
        id: String,
    },
    /// The date cannot be written in a mail.
    #[error("write the date {date}: mails are dated between 1970 and 9999")]
    Date {
        /// The date as given.
        date: chrono::DateTime<chrono::Utc>,
    },
    /// The mail library refuses the message.
    #[error("encode the mail")]
    Encode(#[from] lettre::error::Error),
    /// A file cannot be written.
    #[error("write `{}`: is the folder writable and the disk not full?", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}
