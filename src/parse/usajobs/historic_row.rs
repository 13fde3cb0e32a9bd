//! From one `HistoricJoa` row to a raw posting. Rows carry names where Search carries codes, dates
//! without a time, and no text.

use std::collections::BTreeMap;

use super::address;
use super::case_blind::Record;
use super::search_posting::{ANYWHERE, salary_text, says_anywhere};
use crate::model::{Completeness, RawPlace, RawPosting, RawSalary};

/// What both APIs state goes by Search's name, so that a job reads the same with and without a key;
/// the values stay the row's own words.
const SHARED_NAMES: [(&str, &str); 10] = [
    ("announcementclosingtypecode", "AnnouncementClosingType"),
    ("drugtestrequired", "DrugTestRequired"),
    ("maximumgrade", "HighGrade"),
    ("minimumgrade", "LowGrade"),
    ("payscale", "JobGrade"),
    ("promotionpotential", "PromotionPotential"),
    ("relocationexpensesreimbursed", "Relocation"),
    ("securityclearance", "SecurityClearance"),
    ("totalopenings", "TotalOpenings"),
    ("whomayapply", "WhoMayApply"),
];

/// What only this API states, by its own name. `positionExpireDate` is kept for the record alone:
/// it lies after, before or far from the closing date and closes nothing.
const OWN_NAMES: [(&str, &str); 13] = [
    ("agencylevelsort", "agencyLevelSort"),
    ("announcementclosingtypedescription", "announcementClosingTypeDescription"),
    ("disableapplyonline", "disableApplyOnline"),
    ("hiringagencycode", "hiringAgencyCode"),
    ("hiringdepartmentcode", "hiringDepartmentCode"),
    ("hiringsubelementname", "hiringSubelementName"),
    ("positionexpiredate", "positionExpireDate"),
    ("securityclearancerequired", "securityClearanceRequired"),
    ("servicetype", "serviceType"),
    ("supervisorystatus", "supervisoryStatus"),
    ("travelrequirement", "travelRequirement"),
    ("vendor", "vendor"),
    ("agencylevel", "agencyLevel"),
];

/// Makes a posting of a row.
///
/// # Errors
/// Returns what is missing that no posting can do without.
pub(super) fn posting(row: &Record<'_>) -> Result<RawPosting, &'static str> {
    let id = address::control_number(row.lone("usajobscontrolnumber")).ok_or("has no usable `usajobsControlNumber`")?;
    let title = row.lone("positiontitle").words().ok_or("has no `positionTitle` text")?.to_owned();
    let owned = |name: &str| row.text(name).map(str::to_owned);
    let places: Vec<RawPlace> = row.records("positionlocations").into_iter().filter_map(place).collect();
    let remote = places.iter().any(|place| place.text.as_deref().is_some_and(says_anywhere));
    let listed = |list: &str, name: &str| -> Vec<String> {
        row.records(list).into_iter().filter_map(|record| record.text(name).map(str::to_owned)).collect()
    };
    Ok(RawPosting {
        network_id: Some(address::network_id(&id)),
        url: Some(address::canonical(&id)),
        posting_id: Some(id),
        title: Some(title),
        hiring_organization: owned("hiringagencyname"),
        department: owned("hiringdepartmentname"),
        job_location: places,
        location_summary: remote.then(|| ANYWHERE.to_owned()),
        work_mode: work_mode(row, remote),
        date_posted: owned("positionopendate"),
        valid_through: owned("positionclosedate"),
        employment_type: ["workschedule", "appointmenttype"].into_iter().filter_map(owned).collect(),
        base_salary: salary(row),
        series: listed("jobcategories", "series"),
        hiring_paths: listed("hiringpaths", "hiringpath"),
        requisition_ids: owned("announcementnumber").into_iter().collect(),
        status: owned("positionopeningstatus"),
        extra: extra(row),
        completeness: Completeness::ListRow,
        ..RawPosting::default()
    })
}

fn place(stated: &Record<'_>) -> Option<RawPlace> {
    let part = |name: &str| stated.text(name);
    let city = part("positionlocationcity");
    let region = part("positionlocationstate");
    let country = part("positionlocationcountry");
    // "Anywhere in the U.S." needs no state behind it.
    let named: Vec<&str> = match city {
        Some(city) if says_anywhere(city) => vec![city],
        _ => [city, region].into_iter().flatten().collect(),
    };
    let text = if named.is_empty() { country.map(str::to_owned) } else { Some(named.join(", ")) };
    text.is_some().then(|| RawPlace {
        text,
        locality: city.map(str::to_owned),
        region: region.map(str::to_owned),
        country: country.map(str::to_owned),
        ..RawPlace::default()
    })
}

fn work_mode(row: &Record<'_>, remote: bool) -> Vec<String> {
    let flag = row.lone("teleworkeligible").truth().map(|truth| format!("TeleworkEligible={truth}"));
    flag.into_iter().chain(remote.then(|| ANYWHERE.to_owned())).collect()
}

fn salary(row: &Record<'_>) -> Option<RawSalary> {
    let owned = |name: &str| row.text(name).map(str::to_owned);
    let (min, max, unit) = (owned("minimumsalary"), owned("maximumsalary"), owned("salarytype"));
    if min.is_none() && max.is_none() && unit.is_none() {
        return None;
    }
    let text = salary_text(min.as_deref(), max.as_deref(), unit.clone());
    Some(RawSalary { text, min, max, unit, ..RawSalary::default() })
}

fn extra(row: &Record<'_>) -> BTreeMap<String, String> {
    SHARED_NAMES
        .iter()
        .chain(&OWN_NAMES)
        .filter_map(|(name, shown)| Some(((*shown).to_owned(), row.text(name)?.to_owned())))
        .collect()
}
