//! `employers`: each employer under one identity, with its spellings, boards, roles and history.

use std::collections::{BTreeMap, BTreeSet};

use super::chart::Chart;
use super::numbers::grouped;
use super::question::{Dimension, Narrowing};
use super::selection::{MEDIANS, ReportRequest, Selection, count, largest_first, median_days};
use super::table::{Cell, Column, Report, Row, Table};
use crate::model::{Criteria, EmployerIdentity, JobFigures, StatusFilter, Word};

/// Up to how many employers are told one by one, with their jobs.
const TOLD_APART: usize = 3;

/// Makes the report. The identities tell what the rows do not: parents and names; there may be any
/// number for each employer.
#[must_use]
pub fn employers(request: &ReportRequest<'_>, identities: &[EmployerIdentity]) -> Report {
    let selection = Selection::of(request);
    let known: BTreeMap<&str, &EmployerIdentity> =
        identities.iter().map(|identity| (identity.id.as_str(), identity)).collect();
    let employers = sorted(&selection);
    let mut tables = vec![index(&selection, &employers, &known)];
    if !request.criteria.employers.is_empty() && employers.len() <= TOLD_APART {
        for employer in &employers {
            tables.push(about(&selection, employer, &known));
            tables.push(jobs_of(&selection, employer));
        }
    }
    selection.report("employers", "Employers", tables)
}

/// An employer with all its jobs, open and closed.
struct Employer<'a> {
    id: Word,
    jobs: Vec<&'a JobFigures>,
}

impl<'a> Employer<'a> {
    fn open(&self) -> impl Iterator<Item = &'a JobFigures> + Clone + '_ {
        self.jobs.iter().copied().filter(|job| job.open)
    }

    /// Gives the spellings, the commonest first.
    fn names(&self) -> Vec<&'a str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for name in self.jobs.iter().filter_map(|job| job.employer.as_deref()) {
            *counts.entry(name).or_default() += 1;
        }
        let mut names: Vec<(&str, usize)> = counts.into_iter().collect();
        names.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
        names.into_iter().map(|(name, _)| name).collect()
    }

    fn name(&self, known: &BTreeMap<&str, &EmployerIdentity>) -> String {
        let identity = known.get(&*self.id).map(|identity| identity.name.clone());
        identity.or_else(|| self.names().first().map(|name| (*name).to_owned())).unwrap_or_else(|| self.id.to_string())
    }

    fn joined(&self, words: fn(&JobFigures) -> &[Word]) -> String {
        let words: BTreeSet<&str> = self.jobs.iter().flat_map(|job| words(job)).map(|word| &**word).collect();
        words.into_iter().collect::<Vec<_>>().join(" ")
    }

    fn is_agency(&self) -> bool {
        self.jobs.iter().any(|job| job.agency)
    }

    fn seen(&self) -> [Cell; 2] {
        let days = || self.jobs.iter().map(|job| job.first_seen.date_naive());
        [Cell::Date(days().min()), Cell::Date(days().max())]
    }
}

/// Groups all jobs by employer and keeps those who have a job of the status asked for.
fn sorted<'a>(selection: &Selection<'a>) -> Vec<Employer<'a>> {
    let shown = selection.shows(Dimension::Employer);
    let chosen = identities(selection.chosen.iter().copied());
    let mut all = identities(selection.request.jobs.iter());
    all.retain(|id, _| chosen.contains_key(id) && shown(&format!("id:{id}")));
    let mut sorted: Vec<Employer<'a>> = all.into_iter().map(|(id, jobs)| Employer { id, jobs }).collect();
    let size = |employer: &Employer<'_>| (chosen.get(&employer.id).map_or(0, Vec::len), employer.jobs.len());
    sorted.sort_by(|a, b| size(b).cmp(&size(a)).then_with(|| a.id.cmp(&b.id)));
    sorted
}

fn identities<'a>(jobs: impl Iterator<Item = &'a JobFigures>) -> BTreeMap<Word, Vec<&'a JobFigures>> {
    let mut groups: BTreeMap<Word, Vec<&'a JobFigures>> = BTreeMap::new();
    for job in jobs {
        if let Some(id) = &job.employer_id {
            groups.entry(Word::clone(id)).or_default().push(job);
        }
    }
    groups
}

