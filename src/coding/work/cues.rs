//! All words that tell something of the work, looked up in one pass, and handed on sentence by
//! sentence.

use super::super::phrases::{Hit, PhraseSet};
use super::super::reading::{Reading, Sentence};
use crate::model::EducationLevel;

/// What words mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// A kind of work, where a title leaves it open.
    Kind {
        /// The group that the title opens.
        group: u8,
        /// The kind.
        kind: u16,
    },
    /// Words of a guard against work that is no HIM work.
    Guard(u16),
    /// A kind of place.
    Setting(u8),
    /// The sentence speaks of the employer.
    Own,
    /// The sentence asks something of the applicant.
    Wanting,
    /// The sentence speaks of somebody else.
    Others,
    /// The sentence speaks of an agency's client.
    Client,
    /// A step of education; `None` for words that only look like one.
    Degree(Option<EducationLevel>),
    /// What is asked is required.
    Hard,
    /// What is asked is preferred.
    Soft,
    /// The sentence is of no interest for this.
    Off(Off),
    /// What stands in front of years that are no requirement.
    YearsBefore,
    /// Years or months; the number of months in one, 0 for years of another kind.
    Unit(u8),
    /// Words of experience.
    Experience {
        /// The word itself.
        bare: bool,
    },
    /// Beginners are taken.
    Beginner {
        /// Required years overrule it.
        weak: bool,
        /// It holds in titles only, or in bodies only.
        title: bool,
    },
    /// A beginner's words are taken back.
    NotBeginner,
    /// A shift; `None` for words that only look like one.
    Shift {
        /// Its number.
        shift: Option<u8>,
        /// Where it is clear.
        clear: Clear,
    },
    /// Hours a week, by the number of the entry.
    Hours(u8),
    /// Days of the week, which opening and closing times follow.
    Weekdays,
    /// A clock time may stand here.
    Clock,
    /// A federal grade follows.
    Grade,
}

/// What a sentence tells nothing of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Off {
    /// Education asked for.
    Education,
    /// A grade of the position.
    Grade,
    /// Hours of work.
    Hours,
    /// Hours of work, where nothing calls them a week's.
    BareHours,
    /// Shifts.
    Shift,
    /// Years asked for: it speaks of a time of trial or a contract.
    Years,
    /// Experience asked for: it boasts of the employer's.
    Boast,
    /// What follows or precedes closely: it is denied.
    No,
}

/// Where a word tells a shift; in titles it always does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clear {
    /// Everywhere.
    Always,
    /// Beside words of a schedule.
    BesideSchedule,
    /// Alone between marks.
    Alone,
}

impl Cue {
    /// Words are hidden by longer ones that speak of the same matter.
    fn matter(self) -> u8 {
        match self {
            Self::Kind { group, .. } => 32 + group,
            Self::Guard(_) => 0,
            Self::Setting(_) => 1,
            Self::Own | Self::Others | Self::Client => 2,
            Self::Wanting => 15,
            Self::Degree(_) => 3,
            Self::Hard | Self::Soft => 4,
            Self::Off(Off::No) => 5,
            Self::Off(_) => 6,
            Self::YearsBefore | Self::Unit(_) => 7,
            Self::Experience { .. } => 8,
            Self::Beginner { .. } => 9,
            Self::NotBeginner => 10,
            Self::Shift { .. } => 11,
            Self::Hours(_) => 12,
            Self::Weekdays | Self::Clock => 13,
            Self::Grade => 14,
        }
    }
}

/// Every cue of the vocabulary.
#[derive(Debug)]
pub(super) struct Cues {
    set: PhraseSet<Cue>,
}

impl Cues {
    /// Makes the cues ready.
    pub(super) fn new(cues: impl IntoIterator<Item = (String, Cue)>) -> Self {
        Self { set: PhraseSet::new(cues) }
    }

    /// Finds every cue of a text in order; of the same matter the longest only.
    pub(super) fn scan(&self, reading: &Reading<'_>) -> Vec<Hit<Cue>> {
        let mut hits: Vec<Hit<Cue>> = self.set.hits(&reading.folded).collect();
        hits.sort_unstable_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
        let mut kept: Vec<Hit<Cue>> = Vec::with_capacity(hits.len());
        for hit in hits {
            let hides = |longer: &Hit<Cue>| {
                longer.end >= hit.end
                    && (longer.start, longer.end) != (hit.start, hit.end)
                    && longer.meaning.matter() == hit.meaning.matter()
            };
            if !kept.iter().rev().take(12).any(hides) {
                kept.push(hit);
            }
        }
        kept
    }
}

