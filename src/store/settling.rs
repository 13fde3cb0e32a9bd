//! Makes each group of postings one job: which job it is, who enters and who leaves, what merges, and the
//! events that tell of it.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::encoding::millis;
use super::error::StoreError;
use super::events::{NewEvent, add_event};
use super::grouping::{Grouped, job_of, posting_named};
use super::links::Judging;
use super::refresh::{Founding, Repost, insert_bare_job};
use super::sketches::read_posting;
use super::writer::Work;
use crate::model::{EventKind, JobId};

/// A job that one of a component's postings founded once.
#[derive(Clone)]
struct JobHere {
    id: i64,
    public_id: String,
    founder: i64,
    is_merged: bool,
}

/// Which jobs a component's postings belong to, before and while it is settled, and which they founded.
/// Those that have merged count as well: the name of a job then depends on nothing but which postings it
/// has, so that a decision taken back leaves the names that were.
pub(super) struct JobsHere {
    of_posting: HashMap<i64, i64>,
    jobs: Vec<JobHere>,
}

impl JobsHere {
    pub(super) fn read(connection: &Connection, component: &[i64]) -> Result<Self, StoreError> {
        let mut of_posting = HashMap::new();
        let mut jobs = Vec::new();
        let mut statement =
            connection.prepare_cached("SELECT id, public_id, status = 2 FROM job WHERE founder = ?1 AND status < 3")?;
        for posting in component {
            if let Some(job) = job_of(connection, *posting)? {
                of_posting.insert(*posting, job);
            }
            let founded = statement.query_map([posting], |row| {
                Ok(JobHere { id: row.get(0)?, public_id: row.get(1)?, founder: *posting, is_merged: row.get(2)? })
            })?;
            for job in founded {
                jobs.push(job?);
            }
        }
        // Rows are numbered as jobs were founded, whatever the clock said.
        jobs.sort_by_key(|job| job.id);
        Ok(Self { of_posting, jobs })
    }

    /// Makes one cluster one job.
    pub(super) fn settle(
        &mut self,
        work: &mut Work<'_>,
        judging: Judging<'_>,
        cluster: &[i64],
        grouped: &mut Grouped,
    ) -> Result<(), StoreError> {
        let owned: Vec<JobHere> = self.jobs.iter().filter(|job| cluster.contains(&job.founder)).cloned().collect();
        let Some(first) = cluster.first() else { return Ok(()) };
        let survivor = if let Some(oldest) = owned.first() {
            if oldest.is_merged {
                work.tx.prepare_cached("DELETE FROM job_alias WHERE alias = ?1")?.execute([oldest.id])?;
                grouped.jobs.entry(oldest.id).or_default().founding = Founding::SplitOff;
            }
            oldest.id
        } else {
            let job = found(work, *first)?;
            let founding = if self.of_posting.contains_key(first) { Founding::SplitOff } else { Founding::New };
            grouped.jobs.entry(job).or_default().founding = founding;
            job
        };
        let mut merged = Vec::new();
        for job in owned.iter().skip(1) {
            if job.is_merged {
                // A name that leads here goes where its founder goes.
                let mut statement = work.tx.prepare_cached("UPDATE job_alias SET job = ?2 WHERE alias = ?1")?;
                statement.execute([job.id, survivor])?;
                continue;
            }
            merge(work, judging, survivor, job)?;
            grouped.jobs.remove(&job.id);
            merged.push(job.id);
        }
        for posting in cluster {
            let before = self.of_posting.get(posting).copied();
            if before != Some(survivor) {
                let was_merged = before.is_some_and(|job| merged.contains(&job));
                self.enter(work, judging, (*posting, survivor), (was_merged, &mut *grouped))?;
            }
        }
        Ok(())
    }

