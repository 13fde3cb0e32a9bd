//! Postings from files instead of boards: schema.org JobPosting objects, or what `export` printed,
//! one a line.

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use super::rejudge::{catch_up, settle};
use super::visit::normalized;
use crate::board::Board;
use crate::coding::Coder;
use crate::model::{
    BoardFacts, BoardId, Completeness, Engine, JobId, Judge, PostingKey, Problem, ProblemKind, RawPosting,
};
use crate::parse::read_job_posting;
use crate::store::{FileCommit, Store, StoreError};

/// How many lines are stored in one transaction.
const BATCH: usize = 500;
/// A longer line is no posting.
const LONGEST_LINE: usize = 16 << 20;

/// What an import did.
#[derive(Debug, Default)]
pub struct ImportOutcome {
    /// Lines read, empty ones apart.
    pub lines: u64,
    /// Postings stored for the first time.
    pub new: u64,
    /// Postings whose content changed.
    pub updated: u64,
    /// Postings that were as before.
    pub unchanged: u64,
    /// Lines and fields that could not be read, with their line numbers.
    pub problems: Vec<Problem>,
}

/// What an import needs to know.
pub struct ImportRequest<'a> {
    /// The configured boards; a line may name one that is not among them.
    pub boards: &'a [Board],
    /// The board of lines that name none.
    pub default_board: Option<BoardId>,
    /// The run's clock: every posting counts as seen then.
    pub now: DateTime<Utc>,
    /// Decides what is one job.
    pub judge: Arc<dyn Judge>,
    /// Codes the postings.
    pub coder: Arc<Coder>,
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The input could not be read.
    #[error("line {line} cannot be read")]
    Unreadable {
        /// The line.
        line: u64,
        /// Why.
        source: std::io::Error,
    },
    /// The store could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One posting on its way in.
struct Arrival {
    board: BoardId,
    raw: RawPosting,
    /// Set for a posting that did not found the job it was exported with: it comes in after those
    /// that did, so that jobs get their ids back.
    follows: bool,
    /// Where it stood.
    line: u64,
}

/// Stores every posting of the input. A line that cannot be read costs that line. What was stored is then
/// settled, so that the order of the lines does not show in the jobs.
///
/// # Errors
/// Returns [`ImportError`] when the input breaks off or the store cannot be written; what was
/// stored until then stays.
pub fn import_lines(
    store: &Store,
    request: &ImportRequest<'_>,
    mut input: impl BufRead,
) -> Result<ImportOutcome, ImportError> {
    catch_up(store, &request.judge, request.now)?;
    let mut outcome = ImportOutcome::default();
    let mut waiting: Vec<Arrival> = Vec::with_capacity(BATCH);
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        number += 1;
        let read =
            next_line(&mut input, &mut line).map_err(|source| ImportError::Unreadable { line: number, source })?;
        if read > 0 && !line.trim_ascii().is_empty() {
            outcome.lines += 1;
            match arrivals(&line, request.default_board.as_ref(), &mut outcome.problems, number) {
                Ok(found) => waiting.extend(found),
                Err(why) => outcome.problems.push(on_line(number, Problem::new(ProblemKind::BrokenItem, why))),
            }
        }
        if waiting.len() >= BATCH || (read == 0 && !waiting.is_empty()) {
            flush(store, request, &mut waiting, &mut outcome)?;
        }
        if read == 0 {
            break;
        }
    }
    if outcome.new + outcome.updated > 0 {
        settle(store, &request.judge, request.now)?;
    }
    Ok(outcome)
}

/// Reads the next line and gives how many bytes it took. Of one that is too long no more than that
/// is kept; the rest is passed over.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<usize> {
    line.clear();
    let read = input.by_ref().take(LONGEST_LINE as u64 + 1).read_until(b'\n', line)?;
    if read > LONGEST_LINE && line.last() != Some(&b'\n') {
        input.skip_until(b'\n')?;
    }
    Ok(read)
}

/// Puts the line before the place that a problem names.
fn on_line(number: u64, problem: Problem) -> Problem {
    let place = problem.field.as_ref().map_or_else(String::new, |field| format!(", {field}"));
    problem.field(format!("line {number}{place}"))
}

