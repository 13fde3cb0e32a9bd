//! What the program says to input that it cannot use: one line that names the thing and the remedy,
//! on stderr alone, with the right exit code.

use super::app::TestApp;

/// Runs a command and gives what a user sees, the folder's path left out.
fn said(app: &TestApp, arguments: &[&str]) -> String {
    let ran = app.run(arguments);
    assert_eq!(ran.stdout, "", "{arguments:?} prints nothing to stdout: {ran:?}");
    let folder = app.folder().display().to_string();
    format!("$ jobrounds {}\n[exit {}]\n{}", arguments.join(" "), ran.code, ran.stderr.replace(&folder, "[DIR]"))
}

fn said_to_config(boards: &str, arguments: &[&str]) -> String {
    said(&TestApp::new(boards), arguments)
}

#[test]
fn unusable_configuration_is_told_with_its_place_and_remedy() {
    let check = ["config", "check"];
    let html = "[boards.lakes]\nengine = \"html\"\nbase_url = \"https://lakes.example\"\n[boards.lakes.html]\n";
    let cases = [
        ("unknown key", "[boards.lakes]\nengine = \"bti\"\nbase_ulr = \"https://lakes.example\"\n".to_owned()),
        ("unknown section", "[fetsh]\ncontact = \"x\"\n".to_owned()),
        ("no TOML", "[boards.lakes\n".to_owned()),
        ("unknown engine", "[boards.lakes]\nengine = \"ymcareer\"\nbase_url = \"https://lakes.example\"\n".to_owned()),
        ("no engine", "[boards.lakes]\nbase_url = \"https://lakes.example\"\n".to_owned()),
        ("bad filter", format!("{html}item = \"li\"\nfields = {{ title = \"a | trimm\" }}\n")),
        (
            "missing key file",
            "[boards.usajobs]\nemail = \"me@example.edu\"\napi_key_file = \"usajobs.key\"\n".to_owned(),
        ),
        ("key without address", "[boards.usajobs]\napi_key = \"secret\"\n".to_owned()),
        ("two schedules", "[boards.ahima]\nschedule = \"0 6 * * *\"\nevery = \"6h\"\n".to_owned()),
        ("bad id", "[boards.\"My Board\"]\nengine = \"bti\"\nbase_url = \"https://lakes.example\"\n".to_owned()),
        (
            "credentials in an address",
            "[boards.lakes]\nengine = \"bti\"\nbase_url = \"https://me:pass@lakes.example\"\n".to_owned(),
        ),
    ];
    let told: Vec<String> =
        cases.iter().map(|(name, boards)| format!("# {name}\n{}", said_to_config(boards, &check))).collect();
    assert!(told.iter().all(|text| text.contains("[exit 2]")), "{told:#?}");
    assert!(!told.join("").contains("secret\"") && !told.join("").contains("me:pass@"), "{told:#?}");
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_bad_selector_is_told_with_its_board_and_without_another_programs_words() {
    let boards = "[boards.lakes]\nengine = \"html\"\nbase_url = \"https://lakes.example\"\n\
                  [boards.lakes.html]\nitem = \"li..job\"\n";
    let told = said_to_config(boards, &["config", "check"]);
    assert!(told.contains("[exit 2]") && told.contains("`html.item`") && told.contains("`li..job`"), "{told}");
    assert!(told.contains("`lakes`"), "{told}");
    assert!(!told.contains("report this to the developer"), "{told}");
}

#[test]
fn a_bad_variable_names_its_key() {
    let app = TestApp::new("");
    let output = app.command(&["config", "check"]).env("JOBROUNDS__FETCH__MIN_INTERVALL", "1s").output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap());
}

#[test]
fn unusable_arguments_are_told_with_what_would_be_right() {
    let app = TestApp::new("");
    let cases: [&[&str]; 16] = [
        &["poll", "ahma"],
        &["board", "show", "nowhere"],
        &["board", "check", "nowhere"],
        &["search", "--pay-at-least", "30"],
        &["search", "--state", "Ohoi"],
        &["search", "--posted-within", "soon"],
        &["search", "--employment-type", "sometimes"],
        &["search", "--known", "payy"],
        &["search", "--sort", "best"],
        &["search", "--status", "maybe"],
        &["search", "--format", "xml"],
        &["digest", "preview", "--tz", "Mars/Olympus"],
        &["digest", "preview", "--since", "yesterday"],
        &["feed", "jobs.rss", "--format", "csv"],
        &["parse", "--engine", "netscape", "x.html"],
        &["import", "--board", "My Board", "x.jsonl"],
    ];
    let told: Vec<String> = cases.iter().map(|arguments| said(&app, arguments)).collect();
    insta::assert_snapshot!(told.join("\n"));
    assert!(told.iter().all(|text| text.contains("[exit 2]")), "{told:#?}");
    assert!(!app.path("test.db").exists(), "a mistyped command makes no database");
}

