//! `board list` and `board show`.

use super::arguments::BoardCommand;
use super::context::Context;
use super::format::Format;
use super::{Outcome, output, table};
use crate::board::{Board, Schedule};
use crate::model::{BoardHealth, BoardState};

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

fn list(context: &Context) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let mut described = Vec::new();
    for board in &context.config.boards {
        described.push((board, health(context, board)?));
    }
    if format != Format::Table {
        let lines: Vec<_> = described.iter().map(|(board, health)| as_json(board, health)).collect();
        return print_values(format, &lines);
    }
    let mut rows = table::table(&["BOARD", "STATE", "LAST READ", "ENGINE", "ADDRESS"]);
    for (board, health) in &described {
        let home = board.at_home(health.accepted.as_ref());
        let read = health.last_success.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string());
        rows.add_row([
            board.id.to_string(),
            health.state.as_str().to_owned(),
            read,
            engine(board, health),
            home.base_url.to_string(),
        ]);
    }
    output::print(&table::rendered(&rows))?;
    for (board, health) in described.iter().filter(|(_, health)| !health.state.is_readable() && health.why.is_some()) {
        let since = health.since.map_or_else(String::new, |at| format!(" since {}", at.format("%Y-%m-%d")));
        let (state, why) = (health.state.as_str(), health.why.as_deref().unwrap_or_default());
        output::say_wrapped(&format!("{} is {state}{since}: {why}", board.id));
        if let Some(remedy) = &health.remedy {
            output::say_wrapped(&format!("  {remedy}"));
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

fn as_json(board: &Board, health: &BoardHealth) -> serde_json::Value {
    let home = board.at_home(health.accepted.as_ref());
    serde_json::json!({
        "board": board.id, "name": board.name, "base_url": home.base_url, "homepage": home.homepage,
        "engines": board.engines, "enabled": board.enabled, "terms": board.terms, "health": health,
    })
}

fn show(context: &Context, board: &Board) -> anyhow::Result<Outcome> {
    let health = health(context, board)?;
    if context.format_without_csv()? != Format::Table {
        return print_values(context.format_without_csv()?, &[as_json(board, &health)]);
    }
    let schedule = match &board.schedule {
        Schedule::Every(seconds) => format!("every {}", humane(*seconds)),
        Schedule::Cron(line) => format!("{line} ({})", board.zone),
    };
    let time = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
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
        ("last poll", time(health.last_poll)),
        ("last read", time(health.last_success)),
        ("moved to", health.moved_to),
    ];
    for (label, value) in lines.iter().filter_map(|(label, value)| value.as_ref().map(|value| (label, value))) {
        output::print(&super::job_text::labelled(label, value))?;
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
