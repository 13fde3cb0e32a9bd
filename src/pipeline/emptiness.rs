//! What a whole list without any row means, by what the board had before. Pure.

use chrono::TimeDelta;

use super::health::{Evidence, Judgement, mending};
use super::usual::{Usual, run_until};
use crate::model::BoardState;

/// A board whose lists usually show so many is not believed at once to have none.
const HAD_SOME: u64 = 3;
/// A board's own word that it has none is believed after this long, in so many polls.
const BELIEVED_AFTER: TimeDelta = TimeDelta::days(7);
/// See [`BELIEVED_AFTER`].
const BELIEVED_POLLS: usize = 3;

/// Judges a whole list that shows nothing.
pub(super) fn judge_nothing(evidence: &Evidence<'_>, says_empty: bool) -> Judgement {
    let open = evidence.facts.open;
    let median = Usual::of(evidence.history, evidence.now).map_or(0, |usual| usual.median);
    if open == 0 && median < HAD_SOME {
        return if says_empty { empty("says itself that it has no postings".to_owned()) } else { silent(evidence) };
    }
    let run = run_until(evidence.history, evidence.now, |round| round.listed == 0 && round.says_empty);
    let is_believed = run.polls >= BELIEVED_POLLS && evidence.now - run.since >= BELIEVED_AFTER;
    if says_empty && open == 0 && is_believed {
        let since = run.since.format("%Y-%m-%d");
        return empty(format!("says itself since {since} that it has no postings, and all that it showed have ended"));
    }
    suspect(evidence, says_empty, median)
}

fn empty(why: String) -> Judgement {
    Judgement { why: Some(why), remedy: None, ..Judgement::of(BoardState::Empty, String::new(), String::new()) }
}

/// Neither postings nor a word that there are none, on a board that never had any.
fn silent(evidence: &Evidence<'_>) -> Judgement {
    Judgement {
        is_credible: false,
        ..Judgement::of(
            BoardState::BrokenFormat,
            "answers without any posting and without saying that there are none".to_owned(),
            mending(evidence.board),
        )
    }
}

/// Nothing, where there was something: nothing is closed for it.
fn suspect(evidence: &Evidence<'_>, says_empty: bool, median: u64) -> Judgement {
    let had = match evidence.facts.open {
        0 => format!("its lists usually show {median}"),
        1 => "1 of its postings stood open".to_owned(),
        open => format!("{open} of its postings stood open"),
    };
    let words = if says_empty { "says that it has no postings" } else { "lists nothing and does not say why" };
    Judgement {
        is_credible: false,
        ..Judgement::of(
            BoardState::EmptySuspect,
            format!("{words}, although {had}; none was closed for it"),
            format!(
                "look at the board in a browser; if it is truly empty, its postings close by their own dates; if it \
                 shows postings, run `jobrounds board check {}` and mend its file",
                evidence.board
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::health::Conclusion;
    use super::super::usual::tests::{days, round, today};
    use super::*;
    use crate::model::{BoardId, FieldFill, RoundFacts, RoundRecord};

    fn judged(history: &[RoundRecord], open: u64, says_empty: bool) -> Judgement {
        let conclusion = Conclusion::Whole { listed: 0, says_empty, anew: true, fill: FieldFill::default() };
        let facts = RoundFacts { open, open_before: open, ..RoundFacts::default() };
        let board = BoardId::new("lakes").unwrap();
        let evidence = Evidence { facts, history, ..Evidence::of(&board, &conclusion, today()) };
        judge_nothing(&evidence, says_empty)
    }

    fn says_none(days_ago: i64) -> RoundRecord {
        RoundRecord { says_empty: true, ..round(days_ago, 0) }
    }

    #[test]
    fn a_board_that_never_had_any_is_empty_by_its_own_word_and_broken_without_it() {
        assert_eq!(judged(&[], 0, true).state, BoardState::Empty);
        assert_eq!(judged(&days(9, 2), 0, true).state, BoardState::Empty);
        let silent = judged(&[], 0, false);
        assert_eq!((silent.state, silent.is_credible), (BoardState::BrokenFormat, false));
        assert!(silent.remedy.unwrap().contains("board check lakes"));
    }

    #[test]
    fn a_board_that_had_some_is_suspect_whatever_it_says() {
        for (history, open) in [(days(9, 3), 0), (Vec::new(), 1), (days(9, 40), 40)] {
            for says_empty in [true, false] {
                let found = judged(&history, open, says_empty);
                assert_eq!((found.state, found.is_credible), (BoardState::EmptySuspect, false), "{history:?}");
                assert!(found.why.unwrap().contains("none was closed for it"));
            }
        }
        assert!(judged(&[], 1, true).why.unwrap().contains("1 of its postings stood open"));
        assert!(judged(&days(9, 3), 0, false).why.unwrap().contains("usually show 3"));
    }

    #[test]
    fn its_own_word_is_believed_after_a_week_in_three_polls_when_all_have_ended() {
        let before: Vec<_> = (10..20).rev().map(|ago| round(ago, 9)).collect();
        let with = |said: &[RoundRecord]| [before.as_slice(), said].concat();
        let week = with(&[says_none(7), says_none(3)]);
        let believed = judged(&week, 0, true);
        assert_eq!((believed.state, believed.is_credible), (BoardState::Empty, true));
        assert!(believed.why.unwrap().contains("since 2026-11-15"));
        // Postings that stand open, a word less, a day less, a poll less: each keeps it suspect.
        assert_eq!(judged(&week, 1, true).state, BoardState::EmptySuspect);
        assert_eq!(judged(&week, 0, false).state, BoardState::EmptySuspect);
        assert_eq!(judged(&with(&[says_none(6), says_none(3)]), 0, true).state, BoardState::EmptySuspect);
        assert_eq!(judged(&with(&[says_none(7)]), 0, true).state, BoardState::EmptySuspect);
        let broken = with(&[says_none(8), round(7, 0), says_none(3)]);
        assert_eq!(judged(&broken, 0, true).state, BoardState::EmptySuspect);
    }
}
