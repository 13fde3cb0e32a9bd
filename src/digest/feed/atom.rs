//! Atom (RFC 4287).

use atom_syndication::{Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text, WriteConfig};
use chrono::{DateTime, Duration, Utc};

use super::super::clean::without_markup;
use super::prepare::{FeedHead, Prepared};

pub(super) fn write(head: &FeedHead, items: &[Prepared<'_>]) -> String {
    let feed = Feed {
        title: Text::plain(head.title.clone()),
        id: feed_id(head),
        updated: head.changed.into(),
        authors: vec![person(&head.author)],
        generator: Some(Generator { value: "jobrounds".to_owned(), ..Generator::default() }),
        links: feed_links(head),
        subtitle: Some(Text::plain(head.description.clone())),
        entries: items.iter().map(entry).collect(),
        lang: Some("en-US".to_owned()),
        ..Feed::default()
    };
    let config = WriteConfig { write_document_declaration: true, indent_size: Some(1) };
    // Writing to memory cannot fail.
    let bytes = feed.write_with_config(Vec::new(), config).unwrap_or_default();
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    text.push('\n');
    text
}

/// Names the feed for good: by its address, or by its title where it has none.
fn feed_id(head: &FeedHead) -> String {
    let name = head.self_url.as_deref().unwrap_or(&head.title);
    let hash: String = blake3::hash(name.as_bytes()).to_hex().chars().take(16).collect();
    format!("tag:jobrounds,2026:feed/{hash}")
}

fn feed_links(head: &FeedHead) -> Vec<Link> {
    let link = |href: &str, rel: &str, kind: &str| Link {
        href: href.to_owned(),
        rel: rel.to_owned(),
        mime_type: Some(kind.to_owned()),
        ..Link::default()
    };
    let mut links = vec![link(&head.home_url, "alternate", "text/html")];
    links.extend(head.self_url.as_deref().map(|href| link(href, "self", "application/atom+xml")));
    links
}

fn person(name: &str) -> Person {
    Person { name: without_markup(name), ..Person::default() }
}

fn entry(prepared: &Prepared<'_>) -> Entry {
    let link = |href: &String| Link { href: href.clone(), rel: "alternate".to_owned(), ..Link::default() };
    let category = |name: &String| Category { term: name.clone(), ..Category::default() };
    Entry {
        title: Text::plain(prepared.title.clone()),
        id: prepared.guid.clone(),
        updated: apart(prepared.updated, &prepared.guid),
        published: Some(apart(prepared.published, &prepared.guid)),
        authors: prepared.entry.employer.iter().map(|name| person(name)).collect(),
        categories: prepared.categories.iter().map(category).collect(),
        links: prepared.entry.url.iter().map(link).collect(),
        content: Some(Content {
            value: Some(prepared.html.clone()),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

/// Sets entries of the same second apart by a fraction that follows from the entry's id: one poll
/// brings many jobs at once, and the W3C's validator warns of two entries with one `updated`.
fn apart(updated: DateTime<Utc>, guid: &str) -> FixedDateTime {
    let bytes = blake3::hash(guid.as_bytes());
    let micros = bytes.as_bytes().iter().take(4).fold(0_i64, |sum, byte| (sum * 256 + i64::from(*byte)) % 1_000_000);
    // Backwards, so that nothing is dated in the future.
    (updated - Duration::microseconds(micros)).into()
}
