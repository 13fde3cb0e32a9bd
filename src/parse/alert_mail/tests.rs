//! Alert mails as they might look: the fixtures are inferred, so that what counts here is tolerance.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::board::BoardFile;
use crate::model::{BoardId, Engine, PageKind};

const YMCAREERS: &[u8] = include_bytes!("../../../tests/fixtures/boards/email/ymcareers.eml");
const OPAQUE: &[u8] = include_bytes!("../../../tests/fixtures/boards/email/opaque.eml");

fn board(engine: &str) -> Board {
    let file = BoardFile {
        engine: Some(engine.to_owned()),
        base_url: Some("https://careers.example.org".into()),
        ..BoardFile::default()
    };
    Board::settle(BoardId::new("lakes").unwrap(), file, None).unwrap()
}

fn read(engine: &str, bytes: &[u8]) -> Vec<RawPosting> {
    let board = board(engine);
    let page = Page::saved(board.base_url.clone(), "message/rfc822", bytes.to_vec(), chrono::DateTime::UNIX_EPOCH);
    super::super::parse(&board, Engine::Email, &PageKind::List, &page).postings
}

fn html(engine: &str, body: &str) -> Vec<RawPosting> {
    read(engine, format!("From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{body}").as_bytes())
}

fn plain(engine: &str, body: &str) -> Vec<RawPosting> {
    read(engine, format!("From: a@b.example\r\n\r\n{body}").as_bytes())
}

/// Gives title, employer and place of each row.
fn told(rows: &[RawPosting]) -> Vec<[&str; 3]> {
    rows.iter()
        .map(|row| {
            let place = row.job_location.first().and_then(|place| place.text.as_deref()).unwrap_or_default();
            [row.title.as_deref().unwrap_or_default(), row.hiring_organization.as_deref().unwrap_or_default(), place]
        })
        .collect()
}

#[test]
fn a_mail_of_cards_gives_a_row_for_each() {
    let rows = read("ymcareers", YMCAREERS);
    assert_eq!(
        told(&rows),
        [
            ["Inpatient Coder II", "Lakemont Regional Hospital", "Columbus, OH, United States"],
            ["Cancer Registrar", "Ashgrove Cancer Institute", "Reno, Nevada"],
            ["HIM Manager – Release of Information", "Saint Brennan Health", ""],
        ]
    );
    assert_eq!(rows[0].posting_id.as_deref(), Some("70000011"));
    assert_eq!(rows[0].url.as_deref(), Some("https://careers.example.org/job/inpatient-coder-ii/70000011/"));
    assert_eq!(
        (rows[0].work_mode.as_slice(), rows[2].work_mode.as_slice()),
        (["hybrid".to_owned()].as_slice(), ["Remote".to_owned()].as_slice())
    );
    assert_eq!(rows[1].date_posted.as_deref(), Some("Nov 18, 2026"));
    assert!(rows[0].description.as_deref().unwrap().starts_with("Codes inpatient encounters"));
    assert_eq!(rows[0].extra["mail_authentication"], "dkim=pass spf=pass dmarc=pass");
}

