//! Fixtures of a board: what it answered, redacted, and what the reader of that day made of it, so that
//! a later reader can be held against both.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use url::Url;

use super::context::Context;
use super::job_text::labelled;
use super::output;
use crate::board::Board;
use crate::model::{Engine, Page, PageKind};
use crate::parse::Redactor;
use crate::pipeline::{BundledReading, Exchanged, read_again};

/// What the file says of itself.
const NOTICE: &str = "Other people's texts, saved for the operator's own use: to see whether this board is still read as \
     it was. Publish none of them. Cookies, tokens, addresses and telephone numbers were taken out by a program.";

/// `expected.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Expected {
    notice: String,
    version: String,
    board: String,
    answers: Vec<Answer>,
}

/// One saved answer and what was read from it.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    file: String,
    engine: Engine,
    kind: String,
    posting_id: Option<String>,
    requested: Url,
    url: Url,
    status: u16,
    media_type: String,
    reading: BundledReading,
}

/// Gives the folder of a board's fixtures.
pub(super) fn folder(context: &Context, board: &str) -> PathBuf {
    context.config.home.join("boards/fixtures").join(board)
}

/// Says what was saved and whose it is.
pub(super) fn told(folder: &Path) -> String {
    format!(
        "saved what it answered under {}, redacted, with expected.json: other people's texts, for your own use",
        folder.display()
    )
}

/// Saves answers and what the reader of today makes of them; tells how many.
pub(super) fn save(context: &Context, folder: &Path, board: &Board, exchanges: &[Exchanged]) -> anyhow::Result<usize> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let mut redactor = Redactor::new(&board.base_url);
    let mut answers = Vec::new();
    for exchanged in exchanges {
        let Some(page) = exchanged.page.as_ref().filter(|page| page.status == 200) else { continue };
        let engine = exchanged.engine.filter(|engine| board.engines.contains(engine));
        let Some(engine) = engine.or(board.engines.first().copied()) else { continue };
        let kind = &exchanged.wanted.kind;
        let file = format!("{}-{}.{}", answers.len() + 1, kind.as_str(), ending(page));
        let text = redactor.page(page);
        let redacted =
            |redactor: &mut Redactor, url: &Url| Url::parse(&redactor.url(url)).unwrap_or_else(|_| url.clone());
        let answer = Answer {
            engine,
            kind: kind.as_str().to_owned(),
            posting_id: if let PageKind::Detail { posting_id } = kind { Some(posting_id.clone()) } else { None },
            requested: redacted(&mut redactor, &page.requested),
            url: redacted(&mut redactor, &page.url),
            status: page.status,
            media_type: page.media_type.clone(),
            reading: BundledReading::default(),
            file,
        };
        let reading = read(context, board, &answer, text.clone().into_bytes());
        // A front page that the engine does not read is no fixture of it.
        if reading.refused.is_none() {
            let path = folder.join(&answer.file);
            fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
            answers.push(Answer { reading, ..answer });
        }
    }
    let saved = answers.len();
    let notice = NOTICE.split_whitespace().collect::<Vec<_>>().join(" ");
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let expected = Expected { notice, version, board: board.id.to_string(), answers };
    let path = folder.join("expected.json");
    let text = serde_json::to_string_pretty(&expected)? + "\n";
    fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
    Ok(saved)
}

/// Reads a saved answer by the board's file and reader of today.
fn read(context: &Context, board: &Board, answer: &Answer, body: Vec<u8>) -> BundledReading {
    let mut page = Page::saved(answer.url.clone(), &answer.media_type, body, context.clock.now());
    page.requested = answer.requested.clone();
    page.status = answer.status;
    page.charset = Some("utf-8".to_owned());
    let kind = match (answer.kind.as_str(), &answer.posting_id) {
        ("detail", Some(id)) => PageKind::Detail { posting_id: id.clone() },
        ("sitemap", _) => PageKind::Sitemap,
        ("texts", _) => PageKind::Texts,
        _ => PageKind::List,
    };
    read_again(board, answer.engine, &kind, &page)
}

fn ending(page: &Page) -> &'static str {
    match page.body.trim_ascii_start().first() {
        Some(b'{' | b'[') => "json",
        _ if page.media_type.contains("html") => "html",
        _ if page.media_type.contains("xml") || page.body.trim_ascii_start().starts_with(b"<?xml") => "xml",
        _ => "html",
    }
}

/// Holds today's reader against a board's fixtures, where there are some, and tells the outcome.
pub(super) fn tell(context: &Context, board: &Board) -> anyhow::Result<()> {
    let folder = folder(context, board.id.as_str());
    let Ok(text) = fs::read(folder.join("expected.json")) else { return Ok(()) };
    let expected: Expected = serde_json::from_slice(&text)
        .with_context(|| format!("failed to read {}", folder.join("expected.json").display()))?;
    let mut same = 0;
    for answer in &expected.answers {
        let path = folder.join(&answer.file);
        let body = fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
        let now = read(context, board, answer, body);
        if now == answer.reading {
            same += 1;
        } else {
            let words = super::board_check::in_words;
            let text = format!("{}: was {}; now {}", answer.file, words(&answer.reading), words(&now));
            output::print(&labelled("fixture", &text))?;
        }
    }
    output::print(&labelled("fixtures", &format!("{same} of {} are read as before", expected.answers.len())))
}
