//! The stylesheet and the icon: compiled in, named by what they hold, so that a browser keeps them for good.

use std::sync::LazyLock;

use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

const STYLE: &str = include_str!("../../templates/web/style.css");
const ICON: &str = include_str!("../../templates/web/icon.svg");

/// Stands in the addresses of both: other bytes, another address.
pub(super) static MARK: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = blake3::Hasher::new();
    hasher.update(STYLE.as_bytes()).update(ICON.as_bytes());
    hasher.finalize().to_hex().chars().take(12).collect()
});

/// `/style.css`
pub(super) async fn style(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    kept(&headers, query.as_deref(), "text/css; charset=utf-8", STYLE)
}

/// `/icon.svg`
pub(super) async fn icon(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    kept(&headers, query.as_deref(), "image/svg+xml", ICON)
}

fn kept(headers: &HeaderMap, query: Option<&str>, kind: &'static str, text: &'static str) -> Response {
    let is_named = query.and_then(|query| query.strip_prefix("v=")) == Some(MARK.as_str());
    let stands = if is_named { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    let tag = format!("\"{}\"", MARK.as_str());
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|tag| tag.to_str().ok());
    let answer = [(header::CACHE_CONTROL, stands.to_owned()), (header::ETAG, tag.clone())];
    if asked.is_some_and(|asked| asked.contains(&tag)) {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    (answer, [(header::CONTENT_TYPE, kind)], text).into_response()
}
