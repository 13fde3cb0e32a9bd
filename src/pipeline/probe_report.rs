//! What a probe tells: verdict, evidence, redirects, robots.txt's word, what was read, what is left to
//! ask, and a board file. Addresses in it are redacted.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::exchange::Exchanged;
use super::probe::{Errand, Left, PROBE_REQUESTS, Stopped};
use crate::fetch::{FetchError, Fetcher};
use crate::model::Engine;
use crate::parse::Redactor;
use crate::parse::probe::{Candidate, Draft, Reading, Sign, Verdict};

/// What a probe found.
#[derive(Clone, Debug, Serialize)]
pub struct ProbeReport {
    /// Where it began.
    pub url: String,
    /// In one word: `engine`, `guess`, `wall`, `login`, `moved`, `robots`, …
    pub verdict: &'static str,
    /// In one sentence.
    pub why: String,
    /// What to do next, where there is something.
    pub remedy: Option<String>,
    /// The engine, where one was proven.
    pub engine: Option<Engine>,
    /// Whether the engine's own reader read the board.
    pub proven: bool,
    /// Where it has moved to.
    pub moved_to: Option<String>,
    /// Requests sent, robots.txt apart.
    pub requests: u32,
    /// Requests for robots.txt.
    pub robots_requests: u32,
    /// robots.txt's word, where it is known.
    pub robots: Option<Robots>,
    /// Every request with its redirects.
    pub asked: Vec<Asked>,
    /// The signs.
    pub evidence: Vec<Sign>,
    /// What they speak for.
    pub candidates: Vec<Candidate>,
    /// What the readers made of the answers.
    pub readings: Vec<Reading>,
    /// What was not asked.
    pub left: Vec<Left>,
    /// When it could be asked, where the host asks for a wait.
    pub next_request_at: Option<DateTime<Utc>>,
    /// A board file ready to save; none where there is nothing to write into it.
    pub board_file: Option<String>,
    /// The draft that the file was written from.
    #[serde(skip)]
    pub draft: Option<Draft>,
    /// The requests with their answers, for fixtures.
    #[serde(skip)]
    pub exchanges: Vec<Exchanged>,
}

/// robots.txt's word on the address where the probe began.
#[derive(Clone, Debug, Serialize)]
pub struct Robots {
    /// The file's HTTP status; 0 where it could not be had.
    pub status: u16,
    /// Whether the address may be asked for.
    pub allowed: bool,
    /// The rule that decided, if one did.
    pub rule: Option<String>,
    /// Seconds between requests that it asks for.
    pub crawl_delay: Option<f64>,
}

/// One request.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// Its address.
    pub url: String,
    /// What it was to settle.
    pub why: Option<String>,
    /// The redirects: status and where to.
    pub chain: Vec<(u16, String)>,
    /// The answer's status.
    pub status: Option<u16>,
    /// Its media type.
    pub media_type: Option<String>,
    /// Its length in bytes.
    pub bytes: Option<usize>,
    /// Why it brought nothing.
    pub error: Option<String>,
}

/// Writes the report of a probe that is over.
pub(super) fn report(errand: Errand, fetcher: &Fetcher, now: DateTime<Utc>) -> ProbeReport {
    let mut redactor = Redactor::new(&errand.request.url);
    let robots = fetcher.robots_word(&errand.home).map(|word| Robots {
        status: word.status,
        allowed: word.verdict.allowed,
        rule: word.verdict.rule,
        crawl_delay: word.crawl_delay.map(|delay| delay.as_secs_f64()),
    });
    let proven = errand.probing.proven().map(|draft| draft.software.engine());
    let told = told(&errand);
    let mut redacted = |text: &str| redactor.text(text);
    let asked = errand.exchanges.iter().map(|exchanged| asked(exchanged, &mut redacted)).collect();
    let mut report = ProbeReport {
        url: redacted(errand.request.url.as_str()),
        verdict: told.verdict,
        why: redacted(&told.why),
        remedy: told.remedy,
        engine: proven,
        proven: proven.is_some(),
        moved_to: told.moved_to,
        requests: errand.requests,
        robots_requests: errand.robots_requests,
        robots,
        asked,
        evidence: errand
            .probing
            .signs()
            .iter()
            .map(|sign| Sign { seen_at: redacted(&sign.seen_at), says: redacted(&sign.says), ..sign.clone() })
            .collect(),
        candidates: errand.probing.candidates(),
        readings: errand.probing.readings().iter().map(|reading| redacted_reading(reading, &mut redacted)).collect(),
        left: errand.left.clone(),
        next_request_at: told.next_request_at,
        board_file: None,
        draft: errand.probing.draft(),
        exchanges: Vec::new(),
    };
    let day = now.format("%Y-%m-%d").to_string();
    report.board_file = report.draft.as_ref().map(|draft| draft.toml(&comments(&report, &day), &day));
    report.exchanges = errand.exchanges;
    report
}

