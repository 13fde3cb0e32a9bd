//! The vacancy that one or more postings advertise, in the shape that JSON output promises.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

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
    /// BLS SOC 2018 code; `None` until coded.
    pub soc: Option<String>,
    /// OPM series as stated.
    pub series: Vec<String>,
}

/// A credential that a posting asks for. Coded from the words; empty until coding exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialDemand {
    /// Issuer and code: `ahima:rhit`.
    pub id: String,
    /// The code as people write it.
    pub code: String,
    /// `required`, `preferred` or `eligible`.
    pub level: String,
    /// Which group of alternatives it belongs to.
    pub one_of: Option<u32>,
    /// The sentence that says so.
    pub evidence: String,
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
    /// Role of the HIM vocabulary; `None` until coded.
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
    /// Shift; `None` until coded.
    pub shift: Option<String>,
    /// Career ladder; `None` until coded.
    pub experience_level: Option<String>,
    /// Entry level; `None` until coded.
    pub entry_level: Option<bool>,
    /// Setting; `None` until coded.
    pub setting: Option<String>,
    /// Pay.
    pub base_salary: Option<Salary>,
    /// Credentials; empty until coded.
    pub credentials: Vec<CredentialDemand>,
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
    /// A standing register, not one billet.
    pub evergreen: bool,
    /// Hiring paths; empty when not stated.
    pub open_to: Vec<String>,
    /// Education; `None` until coded.
    pub education: Option<serde_json::Value>,
    /// Benefits; empty until coded.
    pub benefits: Vec<String>,
    /// Evidence of trouble, worded as evidence.
    pub warnings: Vec<String>,
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
