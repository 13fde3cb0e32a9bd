//! Double opt-in: what is asked for on the web waits for the word of the address's owner.

use super::*;
use crate::model::{Token, TokenPurpose};
use crate::store::sample::store;
use crate::store::{Confirmation, ConfirmationLimits, Requested};

fn request(store: &Store, mailbox: &str, filters: &str, now: DateTime<Utc>) -> Requested {
    let limits = ConfirmationLimits::default();
    store.request_search(&key(store), &address(mailbox), looking_for(filters), (limits, now)).unwrap()
}

fn asked(store: &Store, mailbox: &str, filters: &str, now: DateTime<Utc>) -> Confirmation {
    match request(store, mailbox, filters, now) {
        Requested::Confirm(confirmation) => confirmation,
        other => panic!("{other:?}"),
    }
}

fn confirm(store: &Store, token: &Token, now: DateTime<Utc>) -> Option<crate::model::SavedSearch> {
    let consent = Consent { at: now, who: "the subscriber, on the web".into(), basis: "double opt-in".into() };
    store.confirm(token, Seed::default(), consent, now).unwrap()
}

fn confirmation_mail(store: &Store, asked: &Confirmation, now: DateTime<Utc>) -> MailId {
    let name = format!("c{}", asked.subscribed.search);
    let mail = NewMail { message_id: name.clone(), token: name, bytes: b"Is it you?".to_vec() };
    store.queue_confirmation(asked.subscribed.subscriber, asked.subscribed.search, mail, now).unwrap()
}

#[test]
fn nothing_is_mailed_but_the_question_until_it_is_answered() {
    let (_folder, store) = store();
    let asked = asked(&store, "jo@example.edu", "state=OH", day(0));
    let subscriber = asked.subscribed.subscriber;
    assert_eq!(store.subscriber(subscriber).unwrap().unwrap().state, SubscriberState::Pending);
    assert!(store.due_subscribers(day(5)).unwrap().is_empty() && store.next_due().unwrap().is_none());
    let question = confirmation_mail(&store, &asked, day(0));
    let mail = take(&store, day(0)).unwrap();
    assert_eq!((mail.id, mail.to.as_str()), (question, "jo@example.edu"));
    store.end_attempt(mail.id, accepted(), RESEND, day(0)).unwrap();
    // Looking changes nothing.
    assert_eq!(store.search_to_confirm(&asked.token, day(1)).unwrap().unwrap().state, SubscriberState::Pending);
    assert_eq!(store.holder(&asked.token, TokenPurpose::Manage, day(1)).unwrap(), None, "it opens nothing else");
    let search = confirm(&store, &asked.token, day(1)).unwrap();
    assert_eq!(
        (search.id, search.state, search.created_at),
        (asked.subscribed.search, SubscriberState::Active, day(1))
    );
    let known = store.subscriber(subscriber).unwrap().unwrap();
    assert_eq!((known.state, known.confirmed_at), (SubscriberState::Active, Some(day(1))));
    assert_eq!(store.due_subscribers(day(3)).unwrap().len(), 1);
    let consents = store.consents(subscriber).unwrap();
    assert_eq!(consents.iter().map(|consent| consent.basis.as_str()).collect::<Vec<_>>(), ["double opt-in"]);
    // A link scanner, a second click: the same answer, and no second consent.
    assert_eq!(confirm(&store, &asked.token, day(2)), Some(store.saved_search(search.id).unwrap().unwrap()));
    assert_eq!(store.consents(subscriber).unwrap().len(), 1);
}

#[test]
fn a_search_is_one_however_often_it_is_asked_for_and_by_whatever_link_it_is_confirmed() {
    let (_folder, store) = store();
    let first = asked(&store, "jo@example.edu", "state=OH", day(0));
    let second = asked(&store, "jo@example.edu", "state=OH", day(0));
    let other = asked(&store, "jo@example.edu", "state=KY", day(0));
    let unsent = confirmation_mail(&store, &first, day(0));
    let confirmed = confirm(&store, &second.token, day(1)).unwrap();
    assert_eq!(confirm(&store, &first.token, day(1)).map(|search| search.id), Some(confirmed.id));
    assert_eq!(store.searches_of(confirmed.subscriber).unwrap().len(), 2);
    assert_eq!(state(&store, unsent), MailState::Cancelled, "the other question need not be asked any more");
    assert_eq!(request(&store, "jo@example.edu", "state=OH", day(1)), Requested::Double);
    // An office that adds what is being asked for answers it as well.
    let added = store.subscribe(&key(&store), new("jo@example.edu", looking_for("state=KY"))).unwrap();
    assert_eq!(confirm(&store, &other.token, day(1)).map(|search| search.id), Some(added.search));
    assert_eq!(store.searches_of(confirmed.subscriber).unwrap().len(), 2);
}

