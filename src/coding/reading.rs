//! A posting's text made ready for coding: folded once, cut into sentences, each sentence told by
//! the heading it stands under.
//!
//! Folded means: lower case, apostrophes dropped, `&` written `and`, every other punctuation a
//! blank, blanks single, sentences separated by line breaks. Every folded byte knows where it stands
//! in the original, so that evidence is quoted as written.

use std::ops::Range;

/// What the part of a posting is about that a sentence stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Section {
    /// No heading says.
    #[default]
    Open,
    /// What one must have.
    Required,
    /// What helps.
    Preferred,
    /// What one does.
    Duties,
    /// What the employer gives.
    Benefits,
    /// What the employer is.
    About,
    /// How to apply, legal words.
    Apply,
}

/// One sentence, line or list item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Where it stands in the original text.
    pub(super) original: Range<usize>,
    /// Where it stands in the folded text.
    pub(super) folded: Range<usize>,
    /// The part it stands in.
    pub(super) section: Section,
    /// Whether it is a heading itself.
    pub(super) is_heading: bool,
}

/// A text made ready.
#[derive(Debug, Default)]
pub(super) struct Reading<'a> {
    /// The text as written.
    pub(super) original: &'a str,
    /// The text folded; sentences are separated by line breaks.
    pub(super) folded: String,
    /// Its sentences in order.
    pub(super) sentences: Vec<Sentence>,
    origins: Vec<u32>,
}

/// How much of a text is coded, in bytes; what stands behind repeats or is boilerplate.
const LONGEST: usize = 48 * 1024;
/// How long evidence may be, in bytes.
const LONGEST_EVIDENCE: usize = 240;

impl<'a> Reading<'a> {
    /// Makes a text ready.
    pub(super) fn of(text: &'a str) -> Self {
        let original = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text);
        let mut reading = Self {
            original,
            folded: String::with_capacity(original.len() + 16),
            sentences: Vec::with_capacity(original.len() / 60 + 1),
            origins: Vec::with_capacity(original.len() + 16),
        };
        let mut section = Section::Open;
        for range in sentence_ranges(original) {
            reading.take(range, &mut section);
        }
        reading
    }

    /// Gives the sentence that a place in the folded text lies in.
    pub(super) fn sentence_at(&self, at: usize) -> Option<&Sentence> {
        let index = self.sentences.partition_point(|sentence| sentence.folded.end <= at);
        self.sentences.get(index).filter(|sentence| sentence.folded.contains(&at))
    }

    /// Gives the number of that sentence.
    pub(super) fn sentence_index(&self, at: usize) -> Option<usize> {
        let index = self.sentences.partition_point(|sentence| sentence.folded.end <= at);
        self.sentences.get(index).filter(|sentence| sentence.folded.contains(&at)).map(|_| index)
    }

    /// Gives the words as written that a range of the folded text stands for.
    pub(super) fn written(&self, folded: &Range<usize>) -> &'a str {
        let start = self.origin(folded.start);
        let last = folded.end.saturating_sub(1).max(folded.start);
        let end = self.origin(last);
        let end = self.original.ceil_char_boundary(end + 1).min(self.original.len());
        self.original.get(start..end).unwrap_or_default()
    }

    /// Gives what stands in the original between two places of the folded text.
    pub(super) fn between(&self, from: usize, to: usize) -> &'a str {
        let start = self.origin(from.saturating_sub(1));
        let start = self.original.ceil_char_boundary((start + 1).min(self.original.len()));
        self.original.get(start..self.origin(to).max(start)).unwrap_or_default()
    }

    /// Gives the original place of a folded byte.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.origins.get(at).map_or(self.original.len(), |origin| *origin as usize)
    }

    /// Quotes the sentence around a place of the folded text, cut to a readable length.
    pub(super) fn evidence(&self, at: usize) -> String {
        let Some(sentence) = self.sentence_at(at) else { return String::new() };
        let text = self.original.get(sentence.original.clone()).unwrap_or_default();
        if text.len() <= LONGEST_EVIDENCE {
            return text.trim().to_owned();
        }
        let center = self.origin(at).saturating_sub(sentence.original.start);
        let start = text.floor_char_boundary(center.saturating_sub(LONGEST_EVIDENCE / 2));
        let end = text.floor_char_boundary((start + LONGEST_EVIDENCE).min(text.len()));
        let mut cut = text.get(start..end).unwrap_or_default();
        // Whole words only.
        if start > 0 {
            cut = cut.split_once(' ').map_or(cut, |(_, rest)| rest);
        }
        if end < text.len() {
            cut = cut.rsplit_once(' ').map_or(cut, |(rest, _)| rest);
        }
        let (head, tail) = (if start > 0 { "\u{2026} " } else { "" }, if end < text.len() { " \u{2026}" } else { "" });
        format!("{head}{}{tail}", cut.trim())
    }

    fn take(&mut self, range: Range<usize>, section: &mut Section) {
        let text = self.original.get(range.clone()).unwrap_or_default();
        let start = self.folded.len();
        fold_into(text, range.start, &mut self.folded, &mut self.origins);
        if self.folded.len() == start {
            return;
        }
        let end = self.folded.len();
        let folded = self.folded.get(start..end).unwrap_or_default();
        let stands_alone = self.stands_alone(&range);
        let (heading, is_heading) = heading_of(text, folded, stands_alone);
        if let Some(found) = heading {
            *section = found;
        } else if is_heading && (stands_alone || text.trim_end().ends_with(':')) {
            // An unknown heading ends what the last one opened.
            *section = Section::Open;
        }
        self.sentences.push(Sentence { original: range.clone(), folded: start..end, section: *section, is_heading });
        self.folded.push('\n');
        self.origins.push(u32::try_from(range.end).unwrap_or(u32::MAX));
    }

    /// Tells whether a line follows an empty one and heads further lines: a heading in plain words.
    fn stands_alone(&self, range: &Range<usize>) -> bool {
        let blank = |c: char| matches!(c, ' ' | '\t' | '\r');
        let before = self.original.get(..range.start).unwrap_or_default().trim_end_matches(blank);
        let behind = self.original.get(range.end..).unwrap_or_default().trim_start_matches(blank);
        let Some(next) = behind.strip_prefix('\n') else { return false };
        let opens = before.strip_suffix('\n').is_some_and(|rest| rest.trim_end_matches(blank).ends_with('\n'));
        opens && !next.trim_start_matches(blank).starts_with('\n') && !next.trim().is_empty()
    }
}

