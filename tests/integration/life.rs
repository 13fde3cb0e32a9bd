//! The life of a vacancy: edited, extended, missing, closed, advertised again, merged and parted. One test
//! a promise, with the program's own judge.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Duration, TimeZone, Utc};
use jobrounds::coding::{Coder, VocabularyFiles};
use jobrounds::dedupe::PointsJudge;
use jobrounds::model::{
    BoardFacts, BoardHealth, BoardId, Completeness, Engine, EventKind, FieldFill, Job, JobStatus, Judge, LinkKind,
    Page, PageKind, RawPlace, RawPosting, RawSalary, StatusFilter,
};
use jobrounds::normalize::{content_fingerprint, normalize};
use jobrounds::pipeline::code_posting;
use jobrounds::store::{PageCommit, PageOutcome, PollClosing, PollEnd, Store, StoreError};
use serde_json::json;
use tempfile::TempDir;

use super::app::TestApp;
use super::fake_board::{FakeBoard, Reply};
use super::vacancies::{historic_answer, historic_row, list_page, three};

const TEXT: &str = "Reviews inpatient records of a 420-bed teaching hospital and assigns ICD-10-CM and ICD-10-PCS codes \
    and MS-DRGs in 3M 360 Encompass. Queries physicians where documentation is unclear, keeps 95 percent accuracy, \
    and meets with the documentation team every second Tuesday. RHIT or CCS is required, two years in an acute care \
    facility preferred. The office stands on Goodale Street; parking is paid for. Weekend coverage rotates every \
    seventh week among the twelve coders, and the overtime of the yearly audit is paid at time and a half.";

fn coder() -> &'static Coder {
    static CODER: OnceLock<Coder> = OnceLock::new();
    CODER.get_or_init(|| Coder::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap())
}

/// Noon UTC so many days after 2026-03-02; a negative number is before.
fn day(days: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap() + Duration::days(days)
}

fn date(days: i64) -> String {
    day(days).date_naive().to_string()
}

/// An advertisement of the one vacancy most tests are of.
fn ad(id: &str, posted: i64) -> RawPosting {
    let place = RawPlace {
        locality: Some("Columbus".into()),
        region: Some("OH".into()),
        country: Some("US".into()),
        ..RawPlace::default()
    };
    RawPosting {
        posting_id: Some(id.to_owned()),
        title: Some("Inpatient Coder II".into()),
        hiring_organization: Some("Lakemont Regional Hospital".into()),
        job_location: vec![place],
        date_posted: Some(date(posted)),
        description: Some(format!("<p>{TEXT}</p>")),
        completeness: Completeness::Full,
        ..RawPosting::default()
    }
}

fn closing(mut ad: RawPosting, end: i64) -> RawPosting {
    ad.valid_through = Some(date(end));
    ad
}

/// A federal announcement of one vacancy.
fn federal(id: &str, announcement: &str, paths: &[&str]) -> RawPosting {
    RawPosting {
        title: Some("Medical Records Technician (Coder)".into()),
        hiring_organization: Some("Veterans Health Administration".into()),
        department: Some("Department of Veterans Affairs".into()),
        requisition_ids: vec![announcement.to_owned()],
        hiring_paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        valid_through: Some("2026-03-13T23:59:59.9970".into()),
        base_salary: Some(RawSalary {
            min: Some("55756.0".into()),
            max: Some("72482.0".into()),
            unit: Some("PA".into()),
            ..RawSalary::default()
        }),
        ..ad(id, 0)
    }
}

/// Boards polled into one database.
struct World {
    _folder: TempDir,
    store: Store,
}

