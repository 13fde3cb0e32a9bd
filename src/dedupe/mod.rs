//! Which postings advertise one vacancy. Pure.
//!
//! First form: exact agreement. Within one network the engine's id or the address decides; across
//! boards title, employer and place must agree word for word once spelling is folded, and nothing
//! may speak against it. Everything else stays apart: hiding a job costs a job seeker more than
//! seeing one twice.

mod exact;
mod keys;

pub use exact::ExactJudge;
