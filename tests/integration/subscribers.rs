//! Subscribers and mail on its way, as the command line handles them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::app::{Ran, TestApp};

const MAIL: &str = "[mail]\nfrom = \"Jobs <jobs@example.edu>\"\npostal_address = \"1 College Way\"\n";
const WEB: &str = "[web]\npublic_url = \"https://jobs.example.edu\"\n";
/// A port at which nobody listens, so that every attempt finds the server away.
const NO_SERVER: &str = "transport = \"smtp\"\nurl = \"smtp://127.0.0.1:9\"\n";

fn app(configuration: &str) -> TestApp {
    TestApp::new(configuration)
}

/// Stores some jobs; their numbers make them different.
fn store_jobs(app: &TestApp, numbers: std::ops::Range<u32>) {
    let line = |number: u32| {
        json!({
            "@type": "JobPosting", "identifier": number.to_string(), "title": format!("Coder of ward {number}x"),
            "hiringOrganization": { "name": format!("Hospital {number}") },
            "url": format!("https://lakes.example/{number}"),
            "description": format!("Codes charts of ward {number}. RHIT required."),
            "jobLocation": { "address": { "addressLocality": "Columbus", "addressRegion": "OH" } },
        })
    };
    let text: String = numbers.map(|number| format!("{}\n", line(number))).collect();
    std::fs::write(app.path("jobs.jsonl"), text).unwrap();
    assert_eq!(app.run(&["import", "jobs.jsonl", "--board", "lakes"]).code, 0);
}

fn done(ran: Ran) -> Ran {
    assert_eq!(ran.code, 0, "{ran:?}");
    ran
}

/// Adds somebody whose consent is on file, who hears of coders in Ohio.
fn add(app: &TestApp, email: &str, more: &[&str]) -> Value {
    let arguments = ["subscriber", "add", email, "coder", "--confirmed", "--format", "json"];
    let arguments: Vec<&str> = arguments.iter().chain(more).copied().collect();
    done(app.run(&arguments)).json()
}

fn is_short(text: &str) -> bool {
    text.lines().all(|line| line.chars().count() <= 80)
}

#[test]
fn somebody_is_added_listed_shown_and_their_mail_previewed() {
    let mut app = app(MAIL);
    store_jobs(&app, 1..4);
    let chicago = ["--state", "OH", "--credential", "RHIT", "--every", "weekly", "--weekday", "fri", "--at", "6:30 pm"];
    let arguments = ["subscriber", "add", "Jo.Doe@Example.edu", "--confirmed", "--basis", "asked at the fair"];
    let more = ["--tz", "America/Chicago", "--name", "Ohio", "--by", "the office"];
    let arguments: Vec<&str> = arguments.iter().chain(&chicago).chain(&more).copied().collect();
    let added = done(app.run(&arguments));
    insta::assert_snapshot!("added", added.stdout);
    let second = add(&app, "jo.doe@example.edu", &["--since", "7d", "--by", "the office"]);
    assert_eq!((&second["subscriber"], &second["subscription"]), (&json!(1), &json!(2)));
    add(&app, "second@example.edu", &["--every", "instant", "--heartbeat", "--by", "the office"]);
    done(app.run(&["subscriber", "pause", "2", "--until", "2026-12-24"]));
    let listed = done(app.run(&["subscriber", "list"]));
    assert!(is_short(&listed.stdout) && !listed.stdout.contains("Doe"), "{}", listed.stdout);
    insta::assert_snapshot!("listed", format!("{}{}", listed.stdout, listed.stderr));
    assert!(done(app.run(&["subscriber", "list", "--addresses"])).stdout.contains("Jo.Doe@example.edu"));
    assert_eq!(app.run(&["subscriber", "list", "--state", "bounced"]).code, 1);
    assert_eq!(app.run(&["subscriber", "list", "--state", "gone"]).code, 2);
    let by_number = done(app.run(&["subscriber", "show", "1"])).stdout;
    assert_eq!(done(app.run(&["subscriber", "show", "JO.DOE@example.edu"])).stdout, by_number);
    insta::assert_snapshot!("shown", by_number);
    let document = done(app.run(&["subscriber", "show", "1", "--format", "json"])).json();
    insta::assert_json_snapshot!("shown_json", document);
    let rows = done(app.run(&["subscriber", "list", "--format", "csv"])).stdout;
    assert_eq!(rows.lines().count(), 3, "{rows}");
    // What was looked back for is mailed at once; then nothing is due.
    app.at("2026-11-22T12:01:00Z");
    let ran = done(app.run(&["digest", "run", "--format", "json"])).json();
    assert_eq!((&ran["mails"], &ran["jobs"], &ran["sent"]), (&json!(1), &json!(3), &json!(1)), "{ran}");
    assert_eq!(done(app.run(&["digest", "run", "--format", "json"])).json()["due"], 0);
    assert!(done(app.run(&["digest", "preview", "2"]).also(1)).stdout.contains("coder"));
}

