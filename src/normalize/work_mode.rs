//! Tells where the work is done from: the board's flags first, then places, title, description.
//!
//! Negations come before everything (`not a remote position`). Federal telework eligibility is not
//! remote work, and `RemoteIndicator=false` is not a no: USAJOBS sets it beside "Anywhere in the
//! U.S. (remote job)".

use super::place::Whereabouts;
use super::place_text::mode_words;
use super::regions::state_code;
use crate::model::{Basis, Engine, Field, RawPosting, WorkMode};

/// How much of a description is looked at, in bytes.
const LOOKED_AT: usize = 4_000;
/// How many mentions of a word are looked at.
const MENTIONS: usize = 12;
/// Words that deny remote work.
const DENIALS: [&str; 14] = [
    "not a remote",
    "not remote",
    "no remote",
    "non-remote",
    "not a fully remote",
    "not a work from home",
    "not eligible for remote",
    "not offer remote",
    "remote: no",
    "remote work is not",
    "remote work not",
    "remote is not",
    "cannot be remote",
    "not a telecommut",
];
/// Sentences that say it plainly.
const STRONG: [(&str, WorkMode); 24] = [
    ("this is a hybrid", WorkMode::Hybrid),
    ("this position is hybrid", WorkMode::Hybrid),
    ("this role is hybrid", WorkMode::Hybrid),
    ("hybrid position", WorkMode::Hybrid),
    ("hybrid schedule", WorkMode::Hybrid),
    ("hybrid work schedule", WorkMode::Hybrid),
    ("this is a remote", WorkMode::Remote),
    ("this is a fully remote", WorkMode::Remote),
    ("this is a full-time remote", WorkMode::Remote),
    ("this is a 100% remote", WorkMode::Remote),
    ("100% remote", WorkMode::Remote),
    ("position is remote", WorkMode::Remote),
    ("position is fully remote", WorkMode::Remote),
    ("position is 100% remote", WorkMode::Remote),
    ("role is remote", WorkMode::Remote),
    ("role is fully remote", WorkMode::Remote),
    ("fully remote position", WorkMode::Remote),
    ("fully remote role", WorkMode::Remote),
    ("work from home position", WorkMode::Remote),
    ("this is an on-site", WorkMode::Onsite),
    ("this is an onsite", WorkMode::Onsite),
    ("position is on-site", WorkMode::Onsite),
    ("position is onsite", WorkMode::Onsite),
    ("100% on-site", WorkMode::Onsite),
];
/// What follows "remote" in titles where it is not about the work's place.
const OTHER_REMOTES: [&str; 8] = ["patient", "area", "monitoring", "sensing", "site", "sites", "access", "control"];

/// Reads the work mode.
pub(super) fn work_mode(
    raw: &RawPosting,
    title: Option<&str>,
    text: Option<&str>,
    places: &Whereabouts,
) -> Field<WorkMode> {
    let words = raw.work_mode.join("; ");
    let kept = || (!words.trim().is_empty()).then(|| words.clone());
    let mut denied = false;
    for word in &raw.work_mode {
        match flag(word) {
            Flag::Mode(mode) => return Field { raw: kept(), value: Some(mode), basis: Basis::Stated, evidence: None },
            Flag::Denied => denied = true,
            Flag::Silent => {}
        }
    }
    if let Some((mode, said)) = &places.mode {
        return Field {
            raw: kept().or(Some(said.clone())),
            value: Some(*mode),
            basis: Basis::Stated,
            evidence: Some(said.clone()),
        };
    }
    let derived = |(mode, evidence): (WorkMode, String)| Field {
        raw: kept(),
        value: Some(mode),
        basis: Basis::Derived,
        evidence: Some(evidence),
    };
    let from_title = title.and_then(|title| title_mode(title).map(|mode| (mode, title.to_owned())));
    let from_text = || text.and_then(description_mode);
    from_title
        .or_else(from_text)
        .filter(|(mode, _)| !(denied && *mode == WorkMode::Remote))
        .map_or_else(|| Field { raw: kept(), ..Field::default() }, derived)
}

/// What one of the board's words or flags says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flag {
    Mode(WorkMode),
    Denied,
    Silent,
}

