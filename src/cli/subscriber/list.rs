//! `subscriber list`: who gets mail, by whose filters, and when next.

use serde_json::Value;

use super::ListArguments;
use super::words::{Readings, next_mail, standing, subscriber_json, subscription};
use crate::cli::context::{Context, UsageError};
use crate::cli::format::Format;
use crate::cli::{Outcome, output, table};
use crate::model::{SavedSearch, Subscriber, SubscriberState};
use crate::store::Store;

pub(super) fn run(context: &Context, wanted: &ListArguments) -> anyhow::Result<Outcome> {
    let format = context.format()?;
    let state = wanted.state.as_deref().map(read_state).transpose()?;
    let store = context.reader()?;
    let mut all = store.subscribers()?;
    let suppressed = store.suppressions()?;
    all.retain(|known| state.is_none_or(|state| known.state == state));
    let mut readings = Readings::new(context.coder()?);
    match format {
        Format::Table => print_lines(&store, &all, (wanted.addresses, &mut readings))?,
        Format::Csv => print_csv(&store, &all)?,
        Format::Json => {
            let listed = all.iter().map(|known| document(&store, known, &mut readings));
            output::print_json(&listed.collect::<anyhow::Result<Vec<_>>>()?)?;
        }
        Format::Jsonl => {
            for known in &all {
                output::print_line(&document(&store, known, &mut readings)?)?;
            }
        }
    }
    if format == Format::Table && !context.quiet {
        let people = if all.len() == 1 { "1 subscriber".to_owned() } else { format!("{} subscribers", all.len()) };
        let left =
            if suppressed > 0 { format!("; {suppressed} addresses are not mailed any more") } else { String::new() };
        output::say(&format!("{people}{left}"));
    }
    Ok(if all.is_empty() { Outcome::Partly } else { Outcome::Done })
}

fn read_state(text: &str) -> Result<SubscriberState, UsageError> {
    let found = SubscriberState::ALL.into_iter().find(|state| state.as_str() == text.trim());
    let words = || SubscriberState::ALL.map(SubscriberState::as_str).join(", ");
    found.ok_or_else(|| UsageError(format!("--state: `{text}` is none of {}", words())))
}

fn document(store: &Store, known: &Subscriber, readings: &mut Readings) -> anyhow::Result<Value> {
    Ok(subscriber_json(known, &store.searches_of(known.id)?, readings))
}

/// Prints a line for each, and one below it for each subscription.
fn print_lines(store: &Store, all: &[Subscriber], (whole, readings): (bool, &mut Readings)) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for known in all {
        let searches = store.searches_of(known.id)?;
        let address = if whole { known.address.as_str().to_owned() } else { known.address.masked() };
        lines.push(format!("{} · {address} · {}", known.id, standing(known, &searches)));
        lines.extend(searches.iter().map(|search| below(search, readings)));
    }
    if lines.is_empty() { Ok(()) } else { output::print_wrapped(&lines.join("\n")) }
}

fn below(search: &SavedSearch, readings: &mut Readings) -> String {
    format!("    search {} · {}", search.id, subscription(search, readings))
}

fn print_csv(store: &Store, all: &[Subscriber]) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "email", "state", "subscriptions", "next_mail", "paused_until"])?;
    for known in all {
        let searches = store.searches_of(known.id)?;
        let numbers: Vec<String> = searches.iter().map(|search| search.id.to_string()).collect();
        let cells = [
            known.id.to_string(),
            known.address.as_str().to_owned(),
            known.state.as_str().to_owned(),
            numbers.join(" "),
            next_mail(known, &searches).map(|at| at.to_rfc3339()).unwrap_or_default(),
            known.paused_until.map(|at| at.to_rfc3339()).unwrap_or_default(),
        ];
        writer.write_record(cells.map(|cell| table::csv_cell(&cell)))?;
    }
    output::print_bytes(&writer.into_inner()?)
}