#[test]
fn what_is_wrong_is_told_with_what_would_be_right_and_without_addresses() {
    let app = app(MAIL);
    let wrong = [
        (&["subscriber", "add", "jo example", "--confirmed"][..], 2),
        (&["subscriber", "add", "jo@example.edu", "--confirmed", "--every", "hourly"], 2),
        (&["subscriber", "add", "jo@example.edu", "--confirmed", "--tz", "Chicago"], 2),
        (&["subscriber", "add", "jo@example.edu", "--confirmed", "--at", "7"], 2),
        (&["subscriber", "add", "jo@example.edu", "--confirmed", "--day", "3"], 2),
        (&["subscriber", "add", "jo@example.edu", "--confirmed", "--status", "closed"], 2),
        (&["subscriber", "add", "jo@example.edu", "--confirmed", "--limit", "5"], 2),
        (&["subscriber", "add", "jo@example.edu", "--confirmed", "--credential", "XYZ"], 2),
        (&["subscriber", "add", "jo@example.edu", "--confirmed", "--since", "soon"], 2),
        (&["subscriber", "add", "jo@example.edu", "--basis", "x"], 2),
        (&["subscriber", "add", "jo@example.edu"], 2),
        (&["subscriber", "show", "7"], 1),
    ];
    let mut told = String::new();
    for (arguments, code) in wrong {
        let ran = app.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{arguments:?}: {ran:?}");
        let flags = arguments.iter().skip(3).copied().collect::<Vec<_>>().join(" ");
        writeln!(told, "[{flags}]\n{}", ran.stderr.trim_end()).unwrap();
    }
    insta::assert_snapshot!("wrong", told);
    add(&app, "jo@example.edu", &[]);
    let mistakes = [
        &["subscriber", "add", "jo@example.edu", "coder", "--confirmed"][..],
        &["subscriber", "show", "7"],
        &["subscriber", "show", "nobody@example.edu"],
        &["subscriber", "pause", "1", "--until", "2025-01-01"],
        &["subscriber", "pause", "1", "--until", "tomorrow"],
        &["subscriber", "pause", "1", "--subscription", "9"],
        &["subscriber", "resume", "nobody@example.edu"],
        &["outbox", "show", "7"],
        &["outbox", "retry", "7"],
        &["outbox", "list", "--state", "lost"],
    ];
    let mut told = String::new();
    for arguments in mistakes {
        let ran = app.run(arguments);
        assert!(ran.code > 0 && ran.stdout.is_empty(), "{arguments:?}: {ran:?}");
        assert!(!ran.stderr.contains("nobody@") && !ran.stderr.contains("jo@"), "{ran:?}");
        writeln!(told, "[{}] {}", arguments.join(" "), ran.code).unwrap();
        writeln!(told, "{}", ran.stderr.trim_end()).unwrap();
    }
    insta::assert_snapshot!("mistakes", told);
}

#[test]
fn other_people_are_mailed_only_with_a_postal_address() {
    let app = app("[mail]\nfrom = \"Jobs <jobs@example.edu>\"\n");
    std::fs::write(app.path("people.csv"), "email\njo@example.edu\n").unwrap();
    for arguments in
        [&["subscriber", "add", "jo@example.edu", "--confirmed"][..], &["subscriber", "import", "people.csv"]]
    {
        let ran = app.run(arguments);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("mail.postal_address") && ran.stderr.contains("mail.personal"), "{ran:?}");
    }
    app.configure("[mail]\npersonal = true\n");
    assert_eq!(app.run(&["subscriber", "add", "me@example.edu", "--confirmed"]).code, 0);
}

