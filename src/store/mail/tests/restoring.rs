//! Pauses, backups with their key, and databases that were put back.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::*;
use crate::store::sample::store;
use crate::store::{DatabaseLock, StoreError, beside, restore};

fn put_back(database: &Path, backup: &Path) -> PathBuf {
    let lock = DatabaseLock::take(database, "restore", day(5)).unwrap();
    restore(database, backup, day(5), &lock).unwrap().before.unwrap()
}

#[test]
fn nothing_leaves_while_mail_is_paused_and_all_of_it_afterwards() {
    let (_folder, store) = store();
    let one = subscribed(&store, "one@example.edu");
    let mail = queue(&store, one.subscriber, &[], day(1));
    store.pause_mail("the server moves", day(1)).unwrap();
    assert_eq!((take(&store, day(2)), store.next_attempt().unwrap()), (None, None));
    assert_eq!(store.mail_standing().unwrap().paused, Some((day(1), "the server moves".into())));
    store.resume_mail(false, day(2)).unwrap();
    assert_eq!(store.mail_standing().unwrap().paused, None);
    assert_eq!(store.next_attempt().unwrap(), Some(day(1)));
    assert_eq!(take(&store, day(2)).map(|mail| mail.id), Some(mail));
}

#[test]
fn skipping_gives_up_what_waits_and_begins_with_what_is_new_from_then_on() {
    let (_folder, store) = store();
    let known = jobs(&store, 0..2);
    let one = subscribed(&store, "one@example.edu");
    let dropped = queue(&store, one.subscriber, &known[..1], day(1));
    store.drop_mail(dropped, day(1)).unwrap();
    let queued = queue(&store, one.subscriber, &known[1..], day(2));
    let held = queue(&store, one.subscriber, &known[..1], day(3));
    store.hold_mail(held).unwrap();
    store.resume_mail(true, day(4)).unwrap();
    assert_eq!([queued, held].map(|mail| state(&store, mail)), [MailState::Cancelled; 2]);
    assert_eq!((take(&store, day(4)), waiting(&store), store.mail_bytes(queued).unwrap()), (None, vec![], None));
    assert_eq!(store.saved_search(one.search).unwrap().unwrap().cursor, store.last_event_id().unwrap());
    // It was told before the backup's time, as far as anybody knows: it is not told again.
    assert_eq!(told(&store, one.subscriber).len(), 2);
}

#[test]
fn a_restored_database_mails_nothing_until_a_person_says_so() {
    let (folder, store) = store();
    let one = subscribed(&store, "one@example.edu");
    let mail = queue(&store, one.subscriber, &[], day(1));
    let (database, backup) = (store.path().to_owned(), folder.path().join("backup.db"));
    store.backup(&backup).unwrap();
    // What happens after the backup is not in it.
    take(&store, day(1)).unwrap();
    store.end_attempt(mail, accepted(), RESEND, day(1)).unwrap();
    let later = subscribed(&store, "later@example.edu");
    drop(store);
    let kept = put_back(&database, &backup);
    let store = Store::open(&database).unwrap();
    assert!(store.mail_standing().unwrap().paused.unwrap().1.contains("restored"));
    assert_eq!((take(&store, day(6)), store.next_attempt().unwrap()), (None, None));
    // Reopened, and paused and resumed by somebody else: the mark is what counts.
    store.pause_mail("why not", day(6)).unwrap();
    drop(store);
    let store = Store::open(&database).unwrap();
    assert_eq!(take(&store, day(6)), None);
    // Numbers that were given after the backup are not given again: links are made of them.
    let new = subscribed(&store, "new@example.edu");
    assert!(new.subscriber > later.subscriber && new.search > later.search);
    drop(store);
    put_back(&database, &backup);
    let store = Store::open(&database).unwrap();
    let newer = subscribed(&store, "newer@example.edu");
    assert!(newer.subscriber > new.subscriber && newer.search > new.search, "{newer:?} {new:?}");
    store.resume_mail(false, day(6)).unwrap();
    assert_eq!((store.restored_at().unwrap(), take(&store, day(4)).map(|mail| mail.id)), (None, Some(mail)));
    assert_eq!(Store::open(&kept).unwrap().mail_key().unwrap(), key(&store), "what was there before is whole as well");
}

