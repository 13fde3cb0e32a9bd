//! Finds cities by name.

use super::fold::{LONGEST, fold};
use super::table::PlaceRow;
use super::wording::{bare_name, readings};
use super::{Places, Spot, military};
use crate::reference::states::{self, State, is_military};

/// The longest wording that is looked into, in bytes.
const LONGEST_WORDING: usize = 2 * LONGEST;

/// What a state has under a name.
pub(super) enum Found<'a> {
    /// One place, or one that outshines the others.
    One(PlaceRow<'a>),
    /// Several places that cannot be told apart.
    Several,
    /// Nothing.
    Nothing,
}

impl Places {
    /// Finds a city, town, post office or part of a city by its name and state (code or name).
    ///
    /// Tolerates case, punctuation, accents, short forms (`St`, `Ft`, `Mt`, `N.`, `Twp`), the state in
    /// the name (`Washington DC`), and words around it (`City of Dublin`, `Greater Boston area`,
    /// `Naval Base, Norfolk`). `Township` is taken off in New Jersey only. Gives none for a name that
    /// several places of the state have, and never corrects a spelling.
    pub fn city(&self, name: &str, state: &str) -> Option<Spot<'_>> {
        let state = states::find(state)?;
        if is_military(state.code) {
            let name = name.trim();
            return ["APO", "FPO", "DPO"]
                .iter()
                .any(|word| word.eq_ignore_ascii_case(name))
                .then(|| military(state.code));
        }
        match self.find_worded(name, state) {
            Found::One(place) => Some(self.spot_of(&place)),
            Found::Several | Found::Nothing => None,
        }
    }

    /// Finds a city that its name alone means: the only one in the US, or one with far more inhabitants
    /// than all others of that name together. Never Columbus, Portland, Springfield or Washington.
    pub fn unique_city(&self, name: &str) -> Option<Spot<'_>> {
        if name.len() > LONGEST_WORDING {
            return None;
        }
        let find = |name| self.table.places_of(&fold(name)).find(PlaceRow::is_unmistakable);
        find(name).or_else(|| find(bare_name(name))).map(|place| self.spot_of(&place))
    }

    /// Finds a name in a state, as it stands or without the words around it.
    pub(super) fn find_worded(&self, wording: &str, state: &State) -> Found<'_> {
        if wording.len() > LONGEST_WORDING {
            return Found::Nothing;
        }
        let as_it_stands = self.find(wording, state);
        if !matches!(as_it_stands, Found::Nothing) {
            return as_it_stands;
        }
        let mut readings = readings(wording, state).into_iter().map(|name| self.find(name, state));
        readings.find(|found| !matches!(found, Found::Nothing)).unwrap_or(Found::Nothing)
    }

    fn find(&self, name: &str, state: &State) -> Found<'_> {
        let key = fold(name);
        if key.is_empty() {
            return Found::Nothing;
        }
        let mut here = self.table.places_in(&key, state.code).filter(|place| !place.is_shadowed());
        match (here.next(), here.next()) {
            (Some(place), None) => Found::One(place),
            (Some(_), Some(_)) => Found::Several,
            (None, _) => Found::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(city: &str, state: &str) -> String {
        Places::bundled().city(city, state).map_or_else(String::new, |spot| format!("{}, {}", spot.name, spot.state))
    }

    #[test]
    fn many_spellings_are_one_city() {
        for (city, state, found) in [
            ("columbus", "OH", "Columbus, OH"),
            ("COLUMBUS", "ohio", "Columbus, OH"),
            ("Saint Louis", "MO", "St. Louis, MO"),
            ("St Louis", "Missouri", "St. Louis, MO"),
            ("Ft. Worth", "TX", "Fort Worth, TX"),
            ("Mt. Vernon", "OH", "Mount Vernon, OH"),
            ("N. Canton", "OH", "North Canton, OH"),
            ("Winston Salem", "NC", "Winston-Salem, NC"),
            ("Mayaguez", "PR", "Mayag\u{fc}ez, PR"),
            ("City of Dublin", "OH", "Dublin, OH"),
            ("Cherry Hill Twp", "NJ", "Cherry Hill, NJ"),
            ("Greater Boston area", "MA", "Boston, MA"),
            ("Naval Base, Norfolk", "VA", "Norfolk, VA"),
            ("Pentagon, Arlington, Virginia", "Virginia", "Arlington, VA"),
            ("Washington DC", "District of Columbia", "Washington, DC"),
            ("District of Columbia", "DC", "Washington, DC"),
            ("NYC", "NY", "New York, NY"),
            ("New York City", "NY", "New York, NY"),
            ("Bronx", "NY", "Bronx, NY"),
            ("Columbus, OH 43215", "OH", "Columbus, OH"),
            ("Wright-Patterson Air Force Base", "OH", "Wright-Patterson AFB, OH"),
            ("Coeur d\u{2019}Alene", "ID", "Coeur d'Alene, ID"),
        ] {
            assert_eq!(name(city, state), found, "{city}, {state}");
        }
    }

    #[test]
    fn what_is_not_sure_is_not_found() {
        for (city, state) in [
            ("Columbis", "OH"),
            ("LA", "CA"),
            ("Washington Township", "NJ"),
            ("Millcreek Township", "PA"),
            ("Columbus", "ZZ"),
            ("Columbus", "AK"),
            ("Anywhere", "OH"),
            ("", "OH"),
            ("Building 12", "OH"),
            ("Ramstein", "AE"),
        ] {
            assert_eq!(name(city, state), "", "{city}, {state}");
        }
    }

    #[test]
    fn some_names_need_no_state() {
        let unique = |name: &str| Places::bundled().unique_city(name).map(|spot| spot.state);
        for (city, state) in [
            ("Chicago", "IL"),
            ("Cincinnati", "OH"),
            ("Los Angeles", "CA"),
            ("Greater Boston area", "MA"),
            ("NYC", "NY"),
            ("Washington, D.C.", "DC"),
            ("Ft. Lauderdale", "FL"),
            ("Chattanooga", "TN"),
        ] {
            assert_eq!(unique(city), Some(state), "{city}");
        }
        for city in [
            "Columbus",
            "Springfield",
            "Portland",
            "Washington",
            "New York",
            "Aurora",
            "Remote",
            "Mobile",
            "Paris",
            "London",
            "Ohio",
            "Kansas City",
            "Rochester",
            "",
        ] {
            assert_eq!(unique(city), None, "{city}");
        }
    }
}
