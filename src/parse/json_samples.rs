//! Boards and pages for the tests of the JSON engines.

use chrono::{TimeZone, Utc};
use url::Url;

use crate::board::{Board, BoardFile};
use crate::model::{BoardId, Page};

/// Makes a board of a table's text.
pub(super) fn board(table: &str) -> Board {
    let file: BoardFile = toml::from_str(table).unwrap();
    Board::settle(BoardId::new("sample").unwrap(), file, None).unwrap()
}

/// Makes an answer of this address.
pub(super) fn page(url: &str, body: impl Into<Vec<u8>>) -> Page {
    let at = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap();
    Page::saved(Url::parse(url).unwrap(), "application/json", body.into(), at)
}
