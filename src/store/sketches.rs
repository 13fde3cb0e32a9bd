//! Sketches of postings as they are stored, read and remembered, and which pieces of text are common.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::encoding;
use super::error::StoreError;
use super::writer::Work;
use crate::model::{CommonPieces, Judge, Posting, Sketch};

/// How many sketches are remembered, some 2 KB each.
const REMEMBERED: usize = 8192;

/// From how many of the latest postings it is learnt which pieces of text are on their way to be common.
const LEARNT_FROM: i64 = 4_000;

/// Remembers what was compared lately. Cleared when full, when all is quiet, and after every failure.
#[derive(Default)]
pub(super) struct SketchCache {
    sketches: HashMap<i64, Arc<Sketch>>,
    common: Option<CommonPieces>,
}

impl SketchCache {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.sketches.clear();
        self.common = None;
    }

    /// Forgets one posting's.
    pub(super) fn forget(&mut self, id: i64) {
        self.sketches.remove(&id);
    }
}

/// Encodes a sketch.
pub(super) fn pack(sketch: &Sketch) -> Result<Vec<u8>, StoreError> {
    postcard::to_stdvec(sketch).map_err(|error| StoreError::unreadable("sketch", error))
}

/// Gives the sketch of a posting without what too many texts share; makes one where another model's or
/// none is stored.
pub(super) fn sketch_of(work: &mut Work<'_>, judge: &dyn Judge, id: i64) -> Result<Arc<Sketch>, StoreError> {
    if let Some(sketch) = work.cache.sketches.get(&id) {
        return Ok(Arc::clone(sketch));
    }
    let stored = stored_sketch(&work.tx, judge.model(), id)?;
    let sketch = if let Some(sketch) = stored {
        sketch
    } else {
        {
            let posting = read_posting(&work.tx, id)?
                .ok_or_else(|| StoreError::unreadable("posting", format!("row {id} has no body")))?;
            judge.sketch(&posting).0
        }
    };
    let sketch = {
        let common = common(work)?;
        Arc::new(sketch.without(|piece| common.is_common(piece)))
    };
    if work.cache.sketches.len() >= REMEMBERED {
        work.cache.sketches.clear();
    }
    work.cache.sketches.insert(id, Arc::clone(&sketch));
    Ok(sketch)
}

/// Gives a stored sketch with all its pieces, if this model made it.
pub(super) fn stored_sketch(connection: &Connection, model: &str, id: i64) -> Result<Option<Sketch>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT body FROM sketch WHERE posting = ?1 AND model = ?2")?;
    let body: Option<Vec<u8>> = statement.query_row(params![id, model], |row| row.get(0)).optional()?;
    // One that cannot be read is made anew.
    Ok(body.and_then(|body| postcard::from_bytes(&body).ok()))
}

/// Stores a posting's sketch, and notes which pieces of text it makes common.
pub(super) fn write_sketch(work: &mut Work<'_>, judge: &dyn Judge, id: i64, sketch: &Sketch) -> Result<(), StoreError> {
    work.cache.forget(id);
    let is_known = work.tx.prepare_cached("SELECT 1 FROM sketch WHERE posting = ?1 AND model <> ''")?.exists([id])?;
    // A posting counts once, however often it is edited.
    let new = if is_known { Vec::new() } else { common(work)?.count(&sketch.pieces) };
    if !new.is_empty() {
        let mut statement = work.tx.prepare_cached("INSERT OR IGNORE INTO common_piece (piece) VALUES (?1)")?;
        for piece in &new {
            statement.execute([i64::from(*piece)])?;
        }
    }
    let judged = common_count(&work.tx)?;
    let mut statement = work.tx.prepare_cached(
        "INSERT INTO sketch (posting, model, judged, body) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (posting) DO UPDATE SET model = excluded.model, judged = excluded.judged, body = excluded.body",
    )?;
    statement.execute(params![id, judge.model(), judged, pack(sketch)?])?;
    Ok(())
}

/// Gives how many pieces of text have become common so far.
pub(super) fn common_count(connection: &Connection) -> Result<i64, StoreError> {
    let mut statement = connection.prepare_cached("SELECT coalesce(max(seq), 0) FROM common_piece")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Gives what is known of common pieces, learning it where it is not remembered.
pub(super) fn common<'a>(work: &'a mut Work<'_>) -> Result<&'a mut CommonPieces, StoreError> {
    if work.cache.common.is_none() {
        work.cache.common = Some(learn(&work.tx)?);
    }
    Ok(work.cache.common.get_or_insert_default())
}

fn learn(connection: &Connection) -> Result<CommonPieces, StoreError> {
    let mut common = CommonPieces::default();
    {
        let mut statement = connection.prepare_cached("SELECT piece FROM common_piece")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            common.know(u32::try_from(row.get::<_, i64>(0)?));
        }
    }
    let mut statement = connection.prepare_cached("SELECT body FROM sketch ORDER BY posting DESC LIMIT ?1")?;
    let mut rows = statement.query([LEARNT_FROM])?;
    while let Some(row) = rows.next()? {
        let body = row.get_ref(0)?.as_blob().unwrap_or_default();
        if let Ok(sketch) = postcard::from_bytes::<Sketch>(body) {
            // What becomes common by this alone was so when those postings came.
            common.count(&sketch.pieces);
        }
    }
    Ok(common)
}

/// Reads a posting's body.
pub(super) fn read_posting(connection: &Connection, id: i64) -> Result<Option<Posting>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT body FROM posting_body WHERE posting = ?1")?;
    let body: Option<Vec<u8>> = statement.query_row([id], |row| row.get(0)).optional()?;
    body.map(|body| encoding::unpack_posting(&body)).transpose()
}
