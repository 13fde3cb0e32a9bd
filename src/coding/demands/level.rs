//! How a stretch of credentials is asked for, told from the words of demand before and behind it.

use crate::model::DemandLevel;

use super::super::fold::fold;
use super::super::reading::Reading;
use super::credential_list::{Cue, CueKind, Side};
use super::months::months;

/// One word of demand in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    /// What it says.
    pub(super) cue: Cue,
    /// Where it begins in the folded text.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// What a sentence says about one stretch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// How it is asked for, where the sentence says.
    pub(super) level: Option<DemandLevel>,
    /// Within how many months.
    pub(super) months: Option<u32>,
    /// Whether it is not asked for at all.
    pub(super) cancelled: bool,
    /// Whether it is taken in place of the one named before.
    pub(super) instead: bool,
}

/// A stretch of credentials with the words of demand that belong to it.
#[derive(Debug)]
pub(super) struct Stretch<'a> {
    /// The text it stands in.
    pub(super) reading: &'a Reading<'a>,
    /// Where the first credential begins.
    pub(super) start: usize,
    /// Where the last one ends.
    pub(super) end: usize,
    /// Where the sentence ends.
    pub(super) limit: usize,
    /// Words of demand before it, in order.
    pub(super) lead: Vec<Placed>,
    /// Words of demand behind it, in order.
    pub(super) trail: Vec<Placed>,
}

/// How many words may stand between a colleague's sign and the credential.
const COLLEAGUE_REACH: usize = 6;
/// How many words may stand between an offer's sign and the credential.
const OFFER_REACH: usize = 10;
/// How many words may stand between `eligible` or `obtain` and the credential.
const ELIGIBLE_REACH: usize = 6;