fn asked(exchanged: &Exchanged, redacted: &mut impl FnMut(&str) -> String) -> Asked {
    Asked {
        url: redacted(exchanged.wanted.url.as_str()),
        why: exchanged.why.clone(),
        chain: exchanged.hops.iter().map(|hop| (hop.status, redacted(hop.to.as_str()))).collect(),
        status: exchanged.status,
        media_type: exchanged.page.as_ref().map(|page| page.media_type.clone()),
        bytes: exchanged.page.as_ref().map(|page| page.body.len()),
        error: exchanged.error.as_deref().map(redacted),
    }
}

/// Redacts the addresses of a reading; what the postings say is the board's public word.
fn redacted_reading(reading: &Reading, redacted: &mut impl FnMut(&str) -> String) -> Reading {
    let mut reading = reading.clone();
    reading.url = redacted(&reading.url);
    for posting in &mut reading.first {
        posting.source_url = posting.source_url.as_deref().map(&mut *redacted);
    }
    for problem in &mut reading.problems {
        problem.url = problem.url.as_deref().map(&mut *redacted);
    }
    reading
}

/// The verdict, told.
#[derive(Default)]
struct Told {
    verdict: &'static str,
    why: String,
    remedy: Option<String>,
    moved_to: Option<String>,
    next_request_at: Option<DateTime<Utc>>,
}

/// Joins what the answers say with what the requests came to.
fn told(errand: &Errand) -> Told {
    if let Some(Stopped::First(error)) = &errand.stopped {
        return failed_at_once(errand, error);
    }
    let (verdict, why) = errand.probing.verdict();
    let mut told = Told { verdict: word(verdict), why, remedy: remedy(verdict), ..Told::default() };
    match &errand.stopped {
        Some(Stopped::Wait(until, why)) => {
            told.next_request_at = Some(*until);
            let _ = write!(told.why, "; {why}");
        }
        Some(Stopped::Later(why)) if verdict != Verdict::Engine => {
            let _ = write!(told.why, "; a later request {why}");
        }
        Some(Stopped::Spent) if verdict != Verdict::Engine => {
            let _ = write!(told.why, "; the {PROBE_REQUESTS} requests of a probe are spent");
        }
        _ => {}
    }
    told
}

/// Tells why the first request brought nothing.
fn failed_at_once(errand: &Errand, error: &FetchError) -> Told {
    let (by_page, sign) = errand.probing.verdict();
    let why = format!("failed to {error}");
    let told = |verdict, remedy: &str| Told {
        verdict,
        why: why.clone(),
        remedy: Some(remedy.to_owned()),
        next_request_at: error.not_before(),
        ..Told::default()
    };
    match error {
        FetchError::Moved { to, .. } => Told {
            moved_to: Some(home(to)),
            why: format!("redirects for good to {}", home(to)),
            ..told("moved", "probe its new home, if that is the board's; nothing is followed without you")
        },
        FetchError::Redirect { .. } => {
            told("elsewhere", "probe the address that it redirects to, if that is the board's")
        }
        FetchError::RobotsDisallowed { .. } => told("robots", EMAILS),
        FetchError::RobotsUnavailable { .. } | FetchError::NotYet { .. } => told("not-now", "probe it again later"),
        _ if matches!(by_page, Verdict::Wall | Verdict::Login) => {
            Told { why: format!("{sign} ({why})"), ..told(word(by_page), EMAILS) }
        }
        _ => match error.status() {
            Some(401 | 403) => told("wall", EMAILS),
            Some(404) => told("unknown", "look at the site in a browser, and probe the page that lists its jobs"),
            Some(410) => told("gone", "it says itself that it is gone"),
            Some(429 | 503) => told("not-now", "probe it again later"),
            _ => told("unreachable", "check the address; if it is right, probe it again later"),
        },
    }
}

