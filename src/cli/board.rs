//! `board list` and `board show`.

use chrono::{DateTime, TimeDelta, Utc};

use super::arguments::BoardCommand;
use super::context::Context;
use super::format::Format;
use super::{Outcome, board_text, output, table};
use crate::board::{Board, Schedule};
use crate::model::{BoardEvent, BoardHealth, BoardState, RoundRecord};

/// How many changes of state `show` tells.
const MOST_CHANGES: usize = 10;
/// How many rounds `show` tells, and how far back.
const MOST_ROUNDS: usize = 5;
const ROUNDS_SHOWN_FOR: TimeDelta = TimeDelta::days(28);

/// A board with what the database knows of it.
struct Described<'a> {
    board: &'a Board,
    health: BoardHealth,
    open: u64,
}

pub(super) fn run(context: &Context, command: BoardCommand) -> anyhow::Result<Outcome> {
    match command {
        BoardCommand::List => list(context),
        BoardCommand::Show { board } => show(context, context.board(&board)?),
        BoardCommand::Check(wanted) => super::board_check::run(context, &wanted),
        BoardCommand::Probe { url } => super::probe::run(context, &url),
        BoardCommand::New { id, url } => super::board_new::run(context, &id, &url),
        BoardCommand::Accept { board, undo } => super::board_accept::run(context, context.board(&board)?, undo),
    }
}

/// Reads a board's health; unknown where there is no database yet.
pub(super) fn health(context: &Context, board: &Board) -> anyhow::Result<BoardHealth> {
    if !board.enabled {
        return Ok(BoardHealth { state: BoardState::Disabled, ..BoardHealth::default() });
    }
    if !context.path().exists() {
        return Ok(BoardHealth::default());
    }
    Ok(context.reader()?.board_health(&board.id)?)
}

/// Counts a board's open postings; none where there is no database yet.
fn open_postings(context: &Context, board: &Board) -> anyhow::Result<u64> {
    if !context.path().exists() {
        return Ok(0);
    }
    Ok(context.reader()?.open_postings(&board.id)?)
}

fn list(context: &Context) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let mut described = Vec::new();
    for board in &context.config.boards {
        let (health, open) = (health(context, board)?, open_postings(context, board)?);
        described.push(Described { board, health, open });
    }
    if format != Format::Table {
        let lines: Vec<_> = described.iter().map(as_json).collect();
        return print_values(format, &lines);
    }
    let now = context.clock.now();
    let mut rows = table::table(&["BOARD", "STATE", "SINCE", "LAST READ", "OPEN", "ENGINE"]);
    for Described { board, health, open } in &described {
        rows.add_row([
            board.id.to_string(),
            health.state.as_str().to_owned(),
            health.since.map_or_else(String::new, |at| board_text::length(now - at)),
            health.last_success.map_or_else(|| "never".to_owned(), |at| board_text::ago(now - at)),
            open.to_string(),
            if board.engines.len() > 1 && health.engine.is_none() { "?".to_owned() } else { engine(board, health) },
        ]);
    }
    output::print(&table::rendered(&rows))?;
    for Described { board, health, .. } in &described {
        if let Some(text) = board_text::complaint(&board.id, health, now) {
            output::print("")?;
            output::print_wrapped(&text)?;
        }
    }
    Ok(Outcome::Done)
}

fn print_values(format: Format, values: &[serde_json::Value]) -> anyhow::Result<Outcome> {
    match format {
        Format::Json => output::print_json(&values)?,
        _ => values.iter().try_for_each(output::print_line)?,
    }
    Ok(Outcome::Done)
}

fn engine(board: &Board, health: &BoardHealth) -> String {
    let tried = || board.engines.iter().map(|engine| engine.as_str()).collect::<Vec<_>>().join("?, ");
    match board.engines.as_slice() {
        [only] => only.as_str().to_owned(),
        _ => health.engine.clone().unwrap_or_else(|| tried() + "?"),
    }
}

