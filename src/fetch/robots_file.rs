//! Fetches, keeps and asks a host's robots.txt (RFC 9309 sections 2.3 and 2.4).

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::answer::plain_headers;
use super::client::{Fetcher, Tally, redirect_target};
use super::error::{FetchError, redacted};
use super::gate::Visit;
use super::host::{HostKey, same_site};
use super::retry;
use super::robots::{PARSED_BYTES, RobotsRules, RobotsVerdict};
use super::settings::PRODUCT_TOKEN;
use super::wire::Reply;
use crate::model::{HostState, RobotsRecord};

/// How long a file is used before it is read again (section 2.4).
const FRESH: TimeDelta = TimeDelta::hours(24);

/// How long a file that cannot be read is left alone.
const FAILED_PAUSE: TimeDelta = TimeDelta::hours(1);

/// How old a copy may stand in for a file that cannot be read (section 2.3.1.4).
const LONGEST_STAND_IN: TimeDelta = TimeDelta::days(30);

/// How many redirects are followed to a file (section 2.3.1.2).
const REDIRECTS: u32 = 5;

/// What asking for the file came to.
enum Outcome {
    /// An answer to go by.
    Record(RobotsRecord),
    /// No answer to go by: forbids all.
    Failed(String),
}

/// What is known of a host's robots.txt for one address.
#[derive(Clone, Debug)]
pub struct RobotsWord {
    /// Its HTTP status; 0 where the host gave none.
    pub status: u16,
    /// Whether the address may be asked for, and by which rule.
    pub verdict: RobotsVerdict,
    /// The `Crawl-delay` that we are asked to keep.
    pub crawl_delay: Option<Duration>,
}

impl Fetcher {
    /// Tells what is known of a host's robots.txt for an address, without a request.
    #[must_use]
    pub fn robots_word(&self, url: &Url) -> Option<RobotsWord> {
        let record = self.gate.memory.recall(&HostKey::of(url)?.key).robots?;
        let rules = RobotsRules::parse(if is_given(&record) { record.body.as_bytes() } else { b"" });
        let verdict = rules.verdict(PRODUCT_TOKEN, url.as_str());
        Some(RobotsWord { status: record.status, verdict, crawl_delay: rules.crawl_delay(PRODUCT_TOKEN) })
    }

    /// Gives the rules of the visited host, from memory or by fetching them.
    pub(super) async fn robots_rules(
        &self,
        visit: &mut Visit,
        url: &Url,
        tally: &mut Tally,
    ) -> Result<Arc<RobotsRules>, FetchError> {
        if let Some(known) = self.known_rules(visit, url)? {
            return Ok(known);
        }
        let Ok(robots_url) = url.join("/robots.txt") else {
            return Err(FetchError::Address { url: redacted(url), why: "it cannot have a robots.txt" });
        };
        self.gate.mark_request(visit, self.settings.min_interval);
        let now = self.gate.clock.now();
        let record = match self.fetch_robots(&visit.host, robots_url, tally).await? {
            Outcome::Record(record) => record,
            Outcome::Failed(why) => self.stand_in(visit, &why, now)?,
        };
        let state = HostState { robots: Some(record.clone()), ..self.gate.memory.recall(&visit.host.key) };
        self.gate.memory.remember(&visit.host.key, &state);
        rules_of(visit, url, &record)
    }

    /// Gives the rules if no request is needed for them; an error if they are known to forbid all.
    pub(super) fn known_rules(&self, visit: &mut Visit, url: &Url) -> Result<Option<Arc<RobotsRules>>, FetchError> {
        let now = self.gate.clock.now();
        let record = self.gate.memory.recall(&visit.host.key).robots;
        let paused = self.gate.memory.recall(&failure_key(&visit.host));
        if let (Some(until), why) = (paused.next_allowed.filter(|until| *until > now), paused.reason) {
            let usable = record.as_ref().filter(|record| can_stand_in(record, now));
            return match usable {
                Some(record) => rules_of(visit, url, record).map(Some),
                None => Err(unavailable(&visit.host, why.unwrap_or_default(), until)),
            };
        }
        let fresh = record.filter(|record| is_answer(record) && (now - record.fetched_at).abs() < FRESH);
        fresh.map(|record| rules_of(visit, url, &record)).transpose()
    }

    /// Falls back on an older copy, and remembers to leave the file alone for a while.
    fn stand_in(&self, visit: &Visit, why: &str, now: DateTime<Utc>) -> Result<RobotsRecord, FetchError> {
        let until = now + FAILED_PAUSE;
        let pause = HostState { next_allowed: Some(until), reason: Some(why.to_owned()), robots: None };
        self.gate.memory.remember(&failure_key(&visit.host), &pause);
        let state = self.gate.memory.recall(&visit.host.key);
        if let Some(record) = state.robots.clone().filter(|record| can_stand_in(record, now)) {
            return Ok(record);
        }
        let failed = RobotsRecord { fetched_at: now, status: 0, body: String::new(), moved_to: None };
        self.gate.memory.remember(&visit.host.key, &HostState { robots: Some(failed), ..state });
        Err(unavailable(&visit.host, why.to_owned(), until))
    }

