//! Reports: every figure is the total of the search that stands beside it, and the page and the tables
//! read as they should.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use jobrounds::dedupe::PointsJudge;
use jobrounds::matching::{parse_query, parse_state};
use jobrounds::model::{
    BlsQuartiles, BoardId, Codes, Completeness as Seen, CredentialDemand, Criteria, DemandLevel, EmployerIdentity,
    Engine, ExperienceLevel, Field, KnownField, PayFloor, PayUnit, Posting, PostingKey, RawPosting, Salary,
    StatusFilter, WorkMode,
};
use jobrounds::report::{self, Cell, Completeness, CopyDemands, Report, ReportRequest};
use jobrounds::store::{FileCommit, Store};
use serde_json::{Value, json};

use super::app::TestApp;

const NOW: &str = "2026-11-22T12:00:00Z";
const ROLES: [(&str, &str); 5] = [
    ("coding-inpatient", "29-2072"),
    ("cdi", "29-9021"),
    ("cancer-registry", "29-9021"),
    ("release-of-information", "29-2072"),
    ("him-management", "11-9111"),
];
const EMPLOYERS: [(&str, &str, &str); 6] = [
    ("lakemont", "Lakemont Regional Hospital", "Lakemont Regional Hosp."),
    ("saint-brennan", "Saint Brennan Health", "St. Brennan Health, Inc."),
    ("ashgrove", "Ashgrove Cancer Institute", "The Ashgrove Cancer Institute"),
    ("hostile", "<script>alert(1)</script> & Sons", "=HYPERLINK(\"https://evil.example\")"),
    ("talent-bridge", "TalentBridge Staffing", "TalentBridge"),
    ("bellhaven", "Bellhaven Physician Partners", "Bellhaven's"),
];

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

fn pay(at: usize) -> Field<Salary> {
    let of = |low: f64, high: f64, unit, times: Option<f64>, currency: &str, implausible: Option<&str>| {
        let salary = Salary {
            raw: format!("{low} to {high}"),
            currency: Some(currency.into()),
            min: Some(low),
            max: Some(high),
            unit: Some(unit),
            annual_min: times.map(|times| low * times),
            annual_max: times.map(|times| high * times),
            basis: jobrounds::model::Basis::Stated,
            annual_basis: None,
            implausible: implausible.map(str::to_owned),
            assumptions: Vec::new(),
        };
        Field::stated(salary.raw.clone(), salary)
    };
    let step = f64::from(u32::try_from(at).unwrap());
    match at % 9 {
        0 | 4 => Field::default(),
        1 | 5 => of(24.0 + step / 10.0, 30.0 + step / 10.0, PayUnit::Hour, Some(2080.0), "USD", None),
        2 | 6 => of(52_000.0 + 500.0 * step, 68_000.0 + 500.0 * step, PayUnit::Year, Some(1.0), "USD", None),
        3 => of(28.0, 33.0, PayUnit::Hour, None, "USD", None),
        7 => of(1.0, 900_000.0, PayUnit::Year, None, "USD", Some("no such range")),
        _ => of(40_000.0, 50_000.0, PayUnit::Year, Some(1.0), "CAD", None),
    }
}

fn demand(id: &str, code: &str, level: DemandLevel) -> CredentialDemand {
    let evidence = format!("{code} {}", level.as_str());
    CredentialDemand { id: id.into(), code: code.into(), level, within_months: None, one_of: None, evidence }
}

fn credentials(at: usize) -> Vec<CredentialDemand> {
    use DemandLevel::{Eligible, Preferred, Required};
    let (rhit, ccs) = (|level| demand("ahima:rhit", "RHIT", level), |level| demand("ahima:ccs", "CCS", level));
    let ods = |level| demand("ncra:ods", "ODS", level);
    match at % 6 {
        0 => vec![rhit(Required), ccs(Preferred)],
        1 => vec![ccs(Required)],
        2 => vec![ods(Eligible)],
        3 => vec![rhit(Preferred), ods(Required)],
        4 => vec![rhit(Required), ccs(Required)],
        _ => Vec::new(),
    }
}

fn codes(at: usize) -> Codes {
    let derived = |id: &str| Field::derived("title", id.to_owned(), "title");
    let (role, soc) = ROLES[at % 5];
    let (id, name, _) = EMPLOYERS[at % 6];
    let mut codes = Codes { credentials: credentials(at), ..Codes::default() };
    if at % 11 != 10 {
        codes.role = derived(role);
        codes.soc = derived(soc);
    }
    if at % 4 != 3 {
        codes.entry_level = Field::derived("text", at.is_multiple_of(4), "text");
        codes.experience_level = Field::derived("text", ExperienceLevel::ALL[at % 4], "text");
        codes.setting = derived(["hospital", "vendor", "clinic"][at % 3]);
    }
    if at % 13 != 12 {
        codes.employer = Some(EmployerIdentity {
            id: id.into(),
            name: name.into(),
            parent: (id == "lakemont").then(|| "lakemont-system".into()),
            agency: id == "talent-bridge",
            why: Some("alias table".into()),
        });
    }
    codes
}

