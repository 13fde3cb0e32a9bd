//! Filters as text: pairs of a filter's long name and its value, in the one form that an address, a
//! subscription and a list of either keep (`application/x-www-form-urlencoded`, WHATWG URL).

use std::fmt;
use std::str::FromStr;

use url::form_urlencoded;

/// The most pairs that a text may have.
const MOST_PAIRS: usize = 64;

/// The longest text, in bytes.
const LONGEST: usize = 2_000;

/// The name of the words, which have no flag on the command line.
pub(super) const WORDS: &str = "q";

/// What a filter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// One value.
    One,
    /// Any of several values, also with commas between them: `OH,KY`.
    Several,
    /// Any of several values that may hold commas themselves.
    Names,
    /// Nothing: it is asked for or it is not.
    Nothing,
}

/// Every filter by its long name, in the order of the text.
const FILTERS: [(&str, Takes); 36] = [
    (WORDS, Takes::One),
    ("board", Takes::Several),
    ("employer", Takes::Names),
    ("not-employer", Takes::Names),
    ("state", Takes::Several),
    ("remote", Takes::Nothing),
    ("employment-type", Takes::Several),
    ("pay-at-least", Takes::One),
    ("posted-within", Takes::One),
    ("closing-within", Takes::One),
    ("open-to", Takes::Several),
    ("role", Takes::Several),
    ("soc", Takes::Several),
    ("credential", Takes::Several),
    ("credential-required", Takes::Nothing),
    ("entry-level", Takes::Nothing),
    ("setting", Takes::Several),
    ("level", Takes::Several),
    ("shift", Takes::Several),
    ("education", Takes::Several),
    ("coding-system", Takes::Several),
    ("software", Takes::Several),
    ("specialty", Takes::Several),
    ("benefit", Takes::Several),
    ("experience-at-most", Takes::One),
    ("hours-at-least", Takes::One),
    ("hours-at-most", Takes::One),
    ("direct", Takes::Nothing),
    ("no-warnings", Takes::Nothing),
    ("near", Takes::One),
    ("within", Takes::One),
    ("status", Takes::One),
    ("known", Takes::Several),
    (SORT, Takes::One),
    (LIMIT, Takes::One),
    (OFFSET, Takes::One),
];

const SORT: &str = "sort";
const LIMIT: &str = "limit";
const OFFSET: &str = "offset";

/// Says which filter cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterError {
    /// There is no filter of this name.
    Unknown {
        /// The name as typed.
        name: String,
        /// The name that may be meant.
        near: Option<&'static str>,
    },
    /// A filter that takes one value has several.
    Twice {
        /// The filter.
        filter: &'static str,
    },
    /// A value cannot be used.
    Value {
        /// The filter.
        filter: &'static str,
        /// What is wrong, and what would be right.
        says: String,
    },
    /// One filter needs another one.
    Needs {
        /// The filter, with its value where that is what needs it: `sort distance`.
        filter: &'static str,
        /// The other one.
        other: &'static str,
    },
    /// The text is longer than any that people make.
    TooLong,
}

impl FilterError {
    /// Says it with the filter's flag, as on the command line: `--state: ...`.
    #[must_use]
    pub fn on_command_line(&self) -> String {
        self.told("--")
    }

    fn told(&self, dashes: &str) -> String {
        let flag = |name: &str| match (name, dashes) {
            (WORDS, "--") => "QUERY".to_owned(),
            _ => format!("{dashes}{name}"),
        };
        match self {
            Self::Unknown { name, near } => {
                let near = near.map_or_else(String::new, |near| format!("; did you mean `{}`", flag(near)));
                let name: String = name.chars().filter(|letter| !letter.is_control()).take(40).collect();
                format!("`{dashes}{name}` is no filter{near}")
            }
            Self::Twice { filter } => format!("{} is given more than once", flag(filter)),
            Self::Value { filter, says } => format!("{}: {says}", flag(filter)),
            Self::Needs { filter, other } => format!("{}: needs {}", flag(filter), flag(other)),
            Self::TooLong => format!("filters are at most {MOST_PAIRS} values and {LONGEST} bytes"),
        }
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(""))
    }
}

