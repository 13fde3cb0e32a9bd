//! Which boards are due, which are being polled, and that no board is polled twice at once.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::board::Board;
use crate::model::{BoardId, Due, DueReason};
use crate::pipeline::due_at_start;

/// How many boards are polled side by side. More that come due at once, after a long sleep for
/// instance, wait their turn, the longest due first.
const AT_ONCE: usize = 4;

/// A poll that breaks off is not begun again sooner.
pub(super) const BROKEN_OFF: TimeDelta = TimeDelta::minutes(5);

/// A board in whose poll the whole process ends is not asked again sooner: what its last answer asked
/// for may not have been kept.
pub(super) const LEASE: TimeDelta = TimeDelta::hours(1);

/// The boards and when they are due.
#[derive(Default)]
pub(super) struct Rounds {
    boards: Vec<Board>,
    due: HashMap<BoardId, Due>,
    running: HashSet<BoardId>,
}

impl Rounds {
    /// Takes the boards of a configuration and what is stored of when they are due.
    pub(super) fn plan(&mut self, boards: Vec<Board>, stored: Vec<(BoardId, Due)>, now: DateTime<Utc>) {
        let stored: HashMap<BoardId, Due> = stored.into_iter().collect();
        self.boards = boards.into_iter().filter(|board| board.enabled).collect();
        self.due = self
            .boards
            .iter()
            .map(|board| (board.id.clone(), due_at_start(board, stored.get(&board.id), now)))
            .collect();
    }

    /// Gives the boards whose poll is to begin now, and counts them as running.
    pub(super) fn begin(&mut self, now: DateTime<Utc>) -> Vec<Board> {
        let places = AT_ONCE.saturating_sub(self.running.len());
        let mut waiting: Vec<&Board> = self.boards.iter().filter(|board| self.is_due(board, now)).collect();
        waiting.sort_by_key(|board| self.due.get(&board.id).map(|due| due.at));
        let begun: Vec<Board> = waiting.into_iter().take(places).cloned().collect();
        self.running.extend(begun.iter().map(|board| board.id.clone()));
        begun
    }

    fn is_due(&self, board: &Board, now: DateTime<Utc>) -> bool {
        !self.running.contains(&board.id) && self.due.get(&board.id).is_some_and(|due| due.at <= now)
    }

    /// Notes that a board's poll has ended. A poll that stored no next moment has broken off.
    pub(super) fn end(&mut self, board: &BoardId, stored: Vec<(BoardId, Due)>, now: DateTime<Utc>) {
        self.running.remove(board);
        for (id, due) in stored {
            // An outage is told of every board at once.
            if id == *board || due.why == DueReason::Outage {
                self.due.entry(id).and_modify(|known| *known = due);
            }
        }
        if let Some(due) = self.due.get_mut(board)
            && due.at <= now
            && due.why != DueReason::Pace
        {
            *due = Due { at: now + BROKEN_OFF, why: DueReason::Retry, ..due.clone() };
        }
    }

    /// Gives how many boards are being polled.
    pub(super) fn running(&self) -> usize {
        self.running.len()
    }

    /// Gives how late the latest board is that is due and not being polled.
    pub(super) fn lag(&self, now: DateTime<Utc>) -> TimeDelta {
        let late = self.boards.iter().filter(|board| self.is_due(board, now));
        late.filter_map(|board| Some(now - self.due.get(&board.id)?.at)).max().unwrap_or_default()
    }

    /// Gives when each board is due.
    pub(super) fn all_due(&self) -> impl Iterator<Item = (&BoardId, &Due)> {
        self.due.iter()
    }

    /// Says in one line what is going on.
    pub(super) fn summary(&self) -> String {
        let next = self.due.iter().filter(|(id, _)| !self.running.contains(id)).min_by_key(|(_, due)| due.at);
        let next = next.map_or_else(
            || "none is due".to_owned(),
            |(id, due)| format!("next {id} at {} UTC ({})", due.at.format("%Y-%m-%d %H:%M"), due.why.as_str()),
        );
        format!("{} boards, {} being polled; {next}", self.boards.len(), self.running.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::BoardFile;

    fn now() -> DateTime<Utc> {
        "2026-11-27T12:00:00Z".parse().unwrap()
    }

    fn board(id: &str) -> Board {
        let file = BoardFile {
            engine: Some("rss".into()),
            base_url: Some(format!("https://{id}.example/f")),
            ..BoardFile::default()
        };
        Board::settle(BoardId::new(id).unwrap(), file, None).unwrap()
    }

    fn due(board: &Board, at: DateTime<Utc>, why: DueReason) -> (BoardId, Due) {
        (board.id.clone(), Due { at, why, schedule: board.asking(), polled_at: at - TimeDelta::hours(6) })
    }

    fn ids(boards: &[Board]) -> Vec<&str> {
        boards.iter().map(|board| board.id.as_str()).collect()
    }

    #[test]
    fn what_came_due_in_a_long_sleep_is_polled_once_and_not_all_at_once() {
        let boards: Vec<Board> = ["a", "b", "c", "d", "e", "f"].map(board).into();
        let stored =
            boards.iter().zip(1..).map(|(board, n)| due(board, now() - TimeDelta::days(n), DueReason::Schedule));
        let mut rounds = Rounds::default();
        rounds.plan(boards.clone(), stored.collect(), now());
        assert_eq!(ids(&rounds.begin(now())), ["f", "e", "d", "c"], "the longest due come first");
        assert!(rounds.begin(now()).is_empty());
        assert_eq!(rounds.lag(now()), TimeDelta::days(2));
        let next = due(&boards[5], now() + TimeDelta::hours(6), DueReason::Schedule);
        rounds.end(&boards[5].id.clone(), vec![next], now());
        assert_eq!(ids(&rounds.begin(now())), ["b"]);
    }

    #[test]
    fn a_poll_that_stored_no_next_moment_is_not_begun_again_at_once() {
        let lakes = board("lakes");
        let mut rounds = Rounds::default();
        rounds.plan(vec![lakes.clone()], Vec::new(), now());
        assert_eq!(ids(&rounds.begin(now())), ["lakes"]);
        rounds.end(&lakes.id, Vec::new(), now());
        assert!(rounds.begin(now()).is_empty());
        assert_eq!(ids(&rounds.begin(now() + BROKEN_OFF)), ["lakes"]);
    }

    #[test]
    fn a_board_is_never_polled_twice_at_once_even_across_a_reload() {
        let lakes = board("lakes");
        let mut rounds = Rounds::default();
        rounds.plan(vec![lakes.clone()], Vec::new(), now());
        assert_eq!(rounds.begin(now()).len(), 1);
        rounds.plan(vec![lakes.clone()], Vec::new(), now());
        assert!(rounds.begin(now() + TimeDelta::days(1)).is_empty());
    }

    #[test]
    fn an_outage_sets_every_board_that_it_names() {
        let (a, b) = (board("a"), board("b"));
        let mut rounds = Rounds::default();
        let far = now() + TimeDelta::hours(9);
        let stored = vec![due(&a, now(), DueReason::Schedule), due(&b, far, DueReason::Schedule)];
        rounds.plan(vec![a.clone(), b.clone()], stored, now());
        rounds.begin(now());
        let soon = now() + TimeDelta::minutes(5);
        rounds.end(&a.id, vec![due(&a, soon, DueReason::Outage), due(&b, soon, DueReason::Outage)], now());
        assert_eq!(rounds.begin(soon).len(), 2);
    }
}
