//! A set of filters in words, for headings of digests and feeds.

use chrono::Duration;

use crate::model::{Criteria, StatusFilter};

/// Says what is looked for in one line: `"cancer registrar", remote, in OH or KY, at least $30 an hour`.
#[must_use]
pub fn in_words(criteria: &Criteria) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(
        criteria.query_text.as_ref().filter(|text| !text.trim().is_empty()).map(|text| format!("“{}”", text.trim())),
    );
    if criteria.remote {
        parts.push("remote".into());
    }
    parts.extend(criteria.entry_level.then(|| "entry level".into()));
    for values in [&criteria.roles, &criteria.levels, &criteria.settings, &criteria.specialties] {
        parts.extend(list("", values));
    }
    parts.extend(credentials(criteria));
    parts.extend(list("in", &criteria.states));
    parts.extend(criteria.near.as_ref().map(|near| format!("within {} miles of {}", near.miles, near.label)));
    parts.extend(list("at", &criteria.employers));
    parts.extend(list("not at", &criteria.not_employers));
    let types: Vec<String> =
        criteria.employment_types.iter().map(|kind| kind.as_str().to_lowercase().replace('_', "-")).collect();
    parts.extend(list("", &types));
    if let Some(floor) = criteria.pay_at_least {
        parts.push(format!("at least ${} a {}", floor.amount, floor.unit.as_str().to_lowercase()));
    }
    for (word, values) in [
        ("shift", &criteria.shifts),
        ("education", &criteria.educations),
        ("using", &criteria.coding_systems),
        ("using", &criteria.software),
        ("offering", &criteria.benefits),
        ("SOC", &criteria.socs),
    ] {
        parts.extend(list(word, values));
    }
    parts.extend(criteria.experience_at_most.map(|years| format!("at most {years} years of experience")));
    parts.extend(criteria.hours_at_least.map(|hours| format!("at least {hours} hours a week")));
    parts.extend(criteria.hours_at_most.map(|hours| format!("at most {hours} hours a week")));
    parts.extend(criteria.direct.then(|| "no agencies".into()));
    parts.extend(criteria.no_warnings.then(|| "without warning signs".into()));
    let boards: Vec<String> = criteria.boards.iter().map(ToString::to_string).collect();
    parts.extend(list("on", &boards));
    parts.extend(list("open to", &criteria.open_to));
    parts.extend(criteria.posted_within.map(|length| format!("posted within {}", span(length))));
    parts.extend(criteria.closing_within.map(|length| format!("closing within {}", span(length))));
    match criteria.status {
        StatusFilter::Open => {}
        StatusFilter::Closed => parts.push("closed".into()),
        StatusFilter::All => parts.push("open or closed".into()),
    }
    if parts.is_empty() { "every job".into() } else { parts.join(", ") }
}

/// Names credentials as people write them: `ahima:ccs-p` is CCS-P.
fn credentials(criteria: &Criteria) -> Option<String> {
    let codes: Vec<String> = criteria
        .credentials
        .iter()
        .map(|id| id.split_once(':').map_or(id.as_str(), |(_, code)| code).to_uppercase())
        .collect();
    let word = if criteria.credential_required { "requiring" } else { "asking for" };
    let any = criteria.credential_required.then(|| "requiring a credential".to_owned());
    list(word, &codes).or(any)
}

fn list(word: &str, values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| format!("{word} {}", values.join(" or ")).trim().to_owned())
}

pub(super) fn span(length: Duration) -> String {
    let hours = length.num_hours();
    match hours {
        1 => "1 hour".into(),
        24 => "1 day".into(),
        _ if hours % 24 == 0 => format!("{} days", hours / 24),
        _ => format!("{hours} hours"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_read_as_a_sentence_fragment() {
        assert_eq!(in_words(&Criteria::default()), "every job");
        let criteria = Criteria {
            query_text: Some("coder".into()),
            remote: true,
            states: vec!["OH".into(), "KY".into()],
            posted_within: Some(Duration::days(7)),
            ..Criteria::default()
        };
        assert_eq!(in_words(&criteria), "“coder”, remote, in OH or KY, posted within 7 days");
    }
}
