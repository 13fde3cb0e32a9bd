//! From criteria to SQL. Each filter answers yes, no or unknown ("unknown is not no"), so each is
//! two expressions over the narrow row of a job: one for yes, one for unknown.

use chrono::{DateTime, Duration, Utc};
use rusqlite::types::Value;

use super::encoding::millis;
use super::folding::{facet, tag};
use crate::model::{AskedEmployer, Asks, Criteria, KnownField, PayFloor, Question, StatusFilter, UNSTATED};

/// One filter that a job may pass, fail, or neither.
struct Condition {
    field: KnownField,
    sure: String,
    unknown: String,
    /// Whether jobs that leave the field unstated are left out.
    required: bool,
    /// Whether the filter looks for a value, not only for there being one.
    asked: bool,
}

/// Which jobs a query is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sureness {
    /// Those that pass every filter.
    Sure,
    /// Those that leave at least one field unstated and pass the others.
    May,
    /// Those that would be among the former two, were they not to state more.
    LeftOut,
}

/// Criteria as SQL over `job AS j`, with the values it binds. `?1` is kept for the text expression.
pub(super) struct Filters {
    base: Vec<String>,
    conditions: Vec<Condition>,
    pub(super) values: Vec<Value>,
    tags: Vec<(Vec<String>, Option<String>)>,
    distance: Option<String>,
}

impl Filters {
    /// Works the criteria out at a moment.
    pub(super) fn of(criteria: &Criteria, now: DateTime<Utc>) -> Self {
        let mut filters = Self {
            base: Vec::new(),
            conditions: Vec::new(),
            values: vec![Value::Null],
            tags: Vec::new(),
            distance: None,
        };
        filters.status(criteria.status, now);
        filters.boards_and_exclusions(criteria);
        for question in criteria.questions() {
            filters.question(question, now);
        }
        if let Some(within) = criteria.posted_within {
            let since = filters.bind(shifted(now, -within));
            filters.base.push(format!("j.posted_at >= {since}"));
        }
        filters.codes(criteria);
        filters.known(&criteria.known);
        filters
    }

    /// Tells whether some jobs may match without being sure.
    pub(super) fn has_doubt(&self) -> bool {
        self.conditions.iter().any(|condition| condition.asked && !condition.required)
    }

    /// Gives the fields in the order of [`Filters::doubts`].
    pub(super) fn doubted_fields(&self) -> Vec<KnownField> {
        let doubted = self.conditions.iter().filter(|condition| condition.asked && !condition.required);
        doubted.map(|condition| condition.field).collect()
    }

    /// Gives, for each filter that can be doubted, an expression that is 1 where it is.
    pub(super) fn doubts(&self) -> Vec<String> {
        let doubted = self.conditions.iter().filter(|condition| condition.asked && !condition.required);
        doubted.map(|condition| format!("NOT {}", condition.sure)).collect()
    }

    /// Gives the condition for jobs of one sureness.
    pub(super) fn wherefore(&self, sureness: Sureness) -> String {
        let mut parts = self.base.clone();
        match sureness {
            Sureness::Sure => parts.extend(self.conditions.iter().map(|condition| condition.sure.clone())),
            Sureness::May => {
                parts.extend(
                    self.conditions
                        .iter()
                        .map(|condition| if condition.required { condition.sure.clone() } else { condition.either() }),
                );
                parts.push(format!("NOT {}", all_of(self.conditions.iter().map(|condition| condition.sure.clone()))));
            }
            Sureness::LeftOut => {
                parts.extend(self.conditions.iter().map(Condition::either));
                let required = self.conditions.iter().filter(|condition| condition.required);
                parts.push(format!("NOT {}", all_of(required.map(|condition| condition.sure.clone()))));
            }
        }
        all_of(parts.into_iter())
    }

    /// Gives the tags that jobs of one sureness carry, which the text index finds without reading rows.
    pub(super) fn tags(&self, sureness: Sureness) -> Vec<Vec<String>> {
        let with_unknown = sureness != Sureness::Sure;
        let any = self.tags.iter().map(|(sure, unknown)| {
            let unknown = unknown.iter().filter(|_| with_unknown);
            sure.iter().chain(unknown).cloned().collect()
        });
        any.collect()
    }

    /// Gives the miles to the nearest place of a job, where a circle is asked for.
    pub(super) fn distance(&self) -> Option<&str> {
        self.distance.as_deref()
    }

    pub(super) fn set_distance(&mut self, sql: String) {
        self.distance = Some(sql);
    }

    /// Adds a condition that no job can leave open.
    pub(super) fn base(&mut self, condition: String) {
        self.base.push(condition);
    }

    /// Lets the text index look for any of these.
    pub(super) fn tag_any(&mut self, kind: &str, values: &[String]) {
        self.tags.push((values.iter().map(|value| tag(kind, value)).collect(), None));
    }

    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    pub(super) fn ask(&mut self, field: KnownField, sure: &str, unknown: String) {
        let sure = format!("coalesce({sure}, 0)");
        self.conditions.push(Condition { field, sure, unknown, required: false, asked: true });
    }

    fn status(&mut self, status: StatusFilter, now: DateTime<Utc>) {
        let now = self.bind(millis(now));
        self.base.push(match status {
            StatusFilter::Open => format!("j.status = 0 AND (j.open_until IS NULL OR j.open_until > {now})"),
            StatusFilter::Closed => format!("(j.status = 1 OR (j.status = 0 AND j.open_until <= {now}))"),
            StatusFilter::All => "j.status < 2".to_owned(),
        });
    }