#[test]
fn nothing_of_the_reader_is_in_what_is_read() {
    for (engine, bytes) in [("ymcareers", YMCAREERS), ("ymcareers", OPAQUE)] {
        let text = format!("{:?}", read(engine, bytes));
        for secret in ["TOKEN", "OPAQUE", "maria", "Maria", "students", "unsubscribe", "login", "tracker", "sendgrid"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn riddles_are_rows_only_where_title_employer_and_place_are_told() {
    let rows = read("ymcareers", OPAQUE);
    assert_eq!(
        told(&rows),
        [
            ["Inpatient Coder", "Lakemont Regional Hospital", "Columbus, OH"],
            ["Tumor Registrar", "Ashgrove Cancer Institute", "Reno, NV"]
        ]
    );
    let id = rows[0].posting_id.clone().unwrap();
    assert!(id.starts_with("mail-") && rows[0].url.is_none());
    let again =
        String::from_utf8_lossy(OPAQUE).replace("OPAQUE", "OTHER").replace("Inpatient Coder", "INPATIENT  coder");
    assert_eq!(read("ymcareers", again.as_bytes())[0].posting_id.clone().unwrap(), id);
}

#[test]
fn layouts_without_cards_are_read_line_by_line() {
    let job = |id: u32| format!("https://careers.example.org/job/x/{id}/");
    let flat = format!(
        "<div><p><a href='{}'>Coder</a></p><p>Lakes Health</p><p>Columbus, OH</p><p><a href='{}'>Auditor</a></p>\
         <p>Mercy</p><p>Reno, NV</p><p><a href='/unsubscribe'>Unsubscribe</a></p><p>1 Main Street</p></div>",
        job(38_312_411),
        job(38_312_412)
    );
    assert_eq!(
        told(&html("ymcareers", &flat)),
        [["Coder", "Lakes Health", "Columbus, OH"], ["Auditor", "Mercy", "Reno, NV"]]
    );
    let button = format!(
        "<table><tr><td><h3>Coder</h3><p>Lakes Health</p><p>Columbus, OH</p><a href='{}'>View Job</a></td></tr></table>",
        job(38_312_411)
    );
    assert_eq!(told(&html("ymcareers", &button)), [["Coder", "Lakes Health", "Columbus, OH"]]);
    // The employer stands before the title, and the place after it: nothing tells whose it is.
    let before = format!(
        "Lakes Health<br><a href='{}'>Coder</a><br>Columbus, OH<br>Mercy<br><a href='{}'>Auditor</a><br>Reno, NV",
        job(38_312_411),
        job(38_312_412)
    );
    assert_eq!(told(&html("ymcareers", &before)), [["Coder", "", "Columbus, OH"], ["Auditor", "", "Reno, NV"]]);
}

#[test]
fn plain_texts_are_read_in_their_many_orders() {
    let job = "https://careers.example.org/jobs/22273101/coder";
    let whole = [["Coder", "Lakes Health", "Columbus, OH"]];
    for text in [
        format!("Coder\nLakes Health\nColumbus, OH\n{job}\n"),
        format!("* Coder: {job}\n  Lakes Health\n  Columbus, OH\n"),
        format!(
            "Coder\nLakes Health - Columbus, OH\nView job: <{job}>\n\nUnsubscribe: https://careers.example.org/unsubscribe?t=1"
        ),
        format!("Coder\nLakes Health\nColumbus, OH\n\n{job}\n"),
        format!("> Coder\n> Lakes Health\n> Columbus, OH\n> {job}\n"),
    ] {
        assert_eq!(told(&plain("bti", &text)), whole, "{text}");
    }
    let two =
        format!("Coder\nLakes Health\nColumbus, OH\n{job}\nAuditor\nMercy\nReno, NV\n{}\n", job.replace("101", "102"));
    assert_eq!(
        told(&plain("bti", &two)),
        [["Coder", "Lakes Health", "Columbus, OH"], ["Auditor", "Mercy", "Reno, NV"]]
    );
    let bare = plain("bti", &format!("{job}\n"));
    assert_eq!((bare.len(), bare[0].title.as_deref(), bare[0].posting_id.as_deref()), (1, None, Some("22273101")));
}

#[test]
fn hostile_mails_cost_bounded_time() {
    let link = "<a href='https://careers.example.org/job/x/38312411/'>Coder</a>";
    let one = |n: u32| format!("<p><a href='https://careers.example.org/job/x/{}/'>C{n}</a></p>", 38_000_000 + n);
    let many = (0..20_000).map(one).collect::<Vec<_>>().concat();
    for body in [
        "<div>".repeat(100_000) + link,
        link.repeat(50_000),
        many,
        "<a href='https://t.example/?u=".to_owned() + &"%25".repeat(200_000) + "'>x</a>" + link,
        "x ".repeat(2_000_000),
    ] {
        let begin = Instant::now();
        let rows = html("ymcareers", &body);
        assert!(rows.len() <= MAX_ROWS);
        // Generous: test machines are busy and this build is not optimized.
        assert!(begin.elapsed() < Duration::from_mins(1), "{:?}", begin.elapsed());
    }
    let mut nested = String::from("From: a@b.example\r\n\r\nx");
    for _ in 0..200 {
        nested = format!("From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n{nested}");
    }
    read("ymcareers", nested.as_bytes());
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read("ymcareers", &bytes);
        let _ = mail_head(&bytes);
    }

    #[test]
    fn any_mutation_is_survived(at in 0..YMCAREERS.len(), byte in any::<u8>(), cut in 0..YMCAREERS.len()) {
        let mut bytes = YMCAREERS.to_vec();
        bytes[at] = byte;
        read("ymcareers", &bytes);
        bytes.truncate(cut);
        read("bti", &bytes);
    }
}