impl World {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("jobs.db")).unwrap();
        Self { _folder: folder, store }
    }

    /// A board's list shows these and no others.
    fn shows(&self, board: &str, ads: Vec<RawPosting>, now: DateTime<Utc>) -> PageOutcome {
        let engine = if board == "usajobs" { Engine::Usajobs } else { Engine::Jsonld };
        let facts = BoardFacts {
            id: BoardId::new(board).unwrap(),
            engine,
            zone: chrono_tz::America::New_York,
            base_url: format!("https://{board}.example/").parse().unwrap(),
            country: Some("US".to_owned()),
        };
        let postings = ads.into_iter().map(|mut raw| {
            let id = raw.posting_id.clone().unwrap();
            raw.url.get_or_insert(format!("https://{board}.example/job/{id}"));
            let (mut posting, _) = normalize(raw, &facts, now).unwrap();
            let fingerprint = content_fingerprint(&posting);
            code_posting(coder(), &mut posting);
            (posting, fingerprint)
        });
        let postings: Vec<_> = postings.collect();
        let body = serde_json::to_vec(&postings.iter().map(|one| &one.0).collect::<Vec<_>>()).unwrap();
        let commit = PageCommit {
            board: facts.id.clone(),
            engine,
            reader: "test".into(),
            kind: PageKind::List,
            page: Page::saved(format!("https://{board}.example/list").parse().unwrap(), "application/json", body, now),
            postings,
            next: Vec::new(),
            total: None,
            empty: false,
            truncated: false,
            fill: FieldFill::default(),
            now,
            judge: Arc::new(PointsJudge),
            keep_raw: false,
        };
        self.store.commit_page(commit).unwrap()
    }

    fn ends(&self, board: &str, complete: bool, now: DateTime<Utc>) -> PollClosing {
        let end = PollEnd {
            board: BoardId::new(board).unwrap(),
            started_at: now,
            now,
            complete,
            health: BoardHealth::default(),
            due: None,
            round: None,
            details: FieldFill::default(),
            judge: Arc::new(PointsJudge),
        };
        self.store.finish_poll(end).unwrap()
    }

    /// One whole poll.
    fn polled(&self, board: &str, ads: Vec<RawPosting>, now: DateTime<Utc>) -> PageOutcome {
        let outcome = self.shows(board, ads, now);
        self.ends(board, true, now);
        outcome
    }

    /// Two whole polls that do not show it, one day apart.
    fn gone(&self, board: &str, from: i64) {
        self.polled(board, Vec::new(), day(from));
        self.polled(board, Vec::new(), day(from + 1));
    }

    fn job(&self, name: &str, now: DateTime<Utc>) -> Job {
        self.store.job(name, now).unwrap().unwrap()
    }

    fn jobs(&self, now: DateTime<Utc>) -> Vec<Job> {
        let mut jobs = Vec::new();
        let keep = |job| {
            jobs.push(job);
            Ok::<(), StoreError>(())
        };
        self.store.for_each_job(StatusFilter::All, now, keep).unwrap();
        jobs
    }

    fn kinds(&self) -> Vec<EventKind> {
        self.store.events_since(0, 999).unwrap().into_iter().map(|event| event.kind).collect()
    }

    fn expires(&self, now: DateTime<Utc>) {
        let judge: Arc<dyn Judge> = Arc::new(PointsJudge);
        self.store.expire(&judge, now).unwrap();
    }
}

#[test]
fn the_same_id_with_another_text_is_a_revision_and_no_news() {
    let world = World::new();
    world.polled("ahima", vec![ad("1", 0)], day(0));
    let mut edited = ad("1", 0);
    edited.description = Some(format!("<p>{TEXT} Apply with a letter.</p>"));
    assert_eq!(world.polled("ahima", vec![edited.clone()], day(1)).updated, 1);
    // A saved search may match it only now; nobody is told of it by itself.
    assert_eq!(world.kinds(), [EventKind::Opened, EventKind::Described]);
    assert!(world.job("ahima/1", day(1)).description_text.unwrap().ends_with("Apply with a letter."));
    edited.title = Some("Inpatient Coder III".into());
    world.polled("ahima", vec![edited], day(2));
    assert_eq!(world.kinds(), [EventKind::Opened, EventKind::Described, EventKind::Updated], "a title is material");
}

#[test]
fn the_same_payload_twice_is_no_update() {
    let world = World::new();
    world.polled("ahima", vec![closing(ad("1", 0), 60)], day(0));
    let again = world.polled("ahima", vec![closing(ad("1", 0), 60)], day(1));
    assert_eq!((again.new, again.updated, again.unchanged), (0, 0, 1));
    assert_eq!(world.kinds(), [EventKind::Opened]);
}

