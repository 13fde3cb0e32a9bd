//! The words of an employer's name that tell it from others, and how two names compare.

use std::sync::LazyLock;

use super::title::singular;
use super::words::Set;

/// Words that many employers of health care share, and legal forms.
const SHARED_WORDS: &str = "
    inc incorporated llc llp ltd limited plc corp corporation co company pllc pc pa lp group holdings the of
    and at for in a health healthcare care hospital medical center centre clinic system network service
    services trust nhs foundation ft university teaching regional memorial community county department board
    partner partnership associate physician national general administration hosp univ ctr council us
";

/// Words of names under which somebody recruits for others.
const AGENCY_WORDS: &str = "
    recruitment recruiting recruiter staffing personnel talent locum locums temps placement confidential
    undisclosed anonymous headhunters workforce
";

/// Phrases with which an agency speaks of whom it recruits for.
const OUR_CLIENT: &[&str] = &[
    "our client",
    "on behalf of a client",
    "behalf of our client",
    "employment agency",
    "recruitment agency",
    "staffing agency",
    "staffing firm",
];

static SHARED: LazyLock<Set> = LazyLock::new(|| SHARED_WORDS.split_whitespace().collect());
static AGENCY: LazyLock<Set> = LazyLock::new(|| AGENCY_WORDS.split_whitespace().collect());

/// Gives a name's words in lower case; `St` and `Saint` are one, apostrophes do not count.
fn words(name: &str) -> impl Iterator<Item = String> {
    name.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’')).filter_map(|word| {
        let word: String = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let word = match word.as_str() {
            "st" => "saint".to_owned(),
            "mt" => "mount".to_owned(),
            "va" | "vamc" | "vha" | "vahcs" => "veteran".to_owned(),
            _ => singular(&word).to_owned(),
        };
        (!word.is_empty()).then_some(word)
    })
}

/// Gives the words that tell an employer from others; all of them where none would be left.
pub(super) fn core(name: &str) -> String {
    let all: Vec<String> = words(name).collect();
    let own: Vec<&str> = all.iter().map(String::as_str).filter(|word| !SHARED.contains(*word)).collect();
    if own.is_empty() { all.join(" ") } else { own.join(" ") }
}

/// Tells whether a name, or the text beside it, is an agency's.
pub(super) fn is_agency(name: &str, text: &str) -> bool {
    if words(name).any(|word| AGENCY.contains(word.as_str())) {
        return true;
    }
    let head = text.get(..text.floor_char_boundary(400)).unwrap_or_default();
    let tail = text.get(text.ceil_char_boundary(text.len().saturating_sub(500))..).unwrap_or_default();
    [head, tail].into_iter().any(|part| {
        let part = part.to_ascii_lowercase();
        OUR_CLIENT.iter().any(|phrase| {
            part.match_indices(phrase).any(|(at, _)| {
                let after = part.get(at + phrase.len()..).and_then(|rest| rest.chars().next());
                !after.is_some_and(char::is_alphanumeric)
            })
        })
    })
}

/// How two employers' names stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameMatch {
    /// One identity, or the same words.
    Same,
    /// Some words that tell employers apart are shared, or one is the other's initials.
    Partly,
    /// At least one is not known.
    Unknown,
    /// None.
    Different,
}

/// Compares two names by identity, words and initials.
pub(super) fn compare_names(
    (name_a, core_a, id_a): (&str, &str, Option<&str>),
    (name_b, core_b, id_b): (&str, &str, Option<&str>),
) -> NameMatch {
    if core_a.is_empty() || core_b.is_empty() {
        return NameMatch::Unknown;
    }
    if core_a == core_b || (id_a.is_some() && id_a == id_b) {
        return NameMatch::Same;
    }
    let squeezed = |core: &str| core.replace(' ', "");
    let (x, y) = (squeezed(core_a), squeezed(core_b));
    if x == y {
        return NameMatch::Same;
    }
    if x.len().min(y.len()) >= 6 && (x.starts_with(&y) || y.starts_with(&x)) {
        return NameMatch::Partly;
    }
    let (short, long) = if core_a.len() <= core_b.len() { (core_a, core_b) } else { (core_b, core_a) };
    let shared = short.split(' ').filter(|word| long.split(' ').any(|other| other == *word)).count();
    let of = short.split(' ').count();
    if shared * 2 >= of || initials_of(name_a, core_b) || initials_of(name_b, core_a) {
        return NameMatch::Partly;
    }
    NameMatch::Different
}

/// Tells whether a one-word name is made of the initials of the other.
fn initials_of(name: &str, acronym: &str) -> bool {
    if acronym.contains(' ') || !(2..=6).contains(&acronym.len()) {
        return false;
    }
    let is_head_of = |skip: &[&str]| {
        let initials: String =
            words(name).filter(|word| !skip.contains(&word.as_str())).filter_map(|word| word.chars().next()).collect();
        initials.len() >= 2 && (initials.starts_with(acronym) || (acronym.len() >= 3 && acronym.starts_with(&initials)))
    };
    is_head_of(&["the", "of", "and", "at", "for", "in"]) || is_head_of(&["the"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(a: &str, b: &str) -> NameMatch {
        compare_names((a, &core(a), None), (b, &core(b), None))
    }

    #[test]
    fn names_are_compared_by_what_tells_them_apart() {
        for (a, b, wanted) in [
            ("St. Luke's Health, Inc.", "Saint Lukes Hospital", NameMatch::Same),
            ("Mercy Health Columbus", "Mercy Health", NameMatch::Partly),
            ("University Hospital Southampton NHS FT", "UHS", NameMatch::Partly),
            ("Mercy Health", "Riverside Hospital", NameMatch::Different),
            ("", "Riverside Hospital", NameMatch::Unknown),
        ] {
            assert_eq!(compared(a, b), wanted, "{a} / {b}");
            assert_eq!(compared(b, a), wanted, "{b} / {a}");
        }
    }

    #[test]
    fn agencies_are_known_by_name_or_by_what_they_say() {
        assert!(is_agency("Apex Staffing", "") && is_agency("HIM Partners", "Our client, a hospital, seeks a coder"));
        assert!(!is_agency("Mercy Health", "We code for our clients’ good"), "an apostrophe is no end of a phrase");
    }
}
