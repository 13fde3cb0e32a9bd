//! The order in which the stages run; the only module that knows it.
//!
//! [`Poller`] makes the rounds: fetch, parse, normalize, and one transaction in the store for each
//! answer. [`dressed`] gives jobs their safe HTML on the way out, [`import_lines`] takes postings from
//! files instead of boards.

mod attempt;
mod bounces;
mod bundle;
mod coded;
mod details;
mod digests;
mod document;
mod due;
mod emptiness;
mod exchange;
mod feeds;
mod health;
mod hosts;
mod import;
mod known;
mod lost;
mod mailing;
mod mails;
mod news;
mod outage;
mod poll;
mod probe;
mod probe_report;
mod recode;
mod rejudge;
mod report;
mod round;
mod round_end;
mod subscribing;
mod suspicion;
mod texts;
mod usual;
mod visit;

pub use bounces::{BounceBox, BounceError, BounceReport};
pub use bundle::{Bundle, Bundled, BundledExchange, BundledReading, read_again};
pub use coded::code_posting;
pub use digests::{DigestRun, Digester, HEADING, MailError, Sending, Skipped};
pub use document::{dressed, dressed_all, public};
pub use due::{Finished, due_at_start, due_in_outage, next_due};
pub use exchange::{Exchanged, Hop};
pub use feeds::{FeedOrder, feed_document};
pub use health::{Concluded, Conclusion, Evidence, conclude};
pub use hosts::{RunHosts, StoredHosts};
pub use import::{ImportError, ImportOutcome, ImportRequest, import_lines};
pub use mailing::{Delivered, MailPlan, Mailer};
pub use news::{News, NewsRequest, board_notes, gather};
pub use poll::{PollOptions, Poller, Progress, Step, Witness};
pub use probe::{Left, PROBE_REQUESTS, ProbeRequest, probe};
pub use probe_report::{Asked, ProbeReport, Robots, read_words};
pub use recode::{RecodeReport, recode};
pub use rejudge::{NamedPair, RejudgeReport, Stale, catch_up, rejudge, settle};
pub use report::{BoardReport, RunReport};
pub use subscribing::{Asking, SubscribingError, confirm, criteria_of};
