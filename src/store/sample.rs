//! Sample postings, answers and a simple judge for this stage's tests.

use std::sync::Arc;

use chrono::{DateTime, Duration, TimeZone, Utc};
use tempfile::TempDir;
use url::Url;

use super::{PageCommit, PageOutcome, PollEnd, Store};
use crate::model::{
    BoardHealth, BoardId, Closing, Completeness, Engine, Evidence, Field, FieldFill, Judge, LinkKind, Page, PageKind,
    Place, Posting, PostingKey, Precision, RawPosting, Sketch, Span, Verdict,
};

/// Judges by the words that two titles share; differing numbers forbid joining.
pub(super) struct TitleJudge;

impl Judge for TitleJudge {
    fn model(&self) -> &'static str {
        "title 1"
    }

    fn sketch(&self, posting: &Posting) -> (Sketch, Vec<i64>) {
        let keys = words(posting.title.value.as_deref().unwrap_or_default());
        let mut keys: Vec<i64> =
            keys.iter().map(|word| word.bytes().fold(7, |key, byte| key * 31 + i64::from(byte))).collect();
        keys.sort_unstable();
        keys.dedup();
        (Sketch { title: posting.title.value.clone().unwrap_or_default(), ..Sketch::of(posting.key.clone()) }, keys)
    }

    fn key_weight(&self, _key: i64) -> u32 {
        2
    }

    fn in_time(&self, verdict: Verdict, _a: (&Sketch, Span), _b: (&Sketch, Span)) -> Verdict {
        verdict
    }

    fn compare(&self, a: &Sketch, b: &Sketch) -> Verdict {
        let (x, y) = (words(&a.title), words(&b.title));
        let shared = x.iter().filter(|word| y.contains(word)).count();
        let count = |words: usize| f64::from(u32::try_from(words).unwrap());
        let probability = count(shared) / count(x.len().max(y.len()).max(1));
        let numbers = |words: &[String]| words.iter().find(|word| word.parse::<u32>().is_ok()).cloned();
        let veto = matches!((numbers(&x), numbers(&y)), (Some(x), Some(y)) if x != y);
        let kind = match probability {
            _ if veto => LinkKind::Different,
            _ if probability >= 0.7 => LinkKind::Same,
            _ if probability >= 0.4 => LinkKind::Possible,
            _ => LinkKind::Different,
        };
        let says = format!("{shared} words shared");
        Verdict { kind, probability, evidence: vec![Evidence { points: probability, says, veto }] }
    }
}

fn words(title: &str) -> Vec<String> {
    title.split_whitespace().map(str::to_lowercase).collect()
}

/// The samples' judge.
pub(super) fn judge() -> Arc<dyn Judge> {
    Arc::new(TitleJudge)
}

/// A day in the samples' time.
pub(super) fn day(day: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 1, 12, 0, 0).unwrap() + Duration::days(day)
}

pub(super) fn board(id: &str) -> BoardId {
    BoardId::new(id).unwrap()
}

/// A full posting with a title and nothing else.
pub(super) fn posting(board_id: &str, id: &str, title: &str) -> Posting {
    let raw = RawPosting {
        posting_id: Some(id.to_owned()),
        title: Some(title.to_owned()),
        completeness: Completeness::Full,
        ..RawPosting::default()
    };
    let key = PostingKey { board: board(board_id), posting_id: id.to_owned() };
    let fields = serde_json::json!({ "key": key, "url": {}, "title": {}, "raw": raw });
    let mut posting: Posting = serde_json::from_value(fields).unwrap();
    let url = format!("https://{board_id}.example/jobs/{id}");
    posting.url = Field::stated(url.clone(), url);
    posting.title = Field::stated(title, title.to_owned());
    posting
}

pub(super) fn list_row(board_id: &str, id: &str, title: &str) -> Posting {
    let mut row = posting(board_id, id, title);
    row.raw.completeness = Completeness::ListRow;
    row
}

pub(super) fn closing(at: DateTime<Utc>) -> Field<Closing> {
    Field::stated("end", Closing { date: at.date_naive(), instant: at, time: None })
}

pub(super) fn city(locality: &str, region: &str) -> Place {
    Place {
        locality: Some(locality.to_owned()),
        region: Some(region.to_owned()),
        country: Some("US".to_owned()),
        precision: Precision::City,
        ..Place::default()
    }
}

pub(super) fn fingerprint(posting: &Posting) -> [u8; 16] {
    let hash = blake3::hash(&serde_json::to_vec(posting).unwrap());
    hash.as_bytes()[..16].try_into().unwrap()
}

/// One list answer of a board.
pub(super) fn answer(board_id: &str, page: u32, postings: Vec<Posting>, now: DateTime<Utc>) -> PageCommit {
    let url = Url::parse(&format!("https://{board_id}.example/list?page={page}")).unwrap();
    let body = serde_json::to_vec(&postings).unwrap();
    PageCommit {
        board: board(board_id),
        engine: if board_id == "usajobs" { Engine::Usajobs } else { Engine::Rss },
        reader: "sample".into(),
        kind: PageKind::List,
        page: Page::saved(url, "application/json", body, now),
        postings: postings.into_iter().map(|posting| (posting.clone(), fingerprint(&posting))).collect(),
        next: Vec::new(),
        total: None,
        empty: false,
        truncated: false,
        fill: FieldFill::default(),
        now,
        judge: Arc::new(TitleJudge),
        keep_raw: true,
    }
}

/// A detail answer for one posting.
pub(super) fn detail(posting: Posting, now: DateTime<Utc>) -> PageCommit {
    let kind = PageKind::Detail { posting_id: posting.key.posting_id.clone() };
    let url = Url::parse(posting.url.value.as_deref().unwrap()).unwrap();
    let mut commit = answer(posting.key.board.clone().as_str(), 1, vec![posting], now);
    commit.kind = kind;
    commit.page.requested = url;
    commit
}

/// A store in a folder of its own.
pub(super) fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("jobs.db")).unwrap();
    (folder, store)
}

/// Commits a list answer as page 1.
pub(super) fn commit(store: &Store, board_id: &str, postings: Vec<Posting>, now: DateTime<Utc>) -> PageOutcome {
    store.commit_page(answer(board_id, 1, postings, now)).unwrap()
}

/// Ends a complete poll.
pub(super) fn finish(store: &Store, board_id: &str, now: DateTime<Utc>) -> super::PollClosing {
    let end = PollEnd {
        board: board(board_id),
        started_at: now,
        now,
        complete: true,
        health: BoardHealth::default(),
        due: None,
        judge: judge(),
        round: None,
        details: FieldFill::default(),
    };
    store.finish_poll(end).unwrap()
}

/// The grouping as sets of `board/posting_id`.
pub(super) fn groups(store: &Store, now: DateTime<Utc>) -> Vec<Vec<String>> {
    let mut groups = Vec::new();
    store
        .for_each_job(crate::model::StatusFilter::All, now, |job| {
            let mut keys: Vec<String> =
                job.postings.iter().map(|posting| format!("{}/{}", posting.board, posting.posting_id)).collect();
            keys.sort();
            groups.push(keys);
            Ok::<(), super::StoreError>(())
        })
        .unwrap();
    groups.sort();
    groups
}
