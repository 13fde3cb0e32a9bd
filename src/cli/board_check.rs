//! `board check`: what a board answers now, what it answered when a report was made, and whether its
//! fixtures are read as before. Nothing is stored.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, anyhow};

use super::arguments::CheckArguments;
use super::context::{Context, UsageError, runtime};
use super::fixtures;
use super::format::Format;
use super::job_text::labelled;
use super::{Outcome, output};
use crate::board::Board;
use crate::dedupe::PointsJudge;
use crate::fetch::Fetcher;
use crate::model::{Engine, PageKind};
use crate::parse::parse;
use crate::pipeline::{
    Bundle, Bundled, BundledExchange, BundledReading, Exchanged, PollOptions, Poller, RunReport, StoredHosts, Witness,
    read_again,
};
use crate::store::Store;

/// How many problems are told; `--format json` shows all.
const PROBLEMS_TOLD: usize = 8;

pub(super) fn run(context: &Context, wanted: &CheckArguments) -> anyhow::Result<Outcome> {
    context.format_without_csv()?;
    if let Some(file) = &wanted.from_report {
        return read_report(context, file, wanted);
    }
    let configured = context.board(wanted.board.as_deref().unwrap_or_default())?;
    // A move that was accepted holds for a check as well.
    let accepted = super::board::health(context, configured)?.accepted;
    let board = &*configured.at_home(accepted.as_ref());
    if let Some(path) = wanted.report.as_deref().filter(|path| path.exists()) {
        return Err(UsageError(format!("--report: {} is there already; name a new file", path.display())).into());
    }
    check(context, board, wanted.report.as_deref())
}

/// Polls the board into a database that is thrown away, so that nothing is stored.
fn check(context: &Context, board: &Board, report: Option<&Path>) -> anyhow::Result<Outcome> {
    let folder = std::env::temp_dir().join(format!("jobrounds-check-{}", std::process::id()));
    // A folder that is there already is not ours to fill and remove.
    std::fs::create_dir(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let seen: Arc<Mutex<Vec<Exchanged>>> = Arc::default();
    let found = check_in(context, board, &folder, (report.is_some(), &seen));
    let _ = std::fs::remove_dir_all(&folder);
    let found = found?;
    if let Some(path) = report {
        let exchanges = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
        write_report(context, path, (board, &found), &exchanges)?;
    }
    tell_check(context, board, found)
}

/// Writes what was answered into a file.
fn write_report(
    context: &Context,
    path: &Path,
    (board, found): (&Board, &RunReport),
    exchanges: &[Exchanged],
) -> anyhow::Result<()> {
    let first = found.boards.first();
    let of = Bundled {
        board,
        state: first.map_or("unknown", |report| report.state.as_str()),
        why: first.and_then(|report| report.why.as_deref()),
    };
    let bundle = Bundle::new(&of, exchanges, context.clock.now());
    let text = serde_json::to_string_pretty(&bundle)? + "\n";
    std::fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))?;
    output::say_wrapped(&format!(
        "wrote {} answers into {}: private things were taken out by a program, look through it before you send it",
        exchanges.len(),
        path.display()
    ));
    Ok(())
}

/// Polls the first list of a board into a database in this folder.
fn check_in(
    context: &Context,
    board: &Board,
    folder: &Path,
    (reports, seen): (bool, &Arc<Mutex<Vec<Exchanged>>>),
) -> anyhow::Result<RunReport> {
    let scratch = Store::open(&folder.join("check.db"))?;
    let mut board = board.clone();
    board.enabled = true;
    board.details = false;
    // What a host asked for holds for a check as well, and what it asks for now holds afterwards.
    let memory = if context.path().exists() { context.store()? } else { scratch.clone() };
    let coder = context.coder()?;
    let hosts = Arc::new(StoredHosts::new(memory));
    runtime()?.block_on(async {
        let fetcher = Fetcher::new(context.config.fetch.clone(), context.clock.clone(), hosts)?;
        let options = PollOptions { keep_raw: false, first_page_only: true, ..PollOptions::default() };
        let kept = Arc::clone(seen);
        let witness: Witness = Arc::new(move |one| kept.lock().unwrap_or_else(PoisonError::into_inner).push(one));
        let poller = Poller::new(scratch, fetcher, context.clock.clone(), Arc::new(PointsJudge), coder)
            .with_options(options)
            .with_witness(witness);
        let mut report = poller.poll(std::slice::from_ref(&board)).await?;
        if reports {
            look_at_one(&poller, &board, seen, &mut report).await;
        }
        Ok(report)
    })
}

/// Asks for the details of the first posting that was listed, so that a report shows them too.
async fn look_at_one(poller: &Poller, board: &Board, seen: &Mutex<Vec<Exchanged>>, report: &mut RunReport) {
    let Some(found) = report.boards.first_mut() else { return };
    let Some(engine) = found.engine.as_deref().and_then(Engine::from_word) else { return };
    let board = Board { details: true, ..board.clone() };
    let wanted = seen.lock().unwrap_or_else(PoisonError::into_inner).last().and_then(|last| {
        let page = last.page.as_ref()?;
        let parsed = parse(&board, engine, &PageKind::List, page);
        parsed.postings.iter().find_map(|row| board.detail_request(engine, row))
    });
    if let Some(wanted) = wanted {
        found.requests += poller.look_at(&board, engine, &wanted).await;
    }
}

