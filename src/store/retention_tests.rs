//! Tests of what is cleared away with time, and of what is not.

use super::*;
use crate::model::{BoardHealth, Criteria, FieldFill, HostState, PageKind, RobotsRecord, StatusFilter};
use crate::store::sample::{answer, board, closing, commit, day, detail, finish, judge, posting, store};
use crate::store::{PollEnd, RetentionPlan};

fn plan(raw: Option<i64>, most: Option<u32>, closed: Option<i64>) -> RetentionPlan {
    RetentionPlan { raw: raw.map(TimeDelta::days), raw_of_address: most, closed_jobs: closed.map(TimeDelta::days) }
}

fn times(store: &Store) -> Vec<DateTime<Utc>> {
    store.raw_answers(&board("ahima")).unwrap().iter().map(|answer| answer.fetched_at).collect()
}

#[test]
fn recorded_answers_are_pruned_but_for_the_latest_of_each_address() {
    let (_folder, store) = store();
    for at in 0..3 {
        commit(&store, "ahima", vec![posting("ahima", &at.to_string(), "Coder")], day(at));
    }
    store.commit_page(answer("ahima", 2, Vec::new(), day(0))).unwrap();
    assert_eq!(times(&store).len(), 4);
    let report = store.upkeep(day(10), &plan(Some(1), None, None)).unwrap();
    assert_eq!((report.ran, report.finished, report.raw_answers), (true, true, 2));
    assert_eq!(times(&store), [day(0), day(2)]);
    // An address that is not asked any more has no latest answer either.
    assert_eq!(store.upkeep(day(100), &plan(Some(1), None, None)).unwrap().raw_answers, 2);
}

#[test]
fn no_address_keeps_more_answers_than_it_may() {
    let (_folder, store) = store();
    for at in 0..9 {
        commit(&store, "ahima", vec![posting("ahima", &at.to_string(), "Coder")], day(at));
    }
    assert_eq!(store.upkeep(day(9), &plan(None, Some(3), None)).unwrap().raw_answers, 6);
    assert_eq!(times(&store), [day(6), day(7), day(8)]);
    assert_eq!(store.upkeep(day(11), &plan(Some(0), None, None)).unwrap().raw_answers, 3, "zero keeps none");
}

#[test]
fn details_outlive_their_time_while_their_posting_is_open() {
    let (_folder, store) = store();
    let mut one = posting("ahima", "1", "Coder");
    one.valid_through = closing(day(100));
    store.commit_page(detail(one, day(0))).unwrap();
    assert_eq!(store.upkeep(day(95), &plan(Some(90), None, None)).unwrap().raw_answers, 0, "it is open");
    store.expire(&judge(), day(101)).unwrap();
    assert_eq!(store.upkeep(day(150), &plan(Some(90), None, None)).unwrap().raw_answers, 0, "closed for 49 days");
    assert_eq!(store.upkeep(day(200), &plan(Some(90), None, None)).unwrap().raw_answers, 1);
}

#[test]
fn upkeep_runs_once_a_day_however_often_it_is_called() {
    let (_folder, store) = store();
    assert!(store.upkeep(day(0), &RetentionPlan::default()).unwrap().ran);
    assert!(!store.upkeep(day(0) + TimeDelta::hours(23), &RetentionPlan::default()).unwrap().ran);
    assert!(store.upkeep(day(1), &RetentionPlan::default()).unwrap().ran);
    assert!(store.upkeep(day(-9), &RetentionPlan::default()).unwrap().ran, "a clock that went back stops nothing");
}

#[test]
fn hosts_that_are_not_asked_any_more_are_forgotten() {
    let (_folder, store) = store();
    let robots = RobotsRecord { fetched_at: day(0), status: 200, body: "User-agent: *".into(), moved_to: None };
    let old = HostState { next_allowed: Some(day(0)), reason: None, robots: Some(robots) };
    let waiting = HostState { next_allowed: Some(day(300)), reason: Some("Retry-After".into()), robots: None };
    store.save_host_state("old.example", &old).unwrap();
    store.save_host_state("waiting.example", &waiting).unwrap();
    assert_eq!(store.upkeep(day(80), &RetentionPlan::default()).unwrap().hosts, 0);
    assert_eq!(store.upkeep(day(91), &RetentionPlan::default()).unwrap().hosts, 1);
    assert_eq!(store.host_state("waiting.example").unwrap(), waiting);
}

