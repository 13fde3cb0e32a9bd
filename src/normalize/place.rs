//! Turns a board's places into distinct places, in its order.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::line::{clean_part, clean_text, is_placeholder};
use super::notes::Notes;
use super::place_text::{PlaceReading, is_zip, locality_of, precision_of, read_places};
use super::regions::{country_code, province_code, state_code};
use crate::model::{Basis, BoardFacts, Field, Place, Precision, RawPlace, RawPosting, WorkMode};

/// How many distinct places one posting keeps; the most seen is 1,176.
const MOST_PLACES: usize = 2_000;
/// The evidence of a place that is not settled.
const UNSETTLED: &str = "says that the place is not settled";
/// How much of the board's words a field repeats, in bytes; `raw.job_location` has them all.
const RAW_SHOWN: usize = 300;

/// Where a posting's work is, and what its places say about the work mode.
#[derive(Debug, Default)]
pub(super) struct Whereabouts {
    /// The places.
    pub(super) places: Field<Vec<Place>>,
    /// A work mode that stands among the places, with the board's words.
    pub(super) mode: Option<(WorkMode, String)>,
    /// Whether the board says: remote, from anywhere in the country.
    pub(super) anywhere: bool,
    /// How many places the board listed, repeated ones included.
    pub(super) listed: usize,
}

impl Whereabouts {
    /// Tells whether the work is in the US, as far as anything says.
    pub(super) fn in_us(&self, facts: &BoardFacts) -> bool {
        match self.places.value.as_deref() {
            Some(places) if places.iter().any(|place| place.country.is_some()) => {
                places.iter().any(|place| place.country.as_deref() == Some("US"))
            }
            _ => facts.country.as_deref() == Some("US"),
        }
    }
}

/// Reads all places of a posting.
pub(super) fn whereabouts(raw: &RawPosting, facts: &BoardFacts, notes: &mut Notes) -> Whereabouts {
    let mut found = Whereabouts { listed: raw.job_location.len(), ..Whereabouts::default() };
    let mut gathered = Gathered::default();
    for place in &raw.job_location {
        gathered.take(place, facts, &mut found);
    }
    if let Some(summary) = raw.location_summary.as_deref() {
        let reading = read_places(summary);
        found.note(&reading, summary);
        gathered.nowhere |= reading.nowhere;
        if gathered.places.is_empty() {
            gathered.extend(reading.places, facts);
        }
    }
    found.places = gathered.into_field(raw, found.mode.is_some(), notes);
    found
}

impl Whereabouts {
    fn note(&mut self, reading: &PlaceReading, words: &str) {
        self.anywhere |= reading.anywhere;
        if self.mode.is_none() || reading.anywhere {
            self.mode = reading.mode.map(|mode| (mode, words.trim().to_owned())).or(self.mode.take());
        }
    }
}

/// Distinct places so far.
#[derive(Default)]
struct Gathered {
    places: Vec<Place>,
    seen: HashSet<String>,
    from_state: bool,
    from_board: bool,
    nowhere: bool,
}

impl Gathered {
    fn take(&mut self, raw: &RawPlace, facts: &BoardFacts, found: &mut Whereabouts) {
        let mut places = Vec::new();
        // USAJOBS gives the whole place as the city's name too; once is enough.
        let text = raw.text.as_deref().filter(|text| raw.locality.as_deref() != Some(*text) || !text.contains(','));
        for (words, is_part) in [(raw.locality.as_deref(), true), (text, false)] {
            let Some(words) = words.filter(|words| needs_reading(words, is_part)) else { continue };
            let reading = read_places(words);
            found.note(&reading, words);
            self.nowhere |= reading.nowhere;
            if places.is_empty() {
                places = reading.places;
            }
        }
        self.extend(with_parts(raw, places), facts);
    }

    fn extend(&mut self, places: Vec<Place>, facts: &BoardFacts) {
        for mut place in places {
            if is_blank(&place) || self.places.len() >= MOST_PLACES {
                continue;
            }
            self.settle_country(&mut place, facts);
            if self.seen.insert(identity(&place)) {
                self.places.push(place);
            }
        }
    }

