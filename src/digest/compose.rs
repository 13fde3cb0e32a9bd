//! Orders and caps what a digest tells, so that every carrier tells the same.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::model::{Job, JobId};

use super::clean::{short_line, web_link};
use super::entry::{Brief, Carrier, Entry, brief, employer, entry, is_open, unstated};
use super::html;
use super::outage::{Outage, outages};
use super::request::{DigestRequest, Limits, Section, SectionKind};
use super::subject::subject;
use super::when::Now;

/// Jobs of one employer beyond the cap that are still named by title.
const ALSO_NAMED: usize = 10;
/// HTML bytes kept free for each section's heading and closing line.
const SECTION_BYTES: usize = 900;

/// A digest: what is told, in order, within its limits.
#[derive(Clone, Debug)]
pub struct Digest {
    /// What it is called.
    pub heading: String,
    /// The mail's subject.
    pub subject: String,
    /// The filters in words; empty when there are none.
    pub filters: String,
    /// Since when, for people: `Tuesday, November 17`.
    pub since: Option<String>,
    /// The day it is written, with the year.
    pub written: String,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// The sections that have jobs.
    pub sections: Vec<DigestSection>,
    /// Boards that could not be read.
    pub outages: Vec<Outage>,
    /// Names of the boards that could be read.
    pub read: Vec<String>,
    /// The sender's name.
    pub site: String,
    /// Where all jobs can be seen.
    pub browse: Option<String>,
    /// The sender's postal address.
    pub postal_address: Option<String>,
}

/// Jobs told for one reason.
#[derive(Clone, Debug)]
pub struct DigestSection {
    /// The reason.
    pub kind: SectionKind,
    /// Its heading without a count: `May match: pay not stated`.
    pub title: String,
    /// Jobs in it, told or not.
    pub total: usize,
    /// What is told.
    pub items: Vec<Item>,
    /// Jobs that did not fit.
    pub left_out: usize,
    /// The items as HTML; rendered once, because their size decides what fits.
    pub(super) html: String,
}

/// One thing that a section tells.
#[derive(Clone, Debug)]
pub enum Item {
    /// A job in full.
    Job(Box<Entry>),
    /// Further jobs of an employer that has been told enough of.
    Also(Also),
}

/// Further jobs of one employer, by title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Also {
    /// The employer.
    pub employer: String,
    /// The jobs that are named.
    pub jobs: Vec<Brief>,
    /// How many more there are.
    pub unnamed: usize,
}

impl Digest {
    /// Tells whether there is no job in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// Lists the jobs that are told or named, in order.
    pub fn job_ids(&self) -> impl Iterator<Item = &JobId> {
        self.sections.iter().flat_map(|section| &section.items).flat_map(Item::job_ids)
    }

    /// Tells whether any annual figure in it was derived by us.
    pub(super) fn has_derived_pay(&self) -> bool {
        let mut items = self.sections.iter().flat_map(|section| &section.items);
        items.any(|item| matches!(item, Item::Job(entry) if entry.pay_derived.is_some()))
    }
}

impl DigestSection {
    /// Says how many jobs did not fit.
    pub(super) fn left_out_words(&self) -> String {
        format!("{} more did not fit here.", self.left_out)
    }
}

impl Item {
    /// Lists the jobs that it tells or names.
    fn job_ids(&self) -> Vec<&JobId> {
        match self {
            Self::Job(entry) => vec![&entry.id],
            Self::Also(also) => also.jobs.iter().map(|job| &job.id).collect(),
        }
    }
}

/// Composes a digest: closed jobs left out, each job once, newest first, within the limits.
///
/// The same request always gives the same digest. Sections come in the order of
/// [`SectionKind`], so what fits least is what may match.
#[must_use]
pub fn compose(request: &DigestRequest<'_>) -> Digest {
    let now = Now { instant: request.now, zone: request.zone };
    let mut digest = frame(request, now);
    let frame_bytes = html::mail_html(&digest).len();
    let mut room = Room::new(request.limits, frame_bytes + SECTION_BYTES * request.sections.len());
    let mut told = BTreeSet::new();
    let mut sections: Vec<&Section<'_>> = request.sections.iter().collect();
    sections.sort_by_key(|section| section.kind);
    for section in sections {
        let jobs = in_order(section, request, now, &mut told);
        if !jobs.is_empty() {
            digest.sections.push(fill(section.kind, &jobs, request, &mut room));
        }
    }
    digest.subject = subject(&digest);
    digest
}

