//! The table of places as it lies in memory: columns, and ways to a row.

use super::distance::Point;
use super::packed::{Damaged, Lines, Sections, search};
use super::{Metro, ZipCode};
use crate::reference::states;

/// The number of a row that is none.
const NONE: u16 = u16::MAX;
/// Bits of a place's flags, as `make.py` writes them.
const UNMISTAKABLE: u8 = 1;
const ALIAS: u8 = 2;
const SHADOWED: u8 = 4;

/// Coordinates of many rows, in ten-thousandths of a degree.
#[derive(Debug, Default)]
struct Points {
    latitudes: Vec<i32>,
    longitudes: Vec<i32>,
}

impl Points {
    fn get(&self, at: usize) -> Option<Point> {
        let (latitude, longitude) = (*self.latitudes.get(at)?, *self.longitudes.get(at)?);
        Some(Point { latitude: f64::from(latitude) / 1e4, longitude: f64::from(longitude) / 1e4 })
    }
}

/// Everything that the file of places holds.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// USPS codes, and the middle of each state's ZIP codes.
    states: Vec<(&'static str, Point)>,
    metros: Lines,
    counties: Lines,
    county_metro: Vec<u16>,
    county_points: Points,
    keys: Lines,
    /// Where each key's places begin, and at last where they end.
    starts: Vec<usize>,
    names: Lines,
    place_state: Vec<u8>,
    flags: Vec<u8>,
    sizes: Vec<u8>,
    place_county: Vec<u16>,
    place_metro: Vec<u16>,
    only_zip: Vec<u16>,
    place_points: Points,
    zips: Vec<ZipCode>,
    zip_place: Vec<u16>,
    zip_county: Vec<u16>,
    zip_points: Points,
}

/// A place's row.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlaceRow<'a> {
    /// The name as it is written.
    pub(super) name: &'a str,
    /// The state's USPS code.
    pub(super) state: &'a str,
    /// The county, where most of the place is in one.
    pub(super) county: Option<usize>,
    /// The metropolitan area.
    pub(super) metro: Option<usize>,
    /// The ZIP code, where the place has but one.
    pub(super) only_zip: Option<ZipCode>,
    /// The place's middle.
    pub(super) point: Option<Point>,
    /// How many binary digits the number of inhabitants has; 0 where it is not known.
    pub(super) size: u8,
    flags: u8,
}

impl PlaceRow<'_> {
    /// Tells whether the name means this place even without a state.
    pub(super) fn is_unmistakable(&self) -> bool {
        self.flags & UNMISTAKABLE != 0
    }

    /// Tells whether the place leaves its name to a far greater one in the same state.
    pub(super) fn is_shadowed(&self) -> bool {
        self.flags & SHADOWED != 0
    }

    /// Tells whether the row stands for another name of a place that has a row of its own.
    pub(super) fn is_alias(&self) -> bool {
        self.flags & ALIAS != 0
    }
}

/// A county's row.
#[derive(Clone, Copy, Debug)]
pub(super) struct CountyRow<'a> {
    /// The numeric code in five digits.
    pub(super) fips: &'a str,
    /// The state's USPS code.
    pub(super) state: &'a str,
    /// The folded name without the word for what it is.
    pub(super) key: &'a str,
    /// The full name.
    pub(super) name: &'a str,
    /// The metropolitan area.
    pub(super) metro: Option<usize>,
    /// The middle of its ZIP codes.
    pub(super) point: Option<Point>,
}

/// A ZIP code's row.
#[derive(Clone, Copy, Debug)]
pub(super) struct ZipRow {
    /// The place whose post office it is.
    pub(super) place: usize,
    /// The county that it is in.
    pub(super) county: Option<usize>,
    /// Its middle.
    pub(super) point: Option<Point>,
}

