//! JSON Feed 1.1 (jsonfeed.org).

use serde_json::{Value, json};

use super::super::clean::without_markup;
use super::prepare::{FeedHead, Prepared};

/// Writes a feed. What JSON Feed has no word for stands under `_jobrounds`.
pub(super) fn write(head: &FeedHead, items: &[Prepared<'_>]) -> String {
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
    let change = prepared.change.as_ref();
    without_nulls(json!({
        "id": prepared.guid,
        "url": entry.url,
        "title": prepared.title,
        "content_html": prepared.html,
        "date_published": prepared.published.to_rfc3339(),
        "date_modified": prepared.updated.to_rfc3339(),
        "authors": entry.employer.as_ref().map(|employer| json!([{ "name": without_markup(employer) }])),
        "tags": Some(&prepared.categories).filter(|categories| !categories.is_empty()),
        "_jobrounds": without_nulls(json!({
            "job": entry.id,
            "change": change.map(|told| told.event.kind.as_str()),
            "what_changed": change.map(|told| &told.words),
            "employer": entry.employer,
            "place": entry.place,
            "pay": entry.pay,
            "closes": prepared.job.valid_through.map(|closing| closing.date),
        })),
    }))
}

/// Leaves out members without a value: JSON Feed knows no `null`.
fn without_nulls(mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    object
}
