//! Fingerprints by small pages in the boards' shape, and that no page makes a probe panic or ask on.

use proptest::prelude::*;

use super::*;

const START: &str = "https://careers.example.org/";

fn page(url: &str, media_type: &str, body: &str) -> Page {
    Page::saved(url.parse().unwrap(), media_type, body.as_bytes().to_vec(), chrono::DateTime::UNIX_EPOCH)
}

fn begun(start: &str) -> Probing {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    Probing::new(start.parse().unwrap(), BoardId::new("probed").unwrap(), today)
}

/// Probes by one page and gives what is asked next, as software and path.
fn asked_after(body: &str) -> Option<(Option<Software>, String)> {
    let mut probing = begun(START);
    let question = probing.next().unwrap();
    probing.take(&question, &page(START, "text/html", body));
    let next = probing.next()?;
    let path = next.wanted.url.path().to_owned()
        + next.wanted.url.query().map(|query| format!("?{query}")).unwrap_or_default().as_str();
    Some((next.software, path))
}

#[test]
fn each_sign_leads_to_the_request_that_would_settle_it() {
    let ym = "/jobs/?str=1&max=100&long=1&vnet=0";
    for (body, software, path) in [
        ("<a href='/job/coder-ii/38312412/'>Coder II</a>", Software::YmCareers, ym),
        ("Powered by <a href='https://www.yourmembership.com/'>YourMembership</a>", Software::YmCareers, ym),
        ("<script src='https://x.careerwebsite.com/a.js'></script>", Software::YmCareers, ym),
        ("<div class='bti-ui-job-result-detail-title'>x</div>", Software::Bti, "/jobs/?display=rss"),
        ("Sorry, we couldn't find any jobs that match your criteria", Software::Bti, "/jobs/?display=rss"),
        (
            "<img src='https://wjm.s3.amazonaws.com/lakes/a.png'>",
            Software::WebScribble,
            "/api/v1/jobs?page=1&per_page=25",
        ),
        ("<a href='/job/44711/coder-ii/'>Coder II</a>", Software::Madgex, "/jobsrss/"),
        ("<link rel=alternate type='application/rss+xml' title='Jobs' href='/all.rss'>", Software::Feed, "/all.rss"),
        ("<ul><li><a href='/openings/coder-44711'>Coder</a></li></ul>", Software::JsonLd, "/openings/coder-44711"),
    ] {
        assert_eq!(asked_after(body), Some((Some(software), path.to_owned())), "{body}");
    }
}

#[test]
fn a_prefix_of_the_engines_paths_is_kept() {
    let (_, path) = asked_after("<a href='/careers/job/coder-ii/38312412/'>Coder II</a>").unwrap();
    assert!(path.starts_with("/careers/jobs/?str=1"), "{path}");
}

#[test]
fn a_header_on_a_refusal_is_a_sign_too() {
    let mut probing = begun(START);
    let question = probing.next().unwrap();
    let mut refused = page(START, "text/html", "not found");
    refused.signs = vec![("x-nas-sid".into(), "a1".into())];
    probing.take_refusal(&question, Some(&refused));
    assert_eq!(probing.next().unwrap().software, Some(Software::Bti));
    assert_eq!(probing.candidates()[0].confidence, "strong");
}

#[test]
fn walls_and_logins_end_it() {
    for (body, verdict) in [
        ("<iframe src='https://geo.captcha-delivery.com/c' title='DataDome CAPTCHA'></iframe>", Verdict::Wall),
        ("<html><title>Log in</title><input type='password'></html>", Verdict::Login),
    ] {
        let mut probing = begun(START);
        let question = probing.next().unwrap();
        probing.take(&question, &page(START, "text/html", body));
        assert!(probing.next().is_none());
        assert_eq!(probing.verdict().0, verdict);
        assert!(probing.draft().is_none());
    }
}

#[test]
fn a_sign_without_a_reading_is_no_proof() {
    let mut probing = begun(START);
    let question = probing.next().unwrap();
    probing.take(&question, &page(START, "text/html", "<div class='bti-ui-x'>careers</div>"));
    let question = probing.next().unwrap();
    probing.take(&question, &page("https://careers.example.org/jobs/?display=rss", "text/html", "<p>Our new site</p>"));
    assert!(probing.proven().is_none());
    assert_eq!(probing.candidates()[0].confidence, "disproved");
}

proptest! {
    #[test]
    fn any_page_is_taken_and_no_address_is_asked_twice(
        bodies in proptest::collection::vec("(<a href='/job/a-b/1234567/'>Coder</a>|<a href='/jobs/12345/a'>x y z</a>|<urlset>|<rss><item><title>a at b</title></item>|\\{\"data\":\\[|bti-ui-|<script>|</ul>|<ul>|é|wjm.s3.amazonaws.com){0,12}", 1..6),
    ) {
        let mut probing = begun(START);
        let mut asked = std::collections::HashSet::new();
        for body in bodies {
            let Some(question) = probing.next() else { break };
            prop_assert!(asked.insert(question.wanted.url.to_string()));
            probing.take(&question, &page(question.wanted.url.as_str(), "", &body));
        }
        let _ = (probing.verdict(), probing.candidates());
        if let Some(draft) = probing.draft() {
            let text = draft.toml(&[], "2026-11-22");
            let file: Result<crate::board::BoardFile, _> = toml::from_str(&text);
            prop_assert!(file.is_ok(), "{text}");
        }
    }
}
