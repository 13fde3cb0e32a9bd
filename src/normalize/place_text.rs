//! Reads a place from one text: `Columbus, OH 43215`, `Naval Base, Norfolk, Virginia`,
//! `Remote, California, United States`, `Anywhere in the U.S. (remote job)`.

use super::line::{clean_text, is_placeholder};
use super::place_spelling::{City, city_of, keep_city, separate, without_asides, without_dashed};
use super::regions::{country_by_name, country_code, province_code, state_code};
use crate::model::{Place, Precision, WorkMode};

/// The longest text that can name places.
const LONGEST: usize = 600;
/// Words for a place that is no place yet.
const NOWHERE: [&str; 14] = [
    "location negotiable",
    "multiple locations",
    "various locations",
    "various",
    "multiple",
    "many vacancies",
    "to be determined",
    "see description",
    "see posting",
    "location varies",
    "multiple cities",
    "multiple states",
    "several locations",
    "all locations",
];
/// Words for the whole of the US.
const WHOLE_US: [&str; 8] = [
    "nationwide",
    "anywhere in the u.s",
    "anywhere in the us",
    "throughout the nation",
    "anywhere in the united states",
    "anywhere in the continental",
    "anywhere in the contiguous",
    "anywhere in usa",
];

/// What a text says about where the work is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PlaceReading {
    /// The places it names, in order.
    pub(super) places: Vec<Place>,
    /// The work mode it names besides.
    pub(super) mode: Option<WorkMode>,
    /// Whether it says remote from anywhere in the country.
    pub(super) anywhere: bool,
    /// Whether it says in words that no place can be named (`Multiple Locations`).
    pub(super) nowhere: bool,
}

/// Gives the precision that the parts of an address have.
pub(super) fn precision_of(place: &Place) -> Precision {
    if place.postal_code.is_some() {
        Precision::PostalCode
    } else if place.locality.is_some() {
        Precision::City
    } else if place.region.is_some() {
        Precision::Region
    } else {
        Precision::Country
    }
}

/// Reads every place that a text names, and the work mode it gives away.
pub(super) fn read_places(raw: &str) -> PlaceReading {
    let mut reading = PlaceReading::default();
    let Some(text) = clean_text(raw).filter(|text| text.len() <= LONGEST) else { return reading };
    let lower = text.to_ascii_lowercase();
    if WHOLE_US.iter().any(|words| lower.contains(words)) {
        reading.anywhere = ["remote", "home"].iter().any(|word| lower.contains(word)) || lower.starts_with("anywhere");
        reading.mode = reading.anywhere.then_some(WorkMode::Remote);
        reading.places.push(Place { country: Some("US".to_owned()), ..Place::default() });
        return reading;
    }
    let text = text.replace(", or ", ", ").replace(", and ", ", ");
    for part in separate(&text) {
        let (mode, rest) = without_mode(part);
        reading.mode = reading.mode.or(mode);
        let lower = rest.to_ascii_lowercase();
        if NOWHERE.iter().any(|words| lower == *words || (words.contains(' ') && lower.contains(words))) {
            reading.nowhere = true;
            // `Location Negotiable After Selection, United States` still names the country, and
            // `Multiple Locations, OH` the state.
            let named = rest.rsplit_once(',').map(|(_, last)| single_part(last.trim()));
            reading.places.extend(named.filter(|place| place.country.is_some() || place.region.is_some()));
            continue;
        }
        // `Remote (OH, KY, IN)` shows its list only without the mode.
        let rest = without_asides(&rest);
        let named = |place: &Place| *place != Place::default();
        reading.places.extend(separate(&rest).into_iter().filter_map(one_place).filter(named));
    }
    share_states(&mut reading.places);
    reading
}

