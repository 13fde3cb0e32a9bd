//! The software that a board may run on, as a probe tells it apart, and the signs of it.

use serde::{Serialize, Serializer};

use crate::model::Engine;

/// Software that a board may run on. Several are read by one engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Software {
    /// USAJOBS's own APIs.
    Usajobs,
    /// YM Careers (careerwebsite.com).
    YmCareers,
    /// Boxwood, later Naylor.
    Bti,
    /// Web Scribble.
    WebScribble,
    /// Madgex, which has feeds.
    Madgex,
    /// Any software that gives a feed.
    Feed,
    /// Any software whose postings carry JSON-LD.
    JsonLd,
    /// Any software that answers in JSON, read by guessed pointers.
    JsonApi,
    /// Any page that repeats itself, read by guessed selectors.
    Selectors,
}

impl Software {
    /// Every one, the most telling first.
    pub(super) const ALL: [Self; 9] = [
        Self::Usajobs,
        Self::YmCareers,
        Self::Bti,
        Self::WebScribble,
        Self::Madgex,
        Self::Feed,
        Self::JsonLd,
        Self::JsonApi,
        Self::Selectors,
    ];

    /// Gives the engine that reads it.
    #[must_use]
    pub fn engine(self) -> Engine {
        match self {
            Self::Usajobs => Engine::Usajobs,
            Self::YmCareers => Engine::Ymcareers,
            Self::Bti => Engine::Bti,
            Self::WebScribble => Engine::Webscribble,
            Self::Madgex | Self::Feed => Engine::Rss,
            Self::JsonLd => Engine::Jsonld,
            Self::JsonApi => Engine::Json,
            Self::Selectors => Engine::Html,
        }
    }

    /// Names it for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Usajobs => "USAJOBS",
            Self::YmCareers => "YM Careers",
            Self::Bti => "Boxwood/Naylor (bti)",
            Self::WebScribble => "Web Scribble",
            Self::Madgex => "Madgex",
            Self::Feed => "a feed",
            Self::JsonLd => "JSON-LD on its postings",
            Self::JsonApi => "a JSON API (guessed)",
            Self::Selectors => "a plain page (guessed)",
        }
    }

    /// Tells whether its reader follows rules that were only guessed from the page itself.
    #[must_use]
    pub fn is_guess(self) -> bool {
        matches!(self, Self::JsonApi | Self::Selectors)
    }
}

impl Serialize for Software {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One sign of the software behind a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sign {
    /// What it speaks for.
    pub software: Software,
    /// What was seen.
    pub says: String,
    /// The answer it stood in.
    pub seen_at: String,
    /// How much it says: 2 is a hint, 4 worth one request, 8 hardly anything else.
    pub weight: u32,
}

/// Software that the signs speak for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The software.
    pub software: Software,
    /// The engine that reads it.
    pub engine: Engine,
    /// The sum of its signs.
    pub weight: u32,
    /// `proven`, `strong`, `likely`, `faint` or `disproved`.
    pub confidence: &'static str,
}

/// A weight from which one request is worth its cost.
pub(super) const WORTH_A_REQUEST: u32 = 4;

/// Adds the signs up, the heaviest first.
pub(super) fn ranked(signs: &[Sign]) -> Vec<(Software, u32)> {
    let weight = |software: Software| -> u32 {
        signs.iter().filter(|sign| sign.software == software).map(|sign| sign.weight).sum()
    };
    let mut ranked: Vec<(Software, u32)> =
        Software::ALL.into_iter().map(|software| (software, weight(software))).filter(|(_, sum)| *sum > 0).collect();
    // Stable: of equal ones the more telling software stands first.
    ranked.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    ranked
}
