//! USAJOBS: the Search API (open jobs with texts, needs a key), the `HistoricJoa` API (every job,
//! no key) and its `announcementtext` (the texts, apart). Shapes were measured on recorded answers
//! of 2013 to 2023; both APIs change without notice, so nothing but title and id is insisted on.

mod address;
mod case_blind;
mod codes;
mod historic;
mod historic_row;
mod search;
mod search_item;
mod search_posting;
mod sections;
mod texts;

use memchr::memmem;

use super::Parsed;
use super::complaints::Complaints;
use super::json_body::body_text;
use crate::board::Board;
use crate::model::{Page, PageKind};

/// The three answers of the two APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Search,
    Historic,
    Texts,
}

/// Reads one answer of either API.
pub(super) fn parse(board: &Board, kind: &PageKind, page: &Page) -> Parsed {
    let mut complaints = Complaints::about(&page.url);
    let text = body_text(page, &mut complaints);
    match which(kind, page, &text) {
        Answer::Search => search::read(board, page, &text, complaints),
        Answer::Historic => historic::read(page, &text, complaints),
        Answer::Texts => texts::read(page, &text, complaints),
    }
}

/// Tells the answers apart: by what was asked for, else (a saved file) by what they hold.
fn which(kind: &PageKind, page: &Page, text: &str) -> Answer {
    let path = page.requested.path().to_ascii_lowercase();
    let holds = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if *kind == PageKind::Texts || path.contains("/announcementtext") {
        Answer::Texts
    } else if path.contains("/historicjoa") {
        Answer::Historic
    } else if path.ends_with("/search") || holds("\"SearchResult\"") {
        Answer::Search
    } else if holds("requirementsQualifications") || holds("majorDutiesList") {
        Answer::Texts
    } else if holds("sajobsControlNumber") || holds("\"paging\"") {
        Answer::Historic
    } else {
        Answer::Search
    }
}
