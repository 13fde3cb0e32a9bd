//! Reads mails where they lie: in a Maildir, an mbox file or a folder on an IMAP server. Nothing is
//! moved, marked or deleted unless it is told so, and then only by [`Mailbox::let_go`].
//!
//! What is never done here: reading what a mail says, or remembering which ones were read. The
//! caller gives a [`MailCursor`] and keeps the one it gets back.

mod error;
#[cfg(feature = "imap")]
mod imap;
mod maildir;
mod mbox;
#[cfg(feature = "imap")]
mod tls;

use std::collections::HashSet;
use std::path::Path;

pub use error::MailboxError;

use self::maildir::Maildir;
use self::mbox::Mbox;
use crate::model::{Mail, MailCursor, MailSource};

/// A longer mail is no alert.
pub const LONGEST_MAIL: u64 = 25 << 20;
/// At most this many mails are handed out together.
const BATCH_MAILS: usize = 50;
/// And no more once they weigh this much.
const BATCH_BYTES: u64 = 16 << 20;

/// Mails that were read together, and how far the mailbox is read with them.
#[derive(Debug)]
pub struct Batch {
    /// The mails, oldest first.
    pub mails: Vec<Mail>,
    /// Where to go on.
    pub cursor: MailCursor,
}

/// What becomes of a mail once its postings are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetGo {
    /// It is marked as seen.
    Seen,
    /// It is deleted.
    Delete,
}

/// An open mailbox.
#[derive(Debug)]
pub struct Mailbox(Kind);

#[derive(Debug)]
enum Kind {
    Maildir(Maildir),
    Mbox(Mbox),
    #[cfg(feature = "imap")]
    Imap(Box<imap::ImapFolder>),
}

impl Mailbox {
    /// Opens a mailbox where the cursor says that it was left.
    ///
    /// # Errors
    /// Returns [`MailboxError`] when there is none, or it may not be read.
    pub async fn open(source: &MailSource, cursor: &MailCursor, writes: bool) -> Result<Self, MailboxError> {
        match source {
            MailSource::Files(path) => {
                let (path, cursor) = (path.clone(), cursor.clone());
                blocking(move || Self::open_files(&path, cursor)).await
            }
            #[cfg(feature = "imap")]
            MailSource::Imap(account) => {
                let folder = imap::ImapFolder::open(account, cursor.clone(), writes).await?;
                Ok(Self(Kind::Imap(Box::new(folder))))
            }
            #[cfg(not(feature = "imap"))]
            MailSource::Imap(_) => {
                let _ = writes;
                Err(MailboxError::NoImap)
            }
        }
    }

    fn open_files(path: &Path, cursor: MailCursor) -> Result<Self, MailboxError> {
        let kind = std::fs::metadata(path).map_err(|error| MailboxError::unreadable(path, error))?;
        if !kind.is_dir() {
            return Ok(Self(Kind::Mbox(Mbox::open(path, cursor)?)));
        }
        Ok(Self(Kind::Maildir(Maildir::open(path, cursor)?)))
    }

    /// Gives the places of the mails whose reading a cursor cannot tell; none for what is read in order.
    #[must_use]
    pub fn places(&self) -> Vec<String> {
        match &self.0 {
            Kind::Maildir(maildir) => maildir.places(),
            _ => Vec::new(),
        }
    }

    /// Passes over the mails at these places.
    pub fn skip(&mut self, known: &HashSet<String>) {
        if let Kind::Maildir(maildir) = &mut self.0 {
            maildir.skip(known);
        }
    }

    /// Gives the next mails; `None` when there are no more.
    ///
    /// # Errors
    /// Returns [`MailboxError`] when the mailbox cannot be read on.
    pub async fn next(&mut self) -> Result<Option<Batch>, MailboxError> {
        match &mut self.0 {
            Kind::Maildir(maildir) => {
                let mut taken = std::mem::take(maildir);
                let (back, batch) = blocking(move || {
                    let batch = taken.next();
                    Ok((taken, batch))
                })
                .await?;
                *maildir = back;
                Ok(batch)
            }
            Kind::Mbox(mbox) => {
                let mut taken = std::mem::take(mbox);
                let (back, batch) = blocking(move || {
                    let batch = taken.next();
                    Ok((taken, batch))
                })
                .await?;
                *mbox = back;
                batch
            }
            #[cfg(feature = "imap")]
            Kind::Imap(folder) => folder.next().await,
        }
    }

    /// Marks or deletes mails whose postings are stored.
    ///
    /// # Errors
    /// Returns [`MailboxError`] when that is not possible; an mbox file is never written.
    pub async fn let_go(&mut self, places: &[String], how: LetGo) -> Result<(), MailboxError> {
        if places.is_empty() {
            return Ok(());
        }
        match &mut self.0 {
            Kind::Maildir(maildir) => maildir.let_go(places, how),
            Kind::Mbox(_) => Err(MailboxError::OnlyRead),
            #[cfg(feature = "imap")]
            Kind::Imap(folder) => folder.let_go(places, how).await,
        }
    }

    /// Takes leave of a server.
    pub async fn close(self) {
        #[cfg(feature = "imap")]
        if let Kind::Imap(folder) = self.0 {
            folder.close().await;
        }
    }
}

/// Runs file work away from the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, MailboxError> + Send + 'static,
) -> Result<T, MailboxError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
