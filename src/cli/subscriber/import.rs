//! `subscriber import`: many subscriptions from a file, each or none of it.

use std::collections::HashMap;
use std::io::Read;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::ImportArguments;
use super::line::{COLUMNS, Wanted, read};
use super::words::Readings;
use crate::cli::context::{Context, UsageError};
use crate::cli::format::Format;
use crate::cli::{Outcome, mailing, output};
use crate::matching::{FilterError, SavedFilters};
use crate::model::{Consent, SubscriberState};
use crate::store::{NewSubscriber, Seed, Store, SubscribeError, Subscribed};

/// So many are added in one step, between two of which others can write.
const STEP: usize = 1_000;
/// So many lines that were not added are told one by one.
const TOLD: usize = 20;
/// No larger file is read.
const LARGEST: u64 = 64 << 20;

/// What came of each line that was not added.
#[derive(Debug, Default)]
struct Report {
    added: u64,
    /// With the number of the line, and why.
    double: Vec<(u64, String)>,
    suppressed: Vec<(u64, String)>,
    invalid: Vec<(u64, String)>,
}

/// A line that can be added.
struct Ready {
    line: u64,
    wanted: Wanted,
    consent: Consent,
}

pub(super) fn run(context: &Context, wanted: &ImportArguments) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    if let Some(why) = mailing::sending(&context.config).not_ready() {
        return Err(UsageError(why).into());
    }
    let text = text_of(wanted)?;
    let lines = if text.trim_start().starts_with('{') { json_lines(&text) } else { csv_lines(&text)? };
    let store = context.store()?;
    let mut report = Report::default();
    let mut ready = Vec::new();
    let mut seeds = Seeds { store: &store, readings: Readings::new(context.coder()?), known: HashMap::new() };
    for (line, cells) in lines {
        match cells.and_then(|cells| prepared(&cells, wanted, (&mut seeds, context.clock.now()))) {
            Ok((wanted, consent)) => ready.push(Ready { line, wanted, consent }),
            Err(why) => report.invalid.push((line, why)),
        }
    }
    add(context, &store, (ready, wanted.dry_run), &mut report)?;
    if format == Format::Table {
        tell(&report, wanted.dry_run, context.quiet);
    } else {
        output::print_json(&as_json(&report, wanted.dry_run))?;
    }
    let found = report.added > 0 || !report.double.is_empty();
    let all_is_well = found && report.invalid.is_empty() && report.suppressed.is_empty();
    Ok(if all_is_well { Outcome::Done } else { Outcome::Partly })
}

fn text_of(wanted: &ImportArguments) -> anyhow::Result<String> {
    let file = &wanted.file;
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|opened| opened.take(LARGEST + 1).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("failed to read {}", file.display()))?;
    anyhow::ensure!(bytes.len() as u64 <= LARGEST, "{} is larger than {} MiB", file.display(), LARGEST >> 20);
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| anyhow::anyhow!("{} is not UTF-8: save it as CSV UTF-8", file.display()))?;
    // With both characters the reader of CSV counts a line too few.
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n"))
}

/// A line's number, and its cells by name or what is wrong with it.
type Lines = Vec<(u64, Result<Vec<(String, String)>, String>)>;

fn json_lines(text: &str) -> Lines {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| (number, object_cells(line))).collect()
}

fn object_cells(line: &str) -> Result<Vec<(String, String)>, String> {
    // What the parser says of a fault may repeat the line.
    let object: serde_json::Map<String, Value> =
        serde_json::from_str(line).map_err(|error| format!("no JSON object (column {})", error.column()))?;
    let mut cells = Vec::new();
    for (name, value) in object {
        match value {
            Value::Null => {}
            Value::String(text) => cells.push((name, text)),
            Value::Bool(_) | Value::Number(_) => cells.push((name, value.to_string())),
            Value::Array(values) => {
                for value in values {
                    let text = value.as_str().ok_or_else(|| format!("{name}: a list of texts is expected"))?;
                    cells.push((name.clone(), text.to_owned()));
                }
            }
            Value::Object(_) => return Err(format!("{name}: a text is expected")),
        }
    }
    Ok(cells)
}

