//! The routes, and what every answer has in common.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{ALIVE_WITHIN, WebState, metrics, ready};

/// The longest body that is read of a request.
const MOST_BODY: usize = 64 * 1024;
/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// What every answer says to browsers and caches.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

/// Makes the routes.
pub(super) fn router(state: Arc<WebState>) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics_text))
        .fallback(|| async { text(StatusCode::NOT_FOUND, "there is nothing here; see /\n") })
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(from_fn(in_time_and_guarded))
        .with_state(state)
}

/// Bounds an answer's time and gives it the headers that all have.
async fn in_time_and_guarded(request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(ANSWER_TIMEOUT, next.run(request)).await;
    let mut response = answered.unwrap_or_else(|_| text(StatusCode::SERVICE_UNAVAILABLE, "the answer took too long\n"));
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn text(status: StatusCode, words: impl Into<String>) -> Response {
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, plain, words.into()).into_response()
}

async fn index() -> Response {
    text(StatusCode::OK, "jobrounds: see /livez, /readyz and /metrics\n")
}

async fn livez(State(state): State<Arc<WebState>>) -> Response {
    let age = state.beat.age();
    if age < ALIVE_WITHIN {
        text(StatusCode::OK, "alive\n")
    } else {
        text(StatusCode::SERVICE_UNAVAILABLE, format!("the scheduler has not beaten for {} s\n", age.as_secs()))
    }
}

async fn readyz(State(state): State<Arc<WebState>>) -> Response {
    let readiness = ready::check(&state).await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_string(&readiness).unwrap_or_default() + "\n";
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn metrics_text(State(state): State<Arc<WebState>>) -> Response {
    /// Prometheus's text format.
    const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
    match metrics::text(&state).await {
        Some(body) => (StatusCode::OK, [(header::CONTENT_TYPE, FORMAT)], body).into_response(),
        None => text(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer; see /readyz\n"),
    }
}
