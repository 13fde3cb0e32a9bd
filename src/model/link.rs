//! Why two postings are one job, in named points; and the judge that the store asks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::posting::Posting;
use super::sketch::Sketch;

/// What a comparison concludes. The names follow Eurostat's deduplication task (full, semantic,
/// temporal, partial).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// The same advertisement: one network id or one address.
    Exact,
    /// The same vacancy, written otherwise.
    Same,
    /// The same vacancy advertised again after it was gone for a while: one job.
    Repost,
    /// The same position advertised at another time: a job of its own, with the other as its past.
    Earlier,
    /// Perhaps the same; shown beside each other, hidden never.
    Possible,
    /// Not the same.
    Different,
}

/// One named point of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Log-odds points; negative speaks against.
    pub points: f64,
    /// The point in words: `same requisition id R-10233`.
    pub says: String,
    /// Set when this point alone forbids joining.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub veto: bool,
}

/// The result of comparing two postings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it concludes.
    pub kind: LinkKind,
    /// The probability that both advertise one vacancy, 0 to 1.
    pub probability: f64,
    /// The points in order of weight.
    pub evidence: Vec<Evidence>,
}

impl Verdict {
    /// Tells whether the two may be joined into one job.
    #[must_use]
    pub fn joins(&self) -> bool {
        matches!(self.kind, LinkKind::Exact | LinkKind::Same | LinkKind::Repost)
    }

    /// Tells whether a point forbids joining.
    #[must_use]
    pub fn vetoes(&self) -> bool {
        self.evidence.iter().any(|point| point.veto)
    }
}

/// A stored link between two postings, each named `board/posting_id`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// One posting.
    pub a: String,
    /// The other.
    pub b: String,
    /// The probability that both advertise one vacancy.
    pub probability: f64,
    /// What the comparison concluded.
    pub kind: LinkKind,
    /// Why.
    pub evidence: Vec<Evidence>,
}

/// When a posting stood on its board, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it was posted, or first seen.
    pub from: DateTime<Utc>,
    /// When its board last showed it, or its stated end; `None` while it is open.
    pub until: Option<DateTime<Utc>>,
    /// Whether it ended on the day that it had stated.
    pub ended_as_stated: bool,
}

/// Compares postings. Implemented by `dedupe`, asked by `store` inside the writing transaction, so
/// that a posting and its place in a job are committed together.
pub trait Judge: Send + Sync {
    /// Names the model, stored with each sketch and link; another one compares everything anew.
    fn model(&self) -> &'static str;
    /// Gives what is compared of a posting, and the keys under which postings that might be the same
    /// job meet, ascending.
    fn sketch(&self, posting: &Posting) -> (Sketch, Vec<i64>);
    /// Gives how much sharing a key says, at least 1: postings whose shared keys come to less than 2
    /// are not compared.
    fn key_weight(&self, key: i64) -> u32;
    /// Compares two postings by what they say.
    fn compare(&self, a: &Sketch, b: &Sketch) -> Verdict;
    /// Compares two postings and names every point, also where they have nothing in common.
    fn explain(&self, a: &Sketch, b: &Sketch) -> Verdict {
        self.compare(a, b)
    }
    /// Says what a verdict that joins means once it is known when the two stood on their boards.
    fn in_time(&self, verdict: Verdict, a: (&Sketch, Span), b: (&Sketch, Span)) -> Verdict;
}
