//! Whole flows with alert mails: a Maildir, an mbox file, mails beside web pages, and what must not
//! happen: a mail read twice, lost, marked, or its reader's keys kept.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::app::TestApp;
use super::fake_board::{FakeBoard, Reply};
use super::vacancies::{Vacancy, three, ymcareers};

const SENDER: &str = "alerts@careers.example.org";

/// One alert mail, with the links that such mails have beside those to postings.
pub fn alert(id: &str, date: &str, from: &str, jobs: &[(String, &str, &str, &str)]) -> String {
    let cards: String = jobs
        .iter()
        .map(|(link, title, employer, place)| {
            let wrapped: String = url::form_urlencoded::byte_serialize(link.as_bytes()).collect();
            format!(
                "<tr><td><a href=\"https://click.tracker.example/?url={wrapped}&amp;k=SECRETclick0123456789\">{title}</a>\
                 <br>{employer}<br>{place}</td></tr>\n"
            )
        })
        .collect();
    format!(
        "From: Careers <{from}>\nTo: maria@students.example\nSubject: New jobs\nDate: {date}\nMessage-ID: <{id}@m.example>\n\
         MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nX-Jobrounds-Fixture: inferred\n\n\
         <table><tr><td>Dear Maria</td></tr>{cards}\
         <tr><td><a href=\"https://careers.example.org/unsubscribe?t=SECRETunsub0123456789\">Unsubscribe</a>\n\
         <a href=\"https://careers.example.org/jobseeker/login/?t=SECRETlogin0123456789\">Log in</a></td></tr></table>\n"
    )
}

const MONDAY: &str = "Mon, 16 Nov 2026 08:00:00 -0500";
const FRIDAY: &str = "Fri, 20 Nov 2026 08:00:00 -0500";

fn job(origin: &str, vacancy: &Vacancy) -> (String, &'static str, &'static str, &'static str) {
    let words = match vacancy.id {
        40_000_001 => ("Inpatient Coder", "Lakemont Regional Hospital"),
        40_000_002 => ("Cancer Registrar", "Ashgrove Cancer Institute"),
        _ => ("Release of Information Specialist", "Saint Brennan Health"),
    };
    (format!("{origin}{}", vacancy.path()), words.0, words.1, "Columbus, OH, United States")
}

fn maildir(app: &TestApp) -> PathBuf {
    let root = app.path("alerts");
    for name in ["new", "cur", "tmp"] {
        fs::create_dir_all(root.join(name)).unwrap();
    }
    root
}

fn board(more: &str) -> String {
    format!(
        "[boards.lakes]\nengine = \"email\"\nbase_url = \"https://careers.example.org\"\n\
         [boards.lakes.mail]\nsource = \"alerts\"\nsenders = [\"{SENDER}\"]\n{more}"
    )
}

/// An application whose Maildir holds one alert of three jobs.
fn with_maildir(more: &str) -> (TestApp, PathBuf) {
    let app = TestApp::new(&board(more));
    let root = maildir(&app);
    let jobs: Vec<_> = three().iter().map(|one| job("https://careers.example.org", one)).collect();
    fs::write(root.join("new/1763300000.a.host"), alert("1", MONDAY, SENDER, &jobs)).unwrap();
    (app, root)
}

fn files(root: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for name in ["new", "cur"] {
        let read = fs::read_dir(root.join(name)).unwrap();
        all.extend(read.map(|entry| format!("{name}/{}", entry.unwrap().file_name().into_string().unwrap())));
    }
    all.sort();
    all
}

fn ids(app: &TestApp) -> Vec<String> {
    let jobs = app.run(&["search", "--status", "all", "--format", "jsonl"]);
    let mut ids: Vec<String> = jobs
        .lines()
        .iter()
        .map(|job| job["postings"][0]["posting_id"].as_str().unwrap_or_default().to_owned())
        .collect();
    ids.sort();
    ids
}

