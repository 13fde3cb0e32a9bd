//! Pages: lists and details of every engine that reads HTML, and sitemaps.
#![no_main]

use jobrounds::model::{Engine, PageKind};
use jobrounds_fuzz::{choice, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, body)) = choice(data) else { return };
    let detail = || PageKind::Detail { posting_id: String::new() };
    let (engine, kind, path, media_type) = match choice % 7 {
        0 => (Engine::Ymcareers, PageKind::List, "/jobs/", "text/html"),
        1 => (Engine::Ymcareers, detail(), "/job/coder/12345678/", "text/html"),
        2 => (Engine::Jsonld, PageKind::List, "/jobs/", "text/html"),
        3 => (Engine::Jsonld, detail(), "/job/1", "text/html"),
        4 => (Engine::Jsonld, PageKind::Sitemap, "/sitemap.xml", "application/xml"),
        5 => (Engine::Html, PageKind::List, "/jobs/", "text/html"),
        _ => (Engine::Html, detail(), "/job/1", "text/html"),
    };
    read(engine, kind, path, media_type, None, body);
});
