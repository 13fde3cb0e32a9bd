//! The loop that makes the rounds until it is told to stop.
//!
//! Each turn of it looks what is due, begins those polls, takes the ends of others, and only then
//! tells the watchdog that all is well: a loop that hangs, or polls that no longer get on, are
//! restarted by whoever watches.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::{JoinHandle, JoinSet};

use super::heartbeat::Heartbeat;
use super::notify::Notifier;
use super::post::Post;
use super::rounds::{LEASE, Rounds};
use super::signals::{Asked, Signals};
use crate::board::Board;
use crate::coding::Coder;
use crate::fetch::{self, FetchError, Fetcher};
use crate::model::{BoardId, Clock, Due, DueReason, HostMemory, Judge};
use crate::pipeline::{MailPlan, PollOptions, Poller, RunReport, settle};
use crate::store::{Store, StoreError};
use crate::telemetry::{Beat, Counters, RunningPoll};

/// How long polls may take to end after a stop was asked for; then they are broken off, which costs
/// no more than a crash would: nothing.
const DRAIN: Duration = Duration::from_secs(8);
/// Polls that have got no further for this long hang. One request takes a minute at the most, and a
/// wait before it half a minute.
const LONGEST_STANDSTILL: Duration = Duration::from_mins(15);
/// How often what has ended by itself is closed, while no poll does so.
const TIDY_PAUSE: TimeDelta = TimeDelta::hours(1);

/// What the configuration asks of the daemon.
#[derive(Clone)]
pub struct Plan {
    /// Every configured board.
    pub boards: Vec<Board>,
    /// How hosts are asked.
    pub fetch: fetch::Settings,
    /// What polls do beyond the ordinary.
    pub options: PollOptions,
    /// How mail is made and leaves; `None` where none is.
    pub mail: Option<MailPlan>,
}

/// Reads the configuration again; the error says in words what is wrong with it.
pub type Reload = Box<dyn Fn() -> Result<Plan, String> + Send>;

/// Hears which boards are configured.
pub type OnBoards = Box<dyn Fn(&[Board]) + Send>;

