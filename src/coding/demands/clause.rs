//! One sentence with its credentials: how they are joined, which of them share their words of demand,
//! and which words of demand are whose.

use std::ops::Range;

use super::super::reading::{Reading, Sentence};
use super::credential_list::{CueKind, Side};
use super::level::{Placed, Stretch, Verdict, level_of};
use super::link::{Link, is_one_certification, is_open_list, link};
use super::mention::Mention;

/// One sentence.
#[derive(Clone, Copy)]
pub(super) struct Clause<'a> {
    /// The text it stands in.
    pub(super) reading: &'a Reading<'a>,
    /// The sentence.
    pub(super) sentence: &'a Sentence,
}

impl<'a> Clause<'a> {
    /// Joins neighbours: commas take the next word of their list, `one of` makes alternatives of all.
    pub(super) fn links(&self, mentions: &[Mention], cues: &[Placed]) -> Vec<Link> {
        let mut links: Vec<Link> =
            mentions.iter().zip(mentions.iter().skip(1)).map(|(one, other)| link(self.reading, one, other)).collect();
        let behind = mentions.last().map_or("", |last| self.words(last.end, self.sentence.folded.end));
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
    pub(super) fn verdicts(&self, mentions: &[Mention], cues: &[Placed], links: &[Link]) -> Vec<Verdict> {
        let runs = runs(mentions, cues, links);
        let mut verdicts: Vec<Verdict> = Vec::with_capacity(mentions.len());
        for (number, run) in runs.iter().enumerate() {
            let before = number.checked_sub(1).and_then(|before| runs.get(before));
            let stretch = self.stretch(mentions, cues, (before, run, runs.get(number + 1)));
            let verdict = stretch.map(|stretch| stretch.verdict()).unwrap_or_default();
            verdicts.extend(run.clone().map(|_| verdict));
        }
        inherit(&mut verdicts, links);
        verdicts
    }

    /// Gives a run the words of demand around it.
    fn stretch(
        &self,
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
        let limit = ceiling.unwrap_or(self.sentence.folded.end);
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