/// A store with a job that closes on day 10 and one that stays open.
fn with_a_closed_job() -> (tempfile::TempDir, Store) {
    let (folder, store) = store();
    let mut ends = posting("ahima", "ends", "Zymurgist wanted");
    ends.valid_through = closing(day(10));
    commit(&store, "ahima", vec![ends.clone(), posting("ahima", "stays", "Registrar")], day(0));
    store.commit_page(detail(ends, day(0))).unwrap();
    commit(&store, "ahima", vec![posting("ahima", "stays", "Registrar")], day(5));
    store.expire(&judge(), day(11)).unwrap();
    (folder, store)
}

#[test]
fn a_job_is_erased_whole_when_its_time_is_over_and_not_before() {
    let (folder, store) = with_a_closed_job();
    let kept = plan(Some(90), Some(3), Some(30));
    assert_eq!(store.upkeep(day(40), &kept).unwrap().jobs, 0);
    let report = store.upkeep(day(42), &kept).unwrap();
    assert_eq!((report.jobs, report.tombstones), (1, 0));
    let everything = Criteria { status: StatusFilter::All, ..Criteria::default() };
    let left = store.search(&everything, day(42)).unwrap();
    assert_eq!(left.jobs.iter().filter_map(|job| job.title.as_deref()).collect::<Vec<_>>(), ["Registrar"]);
    assert!(store.job("ahima/ends", day(42)).unwrap().is_none());
    let counts = store.counts().unwrap();
    assert_eq!((counts.postings, counts.jobs, counts.events, counts.raw_answers), (1, 1, 1, 2));
    assert!(store.integrity_check().unwrap().is_empty());
    // Nothing of it stands in the file any more; the lists that showed it age by `raw`.
    store.upkeep(day(150), &kept).unwrap();
    drop(store);
    let bytes = std::fs::read(folder.path().join("jobs.db")).unwrap();
    assert!(!bytes.windows(9).any(|window| window == b"Zymurgist"), "the title is still in the file");
    assert!(bytes.windows(9).any(|window| window == b"Registrar"));
}

#[test]
fn an_erased_job_that_is_shown_again_is_a_new_one() {
    let (_folder, store) = with_a_closed_job();
    store.upkeep(day(50), &plan(None, None, Some(30))).unwrap();
    let outcome = commit(&store, "ahima", vec![posting("ahima", "ends", "Zymurgist wanted")], day(51));
    assert_eq!(outcome.new, 1);
    let job = store.job("ahima/ends", day(51)).unwrap().unwrap();
    assert_eq!(store.history(&job.id).unwrap().len(), 1);
}

#[test]
fn what_something_still_names_becomes_an_empty_row() {
    let (folder, store) = with_a_closed_job();
    let id = store.job("ahima/ends", day(11)).unwrap().unwrap().id;
    let other = rusqlite::Connection::open(folder.path().join("jobs.db")).unwrap();
    other
        .execute_batch(
            "CREATE TABLE mailed (job INTEGER NOT NULL REFERENCES job (id)) STRICT;
             INSERT INTO mailed SELECT job FROM membership JOIN posting ON posting.id = posting WHERE posting_id = 'ends';",
        )
        .unwrap();
    let report = store.upkeep(day(50), &plan(None, None, Some(30))).unwrap();
    assert_eq!((report.jobs, report.tombstones, report.finished), (1, 1, true));
    assert!(store.job(id.as_str(), day(50)).unwrap().is_none());
    assert!(store.job("erased-1", day(50)).unwrap().is_none());
    assert!(store.integrity_check().unwrap().is_empty());
    assert_eq!(store.counts().unwrap().jobs, 1);
    // Once is enough, and the same posting may come again.
    assert_eq!(store.upkeep(day(52), &plan(None, None, Some(30))).unwrap().jobs, 0);
    assert_eq!(commit(&store, "ahima", vec![posting("ahima", "ends", "Zymurgist wanted")], day(53)).new, 1);
    assert_eq!(store.job("ahima/ends", day(53)).unwrap().unwrap().id, id, "ids are made from the posting");
}

