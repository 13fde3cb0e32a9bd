//! Reads a table of wages from csv.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use csv::StringRecord;

use super::error::{NEEDED, Trouble, WageError};
use super::standing::AreaKind;
use super::{Area, Occupation, Row, Wages};

/// The most rows that a table may have; a whole release has fewer.
const MOST_ROWS: usize = 500_000;
/// What BLS and people write where no wage was released; `#` is a wage above the highest published.
const NOT_RELEASED: [&str; 6] = ["", "-", "*", "**", "#", "null"];

/// Where the needed columns stand, in the order of [`NEEDED`], and the release's, if it is there.
struct Columns {
    needed: [usize; 10],
    release: Option<usize>,
}

/// One line, read.
struct Line<'r> {
    area: (&'r str, &'r str, AreaKind),
    occupation: (&'r str, &'r str),
    marks: [Option<u32>; 5],
}

impl Wages {
    /// Reads a table in the shape of the one that is compiled in, so that a user can replace it.
    ///
    /// The first line names the columns, in any order: `areatype` (`N`, `S`, `M`), `area_code`,
    /// `area_name`, `soc`, `soc_title`, the annual percentiles `a_p10`, `a_p25`, `a_median`, `a_p75`,
    /// `a_p90`, and, if wanted, `release`. Others are passed over. `-`, `*`, `#` or nothing stands
    /// for a percentile that was not released.
    pub fn from_csv(csv: impl Read) -> Result<Self, WageError> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(csv);
        let header = reader.headers().map_err(|error| csv_error(error, 1))?;
        let columns = Columns::find(header).map_err(|trouble| WageError { line: 1, trouble })?;
        let mut gathered = Gathered::default();
        let mut record = StringRecord::new();
        loop {
            let line = reader.position().line();
            if !reader.read_record(&mut record).map_err(|error| csv_error(error, line))? {
                break;
            }
            let line = record.position().map_or(line, csv::Position::line);
            gathered.take(&columns, &record, line).map_err(|trouble| WageError { line, trouble })?;
        }
        if gathered.rows.is_empty() {
            return Err(WageError { line: 1, trouble: Trouble::Empty });
        }
        gathered.into_wages()
    }
}

fn csv_error(error: csv::Error, line: u64) -> WageError {
    let line = error.position().map_or(line, csv::Position::line);
    WageError { line, trouble: Trouble::Csv(error) }
}

impl Columns {
    fn find(header: &StringRecord) -> Result<Self, Trouble> {
        let place = |name: &str| header.iter().position(|column| column.trim_start_matches('\u{feff}') == name);
        let mut needed = [0; 10];
        for (column, name) in needed.iter_mut().zip(NEEDED) {
            *column = place(name).ok_or(Trouble::NoColumn(name))?;
        }
        Ok(Self { needed, release: place("release") })
    }

    fn read<'r>(&self, record: &'r StringRecord) -> Result<Line<'r>, Trouble> {
        let [kind, code, name, soc, title, percentiles @ ..] = self.needed.map(|at| record.get(at).unwrap_or_default());
        let kind = match kind {
            "N" => AreaKind::Nation,
            "S" => AreaKind::State,
            "M" => AreaKind::Metropolitan,
            other => return Err(Trouble::AreaType(other.to_owned())),
        };
        if code.len() != 7 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Trouble::AreaCode(code.to_owned()));
        }
        if !is_soc(soc) {
            return Err(Trouble::Soc(soc.to_owned()));
        }
        Ok(Line { area: (code, name, kind), occupation: (soc, title), marks: marks(percentiles)? })
    }
}

fn is_soc(text: &str) -> bool {
    let Some((major, minor)) = text.split_once('-') else { return false };
    major.len() == 2 && minor.len() == 4 && major.bytes().chain(minor.bytes()).all(|byte| byte.is_ascii_digit())
}

/// Reads the percentiles of a line, which must not fall.
fn marks(texts: [&str; 5]) -> Result<[Option<u32>; 5], Trouble> {
    let columns = NEEDED.into_iter().skip(5);
    let mut marks = [None; 5];
    let mut last = 0;
    for ((mark, text), column) in marks.iter_mut().zip(texts).zip(columns) {
        if NOT_RELEASED.contains(&text) {
            continue;
        }
        let wage = text.parse().map_err(|_| Trouble::Wage { column, value: text.to_owned() })?;
        if wage < last {
            return Err(Trouble::Falling { column });
        }
        last = wage;
        *mark = Some(wage);
    }
    Ok(marks)
}

/// The rows so far. Occupations and areas are numbered in the order in which they came.
#[derive(Default)]
struct Gathered {
    rows: Vec<(Row, u64)>,
    occupations: Numbered<Occupation>,
    areas: Numbered<Area>,
    release: Option<String>,
}

impl Gathered {
    fn take(&mut self, columns: &Columns, record: &StringRecord, number: u64) -> Result<(), Trouble> {
        let line = columns.read(record)?;
        if self.rows.len() >= MOST_ROWS {
            return Err(Trouble::TooMany(MOST_ROWS));
        }
        if let Some(release) = columns.release.and_then(|at| record.get(at)).filter(|text| !text.is_empty())
            && self.release.get_or_insert_with(|| release.to_owned()) != release
        {
            return Err(Trouble::Release(release.to_owned()));
        }
        let (soc, title) = line.occupation;
        let (code, name, kind) = line.area;
        let occupation = self.occupations.number(soc, || Occupation { soc: soc.to_owned(), title: title.to_owned() });
        let area = self.areas.number(code, || Area { code: code.to_owned(), name: name.to_owned(), kind });
        self.rows.push((Row { occupation, area, marks: line.marks }, number));
        Ok(())
    }

