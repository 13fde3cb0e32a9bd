//! The invented vacancies as web pages and feeds: YM Careers lists and details, a bti feed, a wall.

use chrono::{DateTime, Duration, Utc};

use super::jobs::{From, Vacancy, vacancies};

/// Vacancy whose page carries JSON that is not valid, in the way real ones do.
const BROKEN_PAGE: u32 = 40_210_010;

/// Escapes a text for HTML, XML and attributes.
fn escaped(text: &str) -> String {
    html_escape::encode_quoted_attribute(text).into_owned()
}

/// Makes the part of an address that a title becomes.
pub(super) fn slug(title: &str) -> String {
    let words = title.to_lowercase();
    let words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// Gives the list page of the YM Careers board: paid rows first, dates in words.
pub(super) fn ym_list(first: usize, size: usize) -> String {
    let all: Vec<Vacancy> = vacancies().into_iter().filter(|job| job.on("ahima")).collect();
    let shown = all.iter().skip(first.saturating_sub(1)).take(size);
    let cards: String = shown.clone().map(ym_card).collect();
    let last = (first + size - 1).min(all.len());
    let more = if last < all.len() {
        format!("<a href=\"/jobs/?str={}&amp;max={size}\">Next {size} Jobs</a>", last + 1)
    } else {
        String::new()
    };
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>Job search</title></head><body>\
         <p>{first} - {last} of {} jobs</p><ul>{cards}</ul>{more}</body></html>",
        all.len()
    )
}

fn ym_card(job: &Vacancy) -> String {
    let Vacancy { number, city, state, .. } = job;
    let (title, employer) = (escaped(job.title), escaped(job.employer));
    let posted = match job.posted {
        days if days > 30 => "30+ days ago".to_owned(),
        1 => "1 day ago".to_owned(),
        days => format!("{days} days ago"),
    };
    format!(
        "<li><div class='job-summary'><div class=\"job-summary-top-left clearfix\">\
         <a class=\"ga_job\" href=\"/job/{}/{number}/\" aria-label=\"Job ID - {number}\"><span class=\"h3\">{title}</span></a>\
         <strong>{employer}</strong> &ndash; <em>{city}, {state}, United States</em></div>\
         <em class=\"date\">{posted}</em></div><input type=\"hidden\" value=\"regular\" class=\"ga_jsrc\"></li>",
        slug(job.title)
    )
}

/// Gives one posting's page of the YM Careers board, or `None` for an id that is not there.
pub(super) fn ym_detail(number: u32, now: DateTime<Utc>) -> Option<String> {
    let job = vacancies().into_iter().find(|job| job.number == number && job.on("ahima"))?;
    let title = escaped(job.title);
    Some(format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>{title}</title>\
         <link rel=\"canonical\" href=\"/job/{}/{number}/\">\
         <script type=\"application/ld+json\">{}</script></head><body><h1>{title}</h1>\
         <div class=\"job-data-basics\"><ul><li><label>Location:</label><span>{}, {}, United States</span></li>\
         <li><label>Job ID:</label><span>{number}</span></li><li><label>Company Name:</label><span>{}</span></li>\
         <li><label>Job Type:</label><span>{}</span></li>{}</ul></div>\
         <div class=\"generic-details-text\"><span class=\"h5\">Description</span><pre>{}</pre></div>\
         <div class=\"generic-details-text\"><span class=\"h5\">Requirements</span><pre>{}</pre></div>\
         <div class=\"similar-jobs\"><a href=\"/job/similar/49999999/\">Similar job</a></div></body></html>",
        slug(job.title),
        ym_json(&job, now),
        job.city,
        job.state,
        escaped(job.employer),
        job.schedule,
        if job.pay.is_empty() {
            String::new()
        } else {
            format!("<li><label>Salary:</label><span>{}</span></li>", escaped(job.pay))
        },
        job.text,
        job.asks,
    ))
}

