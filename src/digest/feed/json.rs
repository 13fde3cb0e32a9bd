//! JSON Feed 1.1 (jsonfeed.org).

use serde_json::{Value, json};

use super::{FeedRequest, Prepared, prepare};

/// Writes a feed as JSON Feed 1.1. What it has no word for stands under `_jobrounds`.
#[must_use]
pub fn json_feed(feed: &FeedRequest<'_>) -> String {
    let (head, items) = prepare(feed);
    let mut document = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.home_url,
        "description": head.description,
        "language": "en-US",
        "authors": [{ "name": head.author }],
        "items": items.iter().map(item).collect::<Vec<_>>(),
    });
    if let (Some(members), Some(address)) = (document.as_object_mut(), head.self_url) {
        members.insert("feed_url".to_owned(), Value::String(address));
    }
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn item(prepared: &Prepared<'_>) -> Value {
    let entry = &prepared.entry;
    let mut item = json!({
        "id": prepared.guid,
        "title": prepared.title,
        "content_html": prepared.html,
        "date_published": prepared.published.to_rfc3339(),
        "date_modified": prepared.updated.to_rfc3339(),
        "tags": prepared.categories,
        "_jobrounds": {
            "job": entry.id,
            "employer": entry.employer,
            "place": entry.place,
            "pay": entry.pay,
            "closes": prepared.job.valid_through.map(|closing| closing.date),
        },
    });
    if let Some(members) = item.as_object_mut() {
        if let Some(url) = &entry.url {
            members.insert("url".to_owned(), Value::String(url.clone()));
        }
        if let Some(employer) = &entry.employer {
            members.insert("authors".to_owned(), json!([{ "name": employer }]));
        }
    }
    item
}
