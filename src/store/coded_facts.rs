//! What filters and reports look at of a job's codes: facets, columns, and points on the map.
//!
//! Codes of every copy count, as with the other facets: a merged job hides nothing.

use super::facts::{Facets, MOST_FACETS};
use crate::model::{ANY_CREDENTIAL, Codes, DemandLevel, Job, KnownField, Place, Posting, Precision};

/// The columns of a job's row that follow from its codes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct CodedFacts {
    pub(super) role: Option<String>,
    pub(super) soc: Option<String>,
    pub(super) setting: Option<String>,
    pub(super) level: Option<&'static str>,
    pub(super) employer_id: Option<String>,
    /// Codes as people write them, those that are required first.
    pub(super) credentials: Option<String>,
    pub(super) experience_years: Option<f64>,
    pub(super) hours_per_week: Option<f64>,
    pub(super) agency: bool,
    pub(super) warnings: i64,
    /// Latitude and longitude of every place that is known to a town or better.
    pub(super) points: Vec<(f64, f64)>,
}

impl CodedFacts {
    /// Derives the columns of a composed job and its postings.
    pub(super) fn of(job: &Job, postings: &[&Posting]) -> Self {
        let mut demands: Vec<_> = job.credentials.iter().collect();
        demands.sort_by_key(|demand| demand.level);
        let mut codes: Vec<&str> = Vec::new();
        for demand in demands {
            if !codes.contains(&demand.code.as_str()) {
                codes.push(&demand.code);
            }
        }
        Self {
            role: job.role.clone(),
            soc: job.occupation.soc.clone(),
            setting: job.setting.clone(),
            level: job.experience_level.map(crate::model::ExperienceLevel::as_str),
            employer_id: job.employer.as_ref().map(|employer| employer.id.clone()),
            credentials: Some(codes.join(", ")).filter(|codes| !codes.is_empty()),
            experience_years: job.experience_years,
            hours_per_week: job.hours_per_week,
            agency: job.employer.as_ref().is_some_and(|employer| employer.agency),
            warnings: i64::try_from(job.warnings.len()).unwrap_or(i64::MAX),
            points: points(postings),
        }
    }
}

/// Gives the distinct points of all copies.
fn points(postings: &[&Posting]) -> Vec<(f64, f64)> {
    let places = postings.iter().filter_map(|posting| posting.job_location.get()).flatten();
    let mut points: Vec<(f64, f64)> = Vec::new();
    for point in places.filter_map(point).take(MOST_FACETS) {
        if !points.iter().any(|known| known.0.total_cmp(&point.0).is_eq() && known.1.total_cmp(&point.1).is_eq()) {
            points.push(point);
        }
    }
    points
}

fn point(place: &Place) -> Option<(f64, f64)> {
    place.latitude.zip(place.longitude).filter(|_| place.precision >= Precision::City)
}

impl Facets {
    /// Notes every code of every copy, and which fields no copy states.
    pub(super) fn add_codes(&mut self, job: &Job, postings: &[&Posting]) {
        let codes: Vec<&Codes> = postings.iter().map(|posting| &posting.codes).collect();
        for role in codes.iter().filter_map(|codes| codes.role.get()) {
            self.put("ro", role);
        }
        self.add_credentials(&codes);
        self.add_each(
            "se",
            KnownField::Setting,
            codes.iter().filter_map(|codes| codes.setting.get()).map(String::as_str),
        );
        self.add_each("lv", KnownField::Level, job.experience_level.iter().map(|level| level.as_str()));
        let entry = job.entry_level.map(|entry| if entry { "yes" } else { "no" });
        self.add_each("en", KnownField::EntryLevel, entry.into_iter());
        self.add_each("ed", KnownField::Education, job.education.iter().map(|education| education.level.as_str()));
        self.add_each("sh", KnownField::Shift, job.shifts.iter().map(String::as_str));
        self.add_each("cs", KnownField::CodingSystem, job.coding_systems.iter().map(String::as_str));
        self.add_each("sw", KnownField::Software, job.software.iter().map(String::as_str));
        self.add_each("sp", KnownField::Specialty, job.specialties.iter().map(String::as_str));
        self.add_each("be", KnownField::Benefit, job.benefits.iter().map(String::as_str));
        self.add_missing(job);
    }

    fn add_credentials(&mut self, codes: &[&Codes]) {
        let mut any = false;
        for demand in codes.iter().flat_map(|codes| &codes.credentials) {
            any = true;
            self.put("cr", &demand.id);
            if demand.level == DemandLevel::Required {
                self.put("cq", &demand.id);
                self.put("cq", ANY_CREDENTIAL);
            }
        }
        if !any {
            self.put_unknown("cr", KnownField::Credential);
            self.put_unknown("cq", KnownField::Credential);
        }
    }

    fn add_each<'a>(&mut self, kind: &str, field: KnownField, values: impl Iterator<Item = &'a str>) {
        let mut any = false;
        for value in values.take(MOST_FACETS) {
            any = true;
            self.put(kind, value);
        }
        if !any {
            self.put_unknown(kind, field);
        }
    }

    fn add_missing(&mut self, job: &Job) {
        if job.experience_years.is_none() {
            self.mark_unstated(KnownField::Experience);
        }
        if job.hours_per_week.is_none() {
            self.mark_unstated(KnownField::Hours);
        }
    }
}
