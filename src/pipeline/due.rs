//! When a board is polled next, decided from what its poll came to. Pure: chance is handed in.
//!
//! A board that fails is asked ever more rarely, at least once a day, and never given up (AWS's "full
//! jitter": a random moment below a ceiling that doubles). Where a person has to act, we look now and
//! then. A wait that the host asks for is never shortened.

use chrono::{DateTime, TimeDelta, Utc};

use super::health::Conclusion;
use super::report::BoardReport;
use crate::board::{Board, Schedule};
use crate::model::{BoardHealth, Due, DueReason};

/// The first ceiling of the wait after a failure, doubled with each further one.
const FIRST_RETRY: TimeDelta = TimeDelta::minutes(10);
/// The first ceiling where a wall stands, doubled likewise: walls do not fall within minutes.
const FIRST_LOOK: TimeDelta = TimeDelta::hours(6);
/// The longest ceiling.
const LONGEST_RETRY: TimeDelta = TimeDelta::hours(24);
/// A failed board is not asked again sooner.
const LEAST_RETRY: TimeDelta = TimeDelta::minutes(1);
/// How soon boards are tried again while no host can be reached.
const OUTAGE_LOOK: TimeDelta = TimeDelta::minutes(5);
/// A board that has moved, or refuses our credentials, waits for a person.
const DAILY: TimeDelta = TimeDelta::hours(24);
/// A board that is gone is looked at once a week.
const WEEKLY: TimeDelta = TimeDelta::days(7);
/// A board that posts rarely is still read this often.
const RAREST: TimeDelta = TimeDelta::hours(12);
/// The most that chance adds to a schedule's moment.
const MOST_JITTER: TimeDelta = TimeDelta::minutes(10);
const MOST_CRON_JITTER: TimeDelta = TimeDelta::minutes(1);

/// A finished poll of one board.
pub struct Finished<'a> {
    /// The board.
    pub board: &'a Board,
    /// What the poll came to.
    pub conclusion: &'a Conclusion,
    /// How the board is after it.
    pub health: &'a BoardHealth,
    /// What it counted.
    pub report: &'a BoardReport,
    /// The usual distance between moments at which the board shows something new, where it is known.
    pub usual_gap: Option<TimeDelta>,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// A number from 0 up to 1, drawn at random.
    pub chance: f64,
}

/// Says when a board is due after a poll.
#[must_use]
pub fn next_due(finished: &Finished<'_>) -> Due {
    let Finished { now, report, .. } = *finished;
    let (at, why) = match setback(finished) {
        Some((at, why)) => (at, why),
        None => match report.next_request_at {
            // Work is left; it goes on as soon as the host may be asked again.
            Some(until) => (until.max(now), DueReason::Pace),
            None => scheduled(finished),
        },
    };
    let (at, why) = match report.held_until {
        Some(held) if held > at => (held, DueReason::Pace),
        _ => (at, why),
    };
    Due { at, why, schedule: finished.board.asking(), polled_at: now }
}

/// Says when a board is tried again while our own network fails.
#[must_use]
pub fn due_in_outage(board: &Board, now: DateTime<Utc>, chance: f64) -> Due {
    let at = now + OUTAGE_LOOK + scaled(OUTAGE_LOOK, chance) / 2;
    Due { at, why: DueReason::Outage, schedule: board.asking(), polled_at: now }
}

/// Says when a board is due whose last poll is known; at once where it was never polled or is now
/// asked for something else. Moments that a turned-back clock has put far ahead are brought back.
#[must_use]
pub fn due_at_start(board: &Board, known: Option<&Due>, now: DateTime<Utc>) -> Due {
    let asking = board.asking();
    let Some(known) = known.filter(|known| known.schedule == asking) else {
        return Due { at: now, why: DueReason::Schedule, schedule: asking, polled_at: now };
    };
    let turned_back = known.polled_at > now + TimeDelta::hours(1);
    if turned_back && known.why != DueReason::Pace {
        return Due { at: known.at.min(now + LEAST_RETRY), ..known.clone() };
    }
    known.clone()
}

