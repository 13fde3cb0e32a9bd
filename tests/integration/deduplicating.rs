//! Our own labelled pairs (`tests/fixtures/dedupe`): how many of those that are one vacancy become one
//! job, and how many of those that are not. `cargo test --test integration deduplicating -- --nocapture`
//! prints the figures and the pairs that went wrong.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jobrounds::coding::{Coder, VocabularyFiles};
use jobrounds::dedupe::PointsJudge;
use jobrounds::model::{Judge, StatusFilter};
use jobrounds::pipeline::{ImportRequest, import_lines};
use jobrounds::store::{Store, StoreError};

const POSTINGS: &str = include_str!("../fixtures/dedupe/postings.jsonl");
const PAIRS: &str = include_str!("../fixtures/dedupe/pairs.tsv");

struct Labelled {
    a: &'static str,
    b: &'static str,
    verdict: &'static str,
    kind: &'static str,
}

fn labelled() -> Vec<Labelled> {
    let rows = PAIRS.lines().skip(1).filter(|line| !line.is_empty());
    rows.map(|line| {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap();
        Labelled { a: next(), b: next(), verdict: next(), kind: next() }
    })
    .collect()
}

/// Stores the lines in an order; gives the job of each posting.
fn jobs_of<'a>(lines: impl Iterator<Item = &'a str>) -> HashMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("jobs.db")).unwrap();
    let judge: Arc<dyn Judge> = Arc::new(PointsJudge);
    let coder = Arc::new(Coder::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap());
    let now = "2026-11-21T12:00:00Z".parse().unwrap();
    let request = ImportRequest { boards: &[], default_board: None, now, judge: Arc::clone(&judge), coder };
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    let outcome = import_lines(&store, &request, text.as_bytes()).unwrap();
    assert_eq!(outcome.new, 240, "{:?}", outcome.problems);
    let mut after = Some(0);
    while let Some(from) = after {
        after = store.rejudge_step(&judge, now, (from, 100, true)).unwrap().next;
    }
    let mut jobs = HashMap::new();
    store
        .for_each_job(StatusFilter::All, now, |job| {
            for posting in &job.postings {
                jobs.insert(format!("{}/{}", posting.board, posting.posting_id), job.id.to_string());
            }
            Ok::<(), StoreError>(())
        })
        .unwrap();
    jobs
}

#[test]
fn labelled_pairs_are_told_apart() {
    let jobs = jobs_of(POSTINGS.lines());
    let (mut joined, mut same, mut wrongly, mut different) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut kinds: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    for pair in labelled() {
        let one_job = jobs[pair.a] == jobs[pair.b];
        let right = match pair.verdict {
            "same" => {
                same += 1;
                joined += u32::from(one_job);
                one_job
            }
            "different" => {
                different += 1;
                wrongly += u32::from(one_job);
                !one_job
            }
            _ => continue,
        };
        let of_kind = kinds.entry((pair.verdict, pair.kind)).or_default();
        *of_kind = (of_kind.0 + u32::from(right), of_kind.1 + 1);
        if !right {
            println!("{} {} {} {}", pair.verdict, pair.kind, pair.a, pair.b);
        }
    }
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
    let (precision, recall) = (share(joined, joined + wrongly), share(joined, same));
    println!(
        "{joined} of {same} joined, {wrongly} of {different} wrongly: precision {precision:.3}, recall {recall:.3}"
    );
    for ((verdict, kind), (right, of)) in kinds.iter().filter(|(_, (right, of))| right < of) {
        println!("{verdict:10} {kind:32} {right} of {of}");
    }
    assert!(precision >= 0.96, "precision {precision:.3}");
    assert!(recall >= 0.58, "recall {recall:.3}");
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let lines: Vec<&str> = POSTINGS.lines().collect();
    let first = jobs_of(lines.iter().copied());
    let second = jobs_of(lines.iter().rev().copied());
    let third = jobs_of((0..lines.len()).map(|at| lines[at * 77 % lines.len()]));
    let pairs = |jobs: &HashMap<String, String>| {
        let mut by_job: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
        for (posting, job) in jobs {
            by_job.entry(job).or_default().push(posting);
        }
        let mut pairs = std::collections::BTreeSet::new();
        for postings in by_job.values() {
            for x in postings {
                pairs.extend(postings.iter().filter(|y| x < *y).map(|y| ((*x).clone(), (*y).clone())));
            }
        }
        pairs
    };
    assert_eq!(pairs(&first), pairs(&second));
    assert_eq!(pairs(&first), pairs(&third));
}
