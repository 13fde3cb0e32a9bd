//! One job as text for a terminal: labelled lines, wrapped, with raw values and grounds.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{coded_text, output};
use crate::model::{Job, JobPosting, Place, Salary, WorkMode};

/// How far labels reach.
const LABEL: usize = 14;
/// How much of a value or of raw words is shown; JSON shows all.
const MOST_SHOWN: usize = 300;
/// Fields that stand above the others.
const ALREADY_SHOWN: [&str; 2] = ["url", "apply_url"];
/// Shorter names for people.
const LABELS: [(&str, &str); 7] = [
    ("hiring_organization", "employer"),
    ("job_location", "place"),
    ("work_mode", "work mode"),
    ("employment_type", "type"),
    ("base_salary", "pay"),
    ("date_posted", "posted"),
    ("valid_through", "closes"),
];

/// Writes a label and a value, wrapped under itself.
pub(super) fn labelled(label: &str, value: &str) -> String {
    let width = output::width().saturating_sub(LABEL + 2).max(20);
    let mut lines = wrapped(value, width).into_iter();
    let head = format!("{label:>LABEL$}  {}", lines.next().unwrap_or_default());
    lines.fold(head, |text, line| format!("{text}\n{:LABEL$}  {line}", ""))
}

/// Breaks a text at blanks; words longer than the width stand alone.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// Writes a place: `Columbus, OH 43215`.
pub(super) fn place(place: &Place) -> String {
    let town =
        [place.locality.as_deref(), place.region.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let text = match &place.postal_code {
        Some(code) => format!("{town} {code}").trim().to_owned(),
        None => town,
    };
    match place.country.as_deref() {
        Some(country) if text.is_empty() || country != "US" => {
            if text.is_empty() {
                country.to_owned()
            } else {
                format!("{text}, {country}")
            }
        }
        _ => text,
    }
}

/// Writes pay as stated, then what was derived from it, labelled.
pub(super) fn pay(salary: &Salary) -> String {
    let derived = match (salary.annual_min.or(salary.annual_max), salary.annual_basis.as_deref()) {
        (Some(_), Some(basis)) if basis != "stated" => {
            let (low, high) = (salary.annual_min, salary.annual_max);
            let figures =
                [low, high.filter(|high| Some(*high) != low)].into_iter().flatten().map(money).collect::<Vec<_>>();
            format!(" (about {} a year, derived: {basis})", figures.join(" to "))
        }
        _ => String::new(),
    };
    let doubt = salary.implausible.as_ref().map_or_else(String::new, |why| format!(" (implausible: {why})"));
    format!("{}{derived}{doubt}", salary.raw)
}

/// Writes an amount with thousands separated.
fn money(amount: f64) -> String {
    let whole = format!("{:.0}", amount.abs());
    let mut text = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("${text}")
}

/// Writes the whole job.
pub(super) fn job(job: &Job) -> String {
    let mut lines = vec![job.title.clone().unwrap_or_else(|| "(no title)".into())];
    let mut add = |label: &str, value: Option<String>| lines.extend(value.map(|value| labelled(label, &value)));
    add("id", Some(job.id.to_string()));
    add("employer", job.hiring_organization.clone());
    add("place", places(&job.job_location));
    add("work mode", job.work_mode.map(|mode| mode_in_words(mode, job.remote_scope.as_deref())));
    let types: Vec<_> = job.employment_type.iter().map(|kind| kind.as_str().to_lowercase().replace('_', "-")).collect();
    add("type", Some(types.join(", ")).filter(|text| !text.is_empty()));
    add("pay", Some(job.base_salary.as_ref().map_or_else(|| "not stated".to_owned(), pay)));
    add("posted", job.date_posted.map(|date| date.to_string()));
    let closes = job
        .valid_through
        .as_ref()
        .map(|closing| closing.time.map_or_else(|| closing.date.to_string(), |time| time.to_rfc3339()));
    add("closes", Some(closes.unwrap_or_else(|| "not stated".into())));
    let status = job
        .closed_reason
        .as_ref()
        .map_or_else(|| job.status.as_str().to_owned(), |why| format!("{} ({why})", job.status.as_str()));
    add("status", Some(status));
    lines.extend(coded_text::lines(job));
    let mut add = |label: &str, value: Option<String>| lines.extend(value.map(|value| labelled(label, &value)));
    add("open to", Some(job.open_to.join(", ")).filter(|text| !text.is_empty()));
    add("signals", Some(job.signals.join("; ")).filter(|text| !text.is_empty()));
    add("first seen", Some(minute(job.first_seen)));
    add("confirmed", Some(minute(job.last_confirmed)));
    for posting in &job.postings {
        lines.push(String::new());
        lines.push(posting_text(posting));
    }
    lines.extend(advertised_before(job));
    if let Some(text) = &job.description_text {
        lines.push(String::new());
        lines.extend(wrapped(text, output::width()));
    }
    lines.join("\n")
}

/// Writes what advertised the same position before.
fn advertised_before(job: &Job) -> Vec<String> {
    if job.earlier.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), "Advertised before".to_owned()];
    for posting in &job.earlier {
        let until = posting.until.map_or_else(|| "still open".to_owned(), |until| format!("to {until}"));
        let when = format!("{} {until}", posting.from);
        let page = posting.url.as_ref().map(|url| format!(", {url}")).unwrap_or_default();
        lines.push(labelled(
            "",
            &format!("{when}: {}/{}, job {}{page}", posting.board, posting.posting_id, posting.job),
        ));
    }
    lines
}

