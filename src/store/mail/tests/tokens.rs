//! Links that let their holder do something.

use super::*;
use crate::model::TokenPurpose;
use crate::store::Holder;
use crate::store::sample::store;

#[test]
fn a_token_opens_what_it_is_for_and_nothing_of_it_is_stored() {
    let (_folder, store) = store();
    let key = key(&store);
    let added = subscribed(&store, "jo@example.edu");
    let of_search = Holder { subscriber: added.subscriber, search: Some(added.search) };
    let manage = store.manage_token(&key, added.subscriber, day(0)).unwrap();
    let feed = store.feed_token(&key, of_search, day(0)).unwrap();
    assert_eq!(store.manage_token(&key, added.subscriber, day(9)).unwrap(), manage, "the same in every mail");
    let holder = |token, purpose| store.holder(token, purpose, day(9_000)).unwrap();
    let of_all = Holder { subscriber: added.subscriber, search: None };
    assert_eq!(holder(&manage, TokenPurpose::Manage), Some(of_all));
    assert_eq!(holder(&feed, TokenPurpose::Feed), Some(of_search));
    for (token, purpose) in
        [(&manage, TokenPurpose::Feed), (&feed, TokenPurpose::Manage), (&manage, TokenPurpose::Confirm)]
    {
        assert_eq!(holder(token, purpose), None);
    }
    let made_up = MailKey::new([1; 32]).token(TokenPurpose::Manage, added.subscriber, 0);
    assert_eq!(holder(&made_up, TokenPurpose::Manage), None, "another key makes other tokens");
    store.settle_mail().unwrap();
    for ending in ["", "-wal"] {
        let bytes = std::fs::read(crate::store::beside(store.path(), ending)).unwrap();
        assert!([&manage, &feed].iter().all(|token| memchr::memmem::find(&bytes, token.as_str().as_bytes()).is_none()));
    }
    store.remove_subscriber(added.subscriber, "unsubscribed", day(1)).unwrap();
    assert_eq!((holder(&manage, TokenPurpose::Manage), holder(&feed, TokenPurpose::Feed)), (None, None));
}

#[test]
fn a_feeds_address_can_be_changed_again_and_again() {
    let (_folder, store) = store();
    let key = key(&store);
    let added = subscribed(&store, "jo@example.edu");
    let other = store.subscribe(&key, new("jo@example.edu", looking_for("state=KY"))).unwrap();
    let of = |search| Holder { subscriber: added.subscriber, search: Some(search) };
    let mut turns = vec![store.feed_token(&key, of(added.search), day(0)).unwrap()];
    let others = store.feed_token(&key, of(other.search), day(0)).unwrap();
    for at in 1..4 {
        turns.push(store.rotate_feed_token(&key, of(added.search), day(at)).unwrap());
    }
    let last = turns.pop().unwrap();
    assert_eq!(store.feed_token(&key, of(added.search), day(9)).unwrap(), last);
    for (at, old) in turns.iter().enumerate() {
        assert!(*old != last && store.holder(old, TokenPurpose::Feed, day(9)).unwrap().is_none(), "{at}");
    }
    assert!(store.holder(&last, TokenPurpose::Feed, day(9)).unwrap().is_some());
    assert!(store.holder(&others, TokenPurpose::Feed, day(9)).unwrap().is_some(), "another feed keeps its own");
}
