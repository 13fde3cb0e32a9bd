//! Finds words for where work is done (`remote`, `work from home`, `in-office`), and the denials and
//! delays around them.

use super::words::{Word, is_at};

/// Where work is done, as words name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// From home.
    Remote,
    /// Partly.
    Hybrid,
    /// At the employer's.
    Onsite,
}

/// Words for places, the longer first.
const PLACES: [(&[&str], Place); 43] = [
    (&["work", "from", "home"], Place::Remote),
    (&["working", "from", "home"], Place::Remote),
    (&["work", "at", "home"], Place::Remote),
    (&["working", "at", "home"], Place::Remote),
    (&["home", "based"], Place::Remote),
    (&["from", "your", "home"], Place::Remote),
    (&["from", "your", "own", "home"], Place::Remote),
    (&["in", "your", "home"], Place::Remote),
    (&["at", "your", "home"], Place::Remote),
    (&["work", "from", "anywhere"], Place::Remote),
    (&["work", "anywhere"], Place::Remote),
    (&["work", "wherever"], Place::Remote),
    (&["live", "anywhere"], Place::Remote),
    (&["live", "wherever"], Place::Remote),
    (&["lives", "anywhere"], Place::Remote),
    (&["works", "from", "home"], Place::Remote),
    (&["wfh"], Place::Remote),
    (&["telecommute"], Place::Remote),
    (&["telecommuting"], Place::Remote),
    (&["remotely"], Place::Remote),
    (&["remote"], Place::Remote),
    (&["100", "%", "virtual"], Place::Remote),
    (&["fully", "virtual"], Place::Remote),
    (&["virtual", "position"], Place::Remote),
    (&["virtual", "role"], Place::Remote),
    (&["virtual", "job"], Place::Remote),
    (&["hybrid", "remote"], Place::Hybrid),
    (&["hybrid"], Place::Hybrid),
    (&["on", "site"], Place::Onsite),
    (&["onsite"], Place::Onsite),
    (&["in", "office"], Place::Onsite),
    (&["in", "the", "office"], Place::Onsite),
    (&["at", "the", "office"], Place::Onsite),
    (&["in", "our", "office"], Place::Onsite),
    (&["at", "our", "office"], Place::Onsite),
    (&["in", "person"], Place::Onsite),
    (&["from", "home"], Place::Remote),
    (&["at", "home"], Place::Remote),
    (&["home"], Place::Remote),
    (&["on", "campus"], Place::Onsite),
    (&["office"], Place::Onsite),
    (&["in", "house"], Place::Onsite),
    (&["office", "based"], Place::Onsite),
];
/// What follows `remote`, `on-site` and the like where they are not about the job's place.
const OTHER_NOUNS: [&str; 62] = [
    "patient",
    "patients",
    "area",
    "areas",
    "monitoring",
    "sensing",
    "site",
    "sites",
    "access",
    "control",
    "desktop",
    "facility",
    "facilities",
    "clinic",
    "clinics",
    "location",
    "locations",
    "meeting",
    "meetings",
    "support",
    "coders",
    "staff",
    "employees",
    "workers",
    "interview",
    "interviews",
    "server",
    "communities",
    "village",
    "villages",
    "device",
    "devices",
    "users",
    "experience",
    "connection",
    "connectivity",
    "login",
    "gym",
    "childcare",
    "daycare",
    "fitness",
    "parking",
    "cafeteria",
    "pharmacy",
    "record",
    "records",
    "medical",
    "title",
    "health",
    "chart",
    "charts",
    "equipment",
    "office",
    "mail",
    "supervisor",
    "hospital",
    "locker",
    "orientation",
    "training",
    "365",
    "care",
    "teams",
];