    /// Moves one posting into a job.
    fn enter(
        &mut self,
        work: &mut Work<'_>,
        judging: Judging<'_>,
        (posting, job): (i64, i64),
        (was_merged, grouped): (bool, &mut Grouped),
    ) -> Result<(), StoreError> {
        let before = self.of_posting.insert(posting, job);
        let mut statement = work.tx.prepare_cached(
            "INSERT INTO membership (posting, job, since, by) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (posting) DO UPDATE SET job = excluded.job, since = excluded.since, by = excluded.by",
        )?;
        statement.execute(params![posting, job, millis(judging.now), judging.judge.model()])?;
        let founds = grouped.jobs.get(&job).is_some_and(|change| change.founding != Founding::Known)
            && is_founder(&work.tx, job, posting)?;
        grouped.jobs.entry(job).or_default();
        let name = posting_named(&work.tx, posting)?;
        if was_merged {
            if !is_repost(&work.tx, posting, job)? {
                return Ok(());
            }
            change_reposted(grouped, job, true);
            let event = NewEvent { kind: EventKind::Reposted, posting: Some(&name), ..NewEvent::of(job) };
            return add_event(&work.tx, &event, judging.now);
        }
        if let Some(left) = before {
            grouped.jobs.entry(left).or_default();
            let event = NewEvent { kind: EventKind::Split, posting: Some(&name), ..NewEvent::of(left) };
            add_event(&work.tx, &event, judging.now)?;
        }
        if founds {
            let event = NewEvent { kind: EventKind::Split, posting: Some(&name), ..NewEvent::of(job) };
            return if before.is_some() { add_event(&work.tx, &event, judging.now) } else { Ok(()) };
        }
        let reposts = before.is_none() && is_repost(&work.tx, posting, job)?;
        change_reposted(grouped, job, reposts);
        let kind = if reposts { EventKind::Reposted } else { EventKind::Joined };
        add_event(&work.tx, &NewEvent { kind, posting: Some(&name), ..NewEvent::of(job) }, judging.now)
    }
}

fn change_reposted(grouped: &mut Grouped, job: i64, reposts: bool) {
    if let Some(change) = grouped.jobs.get_mut(&job).filter(|_| reposts) {
        change.repost = Repost::Told;
    }
}

fn is_founder(connection: &Connection, job: i64, posting: i64) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM job WHERE id = ?1 AND founder = ?2")?;
    Ok(statement.exists([job, posting])?)
}

fn is_repost(connection: &Connection, posting: i64, job: i64) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM link AS l JOIN membership AS m ON m.posting = CASE WHEN l.a = ?1 THEN l.b ELSE l.a END
         WHERE (l.a = ?1 OR l.b = ?1) AND l.kind = 'repost' AND m.job = ?2",
    )?;
    Ok(statement.exists([posting, job])?)
}

/// Founds a job by a posting, or revives the one that bears its name.
fn found(work: &mut Work<'_>, founder: i64) -> Result<i64, StoreError> {
    let posting = match read_posting(&work.tx, founder)? {
        Some(posting) => JobId::founded_by(&posting.key),
        None => return Err(StoreError::unreadable("posting", format!("row {founder} has no body"))),
    };
    let known: Option<i64> = work
        .tx
        .prepare_cached("SELECT id FROM job WHERE public_id = ?1")?
        .query_row([posting.as_str()], |row| row.get(0))
        .optional()?;
    match known {
        Some(job) => {
            work.tx.prepare_cached("DELETE FROM job_alias WHERE alias = ?1")?.execute([job])?;
            Ok(job)
        }
        None => insert_bare_job(&work.tx, &posting, founder),
    }
}

/// Makes one job an alias of another.
fn merge(work: &mut Work<'_>, judging: Judging<'_>, survivor: i64, job: &JobHere) -> Result<(), StoreError> {
    let now = millis(judging.now);
    let tx = &work.tx;
    tx.prepare_cached("UPDATE job_alias SET job = ?2 WHERE job = ?1")?.execute([job.id, survivor])?;
    tx.prepare_cached(
        "INSERT INTO job_alias (alias, job, since) VALUES (?1, ?2, ?3)
         ON CONFLICT (alias) DO UPDATE SET job = excluded.job, since = excluded.since",
    )?
    .execute([job.id, survivor, now])?;
    tx.prepare_cached("UPDATE job SET status = 2, text_hash = x'' WHERE id = ?1")?.execute([job.id])?;
    tx.prepare_cached("DELETE FROM job_text WHERE rowid = ?1")?.execute([job.id])?;
    let event = NewEvent { kind: EventKind::Merged, detail: Some(&job.public_id), ..NewEvent::of(survivor) };
    add_event(tx, &event, judging.now)
}
