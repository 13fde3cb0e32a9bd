//! What an answer holds instead of what was expected, for the person who has to mend a board's file.

use super::html_text::html_text;
use super::json_body::clipped;
use super::wall::{is_html, title_of};
use crate::model::Page;

/// More links than this are not looked at.
const MAX_LINKS: usize = 2000;
/// Folders under which boards keep their postings.
const FOLDERS: [&str; 11] = [
    "/job/",
    "/jobs/",
    "/jobs/view/",
    "/career/",
    "/careers/",
    "/position/",
    "/positions/",
    "/opening/",
    "/openings/",
    "/vacancy/",
    "/vacancies/",
];

/// The question that ends many a complaint.
const QUESTION: &str = "; did the site change?";

/// Adds to a complaint about an answer what the answer holds instead.
pub(super) fn with_evidence(why: &str, page: &Page) -> String {
    let found = evidence(page);
    match why.strip_suffix(QUESTION) {
        Some(complaint) => format!("{complaint}{found}{QUESTION}"),
        None => format!("{why}{found}"),
    }
}

/// Says what an HTML answer is: its title, and whether it still links to postings. Empty for other
/// answers.
fn evidence(page: &Page) -> String {
    if !is_html(page.body.trim_ascii_start(), &page.media_type) {
        return String::new();
    }
    let text = html_text(page);
    let title = title_of(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    let named = if title.is_empty() { String::new() } else { format!("; its title is `{}`", clipped(&title, 60)) };
    let (count, folder) = posting_links(&text);
    let linked = match (count, folder) {
        (0, _) | (_, None) => String::new(),
        (count, Some(folder)) => {
            let links = if count == 1 { "1 link".to_owned() } else { format!("{count} links") };
            let stand = if count == 1 { "stands" } else { "stand" };
            format!("; {links} to `{folder}…` {stand} there, but not in the known cards")
        }
    };
    named + &linked
}

/// Gives the addresses that a page links to, in lower case.
fn hrefs(text: &str) -> impl Iterator<Item = String> + '_ {
    memchr::memmem::find_iter(text.as_bytes(), "href=").take(MAX_LINKS).map(|at| {
        let value = text[at + 5..].trim_start_matches(['"', '\'']);
        let end = value.bytes().position(|b| matches!(b, b'"' | b'\'' | b' ' | b'>' | b'<')).unwrap_or(value.len());
        value[..end].to_ascii_lowercase()
    })
}

/// Counts the links into a folder of postings, and names the first one's folder.
fn posting_links(text: &str) -> (usize, Option<&'static str>) {
    let folder = |href: &str| {
        let inside = |folder: &&str| href.split_once(*folder).is_some_and(|(_, rest)| rest.len() > 2);
        FOLDERS.into_iter().find(inside)
    };
    let mut found = hrefs(text).filter_map(|href| folder(&href));
    let first = found.next();
    (usize::from(first.is_some()) + found.count(), first)
}

/// Tells whether a page links to a posting: `/job/…`, `/jobs/…4711`, `…jobid=4711`.
pub(super) fn links_to_jobs(text: &str) -> bool {
    hrefs(text).any(|href| {
        let after = |mark: &str| href.split_once(mark).map(|(_, rest)| rest);
        let digit = |rest: &str| rest.bytes().any(|b| b.is_ascii_digit());
        after("/job/").is_some_and(|rest| !rest.is_empty())
            || ["/jobs/", "/job.", "jobid=", "job_id=", "/careers/", "/positions/", "jb="]
                .iter()
                .any(|mark| after(mark).is_some_and(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(media_type: &str, body: &str) -> String {
        let url = "https://jobs.example.org/jobs/".parse().unwrap();
        evidence(&Page::saved(url, media_type, body.as_bytes().to_vec(), chrono::DateTime::UNIX_EPOCH))
    }

    #[test]
    fn a_changed_page_is_told_by_its_title_and_its_links() {
        let page = "<html><head><title>Find\n your  career</title></head><body><a href='/jobs/coder-ii'>Coder</a>\
            <a href=\"/jobs/biller\">Biller</a><a href='/jobs/'>All</a></body></html>";
        assert_eq!(
            told("text/html", page),
            "; its title is `Find your career`; 2 links to `/jobs/…` stand there, but not in the known cards"
        );
        assert_eq!(told("text/html", "<html><body>Hello</body></html>"), "");
        assert_eq!(told("application/json", "{\"title\":\"x\"}"), "");
    }

    #[test]
    fn the_question_stays_at_the_end() {
        let url = "https://jobs.example.org/".parse().unwrap();
        let body = b"<html><title>New</title></html>".to_vec();
        let page = Page::saved(url, "text/html", body, chrono::DateTime::UNIX_EPOCH);
        assert_eq!(
            with_evidence("no feed; did the site change?", &page),
            "no feed; its title is `New`; did the site change?"
        );
        assert_eq!(with_evidence("no feed", &page), "no feed; its title is `New`");
    }
}
