//! What all digests of one run share: the clock, the boards, and each job put into words once.
//!
//! Ten thousand subscribers share a thousand jobs; what is said of a job depends on nothing but the
//! job, the boards and the reader's zone. So a job is worded and rendered once for a zone, and a
//! digest is put together of such pieces.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::{BoardId, Job, JobId};

use super::clean::short_line;
use super::entry::{Carrier, Entry, entry};
use super::html::{EntryHtml, entry_html};
use super::order::{Rank, rank};
use super::outage::{Outage, outages};
use super::request::BoardNote;
use super::text::{EntryText, entry_text};
use super::when::Now;

/// What the digests of one run share. Made anew for each run, because it holds the run's clock and
/// takes a job's id for the job.
///
/// It may be shared by threads.
#[derive(Debug)]
pub struct Prepared {
    now: DateTime<Utc>,
    boards: BTreeMap<BoardId, BoardNote>,
    zones: RwLock<HashMap<Tz, Arc<ZoneWords>>>,
}

/// What is said in one zone.
#[derive(Debug)]
pub(super) struct ZoneWords {
    /// The clock and the zone.
    pub now: Now,
    /// Boards that could hide jobs.
    pub outages: Arc<[Outage]>,
    /// Names of the boards that could be read.
    pub read: Arc<[String]>,
    jobs: RwLock<HashMap<JobId, Arc<PreparedJob>>>,
}

/// One job in words, rendered for mails.
#[derive(Debug)]
pub struct PreparedJob {
    /// The words.
    pub entry: Entry,
    pub(super) rank: Rank,
    pub(super) closes: DateTime<Utc>,
    /// The employer, so that two spellings of one name count as one.
    pub(super) employer_key: Option<String>,
    pub(super) html: EntryHtml,
    pub(super) text: EntryText,
}

impl Prepared {
    /// Begins a run with its clock and the boards that were asked, readable or not.
    #[must_use]
    pub fn new(now: DateTime<Utc>, boards: BTreeMap<BoardId, BoardNote>) -> Self {
        Self { now, boards, zones: RwLock::default() }
    }

    /// Gives the run's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Gives the boards.
    #[must_use]
    pub fn boards(&self) -> &BTreeMap<BoardId, BoardNote> {
        &self.boards
    }

    /// Puts jobs into words ahead of the digests that tell them. Digests do so themselves with jobs
    /// that they meet first.
    pub fn prepare<'a>(&self, zone: Tz, jobs: impl IntoIterator<Item = &'a Job>) {
        let words = self.zone(zone);
        for job in jobs {
            self.job(&words, job);
        }
    }

    /// Gives what is said in a zone.
    pub(super) fn zone(&self, zone: Tz) -> Arc<ZoneWords> {
        if let Some(words) = self.zones.read().unwrap_or_else(PoisonError::into_inner).get(&zone) {
            return words.clone();
        }
        let now = Now { instant: self.now, zone };
        let readable = self.boards.values().filter(|board| board.health.state.is_readable());
        let words = ZoneWords {
            now,
            outages: outages(&self.boards, now).into(),
            read: readable.map(|board| short_line(&board.name, 80)).collect(),
            jobs: RwLock::default(),
        };
        self.zones.write().unwrap_or_else(PoisonError::into_inner).entry(zone).or_insert(Arc::new(words)).clone()
    }

    /// Gives a job in the words of a zone.
    pub(super) fn job(&self, words: &ZoneWords, job: &Job) -> Arc<PreparedJob> {
        if let Some(known) = words.jobs.read().unwrap_or_else(PoisonError::into_inner).get(&job.id) {
            return known.clone();
        }
        let made = Arc::new(self.make(words.now, job));
        words.jobs.write().unwrap_or_else(PoisonError::into_inner).entry(job.id.clone()).or_insert(made).clone()
    }

    fn make(&self, now: Now, job: &Job) -> PreparedJob {
        // What is not stated depends on what was asked for: that is said beside the entry.
        let entry = Entry { why: None, ..entry(job, &self.boards, now, Carrier::Mail) };
        let identity = job.employer.as_ref().map(|employer| employer.id.clone());
        PreparedJob {
            rank: rank(job, now, entry.doubt.is_some()),
            closes: job.valid_through.map_or(DateTime::<Utc>::MAX_UTC, |end| end.instant),
            employer_key: identity.or_else(|| entry.employer.as_ref().map(|name| name.to_lowercase())),
            html: entry_html(&entry),
            text: entry_text(&entry),
            entry,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;

    #[test]
    fn a_job_is_worded_once_for_a_zone() {
        let prepared = Prepared::new(sample::now().instant, sample::boards());
        let job = sample::job("1", "Coder", "Mercy Health");
        let (here, there) = (prepared.zone(Tz::America__Chicago), prepared.zone(Tz::Pacific__Honolulu));
        let first = prepared.job(&here, &job);
        assert!(Arc::ptr_eq(&first, &prepared.job(&prepared.zone(Tz::America__Chicago), &job)));
        assert!(!Arc::ptr_eq(&first, &prepared.job(&there, &job)));
    }
}
