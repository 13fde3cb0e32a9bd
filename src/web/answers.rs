//! The routes, and what every answer has in common.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::client::{client_of, is_foreign};
use super::page::{Shell, Words};
use super::rates::Asked;
use super::{
    ALIVE_WITHIN, WebState, changes, confirm, feeds, front, leaving, metrics, preferences, ready, style, subscribe,
};

/// The longest body that is read of a request.
const MOST_BODY: usize = 16 * 1024;
/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// What every answer says to browsers and caches, where it does not say otherwise itself.
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
        .route("/", get(front::show))
        .route("/subscribe", get(subscribe::show).post(subscribe::take))
        .route("/confirm/{token}", get(confirm::show).post(confirm::take))
        .route("/preferences/{token}", get(preferences::show).post(changes::take))
        .route("/unsubscribe/{token}", get(leaving::show).post(leaving::take))
        .route("/feeds/{form}", get(feeds::of_filters))
        .route("/feeds/s/{file}", get(feeds::of_search))
        .route("/style.css", get(style::style))
        .route("/icon.svg", get(style::icon))
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics_text))
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(from_fn_with_state(Arc::clone(&state), in_time_and_guarded))
        .with_state(state)
}

/// Lets in what is neither too often nor sent by a page of another site, bounds an answer's time, and gives
/// it the headers that all have.
async fn in_time_and_guarded(State(state): State<Arc<WebState>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = if let Some(refusal) = refused(&state, &parts) {
        refusal
    } else {
        let answered = tokio::time::timeout(ANSWER_TIMEOUT, next.run(Request::from_parts(parts, body))).await;
        answered.unwrap_or_else(|_| text(StatusCode::SERVICE_UNAVAILABLE, "the answer took too long\n"))
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    if state.pages.site.public_url.as_ref().is_some_and(|url| url.starts_with("https:")) {
        let year = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// Answers what is not let in.
fn refused(state: &WebState, parts: &Parts) -> Option<Response> {
    let asked = asked_for(&parts.method, parts.uri.path())?;
    if let Some(client) = client_of(parts, &state.pages.trusted_proxies)
        && let Err(wait) = state.rates.take(asked, client, Instant::now())
    {
        return Some(too_often(state, (asked, parts.uri.path()), wait));
    }
    // A mail program has no page: its token is its right.
    let is_form = parts.method == Method::POST && asked != Asked::Leaving;
    let foreign = is_form && is_foreign(&parts.headers, state.pages.site.public_url.as_deref());
    foreign.then(|| {
        let shell = Shell::new(state, "This was sent by another site", depth_of(parts.uri.path()));
        let words = ["Nothing was changed. A page of another site has sent this form in your name; if you meant it, \
                      open the page here and send it again."];
        Words::new(shell, &words).answer(StatusCode::FORBIDDEN)
    })
}

/// Tells what a request asks for; `None` is what watchers ask, which costs next to nothing.
fn asked_for(method: &Method, path: &str) -> Option<Asked> {
    let is_post = method == Method::POST;
    match path {
        "/livez" | "/readyz" | "/metrics" | "/style.css" | "/icon.svg" => None,
        "/subscribe" if is_post => Some(Asked::Subscription),
        path if is_post && path.starts_with("/unsubscribe/") => Some(Asked::Leaving),
        path if path.starts_with("/feeds/") => Some(Asked::Feed),
        _ => Some(Asked::Page),
    }
}

fn too_often(state: &WebState, (asked, path): (Asked, &str), wait: Duration) -> Response {
    let seconds = wait.as_secs() + 1;
    let minutes = seconds.div_ceil(60);
    let mut response = if matches!(asked, Asked::Feed | Asked::Leaving) {
        text(StatusCode::TOO_MANY_REQUESTS, format!("too many requests; try again in {seconds} s\n"))
    } else {
        let shell = Shell::new(state, "Too many requests", depth_of(path));
        let when = if minutes == 1 { "in a minute".to_owned() } else { format!("in {minutes} minutes") };
        let words = format!("Much was asked for from your network in a short time. Please try again {when}.");
        Words::new(shell, &[&words]).answer(StatusCode::TOO_MANY_REQUESTS)
    };
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Tells how many folders deep an address lies.
fn depth_of(path: &str) -> usize {
    path.matches('/').count().saturating_sub(1).min(20)
}

async fn nothing_here(State(state): State<Arc<WebState>>, uri: Uri) -> Response {
    let shell = Shell::new(&state, "There is nothing here", depth_of(uri.path()));
    let words = Words::new(shell, &["This address leads nowhere. It may not have been copied whole."]);
    words.leading("", "To the front page").answer(StatusCode::NOT_FOUND)
}

fn text(status: StatusCode, words: impl Into<String>) -> Response {
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, plain, words.into()).into_response()
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
