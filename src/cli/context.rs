//! What most commands need: configuration, clock, store.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Utc};

use super::arguments::Global;
use super::format::Format;
use crate::board::Board;
use crate::config::{self, Config};
use crate::model::{Clock, FixedClock, SystemClock};
use crate::store::Store;

/// A mistake in how the command was called.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct UsageError(pub(super) String);

/// What most commands need.
pub(super) struct Context {
    pub(super) config: Config,
    pub(super) clock: Arc<dyn Clock>,
    form: Option<String>,
    pub(super) quiet: bool,
    path: PathBuf,
}

/// A clock read from a file at each look.
struct FileClock(PathBuf);

impl Clock for FileClock {
    fn now(&self) -> DateTime<Utc> {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        let seconds = text.trim().split('.').next().and_then(|text| text.parse().ok());
        seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_else(Utc::now)
    }
}

/// Makes the clock that the flags ask for.
pub(super) fn clock(global: &Global) -> Arc<dyn Clock> {
    match (&global.now, &global.clock_file) {
        (Some(now), _) => Arc::new(FixedClock(*now)),
        (None, Some(file)) => Arc::new(FileClock(file.clone())),
        (None, None) => Arc::new(SystemClock),
    }
}

/// Gives the environment's variables. One that is not UTF-8 is somebody else's and passed over.
pub(super) fn variables() -> Vec<(String, String)> {
    let read = |(name, text): (OsString, OsString)| Some((name.into_string().ok()?, text.into_string().ok()?));
    std::env::vars_os().filter_map(read).collect()
}

impl Context {
    /// Loads the configuration and settles the clock.
    pub(super) fn load(global: &Global) -> anyhow::Result<Self> {
        let config = config::load(global.config.as_deref(), &variables())?;
        let path = global.db.clone().unwrap_or_else(|| config.store.path.clone());
        Ok(Self { clock: clock(global), form: global.format.clone(), quiet: global.quiet, config, path })
    }

    /// Reads `--format` for commands that print results.
    pub(super) fn format(&self) -> Result<Format, UsageError> {
        Format::read(self.form.as_deref())
    }

    /// Gives `--format` as typed, for commands with forms of their own.
    pub(super) fn form(&self) -> Option<&str> {
        self.form.as_deref()
    }

    /// Opens the database for writing, making it where there is none.
    pub(super) fn store(&self) -> anyhow::Result<Store> {
        Store::open(&self.path).with_context(|| format!("failed to open the database {}", self.path.display()))
    }

    /// Opens the database for reading alone.
    pub(super) fn reader(&self) -> anyhow::Result<Store> {
        Store::open_read_only(&self.path)
            .with_context(|| format!("failed to open the database {}", self.path.display()))
    }

    /// Gives the database's path.
    pub(super) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Finds a configured board.
    pub(super) fn board(&self, id: &str) -> anyhow::Result<&Board> {
        let found = self.config.boards.iter().find(|board| board.id.as_str() == id);
        found.ok_or_else(|| {
            let known: Vec<&str> = self.config.boards.iter().map(|board| board.id.as_str()).collect();
            let near = known.iter().find(|name| strsim::jaro_winkler(name, id) > 0.85);
            let hint = near.map_or_else(String::new, |name| format!(", did you mean `{name}`"));
            anyhow!(UsageError(format!("no board `{id}`{hint}; known boards are {}", known.join(", "))))
        })
    }
}

/// Starts the asynchronous runtime.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let built =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).max_blocking_threads(6).enable_all().build();
    built.context("failed to start the runtime")
}
