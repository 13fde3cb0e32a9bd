//! `feed`: matching jobs as a feed in a file.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::arguments::FeedArguments;
use super::context::Context;
use super::format::choose;
use super::{Outcome, output};
use crate::digest::FeedForm;
use crate::matching::in_words;
use crate::pipeline::{FeedOrder, HEADING, feed_document};

/// Days in a public feed are told in the zone of most of its readers.
pub(super) const ZONE: chrono_tz::Tz = chrono_tz::America::New_York;

pub(super) fn run(context: &Context, wanted: &FeedArguments) -> anyhow::Result<Outcome> {
    let form = form(context, &wanted.file)?;
    let criteria = context.criteria(&wanted.filters, None)?;
    let site = super::mailing::site(&context.config);
    // A feed of one board may send people to that board's page.
    let only = match criteria.boards.as_slice() {
        [only] => context.config.boards.iter().find(|board| board.id == *only),
        _ => None,
    };
    let feed = feed_document(
        &context.reader()?,
        &FeedOrder {
            form,
            criteria: &criteria,
            in_words: in_words(&criteria),
            title: HEADING,
            self_url: None,
            home_url: site.public_url.or_else(|| only.map(|board| board.homepage.to_string())),
            author: site.name,
            zone: ZONE,
            now: context.clock.now(),
            boards: &context.config.boards,
        },
    )?;
    write_out(&wanted.file, &feed.text)?;
    Ok(Outcome::Done)
}

/// Takes the form from the flag, else from the file's ending, else RSS.
fn form(context: &Context, file: &Path) -> anyhow::Result<FeedForm> {
    if let Some(word) = context.form() {
        let words = FeedForm::ALL.map(|form| (form.as_str(), form));
        return Ok(choose(word, &words)?);
    }
    let ending = file.extension().and_then(|ending| ending.to_str());
    Ok(ending.and_then(FeedForm::from_word).unwrap_or(FeedForm::Rss))
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
