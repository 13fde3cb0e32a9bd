//! Joining, merging, splitting and their independence of the order of arrival.

use proptest::prelude::*;

use crate::model::{EventKind, JobId, Posting};
use crate::store::sample::{answer, commit, day, detail, groups, list_row, posting, store};
use crate::store::{Store, StoreError};

fn kinds(store: &Store, name: &str) -> Vec<EventKind> {
    let job = store.job(name, day(0)).unwrap().unwrap();
    store.history(&job.id).unwrap().into_iter().map(|event| event.kind).collect()
}

#[test]
fn a_posting_joins_the_job_it_is_like_and_the_link_says_why() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "Inpatient Coder Mercy Columbus")], day(0));
    commit(&store, "aapc", vec![posting("aapc", "9", "Inpatient coder mercy Columbus")], day(1));
    let job = store.job("aapc/9", day(1)).unwrap().unwrap();
    assert_eq!(job.id, store.job("ahima/1", day(1)).unwrap().unwrap().id);
    assert_eq!(job.id, JobId::founded_by(&posting("ahima", "1", "").key));
    assert_eq!(job.postings.len(), 2);
    assert_eq!((job.links.len(), job.links[0].evidence[0].says.as_str()), (1, "4 words shared"));
    assert_eq!(kinds(&store, "aapc/9"), vec![EventKind::Opened, EventKind::Joined]);
    assert!(job.postings.iter().all(|posting| posting.fields.is_some()));
}

#[test]
fn a_possible_match_is_linked_but_not_joined() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "Coder Mercy")], day(0));
    commit(&store, "aapc", vec![posting("aapc", "9", "Biller Mercy")], day(0));
    let job = store.job("aapc/9", day(0)).unwrap().unwrap();
    assert_eq!((job.postings.len(), job.links.len()), (1, 1));
}

#[test]
fn a_posting_that_ties_two_jobs_merges_them_into_the_older() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "a b c d e f")], day(0));
    commit(&store, "aapc", vec![posting("aapc", "2", "c d e f g h")], day(1));
    let (old, young) =
        (JobId::founded_by(&posting("ahima", "1", "").key), JobId::founded_by(&posting("aapc", "2", "").key));
    assert_eq!(groups(&store, day(1)).len(), 2);
    commit(&store, "elite", vec![posting("elite", "3", "b c d e f g")], day(2));
    assert_eq!(groups(&store, day(2)).len(), 1);
    let job = store.job(young.as_str(), day(2)).unwrap().unwrap();
    assert_eq!(job.id, old);
    let merged: Vec<_> =
        store.history(&old).unwrap().into_iter().filter(|event| event.kind == EventKind::Merged).collect();
    assert_eq!(merged[0].detail.as_deref(), Some(young.as_str()));
    assert_eq!(store.counts().unwrap().aliases, 1);
    assert_eq!(store.jobs(&[young, old.clone()], day(2)).unwrap()[0].id, old);
}

#[test]
fn a_veto_keeps_two_openings_apart_whatever_ties_them() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "a b c d 1"), posting("ahima", "2", "a b c d 2")], day(0));
    commit(&store, "aapc", vec![posting("aapc", "3", "a b c d")], day(0));
    // The third could be either, so that it is neither: to guess would hide one of them.
    let groups = groups(&store, day(0));
    assert_eq!(groups.len(), 3, "{groups:?}");
}

#[test]
fn details_may_join_what_the_row_did_not_show() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "a b c d")], day(0));
    commit(&store, "aapc", vec![list_row("aapc", "2", "a")], day(0));
    assert_eq!(groups(&store, day(0)).len(), 2);
    store.commit_page(detail(posting("aapc", "2", "a b c d"), day(1))).unwrap();
    assert_eq!(groups(&store, day(1)).len(), 1);
}

