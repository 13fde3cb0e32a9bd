//! What its reader has ended does not arrive any more, and what other searches tell is not lost with it.

use super::*;
use crate::store::sample::store;

/// Somebody with two searches and a mail that tells a job by each.
struct Reader {
    folder: tempfile::TempDir,
    store: Store,
    subscriber: SubscriberId,
    searches: [SearchId; 2],
    jobs: Vec<JobId>,
    mail: MailId,
}

fn reader() -> Reader {
    let (folder, store) = store();
    let jobs = jobs(&store, 0..2);
    let one = subscribed(&store, "one@example.edu");
    let other = store.subscribe(&key(&store), new("one@example.edu", looking_for("state=KY"))).unwrap();
    let mut made = digest(&store, one.subscriber, &jobs, day(1));
    made.told[1].search = other.search;
    let Committed::Mail(mail) = store.commit_digest(made).unwrap() else { panic!() };
    Reader { folder, store, subscriber: one.subscriber, searches: [one.search, other.search], jobs, mail }
}

#[test]
fn a_search_that_is_removed_or_paused_takes_its_mail_back_and_leaves_the_rest_to_the_others() {
    for remove in [true, false] {
        let Reader { folder: _folder, store, searches: [ended, other], jobs, mail, .. } = reader();
        if remove {
            assert!(store.remove_search(ended, day(1)).unwrap());
        } else {
            store.set_search_state(ended, SubscriberState::Paused, None, day(1)).unwrap();
        }
        assert_eq!((state(&store, mail), take(&store, day(1))), (MailState::Cancelled, None));
        let mut of_other: Vec<JobId> =
            waiting(&store).into_iter().filter(|(s, _)| *s == other).map(|(_, job)| job).collect();
        of_other.sort();
        let mut all = jobs.clone();
        all.sort();
        // The job that the ended search told may be one of the other's too: it has looked at it already.
        assert_eq!(of_other, all);
        assert_eq!(waiting(&store).iter().filter(|(search, _)| *search == ended).count(), usize::from(!remove));
    }
}

#[test]
fn a_mail_that_is_being_tried_meanwhile_counts_if_it_arrives_and_is_not_tried_again_if_not() {
    for arrives in [true, false] {
        let Reader { folder: _folder, store, subscriber, searches: [ended, _], mail, .. } = reader();
        assert!(take(&store, day(1)).is_some());
        assert!(store.remove_search(ended, day(1)).unwrap());
        assert_eq!(state(&store, mail), MailState::Sending);
        store.end_attempt(mail, if arrives { accepted() } else { deferred() }, RESEND, day(1)).unwrap();
        assert_eq!(take(&store, day(2)), None);
        let expected = if arrives { MailState::Sent } else { MailState::Cancelled };
        assert_eq!((state(&store, mail), told(&store, subscriber).len()), (expected, if arrives { 2 } else { 0 }));
        assert_eq!(waiting(&store).len(), if arrives { 0 } else { 2 });
    }
}

#[test]
fn a_pause_keeps_what_is_on_its_way_for_later() {
    let Reader { folder: _folder, store, subscriber, mail, .. } = reader();
    store.pause_subscriber(subscriber, true, Some(day(9))).unwrap();
    assert_eq!((take(&store, day(2)), state(&store, mail)), (None, MailState::Cancelled));
    assert_eq!(waiting(&store).len(), 2);
    assert_eq!(store.due_subscribers(day(9)).unwrap().len(), 1);
    // One that is queued when its reader's pause has ended by itself goes out.
    let later = queue(&store, subscriber, &[], day(9));
    store.pause_subscriber(subscriber, true, Some(day(10))).unwrap();
    assert_eq!(take(&store, day(10)).map(|mail| mail.id), Some(later));
}

#[test]
fn who_leaves_while_a_mail_is_being_tried_has_left() {
    let Reader { folder: _folder, store, subscriber, mail, .. } = reader();
    assert!(take(&store, day(1)).is_some());
    store.remove_subscriber(subscriber, "unsubscribed", day(1)).unwrap().unwrap();
    for outcome in [accepted(), deferred(), SendOutcome::RecipientRefused { reply: "550".into() }] {
        store.end_attempt(mail, outcome, RESEND, day(1)).unwrap();
        let record = store.mail(mail).unwrap().unwrap();
        assert_eq!((record.state, record.subscriber, record.reply), (MailState::Cancelled, None, None));
    }
    assert_eq!((take(&store, day(2)), store.mail_bytes(mail).unwrap()), (None, None));
}
