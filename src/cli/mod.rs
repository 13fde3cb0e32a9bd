//! The command line: the only place for anyhow, stdout and exit codes.
//!
//! Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 done but something failed
//! or nothing was found, 2 usage or configuration.

mod arguments;
mod backup;
mod board;
mod board_accept;
mod board_check;
mod board_new;
mod board_text;
mod coded_text;
mod config;
mod context;
mod daemon;
mod dedupe;
mod demo;
mod digest;
mod doctor;
mod feed;
mod filters;
mod fixtures;
mod format;
mod healthcheck;
mod import;
mod job_text;
mod mailing;
mod manual;
mod outbox;
mod output;
mod parse;
mod poll;
mod probe;
mod progress;
mod recode;
mod report;
mod report_text;
mod robots;
mod run;
mod search;
mod show;
mod show_history;
mod show_links;
mod subscriber;
mod table;
mod web_pages;
mod why;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, Global};
use context::Context;

use crate::telemetry::logs::{self, Verbosity};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Everything was done.
    Done,
    /// Done, but something failed or nothing was found.
    Partly,
}

/// Runs the program with the given arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(guarded(arguments.into_iter().collect())) {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    match dispatch(arguments) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Partly) => ExitCode::from(1),
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let code =
                if error.is::<context::UsageError>() || error.is::<crate::config::ConfigError>() { 2 } else { 1 };
            output::complain(&format!("{error:#}"));
            ExitCode::from(code)
        }
    }
}

/// Commands whose words may exclude.
const SEARCHING: [&str; 6] = ["search", "export", "feed", "digest", "report", "subscriber"];
/// Flags for every command whose value is the next word.
const WITH_VALUE: [&str; 5] = ["--config", "--db", "--format", "--now", "--clock-file"];

/// Guards the words that exclude, in commands that search, up to `--`.
fn guarded(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let mut command = 1;
    while let Some(word) = arguments.get(command).and_then(|word| word.to_str()).filter(|word| word.starts_with('-')) {
        command += if WITH_VALUE.contains(&word) { 2 } else { 1 };
    }
    let searches = arguments.get(command).and_then(|word| word.to_str()).is_some_and(|word| SEARCHING.contains(&word));
    let words = arguments.iter_mut().skip(command).take_while(|word| *word != "--");
    for word in words.filter(|_| searches) {
        *word = guarded_word(std::mem::take(word));
    }
    arguments
}

/// Puts a blank before a word that excludes (`-supervisor`), so that it is not taken for flags.
fn guarded_word(argument: OsString) -> OsString {
    let excludes = argument.to_str().and_then(|text| text.strip_prefix('-')).is_some_and(|word| {
        word.chars().count() > 1 && !word.starts_with('-') && !word.chars().all(|c| "qvhV".contains(c))
    });
    if excludes { [OsString::from(" "), argument].into_iter().collect() } else { argument }
}

/// Prints clap's own message; help and version are no errors.
fn refuse(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}

/// Begins to log: as the configuration says, where there is one, else as text.
fn start_log(global: &Global, settings: logs::Settings, ordinary: Verbosity) {
    let verbosity = match (global.quiet, global.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, 0) => ordinary,
        (false, more) => Verbosity::Verbose(more),
    };
    logs::start(settings, verbosity);
}

fn dispatch(arguments: Arguments) -> anyhow::Result<Outcome> {
    let Arguments { global, command } = arguments;
    if !command.needs_context() {
        start_log(&global, logs::Settings::default(), Verbosity::Ordinary);
    }
    match command {
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { directory } => manual::pages(directory.as_deref()),
        Command::Robots(wanted) => robots::run(&wanted, &global),
        Command::Demo(wanted) => demo::run(&wanted, &global),
        Command::Config { command } => config::run(&command, &global),
        command => {
            // The log follows the configuration, and a configuration that cannot be read is told in words.
            let context = Context::load(&global)?;
            let ordinary = if matches!(command, Command::Run) { Verbosity::Daemon } else { Verbosity::Ordinary };
            start_log(&global, context.config.log, ordinary);
            with_context(&context, command)
        }
    }
}

fn with_context(context: &Context, command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Run => run::run(context),
        Command::Poll(wanted) => poll::run(context, &wanted),
        Command::Board { command } => board::run(context, command),
        Command::Search(wanted) => search::run(context, &wanted),
        Command::Show(wanted) => show::run(context, &wanted),
        Command::Parse(wanted) => parse::run(context, &wanted),
        Command::Import(wanted) => import::run(context, &wanted),
        Command::Export(wanted) => import::export(context, &wanted),
        Command::Feed(wanted) => feed::run(context, &wanted),
        Command::Digest { command } => digest::run(context, command),
        Command::Why(wanted) => why::run(context, &wanted),
        Command::Subscriber { command } => subscriber::run(context, &command),
        Command::Outbox { command } => outbox::run(context, &command),
        Command::Report { command } => report::run(context, &command),
        Command::Dedupe { command } => dedupe::run(context, &command),
        Command::Recode(wanted) => recode::run(context, &wanted),
        Command::Vocabulary { command } => recode::vocabulary(context, &command),
        Command::Backup { file } => backup::run(context, &file),
        Command::Restore { file } => backup::restore(context, &file),
        Command::Doctor => doctor::run(context),
        Command::Healthcheck { daemon } => healthcheck::run(context, daemon),
        // The others need no context and were dispatched before.
        Command::Completions { .. }
        | Command::Man { .. }
        | Command::Robots(_)
        | Command::Demo(_)
        | Command::Config { .. } => Ok(Outcome::Done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(words: &[&str]) -> Vec<String> {
        let guarded = guarded(words.iter().map(OsString::from).collect());
        guarded.into_iter().map(|word| word.into_string().unwrap()).collect()
    }

    #[test]
    fn words_are_guarded_only_where_they_can_exclude() {
        assert_eq!(guard(&["jobrounds", "--db", "poll", "search", "a", "-bc"]).last().unwrap(), " -bc");
        assert_eq!(guard(&["jobrounds", "-q", "digest", "preview", "-bc"]).last().unwrap(), " -bc");
        for same in [&["jobrounds", "poll", "-full"][..], &["jobrounds", "search", "--", "-ab"], &["jobrounds"]] {
            assert_eq!(guard(same), same);
        }
    }
}