fn flag(word: &str) -> Flag {
    let lower = word.trim().to_ascii_lowercase();
    let (name, value) =
        lower.split_once(['=', ':']).map_or((lower.as_str(), ""), |(name, value)| (name.trim(), value.trim()));
    let remote_name = name.contains("remote") || name.contains("telecommut") || name.contains("workfromhome");
    match value {
        "true" | "yes" | "y" | "1" if remote_name => return Flag::Mode(WorkMode::Remote),
        "true" | "yes" | "y" | "1" if name.contains("hybrid") => return Flag::Mode(WorkMode::Hybrid),
        "false" | "no" | "n" | "0" if name == "remoteindicator" => return Flag::Silent,
        "false" | "no" | "n" | "0" if remote_name => return Flag::Denied,
        "false" | "no" | "n" | "0" | "true" | "yes" | "y" | "1" => return Flag::Silent,
        _ => {}
    }
    if lower.contains("telework") && !lower.contains("remote") {
        return Flag::Silent;
    }
    if DENIALS.iter().any(|denial| lower.contains(denial)) {
        return Flag::Denied;
    }
    let said = if value.is_empty() { lower.as_str() } else { value };
    if said.contains("hybrid") {
        return Flag::Mode(WorkMode::Hybrid);
    }
    let piece = said.trim_matches(['(', ')', '[', ']', ' ']);
    mode_words(piece).map_or(Flag::Silent, |(mode, _)| Flag::Mode(mode))
}

/// Reads the mode from a title: at its head, its end, or set apart by a dash, comma or parenthesis.
fn title_mode(title: &str) -> Option<WorkMode> {
    let lower = title.to_ascii_lowercase();
    if !["remote", "hybrid", "home", "wfh", "telecommut", "on-site", "onsite", "on site"]
        .iter()
        .any(|w| lower.contains(w))
    {
        return None;
    }
    if DENIALS.iter().any(|denial| lower.contains(denial)) {
        return None;
    }
    let dashed =
        lower.replace([',', '(', ')', '[', ']', '|', '\u{2013}', '\u{2014}', ';', ':', '/'], "\n").replace(" - ", "\n");
    let modes: Vec<WorkMode> = dashed.split('\n').filter_map(piece_mode).collect();
    if modes.contains(&WorkMode::Hybrid) { Some(WorkMode::Hybrid) } else { modes.first().copied() }
}

fn piece_mode(piece: &str) -> Option<WorkMode> {
    let piece = piece.trim_matches([' ', '-', '*', '!', '.']);
    if piece == "wfh" {
        return Some(WorkMode::Remote);
    }
    if let Some((mode, rest)) = mode_words(piece) {
        let next = rest.split([' ', '-']).next().unwrap_or_default();
        // `Virtual Scribe Trainer` and `In Office Coder` name a trade; `Remote Coder` names a place.
        let plain = rest.is_empty()
            || piece.starts_with("remote")
            || piece.contains("% remote")
            || piece.starts_with("hybrid")
            || piece.starts_with("work from home")
            || piece.starts_with("fully remote");
        return (plain && !OTHER_REMOTES.contains(&next)).then_some(mode);
    }
    [
        ("remote", WorkMode::Remote),
        ("hybrid", WorkMode::Hybrid),
        ("work from home", WorkMode::Remote),
        ("wfh", WorkMode::Remote),
    ]
    .into_iter()
    .find(|(word, _)| {
        piece.ends_with(word)
            && piece.len() > word.len()
            && piece.get(piece.len() - word.len() - 1..).is_some_and(|tail| tail.starts_with([' ', '-']))
    })
    .map(|(_, mode)| mode)
}

