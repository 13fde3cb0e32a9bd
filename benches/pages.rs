//! How long a detail page takes: 27 kB of HTML with a clean JSON-LD block, through the public door,
//! beside building the same page's tree with `scraper` in the same run.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jobrounds::board::{Board, BoardFile};
use jobrounds::model::{BoardId, Engine, Page, PageKind};
use jobrounds::parse::parse;

/// Repeats a text with its number in the place of `#`.
fn numbered(times: usize, text: &str) -> String {
    (0..times).map(|n| text.replace('#', &n.to_string())).collect()
}

/// Makes a page of the usual shape: styles, scripts, navigation, the text twice.
fn page_text() -> String {
    let styles = numbered(180, ".c#{margin:#px;padding:4px}");
    let scripts = numbered(60, "dataLayer.push({'k#':'v<#>'});");
    let links = numbered(40, "<li class=\"nav-item\"><a class=\"nav-link\" href=\"/c/#\">Category #</a></li>");
    let text = numbered(
        14,
        "<p>Duty #: assigns <b>ICD-10-CM</b> codes to inpatient records, queries physicians, and keeps accuracy \
         above 95 percent; RHIT, RHIA or CCS required within a year of hire, more is welcome.</p>",
    );
    let posting = serde_json::json!({
        "@context": "https://schema.org", "@type": "JobPosting", "title": "Inpatient Coder II", "description": text,
        "datePosted": "2026-11-10", "validThrough": "2026-12-10T00:00:00Z", "employmentType": "FULL_TIME",
        "identifier": {"@type": "PropertyValue", "name": "Lakeside Health", "value": "R-2231"},
        "hiringOrganization": {"@type": "Organization", "name": "Lakeside Health"},
        "jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": "Columbus",
            "addressRegion": "OH", "addressCountry": "US"}},
        "baseSalary": {"@type": "MonetaryAmount", "currency": "USD",
            "value": {"@type": "QuantitativeValue", "minValue": 52000, "maxValue": 66000, "unitText": "YEAR"}}
    });
    let block = posting.to_string().replace("</", "<\\/");
    format!(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Inpatient Coder II</title><style>{styles}</style>\
         <script type=\"application/ld+json\">{block}</script><script>{scripts}</script></head><body><nav><ul>{links}</ul></nav>\
         <main><h1>Inpatient Coder II</h1><div class=\"job-description\">{text}</div></main><footer><ul>{links}{links}{links}</ul>\
         </footer></body></html>"
    )
}

fn detail_pages(criterion: &mut Criterion) {
    let file: BoardFile = toml::from_str("engine = 'jsonld'\nbase_url = 'https://jobs.example.org'").expect("a table");
    let id = BoardId::new("sample").expect("an id");
    let board = Board::settle(id, file, None).expect("a board");
    let text = page_text();
    let url = "https://jobs.example.org/job/coder/70000011/".parse().expect("an address");
    let page = Page::saved(url, "text/html", text.clone().into_bytes(), chrono::DateTime::UNIX_EPOCH);
    let kind = PageKind::Detail { posting_id: "70000011".to_owned() };
    let mut group = criterion.benchmark_group(format!("detail page of {} bytes", text.len()));
    group.throughput(Throughput::Bytes(text.len() as u64));
    for engine in [Engine::Jsonld, Engine::Ymcareers] {
        group.bench_function(engine.as_str(), |bencher| {
            bencher.iter(|| parse(black_box(&board), engine, &kind, black_box(&page)));
        });
    }
    group.bench_function("scraper tree only", |bencher| {
        bencher.iter(|| scraper::Html::parse_document(black_box(&text)));
    });
    group.finish();
}

criterion_group!(benches, detail_pages);
criterion_main!(benches);