/// A sentence with its cues.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard<'a> {
    /// The sentence.
    pub(super) sentence: &'a Sentence,
    /// Its cues in order.
    pub(super) hits: &'a [Hit<Cue>],
}

impl Heard<'_> {
    /// Tells whether a cue stands in the sentence.
    pub(super) fn has(&self, is: impl Fn(Cue) -> bool) -> bool {
        self.hits.iter().any(|hit| is(hit.meaning))
    }

    /// Tells whether the sentence denies something.
    pub(super) fn negated(&self) -> bool {
        self.has(|cue| cue == Cue::Off(Off::No))
    }

    /// Tells whether what the cue with this number asks is required: by the first word of demand behind it,
    /// else by the last before it. `None` where none stands there.
    ///
    /// Another thing asked for, parted by a comma and not joined by "or", ends the search.
    pub(super) fn demand(&self, at: usize, reading: &Reading<'_>) -> Option<bool> {
        let asked = self.hits.get(at)?;
        let is_peer = |cue: Cue| match asked.meaning {
            Cue::Unit(_) => matches!(cue, Cue::Unit(_)),
            _ => matches!(cue, Cue::Degree(_)),
        };
        let mut last_end = asked.end;
        for hit in self.hits.get(at + 1..).unwrap_or_default() {
            match hit.meaning {
                Cue::Hard => return Some(true),
                Cue::Soft if another_wish(reading, last_end, hit.start) => break,
                Cue::Soft => return Some(false),
                cue if is_peer(cue) && hit.start > last_end => {
                    if !joined(reading, last_end, hit.start) {
                        break;
                    }
                    last_end = hit.end;
                }
                _ => {}
            }
        }
        self.demand_before(at, reading)
    }

    fn demand_before(&self, at: usize, reading: &Reading<'_>) -> Option<bool> {
        let asked = self.hits.get(at)?;
        let before = self.hits.get(..at)?.iter().rev().find(|hit| matches!(hit.meaning, Cue::Hard | Cue::Soft))?;
        let between = reading.between(before.end, asked.start);
        // "Preferred, ..." closes what was wished for; what follows is another matter.
        let parted = before.meaning == Cue::Soft && between.contains([',', ';']);
        (!parted).then_some(before.meaning == Cue::Hard)
    }
}

/// Tells whether two things asked for are alternatives: "or" stands between them, or a stroke.
pub(super) fn joined(reading: &Reading<'_>, from: usize, to: usize) -> bool {
    let folded = reading.folded.get(from..to).unwrap_or_default();
    let between = reading.between(from, to);
    folded.split(' ').any(|word| word == "or") || between.trim() == "/" || !between.contains([',', ';', '-'])
}

/// Tells whether a wish concerns something else than what stands before it: "2 years of coding,
/// trauma preferred". One comma, and a few words behind it that no "or" joins.
fn another_wish(reading: &Reading<'_>, from: usize, to: usize) -> bool {
    let between = reading.between(from, to);
    let mut parts = between.split(',').skip(1);
    let (Some(last), None) = (parts.next(), parts.next()) else { return false };
    let mut words = last.split_whitespace();
    let first = words.next();
    let light = ["or", "and", "but", "is", "are", "with", "highly", "strongly", "not"];
    first.is_some_and(|word| !light.contains(&word)) && words.count() < 3
}

/// Hands the cues on sentence by sentence; sentences without any are left out.
pub(super) fn by_sentence<'a>(reading: &'a Reading<'_>, hits: &'a [Hit<Cue>]) -> Vec<Heard<'a>> {
    let mut heard = Vec::with_capacity(reading.sentences.len());
    let mut rest = hits;
    for sentence in &reading.sentences {
        let count = rest.partition_point(|hit| hit.start < sentence.folded.end);
        let (own, others) = rest.split_at(count);
        if !own.is_empty() {
            heard.push(Heard { sentence, hits: own });
        }
        rest = others;
    }
    heard
}
