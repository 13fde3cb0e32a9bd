//! Selectors guessed from a page that repeats itself: the element around each link of one shape, and
//! what stands in it under telling class names. A guess, and called so wherever it is shown.

use std::collections::{BTreeMap, HashMap, HashSet};

use scraper::{ElementRef, Selector};
use url::Url;

use super::super::dom::{Dom, words_of};
use super::shapes::{Shape, own_links};
use crate::board::HtmlRules;

/// How far above its link an item may begin.
const ITEM_HEIGHT: usize = 8;
/// Fields that class names give away, with the words they hold.
const FIELD_WORDS: [(&str, &[&str]); 6] = [
    ("employer", &["company", "employer", "organization", "organisation", "hospital", "facility", "who"]),
    ("place", &["location", "place", "city", "where"]),
    ("date_posted", &["date", "posted", "when"]),
    ("salary", &["salary", "pay", "wage"]),
    ("employment_type", &["type", "schedule"]),
    ("description", &["description", "summary", "teaser", "snippet", "excerpt"]),
];

/// Guesses how to read a page's items; `None` where nothing repeats around its links.
pub(super) fn guess(dom: &Dom, page: &Url, shape: &Shape) -> Option<HtmlRules> {
    let wanted: HashSet<&Url> = shape.urls.iter().collect();
    let anchors: Vec<(ElementRef<'_>, Url)> =
        own_links(dom, page).into_iter().filter(|(_, url)| wanted.contains(url)).collect();
    let items = items(&anchors);
    let item = most_common(items.iter().map(|(item, _)| signature(*item)))?;
    let fits = |(found, _): &&(ElementRef<'_>, ElementRef<'_>)| signature(*found) == item;
    let fitting: Vec<(ElementRef<'_>, ElementRef<'_>)> = items.iter().filter(fits).copied().collect();
    let matched = dom.html.select(&Selector::parse(&item).ok()?).take(5000).count();
    // A selector that finds much else besides is none.
    if fitting.len() * 2 < shape.urls.len() || matched > 2 * fitting.len() + 2 {
        return None;
    }
    let anchor = if fitting.iter().all(|(item, anchor)| item.id() == anchor.id()) {
        ".".to_owned()
    } else {
        most_common(fitting.iter().map(|(_, anchor)| anchor_selector(*anchor, shape)))?
    };
    let mut fields = BTreeMap::from([("url".to_owned(), format!("{anchor}@href")), ("title".to_owned(), anchor)]);
    fields.extend(telling_fields(&fitting));
    Some(HtmlRules { item: Some(item), next: next_rule(dom), fields, ..HtmlRules::default() })
}

/// Finds for each address the highest element that holds links to it alone.
fn items<'d>(anchors: &[(ElementRef<'d>, Url)]) -> Vec<(ElementRef<'d>, ElementRef<'d>)> {
    let mut owners: HashMap<_, Option<&Url>> = HashMap::new();
    for (anchor, url) in anchors {
        for ancestor in anchor.ancestors().take(ITEM_HEIGHT) {
            let owner = owners.entry(ancestor.id()).or_insert(Some(url));
            if *owner != Some(url) {
                *owner = None;
            }
        }
    }
    let mut seen = HashSet::new();
    let first_of_each = anchors.iter().filter(|(_, url)| seen.insert(url));
    first_of_each
        .map(|(anchor, url)| {
            let above = anchor.ancestors().take(ITEM_HEIGHT).map_while(ElementRef::wrap);
            let own = above.take_while(|element| owners.get(&element.id()) == Some(&Some(url)));
            (own.last().unwrap_or(*anchor), *anchor)
        })
        .collect()
}

/// Writes a selector for elements like this one: its name and first lasting class, or its parent's.
fn signature(element: ElementRef<'_>) -> String {
    let own = plain_signature(element);
    if own.contains('.') {
        return own;
    }
    match element.parent().and_then(ElementRef::wrap).map(plain_signature) {
        Some(parent) if !matches!(parent.as_str(), "html" | "body") => format!("{parent} > {own}"),
        _ => own,
    }
}

fn plain_signature(element: ElementRef<'_>) -> String {
    let name = element.value().name();
    match element.value().classes().find(|class| is_lasting(class)) {
        Some(class) => format!("{name}.{class}"),
        None => name.to_owned(),
    }
}

/// Classes of plain letters: those with digits are numbered or made by a build.
fn is_lasting(class: &str) -> bool {
    const PASSING: [&str; 9] = ["odd", "even", "first", "last", "active", "featured", "new", "clearfix", "row"];
    class.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && class.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'))
        && !PASSING.contains(&class)
}

