//! Web Scribble's JSON API: `/api/v1/jobs` lists, `/api/v1/jobs/<id>` tells one. Shapes as recorded
//! in 2026. A list's text is always cut, and its date is that of the last bump, not of the posting.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use super::complaints::Complaints;
use super::json_body::{body_text, clipped, next_on_same_host, parameter, what_was_seen, with_parameter};
use super::lenient::{Many, Object, Rows, Text};
use super::{Finding, Parsed};
use crate::model::{Completeness, Page, PageKind, ProblemKind, RawPlace, RawPosting, Wanted};

/// The page size that every recorded answer had, whatever was asked for.
const PAGE_SIZE: u64 = 25;
/// Tells in `extra` whether `date_posted` is only the day of the last bump.
const IS_BUMP: &str = "posted_date_is_bump";

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    data: Rows<&'a RawValue>,
    #[serde(borrow, default)]
    meta: Object<Meta<'a>>,
    #[serde(borrow, default)]
    links: Object<Links<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta<'a> {
    #[serde(borrow)]
    current_page: Text<'a>,
    #[serde(borrow)]
    last_page: Text<'a>,
    #[serde(borrow)]
    per_page: Text<'a>,
    #[serde(borrow)]
    total: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Links<'a> {
    #[serde(borrow)]
    next: Text<'a>,
}

#[derive(Deserialize)]
struct One<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    location: Text<'a>,
    #[serde(borrow)]
    coordinates: Object<Coordinates<'a>>,
    #[serde(borrow, rename = "customBlockList")]
    blocks: Many<Object<Block<'a>>>,
    #[serde(borrow, rename = "shortDescription")]
    teaser: Text<'a>,
    #[serde(borrow)]
    description: Text<'a>,
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow)]
    company: Object<Company<'a>>,
    #[serde(borrow)]
    posted_date: Text<'a>,
    #[serde(borrow)]
    date_posted: Text<'a>,
    #[serde(borrow)]
    modified_time: Text<'a>,
    #[serde(borrow, rename = "isBackfilled")]
    is_backfilled: Text<'a>,
    #[serde(borrow, rename = "isSponsored")]
    is_sponsored: Text<'a>,
    #[serde(borrow, rename = "canViewLocal")]
    can_view_local: Text<'a>,
    #[serde(borrow, rename = "cantSeeContent")]
    cant_see_content: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Coordinates<'a> {
    #[serde(borrow)]
    latitude: Text<'a>,
    #[serde(borrow)]
    longitude: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Company<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

/// A labelled fact: pay, position type, whatever the board's owner has set up.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Block<'a> {
    #[serde(borrow)]
    path: Text<'a>,
    #[serde(borrow)]
    label: Text<'a>,
    #[serde(borrow)]
    value: Many<Text<'a>>,
}

/// Reads one answer.
pub(super) fn parse(kind: &PageKind, page: &Page) -> Parsed {
    let mut complaints = Complaints::about(&page.url);
    let text = body_text(page, &mut complaints);
    let mut parsed = match kind {
        PageKind::Detail { posting_id } => read_one(page, &text, posting_id, &mut complaints),
        _ => read_list(page, &text, &mut complaints),
    };
    parsed.problems = complaints.into_problems();
    parsed
}

fn read_list(page: &Page, text: &str, complaints: &mut Complaints) -> Parsed {
    let Ok(list) = serde_json::from_str::<List<'_>>(text) else {
        return Parsed::foreign(format!("{}; expected Web Scribble's `data` and `meta`", what_was_seen(text)));
    };
    let meta = list.meta.0.unwrap_or_default();
    let mut parsed = Parsed { total: meta.total.count(), ..Parsed::readable() };
    let number = meta.current_page.count().or_else(|| parameter(&page.requested, "page")?.parse().ok()).unwrap_or(1);
    if list.data.kept.is_empty() {
        if number <= 1 && parsed.total.unwrap_or_default() == 0 {
            parsed.finding = Finding::Empty;
        } else if number <= 1 {
            parsed.truncated = true;
            complaints.add(ProblemKind::Incomplete, "/data", || "no job is listed, but some are announced".to_owned());
        }
        return parsed;
    }
    parsed.truncated = list.data.cut;
    parsed.postings = postings(&list.data.kept, page, complaints);
    match next_page(page, number, &meta, &list.links.0.unwrap_or_default()) {
        Ok(next) => parsed.next.extend(next.map(Wanted::list)),
        Err(why) => {
            parsed.truncated = true;
            complaints.add(ProblemKind::Incomplete, "/links/next", || why);
        }
    }
    parsed
}

