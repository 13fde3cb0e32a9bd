//! The run's clock: the real one, one that stands (`--now`), or one read from a file (`--clock-file`).

use chrono::{DateTime, Utc};

/// Tells the time by which a run judges dates, due times and back-off.
pub trait Clock: Send + Sync {
    /// The moment it is.
    fn now(&self) -> DateTime<Utc>;

    /// Tells whether it goes otherwise than the machine's clock: then what waits must look at it
    /// again and again.
    fn is_simulated(&self) -> bool {
        true
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn is_simulated(&self) -> bool {
        false
    }
}

/// A clock that stands.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub DateTime<Utc>);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}
