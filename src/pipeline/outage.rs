//! Our own network's failures, told from those of boards. Pure.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::model::BoardHealth;

/// A board as the judgement needs it: its host, and how it is.
pub(super) struct Known<'a> {
    pub(super) host: &'a str,
    pub(super) health: &'a BoardHealth,
}

/// Tells since when no host can be reached: two hosts at least cannot, and none has answered since
/// the first of them failed.
pub(super) fn offline_since(boards: &[Known<'_>]) -> Option<DateTime<Utc>> {
    let down: Vec<(&str, DateTime<Utc>)> =
        boards.iter().filter_map(|known| Some((known.host, known.health.unreachable.as_ref()?.since))).collect();
    let since = down.iter().map(|(_, since)| *since).min()?;
    let hosts: BTreeSet<&str> = down.iter().map(|(host, _)| *host).collect();
    let answered = boards.iter().any(|known| known.health.last_answer.is_some_and(|at| at >= since));
    (hosts.len() > 1 && !answered).then_some(since)
}

/// Gives a board back what it had before our network failed, with a word about it.
pub(super) fn excused(health: &BoardHealth, since: DateTime<Utc>) -> Option<BoardHealth> {
    let unreachable = health.unreachable.clone()?;
    let before = unreachable.before.as_ref().clone();
    Some(BoardHealth {
        why: Some(format!(
            "no host can be reached since {}: this machine seems to be offline, which counts against no board",
            since.format("%Y-%m-%d %H:%M UTC")
        )),
        remedy: Some("look at this machine's network and name service".to_owned()),
        last_poll: health.last_poll,
        last_answer: health.last_answer,
        unreachable: Some(unreachable),
        ..before
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BoardState, Unreachable};

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-27T{hour:02}:00:00Z").parse().unwrap()
    }

    fn down(since: u32) -> BoardHealth {
        let before = BoardHealth { state: BoardState::Ok, last_answer: Some(at(1)), ..BoardHealth::default() };
        BoardHealth {
            state: BoardState::Degraded,
            failures: 3,
            last_answer: Some(at(1)),
            unreachable: Some(Unreachable { since: at(since), before: Box::new(before) }),
            ..BoardHealth::default()
        }
    }

    fn up(answered: u32) -> BoardHealth {
        BoardHealth { state: BoardState::Ok, last_answer: Some(at(answered)), ..BoardHealth::default() }
    }

    fn since(boards: &[(&str, BoardHealth)]) -> Option<DateTime<Utc>> {
        let known: Vec<Known<'_>> = boards.iter().map(|(host, health)| Known { host, health }).collect();
        offline_since(&known)
    }

    #[test]
    fn only_when_nothing_answers_is_it_our_network() {
        assert_eq!(since(&[("a", down(6)), ("b", down(7)), ("c", up(5))]), Some(at(6)));
        assert_eq!(since(&[("a", down(6)), ("b", down(7)), ("c", up(6))]), None, "another host has answered since");
        assert_eq!(since(&[("a", down(6)), ("a", down(7))]), None, "one host alone proves nothing");
        assert_eq!(since(&[("a", down(6)), ("b", up(5))]), None);
        assert_eq!(since(&[("a", up(5))]), None);
    }

    #[test]
    fn an_excused_board_is_as_it_was() {
        let health = excused(&down(6), at(6)).unwrap();
        assert_eq!((health.state, health.failures), (BoardState::Ok, 0));
        assert!(health.why.unwrap().contains("counts against no board"));
        assert!(health.unreachable.is_some(), "whether it is an outage is asked again at the next failure");
        assert!(excused(&up(1), at(6)).is_none());
    }
}
