//! `board new`, `board check --report` and `board accept`: what a real board answered becomes a file,
//! fixtures and a report that can be mended elsewhere, and a move is followed on the operator's word.

use std::path::Path;

use serde_json::{Value, json};

use super::app::TestApp;
use super::fake_board::{FakeBoard, Reply};
use super::vacancies::{list_page, three, webscribble, ymcareers};

/// A private thing of each sort, as they stand in pages.
const PRIVATE: [&str; 6] = [
    "jane.doe@lakes.example",
    "(614) 555-0142",
    "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl",
    "f00dfeedf00dfeedf00dfeed",
    "203.0.113.77",
    "Jane Q. Doe",
];

/// A YM Careers board whose pages hold private things, and which sets a cookie.
fn talkative() -> FakeBoard {
    let mut pages = ymcareers(&three(), 100);
    let [mail, phone, jwt, hidden, ip, name] = PRIVATE;
    let more = format!(
        "<p>Contact: <b>{name}</b>, {mail}, {phone}</p><input type=\"hidden\" name=\"csrf\" value=\"{hidden}\">\
         <script>var t = '{jwt}';</script><!-- {ip} -->"
    );
    FakeBoard::start(move |asked| {
        let mut reply = match asked.path.as_str() {
            "/jobs/" => Reply::html(list_page(&three(), 1, 100)),
            _ => pages(asked),
        };
        if reply.status == 200 {
            let body = String::from_utf8(reply.body).unwrap().replace("</body>", &format!("{more}</body>"));
            reply.body = body.into_bytes();
        }
        reply.with("Set-Cookie", "sid=c00c1e5ecret; Path=/").with("Server", "nginx")
    })
}

fn assert_nothing_private(text: &str) {
    for private in PRIVATE.iter().chain(&["c00c1e5ecret"]) {
        assert!(!text.contains(private), "`{private}` survived: {text}");
    }
}

/// Gives the texts of every file under a folder.
fn texts_under(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        found.push((name, std::fs::read_to_string(&path).unwrap()));
    }
    found.sort();
    found
}

#[test]
fn a_new_board_is_saved_with_fixtures_and_polled() {
    let board = talkative();
    let app = TestApp::new("");
    let ran = app.run(&["board", "new", "lakes", &format!("{}/jobs/", board.origin())]);
    assert_eq!((ran.code, board.asked().len()), (0, 3), "{ran:?}");
    assert!(ran.stderr.contains("other people's texts"), "{ran:?}");
    assert_eq!(app.run(&["config", "check"]).code, 0);
    let fixtures = texts_under(&app.path("boards/fixtures/lakes"));
    let names: Vec<&str> = fixtures.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["1-list.html", "2-detail.html", "expected.json"]);
    for (_, text) in &fixtures {
        assert_nothing_private(text);
    }
    let expected: Value = serde_json::from_str(&fixtures[2].1).unwrap();
    assert_eq!(expected["answers"][0]["reading"]["postings"], 3, "{expected:#}");
    assert_eq!(app.poll("lakes")["new"], 3);
    // A later check holds the reader against the fixtures.
    let checked = app.run(&["board", "check", "lakes"]);
    assert!(checked.stdout.contains("2 of 2 are read as before"), "{checked:?}");
    let file = app.path("boards/fixtures/lakes/1-list.html");
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap().replace("/job/", "/gone/")).unwrap();
    let checked = app.run(&["board", "check", "lakes"]);
    assert!(checked.stdout.contains("1 of 2 are read as before"), "{checked:?}");
}

#[test]
fn a_board_file_is_never_overwritten_and_nothing_is_asked_then() {
    let board = talkative();
    let app = TestApp::new("");
    std::fs::create_dir_all(app.path("boards")).unwrap();
    std::fs::write(app.path("boards/lakes.toml"), "engine = \"bti\"\nbase_url = \"https://a.example\"\n").unwrap();
    let ran = app.run(&["board", "new", "lakes", board.origin()]);
    assert_eq!((ran.code, board.asked().len()), (2, 0), "{ran:?}");
    assert!(std::fs::read_to_string(app.path("boards/lakes.toml")).unwrap().contains("a.example"));
    assert_eq!(app.run(&["board", "new", "../lakes", board.origin()]).code, 2);
}

