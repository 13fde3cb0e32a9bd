//! What a posting is coded with: role, credentials, setting and the rest, each with the words it
//! came from. Derived from what the board says, and kept apart from it.

use serde::{Deserialize, Serialize};

use super::field::Field;

/// One code of a list, with the words that gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The code's id in the vocabulary: `icd-10-pcs`, `epic`, `tuition`.
    pub id: String,
    /// The sentence or line that says so, cut to a readable length.
    pub evidence: String,
}

/// How a credential is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DemandLevel {
    /// One must have it.
    Required,
    /// One must get it in time, or be eligible to sit for it.
    Eligible,
    /// It helps.
    Preferred,
}

impl DemandLevel {
    /// Gives the word that stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Eligible => "eligible",
            Self::Preferred => "preferred",
        }
    }
}

/// A credential that a posting asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialDemand {
    /// Issuer and code: `ahima:rhit`. One id for all spellings and for renamed credentials.
    pub id: String,
    /// The code as people write it today.
    pub code: String,
    /// How it is asked for.
    pub level: DemandLevel,
    /// Within how many months it must be got, where the posting says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_months: Option<u32>,
    /// Which group of alternatives it belongs to, counted from 1; `None` where it stands alone.
    pub one_of: Option<u32>,
    /// The sentence that says so.
    pub evidence: String,
}

/// Steps of education, lowest first (schema.org `EducationalOccupationalCredential`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EducationLevel {
    /// High school diploma or GED.
    HighSchool,
    /// A certificate or diploma of a program shorter than a degree.
    Certificate,
    /// Associate degree.
    Associate,
    /// Bachelor degree.
    Bachelor,
    /// Master degree.
    Master,
    /// Doctorate.
    Doctorate,
}

impl EducationLevel {
    /// Every step, lowest first.
    pub const ALL: [Self; 6] =
        [Self::HighSchool, Self::Certificate, Self::Associate, Self::Bachelor, Self::Master, Self::Doctorate];

    /// Gives the word that stands in JSON and filters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HighSchool => "high-school",
            Self::Certificate => "certificate",
            Self::Associate => "associate",
            Self::Bachelor => "bachelor",
            Self::Master => "master",
            Self::Doctorate => "doctorate",
        }
    }
}

/// The education asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Education {
    /// The lowest step that is required, or the lowest that is preferred where none is required.
    pub level: EducationLevel,
    /// Whether it is required.
    pub required: bool,
    /// The lowest step that is preferred beyond a required one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred: Option<EducationLevel>,
}

/// Steps of the career ladder, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExperienceLevel {
    /// Beginners are taken, or under two years asked for.
    Entry,
    /// Two years and more.
    Experienced,
    /// Senior, lead, principal.
    Senior,
    /// Supervisor, manager, director.
    Administrator,
}

impl ExperienceLevel {
    /// Every step, lowest first.
    pub const ALL: [Self; 4] = [Self::Entry, Self::Experienced, Self::Senior, Self::Administrator];

    /// Gives the word that stands in JSON and filters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Experienced => "experienced",
            Self::Senior => "senior",
            Self::Administrator => "administrator",
        }
    }
}

/// Evidence of trouble, worded as evidence and never as a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Which kind: `fee`, `check`, `messaging-interview`, `private-mailbox`, `pay`.
    pub kind: String,
    /// What a reader is told: `the text asks applicants to pay a fee`.
    pub says: String,
    /// The words it rests on.
    pub evidence: String,
}

/// Something in a posting that points to a person: kept for the job seeker, never republished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// `name`, `email` or `phone`.
    pub kind: String,
    /// The words as they stand in the text.
    pub words: String,
}

/// Who employs, under one identity for all spellings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmployerIdentity {
    /// The identity: lower-case words with hyphens, the same for every spelling.
    pub id: String,
    /// The name that people read.
    pub name: String,
    /// The identity of the system above it, kept apart: two hospitals of one system are two employers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Whether it is a staffing agency, which recruits for somebody else.
    #[serde(default)]
    pub agency: bool,
    /// Why it is taken for one, or by which entry of the alias table it got its identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Where stated pay stands among the wages of its occupation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WageStanding {
    /// SOC code whose wages it is compared with.
    pub soc: String,
    /// State, metropolitan area or `United States`.
    pub area: String,
    /// The percentile of the lower bound, rounded to 5; 0 is below the 10th, 100 above the 90th.
    pub low: Option<u8>,
    /// The percentile of the upper bound, likewise.
    pub high: Option<u8>,
    /// Source and year: `BLS OEWS May 2025`.
    pub source: String,
    /// In words: `about the 60th percentile in Ohio (BLS OEWS May 2025)`.
    pub says: String,
}

/// All codes of one posting. Every member may be empty: unknown beats wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Codes {
    /// The vocabulary that coded it, by its fingerprint; another one codes it again.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub vocabulary: String,
    /// What the person will mostly do: an id of `roles.toml`.
    #[serde(skip_serializing_if = "Field::is_empty")]
    pub role: Field<String>,
    /// BLS SOC 2018 code.
    #[serde(skip_serializing_if = "Field::is_empty")]
    pub soc: Field<String>,
    /// OPM series that the role belongs to, where the board states none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<String>,
    /// Credentials asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<CredentialDemand>,
    /// Whether beginners are taken.
    #[serde(skip_serializing_if = "Field::is_empty")]
    pub entry_level: Field<bool>,
    /// Step of the career ladder.
    #[serde(skip_serializing_if = "Field::is_empty")]
    pub experience_level: Field<ExperienceLevel>,
    /// Kind of place where the employer stands.
    #[serde(skip_serializing_if = "Field::is_empty")]
    pub setting: Field<String>,
    /// Education asked for.
    #[serde(skip_serializing_if = "Field::is_empty")]
    pub education: Field<Education>,
    /// Least years of experience required.
    #[serde(skip_serializing_if = "Field::is_empty")]
    pub experience_years: Field<f64>,
    /// Shifts.
    #[serde(skip_serializing_if = "Field::is_empty")]
    pub shift: Field<Vec<String>>,
    /// Hours a week.
    #[serde(skip_serializing_if = "Field::is_empty")]
    pub hours_per_week: Field<f64>,
    /// Coding systems worked with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coding_systems: Vec<Code>,
    /// Encoders, EHRs, registry and dictation software named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub software: Vec<Code>,
    /// Medical specialties named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub specialties: Vec<Code>,
    /// Benefits that decide.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub benefits: Vec<Code>,
    /// Evidence of trouble.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Persons named in the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
    /// Who employs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer: Option<EmployerIdentity>,
    /// Where the pay stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_standing: Option<WageStanding>,
}

impl Codes {
    /// Tells whether nothing was coded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
