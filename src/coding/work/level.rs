//! Whether beginners are taken, and the step of the career ladder.

use std::ops::Range;

use super::super::headings::Section;
use super::super::phrases::Hit;
use super::super::reading::Reading;
use super::cues::{Cue, Heard, Off};
use super::ladder::Ladder;
use super::numbers::number_after;
use super::title::TitleWords;
use crate::model::{Codes, ExperienceLevel, Field, Posting};

/// Years from which on nobody is a beginner.
const EXPERIENCED: f64 = 2.0;

/// The readings that levels are told from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sources<'a> {
    /// The posting.
    pub(super) posting: &'a Posting,
    /// The title.
    pub(super) title: &'a Reading<'a>,
    /// The title spelled out.
    pub(super) words: &'a TitleWords,
    /// The title's cues.
    pub(super) title_heard: &'a [Heard<'a>],
    /// The body.
    pub(super) body: &'a Reading<'a>,
    /// The body's cues.
    pub(super) heard: &'a [Heard<'a>],
}

/// Codes both; years of experience are coded before.
pub(super) fn code(ladder: &Ladder, from: &Sources<'_>, codes: &mut Codes) {
    codes.entry_level = entry_level(ladder, from, codes);
    codes.experience_level = experience_level(ladder, from, codes);
}

fn entry_level(ladder: &Ladder, from: &Sources<'_>, codes: &Codes) -> Field<bool> {
    if let Some(hit) = ladder.no_beginner.longest(&from.words.text).first() {
        let words = from.words.folded(&(hit.start..hit.end));
        return Field::derived(from.title.written(&words), false, from.title.original);
    }
    if let Some((words, _)) = beginner(from.title, from.title_heard, true) {
        return Field::derived(from.title.written(&words), true, from.title.original);
    }
    let welcome = beginner(from.body, from.heard, false);
    let taken = |words: &Range<usize>| Field::derived(from.body.written(words), true, from.body.evidence(words.start));
    let years = codes.experience_years.get().filter(|years| **years >= EXPERIENCED);
    match (welcome, years) {
        (Some((words, false)), _) | (Some((words, true)), None) => taken(&words),
        (_, Some(_)) => {
            let years = &codes.experience_years;
            let raw = years.raw.clone().unwrap_or_default();
            let evidence = years.evidence.clone().unwrap_or_else(|| raw.clone());
            Field::derived(raw, false, evidence)
        }
        (None, None) => Field::default(),
    }
}

/// Finds words by which beginners are taken, strong ones first, and whether they are weak.
fn beginner(reading: &Reading<'_>, heard: &[Heard<'_>], in_title: bool) -> Option<(Range<usize>, bool)> {
    let mut weaker = None;
    for one in heard {
        if taken_back(one) || one.sentence.section == Section::Apply {
            continue;
        }
        for hit in one.hits {
            // "CPC-A" is a code, "CPC a plus" is not.
            let words = reading.written(&(hit.start..hit.end));
            if words.ends_with(" a") {
                continue;
            }
            match hit.meaning {
                Cue::Beginner { weak: false, title } if title == in_title => return Some((hit.start..hit.end, false)),
                Cue::Beginner { weak: true, title: false } if !in_title && weaker.is_none() => {
                    weaker = Some((hit.start..hit.end, true));
                }
                _ => {}
            }
        }
    }
    weaker
}

/// Tells whether a sentence takes the words back; what lies inside of them does not: "we teach you".
fn taken_back(heard: &Heard<'_>) -> bool {
    heard.hits.iter().filter(|hit| hit.meaning == Cue::NotBeginner).any(|back| {
        let inside = |hit: &Hit<Cue>| hit.start <= back.start && back.end <= hit.end;
        !heard.hits.iter().any(|hit| matches!(hit.meaning, Cue::Beginner { .. }) && inside(hit))
    })
}

fn experience_level(ladder: &Ladder, from: &Sources<'_>, codes: &Codes) -> Field<ExperienceLevel> {
    if let Some(field) = rank(ladder, from) {
        return field;
    }
    if let Some((grade, words)) = federal_grade(from)
        && let Some(level) = level_of_grade(grade)
    {
        return Field::derived(words.clone(), level, words);
    }
    if codes.entry_level.get() == Some(&true) {
        let quoted = codes.entry_level.raw.clone().unwrap_or_default();
        let evidence = codes.entry_level.evidence.clone().unwrap_or_default();
        return Field::derived(quoted, ExperienceLevel::Entry, evidence);
    }
    let years = &codes.experience_years;
    let Some(number) = years.get() else { return Field::default() };
    let level = if *number < EXPERIENCED { ExperienceLevel::Entry } else { ExperienceLevel::Experienced };
    let quoted = years.raw.clone().unwrap_or_default();
    Field::derived(quoted.clone(), level, years.evidence.clone().unwrap_or(quoted))
}

