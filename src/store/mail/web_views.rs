//! What the pages behind a link show: read in one snapshot, and reading changes nothing.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::addresses::{read_search, read_subscriber, searches_of};
use super::tokens::holder;
use crate::model::{MailKey, SavedSearch, Subscriber, Token, TokenPurpose};
use crate::store::Store;
use crate::store::encoding::millis;
use crate::store::error::StoreError;

/// What the holder of a link can change.
#[derive(Clone, Debug, PartialEq)]
pub struct Managed {
    /// Who they are.
    pub subscriber: Subscriber,
    /// Their searches, oldest first, each with the token of its feed where one was ever asked for.
    pub searches: Vec<(SavedSearch, Option<Token>)>,
}

impl Store {
    /// Gives what a link for managing is about; `None` where it is nobody's any more. Feeds' tokens can be
    /// told only with the key that they were made with.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn managed(
        &self,
        token: &Token,
        key: Option<&MailKey>,
        now: DateTime<Utc>,
    ) -> Result<Option<Managed>, StoreError> {
        let hash = token.hash();
        self.read(|connection| {
            let Some(held) = holder(connection, &hash, TokenPurpose::Manage, now)? else { return Ok(None) };
            let Some(subscriber) = read_subscriber(connection, held.subscriber)? else { return Ok(None) };
            let mut searches = Vec::new();
            for search in searches_of(connection, held.subscriber)? {
                let feed = key.map_or(Ok(None), |key| living_feed(connection, key, &search, now))?;
                searches.push((search, feed));
            }
            Ok(Some(Managed { subscriber, searches }))
        })
    }

    /// Gives the search whose feed a token opens; `None` where it is unknown or its address was changed.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn search_of_feed(&self, token: &Token, now: DateTime<Utc>) -> Result<Option<SavedSearch>, StoreError> {
        let hash = token.hash();
        self.read(|connection| {
            let held = holder(connection, &hash, TokenPurpose::Feed, now)?;
            let search = held.and_then(|held| held.search);
            search.map_or(Ok(None), |search| read_search(connection, search))
        })
    }
}

/// Gives the token that a search's feed has now, where it was made; it is not made here.
fn living_feed(
    connection: &Connection,
    key: &MailKey,
    search: &SavedSearch,
    now: DateTime<Utc>,
) -> Result<Option<Token>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FILTER (WHERE revoked_at IS NOT NULL),
                count(*) FILTER (WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?2))
         FROM token WHERE search = ?1 AND purpose = 'feed'",
    )?;
    let (turn, living): (i64, i64) =
        statement.query_row(params![search.id.0, millis(now)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if living == 0 {
        return Ok(None);
    }
    let token = key.search_token(TokenPurpose::Feed, search.id, turn);
    let held = holder(connection, &token.hash(), TokenPurpose::Feed, now)?;
    Ok(held.map(|_| token))
}
