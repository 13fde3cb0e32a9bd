//! Where the work is done: places, work mode, remote scope.

use serde::{Deserialize, Serialize};

/// How exactly a place is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// A country, nothing finer.
    #[default]
    Country,
    /// A state or province.
    Region,
    /// A city or town.
    City,
    /// A ZIP code.
    PostalCode,
    /// A street address or stated coordinates.
    Point,
}

/// One place, in schema.org `PostalAddress` terms. The default is a place of which nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// City or town.
    pub locality: Option<String>,
    /// State or province: the USPS two-letter code inside the US, the board's word elsewhere.
    pub region: Option<String>,
    /// ZIP or postal code.
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2 code; `None` when not stated and not evident.
    pub country: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// How exactly the place is known.
    pub precision: Precision,
    /// County, looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub county: Option<String>,
    /// Metropolitan area (CBSA) that it lies in, looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metro: Option<String>,
    /// What was looked up and not stated: `coordinates of the city, from GeoNames`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived: Option<String>,
}

/// Mean radius of the earth in statute miles (IUGG, 6,371.0088 km).
pub const EARTH_RADIUS_MILES: f64 = 3_958.761_3;

/// Gives the great-circle distance in statute miles between two points in degrees, by the haversine
/// formula. The earth is taken for a sphere, which is wrong by at most half a percent.
#[must_use]
pub fn miles_between(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (north, east) = ((to.0 - from.0).to_radians(), (to.1 - from.1).to_radians());
    let chord =
        (north / 2.0).sin().powi(2) + from.0.to_radians().cos() * to.0.to_radians().cos() * (east / 2.0).sin().powi(2);
    // Rounding can carry the chord of opposite points just beyond one.
    2.0 * EARTH_RADIUS_MILES * chord.sqrt().min(1.0).asin()
}

/// Where the work is done from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkMode {
    /// At the employer's place.
    Onsite,
    /// Partly at the employer's place.
    Hybrid,
    /// From home. Federal telework eligibility is not remote work (OPM).
    Remote,
}

impl WorkMode {
    /// Gives the word that stands in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Onsite => "onsite",
            Self::Hybrid => "hybrid",
            Self::Remote => "remote",
        }
    }
}

/// Employment types in schema.org's `employmentType` values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EmploymentType {
    /// Full-time.
    FullTime,
    /// Part-time.
    PartTime,
    /// Contractor.
    Contractor,
    /// Temporary, seasonal or term.
    Temporary,
    /// Intern, student, trainee.
    Intern,
    /// Volunteer or unpaid.
    Volunteer,
    /// PRN, per diem, as needed.
    PerDiem,
    /// Stated, but none of these (job sharing, shift, multiple schedules).
    Other,
}

impl EmploymentType {
    /// Every type, in display order.
    pub const ALL: [Self; 8] = [
        Self::FullTime,
        Self::PartTime,
        Self::Contractor,
        Self::Temporary,
        Self::Intern,
        Self::Volunteer,
        Self::PerDiem,
        Self::Other,
    ];

    /// Gives schema.org's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FullTime => "FULL_TIME",
            Self::PartTime => "PART_TIME",
            Self::Contractor => "CONTRACTOR",
            Self::Temporary => "TEMPORARY",
            Self::Intern => "INTERN",
            Self::Volunteer => "VOLUNTEER",
            Self::PerDiem => "PER_DIEM",
            Self::Other => "OTHER",
        }
    }
}
