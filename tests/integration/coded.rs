//! What postings are coded with, as people meet it: filters, `show`, `recode`, the vocabulary, feeds.

use serde_json::{Value, json};

use super::app::TestApp;

fn line(id: &str, title: &str, city: &str, state: &str, text: &str) -> String {
    json!({
        "@type": "JobPosting", "identifier": id, "title": title, "description": text,
        "url": format!("https://board.example/job/{id}"), "datePosted": "2026-11-20", "validThrough": "2027-03-01",
        "hiringOrganization": {"@type": "Organization", "name": "Lakeside Regional Hospital"},
        "jobLocation": {"@type": "Place", "address": {"addressLocality": city, "addressRegion": state, "addressCountry": "US"}},
    })
    .to_string()
}

/// Three jobs: a coder in Columbus, a registrar in Covington across the river, a clerk in Phoenix.
fn office() -> TestApp {
    let app = TestApp::new("");
    let lines = [
        line(
            "1",
            "Inpatient Coder II",
            "Columbus",
            "OH",
            "Assigns ICD-10-CM and ICD-10-PCS codes in Epic. Requirements: RHIT, RHIA or CCS required. Two years of \
             experience required. Pays $27.00 - $34.00 per hour. Contact Zelda Pickering at zpickering@lakeside.example.",
        ),
        line("2", "Cancer Registrar", "Covington", "KY", "ODS preferred. Tuition assistance is offered."),
        line("3", "Medical Records Clerk", "Phoenix", "AZ", "We will train. High school diploma required."),
    ];
    std::fs::write(app.path("jobs.jsonl"), lines.join("\n")).unwrap();
    assert_eq!(app.run(&["import", "jobs.jsonl", "--board", "office"]).code, 0);
    app
}

