//! Engine `jsonld`: a sitemap or a list page leads to details, and details carry a schema.org
//! JobPosting as JSON-LD or microdata; the board's selectors fill the gaps.

use std::collections::HashSet;

use scraper::ElementRef;
use url::Url;

use super::address::{id_of, looks_like_posting, resolved, same_host, tidy};
use super::dom::{Dom, page_text, words_of};
use super::gaps::fill_gaps;
use super::html_engine::{note_cut, root_of};
use super::html_plan::{CompiledFields, compiled_rule};
use super::html_text::{html_text, size_and_type};
use super::json_ld::{raw_posting, read_page};
use super::microdata::microdata_postings;
use super::sitemap::{SitemapEntry, read_sitemap};
use super::{Finding, Parsed};
use crate::board::Board;
use crate::model::{Completeness, Page, PageKind, Problem, ProblemKind, RawPosting, Wanted};

/// At most this many further sitemaps are followed from one index.
const MAX_SITEMAPS: usize = 200;
/// At most this many rows are taken from one page or sitemap.
const MAX_ROWS: usize = 10_000;

/// Reads an answer of a board whose details carry JSON-LD.
pub(super) fn parse(board: &Board, kind: &PageKind, page: &Page) -> Parsed {
    match kind {
        PageKind::Detail { posting_id } => detail(board, posting_id, page),
        PageKind::Sitemap => sitemap(board, page).unwrap_or_else(|| {
            Parsed::foreign(format!("no sitemap (`urlset` or `sitemapindex`); the answer is {}", size_and_type(page)))
        }),
        PageKind::List | PageKind::Texts => sitemap(board, page).unwrap_or_else(|| list(board, page)),
    }
}

/// Gives a posting's id if the address is one of a posting.
pub(super) fn posting_id(board: &Board, url: &Url) -> Option<String> {
    let Some(pattern) = &board.detail_pattern else {
        let ours = same_host(url, &board.base_url);
        return (ours && looks_like_posting(url)).then(|| id_of(url));
    };
    let found = pattern.captures(url.as_str())?;
    let group = found.get(1).map(|group| group.as_str().to_owned()).filter(|text| !text.is_empty());
    Some(group.unwrap_or_else(|| id_of(url)))
}

fn row(page: &Page, url: &Url, id: String) -> RawPosting {
    RawPosting {
        posting_id: Some(id),
        url: Some(url.to_string()),
        source_url: Some(page.url.to_string()),
        ..RawPosting::default()
    }
}

/// Reads a sitemap: rows for postings, further sitemaps to fetch.
fn sitemap(board: &Board, page: &Page) -> Option<Parsed> {
    let entries = read_sitemap(page)?;
    let mut parsed = Parsed::readable();
    let (further, addresses): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.is_sitemap);
    parsed.next = further_sitemaps(page, &further);
    let mut known = HashSet::new();
    for (at, entry) in addresses.iter().enumerate().take(MAX_ROWS) {
        let Some(url) = resolved(&page.url, &entry.loc).map(tidy) else { continue };
        let Some(id) = posting_id(board, &url) else { continue };
        if known.insert(id.clone()) {
            let mut row = row(page, &url, id);
            row.position = Some(format!("url {}", at + 1));
            row.extra.extend(entry.lastmod.clone().map(|when| ("lastmod".to_owned(), when)));
            parsed.postings.push(row);
        }
    }
    if addresses.len() > MAX_ROWS {
        parsed.truncated = true;
        let message = format!("more than {MAX_ROWS} addresses in one sitemap; the rest was not read");
        parsed.problems.push(Problem::new(ProblemKind::Incomplete, message).at(page.url.as_str()));
    }
    if parsed.postings.is_empty() && parsed.next.is_empty() {
        parsed.finding = no_posting_listed(board, addresses.len());
    }
    Some(parsed)
}

/// A sitemap without addresses says "none"; one without postings among its addresses says nothing.
fn no_posting_listed(board: &Board, addresses: usize) -> Finding {
    if addresses == 0 {
        return Finding::Empty;
    }
    let expected =
        board.detail_pattern.as_ref().map_or("looks like a posting's".to_owned(), |p| format!("matches `{p}`"));
    Finding::Foreign(format!("none of the sitemap's {addresses} addresses {expected}; set `detail_pattern`"))
}

