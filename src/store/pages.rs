//! What each address answered last, by which an unchanged answer is recognized without reading it.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use url::Url;

use super::Store;
use super::boards::{board_row, find_board};
use super::commit::{BatchContext, PageCommit};
use super::encoding::{millis, signed, time, unsigned};
use super::error::StoreError;
use super::grouping;
use super::history::{read_fill, write_fill};
use super::raw_answers::{RawEnd, keep_answer};
use super::refresh::{Change, refresh};
use super::writer::Work;
use crate::model::{BoardId, Engine, FieldFill, Page, PageKind, Validators, Wanted};

/// What an address answered last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRecord {
    /// What to ask again with.
    pub validators: Validators,
    /// blake3 of the body.
    pub body_hash: [u8; 32],
    /// When that body was first received.
    pub fetched_at: DateTime<Utc>,
    /// When it was last received or confirmed.
    pub confirmed_at: DateTime<Utc>,
    /// What the answer was.
    pub kind: PageKind,
    /// The engine that read it: another one must see the answer anew.
    pub engine: String,
    /// What read it; see [`PageCommit::reader`].
    pub reader: String,
    /// Until when it stays fresh; not to be asked for sooner.
    pub fresh_until: Option<DateTime<Utc>>,
    /// How long it was said to stay fresh when that was last said.
    pub fresh_for: Option<TimeDelta>,
    /// Set when nothing could be read from it: why. The counts are those of the last one that could.
    pub unread: Option<Unread>,
    /// How many postings it listed.
    pub listed: u64,
    /// Further lists that it names.
    pub next: Vec<Wanted>,
    /// How many postings the board said it had in all.
    pub total: Option<u64>,
    /// Whether the board said itself that it had none.
    pub empty: bool,
    /// Whether the board cut the list short.
    pub truncated: bool,
    /// In how many of its rows each field was stated.
    pub fill: FieldFill,
    /// Postings that were closed and are shown again; counted by [`Store::confirm_page`] alone.
    pub reopened: u64,
}

impl PageRecord {
    /// Says until when an answer is fresh again that was confirmed without a word about it: what was
    /// stored of it holds anew (RFC 9111 section 4.3.4).
    #[must_use]
    pub fn fresh_again(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.fresh_for.map(|lifetime| now + lifetime)
    }
}

/// Why nothing could be read from an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Set where it is a wall, and not merely none of what the engine gives: whether it asks for a
    /// login rather than for proof of being human.
    pub wall: Option<bool>,
    /// The sign of the wall, or what was seen.
    pub why: String,
    /// Whether the record's validators and hash are its own, not those of the last answer that
    /// could be read.
    pub validated: bool,
}

/// How an address was found to answer as before.
#[derive(Clone, Debug)]
pub struct PageSeen {
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// Until when this answer stays fresh.
    pub fresh_until: Option<DateTime<Utc>>,
    /// New validators for the same body; `None` where the old ones were confirmed.
    pub validators: Option<Validators>,
}

/// An answer that nothing could be read from, remembered so that it is asked for conditionally.
#[derive(Clone, Debug)]
pub struct UnreadPage {
    /// The board.
    pub board: BoardId,
    /// What was asked for.
    pub wanted: Wanted,
    /// The engine that could not read it.
    pub engine: Engine,
    /// See [`PageCommit::reader`].
    pub reader: String,
    /// What was answered.
    pub page: Page,
    /// Set where it is a wall: whether it asks for a login.
    pub wall: Option<bool>,
    /// Why it could not be read.
    pub why: String,
}

/// What the last batch of an answer writes beside its postings.
pub(super) struct PageEnd {
    url: String,
    engine: &'static str,
    reader: String,
    validators: Validators,
    fresh_until: Option<DateTime<Utc>>,
    fetched_at: DateTime<Utc>,
    body_hash: [u8; 32],
    next: String,
    total: Option<u64>,
    empty: bool,
    truncated: bool,
    fill: String,
    raw: Option<RawEnd>,
}

impl PageEnd {
    /// Takes what is written of an answer itself.
    pub(super) fn of(commit: &PageCommit) -> Result<Self, StoreError> {
        let next: Vec<StoredWanted> = commit.next.iter().map(StoredWanted::of).collect();
        Ok(Self {
            url: commit.page.requested.to_string(),
            engine: commit.engine.as_str(),
            reader: commit.reader.clone(),
            validators: commit.page.validators.clone(),
            fresh_until: commit.page.fresh_until,
            fetched_at: commit.page.fetched_at,
            body_hash: hash_body(&commit.page.body),
            next: serde_json::to_string(&next).map_err(|error| StoreError::unreadable("plan", error))?,
            total: commit.total,
            empty: commit.empty,
            truncated: commit.truncated,
            fill: write_fill(&commit.fill)?,
            raw: if commit.keep_raw { Some(RawEnd::of(&commit.page)?) } else { None },
        })
    }
}