impl Table {
    /// Reads the unpacked file.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut file = Sections::open(bytes)?;
        let table = Self {
            states: read_states(&file.lines()?).ok_or(file.damaged())?,
            metros: file.lines()?,
            counties: file.lines()?,
            county_metro: file.u16_column()?,
            county_points: Points { latitudes: file.i32_column()?, longitudes: file.i32_column()? },
            keys: file.lines()?,
            starts: starts(&file.bytes_column()?),
            names: file.lines()?,
            place_state: file.bytes_column()?,
            flags: file.bytes_column()?,
            sizes: file.bytes_column()?,
            place_county: file.u16_column()?,
            place_metro: file.u16_column()?,
            only_zip: file.u16_column()?,
            place_points: Points { latitudes: file.i32_column()?, longitudes: file.i32_column()? },
            zips: zip_codes(&file.u16_column()?),
            zip_place: file.u16_column()?,
            zip_county: file.u16_column()?,
            zip_points: Points { latitudes: sums(file.i32_column()?), longitudes: sums(file.i32_column()?) },
        };
        if table.is_whole() { Ok(table) } else { Err(file.damaged()) }
    }

    /// Tells whether all columns of a kind of row have one length.
    fn is_whole(&self) -> bool {
        let places = self.names.len();
        let of_places = [
            self.place_state.len(),
            self.flags.len(),
            self.sizes.len(),
            self.place_county.len(),
            self.place_metro.len(),
            self.only_zip.len(),
            self.place_points.latitudes.len(),
            self.place_points.longitudes.len(),
        ];
        let of_zips = [
            self.zip_place.len(),
            self.zip_county.len(),
            self.zip_points.latitudes.len(),
            self.zip_points.longitudes.len(),
        ];
        of_places.iter().all(|length| *length == places)
            && of_zips.iter().all(|length| *length == self.zips.len())
            && self.starts.len() == self.keys.len() + 1
            && self.starts.last() == Some(&places)
            && self.county_metro.len() == self.counties.len()
    }

    /// Finds the row of a ZIP code.
    pub(super) fn zip(&self, code: ZipCode) -> Option<ZipRow> {
        let at = self.zips.binary_search(&code).ok()?;
        Some(ZipRow {
            place: usize::from(*self.zip_place.get(at)?),
            county: row_number(&self.zip_county, at),
            point: self.zip_points.get(at),
        })
    }

    /// Gives every ZIP code's state and point.
    pub(super) fn zip_points(&self) -> impl Iterator<Item = (&str, Point)> {
        self.zip_place
            .iter()
            .enumerate()
            .filter_map(|(at, place)| Some((self.state_of(usize::from(*place))?, self.zip_points.get(at)?)))
    }

    /// Gives a place's row.
    pub(super) fn place(&self, at: usize) -> Option<PlaceRow<'_>> {
        Some(PlaceRow {
            name: self.names.get(at)?,
            state: self.state_of(at)?,
            county: row_number(&self.place_county, at),
            metro: row_number(&self.place_metro, at),
            only_zip: row_number(&self.only_zip, at).and_then(|zip| self.zips.get(zip).copied()),
            point: self.place_points.get(at),
            size: *self.sizes.get(at)?,
            flags: *self.flags.get(at)?,
        })
    }

    fn state_of(&self, place: usize) -> Option<&'static str> {
        Some(self.states.get(usize::from(*self.place_state.get(place)?))?.0)
    }

    /// Gives the rows of all places that have a key, by state.
    pub(super) fn places_of(&self, key: &str) -> impl Iterator<Item = PlaceRow<'_>> + use<'_> {
        self.rows_of(self.find_key(key)).filter_map(|at| self.place(at))
    }

    /// Gives the rows of a state's places that have a key.
    pub(super) fn places_in(&self, key: &str, state: &'static str) -> impl Iterator<Item = PlaceRow<'_>> + use<'_> {
        let here = self.rows_of(self.find_key(key)).filter(move |at| self.state_of(*at) == Some(state));
        here.filter_map(|at| self.place(at))
    }

    fn find_key(&self, key: &str) -> Option<usize> {
        search(self.keys.len(), |at| self.keys.get(at).unwrap_or_default().cmp(key))
    }

    fn rows_of(&self, key: Option<usize>) -> std::ops::Range<usize> {
        let bound = |after: usize| key.and_then(|at| self.starts.get(at + after)).copied().unwrap_or_default();
        bound(0)..bound(1)
    }

    /// Gives every key with its places.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = PlaceRow<'_>>)> {
        (0..self.keys.len()).filter_map(|at| {
            let places = self.rows_of(Some(at)).filter_map(|at| self.place(at));
            Some((self.keys.get(at)?, places))
        })
    }

    /// Gives a county's row.
    pub(super) fn county(&self, at: usize) -> Option<CountyRow<'_>> {
        let mut parts = self.counties.parts(at)?;
        Some(CountyRow {
            fips: parts.next()?,
            state: parts.next()?,
            key: parts.next()?,
            name: parts.next()?,
            metro: row_number(&self.county_metro, at),
            point: self.county_points.get(at),
        })
    }

    /// Finds a county by its state and key.
    pub(super) fn find_county(&self, state: &str, key: &str) -> Option<CountyRow<'_>> {
        let order = |at| self.county(at).map(|row| (row.state, row.key)).cmp(&Some((state, key)));
        self.county(search(self.counties.len(), order)?)
    }

    /// Gives a metropolitan area.
    pub(super) fn metro(&self, at: usize) -> Option<Metro<'_>> {
        let mut parts = self.metros.parts(at)?;
        Some(Metro { code: parts.next()?, name: parts.next()? })
    }

    /// Gives the middle of a state's ZIP codes.
    pub(super) fn state_point(&self, code: &str) -> Option<Point> {
        self.states.iter().find(|(known, _)| *known == code).map(|(_, point)| *point)
    }
}

