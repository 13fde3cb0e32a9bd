//! robots.txt: what it says to whom (RFC 9309). Pure; fetching and keeping it is done elsewhere.
//!
//! The standard decides; where it is silent, and for the slips that people make (a missing colon,
//! `disalow`), Google's published reference parser is followed, because sites are tried against it.

use std::time::Duration;

use super::pattern::{Pattern, Reading, spelled_path, with_plain_query};

/// How much of a file is read (RFC 9309 section 2.5 asks for at least this).
pub(super) const PARSED_BYTES: usize = 500 * 1024;

/// How much of a line is read.
const LINE_BYTES: usize = 2083 * 8 - 1;

/// The longest `Crawl-delay` taken at its word.
const LONGEST_DELAY: Duration = Duration::from_hours(24);

/// Key spellings that open a group.
const AGENT_KEYS: [&str; 3] = ["user-agent", "useragent", "user agent"];

/// Key spellings of a prohibition, slips included.
const DISALLOW_KEYS: [&str; 6] = ["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"];

/// The rules of one robots.txt file.
#[derive(Clone, Debug, Default)]
pub struct RobotsRules {
    groups: Vec<Group>,
}

/// Whether an address may be fetched, and what decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RobotsVerdict {
    /// Whether it may be fetched.
    pub allowed: bool,
    /// The rule that decided, as in `Disallow: /x (line 3)`; `None` where no rule matches.
    pub rule: Option<String>,
    /// The group that applies: the agent's own name, `*`, or `None` where there is neither.
    pub group: Option<String>,
}

#[derive(Clone, Debug, Default)]
struct Group {
    agents: Vec<String>,
    everyone: bool,
    rules: Vec<Rule>,
    delay: Option<Duration>,
}

#[derive(Clone, Debug)]
struct Rule {
    allow: bool,
    line: usize,
    shown: String,
    patterns: Vec<Pattern>,
}

impl RobotsRules {
    /// Reads a file. Anything can be read; what makes no sense is passed over.
    #[must_use]
    pub fn parse(file: &[u8]) -> Self {
        let whole = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
        let mut rules = Self::default();
        let mut group_is_open = false;
        for (index, line) in lines(within_cap(whole)).enumerate() {
            let Some((key, value)) = key_and_value(line) else { continue };
            if starts_with_any(key, &AGENT_KEYS) {
                rules.add_agent(value, &mut group_is_open);
            } else if let Some(group) = rules.groups.last_mut() {
                // Other lines, a `Crawl-delay` too, neither open nor close a group (section 2.2.4).
                group_is_open &= !group.add(key, value, index + 1);
            }
        }
        rules
    }

    /// Says whether an agent may fetch an address.
    ///
    /// `agent` is a product token such as `jobrounds`; a version after a slash is passed over.
    /// `url` is a whole address or a path with its query.
    #[must_use]
    pub fn verdict(&self, agent: &str, url: &str) -> RobotsVerdict {
        let (groups, name) = self.groups_for(agent);
        let group = (!groups.is_empty()).then_some(name);
        let path = path_and_query(url);
        if path == "/robots.txt" {
            return RobotsVerdict { allowed: true, rule: None, group };
        }
        let spellings = |reading| {
            let plain = with_plain_query(path.as_bytes());
            [Some(path.as_bytes()), plain.as_deref()]
                .into_iter()
                .flatten()
                .map(|path| spelled_path(path, reading))
                .collect()
        };
        let (strict, wide): (Vec<_>, Vec<_>) = (spellings(Reading::Strict), spellings(Reading::Wide));
        let mut best: Option<(usize, &Rule)> = None;
        for rule in groups.iter().flat_map(|group| &group.rules) {
            let Some(length) = rule.longest_match(if rule.allow { &strict } else { &wide }) else { continue };
            // The most specific rule wins, and of equal ones the allowance (section 2.2.2).
            let wins =
                best.is_none_or(|(most, so_far)| length > most || (length == most && rule.allow && !so_far.allow));
            if wins {
                best = Some((length, rule));
            }
        }
        let rule = best.map(|(_, rule)| rule);
        RobotsVerdict { allowed: rule.is_none_or(|rule| rule.allow), rule: rule.map(Rule::describe), group }
    }

    /// Gives the `Crawl-delay` that an agent is asked to keep: the longest of its groups, at most a day.
    #[must_use]
    pub fn crawl_delay(&self, agent: &str) -> Option<Duration> {
        self.groups_for(agent).0.iter().filter_map(|group| group.delay).max()
    }

    /// Collects the groups that apply, which count as one, and their name: the agent's own, else `*`.
    fn groups_for(&self, agent: &str) -> (Vec<&Group>, String) {
        let agent = agent.split('/').next().unwrap_or_default();
        let own: Vec<&Group> = self.groups.iter().filter(|group| group.names(agent)).collect();
        if own.is_empty() {
            (self.groups.iter().filter(|group| group.everyone).collect(), "*".to_owned())
        } else {
            (own, agent.to_owned())
        }
    }

    /// Adds an agent to the open group, or opens one.
    fn add_agent(&mut self, value: &[u8], group_is_open: &mut bool) {
        if !*group_is_open {
            self.groups.push(Group::default());
            *group_is_open = true;
        }
        let Some(group) = self.groups.last_mut() else { return };
        if value.first() == Some(&b'*') && value.get(1).is_none_or(u8::is_ascii_whitespace) {
            group.everyone = true;
        } else {
            group.agents.push(String::from_utf8_lossy(value).into_owned());
        }
    }
}

