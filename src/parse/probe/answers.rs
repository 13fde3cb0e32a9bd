//! What an answer adds: signs, and what the real readers make of it.

use url::Url;

use super::super::address::looks_like_posting;
use super::super::dom::Dom;
use super::super::html_text::html_text;
use super::super::parse;
use super::super::wall::wall_in;
use super::draft::Draft;
use super::drafting::lasting_address;
use super::reading::Reading;
use super::sight::{Form, Sight, has_words, name_of};
use super::software::{Sign, Software, ranked};
use super::{FirstLook, Probing, Question, pointers, selectors};
use crate::model::{Engine, Page, PageKind, RawPosting};

impl Probing {
    /// Takes the answer to a question.
    pub fn take(&mut self, question: &Question, page: &Page) {
        self.note_asked(question, page);
        if let Some(wall) = wall_in(page) {
            self.wall = Some(wall.sign);
            return;
        }
        let sight = Sight::of(page);
        self.add_signs(sight.signs.clone());
        if question.software.is_none() {
            self.first = Some(first_look(&sight, page));
        }
        if let PageKind::Detail { posting_id } = &question.wanted.kind {
            self.take_detail(posting_id.clone(), page);
            return;
        }
        let by_signs = ranked(&self.signs).into_iter().map(|(software, _)| software);
        let mut tried: Vec<Software> = question.software.into_iter().collect();
        tried.extend(by_signs.filter(|software| Some(*software) != question.software));
        for software in tried {
            if self.try_list(software, &sight, page) {
                return;
            }
        }
        self.disproved.extend(question.software);
        if question.software.is_none() {
            self.guess_at(&sight, page);
        }
    }

    /// Takes a refusal: an answer with a bad status, which may carry signs all the same.
    pub fn take_refusal(&mut self, question: &Question, page: Option<&Page>) {
        self.asked.insert(question.wanted.url.to_string());
        if let Some(page) = page {
            self.note_asked(question, page);
            self.wall = wall_in(page).map(|wall| wall.sign);
            self.add_signs(Sight::of(page).signs);
        }
        self.disproved.extend(question.software);
    }

    /// Passes over a question that may not be asked.
    pub fn pass_over(&mut self, question: &Question) {
        self.asked.insert(question.wanted.url.to_string());
        self.disproved.extend(question.software);
    }

    pub(super) fn note_asked(&mut self, question: &Question, page: &Page) {
        for url in [&question.wanted.url, &page.requested, &page.url] {
            self.asked.insert(url.to_string());
        }
    }

    pub(super) fn add_signs(&mut self, signs: Vec<Sign>) {
        for sign in signs {
            if !self.signs.iter().any(|known| known.software == sign.software && known.says == sign.says) {
                self.signs.push(sign);
            }
        }
    }

    /// Reads an answer as a list of one software; tells whether that settled it.
    pub(super) fn try_list(&mut self, software: Software, sight: &Sight, page: &Page) -> bool {
        // One posting's own page carries JSON-LD, but lists nothing.
        let is_posting = self.first.as_ref().is_some_and(|first| first.is_posting && first.page.url == page.url);
        if !reads(software, sight.form) || (software == Software::JsonLd && is_posting) {
            return false;
        }
        let Some(draft) = self.draft_for(software, page) else { return false };
        let Some(board) = draft.board(&self.id) else { return false };
        let kind = if sight.form == Form::Sitemap { PageKind::Sitemap } else { PageKind::List };
        let reading = Reading::of(&board, software.engine(), &kind, page);
        let follow = reading.refused.is_none() && !reading.next.is_empty();
        // Any page may link to postings; the list that a poll asks for must be the one that was read.
        let elsewhere = software == Software::YmCareers && !is_list_address(page, &self.lists_of(&draft));
        let proof = reading.is_proof() && !elsewhere && !is_weak(software, &reading) && !self.is_news(&draft, page);
        let may_follow = software == Software::JsonLd && follow;
        if !proof && !may_follow {
            if reading.postings > 0 || self.readings.is_empty() {
                self.readings.push(reading);
            }
            return false;
        }
        self.rows.clone_from(&reading.first);
        self.more.clone_from(&reading.next);
        self.detailed |= reading.with_text > 0 && software == Software::JsonLd;
        self.readings.retain(Reading::is_proof);
        self.readings.push(reading);
        self.draft = Some(draft);
        true
    }

    /// Tells whether a feed is a site's news: neither was it asked for by name, nor does it name jobs,
    /// nor do its links, nor do most of its items name an employer or a place.
    pub(super) fn is_news(&self, draft: &Draft, page: &Page) -> bool {
        let first = self.first.as_ref().is_none_or(|first| first.page.url == page.url);
        if draft.software != Software::Feed || first {
            return false;
        }
        let named =
            self.first.iter().flat_map(|first| &first.feeds).any(|feed| feed.of_jobs && feed.url == page.requested);
        let Some(board) = draft.board(&self.id) else { return true };
        let parsed = parse(&board, Engine::Rss, &PageKind::List, page);
        let of_a_job = |posting: &RawPosting| {
            let url = posting.url.as_deref().and_then(|url| Url::parse(url).ok());
            posting.hiring_organization.is_some()
                || !posting.job_location.is_empty()
                || url.is_some_and(|url| looks_like_posting(&url))
        };
        let jobs = parsed.postings.iter().filter(|posting| of_a_job(posting)).count();
        !named && jobs * 2 < parsed.postings.len().max(1)
    }

