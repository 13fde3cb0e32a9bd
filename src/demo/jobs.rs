//! The invented vacancies, and on which boards each is advertised.

/// Where the work is done from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    Office,
    Home,
    Both,
}

/// One invented vacancy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vacancy {
    /// Numbers it on every board.
    pub(super) number: u32,
    pub(super) title: &'static str,
    pub(super) employer: &'static str,
    pub(super) city: &'static str,
    /// USPS code.
    pub(super) state: &'static str,
    pub(super) state_name: &'static str,
    pub(super) from: From,
    /// As the employer writes it; empty when it does not.
    pub(super) pay: &'static str,
    pub(super) schedule: &'static str,
    /// Days since it was posted.
    pub(super) posted: i64,
    /// Days until it closes; negative when it has closed.
    pub(super) closes: i64,
    pub(super) text: &'static str,
    pub(super) asks: &'static str,
    /// Ids of the boards that advertise it.
    pub(super) boards: &'static [&'static str],
}

impl Vacancy {
    /// Tells whether a board advertises it.
    pub(super) fn on(&self, board: &str) -> bool {
        self.boards.contains(&board)
    }
}

/// Gives every vacancy.
pub(super) fn vacancies() -> Vec<Vacancy> {
    let mut all = ordinary();
    all.extend(more_ordinary());
    all.extend(senior());
    all.extend(odd());
    all.extend(broken());
    all.extend(federal());
    all
}

/// Those that any board carries.
fn ordinary() -> Vec<Vacancy> {
    vec![
        Vacancy {
            number: 40_210_001,
            title: "Inpatient Coder II",
            employer: "Lakemont Regional Hospital",
            city: "Columbus",
            state: "OH",
            state_name: "Ohio",
            from: From::Office,
            pay: "$27.50 - $36.25 per hour",
            schedule: "Full-Time",
            posted: 2,
            closes: 26,
            text: "<p>Codes inpatient records with ICD-10-CM and ICD-10-PCS and sequences them for MS-DRG assignment.</p><p>Queries physicians where the record is unclear, together with our CDI team.</p>",
            asks: "<ul><li>RHIT, RHIA or CCS</li><li>Two years of acute-care coding</li></ul>",
            boards: &["ahima", "aapc"],
        },
        Vacancy {
            number: 40_210_002,
            title: "Certified Tumor Registrar",
            employer: "Ashgrove Cancer Institute",
            city: "Louisville",
            state: "KY",
            state_name: "Kentucky",
            from: From::Home,
            pay: "$62,000.00 - $78,500.00 (Yearly Salary)",
            schedule: "Full-Time",
            posted: 4,
            closes: 24,
            text: "<p>This is a fully remote position. Abstracts analytic cases to CoC and SEER standards and keeps follow-up above 90 %.</p>",
            asks: "<p>ODS-C (CTR) credential; METRIQ a plus.</p>",
            boards: &["ahima"],
        },
        Vacancy {
            number: 40_210_003,
            title: "Release of Information Specialist",
            employer: "Saint Brennan Health",
            city: "Fort Wayne",
            state: "IN",
            state_name: "Indiana",
            from: From::Both,
            pay: "",
            schedule: "Full-Time",
            posted: 6,
            closes: 20,
            text: "<p>Answers requests for records under HIPAA and state law. Three days at our Fort Wayne office, two from home.</p>",
            asks: "<p>High school diploma; RHIT-eligible candidates welcome.</p>",
            boards: &["ahima", "ahdi"],
        },
    ]
}

/// Further ones of the same kind.
fn more_ordinary() -> Vec<Vacancy> {
    vec![
        Vacancy {
            number: 40_210_004,
            title: "Healthcare Documentation Editor",
            employer: "Quillmark Transcription Services",
            city: "Tulsa",
            state: "OK",
            state_name: "Oklahoma",
            from: From::Home,
            pay: "",
            schedule: "Part-Time",
            posted: 1,
            closes: 29,
            text: "Edits speech-recognized acute-care dictation from home, paid per line. RHDS or CHDS preferred.",
            asks: "",
            boards: &["ahdi"],
        },
        Vacancy {
            number: 40_210_005,
            title: "Professional Fee Coder - Orthopedics",
            employer: "Bellhaven Physician Partners",
            city: "Denver",
            state: "CO",
            state_name: "Colorado",
            from: From::Home,
            pay: "$24.00 - $33.00 Per Hour",
            schedule: "Full-Time",
            posted: 3,
            closes: 27,
            text: "<p>100% remote. Codes orthopedic surgery with CPT and modifiers in Epic.</p>",
            asks: "<p>CPC required, COSC preferred.</p>",
            boards: &["aapc"],
        },
    ]
}