#[test]
fn missing_files_and_databases_are_told_with_their_paths() {
    let app = TestApp::new("");
    std::fs::write(app.path("notes.db"), "These are my notes, not a database.\n".repeat(200)).unwrap();
    let full = app.path("notes.db").display().to_string();
    let cases: [&[&str]; 8] = [
        &["search", "coder"],
        &["show", "7k2m"],
        &["export"],
        &["backup", "copy.db"],
        &["--db", &full, "search"],
        &["--db", &full, "poll"],
        &["import", "missing.jsonl"],
        &["robots", "--url", "https://lakes.example/", "missing.txt"],
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|arguments| said(&app, arguments).replace(&app.folder().display().to_string(), "[DIR]"))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    assert!(told.iter().all(|text| text.contains("[exit 1]")), "{told:#?}");
    let kept = std::fs::read_to_string(app.path("notes.db")).unwrap();
    assert!(kept.starts_with("These are my notes"), "somebody's file is left as it is");
}

#[test]
fn a_missing_configuration_file_is_told() {
    let app = TestApp::new("");
    std::fs::remove_file(app.path("jobrounds.toml")).unwrap();
    insta::assert_snapshot!(said(&app, &["config", "check"]));
}

#[test]
fn unreadable_lines_are_told_by_number_and_cost_only_themselves() {
    let app = TestApp::new("");
    let good =
        r#"{"@type": "JobPosting", "identifier": "1", "title": "Coder", "hiringOrganization": {"name": "Lakemont"}}"#;
    let lines = [
        good,
        "{\"@type\": \"JobPosting\", ",
        "",
        "[1, 2]",
        "\u{feff}{\"@type\": \"Recipe\"}",
        "{\"@type\": \"JobPosting\", \"board\": \"Not An Id\", \"title\": \"X\"}",
        "{\"postings\": [{\"board\": \"lakes\", \"posting_id\": \"2\"}]}",
    ];
    let mut bytes = lines.join("\n").into_bytes();
    bytes.extend_from_slice(b"\n\xff\xfe\xfd\n");
    std::fs::write(app.path("jobs.jsonl"), bytes).unwrap();
    insta::assert_snapshot!(said(&app, &["import", "jobs.jsonl", "--board", "lakes"]));
    assert_eq!(app.run(&["search", "--format", "jsonl"]).lines().len(), 1);
    insta::assert_snapshot!("lines_without_a_board", said(&app, &["import", "jobs.jsonl"]));
}

