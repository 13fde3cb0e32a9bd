//! A JSON value of a JSON-LD block: strings are borrowed from the page where they can be, keys are
//! known by their schema.org names whatever their prefix. Reads strict JSON only; `lenient` reads
//! what is broken.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value. Its depth is bounded by its reader, so recursion over it is safe.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::parse) enum Ld<'a> {
    /// `null`, and what a repair had to leave out.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as people write it: `68125.0` is `68125`.
    Number(String),
    /// A string, escapes resolved.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Ld<'a>>),
    /// An object, its members in order, their names without prefix.
    Object(Vec<(Cow<'a, str>, Ld<'a>)>),
}

impl<'a> Ld<'a> {
    /// Reads strict JSON (RFC 8259), at most 128 levels deep.
    pub(in crate::parse) fn strict(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Finds a member by its schema.org name.
    pub(in crate::parse) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Tells whether the object is of a schema.org type, which may be one of several.
    pub(in crate::parse) fn is_a(&self, name: &str) -> bool {
        let Some(kind) = self.get("@type").or_else(|| self.get("type")) else { return false };
        kind.items().iter().any(|one| matches!(one, Self::Text(text) if type_name(text).eq_ignore_ascii_case(name)))
    }

    /// Gives an array's items, or the value itself as the only one.
    pub(in crate::parse) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Null => &[],
            one => std::slice::from_ref(one),
        }
    }

    /// Gives a value's words: a string, a number, the `name` or `value` of an object, the first of
    /// an array. Placeholders such as `N/A` are nothing.
    pub(in crate::parse) fn words(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Null => None,
            Self::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
            Self::Number(number) => Some(Cow::Borrowed(number)),
            Self::Text(text) => meaningful(text).map(Cow::Borrowed),
            Self::List(items) => items.iter().find_map(Self::words),
            Self::Object(_) => {
                ["@value", "name", "value", "termCode", "codeValue"].iter().find_map(|key| self.get(key)?.words())
            }
        }
    }

    /// Gives the words of every item, each once.
    pub(in crate::parse) fn all_words(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for word in self.items().iter().take(200).filter_map(Self::words) {
            if !found.iter().any(|known| *known == word) {
                found.push(word.into_owned());
            }
        }
        found
    }
}

/// Takes the prefix off a key: `schema:title`, `http://schema.org/title`.
pub(super) fn local_name(key: &str) -> &str {
    if key.starts_with('@') {
        return key;
    }
    match memchr::memrchr3(b'/', b':', b'#', key.as_bytes()) {
        Some(at) => &key[at + 1..],
        None => key,
    }
}

/// Takes the prefix off a type.
fn type_name(kind: &str) -> &str {
    kind.trim().rsplit(['/', ':', '#']).next().unwrap_or(kind)
}

/// Trims a text; `None` for nothing and for the words that boards write instead of nothing.
pub(in crate::parse) fn meaningful(text: &str) -> Option<&str> {
    let text = text.trim();
    let nothing = ["null", "undefined", "unavailable", "n/a", "na", "unknown", "none", "not specified", "-", "--"];
    // "NA" alone is nothing, though a longer text may begin so; all of these are short.
    let is_nothing = text.len() <= 13 && nothing.iter().any(|word| text.eq_ignore_ascii_case(word));
    (!text.is_empty() && !is_nothing).then_some(text)
}

impl<'de> Deserialize<'de> for Ld<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LdVisitor)
    }
}

struct LdVisitor;

impl<'de> Visitor<'de> for LdVisitor {
    type Value = Ld<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Ld::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Ld::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Ld::Number(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Ld::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Ld::Number(number.to_string()))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Ld::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Ld::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Ld::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((Key(key), value)) = access.next_entry()? {
            members.push((key, value));
        }
        Ok(Ld::Object(members))
    }
}

/// A member's name, borrowed where it can be.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Key(Cow::Borrowed(local_name(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Key(Cow::Owned(local_name(text).to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_types_are_known_by_their_local_names() {
        let ld = Ld::strict(r#"{"@type":["Thing","http://schema.org/JobPosting"],"schema:title":"Coder"}"#).unwrap();
        assert!(ld.is_a("JobPosting"));
        assert_eq!(ld.get("title").and_then(Ld::words).as_deref(), Some("Coder"));
    }

    #[test]
    fn placeholders_are_nothing_and_numbers_are_written_as_people_do() {
        let ld = Ld::strict(r#"["N/A", null, " Unavailable ", 68125.0, 24.5]"#).unwrap();
        assert_eq!(ld.all_words(), ["68125", "24.5"]);
        assert_eq!(meaningful("Nashville"), Some("Nashville"));
    }

    #[test]
    fn nesting_without_end_is_refused() {
        assert!(Ld::strict(&"[".repeat(100_000)).is_err());
    }
}
