//! The shape of one Search item, as far as it is read. Everything is borrowed from the answer
//! where it holds no escapes; unknown members are skipped, odd types tolerated.

use serde::Deserialize;

use super::super::lenient::{Many, Object, Text};

/// One element of `SearchResultItems`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Item<'a> {
    #[serde(borrow)]
    pub(super) matched_object_id: Text<'a>,
    #[serde(borrow)]
    pub(super) matched_object_descriptor: Object<Descriptor<'a>>,
}

/// `MatchedObjectDescriptor`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Descriptor<'a> {
    #[serde(borrow, rename = "PositionID")]
    pub(super) position_id: Text<'a>,
    #[serde(borrow)]
    pub(super) position_title: Text<'a>,
    #[serde(borrow, rename = "PositionURI")]
    pub(super) position_uri: Text<'a>,
    #[serde(borrow, rename = "ApplyURI")]
    pub(super) apply_uri: Many<Text<'a>>,
    #[serde(borrow)]
    pub(super) position_location_display: Text<'a>,
    #[serde(borrow)]
    pub(super) position_location: Many<Object<Location<'a>>>,
    #[serde(borrow)]
    pub(super) organization_name: Text<'a>,
    #[serde(borrow)]
    pub(super) department_name: Text<'a>,
    #[serde(borrow)]
    pub(super) sub_agency: Text<'a>,
    #[serde(borrow)]
    pub(super) job_category: Many<Object<Coded<'a>>>,
    #[serde(borrow)]
    pub(super) job_grade: Many<Object<Coded<'a>>>,
    #[serde(borrow)]
    pub(super) position_schedule: Many<Object<Coded<'a>>>,
    #[serde(borrow)]
    pub(super) position_offering_type: Many<Object<Coded<'a>>>,
    #[serde(borrow)]
    pub(super) qualification_summary: Text<'a>,
    #[serde(borrow)]
    pub(super) position_remuneration: Many<Object<Remuneration<'a>>>,
    #[serde(borrow)]
    pub(super) position_start_date: Text<'a>,
    #[serde(borrow)]
    pub(super) position_end_date: Text<'a>,
    #[serde(borrow)]
    pub(super) publication_start_date: Text<'a>,
    #[serde(borrow)]
    pub(super) application_close_date: Text<'a>,
    #[serde(borrow)]
    pub(super) user_area: Object<UserArea<'a>>,
}

/// One `PositionLocation`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Location<'a> {
    #[serde(borrow, rename = "LocationName")]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) country_code: Text<'a>,
    #[serde(borrow)]
    pub(super) country_sub_division_code: Text<'a>,
    #[serde(borrow)]
    pub(super) city_name: Text<'a>,
    #[serde(borrow)]
    pub(super) address_line: Text<'a>,
    pub(super) longitude: Degrees,
    pub(super) latitude: Degrees,
}

/// Degrees as a number or as text; anything else is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Degrees(pub(super) Option<f64>);

impl<'de> Deserialize<'de> for Degrees {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DegreesVisitor)
    }
}

struct DegreesVisitor;

impl<'de> serde::de::Visitor<'de> for DegreesVisitor {
    type Value = Degrees;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("degrees")
    }

    fn visit_f64<E>(self, degrees: f64) -> Result<Degrees, E> {
        Ok(Degrees(Some(degrees)))
    }

    fn visit_u64<E: serde::de::Error>(self, degrees: u64) -> Result<Degrees, E> {
        Ok(Degrees(u32::try_from(degrees).ok().map(f64::from)))
    }

    fn visit_i64<E: serde::de::Error>(self, degrees: i64) -> Result<Degrees, E> {
        Ok(Degrees(i32::try_from(degrees).ok().map(f64::from)))
    }

    fn visit_str<E>(self, degrees: &str) -> Result<Degrees, E> {
        Ok(Degrees(degrees.trim().parse().ok().filter(|number: &f64| number.is_finite())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Degrees, E> {
        Ok(Degrees(None))
    }

    fn visit_unit<E>(self) -> Result<Degrees, E> {
        Ok(Degrees(None))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Degrees, A::Error> {
        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(Degrees(None))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Degrees, A::Error> {
        while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
        Ok(Degrees(None))
    }
}

/// A code with its name: categories, schedules, offerings, pay plans, `WhoMayApply`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Coded<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) code: Text<'a>,
}

/// One `PositionRemuneration`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Remuneration<'a> {
    #[serde(borrow)]
    pub(super) minimum_range: Text<'a>,
    #[serde(borrow)]
    pub(super) maximum_range: Text<'a>,
    #[serde(borrow)]
    pub(super) rate_interval_code: Text<'a>,
    #[serde(borrow)]
    pub(super) description: Text<'a>,
}

/// The item's `UserArea`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct UserArea<'a> {
    #[serde(borrow)]
    pub(super) details: Object<Details<'a>>,
}

/// `UserArea.Details`. Contact names, addresses and telephone numbers are not read: they are
/// personal, and not ours to republish.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Details<'a> {
    #[serde(borrow)]
    pub(super) job_summary: Text<'a>,
    #[serde(borrow)]
    pub(super) major_duties: Many<Text<'a>>,
    #[serde(borrow)]
    pub(super) key_requirements: Many<Text<'a>>,
    #[serde(borrow)]
    pub(super) requirements: Text<'a>,
    #[serde(borrow)]
    pub(super) education: Text<'a>,
    #[serde(borrow)]
    pub(super) benefits: Text<'a>,
    #[serde(borrow)]
    pub(super) other_information: Text<'a>,
    #[serde(borrow)]
    pub(super) hiring_path: Many<Text<'a>>,
    #[serde(borrow)]
    pub(super) who_may_apply: Object<Coded<'a>>,
    #[serde(borrow)]
    pub(super) remote_indicator: Text<'a>,
    #[serde(borrow)]
    pub(super) telework_eligible: Text<'a>,
    #[serde(borrow)]
    pub(super) low_grade: Text<'a>,
    #[serde(borrow)]
    pub(super) high_grade: Text<'a>,
    #[serde(borrow)]
    pub(super) promotion_potential: Text<'a>,
    #[serde(borrow)]
    pub(super) total_openings: Text<'a>,
    #[serde(borrow)]
    pub(super) travel_code: Text<'a>,
    #[serde(borrow)]
    pub(super) announcement_closing_type: Text<'a>,
    #[serde(borrow)]
    pub(super) announcement_closing_type_option: Text<'a>,
    #[serde(borrow)]
    pub(super) security_clearance: Text<'a>,
    #[serde(borrow)]
    pub(super) service_type: Text<'a>,
    #[serde(borrow)]
    pub(super) drug_test_required: Text<'a>,
    #[serde(borrow)]
    pub(super) relocation: Text<'a>,
    #[serde(borrow)]
    pub(super) organization_codes: Text<'a>,
    #[serde(borrow)]
    pub(super) sub_agency_name: Text<'a>,
    #[serde(borrow)]
    pub(super) appointment_explanation_text: Text<'a>,
    #[serde(borrow)]
    pub(super) bargaining_unit_status: Text<'a>,
    #[serde(borrow)]
    pub(super) financial_disclosure: Text<'a>,
    #[serde(borrow)]
    pub(super) apply_online_url: Text<'a>,
}
