//! What people decide of postings: same, different, and taking either back.
//!
//! A decision is an event that says which rulings it changed, from what to what. The grouping follows
//! from links and rulings alone, so that taking the rulings back restores the grouping that was.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Store;
use super::encoding::millis;
use super::error::StoreError;
use super::events::{NewEvent, add_event};
use super::grouping::{job_of, posting_named, regroup};
use super::job_reading::find_posting;
use super::links::{Judging, explained};
use super::refresh::refresh;
use super::reversal::reversal;
use super::rulings::{Said, said_of, said_same, set};
use super::writer::Work;
use crate::model::{Evidence, Judge, Link, Ruling, Verdict};

/// A decision to be made.
#[derive(Clone)]
pub struct Decision {
    /// One posting, as `board/posting_id`, an address, or a job that has one posting.
    pub a: String,
    /// The other.
    pub b: String,
    /// What they are.
    pub ruling: Ruling,
    /// Who says so.
    pub who: String,
    /// Why.
    pub why: Option<String>,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// Compares postings.
    pub judge: Arc<dyn Judge>,
}

/// What a decision came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// The event by which it can be undone.
    pub event: i64,
    /// The job of the one posting afterwards.
    pub job_a: String,
    /// The job of the other.
    pub job_b: String,
    /// What it did, in words.
    pub says: String,
}

/// Why a decision was not made.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// There is no such posting.
    #[error("no posting `{0}`: name it as BOARD/POSTING, by its address, or by a job with one posting")]
    NoPosting(String),
    /// A job has several postings, so that it names none.
    #[error("job `{0}` has several postings; name one of them: {1}")]
    Several(String, String),
    /// Both names mean one posting.
    #[error("`{0}` and `{1}` are one posting")]
    SamePosting(String, String),
    /// A person has said the opposite, of these or of postings that follow from it.
    #[error("{0} and {1} were ruled {2} by {3} on {4}; undo that first")]
    Contradicts(String, String, String, String, String),
    /// There is no such event, or none that can be undone.
    #[error("event {0} {1}")]
    NotUndone(i64, String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One ruling as it was and as it became.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Changed {
    pub(super) a: i64,
    pub(super) b: i64,
    pub(super) before: Option<Said>,
    pub(super) after: Option<Said>,
}

/// Two postings compared for a person.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// One posting, as `board/posting_id`.
    pub a: String,
    /// The other.
    pub b: String,
    /// The verdict with every point named.
    pub verdict: Verdict,
    /// What a person has said, with who and when.
    pub ruled: Option<String>,
    /// The job of each.
    pub jobs: (String, String),
}

impl Store {
    /// Compares two postings and names every point.
    ///
    /// # Errors
    /// [`DecisionError`] when a name means no posting, or several.
    pub fn explain_pair(
        &self,
        judge: &Arc<dyn Judge>,
        a: &str,
        b: &str,
        now: DateTime<Utc>,
    ) -> Result<Comparison, DecisionError> {
        let (judge, a, b) = (Arc::clone(judge), a.to_owned(), b.to_owned());
        self.write(move |work| {
            let (x, y) = match named_pair(&work.tx, &a, &b)? {
                Ok(pair) => pair,
                Err(error) => return Ok(Err(error)),
            };
            let judging = Judging { judge: judge.as_ref(), now };
            let verdict = explained(work, judging, (x, y))?;
            let ruled = said_of(&work.tx, x.min(y), x.max(y))?;
            let ruled = ruled.map(|said| format!("ruled {} by {} on {}", said.verdict, said.who, day(said.at)));
            let jobs = (public_job(&work.tx, x)?, public_job(&work.tx, y)?);
            Ok(Ok(Comparison { a: posting_named(&work.tx, x)?, b: posting_named(&work.tx, y)?, verdict, ruled, jobs }))
        })?
    }

    /// Makes a decision. It outranks every score from then on.
    ///
    /// # Errors
    /// [`DecisionError`] when a name means no posting, or people have said the opposite; then nothing changes.
    pub fn decide(&self, decision: Decision) -> Result<Decided, DecisionError> {
        self.write(move |work| {
            let (x, y) = match named_pair(&work.tx, &decision.a, &decision.b)? {
                Ok(pair) => pair,
                Err(error) => return Ok(Err(error)),
            };
            let (a, b) = (x.min(y), x.max(y));
            if let Some(error) = contradiction(&work.tx, (a, b), decision.ruling)? {
                return Ok(Err(error));
            }
            let verdict = if decision.ruling == Ruling::Same { "same" } else { "different" };
            let said = Said {
                verdict: verdict.to_owned(),
                who: decision.who.clone(),
                why: decision.why.clone(),
                at: millis(decision.now),
            };
            let before = said_of(&work.tx, a, b)?;
            let mut changes = vec![Changed { a, b, before, after: Some(said.clone()) }];
            if decision.ruling == Ruling::Different {
                changes.extend(other_side(&work.tx, (x, y), &said)?);
            }
            let judging = Judging { judge: decision.judge.as_ref(), now: decision.now };
            let says = format!(
                "{} and {}: {verdict}, says {}",
                posting_named(&work.tx, x)?,
                posting_named(&work.tx, y)?,
                decision.who
            );
            let event = carry_out(work, judging, &changes, &says)?;
            Ok(Ok(Decided { event, job_a: public_job(&work.tx, x)?, job_b: public_job(&work.tx, y)?, says }))
        })?
    }