#[test]
fn an_extended_closing_date_is_one_update_of_the_same_job() {
    let world = World::new();
    world.polled("ahima", vec![closing(ad("1", 0), 10)], day(0));
    let before = world.job("ahima/1", day(0)).id;
    world.polled("ahima", vec![closing(ad("1", 0), 30)], day(5));
    world.polled("ahima", vec![closing(ad("1", 0), 30)], day(6));
    assert_eq!(world.kinds(), [EventKind::Opened, EventKind::Updated]);
    let job = world.job("ahima/1", day(6));
    assert_eq!((job.id, job.reposted, world.jobs(day(6)).len()), (before, false, 1));
}

#[test]
fn copies_of_two_boards_that_overlap_are_one_job() {
    let world = World::new();
    world.polled("ahima", vec![ad("1", 0)], day(0));
    world.polled("aapc", vec![ad("9", 3)], day(3));
    let job = world.job("aapc/9", day(3));
    assert_eq!((job.postings.len(), job.reposted), (2, false));
    assert_eq!(world.kinds(), [EventKind::Opened, EventKind::Joined]);
}

#[test]
fn two_ids_that_one_board_shows_at_once_are_two_openings_and_possibly_the_same() {
    let world = World::new();
    world.polled("ahima", vec![ad("1", 0)], day(0));
    world.polled("ahima", vec![ad("1", 0), ad("2", 5)], day(5));
    let (one, two) = (world.job("ahima/1", day(5)), world.job("ahima/2", day(5)));
    assert_ne!(one.id, two.id);
    assert_eq!(two.links.iter().map(|link| link.kind).collect::<Vec<_>>(), [LinkKind::Possible]);
    assert!(!two.reposted);
}

#[test]
fn a_new_id_within_sixty_days_of_the_old_one_is_the_same_job_reposted_and_not_new() {
    let world = World::new();
    world.polled("ahima", vec![ad("1", 0)], day(0));
    let id = world.job("ahima/1", day(0)).id;
    world.gone("ahima", 5);
    assert_eq!(world.job("ahima/1", day(6)).status, JobStatus::Closed);
    world.polled("ahima", vec![ad("2", 50)], day(50));
    let job = world.job("ahima/2", day(50));
    assert_eq!((&job.id, job.reposted, job.status), (&id, true, JobStatus::Open));
    assert_eq!(job.date_posted.unwrap().to_string(), date(0), "the earlier date stays");
    assert_eq!(job.first_seen, day(0));
    assert_eq!(world.kinds(), [EventKind::Opened, EventKind::Closed, EventKind::Reposted]);
    assert!(job.earlier.is_empty(), "one job has no past of its own");
}

#[test]
fn a_new_id_posted_the_day_after_a_stated_end_in_the_boards_zone_overlaps_nothing() {
    let world = World::new();
    let mut old = federal("1", "CBAA-12345678-26-AB", &["public"]);
    world.polled("usajobs", vec![old.clone()], day(0));
    world.polled("usajobs", Vec::new(), day(12));
    old = federal("2", "CBAA-12399999-26-CD", &["public"]);
    (old.date_posted, old.valid_through) =
        (Some("2026-03-14T00:00:00".into()), Some("2026-03-27T23:59:59.9970".into()));
    world.polled("usajobs", vec![old], Utc.with_ymd_and_hms(2026, 3, 14, 12, 0, 0).unwrap());
    let job = world.job("usajobs/2", day(12));
    assert!(job.reposted, "{:?}", job.links);
    assert_eq!(job.earlier.len(), 1, "its end had passed, and the new one has another: {:?}", job.links);
}

