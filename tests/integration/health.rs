//! What boards do over days, and how that is told: the right state within one poll, a reason and a
//! remedy in words, and nothing hidden that was known.

use serde_json::{Value, json};

use super::app::TestApp;
use super::fake_board::{Asked, FakeBoard, Reply};
use super::vacancies::{bti_feed, three, ymcareers};

const LOGIN: &str = "<html><title>Login required</title></html>";
const CAPTCHA: &str = "<!DOCTYPE html><html><head><title>Security check</title></head><body>\
    <p>Please verify you are human.</p><div class=\"g-recaptcha\"></div></body></html>";

/// Answers every request for a list so, and robots.txt with nothing.
fn always(reply: Reply) -> impl FnMut(&Asked) -> Reply + Send {
    move |asked| if asked.path == "/robots.txt" { Reply::status(404) } else { reply.clone() }
}

/// Gives rows of a `json` board, each with an employer of its own and an end where one is given.
fn rows(ids: impl IntoIterator<Item = u32>, ends: Option<&str>) -> Value {
    let row =
        |id| json!({"id": id, "title": format!("Coder {id}"), "employer": format!("Hospital {id}"), "ends": ends});
    json!({"items": ids.into_iter().map(row).collect::<Vec<_>>()})
}

fn answers(board: &FakeBoard, body: &Value) {
    board.now_answers(always(Reply::json(body)));
}

/// Starts a `json` board and the program that polls it.
fn json_board() -> (FakeBoard, TestApp) {
    let board = FakeBoard::start(|_| Reply::status(404));
    let app = TestApp::new(&format!(
        "[boards.lakes]\nengine = \"json\"\nbase_url = \"{}\"\nlists = [\"/list\"]\n[boards.lakes.json]\n\
         items = \"/items\"\ntotal = \"/total\"\n[boards.lakes.json.fields]\nid = \"/id\"\ntitle = \"/title\"\n\
         employer = \"/employer\"\nvalid_through = \"/ends\"\n",
        board.origin()
    ));
    (board, app)
}

/// Polls at noon of a day of November 2026, or of December from 31 on.
fn on(app: &mut TestApp, day: u32) -> Value {
    at(app, day, 12)
}

fn at(app: &mut TestApp, day: u32, hour: u32) -> Value {
    let (month, day) = if day > 30 { (12, day - 30) } else { (11, day) };
    app.at(&format!("2026-{month}-{day:02}T{hour:02}:00:00Z"));
    app.poll("lakes")
}

/// Starts a `json` board that has shown twenty postings on each of five days, the last the fifth.
fn of_twenty() -> (FakeBoard, TestApp) {
    let (board, mut app) = json_board();
    answers(&board, &rows(1..=20, None));
    for day in 1..=5 {
        assert_eq!(on(&mut app, day)["state"], "ok");
    }
    (board, app)
}

fn open(app: &TestApp) -> usize {
    app.run(&["search", "--format", "jsonl", "--limit", "100"]).lines().len()
}

/// Asserts a state with words of its reason and its remedy, and that so many jobs are open as before.
fn told(app: &TestApp, report: &Value, state: &str, (why, remedy): (&str, &str), jobs: usize) {
    assert_eq!(report["state"], state, "{report}");
    assert!(report["why"].as_str().unwrap_or_default().contains(why), "{why:?} in {report}");
    assert!(report["remedy"].as_str().unwrap_or_default().contains(remedy), "{remedy:?} in {report}");
    assert_eq!((&report["closed"], open(app)), (&json!(0), jobs), "{report}");
}

fn shown(app: &TestApp) -> Value {
    app.run(&["board", "show", "lakes", "--format", "json"]).json()[0].clone()
}

/// Starts a board of three postings on an engine, polled once on November 22.
fn of_three(engine: &str) -> (FakeBoard, TestApp) {
    let board = FakeBoard::start(|_| Reply::status(404));
    let app = match engine {
        "json" => return json_of_three(),
        _ => TestApp::new(&format!("[boards.lakes]\nengine = \"{engine}\"\nbase_url = \"{}\"\n", board.origin())),
    };
    match engine {
        "ymcareers" => board.now_answers(ymcareers(&three(), 100)),
        _ => board.now_answers(always(Reply::xml(bti_feed(board.origin(), &three())))),
    }
    assert_eq!(app.poll("lakes")["new"], 3);
    (board, app)
}

