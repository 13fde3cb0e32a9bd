//! JSON-LD: finds a page's schema.org JobPosting objects, repairs the JSON that boards break, and
//! maps them to raw postings. Works on the page's text alone; no tree is built.

mod lenient;
mod map;
mod place;
mod salary;
mod script;
mod value;

use super::bounds::{has_too_many_values, too_many_values};
use crate::model::{Problem, ProblemKind, RawPosting};
use lenient::{Repair, read_lenient};
pub(super) use map::{append_section, append_section_once, raw_posting};
pub(super) use script::ld_blocks;
pub(super) use value::{Ld, meaningful};

/// More postings than this belong to no real page.
const MAX_POSTINGS: usize = 5000;

/// What a page's JSON-LD gave.
#[derive(Debug, Default)]
pub(super) struct LdPage<'a> {
    /// The `JobPosting` objects, in the page's order.
    pub(super) postings: Vec<Ld<'a>>,
    /// Addresses that an `ItemList` names without saying more.
    pub(super) listed: Vec<String>,
    /// Repairs, and blocks that could not be read.
    pub(super) problems: Vec<Problem>,
}

/// Reads every JSON-LD block of a page that can hold a posting.
pub(super) fn read_page(html: &str) -> LdPage<'_> {
    let mut page = LdPage::default();
    for block in ld_blocks(html) {
        if !["JobPosting", "ItemList", "jobposting"].iter().any(|kind| block.contains(kind)) {
            continue;
        }
        if has_too_many_values(block) {
            page.problems.push(Problem::new(ProblemKind::UnreadField, too_many_values()).field("application/ld+json"));
            continue;
        }
        let (value, problems) = read_block(block);
        page.problems.extend(problems);
        if let Some(value) = value {
            page.collect(value);
        }
    }
    page
}

impl<'a> LdPage<'a> {
    /// Takes the postings out of a value, wherever they stand: `@graph`, arrays, `mainEntity`.
    fn collect(&mut self, value: Ld<'a>) {
        if self.postings.len() >= MAX_POSTINGS || self.listed.len() >= MAX_POSTINGS {
            return;
        }
        if value.is_a("JobPosting") {
            self.postings.push(value);
            return;
        }
        if value.is_a("ListItem")
            && let Some(url) = value.get("url").or_else(|| value.get("item")?.get("url")).and_then(Ld::words)
            && !value.get("item").is_some_and(|item| item.is_a("JobPosting"))
        {
            self.listed.push(url.into_owned());
            return;
        }
        match value {
            Ld::List(items) => items.into_iter().for_each(|item| self.collect(item)),
            Ld::Object(members) => members.into_iter().for_each(|(_, member)| self.collect(member)),
            _ => {}
        }
    }
}

/// Reads one block, in the order that recorded pages teach: as it is; HTML-encoded as a whole; with
/// the lenient reader; with its salary taken out.
fn read_block(block: &str) -> (Option<Ld<'_>>, Vec<Problem>) {
    let complaint = match Ld::strict(block) {
        Ok(value) => return (Some(value), Vec::new()),
        Err(error) => error.to_string(),
    };
    if let Some(decoded) = script::entity_decoded(block) {
        let (value, mut repairs) = read_lenient(&decoded);
        repairs
            .insert(0, Repair { field: String::new(), what: "HTML entities around the whole block, decoded".into() });
        if value.is_some() {
            return (value, problems_of(repairs));
        }
    }
    let (value, repairs) = read_lenient(block);
    if value.is_some() {
        return (value, problems_of(repairs));
    }
    if let Some(without) = without_salary(block)
        && let (Some(value), mut repairs) = read_lenient(&without)
    {
        let what = "an object that is not JSON, left out; its figures are not known".to_owned();
        repairs.push(Repair { field: "baseSalary".into(), what });
        return (Some(value), problems_of(repairs));
    }
    let message = format!("the block is not JSON and could not be repaired: {complaint}");
    (None, vec![Problem::new(ProblemKind::UnreadField, message).field("application/ld+json")])
}

/// Makes problems of repairs.
fn problems_of(repairs: Vec<Repair>) -> Vec<Problem> {
    let problem = |repair: Repair| {
        let field = if repair.field.is_empty() { "application/ld+json".to_owned() } else { repair.field };
        Problem::new(ProblemKind::Repaired, repair.what).field(field)
    };
    repairs.into_iter().map(problem).collect()
}