fn as_json(described: &Described<'_>) -> serde_json::Value {
    let Described { board, health, open } = described;
    let home = board.at_home(health.accepted.as_ref());
    serde_json::json!({
        "board": board.id, "name": board.name, "base_url": home.base_url, "homepage": home.homepage,
        "engines": board.engines, "enabled": board.enabled, "terms": board.terms, "open_postings": open,
        "health": health,
    })
}

/// Reads what `show` tells of the past: the latest changes and rounds, newest first.
fn past(context: &Context, board: &Board) -> anyhow::Result<(Vec<BoardEvent>, Vec<RoundRecord>)> {
    if !context.path().exists() {
        return Ok((Vec::new(), Vec::new()));
    }
    let store = context.reader()?;
    let mut rounds = store.board_history(&board.id, context.clock.now() - ROUNDS_SHOWN_FOR)?;
    rounds.reverse();
    rounds.truncate(MOST_ROUNDS);
    Ok((store.board_events(&board.id, MOST_CHANGES)?, rounds))
}

fn show(context: &Context, board: &Board) -> anyhow::Result<Outcome> {
    let (health, open) = (health(context, board)?, open_postings(context, board)?);
    let (changes, rounds) = past(context, board)?;
    let format = context.format_without_csv()?;
    if format != Format::Table {
        let mut value = as_json(&Described { board, health, open });
        value["changes"] = serde_json::to_value(changes)?;
        value["rounds"] = serde_json::to_value(rounds)?;
        return print_values(format, &[value]);
    }
    let schedule = match &board.schedule {
        Schedule::Every(seconds) => format!("every {}", humane(*seconds)),
        Schedule::Cron(line) => format!("{line} ({})", board.zone),
    };
    let now = context.clock.now();
    let time = |at: Option<DateTime<Utc>>| {
        at.map(|at| format!("{} ({})", at.format("%Y-%m-%d %H:%M UTC"), board_text::ago(now - at)))
    };
    let parked = health.is_parked(now).then(|| "yes: asked once a week".to_owned());
    let configured = board;
    let board = &*board.at_home(health.accepted.as_ref());
    let lines = [
        ("name", Some(board.name.clone())),
        ("address", Some(board.base_url.to_string())),
        ("moved from", accepted(configured, &health)),
        ("page", Some(board.homepage.to_string())),
        ("engine", Some(engine(board, &health))),
        ("schedule", Some(schedule)),
        ("zone", Some(board.zone.to_string())),
        ("terms", board.terms.clone()),
        ("state", Some(health.state.as_str().to_owned())),
        ("since", time(health.since)),
        ("why", health.why),
        ("remedy", health.remedy),
        ("parked", parked),
        ("last poll", time(health.last_poll)),
        ("last read", time(health.last_success)),
        ("moved to", health.moved_to),
        ("open postings", Some(open.to_string())),
    ];
    for (label, value) in lines.iter().filter_map(|(label, value)| value.as_ref().map(|value| (label, value))) {
        output::print(&super::job_text::labelled(label, value))?;
    }
    let told = rounds.iter().map(board_text::round).chain(changes.iter().map(board_text::change));
    for (label, text) in told {
        output::print(&super::job_text::labelled(label, &text))?;
    }
    Ok(Outcome::Done)
}

/// Says which move is in force.
fn accepted(configured: &Board, health: &BoardHealth) -> Option<String> {
    let accepted = health.accepted.as_ref()?;
    let day = accepted.at.format("%Y-%m-%d");
    if accepted.from == configured.base_url.as_str() {
        Some(format!("{}, accepted on {day}; `board accept {} --undo` goes back", accepted.from, configured.id))
    } else {
        Some(format!("{}, accepted on {day}; void since the configuration names another address", accepted.from))
    }
}

fn humane(seconds: u64) -> String {
    match seconds {
        s if s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s % 3_600 == 0 => format!("{} h", s / 3_600),
        s => format!("{} min", s / 60),
    }
}
