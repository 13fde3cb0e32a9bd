//! What a running daemon tells of itself: its beat, its counts, its log.
//!
//! [`Beat`] and [`Counters`] are written by the scheduler and read by the web; both are shared behind
//! an `Arc` and never wait for anything. [`logs`] sends events to stderr as text or JSON lines.
//! Nothing here reads the database or knows a board's answer.

mod beat;
mod counters;
pub mod logs;

pub use beat::{Beat, RunningPoll};
pub use counters::{Counters, FetchCounts, PollCounts};
