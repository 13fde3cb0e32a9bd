//! Deduplication: how many postings a second are sketched, brought together, compared and grouped in
//! memory; and how long one posting takes with many stored, SQLite included.
//!
//! `cargo bench --bench dedupe` uses 20,000 postings made here. `JOBROUNDS_BENCH_POSTINGS=FILE` takes
//! schema.org JobPosting lines with a `board` member instead, for the part in memory.
//! `JOBROUNDS_BENCH_STORED=1000,10000,100000` says at which sizes of the database one posting is timed.
#![expect(clippy::unwrap_used, reason = "a bench may fail")]
#![expect(clippy::print_stdout, reason = "its output is what it is for")]
#![expect(clippy::cast_precision_loss, reason = "counts far below what a float holds")]
#![expect(clippy::unchecked_time_subtraction, reason = "later minus earlier")]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use jobrounds::dedupe::PointsJudge;
use jobrounds::model::{
    BoardFacts, BoardId, CommonPieces, Completeness, Edge, Engine, Judge, LinkKind, Pair, Posting, Sketch, Verdict,
    divide,
};
use jobrounds::store::{FileCommit, Store};

fn main() {
    let postings =
        std::env::var("JOBROUNDS_BENCH_POSTINGS").map_or_else(|_| made(0..20_000).collect(), |path| read(&path));
    for round in 1..=3 {
        in_memory(round, &postings);
    }
    drop(postings);
    let sizes = std::env::var("JOBROUNDS_BENCH_STORED").unwrap_or_else(|_| "1000,10000,20000".to_owned());
    with_store(&sizes.split(',').map(|size| size.trim().parse().unwrap()).collect::<Vec<usize>>());
}

/// Takes a key, which is a hash already, for its own hash.
#[derive(Default)]
struct OwnHash(u64);

impl Hasher for OwnHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_i64(&mut self, key: i64) {
        self.0 = key.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

type Map<K, V> = HashMap<K, V, BuildHasherDefault<OwnHash>>;

/// The rules of the store, in memory: hot keys beyond 60 holders, 32 candidates, weight of at least 2.
fn in_memory(round: u32, postings: &[Posting]) {
    let begun = Instant::now();
    let judge = PointsJudge;
    let mut made: Vec<(Sketch, Vec<i64>)> = in_halves(postings, |posting| judge.sketch(posting));
    let sketched = begun.elapsed();
    let mut common = CommonPieces::default();
    for (sketch, _) in &made {
        common.count(&sketch.pieces);
    }
    for (sketch, _) in &mut made {
        sketch.pieces.retain(|piece| !common.is_common(*piece));
    }
    let pairs = candidates(judge, &made);
    let met = begun.elapsed();
    let verdicts: Vec<Verdict> = in_halves(&pairs, |(a, b)| {
        let (x, y) = (&made[*a as usize].0, &made[*b as usize].0);
        if x.key <= y.key { judge.compare(x, y) } else { judge.compare(y, x) }
    });
    let compared = begun.elapsed();
    let jobs = grouped(judge, &made, &pairs, &verdicts);
    let all = begun.elapsed();
    let count = u32::try_from(postings.len()).unwrap();
    println!(
        "in memory, round {round}: {count} postings, {:.1} pairs each, {jobs} jobs; sketch {sketched:.2?}, meet {:.2?}, \
         compare {:.2?}, group {:.2?}: {:.0} postings a second",
        pairs.len() as f64 / f64::from(count),
        met - sketched,
        compared - met,
        all - compared,
        f64::from(count) / all.as_secs_f64()
    );
}

/// Maps a slice on two threads.
fn in_halves<T: Sync, R: Send>(items: &[T], map: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (left, right) = items.split_at(items.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| right.iter().map(&map).collect::<Vec<R>>());
        let mut all: Vec<R> = left.iter().map(&map).collect();
        all.extend(other.join().unwrap());
        all
    })
}

