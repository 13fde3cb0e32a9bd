//! Turns a board's pay into figures, unit and currency, with a year's figures beside them.
//!
//! Stated figures are never altered. What cannot be meant is flagged and kept.

use super::line::{clean_text, is_placeholder};
use super::notes::Notes;
use super::pay_annual::{annualize, implausible, unit_by_size};
use super::pay_choice::{Statement, chosen};
use super::pay_clause::Subject;
use super::pay_number::plain_number;
use super::pay_text::all_figures;
use super::pay_unit::{UNPAID, UnitReading, unit_of};
use crate::model::{Basis, EmploymentType, Field, Place, RawSalary, Salary};

/// What the rest of a posting says that pay is judged by.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PayContext<'a> {
    /// Federal hours apply.
    pub(super) federal: bool,
    /// The work is in the US, as far as anything says.
    pub(super) in_us: bool,
    /// The employment types.
    pub(super) types: &'a [EmploymentType],
    /// The places, by which the job's own range is found among several.
    pub(super) places: &'a [Place],
    /// The title, likewise.
    pub(super) title: Option<&'a str>,
}

/// Pay as read, before it is judged.
#[derive(Clone, Debug)]
pub(super) struct PayReading {
    /// The board's words.
    pub(super) raw: String,
    /// The lower bound.
    pub(super) min: Option<f64>,
    /// The upper bound.
    pub(super) max: Option<f64>,
    /// The unit.
    pub(super) unit: UnitReading,
    /// The currency's code or sign.
    pub(super) currency: Option<String>,
    /// What else had to be assumed to read it.
    pub(super) assumption: Option<&'static str>,
}

/// Reads the pay that a board states in fields of its own.
pub(super) fn base_salary(raw: Option<&RawSalary>, context: PayContext<'_>, notes: &mut Notes) -> Field<Salary> {
    let Some(words) = raw.and_then(words_of) else { return Field::default() };
    let Some(reading) = raw.and_then(|raw| reading_of(raw, &words, context)) else {
        // Words without a digit (`Competitive`, `DOE`) say that nothing is said.
        if words.bytes().any(|b| b.is_ascii_digit()) && !is_placeholder(&words) {
            notes.unread("baseSalary", &words, "is no pay");
        }
        return Field::unread(words);
    };
    if let UnitReading::NotTime(UNPAID) = reading.unit {
        return Field { evidence: Some(UNPAID.to_owned()), ..Field::unread(words) };
    }
    if reading.min.is_none() && reading.max.is_none() {
        return Field::unread(words);
    }
    let salary = judged(reading, context);
    Field { raw: Some(words), basis: salary.basis, evidence: None, value: Some(salary) }
}

/// Writes what the board shows: its text, or its parts side by side.
fn words_of(raw: &RawSalary) -> Option<String> {
    let text = raw.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if let Some(text) = text {
        return Some(text.to_owned());
    }
    let bounds: Vec<&str> = [&raw.min, &raw.max, &raw.value].into_iter().flatten().map(|part| part.trim()).collect();
    let figures = bounds.join("-");
    let words: Vec<&str> = [raw.currency.as_deref(), Some(figures.as_str()), raw.unit.as_deref()]
        .into_iter()
        .flatten()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let unpaid = raw.unit.as_deref().is_some_and(|unit| unit_of(unit) == UnitReading::NotTime(UNPAID));
    (!figures.is_empty() || unpaid).then(|| words.join(" "))
}

