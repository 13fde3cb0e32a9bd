//! Coding everything that is stored anew, in steps small enough for others to write in between.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::coded::code_posting;
use crate::coding::Coder;
use crate::store::{Recoding, Store, StoreError};

/// How many postings one transaction takes.
const STEP: usize = 200;

/// What coding anew came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecodeReport {
    /// Postings that another vocabulary had coded, or none.
    pub postings: u64,
    /// Postings whose codes changed.
    pub changed: u64,
    /// Jobs whose filters answer otherwise now, each with what changed in words.
    pub jobs: Vec<(String, String)>,
}

/// Codes every stored posting that another vocabulary has coded. `progress` hears how many are done.
/// Interrupted, it goes on where it stopped: each step is stored whole.
///
/// # Errors
/// Returns [`StoreError`] when the database cannot be read or written.
pub fn recode(
    store: &Store,
    coder: &Arc<Coder>,
    (now, dry_run): (DateTime<Utc>, bool),
    mut progress: impl FnMut(u64),
) -> Result<RecodeReport, StoreError> {
    let own = Arc::clone(coder);
    let recoding = Recoding {
        vocabulary: coder.fingerprint().to_owned(),
        code: Arc::new(move |posting| code_posting(&own, posting)),
        now,
        dry_run,
    };
    let mut report = RecodeReport::default();
    let mut after = Some(0);
    while let Some(from) = after {
        let step = store.recode_step(&recoding, from, STEP)?;
        report.postings += step.postings;
        report.changed += step.changed;
        report.jobs.extend(step.jobs);
        progress(report.postings);
        after = step.next;
    }
    Ok(report)
}
