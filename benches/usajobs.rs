//! Reading a USAJOBS Search page: 500 items of about 5 KB, and 10 items of 673 places each.
//! The goal is at most 8 µs an item; criterion prints items a second.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jobrounds::board::{Board, BoardFile, builtin_text};
use jobrounds::model::{BoardId, Engine, Page, PageKind};
use jobrounds::parse::parse;
use serde_json::{Value, json};
use url::Url;

/// Writes so many bytes of sentences, every tenth with an escape in it, as the real texts have.
fn prose(seed: usize, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 80);
    let mut n = seed;
    while text.len() < bytes {
        let end = if n % 10 == 9 { ".\n" } else { ". " };
        let _ = write!(text, "Reviews record {n} and assigns codes that the provider&rsquo;s notes support{end}");
        n += 1;
    }
    text
}

fn place(n: usize) -> Value {
    let name = format!("Juniper Flats {n}, Nevada");
    json!({"LocationName": name, "CountryCode": "United States", "CountrySubDivisionCode": "Nevada", "CityName": name,
        "Longitude": -117.0, "Latitude": 39.5})
}

fn details(n: usize) -> Value {
    json!({"JobSummary": prose(n, 500), "WhoMayApply": {"Name": "", "Code": ""}, "LowGrade": "7", "HighGrade": "8",
        "PromotionPotential": "8", "OrganizationCodes": "VA/VATA", "Relocation": "False", "HiringPath": ["public"],
        "TotalOpenings": "1", "TravelCode": "0", "MajorDuties": [prose(n, 700)], "Education": prose(n, 300),
        "Requirements": prose(n, 300), "Evaluations": prose(n, 300), "HowToApply": prose(n, 300),
        "RequiredDocuments": prose(n, 200), "ServiceType": "02", "AnnouncementClosingType": "01",
        "SecurityClearance": "Not Required", "DrugTestRequired": "False", "TeleworkEligible": true,
        "RemoteIndicator": false})
}

fn item(n: usize, places: usize) -> Value {
    let id = 900_000_000 + n * 100;
    let pay = json!([{"MinimumRange": "55756.0", "MaximumRange": "72482.0", "RateIntervalCode": "PA"}]);
    let stated = json!({"PositionID": format!("CBJF-{id}-26"), "PositionTitle": "Medical Records Technician (Coder)",
        "PositionURI": format!("https://www.usajobs.gov:443/job/{id}"),
        "ApplyURI": [format!("https://www.usajobs.gov:443/job/{id}?PostingChannelID=")],
        "PositionLocationDisplay": "Juniper Flats, Nevada",
        "PositionLocation": (0..places).map(place).collect::<Vec<_>>(),
        "OrganizationName": "Veterans Health Administration", "DepartmentName": "Department of Veterans Affairs",
        "JobCategory": [{"Name": "Medical Records Technician", "Code": "0675"}], "JobGrade": [{"Code": "GS"}],
        "PositionSchedule": [{"Name": "Full-time", "Code": "1"}],
        "PositionOfferingType": [{"Name": "Permanent", "Code": "15317"}],
        "QualificationSummary": prose(n, 800), "PositionRemuneration": pay,
        "PublicationStartDate": "2026-02-24T16:23:57.8330", "ApplicationCloseDate": "2026-03-13T23:59:59.9970",
        "UserArea": {"Details": details(n), "IsRadialSearch": false}});
    json!({"MatchedObjectId": id.to_string(), "RelevanceRank": 0, "MatchedObjectDescriptor": stated})
}

fn answer(items: usize, places: usize) -> Page {
    let listed: Vec<Value> = (0..items).map(|n| item(n, places)).collect();
    let body = json!({"LanguageCode": "EN", "SearchParameters": {}, "SearchResult": {"SearchResultCount": items,
        "SearchResultCountAll": items, "SearchResultItems": listed, "UserArea": {"NumberOfPages": "1"}}});
    let url = Url::parse("https://data.usajobs.gov/api/Search?ResultsPerPage=500&Page=1").expect("a constant address");
    Page::saved(url, "application/hr+json", body.to_string().into_bytes(), chrono::DateTime::UNIX_EPOCH)
}

fn usajobs() -> Board {
    let file: BoardFile = toml::from_str(builtin_text("usajobs").unwrap_or_default()).expect("a built-in board");
    Board::settle(BoardId::new("usajobs").expect("a constant id"), file, None).expect("a built-in board")
}

fn search_pages(criterion: &mut Criterion) {
    let board = usajobs();
    for (name, items, places) in [("500 items of 5 KB", 500, 1), ("10 items of 673 places", 10, 673)] {
        let page = answer(items, places);
        let mut group = criterion.benchmark_group("usajobs search");
        group.throughput(Throughput::Elements(items as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let parsed = parse(black_box(&board), Engine::Usajobs, &PageKind::List, black_box(&page));
                assert_eq!(parsed.postings.len(), items);
                parsed
            });
        });
        group.finish();
    }
}

criterion_group!(benches, search_pages);
criterion_main!(benches);