#[test]
fn who_has_left_since_a_backup_was_made_stays_gone() {
    let (folder, store) = store();
    let (gone, back) = (subscribed(&store, "gone@example.edu"), subscribed(&store, "back@example.edu"));
    let known = jobs(&store, 0..1);
    queue(&store, gone.subscriber, &known, day(1));
    let (database, backup) = (store.path().to_owned(), folder.path().join("backup.db"));
    store.backup(&backup).unwrap();
    store.remove_subscriber(gone.subscriber, "unsubscribed", day(2)).unwrap();
    let never_in_it = subscribed(&store, "later@example.edu");
    store.remove_subscriber(never_in_it.subscriber, "complained", day(2)).unwrap();
    drop(store);
    put_back(&database, &backup);
    let store = Store::open(&database).unwrap();
    let left: Vec<SubscriberId> = store.subscribers().unwrap().into_iter().map(|known| known.id).collect();
    assert_eq!(left, [back.subscriber]);
    for (mailbox, why) in [("gone@example.edu", "unsubscribed"), ("later@example.edu", "complained")] {
        assert_eq!(store.suppression(&key(&store), &address(mailbox)).unwrap().as_deref(), Some(why));
    }
    store.resume_mail(false, day(6)).unwrap();
    assert_eq!(take(&store, day(3)), None, "nor does the mail leave that was on its way then");
    let bytes = std::fs::read(&database).unwrap();
    assert!(memchr::memmem::find(&bytes, b"gone@example").is_none());
    assert!(store.integrity_check().unwrap().is_empty());
    // A database of somebody else says nothing about ours.
    drop(store);
    let theirs = folder.path().join("theirs.db");
    let other = Store::open(&theirs).unwrap();
    let same = subscribed(&other, "back@example.edu");
    other.remove_subscriber(same.subscriber, "removed", day(2)).unwrap();
    drop(other);
    put_back(&theirs, &backup);
    assert_eq!(Store::open(&theirs).unwrap().subscribers().unwrap().len(), 2);
}

#[test]
fn a_backup_has_its_key_beside_it_and_a_restore_puts_both_in_place() {
    let (folder, store) = store();
    subscribed(&store, "one@example.edu");
    let (own, database) = (key(&store), store.path().to_owned());
    let backup = folder.path().join("backup.db");
    store.backup(&backup).unwrap();
    let key_file = |path: &Path| beside(path, ".key");
    assert_eq!(std::fs::read(key_file(&backup)).unwrap(), std::fs::read(key_file(&database)).unwrap());
    #[cfg(unix)]
    {
        let mode = std::fs::metadata(key_file(&backup)).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    }
    // A backup that cannot be made touches no key.
    std::fs::write(key_file(&backup), "another's").unwrap();
    assert!(matches!(store.backup(&backup), Err(StoreError::Exists { .. })));
    assert_eq!(std::fs::read_to_string(key_file(&backup)).unwrap(), "another's");
    std::fs::copy(key_file(&database), key_file(&backup)).unwrap();
    drop(store);
    // On another machine, over a database with a key of its own.
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let theirs = Store::open(&other.join("jobs.db")).unwrap();
    let their_key = theirs.mail_key().unwrap();
    drop(theirs);
    let kept = put_back(&other.join("jobs.db"), &backup);
    let restored = Store::open(&other.join("jobs.db")).unwrap();
    assert_eq!(restored.mail_key().unwrap(), own);
    assert_eq!(Store::open(&kept).unwrap().mail_key().unwrap(), their_key);
    assert!(restored.subscriber_at(&own, &address("one@example.edu")).unwrap().is_some());
}

