//! What every page has around it, and pages that only say something.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::WebState;
use super::conditional::ROBOTS;
use super::style;

/// What pages may load and where their forms may go: from and to here alone.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// What is around a page.
pub(super) struct Shell {
    /// The page's title, without the site's name.
    pub(super) title: String,
    /// The way to the front page, as it is written in links: `./` or `../`.
    pub(super) root: String,
    /// The site's name.
    pub(super) site: String,
    /// Stands in the stylesheet's address.
    pub(super) mark: &'static str,
    /// Whether searches can be had by mail here.
    pub(super) can_subscribe: bool,
    /// Who is responsible for mails.
    pub(super) postal_address: Option<String>,
}

impl Shell {
    /// Makes it for a page that lies `depth` folders deep.
    pub(super) fn new(state: &WebState, title: impl Into<String>, depth: usize) -> Self {
        let site = &state.pages.site;
        Self {
            title: title.into(),
            root: if depth == 0 { "./".to_owned() } else { "../".repeat(depth) },
            site: site.name.clone(),
            mark: style::MARK.as_str(),
            can_subscribe: state.pages.sender.is_some(),
            postal_address: site.postal_address.clone(),
        }
    }
}

/// A page that only says something.
#[derive(Template)]
#[template(path = "web/words.html")]
pub(super) struct Words {
    pub(super) shell: Shell,
    pub(super) heading: String,
    pub(super) paragraphs: Vec<String>,
    /// Where to go on, and what that is called.
    pub(super) links: Vec<(String, &'static str)>,
}

impl Words {
    /// Makes one with its title as heading.
    pub(super) fn new(shell: Shell, paragraphs: &[&str]) -> Self {
        let heading = shell.title.clone();
        let paragraphs = paragraphs.iter().map(|&text| text.to_owned()).collect();
        Self { shell, heading, paragraphs, links: Vec::new() }
    }

    /// Adds a link to a place on this site.
    pub(super) fn leading(mut self, to: &str, text: &'static str) -> Self {
        self.links.push((format!("{}{to}", self.shell.root), text));
        self
    }

    /// Makes the answer.
    pub(super) fn answer(&self, status: StatusCode) -> Response {
        answer(status, self)
    }
}

/// Makes an answer of a page. It is kept by nobody, and no search engine lists it.
pub(super) fn answer(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => {
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
            (status, kind, html).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, "the page could not be written\n").into_response()
        }
    }
}

/// Lets everybody keep and list a page.
pub(super) fn public(mut response: Response, seconds: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(seconds));
    headers.insert(ROBOTS, HeaderValue::from_static("all"));
    response
}

/// Says that the database did not do its part; whoever asked may try again.
pub(super) fn not_now(state: &WebState, depth: usize) -> Response {
    let shell = Shell::new(state, "This did not work just now", depth);
    let words = Words::new(
        shell,
        &[
            "Nothing was changed. The database is busy or cannot be written at the moment; please try again in a minute.",
        ],
    );
    let mut response = words.answer(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    response
}
