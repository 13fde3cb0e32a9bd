//! What feed readers rely on: ids for good, through edits, mergers, partings and restores; changes as
//! items of their own; the same bytes until something happens.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::app::TestApp;
use super::fake_board::FakeBoard;
use super::vacancies::{Vacancy, three, ymcareers};

/// An office that has read these postings.
struct Office {
    app: TestApp,
}

impl Office {
    fn new(boards: &str) -> Self {
        Self { app: TestApp::new(boards) }
    }

    fn at(&mut self, now: &str) -> &mut Self {
        self.app.at(now);
        self
    }

    fn reads(&self, postings: &[Value]) {
        let lines: String = postings.iter().map(|posting| format!("{posting}\n")).collect();
        std::fs::write(self.app.path("postings.jsonl"), lines).unwrap();
        self.done(&["import", "postings.jsonl"]);
    }

    fn done(&self, arguments: &[&str]) -> String {
        let ran = self.app.run(arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout
    }

    /// Writes the feed in a form.
    fn feed(&self, form: &str) -> String {
        self.done(&["feed", "-", "--format", form])
    }

    /// Gives the items' ids and titles, the newest first.
    fn items(&self) -> Vec<(String, String)> {
        let feed: Value = serde_json::from_str(&self.feed("json")).unwrap();
        let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
        feed["items"].as_array().unwrap().iter().map(|item| (text(item, "id"), text(item, "title"))).collect()
    }

    fn ids(&self) -> BTreeSet<String> {
        self.items().into_iter().map(|(id, _)| id).collect()
    }
}

fn posting(board: &str, id: &str, title: &str) -> Value {
    json!({
        "@type": "JobPosting", "board": board, "identifier": id, "title": title,
        "url": format!("https://{board}.example/job/{id}"), "datePosted": "2026-11-18",
        "hiringOrganization": {"@type": "Organization", "name": format!("{title} Hospital")},
        "jobLocation": {"@type": "Place", "address": {"addressLocality": "Columbus", "addressRegion": "OH"}},
        "validThrough": "2026-12-20",
        "description": format!("<p>{title}: keeps records in order for the {title} Hospital, whatever comes.</p>"),
    })
}

fn with(mut posting: Value, name: &str, value: &str) -> Value {
    posting[name] = value.into();
    posting
}

#[test]
fn a_change_is_an_item_of_its_own_and_nothing_else_moves() {
    let mut office = Office::new("");
    let coder = with(posting("ahima", "1", "Coder"), "baseSalary", "$24.00 per hour");
    office.reads(&[coder.clone(), posting("ahima", "2", "Registrar")]);
    let before = office.ids();
    let written: Vec<String> = ["rss", "atom", "json", "ics"].map(|form| office.feed(form)).into();
    assert!(written[3].contains("SEQUENCE:0\r\n"), "{}", written[3]);

    office.at("2026-11-23T12:00:00Z").reads(&[coder.clone(), posting("ahima", "2", "Registrar")]);
    office.at("2026-11-29T12:00:00Z");
    let later: Vec<String> = ["rss", "atom", "json", "ics"].map(|form| office.feed(form)).into();
    assert_eq!(written, later, "what is read again and not changed leaves the bytes alone");

    let changed = with(with(coder, "baseSalary", "$26.00 per hour"), "validThrough", "2026-12-31");
    office.at("2026-11-30T12:00:00Z").reads(&[changed]);
    let items = office.items();
    assert_eq!(items.len(), 3, "{items:?}");
    assert!(items[0].0.contains("/updated/20261130T120000Z/"), "{items:?}");
    assert_eq!(items[0].1, "Pay and closing date changed: Coder - Coder Hospital (Columbus, OH)");
    let own = items[0].0.split("/updated").next().unwrap();
    assert!(before.contains(own), "{items:?}");
    assert!(before.is_subset(&office.ids()), "{items:?}");
    let atom = feed_rs::parser::parse(office.feed("atom").as_bytes()).unwrap();
    let job = atom.entries.iter().find(|entry| entry.id == own).unwrap();
    assert!(job.published.unwrap().to_rfc3339().starts_with("2026-11-22T11:59:59"), "first seen: {job:?}");
    assert!(job.updated.unwrap().to_rfc3339().starts_with("2026-11-30T11:59:59"), "last changed: {job:?}");
    assert!(office.feed("rss").contains("Closes Thursday, December 31") && office.feed("rss").contains("→"));
    let calendar = office.feed("ics");
    assert!(calendar.contains("DTSTART;VALUE=DATE:20261231\r\n") && calendar.contains("SEQUENCE:1\r\n"), "{calendar}");
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 2, "changes are no events: {calendar}");
}

