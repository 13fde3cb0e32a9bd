//! What a caller decides about a request: robots, headers, patience and size.

use std::time::Duration;

use secrecy::SecretString;

/// How one board's requests are made, beyond what the settings say for all boards.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whether robots.txt decides. False only where documented API terms stand in its place.
    pub obey_robots: bool,
    /// The `Accept` header.
    pub accept: &'static str,
    /// Headers that hold credentials. They are never shown, and with them no redirect is followed.
    pub secret_headers: Vec<(&'static str, SecretString)>,
    /// The `User-Agent` where a board prescribes one (USAJOBS wants the key holder's e-mail address).
    pub user_agent: Option<String>,
    /// The longest sleep before a request; what would take longer is put off instead.
    pub max_wait: Duration,
    /// The most bytes of a decompressed body, instead of the settings' cap.
    pub max_body: Option<u64>,
    /// The most bytes of a body as sent, instead of the settings' cap.
    pub max_compressed: Option<u64>,
    /// Whether redirects are followed.
    pub follow_redirects: bool,
    /// Whether redirects that leave the site are refused even where they are temporary.
    pub same_site_only: bool,
    /// The most requests of one call, robots.txt, redirects and retries included.
    pub max_requests: Option<u32>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            obey_robots: true,
            accept: "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.5",
            secret_headers: Vec::new(),
            user_agent: None,
            max_wait: Duration::from_secs(30),
            max_body: None,
            max_compressed: None,
            follow_redirects: true,
            same_site_only: false,
            max_requests: None,
        }
    }
}

impl Policy {
    /// Tells whether redirects may be followed: never with credentials in the headers.
    pub(super) fn may_follow(&self) -> bool {
        self.follow_redirects && self.secret_headers.is_empty()
    }
}
