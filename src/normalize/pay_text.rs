//! Finds the figures of pay in a text: `$24.50 - $31.75/hr`, `$65K-$85K`, `up to $45.00/hour DOE`,
//! `Minimum: $21.10 Midpoint: $27 Maximum: $33`.

use super::pay_clause::{Subject, subject_of};
use super::pay_number::{Number, numbers_in};
use super::pay_unit::UnitReading;
use super::pay_unit_near::{unit_before, unit_behind};
use super::words::{is_at, words_in};

/// The longest text that is searched.
const LONGEST: usize = 1_000;
/// How far before figures their words are looked at, in bytes.
const LEAD: usize = 120;
/// A bound that is so many times the other one is another figure, where the first has a unit.
const TOO_FAR: f64 = 10.0;

/// One or two figures found in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figures {
    /// The lower one, or the only one.
    pub(super) min: Option<f64>,
    /// The upper one, or the only one.
    pub(super) max: Option<f64>,
    /// The currency's sign, if any.
    pub(super) sign: Option<char>,
    /// Whether they are two.
    pub(super) is_range: bool,
    /// Whether they look like amounts: decimals, grouped digits, `k`.
    pub(super) is_amount: bool,
    /// Where the figures begin, in bytes.
    pub(super) start: usize,
    /// Where they end.
    pub(super) end: usize,
    /// Where the words of their unit end.
    pub(super) unit_end: usize,
    /// The unit beside them.
    pub(super) unit: UnitReading,
    /// What they speak of.
    pub(super) subject: Subject,
}

/// Finds the first figures of a board's field that can be pay.
#[cfg(test)]
pub(super) fn figures_in(text: &str) -> Option<Figures> {
    all_figures(text).into_iter().find(|figures| figures.subject != Subject::Other)
}

/// Finds all figures in a text, in order, those of other money too.
pub(super) fn all_figures(text: &str) -> Vec<Figures> {
    let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
    let numbers = numbers_in(text);
    let signed = numbers.iter().any(|number| number.sign.is_some());
    let mut found: Vec<Figures> = Vec::new();
    let mut at = 0;
    while let Some(first) = numbers.get(at) {
        let (figures, taken) = figures_at(text, numbers.get(at..).unwrap_or_default(), first);
        at += taken;
        // Where money has its sign, a number without one is none.
        if !signed || figures.sign.is_some() {
            found.push(figures);
        }
    }
    settle(text, &mut found);
    found
}

/// Reads what begins with the first of these numbers: a range or one figure; and how many it takes.
fn figures_at(text: &str, numbers: &[Number], first: &Number) -> (Figures, usize) {
    if let Some(second) = numbers.get(1) {
        if is_range(text, first, second) {
            // `$55,848 - $69,826 - $83,762` has its midpoint between.
            let third = numbers.get(2).filter(|third| third.value > second.value && second.value > first.value);
            return match third.filter(|third| is_range(text, second, third)) {
                Some(third) => (range_of(*first, *third), 3),
                None => (range_of(*first, *second), 2),
            };
        }
        // `Minimum: $21.10 Midpoint: $27 Maximum: $33`.
        if label_of(text, first) == Some(Bound::Lower) {
            let upper = numbers.iter().take(3).skip(1).position(|number| label_of(text, number) == Some(Bound::Upper));
            if let Some((last, taken)) = upper.and_then(|at| Some((numbers.get(at + 1)?, at + 2))) {
                return (range_of(*first, *last), taken);
            }
        }
    }
    let value = Some(first.value);
    let figures = Figures { min: value, max: value, is_range: false, ..range_of(*first, *first) };
    (figures, 1)
}

fn range_of(first: Number, second: Number) -> Figures {
    // `65-85K` means thousands on both sides.
    let scale = |number: Number, other: Number| {
        if other.thousands && !number.thousands && number.value < 1_000.0 { 1_000.0 } else { 1.0 }
    };
    Figures {
        min: Some(first.value * scale(first, second)),
        max: Some(second.value * scale(second, first)),
        sign: first.sign.or(second.sign),
        is_range: true,
        is_amount: first.amount || first.thousands || second.amount || second.thousands,
        start: first.start,
        end: second.end,
        unit_end: second.end,
        unit: UnitReading::Silent,
        subject: Subject::Open,
    }
}

/// Reads unit, subject and bounds of each, by the words between it and its neighbours.
fn settle(text: &str, found: &mut [Figures]) {
    let edges: Vec<(usize, usize)> = found.iter().map(|figures| (figures.start, figures.end)).collect();
    let mut before_end = 0;
    for (at, figures) in found.iter_mut().enumerate() {
        let next = edges.get(at + 1).map_or(text.len(), |edge| edge.0);
        let behind = text.get(figures.end..next).unwrap_or_default();
        let from = text.ceil_char_boundary(before_end.max(figures.start.saturating_sub(LEAD)));
        let lead = text.get(from..figures.start).unwrap_or_default();
        if let Some(near) = unit_behind(behind) {
            figures.unit = near.unit;
            figures.unit_end = figures.end + near.end;
        } else {
            let inside = text.get(figures.start..figures.end).unwrap_or_default();
            figures.unit = unit_inside(inside).or_else(|| unit_before(lead)).unwrap_or(UnitReading::Silent);
        }
        let rest = text.get(figures.unit_end..next).unwrap_or_default();
        figures.subject = subject_of(lead, rest);
        if !figures.is_range {
            bind(figures, lead, behind, rest);
        }
        before_end = figures.unit_end;
    }
}

