//! List pages of YM Careers: any anchor that leads to a posting makes a row, and the card around it
//! gives employer, place and date. The engine's classes have changed before; the addresses have not.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use scraper::ElementRef;
use url::Url;

use super::super::address::{resolved, same_host, tidy};
use super::super::dom::{Dom, page_text, words_of};
use super::super::html_text::{html_text, size_and_type};
use super::super::{Finding, Parsed};
use super::{JobLink, job_link, network_id};
use crate::board::Board;
use crate::model::{Completeness, Page, Problem, ProblemKind, RawPlace, RawPosting, RawSalary, Wanted};

/// The engine gives at most 100 rows a page; a page with more is not one of it.
const MAX_ROWS: usize = 2000;
/// How far above its link a card may begin.
const CARD_HEIGHT: usize = 12;
/// How many elements of a card are looked at.
const CARD_SIZE: usize = 300;

/// `26 - 50 of 233 jobs`.
static RANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let text = r"(?i)([\d,]{1,9})\s*(?:-|–|—|to)\s*([\d,]{1,9})\s+of\s+([\d,]{1,9})\+?\s*(?:[a-z]+\s+){0,2}(?:jobs?|results?|positions?|openings?)\b";
    Regex::new(text).ok()
});
/// The engine's and its templates' words for an empty list.
static NOTHING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let text = r"(?i)\b(no (?:jobs|results|matching jobs|job postings|open positions) (?:were |was )?(?:found|match|available|at this time|to display)|did not (?:match|return) any (?:jobs|results)|couldn.t find any jobs|could not find any jobs|there are (?:currently |presently )?no (?:jobs|open|results|current)|0 (?:jobs|results) (?:found|match)|(?:^|\s)(?:0 - )?0 of 0 jobs)";
    Regex::new(text).ok()
});

/// Reads a list page.
pub(super) fn parse_list(board: &Board, page: &Page) -> Parsed {
    let text = html_text(page);
    let dom = Dom::of(&text);
    let mut parsed = Parsed::readable();
    if let Some(cut) = &dom.cut {
        parsed.truncated = true;
        parsed.problems.push(Problem::new(ProblemKind::Incomplete, cut.clone()).at(page.url.as_str()));
    }
    parsed.postings = rows(&dom, page);
    let seen = page_text(&dom.html);
    let range = shown_range(&seen);
    parsed.total = range.map(|(_, _, total)| total);
    if parsed.postings.is_empty() {
        let past_the_end = range.is_some_and(|(first, _, total)| first > total) || start_of(&page.url) > 1;
        let said = board.html.empty_text.as_deref().is_some_and(|own| seen.contains(own));
        if said
            || range.is_some_and(|(_, _, total)| total == 0)
            || NOTHING.as_ref().is_some_and(|none| none.is_match(&seen))
        {
            parsed.finding = Finding::Empty;
        } else if !(past_the_end && range.is_some()) {
            return Parsed::foreign(no_cards(page));
        }
        return parsed;
    }
    parsed.next.extend(next_page(&dom, page, range, parsed.postings.len()).map(Wanted::list));
    parsed
}

fn no_cards(page: &Page) -> String {
    format!(
        "no link to a posting (`/job/<slug>/<id>/`) and no word that there are none; the page is {}; did the site change?",
        size_and_type(page)
    )
}

/// Makes one row for each posting that the page links to, in the page's order.
fn rows(dom: &Dom, page: &Page) -> Vec<RawPosting> {
    let links = job_anchors(dom, page);
    let mut places: HashMap<_, Option<&str>> = HashMap::new();
    for (anchor, link) in &links {
        for ancestor in anchor.ancestors().take(CARD_HEIGHT) {
            let owner = places.entry(ancestor.id()).or_insert(Some(&link.id));
            if *owner != Some(link.id.as_str()) {
                *owner = None;
            }
        }
    }
    let mut rows: Vec<RawPosting> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (anchor, link) in &links {
        // A card is the highest element that holds links to this posting alone.
        let mut card = *anchor;
        for ancestor in anchor.ancestors().take(CARD_HEIGHT).map_while(ElementRef::wrap) {
            if holds_many(ancestor) || places.get(&ancestor.id()) != Some(&Some(link.id.as_str())) {
                break;
            }
            card = ancestor;
            if matches!(card.value().name(), "li" | "article" | "tr") {
                break;
            }
        }
        let row = row_of(card, *anchor, link, page);
        match known.get(link.id.as_str()) {
            Some(&at) => super::super::gaps::fill_gaps(&mut rows[at], row),
            None if rows.len() < MAX_ROWS => {
                known.insert(&link.id, rows.len());
                rows.push(row);
            }
            None => break,
        }
    }
    for (at, row) in rows.iter_mut().enumerate() {
        row.position = Some(format!("item {}", at + 1));
    }
    rows
}

