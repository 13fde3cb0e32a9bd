//! Subscribing on the web: a search is asked for in somebody's name, they are asked by mail, and their
//! word begins it.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::digests::Sending;
use crate::coding::Coder;
use crate::deliver::{self, DeliverError};
use crate::digest::{self, Envelope};
use crate::matching::{FilterError, SavedFilters};
use crate::model::{CodeNames, Consent, Criteria, MailAddress, MailKey, SavedSearch, Token};
use crate::store::{Confirmation, ConfirmationLimits, NewMail, NewSearch, Requested, Store, StoreError};

/// Why a search could not be asked for or begun. Nothing in it names a person.
#[derive(Debug, thiserror::Error)]
pub enum SubscribingError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mail that asks could not be made.
    #[error("failed to make a confirmation")]
    Mail(#[source] DeliverError),
    /// The search's filters cannot be read any more.
    #[error("failed to read the filters of a saved search")]
    Filters(#[source] FilterError),
}

/// What a request for a search needs beside the search.
pub struct Asking<'a> {
    /// Where it is kept.
    pub store: &'a Store,
    /// What addresses are hashed with.
    pub key: &'a MailKey,
    /// Who asks for the confirmation.
    pub sending: &'a Sending,
    /// How many confirmations are sent.
    pub limits: ConfirmationLimits,
    /// The run's clock.
    pub now: DateTime<Utc>,
}

impl Asking<'_> {
    /// Keeps a search that somebody asks for in the name of an address, and queues the mail that asks the
    /// address's owner. Whoever asks must be told the same in every case.
    ///
    /// # Errors
    /// Returns [`SubscribingError`] when the database cannot be written or the mail cannot be made.
    pub fn ask(&self, address: &MailAddress, search: NewSearch) -> Result<Requested, SubscribingError> {
        let requested = self.store.request_search(self.key, address, search, (self.limits, self.now))?;
        if let Requested::Confirm(confirmation) = &requested {
            self.queue(address, confirmation)?;
        }
        Ok(requested)
    }

    fn queue(&self, address: &MailAddress, confirmation: &Confirmation) -> Result<(), SubscribingError> {
        let (sending, subscribed) = (self.sending, confirmation.subscribed);
        let token = self.key.mail_token(subscribed.subscriber, "confirmation", subscribed.search.0);
        let message_id = format!("{}@{}", token.as_str(), sending.domain());
        let envelope = Envelope { message_id: Some(message_id), ..sending.envelope(address) };
        let base = sending.site.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
        let days = (confirmation.good_until - self.now).num_days();
        let request = digest::Confirmation {
            site: &sending.site,
            confirm_url: &format!("{base}/confirm/{}", confirmation.token.as_str()),
            good_for_days: u32::try_from(days).unwrap_or(1),
            now: self.now,
        };
        let message = digest::confirmation(&request, &envelope);
        let bytes = deliver::encode(&message).map_err(SubscribingError::Mail)?;
        let mail = NewMail { message_id: message.message_id, token: token.as_str().to_owned(), bytes };
        self.store.queue_confirmation(subscribed.subscriber, subscribed.search, mail, self.now)?;
        Ok(())
    }
}

/// Reads filters as text with the vocabulary's codes.
///
/// # Errors
/// Names the first filter that cannot be used.
pub fn criteria_of(filters: &SavedFilters, coder: &Coder) -> Result<Criteria, FilterError> {
    filters.criteria(Some(coder as &dyn CodeNames))
}

/// Takes the word of a mailbox's owner: the search behind the link begins with what is new from now on.
/// `None` where the link is not good (any more); said twice, nothing changes.
///
/// # Errors
/// Returns [`SubscribingError`] when the database cannot be written or the filters cannot be read.
pub fn confirm(
    store: &Store,
    coder: &Arc<Coder>,
    token: &Token,
    now: DateTime<Utc>,
) -> Result<Option<SavedSearch>, SubscribingError> {
    let Some(search) = store.search_to_confirm(token, now)? else { return Ok(None) };
    let filters = SavedFilters::parse(&search.filters).map_err(SubscribingError::Filters)?;
    let criteria = criteria_of(&filters, coder).map_err(SubscribingError::Filters)?;
    let seed = store.seed(&criteria, None, now)?;
    let consent = Consent { at: now, who: "the subscriber, on the web".to_owned(), basis: "double opt-in".to_owned() };
    Ok(store.confirm(token, seed, consent, now)?)
}
