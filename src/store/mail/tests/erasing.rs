//! Who is erased leaves no address behind: the raw files are searched.

use std::path::Path;

use super::*;
use crate::store::beside;
use crate::store::sample::store;

/// Tells in which of a database's files a text stands, in whatever case.
fn files_with(database: &Path, text: &str) -> Vec<String> {
    let needle = text.to_ascii_lowercase().into_bytes();
    let holds = |path: &Path| {
        let bytes = std::fs::read(path).unwrap_or_default().to_ascii_lowercase();
        memchr::memmem::find(&bytes, &needle).is_some()
    };
    let endings = ["", "-wal", "-shm", "-journal", ".key"];
    endings.iter().filter(|ending| holds(&beside(database, ending))).map(|ending| (*ending).to_owned()).collect()
}

fn erase(store: &Store, subscriber: SubscriberId) -> super::super::Removed {
    store.remove_subscriber(subscriber, "removed", day(3)).unwrap().unwrap()
}

#[test]
fn an_address_is_in_no_file_once_its_owner_is_erased() {
    let (_folder, store) = store();
    let known = jobs(&store, 0..3);
    let other = subscribed(&store, "somebody-else@example.edu");
    queue(&store, other.subscriber, &known, day(0));
    let added = subscribed(&store, "Secret.Person@example.edu");
    let mut search = looking_for("state=KY");
    search.name = Some("for secret.person@example.edu".into());
    store
        .subscribe(
            &key(&store),
            NewSubscriber {
                consent: Consent { who: "secret.person@example.edu".into(), ..consent() },
                ..new("secret.person@example.edu", search)
            },
        )
        .unwrap();
    // One mail has left, one came back with words, one is on its way.
    queue(&store, added.subscriber, &known[..1], day(0) + minutes(1));
    let mut now = day(0) + minutes(1);
    while let Some(mail) = take(&store, now) {
        store.end_attempt(mail.id, accepted(), RESEND, now).unwrap();
    }
    now = day(1);
    queue(&store, added.subscriber, &known[1..], now);
    let mail = take(&store, now).unwrap();
    let reply = "452 <Secret.Person@example.edu> mailbox full".to_owned();
    store.end_attempt(mail.id, SendOutcome::Deferred { reply }, RESEND, now).unwrap();
    store.write(move |work| {
        work.tx.execute(
            "INSERT INTO bounce (mail, at, kind, diagnostic) SELECT id, 0, 'soft', 'to secret.person@example.edu' FROM outbox
             WHERE subscriber = ?1",
            [added.subscriber.0],
        )?;
        Ok(())
    })
    .unwrap();
    assert!(!files_with(store.path(), "secret.person").is_empty());
    let erased = erase(&store, added.subscriber);
    assert_eq!((erased.searches, erased.mails), (2, 1));
    assert_eq!(files_with(store.path(), "secret.person"), [""; 0]);
    // The others are all there.
    assert!(!files_with(store.path(), "somebody-else").is_empty());
    assert_eq!(told(&store, other.subscriber).len(), 3);
    assert!(told(&store, added.subscriber).is_empty());
    assert_eq!(take(&store, day(4)), None, "what was on its way is not sent");
    assert!(store.integrity_check().unwrap().is_empty());
    assert_eq!(store.remove_subscriber(added.subscriber, "removed", day(3)).unwrap(), None, "and only once");
}