/// Finds the anchors that lead to postings; those of "jobs you may like" are not the list's.
fn job_anchors<'d>(dom: &'d Dom, page: &Page) -> Vec<(ElementRef<'d>, JobLink)> {
    let aside = |anchor: &ElementRef<'_>| {
        let holders = anchor.ancestors().take(CARD_HEIGHT).filter_map(ElementRef::wrap);
        holders.into_iter().any(|holder| class_of(holder).contains("similar-jobs"))
    };
    let anchors = dom.html.tree.nodes().filter_map(ElementRef::wrap).filter(|element| element.value().name() == "a");
    let linked = anchors.filter_map(|anchor| Some((anchor, job_link(&page.url, anchor.attr("href")?)?)));
    linked.filter(|(anchor, _)| !aside(anchor)).take(4 * MAX_ROWS).collect()
}

fn class_of(element: ElementRef<'_>) -> &str {
    element.value().attr("class").unwrap_or_default()
}

/// Elements that hold many cards, never one.
fn holds_many(element: ElementRef<'_>) -> bool {
    let name = element.value().name();
    matches!(name, "ul" | "ol" | "table" | "tbody" | "section" | "main" | "body" | "html" | "form" | "nav")
}

fn row_of(card: ElementRef<'_>, anchor: ElementRef<'_>, link: &JobLink, page: &Page) -> RawPosting {
    let mut row = RawPosting {
        posting_id: Some(link.id.clone()),
        network_id: Some(network_id(&link.id)),
        url: Some(link.url.to_string()),
        title: title_of(anchor),
        source_url: Some(page.url.to_string()),
        ..RawPosting::default()
    };
    let mut emphasized: Option<String> = None;
    let mut strong: Option<String> = None;
    for element in card.descendants().skip(1).take(CARD_SIZE).filter_map(ElementRef::wrap) {
        if element.ancestors().take(CARD_HEIGHT).any(|holder| holder.id() == anchor.id()) {
            continue;
        }
        read_part(element, &mut row, &page.url);
        let class = class_of(element);
        match element.value().name() {
            "strong" | "b" if strong.is_none() => strong = short(element),
            "em" | "i" if emphasized.is_none() && !class.contains("date") && !holds_link(element) => {
                emphasized = short(element);
            }
            _ => {}
        }
    }
    row.hiring_organization = row.hiring_organization.or(strong);
    if row.job_location.is_empty()
        && let Some(text) = emphasized
    {
        set_place(&mut row, &text);
    }
    row
}

