//! Non-fatal complaints: what was seen, what was expected, and where.

use serde::{Deserialize, Serialize};

/// Groups problems for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// An answer was repaired before it could be read.
    Repaired,
    /// An item lacks what every posting needs, or could not be read at all; it is left out.
    BrokenItem,
    /// A field could not be read; its raw value is kept.
    UnreadField,
    /// A whole answer is not of the expected format.
    BrokenFormat,
    /// A request failed (connection, time-out, status).
    Fetch,
    /// robots.txt forbids an address.
    RobotsDisallowed,
    /// A bot wall answered.
    Walled,
    /// The board has moved to another registrable domain.
    Moved,
    /// The list is known not to be whole (a page failed, or the board truncates).
    Incomplete,
    /// Work was put off until later (Crawl-delay, Retry-After).
    Deferred,
    /// The configuration lacks something.
    Configuration,
}

/// One complaint. It never stops a poll by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What sort of complaint.
    pub kind: ProblemKind,
    /// The address it is about; secrets never stand in URLs here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The field or the place inside the answer: `baseSalary`, `item 3`, `/data/7/title`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// One sentence fragment: what was seen, what was expected, the remedy when known.
    pub message: String,
}

impl Problem {
    /// Makes a complaint that is not about one address.
    pub fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, url: None, field: None, message: message.into() }
    }

    /// Names the address.
    #[must_use]
    pub fn at(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Names the field or the place inside the answer.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}
