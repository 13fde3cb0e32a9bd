//! Cuts a sentence into words and marks.

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

    proptest! {
        #[test]
        fn any_text_is_cut_without_panic(text in "\\PC{0,80}|[a-z.,!?' \n-]{0,80}") {
            for word in words_in(&text.to_lowercase()) {
                prop_assert!(!word.text.is_empty());
            }
        }
    }
}
