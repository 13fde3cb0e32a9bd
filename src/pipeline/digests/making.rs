//! From what somebody is to be told to the mail that tells it, byte for byte.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::select::Selection;
use super::{MailError, Sending};
use crate::deliver;
use crate::digest::{
    Candidate, CatchUp, CatchUpCause, Digest, DigestRequest, Envelope, Limits, Links, Part, Prepared, Section,
    SectionKind, compose, mail,
};
use crate::matching::in_words;
use crate::model::{Criteria, Every, Job, JobId, MailKey, SavedSearch, SearchId, Subscriber, Token, ToldAs};
use crate::store::{DigestCommit, NewMail, SearchStep, ToldJob};

/// What every digest is called.
pub const HEADING: &str = "New HIM jobs";

/// One person's digest before it is composed.
pub(super) struct Draft<'a> {
    pub(super) subscriber: &'a Subscriber,
    pub(super) searches: &'a [SavedSearch],
    pub(super) criteria: &'a [Arc<Criteria>],
    pub(super) selections: &'a [Selection],
    /// Jobs that they were told of and that have closed since.
    pub(super) closed: &'a [JobId],
    pub(super) jobs: &'a HashMap<JobId, Arc<Job>>,
    /// Up to which event everything was looked at.
    pub(super) until: i64,
    pub(super) manage: Token,
    pub(super) now: DateTime<Utc>,
}

/// The moment for which a digest is made: one mail for each.
pub(super) fn slot_of(searches: &[SavedSearch], now: DateTime<Utc>) -> DateTime<Utc> {
    let slots = searches.iter().filter(|search| search.cadence.every != Every::Instant).map(|search| {
        // A search that began by looking back was due at once, between its slots.
        search.cadence.latest_until(now).map_or(search.due_at, |slot| slot.max(search.due_at))
    });
    slots.max().unwrap_or(now)
}

/// How far searches have looked once a digest is made.
pub(super) fn steps_of(searches: &[SavedSearch], until: i64, now: DateTime<Utc>, mailed: bool) -> Vec<SearchStep> {
    searches
        .iter()
        .map(|search| SearchStep {
            search: search.id,
            from: search.cursor,
            turn: search.turn,
            to: until.max(search.cursor),
            looked_at: now,
            due_at: next_due(search, now, mailed),
        })
        .collect()
}

fn next_due(search: &SavedSearch, now: DateTime<Utc>, mailed: bool) -> DateTime<Utc> {
    /// What one poll brings comes within minutes, and belongs into one mail.
    const BETWEEN_INSTANT_MAILS: chrono::TimeDelta = chrono::TimeDelta::minutes(10);
    let instant = || if mailed { now + BETWEEN_INSTANT_MAILS } else { now };
    search.cadence.next_after(now).unwrap_or_else(instant)
}

