//! Finds the job's place in a description, where its board has no place at all.
//!
//! Only plain words count: `Location: Akron, OH`, `on-site in Dayton, Ohio`, `our Toledo, OH campus`,
//! `located in Columbus, Ohio`. Addresses in legal words, headquarters, and lists of an employer's
//! sites are not the job's place.

use super::place::from_state;
use super::place_text::read_places;
use super::regions::state_code;
use super::sentences::{Sentence, Sentences};
use crate::model::{Field, Place, WorkMode};

/// Labels of a line that names the place.
const LABELS: [&str; 10] = [
    "location",
    "job location",
    "work location",
    "primary location",
    "position location",
    "city/state",
    "city, state",
    "city",
    "work site",
    "worksite",
];
/// Words right before a place that is the job's, the surest first.
const LEADS: [&str; 34] = [
    "on-site in ",
    "onsite in ",
    "on site in ",
    "on-site at our ",
    "onsite at our ",
    "position is located in ",
    "position located in ",
    "job is located in ",
    "role is located in ",
    "position is in ",
    "position is based in ",
    "role is based in ",
    "office is in ",
    "clinic is in ",
    "hospital is in ",
    "practice is in ",
    "we are in ",
    "join us in ",
    "office in ",
    "offices in ",
    "campus in ",
    "hospital in ",
    "clinic in ",
    "facility in ",
    "center in ",
    "practice in ",
    "group in ",
    "agency in ",
    "department in ",
    "system in ",
    "located in ",
    "based in ",
    "at our ",
    "our ",
];
/// How many sentences at the head of a text say of the employer where it is: `an FQHC in El Paso, Texas`.
const INTRODUCTION: usize = 2;
/// Words of sentences whose places are not the job's.
const NOT_THE_JOB: [&str; 20] = [
    "equal opportunity",
    "eeo",
    "accommodation",
    "headquarter",
    "corporate",
    "p.o. box",
    "po box",
    "contact",
    "must live",
    "must reside",
    "must be located",
    "candidates",
    "applicants",
    "resident",
    "hospitals in",
    "locations in",
    "sites in",
    "accredited",
    "anywhere",
    "throughout",
];
/// Nouns behind `our Toledo, OH ...`.
const SITES: [&str; 10] =
    ["campus", "office", "facility", "hospital", "location", "clinic", "site", "center", "team", "department"];

/// Finds places in plain text, given the work mode; remote work has one only behind a label.
pub(super) fn places_in_text(text: &Sentences<'_>, mode: Option<WorkMode>) -> Field<Vec<Place>> {
    let mut lines = text.holding(&["location", "city", "site"]);
    let labelled = lines.find_map(|line| Some((labelled_places(line.written)?, line.written)));
    let found = labelled.or_else(|| (mode != Some(WorkMode::Remote)).then(|| told_places(text)).flatten());
    found.map_or_else(Field::default, |(places, sentence)| Field::derived(sentence, places, sentence))
}

/// Finds places behind the surest words, or else where the first sentences introduce the employer.
fn told_places<'a>(text: &Sentences<'a>) -> Option<(Vec<Place>, &'a str)> {
    // Few sentences name a city and its state.
    let named: Vec<(usize, Sentence<'a, '_>)> = text
        .all()
        .enumerate()
        .filter(|(_, sentence)| names_state(sentence.written) && !is_other(sentence.lower))
        .collect();
    let led = LEADS
        .iter()
        .find_map(|lead| named.iter().find_map(|(_, sentence)| Some((led_places(*sentence, lead)?, sentence.written))));
    led.or_else(|| {
        let first = named.iter().filter(|(index, _)| *index < INTRODUCTION);
        first.into_iter().find_map(|(_, sentence)| {
            let places = led_places(*sentence, "in ").or_else(|| led_places(*sentence, "("))?;
            Some((places, sentence.written))
        })
    })
}

/// Tells whether a state's name or code stands behind a comma.
fn names_state(sentence: &str) -> bool {
    memchr::memchr_iter(b',', sentence.as_bytes())
        .filter_map(|comma| sentence.get(comma + 1..))
        .any(|behind| state_at(behind.trim_start()).is_some())
}

fn is_other(lower: &str) -> bool {
    NOT_THE_JOB.iter().any(|words| lower.contains(words))
}

/// Reads `Location: Akron, OH`; every place must have its state.
fn labelled_places(line: &str) -> Option<Vec<Place>> {
    let (label, rest) = line.split_once(':')?;
    let label = label.trim_matches(['-', '*', ' ', '\u{2022}']).to_ascii_lowercase();
    if !LABELS.contains(&label.as_str()) || rest.len() > 90 {
        return None;
    }
    let places = read_places(rest.trim().trim_end_matches('.')).places;
    let sure = places.iter().all(|place| place.region.as_deref().is_some_and(|code| state_code(code).is_some()));
    (!places.is_empty() && sure).then(|| places.into_iter().map(from_state).collect())
}

