//! Rules that read a title by its words: of each group one alternative must stand there, and none of
//! the forbidden ones. Rules are tried in order; guards are rules too.

use std::collections::HashMap;
use std::ops::Range;

use super::super::phrases::{Hit, PhraseSet};
use super::title::Spellings;

/// Numbers the alternatives of all rules.
#[derive(Debug, Default)]
pub(super) struct Alternatives {
    numbers: HashMap<String, u16>,
    /// The same by the words as the file has them: most stand in many rules.
    as_written: HashMap<String, u16>,
}

impl Alternatives {
    /// Gives the numbers of the alternatives of a group, parted by `|`.
    fn group(&mut self, group: &str, spellings: &Spellings) -> Vec<u16> {
        let mut numbers = Vec::new();
        for alternative in group.split('|') {
            if let Some(known) = self.as_written.get(alternative) {
                numbers.push(*known);
                continue;
            }
            let next = u16::try_from(self.numbers.len()).unwrap_or(u16::MAX);
            let number = *self.numbers.entry(spellings.phrase(alternative)).or_insert(next);
            self.as_written.insert(alternative.to_owned(), number);
            numbers.push(number);
        }
        numbers
    }

    /// Makes one set of all alternatives.
    pub(super) fn phrases(&self) -> PhraseSet<u16> {
        PhraseSet::new(self.numbers.iter().map(|(words, number)| (words.clone(), *number)))
    }
}

/// Which alternatives stand in a title.
#[derive(Debug)]
pub(super) struct Found {
    bits: Vec<u64>,
    hits: Vec<Hit<u16>>,
}

impl Found {
    /// Looks all alternatives up.
    pub(super) fn of(title: &str, phrases: &PhraseSet<u16>) -> Self {
        let hits: Vec<Hit<u16>> = phrases.hits(title).collect();
        let mut bits = Vec::new();
        for hit in &hits {
            set(&mut bits, hit.meaning);
        }
        Self { bits, hits }
    }
}

/// A set of alternatives, one bit each.
fn set(bits: &mut Vec<u64>, number: u16) {
    let at = usize::from(number / 64);
    if bits.len() <= at {
        bits.resize(at + 1, 0);
    }
    if let Some(word) = bits.get_mut(at) {
        *word |= 1 << (number % 64);
    }
}

fn meet(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).any(|(a, b)| a & b != 0)
}

fn holds(bits: &[u64], number: u16) -> bool {
    bits.get(usize::from(number / 64)).is_some_and(|word| word & (1 << (number % 64)) != 0)
}

/// What a rule wants of a title.
#[derive(Debug)]
pub(super) struct Pattern {
    groups: Vec<Vec<u64>>,
    none: Vec<u64>,
    in_order: bool,
}

impl Pattern {
    /// Makes a pattern of groups of alternatives.
    pub(super) fn new(
        (all, none): (&[String], &[String]),
        in_order: bool,
        alternatives: &mut Alternatives,
        spellings: &Spellings,
    ) -> Self {
        let mut bits = |group: &String| {
            let mut bits = Vec::new();
            for number in alternatives.group(group, spellings) {
                set(&mut bits, number);
            }
            bits
        };
        let groups = all.iter().map(&mut bits).collect();
        let mut forbidden: Vec<u64> = Vec::new();
        for one in none.iter().map(&mut bits) {
            forbidden.resize(forbidden.len().max(one.len()), 0);
            for (word, more) in forbidden.iter_mut().zip(&one) {
                *word |= more;
            }
        }
        Self { groups, none: forbidden, in_order }
    }

    /// Tells whether the title fits, and which part of it the groups' first words span.
    pub(super) fn matched(&self, found: &Found) -> Option<Range<usize>> {
        let fits = self.groups.iter().all(|group| meet(group, &found.bits)) && !meet(&self.none, &found.bits);
        if !fits {
            return None;
        }
        let first =
            |group: &Vec<u64>| found.hits.iter().filter(|hit| holds(group, hit.meaning)).min_by_key(|h| h.start);
        let firsts: Vec<&Hit<u16>> = self.groups.iter().filter_map(first).collect();
        let ordered = firsts.is_sorted_by(|a, b| a.start < b.start);
        if self.in_order && !ordered {
            return None;
        }
        let start = firsts.iter().map(|hit| hit.start).min()?;
        Some(start..firsts.iter().map(|hit| hit.end).max()?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::roles::tests::SPELLINGS;
    use super::*;

    fn matched(all: &[&str], none: &[&str], in_order: bool, title: &str) -> Option<String> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let mut alternatives = Alternatives::default();
        let pattern = Pattern::new((&owned(all), &owned(none)), in_order, &mut alternatives, &SPELLINGS);
        let found = Found::of(title, &alternatives.phrases());
        pattern.matched(&found).map(|range| title[range].to_owned())
    }

    #[test]
    fn all_groups_must_stand_and_none_of_the_forbidden() {
        let coder = |title| matched(&["coder|coding", "inpatient"], &["lead"], false, title);
        assert_eq!(coder("inpatient medical coder").as_deref(), Some("inpatient medical coder"));
        assert_eq!(coder("lead inpatient coder"), None);
        assert_eq!(coder("medical coder"), None);
    }

    #[test]
    fn the_order_of_the_groups_counts_where_it_is_asked_for() {
        let billing = |title| matched(&["billing|biller", "coder"], &[], true, title).is_some();
        assert!(billing("medical biller coder"));
        assert!(!billing("coder biller"));
    }
}
