//! `dedupe rescore`: stored postings judged anew, or what that would change.

use super::judge;
use crate::cli::context::Context;
use crate::cli::format::Format;
use crate::cli::{Outcome, output};
use crate::pipeline::{RejudgeReport, Stale, rejudge};
use crate::store::DatabaseLock;

/// How many pairs are named where nobody asked for all.
const SHOWN: usize = 20;

pub(super) fn run(context: &Context, dry_run: bool) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let (judge, now) = (judge(), context.clock.now());
    let progress = |done: u64| {
        if output::watched() && !context.quiet {
            output::say(&format!("{done} postings judged anew"));
        }
    };
    let wanted = (Stale::Everything, now);
    let report = if dry_run {
        context.reader()?.on_a_copy(|copy| rejudge(copy, &judge, wanted, progress))?
    } else {
        let _alone = DatabaseLock::take(context.path(), "dedupe rescore", now)?;
        rejudge(&context.store()?, &judge, wanted, progress)?
    };
    if format == Format::Table {
        tell(&report, dry_run, context.quiet)?;
        return Ok(Outcome::Done);
    }
    let pairs = |pairs: &std::collections::BTreeSet<(String, String)>| -> Vec<serde_json::Value> {
        pairs.iter().map(|(a, b)| serde_json::json!({"a": a, "b": b})).collect()
    };
    let value = serde_json::json!({
        "model": judge.model(), "dry_run": dry_run, "postings": report.postings,
        "joined": pairs(&report.joined), "parted": pairs(&report.parted),
    });
    match format {
        Format::Json => output::print_json(&value)?,
        _ => output::print_line(&value)?,
    }
    Ok(Outcome::Done)
}

fn tell(report: &RejudgeReport, dry_run: bool, quiet: bool) -> anyhow::Result<()> {
    let (postings, joined, parted) = (report.postings, report.joined.len(), report.parted.len());
    let would = if dry_run { "would be " } else { "" };
    output::say(&format!(
        "{postings} postings {would}judged anew; pairs {would}joined: {joined}, {would}parted: {parted}"
    ));
    if quiet {
        return Ok(());
    }
    let joins = report.joined.iter().map(|pair| ("joined", pair));
    let parts = report.parted.iter().map(|pair| ("parted", pair));
    for (what, (a, b)) in joins.chain(parts).take(SHOWN) {
        output::print(&format!("{what}  {a}  {b}"))?;
    }
    if joined + parted > SHOWN {
        output::say(&format!("and {} more; --format json has all", joined + parted - SHOWN));
    }
    Ok(())
}
