//! Finds requisition numbers: the board's own fields, `Req # R-10233` and `Ref: 298-CON-635` in titles
//! and texts, and numbers that stand bare in a title: `629-16-0218 Coder`, `Coder (JR10233)`.

use std::sync::LazyLock;

use regex::Regex;

use super::line::{clean_text, is_placeholder};

/// How much of a description's head and tail is searched, in bytes.
const SEARCHED: usize = 1_500;
/// How many numbers one posting keeps.
const MOST: usize = 20;
/// The longest number.
const LONGEST: usize = 80;

/// A number as recruiting systems write it: `R-10233`, `2026-4471`, `CBSU-12896159-26-BAW`.
static LABELED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let number = r"([A-Z]{0,6}[-_]?\d[A-Z0-9]{0,15}(?:[-_/.][A-Z0-9]{1,12}){0,4}|[A-Z]{1,6}(?:-[A-Z0-9]{1,12}){1,4})\b";
    let kinds = "req(?:uisition)?|job|posting|position|vacancy|announcement";
    // A kind of number needs a word or sign for `number`; `Ref` by itself is one, with a colon.
    let label = format!(
        r"(?:{kinds})\s*(?:(?:id|identification|number|no\.?|num|code|ref(?:erence)?(?:\s*(?:number|no\.?|code|id))?)\b|#)\s*[:#]*\s*#?|(?:req(?:uisition)?|\bref(?:erence)?(?:\s*(?:number|no\.?|code|id))?)\s*[:#]+\s*#?"
    );
    Regex::new(&format!(r"(?i-u)\b(?:{label})\s*{number}")).ok()
});

/// A number that stands bare in a title: two groups of digits, or a prefix that only requisitions have.
static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[\s(\[#–-])((?:JR|REQ|RQ|R)[-_]?\d{4,10}|\d{2,4}-\d{2,4}-\d{3,6}|[A-Z]{2,6}-\d{4,9}-\d{2}(?:-[A-Z]{1,6})?|\d{6,10})(?:$|[\s)\],:–-])").ok()
});

/// Gathers the requisition numbers of a posting, cleaned and once each.
pub(super) fn requisition_ids(
    stated: &[String],
    title: Option<&str>,
    text: Option<&str>,
    own_id: Option<&str>,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |id: &str| {
        let known = found.iter().any(|other| other.eq_ignore_ascii_case(id));
        if found.len() < MOST && !id.is_empty() && id.len() <= LONGEST && !known {
            found.push(id.to_owned());
        }
    };
    for id in stated {
        if let Some(id) = clean_text(id).filter(|id| !is_placeholder(id)) {
            add(&id);
        }
    }
    let (head, tail) = text.map_or(("", ""), ends_of);
    for part in [title.unwrap_or_default(), head, tail] {
        for id in numbers_in(&LABELED, part).filter(|id| is_number(id)) {
            // Some boards label their own id so; it numbers the advertisement, not the vacancy.
            if own_id != Some(id) {
                add(id);
            }
        }
    }
    for id in numbers_in(&BARE, title.unwrap_or_default()).filter(|id| own_id != Some(*id) && is_number(id)) {
        add(id);
    }
    found
}

/// Tells a number from a date, a word and a count.
fn is_number(id: &str) -> bool {
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    let parts: Vec<&str> = id.split(['-', '/', '.']).collect();
    let is_date = parts.len() == 3
        && parts.iter().all(|part| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()))
        && (id.contains(['/', '.']) || parts.first().is_some_and(|year| year.starts_with("20") && year.len() == 4));
    digits >= 3 && !is_date
}

/// Cuts out a text's head and tail; a short text is all head.
fn ends_of(text: &str) -> (&str, &str) {
    if text.len() <= 2 * SEARCHED {
        return (text, "");
    }
    let head = text.get(..text.floor_char_boundary(SEARCHED)).unwrap_or_default();
    (head, text.get(text.ceil_char_boundary(text.len() - SEARCHED)..).unwrap_or_default())
}

fn numbers_in<'a>(regex: &'static LazyLock<Option<Regex>>, text: &'a str) -> impl Iterator<Item = &'a str> {
    let worth_it = text.bytes().any(|b| b.is_ascii_digit());
    let regex = regex.as_ref().filter(|_| worth_it);
    regex
        .into_iter()
        .flat_map(move |regex| regex.captures_iter(text).filter_map(|found| found.get(1).map(|id| id.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(stated: &[&str], title: &str, text: &str) -> Vec<String> {
        let stated: Vec<String> = stated.iter().map(|id| (*id).to_owned()).collect();
        requisition_ids(&stated, Some(title), Some(text), Some("37082380"))
    }

    #[test]
    fn stated_numbers_are_trimmed_and_kept_once() {
        assert_eq!(
            ids(&[" R-10233 ", "r-10233", "", "N/A", "CBSU-12896159-26-BAW"], "", ""),
            ["R-10233", "CBSU-12896159-26-BAW"]
        );
    }

    #[test]
    fn labeled_numbers_are_found_in_title_and_at_the_ends_of_the_text() {
        assert_eq!(ids(&[], "Inpatient Coder (Req #12345)", ""), ["12345"]);
        assert_eq!(ids(&[], "", "Requisition ID: R-10233\nDuties"), ["R-10233"]);
        let long = format!("{}\nJob ID: JR20417", "words ".repeat(1_000));
        assert_eq!(ids(&[], "", &long), ["JR20417"]);
        assert_eq!(ids(&[], "", "Job ID: 37082380, position number 00123456"), ["00123456"]);
    }

    #[test]
    fn references_and_bare_numbers_of_titles_are_found() {
        assert_eq!(ids(&[], "", "Closing soon. Ref: 298-CON-635"), ["298-CON-635"]);
        assert_eq!(ids(&[], "", "Job Reference: 853-97-0341\nBy applying"), ["853-97-0341"]);
        assert_eq!(ids(&[], "", "Reference number: CBSU-12896159-26-BAW."), ["CBSU-12896159-26-BAW"]);
        assert_eq!(ids(&[], "629-16-0218 Cancer Registrar", ""), ["629-16-0218"]);
        assert_eq!(ids(&[], "Cancer Registrar (JR10233)", ""), ["JR10233"]);
        assert_eq!(ids(&[], "Coder II - R-10233", "Job ID 2026-4471"), ["2026-4471", "R-10233"]);
    }

    #[test]
    fn other_numbers_are_no_requisitions() {
        for text in [
            "Requires 3 years",
            "job 40 hours",
            "Position: 5 openings",
            "ICD-10-CM",
            "Job ID:",
            "Ref: 2026-11-20",
            "Reference: 11/20/2026",
            "Job number of openings: 3",
            "2020/2021 Preceptorship",
            "references: 3 required",
            "Coder 24-32 hours",
            "ref. 2",
        ] {
            assert!(ids(&[], text, text).is_empty(), "{text}");
        }
    }
}
