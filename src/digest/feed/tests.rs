//! What a feed promises: ids for good, changes as items of their own, bytes that only news changes.

use super::prepare::{Prepared, dates, open_jobs};
use super::*;
use crate::digest::{Republish, sample};
use crate::model::{EventKind, JobStatus, WorkMode};

fn event(job: &Job, id: i64, kind: EventKind, at: &str) -> JobEvent {
    let detail = (kind == EventKind::Updated).then(|| "pay: not stated → $28/hour".to_owned());
    JobEvent { id, job: job.id.clone(), kind, posting: None, at: sample::time(at), detail }
}

fn guids(items: &[Prepared<'_>]) -> Vec<String> {
    items.iter().map(|item| item.guid.clone()).collect()
}

fn written(feed: &FeedRequest<'_>) -> [FeedDocument; 4] {
    FeedForm::ALL.map(|form| document(form, feed))
}

#[test]
fn an_id_survives_edits_and_a_change_is_an_item_of_its_own() {
    let boards = sample::boards();
    let mut job = sample::job("1", "Coder", "Mercy Health");
    let own = format!("tag:jobrounds,2026:job/{}", job.id);
    assert_eq!(guids(&open_jobs(&sample::feed(&boards, [&job].into_iter())).1), [own.as_str()]);
    job.title = Some("Senior Coder".into());
    job.url = None;
    let (reopened, joined) = (
        event(&job, 7, EventKind::Reopened, "2026-11-23T10:00:00Z"),
        event(&job, 8, EventKind::Joined, "2026-11-23T11:00:00Z"),
    );
    let mut feed = sample::feed(&boards, [&job].into_iter());
    feed.items.extend([&reopened, &joined].map(|event| FeedItem { event: Some(event), ..FeedItem::new(&job) }));
    let (_, items) = open_jobs(&feed);
    assert_eq!(guids(&items), [format!("{own}/reopened/20261123T100000Z/7"), own]);
    assert_eq!(items[0].title, "Open again: Senior Coder - Mercy Health");
    assert_eq!(items[0].published, reopened.at);
    assert!(items[0].html.starts_with("<p><strong>Open again since November 23.</strong></p>"), "{}", items[0].html);
}

#[test]
fn a_change_keeps_the_name_of_the_job_it_happened_to() {
    let boards = sample::boards();
    let (job, merged) = (sample::job("1", "Coder", "Mercy Health"), sample::job("2", "Coder", "Mercy Health"));
    let before = event(&merged, 7, EventKind::Updated, "2026-11-23T10:00:00Z");
    let feed = FeedRequest {
        items: vec![FeedItem { event: Some(&before), ..FeedItem::new(&job) }],
        ..sample::feed(&boards, [].into_iter())
    };
    assert_eq!(
        guids(&open_jobs(&feed).1),
        [format!("tag:jobrounds,2026:job/{}/updated/20261123T100000Z/7", merged.id)]
    );
}

#[test]
fn changes_are_told_for_thirty_days_before_the_newest_item_whatever_the_clock_says() {
    let boards = sample::boards();
    let (old, new) = (sample::job("1", "Coder", "Mercy Health"), sample::job("2", "Registrar", "Mercy Health"));
    let (early, late) = (
        event(&old, 1, EventKind::Updated, "2026-10-22T11:00:00Z"),
        event(&old, 2, EventKind::Updated, "2026-10-22T13:00:00Z"),
    );
    let mut feed = sample::feed(&boards, [&old, &new].into_iter());
    feed.items.extend([&early, &late].map(|event| FeedItem { event: Some(event), ..FeedItem::new(&old) }));
    let told = |feed: &FeedRequest<'_>| guids(&open_jobs(feed).1);
    let first = told(&feed);
    assert!(
        first.iter().any(|guid| guid.ends_with("/2")) && !first.iter().any(|guid| guid.ends_with("/1")),
        "{first:?}"
    );
    feed.now = sample::time("2027-11-24T12:00:00Z");
    assert_eq!(told(&feed), first);
}

#[test]
fn a_feed_keeps_its_bytes_until_something_happens() {
    let boards = sample::boards();
    let mut job = sample::job("1", "Coder", "Mercy Health");
    sample::also_on(&mut job, "usajobs", "77");
    let change = event(&job, 7, EventKind::Updated, "2026-11-22T10:00:00Z");
    let write = |job: &Job, now: &str| {
        let mut feed = sample::feed(&boards, [job].into_iter());
        feed.items.push(FeedItem { event: Some(&change), ..FeedItem::new(job) });
        feed.now = sample::time(now);
        written(&feed)
    };
    let first = write(&job, "2026-11-24T12:12:00Z");
    job.last_confirmed = sample::time("2027-02-25T09:00:00Z");
    job.postings.iter_mut().for_each(|posting| posting.last_confirmed = job.last_confirmed);
    assert_eq!(first, write(&job, "2027-02-25T09:30:00Z"), "neither polls nor a new year show");
    let empty = |now: &str| written(&FeedRequest { now: sample::time(now), ..sample::feed(&boards, [].into_iter()) });
    assert_eq!(empty("2026-11-24T12:12:00Z"), empty("2027-02-25T09:30:00Z"));
}

#[test]
fn nothing_is_dated_after_the_clock_and_validators_tell_of_what_left() {
    let boards = sample::boards();
    let mut job = sample::job("1", "Coder", "Mercy Health");
    job.first_seen = sample::time("2030-01-01T00:00:00Z");
    let feed = sample::feed(&boards, [&job].into_iter());
    let (head, items) = open_jobs(&feed);
    assert!(items[0].published <= feed.now && items[0].updated <= feed.now && head.changed <= feed.now);
    assert_eq!(document(FeedForm::Rss, &feed).last_modified, Some(feed.now));

    let job = sample::job("1", "Coder", "Mercy Health");
    let mut feed = sample::feed(&boards, [&job].into_iter());
    let before = document(FeedForm::Atom, &feed);
    assert_eq!(before.last_modified, Some(job.first_seen));
    feed.changed = Some(sample::time("2026-11-23T10:00:00.700Z"));
    let after = document(FeedForm::Atom, &feed);
    assert_eq!(after.last_modified, Some(sample::time("2026-11-23T10:00:00Z")));
    assert_eq!((&before.text, &before.etag), (&after.text, &after.etag));
    assert!(after.etag.len() == 34 && after.etag.starts_with('"') && after.etag.ends_with('"'), "{}", after.etag);
    feed.items.clear();
    assert_ne!(document(FeedForm::Atom, &feed).etag, after.etag);
    feed.changed = None;
    assert_eq!(document(FeedForm::Atom, &feed).last_modified, None);
}

#[test]
fn closed_jobs_leave_the_feed_and_are_called_off_in_the_calendar_until_their_date() {
    let boards = sample::boards();
    let mut job = sample::job("1", "Coder", "Mercy Health");
    job.valid_through = Some(sample::closing("2026-12-04T23:59:59-05:00"));
    job.status = JobStatus::Closed;
    job.closed_reason = Some("absent from two complete polls".into());
    let updated = Some(sample::time("2026-11-23T10:00:00Z"));
    let item = FeedItem { updated, revision: 3, ..FeedItem::new(&job) };
    let feed = FeedRequest { items: vec![item], ..sample::feed(&boards, [].into_iter()) };
    assert!(open_jobs(&feed).1.is_empty());
    let calendar = ics(&feed);
    for line in ["SEQUENCE:3", "DTSTAMP:20261123T100000Z", "STATUS:CANCELLED", "DTSTART;VALUE=DATE:20261204"] {
        assert!(calendar.contains(&format!("\r\n{line}\r\n")), "{line} in {calendar}");
    }
    assert!(calendar.contains("SUMMARY:Closed early: Coder - Mercy Health\r\n"), "{calendar}");
    let after = FeedRequest { now: sample::time("2026-12-05T05:00:00Z"), ..feed };
    assert!(dates(&after).1.is_empty());
}

#[test]
fn a_closing_date_is_an_event_with_a_lasting_name_and_a_change_is_none() {
    let boards = sample::boards();
    let mut job = sample::job("1", "Coder", "Mercy Health");
    job.valid_through = Some(sample::closing("2026-12-04T23:59:59-05:00"));
    let change = event(&job, 7, EventKind::Updated, "2026-11-23T10:00:00Z");
    let mut feed = sample::feed(&boards, [&job].into_iter());
    feed.items.push(FeedItem { event: Some(&change), ..FeedItem::new(&job) });
    let calendar = ics(&feed);
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 1);
    assert!(calendar.contains(&format!("UID:job-{}@jobrounds\r\n", job.id)), "{calendar}");
    let nothing = ics(&sample::feed(&boards, [].into_iter()));
    assert!(
        nothing.contains("BEGIN:VTIMEZONE") && !nothing.contains("VEVENT"),
        "a calendar holds something: {nothing}"
    );
}

