//! The engines' fixtures against its `expected.json`: what `parse` makes of a saved answer, raw and
//! normalized side by side. `UPDATE_EXPECTED=1 cargo test fixtures` writes them anew, to be read
//! before they are committed. Engines `html` and `json` need a board's own rules and have their tests
//! beside their readers.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::app::TestApp;

/// Fixture, engine, address, and whether it is one posting's page.
const FIXTURES: [(&str, &str, &str, bool); 20] = [
    ("feeds/good.rss", "rss", "https://careers.example.org/feed", false),
    ("feeds/good.atom", "rss", "https://careers.example.org/feed", false),
    ("feeds/good.rdf", "rss", "https://careers.example.org/feed", false),
    ("feeds/good.json", "rss", "https://careers.example.org/feed", false),
    ("feeds/bti.xml", "bti", "https://careers.example.org/jobs/?display=rss", false),
    ("ymcareers/list-2017.html", "ymcareers", "https://careers.example.org/jobs/?str=1&max=25", false),
    ("ymcareers/list-2026.html", "ymcareers", "https://careers.example.org/jobs/?str=1&max=25", false),
    ("ymcareers/detail.html", "ymcareers", "https://careers.example.org/job/inpatient-coder-ii/70000011/", true),
    ("jsonld/detail.html", "jsonld", "https://careers.example.org/jobs/4711", true),
    ("usajobs/search.json", "usajobs", "https://data.usajobs.gov/api/Search?Page=1&ResultsPerPage=500", false),
    ("usajobs/historicjoa.json", "usajobs", "https://data.usajobs.gov/api/historicjoa?PositionSeries=0675", false),
    (
        "usajobs/announcementtext.json",
        "usajobs",
        "https://data.usajobs.gov/api/historicjoa/announcementtext?PositionSeries=0675",
        false,
    ),
    ("email/ymcareers.eml", "email", "https://careers.example.org/", false),
    ("email/bti.eml", "email", "https://careers.example.org/", false),
    ("email/webscribble.eml", "email", "https://careers.example.org/", false),
    ("email/usajobs.eml", "email", "https://careers.example.org/", false),
    ("email/opaque.eml", "email", "https://careers.example.org/", false),
    ("email/forwarded.eml", "email", "https://careers.example.org/", false),
    ("webscribble/jobs.json", "webscribble", "https://careers.example.org/api/v1/jobs?page=1", false),
    ("webscribble/job.json", "webscribble", "https://careers.example.org/api/v1/jobs/301", true),
];

#[test]
fn each_fixture_is_read_as_its_expected_json_says() {
    let app = TestApp::new("");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/boards");
    let mut wrong = Vec::new();
    for (file, engine, url, is_detail) in FIXTURES {
        let path = root.join(file);
        let mut arguments = vec!["parse", "--engine", engine, "--url", url, path.to_str().unwrap()];
        arguments.extend(is_detail.then_some("--detail"));
        let mut lines = app.run(&arguments).lines();
        // What postings are coded with has a truth set of its own, and follows the vocabulary.
        for line in lines.iter_mut().filter_map(Value::as_object_mut) {
            line.remove("codes");
        }
        let seen = Value::Array(lines);
        let expected_path = root.join(format!("{file}.expected.json"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected_path, serde_json::to_string_pretty(&seen).unwrap() + "\n").unwrap();
        }
        let expected: Value = serde_json::from_str(&fs::read_to_string(&expected_path).unwrap()).unwrap();
        if seen != expected {
            wrong.push(file);
        }
    }
    assert!(wrong.is_empty(), "read otherwise than expected: {wrong:?}");
}
