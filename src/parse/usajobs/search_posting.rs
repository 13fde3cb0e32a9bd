//! From one Search item to a raw posting: the item's own strings, sorted into ours.

use std::collections::BTreeMap;

use memchr::memchr3;
use serde::{Deserialize, Deserializer};

use super::super::lenient::{Many, Object, Text};
use super::address;
use super::codes::{OFFERINGS, SCHEDULES, name_of};
use super::search_item::{Coded, Descriptor, Details, Item, Location, Remuneration, UserArea};
use super::sections::Sections;
use crate::model::{Completeness, RawPlace, RawPosting, RawSalary};

/// How USAJOBS writes that work can be done from anywhere, in whatever field.
pub(super) const ANYWHERE: &str = "Anywhere in the U.S. (remote job)";

/// What became of one item. It is made while the answer is read, with the item's texts still in the
/// processor's cache: measured, that saves a seventh of the time.
#[derive(Debug)]
pub(super) struct Reading {
    /// The posting, or what the item lacks that no posting can do without.
    pub(super) posting: Result<RawPosting, &'static str>,
    /// Whether its own link leads elsewhere than to usajobs.gov.
    pub(super) link_leads_elsewhere: bool,
}

impl<'de> Deserialize<'de> for Reading {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let item = Object::<Item<'de>>::deserialize(deserializer)?.0.unwrap_or_default();
        let stated = item.matched_object_descriptor.0.as_ref();
        let link = stated.and_then(|stated| stated.position_uri.get());
        Ok(Self {
            posting: posting(&item),
            link_leads_elsewhere: link.is_some_and(|link| address::on_usajobs(link).is_none()),
        })
    }
}

/// Makes a posting of an item, or says what it lacks.
fn posting(item: &Item<'_>) -> Result<RawPosting, &'static str> {
    let id = address::control_number(&item.matched_object_id).ok_or("has no usable `MatchedObjectId`")?;
    let stated = item.matched_object_descriptor.0.as_ref().ok_or("has no `MatchedObjectDescriptor` object")?;
    let title = stated.position_title.words().ok_or("has no `PositionTitle` text")?.to_owned();
    let no_details = Details::default();
    let details = stated.user_area.0.as_ref().and_then(UserArea::details).unwrap_or(&no_details);
    let description = description(stated, details);
    let pay = &stated.position_remuneration;
    Ok(RawPosting {
        network_id: Some(address::network_id(&id)),
        url: Some(address::canonical(&id)),
        posting_id: Some(id),
        apply_url: stated.apply_uri.texts().next().and_then(address::on_usajobs),
        title: Some(title),
        hiring_organization: stated.organization_name.owned(),
        department: stated.department_name.owned(),
        job_location: stated.position_location.objects().filter_map(place).collect(),
        location_summary: stated.position_location_display.owned(),
        work_mode: work_mode(stated, details),
        date_posted: first(&stated.publication_start_date, &stated.position_start_date),
        valid_through: first(&stated.application_close_date, &stated.position_end_date),
        employment_type: employment_types(stated),
        base_salary: pay.objects().find_map(salary),
        categories: stated.job_category.objects().filter_map(|category| category.name.owned()).collect(),
        series: stated.job_category.objects().filter_map(|category| category.code.owned()).collect(),
        hiring_paths: details.hiring_path.texts().map(str::to_owned).collect(),
        requisition_ids: stated.position_id.owned().into_iter().collect(),
        extra: extra(stated, details),
        completeness: if description.is_some() { Completeness::Full } else { Completeness::ListRow },
        description,
        ..RawPosting::default()
    })
}

impl<'a> UserArea<'a> {
    fn details(&self) -> Option<&Details<'a>> {
        self.details.0.as_ref()
    }
}

fn first(wanted: &Text<'_>, fallback: &Text<'_>) -> Option<String> {
    wanted.owned().or_else(|| fallback.owned())
}

/// Makes a place; latitude and longitude 0 stand for "no place" and are left out.
fn place(stated: &Location<'_>) -> Option<RawPlace> {
    let (latitude, longitude) = match (stated.latitude.0, stated.longitude.0) {
        (Some(0.0), Some(0.0)) => (None, None),
        both => both,
    };
    let place = RawPlace {
        text: stated.name.owned(),
        locality: stated.city_name.owned(),
        region: stated.country_sub_division_code.owned(),
        postal_code: None,
        country: stated.country_code.owned(),
        street: stated.address_line.owned(),
        latitude,
        longitude,
    };
    let says_something = place.text.is_some() || place.locality.is_some() || place.region.is_some();
    (says_something || place.country.is_some() || place.latitude.is_some()).then_some(place)
}

/// Collects what speaks of remote work. `RemoteIndicator` may be false on jobs whose display says
/// "Anywhere in the U.S.", and telework is not remote work: both flags go along with the words.
fn work_mode(stated: &Descriptor<'_>, details: &Details<'_>) -> Vec<String> {
    let mut words = Vec::new();
    for (name, flag) in
        [("RemoteIndicator", &details.remote_indicator), ("TeleworkEligible", &details.telework_eligible)]
    {
        if let Some(truth) = flag.truth() {
            words.push(format!("{name}={truth}"));
        }
    }
    let mut places = stated.position_location.objects().flat_map(|place| [&place.name, &place.city_name]);
    let says_remote = |text: &Text<'_>| text.get().is_some_and(says_anywhere);
    if says_remote(&stated.position_location_display) || places.any(says_remote) {
        words.push(ANYWHERE.to_owned());
    }
    words
}

