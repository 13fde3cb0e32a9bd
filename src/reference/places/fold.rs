//! Folds the name of a place to the key under which it is found.
//!
//! Case, accents, dots, apostrophes, hyphens and blanks do not count, and neither does whether a
//! word is written out: `St. Louis` and `Saint Louis`, `Mc Allen` and `McAllen`, `N. Canton` and
//! `North Canton` have one key each. `fold` in `config/places/make.py` does the same.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The longest name that is looked up, in bytes; the longest that exists has 45.
pub(super) const LONGEST: usize = 120;

/// Gives the key of a name; empty where the name has no letters or is too long to be one.
pub(super) fn fold(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    if name.len() > LONGEST {
        return key;
    }
    let mut start = 0;
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() {
            key.push(letter.to_ascii_lowercase());
        } else if !letter.is_ascii() {
            start = fold_letter(letter, &mut key, start);
        } else if letter == '&' {
            end_word(&mut key, start);
            key.push_str("and");
            start = key.len();
        } else if !matches!(letter, '.' | '\'' | '`') {
            start = end_word(&mut key, start);
        }
    }
    end_word(&mut key, start);
    if key.contains("airforcebase") { key.replace("airforcebase", "afb") } else { key }
}

/// Adds a letter with its accents taken off, and gives where the word it is in begins.
fn fold_letter(letter: char, key: &mut String, start: usize) -> usize {
    // Apostrophes, and the mark for a glottal stop in Hawaiian names.
    if matches!(letter, '\u{2019}' | '\u{2018}' | '\u{2bb}' | '\u{2bc}') {
        return start;
    }
    let mut start = start;
    decompose_canonical(letter, |part| {
        if is_combining_mark(part) {
            return;
        }
        if part.is_alphanumeric() {
            key.extend(part.to_lowercase().filter(|part| !is_combining_mark(*part)));
        } else {
            start = end_word(key, start);
        }
    });
    start
}

/// Writes the word that ends here the short way, and gives where the next one begins.
fn end_word(key: &mut String, start: usize) -> usize {
    let word = key.get(start..).unwrap_or_default();
    if word.len() > "borough".len() && word.ends_with("borough") {
        key.truncate(key.len() - "ugh".len());
        return key.len();
    }
    let short = match word {
        "saint" => "st",
        "sainte" => "ste",
        "fort" => "ft",
        "mount" => "mt",
        "north" => "n",
        "south" => "s",
        "east" => "e",
        "west" => "w",
        "point" => "pt",
        "heights" | "hgts" => "hts",
        "springs" => "spgs",
        "junction" | "jctn" => "jct",
        "center" | "centre" => "ctr",
        "township" => "twp",
        "mtn" => "mountain",
        _ => return key.len(),
    };
    key.truncate(start);
    key.push_str(short);
    key.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name_have_one_key() {
        for same in [
            &["St. Louis", "Saint Louis", "SAINT LOUIS", "st louis", "St.Louis"][..],
            &["Fort Worth", "Ft. Worth", "ft worth"],
            &["Mount Vernon", "Mt. Vernon", "Mt Vernon"],
            &["North Canton", "N. Canton", "N Canton"],
            &["Winston-Salem", "Winston Salem", "WINSTON\u{2013}SALEM"],
            &["Mayag\u{fc}ez", "Mayaguez", "Mayagu\u{308}ez"],
            &["Coeur d'Alene", "Coeur d\u{2019}Alene", "Coeur D Alene"],
            &["O'Fallon", "O Fallon", "OFallon"],
            &["McAllen", "Mc Allen"],
            &["Wright-Patterson Air Force Base", "Wright Patterson A.F.B."],
            &["Kapa\u{2018}a", "Kapaa", "Kapa\u{2bb}a"],
            &["Lewis & Clark", "Lewis and Clark"],
            &["Cherry Hill Twp.", "Cherry Hill Township"],
            &["Marlborough", "Marlboro"],
        ] {
            let keys: Vec<_> = same.iter().map(|name| fold(name)).collect();
            assert!(keys.iter().all(|key| Some(key) == keys.first() && !key.is_empty()), "{keys:?}");
        }
        assert_ne!(fold("West Chester"), fold("Westchester"));
        assert_eq!(fold(" -- "), "");
        assert_eq!(fold(&"x".repeat(LONGEST + 1)), "");
    }

    proptest! {
        #[test]
        fn any_text_folds_to_letters_and_digits(text in "\\PC{0,60}") {
            prop_assert!(fold(&text).chars().all(char::is_alphanumeric), "{}", fold(&text));
        }
    }
}
