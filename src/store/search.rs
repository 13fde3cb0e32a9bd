//! Search: sure matches first, then those that may match because they leave something unstated.
//!
//! The text index is walked from the newest job backwards and each hit is checked against the
//! narrow row, so that a page of the newest costs the page and not all that match. Ranking by words
//! looks at the newest few thousand matches alone, for the same reason.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, Row, Rows, Statement};

use super::Store;
use super::encoding::{millis, time, unsigned};
use super::error::StoreError;
use super::filters::{Filters, Sureness};
use super::match_text::expression;
use crate::model::{Criteria, JobId, JobStatus, KnownField, SortOrder};

/// How many matches, the newest, are ranked by their words.
const RANKED: usize = 2_000;

/// How the columns of the text index weigh: a word in the title says most, tags say nothing.
const WEIGHTS: &str = "10.0, 4.0, 2.0, 1.0, 0.0";

/// One job as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRow {
    /// Stable id.
    pub id: JobId,
    /// Title.
    pub title: Option<String>,
    /// Employer.
    pub employer: Option<String>,
    /// The first place and how many more: `Columbus, OH (+2)`.
    pub place: Option<String>,
    /// Work mode: `onsite`, `hybrid`, `remote`.
    pub work_mode: Option<String>,
    /// Pay as stated: `$24.50–$31.75/hour`.
    pub pay: Option<String>,
    /// The upper bound a year in US dollars, else the lower; `None` when unknown or implausible.
    pub annual_pay: Option<f64>,
    /// The earliest stated posting date.
    pub date_posted: Option<NaiveDate>,
    /// When it closes: a date, or RFC 3339 where a time is stated.
    pub closes: Option<String>,
    /// When any of its postings was first seen.
    pub first_seen: DateTime<Utc>,
    /// The boards that show it.
    pub boards: Vec<String>,
    /// Whether one can still apply at the moment of the search.
    pub status: JobStatus,
    /// The best link.
    pub url: Option<String>,
    /// Role of the vocabulary.
    pub role: Option<String>,
    /// Credentials asked for, those that are required first: `RHIT, CCS`.
    pub credentials: Option<String>,
    /// Miles to its nearest known place, where a circle is asked for.
    pub distance_miles: Option<f64>,
}

/// One page of a search with the counts of the whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchResult {
    /// Jobs that pass every filter, in the order asked for.
    pub jobs: Vec<JobRow>,
    /// Jobs that may: each with the fields it leaves unstated. The page's limit and offset run
    /// over the sure ones first, then over these.
    pub may_match: Vec<(JobRow, Vec<KnownField>)>,
    /// How many pass every filter in all.
    pub total: u64,
    /// How many may match in all.
    pub total_may_match: u64,
    /// How many were left out because they do not state what [`Criteria::known`] names.
    pub left_out: u64,
}

impl Store {
    /// Searches at a moment: a job whose stated end has passed by then counts as closed.
    pub fn search(&self, criteria: &Criteria, now: DateTime<Utc>) -> Result<SearchResult, StoreError> {
        self.read(|connection| {
            let search = Search { connection, criteria, filters: Filters::of(criteria, now), now };
            let (mut found, sure_total) = search.page()?;
            found.total = sure_total.map_or_else(|| search.count(Sureness::Sure), Ok)?;
            if search.filters.has_doubt() {
                found.total_may_match = search.count(Sureness::May)?;
            }
            if !criteria.known.is_empty() {
                found.left_out = search.count(Sureness::LeftOut)?;
            }
            Ok(found)
        })
    }

    /// Searches without counting what is not on the page: the totals are left at 0.
    pub fn search_page(&self, criteria: &Criteria, now: DateTime<Utc>) -> Result<SearchResult, StoreError> {
        self.read(|connection| {
            let search = Search { connection, criteria, filters: Filters::of(criteria, now), now };
            Ok(search.page()?.0)
        })
    }
}

/// One search within one snapshot.
struct Search<'a> {
    connection: &'a Connection,
    criteria: &'a Criteria,
    filters: Filters,
    now: DateTime<Utc>,
}

