//! Hours a week: said as such, or told by a day's length and the number of days.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::reading::Reading;
use super::cues::{Cue, Heard, Off};
use super::ladder::{HoursKind, HoursRule, Ladder};
use super::numbers::{number_after, number_before};
use crate::model::Field;

/// How many days or shifts a week, the number being what stands before.
static DAYS_A_WEEK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r" (?:days?|shifts?|nights?)(?: a| per| each| every)? ?(?:week|weekly|wk)\b").ok());

/// Five days, named by the first and the last.
static MONDAY_TO_FRIDAY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b(?:mondays?|mon|m)(?: to| through| thru)? (?:fridays?|fri|f)\b").ok());

/// Words of a schedule or of pay, which the hours of a week follow: "full time 40 hours".
const LEADS: [&str; 17] = [
    "full time",
    "part time",
    "ft",
    "pt",
    "paid for",
    "hr for",
    "hour for",
    "guaranteed",
    "work",
    "works",
    "working",
    "position is",
    "job is",
    "role is",
    "schedule is",
    "schedule of",
    "week is",
];

/// Words behind hours that make them something else than a week's.
const OTHER_HOURS: [&str; 26] = [
    "of",
    "or",
    "after",
    "before",
    "from",
    "to",
    "in",
    "prior",
    "notice",
    "advance",
    "per",
    "a",
    "each",
    "every",
    "monthly",
    "yearly",
    "annually",
    "later",
    "ahead",
    "off",
    "away",
    "long",
    "following",
    "and",
    "total",
    "at",
];

/// Reads the hours a week of a text: the first that are clear.
pub(super) fn hours(ladder: &Ladder, reading: &Reading<'_>, heard: &[Heard<'_>], short: bool) -> Option<Field<f64>> {
    let on = heard.iter().filter(|one| !one.has(|cue| cue == Cue::Off(Off::Hours)));
    let mut cues = on.flat_map(|one| one.hits.iter().map(move |hit| (one, hit)));
    let (hours, words) = cues.find_map(|(one, hit)| {
        let Cue::Hours(rule) = hit.meaning else { return None };
        let rule = ladder.hours.get(usize::from(rule))?;
        let (hours, words) = by_rule(*rule, one, hit.start..hit.end, reading, short)?;
        let plausible = (4.0..=72.0).contains(&hours) && (rule.factor <= 1.0 || hours <= 40.0);
        plausible.then_some((hours, words))
    })?;
    Some(Field::derived(reading.written(&words), hours, reading.evidence(words.start)))
}

fn by_rule(
    rule: HoursRule,
    heard: &Heard<'_>,
    unit: Range<usize>,
    reading: &Reading<'_>,
    short: bool,
) -> Option<(f64, Range<usize>)> {
    let before = number_before(reading, unit.start);
    let scaled = |number: f64| number * rule.factor;
    let from_before = || before.map(|number| (scaled(number.least), number.start..unit.end));
    let from_behind = || number_after(reading, unit.end).map(|number| (scaled(number), unit.clone()));
    match rule.kind {
        // "FTE: 0.6" as well as "0.6 FTE".
        HoursKind::Before if rule.factor > 1.0 => from_before().or_else(from_behind),
        HoursKind::Before => from_before(),
        HoursKind::Behind => from_behind(),
        HoursKind::Title => from_before().filter(|_| short),
        HoursKind::Bare => {
            let (hours, words) = from_before()?;
            is_week(hours, heard, &words, reading).then_some((hours, words))
        }
        HoursKind::Led => {
            let (hours, words) = from_before()?;
            let lead = before_words(heard, words.start, reading).rsplit(' ').next()?;
            // "40/week", but "hours: 13 week contract".
            let noun = matches!(reading.folded.get(unit.clone()), Some("week" | "wk"));
            let stroke = reading.between(unit.start.saturating_sub(1), unit.start).contains('/');
            (matches!(lead, "hours" | "hrs") && (stroke || !noun)).then_some((hours, words))
        }
        HoursKind::Day => {
            let other = heard.has(|cue| cue == Cue::Off(Off::BareHours));
            let (length, words) = from_before().filter(|(length, _)| (4.0..=13.0).contains(length))?;
            let (days, start) = days(length, heard, &words, reading).filter(|_| !other)?;
            Some((length * days, start..words.end))
        }
        HoursKind::Fixed => Some((rule.factor, unit)),
    }
}

