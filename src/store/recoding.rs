//! Coding stored postings anew after the vocabulary has changed.
//!
//! A step takes some postings that another vocabulary has coded, hands them to a function that codes
//! them, and stores what came of it with their jobs' rows in one transaction. A job whose filters
//! would now answer otherwise gets an event, and its former answers are kept, so that what first
//! matches a search because of it can be told as newly coded.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::Store;
use super::encoding::{millis, pack_posting, unsigned};
use super::error::StoreError;
use super::events::{NewEvent, add_event};
use super::grouping::job_of;
use super::refresh::{Change, refresh};
use super::sketches::read_posting;
use super::writer::Work;
use crate::model::{EventKind, Posting};

/// How to code postings anew.
#[derive(Clone)]
pub struct Recoding {
    /// The vocabulary that postings are to be coded by.
    pub vocabulary: String,
    /// Codes one posting.
    pub code: Arc<dyn Fn(&mut Posting) + Send + Sync>,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// Whether everything is only tried and nothing stored.
    pub dry_run: bool,
}

/// What one step came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecodingStep {
    /// Postings looked at.
    pub postings: u64,
    /// Postings whose codes changed.
    pub changed: u64,
    /// Jobs whose filters answer otherwise now, each with what changed in words.
    pub jobs: Vec<(String, String)>,
    /// Where the next step goes on; `None` when all is done.
    pub next: Option<i64>,
}

impl Store {
    /// Counts the postings that another vocabulary has coded, or none.
    pub fn postings_to_recode(&self, vocabulary: &str) -> Result<u64, StoreError> {
        self.read(|connection| {
            let sql = "SELECT count(*) FROM posting JOIN posting_body ON posting = id WHERE vocabulary <> ?1";
            Ok(unsigned(connection.prepare_cached(sql)?.query_row([vocabulary], |row| row.get(0))?))
        })
    }

    /// Codes some postings anew, from a row on; all of it is stored, or nothing.
    pub fn recode_step(&self, recoding: &Recoding, after: i64, most: usize) -> Result<RecodingStep, StoreError> {
        let recoding = recoding.clone();
        self.write(move |work| {
            if !recoding.dry_run {
                return step(work, &recoding, after, most);
            }
            work.tx.execute_batch("SAVEPOINT trial")?;
            let tried = step(work, &recoding, after, most);
            work.tx.execute_batch("ROLLBACK TO trial; RELEASE trial")?;
            work.cache.clear();
            tried
        })
    }
}

fn step(work: &mut Work<'_>, recoding: &Recoding, after: i64, most: usize) -> Result<RecodingStep, StoreError> {
    let ids = other_postings(&work.tx, recoding, after, most)?;
    let mut done = RecodingStep { next: ids.last().copied().filter(|_| ids.len() >= most), ..RecodingStep::default() };
    let mut jobs = BTreeSet::new();
    for id in ids {
        done.postings += 1;
        let Some(mut posting) = read_posting(&work.tx, id)? else { continue };
        let before = posting.clone();
        (recoding.code)(&mut posting);
        let mut statement =
            work.tx.prepare_cached("UPDATE posting SET vocabulary = ?2, contacts = ?3 WHERE id = ?1")?;
        statement.execute(params![id, recoding.vocabulary, !posting.codes.contacts.is_empty()])?;
        drop(statement);
        let body = pack_posting(&posting)?;
        work.tx.prepare_cached("UPDATE posting_body SET body = ?2 WHERE posting = ?1")?.execute(params![id, body])?;
        posting.codes.vocabulary.clone_from(&before.codes.vocabulary);
        if posting != before {
            done.changed += 1;
            // What it is coded with is compared as well: it is to be judged anew.
            work.tx.prepare_cached("UPDATE sketch SET model = '' WHERE posting = ?1")?.execute([id])?;
            jobs.extend(job_of(&work.tx, id)?);
        }
    }
    // What was compared with them is stale.
    work.cache.clear();
    for job in jobs {
        done.jobs.extend(recoded(work, recoding, job)?);
    }
    Ok(done)
}