    /// Takes back what an event did: a decision's rulings become what they were; what the scores joined is
    /// ruled different, what they parted is ruled the same.
    ///
    /// # Errors
    /// [`DecisionError`] when there is no such event, or what it did has been changed since.
    pub fn undo(
        &self,
        judge: &Arc<dyn Judge>,
        event: i64,
        who: &str,
        now: DateTime<Utc>,
    ) -> Result<Decided, DecisionError> {
        let (judge, who) = (Arc::clone(judge), who.to_owned());
        self.write(move |work| {
            let changes = match reversal(&work.tx, event, &who, now)? {
                Ok(changes) => changes,
                Err(error) => return Ok(Err(error)),
            };
            let Some((x, y)) = changes.first().map(|change| (change.a, change.b)) else {
                return Ok(Err(DecisionError::NotUndone(event, "changed no grouping".to_owned())));
            };
            if let Some(error) = contradicts(&work.tx, &changes)? {
                return Ok(Err(error));
            }
            let says = format!("event {event} undone, says {who}");
            let event = carry_out(work, Judging { judge: judge.as_ref(), now }, &changes, &says)?;
            Ok(Ok(Decided { event, job_a: public_job(&work.tx, x)?, job_b: public_job(&work.tx, y)?, says }))
        })?
    }

    /// Gives doubtful pairs that nobody has ruled on, the most doubtful first: what was taken for perhaps
    /// the same, in two jobs of which at least one is open.
    pub fn doubtful_pairs(&self, most: usize) -> Result<Vec<Link>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT ba.name || '/' || pa.posting_id, bb.name || '/' || pb.posting_id, l.probability, l.evidence
                 FROM link AS l
                 JOIN posting AS pa ON pa.id = l.a JOIN board AS ba ON ba.id = pa.board
                 JOIN posting AS pb ON pb.id = l.b JOIN board AS bb ON bb.id = pb.board
                 JOIN membership AS ma ON ma.posting = l.a JOIN membership AS mb ON mb.posting = l.b
                 JOIN job AS ja ON ja.id = ma.job JOIN job AS jb ON jb.id = mb.job
                 WHERE l.kind = 'possible' AND ma.job <> mb.job AND (ja.status = 0 OR jb.status = 0)
                   AND NOT EXISTS (SELECT 1 FROM human_constraint AS h WHERE h.a = l.a AND h.b = l.b)
                 ORDER BY l.veto, abs(l.probability - 0.5), l.a, l.b LIMIT ?1",
            )?;
            let mut rows = statement.query([i64::try_from(most).unwrap_or(i64::MAX)])?;
            let mut links = Vec::new();
            while let Some(row) = rows.next()? {
                let evidence: String = row.get(3)?;
                let evidence: Vec<Evidence> =
                    serde_json::from_str(&evidence).map_err(|error| StoreError::unreadable("evidence", error))?;
                let kind = crate::model::LinkKind::Possible;
                links.push(Link { a: row.get(0)?, b: row.get(1)?, probability: row.get(2)?, kind, evidence });
            }
            Ok(links)
        })
    }
}

fn day(at: i64) -> String {
    super::encoding::time(at).format("%Y-%m-%d").to_string()
}

fn public_job(connection: &Connection, posting: i64) -> Result<String, StoreError> {
    let sql = "SELECT j.public_id FROM membership AS m JOIN job AS j ON j.id = m.job WHERE m.posting = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([posting], |row| row.get(0)).optional()?.unwrap_or_default())
}

type Named = Result<(i64, i64), DecisionError>;

fn named_pair(connection: &Connection, a: &str, b: &str) -> Result<Named, StoreError> {
    let x = match find_posting(connection, a)? {
        Ok(row) => row,
        Err(error) => return Ok(Err(error)),
    };
    let y = match find_posting(connection, b)? {
        Ok(row) => row,
        Err(error) => return Ok(Err(error)),
    };
    Ok(if x == y { Err(DecisionError::SamePosting(a.to_owned(), b.to_owned())) } else { Ok((x, y)) })
}

/// Gives everything that people have said to be one with a posting, the posting with it.
fn said_one(connection: &Connection, posting: i64) -> Result<BTreeSet<i64>, StoreError> {
    let mut all = BTreeSet::from([posting]);
    let mut frontier = vec![posting];
    while let Some(posting) = frontier.pop() {
        for other in said_same(connection, posting)? {
            if all.insert(other) {
                frontier.push(other);
            }
        }
    }
    Ok(all)
}

