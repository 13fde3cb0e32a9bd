//! Takes apart the compact file of places: sections of lines of text and of columns of numbers.
//!
//! The numbers of a column stand in planes, all first bytes before all second ones, since they pack
//! better so. Whatever does not fit is [`Damaged`]; nothing here can panic.

use std::cmp::Ordering;

use memchr::memchr_iter;

/// How the file begins.
const MARK: &[u8] = b"JRPLACE1";

/// The compact file is not what this version of the program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file of places is damaged at section {section}; make it anew with `config/places/make.py`")]
pub struct Damaged {
    /// The section at which reading stopped.
    pub section: usize,
}

/// The sections of a file, taken one after the other.
#[derive(Debug)]
pub(super) struct Sections<'a> {
    rest: &'a [u8],
    taken: usize,
}

impl<'a> Sections<'a> {
    /// Opens a file.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let rest = bytes.strip_prefix(MARK).and_then(|rest| rest.get(4..)).ok_or(Damaged { section: 0 })?;
        Ok(Self { rest, taken: 0 })
    }

    /// Names the section that was taken last as damaged.
    pub(super) fn damaged(&self) -> Damaged {
        Damaged { section: self.taken }
    }

    fn bytes(&mut self) -> Result<&'a [u8], Damaged> {
        self.taken += 1;
        let (length, rest) = self.rest.split_first_chunk::<4>().ok_or(self.damaged())?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| self.damaged())?;
        let (section, rest) = rest.split_at_checked(length).ok_or(self.damaged())?;
        self.rest = rest;
        Ok(section)
    }

    /// Takes lines of text.
    pub(super) fn lines(&mut self) -> Result<Lines, Damaged> {
        let text = std::str::from_utf8(self.bytes()?).map_err(|_| self.damaged())?;
        Ok(Lines::new(text.to_owned()))
    }

    /// Takes numbers of one byte.
    pub(super) fn bytes_column(&mut self) -> Result<Vec<u8>, Damaged> {
        Ok(self.bytes()?.to_vec())
    }

    /// Takes numbers of two bytes.
    pub(super) fn u16_column(&mut self) -> Result<Vec<u16>, Damaged> {
        let planes = self.bytes()?;
        let (low, high) = planes.split_at_checked(planes.len() / 2).ok_or(self.damaged())?;
        Ok(low.iter().zip(high).map(|(low, high)| u16::from_le_bytes([*low, *high])).collect())
    }

    /// Takes signed numbers of four bytes.
    pub(super) fn i32_column(&mut self) -> Result<Vec<i32>, Damaged> {
        let planes = self.bytes()?;
        let length = planes.len() / 4;
        let mut rest = planes;
        let mut four: [&[u8]; 4] = [&[]; 4];
        for plane in &mut four {
            (*plane, rest) = rest.split_at_checked(length).ok_or(self.damaged())?;
        }
        let [first, second, third, fourth] = four;
        let numbers = first.iter().zip(second).zip(third).zip(fourth);
        Ok(numbers.map(|(((a, b), c), d)| i32::from_le_bytes([*a, *b, *c, *d])).collect())
    }
}

/// Lines of a text, each at hand by its number.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: String,
    ends: Vec<usize>,
}

impl Lines {
    fn new(text: String) -> Self {
        let mut ends: Vec<usize> = memchr_iter(b'\n', text.as_bytes()).collect();
        if !text.is_empty() {
            ends.push(text.len());
        }
        Self { text, ends }
    }

    /// Tells how many lines there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Gives a line.
    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let start = match at.checked_sub(1) {
            Some(before) => self.ends.get(before)? + 1,
            None => 0,
        };
        self.text.get(start..*self.ends.get(at)?)
    }

    /// Gives the tab-separated parts of a line.
    pub(super) fn parts(&self, at: usize) -> Option<impl Iterator<Item = &str>> {
        self.get(at).map(|line| line.split('\t'))
    }
}

/// Finds a row of a sorted table. `compare` says how a row stands to what is sought.
pub(super) fn search(length: usize, compare: impl Fn(usize) -> Ordering) -> Option<usize> {
    let (mut low, mut high) = (0, length);
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(middle) {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return Some(middle),
            Ordering::Greater => high = middle,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(sections: &[&[u8]]) -> Vec<u8> {
        let mut bytes = MARK.to_vec();
        bytes.extend(u32::try_from(sections.len()).unwrap().to_le_bytes());
        for section in sections {
            bytes.extend(u32::try_from(section.len()).unwrap().to_le_bytes());
            bytes.extend_from_slice(section);
        }
        bytes
    }

    #[test]
    fn sections_are_read_in_order() {
        let bytes = file(&[b"one\n\nthree", &[1, 2, 0, 1], &[0xFE, 0xFF, 0xFF, 0xFF]]);
        let mut sections = Sections::open(&bytes).unwrap();
        let lines = sections.lines().unwrap();
        assert_eq!((0..4).map(|at| lines.get(at)).collect::<Vec<_>>(), [Some("one"), Some(""), Some("three"), None]);
        assert_eq!(sections.u16_column().unwrap(), [1, 258]);
        assert_eq!(sections.i32_column().unwrap(), [-2]);
        assert_eq!(sections.lines().unwrap_err(), Damaged { section: 4 });
    }

    #[test]
    fn damage_is_told() {
        assert!(Sections::open(b"JRPLACE2\0\0\0\0").is_err());
        let mut bytes = file(&[b"text"]);
        bytes.pop();
        assert_eq!(Sections::open(&bytes).unwrap().lines().unwrap_err().section, 1);
        assert!(Sections::open(&file(&[&[0xFF]])).unwrap().lines().is_err());
    }

    #[test]
    fn search_finds_what_is_there() {
        let numbers = [1, 3, 5, 7];
        for sought in 0..9 {
            let found = search(numbers.len(), |at| numbers.get(at).cmp(&Some(&sought)));
            assert_eq!(found, numbers.iter().position(|number| *number == sought), "{sought}");
        }
    }
}
