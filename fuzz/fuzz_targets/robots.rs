//! robots.txt: the first line is the agent, the second the address, the rest the file.
#![no_main]

use std::time::Duration;

use jobrounds::fetch::RobotsRules;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let (Some(agent), Some(url), Some(file)) = (parts.next(), parts.next(), parts.next()) else { return };
    let (agent, url) = (String::from_utf8_lossy(agent), String::from_utf8_lossy(url));
    let rules = RobotsRules::parse(file);
    let verdict = rules.verdict(&agent, &url);
    assert!(verdict.rule.is_some() || verdict.allowed, "only a rule can forbid");
    assert!(verdict.group.is_some() || verdict.allowed, "only a group can forbid");
    assert!(rules.verdict(&agent, "https://a.example/robots.txt").allowed);
    assert!(rules.crawl_delay(&agent).is_none_or(|delay| delay <= Duration::from_secs(86_400)));
    // A byte order mark changes nothing.
    if !file.starts_with(b"\xEF\xBB\xBF") && file.len() < 100_000 {
        let marked = RobotsRules::parse(&[b"\xEF\xBB\xBF", file].concat());
        assert_eq!(marked.verdict(&agent, &url), verdict);
    }
});
