//! Searches of one person that ask for the same at the same times: there is one of each.

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::addresses::{read_search, searches_of};
use super::failed::withdraw;
use super::searches::NewSearch;
use crate::model::{SavedSearch, SearchId, Subscriber, SubscriberState};
use crate::store::error::StoreError;

/// Finds a search of somebody's that asks for the same at the same times and does not wait for their word.
pub(super) fn double(
    connection: &Connection,
    subscriber: Option<&Subscriber>,
    search: &NewSearch,
) -> Result<Option<SearchId>, StoreError> {
    let Some(subscriber) = subscriber else { return Ok(None) };
    let searches = searches_of(connection, subscriber.id)?;
    let same = searches.into_iter().find(|known| {
        known.filters == search.filters && known.cadence == search.cadence && known.state != SubscriberState::Pending
    });
    Ok(same.map(|known| known.id))
}

/// Finds the same of a search that waits for its owner's word, where it is among what they have.
pub(super) fn standing_twin(tx: &Connection, search: &SavedSearch) -> Result<Option<SavedSearch>, StoreError> {
    let searches = searches_of(tx, search.subscriber)?;
    Ok(searches.into_iter().find(|other| other.state != SubscriberState::Pending && is_same(search, other)))
}

/// Lets a search stand for those that ask for the same and still wait: their links lead to it from now on,
/// so that whoever follows a second one is told that all is well.
pub(super) fn fold(tx: &Connection, into: SearchId, now: DateTime<Utc>) -> Result<(), StoreError> {
    let Some(search) = read_search(tx, into)? else { return Ok(()) };
    let same = searches_of(tx, search.subscriber)?.into_iter();
    let same =
        same.filter(|other| other.id != into && other.state == SubscriberState::Pending && is_same(&search, other));
    for other in same {
        withdraw(tx, other.id, now)?;
        tx.prepare_cached("UPDATE token SET search = ?2 WHERE search = ?1 AND purpose = 'confirm'")?
            .execute([other.id.0, into.0])?;
        tx.prepare_cached("DELETE FROM search WHERE id = ?1")?.execute([other.id.0])?;
    }
    Ok(())
}

fn is_same(one: &SavedSearch, other: &SavedSearch) -> bool {
    one.filters == other.filters && one.cadence == other.cadence
}
