//! How names are compared and how facets become words of the text index.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::KnownField;

/// The longest name that is folded; longer ones are cut.
const LONGEST_NAME: usize = 300;

/// Folds a name for comparing whole words: accents and case gone, apostrophes dropped, all other
/// punctuation a space, one space on either side of each word.
pub(super) fn fold_name(name: &str) -> String {
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

/// Makes a word of the tags column: letters and digits alone, under a prefix that no text has.
pub(super) fn tag(kind: &str, value: &str) -> String {
    let letters = value.chars().filter(|letter| letter.is_alphanumeric()).take(64);
    format!("zq{kind}{}", letters.flat_map(char::to_lowercase).collect::<String>())
}

/// Makes a word of the tags column of an address, by which a job is found without its words being
/// words of the text.
pub(super) fn address_tag(address: &str) -> String {
    let plain = address.trim().trim_end_matches('/').to_lowercase();
    tag("ur", blake3::hash(plain.as_bytes()).to_hex().get(..32).unwrap_or_default())
}

/// Stands in every job's tags, so that "everything but" can be asked.
pub(super) const EVERY_JOB: &str = "zqall";

/// Names a facet of the narrow row: kind and value between spaces.
pub(super) fn facet(kind: &str, value: &str) -> String {
    let value: String = value.chars().filter(|letter| !letter.is_whitespace()).take(64).collect();
    format!(" {kind}:{} ", value.to_lowercase())
}

/// Gives the bit that says a field is stated nowhere: the field's place in the list, which only grows.
pub(super) fn bit(field: KnownField) -> i64 {
    KnownField::ALL.iter().position(|known| *known == field).map_or(0, |at| 1 << at)
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
    fn a_tag_is_one_word_whatever_the_value_holds() {
        assert_eq!(tag("st", "O\"H) OR x"), "zqstohorx");
        assert_eq!(facet("st", "o h"), " st:oh ");
    }
}