/// Makes the digest without its sections.
fn frame(request: &DigestRequest<'_>, now: Now) -> Digest {
    let readable = request.boards.values().filter(|board| board.health.state.is_readable());
    Digest {
        heading: short_line(request.heading, 120),
        subject: String::new(),
        filters: short_line(&request.filters_in_words, 400),
        since: request.since.map(|since| now.weekday(now.day_of(since))),
        written: now.day_of(request.now).format("%A, %B %-d, %Y").to_string(),
        now: request.now,
        sections: Vec::new(),
        outages: outages(&request.boards, now),
        read: readable.map(|board| short_line(&board.name, 80)).collect(),
        site: short_line(&request.site.name, 80),
        browse: request.site.public_url.as_deref().and_then(web_link),
        postal_address: request.site.postal_address.as_deref().map(|address| short_line(address, 200)),
    }
}

/// Gives the section's open jobs that no earlier section told, in the order they are told in.
fn in_order<'a>(
    section: &Section<'a>,
    request: &DigestRequest<'_>,
    now: Now,
    told: &mut BTreeSet<&'a JobId>,
) -> Vec<&'a Job> {
    let mut jobs: Vec<&Job> =
        section.jobs.iter().copied().filter(|job| is_open(job, request.now) && told.insert(&job.id)).collect();
    if section.kind == SectionKind::ClosingSoon {
        jobs.sort_by_cached_key(|job| {
            (job.valid_through.map_or(DateTime::<Utc>::MAX_UTC, |end| end.instant), job.id.clone())
        });
    } else {
        // All that one poll brings was first seen within seconds; the day decides, then the board's date.
        jobs.sort_by_cached_key(|job| {
            let age = Reverse((now.day_of(job.first_seen), job.date_posted, job.first_seen));
            (age, job.title.clone(), job.id.clone())
        });
    }
    jobs
}

/// What may still be told.
struct Room {
    jobs: usize,
    bytes: usize,
    per_employer: usize,
}

impl Room {
    fn new(limits: Limits, taken: usize) -> Self {
        Self {
            jobs: limits.jobs,
            bytes: limits.html_bytes.saturating_sub(taken),
            per_employer: limits.per_employer.max(1),
        }
    }

    /// Takes the bytes when they fit; when they do not, nothing further fits.
    fn take(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.bytes;
        self.bytes = if fits { self.bytes - bytes } else { 0 };
        fits
    }
}

/// Tells as much of the jobs as there is room for.
fn fill(kind: SectionKind, jobs: &[&Job], request: &DigestRequest<'_>, room: &mut Room) -> DigestSection {
    let mut section = DigestSection {
        kind,
        title: title(kind, jobs),
        total: jobs.len(),
        items: Vec::new(),
        left_out: 0,
        html: String::new(),
    };
    let (in_full, by_name) = split_by_employer(jobs, room.per_employer);
    for job in in_full {
        if room.jobs == 0 || room.bytes == 0 {
            section.left_out += 1;
            continue;
        }
        let now = Now { instant: request.now, zone: request.zone };
        let entry = entry(job, &request.boards, now, Carrier::Mail);
        let html = html::entry_html(&entry);
        if room.take(html.len()) {
            room.jobs -= 1;
            section.html.push_str(&html);
            section.items.push(Item::Job(Box::new(entry)));
        } else {
            section.left_out += 1;
        }
    }
    for jobs in by_name {
        name_others(&mut section, &jobs, room);
    }
    section
}

/// Names an employer's further jobs, when there is room.
fn name_others(section: &mut DigestSection, jobs: &[&Job], room: &mut Room) {
    let named = jobs.iter().take(ALSO_NAMED).map(|job| brief(job)).collect::<Vec<_>>();
    let employer = jobs.first().and_then(|job| employer(job)).unwrap_or_default();
    let also = Also { employer, unnamed: jobs.len() - named.len(), jobs: named };
    let html = html::also_html(&also);
    if room.take(html.len()) {
        section.html.push_str(&html);
        section.items.push(Item::Also(also));
    } else {
        section.left_out += jobs.len();
    }
}

/// Parts the jobs to be told in full from those of employers that have been told enough of.
fn split_by_employer<'a>(jobs: &[&'a Job], most: usize) -> (Vec<&'a Job>, Vec<Vec<&'a Job>>) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut group_of: BTreeMap<String, usize> = BTreeMap::new();
    let (mut in_full, mut groups) = (Vec::new(), Vec::<Vec<&Job>>::new());
    for job in jobs {
        let Some(employer) = employer(job).map(|name| name.to_lowercase()) else {
            in_full.push(*job);
            continue;
        };
        let count = counts.entry(employer.clone()).or_default();
        *count += 1;
        if *count <= most {
            in_full.push(*job);
            continue;
        }
        let group = *group_of.entry(employer).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(others) => others.push(job),
            None => groups.push(vec![job]),
        }
    }
    (in_full, groups)
}