/// Tells whether a place's name says that there is none.
pub(super) fn says_anywhere(text: &str) -> bool {
    let text = text.as_bytes();
    // Both phrases hold one of these bytes, and few of the hundreds of places an item may have do.
    if memchr3(b'.', b'j', b'J', text).is_none() {
        return false;
    }
    ["anywhere in the u.s", "remote job"]
        .iter()
        .any(|words| text.windows(words.len()).any(|window| window.eq_ignore_ascii_case(words.as_bytes())))
}

/// Names schedule and kind of appointment: by the code lists, else by the answer's own name or code.
fn employment_types(stated: &Descriptor<'_>) -> Vec<String> {
    let named = |list: &Many<Object<Coded<'_>>>, known: &[(&'static str, &'static str)]| -> Vec<String> {
        list.objects()
            .filter_map(|coded| match coded.code.get().and_then(|code| name_of(known, code)) {
                Some(name) => Some(name.to_owned()),
                None => first(&coded.name, &coded.code),
            })
            .collect()
    };
    let mut types = named(&stated.position_schedule, &SCHEDULES);
    types.extend(named(&stated.position_offering_type, &OFFERINGS));
    types
}

fn salary(stated: &Remuneration<'_>) -> Option<RawSalary> {
    let (min, max) = (stated.minimum_range.owned(), stated.maximum_range.owned());
    let text = salary_text(min.as_deref(), max.as_deref(), first(&stated.description, &stated.rate_interval_code));
    text.is_some().then(|| RawSalary {
        text,
        min,
        max,
        unit: stated.rate_interval_code.owned(),
        ..RawSalary::default()
    })
}

/// Writes pay in one text: `55756.0 - 143598.0 Per Year`.
pub(super) fn salary_text(min: Option<&str>, max: Option<&str>, unit: Option<String>) -> Option<String> {
    let figures = match (min, max) {
        (Some(min), Some(max)) if min != max => Some(format!("{min} - {max}")),
        (Some(figure), _) | (None, Some(figure)) => Some(figure.to_owned()),
        (None, None) => None,
    };
    match (figures, unit) {
        (Some(figures), Some(unit)) => Some(format!("{figures} {unit}")),
        (figures, unit) => figures.or(unit),
    }
}

/// Joins what a job seeker reads; how to apply stands behind the link.
fn description(stated: &Descriptor<'_>, details: &Details<'_>) -> Option<String> {
    let length = |text: &Text<'_>| text.get().map_or(0, |text| text.len() + 40);
    let lone = [
        &details.job_summary,
        &details.requirements,
        &stated.qualification_summary,
        &details.education,
        &details.benefits,
        &details.other_information,
    ];
    let lists = details.major_duties.0.iter().chain(&details.key_requirements.0).map(length).sum::<usize>();
    let mut sections = Sections::with_capacity(lone.into_iter().map(length).sum::<usize>() + lists);
    sections.add("Summary", details.job_summary.get().into_iter());
    sections.add("Duties", details.major_duties.texts());
    sections.add("Requirements", details.key_requirements.texts().chain(details.requirements.get()));
    sections.add("Qualifications", stated.qualification_summary.get().into_iter());
    sections.add("Education", details.education.get().into_iter());
    sections.add("Benefits", details.benefits.get().into_iter());
    sections.add("Additional information", details.other_information.get().into_iter());
    sections.into_html()
}

/// Keeps the rest under the API's own names. `applicant_cap` is ours: the number of applications
/// after which an announcement of closing type 03 closes.
fn extra(stated: &Descriptor<'_>, details: &Details<'_>) -> BTreeMap<String, String> {
    let nobody = Coded::default();
    let who = details.who_may_apply.0.as_ref().unwrap_or(&nobody);
    let option = &details.announcement_closing_type_option;
    let named: [(&str, &Text<'_>); 20] = [
        ("AnnouncementClosingType", &details.announcement_closing_type),
        ("AnnouncementClosingTypeOption", option),
        ("ApplyOnlineUrl", &details.apply_online_url),
        ("AppointmentExplanationText", &details.appointment_explanation_text),
        ("BargainingUnitStatus", &details.bargaining_unit_status),
        ("DrugTestRequired", &details.drug_test_required),
        ("FinancialDisclosure", &details.financial_disclosure),
        ("HighGrade", &details.high_grade),
        ("LowGrade", &details.low_grade),
        ("OrganizationCodes", &details.organization_codes),
        ("PromotionPotential", &details.promotion_potential),
        ("Relocation", &details.relocation),
        ("SecurityClearance", &details.security_clearance),
        ("ServiceType", &details.service_type),
        ("SubAgency", &stated.sub_agency),
        ("SubAgencyName", &details.sub_agency_name),
        ("TotalOpenings", &details.total_openings),
        ("TravelCode", &details.travel_code),
        ("WhoMayApply", &who.name),
        ("WhoMayApplyCode", &who.code),
    ];
    let mut extra: BTreeMap<String, String> =
        named.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.owned()?))).collect();
    let grades: Vec<&str> = stated.job_grade.objects().filter_map(|grade| grade.code.get()).collect();
    if !grades.is_empty() {
        extra.insert("JobGrade".to_owned(), grades.join(", "));
    }
    if let Some(cap) = applicant_cap(&details.announcement_closing_type, option) {
        extra.insert("applicant_cap".to_owned(), cap.to_string());
    }
    extra
}

/// Gives the number of applications that closes an announcement; on other closing types the
/// option may echo the type's own code.
fn applicant_cap(closing_type: &Text<'_>, option: &Text<'_>) -> Option<u64> {
    (closing_type.get()? == "03").then_some(())?;
    option.count().filter(|cap| *cap > 0)
}
