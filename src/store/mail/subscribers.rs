//! Subscribers: added, listed, paused, and erased so that only a keyed hash stays.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::addresses::{SUBSCRIBER, find_subscriber, read_subscriber, subscriber_of, suppressed};
use super::searches::{NewSearch, insert};
use super::tokens::{self, Holder};
use super::twins::{double, fold};
use crate::model::{Consent, MailAddress, MailKey, SearchId, Subscriber, SubscriberId, SubscriberState, TokenPurpose};
use crate::store::Store;
use crate::store::encoding::{millis, time};
use crate::store::error::StoreError;

/// Somebody who has agreed to be mailed.
#[derive(Clone, Debug)]
pub struct NewSubscriber {
    /// Where to.
    pub address: MailAddress,
    /// Who agreed, and on what ground.
    pub consent: Consent,
    /// What they look for.
    pub search: NewSearch,
    /// The run's clock.
    pub now: DateTime<Utc>,
}

/// Who was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscribed {
    /// Whose the search is.
    pub subscriber: SubscriberId,
    /// The search.
    pub search: SearchId,
}

/// Why somebody cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// They have said that they want no mail, or their mailbox refuses it.
    #[error("this address is not mailed: {}", words_of(why))]
    Suppressed {
        /// Why.
        why: String,
    },
    /// The very search is there already.
    #[error("this address has this search already: it is subscription {0}")]
    Double(SearchId),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a removal took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Saved searches.
    pub searches: u64,
    /// Mails that were on their way.
    pub mails: u64,
}

/// Says why an address is suppressed, and what can be done.
fn words_of(why: &str) -> &'static str {
    match why {
        "bounced" => {
            "mail to it came back; once it works again, `jobrounds subscriber resume` with the address lifts that"
        }
        "complained" => "its owner reported a mail as spam, which nothing here lifts",
        "unsubscribed" => "its owner has unsubscribed; only they can change that, by subscribing on the web",
        _ => "it was removed; only its owner can change that, by subscribing on the web",
    }
}

impl Store {
    /// Adds a search of somebody who has agreed to be mailed, and them where they are not known.
    ///
    /// # Errors
    /// [`SubscribeError::Suppressed`] for an address whose owner has left: no consent on file outweighs that.
    pub fn subscribe(&self, key: &MailKey, new: NewSubscriber) -> Result<Subscribed, SubscribeError> {
        let hash = key.address_hash(&new.address);
        let key = key.clone();
        self.erasing(move |work| subscribe(&work.tx, (&key, &hash), &new))?
    }

    /// Adds many at once, each or none of it; what is wrong with one does not keep the others out.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written; then nobody was added.
    pub fn subscribe_all(
        &self,
        key: &MailKey,
        all: Vec<NewSubscriber>,
    ) -> Result<Vec<Result<Subscribed, SubscribeError>>, StoreError> {
        let all: Vec<([u8; 32], NewSubscriber)> =
            all.into_iter().map(|new| (key.address_hash(&new.address), new)).collect();
        let key = key.clone();
        self.erasing(move |work| subscribe_each(&work.tx, &key, &all))
    }