fn titles(app: &TestApp, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["search", "--format", "json"];
    all.extend(arguments);
    let ran = app.run(&all);
    let jobs: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let sure = jobs.as_array().unwrap().iter().filter(|job| job.get("may_match").is_none());
    sure.map(|job| job["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn people_find_jobs_by_what_they_are_coded_with() {
    let app = office();
    for (arguments, expected) in [
        (&["--role", "coding-inpatient"][..], &["Inpatient Coder II"][..]),
        (&["--credential", "RHIT"], &["Inpatient Coder II"]),
        (&["--credential", "CTR"], &["Cancer Registrar"]),
        (&["--credential", "ODS", "--credential-required"], &[]),
        (&["--coding-system", "ICD-10-PCS"], &["Inpatient Coder II"]),
        (&["--software", "Epic"], &["Inpatient Coder II"]),
        (&["--benefit", "tuition"], &["Cancer Registrar"]),
        (&["--entry-level"], &["Medical Records Clerk"]),
        (&["--education", "high-school"], &["Medical Records Clerk"]),
        (&["--soc", "29-9021"], &["Cancer Registrar"]),
        (&["--near", "45202", "--within", "10"], &["Cancer Registrar"]),
        (
            &["--near", "Cincinnati, OH", "--within", "120mi", "--sort", "distance"],
            &["Cancer Registrar", "Inpatient Coder II"],
        ),
        (&["--setting", "hospital", "--state", "AZ"], &["Medical Records Clerk"]),
        (&["--experience-at-most", "1"], &[]),
    ] {
        assert_eq!(titles(&app, arguments), expected, "{arguments:?}");
    }
}

#[test]
fn a_code_that_there_is_not_is_told_with_what_there_is() {
    let app = office();
    for (arguments, told) in [
        (&["--credential", "RHITT"][..], "did you mean RHIT"),
        (&["--role", "coder"], "is not a role"),
        (&["--near", "Columbis, OH"], "did you mean `Columbus, OH`"),
        (&["--near", "Portland"], "Portland, OR"),
        (&["--sort", "distance"], "needs --near"),
        (&["--level", "boss"], "use one of entry, experienced"),
        (&["--soc", "coder"], "such as 29-2072"),
    ] {
        let ran = app.run(&[&["search"][..], arguments].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(told), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn show_tells_which_words_gave_which_code() {
    let app = office();
    let shown = app.run(&["show", "office/1"]).stdout;
    for told in [
        "coding-inpatient (SOC 29-2072)",
        "RHIT or RHIA or CCS required",
        "percentile in Columbus, OH (BLS OEWS May 2025; a year taken as 2080 h)",
        "RHIT, RHIA or CCS required",
    ] {
        let plain = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain.contains(told), "`{told}` is not in\n{shown}");
    }
    let job: Value = serde_json::from_str(&app.run(&["show", "office/1", "--format", "json"]).stdout).unwrap();
    assert_eq!(job["job_location"][0]["county"], "Franklin County");
    assert_eq!(job["base_salary"]["annual_min"], 56_160.0);
    assert_eq!(job["contacts"][0]["words"], "Zelda Pickering");
    assert_eq!(job["postings"][0]["fields"]["codes"]["role"]["value"], "coding-inpatient");
}

#[test]
fn a_feed_names_no_persons() {
    let app = office();
    for form in ["rss", "atom", "json", "ics"] {
        let feed = app.run(&["feed", "-", "--format", form]).stdout;
        assert!(feed.contains("Inpatient Coder II"), "{form}: {feed}");
        assert!(!feed.contains("Pickering") && !feed.contains("zpickering"), "{form}: {feed}");
    }
}

#[test]
fn a_changed_vocabulary_codes_anew_and_says_so_once() {
    let app = office();
    assert_eq!(titles(&app, &["--setting", "law"]), [] as [&str; 0]);
    std::fs::create_dir(app.path("vocabulary")).unwrap();
    let over = "[[credential]]\nid = \"ahima:ccs\"\nremove = true\n";
    std::fs::write(app.path("vocabulary/credentials.toml"), over).unwrap();
    assert!(app.run(&["doctor"]).stdout.contains("3 postings were coded by another vocabulary"));
    let tried = app.run(&["recode", "--dry-run"]);
    assert!(tried.stderr.contains("1 would be coded otherwise; 1 jobs answer filters otherwise"), "{tried:?}");
    assert!(tried.stdout.contains("credential \u{2212}ahima:ccs"), "{tried:?}");
    assert_eq!(app.run(&["recode"]).code, 0);
    let job: Value = serde_json::from_str(&app.run(&["show", "office/1", "--format", "json"]).stdout).unwrap();
    let codes: Vec<&str> = job["credentials"].as_array().unwrap().iter().map(|c| c["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["RHIT", "RHIA"]);
    let again = app.run(&["recode"]);
    assert!(again.stderr.starts_with("0 postings looked at"), "{again:?}");
    assert!(app.run(&["show", "office/1", "--history"]).stdout.contains("coded credential \u{2212}ahima:ccs"));
}

#[test]
fn what_matches_only_since_it_was_coded_anew_stands_in_the_digest_as_such() {
    let app = office();
    std::fs::create_dir(app.path("vocabulary")).unwrap();
    let over = "[[coding_system]]\nid = \"codebook-x\"\nphrases = [\"Tuition assistance\"]\nsource = \"test\"\n";
    std::fs::write(app.path("vocabulary/systems.toml"), over).unwrap();
    let later = ["--now", "2027-01-20T12:00:00Z"];
    assert_eq!(app.run(&[&["recode"][..], &later].concat()).code, 0);
    let digest = |system: &str| {
        let arguments = ["digest", "preview", "--since", "7d", "--coding-system", system];
        app.run(&[&arguments[..], &later].concat()).stdout
    };
    let told = digest("codebook-x");
    assert!(told.contains("Newly coded") && told.contains("Cancer Registrar"), "{told}");
    assert!(!digest("ICD-10-PCS").contains("Newly coded"));
}

#[test]
fn the_vocabulary_is_checked_with_file_and_entry() {
    let app = TestApp::new("");
    let checked = app.run(&["vocabulary", "check"]);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(checked.stdout.contains("`roles.toml`: "), "{checked:?}");
    assert!(app.run(&["vocabulary", "list", "credentials"]).stdout.contains("ahima:rhit"));
    let shifts = app.run(&["vocabulary", "list", "shifts"]).stdout;
    let shifts: Vec<&str> = shifts.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(shifts, ["day", "evening", "night", "weekend", "rotating", "flexible", "4x10"]);
    std::fs::create_dir(app.path("vocabulary")).unwrap();
    std::fs::write(app.path("vocabulary/roles.toml"), "[[role]]\nid = 7\n").unwrap();
    let refused = app.run(&["vocabulary", "check"]);
    assert_ne!(refused.code, 0);
    assert!(refused.stderr.contains("roles.toml"), "{refused:?}");
    std::fs::remove_file(app.path("vocabulary/roles.toml")).unwrap();
    std::fs::write(app.path("vocabulary/rolls.toml"), "").unwrap();
    assert!(app.run(&["vocabulary", "check"]).stderr.contains("is none of benefits.toml"));
}

#[test]
fn where_two_boards_differ_both_are_told_and_the_rule_that_chose() {
    let app = TestApp::new("");
    let with_pay = |pay: &str| {
        let mut one: Value =
            serde_json::from_str(&line("1", "Inpatient Coder II", "Columbus", "OH", "RHIT required.")).unwrap();
        one["baseSalary"] = json!(pay);
        one.to_string()
    };
    for (board, pay) in [("aapc", "$28-$30 per hour"), ("ahima", "$28-$31 per hour")] {
        std::fs::write(app.path("one.jsonl"), with_pay(pay)).unwrap();
        assert_eq!(app.run(&["import", "one.jsonl", "--board", board]).code, 0);
    }
    let shown = app.run(&["show", "aapc/1"]).stdout;
    let plain = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain.contains("Where the values come from") && plain.contains("they differ"), "{shown}");
    assert!(
        plain.contains("aapc/1 says $28-$30 per hour") && plain.contains("ahima/1 says $28-$31 per hour"),
        "{shown}"
    );
    let job: Value = app.run(&["show", "aapc/1", "--format", "json"]).json();
    let told = job["provenance"].as_array().unwrap();
    let of = |field: &str| told.iter().find(|one| one["field"] == field).unwrap();
    assert_eq!((of("base_salary")["conflict"].as_bool(), of("title")["conflict"].as_bool()), (Some(true), Some(false)));
    assert_eq!(of("codes.role")["said"].as_array().unwrap().len(), 2);
    let taken = of("base_salary")["taken_from"].as_str().unwrap();
    let value = of("base_salary")["said"].as_array().unwrap().iter().find(|said| said["posting"] == taken).unwrap();
    assert_eq!(value["value"]["min"], job["base_salary"]["min"], "the rule tells what was done");
}

#[test]
fn an_employer_is_found_by_any_spelling_that_the_table_knows() {
    let app = TestApp::new("");
    let mut one: Value = serde_json::from_str(&line("1", "Medical Coder", "Dayton", "OH", "Codes charts.")).unwrap();
    one["hiringOrganization"]["name"] = json!("VHA");
    std::fs::write(app.path("one.jsonl"), one.to_string()).unwrap();
    assert_eq!(app.run(&["import", "one.jsonl", "--board", "office"]).code, 0);
    for name in ["VHA", "Veterans Health Administration"] {
        assert_eq!(titles(&app, &["--employer", name]), ["Medical Coder"], "{name}");
        assert_eq!(titles(&app, &["--not-employer", name]), [] as [&str; 0], "{name}");
    }
}
