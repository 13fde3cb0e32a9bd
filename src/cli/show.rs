//! `show`: one job with all its postings, every field's raw value and ground.

use super::arguments::ShowArguments;
use super::context::Context;
use super::format::Format;
use super::{Outcome, job_text, output, show_history, show_links};
use crate::model::{Job, provenance};
use crate::pipeline::dressed;

pub(super) fn run(context: &Context, wanted: &ShowArguments) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let store = context.reader()?;
    let Some(job) = store.job(&wanted.job, context.clock.now())? else {
        output::complain(&format!(
            "no job `{}`: take an id from `jobrounds search`, BOARD/POSTING, or an address",
            wanted.job
        ));
        return Ok(Outcome::Partly);
    };
    let job = dressed(job);
    let history = if wanted.history { store.history(&job.id)? } else { Vec::new() };
    let rulings = if wanted.explain { store.rulings(&job.id)? } else { Vec::new() };
    if format != Format::Table {
        let mut value = serde_json::to_value(&job)?;
        if let Some(object) = value.as_object_mut() {
            object.insert("provenance".into(), serde_json::to_value(provenance(&job))?);
        }
        if let (true, Some(object)) = (wanted.history, value.as_object_mut()) {
            object.insert("history".into(), serde_json::to_value(&history)?);
        }
        if let (true, Some(object)) = (wanted.explain, value.as_object_mut()) {
            object.insert("rulings".into(), serde_json::to_value(&rulings)?);
        }
        match format {
            Format::Json => output::print_json(&value)?,
            _ => output::print_line(&value)?,
        }
        return Ok(Outcome::Done);
    }
    output::print(&job_text::job(&job))?;
    if job.postings.len() > 1 {
        output::print(&sources(&job))?;
    }
    if wanted.explain {
        output::print(&show_links::explained(&store, &job, &rulings, context.clock.now())?)?;
    }
    if wanted.history {
        output::print(&show_history::told(&job, &history))?;
    }
    Ok(Outcome::Done)
}

/// Says which posting's value the job took, and by which rule; where the postings differ, all of them.
fn sources(job: &Job) -> String {
    let mut lines = vec![String::new(), "Where the values come from".to_owned()];
    for field in provenance(job) {
        let from = field.taken_from.as_ref().map_or_else(String::new, |posting| format!("{posting}: "));
        lines.push(job_text::labelled(field.field.trim_start_matches("codes."), &format!("{from}{}", field.rule)));
        if field.conflict {
            let each = field.said.iter().map(|said| {
                format!("{} says {} ({})", said.posting, job_text::value_text(&field.field, &said.value), said.basis)
            });
            lines.push(job_text::labelled("they differ", &each.collect::<Vec<_>>().join("\n")));
        }
    }
    lines.join("\n")
}
