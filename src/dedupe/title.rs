//! What a title comes down to: its words written out, with ranks, grades and shifts set apart, and
//! without what boards and agencies add to it (places, numbers, work modes, advertising).

use std::sync::LazyLock;

use super::title_words;
use super::words::{Set, Table};
use crate::model::TitleWord;

/// A title taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Title {
    /// The words that name the work, in the title's order.
    pub(super) words: Vec<String>,
    /// One bit for each of [`RANKS`].
    pub(super) ranks: u32,
    /// `2`, `8a`.
    pub(super) grades: Vec<String>,
    /// One bit for each of [`SHIFTS`].
    pub(super) shifts: u8,
}

/// Steps of a career; the words of a row are one step.
const RANKS: &[&[&str]] = &[
    &["senior", "experienced"],
    &["advanced"],
    &["lead", "principal"],
    &["junior", "trainee", "apprentice", "entry", "intern", "externship"],
    &["supervisor", "supervisory", "supervising"],
    &["manager", "managerial"],
    &["director"],
    &["chief", "head"],
    &["assistant"],
    &["deputy"],
    &["auditor"],
    &["educator"],
];

/// Those of [`RANKS`] that are a duty beside others rather than a step.
pub(super) const DUTIES: u32 = 0b1100_0000_0010;

/// Shifts; the words of a row are one shift.
const SHIFTS: &[&[&str]] = &[
    &["day", "days", "daytime"],
    &["evening", "evenings", "afternoon"],
    &["night", "nights", "overnight"],
    &["weekend", "weekends"],
    &["rotating"],
    &["twilight"],
];

/// The words of a phrase, and the notion that it is.
type Phrase = (Vec<&'static str>, &'static str);

/// The phrases by their first word, the longest first.
static PHRASES: LazyLock<Table<Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: Table<Vec<Phrase>> = Table::default();
    let rows = title_words::NOTIONS.split(';').filter_map(|row| row.split_once('='));
    for (phrase, notion) in rows.map(|(phrase, notion)| (phrase.trim(), notion.trim())) {
        let words: Vec<&str> = phrase.split(' ').map(written_out).collect();
        if let Some(first) = words.first().copied() {
            phrases.entry(first).or_default().push((words, notion));
        }
    }
    for of_word in phrases.values_mut() {
        of_word.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }
    phrases
});

static LONG: LazyLock<Table<&'static str>> =
    LazyLock::new(|| title_words::SPELLINGS.split_whitespace().filter_map(|pair| pair.split_once('=')).collect());
static ADDED: LazyLock<Set> = LazyLock::new(|| title_words::ADDED.split_whitespace().collect());
static COMMON: LazyLock<Set> = LazyLock::new(|| title_words::COMMON.split_whitespace().collect());
static COUNTED: LazyLock<Set> = LazyLock::new(|| title_words::COUNTED.split_whitespace().collect());
static RANK_OF: LazyLock<Table<u32>> = LazyLock::new(|| bits(RANKS));
static SHIFT_OF: LazyLock<Table<u32>> = LazyLock::new(|| bits(SHIFTS));

