//! From the table as typed to a board that can be polled: presets applied, every value checked.

use std::fmt;

use chrono_tz::Tz;
use regex::Regex;
use secrecy::SecretString;
use url::Url;

use super::field_plans::{HtmlPlan, JsonPlan, html_plan, json_plan};
use super::file::{BoardFile, Republish, TitleSplit};
use super::mail::{AlertMails, alert_mails};
use super::rules::RuleError;
use super::schedule::{Schedule, schedule};
use crate::model::{BoardFacts, BoardId, Engine};

/// What the USAJOBS Search API asks for.
#[derive(Clone)]
pub struct Credentials {
    /// The address that the key was given to; sent as `User-Agent`.
    pub email: String,
    /// The key; sent as `Authorization-Key`, never shown.
    pub api_key: SecretString,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(redacted)")
    }
}

/// A board ready to be polled.
#[derive(Clone, Debug)]
pub struct Board {
    /// Its id.
    pub id: BoardId,
    /// Its name for people.
    pub name: String,
    /// Engines to try in order; one, where it is known.
    pub engines: Vec<Engine>,
    /// Origin and prefix, without a trailing slash in the path.
    pub base_url: Url,
    /// Its page for people.
    pub homepage: Url,
    /// Whether it is polled.
    pub enabled: bool,
    /// When it is polled.
    pub schedule: Schedule,
    /// Whether a board that posts rarely is polled less often than its interval says.
    pub adaptive: bool,
    /// The zone of its dates.
    pub zone: Tz,
    /// The country of places that name none.
    pub country: Option<String>,
    /// What public pages may show.
    pub republish: Republish,
    /// What is known of its terms.
    pub terms: Option<String>,
    /// Paths or addresses of its lists; empty means the engine's own.
    pub lists: Vec<String>,
    /// Sitemaps to begin with.
    pub sitemaps: Vec<String>,
    /// What detail addresses look like.
    pub detail_pattern: Option<Regex>,
    /// The address of a detail, with `{id}`.
    pub detail_url: Option<String>,
    /// Whether details are fetched.
    pub details: bool,
    /// At most this many list pages a poll.
    pub max_pages: u32,
    /// How a feed's title hides the employer; `None` leaves it to the engine.
    pub title_split: Option<TitleSplit>,
    /// OPM series.
    pub series: Vec<String>,
    /// For the Search API.
    pub credentials: Option<Credentials>,
    /// Selectors.
    pub html: HtmlPlan,
    /// Pointers.
    pub json: JsonPlan,
    /// Its job-alert mails, where they are read.
    pub mail: Option<AlertMails>,
}

/// Says what is wrong with a board's table, and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// Neither `engine` nor `engines`.
    #[error("board `{board}`: name its `engine` (one of {known})")]
    NoEngine {
        /// The board.
        board: BoardId,
        /// The engines.
        known: String,
    },
    /// An engine that does not exist.
    #[error("board `{board}`: unknown engine `{seen}`{hint}; known engines are {known}")]
    UnknownEngine {
        /// The board.
        board: BoardId,
        /// What was written.
        seen: String,
        /// A suggestion.
        hint: String,
        /// The engines.
        known: String,
    },
    /// A key is missing or its value cannot be used.
    #[error("board `{board}`: `{key}` {why}")]
    Value {
        /// The board.
        board: BoardId,
        /// The key.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// A rule cannot be read.
    #[error("board `{board}`: `{key}` cannot be used")]
    Rule {
        /// The board.
        board: BoardId,
        /// The key.
        key: String,
        /// What is wrong with it.
        source: RuleError,
    },
}

impl Board {
    /// Checks a table and applies what it leaves out. `api_key` is the key after files and
    /// environment were read.
    ///
    /// # Errors
    /// Returns [`BoardError`], which names board, key and remedy.
    pub fn settle(id: BoardId, file: BoardFile, api_key: Option<SecretString>) -> Result<Self, BoardError> {
        let engines = engines(&id, &file)?;
        let bad = |key: &str, why: String| BoardError::Value { board: id.clone(), key: key.to_owned(), why };
        let base_text = file.base_url.as_deref().ok_or_else(|| bad("base_url", "is missing".into()))?;
        let base_url = web_address(base_text).map_err(|why| bad("base_url", why))?;
        let homepage = file.homepage.as_deref().map_or_else(|| Ok(base_url.clone()), web_address);
        let zone_text = file.time_zone.as_deref().unwrap_or("America/New_York");
        let zone =
            zone_text.parse().map_err(|_| bad("time_zone", format!("`{zone_text}` is not an IANA time zone")))?;
        let pattern = file.detail_pattern.as_deref().map(Regex::new).transpose();
        let html = html_plan(&id, file.html.unwrap_or_default())?;
        let json = json_plan(&id, file.json.unwrap_or_default())?;
        if let Some((key, why)) = lacking(&engines, &html, &json, file.detail_url.as_deref()) {
            return Err(bad(key, why.into()));
        }
        let mail = alert_mails(file.mail, &engines).map_err(|(key, why)| bad(key, why))?;
        if file.max_pages == Some(0) {
            return Err(bad("max_pages", "`0` reads nothing: use at least 1".into()));
        }
        Ok(Self {
            name: file.name.unwrap_or_else(|| id.to_string()),
            homepage: homepage.map_err(|why| bad("homepage", why))?,
            base_url,
            enabled: file.enabled.unwrap_or(true),
            schedule: schedule(file.schedule, file.every).map_err(|(key, why)| bad(key, why))?,
            adaptive: file.adaptive.unwrap_or(true),
            zone,
            country: country(file.country).map_err(|why| bad("country", why))?,
            republish: file.republish.unwrap_or_default(),
            terms: file.terms,
            lists: file.lists.unwrap_or_default(),
            sitemaps: file.sitemaps.unwrap_or_default(),
            detail_pattern: pattern
                .map_err(|error| bad("detail_pattern", format!("is not a regular expression: {error}")))?,
            detail_url: file.detail_url,
            details: file.details.unwrap_or(true),
            max_pages: file.max_pages.unwrap_or(40),
            title_split: file.title_split,
            series: series(&engines, file.series).map_err(|why| bad("series", why))?,
            credentials: credentials(file.email, api_key).map_err(|why| bad("email", why))?,
            html,
            json,
            mail,
            engines,
            id,
        })
    }