impl Group {
    /// Tells whether an agent is named: by its product token, or by the whole word where that
    /// holds digits, which product tokens may not but robots do (`MJ12bot`).
    fn names(&self, agent: &str) -> bool {
        let token = |name: &str| name.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_'));
        let word = |name: &str| name.find(|c: char| c.is_whitespace() || c == '/');
        let cut = |name: &str, at: Option<usize>| name.get(..at.unwrap_or(name.len())).unwrap_or_default().to_owned();
        !agent.is_empty()
            && self.agents.iter().any(|name| {
                cut(name, token(name)).eq_ignore_ascii_case(agent) || cut(name, word(name)).eq_ignore_ascii_case(agent)
            })
    }

    /// Takes a line of the group; tells whether it was a rule, after which a new agent opens a new group.
    fn add(&mut self, key: &[u8], value: &[u8], line: usize) -> bool {
        let allow = starts_with_any(key, &["allow"]);
        if allow || starts_with_any(key, &DISALLOW_KEYS) {
            // An empty value matches nothing: `Disallow:` allows all.
            if !value.is_empty() {
                self.rules.push(Rule::new(allow, value, line));
            }
            return true;
        }
        if key.eq_ignore_ascii_case(b"crawl-delay") || key.eq_ignore_ascii_case(b"crawldelay") {
            self.delay = self.delay.max(delay(value));
        }
        false
    }
}

impl Rule {
    fn new(allow: bool, value: &[u8], line: usize) -> Self {
        let reading = if allow { Reading::Strict } else { Reading::Wide };
        let mut patterns = vec![Pattern::new(value, reading)];
        patterns.extend(with_plain_query(value).map(|plain| Pattern::new(&plain, reading)));
        if let Some(folder) = index_page_folder(value).filter(|_| allow) {
            patterns.push(Pattern::new(&[folder, b"$"].concat(), reading));
        }
        let shown = String::from_utf8_lossy(value).chars().filter(|c| !c.is_control()).take(200).collect();
        Self { allow, line, shown, patterns }
    }

    /// Gives the octets of the first pattern that matches one of a path's spellings.
    fn longest_match(&self, spellings: &[Vec<u8>]) -> Option<usize> {
        let matches = |pattern: &&Pattern| spellings.iter().any(|path| pattern.matches(path));
        self.patterns.iter().find(matches).map(Pattern::length)
    }

    fn describe(&self) -> String {
        let key = if self.allow { "Allow" } else { "Disallow" };
        format!("{key}: {} (line {})", self.shown, self.line)
    }
}

/// Gives the folder of a pattern that ends in an index page: allowing the page allows the folder.
fn index_page_folder(pattern: &[u8]) -> Option<&[u8]> {
    let slash = memchr::memrchr(b'/', pattern)?;
    let (folder, page) = pattern.split_at_checked(slash + 1)?;
    page.starts_with(b"index.htm").then_some(folder)
}

/// Cuts a file at the cap, and with it the line that the cap falls into.
fn within_cap(file: &[u8]) -> &[u8] {
    let Some(head) = file.get(..PARSED_BYTES).filter(|head| head.len() < file.len()) else { return file };
    let end = head.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or_default();
    head.get(..end).unwrap_or_default()
}

/// Splits at LF, CR and CRLF; overlong lines are cut, and so is what follows a NUL.
fn lines(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(file);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = memchr::memchr2(b'\n', b'\r', text);
        let line = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        rest = end.and_then(|at| {
            let after = text.get(at..)?;
            Some(after.strip_prefix(b"\r\n").unwrap_or_else(|| after.get(1..).unwrap_or_default()))
        });
        let line = line.get(..LINE_BYTES).unwrap_or(line);
        Some(line.split(|byte| *byte == 0).next().unwrap_or_default())
    })
}

/// Splits a line at its colon, or at its only blank where the colon was forgotten.
fn key_and_value(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii();
    let (key, value) = if let Some(colon) = memchr::memchr(b':', line) {
        (line.get(..colon)?.trim_ascii(), line.get(colon + 1..)?.trim_ascii())
    } else {
        let blank = memchr::memchr2(b' ', b'\t', line)?;
        let value = line.get(blank..)?.trim_ascii();
        if memchr::memchr2(b' ', b'\t', value).is_some() {
            return None;
        }
        (line.get(..blank)?, value)
    };
    (!key.is_empty()).then_some((key, value))
}

/// Tells whether a key begins with one of some words, in any case.
fn starts_with_any(key: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| key.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes())))
}

/// Reads a `Crawl-delay` in seconds, fractions allowed.
fn delay(value: &[u8]) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?;
    let number = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).next()?;
    let seconds: f64 = number.parse().ok()?;
    Duration::try_from_secs_f64(seconds.min(LONGEST_DELAY.as_secs_f64())).ok()
}

/// Gives what rules are held against: path and query, without fragment, always starting with `/`.
fn path_and_query(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let unschemed = url.strip_prefix("//").unwrap_or(url);
    let path_at = |text: &str| text.find(['/', '?', ';']);
    let scheme_end = unschemed.find("://").filter(|end| path_at(unschemed).is_none_or(|path| path > *end));
    // A bare path has no authority before it.
    let authority = scheme_end.map_or(unschemed, |end| unschemed.get(end + 3..).unwrap_or_default());
    match path_at(authority).and_then(|at| authority.get(at..)) {
        Some(path) if path.starts_with('/') => path.to_owned(),
        Some(path) => format!("/{path}"),
        None => "/".to_owned(),
    }
}

#[cfg(test)]
#[path = "robots_tests.rs"]
mod tests;
