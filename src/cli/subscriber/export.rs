//! `subscriber export`: every subscription as a line that `import` reads.

use super::line::{COLUMNS, Line, is_exported};
use crate::cli::context::Context;
use crate::cli::format::choose;
use crate::cli::{Outcome, output, table};

/// What is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Jsonl,
    Csv,
}

pub(super) fn run(context: &Context) -> anyhow::Result<Outcome> {
    let form = choose(context.form().unwrap_or("jsonl"), &[("jsonl", Form::Jsonl), ("csv", Form::Csv)])?;
    let store = context.reader()?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    let mut lines = 0_u64;
    for known in store.subscribers()? {
        let consent = store.consents(known.id)?.into_iter().next();
        for search in store.searches_of(known.id)?.iter().filter(|search| is_exported(&known, search)) {
            let line = Line::of(&known, search, consent.as_ref());
            match form {
                Form::Jsonl => output::print_line(&line)?,
                Form::Csv => writer.write_record(line.cells().map(|cell| table::csv_cell(&cell)))?,
            }
            lines += 1;
        }
    }
    if form == Form::Csv {
        output::print_bytes(&writer.into_inner()?)?;
    }
    if !context.quiet {
        output::say(&format!("{lines} subscriptions"));
    }
    Ok(if lines == 0 { Outcome::Partly } else { Outcome::Done })
}
