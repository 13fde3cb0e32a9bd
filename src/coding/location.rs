//! Looks up where a posting's places are: county, metropolitan area, coordinates.
//!
//! What the board states is never replaced; what is added says that it was looked up. A place that is
//! not found, or could be two, keeps what it has.

use crate::model::Place;
use crate::reference::places::{Places, Spot, SpotPrecision};

/// Where the data come from.
const SOURCE: &str = "from Census and GeoNames data";

/// A place's metropolitan area and state, for wages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WageArea {
    /// The area's code.
    pub(super) metro: Option<String>,
    /// The state's code.
    pub(super) state: Option<String>,
}

/// Fills in what can be looked up, anew each time.
pub(super) fn locate(places: &Places, list: &mut [Place]) {
    for place in list.iter_mut() {
        forget_derived(place);
        let spot = if is_american(place) { spot_of(places, place) } else { None };
        if let Some(spot) = &spot {
            fill(place, spot);
        }
    }
}

/// Gives the one area that all places lie in, as far as there is one.
pub(super) fn wage_area(places: &Places, list: &[Place]) -> WageArea {
    let mut areas: Vec<WageArea> = Vec::new();
    for place in list {
        let spot = if is_american(place) { spot_of(places, place) } else { None };
        let state = place.region.clone().filter(|_| is_american(place));
        let area = WageArea { metro: spot.and_then(|spot| spot.metro).map(|metro| metro.code.to_owned()), state };
        if !areas.contains(&area) {
            areas.push(area);
        }
    }
    common(&areas)
}

/// Tells what all areas share.
fn common(areas: &[WageArea]) -> WageArea {
    let Some(first) = areas.first() else { return WageArea::default() };
    let shared = |part: fn(&WageArea) -> &Option<String>| {
        part(first).clone().filter(|_| areas.iter().all(|area| part(area) == part(first)))
    };
    WageArea { metro: shared(|area| &area.metro), state: shared(|area| &area.state) }
}

fn is_american(place: &Place) -> bool {
    place.country.as_deref().is_none_or(|country| country == "US")
}

/// Takes out what was looked up before: the data may be better now.
fn forget_derived(place: &mut Place) {
    let Some(derived) = place.derived.take() else { return };
    place.county = None;
    place.metro = None;
    if derived.contains("coordinates") {
        place.latitude = None;
        place.longitude = None;
    }
    if derived.starts_with("state") {
        place.region = None;
    }
}

/// Finds the place: by ZIP code, where that agrees with the stated state; else by city and state;
/// else by a city that is unmistakable without one.
fn spot_of<'a>(places: &'a Places, place: &Place) -> Option<Spot<'a>> {
    let region = place.region.as_deref();
    let by_zip = place.postal_code.as_deref().and_then(|code| places.zip(code));
    if let Some(spot) = by_zip.filter(|spot| region.is_none_or(|region| region == spot.state)) {
        return Some(spot);
    }
    let city = place.locality.as_deref()?;
    match region {
        Some(state) => places.city(city, state),
        None => places.unique_city(city),
    }
}

fn fill(place: &mut Place, spot: &Spot<'_>) {
    let mut added: Vec<&str> = Vec::new();
    if place.region.is_none() {
        place.region = Some(spot.state.to_owned());
        added.push("state");
    }
    if let Some(county) = spot.county {
        place.county = Some(county.to_owned());
        added.push("county");
    }
    if let Some(metro) = spot.metro {
        place.metro = Some(metro.name.to_owned());
        added.push("metropolitan area");
    }
    if let (None, None, Some(point)) = (place.latitude, place.longitude, spot.point) {
        place.latitude = Some(point.latitude);
        place.longitude = Some(point.longitude);
        added.push(match spot.precision {
            SpotPrecision::ZipCode => "coordinates of the ZIP code",
            _ => "coordinates of the city",
        });
    }
    if !added.is_empty() {
        place.derived = Some(format!("{} {SOURCE}", added.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Precision;

    fn place(locality: &str, region: Option<&str>, zip: Option<&str>) -> Place {
        Place {
            locality: Some(locality.to_owned()).filter(|name| !name.is_empty()),
            region: region.map(str::to_owned),
            postal_code: zip.map(str::to_owned),
            country: Some("US".to_owned()),
            precision: Precision::City,
            ..Place::default()
        }
    }

    fn located(mut place: Place) -> Place {
        locate(Places::bundled(), std::slice::from_mut(&mut place));
        place
    }

    #[test]
    fn a_city_gets_county_area_and_coordinates_and_says_so() {
        let columbus = located(place("Columbus", Some("OH"), None));
        assert_eq!(columbus.county.as_deref(), Some("Franklin County"));
        assert_eq!(columbus.metro.as_deref(), Some("Columbus, OH"));
        assert!((columbus.latitude.unwrap() - 39.98).abs() < 0.1, "{columbus:?}");
        assert!(columbus.derived.as_deref().unwrap().contains("coordinates of the city"));
        assert_eq!(located(columbus.clone()), columbus, "looked up twice is looked up once");
    }

    #[test]
    fn what_is_stated_stays_and_a_contradiction_is_not_believed() {
        let stated = Place { latitude: Some(40.0), longitude: Some(-83.1), ..place("Columbus", Some("OH"), None) };
        let found = located(stated);
        assert_eq!((found.latitude, found.longitude), (Some(40.0), Some(-83.1)));
        assert!(!found.derived.as_deref().unwrap().contains("coordinates"));
        // A ZIP code of Kentucky beside Ohio: the city and state are believed.
        let found = located(place("Dayton", Some("OH"), Some("41011")));
        assert_eq!(found.county.as_deref(), Some("Montgomery County"));
    }

    #[test]
    fn a_city_without_a_state_is_found_only_if_unmistakable() {
        let chicago = located(place("Chicago", None, None));
        assert_eq!(chicago.region.as_deref(), Some("IL"));
        assert!(chicago.derived.as_deref().unwrap().starts_with("state"));
        assert_eq!(located(chicago.clone()), chicago);
        let springfield = located(place("Springfield", None, None));
        assert_eq!((springfield.region, springfield.latitude, springfield.derived), (None, None, None));
    }

    #[test]
    fn wages_are_of_the_area_that_all_places_share() {
        let area = |list: &[Place]| wage_area(Places::bundled(), list);
        let (columbus, dayton, covington) = (
            place("Columbus", Some("OH"), None),
            place("Dayton", Some("OH"), None),
            place("Covington", Some("KY"), None),
        );
        let ohio = area(&[columbus.clone(), dayton]);
        assert_eq!((ohio.metro, ohio.state.as_deref()), (None, Some("OH")));
        assert_eq!(area(&[columbus, covington]), WageArea::default());
        assert_eq!(area(&[]), WageArea::default());
    }
}
