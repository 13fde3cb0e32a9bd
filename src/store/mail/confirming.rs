//! Double opt-in: a search asked for on the web waits until the owner of the address says that they want
//! it. Nobody can have a stranger flooded: an address gets few such mails a day, all together few an hour,
//! and what was never confirmed is forgotten after a week.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};

use super::addresses::{find_subscriber, read_search, read_subscriber, suppressed};
use super::failed::withdraw;
use super::searches::{NewSearch, insert, plant};
use super::seeds::Seed;
use super::subscribers::{Subscribed, activate, insert_subscriber, note_consent};
use super::tokens::{self, Holder};
use super::twins::{double, fold, standing_twin};
use crate::model::{
    Consent, MailAddress, MailKey, SavedSearch, SearchId, Subscriber, SubscriberState, Token, TokenPurpose,
};
use crate::store::Store;
use crate::store::encoding::{millis, unsigned};
use crate::store::error::StoreError;

/// How long a confirmation's link is good, and how long what waits for it is kept.
pub(super) const GOOD_FOR: TimeDelta = TimeDelta::days(7);
/// How many searches of one address may wait.
const MOST_WAITING: usize = 5;

/// How many confirmations are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfirmationLimits {
    /// To one address in 24 hours.
    pub per_address: u64,
    /// In all in an hour.
    pub per_hour: u64,
}

impl Default for ConfirmationLimits {
    fn default() -> Self {
        Self { per_address: 3, per_hour: 60 }
    }
}

/// A search that waits for its owner's word.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmation {
    /// Whose it is, and which.
    pub subscribed: Subscribed,
    /// What its link holds.
    pub token: Token,
    /// Until when the link is good.
    pub good_until: DateTime<Utc>,
}

/// What came of asking for a search on the web. Whoever asked is told the same in every case.
#[derive(Clone, Debug, PartialEq)]
pub enum Requested {
    /// A confirmation is to be mailed.
    Confirm(Confirmation),
    /// The very search is there already, so that nothing is to be done.
    Double,
    /// Too many were asked for.
    Limited,
    /// Mail to this address comes back, or its owner has complained.
    Suppressed,
}

impl Store {
    /// Notes that somebody asks for a search on the web, in the name of an address.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn request_search(
        &self,
        key: &MailKey,
        address: &MailAddress,
        search: NewSearch,
        (limits, now): (ConfirmationLimits, DateTime<Utc>),
    ) -> Result<Requested, StoreError> {
        let (key, address, hash) = (key.clone(), address.clone(), key.address_hash(address));
        self.erasing(move |work| {
            let tx = &work.tx;
            // Who has left may come back by their own word; where mail comes back, none is sent.
            if suppressed(tx, &hash)?.is_some_and(|why| why == "bounced" || why == "complained") {
                return Ok(Requested::Suppressed);
            }
            let known = find_subscriber(tx, &hash)?;
            if known.as_ref().is_some_and(|known| known.state == SubscriberState::Bounced) {
                return Ok(Requested::Suppressed);
            }
            if double(tx, known.as_ref(), &search)?.is_some() {
                return Ok(Requested::Double);
            }
            let waiting = match &known {
                Some(known) => super::addresses::searches_of(tx, known.id)?
                    .iter()
                    .filter(|search| search.state == SubscriberState::Pending)
                    .count(),
                None => 0,
            };
            if waiting >= MOST_WAITING || asked_too_often(tx, &hash, limits, now)? {
                return Ok(Requested::Limited);
            }
            tx.prepare_cached("INSERT INTO confirmation_asked (hash, at) VALUES (?1, ?2)")?
                .execute(params![hash.as_slice(), millis(now)])?;
            let subscriber = match known {
                Some(known) => known.id,
                None => insert_subscriber(tx, &key, (&address, &hash), (SubscriberState::Pending, now))?,
            };
            let search = insert(tx, subscriber, &search, SubscriberState::Pending, now)?;
            let token = key.search_token(TokenPurpose::Confirm, search, 0);
            let good_until = now + GOOD_FOR;
            let holder = Holder { subscriber, search: Some(search) };
            tokens::insert(tx, &token.hash(), TokenPurpose::Confirm, holder, (now, Some(good_until)))?;
            Ok(Requested::Confirm(Confirmation { subscribed: Subscribed { subscriber, search }, token, good_until }))
        })
    }

    /// Gives the search that a confirmation's link is for; changes nothing.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn search_to_confirm(&self, token: &Token, now: DateTime<Utc>) -> Result<Option<SavedSearch>, StoreError> {
        let hash = token.hash();
        self.read(|connection| search_of(connection, &hash, now))
    }

    /// Takes the owner's word for a search: it begins where the seed says. Saying it twice changes nothing.
    /// `None` for a link that is not good, and where mail to the address has come back meanwhile.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn confirm(
        &self,
        token: &Token,
        seed: Seed,
        consent: Consent,
        now: DateTime<Utc>,
    ) -> Result<Option<SavedSearch>, StoreError> {
        let hash = token.hash();
        self.erasing(move |work| {
            let tx = &work.tx;
            let Some(search) = search_of(tx, &hash, now)? else { return Ok(None) };
            if search.state != SubscriberState::Pending {
                return Ok(Some(search));
            }
            if !is_lifted_by_word(tx, &search)? {
                return Ok(None);
            }
            activate(tx, search.subscriber, now)?;
            note_consent(tx, search.subscriber, &consent)?;
            let confirmed = if let Some(twin) = standing_twin(tx, &search)? {
                twin.id
            } else {
                begin(tx, &search, &seed, now)?;
                search.id
            };
            fold(tx, confirmed, now)?;
            read_search(tx, confirmed)
        })
    }

    /// Forgets what was never confirmed, and requests of more than a day ago. Gives how many searches.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn forget_unconfirmed(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let (searches, anybody) = self.erasing(move |work| {
            let (tx, old) = (&work.tx, millis(now - GOOD_FOR));
            let old_ones: Vec<i64> = tx
                .prepare_cached("SELECT id FROM search WHERE state = 'pending' AND created_at <= ?1")?
                .query_map([old], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for id in &old_ones {
                withdraw(tx, SearchId(*id), now)?;
                tx.prepare_cached("DELETE FROM search WHERE id = ?1")?.execute([id])?;
            }
            // Their mails are no longer anybody's.
            let nobody = "SELECT id FROM subscriber WHERE state = 'pending' AND created_at <= ?1
                             AND NOT EXISTS (SELECT 1 FROM search WHERE search.subscriber = subscriber.id)";
            tx.execute(
                &format!(
                    "DELETE FROM outbox_body
                     WHERE mail IN (SELECT o.id FROM outbox AS o WHERE o.subscriber IN ({nobody}))"
                ),
                [old],
            )?;
            tx.execute(&format!("UPDATE outbox SET reply = NULL WHERE subscriber IN ({nobody})"), [old])?;
            let forgotten = tx.execute(&format!("DELETE FROM subscriber WHERE id IN ({nobody})"), [old])?;
            tx.execute("DELETE FROM confirmation_asked WHERE at < ?1", [millis(now - TimeDelta::days(1))])?;
            tx.execute("DELETE FROM token WHERE expires_at < ?1", [millis(now - TimeDelta::days(60))])?;
            Ok((old_ones.len() as u64, forgotten > 0))
        })?;
        if anybody {
            self.forget()?;
        }
        Ok(searches)
    }
}

