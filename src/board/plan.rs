//! What a poll asks for: the first requests of each engine, and the address of one posting's details.

use chrono::NaiveDate;
use url::Url;

use super::settle::{Board, BoardError};
use crate::model::{Engine, PageKind, RawPosting, Wanted};

/// How many rows a YM Careers list page is asked for; the engine gives at most 100.
const YM_PAGE_SIZE: u32 = 100;
/// How many rows a USAJOBS Search page is asked for; the API gives at most 500.
const SEARCH_PAGE_SIZE: u32 = 500;

impl Board {
    /// Gives the requests that a poll begins with, in order; `today` is the day at the board.
    ///
    /// # Errors
    /// Returns [`BoardError`] when a configured path does not make an address.
    pub fn first_requests(&self, engine: Engine, today: NaiveDate) -> Result<Vec<Wanted>, BoardError> {
        let mut wanted = Vec::new();
        for sitemap in self.sitemaps.iter().filter(|_| engine == Engine::Jsonld) {
            wanted.push(Wanted { url: self.checked("sitemaps", sitemap)?, kind: PageKind::Sitemap });
        }
        for list in &self.lists {
            wanted.push(Wanted::list(self.checked("lists", list)?));
        }
        if wanted.is_empty() {
            for path in self.preset_lists(engine, today) {
                let kind = if path == "/sitemap.xml" { PageKind::Sitemap } else { PageKind::List };
                wanted.push(Wanted { url: self.checked("base_url", &path)?, kind });
            }
        }
        Ok(wanted)
    }

    /// Gives the paths that the engine's boards list their postings under.
    fn preset_lists(&self, engine: Engine, today: NaiveDate) -> Vec<String> {
        match engine {
            Engine::Usajobs if self.credentials.is_some() => vec![self.search_path(1)],
            Engine::Usajobs => self
                .series
                .iter()
                .map(|series| format!("/api/historicjoa?PositionSeries={series}&StartPositionCloseDate={today}"))
                .collect(),
            Engine::Ymcareers => vec![format!("/jobs/?str=1&max={YM_PAGE_SIZE}&long=1&vnet=0")],
            Engine::Bti => vec!["/jobs/?display=rss".to_owned()],
            Engine::Webscribble => vec!["/api/v1/jobs?page=1&per_page=25".to_owned()],
            Engine::Jsonld => vec!["/sitemap.xml".to_owned()],
            Engine::Email => Vec::new(),
            // The base address is the feed, the list page or the API itself.
            Engine::Rss | Engine::Html | Engine::Json => vec![self.base_url.to_string()],
        }
    }

    /// Names what reads this board's answers: our version and the board's rules. When the name
    /// changes, what was read before must be read again, and is therefore asked for once without
    /// validators.
    #[must_use]
    pub fn reader(&self, engine: Engine) -> String {
        let rules = format!("{:?}", (&self.html, &self.json, &self.title_split, &self.detail_pattern, &self.country));
        format!("{} {} {}", env!("CARGO_PKG_VERSION"), engine.as_str(), short_hash(&rules))
    }

    /// Names what is asked for and when: a changed name makes the board due anew.
    #[must_use]
    pub fn asking(&self) -> String {
        let whom =
            (&self.base_url, &self.engines, &self.lists, &self.sitemaps, &self.series, self.credentials.is_some());
        format!("{} {}", self.schedule, short_hash(&format!("{whom:?}")))
    }

    /// Gives one page of a USAJOBS Search: every series at once, every field, a stable order.
    #[must_use]
    pub fn search_path(&self, page: u32) -> String {
        format!(
            "/api/Search?JobCategoryCode={}&WhoMayApply=All&SortField=opendate&SortDirection=Desc\
             &ResultsPerPage={SEARCH_PAGE_SIZE}&Fields=Full&Page={page}",
            self.series.join("%3B")
        )
    }

    /// Gives the request for the texts that `HistoricJoa` keeps apart, one a series.
    ///
    /// # Errors
    /// Returns [`BoardError`] when the base address cannot carry the path.
    pub fn text_requests(&self, engine: Engine, today: NaiveDate) -> Result<Vec<Wanted>, BoardError> {
        if engine != Engine::Usajobs || self.credentials.is_some() || !self.details {
            return Ok(Vec::new());
        }
        let path = |series: &String| {
            format!("/api/historicjoa/announcementtext?PositionSeries={series}&StartPositionCloseDate={today}")
        };
        self.series
            .iter()
            .map(|series| Ok(Wanted { url: self.checked("base_url", &path(series))?, kind: PageKind::Texts }))
            .collect()
    }

