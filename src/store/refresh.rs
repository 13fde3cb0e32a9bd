//! Writes a job's narrow row, its texts and its status anew from its postings, with the events
//! that follow from the difference.

use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, Statement, ToSql, params};

use super::advertised::{advertised_before, earlier_postings};
use super::coded_facts::CodedFacts;
use super::encoding::millis;
use super::error::StoreError;
use super::events::{NewEvent, add_event};
use super::facts::{JobFacts, JobText, Shown};
use super::grouping::Touched;
use super::job_reading::members_of;
use super::writer::Work;
use crate::model::{EventKind, Job, JobId, JobStatus, Member, PayUnit, compose};

/// Why a job's row is written anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Change {
    /// Whether it has just been founded.
    pub(super) founding: Founding,
    /// A posting's content changed: `board/posting_id`.
    pub(super) updated_by: Option<String>,
    /// The posting is merely known more fully now.
    pub(super) only_known: bool,
    /// Whether it was advertised anew.
    pub(super) repost: Repost,
}

/// Whether a job has just been founded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Founding {
    /// It has not.
    #[default]
    Known,
    /// By a new posting.
    New,
    /// By one that has left another job: nothing that readers have not been told of.
    SplitOff,
}

/// Whether a job was advertised anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Repost {
    /// It was not.
    #[default]
    No,
    /// It was, and the event that says so is yet to be written.
    Untold,
    /// It was, and the event is written.
    Told,
}

impl Change {
    /// Takes a further reason in.
    pub(super) fn take_in(&mut self, other: &Self) {
        if other.updated_by.is_some() {
            self.only_known = other.only_known && (self.only_known || self.updated_by.is_none());
            self.updated_by.clone_from(&other.updated_by);
        }
        if self.repost == Repost::No {
            self.repost = other.repost;
        }
    }
}

/// The state of a job that events speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Standing {
    is_open: bool,
    /// When the last open posting's stated end passes.
    open_until: Option<i64>,
    closed_reason: Option<String>,
}

/// Founds the job of a posting that stands alone, with the facts worked out beforehand.
pub(super) fn found_with_facts(
    work: &Work<'_>,
    founder: &Touched,
    facts: &JobFacts,
    before: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ends = founder.posting.valid_through.get().map(|end| millis(end.instant));
    let closed = super::posting_rows::closing_of(&founder.posting, now);
    let standing = Standing {
        is_open: founder.is_open,
        open_until: if founder.is_open { ends } else { None },
        closed_reason: closed.map(|closed| closed.reason),
    };
    let job = insert_row(&work.tx, founder, facts, &standing, now)?;
    let mut statement =
        work.tx.prepare_cached("INSERT INTO membership (posting, job, since, by) VALUES (?1, ?2, ?3, 'founder')")?;
    statement.execute([founder.id, job, millis(now)])?;
    insert_text(&work.tx, job, &facts.text)?;
    write_points(&work.tx, job, &facts.coded.points, true)?;
    note_reposted(&work.tx, job)?;
    founded(work, job, (&founder.posting.key.to_string(), before), founder.is_open, now)
}

/// Notes whether a job was advertised anew: one of its postings under its own id, one after another that
/// had gone, or long after one of an earlier job. It follows from postings and links alone, so that a job
/// that parts again is not marked for ever.
fn note_reposted(connection: &Connection, job: i64) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached("UPDATE job SET reposted = ?2 WHERE id = ?1 AND reposted <> ?2")?;
    statement.execute(params![job, was_reposted(connection, job)?])?;
    Ok(())
}

fn was_reposted(connection: &Connection, job: i64) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM membership AS m JOIN posting AS p ON p.id = m.posting WHERE m.job = ?1 AND p.reposted = 1
         UNION ALL
         SELECT 1 FROM membership AS m JOIN link AS l ON l.a = m.posting JOIN membership AS o ON o.posting = l.b
         WHERE m.job = ?1 AND o.job = ?1 AND l.kind = 'repost'
         LIMIT 1",
    )?;
    Ok(statement.exists([job])? || !earlier_postings(connection, job)?.is_empty())
}

