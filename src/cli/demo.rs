//! `demo`: the main job offline, told as it goes.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, Utc};

use super::arguments::{DemoArguments, Global};
use super::context::{UsageError, clock, runtime};
use super::format::choose;
use super::{Outcome, output, poll, search};
use crate::board::Board;
use crate::coding::{Coder, VocabularyFiles};
use crate::config;
use crate::dedupe::PointsJudge;
use crate::deliver;
use crate::demo::serve;
use crate::digest::{Envelope, FeedForm, Site, mail};
use crate::fetch::{Fetcher, Settings};
use crate::model::{Clock, Criteria, StatusFilter};
use crate::pipeline::{FeedOrder, NewsRequest, Poller, RunReport, StoredHosts, feed_document, gather};
use crate::store::Store;

/// Where a demo leaves its files.
struct Places {
    directory: PathBuf,
    database: PathBuf,
    config: PathBuf,
    feed: PathBuf,
}

pub(super) fn run(wanted: &DemoArguments, global: &Global) -> anyhow::Result<Outcome> {
    choose(global.format.as_deref().unwrap_or("table"), &[("table", ())])?;
    if global.quiet {
        return Err(UsageError("--quiet: a demo is there to be read; leave the flag out".into()).into());
    }
    let clock = clock(global);
    let places = places(wanted, clock.now())?;
    output::print_wrapped("jobrounds demo: five invented job boards on this machine, no network, no account.\n")?;
    let store = Store::open(&places.database)?;
    let (first, second, boards) = runtime()?.block_on(rounds(&store, clock.clone()))?;
    write_config(&places, &boards)?;

    output::print_wrapped("1. Polled each board by its engine, through robots.txt and the ordinary fetch path:\n")?;
    poll::print_table(&first)?;
    tell_health(&first)?;
    tell_dedupe(&store, &first, clock.now())?;
    tell_second_round(&second)?;

    output::print("\n4. What is open now, newest first (`jobrounds search`):\n")?;
    let open = store.search(&Criteria::default(), clock.now())?;
    search::print_tables(&open)?;
    let eml = write_news(&store, &boards, &places, clock.now())?;
    tell_files(&places, &eml)?;
    tell_next(&places, &open)?;
    Ok(Outcome::Done)
}

fn places(wanted: &DemoArguments, now: DateTime<Utc>) -> anyhow::Result<Places> {
    let directory = match &wanted.directory {
        Some(directory) => directory.clone(),
        None => {
            std::env::temp_dir().join(format!("jobrounds-demo-{}-{}", now.format("%Y%m%d-%H%M%S"), std::process::id()))
        }
    };
    fs::create_dir_all(&directory).with_context(|| format!("failed to make {}", directory.display()))?;
    let database = directory.join("demo.db");
    anyhow::ensure!(
        !database.exists(),
        "{} exists already: name another --directory, or remove it",
        database.display()
    );
    Ok(Places { database, config: directory.join("demo.toml"), feed: directory.join("new-him-jobs.rss"), directory })
}

/// Polls the synthetic boards twice.
async fn rounds(store: &Store, clock: Arc<dyn Clock>) -> anyhow::Result<(RunReport, RunReport, Vec<Board>)> {
    let served = serve(clock.now()).await.context("failed to serve the demo boards on loopback")?;
    let variables: Vec<(String, String)> = served
        .boards
        .iter()
        .flat_map(|(board, engine, origin)| {
            let section = format!("JOBROUNDS__BOARDS__{}", board.to_uppercase());
            [(format!("{section}__BASE_URL"), origin.clone()), (format!("{section}__ENGINE"), (*engine).to_owned())]
        })
        .collect();
    let boards = config::built_in(&variables)?.boards;
    // The boards stand on loopback and are ours, so there is nobody to wait for.
    let settings = Settings { allow_private_addresses: true, min_interval: Duration::ZERO, ..Settings::default() };
    let hosts = Arc::new(StoredHosts::new(store.clone()));
    let fetcher = Fetcher::new(settings, clock.clone(), hosts)?;
    let coder = Arc::new(Coder::new(&VocabularyFiles::with_overrides(&[])?)?);
    let poller = Poller::new(store.clone(), fetcher, clock, Arc::new(PointsJudge), coder);
    let first = poller.poll(&boards).await?;
    let second = poller.poll(&boards).await?;
    Ok((first, second, boards))
}

fn tell_health(report: &RunReport) -> anyhow::Result<()> {
    for board in report.boards.iter().filter(|board| !board.state.is_readable()) {
        let why = board.why.as_deref().unwrap_or_default();
        output::print_wrapped(&format!("\n   {} is {}: {why}.", board.board, board.state.as_str()))?;
        if let Some(remedy) = &board.remedy {
            output::print_wrapped(&format!("   What to do: {remedy}."))?;
        }
    }
    let repaired: Vec<_> = report
        .boards
        .iter()
        .flat_map(|board| &board.problems)
        .filter(|problem| problem.kind == crate::model::ProblemKind::Repaired)
        .collect();
    for problem in repaired {
        output::print_wrapped(&format!("\n   Repaired on the way: {}", super::parse::describe(problem)))?;
    }
    Ok(())
}

