//! Cuts the name of an employer into plain words: compatibility forms and case folded, accents and
//! apostrophes dropped, initials joined. Each word knows what stood before it and where it was.

use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// How long a name may be, in bytes; what stands behind is no name.
const LONGEST: usize = 240;

/// What stands before a word, the weakest first; from [`Mark::Slash`] on it begins a new part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// A blank, or a hyphen inside a compound.
    #[default]
    Blank,
    /// A full stop.
    Dot,
    /// A slash.
    Slash,
    /// A comma.
    Comma,
    /// The end of a parenthesis.
    Close,
    /// A dash, a bar or a colon.
    Dash,
    /// The beginning of a parenthesis.
    Open,
}

impl Mark {
    /// Tells whether a new part of the name begins here.
    pub(super) fn begins_part(self) -> bool {
        self >= Self::Slash
    }
}

/// One word of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// What stands before it.
    pub(super) mark: Mark,
    /// Where it stands in the name as written, in bytes.
    pub(super) source: Range<usize>,
    plain: Range<usize>,
    instead: Option<&'static str>,
}

impl Word {
    /// Lets other letters stand in its place.
    pub(super) fn replace(&mut self, letters: &'static str) {
        self.instead = Some(letters);
    }
}

/// A name cut into words.
#[derive(Clone, Debug)]
pub(super) struct Spelling<'a> {
    /// The name as written.
    pub(super) source: &'a str,
    /// Its words in order.
    pub(super) words: Vec<Word>,
    plain: String,
    pending: Mark,
    hyphen: bool,
    inside: bool,
}

impl<'a> Spelling<'a> {
    /// Cuts a name into words.
    pub(super) fn of(name: &'a str) -> Self {
        let source = name.get(..name.floor_char_boundary(LONGEST)).unwrap_or(name);
        let mut spelling = Self {
            source,
            words: Vec::with_capacity(12),
            plain: String::with_capacity(source.len() + 8),
            pending: Mark::Blank,
            hyphen: false,
            inside: false,
        };
        for (at, c) in source.char_indices() {
            spelling.take(at..at + c.len_utf8(), c);
        }
        spelling.join_initials();
        spelling.part_health();
        spelling
    }

    /// Gives the letters of a word.
    pub(super) fn text(&self, word: &Word) -> &str {
        word.instead.or_else(|| self.plain.get(word.plain.clone())).unwrap_or_default()
    }