fn csv_lines(text: &str) -> anyhow::Result<Lines> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headings: Vec<String> =
        reader.headers()?.iter().map(|name| name.to_ascii_lowercase().replace([' ', '_'], "-")).collect();
    let headings: Vec<String> = headings.into_iter().map(|name| own_name(&name)).collect();
    if !headings.iter().any(|name| name == "email") {
        return Err(UsageError("the file's first line must name its columns, `email` among them".to_owned()).into());
    }
    for name in headings.iter().filter(|name| !name.is_empty() && !COLUMNS.contains(&name.as_str())) {
        if !SavedFilters::is_filter(name) {
            return Err(UsageError(format!("column {}", unknown(name))).into());
        }
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                let cells = headings.iter().zip(&record).filter(|(name, _)| !name.is_empty());
                let cells = cells.map(|(name, cell)| (name.clone(), unguarded(cell).to_owned())).collect();
                let too_long = record.len() > headings.len();
                lines.push((
                    line,
                    if too_long { Err("it has more cells than the first line".to_owned()) } else { Ok(cells) },
                ));
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                lines.push((line, Err("it cannot be read as CSV".to_owned())));
            }
        }
    }
    Ok(lines)
}

/// Gives our own columns their underscores back, and takes what lists of addresses often call them.
fn own_name(name: &str) -> String {
    let own = name.replace('-', "_");
    match own.as_str() {
        "e_mail" | "address" | "email_address" => "email".to_owned(),
        "filter" => "filters".to_owned(),
        "time_zone" | "timezone" | "zone" => "tz".to_owned(),
        _ if COLUMNS.contains(&own.as_str()) => own,
        _ => name.to_owned(),
    }
}

fn unknown(name: &str) -> String {
    SavedFilters::of([(name, "x")]).err().map_or_else(String::new, |error: FilterError| error.to_string())
}

/// Takes the apostrophe off that kept a spreadsheet from reading a cell as a formula.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(cell)
}

/// Where searches begin: found once for each that is different.
struct Seeds<'a> {
    store: &'a Store,
    readings: Readings,
    known: HashMap<String, Result<Seed, String>>,
}

impl Seeds<'_> {
    fn of(&mut self, filters: &str, now: DateTime<Utc>) -> Result<Seed, String> {
        if let Some(known) = self.known.get(filters) {
            return known.clone();
        }
        let found = match self.readings.criteria(filters) {
            Ok(criteria) => self.store.seed(&criteria, None, now).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        self.known.insert(filters.to_owned(), found.clone());
        found
    }
}

