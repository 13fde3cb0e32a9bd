//! The order in which the stages run; the only module that knows it.
//!
//! [`Poller`] makes the rounds: fetch, parse, normalize, and one transaction in the store for each
//! answer. [`dressed`] gives jobs their safe HTML on the way out, [`import_lines`] takes postings from
//! files instead of boards.

mod attempt;
mod bundle;
mod details;
mod document;
mod exchange;
mod health;
mod hosts;
mod import;
mod news;
mod poll;
mod probe;
mod probe_report;
mod report;
mod round;
mod texts;
mod visit;

pub use bundle::{Bundle, Bundled, BundledExchange, BundledReading, read_again};
pub use document::{dressed, dressed_all};
pub use exchange::{Exchanged, Hop};
pub use health::{Conclusion, conclude};
pub use hosts::{RunHosts, StoredHosts};
pub use import::{ImportError, ImportOutcome, ImportRequest, import_lines};
pub use news::{News, NewsRequest, gather};
pub use poll::{PollOptions, Poller, Progress, Step, Witness};
pub use probe::{Left, PROBE_REQUESTS, ProbeRequest, probe};
pub use probe_report::{Asked, ProbeReport, Robots, read_words};
pub use report::{BoardReport, RunReport};
