//! `board probe`: which software a site runs on, by what evidence, and a board file to save.

use std::fmt::Write as _;
use std::sync::Arc;

use url::Url;

use super::context::{Context, UsageError, runtime};
use super::format::Format;
use super::job_text::labelled;
use super::{Outcome, output};
use crate::fetch::Fetcher;
use crate::model::{BoardId, HostMemory};
use crate::pipeline::{PROBE_REQUESTS, ProbeReport, ProbeRequest, RunHosts, StoredHosts, probe, read_words};

/// How much of an address is shown to people.
const MOST_SHOWN: usize = 200;

pub(super) fn run(context: &Context, url: &str) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let report = ask(context, url, &BoardId::new("probed")?)?;
    if format == Format::Table {
        tell(&report)?;
        if let Some(file) = &report.board_file {
            output::print("\n# boards/ID.toml")?;
            output::print(file)?;
        }
    } else if format == Format::Json {
        output::print_json(&report)?;
    } else {
        output::print_line(&report)?;
    }
    Ok(if report.proven { Outcome::Done } else { Outcome::Partly })
}

/// Probes a site by its address as typed.
pub(super) fn ask(context: &Context, url: &str, id: &BoardId) -> anyhow::Result<ProbeReport> {
    let url = web_address(url)?;
    // What a host asked for holds for a probe as well; no database is made for it.
    let hosts: Arc<dyn HostMemory> = if context.path().exists() {
        Arc::new(StoredHosts::new(context.store()?))
    } else {
        Arc::new(RunHosts::default())
    };
    let request = ProbeRequest { url, id: id.clone() };
    runtime()?.block_on(async {
        let fetcher = Fetcher::new(context.config.fetch.clone(), context.clock.clone(), hosts)?;
        Ok(probe(&fetcher, context.clock.as_ref(), request).await)
    })
}

/// Reads an address as people type it: `careers.example.org` is one as well.
fn web_address(text: &str) -> Result<Url, UsageError> {
    let typed = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let bad = |why: &str| UsageError(format!("`{text}` is not an address to probe: {why}"));
    let mut url = Url::parse(&typed).map_err(|error| bad(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(bad("use http or https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UsageError("the address must not hold a user name or password".into()));
    }
    url.set_fragment(None);
    Ok(url)
}

/// Tells the report to people, the board file apart.
pub(super) fn tell(report: &ProbeReport) -> anyhow::Result<()> {
    let say = |label: &str, text: &str| output::print(&labelled(label, text));
    say("verdict", &verdict(report))?;
    if let Some(remedy) = &report.remedy {
        say("remedy", remedy)?;
    }
    for (at, sign) in report.evidence.iter().enumerate() {
        let label = if at == 0 { "evidence" } else { "" };
        say(label, &format!("{} (for {}, weight {})", sign.says, sign.software.name(), sign.weight))?;
    }
    for reading in &report.readings {
        say("read", &read_words(reading))?;
    }
    for (at, asked) in report.asked.iter().enumerate() {
        say(if at == 0 { "asked" } else { "" }, &cut(&asked.url))?;
        for (status, to) in &asked.chain {
            say("", &format!("  {status} to {}", cut(to)))?;
        }
        let what = match (&asked.error, asked.status) {
            (None, Some(status)) => {
                let media = asked.media_type.as_deref().filter(|media| !media.is_empty()).unwrap_or("an unnamed type");
                format!("  {status}, {} bytes of {media}", asked.bytes.unwrap_or_default())
            }
            (error, _) => format!("  {}", error.as_deref().unwrap_or("no answer")),
        };
        say("", &what)?;
    }
    say("robots.txt", &robots_words(report))?;
    for (at, left) in report.left.iter().enumerate() {
        say(if at == 0 { "left to ask" } else { "" }, &format!("{}: {}", cut(&left.url), left.why))?;
    }
    let robots = report.robots_requests;
    say("requests", &format!("{} and {robots} for robots.txt, of at most {PROBE_REQUESTS}", report.requests))
}

fn verdict(report: &ProbeReport) -> String {
    if report.proven { report.why.clone() } else { format!("{}: {}", report.verdict, report.why) }
}

/// Says what robots.txt allows, and how long what is left would take.
fn robots_words(report: &ProbeReport) -> String {
    let Some(robots) = &report.robots else { return "not known".to_owned() };
    let mut text = match (robots.status, robots.allowed, &robots.rule) {
        (200..=299, true, Some(rule)) => format!("allowed by `{rule}`"),
        (200..=299, true, None) => "allowed, no rule forbids it".to_owned(),
        (200..=299, false, rule) => format!("forbidden by `{}`", rule.as_deref().unwrap_or_default()),
        (0, ..) => "could not be had".to_owned(),
        (301 | 308, ..) => "redirects for good to another site".to_owned(),
        (status, ..) => format!("none (status {status}), so all is allowed"),
    };
    if let Some(delay) = robots.crawl_delay {
        let _ = write!(text, "; it asks for {} between requests", duration(delay));
        let spent = report.requests + report.robots_requests;
        let left = PROBE_REQUESTS.saturating_sub(spent);
        if report.next_request_at.is_some() && left > 0 {
            let takes = duration(delay * f64::from(left));
            let _ = write!(text, ", so that a probe that needs {left} more would take {takes}; it does not wait");
        }
    }
    if let Some(until) = report.next_request_at {
        let _ = write!(text, "; not before {}", until.format("%Y-%m-%d %H:%M UTC"));
    }
    text
}

fn duration(seconds: f64) -> String {
    if seconds >= 3600.0 {
        format!("{} h", (seconds / 360.0).round() / 10.0)
    } else if seconds >= 120.0 {
        format!("{} min", (seconds / 60.0).round())
    } else {
        format!("{seconds} s")
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MOST_SHOWN {
        text.to_owned()
    } else {
        text.chars().take(MOST_SHOWN).chain(['…']).collect()
    }
}