    fn boards_and_exclusions(&mut self, criteria: &Criteria) {
        if !criteria.boards.is_empty() {
            let mut tags = Vec::new();
            let mut any = Vec::new();
            for board in &criteria.boards {
                tags.push(tag("bd", board.as_str()));
                let value = self.bind(format!(" {board} "));
                any.push(format!("instr(j.boards, {value}) > 0"));
            }
            self.base.push(format!("({})", any.join(" OR ")));
            self.tags.push((tags, None));
        }
        for employer in criteria.not_employers.iter().filter_map(|name| AskedEmployer::read(name)) {
            let is_employer = self.employer_condition(&employer);
            self.base.push(format!("NOT coalesce({is_employer}, 0)"));
        }
    }

    /// Takes in one question that a job may leave open.
    fn question(&mut self, question: Question<'_>, now: DateTime<Utc>) {
        let field = question.field;
        match question.asks {
            Asks::Facet { kind, values } => self.set(kind, field, &values),
            Asks::Employer(employers) => self.employers(&employers),
            Asks::Pay(floor) => self.pay(floor),
            Asks::Closing(within) => self.closing(within, now),
            Asks::ExperienceAtMost(years) => self.figure(field, "j.experience_years <=", years),
            Asks::HoursAtLeast(hours) => self.figure(field, "j.hours_per_week >=", hours),
            Asks::HoursAtMost(hours) => self.figure(field, "j.hours_per_week <=", hours),
            Asks::Near(near) => self.near(near),
        }
    }

    /// Asks for any of some values of a facet.
    fn set(&mut self, kind: &str, field: KnownField, values: &[&str]) {
        let (mut any, mut tags) = (Vec::new(), Vec::new());
        for value in values {
            tags.push(tag(kind, value));
            let value = self.bind(facet(kind, value));
            any.push(format!("instr(j.facets, {value}) > 0"));
        }
        let unknown = self.bind(facet(kind, UNSTATED));
        self.tags.push((tags, Some(tag(kind, UNSTATED))));
        self.ask(field, &format!("({})", any.join(" OR ")), format!("instr(j.facets, {unknown}) > 0"));
    }

    fn employers(&mut self, employers: &[AskedEmployer]) {
        let any: Vec<String> = employers.iter().map(|employer| self.employer_condition(employer)).collect();
        if let [AskedEmployer::Words(words)] = employers
            && words.ends_with(' ')
        {
            for word in words.split_whitespace().take(8) {
                self.tags.push((vec![tag("em", word)], Some(tag("em", UNSTATED))));
            }
        }
        self.ask(KnownField::Employer, &format!("({})", any.join(" OR ")), unstated(KnownField::Employer));
    }

    fn employer_condition(&mut self, employer: &AskedEmployer) -> String {
        match employer {
            AskedEmployer::Identity(id) => format!("j.employer_id = {}", self.bind(id.clone())),
            AskedEmployer::Words(words) => format!("instr(j.employers, {}) > 0", self.bind(words.clone())),
        }
    }

    fn figure(&mut self, field: KnownField, comparison: &str, bound: f64) {
        let value = self.bind(bound);
        self.ask(field, &format!("({comparison} {value})"), unstated(field));
    }

    /// Compares like with like where the unit asked for is the unit stated, a year's pay otherwise.
    /// The upper bound counts; a job that states only a lower one is sure from there on.
    fn pay(&mut self, floor: PayFloor) {
        let unit = self.bind(floor.unit.as_str().to_owned());
        let amount = self.bind(floor.amount);
        let annual = self.bind(floor.amount * floor.unit.per_year());
        let same = format!("j.pay_unit = {unit} AND coalesce(j.pay_high, j.pay_low) IS NOT NULL");
        let sure = format!(
            "CASE WHEN {same} THEN coalesce(j.pay_high, j.pay_low) >= {amount}
                  ELSE coalesce(j.annual_high, j.annual_low) >= {annual} END"
        );
        let unknown = format!("CASE WHEN {same} THEN j.pay_high IS NULL ELSE j.annual_high IS NULL END");
        self.ask(KnownField::Pay, &sure, format!("coalesce({unknown}, 1)"));
    }

    fn closing(&mut self, within: Duration, now: DateTime<Utc>) {
        let (now, until) = (self.bind(millis(now)), self.bind(shifted(now, within)));
        let sure = format!("(j.closes_at > {now} AND j.closes_at <= {until})");
        self.ask(KnownField::Closing, &sure, "j.closes_at IS NULL".to_owned());
    }

    fn known(&mut self, known: &[KnownField]) {
        for field in known {
            let mut asked = false;
            for condition in self.conditions.iter_mut().filter(|condition| condition.field == *field) {
                condition.required = true;
                asked = true;
            }
            if !asked {
                let unknown = unstated(*field);
                let sure = format!("NOT {unknown}");
                self.conditions.push(Condition { field: *field, sure, unknown, required: true, asked: false });
            }
        }
    }
}

impl Condition {
    fn either(&self) -> String {
        format!("({} OR {})", self.sure, self.unknown)
    }
}

fn unstated(field: KnownField) -> String {
    format!("((j.unstated & {}) <> 0)", field.bit())
}

fn all_of(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "(1)".to_owned() } else { format!("({})", parts.join(" AND ")) }
}

fn shifted(now: DateTime<Utc>, by: Duration) -> i64 {
    let limit = if by < Duration::zero() { i64::MIN } else { i64::MAX };
    now.checked_add_signed(by).map_or(limit, millis)
}
