//! RSS 2.0, with what the RSS Advisory Board's profile and the W3C's validator ask for.

use rss::extension::atom::{AtomExtension, Link};
use rss::{Category, Channel, Guid, Item};

use super::TTL_MINUTES;
use super::prepare::{FeedHead, Prepared};

pub(super) fn write(head: FeedHead, items: &[Prepared<'_>]) -> String {
    let self_link = head.self_url.map(|href| Link {
        href,
        rel: "self".to_owned(),
        mime_type: Some("application/rss+xml".to_owned()),
        ..Link::default()
    });
    let channel = Channel {
        title: head.title,
        link: head.home_url,
        description: head.description,
        language: Some("en-us".to_owned()),
        last_build_date: Some(head.changed.to_rfc2822()).filter(|_| !items.is_empty()),
        generator: Some("jobrounds".to_owned()),
        docs: Some("https://www.rssboard.org/rss-specification".to_owned()),
        ttl: Some(TTL_MINUTES.to_string()),
        atom_ext: self_link.map(|link| AtomExtension { links: vec![link] }),
        items: items.iter().map(item).collect(),
        ..Channel::default()
    };
    // Writing to memory cannot fail.
    let bytes = channel.pretty_write_to(Vec::new(), b' ', 1).unwrap_or_default();
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    text.push('\n');
    text
}

fn item(prepared: &Prepared<'_>) -> Item {
    let category = |name: &String| Category { name: name.clone(), domain: None };
    Item {
        title: Some(prepared.title.clone()),
        link: prepared.entry.url.clone(),
        description: Some(prepared.html.clone()),
        categories: prepared.categories.iter().map(category).collect(),
        guid: Some(Guid { value: prepared.guid.clone(), permalink: false }),
        pub_date: Some(prepared.published.to_rfc2822()),
        ..Item::default()
    }
}
