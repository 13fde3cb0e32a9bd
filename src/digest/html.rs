//! The HTML part of mails and the HTML of feed items. Templates escape whatever they are given.
//!
//! One column of tables, at most 600 pixels wide, with styles on the elements: Outlook for Windows lays
//! out by Word, and Gmail drops a whole style block over one rule that it does not know, which is why
//! what only few understand stands in blocks of its own.

use askama::Template;

use super::compose::{Digest, Item};
use super::entry::Entry;
use super::text::{brief_words, closes_words, explained, held_words, leftover, links, nothing, place_and_type};

/// Bytes that stand around a job told in full, in one line, and around what is said of it here.
const AROUND_FULL: usize = 240;
const AROUND_BRIEF: usize = 48;
const AROUND_SAID: usize = 90;

/// One job rendered: the pieces between which a digest puts what it alone says.
#[derive(Debug)]
pub(super) struct EntryHtml {
    /// Inside of the heading.
    pub title: String,
    /// Employer and place.
    pub head: String,
    /// Everything else.
    pub tail: String,
    /// Inside of a list's line.
    pub brief: String,
}

#[derive(Template)]
#[template(path = "digest.html")]
struct MailPage<'a> {
    digest: &'a Digest,
    subject: &'a str,
    heading: &'a str,
    preview: String,
    filters: &'a str,
    nothing: Vec<String>,
    leftover: Vec<String>,
    explained: Vec<&'static str>,
    links: Vec<(&'static str, &'a str)>,
    /// The headings' level of sections.
    level: u8,
}

#[derive(Template)]
#[template(path = "entry.html", block = "title")]
struct EntryTitle<'a> {
    entry: &'a Entry,
}

#[derive(Template)]
#[template(path = "entry.html", block = "head")]
struct EntryHead<'a> {
    entry: &'a Entry,
    place: &'a str,
}

#[derive(Template)]
#[template(path = "entry.html", block = "tail")]
struct EntryTail<'a> {
    entry: &'a Entry,
    closes: Option<String>,
}

#[derive(Template)]
#[template(path = "entry.html", block = "brief")]
struct EntryBrief<'a> {
    entry: &'a Entry,
    brief: &'a str,
    beside: &'a str,
}

#[derive(Template)]
#[template(path = "feed_item.html")]
struct FeedEntry<'a> {
    entry: &'a Entry,
    place: String,
}

/// Renders; the templates call nothing that can fail, and writing to a string cannot.
fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

/// Writes the whole HTML part of a digest.
pub(super) fn mail_html(digest: &Digest) -> String {
    let is_one = digest.parts.iter().all(|part| part.name.is_none());
    rendered(&MailPage {
        digest,
        subject: &digest.subject,
        heading: &digest.heading,
        preview: preview(digest),
        filters: digest.parts.first().filter(|_| is_one).map_or("", |part| &part.filters),
        nothing: nothing(digest),
        leftover: leftover(digest),
        explained: explained(digest),
        links: links(digest),
        level: if is_one { 2 } else { 3 },
    })
}

/// Renders a job's pieces.
pub(super) fn entry_html(entry: &Entry) -> EntryHtml {
    let (brief, beside) = brief_words(entry);
    EntryHtml {
        title: rendered(&EntryTitle { entry }),
        head: rendered(&EntryHead { entry, place: &place_and_type(entry) }),
        tail: rendered(&EntryTail { entry, closes: closes_words(entry) }),
        brief: rendered(&EntryBrief { entry, brief: &brief, beside: &beside }),
    }
}

/// Gives the bytes that a job takes in full and in one line.
pub(super) fn item_sizes(item: &Item) -> (usize, usize) {
    let html = &item.job.html;
    let said =
        [&item.changes, &item.why].into_iter().flatten().map(|words| escaped_len(words) + AROUND_SAID).sum::<usize>();
    let full = html.title.len() + html.head.len() + html.tail.len();
    (AROUND_FULL + full + said, AROUND_BRIEF + html.brief.len() + said)
}

/// Gives at least the bytes that words take once they are escaped.
pub(super) fn escaped_len(words: &str) -> usize {
    words.bytes().map(|byte| if b"<>&\"'".contains(&byte) { 6 } else { 1 }).sum()
}

/// Writes one job as the content of a feed item.
pub(super) fn feed_item_html(entry: &Entry) -> String {
    rendered(&FeedEntry { entry, place: place_and_type(entry) })
}

/// Gives the words that mailers show beside the subject.
fn preview(digest: &Digest) -> String {
    if digest.is_empty() {
        return nothing(digest).join(" ");
    }
    let sections = digest.sections().map(|(_, section)| (section.title.as_str(), section.total));
    let closed = digest.closed_ids().count();
    let closed = (closed > 0).then_some(("Closed", closed));
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for (title, count) in sections.chain(closed) {
        let title = title.split(':').next().unwrap_or(title);
        match counts.iter_mut().find(|(known, _)| *known == title) {
            Some((_, sum)) => *sum += count,
            None => counts.push((title, count)),
        }
    }
    counts.iter().map(|(title, count)| format!("{title}: {count}")).collect::<Vec<_>>().join(" · ")
}