/// Gives the moment that a trouble calls for; `None` where the poll went well.
fn setback(finished: &Finished<'_>) -> Option<(DateTime<Utc>, DueReason)> {
    let Finished { conclusion, health, report, now, chance, .. } = *finished;
    let later = |base: TimeDelta| now + base + scaled(base, chance) / 10;
    Some(match conclusion {
        Conclusion::NotDue => {
            let until = report.next_request_at.unwrap_or(now);
            (until.max(now + TimeDelta::seconds(1)), DueReason::Pace)
        }
        _ if health.is_parked(now) => (later(WEEKLY), DueReason::Parked),
        Conclusion::Walled { .. } | Conclusion::NotFound { .. } => {
            (now + backed_off(FIRST_LOOK, health.failures, chance), DueReason::Wall)
        }
        Conclusion::Moved { .. } | Conclusion::Gone { .. } => (later(DAILY), DueReason::Wall),
        Conclusion::Failed { remedy: Some(_), .. } if report.next_request_at.is_none() && report.requests == 0 => {
            (later(DAILY), DueReason::Wall)
        }
        Conclusion::Failed { .. } | Conclusion::Unreachable { .. } | Conclusion::NoHost { .. } => {
            (now + backed_off(FIRST_RETRY, health.failures, chance), DueReason::Retry)
        }
        Conclusion::Partly { .. } if report.resumes => {
            (now + backed_off(FIRST_RETRY, health.failures, chance), DueReason::Retry)
        }
        _ => return None,
    })
}

/// Gives a random wait below a ceiling that doubles with each failure in a row, up to a day.
fn backed_off(first: TimeDelta, failures: u32, chance: f64) -> TimeDelta {
    let doublings = failures.saturating_sub(1).min(12);
    let ceiling = first.checked_mul(1 << doublings).unwrap_or(LONGEST_RETRY).min(LONGEST_RETRY);
    // A wall is left alone for half of the ceiling at the least: somebody means it.
    let least = if first >= FIRST_LOOK { ceiling / 2 } else { LEAST_RETRY };
    least + scaled(ceiling - least, chance)
}

/// Gives the schedule's next moment, with a little chance so that not all boards are asked at once.
fn scheduled(finished: &Finished<'_>) -> (DateTime<Utc>, DueReason) {
    let Finished { board, report, now, chance, .. } = *finished;
    let never = now + DAILY;
    match &board.schedule {
        Schedule::Cron(_) => {
            let next = board.schedule.next_after(now, board.zone).unwrap_or(never);
            (next + scaled(MOST_CRON_JITTER, chance), DueReason::Schedule)
        }
        Schedule::Every(length) => {
            let every = TimeDelta::try_seconds(i64::try_from(*length).unwrap_or(i64::MAX)).unwrap_or(DAILY);
            let wait = if board.adaptive { adapted(every, finished.usual_gap) } else { every };
            let next = now.checked_add_signed(wait).unwrap_or(never);
            let next = next + scaled((wait / 10).min(MOST_JITTER), chance);
            match report.fresh_until {
                Some(fresh) if fresh > next => (fresh, DueReason::Pace),
                _ => (next, DueReason::Schedule),
            }
        }
    }
}

/// Stretches a distance for a board that posts rarely: to half of its usual gap, at most twelve hours.
fn adapted(every: TimeDelta, usual_gap: Option<TimeDelta>) -> TimeDelta {
    usual_gap.map_or(every, |gap| (gap / 2).clamp(every, every.max(RAREST)))
}

