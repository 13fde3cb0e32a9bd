//! What is one job, as people meet it: `dedupe`, `show --explain`, `show --history`.

use std::io::Write as _;
use std::process::Stdio;

use rusqlite::Connection;

use super::app::{Ran, TestApp};

const POSTINGS: &str = include_str!("../fixtures/dedupe/postings.jsonl");
/// One vacancy on two boards.
const COPIES: (&str, &str) = ("ahima/38312412", "elite/2108979");
/// Two that may be one; nobody can tell by the points.
const DOUBTFUL: (&str, &str) = ("ahima/38275187", "elite/2125774");
/// Another of the first one's employer.
const OTHER: &str = "ahima/38346061";

/// Gives the lines of some postings of the truth set.
fn lines_of(names: &[&str]) -> String {
    let is_wanted = |line: &&str| {
        let posting: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| posting[key].as_str().unwrap_or_default().to_owned();
        names.contains(&format!("{}/{}", text("board"), text("identifier")).as_str())
    };
    let lines: Vec<&str> = POSTINGS.lines().filter(is_wanted).collect();
    assert_eq!(lines.len(), names.len());
    lines.join("\n")
}

fn office(names: &[&str]) -> TestApp {
    let app = TestApp::new("");
    std::fs::write(app.path("postings.jsonl"), lines_of(names)).unwrap();
    done(&app.run(&["import", "postings.jsonl"]));
    app
}

fn everything() -> TestApp {
    office(&[COPIES.0, COPIES.1, DOUBTFUL.0, DOUBTFUL.1, OTHER])
}

fn done(ran: &Ran) -> &Ran {
    assert_eq!(ran.code, 0, "{ran:?}");
    ran
}

/// Gives the postings of each job that a search or an export finds, in the order of their names.
fn jobs(app: &TestApp, command: &str) -> Vec<Vec<String>> {
    let ran = app.run(&[command, "--format", "jsonl"]);
    let mut jobs: Vec<Vec<String>> = done(&ran)
        .lines()
        .iter()
        .map(|job| {
            let postings = job["postings"].as_array().unwrap().iter();
            let name = |posting: &serde_json::Value| {
                format!("{}/{}", posting["board"].as_str().unwrap(), posting["posting_id"].as_str().unwrap())
            };
            let mut names: Vec<String> = postings.map(name).collect();
            names.sort();
            names
        })
        .collect();
    jobs.sort();
    jobs
}

fn are_one(app: &TestApp, pair: (&str, &str)) -> bool {
    let (search, export) = (jobs(app, "search"), jobs(app, "export"));
    assert_eq!(search, export);
    search.iter().any(|job| job.iter().any(|name| name == pair.0) && job.iter().any(|name| name == pair.1))
}

/// Lets the database be one that another model has judged.
fn judged_by_another_model(app: &TestApp) {
    let connection = Connection::open(app.path("test.db")).unwrap();
    assert!(connection.execute("UPDATE sketch SET model = 'points-0'", []).unwrap() > 0);
}

/// Types these lines at the prompts.
fn typed(app: &TestApp, arguments: &[&str], keys: &str) -> Ran {
    let mut command = app.command(arguments);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    child.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn fits(text: &str) -> &str {
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    text
}

#[test]
fn a_pair_is_explained_point_by_point() {
    let app = everything();
    let joined = app.run(&["dedupe", "explain", COPIES.0, COPIES.1]);
    insta::assert_snapshot!("explain_joined", fits(&done(&joined).stdout));
    let apart = app.run(&["dedupe", "explain", COPIES.0, OTHER]);
    insta::assert_snapshot!("explain_apart", fits(&done(&apart).stdout));
    let value = app.run(&["dedupe", "explain", COPIES.0, OTHER, "--format", "json"]).json();
    assert_eq!((&value["a"], &value["b"], &value["ruled"]), (&COPIES.0.into(), &OTHER.into(), &().into()));
    assert_eq!(value["verdict"]["kind"], "different");
    assert!(value["verdict"]["probability"].as_f64().unwrap() < 0.3);
    assert!(value["verdict"]["evidence"].as_array().unwrap().iter().any(|point| point["points"] == -5.0));
    assert_ne!(value["jobs"][0], value["jobs"][1]);
}

#[test]
fn what_a_person_says_is_one_job_stays_one() {
    let app = everything();
    assert!(!are_one(&app, DOUBTFUL));
    let said = app.run(&["dedupe", "same", DOUBTFUL.0, DOUBTFUL.1, "--why", "asked them", "--by", "jo"]);
    assert!(done(&said).stdout.contains("same, says jo"), "{said:?}");
    assert!(are_one(&app, DOUBTFUL));
    done(&app.run(&["import", "postings.jsonl"]));
    assert!(are_one(&app, DOUBTFUL), "after a second import");
    judged_by_another_model(&app);
    let rescored = app.run(&["dedupe", "rescore", "--format", "json"]).json();
    assert_eq!((&rescored["postings"], &rescored["dry_run"]), (&5.into(), &false.into()));
    assert_eq!((rescored["joined"].to_string(), rescored["parted"].to_string()), ("[]".into(), "[]".into()));
    assert!(are_one(&app, DOUBTFUL), "after another model");
    let shown = app.run(&["show", DOUBTFUL.0, "--explain", "--history"]).stdout;
    let plain = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain.contains("ruled same by jo on 2026-11-22: asked them"), "{shown}");
    assert!(plain.contains("2026-11-22 12:00 decided: ahima/38275187 and elite/2125774: same, says jo"), "{shown}");
}