/// Makes one posting of a family: the same number on two boards is one job.
fn posting(board: &str, at: usize) -> Posting {
    let key = PostingKey { board: BoardId::new(board).unwrap(), posting_id: format!("{at}") };
    let title = format!("{} number {at}", ROLES[at % 5].0.replace('-', " "));
    let raw = RawPosting { title: Some(title.clone()), completeness: Seen::Full, ..RawPosting::default() };
    let mut posting: Posting = serde_json::from_value(json!({"key": key, "url": {}, "title": {}, "raw": raw})).unwrap();
    let url = format!("https://{board}.example/job/{at}");
    posting.url = Field::stated(url.clone(), url);
    posting.title = Field::stated(title.clone(), title);
    let (_, name, other) = EMPLOYERS[at % 6];
    // Spellings differ within a board, not between the copies of one job.
    let name = if at.is_multiple_of(5) { other } else { name };
    posting.hiring_organization = Field::stated(name, name.to_owned());
    posting.base_salary = pay(at);
    posting.description_text = Some(format!("Works with charts. Number {at}."));
    if let Some(state) = ["OH", "KY", "TX", "ON", ""].get(at % 5).filter(|state| !state.is_empty()) {
        let country = if *state == "ON" { "CA" } else { "US" };
        let place = json!([{"locality": format!("Town {at}"), "region": state, "postal_code": null,
            "country": country, "latitude": null, "longitude": null, "precision": "city"}]);
        posting.job_location = Field::stated("place", serde_json::from_value(place).unwrap());
    }
    if at.is_multiple_of(3) {
        posting.work_mode = Field::stated("remote", WorkMode::Remote);
        if at.is_multiple_of(6) {
            posting.remote_scope = Field::stated("US", vec!["US".to_owned()]);
        }
    } else if at % 3 == 1 {
        posting.work_mode = Field::stated("onsite", WorkMode::Onsite);
    }
    let days = i64::try_from(at % 40).unwrap();
    let posted: NaiveDate = (now() - Duration::days(days)).date_naive();
    if at % 7 != 6 {
        posting.date_posted = Field::stated(posted.to_string(), posted);
    }
    if at % 4 != 1 {
        let end = now() + Duration::days(i64::try_from(at % 30).unwrap() - 8) + Duration::hours(5);
        let closing = json!({"date": end.date_naive(), "instant": end});
        posting.valid_through = Field::stated("end", serde_json::from_value(closing).unwrap());
    }
    posting.codes = codes(at);
    posting
}

fn commit(store: &Store, board: &str, numbers: impl Iterator<Item = usize>, days_ago: i64) {
    let postings = numbers.map(|at| {
        let posting = posting(board, at);
        let hash = blake3::hash(&serde_json::to_vec(&posting).unwrap());
        (posting, hash.as_bytes()[..16].try_into().unwrap())
    });
    let commit = FileCommit {
        board: BoardId::new(board).unwrap(),
        engine: if board == "usajobs" { Engine::Usajobs } else { Engine::Json },
        postings: postings.collect(),
        now: now() - Duration::days(days_ago),
        judge: Arc::new(PointsJudge),
    };
    store.commit_file(commit).unwrap();
}

/// Stores some ninety jobs on three boards, a third of them on two.
fn stocked() -> TestApp {
    let app = TestApp::new("");
    let store = Store::open(&app.path("test.db")).unwrap();
    commit(&store, "ahima", 0..60, 30);
    commit(&store, "aapc", (0..60).step_by(2), 26);
    commit(&store, "usajobs", 60..90, 6);
    app
}

