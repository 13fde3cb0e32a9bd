//! Asks a site, in at most four requests, which software it runs on. The requests go through the
//! real fetcher: robots.txt decides, hosts are spaced, redirects to other sites are not followed, and
//! what would take longer than half a minute is told instead of waited for.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

use super::exchange::Exchanged;
use super::probe_report::{ProbeReport, report};
use super::visit::accept;
use crate::fetch::{Exchange, FetchError, Fetched, Fetcher, Policy, same_site};
use crate::model::{BoardId, Clock, Engine, Validators};
use crate::parse::probe::{Probing, Question};

/// The most requests of a probe, robots.txt included.
pub const PROBE_REQUESTS: u32 = 4;
/// The longest that a probe waits for a host's next turn.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What to probe.
#[derive(Clone, Debug)]
pub struct ProbeRequest {
    /// Where to begin.
    pub url: Url,
    /// The board's id, or what it may be called.
    pub id: BoardId,
}

/// What ended a probe before its questions did.
#[derive(Debug)]
pub(super) enum Stopped {
    /// The very first request brought nothing to go by.
    First(FetchError),
    /// A later one was refused; the host is left alone.
    Later(String),
    /// The next request must wait.
    Wait(DateTime<Utc>, String),
    /// The requests are spent.
    Spent,
}

/// A request that was not made.
#[derive(Clone, Debug, Serialize)]
pub struct Left {
    /// Its address.
    pub url: String,
    /// What it would settle.
    pub why: String,
}

/// A probe on its way.
pub(super) struct Errand {
    pub(super) request: ProbeRequest,
    pub(super) probing: Probing,
    pub(super) exchanges: Vec<Exchanged>,
    pub(super) requests: u32,
    pub(super) robots_requests: u32,
    pub(super) stopped: Option<Stopped>,
    pub(super) left: Vec<Left>,
    /// The address that answered last, for robots.txt's word and for telling sites apart.
    pub(super) home: Url,
}

/// Probes a site.
pub async fn probe(fetcher: &Fetcher, clock: &dyn Clock, request: ProbeRequest) -> ProbeReport {
    let today = clock.now().date_naive();
    let probing = Probing::new(request.url.clone(), request.id.clone(), today);
    let home = request.url.clone();
    let mut errand = Errand {
        request,
        probing,
        exchanges: Vec::new(),
        requests: 0,
        robots_requests: 0,
        stopped: None,
        left: Vec::new(),
        home,
    };
    while errand.stopped.is_none() {
        let Some(question) = errand.probing.next() else { break };
        if !same_site(&errand.home, &question.wanted.url) {
            errand.probing.pass_over(&question);
            continue;
        }
        errand.ask(fetcher, &question).await;
    }
    report(errand, fetcher, clock.now())
}

impl Errand {
    /// Asks one question, within what is left of the requests.
    async fn ask(&mut self, fetcher: &Fetcher, question: &Question) {
        let left = PROBE_REQUESTS.saturating_sub(self.requests + self.robots_requests);
        if left == 0 {
            return self.stop(question, Stopped::Spent);
        }
        let engine = question.software.map(crate::parse::probe::Software::engine);
        let policy = Policy {
            accept: engine.map_or(Policy::default().accept, |engine| accept(engine, &question.wanted.kind)),
            // A documented API follows its own terms, here as in a poll.
            obey_robots: engine != Some(Engine::Usajobs),
            max_wait: LONGEST_WAIT,
            max_requests: Some(left),
            same_site_only: true,
            ..Policy::default()
        };
        let exchange = fetcher.get(&question.wanted, &policy, &Validators::default()).await;
        self.requests += exchange.requests;
        self.robots_requests += exchange.robots_requests;
        let is_first = self.exchanges.is_empty();
        if exchange.requests + exchange.robots_requests > 0 {
            let exchanged = Exchanged::new(engine, &question.wanted, &exchange);
            self.exchanges.push(Exchanged { why: Some(question.why.clone()), ..exchanged });
        }
        self.take(question, exchange, is_first);
    }

    fn take(&mut self, question: &Question, exchange: Exchange, is_first: bool) {
        match exchange.outcome {
            Ok(Fetched::Page(page)) => {
                if is_first {
                    self.home = page.url.clone();
                }
                self.probing.take(question, &page);
            }
            // No validators were given, so that no server in its senses says so.
            Ok(Fetched::NotModified { .. }) => self.probing.pass_over(question),
            Err(FetchError::Spent { .. }) => self.stop(question, Stopped::Spent),
            Err(FetchError::NotYet { until, why, .. }) if !is_first => {
                self.stop(question, Stopped::Wait(until, why));
            }
            Err(error) => {
                self.probing.take_refusal(question, error.page());
                let ends = ends_the_probe(&error);
                match (is_first && (ends || error.status() != Some(404)), ends) {
                    (true, _) => self.stopped = Some(Stopped::First(error)),
                    (false, true) => self.stopped = Some(Stopped::Later(format!("failed to {error}"))),
                    (false, false) => {}
                }
            }
        }
    }

    fn stop(&mut self, question: &Question, stopped: Stopped) {
        self.left.push(Left { url: question.wanted.url.to_string(), why: question.why.clone() });
        self.stopped = Some(stopped);
    }
}

/// Tells whether a refusal is the host's word on us, not on one address.
fn ends_the_probe(error: &FetchError) -> bool {
    match error.status() {
        Some(status) => matches!(status, 401 | 403 | 410 | 429 | 500..),
        None => !matches!(error, FetchError::RobotsDisallowed { .. } | FetchError::Redirect { .. }),
    }
}
