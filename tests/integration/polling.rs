//! Whole polls against fake boards: what is asked, what is stored, and how a board's state tells
//! what went wrong without hiding what was known before.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::app::TestApp;
use super::fake_board::{FakeBoard, Reply};
use super::vacancies::{
    Vacancy, bti_feed, detail_page, historic_answer, historic_row, list_page, search_answer, start_of, three,
    webscribble, ymcareers,
};

/// Configures the program with one YM Careers board.
fn app_of(board: &FakeBoard) -> TestApp {
    app_with_engine(board, "ymcareers")
}

fn app_with_engine(board: &FakeBoard, engine: &str) -> TestApp {
    TestApp::new(&format!("[boards.lakes]\nengine = \"{engine}\"\nbase_url = \"{}\"\n", board.origin()))
}

fn titles(app: &TestApp, arguments: &[&str]) -> Vec<String> {
    let ran = app.run(&[&["search", "--format", "jsonl"], arguments].concat());
    let mut titles: Vec<String> =
        ran.lines().iter().map(|job| job["title"].as_str().unwrap_or_default().to_owned()).collect();
    titles.sort_unstable();
    titles
}

fn kinds(report: &Value) -> Vec<String> {
    report["problems"].as_array().unwrap().iter().map(|p| p["kind"].as_str().unwrap().to_owned()).collect()
}

/// Starts a board with three vacancies, polled once at noon.
fn polled() -> (FakeBoard, TestApp) {
    let board = FakeBoard::start(ymcareers(&three(), 100));
    let app = app_of(&board);
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["new"]), (&json!("ok"), &json!(3)), "{report}");
    board.forget();
    (board, app)
}

/// Asserts a state after a good poll, and that everything known before is still shown.
fn nothing_is_hidden(app: &TestApp, report: &Value, state: &str) {
    assert_eq!(report["state"], state, "{report}");
    assert!(report["why"].as_str().is_some_and(|why| !why.is_empty()), "{report}");
    assert_eq!(report["closed"], 0, "{report}");
    assert_eq!(titles(app, &[]).len(), 3);
    let listed = app.run(&["board", "list", "--format", "json"]).json();
    let lakes = listed.as_array().unwrap().iter().find(|board| board["board"] == "lakes").unwrap();
    assert_eq!(lakes["health"]["state"], state);
}

#[test]
fn a_list_and_its_details_become_searchable_jobs() {
    let board = FakeBoard::start(ymcareers(&three(), 2));
    let app = app_of(&board);
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["engine"]), (&json!("ok"), &json!("ymcareers")), "{report}");
    for (key, count) in [("listed", 3), ("new", 3), ("completed", 3), ("requests", 5), ("robots_requests", 1)] {
        assert_eq!(report[key], count, "{key} in {report}");
    }
    assert_eq!(titles(&app, &["coder"]), ["Inpatient Coder"]);
    let job = app.run(&["show", "lakes/40000002", "--format", "json"]).json();
    assert_eq!(job["hiring_organization"], "Ashgrove Cancer Institute");
    assert!(job["description_text"].as_str().unwrap().contains("RHIT or CCS"));
    assert_eq!((&job["job_location"][0]["region"], &job["employment_type"]), (&json!("OH"), &json!(["FULL_TIME"])));
    assert!(app.run(&["show", "lakes/40000002"]).stdout.contains("Cancer Registrar"));
}

#[test]
fn a_second_poll_gives_every_validator_back_byte_for_byte_and_asks_for_no_details() {
    let odd_tag = "W/\"a,b;c=\u{fc} \"";
    let date = "Sat, 21 Nov 2026 07:28:00 GMT";
    let mut pages = ymcareers(&three(), 100);
    let board = FakeBoard::start(move |asked| {
        if asked.header("if-none-match").is_some() {
            return Reply { status: 304, ..Reply::default() };
        }
        let reply = pages(asked);
        // The header is written in Latin-1 by some servers; here the bytes are those of UTF-8.
        if reply.status == 200 { reply.with("ETag", odd_tag).with("Last-Modified", date) } else { reply }
    });
    let mut app = app_of(&board);
    app.poll("lakes");
    board.forget();
    app.at("2026-11-22T18:00:00Z");
    let report = app.poll("lakes");
    assert_eq!(board.paths(), ["/jobs/?str=1&max=100&long=1&vnet=0"]);
    let asked = board.asked().into_iter().find(|asked| asked.path != "/robots.txt").unwrap();
    assert_eq!(asked.header("if-none-match"), Some(odd_tag));
    assert_eq!(asked.header("if-modified-since"), Some(date));
    for (key, count) in [("requests", 1), ("not_modified", 1), ("unchanged", 3), ("new", 0), ("updated", 0)] {
        assert_eq!(report[key], count, "{key} in {report}");
    }
    assert_eq!(report["state"], "ok");
}

