//! Finds the figures of pay in a text: `$24.50 - $31.75/hr`, `$65K-$85K`, `up to $45.00/hour DOE`.

/// The longest text that is searched.
const LONGEST: usize = 1_000;
/// Words near a figure that make it something else than pay.
pub(super) const NOT_PAY: [&str; 14] = [
    "bonus",
    "sign-on",
    "sign on",
    "401",
    "403(b)",
    "referral",
    "revenue",
    "budget",
    "tuition",
    "reimburse",
    "relocation",
    "million",
    "billion",
    "stipend",
];

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
    /// Where the figures begin, in bytes.
    pub(super) start: usize,
    /// Where they end.
    pub(super) end: usize,
}

/// One number in a text.
#[derive(Clone, Copy, Debug)]
struct Number {
    value: f64,
    sign: Option<char>,
    thousands: bool,
    start: usize,
    end: usize,
}

/// Reads a text that is one number and nothing else: `55756.0`, `$60,100.00`, `65k`.
pub(super) fn plain_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = number_at(text, text.find(|c: char| c.is_ascii_digit())?)?;
    let around = [text.get(..number.start)?, text.get(number.end..)?];
    around
        .iter()
        .all(|rest| rest.trim_matches(['*', '+', ' ']).is_empty() || is_currency_word(rest))
        .then_some(number.value)
}

fn is_currency_word(text: &str) -> bool {
    matches!(text.trim().to_ascii_lowercase().as_str(), "usd" | "us" | "dollars")
}

/// Finds the first pay in a text; `None` when no figure can be pay.
pub(super) fn figures_in(text: &str) -> Option<Figures> {
    let text = text.get(..text.floor_char_boundary(LONGEST))?;
    let numbers: Vec<Number> = numbers_in(text).into_iter().filter(|number| !speaks_of_other(text, number)).collect();
    let signed = numbers.iter().any(|number| number.sign.is_some());
    let first_at = numbers.iter().position(|number| !signed || number.sign.is_some())?;
    let first = *numbers.get(first_at)?;
    let second = numbers.get(first_at + 1).filter(|second| {
        let gap = text.get(first.end..second.start).unwrap_or_default();
        // `$25.00/hr - 40 hours`: once the first has its unit, the second is money only with a sign.
        let alike =
            first.sign.is_none() || second.sign.is_some() || !gap.chars().any(|c| c == '/' || c.is_alphabetic());
        is_range_gap(gap) && (alike || matches!(gap.trim(), "to" | "and" | "through" | "thru" | "up to"))
    });
    Some(match second {
        Some(second) => range_of(first, *second),
        None => bound_of(text, first),
    })
}

fn range_of(first: Number, second: Number) -> Figures {
    // `65-85K` means thousands on both sides.
    let scale = if second.thousands && !first.thousands && first.value < 1_000.0 { 1_000.0 } else { 1.0 };
    Figures {
        min: Some(first.value * scale),
        max: Some(second.value),
        sign: first.sign.or(second.sign),
        is_range: true,
        start: first.start,
        end: second.end,
    }
}

/// Reads a single figure: a bound where the words say so (`up to`, `from`, `$20+`), both otherwise.
fn bound_of(text: &str, number: Number) -> Figures {
    let before = text.get(..number.start).unwrap_or_default().to_ascii_lowercase();
    let before = before.trim_end_matches([' ', ':']);
    let after = text.get(number.end..).unwrap_or_default().trim_start().to_ascii_lowercase();
    let ends = |words: &[&str]| words.iter().any(|word| before.ends_with(word));
    let upper = ends(&["up to", "upto", "maximum", "max", "max.", "as much as", "no more than"]);
    let lower = ends(&[
        "from",
        "starting at",
        "starts at",
        "start at",
        "at least",
        "minimum",
        "min",
        "min.",
        "starting",
        "base of",
    ]) || after.starts_with('+')
        || after.starts_with("and up")
        || after.starts_with("or more");
    let value = Some(number.value);
    Figures {
        min: if upper { None } else { value },
        max: if lower && !upper { None } else { value },
        sign: number.sign,
        is_range: false,
        start: number.start,
        end: number.end,
    }
}

/// Tells whether what stands between two figures makes them a range.
fn is_range_gap(gap: &str) -> bool {
    const WORDS: [&str; 24] = [
        "to", "and", "through", "thru", "up", "per", "hour", "hr", "hourly", "year", "yr", "annually", "an", "a",
        "usd", "max", "maximum", "month", "week", "day", "k", "annual", "h", "y",
    ];
    if gap.len() > 40 {
        return false;
    }
    let lower = gap.to_lowercase();
    let separated = lower.contains(['-', '\u{2013}', '\u{2014}', '~', '\u{2212}'])
        || lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| matches!(word, "to" | "and" | "through" | "thru" | "max" | "maximum"));
    separated && lower.split(|c: char| !c.is_alphanumeric()).all(|word| word.is_empty() || WORDS.contains(&word))
}

/// Tells whether the words right around a figure make it a bonus, a plan's name or the like.
fn speaks_of_other(text: &str, number: &Number) -> bool {
    let from = text.floor_char_boundary(number.start.saturating_sub(28));
    let to = text.ceil_char_boundary((number.end + 18).min(text.len()));
    let before = text.get(from..number.start).unwrap_or_default();
    // A sentence or clause that has ended does not speak of this figure.
    let before = before.rsplit([';', '|', '\n']).next().unwrap_or_default();
    let after = text.get(number.end..to).unwrap_or_default();
    let after = after.split([';', '|', '\n', ',', '.', '$', '+', '/']).next().unwrap_or_default();
    // A unit, or a further benefit, ends what speaks of this figure.
    let after =
        [" per ", " an ", " plus"].iter().fold(after, |after, word| after.split(word).next().unwrap_or_default());
    let around = format!("{before}\u{1f}{after}").to_ascii_lowercase();
    NOT_PAY.iter().any(|word| around.contains(word)) || after.trim_start().starts_with('%') || after.starts_with("(k)")
}

