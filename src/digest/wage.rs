//! Where a job's pay stands among the wages of its occupation, in a short phrase.

use crate::model::WageStanding;

use super::clean::short_line;

/// Percentiles are rounded to 5, so that these are the nearest that are surely off the median.
const BELOW_MEDIAN: u8 = 45;
const ABOVE_MEDIAN: u8 = 55;

/// Says where pay stands: `above the median for Ohio (BLS, May 2025)`; `None` without a figure.
///
/// The median is that of the job's occupation in the area (BLS Occupational Employment and Wage
/// Statistics). A range says where both its ends stand.
pub(super) fn standing(standing: &WageStanding) -> Option<String> {
    let (low, high) = (standing.low.or(standing.high)?, standing.high.or(standing.low)?);
    let is_bound = standing.low.is_none() || standing.high.is_none();
    let place = match (low, high) {
        (100, _) if !is_bound => "above the 90th percentile",
        (_, 0) if !is_bound => "below the 10th percentile",
        (low, _) if low >= ABOVE_MEDIAN && standing.low.is_some() => "above the median",
        (_, high) if high <= BELOW_MEDIAN && standing.high.is_some() => "below the median",
        // Only one end is stated, and it does not decide.
        (_, high) if standing.low.is_none() && high >= ABOVE_MEDIAN => "up to above the median",
        (low, _) if standing.high.is_none() && low <= BELOW_MEDIAN => "from below the median",
        (low, high) if low <= BELOW_MEDIAN && high >= ABOVE_MEDIAN => "from below to above the median",
        _ => "about the median",
    };
    let area = if standing.area == "the United States" { "the US".to_owned() } else { short_line(&standing.area, 60) };
    let release = standing.source.strip_prefix("BLS OEWS").unwrap_or_default().trim();
    let release = if release.is_empty() { String::new() } else { format!(", {}", short_line(release, 20)) };
    Some(format!("{place} for {area} (BLS{release})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(low: Option<u8>, high: Option<u8>) -> Option<String> {
        let said = standing(&WageStanding {
            soc: "29-2072".into(),
            area: "Ohio".into(),
            low,
            high,
            source: "BLS OEWS May 2025".into(),
            says: String::new(),
        })?;
        Some(said.strip_suffix(" for Ohio (BLS, May 2025)").unwrap().to_owned())
    }

    #[test]
    fn a_range_says_where_both_its_ends_stand() {
        for (low, high, expected) in [
            (Some(60), Some(85), "above the median"),
            (Some(10), Some(40), "below the median"),
            (Some(25), Some(75), "from below to above the median"),
            (Some(50), Some(50), "about the median"),
            (Some(40), Some(50), "about the median"),
            (Some(100), Some(100), "above the 90th percentile"),
            (Some(0), Some(0), "below the 10th percentile"),
            (Some(60), None, "above the median"),
            (Some(25), None, "from below the median"),
            (None, Some(30), "below the median"),
            (None, Some(80), "up to above the median"),
        ] {
            assert_eq!(words(low, high).as_deref(), Some(expected), "{low:?} {high:?}");
        }
        assert_eq!(words(None, None), None);
    }

    #[test]
    fn the_nation_is_named_shortly() {
        let standing = standing(&WageStanding {
            soc: "29-2072".into(),
            area: "the United States".into(),
            low: Some(60),
            high: Some(60),
            source: "BLS OEWS".into(),
            says: String::new(),
        });
        assert_eq!(standing.as_deref(), Some("above the median for the US (BLS)"));
    }
}
