//! Counts and states as Prometheus reads them.
//!
//! A registry is filled anew for each answer from the scheduler's counts and one snapshot of the
//! store, so that no board or host outlives its configuration as a stale series. Labels are board
//! ids, hosts, states and outcomes: few, and never of a posting or a person.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{WebState, process};
use crate::model::{BoardId, BoardState};
use crate::store::Standing;
use crate::telemetry::PollCounts;

/// How long an answer stands, so that many scrapers cost as much as one.
const STANDS: Duration = Duration::from_secs(5);

type Labels = Vec<(&'static str, String)>;
type Seconds = Gauge<f64, AtomicU64>;

/// An answer made lately.
pub(super) struct Made {
    at: Instant,
    text: String,
}

/// Writes the metrics; `None` where the database does not answer.
pub(super) async fn text(state: &WebState) -> Option<String> {
    let mut kept = state.metrics.lock().await;
    if let Some(made) = kept.as_ref().filter(|made| made.at.elapsed() < STANDS) {
        return Some(made.text.clone());
    }
    let now = state.clock.now();
    let standing = state.ask(move |store| store.standing(now)).await?;
    let standing = standing.inspect_err(|error| tracing::warn!(%error, "the metrics could not be read")).ok()?;
    let text = written(state, &standing)?;
    *kept = Some(Made { at: Instant::now(), text: text.clone() });
    Some(text)
}

fn written(state: &WebState, standing: &Standing) -> Option<String> {
    let mut registry = Registry::default();
    of_boards(&mut registry, state, standing);
    of_polls(&mut registry, state);
    of_scheduler(&mut registry, state);
    of_mail(&mut registry, standing, state.clock.now());
    of_process(&mut registry, state, standing);
    let mut text = String::with_capacity(8 * 1024);
    prometheus_text::encode(&mut text, &registry).ok()?;
    Some(text)
}

fn source(board: &BoardId) -> Labels {
    vec![("source", board.to_string())]
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since the epoch fit a double for millennia")]
fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1_000.0
}

fn of_boards(registry: &mut Registry, state: &WebState, standing: &Standing) {
    let states = Family::<Labels, Gauge>::default();
    let successes = Family::<Labels, Seconds>::default();
    let open = Family::<Labels, Gauge>::default();
    for (board, enabled) in state.boards() {
        let known = standing.boards.iter().find(|known| known.board == board);
        let now =
            if enabled { known.map_or(BoardState::Unknown, |known| known.health.state) } else { BoardState::Disabled };
        for each in BoardState::ALL {
            let labels = vec![("source", board.to_string()), ("state", each.as_str().to_owned())];
            states.get_or_create(&labels).set(i64::from(each == now));
        }
        let success = known.and_then(|known| known.health.last_success);
        successes.get_or_create(&source(&board)).set(success.map_or(0.0, seconds));
        let count = known.map_or(0, |known| known.open_postings);
        open.get_or_create(&source(&board)).set(i64::try_from(count).unwrap_or(i64::MAX));
    }
    let due = Family::<Labels, Seconds>::default();
    for (board, at) in state.counters.next_due() {
        due.get_or_create(&source(&board)).set(seconds(at));
    }
    let waits = Family::<Labels, Seconds>::default();
    for (host, until) in &standing.waiting_hosts {
        waits.get_or_create(&vec![("host", host.clone())]).set(seconds(*until));
    }
    registry.register("jobrounds_source_state", "1 for the state that a board is in, 0 for the others", states);
    registry.register(
        "jobrounds_source_last_success_timestamp_seconds",
        "When a board could last be read, 0 where it never could",
        successes,
    );
    registry.register("jobrounds_source_next_due_timestamp_seconds", "When a board is polled next", due);
    registry.register("jobrounds_open_postings", "Postings of a board that stand open", open);
    registry.register(
        "jobrounds_retry_after_until_timestamp_seconds",
        "Until when a host has asked to be left alone",
        waits,
    );
}

fn of_polls(registry: &mut Registry, state: &WebState) {
    let fetches = Family::<Labels, Counter>::default();
    let (new, updated, closed) =
        (Family::<Labels, Counter>::default(), Family::<Labels, Counter>::default(), Family::default());
    // Every configured board has its series from the start, so that the first count is a rise.
    let mut counts: BTreeMap<_, _> =
        state.boards().into_iter().map(|(board, _)| (board, PollCounts::default())).collect();
    counts.extend(state.counters.boards());
    for (board, count) in counts {
        for (outcome, times) in count.fetches.by_outcome() {
            let labels = vec![("source", board.to_string()), ("outcome", outcome.to_owned())];
            fetches.get_or_create(&labels).inc_by(times);
        }
        new.get_or_create(&source(&board)).inc_by(count.new);
        updated.get_or_create(&source(&board)).inc_by(count.updated);
        let closed: &Family<Labels, Counter> = &closed;
        closed.get_or_create(&source(&board)).inc_by(count.closed);
    }
    // The library adds `_total` to each name.
    registry.register("jobrounds_fetch", "Requests to a board by what became of them", fetches);
    registry.register("jobrounds_jobs_new", "Postings stored for the first time", new);
    registry.register("jobrounds_jobs_updated", "Postings whose content changed", updated);
    registry.register("jobrounds_jobs_closed", "Postings that closed", closed);
}

fn of_scheduler(registry: &mut Registry, state: &WebState) {
    let (lag, beat, running) = (Seconds::default(), Seconds::default(), Gauge::<i64>::default());
    lag.set(state.beat.lag().as_secs_f64());
    beat.set(state.beat.last().map_or(0.0, seconds));
    running.set(i64::try_from(state.beat.running_polls()).unwrap_or(i64::MAX));
    registry.register("jobrounds_scheduler_lag_seconds", "How late the most overdue work is", lag);
    registry.register("jobrounds_scheduler_last_beat_timestamp_seconds", "When the scheduler last went round", beat);
    registry.register("jobrounds_scheduler_running_polls", "Polls that are running", running);
}

fn of_mail(registry: &mut Registry, standing: &Standing, now: DateTime<Utc>) {
    let mail = &standing.mail;
    let (depth, oldest, paused) = (Gauge::<i64>::default(), Seconds::default(), Gauge::<i64>::default());
    depth.set(i64::try_from(mail.waiting).unwrap_or(i64::MAX));
    oldest.set(mail.oldest.and_then(|at| (now - at).to_std().ok()).map_or(0.0, |age| age.as_secs_f64()));
    paused.set(i64::from(mail.paused));
    let (mails, readers) = (Family::<Labels, Counter>::default(), Family::<Labels, Gauge>::default());
    for (state, count) in mail.by_state.iter().filter(|(state, _)| state.has_ended()) {
        mails.get_or_create(&vec![("outcome", state.as_str().to_owned())]).inc_by(*count);
    }
    for (state, count) in &mail.subscribers {
        let labels = vec![("state", state.as_str().to_owned())];
        readers.get_or_create(&labels).set(i64::try_from(*count).unwrap_or(i64::MAX));
    }
    registry.register("jobrounds_outbox_depth", "Mails that wait to be handed over", depth);
    registry.register("jobrounds_outbox_oldest_age_seconds", "How long the oldest mail has waited", oldest);
    registry.register("jobrounds_outbox_paused", "1 while no mail leaves until a person says so", paused);
    registry.register("jobrounds_mail", "Mails by what became of them", mails);
    registry.register("jobrounds_subscribers", "Subscribers by state", readers);
}

fn of_process(registry: &mut Registry, state: &WebState, standing: &Standing) {
    let (database, wal) = (Gauge::<i64>::default(), Gauge::<i64>::default());
    database.set(i64::try_from(standing.database_bytes).unwrap_or(i64::MAX));
    wal.set(i64::try_from(standing.wal_bytes).unwrap_or(i64::MAX));
    registry.register("jobrounds_database_bytes", "Size of the database file, without its WAL", database);
    registry.register("jobrounds_database_wal_bytes", "Size of the database's WAL", wal);
    let build = Family::<Labels, Gauge>::default();
    build.get_or_create(&vec![("version", env!("CARGO_PKG_VERSION").to_owned())]).set(1);
    registry.register("jobrounds_build_info", "The version that runs", build);
    if let Some(bytes) = process::resident_bytes() {
        let resident = Gauge::<i64>::default();
        resident.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        registry.register("process_resident_memory_bytes", "Memory that the process holds in RAM", resident);
    }
    let started = Seconds::default();
    started.set(state.beat.started_at().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64());
    registry.register("process_start_time_seconds", "When the process began", started);
}
