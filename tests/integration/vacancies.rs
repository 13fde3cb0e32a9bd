//! Invented vacancies, and the pages, feeds and API answers in which fake boards show them.

use serde_json::{Value, json};

use super::fake_board::{Asked, Reply};

/// One invented vacancy.
#[derive(Clone, Debug)]
pub struct Vacancy {
    pub id: u32,
    pub title: String,
    pub employer: String,
    pub city: &'static str,
    pub state: &'static str,
    pub text: String,
}

impl Vacancy {
    pub fn new(id: u32, title: &str, employer: &str) -> Self {
        let text = format!("{employer} looks for a {title} who holds RHIT or CCS and keeps records in order.");
        Self { id, title: title.into(), employer: employer.into(), city: "Columbus", state: "OH", text }
    }

    fn slug(&self) -> String {
        self.title.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
    }

    pub fn path(&self) -> String {
        format!("/job/{}/{}/", self.slug(), self.id)
    }
}

/// Gives three vacancies.
pub fn three() -> Vec<Vacancy> {
    vec![
        Vacancy::new(40_000_001, "Inpatient Coder", "Lakemont Regional Hospital"),
        Vacancy::new(40_000_002, "Cancer Registrar", "Ashgrove Cancer Institute"),
        Vacancy::new(40_000_003, "Release of Information Specialist", "Saint Brennan Health"),
    ]
}

/// Gives many vacancies whose titles and employers all differ.
pub fn many(count: u32) -> Vec<Vacancy> {
    (1..=count).map(|n| Vacancy::new(41_000_000 + n, &format!("Coder {n}"), &format!("Hospital {n}"))).collect()
}

/// Answers as a YM Careers board that shows these vacancies, so many a page.
pub fn ymcareers(vacancies: &[Vacancy], page_size: usize) -> impl FnMut(&Asked) -> Reply + Send + use<> {
    let vacancies = vacancies.to_vec();
    move |asked| {
        if asked.path.starts_with("/jobs/?str=") {
            return Reply::html(list_page(&vacancies, start_of(&asked.path), page_size));
        }
        // As on the real boards the number is the identity and the words before it are decoration.
        let found = vacancies.iter().find(|one| asked.path.ends_with(&format!("/{}/", one.id)));
        found.map_or_else(|| Reply::status(404), |vacancy| Reply::html(detail_page(vacancy)))
    }
}

/// Reads the offset of a list's address.
pub fn start_of(path: &str) -> usize {
    let digits = path.split("str=").nth(1).unwrap_or("1").split('&').next().unwrap_or("1");
    digits.parse().unwrap_or(1)
}

/// Gives one list page of a YM Careers board, with a link to the next.
pub fn list_page(vacancies: &[Vacancy], first: usize, page_size: usize) -> String {
    let last = vacancies.len().min(first + page_size - 1);
    let cards: String = vacancies.iter().skip(first - 1).take(page_size).map(card).collect();
    let next = if last < vacancies.len() {
        format!("<a href=\"/jobs/?str={}&amp;max={page_size}\">Next {page_size} Jobs</a>", last + 1)
    } else {
        String::new()
    };
    format!(
        "<!DOCTYPE html><html><head><title>Job search</title></head><body><p>{first} - {last} of {} jobs</p>\
         <ul>{cards}</ul>{next}</body></html>",
        vacancies.len()
    )
}

fn card(vacancy: &Vacancy) -> String {
    format!(
        "<li><div class=\"job-summary\"><a class=\"ga_job\" href=\"{}\"><span class=\"h3\">{}</span></a>\
         <strong>{}</strong> &ndash; <em>{}, {}, United States</em></div></li>",
        vacancy.path(),
        vacancy.title,
        vacancy.employer,
        vacancy.city,
        vacancy.state
    )
}

/// Gives a schema.org JobPosting.
pub fn job_posting(vacancy: &Vacancy) -> Value {
    json!({
        "@context": "https://schema.org", "@type": "JobPosting", "title": vacancy.title,
        "hiringOrganization": {"@type": "Organization", "name": vacancy.employer},
        "jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": vacancy.city,
            "addressRegion": vacancy.state, "addressCountry": "US"}},
        "datePosted": "2026-11-18", "validThrough": "2027-02-01", "employmentType": "FULL_TIME",
        "identifier": vacancy.id.to_string(), "description": format!("<p>{}</p>", vacancy.text),
    })
}

/// Gives one posting's page with its JSON-LD.
pub fn detail_page(vacancy: &Vacancy) -> String {
    format!(
        "<!DOCTYPE html><html><head><title>{title}</title><link rel=\"canonical\" href=\"{path}\">\
         <script type=\"application/ld+json\">{json}</script></head><body><h1>{title}</h1></body></html>",
        title = vacancy.title,
        path = vacancy.path(),
        json = job_posting(vacancy)
    )
}

/// Gives the feed of a bti board.
pub fn bti_feed(origin: &str, vacancies: &[Vacancy]) -> String {
    let items: String = vacancies
        .iter()
        .map(|vacancy| {
            format!(
                "<item><link>{origin}/jobs/rss/{}/{}</link><title>{} | {}</title>\
                 <description>{}, Ohio,  {}</description><pubDate>Wed, 18 Nov 2026 09:56:22 -0500</pubDate></item>",
                vacancy.id,
                vacancy.slug(),
                vacancy.title,
                vacancy.employer,
                vacancy.city,
                vacancy.text
            )
        })
        .collect();
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Jobs RSS</title>{items}</channel></rss>")
}

