//! Who may be asked when: one request in flight per host, spaced, and never within a wait that the
//! host asked for. What is decided here is remembered before the request starts.
//!
//! There are two kinds of wait. Spacing is ours (`min_interval`, `Crawl-delay`): it is over by the
//! run's clock, or, where this very process set it, by real time, so that a run whose clock stands
//! still makes progress. A wait that the host asked for (`Retry-After`, a refusal) is over by the
//! run's clock alone; it carries a reason, by which the two are told apart when read back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::OwnedMutexGuard;

use super::error::FetchError;
use super::host::HostKey;
use super::robots::RobotsRules;
use super::settings::PRODUCT_TOKEN;
use crate::model::{Clock, HostMemory, HostState};

/// Spacing is never longer; a later moment was written under a clock that stood elsewhere.
const LONGEST_SPACING: TimeDelta = TimeDelta::hours(25);

/// How often a simulated clock is looked at during a wait.
const SIMULATED_LOOK: Duration = Duration::from_millis(20);

/// Lets requests through to hosts.
pub(super) struct Gate {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) memory: Arc<dyn HostMemory>,
    slots: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Slot>>>>,
    /// Held while the wait of a domain is changed, which several hosts share.
    domains: Mutex<()>,
}

/// What this process knows of a host beyond what is remembered.
#[derive(Default)]
pub(super) struct Slot {
    /// The last request of this process.
    last: Option<LastRequest>,
    /// The rules read from the robots.txt of this moment.
    pub(super) rules: Option<(DateTime<Utc>, Arc<RobotsRules>)>,
}

#[derive(Clone, Copy)]
struct LastRequest {
    started: Instant,
    spacing: Duration,
    next_allowed: DateTime<Utc>,
}

/// The exclusive right to ask a host.
pub(super) struct Visit {
    pub(super) host: HostKey,
    pub(super) slot: OwnedMutexGuard<Slot>,
}

impl Gate {
    pub(super) fn new(clock: Arc<dyn Clock>, memory: Arc<dyn HostMemory>) -> Self {
        Self { clock, memory, slots: Mutex::default(), domains: Mutex::default() }
    }

    /// Waits until no other request to the host is in flight.
    pub(super) async fn enter(&self, host: HostKey) -> Visit {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(host.key.clone()).or_default())
        };
        Visit { host, slot: slot.lock_owned().await }
    }

    /// Refuses while the host or its domain has asked to be left alone.
    pub(super) fn check_asked_wait(&self, host: &HostKey) -> Result<(), FetchError> {
        let now = self.clock.now();
        for key in [&host.key, &host.scope] {
            let HostState { next_allowed: Some(until), reason: Some(why), .. } = self.memory.recall(key) else {
                continue;
            };
            if until > now {
                return Err(FetchError::NotYet { host: host.key.clone(), until, why });
            }
        }
        Ok(())
    }

    /// Sleeps until the host may be asked again, if that is no longer than `max_wait`.
    pub(super) async fn keep_spacing(&self, visit: &Visit, max_wait: Duration) -> Result<(), FetchError> {
        while let Some((left, until)) = self.spacing_left(visit) {
            check_spacing(visit, (left, until), max_wait)?;
            // A simulated clock may jump over the wait.
            let look = if self.clock.is_simulated() { SIMULATED_LOOK } else { left };
            tokio::time::sleep(left.min(look)).await;
        }
        Ok(())
    }

    /// Gives what is left of the host's spacing, and when it ends.
    fn spacing_left(&self, visit: &Visit) -> Option<(Duration, DateTime<Utc>)> {
        let HostState { next_allowed: Some(until), reason: None, .. } = self.memory.recall(&visit.host.key) else {
            return None;
        };
        let by_clock = until - self.clock.now();
        if by_clock <= TimeDelta::zero() || by_clock > LONGEST_SPACING {
            return None;
        }
        let by_clock = by_clock.to_std().ok()?;
        // The store may round moments to the second, so what we wrote is recognized with some slack.
        let own = visit.slot.last.filter(|last| until <= last.next_allowed + TimeDelta::seconds(1));
        let left = own.map_or(by_clock, |last| by_clock.min(last.spacing.saturating_sub(last.started.elapsed())));
        (!left.is_zero()).then_some((left, until))
    }

    /// Remembers that a request starts now and how long the next one must keep off.
    pub(super) fn mark_request(&self, visit: &mut Visit, spacing: Duration) {
        if spacing.is_zero() {
            // Nothing keeps the next request off, so there is nothing that a restart would forget.
            return;
        }
        let until = self.clock.now() + TimeDelta::from_std(spacing).unwrap_or(LONGEST_SPACING).min(LONGEST_SPACING);
        let state = HostState { next_allowed: Some(until), reason: None, ..self.memory.recall(&visit.host.key) };
        self.memory.remember(&visit.host.key, &state);
        visit.slot.last = Some(LastRequest { started: Instant::now(), spacing, next_allowed: until });
    }

    /// Remembers that the host asked to be left alone; an earlier longer wish stays.
    pub(super) fn hold(&self, host: &HostKey, until: DateTime<Utc>, why: &str) {
        let _changing = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        for key in [&host.key, &host.scope] {
            let state = self.memory.recall(key);
            let is_longer = state.reason.is_some() && state.next_allowed.is_some_and(|earlier| earlier >= until);
            if !is_longer {
                let held = HostState { next_allowed: Some(until), reason: Some(why.to_owned()), ..state };
                self.memory.remember(key, &held);
            }
            if host.key == host.scope {
                break;
            }
        }
    }
}

/// Refuses a wait that is longer than what is allowed.
fn check_spacing(
    visit: &Visit,
    (left, until): (Duration, DateTime<Utc>),
    max_wait: Duration,
) -> Result<(), FetchError> {
    if left > max_wait {
        let delay = visit.slot.rules.as_ref().and_then(|(_, rules)| rules.crawl_delay(PRODUCT_TOKEN));
        let why = delay.map_or_else(
            || "`fetch.min_interval` stands between requests to one host".to_owned(),
            |delay| format!("its robots.txt asks for {} s between requests", delay.as_secs_f32()),
        );
        return Err(FetchError::NotYet { host: visit.host.key.clone(), until, why });
    }
    Ok(())
}