    /// Gives the letters of the word at a place; nothing behind the last.
    pub(super) fn at(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |word| self.text(word))
    }

    /// Gives a word as written.
    pub(super) fn written(&self, word: &Word) -> &'a str {
        self.source.get(word.source.clone()).unwrap_or_default()
    }

    fn take(&mut self, source: Range<usize>, c: char) {
        if c.is_ascii() {
            return self.take_plain(source, c);
        }
        let mut pieces = [' '; 4];
        let mut count = 0;
        decompose_compatible(c, |piece| {
            if let Some(place) = pieces.get_mut(count) {
                *place = piece;
                count += 1;
            }
        });
        for piece in pieces.into_iter().take(count) {
            if piece.is_alphanumeric() && !piece.is_ascii() {
                piece.to_lowercase().for_each(|lower| self.take_foreign(&source, lower));
            } else if !is_combining_mark(piece) {
                self.take_plain(source.clone(), piece);
            }
        }
    }

    fn take_plain(&mut self, source: Range<usize>, c: char) {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => self.letter(&source, c.to_ascii_lowercase()),
            '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{301}' => {}
            '&' => {
                self.inside = false;
                self.begin(&source);
                if let Some(word) = self.words.last_mut() {
                    word.replace("and");
                }
                self.inside = false;
            }
            _ => self.separate(c),
        }
    }

    /// Writes a letter that has no plain form: the few that people know, else its number, so that
    /// every name has an identity in ASCII.
    fn take_foreign(&mut self, source: &Range<usize>, c: char) {
        let known = match c {
            '\u{df}' => "ss",
            '\u{e6}' => "ae",
            '\u{f8}' => "o",
            '\u{153}' => "oe",
            '\u{111}' | '\u{f0}' => "d",
            '\u{142}' => "l",
            '\u{fe}' => "th",
            '\u{131}' => "i",
            _ => "",
        };
        if known.is_empty() {
            format!("u{:x}", u32::from(c)).chars().for_each(|digit| self.letter(source, digit));
        } else {
            known.chars().for_each(|letter| self.letter(source, letter));
        }
    }

    fn letter(&mut self, source: &Range<usize>, letter: char) {
        if !self.inside {
            self.begin(source);
        }
        self.plain.push(letter);
        if let Some(word) = self.words.last_mut() {
            word.plain.end = self.plain.len();
            word.source.end = source.end;
        }
    }

    fn begin(&mut self, source: &Range<usize>) {
        let at = self.plain.len();
        let mark = std::mem::take(&mut self.pending);
        self.words.push(Word { mark, source: source.clone(), plain: at..at, instead: None });
        self.inside = true;
        self.hyphen = false;
    }

    fn separate(&mut self, c: char) {
        let spaced = !self.inside;
        let mark = match c {
            '.' => Mark::Dot,
            '/' | '\\' => Mark::Slash,
            ',' => Mark::Comma,
            '(' | '[' | '{' => Mark::Open,
            ')' | ']' | '}' => Mark::Close,
            '\u{2013}' | '\u{2014}' | '\u{2015}' | '|' | ':' | ';' => Mark::Dash,
            '-' if spaced => Mark::Dash,
            // A hyphen with a blank behind it is a dash too.
            c if c.is_whitespace() && self.hyphen => Mark::Dash,
            _ => Mark::Blank,
        };
        self.hyphen = c == '-';
        self.pending = self.pending.max(mark);
        self.inside = false;
    }

    /// Joins letters that stand alone with a dot or slash between, each in the same manner:
    /// `L.L.C.`, `U. S.`, `d/b/a`.
    fn join_initials(&mut self) {
        let mut at = 0;
        let mut manner = None;
        while let (Some(word), Some(next)) = (self.words.get(at), self.words.get(at + 1)) {
            let gap = (next.mark, next.source.start.saturating_sub(word.source.end));
            let begins = manner.is_none() && word.plain.len() == 1;
            let linked = matches!(next.mark, Mark::Dot | Mark::Slash);
            let letter = next.plain.len() == 1 && self.is_letters(word) && self.is_letters(next);
            if letter && linked && (begins || manner == Some(gap)) {
                let (plain, source) = (next.plain.end, next.source.end);
                self.words.remove(at + 1);
                if let Some(word) = self.words.get_mut(at) {
                    word.plain.end = plain;
                    word.source.end = source;
                }
                manner = Some(gap);
            } else {
                at += 1;
                manner = None;
            }
        }
    }

    fn is_letters(&self, word: &Word) -> bool {
        self.text(word).bytes().all(|b| b.is_ascii_lowercase())
    }

    /// Parts what is written in one or two words: `AdventHealth`, `OhioHealth`, `healthsystem`.
    fn part_health(&mut self) {
        let mut at = 0;
        while let Some(word) = self.words.get(at) {
            let text = self.text(word);
            let tail = ["healthcare", "healthsystem", "healthsystems", "health", "system", "systems"]
                .into_iter()
                .find(|tail| text.strip_suffix(tail).is_some_and(|head| parts_before(head, tail)));
            match tail {
                Some(tail) if word.instead.is_none() => self.part(at, tail.len()),
                _ => at += 1,
            }
        }
    }

    fn part(&mut self, at: usize, tail: usize) {
        let Some(word) = self.words.get_mut(at) else { return };
        let cut = word.plain.end.saturating_sub(tail);
        let mut behind = word.clone();
        behind.mark = Mark::Blank;
        behind.plain.start = cut;
        word.plain.end = cut;
        // As written the two are one; where one is as long as its letters the cut is known.
        if word.source.len() == cut - word.plain.start + tail {
            let source = word.source.start + (cut - word.plain.start);
            word.source.end = source;
            behind.source.start = source;
        }
        self.words.insert(at + 1, behind);
    }
}

/// Tells whether what stands before such an ending is a word of its own.
fn parts_before(head: &str, tail: &str) -> bool {
    if tail.starts_with("system") {
        return head == "health" || head == "healthcare";
    }
    // `telehealth` and the like are words; parting them harms nobody, as they part alike.
    head.len() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(name: &str) -> Vec<String> {
        let spelling = Spelling::of(name);
        spelling.words.iter().map(|word| spelling.text(word).to_owned()).collect()
    }

    #[test]
    fn words_are_plain() {
        assert_eq!(words("St. Mary\u{2019}s Hosp. & Clinics"), ["st", "marys", "hosp", "and", "clinics"]);
        assert_eq!(words("U. S. Army, L.L.C. d/b/a J.P. Smith"), ["us", "army", "llc", "dba", "jp", "smith"]);
        assert_eq!(words("Cl\u{ed}nica Sa\u{f1}a \u{ff21}\u{ff22}"), ["clinica", "sana", "ab"]);
        assert_eq!(words("AdventHealth HEALTHSYSTEM"), ["advent", "health", "health", "system"]);
        assert_eq!(words("\u{4e2d}"), ["u4e2d"]);
    }

    #[test]
    fn marks_tell_where_parts_begin() {
        use Mark::{Blank, Close, Dash, Open, Slash};
        let spelling = Spelling::of("Mercy Health - Toledo (Ohio), Inc./Lab Barnes-Jewish X\u{2013}Y Z- A");
        let marks: Vec<Mark> = spelling.words.iter().map(|word| word.mark).collect();
        // `),` closes a parenthesis: the stronger mark is kept.
        assert_eq!(marks, [Blank, Blank, Dash, Open, Close, Slash, Blank, Blank, Blank, Dash, Blank, Dash]);
    }
}
