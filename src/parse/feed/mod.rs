//! Reads feeds: RSS 2.0, 0.9x and 1.0, Atom, CDF, JSON Feed and plain job XML, whole or damaged.
//!
//! One pass and no strict parser: [`markup`] cuts the text into tags, [`reader`] and [`element`]
//! gather items from them, [`draft`] settles each into a posting. What is broken costs the item it
//! stands in and is reported with its place; what had to be repaired is reported once a sort.

mod draft;
mod element;
mod json_feed;
mod links;
mod markup;
mod reader;
mod references;
mod repairs;
mod slots;
mod wording;

use std::collections::HashMap;

use url::Url;

use self::links::Links;
use self::reader::{MOST_ITEMS, Reader, Reading};
use super::text_encoding::{TextKind, decode, strip_controls};
use super::{Finding, Parsed, bti};
use crate::board::{Board, TitleSplit};
use crate::model::{Engine, Page, Problem, ProblemKind, RawPosting, Wanted};

/// Reads one answer of engine `rss` or `bti`.
pub(super) fn parse_feed(board: &Board, engine: Engine, page: &Page) -> Parsed {
    let (text, repaired) = decode(&page.body, page.charset.as_deref(), kind_of(page));
    let (text, controls) = strip_controls(text);
    let body = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    let read = if body.starts_with('{') { json_feed::read(body, &page.url) } else { read_xml(body, &page.url) };
    let Some(mut parsed) = read else {
        return not_a_feed(board, engine, page, body);
    };
    let removed = (controls > 0).then(|| format!("{controls} control characters removed"));
    let about_text = repaired.into_iter().chain(removed);
    parsed.problems.splice(0..0, about_text.map(|message| Problem::new(ProblemKind::Repaired, message)));
    settle_repeated_ids(&mut parsed.postings);
    refine(board, engine, page, &mut parsed);
    parsed
}

/// Tells by the media type how the answer declares its encoding.
fn kind_of(page: &Page) -> TextKind {
    if page.media_type.ends_with("json") { TextKind::Json } else { TextKind::Xml }
}

/// Applies what the board and its engine know, and says where everything came from.
fn refine(board: &Board, engine: Engine, page: &Page, parsed: &mut Parsed) {
    let preset = if engine == Engine::Bti { TitleSplit::LastPipe } else { TitleSplit::None };
    let split = board.title_split.unwrap_or(preset);
    for posting in &mut parsed.postings {
        wording::split_title(posting, split);
        if engine == Engine::Bti {
            bti::refine(posting);
        }
        posting.source_url = Some(page.url.as_str().to_owned());
    }
    for problem in &mut parsed.problems {
        problem.url.get_or_insert_with(|| page.url.as_str().to_owned());
    }
    if parsed.finding == Finding::Readable && parsed.postings.is_empty() && parsed.problems.iter().all(is_harmless) {
        parsed.finding = Finding::Empty;
    }
}

/// Tells whether a complaint leaves an empty feed believable: one whose items all broke, or that
/// was cut off before them, does not say that there are none.
fn is_harmless(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::Repaired | ProblemKind::UnreadField)
}

/// Reads XML; `None` when it is no feed.
fn read_xml(text: &str, page: &Url) -> Option<Parsed> {
    let reading = Reader::read(text);
    if !reading.is_feed() && reading.drafts.is_empty() {
        return None;
    }
    let links = Links::new(page, reading.base.as_deref(), reading.channel_link.as_deref());
    let mut parsed = Parsed::readable();
    parsed.problems.extend(reading.repairs.problems());
    parsed.next.extend(reading.next.as_deref().and_then(|link| next_page(link, &links, page)));
    note_cut(&mut parsed, &reading);
    parsed.postings.reserve_exact(reading.drafts.len());
    for draft in reading.drafts {
        parsed.postings.extend(draft.finish(&links, &mut parsed.problems));
    }
    Some(parsed)
}

/// Says so when the list is known not to be whole.
fn note_cut(parsed: &mut Parsed, reading: &Reading<'_>) {
    let many = reading.too_many.then(too_many_items);
    for message in reading.cut.clone().into_iter().chain(many) {
        parsed.truncated = true;
        parsed.problems.push(Problem::new(ProblemKind::Incomplete, message));
    }
}

fn too_many_items() -> String {
    format!("more than {MOST_ITEMS} items; the rest is left out")
}

/// Takes the address of the next page (RFC 5005 section 3), unless it is this page's own.
fn next_page(link: &str, links: &Links, page: &Url) -> Option<Wanted> {
    let url = Url::parse(&links.resolve(link, None)?).ok()?;
    (url != *page).then(|| Wanted::list(url))
}

/// Replaces ids that several items with different links share: a feed that gives them all one
/// guid does not identify its items by it.
fn settle_repeated_ids(postings: &mut [RawPosting]) {
    let mut first_links: HashMap<&str, Option<&str>> = HashMap::with_capacity(postings.len());
    let mut shared: Vec<String> = Vec::new();
    for posting in &*postings {
        let Some(id) = posting.posting_id.as_deref() else { continue };
        let url = posting.url.as_deref();
        if *first_links.entry(id).or_insert(url) != url {
            shared.push(id.to_owned());
        }
    }
    if shared.is_empty() {
        return;
    }
    let shared: std::collections::HashSet<String> = shared.into_iter().collect();
    for posting in postings {
        if posting.url.is_some() && posting.posting_id.as_ref().is_some_and(|id| shared.contains(id)) {
            posting.posting_id.clone_from(&posting.url);
        }
    }
}

/// Judges an answer that is no feed: the board's own empty page, or something else.
fn not_a_feed(board: &Board, engine: Engine, page: &Page, body: &str) -> Parsed {
    let own_words = board.html.empty_text.as_deref().is_some_and(|words| body.contains(words));
    if own_words || (engine == Engine::Bti && bti::says_empty(body)) {
        return Parsed { finding: Finding::Empty, ..Parsed::readable() };
    }
    if body.is_empty() {
        return Parsed::foreign("expected a feed, saw an empty answer; did the address change?");
    }
    let size = match page.body.len() {
        few @ ..1000 => format!("{few} bytes"),
        many => format!("{} kB", many / 1000),
    };
    let media = if page.media_type.is_empty() { "untyped data" } else { &page.media_type };
    Parsed::foreign(format!("expected a feed, saw {size} of {media}; did the site change?"))
}

#[cfg(test)]
mod tests;
