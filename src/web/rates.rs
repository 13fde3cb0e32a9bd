//! How often one network, and all together, may ask for something: token buckets in memory.
//!
//! They keep a single client from taking everybody's turn. What protects mailboxes from being flooded with
//! confirmations is counted in the database and survives a restart.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::model::Network;

/// How many networks are remembered; beyond that the one that was quiet longest is forgotten.
const MOST_NETWORKS: usize = 4_096;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A search in the name of an address.
    Subscription,
    /// A page, or a change by the holder of a link.
    Page,
    /// A feed.
    Feed,
    /// An end to mails. Mail services do it for many people from one network.
    Leaving,
}

/// So many at once, and so many a second in the long run.
#[derive(Clone, Copy, Debug)]
struct Rate {
    burst: f64,
    per_second: f64,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// One kind of request: what each network may ask, and what all may.
#[derive(Debug)]
struct Kind {
    each: Option<Rate>,
    all: Rate,
    buckets: Mutex<Buckets>,
}

#[derive(Debug, Default)]
struct Buckets {
    networks: HashMap<Network, Bucket>,
    all: Option<Bucket>,
}

/// Every kind.
#[derive(Debug)]
pub(super) struct Rates {
    subscriptions: Kind,
    pages: Kind,
    feeds: Kind,
    leaving: Kind,
}

impl Default for Rates {
    fn default() -> Self {
        let rate = |burst, per_second| Rate { burst, per_second };
        Self {
            // A class that subscribes together sits behind one address.
            subscriptions: Kind::new(Some(rate(30.0, 1.0 / 30.0)), rate(120.0, 0.5)),
            pages: Kind::new(Some(rate(120.0, 2.0)), rate(600.0, 30.0)),
            feeds: Kind::new(Some(rate(120.0, 1.0)), rate(600.0, 30.0)),
            leaving: Kind::new(None, rate(600.0, 30.0)),
        }
    }
}

impl Rates {
    /// Takes one turn of a network's and of all, or tells how long to wait for one.
    pub(super) fn take(&self, asked: Asked, network: Network, now: Instant) -> Result<(), Duration> {
        match asked {
            Asked::Subscription => self.subscriptions.take(network, now),
            Asked::Page => self.pages.take(network, now),
            Asked::Feed => self.feeds.take(network, now),
            Asked::Leaving => self.leaving.take(network, now),
        }
    }
}

impl Kind {
    fn new(each: Option<Rate>, all: Rate) -> Self {
        Self { each, all, buckets: Mutex::default() }
    }

    fn take(&self, network: Network, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let all = self.all.refilled(buckets.all, now);
        let own = self.each.map(|rate| (rate, rate.refilled(buckets.networks.get(&network).copied(), now)));
        let waits = [self.all.wait(all), own.map_or(Duration::ZERO, |(rate, bucket)| rate.wait(bucket))];
        if let Some(wait) = waits.into_iter().max().filter(|wait| !wait.is_zero()) {
            return Err(wait);
        }
        buckets.all = Some(Bucket { left: all.left - 1.0, at: now });
        if let Some((_, bucket)) = own {
            buckets.remember(network, Bucket { left: bucket.left - 1.0, at: now });
        }
        Ok(())
    }
}

impl Rate {
    fn refilled(self, bucket: Option<Bucket>, now: Instant) -> Bucket {
        let left = bucket.map_or(self.burst, |bucket| {
            let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
            (bucket.left + passed * self.per_second).min(self.burst)
        });
        Bucket { left, at: now }
    }

    fn wait(self, bucket: Bucket) -> Duration {
        if bucket.left >= 1.0 {
            return Duration::ZERO;
        }
        Duration::from_secs_f64(((1.0 - bucket.left) / self.per_second).clamp(0.001, 86_400.0))
    }
}

impl Buckets {
    fn remember(&mut self, network: Network, bucket: Bucket) {
        if self.networks.len() >= MOST_NETWORKS && !self.networks.contains_key(&network) {
            let quiet = self.networks.iter().min_by_key(|(_, bucket)| bucket.at).map(|(network, _)| *network);
            if let Some(quiet) = quiet {
                self.networks.remove(&quiet);
            }
        }
        self.networks.insert(network, bucket);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::of_client(text.parse().unwrap())
    }

    #[test]
    fn a_network_has_its_burst_then_its_rate_and_takes_nobody_elses() {
        let (rates, start) = (Rates::default(), Instant::now());
        let take = |from: &str, at| rates.take(Asked::Subscription, network(from), start + Duration::from_secs(at));
        assert!((0..30).all(|_| take("203.0.113.1", 0).is_ok()));
        let wait = take("203.0.113.200", 0).unwrap_err();
        assert!((29..=30).contains(&wait.as_secs()), "{wait:?}");
        assert!(take("198.51.100.1", 0).is_ok());
        assert!(take("203.0.113.1", 31).is_ok());
        assert!(take("203.0.113.1", 31).is_err());
    }

    #[test]
    fn all_together_are_limited_and_what_is_remembered_is_bounded() {
        let (rates, start) = (Rates::default(), Instant::now());
        let from = |number: u32| network(&std::net::Ipv4Addr::from(number << 8).to_string());
        let taken = (0..10_000).filter(|number| rates.take(Asked::Subscription, from(*number), start).is_ok()).count();
        assert_eq!(taken, 120);
        for number in 0..10_000_u32 {
            let _ = rates.take(Asked::Feed, from(number), start + Duration::from_secs(u64::from(number)));
        }
        assert!(rates.feeds.buckets.lock().unwrap().networks.len() <= MOST_NETWORKS);
    }

    #[test]
    fn mail_services_may_end_many_subscriptions_from_one_network() {
        let (rates, start) = (Rates::default(), Instant::now());
        assert!((0..600).all(|_| rates.take(Asked::Leaving, network("203.0.113.1"), start).is_ok()));
        assert!(rates.take(Asked::Leaving, network("203.0.113.1"), start).is_err());
    }
}
