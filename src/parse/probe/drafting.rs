//! Drafts of a board's file, from what is known so far.

use url::Url;

use super::super::redact::is_secret_parameter;
use super::Probing;
use super::draft::Draft;
use super::reading::title_split;
use super::sight::{FeedLink, Form, own_shape};
use super::software::Software;
use crate::model::{Engine, Page};

impl Probing {
    /// Drafts a board's file for one software from what is known so far.
    pub(super) fn draft_of(&self, software: Software) -> Option<Draft> {
        let first = self.first.as_ref();
        let base = first.map_or(&self.start, |first| &first.page.url);
        let origin = base.join("/").ok()?;
        let mut draft = match software {
            Software::Usajobs if base.path().starts_with("/api/") => Draft::new(software, origin),
            Software::Usajobs => Draft::new(software, Url::parse("https://data.usajobs.gov").ok()?),
            Software::YmCareers | Software::Bti | Software::WebScribble => {
                Draft::new(software, self.prefix(software).unwrap_or(origin))
            }
            Software::Madgex | Software::Feed => {
                let named = first.and_then(|first| {
                    let wanted = |feed: &&FeedLink| match software {
                        Software::Madgex => feed.url.path().starts_with("/jobsrss"),
                        _ => feed.of_jobs,
                    };
                    first.feeds.iter().find(wanted).map(|feed| feed.url.clone())
                });
                let usual = (software == Software::Madgex).then(|| origin.join("/jobsrss/").ok()).flatten();
                Draft::new(software, named.or(usual)?)
            }
            Software::JsonLd => self.list_of_links().unwrap_or_else(|| Draft {
                detail_pattern: first
                    .filter(|first| first.is_posting)
                    .and_then(|first| own_shape(&first.page.url)?.pattern()),
                ..Draft::new(software, origin)
            }),
            Software::JsonApi | Software::Selectors => return self.guess.clone(),
        };
        draft.name = draft.name.or_else(|| first.and_then(|first| first.name.clone()));
        let is_page = first.is_none_or(|first| first.form == Form::Html);
        draft.homepage = Some(self.start.clone()).filter(|page| is_page && *page != draft.base_url);
        Some(draft)
    }

    /// Drafts a file for the software that gave this very answer.
    pub(super) fn draft_for(&self, software: Software, page: &Page) -> Option<Draft> {
        let mut draft = match software {
            Software::Madgex | Software::Feed => {
                let mut draft = Draft::new(software, lasting_address(page));
                draft.name = self.first.as_ref().and_then(|first| first.name.clone());
                draft.homepage = Some(self.start.clone()).filter(|start| *start != page.url);
                draft
            }
            _ => self.draft_of(software)?,
        };
        if software == Software::JsonLd && self.first.as_ref().is_none_or(|first| first.page.url != page.url) {
            // What was asked for is what a poll will ask for.
            let is_preset = page.requested.path() == "/sitemap.xml";
            draft.lists.clear();
            draft.sitemaps = if is_preset { Vec::new() } else { vec![page.requested.to_string()] };
        }
        if software.engine() == Engine::Rss {
            draft.title_split = title_split(&draft.board(&self.id)?, &draft, page);
        }
        Some(draft)
    }

    /// Drafts a JSON-LD board whose list is the first page's links.
    pub(super) fn list_of_links(&self) -> Option<Draft> {
        let first = self.first.as_ref().filter(|first| first.form == Form::Html && !first.is_posting)?;
        let shape = first.shapes.iter().find(|shape| shape.is_telling || shape.urls.len() > 2)?;
        Some(Draft {
            name: first.name.clone(),
            homepage: Some(self.start.clone()),
            lists: vec![lasting_address(&first.page).to_string()],
            detail_pattern: shape.pattern(),
            ..Draft::new(Software::JsonLd, first.page.url.join("/").ok()?)
        })
    }

    /// Gives the origin with what stands before the engine's own paths in the links that were seen.
    pub(super) fn prefix(&self, software: Software) -> Option<Url> {
        let first = self.first.as_ref()?;
        let mark = if software == Software::YmCareers { "/job/" } else { "/jobs/" };
        let link = first.shapes.iter().flat_map(|shape| &shape.urls).find(|url| url.path().contains(mark))?;
        let before = link.path().split_once(mark).map(|(before, _)| before)?;
        let mut base = link.clone();
        base.set_query(None);
        base.set_path(before);
        (!before.is_empty()).then_some(base)
    }
}

/// Gives the address under which an answer can be had again: that which answered, unless it holds
/// something of this visit alone.
pub(super) fn lasting_address(page: &Page) -> Url {
    let passing = page.url.query_pairs().any(|(name, _)| is_secret_parameter(&name));
    let mut url = if passing { page.requested.clone() } else { page.url.clone() };
    url.set_fragment(None);
    url
}
