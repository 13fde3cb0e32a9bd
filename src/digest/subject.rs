//! The subject line: how many, of what, and the first of them by name.

use super::clean::short_line;
use super::compose::Digest;
use super::entry::Entry;
use super::request::SectionKind;

/// Mailers on telephones show half of this, on desks about all of it.
const LONGEST: usize = 78;
/// A title that is cut shorter than this says nothing any more.
const SHORTEST_TITLE: usize = 24;
/// Words of capitals that are names and stay so.
const CAPITALS: &str = "CCS-P CDIP CPHQ CTSS HCPCS HEDIS HIPAA RHIA RHIT";

/// Writes `3 new HIM jobs: Inpatient Coder at Mercy Health, and 2 more`.
///
/// The first kind of which the digest has any gives the count, over all its parts.
pub(super) fn subject(digest: &Digest) -> String {
    let kind = digest.sections().map(|(_, section)| section.kind).min();
    let Some(kind) = kind else { return without_open_jobs(digest) };
    let count = digest.sections().filter(|(_, section)| section.kind == kind).map(|(_, section)| section.total).sum();
    let counted = counted(&digest.heading, kind, count);
    let first = digest
        .sections()
        .filter(|(_, section)| section.kind == kind)
        .find_map(|(_, section)| section.items.first().or(section.briefs.first()).map(|item| &item.job.entry));
    first.map_or_else(|| counted.clone(), |entry| with_first(&counted, entry, count))
}

/// Names the first job as fully as fits.
fn with_first(counted: &str, entry: &Entry, count: usize) -> String {
    let title = calm(&entry.title);
    let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
    let employer =
        entry.employer.as_deref().map_or(String::new(), |name| format!(" at {}", short_line(&calm(name), 40)));
    let lengths = [format!("{employer}{more}"), employer, more, String::new()];
    let used = counted.chars().count() + 2;
    for rest in &lengths {
        let room = LONGEST.saturating_sub(used + rest.chars().count());
        if title.chars().count() <= room {
            return format!("{counted}: {title}{rest}");
        }
    }
    match LONGEST.saturating_sub(used) {
        room if room >= SHORTEST_TITLE => format!("{counted}: {}", short_line(&title, room)),
        _ => short_line(counted, LONGEST),
    }
}

/// Takes out of a board's words what makes filters and people take a mail for advertising: rows of
/// signs, and whole titles in capitals.
fn calm(words: &str) -> String {
    let shouts = !words.contains(char::is_lowercase) && words.chars().filter(|c| c.is_alphabetic()).count() > 6;
    let plain: String = words.chars().map(|c| if "!*~#|_<>".contains(c) { ' ' } else { c }).collect();
    let words = plain.split_whitespace().map(|word| if shouts { lowered(word) } else { word.to_owned() });
    let calm = words.collect::<Vec<_>>().join(" ");
    let calm = calm.trim_matches(|c: char| c == '-' || c == ',' || c == ':' || c.is_whitespace());
    if calm.is_empty() { "title not stated".to_owned() } else { calm.to_owned() }
}

/// Writes `CODER` as `Coder` and leaves `RHIT` and `II` alone.
fn lowered(word: &str) -> String {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 5 || CAPITALS.split(' ').any(|name| word.contains(name)) || word.contains(|c: char| c.is_ascii_digit())
    {
        return word.to_owned();
    }
    let mut first = true;
    let fold = |c: char| {
        let folded: String = if first { c.to_string() } else { c.to_lowercase().collect() };
        first = !c.is_alphabetic();
        folded
    };
    word.chars().map(fold).collect()
}

/// Writes `Nothing new for your searches (Nov 24)`, or what closed.
fn without_open_jobs(digest: &Digest) -> String {
    let closed = digest.closed_ids().count();
    if closed > 0 {
        let jobs = if closed == 1 { "1 job has closed".to_owned() } else { format!("{closed} jobs have closed") };
        return format!("{jobs}, nothing new ({})", digest.day);
    }
    let outages = match digest.outages.iter().filter(|outage| !outage.was_read).count() {
        0 => String::new(),
        1 => ", 1 board could not be read".to_owned(),
        n => format!(", {n} boards could not be read"),
    };
    let searches = if digest.quiet.len() > 1 { "your searches" } else { "your search" };
    format!("Nothing new for {searches} ({}){outages}", digest.day)
}