/// Makes a job's row with nothing but its name; it is filled within the same transaction.
pub(super) fn insert_bare_job(connection: &Connection, id: &JobId, founder: i64) -> Result<i64, StoreError> {
    // A posting that leaves a job was seen long before it founds one of its own.
    let mut statement = connection.prepare_cached(
        "INSERT INTO job (public_id, founder, first_seen, status, text_hash, employment, posted_at, boards, facets,
                          employers, unstated)
         SELECT ?1, id, first_seen, 1, x'', '', first_seen, '', '', '', 0 FROM posting WHERE id = ?2",
    )?;
    statement.execute(params![id.as_str(), founder])?;
    Ok(connection.last_insert_rowid())
}

/// Writes a job anew from its postings. A job that has lost its postings is left as it is.
pub(super) fn refresh(work: &Work<'_>, job: i64, change: &Change, now: DateTime<Utc>) -> Result<(), StoreError> {
    let Some(before) = Before::read(&work.tx, job)? else { return Ok(()) };
    let members = members_of(&work.tx, job, now)?;
    if members.is_empty() || (before.status == MERGED && change.founding == Founding::Known) {
        return Ok(());
    }
    let members: Vec<Member> = members.into_iter().map(|(_, member)| member).collect();
    let composed = compose(&JobId::from_text(&before.public_id), &members, Vec::new(), false);
    let facts = JobFacts::of(&composed, &members);
    let standing = standing(&composed, &members);
    let looked_at = if change.updated_by.is_some() { filtered_columns(&work.tx, job)? } else { Vec::new() };
    write_row(&work.tx, job, &facts, &standing, now)?;
    write_points(&work.tx, job, &facts.coded.points, false)?;
    let reworded = before.text_hash != facts.text.hash();
    if reworded {
        write_text(&work.tx, job, &facts.text, !before.text_hash.is_empty())?;
    }
    note_reposted(&work.tx, job)?;
    let told = tell(work, job, (&before, change), (&facts, &standing), now)?;
    if !told && change.updated_by.is_some() && (reworded || filtered_columns(&work.tx, job)? != looked_at) {
        let event = NewEvent { kind: EventKind::Described, posting: change.updated_by.as_deref(), ..NewEvent::of(job) };
        add_event(&work.tx, &event, now)?;
    }
    Ok(())
}

/// Reads the columns that filters look at and that are not among the words of the text index: when one
/// changes, a saved search may match the job for the first time.
fn filtered_columns(connection: &Connection, job: i64) -> Result<Vec<Value>, StoreError> {
    const COLUMNS: usize = 13;
    let mut statement = connection.prepare_cached(
        "SELECT employers, unstated, pay_unit, pay_low, pay_high, annual_low, annual_high, posted_at, closes_at,
                experience_years, hours_per_week, agency, warnings
         FROM job WHERE id = ?1",
    )?;
    Ok(statement.query_row([job], |row| (0..COLUMNS).map(|at| row.get(at)).collect())?)
}

const OPEN: i64 = 0;
const CLOSED: i64 = 1;
const MERGED: i64 = 2;

/// A job's row as it stood.
struct Before {
    public_id: String,
    status: i64,
    text_hash: Vec<u8>,
    shown: Shown,
    founder: String,
    founder_row: i64,
}

impl Before {
    fn read(connection: &Connection, job: i64) -> Result<Option<Self>, StoreError> {
        let mut statement = connection.prepare_cached(
            "SELECT j.public_id, j.status, j.text_hash, j.title, j.pay, j.place, j.work_mode, j.closes, j.employment,
                    b.name || '/' || p.posting_id, j.founder
             FROM job AS j JOIN posting AS p ON p.id = j.founder JOIN board AS b ON b.id = p.board
             WHERE j.id = ?1",
        )?;
        Ok(statement.query_row([job], Self::of).optional()?)
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let employment: String = row.get(8)?;
        Ok(Self {
            public_id: row.get(0)?,
            status: row.get(1)?,
            text_hash: row.get(2)?,
            shown: Shown {
                title: row.get(3)?,
                pay: row.get(4)?,
                place: row.get(5)?,
                work_mode: row.get(6)?,
                closes: row.get(7)?,
                employment: Some(employment).filter(|kinds| !kinds.is_empty()),
            },
            founder: row.get(9)?,
            founder_row: row.get(10)?,
        })
    }
}

