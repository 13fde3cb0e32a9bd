//! `why`: why a job was, or was not, in somebody's digests.

use serde_json::json;

use super::arguments::WhyArguments;
use super::context::Context;
use super::format::Format;
use super::{Outcome, mailing, output};
use crate::matching::{Answer, CriterionAnswer, SavedFilters, Verdict, evaluate, explain};
use crate::model::{Criteria, EventKind, JobId, MatchFacts, SavedSearch, SearchId, StatusFilter, ToldAs};
use crate::store::{JobNames, Store};

/// What was found out.
struct Findings {
    facts: MatchFacts,
    search: SavedSearch,
    verdict: Verdict,
    answers: Vec<CriterionAnswer>,
    tellings: Vec<(ToldAs, chrono::DateTime<chrono::Utc>, Option<SearchId>)>,
    waits: Option<ToldAs>,
    known: bool,
    pending: bool,
}

pub(super) fn run(context: &Context, wanted: &WhyArguments) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let (store, now) = (context.reader()?, context.clock.now());
    let Some(job) = store.job(&wanted.job, now)? else {
        output::complain(&format!("no job `{}`: take an id from `jobrounds search`", wanted.job));
        return Ok(Outcome::Partly);
    };
    let search = mailing::search_id(&wanted.subscription)?;
    let found = find(context, &store, &job.id, search)?;
    if format == Format::Table {
        output::print_wrapped(&in_words(&found, job.title.as_deref().unwrap_or("Title not stated")))?;
    } else {
        output::print_json(&as_json(&found))?;
    }
    Ok(Outcome::Done)
}

fn find(context: &Context, store: &Store, job: &JobId, id: SearchId) -> anyhow::Result<Findings> {
    let now = context.clock.now();
    let search = mailing::subscription(store, id)?.searches.remove(0);
    let filters: SavedFilters = search.filters.parse()?;
    let criteria = filters.criteria(Some(context.coder()?.as_ref()))?;
    let criteria = Criteria { status: StatusFilter::Open, ..criteria };
    let mut facts = store.match_facts(std::slice::from_ref(job), now)?;
    anyhow::ensure!(!facts.is_empty(), "job {job} cannot be read");
    let facts = facts.remove(0);
    let names = store.job_names(std::slice::from_ref(job), now)?;
    let names: &JobNames = names.get(job).ok_or_else(|| anyhow::anyhow!("job {job} cannot be read"))?;
    let waiting = store.waiting(&std::iter::once(id).collect())?;
    let history = store.history(job)?;
    Ok(Findings {
        verdict: evaluate(&criteria, &facts, now),
        answers: explain(&criteria, &facts, now),
        tellings: store.tellings(search.subscriber, names)?,
        waits: waiting.into_iter().find(|(_, waits, _)| waits == job).map(|(.., kind)| kind),
        known: names.any_in(&store.known_to(id)?),
        pending: history.iter().any(|event| event.id > search.cursor && event.kind != EventKind::Decided),
        facts,
        search,
    })
}

/// Says in one sentence how it came.
fn conclusion(found: &Findings) -> String {
    let matches = match &found.verdict {
        Verdict::Sure => "It matches",
        Verdict::May(_) => "It may match",
        Verdict::LeftOut => "It does not state what the search demands",
        Verdict::No => "It does not match",
    };
    let told = found.tellings.iter().map(|(kind, at, search)| {
        let by = search.filter(|search| *search != found.search.id);
        let by = by.map_or_else(String::new, |search| format!(" by subscription {search}"));
        format!("as {} on {}{by}", kind_in_words(*kind), at.format("%B %-d, %Y"))
    });
    let told: Vec<String> = told.collect();
    let is_wanted = matches!(found.verdict, Verdict::Sure | Verdict::May(_));
    let then = match (told.is_empty(), is_wanted) {
        (false, _) => format!("It was told {}.", told.join(", ")),
        (true, false) => "It was never told.".to_owned(),
        (true, true) if found.waits.is_some() => "It waits to be told in the next digest.".to_owned(),
        (true, true) if found.known && found.facts.first_seen < found.search.created_at => format!(
            "It was never told: it matched already when the subscription began on {}.",
            found.search.created_at.format("%B %-d, %Y")
        ),
        (true, true) if found.pending => format!(
            "It is to be told in the next digest, on {}.",
            found.search.due_at.with_timezone(&found.search.cadence.zone).format("%B %-d, %-I:%M %p %Z")
        ),
        (true, true) => "It was never told: nothing has happened to it since it first matched.".to_owned(),
    };
    format!("{matches}. {then}")
}

fn kind_in_words(kind: ToldAs) -> &'static str {
    match kind {
        ToldAs::New => "new",
        ToldAs::May => "one that may match",
        ToldAs::Coded => "newly coded",
        ToldAs::Reopened => "open again",
        ToldAs::Updated => "changed",
        ToldAs::Closing => "closing soon",
        ToldAs::Closed => "closed",
    }
}

fn in_words(found: &Findings, title: &str) -> String {
    let mut lines = vec![format!("{title} ({})", found.facts.job), conclusion(found), String::new()];
    for answer in &found.answers {
        let mark = match answer.answer {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Unknown => "unknown",
        };
        let known = if answer.known { " (must be stated)" } else { "" };
        lines.push(format!("{mark:8} {}{known}: {}", answer.asks, answer.why));
    }
    lines.join("\n")
}

fn as_json(found: &Findings) -> serde_json::Value {
    let verdict = match &found.verdict {
        Verdict::Sure => "sure",
        Verdict::May(_) => "may",
        Verdict::LeftOut => "left-out",
        Verdict::No => "no",
    };
    let criteria = found.answers.iter().map(|answer| {
        json!({
            "filter": answer.filter, "asks": answer.asks, "answer": answer.answer.as_str(),
            "must_be_stated": answer.known, "why": answer.why,
        })
    });
    let told = found.tellings.iter().map(
        |(kind, at, search)| json!({"as": kind.as_str(), "at": at, "subscription": search.map(|search| search.0)}),
    );
    json!({
        "job": found.facts.job, "subscription": found.search.id.0, "verdict": verdict,
        "criteria": criteria.collect::<Vec<_>>(), "told": told.collect::<Vec<_>>(),
        "waits": found.waits.map(ToldAs::as_str), "matched_before_subscription": found.known,
        "conclusion": conclusion(found),
    })
}