#[test]
fn what_a_person_parts_is_found_twice_and_undoing_it_restores_every_byte() {
    let app = everything();
    let before = app.run(&["export"]).stdout;
    assert!(are_one(&app, COPIES));
    let decided = app.run(&["dedupe", "different", COPIES.0, COPIES.1, "--format", "json"]).json();
    assert_ne!(decided["job_a"], decided["job_b"]);
    assert!(decided["says"].as_str().unwrap().ends_with("different, says operator"), "{decided}");
    assert!(!are_one(&app, COPIES));
    assert_eq!(jobs(&app, "search").len(), 5);
    assert!(app.run(&["dedupe", "explain", COPIES.0, COPIES.1]).stdout.contains("ruled different by operator"));
    let apart = app.run(&["export"]).stdout;
    let event = decided["event"].to_string();
    let undone = app.run(&["dedupe", "undo", &event, "--format", "json"]).json();
    assert_eq!(app.run(&["export"]).stdout, before);
    assert_eq!(app.run(&["dedupe", "undo", &event]).code, 1, "undone already");
    done(&app.run(&["dedupe", "undo", &undone["event"].to_string()]));
    assert_eq!(app.run(&["export"]).stdout, apart, "an undoing is undone");
}

#[test]
fn contradictions_and_names_that_mean_nothing_are_refused() {
    let app = everything();
    done(&app.run(&["dedupe", "same", DOUBTFUL.0, DOUBTFUL.1]));
    let before = app.run(&["export"]).stdout;
    let refused = app.run(&["dedupe", "different", DOUBTFUL.0, DOUBTFUL.1]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("undo that first"), "{refused:?}");
    for (a, b, told) in [
        (COPIES.0, "ahima/1", "no posting `ahima/1`"),
        (COPIES.0, COPIES.0, "are one posting"),
        (app.run(&["show", COPIES.0, "--format", "json"]).json()["id"].as_str().unwrap(), OTHER, "several"),
    ] {
        let refused = app.run(&["dedupe", "same", a, b]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.stderr.contains(told), "{refused:?}");
    }
    assert_eq!(app.run(&["dedupe", "undo", "4711"]).code, 1);
    assert_eq!(app.run(&["export"]).stdout, before);
}

