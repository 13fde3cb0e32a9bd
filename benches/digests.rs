//! Composes and renders digests of 20 jobs each, as a run for many subscribers does: a thousand jobs
//! worded once and shared. Encoding as MIME is measured apart, for another module does it.

use std::collections::BTreeMap;
use std::hint::black_box;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jobrounds::deliver::encode;
use jobrounds::digest::{
    BoardNote, DigestRequest, Envelope, Limits, Links, Part, Prepared, Republish, Section, SectionKind, Site, compose,
    mail,
};
use jobrounds::model::{BoardHealth, BoardId, BoardState, Job};

const JOBS: usize = 1_000;
const JOBS_OF_ONE: usize = 20;
const ZONE: Tz = Tz::America__Chicago;

fn now() -> DateTime<Utc> {
    "2026-11-24T12:12:00Z".parse().expect("a time")
}

/// Writes a job in the shape that `export` prints, with all that a mail tells.
fn job(number: usize) -> Job {
    let board = ["ahima", "aapc"][number % 2];
    let text = "Assigns ICD-10-CM and ICD-10-PCS codes to inpatient records of a teaching hospital. Queries \
                physicians where the record is not clear. RHIT, RHIA or CCS required. Two years of coding.";
    let seen = "2026-11-21T12:00:00Z";
    let posting = serde_json::json!({
        "board": board, "posting_id": number.to_string(), "url": format!("https://{board}.example/job/{number}"),
        "apply_url": null, "title": null, "date_posted": null, "first_seen": seen,
        "last_confirmed": "2026-11-24T12:00:00Z", "status": "open",
        "raw": {},
    });
    let place = serde_json::json!({"locality": "Columbus", "region": "OH", "postal_code": null, "country": "US",
        "latitude": null, "longitude": null, "precision": "city"});
    let demand = |code: &str| {
        serde_json::json!({"id": format!("ahima:{code}"), "code": code, "level": "required", "one_of": 1,
            "evidence": ""})
    };
    let job = serde_json::json!({
        "id": format!("job{number:010}"), "url": format!("https://{board}.example/job/{number}"),
        "title": format!("Inpatient Coder {number}"), "hiring_organization": format!("Clinic {}", number % 97),
        "role": null, "occupation": {"soc": null, "series": []}, "job_location": [place], "work_mode": "hybrid",
        "remote_scope": null, "employment_type": ["FULL_TIME"], "shift": null, "experience_level": null,
        "entry_level": null, "setting": null,
        "base_salary": {"raw": "$24.50-$31.75/hr", "currency": "USD", "min": 24.5, "max": 31.75, "unit": "HOUR",
            "annual_min": 50_960.0, "annual_max": 66_040.0, "basis": "stated", "annual_basis": "2080 h",
            "implausible": null, "assumptions": []},
        "credentials": [demand("RHIT"), demand("RHIA"), demand("CCS")],
        "date_posted": NaiveDate::from_ymd_opt(2026, 11, 20), "valid_through": "2026-12-04T23:59:59-05:00",
        "first_seen": seen, "last_confirmed": "2026-11-24T12:00:00Z", "status": "open", "closed_reason": null,
        "reposted": false, "evergreen": false, "open_to": [], "education": null, "benefits": [], "warnings": [],
        "description_text": text, "description_html": null, "postings": [posting], "links": [],
    });
    serde_json::from_value(job).expect("a job")
}

fn boards() -> BTreeMap<BoardId, BoardNote> {
    let note = |name: &str| BoardNote {
        name: name.into(),
        homepage: None,
        health: BoardHealth { state: BoardState::Ok, ..BoardHealth::default() },
        republish: Republish::Excerpt,
    };
    let id = |id: &str| BoardId::new(id).expect("an id");
    BTreeMap::from([(id("ahima"), note("AHIMA Career Assist")), (id("aapc"), note("AAPC"))])
}

/// What one subscriber's two searches found: 20 jobs of the thousand.
fn request<'a>(jobs: &'a [Job], site: &'a Site, subscriber: usize) -> DigestRequest<'a> {
    let of = |from: usize| (0..JOBS_OF_ONE / 2).filter_map(move |n| jobs.get((from + n * 37) % JOBS));
    let part = |name: &str, kind, from| Part {
        name: name.into(),
        filters_in_words: "remote or in OH; at least $25 an hour".into(),
        sections: vec![Section::new(kind, of(from))],
        ..Part::default()
    };
    DigestRequest {
        heading: "New HIM jobs",
        parts: vec![
            part("Coding", SectionKind::New, subscriber),
            part("Hospitals", SectionKind::Updated, subscriber + 1),
        ],
        since: Some(now()),
        zone: ZONE,
        catch_up: None,
        heartbeat: false,
        subscribed: Some(now()),
        links: Links {
            unsubscribe_url: Some(format!("https://jobs.example.edu/unsubscribe/{subscriber}")),
            ..Links::default()
        },
        site,
        limits: Limits::default(),
    }
}

fn digests(criterion: &mut Criterion) {
    let jobs: Vec<Job> = (0..JOBS).map(job).collect();
    let site = Site { name: "Career Office".into(), public_url: None, postal_address: Some("1 College Way".into()) };
    let envelope = Envelope {
        from: "Jobs <jobs@example.edu>".into(),
        to: "ann@example.edu".into(),
        message_id: Some("1@example.edu".into()),
        ..Envelope::default()
    };
    let prepared = Prepared::new(now(), boards());
    prepared.prepare(ZONE, &jobs);
    let requests: Vec<_> = (0..100).map(|subscriber| request(&jobs, &site, subscriber)).collect();
    let mut next = 0;
    let mut turn = move || {
        next = (next + 1) % 100;
        next
    };
    let sample = mail(&compose(&requests[0], &prepared), &envelope);
    assert_eq!(compose(&requests[0], &prepared).told().count(), JOBS_OF_ONE);

    let mut group = criterion.benchmark_group("digest of 20 jobs");
    group.throughput(Throughput::Elements(1));
    group.bench_function("composed", |bencher| {
        bencher.iter(|| compose(black_box(&requests[turn()]), &prepared));
    });
    group.bench_function("composed and rendered", |bencher| {
        bencher.iter(|| mail(&compose(black_box(&requests[turn()]), &prepared), &envelope));
    });
    group.bench_function("encoded", |bencher| bencher.iter(|| encode(black_box(&sample)).expect("a sound mail")));
    group.finish();

    let mut group = criterion.benchmark_group("words of jobs");
    group.throughput(Throughput::Elements(u64::try_from(JOBS).unwrap_or_default()));
    group.bench_function("prepared", |bencher| {
        bencher.iter(|| Prepared::new(now(), boards()).prepare(ZONE, black_box(&jobs)));
    });
    group.finish();
}

criterion_group!(benches, digests);
criterion_main!(benches);