/// Gives every octet that the database holds, its log included.
fn database(app: &TestApp) -> Vec<u8> {
    let mut bytes = Vec::new();
    for name in ["test.db", "test.db-wal"] {
        bytes.extend(fs::read(app.path(name)).unwrap_or_default());
    }
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

#[test]
fn a_maildir_is_read_once_and_left_as_it_was() {
    let (mut app, root) = with_maildir("");
    let before = files(&root);
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["engine"]), (&json!("ok"), &json!("email")), "{report}");
    for (key, count) in [("mails", 1), ("listed", 3), ("new", 3), ("requests", 0), ("robots_requests", 0)] {
        assert_eq!(report[key], count, "{key} in {report}");
    }
    assert_eq!(ids(&app), ["40000001", "40000002", "40000003"]);
    let job = app.run(&["show", "lakes/40000002", "--format", "json"]).json();
    assert_eq!(job["hiring_organization"], "Ashgrove Cancer Institute");
    assert_eq!(
        (&job["job_location"][0]["region"], &job["url"]),
        (&json!("OH"), &json!("https://careers.example.org/job/cancer-registrar/40000002/"))
    );
    assert_eq!(files(&root), before, "nothing is moved, marked or deleted unless it is told");

    app.at("2026-11-23T12:00:00Z");
    let report = app.poll("lakes");
    for key in ["mails", "listed", "parsed", "new", "updated", "closed"] {
        assert_eq!(report[key], 0, "{key} in {report}");
    }
    assert_eq!(report["state"], "ok", "{report}");
    // A mail program moves a mail that was looked at; its name's beginning stays.
    fs::rename(root.join("new/1763300000.a.host"), root.join("cur/1763300000.a.host:2,S")).unwrap();
    // And a copy of it in the same mailbox is known by its Message-ID.
    fs::copy(root.join("cur/1763300000.a.host:2,S"), root.join("new/1763300009.b.host")).unwrap();
    let report = app.poll("lakes");
    assert_eq!((&report["mails"], &report["parsed"]), (&json!(0), &json!(0)), "{report}");
}

#[test]
fn an_mbox_file_is_read_on_from_where_it_was_left() {
    let mut app = TestApp::new(&board(""));
    let [one, two, three] = three().try_into().unwrap_or_else(|_| panic!("three"));
    let at = |vacancy: &Vacancy| job("https://careers.example.org", vacancy);
    let mut text = format!("From a@b Mon Nov 16 08:00:00 2026\n{}\n", alert("1", MONDAY, SENDER, &[at(&one)]));
    fs::write(app.path("alerts"), &text).unwrap();
    assert_eq!(app.poll("lakes")["new"], 1);
    text += &format!("From a@b Fri Nov 20 08:00:00 2026\n{}\n", alert("2", FRIDAY, SENDER, &[at(&one), at(&two)]));
    fs::write(app.path("alerts"), &text).unwrap();
    let report = app.poll("lakes");
    assert_eq!((&report["mails"], &report["new"], &report["unchanged"]), (&json!(1), &json!(1), &json!(1)), "{report}");
    // The file is written anew, shorter: what it holds of old mails is known.
    let text = format!(
        "From a@b x\n{}\nFrom a@b x\n{}\n",
        alert("2", FRIDAY, SENDER, &[at(&two)]),
        alert("3", FRIDAY, SENDER, &[at(&three)])
    );
    fs::write(app.path("alerts"), text).unwrap();
    app.at("2026-11-24T12:00:00Z");
    let report = app.poll("lakes");
    assert_eq!((&report["mails"], &report["new"]), (&json!(1), &json!(1)), "{report}");
    assert_eq!(ids(&app).len(), 3);
}

#[test]
fn other_senders_are_passed_over_and_counted() {
    let (app, root) = with_maildir("");
    let forged = alert(
        "9",
        FRIDAY,
        "alerts@careers.example.org.evil.example",
        &[("https://careers.example.org/job/x/41111111/".into(), "Forged Coder", "Evil", "Reno, NV")],
    );
    fs::write(root.join("new/1763300001.c.host"), forged.replace("Careers <", "\"alerts@careers.example.org\" <"))
        .unwrap();
    let report = app.poll("lakes");
    assert_eq!(
        (&report["mails"], &report["mails_ignored"], &report["new"]),
        (&json!(1), &json!(1), &json!(3)),
        "{report}"
    );
    assert_eq!(app.poll("lakes")["mails_ignored"], 0, "it is counted once");
    // Once its sender is allowed it is read.
    app.configure(&board("").replace(SENDER, &format!("{SENDER}\", \"@careers.example.org.evil.example")));
    let report = app.poll("lakes");
    assert_eq!((&report["mails"], &report["new"]), (&json!(1), &json!(1)), "{report}");
}