#[test]
fn a_new_id_after_more_than_sixty_days_is_a_new_job_that_names_the_old_one() {
    let world = World::new();
    world.polled("ahima", vec![ad("1", 0)], day(0));
    let old = world.job("ahima/1", day(0)).id;
    world.gone("ahima", 1);
    world.polled("ahima", vec![ad("2", 90)], day(90));
    let job = world.job("ahima/2", day(90));
    assert_ne!(job.id, old);
    assert!(job.reposted);
    let earlier = &job.earlier[0];
    assert_eq!((earlier.job.clone(), earlier.posting_id.as_str()), (old.clone(), "1"));
    assert_eq!((earlier.from.to_string(), earlier.until.unwrap().to_string()), (date(0), date(0)));
    assert_eq!(job.links.iter().map(|link| link.kind).collect::<Vec<_>>(), [LinkKind::Earlier]);
    assert_eq!(world.kinds(), [EventKind::Opened, EventKind::Closed, EventKind::Opened]);
    let told = world.store.events_since(2, 9).unwrap().pop().unwrap().detail.unwrap();
    assert!(told.contains("ahima/1") && told.contains(&date(0)), "{told}");
    let past = world.job(old.as_str(), day(90));
    assert!(!past.reposted && past.earlier.is_empty(), "the old one has no past");
}

#[test]
fn a_passed_stated_end_and_a_new_end_make_a_new_job_that_names_the_old_one() {
    let world = World::new();
    world.polled("ahima", vec![closing(ad("1", 0), 10)], day(0));
    let old = world.job("ahima/1", day(0)).id;
    world.polled("ahima", Vec::new(), day(12));
    world.polled("ahima", vec![closing(ad("2", 20), 40)], day(20));
    let job = world.job("ahima/2", day(20));
    assert!(job.id != old && job.reposted);
    assert_eq!(job.earlier[0].job, old);
    assert_eq!(job.earlier[0].from.to_string(), date(0));
}

#[test]
fn one_absence_leaves_a_job_open_two_close_it_and_a_failed_poll_counts_for_nothing() {
    let world = World::new();
    world.polled("ahima", vec![ad("1", 0)], day(0));
    let status = |now| world.job("ahima/1", now).status;
    world.polled("ahima", Vec::new(), day(1));
    assert_eq!(status(day(1)), JobStatus::Open);
    for at in 2..6 {
        world.ends("ahima", false, day(at));
        assert_eq!(status(day(at)), JobStatus::Open, "a poll that was not whole closes nothing");
    }
    world.polled("ahima", Vec::new(), day(6));
    assert_eq!(status(day(6)), JobStatus::Closed);
    assert_eq!(world.job("ahima/1", day(6)).closed_reason.as_deref(), Some("absent from two complete polls"));
    world.polled("ahima", vec![ad("1", 0)], day(7));
    assert_eq!(status(day(7)), JobStatus::Open);
    assert_eq!(world.kinds(), [EventKind::Opened, EventKind::Closed, EventKind::Reopened]);
    assert!(!world.job("ahima/1", day(7)).reposted);
}

#[test]
fn an_end_is_the_end_of_its_day_in_the_boards_zone_summer_and_winter() {
    for (stated, last_open, closed) in [
        ("2026-03-13T23:59:59.9970", "2026-03-14T03:30:00Z", "2026-03-14T04:00:01Z"),
        ("2026-12-09T23:59:59.9970", "2026-12-10T04:30:00Z", "2026-12-10T05:00:01Z"),
    ] {
        let world = World::new();
        let mut ad = federal("1", "A-1", &["public"]);
        ad.valid_through = Some(stated.into());
        world.polled("usajobs", vec![ad], day(0));
        for (at, status) in [(last_open, JobStatus::Open), (closed, JobStatus::Closed)] {
            let now = at.parse().unwrap();
            world.expires(now);
            assert_eq!(world.job("usajobs/1", now).status, status, "{stated} at {at}");
        }
        assert_eq!(world.kinds(), [EventKind::Opened, EventKind::Closed]);
    }
}

#[test]
fn a_window_of_no_days_is_stored_and_open_that_day() {
    let world = World::new();
    let mut ad = federal("1", "A-1", &["public"]);
    ad.date_posted = Some("2026-03-02T00:00:00.0000".into());
    ad.valid_through = Some("2026-03-02T23:59:59.9970".into());
    assert_eq!(world.polled("usajobs", vec![ad], day(0)).new, 1);
    assert_eq!(world.job("usajobs/1", day(0)).status, JobStatus::Open);
    assert_eq!(world.kinds(), [EventKind::Opened]);
    assert_eq!(world.job("usajobs/1", day(1)).status, JobStatus::Closed);
}

