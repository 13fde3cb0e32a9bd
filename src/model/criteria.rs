//! What somebody is looking for: one set of filters, the same for search, export, feeds and digests.

use chrono::Duration;

use super::ids::BoardId;
use super::place::EmploymentType;
use super::salary::PayUnit;

/// A parsed query: words, "phrases", exclusions, OR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryNode {
    /// One word; a trailing `*` asks for every word that begins so.
    Word {
        /// The word, lower-case.
        word: String,
        /// Whether it ended in `*`.
        prefix: bool,
    },
    /// Words in this order, next to each other.
    Phrase(Vec<String>),
    /// All of these.
    All(Vec<QueryNode>),
    /// At least one of these.
    Any(Vec<QueryNode>),
    /// None of this.
    Not(Box<QueryNode>),
}

/// The least pay asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PayFloor {
    /// The amount.
    pub amount: f64,
    /// For what.
    pub unit: PayUnit,
}

/// Which jobs by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatusFilter {
    /// Open ones.
    #[default]
    Open,
    /// Closed ones.
    Closed,
    /// Both.
    All,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// First seen last comes first.
    #[default]
    Newest,
    /// Soonest closing first; unknown closing last.
    Closing,
    /// Highest annual pay first; unknown or implausible last.
    Pay,
    /// Best match of the words first.
    Relevance,
}

/// A field that a filter may find unstated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KnownField {
    /// Pay.
    Pay,
    /// Place.
    Place,
    /// Work mode.
    WorkMode,
    /// Employment type.
    EmploymentType,
    /// Employer.
    Employer,
    /// Posting date.
    Posted,
    /// Closing date.
    Closing,
    /// Hiring paths.
    OpenTo,
}

impl KnownField {
    /// Every field.
    pub const ALL: [Self; 8] = [
        Self::Pay,
        Self::Place,
        Self::WorkMode,
        Self::EmploymentType,
        Self::Employer,
        Self::Posted,
        Self::Closing,
        Self::OpenTo,
    ];

    /// Gives the word used by `--known` and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Place => "place",
            Self::WorkMode => "work-mode",
            Self::EmploymentType => "employment-type",
            Self::Employer => "employer",
            Self::Posted => "posted",
            Self::Closing => "closing",
            Self::OpenTo => "open-to",
        }
    }
}

/// One set of filters. The default asks for every open job, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Criteria {
    /// The words as typed.
    pub query_text: Option<String>,
    /// The words, parsed.
    pub query: Option<QueryNode>,
    /// Any of these boards.
    pub boards: Vec<BoardId>,
    /// Any of these words or names stand in the employer's name.
    pub employers: Vec<String>,
    /// None of these stand in the employer's name.
    pub not_employers: Vec<String>,
    /// Any of these states, two-letter codes. Remote work open to the whole US counts as every state.
    pub states: Vec<String>,
    /// Remote work only.
    pub remote: bool,
    /// Any of these employment types.
    pub employment_types: Vec<EmploymentType>,
    /// At least this pay: the upper bound counts.
    pub pay_at_least: Option<PayFloor>,
    /// Posted within this time; first seen counts where no date is stated.
    pub posted_within: Option<Duration>,
    /// Closing within this time, and not yet closed.
    pub closing_within: Option<Duration>,
    /// Any of these hiring paths.
    pub open_to: Vec<String>,
    /// By status.
    pub status: StatusFilter,
    /// Leave out jobs that do not state these.
    pub known: Vec<KnownField>,
    /// In which order.
    pub sort: SortOrder,
    /// At most this many; `None` is no limit.
    pub limit: Option<usize>,
    /// Skip this many.
    pub offset: usize,
}

impl Criteria {
    /// Names the fields that these filters look at, and so may find unstated.
    #[must_use]
    pub fn asked_fields(&self) -> Vec<KnownField> {
        let asked = [
            (self.pay_at_least.is_some(), KnownField::Pay),
            (!self.states.is_empty(), KnownField::Place),
            (self.remote, KnownField::WorkMode),
            (!self.employment_types.is_empty(), KnownField::EmploymentType),
            (!self.employers.is_empty(), KnownField::Employer),
            (self.closing_within.is_some(), KnownField::Closing),
            (!self.open_to.is_empty(), KnownField::OpenTo),
        ];
        asked.into_iter().filter_map(|(asks, field)| asks.then_some(field)).collect()
    }
}
