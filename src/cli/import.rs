//! `import` and `export`: postings in from files, jobs out with their postings.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use super::arguments::{ImportArguments, SearchArguments};
use super::context::{Context, UsageError};
use super::{Outcome, output};
use crate::dedupe::PointsJudge;
use crate::model::BoardId;
use crate::pipeline::{ImportRequest, dressed, import_lines};

/// How many jobs are loaded at a time.
const BATCH: usize = 200;

pub(super) fn run(context: &Context, wanted: &ImportArguments) -> anyhow::Result<Outcome> {
    let default_board = wanted.board.as_deref().map(BoardId::new).transpose();
    let request = ImportRequest {
        boards: &context.config.boards,
        default_board: default_board.map_err(|error| UsageError(format!("--board: {error}")))?,
        now: context.clock.now(),
        judge: Arc::new(PointsJudge),
        coder: context.coder()?,
    };
    let input: Box<dyn BufRead> = if wanted.file == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let file = File::open(&wanted.file).with_context(|| format!("failed to read {}", wanted.file.display()))?;
        Box::new(BufReader::with_capacity(1 << 18, file))
    };
    let outcome = import_lines(&context.store()?, &request, input)?;
    for problem in &outcome.problems {
        output::complain(&super::parse::describe(problem));
    }
    output::say(&format!(
        "{} lines: {} new, {} updated, {} unchanged, {} problems",
        outcome.lines,
        outcome.new,
        outcome.updated,
        outcome.unchanged,
        outcome.problems.len()
    ));
    let lost = outcome.problems.iter().any(|problem| problem.kind == crate::model::ProblemKind::BrokenItem);
    Ok(if lost || outcome.lines == 0 { Outcome::Partly } else { Outcome::Done })
}

/// Prints every matching job as one JSON object a line.
pub(super) fn export(context: &Context, wanted: &SearchArguments) -> anyhow::Result<Outcome> {
    let criteria = context.criteria(&wanted.filters, None)?;
    let store = context.reader()?;
    let result = store.search(&criteria, context.clock.now())?;
    let ids: Vec<_> =
        result.jobs.iter().chain(result.may_match.iter().map(|(row, _)| row)).map(|row| row.id.clone()).collect();
    for batch in ids.chunks(BATCH) {
        for job in store.jobs(batch, context.clock.now())? {
            output::print_line(&dressed(job))?;
        }
    }
    Ok(if ids.is_empty() { Outcome::Partly } else { Outcome::Done })
}