/// Reads the mode from a description's plain sentences, and gives the sentence.
fn description_mode(text: &str) -> Option<(WorkMode, String)> {
    let head = text.get(..text.floor_char_boundary(LOOKED_AT))?;
    let lower = head.to_ascii_lowercase();
    let mut found = None;
    for word in ["remote", "hybrid", "site", "work from home"] {
        for (at, _) in lower.match_indices(word).take(MENTIONS) {
            let near = lower.get(
                lower.floor_char_boundary(at.saturating_sub(30))..lower.ceil_char_boundary((at + 40).min(lower.len())),
            );
            let near = near.unwrap_or_default();
            if word != "site" && DENIALS.iter().any(|denial| near.contains(denial)) {
                return None;
            }
            if found.is_none() {
                found = STRONG
                    .iter()
                    .find(|(words, _)| words.contains(word) && near.contains(words))
                    .map(|(_, mode)| (*mode, at));
            }
        }
    }
    let (mode, at) = found?;
    Some((mode, sentence_at(head, at)))
}

fn sentence_at(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at..).unwrap_or_default();
    let start = before.rfind(['.', '\n', '!', '?']).map_or(0, |end| end + 1).max(at.saturating_sub(200));
    let end = after.find(['.', '\n', '!', '?']).unwrap_or(after.len()).min(200);
    let start = text.ceil_char_boundary(start);
    text.get(start..text.floor_char_boundary(at + end)).unwrap_or_default().trim().to_owned()
}

/// Reads where one may live, for remote work: the whole country, or the states that the text names.
pub(super) fn remote_scope(
    mode: Option<WorkMode>,
    engine: Engine,
    text: Option<&str>,
    places: &Whereabouts,
) -> Field<Vec<String>> {
    if mode != Some(WorkMode::Remote) {
        return Field::default();
    }
    if places.anywhere {
        let said = places.mode.as_ref().map(|(_, said)| said.clone()).unwrap_or_default();
        return Field::stated(said, vec!["US".to_owned()]);
    }
    if let Some((states, sentence)) = text.and_then(states_to_live_in) {
        return Field::derived(sentence.clone(), states, sentence);
    }
    let country_only = places.places.value.as_deref().is_some_and(|list| {
        list.len() == 1
            && list.iter().all(|place| {
                place.country.as_deref() == Some("US")
                    && place.region.is_none()
                    && place.locality.is_none()
                    && place.postal_code.is_none()
            })
    });
    if country_only && engine != Engine::Usajobs {
        let said = places.places.raw.clone().unwrap_or_default();
        return Field::derived(said.clone(), vec!["US".to_owned()], said);
    }
    Field::default()
}