#[test]
fn the_readers_keys_are_nowhere_in_the_database() {
    let (app, root) = with_maildir("");
    let riddle = "https://u7.ct.sendgrid.net/ls/click?upn=u001.SECRETriddle0123456789AbCd";
    let text = format!(
        "From: {SENDER}\nDate: {FRIDAY}\nMessage-ID: <SECRETid@students.example>\nContent-Type: text/html\n\n\
         <table><tr><td><a href='{riddle}'>Tumor Registrar</a></td><td>Brightwater System</td><td>Tulsa, OK</td></tr></table>\
         <a href='{riddle}u'>Unsubscribe maria@students.example</a>\n"
    );
    fs::write(root.join("new/1763300002.d.host"), text).unwrap();
    let report = app.poll("lakes");
    assert_eq!((&report["mails"], &report["new"]), (&json!(2), &json!(4)), "{report}");
    let titles = app.run(&["search", "registrar", "--format", "jsonl"]).lines();
    let riddle = titles.iter().find(|job| job["title"] == "Tumor Registrar").unwrap();
    assert_eq!((&riddle["url"], &riddle["hiring_organization"]), (&Value::Null, &json!("Brightwater System")));
    // Bodies are compressed in the database, so that its texts are looked at as well.
    let exported = app.run(&["export"]).stdout;
    for secret in ["SECRET", "unsubscribe", "tracker.example", "sendgrid", "students.example", "maria"] {
        assert!(!holds(&database(&app), secret), "{secret} is in the database");
        assert!(!holds(exported.as_bytes(), secret), "{secret} is exported");
        assert!(!holds(report.to_string().as_bytes(), secret), "{secret} is reported");
    }
}

/// Configures one YM Careers board with a mailbox beside its web pages.
fn beside(origin: &str) -> TestApp {
    TestApp::new(&format!(
        "[boards.lakes]\nengine = \"ymcareers\"\nbase_url = \"{origin}\"\n\
         [boards.lakes.mail]\nsource = \"alerts\"\nsenders = [\"{SENDER}\"]\n"
    ))
}

#[test]
fn both_ways_meet_in_one_posting() {
    let web = FakeBoard::start(ymcareers(&three()[..2], 100));
    let app = beside(web.origin());
    let root = maildir(&app);
    let jobs: Vec<_> = three().iter().map(|one| job(web.origin(), one)).collect();
    fs::write(root.join("new/1.a"), alert("1", MONDAY, SENDER, &jobs)).unwrap();
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["new"], &report["mails"]), (&json!("ok"), &json!(3), &json!(1)), "{report}");
    // The third is on no list; its details are asked for all the same, and are not there.
    assert!(web.paths().iter().any(|path| path.contains("40000003")), "{:?}", web.paths());
    assert_eq!(ids(&app), ["40000001", "40000002", "40000003"]);
    let whole = app.run(&["show", "lakes/40000001", "--format", "json"]).json();
    assert_eq!(whole["postings"].as_array().unwrap().len(), 1);
    assert!(whole["description_text"].as_str().unwrap().contains("RHIT or CCS"), "the details were asked for");
    // A later mail says less, and otherwise; it changes nothing.
    let lesser = (format!("{}/job/x/40000001/", web.origin()), "Coder (see site)", "LRH", "Ohio");
    fs::write(root.join("new/2.b"), alert("2", FRIDAY, SENDER, &[lesser])).unwrap();
    let report = app.poll("lakes");
    assert_eq!(
        (&report["mails"], &report["updated"], &report["closed"]),
        (&json!(1), &json!(0), &json!(0)),
        "{report}"
    );
    let after = app.run(&["show", "lakes/40000001", "--format", "json"]).json();
    assert_eq!((&after["title"], &after["description_text"]), (&whole["title"], &whole["description_text"]));
}

