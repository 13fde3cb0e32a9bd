//! Asks one set of filters of one job: the answers of a search, without a database.

use chrono::{DateTime, Duration, Utc};

use super::asked_words::AskedWords;
use crate::model::{
    AskedEmployer, Asks, Criteria, JobStatus, KnownField, MatchFacts, Near, StatusFilter, UNSTATED, facet_name,
    miles_between,
};

/// What a set of filters says of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It passes every filter.
    Sure,
    /// It may: it leaves these fields unstated and passes the rest. A field stands once for each filter
    /// that it leaves open.
    May(Vec<KnownField>),
    /// It would pass or may, did it state what [`Criteria::known`] names.
    LeftOut,
    /// It does not pass.
    No,
}

/// An answer to one filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// The job does not state what is asked about.
    Unknown,
}

impl Answer {
    /// Gives the word that stands in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// Asks criteria of a job at a moment.
#[must_use]
pub fn evaluate(criteria: &Criteria, job: &MatchFacts, now: DateTime<Utc>) -> Verdict {
    AskedCriteria::of(criteria).verdict(job, now)
}

/// Criteria made ready to be asked of many jobs.
#[derive(Clone, Debug)]
pub struct AskedCriteria {
    /// What no job leaves open.
    pub(super) conditions: Vec<Condition>,
    /// What a job may leave open.
    pub(super) questions: Vec<OpenQuestion>,
}

/// A condition that a job passes or fails.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Status(StatusFilter),
    /// Any of these boards.
    Boards(Vec<String>),
    NotEmployer(AskedEmployer),
    PostedWithin(Duration),
    /// Any of these facets of a role.
    Roles(Vec<String>),
    /// A code that begins with any of these.
    Socs(Vec<String>),
    Direct,
    NoWarnings,
    Words(AskedWords),
    /// More words than a search takes.
    TooManyWords,
}

/// A question that a job may leave open.
#[derive(Clone, Debug)]
pub(super) struct OpenQuestion {
    pub(super) filter: &'static str,
    pub(super) field: KnownField,
    pub(super) test: Test,
    /// Whether jobs that leave the field unstated are left out.
    pub(super) required: bool,
}

/// How a question is answered.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Facet {
        kind: &'static str,
        any: Vec<String>,
        unstated: String,
    },
    Employer(Vec<AskedEmployer>),
    Pay {
        unit: crate::model::PayUnit,
        amount: f64,
        annual: f64,
    },
    Closing(Duration),
    ExperienceAtMost(f64),
    HoursAtLeast(f64),
    HoursAtMost(f64),
    Near {
        near: Near,
        states: Vec<String>,
    },
    /// Only that the field is stated.
    Stated,
}

impl AskedCriteria {
    /// Makes criteria ready.
    #[must_use]
    pub fn of(criteria: &Criteria) -> Self {
        let mut asked = Self { conditions: conditions(criteria), questions: Vec::new() };
        for question in criteria.questions() {
            let (filter, field) = (question.filter, question.field);
            asked.questions.push(OpenQuestion { filter, field, test: Test::of(&question.asks), required: false });
        }
        for field in &criteria.known {
            let mut is_asked = false;
            for question in asked.questions.iter_mut().filter(|question| question.field == *field) {
                question.required = true;
                is_asked = true;
            }
            if !is_asked {
                let question = OpenQuestion { filter: "known", field: *field, test: Test::Stated, required: true };
                asked.questions.push(question);
            }
        }
        asked
    }

    /// Asks them of a job at a moment.
    #[must_use]
    pub fn verdict(&self, job: &MatchFacts, now: DateTime<Utc>) -> Verdict {
        if !self.conditions.iter().all(|condition| condition.holds(job, now)) {
            return Verdict::No;
        }
        let mut doubts = Vec::new();
        let mut left_out = false;
        for question in &self.questions {
            match question.test.answer(question.field, job, now) {
                Answer::Yes => {}
                Answer::No => return Verdict::No,
                Answer::Unknown if question.required => left_out = true,
                Answer::Unknown => doubts.push(question.field),
            }
        }
        match (left_out, doubts.is_empty()) {
            (true, _) => Verdict::LeftOut,
            (false, true) => Verdict::Sure,
            (false, false) => Verdict::May(doubts),
        }
    }
}

/// Gives what no job leaves open, what is cheap to ask first.
fn conditions(criteria: &Criteria) -> Vec<Condition> {
    let mut conditions = vec![Condition::Status(criteria.status)];
    if !criteria.boards.is_empty() {
        conditions.push(Condition::Boards(criteria.boards.iter().map(ToString::to_string).collect()));
    }
    conditions.extend(criteria.posted_within.map(Condition::PostedWithin));
    conditions.extend(criteria.direct.then_some(Condition::Direct));
    conditions.extend(criteria.no_warnings.then_some(Condition::NoWarnings));
    if !criteria.roles.is_empty() {
        conditions.push(Condition::Roles(criteria.roles.iter().map(|role| facet_name("ro", role)).collect()));
    }
    if !criteria.socs.is_empty() {
        conditions.push(Condition::Socs(criteria.socs.clone()));
    }
    let not = criteria.not_employers.iter().filter_map(|name| AskedEmployer::read(name));
    conditions.extend(not.map(Condition::NotEmployer));
    if let Some(query) = &criteria.query {
        match AskedWords::parts(query) {
            Some(parts) => conditions.extend(parts.into_iter().map(Condition::Words)),
            None => conditions.push(Condition::TooManyWords),
        }
    }
    conditions
}

