//! Decides where each job of a digest is told: once, where it counts for most.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::model::{Job, JobId, KnownField};

use super::entry::{is_open, unstated};
use super::prepared::{Prepared, PreparedJob, ZoneWords};
use super::request::{Candidate, Part, SectionKind};

/// Sections of what may match, by what is not stated; further combinations share one.
const MAY_MATCH_GROUPS: usize = 4;

/// A job that a section tells.
pub(super) struct Found<'r> {
    pub(super) words: Arc<PreparedJob>,
    pub(super) candidate: &'r Candidate<'r>,
}

/// A section with its jobs in order.
pub(super) struct FoundSection<'r> {
    pub(super) kind: SectionKind,
    pub(super) title: String,
    /// Whether each job says for itself what is not stated.
    pub(super) says_why: bool,
    pub(super) jobs: Vec<Found<'r>>,
}

/// What one saved search tells.
#[derive(Default)]
pub(super) struct FoundPart<'r> {
    pub(super) sections: Vec<FoundSection<'r>>,
    pub(super) closed: Vec<&'r Job>,
    /// Jobs that match here too and are told in an earlier part.
    pub(super) above: usize,
    /// The same, in a later part.
    pub(super) below: usize,
}

/// Gives each part its jobs.
///
/// A job is told in the first part in which it surely matches, there in the first section that has
/// it; only if it surely matches nowhere, in the first part in which it may. Parts that have it too
/// count it. What has closed is told as closed and as nothing else.
pub(super) fn choose<'r>(parts: &'r [Part<'r>], prepared: &Prepared, zone: &ZoneWords) -> Vec<FoundPart<'r>> {
    let mut chosen = Chosen {
        found: parts.iter().map(|_| FoundPart::default()).collect(),
        told: HashMap::new(),
        counted: HashSet::new(),
    };
    for is_sure in [true, false] {
        for (at, part) in parts.iter().enumerate() {
            let mut sections: Vec<_> = part.sections.iter().collect();
            sections.sort_by_key(|section| section.kind);
            for section in sections {
                if section.kind != SectionKind::Closed && is_sure == (section.kind != SectionKind::MayMatch) {
                    let open = section.jobs.iter().filter(|candidate| is_open(candidate.job, prepared.now()));
                    let jobs = open.filter(|candidate| chosen.is_told_here(&candidate.job.id, at));
                    let jobs = jobs.map(|candidate| Found { words: prepared.job(zone, candidate.job), candidate });
                    let jobs: Vec<_> = jobs.collect();
                    chosen.add(at, section.kind, jobs);
                } else if section.kind == SectionKind::Closed && is_sure {
                    chosen.add_closed(at, &section.jobs, prepared.now());
                }
            }
        }
    }
    chosen.found
}

struct Chosen<'r> {
    found: Vec<FoundPart<'r>>,
    /// Which part tells a job.
    told: HashMap<&'r JobId, usize>,
    counted: HashSet<(usize, &'r JobId)>,
}

impl<'r> Chosen<'r> {
    /// Tells whether this part is to tell the job, and notes that it does, or that it matches here too.
    fn is_told_here(&mut self, id: &'r JobId, part: usize) -> bool {
        let teller = match self.told.entry(id) {
            Entry::Vacant(free) => {
                free.insert(part);
                return true;
            }
            Entry::Occupied(taken) => *taken.get(),
        };
        if teller != part
            && self.counted.insert((part, id))
            && let Some(found) = self.found.get_mut(part)
        {
            *(if teller < part { &mut found.above } else { &mut found.below }) += 1;
        }
        false
    }

    fn add(&mut self, part: usize, kind: SectionKind, jobs: Vec<Found<'r>>) {
        let Some(found) = self.found.get_mut(part).filter(|_| !jobs.is_empty()) else { return };
        if kind == SectionKind::MayMatch {
            found.sections.extend(by_what_is_missing(jobs));
            return;
        }
        match found.sections.iter_mut().find(|section| section.kind == kind) {
            Some(section) => {
                section.jobs.extend(jobs);
                put_in_order(section);
            }
            None => found.sections.push(section(kind, title(kind).to_owned(), jobs)),
        }
    }

    fn add_closed(&mut self, part: usize, jobs: &'r [Candidate<'r>], now: DateTime<Utc>) {
        for candidate in jobs.iter().filter(|candidate| !is_open(candidate.job, now)) {
            if self.is_told_here(&candidate.job.id, part)
                && let Some(found) = self.found.get_mut(part)
            {
                found.closed.push(candidate.job);
            }
        }
        if let Some(found) = self.found.get_mut(part) {
            found.closed.sort_by(|a, b| (&a.title, &a.id).cmp(&(&b.title, &b.id)));
        }
    }
}