#[test]
fn doubtful_pairs_are_walked_through() {
    let app = office(&[DOUBTFUL.0, DOUBTFUL.1]);
    let listed = app.run(&["dedupe", "review", "--list"]);
    assert_eq!(done(&listed).lines()[0]["kind"], "possible");
    assert!(app.run(&["dedupe", "review", "--format", "json"]).json()[0]["evidence"].is_array());
    let kept = typed(&app, &["dedupe", "review"], "k\n");
    insta::assert_snapshot!("review", fits(&done(&kept).stdout));
    assert!(kept.stderr.contains("[s]ame [d]ifferent [k]eep") && kept.stderr.contains("0 decided, 1 still doubtful"));
    let narrow = app.command(&["dedupe", "review"]).env("COLUMNS", "60").stdin(Stdio::null()).output().unwrap();
    let narrow = String::from_utf8(narrow.stdout).unwrap();
    assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
    assert!(narrow.contains("1: ahima/38275187\n2: elite/2125774\n"), "{narrow}");
    let decided = typed(&app, &["dedupe", "review", "--by", "jo"], "what?\nu\nd\n");
    assert!(decided.stderr.contains("type s, d, k, u or q") && decided.stderr.contains("nothing to undo"));
    assert!(decided.stderr.contains("1 decided, 0 still doubtful"), "{decided:?}");
    assert!(!are_one(&app, DOUBTFUL));
    let nothing = typed(&app, &["dedupe", "review"], "");
    assert_eq!((nothing.code, nothing.stderr.as_str()), (1, "nothing is doubtful\n"));
    assert_eq!(app.run(&["dedupe", "review", "--format", "json"]).stdout, "[]\n");
}

#[test]
fn the_last_decision_of_a_review_can_be_undone() {
    let app = office(&[DOUBTFUL.0, DOUBTFUL.1]);
    let before = app.run(&["export"]).stdout;
    let walked = typed(&app, &["dedupe", "review"], "s\nu\nk\nu\ns\nq\n");
    assert_eq!(done(&walked).stdout.matches("same, says operator").count(), 2, "{walked:?}");
    assert!(walked.stdout.contains("undone, says operator"), "{walked:?}");
    assert!(walked.stderr.contains("1 decided, 0 still doubtful"), "{walked:?}");
    assert!(are_one(&app, DOUBTFUL));
    let event = walked.stdout.rsplit("dedupe undo ").next().unwrap().split('`').next().unwrap();
    done(&app.run(&["dedupe", "undo", event]));
    assert_eq!(app.run(&["export"]).stdout, before);
}

#[test]
fn rescoring_can_be_tried_without_changing_a_byte() {
    let app = everything();
    done(&app.run(&["dedupe", "different", COPIES.0, COPIES.1]));
    judged_by_another_model(&app);
    let connection = Connection::open(app.path("test.db")).unwrap();
    connection.execute("DELETE FROM human_constraint", []).unwrap();
    drop(connection);
    let files = || {
        let mut names: Vec<String> = std::fs::read_dir(app.folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
            .collect();
        names.sort();
        (names, std::fs::read(app.path("test.db")).unwrap())
    };
    let before = files();
    let tried = app.run(&["dedupe", "rescore", "--dry-run"]);
    assert_eq!(done(&tried).stdout, format!("joined  {}  {}\n", COPIES.0, COPIES.1), "{tried:?}");
    assert!(tried.stderr.contains("5 postings would be judged anew"), "{tried:?}");
    assert!(files() == before, "the database or its folder is not as it was");
    assert!(!are_one(&app, COPIES));
    let done_so = app.run(&["dedupe", "rescore", "--format", "json"]).json();
    assert_eq!(done_so["joined"], serde_json::json!([{"a": COPIES.0, "b": COPIES.1}]));
    assert!(are_one(&app, COPIES));
    assert!(app.run(&["dedupe", "rescore"]).stderr.contains("0 postings judged anew"));
}

#[test]
fn an_upgraded_database_is_judged_anew_by_the_next_import() {
    let app = office(&[COPIES.0]);
    judged_by_another_model(&app);
    std::fs::write(app.path("more.jsonl"), lines_of(&[COPIES.1])).unwrap();
    done(&app.run(&["import", "more.jsonl"]));
    assert!(are_one(&app, COPIES));
    assert!(app.run(&["dedupe", "rescore"]).stderr.contains("0 postings judged anew"));
}

#[test]
fn show_tells_what_may_be_the_same_and_what_happened() {
    let app = everything();
    let shown = app.run(&["show", DOUBTFUL.0, "--explain"]).stdout;
    let possibly = shown.split("Possibly the same\n").nth(1).unwrap_or_else(|| panic!("{shown}"));
    assert!(possibly.contains("elite/2125774") && possibly.contains(" is job "), "{shown}");
    let told = app.run(&["show", COPIES.0, "--history"]).stdout;
    assert!(told.contains("2026-11-22 12:00  opened by ahima/38312412"), "{told}");
    assert!(told.contains("2026-11-22 12:00  joined by elite/2108979 (over 99 %)"), "{told}");
}
