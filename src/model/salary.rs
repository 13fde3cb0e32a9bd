//! Pay: the stated figure beside the annual one derived from it.

use serde::{Deserialize, Serialize};

use super::field::Basis;

/// The period a stated figure pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PayUnit {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week.
    Week,
    /// Two weeks (federal pay period).
    Biweek,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl PayUnit {
    /// Every unit.
    pub const ALL: [Self; 6] = [Self::Hour, Self::Day, Self::Week, Self::Biweek, Self::Month, Self::Year];

    /// Gives the word that stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "HOUR",
            Self::Day => "DAY",
            Self::Week => "WEEK",
            Self::Biweek => "BIWEEK",
            Self::Month => "MONTH",
            Self::Year => "YEAR",
        }
    }

    /// Gives how many a year of full-time work has; 2,080 hours as the BLS counts them.
    #[must_use]
    pub fn per_year(self) -> f64 {
        match self {
            Self::Hour => 2_080.0,
            Self::Day => 260.0,
            Self::Week => 52.0,
            Self::Biweek => 26.0,
            Self::Month => 12.0,
            Self::Year => 1.0,
        }
    }
}

/// Pay in schema.org `MonetaryAmount` terms. The stated figures are never altered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Salary {
    /// The board's own words.
    pub raw: String,
    /// ISO 4217 code; `None` when not stated and not evident.
    pub currency: Option<String>,
    /// Lower bound, or the single figure; `None` for "up to".
    pub min: Option<f64>,
    /// Upper bound, or the single figure; `None` for "from".
    pub max: Option<f64>,
    /// The unit; `None` when unknown or not one of time (piece rates, stipends).
    pub unit: Option<PayUnit>,
    /// Lower bound a year, derived.
    pub annual_min: Option<f64>,
    /// Upper bound a year, derived.
    pub annual_max: Option<f64>,
    /// Whether figures and unit are stated, or the unit was derived from the size of the figures.
    pub basis: Basis,
    /// The rule behind the annual figures: `2080 h`, `2087 h`, `stated`; `None` when there are none.
    pub annual_basis: Option<String>,
    /// Set when the figures cannot be what the employer means; they are kept and not ranked by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implausible: Option<String>,
    /// What else was assumed: `currency assumed from country US`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<String>,
}