/// Each thread keeps the index of half of the keys.
fn candidates(judge: PointsJudge, made: &[(Sketch, Vec<i64>)]) -> Vec<(u32, u32)> {
    let (mut even, odd) = std::thread::scope(|scope| {
        let other = scope.spawn(|| shared(judge, made, 1));
        (shared(judge, made, 0), other.join().unwrap())
    });
    for (all, more) in even.iter_mut().zip(odd) {
        all.extend(more);
    }
    for counted in &mut even {
        counted.sort_unstable();
    }
    let numbered: Vec<(u32, Vec<(u32, u32)>)> = (0_u32..).zip(even).collect();
    in_halves(&numbered, |(at, counted)| {
        let sum = |same: &[(u32, u32)]| (same[0].0, same.iter().map(|(_, weight)| weight).sum::<u32>());
        let mut best: Vec<(u32, u32)> =
            counted.chunk_by(|x, y| x.0 == y.0).map(sum).filter(|(_, weight)| *weight >= 2).collect();
        best.sort_unstable_by_key(|(other, weight)| (std::cmp::Reverse(*weight), *other));
        best.into_iter().take(32).map(|(other, _)| (other, *at)).collect::<Vec<_>>()
    })
    .into_iter()
    .flatten()
    .collect()
}

/// Gives for each posting what share of its keys the earlier ones have, counting keys of one half.
fn shared(judge: PointsJudge, made: &[(Sketch, Vec<i64>)], half: i64) -> Vec<Vec<(u32, u32)>> {
    let mut index: Map<i64, Vec<u32>> = Map::default();
    index.reserve(made.len() * 12);
    let mut weights = vec![0_u32; made.len()];
    let mut met: Vec<u32> = Vec::new();
    let mut all = Vec::with_capacity(made.len());
    for (at, (_, keys)) in (0_u32..).zip(made) {
        for key in keys.iter().filter(|key| **key & 1 == half) {
            let holders = index.entry(*key).or_default();
            if holders.len() > 60 {
                continue;
            }
            let weight = judge.key_weight(*key);
            for holder in holders.iter() {
                let known = &mut weights[*holder as usize];
                if *known == 0 {
                    met.push(*holder);
                }
                *known += weight;
            }
            holders.push(at);
        }
        all.push(met.drain(..).map(|other| (other, std::mem::take(&mut weights[other as usize]))).collect());
    }
    all
}

fn pair_of(verdict: &Verdict) -> Pair {
    let joins = verdict.joins();
    Pair {
        probability: verdict.probability,
        joins,
        exact: verdict.kind == LinkKind::Exact,
        veto: verdict.vetoes(),
        ruling: None,
    }
}

/// Groups; gives how many jobs there are. All stand open, so that two ids of one board never join.
fn grouped(judge: PointsJudge, made: &[(Sketch, Vec<i64>)], pairs: &[(u32, u32)], verdicts: &[Verdict]) -> usize {
    let settled = |a: u32, b: u32, verdict: &Verdict| {
        let pair = pair_of(verdict);
        let same_board = made[a as usize].0.key.board == made[b as usize].0.key.board;
        if same_board { Pair { joins: false, veto: true, ..pair } } else { pair }
    };
    let mut parent: Vec<u32> = (0..u32::try_from(made.len()).unwrap()).collect();
    let mut known: HashMap<(u32, u32), Pair> = HashMap::new();
    for ((a, b), verdict) in pairs.iter().zip(verdicts).filter(|(_, verdict)| verdict.kind != LinkKind::Different) {
        let pair = settled(*a, *b, verdict);
        if pair.connects() {
            let (x, y) = (root(&mut parent, *a), root(&mut parent, *b));
            parent[x as usize] = y;
        }
        known.insert((*a, *b), pair);
    }
    let mut components: Map<u32, Vec<u32>> = Map::default();
    for at in 0..u32::try_from(made.len()).unwrap() {
        components.entry(root(&mut parent, at)).or_default().push(at);
    }
    let mut jobs = 0;
    for mut members in components.into_values() {
        if members.len() == 1 {
            jobs += 1;
            continue;
        }
        members.sort_by(|a, b| made[*a as usize].0.key.cmp(&made[*b as usize].0.key));
        let mut look = |x: usize, y: usize| {
            let (a, b) = (members[x].min(members[y]), members[x].max(members[y]));
            let found = known.get(&(a, b)).copied();
            Ok::<_, std::convert::Infallible>(found.unwrap_or_else(|| {
                let (x, y) = (&made[a as usize].0, &made[b as usize].0);
                let verdict = if x.key <= y.key { judge.compare(x, y) } else { judge.compare(y, x) };
                settled(a, b, &verdict)
            }))
        };
        let mut edges = Vec::new();
        for x in 0..members.len() {
            for y in x + 1..members.len() {
                let (a, b) = (members[x].min(members[y]), members[x].max(members[y]));
                edges.extend(known.get(&(a, b)).map(|pair| Edge { a: x, b: y, pair: *pair }));
            }
        }
        jobs += divide(members.len(), edges, &mut look).unwrap().len();
    }
    jobs
}

