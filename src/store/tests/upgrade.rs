//! A database that the first release has written, opened by this one: nothing is lost.
//!
//! Its rows are written here in SQL as that release wrote them, and its posting as it packed it; no
//! code of today takes part.

use std::path::Path;

use rusqlite::Connection;

use crate::model::{Criteria, EventKind, StatusFilter};
use crate::store::sample::{board, day};
use crate::store::{RetentionPlan, Store};

const FIRST: &str = include_str!("../migrations/0001_first.sql");

/// A posting as the first release stored it.
fn body(id: &str, title: &str) -> Vec<u8> {
    let text = format!(
        r#"{{"key":{{"board":"ahima","posting_id":"{id}"}},"url":{{"raw":"https://ahima.example/{id}","value":"https://ahima.example/{id}","basis":"stated"}},"title":{{"raw":"{title}","value":"{title}","basis":"stated"}},"raw":{{"posting_id":"{id}","title":"{title}","completeness":"full"}}}}"#
    );
    zstd::bulk::compress(text.as_bytes(), 1).unwrap()
}

/// Writes the database of the first release.
fn of_the_first_release(path: &Path) {
    let first = Connection::open(path).unwrap();
    first
        .execute_batch(&format!(
            "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; BEGIN; {FIRST};
             PRAGMA user_version = 1; PRAGMA application_id = 1785684594; COMMIT;"
        ))
        .unwrap();
    let (at, later) = (day(0).timestamp_millis(), day(3).timestamp_millis());
    let health = r#"{"state":"walled","since":"2026-11-01T12:00:00Z","why":"DataDome","remedy":null,"last_poll":"2026-11-04T12:00:00Z","last_success":"2026-11-01T12:00:00Z","engine":"ymcareers","failures":2,"moved_to":null}"#;
    first.execute("INSERT INTO board VALUES (1, 'ahima', ?1)", [health]).unwrap();
    first.execute("INSERT INTO upkeep VALUES ('maintain', ?1)", [at]).unwrap();
    first
        .execute(
            "INSERT INTO host VALUES ('ahima.example', ?1, 'Retry-After', ?2, 200, NULL, 'User-agent: *')",
            [later, at],
        )
        .unwrap();
    first
        .execute(
            "INSERT INTO page VALUES (1, 1, 'https://ahima.example/list', 'list', NULL, '\"tag\"', NULL, zeroblob(32), ?1, ?2,
                                      2, 2, 0, 0, '[]', 'ymcareers')",
            [at, later],
        )
        .unwrap();
    first
        .execute(
            "INSERT INTO raw_answer VALUES (1, 1, 'https://ahima.example/list', zeroblob(32), 'list', NULL, ?1,
                                            'https://ahima.example/list', 'text/html', 'utf-8', '[]', ?2)",
            rusqlite::params![at, zstd::bulk::compress(b"<ul></ul>", 1).unwrap()],
        )
        .unwrap();
    for (id, title, closed) in [(1, "Inpatient Coder", None), (2, "Registrar", Some(later))] {
        a_job_of_the_first_release(&first, (id, title), at, closed);
    }
    first.execute("INSERT INTO job_event (job, kind, at) VALUES (2, 'closed', ?1)", [later]).unwrap();
}

