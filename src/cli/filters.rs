//! The filters, the same for every command that looks jobs up.

use std::sync::Arc;

use clap::Args;

use super::context::UsageError;
use crate::coding::Coder;
use crate::matching::SavedFilters;
use crate::model::{CodeNames, Criteria};

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
    /// Gives the number that stands where words could; nobody looks for jobs by a bare number.
    pub(super) fn number(&self) -> Option<i64> {
        let [word] = self.query.as_slice() else { return None };
        word.trim().parse().ok()
    }

    /// Gives the filters as pairs, the form in which they are read and kept.
    pub(super) fn saved(&self) -> Result<SavedFilters, UsageError> {
        let query = Some(self.query.join(" "));
        let status = Some(self.status.clone());
        let sort = Some(self.sort.clone());
        let text = |number: Option<f64>| number.map(|number| number.to_string());
        let count = |number: Option<usize>| number.map(|number| number.to_string());
        let lists: [(&str, &[String]); 17] = [
            ("board", &self.board),
            ("employer", &self.employer),
            ("not-employer", &self.not_employer),
            ("state", &self.state),
            ("employment-type", &self.employment_type),
            ("open-to", &self.open_to),
            ("role", &self.role),
            ("soc", &self.soc),
            ("credential", &self.credential),
            ("setting", &self.setting),
            ("level", &self.level),
            ("shift", &self.shift),
            ("education", &self.education),
            ("coding-system", &self.coding_system),
            ("software", &self.software),
            ("specialty", &self.specialty),
            ("benefit", &self.benefit),
        ];
        let singles = [
            ("q", query),
            ("pay-at-least", self.pay_at_least.clone()),
            ("posted-within", self.posted_within.clone()),
            ("closing-within", self.closing_within.clone()),
            ("experience-at-most", text(self.experience_at_most)),
            ("hours-at-least", text(self.hours_at_least)),
            ("hours-at-most", text(self.hours_at_most)),
            ("near", self.near.clone()),
            ("within", self.within.clone()),
            ("status", status),
            ("known", self.known.clone()),
            ("sort", sort),
            ("limit", count(self.limit)),
            ("offset", count(Some(self.offset))),
        ];
        let flags = [
            ("remote", self.remote),
            ("credential-required", self.credential_required),
            ("entry-level", self.entry_level),
            ("direct", self.direct),
            ("no-warnings", self.no_warnings),
        ];
        let listed = lists.into_iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value.clone())));
        let single = singles.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let flagged = flags.into_iter().map(|(name, is_on)| (name, is_on.to_string()));
        SavedFilters::of(listed.chain(single).chain(flagged)).map_err(|error| UsageError(error.on_command_line()))
    }

    /// Reads the values; `default_limit` holds where none is given.
    /// The vocabulary is made ready only where a filter names one of its codes.
    pub(super) fn criteria(
        &self,
        coder: impl Fn() -> anyhow::Result<Arc<Coder>>,
        default_limit: Option<usize>,
    ) -> anyhow::Result<Criteria> {
        let saved = self.saved()?;
        let coder = if saved.name_codes() { Some(coder()?) } else { None };
        let names = coder.as_deref().map(|coder| coder as &dyn CodeNames);
        let criteria = saved.criteria(names).map_err(|error| UsageError(error.on_command_line()))?;
        Ok(Criteria { limit: criteria.limit.or(default_limit), ..criteria })
    }
}
