//! `robots`: whether a robots.txt allows an address, and by which rule.

use super::arguments::{Global, RobotsArguments};
use super::format::{Format, without_csv};
use super::{Outcome, output};
use crate::fetch::RobotsRules;

pub(super) fn run(wanted: &RobotsArguments, global: &Global) -> anyhow::Result<Outcome> {
    let format = without_csv(global.format.as_deref())?;
    let text = super::parse::read_input(&wanted.file)?;
    let rules = RobotsRules::parse(&text);
    // As typed: what a crawler's library would escape on the way is for the one who asks to escape.
    let verdict = rules.verdict(&wanted.agent, &wanted.url);
    let word = if verdict.allowed { "allowed" } else { "disallowed" };
    let rule = verdict.rule.clone().unwrap_or_else(|| "no rule applies".to_owned());
    let delay = rules.crawl_delay(&wanted.agent);
    if format == Format::Table {
        output::print(word)?;
        output::print(&rule)?;
        if let Some(delay) = delay {
            output::print(&format!("Crawl-delay: {} s", delay.as_secs_f64()))?;
        }
    } else {
        let delay = delay.map(|delay| delay.as_secs_f64());
        output::print_line(&serde_json::json!({"verdict": word, "rule": rule, "crawl_delay": delay}))?;
    }
    Ok(Outcome::Done)
}
