//! Sets stated pay beside the wages that BLS publishes for the occupation.
//!
//! Only pay that has a year's figure and is plausible is compared, and only with an area in which
//! all of the posting's places lie, or else with the nation.

use super::location::WageArea;
use crate::model::{PayUnit, Salary, WageStanding};
use crate::reference::wages::{Rank, Standing, Wages};

/// Finds where pay stands; `None` where it cannot be compared.
pub(super) fn pay_standing(
    wages: &Wages,
    salary: Option<&Salary>,
    soc: Option<&str>,
    area: &WageArea,
) -> Option<WageStanding> {
    let (salary, soc) = (salary?, soc?);
    let is_foreign = salary.currency.as_deref().is_some_and(|currency| currency != "USD");
    if salary.implausible.is_some() || is_foreign {
        return None;
    }
    let of = |annual: Option<f64>| {
        annual.and_then(|annual| wages.standing(soc, area.state.as_deref(), area.metro.as_deref(), annual))
    };
    let (low, high) = (of(salary.annual_min), of(salary.annual_max));
    let any = low.as_ref().or(high.as_ref())?;
    let release = any.release.map_or_else(|| "BLS OEWS".to_owned(), |release| format!("BLS OEWS {release}"));
    Some(WageStanding {
        soc: soc.to_owned(),
        area: area_name(any),
        low: low.as_ref().map(|standing| figure(standing.rank)),
        high: high.as_ref().map(|standing| figure(standing.rank)),
        says: in_words(low.as_ref(), high.as_ref(), &release, salary),
        source: release,
    })
}

fn area_name(standing: &Standing<'_>) -> String {
    match standing.kind {
        crate::reference::wages::AreaKind::Nation => "the United States".to_owned(),
        _ => standing.area.to_owned(),
    }
}

fn figure(rank: Rank) -> u8 {
    match rank {
        Rank::Below(_) => 0,
        Rank::About(percentile) => percentile,
        Rank::Above(_) => 100,
    }
}

/// Writes `about the 40th to the 65th percentile in Ohio (BLS OEWS May 2025)`.
fn in_words(low: Option<&Standing<'_>>, high: Option<&Standing<'_>>, release: &str, salary: &Salary) -> String {
    let ranks = match (low, high) {
        (Some(low), Some(high)) if low.rank == high.rank => low.rank.to_string(),
        (Some(low), Some(high)) => match (low.rank, high.rank) {
            (Rank::About(from), Rank::About(to)) => format!("about the {from}th to the {to}th percentile"),
            (from, to) => format!("{from} to {to}"),
        },
        (Some(low), None) => format!("from {}", low.rank),
        (None, Some(high)) => format!("up to {}", high.rank),
        (None, None) => return String::new(),
    };
    let area = low.or(high).map(area_name).unwrap_or_default();
    let derived = match salary.unit {
        Some(PayUnit::Year) | None => String::new(),
        Some(_) => salary.annual_basis.as_ref().map_or_else(String::new, |rule| format!("; a year taken as {rule}")),
    };
    format!("{ranks} in {area} ({release}{derived})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Basis;

    fn salary(min: Option<f64>, max: Option<f64>) -> Salary {
        Salary {
            raw: "x".into(),
            currency: Some("USD".into()),
            min,
            max,
            unit: Some(PayUnit::Year),
            annual_min: min,
            annual_max: max,
            basis: Basis::Stated,
            annual_basis: Some("stated".into()),
            implausible: None,
            assumptions: Vec::new(),
        }
    }

    #[test]
    fn pay_is_set_beside_the_wages_of_the_state() {
        let ohio = WageArea { metro: None, state: Some("OH".into()) };
        let found =
            pay_standing(Wages::bundled(), Some(&salary(Some(40_000.0), Some(70_000.0))), Some("29-2072"), &ohio);
        let found = found.unwrap();
        assert_eq!((found.area.as_str(), found.soc.as_str()), ("Ohio", "29-2072"));
        assert!(found.low < found.high && found.says.contains("in Ohio (BLS OEWS May 2025)"), "{found:?}");
    }

    #[test]
    fn what_cannot_be_compared_is_not() {
        let nowhere = WageArea::default();
        let wages = Wages::bundled();
        let implausible = Salary { implausible: Some("too much".into()), ..salary(Some(1.0), None) };
        assert_eq!(pay_standing(wages, Some(&implausible), Some("29-2072"), &nowhere), None);
        assert_eq!(pay_standing(wages, Some(&salary(Some(40_000.0), None)), Some("00-0000"), &nowhere), None);
        assert_eq!(pay_standing(wages, None, Some("29-2072"), &nowhere), None);
        let top = pay_standing(wages, Some(&salary(None, Some(390_000.0))), Some("29-2072"), &nowhere).unwrap();
        assert_eq!((top.low, top.high), (None, Some(100)));
        assert!(top.says.starts_with("up to above the 90th percentile in the United States"), "{}", top.says);
    }
}
