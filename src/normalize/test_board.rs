//! A board and a posting for the tests of this stage.

use chrono_tz::Tz;

use crate::model::{BoardFacts, BoardId, Engine, RawPosting};

/// Gives an American board of this name; `usajobs` runs its own engine, the others JSON-LD.
pub(super) fn board(id: &str) -> BoardFacts {
    BoardFacts {
        id: BoardId::new(id).unwrap(),
        engine: if id == "usajobs" { Engine::Usajobs } else { Engine::Jsonld },
        zone: Tz::America__New_York,
        base_url: format!("https://{id}.example/").parse().unwrap(),
        country: Some("US".to_owned()),
    }
}

/// Gives a posting with an id and a title.
pub(super) fn him_posting() -> RawPosting {
    RawPosting {
        posting_id: Some("38312412".to_owned()),
        title: Some("Inpatient Coder II".to_owned()),
        ..RawPosting::default()
    }
}
