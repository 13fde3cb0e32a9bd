//! Finds what a person may have meant by a place that is not known.

use std::cmp::Reverse;

use super::Places;
use super::fold::fold;
use super::table::PlaceRow;

/// How many names are proposed at most.
const MOST: usize = 3;
/// The least size (binary digits of the inhabitants) of a place that is proposed without a state.
const WORTH_NAMING: u8 = 14;

impl Places {
    /// Gives places whose names are spelled nearly so, or that begin so, in the state if one is given;
    /// and places of just that name in other states.
    pub(super) fn similar(&self, name: &str, state: Option<&str>) -> Vec<String> {
        let sought = fold(name);
        let allowed = if sought.len() < 5 { 1 } else { 2 };
        let mut found = Vec::new();
        for (key, places) in self.table.keys() {
            let Some(steps) = steps_between(&sought, key, allowed) else { continue };
            for place in places.filter(|place| !place.is_shadowed() && !place.is_alias()) {
                let is_here = state.is_none_or(|state| state == place.state);
                let is_great = state.is_some() || place.size >= WORTH_NAMING;
                if (is_here && is_great) || (steps == 0 && !is_here) {
                    found.push((steps + usize::from(!is_here), Reverse(place.size), written(&place)));
                }
            }
        }
        found.sort();
        found.dedup_by(|a, b| a.2 == b.2);
        found.into_iter().take(MOST).map(|(_, _, name)| name).collect()
    }

    /// Gives the places of just this name with their states, the most populous first, and its size.
    pub(super) fn states_with(&self, name: &str) -> (Vec<String>, u8) {
        let here = self.table.places_of(&fold(name)).filter(|place| !place.is_shadowed() && !place.is_alias());
        let mut found: Vec<_> = here.map(|place| (Reverse(place.size), written(&place))).collect();
        found.sort();
        found.dedup();
        let size = found.first().map_or(0, |(size, _)| size.0);
        (found.into_iter().map(|(_, name)| name).collect(), size)
    }
}

fn written(place: &PlaceRow<'_>) -> String {
    format!("{}, {}", place.name, place.state)
}

/// Gives how many letters differ, or none where they are too many. A beginning counts as one step.
fn steps_between(sought: &str, key: &str, allowed: usize) -> Option<usize> {
    if sought == key {
        return Some(0);
    }
    if sought.len() >= 4 && key.starts_with(sought) {
        return Some(1);
    }
    if sought.is_empty() || sought.len().abs_diff(key.len()) > allowed {
        return None;
    }
    Some(strsim::osa_distance(sought, key)).filter(|steps| *steps <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_meant_is_named() {
        let places = Places::bundled();
        assert_eq!(places.similar("Columbis", Some("OH")).first().map(String::as_str), Some("Columbus, OH"));
        assert_eq!(places.similar("Cincinatti", None).first().map(String::as_str), Some("Cincinnati, OH"));
        assert!(places.similar("Cincinnati", Some("TX")).contains(&"Cincinnati, OH".to_owned()));
        assert!(places.similar("", None).is_empty());
        assert!(places.similar("xyzzyxyzzyxyzzy", None).is_empty());
        assert_eq!(places.states_with("Columbus").0.first().map(String::as_str), Some("Columbus, OH"));
    }
}
