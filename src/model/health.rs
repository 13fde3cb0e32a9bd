//! How a board is doing, and what an operator can do about it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The state of a board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoardState {
    /// Never polled.
    #[default]
    Unknown,
    /// Answers with postings.
    Ok,
    /// Says itself that it has no postings.
    Empty,
    /// Answers with none although it had some; closes nothing.
    EmptySuspect,
    /// Answers in part, or not this time.
    Degraded,
    /// A bot wall or a login answers. We stop; we never evade.
    Walled,
    /// Redirects for good to another registrable domain.
    Moved,
    /// Its host does not exist any more, or it says 410.
    Gone,
    /// Answers in a form that nothing can be read from.
    BrokenFormat,
    /// Switched off in the configuration.
    Disabled,
}

impl BoardState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Unknown,
        Self::Ok,
        Self::Empty,
        Self::EmptySuspect,
        Self::Degraded,
        Self::Walled,
        Self::Moved,
        Self::Gone,
        Self::BrokenFormat,
        Self::Disabled,
    ];

    /// Gives the word that stands in JSON, SQL and tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ok => "ok",
            Self::Empty => "empty",
            Self::EmptySuspect => "empty-suspect",
            Self::Degraded => "degraded",
            Self::Walled => "walled",
            Self::Moved => "moved",
            Self::Gone => "gone",
            Self::BrokenFormat => "broken-format",
            Self::Disabled => "disabled",
        }
    }

    /// Reads the word back; unknown words are [`BoardState::Unknown`].
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.as_str() == word).unwrap_or_default()
    }

    /// Tells whether the board could be read.
    #[must_use]
    pub fn is_readable(self) -> bool {
        matches!(self, Self::Ok | Self::Empty)
    }
}

/// What is doubtful about an answer that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspicion {
    /// Far fewer rows than usual.
    FewRows,
    /// Every id is a new one.
    AllNewIds,
    /// A field that was always stated is missing.
    LostFields,
    /// Nothing was posted for much longer than usual.
    NothingNew,
}

impl Suspicion {
    /// Gives the word that stands in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FewRows => "few-rows",
            Self::AllNewIds => "all-new-ids",
            Self::LostFields => "lost-fields",
            Self::NothingNew => "nothing-new",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        const ALL: [Suspicion; 4] =
            [Suspicion::FewRows, Suspicion::AllNewIds, Suspicion::LostFields, Suspicion::NothingNew];
        ALL.into_iter().find(|suspicion| suspicion.as_str() == word)
    }
}

/// What of a board is not there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LostPart {
    /// Its host: the name system says that there is no such name.
    Host,
    /// Its list's address: 404 or 410.
    Address,
}

/// Since when a board's host or list is not there, and in how many polls that showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// What is not there.
    pub part: LostPart,
    /// When it was first missed.
    pub since: DateTime<Utc>,
    /// Polls in a row that missed it.
    pub polls: u32,
}

/// A board that is lost for this long is parked: asked once a week.
pub const PARKED_AFTER: TimeDelta = TimeDelta::days(14);

/// A board's state with its history in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardHealth {
    /// The state.
    pub state: BoardState,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Why, in words.
    pub why: Option<String>,
    /// What an operator can do.
    pub remedy: Option<String>,
    /// The last poll.
    pub last_poll: Option<DateTime<Utc>>,
    /// The last poll that could read the board.
    pub last_success: Option<DateTime<Utc>>,
    /// The engine that answered, where the board's file names several.
    pub engine: Option<String>,
    /// Polls in a row that failed.
    pub failures: u32,
    /// Where it has moved to.
    pub moved_to: Option<String>,
    /// When the round began that was cut short; the next poll goes on with it.
    #[serde(default)]
    pub round_started: Option<DateTime<Utc>>,
    /// Until when that round may be gone on with.
    #[serde(default)]
    pub round_until: Option<DateTime<Utc>>,
    /// When its host last answered anything at all.
    #[serde(default)]
    pub last_answer: Option<DateTime<Utc>>,
    /// Set while its host cannot be reached.
    #[serde(default)]
    pub unreachable: Option<Unreachable>,
    /// What is doubtful about what it answers, although it could be read.
    #[serde(default)]
    pub suspicion: Option<Suspicion>,
    /// Whether it is walled by a login rather than against programs.
    #[serde(default)]
    pub asks_login: bool,
    /// Since when its host or its list is not there.
    #[serde(default)]
    pub lost: Option<Lost>,
    /// The move that the operator has accepted, if any.
    #[serde(default)]
    pub accepted: Option<AcceptedMove>,
}

