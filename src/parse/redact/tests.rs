//! What must not survive, and what must.

use proptest::prelude::*;

use super::super::probe::Reading;
use super::*;
use crate::board::{Board, BoardFile};
use crate::model::{BoardId, Engine, PageKind};

fn redacted(text: &str) -> String {
    Redactor::new(&Url::parse("https://jobs.example.org/").unwrap()).text(text)
}

#[test]
fn every_pattern_can_be_compiled() {
    let all =
        [&JWT, &BEARER, &HEAD_LINE, &COOKIE, &PARAMETER, &NAMED, &EMAIL, &HIDDEN_EMAIL, &PHONE, &CALLED, &IPV4, &IPV6];
    assert!(all.iter().all(|pattern| pattern.is_some()));
}

#[test]
fn what_is_private_is_numbered() {
    for (text, expected) in [
        ("write to jane.doe@lakes.example today", "write to (e-mail-1) today"),
        ("<a href=\"mailto:hr@lakes.example?subject=x\">", "<a href=\"mailto:(e-mail-1)?subject=x\">"),
        ("hr&#64;lakes.example, hr [at] lakes.example", "(e-mail-1), (e-mail-2)"),
        ("hr\\u0040lakes.example", "(e-mail-1)"),
        ("<a data-cfemail=\"7f17100d3f13\">", "<a data-cfemail=\"(e-mail-1)\">"),
        ("call (614) 555-0142 or 614.555.0142", "call (phone-1) or (phone-2)"),
        ("+44 20 7946 0958 and tel:+16145550142", "(phone-2) and tel:(phone-1)"),
        ("\"telephone\":\"6145550142\"", "\"telephone\":\"(phone-1)\""),
        (
            "?page=2&api_key=abc&amp;sid=9f9f9f&keywords=coder",
            "?page=2&api_key=(token-1)&amp;sid=(token-2)&keywords=coder",
        ),
        ("/list;jsessionid=AB12CD34?x=1", "/list;jsessionid=(token-1)?x=1"),
        ("{\"csrfToken\":\"abcdef123\",\"title\":\"Coder\"}", "{\"csrfToken\":\"(token-1)\",\"title\":\"Coder\"}"),
        ("Authorization: Bearer abcdefghijklmnop", "Authorization: (cookie-1)"),
        ("Set-Cookie: a=b; Path=/\nx", "Set-Cookie: (cookie-1)\nx"),
        ("document.cookie = \"visited=1; path=/\";", "document.cookie = \"(cookie-1)\";"),
        ("from 203.0.113.9 and 2001:db8::1 at 12:30:45", "from (ip-1) and (ip-2) at 12:30:45"),
        ("Contact: <b>Jane Q. Doe</b>", "Contact: <b>(name-1)</b>"),
        ("<span class=\"contact-name\">Jane Doe</span>", "<span class=\"contact-name\">(name-1)</span>"),
        (
            "\"applicationContact\":{\"@type\":\"ContactPoint\",\"name\":\"Jane Doe\"}",
            "\"applicationContact\":{\"@type\":\"ContactPoint\",\"name\":\"(name-1)\"}",
        ),
        ("<input type=hidden name=\"csrf\" value=\"x1\">", "<input type=hidden name=\"csrf\" value=\"(token-1)\">"),
        ("<meta name='csrf-token' content='q9'>", "<meta name='csrf-token' content=\"(token-1)\">"),
    ] {
        assert_eq!(redacted(text), expected);
    }
}

#[test]
fn the_same_text_has_the_same_number() {
    let text = redacted("a@b.example c@d.example a@b.example");
    assert_eq!(text, "(e-mail-1) (e-mail-2) (e-mail-1)");
}

#[test]
fn what_is_public_stays() {
    for text in [
        "<a class=\"ga_job\" href=\"/job/cancer-registrar/40000002/\">Cancer Registrar</a>",
        "<em>Columbus, OH 43215</em> posted 2026-11-18T09:56:22-05:00, $55,000 - $65,000, R-10233",
        "<script type=\"application/ld+json\">{\"identifier\":\"0123456789abcdef0123456789abcdef\"}</script>",
        "<input type=\"hidden\" value=\"regular\" class=\"ga_jsrc\">",
        "a::before { content: '' } Contact: us by mail. 1 - 25 of 233 jobs",
        "https://jobs.example.org/jobs/6f1b2c3d-0000-4a5b-8c7d-1234567890ab?jobid=12&state=OH",
    ] {
        assert_eq!(redacted(text), text);
    }
}

#[test]
fn opaque_values_of_scripts_and_hidden_fields_go() {
    let value = "AbCdEf0123GhIjKl4567MnOpQr8901StUv";
    for text in [
        format!("<script>var boot = {{a: '{value}'}};</script>"),
        format!("<input type=\"hidden\" name=\"state\" value=\"{value}\">"),
        format!("<input value='{value}' type='hidden'>"),
    ] {
        let seen = redacted(&text);
        assert!(!seen.contains(value) && seen.contains("(token-1)"), "{seen}");
    }
}

