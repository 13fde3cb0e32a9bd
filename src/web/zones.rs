//! The time zones to choose from: those of the United States by the names people know, then all others.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono_tz::{TZ_VARIANTS, Tz};

/// Zones under one heading, each with what is shown of it.
pub(super) struct ZoneGroup {
    pub(super) label: &'static str,
    pub(super) zones: Vec<(&'static str, String)>,
}

const UNITED_STATES: [(&str, &str); 11] = [
    ("America/New_York", "Eastern time"),
    ("America/Chicago", "Central time"),
    ("America/Denver", "Mountain time"),
    ("America/Phoenix", "Arizona, no daylight saving"),
    ("America/Los_Angeles", "Pacific time"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Puerto Rico, Virgin Islands"),
    ("Pacific/Guam", "Guam, Northern Marianas"),
    ("Pacific/Pago_Pago", "American Samoa"),
    ("UTC", "Universal time, UTC"),
];

const REGIONS: [&str; 9] =
    ["Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

/// Every zone, made once.
pub(super) static GROUPS: LazyLock<Vec<ZoneGroup>> = LazyLock::new(|| {
    let known = UNITED_STATES.iter().map(|(zone, label)| (*zone, format!("{label} ({zone})").replace('_', " ")));
    let mut regions: BTreeMap<&'static str, Vec<(&'static str, String)>> = BTreeMap::new();
    let is_first = |zone: &str| UNITED_STATES.iter().any(|(known, _)| *known == zone);
    for zone in TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|zone| !is_first(zone)) {
        let Some((region, place)) = zone.split_once('/') else { continue };
        if let Some(region) = REGIONS.iter().find(|known| **known == region) {
            regions.entry(region).or_default().push((zone, place.replace('_', " ").replace('/', ", ")));
        }
    }
    let first = ZoneGroup { label: "United States", zones: known.collect() };
    let others = regions.into_iter().map(|(label, zones)| ZoneGroup { label, zones });
    std::iter::once(first).chain(others).collect()
});

/// Tells whether a zone can be chosen from the list; others are zones as well, by older names.
pub(super) fn is_listed(zone: &str) -> bool {
    GROUPS.iter().any(|group| group.zones.iter().any(|(name, _)| *name == zone))
}

/// Reads a zone by its IANA name.
pub(super) fn read(text: &str) -> Option<Tz> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_that_is_offered_is_one() {
        let mut offered = GROUPS.iter().flat_map(|group| &group.zones);
        assert!(offered.all(|(zone, label)| read(zone).is_some() && !label.is_empty()));
        assert!(GROUPS.len() == 10 && is_listed("America/Indiana/Knox") && !is_listed("US/Eastern"));
        assert!(read("US/Eastern").is_some() && read("Mars/Olympus").is_none());
    }
}
