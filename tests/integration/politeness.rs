//! What a board's owner sees of us over days: nothing is asked twice that need not be, nothing
//! before its time, and failures make us ask less.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::app::TestApp;
use super::fake_board::{FakeBoard, Reply};
use super::vacancies::{bti_feed, three, ymcareers};

fn feed_app(board: &FakeBoard) -> TestApp {
    TestApp::new(&format!("[boards.lakes]\nengine = \"rss\"\nbase_url = \"{}/feed\"\n", board.origin()))
}

#[test]
fn a_fresh_answer_is_not_asked_for_again_and_closes_nothing() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        _ => Reply::xml(bti_feed("https://lakes.example", &three())).with("Cache-Control", "max-age=7200"),
    });
    let mut app = feed_app(&board);
    assert_eq!(app.poll("lakes")["new"], 3);
    board.forget();
    app.at("2026-11-22T13:59:00Z");
    let report = app.poll("lakes");
    assert!(board.paths().is_empty(), "{:?}", board.paths());
    let counts = ["requests", "fresh", "listed", "unchanged", "closed"].map(|key| report[key].clone());
    assert_eq!(counts, [json!(0), json!(1), json!(3), json!(3), json!(0)], "{report}");
    assert_eq!(report["state"], "ok");
    app.at("2026-11-22T14:01:00Z");
    assert_eq!(app.poll("lakes")["requests"], 1);
}

#[test]
fn the_next_poll_is_due_when_the_answer_is_no_longer_fresh() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        _ => Reply::xml(bti_feed("https://lakes.example", &three())).with("Cache-Control", "max-age=36000"),
    });
    let mut app = feed_app(&board);
    app.poll("lakes");
    app.at("2026-11-22T13:00:00Z");
    assert_eq!(app.poll("lakes")["next_due_at"], "2026-11-22T22:00:00Z");
}

#[test]
fn validators_go_to_the_address_that_gave_them_and_to_no_other() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        "/feed" => Reply::status(301).with("Location", "/feeds/all.xml"),
        _ => Reply::xml(bti_feed("https://lakes.example", &three())),
    });
    let mut app = feed_app(&board);
    assert_eq!(app.poll("lakes")["new"], 3);
    board.forget();
    app.at("2026-11-22T18:00:00Z");
    let report = app.poll("lakes");
    let asked = board.asked();
    assert!(asked[0].path == "/feed" && asked[0].header("if-none-match").is_none(), "{asked:?}");
    assert!(asked[1].path == "/feeds/all.xml" && asked[1].header("if-none-match").is_some(), "{asked:?}");
    assert_eq!((&report["not_modified"], &report["unchanged"]), (&json!(1), &json!(3)), "{report}");
}

#[test]
fn new_validators_of_an_unchanged_body_are_the_ones_given_back() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let board = FakeBoard::start(move |asked| {
        if asked.path == "/robots.txt" {
            return Reply::status(404);
        }
        let tag = format!("\"v{}\"", counted.fetch_add(1, Ordering::Relaxed));
        Reply::xml(bti_feed("https://lakes.example", &three())).with("ETag", &tag)
    });
    let mut app = feed_app(&board);
    for hour in [12, 14, 16] {
        app.at(&format!("2026-11-22T{hour}:00:00Z"));
        app.poll("lakes");
    }
    let given: Vec<Option<String>> = board
        .asked()
        .iter()
        .filter(|asked| asked.path == "/feed")
        .map(|asked| asked.header("if-none-match").map(str::to_owned))
        .collect();
    assert_eq!(given, [None, Some("\"v0\"".to_owned()), Some("\"v1\"".to_owned())]);
}

#[test]
fn an_answer_that_cannot_be_read_is_asked_for_conditionally_until_the_reader_changes() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        _ => Reply::html("<html><title>Welcome</title><p>Nothing of ours.</p></html>"),
    });
    let settings =
        |more: &str| format!("[boards.lakes]\nengine = \"rss\"\nbase_url = \"{}/feed\"\n{more}", board.origin());
    let mut app = TestApp::new(&settings(""));
    let first = app.poll("lakes");
    app.at("2026-11-22T18:00:00Z");
    let second = app.poll("lakes");
    assert_eq!((&first["state"], &first["why"]), (&second["state"], &second["why"]));
    assert_eq!((&second["state"], &second["not_modified"]), (&json!("broken-format"), &json!(1)), "{second}");
    let pages = |asked: Vec<super::fake_board::Asked>| {
        asked.into_iter().filter(|asked| asked.path == "/feed").map(|asked| asked.header("if-none-match").is_some())
    };
    assert_eq!(pages(board.asked()).collect::<Vec<_>>(), [false, true]);
    board.forget();
    app.configure(&settings("title_split = \"colon\"\n"));
    app.at("2026-11-23T00:00:00Z");
    app.poll("lakes");
    assert_eq!(pages(board.asked()).collect::<Vec<_>>(), [false], "another reader must see it anew");
}