fn root(parent: &mut [u32], mut at: u32) -> u32 {
    while parent[at as usize] != at {
        parent[at as usize] = parent[parent[at as usize] as usize];
        at = parent[at as usize];
    }
    at
}

/// Fills a database and times single postings, each in a transaction of its own, at some sizes of it.
fn with_store(sizes: &[usize]) {
    let folder =
        tempfile::tempdir_in(std::env::var("JOBROUNDS_BENCH_FOLDER").unwrap_or_else(|_| ".".to_owned())).unwrap();
    let path = folder.path().join("jobs.db");
    let store = Store::open(&path).unwrap();
    let mut stored = 0;
    for size in sizes {
        let begun = Instant::now();
        let first = stored;
        while stored < *size {
            let next = (stored + 500).min(*size);
            store_all(&store, made(stored..next));
            stored = next;
        }
        let filled = begun.elapsed();
        let mut times: Vec<Duration> = made(stored..stored + 1_000)
            .map(|posting| {
                let begun = Instant::now();
                store_all(&store, std::iter::once(posting));
                begun.elapsed()
            })
            .collect();
        stored += 1_000;
        times.sort_unstable();
        let at = |share: usize| times[times.len() * share / 1_000];
        let bytes = std::fs::metadata(&path).unwrap().len();
        println!(
            "with {size} stored: one posting p50 {:.2?}, p95 {:.2?}, p99 {:.2?}; filled at {:.0} a second; {} MB on disk, {} jobs; {}",
            at(500),
            at(950),
            at(990),
            (size - first.min(*size)) as f64 / filled.as_secs_f64(),
            bytes >> 20,
            store.counts().unwrap().jobs,
            memory()
        );
    }
}

fn store_all(store: &Store, postings: impl Iterator<Item = Posting>) {
    let mut by_board: HashMap<BoardId, Vec<(Posting, [u8; 16])>> = HashMap::new();
    for posting in postings {
        let print: [u8; 16] = blake3::hash(posting.key.posting_id.as_bytes()).as_bytes()[..16].try_into().unwrap();
        by_board.entry(posting.key.board.clone()).or_default().push((posting, print));
    }
    for (board, postings) in by_board {
        let judge: Arc<dyn Judge> = Arc::new(PointsJudge);
        store.commit_file(FileCommit { board, engine: Engine::Json, postings, now: now(), judge }).unwrap();
    }
}

fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    format!("peak memory {}", line.trim_start_matches("VmHWM:").trim())
}

fn now() -> DateTime<Utc> {
    "2026-11-27T12:00:00Z".parse().unwrap()
}

fn read(path: &str) -> Vec<Posting> {
    let files = jobrounds::coding::VocabularyFiles::with_overrides(&[]).unwrap();
    let coder = jobrounds::coding::Coder::new(&files).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let mut raw = jobrounds::parse::read_job_posting(line).0.unwrap();
            raw.posting_id = value["identifier"].as_str().map(str::to_owned);
            raw.requisition_ids.retain(|id| Some(id) != raw.posting_id.as_ref());
            raw.completeness = Completeness::Full;
            let facts = BoardFacts {
                id: BoardId::new(value["board"].as_str().unwrap()).unwrap(),
                engine: Engine::Json,
                zone: chrono_tz::America::New_York,
                base_url: url::Url::parse("https://board.invalid/").unwrap(),
                country: None,
            };
            let mut posting = jobrounds::normalize::normalize(raw, &facts, now()).unwrap().0;
            jobrounds::pipeline::code_posting(&coder, &mut posting);
            posting
        })
        .collect()
}

