//! Reads jobs whole: found by any of their names, with every posting, composed at a moment.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};

use super::Store;
use super::advertised::earlier_postings;
use super::decisions::DecisionError;
use super::encoding::{millis, time};
use super::error::StoreError;
use super::folding::address_tag;
use super::links::{shown_links, span_of};
use super::sketches::read_posting;
use crate::model::{
    BoardId, EarlierPosting, Job, JobId, JobStatus, Member, Posting, StatusFilter, compose, normalized_fields,
};

/// From how many letters on the beginning of an id is taken for it.
const SHORTEST_PREFIX: usize = 4;

/// How many jobs are read in one snapshot while all of them are walked.
const WALK: usize = 200;

impl Store {
    /// Gives whole jobs in the order asked for; ids that are unknown are left out, those of merged
    /// jobs give the survivor.
    pub fn jobs(&self, ids: &[JobId], now: DateTime<Utc>) -> Result<Vec<Job>, StoreError> {
        self.read(|connection| {
            let mut jobs = Vec::with_capacity(ids.len());
            for id in ids {
                if let Some(row) = find_job(connection, id.as_str())? {
                    jobs.extend(load_job(connection, row, now)?);
                }
            }
            Ok(jobs)
        })
    }

    /// Finds one job by its id, the id of a job that has merged into it, `board/posting_id`, a
    /// posting's address, or the first letters of an id (at least 4). Its postings carry their
    /// normalized fields.
    ///
    /// # Errors
    /// [`StoreError::Ambiguous`] when the letters begin several ids.
    pub fn job(&self, text: &str, now: DateTime<Utc>) -> Result<Option<Job>, StoreError> {
        self.read(|connection| {
            let Some(row) = find_by_any_name(connection, text.trim())? else { return Ok(None) };
            let Some(mut job) = load_job(connection, row, now)? else { return Ok(None) };
            for member in members_of(connection, row, now)? {
                let key = &member.1.posting.key;
                let shown = job
                    .postings
                    .iter_mut()
                    .find(|shown| shown.board == key.board && shown.posting_id == key.posting_id);
                if let Some(shown) = shown {
                    shown.fields = normalized_fields(&member.1.posting);
                }
            }
            Ok(Some(job))
        })
    }

    /// Gives one posting, by `board/posting_id`, its address, or a job that has no other.
    ///
    /// # Errors
    /// [`DecisionError`] when the name means no posting, or several.
    pub fn posting(&self, name: &str) -> Result<Posting, DecisionError> {
        self.read(|connection| {
            let row = match find_posting(connection, name)? {
                Ok(row) => row,
                Err(error) => return Ok(Err(error)),
            };
            Ok(read_posting(connection, row)?.ok_or_else(|| DecisionError::NoPosting(name.to_owned())))
        })?
    }

    /// Hands every job to a function, oldest first, without holding them all.
    ///
    /// # Errors
    /// The function's own error ends the walk.
    pub fn for_each_job<E: From<StoreError>>(
        &self,
        status: StatusFilter,
        now: DateTime<Utc>,
        mut each: impl FnMut(Job) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut after = 0;
        loop {
            let (jobs, last) = self.read(|connection| walk(connection, status, after, now))?;
            let Some(last) = last else { return Ok(()) };
            after = last;
            for job in jobs {
                each(job)?;
            }
        }
    }
}

fn walk(
    connection: &Connection,
    status: StatusFilter,
    after: i64,
    now: DateTime<Utc>,
) -> Result<(Vec<Job>, Option<i64>), StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM job WHERE id > ?1 AND status < 2 ORDER BY id LIMIT ?2")?;
    let rows = statement.query_map([after, i64::try_from(WALK).unwrap_or(i64::MAX)], |row| row.get(0))?;
    let ids: Vec<i64> = rows.collect::<Result<_, _>>()?;
    let mut jobs = Vec::with_capacity(ids.len());
    for id in &ids {
        let job = load_job(connection, *id, now)?;
        jobs.extend(job.filter(|job| match status {
            StatusFilter::All => true,
            StatusFilter::Open => job.status == JobStatus::Open,
            StatusFilter::Closed => job.status == JobStatus::Closed,
        }));
    }
    Ok((jobs, ids.last().copied()))
}