#[test]
fn a_boards_own_address_stays_and_its_user_goes() {
    let url = Url::parse("http://me:pw@127.0.0.1:9300/jobs?token=abcdef#top").unwrap();
    let mut redactor = Redactor::new(&url);
    assert_eq!(redactor.url(&url), "http://127.0.0.1:9300/jobs?token=(token-1)");
    assert_eq!(redactor.text("127.0.0.1 10.0.0.7"), "127.0.0.1 (ip-1)");
}

fn board(engine: &str) -> Board {
    let table = format!("engine = \"{engine}\"\nbase_url = \"https://careers.example.org\"");
    let file: BoardFile = toml::from_str(&table).unwrap();
    Board::settle(BoardId::new("sample").unwrap(), file, None).unwrap()
}

/// Each engine's fixture with its address, for holding redacted readings against real ones.
const FIXTURES: [(&str, &str, &[u8]); 9] = [
    ("rss", "/feed", include_bytes!("../../../tests/fixtures/boards/feeds/good.rss")),
    ("rss", "/feed", include_bytes!("../../../tests/fixtures/boards/feeds/good.atom")),
    ("rss", "/feed", include_bytes!("../../../tests/fixtures/boards/feeds/good.json")),
    ("bti", "/jobs/?display=rss", include_bytes!("../../../tests/fixtures/boards/feeds/bti.xml")),
    ("ymcareers", "/jobs/?str=1&max=25", include_bytes!("../../../tests/fixtures/boards/ymcareers/list-2017.html")),
    ("ymcareers", "/jobs/?str=1&max=25", include_bytes!("../../../tests/fixtures/boards/ymcareers/list-2026.html")),
    ("webscribble", "/api/v1/jobs?page=1", include_bytes!("../../../tests/fixtures/boards/webscribble/jobs.json")),
    ("usajobs", "/api/historicjoa", include_bytes!("../../../tests/fixtures/boards/usajobs/historicjoa.json")),
    ("usajobs", "/api/Search", include_bytes!("../../../tests/fixtures/boards/usajobs/search.json")),
];

#[test]
fn a_redacted_answer_is_read_as_the_real_one_is() {
    for (engine, path, body) in FIXTURES {
        let url = Url::parse("https://careers.example.org").unwrap().join(path).unwrap();
        let page = Page::saved(url.clone(), "", body.to_vec(), chrono::DateTime::UNIX_EPOCH);
        let text = Redactor::new(&url).page(&page);
        let again = Page { body: text.into_bytes(), charset: Some("utf-8".into()), ..page.clone() };
        let (board, engine) = (board(engine), Engine::from_word(engine).unwrap());
        let counts = |page: &Page| {
            let read = Reading::of(&board, engine, &PageKind::List, page);
            let filled = (read.with_employer, read.with_place, read.with_date, read.with_text, read.with_pay);
            (read.postings, filled, read.total, read.refused)
        };
        assert!(counts(&page).0 > 0, "{path}");
        assert_eq!(counts(&again), counts(&page), "{path}");
    }
}

proptest! {
    #[test]
    fn no_private_thing_survives(
        before in "[ a-zA-Z0-9<>\"'=/&;:.,\\n-]{0,40}",
        after in "[ <>\"',;\\n]?[ a-zA-Z0-9<>\"'=/&;:.,\\n-]{0,40}",
        name in "[a-z][a-z0-9.]{2,10}",
        value in "[A-Za-z0-9_-]{24,40}",
        kind in 0..7_usize,
    ) {
        let (injected, secret) = match kind {
            0 => (format!("{name}@lakes.example"), format!("{name}@lakes.example")),
            1 => (format!("eyJ{value}.{value}.{value}"), format!("eyJ{value}.{value}")),
            2 => (format!("\nSet-Cookie: sid={value}\n"), value.clone()),
            3 => (format!("?access_token={value}"), value.clone()),
            4 => (format!("\"csrf_token\":\"{value}\""), value.clone()),
            5 => (" (614) 555-0142 ".to_owned(), "555-0142".to_owned()),
            _ => (" 203.0.113.77 ".to_owned(), "203.0.113.77".to_owned()),
        };
        let text = redacted(&format!("{before} {injected} {after}"));
        prop_assert!(!text.contains(&secret), "{text}");
    }

    #[test]
    fn any_text_is_redacted_without_panic_and_once_is_enough(text in "(<script>|</script>|<input|value=|@|a\\.b|\"|'|&|\\?token=|\\(|\\)|614-555-0142|é|>| ){0,30}") {
        let once = redacted(&text);
        let twice = redacted(&once);
        prop_assert_eq!(&once, &twice);
    }
}