/// Reads the unit between the figures of a range: `$25.00 per hour to $30.00`, `$20/hr - $25/hr`.
fn unit_inside(inside: &str) -> Option<UnitReading> {
    let at = inside.find(['/', ' '])?;
    unit_behind(inside.get(at..)?).map(|near| near.unit)
}

/// Leaves out the bound that a single figure is not: `up to`, `from`, `$20+`, `starting at`.
fn bind(figures: &mut Figures, lead: &str, behind: &str, rest: &str) {
    let bound = bound_before(lead).or_else(|| bound_behind(behind)).or_else(|| bound_behind(rest));
    match bound {
        Some(Bound::Upper) => figures.min = None,
        Some(Bound::Lower) => figures.max = None,
        None => {}
    }
}

/// Which bound a single figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Lower,
    Upper,
}

fn label_of(text: &str, number: &Number) -> Option<Bound> {
    let from = text.floor_char_boundary(number.start.saturating_sub(24));
    let lower = text.get(from..number.start)?.to_ascii_lowercase();
    let words = words_in(&lower);
    let label = words.iter().rev().find(|word| !word.is_mark())?;
    match label.text {
        "minimum" | "min" => Some(Bound::Lower),
        "maximum" | "max" => Some(Bound::Upper),
        _ => None,
    }
}

fn bound_before(lead: &str) -> Option<Bound> {
    let lower = lead.rsplit([';', '|', '\n', ',']).next().unwrap_or_default().to_ascii_lowercase();
    let words = words_in(&lower);
    let from = words.len().saturating_sub(7);
    // `Salary to $89,000`.
    if words.last().is_some_and(|word| word.text == "to") {
        return Some(Bound::Upper);
    }
    for at in (from..words.len()).rev() {
        let last = words.len() - at <= 4;
        let upper = [&["up", "to"][..], &["as", "much", "as"], &["no", "more", "than"], &["not", "to", "exceed"]];
        let lower = [&["at", "least"][..], &["as", "low", "as"], &["no", "less", "than"], &["base", "of"]];
        if last && upper.iter().any(|phrase| is_at(&words, at, phrase)) {
            return Some(Bound::Upper);
        }
        if last && lower.iter().any(|phrase| is_at(&words, at, phrase)) {
            return Some(Bound::Lower);
        }
        match words.get(at).map_or("", |word| word.text) {
            "upto" | "maximum" | "max" if last => return Some(Bound::Upper),
            "from" | "minimum" | "min" if last => return Some(Bound::Lower),
            "start" | "starts" | "starting" | "begin" | "begins" | "beginning" => return Some(Bound::Lower),
            _ => {}
        }
    }
    None
}

fn bound_behind(behind: &str) -> Option<Bound> {
    let cut = behind.get(..behind.floor_char_boundary(24)).unwrap_or_default().to_ascii_lowercase();
    let words = words_in(&cut);
    let at = words.iter().position(|word| word.text != "*")?;
    let follows = |phrase: &[&str]| is_at(&words, at, phrase);
    // `$25+` is a bound; `$25 + bonus` adds something.
    let plus = cut.starts_with('+') && !cut.starts_with("+ $");
    let lower = plus
        || [
            &["and", "up"][..],
            &["or", "more"],
            &["to", "start"],
            &["starting"],
            &["minimum"],
            &["min"],
            &["is", "minimum"],
            &["is", "the", "minimum"],
        ]
        .iter()
        .any(|phrase| follows(phrase));
    if lower {
        return Some(Bound::Lower);
    }
    (follows(&["maximum"]) || follows(&["max"])).then_some(Bound::Upper)
}

/// Tells whether two numbers are the bounds of one range.
fn is_range(text: &str, first: &Number, second: &Number) -> bool {
    let gap = text.get(first.end..second.start).unwrap_or_default();
    let plain = matches!(gap.trim(), "to" | "through" | "thru" | "up to" | "and");
    // `$25.00/hr - 40`: once the first has its unit, the second is money only with a sign.
    let with_unit = gap.chars().any(|c| c == '/' || c.is_alphabetic());
    let alike = first.sign.is_none() || second.sign.is_some() || !with_unit || plain;
    let ratio = second.value.max(first.value) / second.value.min(first.value).max(0.01);
    let far = with_unit && !plain && ratio > TOO_FAR && first.thousands == second.thousands;
    alike && !far && is_range_gap(gap) && (!gap.contains("and") || is_between(text, first))
}

