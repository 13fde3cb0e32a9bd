//! Where a wage stands among others.

use std::fmt;

use super::PERCENTILES;

/// What kind of area wages are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaKind {
    /// The whole US.
    Nation,
    /// A state or territory.
    State,
    /// A metropolitan area, or what BLS makes of the rest of a state.
    Metropolitan,
}

/// A wage's place among the percentiles that were released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// Less than the lowest percentile that was released, which is the 10th as a rule.
    Below(u8),
    /// Between percentiles that were released, rounded to the nearest 5.
    About(u8),
    /// More than the highest percentile that was released, which is the 90th as a rule.
    Above(u8),
}

impl fmt::Display for Rank {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Below(percentile) => write!(formatter, "below the {percentile}th percentile"),
            Self::About(percentile) => write!(formatter, "about the {percentile}th percentile"),
            Self::Above(percentile) => write!(formatter, "above the {percentile}th percentile"),
        }
    }
}

/// How an annual wage stands among those of its occupation. Its `Display` is a phrase for people:
/// `about the 60th percentile in Ohio (BLS OEWS May 2025)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Where the wage stands.
    pub rank: Rank,
    /// The area's name as BLS gives it: `Columbus, OH`, `Ohio`, `National`.
    pub area: &'a str,
    /// The area's code.
    pub area_code: &'a str,
    /// What kind of area that is.
    pub kind: AreaKind,
    /// The occupation's code: `29-2072`.
    pub soc: &'a str,
    /// The occupation's title: `Medical Records Specialists`.
    pub occupation: &'a str,
    /// The median there, where it was released.
    pub median: Option<u32>,
    /// The release of the wages: `May 2025`.
    pub release: Option<&'a str>,
}

impl fmt::Display for Standing<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let area = if self.kind == AreaKind::Nation { "the United States" } else { self.area };
        write!(formatter, "{} in {area} (BLS OEWS", self.rank)?;
        if let Some(release) = self.release {
            write!(formatter, " {release}")?;
        }
        formatter.write_str(")")
    }
}

/// Ranks a wage among marks at [`PERCENTILES`], of which some may be missing. Needs two of them.
///
/// Between two marks the percentile is taken to rise evenly with the logarithm of the wage, since
/// wages differ by ratios: half-way from 40,000 to 60,000 is about 49,000. Outside of them no number
/// is given, as none was released.
pub(super) fn rank(marks: &[Option<u32>; 5], annual: f64) -> Option<Rank> {
    let known: Vec<(u8, f64)> =
        PERCENTILES.into_iter().zip(marks).filter_map(|(at, wage)| Some((at, f64::from((*wage)?)))).collect();
    let [(lowest, least), .., (highest, most)] = known.as_slice() else { return None };
    if annual < *least {
        return Some(Rank::Below(*lowest));
    }
    if annual > *most {
        return Some(Rank::Above(*highest));
    }
    // BLS often gives one wage for several percentiles; a wage that equals them is in their middle.
    let equal = || known.iter().filter(|(_, wage)| (*wage - annual).abs() < 0.5).map(|(at, _)| f64::from(*at));
    if let Some(first) = equal().next() {
        return Some(rounded(f64::midpoint(first, equal().next_back()?)));
    }
    known.windows(2).find_map(|pair| match pair {
        [(from, low), (to, high)] if *low < annual && annual < *high => {
            let part = (annual / low).ln() / (high / low).ln();
            Some(rounded(f64::from(*from) + part * f64::from(to - from)))
        }
        _ => None,
    })
}

/// Rounds a percentile to the nearest 5; more would claim to know more than five marks tell.
fn rounded(percentile: f64) -> Rank {
    let steps = (percentile / 5.0).round();
    let step = (0..=20_u8).find(|step| f64::from(*step) >= steps).unwrap_or(20);
    Rank::About(step * 5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wages_between_marks_are_ranked() {
        let marks = [Some(20_000), Some(30_000), Some(40_000), Some(60_000), Some(90_000)];
        for (annual, expected) in [
            (19_999.0, Rank::Below(10)),
            (20_000.0, Rank::About(10)),
            (30_000.0, Rank::About(25)),
            (34_700.0, Rank::About(40)), // just beyond 37.5 in the geometric middle of 30,000 and 40,000
            (40_000.0, Rank::About(50)),
            (49_100.0, Rank::About(65)),
            (90_000.0, Rank::About(90)),
            (90_001.0, Rank::Above(90)),
        ] {
            assert_eq!(rank(&marks, annual), Some(expected), "{annual}");
        }
    }

    #[test]
    fn marks_that_were_not_released_are_passed_over() {
        let marks = [None, Some(30_000), None, Some(60_000), None];
        assert_eq!(rank(&marks, 29_000.0), Some(Rank::Below(25)));
        assert_eq!(rank(&marks, 42_426.0), Some(Rank::About(50)));
        assert_eq!(rank(&marks, 61_000.0), Some(Rank::Above(75)));
        assert_eq!(rank(&[None, None, Some(1), None, None], 1.0), None);
    }

    #[test]
    fn a_wage_that_several_marks_share_is_in_their_middle() {
        let marks = [Some(30_000), Some(30_000), Some(40_000), Some(60_000), Some(60_000)];
        assert_eq!(rank(&marks, 30_000.0), Some(Rank::About(20)));
        assert_eq!(rank(&marks, 60_000.0), Some(Rank::About(85)));
        assert_eq!(rank(&[Some(5); 5], 5.0), Some(Rank::About(50)));
    }

    proptest! {
        #[test]
        fn more_pay_never_stands_lower(mut wages in prop::array::uniform5(1_u32..200_000), a in 1.0..250_000.0, b in 1.0..250_000.0) {
            wages.sort_unstable();
            let order = |annual: f64| match rank(&wages.map(Some), annual) {
                Some(Rank::Below(at)) => (0, at),
                Some(Rank::About(at)) => (1, at),
                Some(Rank::Above(at)) => (2, at),
                None => (3, 0),
            };
            prop_assert!(order(f64::min(a, b)) <= order(f64::max(a, b)));
            prop_assert!(order(a).0 != 1 || (10..=90).contains(&order(a).1));
        }
    }
}