fn standing(job: &Job, members: &[Member]) -> Standing {
    let ends = members.iter().filter(|member| member.status == JobStatus::Open);
    let ends: Option<Vec<i64>> =
        ends.map(|member| member.posting.valid_through.get().map(|end| millis(end.instant))).collect();
    Standing {
        is_open: job.status == JobStatus::Open,
        open_until: ends.and_then(|ends| ends.into_iter().max()),
        closed_reason: job.closed_reason.clone(),
    }
}

/// Writes the events that follow from the difference; tells whether there was any.
fn tell(
    work: &Work<'_>,
    job: i64,
    (before, change): (&Before, &Change),
    (facts, standing): (&JobFacts, &Standing),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    if change.founding != Founding::Known {
        if change.founding == Founding::SplitOff {
            return Ok(true);
        }
        let earlier = advertised_before(&work.tx, before.founder_row)?;
        founded(work, job, (&before.founder, earlier.as_deref()), standing.is_open, now)?;
        return Ok(true);
    }
    let posting = change.updated_by.as_deref();
    let mut told = false;
    if let (Some(_), Some(detail)) = (posting, facts.changes_from(&before.shown, change.only_known)) {
        let event = NewEvent { kind: EventKind::Updated, posting, detail: Some(&detail), ..NewEvent::of(job) };
        add_event(&work.tx, &event, now)?;
        told = true;
    }
    if before.status == OPEN && !standing.is_open {
        let detail = standing.closed_reason.as_deref();
        add_event(&work.tx, &NewEvent { kind: EventKind::Closed, detail, ..NewEvent::of(job) }, now)?;
        told = true;
    } else if before.status == CLOSED && standing.is_open && change.repost != Repost::Told {
        let kind = if change.repost == Repost::Untold { EventKind::Reposted } else { EventKind::Reopened };
        add_event(&work.tx, &NewEvent { kind, posting, ..NewEvent::of(job) }, now)?;
        told = true;
    }
    Ok(told)
}

/// Tells of a new job. One that was closed when it was first seen is nothing that readers are told of,
/// but the history says which posting founded it.
fn founded(
    work: &Work<'_>,
    job: i64,
    (posting, detail): (&str, Option<&str>),
    is_open: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let kind = if is_open { EventKind::Opened } else { EventKind::Founded };
    add_event(&work.tx, &NewEvent { kind, posting: Some(posting), detail, ..NewEvent::of(job) }, now)
}

/// Writes every column of a job's row that follows from its postings.
fn write_row(
    connection: &Connection,
    job: i64,
    facts: &JobFacts,
    standing: &Standing,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "UPDATE job SET
             closed_at = CASE WHEN ?2 = 0 THEN NULL ELSE coalesce(closed_at, ?4) END,
             posted_at = coalesce(?14, first_seen),
             status = ?2, open_until = ?3, closed_reason = ?5, url = ?6, title = ?7, employer = ?8, place = ?9,
             work_mode = ?10, pay = ?11, employment = ?12, date_posted = ?13, closes = ?15, closes_at = ?16,
             pay_unit = ?17, pay_low = ?18, pay_high = ?19, annual_low = ?20, annual_high = ?21, boards = ?22,
             facets = ?23, employers = ?24, unstated = ?25, role = ?28, soc = ?29, setting = ?30, level = ?31,
             employer_id = ?32, credentials = ?33, experience_years = ?34, hours_per_week = ?35, agency = ?36,
             warnings = ?37
         WHERE id = ?1",
    )?;
    bind_row(&mut statement, facts, standing, now)?;
    statement.raw_bind_parameter(1, job)?;
    statement.raw_execute()?;
    Ok(())
}

