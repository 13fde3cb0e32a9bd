//! `jobLocation` in all the shapes boards give it: places, addresses, texts, several of each.

use super::value::Ld;
use crate::model::RawPlace;

/// So many places are kept; federal registers name some hundreds.
const MAX_PLACES: usize = 1000;

/// Reads every place of a value, each once; words that speak of remote work go to `work_mode`.
pub(super) fn raw_places(value: &Ld<'_>, work_mode: &mut Vec<String>) -> Vec<RawPlace> {
    let mut places: Vec<RawPlace> = Vec::new();
    for item in value.items().iter().take(MAX_PLACES) {
        if item.is_a("VirtualLocation") {
            work_mode.push("VirtualLocation".to_owned());
            continue;
        }
        let addresses = item.get("address").map_or(&[][..], Ld::items);
        let found: Vec<RawPlace> = match addresses {
            [] => raw_place(item, item).into_iter().collect(),
            several => several.iter().take(MAX_PLACES).filter_map(|address| raw_place(address, item)).collect(),
        };
        for place in found {
            // Neighbours are compared, not all: a long list stays cheap, and later stages fold the rest.
            if places.len() < MAX_PLACES && !places.iter().rev().take(50).any(|known| *known == place) {
                places.push(place);
            }
        }
    }
    if places.iter().any(|place| place.locality.as_deref().is_some_and(|city| city.eq_ignore_ascii_case("remote"))) {
        work_mode.push("Remote".to_owned());
    }
    places
}

/// Reads one address; coordinates stand at the address or at the place around it.
fn raw_place(address: &Ld<'_>, place: &Ld<'_>) -> Option<RawPlace> {
    let part = |name: &str| address.get(name).and_then(Ld::words).map(std::borrow::Cow::into_owned);
    let (latitude, longitude) = coordinates(address).or_else(|| coordinates(place)).unzip();
    let mut found = RawPlace {
        text: None,
        locality: part("addressLocality"),
        region: part("addressRegion"),
        postal_code: part("postalCode"),
        country: part("addressCountry"),
        street: part("streetAddress"),
        latitude,
        longitude,
    };
    let parts = [&found.locality, &found.region, &found.postal_code, &found.country, &found.street];
    if parts.into_iter().all(Option::is_none) {
        found.text = match address {
            Ld::Text(_) => address.words(),
            _ => place.get("name").or_else(|| address.get("name")).and_then(Ld::words),
        }
        .map(std::borrow::Cow::into_owned);
        if found.text.is_none() && found.latitude.is_none() {
            return None;
        }
    }
    Some(found)
}

/// Reads `geo`, or coordinates that stand at the value itself.
fn coordinates(value: &Ld<'_>) -> Option<(f64, f64)> {
    let holder = value.get("geo").and_then(|geo| geo.items().first()).unwrap_or(value);
    let degree = |name: &str| holder.get(name)?.words()?.trim().parse::<f64>().ok().filter(|degree| degree.is_finite());
    let (latitude, longitude) = (degree("latitude")?, degree("longitude")?);
    let real = (latitude.abs() <= 90.0) && (longitude.abs() <= 180.0) && (latitude != 0.0 || longitude != 0.0);
    real.then_some((latitude, longitude))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(json: &str) -> (Vec<RawPlace>, Vec<String>) {
        let mut work_mode = Vec::new();
        let found = raw_places(&Ld::strict(json).unwrap(), &mut work_mode);
        (found, work_mode)
    }

    #[test]
    fn parts_countries_as_objects_and_coordinates_are_read() {
        let (found, _) = places(
            r#"{"@type":"Place","geo":{"latitude":"39.96","longitude":-83.0},"address":{"addressLocality":"Columbus",
            "addressRegion":"OH","postalCode":43215,"addressCountry":{"@type":"Country","name":"US"},"streetAddress":"Unavailable"}}"#,
        );
        let place = &found[0];
        assert_eq!((place.locality.as_deref(), place.region.as_deref()), (Some("Columbus"), Some("OH")));
        assert_eq!((place.postal_code.as_deref(), place.country.as_deref()), (Some("43215"), Some("US")));
        assert_eq!((place.street.as_deref(), place.latitude, place.longitude), (None, Some(39.96), Some(-83.0)));
    }

    #[test]
    fn texts_lists_and_names_are_read_once_each() {
        let (found, _) =
            places(r#"["Dayton, OH", "Dayton, OH", {"name":"Main Campus"}, {"address":"Akron, OH"}, "N/A", {}]"#);
        let texts: Vec<_> = found.iter().filter_map(|place| place.text.as_deref()).collect();
        assert_eq!(texts, ["Dayton, OH", "Main Campus", "Akron, OH"]);
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn remote_as_a_city_speaks_of_remote_work() {
        let (found, work_mode) = places(r#"{"address":{"addressLocality":"Remote","addressRegion":"California"}}"#);
        assert_eq!(found[0].region.as_deref(), Some("California"));
        assert_eq!(work_mode, ["Remote"]);
        assert_eq!(places(r#"{"@type":"VirtualLocation"}"#), (vec![], vec!["VirtualLocation".to_owned()]));
    }
}
