//! How two credentials that follow each other in a sentence are joined: by `or`, by `and`, by a comma,
//! or not at all.

use super::super::reading::Reading;
use super::mention::Mention;

/// What joins two neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// One of them is enough.
    Or,
    /// Both.
    And,
    /// A comma or less: the next word of the list decides.
    Comma,
    /// Other words stand between.
    Apart,
}

/// How many words may stand between `or` and the next credential.
const REACH: usize = 6;

/// Words that may stand between the members of one list.
const FILLERS: [&str; 34] = [
    "a",
    "an",
    "the",
    "as",
    "from",
    "through",
    "by",
    "of",
    "via",
    "with",
    "in",
    "current",
    "active",
    "valid",
    "certification",
    "certifications",
    "certificate",
    "certified",
    "credential",
    "credentials",
    "credentialed",
    "designation",
    "exam",
    "registered",
    "ahima",
    "aapc",
    "ncra",
    "acdis",
    "ahdi",
    "coder",
    "coding",
    "also",
    "eligible",
    "specialty",
];

/// Tells how two neighbours are joined.
pub(super) fn link(reading: &Reading<'_>, first: &Mention, second: &Mention) -> Link {
    let between = reading.between(first.end, second.start);
    if !between.chars().any(char::is_alphanumeric) {
        return bare(between);
    }
    let mut after_comma = false;
    for (count, token) in between.split_whitespace().rev().enumerate() {
        let comma = token.ends_with([',', ';', ':']);
        let word = token.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
        match word.as_str() {
            // Only commas nearer to the next credential part it from its `or`.
            "or" | "nor" | "and/or" | "or/and" if count <= REACH && !after_comma => return Link::Or,
            "and" | "plus" | "with" | "but" | "while" if !after_comma => return Link::And,
            _ => {}
        }
        if token.contains('/') && word.is_empty() && !after_comma && count <= REACH {
            return Link::Or;
        }
        after_comma |= comma;
    }
    let fillers = between
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .all(|word| FILLERS.iter().any(|filler| word.eq_ignore_ascii_case(filler)));
    match (fillers, between.contains('/')) {
        (true, true) => Link::Or,
        (true, false) => Link::Comma,
        (false, _) => Link::Apart,
    }
}

/// Nothing but marks between: `RHIT/RHIA`, `CPC & CCS`, `CPC, CCS`.
fn bare(between: &str) -> Link {
    if between.contains('/') || between.contains('|') {
        Link::Or
    } else if between.contains(['&', '+']) {
        Link::And
    } else if between.contains('(') {
        // `CMT or RMT (RHDS too)`: a bracket says something of its own.
        Link::Apart
    } else {
        Link::Comma
    }
}

/// Tells whether the words behind a list leave it open: `RHIT, CCS or equivalent`, `RHIT, CCS or eligible`.
pub(super) fn is_open_list(behind: &str) -> bool {
    matches!(behind.split(' ').find(|word| !word.is_empty()), Some("or" | "etc"))
}

/// Tells whether the words behind a list speak of one certification: `RHIT, CCS, CPC certification`.
pub(super) fn is_one_certification(behind: &str) -> bool {
    let mut words = behind.split(' ').filter(|word| !word.is_empty());
    matches!(words.next(), Some("certification" | "credential" | "certificate" | "certified" | "credentialed"))
}
