//! Engine `html`: lists and details read by the selectors that the board's file names.

use std::collections::HashMap;

use scraper::ElementRef;
use url::Url;

use super::address::{id_of, same_host, tidy};
use super::dom::{Dom, page_text};
use super::gaps::fill_gaps;
use super::html_plan::{CompiledFields, compiled, compiled_rule};
use super::html_text::{html_text, size_and_type};
use super::json_ld::{raw_posting, read_page};
use super::{Finding, Parsed};
use crate::board::Board;
use crate::model::{Completeness, Page, PageKind, Problem, ProblemKind, RawPosting, Wanted};

/// A page with more items than this is read up to here.
const MAX_ITEMS: usize = 5000;
/// The most bytes of descriptions of one page.
const MOST_DESCRIBED: usize = 8 << 20;

/// Reads an answer by the board's selectors.
pub(super) fn parse(board: &Board, kind: &PageKind, page: &Page) -> Parsed {
    let read = match kind {
        PageKind::Detail { posting_id } => detail(board, posting_id, page),
        PageKind::List | PageKind::Sitemap | PageKind::Texts => list(board, page),
    };
    read.unwrap_or_else(Parsed::foreign)
}

/// Reads a list page; an error is a selector that cannot be read.
fn list(board: &Board, page: &Page) -> Result<Parsed, String> {
    let item_text = board.html.item.as_deref().unwrap_or_default();
    let item = compiled("html.item", item_text)?;
    let fields = CompiledFields::of("html.fields", &board.html.fields)?;
    let text = html_text(page);
    let dom = Dom::of(&text);
    let mut parsed = Parsed::readable();
    note_cut(&dom, page, &mut parsed);
    let mut rows: Vec<RawPosting> = Vec::new();
    let mut described = 0;
    for item in dom.html.select(&item).take(MAX_ITEMS) {
        let row = fields.read(item, &page.url);
        described += row.description.as_ref().map_or(0, String::len);
        rows.push(row);
        // Items may stand inside items, and each of them would show the text of all within it.
        if described > MOST_DESCRIBED {
            break;
        }
    }
    if rows.len() == MAX_ITEMS || described > MOST_DESCRIBED {
        parsed.truncated = true;
        let message = format!("more than {MAX_ITEMS} items or too much text on one page; the rest was not read");
        parsed.problems.push(Problem::new(ProblemKind::Incomplete, message).at(page.url.as_str()));
    }
    if rows.is_empty() {
        return Ok(nothing(board, page, &dom, parsed, item_text));
    }
    name_rows(&mut rows, page);
    for (at, row) in rows.into_iter().enumerate() {
        match missing(&row) {
            Some(what) => {
                let problem = Problem::new(ProblemKind::BrokenItem, what).at(page.url.as_str());
                parsed.problems.push(problem.field(format!("item {}", at + 1)));
            }
            None => parsed.postings.push(row),
        }
    }
    parsed.next.extend(next_page(board, page, &dom)?.map(Wanted::list));
    Ok(parsed)
}

/// Says what a list without items is: empty by the board's own words, or not what was expected.
fn nothing(board: &Board, page: &Page, dom: &Dom, mut parsed: Parsed, item: &str) -> Parsed {
    let said = board.html.empty_text.as_deref().map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "));
    if said.is_some_and(|words| !words.is_empty() && page_text(&dom.html).contains(&words)) {
        parsed.finding = Finding::Empty;
        return parsed;
    }
    parsed.finding =
        Finding::Foreign(format!("no item matches `{item}` (page is {}; did the site change?)", size_and_type(page)));
    parsed
}

/// Gives every row its id, address and place in the page. An address that several rows share, or
/// that is the list itself, names none of them.
fn name_rows(rows: &mut [RawPosting], page: &Page) {
    let mut shared: HashMap<String, usize> = HashMap::new();
    for row in rows.iter_mut() {
        row.url = row.url.take().and_then(|url| Url::parse(&url).ok()).map(|url| tidy(url).to_string());
        if let Some(url) = &row.url {
            *shared.entry(url.clone()).or_default() += 1;
        }
    }
    let list = tidy(page.url.clone()).to_string();
    for (at, row) in rows.iter_mut().enumerate() {
        let own = row.url.as_ref().filter(|url| **url != list && shared.get(*url) == Some(&1));
        let derived = own.and_then(|url| Url::parse(url).ok()).map(|url| id_of(&url));
        row.posting_id = row.posting_id.take().or(derived);
        row.source_url = Some(page.url.to_string());
        row.position = Some(format!("item {}", at + 1));
        row.completeness = if row.description.is_some() { Completeness::Teaser } else { Completeness::ListRow };
    }
    let mut ids: HashMap<String, usize> = HashMap::new();
    for id in rows.iter().filter_map(|row| row.posting_id.clone()) {
        *ids.entry(id).or_default() += 1;
    }
    // A number that several addresses share is no id; their addresses are.
    for row in rows.iter_mut() {
        let common = row.posting_id.as_ref().is_some_and(|id| ids.get(id).is_some_and(|count| *count > 1));
        if let Some(url) = row.url.as_ref().filter(|url| common && shared.get(*url) == Some(&1)) {
            row.posting_id = Some(url.clone());
        }
    }
}