    /// Gives the facts that normalization needs, for the engine that answered.
    #[must_use]
    pub fn facts(&self, engine: Engine) -> BoardFacts {
        BoardFacts {
            id: self.id.clone(),
            engine,
            zone: self.zone,
            base_url: self.base_url.clone(),
            country: self.country.clone(),
        }
    }

    /// Resolves a path or address against the board's origin and prefix.
    ///
    /// # Errors
    /// Returns the reason when the result is no web address.
    pub fn address(&self, path: &str) -> Result<Url, String> {
        if path.starts_with("http://") || path.starts_with("https://") {
            return web_address(path);
        }
        let prefix = self.base_url.as_str().trim_end_matches('/');
        web_address(&format!("{prefix}/{}", path.trim_start_matches('/')))
    }
}

/// Reads `engine` or `engines`.
fn engines(id: &BoardId, file: &BoardFile) -> Result<Vec<Engine>, BoardError> {
    let known = || Engine::ALL.map(Engine::as_str).join(", ");
    let words: Vec<&String> = file.engine.iter().chain(file.engines.iter().flatten()).collect();
    if words.is_empty() {
        return Err(BoardError::NoEngine { board: id.clone(), known: known() });
    }
    words
        .into_iter()
        .map(|word| {
            Engine::from_word(word).ok_or_else(|| {
                let near = Engine::ALL.into_iter().find(|engine| strsim::jaro_winkler(engine.as_str(), word) > 0.85);
                let hint = near.map_or_else(String::new, |engine| format!(", did you mean `{}`", engine.as_str()));
                BoardError::UnknownEngine { board: id.clone(), seen: word.clone(), hint, known: known() }
            })
        })
        .collect()
}

/// Says what an engine needs and the table does not hold: the key and what belongs there.
fn lacking(
    engines: &[Engine],
    html: &HtmlPlan,
    json: &JsonPlan,
    detail_url: Option<&str>,
) -> Option<(&'static str, &'static str)> {
    if engines.contains(&Engine::Html) && html.item.is_none() {
        return Some(("html.item", "is missing: engine `html` needs a selector for one posting"));
    }
    if !engines.contains(&Engine::Json) {
        return None;
    }
    if json.fields.is_empty() {
        return Some(("json.fields", "is missing: engine `json` needs at least `title` and `url` or `id`"));
    }
    let lacks_id = detail_url.is_some_and(|address| !address.contains("{id}"));
    lacks_id.then_some(("detail_url", "holds no `{id}`: the posting's id belongs there, such as `/jobs/{id}`"))
}

/// Checks the country of places that name none: the United States where nothing is said, none where
/// it is empty.
fn country(named: Option<String>) -> Result<Option<String>, String> {
    let code = named.unwrap_or_else(|| "US".to_owned());
    match code.len() {
        0 => Ok(None),
        2 if code.bytes().all(|b| b.is_ascii_alphabetic()) => Ok(Some(code.to_ascii_uppercase())),
        _ => Err(format!("`{code}` is not a country: use a code of two letters (ISO 3166-1), such as `US`")),
    }
}

/// Checks OPM series; the HIM ones where a USAJOBS board names none.
fn series(engines: &[Engine], named: Option<Vec<String>>) -> Result<Vec<String>, String> {
    let usajobs = engines.contains(&Engine::Usajobs);
    let series = named.unwrap_or_else(|| if usajobs { vec!["0675".into(), "0669".into()] } else { Vec::new() });
    if usajobs && series.is_empty() {
        return Err("is empty: an unfiltered USAJOBS request is cut at 10,000 rows".into());
    }
    match series.iter().find(|code| code.len() != 4 || !code.bytes().all(|b| b.is_ascii_digit())) {
        Some(odd) => Err(format!("holds `{odd}`: an OPM series has four digits, such as `0675`")),
        None => Ok(series),
    }
}

/// Pairs the key with the address it was given to. An address alone reads the key-less API.
fn credentials(email: Option<String>, api_key: Option<SecretString>) -> Result<Option<Credentials>, String> {
    match (email.filter(|text| !text.trim().is_empty()), api_key) {
        (Some(email), Some(api_key)) => Ok(Some(Credentials { email, api_key })),
        (None, Some(_)) => Err("is missing: the API key is sent with the address it was given to".into()),
        _ => Ok(None),
    }
}

/// Accepts an absolute http or https address without credentials in it.
fn web_address(text: &str) -> Result<Url, String> {
    // What stands before an `@` may be a password.
    let shown = if text.contains('@') { "its value" } else { &format!("`{text}`") };
    let url = Url::parse(text).map_err(|error| format!("{shown} is not an address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(format!("{shown} is not an http or https address"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or password".into());
    }
    Ok(url)
}
