//! Places, remote scope, employment types and hiring paths in words.

use std::collections::BTreeSet;

use crate::model::{EmploymentType, Job, Place, WorkMode};

use super::clean::short_line;

/// So many places are named; the others are counted.
const PLACES_NAMED: usize = 3;
/// So many states of a remote scope are named.
const STATES_NAMED: usize = 8;

/// Says where the work is done: `Columbus, OH`, `Remote (anywhere in the US)`, `Hybrid, Columbus, OH`.
pub(super) fn place(job: &Job) -> String {
    match (job.work_mode, places(&job.job_location)) {
        (Some(WorkMode::Remote), _) => remote(job),
        (Some(WorkMode::Hybrid), Some(names)) => format!("Hybrid, {names}"),
        (Some(WorkMode::Hybrid), None) => "Hybrid, place not stated".to_owned(),
        (_, Some(names)) => names,
        (_, None) => "Place not stated".to_owned(),
    }
}

fn remote(job: &Job) -> String {
    match job.remote_scope.as_deref() {
        Some([one]) if one == "US" => "Remote (anywhere in the US)".to_owned(),
        Some(scope) if !scope.is_empty() => {
            format!("Remote (from {})", listed(scope.iter().map(|code| short_line(code, 30)), STATES_NAMED, ", "))
        }
        _ => places(&job.job_location).map_or_else(|| "Remote".to_owned(), |names| format!("Remote ({names})")),
    }
}

/// Joins names and counts those beyond `most`.
fn listed(names: impl Iterator<Item = String>, most: usize, between: &str) -> String {
    let names: Vec<String> = names.collect();
    let head = names.get(..most.min(names.len())).unwrap_or_default().join(between);
    match names.len().saturating_sub(most) {
        0 => head,
        more => format!("{head} and {more} more"),
    }
}

fn places(all: &[Place]) -> Option<String> {
    let mut seen = BTreeSet::new();
    let distinct = all.iter().filter_map(place_name).filter(|name| seen.insert(name.clone())).collect::<Vec<_>>();
    (!distinct.is_empty()).then(|| listed(distinct.into_iter(), PLACES_NAMED, "; "))
}

fn place_name(place: &Place) -> Option<String> {
    let country = match place.country.as_deref() {
        Some("US") if place.locality.is_some() || place.region.is_some() => None,
        other => other.map(country_name),
    };
    let parts = [place.locality.as_deref(), place.region.as_deref(), country];
    let parts: Vec<String> =
        parts.into_iter().flatten().map(|part| short_line(part, 60)).filter(|p| !p.is_empty()).collect();
    if parts.is_empty() { place.postal_code.as_ref().map(|code| short_line(code, 12)) } else { Some(parts.join(", ")) }
}

/// Names the countries that would be mistaken for states by their codes.
fn country_name(code: &str) -> &str {
    match code {
        "US" => "United States",
        "CA" => "Canada",
        "IN" => "India",
        "DE" => "Germany",
        "GB" => "United Kingdom",
        "AU" => "Australia",
        "PH" => "Philippines",
        other => other,
    }
}

/// Says how one is employed: `full-time or part-time`; `None` when not stated.
pub(super) fn employment(types: &[EmploymentType]) -> Option<String> {
    let words: Vec<&str> = types.iter().copied().map(employment_word).collect();
    (!words.is_empty()).then(|| words.join(" or "))
}

/// Gives one employment type as people write it.
pub(super) fn employment_word(kind: EmploymentType) -> &'static str {
    match kind {
        EmploymentType::FullTime => "full-time",
        EmploymentType::PartTime => "part-time",
        EmploymentType::Contractor => "contract",
        EmploymentType::Temporary => "temporary",
        EmploymentType::Intern => "internship",
        EmploymentType::Volunteer => "volunteer",
        EmploymentType::PerDiem => "per diem (PRN)",
        EmploymentType::Other => "other schedule",
    }
}

/// Says who may apply, where a board states it (USAJOBS hiring paths).
pub(super) fn open_to(paths: &[String]) -> Option<String> {
    let words = paths.iter().map(|path| hiring_path(path));
    (!paths.is_empty()).then(|| listed(words, 6, ", "))
}

fn hiring_path(code: &str) -> String {
    let words = match code {
        "public" => "the public",
        "fed-competitive" => "federal employees (competitive service)",
        "fed-excepted" => "federal employees (excepted service)",
        "fed-internal-search" => "the agency's own employees",
        "fed-transition" => "displaced federal employees",
        "vet" => "veterans",
        "mspouse" => "military spouses",
        "disability" => "people with disabilities",
        "graduates" => "recent graduates",
        "student" => "students",
        "native" => "Native Americans",
        other => return short_line(&other.replace('-', " "), 40),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;

    #[test]
    fn a_place_is_named_as_on_an_envelope() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        job.job_location = vec![sample::city("Columbus", "OH"), sample::city("Columbus", "OH")];
        assert_eq!(place(&job), "Columbus, OH");
        job.work_mode = Some(WorkMode::Hybrid);
        assert_eq!(place(&job), "Hybrid, Columbus, OH");
        job.job_location.clear();
        job.work_mode = None;
        assert_eq!(place(&job), "Place not stated");
    }

    #[test]
    fn remote_work_says_from_where() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        job.work_mode = Some(WorkMode::Remote);
        job.remote_scope = Some(vec!["US".into()]);
        assert_eq!(place(&job), "Remote (anywhere in the US)");
        job.remote_scope = Some(vec!["OH".into(), "MI".into()]);
        assert_eq!(place(&job), "Remote (from OH, MI)");
        job.remote_scope = None;
        job.job_location = vec![sample::city("Columbus", "OH")];
        assert_eq!(place(&job), "Remote (Columbus, OH)");
    }

    #[test]
    fn many_places_are_counted() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        job.job_location = (0..7).map(|n| sample::city(&format!("City {n}"), "OH")).collect();
        assert_eq!(place(&job), "City 0, OH; City 1, OH; City 2, OH and 4 more");
    }

    #[test]
    fn hiring_paths_are_words_not_codes() {
        assert_eq!(open_to(&["public".into(), "land-management".into()]).unwrap(), "the public, land management");
        assert_eq!(open_to(&[]), None);
    }
}
