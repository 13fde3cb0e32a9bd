//! Tells whether the federal government employs, whose year of work has 2,087 hours.

use crate::model::{Engine, RawPosting};

/// Names of federal employers, in lower case. States have departments of veterans' affairs too, so
/// that one counts only where no state stands before it.
const EMPLOYERS: [&str; 16] = [
    "veterans health administration",
    "veterans affairs medical center",
    "va medical center",
    "va health care system",
    "va healthcare system",
    "indian health service",
    "defense health agency",
    "federal bureau of prisons",
    "military treatment facilit",
    "u.s. department",
    "us department",
    "united states department",
    "u.s. army",
    "u.s. navy",
    "u.s. air force",
    "national institutes of health",
];
/// Names that are federal only as the whole name.
const WHOLE: [&str; 6] = [
    "department of veterans affairs",
    "dept of veterans affairs",
    "dept. of veterans affairs",
    "veterans affairs",
    "department of defense",
    "department of health and human services",
];

/// Tells whether the work is federal: by the board's engine, or by the employer's name.
pub(super) fn is_federal(raw: &RawPosting, engine: Engine) -> bool {
    let names = [&raw.hiring_organization, &raw.department];
    engine == Engine::Usajobs || names.into_iter().flatten().any(|name| is_federal_name(name))
}

fn is_federal_name(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    let whole = lower.split([',', '(']).next().unwrap_or_default().trim();
    let whole = whole.strip_prefix("the ").unwrap_or(whole);
    // A contractor's or a state's name only holds these words.
    EMPLOYERS.iter().any(|known| lower.starts_with(known) || lower.contains(&format!(" {known}")))
        || WHOLE.contains(&whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn employed_by(name: &str) -> bool {
        is_federal(&RawPosting { hiring_organization: Some(name.to_owned()), ..RawPosting::default() }, Engine::Jsonld)
    }

    #[test]
    fn federal_employers_are_known_by_name_and_states_are_not() {
        for name in [
            "Veterans Health Administration",
            "Department of Veterans Affairs, Veterans Health Administration",
            "Department of Veterans Affairs",
            "Dayton VA Medical Center",
            "Indian Health Service",
            "U.S. Army Medical Command",
        ] {
            assert!(employed_by(name), "{name}");
        }
        for name in ["Ohio Department of Veterans Affairs", "Vanderbilt", "Nevada Medical Center", "Ohio Health", ""] {
            assert!(!employed_by(name), "{name}");
        }
        assert!(is_federal(&RawPosting::default(), Engine::Usajobs));
    }
}