/// Composes one job as it stands at a moment.
pub(super) fn load_job(connection: &Connection, row: i64, now: DateTime<Utc>) -> Result<Option<Job>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT public_id, reposted FROM job WHERE id = ?1")?;
    let found: Option<(String, bool)> = statement.query_row([row], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((public_id, reposted)) = found else { return Ok(None) };
    let (ids, members): (Vec<i64>, Vec<Member>) = members_of(connection, row, now)?.into_iter().unzip();
    let links = shown_links(connection, &ids)?;
    let mut job = compose(&JobId::from_text(&public_id), &members, links, reposted);
    if reposted {
        job.earlier = earlier(connection, row, now)?;
    }
    Ok(Some(job))
}

/// Reads what advertised the same position before, in jobs of its own; the latest comes first.
fn earlier(connection: &Connection, job: i64, now: DateTime<Utc>) -> Result<Vec<EarlierPosting>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT b.name, p.posting_id, j.public_id, p.url FROM posting AS p JOIN board AS b ON b.id = p.board
         JOIN membership AS m ON m.posting = p.id JOIN job AS j ON j.id = m.job WHERE p.id = ?1",
    )?;
    let mut found = Vec::new();
    for (posting, since) in earlier_postings(connection, job)? {
        let span = span_of(connection, posting, now)?;
        let read = statement.query_row([posting], |row| {
            let (board, job): (String, String) = (row.get(0)?, row.get(2)?);
            Ok((board, row.get(1)?, JobId::from_text(&job), row.get(3)?))
        });
        let Some((board, posting_id, job, url)) = read.optional()? else { continue };
        let board = BoardId::new(&board).map_err(|error| StoreError::unreadable("board", error))?;
        let from = since.parse().map_err(|error| StoreError::unreadable("posting date", error))?;
        let until = span.until.map(|until| until.date_naive());
        found.push(EarlierPosting { board, posting_id, job, url, from, until });
    }
    found.sort_by(|x, y| (y.from, &y.board, &y.posting_id).cmp(&(x.from, &x.board, &x.posting_id)));
    Ok(found)
}

/// Why a posting is closed whose stated end has passed before any poll has noticed.
pub(super) const ENDED: &str = "stated date passed";

/// Reads a job's postings with their state at a moment: one whose stated end has passed counts as
/// closed before any poll has noticed.
pub(super) fn members_of(
    connection: &Connection,
    job: i64,
    now: DateTime<Utc>,
) -> Result<Vec<(i64, Member)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT p.id, p.official, p.first_seen, p.closed_at, p.closed_reason, p.closes_at,
                max(p.seen_at, coalesce((SELECT max(g.confirmed_at) FROM page_listing AS l JOIN page AS g ON g.id = l.page
                                         WHERE l.posting = p.id), 0))
         FROM membership AS m JOIN posting AS p ON p.id = m.posting
         WHERE m.job = ?1 ORDER BY p.id",
    )?;
    let rows = statement.query_map([job], MemberRow::of)?;
    let rows: Vec<MemberRow> = rows.collect::<Result<_, _>>()?;
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        let posting = read_posting(connection, row.id)?
            .ok_or_else(|| StoreError::unreadable("posting", format!("row {} has no body", row.id)))?;
        let ended = row.closed_at.is_none() && row.closes_at.is_some_and(|end| end <= millis(now));
        let is_open = row.closed_at.is_none() && !ended;
        let reason = if ended { Some(ENDED.to_owned()) } else { row.closed_reason };
        let member = Member {
            posting: posting.into(),
            official: row.official,
            first_seen: time(row.first_seen),
            last_confirmed: time(row.last_confirmed),
            status: if is_open { JobStatus::Open } else { JobStatus::Closed },
            closed_reason: if is_open { None } else { reason },
        };
        members.push((row.id, member));
    }
    Ok(members)
}

struct MemberRow {
    id: i64,
    official: bool,
    first_seen: i64,
    closed_at: Option<i64>,
    closed_reason: Option<String>,
    closes_at: Option<i64>,
    last_confirmed: i64,
}

impl MemberRow {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            official: row.get(1)?,
            first_seen: row.get(2)?,
            closed_at: row.get(3)?,
            closed_reason: row.get(4)?,
            closes_at: row.get(5)?,
            last_confirmed: row.get(6)?,
        })
    }
}

/// Finds a job's row by its id; that of a merged job leads to the survivor.
pub(super) fn find_job(connection: &Connection, id: &str) -> Result<Option<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(a.job, j.id) FROM job AS j LEFT JOIN job_alias AS a ON a.alias = j.id
         WHERE j.public_id = ?1 AND j.status < 3",
    )?;
    Ok(statement.query_row([id.to_ascii_lowercase()], |row| row.get(0)).optional()?)
}