/// Reads lines of code, latitude and longitude.
fn read_states(lines: &Lines) -> Option<Vec<(&'static str, Point)>> {
    let read = |at| {
        let mut parts = lines.parts(at)?;
        let state = states::find(parts.next()?)?;
        Some((state.code, Point { latitude: parts.next()?.parse().ok()?, longitude: parts.next()?.parse().ok()? }))
    };
    (0..lines.len()).map(read).collect()
}

fn row_number(column: &[u16], at: usize) -> Option<usize> {
    column.get(at).filter(|row| **row != NONE).map(|row| usize::from(*row))
}

/// Makes of counts where each group begins, and where the last one ends.
fn starts(counts: &[u8]) -> Vec<usize> {
    let ends = counts.iter().scan(0, |end, count| {
        *end += usize::from(*count);
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

/// Makes of differences the numbers that they came from.
fn sums(mut steps: Vec<i32>) -> Vec<i32> {
    let mut sum = 0_i32;
    for step in &mut steps {
        sum = sum.wrapping_add(*step);
        *step = sum;
    }
    steps
}

/// Makes of differences the ZIP codes.
fn zip_codes(steps: &[u16]) -> Vec<ZipCode> {
    let numbers = steps.iter().scan(0_u32, |sum, step| {
        *sum = sum.wrapping_add(u32::from(*step));
        Some(*sum)
    });
    numbers.map(ZipCode::from_number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_differing_lengths_are_damage() {
        let mut file = b"JRPLACE1\x16\0\0\0".to_vec();
        for section in 0..22 {
            // The ninth section are the places' names; the columns beside it stay empty.
            let bytes: &[u8] = if section == 8 { b"Columbus" } else { b"" };
            file.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
            file.extend_from_slice(bytes);
        }
        assert!(Table::read(&file).is_err());
        assert!(Table::read(b"").is_err());
    }

    #[test]
    fn numbers_are_summed_up() {
        assert_eq!(starts(&[2, 1]), [0, 2, 3]);
        assert_eq!(sums(vec![5, -2, 4]), [5, 3, 7]);
        assert_eq!(zip_codes(&[501, 43]).iter().map(ZipCode::as_str).collect::<Vec<_>>(), ["00501", "00544"]);
    }
}
