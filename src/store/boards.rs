//! Boards' row ids and their health.

use rusqlite::{Connection, OptionalExtension, params};

use super::Store;
use super::error::StoreError;
use crate::model::{BoardHealth, BoardId};

impl Store {
    /// Gives a board's health; never polled when nothing is stored.
    pub fn board_health(&self, board: &BoardId) -> Result<BoardHealth, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT health FROM board WHERE name = ?1")?;
            let text: Option<Option<String>> = statement.query_row([board.as_str()], |row| row.get(0)).optional()?;
            text.flatten().map_or_else(|| Ok(BoardHealth::default()), |text| read_health(&text))
        })
    }

    /// Gives the health of every board that was ever polled, by id.
    pub fn all_board_health(&self) -> Result<Vec<(BoardId, BoardHealth)>, StoreError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT name, health FROM board WHERE health IS NOT NULL ORDER BY name")?;
            let mut rows = statement.query([])?;
            let mut boards = Vec::new();
            while let Some(row) = rows.next()? {
                let (name, text): (String, String) = (row.get(0)?, row.get(1)?);
                boards.push((board_id(&name)?, read_health(&text)?));
            }
            Ok(boards)
        })
    }

    /// Stores a board's health.
    pub fn save_board_health(&self, board: &BoardId, health: &BoardHealth) -> Result<(), StoreError> {
        let (board, health) = (board.clone(), health.clone());
        self.write(move |work| write_health(&work.tx, &board, &health))
    }

    /// Stores the operator's word on a board's move, and lets postings that are known by addresses
    /// of the one origin be known by those of the other, so that they stay the same postings. Gives
    /// how many those were.
    pub fn save_move(
        &self,
        board: &BoardId,
        health: &BoardHealth,
        (from, to): (&str, &str),
    ) -> Result<u64, StoreError> {
        let (board, health, from, to) = (board.clone(), health.clone(), from.to_owned(), to.to_owned());
        self.write(move |work| {
            write_health(&work.tx, &board, &health)?;
            // It is asked at its new home as soon as anybody looks.
            work.tx.execute("DELETE FROM board_due WHERE board = ?1", [board_row(&work.tx, &board)?])?;
            rename_addresses(&work.tx, board_row(&work.tx, &board)?, &from, &to)
        })
    }
}

/// Stores a board's health after a poll; the operator's word on a move may have come meanwhile.
pub(super) fn write_polled_health(
    connection: &Connection,
    board: &BoardId,
    mut health: BoardHealth,
) -> Result<(), StoreError> {
    let row = board_row(connection, board)?;
    let text: Option<String> =
        connection.query_row("SELECT health FROM board WHERE id = ?1", [row], |row| row.get(0)).optional()?.flatten();
    if let Some(stored) = text.and_then(|text| read_health(&text).ok()) {
        health.accepted = stored.accepted;
    }
    write_health(connection, board, &health)
}

/// Reads a board's health inside a transaction.
pub(super) fn health_of(connection: &Connection, board: i64) -> Result<BoardHealth, StoreError> {
    let mut statement = connection.prepare_cached("SELECT health FROM board WHERE id = ?1")?;
    let text: Option<Option<String>> = statement.query_row([board], |row| row.get(0)).optional()?;
    text.flatten().map_or_else(|| Ok(BoardHealth::default()), |text| read_health(&text))
}

/// Stores a board's health inside a transaction.
pub(super) fn write_health(connection: &Connection, board: &BoardId, health: &BoardHealth) -> Result<(), StoreError> {
    let text = serde_json::to_string(health).map_err(|error| StoreError::unreadable("board health", error))?;
    let row = board_row(connection, board)?;
    connection.prepare_cached("UPDATE board SET health = ?2 WHERE id = ?1")?.execute(params![row, text])?;
    Ok(())
}

/// Finds a board's row, making it where there is none.
pub(super) fn board_row(connection: &Connection, board: &BoardId) -> Result<i64, StoreError> {
    if let Some(row) = find_board(connection, board)? {
        return Ok(row);
    }
    connection.prepare_cached("INSERT INTO board (name) VALUES (?1)")?.execute([board.as_str()])?;
    Ok(connection.last_insert_rowid())
}

/// Finds a board's row.
pub(super) fn find_board(connection: &Connection, board: &BoardId) -> Result<Option<i64>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id FROM board WHERE name = ?1")?;
    Ok(statement.query_row([board.as_str()], |row| row.get(0)).optional()?)
}

/// Reads a stored board id.
pub(super) fn board_id(name: &str) -> Result<BoardId, StoreError> {
    BoardId::new(name).map_err(|error| StoreError::unreadable("board id", error))
}

/// Reads a stored health.
pub(super) fn read_health(text: &str) -> Result<BoardHealth, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::unreadable("board health", error))
}

/// Renames posting ids that are addresses from one origin to another; one that is taken stays.
fn rename_addresses(connection: &Connection, row: i64, from: &str, to: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE OR IGNORE posting SET posting_id = ?3 || substr(posting_id, length(?2) + 1) \
               WHERE board = ?1 AND substr(posting_id, 1, length(?2) + 1) = ?2 || '/'";
    Ok(connection.execute(sql, params![row, from, to])? as u64)
}
