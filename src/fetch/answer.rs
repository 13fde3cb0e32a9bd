//! From the head and body of an answer to a page, and from our wishes to the head of a request.

use chrono::{DateTime, Utc};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AGE, CACHE_CONTROL, CONTENT_TYPE, ETAG, EXPIRES, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, USER_AGENT,
};
use secrecy::ExposeSecret;
use url::Url;

use super::error::FetchError;
use super::policy::Policy;
use super::retry;
use super::wire::Reply;
use crate::model::{Page, Validators};

/// Headers whose values are signs of the software that answered.
const SIGNS: [&str; 6] = ["x-nas-sid", "x-datadome", "cf-mitigated", "x-amzn-waf-action", "server", "cf-ray"];

/// Writes the head of a request.
pub(super) fn request_headers(policy: &Policy, validators: Option<&Validators>) -> Result<HeaderMap, FetchError> {
    let mut headers = plain_headers(policy.accept);
    if let Some(agent) = &policy.user_agent {
        headers.insert(USER_AGENT, value(agent, "User-Agent")?);
    }
    if let Some(etag) = validators.and_then(|validators| validators.etag.as_ref()) {
        headers.insert(IF_NONE_MATCH, value(etag, "If-None-Match")?);
    }
    if let Some(date) = validators.and_then(|validators| validators.last_modified.as_ref()) {
        headers.insert(IF_MODIFIED_SINCE, value(date, "If-Modified-Since")?);
    }
    for (name, secret) in &policy.secret_headers {
        let mut secret = value(secret.expose_secret(), name)?;
        secret.set_sensitive(true);
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| FetchError::Setup { why: format!("`{name}` is not a header name") })?;
        headers.insert(header, secret);
    }
    Ok(headers)
}

/// Writes the head of a request that anyone might make.
pub(super) fn plain_headers(accept: &'static str) -> HeaderMap {
    HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static(accept)),
        (ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
    ])
}

/// Makes a header value of the characters' numbers; the way back from [`Reply::header`].
fn value(text: &str, name: &str) -> Result<HeaderValue, FetchError> {
    let unusable = || FetchError::Setup { why: format!("the value of `{name}` cannot stand in a header") };
    let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    HeaderValue::from_bytes(&bytes.map_err(|_| unusable())?).map_err(|_| unusable())
}

/// What of an answer's head outlives its body.
pub(super) struct Head {
    page: Page,
    /// The moment that a `Retry-After` names.
    pub(super) retry_after: Option<DateTime<Utc>>,
}

impl Head {
    /// Reads the head of an answer that came just now.
    pub(super) fn of(reply: &Reply, requested: &Url, url: &Url, now: DateTime<Utc>) -> Self {
        let header = |name: HeaderName| reply.header(name.as_str());
        let (media_type, charset) = content_type(&header(CONTENT_TYPE).unwrap_or_default());
        let page = Page {
            requested: requested.clone(),
            url: url.clone(),
            moved_for_good: false,
            status: reply.status(),
            media_type,
            charset,
            signs: signs(reply.headers()),
            validators: Validators {
                // An empty header names no answer, and must not take a real one's place.
                etag: header(ETAG).filter(|tag| !tag.is_empty()),
                last_modified: header(LAST_MODIFIED).filter(|date| !date.is_empty()),
                given_by: Some(url.clone()),
            },
            body: Vec::new(),
            fetched_at: now,
            fresh_until: retry::fresh_until(
                &header(CACHE_CONTROL).unwrap_or_default(),
                header(EXPIRES).as_deref(),
                header(AGE).as_deref(),
                now,
            ),
        };
        Self { page, retry_after: reply.header("retry-after").and_then(|value| retry::retry_after(&value, now)) }
    }

    /// Gives until when the answer need not be asked for again.
    pub(super) fn fresh_until(&self) -> Option<DateTime<Utc>> {
        self.page.fresh_until
    }

    /// Adds the body.
    pub(super) fn into_page(mut self, body: Vec<u8>) -> Page {
        self.page.body = body;
        self.page
    }
}

/// Splits a `Content-Type` into media type and charset, both lower-case.
fn content_type(header: &str) -> (String, Option<String>) {
    let mut parts = header.split(';');
    let media_type = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_ascii_lowercase())
    });
    (media_type, charset)
}

/// Collects the signs of the answering software, lower-case.
fn signs(headers: &HeaderMap) -> Vec<(String, String)> {
    SIGNS
        .iter()
        .filter_map(|name| {
            let value = String::from_utf8_lossy(headers.get(*name)?.as_bytes()).to_lowercase();
            Some(((*name).to_owned(), value.chars().take(200).collect()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    #[test]
    fn content_types_are_split() {
        assert_eq!(content_type("Text/HTML; Charset=\"UTF-8\""), ("text/html".into(), Some("utf-8".into())));
        assert_eq!(
            content_type("application/hr+json;x=y; charset = latin1"),
            ("application/hr+json".into(), Some("latin1".into()))
        );
        assert_eq!(content_type("text/html; charset="), ("text/html".into(), None));
        assert_eq!(content_type(""), (String::new(), None));
    }

    #[test]
    fn validators_go_back_byte_for_byte() {
        let validators = Validators { etag: Some("W/\"caf\u{e9}\"".to_owned()), last_modified: None, given_by: None };
        let headers = request_headers(&Policy::default(), Some(&validators)).unwrap();
        assert_eq!(headers.get(IF_NONE_MATCH).unwrap().as_bytes(), b"W/\"caf\xe9\"");
        assert!(headers.get(IF_MODIFIED_SINCE).is_none());
    }

    #[test]
    fn secrets_are_sensitive_and_never_named_in_errors() {
        let policy = |secret: &str| Policy {
            secret_headers: vec![("Authorization-Key", SecretString::from(secret))],
            user_agent: Some("me@example.edu".to_owned()),
            ..Policy::default()
        };
        let headers = request_headers(&policy("k+/="), None).unwrap();
        assert!(headers.get("authorization-key").unwrap().is_sensitive());
        assert_eq!(headers.get(USER_AGENT).unwrap(), "me@example.edu");
        assert!(!format!("{headers:?} {:?}", policy("k+/=")).contains("k+/="));
        let error = request_headers(&policy("hush\n"), None).unwrap_err().to_string();
        assert!(error.contains("Authorization-Key") && !error.contains("hush"), "{error}");
    }

    #[test]
    fn signs_are_collected_in_lower_case() {
        let headers = HeaderMap::from_iter([
            (HeaderName::from_static("x-nas-sid"), HeaderValue::from_static("A1")),
            (HeaderName::from_static("server"), HeaderValue::from_static("CloudFlare")),
            (HeaderName::from_static("x-other"), HeaderValue::from_static("z")),
        ]);
        let expected = vec![("x-nas-sid".to_owned(), "a1".to_owned()), ("server".to_owned(), "cloudflare".to_owned())];
        assert_eq!(signs(&headers), expected);
    }
}
