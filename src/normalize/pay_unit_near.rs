//! Finds the unit beside figures in a running text: right behind them, or announced before them.
//!
//! Strict, because texts about pay are full of other times: `40 hours a week`, `paid biweekly`,
//! `annual bonus`, `day shift`.

use super::pay_unit::{PIECE, UnitReading, is_piece, time_word, unit_code};
use super::words::{Word, is_at, words_in};
use crate::model::PayUnit;

/// How far behind figures their unit is looked for, in bytes.
const REACH: usize = 60;
/// How many words before figures announce their unit.
const WORDS_BEFORE: usize = 9;
/// Words that a unit follows without being parted from its figures.
const BESIDE: [&str; 12] =
    ["usd", "us", "dollars", "dollar", "doe", "gross", "and", "up", "base", "or", "more", "approximately"];
/// Words that take an adjective of time away from pay: `annual bonus`, `weekly hours`.
const NOT_THE_PAY: [&str; 22] = [
    "bonus",
    "bonuses",
    "incentive",
    "raise",
    "raises",
    "increase",
    "increases",
    "review",
    "reviews",
    "merit",
    "hours",
    "budget",
    "revenue",
    "tuition",
    "allowance",
    "stipend",
    "leave",
    "schedule",
    "shift",
    "shifts",
    "meeting",
    "meetings",
];

/// A unit beside figures, and how far its words reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NearUnit {
    /// The unit.
    pub(super) unit: UnitReading,
    /// Where its words end, counted from where the figures end.
    pub(super) end: usize,
}

/// Reads the unit that stands behind figures, given what follows them up to the next figures.
pub(super) fn unit_behind(tail: &str) -> Option<NearUnit> {
    // `44117 - 57354 PA`: a code in capitals, and nothing behind it.
    if let Some(unit) = unit_code(tail.trim()) {
        return Some(NearUnit { unit, end: tail.trim_end().len() });
    }
    let lower = tail.get(..tail.floor_char_boundary(REACH)).unwrap_or_default().to_ascii_lowercase();
    let words = words_in(&lower);
    let mut adjacent = true;
    for (at, word) in words.iter().enumerate() {
        let text = word.text;
        if matches!(text, ";" | "." | "$") {
            return None;
        }
        let joint = matches!(text, "/" | "per" | "a" | "an" | "each" | "every");
        let joined = if joint && (adjacent || text == "per") { behind_joint(&words, at) } else { None };
        if let Some(found) = joined.or_else(|| standing_alone(&words, at, adjacent)) {
            return Some(found);
        }
        // A figure of something else comes between.
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        adjacent &= BESIDE.contains(&text) || matches!(text, "*" | ")" | "(" | "+" | "/" | "-" | "\u{2013}" | ",");
    }
    None
}