#[test]
fn a_full_poll_sends_no_validators() {
    let (board, app) = polled();
    app.run(&["poll", "lakes", "--full"]);
    assert!(board.asked().iter().all(|asked| asked.header("if-none-match").is_none()));
    assert!(!board.asked().is_empty());
}

#[test]
fn a_new_row_costs_one_detail() {
    let (board, mut app) = polled();
    let mut four = three();
    four.push(Vacancy::new(40_000_004, "Coding Auditor", "Northfold Health Plan"));
    board.now_answers(ymcareers(&four, 100));
    app.at("2026-11-22T18:00:00Z");
    let report = app.poll("lakes");
    assert_eq!(board.paths(), ["/jobs/?str=1&max=100&long=1&vnet=0", "/job/coding-auditor/40000004/"]);
    assert_eq!((&report["new"], &report["unchanged"], &report["completed"]), (&json!(1), &json!(3), &json!(1)));
}

#[test]
fn a_changed_row_is_one_update() {
    let (board, mut app) = polled();
    let mut changed = three();
    "Senior Inpatient Coder".clone_into(&mut changed[0].title);
    board.now_answers(ymcareers(&changed, 100));
    app.at("2026-11-22T18:00:00Z");
    let report = app.poll("lakes");
    assert_eq!(report["new"], 0, "{report}");
    assert_eq!(report["updated"], 1, "{report}");
    assert_eq!(titles(&app, &["senior"]), ["Senior Inpatient Coder"]);
    let history = app.run(&["show", "lakes/40000001", "--history", "--format", "json"]).json();
    let opened = history["history"].as_array().unwrap().iter().filter(|event| event["kind"] == "opened").count();
    assert_eq!(opened, 1, "{history}");
}

#[test]
fn a_changed_row_whose_page_is_the_same_is_asked_for_once() {
    let (board, mut app) = polled();
    let mut changed = three();
    "Baltimore".clone_into(&mut changed[0].employer);
    let (mut lists, mut details) = (ymcareers(&changed, 100), ymcareers(&three(), 100));
    board.now_answers(move |asked| if asked.path.starts_with("/jobs/") { lists(asked) } else { details(asked) });
    app.at("2026-11-22T18:00:00Z");
    let report = app.poll("lakes");
    assert_eq!((board.paths().len(), &report["not_modified"]), (2, &json!(1)), "{report}");
    board.forget();
    app.at("2026-11-23T06:00:00Z");
    let report = app.poll("lakes");
    assert_eq!((board.paths().len(), &report["state"]), (1, &json!("ok")), "{:?}", board.paths());
}

#[test]
fn a_changed_row_is_asked_for_at_its_new_address() {
    let (board, mut app) = polled();
    let mut changed = three();
    "Senior Inpatient Coder".clone_into(&mut changed[0].title);
    board.now_answers(ymcareers(&changed, 100));
    app.at("2026-11-22T18:00:00Z");
    app.poll("lakes");
    assert_eq!(board.paths()[1..], ["/job/senior-inpatient-coder/40000001/"]);
}

#[test]
fn a_changed_feed_item_is_one_update() {
    let board = FakeBoard::start(|_| Reply::status(404));
    let feed = bti_feed(board.origin(), &three());
    board.now_answers(
        move |asked| if asked.path == "/jobs/?display=rss" { Reply::xml(feed.clone()) } else { Reply::status(404) },
    );
    let mut app = app_with_engine(&board, "bti");
    assert_eq!(app.poll("lakes")["new"], 3);
    let mut changed = three();
    changed[1].text.push_str(" Now with a sign-on bonus.");
    let feed = bti_feed(board.origin(), &changed);
    board.now_answers(move |_| Reply::xml(feed.clone()));
    app.at("2026-11-22T18:00:00Z");
    let report = app.poll("lakes");
    assert_eq!(
        (&report["updated"], &report["unchanged"], &report["new"]),
        (&json!(1), &json!(2), &json!(0)),
        "{report}"
    );
}

/// Answers the second list page by `failure`, everything else as usual.
fn with_failing_second_page(failure: Reply) -> impl FnMut(&super::fake_board::Asked) -> Reply + Send + use<> {
    let mut pages = ymcareers(&three(), 2);
    move |asked| {
        let second = asked.path.starts_with("/jobs/?") && start_of(&asked.path) > 1;
        if second { failure.clone() } else { pages(asked) }
    }
}