/// Gives the next page by `meta`, which tells the true size of pages where the links only echo
/// what was asked for; by the link where `meta` does not count.
fn next_page(page: &Page, number: u64, meta: &Meta<'_>, links: &Links<'_>) -> Result<Option<Url>, String> {
    match (meta.last_page.count(), links.next.get()) {
        (Some(last), _) if number < last => {
            let size = meta.per_page.count().filter(|size| *size > 0).unwrap_or(PAGE_SIZE);
            Ok(Some(with_parameter(&with_parameter(&page.requested, "page", number + 1), "per_page", size)))
        }
        (None, Some(link)) => next_on_same_host(&page.url, link).map(Some),
        _ => Ok(None),
    }
}

/// Makes postings of the items; a repeated one is kept once.
fn postings(items: &[&RawValue], page: &Page, complaints: &mut Complaints) -> Vec<RawPosting> {
    let mut seen = HashSet::with_capacity(items.len());
    let mut postings = Vec::with_capacity(items.len());
    for (at, raw) in items.iter().enumerate() {
        let position = format!("/data/{at}");
        match item(raw, page, &position) {
            Ok(posting) if seen.insert(posting.posting_id.clone()) => postings.push(posting),
            Ok(_) => {}
            Err(why) => {
                complaints.add(ProblemKind::BrokenItem, &position, || format!("item {at} {why}; it is left out"));
            }
        }
    }
    postings
}

fn read_one(page: &Page, text: &str, wanted: &str, complaints: &mut Complaints) -> Parsed {
    let Ok(one) = serde_json::from_str::<One<'_>>(text) else {
        return Parsed::foreign(format!("{}; expected Web Scribble's job in `data`", what_was_seen(text)));
    };
    let mut parsed = Parsed::readable();
    match item(one.data, page, "/data") {
        Ok(posting) if posting.posting_id.as_deref() == Some(wanted) => parsed.postings.push(posting),
        Ok(posting) => complaints.add(ProblemKind::BrokenItem, "/data/id", || {
            let id = posting.posting_id.unwrap_or_default();
            format!("the answer is about job `{}`, job `{wanted}` was asked for", clipped(&id, 40))
        }),
        Err(why) => complaints.add(ProblemKind::BrokenItem, "/data", || format!("the job {why}")),
    }
    parsed
}

/// Makes a posting of an item, or says what it lacks.
fn item(raw: &RawValue, page: &Page, position: &str) -> Result<RawPosting, String> {
    let stated = serde_json::from_str::<Object<Item<'_>>>(raw.get())
        .map_err(|error| format!("cannot be read: {}", clipped(&error.to_string(), 160)))?;
    let stated = stated.0.ok_or("is no object")?;
    let id = stated.id.owned().ok_or("has no `id`")?;
    let title = stated.title.words().ok_or("has no `title` text")?.to_owned();
    let whole = stated.description.owned();
    let completeness = match (&whole, &stated.teaser) {
        (Some(_), _) => Completeness::Full,
        (None, Text::Words(_)) => Completeness::Teaser,
        _ => Completeness::ListRow,
    };
    let mut posting = RawPosting {
        posting_id: Some(id),
        url: stated.url.get().and_then(|link| web_address(&page.url, link)),
        title: Some(title),
        hiring_organization: stated.company.0.as_ref().and_then(|company| company.name.owned()),
        job_location: place(&stated).into_iter().collect(),
        date_posted: stated.date_posted.owned().or_else(|| stated.posted_date.owned()),
        description: whole.or_else(|| stated.teaser.owned()),
        extra: extra(&stated),
        source_url: Some(page.url.to_string()),
        position: Some(position.to_owned()),
        completeness,
        ..RawPosting::default()
    };
    for block in stated.blocks.objects() {
        sort_in(block, &mut posting);
    }
    Ok(posting)
}

