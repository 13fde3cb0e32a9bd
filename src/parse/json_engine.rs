//! Any JSON API, by the pointers (RFC 6901) of the board's file: where the items stand, and where
//! in an item each field stands.

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use super::bounds::{has_too_many_values, too_many_values};
use super::complaints::Complaints;
use super::json_body::{body_text, clipped, next_on_same_host, what_was_seen};
use super::lenient::MOST_ROWS;
use super::{Finding, Parsed};
use crate::board::{Board, FieldRule, FieldSelector};
use crate::model::{Completeness, Page, PageKind, ProblemKind, RawPlace, RawPosting, Wanted};

/// At most this many elements of an array inside an item are read.
const MOST_ELEMENTS: usize = 1_000;

/// Reads one answer.
pub(super) fn parse(board: &Board, kind: &PageKind, page: &Page) -> Parsed {
    let mut complaints = Complaints::about(&page.url);
    let text = body_text(page, &mut complaints);
    if has_too_many_values(&text) {
        return Parsed::foreign(format!("{}; no list of jobs has as many", too_many_values()));
    }
    let mut parsed = match (serde_json::from_str::<Value>(&text), kind) {
        (Err(error), _) => foreign(&text, &error),
        (Ok(answer), PageKind::Detail { posting_id }) => read_one(board, page, &answer, posting_id, &mut complaints),
        (Ok(answer), _) => read_list(board, page, &answer, &mut complaints),
    };
    parsed.problems = complaints.into_problems();
    parsed
}

fn foreign(text: &str, error: &serde_json::Error) -> Parsed {
    Parsed::foreign(format!("{}; expected JSON ({})", what_was_seen(text), clipped(&error.to_string(), 120)))
}

fn read_list(board: &Board, page: &Page, answer: &Value, complaints: &mut Complaints) -> Parsed {
    let plan = &board.json;
    let Some(items) = answer.pointer(&plan.items).and_then(Value::as_array) else {
        let place = if plan.items.is_empty() { "the top" } else { &plan.items };
        return Parsed::foreign(format!("no array at {place}; {}; set `json.items`", what_stands(answer)));
    };
    let total = plan.total.as_ref().and_then(|pointer| scalar(answer.pointer(pointer)?)?.parse().ok());
    let mut parsed = Parsed { total, ..Parsed::readable() };
    if items.is_empty() && total.unwrap_or_default() == 0 {
        parsed.finding = Finding::Empty;
    }
    if items.len() > MOST_ROWS {
        parsed.truncated = true;
        complaints.add(ProblemKind::Incomplete, &plan.items, || format!("only {MOST_ROWS} items were read"));
    }
    parsed.postings = postings(board, page, items.get(..MOST_ROWS).unwrap_or(items), complaints);
    complain_of_misses(&plan.fields, items, complaints);
    let next = plan.next.as_ref().and_then(|pointer| answer.pointer(pointer));
    match next.map_or(Ok(None), |link| next_page(page, link)) {
        Ok(next) => parsed.next.extend(next.map(Wanted::list)),
        Err(why) => {
            parsed.truncated = true;
            complaints.add(ProblemKind::Incomplete, plan.next.as_deref().unwrap_or_default(), || why);
        }
    }
    parsed
}

/// Says what an answer has where something else was looked for.
fn what_stands(answer: &Value) -> String {
    match answer {
        Value::Object(members) if members.is_empty() => "the answer is an empty object".to_owned(),
        Value::Object(members) => {
            let keys: Vec<String> = members.keys().take(8).map(|key| format!("`{}`", clipped(key, 40))).collect();
            format!("the answer has the keys {}", keys.join(", "))
        }
        Value::Array(list) => format!("the answer is an array of {}", list.len()),
        _ => "the answer is a lone value".to_owned(),
    }
}

/// Reads the next page's address; null, false and blank end the list.
fn next_page(page: &Page, link: &Value) -> Result<Option<Url>, String> {
    let unsupported = |seen: &str| {
        let seen = clipped(seen, 60);
        Err(format!("next page `{seen}` is no address; a page number or token is not supported, the list stays cut"))
    };
    match link {
        Value::Null | Value::Bool(false) => Ok(None),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => {
            let text = text.trim();
            let rooted = ["/", "?", "./", "http://", "https://"].iter().any(|begins| text.starts_with(begins));
            if rooted || text.contains('?') { next_on_same_host(&page.url, text).map(Some) } else { unsupported(text) }
        }
        other => unsupported(&other.to_string()),
    }
}