/// Chooses the sitemaps to follow: those named after jobs first, those named after other things not.
fn further_sitemaps(page: &Page, entries: &[SitemapEntry]) -> Vec<Wanted> {
    let named = |url: &Url, words: &[&str]| {
        let path = url.path().to_ascii_lowercase();
        words.iter().any(|word| path.contains(word))
    };
    let jobs = ["job", "career", "position", "vacanc", "opening", "posting", "opportunit"];
    let other = [
        "blog",
        "news",
        "author",
        "tag",
        "categor",
        "image",
        "video",
        "event",
        "product",
        "post-sitemap",
        "page-sitemap",
    ];
    let urls: Vec<Url> =
        entries.iter().filter_map(|entry| resolved(&page.url, &entry.loc)).filter(|url| *url != page.url).collect();
    let (first, rest): (Vec<Url>, Vec<Url>) = urls.into_iter().partition(|url| named(url, &jobs));
    let rest = rest.into_iter().filter(|url| !named(url, &other));
    let mut seen = HashSet::new();
    let chosen = first.into_iter().chain(rest).filter(|url| seen.insert(url.clone())).take(MAX_SITEMAPS);
    chosen.map(|url| Wanted { url, kind: PageKind::Sitemap }).collect()
}

/// Reads a list page: postings that it carries itself, addresses that it lists, links.
fn list(board: &Board, page: &Page) -> Parsed {
    let text = html_text(page);
    let dom = Dom::of(&text);
    let mut parsed = Parsed::readable();
    note_cut(&dom, page, &mut parsed);
    let found = read_page(&text);
    parsed.problems.extend(found.problems.into_iter().map(|problem| problem.at(page.url.as_str())));
    let mut rows: Vec<RawPosting> =
        found.postings.into_iter().filter_map(|ld| carried(board, page, raw_posting(ld))).collect();
    let listed = found.listed.iter().filter_map(|address| resolved(&page.url, address)).map(tidy);
    rows.extend(listed.filter_map(|url| Some(row(page, &url, posting_id(board, &url)?))));
    rows.extend(linked(board, page, &dom));
    let mut known = HashSet::new();
    rows.retain(|row| row.posting_id.clone().is_some_and(|id| known.insert(id)));
    for (at, row) in rows.iter_mut().enumerate() {
        row.position = Some(format!("item {}", at + 1));
    }
    if rows.is_empty() {
        parsed.finding = nothing(board, page, &dom);
        return parsed;
    }
    parsed.postings = rows;
    parsed.next.extend(next_page(board, page, &dom).map(Wanted::list));
    parsed
}

fn nothing(board: &Board, page: &Page, dom: &Dom) -> Finding {
    let seen = page_text(&dom.html);
    let own = board.html.empty_text.as_deref().is_some_and(|words| !words.is_empty() && seen.contains(words));
    if own {
        return Finding::Empty;
    }
    let expected =
        board.detail_pattern.as_ref().map_or("looks like a posting's".to_owned(), |p| format!("matches `{p}`"));
    Finding::Foreign(format!(
        "no JSON-LD `JobPosting` and no link that {expected} (page is {}; did the site change?)",
        size_and_type(page)
    ))
}

/// Names a posting that a list carries whole. Its own address counts only if it is not the list's.
fn carried(board: &Board, page: &Page, mut raw: RawPosting) -> Option<RawPosting> {
    let own =
        raw.url.take().and_then(|url| resolved(&page.url, &url)).map(tidy).filter(|url| *url != tidy(page.url.clone()));
    let by_address = own.as_ref().map(|url| posting_id(board, url).unwrap_or_else(|| id_of(url)));
    raw.posting_id = Some(by_address.or_else(|| raw.requisition_ids.first().cloned())?);
    raw.url = own.map(|url| url.to_string());
    raw.source_url = Some(page.url.to_string());
    raw.completeness = if raw.description.is_some() { Completeness::Teaser } else { Completeness::ListRow };
    Some(raw)
}

/// Makes rows of the links that lead to postings.
fn linked(board: &Board, page: &Page, dom: &Dom) -> Vec<RawPosting> {
    let anchors = dom.html.tree.nodes().filter_map(ElementRef::wrap).filter(|element| element.value().name() == "a");
    let mut rows: Vec<RawPosting> = Vec::new();
    for anchor in anchors.take(MAX_ROWS) {
        let Some(url) = anchor.attr("href").and_then(|href| resolved(&page.url, href)).map(tidy) else { continue };
        let Some(id) = posting_id(board, &url).filter(|_| url != page.url) else { continue };
        let title = words_of(anchor).filter(|text| text.len() <= 300);
        rows.push(RawPosting { title, ..row(page, &url, id) });
    }
    rows
}

