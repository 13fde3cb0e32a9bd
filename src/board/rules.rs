//! The small grammar of field rules: where a value stands, and a closed list of filters over it.
//!
//! `li.job a@href | absolute-url || a.title@href` tries two places in order; each may end in
//! filters. Anything stranger is a new filter in Rust with its own test, not a bigger grammar.

use std::fmt;

/// A filter over one extracted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Folds white space and trims.
    Trim,
    /// What stands before the first ` | `, ` - ` or ` – `.
    BeforeSeparator,
    /// What stands after the last ` | `, ` - ` or ` – `.
    AfterSeparator,
    /// What stands inside the last pair of parentheses.
    InParentheses,
    /// What stands before the first `(`.
    BeforeParentheses,
    /// The first run of digits.
    Digits,
    /// What stands after the first colon.
    AfterColon,
    /// Seconds since the epoch to RFC 3339.
    Epoch,
    /// Lower case.
    Lower,
}

impl Filter {
    /// Every filter with its word.
    pub const ALL: [(&'static str, Self); 9] = [
        ("trim", Self::Trim),
        ("before-separator", Self::BeforeSeparator),
        ("after-separator", Self::AfterSeparator),
        ("in-parentheses", Self::InParentheses),
        ("before-parentheses", Self::BeforeParentheses),
        ("digits", Self::Digits),
        ("after-colon", Self::AfterColon),
        ("epoch", Self::Epoch),
        ("lower", Self::Lower),
    ];

    /// Applies the filter; `None` when nothing is left.
    #[must_use]
    pub fn apply(self, text: &str) -> Option<String> {
        let kept = match self {
            Self::Trim => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Self::BeforeSeparator => separators(text).next().map_or(text, |(at, _)| &text[..at]).to_owned(),
            Self::AfterSeparator => separators(text).last().map_or(text, |(at, len)| &text[at + len..]).to_owned(),
            Self::InParentheses => {
                let open = text.rfind('(')?;
                let inside = &text[open + 1..];
                inside[..inside.find(')').unwrap_or(inside.len())].to_owned()
            }
            Self::BeforeParentheses => text.split('(').next().unwrap_or_default().to_owned(),
            Self::Digits => text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect(),
            Self::AfterColon => text.split_once(':').map_or(text, |(_, after)| after).to_owned(),
            Self::Epoch => {
                let seconds = text.trim().parse::<i64>().ok()?;
                chrono::DateTime::from_timestamp(seconds, 0)?.to_rfc3339()
            }
            Self::Lower => text.to_lowercase(),
        };
        let kept = kept.trim();
        (!kept.is_empty()).then(|| kept.to_owned())
    }
}

/// Finds ` | `, ` - ` and ` – ` with their lengths in bytes, in order.
fn separators(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    text.char_indices().filter_map(|(at, _)| {
        let rest = &text[at..];
        [" | ", " - ", " – "].into_iter().find(|mark| rest.starts_with(mark)).map(|mark| (at, mark.len()))
    })
}

/// One place to look for a value, with filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRule {
    /// The selector or JSON Pointer; empty means the item itself.
    pub place: String,
    /// The attribute to read instead of the text.
    pub attribute: Option<String>,
    /// Filters in order.
    pub filters: Vec<Filter>,
}

/// Says what is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A filter is not on the list.
    #[error("unknown filter `{0}`: known filters are {known}", known = KnownFilters)]
    UnknownFilter(String),
    /// The rule is empty.
    #[error("empty rule")]
    Empty,
}

/// Writes the list of filters.
struct KnownFilters;

impl fmt::Display for KnownFilters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = Filter::ALL.iter().map(|(word, _)| *word).collect();
        f.write_str(&words.join(", "))
    }
}

impl FieldRule {
    /// Reads alternatives separated by ` || `.
    ///
    /// # Errors
    /// Returns [`RuleError`] for an empty rule or an unknown filter. Selectors are checked later,
    /// by the parser that owns their library.
    pub fn parse_alternatives(text: &str) -> Result<Vec<Self>, RuleError> {
        text.split(" || ").map(Self::parse).collect()
    }

    fn parse(text: &str) -> Result<Self, RuleError> {
        let mut parts = text.split(" | ").map(str::trim);
        let head = parts.next().unwrap_or_default();
        if head.is_empty() {
            return Err(RuleError::Empty);
        }
        let (place, attribute) = match head.rsplit_once('@') {
            // `a[href*="@"]`: an at-sign inside brackets belongs to the selector.
            Some((place, name)) if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {
                (place.trim().to_owned(), Some(name.to_ascii_lowercase()))
            }
            _ => (head.to_owned(), None),
        };
        let filters = parts
            .map(|word| {
                let found = Filter::ALL.iter().find(|(known, _)| *known == word);
                found.map(|(_, filter)| *filter).ok_or_else(|| RuleError::UnknownFilter(word.to_owned()))
            })
            .collect::<Result<_, _>>()?;
        let place = if place == "." { String::new() } else { place };
        Ok(Self { place, attribute, filters })
    }

    /// Runs the filters over an extracted text.
    #[must_use]
    pub fn filtered(&self, text: &str) -> Option<String> {
        self.filters
            .iter()
            .try_fold(text.trim().to_owned(), |text, filter| filter.apply(&text))
            .filter(|t| !t.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_names_place_attribute_and_filters() {
        let rules = FieldRule::parse_alternatives("li a.job@href || .id | digits").unwrap();
        assert_eq!(rules[0].place, "li a.job");
        assert_eq!(rules[0].attribute.as_deref(), Some("href"));
        assert_eq!(rules[1].filters, [Filter::Digits]);
        let rule = &FieldRule::parse_alternatives("a[href*=\"@x\"]").unwrap()[0];
        assert_eq!(rule.attribute, None);
        assert_eq!(FieldRule::parse_alternatives(".@data-id").unwrap()[0].place, "");
    }

    #[test]
    fn an_unknown_filter_is_refused_with_the_known_ones() {
        let error = FieldRule::parse_alternatives("a | shout").unwrap_err().to_string();
        assert!(error.contains("`shout`") && error.contains("before-separator"), "{error}");
    }

    #[test]
    fn filters_do_what_their_names_say() {
        assert_eq!(Filter::BeforeSeparator.apply("Coder | Mercy").as_deref(), Some("Coder"));
        assert_eq!(Filter::AfterSeparator.apply("Coder - II – Mercy").as_deref(), Some("Mercy"));
        assert_eq!(Filter::InParentheses.apply("Columbus, OH (remote)").as_deref(), Some("remote"));
        assert_eq!(Filter::Digits.apply("Job ID: 4711-2").as_deref(), Some("4711"));
        assert_eq!(Filter::Epoch.apply("0").as_deref(), Some("1970-01-01T00:00:00+00:00"));
        assert_eq!(Filter::InParentheses.apply("none"), None);
    }
}
