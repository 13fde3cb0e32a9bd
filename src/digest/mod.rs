//! What is new, composed for people and feed readers. Pure; takes the clock.
//!
//! [`compose()`] turns the jobs that one person's saved searches found into a [`Digest`]: each job once,
//! the best first, within limits, in words. Jobs are worded once for a run ([`Prepared`]), however
//! many digests tell them. [`mail()`] makes a mail of a digest, byte for byte the same for the same
//! input, and [`confirmation()`] the one that asks whether somebody wants digests at all; [`document`]
//! writes feeds straight from jobs. Text from boards is hostile until `clean` has seen it, and markup is
//! only ever made here, out of escaped text.

mod board_line;
mod choose;
mod clean;
mod columns;
mod compose;
mod confirmation;
mod credentials;
mod entry;
mod excerpt;
mod feed;
mod frame;
mod html;
mod mail;
mod money;
mod order;
mod outage;
mod part_head;
mod place;
mod prepared;
mod request;
mod room;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod snapshot_tests;
mod subject;
mod text;
mod wage;
mod when;

pub use board_line::BoardLine;
pub use compose::{Closed, Digest, DigestPart, DigestSection, Item, Told, compose};
pub use confirmation::{Confirmation, confirmation};
pub use entry::Entry;
pub use feed::{FeedDocument, FeedForm, FeedItem, FeedRequest, atom, document, ics, json_feed, rss};
pub use mail::{Envelope, mail};
pub use outage::Outage;
pub use prepared::{Prepared, PreparedJob};
pub use request::{
    BoardNote, Candidate, CatchUp, CatchUpCause, DigestRequest, Limits, Links, Part, Republish, Section, SectionKind,
    Site,
};