/// Reads the city and state right behind these words.
fn led_places(sentence: Sentence<'_, '_>, lead: &str) -> Option<Vec<Place>> {
    let lower = sentence.lower;
    let mut hits = lower.match_indices(lead).take(4);
    hits.find_map(|(at, _)| {
        let starts = at
            .checked_sub(1)
            .and_then(|before| lower.as_bytes().get(before))
            .is_none_or(|b| !b.is_ascii_alphanumeric());
        let tail = sentence.written.get(at + lead.len()..).filter(|_| starts)?;
        let (place, rest) = city_and_state(tail)?;
        let ours = lead.ends_with("our ");
        if ours && !names_site(rest) {
            return None;
        }
        let mut places = vec![place];
        // `in Columbus, Ohio and Dayton, Ohio`.
        let next = rest.trim_start_matches([',', ' ']).strip_prefix("and ").and_then(city_and_state);
        places.extend(next.map(|(place, _)| place));
        Some(places.into_iter().map(from_state).collect())
    })
}

fn names_site(rest: &str) -> bool {
    let lower = rest.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(4);
    words.any(|word| SITES.contains(&word))
}

/// Reads `Columbus, Ohio` or `Columbus, OH` at the head of a text, and gives what follows.
fn city_and_state(tail: &str) -> Option<(Place, &str)> {
    const ARTICLES: [&str; 8] =
        ["the ", "our ", "downtown ", "beautiful ", "historic ", "suburban ", "sunny ", "city of "];
    let mut text = tail.trim_start();
    while let Some(rest) = ARTICLES.iter().find_map(|article| text.strip_prefix(article)) {
        text = rest;
    }
    let comma = text.find(',').filter(|comma| *comma <= 32)?;
    let city = text.get(..comma)?.trim();
    let words: Vec<&str> = city.split(' ').collect();
    let capital =
        |word: &&str| word.starts_with(|c: char| c.is_uppercase()) || matches!(*word, "of" | "de" | "la" | "du");
    if city.is_empty()
        || words.len() > 4
        || !words.iter().all(capital)
        || state_code(city).is_some_and(|_| city != "New York" && city != "Washington")
    {
        return None;
    }
    let behind = text.get(comma + 1..)?.trim_start();
    let (state, taken) = state_at(behind)?;
    let rest = behind.get(taken..)?;
    let place = read_places(&format!("{city}, {state}")).places.into_iter().next()?;
    place.locality.is_some().then_some((place, rest))
}

/// Reads a state at the head of a text: up to three words of a name, or a code in capitals.
fn state_at(text: &str) -> Option<(&'static str, usize)> {
    // Most commas have a small letter behind them.
    if !text.starts_with(|c: char| c.is_uppercase()) {
        return None;
    }
    let ends: Vec<usize> = text
        .char_indices()
        .filter(|(_, c)| !c.is_alphanumeric())
        .map(|(at, _)| at)
        .chain([text.len()])
        .take(3)
        .collect();
    ends.into_iter().rev().find_map(|end| {
        let name = text.get(..end)?;
        let shaped = name.starts_with(|c: char| c.is_uppercase())
            && (name.len() > 2 || name.bytes().all(|b| b.is_ascii_uppercase()));
        state_code(name).filter(|_| shaped).map(|code| (code, end))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        let field = places_in_text(&Sentences::of(text), None);
        let line = |place: &Place| {
            format!("{}/{}", place.locality.as_deref().unwrap_or_default(), place.region.as_deref().unwrap_or_default())
        };
        field.value.iter().flatten().map(line).collect::<Vec<_>>().join(" + ")
    }

    #[test]
    fn plain_words_give_the_place_with_the_sentence() {
        for (text, expected) in [
            ("We are located in Columbus, Ohio.", "Columbus/OH"),
            ("Work at our Toledo, OH campus.", "Toledo/OH"),
            ("Location: Akron, OH", "Akron/OH"),
            ("You work on-site in Dayton, Ohio, five days.", "Dayton/OH"),
            ("The position is located in St. Louis, Missouri.", "St. Louis/MO"),
            ("a 300-bed hospital in Winston-Salem, North Carolina", "Winston-Salem/NC"),
            ("Busy physician practice in Dayton, Ohio wants a coder.", "Dayton/OH"),
            ("An FQHC in El Paso, Texas, with nine sites.", "El Paso/TX"),
            ("Mercy Ridge Medical Center (Flagstaff, AZ) is hiring.", "Flagstaff/AZ"),
            ("The clinic is in Macon, Georgia.", "Macon/GA"),
            ("Located in downtown Charleston, West Virginia.", "Charleston/WV"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        let field = places_in_text(&Sentences::of("Hi. We are located in Columbus, Ohio."), None);
        assert_eq!(field.evidence.as_deref(), Some("We are located in Columbus, Ohio."));
        assert_eq!(field.value.unwrap()[0].country.as_deref(), Some("US"));
    }

    #[test]
    fn other_places_are_not_the_job_s() {
        for text in [
            "A system with hospitals in Ohio, Kentucky and Indiana.",
            "Equal opportunity: write to our Columbus, OH office.",
            "Headquartered in and based in Dallas, Texas.",
            "You must be located in Columbus, Ohio.",
            "Our Ohio hospitals",
            "Our Mission, In short",
            "Location: Remote",
            "Location: Downtown",
            "located in Ohio, Kentucky",
        ] {
            assert_eq!(read(text), "", "{text}");
        }
        assert!(places_in_text(&Sentences::of("Our Toledo, OH campus is big."), Some(WorkMode::Remote)).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,120}|(located in |our | Ohio|, |Columbus|OH|é|Location: ){0,12}") {
            let _ = places_in_text(&Sentences::of(&text), None);
        }
    }
}
