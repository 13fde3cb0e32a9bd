//! Names of persons in a sentence that tells how to reach them.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

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
const NO_NAMES: &str = "\
    accommodation acquisition administration administrative administrator affairs agency air all american \
    analyst analytics and any applicant applicants application applications apply april ask assistant \
    associate associates association at atlantic attention attn august avenue base benefits billing board \
    boulevard box building bureau call camp campus cancer care career careers center centers central \
    certified chair chief city clinic clinical clinics coder coding collection collections college committee \
    community compliance contact coordination coordinator corporate council county coverage credit customer \
    cycle data day dean december degree department dept development digital director district document documentation \
    drive e-mail east eastern education eeo email emergency employer employment english enterprise epic \
    equal ext faculty family fax february federal floor for force fort forward foundation friday full general google \
    governance government group hangouts headquarters health healthcare him hiring home hospital hr human if \
    imaging improvement inc indeed information inpatient institute instructions instructor insurance \
    integrity january job join july june lab lane lead learning librarian librarians libraries library line \
    linkedin llc mail main mall management manager march medical meet memorial message microsoft midwest \
    monday mountain name national new night north northeast northern northwest not november now october \
    office officer oncology operations opportunity or ordering orthopedics our outpatient pacific part \
    partners pediatrics personnel phone physician physicians plan please position practice president privacy products \
    professor program programs project projects public quality question questions radiology reach reasonable \
    record records recruiter recruiters recruiting recruitment region regional registered registrar registry \
    release remote request requests research resources resume resumes revenue review risk road rocky room \
    saint saturday school search see send senior september service services shift signal society south southeast \
    southern southwest spanish speak specialist st staff staffing state states station street studies submit \
    suite sunday supervisor support surgery surgical system systems talent talk team teams technical \
    technician telegram territory text the this thursday time to tour tower township trauma tuesday tumor union \
    united university user utilization veterans vice visit we wednesday west western whatsapp write you zone \
    zoom";

/// Phrases beside which a person may be named: sentences with none of them, and without an address or
/// number, are not looked at.
pub(super) const SIGN_PHRASES: [&str; 10] =
    ["contact", "attn", "attention", "recruiter", "call", "email", "manager", "director", "supervisor", "ask"];

/// Finds the names in one sentence; `reachable` tells that an address or number stands in it.
pub(super) fn names(text: &str, sentence: &Range<usize>, reachable: bool) -> Vec<Range<usize>> {
    let words = words(text, sentence);
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
    let alone =
        (2..=3).contains(&length) && words.len() - skip <= length + 4 && (last.closed || words.len() == skip + length);
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

fn is_no_name(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| NO_NAMES.split(' ').collect());
    WORDS.contains(word.to_lowercase().as_str())
}

fn is_name_word(word: &str, place: usize) -> bool {
    let mut chars = word.chars();
    let Some(first) = chars.next().filter(|c| c.is_uppercase()) else { return false };
    let initial = place > 0 && word.chars().filter(|c| c.is_alphabetic()).count() == 1 && first.is_ascii();
    let regular = word.chars().count() >= 2
        && chars.clone().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '\u{2019}'))
        && chars.any(char::is_lowercase);
    (initial || regular) && !is_no_name(word) && !TITLES.iter().any(|title| word.eq_ignore_ascii_case(title))
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
        // A name of one word counts where it is asked for, has a title, or is followed by how to reach it.
        1 => (reachable && ((signed && at_reach) || has_title(words, at))) || asks_for(words, at),
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
        if word.is(&["reports", "reporting"]) {
            return true;
        }
        // `Hiring manager: Jane Doe`, `our HIM Director, Jane Doe`.
        let role = word.is(&["manager", "director", "supervisor", "coordinator", "recruiter"]);
        if role && (word.closed || titled) {
            return true;
        }
        if !is_no_name(word.text) && !word.is(&["out", "directly", "name", "person", "is", "our", "your", "the", "to"])
        {
            return false;
        }
    }
    false
}

fn has_title(words: &[Word<'_>], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| word.is(&TITLES))
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
        let titled = rest == "." && TITLES.iter().any(|title| text.eq_ignore_ascii_case(title));
        words.push(Word { text, start, closed: !(rest.is_empty() || initial || titled) });
    }
    words
}