fn web_address(answered: &Url, link: &str) -> Option<String> {
    let url = answered.join(link).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

fn place(stated: &Item<'_>) -> Option<RawPlace> {
    let text = stated.location.owned()?;
    let degrees = stated.coordinates.0.as_ref();
    let both = degrees.and_then(|both| Some((both.latitude.number()?, both.longitude.number()?)));
    // Latitude and longitude 0 stand for "no place".
    let both = both.filter(|(latitude, longitude)| *latitude != 0.0 || *longitude != 0.0);
    Some(RawPlace {
        text: Some(text),
        latitude: both.map(|(latitude, _)| latitude),
        longitude: both.map(|(_, longitude)| longitude),
        ..RawPlace::default()
    })
}

fn extra(stated: &Item<'_>) -> BTreeMap<String, String> {
    let named = [
        ("canViewLocal", &stated.can_view_local),
        ("cantSeeContent", &stated.cant_see_content),
        ("isBackfilled", &stated.is_backfilled),
        ("isSponsored", &stated.is_sponsored),
        ("modified_time", &stated.modified_time),
    ];
    let mut extra: BTreeMap<String, String> =
        named.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.owned()?))).collect();
    let own_date = stated.date_posted.get().is_some();
    if own_date || stated.posted_date.get().is_some() {
        extra.insert(IS_BUMP.to_owned(), (!own_date).to_string());
    }
    extra
}

/// Sorts a labelled fact into the field it speaks of; what no field is for goes to `extra`.
fn sort_in(block: &Block<'_>, posting: &mut RawPosting) {
    let text = block.value.texts().map(without_breaks).collect::<Vec<_>>().join(", ");
    let name = [&block.path, &block.label].map(|text| text.get().unwrap_or_default().to_ascii_lowercase()).join(" ");
    let speaks_of = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if text.is_empty() {
        return;
    }
    if speaks_of(&["salary", "pay ", "compensation", "wage"]) || name.ends_with("pay") {
        posting.base_salary.get_or_insert_default().text.get_or_insert(text);
    } else if speaks_of(&["category", "function", "industry", "specialty"]) {
        posting.categories.push(text);
    } else if speaks_of(&["position_type", "position type", "employment", "job_type", "job type", "schedule"]) {
        posting.employment_type.push(text);
    } else if speaks_of(&["remote", "telecommut", "workplace", "work_arrangement", "work arrangement"]) {
        posting.work_mode.push(format!("{}={text}", block.label.get().or(block.path.get()).unwrap_or_default()));
    } else if speaks_of(&["experience"]) {
        posting.experience.get_or_insert(text);
    } else if speaks_of(&["education", "degree"]) {
        posting.education.get_or_insert(text);
    } else if let Some(name) = block.label.get().or(block.path.get()) {
        posting.extra.insert(name.to_owned(), text);
    }
}