/// Folds a short text: a phrase of the vocabulary, a title.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, 0, &mut folded, &mut Vec::with_capacity(text.len()));
    folded
}

fn fold_into(text: &str, offset: usize, folded: &mut String, origins: &mut Vec<u32>) {
    let begin = folded.len();
    let mut gap = false;
    for (at, c) in text.char_indices() {
        let origin = u32::try_from(offset + at).unwrap_or(u32::MAX);
        let mut put = |letters: &str, gap: &mut bool| {
            if std::mem::take(gap) && folded.len() > begin {
                folded.push(' ');
                origins.push(origin);
            }
            folded.push_str(letters);
            origins.extend(std::iter::repeat_n(origin, letters.len()));
        };
        match c {
            'h' | 'H' | 'f' | 'F' | 'y' | 'Y' | 'm' | 'M' if is_glued_unit(text, at) => {
                gap = true;
                put(c.to_ascii_lowercase().encode_utf8(&mut [0; 4]), &mut gap);
            }
            'a'..='z' | '0'..='9' => put(c.encode_utf8(&mut [0; 4]), &mut gap),
            'A'..='Z' => put(c.to_ascii_lowercase().encode_utf8(&mut [0; 4]), &mut gap),
            '\'' | '\u{2019}' | '\u{2018}' => {}
            '&' => {
                gap = true;
                put("and", &mut gap);
                gap = true;
            }
            _ if c.is_alphanumeric() => {
                for lower in c.to_lowercase() {
                    put(lower.encode_utf8(&mut [0; 4]), &mut gap);
                }
            }
            _ => gap = true,
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

/// Cuts a text into sentences, lines and list items.
fn sentence_ranges(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut ranges = Vec::with_capacity(text.len() / 60 + 1);
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let end = line_start + line.len();
        cut_line(text, line_start..end, &mut ranges);
        line_start = end;
    }
    ranges.into_iter()
}

/// Ends a sentence at `. `, `! `, `? `, `; ` and bullets; an abbreviation's dot ends none.
fn cut_line(text: &str, line: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut start = line.start;
    let mut at = line.start;
    while at < line.end {
        let Some(found) = text.get(at..line.end).and_then(|rest| {
            rest.find(|c: char| {
                matches!(c, '.' | '!' | '?' | ';' | '\u{2022}' | '\u{b7}' | '\u{25cf}' | '\u{25aa}' | '\u{f0b7}')
            })
        }) else {
            break;
        };
        let mark = at + found;
        let width = text.get(mark..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        let next = bytes.get(mark + width).copied();
        let spaced = width > 1 || next.is_none_or(|b| b.is_ascii_whitespace());
        let ends = match bytes.get(mark) {
            Some(b'.') => spaced && !is_abbreviation(text, start, mark),
            _ => spaced,
        };
        at = mark + width;
        if ends {
            push_trimmed(text, start..at, ranges);
            start = at;
        }
    }
    push_trimmed(text, start..line.end, ranges);
}

fn push_trimmed(text: &str, range: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let part = text.get(range.clone()).unwrap_or_default();
    let trimmed = part.trim_start();
    let start = range.start + (part.len() - trimmed.len());
    let trimmed = trimmed.trim_end();
    if !trimmed.is_empty() {
        ranges.push(start..start + trimmed.len());
    }
}

/// Tells whether the dot belongs to an abbreviation: `St.`, `e.g.`, `Inc.`, an initial.
fn is_abbreviation(text: &str, start: usize, dot: usize) -> bool {
    const SHORT: [&str; 25] = [
        "st", "ft", "mt", "dr", "mr", "ms", "mrs", "inc", "co", "corp", "ltd", "e.g", "i.e", "vs", "approx", "no",
        "dept", "univ", "hosp", "jr", "sr", "u.s", "p.m", "a.m", "min",
    ];
    let before = text.get(start..dot).unwrap_or_default();
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    if word.len() == 1 && word.bytes().all(|b| b.is_ascii_uppercase()) {
        return true;
    }
    word.len() <= 6 && SHORT.iter().any(|short| word.eq_ignore_ascii_case(short))
}

/// Words of headings, folded, with the part that they open. The first that a heading holds decides.
const HEADINGS: [(&str, Section); 81] = [
    ("preferred", Section::Preferred),
    ("desired", Section::Preferred),
    ("desirable", Section::Preferred),
    ("nice to have", Section::Preferred),
    ("nice to haves", Section::Preferred),
    ("bonus points", Section::Preferred),
    ("a plus", Section::Preferred),
    ("pluses", Section::Preferred),
    ("would be great", Section::Preferred),
    ("sign on bonus", Section::Benefits),
    ("bonus", Section::Preferred),
    ("plus", Section::Preferred),
    ("nice", Section::Preferred),
    ("good to have", Section::Preferred),
    ("may have", Section::Preferred),
    ("may also have", Section::Preferred),
    ("would make us", Section::Preferred),
    ("extra points", Section::Preferred),
    ("benefits", Section::Benefits),
    ("perks", Section::Benefits),
    ("what we offer", Section::Benefits),
    ("we offer", Section::Benefits),
    ("what you get", Section::Benefits),
    ("what youll get", Section::Benefits),
    ("why join", Section::Benefits),
    ("why work", Section::Benefits),
    ("why you", Section::Benefits),
    ("our offer", Section::Benefits),
    ("what we give", Section::Benefits),
    ("you get", Section::Benefits),
    ("you receive", Section::Benefits),
    ("why us", Section::Benefits),
    ("total rewards", Section::Benefits),
    ("compensation", Section::Benefits),
    ("pay and", Section::Benefits),
    ("responsibilities", Section::Duties),
    ("duties", Section::Duties),
    ("essential functions", Section::Duties),
    ("job functions", Section::Duties),
    ("what you will do", Section::Duties),
    ("what youll do", Section::Duties),
    ("your role", Section::Duties),
    ("the role", Section::Duties),
    ("day to day", Section::Duties),
    ("job summary", Section::Duties),
    ("position summary", Section::Duties),
    ("job description", Section::Duties),
    ("position overview", Section::Duties),
    ("overview", Section::Duties),
    ("summary", Section::Duties),
    ("about you", Section::Required),
    ("about the role", Section::Duties),
    ("about the job", Section::Duties),
    ("about the position", Section::Duties),
    ("about the opportunity", Section::Duties),
    ("about this", Section::Duties),
    ("about us", Section::About),
    ("about the company", Section::About),
    ("who we are", Section::About),
    ("our mission", Section::About),
    ("about", Section::About),
    ("minimum", Section::Required),
    ("required", Section::Required),
    ("requirements", Section::Required),
    ("requirement", Section::Required),
    ("must have", Section::Required),
    ("must haves", Section::Required),
    ("basic qualifications", Section::Required),
    ("qualifications", Section::Required),
    ("what you bring", Section::Required),
    ("what youll bring", Section::Required),
    ("what you need", Section::Required),
    ("what youll need", Section::Required),
    ("what were looking for", Section::Required),
    ("who you are", Section::Required),
    ("skills", Section::Required),
    ("education", Section::Required),
    ("experience", Section::Required),
    ("certification", Section::Required),
    ("licensure", Section::Required),
    ("how to apply", Section::Apply),
];

/// Tells what a heading opens. A heading is a short line of its own, or what stands before a colon
/// at the head of a line.
fn heading_of(text: &str, folded: &str, stands_alone: bool) -> (Option<Section>, bool) {
    let trimmed = text.trim_end();
    let closed = trimmed.ends_with(':');
    let lead = text.split_once(':').map(|(lead, _)| lead).filter(|lead| lead.len() <= 48);
    let short = folded.len() <= 48
        && !trimmed.ends_with(['.', ';', ',', '!'])
        && !text.trim_start().starts_with(['-', '*', '\u{2022}']);
    let known = || HEADINGS.iter().any(|(words, _)| *words == folded);
    let lone = stands_alone && folded.split(' ').count() <= 8;
    let alone = short && (closed || is_title_case(text) || lone || known());
    if alone {
        return (section_of(folded), true);
    }
    // `Preferred: CCS` tells for its own line and for what follows.
    match lead.map(fold) {
        Some(lead) if lead.split(' ').count() <= 4 => (section_of(&lead), false),
        _ => (None, false),
    }
}

fn section_of(folded: &str) -> Option<Section> {
    HEADINGS.iter().find(|(words, _)| holds_words(folded, words)).map(|(_, section)| *section)
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

/// Tells whether most words of a line begin with a capital letter, as headings' do.
fn is_title_case(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().filter(|word| word.len() > 3).collect();
    let capital = words.iter().filter(|word| word.starts_with(|c: char| c.is_uppercase())).count();
    !words.is_empty() && words.len() <= 6 && capital == words.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_keeps_the_way_back() {
        let reading = Reading::of("Bachelor\u{2019}s degree & RHIT/RHIA.  Next one");
        assert_eq!(reading.folded, "bachelors degree and rhit rhia\nnext one\n");
        let at = reading.folded.find("rhit").unwrap();
        assert_eq!(reading.written(&(at..at + 4)), "RHIT");
        assert_eq!(reading.between(at + 4, at + 5), "/");
        assert_eq!(reading.evidence(at), "Bachelor\u{2019}s degree & RHIT/RHIA.");
    }

    #[test]
    fn units_are_parted_from_their_numbers() {
        assert_eq!(fold("40hrs, 20H/wk, 0.8FTE, 2yrs+"), "40 hrs 20 h wk 0 8 fte 2 yrs");
        assert_eq!(fold("3M, ICD10h, B2h, 4x10, 8mm, 401k, 1st"), "3m icd10h b2h 4x10 8mm 401k 1st");
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        let texts = |text: &str| -> Vec<String> {
            let reading = Reading::of(text);
            reading.sentences.iter().map(|s| text[s.original.clone()].to_owned()).collect()
        };
        assert_eq!(
            texts("One. Two! St. Louis is in the U.S. market."),
            ["One.", "Two!", "St. Louis is in the U.S. market."]
        );
        assert_eq!(texts("Pays $22.50 an hour; apply"), ["Pays $22.50 an hour;", "apply"]);
        assert_eq!(texts("On site. 37.5 hours. $19.10 hourly."), ["On site.", "37.5 hours.", "$19.10 hourly."]);
        assert_eq!(texts("- RHIT\n- CCS"), ["- RHIT", "- CCS"]);
        assert_eq!(texts("a \u{2022} b"), ["a \u{2022}", "b"]);
    }

    #[test]
    fn sections_follow_headings() {
        use Section::{Benefits, Preferred, Required};
        let text = "Requirements:\nRHIT\nPreferred Qualifications\nCCS\nBenefits\nTuition";
        let sections: Vec<Section> = Reading::of(text).sentences.iter().map(|s| s.section).collect();
        assert_eq!(sections, [Required, Required, Preferred, Preferred, Benefits, Benefits]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,200}|[A-Za-z.;:&'\u{2019}\u{2022}\n -]{0,200}") {
            let reading = Reading::of(&text);
            prop_assert_eq!(reading.folded.len(), reading.origins.len());
            for sentence in &reading.sentences {
                prop_assert!(!reading.written(&sentence.folded).is_empty());
                reading.evidence(sentence.folded.start);
            }
        }
    }
}
