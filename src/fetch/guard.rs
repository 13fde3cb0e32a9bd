//! Keeps requests on the public internet: no board, redirect or name may lead us to a private address.
//!
//! Names are resolved by a resolver that hands out public addresses only, so the address that was
//! judged is the address connected to, and a second answer of the name system cannot slip in between.
//! Addresses written out in a URL never reach a resolver; they are judged before each request.
//!
//! Behind a proxy the proxy resolves names. Then names that look private are refused, and so are
//! names that resolve here to private addresses only; what the proxy itself can reach is for its
//! operator to bound.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::error::FetchError;
use super::host::is_public_name;

/// Judges addresses; lets all pass when private ones are allowed.
#[derive(Clone, Debug)]
pub(super) struct AddressGuard {
    allow_private: bool,
    /// Proxies that the environment names: they may stand on private addresses. None for requests
    /// that go to hosts directly, or a redirect to the proxy's own name would pass.
    proxies: Arc<[String]>,
    internet: Arc<dyn Internet>,
}

/// What a look-up comes to.
pub(super) type LookUp = Pin<Box<dyn Future<Output = Result<Vec<SocketAddr>, Unresolved>> + Send>>;

/// Who resolves names and says which addresses are public: the machine, or a test.
pub(super) trait Internet: fmt::Debug + Send + Sync {
    /// Resolves a name.
    fn look_up(&self, name: String) -> LookUp;

    /// Tells whether an address is on the public internet.
    fn is_public(&self, address: IpAddr) -> bool {
        is_global(address)
    }
}

/// The system's own means.
#[derive(Debug)]
struct System;

impl Internet for System {
    fn look_up(&self, name: String) -> LookUp {
        Box::pin(async move { look_up(&name).await })
    }
}

/// Says that a name leads to no public address. Found again in the HTTP library's chain of errors.
#[derive(Debug, thiserror::Error)]
#[error("{address} is not a public address")]
pub(super) struct Refused {
    pub(super) address: IpAddr,
}

/// Says that a name could not be resolved.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub(super) struct Unresolved {
    pub(super) nonexistent: bool,
    pub(super) why: String,
}

impl AddressGuard {
    pub(super) fn new(allow_private: bool, proxies: Vec<String>) -> Self {
        Self { allow_private, proxies: proxies.into(), internet: Arc::new(System) }
    }

    /// Lets another one resolve and judge.
    #[cfg(test)]
    pub(super) fn on(self, internet: Arc<dyn Internet>) -> Self {
        Self { internet, ..self }
    }

    /// Judges what can be judged of an address before connecting.
    pub(super) fn check(&self, url: &Url) -> Result<(), FetchError> {
        let refused = |address: String| {
            Err(FetchError::PrivateAddress { host: url.host_str().unwrap_or_default().to_owned(), address })
        };
        match literal(url) {
            Some(address) if !self.allow_private && !self.internet.is_public(address) => refused(address.to_string()),
            _ => Ok(()),
        }
    }

    /// Judges the host of a request that a proxy will make.
    pub(super) async fn check_behind_proxy(&self, url: &Url) -> Result<(), FetchError> {
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        if self.allow_private {
            return Ok(());
        }
        let refused = |address: String| Err(FetchError::PrivateAddress { host: name.to_owned(), address });
        if !is_public_name(name) {
            return refused("(a private name)".to_owned());
        }
        match self.internet.look_up(name.to_owned()).await {
            Ok(found) if !found.iter().any(|address| self.internet.is_public(address.ip())) => {
                refused(found.first().map(|address| address.ip().to_string()).unwrap_or_default())
            }
            // Behind many proxies public names do not resolve; the proxy will say.
            _ => Ok(()),
        }
    }
}

impl Resolve for AddressGuard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let name = name.as_str();
            let all_pass = guard.allow_private || guard.proxies.iter().any(|proxy| proxy.eq_ignore_ascii_case(name));
            let found = guard.internet.look_up(name.to_owned()).await?;
            let (public, other): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|address| all_pass || guard.internet.is_public(address.ip()));
            match other.first() {
                Some(address) if public.is_empty() => Err(Refused { address: address.ip() }.into()),
                _ => Ok(Box::new(public.into_iter()) as Addrs),
            }
        })
    }
}

/// Resolves a name by the system's means.
async fn look_up(name: &str) -> Result<Vec<SocketAddr>, Unresolved> {
    match tokio::net::lookup_host((name, 0)).await {
        Ok(found) => {
            let found: Vec<SocketAddr> = found.collect();
            let none = || Unresolved { nonexistent: true, why: "the name has no address".to_owned() };
            if found.is_empty() { Err(none()) } else { Ok(found) }
        }
        Err(error) => Err(Unresolved { nonexistent: says_no_such_name(&error.to_string()), why: error.to_string() }),
    }
}

/// Tells "there is no such name" from "could not ask", which only the message does.
fn says_no_such_name(message: &str) -> bool {
    const WORDS: [&str; 6] = [
        "name or service not known",
        "no address associated",
        "nodename nor servname",
        "name does not resolve",
        "no such host",
        "non-recoverable failure",
    ];
    let message = message.to_ascii_lowercase();
    WORDS.iter().any(|words| message.contains(words))
}

