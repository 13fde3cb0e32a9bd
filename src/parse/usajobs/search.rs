//! One page of a Search answer: the envelope, the items, and whether there is a further page.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use super::super::complaints::Complaints;
use super::super::json_body::{clipped, parameter, what_was_seen, with_parameter};
use super::super::lenient::{Rows, Text};
use super::super::{Finding, Parsed};
use super::search_posting::Reading;
use crate::board::Board;
use crate::model::{Page, ProblemKind, RawPosting, Wanted};

/// No answer is followed beyond this page: 20 pages of 500 are all that one query may give.
const LAST_PAGE: u64 = 20;
/// The API shows no more than this many results of a query, and then states exactly this total.
const SATURATED: u64 = 10_000;
/// Where the items stand.
const ITEMS: &str = "/SearchResult/SearchResultItems";
/// Where an item's link stands.
const LINK: &str = "MatchedObjectDescriptor/PositionURI";

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
    let mut parsed = Parsed::readable();
    // One pass reads nearly every answer. Only when a single item spoils it are the items set apart
    // first, at the price of a second pass, so that one item costs one item.
    let (listed, cut) = if let Ok(Envelope { result }) = serde_json::from_str::<Envelope<Reading>>(text) {
        parsed.total = result.count_all.0;
        let listed = result.items.kept.len();
        parsed.postings = postings(result.items.kept.into_iter().map(Ok), page, &mut complaints);
        (listed, result.items.cut)
    } else if let Ok(Envelope { result }) = serde_json::from_str::<Envelope<&RawValue>>(text) {
        parsed.total = result.count_all.0;
        let items = result.items.kept.iter().map(|raw| serde_json::from_str(raw.get()));
        parsed.postings = postings(items, page, &mut complaints);
        (result.items.kept.len(), result.items.cut)
    } else {
        return foreign(text, complaints);
    };
    let listed = listed as u64;
    if cut {
        parsed.truncated = true;
        complaints.add(ProblemKind::Incomplete, ITEMS, || format!("only the first {listed} items were read"));
    }
    turn_page(board, page, listed, &mut parsed, &mut complaints);
    parsed.problems = complaints.into_problems();
    parsed
}

fn foreign(text: &str, complaints: Complaints) -> Parsed {
    let why =
        format!("{}; expected a USAJOBS Search answer with `SearchResult.SearchResultItems`", what_was_seen(text));
    Parsed { problems: complaints.into_problems(), ..Parsed::foreign(why) }
}

