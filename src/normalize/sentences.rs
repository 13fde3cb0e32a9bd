//! A description cut into sentences once, for every field that reads plain words.

use memchr::memmem;

/// How much of a description is read for plain statements, in bytes; what stands behind repeats.
const LONGEST_TEXT: usize = 24 * 1024;
/// Bytes that a sentence is followed to at most; what is longer is no sentence.
const LONGEST: usize = 1_000;

/// A text's lines and sentences, in order, without those that are blank.
#[derive(Debug)]
pub(super) struct Sentences<'a> {
    text: &'a str,
    lower: String,
    cuts: Vec<(usize, usize)>,
}

/// One sentence, as written and in lower case.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sentence<'a, 'b> {
    /// As written.
    pub(super) written: &'a str,
    /// In lower case, with the same places of its bytes.
    pub(super) lower: &'b str,
    /// What follows its beginning in the text, as written.
    pub(super) onward: &'a str,
}

impl<'a> Sentences<'a> {
    /// Cuts a text.
    pub(super) fn of(text: &'a str) -> Self {
        let text = text.get(..text.floor_char_boundary(LONGEST_TEXT)).unwrap_or(text);
        let mut cuts = Vec::with_capacity(text.len() / 60 + 1);
        let mut line_start = 0;
        for line in text.split_inclusive('\n') {
            let mut start = 0;
            while start < line.len() {
                let rest = line.get(start..).unwrap_or_default();
                let taken = sentence_end(rest).max(1);
                let part = rest.get(..taken).unwrap_or(rest);
                let begin = line_start + start + (part.len() - part.trim_start().len());
                let trimmed = part.trim();
                if !trimmed.is_empty() {
                    cuts.push((begin, begin + trimmed.len()));
                }
                start += part.len();
            }
            line_start += line.len();
        }
        Self { text, lower: text.to_ascii_lowercase(), cuts }
    }

    /// Gives all of them.
    pub(super) fn all<'b>(&'b self) -> impl Iterator<Item = Sentence<'a, 'b>> + 'b {
        self.cuts.iter().filter_map(|cut| self.at(*cut))
    }

    /// Tells whether the text holds these lower-case words anywhere.
    pub(super) fn holds(&self, words: &str) -> bool {
        memmem::find(self.lower.as_bytes(), words.as_bytes()).is_some()
    }

    /// Gives those that hold any of these lower-case words.
    pub(super) fn holding<'b>(&'b self, words: &[&str]) -> impl Iterator<Item = Sentence<'a, 'b>> + 'b {
        let mut found: Vec<usize> = words
            .iter()
            .flat_map(|word| memmem::find_iter(self.lower.as_bytes(), word.as_bytes()))
            .map(|place| self.cuts.partition_point(|cut| cut.1 <= place))
            .collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|index| self.cuts.get(index).and_then(|cut| self.at(*cut)))
    }

    fn at(&self, (start, end): (usize, usize)) -> Option<Sentence<'a, '_>> {
        Some(Sentence {
            written: self.text.get(start..end)?,
            lower: self.lower.get(start..end)?,
            onward: self.text.get(start..)?,
        })
    }
}

/// Ends a sentence at `. `, `! `, `? `; an abbreviation's dot ends none.
fn sentence_end(line: &str) -> usize {
    let most = line.floor_char_boundary(LONGEST);
    let bytes = line.as_bytes();
    let mut from = 0;
    while let Some(found) = bytes.get(from..most).and_then(|rest| memchr::memchr3(b'.', b'!', b'?', rest)) {
        let at = from + found;
        let spaced = bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
        let abbreviated = bytes.get(at) == Some(&b'.') && is_abbreviation(line.get(..at).unwrap_or_default());
        if spaced && !abbreviated {
            return at + 1;
        }
        from = at + 1;
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
    fn sentences_end_where_people_end_them() {
        let text = "In St. Louis. Pays $22.50 an hour! Yes\n- Next";
        let sentences = Sentences::of(text);
        let read: Vec<&str> = sentences.all().map(|sentence| sentence.written).collect();
        assert_eq!(read, ["In St. Louis.", "Pays $22.50 an hour!", "Yes", "- Next"]);
        let held: Vec<&str> = sentences.holding(&["next", "louis", "st."]).map(|sentence| sentence.written).collect();
        assert_eq!(held, ["In St. Louis.", "- Next"]);
        assert!(sentences.holds("hour") && !sentences.holds("Yes"));
    }

    proptest! {
        #[test]
        fn any_text_is_cut_without_panic(text in "\\PC{0,80}|[a-z.,!?' \n-]{0,80}") {
            let sentences = Sentences::of(&text);
            for sentence in sentences.all().chain(sentences.holding(&["a", ".", "b"])) {
                prop_assert!(!sentence.written.is_empty() && sentence.written.len() == sentence.lower.len());
            }
        }
    }
}
