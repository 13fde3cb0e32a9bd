//! Whole-flow tests, one binary: the house's rules, then one file a theme.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
#![expect(clippy::panic, reason = "a test that cannot go on says so by panicking")]
#![expect(clippy::format_collect, clippy::format_push_string, reason = "short texts, made once")]
#![expect(unreachable_pub, reason = "the modules of one test binary are nobody else's")]

mod app;
mod architecture;
mod board_files;
mod coded;
mod coding;
mod config_example;
mod daemon;
mod deduping;
mod deduplicating;
mod demo;
mod digests;
mod errors;
mod fake_board;
mod faults;
mod feeds;
mod fixtures;
mod health;
mod help;
#[cfg(feature = "imap")]
mod imap;
mod life;
mod mailing;
mod mails;
mod matching;
mod misbehaving;
mod news;
mod operations;
mod politeness;
mod polling;
mod probing;
mod reports;
mod robots;
mod searching;
mod smtp;
mod smtp_server;
mod subscribers;
mod vacancies;
mod web_feeds;
mod web_pages;
mod web_site;
