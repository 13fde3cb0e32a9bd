//! Feeds and digests made of the database: every form, and the same bytes every time.

use std::collections::BTreeSet;

use super::app::TestApp;
use super::fake_board::{FakeBoard, Reply};
use super::vacancies::{three, ymcareers};

/// A database of three polled jobs, and one board that cannot be read.
fn stocked() -> TestApp {
    let good = FakeBoard::start(ymcareers(&three(), 100));
    let walled = FakeBoard::start(|_| Reply { status: 403, ..Reply::html("<title>Just a moment...</title>") });
    let app = TestApp::new(&format!(
        "[boards.lakes]\nname = \"Lakes Careers\"\nengine = \"ymcareers\"\nbase_url = \"{}\"\n\
         [boards.hills]\nname = \"Hills Jobs\"\nengine = \"bti\"\nbase_url = \"{}\"\n",
        good.origin(),
        walled.origin()
    ));
    assert_eq!(app.run(&["poll"]).code, 1);
    app
}

const TITLES: [&str; 3] = ["Inpatient Coder", "Cancer Registrar", "Release of Information Specialist"];

fn written(app: &TestApp, name: &str) -> Vec<u8> {
    let ran = app.run(&["feed", name]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    std::fs::read(app.path(name)).unwrap()
}

#[test]
fn feeds_in_three_forms_hold_the_same_jobs_under_the_same_ids() {
    let app = stocked();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for name in ["jobs.rss", "jobs.atom", "jobs.json"] {
        let bytes = written(&app, name);
        assert_eq!(written(&app, name), bytes, "{name} is the same twice");
        let feed = feed_rs::parser::parse(bytes.as_slice()).unwrap();
        let titles: Vec<String> =
            feed.entries.iter().map(|entry| entry.title.as_ref().unwrap().content.clone()).collect();
        for title in TITLES {
            assert!(titles.iter().any(|shown| shown.contains(title)), "{name}: {titles:?}");
        }
        assert!(feed.entries.iter().all(|entry| entry.links.iter().any(|link| link.href.contains("/job/"))), "{name}");
        let own: BTreeSet<String> = feed.entries.into_iter().map(|entry| entry.id).collect();
        assert_eq!(own.len(), 3, "{name}");
        assert!(ids.is_empty() || ids == own, "{name}: {ids:?} {own:?}");
        ids = own;
    }
    let leftovers = std::fs::read_dir(app.folder())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "part"));
    assert_eq!(leftovers.count(), 0);
}

#[test]
fn the_calendar_keeps_to_its_format() {
    let app = stocked();
    let text = String::from_utf8(written(&app, "closing.ics")).unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"), "{text}");
    assert!(text.split_terminator("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 3);
    assert!(text.contains("20270201") || text.contains("20270202"), "the closing date: {text}");
}

#[test]
fn a_feed_goes_to_stdout_and_takes_filters_and_a_form() {
    let app = stocked();
    let ran = app.run(&["--format", "atom", "feed", "-", "--employer", "Lakemont"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("<feed") && ran.stdout.contains("Inpatient Coder"), "{ran:?}");
    assert!(!ran.stdout.contains("Cancer Registrar"));
    assert!(!app.path("-").exists());
}

#[test]
fn a_digest_names_the_jobs_and_the_board_that_could_not_be_read() {
    let app = stocked();
    let text = app.run(&["digest", "preview"]);
    assert_eq!(text.code, 0, "{text:?}");
    let html = app.run(&["digest", "preview", "--format", "html"]).stdout;
    for title in TITLES {
        assert!(text.stdout.contains(title) && html.contains(title), "{title}");
    }
    assert!(text.stdout.contains("Hills Jobs") && html.contains("Hills Jobs"), "{text:?}");
    assert!(html.contains("<html") && !html.contains("<script"), "{html}");
    assert!(text.stdout.lines().all(|line| line.chars().count() <= 78 || line.contains("http")), "{}", text.stdout);
}

#[test]
fn a_mail_has_both_parts_and_is_the_same_twice() {
    let app = stocked();
    let arguments = ["digest", "preview", "--format", "eml", "--to", "reader@example.edu"];
    let mail = app.run(&arguments).stdout;
    assert_eq!(app.run(&arguments).stdout, mail);
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    for header in [
        "From: ",
        "To: reader@example.edu",
        "Subject: ",
        "Date: ",
        "Message-ID: <",
        "MIME-Version: 1.0",
        "multipart/alternative",
    ] {
        assert!(head.contains(header), "{header} in {head}");
    }
    assert!(body.contains("text/plain") && body.contains("text/html"));
    assert!(mail.split("\r\n").all(|line| line.len() <= 998 && !line.contains('\n')));
}

#[test]
fn a_digest_written_twice_is_one_mail() {
    let app = stocked();
    let first = app.run(&["digest", "preview", "--out", "outbox"]);
    let second = app.run(&["digest", "preview", "--out", "outbox"]);
    assert_eq!((first.code, &first.stdout), (0, &second.stdout));
    assert!(app.path(first.stdout.trim()).is_file(), "{first:?}");
    let mails = std::fs::read_dir(app.path("outbox")).unwrap();
    let mails: Vec<_> =
        mails.map(|entry| entry.unwrap().path()).filter(|path| path.extension().unwrap() == "eml").collect();
    assert_eq!(mails.len(), 1, "{mails:?}");
}

#[test]
fn what_was_first_seen_before_is_not_news() {
    let mut app = stocked();
    app.at("2026-12-02T12:00:00Z");
    let text = app.run(&["digest", "preview", "--since", "7d"]).stdout;
    assert!(TITLES.iter().all(|title| !text.contains(title)), "{text}");
    let wider = app.run(&["digest", "preview", "--since", "30d"]).stdout;
    assert!(TITLES.iter().all(|title| wider.contains(title)), "{wider}");
}
