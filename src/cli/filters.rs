//! The filters, the same for every command that looks jobs up.

use std::fmt::Display;
use std::sync::Arc;

use clap::Args;

use super::context::UsageError;
use crate::coding::{CodeKind, Coder};
use crate::matching::{
    ValueError, parse_amount, parse_education, parse_employment_type, parse_known, parse_length_of_time, parse_level,
    parse_miles, parse_near, parse_query, parse_soc, parse_sort, parse_state, parse_status,
};
use crate::model::{BoardId, Criteria, Near, SortOrder};

/// What to look for. Repeated values of one filter ask for any of them.
#[derive(Clone, Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
#[command(next_help_heading = "Filters")]
pub(super) struct Filters {
    /// Words, "phrases", -exclusions, OR
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Seen on this board
    #[arg(long, value_name = "ID")]
    board: Vec<String>,
    /// The employer's name holds this; id:IDENTITY is one employer under all its spellings
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
    /// Role: coding-inpatient, cdi, cancer-registry, …; `jobrounds vocabulary list` has all
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,
    /// SOC code, or its beginning: 29-2072
    #[arg(long, value_name = "CODE")]
    soc: Vec<String>,
    /// Asks for this credential: RHIT, CCS, CPC, CTR, …
    #[arg(long, value_name = "CODE")]
    credential: Vec<String>,
    /// Only where the credential is required, not preferred
    #[arg(long)]
    credential_required: bool,
    /// Beginners are taken
    #[arg(long)]
    entry_level: bool,
    /// hospital, clinic, physician-group, insurer, government, vendor, …
    #[arg(long, value_name = "SETTING")]
    setting: Vec<String>,
    /// entry, experienced, senior, administrator
    #[arg(long, value_name = "LEVEL")]
    level: Vec<String>,
    /// day, evening, night, weekend, rotating, flexible, 4x10
    #[arg(long, value_name = "SHIFT")]
    shift: Vec<String>,
    /// Asks for this education: high-school, certificate, associate, bachelor, master, doctorate
    #[arg(long, value_name = "LEVEL")]
    education: Vec<String>,
    /// ICD-10-CM, ICD-10-PCS, CPT, HCPCS, DRG, HCC, …
    #[arg(long, value_name = "SYSTEM")]
    coding_system: Vec<String>,
    /// Encoder, EHR or registry software: Epic, Cerner, 3M 360, …
    #[arg(long, value_name = "NAME")]
    software: Vec<String>,
    /// Medical specialty that is coded: cardiology, oncology, …
    #[arg(long, value_name = "NAME")]
    specialty: Vec<String>,
    /// tuition, sign-on-bonus, relocation, flexible-schedule, paid-certification, …
    #[arg(long, value_name = "BENEFIT")]
    benefit: Vec<String>,
    /// Requires at most so many years of experience
    #[arg(long, value_name = "YEARS")]
    experience_at_most: Option<f64>,
    /// At least so many hours a week
    #[arg(long, value_name = "HOURS")]
    hours_at_least: Option<f64>,
    /// At most so many hours a week
    #[arg(long, value_name = "HOURS")]
    hours_at_most: Option<f64>,
    /// No staffing agencies
    #[arg(long)]
    direct: bool,
    /// Without warning signs
    #[arg(long)]
    no_warnings: bool,
    /// Near this place: 43215, or "Columbus, OH"
    #[arg(long, value_name = "PLACE")]
    near: Option<String>,
    /// How near, in miles [default with --near: 25]
    #[arg(long, value_name = "MILES", requires = "near")]
    within: Option<String>,
    /// open, closed or all
    #[arg(long, value_name = "STATUS", default_value = "open")]
    status: String,
    /// Leave out jobs that do not state these: pay, place, credential, level, …; all means all
    /// that the filters ask about
    #[arg(long, value_name = "FIELDS")]
    known: Option<String>,
    /// newest, closing, pay, distance or relevance
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
    /// The vocabulary is made ready only where a filter names one of its codes.
    pub(super) fn criteria(
        &self,
        coder: impl Fn() -> anyhow::Result<Arc<Coder>>,
        default_limit: Option<usize>,
    ) -> anyhow::Result<Criteria> {
        let query_text = Some(self.query.join(" ")).filter(|text| !text.trim().is_empty());
        let boards: Result<Vec<BoardId>, _> = self.board.iter().map(|id| BoardId::new(id)).collect();
        let by_name = |flag: &str, kind, texts: &[String]| -> anyhow::Result<Vec<String>> {
            if texts.is_empty() {
                return Ok(Vec::new());
            }
            let coder = coder()?;
            Ok(each(flag, texts, |text| coder.find(kind, text))?)
        };
        let mut criteria = Criteria {
            query: query_text.as_deref().and_then(parse_query),
            query_text,
            boards: boards.map_err(|error| UsageError(format!("--board: {error}")))?,
            employers: with_known_names(&self.employer, &coder)?,
            not_employers: with_known_names(&self.not_employer, &coder)?,
            states: each("--state", &self.state, parse_state)?,
            remote: self.remote,
            employment_types: each("--employment-type", &self.employment_type, parse_employment_type)?,
            pay_at_least: one("--pay-at-least", self.pay_at_least.as_deref(), parse_amount)?,
            posted_within: one("--posted-within", self.posted_within.as_deref(), parse_length_of_time)?,
            closing_within: one("--closing-within", self.closing_within.as_deref(), parse_length_of_time)?,
            open_to: each("--open-to", &self.open_to, parse_hiring_path)?,
            roles: by_name("--role", CodeKind::Role, &self.role)?,
            socs: each("--soc", &self.soc, parse_soc)?,
            credentials: by_name("--credential", CodeKind::Credential, &self.credential)?,
            credential_required: self.credential_required,
            entry_level: self.entry_level,
            settings: by_name("--setting", CodeKind::Setting, &self.setting)?,
            levels: each("--level", &self.level, parse_level)?,
            shifts: by_name("--shift", CodeKind::Shift, &self.shift)?,
            educations: each("--education", &self.education, parse_education)?,
            coding_systems: by_name("--coding-system", CodeKind::CodingSystem, &self.coding_system)?,
            software: by_name("--software", CodeKind::Software, &self.software)?,
            specialties: by_name("--specialty", CodeKind::Specialty, &self.specialty)?,
            benefits: by_name("--benefit", CodeKind::Benefit, &self.benefit)?,
            experience_at_most: figure("--experience-at-most", self.experience_at_most)?,
            hours_at_least: figure("--hours-at-least", self.hours_at_least)?,
            hours_at_most: figure("--hours-at-most", self.hours_at_most)?,
            direct: self.direct,
            no_warnings: self.no_warnings,
            near: self.near()?,
            status: one("--status", Some(&self.status), parse_status)?.unwrap_or_default(),
            known: Vec::new(),
            sort: one("--sort", Some(&self.sort), parse_sort)?.unwrap_or_default(),
            limit: self.limit.or(default_limit),
            offset: self.offset,
        };
        if criteria.sort == SortOrder::Distance && criteria.near.is_none() {
            return Err(UsageError("--sort distance: needs --near".to_owned()).into());
        }
        if let Some(text) = self.known.as_deref() {
            let known = parse_known(text, &criteria.asked_fields());
            criteria.known = known.map_err(|error| UsageError(format!("--known: {error}")))?;
        }
        Ok(criteria)
    }
}