    /// Derives a country that is not stated: from a US state, or else from the board's own country
    /// where nothing speaks against it.
    fn settle_country(&mut self, place: &mut Place, facts: &BoardFacts) {
        if place.country.is_some() {
            return;
        }
        let state = place.region.as_deref().and_then(state_code).is_some();
        if state {
            place.country = Some("US".to_owned());
            self.from_state = true;
        } else if facts.country.is_some() && (place.region.is_none() || us_zip(place, facts)) {
            place.country.clone_from(&facts.country);
            self.from_board = true;
        }
    }

    fn into_field(self, raw: &RawPosting, has_mode: bool, notes: &mut Notes) -> Field<Vec<Place>> {
        let Some(words) = words_of(raw) else { return Field::default() };
        if self.places.is_empty() {
            let said = self.nowhere || has_mode || clean_text(&words).is_none_or(|text| is_placeholder(&text));
            if !said {
                notes.unread("jobLocation", &words, "is no place");
            }
            let evidence = self.nowhere.then(|| UNSETTLED.to_owned());
            return Field { evidence, ..Field::unread(words) };
        }
        let evidence = match (self.from_board, self.from_state) {
            _ if self.nowhere && self.places.iter().all(|place| place.locality.is_none()) => Some(UNSETTLED.to_owned()),
            (true, _) => Some("country from the board's own".to_owned()),
            (_, true) => Some("country from the state".to_owned()),
            _ => None,
        };
        let basis = if evidence.is_some() { Basis::Derived } else { Basis::Stated };
        Field { raw: Some(words), value: Some(self.places), basis, evidence }
    }
}

/// Gives a place whose state is known the country that it lies in.
pub(super) fn from_state(place: Place) -> Place {
    let in_us = place.region.as_deref().and_then(state_code).is_some();
    let country = place.country.clone().or_else(|| in_us.then(|| "US".to_owned()));
    Place { country, ..place }
}

/// Tells whether words need the reader of texts: a whole place does, a part only if it says more
/// than a name (`Remote`, `Norfolk, Virginia`).
fn needs_reading(words: &str, is_part: bool) -> bool {
    if !is_part {
        return true;
    }
    let lower = words.to_ascii_lowercase();
    words.contains([',', '('])
        || ["remote", "anywhere", "negotiable", "hybrid", "multiple", "home", "virtual", "nationwide"]
            .iter()
            .any(|word| lower.contains(word))
}

/// Joins what the parts of an address say with what its text says; the parts come first.
fn with_parts(raw: &RawPlace, read: Vec<Place>) -> Vec<Place> {
    if read.len() > 1 {
        return read;
    }
    let from_text = !read.is_empty() || raw.text.is_some();
    let mut place = read.into_iter().next().unwrap_or_default();
    if let Some(country) = clean_part(raw.country.as_deref()).and_then(|text| country_code(&text)) {
        place.country = Some(country.to_owned());
    }
    set_region(&mut place, clean_part(raw.region.as_deref()));
    if let Some(name) = clean_part(raw.locality.as_deref()).filter(|name| !needs_reading(name, true)) {
        place.locality = locality_of(&name, place.region.as_deref());
    } else if !from_text && place.region.as_deref() == Some("DC") {
        place.locality = None;
    }
    if let Some(code) = clean_part(raw.postal_code.as_deref()).filter(|code| code.len() <= 12) {
        place.postal_code = Some(code);
    }
    place.precision = precision_of(&place);
    set_point(&mut place, raw);
    vec![place]
}

