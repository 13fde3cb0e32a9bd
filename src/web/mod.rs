//! What the daemon shows over HTTP: is it alive, is it ready, what has it done.
//!
//! ```text
//! GET /livez     the process answers and the scheduler goes round: restart it when this fails
//! GET /readyz    the database can be written, its schema is ours, the scheduler beats: each by name
//! GET /metrics   counts and states as Prometheus reads them
//! ```
//!
//! Nothing a client does may harm the daemon: connections are few and short, heads and bodies small,
//! costly answers are made one at a time and kept for a moment, and the thread pool that the poller
//! works in is never waited for twice. No answer holds a secret, an address of a person, or a path.

mod answers;
mod metrics;
mod process;
mod ready;
mod server;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Mutex, Semaphore};

use crate::model::{BoardId, Clock};
use crate::store::Store;
use crate::telemetry::{Beat, Counters};

use ready::DatabaseCheck;

pub use ready::{Check, Readiness};

/// A beat older than this means that the scheduler hangs.
pub const ALIVE_WITHIN: Duration = Duration::from_mins(2);
/// A beat older than this means that the daemon is behind.
pub const READY_WITHIN: Duration = Duration::from_mins(1);

/// What the daemon shares with its web.
pub struct WebState {
    store: Store,
    clock: Arc<dyn Clock>,
    beat: Arc<Beat>,
    counters: Arc<Counters>,
    /// Every configured board, and whether it is enabled.
    boards: RwLock<Vec<(BoardId, bool)>>,
    database: Mutex<Option<DatabaseCheck>>,
    metrics: Mutex<Option<metrics::Made>>,
    /// At most one answer of the database is waited for at a time, however many clients ask.
    asking: Arc<Semaphore>,
}

impl WebState {
    /// Shares a store, the run's clock, and what the scheduler writes.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, beat: Arc<Beat>, counters: Arc<Counters>) -> Self {
        Self {
            store,
            clock,
            beat,
            counters,
            boards: RwLock::default(),
            database: Mutex::default(),
            metrics: Mutex::default(),
            asking: Arc::new(Semaphore::new(1)),
        }
    }

    /// Sets which boards are configured, and whether each is enabled; again after a reload.
    pub fn set_boards(&self, boards: impl IntoIterator<Item = (BoardId, bool)>) {
        *self.boards.write().unwrap_or_else(PoisonError::into_inner) = boards.into_iter().collect();
    }

    fn boards(&self) -> Vec<(BoardId, bool)> {
        self.boards.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks the store something away from the async threads. `None` where an earlier question is
    /// still unanswered, or this one takes too long: then nothing more is queued.
    async fn ask<T: Send + 'static>(&self, question: impl FnOnce(&Store) -> T + Send + 'static) -> Option<T> {
        /// How long an answer of the database is waited for.
        const PATIENCE: Duration = Duration::from_secs(5);
        let turn = Arc::clone(&self.asking).try_acquire_owned().ok()?;
        let store = self.store.clone();
        let asked = tokio::task::spawn_blocking(move || {
            // The turn ends with the answer, also where nobody waits for it any more.
            let _turn = turn;
            question(&store)
        });
        tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()
    }
}

/// Serves until `stop` resolves, then lets answers that are under way end, for a few seconds.
///
/// # Errors
/// Returns the reason where the listener's address cannot be told; a failing connection is only its
/// own.
pub async fn serve(
    listener: TcpListener,
    state: Arc<WebState>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    tracing::info!(web.address = %address, "listening on {address}");
    server::run(listener, answers::router(state), stop).await;
    Ok(())
}
