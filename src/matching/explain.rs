//! Why a job does or does not match, one filter after the other, in words. The answers are those of
//! [`evaluate`](fn@super::evaluate), for they are asked of the same code.

use chrono::{DateTime, Utc};

use super::describe::span;
use super::evaluate::{Answer, AskedCriteria, Condition, OpenQuestion, Test, nearest};
use crate::model::{AskedEmployer, Criteria, JobStatus, KnownField, MatchFacts, PayFacts, StatusFilter};

/// How many values are named before the rest is counted.
const NAMED: usize = 6;

/// The answer to one filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriterionAnswer {
    /// The filter's long name; `q` for the words, `known` for a field that is merely to be stated.
    pub filter: &'static str,
    /// What is asked: `asks for RHIT`.
    pub asks: String,
    /// The answer.
    pub answer: Answer,
    /// Whether the job is left out where the answer is unknown.
    pub known: bool,
    /// What the job says: `it requires CPC and CPC-H`.
    pub why: String,
}

/// Asks criteria of a job at a moment and says why each is answered as it is. With any `no` the job does
/// not match; with any `unknown` it may.
#[must_use]
pub fn explain(criteria: &Criteria, job: &MatchFacts, now: DateTime<Utc>) -> Vec<CriterionAnswer> {
    let asked = AskedCriteria::of(criteria);
    let conditions = asked.conditions.iter().map(|condition| {
        let (filter, asks, why) = said_of_condition(condition, job, now);
        let answer = if condition.holds(job, now) { Answer::Yes } else { Answer::No };
        CriterionAnswer { filter, asks, answer, known: false, why }
    });
    let questions = asked.questions.iter().map(|question| {
        let answer = question.test.answer(question.field, job, now);
        let (asks, why) = said_of_question(question, answer, job);
        CriterionAnswer { filter: question.filter, asks, answer, known: question.required, why }
    });
    let order = |filter: &str| usize::from(filter != "status") + usize::from(filter != "status" && filter != "q");
    let mut answers: Vec<CriterionAnswer> = conditions.chain(questions).collect();
    answers.sort_by_key(|answer| order(answer.filter));
    answers
}

fn said_of_condition(condition: &Condition, job: &MatchFacts, now: DateTime<Utc>) -> (&'static str, String, String) {
    match condition {
        Condition::Status(status) => {
            let asks = match status {
                StatusFilter::Open => "open jobs",
                StatusFilter::Closed => "closed jobs",
                StatusFilter::All => "open and closed jobs",
            };
            let is = if job.status_at(now) == JobStatus::Open { "it is open" } else { "it is closed" };
            ("status", asks.into(), is.into())
        }
        Condition::Boards(boards) => {
            ("board", format!("on {}", any_of(boards)), format!("it is on {}", all_of(&job.boards)))
        }
        Condition::PostedWithin(within) => {
            let asks = format!("posted within {}", span(*within));
            ("posted-within", asks, format!("it was posted, or first seen, by {}", job.posted_at.format("%Y-%m-%d")))
        }
        Condition::Direct => {
            let is = if job.agency { "a staffing agency offers it" } else { "no staffing agency offers it" };
            ("direct", "no staffing agency".into(), is.into())
        }
        Condition::NoWarnings => {
            let is = match job.warnings {
                0 => "it shows none".into(),
                1 => "it shows 1".into(),
                many => format!("it shows {many}"),
            };
            ("no-warnings", "no warning signs".into(), is)
        }
        Condition::Roles(roles) => {
            let wanted: Vec<String> = roles.iter().map(|role| value_of(role).to_owned()).collect();
            ("role", format!("role {}", any_of(&wanted)), has_of(job, "ro", "its role is", "it has no role"))
        }
        Condition::Socs(socs) => {
            let is =
                job.soc.as_ref().map_or_else(|| "it has no SOC code".into(), |soc| format!("its SOC code is {soc}"));
            ("soc", format!("SOC code {}", any_of(socs)), is)
        }
        Condition::NotEmployer(employer) => {
            ("not-employer", format!("not at {}", said_of_employer(employer)), employers_of(job))
        }
        Condition::Words(words) => ("q", words.said(), words.found_in(job)),
        Condition::TooManyWords => ("q", "more words than a search takes".into(), "nothing matches them".into()),
    }
}