/// How near is near where nothing else is said, in miles.
const NEAR: f64 = 25.0;

impl Filters {
    /// Reads the circle asked for.
    fn near(&self) -> Result<Option<Near>, UsageError> {
        let miles = one("--within", self.within.as_deref(), parse_miles)?.unwrap_or(NEAR);
        let near = self.near.as_deref().map(|text| parse_near(text, miles));
        near.transpose().map_err(|error| UsageError(format!("--near: {error}")))
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

/// Adds to employers as typed the names that the alias table knows them by: `VHA` asks for the Veterans
/// Health Administration as well, however a board spells it.
fn with_known_names(typed: &[String], coder: &impl Fn() -> anyhow::Result<Arc<Coder>>) -> anyhow::Result<Vec<String>> {
    let mut names = typed.to_vec();
    if !typed.is_empty() {
        let coder = coder()?;
        names.extend(typed.iter().filter_map(|text| coder.employer_name(text)).map(str::to_owned));
    }
    Ok(names)
}

/// Reads a number of years or hours.
fn figure(flag: &str, value: Option<f64>) -> Result<Option<f64>, UsageError> {
    match value {
        Some(number) if !(0.0..=1_000.0).contains(&number) => {
            Err(UsageError(format!("{flag}: `{number}` is not a number from 0 to 1000")))
        }
        other => Ok(other),
    }
}

fn one<T>(flag: &str, text: Option<&str>, read: fn(&str) -> Result<T, ValueError>) -> Result<Option<T>, UsageError> {
    text.map(read).transpose().map_err(|error| UsageError(format!("{flag}: {error}")))
}

fn each<T, E: Display>(
    flag: &str,
    texts: &[String],
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, UsageError> {
    // `--state OH,KY` is what people type.
    let values = texts.iter().flat_map(|text| text.split(',')).filter(|text| !text.trim().is_empty());
    values.map(read).collect::<Result<_, _>>().map_err(|error| UsageError(format!("{flag}: {error}")))
}
