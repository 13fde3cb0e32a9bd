//! `pay`: quartiles of what a year pays, by role and state, beside the wages of the occupation; and
//! what was left out, and why.

use std::collections::BTreeMap;

use super::chart::{Chart, Figures, Range};
use super::numbers::{grouped, quantile};
use super::question::{Dimension, Narrowing};
use super::selection::{MEDIANS, ReportRequest, Selection, count, groups, largest_first};
use super::table::{Cell, Column, Report, Row, Table};
use crate::model::{BlsQuartiles, Criteria, JobFigures, PayFigure, Word};

/// Makes the report. The wages are those of the areas to compare with, the widest first; there may be
/// none.
#[must_use]
pub fn pay(request: &ReportRequest<'_>, wages: &[BlsQuartiles]) -> Report {
    let selection = Selection::of(request);
    let mut tables = vec![by_role(&selection, wages)];
    if !request.criteria.states.is_empty() {
        tables.push(by_state(&selection));
    }
    let beside = beside_wages(&selection, wages);
    if !beside.rows.is_empty() {
        tables.push(beside);
    }
    tables.push(left_out(&selection));
    let mut report = selection.report("pay", "Pay", tables);
    if let Some(newest) = wages.iter().map(|wage| wage.year).max() {
        report.sources.push(format!(
            "Wages: U.S. Bureau of Labor Statistics, Occupational Employment and Wage Statistics, May {newest}, \
             public domain"
        ));
    }
    report
}

/// Jobs with what they pay a year.
struct Paid {
    amounts: Vec<f64>,
}

impl Paid {
    fn of(jobs: &[&JobFigures]) -> Self {
        Self { amounts: jobs.iter().filter_map(|job| job.pay.annual()).collect() }
    }

    fn quartiles(&self) -> [Option<f64>; 3] {
        [0.25, 0.5, 0.75].map(|part| quantile(&self.amounts, part))
    }
}

fn columns(key: &str, heading: &str) -> Vec<Column> {
    let reason = |key: &str, title: &str| Column::computed(key, title, Narrowing::Every).in_detail();
    vec![
        Column::words(key, heading),
        Column::counted("jobs", "Jobs", Narrowing::Every),
        Column::counted("pay_known", "Pay known", Narrowing::PayKnown),
        Column::counted("annual", "A year", Narrowing::AnnualPay),
        Column::computed("p25", "25th", Narrowing::AnnualPay),
        Column::computed("median", "Median", Narrowing::AnnualPay),
        Column::computed("p75", "75th", Narrowing::AnnualPay),
        reason("not_stated", "Not stated"),
        reason("implausible", "Implausible"),
        reason("no_figure", "No figure"),
        reason("no_annual", "No figure a year"),
    ]
}

fn pay_row(name: String, jobs: &[&JobFigures], criteria: Criteria) -> Row {
    let paid = Paid::of(jobs);
    let [low, middle, high] = paid.quartiles();
    let total = jobs.len() as u64;
    let mut cells = vec![
        Cell::Text(name),
        Cell::Count(total),
        Cell::Part(count(jobs, |job| job.pay.is_known()), total),
        Cell::Count(paid.amounts.len() as u64),
        Cell::Dollars(low),
        Cell::Dollars(middle),
        Cell::Dollars(high),
    ];
    cells.extend(REASONS.map(|(_, reason)| Cell::Count(count(jobs, |job| job.pay == reason))));
    Row::found_by(criteria, cells)
}

const REASONS: [(&str, PayFigure); 4] = [
    ("No posting states pay", PayFigure::NotStated),
    ("Implausible: cannot be what the employer means", PayFigure::Implausible),
    ("Words alone, or not in US dollars", PayFigure::NoFigure),
    ("Nothing a year: hours not known, or paid by the piece", PayFigure::NoAnnual),
];

fn by_role(selection: &Selection<'_>, wages: &[BlsQuartiles]) -> Table {
    let roles = roles(selection);
    let everything = pay_row("(all)".to_owned(), &selection.chosen, selection.criteria().clone());
    let of_role = |(role, jobs): &(Word, Vec<&JobFigures>)| {
        pay_row(role.to_string(), jobs, Dimension::Role.only(selection.criteria(), role))
    };
    let table = Table {
        id: "pay-by-role",
        title: "Pay a year by role".to_owned(),
        columns: columns("role", "Role"),
        rows: std::iter::once(everything).chain(roles.iter().map(of_role)).collect(),
        notes: vec![
            "“A year” counts the jobs that the quartiles are of: the middle of the range that is stated, or its only \
             bound; an hour is 2,080 of a year (federal: 2,087), estimated where it is not a year that is stated. \
             Quartiles are interpolated (type 7)."
                .to_owned(),
            MEDIANS.to_owned(),
        ],
        chart: ranges(&roles, wages),
        ..Table::default()
    };
    table.by(Dimension::Role, selection.criteria())
}

fn roles<'a>(selection: &Selection<'a>) -> Vec<(Word, Vec<&'a JobFigures>)> {
    let shown = selection.shows(Dimension::Role);
    let mut roles = largest_first(groups(selection.chosen.iter().copied(), |job| &job.roles));
    roles.retain(|(role, _)| shown(role));
    roles
}

