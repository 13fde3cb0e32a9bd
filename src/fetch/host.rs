//! What counts as one host, and what as one site.
//!
//! Names on the public internet go by themselves, and what they ask us to wait for holds for their
//! registrable domain. Addresses and private names go by host and port: two ports of one machine
//! are as a rule two servers.

use url::{Host, Url};

/// A host as the unit of spacing, robots.txt and waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HostKey {
    /// The key of spacing and robots.txt.
    pub(super) key: String,
    /// The key of `Retry-After`: the registrable domain, or the same as `key`.
    pub(super) scope: String,
}

impl HostKey {
    /// Gives the keys of an address, or `None` if it has no host.
    pub(super) fn of(url: &Url) -> Option<Self> {
        let port = url.port_or_known_default()?;
        match url.host()? {
            Host::Domain(name) if is_public_name(name) => {
                let name = name.trim_end_matches('.');
                // Another port has a robots.txt of its own (RFC 9309 section 2.3).
                let key = if url.port().is_some() { format!("{name}:{port}") } else { name.to_owned() };
                Some(Self { key, scope: format!("domain:{}", registrable(name)) })
            }
            host => {
                let key = format!("{host}:{port}");
                Some(Self { scope: key.clone(), key })
            }
        }
    }
}

/// Tells whether two addresses belong to one owner: the same registrable domain, or the same host
/// and port where there is no such domain.
#[must_use]
pub fn same_site(one: &Url, other: &Url) -> bool {
    match (HostKey::of(one), HostKey::of(other)) {
        (Some(one), Some(other)) => one.scope == other.scope,
        _ => false,
    }
}

/// Tells whether a name is meant to be resolved on the public internet.
pub(super) fn is_public_name(name: &str) -> bool {
    const PRIVATE: [&str; 5] = [".localhost", ".local", ".internal", ".home.arpa", ".lan"];
    let name = name.trim_end_matches('.');
    name.contains('.') && !PRIVATE.iter().any(|suffix| name.ends_with(suffix))
}

/// Gives the domain that someone registered; the name itself if it is a public suffix.
fn registrable(name: &str) -> &str {
    psl::domain_str(name).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(url: &str) -> (String, String) {
        let host = HostKey::of(&Url::parse(url).unwrap()).unwrap();
        (host.key, host.scope)
    }

    #[test]
    fn public_names_share_their_registrable_domain() {
        assert_eq!(key("https://www.example.co.uk/x"), ("www.example.co.uk".into(), "domain:example.co.uk".into()));
        assert_eq!(key("http://www.example.co.uk."), ("www.example.co.uk".into(), "domain:example.co.uk".into()));
        assert_eq!(key("http://a.example.com:8080"), ("a.example.com:8080".into(), "domain:example.com".into()));
        assert_eq!(key("https://me.github.io").1, "domain:me.github.io");
    }

    #[test]
    fn addresses_and_private_names_go_by_host_and_port() {
        for (url, expected) in [
            ("http://127.0.0.1:9100/", "127.0.0.1:9100"),
            ("https://[::1]/", "[::1]:443"),
            ("http://localhost/", "localhost:80"),
            ("http://db.internal:81/", "db.internal:81"),
        ] {
            assert_eq!(key(url), (expected.into(), expected.into()));
        }
    }

    #[test]
    fn sites_are_told_apart() {
        let same = |one: &str, other: &str| same_site(&Url::parse(one).unwrap(), &Url::parse(other).unwrap());
        assert!(same("http://example.com/a", "https://jobs.example.com/b"));
        assert!(!same("https://a.github.io/", "https://b.github.io/"));
        assert!(!same("http://127.0.0.1:1/", "http://127.0.0.1:2/"));
        assert!(!same("https://careers.example.org/", "https://example.com/"));
    }
}