/// Names what an item lacks that every posting needs.
fn missing(row: &RawPosting) -> Option<&'static str> {
    if row.title.is_none() {
        return Some("the item has no title; it is left out");
    }
    row.posting_id.is_none().then_some("the item has neither an `id` nor an address of its own; it is left out")
}

/// Gives the next page's address where the board's file names it.
fn next_page(board: &Board, page: &Page, dom: &Dom) -> Result<Option<Url>, String> {
    let Some(rule) = &board.html.next else { return Ok(None) };
    let rule = compiled_rule("html.next", rule)?;
    let Some(root) = root_of(dom) else { return Ok(None) };
    let address =
        rule.values(root, "next").into_iter().next().and_then(|href| super::address::resolved(&page.url, &href));
    let mut here = page.url.clone();
    here.set_fragment(None);
    Ok(address
        .map(|mut url| {
            url.set_fragment(None);
            url
        })
        .filter(|url| *url != here && same_host(url, &page.url)))
}

pub(super) fn root_of(dom: &Dom) -> Option<ElementRef<'_>> {
    dom.html.tree.root().children().find_map(ElementRef::wrap)
}

/// Says so when a page was not read to its end.
pub(super) fn note_cut(dom: &Dom, page: &Page, parsed: &mut Parsed) {
    if let Some(cut) = &dom.cut {
        parsed.truncated = true;
        parsed.problems.push(Problem::new(ProblemKind::Incomplete, cut.clone()).at(page.url.as_str()));
    }
}