    fn into_wages(mut self) -> Result<Wages, WageError> {
        let (occupations, occupation_at) = self.occupations.sorted();
        let (areas, area_at) = self.areas.sorted();
        for (row, _) in &mut self.rows {
            row.occupation = occupation_at.get(row.occupation).copied().unwrap_or_default();
            row.area = area_at.get(row.area).copied().unwrap_or_default();
        }
        self.rows.sort_by_key(|(row, line)| (row.occupation, row.area, *line));
        for pair in self.rows.windows(2) {
            if let [(first, _), (second, line)] = pair
                && (first.occupation, first.area) == (second.occupation, second.area)
            {
                let area = areas.get(second.area).map(|area| area.code.clone()).unwrap_or_default();
                let soc = occupations.get(second.occupation).map(|known| known.soc.clone()).unwrap_or_default();
                return Err(WageError { line: *line, trouble: Trouble::Repeated { area, soc } });
            }
        }
        let rows = self.rows.into_iter().map(|(row, _)| row).collect();
        Ok(Wages { occupations, areas, rows, release: self.release })
    }
}

/// Things that are numbered by their codes.
struct Numbered<T> {
    numbers: HashMap<String, usize>,
    things: Vec<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), things: Vec::new() }
    }
}

impl<T> Numbered<T> {
    /// Gives the number of a thing, which is made when its code is new.
    fn number(&mut self, code: &str, thing: impl FnOnce() -> T) -> usize {
        if let Some(number) = self.numbers.get(code) {
            return *number;
        }
        self.things.push(thing());
        self.numbers.insert(code.to_owned(), self.things.len() - 1);
        self.things.len() - 1
    }

    /// Gives the things in the order of their codes, and the place there of each number.
    fn sorted(self) -> (Vec<T>, Vec<usize>) {
        let codes: BTreeMap<String, usize> = self.numbers.into_iter().collect();
        let mut places = vec![0; codes.len()];
        let mut things: Vec<Option<T>> = self.things.into_iter().map(Some).collect();
        let mut sorted = Vec::with_capacity(codes.len());
        for (place, number) in codes.into_values().enumerate() {
            if let (Some(at), Some(thing)) = (places.get_mut(number), things.get_mut(number).and_then(Option::take)) {
                *at = place;
                sorted.push(thing);
            }
        }
        (sorted, places)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: &str = "areatype,area_code,area_name,soc,soc_title,a_p10,a_p25,a_median,a_p75,a_p90\n";

    fn read(lines: &str) -> Result<Wages, String> {
        Wages::from_csv(format!("{HEADER}{lines}").as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_table_of_ones_own_is_read() {
        let wages = read("S,3900000,Ohio,29-2072,Records,30000,-,#,*,90000\n").unwrap();
        assert_eq!(wages.rows.first().map(|row| row.marks), Some([Some(30_000), None, None, None, Some(90_000)]));
        assert_eq!(wages.release(), None);
        let shuffled = "release,a_p90,a_p75,a_median,a_p25,a_p10,soc_title,soc,area_name,area_code,areatype,more\n\
            May 2026,5,4,3,2,1,Records,29-2072,National,0000000,N,x\n";
        let wages = Wages::from_csv(format!("\u{feff}{shuffled}").as_bytes()).unwrap();
        let standing = wages.standing("29-2072", None, None, 3.0).unwrap();
        assert_eq!(standing.to_string(), "about the 50th percentile in the United States (BLS OEWS May 2026)");
    }

    #[test]
    fn errors_name_the_line_and_the_remedy() {
        let good = "N,0000000,National,29-2072,Records,1,2,3,4,5\n";
        for (line, error) in [
            (
                "X,0000000,National,29-2072,Records,1,2,3,4,5",
                "`areatype` is `X`; write `N` for the nation, `S` for a state or `M` for an area",
            ),
            (
                "M,18140,Columbus,29-2072,Records,1,2,3,4,5",
                "`area_code` is `18140`; write BLS's seven digits: `0018140`",
            ),
            ("S,3900000,Ohio,292072,Records,1,2,3,4,5", "`soc` is `292072`; write the code as `29-2072`"),
            (
                "S,3900000,Ohio,29-2072,Records,1,2,3k,4,5",
                "`a_median` is `3k`; write whole dollars, or `-` where none was released",
            ),
            ("S,3900000,Ohio,29-2072,Records,1,2,3,2,5", "`a_p75` is less than the percentile before it"),
            ("N,0000000,National,29-2072,Records,1,2,3,4,5", "area `0000000` has occupation `29-2072` a second time"),
            ("S,3900000,Ohio", "cannot be read as csv"),
        ] {
            assert_eq!(read(&format!("{good}{line}\n")).unwrap_err(), format!("wages, line 3: {error}"));
        }
        assert_eq!(read("").unwrap_err(), "wages, line 1: the table has no rows");
        let error = Wages::from_csv("areatype,area_code\n".as_bytes()).unwrap_err().to_string();
        assert!(
            error.starts_with("wages, line 1: there is no column `area_name`; the table needs areatype, "),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,80}|([NSM]|,|0000000|29-2072|-|#|[0-9]{1,6}|\n|\"){0,40}") {
            let _ = read(&text);
            let _ = Wages::from_csv(text.as_bytes());
        }
    }
}