/// Gives the folded words of the sentence that stand before a place.
fn before_words<'a>(heard: &Heard<'_>, at: usize, reading: &'a Reading<'_>) -> &'a str {
    reading.folded.get(heard.sentence.folded.start..at).unwrap_or_default().trim_end()
}

/// Tells whether hours that nothing calls a week's are a week's: they stand alone between marks, or follow
/// words of a schedule. A day or two are the time in which something is done.
fn is_week(hours: f64, heard: &Heard<'_>, words: &Range<usize>, reading: &Reading<'_>) -> bool {
    // "Who works 30+ hours" speaks of many.
    let many = reading.written(words).contains('+');
    if !(15.0..=44.0).contains(&hours) || many || heard.has(|cue| cue == Cue::Off(Off::BareHours)) {
        return false;
    }
    let before = before_words(heard, words.start, reading);
    let led =
        LEADS.iter().any(|lead| before.strip_suffix(lead).is_some_and(|rest| rest.is_empty() || rest.ends_with(' ')));
    let behind = reading.folded.get(words.end..heard.sentence.folded.end).unwrap_or_default();
    let mark = |at: usize, marks: &[char]| reading.between(at, at + 1).contains(marks);
    let ends = behind.is_empty() || mark(words.end, &[',', ';', '.', ')', '/', '|', '-', '\u{2013}', '\u{2014}', ':']);
    if led {
        let next = behind.split_whitespace().next();
        return ends || next.is_some_and(|word| !OTHER_HOURS.contains(&word));
    }
    let starts = before.is_empty()
        || reading.between(words.start.saturating_sub(1), words.start).contains([',', ':', '(', '/', '|', '\u{2013}']);
    starts && ends && (hours - 24.0).abs() > f64::EPSILON
}

/// Finds how many days of this length a week has: "three 12-hour shifts", "8 hours a day, 5 days a week".
fn days(length: f64, heard: &Heard<'_>, words: &Range<usize>, reading: &Reading<'_>) -> Option<(f64, usize)> {
    let sentence = &heard.sentence.folded;
    let folded = reading.folded.get(sentence.clone())?;
    let a_week = || {
        let found = DAYS_A_WEEK.as_ref()?.find(folded)?;
        let number = number_before(reading, sentence.start + found.start())?;
        Some((number.least, words.start))
    };
    let (days, start) = match (a_week(), counted(words, reading)) {
        (Some(found), _) => found,
        (None, Some(found)) => Some(found).filter(|found| make_a_week(found.0, length, words, reading))?,
        (None, None) => MONDAY_TO_FRIDAY.as_ref()?.find(folded).map(|_| (5.0, words.start))?,
    };
    (1.0..=7.0).contains(&days).then_some((days, start))
}

/// Reads the number of days that stands before their length: "three 12", "3 x 12".
fn counted(words: &Range<usize>, reading: &Reading<'_>) -> Option<(f64, usize)> {
    let before = reading.folded.get(..words.start)?;
    let at = before.strip_suffix(" x ").map_or(words.start, |count| count.len() + 1);
    let number = number_before(reading, at)?;
    let whole = (2.0..=6.0).contains(&number.least) && number.least.fract() == 0.0;
    let alone = reading.folded.get(number.start..at)?.split_whitespace().count() <= 2;
    (whole && alone).then_some((number.least, number.start))
}

