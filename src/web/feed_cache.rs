//! Feeds that were made lately: each stands for a moment however many readers ask for it, one is made at a
//! time, and the last good one is shown while the database does not answer.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use chrono::{DateTime, SubsecRound, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;

/// How many feeds are kept.
const MOST_FEEDS: usize = 64;
/// How many bytes they take together.
const MOST_BYTES: usize = 24 * 1024 * 1024;
/// How long a feed that could not be made anew is shown before that is tried again.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// A feed as it is written, before anything is known of readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// The document.
    pub(super) text: String,
    /// When what it holds last changed.
    pub(super) modified: DateTime<Utc>,
}

/// A feed as it is sent.
#[derive(Debug)]
pub(super) struct Made {
    /// The document, plain and packed.
    pub(super) plain: Bytes,
    pub(super) packed: Bytes,
    /// Their tags, with quotes: one for each, because each is a representation (RFC 9110 section 8.8.3.3).
    pub(super) tag: String,
    pub(super) packed_tag: String,
    /// When what it holds last changed, in whole seconds.
    pub(super) modified: DateTime<Utc>,
}

/// Why there is no feed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotMade;

#[derive(Default)]
struct Kept {
    made: Option<Arc<Made>>,
    /// When it is to be made anew.
    until: Option<Instant>,
}

type Slot = Arc<tokio::sync::Mutex<Kept>>;

struct Entry {
    slot: Slot,
    used: Instant,
    bytes: usize,
}

/// The feeds.
pub(super) struct FeedCache {
    stands: Duration,
    entries: Mutex<HashMap<String, Entry>>,
}

impl FeedCache {
    pub(super) fn new(stands: Duration) -> Self {
        Self { stands, entries: Mutex::default() }
    }

    /// Gives a feed, making it where none stands. Others who ask for the same meanwhile wait for it; where
    /// it cannot be made, they get the last one.
    pub(super) async fn get<F>(
        &self,
        key: &str,
        now: DateTime<Utc>,
        write: impl FnOnce() -> F,
    ) -> Result<Arc<Made>, NotMade>
    where
        F: Future<Output = Option<Written>>,
    {
        let slot = self.slot(key);
        let mut kept = slot.lock().await;
        if let Some(made) = kept.made.as_ref().filter(|_| kept.until.is_some_and(|until| Instant::now() < until)) {
            return Ok(Arc::clone(made));
        }
        if let Some(written) = write().await {
            let made = Arc::new(pack(written, kept.made.as_deref(), now));
            (kept.made, kept.until) = (Some(Arc::clone(&made)), Some(Instant::now() + self.stands));
            self.weigh(key, made.plain.len() + made.packed.len());
            Ok(made)
        } else {
            kept.until = Some(Instant::now() + AFTER_FAILURE.min(self.stands));
            kept.made.clone().ok_or(NotMade)
        }
    }

    /// Gives the last one that was made, however long ago.
    pub(super) async fn last(&self, key: &str) -> Option<Arc<Made>> {
        let slot = {
            let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(&entries.get(key)?.slot)
        };
        slot.lock().await.made.clone()
    }

    /// Forgets one.
    pub(super) fn forget(&self, key: &str) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    fn slot(&self, key: &str) -> Slot {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let entry =
            entries.entry(key.to_owned()).or_insert_with(|| Entry { slot: Slot::default(), used: now, bytes: 0 });
        entry.used = now;
        let slot = Arc::clone(&entry.slot);
        shrink(&mut entries, key);
        slot
    }

    fn weigh(&self, key: &str, bytes: usize) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get_mut(key) {
            entry.bytes = bytes;
        }
        shrink(&mut entries, key);
    }
}

/// Forgets what was asked for longest ago, until the rest is within bounds.
fn shrink(entries: &mut HashMap<String, Entry>, but: &str) {
    loop {
        let bytes: usize = entries.values().map(|entry| entry.bytes).sum();
        if entries.len() <= MOST_FEEDS && bytes <= MOST_BYTES {
            return;
        }
        let others = entries.iter().filter(|(key, _)| *key != but);
        let Some(oldest) = others.min_by_key(|(_, entry)| entry.used).map(|(key, _)| key.clone()) else { return };
        entries.remove(&oldest);
    }
}