#[test]
fn a_closed_job_that_its_board_still_shows_is_kept() {
    let (_folder, store) = store();
    let mut ends = posting("ahima", "ends", "Coder");
    ends.valid_through = closing(day(10));
    for at in [0, 20, 40, 60] {
        commit(&store, "ahima", vec![ends.clone()], day(at));
        store.expire(&judge(), day(at)).unwrap();
    }
    assert_eq!(store.counts().unwrap().open_jobs, 0);
    assert_eq!(store.upkeep(day(61), &plan(None, None, Some(30))).unwrap().jobs, 0);
    assert_eq!(store.upkeep(day(99), &plan(None, None, Some(30))).unwrap().jobs, 1, "it is shown no more");
}

#[test]
fn merged_jobs_go_together() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "alpha beta gamma")], day(0));
    commit(&store, "aapc", vec![posting("aapc", "2", "delta epsilon zeta")], day(0));
    commit(&store, "aapc", vec![posting("aapc", "2", "alpha beta gamma")], day(1));
    assert_eq!(store.counts().unwrap().aliases, 1);
    commit(&store, "ahima", Vec::new(), day(2));
    commit(&store, "aapc", Vec::new(), day(2));
    for at in [3, 4] {
        finish(&store, "ahima", day(at));
        finish(&store, "aapc", day(at));
    }
    assert_eq!(store.upkeep(day(99), &plan(Some(1), None, Some(30))).unwrap().jobs, 1);
    let counts = store.counts().unwrap();
    assert_eq!((counts.postings, counts.jobs, counts.aliases, counts.links, counts.events), (0, 0, 0, 0, 0));
    assert!(store.integrity_check().unwrap().is_empty());
}

#[test]
fn only_the_history_of_erased_jobs_may_go() {
    let (folder, store) = with_a_closed_job();
    let other = rusqlite::Connection::open(folder.path().join("jobs.db")).unwrap();
    assert!(other.execute("DELETE FROM job_event", []).is_err());
    assert!(store.counts().unwrap().events > 0);
}

/// One week of a board that shows four postings for three weeks each.
fn a_week(store: &Store, week: i64) {
    let now = day(week * 7);
    let shown = (week - 2..=week).flat_map(|at| (0..4).map(move |one| format!("{at}-{one}")));
    let postings: Vec<_> = shown.map(|id| posting("ahima", &id, &format!("c{id} h{id}"))).collect();
    for one in postings.iter().filter(|one| one.key.posting_id.starts_with(&format!("{week}-"))) {
        store.commit_page(detail(one.clone(), now)).unwrap();
    }
    commit(store, "ahima", postings, now);
    let health = BoardHealth::default();
    let (round, details, due) = (None, FieldFill::default(), None);
    let end = PollEnd {
        board: board("ahima"),
        started_at: now,
        now,
        complete: true,
        health,
        round,
        details,
        due,
        judge: judge(),
    };
    store.finish_poll(end).unwrap();
    store.expire(&judge(), now).unwrap();
    let report = store.upkeep(now, &plan(Some(30), Some(3), Some(60))).unwrap();
    assert!(report.ran && report.finished && report.tombstones == 0, "{report:?}");
}

#[test]
fn three_years_of_a_steady_board_take_no_more_room_than_one() {
    let (_folder, store) = store();
    let mut sizes = Vec::new();
    for week in 0..156 {
        a_week(&store, week);
        if week % 52 == 51 {
            sizes.push((store.counts().unwrap(), store.standing(day(week * 7)).unwrap()));
        }
    }
    let (first, last) = (&sizes[0], &sizes[2]);
    assert_eq!((first.0.postings, first.0.raw_answers), (last.0.postings, last.0.raw_answers));
    assert_eq!(first.0.events, last.0.events);
    assert!(last.0.bytes <= first.0.bytes * 5 / 4, "{} then {} bytes", first.0.bytes, last.0.bytes);
    assert!(last.1.wal_bytes <= 4 << 20, "the WAL is written back: {}", last.1.wal_bytes);
    assert!(store.integrity_check().unwrap().is_empty());
    let kinds = store.raw_answers(&board("ahima")).unwrap();
    assert!(kinds.iter().filter(|answer| answer.kind == PageKind::List).count() <= 3);
}
