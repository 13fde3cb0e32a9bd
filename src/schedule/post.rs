//! The daemon's mail: digests are made when they are due, what is in the outbox is handed over, and neither
//! waits for the other. A slow mail server delays no digest, and a long run of digests no mail.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::model::Clock;
use crate::pipeline::{BounceBox, DigestRun, MailError, MailPlan};
use crate::store::{Store, StoreError};

/// How often is looked whether something is due.
const LOOK: Duration = Duration::from_secs(1);
/// The same where days may pass within a second.
const SIMULATED_LOOK: Duration = Duration::from_millis(50);
/// Instant mails wait until nothing new has come for so long, because a poll brings its jobs in pieces, but
/// for no longer than the second.
const SETTLED: TimeDelta = TimeDelta::seconds(30);
const LONGEST_UNSETTLED: TimeDelta = TimeDelta::minutes(5);
/// Digests that are due wait for polls that are due as well, so that what the polls bring is in them, but for
/// no longer than this.
const LONGEST_FOR_POLLS: Duration = Duration::from_mins(10);
/// How often what is no use any more is removed.
const TIDY_PAUSE: TimeDelta = TimeDelta::hours(1);
/// How often the mailbox for bounces is read.
const BOUNCE_PAUSE: TimeDelta = TimeDelta::minutes(10);
/// The same complaint is made so often at the most.
const COMPLAINT_PAUSE: TimeDelta = TimeDelta::hours(6);

/// The two loops that make and hand over mail.
pub(super) struct Post {
    shared: Arc<Shared>,
    loops: Vec<JoinHandle<()>>,
}

struct Shared {
    store: Store,
    clock: Arc<dyn Clock>,
    plan: Mutex<Option<MailPlan>>,
    stop: Arc<AtomicBool>,
    /// Wakes the loop that hands over.
    queued: Notify,
    began: Instant,
    /// How often the daemon's loop has gone round, and whether it polls.
    turns: AtomicU64,
    polls: AtomicBool,
    /// When something last got further, in milliseconds since `began`; `u64::MAX` while nothing is under way.
    steps: [AtomicU64; 2],
}

/// The loops by number.
const MAKING: usize = 0;
const HANDING_OVER: usize = 1;

impl Post {
    /// Starts both loops.
    pub(super) fn start(store: Store, clock: Arc<dyn Clock>, plan: Option<MailPlan>) -> Self {
        let shared = Arc::new(Shared {
            store,
            clock,
            plan: Mutex::new(plan),
            stop: Arc::default(),
            queued: Notify::new(),
            began: Instant::now(),
            turns: AtomicU64::new(0),
            polls: AtomicBool::new(true),
            steps: [AtomicU64::new(u64::MAX), AtomicU64::new(u64::MAX)],
        });
        let loops = vec![tokio::spawn(make(Arc::clone(&shared))), tokio::spawn(hand_over(Arc::clone(&shared)))];
        Self { shared, loops }
    }

    /// Hears that the daemon's loop has gone round, and whether a poll is running.
    pub(super) fn turn(&self, polls: bool) {
        self.shared.polls.store(polls, Ordering::Relaxed);
        self.shared.turns.fetch_add(1, Ordering::Relaxed);
    }

    /// Goes on by another configuration.
    pub(super) fn replan(&self, plan: Option<MailPlan>) {
        *self.shared.plan.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }

    /// Tells whether what is under way gets on, and both loops are there.
    pub(super) fn gets_on(&self, longest: Duration) -> bool {
        let elapsed = millis(self.shared.began.elapsed());
        let stands = |step: &AtomicU64| match step.load(Ordering::Relaxed) {
            u64::MAX => Duration::ZERO,
            step => Duration::from_millis(elapsed.saturating_sub(step)),
        };
        self.shared.steps.iter().all(|step| stands(step) < longest) && self.loops.iter().all(|task| !task.is_finished())
    }

    /// Lets the mail that is under way come to its end, for a while.
    pub(super) async fn drain(self, patience: Duration) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.shared.queued.notify_waiters();
        let ends = async {
            for task in self.loops {
                let _ended = task.await;
            }
        };
        if tokio::time::timeout(patience, ends).await.is_err() {
            tracing::warn!("a mail was broken off; whether it arrived is found unknown at the next start");
        }
    }
}

impl Shared {
    fn plan(&self) -> Option<MailPlan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn step(&self, which: usize) {
        if let Some(step) = self.steps.get(which) {
            step.store(millis(self.began.elapsed()), Ordering::Relaxed);
        }
    }

