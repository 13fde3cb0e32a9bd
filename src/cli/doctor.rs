//! `doctor`, `healthcheck` and `backup`: is everything in order, and a copy while it is in use.

use std::path::Path;

use super::context::Context;
use super::{Outcome, output};
use crate::model::BoardState;
use crate::store::Store;

/// One finding.
struct Finding {
    well: bool,
    text: String,
}

pub(super) fn run(context: &Context) -> anyhow::Result<Outcome> {
    let mut findings = vec![configuration(context)];
    if context.path().exists() {
        let store = context.reader()?;
        findings.push(database(context, &store));
        findings.extend(boards(context, &store)?);
    } else {
        let text = format!("database {}: not there yet; `jobrounds poll` makes it", context.path().display());
        findings.push(Finding { well: true, text });
    }
    for finding in findings.iter().filter(|finding| !finding.well || !context.quiet) {
        let text = super::job_text::wrapped(&finding.text, output::width() - 5).join("\n     ");
        output::print(&format!("{} {text}", if finding.well { "ok  " } else { "FAIL" }))?;
    }
    Ok(if findings.iter().all(|finding| finding.well) { Outcome::Done } else { Outcome::Partly })
}

fn configuration(context: &Context) -> Finding {
    let enabled = context.config.boards.iter().filter(|board| board.enabled).count();
    for board in &context.config.boards {
        if let Err(why) = crate::parse::check_selectors(board) {
            return Finding { well: false, text: format!("configuration: board `{}`: {why}", board.id) };
        }
    }
    Finding { well: true, text: format!("configuration: {} boards, {enabled} enabled", context.config.boards.len()) }
}

fn database(context: &Context, store: &Store) -> Finding {
    let path = context.path().display();
    match (store.integrity_check(), store.counts()) {
        (Ok(faults), Ok(counts)) if faults.is_empty() => {
            let text = format!(
                "database {path}: sound; {} postings, {} jobs, {} of them open",
                counts.postings, counts.jobs, counts.open_jobs
            );
            Finding { well: true, text }
        }
        (Ok(faults), Ok(_)) => {
            Finding { well: false, text: format!("database {path}: {}; restore a backup", faults.join("; ")) }
        }
        (Err(error), _) | (_, Err(error)) => Finding { well: false, text: format!("database {path}: {error}") },
    }
}

fn boards(context: &Context, store: &Store) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for board in context.config.boards.iter().filter(|board| board.enabled) {
        let health = store.board_health(&board.id)?;
        let well = health.state.is_readable() || health.state == BoardState::Unknown;
        let why = health.why.map(|why| format!(": {why}")).unwrap_or_default();
        let remedy = health.remedy.map(|remedy| format!(" ({remedy})")).unwrap_or_default();
        findings.push(Finding { well, text: format!("board {}: {}{why}{remedy}", board.id, health.state.as_str()) });
    }
    Ok(findings)
}

/// Says by its exit code alone whether the database can be read; for containers. A board that walls
/// or moves is no fault of this machine.
pub(super) fn healthcheck(context: &Context) -> anyhow::Result<Outcome> {
    let faults = context.reader()?.quick_check()?;
    for fault in &faults {
        output::complain(fault);
    }
    Ok(if faults.is_empty() { Outcome::Done } else { Outcome::Partly })
}

/// Writes a copy of the database while it is in use.
pub(super) fn backup(context: &Context, file: &Path) -> anyhow::Result<Outcome> {
    anyhow::ensure!(!file.exists(), "{} exists already: name a new file", file.display());
    context.reader()?.backup(file)?;
    output::say(&format!("wrote {}", file.display()));
    Ok(Outcome::Done)
}
