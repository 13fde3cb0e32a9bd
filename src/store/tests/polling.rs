//! Committing answers, closing and reopening, details, recorded answers.

use chrono::Duration;

use crate::model::{
    BoardHealth, BoardState, EventKind, Field, FieldFill, HostState, JobStatus, RobotsRecord, Validators,
};
use crate::store::sample::{answer, board, closing, commit, day, detail, finish, judge, list_row, posting, store};
use crate::store::{PageSeen, PollEnd, Store, hash_body};

fn seen(now: chrono::DateTime<chrono::Utc>) -> PageSeen {
    PageSeen { now, fresh_until: None, validators: None }
}

fn kinds(store: &Store, job: &str) -> Vec<EventKind> {
    let job = store.job(job, day(0)).unwrap().unwrap();
    store.history(&job.id).unwrap().into_iter().map(|event| event.kind).collect()
}

#[test]
fn committing_the_same_answer_again_changes_nothing() {
    let (_folder, store) = store();
    let postings = vec![posting("ahima", "1", "Coder one"), posting("ahima", "2", "Biller two")];
    let first = commit(&store, "ahima", postings.clone(), day(0));
    assert_eq!((first.new, first.unchanged), (2, 0));
    let events = store.last_event_id().unwrap();
    let before = store.counts().unwrap();
    let again = commit(&store, "ahima", postings, day(1));
    assert_eq!((again.new, again.updated, again.unchanged), (0, 0, 2));
    assert_eq!(store.last_event_id().unwrap(), events);
    assert_eq!(store.counts().unwrap(), before);
    assert_eq!(store.job("ahima/1", day(1)).unwrap().unwrap().last_confirmed, day(1));
}

#[test]
fn an_unchanged_answer_writes_no_row_of_a_posting_a_job_or_a_text() {
    let (_folder, store) = store();
    let postings: Vec<_> = (0..40).map(|at| posting("ahima", &at.to_string(), &format!("Coder w{at}"))).collect();
    commit(&store, "ahima", postings.clone(), day(0));
    let changes = |store: &Store| store.write(|work| Ok(work.tx.total_changes())).unwrap();
    let before = changes(&store);
    commit(&store, "ahima", postings, day(1));
    // The page's record and the recorded answer's date.
    assert_eq!(changes(&store) - before, 2);
    let before = changes(&store);
    store.confirm_page(&board("ahima"), "https://ahima.example/list?page=1", seen(day(2))).unwrap().unwrap();
    assert_eq!(changes(&store) - before, 1);
    assert_eq!(store.job("ahima/7", day(2)).unwrap().unwrap().last_confirmed, day(2));
}

#[test]
fn a_detail_completes_a_row_and_the_row_does_not_overwrite_it() {
    let (_folder, store) = store();
    let row = list_row("ahima", "1", "Coder one");
    let first = commit(&store, "ahima", vec![row.clone()], day(0));
    assert_eq!(first.wanting_details, vec!["1".to_owned()]);
    let wanted = store.details_wanted(&board("ahima"), day(0), 9).unwrap();
    assert_eq!((wanted.len(), wanted[0].posting_id.as_str()), (1, "1"));
    let mut full = posting("ahima", "1", "Coder one");
    full.description_text = Some("Assigns codes to charts".into());
    let completed = store.commit_page(detail(full, day(0))).unwrap();
    assert_eq!((completed.completed, completed.updated), (1, 0));
    assert!(store.details_wanted(&board("ahima"), day(0), 9).unwrap().is_empty());
    assert_eq!(commit(&store, "ahima", vec![row], day(1)).unchanged, 1);
    let job = store.job("ahima/1", day(1)).unwrap().unwrap();
    assert_eq!(job.description_text.as_deref(), Some("Assigns codes to charts"));
    assert_eq!(kinds(&store, "ahima/1"), vec![EventKind::Opened, EventKind::Described]);
}