/// Finds a place of work that begins at a word, and gives the word behind it.
pub(super) fn place_at(words: &[Word<'_>], at: usize) -> Option<(Place, usize)> {
    if !begins_place(words.get(at)?.text) {
        return None;
    }
    let (phrase, place) = PLACES.iter().find(|(phrase, _)| is_at(words, at, phrase))?;
    let end = at + phrase.len();
    let text = |at: usize| words.get(at).map_or("", |word| word.text);
    let before = at.checked_sub(1).map_or("", text);
    let next = text(end);
    let bare = phrase.len() == 1;
    // `home` and `office` alone say something only beside a number of days.
    if matches!(*phrase, ["home" | "office"]) {
        let days = words.get(at.saturating_sub(6)..at).is_some_and(|near| near.iter().any(|word| word.text == "days"));
        return days.then_some((*place, end)).filter(|_| !OTHER_NOUNS.contains(&next) && before != "nursing");
    }
    // `discharged from home`, `care at home` speak of patients; `apply in person` of applicants.
    let of_others = matches!(*phrase, ["at" | "from", "home"])
        && matches!(before, "away" | "discharged" | "patients" | "care" | "visits" | "living");
    if of_others || (*phrase == ["in", "person"] && matches!(before, "apply" | "interview" | "applications")) {
        return None;
    }
    // `remote coders` are this job's only where they are sought.
    let sought = next == "coders" && words.iter().take(at).any(|word| is_seeking(word.text));
    let training = matches!(next, "training" | "orientation");
    let other = OTHER_NOUNS.contains(&next) && !sought && (bare || *place == Place::Onsite || training);
    let rural = next == "and" && OTHER_NOUNS.contains(&text(end + 1)) && *place == Place::Remote;
    // `remote or hybrid records`.
    let named = before == "rural" || (before == "the" && *phrase == ["remote"] && OTHER_NOUNS.contains(&text(end)));
    (!other && !rural && !named).then_some((*place, end))
}

/// Tells whether a word begins any of the phrases, which most words do not.
fn begins_place(word: &str) -> bool {
    matches!(
        word,
        "work"
            | "working"
            | "works"
            | "home"
            | "wfh"
            | "telecommute"
            | "telecommuting"
            | "remotely"
            | "remote"
            | "100"
            | "fully"
            | "virtual"
            | "hybrid"
            | "on"
            | "onsite"
            | "in"
            | "at"
            | "from"
            | "office"
            | "live"
            | "lives"
    )
}

fn is_seeking(word: &str) -> bool {
    matches!(word, "seeking" | "hiring" | "seeks" | "recruiting" | "looking" | "need" | "needs" | "needed")
}

/// Tells whether remote work is denied before it is named: `not a remote position`, `no remote work`,
/// `cannot be performed remotely`.
pub(super) fn is_negated_before(words: &[Word<'_>], at: usize) -> bool {
    const DENIALS: [&str; 7] = ["not", "no", "cannot", "unable", "non", "never", "without"];
    let near = words.iter().take(at).rev().take(6).take_while(|word| !word.is_mark());
    let mut denied = false;
    for word in near {
        if matches!(word.text, "only" | "just" | "limited" | "require" | "required" | "if" | "whether") {
            return false;
        }
        denied |= DENIALS.contains(&word.text) || word.text.ends_with("n't") || word.text.ends_with("n\u{2019}t");
    }
    // `No remote coding experience required` denies the experience.
    let of_skill = words.iter().skip(at).take(5).any(|word| matches!(word.text, "experience" | "access"));
    denied && !of_skill
}

/// Tells whether it is denied behind: `remote work is not available`, `remote: no`.
pub(super) fn is_negated_after(words: &[Word<'_>], end: usize) -> bool {
    let text = |at: usize| words.get(at).map_or("", |word| word.text);
    if matches!(text(end), ":" | "?") {
        return matches!(text(end + 1), "no" | "not" | "n") && words.len() <= end + 4;
    }
    let mut at = end;
    while matches!(text(at), "work" | "option" | "options" | "position" | "positions" | "schedule" | "arrangements") {
        at += 1;
    }
    while matches!(text(at), "is" | "are" | "will" | "currently" | "be" | "at" | "this" | "time") {
        at += 1;
    }
    let unavailable = matches!(text(at), "unavailable" | "prohibited");
    let denied = matches!(text(at), "not" | "isn't" | "aren't" | "never")
        && words.iter().skip(at + 1).take(5).any(|word| {
            matches!(
                word.text,
                "available"
                    | "offered"
                    | "permitted"
                    | "allowed"
                    | "possible"
                    | "option"
                    | "supported"
                    | "considered"
                    | "provided"
                    | "eligible"
            )
        });
    unavailable || denied
}

/// Tells whether remote work comes only later: `remote after training`, `after 90 days you may work
/// from home`, `then remote`.
pub(super) fn later_words(words: &[Word<'_>], at: usize, end: usize) -> bool {
    let behind = words.iter().enumerate().skip(end).take(9).take_while(|(_, word)| !matches!(word.text, ";" | ":"));
    let after = behind.into_iter().any(|(at, word)| {
        matches!(word.text, "after" | "following" | "once" | "upon" | "thereafter" | "afterwards")
            && is_a_start(words, at)
    });
    let before = words.iter().enumerate().take(at).rev().take(16);
    let earlier = before
        .clone()
        .any(|(at, word)| matches!(word.text, "after" | "following" | "once" | "upon") && is_a_start(words, at));
    let then = before.take(7).any(|(_, word)| matches!(word.text, "then" | "transition" | "transitions" | "becomes"))
        && words.iter().take(at).any(|word| is_start_word(word.text));
    let thereafter = words.iter().skip(end).take(4).any(|word| matches!(word.text, "thereafter" | "afterwards"));
    after || earlier || then || thereafter
}

/// Tells whether the words behind `after` name a beginning: training, orientation, a number of days.
fn is_a_start(words: &[Word<'_>], at: usize) -> bool {
    words.iter().skip(at + 1).take(9).take_while(|word| word.text != ";").any(|word| is_start_word(word.text))
}

fn is_start_word(word: &str) -> bool {
    const STARTS: [&str; 29] = [
        "training",
        "trained",
        "orientation",
        "onboarding",
        "probation",
        "probationary",
        "introductory",
        "days",
        "day",
        "weeks",
        "months",
        "month",
        "period",
        "competency",
        "competence",
        "completion",
        "productivity",
        "standards",
        "proficiency",
        "proficient",
        "train",
        "week",
        "year",
        "cleared",
        "pass",
        "passed",
        "passing",
        "finish",
        "complete",
    ];
    STARTS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_begins_with_a_word_that_is_looked_for() {
        for (phrase, _) in PLACES {
            assert!(phrase.first().is_some_and(|word| begins_place(word)), "{phrase:?}");
        }
    }
}
