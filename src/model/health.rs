//! How a board is doing, and what an operator can do about it.

use chrono::{DateTime, Utc};
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
        const ALL: [BoardState; 9] = [
            BoardState::Ok,
            BoardState::Empty,
            BoardState::EmptySuspect,
            BoardState::Degraded,
            BoardState::Walled,
            BoardState::Moved,
            BoardState::Gone,
            BoardState::BrokenFormat,
            BoardState::Disabled,
        ];
        ALL.into_iter().find(|state| state.as_str() == word).unwrap_or_default()
    }

    /// Tells whether the board could be read.
    #[must_use]
    pub fn is_readable(self) -> bool {
        matches!(self, Self::Ok | Self::Empty)
    }
}

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
    /// When the round began that its host's pace cut short; the next poll goes on with it.
    #[serde(default)]
    pub round_started: Option<DateTime<Utc>>,
    /// The move that the operator has accepted, if any.
    #[serde(default)]
    pub accepted: Option<AcceptedMove>,
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
