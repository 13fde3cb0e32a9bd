//! Links that let their holder do something: stored as hashes, so that reading the database opens nothing.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::{MailKey, SearchId, SubscriberId, Token, TokenPurpose};
use crate::store::Store;
use crate::store::encoding::millis;
use crate::store::error::StoreError;

/// Whose a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The subscriber.
    pub subscriber: SubscriberId,
    /// The search that it is for, where it is for one.
    pub search: Option<SearchId>,
}

impl Store {
    /// Gives whose a token is; `None` where it is unknown, revoked, past its time, or for something else.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn holder(
        &self,
        token: &Token,
        purpose: TokenPurpose,
        now: DateTime<Utc>,
    ) -> Result<Option<Holder>, StoreError> {
        let hash = token.hash();
        self.read(|connection| holder(connection, &hash, purpose, now))
    }

    /// Gives a subscriber's token for managing their mail, making it where there is none.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn manage_token(&self, key: &MailKey, id: SubscriberId, now: DateTime<Utc>) -> Result<Token, StoreError> {
        let token = key.token(TokenPurpose::Manage, id, 0);
        let hash = token.hash();
        if self.read(|connection| known(connection, &hash))? {
            return Ok(token);
        }
        self.erasing_quickly(move |work| {
            insert(&work.tx, &hash, TokenPurpose::Manage, Holder { subscriber: id, search: None }, (now, None))
        })?;
        Ok(token)
    }

    /// Gives the token of a search's feed, making it where there is none.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn feed_token(&self, key: &MailKey, holder: Holder, now: DateTime<Utc>) -> Result<Token, StoreError> {
        let Some(search) = holder.search else { return Ok(key.token(TokenPurpose::Feed, holder.subscriber, 0)) };
        let turn = self.read(|connection| feed_turn(connection, search))?;
        let token = key.search_token(TokenPurpose::Feed, search, turn);
        let hash = token.hash();
        if !self.read(|connection| known(connection, &hash))? {
            self.erasing(move |work| insert(&work.tx, &hash, TokenPurpose::Feed, holder, (now, None)))?;
        }
        Ok(token)
    }

    /// Makes the address of a search's feed worthless and gives the token of its new one.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn rotate_feed_token(&self, key: &MailKey, holder: Holder, now: DateTime<Utc>) -> Result<Token, StoreError> {
        self.feed_token(key, holder, now)?;
        let search = holder.search.map_or(0, |search| search.0);
        self.erasing(move |work| {
            work.tx
                .prepare_cached(
                    "UPDATE token SET revoked_at = ?2 WHERE search = ?1 AND purpose = 'feed' AND revoked_at IS NULL",
                )?
                .execute(params![search, millis(now)])?;
            Ok(())
        })?;
        self.feed_token(key, holder, now)
    }
}

/// Counts how often a feed's address was changed.
fn feed_turn(connection: &Connection, search: SearchId) -> Result<i64, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FROM token WHERE search = ?1 AND purpose = 'feed' AND revoked_at IS NOT NULL",
    )?;
    Ok(statement.query_row([search.0], |row| row.get(0))?)
}

fn known(connection: &Connection, hash: &[u8; 32]) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM token WHERE hash = ?1")?.exists([hash.as_slice()])?)
}

/// Finds whose a token is, inside a transaction.
pub(super) fn holder(
    connection: &Connection,
    hash: &[u8; 32],
    purpose: TokenPurpose,
    now: DateTime<Utc>,
) -> Result<Option<Holder>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT subscriber, search FROM token
         WHERE hash = ?1 AND purpose = ?2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?3)",
    )?;
    let found = statement.query_row(params![hash.as_slice(), purpose.as_str(), millis(now)], |row| {
        Ok(Holder { subscriber: SubscriberId(row.get(0)?), search: row.get::<_, Option<i64>>(1)?.map(SearchId) })
    });
    Ok(found.optional()?)
}

/// Stores a token's hash; the same one again changes nothing.
pub(super) fn insert(
    connection: &Connection,
    hash: &[u8; 32],
    purpose: TokenPurpose,
    holder: Holder,
    (now, expires): (DateTime<Utc>, Option<DateTime<Utc>>),
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO token (hash, purpose, subscriber, search, made_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            hash.as_slice(),
            purpose.as_str(),
            holder.subscriber.0,
            holder.search.map(|search| search.0),
            millis(now),
            expires.map(millis),
        ])?;
    Ok(())
}