fn tell_dedupe(store: &Store, report: &RunReport, now: DateTime<Utc>) -> anyhow::Result<()> {
    let all = store.search(&Criteria { status: StatusFilter::All, ..Criteria::default() }, now)?;
    let postings: u64 = report.boards.iter().map(|board| board.new).sum();
    output::print_wrapped(&format!(
        "\n2. Normalized and stored {postings} postings, and joined copies of one vacancy: {} jobs.\n",
        all.total
    ))?;
    for row in all.jobs.iter().filter(|row| row.boards.len() > 1) {
        let title = row.title.as_deref().unwrap_or_default();
        output::print_wrapped(&format!(
            "   {} – {}: on {}",
            title,
            row.employer.as_deref().unwrap_or_default(),
            row.boards.join(", ")
        ))?;
    }
    let closed = all.jobs.iter().filter(|row| row.status == crate::model::JobStatus::Closed);
    for row in closed {
        let last_day = row.closes.as_deref().unwrap_or_default();
        output::print_wrapped(&format!(
            "   {} closed on {last_day}, though its board still lists it: kept, not announced",
            row.title.as_deref().unwrap_or_default()
        ))?;
    }
    Ok(())
}

fn tell_second_round(report: &RunReport) -> anyhow::Result<()> {
    let sum = |count: fn(&crate::pipeline::BoardReport) -> u64| report.boards.iter().map(count).sum::<u64>();
    output::print_wrapped(&format!(
        "\n3. Polled again: {} requests, {} of them answered “not modified”; {} new, {} updated.",
        sum(|board| board.requests),
        sum(|board| board.not_modified),
        sum(|board| board.new),
        sum(|board| board.updated)
    ))
}

/// Writes mail and feed, and gives the mail's path.
fn write_news(store: &Store, boards: &[Board], places: &Places, now: DateTime<Utc>) -> anyhow::Result<PathBuf> {
    let criteria = Criteria::default();
    let request = NewsRequest { criteria: &criteria, in_words: "every job".into(), since: None, now, boards };
    let news = gather(store, &request)?;
    let site = || Site { name: "jobrounds demo".into(), public_url: None, postal_address: None };
    let digest = news.digest(crate::pipeline::HEADING, &request, chrono_tz::America::New_York, &site());
    let envelope = Envelope {
        from: "jobrounds demo <jobrounds@localhost>".into(),
        to: "you@localhost".into(),
        ..Envelope::default()
    };
    let eml = deliver::write(&places.directory.join("outbox"), &mail(&digest, &envelope))?;
    let feed = feed_document(
        store,
        &FeedOrder {
            form: FeedForm::Rss,
            criteria: &criteria,
            in_words: request.in_words.clone(),
            title: crate::pipeline::HEADING,
            self_url: None,
            home_url: None,
            author: site().name,
            zone: super::feed::ZONE,
            now,
            boards,
        },
    )?;
    fs::write(&places.feed, feed.text)?;
    Ok(eml)
}

/// Writes a configuration by which the other commands find the demo's database.
fn write_config(places: &Places, boards: &[Board]) -> anyhow::Result<()> {
    // A poll by this file would mix the real boards' postings with the invented ones.
    let off: Vec<String> = boards.iter().map(|board| format!("[boards.{}]\nenabled = false\n", board.id)).collect();
    let off = off.join("\n");
    let text = format!(
        "# Made by `jobrounds demo`; its boards are gone, its database is not.\n[store]\npath = \"demo.db\"\n\n{off}"
    );
    fs::write(&places.config, text).with_context(|| format!("failed to write {}", places.config.display()))
}

fn tell_files(places: &Places, eml: &std::path::Path) -> anyhow::Result<()> {
    output::print("\n5. Composed a digest and a feed of them:\n")?;
    for (label, path) in [
        ("database", places.database.as_path()),
        ("mail", eml),
        ("mail as a page", &eml.with_extension("html")),
        ("feed", &places.feed),
    ] {
        output::print(&format!("   {label:<15} {}", path.display()))?;
    }
    Ok(())
}

fn tell_next(places: &Places, open: &crate::store::SearchResult) -> anyhow::Result<()> {
    let program = program();
    let with = format!("{program} --config {}", places.config.display());
    let some = open.jobs.first().map_or_else(|| "ID".to_owned(), |row| row.id.as_str().chars().take(7).collect());
    output::print("\nNext, on these files:\n")?;
    for (command, does) in [
        (format!("{with} search coder --remote"), "filter what is open"),
        (format!("{with} show {some} --explain"), "one job: every field and where it came from"),
        (format!("{with} digest preview"), "the mail's text"),
    ] {
        output::print(&format!("   {command}\n       {does}"))?;
    }
    output::print("\nAnd for real, with the built-in boards and no configuration:\n")?;
    output::print(&format!("   {program} poll\n   {program} board list\n   {program} search coder"))
}

/// Names the program as it was called: by cargo's path before it is installed.
fn program() -> String {
    let called = std::env::args_os().next().and_then(|name| name.into_string().ok()).unwrap_or_default();
    if called.contains('/') { called } else { "jobrounds".into() }
}
