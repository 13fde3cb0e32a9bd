//! A digest is committed wholly or not at all, and by one of those who made it.

use super::*;
use crate::store::sample::store;

fn commit(store: &Store, digest: DigestCommit) -> Committed {
    store.commit_digest(digest).unwrap()
}

#[test]
fn a_digest_is_a_mail_what_it_tells_and_how_far_its_searches_have_looked() {
    let (_folder, store) = store();
    let known = jobs(&store, 0..4);
    let one = subscribed(&store, "one@example.edu");
    let slot = daily().next_after(day(0)).unwrap();
    let mut made = digest(&store, one.subscriber, &known[..2], slot);
    made.steps[0].to = store.last_event_id().unwrap();
    made.held_over = vec![(one.search, known[2].clone(), ToldAs::May)];
    let bytes = made.mail.as_ref().unwrap().bytes.clone();
    let Committed::Mail(mail) = commit(&store, made.clone()) else { panic!() };
    assert_eq!(store.mail_bytes(mail).unwrap(), Some(bytes));
    let record = store.mail(mail).unwrap().unwrap();
    assert_eq!((record.state, record.slot, record.jobs), (MailState::Queued, slot, 2));
    let search = store.saved_search(one.search).unwrap().unwrap();
    assert_eq!((search.cursor, search.looked_at), (store.last_event_id().unwrap(), slot));
    assert_eq!(search.due_at, daily().next_after(slot).unwrap());
    assert_eq!(waiting(&store), [(one.search, known[2].clone())]);
    assert_eq!(told(&store, one.subscriber).len(), 2);
    // Again, however often: somebody was quicker.
    assert_eq!(commit(&store, made), Committed::Overtaken);
    assert_eq!(number(&store, "SELECT count(*) FROM outbox"), 1);
    // The next one takes up what waited.
    queue(&store, one.subscriber, &known[2..], slot + minutes(1440));
    assert!(waiting(&store).is_empty());
}

#[test]
fn one_mail_is_made_for_each_slot() {
    let (_folder, store) = store();
    let one = subscribed(&store, "one@example.edu");
    let other = store.subscribe(&key(&store), new("one@example.edu", looking_for("state=KY"))).unwrap();
    let made = digest(&store, one.subscriber, &[], day(1));
    let of = |search: SearchId, slot| DigestCommit {
        steps: vec![step(&store, search, 0, day(1))],
        slot,
        mail: Some(NewMail { message_id: format!("{search}"), token: format!("{search}"), bytes: Vec::new() }),
        ..made.clone()
    };
    let (first, second, third) = (of(one.search, day(1)), of(other.search, day(1)), of(other.search, day(2)));
    assert!(matches!(commit(&store, first), Committed::Mail(_)));
    assert_eq!(commit(&store, second), Committed::Overtaken);
    assert!(matches!(commit(&store, third), Committed::Mail(_)));
}

