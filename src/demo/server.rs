//! Serves the synthetic boards on loopback, one port a board, with validators as real ones give them.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;

use super::{api, pages};

/// Where each synthetic board listens.
#[derive(Clone, Debug)]
pub struct DemoBoards {
    /// Board id, engine and origin, in order of id.
    pub boards: Vec<(&'static str, &'static str, String)>,
}

/// One board's server.
struct Site {
    board: &'static str,
    origin: String,
    now: DateTime<Utc>,
}

/// An answer before its validators: status, media type, body.
type Answer = (StatusCode, &'static str, String);

/// Begins to serve the five boards; they stop with the runtime. Dates in them are relative to `now`.
///
/// # Errors
/// Returns the reason when no loopback port can be had.
pub async fn serve(now: DateTime<Utc>) -> std::io::Result<DemoBoards> {
    let engines = [
        ("aapc", "webscribble"),
        ("ahdi", "bti"),
        ("ahima", "ymcareers"),
        ("elite", "ymcareers"),
        ("usajobs", "usajobs"),
    ];
    let mut boards = Vec::new();
    for (board, engine) in engines {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let site = Arc::new(Site { board, origin: origin.clone(), now });
        let router = Router::new().fallback(answer).with_state(site);
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::warn!(%error, "a demo board stopped");
            }
        });
        boards.push((board, engine, origin));
    }
    Ok(DemoBoards { boards })
}

async fn answer(
    State(site): State<Arc<Site>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    let (status, media_type, body) = site.page(&path, &query);
    let tag = format!("\"{}\"", &blake3::hash(body.as_bytes()).to_hex()[..16]);
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == tag.as_bytes());
    let builder = Response::builder().header(header::CONTENT_TYPE, media_type);
    // USAJOBS gives no validators; the others do.
    let built = match (site.board, known, status) {
        ("usajobs", ..) => builder.status(status).body(Body::from(body)),
        (_, true, StatusCode::OK) => {
            builder.status(StatusCode::NOT_MODIFIED).header(header::ETAG, tag).body(Body::empty())
        }
        _ => builder.status(status).header(header::ETAG, tag).body(Body::from(body)),
    };
    built.unwrap_or_default()
}

impl Site {
    fn page(&self, path: &str, query: &HashMap<String, String>) -> Answer {
        let found = match self.board {
            "ahima" => self.ymcareers(path, query),
            "aapc" => self.webscribble(path),
            "ahdi" => self.bti(path, query),
            "usajobs" => self.usajobs(path, query),
            // A wall answers every page, but robots.txt is open to all.
            _ if path != "/robots.txt" => Some(html(pages::wall())),
            _ => None,
        };
        found.unwrap_or_else(|| (StatusCode::NOT_FOUND, "text/html; charset=utf-8", "<h1>Not found</h1>".into()))
    }

    fn ymcareers(&self, path: &str, query: &HashMap<String, String>) -> Option<Answer> {
        if path == "/robots.txt" {
            return Some((StatusCode::OK, "text/plain", "User-agent: *\nDisallow: /btrp/\n".into()));
        }
        if path == "/jobs/" {
            let number =
                |name: &str, default: usize| query.get(name).and_then(|text| text.parse().ok()).unwrap_or(default);
            return Some(html(pages::ym_list(number("str", 1).max(1), number("max", 25).clamp(1, 100))));
        }
        let id = path.strip_prefix("/job/")?.trim_end_matches('/').rsplit('/').next()?.parse().ok()?;
        pages::ym_detail(id, self.now).map(html)
    }

    fn webscribble(&self, path: &str) -> Option<Answer> {
        let value = match path.strip_prefix("/api/v1/jobs")?.trim_start_matches('/') {
            "" => api::webscribble_list(&self.origin, self.now),
            id => api::webscribble_detail(id.parse().ok()?, &self.origin, self.now)?,
        };
        Some((StatusCode::OK, "application/json", value.to_string()))
    }

    fn bti(&self, path: &str, query: &HashMap<String, String>) -> Option<Answer> {
        let wanted = path == "/jobs/" && query.get("display").is_some_and(|form| form == "rss");
        wanted.then(|| (StatusCode::OK, "text/xml; charset=utf-8", pages::bti_feed(&self.origin, self.now)))
    }

    fn usajobs(&self, path: &str, query: &HashMap<String, String>) -> Option<Answer> {
        let series = query.get("PositionSeries").map(String::as_str).unwrap_or_default();
        let value = match path {
            "/api/historicjoa" => api::historic_joa(series, self.now),
            "/api/historicjoa/announcementtext" => api::announcement_texts(series),
            _ => return None,
        };
        Some((StatusCode::OK, "application/json; charset=utf-8", value.to_string()))
    }
}

fn html(body: String) -> Answer {
    (StatusCode::OK, "text/html; charset=utf-8", body)
}