impl Draft<'_> {
    /// Tells whether there is anything to mail: something to tell, or somebody who wants to hear that there
    /// is nothing. What has merely closed is no reason for a mail of its own.
    pub(super) fn is_wanted(&self) -> bool {
        self.selections.iter().any(|part| !part.chosen.is_empty())
            || self.searches.iter().any(|search| search.heartbeat && search.due_at <= self.now)
    }

    /// Composes the digest, without what makes it a mail of its own.
    pub(super) fn digest(&self, sending: &Sending, prepared: &Prepared, links: Links) -> Digest {
        let since = self.searches.iter().map(|search| search.looked_at).min();
        let zone = self.searches.first().map_or(chrono_tz::Tz::UTC, |search| search.cadence.zone);
        let request = DigestRequest {
            heading: HEADING,
            parts: self.parts(),
            since,
            zone,
            catch_up: self.catch_up(),
            heartbeat: self.searches.iter().any(|search| search.heartbeat),
            subscribed: self.subscriber.confirmed_at,
            links,
            site: &sending.site,
            limits: Limits::default(),
        };
        compose(&request, prepared)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let last = self.searches.len().saturating_sub(1);
        let parts = self.searches.iter().zip(self.criteria).zip(self.selections).enumerate();
        parts
            .map(|(at, ((search, criteria), selection))| {
                // A search without a name goes by its filters, where several stand in one mail.
                let words = in_words(criteria);
                let (name, filters_in_words) = match &search.name {
                    Some(name) => (name.clone(), words),
                    None if last > 0 => (words, String::new()),
                    None => (String::new(), words),
                };
                Part {
                    name,
                    filters_in_words,
                    sections: self.sections(selection, at == last),
                    already_told: selection.already_told,
                    left_out: selection.left_out,
                    more_url: None,
                }
            })
            .collect()
    }

    fn sections(&self, selection: &Selection, with_closed: bool) -> Vec<Section<'_>> {
        let mut sections: Vec<Section<'_>> = KINDS
            .iter()
            .map(|(told, kind)| {
                let chosen = selection.chosen.iter().filter(|chosen| chosen.kind == *told);
                let candidates = chosen.filter_map(|chosen| {
                    let job = self.jobs.get(&chosen.job)?;
                    let not_stated = chosen.not_stated.clone();
                    Some(Candidate { job, changes: chosen.changes.clone(), not_stated })
                });
                Section { kind: *kind, jobs: candidates.collect() }
            })
            .filter(|section| !section.jobs.is_empty())
            .collect();
        if with_closed {
            let jobs = self.closed.iter().filter_map(|id| self.jobs.get(id));
            let closed: Vec<Candidate<'_>> = jobs.map(|job| Candidate::new(job)).collect();
            if !closed.is_empty() {
                sections.push(Section { kind: SectionKind::Closed, jobs: closed });
            }
        }
        sections
    }

    /// Tells whether earlier slots passed without a digest: then this one makes up for them.
    fn catch_up(&self) -> Option<CatchUp> {
        let missed = self.searches.iter().any(|search| {
            let slot = search.cadence.latest_until(self.now);
            let before = slot.and_then(|slot| search.cadence.latest_until(slot - chrono::TimeDelta::minutes(1)));
            before.is_some_and(|before| before > search.looked_at)
        });
        let from = self.searches.iter().map(|search| search.looked_at).min().filter(|_| missed)?;
        let not_listed = self.selections.iter().map(|part| part.too_old).sum();
        Some(CatchUp { from, cause: CatchUpCause::Unknown, not_listed })
    }

    /// Composes the mail and everything that is stored with it.
    pub(super) fn commit(
        &self,
        sending: &Sending,
        key: &MailKey,
        prepared: &Prepared,
    ) -> Result<DigestCommit, MailError> {
        let slot = slot_of(self.searches, self.now);
        let token = key.mail_token(self.subscriber.id, "digest", slot.timestamp_millis());
        let digest = self.digest(sending, prepared, sending.links(&self.manage));
        let envelope = Envelope {
            message_id: Some(format!("{}@{}", token.as_str(), sending.domain())),
            ..sending.envelope(&self.subscriber.address)
        };
        let bytes = deliver::encode(&mail(&digest, &envelope))?;
        let message_id = envelope.message_id.unwrap_or_default();
        Ok(DigestCommit {
            subscriber: self.subscriber.id,
            slot,
            steps: steps_of(self.searches, self.until, self.now, true),
            mail: Some(NewMail { message_id, token: token.as_str().to_owned(), bytes }),
            told: self.told(&digest),
            held_over: self.held_over(&digest),
            now: self.now,
        })
    }

    fn told(&self, digest: &Digest) -> Vec<ToldJob> {
        let mut told = Vec::new();
        for item in digest.told() {
            let Some(search) = self.search_at(item.part) else { continue };
            let closes_at = self.jobs.get(item.job).and_then(|job| job.valid_through).map(|end| end.instant);
            let kind = kind_of(item.kind);
            told.push(ToldJob { job: item.job.clone(), kind, search, closes_at });
            // Who is told of a job that is about to close need not be told so again.
            let closes_soon = closes_at.is_some_and(|end| end - self.now <= super::select::ABOUT_TO_CLOSE);
            if closes_soon && kind != ToldAs::Closing {
                told.push(ToldJob { job: item.job.clone(), kind: ToldAs::Closing, search, closes_at });
            }
        }
        if let Some(search) = self.searches.last() {
            let closed = digest.closed_ids().map(|job| ToldJob {
                job: job.clone(),
                kind: ToldAs::Closed,
                search: search.id,
                closes_at: None,
            });
            told.extend(closed);
        }
        told
    }

    fn held_over(&self, digest: &Digest) -> Vec<(SearchId, JobId, ToldAs)> {
        let held = digest.held_over().filter(|held| held.kind != SectionKind::ClosingSoon);
        held.filter_map(|held| Some((self.search_at(held.part)?, held.job.clone(), kind_of(held.kind)))).collect()
    }

    fn search_at(&self, part: usize) -> Option<SearchId> {
        self.searches.get(part).map(|search| search.id)
    }
}

const KINDS: [(ToldAs, SectionKind); 6] = [
    (ToldAs::New, SectionKind::New),
    (ToldAs::Coded, SectionKind::NewlyCoded),
    (ToldAs::Reopened, SectionKind::Reopened),
    (ToldAs::Updated, SectionKind::Updated),
    (ToldAs::Closing, SectionKind::ClosingSoon),
    (ToldAs::May, SectionKind::MayMatch),
];

fn kind_of(kind: SectionKind) -> ToldAs {
    KINDS.iter().find(|(_, section)| *section == kind).map_or(ToldAs::Closed, |(told, _)| *told)
}
