//! Where searches begin, and who is due.

use super::*;
use crate::model::Criteria;
use crate::store::sample::{commit, posting, store};

fn due(store: &Store, now: DateTime<Utc>) -> Vec<(SubscriberId, Vec<SearchId>)> {
    let due = store.due_subscribers(now).unwrap().into_iter();
    due.map(|due| (due.subscriber.id, due.searches.iter().map(|search| search.id).collect())).collect()
}

fn seeded(store: &Store, since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> NewSearch {
    let seed = store.seed(&Criteria::default(), since, now).unwrap();
    NewSearch { since, seed, ..looking_for("") }
}

#[test]
fn a_search_begins_with_what_is_new_from_then_on_or_looks_back() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "Coder a b")], day(0));
    let later = crate::store::sample::answer("ahima", 2, vec![posting("ahima", "2", "Biller c d")], day(3));
    store.commit_page(later).unwrap();
    let key = key(&store);
    let from_now = store.subscribe(&key, new("now@example.edu", seeded(&store, None, day(4)))).unwrap();
    let back = store.subscribe(&key, new("back@example.edu", seeded(&store, Some(day(2)), day(4)))).unwrap();
    let far = store.subscribe(&key, new("far@example.edu", seeded(&store, Some(day(-9)), day(4)))).unwrap();
    let names = store.job_names(&[job("1"), job("2")], day(1)).unwrap();
    let knows = |search, id: &str| names[&job(id)].any_in(&store.known_to(search).unwrap());
    assert!(knows(from_now.search, "1") && knows(from_now.search, "2"));
    assert!(knows(back.search, "1") && !knows(back.search, "2"));
    assert!(!knows(far.search, "1") && !knows(far.search, "2"));
    let mut waits = waiting(&store);
    waits.sort_by_key(|(search, job)| (search.0, job.as_str().to_owned()));
    let mut expected = vec![(back.search, job("2")), (far.search, job("1")), (far.search, job("2"))];
    expected.sort_by_key(|(search, job)| (search.0, job.as_str().to_owned()));
    assert_eq!(waits, expected);
    // All that has happened so far is behind them.
    let last = store.last_event_id().unwrap();
    assert_eq!(store.saved_search(from_now.search).unwrap().unwrap().cursor, last);
    assert_eq!(store.saved_search(far.search).unwrap().unwrap().cursor, last);
    // What is looked back for is wanted at once.
    let all: Vec<SubscriberId> = due(&store, day(0)).into_iter().map(|(id, _)| id).collect();
    assert_eq!(all, [back.subscriber, far.subscriber]);
}

#[test]
fn each_is_due_at_their_slot_with_all_searches_whose_slot_it_is() {
    let (_folder, store) = store();
    let one = subscribed(&store, "one@example.edu");
    let two = subscribed(&store, "two@example.edu");
    let mut weekly = looking_for("state=KY");
    weekly.cadence.every = Every::Weekly;
    let second = store.subscribe(&key(&store), new("one@example.edu", weekly.clone())).unwrap();
    let (first_slot, weekly_slot) = (daily().next_after(day(0)).unwrap(), weekly.cadence.next_after(day(0)).unwrap());
    assert_eq!(store.next_due().unwrap(), Some(first_slot));
    assert!(due(&store, first_slot - minutes(1)).is_empty());
    assert_eq!(due(&store, first_slot), due(&store, weekly_slot - minutes(1)));
    // Day 0 is a Sunday, before the morning in Chicago.
    assert_eq!(weekly_slot - first_slot, TimeDelta::days(1));
    assert_eq!(due(&store, first_slot), [(one.subscriber, vec![one.search]), (two.subscriber, vec![two.search])]);
    let all = [(one.subscriber, vec![one.search, second.search]), (two.subscriber, vec![two.search])];
    assert_eq!(due(&store, weekly_slot), all);
    // After weeks without anybody to make digests they are due once.
    assert_eq!(due(&store, day(60)), all);
    store.move_on(vec![step(&store, one.search, 0, weekly_slot)]).unwrap();
    assert_eq!(due(&store, weekly_slot)[0], (one.subscriber, vec![second.search]));
}

#[test]
fn a_pause_holds_until_its_day_and_a_digest_ends_it() {
    let (_folder, store) = store();
    let one = subscribed(&store, "one@example.edu");
    store.pause_subscriber(one.subscriber, true, Some(day(5))).unwrap();
    assert!(due(&store, day(5) - minutes(1)).is_empty());
    assert_eq!(store.next_due().unwrap(), Some(day(5)));
    assert_eq!(due(&store, day(5)).len(), 1);
    let mail = queue(&store, one.subscriber, &[], day(5));
    assert_eq!(store.subscriber(one.subscriber).unwrap().unwrap().state, SubscriberState::Active);
    assert_eq!(take(&store, day(5)).map(|mail| mail.id), Some(mail));
    // For good is for good.
    store.pause_subscriber(one.subscriber, true, None).unwrap();
    store.end_attempt(mail, accepted(), RESEND, day(5)).unwrap();
    assert!(due(&store, day(500)).is_empty() && store.next_due().unwrap().is_none());
    // A search can be paused by itself.
    store.pause_subscriber(one.subscriber, false, None).unwrap();
    store.set_search_state(one.search, SubscriberState::Paused, None, day(6)).unwrap();
    assert!(due(&store, day(500)).is_empty());
    store.set_search_state(one.search, SubscriberState::Active, None, day(7)).unwrap();
    assert_eq!(due(&store, day(9)).len(), 1);
}

