//! Texts taken apart into words exactly as the database's text index does it (FTS5, `unicode61
//! remove_diacritics 2`), so that what is matched in memory is what a search finds.

use std::sync::LazyLock;

use super::letters::{FOLDS, LETTERS, MARKS};

/// The longest word in bytes; FTS5 cuts longer ones (`FTS5_MAX_TOKEN_SIZE`).
const LONGEST_WORD: usize = 32_768;

/// Hands the words of a text to a function, folded: case and accents gone, in order.
pub fn each_word(text: &str, mut each: impl FnMut(&str)) {
    let mut word = String::new();
    let mut inside = false;
    for letter in text.chars() {
        let folded = match letter {
            'a'..='z' | '0'..='9' => Folded::Letter(letter),
            'A'..='Z' => Folded::Letter(letter.to_ascii_lowercase()),
            '\0'..='\x7f' => Folded::Between,
            _ => TABLE.fold(letter),
        };
        match folded {
            Folded::Letter(letter) => {
                inside = true;
                word.push(letter);
            }
            // A mark goes on with a word and begins none.
            Folded::Mark if inside => {}
            Folded::Mark | Folded::Between => {
                if inside {
                    each(cut(&word));
                }
                word.clear();
                inside = false;
            }
        }
    }
    if inside {
        each(cut(&word));
    }
}

/// Gives the words of a text, folded.
#[must_use]
pub fn words_of(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_word(text, |word| words.push(word.to_owned()));
    words
}

fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(LONGEST_WORD)]
}

/// What a character is to a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Folded {
    /// A part of it, as this.
    Letter(char),
    /// Dropped, and the word goes on.
    Mark,
    /// Its end.
    Between,
}

/// A range of characters that become others.
struct Fold {
    from: u32,
    to: u32,
    step: u32,
    target: u32,
    /// Whether each becomes one as far on from the target, not the target itself.
    moves: bool,
}

/// The tables, read once.
struct Table {
    letters: Vec<(u32, u32)>,
    marks: Vec<(u32, u32)>,
    folds: Vec<Fold>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table {
    letters: LETTERS.split_whitespace().filter_map(range).collect(),
    marks: MARKS.split_whitespace().filter_map(range).collect(),
    folds: FOLDS.split_whitespace().filter_map(fold).collect(),
});

fn number(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 16).ok()
}

fn range(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    Some((number(from)?, number(to)?))
}

fn fold(text: &str) -> Option<Fold> {
    let moves = text.contains('>');
    let (range_text, target) = text.split_once(['>', '='])?;
    let (range_text, step) = range_text.split_once('/').map_or((range_text, 1), |(range, _)| (range, 2));
    let (from, to) = range(range_text)?;
    Some(Fold { from, to, step, target: number(target)?, moves })
}

impl Table {
    fn fold(&self, letter: char) -> Folded {
        let code = u32::from(letter);
        if within(&self.marks, code) {
            return Folded::Mark;
        }
        if !within(&self.letters, code) {
            return Folded::Between;
        }
        let at = self.folds.partition_point(|fold| fold.to < code);
        let fold = self.folds.get(at).filter(|fold| fold.from <= code && (code - fold.from).is_multiple_of(fold.step));
        let target = fold.map(|fold| fold.target + if fold.moves { code - fold.from } else { 0 });
        Folded::Letter(target.and_then(char::from_u32).unwrap_or(letter))
    }
}

fn within(ranges: &[(u32, u32)], code: u32) -> bool {
    let at = ranges.partition_point(|(_, to)| *to < code);
    ranges.get(at).is_some_and(|(from, _)| *from <= code)
}

/// How many texts of a job have words: title, organization, place, body.
pub const TEXTS: usize = 4;

/// The words of a job's texts with their places, ready to be looked up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobWords {
    letters: String,
    /// Distinct words in order.
    words: Vec<Word>,
    /// Where they stand, for each word in rising order: the text in the two upper bits, the place in it.
    places: Vec<u32>,
}

/// One distinct word.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Word {
    /// Its first eight bytes, by which most comparisons end.
    head: u64,
    start: u32,
    len: u32,
    /// Where its places begin.
    first: u32,
}

/// Above a place's number stands its text's.
const TEXT_SHIFT: u32 = 30;

