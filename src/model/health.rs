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
