//! Subjects that the mail library would write as they are and receivers would read otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// So many octets fit an encoded word of 75 characters (RFC 2047 section 2): `=?utf-8?b?` and `?=` are
/// twelve, and the first one stands after `Subject: `.
const OCTETS: usize = 39;
/// A longer word is divided.
const LONG: usize = 70;

/// Writes a subject in encoded words, folded, where it must not stand as it is: where it holds what is
/// itself an encoded word's beginning, spaces that folding would lose, or a word longer than a line.
pub(super) fn in_words(subject: &str) -> Option<String> {
    let is_plain = !subject.contains("=?")
        && subject.trim() == subject
        && !subject.contains("  ")
        && subject.split(' ').all(|word| word.len() <= LONG);
    if is_plain {
        return None;
    }
    let mut words = Vec::new();
    let mut rest = subject;
    while !rest.is_empty() {
        // No character is divided between two words (RFC 2047 section 5).
        let (word, next) = rest.split_at(rest.floor_char_boundary(OCTETS));
        words.push(format!("=?utf-8?b?{}?=", STANDARD.encode(word)));
        rest = next;
    }
    Some(words.join("\r\n "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_subjects_are_left_alone() {
        for subject in ["", "1 new HIM job", "Codificación 👩 at Mercy Health", "a ?= b"] {
            assert_eq!(in_words(subject), None);
        }
    }

    #[test]
    fn others_are_read_as_they_were_meant() {
        for subject in ["=?utf-8?q?evil?=", " a", "a  b", &"x".repeat(1200), &"é👩".repeat(300), " "] {
            let words = in_words(subject).unwrap();
            let mut read = Vec::new();
            for word in words.split("\r\n ") {
                assert!(word.len() <= 66, "{word}");
                let inner = word.strip_prefix("=?utf-8?b?").unwrap().strip_suffix("?=").unwrap();
                let octets = STANDARD.decode(inner).unwrap();
                assert!(std::str::from_utf8(&octets).is_ok());
                read.extend(octets);
            }
            assert_eq!(String::from_utf8(read).unwrap(), subject);
        }
    }
}