#[test]
fn a_failing_page_keeps_the_pages_before_it() {
    for failure in [Reply::status(503), Reply::html(list_page(&three(), 3, 2)).cut_after(40)] {
        let board = FakeBoard::start(with_failing_second_page(failure));
        let app = app_of(&board);
        let ran = app.run(&["poll", "lakes", "--format", "json"]);
        let report = &ran.json()["boards"][0];
        assert_eq!(ran.code, 1);
        assert_eq!((&report["state"], &report["new"]), (&json!("degraded"), &json!(2)), "{report}");
        assert_eq!(kinds(report).first().map(String::as_str), Some("fetch"), "{report}");
        assert_eq!(titles(&app, &[]), ["Cancer Registrar", "Inpatient Coder"]);
    }
}

#[test]
fn polls_that_are_not_whole_close_nothing() {
    let board = FakeBoard::start(ymcareers(&three(), 2));
    let mut app = app_of(&board);
    app.poll("lakes");
    board.now_answers(with_failing_second_page(Reply::html("x".repeat(400)).cut_after(10)));
    for hour in ["18", "20", "22"] {
        app.at(&format!("2026-11-22T{hour}:00:00Z"));
        let report = app.poll("lakes");
        nothing_is_hidden(&app, &report, "degraded");
    }
}

const CAPTCHA: &str = "<!DOCTYPE html><html><head><title>Security check</title></head><body>\
    <p>Please verify you are human.</p><div class=\"g-recaptcha\"></div></body></html>";

#[test]
fn a_wall_is_reported_and_hides_nothing() {
    for status in [200, 403] {
        let (board, mut app) = polled();
        board.now_answers(move |_| Reply { status, ..Reply::html(CAPTCHA) });
        app.at("2026-11-22T18:00:00Z");
        let report = app.poll("lakes");
        nothing_is_hidden(&app, &report, "walled");
        assert_eq!(board.paths().len(), 1, "a wall is not asked again");
        assert!(report["remedy"].as_str().unwrap().contains("never evade"));
        assert!(kinds(&report).contains(&"walled".to_owned()), "{report}");
    }
}

#[test]
fn a_board_that_moved_is_not_followed() {
    let (board, mut app) = polled();
    board.now_answers(|_| Reply::status(301).with("Location", "https://jobs.elsewhere.example/jobs/"));
    app.at("2026-11-22T18:00:00Z");
    let report = app.poll("lakes");
    nothing_is_hidden(&app, &report, "moved");
    assert!(report["remedy"].as_str().unwrap().contains("https://jobs.elsewhere.example/"), "{report}");
    let remedy = report["remedy"].as_str().unwrap();
    assert!(!remedy.contains("elsewhere.example/jobs"), "the new origin, not the path asked for: {remedy}");
}

#[test]
fn a_robots_file_that_moved_is_a_board_that_moved() {
    let board = FakeBoard::start(|_| Reply::status(301).with("Location", "https://jobs.elsewhere.example/robots.txt"));
    let app = app_of(&board);
    let report = app.poll("lakes");
    assert_eq!(report["state"], "moved", "{report}");
    assert_eq!(board.paths(), Vec::<String>::new());
}

const NOTHING_HERE: &str = "<!DOCTYPE html><html><head><title>Jobs</title></head><body>\
    <p>There are currently no jobs that match your search.</p></body></html>";

#[test]
fn a_board_that_says_it_has_none_is_empty() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        _ => Reply::html(NOTHING_HERE),
    });
    let app = app_of(&board);
    let ran = app.run(&["poll", "lakes", "--format", "json"]);
    assert_eq!((ran.code, &ran.json()["boards"][0]["state"]), (0, &json!("empty")), "{ran:?}");
}

#[test]
fn an_empty_list_where_there_were_postings_is_suspect_and_closes_nothing() {
    let (board, mut app) = polled();
    board.now_answers(|_| Reply::html(NOTHING_HERE));
    for hour in ["18", "20", "22"] {
        app.at(&format!("2026-11-22T{hour}:00:00Z"));
        let report = app.poll("lakes");
        nothing_is_hidden(&app, &report, "empty-suspect");
    }
}

#[test]
fn html_where_json_belongs_is_a_broken_format() {
    let board = FakeBoard::start(|_| Reply::status(404));
    board.now_answers(webscribble(board.origin(), &three()));
    let mut app = app_with_engine(&board, "webscribble");
    assert_eq!(app.poll("lakes")["new"], 3);
    board.now_answers(|_| Reply::html("<!DOCTYPE html><html><body><p>Welcome to our new site.</p></body></html>"));
    app.at("2026-11-22T18:00:00Z");
    let report = app.poll("lakes");
    nothing_is_hidden(&app, &report, "broken-format");
    assert!(kinds(&report).contains(&"broken-format".to_owned()), "{report}");
}

