//! Medians, quartiles and shares, and how they are written.

/// From how many values on a median is given; below it would tell of single jobs.
pub(super) const FEWEST: usize = 3;

/// Gives a quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan,
/// which spreadsheets call inclusive); `None` below three values.
pub(super) fn quantile(values: &[f64], part: f64) -> Option<f64> {
    if values.len() < FEWEST {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = u32::try_from(sorted.len().saturating_sub(1)).ok()?;
    let position = f64::from(last) * part;
    let (below, rest) = (position.floor(), position.fract());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position in the list")]
    let at = below as usize;
    let low = *sorted.get(at)?;
    let high = sorted.get(at + 1).copied().unwrap_or(low);
    Some(low + (high - low) * rest)
}

/// Gives the median; `None` below three values.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// Gives a count as a figure.
pub(super) fn figure(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// Gives a share between 0 and 1; `None` of nothing.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| figure(part) / figure(whole))
}

/// Writes a share in per cent, so that neither nothing nor everything is said of what is only near it.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let Some(share) = share(part, whole) else { return "–".to_owned() };
    let per_cent = share * 100.0;
    match per_cent {
        _ if part == 0 => "0%".to_owned(),
        _ if part == whole => "100%".to_owned(),
        few if few < 1.0 => "<1%".to_owned(),
        many if many > 99.0 => ">99%".to_owned(),
        _ => format!("{per_cent:.0}%"),
    }
}

/// Writes a count with commas between thousands.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes dollars without cents.
pub(super) fn dollars(amount: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pay is neither negative nor huge")]
    let whole = amount.max(0.0).round() as u64;
    format!("${}", grouped(whole))
}

/// Writes days: `14`, `14.5`.
pub(super) fn days(days: f64) -> String {
    let rounded = (days * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_a_spreadsheet_and_need_three_values() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!([0.25, 0.5, 0.75].map(|part| quantile(&values, part)), [Some(1.75), Some(2.5), Some(3.25)]);
        assert_eq!((median(&[1.0, 2.0]), median(&[3.0, 1.0, 2.0])), (None, Some(2.0)));
    }

    #[test]
    fn figures_are_written_for_people() {
        assert_eq!((grouped(0), grouped(999), grouped(1_234_567)), ("0".into(), "999".into(), "1,234,567".into()));
        assert_eq!((dollars(51_140.4), days(14.5), days(14.0)), ("$51,140".into(), "14.5".into(), "14".into()));
        assert_eq!(
            [percent(0, 9), percent(1, 1000), percent(1, 3), percent(999, 1000), percent(9, 9), percent(0, 0)],
            ["0%", "<1%", "33%", ">99%", "100%", "–"]
        );
    }
}