    /// Gives the request for one posting's details, or `None` where the engine's lists say it all.
    #[must_use]
    pub fn detail_request(&self, engine: Engine, row: &RawPosting) -> Option<Wanted> {
        if !self.details {
            return None;
        }
        let posting_id = row.posting_id.as_deref()?;
        let url = match engine {
            Engine::Usajobs | Engine::Bti | Engine::Rss | Engine::Email => return None,
            Engine::Webscribble => self.detail_address("/api/v1/jobs/{id}", posting_id)?,
            Engine::Json => self.detail_address(self.detail_url.as_ref()?, posting_id)?,
            Engine::Html if self.html.detail.is_empty() => return None,
            Engine::Html | Engine::Ymcareers | Engine::Jsonld => self.own_page(row)?,
        };
        Some(Wanted::detail(url, posting_id))
    }

    /// Puts a posting's id into an address. The id is the board's word: it can be no more than one
    /// segment of a path, or one value of a query.
    fn detail_address(&self, pattern: &str, posting_id: &str) -> Option<Url> {
        // As segments these would climb out of the path (RFC 3986 section 5.2.4), also when encoded.
        if matches!(posting_id, "" | "." | "..") {
            return None;
        }
        self.address(&pattern.replace("{id}", &encoded_segment(posting_id)?)).ok()
    }

    /// Takes a row's own address if it stands on the board's own host: a list may also name others.
    fn own_page(&self, row: &RawPosting) -> Option<Url> {
        let url = Url::parse(row.url.as_deref()?).ok()?;
        let ours = url.host_str() == self.base_url.host_str()
            && url.port_or_known_default() == self.base_url.port_or_known_default();
        ours.then_some(url)
    }

    fn checked(&self, key: &str, path: &str) -> Result<Url, BoardError> {
        self.address(path).map_err(|why| BoardError::Value { board: self.id.clone(), key: key.to_owned(), why })
    }
}

/// Gives eight hexadecimal digits by which a text is told from another.
fn short_hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().chars().take(8).collect()
}

/// Encodes a text as one segment of a path, so that it fits the value of a query as well.
fn encoded_segment(text: &str) -> Option<String> {
    let mut url = Url::parse("https://board.invalid/").ok()?;
    url.path_segments_mut().ok()?.push(text);
    Some(url.path().trim_start_matches('/').replace('&', "%26").replace('+', "%2B").replace('=', "%3D"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::{BoardFile, JsonRules};
    use crate::model::BoardId;

    #[test]
    fn a_posting_id_is_one_segment_of_a_detail_address() {
        let fields = [("id".to_owned(), "/id".to_owned())].into();
        let file = BoardFile {
            engine: Some("json".into()),
            base_url: Some("https://a.example/api".into()),
            detail_url: Some("https://a.example/api/jobs/{id}/text?of={id}".into()),
            json: Some(JsonRules { fields, ..JsonRules::default() }),
            ..BoardFile::default()
        };
        let board = Board::settle(BoardId::new("a").unwrap(), file, None).unwrap();
        let asked = |id: &str| {
            let row = RawPosting { posting_id: Some(id.to_owned()), ..RawPosting::default() };
            board.detail_request(Engine::Json, &row).map(|wanted| wanted.url.to_string())
        };
        assert_eq!(asked("J-7").unwrap(), "https://a.example/api/jobs/J-7/text?of=J-7");
        let hostile = asked("a/../../admin?x=1#y&z").unwrap();
        assert!(
            hostile.starts_with("https://a.example/api/jobs/a%2F..%2F..%2Fadmin%3Fx%3D1%23y%26z/text?of="),
            "{hostile}"
        );
        assert_eq!(Url::parse(&hostile).unwrap().query_pairs().count(), 1);
        assert_eq!((asked(".."), asked("")), (None, None));
        assert_eq!(board.address("x").unwrap().path(), "/api/x");
        let slashes = board.detail_address("/api/v1/jobs/{id}", "../me");
        assert_eq!(slashes.unwrap().path(), "/api/api/v1/jobs/..%2Fme");
    }
}
