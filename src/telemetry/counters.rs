//! What has been done since the start, board by board, as counts that only rise.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::model::BoardId;

/// What became of requests, robots.txt apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FetchCounts {
    /// Answered with a page.
    pub ok: u64,
    /// Answered 304.
    pub not_modified: u64,
    /// Failed, or answered by an error or a refusal.
    pub failed: u64,
    /// Not sent, because the host asks for a wait.
    pub deferred: u64,
    /// Not sent, because robots.txt forbids it.
    pub robots: u64,
}

impl FetchCounts {
    /// Names each count as the label `outcome` does.
    #[must_use]
    pub fn by_outcome(&self) -> [(&'static str, u64); 5] {
        [
            ("ok", self.ok),
            ("not_modified", self.not_modified),
            ("failed", self.failed),
            ("deferred", self.deferred),
            ("robots", self.robots),
        ]
    }

    fn add(&mut self, other: &Self) {
        self.ok += other.ok;
        self.not_modified += other.not_modified;
        self.failed += other.failed;
        self.deferred += other.deferred;
        self.robots += other.robots;
    }
}

/// What one poll of a board did, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PollCounts {
    /// Its requests.
    pub fetches: FetchCounts,
    /// Postings stored for the first time.
    pub new: u64,
    /// Postings whose content changed.
    pub updated: u64,
    /// Postings that closed.
    pub closed: u64,
}

/// Counts since the start, and when each board is due next.
#[derive(Debug, Default)]
pub struct Counters {
    boards: Mutex<BTreeMap<BoardId, PollCounts>>,
    due: Mutex<BTreeMap<BoardId, DateTime<Utc>>>,
}

impl Counters {
    /// Adds what one poll of a board did.
    pub fn record(&self, board: &BoardId, counts: &PollCounts) {
        let mut boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = boards.entry(board.clone()).or_default();
        sum.fetches.add(&counts.fetches);
        sum.new += counts.new;
        sum.updated += counts.updated;
        sum.closed += counts.closed;
    }

    /// Notes when a board is due next; `None` where it is not (disabled, or gone from the
    /// configuration).
    pub fn set_next_due(&self, board: &BoardId, at: Option<DateTime<Utc>>) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        match at {
            Some(at) => due.insert(board.clone(), at),
            None => due.remove(board),
        };
    }

    /// Gives the counts of every board that was polled.
    #[must_use]
    pub fn boards(&self) -> BTreeMap<BoardId, PollCounts> {
        self.boards.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives when each board is due next.
    #[must_use]
    pub fn next_due(&self) -> BTreeMap<BoardId, DateTime<Utc>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_board_by_board() {
        let counters = Counters::default();
        let (ahima, aapc) = (BoardId::new("ahima").unwrap(), BoardId::new("aapc").unwrap());
        let fetches = FetchCounts { ok: 2, not_modified: 1, ..FetchCounts::default() };
        let poll = PollCounts { fetches, new: 3, updated: 1, closed: 0 };
        counters.record(&ahima, &poll);
        counters.record(&ahima, &poll);
        counters.record(&aapc, &PollCounts { closed: 5, ..PollCounts::default() });
        let boards = counters.boards();
        assert_eq!((boards[&ahima].new, boards[&ahima].fetches.ok, boards[&aapc].closed), (6, 4, 5));
        let total: u64 = boards[&ahima].fetches.by_outcome().iter().map(|(_, count)| count).sum();
        assert_eq!(total, 6);
    }

    #[test]
    fn a_board_that_is_not_due_any_more_is_forgotten() {
        let (counters, board) = (Counters::default(), BoardId::new("ahima").unwrap());
        let at: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        counters.set_next_due(&board, Some(at));
        assert_eq!(counters.next_due().get(&board), Some(&at));
        counters.set_next_due(&board, None);
        assert!(counters.next_due().is_empty());
    }
}
