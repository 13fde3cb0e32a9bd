//! Reads an RSS feed of 100 items of about 3.6 KB: this parser, with all its field extraction,
//! against the bare `rss` and `feed-rs` crates on the same bytes.

use std::hint::black_box;

use chrono::DateTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jobrounds::board::{Board, BoardFile};
use jobrounds::model::{BoardId, Engine, Page, PageKind};
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

criterion_group!(benches, feeds);
criterion_main!(benches);
