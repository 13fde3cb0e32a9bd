//! Types that read JSON without insisting: a text that arrives as a number, one object where a list
//! was promised, a null anywhere. One odd field costs that field, never its item. Texts borrow from
//! the answer wherever it holds no escapes.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// At most this many elements of one list are kept; the longest place list reported has 1,176.
const MOST_ELEMENTS: usize = 5_000;
/// At most this many rows of one answer are kept; the largest page documented has 1,000.
pub(super) const MOST_ROWS: usize = 5_000;

/// A text, whatever JSON type it came as. Words are trimmed; blank ones are nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Text<'a> {
    /// Absent, null or blank.
    #[default]
    Nothing,
    /// A string.
    Words(Cow<'a, str>),
    /// A number or a truth value, as text.
    Figure(String),
    /// An array or object stands there.
    Unread,
}

impl<'a> Text<'a> {
    /// Gives the text.
    pub(super) fn get(&self) -> Option<&str> {
        match self {
            Self::Words(words) => Some(words),
            Self::Figure(figure) => Some(figure),
            Self::Nothing | Self::Unread => None,
        }
    }

    /// Gives the text if it came as a string.
    pub(super) fn words(&self) -> Option<&str> {
        if let Self::Words(words) = self { Some(words) } else { None }
    }

    /// Gives an owned copy of the text.
    pub(super) fn owned(&self) -> Option<String> {
        self.get().map(str::to_owned)
    }

