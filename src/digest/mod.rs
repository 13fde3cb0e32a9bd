//! What is new, composed for people and feed readers. Pure; takes the clock.
//!
//! [`compose()`] turns jobs into a [`Digest`]: ordered, capped, in words. [`mail()`] makes a mail of it,
//! byte for byte the same for the same input; [`rss()`], [`atom()`], [`json_feed`] and [`ics`] write
//! feeds straight from jobs. Text from boards is hostile until `clean` has seen it, and markup is
//! only ever made here, out of escaped text.

mod clean;
mod compose;
mod entry;
mod excerpt;
mod feed;
mod html;
mod mail;
mod money;
mod outage;
mod place;
mod request;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod snapshot_tests;
mod subject;
mod text;
mod when;

pub use compose::{Also, Digest, DigestSection, Item, compose};
pub use entry::{BoardLine, Brief, Entry};
pub use feed::{FeedItem, FeedRequest, atom, ics, json_feed, rss};
pub use mail::{Envelope, mail};
pub use outage::Outage;
pub use request::{BoardNote, DigestRequest, Limits, Republish, Section, SectionKind, Site};
