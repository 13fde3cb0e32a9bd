//! What a posting's employer comes to: parents, agencies, shared names, names of nobody.

use proptest::prelude::*;

use super::*;
use crate::model::{BoardId, Field, Place, PostingKey, Precision, RawPosting};

thread_local! {
    static EMPLOYERS: Employers = Employers::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap();
}

fn named(name: &str) -> Option<EmployerIdentity> {
    EMPLOYERS.with(|employers| employers.named(name))
}

fn id_and_parent(name: &str) -> (String, Option<String>) {
    let identity = named(name).unwrap();
    (identity.id, identity.parent)
}

fn posting(employer: &str) -> Posting {
    let key = PostingKey { board: BoardId::new("b").unwrap(), posting_id: "1".to_owned() };
    let raw = serde_json::to_value(RawPosting::default()).unwrap();
    let mut posting: Posting = serde_json::from_value(
        serde_json::json!({"key": key, "url": {}, "title": {"value": "Inpatient Coder"}, "raw": raw}),
    )
    .unwrap();
    posting.hiring_organization = Field::stated(employer, employer.to_owned());
    posting
}

fn at(mut posting: Posting, locality: &str, region: &str) -> Posting {
    let place = Place {
        locality: Some(locality.to_owned()),
        region: Some(region.to_owned()),
        country: None,
        precision: Precision::City,
        ..Place::default()
    };
    posting.job_location = Field::stated(locality, vec![place]);
    posting
}

fn within(mut posting: Posting, department: &str) -> Posting {
    posting.department = Field::stated(department, department.to_owned());
    posting
}

fn identity(posting: &Posting, text: &str) -> Option<EmployerIdentity> {
    EMPLOYERS.with(|employers| employers.identity(posting, &Reading::of(text)))
}

#[test]
fn the_system_is_kept_apart() {
    for (name, id, parent) in [
        ("HCA Florida Brandon Hospital", "hca-florida-brandon-hospital", "hca-healthcare"),
        ("AdventHealth Tampa", "advent-health-tampa", "adventhealth"),
        ("AdventHealth - Tampa", "advent-health-tampa", "adventhealth"),
        ("Mercy Health (Toledo, OH)", "mercy-health-toledo", "bon-secours-mercy-health"),
        ("Mercy Hospital Joplin", "mercy-hospital-joplin", "mercy-chesterfield"),
        ("Dayton VA Medical Center", "dayton-va-medical-center", "veterans-health-administration"),
        ("VA Boston Healthcare System", "va-boston-healthcare-system", "veterans-health-administration"),
        ("Veterans Health Administration", "veterans-health-administration", "us-department-of-veterans-affairs"),
        ("Optum - Eden Prairie", "optum-eden-prairie", "optum"),
        ("HCA Inc. d/b/a Alder Hospital", "alder-hospital", "hca-healthcare"),
        ("Alder Hospital, part of Trinity Health (Livonia, MI)", "alder-hospital", "trinity-health-livonia"),
        ("Alder Coding, a GeBBS company", "alder-coding", "gebbs-healthcare-solutions"),
    ] {
        assert_eq!(id_and_parent(name), (id.to_owned(), Some(parent.to_owned())), "{name}");
    }
    for name in ["Lakeside Clinic - Toledo", "Sutter County", "Virginia Mason Institute", "Ascension Parish"] {
        assert_eq!(named(name).unwrap().parent, None, "{name}");
    }
}

#[test]
fn names_are_shown_as_people_write_them() {
    for (name, shown) in [
        ("CITY OF VICTORVILLE", "City of Victorville"),
        ("Phoenix, City of", "City of Phoenix"),
        ("Larch Health Partners, LLC", "Larch Health Partners"),
        ("The Larch Group, Inc.", "The Larch Group"),
        ("Larch Guaranty Corporation", "Larch Guaranty Corporation"),
        ("Lakeside Clinic (Toledo, OH)", "Lakeside Clinic (Toledo, OH)"),
        ("Lakeside Clinic (Remote)", "Lakeside Clinic"),
        ("ABC Corp d/b/a Alder Coding", "Alder Coding"),
        ("ciox", "Datavant"),
        ("Women\u{2019}s & Children\u{2019}s of Elmwood", "Women\u{2019}s & Children\u{2019}s of Elmwood"),
    ] {
        assert_eq!(named(name).unwrap().name, shown);
    }
    let trade = named("ABC Corp d/b/a Alder Coding").unwrap();
    assert_eq!(trade.why.as_deref(), Some("`ABC` is its other name"));
}

#[test]
fn names_of_nobody_are_no_identity() {
    for name in [
        "Confidential",
        "Company Confidential",
        "Confidential Company",
        "CONFIDENTIAL EMPLOYER",
        "Undisclosed",
        "Name not disclosed",
        "Our Client",
        "Anonymous",
        "Healthcare Employer",
        "Private Employer",
        "n/a",
        "...",
        "",
        "A Leading Hospital",
        "Employer name withheld",
        "Other Agencies and Independent Organizations",
    ] {
        assert_eq!(named(name), None, "{name}");
    }
    for name in ["Confidential Records Inc", "Independent Health", "Hidden Valley Clinic", "Topeka Hospital"] {
        assert!(named(name).is_some(), "{name}");
    }
    assert_eq!(identity(&posting("Inpatient Coder"), ""), None);
}

