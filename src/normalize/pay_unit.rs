//! Reads for what a figure pays: the code or word of a unit's own field.

use crate::model::PayUnit;

/// What a word says about the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitReading {
    /// A unit of time.
    Time(PayUnit),
    /// Pay that is not by time, and why no year's figure can follow.
    NotTime(&'static str),
    /// No word that says anything.
    Silent,
}

/// Reads a unit's code or words: `PA`, `Per Year`, `Yearly Salary`, `HOUR`, `/hr`.
pub(super) fn unit_of(words: &str) -> UnitReading {
    let words = words.trim();
    if let Some(reading) = unit_code(words) {
        return reading;
    }
    let lower = words.to_ascii_lowercase();
    let tokens: Vec<&str> =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|token| !token.is_empty()).collect();
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).copied().unwrap_or_default();
        let after = tokens.get(at + 1).copied().unwrap_or_default();
        if let Some(reading) = token_unit(token, before, after) {
            return reading;
        }
    }
    UnitReading::Silent
}

/// Reads USAJOBS's interval codes and the codes of UN/CEFACT.
pub(super) fn unit_code(words: &str) -> Option<UnitReading> {
    Some(match words {
        "PA" | "ANN" => UnitReading::Time(PayUnit::Year),
        "PH" | "HUR" => UnitReading::Time(PayUnit::Hour),
        "PD" => UnitReading::Time(PayUnit::Day),
        "BW" => UnitReading::Time(PayUnit::Biweek),
        "PM" | "MON" => UnitReading::Time(PayUnit::Month),
        "WEE" => UnitReading::Time(PayUnit::Week),
        "SY" => UnitReading::NotTime("paid by the school year"),
        "FB" => UnitReading::NotTime("paid by fee"),
        "PW" => UnitReading::NotTime(PIECE),
        "ST" => UnitReading::NotTime("a student's stipend"),
        "WC" => UnitReading::NotTime(UNPAID),
        _ => return None,
    })
}

/// The reason given for work without pay.
pub(super) const UNPAID: &str = "without compensation";
/// The reason given for pay by lines, charts and the like.
pub(super) const PIECE: &str = "paid by the piece";

/// Tells whether a word names what piece rates are paid for.
pub(super) fn is_piece(word: &str) -> bool {
    const PIECES: [&str; 24] = [
        "line",
        "chart",
        "record",
        "encounter",
        "case",
        "report",
        "account",
        "claim",
        "page",
        "visit",
        "note",
        "audit",
        "abstract",
        "minute",
        "word",
        "piece",
        "file",
        "patient",
        "review",
        "shift",
        "course",
        "class",
        "credit",
        "semester",
    ];
    PIECES.contains(&word.strip_suffix('s').unwrap_or(word))
}

fn token_unit(token: &str, before: &str, after: &str) -> Option<UnitReading> {
    Some(match token {
        "school" if after.starts_with("year") => UnitReading::NotTime("paid by the school year"),
        "without" if after == "compensation" => UnitReading::NotTime(UNPAID),
        "unpaid" => UnitReading::NotTime(UNPAID),
        "fee" if after == "basis" => UnitReading::NotTime("paid by fee"),
        "piece" => UnitReading::NotTime(PIECE),
        piece if is_piece(piece) && matches!(before, "per" | "a" | "each") => UnitReading::NotTime(PIECE),
        "student" if after == "stipend" => UnitReading::NotTime("a student's stipend"),
        "semi" if after.starts_with("month") => UnitReading::NotTime("paid twice a month"),
        "bi" if after.starts_with("week") => UnitReading::Time(PayUnit::Biweek),
        "pay" if after == "period" => UnitReading::Time(PayUnit::Biweek),
        word => return time_word(word).map(UnitReading::Time),
    })
}

/// Reads one word that names a unit of time.
pub(super) fn time_word(word: &str) -> Option<PayUnit> {
    Some(match word {
        "hour" | "hours" | "hourly" | "hr" | "hrs" | "h" | "ph" => PayUnit::Hour,
        "year" | "years" | "yearly" | "yr" | "yrs" | "y" | "annual" | "annually" | "annum" | "pa" => PayUnit::Year,
        "month" | "monthly" | "months" | "mo" | "mth" => PayUnit::Month,
        "week" | "weekly" | "weeks" | "wk" => PayUnit::Week,
        "biweekly" | "fortnight" | "fortnightly" | "biweek" => PayUnit::Biweek,
        "day" | "daily" | "days" => PayUnit::Day,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_spelling_of_a_unit_is_read() {
        for (words, unit) in [
            ("PA", PayUnit::Year),
            ("Per Year", PayUnit::Year),
            ("Yearly Salary", PayUnit::Year),
            ("YEAR", PayUnit::Year),
            ("PH", PayUnit::Hour),
            ("Hourly Wage", PayUnit::Hour),
            ("/hr", PayUnit::Hour),
            ("PD", PayUnit::Day),
            ("Daily", PayUnit::Day),
            ("BW", PayUnit::Biweek),
            ("Bi-weekly", PayUnit::Biweek),
            ("PM", PayUnit::Month),
            ("per month", PayUnit::Month),
            ("WEEK", PayUnit::Week),
        ] {
            assert_eq!(unit_of(words), UnitReading::Time(unit), "{words}");
        }
    }

    #[test]
    fn piece_rates_fees_stipends_and_school_years_are_not_time() {
        for words in
            ["PW", "Piece Work", "FB", "Fee Basis", "ST", "SY", "School Year", "WC", "Without Compensation", "per line"]
        {
            assert!(matches!(unit_of(words), UnitReading::NotTime(_)), "{words}");
        }
        for words in ["", "DOE", "Salary", "per diem"] {
            assert_eq!(unit_of(words), UnitReading::Silent, "{words}");
        }
    }
}
