//! Numbers as postings write them: in digits, spelled out, both at once, as ranges.

use super::super::reading::Reading;

/// A number, or the lower one of a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    /// The lower figure.
    pub(super) least: f64,
    /// Where its words begin in the folded text.
    pub(super) start: usize,
}

/// A word of the folded text and where it begins.
#[derive(Clone, Copy, Debug)]
struct Word<'a> {
    text: &'a str,
    start: usize,
}

const SPELLED: [(&str, f64); 24] = [
    ("zero", 0.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("fifteen", 15.0),
    ("eighteen", 18.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("thirty six", 36.0),
    ("forty", 40.0),
    ("a", 1.0),
    ("an", 1.0),
    ("half", 0.5),
    ("several", f64::NAN),
    ("twenty four", 24.0),
];

/// Words between a number and its unit: "one full year".
const FILLERS: [&str; 9] = ["full", "plus", "calendar", "consecutive", "time", "recent", "solid", "of", "total"];

/// Reads the number whose words end before a place of the folded text, within its line.
pub(super) fn number_before(reading: &Reading<'_>, at: usize) -> Option<Number> {
    let line = reading.folded.get(..at)?;
    let line_start = line.rfind('\n').map_or(0, |end| end + 1);
    let mut words = words_back(line.get(line_start..)?, line_start).peekable();
    for _ in 0..3 {
        if words.peek().is_some_and(|word| FILLERS.contains(&word.text)) {
            words.next();
        }
    }
    // "2 or more years"; but "2 more years" come on top of others.
    if words.next_if(|word| matches!(word.text, "more" | "greater")).is_some() {
        words.next_if(|word| word.text == "or")?;
    }
    let high = words.next()?;
    let high_value = value(high.text)?;
    let mut number = Number { least: high_value, start: high.start };
    // "two (2)": the same figure twice.
    if let Some(same) = words.next_if(|word| value(word.text) == Some(high_value)) {
        number.start = same.start;
    }
    if let Some(fraction) = words.peek().and_then(|whole| decimal(reading, *whole, number.start, high)) {
        return Some(fraction);
    }
    let point = reading.original.get(..reading.origin(number.start)).is_some_and(|before| before.ends_with('.'));
    if point && high.text.len() <= 2 {
        return format!("0.{}", high.text).parse().ok().map(|least| Number { least, start: number.start });
    }
    Some(range_start(&mut words, number, reading).unwrap_or(number))
}

/// Reads a number whose words begin at a place of the folded text: "FTE: 0.6".
pub(super) fn number_after(reading: &Reading<'_>, at: usize) -> Option<f64> {
    let line = reading.folded.get(at..)?.split('\n').next()?;
    let start = at + (line.len() - line.trim_start().len());
    let mut words = line.trim_start().split(' ');
    let first = words.next()?;
    let whole = value(first)?;
    let second = words.next().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let dot = start + first.len();
    match second {
        Some(part) if reading.between(dot, dot + 1) == "." => format!("{first}.{part}").parse().ok(),
        _ => Some(whole),
    }
}

fn words_back(line: &str, offset: usize) -> impl Iterator<Item = Word<'_>> {
    let mut end = line.len();
    std::iter::from_fn(move || {
        let head = line.get(..end)?.trim_end_matches(' ');
        if head.is_empty() {
            return None;
        }
        let start = head.rfind(' ').map_or(0, |blank| blank + 1);
        end = start;
        Some(Word { text: head.get(start..)?, start: offset + start })
    })
}

fn value(word: &str) -> Option<f64> {
    if word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return word.parse().ok();
    }
    SPELLED.iter().find(|(spelled, _)| *spelled == word).map(|(_, value)| *value).filter(|value| !value.is_nan())
}

/// Reads `1.5`, which is folded to `1 5`.
fn decimal(reading: &Reading<'_>, whole: Word<'_>, part_start: usize, part: Word<'_>) -> Option<Number> {
    let digits = |word: &str| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let end = whole.start + whole.text.len();
    let dotted = digits(whole.text) && digits(part.text) && reading.between(end, part_start) == ".";
    let least = format!("{}.{}", whole.text, part.text).parse().ok().filter(|_| dotted)?;
    Some(Number { least, start: whole.start })
}

/// Reads the lower figure of "3-5", "three to five", "between 2 and 4".
fn range_start<'a>(
    words: &mut std::iter::Peekable<impl Iterator<Item = Word<'a>>>,
    high: Number,
    reading: &Reading<'_>,
) -> Option<Number> {
    let joint = words.peek().copied()?;
    if value(joint.text).is_some() {
        let between = reading.between(joint.start + joint.text.len(), high.start);
        let dash = ['-', '\u{2013}', '\u{2014}', '/', '\u{2012}', '\u{2212}'];
        return between.contains(dash).then(|| value(joint.text)).flatten().and_then(|least| lower(least, joint, high));
    }
    if !["to", "or", "through", "thru", "and"].contains(&joint.text) {
        return None;
    }
    words.next();
    let low = words.next()?;
    let least = value(low.text)?;
    let begin = words.next_if(|word| value(word.text) == Some(least)).unwrap_or(low);
    let is_range = joint.text != "and" || words.peek().is_some_and(|word| word.text == "between");
    if is_range { lower(least, begin, high) } else { None }
}

fn lower(least: f64, word: Word<'_>, high: Number) -> Option<Number> {
    (least <= high.least).then_some(Number { least, start: word.start })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn before(text: &str, unit: &str) -> Option<f64> {
        let reading = Reading::of(text);
        let at = reading.folded.find(unit)?;
        number_before(&reading, at).map(|number| number.least)
    }

    #[test]
    fn numbers_are_read_however_they_are_written() {
        for (text, wanted) in [
            ("2 years", 2.0),
            ("3-5 years", 3.0),
            ("3 \u{2013} 5 years", 3.0),
            ("two (2) years", 2.0),
            ("two (2) to three (3) years", 2.0),
            ("between 2 and 4 years", 2.0),
            ("1.5 years", 1.5),
            ("2 or more years", 2.0),
            ("at least five plus years", 5.0),
            ("one full year", 1.0),
            ("1+ year", 1.0),
            ("RHIT and three or more years", 3.0),
            ("RHIT and 2 years", 2.0),
        ] {
            assert_eq!(before(text, "year"), Some(wanted), "{text}");
        }
        assert_eq!(before("many years", "year"), None);
        assert_eq!(before("two more years", "year"), None);
        assert_eq!(before(".5 FTE", "fte"), Some(0.5));
        assert_eq!(before("0.6 FTE", "fte"), Some(0.6));
    }

    #[test]
    fn numbers_behind_are_read_too() {
        let reading = Reading::of("FTE: 0.75, hours 36");
        assert_eq!(number_after(&reading, 3), Some(0.75));
        assert_eq!(number_after(&reading, reading.folded.find("hours").unwrap() + 5), Some(36.0));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[0-9a-z.,/ ()\u{2013}-]{0,40} years") {
            before(&text, "years");
            let reading = Reading::of(&text);
            number_after(&reading, 0);
        }
    }
}
