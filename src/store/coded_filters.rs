//! Filters over codes that no job leaves open, and over distances, as conditions of [`Filters`].

use super::filters::Filters;
use super::folding::facet;
use crate::model::{Criteria, KnownField, Near, UNSTATED};

impl Filters {
    /// Takes in what the criteria ask of codes that every job has.
    pub(super) fn codes(&mut self, criteria: &Criteria) {
        self.roles(&criteria.roles);
        self.socs(&criteria.socs);
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

    /// Asks for a place inside a circle. A job known only by a state that the circle touches, or by
    /// nothing, may be inside; remote work is not at a place, so that it comes after those that are.
    pub(super) fn near(&mut self, near: &Near) {
        let (latitude, longitude) = (self.bind(near.latitude), self.bind(near.longitude));
        let miles = self.bind(near.miles);
        let distance = format!("miles_between(q.latitude, q.longitude, {latitude}, {longitude})");
        let (south, north) = near.latitudes();
        let (south, north) = (self.bind(south), self.bind(north));
        let sure = format!(
            "EXISTS (SELECT 1 FROM job_point AS q WHERE q.job = j.id AND q.latitude BETWEEN {south} AND {north}
                         AND {distance} <= {miles})"
        );
        let mut unknown = vec![format!("((j.unstated & {}) <> 0)", KnownField::Place.bit())];
        let states = near.states.iter().map(String::as_str).chain([UNSTATED]);
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