/// Why the daemon cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The HTTP client cannot be set up.
    #[error("failed to {0}")]
    Fetch(#[from] FetchError),
    /// The database cannot be read.
    #[error("the database cannot be read")]
    Store(#[from] StoreError),
    /// The process cannot hear its signals.
    #[error("signals cannot be heard")]
    Signals(#[source] io::Error),
}

/// The daemon: everything that its loop needs.
pub struct Daemon {
    /// Where everything is kept.
    pub store: Store,
    /// The run's clock.
    pub clock: Arc<dyn Clock>,
    /// Compares postings.
    pub judge: Arc<dyn Judge>,
    /// Codes the postings.
    pub coder: Arc<Coder>,
    /// What is known of hosts.
    pub hosts: Arc<dyn HostMemory>,
    /// Shows that the loop goes round.
    pub beat: Arc<Beat>,
    /// Counts what polls do.
    pub counters: Arc<Counters>,
    /// Reads the configuration again.
    pub reload: Reload,
    /// Hears which boards are configured, at the start and after each reload.
    pub on_boards: OnBoards,
}

/// One ended poll.
struct Ended {
    board: BoardId,
    report: Result<RunReport, StoreError>,
    due: Result<Vec<(BoardId, Due)>, StoreError>,
}

/// The loop's state.
struct Loop {
    daemon: Daemon,
    poller: Poller,
    rounds: Rounds,
    polls: JoinSet<Ended>,
    running: HashMap<tokio::task::Id, BoardId>,
    tidied: DateTime<Utc>,
    /// Whether a poll has stored postings that nothing was settled after.
    unsettled: bool,
    settling: Option<JoinHandle<()>>,
    progress: Arc<Progress>,
    post: Post,
}

/// When any poll last got further.
struct Progress {
    began: Instant,
    last: AtomicU64,
}

impl Progress {
    fn step(&self) {
        self.last.store(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn standstill(&self) -> Duration {
        self.began.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }
}

impl Daemon {
    /// Makes the rounds until SIGTERM or SIGINT asks to stop; SIGHUP reads the configuration again.
    ///
    /// # Errors
    /// Returns [`DaemonError`] when it cannot start. Once it runs, whatever fails is logged, kept as
    /// state, and tried again.
    pub async fn run(self, plan: Plan) -> Result<(), DaemonError> {
        let mut signals = Signals::listen().map_err(DaemonError::Signals)?;
        let mut notifier = Notifier::new();
        let mut heartbeat = Heartbeat::start(self.clock.is_simulated()).await;
        let mut state = Loop::begin(self, plan)?;
        Notifier::ready();
        tracing::info!("{}", state.rounds.summary());
        loop {
            tokio::select! {
                biased;
                asked = signals.next() => match asked {
                    Asked::Stop => break,
                    Asked::Reload => {
                        Notifier::reloading();
                        state.reload();
                        Notifier::ready();
                    }
                },
                Some(ended) = state.polls.join_next_with_id(), if !state.polls.is_empty() => state.end(ended),
                () = heartbeat.beat() => {}
            }
            state.turn();
            if state.gets_on() {
                notifier.feed();
            }
            notifier.status(state.rounds.summary());
        }
        tracing::info!("stopping: {} polls are brought to an end", state.rounds.running());
        Notifier::stopping();
        heartbeat.stop().await;
        state.drain().await;
        tracing::info!("stopped");
        Ok(())
    }
}

impl Loop {
    fn begin(daemon: Daemon, plan: Plan) -> Result<Self, DaemonError> {
        let progress = Arc::new(Progress { began: Instant::now(), last: AtomicU64::new(0) });
        let now = daemon.clock.now();
        let mut rounds = Rounds::default();
        rounds.plan(plan.boards.clone(), daemon.store.all_due()?, now);
        (daemon.on_boards)(&plan.boards);
        let mail = plan.mail.clone();
        let poller = poller(&daemon, plan, &progress)?;
        let post = Post::start(daemon.store.clone(), daemon.clock.clone(), mail);
        let polls = JoinSet::new();
        let state = Self {
            daemon,
            poller,
            rounds,
            polls,
            running: HashMap::new(),
            tidied: now - TIDY_PAUSE,
            unsettled: false,
            settling: None,
            progress,
            post,
        };
        state.publish_due();
        Ok(state)
    }

    /// Looks what is due and begins it.
    fn turn(&mut self) {
        let now = self.daemon.clock.now();
        let begun = self.rounds.begin(now);
        // What does not find a place now is late.
        let lag = self.rounds.lag(now).to_std().unwrap_or_default();
        self.daemon.beat.tick(now, lag);
        if self.polls.is_empty() {
            self.progress.step();
        }
        for board in begun {
            self.poll(board);
        }
        if (now - self.tidied).abs() >= TIDY_PAUSE {
            self.tidied = now;
            let poller = self.poller.clone();
            tokio::spawn(async move {
                if let Err(error) = poller.tidy().await {
                    tracing::error!(%error, "what has ended could not be closed; it is tried again in an hour");
                }
            });
        }
        self.settle(now);
        self.post.turn(!self.polls.is_empty());
    }

    /// Lets postings be compared again whose text has become common since, one such round at a time.
    fn settle(&mut self, now: DateTime<Utc>) {
        if !self.unsettled || self.settling.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        self.unsettled = false;
        let (store, judge) = (self.daemon.store.clone(), self.daemon.judge.clone());
        self.settling = Some(tokio::task::spawn_blocking(move || match settle(&store, &judge, now) {
            Ok(report) if report.joined.is_empty() && report.parted.is_empty() => {}
            Ok(report) => tracing::info!(
                joined = report.joined.len(),
                parted = report.parted.len(),
                "postings whose text has become common were compared again"
            ),
            Err(error) => {
                tracing::warn!(%error, "stored postings could not be compared again; the next new ones bring it about");
            }
        }));
    }

    /// Begins one board's poll.
    fn poll(&mut self, board: Board) {
        let (poller, store, clock) = (self.poller.clone(), self.daemon.store.clone(), self.daemon.clock.clone());
        let running: RunningPoll = self.daemon.beat.poll_begins();
        let id = board.id.clone();
        let task = self.polls.spawn(async move {
            let _running = running;
            let lease = Due {
                at: clock.now() + LEASE,
                why: DueReason::Retry,
                schedule: board.asking(),
                polled_at: clock.now(),
            };
            // Should the process end in the middle, the board is not asked again at once.
            if let Err(error) = in_store(&store, {
                let id = board.id.clone();
                move |store| store.save_due(&id, &lease)
            })
            .await
            {
                let board = board.id;
                return Ended { board, report: Err(error), due: Ok(Vec::new()) };
            }
            let report = poller.poll(std::slice::from_ref(&board)).await;
            let due = in_store(&store, Store::all_due).await;
            Ended { board: board.id, report, due }
        });
        self.running.insert(task.id(), id);
    }

    /// Takes the end of a poll.
    fn end(&mut self, ended: Result<(tokio::task::Id, Ended), tokio::task::JoinError>) {
        self.progress.step();
        let now = self.daemon.clock.now();
        let ended = match ended {
            Ok((task, ended)) => {
                self.running.remove(&task);
                ended
            }
            Err(error) => {
                let Some(board) = self.running.remove(&error.id()) else { return };
                tracing::error!(board.id = %board, %error, "a poll broke off; please report it");
                Ended { board, report: Ok(RunReport::default()), due: Ok(Vec::new()) }
            }
        };
        match &ended.report {
            Ok(run) => {
                self.unsettled |= run.has_stored();
                for report in &run.boards {
                    self.daemon.counters.record(&report.board, &report.counts());
                }
            }
            Err(error) => tracing::error!(board.id = %ended.board, %error, "a poll could not be kept"),
        }
        let due = ended.due.unwrap_or_else(|error| {
            tracing::error!(board.id = %ended.board, %error, "when boards are due could not be read");
            Vec::new()
        });
        self.rounds.end(&ended.board, due, now);
        self.publish_due();
    }

    fn publish_due(&self) {
        for (board, due) in self.rounds.all_due() {
            self.daemon.counters.set_next_due(board, Some(due.at));
        }
    }

    /// Reads the configuration again; a faulty one changes nothing.
    fn reload(&mut self) {
        let taken = (self.daemon.reload)().and_then(|plan| {
            let (boards, mail) = (plan.boards.clone(), plan.mail.clone());
            let stored = self.daemon.store.all_due().map_err(|error| error.to_string())?;
            let poller = poller(&self.daemon, plan, &self.progress).map_err(|error| error.to_string())?;
            Ok((boards, stored, poller, mail))
        });
        match taken {
            Ok((boards, stored, poller, mail)) => {
                self.post.replan(mail);
                (self.daemon.on_boards)(&boards);
                self.poller = poller;
                self.rounds.plan(boards, stored, self.daemon.clock.now());
                self.publish_due();
                tracing::info!("the configuration was read again: {}", self.rounds.summary());
            }
            Err(why) => tracing::error!("the configuration cannot be used and the old one stays in force: {why}"),
        }
    }

    /// Tells whether the polls get on, and the mail.
    fn gets_on(&self) -> bool {
        (self.polls.is_empty() || self.progress.standstill() < LONGEST_STANDSTILL)
            && self.post.gets_on(LONGEST_STANDSTILL)
    }

    /// Waits until the polls under way have ended, for a while.
    async fn drain(mut self) {
        self.poller.stop();
        let ends = async {
            while let Some(ended) = self.polls.join_next_with_id().await {
                if let Ok((_, ended)) = ended {
                    tracing::debug!(board.id = %ended.board, "a poll was brought to an end");
                }
            }
        };
        let (ended, ()) = tokio::join!(tokio::time::timeout(DRAIN, ends), self.post.drain(DRAIN));
        if ended.is_err() {
            tracing::warn!("{} polls were broken off; the next start goes on with them", self.polls.len());
            self.polls.abort_all();
        }
    }
}

/// Sets up what polls, with a client of its own where its settings may have changed.
fn poller(daemon: &Daemon, plan: Plan, progress: &Arc<Progress>) -> Result<Poller, FetchError> {
    let fetcher = Fetcher::new(plan.fetch, daemon.clock.clone(), daemon.hosts.clone())?;
    let family = plan.boards.into_iter().filter(|board| board.enabled).collect();
    let options = PollOptions { longest: Some(TimeDelta::hours(1)), family, ..plan.options };
    let progress = progress.clone();
    Ok(Poller::new(daemon.store.clone(), fetcher, daemon.clock.clone(), daemon.judge.clone(), daemon.coder.clone())
        .with_options(options)
        .with_progress(Arc::new(move |_, _| progress.step())))
}

/// Runs a piece of work on the store away from the async threads.
pub(super) async fn in_store<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let store = store.clone();
    let done = tokio::task::spawn_blocking(move || work(&store)).await;
    done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
