//! From a schema.org `JobPosting` object to a raw posting: one table of names, strings as they stand.

use std::borrow::Cow;

use super::place::raw_places;
use super::salary::raw_salary;
use super::value::{Ld, meaningful};
use crate::model::{Completeness, RawPosting};

/// Texts that belong to the description, with the headings they get.
const SECTIONS: [(&str, &str); 9] = [
    ("responsibilities", "Responsibilities"),
    ("qualifications", "Qualifications"),
    ("skills", "Skills"),
    ("educationRequirements", "Education"),
    ("experienceRequirements", "Experience"),
    ("physicalRequirement", "Physical requirements"),
    ("securityClearanceRequirement", "Security clearance"),
    ("jobBenefits", "Benefits"),
    ("incentiveCompensation", "Incentives"),
];

/// Members kept by their own names.
const EXTRAS: [&str; 12] = [
    "specialCommitments",
    "workHours",
    "directApply",
    "jobStartDate",
    "jobImmediateStart",
    "totalJobOpenings",
    "employmentUnit",
    "dateModified",
    "eligibilityToWorkRequirement",
    "experienceInPlaceOfEducation",
    "jobDuration",
    "salaryText",
];

/// An education or experience text longer than this is prose, and joins the description too.
const PROSE: usize = 60;

/// Maps a `JobPosting` object. Its `url` and the page's address are left to the engine to weigh.
pub(in crate::parse) fn raw_posting(posting: Ld<'_>) -> RawPosting {
    let mut raw = RawPosting { completeness: Completeness::Full, ..RawPosting::default() };
    map_plain(&posting, &mut raw);
    map_place_and_pay(&posting, &mut raw);
    map_organization(&posting, &mut raw);
    for name in EXTRAS {
        if let Some(words) = posting.get(name).and_then(Ld::words) {
            raw.extra.insert(name.to_owned(), words.into_owned());
        }
    }
    raw.description = Some(described(posting)).filter(|text| !text.trim().is_empty());
    raw
}

fn owned(value: Option<&Ld<'_>>) -> Option<String> {
    value.and_then(Ld::words).map(Cow::into_owned)
}

fn map_plain(posting: &Ld<'_>, raw: &mut RawPosting) {
    raw.title = owned(posting.get("title").or_else(|| posting.get("name")));
    raw.date_posted = owned(posting.get("datePosted"));
    raw.valid_through = owned(posting.get("validThrough"));
    raw.url = owned(posting.get("url")).filter(|url| !url.starts_with("_:"));
    raw.apply_url = owned(posting.get("applyUrl")).or_else(|| apply_target(posting));
    raw.education = posting.get("educationRequirements").and_then(requirement);
    raw.experience = posting.get("experienceRequirements").and_then(requirement);
    raw.employment_type = posting.get("employmentType").map(employment_types).unwrap_or_default();
    for name in ["industry", "occupationalCategory", "relevantOccupation", "category"] {
        raw.categories.extend(posting.get(name).map(Ld::all_words).unwrap_or_default());
    }
    raw.requisition_ids = posting.get("identifier").map(identifiers).unwrap_or_default();
}

fn map_place_and_pay(posting: &Ld<'_>, raw: &mut RawPosting) {
    raw.work_mode = posting.get("jobLocationType").map(Ld::all_words).unwrap_or_default();
    if let Some(location) = posting.get("jobLocation") {
        raw.job_location = raw_places(location, &mut raw.work_mode);
    }
    if let Some(scope) = posting.get("applicantLocationRequirements") {
        let names = scope.all_words().join("; ");
        if !names.is_empty() {
            raw.extra.insert("applicantLocationRequirements".to_owned(), names);
        }
    }
    let currency = posting.get("salaryCurrency");
    raw.base_salary = posting.get("baseSalary").and_then(|salary| raw_salary(salary, currency));
}

