//! What a run did, in counts and complaints; the JSON that `poll --format json` promises.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::fetch::{FetchError, Fetched};
use crate::model::{BoardId, BoardState, Problem};
use crate::telemetry::{FetchCounts, PollCounts};

/// What one poll of one board did.
#[derive(Clone, Debug, Serialize)]
pub struct BoardReport {
    /// The board.
    pub board: BoardId,
    /// How the board is after this poll.
    pub state: BoardState,
    /// Why, where the state is not `ok`.
    pub why: Option<String>,
    /// What an operator can do about it.
    pub remedy: Option<String>,
    /// The engine that answered.
    pub engine: Option<String>,
    /// Requests sent, robots.txt apart.
    pub requests: u64,
    /// Requests for robots.txt.
    pub robots_requests: u64,
    /// Requests answered 304, or with the very bytes of last time.
    pub not_modified: u64,
    /// Rows that the board's lists showed.
    pub listed: u64,
    /// Postings read from answers; a row and its details count once each.
    pub parsed: u64,
    /// Postings stored for the first time.
    pub new: u64,
    /// Postings known from a list whose details came.
    pub completed: u64,
    /// Postings whose content changed.
    pub updated: u64,
    /// Postings that were as before.
    pub unchanged: u64,
    /// Postings that closed.
    pub closed: u64,
    /// Postings that are shown again.
    pub reopened: u64,
    /// Details left for a later poll.
    pub deferred: u64,
    /// The earliest moment of the next request, where the board's host asks for a wait.
    pub next_request_at: Option<DateTime<Utc>>,
    /// What could not be read, and where.
    pub problems: Vec<Problem>,
    /// What became of each request, for the metrics.
    #[serde(skip)]
    pub fetches: FetchCounts,
}

impl BoardReport {
    /// Begins an empty report.
    #[must_use]
    pub fn new(board: BoardId) -> Self {
        Self {
            board,
            state: BoardState::Unknown,
            why: None,
            remedy: None,
            engine: None,
            requests: 0,
            robots_requests: 0,
            not_modified: 0,
            listed: 0,
            parsed: 0,
            new: 0,
            completed: 0,
            updated: 0,
            unchanged: 0,
            closed: 0,
            reopened: 0,
            deferred: 0,
            next_request_at: None,
            problems: Vec::new(),
            fetches: FetchCounts::default(),
        }
    }

    /// Gives the counts that [`Counters`](crate::telemetry::Counters) take in.
    #[must_use]
    pub fn counts(&self) -> PollCounts {
        PollCounts { fetches: self.fetches, new: self.new, updated: self.updated, closed: self.closed }
    }

    /// Counts what one request came to.
    pub(super) fn note_fetch(&mut self, outcome: &Result<Fetched, FetchError>) {
        let count = match outcome {
            Ok(Fetched::Page(_)) => &mut self.fetches.ok,
            Ok(Fetched::NotModified { .. }) => &mut self.fetches.not_modified,
            Err(FetchError::NotYet { .. }) => &mut self.fetches.deferred,
            Err(FetchError::RobotsDisallowed { .. }) => &mut self.fetches.robots,
            Err(_) => &mut self.fetches.failed,
        };
        *count += 1;
    }
}

/// What a run did, board by board.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunReport {
    /// In the order of the configuration.
    pub boards: Vec<BoardReport>,
}

impl RunReport {
    /// Tells whether every board could be read, or waits its turn.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let fine = |board: &BoardReport| board.state.is_readable() || board.state == BoardState::Disabled;
        self.boards.iter().all(fine)
    }
}
