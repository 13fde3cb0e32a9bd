//! Feeds over HTTP: their validators, encodings and errors, one search's own, and what is shown while the
//! database fails.

use std::io::Read;
use std::time::Duration;

use jobrounds::model::{SearchId, TokenPurpose};
use jobrounds::store::Holder;
use serde_json::json;

use super::app::TestApp;
use super::web_site::{Answer, Setup, WebSite, now};

/// A site with three jobs.
fn site(setup: Setup) -> WebSite {
    let app = TestApp::new("");
    let line = |id: &str, title: &str, state: &str| {
        json!({
            "@type": "JobPosting", "board": "ahima", "identifier": id, "title": title,
            "hiringOrganization": {"name": format!("Hospital {id}")}, "url": format!("https://ahima.example/job/{id}/"),
            "jobLocation": {"address": {"addressLocality": "Columbus", "addressRegion": state, "addressCountry": "US"}},
            "description": format!("<p>{title}. Questions to Ann Example, ann@hospital.example, 614-555-0100.</p>"),
        })
        .to_string()
            + "\n"
    };
    let lines =
        line("1", "Inpatient Coder", "OH") + &line("2", "Tumor Registrar", "KY") + &line("3", "HIM Director", "OH");
    std::fs::write(app.path("jobs.jsonl"), lines).unwrap();
    let ran = app.run(&["import", "jobs.jsonl"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(app.path("test.db"), folder.path().join("jobs.db")).unwrap();
    WebSite::over(folder, "jobs.db", setup)
}

fn with(site: &WebSite, path: &str, fields: &[(&str, &str)]) -> Answer {
    site.ask("GET", path, fields, b"")
}

#[test]
fn each_form_has_its_type_and_validators_and_is_the_same_when_asked_again() {
    let site = site(Setup::default());
    for (form, media) in [
        ("rss", "application/rss+xml; charset=utf-8"),
        ("atom", "application/atom+xml; charset=utf-8"),
        ("json", "application/feed+json; charset=utf-8"),
        ("ics", "text/calendar; charset=utf-8"),
    ] {
        let path = format!("/feeds/{form}");
        let first = site.get(&path);
        assert_eq!((first.status, first.field("content-type")), (200, media));
        assert_eq!(first.field("cache-control"), "public, max-age=900");
        assert_eq!(first.field("vary"), "Accept-Encoding");
        let (tag, modified) = (first.field("etag"), first.field("last-modified"));
        assert!(tag.starts_with('"') && tag.len() > 20 && modified.ends_with("GMT"), "{first:?}");
        assert_eq!(site.get(&path).bytes, first.bytes);
        let head = site.ask("HEAD", &path, &[], b"");
        assert_eq!((head.status, head.bytes.len(), head.field("etag")), (200, 0, tag));
        assert_eq!(head.field("content-length"), first.bytes.len().to_string());
        for condition in [
            ("If-None-Match", tag.to_owned()),
            ("If-None-Match", format!("W/{tag}")),
            ("If-None-Match", format!("\"x\", {tag}")),
            ("If-None-Match", "*".to_owned()),
            ("If-Modified-Since", modified.to_owned()),
        ] {
            let unchanged = with(&site, &path, &[(condition.0, &condition.1)]);
            assert_eq!((unchanged.status, unchanged.bytes.len()), (304, 0), "{form} {condition:?}");
            assert_eq!(unchanged.field("etag"), tag);
            assert_eq!(unchanged.field("cache-control"), "public, max-age=900");
        }
        let other = with(&site, &path, &[("If-None-Match", "\"x\""), ("If-Modified-Since", modified)]);
        assert_eq!(other.status, 200, "a tag outranks a date");
        assert_eq!(with(&site, &path, &[("If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT")]).status, 200);
        let text = first.text();
        assert!(!text.contains("ann@hospital") && !text.contains("555-0100"), "persons stay out: {text}");
        assert_eq!(site.ask("POST", &path, &[], b"").status, 405);
    }
    assert_eq!(site.get("/feeds/xml").status, 404);
}

#[test]
fn packed_feeds_have_a_tag_of_their_own_and_unfold_to_the_same() {
    let site = site(Setup::default());
    let plain = site.get("/feeds/rss");
    let packed = with(&site, "/feeds/rss", &[("Accept-Encoding", "br, gzip")]);
    assert_eq!((packed.field("content-encoding"), packed.field("content-type")), ("gzip", plain.field("content-type")));
    assert_ne!(packed.field("etag"), plain.field("etag"));
    let mut unfolded = Vec::new();
    flate2::read::GzDecoder::new(&packed.bytes[..]).read_to_end(&mut unfolded).unwrap();
    assert_eq!(unfolded, plain.bytes);
    assert!(packed.bytes.len() < plain.bytes.len() / 2, "{} {}", packed.bytes.len(), plain.bytes.len());
    let again = with(&site, "/feeds/rss", &[("Accept-Encoding", "gzip"), ("If-None-Match", packed.field("etag"))]);
    assert_eq!((again.status, again.field("etag")), (304, packed.field("etag")));
}

#[test]
fn filters_are_obeyed_and_what_is_none_is_told_in_words() {
    let site = site(Setup::default());
    let ohio = site.get("/feeds/atom?state=OH").text();
    assert!(ohio.contains("Inpatient Coder") && ohio.contains("HIM Director") && !ohio.contains("Tumor Registrar"));
    assert!(ohio.contains("https://jobs.example.edu/feeds/atom?state=OH"), "{ohio}");
    for (question, words) in [
        ("stat=OH", "“stat” is no filter; did you mean “state”"),
        ("state=Ohoi", "state: “Ohoi” is not a US state"),
        ("board=nowhere", "there is no board “nowhere”"),
        ("credential=XYZZY", "credential: “XYZZY” is not a credential"),
        ("q=a&q=b", "more than once"),
    ] {
        let refused = site.get(&format!("/feeds/rss?{question}"));
        assert_eq!(refused.status, 400, "{question}");
        assert!(refused.text().to_lowercase().contains(&words.to_lowercase()), "{question}: {}", refused.text());
        assert_eq!(refused.field("content-type"), "text/plain; charset=utf-8");
    }
    let long = format!("/feeds/rss?q={}", "a".repeat(3_000));
    assert_eq!(site.get(&long).status, 400);
    let one = site.get("/feeds/json?limit=1").text();
    assert_eq!(one.matches("\"id\":").count(), 1, "{one}");
}

#[test]
fn the_last_good_copy_is_shown_while_the_database_fails() {
    let site = site(Setup::default());
    let good = site.get("/feeds/rss");
    let broken = rusqlite::Connection::open(site.store.path()).unwrap();
    broken.execute_batch("ALTER TABLE job RENAME TO job_elsewhere").unwrap();
    let during = site.get("/feeds/rss");
    assert_eq!((during.status, &during.bytes, during.field("etag")), (200, &good.bytes, good.field("etag")));
    assert!(!during.fields.contains_key("warning"));
    let never_made = site.get("/feeds/rss?state=OH");
    assert_eq!((never_made.status, never_made.field("retry-after")), (503, "300"));
    assert!(!never_made.text().contains("job"), "{}", never_made.text());
    broken.execute_batch("ALTER TABLE job_elsewhere RENAME TO job").unwrap();
    assert_eq!(site.get("/feeds/rss?state=OH").status, 200);
}

#[test]
fn a_feed_stands_for_a_moment_however_many_ask() {
    let site = site(Setup { feed_stands: Duration::from_mins(5), ..Setup::default() });
    let first = site.get("/feeds/rss");
    let broken = rusqlite::Connection::open(site.store.path()).unwrap();
    broken.execute_batch("ALTER TABLE job RENAME TO job_elsewhere").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| assert_eq!(site.get("/feeds/rss").bytes, first.bytes));
        }
    });
    let same_filters = site.get("/feeds/rss?sort=newest&status=open");
    assert_eq!(same_filters.bytes, first.bytes, "what says nothing makes no other feed");
}

