//! Whatever a job holds, each form is whole, and an independent reader reads back what was meant.

use chrono::{FixedOffset, NaiveDate, TimeZone};
use proptest::prelude::*;
use serde_json::Value;

use super::prepare::{Prepared, dates, open_jobs};
use super::strict_calendar;
use super::*;
use crate::digest::sample;
use crate::model::{
    Basis, Closing, CredentialDemand, DemandLevel, EmploymentType, EventKind, JobStatus, PayUnit, Place, Salary,
    WorkMode,
};

/// Texts that have broken such programs before.
const NASTY: [&str; 18] = [
    "",
    " \t\r\n ",
    "]]>",
    "<![CDATA[Coder]]>",
    "<script>alert(1)</script>",
    "</title></item><item><title>Coder",
    "&amp;lt;b&amp;gt; &copy; &#xD800; &#55357; &LTb&GT M&A2 R&D",
    "Co\u{0}der\u{1}\u{8}\u{b}\u{c}\u{1b}\u{7f}\u{85}\u{fffe}\u{ffff}\u{fffd}\u{feff}",
    "\u{202e}redoC \u{2066}\u{200f}\u{61c}",
    "👩🏽‍⚕️ Größe ﷽ 情報 Z̷̧̛a̵l̶g̸o̴",
    "javascript:alert(1)",
    "//evil.example/x",
    "https://jobs.example/a b?q=\"<x>|[1]&#10;\n",
    "https://müller.example:8443/ä/?ö=ü#ß",
    "mailto:a@example.edu",
    "END:VEVENT\r\nBEGIN:VALARM\r\nACTION:DISPLAY",
    "a\\;b,c\\n:d",
    "{{ entry.title }} {% raw %} %s %n ${x}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(NASTY.as_slice()).prop_map(str::to_owned),
        2 => "[<>&;'\"#a-zA-Z0-9 \\]\\[!:/\\\\,=\\-_\\r\\n]{0,60}",
        2 => any::<String>(),
        1 => (prop::sample::select(NASTY.as_slice()), 1..40_usize).prop_map(|(nasty, times)| nasty.repeat(times)),
    ]
}

fn closing() -> impl Strategy<Value = Closing> {
    let days = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    let near = (0..60_u64, 0..86_400_u32, -14 * 3600..14 * 3600_i32, 0..5_u8);
    let near = near.prop_map(move |(day, second, offset, kind)| {
        let date = days + chrono::Days::new(day);
        let second = [second, 0, 86_399, 86_340, second][usize::from(kind)];
        let time = chrono::NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap();
        let zone = FixedOffset::east_opt(offset / 900 * 900).unwrap();
        let time = zone.from_local_datetime(&date.and_time(time)).unwrap();
        let end = (date + chrono::Days::new(1)).and_time(chrono::NaiveTime::MIN).and_utc();
        match kind {
            4 => Closing { date, instant: end, time: None },
            _ => Closing { date, instant: time.to_utc(), time: Some(time) },
        }
    });
    let far = Closing { date: NaiveDate::MAX, instant: DateTime::<Utc>::MAX_UTC, time: None };
    prop_oneof![12 => near, 1 => Just(far)]
}

fn figure() -> impl Strategy<Value = Option<f64>> {
    prop::option::of(prop_oneof![0.0..300_000.0_f64, any::<f64>()])
}

