//! What the fuzz targets share: stand-in boards, saved answers, and what must hold of whatever is
//! read from them.
#![forbid(unsafe_code)]

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use jobrounds::board::{Board, BoardFile, HtmlRules, JsonRules, MailRules};
use jobrounds::model::{BoardId, Engine, Page, PageKind};
use jobrounds::normalize::{content_fingerprint, normalize};
use jobrounds::parse::{Parsed, parse};
use url::Url;

/// What a reader may hand out for each byte that it was given, and beyond that.
const SWELLING: usize = 64;
const ALLOWANCE: usize = 1 << 20;
/// So many postings of an answer are normalized: the reader is what is to be tried.
const NORMALIZED: usize = 4;

/// A board with rules for every engine.
static BOARDS: LazyLock<Vec<(Engine, Board)>> =
    LazyLock::new(|| Engine::ALL.into_iter().map(|engine| (engine, stand_in(engine))).collect());

/// The clock of every run.
pub fn clock() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time within range")
}

/// Gives the board that stands in for an engine.
pub fn board(engine: Engine) -> &'static Board {
    BOARDS.iter().find(|(known, _)| *known == engine).map(|(_, board)| board).expect("every engine has a board")
}

/// Reads an answer as an engine gives it, and the first postings on to what is stored.
pub fn read(engine: Engine, kind: PageKind, path: &str, media_type: &str, charset: Option<&str>, body: &[u8]) {
    let board = board(engine);
    let url = board.address(path).expect("an address of the board");
    let mut page = Page::saved(url, media_type, body.to_vec(), clock());
    page.charset = charset.map(str::to_owned);
    let parsed = parse(board, engine, &kind, &page);
    let size = size_of_parsed(&parsed);
    assert!(size <= body.len() * SWELLING + ALLOWANCE, "{} bytes became {size}", body.len());
    let facts = board.facts(engine);
    for raw in parsed.postings.into_iter().take(NORMALIZED) {
        if let Ok((posting, _)) = normalize(raw, &facts, clock()) {
            let _ = content_fingerprint(&posting);
        }
    }
}

/// A board for an engine, with the shortest rules that can find something.
fn stand_in(engine: Engine) -> Board {
    let base_url = match engine {
        Engine::Usajobs => "https://data.usajobs.gov",
        _ => "https://board.example",
    };
    let rules = |fields: &[(&str, &str)]| {
        fields.iter().map(|(field, rule)| ((*field).to_owned(), (*rule).to_owned())).collect()
    };
    let file = BoardFile {
        engine: Some(engine.as_str().to_owned()),
        base_url: Some(base_url.to_owned()),
        html: Some(HtmlRules {
            item: Some("article, li, tr".to_owned()),
            next: Some("a.next@href".to_owned()),
            empty_text: Some("no openings".to_owned()),
            fields: rules(&[
                ("title", "h3 || a"),
                ("url", "a@href"),
                ("employer", ".org || .company"),
                ("place", "em | before-parentheses || .place"),
                ("work_mode", "em | in-parentheses"),
            ]),
            detail: rules(&[("title", "h1"), ("description", "main"), ("salary", ".pay")]),
        }),
        json: Some(JsonRules {
            items: Some("/data".to_owned()),
            next: Some("/links/next".to_owned()),
            total: Some("/meta/total".to_owned()),
            fields: rules(&[("id", "/id"), ("title", "/title"), ("url", "/url"), ("place", "/place")]),
            detail_item: Some("/data".to_owned()),
            detail: rules(&[("title", "/title"), ("description", "/text")]),
        }),
        mail: (engine == Engine::Email).then(|| MailRules {
            source: Some("alerts".to_owned()),
            senders: vec!["@board.example".to_owned()],
            ..MailRules::default()
        }),
        ..BoardFile::default()
    };
    let id = BoardId::new("file").expect("a plain word");
    Board::settle(id, file, None).expect("rules that can be read")
}

/// Counts the bytes of all texts that a reader handed out.
fn size_of_parsed(parsed: &Parsed) -> usize {
    let postings: usize = parsed.postings.iter().map(|raw| format!("{raw:?}").len() / 4).sum();
    let next: usize = parsed.next.iter().map(|wanted| wanted.url.as_str().len()).sum();
    let problems: usize = parsed.problems.iter().map(|problem| problem.message.len()).sum();
    postings + next + problems
}

/// Splits the first byte off: it chooses, the rest is read.
pub fn choice(data: &[u8]) -> Option<(u8, &[u8])> {
    data.split_first().map(|(first, rest)| (*first, rest))
}

/// Makes an address of the stand-in board; for targets that need one.
pub fn address(text: &str) -> Option<Url> {
    Url::parse("https://board.example/").ok()?.join(text).ok()
}