#[test]
fn what_two_whole_polls_do_not_show_closes_and_opens_again_when_shown() {
    let (board, mut app) = polled();
    board.now_answers(ymcareers(&three()[1..], 100));
    app.at("2026-11-22T18:00:00Z");
    assert_eq!(app.poll("lakes")["closed"], 0);
    assert_eq!(titles(&app, &[]).len(), 3, "absent once is not closed");
    app.at("2026-11-23T00:00:00Z");
    assert_eq!(app.poll("lakes")["closed"], 1);
    assert_eq!(titles(&app, &[]).len(), 2);
    assert_eq!(titles(&app, &["--status", "closed"]), ["Inpatient Coder"]);
    let closed = app.run(&["show", "lakes/40000001", "--format", "json"]).json();
    assert_eq!(
        (&closed["status"], &closed["closed_reason"]),
        (&json!("closed"), &json!("absent from two complete polls"))
    );

    board.now_answers(ymcareers(&three(), 100));
    app.at("2026-11-23T06:00:00Z");
    let report = app.poll("lakes");
    assert_eq!((&report["reopened"], &report["new"]), (&json!(1), &json!(0)), "{report}");
    let job = app.run(&["show", "lakes/40000001", "--history", "--format", "json"]).json();
    let told: Vec<&str> =
        job["history"].as_array().unwrap().iter().filter_map(|event| event["kind"].as_str()).collect();
    assert_eq!(told.iter().filter(|kind| **kind == "opened").count(), 1, "{told:?}");
    assert_eq!(job["status"], "open");
}

#[test]
fn robots_rules_are_obeyed() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Reply::new("text/plain", "User-agent: *\nDisallow: /jobs/\n"),
        _ => Reply::html(list_page(&three(), 1, 100)),
    });
    let app = app_of(&board);
    let report = app.poll("lakes");
    assert_eq!(board.paths(), Vec::<String>::new());
    assert!(report["why"].as_str().unwrap().contains("Disallow: /jobs/"), "{report}");
    assert_eq!(report["state"], "walled");
}

#[test]
fn forbidden_details_leave_the_rows_searchable() {
    let mut pages = ymcareers(&three(), 100);
    let board = FakeBoard::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => Reply::new("text/plain", "User-agent: jobrounds\nDisallow: /job/\n"),
        _ => pages(asked),
    });
    let app = app_of(&board);
    let report = app.poll("lakes");
    assert_eq!(board.paths(), ["/jobs/?str=1&max=100&long=1&vnet=0"]);
    assert!(kinds(&report).contains(&"robots-disallowed".to_owned()), "{report}");
    assert_eq!(titles(&app, &[]).len(), 3);
}

/// Answers with an hour's `Crawl-delay`.
fn slow_lane() -> FakeBoard {
    let mut pages = ymcareers(&three(), 100);
    FakeBoard::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => Reply::new("text/plain", "User-agent: *\nCrawl-delay: 3600\n"),
        _ => pages(asked),
    })
}

#[test]
fn a_crawl_delay_of_an_hour_is_kept_across_runs() {
    let board = slow_lane();
    let mut app = app_of(&board);
    let began = std::time::Instant::now();
    let report = app.poll("lakes");
    assert!(began.elapsed().as_secs() < 10, "a poll does not sleep for an hour");
    assert_eq!(board.paths().len(), 1);
    assert_eq!((&report["new"], &report["deferred"]), (&json!(3), &json!(3)), "{report}");
    assert_eq!(report["next_request_at"], "2026-11-22T13:00:00Z");
    assert_eq!(titles(&app, &[]).len(), 3, "rows are stored at once");

    app.at("2026-11-22T12:59:00Z");
    let report = app.poll("lakes");
    assert_eq!((&report["requests"], &report["state"]), (&json!(0), &json!("ok")), "{report}");
    assert_eq!(board.paths().len(), 1);

    app.at("2026-11-22T13:00:01Z");
    app.poll("lakes");
    assert_eq!(board.paths().len(), 2);
}

#[test]
fn details_come_in_time_where_only_one_request_an_hour_is_allowed() {
    let board = slow_lane();
    let mut app = app_of(&board);
    for hour in 0..10 {
        app.at(&format!("2026-11-22T{:02}:00:30Z", 12 + hour));
        app.poll("lakes");
    }
    assert!(board.paths().len() <= 10, "{:?}", board.paths());
    let details = board.paths().iter().filter(|path| path.starts_with("/job/")).count();
    assert!(details >= 3, "the list alone was asked for, again and again: {:?}", board.paths());
}

