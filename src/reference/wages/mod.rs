//! What occupations earn: the percentiles of annual wages that BLS releases for the nation, the states
//! and metropolitan areas (Occupational Employment and Wage Statistics).
//!
//! `config/wages/README.md` says which occupations and which release. A wage is ranked only among
//! numbers that were released; nothing is modelled or carried over from another area.

mod error;
mod quartiles;
mod read;
mod standing;

use std::sync::OnceLock;

pub use error::{Trouble, WageError};
pub use standing::{AreaKind, Rank, Standing};

use super::states;

/// The data, compiled in.
static BUNDLED: &[u8] = include_bytes!("../../../config/wages/wages.csv.zst");
/// The most bytes that the data may have when unpacked.
const LARGEST: usize = 8 * 1024 * 1024;
/// BLS's code of the whole nation.
const NATION: &str = "0000000";
/// The percentiles that BLS releases.
pub(super) const PERCENTILES: [u8; 5] = [10, 25, 50, 75, 90];

/// An area that wages are released for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Area {
    code: String,
    name: String,
    kind: AreaKind,
}

/// An occupation.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Occupation {
    soc: String,
    title: String,
}

/// The wages of one occupation in one area.
#[derive(Clone, Debug)]
struct Row {
    occupation: usize,
    area: usize,
    /// Annual wages at [`PERCENTILES`]; `None` where BLS released none.
    marks: [Option<u32>; 5],
}

/// Annual wages by occupation and area.
#[derive(Clone, Debug, Default)]
pub struct Wages {
    occupations: Vec<Occupation>,
    areas: Vec<Area>,
    /// In the order of occupation and area.
    rows: Vec<Row>,
    release: Option<String>,
}

impl Wages {
    /// Gives the wages that are compiled in. The first call unpacks them, in a few milliseconds.
    ///
    /// A build whose data are damaged knows no wages; a test holds that ours are whole.
    pub fn bundled() -> &'static Self {
        static WAGES: OnceLock<Wages> = OnceLock::new();
        WAGES.get_or_init(|| {
            let csv = zstd::bulk::decompress(BUNDLED, LARGEST).unwrap_or_default();
            Self::from_csv(csv.as_slice()).unwrap_or_default()
        })
    }

    /// Gives the release, as the table states it: `May 2025`.
    pub fn release(&self) -> Option<&str> {
        self.release.as_deref()
    }

    /// Gives the codes and titles of all occupations.
    pub fn occupations(&self) -> impl Iterator<Item = (&str, &str)> {
        self.occupations.iter().map(|occupation| (occupation.soc.as_str(), occupation.title.as_str()))
    }

    /// Ranks an annual wage among those of an occupation (`29-2072`) where it is paid.
    ///
    /// The metropolitan area (`0018140` or `18140`) is used if its percentiles were released, else the
    /// state (USPS code or name), else the nation. Gives none for an occupation that the table lacks
    /// and for what is no wage.
    pub fn standing(&self, soc: &str, state: Option<&str>, metro: Option<&str>, annual: f64) -> Option<Standing<'_>> {
        if !annual.is_finite() || annual <= 0.0 {
            return None;
        }
        let occupation = self.occupations.binary_search_by(|known| known.soc.as_str().cmp(soc.trim())).ok()?;
        let metro = metro.map(|code| format!("{:0>7}", code.trim()));
        let state = state.and_then(states::find).map(|state| format!("{}00000", state.fips));
        let areas = [metro.as_deref(), state.as_deref(), Some(NATION)];
        let row = areas.into_iter().flatten().find_map(|area| self.row(occupation, area))?;
        let area = self.areas.get(row.area)?;
        let occupation = self.occupations.get(row.occupation)?;
        Some(Standing {
            rank: standing::rank(&row.marks, annual)?,
            area: &area.name,
            area_code: &area.code,
            kind: area.kind,
            soc: &occupation.soc,
            occupation: &occupation.title,
            median: row.marks.get(2).copied().flatten(),
            release: self.release(),
        })
    }

    /// Finds the wages of an occupation in an area, if enough of them were released to rank among.
    fn row(&self, occupation: usize, area: &str) -> Option<&Row> {
        let area = self.areas.binary_search_by(|known| known.code.as_str().cmp(area)).ok()?;
        let at = self.rows.binary_search_by_key(&(occupation, area), |row| (row.occupation, row.area)).ok()?;
        self.rows.get(at).filter(|row| row.marks.iter().flatten().count() >= 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::places::Places;

    #[test]
    fn the_bundled_table_is_whole() {
        let wages = Wages::bundled();
        assert_eq!(wages.release(), Some("May 2025"));
        let known: Vec<_> = wages.occupations().map(|(soc, _)| soc).collect();
        for soc in ["29-2072", "29-9021", "31-9094", "11-9111", "15-1211", "43-3021"] {
            assert!(known.contains(&soc), "{soc}");
        }
        assert_eq!((wages.rows.len(), wages.areas.len()), (5031, 583));
    }

    #[test]
    fn wages_are_ranked_where_they_are_paid() {
        let stand =
            |state, metro, annual| Wages::bundled().standing("29-2072", state, metro, annual).unwrap().to_string();
        let columbus = Some("0018140");
        assert_eq!(
            stand(Some("OH"), columbus, 51_230.0),
            "about the 50th percentile in Columbus, OH (BLS OEWS May 2025)"
        );
        assert_eq!(
            stand(Some("OH"), Some("18140"), 20_000.0),
            "below the 10th percentile in Columbus, OH (BLS OEWS May 2025)"
        );
        assert_eq!(stand(None, columbus, 99_000.0), "above the 90th percentile in Columbus, OH (BLS OEWS May 2025)");
        assert_eq!(stand(None, None, 51_140.0), "about the 50th percentile in the United States (BLS OEWS May 2025)");
        let ohio = Wages::bundled().standing("29-2072", Some("Ohio"), Some("0099999"), 55_000.0).unwrap();
        assert_eq!((ohio.area, ohio.area_code, ohio.kind), ("Ohio", "3900000", AreaKind::State));
        assert!(matches!(ohio.rank, Rank::About(percentile) if (50..75).contains(&percentile)));
    }

    #[test]
    fn areas_without_released_wages_give_way() {
        // BLS released no health information technologists for most small areas.
        let wages = Wages::bundled();
        let abilene = wages.standing("29-9021", Some("TX"), Some("0010180"), 60_000.0).unwrap();
        assert_eq!(abilene.area, "Texas");
        let guam = wages.standing("29-9021", Some("GU"), None, 60_000.0).unwrap();
        assert_eq!(guam.kind, AreaKind::Nation);
        assert_eq!(wages.standing("99-9999", None, None, 60_000.0), None);
        for annual in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(wages.standing("29-2072", None, None, annual), None);
        }
    }

    #[test]
    fn every_metropolitan_area_of_a_place_has_wages() {
        for zip in ["43215", "10001", "60601", "06510", "00901", "96813", "99501"] {
            let metro = Places::bundled().zip(zip).unwrap().metro.unwrap();
            let standing = Wages::bundled().standing("29-2072", None, Some(metro.code), 50_000.0).unwrap();
            assert_eq!((standing.area, standing.kind), (metro.name, AreaKind::Metropolitan), "{zip}");
        }
    }
}
