//! A round of a board's lists: where it stands, and what its pages add up to.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::attempt::Attempt;
use super::health::Conclusion;
use super::report::BoardReport;
use super::visit::{Taken, problem_of};
use crate::board::Board;
use crate::fetch::FetchError;
use crate::model::{BoardHealth, FieldFill, Wanted};
use crate::store::PageRecord;

/// How long a round may last that its host's pace cuts short. With one request an hour, a board's
/// lists are so read every eighteen hours, and its details have the others.
pub(super) const LONGEST_ROUND: TimeDelta = TimeDelta::hours(18);

/// How long a round may last that a failing page cuts short: the pages before it are not asked for
/// again meanwhile.
pub(super) const LONGEST_FAILED_ROUND: TimeDelta = TimeDelta::hours(2);

/// A round of a board's lists: begun now, or begun before and cut short by the host's pace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round {
    pub(super) started_at: DateTime<Utc>,
    pub(super) resumed: bool,
}

impl Round {
    /// Goes on with a round that was cut short and may still be gone on with; begins one otherwise.
    pub(super) fn of(before: &BoardHealth, now: DateTime<Utc>, anew: bool) -> Self {
        let until = |start: &DateTime<Utc>| before.round_until.unwrap_or(*start + LONGEST_ROUND);
        let young = |start: &DateTime<Utc>| *start <= now && now < until(start);
        let resumed = before.round_started.filter(|start| !anew && young(start));
        Self { started_at: resumed.unwrap_or(now), resumed: resumed.is_some() }
    }
}

/// What the lists of one board add up to.
#[derive(Default)]
pub(super) struct Sum {
    pub(super) pages: u64,
    listed: u64,
    says_empty: bool,
    /// What the rows stated.
    fill: FieldFill,
    /// Whether the board is asked with a key.
    has_key: bool,
    spoiled: Option<String>,
    waits: bool,
    /// Pages that were asked for in this poll, not recalled from one that was cut short.
    pub(super) visited: u64,
    /// What the first list that failed before any was read came to.
    pub(super) first_failure: Option<Attempt>,
    /// Set when a list shows nothing although it did last time.
    emptied: Option<String>,
    /// How many the board says it has, where one chain of pages lists them.
    pub(super) total: Option<u64>,
    chains: u64,
}

impl Sum {
    /// Begins the sum of a board's lists.
    pub(super) fn of(board: &Board) -> Self {
        Self { has_key: board.credentials.is_some(), ..Self::default() }
    }

    pub(super) fn add(&mut self, taken: &Taken, waiting: &mut VecDeque<Wanted>, report: &mut BoardReport) {
        self.pages += 1;
        self.listed += taken.listed;
        self.says_empty |= taken.says_empty;
        self.fill.add(taken.fill);
        report.listed += taken.listed;
        if taken.truncated {
            self.spoil("the board cuts its list short".into());
        }
        if taken.listed == 0 && taken.listed_before > 0 {
            self.emptied = Some(format!("one of its lists shows nothing, and showed {} before", taken.listed_before));
        }
        self.total = self.total.max(taken.total);
        self.chains += u64::from(taken.next.is_empty());
        waiting.extend(taken.next.iter().cloned());
    }

    /// Adds a list that was not asked for, because its server calls it fresh.
    pub(super) fn add_fresh(&mut self, record: PageRecord, waiting: &mut VecDeque<Wanted>, report: &mut BoardReport) {
        let until = record.fresh_until;
        report.fresh_until = if self.pages == 0 { until } else { report.fresh_until.min(until) };
        self.add(&Taken::from(record), waiting, report);
    }

    /// Notes that the list is not whole; the first reason is the one told.
    pub(super) fn spoil(&mut self, why: String) {
        self.spoiled.get_or_insert(why);
    }

    /// Weighs a failed request: an end of the poll, or one page less.
    pub(super) fn failed(
        &mut self,
        error: &FetchError,
        (wanted, is_last): (&Wanted, bool),
        report: &mut BoardReport,
    ) -> Option<Attempt> {
        if !matches!(error, FetchError::NotYet { .. }) {
            report.problems.push(problem_of(error, wanted));
        }
        if let FetchError::NotYet { until, .. } = error {
            report.next_request_at = Some(*until);
            self.waits = true;
            self.spoil(format!("its host asks for a wait until {}", until.format("%Y-%m-%d %H:%M UTC")));
            return (self.pages == 0).then_some(Attempt::Final(Conclusion::NotDue));
        }
        if self.pages > 0 {
            report.resumes = true;
            self.spoil(format!("failed to {error}"));
            return None;
        }
        let attempt = Attempt::of_first_failure(error, self.has_key);
        if is_last || matches!(error, FetchError::Moved { .. }) {
            return Some(self.first_failure.take().unwrap_or(attempt));
        }
        // Another of the board's lists may still answer.
        self.first_failure.get_or_insert(attempt);
        self.spoil(format!("failed to {error}"));
        None
    }

    pub(super) fn end(&self, conclusion: Conclusion) -> Attempt {
        if self.pages > 0 { Attempt::Answered(conclusion) } else { Attempt::Final(conclusion) }
    }

    pub(super) fn whole(mut self) -> Attempt {
        if self.pages == 0
            && let Some(first) = self.first_failure
        {
            return first;
        }
        if self.listed > 0 && self.spoiled.is_none() {
            self.spoiled = self.emptied.take().or_else(|| self.missing());
        }
        match self.spoiled {
            Some(why) if self.waits => Attempt::Answered(Conclusion::Waiting { listed: self.listed, why }),
            Some(why) => Attempt::Answered(Conclusion::Partly { why }),
            None => Attempt::Answered(Conclusion::Whole {
                listed: self.listed,
                says_empty: self.says_empty,
                anew: self.visited > 0,
                fill: self.fill,
            }),
        }
    }

    /// Compares the rows with the number that the board states, where one chain of pages lists all.
    /// A tenth may be missing: totals count advertisements of others and rows that cannot be read.
    fn missing(&self) -> Option<String> {
        let total = self.total.filter(|total| self.chains == 1 && self.listed * 10 < *total * 9)?;
        Some(format!("lists {} of the {total} postings that it says it has", self.listed))
    }
}