#[test]
fn engines_are_tried_in_order_and_the_answering_one_is_remembered() {
    let bti = FakeBoard::start(|_| Reply::status(404));
    let feed = bti_feed(bti.origin(), &three());
    bti.now_answers(
        move |asked| if asked.path == "/jobs/?display=rss" { Reply::xml(feed.clone()) } else { Reply::status(404) },
    );
    let scribble = FakeBoard::start(|_| Reply::status(404));
    scribble.now_answers(webscribble(scribble.origin(), &three()));
    let jsonld = FakeBoard::start(|_| Reply::status(404));
    jsonld.now_answers(jsonld_site(jsonld.origin()));
    let ym = FakeBoard::start(ymcareers(&three(), 100));
    for (id, board, engine, refused) in [
        ("aapc", &bti, "bti", 3),
        ("ahdi", &scribble, "webscribble", 2),
        ("elite", &jsonld, "jsonld", 3),
        ("aapc", &ym, "ymcareers", 1),
    ] {
        let mut app = TestApp::new(&format!("[boards.{id}]\nbase_url = \"{}\"\n", board.origin()));
        let report = app.poll(id);
        assert_eq!((&report["state"], &report["engine"]), (&json!("ok"), &json!(engine)), "{report}");
        assert_eq!(report["new"], 3, "{report}");
        let first = board.paths().len();
        board.forget();
        app.at("2026-11-22T18:00:00Z");
        let again = app.poll(id);
        assert_eq!(again["engine"], engine);
        assert_eq!(board.paths().len(), 1, "{engine}: {:?}", board.paths());
        assert!(first > refused, "{engine} was asked for after {refused} others");
        let shown = app.run(&["board", "list", "--format", "json"]).json();
        assert_eq!(
            shown.as_array().unwrap().iter().find(|one| one["board"] == id).unwrap()["health"]["engine"],
            engine
        );
    }
}

/// Answers with a sitemap and pages that carry JSON-LD.
fn jsonld_site(origin: &str) -> impl FnMut(&super::fake_board::Asked) -> Reply + Send + use<> {
    let urls: String = three().iter().map(|one| format!("<url><loc>{origin}{}</loc></url>", one.path())).collect();
    move |asked| {
        if asked.path == "/sitemap.xml" {
            return Reply::new("application/xml", format!("<?xml version=\"1.0\"?><urlset>{urls}</urlset>"));
        }
        let found = three().into_iter().find(|one| one.path() == asked.path);
        found.map_or_else(|| Reply::status(404), |one| Reply::html(detail_page(&one)))
    }
}

/// Configures the program with USAJOBS on a fake host, with further lines for its table.
fn federal_app(board: &FakeBoard, lines: &str) -> TestApp {
    TestApp::new(&format!("[boards.usajobs]\nbase_url = \"{}\"\n{lines}", board.origin()))
}

#[test]
fn usajobs_without_a_key_costs_one_request_a_series_and_the_texts() {
    let vacancies = three();
    let board = FakeBoard::start(move |asked| {
        let first = asked.path.contains("PositionSeries=0675");
        let (some, series) = if first { (&vacancies[..2], "0675") } else { (&vacancies[2..], "0669") };
        let rows: Vec<Value> = if asked.path.starts_with("/api/historicjoa/announcementtext?") {
            some.iter().map(|one| json!({"usajobsControlNumber": one.id, "summary": one.text})).collect()
        } else {
            some.iter().map(|one| historic_row(one, series)).collect()
        };
        Reply::json(&historic_answer(&rows))
    });
    let app = federal_app(&board, "");
    let report = app.poll("usajobs");
    assert_eq!((&report["state"], &report["new"]), (&json!("ok"), &json!(3)), "{report}");
    assert_eq!(report["robots_requests"], 0, "a documented API follows its own terms");
    let mut paths = board.paths();
    paths.sort_unstable();
    let expected = ["0669", "0675"].map(|series| format!("PositionSeries={series}&StartPositionCloseDate=2026-11-22"));
    assert_eq!(
        paths,
        [
            format!("/api/historicjoa/announcementtext?{}", expected[0]),
            format!("/api/historicjoa/announcementtext?{}", expected[1]),
            format!("/api/historicjoa?{}", expected[0]),
            format!("/api/historicjoa?{}", expected[1]),
        ]
    );
    let job = app.run(&["show", "usajobs/40000001", "--format", "json"]).json();
    assert!(job["description_text"].as_str().unwrap().contains("RHIT or CCS"), "{job}");
    assert_eq!(job["occupation"]["series"], json!(["0675"]));
}

const KEY: &str = "Zk3yThatNobodyMaySee0042=";

#[test]
fn usajobs_with_a_key_sends_it_in_its_header_alone_and_keeps_it_nowhere() {
    let board = FakeBoard::start(|_| Reply::json(&search_answer(&three())));
    let app = federal_app(&board, "email = \"me@example.edu\"\napi_key_file = \"usajobs.key\"\n");
    std::fs::write(app.path("usajobs.key"), format!("{KEY}\n")).unwrap();
    let polled = app.run(&["-vv", "poll", "usajobs", "--format", "json"]);
    assert_eq!((polled.code, &polled.json()["boards"][0]["new"]), (0, &json!(3)), "{polled:?}");
    let asked = board.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].path.starts_with("/api/Search?JobCategoryCode=0675%3B0669&WhoMayApply=All"), "{}", asked[0].path);
    assert_eq!(asked[0].header("authorization-key"), Some(KEY));
    assert_eq!(asked[0].header("user-agent"), Some("me@example.edu"));
    let others = [app.run(&["config", "show"]), app.run(&["board", "show", "usajobs"]), app.run(&["doctor"])];
    for ran in others.iter().chain([&polled]) {
        assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY), "{ran:?}");
    }
    assert_key_in_no_file(&app);
}