#[test]
fn the_public_and_the_internal_announcement_are_one_job_with_both_links_and_all_hiring_paths() {
    for (one, other, paths) in [
        ("CBSU-12896159-26-BAW", "CBSU-12896160-26-BAW", [&["public"][..], &["fed-competitive", "fed-excepted"]]),
        ("CBTA12577120-27RSDE", "CBTA12577120-27RSMP", [&["public"], &["fed-competitive"]]),
    ] {
        let world = World::new();
        world.polled("usajobs", vec![federal("100", one, paths[0]), federal("200", other, paths[1])], day(0));
        let jobs = world.jobs(day(0));
        assert_eq!(jobs.len(), 1, "{one} and {other}: {:?}", jobs[0].links);
        let mut links: Vec<_> = jobs[0].postings.iter().map(|posting| posting.url.clone().unwrap()).collect();
        links.sort();
        assert_eq!(links.len(), 2);
        let mut all: Vec<&str> = paths.concat();
        let mut open_to = jobs[0].open_to.clone();
        all.sort_unstable();
        open_to.sort_unstable();
        assert_eq!(open_to, all);
        assert_eq!(jobs[0].open_to[0], "public", "the posting that speaks first is named first");
    }
}

#[test]
fn a_new_id_that_came_while_the_old_one_was_missing_joins_it_when_it_closes_and_parts_when_it_returns() {
    let world = World::new();
    world.polled("ahima", vec![ad("1", 0)], day(0));
    let id = world.job("ahima/1", day(0)).id;
    world.polled("ahima", vec![ad("2", 3)], day(3));
    assert_ne!(world.job("ahima/2", day(3)).id, id, "the old one may yet be there");
    world.polled("ahima", vec![ad("2", 3)], day(4));
    let job = world.job("ahima/2", day(4));
    assert_eq!((&job.id, job.reposted, job.status), (&id, true, JobStatus::Open));
    world.polled("ahima", vec![ad("1", 0), ad("2", 3)], day(5));
    let (one, two) = (world.job("ahima/1", day(5)), world.job("ahima/2", day(5)));
    assert_eq!(one.id, id);
    assert_ne!(two.id, id);
    assert!(!one.reposted && !two.reposted, "what parted again is not marked for ever");
    assert!(one.status == JobStatus::Open && two.status == JobStatus::Open);
    assert_eq!(world.kinds().iter().filter(|kind| **kind == EventKind::Opened).count(), 2);
}

#[test]
fn what_stands_for_more_than_180_days_is_told_with_its_evidence() {
    let world = World::new();
    world.polled("ahima", vec![ad("1", 0)], day(0));
    world.polled("ahima", vec![ad("1", 0)], day(180));
    assert!(!world.job("ahima/1", day(180)).evergreen);
    world.polled("ahima", vec![ad("1", 0)], day(214));
    let job = world.job("ahima/1", day(214));
    assert!(job.evergreen);
    assert_eq!(job.signals, ["open since 2026-03-02, 214 days", "no closing date stated"]);
}

#[test]
fn four_postings_of_one_board_within_a_year_are_told_with_their_count() {
    let world = World::new();
    for (at, id) in [(0, "1"), (40, "2"), (80, "3"), (120, "4")] {
        world.polled("ahima", vec![ad(id, at)], day(at));
        world.gone("ahima", at + 5);
    }
    let job = world.job("ahima/4", day(130));
    assert_eq!(job.postings.len(), 4);
    assert!(job.evergreen && job.reposted);
    assert_eq!(job.signals, ["advertised 4 times on ahima since 2026-03-02"]);
}

