//! Coding systems, programs and specialties that a posting names as used, wanted or coded.

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

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SystemsShape {
    coding_system: Vec<Entry>,
    software: Vec<Entry>,
    product_list: Vec<Words>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SpecialtiesShape {
    near: Vec<Words>,
    specialty: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    #[serde(rename = "id")]
    _id: String,
    phrases: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    #[serde(default, rename = "kind")]
    _kind: String,
    phrases: Vec<String>,
    #[serde(default)]
    written: Written,
    #[serde(default)]
    loose: Vec<String>,
    #[serde(default)]
    beside: Vec<String>,
    #[serde(default)]
    contrary: Vec<String>,
    #[serde(default)]
    hides: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

/// How a phrase must stand in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Written {
    /// In any case.
    #[default]
    Any,
    /// With a capital letter first.
    Capital,
    /// An abbreviation of capital letters stands so; a full name in any case.
    Upper,
    /// As in the vocabulary, or all letters capital.
    Exact,
}

/// Which list of codes a term belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    CodingSystem,
    Software,
    Specialty,
}

/// One coding system, program or specialty.
#[derive(Debug)]
struct Term {
    kind: Kind,
    id: String,
    written: Written,
    beside: Vec<String>,
    contrary: Vec<String>,
    hides: Vec<String>,
}

/// One phrase of a term; one without a term speaks about its sentence.
#[derive(Debug)]
struct Phrase {
    sign: Sign,
    words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// Names a term.
    Of(usize),
    /// Names it only beside other words.
    LooselyOf(usize),
    /// Says that the sentence lists what the employer sells.
    Products,
    /// Says that the sentence speaks of what is coded.
    CodedWork,
}

/// Every term with its phrases.
#[derive(Debug, Default)]
pub(super) struct Terms {
    terms: Vec<Term>,
    phrases: Vec<Phrase>,
}

/// One text of a posting, with its employer's name.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    /// The text.
    pub(super) reading: &'a Reading<'a>,
    /// What was found in it.
    pub(super) found: &'a Found,
    /// The employer's name.
    pub(super) employer: &'a str,
}

impl Terms {
    /// Reads the files and adds their phrases to those that texts are searched for.
    ///
    /// # Errors
    /// Returns [`VocabularyError`] for an entry that names what there is not.
    pub(super) fn read(files: &VocabularyFiles, phrases: &mut Vec<(String, Meaning)>) -> Result<Self, VocabularyError> {
        let systems: SystemsShape = files.read("systems.toml")?;
        let specialties: SpecialtiesShape = files.read("specialties.toml")?;
        let mut terms = Self::default();
        for (kind, entries) in [
            (Kind::CodingSystem, systems.coding_system),
            (Kind::Software, systems.software),
            (Kind::Specialty, specialties.specialty),
        ] {
            for entry in entries {
                terms.add(kind, entry, phrases)?;
            }
        }
        for (sign, words) in [(Sign::Products, systems.product_list), (Sign::CodedWork, specialties.near)] {
            for words in words.into_iter().flat_map(|words| words.phrases) {
                terms.add_phrase(sign, words, phrases);
            }
        }
        Ok(terms)
    }

    fn add(&mut self, kind: Kind, entry: Entry, phrases: &mut Vec<(String, Meaning)>) -> Result<(), VocabularyError> {
        let file = if kind == Kind::Specialty { "specialties.toml" } else { "systems.toml" };
        if entry.loose.is_empty() != entry.beside.is_empty() {
            let why = "`loose` and `beside` need each other".to_owned();
            return Err(VocabularyError::Entry { file: file.to_owned(), entry: entry.id, why });
        }
        let at = self.terms.len();
        // A specialty's short forms are capitals: `ENT`, `ICU`.
        let written = if kind == Kind::Specialty { Written::Upper } else { entry.written };
        let folded = |words: Vec<String>| words.iter().map(|word| fold(word)).collect();
        let (beside, contrary) = (folded(entry.beside), folded(entry.contrary));
        self.terms.push(Term { kind, id: entry.id, written, beside, contrary, hides: entry.hides });
        for words in entry.phrases {
            self.add_phrase(Sign::Of(at), words, phrases);
        }
        for words in entry.loose {
            self.add_phrase(Sign::LooselyOf(at), words, phrases);
        }
        Ok(())
    }

    fn add_phrase(&mut self, sign: Sign, words: String, phrases: &mut Vec<(String, Meaning)>) {
        let meaning = short(self.phrases.len());
        // Signs about a sentence stand apart, so that no longer term covers them.
        let meaning = match sign {
            Sign::Of(_) | Sign::LooselyOf(_) => Meaning::Term(meaning),
            Sign::Products | Sign::CodedWork => Meaning::TermSign(meaning),
        };
        phrases.push((words.clone(), meaning));
        self.phrases.push(Phrase { sign, words });
    }

    /// Adds what one text names to the codes.
    pub(super) fn code(&self, text: Texts<'_>, codes: &mut Codes) {
        let mut hidden: Vec<&str> = Vec::new();
        for hit in &text.found.terms {
            let Some(term) = self.named(text, hit) else { continue };
            let list = match term.kind {
                Kind::CodingSystem => &mut codes.coding_systems,
                Kind::Software => &mut codes.software,
                Kind::Specialty => &mut codes.specialties,
            };
            if !list.iter().any(|code| code.id == term.id) {
                list.push(Code { id: term.id.clone(), evidence: text.reading.evidence(hit.start) });
            }
            hidden.extend(term.hides.iter().map(String::as_str));
        }
        codes.coding_systems.retain(|code| !hidden.contains(&code.id.as_str()));
    }