/// Finds `must live in OH or KY` and gives the states with the sentence.
fn states_to_live_in(text: &str) -> Option<(Vec<String>, String)> {
    const PHRASES: [&str; 5] =
        ["must live in", "must reside in", "residing in", "must be a resident of", "live in one of"];
    let head = text.get(..text.floor_char_boundary(LOOKED_AT * 2))?;
    let lower = head.to_ascii_lowercase();
    let (at, phrase) = PHRASES.iter().find_map(|phrase| lower.find(phrase).map(|at| (at, phrase)))?;
    let sentence = sentence_at(head, at);
    let tail = head.get(at + phrase.len()..)?;
    let tail = tail.get(..tail.find(['.', '\n', ';']).unwrap_or(tail.len()).min(tail.floor_char_boundary(300)))?;
    let mut states: Vec<String> = Vec::new();
    for part in
        tail.split([',', ':', '(', ')', '/']).flat_map(|part| part.split(" or ")).flat_map(|part| part.split(" and "))
    {
        let part =
            part.trim().trim_start_matches("or ").trim_start_matches("the state of ").trim_start_matches("and ").trim();
        let shaped = part.len() > 2 || part.bytes().all(|b| b.is_ascii_uppercase());
        if let Some(code) = state_code(part).filter(|code| shaped && !states.iter().any(|known| known == code)) {
            states.push(code.to_owned());
        }
    }
    (!states.is_empty()).then_some((states, sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flagged(words: &[&str]) -> Field<WorkMode> {
        let raw =
            RawPosting { work_mode: words.iter().map(|word| (*word).to_owned()).collect(), ..RawPosting::default() };
        work_mode(&raw, None, None, &Whereabouts::default())
    }

    fn described(text: &str) -> Option<WorkMode> {
        work_mode(&RawPosting::default(), None, Some(text), &Whereabouts::default()).value
    }

    #[test]
    fn flags_and_words_are_stated() {
        for (word, mode) in [
            ("RemoteIndicator=true", WorkMode::Remote),
            ("TELECOMMUTE", WorkMode::Remote),
            ("(remote)", WorkMode::Remote),
            ("(hybrid)", WorkMode::Hybrid),
            ("On-Site", WorkMode::Onsite),
            ("Work Mode: Hybrid Remote", WorkMode::Hybrid),
        ] {
            let field = flagged(&[word]);
            assert_eq!((field.value, field.basis), (Some(mode), Basis::Stated), "{word}");
        }
    }

    #[test]
    fn telework_eligible_is_not_remote_and_a_no_is_not_onsite() {
        for word in [
            "TeleworkEligible=true",
            "Telework eligible",
            "RemoteIndicator=false",
            "remote: no",
            "Not a remote position",
            "teleworkEligible: Y",
        ] {
            let field = flagged(&[word]);
            assert_eq!((field.value, field.raw.as_deref()), (None, Some(word)));
        }
    }

    #[test]
    fn the_display_wins_over_a_false_indicator() {
        let raw = RawPosting { work_mode: vec!["RemoteIndicator=false".into()], ..RawPosting::default() };
        let said = "Anywhere in the U.S. (remote job)".to_owned();
        let places =
            Whereabouts { mode: Some((WorkMode::Remote, said)), anywhere: true, listed: 673, ..Whereabouts::default() };
        assert_eq!(work_mode(&raw, None, None, &places).value, Some(WorkMode::Remote));
        let scope = remote_scope(Some(WorkMode::Remote), Engine::Usajobs, None, &places);
        assert_eq!(scope.value.unwrap(), ["US"]);
    }

    #[test]
    fn titles_say_remote_where_it_is_set_apart() {
        for (title, mode) in [
            ("Remote Coding Manager", Some(WorkMode::Remote)),
            ("Inpatient Coder (Remote)", Some(WorkMode::Remote)),
            ("Inpatient Coder - Remote", Some(WorkMode::Remote)),
            ("Inpatient Coder, 100% Remote", Some(WorkMode::Remote)),
            ("HIM Coder II REMOTE", Some(WorkMode::Remote)),
            ("Coder (WFH)", Some(WorkMode::Remote)),
            ("Work from Home Medical Coder", Some(WorkMode::Remote)),
            ("CDI Specialist - Hybrid", Some(WorkMode::Hybrid)),
            ("Coder (Remote/Hybrid)", Some(WorkMode::Hybrid)),
            ("Remote Patient Monitoring Coordinator", None),
            ("Remote Area Health Clerk", None),
            ("Inpatient Coder (not remote)", None),
            ("Non-Remote Coder", None),
            ("Home Health Coder", None),
            ("Inpatient Coder", None),
        ] {
            assert_eq!(title_mode(title), mode, "{title}");
        }
    }

    #[test]
    fn descriptions_count_only_where_they_are_plain() {
        assert_eq!(described("Great team. This is a fully remote position for coders."), Some(WorkMode::Remote));
        assert_eq!(described("This position is on-site in Dayton."), Some(WorkMode::Onsite));
        assert_eq!(described("A hybrid schedule after training."), Some(WorkMode::Hybrid));
        assert_eq!(described("This is not a remote position. The 100% remote team is full."), None);
        assert_eq!(described("Supports remote coders and hybrid records."), None);
        let field =
            work_mode(&RawPosting::default(), None, Some("Hi. This is a remote job! Yes."), &Whereabouts::default());
        assert_eq!(field.evidence.as_deref(), Some("This is a remote job"));
    }

    #[test]
    fn the_states_to_live_in_are_the_scope() {
        let text = "This is a remote position. You must live in OH, Kentucky or the state of Indiana. Apply in May.";
        let scope = remote_scope(Some(WorkMode::Remote), Engine::Jsonld, Some(text), &Whereabouts::default());
        assert_eq!(scope.value.unwrap(), ["OH", "KY", "IN"]);
        assert_eq!(scope.evidence.as_deref(), Some("You must live in OH, Kentucky or the state of Indiana"));
        assert!(remote_scope(None, Engine::Jsonld, Some(text), &Whereabouts::default()).is_empty());
    }
}
