//! The invented vacancies as API answers: Web Scribble's list and details, HistoricJoa and its texts.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::jobs::{From, Vacancy, vacancies};
use super::pages::slug;

fn on_webscribble() -> Vec<Vacancy> {
    vacancies().into_iter().filter(|job| job.on("aapc")).collect()
}

/// Gives the Web Scribble list: cut descriptions, pay among the custom blocks.
pub(super) fn webscribble_list(origin: &str, now: DateTime<Utc>) -> Value {
    let data: Vec<Value> = on_webscribble().iter().map(|job| webscribble_item(job, origin, now)).collect();
    let total = data.len();
    json!({
        "data": data,
        "links": {"first": "/api/v1/jobs?page=1", "last": "/api/v1/jobs?page=1", "prev": null, "next": null},
        "meta": {"current_page": 1, "last_page": 1, "per_page": 25, "total": total},
    })
}

/// Gives one Web Scribble posting with its whole text.
pub(super) fn webscribble_detail(number: u32, origin: &str, now: DateTime<Utc>) -> Option<Value> {
    let job = on_webscribble().into_iter().find(|job| job.number % 100_000 == number)?;
    let mut item = webscribble_item(&job, origin, now);
    item["description"] = json!(format!("{}{}", job.text, job.asks));
    Some(json!({"data": item}))
}

fn webscribble_item(job: &Vacancy, origin: &str, now: DateTime<Utc>) -> Value {
    let number = job.number % 100_000;
    let posted = (now - Duration::days(job.posted)).format("%B %-d, %Y").to_string();
    let teaser: String = job.text.replace("<p>", "").replace("</p>", " ").chars().take(200).collect();
    let mut blocks = vec![
        json!({"path": "local_position_type", "name": "position_type", "value": job.schedule, "label": "Position Type"}),
    ];
    if !job.pay.is_empty() {
        blocks.push(json!({"path": "approx_salary_text", "name": "salary", "value": job.pay, "label": "Salary"}));
    }
    let place = match job.from {
        From::Home => format!("{}, {} (Remote)", job.city, job.state_name),
        _ => format!("{}, {}", job.city, job.state_name),
    };
    json!({
        "id": number, "title": job.title, "location": place, "customBlockList": blocks,
        "shortDescription": format!("{}...", teaser.trim()), "isSponsored": false, "isBackfilled": false,
        "url": format!("{origin}/job/{}-{number}", slug(job.title)),
        "company": {"id": 1, "name": job.employer}, "posted_date": posted,
    })
}

fn on_usajobs(series: &str) -> Vec<Vacancy> {
    // The administration specialist is of series 0669, the technicians of 0675.
    let all = vacancies().into_iter().filter(|job| job.on("usajobs"));
    all.filter(|job| (series == "0669") == job.title.contains("ADMINISTRATION")).collect()
}

/// Gives a `HistoricJoa` answer: zone-less dates, names of hiring paths, no texts.
pub(super) fn historic_joa(series: &str, now: DateTime<Utc>) -> Value {
    let data: Vec<Value> = on_usajobs(series).iter().map(|job| historic_row(job, series, now)).collect();
    let total = data.len();
    json!({"paging": {"metadata": {"totalCount": total, "pageSize": 1000, "continuationToken": null}, "next": null}, "data": data})
}

fn historic_row(job: &Vacancy, series: &str, now: DateTime<Utc>) -> Value {
    let day = |days: i64| (now + Duration::days(days)).date_naive().to_string();
    let mut pay = job.pay.split('|');
    let mut amount = || pay.next().and_then(|text| text.parse::<f64>().ok());
    let (low, high) = (amount(), amount());
    let city = match job.from {
        From::Home => "Anywhere in the U.S. (remote job)",
        _ => job.city,
    };
    let state = if job.from == From::Home { Value::Null } else { json!(job.state_name) };
    json!({
        "usajobsControlNumber": job.number, "hiringAgencyName": job.employer,
        "hiringDepartmentName": if job.employer.starts_with("Veterans") { "Department of Veterans Affairs" } else { "Department of Defense" },
        "workSchedule": job.schedule, "appointmentType": "Permanent", "payScale": "GS",
        "salaryType": job.pay.rsplit('|').next(), "minimumSalary": low, "maximumSalary": high,
        "teleworkEligible": "N", "positionOpenDate": day(-job.posted), "positionCloseDate": day(job.closes),
        "announcementNumber": format!("DEMO-{}", job.number), "positionTitle": job.title,
        "positionOpeningStatus": "Accepting applications", "HiringPaths": [{"hiringPath": "The public"}],
        "JobCategories": [{"series": series}],
        "PositionLocations": [{"positionLocationCity": city, "positionLocationState": state, "positionLocationCountry": "United States"}],
    })
}

/// Gives the texts that `HistoricJoa` keeps apart.
pub(super) fn announcement_texts(series: &str) -> Value {
    let row = |job: &Vacancy| json!({"usajobsControlNumber": job.number, "summary": job.text, "requirementsQualifications": job.asks});
    let data: Vec<Value> = on_usajobs(series).iter().map(row).collect();
    json!({"paging": {"metadata": {"totalCount": data.len(), "continuationToken": null}, "next": null}, "data": data})
}
