//! Checks of the database: soundness, schema, sizes, room on its disk, clock, copies, lock.

use chrono::TimeDelta;

use super::{Finding, Opened, size};
use crate::cli::context::Context;
use crate::store::{Store, StoreError, free_bytes, lock_holder};

/// A WAL beyond this should have been written back.
const LARGE_WAL: u64 = 128 << 20;
/// With less room than this nothing can be relied on.
const LEAST_ROOM: u64 = 50_000_000;
/// A clock may stand this much before what was stored last.
const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(5);

/// Checks the database and gives it, where it can be read.
pub(super) fn findings(context: &Context) -> (Opened, Vec<Finding>) {
    let path = context.path();
    let mut findings = Vec::new();
    let store = if path.exists() {
        match Store::open_read_only(path) {
            Ok(store) => Some(store),
            Err(error) => {
                findings.push(unopened(&error));
                None
            }
        }
    } else {
        findings
            .push(Finding::ok("database", format!("{} is not there yet; `jobrounds poll` makes it", path.display())));
        None
    };
    if let Some(store) = &store {
        findings.push(soundness(context, store));
        findings.extend(restored(store));
        findings.extend(clock(context, store));
        findings.extend(coding(context, store));
    }
    findings.push(room(context, store.as_ref()));
    findings.push(copies(context));
    let holder = lock_holder(path);
    findings.push(Finding::ok(
        "lock",
        holder.map_or_else(|| "nobody polls now".to_owned(), |holder| format!("held by {holder}")),
    ));
    (store, findings)
}

/// The error's own text names file and remedy.
fn unopened(error: &StoreError) -> Finding {
    let text = error.to_string();
    let (text, remedy) = text.rsplit_once(": ").unwrap_or((&text, "see the log with -vv"));
    Finding::fail("database", text, remedy)
}

fn soundness(context: &Context, store: &Store) -> Finding {
    let path = context.path().display();
    let counted = store.integrity_check().and_then(|faults| Ok((faults, store.counts()?)));
    match counted {
        Ok((faults, counts)) if faults.is_empty() => {
            let text = format!(
                "{path}: sound; {} postings, {} jobs, {} of them open",
                counts.postings, counts.jobs, counts.open_jobs
            );
            Finding::ok("database", text)
        }
        Ok((faults, _)) => {
            let remedy = "stop the daemon and put a backup in its place: `jobrounds restore FILE`";
            Finding::fail("database", format!("{path}: {}", faults.join("; ")), remedy)
        }
        Err(error) => unopened(&error),
    }
}

fn restored(store: &Store) -> Option<Finding> {
    let at = store.restored_at().ok().flatten()?;
    let text = format!("restored from a backup at {}; mail is paused", at.format("%Y-%m-%d %H:%M UTC"));
    Some(Finding::warn("restored", text, "look at what has been sent since the backup, then let mail leave again"))
}

/// What another vocabulary has coded answers filters as that one did.
fn coding(context: &Context, store: &Store) -> Option<Finding> {
    let coder = context.coder().ok()?;
    let other = store.postings_to_recode(coder.fingerprint()).ok()?;
    let text = format!("{other} postings were coded by another vocabulary, or by none");
    (other > 0).then(|| Finding::warn("coding", text, "run `jobrounds recode`; a daemon does it when it starts"))
}

/// Due times, waiting times and ages are all judged by the clock.
fn clock(context: &Context, store: &Store) -> Option<Finding> {
    let latest = store.latest_moment().ok().flatten()?;
    let now = context.clock.now();
    let stamp = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M UTC");
    if now + CLOCK_SLACK < latest {
        let text = format!("it is {} here, and something was stored at {}", stamp(now), stamp(latest));
        return Some(Finding::fail("clock", text, "set the machine's clock (timedatectl set-ntp true)"));
    }
    Some(Finding::ok("clock", format!("{}, after all that is stored", stamp(now))))
}

fn room(context: &Context, store: Option<&Store>) -> Finding {
    let Some(free) = free_bytes(context.path()) else {
        return Finding::warn("disk", "the system does not say how much room is left", "check the database's folder");
    };
    let standing = store.and_then(|store| store.standing(context.clock.now()).ok()).unwrap_or_default();
    let text = format!(
        "{} free; the database takes {}, its WAL {}",
        size(free),
        size(standing.database_bytes),
        size(standing.wal_bytes)
    );
    if free < LEAST_ROOM {
        Finding::fail("disk", text, "make room: polls, upgrades and backups all need it")
    } else if free < standing.database_bytes.saturating_mul(2) {
        Finding::warn("disk", text, "make room: an upgrade copies the database first")
    } else if standing.wal_bytes > LARGE_WAL {
        Finding::warn("disk", text, "some process keeps the database open and reads for long; end it")
    } else {
        Finding::ok("disk", text)
    }
}

/// Copies beside the database; when others were made is not known here.
fn copies(context: &Context) -> Finding {
    let path = context.path();
    let own = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| std::path::Path::new("."));
    let is_copy = |name: &str| {
        name.strip_prefix(&own).is_some_and(|rest| rest.starts_with(".v") || rest.starts_with(".before-restore-"))
    };
    let sizes: Vec<u64> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| is_copy(&entry.file_name().to_string_lossy()))
        .filter_map(|entry| Some(entry.metadata().ok()?.len()))
        .collect();
    let advice = "`jobrounds backup FILE` makes one while the daemon runs; keep some on another machine";
    let text = match sizes.len() {
        0 => advice.to_owned(),
        count => {
            format!("{count} made by upgrades or restores beside the database ({}); {advice}", size(sizes.iter().sum()))
        }
    };
    Finding::ok("backups", text)
}
