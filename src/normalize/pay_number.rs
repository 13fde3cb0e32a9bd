//! Finds the numbers in a text that may be money: not grades, hours, years, times of day or names.

/// How many numbers of one text are looked at.
const MOST_NUMBERS: usize = 40;
/// Words that stand before the number of a grade, a room or the like.
const NUMBERED: [&str; 24] = [
    "grade",
    "level",
    "step",
    "gs",
    "gg",
    "wg",
    "ng",
    "nf",
    "series",
    "band",
    "tier",
    "class",
    "job",
    "req",
    "requisition",
    "id",
    "code",
    "number",
    "suite",
    "room",
    "icd",
    "fte",
    "phase",
    "title",
];
/// Words of time that make a number without a sign a length of time.
const LENGTHS: [&str; 15] = [
    "hours", "hrs", "years", "yrs", "days", "weeks", "months", "minutes", "mins", "shifts", "miles", "cpl", "am", "pm",
    "fte",
];

/// One number in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    /// Its value, `k` counted.
    pub(super) value: f64,
    /// The currency's sign before it.
    pub(super) sign: Option<char>,
    /// Whether it was written with a `k`.
    pub(super) thousands: bool,
    /// Whether it looks like an amount: decimals, or digits in groups.
    pub(super) amount: bool,
    /// Where it begins, with its sign, in bytes.
    pub(super) start: usize,
    /// Where it ends, with its `k`.
    pub(super) end: usize,
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

/// Finds the numbers that may be money, in order.
pub(super) fn numbers_in(text: &str) -> Vec<Number> {
    let mut numbers: Vec<(Number, bool)> = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(|c: char| c.is_ascii_digit())) {
        let start = at + found;
        at = start + 1;
        let Some(number) = number_at(text, start) else { continue };
        at = number.end.max(at);
        // `GS-9`, `R-10233` and `W2` are names.
        if !is_part_of_name(text, &number) && numbers.len() < MOST_NUMBERS {
            let other = number.sign.is_none() && (is_numbered(text, &number) || is_length(text, &number));
            numbers.push((number, other));
        }
    }
    // `20 - 25 hours a week`: the first is a length as the second is.
    for at in (1..numbers.len()).rev() {
        let (Some((second, true)), Some((first, false))) = (numbers.get(at).copied(), numbers.get(at - 1).copied())
        else {
            continue;
        };
        let gap = text.get(first.end..second.start).unwrap_or_default().trim();
        if first.sign.is_none() && matches!(gap, "-" | "\u{2013}" | "to" | "or") {
            numbers.get_mut(at - 1).into_iter().for_each(|first| first.1 = true);
        }
    }
    numbers.into_iter().filter(|(_, other)| !other).map(|(number, _)| number).collect()
}

fn is_part_of_name(text: &str, number: &Number) -> bool {
    let mut before = text.get(..number.start).unwrap_or_default().chars().rev();
    let joined = number.sign.is_none();
    match (before.next(), before.next()) {
        (Some(c), _) if joined && c.is_alphabetic() => true,
        (Some('-' | '\u{2013}'), Some(_)) if joined => follows_name(text.get(..number.start).unwrap_or_default()),
        // `8:00` is a time of day.
        (Some(':'), Some(c)) if joined => c.is_ascii_digit(),
        (Some('#' | '/' | '('), _) if joined => {
            !matches!(before.next(), Some('$')) && text.get(number.end..).is_some_and(|t| t.starts_with(')'))
        }
        _ => false,
    }
}

/// Tells whether what is joined to a number by dashes has letters: `GS-0675-`, but not `65K-`.
fn follows_name(before: &str) -> bool {
    let joined =
        before.rsplit(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '\u{2013}')).next().unwrap_or_default();
    joined.chars().any(|c| c.is_alphabetic() && !c.eq_ignore_ascii_case(&'k'))
}

