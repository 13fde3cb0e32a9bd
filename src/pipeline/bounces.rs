//! Reads the mailbox that failures and wishes to unsubscribe come to. What was understood is stored before a
//! mail is let go.

use std::sync::Arc;

use super::digests::LEAVE;
use crate::mailbox::{LetGo, Mailbox, MailboxError};
use crate::model::{Clock, Mail, MailCursor, MailSource, Token, TokenPurpose};
use crate::parse::{BounceLimits, read_bounce};
use crate::store::{Returned, Store, StoreError};

/// So many mails are read in one go.
const MOST_MAILS: u64 = 2_000;

/// The mailbox for bounces.
#[derive(Clone)]
pub struct BounceBox {
    /// Where it lies.
    pub source: MailSource,
    /// Where everything is kept.
    pub store: Store,
    /// The run's clock.
    pub clock: Arc<dyn Clock>,
}

/// What a look into the mailbox came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BounceReport {
    /// Mails read.
    pub mails: u64,
    /// Mails that came back and were noted.
    pub noted: u64,
    /// Readers who are mailed no more.
    pub suspended: u64,
    /// Readers who have left, or complained.
    pub removed: u64,
}

/// Why the mailbox could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum BounceError {
    /// The mailbox.
    #[error("failed to {0}")]
    Mailbox(#[from] MailboxError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BounceBox {
    /// Reads what is in the mailbox. Mails are deleted once they are stored; an mbox file is only read.
    ///
    /// # Errors
    /// Returns [`BounceError`] when the mailbox or the database fails; what was read until then is stored.
    pub async fn read(&self) -> Result<BounceReport, BounceError> {
        let mut report = BounceReport::default();
        let mut open = Mailbox::open(&self.source, &MailCursor::default(), true).await?;
        while report.mails < MOST_MAILS
            && let Some(batch) = open.next().await?
        {
            let mut done = Vec::with_capacity(batch.mails.len());
            for mail in batch.mails {
                report.mails += 1;
                done.push(mail.place.clone());
                self.take(mail, &mut report).await?;
            }
            match open.let_go(&done, LetGo::Delete).await {
                Ok(()) | Err(MailboxError::OnlyRead) => {}
                Err(error) => return Err(error.into()),
            }
        }
        open.close().await;
        Ok(report)
    }

    async fn take(&self, mail: Mail, report: &mut BounceReport) -> Result<(), StoreError> {
        // A mail too long to be read is none that a server wrote about one of ours.
        let Some(bytes) = mail.bytes else { return Ok(()) };
        let (store, now) = (self.store.clone(), self.clock.now());
        let done = tokio::task::spawn_blocking(move || understood(&store, &bytes, now)).await;
        match done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))? {
            Returned::Ignored => {}
            Returned::Noted => report.noted += 1,
            Returned::Suspended => report.suspended += 1,
            Returned::Removed => report.removed += 1,
        }
        Ok(())
    }
}

/// Does what one mail asks for. Only the token that one mail of ours carried is believed: anybody can write
/// that somebody's mailbox is gone.
fn understood(store: &Store, bytes: &[u8], now: chrono::DateTime<chrono::Utc>) -> Result<Returned, StoreError> {
    let bounce = read_bounce(bytes, BounceLimits::default());
    let address_token = bounce.verp.as_deref();
    if let Some(token) = address_token.and_then(|token| token.strip_prefix(LEAVE)).and_then(Token::read) {
        let Some(holder) = store.holder(&token, TokenPurpose::Manage, now)? else { return Ok(Returned::Ignored) };
        let removed = store.remove_subscriber(holder.subscriber, "unsubscribed", now)?;
        return Ok(if removed.is_some() { Returned::Removed } else { Returned::Ignored });
    }
    let of_message = bounce.message_id.as_deref().and_then(|id| id.split('@').next());
    let token = address_token.or(of_message).and_then(Token::read);
    token.map_or(Ok(Returned::Ignored), |token| store.note_bounce(token.as_str(), &bounce, now))
}
