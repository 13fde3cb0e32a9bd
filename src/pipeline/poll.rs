//! Making the rounds: every board side by side, one board's requests one after the other.

use std::collections::hash_map::RandomState;
use std::collections::{HashSet, VecDeque};
use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::attempt::Attempt;
use super::document::erase_persons;
use super::due::due_in_outage;
use super::exchange::Exchanged;
use super::health::Conclusion;
use super::outage::{Known, excused, offline_since};
use super::report::{BoardReport, RunReport};
use super::round::{Round, Sum};
use super::visit::{Errand, Taken, Visit};
use crate::board::Board;
use crate::coding::Coder;
use crate::fetch::Fetcher;
use crate::model::{BoardState, Clock, Engine, Judge, Problem, ProblemKind, Wanted};
use crate::parse::Wall;
use crate::store::{RetentionPlan, Store, StoreError};

/// How many boards are polled side by side.
const BOARDS_AT_ONCE: usize = 8;

/// What a poll does beyond the ordinary.
#[derive(Clone, Debug)]
pub struct PollOptions {
    /// Ask for everything anew, without conditional requests.
    pub full: bool,
    /// The longest wait for a host's next turn; a longer one is left to a later poll.
    pub max_wait: Duration,
    /// Read the first page of the first list alone: a look, not a poll.
    pub first_page_only: bool,
    /// Whether answers are recorded.
    pub keep_raw: bool,
    /// How long what is stored is kept.
    pub retention: RetentionPlan,
    /// How long details are asked for before the lists are looked at again, by the run's clock;
    /// `None` asks for all.
    pub longest: Option<TimeDelta>,
    /// All enabled boards, where only some of them are polled: whether our own network fails is
    /// judged from all.
    pub family: Vec<Board>,
    /// Set by another thread when no further request is to be made.
    pub stop: Arc<AtomicBool>,
}

impl Default for PollOptions {
    fn default() -> Self {
        Self {
            full: false,
            max_wait: Duration::from_secs(30),
            first_page_only: false,
            keep_raw: true,
            retention: RetentionPlan::default(),
            longest: None,
            family: Vec::new(),
            stop: Arc::default(),
        }
    }
}

/// What a poll is doing, for progress bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A list page was read: how many so far, and rows in all if the board says so.
    List {
        /// List pages so far.
        pages: u64,
    },
    /// Details: how many are done and how many are wanted.
    Detail {
        /// Done.
        done: u64,
        /// Wanted.
        wanted: u64,
    },
    /// The board is done.
    Done(BoardState),
}

/// Hears what a poll is doing.
pub type Progress = Arc<dyn Fn(&str, Step) + Send + Sync>;

/// Sees every request of a poll with its answer.
pub type Witness = Arc<dyn Fn(Exchanged) + Send + Sync>;

/// Makes the rounds.
#[derive(Clone)]
pub struct Poller {
    pub(super) store: Store,
    pub(super) fetcher: Fetcher,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) judge: Arc<dyn Judge>,
    pub(super) coder: Arc<Coder>,
    pub(super) options: PollOptions,
    pub(super) progress: Progress,
    pub(super) witness: Option<Witness>,
}

impl Poller {
    /// Prepares to poll.
    #[must_use]
    pub fn new(
        store: Store,
        fetcher: Fetcher,
        clock: Arc<dyn Clock>,
        judge: Arc<dyn Judge>,
        coder: Arc<Coder>,
    ) -> Self {
        Self {
            store,
            fetcher,
            clock,
            judge,
            coder,
            options: PollOptions::default(),
            progress: Arc::new(|_, _| {}),
            witness: None,
        }
    }

    /// Sets what the poll does beyond the ordinary.
    #[must_use]
    pub fn with_options(mut self, options: PollOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets who hears what the poll is doing.
    #[must_use]
    pub fn with_progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Lets polls under way make no further request; what they have is kept, and the next run goes on.
    pub fn stop(&self) {
        self.options.stop.store(true, Ordering::Relaxed);
    }

    /// Closes what has ended and clears away what is no longer needed, without asking anybody.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub async fn tidy(&self) -> Result<(), StoreError> {
        let (now, plan) = (self.clock.now(), self.options.retention);
        let judge = Arc::clone(&self.judge);
        self.in_store(move |store| tidy(store, &judge, now, &plan)).await
    }

    /// Sets who sees every request with its answer.
    #[must_use]
    pub fn with_witness(mut self, witness: Witness) -> Self {
        self.witness = Some(witness);
        self
    }

    /// Asks for one page beyond a poll, for the witness to see; tells how many requests it took.
    pub async fn look_at(&self, board: &Board, engine: Engine, wanted: &Wanted) -> u64 {
        let mut report = BoardReport::new(board.id.clone());
        self.visit(&Errand { board, engine, wanted }, &mut report).await;
        report.requests + report.robots_requests
    }