impl std::error::Error for FilterError {}

/// Filters as pairs of a long name and a value as typed: `state` and `OH`; the words are `q`.
///
/// Their order is that of the filters' list, values of one filter as typed, so that one search has one
/// text. What says nothing is left out: empty values, flags that are off, repetitions, and the
/// defaults of `status` and `sort`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SavedFilters {
    pairs: Vec<(&'static str, String)>,
}

impl SavedFilters {
    /// Takes pairs in any order, however many; their values are read by [`SavedFilters::criteria`].
    ///
    /// # Errors
    /// Refuses unknown names, and a second value where one is taken.
    pub fn of<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, FilterError> {
        let mut known: Vec<(usize, String)> = Vec::new();
        for (name, value) in pairs {
            let at = position(name.as_ref())?;
            let values: Vec<&str> = match FILTERS[at].1 {
                Takes::Several => value.as_ref().split(',').collect(),
                Takes::Nothing => is_on(FILTERS[at].0, value.as_ref())?.then_some(ON).into_iter().collect(),
                Takes::One | Takes::Names => vec![value.as_ref()],
            };
            let values = values.into_iter().map(str::trim).filter(|value| !value.is_empty());
            for value in values.filter(|value| !is_default(FILTERS[at].0, value)) {
                if known.iter().any(|(other, known)| *other == at && known == value) {
                    continue;
                }
                if FILTERS[at].1 == Takes::One && known.iter().any(|(other, _)| *other == at) {
                    return Err(FilterError::Twice { filter: FILTERS[at].0 });
                }
                known.push((at, value.to_owned()));
            }
        }
        known.sort_by_key(|(at, _)| *at);
        let has_near = known.iter().any(|(at, _)| FILTERS[*at].0 == "near");
        let mut pairs: Vec<(&'static str, String)> =
            known.into_iter().map(|(at, value)| (FILTERS[at].0, value)).collect();
        // A form sends its radius also where no place was typed.
        pairs.retain(|(name, _)| *name != "within" || has_near);
        Ok(Self { pairs })
    }

    /// Reads `q=coder&state=OH&remote=true`.
    ///
    /// # Errors
    /// Refuses what [`SavedFilters::of`] does, and more than 64 values or 2,000 bytes.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        if text.len() > LONGEST {
            return Err(FilterError::TooLong);
        }
        Self::of(form_urlencoded::parse(text.as_bytes()))?.bounded()
    }

    /// Gives them back if they are few and short enough to be kept: what is kept can be read.
    ///
    /// # Errors
    /// [`FilterError::TooLong`] otherwise.
    pub fn bounded(self) -> Result<Self, FilterError> {
        let fits = self.pairs.len() <= MOST_PAIRS && self.text().len() <= LONGEST;
        if fits { Ok(self) } else { Err(FilterError::TooLong) }
    }

    /// Gives the text that [`SavedFilters::parse`] reads; empty where every open job is asked for.
    #[must_use]
    pub fn text(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish()
    }

    /// Gives the pairs in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.pairs.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Tells whether anything is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Gives those that decide which jobs match: not order, limit and offset.
    #[must_use]
    pub fn without_paging(&self) -> Self {
        let mut kept = self.clone();
        kept.pairs.retain(|(name, _)| ![SORT, LIMIT, OFFSET].contains(name));
        kept
    }

    /// Tells whether a name is that of a filter.
    #[must_use]
    pub fn is_filter(name: &str) -> bool {
        FILTERS.iter().any(|(known, _)| *known == name)
    }

    pub(super) fn values<'a>(&'a self, filter: &'static str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(name, _)| *name == filter).map(|(_, value)| value.as_str())
    }
}

impl fmt::Display for SavedFilters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl FromStr for SavedFilters {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::parse(text)
    }
}

/// The value of a flag that is given.
const ON: &str = "true";

