//! What is new for one set of filters: the jobs, the boards they come from, and those that could
//! not be read.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::document::dressed_all;
use crate::board::{self, Board};
use crate::digest::{
    BoardNote, Digest, DigestRequest, Limits, Links, Part, Prepared, Republish, Section, SectionKind, Site, compose,
};
use crate::model::{BoardHealth, BoardId, Criteria, Job, JobId};
use crate::store::{Store, StoreError};

/// What to gather.
pub struct NewsRequest<'a> {
    /// What is looked for.
    pub criteria: &'a Criteria,
    /// What is looked for, in words.
    pub in_words: String,
    /// Jobs first seen from here on; `None` takes all.
    pub since: Option<DateTime<Utc>>,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// The configured boards.
    pub boards: &'a [Board],
}

/// What was gathered.
pub struct News {
    /// Jobs that match.
    pub sure: Vec<Job>,
    /// Jobs that may match: something asked for is not stated.
    pub may_match: Vec<Job>,
    /// Jobs known before that match only since they were coded anew.
    pub newly_coded: Vec<Job>,
    /// Jobs that match and were left out because they do not state what `known` asks for.
    pub left_out: u64,
    notes: BTreeMap<BoardId, BoardNote>,
}

/// Gathers the jobs and the boards' state.
///
/// # Errors
/// Returns [`StoreError`] when the store cannot be read.
pub fn gather(store: &Store, request: &NewsRequest<'_>) -> Result<News, StoreError> {
    // The page is cut out of what is new, not of everything.
    let (skipped, most) = (request.criteria.offset, request.criteria.limit.unwrap_or(usize::MAX));
    let everything = Criteria { limit: None, offset: 0, ..request.criteria.clone() };
    let found = store.search(&everything, request.now)?;
    let fresh = |first_seen: DateTime<Utc>| request.since.is_none_or(|since| first_seen >= since);
    let all_sure: Vec<JobId> =
        found.jobs.iter().filter(|row| fresh(row.first_seen)).map(|row| row.id.clone()).collect();
    let sure: Vec<JobId> = all_sure.iter().skip(skipped).take(most).cloned().collect();
    let unsure = found.may_match.into_iter().filter(|(row, _)| fresh(row.first_seen));
    let unsure: Vec<_> = unsure.skip(skipped.saturating_sub(all_sure.len())).take(most - sure.len()).collect();
    let unsure_ids: Vec<JobId> = unsure.iter().map(|(row, _)| row.id.clone()).collect();
    let mut may_match = dressed_all(store.jobs(&unsure_ids, request.now)?);
    for (job, (_, fields)) in may_match.iter_mut().zip(&unsure) {
        job.may_match = fields.iter().map(|field| field.as_str().to_owned()).collect();
    }
    let newly_coded = match request.since {
        Some(since) => store.newly_coded(request.criteria, since, request.now)?,
        None => Vec::new(),
    };
    let health: BTreeMap<BoardId, BoardHealth> = store.all_board_health()?.into_iter().collect();
    Ok(News {
        sure: dressed_all(store.jobs(&sure, request.now)?),
        may_match,
        newly_coded: dressed_all(store.jobs(&newly_coded, request.now)?),
        left_out: found.left_out,
        notes: board_notes(request.boards, &health),
    })
}

/// Gives what digests and feeds say of boards.
#[must_use]
pub fn board_notes(boards: &[Board], health: &BTreeMap<BoardId, BoardHealth>) -> BTreeMap<BoardId, BoardNote> {
    let health = |board: &Board| health.get(&board.id).cloned().unwrap_or_default();
    let asked = boards.iter().filter(|board| board.enabled);
    asked.map(|board| (board.id.clone(), note(board, health(board)))).collect()
}

/// Says of a board what digests and feeds need to know.
pub(super) fn note(board: &Board, health: BoardHealth) -> BoardNote {
    BoardNote {
        name: board.name.clone(),
        homepage: Some(board.homepage.to_string()),
        health,
        republish: match board.republish {
            board::Republish::Link => Republish::Link,
            board::Republish::Excerpt => Republish::Excerpt,
            board::Republish::Full => Republish::Full,
        },
    }
}

impl News {
    /// Composes a digest of what was gathered.
    #[must_use]
    pub fn digest(&self, heading: &str, request: &NewsRequest<'_>, zone: Tz, site: &Site) -> Digest {
        let sections = [
            (SectionKind::New, &self.sure),
            (SectionKind::NewlyCoded, &self.newly_coded),
            (SectionKind::MayMatch, &self.may_match),
        ];
        let part = Part {
            filters_in_words: request.in_words.clone(),
            sections: sections.into_iter().map(|(kind, jobs)| Section::new(kind, jobs)).collect(),
            left_out: self.left_out,
            ..Part::default()
        };
        let prepared = Prepared::new(request.now, self.notes.clone());
        let digest = DigestRequest {
            heading,
            parts: vec![part],
            since: request.since,
            zone,
            catch_up: None,
            heartbeat: false,
            subscribed: None,
            links: Links::default(),
            site,
            limits: Limits::default(),
        };
        compose(&digest, &prepared)
    }
}