    /// Tells what adding many would come to, and adds nobody.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn would_subscribe(
        &self,
        key: &MailKey,
        all: Vec<NewSubscriber>,
    ) -> Result<Vec<Result<Subscribed, SubscribeError>>, StoreError> {
        let all: Vec<([u8; 32], NewSubscriber)> =
            all.into_iter().map(|new| (key.address_hash(&new.address), new)).collect();
        let key = key.clone();
        self.erasing(move |work| {
            work.tx.execute_batch("SAVEPOINT trial")?;
            let answers = subscribe_each(&work.tx, &key, &all);
            work.tx.execute_batch("ROLLBACK TO trial; RELEASE trial")?;
            answers
        })
    }

    /// Lists all subscribers in the order in which they came.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn subscribers(&self) -> Result<Vec<Subscriber>, StoreError> {
        self.read(|connection| {
            let sql = format!("SELECT {SUBSCRIBER} FROM subscriber AS s ORDER BY s.id");
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(subscriber_of(row, 0)?);
            }
            Ok(found)
        })
    }

    /// Gives a subscriber.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn subscriber(&self, id: SubscriberId) -> Result<Option<Subscriber>, StoreError> {
        self.read(|connection| read_subscriber(connection, id))
    }

    /// Finds a subscriber by their address.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn subscriber_at(&self, key: &MailKey, address: &MailAddress) -> Result<Option<Subscriber>, StoreError> {
        let hash = key.address_hash(address);
        self.read(|connection| find_subscriber(connection, &hash))
    }

    /// Tells why an address must not be mailed; `None` where nothing speaks against it.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn suppression(&self, key: &MailKey, address: &MailAddress) -> Result<Option<String>, StoreError> {
        let hash = key.address_hash(address);
        self.read(|connection| suppressed(connection, &hash))
    }

    /// Lets an address be mailed again that mail came back from, because a person says that it works. Gives
    /// whether it was such a one.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn lift_bounce(&self, key: &MailKey, address: &MailAddress) -> Result<bool, StoreError> {
        let hash = key.address_hash(address);
        self.erasing(move |work| {
            let mut lift = work.tx.prepare_cached("DELETE FROM suppression WHERE hash = ?1 AND why = 'bounced'")?;
            Ok(lift.execute([hash.as_slice()])? > 0)
        })
    }

    /// Counts the addresses that must not be mailed.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn suppressions(&self) -> Result<u64, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT count(*) FROM suppression")?;
            Ok(crate::store::encoding::unsigned(statement.query_row([], |row| row.get(0))?))
        })
    }

    /// Gives what is known of somebody's consent, oldest first.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn consents(&self, subscriber: SubscriberId) -> Result<Vec<Consent>, StoreError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT at, who, basis FROM consent WHERE subscriber = ?1 ORDER BY id")?;
            let rows = statement.query_map([subscriber.0], |row| {
                Ok(Consent { at: time(row.get(0)?), who: row.get(1)?, basis: row.get(2)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Pauses somebody's mail, for good or until a moment, or lets it go on. Who is pending or bounced
    /// stays so.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn pause_subscriber(
        &self,
        id: SubscriberId,
        paused: bool,
        until: Option<DateTime<Utc>>,
    ) -> Result<bool, StoreError> {
        let state = if paused { SubscriberState::Paused } else { SubscriberState::Active };
        self.erasing(move |work| {
            let changed = work
                .tx
                .prepare_cached(
                    "UPDATE subscriber SET state = ?2, paused_until = ?3
                     WHERE id = ?1 AND state IN ('active', 'paused')",
                )?
                .execute(params![id.0, state.as_str(), until.filter(|_| paused).map(millis)])?;
            Ok(changed > 0)
        })
    }

    /// Takes a bounced address up again, because a person says that it works.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn reactivate_subscriber(&self, id: SubscriberId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.erasing(move |work| {
            let known = read_subscriber(&work.tx, id)?.filter(|known| known.state == SubscriberState::Bounced);
            if known.is_some() {
                activate(&work.tx, id, now)?;
            }
            Ok(known.is_some())
        })
    }

    /// Erases somebody: address, searches, what they were told, and mail on its way. What stays is a keyed
    /// hash, so that nobody adds them again by mistake. The freed pages are overwritten, and so is the log.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn remove_subscriber(
        &self,
        id: SubscriberId,
        why: &'static str,
        now: DateTime<Utc>,
    ) -> Result<Option<Removed>, StoreError> {
        let removed = self.erasing(move |work| remove(&work.tx, id, why, now))?;
        if removed.is_some() {
            self.forget()?;
        }
        Ok(removed)
    }

    /// Empties the log, so that what was erased is in no file any more.
    pub(super) fn forget(&self) -> Result<(), StoreError> {
        self.0.writer.as_ref().ok_or(StoreError::ReadOnly)?.forget()
    }
}

fn subscribe_each(
    tx: &Connection,
    key: &MailKey,
    all: &[([u8; 32], NewSubscriber)],
) -> Result<Vec<Result<Subscribed, SubscribeError>>, StoreError> {
    all.iter().map(|(hash, new)| subscribe(tx, (key, hash), new)).collect()
}

