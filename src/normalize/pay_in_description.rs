//! Looks for pay in a description, where the board has no field for it.
//!
//! Only a clear statement counts: a range in dollars with its unit, in a sentence about pay.

use super::pay_text::{Figures, NOT_PAY, figures_in};
use super::pay_unit::{UnitReading, unit_of};
use super::salary::{PayContext, PayReading, judged};
use crate::model::{Basis, Field, PayUnit, Salary};

/// How many dollar signs are looked at.
const MOST_SIGNS: usize = 20;
/// How far a sentence is followed to each side of its figures, in bytes.
const REACH: usize = 160;
/// How far behind the figures their unit may stand, in bytes.
const UNIT_REACH: usize = 25;
/// Words that make a sentence one about pay.
const ABOUT_PAY: [&str; 8] = ["salary", "pay", "wage", "compensation", "rate", "range", "hourly", "hiring"];
/// Finds pay in plain text; an empty field when nothing is clear.
pub(super) fn pay_in_description(text: &str, context: PayContext<'_>) -> Field<Salary> {
    let signs = memchr::memchr_iter(b'$', text.as_bytes()).take(MOST_SIGNS);
    for at in signs {
        if let Some(field) = pay_at(text, at, context) {
            return field;
        }
    }
    Field::default()
}

fn pay_at(text: &str, at: usize, context: PayContext<'_>) -> Option<Field<Salary>> {
    let sentence = sentence_around(text, at);
    let lower = sentence.to_ascii_lowercase();
    if !ABOUT_PAY.iter().any(|word| lower.contains(word)) || NOT_PAY.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let figures = figures_in(sentence).filter(|figures| figures.is_range && figures.sign == Some('$'))?;
    let unit = UnitReading::Time(unit_behind(sentence, &figures)?);
    let raw = words_of(sentence, &figures);
    let reading =
        PayReading { raw: raw.clone(), min: figures.min, max: figures.max, unit, currency: Some("$".to_owned()) };
    let mut salary = judged(reading, context);
    salary.basis = Basis::Derived;
    // A figure that cannot be meant is no find.
    salary.implausible.is_none().then(|| Field::derived(raw, salary, sentence))
}

/// Gives the figures with the words of their unit.
fn words_of(sentence: &str, figures: &Figures) -> String {
    let raw = sentence.get(figures.start..).unwrap_or_default();
    let end = raw.floor_char_boundary(figures.end - figures.start + UNIT_REACH);
    let cut = raw.get(..end).unwrap_or(raw);
    let whole_words = if end < raw.len() { cut.rsplit_once(' ').map_or(cut, |(words, _)| words) } else { cut };
    whole_words.trim_end_matches([' ', ',', '.', ';']).to_owned()
}

/// Reads the unit right behind the figures.
fn unit_behind(sentence: &str, figures: &Figures) -> Option<PayUnit> {
    let tail = sentence.get(figures.end..)?;
    let near = tail.get(..tail.floor_char_boundary(UNIT_REACH))?;
    match unit_of(near) {
        UnitReading::Time(unit) => Some(unit),
        _ => None,
    }
}

/// Cuts out the sentence or line that a place stands in.
fn sentence_around(text: &str, at: usize) -> &str {
    let from = text.floor_char_boundary(at.saturating_sub(REACH));
    let to = text.floor_char_boundary((at + REACH).min(text.len()));
    let before = text.get(from..at).unwrap_or_default();
    let start =
        ["\n", ". ", "! ", "? "].iter().filter_map(|end| before.rfind(end).map(|p| p + end.len())).max().unwrap_or(0);
    let after = text.get(at..to).unwrap_or_default();
    let end = ["\n", ". ", "! ", "? "].iter().filter_map(|end| after.find(end)).min().unwrap_or(after.len());
    text.get(from + start..at + end).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    const US: PayContext<'_> = PayContext { federal: false, in_us: true, types: &[] };

    #[test]
    fn a_clear_range_in_a_sentence_about_pay_is_found_with_its_evidence() {
        let text = "We code charts. The pay range is $24.50 - $31.75 per hour, based on experience. Apply.";
        let field = pay_in_description(text, US);
        let salary = field.value.unwrap();
        assert_eq!((salary.min, salary.max, salary.unit), (Some(24.5), Some(31.75), Some(PayUnit::Hour)));
        assert_eq!(field.basis, Basis::Derived);
        assert_eq!(field.raw.as_deref(), Some("$24.50 - $31.75 per hour, based on"));
        assert_eq!(field.evidence.as_deref(), Some("The pay range is $24.50 - $31.75 per hour, based on experience"));
        let yearly = pay_in_description("Salary: $60,000 to $75,000 annually", US).value.unwrap();
        assert_eq!((yearly.max, yearly.annual_max), (Some(75_000.0), Some(75_000.0)));
    }

    #[test]
    fn other_money_is_left_alone() {
        for text in [
            "A sign-on bonus of $5,000 - $10,000 per year is paid.",
            "You manage a budget of $100,000 - $200,000 per year at this rate.",
            "Revenue range: $20,000 - $30,000 per year.",
            "Pay: $25",
            "Pay range $20 - $30",
            "We are a $40-$50 an hour kind of place",
            "Pay: 401(k) match $20 - $30 per hour",
        ] {
            assert!(pay_in_description(text, US).is_empty(), "{text}");
        }
    }
}
