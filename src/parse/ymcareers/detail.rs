//! Detail pages of YM Careers: JSON-LD first, repaired where boards break it; gaps filled from the
//! page's own facts; the page alone where there is no JSON-LD to be had.

use super::super::address::resolved;
use super::super::dom::{Dom, page_text, selector, words_of};
use super::super::gaps::fill_gaps;
use super::super::html_text::{html_text, size_and_type};
use super::super::json_ld::{append_section_once, raw_posting, read_page};
use super::super::{Finding, Parsed};
use super::page_facts::{canonical, joined_blocks, page_facts, text_blocks};
use super::{JobLink, job_link, network_id};
use crate::model::{Page, Problem, ProblemKind, RawPosting};

/// How a board says that a posting is over, where it still answers.
const GONE: [&str; 12] = [
    "no longer available",
    "no longer active",
    "no longer accepting",
    "no longer exists",
    "has expired",
    "has been filled",
    "has been removed",
    "has been closed",
    "job is closed",
    "posting is closed",
    "position is closed",
    "job not found",
];
/// A page that says so says little else.
const GONE_PAGE: usize = 6000;

/// Reads the page of one posting.
pub(super) fn parse_detail(posting_id: &str, page: &Page) -> Parsed {
    let text = html_text(page);
    let mut parsed = Parsed::readable();
    let found = read_page(&text);
    parsed.problems = found.problems.into_iter().map(|problem| problem.at(page.url.as_str())).collect();
    let mut candidates: Vec<RawPosting> = found.postings.into_iter().map(raw_posting).collect();
    let named = candidates.iter().position(|raw| raw.requisition_ids.iter().any(|id| id == posting_id));
    let from_ld = if candidates.is_empty() { None } else { Some(candidates.swap_remove(named.unwrap_or(0))) };
    let facts = page_facts(&text);
    let blocks = text_blocks(&text);
    let canonical_link = canonical(&text).and_then(|href| job_link(&page.url, href));
    let stated_ids = [
        canonical_link.as_ref().map(|link| link.id.clone()),
        facts.posting_id.clone(),
        from_ld.as_ref().and_then(|raw| raw.requisition_ids.first().cloned()),
    ];
    let raw = match from_ld {
        Some(raw) => Some(joined(raw, facts, &blocks)),
        None => from_page(facts, &blocks, &text, posting_id),
    };
    let Some(mut raw) = raw else { return without_posting(parsed, page, &text) };
    parsed.problems.extend(strange_ids(posting_id, &stated_ids).map(|problem| problem.at(page.url.as_str())));
    name_posting(&mut raw, posting_id, page, canonical_link);
    parsed.postings.push(raw);
    parsed
}

/// Fills JSON-LD's gaps from the page. The page's words for the pay stand beside the figures.
fn joined(mut raw: RawPosting, mut facts: RawPosting, blocks: &[(String, &str)]) -> RawPosting {
    if let Some(shown) = facts.base_salary.take() {
        match &mut raw.base_salary {
            Some(stated) => stated.text = stated.text.take().or(shown.text),
            None => raw.base_salary = Some(shown),
        }
    }
    if let Some(description) = &mut raw.description {
        for (heading, text) in blocks.iter().filter(|(heading, _)| !heading.eq_ignore_ascii_case("description")) {
            append_section_once(description, heading, text);
        }
    } else {
        raw.description = joined_blocks(blocks);
    }
    let extra_categories = std::mem::take(&mut facts.categories);
    let new = extra_categories.into_iter().filter(|one| !raw.categories.contains(one)).collect::<Vec<_>>();
    raw.categories.extend(new);
    fill_gaps(&mut raw, facts);
    raw
}

/// Makes a posting of the page alone: facts and text blocks, else the headings of an unknown shape.
fn from_page(mut facts: RawPosting, blocks: &[(String, &str)], text: &str, posting_id: &str) -> Option<RawPosting> {
    facts.description = joined_blocks(blocks);
    if facts.title.is_some() && (facts.description.is_some() || facts.hiring_organization.is_some()) {
        return Some(facts);
    }
    // Nothing of the known shape: a tree is built, and only a page about this posting is read.
    if !text.contains(posting_id) {
        return None;
    }
    let dom = Dom::of(text);
    let inner = |css: &str| selector(css).and_then(|selector| dom.first(&selector));
    let description = inner("[itemprop=description], .job-description, #job-description, .description-text")?;
    let title =
        inner("h1[class*=title], h2[class*=title], [itemprop=title], #job-detail-view h2, h1").and_then(words_of)?;
    facts.title = facts.title.or(Some(title));
    facts.description =
        facts.description.or_else(|| Some(description.inner_html()).filter(|html| !html.trim().is_empty()));
    let employer = inner("[itemprop=hiringOrganization], [class*=company-name], [class*=employer]").and_then(words_of);
    facts.hiring_organization = facts.hiring_organization.or(employer);
    facts.description.is_some().then_some(facts)
}

