//! A title made ready: abbreviations and typing errors written out, noise taken out, and the way
//! back to the words as written kept.

use std::collections::HashSet;
use std::ops::Range;

use serde::Deserialize;

use super::super::fold::fold;
use super::super::phrases::PhraseSet;

/// Forms of a word and how we write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpellingEntry {
    #[expect(dead_code, reason = "entries are laid over by it")]
    id: String,
    write: String,
    from: Vec<String>,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    source: String,
}

/// Words that say nothing of the work.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoiseEntry {
    #[expect(dead_code, reason = "entries are laid over by it")]
    id: String,
    #[serde(default)]
    exact_only: bool,
    words: Vec<String>,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    source: String,
}

/// Words that typing errors are mended to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyEntry {
    #[expect(dead_code, reason = "entries are laid over by it")]
    id: String,
    words: Vec<String>,
    but: Vec<String>,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    source: String,
}

/// A title, spelled out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TitleWords {
    /// The words, parted by blanks.
    pub(super) text: String,
    spans: Vec<Span>,
}

/// A word, and which part of the folded title it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    text: Range<usize>,
    folded: Range<usize>,
}

impl TitleWords {
    fn push(&mut self, word: &str, folded: Range<usize>) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(word);
        self.spans.push(Span { text: start..self.text.len(), folded });
    }

    /// Takes over the words of another title that lie in a part of it.
    fn push_part(&mut self, other: &Self, part: &Range<usize>) {
        for span in other.spans.iter().filter(|span| part.start <= span.text.start && span.text.end <= part.end) {
            self.push(other.text.get(span.text.clone()).unwrap_or_default(), span.folded.clone());
        }
    }

    /// Gives the part of the folded title that a range of the words stands for.
    pub(super) fn folded(&self, text: &Range<usize>) -> Range<usize> {
        let covered = || self.spans.iter().filter(|span| span.text.start < text.end && text.start < span.text.end);
        let start = covered().map(|span| span.folded.start).min().unwrap_or_default();
        start..covered().map(|span| span.folded.end).max().unwrap_or_default()
    }

    fn without(&self, noise: &PhraseSet<()>) -> Self {
        let hits = noise.longest(&self.text);
        let mut kept = Self::default();
        for span in &self.spans {
            let is_noise = hits.iter().any(|hit| hit.start <= span.text.start && span.text.end <= hit.end);
            if !is_noise {
                kept.push(self.text.get(span.text.clone()).unwrap_or_default(), span.folded.clone());
            }
        }
        kept
    }

    fn without_numbers(&self) -> Self {
        let mut kept = Self::default();
        for span in &self.spans {
            let word = self.text.get(span.text.clone()).unwrap_or_default();
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            // Numbers, and what mixes letters with many digits: a requisition's number.
            if digits < word.len() && digits < 3 {
                kept.push(word, span.folded.clone());
            }
        }
        kept
    }
}

/// How titles are written.
#[derive(Debug)]
pub(super) struct Spellings {
    forms: PhraseSet<u16>,
    writes: Vec<String>,
    noise: PhraseSet<()>,
    trimmed: PhraseSet<()>,
    keys: Vec<String>,
    known: HashSet<String>,
}

impl Spellings {
    /// Makes spellings and noise ready.
    pub(super) fn new(spellings: &[SpellingEntry], noise: &[NoiseEntry], keys: &[KeyEntry]) -> Self {
        let forms =
            spellings.iter().zip(0u16..).flat_map(|(entry, at)| entry.from.iter().map(move |form| (form.clone(), at)));
        let words = |exact_only: bool| {
            noise
                .iter()
                .filter(move |entry| entry.exact_only == exact_only)
                .flat_map(|entry| entry.words.iter().map(|word| (word.clone(), ())))
        };
        let mut ready = Self {
            forms: PhraseSet::new(forms),
            writes: spellings.iter().map(|entry| fold(&entry.write)).collect(),
            noise: PhraseSet::new(words(false)),
            trimmed: PhraseSet::new(words(true)),
            keys: keys.iter().flat_map(|entry| &entry.words).map(|word| fold(word)).collect(),
            known: HashSet::new(),
        };
        ready.learn(keys.iter().flat_map(|entry| entry.words.iter().chain(&entry.but)).map(String::as_str));
        let lone = spellings.iter().flat_map(|entry| &entry.from).filter(|form| !form.contains(' '));
        ready.learn(lone.map(String::as_str));
        ready
    }

