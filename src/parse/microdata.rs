//! schema.org microdata (`itemscope`, `itemprop`): turned into the same value that JSON-LD gives,
//! so that one mapping serves both.

use std::borrow::Cow;

use scraper::ElementRef;

use super::dom::{Dom, words_of};
use super::json_ld::Ld;

/// Items nest a few levels: posting, place, address.
const MAX_DEPTH: usize = 6;
/// An item with more elements than this is not read further.
const MAX_ELEMENTS: usize = 20_000;
/// A property may have several names; more than these are not read.
const MAX_NAMES: usize = 4;
/// How many nodes may be looked at, and bytes of markup kept, for all items of a page together: items
/// and properties nest, so that one text can stand in hundreds of them.
const BUDGET: usize = 8 << 20;
/// Properties whose markup is kept.
const TEXTS: [&str; 6] =
    ["description", "qualifications", "responsibilities", "skills", "jobBenefits", "experienceRequirements"];

/// Gives the page's `JobPosting` items with the elements that hold them, in order.
pub(super) fn microdata_postings(dom: &Dom) -> Vec<(ElementRef<'_>, Ld<'static>)> {
    let elements = dom.html.tree.nodes().filter_map(ElementRef::wrap);
    let postings = elements.filter(|element| type_of(*element).is_some_and(|kind| kind.ends_with("JobPosting")));
    let mut left = BUDGET;
    postings.take(1000).map(|element| (element, item(element, MAX_DEPTH, &mut left))).collect()
}

fn type_of(element: ElementRef<'_>) -> Option<&str> {
    element.value().attr("itemtype").map(|kind| kind.trim().trim_end_matches('/'))
}

/// Reads an item's properties; those of items inside it belong to these.
fn item(element: ElementRef<'_>, depth: usize, left: &mut usize) -> Ld<'static> {
    let mut members: Vec<(Cow<'static, str>, Ld<'static>)> = Vec::new();
    if let Some(kind) = type_of(element) {
        members.push((Cow::Borrowed("@type"), Ld::Text(Cow::Owned(kind.to_owned()))));
    }
    let mut waiting: Vec<ElementRef<'_>> = children(element);
    let mut looked_at = 0;
    while let Some(inner) = waiting.pop() {
        looked_at += 1;
        *left = left.saturating_sub(1);
        if looked_at > MAX_ELEMENTS || *left == 0 {
            break;
        }
        let is_item = inner.value().attr("itemscope").is_some();
        // An item inside is read once, whatever it is called.
        let names = inner.value().attr("itemprop").unwrap_or_default().split_whitespace();
        for name in names.take(if is_item { 1 } else { MAX_NAMES }) {
            let nested = is_item && depth > 0;
            let value = if nested { Some(item(inner, depth - 1, left)) } else { property(inner, name, left) };
            if let Some(value) = value {
                add(&mut members, name, value);
            }
        }
        if !is_item {
            waiting.extend(children(inner));
        }
    }
    Ld::Object(members)
}

/// Gives child elements, last first, as a stack wants them.
fn children(element: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let mut inner: Vec<_> = element.child_elements().collect();
    inner.reverse();
    inner
}

/// Adds a property; a second one of the same name makes a list.
fn add(members: &mut Vec<(Cow<'static, str>, Ld<'static>)>, name: &str, value: Ld<'static>) {
    match members.iter_mut().find(|(known, _)| known == name) {
        Some((_, Ld::List(values))) => values.push(value),
        Some((_, known)) => {
            let first = std::mem::replace(known, Ld::Null);
            *known = Ld::List(vec![first, value]);
        }
        None => members.push((Cow::Owned(name.to_owned()), value)),
    }
}

/// Gives a property's value: its `content`, an address, a moment, its markup or its words.
fn property(element: ElementRef<'_>, name: &str, left: &mut usize) -> Option<Ld<'static>> {
    let attribute = ["content", "datetime", "href", "src"].into_iter().find_map(|name| element.attr(name));
    let text = match attribute {
        Some(value) => value.to_owned(),
        None if element.descendants().take(*left).count() >= *left => return None,
        None if TEXTS.contains(&name) => element.inner_html(),
        None => words_of(element)?,
    };
    let nodes = if attribute.is_some() { 0 } else { element.descendants().count() };
    *left = left.saturating_sub(nodes + text.len());
    (*left > 0).then_some(Ld::Text(Cow::Owned(text)))
}

#[cfg(test)]
mod tests {
    use super::super::json_ld::raw_posting;
    use super::*;

    #[test]
    fn items_of_many_names_and_texts_within_texts_take_bounded_time_and_memory() {
        let names = "a ".repeat(1000);
        let scopes = format!("<div itemscope itemprop='{names}'>").repeat(8);
        let many_names =
            format!("<div itemscope itemtype='http://schema.org/JobPosting'>{scopes}<b itemprop=title>x</b>");
        let texts = "<div itemprop=description>".repeat(700);
        let nested =
            format!("<div itemscope itemtype='http://schema.org/JobPosting'>{texts}{}", "word ".repeat(100_000));
        let jobs = "<div itemscope itemtype='http://schema.org/JobPosting' itemprop=a>".repeat(700);
        let began = std::time::Instant::now();
        for page in [many_names, nested, format!("{jobs}{}", "<i itemprop=title>x</i>".repeat(20_000))] {
            let dom = Dom::of(&page);
            let size: usize = microdata_postings(&dom).iter().map(|(_, item)| format!("{item:?}").len()).sum();
            assert!(size < 8 * BUDGET, "{size}");
        }
        assert!(began.elapsed() < std::time::Duration::from_mins(1), "{:?}", began.elapsed());
    }

    #[test]
    fn an_item_with_items_inside_is_read_like_json_ld() {
        let dom = Dom::of(
            r#"<div itemscope itemtype="http://schema.org/JobPosting"><h1 itemprop="title">Coder</h1>
            <span itemprop="hiringOrganization" itemscope itemtype="http://schema.org/Organization"><b itemprop="name">Lakeside Health</b></span>
            <div itemprop="jobLocation" itemscope itemtype="http://schema.org/Place"><p itemprop="address" itemscope>
              <i itemprop="addressLocality">Columbus</i><i itemprop="addressRegion">OH</i></p></div>
            <time itemprop="datePosted" datetime="2026-11-01">yesterday</time>
            <meta itemprop="employmentType" content="FULL_TIME"><div itemprop="description"><p>Code <b>charts</b>.</p></div></div>"#,
        );
        let raw = raw_posting(microdata_postings(&dom).remove(0).1);
        assert_eq!(raw.title.as_deref(), Some("Coder"));
        assert_eq!(raw.hiring_organization.as_deref(), Some("Lakeside Health"));
        assert_eq!(raw.job_location[0].locality.as_deref(), Some("Columbus"));
        assert_eq!(raw.date_posted.as_deref(), Some("2026-11-01"));
        assert_eq!(raw.employment_type, ["FULL_TIME"]);
        assert_eq!(raw.description.as_deref(), Some("<p>Code <b>charts</b>.</p>"));
    }
}