    fn rest(&self, which: usize) {
        if let Some(step) = self.steps.get(which) {
            step.store(u64::MAX, Ordering::Relaxed);
        }
    }

    fn look(&self) -> Duration {
        if self.clock.is_simulated() { SIMULATED_LOOK } else { LOOK }
    }

    async fn in_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        super::daemon::in_store(&self.store, work).await
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX - 1)
}

/// What has happened to jobs, as far as instant mails wait for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Unsettled {
    /// The latest event that was looked at.
    looked: i64,
    /// The latest one, and when it came.
    last: i64,
    last_at: Option<DateTime<Utc>>,
    first_at: Option<DateTime<Utc>>,
}

impl Unsettled {
    /// Takes note of the latest event; tells whether instant mails are to be made now.
    fn is_ripe(&mut self, latest: i64, now: DateTime<Utc>) -> bool {
        if latest != self.last {
            (self.last, self.last_at) = (latest, Some(now));
            self.first_at = self.first_at.or(Some(now));
        }
        if self.last == self.looked {
            return false;
        }
        let over = |since: Option<DateTime<Utc>>, most| since.is_none_or(|since| (now - since).abs() >= most);
        over(self.last_at, SETTLED) || over(self.first_at, LONGEST_UNSETTLED)
    }

    fn has_looked(&mut self) {
        (self.looked, self.first_at) = (self.last, None);
    }
}

/// Makes digests as they come due.
async fn make(shared: Arc<Shared>) {
    let mut unsettled = Unsettled::default();
    let (mut tidied, mut bounces): (Option<DateTime<Utc>>, Option<DateTime<Utc>>) = (None, None);
    let mut due: Option<DueSince> = None;
    let mut complained: Option<(String, DateTime<Utc>)> = None;
    while !shared.stops() {
        let now = shared.clock.now();
        if tidied.is_none_or(|at| (now - at).abs() >= TIDY_PAUSE) {
            tidied = Some(now);
            tidy(&shared, now).await;
        }
        if bounces.is_none_or(|at| (now - at).abs() >= BOUNCE_PAUSE) {
            bounces = Some(now);
            read_bounces(&shared).await;
        }
        if !is_due(&shared, &mut unsettled, now).await {
            due = None;
        } else if due
            .get_or_insert_with(|| DueSince { at: Instant::now(), turn: shared.turns.load(Ordering::Relaxed) })
            .is_over(&shared)
            && let Some(plan) = shared.plan()
        {
            due = None;
            shared.step(MAKING);
            let ended = tokio::task::spawn_blocking(move || plan.digester.run_due(now)).await;
            shared.rest(MAKING);
            unsettled.has_looked();
            match ended {
                Ok(Ok(run)) => told(&shared, &run),
                Ok(Err(MailError::NotReady(why))) => {
                    let again = complained
                        .as_ref()
                        .is_none_or(|(known, at)| *known != why || (now - *at).abs() >= COMPLAINT_PAUSE);
                    if again {
                        tracing::error!("digests are due and cannot be sent: {why}");
                        complained = Some((why, now));
                    }
                    tokio::time::sleep(shared.look() * 10).await;
                }
                Ok(Err(error)) => {
                    tracing::error!(%error, "digests could not be made; it is tried again in a minute");
                    tokio::time::sleep(shared.look() * 60).await;
                }
                Err(error) => {
                    tracing::error!(%error, "making digests broke off; please report it");
                    tokio::time::sleep(shared.look() * 60).await;
                }
            }
        }
        tokio::time::sleep(shared.look()).await;
    }
}

/// Since when something is due, in real time, and which turn the daemon's loop was at.
#[derive(Clone, Copy, Debug)]
struct DueSince {
    at: Instant,
    turn: u64,
}

impl DueSince {
    /// Tells whether polls that came due at the same time are over, or were waited for long enough.
    fn is_over(self, shared: &Shared) -> bool {
        // The turn under way may have begun before the moment came.
        let looked = shared.turns.load(Ordering::Relaxed) >= self.turn + 2;
        (looked && !shared.polls.load(Ordering::Relaxed)) || self.at.elapsed() >= LONGEST_FOR_POLLS
    }
}

async fn is_due(shared: &Shared, unsettled: &mut Unsettled, now: DateTime<Utc>) -> bool {
    let signs = shared.in_store(move |store| {
        let standing = store.mail_standing()?;
        Ok((standing.paused.is_some(), store.last_event_id()?, store.next_due()?, store.has_instant_waiting()?))
    });
    match signs.await {
        Ok((true, ..)) => false,
        Ok((_, latest, next, waiting)) => {
            let ripe = unsettled.is_ripe(latest, now);
            ripe || waiting || next.is_some_and(|next| next <= now)
        }
        Err(error) => {
            tracing::error!(%error, "what is due cannot be read");
            false
        }
    }
}

