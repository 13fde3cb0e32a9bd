//! JSON Feed 1.1 (jsonfeed.org).

use serde_json::{Value, json};

use super::{FeedRequest, Prepared, prepare};

/// Writes a feed as JSON Feed 1.1. What it has no word for stands under `_jobrounds`.
#[must_use]
pub fn json_feed(feed: &FeedRequest<'_>) -> String {
    let (head, items) = prepare(feed);
    let document = without_nulls(json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.home_url,
        "feed_url": head.self_url,
        "description": head.description,
        "language": "en-US",
        "authors": [{ "name": head.author }],
        "items": items.iter().map(item).collect::<Vec<_>>(),
    }));
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn item(prepared: &Prepared<'_>) -> Value {
    let entry = &prepared.entry;
    without_nulls(json!({
        "id": prepared.guid,
        "url": entry.url,
        "title": prepared.title,
        "content_html": prepared.html,
        "date_published": prepared.published.to_rfc3339(),
        "date_modified": prepared.updated.to_rfc3339(),
        "authors": entry.employer.as_ref().map(|employer| json!([{ "name": employer }])),
        "tags": prepared.categories,
        "_jobrounds": {
            "job": entry.id,
            "employer": entry.employer,
            "place": entry.place,
            "pay": entry.pay,
            "closes": prepared.job.valid_through.map(|closing| closing.date),
        },
    }))
}

/// Leaves out members without a value: JSON Feed knows no `null`.
fn without_nulls(mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    object
}
