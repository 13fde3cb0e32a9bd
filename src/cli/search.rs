//! `search`: stored jobs that match, newest first; those that may match after the sure ones.

use super::arguments::SearchArguments;
use super::context::Context;
use super::format::Format;
use super::{Outcome, output, table};
use crate::model::{Job, JobId, JobStatus, KnownField};
use crate::pipeline::dressed_all;
use crate::store::{JobRow, SearchResult, Store};

/// How many rows a table shows where --limit says nothing.
const TABLE_ROWS: usize = 50;
/// How much of an id is shown; it can be typed so.
const ID_SHOWN: usize = 7;

pub(super) fn run(context: &Context, wanted: &SearchArguments) -> anyhow::Result<Outcome> {
    let format = context.format()?;
    let criteria = context.criteria(&wanted.filters, (format == Format::Table).then_some(TABLE_ROWS))?;
    let store = context.reader()?;
    let result = store.search(&criteria, context.clock.now())?;
    match format {
        Format::Table => print_tables(&result)?,
        Format::Csv => print_csv(&result)?,
        Format::Json => output::print_json(&documents(&store, &result, context)?)?,
        Format::Jsonl => documents(&store, &result, context)?.iter().try_for_each(output::print_line)?,
    }
    if !context.quiet {
        tell_totals(&result, criteria.offset, format);
    }
    // Also where --limit 0 asks for the totals alone.
    let found = result.total + result.total_may_match > 0;
    Ok(if found { Outcome::Done } else { Outcome::Partly })
}

/// Loads the whole jobs behind the rows, sure ones first.
fn documents(store: &Store, result: &SearchResult, context: &Context) -> anyhow::Result<Vec<Job>> {
    let now = context.clock.now();
    let sure: Vec<JobId> = result.jobs.iter().map(|row| row.id.clone()).collect();
    let unsure: Vec<JobId> = result.may_match.iter().map(|(row, _)| row.id.clone()).collect();
    let mut jobs = store.jobs(&sure, now)?;
    let mut perhaps = store.jobs(&unsure, now)?;
    for (job, (_, fields)) in perhaps.iter_mut().zip(&result.may_match) {
        job.may_match = fields.iter().map(|field| field.as_str().to_owned()).collect();
    }
    jobs.append(&mut perhaps);
    Ok(dressed_all(jobs))
}

/// Prints the sure ones, then the others under what is not stated.
pub(super) fn print_tables(result: &SearchResult) -> anyhow::Result<()> {
    if !result.jobs.is_empty() {
        output::print(&rows(result.jobs.iter()))?;
    }
    if !result.may_match.is_empty() {
        output::print(&format!("\nMay match: {} not stated", unstated(&result.may_match)))?;
        output::print(&rows(result.may_match.iter().map(|(row, _)| row)))?;
    }
    Ok(())
}

fn unstated(rows: &[(JobRow, Vec<KnownField>)]) -> String {
    let mut fields: Vec<&str> = rows.iter().flat_map(|(_, fields)| fields).map(|field| field.as_str()).collect();
    fields.sort_unstable();
    fields.dedup();
    fields.join(" or ")
}

/// Writes two lines a job: what it is and until when, then who, where and for how much.
fn rows<'a>(jobs: impl Iterator<Item = &'a JobRow>) -> String {
    let width = output::width();
    let mut lines = Vec::new();
    for job in jobs {
        let id: String = job.id.as_str().chars().take(ID_SHOWN).collect();
        let closes = closes(job);
        let room = width.saturating_sub(ID_SHOWN + 4 + closes.chars().count());
        let title = short(job.title.as_deref().unwrap_or("(no title)"), room);
        lines.push(format!("{id}  {title:<room$}  {closes}").trim_end().to_owned());
        let facts = [job.employer.clone(), where_to(job), job.pay.clone(), job.credentials.clone()];
        let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        lines.push(format!("{:ID_SHOWN$}  {}", "", short(&facts, width - ID_SHOWN - 2)).trim_end().to_owned());
    }
    lines.join("\n")
}

fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        text.to_owned()
    } else {
        text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
    }
}

/// Writes the place, or that it is remote; both where both are known.
fn where_to(job: &JobRow) -> Option<String> {
    let mode = job.work_mode.as_deref().filter(|mode| *mode != "onsite");
    let miles = job.distance_miles.map_or_else(String::new, |miles| format!(" ({miles:.0} mi)"));
    let place = job.place.as_ref().map(|place| format!("{place}{miles}"));
    match (mode, place.as_deref()) {
        // Remote work that lists hundreds of places is not at any of them.
        (Some(mode), Some(place)) if !place.contains("(+") => Some(format!("{mode}, {place}")),
        (Some(mode), _) => Some(mode.to_owned()),
        (None, place) => place.map(str::to_owned),
    }
}

/// Writes when it closes, or that it has closed.
fn closes(job: &JobRow) -> String {
    let date = job.closes.as_deref().and_then(|text| text.get(..10));
    match (job.status, date) {
        (JobStatus::Closed, _) => "closed".to_owned(),
        (JobStatus::Open, Some(date)) => format!("closes {date}"),
        (JobStatus::Open, None) => String::new(),
    }
}

fn print_csv(result: &SearchResult) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "id",
        "title",
        "employer",
        "place",
        "work_mode",
        "pay",
        "date_posted",
        "closes",
        "first_seen",
        "boards",
        "status",
        "url",
        "may_match",
        "role",
        "credentials",
        "distance_miles",
    ])?;
    let sure = result.jobs.iter().map(|row| (row, String::new()));
    let perhaps = result
        .may_match
        .iter()
        .map(|(row, fields)| (row, fields.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(" ")));
    for (row, fields) in sure.chain(perhaps) {
        let cells = [
            row.id.as_str().to_owned(),
            row.title.clone().unwrap_or_default(),
            row.employer.clone().unwrap_or_default(),
            row.place.clone().unwrap_or_default(),
            row.work_mode.clone().unwrap_or_default(),
            row.pay.clone().unwrap_or_default(),
            row.date_posted.map(|date| date.to_string()).unwrap_or_default(),
            row.closes.clone().unwrap_or_default(),
            row.first_seen.to_rfc3339(),
            row.boards.join(" "),
            row.status.as_str().to_owned(),
            row.url.clone().unwrap_or_default(),
            fields,
            row.role.clone().unwrap_or_default(),
            row.credentials.clone().unwrap_or_default(),
            row.distance_miles.map(|miles| format!("{miles:.1}")).unwrap_or_default(),
        ];
        writer.write_record(cells.map(|cell| table::csv_cell(&cell)))?;
    }
    output::print_bytes(&writer.into_inner()?)
}

fn tell_totals(result: &SearchResult, offset: usize, format: Format) {
    let shown = (result.jobs.len() + result.may_match.len()) as u64;
    let total = result.total + result.total_may_match;
    if total == 0 {
        output::say("nothing found");
    } else if shown < total && offset as u64 + shown >= total {
        output::say(&format!("{shown} of {total} shown; these are the last"));
    } else if shown < total {
        output::say(&format!("{shown} of {total} shown; --limit and --offset show more"));
    } else if format == Format::Table {
        output::say(&format!("{total} found"));
    }
    if result.left_out > 0 {
        output::say(&format!("{} more do not state what --known asks for", result.left_out));
    }
}
