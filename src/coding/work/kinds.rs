//! What kind of a work the body's clear words tell where a title leaves it open.

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;

use super::super::headings::Section;
use super::super::vocabulary::VocabularyError;
use super::cues::{Cue, Heard};
use super::roles::unknown_role;

/// A kind and its words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindEntry {
    id: String,
    of: String,
    role: String,
    words: Vec<String>,
    /// How much weight makes it clear: words under duties weigh two, among requirements one.
    #[serde(default = "two")]
    clear: u32,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    source: String,
}

fn two() -> u32 {
    2
}

#[derive(Debug)]
struct Kind {
    group: usize,
    role: usize,
    clear: u32,
    words: Vec<String>,
}

/// All kinds in their groups.
#[derive(Debug)]
pub(super) struct Kinds {
    groups: Vec<String>,
    kinds: Vec<Kind>,
}

/// What the body decided.
#[derive(Debug)]
pub(super) struct Decided {
    /// The role.
    pub(super) role: usize,
    /// The words that tell it, in the folded body.
    pub(super) words: Range<usize>,
}

impl Kinds {
    /// Builds it from the entries.
    ///
    /// # Errors
    /// Returns [`VocabularyError`] for a kind of a role that there is not.
    pub(super) fn new(entries: &[KindEntry], roles: &HashMap<String, usize>) -> Result<Self, VocabularyError> {
        let mut groups: Vec<String> = Vec::new();
        let mut kinds = Vec::with_capacity(entries.len());
        for entry in entries {
            let group = groups.iter().position(|group| *group == entry.of).unwrap_or_else(|| {
                groups.push(entry.of.clone());
                groups.len() - 1
            });
            let role = *roles.get(&entry.role).ok_or_else(|| unknown_role(&entry.id, &entry.role, roles))?;
            kinds.push(Kind { group, role, clear: entry.clear, words: entry.words.clone() });
        }
        Ok(Self { groups, kinds })
    }

    /// Finds a group of kinds by its name.
    pub(super) fn group(&self, name: &str) -> Option<usize> {
        self.groups.iter().position(|group| group == name)
    }

    /// Gives all words with their kinds.
    pub(super) fn cues(&self) -> impl Iterator<Item = (String, Cue)> + '_ {
        let numbered = self.kinds.iter().zip(0u16..);
        numbered.flat_map(|(kind, at)| {
            let group = u8::try_from(kind.group).unwrap_or(u8::MAX);
            kind.words.iter().map(move |words| (words.clone(), Cue::Kind { group, kind: at }))
        })
    }

    /// Decides by weight: a kind that is clear, and three times as heavy as the next.
    pub(super) fn decide(&self, group: usize, heard: &[Heard<'_>]) -> Option<Decided> {
        let mut weights: Vec<(u32, Option<Range<usize>>)> = vec![(0, None); self.kinds.len()];
        for one in heard {
            let weight = weight(one);
            if weight == 0 {
                continue;
            }
            for hit in one.hits {
                let Cue::Kind { group: of, kind } = hit.meaning else { continue };
                let Some(entry) = weights.get_mut(usize::from(kind)).filter(|_| usize::from(of) == group) else {
                    continue;
                };
                entry.0 += weight;
                entry.1.get_or_insert(hit.start..hit.end);
            }
        }
        let mut by_weight: Vec<_> = self.kinds.iter().zip(weights).filter(|(_, (weight, _))| *weight > 0).collect();
        by_weight.sort_by_key(|(_, (weight, _))| std::cmp::Reverse(*weight));
        let mut ranked = by_weight.into_iter();
        let (kind, (weight, words)) = ranked.next()?;
        let second = ranked.next().map_or(0, |(_, (weight, _))| weight);
        let clear = weight >= kind.clear && weight >= second * 3;
        Some(Decided { role: kind.role, words: words? }).filter(|_| clear)
    }
}

/// What one does weighs more than what one must have done; wishes and boasts weigh nothing.
fn weight(heard: &Heard<'_>) -> u32 {
    let soft = heard.has(|cue| cue == Cue::Soft);
    match heard.sentence.section {
        Section::Preferred | Section::Benefits | Section::About | Section::Apply => 0,
        _ if soft || heard.negated() => 0,
        Section::Required => 1,
        Section::Open | Section::Duties if heard.has(|cue| cue == Cue::Experience { bare: true }) => 1,
        Section::Open | Section::Duties => 2,
    }
}