prop_compose! {
    fn job()(
        texts in prop::collection::vec(prop::option::weighted(0.8, text()), 12),
        more in prop::collection::vec(text(), 0..8),
        (closes, first_seen, closed, figures) in (
            prop::option::weighted(0.8, closing()),
            prop_oneof![8 => 1_760_000_000_i64..1_800_000_000, 1 => any::<i32>().prop_map(i64::from)],
            prop::bool::weighted(0.2),
            (figure(), figure()),
        ),
        id in "[a-z0-9]{1,12}",
    ) -> Job {
        let text = |at: usize| texts[at].clone();
        let mut job = sample::job(&id, "", "");
        (job.title, job.hiring_organization, job.url, job.description_text) = (text(0), text(1), text(2), text(3));
        (job.valid_through, job.closed_reason) = (closes, text(4));
        job.first_seen = DateTime::from_timestamp(first_seen, 0).unwrap();
        job.status = if closed { JobStatus::Closed } else { JobStatus::Open };
        job.job_location = more.iter().map(|word| Place {
            locality: Some(word.clone()), region: text(5), country: text(6), ..Place::default()
        }).collect();
        job.credentials = more.iter().map(|word| CredentialDemand {
            id: word.clone(), code: word.clone(), level: DemandLevel::Required, within_months: None, one_of: None,
            evidence: word.clone(),
        }).collect();
        job.base_salary = text(7).map(|raw| Salary {
            raw, currency: text(8), min: figures.0, max: figures.1, unit: Some(PayUnit::Hour), annual_min: figures.1,
            annual_max: figures.0, basis: Basis::Stated, annual_basis: text(9), implausible: text(10),
            assumptions: more.clone(),
        });
        job.work_mode = [None, Some(WorkMode::Remote), Some(WorkMode::Hybrid)][more.len() % 3];
        job.remote_scope = text(11).map(|scope| vec![scope]);
        job.employment_type = vec![EmploymentType::PerDiem];
        (job.open_to, job.warnings, job.signals, job.may_match) = (more.clone(), more.clone(), more.clone(), more.clone());
        (job.evergreen, job.reposted) = (closed, !closed);
        sample::also_on(&mut job, "usajobs", "77");
        for (posting, url) in job.postings.iter_mut().zip([text(8), text(9)]) {
            posting.url = url;
            posting.raw.description = text(3);
        }
        job
    }
}

/// Checks that a document holds nothing that XML 1.0 forbids (section 2.2), nor what its markup cannot hold.
fn assert_fair(document: &str) {
    let is_legal =
        |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(document.chars().all(is_legal), "{document:?}");
    assert!(!document.contains(['\u{202e}', '\u{202d}', '\u{2066}', '\u{feff}', '\u{fffd}']), "{document:?}");
}