#[test]
fn a_changed_row_of_a_full_posting_asks_for_the_details_again() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![list_row("ahima", "1", "Coder one")], day(0));
    store.commit_page(detail(posting("ahima", "1", "Coder one"), day(0))).unwrap();
    let changed = commit(&store, "ahima", vec![list_row("ahima", "1", "Senior coder one")], day(1));
    assert_eq!((changed.updated, changed.unchanged), (0, 1));
    assert_eq!(store.details_wanted(&board("ahima"), day(1), 9).unwrap().len(), 1);
    let outcome = store.commit_page(detail(posting("ahima", "1", "Senior coder one"), day(1))).unwrap();
    assert_eq!(outcome.updated, 1);
    let history = store.history(&store.job("ahima/1", day(1)).unwrap().unwrap().id).unwrap();
    let update = history.iter().find(|event| event.kind == EventKind::Updated).unwrap();
    assert_eq!(update.detail.as_deref(), Some("title: Coder one → Senior coder one"));
    assert!(store.details_wanted(&board("ahima"), day(1), 9).unwrap().is_empty());
}

#[test]
fn a_failed_detail_is_tried_again_when_due_and_not_at_all_when_given_up() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![list_row("ahima", "1", "Coder"), list_row("ahima", "2", "Biller")], day(0));
    store.detail_failed(&board("ahima"), "1", "503", Some(day(2))).unwrap();
    store.detail_failed(&board("ahima"), "2", "404", None).unwrap();
    assert!(store.details_wanted(&board("ahima"), day(1), 9).unwrap().is_empty());
    let due = store.details_wanted(&board("ahima"), day(2), 9).unwrap();
    assert_eq!((due.len(), due[0].posting_id.as_str(), due[0].attempts), (1, "1", 1));
}

#[test]
fn absence_counts_after_two_complete_polls_and_reappearance_reopens() {
    let (_folder, store) = store();
    let both = vec![posting("ahima", "1", "Coder one"), posting("ahima", "2", "Biller two")];
    commit(&store, "ahima", both.clone(), day(0));
    finish(&store, "ahima", day(0));
    commit(&store, "ahima", both[..1].to_vec(), day(1));
    assert_eq!(finish(&store, "ahima", day(1)).missing_once, 1);
    assert_eq!(store.job("ahima/2", day(1)).unwrap().unwrap().status, JobStatus::Open);
    commit(&store, "ahima", both[..1].to_vec(), day(2));
    let closed = finish(&store, "ahima", day(2));
    assert_eq!((closed.closed, closed.absent), (1, 1));
    let job = store.job("ahima/2", day(2)).unwrap().unwrap();
    assert_eq!((job.status, job.closed_reason.as_deref()), (JobStatus::Closed, Some("absent from two complete polls")));
    assert_eq!(job.last_confirmed, day(0));
    assert_eq!(commit(&store, "ahima", both, day(3)).reopened, 1);
    finish(&store, "ahima", day(3));
    assert_eq!(kinds(&store, "ahima/2"), vec![EventKind::Opened, EventKind::Closed, EventKind::Reopened]);
}

#[test]
fn a_failed_poll_closes_nothing_and_an_interrupted_absence_starts_anew() {
    let (_folder, store) = store();
    let both = vec![posting("ahima", "1", "Coder one"), posting("ahima", "2", "Biller two")];
    commit(&store, "ahima", both.clone(), day(0));
    for at in 1..5 {
        commit(&store, "ahima", Vec::new(), day(at));
        let end = PollEnd {
            board: board("ahima"),
            started_at: day(at),
            now: day(at),
            complete: false,
            health: BoardHealth { state: BoardState::EmptySuspect, ..BoardHealth::default() },
            due: None,
            round: None,
            details: FieldFill::default(),
            judge: judge(),
        };
        assert_eq!(store.finish_poll(end).unwrap().closed, 0);
    }
    assert_eq!(store.board_health(&board("ahima")).unwrap().state, BoardState::EmptySuspect);
    finish(&store, "ahima", day(5));
    commit(&store, "ahima", both, day(6));
    finish(&store, "ahima", day(6));
    commit(&store, "ahima", Vec::new(), day(7));
    assert_eq!(finish(&store, "ahima", day(7)).closed, 0);
    commit(&store, "ahima", Vec::new(), day(8));
    assert_eq!(finish(&store, "ahima", day(8)).closed, 2);
}