fn json_of_three() -> (FakeBoard, TestApp) {
    let (board, mut app) = json_board();
    answers(&board, &rows(1..=3, None));
    assert_eq!(on(&mut app, 22)["new"], 3);
    (board, app)
}

#[test]
fn a_redesign_is_told_within_one_poll_with_what_was_seen() {
    let (board, mut app) = of_three("ymcareers");
    let page = "<!DOCTYPE html><html><head><title>Find your career</title></head><body><main>\
        <a href='/jobs/inpatient-coder'>Inpatient Coder</a><a href='/jobs/registrar'>Registrar</a></main></body></html>";
    board.now_answers(always(Reply::html(page)));
    let report = at(&mut app, 22, 18);
    told(&app, &report, "broken-format", ("its title is `Find your career`", "board check lakes --report FILE"), 3);
    let why = report["why"].as_str().unwrap();
    assert!(why.contains("2 links to `/jobs/…` stand there, but not in the known cards"), "{why}");
    assert!(why.contains("`/job/<slug>/<id>/`") && why.contains("bytes of text/html"), "{why}");
    board.now_answers(ymcareers(&three(), 100));
    let report = at(&mut app, 23, 6);
    assert_eq!((&report["state"], &report["why"]), (&json!("ok"), &json!(null)), "{report}");
}

#[test]
fn a_login_page_with_200_is_a_wall_for_every_engine() {
    for engine in ["ymcareers", "rss", "json"] {
        let (board, mut app) = of_three(engine);
        board.now_answers(always(Reply::html(LOGIN)));
        let report = at(&mut app, 22, 18);
        told(&app, &report, "walled", ("its title says `login required`", "asks for a login"), 3);
        let health = &shown(&app)["health"];
        assert_eq!((&health["asks_login"], &health["failures"]), (&json!(true), &json!(1)), "{engine}: {health}");
    }
}

#[test]
fn a_captcha_with_200_is_a_wall_for_every_engine() {
    for engine in ["ymcareers", "rss", "json"] {
        let (board, mut app) = of_three(engine);
        board.now_answers(always(Reply::html(CAPTCHA)));
        let report = at(&mut app, 22, 18);
        told(&app, &report, "walled", ("challenge page", "never evade"), 3);
    }
}

#[test]
fn a_redirect_to_a_login_and_a_401_ask_for_a_login_too() {
    let (board, mut app) = of_three("ymcareers");
    board.now_answers(|asked| match asked.path.as_str() {
        path if path.starts_with("/jobs/") => Reply::status(302).with("Location", "/account/login?next=jobs"),
        path if path.starts_with("/account/") => Reply::html("<html><title>Welcome</title><p>Choose.</p></html>"),
        _ => Reply::status(404),
    });
    let report = at(&mut app, 22, 18);
    told(&app, &report, "walled", ("redirects to `127.0.0.1/account/login`", "asks for a login"), 3);
    board.now_answers(always(Reply { status: 401, ..Reply::html("") }));
    let report = at(&mut app, 22, 20);
    told(&app, &report, "walled", ("answered 401", "ask its owner for access"), 3);
}

#[test]
fn a_list_of_a_fifth_closes_nothing_and_is_believed_after_three_days() {
    let (board, mut app) = of_twenty();
    answers(&board, &rows(1..=4, None));
    let report = on(&mut app, 6);
    told(
        &app,
        &report,
        "degraded",
        ("lists 4 postings since 2026-11-06; its median of 28 days is 20", "board check"),
        20,
    );
    let report = at(&mut app, 6, 18);
    told(&app, &report, "degraded", ("No posting is closed", "nothing is to be done"), 20);
    assert_eq!(shown(&app)["health"]["suspicion"], "few-rows");

    answers(&board, &rows(1..=20, None));
    let report = at(&mut app, 7, 6);
    assert_eq!((&report["state"], open(&app)), (&json!("ok"), 20), "{report}");

    answers(&board, &rows(1..=4, None));
    for day in [8, 9, 10] {
        let report = on(&mut app, day);
        told(&app, &report, "degraded", ("since 2026-11-08", ""), 20);
    }
    let report = on(&mut app, 11);
    told(&app, &report, "ok", ("taken for the new normal", ""), 20);
    let report = on(&mut app, 12);
    assert_eq!((&report["closed"], open(&app)), (&json!(16), 4), "{report}");
}