/// Looks through every file but the key's own.
fn assert_key_in_no_file(app: &TestApp) {
    for entry in std::fs::read_dir(app.folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes());
        assert_eq!(found, path.ends_with("usajobs.key"), "{}", path.display());
    }
}

#[test]
fn a_refused_key_names_the_setting() {
    let board = FakeBoard::start(|_| Reply::status(401));
    let app = federal_app(&board, &format!("email = \"me@example.edu\"\napi_key = \"{KEY}\"\n"));
    let ran = app.run(&["poll", "usajobs"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("`api_key`") && ran.stderr.contains("401"), "{ran:?}");
    assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY), "{ran:?}");
}

#[test]
fn a_key_that_a_server_echoes_is_not_repeated() {
    let board = FakeBoard::start(|_| Reply { status: 401, ..Reply::new("text/plain", format!("bad key {KEY}")) });
    let app = federal_app(&board, "email = \"me@example.edu\"\napi_key_file = \"usajobs.key\"\n");
    std::fs::write(app.path("usajobs.key"), KEY).unwrap();
    let ran = app.run(&["poll", "usajobs"]);
    assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY), "{ran:?}");
    assert_key_in_no_file(&app);
}

#[test]
fn a_wait_that_a_host_asks_for_holds_across_runs() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        _ => Reply::status(429).with("Retry-After", "3600"),
    });
    let mut app = app_of(&board);
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["requests"]), (&json!("degraded"), &json!(1)), "{report}");
    board.forget();
    app.at("2026-11-22T12:59:59Z");
    let report = app.poll("lakes");
    assert_eq!(board.asked().len(), 0);
    assert_eq!((&report["requests"], &report["next_request_at"]), (&json!(0), &json!("2026-11-22T13:00:00Z")));
    app.at("2026-11-22T13:00:01Z");
    app.poll("lakes");
    assert_eq!(board.paths().len(), 1);
}

#[test]
fn a_changed_federal_row_is_stored_though_its_text_is_known() {
    let close = Arc::new(Mutex::new(("2026-12-20".to_owned(), 60000.0)));
    let told = close.clone();
    let board = FakeBoard::start(move |asked| {
        let (day, pay) = told.lock().unwrap().clone();
        let row = serde_json::json!({
            "usajobsControlNumber": 700_001, "positionTitle": "Medical Records Technician", "hiringAgencyName": "Test Agency",
            "positionOpenDate": "2026-11-01", "positionCloseDate": day, "minimumSalary": 50000.0, "maximumSalary": pay,
            "salaryType": "Per Year", "positionOpeningStatus": "Accepting applications", "jobCategories": [{"series": "0675"}],
        });
        let text = serde_json::json!({"usajobsControlNumber": 700_001, "summary": "Keeps records."});
        let envelope = |data: serde_json::Value| serde_json::json!({"paging": {"metadata": {"totalCount": 1}, "next": null}, "data": [data]});
        match asked.path.split('?').next() {
            Some("/api/historicjoa") => Reply::json(&envelope(row)),
            Some("/api/historicjoa/announcementtext") => Reply::json(&envelope(text)),
            _ => Reply::status(404),
        }
    });
    let mut app = TestApp::new(&format!(
        "[boards.fed]\nengine = \"usajobs\"\nbase_url = \"{}\"\nseries = [\"0675\"]\n",
        board.origin()
    ));
    app.poll("fed");
    *close.lock().unwrap() = ("2026-12-30".to_owned(), 61000.0);
    app.at("2026-11-23T12:00:00Z");
    app.poll("fed");
    let job = app.run(&["show", "fed/700001", "--format", "json"]).json();
    assert_eq!(job["base_salary"]["max"], 61000.0);
    assert!(job["valid_through"].as_str().unwrap().starts_with("2026-12-30"), "{}", job["valid_through"]);
    assert!(job["description_text"].as_str().unwrap().contains("Keeps records."));
    app.at("2026-12-21T12:00:00Z");
    app.poll("fed");
    assert_eq!(app.run(&["show", "fed/700001", "--format", "json"]).json()["status"], "open");
}

