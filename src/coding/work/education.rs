//! The education asked for: the lowest step that is required, else the lowest preferred.

use std::ops::Range;

use super::super::headings::Section;
use super::super::reading::Reading;
use super::cues::{Cue, Cues, Heard, Off, by_sentence};
use crate::model::{Basis, Codes, Education, EducationLevel, Field, Posting};

/// One step of education that a text asks for.
#[derive(Clone, Debug)]
struct Asked {
    level: EducationLevel,
    required: bool,
    words: Range<usize>,
}

/// Codes education: of the board's own field, else of the text.
pub(super) fn code(posting: &Posting, cues: &Cues, body: &Reading<'_>, heard: &[Heard<'_>], codes: &mut Codes) {
    if let Some(field) = posting.raw.education.as_deref() {
        let reading = Reading::of(field);
        let hits = cues.scan(&reading);
        let asked = asked(&reading, &by_sentence(&reading, &hits));
        if let Some((education, _)) = lowest(&asked) {
            codes.education = Field::stated(field, education);
            return;
        }
    }
    let asked = asked(body, heard);
    if let Some((education, words)) = lowest(&asked) {
        codes.education = Field {
            raw: Some(body.written(&words).to_owned()),
            value: Some(education),
            basis: Basis::Derived,
            evidence: Some(body.evidence(words.start)),
        };
    }
}

fn asked(reading: &Reading<'_>, heard: &[Heard<'_>]) -> Vec<Asked> {
    let mut asked = Vec::new();
    for one in heard {
        let section = one.sentence.section;
        let elsewhere = matches!(section, Section::Benefits | Section::About | Section::Apply);
        if elsewhere || one.has(|cue| cue == Cue::Off(Off::Education)) {
            continue;
        }
        for (at, hit) in one.hits.iter().enumerate() {
            let Cue::Degree(Some(level)) = hit.meaning else { continue };
            let demand = one.demand(at, reading);
            let asks = demand.is_some() || matches!(section, Section::Required | Section::Preferred);
            if runs_a_program(one, hit.start..hit.end, asks, reading) {
                continue;
            }
            // Duties ask for no education, but where they say so.
            if section == Section::Duties && demand.is_none() {
                continue;
            }
            let required = demand.unwrap_or(section != Section::Preferred);
            asked.push(Asked { level, required, words: hit.start..hit.end });
        }
    }
    asked
}

/// Tells whether a program is one that somebody runs, not one that the applicant went through: "directs our
/// bachelor's program". Where nothing asks for it, somebody must graduate from it or complete it.
fn runs_a_program(heard: &Heard<'_>, words: Range<usize>, asks: bool, reading: &Reading<'_>) -> bool {
    let sentence = &heard.sentence.folded;
    let named = reading.folded.get(words.clone()).unwrap_or_default();
    let mut behind = reading.folded.get(words.end..sentence.end).unwrap_or_default().split_whitespace();
    let mut is_program = || behind.next().is_some_and(|word| matches!(word, "program" | "programs" | "curriculum"));
    if !named.ends_with(" program") && !is_program() {
        return false;
    }
    let mut before = reading.folded.get(sentence.start..words.start).unwrap_or_default().split_whitespace();
    let last = before.clone().next_back();
    let attended = |word: &str| ["graduat", "complet", "finish", "attend"].iter().any(|stem| word.starts_with(stem));
    let owned = matches!(last, Some("the" | "our" | "its" | "their" | "this" | "your"));
    (owned || !asks) && !before.any(attended) && !behind.any(attended)
}

fn lowest(asked: &[Asked]) -> Option<(Education, Range<usize>)> {
    let least = |required: bool| asked.iter().filter(move |one| one.required == required).min_by_key(|one| one.level);
    if let Some(one) = least(true) {
        let beyond = asked.iter().filter(|wish| !wish.required && wish.level > one.level).map(|wish| wish.level).min();
        return Some((Education { level: one.level, required: true, preferred: beyond }, one.words.clone()));
    }
    let one = least(false)?;
    Some((Education { level: one.level, required: false, preferred: None }, one.words.clone()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::coded;

    fn education(text: &str) -> String {
        coded("Medical Coder", text).education.value.map_or("none".to_owned(), |education| {
            let demand = if education.required { "required" } else { "preferred" };
            let beyond = education.preferred.map_or(String::new(), |level| format!(", {} preferred", level.as_str()));
            format!("{} {demand}{beyond}", education.level.as_str())
        })
    }

    #[test]
    fn the_lowest_step_that_is_required_is_coded() {
        for (text, wanted) in [
            (
                "High school diploma or GED required, associate degree preferred.",
                "high-school required, associate preferred",
            ),
            ("Minimum of an Associate's degree, Bachelor's preferred.", "associate required, bachelor preferred"),
            ("Associate's or Bachelor's degree in HIM required.", "associate required"),
            ("Requirements:\nBachelor\u{2019}s degree in health information", "bachelor required"),
            ("Preferred Qualifications:\nMaster's degree", "master preferred"),
            ("Associate or bachelor degree preferred.", "associate preferred"),
            ("Benefits:\nTuition for your bachelor's degree", "none"),
            ("Maintains the master patient index for our associates.", "none"),
            ("Completion of an accredited coding program is required.", "certificate required"),
            ("You direct our bachelor's program. Master's degree required.", "master required"),
            ("Leads the cancer registry program as required by the commission.", "none"),
            ("Keeps the medical records program of a small base in order.", "none"),
            ("Graduate of a bachelor's program in health information.", "bachelor required"),
            ("Coding program completed within five years.", "certificate required"),
        ] {
            assert_eq!(education(text), wanted, "{text}");
        }
    }
}