    /// Polls the boards side by side and reports in their order. A board that fails fails alone.
    ///
    /// # Errors
    /// Returns [`StoreError`] only when the store cannot be kept in order after the rounds.
    pub async fn poll(&self, boards: &[Board]) -> Result<RunReport, StoreError> {
        let turns = Arc::new(tokio::sync::Semaphore::new(BOARDS_AT_ONCE));
        let mut running = tokio::task::JoinSet::new();
        for (position, board) in boards.iter().cloned().enumerate() {
            let (poller, turns) = (self.clone(), turns.clone());
            running.spawn(async move {
                let _turn = turns.acquire_owned().await;
                (position, poller.poll_board(&board).await)
            });
        }
        let mut reports: Vec<Option<BoardReport>> = boards.iter().map(|_| None).collect();
        while let Some(joined) = running.join_next().await {
            // A panic in one board's poll leaves a report that says so.
            let Ok((position, report)) = joined else { continue };
            reports[position] = Some(report.unwrap_or_else(|error| stopped(&boards[position], &error.to_string())));
        }
        let missing = |board: &Board| stopped(board, "an internal error; please report it");
        self.tidy().await?;
        let reports = reports.into_iter().zip(boards).map(|(report, board)| report.unwrap_or_else(|| missing(board)));
        let mut run = RunReport { boards: reports.collect(), offline: false };
        if run.boards.iter().any(|report| report.unreachable) {
            self.excuse(boards, &mut run).await?;
        }
        Ok(run)
    }

    /// Looks whether it is our own network that fails; then takes back what was counted against boards.
    async fn excuse(&self, boards: &[Board], run: &mut RunReport) -> Result<(), StoreError> {
        let known = self.in_store(Store::all_board_health).await?;
        let family = if self.options.family.is_empty() { boards } else { &self.options.family };
        let of = |board: &Board| known.iter().find(|(id, _)| *id == board.id).map(|(_, health)| health);
        // A mailbox on this machine proves nothing about the network.
        let hosts: Vec<Known<'_>> = family
            .iter()
            .filter(|board| board.engines != [Engine::Email])
            .filter_map(|board| Some(Known { host: board.base_url.authority(), health: of(board)? }))
            .collect();
        let Some(since) = offline_since(&hosts) else { return Ok(()) };
        run.offline = true;
        tracing::warn!(%since, "no host can be reached; this counts against no board");
        for board in family {
            let Some(health) = of(board).and_then(|health| excused(health, since)) else { continue };
            let due = due_in_outage(board, self.clock.now(), chance());
            if let Some(report) = run.boards.iter_mut().find(|report| report.board == board.id) {
                (report.state, report.why, report.remedy) = (health.state, health.why.clone(), health.remedy.clone());
                report.next_due_at = Some(due.at);
            }
            let id = board.id.clone();
            self.in_store(move |store| {
                store.save_board_health(&id, &health)?;
                store.save_due(&id, &due)
            })
            .await?;
        }
        Ok(())
    }

    /// Polls one board whole: lists, details, closing, health.
    async fn poll_board(&self, board: &Board) -> Result<BoardReport, StoreError> {
        let mut report = BoardReport::new(board.id.clone());
        if !board.enabled {
            report.state = BoardState::Disabled;
            return Ok(report);
        }
        let id = board.id.clone();
        let mut before = self.in_store(move |store| store.board_health(&id)).await?;
        let board = &*board.at_home(before.accepted.as_ref());
        let round = Round::of(&before, self.clock.now(), self.options.full);
        let mut trouble = None;
        let mails = self.mails(board, &mut report).await?;
        let (engine, conclusion) = match mails.alone(board, self.clock.now()) {
            Some(concluded) => concluded,
            None => self.lists(board, (before.engine.as_deref(), round), &mut report).await?,
        };
        if let Some(engine) = engine {
            report.engine = Some(engine.as_str().to_owned());
            before.engine.clone_from(&report.engine);
            if !matches!(conclusion, Conclusion::Walled { .. } | Conclusion::Moved { .. }) {
                trouble = self.details(board, engine, &mut report).await?;
            }
        }
        self.end_round(board, &before, (round, conclusion, trouble, mails), &mut report).await?;
        (self.progress)(board.id.as_str(), Step::Done(report.state));
        Ok(report)
    }

    /// Reads the lists by the engine that is known, or by the first that answers.
    async fn lists(
        &self,
        board: &Board,
        (remembered, round): (Option<&str>, Round),
        report: &mut BoardReport,
    ) -> Result<(Option<Engine>, Conclusion), StoreError> {
        let known = remembered.and_then(Engine::from_word).filter(|engine| board.engines.contains(engine));
        // A board may change its software, so the remembered engine only comes first.
        let others = board.engines.iter().copied().filter(|engine| Some(*engine) != known);
        let engines: Vec<Engine> = known.into_iter().chain(others).collect();
        let (mut refusals, mut not_found) = (Vec::new(), 0);
        for &engine in &engines {
            match self.lists_of(board, (engine, round), report).await? {
                Attempt::Answered(conclusion) => return Ok((Some(engine), conclusion)),
                Attempt::Final(conclusion) => {
                    return Ok((known.or((engines.len() == 1).then_some(engine)), conclusion));
                }
                Attempt::NotThis(why) => refusals.push(format!("{}: {why}", engine.as_str())),
                Attempt::NotFound(why) => {
                    not_found += 1;
                    refusals.push(format!("{}: {why}", engine.as_str()));
                }
            }
        }
        let why = match refusals.as_slice() {
            [only] if board.engines.len() == 1 => only.split_once(": ").map_or(only.clone(), |(_, why)| why.to_owned()),
            _ => format!("no known engine answers ({})", refusals.join("; ")),
        };
        report.problems.push(Problem::new(ProblemKind::BrokenFormat, why.clone()).at(board.base_url.as_str()));
        let nowhere = not_found == engines.len();
        Ok((None, if nowhere { Conclusion::NotFound { why } } else { Conclusion::Broken { why } }))
    }