/// Gives `HIM jobs` of `New HIM jobs`; `None` when the heading is not of that form.
fn noun(heading: &str) -> Option<&str> {
    let noun = heading.strip_prefix("New ").or_else(|| heading.strip_prefix("new ")).unwrap_or(heading);
    (noun.ends_with(" jobs") || noun == "jobs").then_some(noun)
}

/// Writes `3 new HIM jobs`, `1 HIM job that may match`, `Remote coding: 3 new jobs`.
fn counted(heading: &str, kind: SectionKind, count: usize) -> String {
    let (prefix, noun) = match noun(heading) {
        Some(noun) => (String::new(), short_line(noun, 40)),
        None => (format!("{}: ", short_line(&calm(heading), 40)), "jobs".to_owned()),
    };
    let noun = if count == 1 { noun.strip_suffix('s').unwrap_or(&noun).to_owned() } else { noun };
    match kind {
        SectionKind::New => format!("{prefix}{count} new {noun}"),
        SectionKind::Reopened => format!("{prefix}{count} {noun} open again"),
        SectionKind::Updated => format!("{prefix}{count} changed {noun}"),
        SectionKind::ClosingSoon => format!("{prefix}{count} {noun} closing soon"),
        SectionKind::NewlyCoded => format!("{prefix}{count} newly coded {noun}"),
        SectionKind::MayMatch => format!("{prefix}{count} {noun} that may match"),
        SectionKind::Closed => format!("{prefix}{count} closed {noun}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Section, sample};
    use crate::model::BoardState;

    fn subject_of(take: usize, kind: SectionKind, heading: &'static str, title: &str) -> String {
        let jobs: Vec<_> = (0..take).map(|n| sample::job(&n.to_string(), title, "Mercy Health")).collect();
        let mut request = sample::request(vec![Section::new(kind, &jobs)]);
        request.heading = heading;
        sample::compose(&request).subject
    }

    #[test]
    fn the_subject_counts_and_names_the_first() {
        let (new, title) = (SectionKind::New, "Inpatient Coder");
        assert_eq!(
            subject_of(3, new, "New HIM jobs", title),
            "3 new HIM jobs: Inpatient Coder at Mercy Health, and 2 more"
        );
        assert_eq!(subject_of(1, new, "New HIM jobs", title), "1 new HIM job: Inpatient Coder at Mercy Health");
        assert_eq!(
            subject_of(1, new, "Remote coding", title),
            "Remote coding: 1 new job: Inpatient Coder at Mercy Health"
        );
        assert_eq!(
            subject_of(1, SectionKind::MayMatch, "New HIM jobs", title),
            "1 HIM job that may match: Inpatient Coder at Mercy Health"
        );
    }

    #[test]
    fn a_long_title_costs_first_the_rest_and_then_its_own_end() {
        let new = SectionKind::New;
        assert_eq!(
            subject_of(12, new, "New HIM jobs", "Health Information Management Data Quality Specialist"),
            "12 new HIM jobs: Health Information Management Data Quality Specialist, and 11 more"
                .strip_suffix(", and 11 more")
                .unwrap()
        );
        for length in 0..200 {
            let subject = subject_of(2, new, "New HIM jobs", &"coder ".repeat(length));
            assert!(subject.chars().count() <= LONGEST, "{subject}");
        }
    }

    #[test]
    fn a_shouting_title_is_calmed() {
        let new = SectionKind::New;
        assert_eq!(
            subject_of(1, new, "New HIM jobs", "*** URGENT!!! REMOTE CODER II - RHIT/CCS-P ***"),
            "1 new HIM job: Urgent Remote Coder II - RHIT/CCS-P at Mercy Health"
        );
        assert_eq!(calm("!!!"), "title not stated");
        assert_eq!(calm("MRT (CODER-INPATIENT)"), "MRT (Coder-Inpatient)");
    }

    #[test]
    fn an_empty_digest_says_so_and_counts_unreadable_boards() {
        let request = sample::request(Vec::new());
        assert_eq!(sample::compose(&request).subject, "Nothing new for your search (Nov 24)");
        let mut boards = sample::boards();
        boards.get_mut(&sample::board("ahima")).unwrap().health.state = BoardState::Walled;
        let prepared = crate::digest::Prepared::new(sample::now().instant, boards);
        let subject = crate::digest::compose(&request, &prepared).subject;
        assert_eq!(subject, "Nothing new for your search (Nov 24), 1 board could not be read");
    }
}
