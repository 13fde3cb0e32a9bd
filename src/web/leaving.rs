//! `/unsubscribe/TOKEN`: ends mails, for people who choose on a page and for mail programs that send one
//! POST and want no page (RFC 8058). Looking at the page changes nothing.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::form::Pairs;
use super::one_click::{CHOICE, Wish, wish};
use super::page::{self, Shell, Words};
use super::preferences::{self, SearchView};
use super::{WebState, changes};
use crate::model::{SearchId, SubscriberId, Token, TokenPurpose};
use crate::store::StoreError;

/// After so long it is looked whether somebody is erased although the database still tidies up: what
/// programs wait for is that no mail comes, not that its pages are overwritten.
const LOOK_AFTER: Duration = Duration::from_millis(400);

#[derive(Template)]
#[template(path = "web/unsubscribe.html")]
struct UnsubscribePage {
    shell: Shell,
    address: String,
    is_paused: bool,
    searches: Vec<SearchView>,
    token: String,
    /// A mistake in the day until which is paused.
    until_error: Option<String>,
}

/// Shows what can be ended.
pub(super) async fn show(State(state): State<Arc<WebState>>, Path(token): Path<String>) -> Response {
    let Some(token) = Token::read(&token) else { return nothing(&state, StatusCode::NOT_FOUND) };
    choices(&state, token, None).await
}

async fn choices(state: &Arc<WebState>, token: Token, until_error: Option<String>) -> Response {
    let managed = match preferences::managed(state, &token).await {
        Ok(Some(managed)) => managed,
        Ok(None) => return nothing(state, StatusCode::OK),
        Err(answer) => return answer,
    };
    let status = if until_error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = UnsubscribePage {
        shell: Shell::new(state, "Stop these mails", 1),
        address: managed.subscriber.address.masked(),
        is_paused: preferences::is_paused(&managed.subscriber, state.now()),
        searches: managed.searches.iter().map(|(search, _)| SearchView::new(state, search, None)).collect(),
        token: token.as_str().to_owned(),
        until_error,
    };
    page::answer(status, &page)
}

/// Ends what is asked for: everything, where nothing is chosen.
pub(super) async fn take(
    State(state): State<Arc<WebState>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(token) = Token::read(&token) else { return nothing(&state, StatusCode::NOT_FOUND) };
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match wish(kind, &body) {
        Wish::OneClick => at_once(&state, &token).await,
        Wish::Chosen(pairs) => chosen(&state, token, &pairs).await,
        Wish::Strange => {
            let words = "send this form as application/x-www-form-urlencoded\n";
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, words).into_response()
        }
    }
}

/// Answers a program. A token that is nobody's any more is as good as one that has done its work.
async fn at_once(state: &Arc<WebState>, token: &Token) -> Response {
    let plain = |status: StatusCode, words: &'static str| {
        (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], words).into_response()
    };
    match leave(state, token).await {
        Some(Ok(true)) => plain(StatusCode::OK, "unsubscribed\n"),
        Some(Ok(false)) => plain(StatusCode::OK, "nothing to do\n"),
        Some(Err(error)) => {
            tracing::error!(%error, "somebody could not be unsubscribed");
            let mut answer = plain(StatusCode::SERVICE_UNAVAILABLE, "try again in a minute\n");
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            answer
        }
        None => plain(StatusCode::SERVICE_UNAVAILABLE, "try again in a minute\n"),
    }
}

async fn chosen(state: &Arc<WebState>, token: Token, pairs: &Pairs) -> Response {
    match pairs.get(CHOICE) {
        "everything" => match leave(state, &token).await {
            Some(Ok(true)) => gone(state),
            Some(Ok(false)) => nothing(state, StatusCode::OK),
            Some(Err(error)) => {
                tracing::error!(%error, "somebody could not be unsubscribed");
                page::not_now(state, 1)
            }
            None => page::not_now(state, 1),
        },
        "pause" => match changes::pause(state, &token, pairs.get("until")).await {
            Ok(answer) => answer,
            Err(mistake) => choices(state, token, Some(mistake)).await,
        },
        "search" => {
            let search = pairs.get("search").parse().map(SearchId);
            match search {
                Ok(search) => changes::remove_search(state, &token, search).await,
                Err(_) => unreadable(state),
            }
        }
        _ => unreadable(state),
    }
}

/// Says that a form is none of ours.
pub(super) fn unreadable(state: &WebState) -> Response {
    let shell = Shell::new(state, "This could not be understood", 1);
    Words::new(shell, &["Nothing was changed. Please go back and use the buttons of the page."])
        .answer(StatusCode::BAD_REQUEST)
}

/// Erases whoever holds a token, with the mail that is on its way to them; gives whether there was anybody.
pub(super) async fn leave(state: &Arc<WebState>, token: &Token) -> Option<Result<bool, StoreError>> {
    let (token, now) = (token.clone(), state.now());
    let held = state.act(move |state| state.store.holder(&token, TokenPurpose::Manage, now)).await?;
    let id = match held {
        Ok(Some(held)) => held.subscriber,
        Ok(None) => return Some(Ok(false)),
        Err(error) => return Some(Err(error)),
    };
    let own = Arc::clone(state);
    let mut removing =
        tokio::spawn(async move { own.act(move |state| state.store.remove_subscriber(id, "unsubscribed", now)).await });
    loop {
        if let Ok(removed) = tokio::time::timeout(LOOK_AFTER, &mut removing).await {
            let removed = removed.ok().flatten()?;
            return Some(removed.map(|removed| {
                let removed = removed.unwrap_or_default();
                tracing::info!(subscriber.id = %id, removed.searches, removed.mails, "somebody has unsubscribed");
                true
            }));
        }
        if is_erased(state, id).await {
            tracing::info!(subscriber.id = %id, "somebody has unsubscribed");
            return Some(Ok(true));
        }
    }
}

async fn is_erased(state: &Arc<WebState>, id: SubscriberId) -> bool {
    matches!(state.ask(move |store| store.subscriber(id)).await, Some(Ok(None)))
}

/// Says that somebody is erased.
pub(super) fn gone(state: &WebState) -> Response {
    let shell = Shell::new(state, "You are unsubscribed", 1);
    let paragraphs = [
        "No more mail will come. Your address, your searches and what you were told are erased, and mail that was \
         on its way is taken back.",
        "What we keep is a fingerprint of the address that cannot be turned back into it, so that nobody adds you again \
         by mistake. Only you can: by asking for a search and confirming it.",
    ];
    Words::new(shell, &paragraphs).leading("", "To the front page").answer(StatusCode::OK)
}

/// Says that a token is nobody's.
fn nothing(state: &WebState, status: StatusCode) -> Response {
    let shell = Shell::new(state, "There is nothing to stop", 1);
    let paragraphs = [
        "No subscription belongs to this link (any more), so that no mail is sent because of it. If you have \
         unsubscribed before, that has worked.",
        "If mails still come, use the link in the latest one.",
    ];
    Words::new(shell, &paragraphs).leading("", "To the front page").answer(status)
}
