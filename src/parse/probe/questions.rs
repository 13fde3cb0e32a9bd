//! Which request comes next: the one that would prove or disprove the heaviest signs, else what any
//! board may answer to.

use url::Url;

use super::super::address::id_of;
use super::draft::Draft;
use super::sight::Form;
use super::software::{Software, WORTH_A_REQUEST, ranked};
use super::{Probing, Question};
use crate::model::{PageKind, Wanted};

impl Probing {
    /// Names the next request; `None` when nothing more would be learned.
    #[must_use]
    pub fn next(&self) -> Option<Question> {
        if self.asked.is_empty() {
            let why = "what the page shows".to_owned();
            return Some(Question { software: None, wanted: Wanted::list(self.start.clone()), why });
        }
        if self.settled || self.wall.is_some() {
            return None;
        }
        if let Some(draft) = &self.draft {
            return self.after_the_list(draft).filter(|question| self.is_new(question));
        }
        let candidates = self.candidates_to_ask().into_iter().filter_map(|software| self.ask_after(software));
        candidates.chain(self.without_signs()).find(|question| self.is_new(question))
    }

    pub(super) fn is_new(&self, question: &Question) -> bool {
        !self.asked.contains(question.wanted.url.as_str())
    }

    /// Software worth a request, the heaviest signs first.
    pub(super) fn candidates_to_ask(&self) -> Vec<Software> {
        let worth =
            |(software, weight): &(Software, u32)| *weight >= WORTH_A_REQUEST && !self.disproved.contains(software);
        ranked(&self.signs).into_iter().filter(worth).map(|(software, _)| software).collect()
    }

    /// Names the request that would prove or disprove one software.
    pub(super) fn ask_after(&self, software: Software) -> Option<Question> {
        let draft = self.draft_of(software)?;
        let board = draft.board(&self.id)?;
        let wanted = board.first_requests(software.engine(), self.today).ok()?.into_iter().next()?;
        let why = format!("whether it answers as {} does", software.name());
        Some(Question { software: Some(software), wanted, why })
    }

    /// Names the request that would make a list's proof whole: the details of one of its postings.
    pub(super) fn after_the_list(&self, draft: &Draft) -> Option<Question> {
        if self.detailed || !matches!(draft.software, Software::YmCareers | Software::JsonLd) {
            return None;
        }
        if self.rows.is_empty() {
            let wanted = self.more.iter().find(|wanted| !self.asked.contains(wanted.url.as_str()))?.clone();
            return Some(Question { software: Some(draft.software), wanted, why: "what a further list holds".into() });
        }
        let board = draft.board(&self.id)?;
        let wanted = self.rows.iter().find_map(|row| board.detail_request(draft.software.engine(), row))?;
        Some(Question { software: Some(draft.software), wanted, why: "whether a posting's page can be read".into() })
    }

    /// Names requests where no sign is worth one, the likeliest first.
    pub(super) fn without_signs(&self) -> Vec<Question> {
        let mut questions = Vec::new();
        let ask = |software, url: Url, kind, why: &str| Question {
            software: Some(software),
            wanted: Wanted { url, kind },
            why: why.to_owned(),
        };
        let Some(first) = &self.first else { return self.blind() };
        if first.form == Form::Html && !self.disproved.contains(&Software::JsonLd) {
            let link = first.shapes.iter().find(|shape| shape.is_telling || shape.urls.len() > 2);
            if let Some(url) = link.and_then(|shape| shape.urls.first()) {
                let kind = PageKind::Detail { posting_id: id_of(url) };
                questions.push(ask(Software::JsonLd, url.clone(), kind, "whether a posting carries JSON-LD"));
            }
        }
        let feeds = first.feeds.iter().filter(|feed| !feed.of_jobs);
        questions.extend(feeds.take(1).map(|feed| {
            ask(Software::Feed, feed.url.clone(), PageKind::List, "whether the feed that the page names holds jobs")
        }));
        if !first.shapes.iter().any(|shape| shape.is_telling) {
            questions.extend(self.blind());
        }
        questions
    }

    /// Names what any association board may answer to. The first serves two engines: one gives its
    /// feed, the other its list.
    pub(super) fn blind(&self) -> Vec<Question> {
        let at = |path: &str| self.start.join(path).ok();
        let paths = [
            (Software::Bti, "/jobs/?display=rss", PageKind::List, "whether the usual list of jobs is there"),
            (
                Software::WebScribble,
                "/api/v1/jobs?page=1&per_page=25",
                PageKind::List,
                "whether Web Scribble's API is there",
            ),
            (Software::JsonLd, "/sitemap.xml", PageKind::Sitemap, "whether a sitemap names postings"),
        ];
        let made = paths.into_iter().filter_map(|(software, path, kind, why)| {
            Some(Question { software: Some(software), wanted: Wanted { url: at(path)?, kind }, why: why.to_owned() })
        });
        made.collect()
    }
}
