//! What happened to a job. Append-only; event ids are the cursor that digests and feeds read by.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::JobId;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// A job was seen for the first time, open.
    Opened,
    /// A job was seen for the first time when it was closed already.
    Founded,
    /// A further posting joined it.
    Joined,
    /// A material field changed: title, pay, place, work mode, closing date.
    Updated,
    /// No board shows it any more, or its end passed.
    Closed,
    /// It is shown again.
    Reopened,
    /// It was advertised anew.
    Reposted,
    /// Another job was found to be this one; `detail` names the id that is now an alias.
    Merged,
    /// A posting left it.
    Split,
    /// It was coded anew by another vocabulary; `detail` says what that changed.
    Coded,
    /// A person ruled on its postings; `detail` says how.
    Decided,
    /// Its words, or what is known of it, changed: nothing that readers are told by itself, but a search may
    /// match it only now.
    Described,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Opened,
        Self::Founded,
        Self::Joined,
        Self::Updated,
        Self::Closed,
        Self::Reopened,
        Self::Reposted,
        Self::Merged,
        Self::Split,
        Self::Coded,
        Self::Decided,
        Self::Described,
    ];

    /// Gives the word that stands in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Founded => "founded",
            Self::Joined => "joined",
            Self::Updated => "updated",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Reposted => "reposted",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Coded => "coded",
            Self::Decided => "decided",
            Self::Described => "described",
        }
    }
}

/// One entry of a job's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobEvent {
    /// Rises with every event; never reused.
    pub id: i64,
    /// The job.
    pub job: JobId,
    /// What happened.
    pub kind: EventKind,
    /// The posting it came from, as `board/posting_id`.
    pub posting: Option<String>,
    /// When it was noticed.
    pub at: DateTime<Utc>,
    /// What changed, in words.
    pub detail: Option<String>,
}
