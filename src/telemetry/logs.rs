//! The log: events to stderr, as text for people or as JSON lines for machines.
//!
//! Each message can be read alone; what it is about stands beside it in dotted fields
//! (`board.id`). Under systemd the journal keeps the time and the level itself, so neither is
//! written twice.

use std::fmt;
use std::io::IsTerminal;
use std::os::unix::fs::MetadataExt;

use serde::{Deserialize, Serialize};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{Compact, DefaultFields, Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent};
use tracing_subscriber::registry::LookupSpan;

/// The variable that holds a filter, which goes before everything else.
const FILTER_VARIABLE: &str = "JOBROUNDS_LOG";

/// The form of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogForm {
    /// One line an event, for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// How much the daemon says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What somebody must act on.
    Error,
    /// And what is not as it should be.
    Warn,
    /// And one line for each poll and delivery.
    #[default]
    Info,
    /// And each request.
    Debug,
    /// And everything else.
    Trace,
}

impl LogLevel {
    fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// `[log]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Its form.
    pub format: LogForm,
    /// How much the daemon says; other commands say warnings, and more with `-v`.
    pub level: LogLevel,
}

/// How much a command was asked to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbosity {
    /// `-q`.
    Quiet,
    /// Nothing was asked: warnings and errors.
    Ordinary,
    /// The daemon without flags: what the settings say.
    Daemon,
    /// `-v`, so many times.
    Verbose(u8),
}

impl Verbosity {
    /// Gives the filter. A command that polls tells by itself how its boards are, so that only the
    /// daemon logs their changes.
    fn filter(self, settings: Settings) -> String {
        let quiet = if self == Self::Ordinary { ",jobrounds::pipeline::round_end=error" } else { "" };
        format!("jobrounds={}{quiet}", self.level(settings))
    }

    fn level(self, settings: Settings) -> &'static str {
        match self {
            Self::Quiet => "error",
            Self::Ordinary | Self::Verbose(0) => "warn",
            Self::Daemon => settings.level.as_str(),
            Self::Verbose(1) => "info",
            Self::Verbose(2) => "debug",
            Self::Verbose(_) => "trace",
        }
    }
}

/// Begins to log to stderr. Only the first call of a process has an effect.
///
/// `JOBROUNDS_LOG` (such as `jobrounds=debug,hyper=info`) goes before `-v` and the settings.
pub fn start(settings: Settings, verbosity: Verbosity) {
    let wanted = std::env::var(FILTER_VARIABLE).ok().filter(|text| !text.trim().is_empty());
    let read = wanted.as_deref().map(EnvFilter::try_new);
    let ordinary = || EnvFilter::new(verbosity.filter(settings));
    let unreadable = matches!(read, Some(Err(_)));
    let filter = read.and_then(Result::ok).unwrap_or_else(ordinary);
    let to_journal = is_journal();
    let colors = !to_journal
        && std::io::stderr().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let base = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colors);
    let _already_started = match (settings.format, to_journal) {
        (LogForm::Json, false) => base.json().flatten_event(true).with_current_span(false).try_init(),
        (LogForm::Json, true) => base.json().flatten_event(true).with_current_span(false).without_time().try_init(),
        (LogForm::Text, true) => base.event_format(JournalLine::default()).try_init(),
        (LogForm::Text, false) => base.with_target(false).try_init(),
    };
    if unreadable {
        tracing::warn!("{FILTER_VARIABLE} is not a filter, such as `jobrounds=debug`, and is passed over");
    }
}

/// Tells whether stderr goes to the journal itself: systemd names the stream by device and inode
/// (systemd.exec(5)), and a shell started below a service inherits the variable without the stream.
fn is_journal() -> bool {
    let named = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    let stderr = std::fs::metadata("/proc/self/fd/2").map(|file| format!("{}:{}", file.dev(), file.ino()));
    stderr.is_ok_and(|stream| stream == named)
}

/// A line for the journal: the level as systemd reads it (sd-daemon(3)), no time, no colors.
struct JournalLine(Format<Compact, ()>);

impl Default for JournalLine {
    fn default() -> Self {
        let line = tracing_subscriber::fmt::format().compact().without_time();
        Self(line.with_level(false).with_target(false).with_ansi(false))
    }
}

impl<S> FormatEvent<S, DefaultFields> for JournalLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, DefaultFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let priority = match *event.metadata().level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            Level::DEBUG | Level::TRACE => 7,
        };
        write!(writer, "<{priority}>")?;
        self.0.format_event(context, writer, event)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Kept {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    #[test]
    fn a_line_for_the_journal_leads_with_its_level_and_tells_no_time() {
        let kept = Kept::default();
        let writer = kept.clone();
        let log = tracing_subscriber::fmt().with_writer(move || writer.clone()).event_format(JournalLine::default());
        tracing::subscriber::with_default(log.finish(), || {
            tracing::warn!(board.id = "ahima", "a wall answers");
            tracing::error!("the disk is full");
        });
        assert_eq!(kept.text(), "<4>a wall answers board.id=\"ahima\"\n<3>the disk is full\n");
    }

    #[test]
    fn flags_go_before_the_settings() {
        let settings = Settings { format: LogForm::Json, level: LogLevel::Debug };
        let levels = [
            (Verbosity::Quiet, "error"),
            (Verbosity::Ordinary, "warn"),
            (Verbosity::Daemon, "debug"),
            (Verbosity::Verbose(1), "info"),
            (Verbosity::Verbose(9), "trace"),
        ];
        for (verbosity, level) in levels {
            assert_eq!(verbosity.level(settings), level);
        }
    }

    #[test]
    fn a_stream_of_another_name_is_not_the_journal() {
        assert!(!is_journal(), "tests write to no journal");
    }
}