/// Reads one element of a card by the words in its class.
fn read_part(element: ElementRef<'_>, row: &mut RawPosting, base: &Url) {
    let class = class_of(element).to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| class.contains(word));
    let name = element.value().name();
    let employer_link = name == "a"
        && element
            .attr("href")
            .and_then(|href| resolved(base, href))
            .is_some_and(|url| url.path().contains("/profile/"));
    if name == "input" {
        let source = element.attr("value").map(str::trim).filter(|value| has(&["ga_jsrc"]) && !value.is_empty());
        // Boards fill their lists with other networks' advertisements, and say so here.
        if let Some(source) = source.filter(|source| !source.eq_ignore_ascii_case("regular")) {
            row.extra.insert("source".to_owned(), source.to_owned());
        }
    } else if has(&["preferred", "spotlight"]) && name == "p" {
        row.extra.insert("promoted".to_owned(), class.trim().to_owned());
    } else if employer_link || has(&["company", "employer"]) {
        row.hiring_organization = row.hiring_organization.take().or_else(|| short(element));
    } else if has(&["location"]) {
        if let Some(text) = short(element).filter(|_| row.job_location.is_empty()) {
            set_place(row, &text);
        }
    } else if name == "time" || class.split_whitespace().any(|one| one.contains("date") || one.contains("posted")) {
        let stated = element.attr("datetime").map(str::to_owned).filter(|text| !text.trim().is_empty());
        row.date_posted = row.date_posted.take().or(stated).or_else(|| short(element));
    } else if has(&["salary", "compensation"]) {
        let text = short(element);
        row.base_salary =
            row.base_salary.take().or_else(|| Some(RawSalary { text: Some(text?), ..RawSalary::default() }));
    } else if has(&["job-type", "employment-type"]) {
        row.employment_type.extend(short(element));
    } else if has(&["listing-detail", "teaser", "excerpt", "snippet"]) && row.description.is_none() {
        row.description = teaser(element);
        row.completeness = if row.description.is_some() { Completeness::Teaser } else { Completeness::ListRow };
    }
}

/// Gives a teaser's first paragraph, or all of it.
fn teaser(element: ElementRef<'_>) -> Option<String> {
    let paragraph = element.child_elements().find(|child| child.value().name() == "p");
    words_of(paragraph.unwrap_or(element))
}

fn holds_link(element: ElementRef<'_>) -> bool {
    element.descendants().take(20).filter_map(ElementRef::wrap).any(|inner| inner.value().name() == "a")
}

/// Gives a text that is short enough to be a name, a place or a date.
fn short(element: ElementRef<'_>) -> Option<String> {
    words_of(element)
        .filter(|text| text.len() <= 300)
        .map(|text| text.trim_matches(['–', '-', '|', ' ']).to_owned())
        .filter(|text| !text.is_empty())
}

/// Sets the place; a tag such as `(remote)` after it speaks of the work mode.
fn set_place(row: &mut RawPosting, text: &str) {
    let mut text = text;
    if let Some((before, tag)) = text.rsplit_once('(')
        && let Some(tag) = tag.trim_end().strip_suffix(')')
        && is_work_mode(tag)
    {
        row.work_mode.push(tag.trim().to_owned());
        text = before.trim();
    }
    for part in text.split(" | ").map(str::trim).filter(|part| !part.is_empty()) {
        row.job_location.push(RawPlace { text: Some(part.to_owned()), ..RawPlace::default() });
    }
}

fn is_work_mode(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    ["remote", "on-site", "onsite", "on site", "hybrid", "telecommute", "work from home", "in-person"]
        .iter()
        .any(|word| tag.contains(word))
}

/// Gives the title: the link's words, its label where the words say nothing.
fn title_of(anchor: ElementRef<'_>) -> Option<String> {
    let empty_words = [
        "see full job description",
        "read more",
        "view job",
        "view details",
        "details",
        "apply",
        "apply now",
        "save",
        "more",
        "learn more",
        "view",
    ];
    let telling = |text: &String| {
        let lower = text.trim().to_ascii_lowercase();
        !lower.is_empty() && !lower.starts_with("job id") && !empty_words.contains(&lower.as_str())
    };
    let heading = anchor.descendants().skip(1).filter_map(ElementRef::wrap).take(50).find(|inner| {
        matches!(inner.value().name(), "h2" | "h3" | "h4") || class_of(*inner).split_whitespace().any(|one| one == "h3")
    });
    let words = heading.and_then(words_of).or_else(|| words_of(anchor)).filter(telling);
    let label = |name: &str| anchor.attr(name).map(str::to_owned).filter(telling);
    words.or_else(|| label("title")).or_else(|| label("aria-label"))
}

/// Reads `26 - 50 of 233 jobs`.
fn shown_range(text: &str) -> Option<(u64, u64, u64)> {
    let found = RANGE.as_ref()?.captures(text)?;
    let number = |at: usize| found.get(at)?.as_str().replace(',', "").parse::<u64>().ok();
    Some((number(1)?, number(2)?, number(3)?))
}

/// Gives the offset that a list's address names; the first row is 1.
fn start_of(url: &Url) -> u64 {
    parameter(url, "str").unwrap_or(1)
}