impl Stretch<'_> {
    /// Weighs the words of demand.
    pub(super) fn verdict(&self) -> Verdict {
        let months = self.months();
        let wish = self.wish();
        let eligible = months.is_some() || self.is_eligible();
        let level = match (wish, eligible) {
            // `RHIT eligible preferred` is a wish; with a time limit it is a duty all the same.
            (Some(DemandLevel::Preferred), true) if months.is_none() => Some(DemandLevel::Preferred),
            (_, true) => Some(DemandLevel::Eligible),
            (wish, false) => wish,
        };
        let firm = months.is_some() || wish.is_some();
        let cancelled =
            self.is_negated(level) || (!firm && self.is_offer()) || (self.is_colleague() && self.behind().is_none());
        let instead =
            level.is_none() && self.lead.iter().chain(&self.trail).any(|placed| placed.cue.kind == CueKind::Instead);
        Verdict { level, months, cancelled, instead }
    }

    fn wish(&self) -> Option<DemandLevel> {
        self.behind().or_else(|| self.before())
    }

    /// The first level behind the stretch.
    fn behind(&self) -> Option<DemandLevel> {
        self.trail
            .iter()
            .filter(|placed| placed.cue.side != Side::Before && !self.is_foreign(placed))
            .find_map(|placed| level_of(placed.cue.kind))
    }

    /// The nearest level before it.
    fn before(&self) -> Option<DemandLevel> {
        self.lead
            .iter()
            .rev()
            .filter(|placed| placed.cue.side != Side::After)
            .find_map(|placed| level_of(placed.cue.kind))
    }

    fn is_eligible(&self) -> bool {
        let is = |placed: &&Placed| placed.cue.kind == CueKind::Eligible;
        self.trail.iter().filter(is).any(|placed| {
            !self.is_foreign(placed)
                && self.words(self.end, placed.start) <= ELIGIBLE_REACH + self.levels_before(placed)
        }) || self
            .lead
            .iter()
            .rev()
            .take_while(|placed| placed.cue.kind != CueKind::Required)
            .any(|placed| placed.cue.kind == CueKind::Eligible && self.words(placed.end, self.start) <= ELIGIBLE_REACH)
    }

    /// Words of demand between the stretch and another one stretch its reach.
    fn levels_before(&self, placed: &Placed) -> usize {
        2 * self.trail.iter().take_while(|other| other.start < placed.start).count()
    }

    fn months(&self) -> Option<u32> {
        let cues = || self.lead.iter().chain(&self.trail);
        let asked = cues().any(|placed| matches!(placed.cue.kind, CueKind::Eligible | CueKind::Required));
        cues().filter(|placed| placed.cue.kind == CueKind::Within).find_map(|placed| {
            let near = placed.start >= self.end && self.words(self.end, placed.start) <= 4;
            let from =
                if self.text(placed.start, placed.end).starts_with("in ") { placed.start + 3 } else { placed.end };
            if asked || near { months(self.text(from, self.limit)) } else { None }
        })
    }

    fn is_negated(&self, level: Option<DemandLevel>) -> bool {
        let trailing = self
            .trail
            .iter()
            .take_while(|placed| level_of(placed.cue.kind).is_none() || placed.cue.side == Side::Before)
            .any(|placed| {
                placed.cue.kind == CueKind::Not && placed.cue.side == Side::After && !self.is_foreign(placed)
            });
        let leading = self
            .lead
            .last()
            .is_some_and(|placed| placed.cue.kind == CueKind::Not && is_close(self.text(placed.end, self.start)));
        leading || (trailing && level.is_none_or(|level| level == DemandLevel::Required))
    }

    fn is_offer(&self) -> bool {
        self.lead.iter().chain(&self.trail).filter(|placed| placed.cue.kind == CueKind::Offer).any(|placed| {
            let gap = if placed.end <= self.start {
                self.words(placed.end, self.start)
            } else {
                self.words(self.end, placed.start)
            };
            gap <= OFFER_REACH
        })
    }

    fn is_colleague(&self) -> bool {
        let nearest = self
            .lead
            .iter()
            .rev()
            .find(|placed| level_of(placed.cue.kind).is_some() || placed.cue.kind == CueKind::Colleague);
        nearest.is_some_and(|placed| {
            let gap = self.text(placed.end, self.start);
            placed.cue.kind == CueKind::Colleague
                && self.words(placed.end, self.start) <= COLLEAGUE_REACH
                && !gap.split(' ').any(|word| word == "as")
        })
    }

    /// `CPC, 2 years of experience preferred`: other words behind a comma own the word of demand.
    fn is_foreign(&self, placed: &Placed) -> bool {
        const OWN: [&str; 26] = [
            "certification",
            "certifications",
            "certified",
            "credential",
            "credentials",
            "credentialed",
            "designation",
            "strongly",
            "highly",
            "is",
            "are",
            "also",
            "and",
            "but",
            "or",
            "equivalent",
            "other",
            "similar",
            "a",
            "an",
            "by",
            "ahima",
            "aapc",
            "ncra",
            "coding",
            "which",
        ];
        let between = self.reading.between(self.end, placed.start);
        between
            .rsplit_once(',')
            .is_some_and(|(_, behind)| fold(behind).split(' ').any(|word| !word.is_empty() && !OWN.contains(&word)))
    }

    fn text(&self, from: usize, to: usize) -> &str {
        self.reading.folded.get(from..to.max(from)).unwrap_or_default()
    }

    fn words(&self, from: usize, to: usize) -> usize {
        self.text(from, to).split([' ', '\n']).filter(|word| !word.is_empty()).count()
    }
}

/// Tells whether a negation reaches over these words: `no coding credential (`, `no current`, but not
/// `not only`.
fn is_close(gap: &str) -> bool {
    const CARRIED: [&str; 14] = [
        "coding",
        "credential",
        "credentials",
        "certification",
        "certifications",
        "certificate",
        "such",
        "as",
        "like",
        "a",
        "an",
        "the",
        "or",
        "need",
    ];
    let words = || gap.split(' ').filter(|word| !word.is_empty());
    match words().count() {
        0 => true,
        1 => !words().any(|word| matches!(word, "only" | "just" | "limited")),
        _ => words().all(|word| CARRIED.contains(&word)),
    }
}

/// Gives the level that a word of demand names by itself.
pub(super) fn level_of(kind: CueKind) -> Option<DemandLevel> {
    match kind {
        CueKind::Required => Some(DemandLevel::Required),
        CueKind::Preferred => Some(DemandLevel::Preferred),
        _ => None,
    }
}
