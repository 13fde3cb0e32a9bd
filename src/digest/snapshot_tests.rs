//! What people and readers get, held as files; and hostile text, which must not get through.

use proptest::prelude::*;

use super::*;
use crate::model::{
    BoardState, CredentialDemand, DemandLevel, EmployerIdentity, EmploymentType, Job, JobStatus, PayUnit, Salary,
    WageStanding, WorkMode,
};

use sample::envelope;

/// Titles and employers that have broken such programs before.
const HOSTILE: [&str; 9] = [
    "<script>alert(1)</script> Coder",
    "]]> <![CDATA[ Coder & <b>bold",
    "Coder 👩🏽‍⚕️ &lt;img src=x onerror=alert(1)&gt;",
    "مسؤول السجلات الصحية \u{202e}redoC",
    "Co\u{0}der\u{8}\u{1b}[31m \u{9f}\u{fffe}",
    "Coder\r\nBcc: all@example.edu\r\n\r\n<html>",
    "\"'><a href='javascript:alert(1)'>Coder</a>",
    "--{{ entry.title }} {% if %}",
    "",
];

fn salary(raw: &str, min: f64, max: f64) -> Salary {
    Salary { raw: raw.into(), ..sample::hourly(min, max) }
}

/// A small week: remote with pay, federal, hostile, without pay.
fn week() -> Vec<Job> {
    let mut remote = sample::job("1", "Inpatient Coder II", "Mercy Health");
    remote.work_mode = Some(WorkMode::Remote);
    remote.remote_scope = Some(vec!["US".into()]);
    remote.employment_type = vec![EmploymentType::FullTime];
    remote.base_salary = Some(salary("$24.50-$31.75/hr", 24.5, 31.75));
    remote.valid_through = Some(sample::closing("2026-12-04T23:59:59-05:00"));
    remote.description_text = Some(
        "Codes inpatient encounters in ICD-10-CM and ICD-10-PCS for a 400-bed teaching hospital. Works with the \
         documentation team on queries and keeps accuracy at 95 percent or better. Requires RHIT, RHIA or CCS. \
         Two years of inpatient coding. Equal opportunity employer."
            .into(),
    );
    remote.postings[0].raw.description = remote.description_text.clone();
    sample::also_on(&mut remote, "aapc", "9981");
    let mut federal = sample::job("2", "Medical Records Technician (Coder)", "Veterans Health Administration");
    federal.postings.clear();
    sample::also_on(&mut federal, "usajobs", "859392600");
    federal.url = Some("https://www.usajobs.gov/job/859392600".into());
    federal.job_location = vec![sample::city("Ann Arbor", "MI"), sample::city("Chillicothe", "OH")];
    federal.base_salary = Some(Salary {
        unit: Some(PayUnit::Year),
        annual_basis: Some("stated".into()),
        ..salary("62107 - 80737 PA", 62_107.0, 80_737.0)
    });
    federal.open_to = vec!["public".into(), "vet".into()];
    federal.valid_through = Some(sample::closing_day(2026, 12, 11));
    federal.description_text = Some("Reviews records of care.\n\nAssigns codes.\n\nTrains new staff.".into());
    let mut strange = sample::job("3", &format!("{} {}", HOSTILE[0], "long ".repeat(100)), HOSTILE[1]);
    strange.base_salary =
        Some(Salary { implausible: Some("less than $3 an hour".into()), ..salary("$1 - $2 / hr", 1.0, 2.0) });
    strange.warnings = vec!["The link leads to another site than the board says.".into()];
    vec![remote, federal, strange]
}

fn unsure() -> Job {
    let mut job = sample::job("4", "HIM Clerk", "St. Anne Clinic");
    job.job_location = vec![sample::city("Dayton", "OH")];
    job.may_match = vec!["pay".into()];
    job
}

/// Boards of which one asks for a login since last week.
fn walled() -> Prepared {
    let mut boards = sample::boards();
    let walled = boards.get_mut(&sample::board("aapc")).unwrap();
    walled.health.state = BoardState::Walled;
    walled.health.since = Some(sample::time("2026-11-20T15:00:00Z"));
    walled.health.remedy = Some("ask the board's operator to let jobrounds in, or switch the board off".into());
    Prepared::new(sample::now().instant, boards)
}

#[test]
fn the_mail_reads_as_it_should() {
    let (week, unsure) = (week(), unsure());
    let sections = vec![Section::new(SectionKind::New, &week), Section::new(SectionKind::MayMatch, [&unsure])];
    let message = mail(&compose(&sample::request(sections), &walled()), &envelope());
    insta::assert_snapshot!("digest.txt", message.text);
    insta::assert_snapshot!("digest.html", message.html);
}

