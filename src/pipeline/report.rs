//! What a run did, in counts and complaints; the JSON that `poll --format json` promises.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::fetch::{FetchError, Fetched};
use crate::model::{BoardId, BoardState, FieldFill, Problem};
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
    /// Answers that were not asked for, because their server says that they are still fresh.
    pub fresh: u64,
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
    /// Alert mails read for the first time.
    pub mails: u64,
    /// Mails that are new in the board's mailbox and not from its alerts' senders.
    pub mails_ignored: u64,
    /// The earliest moment of the next request, where the board's host asks for a wait.
    pub next_request_at: Option<DateTime<Utc>>,
    /// When the board is due next.
    pub next_due_at: Option<DateTime<Utc>>,
    /// What could not be read, and where.
    pub problems: Vec<Problem>,
    /// Set when its host could not be reached.
    #[serde(skip)]
    pub unreachable: bool,
    /// Set when a page failed that the next poll may go on with.
    #[serde(skip)]
    pub resumes: bool,
    /// The moment that the host's `Retry-After` named in this poll.
    #[serde(skip)]
    pub held_until: Option<DateTime<Utc>>,
    /// Until when all lists of this poll stay fresh.
    #[serde(skip)]
    pub fresh_until: Option<DateTime<Utc>>,
    /// What the details stated; told in the board's history instead.
    #[serde(skip)]
    pub details_fill: FieldFill,
    /// The address that its list redirects to for good, within its own site; told in `why`.
    #[serde(skip)]
    pub answers_from: Option<String>,
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
            fresh: 0,
            listed: 0,
            parsed: 0,
            new: 0,
            completed: 0,
            updated: 0,
            unchanged: 0,
            closed: 0,
            reopened: 0,
            deferred: 0,
            mails: 0,
            mails_ignored: 0,
            next_request_at: None,
            next_due_at: None,
            problems: Vec::new(),
            unreachable: false,
            resumes: false,
            held_until: None,
            fresh_until: None,
            details_fill: FieldFill::default(),
            answers_from: None,
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
    /// Set when no host could be reached: our own network seems to fail, which counts against no board.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub offline: bool,
}

impl RunReport {
    /// Tells whether any posting was stored for the first time or with another content.
    #[must_use]
    pub fn has_stored(&self) -> bool {
        self.boards.iter().any(|board| board.new + board.completed + board.updated > 0)
    }

    /// Tells whether every board could be read, or waits its turn.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let fine = |board: &BoardReport| board.state.is_readable() || board.state == BoardState::Disabled;
        !self.offline && self.boards.iter().all(fine)
    }
}