/// Reads what stands behind `per`, `/` or `an`: `per hour`, `/yr`, `per pay period`, `per coded chart`.
fn behind_joint(words: &[Word<'_>], at: usize) -> Option<NearUnit> {
    let is_article = matches!(words.get(at)?.text, "a" | "an");
    let next = words.get(at + 1)?;
    let found = |unit, last: &Word<'_>| Some(NearUnit { unit, end: last.end() });
    if is_at(words, at + 1, &["pay", "period"]) || is_at(words, at + 1, &["two", "weeks"]) {
        return found(UnitReading::Time(PayUnit::Biweek), words.get(at + 2)?);
    }
    if is_at(words, at + 1, &["other", "week"]) || is_at(words, at + 1, &["2", "weeks"]) {
        return found(UnitReading::Time(PayUnit::Biweek), words.get(at + 2)?);
    }
    if is_at(words, at + 1, &["school", "year"]) {
        return found(UnitReading::NotTime("paid by the school year"), words.get(at + 2)?);
    }
    if next.text == "bi" {
        return found(UnitReading::Time(PayUnit::Biweek), words.get(at + 2).unwrap_or(next));
    }
    if let Some(unit) = time_word(next.text).filter(|_| !is_followed(words, at + 1, &["shift", "shifts"])) {
        return found(UnitReading::Time(unit), next);
    }
    let piece = words.iter().skip(at + 1).take(if is_article { 1 } else { 5 }).take_while(|word| !ends_clause(word));
    let piece = piece.into_iter().find(|word| is_piece(word.text))?;
    found(UnitReading::NotTime(PIECE), piece)
}

fn ends_clause(word: &Word<'_>) -> bool {
    matches!(word.text, "," | ";" | ":" | "(" | ")" | ".")
}

fn is_followed(words: &[Word<'_>], at: usize, nouns: &[&str]) -> bool {
    words.get(at + 1).is_some_and(|word| nouns.contains(&word.text))
}

/// Reads a unit without `per`: `hourly`, `biweekly`, `annual salary`; `hour` only right behind figures.
fn standing_alone(words: &[Word<'_>], at: usize, adjacent: bool) -> Option<NearUnit> {
    let word = words.get(at)?;
    let before = at.checked_sub(1).and_then(|at| words.get(at)).map_or("", |word| word.text);
    let next = words.get(at + 1).map_or("", |word| word.text);
    let found = |unit, end: &Word<'_>| Some(NearUnit { unit, end: end.end() });
    // How often wages are paid out is no unit.
    let paid_out = matches!(before, "paid" | "payable" | "pay" | "payroll" | "disbursed" | "paychecks");
    if paid_out && word.text != "hourly" && word.text != "annually" {
        return None;
    }
    if matches!(word.text, "semi" | "twice") && (next.starts_with("month") || next == "a") {
        return found(UnitReading::NotTime("paid twice a month"), words.get(at + 1)?);
    }
    if word.text == "semimonthly" {
        return found(UnitReading::NotTime("paid twice a month"), word);
    }
    if word.text == "bi" && next.starts_with("week") {
        return found(UnitReading::Time(PayUnit::Biweek), words.get(at + 1)?);
    }
    if word.text == "p" && is_at(words, at, &["p", ".", "a"]) && adjacent {
        return found(UnitReading::Time(PayUnit::Year), words.get(at + 2)?);
    }
    let unit = time_word(word.text)?;
    let adverb = matches!(
        word.text,
        "hourly" | "annually" | "yearly" | "annual" | "monthly" | "weekly" | "biweekly" | "daily" | "fortnightly"
    );
    let of_pay = !NOT_THE_PAY.contains(&next);
    let noun = adjacent && !matches!(word.text, "hours" | "years" | "days" | "weeks" | "months" | "h" | "y" | "ph");
    ((adverb || noun) && of_pay).then_some(NearUnit { unit: UnitReading::Time(unit), end: word.end() })
}

/// Reads the unit that is announced before figures: `Hourly range:`, `Annual salary`, `Rate per hour:`.
pub(super) fn unit_before(lead: &str) -> Option<UnitReading> {
    let lower = lead.rsplit([';', '|', '\n']).next().unwrap_or_default().to_ascii_lowercase();
    let words = words_in(&lower);
    let from = words.len().saturating_sub(WORDS_BEFORE);
    (from..words.len()).rev().find_map(|at| announced(&words, at))
}

fn announced(words: &[Word<'_>], at: usize) -> Option<UnitReading> {
    let text = words.get(at)?.text;
    let before = at.checked_sub(1).and_then(|at| words.get(at)).map_or("", |word| word.text);
    let next = words.get(at + 1).map_or("", |word| word.text);
    if NOT_THE_PAY.contains(&next) {
        return None;
    }
    let of_pay = matches!(
        next,
        "pay" | "rate" | "rates" | "salary" | "wage" | "wages" | "compensation" | "range" | "base" | "earnings" | ":"
    );
    if text == "bi" && next.starts_with("week") {
        return Some(UnitReading::Time(PayUnit::Biweek));
    }
    if matches!(before, "per" | "by") && is_piece(text) {
        return Some(UnitReading::NotTime(PIECE));
    }
    let unit = time_word(text)?;
    let joined = matches!(before, "per" | "/" | "by") && !text.ends_with("ly");
    let sure = matches!(text, "hourly" | "annual" | "annually" | "yearly");
    let paired = matches!(text, "weekly" | "monthly" | "biweekly" | "daily" | "hour") && of_pay && before != "bi";
    (joined || sure || paired).then_some(UnitReading::Time(unit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_behind_figures_are_read_in_every_wording() {
        for (tail, unit) in [
            ("/hr", PayUnit::Hour),
            ("/hour DOE", PayUnit::Hour),
            (" per hour", PayUnit::Hour),
            (" an hour", PayUnit::Hour),
            (" USD Hourly", PayUnit::Hour),
            (" hour", PayUnit::Hour),
            (" hourly, based on experience", PayUnit::Hour),
            (" based on experience, paid hourly", PayUnit::Hour),
            (" (Yearly Salary)", PayUnit::Year),
            (" annually", PayUnit::Year),
            (" per annum", PayUnit::Year),
            (" biweekly", PayUnit::Biweek),
            (" bi-weekly", PayUnit::Biweek),
            (" every two weeks", PayUnit::Biweek),
            (" per pay period", PayUnit::Biweek),
            ("/month", PayUnit::Month),
            (" a week", PayUnit::Week),
            ("/day", PayUnit::Day),
        ] {
            assert_eq!(unit_behind(tail).map(|near| near.unit), Some(UnitReading::Time(unit)), "{tail}");
        }
        for tail in [" per line", " per coded chart", " per 65-character line", "/chart", " a chart", " per shift"] {
            assert_eq!(unit_behind(tail).map(|near| near.unit), Some(UnitReading::NotTime(PIECE)), "{tail}");
        }
    }

    #[test]
    fn other_times_are_no_units() {
        for tail in [
            ", 40 hours per week",
            " based on 3 years of experience",
            ", paid biweekly",
            " plus annual bonus",
            ". Weekly hours vary",
            " and 80 hours biweekly",
            " depending on years of experience",
            " for day shift",
        ] {
            assert_eq!(unit_behind(tail), None, "{tail}");
        }
    }

    #[test]
    fn units_are_announced_before_figures() {
        for (lead, unit) in [
            ("Hourly range: ", PayUnit::Hour),
            ("Annual salary range for this job is ", PayUnit::Year),
            ("Rate per hour: ", PayUnit::Hour),
            ("Weekly pay: ", PayUnit::Week),
            ("Bi-weekly rate ", PayUnit::Biweek),
        ] {
            assert_eq!(unit_before(lead), Some(UnitReading::Time(unit)), "{lead}");
        }
        for lead in ["Day shift, ", "Weekly hours 40, pay ", "Salary: ", "5 days, "] {
            assert_eq!(unit_before(lead), None, "{lead}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,80}|(per|/| hour| a | bi-weekly|semi|é|,| chart){0,12}") {
            let _ = (unit_behind(&text), unit_before(&text));
        }
    }
}
