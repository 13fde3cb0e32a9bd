//! Names of persons in a sentence that tells how to reach them.

use std::ops::Range;

/// A word of a sentence with its place in the text.
#[derive(Clone, Copy, Debug)]
struct Word<'a> {
    /// The word without the marks around it.
    text: &'a str,
    start: usize,
    /// Whether a mark that ends a name follows.
    closed: bool,
}

impl Word<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn is(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.text.eq_ignore_ascii_case(word))
    }
}

/// Words behind which a person is named.
const SIGNS: [&str; 21] = [
    "ask",
    "contact",
    "call",
    "email",
    "e-mail",
    "reach",
    "attn",
    "attention",
    "recruiter",
    "text",
    "for",
    "to",
    "with",
    "is",
    "by",
    "manager",
    "director",
    "supervisor",
    "coordinator",
    "from",
    "message",
];
/// Signs that need no address or number beside them.
const STRONG: [&str; 6] = ["contact", "attn", "attention", "recruiter", "call", "email"];
/// Titles before a name.
const TITLES: [&str; 6] = ["mr", "mrs", "ms", "miss", "dr", "mx"];

/// Capital words that are no part of a person's name.
const NO_NAMES: [&str; 171] = [
    "ask",
    "reach",
    "write",
    "visit",
    "see",
    "join",
    "meet",
    "speak",
    "talk",
    "mail",
    "forward",
    "submit",
    "human",
    "resources",
    "hr",
    "him",
    "health",
    "healthcare",
    "hospital",
    "medical",
    "center",
    "centers",
    "clinic",
    "clinics",
    "department",
    "dept",
    "director",
    "manager",
    "supervisor",
    "coordinator",
    "recruiter",
    "recruiters",
    "recruiting",
    "recruitment",
    "talent",
    "acquisition",
    "team",
    "office",
    "services",
    "service",
    "system",
    "systems",
    "information",
    "management",
    "records",
    "record",
    "coding",
    "coder",
    "care",
    "career",
    "careers",
    "employment",
    "equal",
    "opportunity",
    "employer",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "united",
    "states",
    "veterans",
    "affairs",
    "specialist",
    "please",
    "contact",
    "call",
    "email",
    "e-mail",
    "for",
    "the",
    "our",
    "if",
    "or",
    "and",
    "phone",
    "fax",
    "ext",
    "associate",
    "applicant",
    "applicants",
    "support",
    "customer",
    "main",
    "line",
    "inc",
    "llc",
    "county",
    "city",
    "university",
    "college",
    "school",
    "state",
    "national",
    "american",
    "lead",
    "senior",
    "chief",
    "officer",
    "president",
    "vice",
    "administrator",
    "analyst",
    "cancer",
    "registry",
    "registrar",
    "privacy",
    "compliance",
    "apply",
    "now",
    "job",
    "position",
    "remote",
    "questions",
    "question",
    "telegram",
    "whatsapp",
    "signal",
    "google",
    "hangouts",
    "microsoft",
    "teams",
    "zoom",
    "indeed",
    "linkedin",
    "epic",
    "to",
    "at",
    "send",
    "resume",
    "resumes",
    "attn",
    "attention",
    "hiring",
    "staff",
    "staffing",
    "group",
    "community",
    "saint",
    "st",
    "memorial",
    "regional",
    "billing",
    "coordination",
    "reasonable",
    "accommodation",
    "eeo",
    "you",
    "we",
    "not",
    "all",
    "any",
    "this",
    "benefits",
    "general",
    "text",
    "message",
];

/// Finds the names in one sentence; `reachable` tells that an address or number stands in it.
pub(super) fn names(text: &str, sentence: &Range<usize>, reachable: bool) -> Vec<Range<usize>> {
    let words = words(text, sentence);
    if !reachable
        && !words.iter().any(|word| word.is(&STRONG) || word.is(&["manager", "director", "supervisor", "ask"]))
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let length = name_length(words.get(at..).unwrap_or_default());
        let (Some(first), Some(last)) = (words.get(at), words.get(at + length.max(1) - 1)) else { break };
        if length > 0 && is_named(text, &words, at, length, reachable) {
            found.push(first.start..last.end());
        }
        at += length.max(1);
    }
    found
}