fn said_of_question(question: &OpenQuestion, answer: Answer, job: &MatchFacts) -> (String, String) {
    let not_stated = || format!("it does not state {}", noun(question.field));
    match &question.test {
        Test::Facet { kind, any, .. } => {
            let (asks, has) = facet_words(kind);
            // The US stands for remote work that is open to every state, and is not asked for by itself.
            let wanted = any.iter().filter(|facet| facet.as_str() != "st:us" || any.len() == 1);
            let wanted: Vec<String> = wanted.map(|facet| shown(kind, value_of(facet))).collect();
            let asks = match *kind {
                "cq" if any == &["cq:any"] => "requires a credential".to_owned(),
                "en" => asks.to_owned(),
                _ => format!("{asks} {}", any_of(&wanted)),
            };
            let why = if answer == Answer::Unknown { not_stated() } else { facet_why(job, kind, has) };
            (asks, why)
        }
        Test::Employer(employers) => {
            let asked: Vec<String> = employers.iter().map(said_of_employer).collect();
            (format!("at {}", any_of(&asked)), employers_of(job))
        }
        Test::Pay { unit, amount, .. } => {
            let asks = format!("pays at least ${amount} a {}", unit.as_str().to_lowercase());
            (asks, pay_of(&job.pay))
        }
        Test::Closing(within) => {
            let closes = job.closes_at.map(|end| format!("it closes on {}", end.format("%Y-%m-%d %H:%M UTC")));
            (format!("closing within {}", span(*within)), closes.unwrap_or_else(not_stated))
        }
        Test::ExperienceAtMost(most) => {
            let is = job.experience_years.map(|years| format!("it requires {years}"));
            (format!("requires at most {most} years of experience"), is.unwrap_or_else(not_stated))
        }
        Test::HoursAtLeast(hours) => {
            (format!("at least {hours} hours a week"), hours_of(job).unwrap_or_else(not_stated))
        }
        Test::HoursAtMost(hours) => (format!("at most {hours} hours a week"), hours_of(job).unwrap_or_else(not_stated)),
        Test::Near { near, .. } => {
            let is = match (nearest(near, job), answer) {
                (Some(miles), Answer::Unknown) => format!("it is remote, and its place is {miles:.0} miles away"),
                (Some(miles), _) => format!("its nearest place is {miles:.0} miles away"),
                (None, _) if job.has_facet("wm:remote") => "it is remote and names no town".into(),
                (None, Answer::Unknown) if !job.is_unstated(KnownField::Place) => "only its state is known".into(),
                (None, _) => has_of(job, "st", "only its state is known:", "its place is not stated"),
            };
            (format!("within {} miles of {}", near.miles, near.label), is)
        }
        Test::Stated => {
            let is = if answer == Answer::Yes { format!("it states {}", noun(question.field)) } else { not_stated() };
            (format!("states {}", noun(question.field)), is)
        }
    }
}

/// Says how values of a facet are asked for, and how a job has them.
fn facet_words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "st" => ("in", "it is in"),
        "wm" => ("work that is", "it is"),
        "et" => ("employment that is", "it is"),
        "op" => ("open to", "it is open to"),
        "cr" => ("asks for", "it asks for"),
        "cq" => ("requires", "it requires"),
        "en" => ("takes beginners", "it takes beginners:"),
        "se" => ("setting", "its setting is"),
        "lv" => ("level", "its level is"),
        "sh" => ("shift", "its shift is"),
        "ed" => ("education", "it asks for"),
        "cs" => ("codes with", "it codes with"),
        "sw" => ("software", "it names"),
        "sp" => ("specialty", "it names"),
        "be" => ("offers", "it offers"),
        _ => ("has", "it has"),
    }
}

/// Says which values of a facet a job has; of credentials also those that are merely asked for.
fn facet_why(job: &MatchFacts, kind: &str, has: &str) -> String {
    if kind == "cr" || kind == "cq" {
        let required: Vec<String> = job.facets_of("cq").filter(|id| *id != "any").map(|id| shown("cq", id)).collect();
        let asked: Vec<String> = job.facets_of("cr").map(|id| shown("cr", id)).collect();
        let other: Vec<String> = asked.into_iter().filter(|code| !required.contains(code)).collect();
        return match (required.is_empty(), other.is_empty()) {
            (true, true) => "it names no credential".into(),
            (false, true) => format!("it requires {}", all_of(&required)),
            (true, false) => format!("it requires none and asks for {}", all_of(&other)),
            (false, false) => format!("it requires {} and asks for {}", all_of(&required), all_of(&other)),
        };
    }
    has_of(job, kind, has, "it has none")
}