/// Tells whether `between` stands before a range that is written with `and`.
fn is_between(text: &str, first: &Number) -> bool {
    let from = text.floor_char_boundary(first.start.saturating_sub(40));
    text.get(from..first.start).is_some_and(|lead| lead.to_ascii_lowercase().contains("between"))
}

/// Tells whether what stands between two figures makes them a range.
fn is_range_gap(gap: &str) -> bool {
    const WORDS: [&str; 30] = [
        "to", "and", "through", "thru", "up", "per", "hour", "hr", "hourly", "year", "yr", "annually", "an", "a",
        "usd", "max", "maximum", "month", "week", "day", "k", "annual", "h", "y", "min", "minimum", "mid", "biweekly",
        "hrs", "us",
    ];
    if gap.len() > 40 || gap.contains([';', '\n', '|']) {
        return false;
    }
    let lower = gap.to_lowercase();
    let separated = lower.contains(['-', '\u{2013}', '\u{2014}', '~', '\u{2212}', '\u{2010}', '\u{2011}'])
        || lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| matches!(word, "to" | "and" | "through" | "thru" | "max" | "maximum"));
    separated && lower.split(|c: char| !c.is_alphanumeric()).all(|word| word.is_empty() || WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bounds(text: &str) -> Option<(Option<f64>, Option<f64>)> {
        figures_in(text).map(|figures| (figures.min, figures.max))
    }

    #[test]
    fn ranges_are_read_in_every_spelling() {
        for (text, min, max) in [
            ("$22.50-$31.75/hr", 22.5, 31.75),
            ("$21-$25 per hour", 21.0, 25.0),
            ("$65K-$85K", 65_000.0, 85_000.0),
            ("65-85K", 65_000.0, 85_000.0),
            ("$65K - 85", 65_000.0, 85_000.0),
            ("$60,100.00 - $76,200.00 (Yearly Salary)", 60_100.0, 76_200.0),
            ("$55,000 - $65,000 Per Year", 55_000.0, 65_000.0),
            ("$53,088 - $78,703*", 53_088.0, 78_703.0),
            ("23 - 24 hour", 23.0, 24.0),
            ("Salary: GS-9 $60,000 to $70,000 annually", 60_000.0, 70_000.0),
            ("Pay Grade 12: $58,240.00 - $87,360.00", 58_240.0, 87_360.0),
            ("Pay Grade 12: 58,240 - 87,360", 58_240.0, 87_360.0),
            ("$25.00 per hour to $30.00 per hour", 25.0, 30.0),
            ("between $20 and $25 an hour", 20.0, 25.0),
            ("Min $20.10 max $30", 20.1, 30.0),
            ("Minimum: $21.10 Midpoint: $27 Maximum: $33", 21.1, 33.0),
            ("USD 26.00 - 34.00 Hourly", 26.0, 34.0),
            ("55.000 \u{2013} 60,000", 55.0, 60_000.0),
        ] {
            assert_eq!(bounds(text), Some((Some(min), Some(max))), "{text}");
        }
    }

    #[test]
    fn single_figures_are_both_bounds_unless_words_say_otherwise() {
        assert_eq!(bounds("$15.00 Per Hour"), Some((Some(15.0), Some(15.0))));
        assert_eq!(bounds("up to $45.00/hour DOE"), Some((None, Some(45.0))));
        assert_eq!(bounds("SALARY TO $89,000 PLUS BONUS"), Some((None, Some(89_000.0))));
        for text in [
            "from $20",
            "$20+/hr",
            "$20/hr and up",
            "starting at $20",
            "Starting rate $20/hr",
            "Starting pay is $20 an hour",
            "$20/hour minimum",
            "$20 an hour to start",
        ] {
            assert_eq!(bounds(text), Some((Some(20.0), None)), "{text}");
        }
        assert_eq!(bounds("Starting at $50K"), Some((Some(50_000.0), None)));
    }

    #[test]
    fn other_money_and_names_with_digits_are_not_pay() {
        for text in ["Competitive", "DOE", "401(k)", "GS-09 to GS-11", "$5,000 sign-on bonus", "R-10233", "10%", ""] {
            assert_eq!(bounds(text), None, "{text}");
        }
        for text in [
            "Sign-on bonus $5,000; $25/hr",
            "$25/hr plus 401(k), $2,000 referral bonus",
            "$25/hr, 40 hours per week",
            "$25/hr + $3,000 sign-on bonus",
            "$25/hr - $3,000 sign-on bonus",
            "$25 per hour and $2/hr shift differential",
        ] {
            assert_eq!(bounds(text), Some((Some(25.0), Some(25.0))), "{text}");
        }
        assert_eq!(bounds("bonus of $5,000 - $10,000"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,80}|([$]|[0-9]{1,4}|[,.kK-]| to |up to|bonus|/hr|é|min|max){0,20}") {
            for figures in all_figures(&text) {
                prop_assert!(text.get(figures.start..figures.end).is_some());
                prop_assert!(text.get(figures.end..figures.unit_end).is_some());
            }
        }
    }
}
