//! Writes a shouted name in plain letters, where that cannot spoil an acronym.

/// Words of four letters and fewer that are no acronyms.
const SHORT: [&str; 26] = [
    "of", "and", "the", "for", "at", "in", "on", "by", "to", "city", "care", "home", "lake", "park", "east", "west",
    "good", "bay", "new", "san", "los", "our", "lady", "holy", "hill", "st",
];
/// Those of them that stay small inside a name.
const SMALL: usize = 9;

/// Gives the name with capitals only where names have them, if it is all capitals and long enough
/// to be words.
pub(super) fn calm(name: &str) -> String {
    let shouted = !name.bytes().any(|b| b.is_ascii_lowercase())
        && name.split(' ').count() > 1
        && name.split(' ').any(|word| word.len() >= 5);
    if !shouted {
        return name.to_owned();
    }
    let words = name.split(' ').enumerate().map(|(at, word)| calm_word(word, at == 0));
    words.collect::<Vec<_>>().join(" ")
}

fn calm_word(word: &str, first: bool) -> String {
    let letters = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let known = SHORT.iter().position(|short| *short == letters);
    let speakable = letters.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    if known.is_none() && (letters.len() < 5 || !speakable) {
        return word.to_owned();
    }
    if known.is_some_and(|at| at < SMALL) && !first {
        return word.to_lowercase();
    }
    let mut capital = true;
    word.chars()
        .flat_map(|c| {
            let lower: String = if capital { c.to_uppercase().collect() } else { c.to_lowercase().collect() };
            // A hyphen begins a word, an apostrophe none.
            capital = if c.is_alphanumeric() { false } else { capital || matches!(c, '-' | '/' | '.') };
            lower.chars().collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shouted_names_are_calmed_and_acronyms_kept() {
        assert_eq!(calm("CITY OF VICTORVILLE"), "City of Victorville");
        assert_eq!(calm("HCA FLORIDA BRANDON HOSPITAL"), "HCA Florida Brandon Hospital");
        assert_eq!(calm("CHILDREN'S HOSPITAL (TOLEDO)"), "Children's Hospital (Toledo)");
        assert_eq!(calm("UPMC"), "UPMC");
        assert_eq!(calm("MIT Libraries"), "MIT Libraries");
    }
}
