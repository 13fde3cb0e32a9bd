//! How a board is, concluded from what a poll saw. Pure.

use chrono::{DateTime, Utc};

use crate::model::{BoardHealth, BoardState};

/// What a poll of one board came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Every list was read.
    Whole {
        /// Rows that the lists showed.
        listed: u64,
        /// Whether the board itself says that it has none.
        says_empty: bool,
        /// Whether any list was asked for in this very poll; only then does absence count.
        anew: bool,
    },
    /// What its host's pace allows was read; the rest waits its turn.
    Waiting {
        /// Rows that the lists showed.
        listed: u64,
        /// What it waits for.
        why: String,
    },
    /// Some of it was read.
    Partly {
        /// What went wrong.
        why: String,
    },
    /// A bot wall, a login, or a plain refusal.
    Walled {
        /// The sign.
        why: String,
    },
    /// A permanent redirect to another registrable domain.
    Moved {
        /// Where to.
        to: String,
    },
    /// It says that it is gone.
    Gone {
        /// Its words.
        why: String,
    },
    /// Nothing could be read from what it answered.
    Broken {
        /// What was seen.
        why: String,
    },
    /// It could not be reached or answered with an error.
    Failed {
        /// Why.
        why: String,
        /// What would help.
        remedy: Option<String>,
    },
    /// Its host asks for a wait, so nothing was asked.
    NotDue,
}

/// Gives the board's new health from what a poll came to, what was known before, and how many of
/// its postings stand open.
#[must_use]
pub fn conclude(before: &BoardHealth, conclusion: &Conclusion, open_postings: u64, now: DateTime<Utc>) -> BoardHealth {
    if *conclusion == Conclusion::NotDue {
        return before.clone();
    }
    let (state, why, remedy) = judge(conclusion, open_postings);
    let readable = state.is_readable();
    let moved_to = if let Conclusion::Moved { to } = conclusion { Some(to.clone()) } else { None };
    BoardHealth {
        state,
        since: if before.state == state { before.since.or(Some(now)) } else { Some(now) },
        why,
        remedy,
        last_poll: Some(now),
        last_success: if readable { Some(now) } else { before.last_success },
        engine: before.engine.clone(),
        failures: if readable { 0 } else { before.failures.saturating_add(1) },
        moved_to,
        round_started: None,
        accepted: before.accepted.clone(),
    }
}

fn judge(conclusion: &Conclusion, open_postings: u64) -> (BoardState, Option<String>, Option<String>) {
    let advise = |text: &str| Some(text.to_owned());
    match conclusion {
        Conclusion::Whole { listed, .. } if *listed > 0 => (BoardState::Ok, None, None),
        Conclusion::Waiting { listed, why } if *listed > 0 => (BoardState::Ok, Some(why.clone()), None),
        Conclusion::Whole { .. } if open_postings > 0 => (
            BoardState::EmptySuspect,
            Some(format!("lists nothing, although {open_postings} of its postings stood open; none was closed for it")),
            advise("look at the board in a browser; if it is truly empty, its postings close by their own dates"),
        ),
        Conclusion::Whole { says_empty: true, .. } => {
            (BoardState::Empty, advise("says itself that it has no postings"), None)
        }
        Conclusion::Whole { .. } => (
            BoardState::BrokenFormat,
            advise("answers without any posting and without saying that there are none"),
            advise("look at the board in a browser and correct its file"),
        ),
        Conclusion::Partly { why } | Conclusion::Waiting { why, .. } => (BoardState::Degraded, Some(why.clone()), None),
        Conclusion::Walled { why } => (
            BoardState::Walled,
            Some(why.clone()),
            advise(
                "we stop here and never evade: subscribe to the board's job-alert e-mails, or ask its owner for access",
            ),
        ),
        Conclusion::Moved { to } => (
            BoardState::Moved,
            Some(format!("redirects for good to {to}")),
            Some(format!(
                "if that is the board's new home, `board accept ID` follows it; or set its `base_url` to {to}"
            )),
        ),
        Conclusion::Gone { why } => (
            BoardState::Gone,
            Some(why.clone()),
            advise("switch it off with `enabled = false`, or set its new `base_url`"),
        ),
        Conclusion::Broken { why } => (
            BoardState::BrokenFormat,
            Some(why.clone()),
            advise("look at the board in a browser, then set its `engine`, `base_url` or selectors"),
        ),
        Conclusion::Failed { why, remedy } => (BoardState::Degraded, Some(why.clone()), remedy.clone()),
        Conclusion::NotDue => (BoardState::Unknown, None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_empty_list_after_a_full_one_is_suspect() {
        let none = Conclusion::Whole { listed: 0, says_empty: true, anew: true };
        assert_eq!(conclude(&BoardHealth::default(), &none, 3, now()).state, BoardState::EmptySuspect);
        assert_eq!(conclude(&BoardHealth::default(), &none, 0, now()).state, BoardState::Empty);
        let silent = Conclusion::Whole { listed: 0, says_empty: false, anew: true };
        assert_eq!(conclude(&BoardHealth::default(), &silent, 0, now()).state, BoardState::BrokenFormat);
    }

    #[test]
    fn since_stands_while_the_state_does_and_failures_add_up() {
        let wall = Conclusion::Walled { why: "DataDome".into() };
        let first = conclude(&BoardHealth::default(), &wall, 0, now());
        let later = now() + chrono::Duration::days(1);
        let second = conclude(&first, &wall, 0, later);
        assert_eq!((second.since, second.failures), (Some(now()), 2));
        let healed = conclude(&second, &Conclusion::Whole { listed: 1, says_empty: false, anew: true }, 0, later);
        assert_eq!(
            (healed.state, healed.since, healed.failures, healed.last_success),
            (BoardState::Ok, Some(later), 0, Some(later))
        );
    }

    #[test]
    fn a_board_that_waits_for_its_hosts_pace_is_well() {
        let waits = Conclusion::Waiting { listed: 100, why: "its host asks for a wait".into() };
        let health = conclude(&BoardHealth::default(), &waits, 0, now());
        assert_eq!((health.state, health.failures), (BoardState::Ok, 0));
        assert!(health.why.is_some());
    }

    #[test]
    fn a_poll_that_was_not_due_changes_nothing() {
        let before = BoardHealth { state: BoardState::Ok, ..BoardHealth::default() };
        assert_eq!(conclude(&before, &Conclusion::NotDue, 0, now()), before);
    }
}
