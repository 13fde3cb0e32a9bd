//! `feed`: matching jobs as a feed in a file.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::arguments::FeedArguments;
use super::context::Context;
use super::format::choose;
use super::{Outcome, output};
use crate::digest::{FeedRequest, atom, ics, json_feed, rss};
use crate::matching::in_words;
use crate::pipeline::{NewsRequest, gather};

/// A feed holds at most this many jobs where --limit says nothing.
const MOST_ITEMS: usize = 200;

pub(super) fn run(context: &Context, wanted: &FeedArguments) -> anyhow::Result<Outcome> {
    let write = choose(&form(context, &wanted.file), &FORMS)?;
    let criteria = context.criteria(&wanted.filters, Some(MOST_ITEMS))?;
    let request = NewsRequest {
        criteria: &criteria,
        in_words: in_words(&criteria),
        since: None,
        now: context.clock.now(),
        boards: &context.config.boards,
    };
    let news = gather(&context.reader()?, &request)?.for_everybody();
    let mut feed = news.feed(super::digest::HEADING, &request, ZONE, &super::digest::site(context));
    // A feed of one board may send people to that board's page.
    if let ([only], None) = (criteria.boards.as_slice(), &feed.home_url) {
        let board = context.config.boards.iter().find(|board| board.id == *only);
        feed.home_url = board.map(|board| board.homepage.to_string());
    }
    let text = write(&feed);
    write_out(&wanted.file, &text)?;
    Ok(Outcome::Done)
}

/// Days in a public feed are told in the zone of most of its readers.
const ZONE: chrono_tz::Tz = chrono_tz::America::New_York;

type Writer = fn(&FeedRequest<'_>) -> String;

const FORMS: [(&str, Writer); 4] = [("rss", rss), ("atom", atom), ("json", json_feed), ("ics", ics)];

/// Takes the form from the flag, else from the file's ending, else RSS.
fn form(context: &Context, file: &Path) -> String {
    let ending = file.extension().and_then(|ending| ending.to_str());
    let known = ending.filter(|ending| FORMS.iter().any(|(word, _)| word == ending));
    context.form().or(known).unwrap_or("rss").to_owned()
}

/// Writes a text into a file, or prints it where the file is `-`.
pub(super) fn write_out(file: &Path, text: &str) -> anyhow::Result<()> {
    if file == Path::new("-") { output::print_data(text) } else { replace(file, text) }
}

/// Replaces a file whole, so that a reader never meets half of it.
fn replace(file: &Path, text: &str) -> anyhow::Result<()> {
    // A name of this process's own, so that two runs at once never write into one file.
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(format!(".{}.part", std::process::id()));
    let written = fs::write(&unfinished, text).and_then(|()| fs::rename(&unfinished, file));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written.with_context(|| format!("failed to write {}", file.display()))
}