/// Keeps the postings, a repeated one once, and complains of what could not be read.
fn postings(
    items: impl ExactSizeIterator<Item = Result<Reading, serde_json::Error>>,
    page: &Page,
    complaints: &mut Complaints,
) -> Vec<RawPosting> {
    let source = page.url.to_string();
    let mut seen = HashSet::with_capacity(items.len());
    let mut postings = Vec::with_capacity(items.len());
    for (at, item) in items.enumerate() {
        let position = format!("{ITEMS}/{at}");
        let elsewhere = item.as_ref().is_ok_and(|item| item.link_leads_elsewhere);
        let made = match item {
            Ok(item) => item.posting.map_err(str::to_owned),
            Err(error) => Err(format!("cannot be read: {}", clipped(&error.to_string(), 160))),
        };
        match made {
            Ok(posting) if seen.insert(posting.posting_id.clone()) => {
                if elsewhere {
                    complaints.add(ProblemKind::UnreadField, &format!("{position}/{LINK}"), || {
                        "the link is not on usajobs.gov and is not trusted; the address is made from the id".to_owned()
                    });
                }
                postings.push(RawPosting { source_url: Some(source.clone()), position: Some(position), ..posting });
            }
            Ok(_) => {}
            Err(why) => {
                complaints.add(ProblemKind::BrokenItem, &position, || format!("item {at} {why}; it is left out"));
            }
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
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::model::{Completeness, Engine, PageKind};
    use crate::parse::json_samples::{board, page};
    use crate::parse::parse;

    const LIST: &str = include_str!("../../../tests/fixtures/boards/usajobs/search.json");
    const EMPTY: &str = include_str!("../../../tests/fixtures/boards/usajobs/search-empty.json");
    const FIRST: &str =
        "https://data.usajobs.gov/api/Search?JobCategoryCode=0675%3B0669&ResultsPerPage=500&Fields=Full&Page=1";

    fn usajobs() -> Board {
        board("engine = \"usajobs\"\nbase_url = \"https://data.usajobs.gov\"")
    }

    fn read_at(url: &str, body: impl Into<Vec<u8>>) -> Parsed {
        parse(&usajobs(), Engine::Usajobs, &PageKind::List, &page(url, body))
    }

    fn read(body: impl Into<Vec<u8>>) -> Parsed {
        read_at(FIRST, body)
    }

    /// The sample list with one change.
    fn changed(change: impl FnOnce(&mut Value)) -> String {
        let mut answer: Value = serde_json::from_str(LIST).unwrap();
        change(&mut answer);
        answer.to_string()
    }

    /// An item of the sample list.
    fn item(answer: &mut Value, at: usize) -> &mut Value {
        &mut answer["SearchResult"]["SearchResultItems"][at]
    }

    fn extra<'a>(posting: &'a RawPosting, name: &str) -> Option<&'a str> {
        posting.extra.get(name).map(String::as_str)
    }

    /// Follows the pages of an API that holds `ids` and gives pages by `page_size`, as the pipeline would.
    fn sweep(ids: &[u64], stated_total: impl Fn(u64) -> u64, page_size: impl Fn(u64) -> u64) -> (Vec<String>, u64) {
        let (mut found, mut requests) = (Vec::new(), 0);
        let mut next = vec![Url::parse(FIRST).unwrap()];
        while let Some(url) = next.pop() {
            requests += 1;
            let number = asked(&url, "Page").unwrap();
            let size = usize::try_from(page_size(asked(&url, "ResultsPerPage").unwrap())).unwrap();
            let from = (usize::try_from(number).unwrap() - 1) * size;
            let shown = ids.iter().skip(from).take(size);
            let items: Vec<Value> = shown
                .map(|id| json!({"MatchedObjectId": id, "MatchedObjectDescriptor": {"PositionTitle": "Coder"}}))
                .collect();
            let body = json!({"SearchResult": {"SearchResultCount": items.len(), "SearchResultCountAll": stated_total(number),
                "SearchResultItems": items, "UserArea": {"NumberOfPages": "30"}}});
            let parsed = read_at(url.as_str(), body.to_string());
            found.extend(parsed.postings.into_iter().filter_map(|posting| posting.posting_id));
            next.extend(parsed.next.into_iter().map(|wanted| wanted.url));
            assert!(requests < 50, "paging does not end");
        }
        (found, requests)
    }

    fn ids(count: u64) -> Vec<u64> {
        (1..=count).map(|n| n * 100).collect()
    }

    #[test]
    fn an_item_gives_its_own_strings() {
        let parsed = read(LIST);
        assert_eq!(parsed.finding, Finding::Readable);
        assert_eq!((parsed.postings.len(), parsed.total, parsed.next.len()), (3, Some(3), 0));
        assert_eq!(parsed.problems, []);
        let first = &parsed.postings[0];
        assert_eq!(first.posting_id.as_deref(), Some("900100100"));
        assert_eq!(first.network_id.as_deref(), Some("usajobs:900100100"));
        assert_eq!(first.url.as_deref(), Some("https://www.usajobs.gov/job/900100100"));
        assert_eq!(first.apply_url.as_deref(), Some("https://www.usajobs.gov/job/900100100?PostingChannelID="));
        assert_eq!(first.title.as_deref(), Some("Medical Records Technician (Coder) Auditor"));
        assert_eq!(first.hiring_organization.as_deref(), Some("Veterans Health Administration"));
        assert_eq!(first.department.as_deref(), Some("Department of Veterans Affairs"));
        assert_eq!(first.requisition_ids, ["CBJF-12900001-26-DE"]);
        assert_eq!(first.date_posted.as_deref(), Some("2026-02-24T16:23:57.8330"));
        assert_eq!(first.valid_through.as_deref(), Some("2026-03-13T23:59:59.9970"));
        assert_eq!(first.employment_type, ["Full-time", "Permanent"]);
        assert_eq!(
            (&first.series[..], &first.categories[..]),
            (&["0675".to_owned()][..], &["Medical Records Technician".to_owned()][..])
        );
        assert_eq!(first.hiring_paths, ["public"]);
        assert_eq!(first.work_mode, ["RemoteIndicator=false", "TeleworkEligible=true"]);
        let place = &first.job_location[0];
        assert_eq!(place.text.as_deref(), Some("Juniper Flats, Nevada"));
        assert_eq!((place.region.as_deref(), place.country.as_deref()), (Some("Nevada"), Some("United States")));
        assert_eq!((place.latitude, place.longitude), (Some(39.5), Some(-117.0)));
        let pay = first.base_salary.as_ref().unwrap();
        assert_eq!(pay.text.as_deref(), Some("55756.0 - 72482.0 Per Year"));
        assert_eq!(
            (pay.min.as_deref(), pay.max.as_deref(), pay.unit.as_deref()),
            (Some("55756.0"), Some("72482.0"), Some("PA"))
        );
        assert_eq!(first.position.as_deref(), Some("/SearchResult/SearchResultItems/0"));
        assert_eq!(first.source_url.as_deref(), Some(FIRST));
        assert_eq!(first.completeness, Completeness::Full);
    }

    #[test]
    fn the_text_is_joined_undecoded_and_without_contacts() {
        let text = read(LIST).postings[0].description.clone().unwrap();
        assert!(
            text.starts_with("<h3>Summary</h3>\n<p>Here&rsquo;s where coded records &amp; careful people meet.</p>"),
            "{text}"
        );
        assert!(text.contains("<h3>Duties</h3>\n<p>Assigns ICD-10-CM and CPT codes<br>to inpatient"), "{text}");
        assert!(text.contains("<p>Queries providers when") && text.contains("<h3>Qualifications</h3>"), "{text}");
        assert!(!text.contains("Education") && !text.contains("pat.doe") && !text.contains("555-010"), "{text}");
        let raw = serde_json::to_string(&read(LIST).postings[0]).unwrap();
        assert!(!raw.contains("pat.doe") && !raw.contains("555-010"));
    }

    #[test]
    fn remote_work_has_no_point_on_the_map() {
        let remote = &read(LIST).postings[1];
        assert_eq!(
            remote.work_mode,
            ["RemoteIndicator=true", "TeleworkEligible=false", "Anywhere in the U.S. (remote job)"]
        );
        assert_eq!((remote.job_location[0].latitude, remote.job_location[0].longitude), (None, None));
        assert_eq!(remote.location_summary.as_deref(), Some("Anywhere in the U.S. (remote job)"));
    }

    #[test]
    fn the_words_count_where_the_flag_is_false() {
        for words in ["Anywhere in the U.S. (remote job)", "ANYWHERE IN THE U.S. (REMOTE JOB)"] {
            let body = changed(|answer| {
                item(answer, 2)["MatchedObjectDescriptor"]["PositionLocationDisplay"] = json!(words);
            });
            let modes = &read(body).postings[2].work_mode;
            assert_eq!(modes[0], "RemoteIndicator=false");
            assert_eq!(modes.last().unwrap(), "Anywhere in the U.S. (remote job)");
        }
    }

    #[test]
    fn codes_speak_louder_than_free_text_names() {
        let parsed = read(LIST);
        assert_eq!(parsed.postings[1].employment_type, ["Part-time", "Term"]);
        assert_eq!(parsed.postings[2].series, ["0669", "0675"]);
        let body = changed(|answer| {
            item(answer, 0)["MatchedObjectDescriptor"]["PositionSchedule"] =
                json!([{"Name": "Split shift", "Code": "77"}, {"Code": 6}]);
        });
        assert_eq!(read(body).postings[0].employment_type, ["Split shift", "Multiple Schedules", "Permanent"]);
    }

    #[test]
    fn an_applicant_cap_is_a_number_under_closing_type_03() {
        let parsed = read(LIST);
        assert_eq!(extra(&parsed.postings[0], "applicant_cap"), None);
        assert_eq!(extra(&parsed.postings[0], "AnnouncementClosingTypeOption"), Some("01"));
        assert_eq!(extra(&parsed.postings[1], "applicant_cap"), Some("500"));
        assert_eq!(extra(&parsed.postings[1], "SubAgency"), Some("Juniper Flats VA Medical Center"));
        assert_eq!(extra(&parsed.postings[1], "JobGrade"), Some("GS"));
        assert_eq!(extra(&parsed.postings[1], "WhoMayApply"), None);
    }

    #[test]
    fn a_place_abroad_has_no_region() {
        let places = read(LIST).postings[2].job_location.clone();
        assert_eq!(places[2].text.as_deref(), Some("Ramstein, Germany"));
        assert_eq!(places[2].region, None);
    }

    #[test]
    fn an_id_may_be_a_number_and_an_announcement_number_is_no_identity() {
        let body = changed(|answer| {
            for (at, id) in [(0, json!(900_100_900)), (1, json!("900100800")), (2, json!("900100700"))] {
                item(answer, at)["MatchedObjectId"] = id;
                item(answer, at)["MatchedObjectDescriptor"]["PositionID"] = json!("Public Notice - HIM");
            }
        });
        let found: Vec<_> = read(body).postings.into_iter().map(|posting| posting.posting_id.unwrap()).collect();
        assert_eq!(found, ["900100900", "900100800", "900100700"]);
    }

    #[test]
    fn a_link_elsewhere_is_not_trusted() {
        let body = changed(|answer| {
            item(answer, 0)["MatchedObjectDescriptor"]["PositionURI"] = json!("https://evil.example/job/900100100");
            item(answer, 0)["MatchedObjectDescriptor"]["ApplyURI"] = json!(["https://evil.example/apply"]);
        });
        let parsed = read(body);
        assert_eq!(parsed.postings[0].url.as_deref(), Some("https://www.usajobs.gov/job/900100100"));
        assert_eq!(parsed.postings[0].apply_url, None);
        assert_eq!(parsed.problems.len(), 1);
        assert_eq!(parsed.problems[0].kind, ProblemKind::UnreadField);
    }

    #[test]
    fn one_malformed_item_costs_one_item() {
        let title =
            |value: Value| changed(|answer| item(answer, 1)["MatchedObjectDescriptor"]["PositionTitle"] = value);
        let bodies = [
            title(Value::Null),
            title(json!(7)),
            title(json!({"en": "Coder"})),
            changed(|answer| *item(answer, 1) = json!("odd")),
            changed(|answer| item(answer, 1)["MatchedObjectDescriptor"] = json!([])),
            changed(|answer| item(answer, 1)["MatchedObjectId"] = json!("")),
            // These spoil the one-pass reading: a key twice, and half of a surrogate pair.
            LIST.replacen(
                "\"MatchedObjectId\": \"900100200\"",
                "\"MatchedObjectId\": \"1\", \"MatchedObjectId\": \"2\"",
                1,
            ),
            LIST.replacen("Medical  Records", "Medical \\ud800 Records", 1),
        ];
        for body in bodies {
            let parsed = read(body.clone());
            let kept: Vec<_> = parsed.postings.iter().filter_map(|posting| posting.posting_id.as_deref()).collect();
            assert_eq!(kept, ["900100100", "900100300"], "{body}");
            assert_eq!(parsed.problems.len(), 1, "{body}");
            assert_eq!(parsed.problems[0].kind, ProblemKind::BrokenItem);
            assert_eq!(parsed.problems[0].field.as_deref(), Some("/SearchResult/SearchResultItems/1"));
        }
    }

    #[test]
    fn a_field_of_an_odd_type_costs_that_field() {
        let body = changed(|answer| {
            let stated = &mut item(answer, 0)["MatchedObjectDescriptor"];
            stated["PositionLocation"] = json!("Juniper Flats");
            stated["PositionRemuneration"] = json!({"MinimumRange": 55756, "RateIntervalCode": "PA"});
            stated["OrganizationName"] = json!(["a", {"b": 1}]);
            stated["UserArea"]["Details"]["HiringPath"] = json!("public");
            stated["UserArea"]["Details"]["TeleworkEligible"] = json!("True");
            stated["UserArea"]["Details"]["MajorDuties"] = Value::Null;
            stated["Brand New"] = json!({"deep": [[[1]]]});
        });
        let parsed = read(body);
        assert_eq!(parsed.postings.len(), 3);
        let first = &parsed.postings[0];
        assert!(first.job_location.is_empty() && first.hiring_organization.is_none());
        assert_eq!(first.base_salary.as_ref().unwrap().text.as_deref(), Some("55756 PA"));
        assert_eq!(first.hiring_paths, ["public"]);
        assert!(first.work_mode.contains(&"TeleworkEligible=true".to_owned()));
    }

    #[test]
    fn pay_may_be_absent_null_or_none_at_all() {
        let pay = |value: Value| {
            let body = changed(|answer| item(answer, 0)["MatchedObjectDescriptor"]["PositionRemuneration"] = value);
            read(body).postings[0].base_salary.clone().and_then(|salary| salary.text)
        };
        assert_eq!(pay(Value::Null), None);
        assert_eq!(pay(json!([])), None);
        assert_eq!(
            pay(json!([{"MinimumRange": null, "MaximumRange": null, "RateIntervalCode": "WC"}])).as_deref(),
            Some("WC")
        );
        assert_eq!(
            pay(json!([{"MinimumRange": "17.50", "MaximumRange": "17.50", "RateIntervalCode": "PH"}])).as_deref(),
            Some("17.50 PH")
        );
    }

    #[test]
    fn the_empty_answer_is_empty_and_nothing_else_is() {
        assert_eq!(EMPTY.len(), 186);
        let parsed = read(EMPTY);
        assert_eq!((parsed.finding, parsed.problems.len(), parsed.total), (Finding::Empty, 0, Some(0)));
        let cut = &LIST[..LIST.len() / 2];
        for body in [
            "",
            "  ",
            "{}",
            "null",
            "[]",
            "<html><body>Sorry</body></html>",
            cut,
            r#"{"SearchResult":null}"#,
            r#"{"SearchResult":{"SearchResultItems":{}}}"#,
            r#"{"message":"Authorization has been denied for this request."}"#,
        ] {
            let parsed = read(body);
            assert!(matches!(parsed.finding, Finding::Foreign(_)), "{body}");
            assert!(parsed.postings.is_empty() && parsed.next.is_empty());
        }
        let Finding::Foreign(why) = read(cut).finding else { panic!("a cut answer is foreign") };
        assert!(why.contains("breaks off"), "{why}");
    }

    #[test]
    fn no_items_on_a_later_page_are_the_end_and_on_the_first_a_doubt() {
        let none = r#"{"SearchResult":{"SearchResultCountAll":742,"SearchResultItems":[]}}"#;
        let later = read_at(&FIRST.replace("&Page=1", "&Page=3"), none);
        assert_eq!((later.finding, later.truncated, later.problems.len()), (Finding::Readable, false, 0));
        let first = read(none);
        assert_eq!((first.finding, first.truncated, first.problems.len()), (Finding::Readable, true, 1));
    }

    #[test]
    fn two_pages_take_two_requests_whatever_the_page_count_says() {
        let (found, requests) = sweep(&ids(742), |_| 742, |asked| asked.min(500));
        assert_eq!((found.len(), requests), (742, 2));
    }

    #[test]
    fn a_page_size_of_the_servers_own_is_counted_not_assumed() {
        let (found, requests) = sweep(&ids(25), |_| 25, |_| 25);
        assert_eq!((found.len(), requests), (25, 1));
        for count in [249, 250, 251, 500, 742, 750] {
            let (found, requests) = sweep(&ids(count), |_| count, |asked| asked.min(250));
            assert_eq!((found.len() as u64, requests), (count, count.div_ceil(250)));
            let (found, _) = sweep(&ids(count), |_| count, |_| 25);
            assert_eq!(found.len() as u64, count.min(25 * 20));
        }
    }

    #[test]
    fn a_total_that_moves_neither_loops_nor_loses() {
        let (found, requests) = sweep(&ids(742), |page| 742 + page * 10, |asked| asked.min(500));
        assert_eq!((found.len(), requests), (742, 3));
        let (found, _) = sweep(&ids(742), |_| 9_000, |asked| asked.min(500));
        assert_eq!(found.len(), 742);
    }

    #[test]
    fn the_next_page_differs_in_its_number_alone() {
        let body = LIST.replace("\"SearchResultCountAll\": 3", "\"SearchResultCountAll\": 9");
        let next = &read(body).next[0];
        assert_eq!(next.url.as_str(), FIRST.replace("=500", "=3").replace("&Page=1", "&Page=2"));
        assert_eq!(next.kind, PageKind::List);
    }

    #[test]
    fn ten_thousand_results_are_known_to_be_cut() {
        let body = LIST.replace("\"SearchResultCountAll\": 3", "\"SearchResultCountAll\": 10000");
        let parsed = read(body.clone());
        assert!(parsed.truncated);
        assert_eq!(parsed.problems[0].kind, ProblemKind::Incomplete);
        let last = read_at(&FIRST.replace("&Page=1", "&Page=20"), body);
        assert!(last.truncated && last.next.is_empty());
    }

    #[test]
    fn an_item_shown_twice_is_kept_once() {
        let body = changed(|answer| item(answer, 1)["MatchedObjectId"] = json!(900_100_100));
        let parsed = read(body);
        assert_eq!((parsed.postings.len(), parsed.problems.len()), (2, 0));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_repaired() {
        let mut body = b"\xef\xbb\xbf".to_vec();
        body.extend(LIST.as_bytes());
        assert_eq!(read(body).problems, []);
        let mut body = LIST.as_bytes().to_vec();
        let at = LIST.find("careful").unwrap();
        body[at] = 0xff;
        let parsed = read(body);
        assert_eq!((parsed.postings.len(), parsed.problems[0].kind), (3, ProblemKind::Repaired));
    }

    #[test]
    fn deep_nesting_ends_in_a_finding() {
        let deep = format!("{{\"SearchResult\":{}", "[".repeat(200_000));
        assert!(matches!(read(deep).finding, Finding::Foreign(_)));
        let inside = "{\"a\":".repeat(100_000) + "1" + &"}".repeat(100_000);
        let body = format!("{{\"SearchResult\":{{\"SearchResultItems\":[{inside}]}}}}");
        assert_eq!(read(body).postings.len(), 0);
    }

    #[test]
    fn a_saved_answer_is_known_by_what_it_holds() {
        assert_eq!(read_at("https://data.usajobs.gov/", LIST).postings.len(), 3);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(body in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(body);
        }

        #[test]
        fn any_mutation_is_survived(at in 0..LIST.len(), byte in any::<u8>(), cut in 0..LIST.len()) {
            let mut body = LIST.as_bytes().to_vec();
            body[at] = byte;
            let parsed = read(body.clone());
            prop_assert!(parsed.postings.len() <= 3);
            body.truncate(cut);
            let _ = read(body);
        }
    }
}