#[test]
fn a_database_of_a_later_version_is_left_alone() {
    let app = TestApp::new("");
    std::fs::write(app.path("jobs.jsonl"), "{\"@type\": \"JobPosting\", \"identifier\": \"1\", \"title\": \"Coder\", \"url\": \"https://lakes.example/1\"}\n").unwrap();
    assert_eq!(app.run(&["import", "jobs.jsonl", "--board", "lakes"]).code, 0);
    // The version stands in four bytes of the file's head, big-endian (sqlite.org/fileformat2).
    let mut bytes = std::fs::read(app.path("test.db")).unwrap();
    bytes[60..64].copy_from_slice(&9999_u32.to_be_bytes());
    std::fs::write(app.path("test.db"), bytes).unwrap();
    let told = said(&app, &["search"]);
    assert!(told.contains("[exit 1]") && told.contains("9999"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_passed_over() {
    use std::os::unix::ffi::OsStrExt as _;
    let app = TestApp::new("");
    for arguments in [&["config", "check"][..], &["doctor"]] {
        let odd = std::ffi::OsStr::from_bytes(b"\xff");
        let output = app.command(arguments).env("FOO", odd).output().unwrap();
        assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    }
}

#[test]
fn a_secret_is_never_told_whatever_is_wrong_with_it() {
    let broken = [
        "[mail]\npassword = 4711471147\n",
        "[mail]\npasword = \"4711471147\"\n",
        "[boards.usajobs]\napi_keys = \"4711471147\"\n",
        "[mail]\npassword = \"4711471147\n",
    ];
    for text in broken {
        let told = said_to_config(text, &["config", "check"]);
        assert!(told.contains("[exit 2]") && told.contains("line "), "{told}");
        assert!(!told.contains("4711471147"), "{told}");
    }
    let lakes = "[boards.lakes]\nengine = \"rss\"\nbase_url = \"https://lakes.example/jobs?token=4711471147\"\n";
    let shown = TestApp::new(lakes).run(&["config", "show"]);
    assert_eq!((shown.code, shown.stdout.matches("(secret)").count()), (0, 1), "{shown:?}");
    assert!(!shown.stdout.contains("71147"), "{shown:?}");
    for server in
        ["smtps://me:47114#71147@mail.example", "smtps://me:4711471147@mail.example", "me:4711471147@mail.example"]
    {
        let told = said_to_config(&format!("[mail]\nurl = \"{server}\"\n"), &["config", "show"]);
        assert!(told.contains("[exit 2]") && !told.contains("71147"), "{told}");
    }
}

#[test]
fn values_that_no_command_could_use_are_refused_with_what_would_be_right() {
    let board = "[boards.lakes]\nengine = \"bti\"\nbase_url = \"https://lakes.example\"\n";
    let json = "[boards.lakes]\nengine = \"json\"\nbase_url = \"https://lakes.example\"\n";
    let rules = "[boards.lakes.json]\nfields = { title = \"/t\", id = \"/i\" }\n";
    let cases = [
        ("retention.raw", "never", "[retention]\nraw = \"banana\"\n".to_owned()),
        ("retention.closed_jobs", "90d", "[retention]\nclosed_jobs = \"-3d\"\n".to_owned()),
        ("web.bind", "127.0.0.1:8080", "[web]\nbind = \"everywhere\"\n".to_owned()),
        ("web.public_url", "https://", "[web]\npublic_url = \"ftp://jobs.example.edu\"\n".to_owned()),
        ("mail.from", "<jobs@example.edu>", "[mail]\nfrom = \"jobrounds\"\n".to_owned()),
        ("mail.url", "smtps://", "[mail]\ntransport = \"smtp\"\n".to_owned()),
        ("mail.url", "password_file", "[mail]\nurl = \"smtps://me:47114711@mail.example\"\n".to_owned()),
        ("mail.url", "in clear", "[mail]\nurl = \"smtp://mail.example\"\n".to_owned()),
        ("schedule", "from 0 to 59", format!("{board}schedule = \"99 99 * * *\"\n")),
        ("max_pages", "at least 1", format!("{board}max_pages = 0\n")),
        ("every", "at most", format!("{board}every = \"99999999999999d\"\n")),
        ("country", "`US`", format!("{board}country = \"Ohio\"\n")),
        ("detail_url", "{id}", format!("{json}detail_url = \"/jobs/\"\n{rules}")),
        ("json.fields.title", "`/job/t`", format!("{json}[boards.lakes.json]\nfields = {{ title = \"job/t\" }}\n")),
    ];
    for (key, right, text) in cases {
        let told = said_to_config(&text, &["config", "check"]);
        assert!(told.contains("[exit 2]") && told.contains(&format!("`{key}`")) && told.contains(right), "{told}");
        assert!(!told.contains("47114711"), "{told}");
    }
    let app = TestApp::new("");
    let output = app.command(&["config", "check"]).env("JOBROUNDS__FETCH__CONTACT", "a\nb").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn a_line_without_end_is_passed_over_and_one_bad_number_costs_that_number() {
    let app = TestApp::new("");
    let posting = |id: u8, more: &str| {
        format!(
            "{{\"@type\":\"JobPosting\",\"identifier\":\"{id}\",\"title\":\"Coder\",\"url\":\"https://a.example/{id}\"{more}}}\n"
        )
    };
    let long = format!("{{\"title\":\"{}\"}}\n", "x".repeat(17 << 20));
    let odd = posting(2, ",\"baseSalary\":{\"value\":1e400},\"datePosted\":\"the day before\"");
    std::fs::write(app.path("jobs.jsonl"), [posting(1, ""), long, odd].concat()).unwrap();
    let told = said(&app, &["import", "jobs.jsonl", "--board", "lakes"]);
    assert!(told.contains("line 2: is longer than") && told.contains("3 lines: 2 new"), "{told}");
    assert!(told.lines().filter(|line| line.starts_with("jobrounds: ")).all(|line| line.contains("line ")), "{told}");
    assert!(told.contains("line 3, "), "{told}");
}

#[test]
fn a_folder_is_no_database() {
    let app = TestApp::new("");
    for command in ["search", "poll"] {
        let told = said(&app, &["--db", ".", command]);
        assert!(told.contains("[exit 1]") && told.contains("`.` is a folder"), "{told}");
    }
    std::fs::write(app.path("jobrounds.toml"), "[store]\npath = \"\"\n").unwrap();
    let told = said(&app, &["search"]);
    assert!(told.contains("[exit 2]") && told.contains("`store.path`: is empty"), "{told}");
}