/// Replaces the first `baseSalary` object by null, its end found by its braces.
fn without_salary(block: &str) -> Option<String> {
    let name = block.find("\"baseSalary\"")?;
    let open = name + block[name..].find('{')?;
    // A salary is short: the search for its end stops early, lest it eat the posting.
    let mut depth = 0_u32;
    for (offset, byte) in block.bytes().skip(open).enumerate().take(2000) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => {
                let end = open + offset + 1;
                return Some(format!("{}null{}", block.get(..open)?, block.get(end..)?));
            }
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Reads one schema.org `JobPosting` object from JSON text, as `import` takes it a line at a time.
/// `identifier` is found in `requisition_ids`. `None` when the text holds no such object; an object
/// without any `@type` is taken for one.
#[must_use]
pub fn read_job_posting(json: &str) -> (Option<RawPosting>, Vec<Problem>) {
    let (value, mut problems) = read_block(json.trim());
    let Some(value) = value else { return (None, problems) };
    let posting = if value.get("@type").is_none() && value.get("title").is_some() {
        Some(value)
    } else {
        let mut page = LdPage::default();
        page.collect(value);
        page.postings.into_iter().next()
    };
    if posting.is_none() {
        problems.push(Problem::new(ProblemKind::BrokenItem, "holds no schema.org `JobPosting` object"));
    }
    (posting.map(raw_posting), problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_are_found_in_graphs_arrays_and_main_entities() {
        let html = r#"<script type="application/ld+json">{"@graph":[{"@type":"WebSite"},{"@type":"JobPosting","title":"A"}]}</script>
            <script type="application/ld+json">[{"@type":["JobPosting"],"title":"B"}]</script>
            <script type="application/ld+json">{"@type":"WebPage","mainEntity":{"@type":"schema:JobPosting","schema:title":"C"}}</script>
            <script type="application/ld+json">{"@type":"ItemList","itemListElement":[
                {"@type":"ListItem","item":{"@type":"JobPosting","title":"D","url":"/d"}},
                {"@type":"ListItem","url":"https://jobs.example.org/job/e/5"}]}</script>"#;
        let page = read_page(html);
        let titles: Vec<_> = page.postings.into_iter().map(|ld| raw_posting(ld).title.unwrap()).collect();
        assert_eq!(titles, ["A", "B", "C", "D"]);
        assert_eq!(page.listed, ["https://jobs.example.org/job/e/5"]);
        assert!(page.problems.is_empty());
    }

    #[test]
    fn a_salary_beyond_reading_costs_only_the_salary() {
        let html = "<script type=\"application/ld+json\">{\"@type\":\"JobPosting\",\"title\":\"Coder\",\
            \"baseSalary\":{\"value\":{:::}},\"description\":\"d\"}</script>";
        let page = read_page(html);
        let raw = raw_posting(page.postings.into_iter().next().unwrap());
        assert_eq!(raw.title.as_deref(), Some("Coder"));
        assert_eq!(raw.base_salary, None);
        assert!(page.problems.iter().any(|problem| problem.field.as_deref() == Some("baseSalary")));
    }

    #[test]
    fn an_encoded_block_is_decoded_and_said_so() {
        let html = "<script type=\"application/ld+json\">{&quot;@type&quot;:&quot;JobPosting&quot;,&quot;title&quot;:&quot;Coder&quot;}</script>";
        let page = read_page(html);
        assert_eq!(page.postings.len(), 1);
        assert_eq!(page.problems[0].kind, ProblemKind::Repaired);
    }

    #[test]
    fn a_hopeless_block_is_a_problem() {
        let page = read_page("<script type=\"application/ld+json\">JobPosting {{{</script>");
        assert!(page.postings.is_empty());
        assert_eq!(page.problems[0].kind, ProblemKind::UnreadField);
    }

    #[test]
    fn one_object_is_read_for_import() {
        let (raw, problems) = read_job_posting(
            r#"{"@type":"JobPosting","title":"Coder","identifier":"R-1","applyUrl":"https://a.example/x","jobLocation":"Columbus, OH","baseSalary":"$20/hr"}"#,
        );
        let raw = raw.unwrap();
        assert!(problems.is_empty());
        assert_eq!(raw.requisition_ids, ["R-1"]);
        assert_eq!(raw.apply_url.as_deref(), Some("https://a.example/x"));
        assert_eq!(raw.job_location[0].text.as_deref(), Some("Columbus, OH"));
        assert_eq!(raw.base_salary.unwrap().text.as_deref(), Some("$20/hr"));
        assert!(read_job_posting("{\"@type\":\"Event\"}").0.is_none());
    }
}