/// Gives the hash by which equal bodies are recognized.
#[must_use]
pub fn hash_body(body: &[u8]) -> [u8; 32] {
    *blake3::hash(body).as_bytes()
}

impl Store {
    /// Gives what an address answered last; `None` when it was never read to its end.
    pub fn page_record(&self, board: &BoardId, url: &str) -> Result<Option<PageRecord>, StoreError> {
        self.read(|connection| match find_board(connection, board)? {
            None => Ok(None),
            Some(board) => Ok(find_page(connection, board, url)?.map(|found| found.record)),
        })
    }

    /// Notes that an address answered as before: by 304, or with the same body. Every posting it
    /// listed counts as shown; no wide row is written.
    pub fn confirm_page(&self, board: &BoardId, url: &str, seen: PageSeen) -> Result<Option<PageRecord>, StoreError> {
        let now = seen.now;
        let (board, url) = (board.clone(), url.to_owned());
        self.write(move |work| {
            let board = board_row(&work.tx, &board)?;
            let Some(mut found) = find_page(&work.tx, board, &url)? else { return Ok(None) };
            work.tx
                .prepare_cached(
                    "UPDATE page SET fresh_for = CASE WHEN fresh_until IS ?3 THEN fresh_for ELSE ?3 - ?2 END,
                                     confirmed_at = ?2, fresh_until = ?3, unread = NULL
                     WHERE id = ?1",
                )?
                .execute(params![found.id, millis(now), seen.fresh_until.map(millis)])?;
            if let Some(validators) = &seen.validators {
                work.tx
                    .prepare_cached("UPDATE page SET etag = ?2, last_modified = ?3, given_by = ?4 WHERE id = ?1")?
                    .execute(params![
                    found.id,
                    validators.etag,
                    validators.last_modified,
                    validators.given_by.as_ref().map(Url::as_str)
                ])?;
            }
            if matches!(found.record.kind, PageKind::Detail { .. } | PageKind::Texts) {
                // The same details answer what a changed row asked for.
                work.tx
                    .prepare_cached(
                        "UPDATE posting SET wants_detail = 0, attempts = 0 WHERE wants_detail = 1
                         AND id IN (SELECT posting FROM page_listing WHERE page = ?1)",
                    )?
                    .execute([found.id])?;
            }
            found.record.confirmed_at = now;
            found.record.fresh_until = seen.fresh_until;
            found.record.reopened = see_listed_again(work, found.id, now)?;
            Ok(Some(found.record))
        })
    }
}

impl Store {
    /// Remembers an answer that nothing could be read from: its validators, and why. What the
    /// address listed before stays, unconfirmed; so do its validators, where this answer has none.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn note_unread(&self, unread: UnreadPage) -> Result<(), StoreError> {
        self.write(move |work| {
            let board = board_row(&work.tx, &unread.board)?;
            let (url, kind) = (unread.wanted.url.as_str(), &unread.wanted.kind);
            work.tx
                .prepare_cached(
                    "INSERT INTO page (board, url, kind, detail_of, body_hash, fetched_at, confirmed_at, listed, empty,
                                       truncated, next, engine)
                     VALUES (?1, ?2, ?3, ?4, zeroblob(32), ?5, ?5, 0, 0, 0, '[]', ?6) ON CONFLICT (board, url) DO NOTHING",
                )?
                .execute(params![
                    board,
                    url,
                    kind.as_str(),
                    detail_of(kind),
                    millis(unread.page.fetched_at),
                    unread.engine.as_str()
                ])?;
            let validators = &unread.page.validators;
            let mut statement = work.tx.prepare_cached(
                "UPDATE page SET
                     unread = ?3, unread_wall = ?4, unread_validated = ?5, fresh_until = ?6, fresh_for = ?6 - ?13, engine = ?7, reader = ?8,
                     etag = CASE WHEN ?5 THEN ?9 ELSE etag END,
                     last_modified = CASE WHEN ?5 THEN ?10 ELSE last_modified END,
                     given_by = CASE WHEN ?5 THEN ?11 ELSE given_by END,
                     body_hash = CASE WHEN ?5 THEN ?12 ELSE body_hash END
                 WHERE board = ?1 AND url = ?2",
            )?;
            statement.execute(params![
                board,
                url,
                unread.why,
                unread.wall.map_or(0, |asks_login| 1 + i64::from(asks_login)),
                !validators.is_empty(),
                unread.page.fresh_until.map(millis),
                unread.engine.as_str(),
                unread.reader,
                validators.etag,
                validators.last_modified,
                validators.given_by.as_ref().map(Url::as_str),
                hash_body(&unread.page.body),
                millis(unread.page.fetched_at),
            ])?;
            Ok(())
        })
    }
}

