//! Every conclusion with its state, its words and its remedy.

use chrono::Duration;

use super::super::usual::tests::{days, today};
use super::*;
use crate::model::LostPart;

fn whole(listed: u64) -> Conclusion {
    let fill =
        FieldFill { rows: listed, title: listed, url: listed, employer: listed, place: listed, ..FieldFill::default() };
    Conclusion::Whole { listed, says_empty: false, anew: true, fill }
}

fn after(before: &BoardHealth, conclusion: &Conclusion, now: DateTime<Utc>) -> BoardHealth {
    let board = BoardId::new("lakes").unwrap();
    conclude(before, &Evidence::of(&board, conclusion, now)).health
}

fn told(conclusion: &Conclusion) -> (BoardState, String, String) {
    let health = after(&BoardHealth::default(), conclusion, today());
    (health.state, health.why.unwrap_or_default(), health.remedy.unwrap_or_default())
}

#[test]
fn every_conclusion_has_its_state_reason_and_remedy() {
    let why = || "seen".to_owned();
    let cases = [
        (Conclusion::Partly { why: why() }, BoardState::Degraded, "seen", "nothing is closed"),
        (Conclusion::Waiting { listed: 0, why: why() }, BoardState::Degraded, "seen", "nothing is closed"),
        (Conclusion::Waiting { listed: 9, why: why() }, BoardState::Ok, "seen", ""),
        (Conclusion::Walled { why: why(), asks_login: false }, BoardState::Walled, "seen", "never evade"),
        (Conclusion::Walled { why: why(), asks_login: true }, BoardState::Walled, "seen", "asks for a login"),
        (Conclusion::Moved { to: why() }, BoardState::Moved, "for good to seen", "set its `base_url` to seen"),
        (Conclusion::Gone { why: why() }, BoardState::Gone, "seen", "enabled = false"),
        (Conclusion::NotFound { why: why() }, BoardState::BrokenFormat, "seen", "address of its list has changed"),
        (Conclusion::NoHost { host: why(), why: why() }, BoardState::Degraded, "`seen` does not exist", "network"),
        (Conclusion::Broken { why: why() }, BoardState::BrokenFormat, "seen", "board check lakes --report FILE"),
        (Conclusion::Failed { why: why(), remedy: Some("help".into()) }, BoardState::Degraded, "seen", "help"),
        (Conclusion::Failed { why: why(), remedy: None }, BoardState::Degraded, "seen", "asked again by itself"),
        (whole(3), BoardState::Ok, "", ""),
    ];
    for (conclusion, state, why, remedy) in cases {
        let found = told(&conclusion);
        assert_eq!(found.0, state, "{conclusion:?}");
        assert!(found.1.contains(why) && found.2.contains(remedy), "{conclusion:?}: {found:?}");
        assert!(remedy.is_empty() == found.2.is_empty(), "{conclusion:?}: {found:?}");
    }
}

#[test]
fn since_stands_while_the_state_does_and_failures_add_up() {
    let wall = Conclusion::Walled { why: "DataDome".into(), asks_login: false };
    let first = after(&BoardHealth::default(), &wall, today());
    let later = today() + Duration::days(1);
    let second = after(&first, &wall, later);
    assert_eq!((second.since, second.failures), (Some(today()), 2));
    let healed = after(&second, &whole(1), later);
    assert_eq!(
        (healed.state, healed.since, healed.failures, healed.last_success),
        (BoardState::Ok, Some(later), 0, Some(later))
    );
}

#[test]
fn a_board_that_waits_for_its_hosts_pace_is_well() {
    let waits = Conclusion::Waiting { listed: 100, why: "its host asks for a wait".into() };
    let health = after(&BoardHealth::default(), &waits, today());
    assert_eq!((health.state, health.failures), (BoardState::Ok, 0));
    assert!(health.why.is_some());
}

