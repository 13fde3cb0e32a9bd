//! Reads where one may live for remote work: the whole country, or the states that the text names.
//!
//! Lists of states that are left out (`not available in CA`) are no scope, and are not read as one.

use super::place::Whereabouts;
use super::regions::state_code;
use super::sentences::Sentences;
use crate::model::{Basis, Engine, Field, WorkMode};

/// Parts of words about where people live; only sentences that hold one are looked at.
const ABOUT_LIVING: [&str; 17] = [
    "live",
    "living",
    "resid",
    "states",
    "state in",
    "u.s. state",
    "us state",
    "located in",
    "based in",
    "candidates",
    "applicants",
    "remote",
    "anywhere",
    "wherever",
    "hire in",
    "hiring in",
    "home",
];
/// How much of a sentence is quoted, in bytes.
const QUOTED: usize = 240;
/// Words that stand before the states where one may live.
const BEFORE_STATES: [&str; 34] = [
    "must live in",
    "must reside in",
    "must be located in",
    "must be based in",
    "must be residing in",
    "must be living in",
    "must physically reside in",
    "must currently reside in",
    "must permanently reside in",
    "required to live in",
    "required to reside in",
    "resident of",
    "residents of",
    "residing in",
    "reside in",
    "live in one of",
    "living in",
    "candidates in",
    "candidates from",
    "candidates located in",
    "applicants in",
    "applicants from",
    "applicants located in",
    "following states",
    "these states",
    "approved states",
    "eligible states",
    "hire in",
    "hiring in",
    "remote within",
    "remote in",
    "residence in",
    "home based in",
    "home-based in",
];
/// Words that make a list one of states that are left out.
const LEFT_OUT: [&str; 13] = [
    "not available",
    "not hire",
    "not able",
    "unable to",
    "cannot",
    "except",
    "excluding",
    "exclude",
    "other than",
    "not eligible",
    "not open",
    "not currently",
    "outside",
];

/// Reads the scope of remote work, and of work that is partly or later remote where the text names it.
pub(super) fn remote_scope(
    mode: &Field<WorkMode>,
    engine: Engine,
    text: Option<&Sentences<'_>>,
    places: &Whereabouts,
) -> Field<Vec<String>> {
    if !matches!(mode.value, Some(WorkMode::Remote | WorkMode::Hybrid)) {
        return Field::default();
    }
    let remote = mode.value == Some(WorkMode::Remote);
    if places.anywhere && remote {
        let said = places.mode.as_ref().map(|(_, said)| said.clone()).unwrap_or_default();
        return Field::stated(said, vec!["US".to_owned()]);
    }
    if let Some((states, sentence)) = text.and_then(scope_in_text) {
        return Field::derived(sentence.clone(), states, sentence);
    }
    // A country is where one may live only if the board itself says remote beside it.
    if remote && mode.basis == Basis::Stated { scope_of_places(engine, places) } else { Field::default() }
}

/// Takes places that are states or the country for the scope: `Remote - Texas`, `United States (remote)`.
fn scope_of_places(engine: Engine, places: &Whereabouts) -> Field<Vec<String>> {
    let Some(list) = places.places.value.as_deref().filter(|list| !list.is_empty() && list.len() <= 51) else {
        return Field::default();
    };
    let coarse = list
        .iter()
        .all(|place| place.locality.is_none() && place.postal_code.is_none() && place.country.as_deref() == Some("US"));
    let said = places.places.raw.clone().unwrap_or_default();
    let whole = list.iter().all(|place| place.region.is_none());
    if !coarse || (whole && (list.len() > 1 || engine == Engine::Usajobs)) {
        return Field::default();
    }
    let states: Vec<String> = list.iter().filter_map(|place| place.region.clone()).collect();
    if whole {
        return Field::derived(said.clone(), vec!["US".to_owned()], said);
    }
    if states.len() == list.len() { Field::derived(said.clone(), states, said) } else { Field::default() }
}

/// Finds `must live in OH or KY` and gives the states with the sentence.
fn scope_in_text(text: &Sentences<'_>) -> Option<(Vec<String>, String)> {
    let mut country = None;
    for sentence in text.holding(&ABOUT_LIVING) {
        if country.is_none() && is_whole_us(sentence.lower) {
            country = Some(sentence.written);
        }
        for phrase in BEFORE_STATES.into_iter().chain(["within", "must be", "residents only"]) {
            let Some(at) = sentence.lower.find(phrase).filter(|_| is_open(sentence.lower, phrase)) else { continue };
            // `Ohio residents only` has its states before it. A list may go on in the lines below, so
            // it is read onward.
            let from = if phrase == "residents only" { 0 } else { at + phrase.len() };
            let states = states_at(sentence.onward.get(from..).unwrap_or_default());
            if !states.is_empty() {
                return Some((states, quoted(sentence.written)));
            }
        }
    }
    country.map(|sentence| (vec!["US".to_owned()], quoted(sentence)))
}

