//! A posting as its board shows it: strings only, nothing interpreted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Says how much of a posting an answer showed. Ordered: a fuller one never gives way to a lesser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Completeness {
    /// A row of a list: title and link, perhaps employer and place.
    #[default]
    ListRow,
    /// A row with a cut description.
    Teaser,
    /// The whole posting.
    Full,
}

/// A place as the board shows it: one text, or parts, or both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RawPlace {
    /// The place in one text: `Columbus, OH, United States`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// schema.org `addressLocality`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// schema.org `addressRegion`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// schema.org `postalCode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// schema.org `addressCountry`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// schema.org `streetAddress`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Degrees north as stated; 0 together with longitude 0 is no place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east as stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

/// Pay as the board shows it: one text, or parts, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RawSalary {
    /// The pay in one text: `$24.50 - $31.75 per hour`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// schema.org `currency`, or the board's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The lower bound as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The upper bound as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// A single figure as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The unit's word or code as shown: `HOUR`, `Yearly Salary`, `PA`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A posting as its board shows it. Every member is optional: parsing never fails for a missing one.
///
/// Descriptions keep their markup; entities are decoded only as far as the carrier (JSON, XML)
/// requires.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RawPosting {
    /// The board's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posting_id: Option<String>,
    /// The id in the network of boards that share the engine's numbering: `bti:19449282`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_id: Option<String>,
    /// The posting's own page, absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where to apply, absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apply_url: Option<String>,
    /// The title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The employer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hiring_organization: Option<String>,
    /// The body above the employer: a federal department, a parent system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Where the work is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub job_location: Vec<RawPlace>,
    /// The place in the board's own summary words: `Multiple Locations`, `Anywhere in the U.S. (remote job)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_summary: Option<String>,
    /// Words and flags that speak of remote work: `TELECOMMUTE`, `(hybrid)`, `RemoteIndicator=true`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub work_mode: Vec<String>,
    /// When it was posted, in any form the board uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_posted: Option<String>,
    /// Until when it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_through: Option<String>,
    /// Employment types in the board's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub employment_type: Vec<String>,
    /// The pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_salary: Option<RawSalary>,
    /// The text, as HTML or plain; further parts (duties, requirements) are joined to it as sections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Education asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub education: Option<String>,
    /// Experience asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experience: Option<String>,
    /// The board's own categories, industries and functions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// OPM occupational series as stated: `0675`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<String>,
    /// USAJOBS hiring paths, codes or names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hiring_paths: Vec<String>,
    /// Requisition and announcement numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requisition_ids: Vec<String>,
    /// The board's own word on its state: `Job closed`, `Accepting applications`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Whatever else the board states, by its own names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
    /// The answer it stood in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// Where in that answer: `item 3`, `/SearchResult/SearchResultItems/2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// How much of the posting this is.
    pub completeness: Completeness,
}
