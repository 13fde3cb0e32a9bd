//! The filters, the same for every command that looks jobs up.

use std::fmt::Display;

use clap::Args;

use super::context::UsageError;
use crate::matching::{
    ValueError, parse_amount, parse_employment_type, parse_known, parse_length_of_time, parse_query, parse_sort,
    parse_state, parse_status,
};
use crate::model::{BoardId, Criteria};

/// What to look for. Repeated values of one filter ask for any of them.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Filters")]
pub(super) struct Filters {
    /// Words, "phrases", -exclusions, OR
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Seen on this board
    #[arg(long, value_name = "ID")]
    board: Vec<String>,
    /// The employer's name holds this
    #[arg(long, value_name = "NAME")]
    employer: Vec<String>,
    /// The employer's name does not hold this
    #[arg(long, value_name = "NAME")]
    not_employer: Vec<String>,
    /// In this state: OH, or Ohio
    #[arg(long, value_name = "STATE")]
    state: Vec<String>,
    /// Remote work only
    #[arg(long)]
    remote: bool,
    /// full-time, part-time, per-diem, contractor, temporary, intern, volunteer
    #[arg(long, value_name = "TYPE")]
    employment_type: Vec<String>,
    /// Pays at least this: 25/hour, 60000/year
    #[arg(long, value_name = "AMOUNT/UNIT")]
    pay_at_least: Option<String>,
    /// Posted within this time: 7d, 36h, 2w
    #[arg(long, value_name = "LENGTH")]
    posted_within: Option<String>,
    /// Closing within this time
    #[arg(long, value_name = "LENGTH")]
    closing_within: Option<String>,
    /// Federal hiring path: public, vet, fed-competitive, …
    #[arg(long, value_name = "PATH")]
    open_to: Vec<String>,
    /// open, closed or all
    #[arg(long, value_name = "STATUS", default_value = "open")]
    status: String,
    /// Leave out jobs that do not state these: pay, place, work-mode, employment-type, employer,
    /// posted, closing, open-to; or all
    #[arg(long, value_name = "FIELDS")]
    known: Option<String>,
    /// newest, closing, pay or relevance
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    sort: String,
    /// At most this many [default: 50 in a table, no limit elsewhere]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Skip this many
    #[arg(long, value_name = "N", default_value_t)]
    offset: usize,
}

impl Filters {
    /// Reads the values; `default_limit` holds where none is given.
    pub(super) fn criteria(&self, default_limit: Option<usize>) -> Result<Criteria, UsageError> {
        let query_text = Some(self.query.join(" ")).filter(|text| !text.trim().is_empty());
        let boards: Result<Vec<BoardId>, _> = self.board.iter().map(|id| BoardId::new(id)).collect();
        Ok(Criteria {
            query: query_text.as_deref().and_then(parse_query),
            query_text,
            boards: boards.map_err(|error| UsageError(format!("--board: {error}")))?,
            employers: self.employer.clone(),
            not_employers: self.not_employer.clone(),
            states: each("--state", &self.state, parse_state)?,
            remote: self.remote,
            employment_types: each("--employment-type", &self.employment_type, parse_employment_type)?,
            pay_at_least: one("--pay-at-least", self.pay_at_least.as_deref(), parse_amount)?,
            posted_within: one("--posted-within", self.posted_within.as_deref(), parse_length_of_time)?,
            closing_within: one("--closing-within", self.closing_within.as_deref(), parse_length_of_time)?,
            open_to: each("--open-to", &self.open_to, parse_hiring_path)?,
            status: one("--status", Some(&self.status), parse_status)?.unwrap_or_default(),
            known: one("--known", self.known.as_deref(), parse_known)?.unwrap_or_default(),
            sort: one("--sort", Some(&self.sort), parse_sort)?.unwrap_or_default(),
            limit: self.limit.or(default_limit),
            offset: self.offset,
        })
    }
}

/// The codes of USAJOBS hiring paths.
const HIRING_PATHS: [&str; 21] = [
    "public",
    "vet",
    "nguard",
    "disability",
    "native",
    "mspouse",
    "student",
    "graduates",
    "ses",
    "peace",
    "overseas",
    "fed",
    "fed-competitive",
    "fed-excepted",
    "fed-internal-search",
    "fed-internal-nosearch",
    "fed-transition",
    "land",
    "special-authorities",
    "nopublic",
    "se-other",
];

fn parse_hiring_path(text: &str) -> Result<String, String> {
    let path = text.trim().to_lowercase();
    if HIRING_PATHS.contains(&path.as_str()) {
        return Ok(path);
    }
    Err(format!("`{text}` is not a hiring path: use one of {}", HIRING_PATHS.join(", ")))
}

fn one<T>(flag: &str, text: Option<&str>, read: fn(&str) -> Result<T, ValueError>) -> Result<Option<T>, UsageError> {
    text.map(read).transpose().map_err(|error| UsageError(format!("{flag}: {error}")))
}

fn each<T, E: Display>(flag: &str, texts: &[String], read: fn(&str) -> Result<T, E>) -> Result<Vec<T>, UsageError> {
    // `--state OH,KY` is what people type.
    let values = texts.iter().flat_map(|text| text.split(',')).filter(|text| !text.trim().is_empty());
    values.map(read).collect::<Result<_, _>>().map_err(|error| UsageError(format!("{flag}: {error}")))
}
