//! Invented jobs and boards for tests.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::model::{
    Basis, BoardHealth, BoardId, BoardState, Closing, Job, JobId, JobPosting, JobStatus, Occupation, PayUnit, Place,
    PostingKey, Precision, RawPosting, Salary,
};

use super::when::Now;
use super::{
    BoardNote, Digest, DigestRequest, Envelope, FeedItem, FeedRequest, Limits, Links, Part, Prepared, Republish,
    Section, Site,
};

/// Reads a time.
pub(super) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A Tuesday in Chicago, 6:12 in the morning.
pub(super) fn now() -> Now {
    Now { instant: time("2026-11-24T12:12:00Z"), zone: Tz::America__Chicago }
}

/// Names a board.
pub(super) fn board(id: &str) -> BoardId {
    BoardId::new(id).unwrap()
}

/// Three boards that answer.
pub(super) fn boards() -> BTreeMap<BoardId, BoardNote> {
    let note = |name: &str, republish| BoardNote {
        name: name.into(),
        homepage: None,
        health: BoardHealth { state: BoardState::Ok, ..BoardHealth::default() },
        republish,
    };
    BTreeMap::from([
        (board("ahima"), note("AHIMA Career Assist", Republish::Excerpt)),
        (board("aapc"), note("AAPC", Republish::Link)),
        (board("usajobs"), note("USAJOBS", Republish::Full)),
    ])
}

/// A city in the United States.
pub(super) fn city(locality: &str, region: &str) -> Place {
    Place {
        locality: Some(locality.into()),
        region: Some(region.into()),
        country: Some("US".into()),
        precision: Precision::City,
        ..Place::default()
    }
}

/// A closing with a stated time.
pub(super) fn closing(text: &str) -> Closing {
    let time = DateTime::parse_from_rfc3339(text).unwrap();
    Closing { date: time.date_naive(), instant: time.to_utc(), time: Some(time) }
}

/// A closing on a day.
pub(super) fn closing_day(year: i32, month: u32, day: u32) -> Closing {
    let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
    Closing { date, instant: date.and_hms_opt(23, 59, 59).unwrap().and_utc(), time: None }
}

/// An open job on AHIMA's board that states nothing but title and employer.
pub(super) fn job(id: &str, title: &str, employer: &str) -> Job {
    let mut job = Job {
        id: JobId::founded_by(&PostingKey { board: board("ahima"), posting_id: id.into() }),
        url: None,
        title: Some(title.into()),
        hiring_organization: Some(employer.into()),
        employer: None,
        role: None,
        occupation: Occupation::default(),
        job_location: Vec::new(),
        work_mode: None,
        remote_scope: None,
        employment_type: Vec::new(),
        shift: None,
        shifts: Vec::new(),
        hours_per_week: None,
        experience_years: None,
        experience_level: None,
        entry_level: None,
        setting: None,
        base_salary: None,
        pay_standing: None,
        credentials: Vec::new(),
        coding_systems: Vec::new(),
        software: Vec::new(),
        specialties: Vec::new(),
        date_posted: NaiveDate::from_ymd_opt(2026, 11, 20),
        valid_through: None,
        first_seen: time("2026-11-21T12:00:00Z"),
        last_confirmed: time("2026-11-24T12:00:00Z"),
        status: JobStatus::Open,
        closed_reason: None,
        reposted: false,
        evergreen: false,
        signals: Vec::new(),
        earlier: Vec::new(),
        open_to: Vec::new(),
        education: None,
        benefits: Vec::new(),
        warnings: Vec::new(),
        contacts: Vec::new(),
        description_text: None,
        description_html: None,
        postings: Vec::new(),
        links: Vec::new(),
        may_match: Vec::new(),
    };
    also_on(&mut job, "ahima", id);
    job.url = job.postings[0].url.clone();
    job
}

/// Adds a posting of the job on a board.
pub(super) fn also_on(job: &mut Job, id: &str, posting_id: &str) {
    job.postings.push(JobPosting {
        board: board(id),
        posting_id: posting_id.into(),
        url: Some(format!("https://{id}.example/job/{posting_id}")),
        apply_url: None,
        title: job.title.clone(),
        date_posted: job.date_posted,
        first_seen: job.first_seen,
        last_confirmed: job.last_confirmed,
        status: JobStatus::Open,
        raw: RawPosting::default(),
        fields: None,
    });
}

/// Pay by the hour.
pub(super) fn hourly(min: f64, max: f64) -> Salary {
    Salary {
        raw: format!("${min:.2}-${max:.2}/hr"),
        currency: Some("USD".into()),
        min: Some(min),
        max: Some(max),
        unit: Some(PayUnit::Hour),
        annual_min: Some(min * 2080.0),
        annual_max: Some(max * 2080.0),
        basis: Basis::Stated,
        annual_basis: Some("2080 h".into()),
        implausible: None,
        assumptions: Vec::new(),
    }
}

/// What one saved search found.
pub(super) fn part<'a>(name: &str, sections: Vec<Section<'a>>) -> Part<'a> {
    Part {
        name: name.into(),
        filters_in_words: "remote or in OH; at least $25 an hour".into(),
        sections,
        ..Part::default()
    }
}

/// A digest of these sections, a week long.
pub(super) fn request(sections: Vec<Section<'_>>) -> DigestRequest<'_> {
    request_of(vec![part("Remote or Ohio", sections)])
}

/// A digest of these parts, a week long.
pub(super) fn request_of(parts: Vec<Part<'_>>) -> DigestRequest<'_> {
    static SITE: LazyLock<Site> = LazyLock::new(|| Site {
        name: "Lakeside College Career Office".into(),
        public_url: Some("https://jobs.example.edu".into()),
        postal_address: Some("1 College Way, Columbus, OH 43215".into()),
    });
    DigestRequest {
        heading: "New HIM jobs",
        parts,
        since: Some(time("2026-11-17T13:00:00Z")),
        zone: now().zone,
        catch_up: None,
        heartbeat: false,
        subscribed: None,
        links: Links::default(),
        site: &SITE,
        limits: Limits::default(),
    }
}

/// What the digests of a run with three boards that answer share.
pub(super) fn prepared() -> Prepared {
    Prepared::new(now().instant, boards())
}

/// Composes a digest in a run of its own.
pub(super) fn compose(request: &DigestRequest<'_>) -> Digest {
    super::compose(request, &prepared())
}

/// From a career office to a reader.
pub(super) fn envelope() -> Envelope {
    Envelope { from: "Jobs <jobs@example.edu>".into(), to: "ann@example.edu".into(), ..Envelope::default() }
}

/// A feed of these jobs.
pub(super) fn feed<'a>(
    boards: &'a BTreeMap<BoardId, BoardNote>,
    jobs: impl Iterator<Item = &'a Job>,
) -> FeedRequest<'a> {
    FeedRequest {
        title: "New HIM jobs",
        description: "Health information management jobs from three boards".into(),
        self_url: Some("https://jobs.example.edu/feeds/rss?remote".into()),
        home_url: Some("https://jobs.example.edu/".into()),
        author: "Lakeside College Career Office".into(),
        items: jobs.map(FeedItem::new).collect(),
        boards,
        changed: None,
        now: now().instant,
        zone: now().zone,
    }
}
