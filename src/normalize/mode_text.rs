//! Reads the work mode from plain sentences: `This position is 100% remote`, `3 days a week in the
//! office`, `remote after 90 days`, `not a remote position`.
//!
//! Each sentence says one thing or nothing; then the sentences are weighed: remote only later, and
//! parts of the week, are hybrid; a denial is on-site; what contradicts itself is unknown.

use super::mode_sentence::said_by;
use super::sentences::Sentences;
use crate::model::WorkMode;

/// Parts of words for places of work; only sentences that hold one are looked at.
const PLACES: [&str; 14] = [
    "remote",
    "hybrid",
    "site",
    "home",
    "office",
    "telecommut",
    "in-person",
    "in person",
    "virtual",
    "campus",
    "in-house",
    "anywhere",
    "wherever",
    "wfh",
];
/// How many sentences that speak of places of work are looked at.
const MOST_SENTENCES: usize = 60;
/// How much of a sentence is quoted, in bytes.
const QUOTED: usize = 240;

/// What a sentence says about where the work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    /// On-site.
    Onsite,
    /// Remote.
    Remote,
    /// Remote work is denied.
    Denied,
    /// Partly on-site.
    Hybrid,
    /// Remote after a time on-site.
    Later,
}

/// Reads a description's mode and gives the sentence that says it.
pub(super) fn mode_in_text(text: &Sentences<'_>) -> Option<(Said, String)> {
    let mut found: Vec<(Said, &str)> = Vec::new();
    for sentence in text.holding(&PLACES).take(MOST_SENTENCES) {
        if let Some(said) = said_by(sentence.lower) {
            found.push((said, sentence.written));
        }
    }
    let strongest = found.iter().map(|(said, _)| *said).max()?;
    // On-site here and remote there: unknown.
    let contradicts = strongest == Said::Remote && found.iter().any(|(said, _)| *said == Said::Onsite);
    let (said, sentence) = found.into_iter().find(|(said, _)| *said == strongest)?;
    (!contradicts).then(|| (said, quoted(sentence)))
}

/// Gives the mode that stands for what was said.
pub(super) fn mode_of(said: Said) -> WorkMode {
    match said {
        Said::Onsite | Said::Denied => WorkMode::Onsite,
        Said::Remote => WorkMode::Remote,
        Said::Hybrid | Said::Later => WorkMode::Hybrid,
    }
}

fn quoted(sentence: &str) -> String {
    sentence.get(..sentence.floor_char_boundary(QUOTED)).unwrap_or(sentence).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mode(text: &str) -> Option<WorkMode> {
        mode_in_text(&Sentences::of(text)).map(|(said, _)| mode_of(said))
    }

    #[test]
    fn remote_work_is_read_in_many_wordings() {
        for text in [
            "This position is 100% remote.",
            "This is a fully remote position.",
            "Work from home opportunity",
            "You will work remotely with our team.",
            "We need a remote coder position filled.",
            "Location: Remote",
            "Work arrangement: fully remote",
            "Remote",
            "Full-time, remote",
            "Seeking experienced remote coders!",
            "Join our remote coding team",
            "Remote from anywhere in the US.",
            "The role is remote (anywhere in the US).",
            "This is a remote inpatient coding role.",
            "This is a virtual position.",
            "100% work from home.",
            "Telecommuting position",
            "Remote for residents of Iowa.",
            "100% virtual.",
            "Transcriptionist, evenings, at home.",
            "Anywhere in the United States, from your home.",
            "You type old records from home.",
            "Home based in Idaho.",
            "Location remote in Illinois; shift is eight hours",
        ] {
            assert_eq!(mode(text), Some(WorkMode::Remote), "{text}");
        }
    }

    #[test]
    fn parts_of_the_week_and_remote_work_later_are_hybrid() {
        for text in [
            "Hybrid schedule",
            "This is a hybrid role.",
            "Work type: Hybrid",
            "3 days a week in the office",
            "You will be on-site two days per week.",
            "Work from home three days a week.",
            "Remote after training.",
            "This position is remote after 90 days.",
            "Train on-site for six weeks, then work from home.",
            "After orientation you may work remotely.",
            "Once training is complete, the position becomes fully remote.",
            "A mix of remote and on-site work.",
            "Opportunity to work from home after successful completion of training.",
            "Initial training is on-site; remote thereafter.",
            "Hybrid after orientation.",
            "Onsite at first, remote after you pass quality review.",
            "Hybrid remote: come in on Tuesdays.",
            "Work from home Mondays and Fridays.",
            "On site for two weeks, then hybrid.",
            "Choose your place: hybrid is the usual choice.",
        ] {
            assert_eq!(mode(text), Some(WorkMode::Hybrid), "{text}");
        }
    }

    #[test]
    fn on_site_work_and_denials_are_on_site() {
        for text in [
            "This is an in-office role.",
            "You work on-site in our Dayton office.",
            "On-site at our main campus.",
            "This position is on-site.",
            "This is not a remote position.",
            "Remote work is not available.",
            "This position cannot be performed remotely.",
            "No remote work.",
            "We do not offer remote work.",
            "This is not a work from home job.",
            "Not a virtual position.",
            "This is a non-remote position.",
            "This is not a remote position. The 100% remote team is full.",
            "On site, five days a week.",
            "Apply only if you want to be in the office every day.",
            "HOURS: 40 hours per week, Mon-Fri 7:00a-3:30p, onsite.",
            "Onsite presence is expected.",
            "This is an in-house position.",
            "In-office Monday through Friday.",
            "This position requires being onsite.",
            "We aren't able to offer remote work at this time.",
        ] {
            assert_eq!(mode(text), Some(WorkMode::Onsite), "{text}");
        }
    }

    #[test]
    fn other_remotes_sites_and_homes_say_nothing() {
        for text in [
            "Provides remote access to charts.",
            "Travels to remote sites and remote areas.",
            "Remote patient monitoring program.",
            "Virtual interviews are held.",
            "Supports remote coders and hybrid records.",
            "Hybrid medical record",
            "Home health agency with on-site gym and on-site childcare.",
            "Experience with remote coding preferred.",
            "Telework eligible: yes",
            "Remote experience preferred.",
            "Office 365 skills.",
            "No remote coding experience required.",
            "Nursing home records",
            "Visit our site at example.org.",
            "Occasional remote work may be possible.",
            "Please apply in person at the second floor desk or through this site.",
            "Communicates by phone or in person in a group setting.",
            "Runs workshops in curation and in the workflow model virtually, onsite, at conferences and at partner sites.",
            "This position is located in the Department of Health.",
            "Patients discharged from home care at home.",
        ] {
            assert_eq!(mode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,120}|(remote|not|hybrid| |on-site|days|3|home|work from|é|,|\\.){0,20}") {
            let _ = mode_in_text(&Sentences::of(&text));
        }
    }
}