/// Reads a detail page: the board's selectors first, its JSON-LD for what they leave out.
fn detail(board: &Board, posting_id: &str, page: &Page) -> Result<Parsed, String> {
    let fields = CompiledFields::of("html.detail", &board.html.detail)?;
    let text = html_text(page);
    let dom = Dom::of(&text);
    let mut parsed = Parsed::readable();
    note_cut(&dom, page, &mut parsed);
    let mut raw = root_of(&dom).map(|root| fields.read(root, &page.url)).unwrap_or_default();
    if let Some(posting) = read_page(&text).postings.into_iter().next() {
        fill_gaps(&mut raw, RawPosting { url: None, ..raw_posting(posting) });
    }
    if raw.title.is_none() && raw.description.is_none() {
        let names: Vec<&str> = board.html.detail.iter().map(|field| field.field.as_str()).collect();
        let message = format!(
            "neither title nor description found by `html.detail` ({}); the page is {}; did the site change?",
            names.join(", "),
            size_and_type(page)
        );
        parsed.finding = Finding::Foreign(message);
        return Ok(parsed);
    }
    raw.posting_id = Some(posting_id.to_owned());
    raw.url = raw.url.or_else(|| Some(tidy(page.url.clone()).to_string()));
    raw.source_url = Some(page.url.to_string());
    raw.completeness = if raw.description.is_some() { Completeness::Full } else { Completeness::ListRow };
    parsed.postings.push(raw);
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::check_selectors;
    use super::super::html_fixtures::{board, read_detail, read_list};
    use super::*;
    use crate::model::Engine;

    const LIST: &str = include_str!("../../tests/fixtures/boards/html/list.html");
    const DETAIL: &str = include_str!("../../tests/fixtures/boards/html/detail.html");
    const URL: &str = "https://bluff.example/jobs/list.php";
    const TABLE: &str = r#"
        engine = "html"
        base_url = "https://bluff.example/jobs/list.php"
        [html]
        item = "tr.job"
        next = "a.more@href"
        empty_text = "No openings today"
        [html.fields]
        title = "a"
        url = "a"
        employer = ".who | before-separator"
        place = ".where"
        date_posted = "td:nth-child(4)"
        [html.detail]
        title = "h1.t"
        description = ".text"
        salary = ".pay"
    "#;

    #[test]
    fn a_list_is_read_by_its_selectors() {
        let parsed = read_list(&board(TABLE), Engine::Html, URL, LIST);
        assert_eq!(parsed.postings.len(), 2);
        let row = &parsed.postings[0];
        assert_eq!(row.posting_id.as_deref(), Some("501"));
        assert_eq!(row.url.as_deref(), Some("https://bluff.example/jobs/view.php?id=501"));
        assert_eq!(row.title.as_deref(), Some("Cancer Registrar (CTR)"));
        assert_eq!(row.hiring_organization.as_deref(), Some("Bluff County Hospital"));
        assert_eq!(row.job_location[0].text.as_deref(), Some("Quincy, IL"));
        assert_eq!(row.date_posted.as_deref(), Some("11/20/2026"));
        assert!(parsed.postings[1].job_location.is_empty());
        assert_eq!(parsed.problems[0].kind, ProblemKind::BrokenItem);
        assert_eq!(parsed.problems[0].field.as_deref(), Some("item 3"));
        assert_eq!(parsed.next[0].url.as_str(), "https://bluff.example/jobs/list.php?page=2");
    }

    #[test]
    fn a_detail_is_read_with_its_markup() {
        let parsed =
            read_detail(&board(TABLE), Engine::Html, "502", "https://bluff.example/jobs/view.php?id=502", DETAIL);
        let raw = &parsed.postings[0];
        assert_eq!(raw.posting_id.as_deref(), Some("502"));
        assert_eq!(raw.description.as_deref(), Some("<p>Leads <b>health information</b> management.</p>"));
        assert_eq!(raw.base_salary.as_ref().unwrap().text.as_deref(), Some("$98,000 - $120,000"));
        let other = read_detail(&board(TABLE), Engine::Html, "502", URL, "<html><body>Gone</body></html>");
        assert!(matches!(other.finding, Finding::Foreign(_)));
    }

    #[test]
    fn no_item_is_broken_unless_the_board_says_none() {
        let parsed = read_list(&board(TABLE), Engine::Html, URL, "<html><body>Hello</body></html>");
        let Finding::Foreign(why) = parsed.finding else { panic!("{:?}", parsed.finding) };
        assert!(why.contains("`tr.job`") && why.contains("did the site change?"), "{why}");
        let parsed = read_list(&board(TABLE), Engine::Html, URL, "<html><body>No  openings\ntoday</body></html>");
        assert_eq!(parsed.finding, Finding::Empty);
    }

    #[test]
    fn one_address_for_all_items_identifies_none() {
        let body = "<table><tr class=job><td><a href='/apply'>Coder</a></td></tr><tr class=job><td><a href='/apply'>Biller</a></td></tr></table>";
        let parsed = read_list(&board(TABLE), Engine::Html, URL, body);
        assert!(parsed.postings.is_empty());
        assert_eq!(parsed.problems.len(), 2);
    }

    #[test]
    fn a_bad_selector_is_named_with_its_key() {
        let broken = board(&TABLE.replace(".where", "..where"));
        let why = check_selectors(&broken).unwrap_err();
        assert!(why.contains("html.fields.place") && why.contains("..where"), "{why}");
        assert_eq!(check_selectors(&board(TABLE)), Ok(()));
        assert!(matches!(read_list(&broken, Engine::Html, URL, LIST).finding, Finding::Foreign(_)));
    }

    #[test]
    fn items_within_items_do_not_multiply_their_texts() {
        let rules = "engine = 'html'\nbase_url = 'https://jobs.example.org'\n[html]\nitem = 'div'\n\
                     [html.fields]\ntitle = 'a'\nurl = 'a@href'\ndescription = 'p'\n";
        let nested = "<div><a href='/jobs/1'>Coder</a>".repeat(700);
        let parsed = read_list(&board(rules), Engine::Html, URL, &format!("{nested}<p>{}", "word ".repeat(200_000)));
        let text: usize = parsed.postings.iter().filter_map(|row| row.description.as_ref()).map(String::len).sum();
        assert!(text <= MOST_DESCRIBED + (1 << 20), "{text}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn any_markup_is_read_without_panic(body in "(<(tr class=job|td|a href='x\\?id=1'|a class=more href=y|table|/td|/tr)>|é|\\PC){0,30}") {
            let _ = read_list(&board(TABLE), Engine::Html, URL, &body);
        }
    }
}
