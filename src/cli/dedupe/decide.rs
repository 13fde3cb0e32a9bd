//! `dedupe same`, `different` and `undo`: what people decide.

use super::{ByArguments, RulingArguments, judge, refused};
use crate::cli::context::Context;
use crate::cli::format::Format;
use crate::cli::{Outcome, output};
use crate::model::Ruling;
use crate::store::{Decided, Decision};

pub(super) fn rule(context: &Context, wanted: &RulingArguments, ruling: Ruling) -> anyhow::Result<Outcome> {
    let decision = Decision {
        a: wanted.pair.a.clone(),
        b: wanted.pair.b.clone(),
        ruling,
        who: wanted.by.who(),
        why: wanted.why.clone(),
        now: context.clock.now(),
        judge: judge(),
    };
    let format = context.format_without_csv()?;
    tell(format, &context.store()?.decide(decision).map_err(refused)?)
}

pub(super) fn undo(context: &Context, event: i64, by: &ByArguments) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let decided = context.store()?.undo(&judge(), event, &by.who(), context.clock.now()).map_err(refused)?;
    tell(format, &decided)
}

fn tell(format: Format, decided: &Decided) -> anyhow::Result<Outcome> {
    match format {
        Format::Json => output::print_json(decided)?,
        Format::Jsonl => output::print_line(decided)?,
        _ => output::print(&in_words(decided))?,
    }
    Ok(Outcome::Done)
}

/// Says what was done, to which jobs, and how it is taken back.
pub(super) fn in_words(decided: &Decided) -> String {
    let Decided { event, job_a, job_b, says } = decided;
    let jobs = if job_a == job_b {
        format!("they are job {job_a} now")
    } else {
        format!("they are the jobs {job_a} and {job_b} now")
    };
    format!("{says}\n{jobs}; `jobrounds dedupe undo {event}` takes it back")
}
