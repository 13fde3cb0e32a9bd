//! What most commands need: configuration, clock, store.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Utc};

use super::arguments::Global;
use super::filters::Filters;
use super::format::{Format, without_csv};
use crate::board::Board;
use crate::coding::{Coder, VocabularyFiles};
use crate::config::{self, Config};
use crate::model::{BoardId, Clock, Criteria, FixedClock, StatusFilter, SystemClock};
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
    file: Option<PathBuf>,
    coder: OnceLock<Arc<Coder>>,
}

/// A clock read from a file at each look.
struct FileClock {
    path: PathBuf,
    /// What was read last: the file may just be written anew, and is empty for a moment.
    last: Mutex<Option<DateTime<Utc>>>,
}

impl Clock for FileClock {
    fn now(&self) -> DateTime<Utc> {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        let seconds: Option<f64> = text.trim().parse().ok();
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of any year fit")]
        let read = seconds.and_then(|seconds| DateTime::from_timestamp_millis((seconds * 1000.0) as i64));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = read.or(*last);
        last.unwrap_or_else(Utc::now)
    }
}

/// Makes the clock that the flags ask for.
pub(super) fn clock(global: &Global) -> Arc<dyn Clock> {
    match (&global.now, &global.clock_file) {
        (Some(now), _) => Arc::new(FixedClock(*now)),
        (None, Some(file)) => Arc::new(FileClock { path: file.clone(), last: Mutex::default() }),
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
        Ok(Self {
            clock: clock(global),
            form: global.format.clone(),
            quiet: global.quiet,
            config,
            path,
            file: global.config.clone(),
            coder: OnceLock::new(),
        })
    }

    /// Reads `--format` for commands that print results.
    pub(super) fn format(&self) -> Result<Format, UsageError> {
        Format::read(self.form.as_deref())
    }

    /// Reads `--format` for commands whose results have no rows of values.
    pub(super) fn format_without_csv(&self) -> Result<Format, UsageError> {
        without_csv(self.form.as_deref())
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

    /// Reads the filters; `default_limit` holds where none is given. A board that is neither
    /// configured nor stored is refused, since its name is mistyped.
    pub(super) fn criteria(&self, filters: &Filters, default_limit: Option<usize>) -> anyhow::Result<Criteria> {
        let criteria = filters.criteria(|| self.coder(), default_limit)?;
        for id in &criteria.boards {
            self.expect_board(id)?;
        }
        Ok(criteria)
    }

    fn expect_board(&self, id: &BoardId) -> anyhow::Result<()> {
        if self.config.boards.iter().any(|board| board.id == *id) {
            return Ok(());
        }
        let store = self.reader()?;
        // What was imported may be of a board that was never polled.
        let of_board =
            Criteria { boards: vec![id.clone()], status: StatusFilter::All, limit: Some(0), ..Criteria::default() };
        if store.search(&of_board, self.clock.now())?.total > 0 {
            return Ok(());
        }
        let polled = store.all_board_health()?.into_iter().map(|(id, _)| id.to_string());
        let known: BTreeSet<String> =
            self.config.boards.iter().map(|board| board.id.to_string()).chain(polled).collect();
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        Err(UsageError(format!("--board: no board `{id}`; known boards are {known}")).into())
    }

    /// Makes the vocabulary ready, the operator's laid over the compiled one.
    pub(super) fn coder(&self) -> anyhow::Result<Arc<Coder>> {
        if let Some(coder) = self.coder.get() {
            return Ok(Arc::clone(coder));
        }
        let made = Arc::new(Coder::new(&VocabularyFiles::with_overrides(&self.config.vocabulary)?)?);
        Ok(Arc::clone(self.coder.get_or_init(|| made)))
    }

    /// Gives the configuration file that was named on the command line.
    pub(super) fn config_path(&self) -> Option<&std::path::Path> {
        self.file.as_deref()
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
