//! The one thread that writes. Tasks come as closures, run in order, and answer their sender.
//!
//! A task that panics is rolled back by its transaction's drop and reported; the thread goes on.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::StoreError;
use super::sketches::SketchCache;

/// After this much quiet the WAL is written back, so that bursts need not.
const QUIET: Duration = Duration::from_secs(2);
/// A transaction that does not wait for the disk does so all the same when none has for so long: that much,
/// at most, is lost with the power.
const LONGEST_UNSETTLED: Duration = Duration::from_millis(100);
/// How long readers are waited for when the WAL is to be emptied.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the writing thread owns.
pub(super) struct WriterState {
    /// The only connection that writes.
    pub(super) connection: Connection,
    /// Sketches of postings that were compared lately.
    pub(super) cache: SketchCache,
    /// Changes when another process has written; then the cache is stale.
    data_version: i64,
    /// How the connection is set now.
    manner: Manner,
    /// When a transaction last waited for the disk.
    settled: Instant,
    /// Whether the WAL still holds what was erased from the file.
    remembers: bool,
}

/// How a transaction is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Manner {
    /// It does not wait for the disk: it survives the process, and a loss of power only a moment later. For
    /// steps that come by the hundred.
    pub(super) quickly: bool,
    /// What it deletes or moves is overwritten with zeros.
    pub(super) erasing: bool,
}

/// A transaction with the memory that is valid inside it.
pub(super) struct Work<'a> {
    /// The transaction; dropped without commit, it changes nothing.
    pub(super) tx: Transaction<'a>,
    /// Sketches of postings that were compared lately.
    pub(super) cache: &'a mut SketchCache,
}

type Task = Box<dyn FnOnce(&mut WriterState) + Send>;

/// The handle by which tasks reach the writing thread; dropping it waits for the thread's end.
pub(super) struct Writer {
    path: PathBuf,
    tasks: Mutex<Option<Sender<Task>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection, path: PathBuf) -> Result<Self, StoreError> {
        let (sender, receiver) = channel();
        let state = WriterState {
            connection,
            cache: SketchCache::default(),
            data_version: 0,
            manner: Manner::default(),
            settled: Instant::now(),
            remembers: false,
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || serve(state, &receiver))
            .map_err(|error| StoreError::TaskFailed { what: error.to_string() })?;
        Ok(Self { path, tasks: Mutex::new(Some(sender)), thread: Some(thread) })
    }

    /// Runs one task inside one transaction: all of it is committed, or nothing.
    pub(super) fn transact<T: Send + 'static>(
        &self,
        manner: Manner,
        task: impl FnOnce(&mut Work<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.call(move |state| {
            state.adopt(manner)?;
            transaction(state, task)
        })
    }

    /// Writes the WAL back and empties it, so that what was erased is in no file any more. Where others read
    /// for longer than a moment, the next quiet does it.
    pub(super) fn forget(&self) -> Result<(), StoreError> {
        self.call(|state| {
            state.remembers = true;
            state.empty_log(PATIENCE)
        })
    }

    /// Runs one task on the bare connection, for what cannot stand in a transaction.
    pub(super) fn call<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut WriterState) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = sync_channel(1);
        let boxed: Task = Box::new(move |state| {
            let outcome = catch_unwind(AssertUnwindSafe(|| task(&mut *state)))
                .unwrap_or_else(|panic| Err(StoreError::TaskFailed { what: words_of(panic.as_ref()) }));
            if outcome.is_err() {
                // What was remembered of a transaction that was rolled back is not true any more.
                state.cache.clear();
            }
            // The sender may have gone; the work is committed all the same.
            let _gone = reply.send(outcome);
        });
        let sender = self.tasks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sender.ok_or(StoreError::ReadOnly)?.send(boxed).map_err(|_| StoreError::ReadOnly)?;
        let stopped = || StoreError::TaskFailed { what: "the writing thread has ended".to_owned() };
        answer.recv().map_err(|_| stopped())?.map_err(|error| error.about(&self.path))
    }
}

impl WriterState {
    /// Sets the connection for what comes next. A burst of the same kind costs nothing here.
    fn adopt(&mut self, wanted: Manner) -> Result<(), StoreError> {
        let quickly = wanted.quickly && self.settled.elapsed() < LONGEST_UNSETTLED;
        if self.manner.quickly != quickly {
            self.connection.pragma_update(None, "synchronous", if quickly { "NORMAL" } else { "FULL" })?;
            self.manner.quickly = quickly;
        }
        if self.manner.erasing != wanted.erasing {
            let pragma = format!("PRAGMA secure_delete = {}", i64::from(wanted.erasing));
            self.connection.query_row(&pragma, [], |_| Ok(()))?;
            self.manner.erasing = wanted.erasing;
        }
        if !quickly {
            self.settled = Instant::now();
        }
        Ok(())
    }

    fn empty_log(&mut self, patience: Duration) -> Result<(), StoreError> {
        self.connection.busy_timeout(patience)?;
        let busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        self.connection.busy_timeout(super::connection::BUSY_TIMEOUT)?;
        self.remembers = busy? != 0;
        Ok(())
    }
}

fn transaction<T>(
    state: &mut WriterState,
    task: impl FnOnce(&mut Work<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let tx = state.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = tx.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
    if std::mem::replace(&mut state.data_version, version) != version {
        state.cache.clear();
    }
    let mut work = Work { tx, cache: &mut state.cache };
    let answer = task(&mut work)?;
    work.tx.commit()?;
    Ok(answer)
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

fn serve(mut state: WriterState, tasks: &Receiver<Task>) {
    let mut dirty = false;
    loop {
        let next =
            if dirty { tasks.recv_timeout(QUIET) } else { tasks.recv().map_err(|_| RecvTimeoutError::Disconnected) };
        match next {
            Ok(task) => {
                task(&mut state);
                dirty = true;
            }
            Err(RecvTimeoutError::Timeout) => {
                tidy(&state.connection);
                if state.remembers
                    && let Err(error) = state.empty_log(Duration::ZERO)
                {
                    tracing::debug!(%error, "emptying the log was put off");
                }
                state.cache.clear();
                dirty = state.remembers;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Uses a quiet moment: a step of merging the text index, then the WAL back into the file. Neither
/// is needed for the data to be safe, so a failure is only noted.
fn tidy(connection: &Connection) {
    let merged = connection.execute("INSERT INTO job_text (job_text, rank) VALUES ('merge', 64)", []);
    let written = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = merged.map(|_| ()).and(written) {
        tracing::debug!(%error, "tidying the database was put off");
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it panicked".to_owned())
}
