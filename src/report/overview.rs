//! `overview`: what there is, by week, role, state, setting, level and employer.

use chrono::Duration;

use super::chart::Chart;
use super::employers::by_employer;
use super::numbers::grouped;
use super::question::{Dimension, Narrowing};
use super::selection::{Groups, MEDIANS, ReportRequest, Selection, count, groups, largest_first, median_days};
use super::table::{Cell, Column, Report, Row, Table};
use super::weeks::by_week;
use crate::model::{Criteria, JobFigures, KnownField, StatusFilter, Word};

/// Makes the report.
#[must_use]
pub fn overview(request: &ReportRequest<'_>) -> Report {
    let selection = Selection::of(request);
    let tables = vec![
        key_figures(&selection),
        by_week(&selection),
        by_role(&selection),
        by_state(&selection),
        by_setting(&selection),
        by_level(&selection),
        by_employer(&selection),
    ];
    selection.report("overview", "Overview", tables)
}

/// A figure of the first table: its name, which jobs it counts, what leaves it open, and its search.
type KeyFigure<'a> = (&'a str, Box<dyn Fn(&JobFigures) -> bool>, Option<fn(&JobFigures) -> bool>, Criteria);

fn key_figures(selection: &Selection<'_>) -> Table {
    let jobs = &selection.chosen;
    let row = |(name, is, is_known, criteria): KeyFigure<'_>| {
        let unknown = is_known.map_or(Cell::Empty, |known| Cell::Count(count(jobs, |job| !known(job))));
        let counted = count(jobs, is);
        Row::found_by(criteria, vec![Cell::Text(name.to_owned()), Cell::Part(counted, selection.total()), unknown])
    };
    Table {
        id: "now",
        title: "Now".to_owned(),
        columns: vec![
            Column::words("figure", "Figure"),
            Column::counted("jobs", "Jobs", Narrowing::Every),
            Column::computed("not_stated", "Not stated", Narrowing::Every),
        ],
        rows: figures(selection).into_iter().map(row).collect(),
        ..Table::default()
    }
}

fn figures<'a>(selection: &Selection<'_>) -> Vec<KeyFigure<'a>> {
    let base = selection.criteria();
    let now = selection.request.now;
    let week = now + Duration::days(7);
    let narrowed = |narrowing: Narrowing| narrowing.of(base);
    let all = match base.status {
        StatusFilter::Open => "Open jobs",
        StatusFilter::Closed => "Closed jobs",
        StatusFilter::All => "Open and closed jobs",
    };
    let mut figures: Vec<KeyFigure<'a>> = vec![
        (all, Box::new(|_| true), None, base.clone()),
        ("Remote", Box::new(JobFigures::is_remote), Some(has_work_mode), narrowed(Narrowing::Remote)),
        (
            "Entry level",
            Box::new(|job| job.entry_level == Some(true)),
            Some(has_entry_level),
            narrowed(Narrowing::EntryLevel),
        ),
        (
            "Requiring a credential",
            Box::new(|job| !job.required.is_empty()),
            Some(has_credential),
            narrowed(Narrowing::Required),
        ),
        ("With pay", Box::new(|job| job.pay.is_known()), Some(has_pay), narrowed(Narrowing::PayKnown)),
        ("Without agencies", Box::new(|job| !job.agency), None, Criteria { direct: true, ..base.clone() }),
    ];
    if !base.credentials.is_empty() {
        // The search would ask whether one of these is required, not any.
        figures.retain(|(name, ..)| *name != "Requiring a credential");
    }
    if base.posted_within.is_none() {
        let since = now - Duration::days(7);
        let criteria = Criteria { posted_within: Some(Duration::days(7)), ..base.clone() };
        figures.push(("Posted in the last 7 days", Box::new(move |job| job.posted_at >= since), None, criteria));
    }
    if base.closing_within.is_none() {
        let criteria = Criteria { closing_within: Some(Duration::days(7)), ..base.clone() };
        let is = move |job: &JobFigures| job.closes_at.is_some_and(|end| end > now && end <= week);
        figures.push(("Closing in the next 7 days", Box::new(is), Some(has_closing), criteria));
    }
    figures
}

fn has_work_mode(job: &JobFigures) -> bool {
    job.work_mode.is_some()
}

fn has_entry_level(job: &JobFigures) -> bool {
    job.entry_level.is_some()
}

fn has_credential(job: &JobFigures) -> bool {
    !job.credentials.is_empty()
}