/// Gives a city without a state that of the city behind it: `Akron/Canton, OH`.
fn share_states(places: &mut [Place]) {
    let mut state: Option<String> = None;
    for place in places.iter_mut().rev() {
        let bare = place.region.is_none() && place.country.is_none() && place.locality.is_some();
        if bare {
            place.region.clone_from(&state);
        }
        state.clone_from(&place.region);
    }
}

/// Takes words for the work mode out of a place: `Columbus, OH (on-site)`, `Remote - Ohio`.
fn without_mode(part: &str) -> (Option<WorkMode>, String) {
    let lower = part.to_ascii_lowercase();
    if !["remote", "site", "hybrid", "home", "office", "telecommut", "virtual", "person"]
        .iter()
        .any(|w| lower.contains(w))
    {
        return (None, part.to_owned());
    }
    let mut mode = None;
    let mut kept: Vec<String> = Vec::new();
    for piece in part.split([',', '(', ')', '[', ']']) {
        let mut words: Vec<&str> = Vec::new();
        for piece in piece.split(" - ").flat_map(|piece| piece.split(" \u{2013} ")) {
            match mode_words(piece) {
                Some((found, rest)) => {
                    mode = mode.or(Some(found));
                    words.extend((!rest.is_empty()).then_some(rest));
                }
                None => match trailing_mode(piece) {
                    Some((found, rest)) => {
                        mode = mode.or(Some(found));
                        words.push(rest);
                    }
                    None => words.push(piece),
                },
            }
        }
        kept.push(words.join(" - ").trim().to_owned());
    }
    kept.retain(|piece| !piece.is_empty());
    (mode, kept.join(", "))
}

/// Reads a piece that begins with a work mode, and gives what stands behind it (`Remote in Ohio`).
pub(super) fn mode_words(piece: &str) -> Option<(WorkMode, &str)> {
    const WORDS: [(&str, WorkMode); 17] = [
        ("hybrid remote", WorkMode::Hybrid),
        ("hybrid", WorkMode::Hybrid),
        ("100% remote", WorkMode::Remote),
        ("fully remote", WorkMode::Remote),
        ("remote job", WorkMode::Remote),
        ("remote position", WorkMode::Remote),
        ("remote", WorkMode::Remote),
        ("work from home", WorkMode::Remote),
        ("work at home", WorkMode::Remote),
        ("telecommute", WorkMode::Remote),
        ("virtual", WorkMode::Remote),
        ("home based", WorkMode::Remote),
        ("on-site", WorkMode::Onsite),
        ("on site", WorkMode::Onsite),
        ("onsite", WorkMode::Onsite),
        ("in-person", WorkMode::Onsite),
        ("in office", WorkMode::Onsite),
    ];
    let piece = piece.trim();
    let (word, mode) = WORDS.into_iter().find(|(word, _)| starts_with_word(piece, word))?;
    let rest = piece.get(word.len()..)?.trim_start_matches([' ', '-', ':', '/']);
    let rest = ["in ", "within ", "from "].iter().find_map(|w| rest.strip_prefix(w)).unwrap_or(rest);
    Some((mode, rest))
}

/// Reads a piece that ends with a work mode: `Texas Remote`.
fn trailing_mode(piece: &str) -> Option<(WorkMode, &str)> {
    let modes = [(" remote", WorkMode::Remote), (" hybrid", WorkMode::Hybrid), (" onsite", WorkMode::Onsite)];
    modes.into_iter().find_map(|(word, mode)| {
        let at = piece.len().checked_sub(word.len())?;
        piece.get(at..).filter(|tail| tail.eq_ignore_ascii_case(word)).and(piece.get(..at)).map(|rest| (mode, rest))
    })
}

fn starts_with_word(text: &str, word: &str) -> bool {
    let head = text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    head && text.as_bytes().get(word.len()).is_none_or(|b| !b.is_ascii_alphanumeric())
}

