//! Boards that could not be read, or not be trusted: said plainly, because silence would read as "no new jobs".

use std::collections::BTreeMap;

use crate::model::{BoardHealth, BoardId, BoardState, Suspicion};

use super::clean::{line, short_line};
use super::request::BoardNote;
use super::when::Now;

/// One board that could hide jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The board's name.
    pub board: String,
    /// The whole sentence, the board's name first.
    pub says: String,
    /// What an operator can do.
    pub remedy: Option<String>,
    /// Whether it could be read nevertheless.
    pub was_read: bool,
}

/// Lists the boards that could hide jobs. Boards that were switched off hide none.
pub(super) fn outages(boards: &BTreeMap<BoardId, BoardNote>, now: Now) -> Vec<Outage> {
    boards
        .values()
        .filter(|board| board.health.state != BoardState::Disabled)
        .filter(|board| !board.health.state.is_readable() || board.health.suspicion.is_some())
        .map(|board| outage(board, now))
        .collect()
}

fn outage(note: &BoardNote, now: Now) -> Outage {
    let health = &note.health;
    let board = short_line(&note.name, 80);
    let since = health.since.or(health.last_success).map(|since| format!(" since {}", now.day(now.day_of(since))));
    let since = since.unwrap_or_default();
    let says = match (health.suspicion, health.state) {
        (Some(suspicion), _) => doubt(&board, suspicion, &since),
        (None, BoardState::Unknown) => format!("{board} has not been read yet: jobs there are missing."),
        (None, BoardState::Degraded) => {
            format!("{board} could be read only in part{since}: jobs there may be missing.")
        }
        (None, BoardState::EmptySuspect) => {
            format!("{board} shows no jobs{since} although it had some: jobs there may be missing.")
        }
        _ => format!("{board} could not be read{since} ({}): jobs there may be missing.", reason(health)),
    };
    let remedy = health.remedy.as_deref().map(line).filter(|remedy| !remedy.is_empty());
    Outage { board, says, remedy, was_read: health.state.is_readable() }
}

/// Says what is doubtful about a board that could be read.
fn doubt(board: &str, suspicion: Suspicion, since: &str) -> String {
    match suspicion {
        Suspicion::FewRows => format!("{board} shows far fewer jobs than usual{since}: jobs there may be missing."),
        Suspicion::AllNewIds => format!("{board} has changed all its jobs' ids{since}: jobs may be told twice."),
        Suspicion::LostFields => {
            format!("{board} leaves out what it used to state{since}: filters may miss jobs there.")
        }
        Suspicion::NothingNew => {
            format!("{board} shows nothing new for much longer than usual: newer jobs there may be missing.")
        }
    }
}

fn reason(health: &BoardHealth) -> String {
    match (health.state, health.moved_to.as_deref()) {
        (BoardState::Walled, _) if health.asks_login => "it asks for a login".to_owned(),
        (BoardState::Walled, _) => "bot wall".to_owned(),
        (BoardState::Moved, Some(target)) => format!("moved to {}", short_line(target, 120)),
        (BoardState::Moved, None) => "moved".to_owned(),
        (BoardState::Gone, _) => "its site is gone".to_owned(),
        (BoardState::BrokenFormat, _) if health.lost.is_some() => "its list is not where it was".to_owned(),
        (BoardState::BrokenFormat, _) => "its pages have changed".to_owned(),
        (other, _) => other.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;
    use crate::model::{Lost, LostPart};

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

    /// Gives the sentence about a board of this health.
    fn said(health: BoardHealth) -> Option<String> {
        let mut boards = sample::boards();
        let since = Some(sample::time("2026-11-20T15:00:00Z"));
        boards.get_mut(&sample::board("ahima")).unwrap().health = BoardHealth { since, ..health };
        outages(&boards, sample::now()).pop().map(|outage| outage.says)
    }

    #[test]
    fn every_state_has_its_sentence() {
        let lost = Lost { part: LostPart::Address, since: sample::time("2026-11-20T15:00:00Z"), polls: 2 };
        let healths = [
            BoardHealth { state: BoardState::Ok, ..BoardHealth::default() },
            BoardHealth { state: BoardState::Empty, ..BoardHealth::default() },
            BoardHealth { state: BoardState::Unknown, ..BoardHealth::default() },
            BoardHealth { state: BoardState::EmptySuspect, ..BoardHealth::default() },
            BoardHealth { state: BoardState::Degraded, ..BoardHealth::default() },
            BoardHealth { suspicion: Some(Suspicion::FewRows), state: BoardState::Degraded, ..BoardHealth::default() },
            BoardHealth {
                suspicion: Some(Suspicion::AllNewIds),
                state: BoardState::Degraded,
                ..BoardHealth::default()
            },
            BoardHealth {
                suspicion: Some(Suspicion::LostFields),
                state: BoardState::Degraded,
                ..BoardHealth::default()
            },
            BoardHealth { suspicion: Some(Suspicion::NothingNew), state: BoardState::Ok, ..BoardHealth::default() },
            BoardHealth { state: BoardState::Walled, ..BoardHealth::default() },
            BoardHealth { state: BoardState::Walled, asks_login: true, ..BoardHealth::default() },
            BoardHealth {
                state: BoardState::Moved,
                moved_to: Some("https://a.example/".into()),
                ..BoardHealth::default()
            },
            BoardHealth { state: BoardState::Gone, ..BoardHealth::default() },
            BoardHealth { state: BoardState::BrokenFormat, ..BoardHealth::default() },
            BoardHealth { state: BoardState::BrokenFormat, lost: Some(lost), ..BoardHealth::default() },
        ];
        let told: Vec<String> =
            healths.into_iter().map(|health| said(health).unwrap_or_else(|| "(nothing)".into())).collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}
