//! Boards and pages for the tests of the HTML engines.

use super::{Parsed, parse};
use crate::board::{Board, BoardFile};
use crate::model::{BoardId, Engine, Page, PageKind};

/// Makes a board of a table as a user would write it.
pub(super) fn board(table: &str) -> Board {
    let file: BoardFile = toml::from_str(table).unwrap();
    Board::settle(BoardId::new("sample").unwrap(), file, None).unwrap()
}

/// Makes an HTML page of a text.
pub(super) fn html_page(url: &str, body: &str) -> Page {
    Page::saved(url.parse().unwrap(), "text/html", body.as_bytes().to_vec(), chrono::DateTime::UNIX_EPOCH)
}

/// Reads a page as a list.
pub(super) fn read_list(board: &Board, engine: Engine, url: &str, body: &str) -> Parsed {
    parse(board, engine, &PageKind::List, &html_page(url, body))
}

/// Reads a page as the details of one posting.
pub(super) fn read_detail(board: &Board, engine: Engine, id: &str, url: &str, body: &str) -> Parsed {
    parse(board, engine, &PageKind::Detail { posting_id: id.to_owned() }, &html_page(url, body))
}