    /// Spells a folded title out.
    pub(super) fn spell_out(&self, folded: &str) -> TitleWords {
        let mended = self.mend(folded);
        let mut words = TitleWords::default();
        let mut at = 0;
        for hit in self.forms.longest(&mended.text) {
            let Some(write) = self.writes.get(usize::from(hit.meaning)).filter(|_| hit.start >= at) else { continue };
            words.push_part(&mended, &(at..hit.start));
            let form = mended.folded(&(hit.start..hit.end));
            for word in write.split(' ') {
                words.push(word, form.clone());
            }
            at = hit.end;
        }
        words.push_part(&mended, &(at..mended.text.len()));
        words
    }

    /// Mends typing errors in words that are none of ours.
    fn mend(&self, folded: &str) -> TitleWords {
        let mut words = TitleWords::default();
        let mut at = 0;
        for word in folded.split([' ', '\n']) {
            if !word.is_empty() {
                let mended = if self.known.contains(word) { None } else { self.key_like(word) };
                words.push(mended.unwrap_or(word), at..at + word.len());
            }
            at += word.len() + 1;
        }
        words
    }

    fn key_like(&self, word: &str) -> Option<&str> {
        let near = |key: &&String| {
            let errors = if key.len() >= 11 { 2 } else { 1 };
            word.len() >= 6 && key.len().abs_diff(word.len()) <= errors && strsim::osa_distance(key, word) <= errors
        };
        self.keys.iter().find(near).map(String::as_str)
    }

    /// Makes words known that are no typing errors.
    pub(super) fn learn<'a>(&mut self, phrases: impl Iterator<Item = &'a str>) {
        for phrase in phrases {
            self.known.extend(fold(phrase).split(' ').map(str::to_owned));
        }
    }

    /// Spells a folded title out and takes the noise out.
    pub(super) fn read(&self, folded: &str) -> TitleWords {
        self.spell_out(folded).without(&self.noise)
    }

    /// Gives a title's core, by which it is looked up among the listed ones.
    pub(super) fn core(&self, words: &TitleWords) -> TitleWords {
        let core = words.without(&self.trimmed).without_numbers();
        if core.text.is_empty() { words.clone() } else { core }
    }

    /// Spells out a phrase of the vocabulary as titles are; one of noise alone stays as it is.
    pub(super) fn phrase(&self, phrase: &str) -> String {
        let folded = fold(phrase);
        let text = self.read(&folded).text;
        if text.is_empty() { folded } else { text }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::roles::tests::SPELLINGS;
    use super::*;

    #[test]
    fn abbreviations_are_written_out_and_noise_is_taken_out() {
        let spellings = &*SPELLINGS;
        let read = |title: &str| spellings.read(&fold(title)).text;
        assert_eq!(read("Supv MRT (Coder-OP)"), "supervisor medical records technician coder outpatient");
        assert_eq!(read("Now hiring! Remote Med Rec Spec - PRN"), "medical records specialist");
        assert_eq!(read("Inpatent Medcial Codign Specalist"), "inpatient medical coding specialist");
        assert_eq!(read("Technical Director, Billings"), "technical director billings");
        assert_eq!(read("Coder (Out/Inpat)"), "coder inpatient outpatient");
        let core = |title: &str| spellings.core(&spellings.read(&fold(title))).text;
        assert_eq!(core("Sr. Medical Coder II, RHIT - Req #R0012345"), "medical coder req");
        assert_eq!(core("RHIT"), "rhit");
    }

    #[test]
    fn the_way_back_leads_to_the_words_as_written() {
        let words = SPELLINGS.read("remote supv mrt");
        assert_eq!(words.text, "supervisor medical records technician");
        assert_eq!(words.folded(&(0..10)), 7..11);
        assert_eq!(words.folded(&(11..words.text.len())), 12..15);
    }

    proptest! {
        #[test]
        fn any_title_is_read_without_panic(title in "\\PC{0,120}") {
            let spellings = &*SPELLINGS;
            let words = spellings.read(&fold(&title));
            words.folded(&(0..words.text.len()));
            spellings.core(&words);
        }
    }
}