#[test]
fn nothing_is_saved_where_nothing_was_found() {
    let board = FakeBoard::start(|asked| Reply::status(if asked.path == "/robots.txt" { 404 } else { 403 }));
    let app = TestApp::new("");
    let ran = app.run(&["board", "new", "lakes", board.origin()]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(!app.path("boards/lakes.toml").exists() && ran.stderr.contains("no board file was saved"), "{ran:?}");
}

#[test]
fn board_files_are_read_without_a_configuration_file() {
    let board = talkative();
    let app = TestApp::new("");
    std::fs::remove_file(app.path("jobrounds.toml")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("jobrounds"));
        command.env_clear().env("COLUMNS", "80").env("XDG_CONFIG_HOME", app.path("conf")).current_dir(app.folder());
        command.env("JOBROUNDS__FETCH__ALLOW_PRIVATE_ADDRESSES", "true").env("JOBROUNDS__FETCH__MIN_INTERVAL", "0s");
        command.args(arguments).output().unwrap()
    };
    let ran = run(&["board", "new", "lakes", &format!("{}/jobs/", board.origin())]);
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    assert!(app.path("conf/jobrounds/boards/lakes.toml").is_file());
    let listed = run(&["board", "list"]);
    assert!(String::from_utf8(listed.stdout).unwrap().contains("lakes"));
}