/// Adds somebody's search inside a transaction.
fn subscribe(
    tx: &Connection,
    (key, hash): (&MailKey, &[u8; 32]),
    new: &NewSubscriber,
) -> Result<Result<Subscribed, SubscribeError>, StoreError> {
    if let Some(why) = suppressed(tx, hash)? {
        return Ok(Err(SubscribeError::Suppressed { why }));
    }
    let known = find_subscriber(tx, hash)?;
    if known.as_ref().is_some_and(|known| known.state == SubscriberState::Bounced) {
        return Ok(Err(SubscribeError::Suppressed { why: "bounced".to_owned() }));
    }
    if let Some(double) = double(tx, known.as_ref(), &new.search)? {
        return Ok(Err(SubscribeError::Double(double)));
    }
    let subscriber = match known {
        Some(known) => {
            activate(tx, known.id, new.now)?;
            known.id
        }
        None => insert_subscriber(tx, key, (&new.address, hash), (SubscriberState::Active, new.now))?,
    };
    note_consent(tx, subscriber, &new.consent)?;
    let search = insert(tx, subscriber, &new.search, SubscriberState::Active, new.now)?;
    fold(tx, search, new.now)?;
    Ok(Ok(Subscribed { subscriber, search }))
}

/// Erases a subscriber inside a transaction.
pub(super) fn remove(
    connection: &Connection,
    id: SubscriberId,
    why: &str,
    now: DateTime<Utc>,
) -> Result<Option<Removed>, StoreError> {
    if read_subscriber(connection, id)?.is_none() {
        return Ok(None);
    }
    connection
        .prepare_cached(
            "INSERT INTO suppression (hash, why, at) SELECT hash, ?2, ?3 FROM subscriber WHERE id = ?1
             ON CONFLICT (hash) DO UPDATE SET why = excluded.why, at = excluded.at
             WHERE why NOT IN ('bounced', 'complained')",
        )?
        .execute(params![id.0, why, millis(now)])?;
    let count = |sql: &str| -> Result<u64, StoreError> {
        Ok(u64::try_from(connection.prepare_cached(sql)?.execute(params![id.0, millis(now)])?).unwrap_or_default())
    };
    let mails = count(
        "UPDATE outbox SET state = 'cancelled', ended_at = ?2
         WHERE subscriber = ?1 AND ended_at IS NULL",
    )?;
    // Servers say addresses in their answers.
    count("UPDATE bounce SET diagnostic = NULL WHERE mail IN (SELECT id FROM outbox WHERE subscriber = ?1) AND ?2")?;
    count("DELETE FROM outbox_body WHERE mail IN (SELECT id FROM outbox WHERE subscriber = ?1) AND ?2")?;
    count("UPDATE outbox SET reply = NULL WHERE subscriber = ?1 AND ?2")?;
    let searches = count("DELETE FROM search WHERE subscriber = ?1 AND ?2")?;
    // What was asked for in its name stays counted for its day: leaving must not let somebody be flooded anew.
    count("DELETE FROM subscriber WHERE id = ?1 AND ?2")?;
    Ok(Some(Removed { searches, mails }))
}

/// Stores a subscriber, and the hash of the token that every mail to them carries.
pub(super) fn insert_subscriber(
    connection: &Connection,
    key: &MailKey,
    (address, hash): (&MailAddress, &[u8; 32]),
    (state, now): (SubscriberState, DateTime<Utc>),
) -> Result<SubscriberId, StoreError> {
    let confirmed = (state == SubscriberState::Active).then(|| millis(now));
    connection
        .prepare_cached(
            "INSERT INTO subscriber (address, hash, state, created_at, confirmed_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![address.as_str(), hash.as_slice(), state.as_str(), millis(now), confirmed])?;
    let id = SubscriberId(connection.last_insert_rowid());
    let token = key.token(TokenPurpose::Manage, id, 0).hash();
    tokens::insert(connection, &token, TokenPurpose::Manage, Holder { subscriber: id, search: None }, (now, None))?;
    Ok(id)
}

/// Lets somebody get mail; a pause that they asked for stays.
pub(super) fn activate(connection: &Connection, id: SubscriberId, now: DateTime<Utc>) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE subscriber SET state = CASE state WHEN 'paused' THEN state ELSE 'active' END,
                                   confirmed_at = coalesce(confirmed_at, ?2), soft_bounces = 0, bounced_at = NULL,
                                   bounced_why = NULL
             WHERE id = ?1",
        )?
        .execute([id.0, millis(now)])?;
    Ok(())
}

/// Stores who agreed, and on what ground.
pub(super) fn note_consent(connection: &Connection, id: SubscriberId, consent: &Consent) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO consent (subscriber, at, who, basis) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id.0, millis(consent.at), consent.who, consent.basis])?;
    Ok(())
}
