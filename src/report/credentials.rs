//! `credentials`: what is asked for, how strictly, by whom, and what goes together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::chart::Chart;
use super::numbers::{grouped, median};
use super::question::{Dimension, Narrowing};
use super::selection::{MEDIANS, ReportRequest, Selection, count, groups, largest_first};
use super::table::{Cell, Column, Report, Row, Table};
use crate::model::{CredentialDemand, DemandLevel, JobFigures, JobId, Word};

/// What one copy of a job asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyDemands {
    /// The job.
    pub job: JobId,
    /// The credentials.
    pub demands: Vec<CredentialDemand>,
}

/// Which jobs ask for a credential how, over all their copies.
#[derive(Default)]
struct Demands<'a> {
    codes: BTreeMap<&'a str, &'a str>,
    levels: BTreeMap<(&'a str, &'static str), BTreeSet<&'a JobId>>,
}

impl<'a> Demands<'a> {
    fn of(copies: &'a [CopyDemands]) -> Self {
        let mut found = Self::default();
        for copy in copies {
            for demand in &copy.demands {
                found.codes.insert(&demand.id, &demand.code);
                found.levels.entry((&demand.id, demand.level.as_str())).or_default().insert(&copy.job);
            }
        }
        found
    }

    fn code(&self, id: &str) -> String {
        self.codes.get(id).map_or_else(|| id.to_owned(), |code| (*code).to_owned())
    }

    fn count(&self, id: &str, level: DemandLevel, jobs: &[&JobFigures]) -> u64 {
        let Some(asking) = self.levels.get(&(id, level.as_str())) else { return 0 };
        count(jobs, |job| asking.contains(&job.id))
    }
}

/// Makes the report; the demands are those of the jobs of the status that is asked for.
#[must_use]
pub fn credentials(request: &ReportRequest<'_>, copies: &[CopyDemands]) -> Report {
    let selection = Selection::of(request);
    let demands = Demands::of(copies);
    let tables = vec![by_credential(&selection, &demands), pairs(&selection, &demands)];
    selection.report("credentials", "Credentials", tables)
}

/// Where only what is required is asked for, that is what a search by credential counts.
fn asked(selection: &Selection<'_>) -> fn(&JobFigures) -> &[Word] {
    if selection.criteria().credential_required { |job| &job.required } else { |job| &job.credentials }
}

fn by_credential(selection: &Selection<'_>, demands: &Demands<'_>) -> Table {
    let shown = selection.shows(Dimension::Credential);
    let mut rows = largest_first(groups(selection.chosen.iter().copied(), asked(selection)));
    rows.retain(|(id, _)| shown(id));
    let chart =
        Chart::bars("Jobs that ask for it", rows.iter().map(|(id, jobs)| (demands.code(id), jobs.len() as u64)));
    let none = count(&selection.chosen, |job| job.credentials.is_empty());
    let row = |(id, jobs): &(Word, Vec<&JobFigures>)| credential_row(selection, demands, id, jobs);
    let table = Table {
        id: "by-credential",
        title: "By credential".to_owned(),
        columns: credential_columns(),
        rows: rows.iter().map(row).collect(),
        notes: vec![
            format!(
                "{} of {} jobs name no credential. A job counts for each credential that any of its copies asks for; \
                 one that a copy requires and another prefers counts as both.",
                grouped(none),
                grouped(selection.total())
            ),
            format!("Median pay is of the jobs whose pay a year is known. {MEDIANS}"),
            Selection::unknowns(
                &selection.chosen,
                &[
                    ("entry level", |job| job.entry_level.is_some()),
                    ("work mode", |job| job.work_mode.is_some()),
                    ("pay a year", |job| job.pay.annual().is_some()),
                ],
            ),
        ],
        chart,
        ..Table::default()
    };
    table.by(Dimension::Credential, selection.criteria()).cut(selection.request.most_rows)
}

fn credential_columns() -> Vec<Column> {
    vec![
        Column::words("credential", "Credential"),
        Column::words("id", "Id").in_detail(),
        Column::counted("jobs", "Jobs", Narrowing::Every),
        Column::counted("required", "Required", Narrowing::Required),
        Column::computed("eligible", "Eligible", Narrowing::Every),
        Column::computed("preferred", "Preferred", Narrowing::Every),
        Column::counted("entry_level", "Entry level", Narrowing::EntryLevel),
        Column::counted("remote", "Remote", Narrowing::Remote),
        Column::counted("with_pay", "With pay", Narrowing::AnnualPay).in_detail(),
        Column::computed("median_pay", "Median pay", Narrowing::AnnualPay),
    ]
}

fn credential_row(selection: &Selection<'_>, demands: &Demands<'_>, id: &Word, jobs: &[&JobFigures]) -> Row {
    let total = jobs.len() as u64;
    let pay: Vec<f64> = jobs.iter().filter_map(|job| job.pay.annual()).collect();
    let cells = vec![
        Cell::Text(demands.code(id)),
        Cell::Text(id.to_string()),
        Cell::Count(total),
        Cell::Count(count(jobs, |job| job.required.contains(id))),
        Cell::Count(demands.count(id, DemandLevel::Eligible, jobs)),
        Cell::Count(demands.count(id, DemandLevel::Preferred, jobs)),
        Cell::Part(count(jobs, |job| job.entry_level == Some(true)), total),
        Cell::Part(count(jobs, JobFigures::is_remote), total),
        Cell::Count(pay.len() as u64),
        Cell::Dollars(median(&pay)),
    ];
    Row::found_by(Dimension::Credential.only(selection.criteria(), id), cells)
}

fn pairs(selection: &Selection<'_>, demands: &Demands<'_>) -> Table {
    let mut counts: HashMap<(&Word, &Word), u64> = HashMap::new();
    for job in &selection.chosen {
        let mut ids: Vec<&Word> = job.credentials.iter().collect();
        ids.sort_unstable();
        ids.dedup();
        for (at, one) in ids.iter().enumerate() {
            for other in ids.iter().skip(at + 1) {
                *counts.entry((one, other)).or_default() += 1;
            }
        }
    }
    let mut pairs: Vec<((&Word, &Word), u64)> = counts.into_iter().collect();
    pairs.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    let row = |((one, other), jobs): &((&Word, &Word), u64)| {
        let mut either = selection.criteria().clone();
        either.credentials = vec![one.to_string(), other.to_string()];
        Row::among(either, vec![Cell::Text(demands.code(one)), Cell::Text(demands.code(other)), Cell::Count(*jobs)])
    };
    let mut pattern = selection.criteria().clone();
    pattern.credentials = vec!["ONE".to_owned(), "OTHER".to_owned()];
    let table = Table {
        id: "pairs",
        title: "Asked for together".to_owned(),
        columns: vec![
            Column::words("credential", "Credential"),
            Column::words("with", "With"),
            Column::computed("jobs", "Jobs", Narrowing::Every),
        ],
        rows: pairs.iter().map(row).collect(),
        pattern: Some(pattern),
        notes: vec![
            "In the same job, as alternatives or both. A search for two credentials finds either: the jobs with both \
             are those with the one and those with the other, less those with either."
                .to_owned(),
        ],
        ..Table::default()
    };
    table.cut(selection.request.most_rows)
}
