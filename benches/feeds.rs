//! Reads an RSS feed of 100 items of about 3.6 KB: this parser, with all its field extraction,
//! against the bare `rss` and `feed-rs` crates on the same bytes. And writes 1,000 jobs in each form.

use std::collections::BTreeMap;
use std::hint::black_box;

use chrono::DateTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jobrounds::board::{Board, BoardFile};
use jobrounds::digest::{FeedForm, FeedItem, FeedRequest, document};
use jobrounds::model::{BoardId, Closing, Engine, Job, JobId, Page, PageKind, PostingKey, compose};
use jobrounds::parse::parse;
use url::Url;

const ITEMS: u64 = 100;

/// Writes a feed in the shape that job boards' feeds have.
fn feed() -> String {
    let sentence =
        "<p>Assigns ICD-10-CM &amp; CPT codes to <b>inpatient</b> and outpatient records; queries physicians.</p>\n";
    let item = |number: u64| {
        format!(
            "<item><title>Coder {number} &amp; Auditor | Mercy Health</title>\
             <link>https://jobs.example.org/job/coder/{number}?a=1&amp;b=2</link>\
             <guid isPermaLink=\"false\">board-{number}</guid><pubDate>Mon, 02 Nov 2026 08:00:00 GMT</pubDate>\
             <category>OH</category><description><![CDATA[{}]]></description></item>\n",
            sentence.repeat(31)
        )
    };
    let items: String = (0..ITEMS).map(item).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>Jobs</title>\
         <link>https://jobs.example.org/</link><description>Jobs</description>{items}</channel></rss>\n"
    )
}

fn board() -> Board {
    let file = BoardFile {
        engine: Some("rss".to_owned()),
        base_url: Some("https://jobs.example.org/feed".to_owned()),
        ..BoardFile::default()
    };
    Board::settle(BoardId::new("bench").expect("a valid id"), file, None).expect("a valid board")
}

fn feeds(criterion: &mut Criterion) {
    let (board, text) = (board(), feed());
    let url = Url::parse("https://jobs.example.org/feed").expect("a valid address");
    let page = Page::saved(url, "application/rss+xml", text.clone().into_bytes(), DateTime::UNIX_EPOCH);
    let mut group = criterion.benchmark_group("rss, 100 items of 3.6 KB");
    group.throughput(Throughput::Elements(ITEMS));
    group.bench_function("jobrounds", |bencher| {
        bencher.iter(|| parse(&board, Engine::Rss, &PageKind::List, black_box(&page)));
    });
    group.bench_function("rss", |bencher| {
        bencher.iter(|| rss::Channel::read_from(black_box(text.as_bytes())).expect("a sound feed"));
    });
    group.bench_function("feed-rs", |bencher| {
        bencher.iter(|| feed_rs::parser::parse(black_box(text.as_bytes())).expect("a sound feed"));
    });
    group.finish();
}

/// Makes an open job that closes, with a text of about 3.6 KB.
fn job(number: u64) -> Job {
    let key = PostingKey { board: BoardId::new("bench").expect("a valid id"), posting_id: number.to_string() };
    let end = DateTime::from_timestamp(1_796_000_000, 0).expect("a moment");
    let text = "Assigns ICD-10-CM & CPT codes to inpatient and outpatient records; queries physicians. ".repeat(42);
    Job {
        title: Some(format!("Coder {number} & Auditor")),
        hiring_organization: Some("Mercy Health".to_owned()),
        url: Some(format!("https://jobs.example.org/job/coder/{number}?a=1&b=2")),
        status: jobrounds::model::JobStatus::Open,
        first_seen: DateTime::from_timestamp(1_790_000_000 + i64::try_from(number).expect("small"), 0)
            .expect("a moment"),
        valid_through: Some(Closing { date: end.date_naive(), instant: end, time: None }),
        description_text: Some(text),
        ..compose(&JobId::founded_by(&key), &[], Vec::new(), false)
    }
}

fn writing(criterion: &mut Criterion) {
    const JOBS: u64 = 1_000;
    let jobs: Vec<Job> = (0..JOBS).map(job).collect();
    let boards = BTreeMap::new();
    let feed = FeedRequest {
        title: "New HIM jobs",
        description: "every job".to_owned(),
        self_url: Some("https://jobs.example.org/feeds/rss".to_owned()),
        home_url: Some("https://jobs.example.org/".to_owned()),
        author: "jobrounds".to_owned(),
        items: jobs.iter().map(FeedItem::new).collect(),
        boards: &boards,
        changed: None,
        now: DateTime::from_timestamp(1_795_000_000, 0).expect("a moment"),
        zone: chrono_tz::America::New_York,
    };
    let mut group = criterion.benchmark_group("writing 1,000 jobs");
    group.throughput(Throughput::Elements(JOBS));
    for form in FeedForm::ALL {
        group.bench_function(form.as_str(), |bencher| bencher.iter(|| document(form, black_box(&feed))));
    }
    group.finish();
}

criterion_group!(benches, feeds, writing);
criterion_main!(benches);
