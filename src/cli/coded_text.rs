//! What a job is coded with, as lines for a terminal.

use super::job_text::labelled;
use crate::model::{CredentialDemand, Education, Job};

/// Writes the codes that are known, one kind a line. All of them are derived; each posting's own
/// lines say from which words.
pub(super) fn lines(job: &Job) -> Vec<String> {
    let joined = |values: &[String]| Some(values.join(", ")).filter(|text| !text.is_empty());
    let role = job.role.as_ref().map(|role| match &job.occupation.soc {
        Some(soc) => format!("{role} (SOC {soc})"),
        None => role.clone(),
    });
    let level = job.experience_level.map(|level| level.as_str().to_owned());
    let entry = job.entry_level.map(|entry| if entry { "yes, beginners are taken" } else { "no" }.to_owned());
    let rows = [
        ("role", role),
        ("series", joined(&job.occupation.series)),
        ("credentials", credentials(&job.credentials)),
        ("level", level),
        ("entry level", entry),
        ("experience", job.experience_years.map(|years| format!("at least {}", counted(years, "year")))),
        ("education", job.education.map(education)),
        ("setting", job.setting.clone()),
        ("shift", joined(&job.shifts)),
        ("hours", job.hours_per_week.map(|hours| format!("{} a week", counted(hours, "hour")))),
        ("codes with", joined(&job.coding_systems)),
        ("software", joined(&job.software)),
        ("specialties", joined(&job.specialties)),
        ("benefits", joined(&job.benefits)),
        ("pay stands", job.pay_standing.as_ref().map(|standing| standing.says.clone())),
        ("parent", job.employer.as_ref().and_then(|employer| employer.parent.clone())),
        (
            "agency",
            job.employer.as_ref().filter(|employer| employer.agency).map(|_| "recruits for somebody else".into()),
        ),
        ("warning", joined(&job.warnings)),
    ];
    rows.into_iter().filter_map(|(label, value)| value.map(|value| labelled(label, &value))).collect()
}

fn counted(number: f64, noun: &str) -> String {
    let ending = if (number - 1.0).abs() < f64::EPSILON { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

fn education(education: Education) -> String {
    let ground = if education.required { "required" } else { "preferred" };
    let more = education.preferred.map_or_else(String::new, |level| format!("; {} preferred", level.as_str()));
    format!("{} {ground}{more}", education.level.as_str())
}

/// Writes `RHIA or RHIT required; CCS preferred; CPC within 12 months`: alternatives together.
pub(super) fn credentials(demands: &[CredentialDemand]) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut told: Vec<u32> = Vec::new();
    for demand in demands {
        if demand.one_of.is_some_and(|group| told.contains(&group)) {
            continue;
        }
        told.extend(demand.one_of);
        let alternatives = demands.iter().filter(|other| match demand.one_of {
            Some(group) => other.one_of == Some(group),
            None => std::ptr::eq(*other, demand),
        });
        let codes: Vec<&str> = alternatives.map(|other| other.code.as_str()).collect();
        let within = demand.within_months.map_or_else(String::new, |months| format!(" within {months} months"));
        parts.push(format!("{} {}{within}", codes.join(" or "), demand.level.as_str()));
    }
    Some(parts.join("; ")).filter(|text| !text.is_empty())
}
