//! What boards and machines do wrong: bombs, cuts, bytes that are no text, silence, and a process
//! killed in the middle of a poll.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::app::TestApp;
use super::fake_board::{Asked, FakeBoard, Reply};
use super::vacancies::{bti_feed, list_page, many, three, webscribble, ymcareers};

fn app_with_engine(board: &FakeBoard, engine: &str) -> TestApp {
    TestApp::new(&format!("[boards.lakes]\nengine = \"{engine}\"\nbase_url = \"{}/feed\"\n", board.origin()))
}

/// Answers every request but the one for robots.txt in the same way.
fn always(reply: Reply) -> impl FnMut(&Asked) -> Reply + Send {
    move |asked| if asked.path == "/robots.txt" { Reply::status(404) } else { reply.clone() }
}

/// Polls a board that answers so and gives the report, after holding that the program ended well.
fn polled(engine: &str, reply: Reply) -> (TestApp, Value) {
    let board = FakeBoard::start(always(reply));
    let app = app_with_engine(&board, engine);
    let ran = app.run(&["poll", "lakes", "--format", "json"]);
    assert!(ran.code == 0 || ran.code == 1, "{ran:?}");
    let report = ran.json()["boards"][0].clone();
    assert_eq!(ran.code == 0, report["state"] == "ok", "{ran:?}");
    (app, report)
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn feed_of_three() -> String {
    bti_feed("https://careers.lakes.example", &three())
}

#[test]
fn a_bomb_is_not_unfolded() {
    let mebibyte = vec![b' '; 1 << 20];
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    (0..50).for_each(|_| encoder.write_all(&mebibyte).unwrap());
    let bomb = Reply::html(encoder.finish().unwrap()).with("Content-Encoding", "gzip");
    assert!(bomb.body.len() < 1 << 20);
    let (_, report) = polled("rss", bomb);
    assert_eq!(report["state"], "degraded", "{report}");
    assert!(report["why"].as_str().unwrap().contains("decompression bomb"), "{report}");
}

#[test]
fn an_honest_gzip_body_is_read() {
    let (_, report) = polled("rss", Reply::xml(gzipped(feed_of_three().as_bytes())).with("Content-Encoding", "gzip"));
    assert_eq!((&report["state"], &report["new"]), (&json!("ok"), &json!(3)), "{report}");
}

#[test]
fn a_cut_body_is_not_used_at_all() {
    let feed = feed_of_three();
    let half = feed.len() / 2;
    let (app, report) = polled("rss", Reply::xml(feed).cut_after(half));
    assert_eq!((&report["state"], &report["new"]), (&json!("degraded"), &json!(0)), "{report}");
    assert!(report["why"].as_str().unwrap().contains("not whole"), "{report}");
    assert_eq!(app.run(&["search"]).code, 1);
}

#[test]
fn a_cut_gzip_body_is_not_used_at_all() {
    let mut cut = gzipped(feed_of_three().as_bytes());
    cut.truncate(cut.len() - 9);
    let (_, report) = polled("rss", Reply::xml(cut).with("Content-Encoding", "gzip"));
    assert_eq!((&report["state"], &report["new"]), (&json!("degraded"), &json!(0)), "{report}");
}

#[test]
fn bytes_that_are_no_utf8_cost_no_posting() {
    let mut feed = feed_of_three().replace("Cancer Registrar", "Cancer Registrar @ Caf#").into_bytes();
    let at = feed.iter().position(|byte| *byte == b'#').unwrap();
    feed[at] = 0xe9;
    let (app, report) = polled("rss", Reply::xml(feed));
    assert_eq!((&report["state"], &report["new"]), (&json!("ok"), &json!(3)), "{report}");
    let found = app.run(&["search", "--format", "jsonl", "registrar"]).lines();
    assert!(found[0]["title"].as_str().unwrap().starts_with("Cancer Registrar @ Caf\u{e9}"), "{found:?}");
}

#[test]
fn a_bare_ampersand_costs_no_posting() {
    let feed = feed_of_three().replace("Saint Brennan Health", "Saint Brennan Health & Hospice");
    let (app, report) = polled("bti", Reply::xml(feed));
    assert_eq!((&report["state"], &report["new"]), (&json!("ok"), &json!(3)), "{report}");
    let found = app.run(&["search", "--employer", "Hospice", "--format", "jsonl"]).lines();
    assert_eq!(found[0]["hiring_organization"], "Saint Brennan Health & Hospice");
    let repaired = report["problems"].as_array().unwrap().iter().any(|problem| problem["kind"] == "repaired");
    assert!(repaired, "what was repaired is told: {report}");
}

#[test]
fn html_instead_of_json_is_told_as_such() {
    let (_, report) = polled("webscribble", Reply::html("<!DOCTYPE html><html><body><p>Hello.</p></body></html>"));
    assert_eq!(report["state"], "broken-format", "{report}");
    assert!(report["why"].as_str().unwrap().to_lowercase().contains("html"), "{report}");
}

#[test]
fn one_broken_item_costs_one_item() {
    let board = FakeBoard::start(|_| Reply::status(404));
    let mut pages = webscribble(board.origin(), &three());
    board.now_answers(move |asked| {
        let mut reply = pages(asked);
        if asked.path.starts_with("/feed/api/v1/jobs?") {
            reply = pages(&Asked { path: asked.path.replace("/feed", ""), headers: Vec::new() });
            let mut list: Value = serde_json::from_slice(&reply.body).unwrap();
            list["data"][1] = json!("not an object");
            reply.body = list.to_string().into_bytes();
        }
        reply
    });
    let app = app_with_engine(&board, "webscribble");
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["new"]), (&json!("ok"), &json!(2)), "{report}");
    let told = report["problems"].as_array().unwrap().iter().any(|problem| problem["kind"] == "broken-item");
    assert!(told, "{report}");
}

