//! Reads filter values as people type them. Each error names what would be right.

use chrono::Duration;

use crate::model::{
    EducationLevel, EmploymentType, ExperienceLevel, KnownField, Near, PayFloor, PayUnit, SortOrder, StatusFilter,
};
use crate::reference::places::{PlaceError, Places, Point};
use crate::reference::states;

/// Says what was typed and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{seen}` is not {expected}")]
pub struct ValueError {
    seen: String,
    expected: String,
}

fn refused(seen: &str, expected: impl Into<String>) -> ValueError {
    ValueError { seen: seen.to_owned(), expected: expected.into() }
}

/// Reads `7d`, `36h`, `2w`, `90m` or a bare number of days.
///
/// # Errors
/// Returns [`ValueError`] for anything else.
pub fn parse_length_of_time(text: &str) -> Result<Duration, ValueError> {
    let expected = "a length of time, such as 7d, 36h or 2w";
    let trimmed = text.trim();
    let digits = trimmed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: i64 = digits.trim().parse().map_err(|_| refused(text, expected))?;
    let length = match &trimmed[digits.len()..] {
        "m" | "min" => Duration::try_minutes(number),
        "h" => Duration::try_hours(number),
        "" | "d" => Duration::try_days(number),
        "w" => Duration::try_weeks(number),
        _ => None,
    };
    length
        .filter(|length| *length > Duration::zero() && *length <= Duration::days(36_500))
        .ok_or_else(|| refused(text, expected))
}

/// Reads `25/hour`, `$60,000/year`, `65k/year`.
///
/// # Errors
/// Returns [`ValueError`] for anything else; a bare number is refused, for 30 may be an hour's pay
/// or a slip of the keyboard.
pub fn parse_amount(text: &str) -> Result<PayFloor, ValueError> {
    let expected = "an amount with a unit, such as 25/hour or 60000/year";
    let (amount, unit) = text.split_once('/').ok_or_else(|| refused(text, expected))?;
    let amount = amount.trim().trim_start_matches('$').replace(',', "").to_lowercase();
    let (digits, factor) = amount.strip_suffix('k').map_or((amount.as_str(), 1.0), |digits| (digits, 1000.0));
    let amount: f64 = digits.trim().parse().map_err(|_| refused(text, expected))?;
    let unit = match unit.trim().to_lowercase().as_str() {
        "h" | "hr" | "hour" => PayUnit::Hour,
        "d" | "day" => PayUnit::Day,
        "w" | "wk" | "week" => PayUnit::Week,
        "m" | "mo" | "month" => PayUnit::Month,
        "y" | "yr" | "year" | "annum" => PayUnit::Year,
        _ => return Err(refused(text, expected)),
    };
    let amount = amount * factor;
    if amount.is_finite() && amount >= 0.0 { Ok(PayFloor { amount, unit }) } else { Err(refused(text, expected)) }
}

/// Reads an employment type in schema.org's words or the usual ones.
///
/// # Errors
/// Returns [`ValueError`] with the list.
pub fn parse_employment_type(text: &str) -> Result<EmploymentType, ValueError> {
    let word = text.trim().to_uppercase().replace(['-', ' '], "_");
    let aliases = [
        ("FULL", EmploymentType::FullTime),
        ("PART", EmploymentType::PartTime),
        ("CONTRACT", EmploymentType::Contractor),
        ("TEMP", EmploymentType::Temporary),
        ("INTERNSHIP", EmploymentType::Intern),
        ("PRN", EmploymentType::PerDiem),
    ];
    let schema = EmploymentType::ALL.into_iter().find(|kind| kind.as_str() == word);
    let alias = || aliases.iter().find(|(alias, _)| *alias == word).map(|(_, kind)| *kind);
    let known = || EmploymentType::ALL.map(|kind| kind.as_str().to_lowercase().replace('_', "-")).join(", ");
    schema.or_else(alias).ok_or_else(|| refused(text, format!("an employment type: use one of {}", known())))
}

