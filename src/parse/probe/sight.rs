//! What one answer shows to somebody who asks which software gave it.

use std::borrow::Cow;

use scraper::ElementRef;
use url::Url;

use super::super::address::resolved;
use super::super::bti;
use super::super::dom::{Dom, page_text, words_of};
use super::super::html_text::html_text;
use super::super::json_ld::read_page;
use super::super::sitemap::read_sitemap;
use super::shapes::{Shape, key_of, shapes};
use super::software::{Sign, Software};
use crate::model::Page;

/// What an answer is by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Html,
    Xml,
    Json,
    Sitemap,
}

/// A feed that a page names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FeedLink {
    pub(super) url: Url,
    /// Whether its name or address speaks of jobs.
    pub(super) of_jobs: bool,
}

/// What one answer shows.
pub(super) struct Sight {
    pub(super) form: Form,
    pub(super) title: Option<String>,
    /// Letters that a person sees.
    pub(super) letters: usize,
    pub(super) scripts: usize,
    pub(super) feeds: Vec<FeedLink>,
    pub(super) shapes: Vec<Shape>,
    /// JSON-LD postings that it carries.
    pub(super) carried: usize,
    pub(super) signs: Vec<Sign>,
}

/// Words in a page's source that stand for software, what to call them, and their weight.
const NEEDLES: [(Software, &str, u32); 11] = [
    (Software::YmCareers, "careerwebsite.com", 6),
    (Software::YmCareers, "yourmembership", 4),
    (Software::YmCareers, "ymcareers", 5),
    (Software::YmCareers, "ga_job", 4),
    (Software::Bti, "bti-ui-", 8),
    (Software::Bti, "bti-jd-", 8),
    (Software::Bti, "\"bti-", 6),
    (Software::WebScribble, "wjm.s3.amazonaws.com", 7),
    (Software::WebScribble, "webscribble", 6),
    (Software::Madgex, "/jobsrss/", 7),
    (Software::Madgex, "madgex", 6),
];

/// Words by which a feed's name speaks of jobs.
const JOB_WORDS: [&str; 7] = ["job", "career", "vacanc", "position", "opening", "posting", "opportunit"];

impl Sight {
    /// Looks at an answer.
    pub(super) fn of(page: &Page) -> Self {
        let text = html_text(page);
        let form = form_of(page, &text);
        let mut sight = Self {
            form,
            title: None,
            letters: 0,
            scripts: 0,
            feeds: Vec::new(),
            shapes: Vec::new(),
            carried: 0,
            signs: header_signs(page),
        };
        match form {
            Form::Html => sight.look_at_html(page, &text),
            Form::Json => sight.look_at_json(page, &text),
            Form::Xml => sight.look_at_feed(page, &text),
            Form::Sitemap => sight.add(Software::JsonLd, "the answer is a sitemap".to_owned(), 4, page),
        }
        sight.look_at_address(page);
        sight
    }

    fn add(&mut self, software: Software, says: String, weight: u32, page: &Page) {
        self.signs.push(Sign { software, says, seen_at: page.url.to_string(), weight });
    }

    fn look_at_html(&mut self, page: &Page, text: &str) {
        let dom = Dom::of(text);
        self.letters = page_text(&dom.html).chars().count();
        let named = |name: &'static str| {
            let elements = dom.html.tree.nodes().filter_map(ElementRef::wrap);
            elements.filter(move |element| element.value().name() == name)
        };
        self.scripts = named("script").count();
        self.title = named("title").next().map(|title| title.text().collect::<String>());
        for link in named("link") {
            self.feeds.extend(feed_link(link, page));
        }
        self.shapes = shapes(&dom, &page.url);
        let lower = text.to_ascii_lowercase();
        for (software, needle, weight) in NEEDLES {
            if lower.contains(needle) {
                self.add(software, format!("the page holds `{}`", needle.trim_matches('"')), weight, page);
            }
        }
        if bti::says_empty(text) {
            self.add(
                Software::Bti,
                "it says \u{201c}couldn't find any jobs that match your criteria\u{201d}".into(),
                5,
                page,
            );
        }
        for anchor in named("a").take(20_000) {
            let feed = anchor.attr("href").and_then(|href| resolved(&page.url, href));
            let feed = feed.filter(|url| url.path().starts_with("/jobsrss"));
            self.feeds.extend(feed.map(|url| FeedLink { url, of_jobs: true }));
        }
        self.carried = read_page(text).postings.len();
        if self.carried > 0 {
            self.add(Software::JsonLd, format!("{} JSON-LD `JobPosting` in the page", self.carried), 6, page);
        }
        for feed in self.feeds.clone() {
            let (says, weight) = if feed.of_jobs { ("names a feed of jobs", 5) } else { ("names a feed", 2) };
            self.add(Software::Feed, format!("the page {says}: {}", feed.url), weight, page);
        }
        self.look_at_shapes(page);
    }

    /// Reads the software out of the links' shapes.
    fn look_at_shapes(&mut self, page: &Page) {
        let found: Vec<(String, usize, Vec<Url>)> =
            self.shapes.iter().map(|shape| (shape.key.clone(), shape.urls.len(), shape.urls.clone())).collect();
        let mut counts = std::collections::BTreeMap::<Software, (usize, &'static str, u32)>::new();
        for (_, _, urls) in &found {
            for (software, says, weight) in urls.iter().filter_map(by_address) {
                counts.entry(software).or_insert((0, says, weight)).0 += 1;
            }
        }
        for (software, (count, says, weight)) in counts {
            let links = if count == 1 { "1 link".to_owned() } else { format!("{count} links") };
            self.add(software, format!("{links} of the shape `{says}`"), weight, page);
        }
    }

    fn look_at_address(&mut self, page: &Page) {
        if let Some((software, says, weight)) = by_address(&page.url) {
            self.add(software, format!("its own address is of the shape `{says}`"), weight, page);
        }
        let host = page.url.host_str().unwrap_or_default();
        if host == "usajobs.gov" || host.ends_with(".usajobs.gov") {
            self.add(Software::Usajobs, format!("the host is {host}"), 9, page);
        }
    }

    fn look_at_json(&mut self, page: &Page, text: &str) {
        let head = text.get(..text.floor_char_boundary(200_000)).unwrap_or(text);
        let holds = |words: &[&str]| words.iter().all(|word| head.contains(word) || text.contains(word));
        let known: [(Software, &[&str], u32); 4] = [
            (Software::Usajobs, &["\"SearchResultItems\"", "\"MatchedObjectDescriptor\""], 9),
            (Software::Usajobs, &["\"usajobsControlNumber\""], 9),
            (Software::WebScribble, &["\"data\"", "\"meta\"", "\"last_page\"", "\"shortDescription\""], 9),
            (Software::Feed, &["https://jsonfeed.org/version/"], 8),
        ];
        for (software, words, weight) in known {
            if holds(words) {
                let named = words.iter().map(|word| word.trim_matches('"')).collect::<Vec<_>>().join("`, `");
                self.add(software, format!("the answer is JSON with `{named}`"), weight, page);
            }
        }
    }

    fn look_at_feed(&mut self, page: &Page, text: &str) {
        if text.contains("/jobs/rss/") {
            self.add(Software::Bti, "the feed's links are of the shape `/jobs/rss/<id>/<slug>`".into(), 9, page);
        }
        let head = text.get(..text.floor_char_boundary(2000)).unwrap_or(text);
        if ["<rss", "<feed", "<rdf:RDF", "<RDF"].iter().any(|root| head.contains(root)) {
            self.add(Software::Feed, "the answer is a feed".to_owned(), 7, page);
        }
    }
}