#[test]
fn a_title_names_employer_and_place() {
    let mut job = sample::job("1", "Coder", "Mercy Health");
    job.work_mode = Some(WorkMode::Remote);
    job.remote_scope = Some(vec!["US".into()]);
    let boards = sample::boards();
    assert_eq!(open_jobs(&sample::feed(&boards, [&job].into_iter())).1[0].title, "Coder - Mercy Health (Remote)");
}

#[test]
fn a_feed_without_a_page_of_its_own_names_the_projects() {
    let boards = sample::boards();
    let mut feed = sample::feed(&boards, [].into_iter());
    feed.home_url = None;
    assert_eq!(open_jobs(&feed).0.home_url, env!("CARGO_PKG_HOMEPAGE"));
    feed.home_url = Some("https://lakes.example/jobs".into());
    assert_eq!(open_jobs(&feed).0.home_url, "https://lakes.example/jobs");
}

#[test]
fn every_form_shows_of_a_text_what_its_board_allows() {
    let mut boards = sample::boards();
    let mut job = sample::job("1", "Coder", "Mercy Health");
    job.valid_through = Some(sample::closing("2026-12-04T23:59:59-05:00"));
    let text = format!("{} The last words.", "Codes inpatient encounters in the first words. ".repeat(20));
    job.description_text = Some(text);
    for (allowed, first, last) in
        [(Republish::Link, false, false), (Republish::Excerpt, true, false), (Republish::Full, true, true)]
    {
        boards.get_mut(&sample::board("ahima")).unwrap().republish = allowed;
        for (form, document) in FeedForm::ALL.into_iter().zip(written(&sample::feed(&boards, [&job].into_iter()))) {
            let shows = |words: &str| document.text.replace("\r\n ", "").contains(words);
            let is_calendar = form == FeedForm::Ics;
            assert_eq!(shows("in the first words"), first && !is_calendar, "{allowed:?} {form:?}");
            assert_eq!(shows("The last words"), last && !is_calendar, "{allowed:?} {form:?}");
        }
    }
}

#[test]
fn changes_and_moments_read_as_they_should() {
    let boards = sample::boards();
    let (mut open, mut gone) = (sample::job("1", "Coder", "Mercy Health"), sample::job("2", "Clerk", "Mercy Health"));
    open.valid_through = Some(sample::closing("2026-12-04T17:00:00-08:00"));
    gone.valid_through = Some(sample::closing_day(2026, 12, 11));
    gone.status = JobStatus::Closed;
    gone.closed_reason = Some("absent from two complete polls".into());
    let change = event(&open, 7, EventKind::Updated, "2026-11-23T10:00:00Z");
    let own = FeedItem { updated: Some(change.at), revision: 1, ..FeedItem::new(&open) };
    let feed = FeedRequest {
        items: vec![own, FeedItem { event: Some(&change), ..own }, FeedItem::new(&gone)],
        ..sample::feed(&boards, [].into_iter())
    };
    insta::assert_snapshot!("changes.rss", rss(&feed));
    insta::assert_snapshot!("changes.json", json_feed(&feed));
    insta::assert_snapshot!("changes.ics", ics(&feed));
}