#[test]
fn nobody_gets_a_second_digest_while_one_is_on_its_way() {
    let (_folder, store) = store();
    let one = subscribed(&store, "one@example.edu");
    let slot = daily().next_after(day(0)).unwrap();
    let mail = queue(&store, one.subscriber, &[], slot);
    let next = daily().next_after(slot).unwrap();
    assert!(due(&store, next).is_empty(), "queued");
    assert_eq!(store.next_due().unwrap(), None, "so nobody looks in vain");
    take(&store, next).unwrap();
    assert!(due(&store, next).is_empty(), "being tried");
    store.end_attempt(mail, SendOutcome::Unknown { why: "hung up".into() }, RESEND, next).unwrap();
    assert!(due(&store, next).is_empty(), "unknown");
    // Held back by a person, it does not keep the others back.
    store.hold_mail(mail).unwrap();
    assert_eq!((due(&store, next).len(), store.next_due().unwrap()), (1, Some(next)));
    store.retry_mail(mail, next).unwrap();
    assert!(due(&store, next).is_empty());
    take(&store, next).unwrap();
    store.end_attempt(mail, accepted(), RESEND, next).unwrap();
    assert_eq!(due(&store, next).len(), 1);
}

#[test]
fn instant_searches_are_due_when_something_happened_or_waits_and_not_for_ever() {
    let (_folder, store) = store();
    jobs(&store, 0..1);
    let mut search = seeded(&store, None, day(0));
    search.cadence.every = Every::Instant;
    let one = store.subscribe(&key(&store), new("one@example.edu", search)).unwrap();
    assert!(due(&store, day(1)).is_empty() && store.next_due().unwrap().is_none());
    jobs(&store, 1..2);
    assert_eq!(due(&store, day(1)).len(), 1);
    let last = store.last_event_id().unwrap();
    store.move_on(vec![step(&store, one.search, last, day(1))]).unwrap();
    assert!(due(&store, day(1)).is_empty());
    // A mail that failed lets its jobs wait.
    let mail = queue(&store, one.subscriber, &[job("1")], day(1));
    assert!(!store.has_instant_waiting().unwrap());
    take(&store, day(1)).unwrap();
    store.end_attempt(mail, SendOutcome::MessageRefused { reply: "554".into() }, RESEND, day(1)).unwrap();
    assert!(due(&store, day(1)).len() == 1 && store.has_instant_waiting().unwrap());
    // What waited and is no job for it any more is looked at once.
    store.move_on(vec![step(&store, one.search, last, day(1))]).unwrap();
    assert!(due(&store, day(1)).is_empty() && !store.has_instant_waiting().unwrap() && waiting(&store).is_empty());
}

#[test]
fn what_is_changed_begins_anew_only_where_it_looks_for_something_else() {
    let (_folder, store) = store();
    jobs(&store, 0..2);
    let one = store.subscribe(&key(&store), new("one@example.edu", seeded(&store, Some(day(-1)), day(0)))).unwrap();
    assert_eq!(waiting(&store).len(), 2);
    let mut change = NewSearch { name: Some("mine".into()), ..looking_for("") };
    change.cadence.at = NaiveTime::from_hms_opt(18, 0, 0).unwrap();
    store.change_search(one.search, change.clone(), day(1)).unwrap();
    let changed = store.saved_search(one.search).unwrap().unwrap();
    assert_eq!((changed.name.as_deref(), &changed.cadence), (Some("mine"), &change.cadence));
    assert_eq!((waiting(&store).len(), changed.due_at), (2, change.cadence.next_after(day(1)).unwrap()));
    let other = NewSearch {
        filters: "state=KY".into(),
        seed: store.seed(&Criteria::default(), None, day(1)).unwrap(),
        ..change
    };
    store.change_search(one.search, other, day(1)).unwrap();
    assert_eq!((waiting(&store).len(), store.known_to(one.search).unwrap().len()), (0, 2));
}

#[test]
fn looking_for_who_is_due_reads_no_history() {
    let (_folder, store) = store();
    let plan = |sql: &str| -> String {
        store
            .read(|connection| {
                let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let rows = statement.raw_query().mapped(|row| row.get::<_, String>(3));
                Ok(rows.collect::<Result<Vec<_>, _>>()?.join("\n"))
            })
            .unwrap()
    };
    let due = plan(&super::super::due::due_sql());
    for expected in ["search_due", "INTEGER PRIMARY KEY", "outbox_unfinished"] {
        assert!(due.contains(expected), "{due}");
    }
    assert!(!due.contains("SCAN"), "{due}");
    let first = plan(&super::super::due::next_sql());
    assert!(first.contains("SCAN q USING INDEX search_due") && first.contains("outbox_unfinished"), "{first}");
    assert!(!first.contains("TEMP B-TREE"), "{first}");
    let next = plan(super::super::attempts::FIRST);
    assert!(next.contains("SEARCH o USING INDEX outbox_next (next_at<?)"), "{next}");
    assert!(!next.contains("SCAN") && !next.contains("TEMP B-TREE"), "{next}");
    let min = plan("SELECT min(next_at) FROM outbox WHERE state IN ('queued', 'unknown')");
    assert!(min.contains("outbox_next"), "{min}");
    let dead = plan("SELECT id, deaths FROM outbox WHERE ended_at IS NULL AND state = 'sending'");
    assert!(dead.contains("outbox_unfinished"), "{dead}");
}