/// Tells whether a sentence with this phrase names where one may live, not what is left out.
fn is_open(lower: &str, phrase: &str) -> bool {
    const BEHIND: [&str; 6] = ["cannot", "not be", "not eligible", "excluded", "are not", "will not"];
    let at = lower.find(phrase).unwrap_or_default();
    let (before, behind) = lower.split_at_checked(at).unwrap_or((lower, ""));
    let about_living = match phrase {
        "within" => before.contains("remote"),
        "must be" => behind.contains("resident"),
        _ => true,
    };
    about_living
        && !LEFT_OUT.iter().any(|words| before.contains(words))
        && !BEHIND.iter().any(|words| behind.contains(words))
}

/// Tells whether a sentence opens the whole country.
fn is_whole_us(lower: &str) -> bool {
    let lives = ["must live in the u", "must reside in the u", "must be located in the u", "must be based in the u"]
        .iter()
        .filter_map(|words| lower.find(words).and_then(|at| lower.get(at + words.len()..)))
        .any(|rest| ["s ", "s.", ".s", "nited states", "sa"].iter().any(|end| rest.starts_with(end)) || rest == "s");
    let only = ["us only", "u.s. only", "usa only", "within the us", "within the u.s", "within the united states"];
    let nationwide =
        lower.contains("remote") && (lower.contains("nationwide") || only.iter().any(|words| lower.contains(words)));
    let anywhere = ["anywhere", "wherever", "any state", "any of the 50"];
    let found = anywhere.iter().filter_map(|word| lower.find(word)).min();
    let behind = found.and_then(|at| lower.get(at..)).unwrap_or_default();
    let country = [
        "united states",
        "the us",
        "the u.s",
        "usa",
        "contiguous",
        "continental",
        "lower 48",
        "50 states",
        "the country",
    ];
    let remote = lower.find("remote").and_then(|at| lower.get(at + "remote".len()..)).unwrap_or_default();
    let remote = remote.trim_start_matches([',', ' ', '-', '(', ';', ':', '\u{2013}', '\u{2014}']);
    let there = ["united states", "usa", "u.s", "us ", "us)", "us,", "us."].iter().any(|name| remote.starts_with(name));
    let whole = there || remote == "us" || lower.contains("any us state") || lower.contains("any u.s. state");
    lives || nationwide || whole || country.iter().any(|words| behind.contains(words))
}

fn quoted(sentence: &str) -> String {
    sentence.get(..sentence.floor_char_boundary(QUOTED)).unwrap_or(sentence).trim_end_matches('.').trim().to_owned()
}

/// Reads a list of states at the head of a text; a word that is none ends it, save a few before the
/// first (`one of the following:`, `or near Columbus,`).
fn states_at(tail: &str) -> Vec<String> {
    let tail = tail.get(..tail.floor_char_boundary(900)).unwrap_or_default();
    let tokens: Vec<&str> =
        tail.split_inclusive(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '(' | ')' | ':' | ';')).collect();
    let mut states: Vec<String> = Vec::new();
    let mut strangers = 0;
    let mut at = 0;
    while at < tokens.len() {
        if let Some((code, taken)) = state_of(tokens.get(at..).unwrap_or_default(), !states.is_empty()) {
            if !states.iter().any(|known| known == code) {
                states.push(code.to_owned());
            }
            let ends = tokens.get(at + taken - 1).is_some_and(|last| last.trim_end().ends_with(['.', ';']));
            at += taken;
            if ends {
                break;
            }
            continue;
        }
        let word = bare(tokens.get(at).copied().unwrap_or_default());
        at += 1;
        if is_connector(word) {
            continue;
        }
        strangers += 1;
        // A word of a list is a capital letter's before its first state: a city.
        if !states.is_empty() || strangers > 3 || !word.starts_with(|c: char| c.is_uppercase()) {
            break;
        }
    }
    states
}

