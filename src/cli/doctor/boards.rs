//! Checks of each enabled board, as the last poll left it.

use chrono::{DateTime, Utc};

use super::{Finding, State};
use crate::cli::context::Context;
use crate::cli::daemon::next_due;
use crate::model::{BoardHealth, BoardState};
use crate::store::Store;

pub(super) fn findings(context: &Context, store: Option<&Store>) -> Vec<Finding> {
    let Some(store) = store else { return Vec::new() };
    let due = next_due(&context.config.web.bind);
    let enabled = context.config.boards.iter().filter(|board| board.enabled);
    let told = enabled.map(|board| match store.board_health(&board.id) {
        Ok(health) => told(board.id.as_str(), health, due.get(board.id.as_str()).copied()),
        Err(error) => Finding::fail(&format!("board {}", board.id), error.to_string(), "poll the board again"),
    });
    told.collect()
}

fn told(board: &str, health: BoardHealth, due: Option<DateTime<Utc>>) -> Finding {
    let stamp = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    let since = health.since.map(|at| format!(" since {}", stamp(at))).unwrap_or_default();
    let why = health.why.map(|why| format!(": {why}")).unwrap_or_default();
    let read = match health.last_success {
        Some(at) if !health.state.is_readable() => format!("; last read {}", stamp(at)),
        _ => String::new(),
    };
    let due = due.map(|at| format!("; due {}", stamp(at))).unwrap_or_default();
    let well = health.state.is_readable() || health.state == BoardState::Unknown;
    let text = match health.state {
        BoardState::Unknown => format!("not polled yet{due}"),
        state => format!("{}{since}{why}{read}{due}", state.as_str()),
    };
    let state = if well { State::Ok } else { State::Fail };
    Finding { check: format!("board {board}"), state, text, remedy: health.remedy.filter(|_| !well) }
}