/// Finds what people have said that a ruling would contradict.
pub(super) fn contradiction(
    connection: &Connection,
    (a, b): (i64, i64),
    ruling: Ruling,
) -> Result<Option<DecisionError>, StoreError> {
    let told = |x: i64, y: i64, said: &Said| -> Result<Option<DecisionError>, StoreError> {
        let (x, y) = (posting_named(connection, x)?, posting_named(connection, y)?);
        Ok(Some(DecisionError::Contradicts(x, y, said.verdict.clone(), said.who.clone(), day(said.at))))
    };
    let (left, right) = (said_one(connection, a)?, said_one(connection, b)?);
    if ruling == Ruling::Different {
        if !left.contains(&b) {
            return Ok(None);
        }
        // The ruling itself may be turned round; a chain of others may not.
        let said = said_of(connection, a, b)?;
        if let Some(said) = said.filter(|said| said.ruling() == Ruling::Same) {
            return told(a, b, &said);
        }
        for x in &left {
            for y in said_same(connection, *x)? {
                if let Some(said) = said_of(connection, (*x).min(y), (*x).max(y))? {
                    return told((*x).min(y), (*x).max(y), &said);
                }
            }
        }
        return Ok(None);
    }
    for x in &left {
        for y in &right {
            let said = said_of(connection, (*x).min(*y), (*x).max(*y))?;
            if let Some(said) = said.filter(|said| said.ruling() == Ruling::Different) {
                return told((*x).min(*y), (*x).max(*y), &said);
            }
        }
    }
    Ok(None)
}

/// Where two of one job are different, each of the others stays with the one that it is more like: nothing
/// is ruled of them, for the scores decide it. Only copies that people tied to one side are ruled with it.
fn other_side(connection: &Connection, (x, y): (i64, i64), said: &Said) -> Result<Vec<Changed>, StoreError> {
    let mut changes = Vec::new();
    let (left, right) = (said_one(connection, x)?, said_one(connection, y)?);
    for one in &left {
        for other in &right {
            let (a, b) = ((*one).min(*other), (*one).max(*other));
            if (a, b) != (x.min(y), x.max(y)) && a != b && said_of(connection, a, b)?.is_none() {
                changes.push(Changed { a, b, before: None, after: Some(said.clone()) });
            }
        }
    }
    Ok(changes)
}

/// Finds what several rulings together would contradict, and sets none of them.
fn contradicts(connection: &Connection, changes: &[Changed]) -> Result<Option<DecisionError>, StoreError> {
    for change in changes {
        set(connection, (change.a, change.b), None)?;
    }
    let mut found = None;
    for change in changes {
        if let (None, Some(after)) = (&found, &change.after) {
            found = contradiction(connection, (change.a, change.b), after.ruling())?;
            if found.is_none() {
                set(connection, (change.a, change.b), Some(after))?;
            }
        }
    }
    for change in changes {
        set(connection, (change.a, change.b), change.before.as_ref())?;
    }
    Ok(found)
}

/// Sets the rulings, groups anew, and writes the event; gives its id.
fn carry_out(work: &mut Work<'_>, judging: Judging<'_>, changes: &[Changed], says: &str) -> Result<i64, StoreError> {
    let mut postings = BTreeSet::new();
    for change in changes {
        set(&work.tx, (change.a, change.b), change.after.as_ref())?;
        postings.extend([change.a, change.b]);
    }
    let postings: Vec<i64> = postings.into_iter().collect();
    let grouped = regroup(work, judging, &postings)?;
    let job = match postings.first() {
        Some(posting) => job_of(&work.tx, *posting)?,
        None => None,
    };
    let mut jobs: BTreeMap<i64, super::refresh::Change> = grouped.jobs;
    for posting in &postings {
        if let Some(job) = job_of(&work.tx, *posting)? {
            jobs.entry(job).or_default();
        }
    }
    for (job, change) in &jobs {
        refresh(work, *job, change, judging.now)?;
    }
    let data = serde_json::to_string(changes).map_err(|error| StoreError::unreadable("decision", error))?;
    if let Some(job) = job {
        let kind = crate::model::EventKind::Decided;
        let event = NewEvent { kind, detail: Some(says), data: Some(&data), ..NewEvent::of(job) };
        add_event(&work.tx, &event, judging.now)?;
    }
    let decision = work.tx.last_insert_rowid();
    // The other job's history says what parted or joined it, too; it is undone by the one number.
    let told = format!("{says} (event {decision})");
    for other in jobs.keys().filter(|other| Some(**other) != job) {
        let kind = crate::model::EventKind::Decided;
        add_event(&work.tx, &NewEvent { kind, detail: Some(&told), ..NewEvent::of(*other) }, judging.now)?;
    }
    Ok(decision)
}
