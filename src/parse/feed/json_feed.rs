//! Reads JSON Feed 1.0 and 1.1 (jsonfeed.org). An item of the wrong shape costs that item; a feed
//! that breaks off keeps the items before the break.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

use super::draft::Draft;
use super::links::Links;
use super::reader::MOST_ITEMS;
use super::slots::{PlainName, Slot, Vocabulary, slot};
use super::{next_page, too_many_items};
use crate::model::{Problem, ProblemKind};
use crate::parse::Parsed;
use crate::parse::bounds::has_too_many_values;

/// What was read of the feed, up to the first error in its grammar.
#[derive(Debug, Default)]
struct Feed<'a> {
    version: Option<&'a RawValue>,
    home: Option<&'a RawValue>,
    next: Option<&'a RawValue>,
    items: Option<Vec<&'a RawValue>>,
    too_many: bool,
}

/// Reads a JSON Feed; `None` when it is none.
pub(super) fn read(text: &str, page: &Url) -> Option<Parsed> {
    let mut feed = Feed::default();
    let mut source = serde_json::Deserializer::from_str(text);
    let broken = source.deserialize_map(&mut feed).err();
    let is_ours = feed.version.and_then(string).is_some_and(|version| version.contains("jsonfeed.org"));
    if !is_ours && !looks_like_items(feed.items.as_deref()?) {
        return None;
    }
    let links = Links::new(page, None, feed.home.and_then(string).as_deref());
    let mut parsed = Parsed::readable();
    parsed.next.extend(feed.next.and_then(string).and_then(|link| next_page(&link, &links, page)));
    let items = feed.items.unwrap_or_default();
    let cut = broken.map(|error| format!("the answer breaks off after item {}: {error}", items.len()));
    for message in cut.into_iter().chain(feed.too_many.then(too_many_items)) {
        parsed.truncated = true;
        parsed.problems.push(Problem::new(ProblemKind::Incomplete, message));
    }
    for (place, item) in items.into_iter().enumerate() {
        read_item(place + 1, item, &links, &mut parsed);
    }
    Some(parsed)
}

/// Recognizes a feed that leaves out its version by its first item.
fn looks_like_items(items: &[&RawValue]) -> bool {
    items.first().is_some_and(|item| {
        let text = item.get();
        text.contains("\"content_html\"") || text.contains("\"content_text\"") || text.contains("\"date_published\"")
    })
}

fn read_item(number: usize, item: &RawValue, links: &Links, parsed: &mut Parsed) {
    if has_too_many_values(item.get()) {
        return broken_item(number, "holds more values than a posting can; it is left out", parsed);
    }
    let members = match serde_json::from_str(item.get()) {
        Ok(Value::Object(members)) => members,
        Ok(_) => return broken_item(number, "is no object; it is left out", parsed),
        Err(error) => return broken_item(number, &format!("cannot be read ({error}); it is left out"), parsed),
    };
    let mut draft = Draft::new(number);
    for (name, value) in members {
        read_member(&mut draft, &name, value);
    }
    parsed.postings.extend(draft.finish(links, &mut parsed.problems));
}

fn broken_item(number: usize, why: &str, parsed: &mut Parsed) {
    let problem = Problem::new(ProblemKind::BrokenItem, format!("the item {why}"));
    parsed.problems.push(problem.field(format!("item {number}")));
}

fn read_member(draft: &mut Draft<'_>, name: &str, value: Value) {
    let known = match name {
        "id" => Slot::Id,
        "url" => Slot::Link,
        "title" => Slot::Title,
        "content_html" => Slot::Encoded,
        "content_text" => Slot::Content,
        "summary" => Slot::Description,
        "date_published" => Slot::Published,
        "date_modified" => Slot::Updated,
        "tags" => Slot::Category,
        "author" | "authors" => Slot::Author,
        "attachments" | "image" | "banner_image" | "language" => return,
        "external_url" => {
            if let Value::String(link) = value {
                draft.offer_link(1, Cow::Owned(link));
            }
            return;
        }
        _ => slot(Vocabulary::Other, PlainName::of(name).as_str()),
    };
    put(draft, known, name, value);
}

/// Puts a member's value: simple ones as they are, lists one by one, objects by their `name` or,
/// where they are an extension (`_jobs`), member by member.
fn put(draft: &mut Draft<'_>, known: Slot, name: &str, value: Value) {
    match value {
        Value::String(text) => draft.put(known, name, Cow::Owned(text)),
        Value::Number(number) => draft.put(known, name, Cow::Owned(number.to_string())),
        Value::Bool(flag) => draft.put(known, name, Cow::Owned(flag.to_string())),
        Value::Array(values) => {
            for value in values.into_iter().filter(|value| !value.is_array()) {
                put(draft, known, name, value);
            }
        }
        Value::Object(members) => {
            for (member, value) in members.into_iter().filter(|(_, value)| !value.is_object() && !value.is_array()) {
                let inner =
                    if member == "name" { known } else { slot(Vocabulary::Other, PlainName::of(&member).as_str()) };
                put(draft, inner, &format!("{name}/{member}"), value);
            }
        }
        Value::Null => {}
    }
}

fn string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

impl<'de: 'a, 'a> Visitor<'de> for &mut Feed<'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON Feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "version" => self.version = Some(map.next_value()?),
                "home_page_url" => self.home = Some(map.next_value()?),
                "next_url" => self.next = Some(map.next_value()?),
                "items" => map.next_value_seed(Items(self))?,
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(())
    }
}

/// Fills the feed's items as they come, so that those before an error stay.
struct Items<'f, 'a>(&'f mut Feed<'a>);

impl<'de: 'a, 'a> DeserializeSeed<'de> for Items<'_, 'a> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de: 'a, 'a> Visitor<'de> for Items<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let items = self.0.items.get_or_insert_default();
        while items.len() < MOST_ITEMS {
            match list.next_element()? {
                Some(item) => items.push(item),
                None => return Ok(()),
            }
        }
        self.0.too_many = list.next_element::<IgnoredAny>()?.is_some();
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}
