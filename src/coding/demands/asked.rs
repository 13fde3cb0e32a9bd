//! What each sentence asks for: its credentials with their levels, its alternatives numbered, lists
//! over several lines.

use std::ops::Range;

use crate::model::DemandLevel;

use super::super::headings::Section;
use super::super::reading::{Reading, Sentence};
use super::clause::Clause;
use super::credential_list::{CredentialList, CueKind};
use super::found::Found;
use super::level::{Placed, Stretch, Verdict, level_of};
use super::link::Link;
use super::mention::Mention;

/// One credential asked for in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Index of the credential.
    pub(super) credential: u16,
    /// How it is asked for.
    pub(super) level: DemandLevel,
    /// Within how many months.
    pub(super) months: Option<u32>,
    /// On what ground the level stands.
    pub(super) ground: Ground,
    /// The list of alternatives it stands in.
    pub(super) group: Option<u32>,
    /// Where it begins in the folded text.
    pub(super) start: usize,
    /// The number of its sentence.
    pub(super) sentence: usize,
}

/// On what ground a level stands, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ground {
    /// A credential named without any word of demand is required.
    Named,
    /// The heading it stands under.
    Heading,
    /// Words of the sentence itself.
    Words,
}

/// What a line says for the list below it: `one of the following must be obtained within a year:`.
#[derive(Clone, Copy, Debug, Default)]
struct ListHead {
    is_one_of: bool,
    /// Whether it is a mere `or` between two lines: what follows may have words of its own.
    joins: bool,
    level: Option<DemandLevel>,
    months: Option<u32>,
    group: Option<u32>,
}

/// Reads the sentences of one text.
pub(super) struct Asking<'a> {
    reading: &'a Reading<'a>,
    cues: Vec<Placed>,
    asked: Vec<Asked>,
    next_group: u32,
    head: Option<ListHead>,
}

impl<'a> Asking<'a> {
    /// Begins with a text; `first_group` numbers its first list of alternatives.
    pub(super) fn new(list: &CredentialList, reading: &'a Reading<'a>, found: &Found, first_group: u32) -> Self {
        let place = |hit: &super::super::phrases::Hit<u16>| {
            list.cue(hit.meaning).map(|cue| Placed { cue, start: hit.start, end: hit.end })
        };
        let cues = found.cues.iter().filter_map(place).collect();
        Self { reading, cues, asked: Vec::new(), next_group: first_group, head: None }
    }

    /// Gives what is asked for, and the number that the next list gets.
    pub(super) fn asked(mut self, mentions: &[Mention]) -> (Vec<Asked>, u32) {
        let Some(first) = mentions.first() else { return (Vec::new(), self.next_group) };
        // A list's head is the line above it.
        for index in first.sentence.saturating_sub(2)..self.reading.sentences.len() {
            let from = mentions.partition_point(|mention| mention.sentence < index);
            let to = mentions.partition_point(|mention| mention.sentence <= index);
            match mentions.get(from..to) {
                Some(own) if !own.is_empty() => self.take_sentence(index, own),
                _ => self.take_other(index),
            }
        }
        (self.asked, self.next_group)
    }

    fn cues_in(&self, range: &Range<usize>) -> Vec<Placed> {
        let from = self.cues.partition_point(|placed| placed.start < range.start);
        self.cues.iter().skip(from).take_while(|placed| placed.start < range.end).copied().collect()
    }

    /// A sentence that names no credential may head a list, or add a time limit to the one before.
    fn take_other(&mut self, index: usize) {
        let Some(sentence) = self.reading.sentences.get(index) else { return };
        let cues = self.cues_in(&sentence.folded);
        let words = self.reading.folded.get(sentence.folded.clone()).unwrap_or_default();
        if words == "or" {
            self.join_next();
            return;
        }
        self.add_limit(index, sentence, &cues, words);
        let one_of = cues.iter().any(|placed| placed.cue.kind == CueKind::OneOf);
        let text = self.reading.original.get(sentence.original.clone()).unwrap_or_default();
        self.head = (one_of || text.trim_end().ends_with(':')).then(|| {
            let verdict = self.alone(sentence, &cues);
            ListHead { is_one_of: one_of, joins: false, level: verdict.level, months: verdict.months, group: None }
        });
    }

