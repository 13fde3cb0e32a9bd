//! Crashes, panics, several connections, backups.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use rusqlite::Connection;

use crate::model::{Criteria, EventKind, Judge, Posting, Sketch, Span, StatusFilter, Verdict};
use crate::store::sample::{TitleJudge, answer, board, commit, day, groups, judge, posting, store};
use crate::store::{RetentionPlan, Store, StoreError};

/// Works as [`TitleJudge`] until it has been asked for keys so many times; then it panics, as a
/// process that dies does, in the midst of a batch.
struct Dying(std::sync::atomic::AtomicI64);

impl Judge for Dying {
    fn model(&self) -> &'static str {
        "title 1"
    }

    fn sketch(&self, posting: &Posting) -> (Sketch, Vec<i64>) {
        TitleJudge.sketch(posting)
    }

    fn key_weight(&self, key: i64) -> u32 {
        TitleJudge.key_weight(key)
    }

    fn in_time(&self, verdict: Verdict, _a: (&Sketch, Span), _b: (&Sketch, Span)) -> Verdict {
        verdict
    }

    fn compare(&self, a: &Sketch, b: &Sketch) -> Verdict {
        let left = self.0.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
        assert!(left > 0, "the process dies here");
        TitleJudge.compare(a, b)
    }
}

fn many(count: usize) -> Vec<Posting> {
    (0..count)
        .map(|at| posting("ahima", &at.to_string(), &format!("k{} l{} m{} n", at % 200, at % 200, at % 7)))
        .collect()
}

/// Everything a reader can see, but for the ids of events.
fn picture(store: &Store) -> Vec<String> {
    let mut seen = Vec::new();
    store
        .for_each_job(StatusFilter::All, day(1), |job| {
            seen.push(serde_json::to_string(&job).unwrap());
            Ok::<(), StoreError>(())
        })
        .unwrap();
    seen.sort();
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn a_poll_that_died_midway_and_ran_again_equals_an_undisturbed_one(comparisons in 1_i64..900) {
        let (_whole_folder, whole) = store();
        commit(&whole, "ahima", many(700), day(0));
        let (folder, broken) = store();
        let mut page = answer("ahima", 1, many(700), day(0));
        let url = page.page.requested.to_string();
        page.judge = Arc::new(Dying(comparisons.into()));
        let died = broken.commit_page(page);
        if died.is_err() {
            prop_assert!(broken.page_record(&board("ahima"), &url).unwrap().is_none(), "no validators without items");
        }
        drop(broken);
        let broken = Store::open(&folder.path().join("jobs.db")).unwrap();
        commit(&broken, "ahima", many(700), day(0));
        prop_assert_eq!(picture(&broken), picture(&whole));
        let kinds = |store: &Store| {
            let events = store.events_since(0, 99_999).unwrap();
            let opened = events.iter().filter(|event| event.kind == EventKind::Opened).count();
            (events.len(), opened)
        };
        prop_assert_eq!(kinds(&broken), kinds(&whole));
        prop_assert!(broken.integrity_check().unwrap().is_empty());
    }
}

#[test]
fn a_panicking_task_is_rolled_back_and_the_store_goes_on() {
    let (_folder, store) = store();
    let failed: Result<(), StoreError> = store.write(|work| {
        work.tx.execute("INSERT INTO board (name) VALUES ('half')", [])?;
        panic!("as if it broke");
    });
    assert!(matches!(failed, Err(StoreError::TaskFailed { .. })));
    assert_eq!(store.counts().unwrap().boards, 0);
    assert_eq!(commit(&store, "ahima", vec![posting("ahima", "1", "Coder")], day(0)).new, 1);
}

#[test]
fn reopening_finds_everything_and_a_reader_may_not_write() {
    let (folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "Coder")], day(0));
    let path = folder.path().join("jobs.db");
    let reader = Store::open_read_only(&path).unwrap();
    assert_eq!(reader.search(&Criteria::default(), day(0)).unwrap().total, 1);
    commit(&store, "ahima", vec![posting("ahima", "1", "Coder"), posting("ahima", "2", "Biller")], day(0));
    assert_eq!(reader.search(&Criteria::default(), day(0)).unwrap().total, 2);
    assert!(matches!(reader.expire(&judge(), day(0)), Err(StoreError::ReadOnly)));
    drop((store, reader));
    let store = Store::open(&path).unwrap();
    assert_eq!(groups(&store, day(0)).len(), 2);
    assert!(store.quick_check().unwrap().is_empty());
}

#[test]
fn a_missing_file_is_not_created_by_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    let error = Store::open_read_only(&path).unwrap_err();
    assert!(error.to_string().contains("jobrounds poll"), "{error}");
    assert!(!path.exists());
    assert!(matches!(Store::open(Path::new("/no/such/folder/a.db")), Err(StoreError::NotWritable { .. })));
}

#[test]
fn history_cannot_be_rewritten() {
    let (folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "Coder")], day(0));
    let other = Connection::open(folder.path().join("jobs.db")).unwrap();
    assert!(other.execute("DELETE FROM job_event", []).is_err());
    assert!(other.execute("UPDATE job_event SET at = 0", []).is_err());
}

#[test]
fn a_backup_is_a_whole_database_and_overwrites_nothing() {
    let (folder, store) = store();
    commit(&store, "ahima", many(30), day(0));
    let copy = folder.path().join("copy.db");
    store.backup(&copy).unwrap();
    assert!(matches!(store.backup(&copy), Err(StoreError::Exists { .. })));
    let restored = Store::open(&copy).unwrap();
    assert_eq!(picture(&restored), picture(&store));
    assert!(restored.integrity_check().unwrap().is_empty());
}

#[test]
fn readers_and_the_writer_do_not_lock_each_other_out() {
    let (_folder, store) = store();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let reader = store.clone();
            scope.spawn(move || {
                for _ in 0..30 {
                    reader.search(&Criteria::default(), day(0)).unwrap();
                }
            });
        }
        for at in 0..30 {
            commit(&store, "ahima", many(at), day(0));
        }
    });
}

#[test]
fn maintenance_forgets_old_keys_and_pages_but_not_when_a_posting_was_seen() {
    let (_folder, store) = store();
    commit(&store, "ahima", many(3), day(0));
    store.upkeep(day(100), &RetentionPlan::default()).unwrap();
    assert!(store.page_record(&board("ahima"), "https://ahima.example/list?page=1").unwrap().is_none());
    assert_eq!(store.job("ahima/1", day(100)).unwrap().unwrap().last_confirmed, day(0));
    assert_eq!(commit(&store, "ahima", many(3), day(101)).unchanged, 3);
}
