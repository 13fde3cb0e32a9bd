//! What is usual for a board, by the rounds of its own last weeks. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::model::{FieldFill, RoundRecord, Suspicion};

/// How far back a board's habits are looked for.
pub(super) const WINDOW: TimeDelta = TimeDelta::days(28);
/// Fewer rounds than this, or rounds of fewer days, make no habit.
pub(super) const FEWEST_ROUNDS: usize = 5;
/// See [`FEWEST_ROUNDS`].
pub(super) const FEWEST_DAYS: usize = 3;

/// How many rows a board's lists usually show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Usual {
    /// The median of the days' medians: many polls on one bad day weigh no more than one.
    pub(super) median: u64,
    rounds: usize,
    days: usize,
}

impl Usual {
    /// Weighs the rounds of the last 28 days; `None` where there are none.
    pub(super) fn of(history: &[RoundRecord], now: DateTime<Utc>) -> Option<Self> {
        let mut days: BTreeMap<NaiveDate, Vec<u64>> = BTreeMap::new();
        let recent = history.iter().filter(|round| round.at >= now - WINDOW);
        let mut rounds = 0;
        for round in recent {
            rounds += 1;
            days.entry(round.at.date_naive()).or_default().push(round.listed);
        }
        let count = days.len();
        let median = median(days.into_values().filter_map(median).collect())?;
        Some(Self { median, rounds, days: count })
    }

    /// Tells whether there is enough behind the number to hold a board to it.
    pub(super) fn is_habit(self) -> bool {
        self.rounds >= FEWEST_ROUNDS && self.days >= FEWEST_DAYS
    }
}

/// Gives the middle value, the higher of two.
fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// Adds up what the rows of the last 28 days stated, rounds that had lost fields left out; `None`
/// where that is too little to be a habit.
pub(super) fn usual_fill(history: &[RoundRecord], now: DateTime<Utc>) -> Option<FieldFill> {
    let sound = |round: &&RoundRecord| {
        round.at >= now - WINDOW && round.lists.rows > 0 && round.suspicion != Some(Suspicion::LostFields)
    };
    let mut sum = FieldFill::default();
    let (mut rounds, mut days) = (0, std::collections::BTreeSet::new());
    for round in history.iter().filter(sound) {
        rounds += 1;
        days.insert(round.at.date_naive());
        sum.add(round.lists);
    }
    (rounds >= FEWEST_ROUNDS && days.len() >= FEWEST_DAYS).then_some(sum)
}

/// The latest rounds in a row that something holds of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// When it began; now where it begins with this poll.
    pub(super) since: DateTime<Utc>,
    /// How many rounds, this one counted.
    pub(super) polls: usize,
}

/// Gives the run that ends with this poll, of which the thing holds.
pub(super) fn run_until(history: &[RoundRecord], now: DateTime<Utc>, holds: impl Fn(&RoundRecord) -> bool) -> Run {
    let rounds = history.iter().rev().take_while(|round| holds(round));
    let (mut since, mut polls) = (now, 1);
    for round in rounds {
        since = round.at;
        polls += 1;
    }
    Run { since, polls }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Noon of the day on which the tests' boards are judged.
    pub(in super::super) fn today() -> DateTime<Utc> {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    /// A sound round so many days ago.
    pub(in super::super) fn round(days_ago: i64, listed: u64) -> RoundRecord {
        let lists = FieldFill {
            rows: listed,
            title: listed,
            url: listed,
            employer: listed,
            place: listed,
            ..FieldFill::default()
        };
        RoundRecord {
            at: today() - TimeDelta::days(days_ago),
            listed,
            new: 0,
            says_empty: false,
            lists,
            details: FieldFill::default(),
            newest: Some(today().date_naive()),
            suspicion: None,
        }
    }

    /// One round a day for so many days, all alike, until yesterday.
    pub(in super::super) fn days(count: i64, listed: u64) -> Vec<RoundRecord> {
        (1..=count).rev().map(|ago| round(ago, listed)).collect()
    }

    #[test]
    fn many_polls_on_one_day_weigh_as_one() {
        let mut history = days(3, 100);
        for minutes in 1..=20 {
            history.push(RoundRecord { at: today() - TimeDelta::minutes(40 - minutes), ..round(0, 2) });
        }
        let usual = Usual::of(&history, today()).unwrap();
        assert_eq!((usual.median, usual.is_habit()), (100, true));
    }

    #[test]
    fn a_habit_needs_five_rounds_on_three_days_of_the_last_28() {
        assert_eq!(Usual::of(&[], today()), None);
        assert!(!Usual::of(&days(4, 9), today()).unwrap().is_habit());
        assert!(Usual::of(&days(5, 9), today()).unwrap().is_habit());
        let two_days: Vec<_> = [2, 2, 2, 1, 1].map(|ago| round(ago, 9)).to_vec();
        assert!(!Usual::of(&two_days, today()).unwrap().is_habit());
        assert_eq!(Usual::of(&[round(29, 9)], today()), None);
        assert!(Usual::of(&[round(28, 9)], today()).is_some());
    }

    #[test]
    fn a_run_ends_where_the_thing_did_not_hold() {
        let history = [round(5, 2), round(4, 9), round(3, 2), round(1, 2)];
        let run = run_until(&history, today(), |round| round.listed < 5);
        assert_eq!((run.since, run.polls), (round(3, 0).at, 3));
        assert_eq!(run_until(&[], today(), |_| true), Run { since: today(), polls: 1 });
    }
}
