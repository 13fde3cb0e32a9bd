//! What the fetcher must remember of each host between runs.

use rusqlite::{OptionalExtension, Row, params};

use super::Store;
use super::encoding::{millis, time};
use super::error::StoreError;
use crate::model::{HostState, RobotsRecord};

impl Store {
    /// Recalls a host; the default state when it is new.
    pub fn host_state(&self, host: &str) -> Result<HostState, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT next_allowed, reason, robots_fetched_at, robots_status, robots_moved_to, robots_body
                 FROM host WHERE host = ?1",
            )?;
            Ok(statement.query_row([host], read_host).optional()?.unwrap_or_default())
        })
    }

    /// Remembers a host; committed before this returns.
    pub fn save_host_state(&self, host: &str, state: &HostState) -> Result<(), StoreError> {
        let (host, state) = (host.to_owned(), state.clone());
        self.write(move |work| {
            let robots = state.robots.as_ref();
            let mut statement = work.tx.prepare_cached(
                "INSERT INTO host (host, next_allowed, reason, robots_fetched_at, robots_status, robots_moved_to,
                                   robots_body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (host) DO UPDATE SET
                     next_allowed = excluded.next_allowed, reason = excluded.reason,
                     robots_fetched_at = excluded.robots_fetched_at, robots_status = excluded.robots_status,
                     robots_moved_to = excluded.robots_moved_to, robots_body = excluded.robots_body",
            )?;
            statement.execute(params![
                host,
                state.next_allowed.map(millis),
                state.reason,
                robots.map(|robots| millis(robots.fetched_at)),
                robots.map(|robots| robots.status),
                robots.and_then(|robots| robots.moved_to.as_deref()),
                robots.map(|robots| robots.body.as_str()),
            ])?;
            Ok(())
        })
    }
}

fn read_host(row: &Row<'_>) -> rusqlite::Result<HostState> {
    let fetched_at: Option<i64> = row.get(2)?;
    let robots = match fetched_at {
        None => None,
        Some(at) => Some(RobotsRecord {
            fetched_at: time(at),
            status: row.get::<_, Option<u16>>(3)?.unwrap_or_default(),
            moved_to: row.get(4)?,
            body: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
        }),
    };
    Ok(HostState { next_allowed: row.get::<_, Option<i64>>(0)?.map(time), reason: row.get(1)?, robots })
}
