//! What one request to a board brought, kept for reports and fixtures.

use url::Url;

use crate::fetch::{Exchange, Fetched};
use crate::model::{Engine, Page, Wanted};

/// A redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Its status.
    pub status: u16,
    /// Where it led.
    pub to: Url,
}

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Exchanged {
    /// The engine that it was made for, if for one.
    pub engine: Option<Engine>,
    /// The request.
    pub wanted: Wanted,
    /// What it was to settle.
    pub why: Option<String>,
    /// Redirects on the way, a refused one last.
    pub hops: Vec<Hop>,
    /// The answer's status, where there was one.
    pub status: Option<u16>,
    /// The answer, a refusal's beginning too.
    pub page: Option<Page>,
    /// Why it brought nothing.
    pub error: Option<String>,
}

impl Exchanged {
    /// Records what a request brought.
    pub(super) fn new(engine: Option<Engine>, wanted: &Wanted, exchange: &Exchange) -> Self {
        let (page, error) = match &exchange.outcome {
            Ok(Fetched::Page(page)) => (Some(page.as_ref().clone()), None),
            Ok(Fetched::NotModified { .. }) => (None, Some("answered 304: unchanged".to_owned())),
            Err(error) => (error.page().cloned(), Some(format!("failed to {error}"))),
        };
        Self {
            engine,
            wanted: wanted.clone(),
            why: None,
            hops: exchange.hops.iter().map(|(status, to)| Hop { status: *status, to: to.clone() }).collect(),
            status: page.as_ref().map(|page: &Page| page.status),
            page,
            error,
        }
    }
}
