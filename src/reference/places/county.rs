//! Finds counties and what stands in their place: parishes, boroughs, census areas, municipios,
//! Connecticut's planning regions, and cities that are in no county.

use super::fold::{LONGEST, fold};
use super::{Places, Spot, SpotPrecision};
use crate::reference::states;

/// Words for what a county is, the longest first.
const KINDS: [&str; 14] = [
    "city and borough",
    "planning region",
    "census area",
    "municipality",
    "municipio",
    "district",
    "borough",
    "county",
    "parish",
    "region",
    "island",
    "cnty",
    "cty",
    "co",
];

impl Places {
    /// Finds a county by its name and state: `Montgomery County` in `MD`, `Orleans Parish` in `LA`.
    ///
    /// A name that a county and a city outside of it share (`Baltimore`, `Fairfax`) means neither unless
    /// it says `County` or `City`. Its point is the middle of its ZIP codes. Connecticut's eight
    /// counties are found as well as the planning regions that took their place, but have no
    /// metropolitan area.
    pub fn county(&self, name: &str, state: &str) -> Option<Spot<'_>> {
        let state = states::find(state)?.code;
        let name = name.trim().trim_end_matches('.');
        if name.len() > LONGEST {
            return None;
        }
        let plain = without_kind(name);
        let county = self.table.find_county(state, &fold(plain.unwrap_or(name)));
        let county = if plain.is_some() {
            county
        } else {
            match (county, self.table.find_county(state, &fold(&format!("{name} city")))) {
                (Some(_), Some(_)) => return None,
                (county, city) => county.or(city),
            }
        }?;
        Some(Spot {
            name: county.name,
            state: county.state,
            zip: None,
            county: Some(county.name),
            county_fips: Some(county.fips),
            metro: county.metro.and_then(|at| self.table.metro(at)),
            point: county.point,
            precision: SpotPrecision::County,
        })
    }
}

/// Takes the word for what a county is off its name.
fn without_kind(name: &str) -> Option<&str> {
    KINDS.iter().find_map(|kind| {
        let (start, end) = name.split_at_checked(name.len().checked_sub(kind.len())?)?;
        let plain = start.trim_end();
        (end.eq_ignore_ascii_case(kind) && plain.len() < start.len() && !plain.is_empty()).then_some(plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counties_are_found_by_name() {
        for (name, state, fips, metro) in [
            ("Montgomery County", "MD", "24031", "0047900"),
            ("montgomery co.", "Maryland", "24031", "0047900"),
            ("Franklin County", "OH", "39049", "0018140"),
            ("Orleans Parish", "LA", "22071", "0035380"),
            ("St. Tammany Parish", "LA", "22103", "0043640"),
            ("Saint Louis County", "MO", "29189", "0041180"),
            ("St. Louis City", "MO", "29510", "0041180"),
            ("Baltimore County", "MD", "24005", "0012580"),
            ("Baltimore city", "MD", "24510", "0012580"),
            ("Fairfax County", "VA", "51059", "0047900"),
            ("Alexandria", "VA", "51510", "0047900"),
            ("James City County", "VA", "51095", "0047260"),
            ("Carson City", "NV", "32510", "0016180"),
            ("Juneau City and Borough", "AK", "02110", ""),
            ("Hartford County", "CT", "09003", ""),
            ("Capitol Planning Region", "CT", "09110", "0025540"),
            ("Bayam\u{f3}n", "PR", "72021", "0041980"),
            ("St. Croix", "VI", "78010", ""),
            ("LaSalle County", "IL", "17099", ""),
            ("Prince Georges", "MD", "24033", "0047900"),
        ] {
            let spot = Places::bundled().county(name, state).unwrap_or_else(|| panic!("{name}, {state}"));
            assert_eq!(spot.county_fips, Some(fips), "{name}");
            assert_eq!(spot.metro.map_or("", |metro| metro.code), metro, "{name}");
            assert!(spot.point.is_some());
        }
    }

    #[test]
    fn what_is_not_sure_is_not_found() {
        for (name, state) in [
            ("Baltimore", "MD"),
            ("Fairfax", "VA"),
            ("County", "OH"),
            ("", "OH"),
            ("Montgomery County", "ME"),
            ("Montgomery County", ""),
        ] {
            assert_eq!(Places::bundled().county(name, state), None, "{name}, {state}");
        }
    }
}
