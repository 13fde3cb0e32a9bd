//! Where the work's employer stands: told by its name, the board's department, the body's clear words.

use serde::Deserialize;

use super::super::fold::{fold, holds_words};
use super::super::headings::Section;
use super::super::phrases::PhraseSet;
use super::super::reading::Reading;
use super::super::vocabulary::{VocabularyError, VocabularyFiles};
use super::cues::{Cue, Heard};
use super::{FILE_OF_SETTINGS, entry_error};
use crate::model::{Codes, Field, Posting};

/// The shape of `settings.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsFile {
    setting: Vec<SettingEntry>,
    employer: Vec<WordsEntry>,
    department: Vec<WordsEntry>,
    body: Vec<WordsEntry>,
    voice: Vec<VoiceEntry>,
    ending: Vec<WordsEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingEntry {
    id: String,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    name: String,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsEntry {
    id: String,
    setting: String,
    words: Vec<String>,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VoiceEntry {
    id: String,
    means: String,
    words: Vec<String>,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    source: String,
}

/// A setting, and which entry tells it: earlier entries win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    entry: u16,
    setting: u8,
}

/// Settings made ready.
#[derive(Debug)]
pub(super) struct Settings {
    names: Vec<String>,
    employers: PhraseSet<Told>,
    departments: PhraseSet<Told>,
    endings: PhraseSet<Told>,
    cues: Vec<(String, Cue)>,
    government: Option<u8>,
    vendor: Option<u8>,
}

impl Settings {
    /// Builds it from the file.
    ///
    /// # Errors
    /// Returns [`VocabularyError`] for an entry of a setting that there is not.
    pub(super) fn new(files: &VocabularyFiles) -> Result<Self, VocabularyError> {
        let file: SettingsFile = files.read(FILE_OF_SETTINGS)?;
        let names: Vec<String> = file.setting.iter().map(|setting| setting.id.clone()).collect();
        let mut cues = Vec::new();
        for (words, told) in numbered(&file.body, &names)? {
            cues.push((words, Cue::Setting(told.setting)));
        }
        for entry in &file.voice {
            let cue = match entry.means.as_str() {
                "own" => Cue::Own,
                "others" => Cue::Others,
                "client" => Cue::Client,
                _ => {
                    let why = "`means` is `own`, `others` or `client`".to_owned();
                    return Err(entry_error(FILE_OF_SETTINGS, &entry.id, why));
                }
            };
            cues.extend(entry.words.iter().map(|words| (words.clone(), cue)));
        }
        Ok(Self {
            employers: PhraseSet::new(numbered(&file.employer, &names)?),
            departments: PhraseSet::new(numbered(&file.department, &names)?),
            endings: PhraseSet::new(numbered(&file.ending, &names)?),
            cues,
            government: number_of("government", &names),
            vendor: number_of("vendor", &names),
            names,
        })
    }

    /// Gives the body's words with their meanings, for the one scan of it.
    pub(super) fn cues(&self) -> impl Iterator<Item = (String, Cue)> + '_ {
        self.cues.iter().cloned()
    }

    /// Codes the setting.
    pub(super) fn code(&self, posting: &Posting, body: &Reading<'_>, heard: &[Heard<'_>], codes: &mut Codes) {
        codes.setting = self.setting(posting, body, heard).unwrap_or_default();
    }

    fn setting(&self, posting: &Posting, body: &Reading<'_>, heard: &[Heard<'_>]) -> Option<Field<String>> {
        let employer = posting.hiring_organization.get().map_or("", String::as_str);
        let by_name = told(&self.employers, employer);
        if by_name.is_some_and(|setting| Some(setting) == self.vendor) {
            let clients = self.of_body(body, heard, |one| one.has(|cue| cue == Cue::Client));
            if clients.is_some() {
                return clients;
            }
        }
        if let Some(setting) = by_name {
            return self.field(setting, employer, format!("employer `{employer}`"));
        }
        let department = posting.department.get().map_or("", String::as_str);
        if let Some(setting) = told(&self.departments, department) {
            return self.field(setting, department, format!("department `{department}`"));
        }
        if let Some(grade) = posting.raw.extra.get("JobGrade") {
            return self.field(self.government?, grade, "a federal pay plan".to_owned());
        }
        let folded = fold(employer);
        let first_word = folded.split(' ').next().filter(|word| word.len() > 3);
        let of_body = self.of_body(body, heard, |one| {
            let section = one.sentence.section;
            let asks = matches!(section, Section::Required | Section::Preferred | Section::Benefits | Section::Apply);
            let text = body.folded.get(one.sentence.folded.clone()).unwrap_or_default();
            let names = first_word.is_some_and(|word| holds_words(text, word));
            let own = (names || one.has(|cue| cue == Cue::Own)) && !one.has(|cue| cue == Cue::Others);
            !asks && (own || one.has(|cue| cue == Cue::Client))
        });
        of_body.or_else(|| {
            let ending = self.endings.hits(&folded).filter(|hit| hit.end == folded.len() && hit.start > 0);
            let setting = ending.min_by_key(|hit| hit.meaning.entry)?.meaning.setting;
            // "Northfield Health" may be anything: the body must name the place at least.
            let fits = |one: &Heard<'_>| {
                one.has(|cue| cue == Cue::Setting(setting)) && !one.has(|cue| matches!(cue, Cue::Others | Cue::Client))
            };
            heard.iter().find(|one| fits(one))?;
            self.field(setting, employer, format!("employer `{employer}`"))
        })
    }

    /// Finds the first setting named in a sentence that is fit to tell it.
    fn of_body(
        &self,
        body: &Reading<'_>,
        heard: &[Heard<'_>],
        fit: impl Fn(&Heard<'_>) -> bool,
    ) -> Option<Field<String>> {
        let hit = heard.iter().filter(|one| fit(one)).flat_map(|one| one.hits).find_map(|hit| match hit.meaning {
            Cue::Setting(setting) => Some((setting, hit.start..hit.end)),
            _ => None,
        });
        let (setting, words) = hit?;
        self.field(setting, body.written(&words), body.evidence(words.start))
    }

    fn field(&self, setting: u8, raw: &str, evidence: String) -> Option<Field<String>> {
        Some(Field::derived(raw, self.names.get(usize::from(setting))?.clone(), evidence))
    }
}

fn told(phrases: &PhraseSet<Told>, name: &str) -> Option<u8> {
    let folded = fold(name);
    phrases.hits(&folded).min_by_key(|hit| hit.meaning.entry).map(|hit| hit.meaning.setting)
}

fn number_of(setting: &str, names: &[String]) -> Option<u8> {
    names.iter().position(|name| name == setting).and_then(|at| u8::try_from(at).ok())
}

fn numbered(entries: &[WordsEntry], names: &[String]) -> Result<Vec<(String, Told)>, VocabularyError> {
    let mut words = Vec::new();
    for (entry, number) in entries.iter().zip(0u16..) {
        let setting = number_of(&entry.setting, names).ok_or_else(|| {
            let why = format!("setting `{}` is none of {}", entry.setting, names.join(", "));
            entry_error(FILE_OF_SETTINGS, &entry.id, why)
        })?;
        words.extend(entry.words.iter().map(|word| (word.clone(), Told { entry: number, setting })));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{coded, coded_at};

    #[test]
    fn the_employers_name_tells_first() {
        for (employer, wanted) in [
            ("Riverbend County Hospital", "hospital"),
            ("Lakeview University", "education"),
            ("Lakeview University Medical Center", "hospital"),
            ("Veterans Health Administration", "government"),
            ("Ohio Department of Health", "government"),
            ("Prairie Health Plan", "insurer"),
            ("Maple Staffing", "vendor"),
            ("Precise Coding Solutions, LLC", "vendor"),
            ("Oak Hill Nursing and Rehabilitation Center", "long-term-care"),
            ("Smith & Jones Law Offices", "law"),
            ("Tri-County Orthopaedic Associates", "physician-group"),
            ("Blue Heron Hospice", "home-health"),
        ] {
            let codes = coded_at(employer, "Medical Coder", "");
            assert_eq!(codes.setting.value.as_deref(), Some(wanted), "{employer}");
        }
        assert_eq!(coded_at("Acme", "Medical Coder", "").setting.value, None);
        let setting = |text: &str| coded_at("Northfield Health", "Medical Coder", text).setting.value;
        assert_eq!(setting("Keeps the work queue short."), None);
        assert_eq!(setting("Experience in a hospital preferred."), None);
        assert_eq!(setting("Codes for six hospitals.").as_deref(), Some("hospital"));
    }

    #[test]
    fn an_agencys_client_counts_and_others_places_do_not() {
        let text = "Our client, a 300-bed hospital in Ohio, needs a coder.";
        assert_eq!(coded_at("Maple Staffing", "Medical Coder", text).setting.value.as_deref(), Some("hospital"));
        let text = "We answer requests on behalf of hospitals and clinics; you sit inside a hospital.";
        assert_eq!(coded_at("Maple Disclosure", "ROI Clerk", text).setting.value.as_deref(), Some("vendor"));
        assert_eq!(coded("Coder", "We are a community health center.").setting.value.as_deref(), Some("clinic"));
        assert_eq!(coded("Coder", "Experience in an acute care hospital preferred.").setting.value, None);
    }
}
