//! Finds requisition numbers: the board's own fields, and `Req # R-10233` in titles and texts.

use std::sync::LazyLock;

use regex::Regex;

use super::line::{clean_text, is_placeholder};

/// How much of a description's head and tail is searched, in bytes.
const SEARCHED: usize = 600;
/// How many numbers one posting keeps.
const MOST: usize = 20;
/// The longest number.
const LONGEST: usize = 80;

static LABELED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i-u)\b(?:req(?:uisition)?|job|posting|position|vacancy)\s*(?:id|number|no\.?|num|#)\s*[:#]*\s*#?\s*([A-Z]{0,4}[-_]?\d[A-Z0-9_-]{2,20})\b|\breq(?:uisition)?\s*[:#]+\s*([A-Z]{0,4}[-_]?\d[A-Z0-9_-]{2,20})\b",
    )
    .ok()
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
        for id in labeled_in(part) {
            // Some boards label their own id so; it numbers the advertisement, not the vacancy.
            if own_id != Some(id) {
                add(id);
            }
        }
    }
    found
}

/// Cuts out a text's head and tail; a short text is all head.
fn ends_of(text: &str) -> (&str, &str) {
    if text.len() <= 2 * SEARCHED {
        return (text, "");
    }
    let head = text.get(..text.floor_char_boundary(SEARCHED)).unwrap_or_default();
    (head, text.get(text.ceil_char_boundary(text.len() - SEARCHED)..).unwrap_or_default())
}

fn labeled_in(text: &str) -> impl Iterator<Item = &str> {
    let worth_it = text.bytes().any(|b| b.is_ascii_digit());
    let regex = LABELED.as_ref().filter(|_| worth_it);
    regex.into_iter().flat_map(move |regex| {
        regex.captures_iter(text).filter_map(|found| found.get(1).or_else(|| found.get(2)).map(|id| id.as_str()))
    })
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
    fn other_numbers_are_no_requisitions() {
        for text in ["Requires 3 years", "job 40 hours", "Position: 5 openings", "ICD-10-CM", "Job ID:"] {
            assert!(ids(&[], text, text).is_empty(), "{text}");
        }
    }
}