    /// Asks for the file, following redirects.
    async fn fetch_robots(&self, host: &HostKey, first: Url, tally: &mut Tally) -> Result<Outcome, FetchError> {
        let mut url = first.clone();
        let record = |status, body, moved_to| {
            Ok(Outcome::Record(RobotsRecord { fetched_at: self.gate.clock.now(), status, body, moved_to }))
        };
        for _ in 0..=REDIRECTS {
            tally.check(&url)?;
            tally.robots_requests += 1;
            let reply = match self.send(&url, plain_headers("text/plain,*/*;q=0.8")).await {
                Ok(reply) => reply,
                // Without a connection the request for the page would fail as well, and says it better.
                Err(error) if error.is_outage_like() || is_refusal(&error) => return Err(error),
                Err(error) => return Ok(Outcome::Failed(error.to_string())),
            };
            let status = reply.status();
            match redirect_target(&reply, &url) {
                Some(Ok(to)) if matches!(status, 301 | 308) && !same_site(&first, &to) => {
                    return record(status, String::new(), Some(to.to_string()));
                }
                Some(Ok(to)) if url.scheme() == "https" && to.scheme() == "http" => {
                    return Ok(Outcome::Failed("it redirects from https to http".to_owned()));
                }
                Some(Ok(to)) => url = to,
                // A redirect to nowhere is a file that is not there.
                Some(Err(_)) => return record(status, String::new(), None),
                None => return self.read_robots(host, reply).await,
            }
        }
        // More redirects than must be followed: the file counts as not there (section 2.3.1.2).
        record(310, String::new(), None)
    }

    /// Reads the answer that is no redirect.
    async fn read_robots(&self, host: &HostKey, reply: Reply) -> Result<Outcome, FetchError> {
        let (status, now) = (reply.status(), self.gate.clock.now());
        let asked = reply.header("retry-after").and_then(|value| retry::retry_after(&value, now));
        if let Some(until) = asked.filter(|_| matches!(status, 429 | 503)) {
            self.gate.hold(host, until, &format!("robots.txt was answered with {status} and `Retry-After`"));
        }
        // 429 is no "there is none" but a "not now", as Google's crawler reads it too.
        if status == 429 || status >= 500 {
            return Ok(Outcome::Failed(format!("answered {status}")));
        }
        let body = if (200..300).contains(&status) {
            // One byte more than is parsed shows the parser that the file was cut.
            let bytes = reply.beginning(PARSED_BYTES as u64 + 1).await;
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            String::new()
        };
        Ok(Outcome::Record(RobotsRecord { fetched_at: now, status, body, moved_to: None }))
    }
}

/// Reads the rules of a record, or takes them as read before.
fn rules_of(visit: &mut Visit, url: &Url, record: &RobotsRecord) -> Result<Arc<RobotsRules>, FetchError> {
    if let Some(to) = &record.moved_to {
        let robots = url.join("/robots.txt").map_or_else(|_| redacted(url), |robots| redacted(&robots));
        return Err(FetchError::Moved { url: robots, to: to.clone() });
    }
    if let Some((read_at, rules)) = &visit.slot.rules
        && *read_at == record.fetched_at
    {
        return Ok(Arc::clone(rules));
    }
    // Only a file that was given has rules; one that is not there allows all (section 2.3.1.3).
    let file = if is_given(record) { record.body.as_bytes() } else { b"" };
    let rules = Arc::new(RobotsRules::parse(file));
    visit.slot.rules = Some((record.fetched_at, Arc::clone(&rules)));
    Ok(rules)
}

/// Judges an address by rules.
pub(super) fn judge(rules: &RobotsRules, url: &Url) -> Result<(), FetchError> {
    let verdict = rules.verdict(PRODUCT_TOKEN, url.as_str());
    if verdict.allowed {
        return Ok(());
    }
    Err(FetchError::RobotsDisallowed { url: redacted(url), rule: verdict.rule.unwrap_or_default() })
}

/// Tells whether a record holds a file.
fn is_given(record: &RobotsRecord) -> bool {
    (200..300).contains(&record.status)
}

/// Tells whether a record holds an answer, not a failure.
fn is_answer(record: &RobotsRecord) -> bool {
    (200..500).contains(&record.status) && record.status != 429
}

/// Tells whether a record may stand in for a file that cannot be read.
fn can_stand_in(record: &RobotsRecord, now: DateTime<Utc>) -> bool {
    is_answer(record) && record.moved_to.is_none() && (now - record.fetched_at).abs() <= LONGEST_STAND_IN
}

/// Tells whether we refused the request ourselves.
fn is_refusal(error: &FetchError) -> bool {
    matches!(
        error,
        FetchError::PrivateAddress { .. }
            | FetchError::Address { .. }
            | FetchError::Setup { .. }
            | FetchError::Tls { .. }
    )
}

/// Under which key a failure to read a host's file is remembered.
fn failure_key(host: &HostKey) -> String {
    format!("robots:{}", host.key)
}

fn unavailable(host: &HostKey, why: String, until: DateTime<Utc>) -> FetchError {
    FetchError::RobotsUnavailable { host: host.key.clone(), why, until }
}