/// Gives the next page: by the board's rule, else by `rel=next`.
fn next_page(board: &Board, page: &Page, dom: &Dom) -> Option<Url> {
    let by_rule = board.html.next.as_ref().and_then(|rule| compiled_rule("html.next", rule).ok());
    let href = if let Some(rule) = by_rule {
        rule.values(root_of(dom)?, "next").into_iter().next()?
    } else {
        let elements = dom.html.tree.nodes().filter_map(ElementRef::wrap);
        let next = |element: &ElementRef<'_>| element.attr("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("next"));
        elements.filter(|element| matches!(element.value().name(), "a" | "link")).find(next)?.attr("href")?.to_owned()
    };
    let mut url = resolved(&page.url, &href)?;
    url.set_fragment(None);
    (url != page.url && same_host(&url, &page.url)).then_some(url)
}

/// Reads a detail page: JSON-LD, else microdata; then the board's selectors for the gaps.
fn detail(board: &Board, asked: &str, page: &Page) -> Parsed {
    let text = html_text(page);
    let mut parsed = Parsed::readable();
    let found = read_page(&text);
    parsed.problems.extend(found.problems.into_iter().map(|problem| problem.at(page.url.as_str())));
    let mut candidates: Vec<RawPosting> = found.postings.into_iter().map(raw_posting).collect();
    let needs_tree = candidates.is_empty() || !board.html.detail.is_empty();
    let dom = needs_tree.then(|| Dom::of(&text));
    if let Some(dom) = dom.as_ref().filter(|_| candidates.is_empty()) {
        candidates = microdata_postings(dom).into_iter().map(|(_, item)| raw_posting(item)).collect();
    }
    let about = |raw: &RawPosting| {
        let url = raw.url.as_deref().and_then(|url| resolved(&page.url, url));
        raw.requisition_ids.iter().any(|id| id == asked)
            || url.is_some_and(|url| posting_id(board, &url).as_deref() == Some(asked))
    };
    let at = candidates.iter().position(about).unwrap_or(0);
    if candidates.is_empty() {
        parsed.finding = Finding::Foreign(format!(
            "no `JobPosting` as JSON-LD or microdata (page is {}; did the site change?)",
            size_and_type(page)
        ));
        return parsed;
    }
    let mut raw = candidates.swap_remove(at);
    if let Some(root) = dom.as_ref().and_then(root_of) {
        match CompiledFields::of("html.detail", &board.html.detail) {
            Ok(fields) => fill_gaps(&mut raw, fields.read(root, &page.url)),
            Err(why) => parsed.problems.push(Problem::new(ProblemKind::Configuration, why)),
        }
    }
    name_detail(&mut raw, asked, page);
    parsed.postings.push(raw);
    parsed
}

/// Sets id and address. The address that answered is the posting's; one that the posting names
/// elsewhere is kept beside it.
fn name_detail(raw: &mut RawPosting, asked: &str, page: &Page) {
    let own = tidy(page.url.clone());
    let stated = raw.url.take().and_then(|url| resolved(&page.url, &url)).map(tidy);
    if let Some(stated) = stated.filter(|url| *url != own) {
        raw.extra.insert("url".to_owned(), stated.to_string());
    }
    raw.requisition_ids.retain(|id| id != asked);
    raw.posting_id = Some(asked.to_owned());
    raw.url = Some(own.to_string());
    raw.apply_url = raw.apply_url.take().and_then(|href| resolved(&page.url, &href)).map(|url| url.to_string());
    raw.source_url = Some(page.url.to_string());
    raw.completeness = if raw.description.is_some() { Completeness::Full } else { Completeness::ListRow };
}

#[cfg(test)]
mod tests {
    use super::super::html_fixtures::{board, html_page, read_detail, read_list};
    use super::super::parse as parse_any;
    use super::*;
    use crate::model::Engine;

    const LIST: &str = include_str!("../../tests/fixtures/boards/jsonld/list.html");
    const DETAIL: &str = include_str!("../../tests/fixtures/boards/jsonld/detail.html");
    const TABLE: &str = "engine = 'jsonld'\nbase_url = 'https://prairie.example'";

    fn read_sitemap_page(table: &str, body: &str) -> Parsed {
        let page = html_page("https://prairie.example/sitemap.xml", body);
        parse_any(&board(table), Engine::Jsonld, &PageKind::Sitemap, &page)
    }

