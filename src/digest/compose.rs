//! Puts a digest together: which search tells which job, in what order and at what length.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::model::JobId;

use super::choose::{Found, FoundSection, choose};
use super::clean::short_line;
use super::entry::unstated;
use super::frame::frame;
use super::html;
use super::outage::Outage;
use super::part_head::head;
use super::prepared::{Prepared, PreparedJob};
use super::request::{DigestRequest, Links, SectionKind};
use super::room::{Form, decide, wishes};
use super::subject::subject;

/// Closed jobs that are named in the whole digest; further ones are counted.
const CLOSED_NAMED: usize = 10;
/// Parts that are told; a reader with more searches than this hears of the others next time.
const PARTS_TOLD: usize = 24;
/// HTML bytes kept free for what ends each section, and for what the footer explains of the jobs.
const SECTION_BYTES: usize = 700;
const EXPLAINED_BYTES: usize = 700;

/// A digest: what is told, in order, within its limits.
#[derive(Clone, Debug)]
pub struct Digest {
    /// What it is called.
    pub heading: String,
    /// The mail's subject.
    pub subject: String,
    /// What it covers, in a sentence.
    pub period: String,
    /// Jobs that a digest that makes up for others leaves out, in a sentence.
    pub too_old: Option<String>,
    /// Whether its reader chose to hear also when there is nothing.
    pub heartbeat: bool,
    /// The day it is written: `Nov 24`.
    pub day: String,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// The searches that have something to tell.
    pub parts: Vec<DigestPart>,
    /// Names of the searches that have nothing to tell, where there are several searches.
    pub quiet: Vec<String>,
    /// Boards that could not be read.
    pub outages: Arc<[Outage]>,
    /// Names of the boards that could be read.
    pub read: Arc<[String]>,
    /// The sender's name.
    pub site: String,
    /// Where all jobs can be seen.
    pub browse: Option<String>,
    /// The sender's postal address.
    pub postal_address: Option<String>,
    /// Why its reader gets it, in a sentence; `None` for a preview.
    pub because: Option<String>,
    /// Where its reader can go; every address in it is one.
    pub links: Links,
    /// What there was no room for at all.
    pub(super) unplaced: Vec<(usize, SectionKind, JobId)>,
}

/// What one saved search tells.
#[derive(Clone, Debug)]
pub struct DigestPart {
    /// Its place in the request.
    pub index: usize,
    /// Its name, where the digest has several parts.
    pub name: Option<String>,
    /// Its filters in words; empty when there are none.
    pub filters: String,
    /// Its sections that have jobs.
    pub sections: Vec<DigestSection>,
    /// What closed since.
    pub closed: Option<Closed>,
    /// What else it found and does not tell, in sentences.
    pub notes: Vec<String>,
    /// Where all that it finds can be seen.
    pub more_url: Option<String>,
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
    /// Jobs told in full.
    pub items: Vec<Item>,
    /// Jobs told in one line each.
    pub briefs: Vec<Item>,
    /// Jobs that did not fit.
    pub held: Vec<JobId>,
}

/// A job, with what is said of it in this digest alone.
#[derive(Clone, Debug)]
pub struct Item {
    /// The job in words.
    pub job: Arc<PreparedJob>,
    /// What changed.
    pub changes: Option<String>,
    /// What the search asked for and the job does not state, where the section's heading does not say so.
    pub why: Option<String>,
}

/// Jobs that were told before and have closed.
#[derive(Clone, Debug)]
pub struct Closed {
    /// Those that are named: `Coder II, Mercy Health: stated date passed`.
    pub named: Vec<String>,
    /// All of them.
    pub jobs: Vec<JobId>,
}

/// A job with the place at which a digest tells it, or would have told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told<'d> {
    /// The job.
    pub job: &'d JobId,
    /// Why.
    pub kind: SectionKind,
    /// The part's place in the request.
    pub part: usize,
}

