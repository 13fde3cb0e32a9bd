//! What each sentence asks for: credentials in stretches, each stretch with its words of demand, its
//! alternatives numbered.

use std::ops::Range;

use crate::model::DemandLevel;

use super::super::reading::{Reading, Section, Sentence};
use super::credential_list::{CredentialList, CueKind, Side};
use super::found::Found;
use super::level::{Placed, Stretch, Verdict, level_of};
use super::link::{Link, is_one_certification, is_open_list, link};
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
        let links = self.links(sentence, mentions, &cues);
        let verdicts = self.verdicts(sentence, mentions, &cues, &links);
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

    /// Joins neighbours: commas take the next word of their list, `one of` makes alternatives of all.
    fn links(&self, sentence: &Sentence, mentions: &[Mention], cues: &[Placed]) -> Vec<Link> {
        let mut links: Vec<Link> =
            mentions.iter().zip(mentions.iter().skip(1)).map(|(one, other)| link(self.reading, one, other)).collect();
        let behind = mentions.last().map_or("", |last| self.words(last.end, sentence.folded.end));
        let mut next = if is_open_list(behind) { Link::Or } else { Link::Comma };
        let one = is_one_certification(behind);
        if one && links.iter().all(|link| *link == Link::Comma) {
            next = Link::Or;
        }
        for (at, link) in links.iter_mut().enumerate().rev() {
            let parted = is_parted(mentions, at, cues);
            if *link == Link::Comma && !(parted && next != Link::Or) {
                *link = next;
            }
            next = if parted && *link != Link::Or { Link::Comma } else { *link };
        }
        self.alternatives(mentions, cues, &mut links);
        links
    }

    /// Behind `one of`, `such as` or `certification (` every comma is an `or`.
    fn alternatives(&self, mentions: &[Mention], cues: &[Placed], links: &mut [Link]) {
        let mut open: Option<CueKind> = None;
        for (at, mention) in mentions.iter().enumerate() {
            let from = at.checked_sub(1).and_then(|before| mentions.get(before)).map_or(0, |before| before.end);
            let opened = cues.iter().rev().find(|placed| {
                matches!(placed.cue.kind, CueKind::OneOf | CueKind::Example)
                    && placed.start >= from
                    && placed.end <= mention.start
                    && self.words(placed.end, mention.start).split(' ').count() <= 9
            });
            let in_brackets = self.opens_examples(mention);
            if let Some(placed) = opened {
                open = Some(placed.cue.kind);
            } else if in_brackets {
                open = Some(CueKind::Example);
            }
            let has_or = links.iter().skip(at).any(|link| *link == Link::Or);
            let Some(link) = links.get_mut(at) else { return };
            if is_parted(mentions, at, cues) || *link == Link::Apart {
                open = None;
            }
            match (open, *link) {
                (Some(_), Link::Comma) => *link = Link::Or,
                (Some(CueKind::OneOf), Link::And) if !has_or => *link = Link::Or,
                _ => {}
            }
        }
    }

    /// `coding certification (CPC, CCS)`, `certification: CPC, CCS`.
    fn opens_examples(&self, mention: &Mention) -> bool {
        let from = self.reading.folded.floor_char_boundary(mention.start.saturating_sub(24));
        let before = self.reading.between(from, mention.start).trim_end();
        // A list in brackets explains the word before it.
        before.ends_with('(')
            || before.ends_with(':') && {
                let word = before.trim_end_matches(['(', ':', ' ']);
                let lower = word.to_ascii_lowercase();
                [
                    "certification",
                    "credential",
                    "certificate",
                    "certified",
                    "credentialed",
                    "ahima",
                    "aapc",
                    "cert",
                    "certs",
                ]
                .iter()
                .any(|end| lower.ends_with(end))
            }
    }

    fn words(&self, from: usize, to: usize) -> &str {
        self.reading.folded.get(from..to.max(from)).unwrap_or_default().trim()
    }

    /// Gives each mention the verdict of its stretch.
    fn verdicts(&self, sentence: &Sentence, mentions: &[Mention], cues: &[Placed], links: &[Link]) -> Vec<Verdict> {
        let runs = runs(mentions, cues, links);
        let mut verdicts: Vec<Verdict> = Vec::with_capacity(mentions.len());
        for (number, run) in runs.iter().enumerate() {
            let before = number.checked_sub(1).and_then(|before| runs.get(before));
            let stretch = self.stretch(sentence, mentions, cues, (before, run, runs.get(number + 1)));
            let verdict = stretch.map(|stretch| stretch.verdict()).unwrap_or_default();
            verdicts.extend(run.clone().map(|_| verdict));
        }
        inherit(&mut verdicts, links);
        verdicts
    }

    /// Gives a run the words of demand around it.
    fn stretch(
        &self,
        sentence: &Sentence,
        mentions: &[Mention],
        cues: &[Placed],
        (before, run, after): (Option<&Range<usize>>, &Range<usize>, Option<&Range<usize>>),
    ) -> Option<Stretch<'a>> {
        let start = mentions.get(run.start)?.start;
        let end = mentions.get(run.end.checked_sub(1)?)?.end;
        let floor = before.and_then(|before| mentions.get(before.end.checked_sub(1)?)).map(|mention| mention.end);
        let ceiling = after.and_then(|after| mentions.get(after.start)).map(|mention| mention.start);
        let lead = cues
            .iter()
            .filter(|placed| placed.end <= start && placed.start >= floor.unwrap_or(0))
            .filter(|placed| match floor {
                Some(floor) => self.leads(floor, placed, start),
                None => placed.cue.side == Side::Before || self.is_likewise(end) || !self.is_cut_off(placed, start),
            })
            .copied()
            .collect();
        let trail = cues
            .iter()
            .filter(|placed| placed.start >= end && placed.end <= ceiling.unwrap_or(usize::MAX))
            .filter(|placed| ceiling.is_none_or(|ceiling| !self.leads(end, placed, ceiling)))
            .copied()
            .collect();
        let limit = ceiling.unwrap_or(sentence.folded.end);
        Some(Stretch { reading: self.reading, start, end, limit, lead, trail })
    }

    /// `A degree is preferred, CCS likewise`.
    fn is_likewise(&self, end: usize) -> bool {
        let next =
            self.reading.folded.get(end..).and_then(|rest| rest.split([' ', '\n']).find(|word| !word.is_empty()));
        next == Some("likewise")
    }

    /// Tells whether a word of demand between two runs belongs to the second one.
    fn leads(&self, first_end: usize, placed: &Placed, second_start: usize) -> bool {
        match placed.cue.side {
            Side::Before => true,
            Side::After => false,
            Side::Either => {
                let behind = self.reading.between(placed.end, second_start);
                behind.trim_start().starts_with(':')
                    || (parts(self.reading.between(first_end, placed.start)) && !parts(behind))
            }
        }
    }

    /// `Degree required, CPC`: a comma cuts a word of demand off from what follows; a colon does not.
    fn is_cut_off(&self, placed: &Placed, start: usize) -> bool {
        let gap = self.reading.between(placed.end, start);
        let within = placed.cue.kind == CueKind::Within;
        let names = matches!(placed.cue.kind, CueKind::OneOf | CueKind::Offer | CueKind::Colleague);
        !within && !names && !gap.contains([':', '(', '\u{2013}', '\u{2014}']) && !gap.contains(" - ") && parts(gap)
    }
}