fn has_pay(job: &JobFigures) -> bool {
    job.pay.is_known()
}

fn has_closing(job: &JobFigures) -> bool {
    job.closes_at.is_some()
}

fn by_role(selection: &Selection<'_>) -> Table {
    let shown = selection.shows(Dimension::Role);
    let all = groups(selection.request.jobs.iter(), |job| &job.roles);
    let chosen = groups(selection.chosen.iter().copied(), |job| &job.roles);
    let mut rows = largest_first(chosen);
    rows.retain(|(role, _)| shown(role));
    let chart = Chart::bars("Jobs by role", rows.iter().map(|(role, jobs)| (role.to_string(), jobs.len() as u64)));
    let no_role = count(&selection.chosen, |job| job.roles.is_empty());
    let mut notes = vec![
        "Days open run from the stated posting date, or else from when a job was first seen. Jobs closed are of all \
         time, whatever --status says."
            .to_owned(),
        MEDIANS.to_owned(),
        Selection::unknowns(&selection.chosen, &[("work mode", has_work_mode), ("entry level", has_entry_level)]),
    ];
    if no_role > 0 {
        notes.push(format!("{} jobs are not coded with a role.", grouped(no_role)));
    }
    let rows = rows.iter().map(|(role, jobs)| role_row(selection, role, jobs, &all)).collect();
    let table = Table {
        id: "by-role",
        title: "By role".to_owned(),
        columns: role_columns(),
        rows,
        notes,
        chart,
        ..Table::default()
    };
    table.by(Dimension::Role, selection.criteria())
}

fn role_columns() -> Vec<Column> {
    vec![
        Column::words("role", "Role"),
        Column::counted("jobs", "Jobs", Narrowing::Every),
        Column::counted("remote", "Remote", Narrowing::Remote),
        Column::counted("entry_level", "Entry level", Narrowing::EntryLevel),
        Column::computed("median_days_open", "Days open", Narrowing::Status(StatusFilter::Open)),
        Column::counted("closed", "Closed", Narrowing::Status(StatusFilter::Closed)),
        Column::computed("median_days_to_close", "Days to close", Narrowing::Status(StatusFilter::Closed)),
    ]
}

fn role_row(selection: &Selection<'_>, role: &Word, jobs: &[&JobFigures], all: &Groups<'_>) -> Row {
    let now = selection.request.now;
    let of_role = all.get(role).map_or(&[][..], Vec::as_slice);
    let open = of_role.iter().copied().filter(|job| job.open);
    let closed = of_role.iter().copied().filter(|job| !job.open);
    let total = jobs.len() as u64;
    let cells = vec![
        Cell::Text(role.to_string()),
        Cell::Count(total),
        Cell::Part(count(jobs, JobFigures::is_remote), total),
        Cell::Part(count(jobs, |job| job.entry_level == Some(true)), total),
        Cell::Days(median_days(open, now)),
        Cell::Count(closed.clone().count() as u64),
        Cell::Days(median_days(closed, now)),
    ];
    Row::found_by(Dimension::Role.only(selection.criteria(), role), cells)
}

/// Remote work that is open to the whole country counts for every state, as it does in a search.
fn by_state(selection: &Selection<'_>) -> Table {
    let (shown, is_state) = (selection.shows(Dimension::State), selection.request.is_state);
    let jobs = &selection.chosen;
    let nationwide: Vec<&JobFigures> = jobs.iter().copied().filter(|job| is_nationwide(job)).collect();
    let mut rows = largest_first(groups(jobs.iter().copied(), |job| &job.states));
    rows.retain(|(state, _)| is_state(state) && shown(state));
    let named = |jobs: &[&JobFigures]| jobs.len() as u64;
    let chart =
        Chart::bars("Jobs that name the state", rows.iter().map(|(state, jobs)| (state.to_uppercase(), named(jobs))));
    let rows = rows.iter().map(|(state, jobs)| state_row(selection, state, jobs, &nationwide)).collect();
    let nowhere = count(jobs, |job| job.states.is_empty());
    let elsewhere = count(jobs, |job| {
        !job.states.is_empty() && !job.states.iter().any(|state| is_state(state) || &**state == "us")
    });
    let table = Table {
        id: "by-state",
        title: "By state".to_owned(),
        columns: vec![
            Column::words("state", "State"),
            Column::counted("jobs", "Jobs", Narrowing::Every),
            Column::computed("naming_it", "Naming it", Narrowing::Every),
            Column::counted("remote", "Remote", Narrowing::Remote),
            Column::counted("entry_level", "Entry level", Narrowing::EntryLevel),
        ],
        rows,
        notes: vec![
            format!(
                "A job counts in each state of each copy. {} remote jobs are open to the whole US and count in every \
                 state; “Naming it” leaves them out where they name no state.",
                grouped(nationwide.len() as u64)
            ),
            format!("No state is stated: {} jobs. Outside the US: {} jobs.", grouped(nowhere), grouped(elsewhere)),
        ],
        chart,
        ..Table::default()
    };
    table.by(Dimension::State, selection.criteria()).cut(selection.request.most_rows)
}

