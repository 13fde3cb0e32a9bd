//! Hands over what is in the outbox, one mail after another: marked before the attempt, its outcome stored
//! with the mark of the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};

use super::digests::{Digester, Sending};
use crate::deliver::{self, Handed, Parcel, Refusal, Transport};
use crate::model::{Clock, MailId, MailSource, OnUnknown, OutgoingMail, SendOutcome};
use crate::store::{DatabaseLock, Deaths, Store, StoreError};

/// What the configuration says of mail.
#[derive(Clone)]
pub struct MailPlan {
    /// Makes the digests.
    pub digester: Digester,
    /// How mail leaves.
    pub transport: deliver::Settings,
    /// What is done where a server's answer was lost.
    pub on_unknown: OnUnknown,
    /// Where mails that came back lie.
    pub bounces: Option<MailSource>,
}

impl MailPlan {
    /// Gives what hands mails over; nothing is connected yet.
    ///
    /// # Errors
    /// Says in words why no mail can leave as it is configured.
    pub fn mailer(self, store: Store, clock: Arc<dyn Clock>) -> Result<Mailer, String> {
        let transport = Transport::new(self.transport).map_err(|error| format!("failed to {error}"))?;
        Ok(Mailer::new(store, clock, transport, self.digester.sending).with_on_unknown(self.on_unknown))
    }
}

/// Hands mails over.
pub struct Mailer {
    store: Store,
    clock: Arc<dyn Clock>,
    transport: Transport,
    sending: Sending,
    on_unknown: OnUnknown,
    stop: Arc<AtomicBool>,
    progress: Option<Box<dyn Fn() + Send + Sync>>,
}

/// What a burst of deliveries came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Mails that the server has.
    pub sent: u64,
    /// Mails that it does not want now.
    pub deferred: u64,
    /// Mails that it will never want.
    pub refused: u64,
    /// Attempts at which it was not there.
    pub away: u64,
    /// Mails of which it is unknown whether it has them.
    pub unknown: u64,
    /// What an earlier process left behind.
    pub deaths: Deaths,
}

impl Delivered {
    /// Tells whether every attempt ended well.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.deferred + self.refused + self.away + self.unknown + self.deaths.quarantined == 0
    }
}

impl Mailer {
    /// Makes one; nothing is connected yet.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, transport: Transport, sending: Sending) -> Self {
        Self {
            store,
            clock,
            transport,
            sending,
            on_unknown: OnUnknown::default(),
            stop: Arc::default(),
            progress: None,
        }
    }

    /// Says what to do where a server's answer was lost.
    #[must_use]
    pub fn with_on_unknown(mut self, on_unknown: OnUnknown) -> Self {
        self.on_unknown = on_unknown;
        self
    }

    /// Lets another thread end a burst after the mail that is under way.
    #[must_use]
    pub fn with_stop(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = stop;
        self
    }

    /// Calls a function after each attempt.
    #[must_use]
    pub fn with_progress(mut self, progress: impl Fn() + Send + Sync + 'static) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// Hands over whatever is to be tried now. Only one process does so at a time; where another one does,
    /// nothing happens.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written; then nothing more is handed over.
    pub async fn deliver(&mut self) -> Result<Delivered, StoreError> {
        let mut done = Delivered::default();
        let now = self.clock.now();
        let _alone = match DatabaseLock::take_for_mail(self.store.path(), "run", now) {
            Ok(lock) => lock,
            Err(StoreError::InUse { .. }) => return Ok(done),
            Err(error) => return Err(error),
        };
        let on_unknown = self.on_unknown;
        done.deaths = in_store(&self.store, move |store| store.recover_mail(on_unknown, now)).await?;
        let mut ended: Option<(MailId, SendOutcome)> = None;
        loop {
            let stops = self.stop.load(Ordering::Relaxed);
            let now = self.clock.now();
            let Some(mail) = next(&self.store, ended.take(), (on_unknown, stops), now).await? else { break };
            let outcome = self.hand_over(&mail).await;
            count(&mut done, &outcome);
            log(&mail, &outcome);
            if let Some(progress) = &self.progress {
                progress();
            }
            ended = Some((mail.id, outcome));
        }
        self.transport.close().await;
        if done != Delivered::default() {
            in_store(&self.store, Store::settle_mail).await?;
        }
        Ok(done)
    }

    async fn hand_over(&mut self, mail: &OutgoingMail) -> SendOutcome {
        let from = self.sending.envelope_sender(&mail.token);
        let parcel = Parcel { from: &from, to: mail.to.as_str(), bytes: &mail.bytes, message_id: &mail.message_id };
        match self.transport.send(&parcel).await {
            Handed::Accepted { reply } => SendOutcome::Accepted { reply },
            Handed::Deferred { reply } => SendOutcome::Deferred { reply },
            Handed::Refused { reply, what: Refusal::Recipient, .. } => SendOutcome::RecipientRefused { reply },
            Handed::Refused { reply, what: Refusal::Message, .. } => SendOutcome::MessageRefused { reply },
            Handed::ServerAway { why } => SendOutcome::ServerAway { why },
            Handed::Unknown { why } => SendOutcome::Unknown { why },
        }
    }
}

/// Stores what came of the last attempt and marks the next mail, unless the burst is to end.
async fn next(
    store: &Store,
    ended: Option<(MailId, SendOutcome)>,
    (on_unknown, stops): (OnUnknown, bool),
    now: DateTime<Utc>,
) -> Result<Option<OutgoingMail>, StoreError> {
    in_store(store, move |store| {
        if stops {
            ended.map_or(Ok(()), |(mail, outcome)| store.end_attempt(mail, outcome, on_unknown, now))?;
            return Ok(None);
        }
        store.next_mail(ended, on_unknown, now)
    })
    .await
}

async fn in_store<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let store = store.clone();
    let done = tokio::task::spawn_blocking(move || work(&store)).await;
    done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

fn count(done: &mut Delivered, outcome: &SendOutcome) {
    let counter = match outcome {
        SendOutcome::Accepted { .. } => &mut done.sent,
        SendOutcome::Deferred { .. } => &mut done.deferred,
        SendOutcome::RecipientRefused { .. } | SendOutcome::MessageRefused { .. } => &mut done.refused,
        SendOutcome::ServerAway { .. } => &mut done.away,
        SendOutcome::Unknown { .. } => &mut done.unknown,
    };
    *counter += 1;
}

/// Logs what somebody may have to look at. Addresses are never in it.
fn log(mail: &OutgoingMail, outcome: &SendOutcome) {
    let (id, attempts) = (mail.id, mail.attempts);
    match outcome {
        SendOutcome::Accepted { reply } => tracing::debug!(mail.id = %id, attempts, reply, "a mail was handed over"),
        SendOutcome::Deferred { reply } => tracing::info!(mail.id = %id, attempts, reply, "a mail must wait"),
        SendOutcome::RecipientRefused { reply } => {
            tracing::warn!(mail.id = %id, attempts, reply, "a mailbox does not exist; it is mailed no more");
        }
        SendOutcome::MessageRefused { reply } => {
            tracing::warn!(mail.id = %id, attempts, reply, "a mail was refused; what it tells goes with the next one");
        }
        SendOutcome::ServerAway { why } => {
            tracing::warn!(mail.id = %id, attempts, why, "the mail server takes nothing; it is left alone for a while");
        }
        SendOutcome::Unknown { why } => {
            tracing::warn!(mail.id = %id, attempts, why, "whether a mail has arrived is unknown");
        }
    }
}
