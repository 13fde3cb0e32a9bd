//! Takes the words off a place that are not its name: `Greater Boston area`, `City of Dublin`,
//! `Naval Base, Norfolk, Virginia`.
//!
//! A name is first looked up as it stands; these readings are for names that are not found so.

use super::super::states::State;

/// Words before a name that say which part of a place, or what kind of place.
const BEFORE: [&str; 10] =
    ["city of", "town of", "village of", "borough of", "greater", "downtown", "metropolitan", "metro", "near", "the"];
/// Words after a name.
const AFTER: [&str; 13] = [
    "metropolitan statistical area",
    "metropolitan",
    "metro",
    "areas",
    "area",
    "region",
    "vicinity",
    "and surrounding",
    "& surrounding",
    "surrounding",
    "downtown",
    "borough",
    "boro",
];
/// Names that several townships of New Jersey have.
const COMMON_TOWNSHIPS: [&str; 12] = [
    "fairfield",
    "franklin",
    "greenwich",
    "hamilton",
    "hopewell",
    "lawrence",
    "mansfield",
    "monroe",
    "ocean",
    "springfield",
    "union",
    "washington",
];

/// Gives the names that a wording may mean, the likeliest first, without the wording itself.
pub(super) fn readings<'t>(wording: &'t str, state: &State) -> Vec<&'t str> {
    let name = without_state(wording, state);
    let mut found = vec![name];
    if let Some((before, after)) = name.rsplit_once(',') {
        // `Naval Base, Norfolk`, but also `Springfield, Lane County` and `Saipan, Mariana Island`.
        if !is_county(after) {
            found.push(after.trim());
        }
        found.push(before.split(',').next().unwrap_or_default().trim());
    }
    // `Boston, MA area` shows its state only now.
    let bare: Vec<_> = found.iter().map(|name| without_state(bare_name(name), state)).collect();
    found.extend(bare);
    found.extend(without_township(name, state));
    found.retain(|name| !name.is_empty() && *name != wording);
    found.dedup();
    found
}

/// Takes words that are no part of a name off both of its ends.
pub(super) fn bare_name(name: &str) -> &str {
    let mut name = name.split_once('(').map_or(name, |(before, _)| before).trim();
    loop {
        let before = BEFORE.iter().find_map(|word| strip_before(name, word));
        match before.or_else(|| AFTER.iter().find_map(|word| strip_after(name, word))) {
            Some(shorter) => name = shorter,
            None => return name,
        }
    }
}

/// Takes the word township off a name, in New Jersey only: there the township is the place of that
/// name, elsewhere it mostly is another one (Millcreek Township, PA, is not Mill Creek, PA).
fn without_township<'t>(name: &'t str, state: &State) -> Option<&'t str> {
    let shorter = ["township", "twp"].iter().find_map(|word| strip_after(name, word));
    let shorter = shorter.or_else(|| strip_before(name, "township of"))?;
    let is_common = COMMON_TOWNSHIPS.iter().any(|common| common.eq_ignore_ascii_case(shorter));
    (state.code == "NJ" && !is_common).then_some(shorter)
}

/// Takes the state, a ZIP code and the country off the end of a place: `Columbus, OH 43215, USA`.
pub(super) fn without_state<'t>(text: &'t str, state: &State) -> &'t str {
    let mut name = without_country(text);
    if let Some((before, last)) = name.rsplit_once([' ', ','])
        && super::ZipCode::parse(last).is_some()
    {
        name = trim(before);
    }
    let shorter = strip_after(name, state.code).or_else(|| strip_after(name, state.name));
    let dotted = || (state.code == "DC").then(|| strip_after(name, "D.C")).flatten();
    shorter.or_else(dotted).unwrap_or(name)
}

/// Takes the country off the end of a place.
pub(super) fn without_country(text: &str) -> &str {
    let name = trim(text);
    let country = ["United States of America", "United States", "U.S.A", "USA", "U.S", "US"];
    country.iter().find_map(|country| strip_after(name, country)).unwrap_or(name)
}

fn is_county(part: &str) -> bool {
    let part = part.trim().to_ascii_lowercase();
    part.ends_with(" county") || part.ends_with(" parish")
}

fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, ',' | '.' | ';' | '-' | '/' | '|'))
}

/// Strips a word from the beginning of a name, in any case, if something is left.
fn strip_before<'t>(name: &'t str, word: &str) -> Option<&'t str> {
    let (start, rest) = name.split_at_checked(word.len())?;
    let is_word = rest.starts_with(|letter: char| letter.is_whitespace() || letter == '-');
    (start.eq_ignore_ascii_case(word) && is_word).then(|| trim(rest)).filter(|rest| !rest.is_empty())
}

/// Strips a word from the end of a name, in any case, if something is left.
fn strip_after<'t>(name: &'t str, word: &str) -> Option<&'t str> {
    let name = name.trim_end_matches('.');
    let (rest, end) = name.split_at_checked(name.len().checked_sub(word.len())?)?;
    let is_word = rest.ends_with(|letter: char| !letter.is_alphanumeric());
    (end.eq_ignore_ascii_case(word) && is_word).then(|| trim(rest)).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::states;
    use super::*;

    #[test]
    fn names_stand_without_their_wording() {
        for (wording, name) in [
            ("Greater Boston area", "Boston"),
            ("Greater Boston Metropolitan Area", "Boston"),
            ("City of Dublin", "Dublin"),
            ("Cherry Hill Township", "Cherry Hill Township"),
            ("Downtown Columbus", "Columbus"),
            ("Columbus (Polaris)", "Columbus"),
            ("Area", "Area"),
            ("The", "The"),
        ] {
            assert_eq!(bare_name(wording), name, "{wording}");
        }
    }

    #[test]
    fn only_townships_of_new_jersey_are_places() {
        let jersey = states::find("NJ").unwrap();
        for name in ["Cherry Hill Township", "Cherry Hill Twp.", "Township of Cherry Hill"] {
            assert_eq!(without_township(name, jersey), Some("Cherry Hill"), "{name}");
            assert_eq!(without_township(name, states::find("PA").unwrap()), None, "{name}");
        }
        assert_eq!(without_township("Washington Township", jersey), None);
    }

    #[test]
    fn the_state_is_no_part_of_the_name() {
        for (text, code, name) in [
            ("Columbus, OH", "OH", "Columbus"),
            ("Columbus, Ohio 43215, USA", "OH", "Columbus"),
            ("Washington DC", "DC", "Washington"),
            ("Washington, D.C.", "DC", "Washington"),
            ("New York", "NY", "New York"),
            ("Columbus, OH", "GA", "Columbus, OH"),
        ] {
            assert_eq!(without_state(text, states::find(code).unwrap()), name, "{text}");
        }
    }

    #[test]
    fn the_part_after_the_last_comma_is_the_city() {
        let virginia = states::find("VA").unwrap();
        assert!(readings("Naval Base, Norfolk, Virginia", virginia).contains(&"Norfolk"));
        assert!(readings("Springfield, Fairfax County", virginia).contains(&"Springfield"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,40}|(the |City of |, |area|twp|VA|é| |-|\\(){0,9}") {
            for name in readings(&text, states::find("VA").unwrap()) {
                prop_assert!(!name.is_empty());
            }
        }
    }
}
