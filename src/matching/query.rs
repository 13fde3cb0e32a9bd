//! Reads the words of a query: `coder "risk adjustment" -supervisor OR auditor`.
//!
//! Words stand for themselves, quotes make phrases, `-` excludes, `OR` between two terms asks for
//! either, a trailing `*` asks for every word that begins so; an address is that of a copy's page or of where
//! one applies. Anything typed means something: there
//! is no syntax error to make.

use crate::model::QueryNode;

/// More terms than this are no query a person types; the rest is ignored.
const MOST_TERMS: usize = 64;

/// One piece of the text as typed.
#[derive(Debug, PartialEq)]
struct Piece {
    text: String,
    quoted: bool,
    excluded: bool,
}

/// Reads a query; `None` when it holds no word at all.
#[must_use]
pub fn parse_query(text: &str) -> Option<QueryNode> {
    let mut all: Vec<QueryNode> = Vec::new();
    let mut either = false;
    for piece in pieces(text) {
        if piece.text == "OR" && !piece.quoted && !piece.excluded {
            either = !all.is_empty();
            continue;
        }
        let Some(node) = node(&piece) else { continue };
        match all.pop() {
            Some(QueryNode::Any(mut choices)) if either => {
                choices.push(node);
                all.push(QueryNode::Any(choices));
            }
            Some(last) if either => all.push(QueryNode::Any(vec![last, node])),
            Some(last) => all.extend([last, node]),
            None => all.push(node),
        }
        either = false;
    }
    if all.len() > 1 { Some(QueryNode::All(all)) } else { all.pop() }
}

/// Cuts the text at white space, keeping quoted parts whole; an open quote runs to the end.
fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && found.len() < MOST_TERMS {
        let excluded = rest.starts_with('-') && rest.len() > 1;
        if excluded {
            rest = &rest[1..];
        }
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '“' | '”'));
        let (piece, after) = match quote {
            Some(mark) => {
                let inside = &rest[mark.len_utf8()..];
                inside.split_once(['"', '“', '”']).unwrap_or((inside, ""))
            }
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        found.push(Piece { text: piece.to_owned(), quoted: quote.is_some(), excluded });
        rest = after.trim_start();
    }
    found
}

/// Makes one term; `None` where a piece holds no letter or digit.
fn node(piece: &Piece) -> Option<QueryNode> {
    if piece.text.contains("://") {
        // An address is looked for whole.
        let address = QueryNode::Word { word: piece.text.clone(), prefix: false };
        return Some(if piece.excluded { QueryNode::Not(Box::new(address)) } else { address });
    }
    let prefix = !piece.quoted && piece.text.ends_with('*');
    let mut words: Vec<String> = piece
        .text
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    let term = match words.len() {
        0 => return None,
        1 => QueryNode::Word { word: words.pop()?, prefix },
        // `ICD-10-CM` is one thing written with hyphens: its parts stand next to each other.
        _ => QueryNode::Phrase(words),
    };
    Some(if piece.excluded { QueryNode::Not(Box::new(term)) } else { term })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(word: &str) -> QueryNode {
        QueryNode::Word { word: word.into(), prefix: false }
    }

    #[test]
    fn words_phrases_exclusions_and_or_are_told_apart() {
        assert_eq!(
            parse_query(r#"coder "Risk Adjustment" -supervisor inpatient OR outpatient OR profee"#),
            Some(QueryNode::All(vec![
                word("coder"),
                QueryNode::Phrase(vec!["risk".into(), "adjustment".into()]),
                QueryNode::Not(Box::new(word("supervisor"))),
                QueryNode::Any(vec![word("inpatient"), word("outpatient"), word("profee")]),
            ]))
        );
    }

    #[test]
    fn a_hyphenated_term_is_a_phrase_and_a_star_a_prefix() {
        let parts = ["icd", "10", "cm"].map(str::to_owned).to_vec();
        assert_eq!(parse_query("ICD-10-CM"), Some(QueryNode::Phrase(parts)));
        assert_eq!(parse_query("cod*"), Some(QueryNode::Word { word: "cod".into(), prefix: true }));
    }

    #[test]
    fn what_holds_no_word_asks_for_nothing() {
        for empty in ["", "  ", "-", "\"\"", "OR", "* -- !"] {
            assert_eq!(parse_query(empty), None, "{empty}");
        }
    }

    #[test]
    fn an_open_quote_runs_to_the_end() {
        assert_eq!(parse_query("\"tumor registry"), Some(QueryNode::Phrase(vec!["tumor".into(), "registry".into()])));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".{0,200}") {
            let _ = parse_query(&text);
        }
    }
}