    /// Gives the paths that a poll of a draft would begin with.
    pub(super) fn lists_of(&self, draft: &Draft) -> Vec<Url> {
        let requests = draft.board(&self.id).map(|board| board.first_requests(draft.software.engine(), self.today));
        requests.and_then(Result::ok).unwrap_or_default().into_iter().map(|wanted| wanted.url).collect()
    }

    /// Reads an answer as the page of one posting.
    pub(super) fn take_detail(&mut self, posting_id: String, page: &Page) {
        let software = self.draft.as_ref().map_or(Software::JsonLd, |draft| draft.software);
        let draft = self.draft.clone().or_else(|| self.list_of_links());
        let Some(draft) = draft else { return };
        let Some(board) = draft.board(&self.id) else { return };
        let reading = Reading::of(&board, software.engine(), &PageKind::Detail { posting_id }, page);
        let proof = reading.is_proof() && reading.postings > 0;
        self.readings.push(reading);
        if proof && self.draft.is_none() {
            self.prove_by_links(draft);
        }
        self.detailed |= proof;
        self.settled = proof || self.draft.is_some();
        if !proof && self.draft.is_none() {
            self.disproved.push(Software::JsonLd);
            self.add_detail_rules(page);
        }
    }

    /// The first page is the list, and one of its links was seen to carry JSON-LD.
    pub(super) fn prove_by_links(&mut self, draft: Draft) {
        let Some(first) = self.first.as_ref() else { return };
        let Some(board) = draft.board(&self.id) else { return };
        let reading = Reading::of(&board, Engine::Jsonld, &PageKind::List, &first.page);
        if reading.is_proof() {
            let says = "a posting's page carries a JSON-LD `JobPosting`".to_owned();
            let seen_at = self.readings.last().map(|reading| reading.url.clone()).unwrap_or_default();
            self.add_signs(vec![Sign { software: Software::JsonLd, says, seen_at, weight: 8 }]);
            self.rows.clone_from(&reading.first);
            self.readings.insert(0, reading);
            self.draft = Some(draft);
        }
    }

    /// Adds to guessed selectors what the page of one posting shows.
    pub(super) fn add_detail_rules(&mut self, page: &Page) {
        let text = html_text(page);
        let dom = Dom::of(&text);
        let body = ["article", "main", "[class*=\"description\"]"].into_iter().find(|rule| has_words(&dom, rule));
        let Some(rules) = self.guess.as_mut().and_then(|draft| draft.html.as_mut()) else { return };
        if let Some(body) = body {
            rules.detail.insert("description".to_owned(), body.to_owned());
            if has_words(&dom, "h1") {
                rules.detail.insert("title".to_owned(), "h1".to_owned());
            }
        }
    }

    /// Guesses selectors or pointers for a page that no engine reads.
    pub(super) fn guess_at(&mut self, sight: &Sight, page: &Page) {
        let base = lasting_address(page);
        let draft = match sight.form {
            Form::Html => {
                let text = html_text(page);
                let dom = Dom::of(&text);
                let likely = sight.shapes.iter().filter(|shape| shape.urls.len() > 1);
                let rules = likely.take(3).find_map(|shape| selectors::guess(&dom, &page.url, shape));
                rules.map(|html| Draft { html: Some(html), ..Draft::new(Software::Selectors, base) })
            }
            Form::Json => {
                let rules = pointers::guess(&page.body);
                rules.map(|json| Draft { json: Some(json), ..Draft::new(Software::JsonApi, base) })
            }
            Form::Xml | Form::Sitemap => None,
        };
        let Some(draft) = draft.map(|draft| Draft { name: name_of(sight), ..draft }) else { return };
        let Some(board) = draft.board(&self.id) else { return };
        let reading = Reading::of(&board, draft.software.engine(), &PageKind::List, page);
        if reading.postings > 1 {
            self.readings.retain(|known| known.postings > 0);
            self.readings.push(reading);
            self.guess = Some(draft);
        }
    }
}

fn first_look(sight: &Sight, page: &Page) -> FirstLook {
    let carries_one = sight.carried == 1 && !sight.shapes.iter().any(|shape| shape.is_telling && shape.urls.len() > 2);
    FirstLook {
        page: page.clone(),
        form: sight.form,
        name: name_of(sight),
        letters: sight.letters,
        scripts: sight.scripts,
        shapes: sight.shapes.clone(),
        feeds: sight.feeds.clone(),
        is_posting: carries_one,
    }
}

/// Tells whether a software's lists come in this form.
fn reads(software: Software, form: Form) -> bool {
    match software {
        Software::Usajobs | Software::WebScribble => form == Form::Json,
        Software::Bti => matches!(form, Form::Xml),
        Software::Madgex | Software::Feed => matches!(form, Form::Xml | Form::Json),
        Software::YmCareers => form == Form::Html,
        Software::JsonLd => matches!(form, Form::Html | Form::Sitemap),
        Software::JsonApi | Software::Selectors => false,
    }
}

/// Tells whether an answer came from the path that a poll begins with.
fn is_list_address(page: &Page, lists: &[Url]) -> bool {
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    lists.iter().any(|list| path(list) == path(&page.url) && list.host_str() == page.url.host_str())
}

/// Tells whether a reading proves nothing: addresses alone, which any page has, or an empty feed
/// that is no known software's.
fn is_weak(software: Software, reading: &Reading) -> bool {
    match software {
        Software::JsonLd => reading.kind == "list" && reading.with_text == 0,
        Software::Feed => reading.postings == 0,
        _ => false,
    }
}