/// Takes out `<wbr>`, which marks where a long value may be broken, and folds the white space left.
fn without_breaks(value: &str) -> String {
    let value = value.replace("<wbr />", "").replace("<wbr/>", "").replace("<wbr>", "");
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::json_samples::page;

    const LIST: &str = include_str!("../../tests/fixtures/boards/webscribble/jobs.json");
    const JOB: &str = include_str!("../../tests/fixtures/boards/webscribble/job.json");
    const FIRST: &str = "https://careers.himboard.example/api/v1/jobs?page=1&per_page=3";

    fn list(body: impl Into<Vec<u8>>) -> Parsed {
        parse(&PageKind::List, &page(FIRST, body))
    }

    fn detail(body: &str) -> Parsed {
        parse(
            &PageKind::Detail { posting_id: "301".into() },
            &page("https://careers.himboard.example/api/v1/jobs/301", body),
        )
    }

    #[test]
    fn a_row_is_a_teaser_with_its_labelled_facts_sorted() {
        let parsed = list(LIST);
        assert_eq!((parsed.finding, parsed.total, parsed.problems.len()), (Finding::Readable, Some(27), 0));
        let row = &parsed.postings[0];
        assert_eq!((row.posting_id.as_deref(), row.network_id.as_deref()), (Some("301"), None));
        assert_eq!(row.title.as_deref(), Some("Inpatient Coder II"));
        assert_eq!(row.hiring_organization.as_deref(), Some("Maple Grove Regional"));
        assert_eq!(row.job_location[0].text.as_deref(), Some("Maple Grove, Ohio"));
        assert_eq!((row.job_location[0].latitude, row.job_location[0].longitude), (Some(40.1), Some(-82.9)));
        assert_eq!(row.base_salary.as_ref().unwrap().text.as_deref(), Some("$24.50 - $31.75 Per Hour"));
        assert_eq!(row.employment_type, ["Full-Time / Permanent"]);
        assert_eq!(row.extra.get("Records System").map(String::as_str), Some("Epic"));
        assert_eq!(row.extra.get("isBackfilled").map(String::as_str), Some("false"));
        assert_eq!(row.extra.get(IS_BUMP).map(String::as_str), Some("true"));
        assert_eq!(row.url.as_deref(), Some("https://careers.himboard.example/job/coder-maple-grove-ohio-301"));
        assert_eq!(row.completeness, Completeness::Teaser);
        assert_eq!(
            (parsed.postings[1].job_location[0].latitude, parsed.postings[1].base_salary.is_none()),
            (None, true)
        );
    }

    #[test]
    fn the_next_page_is_asked_by_the_true_size() {
        let next = list(LIST).next;
        assert_eq!(next[0].url.as_str(), "https://careers.himboard.example/api/v1/jobs?page=2&per_page=25");
        assert!(list(LIST.replace("\"last_page\": 2", "\"last_page\": 1")).next.is_empty());
        let linked = list(LIST.replace("\"last_page\": 2", "\"last_page\": null"));
        assert_eq!(linked.next[0].url.as_str(), "https://careers.himboard.example/api/v1/jobs?per_page=3&page=2");
        let elsewhere = LIST
            .replace("\"last_page\": 2", "\"last_page\": null")
            .replace("\"next\": \"https://careers.", "\"next\": \"https://evil.");
        assert!(list(elsewhere.clone()).next.is_empty() && list(elsewhere).truncated);
    }

    #[test]
    fn a_job_of_its_own_is_whole_and_tells_its_own_date() {
        let job = detail(JOB).postings.remove(0);
        assert_eq!(job.completeness, Completeness::Full);
        assert_eq!(job.date_posted.as_deref(), Some("June 24, 2026"));
        assert!(job.description.as_deref().unwrap().starts_with("<p>Codes acute"));
        let filled = super::super::fill(list(LIST).postings.remove(0), job);
        assert_eq!(filled.date_posted.as_deref(), Some("June 24, 2026"));
        assert_eq!(filled.extra.get(IS_BUMP).map(String::as_str), Some("false"));
    }

    #[test]
    fn a_job_that_was_not_asked_for_is_refused() {
        let parsed = detail(&JOB.replace("\"id\": 301", "\"id\": 999"));
        assert!(parsed.postings.is_empty());
        assert_eq!(parsed.problems[0].kind, ProblemKind::BrokenItem);
    }

    #[test]
    fn none_is_told_from_nothing_readable() {
        let none = r#"{"data":[],"meta":{"current_page":1,"last_page":1,"total":0}}"#;
        assert_eq!(list(none).finding, Finding::Empty);
        let last = r#"{"data":[],"meta":{"current_page":2,"last_page":1,"total":25}}"#;
        assert_eq!((list(last).finding, list(last).truncated), (Finding::Readable, false));
        assert!(list(r#"{"data":[],"meta":{"current_page":1,"total":25}}"#).truncated);
        for other in [r#"{"message":"Too Many Attempts."}"#, "<html>", "", "{}", r#"{"data":{}}"#, &LIST[..500]] {
            assert!(matches!(list(other).finding, Finding::Foreign(_)), "{other}");
        }
        assert!(matches!(detail(r#"{"message":"Not Found"}"#).finding, Finding::Foreign(_)));
    }

    #[test]
    fn one_malformed_item_costs_one_item() {
        for (from, to) in [("\"id\": 301", "\"id\": null"), ("\"title\": \"Inpatient Coder II\"", "\"title\": []")] {
            let parsed = list(LIST.replacen(from, to, 1));
            assert_eq!((parsed.postings.len(), parsed.problems.len()), (1, 1));
            assert_eq!(parsed.problems[0].field.as_deref(), Some("/data/0"));
        }
    }

    proptest! {
        #[test]
        fn any_mutation_is_survived(at in 0..LIST.len(), byte in any::<u8>(), cut in 0..LIST.len()) {
            let mut body = LIST.as_bytes().to_vec();
            body[at] = byte;
            let _ = list(body.clone());
            body.truncate(cut);
            let _ = list(body);
        }
    }
}