#[test]
fn a_confirmed_page_speaks_for_its_postings() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "Coder one")], day(0));
    for at in 1..4 {
        store.confirm_page(&board("ahima"), "https://ahima.example/list?page=1", seen(day(at))).unwrap().unwrap();
        let closing = finish(&store, "ahima", day(at));
        assert_eq!((closing.closed, closing.missing_once), (0, 0));
    }
    assert!(store.confirm_page(&board("ahima"), "https://ahima.example/other", seen(day(4))).unwrap().is_none());
}

#[test]
fn a_posting_on_two_lists_is_absent_only_when_both_have_dropped_it() {
    let (_folder, store) = store();
    let one = posting("ahima", "1", "Coder one");
    store.commit_page(answer("ahima", 1, vec![one.clone()], day(0))).unwrap();
    store.commit_page(answer("ahima", 2, vec![one], day(0))).unwrap();
    for at in 1..4 {
        store.commit_page(answer("ahima", 2, Vec::new(), day(at))).unwrap();
        store.confirm_page(&board("ahima"), "https://ahima.example/list?page=1", seen(day(at))).unwrap();
        assert_eq!(finish(&store, "ahima", day(at)).missing_once, 0);
    }
}

#[test]
fn a_stated_end_closes_also_where_no_poll_has_noticed() {
    let (_folder, store) = store();
    let mut ending = posting("ahima", "1", "Coder one");
    ending.valid_through = closing(day(3));
    commit(&store, "ahima", vec![ending.clone()], day(0));
    assert_eq!(store.job("ahima/1", day(3) - Duration::seconds(1)).unwrap().unwrap().status, JobStatus::Open);
    let job = store.job("ahima/1", day(3)).unwrap().unwrap();
    assert_eq!((job.status, job.closed_reason.as_deref()), (JobStatus::Closed, Some("stated date passed")));
    assert_eq!(store.expire(&judge(), day(3)).unwrap().ended, 1);
    assert_eq!(store.expire(&judge(), day(4)).unwrap().ended, 0);
    assert_eq!(kinds(&store, "ahima/1"), vec![EventKind::Opened, EventKind::Closed]);
    ending.valid_through = closing(day(30));
    assert_eq!(commit(&store, "ahima", vec![ending], day(4)).reopened, 1);
    assert_eq!(kinds(&store, "ahima/1")[2..], [EventKind::Updated, EventKind::Reopened]);
}

#[test]
fn a_posting_that_is_closed_when_first_seen_is_new_but_not_announced() {
    let (_folder, store) = store();
    let mut past = posting("ahima", "1", "Coder one");
    past.valid_through = closing(day(-3));
    let mut word = posting("ahima", "2", "Biller two");
    word.closed_by_board = Some("Job canceled".into());
    assert_eq!(commit(&store, "ahima", vec![past, word], day(0)).new, 2);
    let told: Vec<_> = store.events_since(0, 9).unwrap().into_iter().map(|event| event.kind).collect();
    assert_eq!(told, [EventKind::Founded; 2]);
    let job = store.job("ahima/2", day(0)).unwrap().unwrap();
    assert_eq!((job.status, job.closed_reason.as_deref()), (JobStatus::Closed, Some("Job canceled")));
}