#[test]
fn a_captcha_between_two_good_answers_costs_no_validator() {
    let walled = Arc::new(Mutex::new(false));
    let wall = walled.clone();
    let board = FakeBoard::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        _ if *wall.lock().unwrap() => {
            let page = "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>";
            // This maker of walls sends no validator.
            Reply {
                headers: vec![("Content-Type".into(), "text/html".into()), ("ETag".into(), String::new())],
                ..Reply::html(page)
            }
        }
        _ => Reply::xml(bti_feed("https://lakes.example", &three())),
    });
    let mut app = feed_app(&board);
    app.poll("lakes");
    *walled.lock().unwrap() = true;
    app.at("2026-11-22T18:00:00Z");
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["closed"]), (&json!("walled"), &json!(0)), "{report}");
    *walled.lock().unwrap() = false;
    app.at("2026-11-23T06:00:00Z");
    let report = app.poll("lakes");
    assert_eq!(report["state"], "ok", "{report}");
    let given: Vec<Option<String>> = board
        .asked()
        .iter()
        .filter(|asked| asked.path == "/feed")
        .map(|asked| asked.header("if-none-match").map(str::to_owned))
        .collect();
    assert!(given[0].is_none() && given[1].is_some(), "{given:?}");
    assert_eq!(given[2], given[1], "the validator of the last good answer is still the one given back");
    assert_eq!(report["not_modified"], 1, "{report}");
}

#[test]
fn a_failing_page_keeps_those_before_it_and_the_next_poll_goes_on_there() {
    let failing = Arc::new(Mutex::new(true));
    let fails = failing.clone();
    let mut pages = ymcareers(&three(), 1);
    let board = FakeBoard::start(move |asked| {
        if asked.path.starts_with("/jobs/?str=3") && *fails.lock().unwrap() { Reply::status(500) } else { pages(asked) }
    });
    let mut app = TestApp::new(&format!("[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", board.origin()));
    let report = app.poll("lakes");
    assert_eq!(
        (&report["state"], &report["new"], &report["closed"]),
        (&json!("degraded"), &json!(2), &json!(0)),
        "{report}"
    );
    board.forget();
    *failing.lock().unwrap() = false;
    app.at("2026-11-22T12:20:00Z");
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["new"], &report["listed"]), (&json!("ok"), &json!(1), &json!(3)), "{report}");
    let lists: Vec<String> = board.paths().into_iter().filter(|path| path.starts_with("/jobs/")).collect();
    assert!(lists.len() == 1 && lists[0].starts_with("/jobs/?str=3"), "{lists:?}");
}

#[test]
fn when_no_host_can_be_reached_it_counts_against_no_board() {
    let up = |board: &FakeBoard, id: &str| {
        format!("[boards.{id}]\nengine = \"rss\"\nbase_url = \"{}/feed\"\n", board.origin())
    };
    let answer = |asked: &super::fake_board::Asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        _ => Reply::xml(bti_feed("https://lakes.example", &three())),
    };
    let (a, b) = (FakeBoard::start(answer), FakeBoard::start(answer));
    let mut app = TestApp::new(&format!("{}{}", up(&a, "lakes"), up(&b, "hills")));
    app.run(&["poll"]);
    // Nothing listens on these ports of loopback.
    let down =
        |id: &str, port: u16| format!("[boards.{id}]\nengine = \"rss\"\nbase_url = \"http://127.0.0.1:{port}/feed\"\n");
    app.configure(&format!("{}{}", down("lakes", 1), down("hills", 2)));
    app.at("2026-11-22T18:00:00Z");
    let ran = app.run(&["poll", "--format", "json"]);
    let report = ran.json();
    assert_eq!((ran.code, &report["offline"]), (1, &json!(true)), "{report}");
    for board in report["boards"].as_array().unwrap() {
        assert_eq!((&board["state"], &board["closed"]), (&json!("ok"), &json!(0)), "{board}");
        assert!(board["why"].as_str().unwrap().contains("counts against no board"), "{board}");
    }
    // One of two is the board's own trouble.
    app.configure(&format!("{}{}", up(&a, "lakes"), down("hills", 2)));
    app.at("2026-11-22T18:10:00Z");
    let report = app.run(&["poll", "--format", "json"]).json();
    let states: Vec<_> = report["boards"].as_array().unwrap().iter().map(|board| board["state"].clone()).collect();
    assert_eq!(states, [json!("degraded"), json!("ok")], "{report}");
}

#[test]
fn a_retry_after_of_thirty_days_is_kept_across_runs() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        _ => Reply::status(503).with("Retry-After", "2592000"),
    });
    let mut app = feed_app(&board);
    let report = app.poll("lakes");
    assert_eq!(report["next_due_at"], "2026-12-22T12:00:00Z", "{report}");
    board.forget();
    app.at("2026-12-22T11:59:00Z");
    let report = app.poll("lakes");
    assert!(board.asked().is_empty(), "{:?}", board.asked());
    assert_eq!((&report["requests"], &report["next_due_at"]), (&json!(0), &json!("2026-12-22T12:00:00Z")));
    app.at("2026-12-22T12:00:01Z");
    app.poll("lakes");
    assert_eq!(board.paths(), ["/feed"]);
}
