//! Tells where the work is done from: the board's flags first, then places, title, description.
//!
//! Negations come before everything: `not a remote position`, in a person's words, is on-site; a
//! flag's `false` is only no remote work. Federal telework eligibility is not remote work, and
//! `RemoteIndicator=false` is not a no: USAJOBS sets it beside "Anywhere in the U.S. (remote job)".
//! Whatever says remote, `remote after 90 days` in the text makes it hybrid, with that sentence.

use super::mode_sentence::said_by;
use super::mode_text::{Said, mode_in_text, mode_of};
use super::place::Whereabouts;
use super::place_text::mode_words;
use super::sentences::Sentences;
use crate::model::{Basis, Field, RawPosting, WorkMode};

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
/// What follows "remote" in titles where it is not about the work's place.
const OTHER_REMOTES: [&str; 8] = ["patient", "area", "monitoring", "sensing", "site", "sites", "access", "control"];

/// Reads the work mode.
pub(super) fn work_mode(
    raw: &RawPosting,
    title: Option<&str>,
    text: Option<&Sentences<'_>>,
    places: &Whereabouts,
) -> Field<WorkMode> {
    let words = raw.work_mode.join("; ");
    let kept = (!words.trim().is_empty()).then_some(words);
    let flags: Vec<Flag> = raw.work_mode.iter().map(|word| flag(word)).collect();
    let denied = flags.contains(&Flag::Denied);
    let stated = flags.iter().find_map(|flag| if let Flag::Mode(mode) = flag { Some(*mode) } else { None });
    let field = match (stated, &places.mode) {
        (Some(mode), _) => Field { raw: kept, value: Some(mode), basis: Basis::Stated, evidence: None },
        (None, Some((mode, said))) => Field {
            raw: kept.or(Some(said.clone())),
            value: Some(*mode),
            basis: Basis::Stated,
            evidence: Some(said.clone()),
        },
        (None, None) => {
            let from_title = title.and_then(|title| title_mode(title).map(|mode| (mode, title.to_owned())));
            let from_text = || text.and_then(mode_in_text).map(|(said, sentence)| (mode_of(said), sentence));
            let found = from_title.or_else(from_text).filter(|(mode, _)| !(denied && *mode == WorkMode::Remote));
            let (value, evidence) = found.unzip();
            let basis = if value.is_some() { Basis::Derived } else { Basis::Stated };
            Field { raw: kept, value, basis, evidence }
        }
    };
    if field.value == Some(WorkMode::Remote) { refined(field, text, stated.is_some()) } else { field }
}

/// Makes remote work hybrid where the text says that it is remote only later or, unless the board has
/// a field for it, only on some days.
fn refined(field: Field<WorkMode>, text: Option<&Sentences<'_>>, has_flag: bool) -> Field<WorkMode> {
    match text.and_then(mode_in_text) {
        Some((said, sentence)) if said == Said::Later || (said == Said::Hybrid && !has_flag) => {
            Field { value: Some(WorkMode::Hybrid), basis: Basis::Derived, evidence: Some(sentence), ..field }
        }
        _ => field,
    }
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
    if value.is_empty() && said_by(&lower) == Some(Said::Denied) {
        return Flag::Mode(WorkMode::Onsite);
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
        return Some(WorkMode::Onsite);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Engine;

    fn flagged(words: &[&str]) -> Field<WorkMode> {
        let raw =
            RawPosting { work_mode: words.iter().map(|word| (*word).to_owned()).collect(), ..RawPosting::default() };
        work_mode(&raw, None, None, &Whereabouts::default())
    }

    fn described(text: &str) -> Option<WorkMode> {
        work_mode(&RawPosting::default(), None, Some(&Sentences::of(text)), &Whereabouts::default()).value
    }

    #[test]
    fn flags_and_words_are_stated() {
        for (word, mode) in [
            ("RemoteIndicator=true", WorkMode::Remote),
            ("TELECOMMUTE", WorkMode::Remote),
            ("(remote)", WorkMode::Remote),
            ("(hybrid)", WorkMode::Hybrid),
            ("On-Site", WorkMode::Onsite),
            ("Not a remote position", WorkMode::Onsite),
            ("Work Mode: Hybrid Remote", WorkMode::Hybrid),
        ] {
            let field = flagged(&[word]);
            assert_eq!((field.value, field.basis), (Some(mode), Basis::Stated), "{word}");
        }
    }

    #[test]
    fn telework_eligible_is_not_remote_and_a_no_is_not_onsite() {
        for word in
            ["TeleworkEligible=true", "Telework eligible", "RemoteIndicator=false", "remote: no", "teleworkEligible: Y"]
        {
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
        let scope = super::super::remote_scope::remote_scope(
            &Field::stated("remote", WorkMode::Remote),
            Engine::Usajobs,
            None,
            &places,
        );
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
            ("Inpatient Coder (not remote)", Some(WorkMode::Onsite)),
            ("Non-Remote Coder", Some(WorkMode::Onsite)),
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
        assert_eq!(described("This is not a remote position. The 100% remote team is full."), Some(WorkMode::Onsite));
        assert_eq!(described("Supports remote coders and hybrid records."), None);
        let field = work_mode(
            &RawPosting::default(),
            None,
            Some(&Sentences::of("Hi. This is a remote job! Yes.")),
            &Whereabouts::default(),
        );
        assert_eq!(field.evidence.as_deref(), Some("This is a remote job!"));
    }

    #[test]
    fn remote_only_later_is_hybrid_whatever_else_says_remote() {
        let sentences = Sentences::of("You train on-site. Remote after 90 days.");
        let text = Some(&sentences);
        let field = work_mode(&RawPosting::default(), Some("Coder (Remote)"), text, &Whereabouts::default());
        assert_eq!((field.value, field.evidence.as_deref()), (Some(WorkMode::Hybrid), Some("Remote after 90 days.")));
        let raw = RawPosting { work_mode: vec!["TELECOMMUTE".into()], ..RawPosting::default() };
        let field = work_mode(&raw, None, text, &Whereabouts::default());
        assert_eq!((field.value, field.basis), (Some(WorkMode::Hybrid), Basis::Derived));
    }
}