/// Makes a job's row whole at once, which spares the most frequent case two rewrites of it.
fn insert_row(
    connection: &Connection,
    founder: &Touched,
    facts: &JobFacts,
    standing: &Standing,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO job (status, open_until, closed_at, closed_reason, url, title, employer, place, work_mode, pay,
                          employment, date_posted, posted_at, closes, closes_at, pay_unit, pay_low, pay_high,
                          annual_low, annual_high, boards, facets, employers, unstated, public_id, founder,
                          first_seen, text_hash, role, soc, setting, level, employer_id, credentials,
                          experience_years, hours_per_week, agency, warnings)
         VALUES (?2, ?3, CASE WHEN ?2 = 0 THEN NULL ELSE ?4 END, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                 coalesce(?14, ?4), ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?1, ?4, ?27,
                 ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37)",
    )?;
    bind_row(&mut statement, facts, standing, now)?;
    statement.raw_bind_parameter(1, founder.id)?;
    statement.raw_bind_parameter(26, JobId::founded_by(&founder.posting.key).as_str())?;
    statement.raw_bind_parameter(27, facts.text.hash())?;
    statement.raw_execute()?;
    Ok(connection.last_insert_rowid())
}

/// Binds the columns that both statements share: ?2 to ?25, and ?28 to ?37 for the codes.
fn bind_row(
    statement: &mut Statement<'_>,
    facts: &JobFacts,
    standing: &Standing,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let status = if standing.is_open { OPEN } else { CLOSED };
    let now = millis(now);
    let range = &facts.pay_range;
    let unit = range.unit.map(PayUnit::as_str);
    let values: [&dyn ToSql; 24] = [
        &status,
        &standing.open_until,
        &now,
        &standing.closed_reason,
        &facts.url,
        &facts.title,
        &facts.employer,
        &facts.place,
        &facts.work_mode,
        &facts.pay,
        &facts.employment,
        &facts.date_posted,
        &facts.posted_at,
        &facts.closes,
        &facts.closes_at,
        &unit,
        &range.low,
        &range.high,
        &range.annual_low,
        &range.annual_high,
        &facts.boards,
        &facts.facets,
        &facts.employers,
        &facts.unstated,
    ];
    for (at, value) in (2..).zip(values) {
        statement.raw_bind_parameter(at, value)?;
    }
    bind_codes(statement, &facts.coded)
}

fn bind_codes(statement: &mut Statement<'_>, coded: &CodedFacts) -> Result<(), StoreError> {
    let values: [&dyn ToSql; 10] = [
        &coded.role,
        &coded.soc,
        &coded.setting,
        &coded.level,
        &coded.employer_id,
        &coded.credentials,
        &coded.experience_years,
        &coded.hours_per_week,
        &coded.agency,
        &coded.warnings,
    ];
    for (at, value) in (28..).zip(values) {
        statement.raw_bind_parameter(at, value)?;
    }
    Ok(())
}

/// Writes where a job is. Most rows are written anew without having moved, so that a look comes first.
fn write_points(connection: &Connection, job: i64, points: &[(f64, f64)], is_new: bool) -> Result<(), StoreError> {
    if !is_new {
        let mut statement = connection.prepare_cached("SELECT latitude, longitude FROM job_point WHERE job = ?1")?;
        let rows = statement.query_map([job], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let known: Vec<(f64, f64)> = rows.collect::<Result<_, _>>()?;
        if known.len() == points.len() && points.iter().all(|point| known.contains(point)) {
            return Ok(());
        }
        connection.prepare_cached("DELETE FROM job_point WHERE job = ?1")?.execute([job])?;
    }
    let mut statement =
        connection.prepare_cached("INSERT OR IGNORE INTO job_point (job, latitude, longitude) VALUES (?1, ?2, ?3)")?;
    for (latitude, longitude) in points {
        statement.execute(params![job, latitude, longitude])?;
    }
    Ok(())
}

fn write_text(connection: &Connection, job: i64, text: &JobText, replaces: bool) -> Result<(), StoreError> {
    if replaces {
        connection.prepare_cached("DELETE FROM job_text WHERE rowid = ?1")?.execute([job])?;
    }
    insert_text(connection, job, text)?;
    connection.prepare_cached("UPDATE job SET text_hash = ?2 WHERE id = ?1")?.execute(params![job, text.hash()])?;
    Ok(())
}

fn insert_text(connection: &Connection, job: i64, text: &JobText) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO job_text (rowid, title, organization, place, body, tags) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    statement.execute(params![job, text.title, text.organization, text.place, text.body, text.tags])?;
    Ok(())
}
