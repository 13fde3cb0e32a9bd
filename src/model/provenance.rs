//! Which value a job took for each field, from which posting and by which rule, and what its other
//! postings say instead. Pure; reads the postings' normalized fields as `show` carries them.

use serde::Serialize;
use serde_json::Value;

use super::job::{Job, JobPosting};

/// Fields of which the job takes every posting's values together.
const UNITED: [&str; 3] = ["job_location", "employment_type", "codes.shift"];
/// Fields that are about a posting and not about the job.
const OF_A_POSTING: [&str; 2] = ["apply_url", "department"];

/// What one posting says of a field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Said {
    /// The posting, as `board/posting_id`.
    pub posting: String,
    /// The value.
    pub value: Value,
    /// The board's own words.
    pub raw: Option<String>,
    /// `stated`, `derived` or `estimated`.
    pub basis: String,
    /// The words or the rule that gave the value.
    pub evidence: Option<String>,
}

/// A field of a job with everything that its postings say of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Provenance {
    /// The field: `work_mode`, `codes.role`.
    pub field: String,
    /// The posting whose value the job took; `None` where it took all together.
    pub taken_from: Option<String>,
    /// By which rule.
    pub rule: &'static str,
    /// Whether the postings say different things.
    pub conflict: bool,
    /// What each says, in the order in which the job speaks through them.
    pub said: Vec<Said>,
}

/// Gives every field that any posting states, in the order of the first posting's fields. The
/// postings must carry their fields and stand in the job's speaking order.
#[must_use]
pub fn provenance(job: &Job) -> Vec<Provenance> {
    let mut names: Vec<String> = Vec::new();
    for posting in &job.postings {
        for (name, _) in fields_of(posting) {
            if !names.contains(&name) && !OF_A_POSTING.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    names.into_iter().filter_map(|name| field(job, name)).collect()
}

fn field(job: &Job, name: String) -> Option<Provenance> {
    let said: Vec<Said> = job.postings.iter().filter_map(|posting| said(posting, &name)).collect();
    let first = said.first()?;
    let conflict = said.iter().any(|one| one.value != first.value);
    let (taken_from, rule) = taken(&name, &said);
    Some(Provenance { field: name, taken_from, rule, conflict, said })
}

/// Says whose value is taken, as `compose` does.
fn taken(name: &str, said: &[Said]) -> (Option<String>, &'static str) {
    if UNITED.contains(&name) {
        return (None, "all postings' values together");
    }
    match name {
        "date_posted" => return (None, "the earliest stated date"),
        "valid_through" => return (None, "the latest end that is still open"),
        _ => {}
    }
    let on = |basis: &str| said.iter().find(|one| one.basis == basis).map(|one| one.posting.clone());
    let rules = [
        ("stated", "the first stated value: government or employer first, then the fullest, then one that states pay"),
        ("derived", "stated by none; the first derived value, in the same order"),
        ("estimated", "stated by none; the first estimated value, in the same order"),
    ];
    rules.into_iter().find_map(|(basis, rule)| on(basis).map(|from| (Some(from), rule))).unwrap_or((None, "not taken"))
}

fn said(posting: &JobPosting, name: &str) -> Option<Said> {
    let (_, field) = fields_of(posting).into_iter().find(|(known, _)| known == name)?;
    let text = |key: &str| field.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Said {
        posting: format!("{}/{}", posting.board, posting.posting_id),
        value: field.get("value")?.clone(),
        raw: text("raw"),
        basis: text("basis").unwrap_or_else(|| "stated".to_owned()),
        evidence: text("evidence"),
    })
}

/// Gives a posting's fields that have a value, those of its codes led by `codes.`.
fn fields_of(posting: &JobPosting) -> Vec<(String, &Value)> {
    let Some(fields) = posting.fields.as_ref().and_then(Value::as_object) else { return Vec::new() };
    let has_value = |field: &&Value| field.get("value").is_some();
    let own = fields.iter().filter(|(_, field)| has_value(field)).map(|(name, field)| (name.clone(), field));
    let codes = fields.get("codes").and_then(Value::as_object).into_iter().flatten();
    let given = codes.filter(|(_, field)| has_value(field)).map(|(name, field)| (format!("codes.{name}"), field));
    own.chain(given).collect()
}
