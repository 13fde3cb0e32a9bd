//! How things stand at a moment, for those who watch: boards, waiting hosts, sizes. And a proof
//! that the database can be written.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Store;
use super::boards::{board_id, read_health};
use super::encoding::{millis, time, unsigned};
use super::error::StoreError;
use super::mail::MailFigures;
use super::migrate;
use crate::model::{BoardHealth, BoardId};

/// One board, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardStanding {
    /// The board.
    pub board: BoardId,
    /// Its health as the last poll left it.
    pub health: BoardHealth,
    /// How many of its postings stand open.
    pub open_postings: u64,
}

/// How things stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Every board that was ever polled or imported.
    pub boards: Vec<BoardStanding>,
    /// Hosts that have asked for a wait beyond the ordinary spacing, and until when.
    pub waiting_hosts: Vec<(String, DateTime<Utc>)>,
    /// Size of the database file.
    pub database_bytes: u64,
    /// Size of its WAL.
    pub wal_bytes: u64,
    /// Mail and its readers.
    pub mail: MailFigures,
}

impl Store {
    /// Gives how things stand, from one snapshot.
    pub fn standing(&self, now: DateTime<Utc>) -> Result<Standing, StoreError> {
        let wal = super::beside(self.path(), "-wal");
        let wal_bytes = std::fs::metadata(wal).map_or(0, |file| file.len());
        self.read(|connection| {
            let mut open = BTreeMap::new();
            let mut statement = connection
                .prepare_cached("SELECT board, count(*) FROM posting WHERE closed_at IS NULL GROUP BY board")?;
            for row in statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))? {
                let (board, count) = row?;
                open.insert(board, unsigned(count));
            }
            let mut boards = Vec::new();
            let mut statement = connection.prepare_cached("SELECT id, name, health FROM board ORDER BY name")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (id, name, health): (i64, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let health = health.map_or_else(|| Ok(BoardHealth::default()), |text| read_health(&text))?;
                let open_postings = open.get(&id).copied().unwrap_or_default();
                boards.push(BoardStanding { board: board_id(&name)?, health, open_postings });
            }
            let mut statement = connection.prepare_cached(
                "SELECT host, next_allowed FROM host WHERE reason IS NOT NULL AND next_allowed > ?1 ORDER BY host",
            )?;
            let waiting = statement.query_map([millis(now)], |row| Ok((row.get(0)?, time(row.get(1)?))))?;
            let waiting_hosts = waiting.collect::<Result<_, _>>()?;
            let mut statement =
                connection.prepare_cached("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?;
            let database_bytes = unsigned(statement.query_row([], |row| row.get(0))?);
            let mail = MailFigures::read(connection)?;
            Ok(Standing { boards, waiting_hosts, database_bytes, wal_bytes, mail })
        })
    }

    /// Writes one row for good: the proof that the database can be written.
    pub fn probe(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |work| super::upkeep::note_done(&work.tx, "probe", now))
    }

    /// Checks that no other program has brought the schema beyond ours.
    pub fn check_schema(&self) -> Result<(), StoreError> {
        self.read(|connection| migrate::check(connection, self.path()))
    }

    /// Gives the latest moment that anything was stored at, by the clock of the run that did it. A
    /// clock before it has gone back.
    pub fn latest_moment(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT max(at) FROM (
                     SELECT max(confirmed_at) AS at FROM page
                     UNION ALL SELECT max(done_at) FROM upkeep
                     UNION ALL SELECT at FROM job_event WHERE id = (SELECT max(id) FROM job_event))",
            )?;
            let latest: Option<i64> = statement.query_row([], |row| row.get(0))?;
            Ok(latest.map(time))
        })
    }
}
