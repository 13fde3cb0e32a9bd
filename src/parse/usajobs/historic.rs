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
pub(super) fn open<'a>(page: &Page, text: &'a str, parsed: &mut Parsed, complaints: &mut Complaints) -> Rowset<'a> {
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
        Some(at) if at > 0 && link.starts_with("/api/") => {
            path.get(..at).map_or(link.into(), |prefix| format!("{prefix}{link}").into())
        }
        _ => link.into(),
    }
}

/// Makes postings of rows; a row that cannot be read costs that row, a repeated one is kept once.
pub(super) fn postings(
    rows: &[&RawValue],
    page: &Page,
    complaints: &mut Complaints,
    read_row: impl Fn(&Record<'_>) -> Result<RawPosting, &'static str>,
) -> Vec<RawPosting> {
    let source = page.url.to_string();
    let mut seen = HashSet::with_capacity(rows.len());
    let mut postings = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let position = format!("/data/{at}");
        let made = match serde_json::from_str::<Record<'_>>(row.get()) {
            Ok(record) => read_row(&record).map_err(str::to_owned),
            Err(error) => Err(format!("cannot be read: {}", clipped(&error.to_string(), 160))),
        };
        match made {
            Ok(posting) if seen.insert(posting.posting_id.clone()) => {
                postings.push(RawPosting { source_url: Some(source.clone()), position: Some(position), ..posting });
            }
            Ok(_) => {}
            Err(why) => {
                complaints.add(ProblemKind::BrokenItem, &position, || format!("row {at} {why}; it is left out"));
            }
        }
    }
    postings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Completeness, Engine, PageKind};
    use crate::parse::json_samples::{board, page};
    use crate::parse::parse;

    const LIST: &str = include_str!("../../../tests/fixtures/boards/usajobs/historicjoa.json");
    const FIRST: &str =
        "https://data.usajobs.gov/api/historicjoa?PositionSeries=0675&StartPositionCloseDate=2026-03-01";

    fn read_at(url: &str, body: impl Into<Vec<u8>>) -> Parsed {
        let usajobs = board("engine = \"usajobs\"\nbase_url = \"https://data.usajobs.gov\"");
        parse(&usajobs, Engine::Usajobs, &PageKind::List, &page(url, body))
    }

    fn read(body: &str) -> Parsed {
        read_at(FIRST, body)
    }

    fn with_next(next: &str) -> Parsed {
        read(&LIST.replace("/api/historicjoa?continuationtoken=QmF0Y2g%3D%3D&positionseries=0675%2C0669", next))
    }

    #[test]
    fn a_row_gives_its_own_strings_under_the_id_that_search_has() {
        let parsed = read(LIST);
        assert_eq!((parsed.finding, parsed.total, parsed.problems.len()), (Finding::Readable, Some(3), 0));
        let row = &parsed.postings[0];
        assert_eq!(row.posting_id.as_deref(), Some("900100100"));
        assert_eq!(row.network_id.as_deref(), Some("usajobs:900100100"));
        assert_eq!(row.url.as_deref(), Some("https://www.usajobs.gov/job/900100100"));
        assert_eq!(row.hiring_organization.as_deref(), Some("Veterans Health Administration"));
        assert_eq!(row.employment_type, ["Full-time", "Permanent"]);
        assert_eq!(row.hiring_paths, ["The public"]);
        assert_eq!(row.series, ["0675"]);
        assert_eq!(row.work_mode, ["TeleworkEligible=true"]);
        assert_eq!(row.job_location[0].text.as_deref(), Some("Juniper Flats, Nevada"));
        assert_eq!(row.job_location[0].country.as_deref(), Some("United States"));
        let pay = row.base_salary.as_ref().unwrap();
        assert_eq!(pay.text.as_deref(), Some("55756.0 - 72482.0 Per Year"));
        assert_eq!(pay.unit.as_deref(), Some("Per Year"));
        assert_eq!(row.status.as_deref(), Some("Accepting applications"));
        assert_eq!(
            (row.date_posted.as_deref(), row.valid_through.as_deref()),
            (Some("2026-02-24"), Some("2026-03-13"))
        );
        assert_eq!(row.extra.get("LowGrade").map(String::as_str), Some("07"));
        assert_eq!(row.extra.get("positionExpireDate").map(String::as_str), Some("1900-01-01"));
        assert_eq!(row.position.as_deref(), Some("/data/0"));
        assert_eq!((row.completeness, row.description.as_deref()), (Completeness::ListRow, None));
    }

    #[test]
    fn keys_of_any_case_are_read_and_remote_work_is_told_by_the_city() {
        let row = &read(LIST).postings[1];
        assert_eq!(
            (&row.series[..], &row.hiring_paths[..]),
            (&["0675".to_owned()][..], &["The public".to_owned()][..])
        );
        assert_eq!(row.work_mode, ["TeleworkEligible=false", "Anywhere in the U.S. (remote job)"]);
        assert_eq!(row.job_location[0].text.as_deref(), Some("Anywhere in the U.S. (remote job)"));
        assert_eq!(row.base_salary, None);
        assert_eq!(row.status.as_deref(), Some("Job canceled"));
        let shouted =
            LIST.replace("\"data\"", "\"DATA\"").replace("\"paging\"", "\"Paging\"").replace("\"next\"", "\"Next\"");
        assert_eq!((read(&shouted).postings.len(), read(&shouted).next.len()), (2, 1));
    }

    #[test]
    fn the_next_page_is_followed_verbatim_on_the_same_host() {
        let relative =
            "https://data.usajobs.gov/api/historicjoa?continuationtoken=QmF0Y2g%3D%3D&positionseries=0675%2C0669";
        assert_eq!(read(LIST).next[0].url.as_str(), relative);
        assert_eq!(with_next(relative).next[0].url.as_str(), relative);
        for end in [with_next("  "), read(&LIST.replace("\"next\": \"", "\"next\": null, \"was\": \""))] {
            assert!(end.next.is_empty() && !end.truncated);
        }
        for elsewhere in ["https://evil.example/api/historicjoa?continuationtoken=1", "//evil.example/x", "http://[bad"]
        {
            let parsed = with_next(elsewhere);
            assert!(parsed.next.is_empty() && parsed.truncated, "{elsewhere}");
            assert_eq!(parsed.problems[0].kind, ProblemKind::Incomplete);
            assert_eq!(parsed.postings.len(), 2);
        }
    }

    #[test]
    fn a_prefix_before_the_api_is_kept() {
        let next = &read_at("http://127.0.0.1:9/boards/usajobs/api/historicjoa?PositionSeries=0675", LIST).next[0];
        assert!(
            next.url
                .as_str()
                .starts_with("http://127.0.0.1:9/boards/usajobs/api/historicjoa?continuationtoken=QmF0Y2g%3D%3D&")
        );
    }

    #[test]
    fn no_rows_are_empty_and_no_answer_is_not() {
        for none in
            ["204 No Content", r#"{"paging":{"metadata":{"totalCount":0},"next":null},"data":[]}"#, r#"{"data":[]}"#]
        {
            assert_eq!(read(none).finding, Finding::Empty, "{none}");
        }
        let mut silent = page(FIRST, "");
        silent.status = 204;
        let usajobs = board("engine = \"usajobs\"\nbase_url = \"https://data.usajobs.gov\"");
        assert_eq!(parse(&usajobs, Engine::Usajobs, &PageKind::List, &silent).finding, Finding::Empty);
        for other in ["", "<html>", "{}", r#"{"data":null}"#, r#"{"data":{}}"#, r#"{"paging":{}}"#, &LIST[..900], "[]"]
        {
            assert!(matches!(read(other).finding, Finding::Foreign(_)), "{other}");
        }
    }

    #[test]
    fn no_rows_where_some_are_announced_prove_nothing() {
        let parsed = read(r#"{"paging":{"metadata":{"totalCount":9},"next":null},"data":[]}"#);
        assert_eq!((parsed.finding, parsed.truncated), (Finding::Readable, true));
        let last = read_at(
            "https://data.usajobs.gov/api/historicjoa?continuationtoken=x",
            r#"{"paging":{"metadata":{"totalCount":9}},"data":[]}"#,
        );
        assert_eq!((last.finding, last.truncated), (Finding::Readable, false));
    }

    #[test]
    fn one_malformed_row_costs_one_row() {
        for (from, to) in [
            ("\"usajobsControlNumber\": 900100100", "\"usajobsControlNumber\": null"),
            ("\"positionTitle\": \"Medical Records Technician (Coder) Auditor\"", "\"positionTitle\": 7"),
            ("\"vendor\": \"USASTAFFING\"", "\"vendor\": \"\\ud800\""),
        ] {
            let parsed = read(&LIST.replacen(from, to, 1));
            assert_eq!((parsed.postings.len(), parsed.problems.len()), (1, 1), "{to}");
            assert_eq!(parsed.problems[0].field.as_deref(), Some("/data/0"));
        }
    }

    proptest! {
        #[test]
        fn any_mutation_is_survived(at in 0..LIST.len(), byte in any::<u8>(), cut in 0..LIST.len()) {
            let mut body = LIST.as_bytes().to_vec();
            body[at] = byte;
            let _ = read_at(FIRST, body.clone());
            body.truncate(cut);
            let _ = read_at(FIRST, body);
        }
    }
}
