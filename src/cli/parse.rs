//! `parse`: a saved answer to JSON lines, raw and normalized side by side; no database.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use url::Url;

use super::arguments::ParseArguments;
use super::context::{Context, UsageError};
use super::{Outcome, output};
use crate::board::{Board, BoardFile, HtmlRules, JsonRules, MailRules};
use crate::model::{BoardId, Engine, Page, PageKind};
use crate::normalize::normalize;
use crate::parse::{Finding, parse};
use crate::pipeline::code_posting;

/// Reads a file, or standard input for `-`.
pub(super) fn read_input(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("failed to read standard input")?;
        return Ok(bytes);
    }
    fs::read(path).with_context(|| format!("failed to read {}", path.display()))
}

pub(super) fn run(context: &Context, wanted: &ParseArguments) -> anyhow::Result<Outcome> {
    let (board, engine) = board_and_engine(context, wanted)?;
    let body = read_input(&wanted.file)?;
    let url = match &wanted.url {
        Some(text) => Url::parse(text).map_err(|error| UsageError(format!("--url `{text}`: {error}")))?,
        None => default_url(&board, engine, &body),
    };
    let kind = if wanted.detail { PageKind::Detail { posting_id: id_in(&url) } } else { list_kind(&url) };
    let now = context.clock.now();
    let page = Page::saved(url, media_type(&wanted.file, &body), body, now);
    let parsed = parse(&board, engine, &kind, &page);
    let facts = board.facts(engine);
    let count = parsed.postings.len();
    let coder = context.coder()?;
    for raw in parsed.postings {
        let line = match normalize(raw.clone(), &facts, now) {
            Ok((mut posting, problems)) => {
                let mut normalized = serde_json::to_value(&posting)?;
                if let Some(object) = normalized.as_object_mut() {
                    object.remove("raw");
                }
                code_posting(&coder, &mut posting);
                let given = serde_json::to_value(&posting.codes)?;
                serde_json::json!({"raw": raw, "normalized": normalized, "codes": given, "problems": problems})
            }
            Err(problem) => serde_json::json!({"raw": raw, "normalized": null, "problems": [problem]}),
        };
        output::print_line(&line)?;
    }
    for problem in &parsed.problems {
        output::complain(&describe(problem));
    }
    match parsed.finding {
        Finding::Foreign(why) => output::complain(&format!("not an answer of engine `{}`: {why}", engine.as_str())),
        Finding::Wall(wall) if wall.asks_login => output::complain(&format!("asks for a login: {}", wall.sign)),
        Finding::Wall(wall) => output::complain(&format!("a bot wall: {}", wall.sign)),
        Finding::Empty => output::complain("the board says that it has no postings"),
        Finding::Readable => {}
    }
    Ok(if count > 0 { Outcome::Done } else { Outcome::Partly })
}

/// Says a problem in one line.
pub(super) fn describe(problem: &crate::model::Problem) -> String {
    let place = [problem.url.as_deref(), problem.field.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    if place.is_empty() { problem.message.clone() } else { format!("{place}: {}", problem.message) }
}

fn board_and_engine(context: &Context, wanted: &ParseArguments) -> anyhow::Result<(Board, Engine)> {
    let named = wanted.engine.as_deref().map(|word| {
        let known = || Engine::ALL.map(Engine::as_str).join(", ");
        Engine::from_word(word)
            .ok_or_else(|| UsageError(format!("--engine: no engine `{word}`; known engines are {}", known())))
    });
    let named = named.transpose()?;
    if let Some(id) = &wanted.board {
        let board = context.board(id)?.clone();
        let engine = named.or_else(|| board.engines.first().copied());
        return Ok((board, engine.ok_or_else(|| anyhow!("board `{id}` names no engine"))?));
    }
    let engine = named.ok_or_else(|| UsageError("name the --engine that gave the answer, or the --board".into()))?;
    Ok((stand_in(engine)?, engine))
}

/// Makes a board for an engine alone.
fn stand_in(engine: Engine) -> anyhow::Result<Board> {
    let base_url = match engine {
        Engine::Usajobs => "https://data.usajobs.gov",
        _ => "https://board.example",
    };
    let rules = |fields: [(&str, &str); 3]| fields.map(|(field, place)| (field.to_owned(), place.to_owned())).into();
    let file = BoardFile {
        engine: Some(engine.as_str().to_owned()),
        base_url: Some(base_url.to_owned()),
        html: Some(HtmlRules {
            item: Some("article, li".into()),
            fields: rules([("title", "a"), ("url", "a@href"), ("place", "em")]),
            ..HtmlRules::default()
        }),
        json: Some(JsonRules {
            fields: rules([("id", "/id"), ("title", "/title"), ("url", "/url")]),
            ..JsonRules::default()
        }),
        mail: (engine == Engine::Email).then(|| MailRules {
            source: Some("mails".into()),
            senders: vec!["@board.example".into()],
            ..MailRules::default()
        }),
        ..BoardFile::default()
    };
    Ok(Board::settle(BoardId::new("file")?, file, None)?)
}

/// Guesses the address from the engine, so that list and API forms are told apart.
fn default_url(board: &Board, engine: Engine, body: &[u8]) -> Url {
    let start = String::from_utf8_lossy(&body[..body.len().min(4096)]).into_owned();
    let path = match engine {
        Engine::Usajobs if start.contains("\"paging\"") => "/api/historicjoa",
        Engine::Usajobs => "/api/Search?Page=1&ResultsPerPage=500",
        _ => "/",
    };
    board.address(path).unwrap_or_else(|_| board.base_url.clone())
}

/// Gives the id that a detail's address ends in; a detail about another one is refused by its reader.
fn id_in(url: &Url) -> String {
    let mut segments = url.path_segments().into_iter().flatten();
    let id = segments.rfind(|part| !part.is_empty()).unwrap_or_default();
    if id.bytes().all(|byte| byte.is_ascii_digit()) { id.to_owned() } else { String::new() }
}

fn list_kind(url: &Url) -> PageKind {
    let path = url.path();
    if path.contains("sitemap") {
        PageKind::Sitemap
    } else if path.contains("announcementtext") {
        PageKind::Texts
    } else {
        PageKind::List
    }
}

fn media_type(path: &Path, body: &[u8]) -> &'static str {
    let first = body.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    match (path.extension().and_then(|ending| ending.to_str()), first) {
        (Some("json"), _) | (_, Some(b'{' | b'[')) => "application/json",
        (Some("html" | "htm"), _) => "text/html",
        (Some("xml" | "rss" | "atom" | "rdf"), _) => "application/xml",
        _ => "",
    }
}