#[test]
fn a_field_that_vanishes_from_every_row_is_named_and_known_values_stay() {
    let (board, mut app) = of_twenty();
    let mut bare = rows(1..=20, None);
    for row in bare["items"].as_array_mut().unwrap() {
        row.as_object_mut().unwrap().remove("employer");
    }
    answers(&board, &bare);
    let report = on(&mut app, 6);
    told(&app, &report, "degraded", ("employer was read in 100 % of rows, now in 0 %", "selectors"), 20);
    assert_eq!(report["updated"], 0, "nothing that is known was blanked: {report}");
    let job = app.run(&["show", "lakes/7", "--format", "json"]).json();
    assert_eq!(job["hiring_organization"], "Hospital 7");
    answers(&board, &rows(1..=20, None));
    assert_eq!(on(&mut app, 7)["state"], "ok");
}

#[test]
fn ids_that_all_change_at_once_close_nothing_that_time() {
    let (board, mut app) = of_twenty();
    answers(&board, &rows(101..=120, None));
    let report = on(&mut app, 6);
    told(&app, &report, "degraded", ("every posting id changed at once", "--board lakes"), 40);
    assert_eq!(on(&mut app, 7)["state"], "ok");
    let report = on(&mut app, 8);
    assert_eq!((&report["closed"], open(&app)), (&json!(20), 20), "{report}");
}

#[test]
fn an_empty_list_is_suspect_for_as_long_as_postings_stand_open() {
    let (board, mut app) = of_twenty();
    answers(&board, &json!({"items": []}));
    for day in [6, 7, 14, 21] {
        let report = on(&mut app, day);
        told(&app, &report, "empty-suspect", ("although 20 of its postings stood open", "board check lakes"), 20);
    }
    answers(&board, &rows(1..=20, None));
    assert_eq!(on(&mut app, 22)["state"], "ok");
    let changes = shown(&app)["changes"].clone();
    let told: Vec<_> =
        changes.as_array().unwrap().iter().map(|one| (one["from"].as_str(), one["to"].as_str())).collect();
    assert_eq!(
        told,
        [(Some("empty-suspect"), Some("ok")), (Some("ok"), Some("empty-suspect")), (Some("unknown"), Some("ok"))]
    );
}

#[test]
fn a_boards_own_word_that_it_has_none_is_believed_after_a_week_once_all_have_ended() {
    let (board, mut app) = json_board();
    answers(&board, &rows(1..=9, Some("2026-11-10")));
    for day in 1..=5 {
        on(&mut app, day);
    }
    answers(&board, &json!({"items": [], "total": 0}));
    let report = on(&mut app, 6);
    told(&app, &report, "empty-suspect", ("says that it has no postings", "close by their own dates"), 9);
    let report = on(&mut app, 12);
    assert_eq!((&report["state"], open(&app)), (&json!("empty-suspect"), 0), "{report}");
    let report = on(&mut app, 13);
    assert_eq!(report["state"], "empty", "{report}");
    assert!(report["why"].as_str().unwrap().contains("says itself since 2026-11-06"), "{report}");
}

#[test]
fn a_list_that_is_not_there_is_parked_after_two_weeks_and_well_again_in_one_poll() {
    for (status, state, remedy) in
        [(404, "broken-format", "address of its list has changed"), (410, "gone", "[boards.lakes]")]
    {
        let (board, mut app) = of_twenty();
        board.now_answers(always(Reply::status(status)));
        let report = on(&mut app, 6);
        told(&app, &report, state, (&format!("answered {status}"), remedy), 20);
        let report = on(&mut app, 13);
        told(&app, &report, state, ("so since 2026-11-06", remedy), 20);
        assert!(!app.run(&["board", "show", "lakes"]).stdout.contains("parked"));
        let report = on(&mut app, 20);
        told(&app, &report, state, ("parked after 14 days: asked once a week", remedy), 20);
        let text = app.run(&["board", "show", "lakes"]).stdout;
        assert!(text.contains("parked  yes: asked once a week"), "{text}");
        assert!(text.contains(&format!("2026-11-06 12:00 UTC, ok -> {state}")), "{text}");
        let parked = shown(&app)["changes"][0].clone();
        assert_eq!((&parked["from"], &parked["to"]), (&json!(state), &json!(state)), "parking is told: {parked}");
        answers(&board, &rows(1..=20, None));
        let report = on(&mut app, 21);
        assert_eq!((&report["state"], &report["why"]), (&json!("ok"), &json!(null)), "{report}");
        assert_eq!(shown(&app)["health"]["lost"], json!(null));
    }
}

