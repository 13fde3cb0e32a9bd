//! What can go wrong between us and a board, in words that name the remedy and no secret.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use url::Url;

use crate::model::Page;

/// Which part of a request took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The connection did not stand in time.
    Connect,
    /// The head of the answer did not come in time.
    FirstByte,
    /// The body stood still.
    Idle,
    /// The request took too long in all.
    Total,
}

impl Stage {
    /// Says what was waited for.
    fn waited_for(self) -> &'static str {
        match self {
            Self::Connect => "a connection",
            Self::FirstByte => "the head of an answer",
            Self::Idle => "more of the body",
            Self::Total => "the whole answer",
        }
    }
}

/// Which size limit an answer broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeCap {
    /// The head.
    Headers,
    /// The body as sent.
    Compressed,
    /// The body once decompressed.
    Decompressed,
}

impl SizeCap {
    /// Names the limited part.
    fn part(self) -> &'static str {
        match self {
            Self::Headers => "head",
            Self::Compressed => "body as sent",
            Self::Decompressed => "decompressed body",
        }
    }
}

/// Why a request brought no page. Addresses in it are redacted; bodies are cut short.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The client cannot be built or a header cannot be sent.
    #[error("set up the HTTP client: {why}")]
    Setup {
        /// What is wrong, and with which setting.
        why: String,
    },
    /// The address cannot be asked at all.
    #[error("ask `{url}`: {why}")]
    Address {
        /// The address.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The name could not be resolved.
    #[error("resolve `{host}`: {why}")]
    Dns {
        /// The name.
        host: String,
        /// True when the name system says that there is no such name, false when it could not say.
        nonexistent: bool,
        /// The system's words.
        why: String,
    },
    /// No connection came about.
    #[error("connect to `{host}`: {why}")]
    Connect {
        /// The host.
        host: String,
        /// The system's words.
        why: String,
    },
    /// The encrypted connection was refused by one side.
    #[error("agree on TLS with `{host}`: {why}")]
    Tls {
        /// The host.
        host: String,
        /// The TLS library's words.
        why: String,
    },
    /// The answer broke off or was not HTTP.
    #[error("speak HTTP with `{host}`: {why}")]
    Protocol {
        /// The host.
        host: String,
        /// The HTTP library's words.
        why: String,
    },
    /// Something took too long.
    #[error("wait for {} from `{host}`: gave up after {} s", stage.waited_for(), after.as_secs_f32())]
    Timeout {
        /// The host.
        host: String,
        /// What was waited for.
        stage: Stage,
        /// The limit that ran out.
        after: Duration,
    },
    /// The host's address is not on the public internet.
    #[error(
        "ask `{host}`: its address {address} is not on the public internet; set `fetch.allow_private_addresses = true` for tests"
    )]
    PrivateAddress {
        /// The host.
        host: String,
        /// Its address, or why its name alone is refused.
        address: String,
    },
    /// The answer is larger than allowed.
    #[error("read `{url}`: its {} is larger than {limit} bytes", cap.part())]
    TooLarge {
        /// The address.
        url: String,
        /// Which limit.
        cap: SizeCap,
        /// The limit in bytes.
        limit: u64,
    },
    /// The answer unfolds suspiciously.
    #[error("read `{url}`: it unfolds to more than {limit} times its size, as a decompression bomb does")]
    Bomb {
        /// The address.
        url: String,
        /// The highest allowed ratio.
        limit: u64,
    },
    /// The body ended early or is damaged; nothing of it is used.
    #[error("read `{url}`: the body is not whole ({why})")]
    Truncated {
        /// The address.
        url: String,
        /// How it shows.
        why: String,
    },
    /// The body is in a coding that was not asked for.
    #[error("read `{url}`: it is sent in content coding `{coding}`, only gzip was asked for")]
    Coding {
        /// The address.
        url: String,
        /// The coding as named by the server.
        coding: String,
    },
    /// The server answered with a status that brings no page.
    #[error("ask `{url}`: answered {status}{}{snippet}", if snippet.is_empty() { "" } else { ": " })]
    Status {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The moment that a `Retry-After` names.
        retry_after: Option<DateTime<Utc>>,
        /// The first words of the body.
        snippet: String,
        /// The answer with up to 64 KiB of its body, for telling walls from failures.
        page: Box<Page>,
    },
    /// The board redirects for good to another registrable domain; it is not followed.
    #[error("ask `{url}`: it has moved for good to `{to}`; if that is its new home, set the board's `base_url` to it")]
    Moved {
        /// The address asked for; of robots.txt if that is what moved.
        url: String,
        /// Where it has moved to.
        to: String,
    },
    /// A redirect that must not be followed.
    #[error("follow the redirect of `{url}` to `{to}`: {why}")]
    Redirect {
        /// The address that redirects.
        url: String,
        /// Where to.
        to: String,
        /// Why not.
        why: &'static str,
    },
    /// robots.txt forbids the address.
    #[error("ask `{url}`: robots.txt says `{rule}`")]
    RobotsDisallowed {
        /// The address.
        url: String,
        /// The rule that decided.
        rule: String,
    },
    /// robots.txt cannot be read, so nothing may be asked (RFC 9309 section 2.3.1.4).
    #[error("ask `{host}`: its robots.txt cannot be read ({why}), which forbids all until {}", moment(until))]
    RobotsUnavailable {
        /// The host.
        host: String,
        /// Why it cannot be read.
        why: String,
        /// When it is tried again.
        until: DateTime<Utc>,
    },
    /// The host may not be asked yet; no request was made.
    #[error("ask `{host}`: not before {} ({why})", moment(until))]
    NotYet {
        /// The host.
        host: String,
        /// When it may be asked.
        until: DateTime<Utc>,
        /// What set the moment.
        why: String,
    },
    /// The caller's bound on requests is reached; no request was made.
    #[error("ask `{url}`: the {most} requests that were allowed are spent")]
    Spent {
        /// The address.
        url: String,
        /// The bound.
        most: u32,
    },
}