/// Reads a state by USPS code or name and gives the code.
///
/// # Errors
/// Returns [`ValueError`], with the nearest name where one is near.
pub fn parse_state(text: &str) -> Result<String, ValueError> {
    let wanted = text.trim();
    states::find(wanted).map(|state| state.code.to_owned()).ok_or_else(|| {
        let near = states::STATES
            .iter()
            .find(|state| strsim::jaro_winkler(&state.name.to_lowercase(), &wanted.to_lowercase()) > 0.9);
        let hint = near.map_or_else(String::new, |state| format!("; did you mean {} ({})", state.name, state.code));
        refused(text, format!("a US state: use a two-letter code such as OH{hint}"))
    })
}

/// Reads `open`, `closed` or `all`.
///
/// # Errors
/// Returns [`ValueError`] for anything else.
pub fn parse_status(text: &str) -> Result<StatusFilter, ValueError> {
    match text.trim().to_lowercase().as_str() {
        "open" => Ok(StatusFilter::Open),
        "closed" => Ok(StatusFilter::Closed),
        "all" => Ok(StatusFilter::All),
        _ => Err(refused(text, "a status: use open, closed or all")),
    }
}

/// Reads `newest`, `closing`, `pay`, `distance` or `relevance`.
///
/// # Errors
/// Returns [`ValueError`] for anything else.
pub fn parse_sort(text: &str) -> Result<SortOrder, ValueError> {
    match text.trim().to_lowercase().as_str() {
        "newest" => Ok(SortOrder::Newest),
        "closing" => Ok(SortOrder::Closing),
        "pay" => Ok(SortOrder::Pay),
        "relevance" => Ok(SortOrder::Relevance),
        "distance" => Ok(SortOrder::Distance),
        _ => Err(refused(text, "an order: use newest, closing, pay, distance or relevance")),
    }
}

/// Reads a step of the career ladder.
///
/// # Errors
/// Returns [`ValueError`] with the list.
pub fn parse_level(text: &str) -> Result<String, ValueError> {
    one_of(text, ExperienceLevel::ALL.map(ExperienceLevel::as_str), "a level")
}

/// Reads a step of education.
///
/// # Errors
/// Returns [`ValueError`] with the list.
pub fn parse_education(text: &str) -> Result<String, ValueError> {
    one_of(text, EducationLevel::ALL.map(EducationLevel::as_str), "a step of education")
}

