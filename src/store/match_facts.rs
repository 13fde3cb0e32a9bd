//! Jobs as matching in memory needs them: what filters look at, read from the very columns that a
//! search looks at, and the words of the texts that the index was made of.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};

use super::Store;
use super::encoding::time;
use super::error::StoreError;
use super::events::read_event;
use super::facts::{JobFacts, JobText};
use super::job_reading::{ENDED, find_job, members_of};
use crate::model::{
    JobEvent, JobId, JobNews, JobStatus, JobWords, MatchFacts, Member, PayFacts, PayUnit, Posting, compose,
    plain_address,
};

/// How many jobs are read in one snapshot while news are walked.
const WALK: usize = 200;

impl Store {
    /// Gives what filters look at of jobs, in the order asked for; ids that are unknown are left out,
    /// those of merged jobs give the survivor.
    pub fn match_facts(&self, ids: &[JobId], now: DateTime<Utc>) -> Result<Vec<MatchFacts>, StoreError> {
        self.read(|connection| {
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                if let Some(row) = find_job(connection, id.as_str())? {
                    found.extend(match_facts_of(connection, row, now)?);
                }
            }
            Ok(found)
        })
    }

    /// Gives jobs that something happened to, with the events whose ids are above `after` and at most
    /// `until`; in the order of their first such event. Events of a job that has merged into another one
    /// are given with that one, under their own job's id.
    pub fn jobs_with_events(&self, after: i64, until: i64) -> Result<Vec<(JobId, Vec<JobEvent>)>, StoreError> {
        self.read(|connection| {
            let found = happened(connection, after, until)?;
            Ok(found.into_iter().map(|news| (JobId::from_text(&news.public_id), news.events)).collect())
        })
    }

    /// Hands every job that something happened to, with what filters look at, to a function, without
    /// holding them all; see [`Store::jobs_with_events`].
    ///
    /// # Errors
    /// The function's own error ends the walk.
    pub fn for_each_news<E: From<StoreError>>(
        &self,
        (after, until): (i64, i64),
        now: DateTime<Utc>,
        mut each: impl FnMut(JobNews) -> Result<(), E>,
    ) -> Result<(), E> {
        let happened = self.read(|connection| happened(connection, after, until))?;
        let mut happened = happened.into_iter();
        loop {
            let some: Vec<Happened> = happened.by_ref().take(WALK).collect();
            if some.is_empty() {
                return Ok(());
            }
            let news = self.read(|connection| {
                let mut news = Vec::with_capacity(some.len());
                for one in some {
                    let facts = match_facts_of(connection, one.row, now)?;
                    news.extend(facts.map(|facts| JobNews { facts, events: one.events }));
                }
                Ok(news)
            })?;
            news.into_iter().try_for_each(&mut each)?;
        }
    }
}

/// What happened to one job.
struct Happened {
    row: i64,
    public_id: String,
    events: Vec<JobEvent>,
}

fn happened(connection: &Connection, after: i64, until: i64) -> Result<Vec<Happened>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT e.id, j.public_id, e.kind, e.posting, e.at, e.detail, s.id, s.public_id
         FROM job_event AS e JOIN job AS j ON j.id = e.job LEFT JOIN job_alias AS a ON a.alias = j.id
         JOIN job AS s ON s.id = coalesce(a.job, j.id)
         WHERE e.id > ?1 AND e.id <= ?2 AND s.status < 2 ORDER BY e.id",
    )?;
    let mut places: BTreeMap<i64, usize> = BTreeMap::new();
    let mut found: Vec<Happened> = Vec::new();
    let mut rows = statement.query([after, until])?;
    while let Some(row) = rows.next()? {
        let event = read_event(row)?;
        let job: i64 = row.get(6)?;
        if let Some(known) = places.get(&job).and_then(|place| found.get_mut(*place)) {
            known.events.push(event);
            continue;
        }
        places.insert(job, found.len());
        found.push(Happened { row: job, public_id: row.get(7)?, events: vec![event] });
    }
    Ok(found)
}

