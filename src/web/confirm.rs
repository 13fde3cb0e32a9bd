//! `/confirm/TOKEN`: takes the word of a mailbox's owner. Looking at the page is no word: programs
//! that check links look first.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::page::{self, Shell, Words};
use super::{WebState, when};
use crate::matching::{SavedFilters, in_words};
use crate::model::{SavedSearch, SubscriberState, Token};
use crate::pipeline::{SubscribingError, confirm, criteria_of};
use crate::store::StoreError;

#[derive(Template)]
#[template(path = "web/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    address: String,
    filters: String,
    cadence: String,
}

#[derive(Template)]
#[template(path = "web/confirmed.html")]
struct ConfirmedPage {
    shell: Shell,
    filters: String,
    cadence: String,
    /// When the first mail can come; none where mail comes as soon as there is something.
    first: Option<String>,
    /// The token of the page on which it can be changed.
    manage: Option<String>,
    /// The owner has paused their mail.
    is_paused: bool,
}

/// Shows what is to be confirmed.
pub(super) async fn show(State(state): State<Arc<WebState>>, Path(token): Path<String>) -> Response {
    let Some(token) = Token::read(&token) else { return unknown(&state) };
    let now = state.now();
    let found = state
        .act(move |state| -> Result<_, StoreError> {
            let Some(search) = state.store.search_to_confirm(&token, now)? else { return Ok(None) };
            let subscriber = state.store.subscriber(search.subscriber)?;
            Ok(subscriber.map(|subscriber| (search, subscriber)))
        })
        .await;
    match found {
        Some(Ok(Some((search, subscriber)))) if search.state == SubscriberState::Pending => {
            let page = ConfirmPage {
                shell: Shell::new(&state, "Do you want these mails?", 1),
                address: subscriber.address.masked(),
                filters: words_of(&state, &search),
                cadence: search.cadence.in_words(),
            };
            page::answer(StatusCode::OK, &page)
        }
        Some(Ok(Some((search, subscriber)))) => {
            confirmed(&state, &search, (None, subscriber.state == SubscriberState::Paused))
        }
        Some(Ok(None)) => unknown(&state),
        Some(Err(error)) => {
            tracing::warn!(%error, "a search to confirm could not be read");
            page::not_now(&state, 1)
        }
        None => page::not_now(&state, 1),
    }
}

/// Takes the word; said again, it changes nothing.
pub(super) async fn take(State(state): State<Arc<WebState>>, Path(token): Path<String>) -> Response {
    let Some(token) = Token::read(&token) else { return unknown(&state) };
    let now = state.now();
    let confirmation = state
        .act(move |state| -> Result<_, SubscribingError> {
            let Some(search) = confirm(&state.store, &state.pages.coder, &token, now)? else { return Ok(None) };
            let subscriber = state.store.subscriber(search.subscriber)?;
            // Their mailbox got the link, so that they are who may change things.
            let manage = state.store.manage_token(&state.key()?, search.subscriber, now)?;
            Ok(Some((search, manage, subscriber.is_some_and(|known| known.state == SubscriberState::Paused))))
        })
        .await;
    match confirmation {
        Some(Ok(Some((search, manage, is_paused)))) => {
            tracing::info!(search.id = %search.id, "a search is confirmed");
            confirmed(&state, &search, (Some(manage.as_str().to_owned()), is_paused))
        }
        Some(Ok(None)) => unknown(&state),
        Some(Err(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a search could not be confirmed");
            page::not_now(&state, 1)
        }
        None => page::not_now(&state, 1),
    }
}

fn confirmed(state: &WebState, search: &SavedSearch, (manage, is_paused): (Option<String>, bool)) -> Response {
    let next = search.cadence.next_after(state.now());
    let page = ConfirmedPage {
        shell: Shell::new(state, "You will hear from us", 1),
        filters: words_of(state, search),
        cadence: search.cadence.in_words(),
        first: next.map(|at| when::day_and_time(at, search.cadence.zone)),
        manage,
        is_paused,
    };
    page::answer(StatusCode::OK, &page)
}

/// Says what a search looks for.
pub(super) fn words_of(state: &WebState, search: &SavedSearch) -> String {
    let criteria = SavedFilters::parse(&search.filters).and_then(|filters| criteria_of(&filters, &state.pages.coder));
    criteria.map_or_else(|_| search.filters.clone(), |criteria| in_words(&criteria))
}

fn unknown(state: &WebState) -> Response {
    let shell = Shell::new(state, "This link is not good any more", 1);
    let paragraphs = [
        "A link that confirms a search is good for 7 days. This one is older, was ended, or was not copied whole.",
        "Nothing is sent to you because of it. If you want the mails, ask for the search once more.",
    ];
    Words::new(shell, &paragraphs).leading("subscribe", "Ask for a search by mail").answer(StatusCode::NOT_FOUND)
}
