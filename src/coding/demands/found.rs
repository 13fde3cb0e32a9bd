//! All phrases of the demands found in one text, in one pass, sorted by what they mean.

use std::ops::Range;

use super::super::phrases::{Hit, PhraseSet};
use super::super::reading::Reading;
use super::Meaning;

/// What was found in one text. Each list is in order of its beginnings.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Spellings of credentials, letters not yet checked.
    pub(super) spellings: Vec<Hit<u16>>,
    /// Words of demand; those inside longer ones left out.
    pub(super) cues: Vec<Hit<u16>>,
    /// Words that speak against a credential, by its index.
    pub(super) contraries: Vec<Hit<u16>>,
    /// Credentials that words anywhere in the text speak against.
    pub(super) contraries_anywhere: Vec<u16>,
    /// Words that speak for a trade, as bits.
    pub(super) contexts: u32,
    /// Where persons are named in the original text: what stands behind a name is theirs.
    pub(super) names: Vec<Range<usize>>,
    /// Words beside which a person may be named, in order.
    pub(super) persons: Vec<usize>,
    /// Words of lines that are an institution's, in order.
    pub(super) institutions: Vec<usize>,
    /// Phrases of coding systems, software and specialties.
    pub(super) terms: Vec<Hit<u16>>,
    /// Words about the terms of their sentence.
    pub(super) term_signs: Vec<Hit<u16>>,
    /// Phrases of benefits.
    pub(super) benefits: Vec<Hit<u16>>,
    /// Phrases of warnings.
    pub(super) warnings: Vec<Hit<u16>>,
}

impl Found {
    /// Searches a text.
    pub(super) fn search(phrases: &PhraseSet<Meaning>, reading: &Reading<'_>) -> Self {
        let mut found = Self::default();
        for hit in phrases.hits(&reading.folded) {
            let (list, index) = match hit.meaning {
                Meaning::Context(bit) => {
                    found.contexts |= bit;
                    continue;
                }
                Meaning::Person | Meaning::Institution => {
                    let places =
                        if hit.meaning == Meaning::Person { &mut found.persons } else { &mut found.institutions };
                    places.push(hit.start);
                    continue;
                }
                Meaning::ContraryAnywhere(index) => {
                    found.contraries_anywhere.push(index);
                    continue;
                }
                Meaning::Spelling(index) => (&mut found.spellings, index),
                Meaning::Cue(index) => (&mut found.cues, index),
                Meaning::Contrary(index) => (&mut found.contraries, index),
                Meaning::Term(index) => (&mut found.terms, index),
                Meaning::TermSign(index) => (&mut found.term_signs, index),
                Meaning::Benefit(index) => (&mut found.benefits, index),
                Meaning::Warning(index) => (&mut found.warnings, index),
            };
            list.push(Hit { meaning: index, start: hit.start, end: hit.end });
        }
        longest(&mut found.cues);
        longest(&mut found.terms);
        in_order(&mut found.benefits);
        in_order(&mut found.warnings);
        found.persons.sort_unstable();
        found.institutions.sort_unstable();
        found
    }
}

fn in_order(hits: &mut [Hit<u16>]) {
    hits.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
}

/// Leaves out what lies inside something longer; equal ranges with different meanings stay.
fn longest(hits: &mut Vec<Hit<u16>>) {
    in_order(hits);
    let mut longer = (0, 0);
    hits.retain(|hit| {
        let covered = hit.end <= longer.1 && (hit.start, hit.end) != longer;
        if !covered {
            longer = (hit.start, hit.end);
        }
        !covered
    });
}