fn only(selection: &Selection<'_>, id: &str) -> Criteria {
    Dimension::Employer.only(selection.criteria(), &format!("id:{id}"))
}

fn index(selection: &Selection<'_>, employers: &[Employer<'_>], known: &BTreeMap<&str, &EmployerIdentity>) -> Table {
    let unknown = count(&selection.chosen, |job| job.employer_id.is_none());
    let unnamed = count(&selection.chosen, |job| job.employer.is_none());
    let table = Table {
        id: "employers",
        title: "Employers".to_owned(),
        columns: index_columns(),
        rows: employers.iter().map(|employer| index_row(selection, employer, known)).collect(),
        notes: vec![
            format!(
                "{} employers. {} of {} jobs have no employer's identity; {} of them state no employer.",
                grouped(employers.len() as u64),
                grouped(unknown),
                grouped(selection.total()),
                grouped(unnamed)
            ),
            format!(
                "An employer's id is told by --employer NAME and stands in --csv, --html and --format json. “Ever” counts open and closed jobs, whatever --status says; latest is when the newest job was first \
                 seen. {MEDIANS}"
            ),
        ],
        ..Table::default()
    };
    table.by(Dimension::Employer, selection.criteria()).cut(selection.request.most_rows)
}

fn index_columns() -> Vec<Column> {
    vec![
        Column::words("employer", "Employer"),
        Column::words("id", "Id").in_detail(),
        Column::words("spellings", "As spelled").in_detail(),
        Column::words("parent", "Parent").in_detail(),
        Column::words("agency", "Agency"),
        Column::counted("open", "Open", Narrowing::Status(StatusFilter::Open)),
        Column::counted("ever", "Ever", Narrowing::Status(StatusFilter::All)),
        Column::words("boards", "Boards"),
        Column::words("roles", "Roles").in_detail(),
        Column::words("first_seen", "First seen").in_detail(),
        Column::words("latest", "Latest"),
        Column::computed("median_days_open", "Days open", Narrowing::Status(StatusFilter::Open)),
        Column::computed("reposted", "Reposted", Narrowing::Status(StatusFilter::All)),
    ]
}

fn index_row(selection: &Selection<'_>, employer: &Employer<'_>, known: &BTreeMap<&str, &EmployerIdentity>) -> Row {
    let ever = employer.jobs.len() as u64;
    let parent = known.get(&*employer.id).and_then(|identity| identity.parent.clone());
    let [first, latest] = employer.seen();
    let cells = vec![
        Cell::Text(employer.name(known)),
        Cell::Text(employer.id.to_string()),
        Cell::Text(employer.names().join("; ")),
        parent.map_or(Cell::Empty, Cell::Text),
        if employer.is_agency() { Cell::Text("yes".to_owned()) } else { Cell::Empty },
        Cell::Count(employer.open().count() as u64),
        Cell::Count(ever),
        Cell::Text(employer.joined(|job| &job.boards)),
        Cell::Text(employer.joined(|job| &job.roles)),
        first,
        latest,
        Cell::Days(median_days(employer.open(), selection.request.now)),
        Cell::Part(count(&employer.jobs, |job| job.reposted), ever),
    ];
    Row::found_by(only(selection, &employer.id), cells)
}

/// Tells one employer line by line.
fn about(selection: &Selection<'_>, employer: &Employer<'_>, known: &BTreeMap<&str, &EmployerIdentity>) -> Table {
    let identity = known.get(&*employer.id);
    let parent = identity.and_then(|identity| identity.parent.clone());
    let agency = if employer.is_agency() { "yes: it recruits for somebody else" } else { "no" };
    let [first, latest] = employer.seen();
    let lines = [
        ("Id", employer.id.to_string()),
        ("As spelled", employer.names().join("; ")),
        ("Parent", parent.unwrap_or_else(|| "not known".to_owned())),
        ("Agency", agency.to_owned()),
        ("Identity by", identity.and_then(|identity| identity.why.clone()).unwrap_or_else(|| "its name".to_owned())),
        ("Boards", employer.joined(|job| &job.boards)),
        ("Roles", employer.joined(|job| &job.roles)),
        ("First seen", first.text()),
        ("Latest job", latest.text()),
        ("Median days open", Cell::Days(median_days(employer.open(), selection.request.now)).text()),
    ];
    let row = |(name, value): (&str, String)| Row {
        cells: vec![Cell::Text(name.to_owned()), Cell::Text(value)],
        criteria: None,
        exact: false,
    };
    Table {
        id: "employer",
        title: employer.name(known),
        columns: vec![Column::words("field", ""), Column::words("value", "")],
        rows: lines.into_iter().map(row).collect(),
        ..Table::default()
    }
}