/// Those that want years of experience.
fn senior() -> Vec<Vacancy> {
    vec![
        Vacancy {
            number: 40_210_006,
            title: "Coding Compliance Auditor",
            employer: "Northfold Health Plan",
            city: "Hartford",
            state: "CT",
            state_name: "Connecticut",
            from: From::Both,
            pay: "$70,000 - $92,000 Per Year",
            schedule: "Full-Time",
            posted: 8,
            closes: 22,
            text: "<p>Audits risk-adjustment (HCC) coding and teaches what the audits find.</p>",
            asks: "<p>CRC or CPMA; three years of auditing.</p>",
            boards: &["ahima", "aapc"],
        },
        Vacancy {
            number: 40_210_007,
            title: "HIM Director",
            employer: "Harrow Valley Medical Center",
            city: "Spokane",
            state: "WA",
            state_name: "Washington",
            from: From::Office,
            pay: "$104,000.00 - $139,000.00 (Yearly Salary)",
            schedule: "Full-Time",
            posted: 12,
            closes: 18,
            text: "<p>Leads coding, CDI, ROI and the master patient index for a 320-bed hospital.</p>",
            asks: "<p>RHIA; five years of management.</p>",
            boards: &["ahima"],
        },
    ]
}

/// Those that show what boards do to data: odd pay, stale pages, tricky titles.
fn odd() -> Vec<Vacancy> {
    vec![
        Vacancy {
            number: 40_210_008,
            title: "Medical Coder (CPC-A welcome) – ED & Observation",
            employer: "Larkspur Coding Cooperative",
            city: "Boise",
            state: "ID",
            state_name: "Idaho",
            from: From::Home,
            pay: "up to $45.00/hour DOE",
            schedule: "Contract",
            posted: 5,
            closes: 25,
            text: "<p>Will train apprentices. Work from home anywhere in the U.S.</p>",
            asks: "<p>CPC or CPC-A.</p>",
            boards: &["aapc"],
        },
        Vacancy {
            number: 40_210_009,
            title: "Outpatient Coder",
            employer: "Wrenfield Clinic Network",
            city: "Duluth",
            state: "MN",
            state_name: "Minnesota",
            from: From::Office,
            pay: "$2,750.00 - $31.00 (Hourly Wage)",
            schedule: "Full-Time",
            posted: 9,
            closes: 21,
            text: "<p>Codes clinic visits; somebody slipped on the keyboard when entering the pay.</p>",
            asks: "<p>CCS-P or CPC.</p>",
            boards: &["ahima"],
        },
    ]
}

/// Those whose page is broken or stale.
fn broken() -> Vec<Vacancy> {
    vec![
        Vacancy {
            number: 40_210_010,
            title: "Clinical Documentation Integrity Specialist",
            employer: "Oakhollow University Hospital",
            city: "Durham",
            state: "NC",
            state_name: "North Carolina",
            from: From::Both,
            pay: "$88,000* annual, plus sign-on bonus",
            schedule: "Full-Time",
            posted: 7,
            closes: 23,
            text: "<p>Concurrent review and compliant queries.\u{1} Its page carries JSON that is not valid, as about one in a hundred real ones does.</p>",
            asks: "<p>CCDS or CDIP; RN preferred.</p>",
            boards: &["ahima"],
        },
        Vacancy {
            number: 40_210_011,
            title: "Coding Trainee",
            employer: "Mossbridge Community Hospital",
            city: "Erie",
            state: "PA",
            state_name: "Pennsylvania",
            from: From::Office,
            pay: "",
            schedule: "Full-Time",
            posted: 45,
            closes: -3,
            text: "<p>A stale page: the list still shows it although its last day has passed.</p>",
            asks: "",
            boards: &["ahima"],
        },
    ]
}

/// Federal ones.
fn federal() -> Vec<Vacancy> {
    vec![
        Vacancy {
            number: 861_200_100,
            title: "Medical Records Technician (Coder-Outpatient)",
            employer: "Veterans Health Administration",
            city: "Dayton",
            state: "OH",
            state_name: "Ohio",
            from: From::Home,
            pay: "48598|63178|Per Year",
            schedule: "Full-time",
            posted: 3,
            closes: 7,
            text: "Assigns codes to outpatient encounters of veterans, from home.",
            asks: "United States citizenship; coding certification through AHIMA or AAPC.",
            boards: &["usajobs"],
        },
        Vacancy {
            number: 861_200_200,
            title: "MEDICAL RECORDS ADMINISTRATION SPECIALIST",
            employer: "Defense Health Agency",
            city: "San Antonio",
            state: "TX",
            state_name: "Texas",
            from: From::Office,
            pay: "72553|94317|Per Year",
            schedule: "Full-time",
            posted: 1,
            closes: 13,
            text: "Plans and runs the health records service of a military treatment facility.",
            asks: "RHIA; one year at the next lower grade.",
            boards: &["usajobs"],
        },
        Vacancy {
            number: 861_200_300,
            title: "Medical Records Technician (Cancer Registrar)",
            employer: "Veterans Health Administration",
            city: "Louisville",
            state: "KY",
            state_name: "Kentucky",
            from: From::Office,
            pay: "25.31|32.90|Per Hour",
            schedule: "Part-time",
            posted: 10,
            closes: 1,
            text: "Keeps the cancer registry of a VA medical center.",
            asks: "ODS-C (CTR) credential.",
            boards: &["usajobs"],
        },
    ]
}