    /// Gives the text as a number.
    pub(super) fn number(&self) -> Option<f64> {
        self.get()?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// Gives the text as a count.
    pub(super) fn count(&self) -> Option<u64> {
        self.get()?.parse().ok()
    }

    /// Gives the truth that `True`, `false`, `Y` or `N` states.
    pub(super) fn truth(&self) -> Option<bool> {
        let text = self.get()?;
        let is_any = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        if is_any(["true", "y", "yes"]) {
            Some(true)
        } else if is_any(["false", "n", "no"]) {
            Some(false)
        } else {
            None
        }
    }

    fn of_borrowed(text: &'a str) -> Self {
        let text = text.trim();
        if text.is_empty() { Self::Nothing } else { Self::Words(Cow::Borrowed(text)) }
    }

    fn of_owned(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() { Self::Nothing } else { Self::Words(Cow::Owned(text.to_owned())) }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text::of_borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text::of_owned(text))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Text<'de>, E> {
        Ok(Text::Figure(truth.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Text<'de>, E> {
        Ok(Text::Figure(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Text<'de>, E> {
        Ok(Text::Figure(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Text<'de>, E> {
        // The debug form keeps `50287.0` as the answer wrote it.
        Ok(Text::Figure(format!("{number:?}")))
    }

    fn visit_unit<E>(self) -> Result<Text<'de>, E> {
        Ok(Text::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Text<'de>, A::Error> {
        skip_elements(seq)?;
        Ok(Text::Unread)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text<'de>, A::Error> {
        skip_members(map)?;
        Ok(Text::Unread)
    }
}

fn skip_elements<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_members<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// An object, or nothing where something else stands.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|object| Object(Some(object)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Object<T>, A::Error> {
        skip_elements(seq)?;
        Ok(Object(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Object<T>, E> {
        Ok(Object(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Object<T>, E> {
        Ok(Object(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Object<T>, E> {
        Ok(Object(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Object<T>, E> {
        Ok(Object(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Object<T>, E> {
        Ok(Object(None))
    }

    fn visit_unit<E>(self) -> Result<Object<T>, E> {
        Ok(Object(None))
    }
}

/// A list of texts or objects; a lone text or object counts as a list of one.
#[derive(Debug)]
pub(super) struct Many<T>(pub(super) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Many<Object<T>> {
    /// Goes through the objects, passing over whatever else stands between them.
    pub(super) fn objects(&self) -> impl Iterator<Item = &T> {
        self.0.iter().filter_map(|object| object.0.as_ref())
    }
}

impl<'a> Many<Text<'a>> {
    /// Goes through the texts.
    pub(super) fn texts<'b>(&'b self) -> impl Iterator<Item = &'b str> + use<'b, 'a> {
        self.0.iter().filter_map(Text::get)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ManyVisitor(PhantomData))
    }
}

struct ManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
    type Value = Many<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T>, A::Error> {
        let mut list = Vec::new();
        while list.len() < MOST_ELEMENTS {
            match seq.next_element()? {
                Some(element) => list.push(element),
                None => return Ok(Many(list)),
            }
        }
        skip_elements(seq)?;
        Ok(Many(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Many<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|one| Many(vec![one]))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Many<T>, E> {
        T::deserialize(BorrowedStrDeserializer::new(text)).map(|one| Many(vec![one]))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Many<T>, E> {
        T::deserialize(StrDeserializer::new(text)).map(|one| Many(vec![one]))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Many<T>, E> {
        Ok(Many(Vec::new()))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Many<T>, E> {
        Ok(Many(Vec::new()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Many<T>, E> {
        Ok(Many(Vec::new()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Many<T>, E> {
        Ok(Many(Vec::new()))
    }

    fn visit_unit<E>(self) -> Result<Many<T>, E> {
        Ok(Many(Vec::new()))
    }
}

/// The rows of an answer: an array and nothing else, bounded in length.
#[derive(Debug)]
pub(super) struct Rows<T> {
    /// The rows kept.
    pub(super) kept: Vec<T>,
    /// Whether there were more than an answer may have.
    pub(super) cut: bool,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowsVisitor(PhantomData))
    }
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for RowsVisitor<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Rows<T>, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < MOST_ROWS {
            match seq.next_element()? {
                Some(row) => kept.push(row),
                None => return Ok(Rows { kept, cut: false }),
            }
        }
        let cut = seq.next_element::<IgnoredAny>()?.is_some();
        skip_elements(seq)?;
        Ok(Rows { kept, cut })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(default)]
    struct Coded<'a> {
        #[serde(borrow)]
        code: Text<'a>,
    }

    fn text(json: &str) -> Text<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_text_may_come_as_any_type() {
        assert_eq!(text(r#"" Coder ""#), Text::Words("Coder".into()));
        assert_eq!(text(r#""a\n""#).get(), Some("a"));
        assert_eq!(text("793682000").get(), Some("793682000"));
        assert_eq!(text("50287.0").get(), Some("50287.0"));
        assert_eq!(text("-1").get(), Some("-1"));
        assert_eq!(text("true").truth(), Some(true));
        assert_eq!(text(r#""N""#).truth(), Some(false));
        assert_eq!(text("null"), Text::Nothing);
        assert_eq!(text(r#""  ""#), Text::Nothing);
        assert_eq!(text(r#"{"a":[1]}"#), Text::Unread);
        assert_eq!(text(r#"[{"a":1}]"#), Text::Unread);
    }

    #[test]
    fn unescaped_texts_are_borrowed() {
        assert!(matches!(text(r#""Coder""#), Text::Words(Cow::Borrowed("Coder"))));
    }

    #[test]
    fn a_list_may_be_a_lone_element_or_nothing() {
        let codes = |json: &str| -> Vec<String> {
            let many: Many<Object<Coded<'_>>> = serde_json::from_str(json).unwrap();
            many.objects().filter_map(|coded| coded.code.owned()).collect()
        };
        assert_eq!(codes(r#"[{"code":"1"},7,"x",null,[],{"code":2}]"#), ["1", "2"]);
        assert_eq!(codes(r#"{"code":"1"}"#), ["1"]);
        assert!(codes(r#""odd""#).is_empty() && codes("3").is_empty() && codes("null").is_empty());
        let many: Many<Text<'_>> = serde_json::from_str(r#""public""#).unwrap();
        assert_eq!(many.texts().collect::<Vec<_>>(), ["public"]);
    }

    #[test]
    fn endless_lists_are_cut() {
        let json = format!("[{}0]", "0,".repeat(MOST_ROWS + 5));
        let rows: Rows<IgnoredAny> = serde_json::from_str(&json).unwrap();
        assert!(rows.cut && rows.kept.len() == MOST_ROWS);
        let many: Many<Text<'_>> = serde_json::from_str(&json).unwrap();
        assert_eq!(many.0.len(), MOST_ELEMENTS);
    }
}
