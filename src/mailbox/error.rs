//! What can go wrong with a mailbox, and what helps.

use std::path::{Path, PathBuf};

/// A failure of a mailbox. Texts fit "failed to …"; accounts and passwords never stand in them.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// There is no such file or folder.
    #[error("find the mailbox `{}`", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// It may not be read, or breaks off.
    #[error("read the mailbox `{}`: {source}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder without `new` and `cur`.
    #[error("read `{}`: it is a folder without `new` and `cur`, so it is no Maildir", path.display())]
    NoMaildir {
        /// The path.
        path: PathBuf,
    },
    /// A file that does not begin with `From `.
    #[error("read `{}`: it does not begin with `From `, so it is no mbox file", path.display())]
    NoMbox {
        /// The path.
        path: PathBuf,
    },
    /// Another program is writing it just now.
    #[error("read `{}`: another program holds it locked", path.display())]
    Locked {
        /// The path.
        path: PathBuf,
    },
    /// An mbox file is never written.
    #[error("mark or delete mails: an mbox file is never written")]
    OnlyRead,
    /// The program was built without IMAP.
    #[error("read an IMAP folder: this program was built without the feature `imap`")]
    NoImap,
    /// The server cannot be reached.
    #[error("connect to {host}: {why}")]
    Connect {
        /// The server.
        host: String,
        /// Why.
        why: String,
    },
    /// No password is configured.
    #[error("log in to {host}: no password is set")]
    NoPassword {
        /// The server.
        host: String,
    },
    /// The server refuses account and password.
    #[error("log in to {host}: it refuses the account or its password")]
    LogIn {
        /// The server.
        host: String,
    },
    /// The server has no such folder, or refuses it.
    #[error("open folder `{folder}` on {host}: {why}")]
    Folder {
        /// The server.
        host: String,
        /// The folder.
        folder: String,
        /// Its words.
        why: String,
    },
    /// The server breaks off.
    #[error("read on from {host}: {why}")]
    Broken {
        /// The server.
        host: String,
        /// Why.
        why: String,
    },
    /// The server takes too long.
    #[error("hear from {host} within {seconds} s")]
    TimedOut {
        /// The server.
        host: String,
        /// How long it was waited for.
        seconds: u64,
    },
}

impl MailboxError {
    /// Makes the error of a file.
    pub(super) fn unreadable(path: &Path, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::NotFound => Self::Missing { path: path.to_owned() },
            _ => Self::Unreadable { path: path.to_owned(), source },
        }
    }

    /// Says what an operator can do.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "let your mail program or `mbsync` make it, or correct `mail.source`; relative paths are taken from the configuration's folder"
            }
            Self::Unreadable { .. } => "let the account that runs jobrounds read it",
            Self::NoMaildir { .. } | Self::NoMbox { .. } => "name a Maildir or an mbox file in `mail.source`",
            Self::Locked { .. } => "it is read at the next poll; a lock file that was left behind can be removed",
            Self::OnlyRead => "leave `mail.mark_seen` and `mail.delete` out, or use a Maildir or an IMAP folder",
            Self::NoImap => "build with `--features imap`, or let `mbsync` or `fetchmail` fill a Maildir",
            Self::Connect { .. } | Self::Broken { .. } | Self::TimedOut { .. } => {
                "check the server's name, its port and its certificate"
            }
            Self::NoPassword { .. } => {
                "set `mail.password_file`, or JOBROUNDS__BOARDS__…__MAIL__PASSWORD in the environment"
            }
            Self::LogIn { .. } => "check account and password; many servers want a password made for one program",
            Self::Folder { .. } => "correct the folder's name in `mail.source`; a blank is written `%20`",
        }
    }
}