impl FetchError {
    /// Tells whether our own network may be what fails: no name or no connection.
    ///
    /// When every board fails so, the outage counts against none of them.
    #[must_use]
    pub fn is_outage_like(&self) -> bool {
        matches!(self, Self::Dns { .. } | Self::Connect { .. } | Self::Timeout { stage: Stage::Connect, .. })
    }

    /// Gives the HTTP status, where a server gave one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        if let Self::Status { status, .. } = self { Some(*status) } else { None }
    }

    /// Gives the answer that came with a bad status.
    #[must_use]
    pub fn page(&self) -> Option<&Page> {
        if let Self::Status { page, .. } = self { Some(page) } else { None }
    }

    /// Gives the moment before which the host must not be asked again, where the error names one.
    #[must_use]
    pub fn not_before(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::NotYet { until, .. } | Self::RobotsUnavailable { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// Tells whether the same request may succeed within seconds.
    pub(super) fn is_fleeting(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Protocol { .. } => true,
            // A body that crawls would only be asked for from its beginning again.
            Self::Timeout { stage, .. } => matches!(stage, Stage::Connect | Stage::FirstByte),
            Self::Dns { nonexistent, .. } => !nonexistent,
            Self::Status { status, retry_after, .. } => retry_after.is_none() && matches!(status, 502..=504),
            _ => false,
        }
    }
}

/// Writes a moment to the second.
fn moment(at: &DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Words in a query parameter's name that mark its value as a credential.
const CREDENTIAL_WORDS: [&str; 10] =
    ["key", "token", "secret", "pass", "pwd", "auth", "sig", "session", "credential", "email"];

/// Gives an address without user information, credentials in the query, and fragment.
pub(super) fn redacted(url: &Url) -> String {
    let mut shown = url.clone();
    // Addresses that cannot carry user information have none to remove.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    if let Some(query) = url.query() {
        let parts: Vec<String> = query.split('&').map(redacted_parameter).collect();
        shown.set_query(Some(&parts.join("&")));
    }
    let text = String::from(shown);
    if text.len() <= 500 { text } else { text.chars().take(500).chain(['…']).collect() }
}

/// Hides the value of one `name=value` if the name sounds like a credential's.
fn redacted_parameter(parameter: &str) -> String {
    let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
    if name.len() < parameter.len() && CREDENTIAL_WORDS.iter().any(|word| name.contains(word)) {
        format!("{}=redacted", parameter.split('=').next().unwrap_or_default())
    } else {
        parameter.to_owned()
    }
}

/// Gives the first 200 characters of a body on one line.
pub(super) fn snippet(body: &[u8]) -> String {
    let head = body.get(..body.len().min(2048)).unwrap_or_default();
    let text = String::from_utf8_lossy(head);
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_credentials() {
        let shown = |text: &str| redacted(&Url::parse(text).unwrap());
        assert_eq!(shown("https://me:pw@a.example/x?page=2#f"), "https://a.example/x?page=2");
        assert_eq!(
            shown("https://a.example/?api_key=abc&page=2&Token=z"),
            "https://a.example/?api_key=redacted&page=2&Token=redacted"
        );
        assert!(shown(&format!("https://a.example/{}", "x".repeat(9000))).len() < 600);
    }

    #[test]
    fn a_snippet_is_one_short_line() {
        assert_eq!(snippet(b"<p>\r\n slow\x1b[31m  down\0</p>"), "<p> slow [31m down </p>");
        assert_eq!(snippet(&[b'a'; 5000]).chars().count(), 200);
    }

    #[test]
    fn errors_read_as_failed_to_fragments() {
        let error =
            FetchError::Timeout { host: "a.example".into(), stage: Stage::Idle, after: Duration::from_secs(15) };
        assert_eq!(error.to_string(), "wait for more of the body from `a.example`: gave up after 15 s");
        let error = FetchError::TooLarge { url: "u".into(), cap: SizeCap::Decompressed, limit: 7 };
        assert_eq!(error.to_string(), "read `u`: its decompressed body is larger than 7 bytes");
    }
}