impl Digest {
    /// Tells whether there is no job in it, not even a closed one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| part.sections.is_empty() && part.closed.is_none())
    }

    /// Lists the jobs that are told, in full or in one line, as the digest tells them. Closed ones are
    /// not among them.
    pub fn told(&self) -> impl Iterator<Item = Told<'_>> {
        self.sections().flat_map(|(part, section)| {
            let items = section.items.iter().chain(&section.briefs);
            items.map(move |item| Told { job: &item.job.entry.id, kind: section.kind, part })
        })
    }

    /// Lists the ids of [`Digest::told`].
    pub fn job_ids(&self) -> impl Iterator<Item = &JobId> {
        self.told().map(|told| told.job)
    }

    /// Lists the jobs for which there was no room: they are to be told next time.
    pub fn held_over(&self) -> impl Iterator<Item = Told<'_>> {
        let held = self
            .sections()
            .flat_map(|(part, section)| section.held.iter().map(move |job| Told { job, kind: section.kind, part }));
        held.chain(self.unplaced.iter().map(|(part, kind, job)| Told { job, kind: *kind, part: *part }))
    }

    /// Lists the closed jobs that are named or counted.
    pub fn closed_ids(&self) -> impl Iterator<Item = &JobId> {
        self.parts.iter().filter_map(|part| part.closed.as_ref()).flat_map(|closed| &closed.jobs)
    }

    /// Lists the sections with their part's place in the request.
    pub(super) fn sections(&self) -> impl Iterator<Item = (usize, &DigestSection)> {
        self.parts.iter().flat_map(|part| part.sections.iter().map(|section| (part.index, section)))
    }

    /// Counts the searches for which there was no room at all.
    pub(super) fn searches_without_room(&self) -> usize {
        let mut parts: Vec<usize> = self.unplaced.iter().map(|(part, ..)| *part).collect();
        parts.dedup();
        parts.len()
    }

    /// Lists the jobs that are told in full.
    pub(super) fn told_in_full(&self) -> impl Iterator<Item = &PreparedJob> {
        self.sections().flat_map(|(_, section)| &section.items).map(|item| &*item.job)
    }
}

/// Composes a digest: each open job once, the best first, within the limits.
///
/// The best are those without warning signs, then of employers rather than agencies, then with pay
/// stated, then closing within a week, then the newest (the whole rule stands in `order.rs`). As many as
/// fit are told in full, the next in one line each.
///
/// The same request always gives the same digest. What is told and what is held over are together
/// all open jobs of the request.
#[must_use]
pub fn compose(request: &DigestRequest<'_>, prepared: &Prepared) -> Digest {
    let zone = prepared.zone(request.zone);
    let mut digest = frame(request, zone.now);
    (digest.outages, digest.read) = (zone.outages.clone(), zone.read.clone());
    let found = choose(&request.parts, prepared, &zone);
    let is_alone = request.parts.len() == 1;
    let (mut told, mut taken, mut to_name) = (Vec::new(), EXPLAINED_BYTES, CLOSED_NAMED);
    for (index, (part, found)) in request.parts.iter().zip(found).enumerate() {
        let is_quiet = found.sections.is_empty() && found.closed.is_empty() && found.above + found.below == 0;
        if is_quiet && !is_alone {
            digest.quiet.push(short_line(&part.name, 80));
        } else if told.len() < PARTS_TOLD {
            let head = head(index, part, &found, request.parts.len(), &mut to_name);
            let more = head.more_url.as_deref().map_or(0, html::escaped_len);
            taken += found.sections.len() * (SECTION_BYTES + more);
            digest.parts.push(head);
            told.push(found);
        } else {
            digest.unplaced.extend(found.sections.iter().flat_map(|section| {
                section.jobs.iter().map(move |job| (index, section.kind, job.words.entry.id.clone()))
            }));
        }
    }
    digest.quiet.truncate(PARTS_TOLD);
    let room = request.limits.html_bytes.saturating_sub(html::mail_html(&digest).len() + taken);
    let wishes: Vec<_> = told.iter().map(|part| wishes(part, request.limits, size)).collect();
    let forms = decide(&wishes, request.limits.jobs, room);
    for ((part, found), forms) in digest.parts.iter_mut().zip(told).zip(forms) {
        let mut forms = forms.into_iter();
        part.sections = found.sections.into_iter().map(|section| fill(section, &mut forms)).collect();
    }
    digest.subject = subject(&digest);
    digest
}

fn item(found: &Found<'_>, says_why: bool) -> Item {
    let changes = found.candidate.changes.as_deref().map(|changes| short_line(changes, 300));
    let why = unstated(found.candidate.not_stated.iter().map(|field| field.as_str())).filter(|_| says_why);
    Item {
        job: found.words.clone(),
        changes: changes.filter(|changes| !changes.is_empty()),
        why: why.map(|fields| format!("{fields} not stated")),
    }
}

/// Gives the HTML bytes of a job in full and in one line.
fn size(found: &Found<'_>) -> (usize, usize) {
    html::item_sizes(&item(found, true))
}

/// Takes a section's jobs over in the forms that were decided on.
fn fill(section: FoundSection<'_>, forms: &mut impl Iterator<Item = Form>) -> DigestSection {
    let mut filled = DigestSection {
        kind: section.kind,
        total: section.jobs.len(),
        items: Vec::new(),
        briefs: Vec::new(),
        held: Vec::new(),
        title: section.title,
    };
    for (found, form) in section.jobs.iter().zip(forms) {
        match form {
            Form::Full => filled.items.push(item(found, section.says_why)),
            Form::Brief => filled.briefs.push(item(found, section.says_why)),
            Form::Held => filled.held.push(found.words.entry.id.clone()),
        }
    }
    filled
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