/// Makes all six reports over a store, as the command does.
fn all_reports(store: &Store, criteria: &Criteria) -> Vec<Report> {
    let everything = Criteria { status: StatusFilter::All, ..criteria.clone() };
    let jobs = store.figures_with_copies(&everything, now()).unwrap();
    let totals = store.search(&Criteria { limit: Some(0), ..criteria.clone() }, now()).unwrap();
    let request = ReportRequest {
        criteria,
        in_words: jobrounds::matching::in_words(criteria),
        now: now(),
        jobs: &jobs,
        may_match: totals.total_may_match,
        left_out: totals.left_out,
        most_rows: None,
        is_state: |text| parse_state(text).is_ok(),
    };
    let mut demands = Vec::new();
    let mut completeness = Completeness::default();
    store
        .for_each_copy(criteria, now(), |job, posting: Posting| {
            completeness.add(&posting);
            demands.push(CopyDemands { job: job.clone(), demands: posting.codes.credentials });
        })
        .unwrap();
    vec![
        report::overview(&request),
        report::credentials(&request, &demands),
        report::pay(&request, &wages()),
        report::employers(&request, &[]),
        report::boards(&request, &[]),
        completeness.report(&request),
    ]
}

fn wages() -> Vec<BlsQuartiles> {
    let of = |soc: &str, p25, p50, p75| BlsQuartiles {
        soc: soc.into(),
        area: "United States".into(),
        year: 2025,
        p25: Some(p25),
        p50: Some(p50),
        p75: Some(p75),
    };
    vec![of("29-2072", 42_000.0, 51_140.0, 63_000.0), of("29-9021", 50_000.0, 68_020.0, 90_000.0)]
}

fn cases() -> Vec<Criteria> {
    let base = Criteria::default;
    let words = |text: &str| Criteria { query: parse_query(text), query_text: Some(text.into()), ..base() };
    vec![
        base(),
        Criteria { status: StatusFilter::All, ..base() },
        Criteria { status: StatusFilter::Closed, ..base() },
        Criteria { remote: true, ..base() },
        Criteria { states: vec!["OH".into(), "KY".into()], ..base() },
        Criteria { roles: vec!["cdi".into(), "coding-inpatient".into()], status: StatusFilter::All, ..base() },
        Criteria { credential_required: true, ..base() },
        Criteria { credentials: vec!["ahima:rhit".into()], ..base() },
        Criteria { credentials: vec!["ahima:ccs".into()], credential_required: true, ..base() },
        Criteria { known: vec![KnownField::Pay, KnownField::Level], ..base() },
        Criteria { pay_at_least: Some(PayFloor { amount: 29.0, unit: PayUnit::Hour }), ..base() },
        Criteria { employers: vec!["hospital".into()], ..base() },
        Criteria { employers: vec!["id:lakemont".into(), "id:ashgrove".into()], ..base() },
        Criteria { not_employers: vec!["id:lakemont".into(), "brennan".into()], ..base() },
        Criteria { boards: vec![BoardId::new("aapc").unwrap()], ..base() },
        Criteria { posted_within: Some(Duration::days(20)), direct: true, ..base() },
        Criteria { closing_within: Some(Duration::days(20)), entry_level: true, ..base() },
        Criteria { settings: vec!["hospital".into()], levels: vec!["entry".into()], ..base() },
        words("registry OR cdi"),
        words("charts -inpatient"),
    ]
}

/// Compares each figure that claims to be a search's total with that total; gives how many.
fn compare(store: &Store, criteria: &Criteria, wrong: &mut Vec<String>) -> usize {
    let mut compared = 0;
    for report in all_reports(store, criteria) {
        let total = store.search(&Criteria { limit: Some(0), ..criteria.clone() }, now()).unwrap().total;
        assert_eq!(report.jobs, total, "{}: {criteria:?}", report.name);
        for table in &report.tables {
            for row in &table.rows {
                for (at, cell) in row.cells.iter().enumerate() {
                    let Some(asked) = table.counted_by(row, at) else { continue };
                    let (Cell::Count(figure) | Cell::Part(figure, _)) = cell else { panic!("{cell:?}") };
                    let found = store.search(&Criteria { limit: Some(0), ..asked.clone() }, now()).unwrap().total;
                    compared += 1;
                    if found != *figure {
                        let (row, column) = (row.cells[0].text(), &table.columns[at].key);
                        let command = report::exact_search(&asked);
                        wrong.push(format!("{}, {row}, {column}: {figure}, but {command} finds {found}", table.id));
                    }
                }
            }
        }
    }
    compared
}

#[test]
fn every_counted_figure_is_the_total_of_its_search_under_any_filters() {
    let app = stocked();
    let store = Store::open_read_only(&app.path("test.db")).unwrap();
    let mut wrong = Vec::new();
    let compared: usize = cases().iter().map(|criteria| compare(&store, criteria, &mut wrong)).sum();
    assert!(wrong.is_empty(), "{} of {compared} figures:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 1_000, "{compared} figures compared");
}

/// Splits a printed command as a shell does, as far as single quotes go.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in command.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().unwrap().push(other),
        }
    }
    words
}