#[test]
fn a_poll_that_was_not_due_changes_nothing() {
    let before = BoardHealth { state: BoardState::Ok, ..BoardHealth::default() };
    assert_eq!(after(&before, &Conclusion::NotDue, today()), before);
}

#[test]
fn only_a_whole_credible_round_lets_absence_count_and_only_a_whole_one_is_kept() {
    let board = BoardId::new("lakes").unwrap();
    let history = days(9, 100);
    let concluded = |conclusion: &Conclusion| {
        let evidence = Evidence { history: &history, ..Evidence::of(&board, conclusion, today()) };
        let found = conclude(&BoardHealth::default(), &evidence);
        (found.absence_counts, found.round.map(|round| (round.listed, round.suspicion)))
    };
    assert_eq!(concluded(&whole(100)), (true, Some((100, None))));
    assert_eq!(concluded(&whole(10)), (false, Some((10, Some(Suspicion::FewRows)))));
    let resumed = Conclusion::Whole { listed: 100, says_empty: false, anew: false, fill: FieldFill::default() };
    assert_eq!(concluded(&resumed).1, None);
    assert!(!concluded(&resumed).0);
    assert_eq!(concluded(&Conclusion::Partly { why: "half".into() }), (false, None));
}

#[test]
fn failing_details_degrade_a_board_whose_rows_are_fine_and_no_other() {
    let board = BoardId::new("lakes").unwrap();
    let history = days(9, 100);
    let with_trouble = |conclusion: &Conclusion| {
        let evidence = Evidence {
            history: &history,
            trouble: Some("its details fail"),
            ..Evidence::of(&board, conclusion, today())
        };
        conclude(&BoardHealth::default(), &evidence)
    };
    let fine = with_trouble(&whole(100));
    assert_eq!((fine.health.state, fine.health.why.as_deref()), (BoardState::Degraded, Some("its details fail")));
    assert!(fine.absence_counts, "the rows were read");
    assert_eq!(fine.health.failures, 1);
    let few = with_trouble(&whole(10));
    assert!(few.health.why.unwrap().contains("median"));
    assert!(!few.absence_counts);
}

#[test]
fn doubt_is_no_failure() {
    let board = BoardId::new("lakes").unwrap();
    let history = days(9, 100);
    let few = whole(10);
    let evidence = Evidence { history: &history, ..Evidence::of(&board, &few, today()) };
    let health = conclude(&BoardHealth { failures: 4, ..BoardHealth::default() }, &evidence).health;
    assert_eq!((health.state, health.failures), (BoardState::Degraded, 0));
    assert_eq!((health.suspicion, health.last_success), (Some(Suspicion::FewRows), Some(today())));
}

#[test]
fn a_permanent_redirect_within_the_site_is_advice_alone() {
    let board = BoardId::new("lakes").unwrap();
    let fine = whole(3);
    let to = Some("https://lakes.example/careers");
    let evidence = Evidence { answers_from: to, ..Evidence::of(&board, &fine, today()) };
    let health = conclude(&BoardHealth::default(), &evidence).health;
    assert_eq!(health.state, BoardState::Ok);
    assert_eq!(health.why.as_deref(), Some("answers from https://lakes.example/careers for good"));
    assert!(health.remedy.unwrap().contains("[boards.lakes]"));
}

#[test]
fn what_is_lost_is_remembered_from_poll_to_poll() {
    let missing = Conclusion::NotFound { why: "answered 404".into() };
    let mut health = BoardHealth::default();
    for day in 0..15 {
        health = after(&health, &missing, today() + Duration::days(day));
    }
    let lost = health.lost.unwrap();
    assert_eq!((lost.part, lost.since, lost.polls), (LostPart::Address, today(), 15));
    assert!(health.is_parked(today() + Duration::days(14)));
    assert!(health.why.as_deref().unwrap().contains("parked after 14 days"), "{health:?}");
    let healed = after(&health, &whole(3), today() + Duration::days(20));
    assert_eq!((healed.state, healed.lost), (BoardState::Ok, None));
}
