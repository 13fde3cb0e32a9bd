//! Sends one request and hands back the head of its answer; the body is read within its limits.
//!
//! The HTTP library keeps no cookies, sends no `Referer`, follows no redirect and decodes nothing;
//! time-outs are ours, so that an error can say which one ran out.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use reqwest::{Client, ClientBuilder, Response, redirect};
use url::Url;

use super::body::{BodyError, Caps, Coding, IncomingBody};
use super::error::{FetchError, SizeCap, Stage, redacted};
use super::guard::{AddressGuard, Refused, Unresolved, is_global, literal};
use super::host::is_public_name;
use super::settings::{Settings, user_agent};

/// The most bytes of an answer's head.
const HEAD_BYTES: u64 = 64 << 10;

/// The longest address that is asked for: it is written down with every posting that it shows.
const LONGEST_ADDRESS: usize = 4096;

/// Variables by which an environment names a proxy.
const PROXY_VARIABLES: [&str; 6] = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The HTTP library, set up.
pub(super) struct Wire {
    direct: Client,
    /// Set where the environment names a proxy; requests to public hosts go through it.
    by_proxy: Option<Client>,
    guard: AddressGuard,
    limits: Limits,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    first_byte: Duration,
    connect: Duration,
    idle: Duration,
    total: Duration,
}

/// The head of an answer, its body still to be read.
pub(super) struct Reply {
    response: Response,
    url: Url,
    started: Instant,
    limits: Limits,
}

impl Wire {
    /// Sets the HTTP library up.
    pub(super) fn new(settings: &Settings) -> Result<Self, FetchError> {
        // Another part of the process may have installed a provider before; then that one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let proxies: Vec<String> = PROXY_VARIABLES.iter().filter_map(|name| std::env::var(name).ok()).collect();
        let hosts = proxies.iter().filter_map(|proxy| proxy_host(proxy)).collect();
        // Only on the way through a proxy may the proxy's own address be private.
        let through = AddressGuard::new(settings.allow_private_addresses, hosts);
        let is_proxied = proxies.iter().any(|proxy| !proxy.is_empty());
        let by_proxy = if is_proxied { Some(build(builder(settings, &through)?)?) } else { None };
        let guard = AddressGuard::new(settings.allow_private_addresses, Vec::new());
        Self::guarded(settings, guard, by_proxy)
    }

    /// Sets up the direct way behind a guard.
    pub(super) fn guarded(
        settings: &Settings,
        guard: AddressGuard,
        by_proxy: Option<Client>,
    ) -> Result<Self, FetchError> {
        let direct = build(builder(settings, &guard)?.no_proxy())?;
        let limits = Limits {
            first_byte: settings.first_byte_timeout,
            connect: settings.connect_timeout,
            idle: settings.idle_timeout,
            total: settings.total_timeout,
        };
        Ok(Self { direct, by_proxy, guard, limits })
    }

    /// Judges an address before anything is done about it.
    pub(super) fn check(&self, url: &Url) -> Result<(), FetchError> {
        let wrong = |why| Err(FetchError::Address { url: redacted(url), why });
        if !matches!(url.scheme(), "http" | "https") {
            return wrong("only http and https can be asked");
        }
        if url.host_str().is_none_or(str::is_empty) {
            return wrong("it names no host");
        }
        if url.as_str().len() > LONGEST_ADDRESS {
            return Err(FetchError::Address { url: redacted(url), why: "it is longer than 4096 bytes" });
        }
        self.guard.check(url)
    }

    /// Sends one GET request and waits for the head of the answer.
    pub(super) async fn send(&self, url: &Url, headers: HeaderMap) -> Result<Reply, FetchError> {
        self.check(url)?;
        let client = self.client_for(url).await?;
        let started = Instant::now();
        let limit = self.limits.first_byte.min(self.limits.total);
        let sending = client.get(url.clone()).headers(headers).send();
        let outcome = tokio::time::timeout(limit, sending).await;
        let host = host_of(url);
        let response = match outcome {
            Err(_) => return Err(FetchError::Timeout { host, stage: Stage::FirstByte, after: limit }),
            Ok(sent) => sent.map_err(|error| blame(&error.without_url(), url, &self.limits))?,
        };
        let head: usize = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if head as u64 > HEAD_BYTES {
            return Err(FetchError::TooLarge { url: redacted(url), cap: SizeCap::Headers, limit: HEAD_BYTES });
        }
        Ok(Reply { response, url: url.clone(), started, limits: self.limits })
    }

