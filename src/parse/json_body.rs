//! A JSON answer's bytes as text, and words for an answer that is something else. Boards answer
//! 200 with captchas, error pages and halves of answers: none of these means "no jobs".

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{Deserialize, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;

use super::complaints::Complaints;
use super::lenient::Text;
use crate::model::{Page, ProblemKind};

/// How many keys of a foreign answer are named.
const KEYS_NAMED: usize = 8;

/// Gives the body as text: a byte order mark is dropped, bytes that are not UTF-8 are replaced.
pub(super) fn body_text<'a>(page: &'a Page, complaints: &mut Complaints) -> Cow<'a, str> {
    let bytes = page.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&page.body);
    // The plain check is several times as fast as the lossy reading, and nearly always suffices.
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    complaints.add(ProblemKind::Repaired, "", || "bytes that are not UTF-8 were replaced".to_owned());
    String::from_utf8_lossy(bytes)
}

/// Shortens a text for a message and makes its control characters harmless.
pub(super) fn clipped(text: &str, most: usize) -> String {
    let shown: String = text.chars().take(most).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(most).is_some() { format!("{}…", shown.trim_end()) } else { shown }
}

/// Says what an answer is that cannot be read as expected.
pub(super) fn what_was_seen(text: &str) -> String {
    let trimmed = text.trim_start();
    if trimmed.is_empty() {
        return "an empty body".to_owned();
    }
    if trimmed.starts_with('<') {
        return format!("HTML or XML beginning `{}`", clipped(trimmed, 40));
    }
    match serde_json::from_str::<Outline>(trimmed) {
        Ok(outline) => outline.to_string(),
        Err(error) if error.is_eof() => format!("JSON that breaks off after {} bytes", text.len()),
        Err(error) if trimmed.starts_with(['{', '[']) => format!("broken JSON ({})", clipped(&error.to_string(), 120)),
        Err(_) => format!("text beginning `{}`", clipped(trimmed, 40)),
    }
}

/// What a JSON answer looks like from outside.
enum Outline {
    /// An object: its first keys, and the words of its `message` or `error`.
    Object { keys: Vec<String>, message: Option<String> },
    /// An array with so many elements.
    Array(usize),
    /// A lone value.
    Lone,
}

impl fmt::Display for Outline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object { message: Some(message), .. } => write!(f, "JSON with the message `{message}`"),
            Self::Object { keys, .. } if keys.is_empty() => f.write_str("an empty JSON object"),
            Self::Object { keys, .. } => write!(f, "JSON with the keys `{}`", keys.join("`, `")),
            Self::Array(length) => write!(f, "a JSON array of {length}"),
            Self::Lone => f.write_str("a lone JSON value"),
        }
    }
}

impl<'de> Deserialize<'de> for Outline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutlineVisitor)
    }
}

struct OutlineVisitor;

