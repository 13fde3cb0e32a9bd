//! One board's advertisement, normalized: schema.org JobPosting names in snake case.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::codes::Codes;
use super::field::Field;
use super::ids::PostingKey;
use super::place::{EmploymentType, Place, WorkMode};
use super::raw_posting::{Completeness, RawPosting};
use super::salary::Salary;

/// The end of a posting: the date or moment as stated, and the instant it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The day on which it closes, in the board's zone.
    pub date: NaiveDate,
    /// The first instant at which it is closed. A day without a time runs to its end in the
    /// board's zone (USAJOBS: 11:59 p.m. Eastern).
    pub instant: DateTime<Utc>,
    /// The moment as shown to people and in JSON, when the board states a time; a date alone otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<DateTime<FixedOffset>>,
}

/// One board's advertisement, normalized. Each field keeps its raw value, basis and evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posting {
    /// Board and id.
    pub key: PostingKey,
    /// The id in the network of boards that share numbering: `bti:19449282`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_id: Option<String>,
    /// The posting's own page, canonical: no tracking parameters, no default port, no fragment.
    pub url: Field<String>,
    /// Where to apply, canonical.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub apply_url: Field<String>,
    /// The title, cleaned for people: entities decoded, white space folded. Never altered otherwise.
    pub title: Field<String>,
    /// The employer's name, cleaned for people.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub hiring_organization: Field<String>,
    /// The body above the employer.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub department: Field<String>,
    /// Distinct places, in the board's order.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub job_location: Field<Vec<Place>>,
    /// Where the work is done from.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub work_mode: Field<WorkMode>,
    /// For remote work: where one may live; `US` or states' codes.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub remote_scope: Field<Vec<String>>,
    /// Employment types.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub employment_type: Field<Vec<EmploymentType>>,
    /// Pay.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub base_salary: Field<Salary>,
    /// The day it was posted, in the board's zone.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub date_posted: Field<NaiveDate>,
    /// When it closes.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub valid_through: Field<Closing>,
    /// The description as plain text with paragraphs; the markup stays in `raw.description`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description_text: Option<String>,
    /// OPM series.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub series: Field<Vec<String>>,
    /// USAJOBS hiring paths as lower-case codes: `public`, `fed-competitive`.
    #[serde(default, skip_serializing_if = "Field::is_empty")]
    pub open_to: Field<Vec<String>>,
    /// Requisition and announcement numbers, cleaned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requisition_ids: Vec<String>,
    /// Set when the board itself says that it is over: `Job closed`, `Job canceled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_by_board: Option<String>,
    /// Set when it looks like a standing register, not a billet: 50 places, or 300 days open.
    #[serde(default)]
    pub evergreen: bool,
    /// How many applications end it, where the board states a cap (USAJOBS closing type 03).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant_cap: Option<u32>,
    /// What it is coded with, derived from all the above.
    #[serde(default, skip_serializing_if = "Codes::is_empty")]
    pub codes: Codes,
    /// What the board showed.
    pub raw: RawPosting,
}

impl Posting {
    /// Tells how much of the posting was seen.
    #[must_use]
    pub fn completeness(&self) -> Completeness {
        self.raw.completeness
    }

    /// Gives the title for people; a posting without one is called by its key.
    #[must_use]
    pub fn title_or_key(&self) -> String {
        self.title.value.clone().unwrap_or_else(|| self.key.to_string())
    }
}
