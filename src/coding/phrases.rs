//! Many phrases looked up in one pass over a folded text, whole words only.

use std::collections::HashMap;

/// One phrase found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit<T> {
    /// What the phrase means.
    pub(super) meaning: T,
    /// Where it begins in the folded text, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// A set of phrases with their meanings, looked up by their first words.
///
/// An automaton over thousands of phrases follows every letter through memory that no cache holds;
/// looking at the beginnings of words alone takes a fifth of its time, and nothing to build.
#[derive(Debug)]
pub(super) struct PhraseSet<T> {
    /// By the first word: what follows it, with its leading blank, and the meaning.
    by_first_word: HashMap<Box<str>, Vec<(Box<str>, T)>>,
}

impl<T: Copy> PhraseSet<T> {
    /// Builds the set; phrases are folded as texts are. A phrase may stand more than once with
    /// different meanings.
    pub(super) fn new(phrases: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut by_first_word: HashMap<Box<str>, Vec<(Box<str>, T)>> = HashMap::new();
        for (phrase, meaning) in phrases {
            let folded = super::fold::fold(&phrase);
            let (first, rest) = folded.split_at(folded.find(' ').unwrap_or(folded.len()));
            if !first.is_empty() {
                by_first_word.entry(first.into()).or_default().push((rest.into(), meaning));
            }
        }
        Self { by_first_word }
    }

    /// Finds every phrase in a folded text, overlapping ones too, in order of their beginnings.
    pub(super) fn hits<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = Hit<T>> + 'a {
        let bytes = folded.as_bytes();
        let is_edge = move |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\n'));
        let mut start = 0;
        let blanks = memchr::memchr2_iter(b' ', b'\n', bytes).chain(std::iter::once(bytes.len()));
        let words = blanks.map(move |end| std::mem::replace(&mut start, end + 1)..end);
        words.flat_map(move |word| {
            let known = folded.get(word.clone()).and_then(|first| self.by_first_word.get(first));
            let behind = bytes.get(word.end..).unwrap_or_default();
            known.into_iter().flatten().filter_map(move |(rest, meaning)| {
                let end = word.end + rest.len();
                (behind.starts_with(rest.as_bytes()) && is_edge(end)).then_some(Hit {
                    meaning: *meaning,
                    start: word.start,
                    end,
                })
            })
        })
    }

    /// Finds phrases and leaves out those that lie inside a longer one; in order of their beginnings.
    pub(super) fn longest(&self, folded: &str) -> Vec<Hit<T>> {
        let mut hits: Vec<Hit<T>> = self.hits(folded).collect();
        hits.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
        let mut kept: Vec<Hit<T>> = Vec::with_capacity(hits.len());
        for hit in hits {
            let covered = kept.iter().rev().take(4).any(|longer| {
                longer.start <= hit.start && hit.end <= longer.end && (longer.start, longer.end) != (hit.start, hit.end)
            });
            if !covered {
                kept.push(hit);
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_phrase_is_found_wherever_it_stands_between_blanks(
            phrases in proptest::collection::vec("[ab]{1,2}( [ab]{1,2}){0,2}", 1..8), text in "[ab\n ]{0,40}",
        ) {
            let numbered: Vec<(String, usize)> = phrases.iter().cloned().enumerate().map(|(at, one)| (one, at)).collect();
            let folded = super::super::fold::fold(&text);
            let mut found: Vec<_> =
                PhraseSet::new(numbered).hits(&folded).map(|hit| (hit.start, hit.end, hit.meaning)).collect();
            found.sort_unstable();
            let mut expected = Vec::new();
            for (meaning, phrase) in phrases.iter().enumerate() {
                for start in 0..folded.len() {
                    let end = start + phrase.len();
                    let is_edge = |at: usize| folded.as_bytes().get(at).is_none_or(|byte| matches!(byte, b' ' | b'\n'));
                    let begins = start == 0 || is_edge(start - 1);
                    if begins && folded.get(start..end) == Some(phrase) && is_edge(end) {
                        expected.push((start, end, meaning));
                    }
                }
            }
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn only_whole_words_are_found_and_the_longest_covers_the_shorter() {
        let set = PhraseSet::new([("Coder".to_owned(), 1), ("in-patient coder".to_owned(), 2), ("code".to_owned(), 3)]);
        let all: Vec<i32> = set.hits("in patient coder").map(|hit| hit.meaning).collect();
        assert_eq!(all, [2, 1]);
        let longest: Vec<i32> = set.longest("in patient coder or coder").iter().map(|hit| hit.meaning).collect();
        assert_eq!(longest, [2, 1]);
        assert_eq!(set.hits("encoder coders").count(), 0);
    }
}
