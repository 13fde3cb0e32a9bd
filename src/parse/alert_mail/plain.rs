//! Plain text: paragraphs of lines, with addresses among them or after them.

use std::sync::LazyLock;

use regex::Regex;

use super::facts::plain_line;
use super::links::{Site, Target};
use super::row::Card;
use crate::model::RawPosting;

/// More text than this is not read.
const MAX_BYTES: usize = 1 << 20;
/// More links than this are not looked at.
const MAX_LINKS: usize = 2_000;

static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"(?i)https?://[^\s<>"\])]+"#).ok());

/// One line: its words, and what its addresses lead to.
struct Line {
    words: String,
    targets: Vec<Target>,
    blank: bool,
}

/// Reads a plain text.
pub(super) fn rows(site: &Site<'_>, text: &str) -> Vec<RawPosting> {
    let text = &text[..text.floor_char_boundary(MAX_BYTES)];
    let mut links = 0;
    let quoted = |raw: &str| raw.trim_start_matches(['>', ' ', '\t']).trim_end().to_owned();
    let mut all: Vec<Line> = text.lines().map(|raw| line_of(site, &quoted(raw), &mut links)).collect();
    let targets = || all.iter().flat_map(|line| &line.targets);
    if targets().any(|target| matches!(target, Target::Job(_))) {
        // Where some links can be read, the riddles among them are none of the postings' own.
        for line in &mut all {
            line.targets.retain(|target| *target != Target::Opaque);
        }
    }
    let mut rows = Vec::new();
    // Words that stand alone may be the title of the address in the next paragraph.
    let mut alone: Vec<String> = Vec::new();
    for paragraph in all.split(|line| line.blank).filter(|lines| !lines.is_empty()) {
        if paragraph.iter().all(|line| line.targets.is_empty()) {
            alone = paragraph.iter().map(|line| line.words.clone()).collect();
        } else {
            rows.extend(cards(paragraph, std::mem::take(&mut alone)).into_iter().filter_map(Card::row));
        }
    }
    rows
}

fn line_of(site: &Site<'_>, raw: &str, links: &mut usize) -> Line {
    let mut targets = Vec::new();
    for found in LINK.as_ref().map(|link| link.find_iter(raw)).into_iter().flatten() {
        *links += 1;
        if *links > MAX_LINKS {
            break;
        }
        targets.push(site.target(found.as_str().trim_end_matches(['.', ',', ';', '!', '\''])));
    }
    Line { words: plain_line(raw), targets, blank: raw.is_empty() }
}

/// Divides a paragraph: each posting has the lines up to its address, or from it on where nothing
/// stands before the first.
fn cards(lines: &[Line], alone: Vec<String>) -> Vec<Card> {
    let leads = |line: &Line| line.targets.iter().any(|target| matches!(target, Target::Job(_) | Target::Opaque));
    let personal = |line: &Line| line.targets.contains(&Target::Personal);
    let first = lines.iter().position(leads);
    let words_first =
        first.is_some_and(|at| lines[..=at].iter().any(|line| super::facts::title(&line.words).is_some()));
    let mut cards: Vec<Card> = Vec::new();
    let mut waiting: Vec<String> = if words_first { Vec::new() } else { alone };
    for line in lines {
        if personal(line) {
            waiting.clear();
            continue;
        }
        if !leads(line) {
            match cards.last_mut().filter(|_| !words_first) {
                Some(card) => card.after.push(line.words.clone()),
                None => waiting.push(line.words.clone()),
            }
            continue;
        }
        waiting.push(line.words.clone());
        for target in &line.targets {
            let link = match target {
                Target::Job(link) => Some(link.clone()),
                Target::Opaque => None,
                Target::Personal | Target::Other => continue,
            };
            let known = cards.last().is_some_and(|card| card.link.is_some() && card.link == link);
            if !known {
                cards.push(Card { link, before: std::mem::take(&mut waiting), ..Card::default() });
            }
        }
    }
    // What follows the only address of its paragraph is about it as well.
    if let ([card], true) = (cards.as_mut_slice(), words_first) {
        card.after.append(&mut waiting);
    }
    cards
}
