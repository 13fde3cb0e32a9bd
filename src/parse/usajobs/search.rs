//! One page of a Search answer: the envelope, the items, and whether there is a further page.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use super::super::complaints::Complaints;
use super::super::json_body::{clipped, parameter, what_was_seen, with_parameter};
use super::super::lenient::{Object, Rows, Text};
use super::super::{Finding, Parsed};
use super::search_item::Item;
use super::search_posting::posting;
use crate::board::Board;
use crate::model::{Page, ProblemKind, RawPosting, Wanted};

/// No answer is followed beyond this page: 20 pages of 500 are all that one query may give.
const LAST_PAGE: u64 = 20;
/// The API shows no more than this many results of a query, and then states exactly this total.
const SATURATED: u64 = 10_000;
/// Where the items stand.
const ITEMS: &str = "/SearchResult/SearchResultItems";

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Envelope<T> {
    #[serde(rename = "SearchResult")]
    result: SearchResult<T>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct SearchResult<T> {
    #[serde(rename = "SearchResultCountAll", default)]
    count_all: Count,
    #[serde(rename = "SearchResultItems")]
    items: Rows<T>,
}

/// A count as number or text.
#[derive(Clone, Copy, Default)]
struct Count(Option<u64>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|text| Self(text.count()))
    }
}

/// Reads a Search answer.
pub(super) fn read(board: &Board, page: &Page, text: &str, mut complaints: Complaints) -> Parsed {
    // One pass reads nearly every answer. Only when a single item spoils it are the items set apart
    // first, at the price of a second pass, so that one item costs one item.
    let (found, total, cut) = match serde_json::from_str::<Envelope<Object<Item<'_>>>>(text) {
        Ok(Envelope { result }) => {
            let items = result.items.kept.into_iter().map(|item| Ok(item.0.unwrap_or_default())).collect();
            (items, result.count_all.0, result.items.cut)
        }
        Err(_) => match serde_json::from_str::<Envelope<&RawValue>>(text) {
            Ok(Envelope { result }) => {
                let items = result.items.kept.into_iter().map(|raw| serde_json::from_str::<Item<'_>>(raw.get()));
                (items.collect::<Vec<_>>(), result.count_all.0, result.items.cut)
            }
            Err(_) => return foreign(text, complaints),
        },
    };
    let listed = found.len() as u64;
    let mut parsed = Parsed { total, ..Parsed::readable() };
    parsed.postings = postings(found, page, &mut complaints);
    if cut {
        parsed.truncated = true;
        complaints.add(ProblemKind::Incomplete, ITEMS, || format!("only the first {listed} items were read"));
    }
    turn_page(board, page, listed, &mut parsed, &mut complaints);
    parsed.problems = complaints.into_problems();
    parsed
}

fn foreign(text: &str, complaints: Complaints) -> Parsed {
    let why = format!("{}; expected a USAJOBS Search answer with `SearchResult.SearchResultItems`", what_was_seen(text));
    Parsed { problems: complaints.into_problems(), ..Parsed::foreign(why) }
}

/// Makes postings of the items; a repeated one is kept once.
fn postings(
    items: Vec<Result<Item<'_>, serde_json::Error>>,
    page: &Page,
    complaints: &mut Complaints,
) -> Vec<RawPosting> {
    let source = page.url.to_string();
    let mut seen = HashSet::with_capacity(items.len());
    let mut postings = Vec::with_capacity(items.len());
    for (at, item) in items.into_iter().enumerate() {
        let position = format!("{ITEMS}/{at}");
        let made = match &item {
            Ok(item) => posting(item, position.clone(), &source, complaints).map_err(str::to_owned),
            Err(error) => Err(format!("cannot be read: {}", clipped(&error.to_string(), 160))),
        };
        match made {
            Ok(posting) if seen.insert(posting.posting_id.clone()) => postings.push(posting),
            Ok(_) => {}
            Err(why) => complaints.add(ProblemKind::BrokenItem, &position, || format!("item {at} {why}; it is left out")),
        }
    }
    postings
}

/// Decides between "there is more", "that was all" and "there are none".
fn turn_page(board: &Board, page: &Page, listed: u64, parsed: &mut Parsed, complaints: &mut Complaints) {
    let number = asked(&page.requested, "Page").unwrap_or(1).max(1);
    let total = parsed.total.unwrap_or_default();
    if listed == 0 {
        if number == 1 && total == 0 {
            parsed.finding = Finding::Empty;
        } else if number == 1 {
            parsed.truncated = true;
            complaints.add(ProblemKind::Incomplete, ITEMS, || format!("no item is listed, but {total} are announced"));
        }
        return;
    }
    if total >= SATURATED {
        parsed.truncated = true;
        if number == 1 {
            complaints.add(ProblemKind::Incomplete, "/SearchResult/SearchResultCountAll", || {
                format!("USAJOBS shows at most {SATURATED} results of a query; narrow it by `series`")
            });
        }
    }
    let Some(size) = size_of_more(&page.requested, number, listed, parsed.total) else { return };
    if number >= LAST_PAGE {
        parsed.truncated = true;
        complaints.add(ProblemKind::Incomplete, "", || format!("pages beyond {LAST_PAGE} are not asked for"));
    } else if let Some(url) = next_page(board, &page.requested, number + 1, size) {
        parsed.next.push(Wanted::list(url));
    }
}

/// Gives the size to ask the next page with, or `None` when this was the last.
///
/// The API gives pages of its own size: 25 were given where 10 were asked for, and other limits may
/// come. So items are counted: a first page that leaves some out shows the true size, and all later
/// pages are asked for by that size, which makes their beginnings certain.
fn size_of_more(requested: &Url, number: u64, listed: u64, total: Option<u64>) -> Option<u64> {
    let asked_size = asked(requested, "ResultsPerPage").unwrap_or(listed);
    let size = if number == 1 { listed } else { asked_size.max(listed) };
    let more = match total {
        Some(total) => (number - 1).saturating_mul(size).saturating_add(listed) < total,
        None => listed >= asked_size,
    };
    more.then_some(size)
}

fn asked(requested: &Url, name: &str) -> Option<u64> {
    parameter(requested, name)?.parse().ok()
}

/// Gives the address of a page: the one asked for with its number changed, or, for an answer read
/// from a file, the board's own.
fn next_page(board: &Board, requested: &Url, number: u64, size: u64) -> Option<Url> {
    let base = if requested.path().to_ascii_lowercase().ends_with("/search") {
        requested.clone()
    } else {
        board.address(&board.search_path(1)).ok()?
    };
    Some(with_parameter(&with_parameter(&base, "ResultsPerPage", size), "Page", number))
}

#[cfg(test)]
mod tests {
}