fn numbers_in(text: &str) -> Vec<Number> {
    let mut numbers = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(|c: char| c.is_ascii_digit())) {
        let start = at + found;
        match number_at(text, start) {
            Some(number) => {
                at = number.end.max(start + 1);
                // `GS-9`, `R-10233` and `W2` are names.
                if !is_part_of_name(text, &number) {
                    numbers.push(number);
                }
            }
            None => at = start + 1,
        }
    }
    numbers
}

fn is_part_of_name(text: &str, number: &Number) -> bool {
    let mut before = text.get(..number.start).unwrap_or_default().chars().rev();
    let joined = number.sign.is_none();
    match (before.next(), before.next()) {
        (Some(c), _) if joined && c.is_alphabetic() => true,
        (Some('-' | '\u{2013}'), Some(c)) if joined => c.is_alphabetic() && !c.eq_ignore_ascii_case(&'k'),
        (Some('#' | '/' | '('), _) if joined => {
            !matches!(before.next(), Some('$')) && text.get(number.end..).is_some_and(|t| t.starts_with(')'))
        }
        _ => false,
    }
}

/// Reads the number whose first digit stands at `start`, with its sign and its `k`.
fn number_at(text: &str, start: usize) -> Option<Number> {
    let bytes = text.as_bytes();
    let mut end = start;
    let mut digits = String::new();
    let mut decimals = false;
    while let Some(byte) = bytes.get(end) {
        let followed = |count: usize| (1..=count).all(|n| bytes.get(end + n).is_some_and(u8::is_ascii_digit));
        match byte {
            b'0'..=b'9' => digits.push(char::from(*byte)),
            b',' if followed(3) && !decimals => {}
            b'.' if followed(1) && !decimals => {
                decimals = true;
                digits.push('.');
            }
            _ => break,
        }
        end += 1;
    }
    if digits.len() > 15 {
        return None;
    }
    let mut value: f64 = digits.parse().ok()?;
    let k = matches!(bytes.get(end), Some(b'k' | b'K')) && !bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
    if k {
        value *= 1_000.0;
        end += 1;
    }
    let lead = text.get(..start)?.trim_end_matches(' ');
    let sign = lead.chars().next_back().filter(|c| matches!(c, '$' | '\u{20ac}' | '\u{a3}'));
    let start = sign.map_or(start, |sign| lead.len() - sign.len_utf8());
    Some(Number { value, sign, thousands: k, start, end })
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
            ("$60,100.00 - $76,200.00 (Yearly Salary)", 60_100.0, 76_200.0),
            ("$55,000 - $65,000 Per Year", 55_000.0, 65_000.0),
            ("$53,088 - $78,703*", 53_088.0, 78_703.0),
            ("23 - 24 hour", 23.0, 24.0),
            ("Salary: GS-9 $60,000 to $70,000 annually", 60_000.0, 70_000.0),
            ("$25.00 per hour to $30.00 per hour", 25.0, 30.0),
            ("Min $20.10 max $30", 20.1, 30.0),
            ("55.000 \u{2013} 60,000", 55.0, 60_000.0),
        ] {
            assert_eq!(bounds(text), Some((Some(min), Some(max))), "{text}");
        }
    }

    #[test]
    fn single_figures_are_both_bounds_unless_words_say_otherwise() {
        assert_eq!(bounds("$15.00 Per Hour"), Some((Some(15.0), Some(15.0))));
        assert_eq!(bounds("up to $45.00/hour DOE"), Some((None, Some(45.0))));
        assert_eq!(bounds("from $20"), Some((Some(20.0), None)));
        assert_eq!(bounds("$20+/hr"), Some((Some(20.0), None)));
        assert_eq!(bounds("Starting at $50K"), Some((Some(50_000.0), None)));
    }

    #[test]
    fn other_money_and_names_with_digits_are_not_pay() {
        for text in ["Competitive", "DOE", "401(k)", "GS-09 to GS-11", "$5,000 sign-on bonus", "R-10233", "10%", ""] {
            assert_eq!(bounds(text), None, "{text}");
        }
        assert_eq!(bounds("Sign-on bonus $5,000; $25/hr"), Some((Some(25.0), Some(25.0))));
        assert_eq!(bounds("$25/hr plus 401(k), $2,000 referral bonus"), Some((Some(25.0), Some(25.0))));
        assert_eq!(bounds("$25/hr, 40 hours per week"), Some((Some(25.0), Some(25.0))));
    }

    #[test]
    fn plain_numbers_have_nothing_beside_them() {
        assert_eq!(plain_number("55756.0"), Some(55_756.0));
        assert_eq!(plain_number("$60,100.00"), Some(60_100.0));
        assert_eq!(plain_number(" 0.0 "), Some(0.0));
        assert_eq!(plain_number("$53,088 - $78,703*"), None);
        assert_eq!(plain_number("N/A"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,80}|([$]|[0-9]{1,4}|[,.kK-]| to |up to|bonus|/hr|é){0,20}") {
            let _ = plain_number(&text);
            if let Some(figures) = figures_in(&text) {
                prop_assert!(text.get(figures.start..figures.end).is_some());
            }
        }
    }
}
