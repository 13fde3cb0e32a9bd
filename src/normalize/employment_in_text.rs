//! Finds the employment type in a description, where neither the board's field nor the title says.
//!
//! Only plain statements: `This is a PRN position`, `Status: Full-time`, `Full-time, 40 hours`. What
//! benefits are for (`full-time employees`) and what experience is asked for is no statement.

use super::sentences::Sentences;
use super::words::{Word, is_at, words_in};
use crate::model::{EmploymentType, Field};

/// Parts of the words below; only sentences that hold one are looked at.
const PARTS: [&str; 13] = [
    "full time",
    "full-time",
    "fulltime",
    "part time",
    "part-time",
    "parttime",
    "prn",
    "diem",
    "temp",
    "contract",
    "intern",
    "season",
    "volunteer",
];
/// Words for types.
const TYPES: [(&[&str], EmploymentType); 15] = [
    (&["full", "time"], EmploymentType::FullTime),
    (&["fulltime"], EmploymentType::FullTime),
    (&["part", "time"], EmploymentType::PartTime),
    (&["parttime"], EmploymentType::PartTime),
    (&["prn"], EmploymentType::PerDiem),
    (&["per", "diem"], EmploymentType::PerDiem),
    (&["temporary"], EmploymentType::Temporary),
    (&["temp", "to", "hire"], EmploymentType::Temporary),
    (&["seasonal"], EmploymentType::Temporary),
    (&["contract"], EmploymentType::Contractor),
    (&["contractor"], EmploymentType::Contractor),
    (&["1099"], EmploymentType::Contractor),
    (&["internship"], EmploymentType::Intern),
    (&["volunteer"], EmploymentType::Volunteer),
    (&["as", "needed"], EmploymentType::PerDiem),
];
/// Nouns of jobs that a type stands before.
const JOBS: [&str; 9] =
    ["position", "role", "job", "opportunity", "opening", "employment", "schedule", "basis", "assignment"];
/// Labels of a line that names the type.
const LABELS: [&str; 7] = ["type", "status", "schedule", "employment", "hours", "classification", "fte"];

/// Finds the types that a text states plainly.
pub(super) fn employment_in_text(text: &Sentences<'_>) -> Field<Vec<EmploymentType>> {
    for sentence in text.holding(&PARTS) {
        let words = words_in(sentence.lower);
        let mut types: Vec<EmploymentType> = Vec::new();
        for at in 0..words.len() {
            if let Some(kind) = stated_at(&words, at).filter(|kind| !types.contains(kind)) {
                types.push(kind);
            }
        }
        if !types.is_empty() {
            return Field::derived(sentence.written, types, sentence.written);
        }
    }
    Field::default()
}

/// Reads the type that begins at a word, where it is stated of the job.
fn stated_at(words: &[Word<'_>], at: usize) -> Option<EmploymentType> {
    let (phrase, kind) = TYPES.iter().find(|(phrase, _)| is_at(words, at, phrase))?;
    let end = at + phrase.len();
    let text = |at: usize| words.get(at).map_or("", |word| word.text);
    let before = at.checked_sub(1).map_or("", text);
    let alone = (at == 0 || matches!(before, "," | "|" | "/" | "-" | "(" | "*" | "\u{2022}"))
        && (end == words.len() || matches!(text(end), "," | "|" | "/" | "-" | ")" | "." | "(" | ";" | "or" | "and"))
        && words.len() <= 40
        && is_short_kind(*kind, words.len());
    let labelled = (1..=4).any(|back| {
        let colon = at.checked_sub(back);
        colon.is_some_and(|at| text(at) == ":" && at > 0 && LABELS.contains(&text(at - 1)))
    });
    let named = words
        .iter()
        .skip(end)
        .take(4)
        .take_while(|word| !word.is_mark())
        .map(|word| word.text)
        .take_while(|text| !matches!(*text, "and" | "or" | "in" | "for" | "with" | "of" | "coding" | "employees"))
        .any(|text| JOBS.contains(&text));
    let stated =
        words.iter().take(at).rev().take(7).any(|word| matches!(word.text, "is" | "this" | "hiring" | "seeking"));
    let other =
        words.iter().any(|word| matches!(word.text, "experience" | "benefits" | "eligible" | "eligibility" | "not"));
    // `This is a four month 1099 contract.`, `13-week contract with extension`.
    let of_term = matches!(before, "week" | "month" | "weeks" | "months");
    let closes = end == words.len() || text(end) == ".";
    let ends = *kind == EmploymentType::Contractor && (of_term || (stated && closes));
    let plainly = alone || labelled || ends || (named && (stated || at == 0));
    (plainly && !other).then_some(*kind)
}

/// Tells whether a word alone on a short line is about the job: `contract` and the like are not.
fn is_short_kind(kind: EmploymentType, words: usize) -> bool {
    matches!(kind, EmploymentType::FullTime | EmploymentType::PartTime | EmploymentType::PerDiem) || words <= 3
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use EmploymentType::{Contractor, FullTime, PartTime, PerDiem, Temporary};

    fn read(text: &str) -> Vec<EmploymentType> {
        employment_in_text(&Sentences::of(text)).value.unwrap_or_default()
    }

    #[test]
    fn plain_statements_give_the_type() {
        for (text, types) in [
            ("Full-time, 40 hours", vec![FullTime]),
            ("This is a PRN position.", vec![PerDiem]),
            ("Status: Full-Time", vec![FullTime]),
            ("Job type: Part-time, 20 hours a week", vec![PartTime]),
            ("This is a part-time role of 24 hours.", vec![PartTime]),
            ("This is a six-month contract position.", vec![Contractor]),
            ("Full-time position with benefits, days.", vec![]),
            ("Full-time position.", vec![FullTime]),
            ("Full-time | Days | Remote", vec![FullTime]),
            ("This is a temporary assignment.", vec![Temporary]),
            ("This is a four month 1099 contract.", vec![Contractor]),
            ("Inpatient coder, RHIT or CCS, nights, full time, 28 to 36 dollars an hour.", vec![FullTime]),
        ] {
            assert_eq!(read(text), types, "{text}");
        }
    }

    #[test]
    fn other_words_of_time_are_no_statement() {
        for text in [
            "Full-time employees get benefits.",
            "Two years of full-time coding experience.",
            "Reviews contract language.",
            "We welcome full-time students.",
            "Full time equivalent reports",
            "Manages volunteer and temporary staff.",
            "This is not a contract position.",
            "You define the responsibilities of a new part-time position.",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,120}|(full-time|this is a |PRN|position|,|: |status| |é){0,12}") {
            let _ = employment_in_text(&Sentences::of(&text));
        }
    }
}
