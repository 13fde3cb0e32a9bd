//! `/feeds/…`: what is new for feed readers, for everybody by filters, and of one saved search by its token.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::WebState;
use super::conditional::{ROBOTS, http_date, is_unchanged, takes_gzip};
use super::entered::in_plain_words;
use super::feed_cache::{Made, Written};
use crate::digest::FeedForm;
use crate::matching::{FilterError, SavedFilters, in_words};
use crate::model::{Criteria, SavedSearch, SubscriberState, Token};
use crate::pipeline::{FeedOrder, criteria_of, feed_document};
use crate::store::StoreError;

/// The most jobs in one feed, and how many there are where nothing is said.
const MOST_ITEMS: usize = 200;
/// What feeds are called.
const TITLE: &str = "New HIM jobs";
/// Days in a public feed are told in the zone of most of its readers.
const ZONE: Tz = chrono_tz::America::New_York;
/// How long a feed may be made before the last one is shown instead.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a feed is made of.
struct Wanted {
    title: String,
    criteria: Criteria,
    self_url: Option<String>,
    zone: Tz,
    form: FeedForm,
}

fn plain(status: StatusCode, words: impl Into<String>) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], words.into()).into_response()
}

fn no_such_form() -> Response {
    plain(StatusCode::NOT_FOUND, "feeds are rss, atom, json and ics\n")
}

/// `/feeds/FORM?filters`
pub(super) async fn of_filters(
    State(state): State<Arc<WebState>>,
    Path(form): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(form) = FeedForm::from_word(&form) else { return no_such_form() };
    let read = SavedFilters::parse(query.as_deref().unwrap_or_default());
    let read = read.and_then(|filters| criteria_of(&filters, &state.pages.coder).map(|criteria| (filters, criteria)));
    let (filters, criteria) = match read.map_err(|error| in_words_of(&error)) {
        Ok(read) => read,
        Err(words) => return plain(StatusCode::BAD_REQUEST, words),
    };
    let boards = state.configured();
    if let Some(unknown) = criteria.boards.iter().find(|id| !boards.iter().any(|board| board.id == **id)) {
        let known = boards.iter().map(|board| board.id.as_str()).collect::<Vec<_>>().join(", ");
        return plain(StatusCode::BAD_REQUEST, format!("board: there is no board “{unknown}”; there are {known}\n"));
    }
    let text = filters.text();
    let address = |base: &String| {
        let question = if text.is_empty() { "" } else { "?" };
        format!("{}/feeds/{}{question}{text}", base.trim_end_matches('/'), form.as_str())
    };
    let self_url = state.pages.site.public_url.as_ref().map(address);
    let key = format!("{}?{text}", form.as_str());
    let wanted = Wanted { title: TITLE.to_owned(), criteria: bounded(criteria), self_url, zone: ZONE, form };
    let now = state.now();
    let made = state.feeds.get(&key, now, || make(&state, wanted, now)).await;
    match made {
        Ok(made) => answer(&made, form, &headers, "public, max-age=900"),
        Err(_) => unavailable(),
    }
}

/// Says which filter cannot be used, by its name.
fn in_words_of(error: &FilterError) -> String {
    let name = match error {
        FilterError::Value { filter, .. } => format!("{filter}: "),
        _ => String::new(),
    };
    format!("{name}{}\n", in_plain_words(error))
}

fn bounded(criteria: Criteria) -> Criteria {
    let limit = criteria.limit.unwrap_or(MOST_ITEMS).min(MOST_ITEMS);
    Criteria { limit: Some(limit), ..criteria }
}