/// Packs a feed and names it by its bytes. Where they differ from the last ones', they changed by now at
/// the latest: a job that left the feed dates nothing in it.
fn pack(written: Written, last: Option<&Made>, now: DateTime<Utc>) -> Made {
    let hash = blake3::hash(written.text.as_bytes()).to_hex();
    let (tag, packed_tag) = (format!("\"{}\"", &hash[..32]), format!("\"{}-gz\"", &hash[..32]));
    let modified = match last {
        Some(last) if last.tag == tag => last.modified,
        Some(_) => now,
        None => written.modified.min(now),
    };
    let mut encoder = GzEncoder::new(Vec::with_capacity(written.text.len() / 4), Compression::default());
    // Writing into memory does not fail.
    let packed = encoder.write_all(written.text.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
    Made {
        plain: Bytes::from(written.text),
        packed: Bytes::from(packed),
        tag,
        packed_tag,
        modified: modified.trunc_subsecs(0),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn written(text: &str) -> Written {
        Written { text: text.to_owned(), modified: at("2026-11-20T10:00:00.5Z") }
    }

    #[tokio::test]
    async fn a_feed_is_made_once_for_all_who_ask_and_kept_through_failures() {
        let (cache, now) = (Arc::new(FeedCache::new(Duration::from_mins(1))), at("2026-11-22T12:00:00Z"));
        let count = Arc::new(AtomicUsize::new(0));
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (cache, count) = (Arc::clone(&cache), Arc::clone(&count));
            asking.spawn(async move {
                let make = || async {
                    count.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    Some(written("one"))
                };
                cache.get("a", now, make).await.unwrap().tag.clone()
            });
        }
        while let Some(tag) = asking.join_next().await {
            assert_eq!(tag.unwrap().len(), 34);
        }
        assert_eq!(count.load(Ordering::Relaxed), 1);
        assert_eq!(cache.get("b", now, || async { None }).await.unwrap_err(), NotMade);
        assert!(cache.last("b").await.is_none() && cache.last("c").await.is_none());
    }

    #[tokio::test]
    async fn the_last_good_one_is_shown_and_a_change_is_dated() {
        let cache = FeedCache::new(Duration::ZERO);
        let get = async |text: Option<Written>, now: &str| cache.get("a", at(now), || async { text }).await.unwrap();
        let first = get(Some(written("one")), "2026-11-22T12:00:00Z").await;
        assert_eq!(first.modified, at("2026-11-20T10:00:00Z"));
        let failed = get(None, "2026-11-22T12:10:00Z").await;
        assert_eq!((&failed.plain, &failed.tag), (&first.plain, &first.tag));
        assert_eq!(get(Some(written("one")), "2026-11-22T12:20:00Z").await.modified, first.modified);
        let other = get(Some(written("two")), "2026-11-22T12:30:00.9Z").await;
        assert_eq!(other.modified, at("2026-11-22T12:30:00Z"));
        assert_ne!(other.tag, first.tag);
        let mut unpacked = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&other.packed[..]), &mut unpacked).unwrap();
        assert_eq!(unpacked, "two");
    }

    #[tokio::test]
    async fn what_is_kept_is_bounded() {
        let (cache, now) = (FeedCache::new(Duration::from_mins(1)), at("2026-11-22T12:00:00Z"));
        for number in 0..200 {
            cache.get(&number.to_string(), now, || async { Some(written("x")) }).await.unwrap();
        }
        assert_eq!(cache.entries.lock().unwrap().len(), MOST_FEEDS);
        assert!(cache.last("199").await.is_some() && cache.last("0").await.is_none());
        let large = "x".repeat(10 * 1024 * 1024);
        for key in ["l1", "l2", "l3"] {
            cache.get(key, now, || async { Some(written(&large)) }).await.unwrap();
        }
        let bytes: usize = cache.entries.lock().unwrap().values().map(|entry| entry.bytes).sum();
        assert!(bytes <= MOST_BYTES && cache.last("l3").await.is_some());
    }
}
