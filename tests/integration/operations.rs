//! What operators do: check, copy, restore, watch.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

use super::app::{Ran, TestApp};

/// A folder whose database holds jobs of these titles.
fn with_jobs(titles: &[&str]) -> TestApp {
    let app = TestApp::new(&format!("[web]\nbind = \"{}\"\n", free_address()));
    add(&app, titles);
    app
}

fn add(app: &TestApp, titles: &[&str]) {
    let line = |title: &str| {
        let address = title.replace(' ', "-");
        format!(
            "{{\"@type\":\"JobPosting\",\"identifier\":\"{address}\",\"title\":\"{title}\",\"url\":\"https://lakes.example/{address}\"}}\n"
        )
    };
    std::fs::write(app.path("jobs.jsonl"), titles.iter().map(|title| line(title)).collect::<String>()).unwrap();
    let ran = app.run(&["import", "jobs.jsonl", "--board", "lakes"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// An address at which nobody listens.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn titles(app: &TestApp) -> Vec<String> {
    let mut titles: Vec<String> = app
        .run(&["search", "--format", "jsonl"])
        .lines()
        .iter()
        .map(|job| job["title"].as_str().unwrap().to_owned())
        .collect();
    titles.sort();
    titles
}

fn said(ran: &Ran) -> String {
    format!("{}{}", ran.stdout, ran.stderr)
}

/// Names of files beside the database.
fn beside(app: &TestApp, part: &str) -> Vec<String> {
    let names = std::fs::read_dir(app.folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(part)).collect()
}

#[test]
fn a_backup_is_restored_and_what_stood_there_is_kept() {
    let app = with_jobs(&["Inpatient Coder"]);
    let ran = app.run(&["backup", "copy.db"]);
    assert!(ran.code == 0 && ran.stderr.contains("read it back"), "{ran:?}");
    assert_eq!(app.run(&["backup", "copy.db"]).code, 1, "a copy is never written over");
    add(&app, &["Registrar"]);
    let ran = app.run(&["restore", "copy.db"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stderr.contains("before-restore-20261122T120000Z") && ran.stderr.contains("mail begins paused"),
        "{ran:?}"
    );
    assert_eq!(titles(&app), ["Inpatient Coder"]);
    let kept = app.path("test.db.before-restore-20261122T120000Z");
    let ran = app.run(&["--db", kept.to_str().unwrap(), "search", "--format", "jsonl"]);
    assert_eq!(ran.lines().len(), 2, "{ran:?}");
    assert!(beside(&app, ".restoring").is_empty() && beside(&app, ".partial").is_empty());
    let ran = app.run(&["doctor"]);
    assert!(ran.stdout.contains("warn restored") && ran.code == 0, "{ran:?}");
}

#[test]
fn restoring_into_an_empty_folder_makes_the_database() {
    let app = with_jobs(&["Inpatient Coder"]);
    assert_eq!(app.run(&["backup", "copy.db"]).code, 0);
    std::fs::remove_file(app.path("test.db")).unwrap();
    let ran = app.run(&["restore", "copy.db"]);
    assert!(ran.code == 0 && !ran.stderr.contains("before-restore"), "{ran:?}");
    assert_eq!(titles(&app), ["Inpatient Coder"]);
}

#[test]
fn what_is_no_backup_is_refused_and_nothing_is_touched() {
    let app = TestApp::new("");
    app.run(&["poll"]);
    let before = std::fs::read(app.path("test.db")).unwrap();
    for (name, content) in [("empty", ""), ("letter", "Dear office, this is no database, however long it gets.")] {
        std::fs::write(app.path(name), content).unwrap();
        let ran = app.run(&["restore", name]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stderr.contains(&format!("`{name}` is no backup of a jobrounds database")), "{ran:?}");
    }
    assert_eq!(std::fs::read(app.path("test.db")).unwrap(), before);
}

#[test]
fn nothing_is_restored_or_polled_while_a_daemon_holds_the_database() {
    let app = with_jobs(&["Inpatient Coder"]);
    assert_eq!(app.run(&["backup", "copy.db"]).code, 0);
    let mut lock = File::create(app.path("test.db.lock")).unwrap();
    lock.lock().unwrap();
    writeln!(lock, "`jobrounds run`, process 4711, since 2026-11-22T11:00:00Z").unwrap();
    for arguments in [&["restore", "copy.db"][..], &["poll"]] {
        let ran = app.run(arguments);
        let told = ran.stderr.contains("in use by `jobrounds run`, process 4711, since 2026-11-22T11:00:00Z");
        assert!(ran.code == 1 && told, "{ran:?}");
    }
    let ran = app.run(&["doctor"]);
    assert!(ran.stdout.contains("held by `jobrounds run`"), "{ran:?}");
    assert!(ran.code == 1 && ran.stdout.contains("FAIL daemon: runs on this database"), "{ran:?}");
    drop(lock);
    assert_eq!(app.run(&["restore", "copy.db"]).code, 0, "a lock that nobody holds is only a file");
}

#[test]
fn an_older_program_refuses_a_newer_database_in_plain_words_whatever_it_is_asked() {
    let app = with_jobs(&["Inpatient Coder"]);
    assert_eq!(app.run(&["backup", "copy.db"]).code, 0);
    // The version stands in four bytes of the file's head, big-endian (sqlite.org/fileformat2).
    for name in ["test.db", "copy.db"] {
        let mut bytes = std::fs::read(app.path(name)).unwrap();
        bytes[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
        std::fs::write(app.path(name), bytes).unwrap();
    }
    let before = std::fs::read(app.path("test.db")).unwrap();
    let commands: [&[&str]; 6] =
        [&["search"], &["poll"], &["export"], &["backup", "other.db"], &["healthcheck"], &["restore", "copy.db"]];
    for arguments in commands {
        let ran = app.run(arguments);
        let told = said(&ran);
        assert!(
            ran.code == 1 && told.contains("has schema 9999") && told.contains("use the newer jobrounds"),
            "{told}"
        );
    }
    let ran = app.run(&["doctor"]);
    let told = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(ran.code == 1 && told.contains("FAIL database") && told.contains("has schema 9999"), "{ran:?}");
    assert_eq!(std::fs::read(app.path("test.db")).unwrap(), before, "and changes nothing");
}

/// Answers every connection with these words until the test ends.
fn daemon_that_says(status: &'static str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 1024];
            let _read = stream.read(&mut request);
            let _sent = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        }
    });
    address
}

#[test]
fn a_healthcheck_is_honest_about_what_it_has_asked() {
    let app = with_jobs(&["Inpatient Coder"]);
    let alone = app.run(&["healthcheck"]);
    assert!(alone.code == 0 && alone.stderr.contains("no daemon answers"), "{alone:?}");
    let must = app.run(&["healthcheck", "--daemon"]);
    assert!(must.code == 1 && must.stderr.contains("no daemon answers"), "{must:?}");
    let ready = daemon_that_says("200 OK", r#"{"ready":true,"checks":{},"version":"9.9.9"}"#);
    let with = |address: &str, arguments: &[&str]| {
        let output = app.command(arguments).env("JOBROUNDS__WEB__BIND", address).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(with(&ready, &["healthcheck", "--daemon"]), (Some(0), String::new()));
    assert!(with(&ready, &["doctor"]).1.contains("version 9.9.9 answers at"));
    let ill = daemon_that_says(
        "503 Service Unavailable",
        r#"{"ready":false,"checks":{"scheduler":{"ok":false,"why":"has not beaten for 99 s"}},"version":"9.9.9"}"#,
    );
    for arguments in [&["healthcheck"][..], &["healthcheck", "--daemon"]] {
        let (code, told) = with(&ill, arguments);
        assert!(code == Some(1) && told.contains("scheduler has not beaten for 99 s"), "{told}");
    }
    let other = daemon_that_says("200 OK", "<h1>A printer</h1>");
    let (code, told) = with(&other, &["healthcheck", "--daemon"]);
    assert!(code == Some(1) && told.contains("no jobrounds"), "{told}");
    std::fs::write(app.path("test.db"), vec![7; 50_000]).unwrap();
    assert_eq!(app.run(&["healthcheck"]).code, 1, "a damaged database is not well");
}

/// Takes out of doctor's words what differs from machine to machine.
fn steady(app: &TestApp, text: &str) -> String {
    let text = text.replace(&app.folder().display().to_string(), "[DIR]");
    let varying = [
        (r"127\.0\.0\.1:\d+", "[ADDRESS]"),
        (r"\d+ (kB|MB|GB|bytes)", "[SIZE]"),
        (r"compiled in, edition \w+", "compiled in, edition [EDITION]"),
    ];
    varying
        .iter()
        .fold(text, |text, (pattern, word)| regex::Regex::new(pattern).unwrap().replace_all(&text, *word).into_owned())
}

#[test]
fn doctor_looks_at_everything_and_says_what_to_do() {
    let app = with_jobs(&["Inpatient Coder"]);
    let ran = app.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
    // Paths are as long as the machine's temporary folder, so that lines break elsewhere.
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: Vec<String> = app
        .run(&["doctor", "--format", "jsonl"])
        .lines()
        .iter()
        .map(|finding| {
            let remedy = finding["remedy"].as_str().map(|remedy| format!(" → {remedy}")).unwrap_or_default();
            let [state, check, text] = ["state", "check", "text"].map(|key| finding[key].as_str().unwrap());
            assert!(words(&ran.stdout).contains(&words(text)), "{text} is not in {}", ran.stdout);
            format!("{state} {check}: {text}{remedy}")
        })
        .collect();
    insta::assert_snapshot!(steady(&app, &shown.join("\n")));
}

#[test]
fn doctor_names_what_is_wrong_with_a_remedy_each() {
    let lakes = "[boards.lakes]\nengine = \"rss\"\nbase_url = \"http://127.0.0.1:9/jobs.rss\"\n";
    let text = format!(
        "{lakes}[web]\nbind = \"{}\"\n[mail]\ntransport = \"smtp\"\nurl = \"smtps://mail.example.edu\"\n\
         password_file = \"smtp.password\"\n",
        free_address()
    );
    let mut app = TestApp::new("");
    std::fs::write(app.path("smtp.password"), "0123456789\n").unwrap();
    app.configure(&text);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(app.path("smtp.password"), std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    app.run(&["poll"]);
    app.at("2026-11-01T12:00:00Z");
    let ran = app.run(&["doctor", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let report = ran.json();
    assert_eq!(report["ok"], false);
    let findings = report["findings"].as_array().unwrap();
    let wrong = |check: &str, part: &str| {
        let found = findings.iter().find(|finding| {
            finding["check"] == check && finding["state"] != "ok" && finding["text"].as_str().unwrap().contains(part)
        });
        let found = found.unwrap_or_else(|| panic!("nothing about {check}: {part} in {report:#}"));
        assert!(found["remedy"].is_string() || check.starts_with("board"), "{found}");
    };
    wrong("clock", "it is 2026-11-01 12:00 UTC here, and something was stored at 2026-11-22");
    wrong("mail", "names no user");
    wrong("mail", "CAN-SPAM");
    wrong("secrets", "smtp.password");
    wrong("board lakes", "degraded since 2026-11-22");
    assert!(!ran.stdout.contains("0123456789"), "{}", ran.stdout);
}

#[test]
fn the_log_is_json_lines_where_that_is_asked_for() {
    let lakes =
        "[boards.lakes]\nengine = \"rss\"\nbase_url = \"http://127.0.0.1:9/jobs.rss\"\n[log]\nformat = \"json\"\n";
    let app = TestApp::new(lakes);
    let ran = app.run(&["-v", "poll", "--format", "json"]);
    let lines: Vec<serde_json::Value> = ran.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let polled = lines.iter().find(|line| line["message"] == "polled a board").unwrap();
    assert_eq!((polled["board.id"].as_str(), polled["level"].as_str()), (Some("lakes"), Some("INFO")));
    assert!(polled["timestamp"].is_string(), "{polled}");
    let quiet = app.command(&["-v", "poll"]).env("JOBROUNDS_LOG", "off").output().unwrap();
    assert!(!String::from_utf8(quiet.stderr).unwrap().contains("polled a board"));
}

#[test]
fn erasure_reaches_a_poll_and_a_length_of_time_is_obeyed() {
    let mut app = TestApp::new("");
    let line = "{\"@type\":\"JobPosting\",\"identifier\":\"1\",\"title\":\"Coder\",\"url\":\"https://lakes.example/1\",\"validThrough\":\"2026-11-25\"}\n";
    std::fs::write(app.path("jobs.jsonl"), line).unwrap();
    assert_eq!(app.run(&["import", "jobs.jsonl", "--board", "lakes"]).code, 0);
    app.at("2026-11-30T12:00:00Z");
    app.run(&["poll"]);
    assert_eq!(app.run(&["search", "--status", "all", "--format", "jsonl"]).lines().len(), 1);
    app.at("2027-02-01T12:00:00Z");
    app.run(&["poll"]);
    assert_eq!(app.run(&["search", "--status", "all", "--format", "jsonl"]).lines().len(), 1, "never is the default");
    app.configure("[retention]\nclosed_jobs = \"60d\"\n");
    app.at("2027-02-03T12:00:00Z");
    app.run(&["poll"]);
    assert_eq!(app.run(&["search", "--status", "all", "--format", "jsonl"]).stdout, "");
}

/// Runs a checker that need not be installed; says so loudly where it is not.
#[expect(clippy::print_stderr, reason = "a check that was left out must not pass in silence")]
fn checked(program: &str, package: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    let Ok(output) = command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output() else {
        eprintln!("SKIPPED: {program} (Debian package `{package}`) is not installed; {arguments:?} was not checked");
        return None;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    Some(said)
}

#[test]
fn prometheus_reads_the_alert_rules() {
    if let Some(said) = checked("promtool", "prometheus", &["check", "rules", "config/prometheus-alerts.yml"]) {
        assert!(said.contains("SUCCESS"), "{said}");
    }
}

/// Every metric that an alert names is one that the program writes.
#[test]
fn alerts_name_only_metrics_that_there_are() {
    let rules = include_str!("../../config/prometheus-alerts.yml");
    let source = include_str!("../../src/web/metrics.rs");
    let names = regex::Regex::new(r"\bjobrounds_[a-z_]+").unwrap();
    let mut seen = 0;
    for name in names.find_iter(rules) {
        let registered = name.as_str().trim_end_matches("_total");
        assert!(source.contains(&format!("\"{registered}\"")), "{registered}");
        seen += 1;
    }
    assert!(seen > 9);
}

#[test]
fn systemd_finds_the_unit_well_locked_up() {
    let arguments = ["security", "--offline=true", "--no-pager", "config/jobrounds.service"];
    if let Some(said) = checked("systemd-analyze", "systemd", &arguments) {
        let level = said.split("exposure level for jobrounds.service: ").nth(1).unwrap().split(' ').next().unwrap();
        assert!(level.parse::<f64>().unwrap() <= 2.0, "{level}");
    }
}