/// Ends the absence of every posting that a confirmed page lists; gives how many reopened.
fn see_listed_again(work: &Work<'_>, page: i64, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let absent: Vec<(i64, bool)> = {
        let mut statement = work.tx.prepare_cached(
            "SELECT p.id, coalesce(p.closed_kind = 3 AND (p.closes_at IS NULL OR p.closes_at > ?2), 0)
             FROM page_listing AS l JOIN posting AS p ON p.id = l.posting
             WHERE l.page = ?1 AND p.absences > 0",
        )?;
        let rows = statement.query_map(params![page, millis(now)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<Result<_, _>>()?
    };
    for (posting, reopens) in &absent {
        let mut statement = work.tx.prepare_cached(
            "UPDATE posting SET
                 absences = 0,
                 closed_at = CASE WHEN ?2 THEN NULL ELSE closed_at END,
                 closed_kind = CASE WHEN ?2 THEN NULL ELSE closed_kind END,
                 closed_reason = CASE WHEN ?2 THEN NULL ELSE closed_reason END
             WHERE id = ?1",
        )?;
        statement.execute(params![posting, reopens])?;
        if let Some(job) = grouping::job_of(&work.tx, *posting)?.filter(|_| *reopens) {
            refresh(work, job, &Change::default(), now)?;
        }
    }
    Ok(absent.iter().map(|(_, reopens)| u64::from(*reopens)).sum())
}

/// Writes the answer's record, which postings it lists, and the answer itself.
pub(super) fn finish_page(
    work: &Work<'_>,
    context: &BatchContext,
    end: &PageEnd,
    listed: &[i64],
) -> Result<(), StoreError> {
    let board = board_row(&work.tx, &context.board)?;
    let before = find_page(&work.tx, board, &end.url)?;
    let page = write_page(work, context, end, (board, before.as_ref().map(|found| found.id), listed.len()))?;
    let confirmed_before = before.map_or_else(|| millis(context.now), |found| millis(found.record.confirmed_at));
    list_postings(work, page, listed, confirmed_before)?;
    if let Some(raw) = &end.raw {
        keep_answer(&work.tx, (board, &end.url, &end.body_hash), &context.kind, raw)?;
    }
    Ok(())
}

/// Writes a page's row and gives its id. Two plain statements instead of one upsert that returns
/// the id: such a statement opens a savepoint, and at each savepoint FTS5 writes out a segment.
fn write_page(
    work: &Work<'_>,
    context: &BatchContext,
    end: &PageEnd,
    (board, known, listed): (i64, Option<i64>, usize),
) -> Result<i64, StoreError> {
    let page = match known {
        Some(page) => page,
        None => new_page(work, context, end, board)?,
    };
    let mut statement = work.tx.prepare_cached(
        "UPDATE page SET
             kind = ?2, detail_of = ?3, etag = ?4, last_modified = ?5,
             fetched_at = CASE WHEN body_hash = ?6 THEN fetched_at ELSE ?7 END,
             body_hash = ?6, confirmed_at = ?7, listed = ?8, total = ?9, empty = ?10, truncated = ?11, next = ?12,
             engine = ?13, reader = ?14, fresh_until = ?15, fresh_for = ?15 - ?18, given_by = ?16, unread = NULL, fill = ?17
         WHERE id = ?1",
    )?;
    statement.execute(params![
        page,
        context.kind.as_str(),
        detail_of(&context.kind),
        end.validators.etag,
        end.validators.last_modified,
        end.body_hash,
        millis(context.now),
        signed(listed as u64),
        end.total.map(signed),
        end.empty,
        end.truncated,
        end.next,
        end.engine,
        end.reader,
        end.fresh_until.map(millis),
        end.validators.given_by.as_ref().map(Url::as_str),
        end.fill,
        millis(end.fetched_at),
    ])?;
    Ok(page)
}

/// Makes a page's row; what changes with every answer is written after it.
fn new_page(work: &Work<'_>, context: &BatchContext, end: &PageEnd, board: i64) -> Result<i64, StoreError> {
    let mut statement = work.tx.prepare_cached(
        "INSERT INTO page (board, url, kind, body_hash, fetched_at, confirmed_at, listed, empty, truncated, next, engine)
         VALUES (?1, ?2, ?3, x'', ?4, ?4, 0, 0, 0, '[]', ?5)",
    )?;
    statement.execute(params![board, end.url, context.kind.as_str(), millis(context.now), end.engine])?;
    Ok(work.tx.last_insert_rowid())
}

/// Brings the list of a page's postings up to date. A posting that left the page keeps the moment
/// until which the page spoke for it.
fn list_postings(work: &Work<'_>, page: i64, listed: &[i64], confirmed_before: i64) -> Result<(), StoreError> {
    let before: HashSet<i64> = {
        let mut statement = work.tx.prepare_cached("SELECT posting FROM page_listing WHERE page = ?1")?;
        let rows = statement.query_map([page], |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    let after: HashSet<i64> = listed.iter().copied().collect();
    let mut add = work.tx.prepare_cached("INSERT INTO page_listing (page, posting) VALUES (?1, ?2)")?;
    let mut added: Vec<i64> = after.difference(&before).copied().collect();
    added.sort_unstable();
    for posting in added {
        add.execute([page, posting])?;
    }
    let mut drop = work.tx.prepare_cached("DELETE FROM page_listing WHERE page = ?1 AND posting = ?2")?;
    let mut keep = work.tx.prepare_cached("UPDATE posting SET seen_at = max(seen_at, ?2) WHERE id = ?1")?;
    for posting in before.difference(&after) {
        drop.execute([page, *posting])?;
        keep.execute([*posting, confirmed_before])?;
    }
    Ok(())
}

struct FoundPage {
    id: i64,
    record: PageRecord,
}

fn find_page(connection: &Connection, board: i64, url: &str) -> Result<Option<FoundPage>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, etag, last_modified, body_hash, fetched_at, confirmed_at, kind, detail_of, listed, total, empty,
                truncated, next, engine, reader, fresh_until, given_by, unread, unread_wall, unread_validated, fill, fresh_for
         FROM page WHERE board = ?1 AND url = ?2",
    )?;
    let found = statement.query_row(params![board, url], |row| Ok((read_page(row)?, row.get::<_, String>(12)?)));
    let Some((mut page, next)) = found.optional()? else { return Ok(None) };
    let stored: Vec<StoredWanted> =
        serde_json::from_str(&next).map_err(|error| StoreError::unreadable("plan", error))?;
    page.record.next = stored.into_iter().filter_map(StoredWanted::wanted).collect();
    Ok(Some(page))
}

fn read_page(row: &Row<'_>) -> rusqlite::Result<FoundPage> {
    let record = PageRecord {
        validators: Validators {
            etag: row.get(1)?,
            last_modified: row.get(2)?,
            given_by: row.get::<_, Option<String>>(16)?.and_then(|url| url.parse().ok()),
        },
        body_hash: row.get(3)?,
        fetched_at: time(row.get(4)?),
        confirmed_at: time(row.get(5)?),
        kind: read_kind(&row.get::<_, String>(6)?, row.get(7)?),
        listed: unsigned(row.get(8)?),
        next: Vec::new(),
        total: row.get::<_, Option<i64>>(9)?.map(unsigned),
        empty: row.get(10)?,
        truncated: row.get(11)?,
        reopened: 0,
        engine: row.get(13)?,
        reader: row.get(14)?,
        fresh_until: row.get::<_, Option<i64>>(15)?.map(time),
        fresh_for: row.get::<_, Option<i64>>(21)?.map(TimeDelta::milliseconds),
        unread: match row.get(17)? {
            Some(why) => Some(Unread { why, wall: read_wall(row.get(18)?), validated: row.get(19)? }),
            None => None,
        },
        fill: read_fill(row.get::<_, Option<String>>(20)?.as_deref()),
    };
    Ok(FoundPage { id: row.get(0)?, record })
}

/// Reads which wall a stored number stands for.
fn read_wall(number: i64) -> Option<bool> {
    (number > 0).then_some(number == 2)
}

/// Gives the posting that a detail is of.
pub(super) fn detail_of(kind: &PageKind) -> Option<&str> {
    if let PageKind::Detail { posting_id } = kind { Some(posting_id) } else { None }
}

/// Reads a stored kind; an unknown word is a list, which is only ever read again.
pub(super) fn read_kind(word: &str, detail_of: Option<String>) -> PageKind {
    match (word, detail_of) {
        ("detail", Some(posting_id)) => PageKind::Detail { posting_id },
        ("sitemap", _) => PageKind::Sitemap,
        ("texts", _) => PageKind::Texts,
        _ => PageKind::List,
    }
}

/// A further list as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredWanted {
    url: String,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<String>,
}

impl StoredWanted {
    fn of(wanted: &Wanted) -> Self {
        Self {
            url: wanted.url.to_string(),
            kind: wanted.kind.as_str().to_owned(),
            of: detail_of(&wanted.kind).map(str::to_owned),
        }
    }

    fn wanted(self) -> Option<Wanted> {
        Some(Wanted { url: self.url.parse().ok()?, kind: read_kind(&self.kind, self.of) })
    }
}