/// Reads figures from the parts, or else from the text; `None` when there are none.
fn reading_of(raw: &RawSalary, words: &str, context: PayContext<'_>) -> Option<PayReading> {
    let part = |part: &Option<String>| part.as_deref().and_then(plain_number);
    let single = part(&raw.value);
    let (min, max) = (part(&raw.min).or(single), part(&raw.max).or(single));
    let stated_unit = raw.unit.as_deref().map_or(UnitReading::Silent, unit_of);
    let currency = raw.currency.clone();
    if min.is_some() || max.is_some() {
        let text = raw.text.as_deref().filter(|_| stated_unit == UnitReading::Silent);
        let unit = text.map_or(stated_unit, unit_in_text);
        return Some(PayReading {
            raw: words.to_owned(),
            min: positive(min),
            max: positive(max),
            unit,
            currency,
            assumption: None,
        });
    }
    let sources = [&raw.text, &raw.value, &raw.min, &raw.max];
    let read = sources.into_iter().flatten().find_map(|text| reading_of_text(text, words, context));
    match read {
        Some(reading) => {
            let unit = if stated_unit == UnitReading::Silent { reading.unit } else { stated_unit };
            Some(PayReading { unit, currency: currency.or(reading.currency), ..reading })
        }
        None if stated_unit == UnitReading::NotTime(UNPAID) || unit_of(words) == UnitReading::NotTime(UNPAID) => {
            let unit = UnitReading::NotTime(UNPAID);
            Some(PayReading { raw: words.to_owned(), min: None, max: None, unit, currency, assumption: None })
        }
        None => None,
    }
}

fn positive(figure: Option<f64>) -> Option<f64> {
    figure.filter(|figure| *figure > 0.0)
}

/// Reads the unit of a text whose figures the board gives apart.
fn unit_in_text(text: &str) -> UnitReading {
    let units = all_figures(text).into_iter().map(|figures| figures.unit);
    let beside = units.into_iter().find(|unit| *unit != UnitReading::Silent);
    beside.unwrap_or_else(|| if text.bytes().any(|b| b.is_ascii_digit()) { UnitReading::Silent } else { unit_of(text) })
}

/// Reads the pay that a board's text states.
fn reading_of_text(text: &str, words: &str, context: PayContext<'_>) -> Option<PayReading> {
    let text = clean_text(text)?;
    let found = all_figures(&text);
    let mut statements = Vec::with_capacity(found.len());
    let mut before_end = 0;
    for (at, figures) in found.iter().enumerate() {
        let next = found.get(at + 1).map_or(text.len(), |next| next.start);
        if figures.subject != Subject::Other {
            statements.push(Statement::new(&text, figures.clone(), before_end, next));
        }
        before_end = figures.unit_end;
    }
    let (statement, assumption) = chosen(statements, context)?;
    let figures = statement.figures;
    Some(PayReading {
        raw: words.to_owned(),
        min: positive(figures.min),
        max: positive(figures.max),
        unit: figures.unit,
        currency: written_currency(&text, figures.sign),
        assumption,
    })
}

fn written_currency(text: &str, sign: Option<char>) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    let code = ["USD", "CAD", "EUR", "GBP", "AUD"].into_iter().find(|code| upper.contains(code));
    let code = code.or_else(|| (upper.contains("C$") || upper.contains("CA$")).then_some("CAD"));
    code.map(str::to_owned).or_else(|| sign.map(String::from))
}

/// Judges a reading: order, currency, unit, a year's figures, plausibility.
pub(super) fn judged(reading: PayReading, context: PayContext<'_>) -> Salary {
    let mut assumptions: Vec<String> = reading.assumption.map(str::to_owned).into_iter().collect();
    let (mut min, mut max) = (reading.min, reading.max);
    if let (Some(low), Some(high)) = (min, max)
        && low > high
    {
        (min, max) = (Some(high), Some(low));
        assumptions.push("bounds were stated in reverse order".to_owned());
    }
    let currency = currency_code(reading.currency.as_deref(), context.in_us, &mut assumptions);
    let (unit, basis) = match reading.unit {
        UnitReading::Time(unit) => (Some(unit), Basis::Stated),
        UnitReading::NotTime(why) => {
            assumptions.push(why.to_owned());
            (None, Basis::Stated)
        }
        UnitReading::Silent => match unit_by_size(min, max) {
            Some(unit) => {
                assumptions.push(format!("unit {} taken from the size of the figures", unit.as_str()));
                (Some(unit), Basis::Derived)
            }
            None => (None, Basis::Stated),
        },
    };
    let mut salary = Salary {
        raw: reading.raw,
        currency,
        min,
        max,
        unit,
        annual_min: None,
        annual_max: None,
        basis,
        annual_basis: None,
        implausible: unit.and_then(|unit| implausible(unit, min, max)),
        assumptions,
    };
    annualize(&mut salary, context);
    salary
}

