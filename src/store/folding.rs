//! How facets and addresses become words of the text index, and facets parts of the narrow row.

use crate::model::{facet_name, plain_address};

/// Makes a word of the tags column: letters and digits alone, under a prefix that no text has.
pub(super) fn tag(kind: &str, value: &str) -> String {
    let letters = value.chars().filter(|letter| letter.is_alphanumeric()).take(64);
    format!("zq{kind}{}", letters.flat_map(char::to_lowercase).collect::<String>())
}

/// Makes a word of the tags column of an address, by which a job is found without its words being
/// words of the text.
pub(super) fn address_tag(address: &str) -> String {
    tag("ur", blake3::hash(plain_address(address).as_bytes()).to_hex().get(..32).unwrap_or_default())
}

/// Stands in every job's tags, so that "everything but" can be asked.
pub(super) const EVERY_JOB: &str = "zqall";

/// Names a facet of the narrow row: kind and value between spaces.
pub(super) fn facet(kind: &str, value: &str) -> String {
    format!(" {} ", facet_name(kind, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_one_word_whatever_the_value_holds() {
        assert_eq!(tag("st", "O\"H) OR x"), "zqstohorx");
        assert_eq!(facet("st", "o h"), " st:oh ");
    }
}
