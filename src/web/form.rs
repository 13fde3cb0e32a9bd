//! What a form sends, and what is said of a field that cannot be used.

use url::form_urlencoded;

/// The most pairs that are read of a form or an address.
const MOST_PAIRS: usize = 200;
/// The most letters that are kept of a value.
const LONGEST: usize = 1_000;

/// Names and values as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads `application/x-www-form-urlencoded`. Controls become spaces: every field is one line.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let clean = |text: &str| -> String {
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
        };
        let pairs = form_urlencoded::parse(bytes).take(MOST_PAIRS);
        Self(pairs.map(|(name, value)| (clean(&name), clean(&value).trim().to_owned())).collect())
    }

    /// Gives the first value of a name; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Gives the values of a name that say something.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Tells whether a box is ticked, or a flag of an address set.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.all(name).any(|value| !matches!(value.to_ascii_lowercase().as_str(), "false" | "off" | "no" | "0"))
    }

    /// Gives all pairs.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// What is wrong, each with the id of its field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Errors(Vec<(&'static str, String)>);

impl Errors {
    /// Notes what is wrong with a field; the first word about one counts.
    pub(super) fn note(&mut self, field: &'static str, says: impl Into<String>) {
        if self.of(field).is_none() {
            self.0.push((field, says.into()));
        }
    }

    /// Gives what is wrong with a field.
    pub(super) fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == field).map(|(_, says)| says.as_str())
    }

    /// Tells whether all is well.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives everything that is wrong, in the order of the form.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(field, says)| (*field, says.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_cleaned_and_bounded() {
        let pairs = Pairs::read(b"a=+x%00y%0d%0a+&b=&b=1&c=on&d=false&%ff=%fe");
        assert_eq!((pairs.get("a"), pairs.get("nothing")), ("x y", ""));
        assert_eq!(pairs.all("b").collect::<Vec<_>>(), ["1"]);
        assert!(pairs.is_on("c") && !pairs.is_on("d") && !pairs.is_on("e"));
        assert_eq!(Pairs::read("q=1&".repeat(1_000).as_bytes()).iter().count(), MOST_PAIRS);
    }
}