impl Search<'_> {
    /// Gives the page, and how many are sure where reading the page has told.
    fn page(&self) -> Result<(SearchResult, Option<u64>), StoreError> {
        let limit = self.criteria.limit.unwrap_or(usize::MAX);
        let mut found = SearchResult::default();
        let sure = self.rows(Sureness::Sure, limit, self.criteria.offset)?;
        found.jobs = sure.into_iter().map(|(row, _)| row).collect();
        let left = limit.saturating_sub(found.jobs.len());
        if left == 0 {
            return Ok((found, None));
        }
        let sure_total = if found.jobs.is_empty() && self.criteria.offset > 0 {
            self.count(Sureness::Sure)?
        } else {
            (self.criteria.offset + found.jobs.len()) as u64
        };
        if self.filters.has_doubt() {
            let passed = usize::try_from(sure_total).unwrap_or(usize::MAX);
            found.may_match = self.rows(Sureness::May, left, self.criteria.offset.saturating_sub(passed))?;
        }
        Ok((found, Some(sure_total)))
    }

    fn rows(
        &self,
        sureness: Sureness,
        limit: usize,
        offset: usize,
    ) -> Result<Vec<(JobRow, Vec<KnownField>)>, StoreError> {
        let text = self.text(sureness)?;
        let sql = self.select(sureness, text.is_some(), (limit, offset));
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = self.bound(&mut statement, text.as_deref())?;
        let fields = self.filters.doubted_fields();
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let mut unstated = Vec::new();
            if sureness == Sureness::May {
                for (at, field) in fields.iter().enumerate() {
                    if row.get::<_, bool>(COLUMN_COUNT + at)? {
                        unstated.push(*field);
                    }
                }
            }
            found.push((self.read_row(row)?, unstated));
        }
        Ok(found)
    }

    fn count(&self, sureness: Sureness) -> Result<u64, StoreError> {
        let text = self.text(sureness)?;
        let wherefore = self.filters.wherefore(sureness);
        let sql = if text.is_some() {
            format!("SELECT count(*) FROM {FOUND} WHERE job_text MATCH ?1 AND {wherefore}")
        } else {
            format!("SELECT count(*) FROM job AS j WHERE {wherefore}")
        };
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = self.bound(&mut statement, text.as_deref())?;
        Ok(rows.next()?.map_or(Ok(0), |row| row.get(0).map(unsigned))?)
    }

    fn text(&self, sureness: Sureness) -> Result<Option<String>, StoreError> {
        expression(self.criteria.query.as_ref(), &self.filters.tags(sureness))
    }

    fn select(&self, sureness: Sureness, has_text: bool, (limit, offset): (usize, usize)) -> String {
        let wherefore = self.filters.wherefore(sureness);
        let mut columns = format!("{COLUMNS}, {}", self.filters.distance().unwrap_or("NULL"));
        if sureness == Sureness::May {
            for doubt in self.filters.doubts() {
                columns.push_str(", ");
                columns.push_str(&doubt);
            }
        }
        let cut = format!("LIMIT {} OFFSET {offset}", i64::try_from(limit).unwrap_or(-1));
        let order = self.order();
        match (has_text, self.criteria.sort) {
            (true, SortOrder::Relevance) => {
                let ranked = if self.criteria.limit.is_none() { -1 } else { ranked(limit, offset) };
                format!(
                    "SELECT {columns} FROM (
                         SELECT job_text.rowid AS id, bm25(job_text, {WEIGHTS}) AS score FROM {FOUND}
                         WHERE job_text MATCH ?1 AND {wherefore} ORDER BY job_text.rowid DESC LIMIT {ranked}
                     ) AS found CROSS JOIN job AS j ON j.id = found.id
                     ORDER BY found.score, found.id DESC {cut}"
                )
            }
            (true, SortOrder::Newest) => format!(
                "SELECT {columns} FROM {FOUND} WHERE job_text MATCH ?1 AND {wherefore}
                 ORDER BY job_text.rowid DESC {cut}"
            ),
            (true, _) => {
                format!("SELECT {columns} FROM {FOUND} WHERE job_text MATCH ?1 AND {wherefore} ORDER BY {order} {cut}")
            }
            (false, _) => format!("SELECT {columns} FROM job AS j WHERE {wherefore} ORDER BY {order} {cut}"),
        }
    }

    fn order(&self) -> String {
        match (self.criteria.sort, self.filters.distance()) {
            (SortOrder::Distance, Some(distance)) => format!("{distance} IS NULL, {distance}, j.id DESC"),
            (sort, _) => order_of(sort).to_owned(),
        }
    }

    /// Binds as many values as the statement names; which ones it names depends on the sureness.
    fn bound<'s>(&self, statement: &'s mut Statement<'_>, text: Option<&str>) -> Result<Rows<'s>, StoreError> {
        for (at, value) in self.filters.values.iter().enumerate().take(statement.parameter_count()) {
            match (at, text) {
                (0, Some(text)) => statement.raw_bind_parameter(1, text)?,
                _ => statement.raw_bind_parameter(at + 1, value)?,
            }
        }
        Ok(statement.raw_query())
    }

    fn read_row(&self, row: &Row<'_>) -> Result<JobRow, StoreError> {
        let open_until: Option<i64> = row.get(12)?;
        let is_open = row.get::<_, i64>(11)? == 0 && open_until.is_none_or(|end| end > millis(self.now));
        let boards: String = row.get(10)?;
        Ok(JobRow {
            id: JobId::from_text(&row.get::<_, String>(0)?),
            title: row.get(1)?,
            employer: row.get(2)?,
            place: row.get(3)?,
            work_mode: row.get(4)?,
            pay: row.get(5)?,
            annual_pay: row.get(6)?,
            date_posted: row.get::<_, Option<String>>(7)?.and_then(|date| date.parse().ok()),
            closes: row.get(8)?,
            first_seen: time(row.get(9)?),
            boards: boards.split_whitespace().map(str::to_owned).collect(),
            status: if is_open { JobStatus::Open } else { JobStatus::Closed },
            url: row.get(13)?,
            role: row.get(14)?,
            credentials: row.get(15)?,
            distance_miles: row.get(16)?,
        })
    }
}

const COLUMNS: &str = "j.public_id, j.title, j.employer, j.place, j.work_mode, j.pay,
    coalesce(j.annual_high, j.annual_low), j.date_posted, j.closes, j.first_seen, j.boards, j.status, j.open_until, j.url, j.role, j.credentials";

const COLUMN_COUNT: usize = 17;

/// CROSS JOIN keeps SQLite from turning the order round and probing the index once a job.
const FOUND: &str = "job_text CROSS JOIN job AS j ON j.id = job_text.rowid";

fn ranked(limit: usize, offset: usize) -> i64 {
    i64::try_from(limit.saturating_add(offset).max(RANKED)).unwrap_or(-1)
}

fn order_of(sort: SortOrder) -> &'static str {
    match sort {
        SortOrder::Newest | SortOrder::Relevance | SortOrder::Distance => "j.id DESC",
        SortOrder::Closing => "j.closes_at IS NULL, j.closes_at, j.id DESC",
        SortOrder::Pay => {
            "coalesce(j.annual_high, j.annual_low) IS NULL, coalesce(j.annual_high, j.annual_low) DESC, j.id DESC"
        }
    }
}
