//! Years of experience required.

use std::ops::Range;

use super::super::headings::Section;
use super::super::reading::Reading;
use super::cues::{Cue, Cues, Heard, Off, by_sentence};
use super::numbers::number_before;
use crate::model::{Codes, Field, Posting};

/// A demand of years.
#[derive(Clone, Debug)]
struct Demand {
    years: f64,
    /// It stands beside a degree or another number of years, as an alternative.
    alternative: bool,
    words: Range<usize>,
}

/// More years than anybody asks for are an employer's age.
const MOST: f64 = 15.0;

/// Codes years: of the board's own field, else of the text.
pub(super) fn code(posting: &Posting, cues: &Cues, body: &Reading<'_>, heard: &[Heard<'_>], codes: &mut Codes) {
    if let Some(field) = posting.raw.experience.as_deref().filter(|field| field.len() <= 120) {
        let reading = Reading::of(field);
        let hits = cues.scan(&reading);
        let years = by_sentence(&reading, &hits).iter().flat_map(|one| stated(one, &reading)).reduce(f64::min);
        if let Some(years) = years {
            codes.experience_years = Field::stated(field, years);
            return;
        }
    }
    let demands: Vec<Demand> = heard.iter().flat_map(|one| of_sentence(one, body)).collect();
    if let Some(demand) = least(&demands) {
        let quoted = body.written(&demand.words);
        codes.experience_years = Field::derived(quoted, demand.years, body.evidence(demand.words.start));
    }
}

/// Reads a field that holds nothing but years.
fn stated(heard: &Heard<'_>, reading: &Reading<'_>) -> Vec<f64> {
    let years =
        |at: usize, months: u8| number_before(reading, at).map(|number| number.least * f64::from(months) / 12.0);
    let units = heard.hits.iter().filter_map(|hit| match hit.meaning {
        Cue::Unit(months) if months > 0 => Some((hit.start, months)),
        _ => None,
    });
    units.filter_map(|(at, months)| years(at, months)).collect()
}

/// Reads a sentence's demands of years.
fn of_sentence(heard: &Heard<'_>, body: &Reading<'_>) -> Vec<Demand> {
    let section = heard.sentence.section;
    let demanding = section == Section::Required || heard.has(|cue| matches!(cue, Cue::Hard | Cue::Wanting));
    let elsewhere = matches!(section, Section::Benefits | Section::About | Section::Apply);
    let boasting = heard.has(|cue| cue == Cue::Off(Off::Boast)) && !demanding;
    if elsewhere || boasting || heard.has(|cue| cue == Cue::Off(Off::Years)) {
        return Vec::new();
    }
    let beside_degree = heard.has(|cue| matches!(cue, Cue::Degree(Some(_))));
    let speaks_of_work = demanding || beside_degree || heard.has(|cue| matches!(cue, Cue::Experience { .. }));
    let folded = body.folded.get(heard.sentence.folded.clone()).unwrap_or_default();
    let alternative = beside_degree || folded.starts_with("or ") || folded.ends_with(" or");
    let mut demands: Vec<Demand> = Vec::new();
    for (at, hit) in heard.hits.iter().enumerate() {
        let Some((years, start)) = years_at(heard, at, body) else { continue };
        let required = heard.demand(at, body).unwrap_or(section != Section::Preferred);
        // "Two years in an office." asks without a word of asking.
        let opens = start == heard.sentence.folded.start || open_ended(body, hit.end);
        if !required || years > MOST || !(speaks_of_work || opens) {
            continue;
        }
        let also_or = demands.last().is_some_and(|last| says_or(body, last.words.end, start));
        if let Some(last) = demands.last_mut().filter(|_| also_or) {
            last.alternative = true;
        }
        demands.push(Demand { years, alternative: alternative || also_or, words: start..hit.end });
    }
    demands
}

fn says_or(body: &Reading<'_>, from: usize, to: usize) -> bool {
    body.folded.get(from..to).is_some_and(|between| between.split(' ').any(|word| word == "or"))
}

/// Reads the years whose unit is the sentence's cue with this number.
fn years_at(heard: &Heard<'_>, at: usize, body: &Reading<'_>) -> Option<(f64, usize)> {
    let hit = heard.hits.get(at)?;
    let Cue::Unit(months @ 1..) = hit.meaning else { return None };
    let number = number_before(body, hit.start)?;
    let limited = heard.hits.iter().any(|before| before.meaning == Cue::YearsBefore && before.end + 1 == number.start);
    let unit = body.folded.get(hit.start..hit.end)?;
    let next = body.folded.get(hit.end..)?.trim_start_matches(' ').split([' ', '\n']).next().unwrap_or_default();
    let words = body.folded.get(number.start..hit.end)?;
    // A limit in time never says "or longer": "coded for a year or longer".
    let limited = limited && !open_ended(body, hit.end);
    // "a year" counts only where a year of something is meant, and not where it is a rate: "ten cases a month".
    let vague = words.starts_with("a ")
        && (!["of", "in", "as", "at", "with", "or"].contains(&next) || is_rate(heard, number.start, next, body));
    // "two-year trial period": a kind of period, no demand.
    let adjective = number.least > 1.0 && matches!(unit, "year" | "month") && !matches!(next, "experience" | "exp");
    let doubtful = limited || vague || adjective || in_place_of_a_degree(heard, at, number.start, body);
    (!doubtful).then_some((number.least * f64::from(months) / 12.0, number.start))
}

