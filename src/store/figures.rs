//! Reads the rows that statistics are made of: jobs that match for sure, narrow, without their
//! texts; and, where a report needs them, their postings one by one.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, Rows, Statement};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Store;
use super::encoding::{millis, time, unpack};
use super::error::StoreError;
use super::facts::IMPLAUSIBLE;
use super::filters::{Filters, Sureness};
use super::job_reading::find_job;
use super::match_text::expression;
use crate::model::{
    ANY_CREDENTIAL, BoardId, Codes, CopyFigure, Criteria, EmployerIdentity, JobFigures, JobId, PayFigure, UNSTATED,
    Word, WorkMode,
};

impl Store {
    /// Gives every job that matches for sure, oldest first: the jobs that the total of a search with
    /// these criteria counts, whatever their limit.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn figures(&self, criteria: &Criteria, now: DateTime<Utc>) -> Result<Vec<JobFigures>, StoreError> {
        self.read(|connection| Ok(read_jobs(connection, criteria, now)?.0))
    }

    /// Gives the same with the copies of each job.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn figures_with_copies(&self, criteria: &Criteria, now: DateTime<Utc>) -> Result<Vec<JobFigures>, StoreError> {
        self.read(|connection| {
            let (mut jobs, places) = read_jobs(connection, criteria, now)?;
            add_copies(connection, criteria, now, (&mut jobs, &places))?;
            Ok(jobs)
        })
    }

    /// Hands every posting of the jobs that match for sure to a function, read as far as `T` reads it.
    /// Unlike the above this walks the wide rows.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn for_each_copy<T: DeserializeOwned>(
        &self,
        criteria: &Criteria,
        now: DateTime<Utc>,
        mut each: impl FnMut(&JobId, T),
    ) -> Result<(), StoreError> {
        self.read(|connection| {
            let selected = Selected::of(criteria, now)?;
            let sql = selected.select(
                "j.public_id, b.body",
                "JOIN membership AS m ON m.job = j.id JOIN posting_body AS b ON b.posting = m.posting",
            );
            let mut statement = connection.prepare(&sql)?;
            let mut rows = selected.bound(&mut statement)?;
            while let Some(row) = rows.next()? {
                let id = JobId::from_text(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
                let body = unpack(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
                let read = serde_json::from_slice(&body).map_err(|error| StoreError::unreadable("posting", error))?;
                each(&id, read);
            }
            Ok(())
        })
    }

    /// Gives the employers of some jobs, each with what is known of it beside its identity; a job
    /// whose employer is not coded is left out.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn employers_of(&self, jobs: &[JobId]) -> Result<Vec<EmployerIdentity>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT b.body FROM membership AS m JOIN posting_body AS b ON b.posting = m.posting
                 JOIN job AS j ON j.id = m.job WHERE m.job = ?1 ORDER BY m.posting",
            )?;
            let mut found = Vec::with_capacity(jobs.len());
            for job in jobs {
                let Some(row) = find_job(connection, job.as_str())? else { continue };
                let mut rows = statement.query([row])?;
                while let Some(row) = rows.next()? {
                    let body = unpack(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
                    let coded: CodedAlone =
                        serde_json::from_slice(&body).map_err(|error| StoreError::unreadable("posting", error))?;
                    found.extend(coded.codes.employer);
                }
            }
            Ok(found)
        })
    }
}

/// A posting read for its codes alone.
#[derive(Deserialize)]
struct CodedAlone {
    #[serde(default)]
    codes: Codes,
}

/// The jobs that match for sure, as a part of a statement with its values.
struct Selected {
    filters: Filters,
    text: Option<String>,
}

impl Selected {
    fn of(criteria: &Criteria, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let filters = Filters::of(criteria, now);
        // Every row is wanted, so that the index of tags would only be a detour; words need it.
        let tags = if criteria.query.is_some() { filters.tags(Sureness::Sure) } else { Vec::new() };
        Ok(Self { text: expression(criteria.query.as_ref(), &tags)?, filters })
    }