#[test]
fn an_edit_keeps_a_job_together_and_a_veto_parts_it() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "a b c d")], day(0));
    commit(&store, "aapc", vec![posting("aapc", "2", "a b c d")], day(0));
    commit(&store, "aapc", vec![posting("aapc", "2", "a b x y")], day(1));
    assert_eq!(groups(&store, day(1)).len(), 1);
    commit(&store, "ahima", vec![posting("ahima", "1", "a b c d 1")], day(2));
    commit(&store, "aapc", vec![posting("aapc", "2", "a b c d 2")], day(3));
    assert_eq!(groups(&store, day(3)).len(), 2);
    let split = store.job("aapc/2", day(3)).unwrap().unwrap();
    assert_eq!(split.id, JobId::founded_by(&posting("aapc", "2", "").key));
    assert_eq!(kinds(&store, "aapc/2"), vec![EventKind::Split]);
    assert_eq!(store.last_event_id().unwrap(), store.events_since(0, 99).unwrap().last().unwrap().id);
}

#[test]
fn a_job_that_merged_and_parted_again_has_its_old_id_back() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "a b c d e f")], day(0));
    commit(&store, "aapc", vec![posting("aapc", "2", "c d e f g h")], day(1));
    commit(&store, "elite", vec![posting("elite", "3", "b c d e f g")], day(2));
    commit(&store, "aapc", vec![posting("aapc", "2", "c d e f g h 2")], day(3));
    commit(&store, "elite", vec![posting("elite", "3", "b c d e f g 3")], day(3));
    let young = JobId::founded_by(&posting("aapc", "2", "").key);
    assert_eq!(store.job("aapc/2", day(3)).unwrap().unwrap().id, young);
    assert_eq!(store.counts().unwrap().aliases, 0);
    let found = store.search_page(&crate::model::Criteria::default(), day(3)).unwrap();
    assert!(found.jobs.iter().any(|row| row.id == young));
    assert!(store.integrity_check().unwrap().is_empty());
}

#[test]
fn a_key_that_very_many_share_is_left_out_and_the_work_stays_bounded() {
    let (_folder, store) = store();
    let many: Vec<Posting> =
        (0..150).map(|at| posting("ahima", &at.to_string(), &format!("common word{at}"))).collect();
    let outcome = commit(&store, "ahima", many, day(0));
    assert_eq!(outcome.new, 150);
    assert!(outcome.hot_keys >= 89, "{}", outcome.hot_keys);
}

/// Commits each posting as an answer of its own, or all of them as one.
fn grouped(postings: &[Posting], together: bool) -> Vec<Vec<String>> {
    let (_folder, store) = store();
    if together {
        store.commit_page(answer("ahima", 1, postings.to_vec(), day(0))).unwrap();
    } else {
        for (page, posting) in (1..).zip(postings) {
            store.commit_page(answer("ahima", page, vec![posting.clone()], day(0))).unwrap();
        }
    }
    groups(&store, day(0))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_order_and_any_batching_gives_the_same_grouping(
        titles in proptest::collection::vec("[abcdef]( [abcdef]){2,4}( [12])?", 2..14),
        shuffle in any::<u64>(),
    ) {
        let postings: Vec<Posting> =
            titles.iter().enumerate().map(|(at, title)| posting("ahima", &at.to_string(), title)).collect();
        let mut shuffled = postings.clone();
        let mut state = shuffle | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        let expected = grouped(&postings, true);
        prop_assert_eq!(&grouped(&shuffled, false), &expected);
        prop_assert_eq!(&grouped(&shuffled, true), &expected);
    }
}

#[test]
fn an_id_may_be_shortened_while_it_is_unambiguous() {
    let (_folder, store) = store();
    let many: Vec<Posting> = (0..60).map(|at| posting("ahima", &at.to_string(), &format!("t{at}"))).collect();
    commit(&store, "ahima", many, day(0));
    let job = store.job("ahima/7", day(0)).unwrap().unwrap();
    let found = store.job(&job.id.as_str()[..8].to_uppercase(), day(0)).unwrap().unwrap();
    assert_eq!(found.id, job.id);
    assert_eq!(store.job("https://ahima.example/jobs/7", day(0)).unwrap().unwrap().id, job.id);
    assert!(store.job(&job.id.as_str()[..3], day(0)).unwrap().is_none());
    assert!(store.job("no such job", day(0)).unwrap().is_none());
    store.write(|work| Ok(work.tx.execute("UPDATE job SET public_id = 'zzzz' || id", [])?)).unwrap();
    assert!(matches!(store.job("zzzz", day(0)), Err(StoreError::Ambiguous { .. })));
}