/// Reads one place, from its end: country, ZIP code, state, and what is left is the locality.
fn one_place(text: &str) -> Option<Place> {
    let text = without_asides(without_dashed(text));
    let mut parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !is_placeholder(part)).collect();
    parts.truncate(8);
    if parts.is_empty() {
        return None;
    }
    if let [single] = *parts.as_slice() {
        return Some(single_part(single));
    }
    let mut place = Place::default();
    // `Columbus, OH, US, 43215` has the code behind the country.
    take_postal_code(&mut parts, &mut place);
    take_country(&mut parts, &mut place);
    take_postal_code(&mut parts, &mut place);
    take_region(&mut parts, &mut place);
    if place.region.is_some() {
        keep_city(&mut parts);
    }
    // `Singapore, Singapore` and `Washington DC, District of Columbia` name one place twice.
    set_city(&parts.join(", "), &mut place);
    place.precision = precision_of(&place);
    Some(place)
}

/// Sets the locality, spelled as a city; a part of a state gives the state.
fn set_city(words: &str, place: &mut Place) {
    let name = locality_of(words, place.region.as_deref());
    match name.map(|name| city_of(&name, place.region.is_some())) {
        Some(City::Named(name)) => place.locality = Some(name).filter(|name| !name.is_empty()),
        Some(City::PartOf(code)) => place.region = Some(code.to_owned()),
        Some(City::Nickname) | None => place.locality = None,
    }
}

fn take_country(parts: &mut Vec<&str>, place: &mut Place) {
    let Some(last) = parts.last().copied() else { return };
    let before = parts.len().checked_sub(2).and_then(|at| parts.get(at)).copied().unwrap_or_default();
    let region_before =
        state_code(without_digits(before)).is_some() || province_code(before.get(..2).unwrap_or(before)).is_some();
    let found = match country_by_name(last) {
        // `Atlanta, Georgia`: where a country's name is a state's too, the state is meant.
        Some(_) if state_code(last).is_some() && !region_before => None,
        Some(code) => Some(code),
        None if last.len() == 2 && region_before => country_code(last),
        None if last.len() == 2 && state_code(last).is_none() && province_code(last).is_none() => country_code(last),
        None => None,
    };
    if let Some(code) = found {
        place.country = Some(code.to_owned());
        parts.pop();
    }
}

fn without_digits(part: &str) -> &str {
    part.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == ' ')
}

fn take_postal_code(parts: &mut Vec<&str>, place: &mut Place) {
    let Some(last) = parts.last_mut().filter(|_| place.postal_code.is_none()) else { return };
    let start = last.rfind(' ').map_or(0, |at| at + 1);
    let Some(code) = last.get(start..).filter(|code| is_zip(code)) else { return };
    place.postal_code = Some(code.to_owned());
    *last = last.get(..start).unwrap_or_default().trim_end();
    if last.is_empty() {
        parts.pop();
    }
}

/// Tells whether a word is a ZIP or ZIP+4 code.
pub(super) fn is_zip(word: &str) -> bool {
    let (five, four) = word.split_once('-').unwrap_or((word, "0000"));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    five.len() == 5 && four.len() == 4 && all_digits(five) && all_digits(four)
}

fn take_region(parts: &mut Vec<&str>, place: &mut Place) {
    let Some(last) = parts.last().copied() else { return };
    let foreign = place.country.as_deref().is_some_and(|country| country != "US");
    let region = match place.country.as_deref() {
        Some("CA") => province_code(last.split(' ').next().unwrap_or(last)).or_else(|| province_code(last)),
        _ if foreign => None,
        _ => state_code(last),
    };
    if let Some(code) = region {
        place.region = Some(code.to_owned());
        parts.pop();
    } else if let Some(code) = province_code(last).filter(|_| place.country.is_none() && parts.len() > 1) {
        place.region = Some(code.to_owned());
        place.country = Some("CA".to_owned());
        parts.pop();
    } else if foreign && parts.len() > 1 {
        place.region = Some(last.to_owned());
        parts.pop();
    } else if let Some(code) = parts.first().copied().and_then(whole_state).filter(|_| parts.len() == 2 && !foreign) {
        // `OH, Columbus`.
        place.region = Some(code.to_owned());
        parts.remove(0);
    }
}

