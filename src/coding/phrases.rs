//! Many phrases looked up in one pass over a folded text, whole words only.

use aho_corasick::{AhoCorasick, MatchKind};

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

/// A set of phrases with their meanings.
#[derive(Debug)]
pub(super) struct PhraseSet<T> {
    automaton: AhoCorasick,
    meanings: Vec<T>,
}

impl<T: Copy> PhraseSet<T> {
    /// Builds the set; phrases are folded as texts are. A phrase may stand more than once with
    /// different meanings.
    ///
    /// # Errors
    /// Returns the automaton's complaint when there are too many phrases.
    pub(super) fn new(phrases: impl IntoIterator<Item = (String, T)>) -> Result<Self, aho_corasick::BuildError> {
        let (words, meanings): (Vec<String>, Vec<T>) = phrases
            .into_iter()
            .map(|(phrase, meaning)| (super::reading::fold(&phrase), meaning))
            .filter(|(phrase, _)| !phrase.is_empty())
            .unzip();
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(words)?;
        Ok(Self { automaton, meanings })
    }

    /// Finds every phrase in a folded text, overlapping ones too, in order of their ends.
    pub(super) fn hits<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = Hit<T>> + 'a {
        let bytes = folded.as_bytes();
        let edge =
            move |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_none_or(|byte| *byte == b' ' || *byte == b'\n');
        self.automaton
            .find_overlapping_iter(folded)
            .filter(move |found| edge(found.start().checked_sub(1)) && edge(Some(found.end())))
            .filter_map(|found| {
                let meaning = *self.meanings.get(found.pattern().as_usize())?;
                Some(Hit { meaning, start: found.start(), end: found.end() })
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
    use super::*;

    #[test]
    fn only_whole_words_are_found_and_the_longest_covers_the_shorter() {
        let set = PhraseSet::new([("Coder".to_owned(), 1), ("in-patient coder".to_owned(), 2), ("code".to_owned(), 3)])
            .unwrap();
        let all: Vec<i32> = set.hits("in patient coder").map(|hit| hit.meaning).collect();
        assert_eq!(all, [2, 1]);
        let longest: Vec<i32> = set.longest("in patient coder or coder").iter().map(|hit| hit.meaning).collect();
        assert_eq!(longest, [2, 1]);
        assert_eq!(set.hits("encoder coders").count(), 0);
    }
}
