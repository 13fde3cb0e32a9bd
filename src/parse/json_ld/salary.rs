//! `baseSalary` in all the shapes boards give it. Figures are copied, never computed; what is not
//! plainly a figure stays a text.

use super::value::Ld;
use crate::model::RawSalary;

/// Nesting that a salary needs; what lies deeper is not one.
const MAX_DEPTH: usize = 4;

/// Reads a `MonetaryAmount`, a `QuantitativeValue`, a number, or a text. Figures that are all zero
/// are how forms say "none".
pub(super) fn raw_salary(value: &Ld<'_>, currency: Option<&Ld<'_>>) -> Option<RawSalary> {
    let mut salary = RawSalary::default();
    fill(&mut salary, value, MAX_DEPTH);
    let figures = [&salary.min, &salary.max, &salary.value];
    let stated: Vec<&String> = figures.into_iter().flatten().collect();
    let only_zeros = !stated.is_empty() && stated.iter().all(|figure| is_zero(figure));
    if salary.text.is_none() && (stated.is_empty() || only_zeros) {
        return None;
    }
    salary.currency = salary.currency.or_else(|| Some(currency?.words()?.into_owned()));
    Some(salary)
}

fn fill(salary: &mut RawSalary, value: &Ld<'_>, depth: usize) {
    match value {
        Ld::Number(number) => set(&mut salary.value, Some(number.clone())),
        Ld::Text(_) => {
            if let Some(words) = value.words() {
                let target = if is_figure(&words) { &mut salary.value } else { &mut salary.text };
                set(target, Some(words.into_owned()));
            }
        }
        Ld::List(items) => items.iter().take(1).for_each(|item| fill(salary, item, depth)),
        Ld::Object(_) if depth > 0 => fill_from_object(salary, value, depth),
        _ => {}
    }
}

fn fill_from_object(salary: &mut RawSalary, value: &Ld<'_>, depth: usize) {
    let words = |names: &[&str]| names.iter().find_map(|name| Some(value.get(name)?.words()?.into_owned()));
    set(&mut salary.currency, words(&["currency", "priceCurrency", "salaryCurrency"]));
    set(&mut salary.unit, words(&["unitText", "unitCode"]));
    let (min, max) = (words(&["minValue", "minPrice"]), words(&["maxValue", "maxPrice"]));
    let odd = [&min, &max].into_iter().flatten().any(|bound| !is_figure(bound));
    if odd {
        // One bound that is no figure makes both doubtful: they stay words.
        let text = [min, max].into_iter().flatten().collect::<Vec<_>>().join(" - ");
        set(&mut salary.text, Some(text));
    } else {
        set(&mut salary.min, min);
        set(&mut salary.max, max);
    }
    for inner in ["value", "price"].iter().filter_map(|name| value.get(name)) {
        fill(salary, inner, depth - 1);
    }
}

/// Sets what is not yet set.
fn set(target: &mut Option<String>, value: Option<String>) {
    if target.is_none() {
        *target = value;
    }
}

/// Tells whether a text is one plain figure, its currency sign and thousands separators aside.
fn is_figure(text: &str) -> bool {
    let digits = text.trim().trim_start_matches("USD").trim_end_matches("USD").trim().trim_start_matches('$').trim();
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'.'));
    plain
        && digits.bytes().next().is_some_and(|b| b.is_ascii_digit())
        && digits.bytes().filter(|b| *b == b'.').count() < 2
}

fn is_zero(figure: &str) -> bool {
    !figure.bytes().any(|b| (b'1'..=b'9').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn salary(json: &str) -> Option<RawSalary> {
        raw_salary(&Ld::strict(json).unwrap(), None)
    }

    #[test]
    fn a_monetary_amount_gives_its_bounds_unit_and_currency() {
        let json = r#"{"@type":"MonetaryAmount","currency":"USD","value":{"@type":"QuantitativeValue","minValue":24.5,"maxValue":"31.75","unitText":"HOUR"}}"#;
        let found = salary(json).unwrap();
        assert_eq!((found.min.as_deref(), found.max.as_deref()), (Some("24.5"), Some("31.75")));
        assert_eq!((found.currency.as_deref(), found.unit.as_deref()), (Some("USD"), Some("HOUR")));
        assert_eq!((found.value, found.text), (None, None));
    }

    #[test]
    fn single_figures_and_texts_are_told_apart() {
        assert_eq!(salary("51626.0").unwrap().value.as_deref(), Some("51626"));
        assert_eq!(salary("\"$52,000\"").unwrap().value.as_deref(), Some("$52,000"));
        assert_eq!(salary("\"50000-60000\"").unwrap().text.as_deref(), Some("50000-60000"));
        let found = salary(r#"{"value":{"value":"$53,088 - $78,703*"}}"#).unwrap();
        assert_eq!((found.value, found.text.as_deref()), (None, Some("$53,088 - $78,703*")));
    }

    #[test]
    fn zeros_and_nothing_are_no_salary() {
        assert_eq!(salary(r#"{"value":{"minValue":0.0,"maxValue":0.0,"unitText":"Hourly Wage"}}"#), None);
        assert_eq!(salary(r#"{"value":{"minValue":null,"maxValue":null,"unitText":""}}"#), None);
        assert_eq!(salary(r#"{"currency":"USD"}"#), None);
        assert_eq!(salary("\"N/A\""), None);
    }

    #[test]
    fn bounds_that_are_no_figures_stay_words() {
        let found = salary(r#"{"value":{"minValue":"up to 50k","maxValue":60000}}"#).unwrap();
        assert_eq!((found.min, found.max), (None, None));
        assert_eq!(found.text.as_deref(), Some("up to 50k - 60000"));
    }
}
