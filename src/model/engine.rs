//! The software behind a board, and the facts about a board that later stages need.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use url::Url;

use super::ids::BoardId;

/// The software behind a board: what its addresses and answers look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// USAJOBS's `HistoricJoa` and Search APIs.
    Usajobs,
    /// YM Careers (careerwebsite.com): list pages and JSON-LD details.
    Ymcareers,
    /// Boxwood/Naylor: an RSS form of any list.
    Bti,
    /// Web Scribble: a JSON API.
    Webscribble,
    /// RSS, RDF, Atom or JSON Feed.
    Rss,
    /// A sitemap or list page whose details carry JSON-LD.
    Jsonld,
    /// CSS selectors named in the board's file.
    Html,
    /// JSON Pointers named in the board's file.
    Json,
    /// No web pages at all: the board's job-alert mails.
    Email,
}

impl Engine {
    /// Every engine, in the order messages list them.
    pub const ALL: [Self; 9] = [
        Self::Usajobs,
        Self::Ymcareers,
        Self::Bti,
        Self::Webscribble,
        Self::Rss,
        Self::Jsonld,
        Self::Html,
        Self::Json,
        Self::Email,
    ];

    /// Gives the word used in board files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usajobs => "usajobs",
            Self::Ymcareers => "ymcareers",
            Self::Bti => "bti",
            Self::Webscribble => "webscribble",
            Self::Rss => "rss",
            Self::Jsonld => "jsonld",
            Self::Html => "html",
            Self::Json => "json",
            Self::Email => "email",
        }
    }

    /// Finds the engine by its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.as_str() == word)
    }
}

/// What normalization needs to know about the board a posting came from.
#[derive(Clone, Debug)]
pub struct BoardFacts {
    /// The board.
    pub id: BoardId,
    /// The engine that answered.
    pub engine: Engine,
    /// The zone in which its dates are meant.
    pub zone: Tz,
    /// Its origin; relative links resolve against the answer's own address first.
    pub base_url: Url,
    /// The country of places that name none, ISO 3166-1 alpha-2, when the board serves one country.
    pub country: Option<String>,
}