fn places(places: &[Place]) -> Option<String> {
    const SHOWN: usize = 8;
    let named: Vec<String> = places.iter().take(SHOWN).map(place).filter(|text| !text.is_empty()).collect();
    let more = if places.len() > SHOWN { format!("; and {} more", places.len() - SHOWN) } else { String::new() };
    (!named.is_empty()).then(|| named.join("; ") + &more)
}

fn mode_in_words(mode: WorkMode, scope: Option<&[String]>) -> String {
    scope
        .filter(|scope| !scope.is_empty())
        .map_or_else(|| mode.as_str().to_owned(), |scope| format!("{} ({})", mode.as_str(), scope.join(", ")))
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Writes one posting with every normalized field: value, raw, ground.
fn posting_text(posting: &JobPosting) -> String {
    let mut lines = vec![format!("On {} as {} ({})", posting.board, posting.posting_id, posting.status.as_str())];
    let mut add = |label: &str, value: Option<&str>| lines.extend(value.map(|value| labelled(label, value)));
    add("page", posting.url.as_deref());
    add("apply", posting.apply_url.as_deref());
    if posting.board.as_str().starts_with("usajobs") {
        add("source", Some(&format!("USAJOBS, retrieved {}", minute(posting.last_confirmed))));
    }
    let fields = posting.fields.as_ref().and_then(|fields| fields.as_object());
    for (name, field) in fields.into_iter().flatten().filter(|(name, _)| !ALREADY_SHOWN.contains(&name.as_str())) {
        if let Some(text) = field_text(name, field) {
            let label = LABELS.iter().find(|(known, _)| known == name).map_or(name.as_str(), |(_, label)| label);
            lines.push(labelled(label, &text));
        }
    }
    lines.join("\n")
}

/// Writes a field's value, raw words and ground; `None` for members that are no fields.
fn field_text(name: &str, field: &Value) -> Option<String> {
    let object = field.as_object()?;
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    let raw = text("raw").unwrap_or_default();
    let shown = object.get("value").map_or_else(|| "unknown".to_owned(), |value| value_text(name, value));
    let shown: String = shown.chars().take(MOST_SHOWN).collect();
    let raw: String = raw.chars().take(MOST_SHOWN).collect();
    let words = if raw.is_empty() || raw == shown { String::new() } else { format!(" ← “{raw}”") };
    let ground = match (text("basis"), text("evidence")) {
        (None | Some("stated"), None) => String::new(),
        (basis, None) => format!(" [{}]", basis.unwrap_or("stated")),
        (basis, Some(evidence)) => format!(" [{}: {evidence}]", basis.unwrap_or("stated")),
    };
    Some(format!("{shown}{words}{ground}"))
}

/// Writes a field's value as people read it.
pub(super) fn value_text(name: &str, value: &Value) -> String {
    let read = match name {
        "base_salary" => serde_json::from_value(value.clone()).ok().map(|salary: Salary| pay(&salary)),
        "job_location" => serde_json::from_value(value.clone()).ok().and_then(|all: Vec<Place>| places(&all)),
        "valid_through" => value.get("time").or(value.get("date")).and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    let list = || {
        let words: Option<Vec<&str>> = value.as_array()?.iter().map(Value::as_str).collect();
        words.map(|words| words.join(", "))
    };
    read.or_else(|| value.as_str().map(str::to_owned)).or_else(list).unwrap_or_else(|| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_wrap_under_themselves() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("https://a.example/very/long/path x", 10), ["https://a.example/very/long/path", "x"]);
    }

    #[test]
    fn money_is_grouped() {
        assert_eq!(money(50_960.0), "$50,960");
        assert_eq!(money(999.0), "$999");
    }
}