/// Gives a new home: where robots.txt is what redirects, the origin that it redirects to.
fn home(to: &str) -> String {
    let origin = to.strip_suffix("/robots.txt").map(|origin| format!("{origin}/"));
    origin.unwrap_or_else(|| to.to_owned())
}

/// What helps where the web is closed to us.
const EMAILS: &str = "we stop here and never evade: subscribe to the board's job-alert e-mails, or ask its owner";

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Engine => "engine",
        Verdict::Guess => "guess",
        Verdict::Wall => "wall",
        Verdict::Login => "login",
        Verdict::Scripts => "scripts",
        Verdict::Marketing => "marketing",
        Verdict::Unknown => "unknown",
    }
}

fn remedy(verdict: Verdict) -> Option<String> {
    let text = match verdict {
        Verdict::Engine => return None,
        Verdict::Guess => "save the file, correct it after a look at the page, and try `board check ID`",
        Verdict::Wall | Verdict::Login => EMAILS,
        Verdict::Scripts => "look in a browser's network panel for a feed or an API, and probe that address",
        Verdict::Marketing | Verdict::Unknown => {
            "look at the site in a browser, and probe the page that lists its jobs, or one posting's page"
        }
    };
    Some(text.to_owned())
}

/// Writes the comments at the head of the board's file.
fn comments(report: &ProbeReport, day: &str) -> Vec<String> {
    let version = env!("CARGO_PKG_VERSION");
    let mut lines = vec![format!("Drafted by `jobrounds board probe` {version} on {day} from {}", report.url)];
    if report.proven {
        lines.push(format!(
            "Proven on that day: {}.",
            report.readings.iter().map(read_words).collect::<Vec<_>>().join("; ")
        ));
    } else if report.verdict == "guess" {
        let read = report.readings.iter().filter(|reading| reading.postings > 0).map(read_words);
        lines.push("A GUESS from how the page repeats itself; look at every rule before you use it.".to_owned());
        lines.push(format!("With these rules {}.", read.collect::<Vec<_>>().join("; ")));
    } else {
        lines.push(format!("NOT PROVEN: signs speak for this engine, but no answer of it was read ({}).", report.why));
    }
    if let Some(delay) = report.robots.as_ref().and_then(|robots| robots.crawl_delay) {
        lines.push(format!("robots.txt asks for {delay} s between requests, which is obeyed."));
    }
    lines
}

/// Says what a reader made of an answer: `25 postings were read, 25 with employer, …`.
#[must_use]
pub fn read_words(reading: &Reading) -> String {
    if let Some(why) = &reading.refused {
        return format!("engine `{}` read nothing: {why}", reading.engine.as_str());
    }
    if reading.postings == 0 {
        let said =
            if reading.says_empty { "the board says that it has no postings now" } else { "no posting was read" };
        return said.to_owned();
    }
    let fields = [
        ("employer", reading.with_employer),
        ("place", reading.with_place),
        ("date", reading.with_date),
        ("text", reading.with_text),
        ("pay", reading.with_pay),
    ];
    if reading.kind == "detail" {
        let held: Vec<&str> = fields.iter().filter(|(_, count)| *count > 0).map(|(name, _)| *name).collect();
        let held = if held.is_empty() { "its title alone".to_owned() } else { held.join(", ") };
        return format!("one posting's page was read, with {held}");
    }
    let counts: Vec<String> = fields.iter().take(3).map(|(name, count)| format!("{count} with {name}")).collect();
    let of = reading.total.map_or_else(String::new, |total| format!(" of {total}"));
    let were = if reading.postings == 1 { "posting was" } else { "postings were" };
    format!("{}{of} {were} read, {}", reading.postings, counts.join(", "))
}
