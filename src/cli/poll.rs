//! `poll`: one round of the boards, now.

use std::sync::Arc;

use super::arguments::PollArguments;
use super::context::{Context, runtime};
use super::format::Format;
use super::{Outcome, output, progress, table};
use crate::board::Board;
use crate::dedupe::PointsJudge;
use crate::fetch::Fetcher;
use crate::model::{Judge, Problem, ProblemKind};
use crate::pipeline::{BoardReport, PollOptions, Poller, RunReport, StoredHosts, catch_up, settle};
use crate::store::DatabaseLock;

pub(super) fn run(context: &Context, wanted: &PollArguments) -> anyhow::Result<Outcome> {
    let format = context.format()?;
    let boards = chosen(context, &wanted.boards)?;
    // Two polls would ask each host twice as often as it allows.
    let _alone = DatabaseLock::take(context.path(), "poll", context.clock.now())?;
    let store = context.store()?;
    let coder = context.coder()?;
    let judge: Arc<dyn Judge> = Arc::new(PointsJudge);
    catch_up(&store, &judge, context.clock.now())?;
    let hosts = Arc::new(StoredHosts::new(store.clone()));
    let report = runtime()?.block_on(async {
        let fetcher = Fetcher::new(context.config.fetch.clone(), context.clock.clone(), hosts)?;
        let options = PollOptions {
            full: wanted.full,
            keep_raw: context.config.retention.keeps_raw(),
            retention: context.config.retention.plan(),
            ..PollOptions::default()
        };
        let poller = Poller::new(store.clone(), fetcher, context.clock.clone(), judge.clone(), coder)
            .with_options(options)
            .with_progress(progress::bars(context.quiet));
        anyhow::Ok(poller.poll(&boards).await?)
    })?;
    if report.has_stored() {
        settle(&store, &judge, context.clock.now())?;
    }
    match format {
        Format::Table => print_table(&report)?,
        Format::Json => output::print_json(&report)?,
        Format::Jsonl => report.boards.iter().try_for_each(output::print_line)?,
        Format::Csv => print_csv(&report)?,
    }
    if format == Format::Table && !context.quiet {
        explain(&report);
    }
    Ok(if report.is_clean() { Outcome::Done } else { Outcome::Partly })
}

/// Finds the named boards; every enabled one where none is named.
fn chosen(context: &Context, names: &[String]) -> anyhow::Result<Vec<Board>> {
    if names.is_empty() {
        return Ok(context.config.boards.iter().filter(|board| board.enabled).cloned().collect());
    }
    names.iter().map(|name| context.board(name).cloned()).collect()
}

/// Prints the counts, one board a line.
pub(super) fn print_table(report: &RunReport) -> anyhow::Result<()> {
    let mut rows = table::table(&["BOARD", "STATE", "LISTED", "NEW", "UPDATED", "SAME", "CLOSED", "PROBLEMS"]);
    for board in &report.boards {
        let counts =
            [board.listed, board.new, board.updated, board.unchanged, board.closed, board.problems.len() as u64];
        let words = [board.board.to_string(), board.state.as_str().to_owned()];
        rows.add_row(words.into_iter().chain(counts.map(|count| count.to_string())));
    }
    output::print(&table::rendered(&rows))
}

fn print_csv(report: &RunReport) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "board",
        "state",
        "requests",
        "listed",
        "parsed",
        "new",
        "updated",
        "unchanged",
        "closed",
        "problems",
    ])?;
    for board in &report.boards {
        let BoardReport { requests, listed, parsed, new, updated, unchanged, closed, .. } = board;
        let counts = [*requests, *listed, *parsed, *new, *updated, *unchanged, *closed, board.problems.len() as u64];
        let words = [board.board.to_string(), board.state.as_str().to_owned()];
        writer.write_record(words.into_iter().chain(counts.map(|count| count.to_string())))?;
    }
    output::print_bytes(&writer.into_inner()?)
}

/// Says what is behind each state that is not well, and the first problems.
fn explain(report: &RunReport) {
    for board in &report.boards {
        let unwell = board.why.as_ref().filter(|_| !board.state.is_readable() || board.remedy.is_some());
        if let Some(why) = unwell {
            output::say_wrapped(&format!("{} is {}: {why}", board.board, board.state.as_str()));
        }
        if let Some(remedy) = &board.remedy {
            output::say_wrapped(&format!("  {remedy}"));
        }
        if board.deferred > 0 {
            let until = board
                .next_request_at
                .map_or_else(String::new, |at| format!("; next request from {}", at.format("%H:%M UTC")));
            output::say_wrapped(&format!("{}: {} details wait for a later poll{until}", board.board, board.deferred));
        }
        explain_problems(board);
    }
}

/// How many problems of a board are told; `--format json` shows all.
const PROBLEMS_TOLD: usize = 3;

/// Tells a board's problems, those that cost something first.
fn explain_problems(board: &BoardReport) {
    // What made the state was told above.
    let told = |problem: &&Problem| {
        !matches!(problem.kind, ProblemKind::Walled | ProblemKind::Moved)
            && board.why.as_ref() != Some(&problem.message)
    };
    let (small, grave): (Vec<&Problem>, Vec<&Problem>) = board
        .problems
        .iter()
        .filter(told)
        .partition(|problem| matches!(problem.kind, ProblemKind::Repaired | ProblemKind::UnreadField));
    for problem in grave.iter().take(PROBLEMS_TOLD) {
        output::say_wrapped(&format!("{}: {}", board.board, super::parse::describe(problem)));
    }
    let more = grave.len().saturating_sub(PROBLEMS_TOLD);
    if more > 0 {
        output::say_wrapped(&format!("{}: {more} more problems of this kind (--format json shows all)", board.board));
    }
    if !small.is_empty() {
        let first = super::parse::describe(small[0]);
        output::say_wrapped(&format!(
            "{}: {} values repaired or left unread, such as: {first}",
            board.board,
            small.len()
        ));
    }
}