#[test]
fn one_detail_that_fails_does_not_starve_the_others() {
    let list: String = (1..=5)
        .map(|id| format!("<li><a class=\"ga_job\" href=\"/job/coder/1000000{id}/\">Coder {id}</a></li>"))
        .collect();
    let board = FakeBoard::start(move |asked| match asked.path.split('?').next() {
        Some("/jobs/") => Reply::html(format!("<p>1 - 5 of 5 jobs</p><ul>{list}</ul>")),
        Some("/job/coder/10000003/") => Reply::status(500),
        Some(path) if path.starts_with("/job/") => {
            let id = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let posting = serde_json::json!({"@context": "http://schema.org", "@type": "JobPosting", "title": "Coder",
                "hiringOrganization": "Mercy", "identifier": id, "datePosted": "2026-11-20", "description": "Codes charts."});
            Reply::html(format!("<script type=\"application/ld+json\">{posting}</script>"))
        }
        _ => Reply::status(404),
    });
    let app = TestApp::new(&format!("[boards.b]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", board.origin()));
    let report = app.poll("b");
    assert_eq!((report["new"].as_u64(), report["completed"].as_u64()), (Some(5), Some(4)), "{report}");
}

#[test]
fn an_unchanged_round_does_not_count_an_absence_twice() {
    let rows = Arc::new(Mutex::new((1..=30).collect::<Vec<u32>>()));
    let told = rows.clone();
    let board = FakeBoard::start(move |asked| match asked.path.split('?').next() {
        Some("/robots.txt") => Reply::new("text/plain", "User-agent: *\nCrawl-delay: 3600\n"),
        Some("/jobs/") => {
            let cards: String = told
                .lock()
                .unwrap()
                .iter()
                .map(|id| {
                    format!("<li><a class=\"ga_job\" href=\"/job/coder/{}/\">Coder {id}</a></li>", 10_000_000 + id)
                })
                .collect();
            Reply::html(format!("<ul>{cards}</ul>"))
        }
        Some(path) if path.starts_with("/job/") => {
            let id = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let posting =
                json!({"@type": "JobPosting", "title": "Coder", "identifier": id, "description": "Codes charts."});
            Reply::html(format!("<script type=\"application/ld+json\">{posting}</script>"))
        }
        _ => Reply::status(404),
    });
    let mut app = TestApp::new(&format!("[boards.b]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", board.origin()));
    app.poll("b");
    rows.lock().unwrap().pop();
    // A day later a new round asks for the list once; the hours after it only ask for details.
    for hour in 1..20 {
        app.at(&format!("2026-11-23T{hour:02}:01:00Z"));
        app.poll("b");
    }
    app.at("2026-11-23T20:30:00Z");
    assert_eq!(app.run(&["show", "b/10000030", "--format", "json"]).json()["status"], "open");
}

#[test]
fn two_polls_of_one_database_do_not_run_at_once() {
    let board = FakeBoard::start(|_| Reply::status(404));
    let app = TestApp::new(&format!("[boards.b]\nengine = \"bti\"\nbase_url = \"{}\"\n", board.origin()));
    let held = std::fs::File::create(app.path("test.db.lock")).unwrap();
    held.lock().unwrap();
    let ran = app.run(&["poll"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("is in use by another jobrounds"), "{}", ran.stderr);
    assert!(board.asked().is_empty());
}

#[test]
fn a_check_reads_one_page_stores_nothing_and_keeps_to_the_hosts_waits() {
    let board = FakeBoard::start(|asked| match asked.path.split('?').next() {
        Some("/jobs/") => Reply::html(
            "<p>1 - 1 of 300 jobs</p><a class=\"ga_job\" href=\"/job/coder/10000001/\">Coder</a>\
             <a href=\"/jobs/?str=2&amp;max=1\">Next 1 Jobs</a>",
        ),
        _ => Reply::status(404),
    });
    let app = TestApp::new(&format!("[boards.b]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", board.origin()));
    let ran = app.run(&["board", "check", "b"]);
    assert_eq!((ran.code, board.paths().len()), (0, 1), "{ran:?}");
    assert!(ran.stdout.starts_with("b: ok"), "{}", ran.stdout);
    assert!(!app.path("test.db").exists());

    board.now_answers(|_| Reply::status(429).with("Retry-After", "7200"));
    app.poll("b");
    board.forget();
    app.run(&["board", "check", "b"]);
    assert!(board.asked().is_empty(), "{:?}", board.asked());
}

/// Gives rows of a `json` board.
fn json_rows(ids: &[u32], total: Option<u32>) -> Reply {
    let items: Vec<Value> = ids.iter().map(|id| json!({"id": id, "title": format!("Coder {id}")})).collect();
    Reply::json(&json!({"items": items, "total": total}))
}

/// Configures a `json` board with these lists.
fn json_board(board: &FakeBoard, lists: &str, more: &str) -> String {
    format!(
        "[boards.b]\nengine = \"json\"\nbase_url = \"{}\"\nlists = {lists}\n{more}\n[boards.b.json]\n\
         items = \"/items\"\ntotal = \"/total\"\n[boards.b.json.fields]\nid = \"/id\"\ntitle = \"/title\"\n",
        board.origin()
    )
}

#[test]
fn a_list_that_empties_beside_a_full_one_counts_no_absence_that_time() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/l1" => json_rows(&[1, 2], None),
        "/l2" => json_rows(&[3], None),
        _ => Reply::status(404),
    });
    let app = TestApp::new(&json_board(&board, "[\"/l1\", \"/l2\"]", ""));
    app.poll("b");
    board.now_answers(|asked| match asked.path.as_str() {
        "/l1" => json_rows(&[1, 2], None),
        "/l2" => json_rows(&[], Some(0)),
        _ => Reply::status(404),
    });
    let report = app.poll("b");
    assert_eq!(report["state"], "degraded", "{report}");
    app.poll("b");
    assert_eq!(app.run(&["show", "b/3", "--format", "json"]).json()["status"], "open");
}

