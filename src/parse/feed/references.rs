//! Decodes `&…;`: numbers, XML's five names, a document's own entities and all of HTML's.
//!
//! Feeds use HTML's names without declaring them, and write `&` for itself. Neither costs an item.
//! External entities are never fetched, and internal ones grow within a fixed budget.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::repairs::{Repair, Repairs};
use crate::parse::text_encoding::windows_1252;

/// The longest name of an entity that is looked for, in bytes; HTML's longest has 31.
const LONGEST_NAME: usize = 40;
/// How many entities of its own a document may define.
const MOST_ENTITIES: usize = 256;
/// How much of a document type declaration is read, in bytes.
const LONGEST_DOCTYPE: usize = 64 * 1024;
/// How deep entities may refer to entities.
const DEEPEST_ENTITY: usize = 4;
/// How many bytes all the entities of one document may grow to together.
const GROWTH_BUDGET: usize = 64 * 1024;

/// A document's own entities, and what is left of their budget.
#[derive(Debug)]
pub(super) struct References<'a> {
    own: Vec<(&'a str, &'a str)>,
    budget: usize,
}

impl<'a> References<'a> {
    pub(super) fn new() -> Self {
        Self { own: Vec::new(), budget: GROWTH_BUDGET }
    }

    /// Learns the internal entities of a document type declaration. External ones and parameter
    /// entities are passed over.
    pub(super) fn learn(&mut self, doctype: &'a str) {
        let doctype = doctype.get(..LONGEST_DOCTYPE).unwrap_or(doctype);
        let definitions = memmem::find_iter(doctype.as_bytes(), b"<!ENTITY").filter_map(|at| doctype.get(at + 8..));
        self.own.extend(definitions.take(MOST_ENTITIES).filter_map(internal_entity));
    }

    /// Decodes every reference in a text; borrows when there is none.
    pub(super) fn decode(&mut self, text: &'a str, repairs: &mut Repairs) -> Cow<'a, str> {
        if memchr(b'&', text.as_bytes()).is_none() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        self.expand(text, &mut out, repairs, 0);
        Cow::Owned(out)
    }

    /// Appends a text with its references decoded; `depth` counts the entities it stands inside.
    fn expand(&mut self, text: &str, out: &mut String, repairs: &mut Repairs, depth: usize) {
        let mut rest = text;
        while let Some(at) = memchr(b'&', rest.as_bytes()) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let taken = if let Some(name) = reference(from) {
                let whole = from.get(..name.len() + 2).unwrap_or("&");
                self.replace(name, whole, (out, repairs), depth);
                whole.len()
            } else {
                repairs.note(Repair::Ampersand, from.get(..20).unwrap_or("&").trim_end());
                out.push('&');
                1
            };
            rest = from.get(taken..).unwrap_or_default();
        }
        out.push_str(rest);
    }

    /// Appends what one reference stands for; itself, when it stands for nothing.
    fn replace(&mut self, name: &str, whole: &str, (out, repairs): (&mut String, &mut Repairs), depth: usize) {
        if let Some(number) = name.strip_prefix('#') {
            out.extend(numbered(number));
        } else if let Some(letter) = predefined(name) {
            out.push(letter);
        } else if let Some((_, value)) = self.own.iter().find(|(own, _)| *own == name).copied() {
            if depth >= DEEPEST_ENTITY || value.len() > self.budget {
                repairs.note(Repair::Expansion, whole);
                out.push_str(whole);
            } else {
                // At least one byte a reference, so that empty entities are not free either.
                self.budget -= value.len().max(1).min(self.budget);
                self.expand(value, out, repairs, depth + 1);
            }
        } else {
            repairs.note(Repair::UndefinedEntity, whole);
            out.push_str(html_entity(name).unwrap_or(whole));
        }
    }
}

/// Reads `name SP "value"`; `None` for `% name`, `name SYSTEM …` and `name PUBLIC …`.
fn internal_entity(definition: &str) -> Option<(&str, &str)> {
    let text = definition.get(..definition.find('>').unwrap_or(definition.len()))?;
    let (name, _) = text.trim_start().split_once(char::is_whitespace)?;
    // The value may hold `>`, so it is read from the whole definition.
    let start = definition.len() - definition.trim_start().len() + name.len();
    let value = definition.get(start..)?.trim_start();
    let quote = value.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
    let (value, _) = value.get(1..)?.split_once(quote)?;
    Some((name, value))
}

