//! Boards that could not be read: said plainly, because silence would read as "no new jobs".

use std::collections::BTreeMap;

use crate::model::{BoardId, BoardState};

use super::clean::{line, short_line};
use super::request::BoardNote;
use super::when::Now;

/// One board that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The board's name.
    pub board: String,
    /// The whole sentence, the board's name first.
    pub says: String,
    /// What an operator can do.
    pub remedy: Option<String>,
}

/// Lists the boards that could hide jobs. Boards that were switched off hide none.
pub(super) fn outages(boards: &BTreeMap<BoardId, BoardNote>, now: Now) -> Vec<Outage> {
    boards
        .values()
        .filter(|board| !board.health.state.is_readable() && board.health.state != BoardState::Disabled)
        .map(|board| outage(board, now))
        .collect()
}

fn outage(note: &BoardNote, now: Now) -> Outage {
    let health = &note.health;
    let board = short_line(&note.name, 80);
    let since = health.since.or(health.last_success).map(|since| format!(" since {}", now.day(now.day_of(since))));
    let since = since.unwrap_or_default();
    let says = match health.state {
        BoardState::Unknown => format!("{board} has not been read yet: jobs there are missing."),
        BoardState::Degraded => format!("{board} could be read only in part{since}: jobs there may be missing."),
        BoardState::EmptySuspect => {
            format!("{board} shows no jobs{since} although it had some: jobs there may be missing.")
        }
        state => format!(
            "{board} could not be read{since} ({}): jobs there may be missing.",
            reason(state, health.moved_to.as_deref())
        ),
    };
    Outage { board, says, remedy: health.remedy.as_deref().map(line).filter(|remedy| !remedy.is_empty()) }
}

fn reason(state: BoardState, moved_to: Option<&str>) -> String {
    match (state, moved_to) {
        (BoardState::Walled, _) => "bot wall".to_owned(),
        (BoardState::Moved, Some(target)) => format!("moved to {}", short_line(target, 120)),
        (BoardState::Moved, None) => "moved".to_owned(),
        (BoardState::Gone, _) => "its site is gone".to_owned(),
        (BoardState::BrokenFormat, _) => "its pages have changed".to_owned(),
        (other, _) => other.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;

    #[test]
    fn an_unreadable_board_is_named_with_since_when_and_remedy() {
        let mut boards = sample::boards();
        let ahima = boards.get_mut(&sample::board("ahima")).unwrap();
        ahima.health.state = BoardState::Walled;
        ahima.health.since = Some(sample::time("2026-11-20T15:00:00Z"));
        ahima.health.remedy = Some("ask the board's operator to allow the reader".into());
        let found = outages(&boards, sample::now());
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].says,
            "AHIMA Career Assist could not be read since November 20 (bot wall): jobs there may be missing."
        );
        assert_eq!(found[0].remedy.as_deref(), Some("ask the board's operator to allow the reader"));
    }

    #[test]
    fn a_disabled_board_hides_nothing() {
        let mut boards = sample::boards();
        boards.get_mut(&sample::board("ahima")).unwrap().health.state = BoardState::Disabled;
        assert!(outages(&boards, sample::now()).is_empty());
    }
}
