//! Pay in words: what the board states, beside it what was derived, and never one for the other.

use crate::model::{Basis, PayUnit, Salary};

use super::clean::short_line;

/// Beyond this a figure is printed as the board wrote it.
const LARGEST_FIGURE: f64 = 1e12;
/// The board's own words are shown up to this many characters.
const LONGEST_WORDS: usize = 90;

/// Pay in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pay {
    /// As the board states it.
    pub stated: String,
    /// What follows from it, labelled with its rule.
    pub derived: Option<String>,
    /// What a reader should know before trusting it.
    pub note: Option<String>,
}

/// Puts pay into words; `None` when neither words nor figures are there.
pub(super) fn pay(salary: &Salary) -> Option<Pay> {
    let words = short_line(&salary.raw, LONGEST_WORDS);
    let figures = range(salary.currency.as_deref(), salary.min, salary.max);
    let speaks_for_itself = words.contains(['$', '€', '£']);
    let stated = match (figures, words.is_empty()) {
        (Some(figures), _) if !speaks_for_itself => format!("{figures}{}", unit_words(salary.unit)),
        (None, true) => return None,
        _ => words,
    };
    let derived = if salary.implausible.is_some() { None } else { annual(salary) };
    Some(Pay { stated, derived, note: note(salary) })
}

/// Names what was assumed, or why the figures are doubtful.
fn note(salary: &Salary) -> Option<String> {
    if let Some(why) = &salary.implausible {
        return Some(format!("shown as stated, but implausible: {}", short_line(why, LONGEST_WORDS)));
    }
    if salary.basis == Basis::Derived && salary.unit.is_some() {
        return Some(format!("read as pay{} by the size of the figures", unit_words(salary.unit)));
    }
    let assumed = salary.assumptions.iter().find(|assumed| assumed.starts_with("currency") && !assumed.contains('$'));
    assumed.map(|assumed| short_line(assumed, LONGEST_WORDS))
}

/// Gives the annual figures where they are not what the board states itself.
fn annual(salary: &Salary) -> Option<String> {
    let rule = salary.annual_basis.as_deref().filter(|rule| *rule != "stated")?;
    let whole = |figure: Option<f64>| figure.map(f64::round);
    let range = range(salary.currency.as_deref(), whole(salary.annual_min), whole(salary.annual_max))?;
    Some(format!("about {range} a year ({})", rule_words(rule)))
}

/// Writes `2080 h` as `2,080 h`; other rules stand as they are.
fn rule_words(rule: &str) -> String {
    let (number, rest) = rule.split_at(rule.find(|c: char| !c.is_ascii_digit()).unwrap_or(rule.len()));
    number.parse::<u32>().map_or_else(|_| short_line(rule, 40), |n| format!("{}{rest}", grouped(&n.to_string())))
}

/// Writes a range, a single figure, or one bound.
fn range(currency: Option<&str>, min: Option<f64>, max: Option<f64>) -> Option<String> {
    let figure = |figure: f64| amount(currency, figure);
    match (min, max) {
        (Some(low), Some(high)) if (low - high).abs() < 0.005 => figure(low),
        (Some(low), Some(high)) => Some(format!("{}-{}", figure(low)?, figure(high)?)),
        (Some(low), None) => Some(format!("from {}", figure(low)?)),
        (None, Some(high)) => Some(format!("up to {}", figure(high)?)),
        (None, None) => None,
    }
}

/// Writes one figure: `$24.50`, `$62,107`, `EUR 40,000`, `40,000`.
fn amount(currency: Option<&str>, figure: f64) -> Option<String> {
    if !figure.is_finite() || !(0.0..LARGEST_FIGURE).contains(&figure) {
        return None;
    }
    let text = format!("{figure:.2}");
    let (whole, cents) = text.split_once('.')?;
    let mut written = match currency {
        Some("USD") => "$".to_owned(),
        Some(code) => format!("{} ", short_line(code, 8)),
        None => String::new(),
    };
    written.push_str(&grouped(whole));
    if cents != "00" {
        written.push('.');
        written.push_str(cents);
    }
    Some(written)
}

/// Puts a comma between thousands.
fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Writes the unit behind a figure.
fn unit_words(unit: Option<PayUnit>) -> &'static str {
    match unit {
        Some(PayUnit::Hour) => " an hour",
        Some(PayUnit::Day) => " a day",
        Some(PayUnit::Week) => " a week",
        Some(PayUnit::Biweek) => " every two weeks",
        Some(PayUnit::Month) => " a month",
        Some(PayUnit::Year) => " a year",
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hourly(raw: &str) -> Salary {
        Salary {
            raw: raw.into(),
            currency: Some("USD".into()),
            min: Some(24.5),
            max: Some(31.75),
            unit: Some(PayUnit::Hour),
            annual_min: Some(50_960.0),
            annual_max: Some(66_040.0),
            basis: Basis::Stated,
            annual_basis: Some("2080 h".into()),
            implausible: None,
            assumptions: Vec::new(),
        }
    }

    #[test]
    fn the_boards_words_stand_and_the_year_is_labelled_as_derived() {
        let pay = pay(&hourly("$24.50-$31.75/hr")).unwrap();
        assert_eq!(pay.stated, "$24.50-$31.75/hr");
        assert_eq!(pay.derived.as_deref(), Some("about $50,960-$66,040 a year (2,080 h)"));
        assert_eq!(pay.note, None);
    }

    #[test]
    fn bare_figures_are_written_with_their_unit() {
        let mut salary = hourly("24.5 31.75 HOUR");
        assert_eq!(pay(&salary).unwrap().stated, "$24.50-$31.75 an hour");
        salary.min = None;
        assert_eq!(pay(&salary).unwrap().stated, "up to $31.75 an hour");
        (salary.min, salary.max, salary.unit) = (Some(1_234_567.0), Some(1_234_567.0), Some(PayUnit::Year));
        assert_eq!(pay(&salary).unwrap().stated, "$1,234,567 a year");
    }

    #[test]
    fn implausible_pay_is_shown_as_stated_with_a_note_and_no_derived_figure() {
        let salary = Salary { implausible: Some("below the federal minimum wage".into()), ..hourly("$1-$2/hr") };
        let pay = pay(&salary).unwrap();
        assert_eq!(pay.stated, "$1-$2/hr");
        assert_eq!(pay.derived, None);
        assert_eq!(pay.note.as_deref(), Some("shown as stated, but implausible: below the federal minimum wage"));
    }

    #[test]
    fn absurd_figures_never_print_hundreds_of_digits() {
        let salary = Salary { min: Some(f64::MAX), max: Some(f64::NAN), ..hourly("lots of money") };
        assert_eq!(pay(&salary).unwrap().stated, "lots of money");
        assert_eq!(pay(&Salary { raw: String::new(), min: None, max: None, ..hourly("") }), None);
    }
}
