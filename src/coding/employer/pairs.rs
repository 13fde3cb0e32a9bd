//! Spellings that are one employer, and names that are not, each with the reason.

use super::Employers;
use crate::coding::vocabulary::VocabularyFiles;

/// Two spellings of one employer.
const SAME: [(&str, &str, &str); 92] = [
    ("Lakeside Clinic", "LAKESIDE CLINIC", "case"),
    ("Lakeside Clinic", "Lakeside  Clinic ", "blanks"),
    ("Lakeside Clinic, Inc.", "Lakeside Clinic", "legal form"),
    ("Lakeside Clinic LLC", "Lakeside Clinic, L.L.C.", "dotted legal form"),
    ("Lakeside Clinic Corp.", "Lakeside Clinic Corporation", "two legal words"),
    ("Lakeside Partners Co., Ltd.", "Lakeside Partners", "two legal forms"),
    ("Tulip Radiology, P.C.", "Tulip Radiology PC", "professional corporation"),
    ("Tulip Radiology, P.A.", "Tulip Radiology", "professional association"),
    ("Tulip Radiology PLLC", "Tulip Radiology LLP", "the form is no part of the name"),
    ("Tulip Radiology S.C.", "Tulip Radiology", "service corporation, dotted"),
    ("Larch & Co.", "Larch and Company", "ampersand before a legal form"),
    ("The Larch Group", "Larch Group", "article at the head"),
    ("Larch Group, The", "The Larch Group", "article behind a comma"),
    ("Larch Group Inc., The", "Larch Group", "article behind the legal form"),
    ("St. Brendan Birch Hospital", "Saint Brendan Birch Hospital", "saint"),
    ("ST BRENDAN BIRCH HOSP", "St. Brendan Birch Hospital", "saint and hospital, shouted"),
    ("Ste. Genevieve County Memorial Hospital", "Sainte Genevieve County Memorial Hospital", "sainte"),
    ("Ft. Larned Clinic", "Fort Larned Clinic", "fort"),
    ("Mt. Ogden Clinic", "Mount Ogden Clinic", "mount"),
    ("Univ. of Utah Hospital", "University of Utah Hospital", "university"),
    ("U. of Utah Hospital", "University of Utah Hospital", "one letter before `of`"),
    ("Elmwood Med. Ctr.", "Elmwood Medical Center", "medical center"),
    ("Elmwood Medical Centre", "Elmwood Medical Cntr", "two spellings of center"),
    ("Elmwood Reg. Med. Ctr.", "Elmwood Regional Medical Center", "regional"),
    ("Elmwood Mem Hosp", "Elmwood Memorial Hospital", "memorial hospital"),
    ("Elmwood Gen. Hosp.", "Elmwood General Hospital", "general"),
    ("Elmwood Comm. Hospital", "Elmwood Community Hospital", "community beside a word that settles it"),
    ("Elmwood Co. Hospital", "Elmwood County Hospital", "county beside a word that settles it"),
    ("Elmwood Hlth Svcs", "Elmwood Health Services", "health services"),
    ("Elmwood Health Care", "Elmwood Healthcare", "one word or two"),
    ("Elmwood Healthsystem", "Elmwood Health System", "one word or two"),
    ("ElmwoodHealth", "Elmwood Health", "joined brand"),
    ("Elmwood Behavioural Health", "Elmwood Behavioral Health", "spelling of another country"),
    ("Elmwood Orthopaedics", "Elmwood Orthopedics", "spelling"),
    ("Elmwood Radiology Assoc.", "Elmwood Radiology Associates", "associates"),
    ("National Registrars Assn", "National Registrars Association", "association"),
    ("Natl. Registrars Assoc", "National Registrars Association", "national association"),
    ("Ohio Dept. of Health", "Ohio Department of Health", "department"),
    ("Elmwood Women & Infants", "Elmwood Women and Infants", "ampersand"),
    ("Women's & Children's of Elmwood", "Womens and Childrens of Elmwood", "apostrophes"),
    ("Dayton Children\u{2019}s Hospital", "Dayton Children's Hospital", "typographic apostrophe"),
    ("Dayton Children's Hospital", "Dayton Childrens Hospital", "no apostrophe"),
    ("Barnes-Jewish Hospital", "Barnes Jewish Hospital", "hyphen"),
    ("Wilkes\u{2011}Barre General", "Wilkes-Barre General", "hyphen that does not break"),
    ("Cl\u{ed}nica Saludable", "Clinica Saludable", "accent"),
    ("\u{ff26}\u{ff29}\u{ff33} Coding", "FIS Coding", "full-width letters"),
    ("\u{fb01}rst Coders", "First Coders", "ligature"),
    ("J.P. Larch Hospital", "JP Larch Hospital", "initials"),
    ("J. P. Larch Hospital", "J.P. Larch Hospital", "initials with blanks"),
    ("University of California, Berkeley", "University of California Berkeley", "comma"),
    ("University of California - Berkeley", "University of California, Berkeley", "dash"),
    ("University of California at Berkeley", "University of California, Berkeley", "at"),
    (
        "University of Florida/George A. Smathers Libraries",
        "University of Florida, George A Smathers Libraries",
        "slash",
    ),
    ("Phoenix, City of", "City of Phoenix", "turned around"),
    ("The City of Phoenix", "CITY OF PHOENIX", "article, shouted"),
    ("County of San Diego", "San Diego County", "county either way"),
    ("Health, Ohio Department of", "Ohio Department of Health", "turned around, three words"),
    ("Lakeside Clinic (Toledo, OH)", "Lakeside Clinic - Toledo, Ohio", "state by code and by name"),
    ("Lakeside Clinic \u{2013} Toledo", "Lakeside Clinic (Toledo)", "dash and parenthesis"),
    ("Lakeside Clinic (Remote)", "Lakeside Clinic", "work mode is no part"),
    ("Lakeside Clinic - Remote, US", "Lakeside Clinic", "work mode and country"),
    ("Lakeside Clinic - Multiple Locations", "Lakeside Clinic", "places unnamed"),
    ("Elmwood Hospital District (EHD)", "Elmwood Hospital District", "acronym of the name"),
    ("Elmwood Board of Health (EBH)", "Elmwood Board of Health", "acronym without small words"),
    ("ABC Corp d/b/a Alder Coding", "Alder Coding", "trade name counts"),
    ("ABC Corp. DBA Alder Coding, LLC", "Alder Coding", "trade name, other writing"),
    ("ABC Corp, doing business as Alder Coding", "Alder Coding", "trade name in words"),
    ("Alder Coding (formerly ABC Corp)", "Alder Coding", "former name"),
    ("Alder Coding f/k/a ABC Corp", "Alder Coding Inc", "former name by letters"),
    ("U.S. Army", "United States Army", "country"),
    ("US Department of Veterans Affairs", "Department of Veterans Affairs", "table"),
    ("Veterans Affairs, Department of", "Department of Veterans Affairs (VA)", "table, turned around"),
    ("VHA", "Veterans Health Administration", "table"),
    (
        "Veterans Health Administration (VHA)",
        "Department of Veterans Affairs - Veterans Health Administration",
        "table",
    ),
    ("Justice, Bureau of Prisons/Federal Prison System", "Federal Bureau of Prisons", "table, OPM's own writing"),
    ("HCA", "HCA Healthcare, Inc.", "table"),
    ("Advent Health", "AdventHealth", "joined brand"),
    ("ADVENTHEALTH", "AdventHealth", "joined brand, shouted"),
    ("Med Star Health", "MedStar Health", "parted brand of the table"),
    ("UnityPoint", "Unity Point Health", "table, parted"),
    ("Ciox Health, LLC", "Datavant", "table: renamed"),
    ("Ciox, a Datavant company", "Datavant", "table: alias with an addition"),
    ("Parkland Coding Co (formerly Ciox Health)", "Datavant", "a former name that the table knows"),
    ("3M Health Information Systems", "Solventum", "table: renamed"),
    ("Sentara Healthcare", "Sentara Health", "table says that they are one"),
    ("Inova Health System", "Inova", "table"),
    ("Johns Hopkins Health System Corporation", "Johns Hopkins Medicine", "table"),
    ("UPMC", "University of Pittsburgh Medical Center", "table"),
    ("Mercy Health - Toledo", "Mercy Health (Toledo, OH)", "table"),
    ("M.D. Anderson Cancer Center", "MD Anderson", "table, initials"),
    ("New York-Presbyterian Hospital", "NewYork-Presbyterian", "table"),
    ("Robert Half International Inc.", "Robert Half", "table"),
];

