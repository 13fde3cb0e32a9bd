//! Feeds: RSS, RDF, Atom and JSON Feed, well-formed or not, in any encoding.
#![no_main]

use jobrounds::model::{Engine, PageKind};
use jobrounds_fuzz::{choice, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, body)) = choice(data) else { return };
    let engine = if choice & 1 == 0 { Engine::Rss } else { Engine::Bti };
    let media_type = ["application/rss+xml", "application/feed+json", "text/html", ""][usize::from(choice >> 1 & 3)];
    let charset = [None, Some("utf-8"), Some("windows-1252"), Some("utf-16")][usize::from(choice >> 3 & 3)];
    read(engine, PageKind::List, "/jobs/?display=rss", media_type, charset, body);
});