/// Reads the rank in the title: the administrator's first, then senior, entry, experienced.
fn rank(ladder: &Ladder, from: &Sources<'_>) -> Option<Field<ExperienceLevel>> {
    use ExperienceLevel::{Administrator, Entry, Experienced, Senior};
    let hits = ladder.ranks.longest(&from.words.text);
    let order = [Administrator, Senior, Entry, Experienced];
    let hit = order.iter().find_map(|level| hits.iter().find(|hit| hit.meaning == Some(*level)))?;
    let words = from.words.folded(&(hit.start..hit.end));
    Some(Field::derived(from.title.written(&words), hit.meaning?, from.title.original))
}

/// Finds the federal grade: what the board states, else `GS-8` in title or body.
fn federal_grade(from: &Sources<'_>) -> Option<(f64, String)> {
    let extra = &from.posting.raw.extra;
    if let Some(low) = extra.get("LowGrade") {
        let plan = extra.get("JobGrade").map_or("GS", String::as_str);
        let grade = low.trim().parse().ok().filter(|_| plan.split(", ").any(|one| one == "GS"))?;
        return Some((grade, format!("GS-{low}")));
    }
    grade_in(from.title_heard, from.title).or_else(|| grade_in(from.heard, from.body))
}

fn grade_in(heard: &[Heard<'_>], reading: &Reading<'_>) -> Option<(f64, String)> {
    // "GS-8: experience equivalent to GS-7": the first is the position's.
    let own = |one: &Heard<'_>| {
        let first = one.hits.iter().find(|hit| matches!(hit.meaning, Cue::Grade | Cue::Off(Off::Grade)))?;
        (first.meaning == Cue::Grade).then_some(*first)
    };
    heard.iter().filter_map(own).find_map(|hit| {
        let rest = reading.folded.get(hit.end..)?.trim_start();
        let series = rest.split([' ', '\n']).next().filter(|word| word.len() == 4 && word.parse::<u16>().is_ok());
        let at = reading.folded.len() - rest.len() + series.map_or(0, str::len);
        let grade = number_after(reading, at).filter(|grade| (1.0..=15.0).contains(grade))?;
        Some((grade, reading.evidence(hit.start)))
    })
}

fn level_of_grade(grade: f64) -> Option<ExperienceLevel> {
    match grade {
        4.0..8.0 => Some(ExperienceLevel::Entry),
        8.0..12.0 => Some(ExperienceLevel::Experienced),
        12.0.. => Some(ExperienceLevel::Senior),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::coded;

    fn level(title: &str, text: &str) -> (Option<bool>, &'static str) {
        let codes = coded(title, text);
        (codes.entry_level.value, codes.experience_level.value.map_or("none", crate::model::ExperienceLevel::as_str))
    }

    #[test]
    fn titles_tell_the_step_first() {
        assert_eq!(level("Coding Mgr", "CPC-A accepted."), (Some(false), "administrator"));
        assert_eq!(level("Sr. Coder", ""), (Some(false), "senior"));
        assert_eq!(level("Coder III", ""), (None, "senior"));
        assert_eq!(level("Coder I", ""), (None, "entry"));
        assert_eq!(level("Medical Coder II", "1 year of experience required"), (None, "experienced"));
        assert_eq!(level("Entry-Level Medical Coder", ""), (Some(true), "entry"));
        assert_eq!(level("RN Case Manager", ""), (None, "none"));
    }

    #[test]
    fn words_and_years_tell_of_beginners() {
        assert_eq!(level("Coder", "CPC or CPC-A required."), (Some(true), "entry"));
        assert_eq!(level("Coder", "CPC-A is not accepted."), (None, "none"));
        assert_eq!(level("Coder", "CPB or CPC a plus."), (None, "none"));
        assert_eq!(level("Coder", "New graduates are welcome to apply."), (Some(true), "entry"));
        assert_eq!(level("Coder", "Three years of coding experience required."), (Some(false), "experienced"));
        assert_eq!(level("Coder", "One year of coding experience required."), (None, "entry"));
        assert_eq!(level("Coder", "Mentors entry-level coders."), (None, "none"));
        assert_eq!(level("Coder", "1 year preferred."), (None, "none"));
        for welcome in [
            "No experience? We teach you all of it.",
            "No diploma, no experience, and we will teach you the trade.",
            "You don't need experience to start here.",
            "You need no prior experience.",
            "No special skills are required.",
            "Full training will be given.",
            "We are glad to train a parent who comes back to work.",
            "Nobody gives you a first job? We do.",
            "Fresh out of school? Write to us.",
        ] {
            assert_eq!(level("Clerk", welcome), (Some(true), "entry"), "{welcome}");
        }
        for other in ["You teach entry-level coders.", "Must be happy to train others.", "This is not your first job."]
        {
            assert_eq!(level("Coder", other), (None, "none"), "{other}");
        }
    }

    #[test]
    fn federal_grades_tell_where_the_title_does_not() {
        assert_eq!(level("Medical Records Technician (Coder)", "Grade: GS-0675-08").1, "experienced");
        assert_eq!(level("Medical Records Technician, GS-5", "").1, "entry");
        assert_eq!(level("Medical Records Technician", "Experience equivalent to GS-7 is needed.").1, "none");
        assert_eq!(level("Clerk", "GS-12: one year equivalent to GS-11.").1, "senior");
    }
}