/// Gives a section's heading.
fn title(kind: SectionKind, jobs: &[&Job]) -> String {
    match kind {
        SectionKind::New => "New".to_owned(),
        SectionKind::Reopened => "Open again".to_owned(),
        SectionKind::Updated => "Changed".to_owned(),
        SectionKind::ClosingSoon => "Closing soon".to_owned(),
        SectionKind::NewlyCoded => "Newly coded: known before, found to match only now".to_owned(),
        SectionKind::MayMatch => {
            let fields: BTreeSet<&String> = jobs.iter().flat_map(|job| &job.may_match).collect();
            match fields.len() {
                0 => "May match".to_owned(),
                1 => format!("May match: {} not stated", unstated(fields.into_iter()).unwrap_or_default()),
                _ => "May match: not all that was asked for is stated".to_owned(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;
    use crate::model::JobStatus;

    #[test]
    fn each_job_is_told_once_and_never_after_its_close() {
        let open = sample::job("1", "Coder", "Mercy Health");
        let mut closed = sample::job("2", "Auditor", "Mercy Health");
        closed.status = JobStatus::Closed;
        let mut past = sample::job("3", "Clerk", "Mercy Health");
        past.valid_through = Some(sample::closing("2026-11-24T05:59:59-06:00"));
        let request = sample::request(vec![
            Section { kind: SectionKind::MayMatch, jobs: vec![&open] },
            Section { kind: SectionKind::New, jobs: vec![&closed, &open, &past, &open] },
        ]);
        let digest = compose(&request);
        assert_eq!(digest.job_ids().collect::<Vec<_>>(), [&open.id]);
        assert_eq!((digest.sections.len(), digest.sections[0].kind), (1, SectionKind::New));
    }

    #[test]
    fn newest_comes_first_and_closing_soon_by_its_end() {
        let mut jobs: Vec<Job> = (0..3).map(|n| sample::job(&n.to_string(), "Coder", "Mercy Health")).collect();
        for (job, (posted, ends)) in jobs.iter_mut().zip([(18, "09"), (20, "05"), (19, "07")]) {
            job.date_posted = chrono::NaiveDate::from_ymd_opt(2026, 11, posted);
            job.valid_through = Some(sample::closing(&format!("2026-12-{ends}T23:59:59-05:00")));
        }
        let order = |kind| {
            let request = sample::request(vec![Section { kind, jobs: jobs.iter().collect() }]);
            compose(&request).job_ids().cloned().collect::<Vec<_>>()
        };
        let expected = |order: [usize; 3]| order.map(|n| jobs[n].id.clone()).to_vec();
        assert_eq!(order(SectionKind::New), expected([1, 2, 0]));
        assert_eq!(order(SectionKind::ClosingSoon), expected([1, 2, 0]));
    }

    #[test]
    fn an_employer_with_many_jobs_does_not_crowd_out_the_others() {
        let many: Vec<Job> =
            (0..20).map(|n| sample::job(&n.to_string(), &format!("Coder {n}"), "Mercy Health")).collect();
        let other = sample::job("x", "Registrar", "Lakeside Clinic");
        let jobs = many.iter().chain([&other]).collect();
        let digest = compose(&sample::request(vec![Section { kind: SectionKind::New, jobs }]));
        let section = &digest.sections[0];
        let full = section.items.iter().filter(|item| matches!(item, Item::Job(_))).count();
        assert_eq!((section.total, full, section.left_out), (21, 6, 0));
        let Some(Item::Also(also)) = section.items.last() else { panic!("the others are named last") };
        assert_eq!((also.jobs.len(), also.unnamed), (10, 5));
    }

    #[test]
    fn five_hundred_jobs_stay_under_the_size_that_mailers_clip_at() {
        let mut jobs: Vec<Job> =
            (0..500).map(|n| sample::job(&n.to_string(), &"<&\"é".repeat(100), &format!("Clinic {n}"))).collect();
        for job in &mut jobs {
            job.description_text = Some("<b>\"&'".repeat(2_000));
            sample::also_on(job, "usajobs", "1");
        }
        let mut request = sample::request(vec![Section { kind: SectionKind::New, jobs: jobs.iter().collect() }]);
        request.limits.jobs = 400;
        let digest = compose(&request);
        let html = html::mail_html(&digest);
        assert!(html.len() <= 90_000, "{}", html.len());
        assert!(html.len() > 60_000, "room is used: {}", html.len());
        let told = digest.job_ids().count();
        assert_eq!(told + digest.sections[0].left_out, 500);
        assert!(html.contains(&format!("{} more", digest.sections[0].left_out)));
    }

    #[test]
    fn what_may_match_says_what_is_missing() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        job.may_match = vec!["pay".into()];
        let digest = compose(&sample::request(vec![Section { kind: SectionKind::MayMatch, jobs: vec![&job] }]));
        assert_eq!(digest.sections[0].title, "May match: pay not stated");
    }
}
