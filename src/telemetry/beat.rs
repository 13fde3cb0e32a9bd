//! The scheduler's beat: proof that its loop goes round, in real time and by the run's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Utc};

/// Stands for a moment that has not come.
const NEVER: i64 = i64::MIN;

/// The scheduler's beat, shared by what beats and what watches.
///
/// Its age is measured by a clock that only goes forward, so that neither a corrected system clock
/// nor a simulated one makes a dead loop look alive.
#[derive(Debug)]
pub struct Beat {
    started: Instant,
    started_at: SystemTime,
    /// Milliseconds from `started` to the last beat, plus one; 0 before the first.
    last: AtomicU64,
    /// The last beat by the run's clock, in milliseconds since the epoch.
    last_by_clock: AtomicI64,
    lag_millis: AtomicU64,
    running: AtomicU64,
}

impl Default for Beat {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            started_at: SystemTime::now(),
            last: AtomicU64::new(0),
            last_by_clock: AtomicI64::new(NEVER),
            lag_millis: AtomicU64::new(0),
            running: AtomicU64::new(0),
        }
    }
}

impl Beat {
    /// Notes that the loop has gone round: the run's clock, and how late the most overdue work
    /// that should have begun by now is.
    pub fn tick(&self, now: DateTime<Utc>, lag: Duration) {
        self.last.store(millis(self.started.elapsed()).saturating_add(1), Ordering::Relaxed);
        self.last_by_clock.store(now.timestamp_millis(), Ordering::Relaxed);
        self.lag_millis.store(millis(lag), Ordering::Relaxed);
    }

    /// Gives the real time since the last beat, or since the start where there was none yet.
    #[must_use]
    pub fn age(&self) -> Duration {
        let last = Duration::from_millis(self.last.load(Ordering::Relaxed).saturating_sub(1));
        self.started.elapsed().saturating_sub(last)
    }

    /// Tells whether there was a beat at all.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.last.load(Ordering::Relaxed) > 0
    }

    /// Gives the last beat by the run's clock.
    #[must_use]
    pub fn last(&self) -> Option<DateTime<Utc>> {
        let last = self.last_by_clock.load(Ordering::Relaxed);
        if last == NEVER { None } else { DateTime::from_timestamp_millis(last) }
    }

    /// Gives how late the most overdue work was at the last beat.
    #[must_use]
    pub fn lag(&self) -> Duration {
        Duration::from_millis(self.lag_millis.load(Ordering::Relaxed))
    }

    /// Counts a poll as running until the answer is dropped, however it ends.
    #[must_use]
    pub fn poll_begins(self: &Arc<Self>) -> RunningPoll {
        self.running.fetch_add(1, Ordering::Relaxed);
        RunningPoll(Arc::clone(self))
    }

    /// Gives how many polls are running.
    #[must_use]
    pub fn running_polls(&self) -> u64 {
        self.running.load(Ordering::Relaxed)
    }

    /// Gives when the process began, by the machine's clock.
    #[must_use]
    pub fn started_at(&self) -> SystemTime {
        self.started_at
    }
}

/// A poll that is running; dropping it ends it, also while a panic unwinds.
#[derive(Debug)]
pub struct RunningPoll(Arc<Beat>);

impl Drop for RunningPoll {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beat_is_as_old_as_real_time_says() {
        let beat = Beat::default();
        assert_eq!((beat.last(), beat.has_begun()), (None, false));
        std::thread::sleep(Duration::from_millis(20));
        assert!(beat.age() >= Duration::from_millis(20), "before the first beat the start counts");
        let long_ago: DateTime<Utc> = "1999-01-01T00:00:00Z".parse().unwrap();
        beat.tick(long_ago, Duration::from_millis(1_500));
        assert!(beat.has_begun() && beat.age() < Duration::from_millis(20));
        assert_eq!((beat.last(), beat.lag()), (Some(long_ago), Duration::from_millis(1_500)));
    }

    #[test]
    fn a_poll_that_panics_stops_running() {
        let beat = Arc::new(Beat::default());
        let (first, second) = (beat.poll_begins(), beat.clone());
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _running = second.poll_begins();
            assert_eq!(second.running_polls(), 2);
            panic!("a parser gave up");
        }));
        assert!(panicked.is_err());
        assert_eq!(beat.running_polls(), 1);
        drop(first);
        assert_eq!(beat.running_polls(), 0);
    }
}