    /// Chooses between the proxy and the direct way, and judges what a proxy would resolve.
    async fn client_for(&self, url: &Url) -> Result<&Client, FetchError> {
        let is_local = match literal(url) {
            Some(address) => !is_global(address),
            None => !url.host_str().is_some_and(is_public_name),
        };
        match &self.by_proxy {
            Some(by_proxy) if !is_local => {
                self.guard.check_behind_proxy(url).await?;
                Ok(by_proxy)
            }
            _ => Ok(&self.direct),
        }
    }
}

impl Reply {
    /// Gives the HTTP status.
    pub(super) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Gives the headers.
    pub(super) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Gives a header byte for byte, each octet as the character of its number (ISO 8859-1).
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.headers().get(name).map(|value| value.as_bytes().iter().copied().map(char::from).collect())
    }

    /// Reads the whole body within its limits.
    pub(super) async fn body(mut self, caps: Caps) -> Result<Vec<u8>, FetchError> {
        let coding = self.coding()?;
        let promised = self.header(CONTENT_LENGTH.as_str()).and_then(|length| length.trim().parse::<u64>().ok());
        if promised.is_some_and(|length| length > caps.compressed) {
            return Err(self.refuse(BodyError::TooLarge(SizeCap::Compressed, caps.compressed)));
        }
        let mut body = IncomingBody::new(coding, caps);
        while self.pull(&mut body).await? {}
        body.finish().map_err(|error| self.refuse(error))
    }

    /// Reads the beginning of a body: up to so many bytes, or as far as it can be read.
    pub(super) async fn beginning(mut self, bytes: u64) -> Vec<u8> {
        // The cap on what comes out is the one that cuts, to the byte.
        let caps = Caps { compressed: bytes.saturating_mul(2), decompressed: bytes, ratio: u64::MAX };
        let mut body = IncomingBody::new(self.coding().unwrap_or(Coding::Identity), caps);
        while let Ok(true) = self.pull(&mut body).await {}
        body.salvage()
    }

    fn coding(&self) -> Result<Coding, FetchError> {
        Coding::of(&self.header(CONTENT_ENCODING.as_str()).unwrap_or_default())
            .map_err(|coding| FetchError::Coding { url: redacted(&self.url), coding })
    }

    /// Waits for more of the body, as long as it may stand still and the request may take in all;
    /// tells whether there may be more.
    async fn pull(&mut self, body: &mut IncomingBody) -> Result<bool, FetchError> {
        let left = self.limits.total.saturating_sub(self.started.elapsed());
        let (limit, stage, after) = if left < self.limits.idle {
            (left, Stage::Total, self.limits.total)
        } else {
            (self.limits.idle, Stage::Idle, self.limits.idle)
        };
        match tokio::time::timeout(limit, self.response.chunk()).await {
            Err(_) => Err(FetchError::Timeout { host: host_of(&self.url), stage, after }),
            Ok(Err(error)) => Err(FetchError::Truncated {
                url: redacted(&self.url),
                why: format!(
                    "the connection ended after {} bytes: {}",
                    body.received(),
                    innermost(&error.without_url())
                ),
            }),
            Ok(Ok(None)) => Ok(false),
            Ok(Ok(Some(chunk))) => body.push(&chunk).map(|()| true).map_err(|error| self.refuse(error)),
        }
    }

    fn refuse(&self, error: BodyError) -> FetchError {
        let url = redacted(&self.url);
        match error {
            BodyError::TooLarge(cap, limit) => FetchError::TooLarge { url, cap, limit },
            BodyError::Bomb(limit) => FetchError::Bomb { url, limit },
            BodyError::Damaged(why) => FetchError::Truncated { url, why },
        }
    }
}