    fn select(&self, columns: &str, joined: &str) -> String {
        let wherefore = self.filters.wherefore(Sureness::Sure);
        let (from, and_words) = match self.text {
            Some(_) => ("job_text CROSS JOIN job AS j ON j.id = job_text.rowid", "job_text MATCH ?1 AND"),
            None => ("job AS j", ""),
        };
        format!("SELECT {columns} FROM {from} {joined} WHERE {and_words} {wherefore} ORDER BY j.id")
    }

    /// Binds as many values as the statement names.
    fn bound<'s>(&self, statement: &'s mut Statement<'_>) -> Result<Rows<'s>, StoreError> {
        for (at, value) in self.filters.values.iter().enumerate().take(statement.parameter_count()) {
            match (at, self.text.as_deref()) {
                (0, Some(text)) => statement.raw_bind_parameter(1, text)?,
                _ => statement.raw_bind_parameter(at + 1, value)?,
            }
        }
        Ok(statement.raw_query())
    }
}

const COLUMNS: &str = "j.id, j.public_id, j.title, j.employer, j.employer_id, j.agency, j.status, j.open_until,
    j.first_seen, j.posted_at, j.date_posted, j.closes_at, j.closed_at, j.closed_reason, j.reposted, j.facets, j.soc,
    j.pay, j.pay_unit, coalesce(j.pay_high, j.pay_low), j.annual_low, j.annual_high, j.boards";

/// Gives the jobs, and where each row stands among them.
fn read_jobs(
    connection: &Connection,
    criteria: &Criteria,
    now: DateTime<Utc>,
) -> Result<(Vec<JobFigures>, HashMap<i64, usize>), StoreError> {
    let selected = Selected::of(criteria, now)?;
    let mut statement = connection.prepare(&selected.select(COLUMNS, ""))?;
    let mut rows = selected.bound(&mut statement)?;
    let (mut jobs, mut places, mut words) = (Vec::new(), HashMap::new(), Words::default());
    while let Some(row) = rows.next()? {
        places.insert(row.get(0)?, jobs.len());
        jobs.push(read_job(row, &mut words, now)?);
    }
    Ok((jobs, places))
}

fn read_job(row: &Row<'_>, words: &mut Words, now: DateTime<Utc>) -> Result<JobFigures, StoreError> {
    let text = |at: usize| -> rusqlite::Result<Option<&str>> { Ok(row.get_ref(at)?.as_str_or_null()?) };
    let moment = |at: usize| -> rusqlite::Result<Option<i64>> { row.get(at) };
    let (open_until, is_closed) = (moment(7)?, row.get::<_, i64>(6)? != 0);
    let ended = open_until.filter(|end| !is_closed && *end <= millis(now));
    let (stated, reason) = (moment(11)?, text(13)?);
    // The stated end is when it closed, not the poll that noticed it.
    let noticed = moment(12)?.filter(|_| is_closed);
    let stated_end = stated.filter(|_| reason == Some("stated date passed"));
    let closed_at = ended.or_else(|| noticed.map(|at| stated_end.map_or(at, |end| end.min(at))));
    let mut job = JobFigures {
        id: JobId::from_text(text(1)?.unwrap_or_default()),
        title: text(2)?.map(str::to_owned),
        employer: text(3)?.map(|name| words.word(name)),
        employer_id: text(4)?.map(|id| words.word(id)),
        agency: row.get(5)?,
        open: !is_closed && ended.is_none(),
        first_seen: time(row.get(8)?),
        posted_at: time(row.get(9)?),
        date_posted: text(10)?.and_then(|date| date.parse().ok()),
        closes_at: stated.map(time),
        closed_at: closed_at.map(time),
        reposted: row.get(14)?,
        roles: Vec::new(),
        states: Vec::new(),
        settings: Vec::new(),
        level: None,
        credentials: Vec::new(),
        required: Vec::new(),
        entry_level: None,
        work_mode: None,
        soc: text(16)?.map(|soc| words.word(soc)),
        pay: read_pay(row)?,
        boards: text(22)?.unwrap_or_default().split_whitespace().map(|board| words.word(board)).collect(),
        copies: Vec::new(),
    };
    add_facets(&mut job, text(15)?.unwrap_or_default(), words);
    Ok(job)
}