    /// A line `or` between two lines joins them.
    fn join_next(&mut self) {
        let Some(last) = self.asked.last().copied() else { return };
        let group = last.group.unwrap_or_else(|| self.new_group());
        if let Some(last) = self.asked.last_mut() {
            last.group = Some(group);
        }
        let level = (last.ground == Ground::Words).then_some(last.level);
        self.head = Some(ListHead { is_one_of: true, joins: true, level, months: last.months, group: Some(group) });
    }

    /// Weighs the words of a sentence as if a credential stood at its end.
    fn alone(&self, sentence: &Sentence, cues: &[Placed]) -> Verdict {
        let end = sentence.folded.end;
        let all_trail: Vec<Placed> = cues.to_vec();
        let stretch = Stretch {
            reading: self.reading,
            start: sentence.folded.start,
            end: sentence.folded.start,
            limit: end,
            lead: Vec::new(),
            trail: all_trail,
        };
        let verdict = stretch.verdict();
        let level = verdict.level.or_else(|| cues.iter().find_map(|placed| level_of(placed.cue.kind)));
        Verdict { level, ..verdict }
    }

    /// `Certification must be obtained within 12 months.` behind the sentence that named it.
    fn add_limit(&mut self, index: usize, sentence: &Sentence, cues: &[Placed], words: &str) {
        let speaks_of_it = words.split(' ').any(|word| {
            matches!(
                word,
                "certification"
                    | "certifications"
                    | "credential"
                    | "credentials"
                    | "certified"
                    | "obtain"
                    | "obtained"
                    | "earn"
                    | "earned"
                    | "pass"
            )
        });
        if !speaks_of_it || !cues.iter().any(|placed| placed.cue.kind == CueKind::Within) {
            return;
        }
        let Some(months) = self.alone(sentence, cues).months else { return };
        for asked in self.asked.iter_mut().rev().take_while(|asked| asked.sentence + 1 == index) {
            asked.level = DemandLevel::Eligible;
            asked.months = Some(months);
            asked.ground = Ground::Words;
        }
    }

    fn take_sentence(&mut self, index: usize, mentions: &[Mention]) {
        let Some(sentence) = self.reading.sentences.get(index) else { return };
        let cues = self.cues_in(&sentence.folded);
        let clause = Clause { reading: self.reading, sentence };
        let links = clause.links(mentions, &cues);
        let verdicts = clause.verdicts(mentions, &cues, &links);
        let head = self.head_for(sentence, &cues, mentions);
        let mut group = head.and_then(|head| head.group);
        let mut previous: Option<(usize, DemandLevel)> = None;
        for (at, mention) in mentions.iter().enumerate() {
            let verdict = verdicts.get(at).copied().unwrap_or_default();
            if verdict.instead && self.takes_place(mention, index) {
                previous = None;
                continue;
            }
            let Some((level, months, ground)) = Self::settle(sentence, head, verdict) else {
                previous = None;
                continue;
            };
            let joined = previous.is_some_and(|(before, other)| {
                before + 1 == at && links.get(before) == Some(&Link::Or) && may_alternate(other, level)
            });
            let in_list = head.is_some_and(|head| head.is_one_of);
            if joined && group.is_none() {
                group = Some(self.new_group());
                if let Some(last) = self.asked.last_mut() {
                    last.group = group;
                }
            } else if !joined && !in_list {
                group = None;
            }
            let Mention { credential, start, .. } = *mention;
            self.asked.push(Asked { credential, level, months, ground, group, start, sentence: index });
            previous = Some((at, level));
        }
        self.close(sentence, head, group, &cues);
    }