/// Reads a text without commas: a state, a country, a ZIP code, `Columbus OH 43215`, `US-OH-Columbus`,
/// or else a city.
fn single_part(text: &str) -> Place {
    let mut place = Place::default();
    if is_zip(text) {
        place.postal_code = Some(text.to_owned());
    } else if let Some(country) = country_by_name(text).filter(|_| state_code(text).is_none()) {
        place.country = Some(country.to_owned());
    } else if let Some(state) = whole_state(text) {
        place.region = Some(state.to_owned());
    } else if !dashed(text, &mut place) {
        trailing_state(text, &mut place);
    }
    place.precision = precision_of(&place);
    place
}

/// Reads a text that is a state and nothing else. `Washington` alone is a state or a city: unknown.
fn whole_state(text: &str) -> Option<&'static str> {
    let code = state_code(text)?;
    let shouted = text.len() > 2 || text.bytes().all(|b| b.is_ascii_uppercase());
    (shouted && !text.eq_ignore_ascii_case("washington")).then_some(code)
}

/// Reads `US-OH-Columbus` and `OH-Columbus`.
fn dashed(text: &str, place: &mut Place) -> bool {
    let mut parts: Vec<&str> = text.split('-').map(str::trim).collect();
    if parts.len() > 1 && matches!(parts.first(), Some(&("US" | "USA"))) {
        place.country = Some("US".to_owned());
        parts.remove(0);
    } else if parts.len() < 2 {
        return false;
    }
    let state = parts.first().copied().and_then(whole_state);
    if state.is_none() && place.country.is_none() {
        return false;
    }
    if state.is_some() {
        place.region = state.map(str::to_owned);
        parts.remove(0);
    }
    if let Some(code) = parts.pop_if(|part| is_zip(part)) {
        place.postal_code = Some(code.to_owned());
    }
    set_city(&parts.join("-"), place);
    true
}

/// Reads `Columbus OH` and `Columbus OH 43215`; anything else is a city.
fn trailing_state(text: &str, place: &mut Place) {
    let mut rest = text;
    if let Some((before, code)) = text.rsplit_once(' ').filter(|(_, code)| is_zip(code)) {
        place.postal_code = Some(code.to_owned());
        rest = before.trim_end();
    }
    if let Some((before, code)) = rest.rsplit_once(' ') {
        if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) && state_code(code).is_some() {
            place.region = state_code(code).map(str::to_owned);
            rest = before;
        }
    } else if place.postal_code.is_some() && whole_state(rest).is_some() {
        place.region = whole_state(rest).map(str::to_owned);
        rest = "";
    }
    set_city(rest.trim_end_matches([' ', '-', ',']), place);
}

