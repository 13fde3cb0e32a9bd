//! How names, addresses and values are written where filters compare them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest name that is folded; longer ones are cut.
const LONGEST_NAME: usize = 300;

/// The facet value of what is stated nowhere; no state, type or path is written so.
pub const UNSTATED: &str = "unstated";

/// The facet value of a job that requires some credential.
pub const ANY_CREDENTIAL: &str = "any";

/// Folds a name for comparing whole words: accents and case gone, apostrophes dropped, all other
/// punctuation a space, one space on either side of each word.
#[must_use]
pub fn fold_name(name: &str) -> String {
    let mut folded = String::from(" ");
    let plain = name.nfkd().filter(|letter| !is_combining_mark(*letter)).take(LONGEST_NAME);
    for letter in plain.flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            folded.push(letter);
        } else if !matches!(letter, '\'' | '\u{2019}' | '\u{2018}') && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}

/// Names a facet: `st:oh`, kind and value as one word.
#[must_use]
pub fn facet_name(kind: &str, value: &str) -> String {
    let value: String = value.chars().filter(|letter| !letter.is_whitespace()).take(64).collect();
    format!("{kind}:{}", value.to_lowercase())
}

/// Gives an address as it is compared: case and a slash at its end say nothing.
#[must_use]
pub fn plain_address(address: &str) -> String {
    address.trim().trim_end_matches('/').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_by_whole_words_without_case_accents_or_apostrophes() {
        assert_eq!(fold_name("St. Mary\u{2019}s  Hôpital"), " st marys hopital ");
        assert_eq!(fold_name(""), " ");
        assert_eq!(fold_name("--"), " ");
    }

    #[test]
    fn a_facet_is_one_word() {
        assert_eq!(facet_name("st", "o H"), "st:oh");
        assert_eq!(plain_address(" HTTPS://A.example/b/ "), "https://a.example/b");
    }
}