/// Says what a page without a posting is: one that says it is over, or none of ours.
fn without_posting(mut parsed: Parsed, page: &Page, text: &str) -> Parsed {
    let seen = page_text(&Dom::of(text).html).to_lowercase();
    if seen.len() <= GONE_PAGE && GONE.iter().any(|words| seen.contains(words)) {
        parsed.finding = Finding::Empty;
        return parsed;
    }
    parsed.finding = Finding::Foreign(format!(
        "no JSON-LD `JobPosting` and no facts list (`div.job-data-basics`); the page is {}; did the site change?",
        size_and_type(page)
    ));
    parsed
}

/// Complains when the page's own ids are not the one asked for.
fn strange_ids(posting_id: &str, stated: &[Option<String>]) -> Option<Problem> {
    let strange = stated.iter().flatten().find(|id| *id != posting_id)?;
    if stated.iter().flatten().any(|id| id == posting_id) {
        return None;
    }
    let message = format!("the page names the id `{strange}`, asked for was `{posting_id}`; the one asked for is kept");
    Some(Problem::new(ProblemKind::UnreadField, message).field("identifier"))
}

/// Sets ids and addresses. The address keeps the host that answered, as the list's rows have it.
fn name_posting(raw: &mut RawPosting, posting_id: &str, page: &Page, canonical_link: Option<JobLink>) {
    let mut url = page.url.clone();
    if let Some(link) = canonical_link.filter(|link| link.id == posting_id) {
        url.set_path(link.url.path());
        url.set_query(link.url.query());
        if link.url.host_str() != page.url.host_str() {
            raw.extra.insert("canonical".to_owned(), link.url.to_string());
        }
    } else if let Some(link) = job_link(&page.url, page.url.as_str()) {
        url = link.url;
    }
    url.set_fragment(None);
    raw.requisition_ids.retain(|id| id != posting_id);
    raw.posting_id = Some(posting_id.to_owned());
    raw.network_id = Some(network_id(posting_id));
    raw.url = Some(url.to_string());
    raw.apply_url = raw.apply_url.take().and_then(|href| resolved(&page.url, &href)).map(|url| url.to_string());
    raw.source_url = Some(page.url.to_string());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::html_fixtures::{board, read_detail};
    use super::*;
    use crate::model::{Completeness, Engine};

    const PAGE: &str = include_str!("../../../tests/fixtures/boards/ymcareers/detail.html");
    const URL: &str = "https://careers.recordkeepers.example/job/inpatient-coder-ii/70000011/?vnet=0";

    fn read(body: &str) -> Parsed {
        let board = board("engine = 'ymcareers'\nbase_url = 'https://careers.recordkeepers.example'");
        read_detail(&board, Engine::Ymcareers, "70000011", URL, body)
    }

    /// Breaks the page's salary the way boards do.
    fn with_salary(salary: &str) -> String {
        let begin = PAGE.find("{ \"@type\": \"MonetaryAmount\"").unwrap();
        let end = begin + PAGE[begin..].find("},\n").unwrap() + 1;
        format!("{}{salary}{}", &PAGE[..begin], &PAGE[end..])
    }

    #[test]
    fn json_ld_and_page_together_give_the_whole_posting() {
        let parsed = read(PAGE);
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        let raw = &parsed.postings[0];
        assert_eq!(raw.posting_id.as_deref(), Some("70000011"));
        assert_eq!(raw.url.as_deref(), Some("https://careers.recordkeepers.example/job/inpatient-coder-ii/70000011/"));
        assert_eq!(raw.apply_url.as_deref(), Some("https://apply.lakeside.example/jobs?id=R-2231&src=board"));
        assert_eq!(raw.hiring_organization.as_deref(), Some("Lakeside Health & Rehab"));
        assert_eq!(raw.job_location.len(), 2);
        assert_eq!(raw.job_location[1].country, None);
        assert_eq!(
            (raw.date_posted.as_deref(), raw.valid_through.as_deref()),
            (Some("2026-11-02"), Some("2026-12-02"))
        );
        let salary = raw.base_salary.as_ref().unwrap();
        assert_eq!(
            (salary.min.as_deref(), salary.max.as_deref(), salary.unit.as_deref()),
            (Some("24.5"), Some("31.75"), Some("Hourly Wage"))
        );
        assert_eq!(salary.text.as_deref(), Some("$24.50 - $31.75 (Hourly Wage)"));
        let text = raw.description.as_deref().unwrap();
        assert_eq!(text.matches("RHIT, RHIA or CCS").count(), 1, "{text}");
        assert!(!text.contains("Elsewhere"));
        assert_eq!(raw.categories, ["Hospital", "Coding"]);
        assert_eq!(raw.extra["Job Duration"], "Indefinite");
        assert!(raw.requisition_ids.is_empty());
        assert_eq!(raw.completeness, Completeness::Full);
    }

    #[test]
    fn free_text_for_a_salary_is_kept_as_text_with_a_problem() {
        let parsed = read(&with_salary("{ \"value\": {\n \"value\": $53,088 - $78,703*\n }\n }"));
        let raw = &parsed.postings[0];
        let salary = raw.base_salary.as_ref().unwrap();
        assert_eq!(salary.text.as_deref(), Some("$53,088 - $78,703*"));
        assert_eq!((&salary.min, &salary.max, &salary.value), (&None, &None, &None));
        assert_eq!(parsed.problems[0].kind, ProblemKind::Repaired);
        assert_eq!(parsed.problems[0].field.as_deref(), Some("baseSalary"));
        assert!(parsed.problems[0].url.is_some());
        assert_eq!(raw.title.as_deref(), Some("Inpatient Coder II"));
    }

    #[test]
    fn an_empty_salary_leaves_the_pages_own_words() {
        let parsed = read(&with_salary("{ \"value\": { \"minValue\": ,\n \"maxValue\": ,\n \"unitText\": \"\" } }"));
        let salary = parsed.postings[0].base_salary.as_ref().unwrap();
        assert_eq!(salary.text.as_deref(), Some("$24.50 - $31.75 (Hourly Wage)"));
        assert_eq!((&salary.min, &salary.max), (&None, &None));
    }

    #[test]
    fn a_page_without_readable_json_ld_speaks_for_itself() {
        let cut = &PAGE[..PAGE.find("<script type=\"application/ld+json\"").unwrap()];
        for body in [cut.to_owned(), PAGE.replace("\"@graph\":[", "\"@graph\":[[[{")] {
            let parsed = read(&body);
            let raw = &parsed.postings[0];
            assert_eq!(raw.title.as_deref(), Some("Inpatient Coder II"));
            assert_eq!(raw.hiring_organization.as_deref(), Some("Lakeside Health & Rehab"));
            assert_eq!(raw.date_posted.as_deref(), Some("November 2, 2026"));
            assert_eq!(raw.job_location.len(), 2);
            assert_eq!(raw.employment_type, ["Full-Time"]);
            assert!(raw.description.as_deref().unwrap().contains("RHIT, RHIA or CCS"));
        }
    }

    #[test]
    fn a_posting_that_is_over_is_empty_and_anything_else_foreign() {
        let gone = "<html><body><h1>Career Center</h1><p>This job is no longer available.</p></body></html>";
        assert_eq!(read(gone).finding, Finding::Empty);
        let other = "<html><body><h1>Career Center</h1><p>Welcome</p></body></html>";
        assert!(matches!(read(other).finding, Finding::Foreign(_)));
    }

    #[test]
    fn another_postings_page_is_told_and_the_asked_id_kept() {
        let parsed = read(&PAGE.replace("70000011", "70000044"));
        assert_eq!(parsed.postings[0].posting_id.as_deref(), Some("70000011"));
        assert!(parsed.problems[0].message.contains("70000044"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn a_page_cut_or_damaged_anywhere_is_read_without_panic(at in 0..PAGE.len(), byte in any::<u8>()) {
            let mut body = PAGE.as_bytes().to_vec();
            body[at] = byte;
            let _ = read(&String::from_utf8_lossy(&body));
            let _ = read(&String::from_utf8_lossy(&PAGE.as_bytes()[..at]));
        }
    }
}
