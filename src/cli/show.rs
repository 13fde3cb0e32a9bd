//! `show`: one job with all its postings, every field's raw value and ground.

use super::arguments::ShowArguments;
use super::context::Context;
use super::format::Format;
use super::{Outcome, job_text, output};
use crate::model::{Job, JobEvent, provenance};
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
    if format != Format::Table {
        let mut value = serde_json::to_value(&job)?;
        if let Some(object) = value.as_object_mut() {
            object.insert("provenance".into(), serde_json::to_value(provenance(&job))?);
        }
        if let (true, Some(object)) = (wanted.history, value.as_object_mut()) {
            object.insert("history".into(), serde_json::to_value(&history)?);
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
        output::print(&explained(&job))?;
    }
    if wanted.history {
        output::print(&told(&history))?;
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

/// Says why the postings are one job.
fn explained(job: &Job) -> String {
    let mut lines = vec![String::new(), "Why these postings are one job".to_owned()];
    if job.links.is_empty() {
        lines.push(job_text::labelled("", "it has one posting; nothing was joined"));
    }
    for link in &job.links {
        lines.push(format!("{} and {}: {:.0} %", link.a, link.b, link.probability * 100.0));
        for point in &link.evidence {
            lines.push(job_text::labelled(&format!("{:+.1}", point.points), &point.says));
        }
    }
    lines.join("\n")
}

/// Tells what happened to the job.
fn told(history: &[JobEvent]) -> String {
    let mut lines = vec![String::new(), "History".to_owned()];
    for event in history {
        let detail =
            [event.posting.as_deref(), event.detail.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(": ");
        lines.push(job_text::labelled(
            &event.at.format("%m-%d %H:%M").to_string(),
            &format!("{} {detail}", event.kind.as_str()),
        ));
    }
    lines.join("\n")
}