/// Makes postings of the items; a repeated one is kept once.
fn postings(board: &Board, page: &Page, items: &[Value], complaints: &mut Complaints) -> Vec<RawPosting> {
    let mut seen = HashSet::with_capacity(items.len());
    let mut postings = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let position = format!("{}/{at}", board.json.items);
        let mut posting = mapped(&board.json.fields, item, page, position.clone());
        posting.completeness = match posting.description {
            None => Completeness::ListRow,
            Some(_) if board.details && board.detail_url.is_some() => Completeness::Teaser,
            Some(_) => Completeness::Full,
        };
        let key = posting.posting_id.clone().or_else(|| posting.url.clone());
        let lack = match (&posting.title, &key) {
            (None, _) => "has no title",
            (_, None) => "has neither id nor url",
            (Some(_), Some(_)) => {
                if seen.insert(key) {
                    postings.push(posting);
                }
                continue;
            }
        };
        complaints.add(ProblemKind::BrokenItem, &position, || format!("item {at} {lack}; it is left out"));
    }
    postings
}

fn read_one(board: &Board, page: &Page, answer: &Value, wanted: &str, complaints: &mut Complaints) -> Parsed {
    let pointer = &board.json.detail_item;
    let Some(item) = answer.pointer(pointer).filter(|item| item.is_object()) else {
        let place = if pointer.is_empty() { "the top" } else { pointer };
        return Parsed::foreign(format!("no object at {place}; {}; set `json.detail_item`", what_stands(answer)));
    };
    let fields = if board.json.detail.is_empty() { &board.json.fields } else { &board.json.detail };
    let mut posting = mapped(fields, item, page, pointer.clone());
    complain_of_misses(fields, std::slice::from_ref(item), complaints);
    let mut parsed = Parsed::readable();
    if posting.posting_id.as_deref().is_some_and(|id| id != wanted) {
        complaints.add(ProblemKind::BrokenItem, pointer, || {
            format!("the answer is about another posting than `{}`, which was asked for", clipped(wanted, 60))
        });
        return parsed;
    }
    posting.posting_id = Some(wanted.to_owned());
    posting.completeness = if posting.description.is_some() { Completeness::Full } else { Completeness::ListRow };
    parsed.postings.push(posting);
    parsed
}

/// Names each field whose pointers hit nothing on any item: a sign that the format has changed.
fn complain_of_misses(fields: &[FieldSelector], items: &[Value], complaints: &mut Complaints) {
    if items.is_empty() {
        return;
    }
    for selector in fields {
        let hit = items.iter().any(|item| selector.rules.iter().any(|rule| item.pointer(&pointer(rule)).is_some()));
        if !hit {
            let places: Vec<String> = selector.rules.iter().map(|rule| format!("`{}`", pointer(rule))).collect();
            complaints.add(ProblemKind::UnreadField, &selector.field, || {
                format!("{} points at nothing on any of {} items", places.join(" or "), items.len())
            });
        }
    }
}

/// Gives a rule's pointer. The grammar takes what follows an at-sign for an attribute, which JSON
/// does not have: `/@type` is a key of JSON-LD. A lone name is a key of the item.
fn pointer(rule: &FieldRule) -> String {
    let place = match &rule.attribute {
        Some(attribute) => format!("{}@{attribute}", rule.place),
        None => rule.place.clone(),
    };
    if place.is_empty() || place.starts_with('/') { place } else { format!("/{place}") }
}

/// Fills a posting by the selectors.
fn mapped(fields: &[FieldSelector], item: &Value, page: &Page, position: String) -> RawPosting {
    let source_url = Some(page.url.to_string());
    let mut posting = RawPosting { source_url, position: Some(position), ..RawPosting::default() };
    for selector in fields {
        let texts = selector.rules.iter().map(|rule| texts_at(rule, item)).find(|texts| !texts.is_empty());
        if let Some(texts) = texts {
            set(&mut posting, &selector.field, texts, &page.url);
        }
    }
    posting
}