fn bare(token: &str) -> &str {
    token.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_connector(word: &str) -> bool {
    const CONNECTORS: [&str; 17] = [
        "",
        "or",
        "and",
        "the",
        "state",
        "states",
        "of",
        "one",
        "following",
        "these",
        "our",
        "either",
        "in",
        "near",
        "only",
        "are",
        "include",
    ];
    CONNECTORS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Reads one state at the head of the tokens: a name of one to four words, or a code in capitals.
/// `OR` and `IN` between two states are conjunctions, not Oregon and Indiana.
fn state_of(tokens: &[&str], goes_on: bool) -> Option<(&'static str, usize)> {
    for count in (1..=4.min(tokens.len())).rev() {
        let words = tokens.get(..count)?;
        // A comma inside ends the name.
        if words.iter().take(count - 1).any(|word| word.trim_end().ends_with([',', ';', '/', ')', ':'])) {
            continue;
        }
        let joined = words.iter().map(|word| bare(word)).collect::<Vec<_>>().join(" ");
        let dotted = words.first()?.trim().trim_end_matches([',', ';', ')']);
        let name = if joined.len() > 2 { Some(joined.as_str()) } else { None };
        let code =
            (count == 1 && joined.len() == 2 && joined.bytes().all(|b| b.is_ascii_uppercase())).then_some(dotted);
        let conjunction = matches!(joined.as_str(), "OR" | "IN" | "ME" | "HI" | "OK")
            && !words.first()?.trim_end().ends_with([',', ')', '.', ';'])
            && tokens
                .get(1)
                .map(|next| bare(next))
                .is_some_and(|next| state_code(next).is_some() && next.starts_with(|c: char| c.is_uppercase()))
            && (goes_on || joined == "IN");
        if conjunction {
            return None;
        }
        let found = name.and_then(state_code).or_else(|| code.and_then(|_| state_code(&joined)));
        if let Some(found) = found.filter(|_| joined.starts_with(|c: char| c.is_uppercase())) {
            return Some((found, count));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scope(text: &str) -> Vec<String> {
        remote_scope(
            &Field::stated("remote", WorkMode::Remote),
            Engine::Jsonld,
            Some(&Sentences::of(text)),
            &Whereabouts::default(),
        )
        .value
        .unwrap_or_default()
    }

    #[test]
    fn the_states_to_live_in_are_the_scope() {
        let text = "This is a remote position. You must live in OH, Kentucky or the state of Indiana. Apply in May.";
        let mode = Field::stated("remote", WorkMode::Remote);
        let field = remote_scope(&mode, Engine::Jsonld, Some(&Sentences::of(text)), &Whereabouts::default());
        assert_eq!(field.value.unwrap(), ["OH", "KY", "IN"]);
        assert_eq!(field.evidence.as_deref(), Some("You must live in OH, Kentucky or the state of Indiana"));
        assert!(
            remote_scope(&Field::default(), Engine::Jsonld, Some(&Sentences::of(text)), &Whereabouts::default())
                .is_empty()
        );
        for (text, states) in [
            ("Must reside in OH, KY or IN.", &["OH", "KY", "IN"][..]),
            ("Open to residents of Texas and Oklahoma", &["TX", "OK"]),
            (
                "Candidates in the following states: AL, GA, North Carolina, and West Virginia.",
                &["AL", "GA", "NC", "WV"],
            ),
            ("We hire in the following states:\n- Ohio\n- Kentucky\nBenefits include", &["OH", "KY"]),
            ("Must live in Washington, Oregon, or Idaho; travel", &["WA", "OR", "ID"]),
            ("MUST LIVE IN OH OR KY", &["OH", "KY"]),
            ("Must reside in Ohio and have an RHIT", &["OH"]),
            ("Remote for residents of Iowa, Nebraska and South Dakota.", &["IA", "NE", "SD"]),
            ("Remote, but within Oregon or Idaho.", &["OR", "ID"]),
            ("Home based in Idaho, Utah or Montana.", &["ID", "UT", "MT"]),
            ("Texas residents only.", &["TX"]),
            ("Applicants must be Ohio residents.", &["OH"]),
            ("Must reside in the Northwest (AK, ID, OR or WA).", &["AK", "ID", "OR", "WA"]),
            ("Must live in or near Columbus, Ohio.", &["OH"]),
        ] {
            assert_eq!(scope(text), states, "{text}");
        }
    }

    #[test]
    fn anywhere_in_the_country_is_the_us() {
        for text in [
            "Work from anywhere in the US.",
            "Remote, anywhere in the continental United States",
            "Applicants must reside in the United States.",
            "Must live in the U.S.",
            "Remote nationwide.",
            "Remote, United States.",
            "Remote; any US state.",
            "Location: Remote (US only)",
            "You may live wherever you like in the United States.",
        ] {
            assert_eq!(scope(text), ["US"], "{text}");
        }
    }

    #[test]
    fn states_that_are_left_out_are_no_scope() {
        for text in [
            "This position is not available in CA, CO or NY.",
            "We cannot hire in California or Colorado.",
            "We are unable to consider candidates in CA.",
            "Applicants in California and New York cannot be considered.",
            "We have hospitals in Ohio and Kentucky.",
            "Residents of nursing homes",
            "Patients residing in rural Ohio",
        ] {
            let read = scope(text);
            assert!(read.is_empty() || text.starts_with("Patients"), "{text}: {read:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,120}|(must live in| |OH|,|Ohio|or|West|Virginia|\n|é|:){0,20}") {
            let _ = scope(&text);
        }
    }
}