fn form_of(page: &Page, text: &str) -> Form {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with(['{', '[']) {
        return Form::Json;
    }
    let head = start.get(..start.floor_char_boundary(1000)).unwrap_or(start).to_ascii_lowercase();
    if head.starts_with("<!doctype html") || head.contains("<html") {
        return Form::Html;
    }
    if read_sitemap(page).is_some() {
        return Form::Sitemap;
    }
    let xml = ["<?xml", "<rss", "<feed", "<rdf"].iter().any(|mark| head.starts_with(mark));
    if xml { Form::Xml } else { Form::Html }
}

fn header_signs(page: &Page) -> Vec<Sign> {
    let sign =
        |software, says: &str, weight| Sign { software, says: says.to_owned(), seen_at: page.url.to_string(), weight };
    let named = page.signs.iter().any(|(name, _)| name == "x-nas-sid");
    named.then(|| sign(Software::Bti, "the answer carries the header `x-nas-sid`", 9)).into_iter().collect()
}

fn feed_link(link: ElementRef<'_>, page: &Page) -> Option<FeedLink> {
    let rel = link.attr("rel")?.to_ascii_lowercase();
    let kind = link.attr("type")?.to_ascii_lowercase();
    let is_feed = ["rss", "atom", "feed+json"].iter().any(|word| kind.contains(word));
    let url = resolved(&page.url, link.attr("href")?)?;
    let name = format!("{} {}", link.attr("title").unwrap_or_default(), url.path()).to_ascii_lowercase();
    let comments = name.contains("comments");
    let of_jobs = JOB_WORDS.iter().any(|word| name.contains(word));
    (rel.contains("alternate") && is_feed && !comments).then_some(FeedLink { url, of_jobs })
}

/// Tells the software by the shape of one address.
fn by_address(url: &Url) -> Option<(Software, &'static str, u32)> {
    let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    let number = |part: &str, least: usize, most: usize| {
        (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    match parts.as_slice() {
        [.., "job", slug, id] if number(id, 7, 9) && !number(slug, 1, 20) => {
            Some((Software::YmCareers, "/job/<slug>/<7 to 9 digits>/", 8))
        }
        [.., "job", id, slug] if number(id, 4, 12) && !number(slug, 1, 20) => {
            Some((Software::Madgex, "/job/<digits>/<slug>/", 6))
        }
        [.., "jobs", "rss", id, _] if number(id, 5, 12) => Some((Software::Bti, "/jobs/rss/<id>/<slug>", 8)),
        [.., "jobs", id, slug] if number(id, 7, 9) && slug.contains('-') => {
            Some((Software::Bti, "/jobs/<id>/<slug>", 5))
        }
        [.., "job", last] if last.rsplit_once('-').is_some_and(|(_, id)| number(id, 5, 12)) => {
            Some((Software::WebScribble, "/job/<slug>-<id>", 4))
        }
        _ => None,
    }
}

/// Gives the shape of an answer's own address.
pub(super) fn own_shape(url: &Url) -> Option<Shape> {
    Some(Shape { key: key_of(url)?, urls: vec![url.clone()], is_telling: true })
}

/// Gives a page's name, cut to what a name may be.
pub(super) fn name_of(sight: &Sight) -> Option<String> {
    let title: Cow<'_, str> = sight.title.as_deref()?.split_whitespace().collect::<Vec<_>>().join(" ").into();
    let whole = title.chars().take(60).collect::<String>();
    Some(whole.trim().to_owned()).filter(|name| name.chars().count() > 2)
}

/// Gives the page of one posting's words, to see whether it has any.
pub(super) fn has_words(dom: &Dom, rule: &str) -> bool {
    let found = scraper::Selector::parse(rule).ok().and_then(|selector| dom.first(&selector));
    found.and_then(words_of).is_some()
}
