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

impl QueryNode {
    /// The most words that one query asks for; one with more is refused.
    pub const MOST_WORDS: usize = 256;

    /// Gives how many words it asks for.
    #[must_use]
    pub fn word_count(&self) -> usize {
        match self {
            Self::Word { .. } => 1,
            Self::Phrase(words) => words.len(),
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::word_count).sum(),
            Self::Not(part) => part.word_count(),
        }
    }
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
    /// Nearest first; jobs without a known place last.
    Distance,
}

/// A circle on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// The center as typed, or by its full name.
    pub label: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The radius in statute miles.
    pub miles: f64,
    /// States that the circle touches, two-letter codes: a job known only by one of them may be inside.
    pub states: Vec<String>,
}

/// One degree of latitude in miles, a little less than it is: half of the circumference over 180.
const MILES_A_DEGREE: f64 = 69.09;

impl Near {
    /// Gives the latitudes between which the circle lies, with a little to spare.
    #[must_use]
    pub fn latitudes(&self) -> (f64, f64) {
        let reach = self.miles / MILES_A_DEGREE + 0.001;
        (self.latitude - reach, self.latitude + reach)
    }
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
    /// Credentials.
    Credential,
    /// Whether beginners are taken.
    EntryLevel,
    /// Kind of place where the employer stands.
    Setting,
    /// Step of the career ladder.
    Level,
    /// Shift.
    Shift,
    /// Education.
    Education,
    /// Coding systems.
    CodingSystem,
    /// Software.
    Software,
    /// Medical specialties.
    Specialty,
    /// Benefits.
    Benefit,
    /// Years of experience.
    Experience,
    /// Hours a week.
    Hours,
}

impl KnownField {
    /// Every field.
    pub const ALL: [Self; 20] = [
        Self::Pay,
        Self::Place,
        Self::WorkMode,
        Self::EmploymentType,
        Self::Employer,
        Self::Posted,
        Self::Closing,
        Self::OpenTo,
        Self::Credential,
        Self::EntryLevel,
        Self::Setting,
        Self::Level,
        Self::Shift,
        Self::Education,
        Self::CodingSystem,
        Self::Software,
        Self::Specialty,
        Self::Benefit,
        Self::Experience,
        Self::Hours,
    ];

    /// The fields that boards state in places of their own, as against those read from the words.
    pub const STATED: [Self; 8] = [
        Self::Pay,
        Self::Place,
        Self::WorkMode,
        Self::EmploymentType,
        Self::Employer,
        Self::Posted,
        Self::Closing,
        Self::OpenTo,
    ];

    /// Gives the bit that says that it is stated nowhere: its place in the list, which only grows.
    #[must_use]
    pub fn bit(self) -> i64 {
        Self::ALL.iter().position(|known| *known == self).map_or(0, |at| 1 << at)
    }

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
            Self::Credential => "credential",
            Self::EntryLevel => "entry-level",
            Self::Setting => "setting",
            Self::Level => "level",
            Self::Shift => "shift",
            Self::Education => "education",
            Self::CodingSystem => "coding-system",
            Self::Software => "software",
            Self::Specialty => "specialty",
            Self::Benefit => "benefit",
            Self::Experience => "experience",
            Self::Hours => "hours",
        }
    }
}

/// One set of filters. The default asks for every open job, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a filter of its own")]
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
    /// Any of these roles.
    pub roles: Vec<String>,
    /// Any of these SOC codes; a code without its last digits (`29-2`) asks for all that begin so.
    pub socs: Vec<String>,
    /// Any of these credentials, by id.
    pub credentials: Vec<String>,
    /// Only where the credential is required, not where it is preferred; without
    /// [`Criteria::credentials`]: where any is.
    pub credential_required: bool,
    /// Beginners are taken.
    pub entry_level: bool,
    /// Any of these settings.
    pub settings: Vec<String>,
    /// Any of these steps of the ladder.
    pub levels: Vec<String>,
    /// Any of these shifts.
    pub shifts: Vec<String>,
    /// Any of these steps of education as the one asked for.
    pub educations: Vec<String>,
    /// Any of these coding systems.
    pub coding_systems: Vec<String>,
    /// Any of this software.
    pub software: Vec<String>,
    /// Any of these medical specialties.
    pub specialties: Vec<String>,
    /// Any of these benefits.
    pub benefits: Vec<String>,
    /// At most so many years of experience required.
    pub experience_at_most: Option<f64>,
    /// At least so many hours a week.
    pub hours_at_least: Option<f64>,
    /// At most so many hours a week.
    pub hours_at_most: Option<f64>,
    /// No staffing agencies.
    pub direct: bool,
    /// Without warning signs.
    pub no_warnings: bool,
    /// Within a circle.
    pub near: Option<Near>,
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
            (!self.states.is_empty() || self.near.is_some(), KnownField::Place),
            (self.remote, KnownField::WorkMode),
            (!self.employment_types.is_empty(), KnownField::EmploymentType),
            (!self.employers.is_empty(), KnownField::Employer),
            (self.closing_within.is_some(), KnownField::Closing),
            (!self.open_to.is_empty(), KnownField::OpenTo),
            (!self.credentials.is_empty() || self.credential_required, KnownField::Credential),
            (self.entry_level, KnownField::EntryLevel),
            (!self.settings.is_empty(), KnownField::Setting),
            (!self.levels.is_empty(), KnownField::Level),
            (!self.shifts.is_empty(), KnownField::Shift),
            (!self.educations.is_empty(), KnownField::Education),
            (!self.coding_systems.is_empty(), KnownField::CodingSystem),
            (!self.software.is_empty(), KnownField::Software),
            (!self.specialties.is_empty(), KnownField::Specialty),
            (!self.benefits.is_empty(), KnownField::Benefit),
            (self.experience_at_most.is_some(), KnownField::Experience),
            (self.hours_at_least.is_some() || self.hours_at_most.is_some(), KnownField::Hours),
        ];
        asked.into_iter().filter_map(|(asks, field)| asks.then_some(field)).collect()
    }
}
