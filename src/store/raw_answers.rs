//! Recorded answers: compressed, each body of an address once, and given back for reading again.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use url::Url;

use super::Store;
use super::boards::find_board;
use super::encoding::{millis, pack_answer, time, unpack};
use super::error::StoreError;
use super::pages::{detail_of, read_kind};
use crate::model::{BoardId, Page, PageKind, Validators};

/// Names one recorded answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawAnswer {
    /// For [`Store::raw_answer`].
    pub id: i64,
    /// The address asked for.
    pub url: String,
    /// What the answer was.
    pub kind: PageKind,
    /// When it was last received.
    pub fetched_at: DateTime<Utc>,
}

/// An answer ready to be kept.
pub(super) struct RawEnd {
    fetched_at: DateTime<Utc>,
    final_url: String,
    media_type: String,
    charset: Option<String>,
    signs: String,
    body: Vec<u8>,
}

impl RawEnd {
    /// Compresses an answer.
    pub(super) fn of(page: &Page) -> Result<Self, StoreError> {
        Ok(Self {
            fetched_at: page.fetched_at,
            final_url: page.url.to_string(),
            media_type: page.media_type.clone(),
            charset: page.charset.clone(),
            signs: serde_json::to_string(&page.signs).map_err(|error| StoreError::unreadable("answer", error))?,
            body: pack_answer(&page.body)?,
        })
    }
}

/// Keeps an answer; a body that the address gave before is not stored again.
pub(super) fn keep_answer(
    connection: &Connection,
    (board, url, body_hash): (i64, &str, &[u8; 32]),
    kind: &PageKind,
    raw: &RawEnd,
) -> Result<(), StoreError> {
    let mut known = connection
        .prepare_cached("UPDATE raw_answer SET fetched_at = ?4 WHERE board = ?1 AND url = ?2 AND body_hash = ?3")?;
    if known.execute(params![board, url, body_hash, millis(raw.fetched_at)])? > 0 {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO raw_answer (board, url, body_hash, kind, detail_of, fetched_at, final_url, media_type, charset,
                                 signs, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    statement.execute(params![
        board,
        url,
        body_hash,
        kind.as_str(),
        detail_of(kind),
        millis(raw.fetched_at),
        raw.final_url,
        raw.media_type,
        raw.charset,
        raw.signs,
        raw.body,
    ])?;
    Ok(())
}

impl Store {
    /// Lists a board's recorded answers, the latest of each address last.
    pub fn raw_answers(&self, board: &BoardId) -> Result<Vec<RawAnswer>, StoreError> {
        self.read(|connection| {
            let Some(board) = find_board(connection, board)? else { return Ok(Vec::new()) };
            let mut statement = connection.prepare_cached(
                "SELECT id, url, kind, detail_of, fetched_at FROM raw_answer
                 WHERE board = ?1 ORDER BY fetched_at, id",
            )?;
            let rows = statement.query_map([board], |row| {
                Ok(RawAnswer {
                    id: row.get(0)?,
                    url: row.get(1)?,
                    kind: read_kind(&row.get::<_, String>(2)?, row.get(3)?),
                    fetched_at: time(row.get(4)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Gives a recorded answer back as the page it was; its validators are not kept with it.
    pub fn raw_answer(&self, id: i64) -> Result<Option<Page>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT url, final_url, media_type, charset, signs, fetched_at, body FROM raw_answer WHERE id = ?1",
            )?;
            let found = statement.query_row([id], |row| {
                let texts: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok((texts, row.get(3)?, row.get::<_, String>(4)?, row.get::<_, i64>(5)?, row.get::<_, Vec<u8>>(6)?))
            });
            let Some(((requested, url, media_type), charset, signs, fetched_at, body)) = found.optional()? else {
                return Ok(None);
            };
            let address = |text: &str| Url::parse(text).map_err(|error| StoreError::unreadable("address", error));
            Ok(Some(Page {
                requested: address(&requested)?,
                url: address(&url)?,
                moved_for_good: false,
                status: 200,
                media_type,
                charset,
                signs: serde_json::from_str(&signs).map_err(|error| StoreError::unreadable("answer", error))?,
                validators: Validators::default(),
                body: unpack(&body)?,
                fetched_at: time(fetched_at),
                fresh_until: None,
            }))
        })
    }
}