#[test]
fn a_word_of_the_historic_api_closes_a_job() {
    for word in ["Job canceled", "Job closed", "Hiring complete", "Candidate selected"] {
        let row = Arc::new(std::sync::Mutex::new(historic_row(&three()[0], "0675")));
        let shown = Arc::clone(&row);
        let board = FakeBoard::start(move |asked| {
            if asked.path.contains("announcementtext") {
                return Reply::json(&historic_answer(&[]));
            }
            let rows = if asked.path.contains("0675") { vec![shown.lock().unwrap().clone()] } else { Vec::new() };
            Reply::json(&historic_answer(&rows))
        });
        let app = TestApp::new(&format!("[boards.usajobs]\nbase_url = \"{}\"\n", board.origin()));
        assert_eq!(app.poll("usajobs")["new"], 1);
        row.lock().unwrap()["positionOpeningStatus"] = json!(word);
        assert_eq!(app.poll("usajobs")["closed"], 1, "{word}");
        let job = app.run(&["show", "usajobs/40000001", "--format", "json"]).json();
        assert_eq!((&job["status"], &job["closed_reason"]), (&json!("closed"), &json!(word)));
    }
}

#[test]
fn a_page_that_is_gone_closes_nothing_that_the_list_still_shows() {
    for status in [404, 410] {
        let board = FakeBoard::start(move |asked| {
            if asked.path.starts_with("/jobs/?str=") {
                return Reply::html(list_page(&three(), 1, 100));
            }
            Reply::status(status)
        });
        let app = TestApp::new(&format!("[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", board.origin()));
        let report = app.poll("lakes");
        assert_eq!((&report["new"], &report["closed"]), (&json!(3), &json!(0)), "{status}: {report}");
        assert_eq!(app.run(&["search", "--format", "jsonl"]).lines().len(), 3);
    }
}

fn import_line(board: &str, id: &str, employer: &str, city: &str, more: &serde_json::Value) -> String {
    let mut line = json!({
        "@type": "JobPosting", "board": board, "identifier": id, "title": "Inpatient Coder II",
        "url": format!("https://{board}.example/job/{id}"), "datePosted": "2026-11-18",
        "hiringOrganization": {"@type": "Organization", "name": employer}, "description": TEXT,
        "jobLocation": {"@type": "Place", "address": {"addressLocality": city, "addressRegion": "OH", "addressCountry": "US"}},
    });
    for (name, value) in more.as_object().unwrap() {
        line[name] = value.clone();
    }
    line.to_string()
}

#[test]
fn a_merged_job_is_found_by_everything_that_any_copy_says() {
    let app = TestApp::new("");
    let lines = [
        import_line("ahima", "38200001", "Lakemont Regional Hospital", "Columbus", &json!({})),
        import_line("aapc", "77-B", "Lakemont Regional Hosp.", "Dublin", &json!({})),
    ];
    std::fs::write(app.path("jobs.jsonl"), lines.join("\n")).unwrap();
    assert_eq!(app.run(&["import", "jobs.jsonl"]).code, 0);
    let all = app.run(&["search", "--format", "jsonl"]).lines();
    assert_eq!(all.len(), 1, "{all:?}");
    for words in ["Columbus", "Dublin", "38200001", "77-B", "\"Lakemont Regional Hospital\"", "\"Regional Hosp\""] {
        assert_eq!(app.run(&["search", words, "--format", "jsonl"]).lines().len(), 1, "{words}");
    }
    for name in ["Lakemont Regional Hospital", "Lakemont Regional Hosp."] {
        assert_eq!(app.run(&["search", "--employer", name, "--format", "jsonl"]).lines().len(), 1, "{name}");
    }
    let pages = ["https://ahima.example/job/38200001", "https://aapc.example/job/77-B"];
    for name in ["ahima/38200001", "aapc/77-B"].iter().chain(&pages) {
        assert_eq!(app.run(&["show", name, "--format", "json"]).json()["id"], all[0]["id"], "{name}");
    }
    for page in pages {
        assert_eq!(app.run(&["search", page, "--format", "jsonl"]).lines().len(), 1, "{page}");
    }
}

#[test]
fn a_merged_job_is_found_by_where_any_copy_says_to_apply() {
    let world = World::new();
    let apply = "https://careers.lakemont.example/apply/R-10233";
    world.polled("ahima", vec![ad("1", 0)], day(0));
    let mut copy = ad("9", 1);
    copy.apply_url = Some(format!("{apply}?utm_source=aapc"));
    world.polled("aapc", vec![copy], day(1));
    assert_eq!(world.jobs(day(1)).len(), 1);
    assert_eq!(world.job(apply, day(1)).id, world.job("ahima/1", day(1)).id);
    let query = jobrounds::matching::parse_query(apply);
    let criteria = jobrounds::model::Criteria { query, ..jobrounds::model::Criteria::default() };
    assert_eq!(world.store.search(&criteria, day(1)).unwrap().total, 1);
}

