//! Judges one sentence by its words: does it say that the job is done remotely, on-site, or partly?
//!
//! A word for a place counts only where the job, the work or the person sought stands beside it, where
//! it is all that a line or a part of it says, or where a number of days does.

use super::mode_text::Said;
use super::mode_words::{Place, is_negated_after, is_negated_before, later_words, place_at};
use super::words::{Word, is_at, words_in};

/// Judges one sentence in lower case.
pub(super) fn said_by(lower: &str) -> Option<Said> {
    let words = words_in(lower);
    let mut said = None;
    let mut days = None;
    for at in 0..words.len() {
        let Some((place, end)) = place_at(&words, at) else { continue };
        let denied = matches!(place, Place::Remote) && (is_negated_before(&words, at) || is_negated_after(&words, end));
        if denied {
            return Some(Said::Denied);
        }
        if place == Place::Remote && later_words(&words, at, end) {
            return Some(Said::Later);
        }
        days = days.or_else(|| days_at(&words, at, end, place)).or_else(|| weekdays_behind(&words, end, place));
        said = said.max(plainly(&words, at, end, place));
    }
    days.or_else(|| mixed(&words)).or(said)
}

/// Reads days of the week beside a place: `3 days a week in the office`, `remote two days`.
fn days_at(words: &[Word<'_>], at: usize, end: usize, place: Place) -> Option<Said> {
    let from = at.saturating_sub(8);
    let to = (end + 6).min(words.len());
    let day = (from..to).find(|at| matches!(words.get(*at).map_or("", |word| word.text), "day" | "days"))?;
    let number = day.checked_sub(1).and_then(|at| words.get(at)).and_then(|word| count_of(word.text))?;
    let gap = if day < at { words.get(day..at) } else { words.get(end..day) }?;
    // `within 5 days`, `after 90 days`, `on-site within 30 days` are no schedule.
    let before = day.checked_sub(2).and_then(|at| words.get(at)).map_or("", |word| word.text);
    if gap.iter().any(|word| matches!(word.text, ";" | ":")) || matches!(before, "within" | "after" | "first" | "every")
    {
        return None;
    }
    match (number, place) {
        (1..=4, Place::Remote | Place::Onsite) => Some(Said::Hybrid),
        (5, Place::Onsite) => Some(Said::Onsite),
        (5, Place::Remote) => Some(Said::Remote),
        _ => None,
    }
}

/// Reads `work from home Mondays and Fridays`.
fn weekdays_behind(words: &[Word<'_>], end: usize, place: Place) -> Option<Said> {
    const DAYS: [&str; 5] = ["mondays", "tuesdays", "wednesdays", "thursdays", "fridays"];
    let named = words.iter().skip(end).take(3).any(|word| DAYS.contains(&word.text));
    (named && place == Place::Remote).then_some(Said::Hybrid)
}

fn count_of(word: &str) -> Option<u8> {
    let numbers = [("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5)];
    numbers.into_iter().find(|(name, _)| *name == word).map(|(_, number)| number).or_else(|| word.parse().ok())
}

/// Reads `a mix of remote and on-site work`, `partially remote`, `split between home and office`.
fn mixed(words: &[Word<'_>]) -> Option<Said> {
    let found = |phrase: &[&str]| (0..words.len()).any(|at| is_at(words, at, phrase));
    let places: Vec<Place> = (0..words.len()).filter_map(|at| place_at(words, at)).map(|(place, _)| place).collect();
    let both = places.contains(&Place::Remote) && places.contains(&Place::Onsite);
    let mix = [&["mix", "of"][..], &["combination", "of"], &["blend", "of"], &["split", "between"], &["both"]];
    let part = [&["partially", "remote"][..], &["partly", "remote"], &["part", "remote"], &["some", "remote", "work"]];
    let says = (both && mix.iter().any(|phrase| found(phrase))) || part.iter().any(|phrase| found(phrase));
    says.then_some(Said::Hybrid)
}

/// Tells whether the words around a place say plainly that the job is done there.
fn plainly(words: &[Word<'_>], at: usize, end: usize, place: Place) -> Option<Said> {
    let said = match place {
        Place::Remote => Said::Remote,
        Place::Hybrid => Said::Hybrid,
        Place::Onsite => Said::Onsite,
    };
    let plain = stands_alone(words, at, end)
        || follows_label(words, at)
        || precedes_job(words, at, end, place)
        || follows_job(words, at)
        || follows_work(words, at, end, place)
        || is_sought(words, at, place)
        || begins_clause(words, at, end, place);
    (is_daily(words, end, place) || plain && !is_uncertain(words, at, end)).then_some(said)
}

fn text_at<'a>(words: &[Word<'a>], at: usize) -> &'a str {
    words.get(at).map_or("", |word| word.text)
}

/// Tells whether the place is all that a short line, or a part of it between marks, says.
fn stands_alone(words: &[Word<'_>], at: usize, end: usize) -> bool {
    let parts = |word: &Word<'_>| word.is_mark() && !matches!(word.text, "." | "!" | "'" | "\"" | "%");
    let start = words.get(..at).and_then(|before| before.iter().rposition(parts)).map_or(0, |mark| mark + 1);
    let stop = words.get(end..).and_then(|behind| behind.iter().position(parts)).map_or(words.len(), |mark| end + mark);
    let filler = |word: &Word<'_>| {
        word.is_mark() || matches!(word.text, "100" | "fully" | "only" | "usa" | "us" | "full" | "time" | "completely")
    };
    let alone = |range: &[Word<'_>]| range.iter().all(filler);
    let within = words.get(start..at).is_some_and(alone) && words.get(end..stop).is_some_and(alone);
    // In the middle of a longer list it is one thing among others.
    let at_edge = start == 0 || words.get(stop..).is_none_or(|rest| rest.iter().all(Word::is_mark));
    within && (words.len() <= 16 || (at_edge && words.len() <= 40))
}

/// Tells whether a clause begins with it and goes on about it: `Remote for residents of Iowa`,
/// `Hybrid after orientation`, `On site for two weeks, then hybrid`.
fn begins_clause(words: &[Word<'_>], at: usize, end: usize, place: Place) -> bool {
    let before = at.checked_sub(1).map_or(":", |before| text_at(words, before));
    let begins = !before.starts_with(char::is_alphanumeric) || matches!(before, "then" | "becomes" | "location");
    let goes_on = matches!(
        text_at(words, end),
        "for" | "within" | "in" | "but" | ":" | "only" | "with" | "from" | "after" | "is" | "(" | "." | ""
    );
    let of_home = text_at(words, at) == "home" || text_at(words, at + 1).starts_with("home");
    place != Place::Onsite && begins && goes_on && (words.len() <= 40 || of_home)
}

/// Tells whether one is there every day: `in the office every day`, `onsite presence is expected`.
fn is_daily(words: &[Word<'_>], end: usize, place: Place) -> bool {
    let daily = is_at(words, end, &["every", "day"])
        || is_at(words, end, &["each", "day"])
        || matches!(text_at(words, end), "daily" | "monday" | "mon");
    let presence = matches!(text_at(words, end), "presence" | "attendance" | "work")
        && words.iter().skip(end).take(5).any(|word| matches!(word.text, "expected" | "required" | "mandatory"));
    place == Place::Onsite && (daily || presence)
}

/// Tells whether a label announces it: `Location: Remote`, `Work arrangement: hybrid`.
fn follows_label(words: &[Word<'_>], at: usize) -> bool {
    const LABELS: [&str; 17] = [
        "location",
        "locations",
        "arrangement",
        "setting",
        "mode",
        "model",
        "type",
        "workplace",
        "environment",
        "site",
        "schedule",
        "worksite",
        "option",
        "style",
        "status",
        "format",
        "where",
    ];
    let label = (1..=3).find(|back| at.checked_sub(*back).is_some_and(|at| text_at(words, at) == ":"));
    label.and_then(|back| at.checked_sub(back + 1)).is_some_and(|at| at < 4 && LABELS.contains(&text_at(words, at)))
}

const JOBS: [&str; 22] = [
    "position",
    "role",
    "job",
    "opportunity",
    "opening",
    "assignment",
    "schedule",
    "arrangement",
    "basis",
    "vacancy",
    "environment",
    "setting",
    "model",
    "coder",
    "contract",
    "employment",
    "internship",
    "capacity",
    "eligible",
    "workplace",
    "career",
    "specialist",
];

/// Tells whether a job is named right behind: `remote coding position`, `on-site role`.
fn precedes_job(words: &[Word<'_>], at: usize, end: usize, place: Place) -> bool {
    let reach = if place == Place::Onsite { 2 } else { 5 };
    let nouns = words.iter().skip(end).take(reach).take_while(|word| !word.is_mark() || word.text == "/");
    let names = nouns.map(|word| word.text).take_while(|text| !matches!(*text, "and" | "or" | "with" | "for" | "to"));
    let mut names = names.peekable();
    // `Virtual position` names the job itself.
    let job = text_at(words, at) == "virtual" || names.any(|text| JOBS.contains(&text) && text != "eligible");
    // `experience in a remote setting`, `supports remote coder` ask for something else.
    let skill = words.iter().take(at).rev().take(8).any(|word| {
        matches!(word.text, "experience" | "experienced" | "skills" | "ability" | "supports" | "supporting" | "manage")
    });
    let behind = words.iter().skip(end).take(6).any(|word| matches!(word.text, "experience" | "preferred"));
    job && !skill && !behind
}

/// Tells whether the job is said to be so: `this position is fully remote`, `work is performed on-site`.
fn follows_job(words: &[Word<'_>], at: usize) -> bool {
    const BETWEEN: [&str; 32] = [
        "100",
        "%",
        "a",
        "an",
        "fully",
        "completely",
        "entirely",
        "strictly",
        "permanently",
        "currently",
        "primarily",
        "full",
        "time",
        "will",
        "be",
        "can",
        "may",
        "performed",
        "done",
        "based",
        "worked",
        "considered",
        "offered",
        "is",
        "are",
        "located",
        "as",
        "this",
        "conducted",
        "both",
        "remain",
        "completed",
    ];
    let mut back = at;
    let mut verb = false;
    while let Some(before) = back.checked_sub(1).filter(|before| BETWEEN.contains(&text_at(words, *before))) {
        verb |= matches!(text_at(words, before), "is" | "are" | "be");
        back = before;
    }
    let subject = back.checked_sub(1).map_or("", |before| text_at(words, before));
    let named = JOBS.contains(&subject) || matches!(subject, "work" | "positions" | "roles" | "duties" | "coding");
    // `This is a remote ...` needs its noun, which `precedes_job` looks for; `this is remote` does not.
    verb && (named || (back + 1 < at && text_at(words, back) == "this" && at == back + 2))
}

/// Tells whether it says how one works: `work remotely`, `work on-site in our Dayton office`.
fn follows_work(words: &[Word<'_>], at: usize, end: usize, place: Place) -> bool {
    let before = at.checked_sub(1).map_or("", |before| text_at(words, before));
    let own = text_at(words, at);
    let working =
        matches!(before, "work" | "working" | "works" | "worked" | "performed" | "report" | "fully" | "strictly")
            || (before == "%" || before == "100");
    let asked = words.iter().take(at).rev().take(7).any(|word| {
        matches!(word.text, "experience" | "experienced" | "comfortable" | "others" | "providers" | "staff" | "teams")
    });
    match place {
        Place::Remote if matches!(own, "work" | "working" | "telecommute" | "telecommuting" | "wfh" | "live") => !asked,
        // `Type records from home`; `at home` alone may be the patients'.
        Place::Remote if own == "from" => !asked,
        Place::Remote => (working && !asked) || is_from_anywhere(words, end),
        Place::Onsite => {
            // `By phone or in person at the desk` speaks of how people are met.
            let met = text_at(words, end - 1) == "person";
            let there = matches!(text_at(words, end), "in" | "at") && !met && !follows_amenity(words, end);
            let must = words.iter().take(at).any(|word| matches!(word.text, "must" | "requires" | "required" | "need"));
            let bound =
                must && matches!(before, "being" | "be" | "physically" | "present") && !follows_amenity(words, end);
            (working || there || bound) && !asked
        }
        Place::Hybrid => working,
    }
}

/// Tells whether a reach follows: `remote anywhere in the US`, `remote within Ohio`.
fn is_from_anywhere(words: &[Word<'_>], end: usize) -> bool {
    let next = text_at(words, end);
    let next = if matches!(next, "(" | "," | "-" | "\u{2013}" | "\u{2014}") { text_at(words, end + 1) } else { next };
    matches!(next, "anywhere" | "within" | "nationwide" | "from" | "u" | "usa")
}

fn follows_amenity(words: &[Word<'_>], end: usize) -> bool {
    words.iter().skip(end).take(8).any(|word| {
        matches!(word.text, "training" | "orientation" | "onboarding" | "gym" | "parking" | "cafeteria" | "clinic")
    })
}

/// Tells whether such people are sought: `seeking experienced remote coders`.
fn is_sought(words: &[Word<'_>], at: usize, place: Place) -> bool {
    let verb = words
        .iter()
        .take(at)
        .rev()
        .take(6)
        .take_while(|word| !word.is_mark())
        .any(|word| matches!(word.text, "seeking" | "hiring" | "seeks" | "recruiting" | "needed" | "join"));
    let looking = words.iter().take(at).rev().take(6).any(|word| word.text == "looking");
    place != Place::Onsite && (verb || looking)
}

/// Tells whether it is only a chance: `may be available`, `occasional`, `eligible for`.
fn is_uncertain(words: &[Word<'_>], at: usize, end: usize) -> bool {
    const MAYBE: [&str; 16] = [
        "occasional",
        "occasionally",
        "potential",
        "potentially",
        "possible",
        "possibly",
        "eligible",
        "eligibility",
        "if",
        "considered",
        "previous",
        "prior",
        "optional",
        "periodic",
        "periodically",
        "request",
    ];
    let before = words.iter().take(at).rev().take(6);
    let behind = words.iter().skip(end).take(6);
    let clause = before.chain(behind);
    clause.into_iter().any(|word| MAYBE.contains(&word.text))
        || (0..words.len())
            .any(|at| is_at(words, at, &["may", "be", "available"]) || is_at(words, at, &["option", "to"]))
}
