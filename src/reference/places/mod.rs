//! Where places in the US are: ZIP codes, cities, counties and states, with their coordinates and the
//! metropolitan areas for which BLS publishes wages.
//!
//! `config/places/README.md` says where the data come from and what they leave out. Nothing is
//! guessed: a name that means two places of a state means none here, and no spelling is corrected,
//! since one letter tells Milford from Wilford. [`Places::center`] alone, which a person asks,
//! says what may have been meant.

mod center;
mod city;
mod county;
mod distance;
mod fold;
mod packed;
mod suggest;
mod table;
mod wording;

use std::fmt;
use std::sync::OnceLock;

pub use center::PlaceError;
pub use distance::{Bounds, Point, box_around, distance_miles};
pub use packed::Damaged;

use self::table::{PlaceRow, Table};
use super::states::{self, is_military};
use crate::model;

/// The data, compiled in.
static BUNDLED: &[u8] = include_bytes!("../../../config/places/places.bin.zst");
/// The most bytes that the data may have when unpacked.
const LARGEST: usize = 8 * 1024 * 1024;
/// What a post office of the military is called; which ones there are changes too often for a table.
const MILITARY: &str = "Military post office";

/// How large an area a spot's point stands for, the finest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpotPrecision {
    /// A state.
    State,
    /// A county.
    County,
    /// A city or town.
    City,
    /// A ZIP code.
    ZipCode,
}

impl From<SpotPrecision> for model::Precision {
    fn from(precision: SpotPrecision) -> Self {
        match precision {
            SpotPrecision::State | SpotPrecision::County => Self::Region,
            SpotPrecision::City => Self::City,
            SpotPrecision::ZipCode => Self::PostalCode,
        }
    }
}

/// A ZIP code of five digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZipCode([u8; 5]);

impl ZipCode {
    /// Reads five digits, or the first five of a ZIP+4 (`43215-1234`, `432151234`).
    pub fn parse(text: &str) -> Option<Self> {
        let (code, rest) = text.trim().as_bytes().split_first_chunk::<5>()?;
        let more = rest.strip_prefix(b"-").unwrap_or(rest);
        let is_whole = rest.is_empty() || more.len() == 4;
        let digits = code.iter().chain(more).all(u8::is_ascii_digit);
        (is_whole && digits).then_some(Self(*code))
    }

    /// Gives the digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    fn from_number(mut number: u32) -> Self {
        let mut code = [b'0'; 5];
        for digit in code.iter_mut().rev() {
            *digit += u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
        Self(code)
    }

    /// Gives the military "state" whose post offices have such codes, by the rule of the USPS.
    fn military_state(self) -> Option<&'static str> {
        match self.as_str().get(..3)? {
            "340" => Some("AA"),
            "090" | "091" | "092" | "093" | "094" | "095" | "096" | "097" | "098" => Some("AE"),
            "962" | "963" | "964" | "965" | "966" => Some("AP"),
            _ => None,
        }
    }
}

impl fmt::Display for ZipCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl fmt::Debug for ZipCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ZipCode({self})")
    }
}

/// A metropolitan statistical area, as delineated in July 2023.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metro<'a> {
    /// BLS's code of the area, `0018140`: two zeros and the CBSA code. Joins with the wages.
    pub code: &'a str,
    /// The area's name: `Columbus, OH`.
    pub name: &'a str,
}

/// A place that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot<'a> {
    /// The name of the city, county or state; of a ZIP code, the city of its post office.
    pub name: &'a str,
    /// The state's USPS code.
    pub state: &'a str,
    /// The ZIP code: the one asked for, or the only one that a city has.
    pub zip: Option<ZipCode>,
    /// The county; `None` for a city that no one county has most of.
    pub county: Option<&'a str>,
    /// The county's numeric code (FIPS) in five digits.
    pub county_fips: Option<&'a str>,
    /// The metropolitan area; `None` outside of one, and where it is not certain.
    pub metro: Option<Metro<'a>>,
    /// Where it is; `None` for the military's post offices.
    pub point: Option<Point>,
    /// How large an area the point stands for.
    pub precision: SpotPrecision,
}

/// The places of the US. See the module's description for what it does not do.
#[derive(Debug, Default)]
pub struct Places {
    table: Table,
}

impl Places {
    /// Gives the places that are compiled in. The first call unpacks them, in a few milliseconds.
    ///
    /// A build whose data are damaged knows no place; a test holds that ours are whole.
    pub fn bundled() -> &'static Self {
        static PLACES: OnceLock<Places> = OnceLock::new();
        PLACES.get_or_init(|| Self::read(BUNDLED).unwrap_or_default())
    }

    /// Reads a packed file of places, as `config/places/make.py` writes it.
    pub fn read(packed: &[u8]) -> Result<Self, Damaged> {
        let plain = zstd::bulk::decompress(packed, LARGEST).map_err(|_| Damaged { section: 0 })?;
        Ok(Self { table: Table::read(&plain)? })
    }

    /// Finds a ZIP code, given in five digits or as ZIP+4.
    pub fn zip(&self, code: &str) -> Option<Spot<'_>> {
        let code = ZipCode::parse(code)?;
        if let Some(state) = code.military_state() {
            return Some(Spot { zip: Some(code), precision: SpotPrecision::ZipCode, ..military(state) });
        }
        let zip = self.table.zip(code)?;
        let place = self.table.place(zip.place)?;
        let county = zip.county.and_then(|at| self.table.county(at));
        Some(Spot {
            name: place.name,
            state: place.state,
            zip: Some(code),
            county: county.map(|county| county.name),
            county_fips: county.map(|county| county.fips),
            metro: county.and_then(|county| county.metro).and_then(|at| self.table.metro(at)),
            point: zip.point,
            precision: SpotPrecision::ZipCode,
        })
    }

    /// Gives the states that have a ZIP code within some miles of a point, by their codes.
    pub fn states_near(&self, center: Point, miles: f64) -> Vec<&str> {
        let bounds = box_around(center, miles);
        let mut states: Vec<&str> = Vec::new();
        for (state, point) in self.table.zip_points() {
            let inside = !states.contains(&state) && bounds.contains(point) && distance_miles(center, point) <= miles;
            states.extend(inside.then_some(state));
        }
        states
    }

    /// Finds a state by its code or name. Its point is the middle of its ZIP codes, so it is nearer to
    /// where people live than to the middle of the land.
    pub fn state(&self, code: &str) -> Option<Spot<'_>> {
        let state = states::find(code)?;
        if is_military(state.code) {
            return Some(military(state.code));
        }
        Some(Spot {
            name: state.name,
            state: state.code,
            zip: None,
            county: None,
            county_fips: None,
            metro: None,
            point: Some(self.table.state_point(state.code)?),
            precision: SpotPrecision::State,
        })
    }

    fn spot_of<'a>(&'a self, place: &PlaceRow<'a>) -> Spot<'a> {
        let county = place.county.and_then(|at| self.table.county(at));
        Spot {
            name: place.name,
            state: place.state,
            zip: place.only_zip,
            county: county.map(|county| county.name),
            county_fips: county.map(|county| county.fips),
            metro: place.metro.and_then(|at| self.table.metro(at)),
            point: place.point,
            precision: SpotPrecision::City,
        }
    }
}

/// Gives the spot of a military "state": it has none.
fn military<'a>(state: &'static str) -> Spot<'a> {
    Spot {
        name: MILITARY,
        state,
        zip: None,
        county: None,
        county_fips: None,
        metro: None,
        point: None,
        precision: SpotPrecision::State,
    }
}

#[cfg(test)]
mod tests;