fn section(kind: SectionKind, title: String, jobs: Vec<Found<'_>>) -> FoundSection<'_> {
    let mut section = FoundSection { kind, title, says_why: false, jobs };
    put_in_order(&mut section);
    section
}

/// Orders a section by [`super::order::Rank`]; what closes soon, by its end.
fn put_in_order(section: &mut FoundSection<'_>) {
    if section.kind == SectionKind::ClosingSoon {
        section.jobs.sort_by(|a, b| (a.words.closes, &a.words.rank).cmp(&(b.words.closes, &b.words.rank)));
    } else {
        section.jobs.sort_by(|a, b| a.words.rank.cmp(&b.words.rank));
    }
}

/// Parts what may match by what is not stated, the least that is missing first.
fn by_what_is_missing(jobs: Vec<Found<'_>>) -> Vec<FoundSection<'_>> {
    let mut groups: BTreeMap<(usize, Vec<KnownField>), Vec<Found<'_>>> = BTreeMap::new();
    for found in jobs {
        let mut fields = found.candidate.not_stated.clone();
        fields.sort();
        fields.dedup();
        groups.entry((fields.len(), fields)).or_default().push(found);
    }
    let is_small = groups.len() <= MAY_MATCH_GROUPS;
    let mut sections = Vec::new();
    let mut others = Vec::new();
    for ((_, fields), jobs) in groups {
        if is_small || sections.len() + 1 < MAY_MATCH_GROUPS {
            let missing = unstated(fields.iter().map(|field| field.as_str()));
            let missing = missing.map_or_else(String::new, |fields| format!(": {fields} not stated"));
            sections.push(section(SectionKind::MayMatch, format!("May match{missing}"), jobs));
        } else {
            others.extend(jobs);
        }
    }
    if !others.is_empty() {
        let title = "May match: not all that was asked for is stated".to_owned();
        sections.push(FoundSection { says_why: true, ..section(SectionKind::MayMatch, title, others) });
    }
    sections
}

/// Gives a section's heading.
fn title(kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::New => "New",
        SectionKind::NewlyCoded => "Newly coded: known before, found to match only now",
        SectionKind::Reopened => "Open again",
        SectionKind::Updated => "Changed",
        SectionKind::ClosingSoon => "Closing soon",
        SectionKind::MayMatch => "May match",
        SectionKind::Closed => "Closed since you looked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Section, sample};

    fn chosen<'r>(parts: &'r [Part<'r>]) -> Vec<FoundPart<'r>> {
        let prepared = sample::prepared();
        let zone = prepared.zone(sample::now().zone);
        choose(parts, &prepared, &zone)
    }

    fn titles(part: &FoundPart<'_>) -> Vec<(String, usize)> {
        part.sections.iter().map(|section| (section.title.clone(), section.jobs.len())).collect()
    }

    #[test]
    fn a_job_is_told_where_it_surely_matches_first() {
        let both = sample::job("1", "Coder", "Mercy Health");
        let unsure_first = sample::job("2", "Auditor", "Mercy Health");
        let parts = [
            sample::part(
                "A",
                vec![
                    Section::new(SectionKind::MayMatch, [&unsure_first]),
                    Section::new(SectionKind::Updated, [&both]),
                    Section::new(SectionKind::New, [&both]),
                ],
            ),
            sample::part("B", vec![Section::new(SectionKind::New, [&both, &unsure_first])]),
        ];
        let found = chosen(&parts);
        assert_eq!(titles(&found[0]), [("New".to_owned(), 1)]);
        assert_eq!((found[0].above, found[0].below), (0, 1));
        assert_eq!(titles(&found[1]), [("New".to_owned(), 1)]);
        assert_eq!((found[1].above, found[1].below), (1, 0));
        assert_eq!(found[1].sections[0].jobs[0].candidate.job.id, unsure_first.id);
    }

    #[test]
    fn what_may_match_is_parted_by_what_is_missing() {
        let missing = |id: &str, fields: &[&str]| {
            let mut job = sample::job(id, "Coder", "Mercy Health");
            job.may_match = fields.iter().map(|field| (*field).to_owned()).collect();
            job
        };
        let mut jobs = vec![missing("1", &["pay", "place"]), missing("2", &["pay"]), missing("3", &["work-mode"])];
        let expected =
            ["May match: pay not stated", "May match: work mode not stated", "May match: pay and place not stated"];
        let parts = [sample::part("A", vec![Section::new(SectionKind::MayMatch, &jobs)])];
        assert_eq!(titles(&chosen(&parts)[0]).into_iter().map(|(title, _)| title).collect::<Vec<_>>(), expected);
        jobs.extend([missing("4", &["shift"]), missing("5", &["education", "pay"])]);
        let parts = [sample::part("A", vec![Section::new(SectionKind::MayMatch, &jobs)])];
        let found = chosen(&parts);
        assert_eq!(
            titles(&found[0]).last().unwrap(),
            &("May match: not all that was asked for is stated".to_owned(), 2)
        );
        assert!(found[0].sections.last().unwrap().says_why);
    }

    #[test]
    fn what_closes_soon_is_told_by_its_end_and_never_after_it() {
        let ends = ["2026-11-27T23:59:59-05:00", "2026-11-25T23:59:59-05:00", "2026-11-24T05:00:00-05:00"];
        let jobs: Vec<_> = ends
            .iter()
            .map(|end| {
                let mut job = sample::job(end, "Coder", "Mercy Health");
                job.valid_through = Some(sample::closing(end));
                job
            })
            .collect();
        let closed = Section::new(SectionKind::Closed, &jobs);
        let parts = [sample::part("A", vec![closed, Section::new(SectionKind::ClosingSoon, &jobs)])];
        let found = chosen(&parts);
        let order: Vec<_> = found[0].sections[0].jobs.iter().map(|found| &found.candidate.job.id).collect();
        assert_eq!(order, [&jobs[1].id, &jobs[0].id]);
        assert_eq!(found[0].closed.iter().map(|job| &job.id).collect::<Vec<_>>(), [&jobs[2].id]);
    }
}
