//! Cuts a text into sentences, and a sentence into words and marks.

/// Bytes that a sentence is followed to at most; what is longer is no sentence.
const LONGEST: usize = 1_000;

/// One word, or one mark between words, in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// The letters, or the mark.
    pub(super) text: &'a str,
    /// Where it begins in the text, in bytes.
    pub(super) start: usize,
}

impl Word<'_> {
    /// Where it ends.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Tells whether it is a mark that ends a clause: `, ; : ( ) | /` or a dash between blanks.
    pub(super) fn is_mark(&self) -> bool {
        !self.text.starts_with(char::is_alphanumeric)
    }
}

/// Cuts a text in lower case into words and marks. A hyphen inside a word parts it without a mark
/// (`on-site` is two words); apostrophes stay.
pub(super) fn words_in(lower: &str) -> Vec<Word<'_>> {
    let mut words = Vec::with_capacity(lower.len() / 5 + 1);
    let mut chars = lower.char_indices().peekable();
    let mut after_letter = false;
    while let Some((start, c)) = chars.next() {
        if c.is_alphanumeric() {
            let mut end = start + c.len_utf8();
            while let Some((at, next)) = chars.next_if(|(_, next)| next.is_alphanumeric() || is_apostrophe(*next)) {
                end = at + next.len_utf8();
            }
            words.push(Word { text: lower.get(start..end).unwrap_or_default(), start });
            after_letter = true;
            continue;
        }
        let joins = c == '-' && after_letter && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !c.is_whitespace() && !joins {
            words.push(Word { text: lower.get(start..start + c.len_utf8()).unwrap_or_default(), start });
        }
        after_letter = false;
    }
    words
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

/// Tells whether the words at `at` are these, one after the other.
pub(super) fn is_at(words: &[Word<'_>], at: usize, phrase: &[&str]) -> bool {
    phrase.iter().enumerate().all(|(n, part)| words.get(at + n).is_some_and(|word| word.text == *part))
}

/// Cuts a text into lines and sentences, without those that are blank. An abbreviation's dot ends none.
pub(super) fn sentences_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| Sentences { rest: line }).map(str::trim).filter(|sentence| !sentence.is_empty())
}

/// The sentences of one line.
struct Sentences<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Sentences<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let end = sentence_end(self.rest);
        let (sentence, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        Some(sentence)
    }
}

fn sentence_end(line: &str) -> usize {
    let most = line.floor_char_boundary(LONGEST);
    let bytes = line.as_bytes();
    for (at, byte) in bytes.iter().enumerate().take(most) {
        let spaced = bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
        let ends = match byte {
            b'.' => spaced && !is_abbreviation(line.get(..at).unwrap_or_default()),
            b'!' | b'?' => spaced,
            _ => false,
        };
        if ends {
            return at + 1;
        }
    }
    most
}

/// Tells whether the dot behind these words belongs to an abbreviation: `St.`, `U.S.`, an initial.
fn is_abbreviation(before: &str) -> bool {
    const SHORT: [&str; 24] = [
        "st", "ft", "mt", "dr", "mr", "ms", "mrs", "inc", "co", "corp", "ltd", "e.g", "i.e", "vs", "approx", "no",
        "dept", "univ", "hosp", "u.s", "min", "max", "d.c", "hr",
    ];
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let initial = word.len() == 1 && word.bytes().all(|b| b.is_ascii_uppercase());
    initial || (word.len() <= 6 && SHORT.iter().any(|short| word.eq_ignore_ascii_case(short)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_and_marks_are_told_apart() {
        let texts = |text: &str| words_in(text).iter().map(|word| word.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(texts("on-site - we don't"), ["on", "site", "-", "we", "don't"]);
        assert_eq!(texts("ohio, usa (remote)"), ["ohio", ",", "usa", "(", "remote", ")"]);
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        let read: Vec<&str> = sentences_in("In St. Louis. Pays $22.50 an hour! Yes\n- Next").collect();
        assert_eq!(read, ["In St. Louis.", "Pays $22.50 an hour!", "Yes", "- Next"]);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_without_panic(text in "\\PC{0,80}|[a-z.,!?' \n-]{0,80}") {
            for sentence in sentences_in(&text) {
                for word in words_in(&sentence.to_lowercase()) {
                    prop_assert!(!word.text.is_empty());
                }
            }
        }
    }
}
