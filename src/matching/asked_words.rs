//! The words of a query made ready to be looked up in a job, with the very meaning that the database's
//! text index gives them.

use crate::model::{MatchFacts, QueryNode, TEXTS, plain_address, words_of};

/// How deep a query may be nested; what lies deeper is left out, as in the text index.
const DEEPEST: usize = 16;

/// A part of a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum AskedWords {
    /// Words next to each other in one text; the last may go on. Without words nothing matches: the text
    /// index has none for what was typed.
    Phrase {
        /// The words as the text index has them.
        words: Vec<String>,
        /// Whether the last one may go on.
        prefix: bool,
        /// What was typed.
        typed: String,
    },
    /// The address of a copy's page, or of where one applies.
    Address(String),
    /// All of these.
    All(Vec<AskedWords>),
    /// At least one of these.
    Any(Vec<AskedWords>),
    /// Not this.
    Not(Box<AskedWords>),
}

impl AskedWords {
    /// Gives what is asked, each part that must hold by itself; `None` for more words than a search takes.
    pub(super) fn parts(query: &QueryNode) -> Option<Vec<Self>> {
        if query.word_count() > QueryNode::MOST_WORDS {
            return None;
        }
        Some(match read(query, 0) {
            Some(Self::All(parts)) => parts,
            Some(part) => vec![part],
            None => Vec::new(),
        })
    }

    /// Tells whether a job matches.
    pub(super) fn holds(&self, job: &MatchFacts) -> bool {
        match self {
            Self::Phrase { words, prefix, .. } => job.words.has(words, *prefix),
            Self::Address(address) => job.addresses.binary_search(address).is_ok(),
            Self::All(parts) => parts.iter().all(|part| part.holds(job)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(job)),
            Self::Not(part) => !part.holds(job),
        }
    }

    /// Says what is asked: `“risk adjustment” or auditor`.
    pub(super) fn said(&self) -> String {
        let joined = |parts: &[Self], word: &str| parts.iter().map(Self::said).collect::<Vec<_>>().join(word);
        match self {
            Self::Phrase { typed, prefix, .. } => format!("“{typed}{}”", if *prefix { "*" } else { "" }),
            Self::Address(address) => format!("the address {address}"),
            Self::All(parts) => joined(parts, " and "),
            Self::Any(parts) => joined(parts, " or "),
            Self::Not(part) => format!("not {}", part.said()),
        }
    }

    /// Says what of it stands where: `“coder” stands in the title; “auditor” stands nowhere`.
    pub(super) fn found_in(&self, job: &MatchFacts) -> String {
        match self {
            Self::Phrase { words, prefix, .. } => {
                let names = ["the title", "the employer's name", "the place", "the text"];
                let texts: [bool; TEXTS] = job.words.texts_with(words, *prefix);
                let found: Vec<&str> =
                    names.into_iter().zip(texts).filter(|(_, is)| *is).map(|(name, _)| name).collect();
                let found = if found.is_empty() {
                    "stands nowhere".into()
                } else {
                    format!("stands in {}", found.join(" and "))
                };
                format!("{} {found}", self.said())
            }
            Self::Address(_) if self.holds(job) => "it is the address of one of its copies".into(),
            Self::Address(_) => "none of its copies has this address".into(),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().map(|part| part.found_in(job)).collect::<Vec<_>>().join("; ")
            }
            Self::Not(part) => part.found_in(job),
        }
    }
}

/// Reads a part; `None` where it holds no word, so that it asks for nothing.
fn read(node: &QueryNode, depth: usize) -> Option<AskedWords> {
    if depth > DEEPEST {
        return None;
    }
    let all =
        |parts: &[QueryNode]| -> Vec<AskedWords> { parts.iter().filter_map(|part| read(part, depth + 1)).collect() };
    match node {
        QueryNode::Word { word, prefix } => term(word.clone(), *prefix),
        QueryNode::Phrase(words) => term(words.join(" "), false),
        QueryNode::All(parts) => Some(all(parts)).filter(|parts| !parts.is_empty()).map(AskedWords::All),
        QueryNode::Any(parts) => Some(all(parts)).filter(|parts| !parts.is_empty()).map(AskedWords::Any),
        QueryNode::Not(part) => read(part, depth + 1).map(|part| AskedWords::Not(Box::new(part))),
    }
}

fn term(typed: String, prefix: bool) -> Option<AskedWords> {
    if !typed.contains(char::is_alphanumeric) {
        return None;
    }
    if typed.contains("://") {
        return Some(AskedWords::Address(plain_address(&typed)));
    }
    Some(AskedWords::Phrase { words: words_of(&typed), prefix, typed })
}
