//! Which postings advertise one vacancy. Pure.
//!
//! Of each posting a [`Sketch`](crate::model::Sketch) is kept: its title taken apart, employer, places,
//! pay, numbers, coded facts, and hashes of its text's five-word pieces. Postings that share keys are
//! compared: named points of evidence are summed on the scale of log-odds, a few forbid joining, and
//! when the two stood on their boards tells a duplicate from a vacancy that is advertised again. Hiding
//! a job costs a job seeker more than seeing one twice, so that what is doubtful stays apart.

mod employer;
mod judge;
mod keys;
mod making;
mod pieces;
mod says;
mod score;
mod time;
mod title;
mod title_words;
mod words;

pub use judge::PointsJudge;
pub use says::START_WORDS;
