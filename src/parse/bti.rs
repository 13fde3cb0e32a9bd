//! What the RSS form of the Boxwood/Naylor engine hides in plain elements: the id and the posting's
//! own page in the link, the place in the first words of the description.

use crate::model::{Completeness, RawPlace, RawPosting};

/// What the engine's page says when a search finds nothing; the apostrophe before it comes in
/// several spellings.
const EMPTY_WORDS: &str = "find any jobs that match your criteria";

/// How far into a description its place may reach, in bytes.
const LONGEST_PLACE: usize = 120;

/// Tells whether a page is the engine's own "no jobs" page.
pub(super) fn says_empty(html: &str) -> bool {
    html.contains(EMPTY_WORDS)
}

/// Settles identity, page and place of one posting.
pub(super) fn refine(posting: &mut RawPosting) {
    let number =
        posting.url.as_deref().and_then(number_in).or_else(|| posting.posting_id.as_deref().and_then(number_in));
    if let Some(number) = number.map(str::to_owned) {
        // The engine numbers the postings of all its boards together.
        posting.network_id = Some(format!("bti:{number}"));
        posting.posting_id = Some(number);
    }
    if let Some(url) = posting.url.as_mut().filter(|url| number_in(url).is_some()) {
        *url = url.replacen("/jobs/rss/", "/jobs/", 1);
    }
    if let Some((place, rest)) = posting.description.as_deref().and_then(leading_place) {
        let rest = rest.to_owned();
        if posting.job_location.is_empty() {
            posting.job_location.push(place);
        }
        posting.description = (!rest.is_empty()).then_some(rest);
    }
    // The feed's texts are cut, whatever their length.
    posting.completeness = if posting.description.is_some() { Completeness::Teaser } else { Completeness::ListRow };
}

/// Finds the number in `/jobs/rss/19449282/title` or `/jobs/19449282/title`.
pub(super) fn number_in(url: &str) -> Option<&str> {
    let (_, after) = url.split_once("/jobs/")?;
    let after = after.strip_prefix("rss/").unwrap_or(after);
    let end = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
    let (number, rest) = after.split_at_checked(end)?;
    (!number.is_empty() && (rest.is_empty() || rest.starts_with(['/', '?', '#']))).then_some(number)
}

/// Splits `Charlotte, North Carolina,  Little is…` into the place and the text. The engine writes
/// two spaces after the place; where they were lost, only a known state tells a place from a
/// sentence with commas.
fn leading_place(description: &str) -> Option<(RawPlace, &str)> {
    // A little more than a place is looked at, to see what follows it.
    let mut window = (LONGEST_PLACE + 4).min(description.len());
    while !description.is_char_boundary(window) {
        window -= 1;
    }
    let head = description.get(..window)?;
    let marked = [",  ", ", \u{a0}", ",\u{a0} ", ",\u{a0}\u{a0}"].iter().filter_map(|mark| head.find(mark)).min();
    if let Some(place) = marked.and_then(|end| place_of(description.get(..end)?)) {
        return Some((place, rest_after(description, marked?)));
    }
    let second = head
        .match_indices(", ")
        .nth(1)
        .map_or_else(|| head.trim_end().strip_suffix(',').map(str::len), |(at, _)| Some(at))?;
    let place = place_of(description.get(..second)?).filter(|place| place.region.as_deref().is_some_and(is_state))?;
    Some((place, rest_after(description, second)))
}

fn rest_after(description: &str, comma: usize) -> &str {
    description.get(comma + 1..).unwrap_or_default().trim_start()
}

/// Reads `City, Region`, `City, Region, Country` or a lone region.
fn place_of(text: &str) -> Option<RawPlace> {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if !parts.iter().all(|part| looks_like_name(part)) {
        return None;
    }
    let (locality, region, country) = match parts.as_slice() {
        [region] if is_state(region) => (None, Some(*region), None),
        [locality, region] => (Some(*locality), Some(*region), None),
        [locality, region, country] => (Some(*locality), Some(*region), Some(*country)),
        _ => return None,
    };
    let own = |part: Option<&str>| part.map(str::to_owned);
    Some(RawPlace {
        text: Some(parts.join(", ")),
        locality: own(locality),
        region: own(region),
        country: own(country),
        ..RawPlace::default()
    })
}