#[test]
fn a_restore_that_dies_between_the_database_and_its_key_is_finished_by_the_next_look() {
    let (folder, store) = store();
    let (own, backup) = (key(&store), folder.path().join("backup.db"));
    store.backup(&backup).unwrap();
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let database = other.join("jobs.db");
    let their_key = Store::open(&database).unwrap().mail_key().unwrap();
    put_back(&database, &backup);
    // As it was just before the last step.
    let arrived = beside(&beside(&database, ".restoring"), ".key");
    std::fs::rename(beside(&database, ".key"), &arrived).unwrap();
    assert_eq!(Store::open(&database).unwrap().mail_key().unwrap(), own, "where none stood");
    std::fs::rename(beside(&database, ".key"), &arrived).unwrap();
    let words = std::fs::read_to_string(&arrived).unwrap();
    std::fs::write(beside(&database, ".key"), format!("{}\n", blake3::hash(b"theirs"))).unwrap();
    assert_eq!(Store::open(&database).unwrap().mail_key().unwrap(), own, "where another one stood");
    assert!(!arrived.exists());
    // A stray one does no harm.
    std::fs::write(&arrived, format!("{}\n", blake3::hash(b"stray"))).unwrap();
    assert_eq!(Store::open(&database).unwrap().mail_key().unwrap(), own);
    assert_eq!(std::fs::read_to_string(beside(&database, ".key")).unwrap(), words);
    assert_ne!(own, their_key);
}

#[test]
fn two_processes_agree_on_one_key() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.db");
        let stores = [0, 1, 2].map(|_| Store::open(&path).unwrap());
        let keys = stores.map(|store| std::thread::spawn(move || store.mail_key().unwrap()));
        let keys = keys.map(|key| key.join().unwrap());
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(Store::open(&path).unwrap().mail_key().unwrap(), keys[0]);
    }
}

#[test]
fn a_database_of_the_schema_before_is_upgraded_and_has_no_subscribers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let before = &crate::store::migrate::MIGRATIONS[..8];
    let mut connection = crate::store::connection::open_writer(&path).unwrap();
    crate::store::migrate::migrate(&mut connection, &path, before).unwrap();
    let version =
        |connection: &Connection| -> i64 { connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap() };
    assert_eq!(version(&connection), 8);
    drop(connection);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.subscribers().unwrap(), []);
    assert_eq!(store.mail_standing().unwrap(), crate::model::MailStanding::default());
    assert_eq!(version(&Connection::open(folder.path().join("jobs.db.v8.bak")).unwrap()), 8);
    let one = subscribed(&store, "one@example.edu");
    queue(&store, one.subscriber, &jobs(&store, 0..2), day(1));
    assert!(store.integrity_check().unwrap().is_empty());
}

/// A job's number is given again once its row has gone; a search that knew the job must not take the next
/// one for it.
#[test]
fn the_number_of_an_erased_job_is_not_given_to_one_that_a_search_would_take_for_it() {
    let (_folder, store) = store();
    let known = jobs(&store, 0..2);
    let seed = store.seed(&crate::model::Criteria::default(), None, day(0)).unwrap();
    let one = store.subscribe(&key(&store), new("one@example.edu", NewSearch { seed, ..looking_for("") })).unwrap();
    // Gone from its board twice, and closed for long.
    for at in 1..3 {
        store.commit_page(sample::answer("ahima", 1, Vec::new(), day(at))).unwrap();
        sample::finish(&store, "ahima", day(at));
    }
    let plan = crate::store::RetentionPlan { closed_jobs: Some(TimeDelta::days(9)), ..Default::default() };
    let report = store.upkeep_now(day(100), &plan).unwrap();
    assert_eq!(report.jobs, 2);
    store.commit_page(sample::answer("ahima", 9, vec![sample::posting("ahima", "9", "x y z")], day(100))).unwrap();
    let names = store.job_names(&[job("9"), known[0].clone()], day(1)).unwrap();
    assert_eq!(names.len(), 1);
    assert!(!names[&job("9")].any_in(&store.known_to(one.search).unwrap()));
}
