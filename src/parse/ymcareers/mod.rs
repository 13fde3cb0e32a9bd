//! Engine `ymcareers` (YM Careers, careerwebsite.com): list pages of cards, detail pages with
//! JSON-LD. The slug of an address is decoration; the number is the identity.

mod detail;
mod list;
mod page_facts;

use url::Url;

use super::Parsed;
use super::address::{resolved, tidy};
use crate::board::Board;
use crate::model::{Page, PageKind};

/// Reads an answer of a YM Careers board.
pub(super) fn parse(board: &Board, kind: &PageKind, page: &Page) -> Parsed {
    match kind {
        PageKind::Detail { posting_id } => detail::parse_detail(posting_id, page),
        PageKind::List | PageKind::Sitemap | PageKind::Texts => list::parse_list(board, page),
    }
}

/// A link to a posting: its canonical address and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct JobLink {
    url: Url,
    id: String,
}

/// Reads `/job/<slug>/<id>/`, `/jobseeker/job/<id>/…` and `/c/job.cfm?jb=<id>`.
fn job_link(base: &Url, href: &str) -> Option<JobLink> {
    let mut url = tidy(resolved(base, href)?);
    let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    let number = |part: Option<&&str>| part.filter(|part| is_id(part)).map(|part| (*part).to_owned());
    let job = parts.iter().position(|part| *part == "job");
    let by_slug = job.and_then(|at| number(parts.get(at + 2)));
    let legacy = job.filter(|at| *at > 0 && parts[at - 1] == "jobseeker").and_then(|at| number(parts.get(at + 1)));
    if let Some(id) = by_slug.or(legacy) {
        url.set_query(None);
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        return Some(JobLink { url, id });
    }
    let script = parts.last().is_some_and(|last| last.eq_ignore_ascii_case("job.cfm"));
    let id =
        url.query_pairs().find(|(name, value)| name == "jb" && is_id(value)).map(|(_, value)| value.into_owned())?;
    if !script {
        return None;
    }
    url.query_pairs_mut().clear().append_pair("jb", &id);
    Some(JobLink { url, id })
}

/// Gives a posting's canonical address and number, where this is one's address.
pub(super) fn posting_link(url: &Url) -> Option<(Url, String)> {
    job_link(url, url.as_str()).map(|link| (link.url, link.id))
}

/// Ids had eight digits from 2017 to 2026; a digit more or less may come.
fn is_id(part: &str) -> bool {
    (7..=9).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
}

/// Gives the id in the network of boards that share the engine's numbering.
fn network_id(id: &str) -> String {
    format!("ymcareers:{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_postings_are_known_in_their_three_forms() {
        let base: Url = "https://jobs.example.org/jobs/?str=1".parse().unwrap();
        let link = job_link(&base, "/job/coder-ii/38312412?x=1#top").unwrap();
        assert_eq!(
            (link.url.as_str(), link.id.as_str()),
            ("https://jobs.example.org/job/coder-ii/38312412/", "38312412")
        );
        let link = job_link(&base, "/c/job.cfm?site_id=7&jb=38312412").unwrap();
        assert_eq!(link.url.as_str(), "https://jobs.example.org/c/job.cfm?jb=38312412");
        assert_eq!(job_link(&base, "/jobseeker/job/38312412/coder").unwrap().id, "38312412");
    }

    #[test]
    fn other_links_are_not() {
        let base: Url = "https://jobs.example.org/jobs/".parse().unwrap();
        for href in [
            "/jobseeker/job-alerts/",
            "/jobseeker/login/?goto=%2Fc%2Fjob.cfm%3Fjb%3D38312412",
            "/job/38312412/coder/",
            "mailto:a@example.org",
            "#",
            "/jobs/?str=26",
            "/c/apply/apply.cfm?jb=38312412",
            "/profile/lakeside/1234567/",
        ] {
            assert_eq!(job_link(&base, href), None, "{href}");
        }
    }
}