/// Gives the JSON-LD of a YM Careers page: `@graph`, strings for organization and identifier, no
/// currency; once not valid JSON.
fn ym_json(job: &Vacancy, now: DateTime<Utc>) -> String {
    let posted = (now - Duration::days(job.posted)).date_naive();
    let ends = (now + Duration::days(job.closes)).date_naive();
    let mut posting = serde_json::json!({
        "@type": "JobPosting", "title": job.title, "hiringOrganization": job.employer, "identifier": job.number.to_string(),
        "datePosted": posted.to_string(), "validThrough": ends.to_string(), "employmentType": job.schedule,
        "description": job.text, "qualifications": job.asks, "industry": "Health Care",
        "jobLocation": [{"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": job.city,
            "addressRegion": job.state_name, "addressCountry": "United States"}}],
    });
    if job.number == BROKEN_PAGE {
        posting["baseSalary"] = serde_json::json!("@@SALARY@@");
    } else if let Some(salary) = ym_salary(job.pay) {
        posting["baseSalary"] = salary;
    }
    if job.from == From::Home {
        posting["jobLocationType"] = serde_json::json!("TELECOMMUTE");
    }
    let site = serde_json::json!({"@type": "WebSite", "name": "Career Assist (demo)"});
    let graph = serde_json::json!({"@context": "http://schema.org", "@graph": [site, posting]}).to_string();
    let broken = format!("{{\"@type\": \"MonetaryAmount\", \"value\": {}}}", job.pay);
    graph.replace("\"@@SALARY@@\"", &broken).replace("\\u0001", "\u{1}")
}

/// Makes schema.org pay of `$27.50 - $36.25 per hour`, as the engine does: no currency.
fn ym_salary(pay: &str) -> Option<serde_json::Value> {
    let (low, rest) = pay.strip_prefix('$')?.split_once(" - $")?;
    let (high, unit) = rest.split_once(' ')?;
    let number = |text: &str| text.replace(',', "").parse::<f64>().ok();
    let unit = if unit.to_lowercase().contains("hour") { "Hourly Wage" } else { "Yearly Salary" };
    Some(serde_json::json!({"@type": "MonetaryAmount",
        "value": {"@type": "QuantitativeValue", "minValue": number(low)?, "maxValue": number(high)?, "unitText": unit}}))
}

/// Gives the feed of the bti board: title and employer in one, place at the head of the text.
pub(super) fn bti_feed(origin: &str, now: DateTime<Utc>) -> String {
    let items: String = vacancies().iter().filter(|job| job.on("ahdi")).map(|job| bti_item(job, origin, now)).collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Career Connection (demo) Jobs RSS</title>{items}</channel></rss>"
    )
}

fn bti_item(job: &Vacancy, origin: &str, now: DateTime<Utc>) -> String {
    let link = format!("{origin}/jobs/rss/{}/{}", job.number - 20_000_000, slug(job.title));
    let text = job.text.replace("<p>", "").replace("</p>", " ");
    format!(
        "<item><link>{link}</link><title>{} | {}</title><guid isPermaLink=\"true\">{link}</guid>\
         <description>{}, {},  {}</description><pubDate>{}</pubDate></item>",
        escaped(job.title),
        escaped(job.employer),
        job.city,
        job.state_name,
        escaped(text.trim()),
        (now - Duration::days(job.posted)).to_rfc2822()
    )
}

/// Gives a captcha page as a bot wall answers with, status 200.
pub(super) fn wall() -> String {
    "<html lang=\"en\"><head><title>jobs.example</title><style>#cmsg{animation: A 1.5s;}</style></head><body>\
     <p id=\"cmsg\">Please enable JS and disable any ad blocker</p>\
     <script src=\"https://ct.captcha-delivery.com/c.js\"></script>\
     <iframe src=\"https://geo.captcha-delivery.com/captcha/?initialCid=demo\" title=\"DataDome CAPTCHA\"></iframe></body></html>"
        .to_owned()
}
