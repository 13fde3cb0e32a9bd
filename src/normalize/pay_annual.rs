//! Turns stated pay into a year's: the one place where hours are multiplied.

use super::pay_unit::UnitReading;
use super::salary::PayContext;
use crate::model::{EmploymentType, PayUnit, Salary};

/// Hours in a year of full-time work, as BLS counts them.
const HOURS: f64 = 2_080.0;
/// Hours in a federal year (5 U.S.C. 5504(b)).
const FEDERAL_HOURS: f64 = 2_087.0;
/// Weeks in a year, for work of stated hours.
const WEEKS: f64 = 52.0;
/// From so many hours a week on, work is full-time where nothing says (BLS).
const FULL_TIME_FROM: f64 = 35.0;
/// The most hours a week of part-time work.
const MOST_PART_TIME: f64 = 40.0;

/// Gives how many of a unit make a year, and the rule's name.
pub(super) fn year_of(unit: PayUnit, federal: bool) -> (f64, &'static str) {
    match unit {
        PayUnit::Hour if federal => (FEDERAL_HOURS, "2087 h"),
        PayUnit::Hour => (HOURS, "2080 h"),
        PayUnit::Day => (260.0, "260 days"),
        PayUnit::Week => (52.0, "52 weeks"),
        PayUnit::Biweek => (26.0, "26 pay periods"),
        PayUnit::Month => (12.0, "12 months"),
        PayUnit::Year => (1.0, "stated"),
    }
}

/// Adds a year's figures. Work by call or contract has none; part-time work has none until its hours
/// are known, unless its pay is stated by the year.
pub(super) fn annualize(salary: &mut Salary, context: PayContext<'_>) {
    let Some(unit) = salary.unit.filter(|_| salary.implausible.is_none()) else { return };
    // Stated by the year, part-time pay needs no hours.
    let part_time = is_part_time(context.types) && unit != PayUnit::Year;
    if part_time || has_no_year(context.types) || speaks_of_call(&salary.raw) {
        return;
    }
    let (times, rule) = year_of(unit, context.federal);
    multiply(salary, times, rule.to_owned());
}

/// Gives hourly pay of part-time work whose hours a week are known its year: hours x 52, by the rule
/// `20 h x 52`. Tells whether it did: never for work by call or contract.
///
/// Where nothing says full-time, under 35 hours a week are part-time (BLS), and their year replaces
/// the one of 2,080 hours.
pub fn annualized_by_hours(salary: &mut Salary, types: &[EmploymentType], hours_per_week: f64) -> bool {
    let by_hour = salary.unit == Some(PayUnit::Hour) && salary.implausible.is_none();
    let has_year = !has_no_year(types) && !speaks_of_call(&salary.raw);
    let short = !types.contains(&EmploymentType::FullTime) && hours_per_week < FULL_TIME_FROM;
    let part_time = is_part_time(types) || short;
    if !by_hour || !has_year || !part_time || !(1.0..=MOST_PART_TIME).contains(&hours_per_week) {
        return false;
    }
    multiply(salary, hours_per_week * WEEKS, format!("{hours_per_week} h x 52"));
    true
}

fn multiply(salary: &mut Salary, times: f64, rule: String) {
    let yearly = |figure: f64| (figure * times * 100.0).round() / 100.0;
    salary.annual_min = salary.min.map(yearly);
    salary.annual_max = salary.max.map(yearly);
    salary.annual_basis = Some(rule);
}

fn is_part_time(types: &[EmploymentType]) -> bool {
    types.contains(&EmploymentType::PartTime) && !types.contains(&EmploymentType::FullTime)
}

/// Tells whether the work has no year that could be counted: by call, by contract, unpaid.
fn has_no_year(types: &[EmploymentType]) -> bool {
    let none = [EmploymentType::PerDiem, EmploymentType::Contractor, EmploymentType::Volunteer];
    types.iter().any(|kind| none.contains(kind))
}

/// Tells whether the words of the pay themselves say that the work is by call or contract.
pub(super) fn speaks_of_call(words: &str) -> bool {
    let lower = words.to_ascii_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "prn" | "1099"))
        || lower.contains("per diem")
        || lower.contains("as needed")
}