#[test]
fn show_tells_what_was_advertised_before_and_what_looks_like_a_standing_announcement() {
    let mut app = TestApp::new("");
    let mut import = |now: &str, id: &str, more: &serde_json::Value| {
        app.at(now);
        let line = import_line("ahima", id, "Lakemont Regional Hospital", "Columbus", more);
        std::fs::write(app.path("jobs.jsonl"), line).unwrap();
        assert_eq!(app.run(&["import", "jobs.jsonl"]).code, 0);
    };
    import("2025-12-20T12:00:00Z", "1", &json!({"datePosted": "2025-12-20", "validThrough": "2026-01-10"}));
    import("2026-04-01T12:00:00Z", "2", &json!({"datePosted": "2026-04-01"}));
    import("2026-11-01T12:00:00Z", "2", &json!({"datePosted": "2026-04-01", "employmentType": "FULL_TIME"}));
    let shown = app.run(&["show", "ahima/2"]).stdout;
    let plain = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain.contains("signals open since 2026-04-01, 214 days; no closing date stated"), "{shown}");
    assert!(plain.contains("Advertised before 2025-12-20 to 2026-01-1"), "{shown}");
    assert!(plain.contains(": ahima/1, job "), "{shown}");
}

/// The grouping of a database as sets of postings, by the ids of their jobs.
fn grouping(path: &std::path::Path) -> Vec<(String, Vec<String>)> {
    let store = Store::open_read_only(path).unwrap();
    let mut groups = Vec::new();
    let keep = |job: Job| {
        let mut names: Vec<String> =
            job.postings.iter().map(|posting| format!("{}/{}", posting.board, posting.posting_id)).collect();
        names.sort();
        groups.push((job.id.to_string(), names));
        Ok::<(), StoreError>(())
    };
    store.for_each_job(StatusFilter::All, "2026-11-22T12:00:00Z".parse().unwrap(), keep).unwrap();
    groups.sort();
    groups
}

/// How many postings there are of each board.
fn of_boards(groups: &[(String, Vec<String>)]) -> std::collections::BTreeMap<String, usize> {
    let mut counts = std::collections::BTreeMap::new();
    for name in groups.iter().flat_map(|(_, names)| names) {
        *counts.entry(name.split('/').next().unwrap_or_default().to_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn an_import_that_was_killed_and_ran_again_groups_as_an_undisturbed_one() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/dedupe/postings.jsonl");
    let whole = TestApp::new("");
    assert_eq!(whole.run(&["import", file]).code, 0);
    let expected = grouping(&whole.path("test.db"));
    assert!(expected.iter().any(|(_, names)| names.len() > 1));
    let mut killed = 0;
    for grown in [0, 100_000, 400_000] {
        let app = TestApp::new("");
        drop(Store::open(&app.path("test.db")).unwrap());
        let mut child = app.command(&["import", file]).stderr(std::process::Stdio::null()).spawn().unwrap();
        // The log grows while the transaction is written, and once more when it is committed.
        let log = || std::fs::metadata(app.path("test.db-wal")).map_or(0, |log| log.len());
        while log() <= grown && child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        killed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let told = app.run(&["doctor", "--format", "json"]).json();
        let findings = told["findings"].as_array().unwrap();
        let database: Vec<_> = findings.iter().filter(|one| one["check"] == "database").collect();
        assert!(!database.is_empty() && database.iter().all(|one| one["state"] == "ok"), "{database:?}");
        let between = grouping(&app.path("test.db"));
        for (board, count) in of_boards(&between) {
            assert_eq!(count, of_boards(&expected)[&board], "{board}'s are stored together or not at all");
        }
        assert_eq!(app.run(&["import", file]).code, 0);
        assert_eq!(grouping(&app.path("test.db")), expected, "killed when the log had {grown} bytes");
    }
    assert!(killed > 0, "no import was killed before its end");
}