/// Checks what feed-rs reads against what was meant.
fn assert_read_back(form: FeedForm, written: &str, items: &[Prepared<'_>]) {
    let read =
        feed_rs::parser::parse(written.as_bytes()).unwrap_or_else(|error| panic!("{form:?}: {error}: {written}"));
    assert_eq!(read.entries.len(), items.len(), "{form:?}");
    for (entry, item) in read.entries.iter().zip(items) {
        assert_eq!(entry.id, item.guid, "{form:?}");
        assert_eq!(entry.title.as_ref().unwrap().content, item.title, "{form:?}: {written}");
        let links: Vec<&str> = entry.links.iter().map(|link| link.href.as_str()).collect();
        assert_eq!(links, item.entry.url.as_deref().into_iter().collect::<Vec<_>>(), "{form:?}");
        let body = entry.content.as_ref().and_then(|content| content.body.clone());
        let html = body.or_else(|| entry.summary.as_ref().map(|text| text.content.clone())).unwrap();
        assert_eq!(html, item.html, "{form:?}");
        let second = chrono::Duration::seconds(1);
        assert!(item.published - entry.published.unwrap() < second, "{form:?}");
        if form != FeedForm::Rss {
            assert!(item.updated - entry.updated.unwrap() < second, "{form:?}");
            assert!(entry.updated >= entry.published, "{form:?}");
        }
        let tags: Vec<&str> = entry.categories.iter().map(|category| category.term.as_str()).collect();
        assert_eq!(tags, item.categories.iter().map(String::as_str).collect::<Vec<_>>(), "{form:?}");
        assert_only_safe(&item.html);
    }
}

/// Reads content as a browser does and refuses what it must not hold.
fn assert_only_safe(html: &str) {
    for node in scraper::Html::parse_fragment(html).tree.nodes() {
        let Some(element) = node.value().as_element() else { continue };
        assert!(
            ["html", "head", "body", "p", "strong", "em", "br", "a"].contains(&element.name()),
            "<{}> in {html}",
            element.name()
        );
        for (name, value) in element.attrs() {
            assert!(
                name == "href" && (value.starts_with("https://") || value.starts_with("http://")),
                "{name}={value}"
            );
        }
    }
}

/// Checks the rules of JSON Feed 1.1 that concern what is written here.
fn assert_json_feed(written: &str) {
    let feed: Value = serde_json::from_str(written).unwrap();
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert!(["title", "home_page_url", "feed_url"].iter().all(|name| feed[name].is_string()));
    for item in feed["items"].as_array().unwrap() {
        assert!(["id", "title", "content_html"].iter().all(|name| item[name].is_string()), "{item}");
        for date in ["date_published", "date_modified"] {
            assert!(DateTime::parse_from_rfc3339(item[date].as_str().unwrap()).is_ok(), "{item}");
        }
        for member in item.as_object().unwrap().values() {
            assert!(!member.is_null(), "{item}");
        }
    }
}

fn assert_whole(feed: &FeedRequest<'_>) {
    let [rss, atom, json, ics] = FeedForm::ALL.map(|form| document(form, feed));
    let (_, items) = open_jobs(feed);
    for (form, written) in [(FeedForm::Rss, &rss), (FeedForm::Atom, &atom), (FeedForm::Json, &json)] {
        assert_fair(&written.text);
        assert_read_back(form, &written.text, &items);
    }
    assert_json_feed(&json.text);
    let events = strict_calendar::events(&ics.text).unwrap_or_else(|error| panic!("{error} in {}", ics.text));
    let (_, dated) = dates(feed);
    let dated: Vec<&Prepared<'_>> =
        dated.iter().filter(|item| item.job.valid_through.unwrap().date != NaiveDate::MAX).collect();
    assert_eq!(events.len(), dated.len());
    for (event, item) in events.iter().zip(dated) {
        assert!(event["SUMMARY"].ends_with(&item.title), "{event:?}");
        assert_eq!(event.get("URL"), item.entry.url.as_ref());
        assert_eq!(event.get("LOCATION").map_or("Place not stated", String::as_str), item.entry.place);
    }
    assert_eq!(rss.text.parse::<::rss::Channel>().unwrap().items().len(), items.len());
    assert!([&rss, &atom, &json, &ics].iter().all(|document| document.last_modified.is_none_or(|at| at <= feed.now)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_jobs_make_whole_feeds(
        jobs in prop::collection::vec(job(), 0..4),
        told in prop::collection::vec((any::<u8>(), prop::option::of(text()), 1_760_000_000_i64..1_800_000_000), 0..4),
        (title, description, addresses) in (text(), text(), prop::collection::vec(text(), 2)),
    ) {
        let boards = sample::boards();
        let events: Vec<JobEvent> = jobs.iter().zip(&told).enumerate().map(|(at, (job, (kind, detail, seconds)))| JobEvent {
            id: i64::try_from(at).unwrap(),
            job: job.id.clone(),
            kind: EventKind::ALL[usize::from(*kind) % EventKind::ALL.len()],
            posting: None,
            at: DateTime::from_timestamp(*seconds, 0).unwrap(),
            detail: detail.clone(),
        }).collect();
        let mut feed = sample::feed(&boards, jobs.iter());
        feed.items.extend(jobs.iter().zip(&events).map(|(job, event)| FeedItem { event: Some(event), ..FeedItem::new(job) }));
        (feed.title, feed.description) = (&title, description);
        assert_whole(&feed);
        (feed.self_url, feed.home_url) = (Some(addresses[0].clone()), Some(addresses[1].clone()));
        for form in FeedForm::ALL {
            let written = document(form, &feed);
            prop_assert!(form == FeedForm::Ics || feed_rs::parser::parse(written.text.as_bytes()).is_ok());
        }
    }
}

#[test]
fn a_title_of_a_megabyte_and_a_job_without_anything_are_written() {
    let boards = sample::boards();
    let job = sample::job("1", &"]]> <Coder> &amp; \u{202e}".repeat(50_000), &"é".repeat(10_000));
    let mut bare = sample::job("2", "", "");
    (bare.title, bare.hiring_organization, bare.url, bare.date_posted) = (None, None, None, None);
    bare.postings.clear();
    let feed = sample::feed(&boards, [&job, &bare].into_iter());
    for form in FeedForm::ALL {
        let written = document(form, &feed);
        assert!(written.text.len() < 8_000, "{form:?}");
        assert!(form == FeedForm::Ics || feed_rs::parser::parse(written.text.as_bytes()).unwrap().entries.len() == 2);
    }
    assert_whole(&sample::feed(&boards, [&bare].into_iter()));
}