/// Sets up what both ways share.
fn builder(settings: &Settings, guard: &AddressGuard) -> Result<ClientBuilder, FetchError> {
    let agent = user_agent(&settings.contact);
    if !agent.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(FetchError::Setup {
            why: "`fetch.contact` must be plain ASCII; write an https address".to_owned(),
        });
    }
    Ok(Client::builder()
        .user_agent(agent)
        .referer(false)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .dns_resolver(guard.clone())
        .connect_timeout(settings.connect_timeout)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(Duration::from_secs(20)))
}

fn build(builder: ClientBuilder) -> Result<Client, FetchError> {
    builder.build().map_err(|error| {
        let why = innermost(&error);
        let remedy = if why.contains("CA certificates") { "; install the package `ca-certificates`" } else { "" };
        FetchError::Setup { why: format!("{why}{remedy}") }
    })
}

/// Gives the host that a proxy variable names.
fn proxy_host(proxy: &str) -> Option<String> {
    let with_scheme = if proxy.contains("://") { proxy.to_owned() } else { format!("http://{proxy}") };
    Some(Url::parse(&with_scheme).ok()?.host_str()?.to_owned())
}

/// Gives the host for messages.
fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// Turns the HTTP library's error into one that says what failed.
fn blame(error: &reqwest::Error, url: &Url, limits: &Limits) -> FetchError {
    let host = host_of(url);
    let why = innermost(error);
    if let Some(refused) = found::<Refused>(error) {
        return FetchError::PrivateAddress { host, address: refused.address.to_string() };
    }
    if let Some(unresolved) = found::<Unresolved>(error) {
        return FetchError::Dns { host, nonexistent: unresolved.nonexistent, why };
    }
    if found::<rustls::Error>(error).is_some() {
        return FetchError::Tls { host, why };
    }
    match (error.is_timeout(), error.is_connect()) {
        (true, true) => FetchError::Timeout { host, stage: Stage::Connect, after: limits.connect },
        (true, false) => FetchError::Timeout { host, stage: Stage::FirstByte, after: limits.first_byte },
        (false, true) => FetchError::Connect { host, why },
        _ if error.is_builder() => FetchError::Address { url: redacted(url), why: "the HTTP library refuses it" },
        _ if why.contains("too large") => {
            FetchError::TooLarge { url: redacted(url), cap: SizeCap::Headers, limit: HEAD_BYTES }
        }
        _ => FetchError::Protocol { host, why },
    }
}

/// Finds an error of a kind anywhere in a chain, inside I/O errors too.
fn found<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = inside.and_then(|inside| inside.downcast_ref::<E>()) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Gives the words of the last error of a chain, which alone says what happened.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_recognized_with_and_without_scheme() {
        assert_eq!(proxy_host("http://u:p@proxy.example:3128").as_deref(), Some("proxy.example"));
        assert_eq!(proxy_host("proxy.example:3128").as_deref(), Some("proxy.example"));
        assert_eq!(proxy_host(""), None);
    }

    #[test]
    fn a_contact_that_no_header_can_carry_is_refused() {
        let settings = Settings { contact: "https://a.example/\r\nX: y".to_owned(), ..Settings::default() };
        assert!(matches!(Wire::new(&settings), Err(FetchError::Setup { .. })));
    }

    #[test]
    fn only_web_addresses_can_be_asked() {
        let wire = Wire::new(&Settings::default()).unwrap();
        for url in ["ftp://a.example/", "file:///etc/passwd", "data:text/html,x", "mailto:a@b.example"] {
            assert!(matches!(wire.check(&Url::parse(url).unwrap()), Err(FetchError::Address { .. })), "{url}");
        }
        let address = |length| Url::parse(&format!("https://a.example/{}", "a".repeat(length - 18))).unwrap();
        assert!(wire.check(&address(LONGEST_ADDRESS)).is_ok());
        assert!(matches!(wire.check(&address(LONGEST_ADDRESS + 1)), Err(FetchError::Address { .. })));
    }
}