fn one_of<const N: usize>(text: &str, known: [&'static str; N], noun: &str) -> Result<String, ValueError> {
    let wanted = text.trim().to_lowercase().replace([' ', '_'], "-");
    let found = known.into_iter().find(|one| *one == wanted).map(str::to_owned);
    found.ok_or_else(|| refused(text, format!("{noun}: use one of {}", known.join(", "))))
}

/// Reads a SOC code or its beginning: `29-2072`, `29-2072.00`, `29-2`.
///
/// # Errors
/// Returns [`ValueError`] for anything else.
pub fn parse_soc(text: &str) -> Result<String, ValueError> {
    let code = text.trim().split('.').next().unwrap_or_default();
    let shaped = code.split_once('-').is_some_and(|(group, rest)| {
        group.len() == 2 && rest.len() <= 4 && [group, rest].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
    });
    if shaped { Ok(code.to_owned()) } else { Err(refused(text, "a SOC code, such as 29-2072")) }
}

/// Reads a radius in miles: `25`, `25mi`, `40km`.
///
/// # Errors
/// Returns [`ValueError`] for anything else, and for a radius beyond half the earth.
pub fn parse_miles(text: &str) -> Result<f64, ValueError> {
    let lower = text.trim().to_lowercase();
    let (digits, factor) = match lower.strip_suffix("km") {
        Some(digits) => (digits, 0.621_371),
        None => (lower.trim_end_matches("miles").trim_end_matches("mi"), 1.0),
    };
    let miles = digits.trim().parse::<f64>().ok().map(|number| number * factor);
    miles
        .filter(|miles| miles.is_finite() && (0.0..=12_500.0).contains(miles))
        .ok_or_else(|| refused(text, "a distance in miles, such as 25 or 40km"))
}

/// Reads a number of years or hours.
pub(super) fn parse_figure(text: &str) -> Result<f64, ValueError> {
    let number = text.trim().parse::<f64>().ok().filter(|number| (0.0..=1_000.0).contains(number));
    number.ok_or_else(|| refused(text, "a number from 0 to 1000"))
}

/// Reads a count.
pub(super) fn parse_number(text: &str) -> Result<usize, ValueError> {
    text.trim().parse().map_err(|_| refused(text, "a whole number"))
}

/// Reads the code of a USAJOBS hiring path.
pub(super) fn parse_hiring_path(text: &str) -> Result<String, ValueError> {
    let path = text.trim().to_lowercase();
    let known = || HIRING_PATHS.split_whitespace().collect::<Vec<_>>().join(", ");
    let is_known = HIRING_PATHS.split_whitespace().any(|known| known == path);
    is_known.then_some(path).ok_or_else(|| refused(text, format!("a hiring path: use one of {}", known())))
}

/// The codes of USAJOBS hiring paths.
const HIRING_PATHS: &str = "public vet nguard disability native mspouse student graduates ses peace overseas fed
    fed-competitive fed-excepted fed-internal-search fed-internal-nosearch fed-transition land special-authorities
    nopublic se-other";

/// Reads a place and a radius in miles: `43215`, `Columbus, OH`.
///
/// # Errors
/// Returns the gazetteer's complaint, which says what would be right.
pub fn parse_near(text: &str, miles: f64) -> Result<Near, PlaceError> {
    let places = Places::bundled();
    let spot = places.center(text)?;
    let point = spot.point.unwrap_or(Point { latitude: 0.0, longitude: 0.0 });
    let states = places.states_near(point, miles).into_iter().map(str::to_owned).collect();
    let zip = spot.zip.map_or_else(String::new, |zip| format!(" {zip}"));
    let label = format!("{}, {}{zip}", spot.name, spot.state);
    Ok(Near { label, latitude: point.latitude, longitude: point.longitude, miles, states })
}

/// Reads `pay,place` or `all`: what the filters ask about, or, where they ask about nothing, what
/// boards state in fields of their own.
///
/// # Errors
/// Returns [`ValueError`] with the list of fields.
pub fn parse_known(text: &str, asked: &[KnownField]) -> Result<Vec<KnownField>, ValueError> {
    if text.trim().eq_ignore_ascii_case("all") {
        return Ok(if asked.is_empty() { KnownField::STATED.to_vec() } else { asked.to_vec() });
    }
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let found = KnownField::ALL.into_iter().find(|field| field.as_str().eq_ignore_ascii_case(word));
            let known = || KnownField::ALL.map(KnownField::as_str).join(", ");
            found.ok_or_else(|| refused(word, format!("a field: use all, or some of {}", known())))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_and_nonsense_refused() {
        assert_eq!(parse_length_of_time("7d"), Ok(Duration::days(7)));
        assert_eq!(parse_length_of_time("36h"), Ok(Duration::hours(36)));
        assert_eq!(parse_length_of_time("3"), Ok(Duration::days(3)));
        for bad in ["", "d", "-1d", "0d", "7 fortnights", "99999999999999w"] {
            assert!(parse_length_of_time(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn amounts_need_a_unit() {
        assert_eq!(parse_amount("$65k/year"), Ok(PayFloor { amount: 65_000.0, unit: PayUnit::Year }));
        assert_eq!(parse_amount("25.50/hr"), Ok(PayFloor { amount: 25.5, unit: PayUnit::Hour }));
        let error = parse_amount("25").unwrap_err().to_string();
        assert_eq!(error, "`25` is not an amount with a unit, such as 25/hour or 60000/year");
        assert!(parse_amount("nan/hour").is_err() && parse_amount("-1/hour").is_err());
    }

    #[test]
    fn words_for_types_states_and_fields_are_forgiving() {
        assert_eq!(parse_employment_type("full-time"), Ok(EmploymentType::FullTime));
        assert_eq!(parse_employment_type("PRN"), Ok(EmploymentType::PerDiem));
        assert_eq!(parse_state("ohio"), Ok("OH".to_owned()));
        assert!(parse_state("Pensylvania").unwrap_err().to_string().contains("Pennsylvania (PA)"));
        assert_eq!(parse_known("pay,place", &[]), Ok(vec![KnownField::Pay, KnownField::Place]));
        assert_eq!(parse_known("all", &[]).map(|fields| fields.len()), Ok(KnownField::STATED.len()));
        assert!(parse_known("salary", &[]).unwrap_err().to_string().contains("pay, place"));
    }
}