/// Gives the bit of each word of a table whose rows are one notion.
fn bits(rows: &[&[&'static str]]) -> Table<u32> {
    let row =
        |(at, words): (usize, &&[&'static str])| words.iter().map(move |word| (*word, 1 << at)).collect::<Vec<_>>();
    rows.iter().enumerate().flat_map(row).collect()
}

/// How much a shared word of two titles says, 0 to 1.
pub(super) fn weight(word: &str) -> f32 {
    if COMMON.contains(word) {
        0.4
    } else if word.len() < 3 {
        0.5
    } else {
        1.0
    }
}

impl Title {
    /// Takes a title apart. `places` are folded words of where the work is, which are left out.
    pub(super) fn of(title: &str, places: &[String]) -> Self {
        let mut read = Self::default();
        let mut tokens: Vec<String> = Vec::new();
        for token in title.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’')) {
            let token: String = token.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            if !token.is_empty() {
                tokens.push(token);
            }
        }
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            if let Some((width, notion)) = notion_at(&tokens, at) {
                for word in notion.split(' ') {
                    read.add(word);
                }
                at += width;
                continue;
            }
            let next = tokens.get(at + 1).map(String::as_str);
            let counts = next.is_some_and(|next| next.bytes().all(|b| b.is_ascii_digit()) || COUNTED.contains(next));
            let ends = at > 0 && !counts;
            at += read.take(token, next, ends, places);
        }
        read.grades.sort_unstable();
        read.grades.dedup();
        read
    }

    /// Adds a word of the work.
    fn add(&mut self, word: &str) {
        self.ranks |= RANK_OF.get(word).copied().unwrap_or_default();
        if !word.is_empty() && !self.words.iter().any(|known| known == word) {
            self.words.push(word.to_owned());
        }
    }

    /// Takes one token, or two that belong together; gives how many.
    fn take(&mut self, token: &str, next: Option<&str>, is_last: bool, places: &[String]) -> usize {
        if matches!(token, "band" | "grade" | "level" | "gs" | "tier" | "step" | "class" | "afc")
            && let Some(grade) = next.and_then(grade_of)
        {
            self.grades.push(format!("g{grade}"));
            return 2;
        }
        if let Some(grade) = roman(token).or_else(|| bare_grade(token, is_last)) {
            self.grades.push(grade);
            return 1;
        }
        if let Some(bit) = SHIFT_OF.get(token) {
            self.shifts |= u8::try_from(*bit).unwrap_or_default();
            return 1;
        }
        if token.bytes().any(|b| b.is_ascii_digit()) || places.iter().any(|place| place == token) {
            return 1;
        }
        if ADDED.contains(token) {
            return 1;
        }
        self.add(written_out(token));
        1
    }
}

/// Writes an abbreviation out, and a plural as its singular.
fn written_out(token: &str) -> &str {
    let token = LONG.get(token).copied().unwrap_or(token);
    let one = singular(token);
    LONG.get(one).copied().unwrap_or(one)
}

/// Finds the longest phrase that begins at a token and is one notion.
fn notion_at(tokens: &[String], at: usize) -> Option<(usize, &'static str)> {
    let first = written_out(tokens.get(at)?);
    let candidates = PHRASES.get(first)?;
    candidates.iter().find_map(|(words, notion)| {
        let fits = words
            .iter()
            .enumerate()
            .all(|(offset, word)| tokens.get(at + offset).is_some_and(|token| written_out(token) == *word));
        fits.then_some((words.len(), *notion))
    })
}

/// `5`, `8a`, `ii`, `b5`.
fn grade_of(token: &str) -> Option<String> {
    let token = token.strip_prefix('b').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(token);
    let digits = token.bytes().take_while(u8::is_ascii_digit).count();
    let rest = token.get(digits..)?;
    let plain = (1..=2).contains(&digits) && rest.len() <= 1 && rest.bytes().all(|b| b.is_ascii_alphabetic());
    roman(token).or_else(|| plain.then(|| token.trim_start_matches('0').to_owned()))
}

fn roman(token: &str) -> Option<String> {
    let number = match token {
        "i" => 1,
        "ii" => 2,
        "iii" => 3,
        "iv" => 4,
        "v" => 5,
        _ => return None,
    };
    Some(number.to_string())
}

/// A single digit at the end of a title, or `b5`, `l2`: a grade. `2 positions` is none.
fn bare_grade(token: &str, is_last: bool) -> Option<String> {
    let bytes = token.as_bytes();
    match bytes {
        [b'1'..=b'9'] if is_last => Some(token.to_owned()),
        [b'b', b'1'..=b'9'] | [b'b', b'1'..=b'9', b'a'..=b'd'] => token.get(1..).map(|grade| format!("g{grade}")),
        [b'l', b'1'..=b'9'] => token.get(1..).map(str::to_owned),
        _ => None,
    }
}

/// Folds a plural onto its singular: `records`, `services`, but `class` and `diagnosis` stay.
pub(super) fn singular(word: &str) -> &str {
    if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("is") && !word.ends_with("us")
    {
        return word.strip_suffix('s').unwrap_or(word);
    }
    word
}

/// How alike two words are: equal, one the head of the other, or one letter apart.
fn alike(a: &str, b: &str) -> f64 {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let is_head = short.len() >= 3 && long.starts_with(short);
    // A typo hardly ever hits the first two letters, and looking at them spares most of the comparing.
    let may_be_typo = short.len() >= 6 && long.len() - short.len() <= 1 && a.get(..2) == b.get(..2);
    if is_head || (may_be_typo && strsim::osa_distance(a, b) == 1) { 0.85 } else { 0.0 }
}

/// What two titles share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TitleMatch {
    /// The weighed share of the shorter title that stands in the longer one, 0 to 1.
    pub(super) contained: f64,
    /// The weighed share of all words that both have, 0 to 1.
    pub(super) jaccard: f64,
    /// Whether all words are the same.
    pub(super) equal: bool,
}

/// How many words of a title that the other lacks are looked at for likeness.
const MOST_LEFT: usize = 12;

type SmallWords<'a> = [Option<&'a TitleWord>; MOST_LEFT];

