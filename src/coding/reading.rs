//! A posting's text made ready for coding: folded once, cut into sentences, each sentence told by
//! the heading it stands under.
//!
//! Every folded byte knows where it stands in the original, so that evidence is quoted as written.

use std::ops::Range;

use super::fold::fold_into;
use super::headings::{Section, heading_of};
use super::sentences::sentence_ranges;

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