fn has_of(job: &MatchFacts, kind: &str, has: &str, none: &str) -> String {
    let values: Vec<String> = job.facets_of(kind).map(|value| shown(kind, value)).collect();
    if values.is_empty() { none.to_owned() } else { format!("{has} {}", all_of(&values)) }
}

fn value_of(facet: &str) -> &str {
    facet.split_once(':').map_or(facet, |(_, value)| value)
}

/// Writes a value as people do: `ahima:ccs-p` is CCS-P, `full_time` full-time.
fn shown(kind: &str, value: &str) -> String {
    match kind {
        "st" if value == "us" => "the whole US".into(),
        "st" => value.to_uppercase(),
        "cr" | "cq" => value_of(value).to_uppercase(),
        "et" => value.replace('_', "-"),
        _ => value.to_owned(),
    }
}

fn said_of_employer(employer: &AskedEmployer) -> String {
    match employer {
        AskedEmployer::Identity(id) => format!("id:{id}"),
        AskedEmployer::Words(words) if words.ends_with(' ') => words.trim().to_owned(),
        AskedEmployer::Words(words) => format!("{}*", words.trim()),
    }
}

fn employers_of(job: &MatchFacts) -> String {
    let names = job.employers.split('|').map(str::trim).filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(str::to_owned).collect();
    let identity = job.employer_id.as_ref().map_or_else(String::new, |id| format!(" (id:{id})"));
    if names.is_empty() {
        "it does not state its employer".into()
    } else {
        format!("it is at {}{identity}", all_of(&names))
    }
}

fn pay_of(pay: &PayFacts) -> String {
    let range = |low: Option<f64>, high: Option<f64>| match (low, high) {
        (Some(low), Some(high)) if low < high => Some(format!("${low} to ${high}")),
        (_, Some(high)) => Some(format!("up to ${high}")),
        (Some(low), None) => Some(format!("from ${low}")),
        (None, None) => None,
    };
    let stated = pay.unit.and_then(|unit| Some((range(pay.low, pay.high)?, unit.as_str().to_lowercase())));
    let annual = range(pay.annual_low, pay.annual_high);
    match (stated, annual) {
        (Some((figures, unit)), Some(annual)) if unit != "year" => {
            format!("it pays {figures} a {unit}, {annual} a year")
        }
        (Some((figures, unit)), _) => format!("it pays {figures} a {unit}"),
        (None, Some(annual)) => format!("it pays {annual} a year"),
        (None, None) => "it does not state pay that can be compared".into(),
    }
}

fn hours_of(job: &MatchFacts) -> Option<String> {
    job.hours_per_week.map(|hours| format!("it has {hours} hours a week"))
}

fn noun(field: KnownField) -> &'static str {
    match field {
        KnownField::Pay => "its pay",
        KnownField::Place => "its place",
        KnownField::WorkMode => "where one works",
        KnownField::EmploymentType => "its employment type",
        KnownField::Employer => "its employer",
        KnownField::Posted => "when it was posted",
        KnownField::Closing => "when it closes",
        KnownField::OpenTo => "whom it is open to",
        KnownField::Credential => "a credential",
        KnownField::EntryLevel => "whether beginners are taken",
        KnownField::Setting => "its setting",
        KnownField::Level => "its level",
        KnownField::Shift => "its shift",
        KnownField::Education => "the education asked for",
        KnownField::CodingSystem => "a coding system",
        KnownField::Software => "its software",
        KnownField::Specialty => "a specialty",
        KnownField::Benefit => "its benefits",
        KnownField::Experience => "the experience required",
        KnownField::Hours => "its hours",
    }
}

fn any_of(values: &[String]) -> String {
    listed(values, "or")
}

fn all_of(values: &[String]) -> String {
    listed(values, "and")
}

fn listed(values: &[String], word: &str) -> String {
    match values {
        [] => "nothing".into(),
        [one] => one.clone(),
        [most @ .., last] if values.len() <= NAMED => format!("{} {word} {last}", most.join(", ")),
        _ => {
            let named = values.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            format!("{named} {word} {} more", values.len() - NAMED)
        }
    }
}