/// Two members of one list of alternatives have levels that fit together.
fn may_alternate(one: DemandLevel, other: DemandLevel) -> bool {
    (one == DemandLevel::Preferred) == (other == DemandLevel::Preferred)
}

/// Tells whether these words part two clauses.
fn parts(text: &str) -> bool {
    text.contains([',', ';'])
        || text.split_whitespace().any(|word| {
            matches!(
                word.trim_matches(|c: char| !c.is_alphanumeric()),
                "and" | "or" | "but" | "with" | "plus" | "AND" | "OR" | "BUT" | "while"
            )
        })
}

/// Tells whether a word of demand stands between a mention and the next one.
fn is_parted(mentions: &[Mention], at: usize, cues: &[Placed]) -> bool {
    let (Some(one), Some(other)) = (mentions.get(at), mentions.get(at + 1)) else { return false };
    cues.iter().any(|placed| {
        placed.start >= one.end
            && placed.end <= other.start
            && matches!(
                placed.cue.kind,
                CueKind::Required | CueKind::Preferred | CueKind::Eligible | CueKind::Not | CueKind::Within
            )
    })
}

/// Cuts a sentence's mentions into runs that share their words of demand.
fn runs(mentions: &[Mention], cues: &[Placed], links: &[Link]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut listed = false;
    for at in 0..mentions.len() {
        let link = links.get(at).copied().unwrap_or(Link::Apart);
        // `RHIA or RHIT, CCS preferred`: behind a finished list a comma begins something new.
        let ends = link == Link::Apart || is_parted(mentions, at, cues) || (link == Link::Comma && listed);
        if ends {
            // `Must have CPC, CCS preferred`: a plain comma parts two contrary words of demand.
            if !listed && at > start && is_between_contraries(mentions, start, at, cues) {
                runs.push(start..at);
                start = at;
            }
            runs.push(start..at + 1);
            start = at + 1;
            listed = false;
        } else {
            listed |= matches!(link, Link::Or | Link::And);
        }
    }
    runs
}

/// Tells whether a demand stands before these mentions and a wish behind them.
fn is_between_contraries(mentions: &[Mention], first: usize, last: usize, cues: &[Placed]) -> bool {
    let (Some(first), Some(last)) = (mentions.get(first), mentions.get(last)) else { return false };
    let before = cues.iter().rev().find(|placed| placed.end <= first.start && level_of(placed.cue.kind).is_some());
    let behind = cues.iter().find(|placed| placed.start >= last.end && level_of(placed.cue.kind).is_some());
    before.is_some_and(|placed| placed.cue.kind == CueKind::Required && placed.cue.side == Side::Before)
        && behind.is_some_and(|placed| placed.cue.kind == CueKind::Preferred)
}

/// A member of a list without a word of its own takes its neighbour's.
fn inherit(verdicts: &mut [Verdict], links: &[Link]) {
    let is_bare = |verdict: &Verdict| verdict.level.is_none() && !verdict.cancelled;
    for at in 1..verdicts.len() {
        if links.get(at - 1) == Some(&Link::Or)
            && verdicts.get(at).is_some_and(is_bare)
            && let Some(before) = verdicts.get(at - 1).copied().filter(|before| !before.cancelled)
            && let Some(own) = verdicts.get_mut(at)
        {
            *own = before;
        }
    }
    for at in (1..verdicts.len()).rev() {
        if links.get(at - 1) == Some(&Link::Or)
            && verdicts.get(at - 1).is_some_and(is_bare)
            && let Some(after) = verdicts.get(at).copied().filter(|after| !after.cancelled)
            && let Some(own) = verdicts.get_mut(at - 1)
        {
            *own = after;
        }
    }
}