#[test]
fn a_shared_name_needs_a_place() {
    let mary = || posting("St. Mary's Hospital");
    assert_eq!(identity(&mary(), ""), None);
    let green_bay = identity(&at(mary(), "Green Bay", "WI"), "").unwrap();
    assert_eq!(green_bay.id, "saint-marys-hospital-green-bay-wi");
    let same = identity(&at(posting("SAINT MARYS HOSP"), "Green Bay", "WI"), "").unwrap();
    assert_eq!(same.id, green_bay.id);
    let other = identity(&at(mary(), "Richmond", "VA"), "").unwrap();
    assert_ne!(other.id, green_bay.id);
    for shared in
        ["Mercy Health", "Memorial Hospital", "Baptist Health", "University Hospital", "Community Health Center"]
    {
        assert_eq!(identity(&posting(shared), ""), None, "{shared}");
    }
    for own in ["Saint Louis University", "Larch Memorial Hospital", "Cape Fear Valley Health", "BayCare"] {
        assert!(identity(&posting(own), "").is_some(), "{own}");
    }
    let va = identity(&at(posting("VA Medical Center"), "Dayton", "OH"), "").unwrap();
    assert_eq!(
        (va.id.as_str(), va.parent.as_deref()),
        ("va-medical-center-dayton-oh", Some("veterans-health-administration"))
    );
}

#[test]
fn federal_bodies_stand_below_their_department() {
    let veterans = within(posting("Veterans Health Administration"), "Department of Veterans Affairs");
    let found = identity(&veterans, "").unwrap();
    assert_eq!(found.id, "veterans-health-administration");
    assert_eq!(found.parent.as_deref(), Some("us-department-of-veterans-affairs"));

    let unlisted = within(posting("Mine Safety and Health Administration"), "Department of Labor");
    assert_eq!(identity(&unlisted, "").unwrap().parent.as_deref(), Some("us-department-of-labor"));

    let office = within(posting("Office of Inspector General"), "Department of Transportation");
    assert_eq!(identity(&office, "").unwrap().id, "office-of-inspector-general-us-department-of-transportation");
    assert_eq!(identity(&posting("Office of Inspector General"), ""), None);

    let nobody = within(posting("Other Agencies and Independent Organizations"), "Department of Energy");
    assert_eq!(identity(&nobody, "").unwrap().id, "us-department-of-energy");
    let same = within(posting("Department of Labor"), "Department of Labor");
    assert_eq!(identity(&same, "").unwrap().id, "us-department-of-labor");
    let alone = within(posting("Pension Benefit Guaranty Corporation"), "Other Agencies and Independent Organizations");
    assert_eq!(identity(&alone, "").unwrap().parent, None);
}

#[test]
fn agencies_are_told_by_table_words_and_text() {
    for name in [
        "Robert Half",
        "Robert Half - Columbus",
        "AMN Healthcare",
        "Larch Healthcare Staffing",
        "Larch Search Group, LLC",
    ] {
        assert!(named(name).unwrap().agency, "{name}");
    }
    for name in [
        "Ciox Health",
        "Ensemble Health Partners",
        "Mercy Hospital Joplin",
        "Larch Research Group",
        "U.S. Office of Personnel Management",
    ] {
        assert!(!named(name).unwrap().agency, "{name}");
    }
    let client = "Our client, a hospital in Columbus, is seeking a coder.";
    let recruits = identity(&posting("Himagine Solutions"), client).unwrap();
    assert!(recruits.agency && recruits.why.unwrap().ends_with(client));
    let serves = identity(&posting("Himagine Solutions"), "You will code for our clients across the country.").unwrap();
    assert!(!serves.agency);
    // A system's own text may speak so of somebody else.
    assert!(!identity(&posting("Ochsner Health"), client).unwrap().agency);
}

#[test]
fn an_operators_table_is_laid_over() {
    let over = "[[employer]]\nid = \"alder\"\nname = \"Alder Health\"\nkind = \"system\"\naliases = [\"Alder Health System\"]\nsource = \"ours\"\n\n[[employer]]\nid = \"hca-healthcare\"\nremove = true\n";
    let refused = VocabularyFiles::with_overrides(&[("employers.toml".to_owned(), over.to_owned())]).unwrap();
    // What stood below the removed one is named, so that the operator can correct it too.
    let error = Employers::new(&refused).unwrap_err().to_string();
    assert!(error.contains("`hca-healthcare` is no entry"), "{error}");
    let kept = over.split("\n\n").next().unwrap();
    let files = VocabularyFiles::with_overrides(&[("employers.toml".to_owned(), kept.to_owned())]).unwrap();
    let employers = Employers::new(&files).unwrap();
    assert_eq!(employers.named("Alder Health System, Inc.").unwrap().id, "alder");
}

proptest! {
    #[test]
    fn any_name_folds_without_panic_to_a_key_that_folds_to_itself(
        name in "\\PC{0,60}|[A-Za-z .,&'/()-]{0,60}|((the|at|St|Ft|Co|Inc|LLC|PA|OH|and|of|County|Health|Care|U\\.S\\.|dba|formerly|Toledo|A|x)[ ,./-]{1,2}){0,9}"
    ) {
        let key = same_employer_key(&name);
        prop_assert!(key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{key}");
        prop_assert!(!key.starts_with('-') && !key.ends_with('-') && !key.contains("--"), "{key}");
        prop_assert_eq!(same_employer_key(&key), key);
        if let Some(identity) = named(&name) {
            prop_assert!(!identity.id.is_empty() && !identity.name.is_empty());
        }
    }

    #[test]
    fn any_text_is_searched_for_clients_without_panic(text in "((our|client|clients|is|hiring|seeking|for|a|,|\\.|\u{e9}) ?){0,20}") {
        identity(&posting("Larch"), &text);
    }
}