/// Reads one job; `None` for one that has merged, is being erased or has no postings.
fn match_facts_of(connection: &Connection, job: i64, now: DateTime<Utc>) -> Result<Option<MatchFacts>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT public_id, status, open_until, first_seen, posted_at, closes_at, boards, facets, employers, employer_id,
                unstated, pay_unit, pay_low, pay_high, annual_low, annual_high, soc, experience_years, hours_per_week,
                agency, warnings, text_hash
         FROM job WHERE id = ?1 AND status < 2",
    )?;
    let read = statement.query_row([job], |row| Ok((facts_of_row(row)?, row.get::<_, Vec<u8>>(21)?))).optional()?;
    let Some((mut facts, text_hash)) = read else { return Ok(None) };
    let mut statement = connection.prepare_cached("SELECT latitude, longitude FROM job_point WHERE job = ?1")?;
    let points = statement.query_map([job], |row| Ok((row.get(0)?, row.get(1)?)))?;
    facts.points = points.collect::<Result<_, _>>()?;
    let members: Vec<Member> = members_of(connection, job, now)?.into_iter().map(|(_, member)| member).collect();
    if members.is_empty() {
        return Ok(None);
    }
    facts.addresses = addresses(members.iter().map(|member| member.posting.as_ref()));
    let text = indexed_text(&facts.job, &members, &text_hash);
    facts.words = JobWords::of([&text.title, &text.organization, &text.place, &text.body]);
    Ok(Some(facts))
}

/// Makes the texts again that the index was made of. A posting whose stated end has passed since may have
/// spoken for the job then, so that where the hash is another one, that time is tried.
fn indexed_text(job: &JobId, members: &[Member], hash: &[u8]) -> JobText {
    let text = |members: &[Member]| JobFacts::of(&compose(job, members, Vec::new(), false), members).text;
    let now = text(members);
    if now.hash() == hash || members.len() == 1 {
        return now;
    }
    let open = |member: &Member| Member {
        status: if member.closed_reason.as_deref() == Some(ENDED) { JobStatus::Open } else { member.status },
        ..member.clone()
    };
    let before = text(&members.iter().map(open).collect::<Vec<_>>());
    if before.hash() == hash { before } else { now }
}

fn facts_of_row(row: &Row<'_>) -> rusqlite::Result<MatchFacts> {
    let is_open = row.get::<_, i64>(1)? == 0;
    let boards: String = row.get(6)?;
    let facets: String = row.get(7)?;
    let mut facets: Vec<String> = facets.split(' ').filter(|facet| !facet.is_empty()).map(str::to_owned).collect();
    facets.sort_unstable();
    facets.dedup();
    let unit: Option<String> = row.get(11)?;
    Ok(MatchFacts {
        job: JobId::from_text(&row.get::<_, String>(0)?),
        status: if is_open { JobStatus::Open } else { JobStatus::Closed },
        open_until: row.get::<_, Option<i64>>(2)?.map(time),
        first_seen: time(row.get(3)?),
        posted_at: time(row.get(4)?),
        closes_at: row.get::<_, Option<i64>>(5)?.map(time),
        boards: boards.split(' ').filter(|board| !board.is_empty()).map(str::to_owned).collect(),
        facets,
        employers: row.get(8)?,
        employer_id: row.get(9)?,
        unstated: row.get(10)?,
        pay: PayFacts {
            unit: PayUnit::ALL.into_iter().find(|known| unit.as_deref() == Some(known.as_str())),
            low: row.get(12)?,
            high: row.get(13)?,
            annual_low: row.get(14)?,
            annual_high: row.get(15)?,
        },
        soc: row.get(16)?,
        experience_years: row.get(17)?,
        hours_per_week: row.get(18)?,
        agency: row.get(19)?,
        warnings: u32::try_from(row.get::<_, i64>(20)?).unwrap_or(u32::MAX),
        points: Vec::new(),
        addresses: Vec::new(),
        words: JobWords::default(),
    })
}

fn addresses<'a>(postings: impl Iterator<Item = &'a Posting>) -> Vec<String> {
    let all = postings.flat_map(|posting| [&posting.url, &posting.apply_url]);
    let mut found: Vec<String> =
        all.filter_map(|address| address.get()).map(|address| plain_address(address)).collect();
    found.sort_unstable();
    found.dedup();
    found
}
