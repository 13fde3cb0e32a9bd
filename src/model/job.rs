//! The vacancy that one or more postings advertise, in the shape that JSON output promises.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::codes::{Contact, CredentialDemand, Education, EmployerIdentity, ExperienceLevel, WageStanding};
use super::ids::{BoardId, JobId};
use super::link::Link;
use super::place::{EmploymentType, Place, WorkMode};
use super::posting::Closing;
use super::raw_posting::RawPosting;
use super::salary::Salary;

/// Whether one can still apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobStatus {
    /// As far as any board says.
    Open,
    /// No longer.
    Closed,
}

impl JobStatus {
    /// Gives the word that stands in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// What the vacancy is in occupational classifications.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupation {
    /// BLS SOC 2018 code; derived.
    pub soc: Option<String>,
    /// OPM series as stated, or else those of the role.
    pub series: Vec<String>,
}

/// One posting of a job, as `show` and `export` print it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobPosting {
    /// The board.
    pub board: BoardId,
    /// The id there.
    pub posting_id: String,
    /// Its page.
    pub url: Option<String>,
    /// Where to apply.
    pub apply_url: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// When its board says it was posted.
    pub date_posted: Option<NaiveDate>,
    /// When we first saw it.
    pub first_seen: DateTime<Utc>,
    /// When its board last showed it.
    pub last_confirmed: DateTime<Utc>,
    /// Whether its board still shows it.
    pub status: JobStatus,
    /// What the board showed.
    pub raw: RawPosting,
    /// Every normalized field with raw value, basis and evidence; left out of plain `search`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<serde_json::Value>,
}

/// A posting of an earlier job that advertised the same position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierPosting {
    /// The board.
    pub board: BoardId,
    /// The id there.
    pub posting_id: String,
    /// The job that it belongs to.
    pub job: JobId,
    /// Its page.
    pub url: Option<String>,
    /// When it was posted, or else first seen.
    pub from: NaiveDate,
    /// When it ended, or was last shown; `None` while it is open.
    pub until: Option<NaiveDate>,
}

/// A vacancy with all its postings: the JSON that search, show, export and the web API print.
///
/// Unknown is `null`, never a guess.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Stable id.
    pub id: JobId,
    /// The best link: the employer's or government's own page first.
    pub url: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Employer.
    pub hiring_organization: Option<String>,
    /// Who employs, under one identity for all spellings; derived.
    #[serde(default)]
    pub employer: Option<EmployerIdentity>,
    /// Role of the HIM vocabulary; derived.
    pub role: Option<String>,
    /// Occupational codes.
    pub occupation: Occupation,
    /// All places of all postings.
    pub job_location: Vec<Place>,
    /// Work mode.
    pub work_mode: Option<WorkMode>,
    /// Where one may live, for remote work.
    pub remote_scope: Option<Vec<String>>,
    /// Employment types.
    pub employment_type: Vec<EmploymentType>,
    /// The shift, or the first of several; derived.
    pub shift: Option<String>,
    /// All shifts; derived.
    #[serde(default)]
    pub shifts: Vec<String>,
    /// Hours a week; derived.
    #[serde(default)]
    pub hours_per_week: Option<f64>,
    /// Step of the career ladder; derived.
    pub experience_level: Option<ExperienceLevel>,
    /// Least years of experience required; derived.
    #[serde(default)]
    pub experience_years: Option<f64>,
    /// Whether beginners are taken; derived.
    pub entry_level: Option<bool>,
    /// Kind of place where the employer stands; derived.
    pub setting: Option<String>,
    /// Pay.
    pub base_salary: Option<Salary>,
    /// Where the pay stands among the wages of its occupation; derived.
    #[serde(default)]
    pub pay_standing: Option<WageStanding>,
    /// Credentials asked for; derived.
    pub credentials: Vec<CredentialDemand>,
    /// Coding systems worked with; derived.
    #[serde(default)]
    pub coding_systems: Vec<String>,
    /// Encoders, EHRs and registry software named; derived.
    #[serde(default)]
    pub software: Vec<String>,
    /// Medical specialties named; derived.
    #[serde(default)]
    pub specialties: Vec<String>,
    /// The earliest stated posting date.
    pub date_posted: Option<NaiveDate>,
    /// When it closes: RFC 3339 where a time is stated or evident, a date otherwise.
    #[serde(with = "closing_text")]
    pub valid_through: Option<Closing>,
    /// When we first saw any of its postings.
    pub first_seen: DateTime<Utc>,
    /// When any board last showed it.
    pub last_confirmed: DateTime<Utc>,
    /// Whether one can still apply.
    pub status: JobStatus,
    /// Why it is closed: `stated date passed`, `absent from two complete polls`, the board's words.
    pub closed_reason: Option<String>,
    /// Advertised anew after it had closed.
    pub reposted: bool,
    /// Looks like a standing announcement, not like one vacancy; `signals` says why.
    pub evergreen: bool,
    /// What makes it look like a standing announcement: evidence in words, no accusation.
    #[serde(default)]
    pub signals: Vec<String>,
    /// Earlier jobs' postings that advertised the same position, the latest first.
    #[serde(default)]
    pub earlier: Vec<EarlierPosting>,
    /// Hiring paths; empty when not stated.
    pub open_to: Vec<String>,
    /// Education asked for; derived.
    pub education: Option<Education>,
    /// Benefits that decide; derived.
    pub benefits: Vec<String>,
    /// Evidence of trouble, worded as evidence.
    pub warnings: Vec<String>,
    /// Persons named in the postings' texts: for one's own eyes, never for public pages and feeds.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// Description as plain text.
    pub description_text: Option<String>,
    /// Description as safe HTML.
    pub description_html: Option<String>,
    /// Its postings, the one the job speaks through first.
    pub postings: Vec<JobPosting>,
    /// Why they are one job.
    pub links: Vec<Link>,
    /// Which fields a filter asked for and no posting states: set by a search alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_match: Vec<String>,
}

/// Writes a closing as RFC 3339 where the time is known, as a date otherwise.
mod closing_text {
    use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Closing;

    #[expect(clippy::ref_option, reason = "serde passes the field by reference")]
    pub(super) fn serialize<S: Serializer>(closing: &Option<Closing>, serializer: S) -> Result<S::Ok, S::Error> {
        closing
            .as_ref()
            .map(|closing| closing.time.map_or_else(|| closing.date.to_string(), |time| time.to_rfc3339()))
            .serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Closing>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        if let Ok(time) = DateTime::<FixedOffset>::parse_from_rfc3339(&text) {
            return Ok(Some(Closing { date: time.date_naive(), instant: time.with_timezone(&Utc), time: Some(time) }));
        }
        let date: NaiveDate = text.parse().map_err(serde::de::Error::custom)?;
        let end = date.succ_opt().unwrap_or(date).and_time(NaiveTime::MIN).and_utc();
        Ok(Some(Closing { date, instant: end, time: None }))
    }
}
