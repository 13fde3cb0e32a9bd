//! How a board is, concluded from what a poll saw and from the board's own history. Pure.

use chrono::{DateTime, Utc};

use super::emptiness::judge_nothing;
use super::lost::{judge_address, judge_host, lost_now};
use super::suspicion::judge_rows;
use crate::model::{
    BoardHealth, BoardId, BoardState, FieldFill, Lost, RoundFacts, RoundRecord, Suspicion, Unreachable,
};

/// What helps where lists can be read and details cannot.
const DETAILS_REMEDY: &str = "its rows are kept and searchable; the details are asked for again later";
/// What helps against a bot wall.
const WALL_REMEDY: &str =
    "we stop here and never evade: subscribe to the board's job-alert e-mails, or ask its owner for access";
/// What helps against a login.
const LOGIN_REMEDY: &str = "it asks for a login, and we never log in where we were not let in: subscribe to its \
    job-alert e-mails, or ask its owner for access";

/// What helps where a board fails for a while.
const FAILED_REMEDY: &str = "it is asked again by itself; if that lasts for days, look at the board in a browser";
/// What helps where a list is not whole.
const PARTLY_REMEDY: &str =
    "what was read is kept and nothing is closed; if that lasts, look at the board in a browser";

/// What a poll of one board came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Every list was read.
    Whole {
        /// Rows that the lists showed.
        listed: u64,
        /// Whether the board itself says that it has none.
        says_empty: bool,
        /// Whether any list was asked for in this very poll; only then does absence count.
        anew: bool,
        /// What the rows stated.
        fill: FieldFill,
    },
    /// What its host's pace allows was read; the rest waits its turn.
    Waiting {
        /// Rows that the lists showed.
        listed: u64,
        /// What it waits for.
        why: String,
    },
    /// Some of it was read.
    Partly {
        /// What went wrong.
        why: String,
    },
    /// A bot wall, a login, or a plain refusal.
    Walled {
        /// The sign.
        why: String,
        /// Whether it asks for a login.
        asks_login: bool,
    },
    /// A permanent redirect to another registrable domain.
    Moved {
        /// Where to.
        to: String,
    },
    /// It says that it is gone (410).
    Gone {
        /// Its words.
        why: String,
    },
    /// None of its lists is where it was (404).
    NotFound {
        /// Its words.
        why: String,
    },
    /// The name system says that its host does not exist.
    NoHost {
        /// The host.
        host: String,
        /// The name system's words.
        why: String,
    },
    /// Nothing could be read from what it answered.
    Broken {
        /// What was seen.
        why: String,
    },
    /// It could not be reached or answered with an error.
    Failed {
        /// Why.
        why: String,
        /// What would help.
        remedy: Option<String>,
    },
    /// Its host could not be reached at all; perhaps our own network fails.
    Unreachable {
        /// Why.
        why: String,
    },
    /// Its host asks for a wait, so nothing was asked.
    NotDue,
}

/// Everything that a board is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The board.
    pub board: &'a BoardId,
    /// What the poll came to.
    pub conclusion: &'a Conclusion,
    /// What was wrong with the details as a whole.
    pub trouble: Option<&'a str>,
    /// What the store knows of its postings, the poll's own included.
    pub facts: RoundFacts,
    /// Its earlier whole rounds, oldest first.
    pub history: &'a [RoundRecord],
    /// What the details stated that this poll read.
    pub details: FieldFill,
    /// The address that its list answers from for good, within its own site.
    pub answers_from: Option<&'a str>,
    /// The run's clock.
    pub now: DateTime<Utc>,
}

impl<'a> Evidence<'a> {
    /// Begins with what a poll came to and nothing known before.
    #[must_use]
    pub fn of(board: &'a BoardId, conclusion: &'a Conclusion, now: DateTime<Utc>) -> Self {
        Self {
            board,
            conclusion,
            trouble: None,
            facts: RoundFacts::default(),
            history: &[],
            details: FieldFill::default(),
            answers_from: None,
            now,
        }
    }
}

/// How a board is after a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concluded {
    /// Its health.
    pub health: BoardHealth,
    /// Whether the lists are whole and trustworthy, so that absence from them counts.
    pub absence_counts: bool,
    /// The round for the board's history, where one ended with this poll.
    pub round: Option<RoundRecord>,
}

/// What one rule makes of the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) state: BoardState,
    pub(super) why: Option<String>,
    pub(super) remedy: Option<String>,
    pub(super) suspicion: Option<Suspicion>,
    /// Whether absence from the lists proves anything.
    pub(super) is_credible: bool,
}

impl Judgement {
    /// Nothing to complain of.
    pub(super) fn ok() -> Self {
        Self { state: BoardState::Ok, why: None, remedy: None, suspicion: None, is_credible: true }
    }

    /// A state with its reason and what helps.
    pub(super) fn of(state: BoardState, why: String, remedy: String) -> Self {
        Self { state, why: Some(why), remedy: Some(remedy), ..Self::ok() }
    }

    /// A board that could not be read: nothing follows from what it did not show.
    pub(super) fn unread(state: BoardState, why: String, remedy: &str) -> Self {
        Self { is_credible: false, ..Self::of(state, why, remedy.to_owned()) }
    }
}

/// Tells whether the host could not be reached; a name that does not exist may be our own name
/// service's fault.
fn is_unreachable(conclusion: &Conclusion) -> bool {
    matches!(conclusion, Conclusion::Unreachable { .. } | Conclusion::NoHost { .. })
}

/// Keeps how the board was before its host could no longer be reached.
fn unreachable(before: &BoardHealth, conclusion: &Conclusion, now: DateTime<Utc>) -> Option<Unreachable> {
    let first = || Unreachable { since: now, before: Box::new(before.clone()) };
    is_unreachable(conclusion).then(|| before.unreachable.clone().unwrap_or_else(first))
}

