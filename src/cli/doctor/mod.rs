//! `doctor`: looks at everything that the program stands on, and says what to do.
//!
//! It asks no board and sends no mail, and changes nothing. Of the net it asks only what the name system
//! says of the domain from which other people are mailed.

mod boards;
mod configuration;
mod database;
mod domain;
mod mailing;
mod surroundings;

use serde::Serialize;

use super::context::Context;
use super::format::Format;
use super::{Outcome, job_text, output};
use crate::store::Store;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// All is well.
    Ok,
    /// Works, but somebody should look at it.
    Warn,
    /// Does not work.
    Fail,
}

/// One finding.
#[derive(Debug, Serialize)]
struct Finding {
    /// What was looked at.
    check: String,
    /// How it is.
    state: State,
    /// In words.
    text: String,
    /// What to do about it.
    remedy: Option<String>,
}

impl Finding {
    fn ok(check: &str, text: impl Into<String>) -> Self {
        Self { check: check.to_owned(), state: State::Ok, text: text.into(), remedy: None }
    }

    fn warn(check: &str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check: check.to_owned(), state: State::Warn, text: text.into(), remedy: Some(remedy.into()) }
    }

    fn fail(check: &str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check: check.to_owned(), state: State::Fail, text: text.into(), remedy: Some(remedy.into()) }
    }

    /// Gives the finding as people read it, wrapped under its own text.
    fn shown(&self) -> String {
        /// How far the first word reaches.
        const INDENT: usize = 5;
        let word = match self.state {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "FAIL",
        };
        let remedy = self.remedy.as_ref().map(|remedy| format!("\n→ {remedy}")).unwrap_or_default();
        let lines = job_text::wrapped(&format!("{}: {}{remedy}", self.check, self.text), output::width() - INDENT);
        format!("{word:4} {}", lines.join(&format!("\n{:INDENT$}", "")))
    }
}

pub(super) fn run(context: &Context) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let mut findings = configuration::findings(context);
    findings.extend(domain::findings(context));
    let (store, of_database) = database::findings(context);
    findings.extend(of_database);
    findings.extend(surroundings::findings(context));
    findings.extend(boards::findings(context, store.as_ref()));
    findings.extend(mailing::findings(context, store.as_ref()));
    let failed = findings.iter().any(|finding| finding.state == State::Fail);
    match format {
        Format::Json => output::print_json(&serde_json::json!({ "ok": !failed, "findings": findings }))?,
        Format::Jsonl => findings.iter().try_for_each(output::print_line)?,
        Format::Table | Format::Csv => {
            for finding in findings.iter().filter(|finding| finding.state != State::Ok || !context.quiet) {
                output::print(&finding.shown())?;
            }
        }
    }
    Ok(if failed { Outcome::Partly } else { Outcome::Done })
}

/// Writes a size for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

/// What the checks of boards need of the database.
type Opened = Option<Store>;