    /// `CCS required; CIC accepted in its place`: an alternative to what was asked for just before.
    fn takes_place(&mut self, mention: &Mention, index: usize) -> bool {
        let Some(last) = self.asked.last().copied().filter(|last| last.sentence + 1 >= index) else { return false };
        let group = last.group.unwrap_or_else(|| self.new_group());
        if let Some(last) = self.asked.last_mut() {
            last.group = Some(group);
        }
        let Mention { credential, start, .. } = *mention;
        self.asked.push(Asked { credential, start, group: Some(group), sentence: index, ..last });
        true
    }

    /// The head of a list holds until a line without a credential; a line that ends in `or` is one too.
    fn close(&mut self, sentence: &Sentence, head: Option<ListHead>, group: Option<u32>, cues: &[Placed]) {
        let text = self.reading.original.get(sentence.original.clone()).unwrap_or_default();
        let text = text.trim_end_matches(|c: char| c.is_whitespace() || c == ',');
        self.head = head
            .map(|head| ListHead { group: if head.is_one_of { group } else { None }, ..head })
            .filter(|head| !head.joins);
        let goes_on = text.ends_with(';') && cues.iter().any(|placed| placed.cue.kind == CueKind::OneOf);
        if goes_on || text.ends_with(" or") || text.ends_with(" OR") {
            self.join_next();
        }
        if let Some(head) = self.head.as_mut().filter(|_| goes_on) {
            head.joins = false;
        }
    }

    /// Gives the list's head if the sentence is a member of its list.
    fn head_for(&mut self, sentence: &Sentence, cues: &[Placed], mentions: &[Mention]) -> Option<ListHead> {
        let folded = self.reading.folded.get(sentence.folded.clone()).unwrap_or_default();
        if folded.starts_with("or ") && self.head.is_none() && mentions.first().is_some_and(|m| m.sentence > 0) {
            self.join_next();
        }
        let head = self.head?;
        let own = cues.iter().any(|placed| level_of(placed.cue.kind).is_some());
        // A line with its own word of demand stands outside the list.
        if own && !head.joins {
            return None;
        }
        let group = head.group.or_else(|| head.is_one_of.then(|| self.new_group()));
        Some(ListHead { group, ..head })
    }

    fn new_group(&mut self) -> u32 {
        let group = self.next_group;
        self.next_group = self.next_group.saturating_add(1);
        group
    }

    /// Decides between the sentence's own words, the list's head and the heading above.
    fn settle(
        sentence: &Sentence,
        head: Option<ListHead>,
        verdict: Verdict,
    ) -> Option<(DemandLevel, Option<u32>, Ground)> {
        if verdict.cancelled {
            return None;
        }
        // Eligible under a heading of wishes is a wish, unless it must be got in time.
        let wished = sentence.section == Section::Preferred && verdict.months.is_none();
        if wished && verdict.level == Some(DemandLevel::Eligible) {
            return Some((DemandLevel::Preferred, None, Ground::Words));
        }
        if let Some(level) = verdict.level {
            return Some((level, verdict.months, Ground::Words));
        }
        if let Some(head) = head
            && let Some(level) = head.level
        {
            return Some((level, head.months, Ground::Words));
        }
        match sentence.section {
            Section::Preferred => Some((DemandLevel::Preferred, None, Ground::Heading)),
            Section::Required => Some((DemandLevel::Required, None, Ground::Heading)),
            Section::Open | Section::Duties => Some((DemandLevel::Required, None, Ground::Named)),
            // Only offered, boasted of, or part of legal words.
            Section::Benefits | Section::About | Section::Apply => None,
        }
    }
}

/// Two members of one list of alternatives have levels that fit together.
fn may_alternate(one: DemandLevel, other: DemandLevel) -> bool {
    (one == DemandLevel::Preferred) == (other == DemandLevel::Preferred)
}
