//! Every rule at, below and above its threshold.

use super::super::health::Conclusion;
use super::super::usual::tests::{days, round, today};
use super::*;
use crate::model::{BoardId, RoundFacts};

fn rows(listed: u64) -> FieldFill {
    round(0, listed).lists
}

/// Judges a whole list of so many rows, all of them known.
fn judged(history: &[RoundRecord], listed: u64) -> Judgement {
    judged_with(history, rows(listed), |_| {})
}

fn judged_with(history: &[RoundRecord], fill: FieldFill, change: impl FnOnce(&mut Evidence<'_>)) -> Judgement {
    let listed = fill.rows;
    let conclusion = Conclusion::Whole { listed, says_empty: false, anew: true, fill };
    let facts =
        RoundFacts { open: listed, open_before: listed, shown: listed, shown_before: listed, ..RoundFacts::default() };
    let board = BoardId::new("lakes").unwrap();
    let mut evidence = Evidence { facts, history, ..Evidence::of(&board, &conclusion, today()) };
    change(&mut evidence);
    judge_rows(&evidence, listed, &fill)
}

#[test]
fn fewer_than_a_quarter_of_the_median_is_too_few() {
    for (median, listed, is_few) in
        [(120, 4, true), (120, 29, true), (120, 30, false), (8, 1, true), (8, 2, false), (7, 1, false)]
    {
        let found = judged(&days(9, median), listed);
        assert_eq!(found.suspicion == Some(Suspicion::FewRows), is_few, "{listed} of {median}");
        assert_eq!(found.is_credible, !is_few, "{listed} of {median}");
        assert_eq!(found.state == BoardState::Degraded, is_few, "{listed} of {median}");
    }
    let found = judged(&days(9, 120), 4);
    let why = found.why.unwrap();
    assert!(why.starts_with("lists 4 postings since 2026-11-22; its median of 28 days is 120"), "{why}");
    assert!(found.remedy.unwrap().contains("board check lakes"));
}

#[test]
fn a_young_history_holds_nothing_against_a_board() {
    assert_eq!(judged(&days(4, 120), 4), Judgement::ok());
    assert_eq!(judged(&days(5, 120), 4).suspicion, Some(Suspicion::FewRows));
}

#[test]
fn the_same_low_number_for_three_days_in_four_polls_is_the_new_normal() {
    let before: Vec<_> = (4..20).rev().map(|ago| round(ago, 120)).collect();
    let with = |lows: &[i64]| {
        let lows: Vec<_> = lows.iter().map(|ago| round(*ago, 4)).collect();
        judged(&[before.as_slice(), &lows].concat(), 4)
    };
    let normal = with(&[3, 2, 1]);
    assert_eq!((normal.state, normal.suspicion, normal.is_credible), (BoardState::Ok, None, true));
    assert!(normal.why.as_deref().unwrap().contains("new normal"), "{normal:?}");
    assert!(normal.why.unwrap().contains("where 120 were usual"));
    assert_eq!(with(&[3, 1]).suspicion, Some(Suspicion::FewRows), "three polls are one too few");
    assert_eq!(with(&[2, 2, 1]).suspicion, Some(Suspicion::FewRows), "two days are one too few");
    let broken = [before.as_slice(), &[round(3, 4), round(2, 120), round(1, 4)]].concat();
    assert_eq!(judged(&broken, 4).suspicion, Some(Suspicion::FewRows), "a good round in between begins it anew");
}

fn turned_over(history: &[RoundRecord], open_before: u64, shown_before: u64) -> Option<Suspicion> {
    let found = judged_with(history, rows(20), |evidence| {
        evidence.facts.open_before = open_before;
        evidence.facts.shown_before = shown_before;
    });
    assert_eq!(found.suspicion.is_none(), found.is_credible);
    found.suspicion
}

#[test]
fn new_ids_alone_are_a_move_to_other_software() {
    assert_eq!(turned_over(&days(1, 20), 20, 0), Some(Suspicion::AllNewIds));
    assert_eq!(turned_over(&days(9, 8), 8, 0), Some(Suspicion::AllNewIds));
    assert_eq!(turned_over(&days(9, 20), 20, 1), None);
    assert_eq!(turned_over(&days(9, 20), 7, 0), None);
    assert_eq!(turned_over(&days(9, 7), 20, 0), None);
    assert_eq!(turned_over(&[], 20, 0), None);
}

#[test]
fn a_move_is_told_in_words() {
    let found = judged_with(&days(9, 20), rows(20), |evidence| evidence.facts.shown_before = 0);
    let why = found.why.unwrap();
    assert!(why.contains("every posting id changed at once") && why.contains("none of the 20 known"), "{why}");
    assert!(found.remedy.unwrap().contains("--board lakes"));
}

#[test]
fn a_field_that_was_always_there_and_is_gone_is_named() {
    let without = |employers: u64, listed: u64| FieldFill { employer: employers, ..rows(listed) };
    for (employers, listed, is_lost) in [(0, 20, true), (5, 20, true), (6, 20, false), (0, 5, true), (0, 4, false)] {
        let found = judged_with(&days(9, listed), without(employers, listed), |_| {});
        assert_eq!(found.suspicion == Some(Suspicion::LostFields), is_lost, "{employers} of {listed}");
        assert!(found.is_credible, "the rows themselves are there");
    }
    let found = judged_with(&days(9, 20), without(0, 20), |_| {});
    let why = found.why.unwrap();
    assert!(why.starts_with("employer was read in 100 % of rows, now in 0 %: has the page's layout changed?"), "{why}");
    assert!(found.remedy.unwrap().contains("board check lakes --report FILE"));
}

#[test]
fn a_field_that_was_stated_now_and_then_may_be_missing() {
    for (stated, is_lost) in [(16, true), (15, false)] {
        let history: Vec<_> = (1..10)
            .rev()
            .map(|ago| RoundRecord { lists: FieldFill { pay: stated, ..rows(20) }, ..round(ago, 20) })
            .collect();
        assert_eq!(judged(&history, 20).suspicion.is_some(), is_lost, "{stated} of 20");
    }
}

#[test]
fn rounds_without_the_field_do_not_make_its_absence_usual() {
    let bare = FieldFill { employer: 0, ..rows(20) };
    let lost = |ago| RoundRecord { lists: bare, suspicion: Some(Suspicion::LostFields), ..round(ago, 20) };
    let history: Vec<_> = (14..25).rev().map(|ago| round(ago, 20)).chain((1..14).rev().map(lost)).collect();
    assert_eq!(judged_with(&history, bare, |_| {}).suspicion, Some(Suspicion::LostFields));
    assert_eq!(judged(&history, 20), Judgement::ok(), "it is well again at once");
}

#[test]
fn details_are_held_to_earlier_details() {
    let detail = |rows: u64, pay: u64| FieldFill { rows, title: rows, pay, ..FieldFill::default() };
    let with = |latest: FieldFill, earlier: u64| {
        let mut history = days(9, 20);
        history[0].details = detail(earlier, earlier);
        judged_with(&history, rows(20), |evidence| evidence.details = latest)
    };
    let why = with(detail(5, 0), 10).why.unwrap();
    assert!(why.starts_with("pay was read in 100 % of details, now in 0 %"), "{why}");
    assert_eq!(with(detail(5, 2), 10), Judgement::ok());
    assert_eq!(with(detail(4, 0), 10), Judgement::ok());
    assert_eq!(with(detail(5, 0), 9), Judgement::ok());
    // Details that come one by one are taken together.
    let mut history = days(9, 20);
    history[0].details = detail(30, 30);
    for late in &mut history[5..] {
        late.details = detail(1, 0);
    }
    let found = judged_with(&history, rows(20), |evidence| evidence.details = detail(1, 0));
    assert_eq!(found.suspicion, Some(Suspicion::LostFields));
}

fn silent(days_ago: i64, gap: Option<i64>, history: &[RoundRecord]) -> Judgement {
    judged_with(history, rows(20), |evidence| {
        evidence.facts.newest = Some(today().date_naive() - TimeDelta::days(days_ago));
        evidence.facts.usual_gap = gap;
    })
}

#[test]
fn silence_is_measured_by_the_boards_own_pace() {
    for (days_ago, gap, is_silent) in [
        (60, Some(2), false),
        (61, Some(2), true),
        (100, Some(20), false),
        (101, Some(20), true),
        (300, Some(60), false),
        (390, None, false),
    ] {
        let found = silent(days_ago, gap, &days(9, 20));
        assert_eq!(found.suspicion == Some(Suspicion::NothingNew), is_silent, "{days_ago} days, every {gap:?}");
        assert_eq!((found.state, found.is_credible), (BoardState::Ok, true), "a warning, no failure");
    }
    let why = silent(61, Some(2), &days(9, 20)).why.unwrap();
    assert!(why.starts_with("nothing new since 2026-09-22 (61 days), and a posting every 2 days"), "{why}");
}

#[test]
fn postings_that_came_lately_are_news_whatever_their_dates() {
    let mut history = days(9, 20);
    history[0].new = 20;
    assert!(silent(90, Some(2), &history).suspicion.is_some(), "what the first round found is no news");
    history[4].new = 1;
    assert_eq!(silent(90, Some(2), &history), Judgement::ok());
}
