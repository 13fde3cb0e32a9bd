//! `show --history`: what happened to a job, in words, with the numbers by which it can be undone.

use super::dedupe::percent;
use super::{job_text, output};
use crate::model::{EventKind, Job, JobEvent, JobId, LinkKind, PostingKey};

/// How far an event's number and its time reach.
const HEAD: usize = 26;

/// Tells the whole story, oldest first.
pub(super) fn told(job: &Job, history: &[JobEvent]) -> String {
    let mut lines =
        vec![String::new(), "History (UTC; `jobrounds dedupe undo NUMBER` takes a decision back)".to_owned()];
    let room = output::width().saturating_sub(HEAD).max(20);
    for event in history {
        let mut said = job_text::wrapped(&in_words(job, event), room).into_iter();
        let head = format!("{:>6}  {}  ", event.id, event.at.format("%Y-%m-%d %H:%M"));
        lines.push(format!("{head}{}", said.next().unwrap_or_default()));
        lines.extend(said.map(|line| format!("{:HEAD$}{line}", "")));
    }
    lines.join("\n")
}

/// Tells one event.
fn in_words(job: &Job, event: &JobEvent) -> String {
    let by = event.posting.as_ref().map_or_else(String::new, |posting| format!(" by {posting}"));
    let detail = event.detail.as_ref().map_or_else(String::new, |detail| format!(": {detail}"));
    let words = match event.kind {
        EventKind::Opened => format!("opened{by}{detail}"),
        EventKind::Founded => format!("first seen when it was closed already{by}{detail}"),
        EventKind::Joined => format!("joined{by}{}{detail}", likeness(job, event.posting.as_deref())),
        EventKind::Updated => format!("changed{by}{detail}"),
        EventKind::Closed => format!("closed{detail}"),
        EventKind::Reopened => format!("reopened{by}{detail}"),
        EventKind::Reposted => format!("advertised again{by}{detail}"),
        EventKind::Merged => format!("merged with job {}", event.detail.as_deref().unwrap_or_default()),
        EventKind::Split if is_founder(event) => format!("parted from another job{by}{detail}"),
        EventKind::Split => format!("left{by}{detail}"),
        EventKind::Coded => format!("coded {}", event.detail.as_deref().unwrap_or("anew")),
        EventKind::Decided => format!("decided{detail}"),
        EventKind::Described => format!("described more fully, or in other words{by}"),
    };
    // What happened to a job before it merged into this one is told with its name.
    if event.job == job.id { words } else { format!("{words} (job {})", event.job) }
}

/// Tells how probable it is that a posting belongs where it is, by its strongest link.
fn likeness(job: &Job, posting: Option<&str>) -> String {
    let Some(posting) = posting else { return String::new() };
    let is_own = |name: &str| job.postings.iter().any(|own| format!("{}/{}", own.board, own.posting_id) == name);
    let joins = |kind| matches!(kind, LinkKind::Exact | LinkKind::Same | LinkKind::Repost);
    let links = job.links.iter().filter(|link| {
        (link.a == posting && is_own(&link.b) || link.b == posting && is_own(&link.a)) && joins(link.kind)
    });
    let best = links.map(|link| link.probability).max_by(f64::total_cmp);
    best.map_or_else(String::new, |best| format!(" ({})", percent(best)))
}

/// Tells whether the event's posting is the one that its job is named after: it did not leave, it came back
/// to a job of its own.
fn is_founder(event: &JobEvent) -> bool {
    let key = event.posting.as_deref().and_then(|name| name.split_once('/'));
    let key = key.and_then(|(board, id)| {
        Some(PostingKey { board: crate::model::BoardId::new(board).ok()?, posting_id: id.to_owned() })
    });
    key.is_some_and(|key| JobId::founded_by(&key) == event.job)
}
