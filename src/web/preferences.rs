//! `/preferences/TOKEN`: shows what somebody gets and when, with every way to change or end it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::confirm::words_of;
use super::entered::{CadenceFields, WEEKDAYS};
use super::form::Errors;
use super::page::{self, Shell, Words};
use super::zones::{self, ZoneGroup};
use super::{WebState, when};
use crate::model::{SavedSearch, SearchId, Subscriber, SubscriberState, Token};
use crate::store::Managed;

/// A saved search as a page shows it.
pub(super) struct SearchView {
    pub(super) id: SearchId,
    /// Its name, or else what it looks for.
    pub(super) title: String,
    pub(super) words: String,
    pub(super) cadence: String,
    pub(super) next: Option<String>,
    pub(super) state: SubscriberState,
    pub(super) heartbeat: bool,
    pub(super) fields: CadenceFields,
    /// A zone that is none of the list's.
    pub(super) other_zone: Option<String>,
    pub(super) errors: Errors,
    /// The token of its feed.
    pub(super) feed: Option<String>,
    /// Its filters as they stand in an address.
    pub(super) filters: String,
}

impl SearchView {
    pub(super) fn new(state: &WebState, search: &SavedSearch, feed: Option<&Token>) -> Self {
        let words = words_of(state, search);
        let next = search.cadence.next_after(state.now());
        let fields = CadenceFields::stored(&search.cadence);
        Self {
            id: search.id,
            title: search.name.clone().unwrap_or_else(|| words.clone()),
            cadence: search.cadence.in_words(),
            next: next.map(|at| when::day_and_time(at, search.cadence.zone)),
            state: search.state,
            heartbeat: search.heartbeat,
            other_zone: Some(fields.zone.clone()).filter(|zone| !zones::is_listed(zone)),
            fields,
            errors: Errors::default(),
            feed: feed.map(|token| token.as_str().to_owned()),
            filters: search.filters.clone(),
            words,
        }
    }

    fn is_active(&self) -> bool {
        self.state == SubscriberState::Active
    }

    fn is_paused(&self) -> bool {
        self.state == SubscriberState::Paused
    }
}

#[derive(Template)]
#[template(path = "web/preferences.html")]
pub(super) struct PreferencesPage {
    shell: Shell,
    address: String,
    is_paused: bool,
    paused_until: Option<String>,
    bounced: Option<String>,
    pub(super) searches: Vec<SearchView>,
    said: Option<&'static str>,
    pub(super) until_error: Option<String>,
    zones: &'static [ZoneGroup],
    weekdays: [(&'static str, &'static str); 7],
}

impl PreferencesPage {
    fn has_error(&self) -> bool {
        self.until_error.is_some() || self.searches.iter().any(|search| !search.errors.is_empty())
    }
}

/// What was done, by the word that stands in the address after it.
const SAID: [(&str, &str); 8] = [
    ("cadence", "Saved: the mails of this search come as you have chosen."),
    ("paused", "Paused. Nothing is sent until it goes on."),
    ("resumed", "It goes on. What is new since the pause comes with the next mail."),
    ("search-paused", "This search is paused."),
    ("search-resumed", "This search goes on."),
    ("removed", "The search is removed."),
    ("feed", "The search has a feed now; its address is below."),
    ("rotated", "The feed has a new address. The old one shows nothing any more."),
];

/// Shows the page.
pub(super) async fn show(
    State(state): State<Arc<WebState>>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(token) = Token::read(&token) else { return unknown(&state) };
    let said = query.as_deref().and_then(|query| query.strip_prefix("said="));
    let said = SAID.iter().find(|(word, _)| Some(*word) == said).map(|(_, says)| *says);
    page_of(&state, &token, |page| page.said = said).await
}

pub(super) async fn page_of(
    state: &Arc<WebState>,
    token: &Token,
    dress: impl FnOnce(&mut PreferencesPage),
) -> Response {
    let managed = match managed(state, token).await {
        Ok(Some(managed)) => managed,
        Ok(None) => return unknown(state),
        Err(answer) => return answer,
    };
    let subscriber = &managed.subscriber;
    let zone = zone_of(&managed);
    let searches = managed.searches.iter();
    let mut page = PreferencesPage {
        shell: Shell::new(state, "Your job mails", 1),
        address: subscriber.address.masked(),
        is_paused: is_paused(subscriber, state.now()),
        paused_until: subscriber.paused_until.map(|until| when::day(until, zone)),
        bounced: (subscriber.state == SubscriberState::Bounced)
            .then(|| subscriber.bounced_why.clone().unwrap_or_default()),
        searches: searches.map(|(search, feed)| SearchView::new(state, search, feed.as_ref())).collect(),
        said: None,
        until_error: None,
        zones: &zones::GROUPS,
        weekdays: WEEKDAYS,
    };
    dress(&mut page);
    let status = if page.has_error() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page::answer(status, &page)
}

/// Reads what a token is about; or makes the answer, where the database does not.
pub(super) async fn managed(state: &Arc<WebState>, token: &Token) -> Result<Option<Managed>, Response> {
    let (token, now) = (token.clone(), state.now());
    let read = state.act(move |state| state.store.managed(&token, state.key().ok().as_ref(), now)).await;
    match read {
        Some(Ok(managed)) => Ok(managed),
        Some(Err(error)) => {
            tracing::warn!(%error, "somebody's preferences could not be read");
            Err(page::not_now(state, 1))
        }
        None => Err(page::not_now(state, 1)),
    }
}

/// Tells whether all of somebody's mail is paused now.
pub(super) fn is_paused(subscriber: &Subscriber, now: DateTime<Utc>) -> bool {
    subscriber.state == SubscriberState::Paused && subscriber.paused_until.is_none_or(|until| until > now)
}

/// Gives the zone in which somebody tells days.
pub(super) fn zone_of(managed: &Managed) -> Tz {
    managed.searches.first().map_or(Tz::UTC, |(search, _)| search.cadence.zone)
}

/// Says that a token is nobody's.
pub(super) fn unknown(state: &WebState) -> Response {
    let shell = Shell::new(state, "This link is nobody’s", 1);
    let paragraphs = [
        "No subscription belongs to this link (any more). It may not have been copied whole, or you have \
         unsubscribed.",
        "The link in the latest mail leads to your settings.",
    ];
    Words::new(shell, &paragraphs).leading("subscribe", "Ask for a search by mail").answer(StatusCode::NOT_FOUND)
}