/// Names the locality; the capital goes by one name in its district.
pub(super) fn locality_of(text: &str, region: Option<&str>) -> Option<String> {
    let text = text.trim();
    let capital = ["Washington DC", "Washington D.C.", "Washington, DC", "District of Columbia"];
    if region == Some("DC") && capital.iter().any(|name| name.eq_ignore_ascii_case(text)) {
        return Some("Washington".to_owned());
    }
    (!is_placeholder(text) && text.chars().any(char::is_alphanumeric)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes places as `locality/region/postal code/country`.
    fn read(text: &str) -> String {
        let word = |part: &Option<String>| part.clone().unwrap_or_default();
        let line = |p: &Place| {
            format!("{}/{}/{}/{}", word(&p.locality), word(&p.region), word(&p.postal_code), word(&p.country))
        };
        read_places(text).places.iter().map(line).collect::<Vec<_>>().join(" + ")
    }

    #[test]
    fn places_in_the_us_are_read_from_their_end() {
        for (text, expected) in [
            ("Columbus, OH", "Columbus/OH//"),
            ("Columbus, Ohio", "Columbus/OH//"),
            ("Columbus, OH 43215", "Columbus/OH/43215/"),
            ("Columbus, OH, 43215-1234, US", "Columbus/OH/43215-1234/US"),
            ("Columbus, OH, United States", "Columbus/OH//US"),
            ("Philadelphia, PA, US", "Philadelphia/PA//US"),
            ("Columbus OH", "Columbus/OH//"),
            ("Columbus OH 43215", "Columbus/OH/43215/"),
            ("OH 43215", "/OH/43215/"),
            ("43215", "//43215/"),
            ("Ohio", "/OH//"),
            ("United States", "///US"),
            ("US-OH-Columbus", "Columbus/OH//US"),
            ("Winston-Salem", "Winston-Salem///"),
            ("Columbus", "Columbus///"),
            ("Washington", "Washington///"),
            ("Pentagon, Arlington, Virginia", "Pentagon, Arlington/VA//"),
            ("New York, New York, United States", "New York/NY//US"),
            ("Atlanta, Georgia", "Atlanta/GA//"),
            ("San Juan, Puerto Rico", "San Juan/PR//"),
            ("FAA Offices Throughout the Nation, ", "///US"),
            ("St. Louis, Missouri", "St. Louis/MO//"),
            ("Saint Paul, Minnesota 55101", "Saint Paul/MN/55101/"),
            ("Columbus, OH, US, 43215", "Columbus/OH/43215/US"),
            ("Greater Boston area, MA", "Boston/MA//"),
            ("Greater Cincinnati", ""),
            ("Bay Area", ""),
            ("Northeast Ohio", "/OH//"),
            ("Columbus, OH - Riverside Hospital", "Columbus/OH//"),
            ("Riverside Hospital - Columbus, OH", "Columbus/OH//"),
            ("Columbus, OH (Main Campus)", "Columbus/OH//"),
            ("100 Main St, Columbus, OH 43215", "Columbus/OH/43215/"),
            ("Columbus, Franklin County, OH", "Columbus/OH//"),
            ("Montgomery County, Maryland", "Montgomery County/MD//"),
            ("Ft. Wayne, IN", "Fort Wayne/IN//"),
            ("Worcester, Mass.", "Worcester/MA//"),
            ("OH, Columbus", "Columbus/OH//"),
            ("Washington, DC", "Washington/DC//"),
            ("NYC", "NYC///"),
            ("Columbus, OH area", "Columbus/OH//"),
            ("OH-Columbus-43215", "Columbus/OH/43215/"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn naval_base_norfolk_and_the_district_map_to_place_and_state() {
        assert_eq!(read("Naval Base, Norfolk, Virginia"), "Naval Base, Norfolk/VA//");
        assert_eq!(read("Washington DC, District of Columbia"), "Washington/DC//");
        assert_eq!(read("Washington, District of Columbia"), "Washington/DC//");
        assert_eq!(read("District of Columbia, District of Columbia"), "Washington/DC//");
    }

    #[test]
    fn foreign_places_get_their_country_and_no_state() {
        for (text, expected) in [
            ("London, UK", "London///GB"),
            ("Singapore, Singapore", "Singapore///SG"),
            ("Hong Kong, HKG", "Hong Kong///HK"),
            ("Toronto, Ontario, Canada", "Toronto/ON//CA"),
            ("Toronto, ON, CA", "Toronto/ON//CA"),
            ("Toronto, ON", "Toronto/ON//CA"),
            ("Munich, Bavaria, Germany", "Munich/Bavaria//DE"),
            ("Strelsau, Ruritania", "Strelsau, Ruritania///"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn remote_is_a_mode_and_never_a_city() {
        for (text, expected, mode) in [
            ("Remote", "", WorkMode::Remote),
            ("Remote, California, United States", "/CA//US", WorkMode::Remote),
            ("Remote - Ohio", "/OH//", WorkMode::Remote),
            ("Remote, OH", "/OH//", WorkMode::Remote),
            ("Columbus, OH (remote)", "Columbus/OH//", WorkMode::Remote),
            ("Columbus, OH, United States (on-site)", "Columbus/OH//US", WorkMode::Onsite),
            ("Hybrid remote in Columbus, OH", "Columbus/OH//", WorkMode::Hybrid),
            ("Work From Home", "", WorkMode::Remote),
            ("Dayton, Ohio (hybrid)", "Dayton/OH//", WorkMode::Hybrid),
            ("United States (Remote)", "///US", WorkMode::Remote),
            ("Remote (OH, KY, IN)", "/OH// + /KY// + /IN//", WorkMode::Remote),
            ("Remote (Ohio residents only)", "/OH//", WorkMode::Remote),
            ("Texas Remote", "/TX//", WorkMode::Remote),
            ("Remote (must live in FL, GA, or SC)", "/FL// + /GA// + /SC//", WorkMode::Remote),
            ("Work from Home, Nationwide", "///US", WorkMode::Remote),
        ] {
            assert_eq!(read(text), expected, "{text}");
            assert_eq!(read_places(text).mode, Some(mode), "{text}");
        }
    }

    #[test]
    fn anywhere_in_the_us_is_remote_in_the_whole_country() {
        for text in ["Anywhere in the U.S. (remote job), United States", "Anywhere in the U.S. (remote job)"] {
            let reading = read_places(text);
            assert_eq!((reading.mode, reading.anywhere, read(text).as_str()), (Some(WorkMode::Remote), true, "///US"));
        }
        assert_eq!((read_places("Nationwide").mode, read("Nationwide").as_str()), (None, "///US"));
    }

    #[test]
    fn negotiable_and_multiple_locations_are_neither_remote_nor_a_city() {
        for text in [" Location Negotiable After Selection", "Multiple Locations", "Various"] {
            let reading = read_places(text);
            assert!(reading.nowhere && reading.mode.is_none() && reading.places.is_empty(), "{text}");
        }
        let reading = read_places("Location Negotiable After Selection, United States");
        assert!(reading.nowhere && reading.mode.is_none());
        assert_eq!(read("Location Negotiable After Selection, United States"), "///US");
        assert_eq!(read("N/A"), "");
        assert_eq!(read("Unknown, Ohio"), "/OH//");
    }

    #[test]
    fn several_places_in_one_text_stay_in_order() {
        assert_eq!(read("Columbus, OH; Dayton, OH"), "Columbus/OH// + Dayton/OH//");
        assert_eq!(read("Portland, OR or Seattle, WA"), "Portland/OR// + Seattle/WA//");
        assert_eq!(read("Columbus, OH | Remote"), "Columbus/OH//");
        assert_eq!(read("Ohio, Kentucky, Indiana"), "/OH// + /KY// + /IN//");
        assert_eq!(read("Cincinnati, Ohio; Covington, KY"), "Cincinnati/OH// + Covington/KY//");
        assert_eq!(read("Phoenix, AZ / Tucson, AZ"), "Phoenix/AZ// + Tucson/AZ//");
        assert_eq!(read("Columbus and Dayton, OH"), "Columbus/OH// + Dayton/OH//");
        assert_eq!(read("Akron/Canton, OH"), "Akron/OH// + Canton/OH//");
        assert_eq!(read("Columbus, OH, Dayton, OH"), "Columbus/OH// + Dayton/OH//");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,80}|(Remote|OH|, | - |US|[0-9]{5}|\\(|;|é|Ohio|-){0,12}") {
            for place in read_places(&text).places {
                prop_assert!(place.locality.is_none_or(|name| !name.trim().is_empty()));
            }
        }
    }
}