#[test]
fn a_report_is_redacted_and_read_again_elsewhere() {
    let board = talkative();
    let app = TestApp::new(&format!("[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", board.origin()));
    let ran = app.run(&["board", "check", "lakes", "--report", "report.json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = std::fs::read_to_string(app.path("report.json")).unwrap();
    assert_nothing_private(&text);
    let bundle: Value = serde_json::from_str(&text).unwrap();
    let kinds: Vec<&Value> = bundle["exchanges"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["list", "detail"], "{bundle:#}");
    assert_eq!(bundle["exchanges"][0]["headers"], json!([["content-type", "text/html"], ["server", "nginx"]]));
    assert_eq!(bundle["exchanges"][0]["reading"]["postings"], 3);
    assert_eq!(bundle["exchanges"][1]["reading"]["first"][0]["hiring_organization"], "Lakemont Regional Hospital");
    board.forget();
    let again = app.run(&["board", "check", "--from-report", "report.json", "--fixtures", "made", "--format", "json"]);
    assert_eq!((again.code, board.asked().len()), (0, 0), "{again:?}");
    assert_eq!(again.json()[0]["now"]["postings"], 3, "{again:?}");
    assert_eq!(again.json()[0]["now"], again.json()[0]["then"], "{again:?}");
    let made: Vec<String> = texts_under(&app.path("made")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(made, ["1-list.html", "2-detail.html", "expected.json"]);
    // A fixture can be read by `parse` as any saved answer can.
    let url = format!("{}/jobs/", board.origin());
    let parsed = app.run(&["parse", "--engine", "ymcareers", "--url", &url, "made/1-list.html"]);
    assert_eq!(parsed.lines().len(), 3, "{parsed:?}");
    // A mended file is tried on the same report.
    let table = app.run(&["board", "check", "lakes", "--from-report", "report.json"]);
    assert!(table.stdout.contains("then") && table.stdout.contains("now"), "{table:?}");
    assert_eq!(app.run(&["board", "check", "lakes", "--report", "report.json"]).code, 2, "nothing is overwritten");
}

#[test]
fn a_report_shows_what_each_tried_engine_was_answered() {
    let board = FakeBoard::start(|_| Reply::status(404));
    let mut pages = webscribble(board.origin(), &three());
    board.now_answers(move |asked| match asked.path.as_str() {
        path if path.starts_with("/jobs/") => {
            Reply::html("<html><body><h1>Welcome to our new home page</h1></body></html>")
        }
        _ => pages(asked),
    });
    let engines = "[\"ymcareers\", \"bti\", \"webscribble\"]";
    let app = TestApp::new(&format!("[boards.lakes]\nengines = {engines}\nbase_url = \"{}\"\n", board.origin()));
    let ran = app.run(&["board", "check", "lakes", "--report", "report.json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let bundle: Value = serde_json::from_str(&std::fs::read_to_string(app.path("report.json")).unwrap()).unwrap();
    let tried: Vec<&str> =
        bundle["exchanges"].as_array().unwrap().iter().map(|one| one["engine"].as_str().unwrap()).collect();
    assert_eq!(tried, ["ymcareers", "bti", "webscribble", "webscribble"], "{bundle:#}");
    assert!(bundle["exchanges"][0]["reading"]["refused"].is_string());
    assert_eq!(bundle["exchanges"][2]["reading"]["postings"], 3);
    assert_eq!(board.asked().iter().filter(|one| one.path == "/robots.txt").count(), 1);
}

#[test]
fn a_report_of_a_wall_and_of_a_host_that_asks_for_waits_tells_so() {
    let wall = "<html><body><iframe src=\"https://geo.captcha-delivery.com/captcha/\" title=\"DataDome CAPTCHA\"></iframe></body></html>";
    let walled = FakeBoard::start(move |asked| {
        if asked.path == "/robots.txt" { Reply::status(404) } else { Reply { status: 403, ..Reply::html(wall) } }
    });
    let app = TestApp::new(&format!("[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", walled.origin()));
    assert_eq!(app.run(&["board", "check", "lakes", "--report", "report.json"]).code, 1);
    let bundle: Value = serde_json::from_str(&std::fs::read_to_string(app.path("report.json")).unwrap()).unwrap();
    assert_eq!((&bundle["state"], &bundle["exchanges"][0]["status"]), (&json!("walled"), &json!(403)), "{bundle:#}");
    assert!(bundle["exchanges"][0]["body"].to_string().contains("captcha-delivery"), "{bundle:#}");
}

/// A board that redirects for good to another one, and has been polled before and after.
fn moved() -> (FakeBoard, FakeBoard, TestApp) {
    let old = FakeBoard::start(ymcareers(&three(), 100));
    let new = FakeBoard::start(ymcareers(&three(), 100));
    let mut app = TestApp::new(&format!("[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", old.origin()));
    assert_eq!(app.poll("lakes")["new"], 3);
    let to = new.origin().to_owned();
    old.now_answers(move |asked| Reply::status(301).with("Location", &format!("{to}{}", asked.path)));
    app.at("2026-11-24T12:00:00Z");
    let report = app.poll("lakes");
    assert_eq!(report["state"], "moved", "{report}");
    assert_eq!(new.asked().len(), 0, "nothing is followed without the operator");
    old.forget();
    (old, new, app)
}

#[test]
fn an_accepted_move_is_followed_with_the_same_postings() {
    let (old, new, mut app) = moved();
    let ran = app.run(&["board", "accept", "lakes"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!((1..=4).contains(&new.asked().len()), "the new home is probed first: {:?}", new.asked());
    assert!(ran.stdout.contains("YM Careers"), "{ran:?}");
    app.at("2026-11-24T18:00:00Z");
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["new"], &report["listed"]), (&json!("ok"), &json!(0), &json!(3)), "{report}");
    assert_eq!(old.asked().len(), 0);
    let shown = app.run(&["board", "show", "lakes"]).stdout;
    assert!(shown.contains(new.origin()) && shown.contains("moved from"), "{shown}");
    let job = app.run(&["show", "lakes/40000002", "--format", "json"]).json();
    assert!(job["postings"][0]["url"].as_str().unwrap().starts_with(new.origin()), "{job}");
    assert!(app.run(&["board", "check", "lakes"]).stdout.contains("ok"));
    assert_eq!(old.asked().len(), 0);
}

#[test]
fn an_acceptance_can_be_undone_and_is_void_once_the_configuration_names_another_address() {
    let (old, new, mut app) = moved();
    assert_eq!(app.run(&["board", "accept", "lakes", "--undo"]).code, 1, "nothing was accepted yet");
    assert_eq!(app.run(&["board", "accept", "lakes"]).code, 0);
    assert_eq!(app.run(&["board", "accept", "lakes"]).code, 1, "it has not moved again");
    assert_eq!(app.run(&["board", "accept", "lakes", "--undo"]).code, 0);
    new.forget();
    app.at("2026-11-25T18:00:00Z");
    assert_eq!(app.poll("lakes")["state"], "moved");
    assert_eq!(new.asked().len(), 0);
    assert!(!old.asked().is_empty());
    assert_eq!(app.run(&["board", "accept", "lakes"]).code, 0);
    let third = FakeBoard::start(ymcareers(&three(), 100));
    app.configure(&format!("[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", third.origin()));
    new.forget();
    assert_eq!(app.poll("lakes")["state"], "ok");
    assert_eq!(new.asked().len(), 0, "the configuration has the last word");
}

#[test]
fn postings_known_by_their_addresses_stay_the_same_after_a_move() {
    let page = |asked: &super::fake_board::Asked| {
        let rows: String = three()
            .iter()
            .map(|one| format!("<li class=job><a href=\"/o/{}\">{}</a></li>", one.title.replace(' ', "-"), one.title))
            .collect();
        if asked.path == "/robots.txt" { Reply::status(404) } else { Reply::html(format!("<ul>{rows}</ul>")) }
    };
    let (old, new) = (FakeBoard::start(page), FakeBoard::start(page));
    let rules = "[boards.lakes.html]\nitem = \"li.job\"\n[boards.lakes.html.fields]\ntitle = \"a\"\nurl = \"a\"\n";
    let mut app =
        TestApp::new(&format!("[boards.lakes]\nengine = \"html\"\nbase_url = \"{}/careers\"\n{rules}", old.origin()));
    assert_eq!(app.poll("lakes")["new"], 3);
    let to = new.origin().to_owned();
    old.now_answers(move |asked| Reply::status(308).with("Location", &format!("{to}{}", asked.path)));
    app.at("2026-11-24T12:00:00Z");
    assert_eq!(app.poll("lakes")["state"], "moved");
    assert_eq!(app.run(&["board", "accept", "lakes"]).code, 0);
    app.at("2026-11-24T18:00:00Z");
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["new"]), (&json!("ok"), &json!(0)), "{report}");
    assert!(new.paths().contains(&"/careers".to_owned()), "the path is kept");
}