/// Tells whether the number is a grade's, a step's, a room's: `Pay Grade 12`, `Level: 3`.
fn is_numbered(text: &str, number: &Number) -> bool {
    let before = text.get(..number.start).unwrap_or_default().trim_end_matches([' ', ':', '#', '.', '-']);
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    !number.amount && !number.thousands && NUMBERED.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Tells whether the number counts time or a share: `40 hours`, `8-hour shift`, `10%`, `8:00`.
fn is_length(text: &str, number: &Number) -> bool {
    let after = text.get(number.end..).unwrap_or_default();
    if after.starts_with(['%', ':', '\u{a2}']) || after.starts_with("(k)") {
        return true;
    }
    let after = after.get(..after.floor_char_boundary(30)).unwrap_or_default().to_ascii_lowercase();
    let mut words = after.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let near = !after.trim_start_matches([' ', '-', '+']).starts_with(['/', ',', '.', ';', '$', '(']);
    let single = matches!(first, "hour" | "hr" | "day" | "week" | "month" | "year")
        && matches!(second, "week" | "workweek" | "work" | "shift" | "shifts" | "day" | "schedule" | "experience");
    near && (single || LENGTHS.contains(&first))
}

/// Reads the number whose first digit stands at `start`, with its sign and its `k`.
fn number_at(text: &str, start: usize) -> Option<Number> {
    let bytes = text.as_bytes();
    let mut end = start;
    let mut digits = String::new();
    let (mut decimals, mut grouped) = (false, false);
    while let Some(byte) = bytes.get(end) {
        let followed = |count: usize| (1..=count).all(|n| bytes.get(end + n).is_some_and(u8::is_ascii_digit));
        match byte {
            b'0'..=b'9' => digits.push(char::from(*byte)),
            b',' if followed(3) && !decimals => grouped = true,
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
    let whole = text.get(..start)?;
    // `$.05` has no digit before its point.
    let (whole, decimals) =
        match whole.strip_suffix('.').filter(|lead| lead.ends_with(['$', ' ', '-', '\u{2013}']) && !decimals) {
            Some(lead) => {
                value = format!("0.{digits}").parse().ok()?;
                (lead, true)
            }
            None => (whole, decimals),
        };
    let lead = whole.trim_end_matches(' ');
    let sign = lead.chars().next_back().filter(|c| matches!(c, '$' | '\u{20ac}' | '\u{a3}'));
    let start = sign.map_or(whole.len(), |sign| lead.len() - sign.len_utf8());
    let (sign, end) = written_money(text, end, &mut value).map_or((sign, end), |end| (Some('$'), end));
    Some(Number { value, sign, thousands: k, amount: decimals || grouped, start, end })
}

/// Reads `dollars` or `cents` behind a number and gives where the word ends; cents are a hundredth.
fn written_money(text: &str, end: usize, value: &mut f64) -> Option<usize> {
    let tail = text.get(end..)?;
    let blanks = tail.len() - tail.trim_start_matches(' ').len();
    let word: String = tail.trim_start_matches(' ').chars().take_while(char::is_ascii_alphabetic).take(8).collect();
    match word.to_ascii_lowercase().as_str() {
        "dollar" | "dollars" => {}
        "cent" | "cents" => *value /= 100.0,
        _ => return None,
    }
    Some(end + blanks + word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<f64> {
        numbers_in(text).iter().map(|number| number.value).collect()
    }

    #[test]
    fn grades_hours_years_and_times_are_not_money() {
        for text in [
            "Pay Grade 12",
            "GS-9",
            "GS-0675-08",
            "40 hours per week",
            "20-25 hours",
            "12-hour shift",
            "3-5 years",
            "8:00",
            "8 am to 5 pm",
            "10%",
        ] {
            assert!(values(text).is_empty(), "{text}: {:?}", values(text));
        }
        assert_eq!(values("Grade 12: $58,240.00 - $87,360.00"), [58_240.0, 87_360.0]);
        assert_eq!(values("23 - 24 hour"), [23.0, 24.0]);
        assert_eq!(values("24.10/hr, 40 hours"), [24.1]);
        assert_eq!(values("9 cents or $.07-.08, 21 to 25 dollars"), [0.09, 0.07, 0.08, 21.0, 25.0]);
    }

    #[test]
    fn plain_numbers_have_nothing_beside_them() {
        assert_eq!(plain_number("55756.0"), Some(55_756.0));
        assert_eq!(plain_number("$60,100.00"), Some(60_100.0));
        assert_eq!(plain_number(" 0.0 "), Some(0.0));
        assert_eq!(plain_number("$53,088 - $78,703*"), None);
        assert_eq!(plain_number("N/A"), None);
    }
}