/// Makes of a line what can be added.
fn prepared(
    cells: &[(String, String)],
    arguments: &ImportArguments,
    (seeds, now): (&mut Seeds<'_>, DateTime<Utc>),
) -> Result<(Wanted, Consent), String> {
    let mut wanted = read(cells)?;
    wanted.search.seed = seeds.of(&wanted.search.filters, now)?;
    let given = arguments.basis.as_deref().map(str::trim).filter(|basis| !basis.is_empty());
    let given = given.map(|basis| Consent { at: now, who: arguments.by.who(), basis: basis.to_owned() });
    let consent = wanted.consent.clone().or(given);
    let consent = consent.ok_or("consent: the line says none, and --basis does not either")?;
    Ok((wanted, consent))
}

/// Adds what can be added, and notes why the rest is not.
fn add(
    context: &Context,
    store: &Store,
    (ready, dry_run): (Vec<Ready>, bool),
    report: &mut Report,
) -> anyhow::Result<()> {
    let (key, now) = (store.mail_key()?, context.clock.now());
    // A trial sees all lines at once, because it is taken back at its end.
    let step = if dry_run { ready.len().max(1) } else { STEP };
    let mut ready = ready.into_iter().peekable();
    while ready.peek().is_some() {
        let lines: Vec<Ready> = ready.by_ref().take(step).collect();
        let new = lines.iter().map(|line| NewSubscriber {
            address: line.wanted.address.clone(),
            consent: line.consent.clone(),
            search: line.wanted.search.clone(),
            now,
        });
        let new = new.collect();
        let answers = if dry_run { store.would_subscribe(&key, new) } else { store.subscribe_all(&key, new) }?;
        for (line, answer) in lines.into_iter().zip(answers) {
            match answer {
                Ok(added) => {
                    report.added += 1;
                    if !dry_run {
                        settle(store, &line.wanted, added, now)?;
                    }
                }
                Err(SubscribeError::Double(search)) => {
                    report.double.push((line.line, format!("it is subscription {search} already")));
                }
                Err(SubscribeError::Suppressed { why }) => report.suppressed.push((line.line, why)),
                Err(SubscribeError::Store(error)) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// Pauses what the line says is paused.
fn settle(store: &Store, wanted: &Wanted, added: Subscribed, now: DateTime<Utc>) -> anyhow::Result<()> {
    if wanted.paused {
        store.pause_subscriber(added.subscriber, true, wanted.paused_until)?;
    }
    if wanted.search_paused {
        store.set_search_state(added.search, SubscriberState::Paused, None, now)?;
    }
    Ok(())
}

fn tell(report: &Report, dry_run: bool, quiet: bool) {
    let kinds = [("", &report.invalid), ("not mailed any more: ", &report.suppressed), ("", &report.double)];
    for (what, lines) in kinds {
        for (line, why) in lines.iter().take(TOLD).filter(|_| !quiet || what.is_empty()) {
            output::say(&format!("line {line}: {what}{why}"));
        }
        if lines.len() > TOLD && !quiet {
            output::say(&format!("… and {} more", lines.len() - TOLD));
        }
    }
    if quiet {
        return;
    }
    let would = if dry_run { "would be added" } else { "added" };
    output::say(&format!(
        "{} {would}; {} there already, {} not mailed any more, {} cannot be read",
        report.added,
        report.double.len(),
        report.suppressed.len(),
        report.invalid.len(),
    ));
}

fn as_json(report: &Report, dry_run: bool) -> Value {
    let lines = |lines: &[(u64, String)]| -> Vec<Value> {
        lines.iter().map(|(line, why)| json!({ "line": line, "why": why })).collect()
    };
    json!({
        "dry_run": dry_run, "added": report.added, "double": lines(&report.double),
        "suppressed": lines(&report.suppressed), "invalid": lines(&report.invalid),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_whichever_way_they_are_written() {
        let one = csv_lines("E-Mail, Filters ,time zone,credential\njo@b.c,state=OH,UTC,\"RHIT,CCS\"\n,\nx,y,z,1,2\n")
            .unwrap();
        let cells = one[0].1.as_ref().unwrap();
        let names: Vec<&str> = cells.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((one[0].0, names), (2, vec!["email", "filters", "tz", "credential"]));
        assert_eq!(cells[3].1, "RHIT,CCS");
        assert_eq!((one.len(), one[2].0), (3, 4));
        assert!(one[2].1.is_err());
        let two =
            json_lines("{\"email\":\"jo@b.c\",\"credential\":[\"RHIT\",\"CCS\"],\"day\":3,\"name\":null}\n\n[]\n");
        assert_eq!(two[0].1.as_ref().unwrap().len(), 4);
        assert_eq!((two.len(), two[1].0), (2, 3));
        assert!(two[1].1.as_ref().unwrap_err().starts_with("no JSON object"));
        assert!(csv_lines("name,every\n").is_err());
        assert!(csv_lines("email,stat\n").unwrap_err().to_string().contains("did you mean `state`"));
        assert_eq!((unguarded("'=1"), unguarded("'quoted'"), unguarded("x")), ("=1", "'quoted'", "x"));
    }
}
