//! Who can be added, and who cannot.

use super::*;
use crate::store::SubscribeError;
use crate::store::sample::store;

#[test]
fn somebody_is_found_by_any_spelling_and_kept_as_they_wrote_it() {
    let (_folder, store) = store();
    let added = subscribed(&store, "Jo.Doe@Example.edu");
    let found = store.subscriber_at(&key(&store), &address("jo.doe@EXAMPLE.edu")).unwrap().unwrap();
    assert_eq!((found.id, found.address.as_str()), (added.subscriber, "Jo.Doe@example.edu"));
    assert_eq!((found.state, found.confirmed_at), (SubscriberState::Active, Some(day(0))));
    assert_eq!(store.subscribers().unwrap(), [found]);
    let search = store.saved_search(added.search).unwrap().unwrap();
    assert_eq!((search.filters.as_str(), search.cadence.clone()), ("state=OH", daily()));
    assert_eq!(search.due_at, daily().next_after(day(0)).unwrap());
    assert_eq!(store.consents(added.subscriber).unwrap(), [consent()]);
}

#[test]
fn the_same_search_is_not_added_twice_but_another_one_is() {
    let (_folder, store) = store();
    let first = subscribed(&store, "jo@example.edu");
    let again = store.subscribe(&key(&store), new("JO@example.edu", looking_for("state=OH"))).unwrap_err();
    assert!(matches!(again, SubscribeError::Double(search) if search == first.search), "{again}");
    let other = store.subscribe(&key(&store), new("jo@example.edu", looking_for("state=KY"))).unwrap();
    assert_eq!(other.subscriber, first.subscriber);
    let mut weekly = looking_for("state=OH");
    weekly.cadence.every = Every::Weekly;
    store.subscribe(&key(&store), new("jo@example.edu", weekly)).unwrap();
    assert_eq!((store.subscribers().unwrap().len(), store.searches_of(first.subscriber).unwrap().len()), (1, 3));
    assert_eq!(store.consents(first.subscriber).unwrap().len(), 3, "every one of them was agreed to");
}

#[test]
fn no_consent_on_file_outweighs_that_somebody_has_left() {
    let (_folder, store) = store();
    let key = key(&store);
    for (why, told) in [("unsubscribed", "unsubscribed"), ("removed", "removed"), ("complained", "spam")] {
        let mailbox = format!("{why}@example.edu");
        let added = subscribed(&store, &mailbox);
        store.remove_subscriber(added.subscriber, why, day(1)).unwrap().unwrap();
        assert_eq!(store.suppression(&key, &address(&mailbox)).unwrap().as_deref(), Some(why));
        let refused = store.subscribe(&key, new(&mailbox, looking_for("state=KY"))).unwrap_err().to_string();
        assert!(refused.contains(told) && !refused.contains(&mailbox), "{refused}");
        assert!(!store.lift_bounce(&key, &address(&mailbox)).unwrap());
    }
    let refused = store.subscribe_all(
        &key,
        vec![
            new("unsubscribed@example.edu", looking_for("state=KY")),
            new("new@example.edu", looking_for("state=KY")),
            new("new@example.edu", looking_for("state=KY")),
        ],
    );
    let refused = refused.unwrap();
    assert!(matches!(refused[0], Err(SubscribeError::Suppressed { .. })) && refused[1].is_ok());
    assert!(matches!(refused[2], Err(SubscribeError::Double(_))));
    assert_eq!((store.subscriptions_of_all(), store.suppressions().unwrap()), (1, 3));
}

#[test]
fn an_address_that_mail_comes_back_from_is_not_revived_by_a_list() {
    let (_folder, store) = store();
    let key = key(&store);
    let added = subscribed(&store, "gone@example.edu");
    bounce(&store, added.subscriber);
    let again = store.subscribe(&key, new("gone@example.edu", looking_for("state=KY"))).unwrap_err();
    assert!(again.to_string().contains("subscriber resume"), "{again}");
    assert_eq!(store.subscriber(added.subscriber).unwrap().unwrap().state, SubscriberState::Bounced);
    assert!(!store.pause_subscriber(added.subscriber, false, None).unwrap(), "going on is not enough either");
    // A person's word is.
    assert!(store.reactivate_subscriber(added.subscriber, day(2)).unwrap());
    assert!(!store.reactivate_subscriber(added.subscriber, day(2)).unwrap());
    let known = store.subscriber(added.subscriber).unwrap().unwrap();
    assert_eq!((known.state, known.bounced_why), (SubscriberState::Active, None));
    // Once the address is gone as well, its hash says why.
    bounce(&store, added.subscriber);
    store.tidy_mail(day(2)).unwrap();
    assert!(store.subscriber(added.subscriber).unwrap().is_some());
    store.tidy_mail(day(40)).unwrap();
    assert_eq!(store.subscriber(added.subscriber).unwrap(), None);
    assert_eq!(store.suppression(&key, &address("gone@example.edu")).unwrap().as_deref(), Some("bounced"));
    assert!(store.lift_bounce(&key, &address("gone@example.edu")).unwrap());
    subscribed(&store, "gone@example.edu");
}

#[test]
fn what_a_server_says_of_an_address_is_kept_without_it() {
    let (_folder, store) = store();
    let added = subscribed(&store, "Gone@example.edu");
    let mail = queue(&store, added.subscriber, &[], day(0));
    let taken = take(&store, day(0)).unwrap();
    let reply = "550 5.1.1 <gone@EXAMPLE.edu>: no such user gone@example.edu".to_owned();
    store.next_mail(Some((taken.id, SendOutcome::RecipientRefused { reply })), RESEND, day(0)).unwrap();
    let kept = "550 5.1.1 <G…@example.edu>: no such user G…@example.edu";
    assert_eq!(store.mail(mail).unwrap().unwrap().reply.as_deref(), Some(kept));
    assert_eq!(store.subscriber(added.subscriber).unwrap().unwrap().bounced_why.as_deref(), Some(kept));
}

#[test]
fn a_pause_is_kept_through_a_new_search_and_ends_by_its_day() {
    let (_folder, store) = store();
    let added = subscribed(&store, "jo@example.edu");
    assert!(store.pause_subscriber(added.subscriber, true, Some(day(9))).unwrap());
    store.subscribe(&key(&store), new("jo@example.edu", looking_for("state=KY"))).unwrap();
    let known = store.subscriber(added.subscriber).unwrap().unwrap();
    assert_eq!((known.state, known.paused_until), (SubscriberState::Paused, Some(day(9))));
    assert!(store.pause_subscriber(added.subscriber, false, None).unwrap());
    let known = store.subscriber(added.subscriber).unwrap().unwrap();
    assert_eq!((known.state, known.paused_until), (SubscriberState::Active, None));
    assert!(!store.pause_subscriber(SubscriberId(99), true, None).unwrap());
}

fn bounce(store: &Store, subscriber: SubscriberId) {
    let now = day(1) + minutes(number(store, "SELECT count(*) FROM outbox"));
    queue(store, subscriber, &[], now);
    let mail = take(store, now).unwrap();
    let outcome = SendOutcome::RecipientRefused { reply: "550 no such user".into() };
    assert_eq!(store.next_mail(Some((mail.id, outcome)), RESEND, now).unwrap(), None);
    assert_eq!(store.subscriber(subscriber).unwrap().unwrap().state, SubscriberState::Bounced);
}

impl Store {
    fn subscriptions_of_all(&self) -> usize {
        self.subscribers().unwrap().iter().map(|one| self.searches_of(one.id).unwrap().len()).sum()
    }
}