#[test]
fn ids_survive_mergers_partings_and_restores() {
    let mut office = Office::new("");
    office.reads(&[posting("ahima", "1", "Coder"), posting("elite", "7", "Abstractor")]);
    let two = office.ids();
    assert_eq!(two.len(), 2);
    let same = ["dedupe", "same", "ahima/1", "elite/7", "--format", "json"];
    let ruling: Value = serde_json::from_str(&office.at("2026-11-24T12:00:00Z").done(&same)).unwrap();
    let one = office.ids();
    assert!(one.len() == 1 && one.is_subset(&two), "the survivor keeps its id: {one:?} of {two:?}");
    office.at("2026-11-25T12:00:00Z").done(&["dedupe", "undo", &ruling["event"].to_string()]);
    assert_eq!(office.ids(), two, "both are what they were, and nothing is new");

    let written: Vec<String> = ["rss", "atom", "json", "ics"].map(|form| office.feed(form)).into();
    office.done(&["backup", "copy.db"]);
    office.at("2026-11-26T12:00:00Z").reads(&[posting("ahima", "3", "Auditor")]);
    assert_eq!(office.ids().len(), 3);
    office.done(&["restore", "copy.db"]);
    assert_eq!(written, Vec::from(["rss", "atom", "json", "ics"].map(|form| office.feed(form))));
    office.at("2026-11-27T12:00:00Z").reads(&[posting("ahima", "3", "Auditor")]);
    assert!(two.is_subset(&office.ids()));

    let other = Office::new("");
    other.reads(&[posting("elite", "7", "Abstractor"), posting("ahima", "1", "Coder")]);
    assert_eq!(other.ids(), two, "a database made anew gives the same ids");
}

#[test]
fn what_closes_early_leaves_the_feeds_and_is_called_off_in_the_calendar() {
    let shown: Arc<Mutex<Vec<Vacancy>>> = Arc::new(Mutex::new(three()));
    let script = Arc::clone(&shown);
    let board = FakeBoard::start(move |asked| ymcareers(&script.lock().unwrap(), 100)(asked));
    let lakes = format!(
        "[boards.lakes]\nname = \"Lakes Careers\"\nengine = \"ymcareers\"\nbase_url = \"{}\"\n",
        board.origin()
    );
    let mut office = Office::new(&lakes);
    office.done(&["poll"]);
    let all = office.ids();
    assert_eq!(office.feed("ics").matches("STATUS:CONFIRMED").count(), 3);
    let gone = shown.lock().unwrap().remove(0);
    for now in ["2026-11-23T12:00:00Z", "2026-11-24T12:00:00Z"] {
        office.at(now).done(&["poll"]);
    }
    let left = office.ids();
    assert!(left.len() == 2 && left.is_subset(&all), "{left:?}");
    let calendar = office.feed("ics").replace("\r\n ", "");
    assert_eq!(calendar.matches("STATUS:CONFIRMED").count(), 2, "{calendar}");
    let event = calendar.split("BEGIN:VEVENT").find(|event| event.contains("STATUS:CANCELLED")).unwrap();
    assert!(event.contains(&format!("SUMMARY:Closed early: {}", gone.title)), "{event}");
    assert!(event.contains("SEQUENCE:1\r\n") && event.contains("DTSTAMP:20261124T120000Z"), "{event}");

    shown.lock().unwrap().insert(0, gone);
    office.at("2026-11-25T12:00:00Z").done(&["poll"]);
    let items = office.items();
    assert!(items[0].1.starts_with("Open again: Inpatient Coder"), "{items:?}");
    assert!(all.is_subset(&office.ids()));
    office.at("2027-06-01T12:00:00Z");
    assert!(office.items().is_empty());
    assert!(!office.feed("ics").contains("VEVENT"), "nothing is called off after its date");
}

#[test]
fn a_board_that_is_switched_off_keeps_its_word_on_its_texts() {
    let boards = |enabled: bool| {
        format!(
            "[boards.hills]\nname = \"Hills\"\nengine = \"bti\"\nbase_url = \"https://hills.example\"\nenabled = {enabled}\nrepublish = \"link\"\n"
        )
    };
    let office = Office::new(&boards(true));
    office.reads(&[posting("hills", "1", "Coder")]);
    for enabled in [true, false] {
        office.app.configure(&boards(enabled));
        for form in ["rss", "atom", "json"] {
            let written = office.feed(form);
            assert!(written.contains("Coder Hospital") && !written.contains("whatever comes"), "{form} {written}");
        }
    }
}