/// Tells whether a text could name a place: a few words that begin with capitals, no figures.
fn looks_like_name(text: &str) -> bool {
    const SMALL_WORDS: [&str; 8] = ["of", "the", "and", "de", "la", "du", "del", "or"];
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..=5).contains(&words.len())
        && text.len() <= 50
        && text.chars().all(|letter| letter.is_alphabetic() || " .'’-()/".contains(letter))
        && words.iter().all(|word| SMALL_WORDS.contains(word) || word.starts_with(|first: char| !first.is_lowercase()))
}

pub(super) fn is_state(name: &str) -> bool {
    const NAMES: &str = "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|District of Columbia|\
        Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|\
        Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|\
        New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|\
        Puerto Rico|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|\
        Washington|West Virginia|Wisconsin|Wyoming|Guam|Virgin Islands|American Samoa|\
        Northern Mariana Islands|Alberta|British Columbia|Manitoba|New Brunswick|Newfoundland and Labrador|\
        Northwest Territories|Nova Scotia|Nunavut|Ontario|Prince Edward Island|Quebec|Saskatchewan|Yukon|\
        United States";
    NAMES.split('|').any(|state| state == name)
        || (name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refined(url: &str, description: &str) -> RawPosting {
        let mut posting = RawPosting {
            url: Some(url.to_owned()),
            posting_id: Some(url.to_owned()),
            description: Some(description.to_owned()),
            ..RawPosting::default()
        };
        refine(&mut posting);
        posting
    }

    #[test]
    fn the_number_in_the_link_is_the_identity() {
        let posting = refined("https://jobs.example.org/jobs/rss/22273101/coder-ii", "x");
        assert_eq!(posting.posting_id.as_deref(), Some("22273101"));
        assert_eq!(posting.network_id.as_deref(), Some("bti:22273101"));
        assert_eq!(posting.url.as_deref(), Some("https://jobs.example.org/jobs/22273101/coder-ii"));
        let posting = refined("https://jobs.example.org/jobs/7/", "x");
        assert_eq!(posting.posting_id.as_deref(), Some("7"));
    }

    #[test]
    fn a_link_without_a_number_is_kept() {
        let posting = refined("https://jobs.example.org/jobs/rss/12b/coder", "x");
        assert_eq!(posting.posting_id.as_deref(), Some("https://jobs.example.org/jobs/rss/12b/coder"));
        assert_eq!(posting.network_id, None);
    }

    #[test]
    fn the_place_is_taken_off_the_description() {
        for (description, place, rest) in [
            (
                "St. Louis, Missouri,  Gateway Health seeks a coder.",
                "St. Louis, Missouri",
                "Gateway Health seeks a coder.",
            ),
            ("Dayton, Ohio, Miami Valley Health seeks, now.", "Dayton, Ohio", "Miami Valley Health seeks, now."),
            ("Leeds, West Yorkshire, United Kingdom,  A trust.", "Leeds, West Yorkshire, United Kingdom", "A trust."),
            (", Texas,  Lone Star Coding.", "Texas", "Lone Star Coding."),
            ("Reno, NV,", "Reno, NV", ""),
        ] {
            let posting = refined("https://a.example/jobs/1", description);
            assert_eq!(posting.job_location[0].text.as_deref(), Some(place), "{description}");
            assert_eq!(posting.description.as_deref().unwrap_or_default(), rest);
        }
    }

    #[test]
    fn a_sentence_with_commas_is_no_place() {
        for description in [
            "We seek coders, auditors,  and registrars.",
            "Mercy Health, Inc., is hiring.",
            "Coding Manager, Cancer Registry, and more.",
            "In 2026, Ohio, we grow.",
            "Plain.",
            "",
        ] {
            let posting = refined("https://a.example/jobs/1", description);
            assert_eq!(posting.job_location, [], "{description}");
            assert_eq!(posting.description.as_deref(), Some(description).filter(|text| !text.is_empty()).or(Some("")));
        }
    }

    #[test]
    fn the_engines_own_words_for_none_are_known() {
        assert!(says_empty("<p>Sorry, we couldn&#39;t find any jobs that match your criteria</p>"));
        assert!(!says_empty("<p>find any job</p>"));
    }
}
