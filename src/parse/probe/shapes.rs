//! The shapes of a page's links: what repeats with another id or slug each time may be its postings.

use std::collections::BTreeMap;

use scraper::ElementRef;
use url::Url;

use super::super::address::{looks_like_posting, resolved, same_host, tidy};
use super::super::dom::{Dom, words_of};

/// At most this many links of a page are looked at.
const MOST_LINKS: usize = 3000;
/// How far above a link its frame may begin.
const FRAME_HEIGHT: usize = 10;

/// Links of one page that differ only in ids and slugs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// `/careers/*-#`: `#` stands for a number, `*` for a slug.
    pub(super) key: String,
    /// The addresses, without repeats, in the page's order.
    pub(super) urls: Vec<Url>,
    /// Whether its addresses look like those of postings.
    pub(super) is_telling: bool,
}

impl Shape {
    /// Gives a regular expression for the shape's addresses, whose first group is the id; `None`
    /// where the id stands in the query, which the reader finds by itself.
    pub(super) fn pattern(&self) -> Option<String> {
        let path = self.key.split('?').next().filter(|path| path.len() == self.key.len())?;
        let ids = path.matches('#').count();
        let mut pattern = "^https?://[^/]+".to_owned();
        let mut left = if ids > 0 { ids } else { path.matches('*').count() };
        for letter in path.chars() {
            let is_id = letter == if ids > 0 { '#' } else { '*' };
            left -= usize::from(is_id);
            // Of several numbers the last is the posting's own.
            pattern += match (letter, is_id && left == 0) {
                ('#', true) => r"(\d+)",
                ('#', false) => r"\d+",
                ('*', true) => "([^/?#]+)",
                ('*', false) => "[^/?#]+",
                (plain, _) => {
                    pattern += &regex::escape(plain.encode_utf8(&mut [0; 4]));
                    continue;
                }
            };
        }
        Some(pattern + "(?:[/?#]|$)").filter(|_| path.contains(['#', '*']))
    }
}

/// Collects the shapes of a page's own links, the likeliest postings first.
pub(super) fn shapes(dom: &Dom, page: &Url) -> Vec<Shape> {
    let mut found: BTreeMap<String, (usize, Vec<Url>)> = BTreeMap::new();
    for (at, (_, url)) in own_links(dom, page).into_iter().enumerate() {
        let Some(key) = key_of(&url) else { continue };
        let (_, urls) = found.entry(key).or_insert((at, Vec::new()));
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    let mut shapes: Vec<(usize, Shape)> = found
        .into_iter()
        .map(|(key, (at, urls))| {
            let telling = urls.iter().filter(|url| looks_like_posting(url)).count();
            (at, Shape { is_telling: telling * 2 > urls.len(), key, urls })
        })
        .collect();
    shapes.sort_by_key(|(at, shape)| {
        (!shape.is_telling, !shape.key.contains(['#', '?']), std::cmp::Reverse(shape.urls.len()), *at)
    });
    shapes.into_iter().map(|(_, shape)| shape).collect()
}

/// Gives the page's links to its own host, those of menus and footers left out.
pub(super) fn own_links<'d>(dom: &'d Dom, page: &Url) -> Vec<(ElementRef<'d>, Url)> {
    let anchors = dom.html.tree.nodes().filter_map(ElementRef::wrap).filter(|element| element.value().name() == "a");
    let linked = anchors.take(MOST_LINKS).filter_map(|anchor| {
        let url = tidy(resolved(page, anchor.attr("href")?)?);
        (same_host(&url, page) && url != tidy(page.clone()) && !is_in_frame(anchor)).then_some((anchor, url))
    });
    linked.filter(|(anchor, _)| words_of(*anchor).is_some_and(|words| words.chars().count() > 2)).collect()
}

fn is_in_frame(anchor: ElementRef<'_>) -> bool {
    let holders = anchor.ancestors().take(FRAME_HEIGHT).filter_map(ElementRef::wrap);
    holders.into_iter().any(|holder| matches!(holder.value().name(), "nav" | "header" | "footer" | "aside"))
}

/// Writes an address with its numbers and slugs left out; `None` where nothing is left out.
pub(super) fn key_of(url: &Url) -> Option<String> {
    let segments: Vec<String> = url.path_segments()?.map(segment_key).collect();
    let mut key = format!("/{}", segments.join("/").trim_end_matches('/'));
    if let Some(query) = url.query() {
        let mut names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
        names.sort_unstable();
        key.push('?');
        key += &names.join("&");
    }
    key.contains(['#', '*', '?']).then_some(key)
}

fn segment_key(segment: &str) -> String {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(segment) {
        return "#".to_owned();
    }
    let numbered = |number: &str| number.len() >= 3 && digits(number);
    if segment.rsplit_once('-').is_some_and(|(_, number)| numbered(number)) {
        return "*-#".to_owned();
    }
    if segment.split_once('-').is_some_and(|(number, _)| numbered(number)) {
        return "#-*".to_owned();
    }
    let slug = segment.contains('-') || segment.bytes().any(|byte| byte.is_ascii_digit()) || segment.contains('%');
    if slug { "*".to_owned() } else { segment.to_owned() }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    fn url(path: &str) -> Url {
        Url::parse("https://a.example").unwrap().join(path).unwrap()
    }

    fn shape(paths: &[&str]) -> Shape {
        let urls: Vec<Url> = paths.iter().map(|path| url(path)).collect();
        Shape { key: key_of(&urls[0]).unwrap(), urls, is_telling: true }
    }

    #[test]
    fn addresses_lose_their_ids_and_slugs() {
        for (path, key) in [
            ("/careers/coder-ii-440011", "/careers/*-#"),
            ("/job/coder-ii/37082380/", "/job/*/#"),
            ("/jobs/4711/coder", "/jobs/#/coder"),
            ("/jobs/12345-him-coder", "/jobs/#-*"),
            ("/view.php?id=501&x=1", "/view.php?id&x"),
            ("/careers/inpatient-coder", "/careers/*"),
        ] {
            assert_eq!(key_of(&url(path)).as_deref(), Some(key), "{path}");
        }
        assert_eq!(key_of(&url("/about")), None);
    }

    #[test]
    fn a_shape_gives_a_pattern_whose_group_is_the_id() {
        for (path, id) in [
            ("/careers/coder-ii-440011", Some("440011")),
            ("/2026/job/coder-ii/37082380/", Some("37082380")),
            ("/careers/inpatient-coder?src=x", None),
        ] {
            let pattern = shape(&[path]).pattern();
            let found = pattern.map(|pattern| {
                Regex::new(&pattern).unwrap().captures(url(path).as_str()).map(|found| found[1].to_owned())
            });
            assert_eq!(found.flatten().as_deref(), id, "{path}");
        }
        let pattern = Regex::new(&shape(&["/careers/inpatient-coder"]).pattern().unwrap()).unwrap();
        assert_eq!(&pattern.captures("https://a.example/careers/him-director").unwrap()[1], "him-director");
        assert!(!pattern.is_match("https://a.example/about/him-director"));
    }
}