#[test]
fn a_search_has_a_feed_of_its_own_until_its_address_is_changed() {
    let site = site(Setup::default());
    let manage = site.subscribed("jo@example.edu", "state=KY&name=Kentucky");
    let id = site.id_of("jo@example.edu");
    let search: SearchId = site.store.searches_of(id).unwrap()[0].id;
    let never = site.key().search_token(TokenPurpose::Feed, search, 0);
    assert_eq!(site.get(&format!("/feeds/s/{}.rss", never.as_str())).status, 404, "nobody has asked for it yet");
    let holder = Holder { subscriber: id, search: Some(search) };
    let token = site.store.feed_token(&site.key(), holder, now()).unwrap();
    for form in ["rss", "atom", "json", "ics"] {
        let path = format!("/feeds/s/{}.{form}", token.as_str());
        let feed = site.get(&path);
        assert_eq!((feed.status, feed.field("cache-control")), (200, "private, max-age=900"));
        assert_eq!((feed.field("x-robots-tag"), feed.field("referrer-policy")), ("noindex", "no-referrer"));
        assert!(!feed.text().contains(token.as_str()), "a feed does not hold its own secret");
        assert_eq!(with(&site, &path, &[("If-None-Match", feed.field("etag"))]).status, 304);
        if form != "ics" {
            assert!(feed.text().contains("Tumor Registrar") && !feed.text().contains("Inpatient Coder"));
            assert!(feed.text().contains("Kentucky"));
        }
    }
    let path = format!("/feeds/s/{}.rss", token.as_str());
    let good = site.get(&path);
    let broken = rusqlite::Connection::open(site.store.path()).unwrap();
    broken.execute_batch("ALTER TABLE token RENAME TO token_elsewhere").unwrap();
    assert_eq!(site.get(&path).bytes, good.bytes, "the last good copy also where the token cannot be looked up");
    broken.execute_batch("ALTER TABLE token_elsewhere RENAME TO token").unwrap();
    site.store.rotate_feed_token(&site.key(), holder, now()).unwrap();
    let revoked = site.get(&path);
    assert_eq!((revoked.status, revoked.field("x-robots-tag")), (404, "noindex"));
    broken.execute_batch("ALTER TABLE token RENAME TO token_elsewhere").unwrap();
    assert_eq!(site.get(&path).status, 503, "what was revoked is not kept");
    broken.execute_batch("ALTER TABLE token_elsewhere RENAME TO token").unwrap();
    for wrong in [manage.as_str(), "0123456789abcdefghjkmnpqrs", "x", "..", ""] {
        assert_eq!(site.get(&format!("/feeds/s/{wrong}.rss")).status, 404, "{wrong}");
    }
}
