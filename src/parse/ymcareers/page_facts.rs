//! What a YM Careers detail page says beside its JSON-LD: the facts list, the text blocks, the
//! canonical link, the apply button. Found by scanning the text; no tree is built.

use crate::model::{Completeness, RawPlace, RawPosting, RawSalary};

use super::super::json_ld::{append_section, meaningful};

/// The facts list is a few kilobytes; nothing beyond this belongs to it.
const FACTS_REACH: usize = 30_000;
/// More facts or blocks than this belong to no real page.
const MAX_FACTS: usize = 60;

/// Reads everything that the page states in its own HTML. The posting's texts come apart, as blocks.
pub(super) fn page_facts(html: &str) -> RawPosting {
    let mut raw = RawPosting { completeness: Completeness::Full, ..RawPosting::default() };
    for (label, value) in facts(html) {
        place_fact(&mut raw, &label, value);
    }
    raw.apply_url = apply_address(html);
    raw
}

/// Puts one fact where it belongs; what has no place of its own is kept by its label.
fn place_fact(raw: &mut RawPosting, label: &str, value: String) {
    match label.to_ascii_lowercase().as_str() {
        "location" => {
            let parts = value.split('|').map(str::trim).filter(|part| !part.is_empty());
            raw.job_location =
                parts.map(|part| RawPlace { text: Some(part.to_owned()), ..RawPlace::default() }).collect();
        }
        "job id" => raw.posting_id = Some(value),
        "posted" => raw.date_posted = Some(value),
        "position title" | "title" => raw.title = Some(value),
        "company name" | "company" | "employer" => raw.hiring_organization = Some(value),
        "job type" => raw.employment_type = value.split(',').filter_map(meaningful).map(str::to_owned).collect(),
        "min education" => raw.education = Some(value),
        "min experience" => raw.experience = Some(value),
        // Forms left at zero say "none".
        "salary" if !value.bytes().any(|b| (b'1'..=b'9').contains(&b)) => {}
        "salary" => raw.base_salary = Some(RawSalary { text: Some(value), ..RawSalary::default() }),
        "expires" | "closing date" | "application deadline" => raw.valid_through = Some(value),
        "job category" | "category" | "job function" | "function" | "industry" | "library type" => {
            raw.categories.push(value);
        }
        _ => {
            raw.extra.insert(label.to_owned(), value);
        }
    }
}

/// Reads the pairs of `label` and `span` in the facts list.
fn facts(html: &str) -> Vec<(String, String)> {
    let Some(at) = position(html, "job-data-basics") else { return Vec::new() };
    let region = &html[at..html.floor_char_boundary(at + FACTS_REACH)];
    let ends = ["generic-details-text", "similar-jobs", "<script"];
    let end = ends.iter().filter_map(|mark| position(region, mark)).min().unwrap_or(region.len());
    let region = &region[..end];
    let mut pairs = Vec::new();
    for piece in region.split("<label").skip(1).take(MAX_FACTS) {
        let Some((label, rest)) = element_text(piece, "</label>") else { continue };
        let Some(span) = rest.find("<span") else { continue };
        let Some((value, _)) = element_text(&rest[span + 5..], "</span>") else { continue };
        let label = label.trim_end_matches(':').trim().to_owned();
        if let Some(value) = meaningful(&value).filter(|_| !label.is_empty()) {
            pairs.push((label, value.to_owned()));
        }
    }
    pairs
}

/// Finds a text in a page; many times faster than `str::find` on long pages.
fn position(html: &str, text: &str) -> Option<usize> {
    memchr::memmem::find(html.as_bytes(), text.as_bytes())
}

/// Gives an element's plain text and what follows it; the text begins inside its opening tag.
fn element_text<'t>(piece: &'t str, closing: &str) -> Option<(String, &'t str)> {
    let (_, inside) = piece.split_once('>')?;
    let (inner, rest) = inside.split_once(closing)?;
    Some((plain_text(inner), rest))
}

/// Drops tags, decodes entities, folds white space.
fn plain_text(html: &str) -> String {
    let mut out = String::new();
    for (at, piece) in html.split('<').enumerate() {
        let text = if at == 0 { piece } else { piece.split_once('>').map_or("", |(_, text)| text) };
        out.push_str(text);
        out.push(' ');
    }
    let decoded = html_escape::decode_html_entities(&out);
    decoded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Gives the page's text blocks with their headings: `Description`, `Requirements`.
pub(super) fn text_blocks(html: &str) -> Vec<(String, &str)> {
    let mut blocks = Vec::new();
    let mut begins: Vec<usize> =
        memchr::memmem::find_iter(html.as_bytes(), "generic-details-text").take(MAX_FACTS).collect();
    begins.push(html.len());
    for piece in begins.windows(2).filter_map(|ends| html.get(ends[0]..ends[1])) {
        let Some((heading, rest)) = piece.split_once("h5").and_then(|(_, inside)| element_text(inside, "</span>"))
        else {
            continue;
        };
        let Some(inner) = rest.split_once("<pre").and_then(|(_, inside)| inside.split_once('>')) else { continue };
        let text = inner.1.split("</pre>").next().unwrap_or_default().trim();
        if !text.is_empty() && heading.len() < 100 {
            blocks.push((heading, text));
        }
    }
    blocks
}

/// Joins the text blocks to one description.
pub(super) fn joined_blocks(blocks: &[(String, &str)]) -> Option<String> {
    let mut description = String::new();
    for (heading, text) in blocks {
        if heading.eq_ignore_ascii_case("description") && description.is_empty() {
            description.push_str(text);
        } else {
            append_section(&mut description, heading, text);
        }
    }
    Some(description).filter(|text| !text.trim().is_empty())
}

/// Gives the address that the page calls its canonical one.
pub(super) fn canonical(html: &str) -> Option<&str> {
    let at = position(html, "rel=\"canonical\"").or_else(|| position(html, "rel='canonical'"))?;
    attribute(tag_around(html, at)?, "href")
}

/// Gives where the apply button leads; buttons that open a form of the page itself lead nowhere.
fn apply_address(html: &str) -> Option<String> {
    let at = position(html, "id=\"applyBtn\"")?;
    let href = attribute(tag_around(html, at)?, "href")?.trim();
    (href.starts_with("http") || href.starts_with('/')).then(|| html_escape::decode_html_entities(href).into_owned())
}

/// Gives the tag that holds a position.
fn tag_around(html: &str, at: usize) -> Option<&str> {
    let open = html[..at].rfind('<')?;
    let close = at + html[at..].find('>')?;
    (close - open < 4000).then(|| &html[open..close])
}

/// Reads a quoted attribute of a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let at = tag.find(&format!(" {name}="))? + name.len() + 2;
    let quote = tag[at..].chars().next().filter(|c| matches!(c, '"' | '\''))?;
    tag[at + 1..].split(quote).next().map(str::trim).filter(|value| !value.is_empty())
}
