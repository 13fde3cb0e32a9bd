//! API answers: USAJOBS in its three forms, Web Scribble, and JSON by pointers.
#![no_main]

use jobrounds::model::{Engine, PageKind};
use jobrounds_fuzz::{choice, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, body)) = choice(data) else { return };
    let detail = || PageKind::Detail { posting_id: String::new() };
    let (engine, kind, path) = match choice % 7 {
        0 => (Engine::Usajobs, PageKind::List, "/api/Search?Page=1&ResultsPerPage=500"),
        1 => (Engine::Usajobs, PageKind::List, "/api/historicjoa?PositionSeries=0675"),
        2 => (Engine::Usajobs, PageKind::Texts, "/api/historicjoa/announcementtext"),
        3 => (Engine::Webscribble, PageKind::List, "/api/v1/jobs?page=1"),
        4 => (Engine::Webscribble, detail(), "/api/v1/jobs/1"),
        5 => (Engine::Json, PageKind::List, "/jobs"),
        _ => (Engine::Json, detail(), "/jobs/1"),
    };
    read(engine, kind, path, "application/json", None, body);
});