#[test]
fn fewer_rows_than_the_board_says_it_has_is_no_whole_list() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/l1" => json_rows(&[1, 2, 3], Some(600)),
        _ => Reply::status(404),
    });
    let app = TestApp::new(&json_board(&board, "[\"/l1\"]", ""));
    let report = app.poll("b");
    assert_eq!((report["state"].as_str(), report["new"].as_u64()), (Some("degraded"), Some(3)), "{report}");
    // The same answer again is no more whole than before.
    assert_eq!(app.poll("b")["state"], "degraded");
}

#[test]
fn a_first_list_that_fails_keeps_no_other_from_being_asked() {
    for status in [404, 500] {
        let board = FakeBoard::start(move |asked| match asked.path.as_str() {
            "/l1" => Reply::status(status),
            "/l2" => json_rows(&[3, 4], None),
            _ => Reply::status(404),
        });
        let app = TestApp::new(&json_board(&board, "[\"/l1\", \"/l2\"]", ""));
        let report = app.poll("b");
        assert_eq!((report["state"].as_str(), report["new"].as_u64()), (Some("degraded"), Some(2)), "{report}");
    }
}

#[test]
fn details_behind_a_wall_are_told_and_the_rows_stay() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/l1" => json_rows(&[1, 2], None),
        path if path.starts_with("/d/") => {
            Reply { status: 403, ..Reply::html("<script src=\"https://ct.captcha-delivery.com/c.js\"></script>") }
        }
        _ => Reply::status(404),
    });
    let app = TestApp::new(&json_board(&board, "[\"/l1\"]", "detail_url = \"/d/{id}\""));
    let report = app.poll("b");
    assert_eq!((report["state"].as_str(), report["new"].as_u64()), (Some("degraded"), Some(2)), "{report}");
    assert!(report["why"].as_str().unwrap().contains("behind a wall"), "{report}");
}

#[test]
fn a_detail_that_redirects_to_a_neighbor_does_not_overwrite_its_row() {
    let vacancies = three();
    let mut serves = ymcareers(&vacancies, 25);
    let (gone, neighbor) = (vacancies[0].path(), vacancies[1].path());
    let (title, id) = (vacancies[0].title.clone(), vacancies[0].id);
    let board = FakeBoard::start(move |asked| {
        if asked.path == gone { Reply::status(302).with("Location", &neighbor) } else { serves(asked) }
    });
    let app = TestApp::new(&format!("[boards.b]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", board.origin()));
    let report = app.poll("b");
    assert_eq!(report["completed"], 2, "{report}");
    let job = app.run(&["show", &format!("b/{id}"), "--format", "json"]).json();
    assert_eq!(job["title"], title.as_str());
}

#[test]
fn a_remembered_engine_is_doubted_when_the_board_changes_its_software() {
    let board = FakeBoard::start(|asked| match asked.path.split('?').next() {
        Some("/jobs/") => {
            Reply::html("<p>1 - 1 of 1 jobs</p><a class=\"ga_job\" href=\"/job/coder/10000001/\">Coder</a>")
        }
        _ => Reply::status(404),
    });
    let app =
        TestApp::new(&format!("[boards.b]\nengines = [\"ymcareers\", \"bti\"]\nbase_url = \"{}\"\n", board.origin()));
    assert_eq!(app.poll("b")["engine"], "ymcareers");
    board.now_answers(|asked| match asked.path.as_str() {
        "/jobs/?display=rss" => Reply::xml(
            "<rss version=\"2.0\"><channel><item><title>Coder | Mercy</title>\
             <link>https://b.example/jobs/rss/22000001/coder</link></item></channel></rss>",
        ),
        _ => Reply::html("<h1>Our new career center</h1>"),
    });
    let report = app.poll("b");
    assert_eq!((report["engine"].as_str(), report["new"].as_u64()), (Some("bti"), Some(1)), "{report}");
}