/// Jobs as a good week brings them: coded, with pay that can be compared.
fn coded() -> Vec<Job> {
    let demand = |code: &str, level, one_of| CredentialDemand {
        id: format!("ahima:{}", code.to_lowercase()),
        code: code.into(),
        level,
        within_months: None,
        one_of,
        evidence: String::new(),
    };
    let titles = [
        ("Inpatient Coder II", "Mercy Health"),
        ("Health Information Management Data Integrity Specialist", "University of Cincinnati Medical Center"),
        ("Clinical Documentation Improvement Specialist", "Cleveland Clinic"),
        ("Cancer Registrar (ODS)", "The Christ Hospital"),
    ];
    let mut jobs: Vec<Job> = titles
        .iter()
        .enumerate()
        .map(|(n, (title, employer))| {
            let mut job = sample::job(&format!("c{n}"), title, employer);
            job.job_location = vec![sample::city("Cincinnati", "OH")];
            job.employment_type = vec![EmploymentType::FullTime];
            job.base_salary = Some(sample::hourly(24.5, 31.75));
            job.pay_standing = Some(WageStanding {
                soc: "29-2072".into(),
                area: "Ohio".into(),
                low: Some(60),
                high: Some(85),
                source: "BLS OEWS May 2025".into(),
                says: String::new(),
            });
            job.credentials = vec![
                demand("RHIT", DemandLevel::Required, Some(1)),
                demand("RHIA", DemandLevel::Required, Some(1)),
                demand("CCS", DemandLevel::Preferred, None),
            ];
            job
        })
        .collect();
    jobs[1].valid_through = Some(sample::closing("2026-11-27T23:59:59-05:00"));
    jobs[2].postings[0].last_confirmed = sample::time("2026-11-19T12:00:00Z");
    jobs[3].work_mode = Some(WorkMode::Hybrid);
    jobs
}

/// Nine jobs of one agency.
fn agency() -> Vec<Job> {
    let identity = EmployerIdentity {
        id: "staffing-partners".into(),
        name: "Staffing & Partners".into(),
        parent: None,
        agency: true,
        why: None,
    };
    let job = |n: usize| {
        let mut job = sample::job(&format!("a{n}"), &format!("Remote Pro-Fee Coder {n}"), "Staffing & Partners");
        (job.work_mode, job.employer) = (Some(WorkMode::Remote), Some(identity.clone()));
        job
    };
    (0..9).map(job).collect()
}

/// Two jobs that have closed.
fn closed() -> Vec<Job> {
    let job = |id: &str, title: &str, reason: &str| {
        let mut job = sample::job(id, title, "Dayton Children's");
        (job.status, job.closed_reason) = (JobStatus::Closed, Some(reason.into()));
        job
    };
    vec![job("z0", "Coder I", "stated date passed"), job("z1", "HIM Director", "absent from two complete polls")]
}

/// A mail with all that a mail can have: several searches, caps, changes, closed jobs, a gap made up for.
#[test]
fn a_mail_with_everything_reads_as_it_should() {
    let (week, coded, mut unsure) = (week(), coded(), unsure());
    unsure.description_text = Some("Scans, indexes and releases records. Some evenings.".into());
    let (agency, closed) = (agency(), closed());
    let changed = Candidate {
        changes: Some("pay: not stated → $24.50-$31.75/hr; closes: Dec 1 → Dec 4".into()),
        ..Candidate::new(&coded[0])
    };
    let mut first = sample::part(
        "Coding, remote or in Ohio",
        vec![
            Section::new(SectionKind::New, week.iter().chain(&agency)),
            Section { kind: SectionKind::Updated, jobs: vec![changed] },
            Section::new(SectionKind::ClosingSoon, [&coded[1]]),
            Section::new(SectionKind::MayMatch, [&unsure]),
            Section::new(SectionKind::Closed, &closed),
        ],
    );
    first.already_told = 3;
    first.more_url = Some("https://jobs.example.edu/?q=coder&remote=true&state=OH".into());
    let mut second = sample::part(
        "Everything at Cincinnati hospitals",
        vec![
            Section::new(SectionKind::New, coded[1..].iter().chain([&week[0]])),
            Section::new(SectionKind::Reopened, [&coded[2]]),
        ],
    );
    (second.filters_in_words, second.left_out) = ("within 25 miles of Cincinnati, OH".into(), 2);
    let mut third = sample::part("Registry, Michigan", Vec::new());
    third.filters_in_words = "“registrar”, in MI".into();
    let request = DigestRequest {
        catch_up: Some(CatchUp {
            from: sample::time("2026-11-15T12:00:00Z"),
            cause: CatchUpCause::Unknown,
            not_listed: 5,
        }),
        subscribed: Some(sample::time("2026-11-03T12:00:00Z")),
        links: Links {
            unsubscribe_url: Some("https://jobs.example.edu/unsubscribe/4nq8-token".into()),
            unsubscribe_mailto: Some("mailto:leave+4nq8-token@jobs.example.edu?subject=unsubscribe".into()),
            preferences_url: Some("https://jobs.example.edu/searches/4nq8-token".into()),
            feed_url: Some("https://jobs.example.edu/feeds/s/7pt2-token.rss".into()),
        },
        limits: Limits { per_employer: 2, jobs: 8, ..Limits::default() },
        ..sample::request_of(vec![first, second, third])
    };
    let message = mail(&compose(&request, &walled()), &envelope());
    insta::assert_snapshot!("everything.txt", message.text);
    insta::assert_snapshot!("everything.html", message.html);
    insta::assert_json_snapshot!("everything.headers", (&message.subject, &message.headers));
}