#[test]
fn the_command_beside_a_figure_finds_as_many_jobs() {
    let app = stocked();
    let filters: [(usize, &[&str]); 2] = [(2, &[]), (1, &["--state", "OH", "--status", "all", "charts"])];
    let mut compared = BTreeMap::new();
    for name in ["overview", "credentials", "pay", "employers", "boards"] {
        for (rows, more) in filters {
            let report = app.run(&[&["report", name, "--format", "json"], more].concat()).json();
            for table in report["tables"].as_array().unwrap() {
                for row in table["rows"].as_array().unwrap().iter().take(rows) {
                    for (column, command) in row["search"].as_object().unwrap() {
                        let typed = words(command.as_str().unwrap());
                        assert_eq!(typed[..2], ["jobrounds", "search"]);
                        let arguments: Vec<&str> =
                            typed[1..].iter().map(String::as_str).chain(["--format", "json"]).collect();
                        let found = app.run(&arguments).json().as_array().unwrap().len();
                        assert_eq!(row[column], json!(found), "{name}, {column}: {command}");
                        *compared.entry(name).or_insert(0) += 1;
                    }
                }
            }
        }
    }
    assert!(compared.len() == 5 && compared.values().all(|count| *count >= 3), "{compared:?}");
}

#[test]
fn the_tables_read_well_and_fit_eighty_columns() {
    let app = stocked();
    let mut text = String::new();
    for name in ["overview", "credentials", "pay", "employers", "boards", "completeness"] {
        let ran = app.run(&["report", name, "--limit", "4"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
        text += &ran.stdout;
        text += "\n";
    }
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    insta::assert_snapshot!("tables", text);
    let one = app.run(&["report", "employers", "--employer", "lakemont", "--status", "all", "--limit", "3"]);
    insta::assert_snapshot!("one_employer", one.stdout);
}

#[test]
fn the_page_needs_nothing_else_and_escapes_what_boards_say() {
    let app = stocked();
    let ran = app.run(&["report", "overview", "--html", "page.html", "--limit", "4", "\"a<b\" OR charts"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    let page = std::fs::read_to_string(app.path("page.html")).unwrap();
    for forbidden in ["<script", "<link", "<img", "src=", "url(", "@import", "javascript:"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("&#60;script&#62;alert(1)"), "{page}");
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    assert_eq!(page.matches("role=\"img\"").count(), page.matches("<desc ").count());
    insta::assert_snapshot!("page", page);
    assert_eq!(app.run(&["report", "overview", "--html", "-"]).stdout.matches("<html").count(), 1);
}

#[test]
fn a_csv_file_has_as_many_fields_in_each_record_and_no_formulas() {
    let app = stocked();
    for name in ["overview", "credentials", "pay", "employers", "boards", "completeness"] {
        let ran = app.run(&["report", name, "--csv"]);
        assert_eq!(ran.stdout, app.run(&["report", name, "--format", "csv"]).stdout);
        assert!(ran.stdout.lines().count() > 10 && ran.stdout.contains("\r\n"), "{ran:?}");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(ran.stdout.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(records.iter().flatten().all(|field| !field.starts_with(['=', '@', '+'])));
        let headings = records.iter().filter(|record| record.get(0) == Some("table")).count();
        assert!(headings >= 2, "{name}: {headings}");
    }
}

#[test]
fn what_is_unknown_is_counted_and_what_makes_no_sense_refused() {
    let app = stocked();
    let report = app.run(&["report", "overview", "--state", "OH", "--format", "json"]).json();
    assert!(report["may_match"].as_u64().unwrap() > 0, "{report}");
    let known = app.run(&["report", "overview", "--state", "OH", "--known", "all", "--format", "json"]).json();
    assert_eq!((&known["may_match"], &known["left_out"]), (&json!(0), &report["may_match"]));
    assert_eq!(known["jobs"], report["jobs"]);
    let other = app.run(&["report", "overview", "--not-employer", "id:lakemont", "--format", "json"]).json();
    let named = |table: &Value| table["rows"].as_array().unwrap().iter().any(|row| row["id"] == "lakemont");
    assert!(!other["tables"].as_array().unwrap().iter().any(named), "{other}");
    for refused in [&["--offset", "2"][..], &["--sort", "pay"], &["--csv", "--html", "x"], &["--format", "xml"]] {
        assert_eq!(app.run(&[&["report", "pay"], refused].concat()).code, 2, "{refused:?}");
    }
    let nothing = app.run(&["report", "pay", "nothingofthekind"]);
    assert_eq!(nothing.code, 1, "{nothing:?}");
}