/// Takes the size of figures for their unit, where no word gives one.
pub(super) fn unit_by_size(min: Option<f64>, max: Option<f64>) -> Option<PayUnit> {
    /// Figures up to this are by the hour.
    const HOURLY_AT_MOST: f64 = 200.0;
    /// Figures from this are by the year.
    const YEARLY_AT_LEAST: f64 = 12_000.0;
    let low = min.or(max)?.min(max.or(min)?);
    let high = max.or(min)?.max(min.or(max)?);
    if high <= HOURLY_AT_MOST {
        Some(PayUnit::Hour)
    } else if low >= YEARLY_AT_LEAST {
        Some(PayUnit::Year)
    } else {
        None
    }
}

/// Gives the unit of figures in a text: what words say, or else what their size says.
pub(super) fn settled_unit(unit: UnitReading, min: Option<f64>, max: Option<f64>) -> Option<PayUnit> {
    match unit {
        UnitReading::Time(unit) => Some(unit),
        UnitReading::NotTime(_) => None,
        UnitReading::Silent => unit_by_size(min, max),
    }
}

/// Says why figures cannot be what the employer means; `None` when they can.
pub(super) fn implausible(unit: PayUnit, min: Option<f64>, max: Option<f64>) -> Option<String> {
    let low = min.or(max)?;
    let high = max.or(min)?;
    let (least, most) = match unit {
        PayUnit::Hour => (7.25, 150.0),
        other => {
            let (times, _) = year_of(other, false);
            (15_000.0 / times, 400_000.0 / times)
        }
    };
    let period = unit.as_str().to_lowercase();
    if unit == PayUnit::Year && high < 1_000.0 {
        return Some(format!("{high} a year looks like an hourly figure"));
    }
    if unit == PayUnit::Year && low < 1_000.0 && high > 10_000.0 {
        return Some(format!("a lower bound of {low} a year is a placeholder"));
    }
    if low < least {
        return Some(format!("{low} a {period} is too little"));
    }
    if high > most {
        return Some(format!("{high} a {period} is too much"));
    }
    (high / low > 4.0).then(|| "the upper bound is more than four times the lower".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Basis;

    fn hourly(min: f64, max: f64) -> Salary {
        Salary {
            raw: format!("${min}-${max}/hr"),
            currency: None,
            min: Some(min),
            max: Some(max),
            unit: Some(PayUnit::Hour),
            annual_min: None,
            annual_max: None,
            basis: Basis::Stated,
            annual_basis: None,
            implausible: None,
            assumptions: Vec::new(),
        }
    }

    #[test]
    fn part_time_pay_by_the_hour_gets_a_year_from_its_hours() {
        let mut salary = hourly(20.0, 25.0);
        assert!(annualized_by_hours(&mut salary, &[EmploymentType::PartTime], 20.0));
        assert_eq!((salary.annual_min, salary.annual_max), (Some(20_800.0), Some(26_000.0)));
        assert_eq!(salary.annual_basis.as_deref(), Some("20 h x 52"));
        let mut half = hourly(20.0, 20.0);
        assert!(annualized_by_hours(&mut half, &[EmploymentType::PartTime], 22.5));
        assert_eq!(half.annual_basis.as_deref(), Some("22.5 h x 52"));
        let mut unsaid = hourly(20.0, 20.0);
        unsaid.annual_basis = Some("2080 h".to_owned());
        assert!(
            annualized_by_hours(&mut unsaid, &[], 15.0) && !annualized_by_hours(&mut hourly(20.0, 20.0), &[], 40.0)
        );
        assert_eq!(unsaid.annual_max, Some(15_600.0));
    }

    #[test]
    fn hours_give_no_year_to_other_work() {
        for types in [
            &[EmploymentType::FullTime][..],
            &[EmploymentType::FullTime, EmploymentType::PartTime],
            &[EmploymentType::PartTime, EmploymentType::PerDiem],
            &[EmploymentType::PartTime, EmploymentType::Contractor],
        ] {
            let mut salary = hourly(20.0, 25.0);
            assert!(!annualized_by_hours(&mut salary, types, 20.0) && salary.annual_max.is_none(), "{types:?}");
        }
        let part_time = [EmploymentType::PartTime];
        for hours in [0.0, -4.0, 200.0, f64::NAN, f64::INFINITY] {
            assert!(!annualized_by_hours(&mut hourly(20.0, 25.0), &part_time, hours), "{hours}");
        }
        let mut yearly = Salary { unit: Some(PayUnit::Year), ..hourly(40_000.0, 50_000.0) };
        assert!(!annualized_by_hours(&mut yearly, &part_time, 20.0));
    }
}