/// Gives the address that a URL writes out in place of a name.
pub(super) fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

/// Tells whether an address is global unicast by the IANA special-purpose registries.
pub(super) fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_global_v4(address),
        IpAddr::V6(address) => is_global_v6(address),
    }
}

fn is_global_v4(address: Ipv4Addr) -> bool {
    /// Blocks that are not for the public internet: first address and prefix length.
    const BLOCKS: [([u8; 4], u32); 16] = [
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        // Azure answers instance metadata on this address.
        ([168, 63, 129, 16], 32),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24),
        ([192, 0, 2, 0], 24),
        ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16),
        ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        ([224, 0, 0, 0], 4),
        ([240, 0, 0, 0], 4),
    ];
    let bits = address.to_bits();
    !BLOCKS.iter().any(|(first, length)| (bits ^ u32::from_be_bytes(*first)) >> (32 - length) == 0)
}

fn is_global_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // IPv4 in IPv6: mapped, and translated by NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_global_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        // Protocol assignments, among them Teredo and benchmarking; documentation; 6to4.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_special_addresses_are_not_global() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::808:808",
            "100::1",
            "2001::1",
            "2001:0:4136:e378::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_global(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_global() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "168.63.129.17",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2600::1",
            "2001:4860:4860::8888",
            "2001:200::1",
            "2a00:1450::1",
            "2620:fe::fe",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_global(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn addresses_written_out_in_any_form_are_judged() {
        let guard = AddressGuard::new(false, Vec::new());
        for host in [
            "127.0.0.1",
            "127.0.0.1.",
            "127.1",
            "0",
            "2130706433",
            "017700000001",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.0x1",
            "%31%32%37.0.0.1",
            "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
            "127\u{3002}0\u{3002}0\u{3002}1",
            "\u{2460}\u{2461}\u{2466}.0.0.1",
            "user:word@10.0.0.1:8080",
            "0xa9fea9fe",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:7f00:1]",
            "[::FFFF:169.254.169.254]",
            "[64:ff9b::10.0.0.1]",
            "[fd00:ec2::254]",
        ] {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            assert!(matches!(guard.check(&url), Err(FetchError::PrivateAddress { .. })), "{host}: {url}");
        }
        assert!(guard.check(&Url::parse("http://8.8.8.8/").unwrap()).is_ok());
        assert!(AddressGuard::new(true, Vec::new()).check(&Url::parse("http://127.0.0.1/").unwrap()).is_ok());
    }

    #[tokio::test]
    async fn a_name_with_private_addresses_only_is_refused_by_the_resolver() {
        let guard = AddressGuard::new(false, Vec::new());
        let error = guard.resolve("localhost".parse().unwrap()).await.err().unwrap();
        assert!(error.downcast_ref::<Refused>().is_some(), "{error}");
        assert!(AddressGuard::new(true, Vec::new()).resolve("localhost".parse().unwrap()).await.is_ok());
        let proxied = AddressGuard::new(false, vec!["localhost".to_owned()]);
        assert!(proxied.resolve("localhost".parse().unwrap()).await.is_ok());
        let behind = proxied.check_behind_proxy(&Url::parse("http://localhost/").unwrap()).await;
        assert!(matches!(behind, Err(FetchError::PrivateAddress { .. })));
    }

    /// A name service that answers each look-up with the next of its answers.
    #[derive(Debug)]
    struct Rebinding(std::sync::Mutex<Vec<&'static [&'static str]>>);

    impl Internet for Rebinding {
        fn look_up(&self, _: String) -> LookUp {
            let answer = self.0.lock().unwrap().remove(0);
            let found = answer.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect();
            Box::pin(async { Ok(found) })
        }
    }

    #[tokio::test]
    async fn each_answer_of_the_name_system_is_judged_for_itself_and_address_by_address() {
        let answers: Vec<&'static [&'static str]> = vec![
            &["8.8.8.8"],
            &["127.0.0.1"],
            &["10.0.0.1", "::1", "8.8.4.4", "2600::1"],
            &["fd00:ec2::254", "::ffff:10.0.0.1"],
        ];
        let guard = AddressGuard::new(false, Vec::new()).on(Arc::new(Rebinding(std::sync::Mutex::new(answers))));
        let resolve = || guard.resolve("rebinding.example".parse().unwrap());
        let addresses = |found: Addrs| found.map(|address| address.ip().to_string()).collect::<Vec<_>>();
        assert_eq!(addresses(resolve().await.unwrap()), ["8.8.8.8"]);
        assert!(resolve().await.err().unwrap().downcast_ref::<Refused>().is_some(), "the second answer is private");
        assert_eq!(addresses(resolve().await.unwrap()), ["8.8.4.4", "2600::1"], "only public ones are handed out");
        assert!(resolve().await.err().unwrap().downcast_ref::<Refused>().is_some());
    }

    #[test]
    fn an_unknown_name_is_told_from_a_silent_name_server() {
        assert!(says_no_such_name("failed to lookup address information: Name or service not known"));
        assert!(!says_no_such_name("failed to lookup address information: Temporary failure in name resolution"));
    }
}
