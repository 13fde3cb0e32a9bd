//! The boards' state in words, for the front page.

use std::time::{Duration, Instant};

use super::{WebState, when};
use crate::board::Board;
use crate::model::{BoardHealth, BoardState};
use crate::store::Standing;

/// How long what was seen stands.
const STANDS: Duration = Duration::from_secs(15);

/// One board as the front page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BoardLine {
    pub(super) name: String,
    pub(super) homepage: String,
    /// How many of its postings stand open.
    pub(super) open: u64,
    /// How it does.
    pub(super) says: String,
    /// Whether jobs there may be missing.
    pub(super) is_well: bool,
}

/// What was seen lately.
pub(super) struct Seen {
    at: Instant,
    lines: Vec<BoardLine>,
}

/// Gives the enabled boards by name; what was seen last where the database does not answer.
pub(super) async fn lines(state: &WebState) -> Vec<BoardLine> {
    let mut kept = state.front.lock().await;
    if let Some(seen) = kept.as_ref().filter(|seen| seen.at.elapsed() < STANDS) {
        return seen.lines.clone();
    }
    let now = state.now();
    match state.ask(move |store| store.standing(now)).await {
        Some(Ok(standing)) => {
            let mut lines: Vec<BoardLine> = state
                .configured()
                .iter()
                .filter(|board| board.enabled)
                .map(|board| line(board, &standing, now))
                .collect();
            lines.sort_by_key(|line| line.name.to_lowercase());
            *kept = Some(Seen { at: Instant::now(), lines });
        }
        Some(Err(error)) => tracing::warn!(%error, "the boards' state could not be read for the front page"),
        None => {}
    }
    kept.as_ref().map(|seen| seen.lines.clone()).unwrap_or_default()
}

fn line(board: &Board, standing: &Standing, now: chrono::DateTime<chrono::Utc>) -> BoardLine {
    let known = standing.boards.iter().find(|known| known.board == board.id);
    let health = known.map(|known| known.health.clone()).unwrap_or_default();
    let is_well = matches!(health.state, BoardState::Ok | BoardState::Empty) && health.suspicion.is_none();
    let read = health.last_success.map(|at| when::ago(at, now));
    let mut says = in_words(&health).to_owned();
    if let Some(read) = read {
        says = if is_well { format!("{says}, read {read}") } else { format!("{says}; last read {read}") };
    }
    BoardLine {
        name: board.name.clone(),
        homepage: board.homepage.to_string(),
        open: known.map_or(0, |known| known.open_postings),
        says,
        is_well,
    }
}

fn in_words(health: &BoardHealth) -> &'static str {
    match health.state {
        BoardState::Ok if health.suspicion.is_some() => "Readable, but not as usual: jobs may be missing",
        BoardState::Ok => "Working",
        BoardState::Empty => "Working; says that it has no jobs",
        BoardState::EmptySuspect => "Shows no jobs although it had some: jobs may be missing",
        BoardState::Degraded => "Could be read only in part: jobs may be missing",
        BoardState::Walled if health.asks_login => "Asks for a login, so that new jobs are missing",
        BoardState::Walled => "Lets no programs in, so that new jobs are missing",
        BoardState::Moved => "Has moved to another address: new jobs are missing until that is checked",
        BoardState::Gone => "Its site is gone",
        BoardState::BrokenFormat => "Its pages have changed and cannot be read: new jobs are missing",
        BoardState::Unknown => "Not read yet",
        BoardState::Disabled => "Switched off",
    }
}
