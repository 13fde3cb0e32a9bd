//! Who gets mail, what they were told, and mail on its way.
//!
//! Three rules hold everywhere here. What a mail tells, the mail itself, and how far its searches have
//! looked are one transaction. A mail is marked before it is tried and after, so that a process that dies
//! in between leaves behind that it is unknown. An address goes with its subscriber; what stays is a hash.

mod addresses;
mod attempts;
mod bounces;
mod carrying;
mod confirming;
mod digests;
mod due;
mod failed;
mod figures;
mod key;
mod outbox;
mod searches;
mod seeds;
mod standing;
mod subscribers;
mod tidying;
mod tokens;
mod told;
mod twins;
mod web_views;

#[cfg(test)]
mod tests;

pub use attempts::Deaths;
pub use bounces::Returned;
pub(super) use carrying::carry_over;
pub use confirming::{Confirmation, ConfirmationLimits, Requested};
pub use digests::{Committed, DigestCommit, NewMail, SearchStep, ToldJob};
pub use due::DueSubscriber;
pub use figures::MailFigures;
pub(super) use key::{adopt_key, copy_key, fetch_key};
pub use outbox::OutboxFilter;
pub use searches::NewSearch;
pub use seeds::Seed;
pub use subscribers::{NewSubscriber, Removed, SubscribeError, Subscribed};
pub use tokens::Holder;
pub use told::{JobNames, Telling, Told};
pub use web_views::Managed;
