//! From a parsed query to an FTS5 expression. Every word is quoted, so that nothing a user types is
//! taken for an operator, and words are looked for in the texts alone, never in the tags; an address is
//! looked for as a whole, among those of every copy's page and of where one applies.

use super::error::StoreError;
use super::folding::{EVERY_JOB, address_tag};
use crate::model::QueryNode;

/// How deep a query may be nested; what lies deeper is left out, because FTS5's parser has a limit.
const DEEPEST: usize = 16;

/// The columns that words are looked for in.
const TEXTS: &str = "{title organization place body}";

/// What a part of a query asks for.
enum Asked {
    /// Nothing: it holds no word.
    Nothing,
    /// Jobs that match an expression.
    Matching(String),
    /// Jobs that do not match it.
    Lacking(String),
}

/// Makes the expression for a query and for tags that are all asked for; each element of `tags` is a
/// list of which any one will do. `None` when nothing is asked.
pub(super) fn expression(query: Option<&QueryNode>, tags: &[Vec<String>]) -> Result<Option<String>, StoreError> {
    let mut words = 0;
    let asked = query.map_or(Asked::Nothing, |query| render(query, 0, &mut words));
    if words > QueryNode::MOST_WORDS {
        return Err(StoreError::QueryTooLong { limit: QueryNode::MOST_WORDS });
    }
    let mut parts: Vec<String> = tags.iter().map(|any| any_tag(any)).collect();
    Ok(match asked {
        Asked::Nothing if parts.is_empty() => None,
        Asked::Nothing => Some(parts.join(" AND ")),
        Asked::Matching(text) => {
            parts.insert(0, text);
            Some(parts.join(" AND "))
        }
        Asked::Lacking(text) => {
            let all = if parts.is_empty() { any_tag(&[EVERY_JOB.to_owned()]) } else { parts.join(" AND ") };
            Some(format!("({all}) NOT {text}"))
        }
    })
}

fn any_tag(any: &[String]) -> String {
    let words: Vec<String> = any.iter().map(|word| quoted(word)).collect();
    format!("(tags : ({}))", words.join(" OR "))
}

fn render(node: &QueryNode, depth: usize, words: &mut usize) -> Asked {
    if depth > DEEPEST {
        return Asked::Nothing;
    }
    match node {
        QueryNode::Word { word, prefix } => term(std::slice::from_ref(word), *prefix, words),
        QueryNode::Phrase(phrase) => term(phrase, false, words),
        QueryNode::All(parts) => all(parts.iter().map(|part| render(part, depth + 1, words)).collect()),
        QueryNode::Any(parts) => any(parts.iter().map(|part| render(part, depth + 1, words)).collect()),
        QueryNode::Not(part) => match render(part, depth + 1, words) {
            Asked::Nothing => Asked::Nothing,
            Asked::Matching(text) => Asked::Lacking(text),
            Asked::Lacking(text) => Asked::Matching(text),
        },
    }
}

fn term(phrase: &[String], prefix: bool, words: &mut usize) -> Asked {
    *words += phrase.len();
    let text = phrase.join(" ");
    if *words > QueryNode::MOST_WORDS || !text.contains(char::is_alphanumeric) {
        return Asked::Nothing;
    }
    if text.contains("://") {
        return Asked::Matching(any_tag(&[address_tag(&text)]));
    }
    Asked::Matching(format!("({TEXTS} : {}{})", quoted(&text), if prefix { " *" } else { "" }))
}

fn all(parts: Vec<Asked>) -> Asked {
    let (matching, lacking) = sorted(parts);
    match (matching.is_empty(), lacking.is_empty()) {
        (true, true) => Asked::Nothing,
        (false, true) => Asked::Matching(format!("({})", matching.join(" AND "))),
        (true, false) => Asked::Lacking(format!("({})", lacking.join(" OR "))),
        (false, false) => Asked::Matching(format!("(({}) NOT ({}))", matching.join(" AND "), lacking.join(" OR "))),
    }
}

fn any(parts: Vec<Asked>) -> Asked {
    let (mut matching, lacking) = sorted(parts);
    let every = any_tag(&[EVERY_JOB.to_owned()]);
    matching.extend(lacking.into_iter().map(|text| format!("({every} NOT {text})")));
    if matching.is_empty() { Asked::Nothing } else { Asked::Matching(format!("({})", matching.join(" OR "))) }
}

fn sorted(parts: Vec<Asked>) -> (Vec<String>, Vec<String>) {
    let (mut matching, mut lacking) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Asked::Nothing => {}
            Asked::Matching(text) => matching.push(text),
            Asked::Lacking(text) => lacking.push(text),
        }
    }
    (matching, lacking)
}

fn quoted(text: &str) -> String {
    // A line's end parts words as it does in the texts.
    let plain: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    format!("\"{}\"", plain.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(word: &str) -> QueryNode {
        QueryNode::Word { word: word.to_owned(), prefix: false }
    }

    #[test]
    fn a_word_is_quoted_and_kept_out_of_the_tags() {
        let text = expression(Some(&word("a\" OR tags:b")), &[]).unwrap().unwrap();
        assert_eq!(text, "({title organization place body} : \"a\"\" OR tags:b\")");
        let text = expression(Some(&word("of\nsenior\0")), &[]).unwrap().unwrap();
        assert_eq!(text, "({title organization place body} : \"of senior \")");
    }

    #[test]
    fn an_exclusion_alone_asks_for_everything_else() {
        let text = expression(Some(&QueryNode::Not(Box::new(word("travel")))), &[]).unwrap().unwrap();
        assert!(text.starts_with("((tags : (\"zqall\"))) NOT "), "{text}");
    }

    #[test]
    fn a_query_without_letters_asks_for_nothing() {
        assert_eq!(expression(Some(&QueryNode::All(vec![word("--"), word("")])), &[]).unwrap(), None);
    }

    #[test]
    fn a_query_of_too_many_words_is_refused_and_a_deep_one_cut() {
        let long = QueryNode::Any((0..300).map(|at| word(&format!("w{at}"))).collect());
        assert!(matches!(expression(Some(&long), &[]), Err(StoreError::QueryTooLong { .. })));
        let deep = (0..40).fold(word("x"), |inner, _| QueryNode::Not(Box::new(inner)));
        assert_eq!(expression(Some(&deep), &[]).unwrap(), None);
    }
}