/// Two names of two employers, or of which it is unknown.
const DIFFERENT: [(&str, &str, &str); 70] = [
    ("Mercy Hospital St. Louis", "Mercy Hospital Joplin", "two hospitals of one system"),
    ("Mercy Hospital St. Louis", "Mercy Hospital", "a name that many share"),
    ("Mercy Health - Toledo", "Mercy Health - Youngstown", "two regions"),
    ("Mercy Health", "Mercy Health System", "two systems of other states"),
    ("Mercy Health", "MercyOne", "two systems"),
    ("Mercy Medical Center - Canton", "Mercy Medical Center - Baltimore", "places"),
    ("St. Mary's Hospital", "St. Mary's Medical Center", "one saint, two houses"),
    ("St. Luke's Health System", "St. Luke's Health", "Idaho and Texas"),
    ("St. Luke's Hospital (Duluth, MN)", "St. Luke's Hospital (Chesterfield, MO)", "places"),
    ("St. Joseph Hospital", "St. Joseph's Hospital", "two houses may differ by that letter alone"),
    ("Baptist Health South Florida", "Baptist Health (Kentucky)", "one name, two systems"),
    ("Baptist Health", "Baptist Health South Florida", "the bare name is shared"),
    ("Trinity Health", "Trinity Health Michigan", "the bare name is shared"),
    ("Trinity Health System", "Trinity Health Ann Arbor", "Ohio and Michigan"),
    ("Providence Hospital", "Providence Health & Services", "the bare name is shared"),
    ("HCA Florida Brandon Hospital", "HCA Florida Largo Hospital", "two hospitals of one system"),
    ("HCA Florida Brandon Hospital", "HCA Healthcare", "hospital and system"),
    ("AdventHealth Tampa", "AdventHealth Orlando", "two hospitals of one system"),
    ("AdventHealth Tampa", "AdventHealth", "hospital and system"),
    ("Dayton VA Medical Center", "Cincinnati VA Medical Center", "two hospitals of one body"),
    ("Dayton VA Medical Center", "Veterans Health Administration", "hospital and body"),
    ("Veterans Health Administration", "Veterans Benefits Administration", "two bodies of one department"),
    ("Veterans Health Administration", "Department of Veterans Affairs", "body and department"),
    ("Ohio Department of Veterans Services", "Department of Veterans Affairs", "state and federal"),
    ("Department of Health", "Ohio Department of Health", "whose is unknown"),
    ("Department of Education", "U.S. Department of Education", "whose is unknown"),
    ("Ohio Department of Health", "Ohio Department of Job and Family Services", "two departments"),
    ("Aurora Medical Center", "Aurora Mental Health", "two employers of Aurora"),
    ("UC Health", "UCHealth", "Cincinnati and Colorado"),
    ("University Hospital", "University Hospitals", "Newark and Cleveland"),
    ("University of Miami Health System", "Miami University", "other words"),
    ("Ohio State University", "Ohio University", "two universities"),
    ("Ohio State University", "State of Ohio", "university and state"),
    ("University of Washington", "Washington University", "order of words"),
    ("University of Washington, Tacoma", "University of Washington", "campus"),
    ("Indiana University Health", "Indiana University", "system and university"),
    ("Indiana University of Pennsylvania", "Indiana University", "another university"),
    ("Emory University", "Emory Healthcare", "university and system"),
    ("Henry Ford College", "Henry Ford Health", "college and system"),
    ("Sutter County", "Sutter Health", "county and system"),
    ("Ascension Parish", "Ascension", "parish of Louisiana and system"),
    ("Johns Hopkins Hospital", "Johns Hopkins Medicine", "hospital and system"),
    ("Massachusetts General Hospital", "Mass General Brigham", "hospital and system"),
    ("Summit Health", "Summit Healthcare", "New Jersey and Arizona"),
    ("Blue Ridge Health", "Blue Ridge Healthcare System", "clinic and hospital"),
    ("Memorial Hospital", "Memorial Healthcare System", "shared words"),
    ("Adventist Health System", "Adventist Health (Roseville, CA)", "AdventHealth and its western namesake"),
    ("Adventist HealthCare", "Adventist Health (Roseville, CA)", "Maryland and California"),
    ("Advocate Health", "Advocate Health Care", "system and its part"),
    ("Independent Health", "Independent Hospital Network", "insurer and network"),
    ("Health Partners", "HealthPartners", "parting words otherwise tells nothing here"),
    ("Optum", "UnitedHealthcare", "two of one group"),
    ("Optum", "UnitedHealth Group", "company and group"),
    ("Conifer Health Solutions", "Tenet Healthcare", "vendor and owner"),
    ("Parallon", "HCA Healthcare", "vendor and owner"),
    ("MRO", "MRA", "two vendors"),
    ("Medix", "Medica", "near letters"),
    ("Access Healthcare", "Access Health", "vendor and clinic"),
    ("Omega Healthcare", "Omega Hospital", "vendor and hospital"),
    ("Maxim Healthcare Staffing", "Maxim Healthcare Services", "agency and home care"),
    ("ABC Corp d/b/a Alder Coding", "ABC Corp d/b/a Birch Coding", "two trades of one firm"),
    ("Jones Clinic, PA", "Jones Clinic - Erie, PA", "legal form and state"),
    ("Lakeside Clinic (Springfield, IL)", "Lakeside Clinic (Springfield, MO)", "states"),
    ("Robert Half - Columbus", "Robert Half - Dayton", "two offices of an agency"),
    ("Larch Group", "Larch Partners", "other words"),
    ("North Elmwood Hospital", "South Elmwood Hospital", "directions"),
    ("Elmwood Children's Hospital", "Elmwood Hospital", "a word more"),
    ("Mount Sinai Health System", "Mount Sinai Medical Center", "New York and Miami Beach"),
    ("Swedish Hospital", "Swedish Health Services", "Chicago and Seattle"),
    ("Confidential", "Confidential", "a name of nobody is not one employer"),
];

fn identity(name: &str) -> Option<String> {
    thread_local! {
        static EMPLOYERS: Employers = Employers::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap();
    }
    EMPLOYERS.with(|employers| employers.named(name)).map(|identity| identity.id)
}

#[test]
fn spellings_of_one_employer_have_one_identity() {
    let wrong: Vec<String> = SAME
        .iter()
        .filter(|(a, b, _)| identity(a).is_none() || identity(a) != identity(b))
        .map(|(a, b, why)| format!("{a} | {b} ({why}): {:?} {:?}", identity(a), identity(b)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn two_employers_have_two_identities() {
    let wrong: Vec<String> = DIFFERENT
        .iter()
        .filter(|(a, b, _)| identity(a).is_some() && identity(a) == identity(b))
        .map(|(a, b, why)| format!("{a} | {b} ({why}): {:?}", identity(a)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
