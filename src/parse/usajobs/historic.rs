//! The envelope of a `HistoricJoa` answer: paging and rows, keys in any case.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::Deserializer;
use serde::de::{Deserialize, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use url::Url;

use super::super::complaints::Complaints;
use super::super::json_body::{clipped, next_on_same_host, parameter, what_was_seen};
use super::super::lenient::Rows;
use super::super::{Finding, Parsed};
use super::case_blind::Record;
use super::historic_row::posting;
use crate::model::{Page, ProblemKind, RawPosting, Wanted};

/// `{"paging": {"metadata": {…}, "next": …}, "data": […]}`.
#[derive(Default)]
pub(super) struct Envelope<'a> {
    paging: Record<'a>,
    data: Option<Rows<&'a RawValue>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor)
    }
}

struct EnvelopeVisitor;

impl<'de> Visitor<'de> for EnvelopeVisitor {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a HistoricJoa answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<'de>, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key.eq_ignore_ascii_case("data") {
                envelope.data = map.next_value()?;
            } else if key.eq_ignore_ascii_case("paging") {
                envelope.paging = map.next_value::<Option<Record<'de>>>()?.unwrap_or_default();
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(envelope)
    }
}

/// What an answer of either `HistoricJoa` path holds.
pub(super) enum Rowset<'a> {
    /// Its rows.
    Rows(Vec<&'a RawValue>),
    /// It says in its own way that there are none.
    Nothing,
    /// It is something else.
    Foreign(String),
}

/// Reads a list of jobs.
pub(super) fn read(page: &Page, text: &str, mut complaints: Complaints) -> Parsed {
    let mut parsed = Parsed::readable();
    match open(page, text, &mut parsed, &mut complaints) {
        Rowset::Foreign(why) => parsed.finding = Finding::Foreign(why),
        Rowset::Nothing if parsed.total.unwrap_or_default() > 0 => {
            parsed.truncated = true;
            complaints.add(ProblemKind::Incomplete, "/data", || "no row is listed, but some are announced".to_owned());
        }
        Rowset::Nothing => parsed.finding = Finding::Empty,
        Rowset::Rows(rows) => parsed.postings = postings(&rows, page, &mut complaints, posting),
    }
    parsed.problems = complaints.into_problems();
    parsed
}

/// Opens the envelope: total and next page go to `parsed`, the rows are given back.
pub(super) fn open<'a>(
    page: &Page,
    text: &'a str,
    parsed: &mut Parsed,
    complaints: &mut Complaints,
) -> Rowset<'a> {
    let trimmed = text.trim();
    if trimmed.eq_ignore_ascii_case("204 No Content") || (page.status == 204 && trimmed.is_empty()) {
        return Rowset::Nothing;
    }
    let expected = "expected a HistoricJoa answer with `paging` and `data`";
    let Ok(Envelope { paging, data: Some(data) }) = serde_json::from_str(trimmed) else {
        return Rowset::Foreign(format!("{}; {expected}", what_was_seen(text)));
    };
    parsed.total = paging.record("metadata").and_then(|metadata| metadata.lone("totalcount").count());
    if data.cut {
        parsed.truncated = true;
        complaints.add(ProblemKind::Incomplete, "/data", || "not every row was read, there are too many".to_owned());
    }
    let follows = turn_page(page, paging.text("next"), parsed, complaints);
    // A page beyond the first may be empty without saying anything about the board.
    let first = parameter(&page.requested, "continuationtoken").is_none();
    if data.kept.is_empty() && first && !follows { Rowset::Nothing } else { Rowset::Rows(data.kept) }
}

/// Asks for the next page as the answer names it, its percent-encoding untouched.
fn turn_page(page: &Page, next: Option<&str>, parsed: &mut Parsed, complaints: &mut Complaints) -> bool {
    let Some(link) = next else { return false };
    match next_on_same_host(&page.url, &below_prefix(&page.url, link)) {
        Ok(url) => parsed.next.push(Wanted::list(url)),
        Err(why) => {
            parsed.truncated = true;
            complaints.add(ProblemKind::Incomplete, "/paging/next", || why);
        }
    }
    true
}

/// Puts the prefix under which the API was reached before a rooted link.
fn below_prefix<'a>(answered: &Url, link: &'a str) -> Cow<'a, str> {
    let path = answered.path();
    match path.to_ascii_lowercase().find("/api/") {
        Some(at) if at > 0 && link.starts_with("/api/") => path.get(..at).map_or(link.into(), |prefix| format!("{prefix}{link}").into()),
        _ => link.into(),
    }
}

/// Makes postings of rows; a row that cannot be read costs that row, a repeated one is kept once.
pub(super) fn postings(
    rows: &[&RawValue],
    page: &Page,
    complaints: &mut Complaints,
    make: impl Fn(&Record<'_>) -> Result<RawPosting, &'static str>,
) -> Vec<RawPosting> {
    let source = page.url.to_string();
    let mut seen = HashSet::with_capacity(rows.len());
    let mut postings = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let position = format!("/data/{at}");
        let made = match serde_json::from_str::<Record<'_>>(row.get()) {
            Ok(record) => make(&record).map_err(str::to_owned),
            Err(error) => Err(format!("cannot be read: {}", clipped(&error.to_string(), 160))),
        };
        match made {
            Ok(posting) if seen.insert(posting.posting_id.clone()) => {
                postings.push(RawPosting { source_url: Some(source.clone()), position: Some(position), ..posting });
            }
            Ok(_) => {}
            Err(why) => complaints.add(ProblemKind::BrokenItem, &position, || format!("row {at} {why}; it is left out")),
        }
    }
    postings
}

#[cfg(test)]
mod tests {
}