#[test]
fn without_consent_on_file_the_addresss_owner_is_asked_by_mail() {
    let mut app = app(&format!("{WEB}{MAIL}{NO_SERVER}"));
    let asked = done(app.run(&["subscriber", "add", "jo@example.edu", "--state", "OH", "--tz", "America/Chicago"]));
    assert!(asked.stdout.contains("a mail asks its owner") && !asked.stdout.contains("jo@"), "{}", asked.stdout);
    let listed = done(app.run(&["subscriber", "list", "--format", "json"])).json();
    assert_eq!((&listed[0]["state"], &listed[0]["next_mail"]), (&json!("pending"), &Value::Null));
    let mail = done(app.run(&["outbox", "show", "1"]));
    assert!(mail.stdout.contains("confirmation to jo@example.edu"), "{}", mail.stdout);
    assert!(mail.stdout.contains("https://jobs.example.edu/confirm/"), "{}", mail.stdout);
    let document = done(app.run(&["outbox", "show", "1", "--format", "json"])).json();
    assert!(document["headers"].as_str().unwrap().contains("\nTo: "), "{document}");
    assert!(document["text"].as_str().unwrap().contains("/confirm/"), "{document}");
    // Nobody is flooded.
    for state in ["KY", "IN"] {
        done(app.run(&["subscriber", "add", "jo@example.edu", "--state", state]));
    }
    let ran = app.run(&["subscriber", "add", "jo@example.edu", "--state", "MI"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("3 a day"), "{ran:?}");
    for arguments in [&["subscriber", "pause", "1"][..], &["subscriber", "resume", "1"]] {
        assert_eq!(app.run(arguments).code, 1, "{arguments:?}");
    }
    // Nothing of it leaves with the others, and nothing of it is exported.
    app.at("2026-11-25T12:00:00Z");
    assert_eq!(done(app.run(&["digest", "run", "--format", "json"]).also(1)).json()["due"], 0);
    assert_eq!(app.run(&["subscriber", "export"]).code, 1);
    // An office with their word on paper need not wait.
    let added = add(&app, "jo@example.edu", &["--state", "OH"]);
    assert_eq!(added["subscriber"], 1);
}

#[test]
fn somebody_is_paused_resumed_and_erased() {
    let mut app = app(MAIL);
    store_jobs(&app, 1..2);
    add(&app, "jo@example.edu", &["--tz", "America/Chicago"]);
    let second = add(&app, "jo@example.edu", &["--tz", "America/Chicago", "--state", "OH"]);
    let number = second["subscription"].to_string();
    done(app.run(&["subscriber", "pause", "jo@example.edu"]));
    app.at("2026-11-24T15:00:00Z");
    store_jobs(&app, 2..3);
    assert_eq!(done(app.run(&["digest", "run", "--format", "json"])).json()["due"], 0);
    done(app.run(&["subscriber", "resume", "1"]));
    done(app.run(&["subscriber", "pause", "1", "--subscription", &number]));
    let ran = done(app.run(&["digest", "run", "--format", "json"])).json();
    assert_eq!((&ran["mails"], &ran["jobs"]), (&json!(1), &json!(1)), "what is new meanwhile is told afterwards");
    done(app.run(&["subscriber", "resume", "1", "--subscription", &number]));
    done(app.run(&["subscriber", "remove", "1", "--subscription", &number]));
    let shown = done(app.run(&["subscriber", "show", "1", "--format", "json"])).json();
    assert_eq!(shown["subscriptions"].as_array().unwrap().len(), 1);
    assert_eq!(shown["mails"][0]["state"], "sent");
    let removed = done(app.run(&["subscriber", "remove", "JO@example.edu"]));
    insta::assert_snapshot!("removed", removed.stdout);
    for name in ["test.db", "test.db-wal"] {
        let bytes = std::fs::read(app.path(name)).unwrap_or_default().to_ascii_lowercase();
        assert!(memchr::memmem::find(&bytes, b"jo@example.edu").is_none(), "{name}");
    }
    let again = app.run(&["subscriber", "add", "jo@example.edu", "--confirmed"]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("by subscribing on the web"), "{again:?}");
    let gone = app.run(&["subscriber", "show", "jo@example.edu"]);
    assert!(gone.code == 1 && gone.stderr.contains("it was removed"), "{gone:?}");
    assert_eq!(app.run(&["subscriber", "list"]).code, 1);
    assert!(app.run(&["subscriber", "list"]).stderr.contains("1 addresses are not mailed"), "the hash is counted");
}

#[test]
fn a_file_is_imported_line_by_line_and_what_is_wrong_told_by_its_line() {
    let app = app(MAIL);
    add(&app, "left@example.edu", &[]);
    done(app.run(&["subscriber", "remove", "left@example.edu"]));
    let lines = "email,name,filters,credential,every,at,tz\n\
                 ann@example.edu,Ann,state=OH,\"RHIT,CCS\",daily,7am,America/Chicago\n\
                 \"no address\",,state=OH,,daily,7am,America/Chicago\n\
                 left@example.edu,,state=OH,,daily,7am,America/Chicago\n\
                 ANN@example.edu,Ann again,state=OH,\"RHIT,CCS\",daily,07:00,america/chicago\n\
                 bob@example.edu,,,,weekly,,\n\
                 cleo@example.edu,,stat=OH,,,,\n\
                 dan@example.edu,,,XYZ,,,\n\
                 eva@example.edu,,,,daily,7am,Mars\n";
    std::fs::write(app.path("people.csv"), format!("\u{feff}{}", lines.replace('\n', "\r\n"))).unwrap();
    let import = |more: &[&str]| {
        let arguments = ["subscriber", "import", "people.csv", "--basis", "a form, 2026", "--by", "the office"];
        app.run(&arguments.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let trial = import(&["--dry-run", "--format", "json"]);
    assert_eq!(app.run(&["subscriber", "list"]).code, 1, "a trial adds nobody");
    let report = import(&["--format", "json"]);
    assert_eq!((trial.code, report.code), (1, 1));
    let (mut trial, report) = (trial.json(), report.json());
    assert_eq!(trial["dry_run"].take(), json!(true));
    trial["dry_run"] = json!(false);
    assert_eq!(trial, report, "and says what would come of it");
    insta::assert_json_snapshot!("import", report);
    assert!(!report.to_string().contains("example.edu"), "{report}");
    let again = import(&[]);
    assert!(again.stderr.contains("0 added; 3 there already"), "{}", again.stderr);
    assert!(!again.stderr.contains("@example.edu"), "{}", again.stderr);
    let shown = done(app.run(&["subscriber", "show", "ann@example.edu", "--format", "json"])).json();
    assert_eq!(shown["consents"][0]["basis"], "a form, 2026");
    assert_eq!(shown["subscriptions"][0]["filters"], "state=OH&credential=RHIT&credential=CCS");
    let wrong = [("stat\nOH\n", "email"), ("email,stat\na@b.c,OH\n", "did you mean `state`"), ("", "email")];
    for (text, said) in wrong {
        std::fs::write(app.path("people.csv"), text).unwrap();
        let ran = import(&[]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(said), "{ran:?}");
    }
    std::fs::write(app.path("people.csv"), b"email\ncaf\xe9@example.edu\n").unwrap();
    assert!(import(&[]).stderr.contains("UTF-8"));
    std::fs::write(app.path("people.csv"), "email\nfay@example.edu\n").unwrap();
    let ran = app.run(&["subscriber", "import", "people.csv"]);
    assert!(ran.code == 1 && ran.stderr.contains("--basis"), "{ran:?}");
    assert!(app.run(&["subscriber", "import", "nothing.csv"]).stderr.contains("nothing.csv"));
}

#[test]
fn what_is_exported_is_imported_the_same_elsewhere() {
    let (here, there) = (app(MAIL), app(MAIL));
    add(&here, "ann@example.edu", &["--state", "OH", "--name", "=1+1, \"quoted\"", "--by", "the office"]);
    add(&here, "ann@example.edu", &["--every", "weekly", "--weekday", "tue", "--tz", "America/Denver", "--heartbeat"]);
    add(&here, "bob@example.edu", &["--every", "monthly", "--day", "31", "--basis", "a form"]);
    add(&here, "cleo@example.edu", &["--every", "instant", "--employer", "Smith, Jones & Co"]);
    done(here.run(&["subscriber", "pause", "bob@example.edu", "--until", "2027-01-01"]));
    done(here.run(&["subscriber", "pause", "ann@example.edu", "--subscription", "2"]));
    let lines = done(here.run(&["subscriber", "export"]));
    insta::assert_snapshot!("exported", lines.stdout);
    for form in ["jsonl", "csv"] {
        let exported = done(here.run(&["subscriber", "export", "--format", form])).stdout;
        std::fs::write(there.path("people"), &exported).unwrap();
        let read = done(there.run(&["subscriber", "import", "people", "--format", "json"])).json();
        let expected = if form == "jsonl" { json!(4) } else { json!(0) };
        assert_eq!(read["added"], expected, "{read}");
        assert_eq!(done(there.run(&["subscriber", "export", "--format", form])).stdout, exported);
    }
}

#[test]
fn a_long_list_is_imported_in_moments() {
    let app = app(MAIL);
    store_jobs(&app, 1..200);
    let mut text = String::from("email,filters,every,tz\n");
    for number in 0..2_000 {
        writeln!(text, "person{number}@example.edu,state=OH,daily,America/Chicago").unwrap();
    }
    std::fs::write(app.path("people.csv"), text).unwrap();
    let began = std::time::Instant::now();
    let read = done(app.run(&["subscriber", "import", "people.csv", "--basis", "a list", "--format", "json"])).json();
    assert_eq!(read["added"], 2_000);
    assert!(began.elapsed() < std::time::Duration::from_mins(1), "{:?}", began.elapsed());
}

#[test]
fn mail_on_its_way_is_listed_held_tried_again_and_given_up() {
    let mut app = app(&format!("{MAIL}{NO_SERVER}"));
    for name in ["ann", "bob"] {
        add(&app, &format!("{name}@example.edu"), &[]);
    }
    app.at("2026-11-23T15:00:00Z");
    store_jobs(&app, 1..3);
    let ran = app.run(&["digest", "run", "--format", "json"]);
    assert_eq!((ran.code, &ran.json()["mails"], &ran.json()["away"]), (1, &json!(2), &json!(1)), "{ran:?}");
    let listed = done(app.run(&["outbox", "list"]));
    assert!(is_short(&listed.stdout) && listed.stdout.contains("a…@example.edu"), "{}", listed.stdout);
    assert!(listed.stderr.contains("the mail server is asked again at"), "{}", listed.stderr);
    done(app.run(&["outbox", "hold", "1"]));
    assert_eq!(app.run(&["outbox", "hold", "1"]).code, 1, "held already");
    let held = done(app.run(&["outbox", "list", "--state", "held", "--format", "json"])).json();
    assert_eq!((held.as_array().unwrap().len(), &held[0]["id"]), (1, &json!(1)));
    done(app.run(&["outbox", "retry", "1"]));
    done(app.run(&["outbox", "drop", "2"]));
    let ended = app.run(&["outbox", "retry", "2"]);
    assert!(ended.code == 1 && ended.stderr.contains("cancelled"), "{ended:?}");
    assert_eq!(done(app.run(&["outbox", "list", "--all", "--format", "jsonl"])).lines().len(), 2);
    assert!(done(app.run(&["outbox", "show", "1"])).stdout.contains("Coder of ward"));
    assert!(done(app.run(&["outbox", "show", "2"])).stderr.contains("not kept"));
    // Paused, nothing is tried.
    done(app.run(&["outbox", "pause", "--why", "the server moves"]));
    let paused = app.run(&["digest", "run"]);
    assert!(paused.code == 1 && paused.stderr.contains("the server moves"), "{paused:?}");
    assert!(done(app.run(&["outbox", "list"])).stderr.contains("the server moves"));
    done(app.run(&["outbox", "resume"]));
    // And what was given up goes with the next one.
    app.configure(MAIL);
    app.at("2026-11-24T15:00:00Z");
    let ran = done(app.run(&["digest", "run", "--format", "json"])).json();
    assert_eq!((&ran["mails"], &ran["jobs"], &ran["sent"]), (&json!(1), &json!(2), &json!(2)), "{ran}");
    assert_eq!(app.run(&["outbox", "list"]).code, 1, "nothing is on its way");
}

#[test]
fn a_restored_database_goes_on_with_what_is_new_from_then_on() {
    let mut app = app(MAIL);
    store_jobs(&app, 1..3);
    add(&app, "ann@example.edu", &["--since", "7d"]);
    done(app.run(&["backup", "copy.db"]));
    let first = done(app.run(&["digest", "run", "--format", "json"])).json();
    assert_eq!((&first["jobs"], &first["sent"]), (&json!(2), &json!(1)));
    done(app.run(&["restore", "copy.db"]));
    app.at("2026-11-23T15:00:00Z");
    assert_eq!(app.run(&["digest", "run"]).code, 1, "mail is paused");
    let resumed = done(app.run(&["outbox", "resume", "--skip"]));
    assert!(resumed.stderr.replace('\n', " ").contains("go on with what is new"), "{resumed:?}");
    let quiet = done(app.run(&["digest", "run", "--format", "json"])).json();
    assert_eq!(quiet["mails"], 0, "what was told after the backup is not told again");
    // Nor when it changes; what comes later is told.
    app.at("2026-11-24T15:00:00Z");
    store_jobs(&app, 1..4);
    let later = done(app.run(&["digest", "run", "--format", "json"])).json();
    assert_eq!((&later["mails"], &later["jobs"]), (&json!(1), &json!(1)), "{later}");
}

impl Ran {
    /// Lets another code count as well.
    fn also(mut self, code: i32) -> Self {
        if self.code == code {
            self.code = 0;
        }
        self
    }
}
