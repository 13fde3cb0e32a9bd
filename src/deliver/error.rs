//! Why a mail could not be encoded or handed over.

use std::path::PathBuf;

/// Why a mail could not be encoded or handed over.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// An address cannot be read.
    #[error("read the `{header}` address: write `Name <user@host>`")]
    Address {
        /// `From` or `To`.
        header: &'static str,
    },
    /// A header's name or value could end the header early, and begin one that nobody wrote.
    #[error("write the header `{name}`: its name or value holds a character that headers must not")]
    Header {
        /// The header's name.
        name: String,
    },
    /// A line cannot be made shorter than what mail may carry (RFC 5322 section 2.1.1).
    #[error("write the header `{name}`: one word of it is longer than a line may be")]
    LongLine {
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
    /// A mail with other bytes lies where this one would.
    #[error("write `{}`: another mail with this Message-ID lies there", path.display())]
    Taken {
        /// The file.
        path: PathBuf,
    },
    /// An account without a password.
    #[error(
        "log in to {server}: `mail.url` names an account, but no password is set: set `mail.password_file`, or \
         JOBROUNDS__MAIL__PASSWORD in the environment"
    )]
    NoPassword {
        /// The mail server.
        server: String,
    },
    /// A password without an account.
    #[error("log in to {server}: a password is set, but `mail.url` names no account: write `smtps://user@host`")]
    NoAccount {
        /// The mail server.
        server: String,
    },
    /// The system's certificates cannot be loaded, so that no server could be believed.
    #[error("load the system's certificates: is the package `ca-certificates` installed?")]
    Certificates(#[source] rustls::Error),
}
