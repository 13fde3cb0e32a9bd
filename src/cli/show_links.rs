//! `show --explain`: why a job's postings are one, what may be the same, what was advertised before.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::dedupe::{percent, points};
use super::job_text::labelled;
use crate::model::{Job, Link, LinkKind};
use crate::store::{Ruled, Store, StoreError};

/// What another job's posting is to the job.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Possible,
    Before,
    After,
}

/// Writes the three parts, and what people have ruled.
pub(super) fn explained(store: &Store, job: &Job, rulings: &[Ruled], now: DateTime<Utc>) -> Result<String, StoreError> {
    let own: BTreeSet<String> =
        job.postings.iter().map(|posting| format!("{}/{}", posting.board, posting.posting_id)).collect();
    let mut lines = vec![String::new(), "Why these postings are one job".to_owned()];
    let (within, beyond): (Vec<&Link>, Vec<&Link>) =
        job.links.iter().partition(|link| own.contains(&link.a) && own.contains(&link.b));
    if own.len() < 2 {
        lines.push(labelled("", "it has one posting; nothing was joined"));
    }
    for link in &within {
        lines.push(link_text(link, rulings));
    }
    let is_told = |ruled: &&Ruled| !job.links.iter().any(|link| is_of(ruled, link));
    for ruled in rulings.iter().filter(is_told) {
        lines.push(format!("{} and {}", ruled.a, ruled.b));
        lines.push(ruled_text(ruled));
    }
    let mut others = Vec::new();
    for link in beyond {
        let name = if own.contains(&link.a) { &link.b } else { &link.a };
        let other = store.job(name, now)?;
        let relation = match (link.kind, &other) {
            (LinkKind::Earlier, Some(other)) if since(other, name) > own_since(job, link) => Relation::After,
            (LinkKind::Earlier, _) => Relation::Before,
            _ => Relation::Possible,
        };
        let title = other.and_then(|other| Some(format!("  {} is job {}: {}", name, other.id, other.title?)));
        others.push((relation, link, title));
    }
    for (relation, heading) in [
        (Relation::Possible, "Possibly the same"),
        (Relation::Before, "Advertised before"),
        (Relation::After, "Advertised again since"),
    ] {
        let mut these = others.iter().filter(|(of, ..)| *of == relation).peekable();
        if these.peek().is_some() {
            lines.extend([String::new(), heading.to_owned()]);
        }
        for (_, link, title) in these {
            lines.push(link_text(link, rulings));
            lines.extend(title.clone());
        }
    }
    Ok(lines.join("\n"))
}

/// Gives since when a posting of a job is advertised.
fn since(job: &Job, name: &str) -> Option<NaiveDate> {
    let posting = job.postings.iter().find(|posting| format!("{}/{}", posting.board, posting.posting_id) == name)?;
    Some(posting.date_posted.unwrap_or_else(|| posting.first_seen.date_naive()))
}

fn own_since(job: &Job, link: &Link) -> Option<NaiveDate> {
    since(job, &link.a).or_else(|| since(job, &link.b))
}

fn is_of(ruled: &Ruled, link: &Link) -> bool {
    (ruled.a == link.a && ruled.b == link.b) || (ruled.a == link.b && ruled.b == link.a)
}

fn link_text(link: &Link, rulings: &[Ruled]) -> String {
    let mut lines = vec![format!("{} and {}: {}", link.a, link.b, percent(link.probability))];
    lines.extend(rulings.iter().filter(|ruled| is_of(ruled, link)).map(ruled_text));
    if !link.evidence.is_empty() {
        lines.push(points(&link.evidence));
    }
    lines.join("\n")
}

fn ruled_text(ruled: &Ruled) -> String {
    let why = ruled.why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
    labelled("ruled", &format!("{} by {} on {}{why}", ruled.ruling, ruled.who, ruled.at.format("%Y-%m-%d")))
}
