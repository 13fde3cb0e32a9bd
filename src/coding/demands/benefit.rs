//! Benefits that the employer offers: not those that it denies, and not what it demands of applicants.

use serde::Deserialize;

use super::super::fold::{fold, holds_words};
use super::super::headings::Section;
use super::super::phrases::Hit;
use super::super::reading::{Reading, Sentence};
use super::super::vocabulary::{VocabularyError, VocabularyFiles};
use super::Meaning;
use super::credential_list::short;
use super::found::Found;
use crate::model::{Code, Codes};

const FILE: &str = "benefits.toml";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Shape {
    negation: Vec<NegationEntry>,
    benefit: Vec<BenefitEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NegationEntry {
    #[serde(rename = "id")]
    _id: String,
    side: NegationSide,
    phrases: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

/// Where a negation stands.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum NegationSide {
    /// Close before the benefit.
    Before,
    /// Close behind it.
    After,
    /// As the next word.
    DirectlyAfter,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BenefitEntry {
    id: String,
    phrases: Vec<String>,
    #[serde(default)]
    things: Vec<String>,
    #[serde(default)]
    given: Vec<String>,
    #[serde(default)]
    listed: Vec<String>,
    #[serde(default)]
    demand: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

/// What a phrase says of its benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Names it.
    Whole,
    /// A thing that may be given.
    Thing,
    /// A thing that is given where it stands under a heading of benefits.
    Listed,
    /// Says that something is given.
    Given,
}

/// Every benefit with its phrases.
#[derive(Debug, Default)]
pub(super) struct Benefits {
    ids: Vec<String>,
    demands: Vec<Vec<String>>,
    phrases: Vec<(usize, Part)>,
    before: Vec<String>,
    behind: Vec<String>,
    next: Vec<String>,
}

/// How many words may stand between a thing and the words that give it.
const REACH: usize = 6;
/// How many words before and behind a benefit a negation is looked for in.
const NEGATION_REACH: usize = 4;
/// How many behind: `relocation and recruitment incentives are not authorized`.
const NEGATION_REACH_BEHIND: usize = 7;

impl Benefits {
    /// Reads the file and adds its phrases to those that texts are searched for.
    ///
    /// # Errors
    /// Returns [`VocabularyError`] for an entry that cannot be used.
    pub(super) fn read(files: &VocabularyFiles, phrases: &mut Vec<(String, Meaning)>) -> Result<Self, VocabularyError> {
        let shape: Shape = files.read(FILE)?;
        let mut benefits = Self::default();
        for entry in shape.negation {
            let folded = entry.phrases.iter().map(|phrase| fold(phrase));
            match entry.side {
                NegationSide::Before => benefits.before.extend(folded),
                NegationSide::After => benefits.behind.extend(folded),
                NegationSide::DirectlyAfter => benefits.next.extend(folded),
            }
        }
        for entry in shape.benefit {
            benefits.add(entry, phrases)?;
        }
        Ok(benefits)
    }

    fn add(&mut self, entry: BenefitEntry, phrases: &mut Vec<(String, Meaning)>) -> Result<(), VocabularyError> {
        if entry.things.is_empty() != entry.given.is_empty() {
            let why = "`things` and `given` need each other".to_owned();
            return Err(VocabularyError::Entry { file: FILE.to_owned(), entry: entry.id, why });
        }
        let at = self.ids.len();
        self.ids.push(entry.id);
        self.demands.push(entry.demand.iter().map(|phrase| fold(phrase)).collect());
        for (part, words) in [
            (Part::Whole, entry.phrases),
            (Part::Thing, entry.things),
            (Part::Listed, entry.listed),
            (Part::Given, entry.given),
        ] {
            for words in words {
                phrases.push((words, Meaning::Benefit(short(self.phrases.len()))));
                self.phrases.push((at, part));
            }
        }
        Ok(())
    }

    /// Adds what one text offers to the codes.
    pub(super) fn code(&self, reading: &Reading<'_>, found: &Found, codes: &mut Codes) {
        for hit in &found.benefits {
            let Some((at, part)) = self.phrases.get(usize::from(hit.meaning)).copied() else { continue };
            let Some(id) = self.ids.get(at) else { continue };
            if codes.benefits.iter().any(|code| code.id == *id) || part == Part::Given {
                continue;
            }
            let Some(sentence) = reading.sentence_at(hit.start) else { continue };
            let offered = match part {
                Part::Whole => true,
                Part::Thing => self.is_given(reading, found, hit, at),
                Part::Listed => sentence.section == Section::Benefits,
                Part::Given => false,
            };
            if offered && !self.is_demand(reading, sentence, at) && !self.is_denied(reading, sentence, hit) {
                codes.benefits.push(Code { id: id.clone(), evidence: reading.evidence(hit.start) });
            }
        }
    }

    /// Tells whether words that give stand close to a thing, in the same sentence.
    fn is_given(&self, reading: &Reading<'_>, found: &Found, thing: &Hit<u16>, benefit: usize) -> bool {
        found.benefits.iter().any(|hit| {
            let gap = if hit.end <= thing.start { hit.end..thing.start } else { thing.end..hit.start };
            self.phrases.get(usize::from(hit.meaning)) == Some(&(benefit, Part::Given))
                && reading.folded.get(gap).is_some_and(|gap| {
                    !gap.contains('\n')
                        && gap.split_whitespace().count() <= REACH
                        && !["required", "must", "preferred"].iter().any(|word| holds_words(gap, word))
                })
        })
    }

    fn is_demand(&self, reading: &Reading<'_>, sentence: &Sentence, benefit: usize) -> bool {
        let words = reading.folded.get(sentence.folded.clone()).unwrap_or_default();
        let demands = self.demands.get(benefit).map_or(&[][..], Vec::as_slice);
        demands.iter().any(|phrase| holds_words(words, phrase))
            || (self.ids.get(benefit).is_some_and(|id| id == "flexible-schedule")
                && is_required_item(reading, sentence))
    }

    fn is_denied(&self, reading: &Reading<'_>, sentence: &Sentence, hit: &Hit<u16>) -> bool {
        let before = reading.folded.get(sentence.folded.start..hit.start).unwrap_or_default();
        let behind = reading.folded.get(hit.end..sentence.folded.end).unwrap_or_default();
        let start = before.rmatch_indices(' ').nth(NEGATION_REACH).map_or(0, |(at, _)| at);
        let end = behind.match_indices(' ').nth(NEGATION_REACH_BEHIND).map_or(behind.len(), |(at, _)| at);
        let (near, next) = (before.get(start..).unwrap_or_default(), behind.get(..end).unwrap_or_default());
        // `Not only`, `no limit`: the word belongs to what follows it.
        let only = holds_words(near, "not only");
        (!only && self.before.iter().any(|phrase| holds_words(near, phrase)))
            || self.behind.iter().any(|phrase| holds_words(next, phrase))
            || self
                .next
                .iter()
                .any(|phrase| holds_words(next, phrase) && next.trim_start().starts_with(phrase.as_str()))
    }
}

/// An item of a list of requirements: a flexible schedule there is a demand.
fn is_required_item(reading: &Reading<'_>, sentence: &Sentence) -> bool {
    let text = reading.original.get(sentence.original.clone()).unwrap_or_default();
    sentence.section == Section::Required && text.starts_with(['-', '*', '\u{2022}'])
}

#[cfg(test)]
mod tests {
    use super::super::tests::codes;

    fn offered(text: &str) -> Vec<String> {
        codes("", text).benefits.into_iter().map(|code| code.id).collect()
    }

    #[test]
    fn what_is_offered_is_coded() {
        assert_eq!(offered("Tuition assistance and a $2,000 sign-on bonus"), ["tuition", "sign-on-bonus"]);
        assert_eq!(offered("We pay for your CPC exam."), ["paid-certification"]);
        assert_eq!(offered("AHIMA dues and CEUs are paid by the hospital"), ["paid-certification"]);
        assert_eq!(offered("We provide a laptop and dual monitors."), ["equipment"]);
        assert_eq!(offered("Choose your own hours; student loan repayment"), ["flexible-schedule", "student-loan"]);
    }

    #[test]
    fn what_is_denied_or_demanded_is_not() {
        let none = [
            "No relocation assistance.",
            "Relocation is not offered",
            "Relocation expenses reimbursed: No",
            "Must be able to work flexible hours",
            "You must have your own computer and equipment",
            "CPC certification required",
        ];
        for text in none {
            assert_eq!(offered(text), [""; 0], "{text}");
        }
    }
}