    /// Reads every list page of one engine. The first page decides whether the engine answers.
    async fn lists_of(
        &self,
        board: &Board,
        (engine, round): (Engine, Round),
        report: &mut BoardReport,
    ) -> Result<Attempt, StoreError> {
        let today = self.clock.now().with_timezone(&board.zone).date_naive();
        let mut waiting: VecDeque<Wanted> = match board.first_requests(engine, today) {
            Ok(requests) => requests.into(),
            Err(error) => return Ok(Attempt::Final(Conclusion::Failed { why: error.to_string(), remedy: None })),
        };
        // Lists that the board's file names are all read; the bound is for pages that follow pages.
        let most_pages = waiting.len().max(board.max_pages as usize);
        let mut asked: HashSet<String> = HashSet::new();
        let mut sum = Sum::of(board);
        while let Some(wanted) = waiting.pop_front() {
            if !asked.insert(wanted.url.to_string()) {
                continue;
            }
            if asked.len() > most_pages {
                sum.spoil(format!("has more list pages than `max_pages` = {}", board.max_pages));
                break;
            }
            let errand = Errand { board, engine, wanted: &wanted };
            if let Some(record) = self.read_in(round, &errand).await {
                sum.add(&Taken::from(record), &mut waiting, report);
                continue;
            }
            let taken = match self.visit(&errand, report).await {
                Visit::Read(answer) => self.keep((board, engine), *answer, report).await?,
                Visit::Unchanged(record) => Taken::from(*record),
                Visit::Fresh(record) => {
                    sum.add_fresh(*record, &mut waiting, report);
                    continue;
                }
                Visit::Wall(Wall { sign, asks_login }) => {
                    report.problems.push(Problem::new(ProblemKind::Walled, sign.clone()).at(wanted.url.as_str()));
                    return Ok(sum.end(Conclusion::Walled { why: sign, asks_login }));
                }
                Visit::Foreign(why) if sum.pages == 0 && waiting.is_empty() => {
                    return Ok(sum.first_failure.unwrap_or(Attempt::NotThis(why)));
                }
                Visit::Foreign(why) => {
                    report.problems.push(Problem::new(ProblemKind::BrokenFormat, why.clone()).at(wanted.url.as_str()));
                    sum.first_failure.get_or_insert(Attempt::NotThis(why.clone()));
                    sum.spoil(why);
                    continue;
                }
                Visit::Failed(error) => {
                    if let Some(attempt) = sum.failed(&error, (&wanted, waiting.is_empty()), report) {
                        return Ok(attempt);
                    }
                    continue;
                }
            };
            sum.visited += 1;
            report.fresh_until = None;
            sum.add(&taken, &mut waiting, report);
            (self.progress)(board.id.as_str(), Step::List { pages: sum.pages });
            if self.options.first_page_only {
                sum.total = None;
                break;
            }
        }
        Ok(sum.whole())
    }

    /// Runs a piece of work on the store away from the async threads.
    pub(super) async fn in_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(result) => result,
            // A panic goes on in the board's own task, where it costs that board's poll alone.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// Closes what has ended and clears away what has had its time. The latter can wait, so that its
/// failure costs no poll.
fn tidy(store: &Store, judge: &Arc<dyn Judge>, now: DateTime<Utc>, plan: &RetentionPlan) -> Result<(), StoreError> {
    store.expire(judge, now)?;
    let cleared = store.upkeep(now, plan).and_then(|_| match plan.raw {
        // What stands in a recorded answer is kept as long as that; so are the persons in it.
        Some(kept) => store.erase_contacts(now - kept, erase_persons).map(|_| ()),
        None => Ok(()),
    });
    if let Err(error) = cleared {
        let source = &error as &dyn std::error::Error;
        tracing::warn!(error = source, "what has had its time could not be cleared away");
    }
    Ok(())
}

/// Draws a number from 0 up to 1. Each `RandomState` is seeded afresh, which is all that jitter needs.
pub(super) fn chance() -> f64 {
    f64::from(u32::try_from(RandomState::new().hash_one(()) >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

/// Reports a board whose poll stopped midway.
fn stopped(board: &Board, why: &str) -> BoardReport {
    BoardReport {
        state: BoardState::Degraded,
        why: Some(format!("the poll stopped on {why}")),
        ..BoardReport::new(board.id.clone())
    }
}