#[test]
fn whatever_changes_while_a_digest_is_composed_overtakes_it() {
    let (_folder, store) = store();
    let known = jobs(&store, 0..2);
    let mut at = 0;
    let mut overtaken = |change: &dyn Fn(Subscribed, MailId)| {
        at += 1;
        let one = subscribed(&store, &format!("p{at}@example.edu"));
        let failing = queue(&store, one.subscriber, &known[..1], day(0) + minutes(at));
        let made = digest(&store, one.subscriber, &known[1..], day(1) + minutes(at));
        change(one, failing);
        commit(&store, made)
    };
    let unchanged = overtaken(&|_, _| {});
    assert!(matches!(unchanged, Committed::Mail(_)), "{unchanged:?}");
    let changes: [&dyn Fn(Subscribed, MailId); 10] = [
        &|one, _| store.move_on(vec![step(&store, one.search, 0, day(1))]).unwrap(),
        &|one, _| store.set_search_state(one.search, SubscriberState::Paused, None, day(1)).unwrap(),
        &|one, _| store.set_search_state(one.search, SubscriberState::Active, Some(Seed::default()), day(1)).unwrap(),
        &|one, _| store.change_search(one.search, looking_for("state=IN"), day(1)).unwrap(),
        &|one, _| assert!(store.remove_search(one.search, day(1)).unwrap()),
        &|one, _| assert!(store.pause_subscriber(one.subscriber, true, None).unwrap()),
        &|one, _| assert!(store.remove_subscriber(one.subscriber, "removed", day(1)).unwrap().is_some()),
        // What a failed mail gives back was not seen by whoever composes.
        &|_, failing| assert!(store.drop_mail(failing, day(1)).unwrap()),
        &|_, _| store.resume_mail(true, day(1)).unwrap(),
        &|one, _| {
            queue(&store, one.subscriber, &[], day(2));
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        assert_eq!(overtaken(change), Committed::Overtaken, "change {number}");
    }
    let paused = overtaken(&|one, _| assert!(store.pause_subscriber(one.subscriber, true, Some(day(1))).unwrap()));
    assert!(matches!(paused, Committed::Mail(_)), "a pause that is over is none");
}

#[test]
fn what_a_failed_mail_gives_back_is_not_lost_to_a_digest_that_was_being_composed() {
    let (_folder, store) = store();
    let known = jobs(&store, 0..2);
    let one = subscribed(&store, "one@example.edu");
    let held = queue(&store, one.subscriber, &known[..1], day(0));
    store.hold_mail(held).unwrap();
    let made = digest(&store, one.subscriber, &known[1..], day(1));
    store.drop_mail(held, day(1)).unwrap();
    assert_eq!(commit(&store, made), Committed::Overtaken);
    assert_eq!(waiting(&store), [(one.search, known[0].clone())]);
    store.move_on(vec![SearchStep { turn: 0, ..step(&store, one.search, 0, day(1)) }]).unwrap();
    assert_eq!(waiting(&store).len(), 1, "nor to one who found nothing before");
}

#[test]
fn a_digest_with_nothing_to_tell_moves_its_searches_on() {
    let (_folder, store) = store();
    let known = jobs(&store, 0..1);
    let one = subscribed(&store, "one@example.edu");
    let mail = queue(&store, one.subscriber, &known, day(0));
    store.drop_mail(mail, day(0)).unwrap();
    assert_eq!(waiting(&store).len(), 1);
    let quiet = DigestCommit { mail: None, ..digest(&store, one.subscriber, &[], day(1)) };
    assert_eq!(commit(&store, quiet), Committed::Quiet);
    assert!(waiting(&store).is_empty(), "what waited is no job for it any more, or it would have been told");
    assert_eq!(store.saved_search(one.search).unwrap().unwrap().due_at, daily().next_after(day(1)).unwrap());
}

#[test]
fn attempts_at_composing_are_counted_until_one_ends() {
    let (_folder, store) = store();
    let one = subscribed(&store, "one@example.edu");
    assert_eq!([1, 2, 3].map(|_| store.begin_composing(vec![one.subscriber]).unwrap()[0]), [1, 2, 3]);
    let later = step(&store, one.search, 0, day(5));
    store.put_off(one.subscriber, vec![later]).unwrap();
    assert_eq!(store.saved_search(one.search).unwrap().unwrap().due_at, later.due_at);
    assert_eq!(store.begin_composing(vec![one.subscriber]).unwrap(), [1]);
    queue(&store, one.subscriber, &[], day(6));
    assert_eq!(store.begin_composing(vec![one.subscriber]).unwrap(), [1]);
    assert_eq!(store.begin_composing(vec![SubscriberId(99)]).unwrap(), [0]);
}

/// SQLite writes nothing where nothing changes, and then waits for nothing: a settling that left the
/// database as it was would protect no mail from a loss of power.
#[test]
fn settling_writes_something_to_wait_for() {
    let (_folder, store) = store();
    subscribed(&store, "one@example.edu");
    let wal = || std::fs::metadata(crate::store::beside(store.path(), "-wal")).unwrap().len();
    let before = wal();
    store.settle_mail().unwrap();
    assert!(wal() > before);
}

#[test]
fn two_processes_that_make_the_same_digest_make_one() {
    let (_folder, store) = store();
    let known = jobs(&store, 0..3);
    let people: Vec<Subscribed> = (0..20).map(|at| subscribed(&store, &format!("p{at}@example.edu"))).collect();
    let other = Store::open(store.path()).unwrap();
    let process = |store: Store, turn: i64| {
        let (known, people) = (known.clone(), people.clone());
        std::thread::spawn(move || {
            let mut mails = 0;
            for one in people {
                // An instant mail's slot is its moment, which tells two of them not apart.
                let made = digest(&store, one.subscriber, &known, day(1) + minutes(turn));
                mails += usize::from(matches!(store.commit_digest(made).unwrap(), Committed::Mail(_)));
            }
            mails
        })
    };
    let steps: Vec<SearchStep> = people.iter().map(|one| step(&store, one.search, 0, day(1))).collect();
    let (one, two) = (process(store.clone(), 0), process(other, 1));
    let made = one.join().unwrap() + two.join().unwrap();
    // Whoever begins after the other has ended makes the next one; of those that overlap, one counts.
    let turns =
        steps.iter().map(|step| store.saved_search(step.search).unwrap().unwrap().turn - step.turn).sum::<i64>();
    assert_eq!(i64::try_from(made).unwrap(), turns);
    assert_eq!(number(&store, "SELECT count(*) FROM outbox"), turns);
    let doubled = "SELECT count(*) FROM (SELECT 1 FROM told GROUP BY subscriber, job, mail HAVING count(*) > 1)";
    assert_eq!(number(&store, doubled), 0);
}
