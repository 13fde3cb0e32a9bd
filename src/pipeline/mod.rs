//! The order in which the stages run; the only module that knows it.
//!
//! [`Poller`] makes the rounds: fetch, parse, normalize, and one transaction in the store for each
//! answer. [`dressed`] gives jobs their safe HTML on the way out, [`import_lines`] takes postings from
//! files instead of boards.

mod attempt;
mod details;
mod document;
mod due;
mod emptiness;
mod health;
mod hosts;
mod import;
mod known;
mod lost;
mod mails;
mod news;
mod outage;
mod poll;
mod report;
mod round;
mod round_end;
mod suspicion;
mod texts;
mod usual;
mod visit;

pub use document::{dressed, dressed_all};
pub use due::{Finished, due_at_start, due_in_outage, next_due};
pub use health::{Concluded, Conclusion, Evidence, conclude};
pub use hosts::StoredHosts;
pub use import::{ImportError, ImportOutcome, ImportRequest, import_lines};
pub use news::{News, NewsRequest, gather};
pub use poll::{PollOptions, Poller, Progress, Step};
pub use report::{BoardReport, RunReport};