    /// Gives the term that a hit names, if its letters and its sentence bear it out.
    fn named(&self, text: Texts<'_>, hit: &Hit<u16>) -> Option<&Term> {
        let phrase = self.phrases.get(usize::from(hit.meaning))?;
        let (Sign::Of(at) | Sign::LooselyOf(at)) = phrase.sign else { return None };
        let term = self.terms.get(at)?;
        let written = text.reading.written(&(hit.start..hit.end));
        let sentence = text.reading.sentence_at(hit.start)?;
        let folded = text.reading.folded.get(sentence.folded.clone())?;
        let loose_fails = matches!(phrase.sign, Sign::LooselyOf(_))
            && (!written.starts_with(char::is_uppercase)
                || text.employer.contains(written)
                || !term.beside.iter().any(|word| holds_words(folded, word)));
        // `$1.3M` is no `3M`.
        let is_figure = written.starts_with(|c: char| c.is_ascii_digit())
            && text.reading.original.get(..text.reading.origin(hit.start))?.ends_with(['.', ',', '$']);
        let fits = !is_figure
            && is_written(term.written, &phrase.words, written)
            && !loose_fails
            && !term.contrary.iter().any(|word| holds_words(folded, word))
            && self.is_place_for(term.kind, text, sentence);
        fits.then_some(term)
    }

    fn is_place_for(&self, kind: Kind, text: Texts<'_>, sentence: &Sentence) -> bool {
        match kind {
            Kind::CodingSystem | Kind::Software => {
                sentence.section != Section::About && !self.holds(text.found, sentence, Sign::Products)
            }
            Kind::Specialty => {
                !matches!(sentence.section, Section::About | Section::Benefits | Section::Apply)
                    && self.holds(text.found, sentence, Sign::CodedWork)
            }
        }
    }

    fn holds(&self, found: &Found, sentence: &Sentence, sign: Sign) -> bool {
        found.term_signs.iter().any(|hit| {
            sentence.folded.contains(&hit.start)
                && self.phrases.get(usize::from(hit.meaning)).is_some_and(|phrase| phrase.sign == sign)
        })
    }
}

fn is_written(rule: Written, phrase: &str, written: &str) -> bool {
    let upper = |text: &str| !text.chars().any(char::is_lowercase);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    match rule {
        Written::Any => true,
        Written::Capital => written.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric()),
        Written::Upper => {
            let capitals = phrase.chars().filter(|c| c.is_uppercase()).count();
            let abbreviates = capitals >= 2 && !phrase.contains(' ');
            !abbreviates || written.chars().filter(|c| c.is_uppercase()).count() >= capitals
        }
        Written::Exact => upper(written) || letters(written) == letters(phrase),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::codes;
    use crate::model::Code;

    fn ids(codes: &[Code]) -> Vec<&str> {
        codes.iter().map(|code| code.id.as_str()).collect()
    }

    #[test]
    fn coding_systems_are_named_exactly() {
        let systems = |text: &str| codes("", text).coding_systems.into_iter().map(|code| code.id).collect::<Vec<_>>();
        assert_eq!(systems("ICD-10-CM/PCS and MS-DRGs"), ["icd-10-cm", "icd-10-pcs", "drg"]);
        assert_eq!(systems("ICD-10, CPT & HCPCS Level II"), ["icd-10", "cpt", "hcpcs"]);
        assert_eq!(systems("ICD-10-CM coding. ICD-10 updates"), ["icd-10-cm"]);
        assert_eq!(systems("ICD-O-3 and SNOMED CT"), ["icd-o", "snomed"]);
        assert_eq!(systems("Work with an APC (advanced practice clinician)"), [""; 0]);
        assert_eq!(systems("Phlebotomy technician (CPT)"), [""; 0]);
    }

    #[test]
    fn programs_are_named_as_used() {
        let coded = codes("Epic HIM Coder", "Uses 3M 360, VistA and METRIQ. Fluency in Spanish. Lives in Vista, CA.");
        assert_eq!(ids(&coded.software), ["epic", "3m-360", "vista", "metriq"]);
        assert_eq!(ids(&codes("", "An epic place to work").software), [""; 0]);
        assert_eq!(ids(&codes("", "Our products include Dragon and Epic interfaces").software), [""; 0]);
        assert_eq!(ids(&codes("", "Optum hires. Optum encoder preferred.").software), ["optum"]);
    }

    #[test]
    fn specialties_are_those_that_are_coded() {
        assert_eq!(ids(&codes("Orthopedic Surgery Coder", "").specialties), ["orthopedics"]);
        assert_eq!(
            ids(&codes("", "Codes cardiology, ENT and vascular surgery charts.").specialties),
            ["cardiology", "otolaryngology", "vascular-surgery"]
        );
        assert_eq!(ids(&codes("", "Our hospital has a cardiology unit.").specialties), [""; 0]);
    }
}
