//! Judging stored postings anew, in steps small enough for others to write in between.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::model::Judge;
use crate::store::{Store, StoreError};

/// How many postings one transaction takes.
const STEP: usize = 200;

/// Which stored postings are judged anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stale {
    /// Those that another model has judged, or none.
    OtherModel,
    /// Those, and the latest ones of whose text more has become common since they were compared.
    Everything,
}

/// Two postings, each named `board/posting_id`.
pub type NamedPair = (String, String);

/// What judging anew came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RejudgeReport {
    /// Postings judged anew.
    pub postings: u64,
    /// Pairs of postings that are one job now and were not, by name.
    pub joined: BTreeSet<NamedPair>,
    /// Pairs of postings that were one job and are not any more.
    pub parted: BTreeSet<NamedPair>,
}

impl RejudgeReport {
    /// Adds what a step did: what one step joins and a later one parts has not changed.
    fn add(&mut self, joined: Vec<NamedPair>, parted: Vec<NamedPair>) {
        for pair in joined {
            if !self.parted.remove(&pair) {
                self.joined.insert(pair);
            }
        }
        for pair in parted {
            if !self.joined.remove(&pair) {
                self.parted.insert(pair);
            }
        }
    }
}

/// Judges every stale posting anew. `progress` hears how many are done. Interrupted, it goes on where it
/// stopped: each step is stored whole.
///
/// # Errors
/// Returns [`StoreError`] when the database cannot be read or written.
pub fn rejudge(
    store: &Store,
    judge: &Arc<dyn Judge>,
    (stale, now): (Stale, DateTime<Utc>),
    mut progress: impl FnMut(u64),
) -> Result<RejudgeReport, StoreError> {
    let mut report = RejudgeReport::default();
    // What is common is known only once all that another model has judged has been read.
    let passes: &[bool] = if stale == Stale::Everything { &[false, true] } else { &[false] };
    for outdated in passes {
        let mut after = Some(0);
        while let Some(from) = after {
            let step = store.rejudge_step(judge, now, (from, STEP, *outdated))?;
            report.postings += step.postings;
            report.add(step.joined, step.parted);
            progress(report.postings);
            after = step.next;
        }
    }
    Ok(report)
}

/// Judges anew what another model has judged, where there is any: in a database that an earlier version has
/// written, new postings could not be compared with the others otherwise.
///
/// # Errors
/// Returns [`StoreError`] when the database cannot be read or written.
pub fn catch_up(store: &Store, judge: &Arc<dyn Judge>, now: DateTime<Utc>) -> Result<RejudgeReport, StoreError> {
    if store.postings_to_rejudge(judge.model())? == 0 {
        return Ok(RejudgeReport::default());
    }
    rejudge(store, judge, (Stale::OtherModel, now), |_| {})
}

/// Compares again what was compared before its text was known to be common, so that the order in which
/// postings came does not show.
///
/// # Errors
/// Returns [`StoreError`] when the database cannot be read or written.
pub fn settle(store: &Store, judge: &Arc<dyn Judge>, now: DateTime<Utc>) -> Result<RejudgeReport, StoreError> {
    rejudge(store, judge, (Stale::Everything, now), |_| {})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: &str, b: &str) -> NamedPair {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn what_is_joined_and_parted_again_has_not_changed() {
        let mut report = RejudgeReport::default();
        report.add(vec![pair("a/1", "b/1"), pair("a/2", "b/2")], vec![pair("a/3", "b/3")]);
        report.add(vec![pair("a/3", "b/3")], vec![pair("a/1", "b/1")]);
        assert_eq!((report.joined, report.parted), (BTreeSet::from([pair("a/2", "b/2")]), BTreeSet::new()));
    }
}