/// Numbers from a number: the same at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[usize::try_from(self.roll(words.len() as u64)).unwrap()]
    }
}

const BOARDS: [&str; 5] = ["ahima", "aapc", "elite", "ahdi", "usajobs"];
const KINDS: [&str; 8] =
    ["Inpatient", "Outpatient", "Profee", "Risk Adjustment", "Emergency", "Surgery", "Radiology", "Cardiology"];
const WORK: [&str; 8] = [
    "Coder",
    "Coding Specialist",
    "Coding Auditor",
    "CDI Specialist",
    "HIM Technician",
    "Cancer Registrar",
    "ROI Specialist",
    "Coding Educator",
];
const RANK: [&str; 5] = ["", "", "Senior ", "Lead ", ""];
const NAMES: [&str; 10] =
    ["Mercy", "Harbor", "Summit", "Lakeview", "Saint Anne", "Cedar", "Prairie", "Riverbend", "Granite", "Juniper"];
const SORTS: [&str; 5] = ["Health", "Medical Center", "Hospital", "Clinics", "Regional Health System"];
const STATES: [&str; 12] = ["OH", "TX", "CA", "NY", "FL", "WA", "GA", "MN", "AZ", "PA", "NC", "IL"];
const SYLLABLES: [&str; 24] = [
    "ba", "re", "mi", "to", "lu", "cha", "ven", "dor", "pel", "sa", "qui", "nor", "ta", "gel", "fi", "ho", "ru", "mas",
    "ter", "ka", "lo", "ni", "we", "zu",
];

/// Makes postings, two in five of them copies of the vacancy before on another board.
fn made(range: std::ops::Range<usize>) -> impl Iterator<Item = Posting> {
    range.map(|at| {
        let vacancy = at - at % 5 % 2 * usize::from(at % 5 < 4);
        one(at, vacancy)
    })
}

fn one(at: usize, vacancy: usize) -> Posting {
    let mut dice = Dice(vacancy as u64 * 7_919);
    let mut own = Dice(at as u64 * 104_729 + 1);
    let city: String = (0..3).map(|_| dice.one_of(&SYLLABLES)).collect();
    let owner: String = (0..2).map(|_| dice.one_of(&SYLLABLES)).collect();
    let title = format!("{}{} {}", dice.one_of(&RANK), dice.one_of(&KINDS), dice.one_of(&WORK));
    let employer = format!("{} {owner} {}", dice.one_of(&NAMES), dice.one_of(&SORTS));
    let state = dice.one_of(&STATES);
    let (north, east) = (30.0 + dice.roll(1_500) as f64 / 100.0, -120.0 + dice.roll(4_500) as f64 / 100.0);
    let words: Vec<String> = (0..320)
        .map(|_| {
            let length = 1 + dice.roll(3);
            (0..length).map(|_| dice.one_of(&SYLLABLES)).collect()
        })
        .collect();
    let shown = if own.roll(3) == 0 { 60 } else { 250 + usize::try_from(own.roll(70)).unwrap() };
    let text = words[..shown.min(words.len())].join(" ");
    let posting_id = format!("{at}");
    let pay = 20 + dice.roll(30);
    let value = serde_json::json!({
        "key": {"board": BOARDS[at % 5], "posting_id": posting_id},
        "url": {"value": format!("https://{}.example/jobs/{at}", BOARDS[at % 5])},
        "title": {"raw": title, "value": title},
        "hiring_organization": {"raw": employer, "value": employer},
        "job_location": {"raw": city, "value": [{"locality": city, "region": state, "postal_code": null, "country": "US",
            "latitude": north, "longitude": east, "precision": "city"}]},
        "base_salary": {"raw": "x", "value": {"raw": "x", "currency": "USD", "min": pay, "max": pay + 8, "unit": "HOUR",
            "annual_min": pay * 2_080, "annual_max": (pay + 8) * 2_080, "basis": "stated", "annual_basis": "2080 h"}},
        "date_posted": {"raw": "2026-11-20", "value": "2026-11-20"},
        "description_text": text,
        "raw": serde_json::to_value(jobrounds::model::RawPosting { completeness: Completeness::Full, description: Some(text.clone()), ..Default::default() }).unwrap(),
    });
    serde_json::from_value(value).unwrap()
}
