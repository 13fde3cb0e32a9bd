//! The daemon as a process: what it polls and when, how it stops, what a crash costs.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use super::app::TestApp;
use super::fake_board::{FakeBoard, Reply};
use super::vacancies::{bti_feed, three, ymcareers};

/// A daemon whose clock is a file.
pub struct Running<'a> {
    app: &'a TestApp,
    child: Child,
}

pub fn start(app: &TestApp) -> Running<'_> {
    let command = app.command(&["run"]);
    let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    let mut child = Command::new(command.get_program());
    // The standing clock gives way to the file.
    let kept = arguments.iter().enumerate().filter(|(at, _)| !matches!(at, 2 | 3)).map(|(_, argument)| argument);
    child.env_clear().env("JOBROUNDS__WEB__BIND", "127.0.0.1:0").current_dir(app.folder());
    child.args(["--clock-file", "clock"]).args(kept);
    let log = fs::OpenOptions::new().create(true).append(true).open(app.path("log")).unwrap();
    let child = child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
    Running { app, child }
}

fn clock(app: &TestApp, at: &str) {
    let at: DateTime<Utc> = at.parse().unwrap();
    set(app, at);
}

pub fn set(app: &TestApp, at: DateTime<Utc>) {
    fs::write(app.path("clock.new"), at.timestamp().to_string()).unwrap();
    fs::rename(app.path("clock.new"), app.path("clock")).unwrap();
}

