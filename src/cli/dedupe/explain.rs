//! `dedupe explain`: the points for and against two postings being one job.

use super::points::{in_words, points, why_not};
use super::{PairArguments, judge, refused};
use crate::cli::context::Context;
use crate::cli::format::Format;
use crate::cli::{Outcome, job_text, output};
use crate::model::Posting;
use crate::store::{Comparison, Store};

pub(super) fn run(context: &Context, pair: &PairArguments) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let store = context.store()?;
    let compared = store.explain_pair(&judge(), &pair.a, &pair.b, context.clock.now()).map_err(refused)?;
    match format {
        Format::Json => output::print_json(&compared)?,
        Format::Jsonl => output::print_line(&compared)?,
        _ => output::print(&told(&store, &compared)?)?,
    }
    Ok(Outcome::Done)
}

fn told(store: &Store, compared: &Comparison) -> anyhow::Result<String> {
    let mut lines = Vec::new();
    for (name, job) in [(&compared.a, &compared.jobs.0), (&compared.b, &compared.jobs.1)] {
        lines.push(format!("{name} in job {job}"));
        let posting = store.posting(name).map_err(refused)?;
        lines.push(job_text::labelled("", &posting.title_or_key()));
        lines.extend(who_and_where(&posting).map(|text| job_text::labelled("", &text)));
    }
    lines.push(String::new());
    lines.push(in_words(compared.verdict.kind, compared.verdict.probability));
    lines.extend(compared.ruled.iter().cloned());
    lines.push(points(&compared.verdict.evidence));
    lines.push(String::new());
    lines.push(match why_not(compared) {
        Some(why) => job_text::labelled("why not", &why),
        None => job_text::labelled("so", "both are in one job"),
    });
    Ok(lines.join("\n"))
}

fn who_and_where(posting: &Posting) -> Option<String> {
    let place = posting.job_location.value.as_ref().and_then(|places| places.first()).map(job_text::place);
    let parts = [posting.hiring_organization.value.clone(), place];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}
