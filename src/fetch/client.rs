//! The fetcher: one wanted page at a time, through gate, robots.txt, redirects and retries.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use secrecy::ExposeSecret;
use url::Url;

use super::answer::{Head, request_headers};
use super::body::Caps;
use super::error::{FetchError, redacted, snippet};
use super::gate::{Gate, Visit};
use super::host::{HostKey, same_site};
use super::policy::Policy;
use super::retry;
use super::robots_file::judge;
use super::settings::{PRODUCT_TOKEN, Settings};
use super::wire::{Reply, Wire};
use crate::model::{Clock, HostMemory, Page, Validators, Wanted};

/// How much of a refusal's body is kept, for telling walls from failures.
const REFUSAL_BYTES: u64 = 64 << 10;

/// What a request brought.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// A whole answer.
    Page(Box<Page>),
    /// The answer that the validators were given for is still the current one.
    NotModified {
        /// The address that said so.
        url: Url,
        /// When.
        at: DateTime<Utc>,
        /// Whether every redirect that led to it was permanent (301, 308), and there was one.
        moved_for_good: bool,
    },
}

/// All that came of one [`Fetcher::get`].
#[derive(Debug)]
pub struct Exchange {
    /// What was brought, or why not.
    pub outcome: Result<Fetched, FetchError>,
    /// Requests made for the page: redirects and retries count, robots.txt does not.
    pub requests: u32,
    /// Requests made for robots.txt files.
    pub robots_requests: u32,
    /// Until when the server says that the answer stays fresh, at most a day; not to be asked sooner.
    pub fresh_until: Option<DateTime<Utc>>,
    /// The redirects on the way: each one's status and where it led, without credentials; a refused
    /// one last.
    pub hops: Vec<(u16, Url)>,
}

/// Counts as a get goes on.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) requests: u32,
    pub(super) robots_requests: u32,
    /// The most requests of both sorts.
    most: Option<u32>,
    fresh_until: Option<DateTime<Utc>>,
    hops: Vec<(u16, Url)>,
}

impl Tally {
    /// Refuses a request that the caller's bound does not allow any more.
    pub(super) fn check(&self, url: &Url) -> Result<(), FetchError> {
        match self.most {
            Some(most) if self.requests + self.robots_requests >= most => {
                Err(FetchError::Spent { url: redacted(url), most })
            }
            _ => Ok(()),
        }
    }
}

/// Asks hosts politely. Cheap to clone; clones share connections and one gate.
#[derive(Clone)]
pub struct Fetcher {
    pub(super) settings: Arc<Settings>,
    pub(super) gate: Arc<Gate>,
    wire: Arc<Wire>,
}

/// What one hop of a chain of redirects came to.
enum Hop {
    Done(Fetched),
    Redirect { status: u16, to: Url },
}

/// One get on its way from redirect to redirect.
struct Errand<'a> {
    policy: &'a Policy,
    validators: &'a Validators,
    /// The addresses asked so far; the last one is the current one.
    seen: Vec<Url>,
    tally: Tally,
}

impl Errand<'_> {
    /// Gives the address asked for by the caller.
    fn requested(&self) -> Option<&Url> {
        self.seen.first()
    }

    /// Gives the validators if the current address gave them.
    fn conditional(&self) -> Option<&Validators> {
        let given_here = match &self.validators.given_by {
            Some(given_by) => self.seen.last() == Some(given_by),
            None => self.seen.len() == 1,
        };
        (given_here && !self.validators.is_empty()).then_some(self.validators)
    }
}