impl JobWords {
    /// Takes texts apart: title, organization, place, body.
    #[must_use]
    pub fn of(texts: [&str; TEXTS]) -> Self {
        let mut all = String::with_capacity(texts.iter().map(|text| text.len()).sum());
        let mut found: Vec<(u64, u32, u32, u32)> = Vec::new();
        for (column, text) in (0_u32..).zip(texts) {
            let mut place = column << TEXT_SHIFT;
            each_word(text, |word| {
                found.push((word_head(word), small(all.len()), small(word.len()), place));
                all.push_str(word);
                place += 1;
            });
        }
        let text = |(_, start, len, _): &(u64, u32, u32, u32)| slice(&all, *start, *len);
        found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| text(a).cmp(text(b))).then(a.3.cmp(&b.3)));
        let mut words = Self { places: Vec::with_capacity(found.len()), ..Self::default() };
        for one in &found {
            let word = text(one);
            if words.words.last().is_none_or(|last| words.text(last) != word) {
                let (start, first) = (small(words.letters.len()), small(words.places.len()));
                words.letters.push_str(word);
                words.words.push(Word { head: one.0, start, len: one.2, first });
            }
            words.places.push(one.3);
        }
        words
    }

    /// Gives every distinct word, in order.
    pub fn distinct(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| self.text(word))
    }

    /// Gives every distinct word with its head, in order.
    pub fn distinct_with_heads(&self) -> impl Iterator<Item = (u64, &str)> {
        self.words.iter().map(|word| (word.head, self.text(word)))
    }

    /// Tells whether the words stand next to each other in one text, in this order; with `prefix`, the
    /// last may go on.
    #[must_use]
    pub fn has(&self, phrase: &[String], prefix: bool) -> bool {
        self.ends(phrase, prefix).next().is_some()
    }

    /// Tells in which texts a phrase stands.
    #[must_use]
    pub fn texts_with(&self, phrase: &[String], prefix: bool) -> [bool; TEXTS] {
        let mut texts = [false; TEXTS];
        for end in self.ends(phrase, prefix) {
            if let Some(text) = texts.get_mut((end >> TEXT_SHIFT) as usize) {
                *text = true;
            }
        }
        texts
    }

    /// Gives the places where a phrase ends.
    fn ends(&self, phrase: &[String], prefix: bool) -> impl Iterator<Item = u32> {
        let (ends, before) = match phrase.split_last() {
            Some((last, before)) if prefix => (self.places_beginning(last), before),
            Some((last, before)) => (self.places_of(last), before),
            None => (&[][..], phrase),
        };
        // A word alone is asked for most often; then nothing is gathered.
        let before: Vec<&[u32]> = before.iter().map(|word| self.places_of(word)).collect();
        ends.iter().copied().filter(move |end| {
            before.iter().rev().zip(1..).all(|(places, back): (_, u32)| {
                // Places of different texts are far apart, so that no phrase crosses from one into another.
                end.checked_sub(back).is_some_and(|place| places.binary_search(&place).is_ok())
            })
        })
    }

    fn text(&self, word: &Word) -> &str {
        slice(&self.letters, word.start, word.len)
    }

    fn from(&self, wanted: &str) -> usize {
        let wanted_head = word_head(wanted);
        self.words
            .partition_point(|word| word.head < wanted_head || (word.head == wanted_head && self.text(word) < wanted))
    }

    fn places_of(&self, wanted: &str) -> &[u32] {
        let at = self.from(wanted);
        match self.words.get(at) {
            Some(word) if self.text(word) == wanted => &self.places[word.first as usize..self.places_end(at)],
            _ => &[],
        }
    }

    fn places_end(&self, at: usize) -> usize {
        self.words.get(at + 1).map_or(self.places.len(), |next| next.first as usize)
    }

    fn places_beginning(&self, beginning: &str) -> &[u32] {
        let from = self.from(beginning);
        let begin = self.words[from..].iter().take_while(|word| self.text(word).starts_with(beginning)).count();
        let Some(first) = self.words.get(from).filter(|_| begin > 0) else { return &[] };
        &self.places[first.first as usize..self.places_end(from + begin - 1)]
    }
}

/// Gives a word's first eight bytes as a number that orders as words do; shorter words are told apart by it.
#[must_use]
pub fn word_head(word: &str) -> u64 {
    let mut bytes = [0; 8];
    for (place, byte) in bytes.iter_mut().zip(word.bytes()) {
        *place = byte;
    }
    u64::from_be_bytes(bytes)
}

fn slice(text: &str, start: u32, len: u32) -> &str {
    text.get(start as usize..(start + len) as usize).unwrap_or_default()
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(phrase: &str) -> Vec<String> {
        words_of(phrase)
    }

    #[test]
    fn words_are_cut_and_folded_as_the_text_index_does_it() {
        assert_eq!(words("Hôpital St. Mary's ICD-10-CM ½"), ["hopital", "st", "mary", "s", "icd", "10", "cm", "½"]);
        assert_eq!(words("e\u{301}clair \u{301}x ÆØß İ"), ["eclair", "x", "æøß", "i"]);
        assert_eq!(words(" -- "), Vec::<String>::new());
    }

    #[test]
    fn a_phrase_stands_in_one_text_and_a_beginning_finds_what_goes_on() {
        let job = JobWords::of(["Risk Coder", "Adjustment Inc", "Columbus, OH", "risk adjustment coding, at risk"]);
        assert_eq!(job.texts_with(&words("risk adjustment"), false), [false, false, false, true]);
        assert!(!job.has(&words("coder adjustment"), false) && !job.has(&words("coding risk"), false));
        assert_eq!(job.texts_with(&words("cod"), true), [true, false, false, true]);
        assert!(job.has(&words("adjustment cod"), true) && !job.has(&words("cod"), false));
        assert!(!job.has(&words("zz"), true) && job.has(&words("risk"), false));
        assert_eq!(job.distinct().count(), 8);
    }

    #[test]
    fn nothing_is_asked_of_nothing() {
        assert!(!JobWords::of([""; 4]).has(&words("a"), true) && !JobWords::of(["a"; 4]).has(&[], false));
    }
}