/// Gives one item of a Web Scribble answer.
pub fn webscribble_item(origin: &str, vacancy: &Vacancy, with_text: bool) -> Value {
    let mut item = json!({
        "id": vacancy.id, "title": vacancy.title, "location": format!("{}, Ohio", vacancy.city),
        "coordinates": {"latitude": "40.1", "longitude": "-82.9"}, "customBlockList": [],
        "shortDescription": "Keeps records...", "isSponsored": false, "isBackfilled": false, "canViewLocal": true,
        "url": format!("{origin}/job/{}-{}", vacancy.slug(), vacancy.id),
        "company": {"id": 9, "name": vacancy.employer}, "posted_date": "November 18, 2026",
    });
    if with_text {
        item["description"] = json!(format!("<p>{}</p>", vacancy.text));
        item["date_posted"] = json!("November 17, 2026");
    }
    item
}

/// Answers as a Web Scribble board on this origin.
pub fn webscribble(origin: &str, vacancies: &[Vacancy]) -> impl FnMut(&Asked) -> Reply + Send + use<> {
    let (origin, vacancies) = (origin.to_owned(), vacancies.to_vec());
    move |asked| {
        if asked.path.starts_with("/api/v1/jobs?") {
            let items: Vec<Value> = vacancies.iter().map(|one| webscribble_item(&origin, one, false)).collect();
            let total = items.len();
            let meta = json!({"current_page": 1, "last_page": 1, "per_page": 25, "total": total});
            return Reply::json(&json!({"data": items, "links": {"next": null}, "meta": meta}));
        }
        let found = vacancies.iter().find(|one| asked.path == format!("/api/v1/jobs/{}", one.id));
        found.map_or_else(
            || Reply::status(404),
            |one| Reply::json(&json!({"data": webscribble_item(&origin, one, true)})),
        )
    }
}

/// Gives one row of USAJOBS's `HistoricJoa` without its text.
pub fn historic_row(vacancy: &Vacancy, series: &str) -> Value {
    json!({
        "usajobsControlNumber": vacancy.id, "hiringAgencyName": vacancy.employer,
        "hiringDepartmentName": "Department of Veterans Affairs", "workSchedule": "Full-time",
        "salaryType": "Per Year", "minimumSalary": 55756.0, "maximumSalary": 72482.0,
        "positionOpenDate": "2026-11-18", "positionCloseDate": "2026-12-09", "announcementNumber": format!("A-{}", vacancy.id),
        "positionTitle": vacancy.title, "positionOpeningStatus": "Accepting applications",
        "hiringPaths": [{"hiringPath": "The public"}], "jobCategories": [{"series": series}],
        "positionLocations": [{"positionLocationCity": vacancy.city, "positionLocationState": "Ohio",
            "positionLocationCountry": "United States"}],
    })
}

/// Wraps rows as USAJOBS's `HistoricJoa` does.
pub fn historic_answer(rows: &[Value]) -> Value {
    json!({"paging": {"metadata": {"totalCount": rows.len(), "continuationToken": null}, "next": null}, "data": rows})
}

/// Gives USAJOBS's Search answer.
pub fn search_answer(vacancies: &[Vacancy]) -> Value {
    let items: Vec<Value> = vacancies
        .iter()
        .map(|vacancy| {
            json!({"MatchedObjectId": vacancy.id.to_string(), "MatchedObjectDescriptor": {
                "PositionID": format!("A-{}", vacancy.id), "PositionTitle": vacancy.title,
                "PositionURI": format!("https://www.usajobs.gov:443/job/{}", vacancy.id),
                "ApplyURI": [format!("https://www.usajobs.gov:443/job/{}?PostingChannelID=", vacancy.id)],
                "PositionLocation": [{"LocationName": "Columbus, Ohio", "CountryCode": "United States",
                    "CountrySubDivisionCode": "Ohio", "CityName": "Columbus, Ohio", "Longitude": -83.0, "Latitude": 39.9}],
                "OrganizationName": vacancy.employer, "DepartmentName": "Department of Veterans Affairs",
                "JobCategory": [{"Name": "Medical Records Technician", "Code": "0675"}],
                "PositionSchedule": [{"Name": "Full-time", "Code": "1"}],
                "PositionRemuneration": [{"MinimumRange": "55756.0", "MaximumRange": "72482.0",
                    "RateIntervalCode": "PA", "Description": "Per Year"}],
                "PublicationStartDate": "2026-11-18T00:00:00.0000", "ApplicationCloseDate": "2026-12-09T23:59:59.9970",
                "UserArea": {"Details": {"JobSummary": vacancy.text, "HiringPath": ["public"]}},
            }})
        })
        .collect();
    json!({"LanguageCode": "EN", "SearchParameters": {}, "SearchResult": {"SearchResultCount": items.len(),
        "SearchResultCountAll": items.len(), "SearchResultItems": items, "UserArea": {"NumberOfPages": "1"}}})
}
