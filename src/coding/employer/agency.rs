//! Tells who recruits for others: by words in the name, or by a text that speaks of "our client"
//! beside a word of hiring.
//!
//! Vendors that code for hospitals with staff of their own speak of clients too ("work with our
//! clients' charts"), so that the word alone tells nothing.

use crate::coding::fold::holds_words;
use crate::coding::phrases::PhraseSet;
use crate::coding::reading::Reading;

/// Words before `our client` that already say hiring.
const BEFORE: [&str; 14] = [
    "on behalf of",
    "recruiting for",
    "hiring for",
    "searching for",
    "search for",
    "opportunity with",
    "position with",
    "opening with",
    "role with",
    "opportunity for",
    "position for",
    "placement with",
    "candidates for",
    "partnered with",
];
/// Words behind, in the same sentence.
const BEHIND: [&str; 21] = [
    "is seeking",
    "are seeking",
    "seeks",
    "is looking for",
    "are looking for",
    "is looking to",
    "is hiring",
    "are hiring",
    "is recruiting",
    "is searching",
    "is in search of",
    "is in need of",
    "in need of",
    "needs",
    "is adding",
    "has an opening",
    "has openings",
    "has an immediate",
    "has an opportunity",
    "has a need",
    "would like to hire",
];
/// Words right behind `our client` that introduce the employer: `Our client is a national insurer.`
const INTRODUCING: [&str; 4] = ["is a ", "is an ", "is the ", "is one of "];
/// Words right behind `client` with which it means something else: `our client services team`.
const OTHER: [&str; 16] = [
    "service",
    "services",
    "base",
    "success",
    "support",
    "facing",
    "relations",
    "relationship",
    "portfolio",
    "care",
    "list",
    "satisfaction",
    "facilities",
    "sites",
    "needs",
    "engagement",
];
/// How many words may stand between: `our large hospital client`.
const BETWEEN: usize = 4;

/// Phrases in names of agencies.
#[derive(Debug)]
pub(super) struct AgencyWords {
    phrases: PhraseSet<usize>,
    words: Vec<String>,
}

impl AgencyWords {
    /// Makes the phrases ready.
    pub(super) fn new(words: Vec<String>) -> Self {
        let phrases = words.iter().enumerate().map(|(at, phrase)| (phrase.clone(), at));
        Self { phrases: PhraseSet::new(phrases), words }
    }

    /// Gives the phrase by which a folded name is an agency's.
    pub(super) fn in_name(&self, key: &str) -> Option<&str> {
        let hit = self.phrases.hits(key).next()?;
        self.words.get(hit.meaning).map(String::as_str)
    }
}

/// Quotes the sentence in which a text says that it recruits for a client.
pub(super) fn client_in(body: &Reading<'_>) -> Option<String> {
    let at = body.folded.match_indices("client").map(|(at, _)| at).find(|at| recruits_at(body, *at))?;
    Some(body.evidence(at))
}

/// Tells whether the client named at a place is one that somebody is hired for.
fn recruits_at(body: &Reading<'_>, at: usize) -> bool {
    let Some(sentence) = body.sentence_at(at) else { return false };
    let before = body.folded.get(sentence.folded.start..at).unwrap_or_default();
    let behind = body.folded.get(at..sentence.folded.end).unwrap_or_default();
    let (word, behind) = behind.split_once(' ').unwrap_or((behind, ""));
    let next = behind.split(' ').next().unwrap_or_default();
    if !before.is_empty() && !before.ends_with(' ') || OTHER.contains(&next) {
        return false;
    }
    match word {
        "client" if behind.starts_with("of ours") => hires(behind),
        "client" => introduced(before).is_some_and(|(mine, said)| {
            said || mine && (hires(behind) || INTRODUCING.iter().any(|words| behind.starts_with(words)))
        }),
        // `Our clients are looking for accuracy` is a vendor's talk; `one of our clients is hiring` is not.
        "clients" => before.trim_end().ends_with("one of our") && hires(behind),
        _ => false,
    }
}

/// Tells whether a client is introduced as the writer's, and whether hiring was said before.
fn introduced(before: &str) -> Option<(bool, bool)> {
    let mut words: Vec<&str> = before.trim_end().rsplit(' ').take(BETWEEN + 1).collect();
    words.reverse();
    let start = words.iter().rposition(|word| matches!(*word, "our" | "my" | "a" | "the" | "one" | "this"))?;
    let mine = words.get(start).is_some_and(|word| matches!(*word, "our" | "my"));
    let tail: usize = words.get(start..).unwrap_or_default().iter().map(|word| word.len() + 1).sum();
    let trimmed = before.trim_end();
    let lead = trimmed.get(..(trimmed.len() + 1).saturating_sub(tail)).unwrap_or_default().trim_end();
    Some((mine, BEFORE.iter().any(|words| lead.ends_with(words))))
}

fn hires(behind: &str) -> bool {
    BEHIND.iter().any(|words| holds_words(behind, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recruiting_for_a_client_is_told_from_serving_clients() {
        for text in [
            "Our client, a 300-bed hospital in Columbus, Ohio, is seeking an Inpatient Coder.",
            "We are recruiting for our client in Denver.",
            "Recruiting on behalf of a large healthcare client for a coder.",
            "One of our clients is hiring a CDI specialist.",
            "Our hospital client has an immediate need.",
            "Great opening with our client in Tampa.",
            "My client seeks a tumor registrar.",
            "Our client, a health system in the Southeast, needs six coders.",
            "Our client is a national health insurer.",
            "A client of ours is looking for an abstractor.",
        ] {
            assert!(client_in(&Reading::of(text)).is_some(), "{text}");
        }
        for text in [
            "You will code charts for our clients.",
            "Our client services team is seeking a coder.",
            "Our clients are looking for accuracy, and we deliver it.",
            "Communicate with the client about queries. We are hiring.",
            "Meet our client's expectations while the company is hiring.",
            "Provide feedback to each client facility.",
            "At our Tacoma client hospital you take requests.",
            "Answer our client needs quickly.",
            "Each client is a hospital.",
            "Experience with a client server is needed.",
        ] {
            assert_eq!(client_in(&Reading::of(text)), None, "{text}");
        }
    }
}
