//! Texts folded for comparing: lower case, apostrophes dropped, `&` written `and`, every other
//! punctuation a blank, blanks single, units parted from their numbers.

/// Folds a short text: a phrase of the vocabulary, a title.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, 0, &mut folded, &mut Vec::with_capacity(text.len()));
    folded
}

/// Folds a text that stands at an offset into what is folded so far, with the place of each byte.
pub(super) fn fold_into(text: &str, offset: usize, folded: &mut String, origins: &mut Vec<u32>) {
    let mut into = Folded { text: folded, origins, begin: 0, gap: false };
    into.begin = into.text.len();
    for (at, c) in text.char_indices() {
        let origin = u32::try_from(offset + at).unwrap_or(u32::MAX);
        match c {
            'h' | 'H' | 'f' | 'F' | 'y' | 'Y' | 'm' | 'M' => {
                into.gap |= is_glued_unit(text, at);
                into.letter(c.to_ascii_lowercase(), origin);
            }
            'a'..='z' | '0'..='9' => into.letter(c, origin),
            'A'..='Z' => into.letter(c.to_ascii_lowercase(), origin),
            '\'' | '\u{2019}' | '\u{2018}' => {}
            '&' => {
                into.gap = true;
                "and".chars().for_each(|letter| into.letter(letter, origin));
                into.gap = true;
            }
            _ if c.is_alphanumeric() => c.to_lowercase().for_each(|lower| into.letter(lower, origin)),
            _ => into.gap = true,
        }
    }
}

/// A text that is being folded.
struct Folded<'a> {
    text: &'a mut String,
    origins: &'a mut Vec<u32>,
    begin: usize,
    /// Whether a blank is owed before the next letter.
    gap: bool,
}

impl Folded<'_> {
    fn letter(&mut self, letter: char, origin: u32) {
        if std::mem::take(&mut self.gap) && self.text.len() > self.begin {
            self.text.push(' ');
            self.origins.push(origin);
        }
        self.text.push(letter);
        // The usual letter is one byte.
        self.origins.push(origin);
        for _ in 1..letter.len_utf8() {
            self.origins.push(origin);
        }
    }
}

/// Tells whether a unit begins here that is glued to its number: `40hrs`, `0.8FTE`, `2yrs`.
fn is_glued_unit(text: &str, at: usize) -> bool {
    const UNITS: [&str; 14] =
        ["h", "hr", "hrs", "hour", "hours", "fte", "yr", "yrs", "year", "years", "mo", "mos", "month", "months"];
    let (before, unit) = text.split_at(at);
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let word = before.bytes().rev().nth(digits).is_some_and(|byte| byte.is_ascii_alphabetic());
    if !(1..=2).contains(&digits) || word {
        return false;
    }
    let end = unit.find(|c: char| !c.is_alphanumeric()).unwrap_or(unit.len());
    let unit = unit.get(..end).unwrap_or_default();
    UNITS.iter().any(|known| known.eq_ignore_ascii_case(unit))
}

/// Tells whether a folded text holds these words, whole.
pub(super) fn holds_words(folded: &str, words: &str) -> bool {
    let bytes = folded.as_bytes();
    let is_edge = |byte: Option<&u8>| byte.is_none_or(|b| matches!(b, b' ' | b'\n'));
    let begins = |at: usize| bytes.get(at..).is_some_and(|rest| rest.starts_with(words.as_bytes()));
    // Only where a word begins: this is asked of every short line for every heading.
    let starts = memchr::memchr2_iter(b' ', b'\n', bytes).map(|blank| blank + 1);
    std::iter::once(0).chain(starts).any(|at| begins(at) && is_edge(bytes.get(at + words.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_parted_from_their_numbers() {
        assert_eq!(fold("40hrs, 20H/wk, 0.8FTE, 2yrs+"), "40 hrs 20 h wk 0 8 fte 2 yrs");
        assert_eq!(fold("3M, ICD10h, B2h, 4x10, 8mm, 401k, 1st"), "3m icd10h b2h 4x10 8mm 401k 1st");
    }
}