    #[test]
    fn a_sitemap_gives_rows_with_their_dates() {
        let body = "<?xml version='1.0'?><urlset><url><loc>https://prairie.example/jobs/coder-440011</loc><lastmod>2026-11-20</lastmod></url>\
            <url><loc>https://prairie.example/about</loc></url></urlset>";
        let parsed = read_sitemap_page(TABLE, body);
        assert_eq!(parsed.postings.len(), 1);
        let row = &parsed.postings[0];
        assert_eq!((row.posting_id.as_deref(), row.extra["lastmod"].as_str()), (Some("440011"), "2026-11-20"));
        assert_eq!(row.completeness, Completeness::ListRow);
        let patterned = format!("{TABLE}\ndetail_pattern = '/jobs/([a-z]+)-'");
        assert_eq!(read_sitemap_page(&patterned, body).postings[0].posting_id.as_deref(), Some("coder"));
    }

    #[test]
    fn an_index_is_followed_jobs_first() {
        let loc = |name: &str| format!("<sitemap><loc>https://prairie.example/{name}.xml</loc></sitemap>");
        let body = format!("<sitemapindex>{}{}{}</sitemapindex>", loc("blog-1"), loc("pages"), loc("jobs-1"));
        let next: Vec<_> =
            read_sitemap_page(TABLE, &body).next.into_iter().map(|wanted| wanted.url.path().to_owned()).collect();
        assert_eq!(next, ["/jobs-1.xml", "/pages.xml"]);
        assert_eq!(read_sitemap_page(TABLE, "<urlset></urlset>").finding, Finding::Empty);
        assert!(matches!(read_sitemap_page(TABLE, "<html>404</html>").finding, Finding::Foreign(_)));
    }

    #[test]
    fn a_list_gives_its_links_to_postings_and_the_next_page() {
        let parsed = read_list(&board(TABLE), Engine::Jsonld, "https://prairie.example/careers", LIST);
        let ids: Vec<_> = parsed.postings.iter().filter_map(|row| row.posting_id.as_deref()).collect();
        assert_eq!(ids, ["440011", "440012"]);
        assert_eq!(parsed.postings[0].url.as_deref(), Some("https://prairie.example/careers/coder-ii-440011"));
        assert_eq!(parsed.postings[1].title.as_deref(), Some("HIM Technician"));
        assert_eq!(parsed.next[0].url.as_str(), "https://prairie.example/careers?page=2");
    }

    #[test]
    fn a_list_may_carry_its_postings_whole() {
        let body = r#"<html><script type="application/ld+json">[{"@type":"JobPosting","title":"A","url":"https://prairie.example/careers"},
            {"@type":"JobPosting","title":"B","url":"/careers/b-440020","description":"text"},
            {"@type":"JobPosting","title":"C","identifier":"C-9"}]</script></html>"#;
        let parsed = read_list(&board(TABLE), Engine::Jsonld, "https://prairie.example/careers", body);
        let ids: Vec<_> = parsed.postings.iter().map(|row| row.posting_id.as_deref().unwrap_or_default()).collect();
        assert_eq!(ids, ["440020", "C-9"]);
    }

    #[test]
    fn a_detail_is_read_and_selectors_fill_its_gaps() {
        let table = format!("{TABLE}\n[html.detail]\nstatus = '.closes'\ntitle = '.closes'");
        let url = "https://prairie.example/careers/coder-ii-440011";
        let parsed = read_detail(&board(&table), Engine::Jsonld, "440011", url, DETAIL);
        let raw = &parsed.postings[0];
        assert_eq!((raw.title.as_deref(), raw.status.as_deref()), (Some("Coder II"), Some("Closes soon")));
        assert_eq!((raw.posting_id.as_deref(), raw.url.as_deref()), (Some("440011"), Some(url)));
        assert_eq!(raw.requisition_ids, ["REQ-88"]);
        assert_eq!(raw.work_mode, ["TELECOMMUTE"]);
        assert_eq!(raw.extra["applicantLocationRequirements"], "USA");
        assert_eq!(raw.job_location[0].country.as_deref(), Some("US"));
        let salary = raw.base_salary.as_ref().unwrap();
        assert_eq!(
            (salary.min.as_deref(), salary.currency.as_deref(), salary.unit.as_deref()),
            (Some("22"), Some("USD"), Some("HOUR"))
        );
    }

    #[test]
    fn microdata_serves_where_json_ld_is_missing() {
        let body = "<html><body><div itemscope itemtype='https://schema.org/JobPosting'><h1 itemprop='title'>Coder</h1></div></body></html>";
        let url = "https://prairie.example/jobs/1";
        let parsed = read_detail(&board(TABLE), Engine::Jsonld, "1", url, body);
        assert_eq!(parsed.postings[0].title.as_deref(), Some("Coder"));
        let none = read_detail(&board(TABLE), Engine::Jsonld, "1", url, "<html><body>Nothing</body></html>");
        assert!(matches!(none.finding, Finding::Foreign(_)));
    }
}