fn by_state(selection: &Selection<'_>) -> Table {
    let named = |state: &String| {
        let here = |job: &&JobFigures| job.states.iter().any(|one| one.eq_ignore_ascii_case(state) || &**one == "us");
        let jobs: Vec<&JobFigures> = selection.chosen.iter().copied().filter(here).collect();
        pay_row(state.clone(), &jobs, Dimension::State.only(selection.criteria(), state))
    };
    let table = Table {
        id: "pay-by-state",
        title: "Pay a year by state".to_owned(),
        columns: columns("state", "State"),
        rows: selection.criteria().states.iter().map(named).collect(),
        notes: vec!["Remote work that is open to the whole US counts in every state.".to_owned()],
        ..Table::default()
    };
    table.by(Dimension::State, selection.criteria())
}

/// Gives the SOC code that most of some jobs have.
fn soc_of(jobs: &[&JobFigures]) -> Option<Word> {
    let mut counts: BTreeMap<&Word, u64> = BTreeMap::new();
    for soc in jobs.iter().filter_map(|job| job.soc.as_ref()) {
        *counts.entry(soc).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(soc, _)| Word::clone(soc))
}

fn beside_wages(selection: &Selection<'_>, wages: &[BlsQuartiles]) -> Table {
    let mut rows = Vec::new();
    for (role, jobs) in roles(selection) {
        let Some(soc) = soc_of(&jobs) else { continue };
        let paid = Paid::of(&jobs);
        let [_, stated, _] = paid.quartiles();
        for wage in wages.iter().filter(|wage| *wage.soc == *soc) {
            let cells = vec![
                Cell::Text(role.to_string()),
                Cell::Dollars(stated),
                Cell::Text(wage.soc.clone()),
                Cell::Text(format!("{}, {}", wage.area, wage.year)),
                Cell::Dollars(wage.p25),
                Cell::Dollars(wage.p50),
                Cell::Dollars(wage.p75),
            ];
            rows.push(Row::among(Dimension::Role.only(selection.criteria(), &role), cells));
        }
    }
    let table = Table {
        id: "beside-wages",
        title: "Beside the wages of the occupation".to_owned(),
        columns: vec![
            Column::words("role", "Role"),
            Column::computed("median", "Median here", Narrowing::AnnualPay),
            Column::words("soc", "SOC"),
            Column::words("area", "BLS area and year"),
            Column::words("bls_p25", "BLS 25th"),
            Column::words("bls_median", "BLS median"),
            Column::words("bls_p75", "BLS 75th"),
        ],
        rows,
        notes: vec![
            "The BLS counts what all who work in an occupation earn; postings state what is offered to those who \
             apply."
                .to_owned(),
        ],
        ..Table::default()
    };
    table.by(Dimension::Role, selection.criteria())
}

fn left_out(selection: &Selection<'_>) -> Table {
    let total = selection.total();
    let counted = |reason: PayFigure| count(&selection.chosen, |job| job.pay == reason);
    let row = |(words, reason): (&str, PayFigure)| {
        Row::among(selection.criteria().clone(), vec![Cell::Text(words.to_owned()), Cell::Part(counted(reason), total)])
    };
    let out: u64 = REASONS.into_iter().map(|(_, reason)| counted(reason)).sum();
    Table {
        id: "left-out",
        title: "Left out of the quartiles".to_owned(),
        columns: vec![Column::words("reason", "Why"), Column::computed("jobs", "Jobs", Narrowing::Every)],
        rows: REASONS.into_iter().map(row).collect(),
        pattern: Some(selection.criteria().clone()),
        notes: vec![format!("{} of {} jobs are in no quartile.", grouped(out), grouped(total))],
        ..Table::default()
    }
}

fn ranges(roles: &[(Word, Vec<&JobFigures>)], wages: &[BlsQuartiles]) -> Option<Chart> {
    let range = |(role, jobs): &(Word, Vec<&JobFigures>)| {
        let [low, middle, high] = Paid::of(jobs).quartiles();
        let soc = soc_of(jobs);
        let wage = wages.iter().find(|wage| soc.as_deref() == Some(&wage.soc));
        Some(Range {
            label: role.to_string(),
            low: low?,
            middle: middle?,
            high: high?,
            compared: wage.and_then(|wage| wage.p50),
        })
    };
    let ranges: Vec<Range> = roles.iter().filter_map(range).take(12).collect();
    if ranges.is_empty() {
        return None;
    }
    let said = ranges.iter().map(|range| {
        let compared =
            range.compared.map_or_else(String::new, |wage| format!(", BLS median {}", super::numbers::dollars(wage)));
        format!("{}: median {}{compared}", range.label, super::numbers::dollars(range.middle))
    });
    let description = format!("The middle half of stated pay a year by role. {}.", said.collect::<Vec<_>>().join("; "));
    Some(Chart {
        title: "Pay a year by role: the middle half".to_owned(),
        description,
        figures: Figures::Ranges(ranges),
    })
}
