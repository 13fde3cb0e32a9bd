//! What criteria ask of a job, one question after the other. The database asks them in SQL, matching in
//! memory; both go by this list.

use chrono::Duration;

use super::criteria::{Criteria, KnownField, Near, PayFloor};
use super::folding::{ANY_CREDENTIAL, fold_name};

/// A question that a job answers with yes or no, or leaves open by not stating a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Question<'a> {
    /// The filter's long name.
    pub filter: &'static str,
    /// The field that may be unstated.
    pub field: KnownField,
    /// What is asked.
    pub asks: Asks<'a>,
}

/// What a question asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Asks<'a> {
    /// Any of some values of a facet.
    Facet {
        /// The facet's kind: `st` is a state.
        kind: &'static str,
        /// The values.
        values: Vec<&'a str>,
    },
    /// Any of these employers.
    Employer(Vec<AskedEmployer>),
    /// At least this pay: the upper bound counts.
    Pay(PayFloor),
    /// An end within this time that has not passed.
    Closing(Duration),
    /// At most so many years of experience.
    ExperienceAtMost(f64),
    /// At least so many hours a week.
    HoursAtLeast(f64),
    /// At most so many hours a week.
    HoursAtMost(f64),
    /// A place within a circle.
    Near(&'a Near),
}

/// An employer as a filter names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedEmployer {
    /// One employer under all its spellings: `id:mercy-health`.
    Identity(String),
    /// Names that hold these words, folded and with a space before and after; without the last space, names
    /// in which a word begins so.
    Words(String),
}

impl AskedEmployer {
    /// Reads a name; `None` where it holds no word.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        let name = name.trim();
        if let Some(id) = name.strip_prefix("id:").map(str::trim).filter(|id| !id.is_empty()) {
            return Some(Self::Identity(id.to_owned()));
        }
        let folded = fold_name(name);
        let words = if name.ends_with('*') { folded.trim_end().to_owned() } else { folded };
        (!words.trim().is_empty()).then_some(Self::Words(words))
    }
}

impl Criteria {
    /// Gives every question that a job may leave open, in the order in which its doubts are told.
    #[must_use]
    pub fn questions(&self) -> Vec<Question<'_>> {
        let mut questions = Vec::new();
        let mut ask = |filter, field, asks| questions.push(Question { filter, field, asks });
        for (filter, field, kind, values) in self.asked_sets() {
            ask(filter, field, Asks::Facet { kind, values });
        }
        let employers: Vec<_> = self.employers.iter().filter_map(|name| AskedEmployer::read(name)).collect();
        if !employers.is_empty() {
            ask("employer", KnownField::Employer, Asks::Employer(employers));
        }
        if let Some(floor) = self.pay_at_least {
            ask("pay-at-least", KnownField::Pay, Asks::Pay(floor));
        }
        if let Some(within) = self.closing_within {
            ask("closing-within", KnownField::Closing, Asks::Closing(within));
        }
        for (filter, field, kind, values) in self.asked_codes() {
            ask(filter, field, Asks::Facet { kind, values });
        }
        let figures = [
            ("experience-at-most", KnownField::Experience, self.experience_at_most.map(Asks::ExperienceAtMost)),
            ("hours-at-least", KnownField::Hours, self.hours_at_least.map(Asks::HoursAtLeast)),
            ("hours-at-most", KnownField::Hours, self.hours_at_most.map(Asks::HoursAtMost)),
        ];
        for (filter, field, asks) in figures {
            if let Some(asks) = asks {
                ask(filter, field, asks);
            }
        }
        if let Some(near) = &self.near {
            ask("near", KnownField::Place, Asks::Near(near));
        }
        questions
    }

    /// Gives filters by what boards state.
    fn asked_sets(&self) -> Vec<AskedSet<'_>> {
        let mut states = strings(&self.states);
        if !states.is_empty() {
            // Remote work that is open to the whole US is noted under the state "US".
            states.push("US");
        }
        let remote = if self.remote { vec!["remote"] } else { Vec::new() };
        let types = self.employment_types.iter().map(|kind| kind.as_str()).collect();
        let sets = [
            ("state", KnownField::Place, "st", states),
            ("remote", KnownField::WorkMode, "wm", remote),
            ("employment-type", KnownField::EmploymentType, "et", types),
            ("open-to", KnownField::OpenTo, "op", strings(&self.open_to)),
        ];
        sets.into_iter().filter(|(.., values)| !values.is_empty()).collect()
    }

    /// Gives filters by codes.
    fn asked_codes(&self) -> Vec<AskedSet<'_>> {
        let (credential, any) =
            if self.credential_required { ("cq", vec![ANY_CREDENTIAL]) } else { ("cr", Vec::new()) };
        let any = if self.credentials.is_empty() { any } else { Vec::new() };
        let entry = if self.entry_level { vec!["yes"] } else { Vec::new() };
        let sets = [
            ("setting", KnownField::Setting, "se", strings(&self.settings)),
            ("level", KnownField::Level, "lv", strings(&self.levels)),
            ("shift", KnownField::Shift, "sh", strings(&self.shifts)),
            ("education", KnownField::Education, "ed", strings(&self.educations)),
            ("coding-system", KnownField::CodingSystem, "cs", strings(&self.coding_systems)),
            ("software", KnownField::Software, "sw", strings(&self.software)),
            ("specialty", KnownField::Specialty, "sp", strings(&self.specialties)),
            ("benefit", KnownField::Benefit, "be", strings(&self.benefits)),
            ("credential", KnownField::Credential, credential, strings(&self.credentials)),
            ("credential-required", KnownField::Credential, credential, any),
            ("entry-level", KnownField::EntryLevel, "en", entry),
        ];
        sets.into_iter().filter(|(.., values)| !values.is_empty()).collect()
    }
}

/// Filter, field, facet's kind, and values.
type AskedSet<'a> = (&'static str, KnownField, &'static str, Vec<&'a str>);

fn strings(values: &[String]) -> Vec<&str> {
    values.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_filters_may_find_unstated_is_asked_for() {
        let criteria = Criteria {
            states: vec!["OH".into()],
            remote: true,
            employers: vec!["id:x".into(), "Mercy*".into(), "--".into()],
            credential_required: true,
            hours_at_most: Some(40.0),
            ..Criteria::default()
        };
        let mut fields: Vec<KnownField> = criteria.questions().iter().map(|question| question.field).collect();
        let mut asked = criteria.asked_fields();
        fields.sort();
        asked.sort();
        assert_eq!(fields, asked);
        let employers = [AskedEmployer::Identity("x".into()), AskedEmployer::Words(" mercy".into())];
        assert_eq!(criteria.questions()[2].asks, Asks::Employer(employers.to_vec()));
        assert!(Criteria::default().questions().is_empty());
    }
}