/// Compares the words of two titles. A word that names the other's place or employer says nothing.
pub(super) fn compare_titles(a: (&[TitleWord], &[u32]), b: (&[TitleWord], &[u32])) -> TitleMatch {
    let (mut sum_a, mut sum_b, mut common, mut unmatched) = (0.0, 0.0, 0.0, false);
    // A word that both have names neither's place: those were left out of the titles.
    let is_name = |word: &TitleWord, names: &[u32]| names.contains(&word.hash);
    let mut left: SmallWords<'_> = [None; MOST_LEFT];
    let mut lefts = 0;
    for other in b.0 {
        if a.0.iter().any(|word| word.hash == other.hash) {
            sum_b += f64::from(other.weight);
        } else if !is_name(other, a.1) {
            sum_b += f64::from(other.weight);
            if let Some(slot) = left.get_mut(lefts) {
                *slot = Some(other);
                lefts += 1;
            }
        }
    }
    for word in a.0 {
        if b.0.iter().any(|other| other.hash == word.hash) {
            sum_a += f64::from(word.weight);
            common += f64::from(word.weight);
        } else if !is_name(word, b.1) {
            sum_a += f64::from(word.weight);
            unmatched = true;
            let best = left
                .iter()
                .flatten()
                .map(|other| alike(&word.text, &other.text) * f64::from(word.weight.min(other.weight)));
            common += best.fold(0.0, f64::max);
        }
    }
    let common = common.min(sum_a).min(sum_b);
    let least = sum_a.min(sum_b).max(0.1);
    let union = (sum_a + sum_b - common).max(0.1);
    let equal = !unmatched && sum_a > 0.0 && (sum_a - sum_b).abs() < 1e-6;
    TitleMatch { contained: common / least, jaccard: common / union, equal }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(title: &str) -> String {
        Title::of(title, &["columbus".to_owned()]).words.join(" ")
    }

    #[test]
    fn spellings_of_one_title_come_down_to_the_same_words() {
        for (a, b) in [
            ("Sr. HIM Coder - Columbus (Remote)", "Senior Health Information Management Coder"),
            ("MRT (Coder)", "Medical Records Technician (Coder)"),
            ("Inpt Coding Spec, RHIT/CCS", "Inpatient Coder Specialist"),
            ("Certified Tumor Registrar (CTR)", "Oncology Data Specialist - ODS-C"),
            ("ROI Specialist", "Release of Information Specialist"),
            ("CDI Specialist", "Clinical Documentation Integrity Specialist"),
            ("Now Hiring! HCC Coder $5,000 Sign-On Bonus", "Risk Adjustment Coder"),
        ] {
            assert_eq!(core(a), core(b), "{a} / {b}");
        }
    }

    #[test]
    fn ranks_grades_and_shifts_stand_apart() {
        let read = |title: &str| Title::of(title, &[]);
        assert_eq!(read("Coder II").grades, ["2"]);
        assert_eq!(read("Coder 2").grades, ["2"]);
        assert_eq!(read("Coder, 2 positions").grades, Vec::<String>::new());
        assert_eq!(read("Medical Records Technician GS-9").grades, ["g9"]);
        assert_ne!(read("Senior Coder").ranks, read("Coder").ranks);
        assert_eq!(read("Manager of HIM").ranks, read("HIM Mgr").ranks);
        assert_eq!(read("Health Information Management Clerk").ranks, 0);
        assert_ne!(read("HIM Clerk - Nights").shifts, 0);
    }
}