fn map_organization(posting: &Ld<'_>, raw: &mut RawPosting) {
    let Some(organization) = posting.get("hiringOrganization").and_then(|value| value.items().first()) else { return };
    raw.hiring_organization = match organization {
        Ld::Object(_) => owned(organization.get("name")).or_else(|| owned(organization.get("legalName"))),
        _ => owned(Some(organization)),
    };
    raw.department = owned(organization.get("parentOrganization"));
    for name in ["sameAs", "department"] {
        if let Some(words) = owned(organization.get(name)) {
            raw.extra.insert(format!("hiringOrganization.{name}"), words);
        }
    }
}

/// Finds the target of an `ApplyAction`.
fn apply_target(posting: &Ld<'_>) -> Option<String> {
    let action = posting.get("potentialAction")?.items().first()?;
    let target = action.get("target")?;
    owned(target.get("urlTemplate").or_else(|| target.get("url")).or(Some(target)))
        .filter(|url| url.starts_with("http"))
}

/// Splits employment types at commas: boards write lists in one string.
fn employment_types(value: &Ld<'_>) -> Vec<String> {
    let words = value.all_words();
    words.iter().flat_map(|word| word.split([',', ';'])).filter_map(meaningful).map(str::to_owned).collect()
}

/// Reads an education or experience requirement: a text, or an object that names a level or months.
fn requirement(value: &Ld<'_>) -> Option<String> {
    let one = |item: &Ld<'_>| match item {
        Ld::Object(_) => {
            let months = item.get("monthsOfExperience").and_then(Ld::words);
            let months = months.map(|number| format!("{number} months of experience"));
            let named = ["credentialCategory", "description", "name"].iter().find_map(|name| owned(item.get(name)));
            match (months, named) {
                (Some(months), Some(named)) => Some(format!("{months}; {named}")),
                (months, named) => months.or(named),
            }
        }
        other => owned(Some(other)),
    };
    let parts: Vec<String> = value.items().iter().take(20).filter_map(one).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Reads `identifier`: a string, a number, or a `PropertyValue` whose `value` counts, not its `name`.
fn identifiers(value: &Ld<'_>) -> Vec<String> {
    let one = |item: &Ld<'_>| match item {
        Ld::Object(_) => owned(item.get("value").or_else(|| item.get("@value"))),
        other => owned(Some(other)),
    };
    value.items().iter().take(20).filter_map(one).collect()
}

/// Takes the description out and joins the other texts to it, those it does not already hold.
fn described(posting: Ld<'_>) -> String {
    let Ld::Object(members) = posting else { return String::new() };
    let mut description = String::new();
    let mut parts: [Option<Ld<'_>>; SECTIONS.len()] = std::array::from_fn(|_| None);
    for (name, value) in members {
        if name == "description" && description.is_empty() {
            description = match value {
                Ld::Text(text) => text.into_owned(),
                other => other.words().map(Cow::into_owned).unwrap_or_default(),
            };
        } else if let Some(at) = SECTIONS.iter().position(|(section, _)| name == *section) {
            parts[at] = Some(value);
        }
    }
    for ((name, heading), part) in SECTIONS.iter().zip(&parts) {
        let Some(text) = part.as_ref().and_then(|part| section_text(name, part)) else { continue };
        append_section_once(&mut description, heading, &text);
    }
    description
}

fn section_text(name: &str, part: &Ld<'_>) -> Option<String> {
    match name {
        "educationRequirements" | "experienceRequirements" => requirement(part).filter(|text| text.len() > PROSE),
        _ => Some(part.all_words().join("; ")).filter(|text| !text.is_empty()),
    }
}

/// Appends a text under its heading unless the description already holds it.
pub(in crate::parse) fn append_section_once(description: &mut String, heading: &str, text: &str) {
    if !holds(description, text) {
        append_section(description, heading, text);
    }
}

/// Appends a text under its heading, as markup or plain as the description is.
pub(in crate::parse) fn append_section(description: &mut String, heading: &str, text: &str) {
    if description.contains('<') || text.contains('<') || description.trim().is_empty() {
        description.extend(["\n<h3>", heading, "</h3>\n", text]);
    } else {
        description.extend(["\n\n", heading, "\n\n", text]);
    }
}

/// Tells whether a description already holds a text, markup and spacing aside.
fn holds(description: &str, text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric()).take(60);
    let probe = words.max_by_key(|word| word.len()).unwrap_or_default();
    // One word that is missing settles it, and is cheap to look for.
    description.contains(probe) && plain(description).contains(&plain(text))
}