/// A line that is nothing but a name, above or below an address.
pub(super) fn lone_name(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let words = words(text, line);
    let skip = usize::from(words.first().is_some_and(|word| word.is(&TITLES)));
    let length = name_length(words.get(skip..)?);
    let (first, last) = (words.get(skip)?, words.get((skip + length).checked_sub(1)?)?);
    let alone = length >= 2 && words.len() - skip <= length + 4 && (last.closed || words.len() == skip + length);
    alone.then(|| first.start..last.end())
}

/// Counts the words of a name that begins here; one word may be a first name.
fn name_length(words: &[Word<'_>]) -> usize {
    let mut length = 0;
    for word in words.iter().take(4) {
        if !is_name_word(word.text, length) {
            break;
        }
        length += 1;
        if word.closed {
            break;
        }
    }
    length
}

fn is_name_word(word: &str, place: usize) -> bool {
    let mut chars = word.chars();
    let Some(first) = chars.next().filter(|c| c.is_uppercase()) else { return false };
    let initial = place > 0 && word.chars().filter(|c| c.is_alphabetic()).count() == 1 && first.is_ascii();
    let regular = word.chars().count() >= 2
        && chars.clone().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '\u{2019}'))
        && chars.any(char::is_lowercase);
    (initial || regular) && !NO_NAMES.iter().chain(&TITLES).any(|other| word.eq_ignore_ascii_case(other))
}

fn is_named(text: &str, words: &[Word<'_>], at: usize, length: usize, reachable: bool) -> bool {
    let signed = follows_sign(words, at, reachable);
    let Some(last) = words.get(at + length - 1) else { return false };
    let behind = words.get(at + length);
    if is_state(behind) && last.closed {
        return false;
    }
    let at_reach = behind.is_some_and(|word| word.is(&["at", "on", "via"]) || word.text.contains('@'));
    let marked =
        text.get(last.end()..).is_some_and(|rest| rest.trim_start().starts_with(['(', '-', '\u{2013}', ',', ':', '|']));
    match length {
        // A first name alone is one where it is asked for, or followed by how to reach it.
        1 => (signed && reachable && at_reach) || asks_for(words, at),
        _ => signed || (reachable && (at_reach || marked)),
    }
}

/// Looks back over roles and titles for a word behind which a person is named.
fn follows_sign(words: &[Word<'_>], at: usize, reachable: bool) -> bool {
    let mut titled = false;
    for word in words.iter().take(at).rev().take(6) {
        if word.is(&TITLES) || word.text.is_empty() {
            titled = true;
            continue;
        }
        if word.is(&STRONG) || (reachable && word.is(&SIGNS)) {
            return true;
        }
        // `Hiring manager: Jane Doe`, `our HIM Director, Jane Doe`.
        let role = word.is(&["manager", "director", "supervisor", "coordinator", "recruiter"]);
        if role && (word.closed || titled) {
            return true;
        }
        if !word.is(&NO_NAMES) && !word.is(&["out", "directly", "name", "person"]) {
            return false;
        }
    }
    false
}

fn asks_for(words: &[Word<'_>], at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| words.get(at));
    before(1).is_some_and(|word| word.is(&["for"])) && before(2).is_some_and(|word| word.is(&["ask"]))
}

fn is_state(word: Option<&Word<'_>>) -> bool {
    word.is_some_and(|word| word.text.len() == 2 && word.text.bytes().all(|b| b.is_ascii_uppercase()))
}

fn words<'a>(text: &'a str, sentence: &Range<usize>) -> Vec<Word<'a>> {
    let whole = text.get(sentence.clone()).unwrap_or_default();
    let mut words = Vec::new();
    for raw in whole.split_whitespace() {
        let offset = raw.as_ptr() as usize - whole.as_ptr() as usize;
        let trimmed = raw.trim_start_matches(|c: char| !c.is_alphanumeric());
        let start = sentence.start + offset + (raw.len() - trimmed.len());
        let text = trimmed.trim_end_matches(|c: char| !c.is_alphanumeric());
        let rest = trimmed.get(text.len()..).unwrap_or_default();
        let initial = text.chars().count() == 1 && rest == ".";
        words.push(Word {
            text,
            start,
            closed: !rest.is_empty()
                && !initial
                && !(rest == "." && TITLES.iter().any(|t| text.eq_ignore_ascii_case(t))),
        });
    }
    words
}
