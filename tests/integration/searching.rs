//! Every filter and every form of output over a dozen imported postings, and the way out and in again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::app::TestApp;

/// Makes one schema.org JobPosting; `more` adds to it.
#[expect(clippy::needless_pass_by_value, reason = "a literal reads better than a reference to one")]
fn line(key: &str, title: &str, employer: &str, more: Value) -> Value {
    let (board, id) = key.split_once('/').unwrap();
    let mut posting = json!({
        "@context": "https://schema.org", "@type": "JobPosting", "board": board, "identifier": id, "title": title,
        "hiringOrganization": {"@type": "Organization", "name": employer},
        "url": format!("https://{board}.example/job/{id}/"),
        "description": format!("<p>{title} at {employer}.</p>"),
    });
    for (name, value) in more.as_object().unwrap() {
        posting[name] = value.clone();
    }
    posting
}

fn place(city: &str, state: &str) -> Value {
    json!({"@type": "Place", "address": {"addressLocality": city, "addressRegion": state, "addressCountry": "US"}})
}

fn pay(low: f64, high: f64, unit: &str) -> Value {
    json!({"@type": "MonetaryAmount", "currency": "USD",
        "value": {"@type": "QuantitativeValue", "minValue": low, "maxValue": high, "unitText": unit}})
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn dozen() -> Vec<Value> {
    let lakemont = json!({"jobLocation": place("Columbus", "OH"), "baseSalary": pay(27.5, 36.25, "HOUR"),
        "employmentType": "FULL_TIME", "datePosted": "2026-11-20", "validThrough": "2026-12-18"});
    vec![
        line("ahima/1001", "Inpatient Coder II", "Lakemont Regional Hospital", lakemont.clone()),
        line("aapc/9001", "Inpatient Coder II", "Lakemont Regional Hospital", lakemont),
        line(
            "ahima/1002",
            "Certified Tumor Registrar",
            "Ashgrove Cancer Institute",
            json!({"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": {"@type": "Country", "name": "US"},
                "baseSalary": pay(62_000.0, 78_500.0, "YEAR"), "employmentType": "FULL_TIME",
                "datePosted": "2026-11-18", "validThrough": "2026-12-16"}),
        ),
        line(
            "ahima/1003",
            "Release of Information Specialist",
            "Saint Brennan Health",
            json!({"jobLocation": place("Fort Wayne", "IN"), "employmentType": "PART_TIME", "datePosted": "2026-11-10"}),
        ),
        line(
            "aapc/9002",
            "Professional Fee Coder",
            "Bellhaven Physician Partners",
            json!({"jobLocationType": "TELECOMMUTE", "jobLocation": place("Denver", "CO"),
                "baseSalary": pay(24.0, 33.0, "HOUR"), "employmentType": "CONTRACTOR", "datePosted": "2026-11-19",
                "validThrough": "2026-12-20"}),
        ),
        line(
            "aapc/9003",
            "Coding Compliance Auditor",
            "Northfold Health Plan",
            json!({"jobLocation": place("Hartford", "CT"), "baseSalary": pay(70_000.0, 92_000.0, "YEAR"),
                "employmentType": "FULL_TIME", "datePosted": "2026-11-15", "validThrough": "2026-11-24",
                "description": "<p>Audits risk adjustment coding and teaches.</p>"}),
        ),
        line(
            "ahima/1004",
            "HIM Director",
            "Harrow Valley Medical Center",
            json!({"jobLocation": place("Spokane", "WA"), "baseSalary": pay(104_000.0, 139_000.0, "YEAR"),
                "employmentType": "FULL_TIME", "datePosted": "2026-11-12", "validThrough": "2026-12-10",
                "description": "<p>Leads coding; an adjustment to risk is no part of it. Supervisor of six.</p>"}),
        ),
        line(
            "ahima/1005",
            "Coding Trainee",
            "Mossbridge Community Hospital",
            json!({"jobLocation": place("Erie", "PA"), "datePosted": "2026-10-01", "validThrough": "2026-11-19"}),
        ),
        line(
            "ahdi/501",
            "=HYPERLINK(\"https://evil.example\") Coder",
            "@Formula Clinic",
            json!({"jobLocation": place("Duluth", "MN"), "employmentType": "PER_DIEM", "datePosted": "2026-11-21",
                "baseSalary": pay(20.0, 22.0, "HOUR"), "validThrough": "2026-12-30"}),
        ),
        line(
            "ahdi/502",
            "Coding Supervisor",
            "Placeless Partners",
            json!({"baseSalary": pay(30.0, 40.0, "HOUR"), "employmentType": "FULL_TIME", "datePosted": "2026-11-17"}),
        ),
        line(
            "ahdi/503",
            "Transcription Editor",
            "Quillmark Transcription",
            json!({"jobLocationType": "TELECOMMUTE", "employmentType": "TEMPORARY", "datePosted": "2026-11-14"}),
        ),
        line(
            "ahdi/504",
            "Privacy Officer",
            "Wrenfield Clinic",
            json!({"jobLocation": place("Duluth", "MN"), "baseSalary": pay(80_000.0, 95_000.0, "YEAR"),
                "datePosted": "2026-09-01", "validThrough": "2026-12-31"}),
        ),
    ]
}

fn write_lines(app: &TestApp, name: &str, lines: &[Value]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(app.path(name), text).unwrap();
}

fn stocked() -> TestApp {
    let app = TestApp::new("");
    write_lines(&app, "jobs.jsonl", &dozen());
    let ran = app.run(&["import", "jobs.jsonl"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("12 lines: 12 new, 0 updated, 0 unchanged"), "{ran:?}");
    app
}

/// Searches and gives each job's lowest posting id: sure ones, then those that may match.
fn found(app: &TestApp, arguments: &[&str]) -> (Vec<String>, Vec<String>) {
    let ran = app.run(&[&["search", "--format", "json"], arguments].concat());
    let jobs = ran.json();
    let jobs = jobs.as_array().unwrap();
    assert_eq!(ran.code, i32::from(jobs.is_empty()), "{ran:?}");
    let id = |job: &Value| {
        job["postings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["posting_id"].as_str().unwrap().to_owned())
            .min()
            .unwrap()
    };
    let (sure, perhaps): (Vec<&Value>, Vec<&Value>) =
        jobs.iter().partition(|job| job["may_match"].as_array().is_none_or(Vec::is_empty));
    (sure.into_iter().map(id).collect(), perhaps.into_iter().map(id).collect())
}

fn sorted((mut sure, mut perhaps): (Vec<String>, Vec<String>)) -> (Vec<String>, Vec<String>) {
    sure.sort_unstable();
    perhaps.sort_unstable();
    (sure, perhaps)
}

/// What is typed, what is found for sure, and what may match.
type Case<'a> = (&'a [&'a str], &'a [&'a str], &'a [&'a str]);

#[test]
fn each_filter_finds_what_it_says_and_lists_the_unknown_apart() {
    let app = stocked();
    let cases: [Case<'_>; 28] = [
        (&["coder"], &["1001", "501", "9002"], &[]),
        (&["coder", "inpatient"], &["1001"], &[]),
        (&["\"risk adjustment\""], &["9003"], &[]),
        (&["coder", "-inpatient"], &["501", "9002"], &[]),
        (&["registrar", "OR", "transcription"], &["1002", "503"], &[]),
        (&["transcript*"], &["503"], &[]),
        (&["nothingofthekind"], &[], &[]),
        (&["--board", "aapc"], &["1001", "9002", "9003"], &[]),
        (&["--employer", "lakemont"], &["1001"], &[]),
        (&["--not-employer", "lakemont", "coder"], &["501", "9002"], &[]),
        (&["--state", "MN"], &["501", "504"], &["1002", "502", "503", "9002"]),
        (&["--state", "Ohio,Indiana", "--known", "place"], &["1001", "1003"], &[]),
        (&["--remote", "--known", "work-mode"], &["1002", "503", "9002"], &[]),
        (&["--employment-type", "per-diem"], &["501"], &["504"]),
        (
            &["--employment-type", "part-time", "--employment-type", "temporary", "--known", "employment-type"],
            &["1003", "503"],
            &[],
        ),
        (&["--pay-at-least", "35/hour"], &["1001", "1002", "1004", "502", "504", "9003"], &["1003", "503"]),
        // An hour's pay per diem or under contract says nothing about a year's.
        (&["--pay-at-least", "90000/year"], &["1004", "504", "9003"], &["1003", "501", "503", "9002"]),
        (&["--pay-at-least", "90k/year", "--known", "pay"], &["1004", "504", "9003"], &[]),
        (&["--posted-within", "3d"], &["1001", "501", "9002"], &[]),
        (&["--posted-within", "2w", "--board", "ahima"], &["1001", "1002", "1003", "1004"], &[]),
        (&["--closing-within", "3d", "--known", "closing"], &["9003"], &[]),
        (&["--closing-within", "3d"], &["9003"], &["1003", "502", "503"]),
        (&["--status", "closed"], &["1005"], &[]),
        (&["--status", "all", "--board", "ahima"], &["1001", "1002", "1003", "1004", "1005"], &[]),
        (&["--known", "all", "--board", "ahdi"], &[], &[]),
        (&["--state", "CT", "coding"], &["9003"], &["502"]),
        (&["--open-to", "public", "--known", "open-to"], &[], &[]),
        (&["--board", "ahima", "--board", "ahdi", "lakemont"], &["1001"], &[]),
    ];
    let mut wrong = Vec::new();
    for (arguments, sure, perhaps) in cases {
        let got = sorted(found(&app, arguments));
        if got.0 != sure || got.1 != perhaps {
            wrong.push(format!("{arguments:?}: found {got:?} instead of {sure:?}, {perhaps:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn orders_limits_and_offsets_cut_one_list() {
    let mut app = stocked();
    let by_pay = found(&app, &["--sort", "pay", "--known", "pay"]).0;
    assert_eq!(by_pay[..3], ["1004", "504", "9003"]);
    let by_closing = found(&app, &["--sort", "closing"]).0;
    assert_eq!(by_closing[..2], ["9003", "1004"]);
    assert_eq!(found(&app, &["--sort", "closing", "--limit", "1", "--offset", "1"]).0, ["1004"]);
    let whole = found(&app, &[]).0;
    let mut pieces = Vec::new();
    for offset in (0..12).step_by(4) {
        pieces.extend(found(&app, &["--limit", "4", "--offset", &offset.to_string()]).0);
    }
    assert_eq!(pieces, whole);
    assert_eq!(found(&app, &["--sort", "relevance", "transcription"]).0, ["503"]);

    app.at("2026-11-22T18:00:00Z");
    write_lines(&app, "more.jsonl", &[line("ahima/1006", "Coding Educator", "Lakemont", json!({}))]);
    assert_eq!(app.run(&["import", "more.jsonl"]).code, 0);
    assert_eq!(found(&app, &["--limit", "1"]).0, ["1006"], "newest is what was first seen last");
}

#[test]
fn filters_after_the_words_are_filters_too() {
    let app = stocked();
    assert_eq!(found(&app, &["coder", "--remote", "--known", "work-mode"]).0, ["9002"]);
    assert_eq!(sorted(found(&app, &["coder", "--employer", "lakemont"])).0, ["1001"]);
    assert_eq!(found(&app, &["coder", "-inpatient", "--board", "aapc"]).0, ["9002"]);
    let mistyped = app.run(&["search", "coder", "--remot"]);
    assert_eq!((mistyped.code, mistyped.stdout.as_str()), (2, ""), "{mistyped:?}");
    let json = app.run(&["search", "coder", "--format", "json"]);
    assert_eq!(json.json().as_array().unwrap().len(), 3);
}

#[test]
fn known_says_how_many_it_leaves_out() {
    let app = stocked();
    let ran = app.run(&["search", "--pay-at-least", "35/hour", "--known", "pay"]);
    assert!(ran.stderr.contains("2 more do not state what --known asks for"), "{ran:?}");
}

#[test]
fn the_table_fits_the_terminal_and_names_what_is_not_stated() {
    let app = stocked();
    let ran = app.run(&["search", "--pay-at-least", "35/hour"]);
    assert!(ran.stdout.contains("\nMay match: pay not stated\n"), "{}", ran.stdout);
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
    let (sure, perhaps) = ran.stdout.split_once("May match").unwrap();
    assert!(sure.contains("HIM Director") && perhaps.contains("Transcription Editor"), "{}", ran.stdout);
}

#[test]
fn json_and_jsonl_tell_the_same_and_every_promised_field_is_there() {
    let app = stocked();
    let whole = app.run(&["search", "--format", "json"]).json();
    assert_eq!(*whole.as_array().unwrap(), app.run(&["search", "--format", "jsonl"]).lines());
    let documented = include_str!("../../docs/json.md");
    let section = documented.split("## A poll").next().unwrap();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let names = row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2);
        // `may_match` is there only where a filter asked for something that is not stated.
        for name in names.filter(|name| *name != "may_match[]") {
            let (name, inner) = name
                .trim_end_matches("[]")
                .split_once('.')
                .map_or((name.trim_end_matches("[]"), None), |(a, b)| (a, Some(b)));
            let value = &whole[0][name];
            assert!(whole[0].get(name).is_some(), "`{name}` is documented and not there: {}", whole[0]);
            assert!(inner.is_none_or(|inner| value.get(inner).is_some()), "{name}.{inner:?}");
        }
    }
}

#[test]
fn csv_can_be_read_again_and_never_holds_a_formula() {
    let app = stocked();
    let ran = app.run(&["search", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!((&headings[0], &headings[1], records.len()), ("id", "title", 10));
    for record in &records {
        assert!(record.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{record:?}");
    }
    assert!(records.iter().any(|record| record[1].starts_with("'=HYPERLINK") && record[2].starts_with("'@Formula")));
}

#[test]
fn copies_of_one_vacancy_are_one_job_that_every_copy_leads_to() {
    let app = stocked();
    let job = app.run(&["show", "ahima/1001", "--format", "json"]).json();
    let id = job["id"].as_str().unwrap();
    assert_eq!((id.len(), job["postings"].as_array().unwrap().len()), (13, 2));
    assert_eq!(job["links"][0]["kind"], "same");
    for name in [id, &id[..7], "aapc/9001", "https://ahima.example/job/1001/", "https://aapc.example/job/9001/"] {
        let ran = app.run(&["show", name, "--format", "json"]);
        assert_eq!(ran.code, 0, "{name}: {ran:?}");
        assert_eq!(ran.json()["id"], id, "{name}");
    }
    let explained = app.run(&["show", &id[..7], "--explain"]).stdout;
    assert!(explained.contains("same title") && explained.contains("same employer"), "{explained}");
    let unknown = app.run(&["show", "ahima/9999"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (1, ""));
    assert!(unknown.stderr.contains("no job `ahima/9999`"), "{unknown:?}");
}

/// Maps each job's id to its postings.
fn groups(app: &TestApp) -> BTreeMap<String, BTreeSet<String>> {
    let key = |posting: &Value| format!("{}/{}", posting["board"], posting["posting_id"]);
    let lines = app.run(&["export", "--status", "all"]).lines();
    let one = |job: &Value| {
        (job["id"].to_string(), job["postings"].as_array().unwrap().iter().map(key).collect::<BTreeSet<_>>())
    };
    lines.iter().map(one).collect()
}

#[test]
fn what_is_exported_and_imported_again_is_the_same() {
    let app = stocked();
    let exported = app.run(&["export", "--status", "all"]);
    assert_eq!(exported.lines().len(), 11);
    let second = TestApp::new("");
    std::fs::write(second.path("all.jsonl"), &exported.stdout).unwrap();
    let ran = second.run(&["import", "all.jsonl"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("11 lines: 12 new"), "{ran:?}");
    assert_eq!(groups(&second), groups(&app));
    for filter in [&["--pay-at-least", "35/hour"][..], &["--state", "MN"], &["--remote"], &["coder"]] {
        assert_eq!(sorted(found(&second, filter)), sorted(found(&app, filter)), "{filter:?}");
    }
    let again = second.run(&["import", "all.jsonl"]);
    assert!(again.stderr.contains("11 lines: 0 new, 0 updated, 12 unchanged"), "{again:?}");
}

#[test]
fn import_reads_standard_input_and_a_changed_line_is_an_update() {
    let app = stocked();
    let mut changed = dozen()[3].clone();
    changed["title"] = json!("Senior Release of Information Specialist");
    let mut child = app
        .command(&["import", "-"])
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), changed.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("1 lines: 0 new, 1 updated, 0 unchanged"), "{said}");
    assert_eq!(found(&app, &["senior"]).0, ["1003"]);
}

#[test]
fn totals_tell_what_there_is_beyond_what_is_shown() {
    let app = stocked();
    let counted = app.run(&["search", "--limit", "0"]);
    assert_eq!((counted.code, counted.stdout.trim()), (0, ""), "{counted:?}");
    assert!(counted.stderr.contains("0 of 10 shown; --limit"), "{counted:?}");
    let last = app.run(&["search", "--limit", "1", "--offset", "9"]);
    assert!(last.stderr.contains("1 of 10 shown") && !last.stderr.contains("show more"), "{last:?}");
    let none = app.run(&["digest", "preview", "nothingofthekind"]);
    assert_eq!(none.code, 1, "{none:?}");
    assert!(!none.stdout.is_empty(), "{none:?}");
    assert_eq!(app.run(&["digest", "preview", "coder"]).code, 0);
}

#[test]
fn names_that_are_not_known_are_told_with_those_that_are() {
    let app = stocked();
    for (arguments, right) in [
        (&["search", "--board", "nosuch"][..], "known boards are aapc, ahdi, ahima, elite, usajobs"),
        (&["search", "--open-to", "banana"], "use one of public, vet"),
        (&["show", "ahima/1001", "--format", "csv"], "use table, json, jsonl"),
        (&["board", "list", "--format", "csv"], "use table, json, jsonl"),
        (&["board", "show", "ahima", "--format", "csv"], "use table, json, jsonl"),
        (&["robots", "--url", "https://a.example/", "jobs.jsonl", "--format", "csv"], "use table, json, jsonl"),
        (&["demo", "--format", "json"], "use table"),
        (&["demo", "-q"], "--quiet"),
    ] {
        let ran = app.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(right), "{arguments:?}: {ran:?}");
    }
    write_lines(&app, "other.jsonl", &[line("lakes/1", "Coder", "Lakes Clinic", json!({}))]);
    assert_eq!(app.run(&["import", "other.jsonl"]).code, 0);
    assert_eq!(found(&app, &["--board", "lakes"]).0, ["1"], "a board of imported postings alone");
}

#[test]
fn what_a_board_wrote_cannot_command_the_terminal() {
    let app = TestApp::new("");
    let hostile = "Coder \u{1b}]0;owned\u{7} \u{202e}redoC";
    write_lines(&app, "jobs.jsonl", &[line("ahima/1", hostile, "A\u{9b}31mB", json!({}))]);
    assert_eq!(app.run(&["import", "jobs.jsonl"]).code, 0);
    for arguments in [&["search"][..], &["show", "ahima/1"], &["digest", "preview"]] {
        let ran = app.run(arguments);
        let turns = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!ran.stdout.contains(turns) && ran.stdout.contains("Coder"), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_feed_that_cannot_be_written_leaves_nothing_behind() {
    let app = stocked();
    std::fs::create_dir(app.path("jobs.rss")).unwrap();
    let ran = app.run(&["feed", "jobs.rss"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let left = std::fs::read_dir(app.folder()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().ends_with(".part")));
    let link = |arguments: &[&str]| {
        let feed = app.run(arguments).stdout;
        feed.split("<link>").nth(1).unwrap().split("</link>").next().unwrap().to_owned()
    };
    assert_eq!(link(&["feed", "-"]), "https://github.com/jobrounds/jobrounds");
    assert_eq!(link(&["feed", "-", "--board", "ahima"]), "https://careerassist.ahima.org/jobs/");
}