/// Says how a board's file is mended whose pages have changed.
pub(super) fn mending(board: &BoardId) -> String {
    format!(
        "run `jobrounds board check {board} --report FILE`, look at the page in a browser, then set the board's \
         `engine`, `base_url` or selectors; `jobrounds board probe URL` tells what an address runs on"
    )
}

/// Gives the board's new health from what was known before and what a poll showed.
#[must_use]
pub fn conclude(before: &BoardHealth, evidence: &Evidence<'_>) -> Concluded {
    let (conclusion, now) = (evidence.conclusion, evidence.now);
    if *conclusion == Conclusion::NotDue && evidence.trouble.is_none() {
        return Concluded { health: before.clone(), absence_counts: false, round: None };
    }
    let lost = lost_now(before.lost, conclusion, now);
    let lists = judge(evidence, lost);
    let (absence_counts, suspicion) = (lists.is_credible, lists.suspicion);
    let Judgement { state, why, remedy, suspicion: doubt, .. } = with_details(lists, evidence.trouble);
    let readable = state.is_readable() || doubt.is_some();
    let health = BoardHealth {
        state,
        since: if before.state == state { before.since.or(Some(now)) } else { Some(now) },
        why,
        remedy,
        last_poll: Some(now),
        last_success: if readable { Some(now) } else { before.last_success },
        engine: before.engine.clone(),
        failures: if readable { 0 } else { before.failures.saturating_add(1) },
        moved_to: if let Conclusion::Moved { to } = conclusion { Some(to.clone()) } else { None },
        round_started: None,
        round_until: None,
        last_answer: if is_unreachable(conclusion) { before.last_answer } else { Some(now) },
        unreachable: unreachable(before, conclusion, now),
        suspicion: doubt,
        asks_login: matches!(conclusion, Conclusion::Walled { asks_login: true, .. }),
        lost,
        accepted: before.accepted.clone(),
    };
    let whole = matches!(conclusion, Conclusion::Whole { anew: true, .. });
    Concluded { health, absence_counts: whole && absence_counts, round: round_of(evidence, suspicion) }
}

/// Makes the record of a round that ended with this poll.
fn round_of(evidence: &Evidence<'_>, suspicion: Option<Suspicion>) -> Option<RoundRecord> {
    let Conclusion::Whole { listed, says_empty, anew: true, fill } = evidence.conclusion else { return None };
    let facts = &evidence.facts;
    Some(RoundRecord {
        at: evidence.now,
        listed: *listed,
        new: facts.shown.saturating_sub(facts.shown_before),
        says_empty: *says_empty,
        lists: *fill,
        details: evidence.details,
        newest: facts.newest,
        suspicion,
    })
}

/// Lists that were read well do not hide that the details could not be.
fn with_details(lists: Judgement, trouble: Option<&str>) -> Judgement {
    match trouble {
        Some(why) if lists.state == BoardState::Ok => {
            Judgement::of(BoardState::Degraded, why.to_owned(), DETAILS_REMEDY.to_owned())
        }
        _ => lists,
    }
}

fn judge(evidence: &Evidence<'_>, lost: Option<Lost>) -> Judgement {
    match evidence.conclusion {
        Conclusion::Whole { listed: 0, says_empty, .. } => judge_nothing(evidence, *says_empty),
        Conclusion::Whole { listed, fill, .. } => advised(judge_rows(evidence, *listed, fill), evidence),
        Conclusion::Waiting { listed, why } if *listed > 0 => {
            Judgement { why: Some(why.clone()), is_credible: false, ..Judgement::ok() }
        }
        Conclusion::Partly { why } | Conclusion::Waiting { why, .. } => {
            Judgement::unread(BoardState::Degraded, why.clone(), PARTLY_REMEDY)
        }
        Conclusion::Walled { why, asks_login: true } => {
            Judgement::unread(BoardState::Walled, why.clone(), LOGIN_REMEDY)
        }
        Conclusion::Walled { why, .. } => Judgement::unread(BoardState::Walled, why.clone(), WALL_REMEDY),
        Conclusion::Moved { to } => {
            let remedy = format!(
                "if that is the board's new home, `jobrounds board accept {}` follows it; or set its `base_url` to {to}",
                evidence.board
            );
            Judgement::unread(BoardState::Moved, format!("redirects for good to {to}"), &remedy)
        }
        Conclusion::Gone { why } => judge_address(evidence, why, lost, true),
        Conclusion::NotFound { why } => judge_address(evidence, why, lost, false),
        Conclusion::NoHost { host, .. } => judge_host(evidence, host, lost),
        Conclusion::Broken { why } => {
            Judgement::unread(BoardState::BrokenFormat, why.clone(), &mending(evidence.board))
        }
        Conclusion::Failed { why, remedy } => {
            Judgement::unread(BoardState::Degraded, why.clone(), remedy.as_deref().unwrap_or(FAILED_REMEDY))
        }
        Conclusion::Unreachable { why } => Judgement::unread(BoardState::Degraded, why.clone(), FAILED_REMEDY),
        Conclusion::NotDue => Judgement { is_credible: false, ..Judgement::ok() },
    }
}

/// Adds the advice to follow a permanent redirect, where there is nothing graver to say.
fn advised(judgement: Judgement, evidence: &Evidence<'_>) -> Judgement {
    match evidence.answers_from {
        Some(to) if judgement.why.is_none() => Judgement {
            why: Some(format!("answers from {to} for good")),
            remedy: Some(format!(
                "set the `base_url` of `[boards.{}]`, or its `lists`, so that {to} is asked at once",
                evidence.board
            )),
            ..judgement
        },
        _ => judgement,
    }
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