/// Reads the name of the reference that a text begins with.
fn reference(from: &str) -> Option<&str> {
    let bytes = from.as_bytes().get(1..)?;
    let length = bytes
        .iter()
        .take(LONGEST_NAME)
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'_' | b'-' | b'.' | b':')))?;
    (length > 0 && bytes.get(length) == Some(&b';')).then(|| from.get(1..=length))?
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Gives the character of `38` or `x26`; numbers 128 to 159 mean windows-1252, as in HTML, and
/// control characters mean nothing.
fn numbered(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    match code {
        Ok(9 | 10 | 13) => code.ok().and_then(char::from_u32),
        Ok(0..=31) => None,
        Ok(byte @ 128..=159) => u8::try_from(byte).ok().map(windows_1252),
        Ok(code) => Some(char::from_u32(code).unwrap_or('\u{fffd}')),
        Err(_) => Some('\u{fffd}'),
    }
}

/// Finds an entity of HTML; the table is in the order of the names.
fn html_entity(name: &str) -> Option<&'static str> {
    let table = &html_escape::NAMED_ENTITIES;
    let at = table.binary_search_by(|(known, _)| (*known).cmp(name.as_bytes())).ok()?;
    table.get(at).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(doctype: &str, text: &str) -> (String, Vec<String>) {
        let mut references = References::new();
        references.learn(doctype);
        let mut repairs = Repairs::default();
        let out = references.decode(text, &mut repairs).into_owned();
        (out, repairs.problems().map(|problem| problem.message).collect())
    }

    #[test]
    fn names_and_numbers_are_decoded_once() {
        assert_eq!(decoded("", "a &amp;amp; &lt;b&gt; &#39;&#x2014;&quot;").0, "a &amp; <b> '—\"");
        assert_eq!(decoded("", "plain").1, Vec::<String>::new());
    }

    #[test]
    fn names_of_html_are_decoded_and_remarked_on() {
        let (text, problems) = decoded("", "a&nbsp;b &mdash; c &eacute;");
        assert_eq!(text, "a\u{a0}b — c é");
        assert_eq!(problems, ["reference to an entity that XML does not define, 3 times: `&nbsp;`"]);
    }

    #[test]
    fn a_bare_ampersand_is_itself() {
        let (text, problems) = decoded("", "R&D, A & B, &; &unknown; x=1&y=2");
        assert_eq!(text, "R&D, A & B, &; &unknown; x=1&y=2");
        assert_eq!(problems.len(), 2);
    }

    #[test]
    fn numbers_without_a_character_do_no_harm() {
        assert_eq!(decoded("", "&#150;&#0;&#xD800;&#99999999999;&#x;|").0, "–\u{fffd}\u{fffd}\u{fffd}|");
    }

    #[test]
    fn internal_entities_are_expanded_and_external_ones_are_not() {
        let doctype =
            "rss [<!ENTITY him 'HIM > &amp; more'><!ENTITY file SYSTEM 'file:///etc/passwd'><!ENTITY % p 'x'>]";
        assert_eq!(decoded(doctype, "&him; &file; &p;").0, "HIM > & more &file; &p;");
    }

    #[test]
    fn entities_cannot_grow_without_bound() {
        let mut doctype = String::from("rss [<!ENTITY a0 'ha ha ha ha'>");
        for level in 1..12 {
            let inner = format!("&a{};", level - 1).repeat(10);
            doctype = format!("{doctype}<!ENTITY a{level} '{inner}'>");
        }
        let (text, problems) = decoded(&doctype, &"&a11;&a3;".repeat(1000));
        assert!(text.len() < 20 * GROWTH_BUDGET, "{}", text.len());
        assert!(problems.iter().any(|problem| problem.contains("beyond the limit")), "{problems:?}");
        let (text, _) = decoded("rss [<!ENTITY me '&me;&me;'>]", "&me;");
        assert!(text.len() < 1000);
    }
}