/// Finds one posting by `board/posting_id`, its address, or a job that has no other.
pub(super) fn find_posting(connection: &Connection, text: &str) -> Result<Result<i64, DecisionError>, StoreError> {
    let text = text.trim();
    let row = |sql: &str, values: [&str; 2]| -> Result<Option<i64>, StoreError> {
        Ok(connection.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()?)
    };
    let by_key =
        "SELECT p.id FROM board AS b JOIN posting AS p ON p.board = b.id WHERE b.name = ?1 AND p.posting_id = ?2";
    if let Some((board, id)) = text.split_once('/')
        && let Some(posting) = row(by_key, [board, id])?
    {
        return Ok(Ok(posting));
    }
    if text.contains("://")
        && let Some(posting) = row("SELECT id FROM posting WHERE url = ?1 AND ?2 = '' ORDER BY id LIMIT 1", [text, ""])?
    {
        return Ok(Ok(posting));
    }
    let Some(job) = find_by_any_name(connection, text)? else {
        return Ok(Err(DecisionError::NoPosting(text.to_owned())));
    };
    let mut statement = connection.prepare_cached(
        "SELECT p.id, b.name || '/' || p.posting_id FROM membership AS m JOIN posting AS p ON p.id = m.posting
         JOIN board AS b ON b.id = p.board WHERE m.job = ?1 ORDER BY p.id",
    )?;
    let rows = statement.query_map([job], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let postings: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
    Ok(match postings.as_slice() {
        [(posting, _)] => Ok(*posting),
        [] => Err(DecisionError::NoPosting(text.to_owned())),
        several => {
            let names: Vec<&str> = several.iter().map(|(_, name)| name.as_str()).collect();
            Err(DecisionError::Several(text.to_owned(), names.join(", ")))
        }
    })
}

fn find_by_any_name(connection: &Connection, text: &str) -> Result<Option<i64>, StoreError> {
    if let Some(job) = find_job(connection, text)? {
        return Ok(Some(job));
    }
    if let Some(job) = find_by_posting(connection, text)? {
        return Ok(Some(job));
    }
    find_by_prefix(connection, &text.to_ascii_lowercase())
}

fn find_by_posting(connection: &Connection, text: &str) -> Result<Option<i64>, StoreError> {
    if let Some((board, posting_id)) = text.split_once('/') {
        let mut statement = connection.prepare_cached(
            "SELECT m.job FROM board AS b JOIN posting AS p ON p.board = b.id JOIN membership AS m ON m.posting = p.id
             WHERE b.name = ?1 AND p.posting_id = ?2",
        )?;
        let found = statement.query_row([board, posting_id], |row| row.get(0)).optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    if !text.contains("://") {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached(
        "SELECT m.job FROM posting AS p JOIN membership AS m ON m.posting = p.id WHERE p.url = ?1 ORDER BY p.id LIMIT 1",
    )?;
    let found = statement.query_row([text], |row| row.get(0)).optional()?;
    if found.is_some() {
        return Ok(found);
    }
    // Where one applies, or the page as another hand would write it.
    let mut statement = connection.prepare_cached(
        "SELECT j.id FROM job_text AS t JOIN job AS j ON j.id = t.rowid
         WHERE job_text MATCH ?1 AND j.status < 2 ORDER BY j.status, j.id LIMIT 1",
    )?;
    let tagged = format!("tags : {}", address_tag(text));
    Ok(statement.query_row([tagged], |row| row.get(0)).optional()?)
}

fn find_by_prefix(connection: &Connection, text: &str) -> Result<Option<i64>, StoreError> {
    if text.len() < SHORTEST_PREFIX || !text.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached(
        "SELECT j.public_id, coalesce(a.job, j.id) FROM job AS j LEFT JOIN job_alias AS a ON a.alias = j.id
         WHERE j.public_id >= ?1 AND j.public_id < ?1 || '~' AND j.status < 3 ORDER BY j.public_id LIMIT 8",
    )?;
    let rows = statement.query_map([text], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    let found: Vec<(String, i64)> = rows.collect::<Result<_, _>>()?;
    match found.as_slice() {
        [] => Ok(None),
        [(_, job), rest @ ..] if rest.iter().all(|(_, other)| other == job) => Ok(Some(*job)),
        several => {
            let ids = several.iter().map(|(id, _)| id.clone()).collect();
            Err(StoreError::Ambiguous { text: text.to_owned(), ids })
        }
    }
}
