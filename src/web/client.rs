//! Who asks: the network that counts as one client, and whether a form was sent by a page of another site.

use std::net::IpAddr;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use url::{Origin, Url};

use crate::model::Network;

/// Where a connection comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// Tells where a request comes from: the connection's other end, or, where that is a trusted proxy, the
/// last one that a proxy names in `X-Forwarded-For` and that is none itself. What stands before it
/// was written by the client.
pub(super) fn client_of(parts: &Parts, trusted: &[Network]) -> Option<Network> {
    let Peer(peer) = *parts.extensions.get::<Peer>()?;
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(peer) {
        return Some(Network::of_client(peer));
    }
    let lines: Vec<&str> =
        parts.headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    let mut client = peer;
    for named in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        // What cannot be read was not written by our proxy; who wrote the last readable one counts.
        let Some(address) = address_of(named) else { break };
        client = address;
        if !is_trusted(address) {
            break;
        }
    }
    Some(Network::of_client(client))
}

/// Reads an address, also with a port: some proxies add it.
fn address_of(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()))
}

/// Tells whether a browser says that a page of another site has sent this (Fetch metadata,
/// `Sec-Fetch-Site`; `Origin`, RFC 6454 section 7). No link of ours needs it: who holds a token may act.
/// But no page elsewhere shall use its visitors to ask for mails.
pub(super) fn is_foreign(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = text(&HeaderName::from_static("sec-fetch-site")) {
        return !matches!(site, "same-origin" | "none");
    }
    // Text browsers and programs send none. `null` is what browsers without the above send from our own
    // pages, because these forbid them to tell their address.
    let Some(origin) = text(&header::ORIGIN).filter(|origin| *origin != "null") else { return false };
    let Ok(origin_url) = Url::parse(origin) else { return true };
    let own = public_url.and_then(|url| Url::parse(url).ok()).map(|url| url.origin());
    let is_host = || {
        let host = text(&header::HOST).unwrap_or_default();
        let as_host = Url::parse(&format!("{}://{host}", origin_url.scheme())).map(|url| url.origin());
        matches!(&as_host, Ok(Origin::Tuple(..))) && as_host.is_ok_and(|host| host == origin_url.origin())
    };
    own != Some(origin_url.origin()) && !is_host()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn client(peer: &str, trusted: &[&str], forwarded: &[&str]) -> String {
        let mut request = Request::builder();
        for line in forwarded {
            request = request.header("x-forwarded-for", *line);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(Peer(peer.parse().unwrap()));
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        client_of(&parts, &trusted).unwrap().to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_its_own_word() {
        let far = "198.51.100.7";
        assert_eq!(client(far, &[], &["203.0.113.5"]), "198.51.100.0/24");
        assert_eq!(client(far, &["127.0.0.1"], &["203.0.113.5"]), "198.51.100.0/24");
        assert_eq!(client("127.0.0.1", &["127.0.0.1"], &["203.0.113.5"]), "203.0.113.0/24");
        assert_eq!(client("127.0.0.1", &["127.0.0.1"], &["1.2.3.4, 203.0.113.5"]), "203.0.113.0/24");
        assert_eq!(client("127.0.0.1", &["127.0.0.1"], &["1.2.3.4", "203.0.113.5"]), "203.0.113.0/24");
        assert_eq!(
            client("127.0.0.1", &["127.0.0.0/8", "10.0.0.0/8"], &["203.0.113.5:4711, 10.0.0.9"]),
            "203.0.113.0/24"
        );
        assert_eq!(client("::1", &["::1"], &["[2001:db8::1]:99"]), "2001:db8::/56");
        assert_eq!(client("127.0.0.1", &["127.0.0.1"], &["203.0.113.5, unknown"]), "127.0.0.0/24");
        assert_eq!(client("127.0.0.1", &["127.0.0.1"], &[]), "127.0.0.0/24");
    }

    #[test]
    fn forms_of_other_sites_are_told_from_our_own() {
        let foreign = |fields: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.insert(*name, value.parse().unwrap());
            }
            is_foreign(&headers, Some("https://jobs.example.edu/him"))
        };
        let host = ("host", "127.0.0.1:8080");
        for own in [
            &[host][..],
            &[host, ("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
            &[host, ("sec-fetch-site", "none")],
            &[host, ("origin", "http://127.0.0.1:8080")],
            &[host, ("origin", "https://jobs.example.edu")],
            &[host, ("origin", "null")],
        ] {
            assert!(!foreign(own), "{own:?}");
        }
        for other in [
            &[host, ("sec-fetch-site", "cross-site")][..],
            &[host, ("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:8080")],
            &[host, ("origin", "https://evil.example")],
            &[host, ("origin", "http://127.0.0.1:81")],
            &[host, ("origin", "http://jobs.example.edu")],
            &[host, ("origin", "nonsense")],
            &[("origin", "file://")],
        ] {
            assert!(foreign(other), "{other:?}");
        }
    }
}