/// Reads one line: a JobPosting, or a job as `export` prints it with its postings.
fn arrivals(
    line: &[u8],
    default_board: Option<&BoardId>,
    problems: &mut Vec<Problem>,
    number: u64,
) -> Result<Vec<Arrival>, String> {
    if line.len() > LONGEST_LINE {
        return Err(format!("is longer than {LONGEST_LINE} bytes; no more are read"));
    }
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    let value = read_value(line).map_err(|error| format!("is not JSON: {error}"))?;
    if let Some(postings) = value.get("postings").and_then(Value::as_array) {
        let job = value.get("id").and_then(Value::as_str).unwrap_or_default();
        return postings.iter().map(|posting| exported(posting, job, number)).collect();
    }
    let named =
        value.get("board").and_then(Value::as_str).map(BoardId::new).transpose().map_err(|error| error.to_string())?;
    let board = named.or_else(|| default_board.cloned()).ok_or("names no `board`, and --board is not given")?;
    let (found, repaired) = read_job_posting(&String::from_utf8_lossy(line));
    let mut raw = found.ok_or("is not a schema.org JobPosting")?;
    problems.extend(repaired.into_iter().map(|problem| on_line(number, problem)));
    // In a file the identifier is the posting's id; on a page it may be a requisition number.
    raw.posting_id = identifier(&value).or(raw.posting_id);
    raw.requisition_ids.retain(|id| Some(id) != raw.posting_id.as_ref());
    raw.completeness = Completeness::Full;
    Ok(vec![Arrival { board, raw, follows: false, line: number }])
}

/// Reads a line as JSON. A number that no float can hold (`1e400`) costs that number alone.
fn read_value(line: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(line).or_else(|error| {
        if !error.to_string().starts_with("number out of range") {
            return Err(error);
        }
        let members: BTreeMap<String, &serde_json::value::RawValue> = serde_json::from_slice(line)?;
        let readable = |(name, text): (String, &serde_json::value::RawValue)| {
            serde_json::from_str::<Value>(text.get()).ok().map(|value| (name, value))
        };
        Ok(Value::Object(members.into_iter().filter_map(readable).collect()))
    })
}

/// Reads schema.org `identifier`: a text, a number, or a `PropertyValue`.
fn identifier(posting: &Value) -> Option<String> {
    let identifier = posting.get("identifier")?;
    match identifier.get("value").unwrap_or(identifier) {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Reads one posting as `export` prints it.
fn exported(posting: &Value, job: &str, number: u64) -> Result<Arrival, String> {
    let text = |key: &str| posting.get(key).and_then(Value::as_str).ok_or(format!("a posting has no `{key}`"));
    let board = BoardId::new(text("board")?).map_err(|error| error.to_string())?;
    let raw = posting.get("raw").cloned().ok_or("a posting has no `raw`")?;
    let mut raw: RawPosting = serde_json::from_value(raw).map_err(|error| format!("`raw` cannot be read: {error}"))?;
    let posting_id = text("posting_id")?.to_owned();
    let key = PostingKey { board: board.clone(), posting_id: posting_id.clone() };
    raw.posting_id = Some(posting_id);
    Ok(Arrival { follows: JobId::founded_by(&key).as_str() != job, board, raw, line: number })
}

fn flush(
    store: &Store,
    request: &ImportRequest<'_>,
    waiting: &mut Vec<Arrival>,
    outcome: &mut ImportOutcome,
) -> Result<(), ImportError> {
    let (followers, founders): (Vec<_>, Vec<_>) = waiting.drain(..).partition(|arrival| arrival.follows);
    for arrivals in [founders, followers] {
        let mut by_board: BTreeMap<BoardId, Vec<(u64, RawPosting)>> = BTreeMap::new();
        for arrival in arrivals {
            by_board.entry(arrival.board).or_default().push((arrival.line, arrival.raw));
        }
        for (board, raws) in by_board {
            let (facts, engine) = facts(request.boards, &board);
            let mut postings = Vec::with_capacity(raws.len());
            for (line, raw) in raws {
                let (found, problems) = normalized(vec![raw], &facts, request.now, &request.coder);
                postings.extend(found);
                outcome.problems.extend(problems.into_iter().map(|problem| on_line(line, problem)));
            }
            let commit = FileCommit { board, engine, postings, now: request.now, judge: request.judge.clone() };
            let stored = store.commit_file(commit)?;
            outcome.new += stored.new;
            outcome.updated += stored.updated;
            outcome.unchanged += stored.unchanged;
        }
    }
    Ok(())
}

/// Gives a configured board's facts; plain ones for a board that is not configured.
fn facts(boards: &[Board], id: &BoardId) -> (BoardFacts, Engine) {
    if let Some(board) = boards.iter().find(|board| board.id == *id) {
        let engine = board.engines.first().copied().unwrap_or(Engine::Json);
        return (board.facts(engine), engine);
    }
    let plain = BoardFacts {
        id: id.clone(),
        engine: Engine::Json,
        zone: chrono_tz::America::New_York,
        base_url: placeholder(),
        country: None,
    };
    (plain, Engine::Json)
}

/// Gives an address that resolves nowhere (RFC 2606).
fn placeholder() -> Url {
    // The literal is an address; the fallback only satisfies the type.
    Url::parse("https://board.invalid/").unwrap_or_else(|_| unreachable!("a literal address"))
}
