//! Filters over codes and distances, as conditions of [`Filters`].

use super::coded_facts::ANY_CREDENTIAL;
use super::facts::UNKNOWN;
use super::filters::Filters;
use super::folding::{bit, facet};
use crate::model::{Criteria, KnownField, Near};

/// Half of the earth's circumference in miles over 180 degrees: one degree of latitude.
const MILES_A_DEGREE: f64 = 69.094;

impl Filters {
    /// Takes in what the criteria ask of codes.
    pub(super) fn codes(&mut self, criteria: &Criteria) {
        let sets: [(&str, KnownField, &[String]); 9] = [
            ("se", KnownField::Setting, &criteria.settings),
            ("lv", KnownField::Level, &criteria.levels),
            ("sh", KnownField::Shift, &criteria.shifts),
            ("ed", KnownField::Education, &criteria.educations),
            ("cs", KnownField::CodingSystem, &criteria.coding_systems),
            ("sw", KnownField::Software, &criteria.software),
            ("sp", KnownField::Specialty, &criteria.specialties),
            ("be", KnownField::Benefit, &criteria.benefits),
            ("cr", KnownField::Credential, &criteria.credentials),
        ];
        for (kind, field, values) in sets {
            let kind = if kind == "cr" && criteria.credential_required { "cq" } else { kind };
            if !values.is_empty() {
                self.set(kind, field, values.iter().map(String::as_str));
            }
        }
        if criteria.credential_required && criteria.credentials.is_empty() {
            self.set("cq", KnownField::Credential, [ANY_CREDENTIAL].into_iter());
        }
        if criteria.entry_level {
            self.set("en", KnownField::EntryLevel, ["yes"].into_iter());
        }
        self.roles(&criteria.roles);
        self.socs(&criteria.socs);
        self.figures(criteria);
        if criteria.direct {
            self.base("j.agency = 0".to_owned());
        }
        if criteria.no_warnings {
            self.base("j.warnings = 0".to_owned());
        }
    }

    /// Every job with a title has a role, so that there is no unknown.
    fn roles(&mut self, roles: &[String]) {
        if roles.is_empty() {
            return;
        }
        let any: Vec<String> = roles
            .iter()
            .map(|role| {
                let value = self.bind(facet("ro", role));
                format!("instr(j.facets, {value}) > 0")
            })
            .collect();
        self.base(format!("({})", any.join(" OR ")));
        self.tag_any("ro", roles);
    }

    fn socs(&mut self, socs: &[String]) {
        if socs.is_empty() {
            return;
        }
        let any: Vec<String> = socs
            .iter()
            .map(|soc| {
                let value = self.bind(soc.clone());
                format!("substr(j.soc, 1, length({value})) = {value}")
            })
            .collect();
        self.base(format!("coalesce({}, 0)", any.join(" OR ")));
    }

    fn figures(&mut self, criteria: &Criteria) {
        let hours = KnownField::Hours;
        let bounds = [
            (criteria.experience_at_most, KnownField::Experience, "j.experience_years <="),
            (criteria.hours_at_least, hours, "j.hours_per_week >="),
            (criteria.hours_at_most, hours, "j.hours_per_week <="),
        ];
        for (bound, field, comparison) in bounds {
            if let Some(bound) = bound {
                let value = self.bind(bound);
                self.ask(field, &format!("({comparison} {value})"), format!("((j.unstated & {}) <> 0)", bit(field)));
            }
        }
    }

    /// Asks for a place inside a circle. A job known only by a state that the circle touches, or by
    /// nothing, may be inside; remote work is not at a place, so that it comes after those that are.
    pub(super) fn near(&mut self, near: &Near) {
        let (latitude, longitude) = (self.bind(near.latitude), self.bind(near.longitude));
        let miles = self.bind(near.miles);
        let distance = format!("miles_between(q.latitude, q.longitude, {latitude}, {longitude})");
        let reach = near.miles / MILES_A_DEGREE + 0.001;
        let (south, north) = (self.bind(near.latitude - reach), self.bind(near.latitude + reach));
        let sure = format!(
            "EXISTS (SELECT 1 FROM job_point AS q WHERE q.job = j.id AND q.latitude BETWEEN {south} AND {north}
                         AND {distance} <= {miles})"
        );
        let mut unknown = vec![format!("((j.unstated & {}) <> 0)", bit(KnownField::Place))];
        let states = near.states.iter().map(String::as_str).chain([UNKNOWN]);
        for state in states.collect::<Vec<_>>() {
            let value = self.bind(facet("st", state));
            unknown.push(format!("instr(j.facets, {value}) > 0"));
        }
        let remote = self.bind(facet("wm", "remote"));
        let nowhere = "NOT EXISTS (SELECT 1 FROM job_point AS q WHERE q.job = j.id)";
        let unknown = format!("(instr(j.facets, {remote}) > 0 OR ({nowhere} AND ({})))", unknown.join(" OR "));
        self.ask(KnownField::Place, &sure, unknown);
        self.set_distance(format!("(SELECT min({distance}) FROM job_point AS q WHERE q.job = j.id)"));
    }
}
