//! What the daemon shows over HTTP: pages for people, feeds, and whether it is alive and ready.
//!
//! ```text
//! /                     what this is, and how its boards do
//! /subscribe            asks for a search by mail
//! /confirm/TOKEN        takes the mailbox owner's word for it
//! /preferences/TOKEN    changes it
//! /unsubscribe/TOKEN    ends it, for people and for mail programs (RFC 8058)
//! /feeds/FORM           what is new, for everybody, by filters
//! /feeds/s/TOKEN.FORM   the same of one saved search
//! /livez                the process answers and the scheduler goes round: restart it when this fails
//! /readyz               the database can be written, its schema is ours, the scheduler beats: each by name
//! /metrics              counts and states as Prometheus reads them
//! ```
//!
//! Nothing a client does may harm the daemon: connections are few and short, heads and bodies small,
//! costly answers are made one at a time and kept for a moment, and the thread pool that the poller
//! works in is never waited for by more than a few. Only POST changes anything, on any address: programs
//! follow links before people do. No answer holds a secret, an address of a person in full, or a path.

mod answers;
mod boards;
mod changes;
mod client;
mod conditional;
mod confirm;
mod entered;
mod feed_cache;
mod feeds;
mod form;
mod front;
mod leaving;
mod metrics;
mod one_click;
mod page;
mod preferences;
mod process;
mod rates;
mod ready;
mod server;
mod style;
mod subscribe;
mod when;
mod zones;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Semaphore};

use crate::board::Board;
use crate::coding::Coder;
use crate::digest::Site;
use crate::model::{BoardId, Clock, MailKey, Network};
use crate::pipeline::Sending;
use crate::store::{ConfirmationLimits, Store, StoreError};
use crate::telemetry::{Beat, Counters};

use feed_cache::FeedCache;
use rates::Rates;
use ready::DatabaseCheck;

pub use ready::{Check, Readiness};

/// A beat older than this means that the scheduler hangs.
pub const ALIVE_WITHIN: Duration = Duration::from_mins(2);
/// A beat older than this means that the daemon is behind.
pub const READY_WITHIN: Duration = Duration::from_mins(1);

/// How many pages may have the database work at a time.
const MOST_ACTING: usize = 2;

/// What the pages are made with beside the daemon's own state.
#[derive(Clone, Debug)]
pub struct Pages {
    /// Reads filters, and knows what there is to choose from.
    pub coder: Arc<Coder>,
    /// The site.
    pub site: Site,
    /// Who writes to people; `None` where nobody may be written to.
    pub sender: Option<Sending>,
    /// How many confirmations are sent.
    pub limits: ConfirmationLimits,
    /// Proxies whose word about their clients is believed.
    pub trusted_proxies: Vec<Network>,
    /// How long a feed stands before it is made anew.
    pub feed_stands: Duration,
}

impl Pages {
    /// Gives pages of a site that writes to nobody, with the usual limits.
    #[must_use]
    pub fn new(coder: Arc<Coder>, site: Site) -> Self {
        Self {
            coder,
            site,
            sender: None,
            limits: ConfirmationLimits::default(),
            trusted_proxies: Vec::new(),
            feed_stands: Duration::from_mins(1),
        }
    }
}

/// What the daemon shares with its web.
pub struct WebState {
    store: Store,
    clock: Arc<dyn Clock>,
    beat: Arc<Beat>,
    counters: Arc<Counters>,
    pages: Pages,
    /// Every configured board.
    boards: RwLock<Arc<[Board]>>,
    database: Mutex<Option<DatabaseCheck>>,
    metrics: Mutex<Option<metrics::Made>>,
    front: Mutex<Option<boards::Seen>>,
    feeds: FeedCache,
    rates: Rates,
    key: OnceLock<MailKey>,
    /// At most one answer of the database is waited for at a time, however many clients ask.
    asking: Arc<Semaphore>,
    /// The same for pages, which take turns.
    acting: Arc<Semaphore>,
    /// One feed is made at a time.
    making: Arc<Semaphore>,
}

impl WebState {
    /// Shares a store, the run's clock, what the scheduler writes, and what pages are made with.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, beat: Arc<Beat>, counters: Arc<Counters>, pages: Pages) -> Self {
        Self {
            store,
            clock,
            beat,
            counters,
            feeds: FeedCache::new(pages.feed_stands),
            pages,
            boards: RwLock::new(Arc::from(Vec::new())),
            database: Mutex::default(),
            metrics: Mutex::default(),
            front: Mutex::default(),
            rates: Rates::default(),
            key: OnceLock::new(),
            asking: Arc::new(Semaphore::new(1)),
            acting: Arc::new(Semaphore::new(MOST_ACTING)),
            making: Arc::new(Semaphore::new(1)),
        }
    }

    /// Sets which boards are configured; again after a reload.
    pub fn set_boards(&self, boards: &[Board]) {
        *self.boards.write().unwrap_or_else(PoisonError::into_inner) = Arc::from(boards);
    }

    fn configured(&self) -> Arc<[Board]> {
        Arc::clone(&self.boards.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Names every configured board, and whether it is enabled.
    fn boards(&self) -> Vec<(BoardId, bool)> {
        self.configured().iter().map(|board| (board.id.clone(), board.enabled)).collect()
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Gives the key that links are made from; to be called where one may wait for a file.
    fn key(&self) -> Result<MailKey, StoreError> {
        if let Some(key) = self.key.get() {
            return Ok(key.clone());
        }
        let key = self.store.mail_key()?;
        Ok(self.key.get_or_init(|| key).clone())
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

    /// Has a page's work done away from the async threads, a few at a time; what has begun is brought to
    /// its end also where nobody waits for it any more. `None` where it broke off.
    async fn act<T: Send + 'static>(self: &Arc<Self>, work: impl FnOnce(&Self) -> T + Send + 'static) -> Option<T> {
        self.in_turn(&self.acting, work).await
    }

    /// The same for feeds, which readers ask for by the hundred: no page waits for them.
    async fn make_feed<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Option<T> {
        self.in_turn(&self.making, work).await
    }

    async fn in_turn<T: Send + 'static>(
        self: &Arc<Self>,
        turns: &Arc<Semaphore>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Option<T> {
        let turn = Arc::clone(turns).acquire_owned().await.ok()?;
        let state = Arc::clone(self);
        let working = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&state)
        });
        working.await.ok()
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