/// Gives the filtered texts at a rule's place: one of a lone value, several of an array.
fn texts_at(rule: &FieldRule, item: &Value) -> Vec<String> {
    let found = item.pointer(&pointer(rule));
    let values: &[Value] = match found {
        Some(Value::Array(list)) => list.get(..MOST_ELEMENTS).unwrap_or(list),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    values.iter().filter_map(|value| rule.filtered(&scalar(value)?)).collect()
}

/// Gives a string, number or truth value as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Sets one of the fields that board files may name.
fn set(posting: &mut RawPosting, field: &str, texts: Vec<String>, answered: &Url) {
    let lists = match field {
        "work_mode" => Some(&mut posting.work_mode),
        "employment_type" => Some(&mut posting.employment_type),
        "category" => Some(&mut posting.categories),
        "requisition" => Some(&mut posting.requisition_ids),
        _ => None,
    };
    if let Some(list) = lists {
        *list = texts;
        return;
    }
    if field == "place" {
        posting.job_location =
            texts.into_iter().map(|text| RawPlace { text: Some(text), ..RawPlace::default() }).collect();
        return;
    }
    let joined = texts.join(if field == "description" { "\n" } else { ", " });
    let lone = match field {
        "id" => &mut posting.posting_id,
        "title" => &mut posting.title,
        "employer" => &mut posting.hiring_organization,
        "department" => &mut posting.department,
        "date_posted" => &mut posting.date_posted,
        "valid_through" => &mut posting.valid_through,
        "description" => &mut posting.description,
        "education" => &mut posting.education,
        "experience" => &mut posting.experience,
        "status" => &mut posting.status,
        "salary" => &mut posting.base_salary.get_or_insert_default().text,
        "salary_unit" => &mut posting.base_salary.get_or_insert_default().unit,
        "url" | "apply_url" => return set_address(posting, field, &joined, answered),
        _ => return,
    };
    *lone = Some(joined);
}

/// Sets an address, resolved against the answer's own; anything but http and https is none.
fn set_address(posting: &mut RawPosting, field: &str, link: &str, answered: &Url) {
    let url = answered.join(link).ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(String::from);
    if field == "url" { posting.url = url } else { posting.apply_url = url }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::json_samples::{board, page};

    const LIST: &str = include_str!("../../tests/fixtures/boards/json/jobs.json");
    const FIRST: &str = "https://larkspur.example/v2/jobs";
    const TABLE: &str = r#"
        engine = "json"
        base_url = "https://larkspur.example/v2/jobs"
        detail_url = "https://larkspur.example/v2/jobs/{id}"
        [json]
        items = "/result/jobs"
        next = "/next"
        total = "/result/count"
        detail_item = "/job"
        [json.fields]
        id = "/ref"
        title = "/name"
        employer = "/employer/title"
        place = "/sites"
        employment_type = "/kinds"
        date_posted = "/posted | epoch"
        salary = "/wage || /pay"
        url = "/links/self"
        description = "/body"
        status = "/state"
        [json.detail]
        description = "/text"
        id = "/ref"
    "#;

    fn list(body: impl Into<Vec<u8>>) -> Parsed {
        parse(&board(TABLE), &PageKind::List, &page(FIRST, body))
    }

    #[test]
    fn pointers_fill_the_fields() {
        let parsed = list(LIST);
        assert_eq!((parsed.finding, parsed.total, parsed.postings.len()), (Finding::Readable, Some(5), 2));
        let first = &parsed.postings[0];
        assert_eq!(first.posting_id.as_deref(), Some("7001"));
        assert_eq!(first.title.as_deref(), Some("Release of Information Specialist"));
        assert_eq!(first.hiring_organization.as_deref(), Some("Larkspur Clinic"));
        assert_eq!(first.job_location.len(), 2);
        assert_eq!(first.employment_type, ["Full-Time", "PRN"]);
        assert_eq!(first.date_posted.as_deref(), Some("2026-03-01T00:00:00+00:00"));
        assert_eq!(first.base_salary.as_ref().unwrap().text.as_deref(), Some("27.5"));
        assert_eq!(first.url.as_deref(), Some("https://larkspur.example/careers/7001"));
        assert_eq!(first.position.as_deref(), Some("/result/jobs/0"));
        assert_eq!(first.completeness, Completeness::Teaser);
        let second = &parsed.postings[1];
        assert_eq!(second.job_location[0].text.as_deref(), Some("Larkspur, OR"));
        assert_eq!((second.base_salary.is_none(), second.completeness), (true, Completeness::ListRow));
        assert_eq!(parsed.next[0].url.as_str(), "https://larkspur.example/v2/jobs?page=2&filter=him%20coding");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let problems = list(LIST).problems;
        assert_eq!(problems.len(), 2);
        assert_eq!((problems[0].kind, problems[0].field.as_deref()), (ProblemKind::BrokenItem, Some("/result/jobs/2")));
        assert_eq!((problems[1].kind, problems[1].field.as_deref()), (ProblemKind::UnreadField, Some("status")));
        assert!(problems[1].message.contains("`/state` points at nothing"), "{}", problems[1].message);
    }

    #[test]
    fn a_pointer_at_no_array_names_itself_and_what_stands_there() {
        for body in [r#"{"jobs":[],"meta":{}}"#, r#"{"result":{"jobs":{}}}"#, r#"{"result":null}"#] {
            let Finding::Foreign(why) = list(body).finding else { panic!("{body} is foreign") };
            assert!(why.contains("/result/jobs") && why.contains('`'), "{why}");
        }
        let Finding::Foreign(why) = list(r#"{"jobs":[],"meta":{}}"#).finding else { panic!() };
        assert!(why.contains("`jobs`, `meta`"), "{why}");
        for body in ["", "<html>", "{\"result\"", &"[".repeat(100_000)] {
            assert!(matches!(list(body).finding, Finding::Foreign(_)));
        }
    }

    #[test]
    fn a_total_of_none_is_empty() {
        assert_eq!(list(r#"{"result":{"jobs":[],"count":0}}"#).finding, Finding::Empty);
        assert_eq!(list(r#"{"result":{"jobs":[],"count":9}}"#).finding, Finding::Readable);
    }

    #[test]
    fn the_whole_answer_may_be_the_array() {
        let bare = board(
            "engine = \"json\"\nbase_url = \"https://larkspur.example/all\"\n[json.fields]\ntitle = \"/name\"\nid = \"ref\"",
        );
        let parsed = parse(
            &bare,
            &PageKind::List,
            &page("https://larkspur.example/all", r#"[{"name":"Coder","ref":1},{"name":"Coder","ref":1}]"#),
        );
        assert_eq!((parsed.postings.len(), parsed.postings[0].position.as_deref()), (1, Some("/0")));
        assert_eq!(parsed.problems, []);
    }

    #[test]
    fn only_an_address_on_the_same_host_is_a_next_page() {
        let next = |link: &str| list(LIST.replace("\"/v2/jobs?page=2&filter=him%20coding\"", link));
        for end in ["null", "false", "\"\""] {
            assert!(next(end).next.is_empty() && !next(end).truncated, "{end}");
        }
        for refused in ["2", "\"dG9rZW4=\"", "\"https://evil.example/jobs\"", "{\"page\":2}"] {
            let parsed = next(refused);
            assert!(parsed.next.is_empty() && parsed.truncated, "{refused}");
            assert!(parsed.problems.iter().any(|problem| problem.kind == ProblemKind::Incomplete), "{refused}");
        }
        assert_eq!(next("\"jobs?page=3\"").next[0].url.as_str(), "https://larkspur.example/v2/jobs?page=3");
    }

    #[test]
    fn a_detail_is_read_by_its_own_pointers() {
        let kind = PageKind::Detail { posting_id: "7001".into() };
        let read = |body: &str| parse(&board(TABLE), &kind, &page("https://larkspur.example/v2/jobs/7001", body));
        let whole = read(r#"{"job":{"ref":7001,"text":"<p>Whole.</p>"}}"#);
        assert_eq!(whole.postings[0].description.as_deref(), Some("<p>Whole.</p>"));
        assert_eq!(whole.postings[0].completeness, Completeness::Full);
        assert!(read(r#"{"job":{"ref":1,"text":"x"}}"#).postings.is_empty());
        assert!(matches!(read(r#"{"jobs":{}}"#).finding, Finding::Foreign(_)));
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
