//! A board's health in words: how long, why, and what helps.

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::{BoardEvent, BoardHealth, BoardId, BoardState, RoundRecord};

/// Writes a length of time in one unit: `40 min`, `5 h`, `3 days`.
pub(super) fn length(length: TimeDelta) -> String {
    match length {
        short if short < TimeDelta::hours(1) => format!("{} min", short.num_minutes().max(0)),
        short if short < TimeDelta::days(2) => format!("{} h", short.num_hours()),
        long => format!("{} days", long.num_days()),
    }
}

/// Writes how long ago something was.
pub(super) fn ago(length_of_time: TimeDelta) -> String {
    format!("{} ago", length(length_of_time))
}

/// Says what is wrong with a board and what helps; `None` where all is well.
pub(super) fn complaint(board: &BoardId, health: &BoardHealth, now: DateTime<Utc>) -> Option<String> {
    let well = matches!(health.state, BoardState::Ok | BoardState::Empty | BoardState::Disabled);
    let why = health.why.as_deref().filter(|_| !well || health.remedy.is_some())?;
    let since =
        health.since.filter(|_| !well).map(|at| format!(" since {} ({})", at.format("%Y-%m-%d"), length(now - at)));
    let (state, since) = (health.state.as_str(), since.unwrap_or_default());
    let but = if well { ", but" } else { "" };
    let remedy = health.remedy.as_ref().map(|remedy| format!("\n  {remedy}")).unwrap_or_default();
    Some(format!("{board} is {state}{since}{but}: {why}{remedy}"))
}

/// Writes a change of state under its label.
pub(super) fn change(event: &BoardEvent) -> (&'static str, String) {
    let why = event.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let at = event.at.format("%Y-%m-%d %H:%M UTC");
    ("change", format!("{at}, {} -> {}{why}", event.from.as_str(), event.to.as_str()))
}

/// Writes a round under its label.
pub(super) fn round(round: &RoundRecord) -> (&'static str, String) {
    let doubt = round.suspicion.map(|suspicion| format!(" ({})", suspicion.as_str())).unwrap_or_default();
    ("round", format!("{}, {} listed, {} new{doubt}", round.at.format("%Y-%m-%d %H:%M UTC"), round.listed, round.new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_the_unit_people_would_choose() {
        for (minutes, words) in
            [(0, "0 min"), (59, "59 min"), (60, "1 h"), (47 * 60, "47 h"), (48 * 60, "2 days"), (-5, "0 min")]
        {
            assert_eq!(length(TimeDelta::minutes(minutes)), words);
        }
    }

    #[test]
    fn a_board_that_is_well_is_not_complained_of_unless_something_helps() {
        let board = BoardId::new("lakes").unwrap();
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let mut health = BoardHealth { state: BoardState::Ok, why: Some("waits".into()), ..BoardHealth::default() };
        assert_eq!(complaint(&board, &health, now), None);
        health.remedy = Some("look".into());
        assert_eq!(complaint(&board, &health, now).as_deref(), Some("lakes is ok, but: waits\n  look"));
        health.state = BoardState::Walled;
        health.since = Some(now - TimeDelta::days(3));
        let told = complaint(&board, &health, now).unwrap();
        assert_eq!(told, "lakes is walled since 2026-11-19 (3 days): waits\n  look");
    }
}