/// Gives a share of a length of time.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a share of some days in milliseconds"
)]
fn scaled(length: TimeDelta, share: f64) -> TimeDelta {
    TimeDelta::milliseconds((length.num_milliseconds() as f64 * share.clamp(0.0, 1.0)) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::BoardFile;
    use crate::model::{BoardId, BoardState, FieldFill, Lost, LostPart};

    fn now() -> DateTime<Utc> {
        "2026-11-27T12:00:00Z".parse().unwrap()
    }

    fn board(file: BoardFile) -> Board {
        let file = BoardFile { engine: Some("rss".into()), base_url: Some("https://lakes.example/f".into()), ..file };
        Board::settle(BoardId::new("lakes").unwrap(), file, None).unwrap()
    }

    fn due(
        board: &Board,
        conclusion: &Conclusion,
        failures: u32,
        report: &BoardReport,
        chance: f64,
    ) -> (i64, DueReason) {
        due_of(board, conclusion, &BoardHealth { failures, ..BoardHealth::default() }, report, chance)
    }

    fn due_of(
        board: &Board,
        conclusion: &Conclusion,
        health: &BoardHealth,
        report: &BoardReport,
        chance: f64,
    ) -> (i64, DueReason) {
        let due = next_due(&Finished { board, conclusion, health, report, usual_gap: None, now: now(), chance });
        ((due.at - now()).num_minutes(), due.why)
    }

    fn report() -> BoardReport {
        BoardReport { requests: 1, ..BoardReport::new(BoardId::new("lakes").unwrap()) }
    }

    fn whole() -> Conclusion {
        Conclusion::Whole { listed: 3, says_empty: false, anew: true, fill: FieldFill::default() }
    }

    #[test]
    fn a_good_poll_is_followed_by_the_schedule() {
        let six = board(BoardFile::default());
        assert_eq!(due(&six, &whole(), 0, &report(), 0.0), (360, DueReason::Schedule));
        assert_eq!(due(&six, &whole(), 0, &report(), 1.0), (370, DueReason::Schedule));
        let cron = board(BoardFile { schedule: Some("30 18 * * *".into()), ..BoardFile::default() });
        // 18:30 in New York is 23:30 UTC.
        assert_eq!(due(&cron, &whole(), 0, &report(), 0.0), (690, DueReason::Schedule));
    }

    #[test]
    fn failures_back_off_to_a_day_and_never_stop() {
        let board = board(BoardFile::default());
        let failed = Conclusion::Failed { why: "500".into(), remedy: None };
        let at_most: Vec<i64> = (1..=10).map(|n| due(&board, &failed, n, &report(), 1.0).0).collect();
        assert_eq!(at_most, [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
        assert_eq!(due(&board, &failed, u32::MAX, &report(), 0.0), (1, DueReason::Retry));
    }

    #[test]
    fn walls_moves_and_graves_are_looked_at_rarely() {
        let board = board(BoardFile::default());
        let wall = Conclusion::Walled { why: "DataDome".into(), asks_login: false };
        assert_eq!(due(&board, &wall, 1, &report(), 0.0), (180, DueReason::Wall));
        assert_eq!(due(&board, &wall, 9, &report(), 1.0), (1440, DueReason::Wall));
        assert_eq!(due(&board, &Conclusion::Moved { to: "x".into() }, 1, &report(), 0.0).0, 1440);
        let gone = Conclusion::Gone { why: "410".into() };
        assert_eq!(due(&board, &gone, 1, &report(), 0.0), (1440, DueReason::Wall));
        let lost = Some(Lost { part: LostPart::Address, since: now() - TimeDelta::days(14), polls: 14 });
        let parked = BoardHealth { state: BoardState::Gone, lost, ..BoardHealth::default() };
        assert_eq!(due_of(&board, &gone, &parked, &report(), 0.0), (10_080, DueReason::Parked));
    }

    #[test]
    fn a_wait_that_the_host_asks_for_is_never_shortened() {
        let board = board(BoardFile::default());
        let thirty_days = now() + TimeDelta::days(30);
        let waiting = BoardReport { next_request_at: Some(thirty_days), requests: 0, ..report() };
        assert_eq!(due(&board, &Conclusion::NotDue, 0, &waiting, 0.5), (43_200, DueReason::Pace));
        let refused = BoardReport { held_until: Some(thirty_days), ..report() };
        let failed = Conclusion::Failed { why: "429".into(), remedy: None };
        assert_eq!(due(&board, &failed, 1, &refused, 0.5), (43_200, DueReason::Pace));
        let fresh = BoardReport { fresh_until: Some(now() + TimeDelta::hours(20)), ..report() };
        assert_eq!(due(&board, &whole(), 0, &fresh, 0.5), (1200, DueReason::Pace));
        let more = BoardReport { next_request_at: Some(now() + TimeDelta::hours(1)), ..report() };
        assert_eq!(due(&board, &whole(), 0, &more, 0.5), (60, DueReason::Pace));
    }

    #[test]
    fn a_board_that_posts_rarely_is_asked_less_often_but_twice_a_day() {
        let hour = TimeDelta::hours;
        assert_eq!(adapted(hour(6), None), hour(6));
        assert_eq!(adapted(hour(6), Some(hour(2))), hour(6));
        assert_eq!(adapted(hour(6), Some(hour(18))), hour(9));
        assert_eq!(adapted(hour(6), Some(hour(500))), hour(12));
        assert_eq!(adapted(hour(48), Some(hour(500))), hour(48));
    }

    #[test]
    fn what_is_due_at_start_is_what_was_stored_unless_something_else_is_asked() {
        let lakes = board(BoardFile::default());
        let stored = Due {
            at: now() + TimeDelta::hours(3),
            why: DueReason::Retry,
            schedule: lakes.asking(),
            polled_at: now() - TimeDelta::hours(1),
        };
        assert_eq!(due_at_start(&lakes, Some(&stored), now()), stored);
        assert_eq!(due_at_start(&lakes, None, now()).at, now());
        let other = board(BoardFile { every: Some("1h".into()), ..BoardFile::default() });
        assert_eq!(due_at_start(&other, Some(&stored), now()).at, now());
        let ahead = Due { polled_at: now() + TimeDelta::days(400), at: now() + TimeDelta::days(401), ..stored };
        assert_eq!(due_at_start(&lakes, Some(&ahead), now()).at, now() + LEAST_RETRY);
    }
}