fn anchor_selector(anchor: ElementRef<'_>, shape: &Shape) -> String {
    let own = plain_signature(anchor);
    if own.contains('.') {
        return own;
    }
    let fixed: String = shape.key.split(['#', '*', '?']).next().unwrap_or_default().to_owned();
    let last = fixed.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if last.is_empty() { own } else { format!("a[href*=\"{}\"]", last.replace(['"', '\\'], "")) }
}

/// Names the fields that most items show under a telling class.
fn telling_fields(items: &[(ElementRef<'_>, ElementRef<'_>)]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (field, words) in FIELD_WORDS {
        let rule = most_common(items.iter().filter_map(|(item, anchor)| telling(*item, *anchor, words)));
        let shown = |rule: &String| {
            let Ok(selector) = Selector::parse(rule) else { return false };
            let filled = items.iter().filter(|(item, _)| item.select(&selector).any(|e| words_of(e).is_some()));
            filled.count() * 2 >= items.len()
        };
        found.extend(rule.filter(shown).map(|rule| (field.to_owned(), rule)));
    }
    let time = items.iter().filter(|(item, _)| item.descendants().filter_map(ElementRef::wrap).any(is_time)).count();
    if time * 2 >= items.len() && !found.iter().any(|(field, _)| field == "date_posted") {
        found.push(("date_posted".to_owned(), "time@datetime || time".to_owned()));
    }
    found
}

fn is_time(element: ElementRef<'_>) -> bool {
    element.value().name() == "time"
}

/// Finds an item's element whose class holds one of the words, the posting's link aside.
fn telling(item: ElementRef<'_>, anchor: ElementRef<'_>, words: &[&str]) -> Option<String> {
    let inside = item.descendants().filter_map(ElementRef::wrap).take(300);
    let candidates = inside.filter(|element| element.id() != anchor.id() && element.id() != item.id());
    candidates.into_iter().find_map(|element| {
        let named = |class: &&str| class.to_ascii_lowercase().split(['-', '_']).any(|part| words.contains(&part));
        let class = element.value().classes().filter(|class| is_lasting(class)).find(named)?;
        (!element.ancestors().any(|above| above.id() == anchor.id())).then(|| format!(".{class}"))
    })
}

fn next_rule(dom: &Dom) -> Option<String> {
    let rules = ["a[rel=\"next\"]", "a.next", "li.next a", ".pagination-next a"];
    let found = |rule: &&str| Selector::parse(rule).is_ok_and(|selector| dom.first(&selector).is_some());
    rules.into_iter().find(found).map(|rule| format!("{rule}@href"))
}

/// Gives what comes most often, of equals the first.
fn most_common(texts: impl Iterator<Item = String>) -> Option<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for text in texts {
        match counts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, count)) => *count += 1,
            None => counts.push((text, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::super::shapes::shapes;
    use super::*;

    fn guessed(body: &str) -> Option<HtmlRules> {
        let dom = Dom::of(body);
        let page = Url::parse("https://a.example/list").unwrap();
        let shape = shapes(&dom, &page).into_iter().next()?;
        guess(&dom, &page, &shape)
    }

    #[test]
    fn cards_with_telling_classes_are_read() {
        let card = |n: usize| {
            format!(
                "<div class='opening odd'><h3><a href='/openings/coder-{n}00'>Coder {n}</a></h3>\
                 <span class='company-name'>Lakes</span><p class='job-location'>Columbus, OH</p><time>today</time></div>"
            )
        };
        let body =
            format!("<nav><a href='/about-us'>About us</a></nav>{}", (1..6).map(card).collect::<Vec<_>>().concat());
        let rules = guessed(&body).unwrap();
        assert_eq!(rules.item.as_deref(), Some("div.opening"));
        let rule = |field: &str| rules.fields.get(field).map(String::as_str);
        assert_eq!(rule("url"), Some("a[href*=\"openings\"]@href"));
        assert_eq!((rule("employer"), rule("place")), (Some(".company-name"), Some(".job-location")));
        assert_eq!(rule("date_posted"), Some("time@datetime || time"));
    }

    #[test]
    fn bare_links_in_a_list_are_their_own_items() {
        let link = |n: usize| format!("<li><a href='view.php?id={n}'>Coder {n}</a></li>");
        let links = (1..6).map(link).collect::<Vec<_>>().concat();
        let rules = guessed(&format!("<ul class='jobs'>{links}</ul>")).unwrap();
        assert_eq!(rules.item.as_deref(), Some("ul.jobs > li"));
        assert_eq!(rules.fields["title"], "a[href*=\"view.php\"]");
    }
}
