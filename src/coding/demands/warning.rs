//! Signs of trouble in a text, told as evidence: what the text says, with its words.

use serde::Deserialize;

use super::super::fold::{fold, holds_words};
use super::super::phrases::Hit;
use super::super::reading::Reading;
use super::super::vocabulary::{VocabularyError, VocabularyFiles};
use super::Meaning;
use super::contact_shape::addresses;
use super::credential_list::short;
use super::found::Found;
use crate::model::{Codes, Posting, Warning};

const FILE: &str = "warnings.toml";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Shape {
    warning: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    says: String,
    #[serde(default)]
    phrases: Vec<String>,
    #[serde(default)]
    things: Vec<String>,
    #[serde(default)]
    acts: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    /// Whether thing and act may stand in sentences that follow each other.
    #[serde(default)]
    adjacent: bool,
    /// Things that count only with a capital letter.
    #[serde(default)]
    proper: Vec<String>,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    unnamed: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

/// What a phrase says of its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Enough by itself.
    Whole,
    /// What is asked for or used.
    Thing,
    /// Such a thing if it begins with a capital letter.
    ProperThing,
    /// What is to be done with it.
    Act,
}

#[derive(Debug)]
struct Sign {
    kind: String,
    says: String,
    not: Vec<String>,
    adjacent: bool,
    domains: Vec<String>,
    unnamed: Vec<String>,
}

/// Every sign with its phrases.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    signs: Vec<Sign>,
    phrases: Vec<(usize, Part)>,
}

impl Warnings {
    /// Reads the file and adds its phrases to those that texts are searched for.
    ///
    /// # Errors
    /// Returns [`VocabularyError`] for an entry that cannot be used.
    pub(super) fn read(files: &VocabularyFiles, phrases: &mut Vec<(String, Meaning)>) -> Result<Self, VocabularyError> {
        let shape: Shape = files.read(FILE)?;
        let mut warnings = Self::default();
        for entry in shape.warning {
            warnings.add(entry, phrases)?;
        }
        Ok(warnings)
    }

    fn add(&mut self, entry: Entry, phrases: &mut Vec<(String, Meaning)>) -> Result<(), VocabularyError> {
        let things = !entry.things.is_empty() || !entry.proper.is_empty();
        if things == entry.acts.is_empty() {
            let why = "`things` (or `proper`) and `acts` need each other".to_owned();
            return Err(VocabularyError::Entry { file: FILE.to_owned(), entry: entry.id, why });
        }
        let at = self.signs.len();
        for (part, words) in [
            (Part::Whole, entry.phrases),
            (Part::Thing, entry.things),
            (Part::ProperThing, entry.proper),
            (Part::Act, entry.acts),
        ] {
            for words in words {
                phrases.push((words, Meaning::Warning(short(self.phrases.len()))));
                self.phrases.push((at, part));
            }
        }
        self.signs.push(Sign {
            kind: entry.id,
            says: entry.says,
            not: entry.not.iter().map(|phrase| fold(phrase)).collect(),
            adjacent: entry.adjacent,
            domains: entry.domains,
            unnamed: entry.unnamed.iter().map(|phrase| fold(phrase)).collect(),
        });
        Ok(())
    }