/// Tells whether days of a length are one person's week.
fn make_a_week(days: f64, length: f64, words: &Range<usize>, reading: &Reading<'_>) -> bool {
    let is = |wanted: (f64, f64)| (days - wanted.0).abs() + (length - wanted.1).abs() < f64::EPSILON;
    // Three times eight hours are the shifts of a house; four tens are the name of a shift, and coded as one.
    let other = is((3.0, 8.0)) || is((2.0, 12.0)) || is((4.0, 10.0));
    let behind =
        reading.folded.get(words.end..).and_then(|rest| rest.split('\n').next()).unwrap_or_default().trim_start();
    let seldom = ["per month", "a month", "monthly", "per pay", "a pay", "each month", "per quarter", "available"];
    !other && !seldom.iter().any(|words| behind.starts_with(words))
}

#[cfg(test)]
mod tests {
    use super::super::tests::coded;

    #[test]
    fn hours_a_week_are_coded() {
        for (text, wanted) in [
            ("40 hours/week", Some(40.0)),
            ("20 hrs wk", Some(20.0)),
            ("0.5 FTE", Some(20.0)),
            ("FTE: 0.9", Some(36.0)),
            ("0.8FTE, remote", Some(32.0)),
            ("36 hours per week", Some(36.0)),
            ("32hrs/wk", Some(32.0)),
            ("24h/wk", Some(24.0)),
            ("16 hours weekly", Some(16.0)),
            ("72 hours per pay period", Some(36.0)),
            ("Hours per week: 32", Some(32.0)),
            ("Hours: 36 per week; weekdays", Some(36.0)),
            ("Hours: 20/week", Some(20.0)),
            ("A half-time position", Some(20.0)),
            ("A three-quarter-time position", Some(30.0)),
            ("40 hours of PTO", None),
            ("Benefits for those who work 30 hours per week", None),
        ] {
            assert_eq!(coded("Medical Coder", text).hours_per_week.value, wanted, "{text}");
        }
        assert_eq!(coded("Medical Coder (24 hrs) Days", "").hours_per_week.value, Some(24.0));
        assert_eq!(coded("Medical Coder - 36hrs", "").hours_per_week.value, Some(36.0));
    }

    #[test]
    fn hours_that_nothing_calls_a_weeks_are_so_beside_a_schedule_or_alone() {
        for (text, wanted) in [
            ("Schedule: part time 25 hours, mornings", Some(25.0)),
            ("$21.50/hr, 32 hours.", Some(32.0)),
            ("Full-time (40 hours)", Some(40.0)),
            ("You are paid for 36 hours even if the queue is empty.", Some(36.0)),
            ("This seat is on site. 37.5 hours. $19.10 hourly.", Some(37.5)),
            ("You work 35 hours with an hour for lunch.", Some(35.0)),
            ("Turnaround: 24 hours.", None),
            ("Orientation: 40 hours.", None),
            ("Charts are done within 36 hours.", None),
            ("You work 40 hours a month.", None),
            ("Must complete 20 hours.", None),
            ("Employees who work 30+ hours get a locker.", None),
            ("Hours: 13 week contract", None),
            ("Full time, 8 hours.", None),
            ("Needs 30 hours of coursework.", None),
        ] {
            assert_eq!(coded("Medical Coder", text).hours_per_week.value, wanted, "{text}");
        }
    }

    #[test]
    fn a_days_length_and_the_number_of_days_make_a_week() {
        for (text, wanted) in [
            ("Three 12-hour shifts a week", Some(36.0)),
            ("3 x 12 hour shifts", Some(36.0)),
            ("Three (3) 12-hour night shifts", Some(36.0)),
            ("four 9-hour days", Some(36.0)),
            ("8 hours a day, 5 days a week", Some(40.0)),
            ("Five days a week, 7.5 hours per day", Some(37.5)),
            ("Monday to Friday, 6 hours per day", Some(30.0)),
            ("12-hour shifts, 3 days per week", Some(36.0)),
            ("The desk is staffed in three 8-hour shifts.", None),
            ("Two 10-hour shifts per month", None),
            ("8-hour shifts", None),
            ("Four 10-hour days, Monday to Friday", None),
            ("Ability to sit 8 hours a day, 5 days a week", None),
            ("8-12 hour shifts", None),
        ] {
            assert_eq!(coded("Medical Coder", text).hours_per_week.value, wanted, "{text}");
        }
    }
}
