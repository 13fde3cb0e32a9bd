//! When a board is to be polled next, and why then.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// What set the moment of a board's next poll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DueReason {
    /// Its schedule.
    #[default]
    Schedule,
    /// Its host's pace: a wait that the host asks for, or an answer that is still fresh.
    Pace,
    /// It failed, and is tried again.
    Retry,
    /// No host could be reached: our own network is looked after, not the board.
    Outage,
    /// A wall, a login or a move: somebody has to act, and we only look now and then.
    Wall,
    /// It has been gone for long, and is looked at once a week.
    Parked,
}

impl DueReason {
    const ALL: [Self; 6] = [Self::Schedule, Self::Pace, Self::Retry, Self::Outage, Self::Wall, Self::Parked];

    /// Gives the word that stands in SQL and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Pace => "pace",
            Self::Retry => "retry",
            Self::Outage => "outage",
            Self::Wall => "wall",
            Self::Parked => "parked",
        }
    }

    /// Reads the word back; unknown words are [`DueReason::Schedule`].
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word).unwrap_or_default()
    }
}

/// When a board is to be polled next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Not before this moment.
    pub at: DateTime<Utc>,
    /// What set it.
    pub why: DueReason,
    /// The schedule that was in force.
    pub schedule: String,
    /// When the poll before it ended.
    pub polled_at: DateTime<Utc>,
}