fn is_nationwide(job: &JobFigures) -> bool {
    job.states.iter().any(|state| &**state == "us")
}

fn state_row(selection: &Selection<'_>, state: &str, named: &[&JobFigures], nationwide: &[&JobFigures]) -> Row {
    let also = nationwide.iter().copied().filter(|job| !job.states.iter().any(|one| &**one == state));
    let jobs: Vec<&JobFigures> = named.iter().copied().chain(also).collect();
    let total = jobs.len() as u64;
    let cells = vec![
        Cell::Text(state.to_uppercase()),
        Cell::Count(total),
        Cell::Count(named.len() as u64),
        Cell::Part(count(&jobs, JobFigures::is_remote), total),
        Cell::Part(count(&jobs, |job| job.entry_level == Some(true)), total),
    ];
    Row::found_by(Dimension::State.only(selection.criteria(), &state.to_uppercase()), cells)
}

fn by_setting(selection: &Selection<'_>) -> Table {
    let groups = groups(selection.chosen.iter().copied(), |job| &job.settings);
    let unknown = count(&selection.chosen, |job| job.settings.is_empty());
    let table = simple(selection, ("by-setting", "By setting", "setting", "Setting"), Dimension::Setting, groups);
    with_unstated(table, selection, unknown, KnownField::Setting)
}

fn by_level(selection: &Selection<'_>) -> Table {
    let groups = groups(selection.chosen.iter().copied(), |job| job.level.as_slice());
    let unknown = count(&selection.chosen, |job| job.level.is_none());
    let table = simple(selection, ("by-level", "By level", "level", "Level"), Dimension::Level, groups);
    with_unstated(table, selection, unknown, KnownField::Level)
}

/// Makes a table of a dimension: how many jobs, and how many of them remote and for beginners.
fn simple(
    selection: &Selection<'_>,
    (id, title, key, heading): (&'static str, &str, &str, &str),
    dimension: Dimension,
    groups: Groups<'_>,
) -> Table {
    let shown = selection.shows(dimension);
    let mut groups = largest_first(groups);
    groups.retain(|(value, _)| shown(value));
    let chart = Chart::bars(
        &format!("Jobs {}", title.to_lowercase()),
        groups.iter().map(|(value, jobs)| (value.to_string(), jobs.len() as u64)),
    );
    let row = |(value, jobs): &(Word, Vec<&JobFigures>)| {
        let cells = vec![
            Cell::Text(value.to_string()),
            Cell::Part(jobs.len() as u64, selection.total()),
            Cell::Part(count(jobs, JobFigures::is_remote), jobs.len() as u64),
            Cell::Part(count(jobs, |job| job.entry_level == Some(true)), jobs.len() as u64),
        ];
        Row::found_by(dimension.only(selection.criteria(), value), cells)
    };
    let table = Table {
        id,
        title: title.to_owned(),
        columns: vec![
            Column::words(key, heading),
            Column::counted("jobs", "Jobs", Narrowing::Every),
            Column::counted("remote", "Remote", Narrowing::Remote),
            Column::counted("entry_level", "Entry level", Narrowing::EntryLevel),
        ],
        rows: groups.iter().map(row).collect(),
        chart,
        ..Table::default()
    };
    table.by(dimension, selection.criteria())
}

/// Adds how many jobs do not state the field, and the search that says so.
fn with_unstated(mut table: Table, selection: &Selection<'_>, unknown: u64, field: KnownField) -> Table {
    let total = selection.total();
    let part = Cell::Part(unknown, total).text();
    let mut known = selection.criteria().clone();
    if !known.known.contains(&field) {
        known.known.push(field);
    }
    let command = super::command::exact_search(&known);
    table.notes.push(format!("Not stated: {part} of {} jobs; left out by: {command}", grouped(total)));
    table
}