fn parameter(url: &Url, name: &str) -> Option<u64> {
    url.query_pairs().find(|(known, _)| known == name)?.1.parse().ok()
}

/// Gives the next page's address: the page's own link, or the next offset where rows are left. It
/// always lies further on, so that a list cannot lead in circles.
fn next_page(dom: &Dom, page: &Page, range: Option<(u64, u64, u64)>, rows: usize) -> Option<Url> {
    let here = range.map_or_else(|| start_of(&page.url), |(first, _, _)| first.max(start_of(&page.url)));
    let anchors = dom.html.tree.nodes().filter_map(ElementRef::wrap).filter(|element| element.value().name() == "a");
    let linked = anchors
        .filter(|anchor| says_next(*anchor))
        .take(50)
        .filter_map(|anchor| resolved(&page.url, anchor.attr("href")?).map(tidy));
    let mut seen = HashSet::new();
    let advancing = linked.filter(|url| same_host(url, &page.url) && seen.insert(url.clone())).find(|url| {
        match parameter(url, "str") {
            Some(start) => start > here,
            None => parameter(url, "page").is_some_and(|number| number > parameter(&page.url, "page").unwrap_or(1)),
        }
    });
    if advancing.is_some() {
        return advancing;
    }
    let (_, last, total) = range?;
    let shown = last.max(here + (rows as u64).saturating_sub(1));
    (shown < total && shown + 1 > here).then(|| with_start(&page.url, shown + 1))
}

