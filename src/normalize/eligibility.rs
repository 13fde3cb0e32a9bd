//! Who may apply: USAJOBS hiring paths, from codes or names, as lower-case codes.

use super::line::clean_text;
use super::notes::Notes;
use crate::model::Field;

/// Hiring paths: the code, and the name that `HistoricJoa` writes.
const PATHS: [(&str, &str); 21] = [
    ("public", "the public"),
    ("vet", "veterans"),
    ("nguard", "national guard & reserves"),
    ("disability", "individuals with disabilities"),
    ("native", "native americans"),
    ("mspouse", "military spouses"),
    ("student", "students"),
    ("ses", "senior executives"),
    ("peace", "peace corps & americorps vista"),
    ("overseas", "family of overseas employees"),
    ("fed", "federal employees"),
    ("fed-competitive", "federal employees - competitive service"),
    ("fed-excepted", "federal employees - excepted service"),
    ("fed-internal-search", "internal to an agency - appears on usajobs"),
    ("fed-internal-nosearch", "internal to an agency - does not appear on usajobs"),
    ("fed-transition", "career transition (ctap, ictap, rpl)"),
    ("graduates", "recent graduates"),
    ("land", "land & base management"),
    ("special-authorities", "special authorities"),
    ("nopublic", "custom announcement"),
    ("se-other", "senior executives - other"),
];

/// Reads who may apply. Nothing stated is unknown, not "nobody".
pub(super) fn open_to(paths: &[String], notes: &mut Notes) -> Field<Vec<String>> {
    let words: Vec<String> = paths.iter().filter_map(|path| clean_text(path)).collect();
    if words.is_empty() {
        return Field::default();
    }
    let raw = words.join("; ");
    let mut codes: Vec<String> = Vec::new();
    for word in &words {
        match path_code(word) {
            Some(code) if !codes.contains(&code) => codes.push(code),
            Some(_) => {}
            None => notes.unread("hiringPaths", word, "is no hiring path"),
        }
    }
    if codes.is_empty() { Field::unread(raw) } else { Field::stated(raw, codes) }
}

/// Finds the code. One that we do not know is kept if it has the shape of one.
fn path_code(word: &str) -> Option<String> {
    let lower = word.to_ascii_lowercase().replace(" and ", " & ");
    let known =
        PATHS.iter().find(|(code, name)| *code == lower || *name == lower || name.strip_prefix("the ") == Some(&lower));
    let shaped = lower.len() <= 30 && lower.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    known.map(|(code, _)| (*code).to_owned()).or_else(|| shaped.then_some(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(words: &[&str]) -> Field<Vec<String>> {
        open_to(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), &mut Notes::default())
    }

    #[test]
    fn codes_in_any_case_and_names_become_lower_case_codes() {
        assert_eq!(codes(&["PUBLIC", "Fed-Competitive", "public"]).value.unwrap(), ["public", "fed-competitive"]);
        assert_eq!(
            codes(&["The public", "National Guard and Reserves", "Career transition (CTAP, ICTAP, RPL)"])
                .value
                .unwrap(),
            ["public", "nguard", "fed-transition"]
        );
        assert_eq!(codes(&["new-path"]).value.unwrap(), ["new-path"]);
    }

    #[test]
    fn nothing_stated_is_unknown() {
        assert!(codes(&[""]).is_empty() && codes(&[]).is_empty());
        assert_eq!(codes(&["Ask the owner of this job!"]).value, None);
    }
}
