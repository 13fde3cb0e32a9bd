//! The bundle that `board check --report` writes: what a real board answered, redacted, in one file
//! that a person can read and a program can split, so that the board's file can be mended elsewhere.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::exchange::{Exchanged, Hop};
use crate::board::Board;
use crate::model::{Engine, Page, PageKind, RawPosting, Wanted};
use crate::parse::Redactor;
use crate::parse::probe::Reading;

/// The form of the file; a later form has a higher number.
const FORM: u32 = 1;
/// A body longer than this is cut in its middle.
const MOST_BODY: usize = 256 << 10;
/// How much of a cut body's end is kept.
const TAIL: usize = 64 << 10;
/// What every bundle says of itself.
const NOTICE: &str = "What a job board answered. Cookies, tokens, e-mail addresses, telephone numbers, marked contacts and \
     IP addresses were taken out by a program; look through it before you send it on. The texts are other \
     people's: use them to mend the board's file, and publish none of them.";

/// What a board really answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bundle {
    /// The form of the file.
    pub jobrounds_report: u32,
    /// What the file is, for people.
    pub notice: String,
    /// The program's version.
    pub version: String,
    /// When it was written.
    pub made_at: DateTime<Utc>,
    /// The board.
    pub board: String,
    /// Its address.
    pub base_url: String,
    /// The engines that its file names.
    pub engines: Vec<Engine>,
    /// The state that the answers came to.
    pub state: String,
    /// Why.
    pub why: Option<String>,
    /// The requests with their answers, in order.
    pub exchanges: Vec<BundledExchange>,
}

/// One request and its answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BundledExchange {
    /// The engine that it was made for.
    pub engine: Option<Engine>,
    /// What the answer was to be: `list`, `detail`, `sitemap`, `texts`.
    pub kind: String,
    /// The posting asked for, where it was one's details.
    pub posting_id: Option<String>,
    /// The address.
    pub url: String,
    /// The redirects: status and where to.
    pub chain: Vec<(u16, String)>,
    /// The address that answered.
    pub answered: Option<String>,
    /// The status.
    pub status: Option<u16>,
    /// Headers of the answer, of a short list that holds nothing private.
    pub headers: Vec<(String, String)>,
    /// Why it brought nothing.
    pub error: Option<String>,
    /// What the reader made of it.
    pub reading: Option<BundledReading>,
    /// The length of the real body in bytes.
    pub bytes: usize,
    /// Characters that were cut out of the body's middle.
    pub cut: usize,
    /// The body, redacted, by lines.
    pub body: Vec<String>,
}

/// What a reader made of an answer, in short.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BundledReading {
    /// Postings.
    pub postings: usize,
    /// Those that state an employer.
    pub with_employer: usize,
    /// A place.
    pub with_place: usize,
    /// A date.
    pub with_date: usize,
    /// A text.
    pub with_text: usize,
    /// Whether the board says that it has none.
    pub says_empty: bool,
    /// Why nothing could be read.
    pub refused: Option<String>,
    /// What could not be read, and where.
    pub problems: Vec<String>,
    /// The first postings, field by field.
    pub first: Vec<RawPosting>,
}

/// Whose answers are bundled, and what they came to.
pub struct Bundled<'a> {
    /// The board.
    pub board: &'a Board,
    /// Its state after the answers.
    pub state: &'a str,
    /// Why.
    pub why: Option<&'a str>,
}

impl Bundle {
    /// Bundles what a board answered.
    #[must_use]
    pub fn new(of: &Bundled<'_>, exchanges: &[Exchanged], now: DateTime<Utc>) -> Self {
        let mut redactor = Redactor::new(&of.board.base_url);
        Self {
            jobrounds_report: FORM,
            notice: NOTICE.split_whitespace().collect::<Vec<_>>().join(" "),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: now,
            board: of.board.id.to_string(),
            base_url: redactor.url(&of.board.base_url),
            engines: of.board.engines.clone(),
            state: of.state.to_owned(),
            why: of.why.map(|why| redactor.text(why)),
            exchanges: exchanges.iter().map(|one| bundled(one, of.board, &mut redactor)).collect(),
        }
    }

    /// Reads a bundle's text.
    ///
    /// # Errors
    /// Returns a sentence that says why it is none.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let bundle: Self =
            serde_json::from_slice(text).map_err(|error| format!("is no report of `board check --report`: {error}"))?;
        if bundle.jobrounds_report > FORM {
            return Err("was written by a newer jobrounds; use that one".to_owned());
        }
        Ok(bundle)
    }
}

impl BundledExchange {
    /// Makes the answer anew, as it can be read again; `None` where there was none or its address is
    /// none any more.
    #[must_use]
    pub fn page(&self, at: DateTime<Utc>) -> Option<Page> {
        let url = Url::parse(self.answered.as_deref()?).ok()?;
        let header = |name: &str| self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let mut page =
            Page::saved(url, &header("content-type").unwrap_or_default(), self.body.join("\n").into_bytes(), at);
        page.requested = Url::parse(&self.url).unwrap_or_else(|_| page.url.clone());
        page.status = self.status?;
        page.charset = Some("utf-8".to_owned());
        page.signs = self.headers.iter().filter(|(name, _)| name != "content-type").cloned().collect();
        Some(page)
    }