fn other_postings(
    connection: &Connection,
    recoding: &Recoding,
    after: i64,
    most: usize,
) -> Result<Vec<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM posting JOIN posting_body ON posting = id
         WHERE id > ?1 AND vocabulary <> ?2 ORDER BY id LIMIT ?3",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![after, recoding.vocabulary, most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A job's public id and its answers to filters.
type Answers = (String, String, i64);

fn answers(connection: &Connection, job: i64) -> Result<Option<Answers>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT public_id, facets, unstated FROM job WHERE id = ?1 AND status < 2")?;
    Ok(statement.query_row([job], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?)
}

/// Writes a job's row anew; gives what changed for filters.
fn recoded(work: &Work<'_>, recoding: &Recoding, job: i64) -> Result<Option<(String, String)>, StoreError> {
    let Some(before) = answers(&work.tx, job)? else { return Ok(None) };
    let mut keep = work.tx.prepare_cached(
        "INSERT INTO job_recoded (job, at, event, facets, unstated, soc, experience_years, hours_per_week, agency, warnings)
         SELECT id, ?2, 0, facets, unstated, soc, experience_years, hours_per_week, agency, warnings
         FROM job WHERE id = ?1
         ON CONFLICT (job) DO UPDATE SET at = excluded.at, facets = excluded.facets, unstated = excluded.unstated,
             soc = excluded.soc, experience_years = excluded.experience_years,
             hours_per_week = excluded.hours_per_week, agency = excluded.agency, warnings = excluded.warnings",
    )?;
    work.tx.execute_batch("SAVEPOINT recoded")?;
    keep.execute(params![job, millis(recoding.now)])?;
    refresh(work, job, &Change::default(), recoding.now)?;
    let after = answers(&work.tx, job)?;
    let Some(after) = after.filter(|after| (&after.1, after.2) != (&before.1, before.2)) else {
        // Only wording changed: the row is new, but nothing matches otherwise.
        work.tx.execute_batch("RELEASE recoded")?;
        work.tx
            .prepare_cached("DELETE FROM job_recoded WHERE job = ?1 AND at = ?2 AND event = 0")?
            .execute(params![job, millis(recoding.now)])?;
        return Ok(None);
    };
    work.tx.execute_batch("RELEASE recoded")?;
    let words = difference(&before.1, &after.1);
    add_event(&work.tx, &NewEvent { kind: EventKind::Coded, detail: Some(&words), ..NewEvent::of(job) }, recoding.now)?;
    let event = work.tx.last_insert_rowid();
    work.tx.prepare_cached("UPDATE job_recoded SET event = ?2 WHERE job = ?1")?.execute([job, event])?;
    Ok(Some((before.0, words)))
}

/// Names of facets for people.
const NAMES: [(&str, &str); 13] = [
    ("ro", "role"),
    ("cr", "credential"),
    ("cq", "required"),
    ("se", "setting"),
    ("lv", "level"),
    ("en", "entry level"),
    ("ed", "education"),
    ("sh", "shift"),
    ("cs", "coding system"),
    ("sw", "software"),
    ("sp", "specialty"),
    ("be", "benefit"),
    ("st", "state"),
];

/// Says which facets came and which went: `credential +ahima:rhit; role +cdi −other`.
fn difference(before: &str, after: &str) -> String {
    let words = |text: &str| -> BTreeSet<String> { text.split_whitespace().map(str::to_owned).collect() };
    let (before, after) = (words(before), words(after));
    let mut parts: Vec<String> = Vec::new();
    for (kind, name) in NAMES {
        let of_kind = |facet: &&String| facet.starts_with(&format!("{kind}:")) && !facet.ends_with(":unstated");
        let value = |facet: &String| facet.split_once(':').map_or(String::new(), |(_, value)| value.to_owned());
        let came: Vec<String> = after.difference(&before).filter(of_kind).map(|f| format!("+{}", value(f))).collect();
        let went: Vec<String> =
            before.difference(&after).filter(of_kind).map(|f| format!("\u{2212}{}", value(f))).collect();
        if !came.is_empty() || !went.is_empty() {
            parts.push(format!("{name} {}", [came, went].concat().join(" ")));
        }
    }
    if parts.is_empty() { "what is not stated".to_owned() } else { parts.join("; ") }
}