impl Fetcher {
    /// Sets the client up.
    ///
    /// # Errors
    /// Returns [`FetchError::Setup`] when a setting cannot be used or the machine has no CA certificates.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>, memory: Arc<dyn HostMemory>) -> Result<Self, FetchError> {
        let wire = Wire::new(&settings)?;
        Ok(Self { settings: Arc::new(settings), gate: Arc::new(Gate::new(clock, memory)), wire: Arc::new(wire) })
    }

    /// Asks for one page: waits for its turn, obeys robots.txt, follows redirects, retries twice.
    ///
    /// The turn is waited for without limit; the sleep that spacing asks for is bounded by
    /// [`Policy::max_wait`]. Validators go to the address alone that gave them.
    pub async fn get(&self, wanted: &Wanted, policy: &Policy, validators: &Validators) -> Exchange {
        let tally = Tally { most: policy.max_requests, ..Tally::default() };
        let mut errand = Errand { policy, validators, seen: Vec::new(), tally };
        let outcome = self.follow(wanted.url.clone(), &mut errand).await;
        let Tally { requests, robots_requests, fresh_until, hops, .. } = errand.tally;
        Exchange { outcome, requests, robots_requests, fresh_until, hops }
    }

    /// Goes from redirect to redirect until something else is answered.
    async fn follow(&self, mut url: Url, errand: &mut Errand<'_>) -> Result<Fetched, FetchError> {
        let mut visited: Vec<HostKey> = Vec::new();
        let mut visit: Option<Visit> = None;
        let mut for_good = true;
        loop {
            url.set_fragment(None);
            errand.seen.push(url.clone());
            self.wire.check(&url)?;
            let nowhere = || FetchError::Address { url: redacted(&url), why: "it names no host" };
            let host = HostKey::of(&url).ok_or_else(nowhere)?;
            // The former host is let go before the next one is waited for: two chains cannot block each other.
            let mut here = match visit.take().filter(|visit| visit.host == host) {
                Some(visit) => visit,
                None => self.gate.enter(host.clone()).await,
            };
            let is_first_here = !visited.contains(&host);
            self.pass_gate(&mut here, &url, errand, is_first_here).await?;
            visited.push(host);
            let (status, to) = match self.ask(&mut here, &url, errand).await? {
                Hop::Done(Fetched::Page(mut page)) => {
                    page.moved_for_good = for_good && errand.seen.len() > 1;
                    return Ok(Fetched::Page(page));
                }
                Hop::Done(Fetched::NotModified { url, at, .. }) => {
                    let moved_for_good = for_good && errand.seen.len() > 1;
                    return Ok(Fetched::NotModified { url, at, moved_for_good });
                }
                Hop::Redirect { status, to } => (status, to),
            };
            errand.tally.hops.push((status, shown(&to)));
            self.check_redirect(errand, &url, &to, status)?;
            for_good &= matches!(status, 301 | 308);
            url = to;
            visit = Some(here);
        }
    }

    /// Passes everything that stands before a request: rules, asked waits, spacing.
    async fn pass_gate(
        &self,
        visit: &mut Visit,
        url: &Url,
        errand: &mut Errand<'_>,
        is_first_here: bool,
    ) -> Result<(), FetchError> {
        // What is known already is judged first: nothing is waited for in vain.
        let known = if errand.policy.obey_robots { self.known_rules(visit, url)? } else { None };
        if let Some(rules) = &known {
            judge(rules, url)?;
        }
        self.gate.check_asked_wait(&visit.host)?;
        // A redirect within a host belongs to the visit that was waited for.
        if is_first_here {
            self.gate.keep_spacing(visit, errand.policy.max_wait).await?;
        }
        if errand.policy.obey_robots && known.is_none() {
            let rules = self.robots_rules(visit, url, &mut errand.tally).await?;
            judge(&rules, url)?;
            self.gate.check_asked_wait(&visit.host)?;
        }
        Ok(())
    }

    /// Makes the request, again if it fails fleetingly and the host's spacing lets us.
    async fn ask(&self, visit: &mut Visit, url: &Url, errand: &mut Errand<'_>) -> Result<Hop, FetchError> {
        let headers = request_headers(errand.policy, errand.conditional())?;
        let spacing = self.spacing(visit, errand.policy);
        let mut attempt = 0;
        loop {
            errand.tally.check(url)?;
            self.gate.mark_request(visit, spacing);
            errand.tally.requests += 1;
            let error = match self.ask_once(url, headers.clone(), errand).await {
                Ok(hop) => return Ok(hop),
                Err(error) => error,
            };
            if attempt == retry::RETRIES || !error.is_fleeting() || spacing > errand.policy.max_wait {
                self.hold_after(&visit.host, &error, errand.policy);
                return Err(error);
            }
            tokio::time::sleep(retry::jittered(self.settings.retry_pause, attempt)).await;
            self.gate.keep_spacing(visit, errand.policy.max_wait).await?;
            attempt += 1;
        }
    }

    /// Makes one request and reads its answer.
    async fn ask_once(&self, url: &Url, headers: HeaderMap, errand: &mut Errand<'_>) -> Result<Hop, FetchError> {
        let reply = self.send(url, headers).await?;
        let status = reply.status();
        match redirect_target(&reply, url) {
            Some(Ok(to)) => return Ok(Hop::Redirect { status, to }),
            Some(Err(to)) => {
                return Err(FetchError::Redirect { url: redacted(url), to, why: "it is no web address" });
            }
            None => {}
        }
        let now = self.gate.clock.now();
        let head = Head::of(&reply, errand.requested().unwrap_or(url), url, now);
        if status == 304 && errand.conditional().is_some() {
            errand.tally.fresh_until = head.fresh_until();
            return Ok(Hop::Done(Fetched::NotModified { url: url.clone(), at: now, moved_for_good: false }));
        }
        if matches!(status, 200 | 203 | 204) {
            let fresh_until = head.fresh_until();
            let body = reply.body(self.caps(errand.policy)).await?;
            errand.tally.fresh_until = fresh_until;
            return Ok(Hop::Done(Fetched::Page(Box::new(head.into_page(body)))));
        }
        let retry_after = head.retry_after.filter(|_| status >= 400);
        let body = reply.beginning(REFUSAL_BYTES).await;
        // A server may say back what it was sent.
        let secrets = errand.policy.secret_headers.iter().map(|(_, secret)| secret.expose_secret());
        let snippet = secrets.fold(snippet(&body), |text, secret| text.replace(secret, "(secret)"));
        let page = Box::new(head.into_page(body));
        Err(FetchError::Status { url: redacted(url), status, retry_after, snippet, page })
    }

    /// Sends one request and says so to the log.
    pub(super) async fn send(&self, url: &Url, headers: HeaderMap) -> Result<Reply, FetchError> {
        let started = Instant::now();
        let sent = self.wire.send(url, headers).await;
        let status = sent.as_ref().map_or(0, Reply::status);
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(host = url.host_str(), path = url.path(), status, duration_ms, "asked a host");
        sent
    }

    /// Remembers the wait that a refusal asks for or calls for.
    fn hold_after(&self, host: &HostKey, error: &FetchError, policy: &Policy) {
        let FetchError::Status { status, retry_after, .. } = error else { return };
        if let Some(until) = retry_after {
            self.gate.hold(host, *until, &format!("it answered {status} with `Retry-After`"));
            return;
        }
        // With credentials a 403 is about the credentials, and mending them must not be punished.
        let is_about_us = *status == 403 && policy.secret_headers.is_empty();
        if is_about_us || matches!(status, 429 | 503) {
            let until = self.gate.clock.now() + retry::UNASKED_PAUSE;
            self.gate.hold(host, until, &format!("it answered {status}, so it is left alone for a while"));
        }
    }

    /// Gives the distance that the next request to the visited host must keep.
    fn spacing(&self, visit: &Visit, policy: &Policy) -> Duration {
        let rules = visit.slot.rules.as_ref().filter(|_| policy.obey_robots);
        let delay = rules.and_then(|(_, rules)| rules.crawl_delay(PRODUCT_TOKEN));
        self.settings.min_interval.max(delay.unwrap_or_default())
    }

    /// Gives the limits of a page's body.
    fn caps(&self, policy: &Policy) -> Caps {
        Caps {
            compressed: policy.max_compressed.unwrap_or(self.settings.max_compressed),
            decompressed: policy.max_body.unwrap_or(self.settings.max_decompressed),
            ratio: self.settings.max_ratio,
        }
    }

    /// Refuses redirects that lead away for good, astray or in circles.
    fn check_redirect(&self, errand: &Errand<'_>, from: &Url, to: &Url, status: u16) -> Result<(), FetchError> {
        if matches!(status, 301 | 308) && !same_site(from, to) {
            return Err(FetchError::Moved { url: redacted(from), to: redacted(to) });
        }
        let why = if !errand.policy.may_follow() {
            "redirects of this board are not followed; check its `base_url`"
        } else if errand.policy.same_site_only && !same_site(from, to) {
            "it leads to another site"
        } else if from.scheme() == "https" && to.scheme() == "http" {
            "it leads from https to http"
        } else if errand.seen.contains(to) {
            "it leads in a circle"
        } else if errand.seen.len() > self.settings.max_redirects as usize {
            "there are too many in a row"
        } else {
            return Ok(());
        };
        Err(FetchError::Redirect { url: redacted(from), to: redacted(to), why })
    }
}

/// Gives an address without credentials, for telling.
fn shown(url: &Url) -> Url {
    let mut bare = url.clone();
    bare.set_query(None);
    Url::parse(&redacted(url)).unwrap_or(bare)
}

/// Gives where an answer redirects to, without fragment and user information; `Err` gives what is no
/// web address, `None` says that it redirects nowhere.
pub(super) fn redirect_target(reply: &Reply, from: &Url) -> Option<Result<Url, String>> {
    if !matches!(reply.status(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = String::from_utf8_lossy(reply.headers().get("location")?.as_bytes()).into_owned();
    let mut to = match from.join(&location) {
        Ok(to) if matches!(to.scheme(), "http" | "https") && to.host_str().is_some() => to,
        _ => return Some(Err(location.chars().filter(|c| !c.is_control()).take(200).collect())),
    };
    to.set_fragment(None);
    // Nobody but the operator gives us credentials.
    let _ = to.set_username("");
    let _ = to.set_password(None);
    Some(Ok(to))
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