#[test]
fn a_riddle_and_the_boards_own_row_are_one_job() {
    let web = FakeBoard::start(ymcareers(&three(), 100));
    let app = beside(web.origin());
    let root = maildir(&app);
    let text = format!(
        "From: {SENDER}\nDate: {FRIDAY}\nMessage-ID: <7@m>\nContent-Type: text/html\n\n<table><tr>\
         <td><a href='https://t.example/c/AbCdEf0123456789AbCdEf01'>Inpatient Coder</a></td>\
         <td>Lakemont Regional Hospital</td><td>Columbus, OH</td></tr></table>\n"
    );
    fs::write(root.join("new/1.a"), text).unwrap();
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["new"]), (&json!("ok"), &json!(4)), "{report}");
    let jobs = app.run(&["search", "--format", "jsonl"]).lines();
    assert_eq!(jobs.len(), 3, "{jobs:?}");
    let coder = app.run(&["show", "lakes/40000001", "--format", "json"]).json();
    assert_eq!(coder["postings"].as_array().unwrap().len(), 2);
    assert_eq!(coder["url"], format!("{}/job/inpatient-coder/40000001/", web.origin()));
}

#[test]
fn mails_come_although_the_web_is_walled_and_nothing_is_absent_from_them() {
    let web = FakeBoard::start(|asked| {
        let wall = "<html><script src='https://geo.captcha-delivery.com/c.js'></script>DataDome</html>";
        if asked.path == "/robots.txt" { Reply::status(404) } else { Reply { status: 403, ..Reply::html(wall) } }
    });
    let mut app = beside(web.origin());
    let root = maildir(&app);
    let jobs: Vec<_> = three().iter().map(|one| job(web.origin(), one)).collect();
    fs::write(root.join("new/1.a"), alert("1", MONDAY, SENDER, &jobs)).unwrap();
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["new"]), (&json!("walled"), &json!(3)), "{report}");
    let why = report["why"].as_str().unwrap().to_owned();
    assert!(why.contains("; its alert mails are read"), "{why}");
    // The wall falls; the web shows two of the three, poll after poll.
    web.now_answers(ymcareers(&three()[..2], 100));
    for day in 23..28 {
        app.at(&format!("2026-11-{day}T12:00:00Z"));
        let report = app.poll("lakes");
        assert_eq!((&report["state"], &report["closed"]), (&json!("ok"), &json!(0)), "{report}");
        assert!(!report["why"].to_string().contains("alert mails"), "{report}");
    }
}

#[test]
fn a_failing_mailbox_hides_neither_the_web_nor_absence() {
    let web = FakeBoard::start(ymcareers(&three(), 100));
    let mut app = beside(web.origin());
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["new"]), (&json!("degraded"), &json!(3)), "{report}");
    assert!(report["why"].as_str().unwrap().contains("its web pages are read; its alert mails are not"), "{report}");
    assert!(report["remedy"].as_str().unwrap().contains("mail.source"), "{report}");
    web.now_answers(ymcareers(&three()[..2], 100));
    for (day, closed) in [(23, 0), (24, 1)] {
        app.at(&format!("2026-11-{day}T12:00:00Z"));
        assert_eq!(app.poll("lakes")["closed"], closed);
    }
    maildir(&app);
    app.at("2026-11-25T12:00:00Z");
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["why"]), (&json!("ok"), &Value::Null), "{report}");
}