impl<'de> Visitor<'de> for OutlineVisitor {
    type Value = Outline;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Outline, A::Error> {
        let (mut keys, mut message) = (Vec::new(), None);
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if message.is_none() && (key.eq_ignore_ascii_case("message") || key.eq_ignore_ascii_case("error")) {
                message = map.next_value::<Text<'de>>()?.words().map(|words| clipped(words, 120));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            if keys.len() < KEYS_NAMED {
                keys.push(clipped(&key, 40));
            }
        }
        Ok(Outline::Object { keys, message })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Outline, A::Error> {
        let mut length = 0;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            length += 1;
        }
        Ok(Outline::Array(length))
    }

    fn visit_str<E>(self, _: &str) -> Result<Outline, E> {
        Ok(Outline::Lone)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Outline, E> {
        Ok(Outline::Lone)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Outline, E> {
        Ok(Outline::Lone)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Outline, E> {
        Ok(Outline::Lone)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Outline, E> {
        Ok(Outline::Lone)
    }

    fn visit_unit<E>(self) -> Result<Outline, E> {
        Ok(Outline::Lone)
    }
}

/// Gives one parameter of an address, whatever the case of its name; not decoded.
pub(super) fn parameter<'a>(url: &'a Url, name: &str) -> Option<&'a str> {
    let pairs = url.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Gives the address with one parameter set, every other byte of the query left as it was.
pub(super) fn with_parameter(url: &Url, name: &str, value: u64) -> Url {
    let mut found = false;
    let mut pairs: Vec<String> = Vec::new();
    for pair in url.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let key = pair.split('=').next().unwrap_or_default();
        if key.eq_ignore_ascii_case(name) {
            found = true;
            pairs.push(format!("{key}={value}"));
        } else {
            pairs.push(pair.to_owned());
        }
    }
    if !found {
        pairs.push(format!("{name}={value}"));
    }
    let mut changed = url.clone();
    changed.set_query(Some(&pairs.join("&")));
    changed
}

/// Resolves the address of a next page. It must stay on the host that answered: an API does not
/// send its readers elsewhere, and credentials must not travel.
///
/// # Errors
/// Returns what is wrong with the address.
pub(super) fn next_on_same_host(answered: &Url, link: &str) -> Result<Url, String> {
    let next =
        answered.join(link).map_err(|error| format!("next page `{}` is no address: {error}", clipped(link, 120)))?;
    let same = next.scheme() == answered.scheme()
        && next.host_str() == answered.host_str()
        && next.port_or_known_default() == answered.port_or_known_default();
    if same {
        Ok(next)
    } else {
        Err(format!("next page `{}` is on another host than the answer and is not followed", clipped(link, 120)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_answers_is_named() {
        assert_eq!(what_was_seen(" \n"), "an empty body");
        assert_eq!(what_was_seen("{}"), "an empty JSON object");
        assert!(what_was_seen("<html><body>").starts_with("HTML"));
        assert_eq!(what_was_seen(r#"{"message":"Too Many Attempts."}"#), "JSON with the message `Too Many Attempts.`");
        assert_eq!(what_was_seen(r#"{"a":1,"b":{"c":2}}"#), "JSON with the keys `a`, `b`");
        assert!(what_was_seen(r#"{"a":[1,2"#).contains("breaks off after 9 bytes"));
        assert_eq!(what_was_seen("[1,2]"), "a JSON array of 2");
        assert!(what_was_seen("Service Unavailable").starts_with("text beginning `Service"));
        assert!(what_was_seen(r#"{"a":}"#).starts_with("broken JSON"));
        assert_eq!(what_was_seen("null"), "a lone JSON value");
    }

    #[test]
    fn a_parameter_is_replaced_and_the_rest_left_alone() {
        let url =
            Url::parse("https://data.example.gov/api/Search?JobCategoryCode=0675%3B0669&page=1&Fields=Full").unwrap();
        assert_eq!(parameter(&url, "Page"), Some("1"));
        assert_eq!(
            with_parameter(&url, "Page", 2).as_str(),
            "https://data.example.gov/api/Search?JobCategoryCode=0675%3B0669&page=2&Fields=Full"
        );
        let bare = Url::parse("https://x.example/api").unwrap();
        assert_eq!(with_parameter(&bare, "page", 2).as_str(), "https://x.example/api?page=2");
    }

    #[test]
    fn a_next_page_elsewhere_is_refused() {
        let here = Url::parse("https://data.example.gov/api/historicjoa?PositionSeries=0675").unwrap();
        let next = next_on_same_host(&here, "/api/historicjoa?continuationtoken=a%2Fb%3D%3D&x=1").unwrap();
        assert_eq!(next.as_str(), "https://data.example.gov/api/historicjoa?continuationtoken=a%2Fb%3D%3D&x=1");
        for elsewhere in ["https://evil.example/x", "//evil.example/x", "http://data.example.gov/x", "javascript:1"] {
            assert!(next_on_same_host(&here, elsewhere).is_err(), "{elsewhere}");
        }
    }
}