/// Says what a check found.
fn tell_check(context: &Context, board: &Board, report: RunReport) -> anyhow::Result<Outcome> {
    let Some(found) = report.boards.into_iter().next() else { return Ok(Outcome::Partly) };
    let well = found.listed > 0 || found.state.is_readable();
    if context.format_without_csv()? == Format::Table {
        output::print(&format!("{}: {}", board.id, found.state.as_str()))?;
        let engine = found.engine.as_deref().and_then(Engine::from_word).map(Engine::as_str);
        output::print(&labelled("engine", engine.unwrap_or("none answered")))?;
        output::print(&labelled("rows on its first list", &found.listed.to_string()))?;
        output::print(&labelled("requests", &(found.requests + found.robots_requests).to_string()))?;
        for problem in found.problems.iter().take(PROBLEMS_TOLD) {
            output::print(&labelled("problem", &super::parse::describe(problem)))?;
        }
        if found.problems.len() > PROBLEMS_TOLD {
            let more = found.problems.len() - PROBLEMS_TOLD;
            output::print(&labelled("problems", &format!("{more} more; --format json shows all")))?;
        }
        fixtures::tell(context, board)?;
        for (label, text) in [("why", &found.why), ("remedy", &found.remedy)] {
            if let Some(text) = text {
                output::print(&labelled(label, text))?;
            }
        }
    } else {
        output::print_json(&found)?;
    }
    Ok(if well { Outcome::Done } else { Outcome::Partly })
}

/// One answer of a report, and what is made of it today.
type Row<'b> = (&'b BundledExchange, Option<(Engine, BundledReading)>);

/// Reads a report's answers again by the board's file and reader of today.
fn read_report(context: &Context, file: &Path, wanted: &CheckArguments) -> anyhow::Result<Outcome> {
    let text = super::parse::read_input(file)?;
    let bundle = Bundle::read(&text).map_err(|why| anyhow!("{} {why}", file.display()))?;
    let board = context.board(wanted.board.as_deref().unwrap_or(&bundle.board))?;
    let now = context.clock.now();
    let mut rows: Vec<Row<'_>> = Vec::new();
    for exchange in &bundle.exchanges {
        let engine = exchange.engine.filter(|engine| board.engines.contains(engine));
        let engine = engine.or(board.engines.first().copied());
        let page = exchange.page(now);
        let again =
            engine.zip(page).map(|(engine, page)| (engine, read_again(board, engine, &exchange.page_kind(), &page)));
        rows.push((exchange, again));
    }
    if let Some(folder) = &wanted.fixtures {
        let exchanges: Vec<Exchanged> = bundle.exchanges.iter().filter_map(|one| one.exchanged(now)).collect();
        fixtures::save(context, folder, board, &exchanges)?;
        output::say_wrapped(&fixtures::told(folder));
    }
    if context.format_without_csv()? == Format::Table {
        output::print(&format!("{}: report of {} by jobrounds {}", bundle.board, bundle.made_at, bundle.version))?;
        for (exchange, again) in &rows {
            let engine = again.as_ref().map_or("none", |(engine, _)| engine.as_str());
            output::print(&labelled(engine, &exchange.url))?;
            output::print(&labelled(
                "then",
                &exchange.reading.as_ref().map_or_else(|| exchange.error.clone().unwrap_or_default(), in_words),
            ))?;
            let now =
                again.as_ref().map_or_else(|| "there is no answer to read".to_owned(), |(_, again)| in_words(again));
            output::print(&labelled("now", &now))?;
            for problem in again.iter().flat_map(|(_, again)| &again.problems) {
                output::print(&labelled("problem", problem))?;
            }
        }
    } else {
        let line = |(exchange, again): &Row<'_>| {
            let engine = again.as_ref().map(|(engine, _)| *engine);
            let again = again.as_ref().map(|(_, again)| again);
            serde_json::json!({"url": exchange.url, "engine": engine, "then": exchange.reading, "now": again})
        };
        output::print_json(&rows.iter().map(line).collect::<Vec<_>>())?;
    }
    let read =
        rows.iter().filter_map(|(_, again)| again.as_ref()).any(|(_, again)| again.postings > 0 || again.says_empty);
    Ok(if read { Outcome::Done } else { Outcome::Partly })
}

/// Says what a reader makes of an answer.
pub(super) fn in_words(reading: &BundledReading) -> String {
    match (&reading.refused, reading.says_empty) {
        (Some(why), _) => format!("not read: {why}"),
        (None, true) => "the board says that it has no postings".to_owned(),
        (None, false) => {
            let BundledReading { postings, with_employer, with_place, with_date, with_text, .. } = reading;
            format!(
                "{postings} postings, {with_employer} with employer, {with_place} with place, {with_date} with date, {with_text} with text"
            )
        }
    }
}