/// Sets the region: a USPS code inside the US, a province's code in Canada, the board's word elsewhere.
fn set_region(place: &mut Place, region: Option<String>) {
    let Some(region) = region else { return };
    let code = match place.country.as_deref() {
        Some("US") => state_code(&region).map(str::to_owned),
        Some("CA") => province_code(&region).map(str::to_owned).or(Some(region)),
        Some(_) => Some(region),
        None => match (state_code(&region), province_code(&region)) {
            (Some(state), _) => Some(state.to_owned()),
            (None, Some(province)) => {
                place.country = Some("CA".to_owned());
                Some(province.to_owned())
            }
            (None, None) => Some(region),
        },
    };
    place.region = code.or(place.region.take());
    // A locality that was read before the state was known may be the capital.
    place.locality = place.locality.take().and_then(|name| locality_of(&name, place.region.as_deref()));
}

/// Sets stated coordinates. 0 and 0 is a place in the sea that boards write for "none". Coordinates
/// beside a city are the city's; only with a street, or alone, are they a point.
fn set_point(place: &mut Place, raw: &RawPlace) {
    let street = clean_part(raw.street.as_deref()).is_some() && place.locality.is_some();
    if let (Some(latitude), Some(longitude)) = (raw.latitude, raw.longitude) {
        let on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        if on_earth && (latitude.abs() > 0.01 || longitude.abs() > 0.01) {
            place.latitude = Some(latitude);
            place.longitude = Some(longitude);
        }
    }
    if street || (place.latitude.is_some() && place.precision <= Precision::Region) {
        place.precision = Precision::Point;
    }
}

/// Tells whether an American board states a ZIP code, which a county in place of a state does not deny.
fn us_zip(place: &Place, facts: &BoardFacts) -> bool {
    facts.country.as_deref() == Some("US") && place.postal_code.as_deref().is_some_and(is_zip)
}

fn is_blank(place: &Place) -> bool {
    place.locality.is_none()
        && place.region.is_none()
        && place.postal_code.is_none()
        && place.country.is_none()
        && place.latitude.is_none()
}

fn identity(place: &Place) -> String {
    let word = |part: &Option<String>| part.as_deref().unwrap_or_default().to_lowercase();
    let mut key =
        [word(&place.locality), word(&place.region), word(&place.postal_code), word(&place.country)].join("\u{1f}");
    if place.locality.is_none() && place.latitude.is_some() {
        // Writing to a string cannot fail.
        let _ = write!(key, "\u{1f}{:?} {:?}", place.latitude, place.longitude);
    }
    key
}

