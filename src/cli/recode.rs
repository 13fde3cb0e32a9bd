//! `recode` and `vocabulary`: stored postings coded anew, and the vocabulary looked at.

use super::arguments::{RecodeArguments, VocabularyCommand};
use super::context::Context;
use super::format::Format;
use super::{Outcome, output};
use crate::coding::{VocabularyFiles, vocabulary_findings};
use crate::model::CodeKind;
use crate::pipeline::recode;
use crate::store::DatabaseLock;

/// How many jobs are named where nobody asked for all.
const SHOWN: usize = 20;

pub(super) fn run(context: &Context, wanted: &RecodeArguments) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let now = context.clock.now();
    let _alone = DatabaseLock::take(context.path(), "recode", now)?;
    let (store, coder) = (context.store()?, context.coder()?);
    let report = recode(&store, &coder, (now, wanted.dry_run), |_| {})?;
    if format != Format::Table {
        let jobs: Vec<_> =
            report.jobs.iter().map(|(id, what)| serde_json::json!({"job": id, "changed": what})).collect();
        let value = serde_json::json!({
            "vocabulary": coder.fingerprint(), "dry_run": wanted.dry_run, "postings": report.postings,
            "changed": report.changed, "jobs": jobs,
        });
        output::print_json(&value)?;
        return Ok(Outcome::Done);
    }
    let would = if wanted.dry_run { "would be " } else { "" };
    output::say(&format!(
        "{} postings looked at, {} {would}coded otherwise; {} jobs answer filters otherwise",
        report.postings,
        report.changed,
        report.jobs.len()
    ));
    let most = if context.quiet { 0 } else { SHOWN };
    for (id, what) in report.jobs.iter().take(most) {
        output::print(&format!("{id}  {what}"))?;
    }
    if report.jobs.len() > most && !context.quiet {
        output::say(&format!("and {} more; --format json has all", report.jobs.len() - most));
    }
    Ok(Outcome::Done)
}

pub(super) fn vocabulary(context: &Context, command: &VocabularyCommand) -> anyhow::Result<Outcome> {
    match command {
        VocabularyCommand::Check => check(context),
        VocabularyCommand::List { kind } => list(context, kind.as_deref()),
    }
}

/// Builds the vocabulary with the operator's files over it; a fault is told with file and entry.
fn check(context: &Context) -> anyhow::Result<Outcome> {
    let files = VocabularyFiles::with_overrides(&context.config.vocabulary)?;
    let coder = context.coder()?;
    for (name, _) in &context.config.vocabulary {
        output::say(&format!(
            "{} is laid over the compiled one",
            context.config.home.join("vocabulary").join(name).display()
        ));
    }
    for kind in CodeKind::ALL {
        output::print(&format!("{:>4}  {}", coder.ids(kind).len(), kind.plural()))?;
    }
    // Of the compiled files only how much they hold: their doubles are meant, and held by tests.
    let own =
        |finding: &str| context.config.vocabulary.iter().any(|(name, _)| finding.starts_with(&format!("`{name}`")));
    for finding in vocabulary_findings(&files).iter().filter(|one| own(one) || one.ends_with(" phrases")) {
        output::print(finding)?;
    }
    output::say(&format!("the vocabulary can be used; its fingerprint is {}", files.fingerprint()));
    Ok(Outcome::Done)
}

fn list(context: &Context, kind: Option<&str>) -> anyhow::Result<Outcome> {
    let coder = context.coder()?;
    let wanted = kind.map(str::to_lowercase);
    let kinds: Vec<CodeKind> = CodeKind::ALL
        .into_iter()
        .filter(|known| wanted.as_deref().is_none_or(|word| known.plural().starts_with(word)))
        .collect();
    if kinds.is_empty() {
        let known = CodeKind::ALL.map(CodeKind::plural).join(", ");
        return Err(super::context::UsageError(format!("no such kind: use one of {known}")).into());
    }
    for kind in kinds {
        for id in coder.ids(kind) {
            output::print(&format!("{:<16}{id}", kind.plural()))?;
        }
    }
    Ok(Outcome::Done)
}