#[test]
fn an_unchanged_answer_is_a_round_like_any_other() {
    let (board, mut app) = of_three("ymcareers");
    board.forget();
    let report = at(&mut app, 23, 12);
    assert_eq!(report["not_modified"], 1, "{report}");
    let rounds = shown(&app)["rounds"].clone();
    let [latest, first] = rounds.as_array().unwrap().as_slice() else { panic!("{rounds}") };
    assert_eq!((&latest["listed"], &latest["lists"]), (&first["listed"], &first["lists"]));
    assert_eq!((&first["lists"]["employer"], &first["new"], &latest["new"]), (&json!(3), &json!(3), &json!(0)));
    assert_eq!((&first["details"]["description"], &latest["details"]["rows"]), (&json!(3), &json!(0)));
    assert_eq!(latest["newest"], "2026-11-18");
}

#[test]
fn a_permanent_redirect_within_the_site_is_advice_and_no_complaint() {
    let (board, app) = json_board();
    board.now_answers(|asked| match asked.path.as_str() {
        "/list" => Reply::status(301).with("Location", "/careers/list"),
        "/careers/list" => Reply::json(&rows(1..=3, None)),
        _ => Reply::status(404),
    });
    let ran = app.run(&["poll", "lakes"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("/careers/list for good") && ran.stderr.contains("[boards.lakes]"), "{ran:?}");
    // The answer is the same the second time, and so is the advice.
    assert!(app.poll("lakes")["why"].as_str().unwrap().contains("/careers/list for good"));
}

#[test]
fn details_that_ask_for_a_login_degrade_the_board_and_keep_its_rows() {
    let board = FakeBoard::start(|_| Reply::status(404));
    let mut pages = ymcareers(&three(), 100);
    board.now_answers(move |asked| if asked.path.starts_with("/job/") { Reply::html(LOGIN) } else { pages(asked) });
    let app = TestApp::new(&format!("[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", board.origin()));
    let report = app.poll("lakes");
    told(&app, &report, "degraded", ("its details fail: a login page", "rows are kept and searchable"), 3);
}

/// Starts a board for each state and gives the program that polls them all.
fn of_every_state() -> (Vec<FakeBoard>, TestApp) {
    let feed = |origin: &str| Reply::xml(bti_feed(origin, &three()));
    let names = ["fine", "none", "hushed", "half", "walled", "login", "moved", "over", "redone", "off"];
    let boards: Vec<FakeBoard> = names.iter().map(|_| FakeBoard::start(|_| Reply::status(404))).collect();
    let table = |(name, board): (&&str, &FakeBoard)| {
        let off = if *name == "off" { "enabled = false\n" } else { "" };
        format!("[boards.{name}]\nengine = \"rss\"\nbase_url = \"{}\"\n{off}", board.origin())
    };
    let text: String = names.iter().zip(&boards).map(table).collect();
    let mut app = TestApp::new(&text);
    app.at("2026-11-19T06:00:00Z");
    for board in &boards {
        board.now_answers(always(feed(board.origin())));
    }
    let empty = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Jobs</title></channel></rss>";
    boards[1].now_answers(always(Reply::xml(empty)));
    app.run(&["poll"]);
    let answers = [
        (2, Reply::xml(empty)),
        (3, Reply::status(500)),
        (4, Reply { status: 403, ..Reply::html(CAPTCHA) }),
        (5, Reply::html(LOGIN)),
        (6, Reply::status(301).with("Location", "https://jobs.elsewhere.example/feed")),
        (7, Reply::status(410)),
        (8, Reply::html("<html><title>New site</title><a href='/careers/coder'>Coder</a></html>")),
    ];
    for (at, reply) in answers {
        boards[at].now_answers(always(reply));
    }
    app.at("2026-11-20T12:00:00Z");
    app.run(&["poll"]);
    app.at("2026-11-22T12:00:00Z");
    (boards, app)
}

#[test]
fn the_list_of_boards_tells_each_state_its_reason_and_its_remedy() {
    let (boards, app) = of_every_state();
    let mut text = app.run(&["board", "list"]).stdout;
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    for board in &boards {
        // The ports differ from run to run and their lengths do not.
        let host = board.origin().trim_start_matches("http://");
        assert_eq!(host.len(), "127.0.0.1:00000".len(), "{host}");
        text = text.replace(host, "127.0.0.1:00000");
    }
    insta::assert_snapshot!(text);
}
