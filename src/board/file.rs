//! The exact shape of a board's TOML table, as typed: every key optional, unknown keys refused.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;

use super::mail::MailRules;

/// How a feed's title hides the employer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TitleSplit {
    /// The title is the title.
    #[default]
    None,
    /// `Title | Employer`, split at the last ` | `.
    LastPipe,
    /// `Employer: Title`.
    Colon,
    /// `Title at Employer`, split at the last ` at `.
    At,
}

/// What public pages and feeds may show of a board's texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Republish {
    /// Title and link.
    Link,
    /// And the first sentences.
    #[default]
    Excerpt,
    /// The whole text.
    Full,
}

/// Selectors of engine `html`, and the gaps that engine `jsonld` may fill by them.
///
/// A rule is `SELECTOR`, `SELECTOR@ATTRIBUTE`, either followed by `| filter` from a closed list;
/// several rules separated by ` || ` are tried in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HtmlRules {
    /// Selects one element for each posting of a list.
    pub item: Option<String>,
    /// The link to the next page: `a.next@href`.
    pub next: Option<String>,
    /// Words by which the board itself says that it has no postings.
    pub empty_text: Option<String>,
    /// List rows: field name to rule.
    pub fields: BTreeMap<String, String>,
    /// Detail pages: field name to rule.
    pub detail: BTreeMap<String, String>,
}

/// JSON Pointers (RFC 6901) of engine `json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JsonRules {
    /// The array of postings: `/data`.
    pub items: Option<String>,
    /// The address of the next page: `/links/next`.
    pub next: Option<String>,
    /// How many postings there are in all: `/meta/total`.
    pub total: Option<String>,
    /// Field name to pointer inside an item, with filters.
    pub fields: BTreeMap<String, String>,
    /// The posting inside a detail answer: `/data`.
    pub detail_item: Option<String>,
    /// Field name to pointer inside a detail's posting.
    pub detail: BTreeMap<String, String>,
}

/// One board's table as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BoardFile {
    /// The board's name for people.
    pub name: Option<String>,
    /// The software behind it.
    pub engine: Option<String>,
    /// Engines to try in order where the software is not known.
    pub engines: Option<Vec<String>>,
    /// Origin and prefix; engine `rss` takes the whole feed address.
    pub base_url: Option<String>,
    /// The board's page for people, where it differs from `base_url`.
    pub homepage: Option<String>,
    /// Whether it is polled.
    pub enabled: Option<bool>,
    /// Five-field cron in `time_zone`.
    pub schedule: Option<String>,
    /// Or an interval: `6h`.
    pub every: Option<String>,
    /// Whether the interval stretches, up to twelve hours, for a board that posts rarely.
    pub adaptive: Option<bool>,
    /// The zone of its dates: an IANA name.
    pub time_zone: Option<String>,
    /// The country of places that name none.
    pub country: Option<String>,
    /// What public pages may show.
    pub republish: Option<Republish>,
    /// What is known of its terms, with date; shown by `board show`.
    pub terms: Option<String>,
    /// Paths or addresses of its lists, replacing the engine's preset.
    pub lists: Option<Vec<String>>,
    /// Sitemaps to begin with, for engine `jsonld`.
    pub sitemaps: Option<Vec<String>>,
    /// A regular expression that detail addresses match, for engine `jsonld`; its first group is the id.
    pub detail_pattern: Option<String>,
    /// The address of a detail, with `{id}`, for engine `json`.
    pub detail_url: Option<String>,
    /// Whether details are fetched.
    pub details: Option<bool>,
    /// At most this many list pages a poll.
    pub max_pages: Option<u32>,
    /// How a feed's title hides the employer.
    pub title_split: Option<TitleSplit>,
    /// OPM series, for engine `usajobs`.
    pub series: Option<Vec<String>>,
    /// The e-mail address the API key was given to, for engine `usajobs`.
    pub email: Option<String>,
    /// The API key, for engine `usajobs`.
    pub api_key: Option<SecretString>,
    /// A file that holds the API key.
    pub api_key_file: Option<String>,
    /// Selectors.
    pub html: Option<HtmlRules>,
    /// Pointers.
    pub json: Option<JsonRules>,
    /// Its job-alert mails.
    pub mail: Option<MailRules>,
}