/// Tells whether the owner's own word, given from their own mailbox, lets them be mailed, and lifts what
/// they said before. Where mail comes back, or was reported as spam, a link from an old mail lifts nothing.
fn is_lifted_by_word(tx: &Connection, search: &SavedSearch) -> Result<bool, StoreError> {
    let bounced = |known: Subscriber| known.state == SubscriberState::Bounced;
    if read_subscriber(tx, search.subscriber)?.is_none_or(bounced) {
        return Ok(false);
    }
    tx.prepare_cached(
        "DELETE FROM suppression
         WHERE hash = (SELECT hash FROM subscriber WHERE id = ?1) AND why NOT IN ('bounced', 'complained')",
    )?
    .execute([search.subscriber.0])?;
    let mut left =
        tx.prepare_cached("SELECT 1 FROM suppression WHERE hash = (SELECT hash FROM subscriber WHERE id = ?1)")?;
    Ok(!left.exists([search.subscriber.0])?)
}

/// Lets a search that waited for its owner's word begin.
fn begin(tx: &Connection, search: &SavedSearch, seed: &Seed, now: DateTime<Utc>) -> Result<(), StoreError> {
    // What is looked back for is wanted at once.
    let slot = search.cadence.next_after(now).filter(|_| seed.untold.is_empty());
    tx.prepare_cached("UPDATE search SET state = 'active', due_at = ?2, created_at = ?3 WHERE id = ?1")?
        .execute(params![search.id.0, millis(slot.unwrap_or(now)), millis(now)])?;
    plant(tx, search.id, seed, now)
}

fn asked_too_often(
    connection: &Connection,
    hash: &[u8; 32],
    limits: ConfirmationLimits,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let count = |sql: &str, hash: &[u8], since: DateTime<Utc>| -> Result<u64, StoreError> {
        Ok(unsigned(connection.prepare_cached(sql)?.query_row(params![hash, millis(since)], |row| row.get(0))?))
    };
    let own =
        count("SELECT count(*) FROM confirmation_asked WHERE hash = ?1 AND at > ?2", hash, now - TimeDelta::days(1))?;
    let all = count(
        "SELECT count(*) FROM confirmation_asked WHERE ?1 IS NOT NULL AND at > ?2",
        hash,
        now - TimeDelta::hours(1),
    )?;
    Ok(own >= limits.per_address || all >= limits.per_hour)
}

fn search_of(connection: &Connection, hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<SavedSearch>, StoreError> {
    let Some(holder) = tokens::holder(connection, hash, TokenPurpose::Confirm, now)? else { return Ok(None) };
    holder.search.map_or(Ok(None), |search| read_search(connection, search))
}
