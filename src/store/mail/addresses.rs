//! Subscribers and saved searches as rows.

use chrono::{NaiveTime, Timelike, Weekday};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::model::{Cadence, Every, MailAddress, SavedSearch, SearchId, Subscriber, SubscriberId, SubscriberState};
use crate::store::encoding::time;
use crate::store::error::StoreError;

/// The columns of [`subscriber_of`], of `subscriber AS s`.
pub(super) const SUBSCRIBER: &str =
    "s.id, s.address, s.state, s.paused_until, s.created_at, s.confirmed_at, s.bounced_why";

/// The columns of [`search_of`], of `search AS q`.
pub(super) const SEARCH: &str = "q.id, q.subscriber, q.name, q.filters, q.every, q.at_minute, q.zone, q.weekday, q.day,
    q.heartbeat, q.state, q.created_at, q.cursor, q.looked_at, q.due_at, q.turn";
/// How many they are.
pub(super) const SEARCH_COLUMNS: usize = 16;

/// Reads a subscriber from the columns [`SUBSCRIBER`], from one on.
pub(super) fn subscriber_of(row: &Row<'_>, from: usize) -> Result<Subscriber, StoreError> {
    let address: String = row.get(from + 1)?;
    let state: String = row.get(from + 2)?;
    Ok(Subscriber {
        id: SubscriberId(row.get(from)?),
        address: MailAddress::new(&address).map_err(|error| StoreError::unreadable("address", error))?,
        state: SubscriberState::from_word(&state),
        paused_until: row.get::<_, Option<i64>>(from + 3)?.map(time),
        created_at: time(row.get(from + 4)?),
        confirmed_at: row.get::<_, Option<i64>>(from + 5)?.map(time),
        bounced_why: row.get(from + 6)?,
    })
}

/// Reads a saved search from the columns [`SEARCH`], from the first on.
pub(super) fn search_of(row: &Row<'_>) -> Result<SavedSearch, StoreError> {
    let (every, zone, state): (String, String, String) = (row.get(4)?, row.get(6)?, row.get(10)?);
    let bad = |what: String| StoreError::unreadable("saved search", what);
    let cadence = Cadence {
        every: Every::parse(&every).ok_or_else(|| bad(every))?,
        at: time_of_day(row.get(5)?),
        zone: zone.parse().map_err(|_| bad(zone))?,
        weekday: weekday_of(row.get(7)?),
        day: row.get(8)?,
    };
    Ok(SavedSearch {
        id: SearchId(row.get(0)?),
        subscriber: SubscriberId(row.get(1)?),
        name: row.get(2)?,
        filters: row.get(3)?,
        cadence,
        heartbeat: row.get(9)?,
        state: SubscriberState::from_word(&state),
        created_at: time(row.get(11)?),
        cursor: row.get(12)?,
        looked_at: time(row.get(13)?),
        due_at: time(row.get(14)?),
        turn: row.get(15)?,
    })
}

/// Gives a time of day as it is stored.
pub(super) fn minute_of(at: NaiveTime) -> i64 {
    i64::from(at.hour() * 60 + at.minute())
}

fn time_of_day(minute: i64) -> NaiveTime {
    let seconds = u32::try_from(minute.clamp(0, 1439)).unwrap_or_default() * 60;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default()
}

fn weekday_of(number: i64) -> Weekday {
    let past_monday = u8::try_from(number - 1).unwrap_or_default();
    Weekday::try_from(past_monday).unwrap_or(Weekday::Mon)
}

/// Finds a subscriber by the hash of their address.
pub(super) fn find_subscriber(connection: &Connection, hash: &[u8; 32]) -> Result<Option<Subscriber>, StoreError> {
    let sql = format!("SELECT {SUBSCRIBER} FROM subscriber AS s WHERE s.hash = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([hash.as_slice()])?;
    rows.next()?.map(|row| subscriber_of(row, 0)).transpose()
}

/// Reads a subscriber.
pub(super) fn read_subscriber(connection: &Connection, id: SubscriberId) -> Result<Option<Subscriber>, StoreError> {
    let sql = format!("SELECT {SUBSCRIBER} FROM subscriber AS s WHERE s.id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(|row| subscriber_of(row, 0)).transpose()
}

/// Reads a subscriber's searches, oldest first.
pub(super) fn searches_of(connection: &Connection, id: SubscriberId) -> Result<Vec<SavedSearch>, StoreError> {
    let sql = format!("SELECT {SEARCH} FROM search AS q WHERE q.subscriber = ?1 ORDER BY q.id");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(search_of(row)?);
    }
    Ok(found)
}

/// Reads a saved search.
pub(super) fn read_search(connection: &Connection, id: SearchId) -> Result<Option<SavedSearch>, StoreError> {
    let sql = format!("SELECT {SEARCH} FROM search AS q WHERE q.id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(search_of).transpose()
}

/// Tells why an address must not be mailed.
pub(super) fn suppressed(connection: &Connection, hash: &[u8; 32]) -> Result<Option<String>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT why FROM suppression WHERE hash = ?1")?;
    Ok(statement.query_row([hash.as_slice()], |row| row.get(0)).optional()?)
}
