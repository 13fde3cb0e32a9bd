//! When each board is due; kept in the database, so that a restart neither loses nor repeats a poll.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};

use super::Store;
use super::boards::{board_id, board_row, find_board};
use super::encoding::{millis, time};
use super::error::StoreError;
use crate::model::{BoardId, Due, DueReason};

impl Store {
    /// Gives when each board is due, by id; boards that were never polled are not among them.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn all_due(&self) -> Result<Vec<(BoardId, Due)>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT b.name, d.due_at, d.why, d.schedule, d.polled_at
                 FROM board_due AS d JOIN board AS b ON b.id = d.board ORDER BY b.name",
            )?;
            let mut rows = statement.query([])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let due = Due {
                    at: time(row.get(1)?),
                    why: DueReason::from_word(&row.get::<_, String>(2)?),
                    schedule: row.get(3)?,
                    polled_at: time(row.get(4)?),
                };
                all.push((board_id(&row.get::<_, String>(0)?)?, due));
            }
            Ok(all)
        })
    }

    /// Gives the usual distance between moments at which a board shows something new, over the last
    /// four weeks; `None` in its first week. What its first day brought is no sign of how often it posts.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn usual_gap(&self, board: &BoardId, now: DateTime<Utc>) -> Result<Option<TimeDelta>, StoreError> {
        self.read(|connection| {
            let Some(board) = find_board(connection, board)? else { return Ok(None) };
            let first: Option<i64> = connection
                .prepare_cached("SELECT min(first_seen) FROM posting WHERE board = ?1")?
                .query_row([board], |row| row.get(0))?;
            let Some(first) = first.map(time).filter(|first| now - *first >= TimeDelta::days(7)) else {
                return Ok(None);
            };
            let from = (first + TimeDelta::days(1)).max(now - TimeDelta::days(28));
            let moments: i64 = connection
                .prepare_cached(
                    "SELECT count(DISTINCT first_seen / 3600000) FROM posting WHERE board = ?1 AND first_seen >= ?2",
                )?
                .query_row(params![board, millis(from)], |row| row.get(0))?;
            Ok(Some((now - from) / i32::try_from(moments.max(1)).unwrap_or(i32::MAX)))
        })
    }

    /// Stores when a board is due.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn save_due(&self, board: &BoardId, due: &Due) -> Result<(), StoreError> {
        let (board, due) = (board.clone(), due.clone());
        self.write(move |work| write_due(&work.tx, &board, &due))
    }
}

/// Stores when a board is due, inside a transaction.
pub(super) fn write_due(connection: &Connection, board: &BoardId, due: &Due) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO board_due (board, due_at, why, schedule, polled_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (board) DO UPDATE SET
             due_at = excluded.due_at, why = excluded.why, schedule = excluded.schedule,
             polled_at = excluded.polled_at",
    )?;
    let board = board_row(connection, board)?;
    statement.execute(params![board, millis(due.at), due.why.as_str(), due.schedule, millis(due.polled_at)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::model::{BoardId, Due, DueReason};
    use crate::store::sample::store;

    #[test]
    fn what_is_due_survives_reopening() {
        let (_folder, store) = store();
        let ahima = BoardId::new("ahima").unwrap();
        let due = Due {
            at: "2026-11-27T06:00:00Z".parse().unwrap(),
            why: DueReason::Retry,
            schedule: "every 21600s".into(),
            polled_at: "2026-11-27T00:00:00Z".parse().unwrap(),
        };
        store.save_due(&ahima, &Due { why: DueReason::Schedule, ..due.clone() }).unwrap();
        store.save_due(&ahima, &due).unwrap();
        assert_eq!(store.all_due().unwrap(), [(ahima, due)]);
    }
}