/// A host that cannot be reached, and how its board was before: if no other host can be reached
/// either, it is our own network that fails, and the board is given back what it had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreachable {
    /// The first failure in a row.
    pub since: DateTime<Utc>,
    /// The board's health before it.
    pub before: Box<BoardHealth>,
}

impl BoardHealth {
    /// Tells whether the board's host or list has been missing for so long that asking it once a
    /// week is enough.
    #[must_use]
    pub fn is_parked(&self, now: DateTime<Utc>) -> bool {
        let given_up = matches!(self.state, BoardState::Gone | BoardState::BrokenFormat);
        given_up && self.lost.is_some_and(|lost| now - lost.since >= PARKED_AFTER)
    }

    /// Tells whether operators should hear of what a poll made of an earlier health: another state,
    /// or parked from now on.
    #[must_use]
    pub fn is_news_after(&self, before: &Self) -> bool {
        let parked = |health: &Self| health.last_poll.is_some_and(|at| health.is_parked(at));
        self.state != before.state || parked(self) != parked(before)
    }
}

/// A board's move that the operator has accepted: it is asked at its new home until its
/// configuration names another one, or the move is undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedMove {
    /// The `base_url` that was configured then; with another one the acceptance is void.
    pub from: String,
    /// The `base_url` in its stead.
    pub to: String,
    /// When it was accepted.
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_suspicion_is_read_back_from_its_word() {
        for state in [BoardState::Ok, BoardState::EmptySuspect, BoardState::BrokenFormat, BoardState::Unknown] {
            assert_eq!(BoardState::from_word(state.as_str()), state);
        }
        for suspicion in [Suspicion::FewRows, Suspicion::AllNewIds, Suspicion::LostFields, Suspicion::NothingNew] {
            assert_eq!(Suspicion::from_word(suspicion.as_str()), Some(suspicion));
        }
        assert_eq!(Suspicion::from_word("other"), None);
    }

    #[test]
    fn a_board_is_parked_after_fourteen_days_and_not_while_it_answers_otherwise() {
        let since: DateTime<Utc> = "2026-11-01T12:00:00Z".parse().unwrap();
        let lost = Some(Lost { part: LostPart::Address, since, polls: 9 });
        let mut health = BoardHealth { state: BoardState::Gone, lost, ..BoardHealth::default() };
        assert!(!health.is_parked(since + TimeDelta::days(14) - TimeDelta::seconds(1)));
        assert!(health.is_parked(since + TimeDelta::days(14)));
        health.state = BoardState::Degraded;
        assert!(!health.is_parked(since + TimeDelta::days(20)));
        health.state = BoardState::Gone;
        let polled = |days| BoardHealth { last_poll: Some(since + TimeDelta::days(days)), ..health.clone() };
        assert!(!polled(13).is_news_after(&polled(12)));
        assert!(polled(14).is_news_after(&polled(13)));
        assert!(!polled(21).is_news_after(&polled(14)));
        let never = BoardHealth { state: BoardState::Gone, ..BoardHealth::default() };
        assert!(!never.is_parked(since));
    }

    #[test]
    fn health_that_an_earlier_version_stored_is_read() {
        let stored = r#"{"state":"ok","since":null,"why":null,"remedy":null,"last_poll":null,"last_success":null,
            "engine":"rss","failures":0,"moved_to":null}"#;
        let health: BoardHealth = serde_json::from_str(stored).unwrap();
        assert_eq!((health.state, health.suspicion, health.lost), (BoardState::Ok, None, None));
    }
}