    /// Gives what the answer was to be.
    #[must_use]
    pub fn page_kind(&self) -> PageKind {
        match (self.kind.as_str(), &self.posting_id) {
            ("detail", Some(id)) => PageKind::Detail { posting_id: id.clone() },
            ("sitemap", _) => PageKind::Sitemap,
            ("texts", _) => PageKind::Texts,
            _ => PageKind::List,
        }
    }

    /// Makes the exchange anew, for fixtures.
    #[must_use]
    pub fn exchanged(&self, at: DateTime<Utc>) -> Option<Exchanged> {
        let page = self.page(at)?;
        Some(Exchanged {
            engine: self.engine,
            wanted: Wanted { url: page.requested.clone(), kind: self.page_kind() },
            why: None,
            hops: Vec::<Hop>::new(),
            status: self.status,
            error: self.error.clone(),
            page: Some(page),
        })
    }
}

/// Says in short what a reader makes of an answer.
#[must_use]
pub fn read_again(board: &Board, engine: Engine, kind: &PageKind, page: &Page) -> BundledReading {
    let reading = Reading::of(board, engine, kind, page);
    BundledReading {
        postings: reading.postings,
        with_employer: reading.with_employer,
        with_place: reading.with_place,
        with_date: reading.with_date,
        with_text: reading.with_text,
        says_empty: reading.says_empty,
        refused: reading.refused,
        problems: reading.problems.into_iter().take(50).map(|problem| problem.message).collect(),
        first: reading.first,
    }
}

fn bundled(exchanged: &Exchanged, board: &Board, redactor: &mut Redactor) -> BundledExchange {
    let page = exchanged.page.as_ref();
    let posting_id = match &exchanged.wanted.kind {
        PageKind::Detail { posting_id } => Some(redactor.text(posting_id)),
        _ => None,
    };
    let (body, cut) = page.map_or_else(|| (String::new(), 0), |page| shortened(redactor.page(page)));
    let reading = page.zip(exchanged.engine).map(|(page, engine)| {
        // The real answer is read; what it gave is redacted.
        redacted(&read_again(board, engine, &exchanged.wanted.kind, page), redactor)
    });
    BundledExchange {
        engine: exchanged.engine,
        kind: exchanged.wanted.kind.as_str().to_owned(),
        posting_id,
        url: redactor.url(&exchanged.wanted.url),
        chain: exchanged.hops.iter().map(|hop| (hop.status, redactor.url(&hop.to))).collect(),
        answered: page.map(|page| redactor.url(&page.url)),
        status: exchanged.status,
        headers: page.map(headers).unwrap_or_default(),
        error: exchanged.error.as_deref().map(|error| redactor.text(error)),
        reading,
        bytes: page.map_or(0, |page| page.body.len()),
        cut,
        body: body.split('\n').map(str::to_owned).collect(),
    }
}

/// Redacts what a reading quotes.
fn redacted(reading: &BundledReading, redactor: &mut Redactor) -> BundledReading {
    let text = serde_json::to_string(reading).map(|json| redactor.text(&json));
    let read = text.ok().and_then(|text| serde_json::from_str(&text).ok());
    // What cannot be redacted as a whole is left out.
    read.unwrap_or_else(|| BundledReading { first: Vec::new(), problems: Vec::new(), refused: None, ..reading.clone() })
}

/// Gives the headers that may be told. Of those that number a visit only the presence is.
fn headers(page: &Page) -> Vec<(String, String)> {
    let numbers_a_visit = |name: &str| matches!(name, "x-nas-sid" | "cf-ray" | "x-datadome");
    let sign = |(name, value): &(String, String)| {
        (name.clone(), if numbers_a_visit(name) { "(present)".to_owned() } else { value.clone() })
    };
    let media = Some(("content-type".to_owned(), page.media_type.clone())).filter(|(_, media)| !media.is_empty());
    media.into_iter().chain(page.signs.iter().map(sign)).collect()
}

/// Cuts a long body in its middle; gives how many bytes were cut.
fn shortened(body: String) -> (String, usize) {
    if body.len() <= MOST_BODY {
        return (body, 0);
    }
    let head = body.floor_char_boundary(MOST_BODY - TAIL);
    let tail = body.ceil_char_boundary(body.len() - TAIL);
    let cut = tail - head;
    let whole = format!("{}\n{}", body.get(..head).unwrap_or_default(), body.get(tail..).unwrap_or_default());
    (whole, cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_keeps_its_beginning_and_its_end() {
        let (short, cut) = shortened(format!("A{}Z", "ü".repeat(MOST_BODY)));
        assert!(short.starts_with("Aü") && short.ends_with("üZ") && short.len() <= MOST_BODY + 1);
        assert_eq!(cut, 2 * MOST_BODY + 2 - (short.len() - 1));
        assert_eq!(shortened("whole".into()), ("whole".into(), 0));
    }

    #[test]
    fn what_is_no_bundle_is_refused() {
        assert!(Bundle::read(b"{}").unwrap_err().contains("no report"));
        assert!(Bundle::read(b"not json").is_err());
    }
}