/// Rows move between pages as others come and go, and are written anew as they change; no copy is left in
/// what is free of any page.
#[test]
fn no_copy_is_left_behind_by_what_happens_to_a_row_before_it_goes() {
    let (_folder, store) = store();
    let key = key(&store);
    let name = |at: usize| format!("person-{at:04}-{}", "x".repeat(at % 50));
    let mut ids = Vec::new();
    for from in (0..800).step_by(100) {
        let all = (from..from + 100).map(|at| new(&format!("{}@example.edu", name(at)), looking_for("q=coder")));
        for added in store.subscribe_all(&key, all.collect()).unwrap() {
            ids.push(added.unwrap().subscriber);
        }
    }
    for (at, id) in ids.iter().enumerate() {
        if at % 3 == 0 {
            queue(&store, *id, &[], day(0));
        }
        if at % 5 == 0 {
            store.pause_subscriber(*id, true, Some(day(9))).unwrap();
            store.pause_subscriber(*id, false, None).unwrap();
        }
    }
    let mut last = None;
    while let Some(mail) = store.next_mail(last.take(), RESEND, day(1)).unwrap() {
        let outcome = match mail.id.0 % 3 {
            0 => deferred(),
            1 => accepted(),
            _ => SendOutcome::RecipientRefused { reply: format!("550 no {}", mail.to.as_str()) },
        };
        last = Some((mail.id, outcome));
    }
    // Those in between first, then whole pages full of them.
    let gone: Vec<usize> = (0..800).filter(|at| at % 9 == 0 || (300..500).contains(at)).collect();
    for at in &gone {
        erase(&store, ids[*at]);
    }
    let files = ["", "-wal"].map(|ending| std::fs::read(beside(store.path(), ending)).unwrap());
    for at in gone {
        let finder = memchr::memmem::Finder::new(&name(at)).into_owned();
        assert!(files.iter().all(|file| finder.find(file).is_none()), "{}", name(at));
    }
    assert!(store.integrity_check().unwrap().is_empty());
}

#[test]
fn who_never_confirmed_and_whose_mailbox_is_dead_leave_no_address_either() {
    let (_folder, store) = store();
    let limits = super::super::ConfirmationLimits::default();
    let asked = store.request_search(&key(&store), &address("never@example.edu"), looking_for(""), (limits, day(0)));
    let super::super::Requested::Confirm(asked) = asked.unwrap() else { panic!() };
    let mail = NewMail { message_id: "m".into(), token: "m".into(), bytes: b"To: never@example.edu".to_vec() };
    store.queue_confirmation(asked.subscribed.subscriber, asked.subscribed.search, mail, day(0)).unwrap();
    let dead = subscribed(&store, "dead@example.edu");
    queue(&store, dead.subscriber, &[], day(0));
    let mut last = None;
    while let Some(mail) = store.next_mail(last.take(), RESEND, day(0)).unwrap() {
        let refused = SendOutcome::RecipientRefused { reply: "550 no".into() };
        let is_dead = mail.to.as_str().starts_with("dead");
        last = Some((mail.id, if is_dead { refused } else { deferred() }));
    }
    assert_eq!(store.forget_unconfirmed(day(6)).unwrap(), 0);
    store.tidy_mail(day(6)).unwrap();
    assert!(!files_with(store.path(), "never@").is_empty() && !files_with(store.path(), "dead@").is_empty());
    assert_eq!(store.forget_unconfirmed(day(7)).unwrap(), 1);
    assert_eq!(files_with(store.path(), "never@"), [""; 0]);
    assert_eq!(state(&store, MailId(1)), MailState::Cancelled);
    store.tidy_mail(day(31)).unwrap();
    assert_eq!(files_with(store.path(), "dead@"), [""; 0]);
    assert_eq!(store.suppression(&key(&store), &address("never@example.edu")).unwrap(), None, "they said nothing");
}

#[test]
fn a_reader_that_stands_in_the_way_puts_the_emptying_off_and_fails_nothing() {
    let (_folder, store) = store();
    let added = subscribed(&store, "secret@example.edu");
    store
        .read(|connection| {
            connection.query_row("SELECT count(*) FROM subscriber", [], |_| Ok(()))?;
            erase(&store, added.subscriber);
            Ok(())
        })
        .unwrap();
    assert_eq!(store.subscriber(added.subscriber).unwrap(), None);
    // Once it has gone, the next quiet does it.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !files_with(store.path(), "secret@").is_empty() {
        assert!(std::time::Instant::now() < until, "the log was never emptied");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}