#[test]
fn the_boards_word_closes_at_once_even_from_a_list_row() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "Coder one")], day(0));
    let mut row = list_row("ahima", "1", "Coder one");
    row.closed_by_board = Some("Hiring complete".into());
    assert_eq!(commit(&store, "ahima", vec![row], day(1)).closed, 1);
    assert_eq!(kinds(&store, "ahima/1"), vec![EventKind::Opened, EventKind::Closed]);
}

#[test]
fn a_later_posting_date_on_a_closed_id_is_a_repost() {
    let (_folder, store) = store();
    let mut first = posting("ahima", "1", "Coder one");
    first.date_posted = Field::stated("1", day(0).date_naive());
    first.valid_through = closing(day(2));
    commit(&store, "ahima", vec![first.clone()], day(0));
    finish(&store, "ahima", day(3));
    first.date_posted = Field::stated("2", day(4).date_naive());
    first.valid_through = closing(day(20));
    commit(&store, "ahima", vec![first], day(4));
    assert!(kinds(&store, "ahima/1").contains(&EventKind::Reposted));
    assert!(store.job("ahima/1", day(4)).unwrap().unwrap().reposted);
}

#[test]
fn the_record_of_a_page_comes_back_as_it_was_committed() {
    let (_folder, store) = store();
    let mut page = answer("ahima", 1, vec![posting("ahima", "1", "Coder")], day(0));
    page.page.validators =
        Validators { etag: Some("W/\"a\"".into()), last_modified: Some("Sun".into()), given_by: None };
    page.page.signs = vec![("server".into(), "x".into())];
    page.next = vec![
        crate::model::Wanted::list("https://ahima.example/list?page=2".parse().unwrap()),
        crate::model::Wanted::detail("https://ahima.example/jobs/1".parse().unwrap(), "1"),
    ];
    page.total = Some(77);
    page.truncated = true;
    let (next, body, url) = (page.next.clone(), page.page.body.clone(), page.page.requested.to_string());
    assert!(store.page_record(&board("ahima"), &url).unwrap().is_none());
    store.commit_page(page).unwrap();
    let record = store.page_record(&board("ahima"), &url).unwrap().unwrap();
    assert_eq!(record.next, next);
    assert_eq!((record.listed, record.total, record.truncated, record.empty), (1, Some(77), true, false));
    assert_eq!((record.body_hash, record.fetched_at), (hash_body(&body), day(0)));
    assert_eq!(record.validators.etag.as_deref(), Some("W/\"a\""));
    let answers = store.raw_answers(&board("ahima")).unwrap();
    let page = store.raw_answer(answers[0].id).unwrap().unwrap();
    assert_eq!((page.body, page.signs.len(), page.media_type.as_str()), (body, 1, "application/json"));
}

#[test]
fn a_host_is_remembered_to_the_letter() {
    let (_folder, store) = store();
    assert_eq!(store.host_state("a.example").unwrap(), HostState::default());
    let robots =
        RobotsRecord { fetched_at: day(0), status: 200, body: "User-agent: *".into(), moved_to: Some("b".into()) };
    let state = HostState { next_allowed: Some(day(1)), reason: Some("Retry-After".into()), robots: Some(robots) };
    store.save_host_state("a.example", &state).unwrap();
    assert_eq!(store.host_state("a.example").unwrap(), state);
    store.save_host_state("a.example", &HostState::default()).unwrap();
    assert_eq!(store.host_state("a.example").unwrap(), HostState::default());
}

#[test]
fn an_answer_that_shows_a_posting_twice_counts_it_once() {
    let (_folder, store) = store();
    let twice = vec![list_row("ahima", "1", "Coder"), posting("ahima", "1", "Coder"), list_row("ahima", "1", "Other")];
    let outcome = commit(&store, "ahima", twice.clone(), day(0));
    assert_eq!((outcome.new, outcome.unchanged), (1, 0));
    assert!(outcome.wanting_details.is_empty());
    assert_eq!(commit(&store, "ahima", twice, day(1)).unchanged, 1);
}