/// Tells whether a link leads to the next page: `Next 25 Jobs`, `rel=next`.
fn says_next(anchor: ElementRef<'_>) -> bool {
    let says = |text: &str| text.trim_start().to_ascii_lowercase().starts_with("next");
    anchor.attr("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("next"))
        || anchor.attr("aria-label").is_some_and(says)
        || anchor.text().next().is_some_and(says)
        || words_of(anchor).is_some_and(|text| says(&text))
}

/// Puts an offset into a list's address.
fn with_start(url: &Url, start: u64) -> Url {
    let kept: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| name != "str").map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
    let mut next = url.clone();
    next.query_pairs_mut().clear().append_pair("str", &start.to_string()).extend_pairs(kept);
    next
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::html_fixtures::{board, read_list};
    use super::*;
    use crate::model::Engine;

    const FIRST: &str = "https://careers.recordkeepers.example/jobs/?str=1&max=2&long=1&vnet=0";
    const LIST_2017: &str = include_str!("../../../tests/fixtures/boards/ymcareers/list-2017.html");
    const LIST_2026: &str = include_str!("../../../tests/fixtures/boards/ymcareers/list-2026.html");

    fn read(url: &str, body: &str) -> Parsed {
        let board = board("engine = 'ymcareers'\nbase_url = 'https://careers.recordkeepers.example'");
        read_list(&board, Engine::Ymcareers, url, body)
    }

    #[test]
    fn the_list_of_2017_gives_one_row_for_each_posting() {
        let parsed = read(FIRST, LIST_2017);
        assert_eq!(parsed.finding, Finding::Readable);
        assert_eq!((parsed.postings.len(), parsed.total), (2, Some(3)));
        let row = &parsed.postings[0];
        assert_eq!(row.posting_id.as_deref(), Some("70000011"));
        assert_eq!(row.network_id.as_deref(), Some("ymcareers:70000011"));
        assert_eq!(row.url.as_deref(), Some("https://careers.recordkeepers.example/job/inpatient-coder-ii/70000011/"));
        assert_eq!(row.title.as_deref(), Some("Inpatient Coder II & Auditor"));
        assert_eq!(row.hiring_organization.as_deref(), Some("Lakeside Health"));
        assert_eq!(row.job_location[0].text.as_deref(), Some("Columbus, OH, United States"));
        assert_eq!(row.date_posted.as_deref(), Some("15 days ago"));
        assert!(row.description.as_deref().unwrap().starts_with("Assigns ICD-10-CM"));
        assert_eq!(row.completeness, Completeness::Teaser);
        assert!(!row.extra.contains_key("source"));
        let ad = &parsed.postings[1];
        assert_eq!(ad.extra["source"], "backfill");
        assert_eq!(ad.work_mode, ["remote"]);
        assert_eq!(ad.job_location[0].text.as_deref(), Some("Remote, Ohio, United States"));
        assert_eq!(ad.completeness, Completeness::ListRow);
    }

    #[test]
    fn the_next_page_comes_from_the_link_or_the_count_and_lies_further_on() {
        let next =
            |url: &str, body: &str| read(url, body).next.first().map(|wanted| wanted.url.query().unwrap().to_owned());
        assert_eq!(next(FIRST, LIST_2017).as_deref(), Some("str=3&max=2&long=1&vnet=0"));
        let unlinked = LIST_2017.replace("Next 1 Jobs", "Onward");
        assert_eq!(next(FIRST, &unlinked).as_deref(), Some("str=3&max=2&long=1&vnet=0"));
        let circling = LIST_2017.replace("str=3", "str=1").replace("1 - 2 of 3", "1 - 2 of 2");
        assert_eq!(next(FIRST, &circling), None);
        assert_eq!(next("https://careers.recordkeepers.example/jobs/", LIST_2026), None);
    }

    #[test]
    fn unknown_classes_still_give_employer_place_date_and_pay() {
        let parsed = read("https://careers.recordkeepers.example/jobs/", LIST_2026);
        let rows = &parsed.postings;
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].title.as_deref(), Some("Coding Manager"));
        assert_eq!(rows[0].hiring_organization.as_deref(), Some("Lakeside Health"));
        assert_eq!(rows[0].work_mode, ["on-site"]);
        assert_eq!(rows[0].base_salary.as_ref().unwrap().text.as_deref(), Some("$82,000 - $95,000 a year"));
        assert_eq!(rows[1].url.as_deref(), Some("https://careers.recordkeepers.example/job/tumor-registrar/85900030/"));
        assert_eq!(rows[1].hiring_organization.as_deref(), Some("Harbor Cancer Center"));
        assert_eq!(rows[2].work_mode, ["hybrid"]);
        assert_eq!(rows[2].position.as_deref(), Some("item 3"));
    }

    #[test]
    fn a_bare_list_of_links_is_enough() {
        let body = "<html><body><p>1 - 1 of 1 jobs</p><ul><li><div class='job-summary'><div><a class=\"ga_job\" \
            href=\"/job/coder/70000001/\" aria-label=\"Job ID - 70000001\"><span class=\"h3\">Coder</span></a></div>\
            <em class=\"date\">3 days ago</em></div></li></ul></body></html>";
        let row = &read(FIRST, body).postings[0];
        assert_eq!((row.title.as_deref(), row.date_posted.as_deref()), (Some("Coder"), Some("3 days ago")));
        assert_eq!((row.hiring_organization.as_deref(), row.job_location.len()), (None, 0));
    }

    #[test]
    fn no_card_is_broken_unless_the_board_says_there_are_none() {
        let broken = read(FIRST, "<html><body><h1>Welcome to our new site</h1></body></html>");
        assert!(matches!(&broken.finding, Finding::Foreign(why) if why.contains("text/html")), "{:?}", broken.finding);
        for words in
            ["Sorry, no jobs were found", "Your search did not match any jobs.", "There are currently no jobs posted"]
        {
            let empty = read(FIRST, &format!("<html><body><p>{words}</p></body></html>"));
            assert_eq!(empty.finding, Finding::Empty, "{words}");
        }
        let scripted = read(FIRST, "<html><body><script>var m = 'No jobs found';</script><p>Welcome</p></body></html>");
        assert!(matches!(scripted.finding, Finding::Foreign(_)));
    }

    #[test]
    fn a_page_past_the_end_is_readable() {
        let body = "<html><body><p>101 - 100 of 100 jobs</p></body></html>";
        assert_eq!(read("https://careers.recordkeepers.example/jobs/?str=101", body).finding, Finding::Readable);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn any_markup_is_read_without_panic(body in "(<(li|a href='/job/x/1234567/'|a href='\\?str=9'|strong|em|table|/li|/a)>|Next|é| |1 - 2 of 9 jobs|\\PC){0,30}") {
            let _ = read(FIRST, &body);
        }
    }
}