#[test]
fn a_mailbox_that_falls_silent_or_vanishes_is_told_with_a_remedy() {
    let (mut app, root) = with_maildir("");
    app.poll("lakes");
    app.at("2026-12-08T12:00:00Z");
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["closed"]), (&json!("degraded"), &json!(0)), "{report}");
    assert!(report["why"].as_str().unwrap().contains("since 2026-11-16"), "{report}");
    assert!(report["remedy"].as_str().unwrap().contains("mail.senders"), "{report}");
    fs::remove_dir_all(&root).unwrap();
    let report = app.poll("lakes");
    assert_eq!(report["state"], "degraded", "{report}");
    assert!(report["remedy"].as_str().unwrap().contains("mail.source"), "{report}");
    // What no mail has named for four months is taken to be over; a new mail opens it again.
    maildir(&app);
    app.at("2027-03-20T12:00:00Z");
    assert_eq!(app.poll("lakes")["closed"], 3);
    let jobs: Vec<_> = three()[..1].iter().map(|one| job("https://careers.example.org", one)).collect();
    fs::write(root.join("new/9.z"), alert("99", "Fri, 19 Mar 2027 08:00:00 -0400", SENDER, &jobs)).unwrap();
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["reopened"]), (&json!("ok"), &json!(1)), "{report}");
}

#[test]
fn mails_are_marked_or_deleted_only_when_told_and_only_alerts() {
    let (app, root) = with_maildir("mark_seen = true\n");
    fs::write(root.join("new/2.other"), alert("2", FRIDAY, "friend@students.example", &[])).unwrap();
    fs::write(root.join("new/3.news"), alert("3", FRIDAY, SENDER, &[])).unwrap();
    let report = app.poll("lakes");
    assert_eq!(files(&root), ["cur/1763300000.a.host:2,S", "new/2.other", "new/3.news"], "{report}");
    assert!(report["problems"].to_string().contains("1 alert mails hold no posting"), "{report}");
    app.configure(&board("delete = true\n"));
    let jobs: Vec<_> = three()[..1].iter().map(|one| job("https://careers.example.org", one)).collect();
    fs::write(root.join("new/4.d"), alert("4", FRIDAY, SENDER, &jobs)).unwrap();
    app.run(&["board", "check", "lakes"]);
    assert!(root.join("new/4.d").exists(), "a look changes nothing");
    app.poll("lakes");
    assert_eq!(files(&root), ["cur/1763300000.a.host:2,S", "new/2.other", "new/3.news"]);
}

#[test]
fn a_poll_that_is_killed_neither_loses_nor_doubles_a_mail() {
    let app = TestApp::new(&board(""));
    let root = maildir(&app);
    for n in 0..400_u32 {
        let link = format!("https://careers.example.org/job/x/{}/", 42_000_000 + n);
        let (title, employer) = (format!("Coder {n}"), format!("Hospital {n}"));
        let text = alert(&n.to_string(), MONDAY, SENDER, &[(link, &title, &employer, "Reno, NV")]);
        fs::write(root.join(format!("new/{n:04}.k")), text).unwrap();
    }
    for pause in [60, 120, 200] {
        let mut child = app.command(&["poll", "lakes", "--quiet"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(pause));
        let _ = child.kill();
        child.wait().unwrap();
    }
    app.poll("lakes");
    let stored = ids(&app);
    assert_eq!(stored.len(), 400);
    assert_eq!(app.poll("lakes")["mails"], 0);
    assert_eq!(files(&root).len(), 400);
}

#[test]
fn a_mailbox_that_cannot_be_is_refused_by_the_configuration() {
    let app = TestApp::new("");
    for (table, word) in [
        ("source = \"imap://me@mail.example/INBOX\"\nsenders = [\"@a.example\"]", "in clear"),
        ("source = \"imaps://me:hunter2@mail.example/INBOX\"\nsenders = [\"@a.example\"]", "password_file"),
        ("source = \"x\"", "mail.senders"),
        ("source = \"x\"\nsenders = [\"@a.example\"]\nmark_sen = true", "did you mean `mark_seen`"),
        ("source = \"x\"\nsenders = [\"@a.example\"]\npassword_file = \"none\"", "mail.password_file"),
    ] {
        app.configure(&format!(
            "[boards.lakes]\nengine = \"email\"\nbase_url = \"https://a.example\"\n[boards.lakes.mail]\n{table}\n"
        ));
        let ran = app.run(&["config", "check"]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(word) && !ran.stderr.contains("hunter2"), "{word}: {}", ran.stderr);
    }
    app.configure("[boards.lakes]\nengine = \"email\"\nbase_url = \"https://a.example\"\n");
    assert!(app.run(&["config", "check"]).stderr.contains("`mail` is missing"));
}