/// Writes a posting and its job.
fn a_job_of_the_first_release(first: &Connection, (id, title): (i64, &str), at: i64, closed: Option<i64>) {
    first
        .execute(
            "INSERT INTO posting (id, board, posting_id, url, official, completeness, fingerprint, first_seen, seen_at,
                                      closed_at, closed_kind, closed_reason)
                 VALUES (?1, 1, ?1, 'https://ahima.example/' || ?1, 0, 2, zeroblob(16), ?2, ?2, ?3, 3, 'absent')",
            rusqlite::params![id, at, closed],
        )
        .unwrap();
    first
        .execute("INSERT INTO posting_body VALUES (?1, ?2)", rusqlite::params![id, body(&id.to_string(), title)])
        .unwrap();
    first.execute("INSERT INTO page_listing VALUES (1, ?1)", [id]).unwrap();
    first.execute("INSERT INTO blk VALUES (7, ?1)", [id]).unwrap();
    first
        .execute(
            "INSERT INTO job (id, public_id, founder, first_seen, status, closed_at, text_hash, title, employment,
                                  posted_at, boards, facets, employers, unstated)
                 VALUES (?1, 'abcdefgh' || ?1, ?1, ?2, ?3, ?4, zeroblob(16), ?5, '', ?2, 'ahima', '', '', 0)",
            rusqlite::params![id, at, i64::from(closed.is_some()), closed, title],
        )
        .unwrap();
    first.execute("INSERT INTO membership VALUES (?1, ?1, ?2, 'founder')", [id, at]).unwrap();
    first
        .execute(
            "INSERT INTO job_text (rowid, title, organization, place, body, tags) VALUES (?1, ?2, '', '', '', '')",
            rusqlite::params![id, title],
        )
        .unwrap();
    first
        .execute("INSERT INTO job_event (job, kind, posting, at) VALUES (?1, 'opened', 'ahima/' || ?1, ?2)", [id, at])
        .unwrap();
}

#[test]
fn nothing_that_the_first_release_stored_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    of_the_first_release(&path);
    let store = Store::open(&path).unwrap();
    assert!(store.integrity_check().unwrap().is_empty());
    let everything = Criteria { status: StatusFilter::All, ..Criteria::default() };
    let mut titles: Vec<String> =
        store.search(&everything, day(4)).unwrap().jobs.into_iter().filter_map(|job| job.title).collect();
    titles.sort();
    assert_eq!(titles, ["Inpatient Coder", "Registrar"]);
    let job = store.job("abcdefgh1", day(4)).unwrap().unwrap();
    assert_eq!((job.title.as_deref(), job.last_confirmed), (Some("Inpatient Coder"), day(3)));
    let kinds: Vec<EventKind> = store.events_since(0, 9).unwrap().into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Opened, EventKind::Opened, EventKind::Closed]);
    let health = store.board_health(&board("ahima")).unwrap();
    assert_eq!((health.failures, health.why.as_deref()), (2, Some("DataDome")));
    let page = store.page_record(&board("ahima"), "https://ahima.example/list").unwrap().unwrap();
    assert_eq!((page.validators.etag.as_deref(), page.listed), (Some("\"tag\""), 2));
    let host = store.host_state("ahima.example").unwrap();
    assert_eq!((host.next_allowed, host.reason.as_deref()), (Some(day(3)), Some("Retry-After")));
    let answers = store.raw_answers(&board("ahima")).unwrap();
    assert_eq!(store.raw_answer(answers[0].id).unwrap().unwrap().body, b"<ul></ul>");
    // And it is worked on like any other.
    assert!(store.upkeep(day(9), &RetentionPlan::default()).unwrap().finished);
}

#[test]
fn the_copy_made_before_an_upgrade_is_the_database_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    of_the_first_release(&path);
    drop(Store::open(&path).unwrap());
    let copy = Connection::open(folder.path().join("jobs.db.v1.bak")).unwrap();
    let number = |sql: &str| copy.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("PRAGMA user_version"), 1);
    assert_eq!((number("SELECT count(*) FROM job"), number("SELECT count(*) FROM job_event")), (2, 3));
}

#[test]
fn an_older_backup_is_brought_forward_when_it_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let (old, path) = (folder.path().join("old.db"), folder.path().join("jobs.db"));
    of_the_first_release(&old);
    let lock = crate::store::DatabaseLock::take(&path, "restore", day(5)).unwrap();
    let restored = crate::store::restore(&path, &old, day(5), &lock).unwrap();
    assert_eq!((restored.before, restored.upgraded_from), (None, Some(1)));
    let store = Store::open(&path).unwrap();
    assert!(store.job("abcdefgh1", day(5)).unwrap().is_some());
    assert_eq!(store.restored_at().unwrap(), Some(day(5)));
    let number: i64 = Connection::open(&old).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(number, 1, "the backup is only read");
    assert!(!folder.path().join("jobs.db.v1.bak").exists(), "and is the copy before the upgrade");
}
