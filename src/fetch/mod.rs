//! Asks boards politely: one door to the HTTP library.
//!
//! A [`Fetcher`] keeps one request in flight per host, obeys robots.txt (RFC 9309) and `Retry-After`,
//! spaces requests across restarts through a [`HostMemory`](crate::model::HostMemory), and bounds
//! every answer in time and size. It follows no link of its own accord and judges no content:
//! whether a page is a wall or a list is for the parser to say.

mod answer;
mod body;
mod client;
mod error;
mod gate;
mod guard;
mod host;
mod pattern;
mod policy;
mod retry;
mod robots;
mod robots_file;
mod settings;
mod wire;

#[cfg(test)]
mod loopback;

pub use client::{Exchange, Fetched, Fetcher};
pub use error::{FetchError, SizeCap, Stage};
pub use host::same_site;
pub use policy::Policy;
pub use robots::{RobotsRules, RobotsVerdict};
pub use robots_file::RobotsWord;
pub use settings::{PRODUCT_TOKEN, Settings, user_agent};

/// Reads a body that comes in pieces, as a fuzz target gives it; `None` where a limit or damage stops it.
#[cfg(fuzzing)]
#[must_use]
pub fn unfold(coding: &str, sent: &[u8], piece: usize, cap: u64) -> Option<Vec<u8>> {
    let caps = body::Caps { compressed: cap, decompressed: cap, ratio: 100 };
    let mut incoming = body::IncomingBody::new(body::Coding::of(coding).ok()?, caps);
    for chunk in sent.chunks(piece.max(1)) {
        incoming.push(chunk).ok()?;
    }
    incoming.finish().ok()
}