/// `/feeds/s/TOKEN.FORM`
pub(super) async fn of_search(
    State(state): State<Arc<WebState>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (token, form) = file.rsplit_once('.').unwrap_or((&file, ""));
    let Some(form) = FeedForm::from_word(form) else { return no_such_form() };
    let Some(token) = Token::read(token) else { return nobodys() };
    let now = state.now();
    let key = format!("{}/{}", form.as_str(), blake3::Hash::from_bytes(token.hash()).to_hex());
    let found = state.act(move |state| state.store.search_of_feed(&token, now)).await;
    let found = match found {
        Some(Ok(found)) => found.filter(|search| search.state != SubscriberState::Pending),
        // A reader who came before gets what they had.
        failed => {
            if let Some(Err(error)) = failed {
                tracing::warn!(%error, "the search of a feed could not be read");
            }
            let last = state.feeds.last(&key).await;
            return last.map_or_else(unavailable, |made| own_answer(&made, form, &headers));
        }
    };
    let Some(search) = found else {
        state.feeds.forget(&key);
        return nobodys();
    };
    let wanted = match of_saved(&state, &search, form) {
        Ok(wanted) => wanted,
        Err(error) => {
            tracing::warn!(search.id = %search.id, %error, "the filters of a saved search cannot be read any more");
            return unavailable();
        }
    };
    match state.feeds.get(&key, now, || make(&state, wanted, now)).await {
        Ok(made) => own_answer(&made, form, &headers),
        Err(_) => unavailable(),
    }
}

fn of_saved(state: &WebState, search: &SavedSearch, form: FeedForm) -> Result<Wanted, FilterError> {
    let criteria = criteria_of(&SavedFilters::parse(&search.filters)?, &state.pages.coder)?;
    let title = search.name.as_ref().map_or_else(|| TITLE.to_owned(), |name| format!("{TITLE}: {name}"));
    // Its own address is its secret and stands in no document.
    Ok(Wanted { title, criteria: bounded(criteria), self_url: None, zone: search.cadence.zone, form })
}

/// Makes a feed; `None` where the database does not answer in time.
async fn make(state: &Arc<WebState>, wanted: Wanted, now: DateTime<Utc>) -> Option<Written> {
    let making = state.make_feed(move |state| written(state, &wanted, now));
    match tokio::time::timeout(PATIENCE, making).await {
        Ok(Some(Ok(written))) => Some(written),
        Ok(Some(Err(error))) => {
            tracing::warn!(%error, "a feed could not be made");
            None
        }
        _ => {
            tracing::warn!("a feed could not be made in time");
            None
        }
    }
}

fn written(state: &WebState, wanted: &Wanted, now: DateTime<Utc>) -> Result<Written, StoreError> {
    let (boards, site) = (state.configured(), &state.pages.site);
    // A feed of one board may send people to that board's page.
    let only = match wanted.criteria.boards.as_slice() {
        [only] => boards.iter().find(|board| board.id == *only),
        _ => None,
    };
    let order = FeedOrder {
        form: wanted.form,
        criteria: &wanted.criteria,
        in_words: in_words(&wanted.criteria),
        title: &wanted.title,
        self_url: wanted.self_url.clone(),
        home_url: site.public_url.clone().or_else(|| only.map(|board| board.homepage.to_string())),
        author: site.name.clone(),
        zone: wanted.zone,
        now,
        boards: &boards,
    };
    let document = feed_document(&state.store, &order)?;
    Ok(Written { text: document.text, modified: document.last_modified.unwrap_or(now) })
}

fn own_answer(made: &Made, form: FeedForm, headers: &HeaderMap) -> Response {
    let mut response = answer(made, form, headers, "private, max-age=900");
    response.headers_mut().insert(ROBOTS, HeaderValue::from_static("noindex"));
    response
}

fn answer(made: &Made, form: FeedForm, headers: &HeaderMap, stands: &'static str) -> Response {
    let is_packed = takes_gzip(headers);
    let tag = if is_packed { &made.packed_tag } else { &made.tag };
    let validators = [
        (header::ETAG, tag.clone()),
        (header::LAST_MODIFIED, http_date(made.modified)),
        (header::CACHE_CONTROL, stands.to_owned()),
        (header::VARY, "Accept-Encoding".to_owned()),
    ];
    // Whoever has either has the document.
    if is_unchanged(headers, &[&made.tag, &made.packed_tag], made.modified) {
        return (StatusCode::NOT_MODIFIED, validators).into_response();
    }
    let body = if is_packed { made.packed.clone() } else { made.plain.clone() };
    let mut response = (StatusCode::OK, validators, [(header::CONTENT_TYPE, form.media_type())], body).into_response();
    if is_packed {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn nobodys() -> Response {
    plain(StatusCode::NOT_FOUND, "this feed's address was changed, or never was one\n")
}

fn unavailable() -> Response {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, "the feed cannot be made just now\n");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("300"));
    response
}