fn position(name: &str) -> Result<usize, FilterError> {
    FILTERS.iter().position(|(known, _)| *known == name).ok_or_else(|| {
        let typed: String = name.chars().take(40).collect::<String>().to_lowercase().replace('_', "-");
        let likeness = |known: &str| strsim::jaro_winkler(known, &typed);
        let near = FILTERS.iter().map(|(known, _)| (likeness(known), *known)).max_by(|a, b| a.0.total_cmp(&b.0));
        let near = near.filter(|(likeness, _)| *likeness > 0.8).map(|(_, known)| known);
        FilterError::Unknown { name: name.to_owned(), near }
    })
}

/// Reads a flag; a browser's form sends `on`.
fn is_on(filter: &'static str, value: &str) -> Result<bool, FilterError> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "1" => Ok(true),
        "" | "false" | "off" | "no" | "0" => Ok(false),
        _ => Err(FilterError::Value { filter, says: format!("`{value}` is neither true nor false") }),
    }
}

fn is_default(filter: &str, value: &str) -> bool {
    let default = match filter {
        "status" => "open",
        SORT => "newest",
        OFFSET => "0",
        _ => return false,
    };
    value.eq_ignore_ascii_case(default)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_search_has_one_text_in_whichever_order_it_is_typed() {
        let text = "state=OH,KY&remote=on&q=coder+%22risk+adjustment%22&state=OH&credential=RHIT&sort=newest&near=";
        let filters = SavedFilters::parse(text).unwrap();
        assert_eq!(filters.text(), "q=coder+%22risk+adjustment%22&state=OH&state=KY&remote=true&credential=RHIT");
        assert_eq!(SavedFilters::parse(&filters.text()), Ok(filters));
        assert!(SavedFilters::parse("remote=false&within=25&status=open").unwrap().is_empty());
    }

    #[test]
    fn paging_is_no_part_of_what_is_looked_for() {
        let filters = SavedFilters::parse("limit=5&sort=pay&state=OH&offset=10").unwrap();
        assert_eq!(filters.without_paging().text(), "state=OH");
    }

    #[test]
    fn names_that_hold_commas_stay_whole() {
        let filters = SavedFilters::of([("employer", "Smith, Jones & Co"), ("near", "Columbus, OH")]).unwrap();
        assert_eq!(filters.text(), "employer=Smith%2C+Jones+%26+Co&near=Columbus%2C+OH");
    }

    #[test]
    fn what_is_no_filter_is_told_with_what_may_be_meant() {
        let told = |text: &str| SavedFilters::parse(text).unwrap_err().to_string();
        assert_eq!(told("stat=OH"), "`stat` is no filter; did you mean `state`");
        assert_eq!(told("pay_at_least=1/hour"), "`pay_at_least` is no filter; did you mean `pay-at-least`");
        assert_eq!(told("xyzzy=1"), "`xyzzy` is no filter");
        assert_eq!(told("remote=maybe"), "remote: `maybe` is neither true nor false");
        assert_eq!(told("q=a&q=b"), "q is given more than once");
        assert_eq!(
            SavedFilters::parse("stats=1").unwrap_err().on_command_line(),
            "`--stats` is no filter; did you mean `--status`"
        );
    }

    #[test]
    fn a_text_beyond_its_bounds_is_refused() {
        let many: Vec<String> = (0..65).map(|at| format!("state=a{at}")).collect();
        assert_eq!(SavedFilters::parse(&many.join("&")), Err(FilterError::TooLong));
        assert_eq!(SavedFilters::parse(&format!("q={}", "é".repeat(900))), Err(FilterError::TooLong));
        assert!(SavedFilters::parse(&many[..64].join("&")).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic_and_what_is_read_is_written_the_same(text in ".{0,200}") {
            for text in [text.clone(), format!("q={text}&employer={text}")] {
                if let Ok(filters) = SavedFilters::parse(&text) {
                    prop_assert_eq!(SavedFilters::parse(&filters.text()), Ok(filters));
                }
            }
        }
    }
}
