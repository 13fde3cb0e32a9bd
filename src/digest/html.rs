//! The HTML part of a digest and the HTML of feed items. Templates escape whatever they are given.

use askama::Template;

use super::compose::{Also, Digest};
use super::entry::Entry;
use super::text::{DERIVED_WORDS, nothing_words, period, place_and_type};

#[derive(Template)]
#[template(path = "digest.html")]
struct MailPage<'a> {
    digest: &'a Digest,
    period: String,
    nothing: String,
    preview: String,
}

#[derive(Template)]
#[template(path = "entry.html")]
struct MailEntry<'a> {
    entry: &'a Entry,
    place: String,
}

#[derive(Template)]
#[template(path = "also.html")]
struct MailAlso<'a> {
    also: &'a Also,
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

/// Writes the whole HTML part.
pub(super) fn mail_html(digest: &Digest) -> String {
    let nothing = if digest.is_empty() { nothing_words(digest) } else { String::new() };
    rendered(&MailPage { digest, period: period(digest), nothing, preview: preview(digest) })
}

/// Writes one job as rows of the mail's table.
pub(super) fn entry_html(entry: &Entry) -> String {
    rendered(&MailEntry { entry, place: place_and_type(entry) })
}

/// Writes an employer's further jobs as rows of the mail's table.
pub(super) fn also_html(also: &Also) -> String {
    rendered(&MailAlso { also })
}

/// Writes one job as the content of a feed item.
pub(super) fn feed_item_html(entry: &Entry) -> String {
    rendered(&FeedEntry { entry, place: place_and_type(entry) })
}

/// Gives the words that mailers show beside the subject.
fn preview(digest: &Digest) -> String {
    if digest.is_empty() {
        return nothing_words(digest);
    }
    let counts = digest.sections.iter().map(|part| format!("{}: {}", part.title, part.total));
    counts.collect::<Vec<_>>().join(" · ")
}