/// Drops tags and white space.
fn plain(text: &str) -> String {
    let mut inside = false;
    let keep = |c: &char| {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                return false;
            }
            _ => {}
        }
        !inside && !c.is_whitespace()
    };
    text.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(json: &str) -> RawPosting {
        raw_posting(Ld::strict(json).unwrap())
    }

    #[test]
    fn a_google_style_posting_is_mapped_whole() {
        let raw = mapped(
            r#"{"@type":"JobPosting","title":"Inpatient Coder","description":"<p>Code charts.</p>","datePosted":"2026-11-01",
            "validThrough":"2026-12-01T00:00","employmentType":["FULL_TIME","PART_TIME"],"directApply":true,
            "identifier":{"@type":"PropertyValue","name":"Lakeside Health","value":"R-100"},
            "hiringOrganization":{"name":"Lakeside Health","sameAs":"https://lakeside.example","parentOrganization":{"name":"Harbor System"}},
            "jobLocationType":"TELECOMMUTE","applicantLocationRequirements":[{"@type":"State","name":"OH"},{"@type":"Country","name":"US"}],
            "occupationalCategory":"29-2072","industry":["Health care"],"salaryCurrency":"USD","baseSalary":24.5,
            "experienceRequirements":{"@type":"OccupationalExperienceRequirements","monthsOfExperience":"24"},
            "educationRequirements":{"credentialCategory":"associate degree"}}"#,
        );
        assert_eq!(raw.title.as_deref(), Some("Inpatient Coder"));
        assert_eq!(raw.hiring_organization.as_deref(), Some("Lakeside Health"));
        assert_eq!(raw.department.as_deref(), Some("Harbor System"));
        assert_eq!(raw.employment_type, ["FULL_TIME", "PART_TIME"]);
        assert_eq!(raw.work_mode, ["TELECOMMUTE"]);
        assert_eq!(raw.extra["applicantLocationRequirements"], "OH; US");
        assert_eq!(raw.extra["directApply"], "true");
        assert_eq!(raw.requisition_ids, ["R-100"]);
        assert_eq!(raw.experience.as_deref(), Some("24 months of experience"));
        assert_eq!(raw.education.as_deref(), Some("associate degree"));
        assert_eq!(raw.categories, ["Health care", "29-2072"]);
        let salary = raw.base_salary.unwrap();
        assert_eq!((salary.value.as_deref(), salary.currency.as_deref()), (Some("24.5"), Some("USD")));
        assert_eq!(raw.description.as_deref(), Some("<p>Code charts.</p>"));
        assert_eq!(raw.completeness, Completeness::Full);
    }

    #[test]
    fn qualifications_join_the_description_once() {
        let raw = mapped(
            r#"{"description":"<p>Code charts all day.</p>","qualifications":"<ul><li>RHIT or CCS required here</li></ul>","employmentType":"Full-Time, Part-Time"}"#,
        );
        let text = raw.description.unwrap();
        assert!(text.contains("<h3>Qualifications</h3>") && text.contains("RHIT or CCS"), "{text}");
        assert_eq!(raw.employment_type, ["Full-Time", "Part-Time"]);
        let raw = mapped(
            r#"{"description":"<p>Code.</p><p>RHIT or CCS  required here</p>","qualifications":"RHIT or CCS required here"}"#,
        );
        assert!(!raw.description.unwrap().contains("Qualifications"));
    }

    #[test]
    fn an_organization_as_a_string_and_nothing_else_is_fine() {
        let raw = mapped(
            r#"{"title":" Coder ","hiringOrganization":"Lakeside Health","employmentType":null,"validThrough":"null"}"#,
        );
        assert_eq!(raw.title.as_deref(), Some("Coder"));
        assert_eq!(raw.hiring_organization.as_deref(), Some("Lakeside Health"));
        assert_eq!((raw.description, raw.valid_through), (None, None));
        assert!(raw.employment_type.is_empty());
    }
}
