//! JSON whose keys are told apart without regard to case: `HistoricJoa` has written
//! `hiringPaths`, `HiringPaths` and `jobcategories` in its time.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{Deserialize, MapAccess, SeqAccess, Visitor};

use super::super::lenient::Text;

/// At most this many elements of one list are kept.
const MOST_ELEMENTS: usize = 5_000;

/// An object with lower-case keys, in the answer's order.
#[derive(Debug, Default)]
pub(super) struct Record<'a>(Vec<(String, Cell<'a>)>);

/// A value of such an object.
#[derive(Debug)]
pub(super) enum Cell<'a> {
    /// A string, number or truth value; null and blank are `Text::Nothing`.
    Lone(Text<'a>),
    /// A list.
    List(Vec<Cell<'a>>),
    /// An object.
    Record(Record<'a>),
}

static NOTHING: Text<'static> = Text::Nothing;

impl<'a> Record<'a> {
    /// Finds a member by its lower-case name; of several, the first that holds anything.
    pub(super) fn cell(&self, name: &str) -> Option<&Cell<'a>> {
        let mut named = self.0.iter().filter(|(key, _)| key == name).map(|(_, cell)| cell);
        let first = named.next()?;
        if first.holds_anything() { Some(first) } else { named.find(|cell| cell.holds_anything()).or(Some(first)) }
    }

    /// Gives a member's text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.lone(name).get()
    }

    /// Gives a member as it stands, or nothing.
    pub(super) fn lone(&self, name: &str) -> &Text<'a> {
        match self.cell(name) {
            Some(Cell::Lone(text)) => text,
            // `Text` is covariant, so the static nothing serves any answer.
            _ => &NOTHING,
        }
    }

    /// Gives the object under a name.
    pub(super) fn record(&self, name: &str) -> Option<&Record<'a>> {
        if let Some(Cell::Record(record)) = self.cell(name) { Some(record) } else { None }
    }

    /// Gives the objects of a list, or a lone object as a list of one.
    pub(super) fn records(&self, name: &str) -> Vec<&Record<'a>> {
        match self.cell(name) {
            Some(Cell::Record(record)) => vec![record],
            Some(Cell::List(list)) => list
                .iter()
                .filter_map(|cell| if let Cell::Record(record) = cell { Some(record) } else { None })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Gives the texts of a list, or a lone text as a list of one.
    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        match self.cell(name) {
            Some(Cell::Lone(text)) => text.get().into_iter().collect(),
            Some(Cell::List(list)) => {
                list.iter().filter_map(|cell| if let Cell::Lone(text) = cell { text.get() } else { None }).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Cell<'_> {
    fn holds_anything(&self) -> bool {
        match self {
            Self::Lone(text) => *text != Text::Nothing,
            Self::List(list) => !list.is_empty(),
            Self::Record(record) => !record.0.is_empty(),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Record<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RecordVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Record<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            members.push((key.to_ascii_lowercase(), map.next_value()?));
        }
        Ok(Record(members))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Cell<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl<'de> Visitor<'de> for CellVisitor {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Cell<'de>, E> {
        Text::deserialize(serde::de::value::BorrowedStrDeserializer::new(text)).map(Cell::Lone)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Cell<'de>, E> {
        Text::deserialize(serde::de::value::StrDeserializer::new(text)).map(Cell::Lone)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Cell<'de>, E> {
        Ok(Cell::Lone(Text::Figure(truth.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Cell<'de>, E> {
        Ok(Cell::Lone(Text::Figure(number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Cell<'de>, E> {
        Ok(Cell::Lone(Text::Figure(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Cell<'de>, E> {
        Ok(Cell::Lone(Text::Figure(format!("{number:?}"))))
    }

    fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
        Ok(Cell::Lone(Text::Nothing))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(cell) = seq.next_element()? {
            if list.len() < MOST_ELEMENTS {
                list.push(cell);
            }
        }
        Ok(Cell::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Cell<'de>, A::Error> {
        RecordVisitor.visit_map(map).map(Cell::Record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_any_case() {
        for json in
            [r#"{"HiringPaths":[{"hiringPath":"The public"}]}"#, r#"{"hiringpaths":{"HIRINGPATH":"The public"}}"#]
        {
            let record: Record<'_> = serde_json::from_str(json).unwrap();
            let paths = record.records("hiringpaths");
            assert_eq!(paths[0].text("hiringpath"), Some("The public"), "{json}");
        }
    }

    #[test]
    fn of_two_spellings_the_one_that_holds_something_counts() {
        let record: Record<'_> = serde_json::from_str(r#"{"Title":null,"title":"Coder"}"#).unwrap();
        assert_eq!(record.text("title"), Some("Coder"));
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(serde_json::from_str::<Record<'_>>(&deep).is_err());
    }
}
