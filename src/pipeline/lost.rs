//! Boards whose host or list is not there: since when, and what follows from it. Pure.

use chrono::{DateTime, TimeDelta, Utc};

use super::health::{Conclusion, Evidence, Judgement};
use crate::model::{BoardState, Lost, LostPart, PARKED_AFTER};

/// A host that does not exist is believed gone after this long, in so many polls.
const HOST_GONE_AFTER: TimeDelta = TimeDelta::days(3);
/// See [`HOST_GONE_AFTER`].
const HOST_GONE_POLLS: u32 = 3;

/// Keeps count of a board that is not there. A poll that failed for another reason neither ends nor
/// lengthens the count; any answer ends it.
pub(super) fn lost_now(before: Option<Lost>, conclusion: &Conclusion, now: DateTime<Utc>) -> Option<Lost> {
    let part = match conclusion {
        Conclusion::NoHost { .. } => LostPart::Host,
        Conclusion::NotFound { .. } | Conclusion::Gone { .. } => LostPart::Address,
        Conclusion::Failed { .. } | Conclusion::NotDue => return before,
        _ => return None,
    };
    let same = before.filter(|lost| lost.part == part);
    let (since, polls) = same.map_or((now, 0), |lost| (lost.since, lost.polls));
    Some(Lost { part, since, polls: polls.saturating_add(1) })
}

/// Judges a host that the name system does not know.
pub(super) fn judge_host(evidence: &Evidence<'_>, host: &str, lost: Option<Lost>) -> Judgement {
    let (since, polls) = lost.map_or((evidence.now, 1), |lost| (lost.since, lost.polls));
    let day = since.format("%Y-%m-%d");
    if polls >= HOST_GONE_POLLS && evidence.now - since >= HOST_GONE_AFTER {
        let why =
            format!("its host `{host}` does not exist since {day} ({polls} polls){}", parked(evidence.now, since));
        return Judgement::unread(BoardState::Gone, why, &GONE_REMEDY.replace("ID", evidence.board.as_str()));
    }
    let why = format!("its host `{host}` does not exist, says the name system (since {day}, {polls} in a row)");
    let remedy = "check the spelling of its `base_url` and this machine's network; after three days it counts as gone";
    Judgement::unread(BoardState::Degraded, why, remedy)
}

/// What helps where a board is gone.
const GONE_REMEDY: &str = "find its new home in a browser and set its `base_url`, or switch it off with \
    `enabled = false` in `[boards.ID]`";

/// Judges a list that is not there: 404, or 410, by which the board says that it is gone for good.
pub(super) fn judge_address(evidence: &Evidence<'_>, why: &str, lost: Option<Lost>, for_good: bool) -> Judgement {
    let since = lost.map_or(evidence.now, |lost| lost.since);
    let told = if since == evidence.now { String::new() } else { format!("; so since {}", since.format("%Y-%m-%d")) };
    let why = format!("{why}{told}{}", parked(evidence.now, since));
    if for_good {
        return Judgement::unread(BoardState::Gone, why, &GONE_REMEDY.replace("ID", evidence.board.as_str()));
    }
    let remedy = "the address of its list has changed: find the list in a browser and set the board's `base_url` or \
                  `lists`; `jobrounds board probe URL` tells what an address runs on";
    Judgement::unread(BoardState::BrokenFormat, why, remedy)
}

/// Says that a board is asked once a week from now on.
fn parked(now: DateTime<Utc>, since: DateTime<Utc>) -> String {
    let days = (now - since).num_days();
    if now - since >= PARKED_AFTER { format!("; parked after {days} days: asked once a week") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::super::usual::tests::today;
    use super::*;
    use crate::model::BoardId;

    fn lost(part: LostPart, hours: i64, polls: u32) -> Lost {
        Lost { part, since: today() - TimeDelta::hours(hours), polls }
    }

    fn judged(judge: impl Fn(&Evidence<'_>) -> Judgement) -> (BoardState, String, String) {
        let board = BoardId::new("lakes").unwrap();
        let found = judge(&Evidence::of(&board, &Conclusion::NotDue, today()));
        assert!(!found.is_credible);
        (found.state, found.why.unwrap(), found.remedy.unwrap())
    }

    #[test]
    fn a_host_is_gone_after_three_days_and_three_polls() {
        let host = |lost| judged(|evidence| judge_host(evidence, "lakes.example", Some(lost)));
        for (hours, polls, state) in [
            (0, 1, BoardState::Degraded),
            (71, 9, BoardState::Degraded),
            (72, 2, BoardState::Degraded),
            (72, 3, BoardState::Gone),
        ] {
            let (found, why, remedy) = host(lost(LostPart::Host, hours, polls));
            assert_eq!(found, state, "{hours} hours, {polls} polls");
            assert!(why.contains("`lakes.example` does not exist") && remedy.contains("base_url"), "{why} {remedy}");
        }
        let (_, why, remedy) = host(lost(LostPart::Host, 15 * 24, 20));
        assert!(why.contains("since 2026-11-07") && why.contains("parked after 15 days"), "{why}");
        assert!(remedy.contains("[boards.lakes]"), "{remedy}");
    }

    #[test]
    fn an_address_that_is_not_there_is_parked_after_fourteen_days() {
        let address = |lost, for_good| judged(|evidence| judge_address(evidence, "answered 404", Some(lost), for_good));
        let (state, why, remedy) = address(lost(LostPart::Address, 0, 1), false);
        assert_eq!((state, why.as_str()), (BoardState::BrokenFormat, "answered 404"));
        assert!(remedy.contains("address of its list has changed"), "{remedy}");
        let (_, why, _) = address(lost(LostPart::Address, 14 * 24 - 1, 9), false);
        assert_eq!(why, "answered 404; so since 2026-11-08");
        let (state, why, _) = address(lost(LostPart::Address, 14 * 24, 9), true);
        assert_eq!((state, why.contains("parked after 14 days: asked once a week")), (BoardState::Gone, true), "{why}");
    }

    #[test]
    fn the_count_goes_on_through_other_failures_and_ends_with_an_answer() {
        let missing = Conclusion::NotFound { why: String::new() };
        let first = lost_now(None, &missing, today());
        assert_eq!(first.map(|lost| lost.polls), Some(1));
        let failed = Conclusion::Failed { why: String::new(), remedy: None };
        assert_eq!(lost_now(first, &failed, today()), first);
        let gone = lost_now(first, &Conclusion::Gone { why: String::new() }, today() + TimeDelta::days(1)).unwrap();
        assert_eq!((gone.since, gone.polls), (today(), 2));
        let host = Conclusion::NoHost { host: String::new(), why: String::new() };
        assert_eq!(lost_now(first, &host, today()).map(|lost| (lost.part, lost.polls)), Some((LostPart::Host, 1)));
        assert_eq!(lost_now(first, &Conclusion::Broken { why: String::new() }, today()), None);
    }
}