fn currency_code(stated: Option<&str>, in_us: bool, assumptions: &mut Vec<String>) -> Option<String> {
    let stated = stated.map(|text| text.trim().to_ascii_uppercase()).unwrap_or_default();
    match stated.as_str() {
        "US$" | "US DOLLAR" | "US DOLLARS" | "DOLLARS" if in_us => return Some("USD".to_owned()),
        "\u{20ac}" => return Some("EUR".to_owned()),
        "\u{a3}" => return Some("GBP".to_owned()),
        code if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) => return Some(stated),
        _ => {}
    }
    if !in_us {
        return None;
    }
    let from =
        if stated == "$" { "currency taken from `$` and country US" } else { "currency assumed from country US" };
    assumptions.push(from.to_owned());
    Some("USD".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::PayUnit;

    const US: PayContext<'_> = PayContext { federal: false, in_us: true, types: &[], places: &[], title: None };
    const FEDERAL: PayContext<'_> = PayContext { federal: true, ..US };

    fn text(text: &str) -> Field<Salary> {
        let raw = RawSalary { text: Some(text.to_owned()), ..RawSalary::default() };
        base_salary(Some(&raw), US, &mut Notes::default())
    }

    fn coded(min: &str, max: &str, unit: &str, context: PayContext<'_>) -> Field<Salary> {
        let word = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let raw = RawSalary { min: word(min), max: word(max), unit: word(unit), ..RawSalary::default() };
        base_salary(Some(&raw), context, &mut Notes::default())
    }

    fn value(field: Field<Salary>) -> Salary {
        field.value.unwrap()
    }

    #[test]
    fn pay_in_one_text_is_read_with_its_unit() {
        for (words, min, max, unit) in [
            ("$22.50-$31.75/hr", Some(22.5), Some(31.75), Some(PayUnit::Hour)),
            ("$21-$25 per hour", Some(21.0), Some(25.0), Some(PayUnit::Hour)),
            ("$65K-$85K", Some(65_000.0), Some(85_000.0), Some(PayUnit::Year)),
            ("up to $45.00/hour DOE", None, Some(45.0), Some(PayUnit::Hour)),
            ("from $20", Some(20.0), None, Some(PayUnit::Hour)),
            ("$60,100.00 - $76,200.00 (Yearly Salary)", Some(60_100.0), Some(76_200.0), Some(PayUnit::Year)),
            ("$55,000 - $65,000 Per Year", Some(55_000.0), Some(65_000.0), Some(PayUnit::Year)),
            ("$53,088 - $78,703*", Some(53_088.0), Some(78_703.0), Some(PayUnit::Year)),
            ("$25.00/hr - 40 hours per week", Some(25.0), Some(25.0), Some(PayUnit::Hour)),
            ("$5,000", Some(5_000.0), Some(5_000.0), None),
            ("$0.08 per line", Some(0.08), Some(0.08), None),
        ] {
            let salary = value(text(words));
            assert_eq!((salary.min, salary.max, salary.unit), (min, max, unit), "{words}");
            assert_eq!((salary.raw.as_str(), salary.currency.as_deref()), (words, Some("USD")));
        }
    }

    #[test]
    fn words_without_figures_are_unread_and_no_problem() {
        let mut notes = Notes::default();
        for words in ["Competitive", "DOE", "Commensurate with experience", "N/A", "Negotiable"] {
            let raw = RawSalary { text: Some(words.to_owned()), ..RawSalary::default() };
            let field = base_salary(Some(&raw), US, &mut notes);
            assert_eq!((field.value, field.raw.as_deref()), (None, Some(words)));
        }
        assert!(notes.problems.is_empty());
        let raw = RawSalary { text: Some("see 401(k) plan".to_owned()), ..RawSalary::default() };
        assert!(base_salary(Some(&raw), US, &mut notes).value.is_none());
        assert_eq!(notes.problems.len(), 1);
        assert!(base_salary(Some(&RawSalary::default()), US, &mut notes).is_empty());
    }

    #[test]
    fn federal_pay_by_year_and_hour_is_annualized_at_2087_hours() {
        let yearly = value(coded("55756.0", "143598.0", "PA", FEDERAL));
        assert_eq!((yearly.annual_min, yearly.annual_basis.as_deref()), (Some(55_756.0), Some("stated")));
        assert_eq!(value(coded("55756.0", "143598.0", "Per Year", FEDERAL)).unit, yearly.unit);
        let hourly = value(coded("17.50", "", "PH", FEDERAL));
        assert_eq!((hourly.annual_min, hourly.annual_basis.as_deref()), (Some(36_522.5), Some("2087 h")));
        let other = value(coded("24.5", "31.75", "HOUR", US));
        assert_eq!((other.annual_min, other.annual_max), (Some(50_960.0), Some(66_040.0)));
        assert_eq!(other.annual_basis.as_deref(), Some("2080 h"));
    }

    #[test]
    fn piece_work_fees_stipends_and_school_years_have_no_annual_figure() {
        for unit in ["PW", "FB", "ST", "SY"] {
            let salary = value(coded("20", "30", unit, FEDERAL));
            assert_eq!((salary.unit, salary.annual_max, salary.min), (None, None, Some(20.0)), "{unit}");
        }
        let unpaid = coded("0.0", "0.0", "WC", FEDERAL);
        assert_eq!((unpaid.value, unpaid.evidence.as_deref()), (None, Some(UNPAID)));
    }

    #[test]
    fn zero_is_no_pay() {
        assert!(coded("0.0", "0", "PA", FEDERAL).value.is_none());
        let one_side = value(coded("0", "60000", "Yearly Salary", US));
        assert_eq!((one_side.min, one_side.max), (None, Some(60_000.0)));
    }

    #[test]
    fn implausible_pay_is_flagged_kept_and_not_annualized() {
        for (min, max, unit) in [
            ("32.0", "38.0", "PA"),
            ("1.0", "150000", "PA"),
            ("5", "6", "PH"),
            ("20", "200", "PH"),
            ("20000", "90000", "PA"),
        ] {
            let salary = value(coded(min, max, unit, FEDERAL));
            assert!(
                salary.implausible.is_some() && salary.annual_max.is_none() && salary.min.is_some(),
                "{min}-{max} {unit}"
            );
        }
    }

    #[test]
    fn bounds_in_reverse_are_put_in_order_and_said() {
        let salary = value(coded("$76,200", "$60,100", "YEAR", US));
        assert_eq!((salary.min, salary.max), (Some(60_100.0), Some(76_200.0)));
        assert!(salary.assumptions.iter().any(|said| said.contains("reverse")));
    }

    #[test]
    fn hours_that_are_unknown_give_no_annual_figure() {
        for kind in [EmploymentType::PerDiem, EmploymentType::PartTime, EmploymentType::Contractor] {
            let types = [kind];
            let salary = value(coded("24", "30", "HOUR", PayContext { types: &types, ..US }));
            assert_eq!(salary.annual_max, None, "{kind:?}");
        }
        let both = [EmploymentType::FullTime, EmploymentType::PartTime];
        assert!(value(coded("24", "30", "HOUR", PayContext { types: &both, ..US })).annual_max.is_some());
    }

    #[test]
    fn a_missing_currency_is_assumed_only_in_the_us() {
        let abroad = PayContext { in_us: false, ..US };
        assert_eq!(value(coded("24", "30", "HOUR", abroad)).currency, None);
        let salary = value(coded("24", "30", "HOUR", US));
        assert_eq!(salary.currency.as_deref(), Some("USD"));
        assert_eq!(salary.assumptions, ["currency assumed from country US"]);
        assert_eq!(value(text("\u{20ac}40,000 per year")).currency.as_deref(), Some("EUR"));
        assert_eq!(value(text("40,000 CAD per year")).currency.as_deref(), Some("CAD"));
    }

    proptest! {
        #[test]
        fn any_pay_is_judged_without_panic(min in "\\PC{0,12}|[0-9.,$k]{0,9}", max in "[0-9.,$kK-]{0,12}", unit in "\\PC{0,9}|PA|PH|WC") {
            let field = coded(&min, &max, &unit, US);
            if let Some(salary) = field.value {
                prop_assert!(salary.min.is_none_or(|figure| figure > 0.0));
                prop_assert!(salary.min.zip(salary.max).is_none_or(|(low, high)| low <= high));
            }
        }
    }
}