#[test]
fn nobody_is_flooded_and_nobody_floods() {
    let (_folder, store) = store();
    for at in 0..3 {
        asked(&store, "jo@example.edu", &format!("state=OH&limit={at}"), day(0));
    }
    assert_eq!(request(&store, "JO@example.edu", "state=KY", day(0)), Requested::Limited);
    assert_eq!(request(&store, "jo@example.edu", "state=KY", day(1) - minutes(1)), Requested::Limited);
    // Five may wait at a time, however old they are.
    asked(&store, "jo@example.edu", "state=KY", day(1) + minutes(1));
    asked(&store, "jo@example.edu", "state=IN", day(1) + minutes(1));
    assert_eq!(request(&store, "jo@example.edu", "state=MI", day(1) + minutes(1)), Requested::Limited);
    // Leaving does not open the door again.
    let victim = asked(&store, "victim@example.edu", "a=1", day(2));
    asked(&store, "victim@example.edu", "a=2", day(2));
    asked(&store, "victim@example.edu", "a=3", day(2));
    store.remove_subscriber(victim.subscribed.subscriber, "unsubscribed", day(2)).unwrap().unwrap();
    assert_eq!(request(&store, "victim@example.edu", "a=4", day(2)), Requested::Limited);
    // And all together.
    let limits = ConfirmationLimits { per_address: 3, per_hour: 10 };
    let ask = |mailbox: &str, now| {
        store.request_search(&key(&store), &address(mailbox), looking_for(""), (limits, now)).unwrap()
    };
    for at in 0..10 {
        assert!(matches!(ask(&format!("a{at}@example.edu"), day(5)), Requested::Confirm(_)));
    }
    assert_eq!(ask("last@example.edu", day(5) + minutes(59)), Requested::Limited);
    assert_eq!(store.subscriber_at(&key(&store), &address("last@example.edu")).unwrap(), None);
    assert!(matches!(ask("last@example.edu", day(5) + minutes(60)), Requested::Confirm(_)));
}

#[test]
fn ones_own_word_lifts_that_one_has_left_and_nothing_else() {
    let (_folder, store) = store();
    let key = key(&store);
    for why in ["unsubscribed", "removed"] {
        let mailbox = format!("{why}@example.edu");
        let added = subscribed(&store, &mailbox);
        store.remove_subscriber(added.subscriber, why, day(1)).unwrap().unwrap();
        let back = asked(&store, &mailbox, "state=OH", day(2));
        assert_eq!(store.suppression(&key, &address(&mailbox)).unwrap().as_deref(), Some(why), "asking lifts nothing");
        assert!(confirm(&store, &back.token, day(2)).is_some());
        assert_eq!(store.suppression(&key, &address(&mailbox)).unwrap(), None);
    }
    for why in ["bounced", "complained"] {
        let mailbox = format!("{why}@example.edu");
        let added = subscribed(&store, &mailbox);
        store.remove_subscriber(added.subscriber, why, day(1)).unwrap().unwrap();
        assert_eq!(request(&store, &mailbox, "state=OH", day(2)), Requested::Suppressed);
    }
    // Nor does a link that was mailed before mail came back.
    let one = subscribed(&store, "later@example.edu");
    let link = asked(&store, "later@example.edu", "state=KY", day(1));
    queue(&store, one.subscriber, &[], day(1));
    let mail = take(&store, day(1)).unwrap();
    store.end_attempt(mail.id, SendOutcome::RecipientRefused { reply: "550".into() }, RESEND, day(1)).unwrap();
    assert_eq!(request(&store, "later@example.edu", "state=IN", day(2)), Requested::Suppressed);
    assert_eq!(confirm(&store, &link.token, day(2)), None);
    assert_eq!(store.subscriber(one.subscriber).unwrap().unwrap().state, SubscriberState::Bounced);
}

#[test]
fn what_was_never_confirmed_is_forgotten_after_a_week() {
    let (_folder, store) = store();
    let never = asked(&store, "never@example.edu", "state=OH", day(0));
    let known = subscribed(&store, "known@example.edu");
    let also = asked(&store, "known@example.edu", "state=KY", day(0));
    let later = asked(&store, "never@example.edu", "state=KY", day(3));
    let question = confirmation_mail(&store, &also, day(0));
    store.hold_mail(question).unwrap();
    assert_eq!(store.forget_unconfirmed(day(7)).unwrap(), 2);
    assert_eq!(confirm(&store, &never.token, day(7)), None);
    assert!(store.subscriber(never.subscribed.subscriber).unwrap().is_some(), "another search of theirs still waits");
    assert_eq!(store.mail_bytes(question).unwrap(), None);
    assert!(store.subscriber(known.subscriber).unwrap().is_some());
    assert_eq!(store.searches_of(known.subscriber).unwrap().len(), 1);
    assert_eq!(store.forget_unconfirmed(day(10)).unwrap(), 1);
    assert_eq!(store.subscriber(later.subscribed.subscriber).unwrap(), None);
    assert_eq!(number(&store, "SELECT count(*) FROM confirmation_asked"), 0);
}

#[test]
fn a_link_is_good_for_a_week_and_a_waiting_search_cannot_be_woken_otherwise() {
    let (_folder, store) = store();
    let one = asked(&store, "jo@example.edu", "state=OH", day(0));
    store.set_search_state(one.subscribed.search, SubscriberState::Active, None, day(1)).unwrap();
    assert_eq!(store.saved_search(one.subscribed.search).unwrap().unwrap().state, SubscriberState::Pending);
    assert!(!store.pause_subscriber(one.subscribed.subscriber, false, None).unwrap());
    assert_eq!(one.good_until, day(7));
    assert!(store.search_to_confirm(&one.token, day(7) - minutes(1)).unwrap().is_some());
    assert!(store.search_to_confirm(&one.token, day(7)).unwrap().is_none());
    assert_eq!(confirm(&store, &one.token, day(7)), None);
}
