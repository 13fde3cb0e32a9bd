//! How long a posting takes to be normalized and coded, and a vocabulary to be made ready: texts of
//! about 3 KB, made of the truth set's postings, through the public doors.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jobrounds::coding::{Coder, VocabularyFiles};
use jobrounds::model::{BoardFacts, BoardId, Engine, RawPosting, RawSalary};
use jobrounds::normalize::normalize;
use jobrounds::pipeline::code_posting;

/// A text as long as postings are on the average.
const LENGTH: usize = 3_000;

/// Joins the set's texts, in order, into postings of about 3 KB of markup.
fn postings() -> Vec<RawPosting> {
    let mut made = Vec::new();
    for name in ["postings-a.toml", "postings-b.toml"] {
        let path = format!("{}/tests/fixtures/coding/{name}", env!("CARGO_MANIFEST_DIR"));
        let table: toml::Table = std::fs::read_to_string(path).expect("the truth set").parse().expect("a table");
        let mut text = String::new();
        for shown in table.get("posting").and_then(toml::Value::as_array).expect("postings") {
            let of = |key: &str| shown.get(key).and_then(toml::Value::as_str).map(str::to_owned);
            let paragraphs = of("text").unwrap_or_default().replace('&', "&amp;").replace('\n', "</p><p>");
            text.extend(["<p>", paragraphs.as_str(), "</p>"]);
            if text.len() >= LENGTH {
                made.push(RawPosting {
                    posting_id: of("id"),
                    title: of("title"),
                    hiring_organization: of("employer"),
                    location_summary: of("location"),
                    base_salary: of("salary").map(|text| RawSalary { text: Some(text), ..RawSalary::default() }),
                    description: Some(std::mem::take(&mut text)),
                    ..RawPosting::default()
                });
            }
        }
    }
    made
}

fn coding(criterion: &mut Criterion) {
    let facts = BoardFacts {
        id: BoardId::new("sample").expect("an id"),
        engine: Engine::Jsonld,
        zone: chrono_tz::America::New_York,
        base_url: "https://jobs.example.org/".parse().expect("an address"),
        country: Some("US".to_owned()),
    };
    let files = VocabularyFiles::with_overrides(&[]).expect("the vocabulary");
    let coder = Coder::new(&files).expect("the vocabulary");
    let raws = postings();
    let bytes: usize = raws.iter().filter_map(|raw| raw.description.as_ref()).map(String::len).sum();
    let mut group = criterion.benchmark_group(format!("{} postings of {} bytes each", raws.len(), bytes / raws.len()));
    group.throughput(Throughput::Elements(raws.len() as u64));
    group.bench_function("normalize and code", |bencher| {
        bencher.iter(|| {
            for raw in &raws {
                let (mut posting, _) =
                    normalize(black_box(raw.clone()), &facts, chrono::DateTime::UNIX_EPOCH).expect("a posting");
                code_posting(&coder, &mut posting);
                black_box(posting);
            }
        });
    });
    group.bench_function("normalize alone", |bencher| {
        bencher.iter(|| {
            for raw in &raws {
                black_box(normalize(black_box(raw.clone()), &facts, chrono::DateTime::UNIX_EPOCH).expect("a posting"));
            }
        });
    });
    group.finish();
    criterion.bench_function("make the vocabulary ready", |bencher| {
        bencher.iter(|| {
            let files = VocabularyFiles::with_overrides(black_box(&[])).expect("the vocabulary");
            Coder::new(&files).expect("the vocabulary")
        });
    });
}

criterion_group!(benches, coding);
criterion_main!(benches);
