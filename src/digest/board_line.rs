//! The boards that show a job: since when, and whether that is still to be trusted.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::model::{BoardId, BoardState, Job, JobPosting, JobStatus};

use super::clean::{line, web_link};
use super::entry::Carrier;
use super::request::BoardNote;
use super::when::Now;

/// So many boards are named for one job.
const BOARDS_NAMED: usize = 6;
/// What no board has shown for longer than this may be gone.
const FRESH: TimeDelta = TimeDelta::days(3);

/// One board that shows the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardLine {
    /// The board's name.
    pub name: String,
    /// The posting there.
    pub url: Option<String>,
    /// When the board last showed it: `confirmed November 24`, and whether that can be checked now.
    pub seen: String,
    /// When its content was had, for boards that ask to be credited (USAJOBS).
    pub retrieved: Option<String>,
}

/// Lists the boards that still show the job, each once.
pub(super) fn board_lines(
    job: &Job,
    boards: &BTreeMap<BoardId, BoardNote>,
    now: Now,
    carrier: Carrier,
) -> Vec<BoardLine> {
    let mut lines: Vec<BoardLine> = Vec::new();
    let mut named: Vec<&BoardId> = Vec::new();
    for posting in open_postings(job) {
        if named.len() == BOARDS_NAMED || named.contains(&&posting.board) {
            continue;
        }
        named.push(&posting.board);
        let note = boards.get(&posting.board);
        let known = note.map(|board| line(&board.name)).filter(|name| !name.is_empty());
        let is_usajobs = posting.board.as_str().split('-').next() == Some("usajobs");
        lines.push(BoardLine {
            name: known.unwrap_or_else(|| posting.board.to_string()),
            url: posting.url.as_deref().and_then(web_link),
            seen: seen(posting, note, now),
            retrieved: is_usajobs.then(|| now.moment(carrier.retrieved(posting))),
        });
    }
    lines
}

/// Says why a job may be gone: no board that shows it has done so of late, or can be asked now.
pub(super) fn doubt(job: &Job, boards: &BTreeMap<BoardId, BoardNote>, now: Now) -> Option<String> {
    let is_sure = |posting: &JobPosting| !is_old(posting, now) && !is_away(boards.get(&posting.board));
    let latest = open_postings(job).map(|posting| posting.last_confirmed).max()?;
    if open_postings(job).any(is_sure) {
        return None;
    }
    let day = now.day(now.day_of(latest));
    let unread = open_postings(job).all(|posting| is_away(boards.get(&posting.board)));
    let why = if unread { ", and cannot be looked up at present" } else { "" };
    Some(format!("Last seen on {day}{why}: it may be gone."))
}

fn open_postings(job: &Job) -> impl Iterator<Item = &JobPosting> {
    job.postings.iter().filter(|posting| posting.status == JobStatus::Open)
}

fn is_old(posting: &JobPosting, now: Now) -> bool {
    now.instant - posting.last_confirmed > FRESH
}

/// Tells whether a board cannot be read. One that answers in part may well have shown the job today.
fn is_away(note: Option<&BoardNote>) -> bool {
    let state = note.map(|note| note.health.state);
    state.is_some_and(|state| !state.is_readable() && !matches!(state, BoardState::Degraded | BoardState::Unknown))
}

fn seen(posting: &JobPosting, note: Option<&BoardNote>, now: Now) -> String {
    let day = now.day(now.day_of(posting.last_confirmed));
    match (is_away(note), is_old(posting, now)) {
        (true, _) => format!("last confirmed {day}, cannot be read at present"),
        (false, true) => format!("last confirmed {day}"),
        (false, false) => format!("confirmed {day}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;

    #[test]
    fn what_no_board_has_shown_for_three_days_may_be_gone() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        let boards = sample::boards();
        assert_eq!(doubt(&job, &boards, sample::now()), None);
        job.postings[0].last_confirmed = sample::time("2026-11-20T12:00:00Z");
        assert_eq!(doubt(&job, &boards, sample::now()).as_deref(), Some("Last seen on November 20: it may be gone."));
        assert_eq!(board_lines(&job, &boards, sample::now(), Carrier::Mail)[0].seen, "last confirmed November 20");
        sample::also_on(&mut job, "aapc", "7");
        assert_eq!(doubt(&job, &boards, sample::now()), None, "another board shows it");
    }

    #[test]
    fn a_board_that_cannot_be_read_confirms_nothing() {
        let job = sample::job("1", "Coder", "Mercy Health");
        let mut boards = sample::boards();
        boards.get_mut(&sample::board("ahima")).unwrap().health.state = BoardState::Walled;
        assert_eq!(
            board_lines(&job, &boards, sample::now(), Carrier::Mail)[0].seen,
            "last confirmed November 24, cannot be read at present"
        );
        let said = doubt(&job, &boards, sample::now()).unwrap();
        assert_eq!(said, "Last seen on November 24, and cannot be looked up at present: it may be gone.");
    }
}