#[test]
fn the_empty_mail_names_boards_that_could_not_be_read() {
    let mut boards = sample::boards();
    boards.get_mut(&sample::board("ahima")).unwrap().health.state = BoardState::BrokenFormat;
    let prepared = Prepared::new(sample::now().instant, boards);
    let request = DigestRequest { heartbeat: true, ..sample::request(Vec::new()) };
    insta::assert_snapshot!("empty.txt", mail(&compose(&request, &prepared), &envelope()).text);
}

#[test]
fn the_feeds_read_as_they_should() {
    let (week, boards) = (week(), sample::boards());
    let feed = sample::feed(&boards, week.iter());
    insta::assert_snapshot!("feed.rss", rss(&feed));
    insta::assert_snapshot!("feed.atom", atom(&feed));
    insta::assert_snapshot!("feed.json", json_feed(&feed));
    insta::assert_snapshot!("feed.ics", ics(&feed));
}

/// Checks that every carrier of a job with these words is whole and carries no markup of theirs.
fn assert_harmless(title: &str, employer: &str) {
    let mut job = sample::job("1", title, employer);
    job.description_text = Some(format!("{title}\n\n{employer}"));
    job.valid_through = Some(sample::closing("2026-12-04T23:59:59-05:00"));
    let boards = sample::boards();
    let feed = sample::feed(&boards, [&job].into_iter());
    let channel = rss(&feed).parse::<::rss::Channel>().unwrap();
    assert_eq!(channel.items().len(), 1);
    assert_eq!(channel.items()[0].guid().unwrap().value(), format!("tag:jobrounds,2026:job/{}", job.id));
    let parsed = feed_rs::parser::parse(atom(&feed).as_bytes()).unwrap();
    assert_eq!(parsed.entries.len(), 1);
    let json: serde_json::Value = serde_json::from_str(&json_feed(&feed)).unwrap();
    assert!(json["items"][0]["title"].is_string());
    let calendar = ics(&feed);
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\n', '\r'])));
    assert_eq!(calendar.matches("\r\nBEGIN:VEVENT").count(), 1);
    let message = mail(&sample::compose(&sample::request(vec![Section::new(SectionKind::New, [&job])])), &envelope());
    for html in [&message.html, channel.items()[0].description().unwrap()] {
        assert_only_our_tags(html);
    }
    assert!(!message.subject.contains(|c: char| c.is_control()));
    assert!(!message.text.contains(|c: char| c.is_control() && c != '\n'));
}

/// Reads the markup as a browser does and refuses every element and attribute that we never write.
fn assert_only_our_tags(html: &str) {
    const OURS: &str =
        " html head meta title style body div table tbody tr td h1 h2 h3 h4 p ul li a b i br span bdi strong em ";
    let page = scraper::Html::parse_document(html);
    for node in page.tree.nodes() {
        let Some(element) = node.value().as_element() else { continue };
        assert!(OURS.contains(&format!(" {} ", element.name())), "<{}> in {html}", element.name());
        for (name, value) in element.attrs() {
            assert!(!name.starts_with("on") && name != "src", "{name} in {html}");
            assert!(name != "href" || value.starts_with("https://"), "{value} in {html}");
        }
    }
}

#[test]
fn hostile_titles_break_nothing() {
    for title in HOSTILE {
        assert_harmless(title, "Mercy Health");
        assert_harmless("Coder", title);
    }
    assert_harmless(&"x".repeat(500), &"é".repeat(500));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_title_and_employer_go_through_every_carrier(title in any::<String>(), employer in "\\PC*|[<>&'\"\\r\\n\\]!-]{0,40}") {
        assert_harmless(&title, &employer);
    }
}