/// Gives the board's own words: its summary, or its places one after the other.
fn words_of(raw: &RawPosting) -> Option<String> {
    if let Some(summary) = raw.location_summary.as_deref().filter(|words| !words.trim().is_empty()) {
        return Some(summary.to_owned());
    }
    let mut words = String::new();
    for place in &raw.job_location {
        let text = place.text.clone().filter(|text| !text.trim().is_empty()).unwrap_or_else(|| {
            let parts = [&place.street, &place.locality, &place.region, &place.postal_code, &place.country];
            parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
        });
        if text.is_empty() {
            continue;
        }
        if !words.is_empty() {
            words.push_str("; ");
        }
        words.push_str(&text);
        if words.len() > RAW_SHOWN && raw.job_location.len() > 1 {
            words.truncate(words.floor_char_boundary(RAW_SHOWN));
            words.push('\u{2026}');
            break;
        }
    }
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::super::test_board::{board, him_posting};
    use super::*;

    fn found(raw: &RawPosting) -> Whereabouts {
        whereabouts(raw, &board("ahima"), &mut Notes::default())
    }

    fn with_place(place: RawPlace) -> RawPosting {
        RawPosting { job_location: vec![place], ..him_posting() }
    }

    fn parts(locality: &str, region: &str, country: &str) -> RawPlace {
        let word = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        RawPlace { locality: word(locality), region: word(region), country: word(country), ..RawPlace::default() }
    }

    fn only(raw: &RawPosting) -> Place {
        found(raw).places.value.unwrap().remove(0)
    }

    #[test]
    fn full_state_and_country_names_become_codes() {
        let place = only(&with_place(parts("Columbus", "Ohio", "United States")));
        assert_eq!(
            (place.locality.as_deref(), place.region.as_deref(), place.country.as_deref()),
            (Some("Columbus"), Some("OH"), Some("US"))
        );
        assert_eq!(place.precision, Precision::City);
        let city_and_state = only(&with_place(parts("Norfolk, Virginia", "Virginia", "United States")));
        assert_eq!(city_and_state.locality.as_deref(), Some("Norfolk"));
        let capital = only(&with_place(parts("Washington DC, District of Columbia", "District of Columbia", "")));
        assert_eq!((capital.locality.as_deref(), capital.region.as_deref()), (Some("Washington"), Some("DC")));
    }

    #[test]
    fn a_missing_country_is_derived_from_the_state() {
        let field = found(&with_place(parts("Columbus", "OH", ""))).places;
        assert_eq!(field.value.as_ref().unwrap()[0].country.as_deref(), Some("US"));
        assert_eq!((field.basis, field.evidence.as_deref()), (Basis::Derived, Some("country from the state")));
    }

    #[test]
    fn foreign_places_without_a_subdivision_keep_their_country() {
        assert_eq!(only(&with_place(parts("Dakar, Senegal", "", "Senegal"))).country.as_deref(), Some("SN"));
        assert_eq!(only(&with_place(parts("London", "", "UK"))).country.as_deref(), Some("GB"));
        assert_eq!(only(&with_place(parts("Kowloon", "Unavailable", "HKG"))).region, None);
    }

    #[test]
    fn zero_and_zero_is_never_a_point() {
        let raw = with_place(RawPlace {
            text: Some("Anywhere in the U.S. (remote job), United States".into()),
            latitude: Some(0.0),
            longitude: Some(0.0),
            ..RawPlace::default()
        });
        let found = found(&raw);
        let place = &found.places.value.as_ref().unwrap()[0];
        assert_eq!((place.latitude, place.country.as_deref(), place.precision), (None, Some("US"), Precision::Country));
        assert!(found.anywhere && matches!(found.mode, Some((WorkMode::Remote, _))));
    }

    #[test]
    fn a_remote_city_is_evidence_and_no_city() {
        let found = found(&with_place(parts("Remote", "California", "United States")));
        let place = &found.places.value.as_ref().unwrap()[0];
        assert_eq!((place.locality.as_deref(), place.region.as_deref()), (None, Some("CA")));
        assert_eq!(found.mode, Some((WorkMode::Remote, "Remote".to_owned())));
    }

    #[test]
    fn repeated_places_are_kept_once_in_order() {
        let raw = RawPosting {
            location_summary: Some("Anywhere in the U.S. (remote job)".into()),
            job_location: vec![
                parts("Norfolk", "VA", "US"),
                parts("Dayton", "OH", "US"),
                parts("NORFOLK", "Virginia", "USA"),
            ],
            ..him_posting()
        };
        let found = found(&raw);
        let places = found.places.value.unwrap();
        assert_eq!(places.iter().map(|p| p.locality.as_deref().unwrap()).collect::<Vec<_>>(), ["Norfolk", "Dayton"]);
        assert!(found.anywhere && found.listed == 3);
    }

    #[test]
    fn a_zip_code_on_an_american_board_is_in_the_us_whatever_stands_for_the_state() {
        let county = RawPlace { postal_code: Some("12106".into()), ..parts("Kinderhook", "Columbia County", "") };
        assert_eq!(only(&with_place(county)).country.as_deref(), Some("US"));
        assert_eq!(only(&with_place(parts("Strelsau", "Ruritania Inferior", ""))).country, None);
    }

    #[test]
    fn negotiable_is_said_and_not_a_problem() {
        let mut notes = Notes::default();
        let raw = RawPosting {
            location_summary: Some(" Location Negotiable After Selection".into()),
            ..RawPosting::default()
        };
        let found = whereabouts(&raw, &board("ahima"), &mut notes);
        assert!(found.places.value.is_none() && found.places.evidence.is_some() && notes.problems.is_empty());
    }
}
