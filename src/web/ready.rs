//! Whether the daemon can do its work, check by check.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{READY_WITHIN, WebState};
use crate::store::StoreError;

/// How long a good answer of the database stands. Each check writes one row for good, which is the
/// only proof that writing works, and once a minute is enough of it.
const GOOD_STANDS: Duration = Duration::from_mins(1);
/// How long a bad one stands.
const BAD_STANDS: Duration = Duration::from_secs(2);

/// One check's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Whether all is well.
    pub ok: bool,
    /// What is not, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Check {
    fn well() -> Self {
        Self { ok: true, why: None }
    }

    fn failed(why: impl Into<String>) -> Self {
        Self { ok: false, why: Some(why.into()) }
    }
}

/// What `/readyz` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readiness {
    /// Whether every check is well.
    pub ready: bool,
    /// Each check by name: `database`, `scheduler`, `schema`.
    pub checks: BTreeMap<String, Check>,
    /// The daemon's version.
    pub version: String,
}

impl Readiness {
    /// Names the checks that failed, with what is wrong.
    #[must_use]
    pub fn failed(&self) -> Vec<(&str, &str)> {
        let failed = self.checks.iter().filter(|(_, check)| !check.ok);
        failed.map(|(name, check)| (name.as_str(), check.why.as_deref().unwrap_or("is not well"))).collect()
    }
}

/// What the database answered lately.
pub(super) struct DatabaseCheck {
    at: Instant,
    database: Check,
    schema: Check,
}

impl DatabaseCheck {
    fn stands(&self) -> bool {
        self.at.elapsed() < if self.database.ok && self.schema.ok { GOOD_STANDS } else { BAD_STANDS }
    }
}

/// Makes every check.
pub(super) async fn check(state: &WebState) -> Readiness {
    let (database, schema) = of_database(state).await;
    let checks = BTreeMap::from([
        ("database".to_owned(), database),
        ("schema".to_owned(), schema),
        ("scheduler".to_owned(), of_scheduler(state)),
    ]);
    let ready = checks.values().all(|check| check.ok);
    Readiness { ready, checks, version: env!("CARGO_PKG_VERSION").to_owned() }
}

fn of_scheduler(state: &WebState) -> Check {
    let age = state.beat.age();
    if !state.beat.has_begun() {
        Check::failed("has not begun yet")
    } else if age < READY_WITHIN {
        Check::well()
    } else {
        Check::failed(format!("has not beaten for {} s", age.as_secs()))
    }
}

async fn of_database(state: &WebState) -> (Check, Check) {
    // Held while the database is asked, so that others wait for the same answer.
    let mut kept = state.database.lock().await;
    if let Some(kept) = kept.as_ref().filter(|kept| kept.stands()) {
        return (kept.database.clone(), kept.schema.clone());
    }
    let now = state.clock.now();
    let answer = state.ask(move |store| (store.probe(now), store.check_schema())).await;
    let (database, schema) = match answer {
        Some((written, schema)) => (checked(written), checked(schema)),
        None => (Check::failed("does not answer in time"), Check::failed("cannot be read")),
    };
    let was_well = kept.as_ref().is_none_or(|before| before.database.ok && before.schema.ok);
    if was_well && let Some(why) = database.why.as_ref().or(schema.why.as_ref()) {
        tracing::warn!("the database is not ready: {why}");
    }
    *kept = Some(DatabaseCheck { at: Instant::now(), database: database.clone(), schema: schema.clone() });
    (database, schema)
}

/// Says what is wrong without paths: this answer may be public.
fn checked(answer: Result<(), StoreError>) -> Check {
    match answer {
        Ok(()) => Check::well(),
        Err(StoreError::DiskFull { .. }) => Check::failed("the disk is full"),
        Err(StoreError::Locked { .. }) => Check::failed("is locked by another process"),
        Err(StoreError::NewerSchema { found, known, .. }) => {
            Check::failed(format!("is {found}, newer than this program's {known}: restart the newer jobrounds"))
        }
        Err(StoreError::Damaged { .. }) => Check::failed("is damaged: restore a backup"),
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "a check of the database failed");
            Check::failed("cannot be written; `jobrounds doctor` says more")
        }
    }
}
