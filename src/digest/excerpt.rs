//! How much of a posting's text is shown, by what its board's terms allow.

use std::collections::BTreeMap;

use crate::model::{BoardId, Job};

use super::clean::line;
use super::request::{BoardNote, Republish};

/// An excerpt runs to the last sentence that ends within so many characters.
const EXCERPT_LENGTH: usize = 240;
/// A sentence that ends before this leaves too little to judge a job by.
const SHORTEST_EXCERPT: usize = 80;

/// Gives the text that may be shown, as paragraphs of one line each.
///
/// `longest` caps the whole text where a board allows it all.
pub(super) fn excerpt(job: &Job, boards: &BTreeMap<BoardId, BoardNote>, longest: usize) -> Vec<String> {
    let Some(text) = job.description_text.as_deref() else { return Vec::new() };
    match allowance(job, boards) {
        Republish::Link => Vec::new(),
        Republish::Excerpt => first_sentences(text).into_iter().collect(),
        Republish::Full => paragraphs(text, longest),
    }
}

/// Finds what may be shown: the least that any board allows whose posting brought a text.
///
/// The job's text comes from one of its postings, and the job does not say from which.
fn allowance(job: &Job, boards: &BTreeMap<BoardId, BoardNote>) -> Republish {
    let with_text = job.postings.iter().any(|posting| posting.raw.description.is_some());
    let sources = job.postings.iter().filter(|posting| !with_text || posting.raw.description.is_some());
    sources
        .map(|posting| boards.get(&posting.board).map_or(Republish::Excerpt, |board| board.republish))
        .min()
        .unwrap_or_default()
}

/// Gives the first sentences, or the first words and an ellipsis where no sentence ends in time.
fn first_sentences(text: &str) -> Option<String> {
    // Only the head matters; folding a whole posting for 240 characters would be a waste.
    let head_end = text.char_indices().nth(EXCERPT_LENGTH * 4).map_or(text.len(), |(at, _)| at);
    let head = line(text.get(..head_end).unwrap_or(text));
    if head.is_empty() {
        return None;
    }
    let Some((cut, _)) = head.char_indices().nth(EXCERPT_LENGTH) else {
        return Some(if head_end < text.len() { format!("{head} …") } else { head });
    };
    let window = head.get(..cut).unwrap_or(&head);
    let sentence_end = window.rmatch_indices(['.', '!', '?']).map(|(at, _)| at + 1).find(|end| {
        *end >= SHORTEST_EXCERPT
            && head.get(*end..).is_some_and(|rest| rest.starts_with(' '))
            && !is_abbreviation(window, *end)
    });
    if let Some(end) = sentence_end {
        return window.get(..end).map(str::to_owned);
    }
    let words_end = window.rfind(' ').unwrap_or(window.len());
    Some(format!("{} …", window.get(..words_end).unwrap_or(window).trim_end_matches([' ', ',', ';', ':'])))
}

/// Tells whether the full stop before `end` follows a single letter or a known abbreviation.
fn is_abbreviation(text: &str, end: usize) -> bool {
    let word = text.get(..end.saturating_sub(1)).unwrap_or_default().rsplit([' ', '.', '(']).next().unwrap_or_default();
    word.chars().count() == 1
        || matches!(word, "St" | "Dr" | "Mr" | "Ms" | "Mrs" | "Inc" | "No" | "vs" | "etc" | "approx")
}

/// Gives the paragraphs of a text up to `longest` characters in all.
fn paragraphs(text: &str, longest: usize) -> Vec<String> {
    let mut left = longest;
    let mut shown = Vec::new();
    for paragraph in text.split("\n\n").map(line).filter(|paragraph| !paragraph.is_empty()) {
        let length = paragraph.chars().count();
        if length > left {
            let cut = paragraph.char_indices().nth(left).map_or(paragraph.len(), |(at, _)| at);
            let head = paragraph.get(..cut).unwrap_or_default();
            let words = head.get(..head.rfind(' ').unwrap_or(0)).unwrap_or_default();
            shown.push(if words.is_empty() { "…".to_owned() } else { format!("{words} …") });
            return shown;
        }
        left -= length;
        shown.push(paragraph);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;

    const LONG: &str = "Codes inpatient encounters in ICD-10-CM and ICD-10-PCS for a 400-bed teaching hospital. \
        Works with Dr. Alvarez and the clinical documentation team on queries. Requires RHIT, RHIA or CCS. \
        Two years of inpatient coding wanted, more is better, and the team is patient with people who learn. Equal opportunity.";

    #[test]
    fn an_excerpt_ends_with_a_sentence() {
        let shown = first_sentences(LONG).unwrap();
        assert!(shown.ends_with("Requires RHIT, RHIA or CCS."), "{shown}");
        assert!(shown.chars().count() <= EXCERPT_LENGTH);
    }

    #[test]
    fn a_text_without_sentences_ends_with_an_ellipsis() {
        let shown = first_sentences(&"coding and more ".repeat(100)).unwrap();
        assert!(shown.ends_with(" …") && shown.chars().count() <= EXCERPT_LENGTH + 2, "{shown}");
        assert_eq!(first_sentences(" \n "), None);
    }

    #[test]
    fn the_strictest_board_that_brought_a_text_decides() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        job.description_text = Some(LONG.into());
        let boards = sample::boards();
        assert_eq!(excerpt(&job, &boards, 2_000).len(), 1);
        sample::also_on(&mut job, "usajobs", "77");
        assert_eq!(allowance(&job, &boards), Republish::Excerpt);
        job.postings.remove(0);
        assert_eq!(allowance(&job, &boards), Republish::Full);
        let mut strict = boards;
        strict.get_mut(&sample::board("usajobs")).unwrap().republish = Republish::Link;
        assert!(excerpt(&job, &strict, 2_000).is_empty());
    }

    #[test]
    fn a_full_text_keeps_its_paragraphs_and_a_cap() {
        assert_eq!(paragraphs("One.\n\nTwo\nlines.\n\n\n\nThree.", 100), ["One.", "Two lines.", "Three."]);
        assert_eq!(paragraphs("One two three\n\nfour", 8), ["One two …"]);
    }
}
