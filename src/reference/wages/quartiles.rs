//! The middle of an occupation's wages, for reports to set beside what postings state.

use super::{NATION, Wages};
use crate::model::BlsQuartiles;
use crate::reference::states;

impl Wages {
    /// Gives the quartiles of an occupation (`29-2072`) in a state, or in the nation where none is
    /// named; none where too few percentiles were released there.
    #[must_use]
    pub fn quartiles(&self, soc: &str, state: Option<&str>) -> Option<BlsQuartiles> {
        let occupation = self.occupations.binary_search_by(|known| known.soc.as_str().cmp(soc.trim())).ok()?;
        let code = match state {
            Some(state) => states::find(state).map(|state| format!("{}00000", state.fips))?,
            None => NATION.to_owned(),
        };
        let row = self.row(occupation, &code)?;
        let area = self.areas.get(row.area)?;
        let [_, p25, p50, p75, _] = row.marks.map(|mark| mark.map(f64::from));
        Some(BlsQuartiles {
            soc: soc.trim().to_owned(),
            area: if code == NATION { "United States".to_owned() } else { area.name.clone() },
            year: self.release()?.rsplit(' ').next()?.parse().ok()?,
            p25,
            p50,
            p75,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quartiles_of_a_state_stand_beside_those_of_the_nation() {
        let nation = Wages::bundled().quartiles("29-2072", None).unwrap();
        assert_eq!((nation.area.as_str(), nation.year, nation.p50), ("United States", 2025, Some(51_140.0)));
        let ohio = Wages::bundled().quartiles("29-2072", Some("OH")).unwrap();
        assert_eq!(ohio.area, "Ohio");
        assert!(ohio.p25 < ohio.p50 && ohio.p50 < ohio.p75);
        assert_eq!(Wages::bundled().quartiles("00-0000", None), None);
    }
}