/// Takes in the facets that filters look at, so that counts of them are those of a search.
fn add_facets(job: &mut JobFigures, facets: &str, words: &mut Words) {
    let stated = facets.split_whitespace().filter_map(|facet| facet.split_once(':'));
    for (kind, value) in stated.filter(|(_, value)| *value != UNSTATED) {
        match kind {
            "ro" => job.roles.push(words.word(value)),
            "st" => job.states.push(words.word(value)),
            "se" => job.settings.push(words.word(value)),
            "cr" => job.credentials.push(words.word(value)),
            "cq" if value != ANY_CREDENTIAL => job.required.push(words.word(value)),
            "lv" => job.level = Some(words.word(value)),
            "en" => job.entry_level = Some(value == "yes"),
            "wm" => {
                job.work_mode = [WorkMode::Onsite, WorkMode::Hybrid, WorkMode::Remote]
                    .into_iter()
                    .find(|mode| mode.as_str() == value);
            }
            _ => {}
        }
    }
}

fn read_pay(row: &Row<'_>) -> Result<PayFigure, StoreError> {
    let shown = row.get_ref(17)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    let unit: Option<&str> = row.get_ref(18)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    let (upper, low, high): (Option<f64>, Option<f64>, Option<f64>) = (row.get(19)?, row.get(20)?, row.get(21)?);
    Ok(match shown {
        _ if low.is_some() || high.is_some() => PayFigure::Annual { low, high },
        _ if unit == Some("YEAR") && upper.is_some() => PayFigure::Annual { low: None, high: upper },
        _ if unit.is_some() && upper.is_some() => PayFigure::NoAnnual,
        None => PayFigure::NotStated,
        Some(shown) if shown.ends_with(IMPLAUSIBLE) => PayFigure::Implausible,
        Some(_) => PayFigure::NoFigure,
    })
}

fn add_copies(
    connection: &Connection,
    criteria: &Criteria,
    now: DateTime<Utc>,
    (jobs, places): (&mut [JobFigures], &HashMap<i64, usize>),
) -> Result<(), StoreError> {
    let names = board_names(connection)?;
    let selected = Selected::of(criteria, now)?;
    let joined = "JOIN membership AS m ON m.job = j.id JOIN posting AS p ON p.id = m.posting";
    let mut statement = connection.prepare(&selected.select("j.id, p.board, p.first_seen", joined))?;
    let mut rows = selected.bound(&mut statement)?;
    while let Some(row) = rows.next()? {
        let place = places.get(&row.get(0)?).and_then(|at| jobs.get_mut(*at));
        if let (Some(job), Some(board)) = (place, names.get(&row.get(1)?)) {
            job.copies.push(CopyFigure { board: board.clone(), first_seen: time(row.get(2)?) });
        }
    }
    Ok(())
}

fn board_names(connection: &Connection) -> Result<HashMap<i64, BoardId>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id, name FROM board")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let named = |(id, name): (i64, String)| BoardId::new(&name).ok().map(|board| (id, board));
    rows.filter_map(|row| row.map(named).transpose()).collect::<Result<_, _>>().map_err(StoreError::from)
}

/// Keeps one copy of each word, since a hundred thousand rows say the same few.
#[derive(Default)]
struct Words(HashSet<Word>);

impl Words {
    fn word(&mut self, text: &str) -> Word {
        if let Some(known) = self.0.get(text) {
            return Word::clone(known);
        }
        let word = Word::from(text);
        self.0.insert(Word::clone(&word));
        word
    }
}
