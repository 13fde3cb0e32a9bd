//! The subject line: what it is, how many, and the first of them by name.

use super::clean::short_line;
use super::compose::{Digest, DigestSection, Item};
use super::request::SectionKind;

/// Writes `3 new HIM jobs: Inpatient Coder at Mercy Health and 2 more`.
pub(super) fn subject(digest: &Digest) -> String {
    let Some(section) = digest.sections.first() else { return nothing_new(digest) };
    let counted = counted(&digest.heading, section);
    let Some(first) = first_job(section) else { return counted };
    match section.total.saturating_sub(1) {
        0 => format!("{counted}: {first}"),
        more => format!("{counted}: {first} and {more} more"),
    }
}

fn nothing_new(digest: &Digest) -> String {
    let outages = match digest.outages.iter().filter(|outage| !outage.was_read).count() {
        0 => String::new(),
        1 => ", 1 board could not be read".to_owned(),
        n => format!(", {n} boards could not be read"),
    };
    match noun(&digest.heading) {
        Some(noun) => format!("No new {noun}{outages}"),
        None => format!("{}: nothing new{outages}", digest.heading),
    }
}

/// Gives `HIM jobs` of `New HIM jobs`; `None` when the heading is not of that form.
fn noun(heading: &str) -> Option<&str> {
    let noun = heading.strip_prefix("New ").or_else(|| heading.strip_prefix("new ")).unwrap_or(heading);
    (noun.ends_with(" jobs") || noun == "jobs").then_some(noun)
}

/// Writes `3 new HIM jobs`, `1 HIM job that may match`, `Remote coding: 3 new jobs`.
fn counted(heading: &str, section: &DigestSection) -> String {
    let count = section.total;
    let (prefix, noun) = match noun(heading) {
        Some(noun) => (String::new(), noun),
        None => (format!("{heading}: "), "jobs"),
    };
    let noun = if count == 1 { noun.strip_suffix('s').unwrap_or(noun) } else { noun };
    match section.kind {
        SectionKind::New => format!("{prefix}{count} new {noun}"),
        SectionKind::Reopened => format!("{prefix}{count} {noun} open again"),
        SectionKind::Updated => format!("{prefix}{count} changed {noun}"),
        SectionKind::ClosingSoon => format!("{prefix}{count} {noun} closing soon"),
        SectionKind::NewlyCoded => format!("{prefix}{count} newly coded {noun}"),
        SectionKind::MayMatch => format!("{prefix}{count} {noun} that may match"),
    }
}

fn first_job(section: &DigestSection) -> Option<String> {
    let (title, employer) = section.items.first().map(|item| match item {
        Item::Job(entry) => (Some(entry.title.as_str()), entry.employer.as_deref()),
        Item::Also(also) => (also.jobs.first().map(|job| job.title.as_str()), Some(also.employer.as_str())),
    })?;
    let title = short_line(title?, 60);
    Some(employer.map_or_else(|| title.clone(), |employer| format!("{title} at {}", short_line(employer, 40))))
}

#[cfg(test)]
mod tests {
    use crate::digest::{Section, SectionKind, compose, sample};
    use crate::model::BoardState;

    #[test]
    fn the_subject_counts_and_names_the_first() {
        let jobs: Vec<_> = (0..3).map(|n| sample::job(&n.to_string(), "Inpatient Coder", "Mercy Health")).collect();
        let subject = |take: usize, kind, heading| {
            let mut request = sample::request(vec![Section { kind, jobs: jobs.iter().take(take).collect() }]);
            request.heading = heading;
            compose(&request).subject
        };
        let new = SectionKind::New;
        assert_eq!(subject(3, new, "New HIM jobs"), "3 new HIM jobs: Inpatient Coder at Mercy Health and 2 more");
        assert_eq!(subject(1, new, "New HIM jobs"), "1 new HIM job: Inpatient Coder at Mercy Health");
        assert_eq!(subject(1, new, "Remote coding"), "Remote coding: 1 new job: Inpatient Coder at Mercy Health");
        let may = SectionKind::MayMatch;
        assert_eq!(subject(1, may, "New HIM jobs"), "1 HIM job that may match: Inpatient Coder at Mercy Health");
    }

    #[test]
    fn an_empty_digest_says_so_and_counts_unreadable_boards() {
        let mut request = sample::request(Vec::new());
        assert_eq!(compose(&request).subject, "No new HIM jobs");
        request.boards.get_mut(&sample::board("ahima")).unwrap().health.state = BoardState::Walled;
        assert_eq!(compose(&request).subject, "No new HIM jobs, 1 board could not be read");
    }
}