impl Running<'_> {
    pub fn log(&self) -> String {
        let mut text = String::new();
        fs::File::open(self.app.path("log")).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Waits until the log says something so many times.
    pub fn says(&self, words: &str, times: usize) {
        let began = Instant::now();
        while self.log().matches(words).count() < times {
            assert!(began.elapsed() < Duration::from_mins(1), "`{words}` {times} times was not in:\n{}", self.log());
            sleep(Duration::from_millis(20));
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Asks it to stop; gives how long that took.
    pub fn stop(mut self) -> Duration {
        let began = Instant::now();
        self.signal("TERM");
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {}", self.log());
        began.elapsed()
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A test that fails leaves no daemon behind.
impl Drop for Running<'_> {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn feed(asked: &super::fake_board::Asked) -> Reply {
    if asked.path == "/robots.txt" {
        Reply::status(404)
    } else {
        Reply::xml(bti_feed("https://lakes.example", &three()))
    }
}

fn board_of(board: &FakeBoard, id: &str, more: &str) -> String {
    format!("[boards.{id}]\nengine = \"rss\"\nbase_url = \"{}/feed\"\n{more}", board.origin())
}

#[test]
fn what_is_due_is_polled_once_and_a_restart_polls_nothing() {
    let board = FakeBoard::start(feed);
    let app = TestApp::new(&board_of(&board, "lakes", "schedule = \"0 */6 * * *\"\n"));
    clock(&app, "2026-11-22T12:00:00Z");
    let daemon = start(&app);
    daemon.says("polled a board", 1);
    assert!(daemon.stop() < Duration::from_secs(10));
    board.forget();
    // 07:30 in New York is 12:30 UTC; the next of every six hours is 12:00, 17:00 UTC.
    clock(&app, "2026-11-22T12:30:00Z");
    let daemon = start(&app);
    daemon.says("next lakes at 2026-11-22 17:0", 1);
    sleep(Duration::from_millis(300));
    assert!(board.asked().is_empty());
    clock(&app, "2026-11-22T17:02:00Z");
    daemon.says("polled a board", 2);
    // Nine days asleep are caught up with by one poll.
    clock(&app, "2026-12-01T20:00:00Z");
    daemon.says("polled a board", 3);
    sleep(Duration::from_millis(300));
    assert_eq!(board.paths(), ["/feed", "/feed"]);
    daemon.stop();
}

#[test]
fn it_stops_in_the_middle_of_details_and_goes_on_there() {
    let mut pages = ymcareers(&three(), 100);
    let board = FakeBoard::start(move |asked| {
        let reply = pages(asked);
        if asked.path.starts_with("/job/") { reply.after(Duration::from_millis(700)) } else { reply }
    });
    let app = TestApp::new(&format!("[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{}\"\n", board.origin()));
    clock(&app, "2026-11-22T12:00:00Z");
    let daemon = start(&app);
    let began = Instant::now();
    while !board.paths().iter().any(|path| path.starts_with("/job/")) {
        assert!(began.elapsed() < Duration::from_mins(1), "{}", daemon.log());
        sleep(Duration::from_millis(10));
    }
    assert!(daemon.stop() < Duration::from_secs(10));
    let first: Vec<String> = board.paths();
    board.forget();
    clock(&app, "2026-11-22T12:03:00Z");
    let daemon = start(&app);
    daemon.says("polled a board", 2);
    daemon.stop();
    let second = board.paths();
    let details = |paths: &[String]| paths.iter().filter(|path| path.starts_with("/job/")).count();
    assert_eq!(details(&first) + details(&second), 3, "no page is asked for twice: {first:?} {second:?}");
    assert!(!second.iter().any(|path| path.starts_with("/jobs/")), "the list was read already: {second:?}");
}

#[test]
fn a_reload_takes_a_good_configuration_and_keeps_the_old_one_otherwise() {
    let (lakes, hills) = (FakeBoard::start(feed), FakeBoard::start(feed));
    let app = TestApp::new(&board_of(&lakes, "lakes", ""));
    clock(&app, "2026-11-22T12:00:00Z");
    let daemon = start(&app);
    daemon.says("polled a board", 1);
    app.configure("[boards.lakes]\nengin = \"rss\"\n");
    daemon.signal("HUP");
    daemon.says("the old one stays in force", 1);
    app.configure(&format!("{}{}", board_of(&lakes, "lakes", ""), board_of(&hills, "hills", "")));
    daemon.signal("HUP");
    daemon.says("board.id=hills", 1);
    assert_eq!(lakes.paths().len(), 1, "a board whose table did not change is not asked again");
    daemon.stop();
}

#[test]
fn a_second_daemon_or_poll_is_refused() {
    let board = FakeBoard::start(feed);
    let app = TestApp::new(&board_of(&board, "lakes", ""));
    clock(&app, "2026-11-22T12:00:00Z");
    let daemon = start(&app);
    daemon.says("polled a board", 1);
    let ran = app.run(&["poll"]);
    assert!(ran.code == 1 && ran.stderr.contains("in use by `jobrounds run`"), "{ran:?}");
    daemon.stop();
    assert_eq!(app.run(&["poll"]).code, 0);
}

#[test]
fn a_slow_board_keeps_no_other_waiting() {
    let slow =
        FakeBoard::start(|asked| feed(asked).after(Duration::from_secs(if asked.path == "/feed" { 8 } else { 0 })));
    let quick = FakeBoard::start(feed);
    let app =
        TestApp::new(&format!("{}{}", board_of(&slow, "a-slow", ""), board_of(&quick, "quick", "every = \"1h\"\n")));
    clock(&app, "2026-11-22T12:00:00Z");
    let daemon = start(&app);
    daemon.says("board.id=quick", 1);
    clock(&app, "2026-11-22T13:10:00Z");
    daemon.says("board.id=quick", 2);
    assert!(!daemon.log().contains("board.id=a-slow"), "{}", daemon.log());
    daemon.says("board.id=a-slow", 1);
    daemon.stop();
}

#[test]
fn crashes_lose_nothing_and_ask_for_nothing_inside_a_wait() {
    let asked_at = std::sync::Arc::new(std::sync::Mutex::new(Vec::<DateTime<Utc>>::new()));
    let clock_file: std::sync::Arc<std::sync::OnceLock<PathBuf>> = std::sync::Arc::default();
    let (noted, file) = (asked_at.clone(), clock_file.clone());
    let board = FakeBoard::start(move |asked| {
        if asked.path == "/robots.txt" {
            return Reply::status(404);
        }
        let seconds = fs::read_to_string(file.get().unwrap()).unwrap().trim().parse().unwrap();
        noted.lock().unwrap().push(DateTime::from_timestamp(seconds, 0).unwrap());
        // Every answer asks for forty minutes of rest.
        if noted.lock().unwrap().len() % 2 == 0 {
            Reply::status(503).with("Retry-After", "2400")
        } else {
            Reply::xml(bti_feed("https://lakes.example", &three())).with("Cache-Control", "max-age=2400")
        }
    });
    let app = TestApp::new(&board_of(&board, "lakes", "every = \"10m\"\n"));
    clock_file.set(app.path("clock")).unwrap();
    let mut now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
    for turn in 0..12 {
        set(&app, now);
        let daemon = start(&app);
        // A debug build takes its time to make the vocabulary ready.
        let runs = || fs::read_to_string(app.path("log")).is_ok_and(|log| log.matches("jobrounds runs").count() > turn);
        while !runs() {
            sleep(Duration::from_millis(10));
        }
        sleep(Duration::from_millis(100 + 37 * turn as u64));
        for _ in 0..3 {
            now += TimeDelta::minutes(7);
            set(&app, now);
            sleep(Duration::from_millis(60));
        }
        daemon.kill();
    }
    let asked = asked_at.lock().unwrap().clone();
    assert!(asked.len() >= 2, "{asked:?}");
    for pair in asked.windows(2) {
        assert!(
            pair[1] - pair[0] >= TimeDelta::minutes(40),
            "asked again after {}: {asked:?}\n{}",
            pair[1] - pair[0],
            fs::read_to_string(app.path("log")).unwrap()
        );
    }
    let doctor = app.run(&["doctor"]);
    assert!(doctor.stdout.contains("sound"), "{}", doctor.stdout);
    assert_eq!(app.run(&["search", "--format", "jsonl"]).lines().len(), 3);
}