#[test]
fn silence_is_given_up_on() {
    let (late, halting) = (Duration::from_millis(1500), Duration::from_secs(3));
    for (key, reply) in [
        ("FIRST_BYTE_TIMEOUT", Reply::xml(feed_of_three()).after(late)),
        ("IDLE_TIMEOUT", Reply::xml(feed_of_three()).cut_after(90).halting(halting)),
    ] {
        let board = FakeBoard::start(always(reply));
        let app = app_with_engine(&board, "rss");
        let began = Instant::now();
        let mut command = app.command(&["poll", "lakes", "--format", "json"]);
        let output = command.env(format!("JOBROUNDS__FETCH__{key}"), "200ms").output().unwrap();
        assert!(began.elapsed() < halting, "{key}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["boards"][0]["state"], "degraded", "{report}");
        assert!(report["boards"][0]["why"].as_str().unwrap().contains("0.2 s"), "{report}");
    }
}

#[test]
fn a_list_that_is_not_there_is_a_broken_format_that_says_so() {
    let (_, report) = polled("ymcareers", Reply::status(404));
    assert_eq!(report["state"], "broken-format", "{report}");
    assert!(report["why"].as_str().unwrap().contains("404"), "{report}");
}

#[test]
fn a_board_that_fails_fails_alone() {
    let good = FakeBoard::start(ymcareers(&three(), 100));
    let bad = FakeBoard::start(|_| Reply::status(500));
    let app = TestApp::new(&format!(
        "[boards.good]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n[boards.bad]\nengine = \"bti\"\nbase_url = \"{}\"\n\
         [boards.nobody]\nengine = \"bti\"\nbase_url = \"http://127.0.0.1:9\"\n",
        good.origin(),
        bad.origin()
    ));
    let ran = app.run(&["poll", "--format", "jsonl"]);
    let states: Vec<(String, String)> = ran
        .lines()
        .iter()
        .map(|report| (report["board"].as_str().unwrap().into(), report["state"].as_str().unwrap().into()))
        .collect();
    assert_eq!(ran.code, 1);
    let expected = [("bad", "degraded"), ("good", "ok"), ("nobody", "degraded")];
    assert_eq!(states, expected.map(|(board, state)| (board.to_owned(), state.to_owned())));
}

/// Gives every job as the set of its postings.
fn groups(app: &TestApp) -> BTreeSet<BTreeSet<String>> {
    let ran = app.run(&["export", "--status", "all"]);
    let key =
        |posting: &Value| format!("{}/{}", posting["board"].as_str().unwrap(), posting["posting_id"].as_str().unwrap());
    ran.lines().iter().map(|job| job["postings"].as_array().unwrap().iter().map(key).collect()).collect()
}

#[test]
fn a_killed_poll_leaves_a_sound_database_and_the_next_one_completes_it() {
    let vacancies = many(24);
    let first = FakeBoard::start(ymcareers(&vacancies, 8));
    let second = FakeBoard::start(|_| Reply::status(404));
    second.now_answers(webscribble(second.origin(), &vacancies[4..16]));
    let boards = format!(
        "[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n\
         [boards.hills]\nengine = \"webscribble\"\nbase_url = \"{}\"\n",
        first.origin(),
        second.origin()
    );
    let undisturbed = TestApp::new(&boards);
    assert_eq!(undisturbed.run(&["poll"]).code, 0);
    let expected = groups(&undisturbed);
    assert!(expected.iter().any(|group| group.len() == 2), "copies are joined: {expected:?}");

    for requests in [2, 7, 15, 24] {
        let app = TestApp::new(&boards);
        let mut pages = ymcareers(&vacancies, 8);
        first.now_answers(move |asked| pages(asked).after(Duration::from_millis(15)));
        first.forget();
        kill_after(&app, &first, requests);
        first.now_answers(ymcareers(&vacancies, 8));
        let doctor = app.run(&["doctor"]);
        assert!(!doctor.stdout.contains("FAIL database"), "{doctor:?}");
        assert_eq!(app.run(&["poll"]).code, 0);
        assert_eq!(groups(&app), expected, "killed after {requests} requests");
        let doctor = app.run(&["doctor"]);
        assert_eq!(doctor.code, 0, "{doctor:?}");
        assert!(doctor.stdout.contains("sound; 36 postings, 24 jobs"), "{doctor:?}");
    }
}

/// Starts a poll and kills it, without a chance to clean up, once the board was asked so often.
fn kill_after(app: &TestApp, board: &FakeBoard, requests: usize) {
    let mut command = app.command(&["poll", "--quiet"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while board.asked().len() < requests && began.elapsed() < Duration::from_secs(20) {
        assert!(child.try_wait().unwrap().is_none(), "the poll ended before it could be killed");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_list_longer_than_max_pages_is_not_whole() {
    let board = FakeBoard::start(ymcareers(&many(6), 2));
    let app = TestApp::new(&format!(
        "[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{}\"\nmax_pages = 2\n",
        board.origin()
    ));
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["new"]), (&json!("degraded"), &json!(4)), "{report}");
    assert!(report["why"].as_str().unwrap().contains("max_pages"), "{report}");
}

#[test]
fn a_list_that_leads_in_circles_ends() {
    let mut pages = ymcareers(&three(), 2);
    let board = FakeBoard::start(move |asked| {
        if asked.path.starts_with("/jobs/") { Reply::html(list_page(&many(9), 1, 2)) } else { pages(asked) }
    });
    let app = TestApp::new(&format!("[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", board.origin()));
    app.poll("lakes");
    let lists = board.paths().iter().filter(|path| path.starts_with("/jobs/")).count();
    assert!(lists <= 40, "{lists} list pages");
}