/// Reads what has come back since the last look.
async fn read_bounces(shared: &Shared) {
    let Some(source) = shared.plan().and_then(|plan| plan.bounces) else { return };
    let mailbox = BounceBox { source, store: shared.store.clone(), clock: shared.clock.clone() };
    match mailbox.read().await {
        Ok(report) if report.mails == 0 => {}
        Ok(report) => tracing::info!(
            mails = report.mails,
            noted = report.noted,
            suspended = report.suspended,
            removed = report.removed,
            "mails that came back were read"
        ),
        Err(error) => tracing::warn!(%error, "the mailbox for bounces cannot be read; it is tried again"),
    }
}

async fn tidy(shared: &Shared, now: DateTime<Utc>) {
    let tidied = shared
        .in_store(move |store| {
            store.forget_unconfirmed(now)?;
            store.tidy_mail(now)
        })
        .await;
    if let Err(error) = tidied {
        tracing::warn!(%error, "what is no use any more could not be removed; it is tried again in an hour");
    }
}

fn told(shared: &Shared, run: &DigestRun) {
    for skipped in &run.skipped {
        let search = skipped.search.map(|search| search.to_string());
        tracing::error!(subscriber.id = %skipped.subscriber, search, why = skipped.why, "a digest could not be made");
    }
    if run.mails > 0 {
        tracing::info!(mails = run.mails, jobs = run.told, quiet = run.quiet, "digests are in the outbox");
        shared.queued.notify_one();
    }
}

/// Hands over what is in the outbox.
async fn hand_over(shared: Arc<Shared>) {
    // A process that died may have left a mail in the middle of its attempt, and nothing else may wait.
    if let Some(plan) = shared.plan() {
        deliver_all(&shared, plan).await;
    }
    while !shared.stops() {
        let now = shared.clock.now();
        let waits = shared.in_store(move |store| {
            let standing = store.mail_standing()?;
            let free = standing.paused.is_none() && standing.server_away.is_none_or(|(until, _)| until <= now);
            Ok(free && store.next_attempt()?.is_some_and(|at| at <= now))
        });
        match (waits.await, shared.plan()) {
            (Ok(true), Some(plan)) => {
                shared.step(HANDING_OVER);
                deliver_all(&shared, plan).await;
                shared.rest(HANDING_OVER);
            }
            (Err(error), _) => tracing::error!(%error, "the outbox cannot be read"),
            _ => {}
        }
        tokio::select! {
            () = shared.queued.notified() => {}
            () = tokio::time::sleep(shared.look()) => {}
        }
    }
}

async fn deliver_all(shared: &Arc<Shared>, plan: MailPlan) {
    let mut mailer = match plan.mailer(shared.store.clone(), shared.clock.clone()) {
        Ok(mailer) => mailer,
        Err(why) => {
            tracing::error!("mail cannot leave: {why}");
            tokio::time::sleep(shared.look() * 60).await;
            return;
        }
    };
    let progress = Arc::clone(shared);
    mailer = mailer.with_stop(shared.stop.clone()).with_progress(move || progress.step(HANDING_OVER));
    match mailer.deliver().await {
        Ok(done) if done.sent + done.refused + done.deferred > 0 => {
            tracing::info!(sent = done.sent, deferred = done.deferred, refused = done.refused, "mail was handed over");
        }
        Ok(_) => {}
        Err(error) => {
            tracing::error!(%error, "mail could not be handed over; it is tried again");
            tokio::time::sleep(shared.look() * 10).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instant_mails_wait_until_a_poll_has_brought_all_but_not_for_ever() {
        let start: DateTime<Utc> = "2026-11-27T06:00:00Z".parse().unwrap();
        let at = |seconds: i64| start + TimeDelta::seconds(seconds);
        let mut unsettled = Unsettled::default();
        assert!(!unsettled.is_ripe(0, at(0)));
        assert!(!unsettled.is_ripe(5, at(1)));
        assert!(!unsettled.is_ripe(6, at(20)));
        assert!(unsettled.is_ripe(6, at(50)));
        unsettled.has_looked();
        assert!(!unsettled.is_ripe(6, at(60)));
        let mut latest = 6;
        let ripe = (60..1000).find(|seconds| {
            latest += 1;
            unsettled.is_ripe(latest, at(*seconds))
        });
        assert_eq!(ripe, Some(360));
    }
}