    /// Adds the signs of a posting's text to its codes.
    pub(super) fn code(&self, posting: &Posting, (reading, found): (&Reading<'_>, &Found), codes: &mut Codes) {
        for (at, sign) in self.signs.iter().enumerate() {
            let words = self.place_of(at, sign, reading, found);
            if let Some(evidence) = words.or_else(|| private_mailbox(sign, posting, reading)) {
                codes.warnings.push(Warning { kind: sign.kind.clone(), says: sign.says.clone(), evidence });
            }
        }
    }

    /// Gives the sentence that shows a sign.
    fn place_of(&self, at: usize, sign: &Sign, reading: &Reading<'_>, found: &Found) -> Option<String> {
        let part = |hit: &Hit<u16>| {
            let (owner, part) = self.phrases.get(usize::from(hit.meaning)).copied()?;
            (owner == at).then_some(part)
        };
        let shows = found.warnings.iter().find(|hit| match part(hit) {
            Some(Part::Whole) => is_unhindered(sign, reading, hit.start),
            Some(Part::Thing) => self.has_act(at, sign, (reading, found), hit),
            Some(Part::ProperThing) => {
                let written = reading.written(&(hit.start..hit.end));
                written.starts_with(char::is_uppercase) && self.has_act(at, sign, (reading, found), hit)
            }
            Some(Part::Act) | None => false,
        })?;
        Some(reading.evidence(shows.start))
    }

    fn has_act(&self, at: usize, sign: &Sign, (reading, found): (&Reading<'_>, &Found), thing: &Hit<u16>) -> bool {
        let Some(own) = reading.sentence_index(thing.start) else { return false };
        is_unhindered(sign, reading, thing.start)
            && found.warnings.iter().any(|hit| {
                self.phrases.get(usize::from(hit.meaning)) == Some(&(at, Part::Act))
                    && (hit.end <= thing.start || hit.start >= thing.end)
                    && reading
                        .sentence_index(hit.start)
                        .is_some_and(|other| other == own || (sign.adjacent && other.abs_diff(own) == 1))
                    && is_unhindered(sign, reading, hit.start)
            })
    }
}

/// Tells that nothing in the sentence takes the sign away.
fn is_unhindered(sign: &Sign, reading: &Reading<'_>, at: usize) -> bool {
    let words = reading.sentence_at(at).and_then(|sentence| reading.folded.get(sentence.folded.clone()));
    words.is_some_and(|words| !sign.not.iter().any(|phrase| holds_words(words, phrase)))
}

/// A mailbox that anybody can open, given for an employer that has a name.
fn private_mailbox(sign: &Sign, posting: &Posting, reading: &Reading<'_>) -> Option<String> {
    if sign.domains.is_empty() {
        return None;
    }
    let employer = fold(posting.hiring_organization.get()?);
    if employer.is_empty() || sign.unnamed.iter().any(|phrase| holds_words(&employer, phrase)) {
        return None;
    }
    let text = reading.original;
    let mailbox = addresses(text).into_iter().find(|place| {
        let domain = text.get(place.clone()).and_then(|address| address.rsplit_once('@')).map(|(_, domain)| domain);
        domain.is_some_and(|domain| sign.domains.iter().any(|private| domain.eq_ignore_ascii_case(private)))
    })?;
    let sentence = reading.sentences.iter().find(|sentence| sentence.original.contains(&mailbox.start))?;
    Some(reading.evidence(sentence.folded.start))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{coded, codes, posting};
    use crate::model::Field;

    fn kinds(text: &str) -> Vec<String> {
        codes("", text).warnings.into_iter().map(|warning| warning.kind).collect()
    }

    #[test]
    fn signs_are_told_with_their_words() {
        let coded = codes("", "Welcome. Applicants must pay a $49 registration fee before training.");
        assert_eq!(coded.warnings[0].kind, "fee");
        assert_eq!(coded.warnings[0].evidence, "Applicants must pay a $49 registration fee before training.");
        assert_eq!(kinds("We will mail you a check to purchase your laptop."), ["check"]);
        assert_eq!(kinds("The interview is held on Telegram."), ["messaging-interview"]);
        assert_eq!(kinds("Interviews are by text. Add our manager on Signal."), ["messaging-interview"]);
    }

    #[test]
    fn ordinary_words_are_no_sign() {
        let none = [
            "A background check is paid by the employer.",
            "Check charts for errors and post professional fee charges.",
            "We never charge applicants a fee.",
            "Copies are billed to requesters, who must pay a fee.",
            "Interview by phone or video.",
            "Signal processing; interview patients",
            "Direct deposit of your pay check",
        ];
        for text in none {
            assert_eq!(kinds(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_private_mailbox_is_one_for_a_named_employer() {
        let mut one = posting("", "Mail your resume to jane.doe@gmail.com");
        assert_eq!(coded(&one).warnings.len(), 0);
        one.hiring_organization = Field::stated("Mercy Hospital", "Mercy Hospital".to_owned());
        assert_eq!(coded(&one).warnings[0].kind, "private-mailbox");
        one.hiring_organization = Field::stated("Dr. Jane Doe, MD", "Dr. Jane Doe, MD".to_owned());
        assert_eq!(coded(&one).warnings.len(), 0);
    }
}