/// How much of an id is shown in a list; it can be typed so.
const ID_SHOWN: usize = 7;

/// Lists an employer's jobs of the status asked for, the newest first.
fn jobs_of(selection: &Selection<'_>, employer: &Employer<'_>) -> Table {
    let mut jobs: Vec<&JobFigures> =
        selection.chosen.iter().copied().filter(|job| job.employer_id.as_ref() == Some(&employer.id)).collect();
    jobs.sort_by_key(|job| std::cmp::Reverse(job.first_seen));
    let row = |job: &&JobFigures| Row {
        cells: vec![
            Cell::Text(job.id.as_str().chars().take(ID_SHOWN).collect()),
            Cell::Text(job.title.clone().unwrap_or_else(|| "(no title)".to_owned())),
            Cell::Text(if job.open { "open" } else { "closed" }.to_owned()),
            Cell::Text(job.states.iter().map(|state| state.to_uppercase()).collect::<Vec<_>>().join(" ")),
            Cell::Date(Some(job.posted())),
            Cell::Days(Some(super::numbers::figure(job.days_open(selection.request.now).unsigned_abs()))),
        ],
        criteria: None,
        exact: false,
    };
    let table = Table {
        id: "jobs",
        title: format!("Jobs of {}", employer.id),
        columns: vec![
            Column::words("job", "Job"),
            Column::words("title", "Title"),
            Column::words("status", "Status"),
            Column::words("states", "States"),
            Column::words("posted", "Posted"),
            Column::computed("days_open", "Days open", Narrowing::Every),
        ],
        rows: jobs.iter().map(row).collect(),
        pattern: Some(only(selection, &employer.id)),
        ..Table::default()
    };
    table.cut(selection.request.most_rows)
}

/// Counts jobs by employer, for the overview.
pub(super) fn by_employer(selection: &Selection<'_>) -> Table {
    let nothing = BTreeMap::new();
    // Names that are asked for cannot be asked for together with an identity.
    let asked = &selection.criteria().employers;
    let exact = asked.iter().all(|name| name.starts_with("id:"));
    let shown = selection.shows(Dimension::Employer);
    let mut groups = largest_first(identities(selection.chosen.iter().copied()));
    groups.retain(|(id, _)| !exact || shown(&format!("id:{id}")));
    let employers: Vec<Employer<'_>> = groups.into_iter().map(|(id, jobs)| Employer { id, jobs }).collect();
    let unknown = count(&selection.chosen, |job| job.employer_id.is_none());
    let chart = employers.iter().map(|employer| (employer.name(&nothing), employer.jobs.len() as u64));
    let row = |employer: &Employer<'_>| {
        let total = employer.jobs.len() as u64;
        let cells = vec![
            Cell::Text(employer.name(&nothing)),
            Cell::Text(employer.id.to_string()),
            Cell::Count(total),
            Cell::Part(count(&employer.jobs, JobFigures::is_remote), total),
            Cell::Part(count(&employer.jobs, |job| job.entry_level == Some(true)), total),
        ];
        Row { exact, ..Row::found_by(only(selection, &employer.id), cells) }
    };
    let table = Table {
        id: "by-employer",
        title: "Employers with most jobs".to_owned(),
        columns: vec![
            Column::words("employer", "Employer"),
            Column::words("id", "Id"),
            Column::counted("jobs", "Jobs", Narrowing::Every),
            Column::counted("remote", "Remote", Narrowing::Remote).in_detail(),
            Column::counted("entry_level", "Entry level", Narrowing::EntryLevel).in_detail(),
        ],
        rows: employers.iter().map(row).collect(),
        notes: vec![format!(
            "{} employers; {} of {} jobs have no employer's identity.",
            grouped(employers.len() as u64),
            grouped(unknown),
            grouped(selection.total())
        )],
        chart: Chart::bars("Jobs by employer", chart),
        ..Table::default()
    };
    table.by(Dimension::Employer, selection.criteria()).cut(selection.request.most_rows)
}