impl Condition {
    pub(super) fn holds(&self, job: &MatchFacts, now: DateTime<Utc>) -> bool {
        match self {
            Self::Status(StatusFilter::All) => true,
            Self::Status(StatusFilter::Open) => job.status_at(now) == JobStatus::Open,
            Self::Status(StatusFilter::Closed) => job.status_at(now) == JobStatus::Closed,
            Self::Boards(boards) => boards.iter().any(|board| job.boards.contains(board)),
            Self::NotEmployer(employer) => !is_employer(employer, job),
            Self::PostedWithin(within) => job.posted_at.timestamp_millis() >= shifted(now, -*within),
            Self::Roles(roles) => roles.iter().any(|role| job.has_facet(role)),
            Self::Socs(socs) => {
                job.soc.as_ref().is_some_and(|soc| socs.iter().any(|wanted| soc.starts_with(wanted.as_str())))
            }
            Self::Direct => !job.agency,
            Self::NoWarnings => job.warnings == 0,
            Self::Words(words) => words.holds(job),
            Self::TooManyWords => false,
        }
    }
}

impl Test {
    fn of(asks: &Asks<'_>) -> Self {
        match asks {
            Asks::Facet { kind, values } => Self::Facet {
                kind,
                any: values.iter().map(|value| facet_name(kind, value)).collect(),
                unstated: facet_name(kind, UNSTATED),
            },
            Asks::Employer(employers) => Self::Employer(employers.clone()),
            Asks::Pay(floor) => {
                Self::Pay { unit: floor.unit, amount: floor.amount, annual: floor.amount * floor.unit.per_year() }
            }
            Asks::Closing(within) => Self::Closing(*within),
            Asks::ExperienceAtMost(years) => Self::ExperienceAtMost(*years),
            Asks::HoursAtLeast(hours) => Self::HoursAtLeast(*hours),
            Asks::HoursAtMost(hours) => Self::HoursAtMost(*hours),
            Asks::Near(near) => {
                let states = near.states.iter().map(String::as_str).chain([UNSTATED]);
                Self::Near { near: (*near).clone(), states: states.map(|state| facet_name("st", state)).collect() }
            }
        }
    }

    pub(super) fn answer(&self, field: KnownField, job: &MatchFacts, now: DateTime<Utc>) -> Answer {
        let by_field = |is_so: bool| either(is_so, || job.is_unstated(field));
        match self {
            Self::Facet { any, unstated, .. } => {
                either(any.iter().any(|facet| job.has_facet(facet)), || job.has_facet(unstated))
            }
            Self::Employer(employers) => by_field(employers.iter().any(|employer| is_employer(employer, job))),
            Self::Pay { unit, amount, annual } => {
                let pay = &job.pay;
                let stated = pay.high.or(pay.low).filter(|_| pay.unit == Some(*unit));
                let (figure, floor, high) = match stated {
                    Some(stated) => (Some(stated), amount, pay.high),
                    None => (pay.annual_high.or(pay.annual_low), annual, pay.annual_high),
                };
                either(figure.is_some_and(|figure| figure >= *floor), || high.is_none())
            }
            Self::Closing(within) => {
                let end = job.closes_at.map(|end| end.timestamp_millis());
                let is_soon = |end: i64| end > now.timestamp_millis() && end <= shifted(now, *within);
                either(end.is_some_and(is_soon), || end.is_none())
            }
            Self::ExperienceAtMost(most) => by_field(job.experience_years.is_some_and(|years| years <= *most)),
            Self::HoursAtLeast(least) => by_field(job.hours_per_week.is_some_and(|hours| hours >= *least)),
            Self::HoursAtMost(most) => by_field(job.hours_per_week.is_some_and(|hours| hours <= *most)),
            Self::Near { near, states } => {
                let may_be = || {
                    let is_somewhere = || states.iter().any(|state| job.has_facet(state)) || job.is_unstated(field);
                    job.has_facet(REMOTE) || (job.points.is_empty() && is_somewhere())
                };
                either(nearest(near, job).is_some_and(|miles| miles <= near.miles), may_be)
            }
            Self::Stated => either(!job.is_unstated(field), || true),
        }
    }
}

const REMOTE: &str = "wm:remote";

/// Gives the miles to the nearest place of a job.
pub(super) fn nearest(near: &Near, job: &MatchFacts) -> Option<f64> {
    let center = (near.latitude, near.longitude);
    job.points.iter().map(|point| miles_between(*point, center)).min_by(f64::total_cmp)
}

fn either(is_so: bool, is_unknown: impl FnOnce() -> bool) -> Answer {
    match is_so {
        true => Answer::Yes,
        false if is_unknown() => Answer::Unknown,
        false => Answer::No,
    }
}

fn is_employer(employer: &AskedEmployer, job: &MatchFacts) -> bool {
    match employer {
        AskedEmployer::Identity(id) => job.employer_id.as_ref() == Some(id),
        AskedEmployer::Words(words) => job.employers.contains(words.as_str()),
    }
}

fn shifted(now: DateTime<Utc>, by: Duration) -> i64 {
    let limit = if by < Duration::zero() { i64::MIN } else { i64::MAX };
    now.checked_add_signed(by).map_or(limit, |moment| moment.timestamp_millis())
}