/// Tells whether the years have no upper end: "or more", "or longer".
fn open_ended(body: &Reading<'_>, at: usize) -> bool {
    let behind = body.folded.get(at..).unwrap_or_default();
    [" or longer", " or more", " or better", " and more", " and longer"].iter().any(|words| behind.starts_with(words))
}

/// Tells whether "a month" at this place is a rate: how many or how often stands just before it.
fn is_rate(heard: &Heard<'_>, at: usize, next: &str, body: &Reading<'_>) -> bool {
    let before = body.folded.get(heard.sentence.folded.start..at).unwrap_or_default().trim_end();
    let mut words = before.rsplit(' ');
    let last = words.next().unwrap_or_default();
    let counted = last.len() > 3 && last.ends_with('s') && !last.ends_with("ss");
    let verb =
        ["needs", "requires", "wants", "asks", "takes", "brings", "plus", "includes", "means", "possesses", "demands"]
            .contains(&last);
    (counted && !verb && next != "of") || ["once", "twice", "times", "thrice"].contains(&last)
}

/// Tells whether the years stand in for a degree: "Bachelor's degree or four years of related work".
fn in_place_of_a_degree(heard: &Heard<'_>, at: usize, start: usize, body: &Reading<'_>) -> bool {
    let before = heard.hits.get(..at).unwrap_or_default().iter().rev();
    let degree = before.clone().find(|hit| matches!(hit.meaning, Cue::Degree(Some(_))));
    degree.is_some_and(|degree| {
        let between = body.folded.get(degree.end..start).unwrap_or_default();
        let alone = !before.take_while(|hit| hit.start > degree.end).any(|hit| matches!(hit.meaning, Cue::Unit(1..)));
        let joined = between.split(' ').any(|word| matches!(word, "with" | "and" | "plus"));
        alone && says_or(body, degree.end, start) && !joined
    })
}

/// Of alternatives the smallest counts, of several demands the greatest.
fn least(demands: &[Demand]) -> Option<&Demand> {
    let smaller = |a: &&Demand, b: &&Demand| a.years.total_cmp(&b.years);
    let alternative = demands.iter().filter(|demand| demand.alternative).min_by(smaller);
    alternative.or_else(|| demands.iter().max_by(smaller))
}

#[cfg(test)]
mod tests {
    use super::super::tests::coded;

    #[test]
    fn the_least_that_is_required_is_coded() {
        for (text, wanted) in [
            ("Minimum of two (2) years of inpatient coding experience.", Some(2.0)),
            ("3-5 years of experience required; 7 years preferred.", Some(3.0)),
            ("At least six months of medical records experience.", Some(0.5)),
            ("2 years of coding experience preferred.", None),
            ("Requirements:\n1+ yrs coding", Some(1.0)),
            ("With over 30 years of experience serving our community, we care.", None),
            ("Must obtain CPC within 2 years of hire. Experience welcome.", None),
            ("Must be at least 18 years of age with experience.", None),
            (
                "Associate degree and 4 years of experience required, or Bachelor's degree and 2 years of experience required.",
                Some(2.0),
            ),
            ("3 years of coding experience required within the last 5 years.", Some(3.0)),
            ("2 years of coding experience, including 1 year of inpatient coding.", Some(2.0)),
            ("Two years in a medical office.", Some(2.0)),
            ("- 3 years acute inpatient, trauma preferred", Some(3.0)),
            ("Bachelor's degree or four years of related work.", None),
            ("There is a two-year trial period, experienced or not.", None),
            ("You need three years and an encoder.", Some(3.0)),
            ("You have abstracted charts for two years or longer.", Some(2.0)),
            ("Candidates who can close forty charts a month with few errors.", None),
            ("We keep the registry inside four months on abstracting.", None),
            ("Requirements:\n6+ years of combined coding and auditing", Some(6.0)),
            ("Our owners bring 12 years of combined experience.", None),
            ("You need a year in a clinic.", Some(1.0)),
            ("The seat requires a year in a clinic.", Some(1.0)),
            ("We hope that you can stay a year or longer.", None),
        ] {
            assert_eq!(coded("Medical Coder", text).experience_years.value, wanted, "{text}");
        }
    }
}
