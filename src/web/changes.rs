//! What the holder of a link changes on the pages of preferences and of leaving. Whose something is, is
//! looked up with the token at every change.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;

use super::entered::CadenceFields;
use super::form::{Errors, Pairs};
use super::preferences::{PreferencesPage, managed, page_of, unknown, zone_of};
use super::{WebState, leaving, page};
use crate::model::{SavedSearch, SearchId, SubscriberState, Token};
use crate::store::{Holder, Managed, NewSearch, Seed, StoreError};

/// The longest pause that ends by itself, in days.
const LONGEST_PAUSE: u64 = 366;

/// Takes a change.
pub(super) async fn take(State(state): State<Arc<WebState>>, Path(token): Path<String>, body: Bytes) -> Response {
    let Some(token) = Token::read(&token) else { return unknown(&state) };
    let pairs = Pairs::read(&body);
    match pairs.get("do") {
        "pause" => match pause(&state, &token, pairs.get("until")).await {
            Ok(answer) => answer,
            Err(mistake) => page_of(&state, &token, |page| page.until_error = Some(mistake)).await,
        },
        "resume" => {
            let resume = |state: &WebState, managed: &Managed| {
                state.store.pause_subscriber(managed.subscriber.id, false, None).map(|_| "resumed")
            };
            change(&state, &token, resume).await
        }
        "erase" => match leaving::leave(&state, &token).await {
            Some(Ok(true)) => leaving::gone(&state),
            Some(Ok(false)) => unknown(&state),
            Some(Err(error)) => {
                tracing::error!(%error, "somebody could not be erased");
                page::not_now(&state, 1)
            }
            None => page::not_now(&state, 1),
        },
        of_search => {
            let Ok(id) = pairs.get("search").parse().map(SearchId) else { return leaving::unreadable(&state) };
            match of_search {
                "cadence" => set_cadence(&state, &token, id, &pairs).await,
                "remove" => remove_search(&state, &token, id).await,
                "search-pause" => set_state(&state, &token, id, SubscriberState::Paused).await,
                "search-resume" => set_state(&state, &token, id, SubscriberState::Active).await,
                "feed" => make_feed(&state, &token, id, false).await,
                "rotate" => make_feed(&state, &token, id, true).await,
                _ => leaving::unreadable(&state),
            }
        }
    }
}

type Done = Result<&'static str, StoreError>;

/// Changes something of whoever holds a token, then shows the page anew.
async fn change(
    state: &Arc<WebState>,
    token: &Token,
    change: impl FnOnce(&WebState, &Managed) -> Done + Send + 'static,
) -> Response {
    let (own, now) = (token.clone(), state.now());
    let done = state
        .act(move |state| {
            let managed = state.store.managed(&own, None, now)?;
            managed.map(|managed| change(state, &managed)).transpose()
        })
        .await;
    match done {
        Some(Ok(Some(said))) => see(&format!("../preferences/{}?said={said}", token.as_str())),
        Some(Ok(None)) => unknown(state),
        Some(Err(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "somebody's preferences could not be changed");
            page::not_now(state, 1)
        }
        None => page::not_now(state, 1),
    }
}

/// The same for one of their searches; whose search it is, is looked up with the token.
async fn change_search(
    state: &Arc<WebState>,
    token: &Token,
    id: SearchId,
    work: impl FnOnce(&WebState, &SavedSearch) -> Done + Send + 'static,
) -> Response {
    let of_search = move |state: &WebState, managed: &Managed| {
        let found = managed.searches.iter().find(|(search, _)| search.id == id);
        // A search that is gone was removed in another window: the page tells what there is.
        found.map_or(Ok("removed"), |(search, _)| work(state, search))
    };
    change(state, token, of_search).await
}

/// Leads to the page with what has been done, so that loading it again does nothing again.
fn see(place: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

/// Pauses all of somebody's mail, for good or until a day.
///
/// # Errors
/// Returns what is wrong with the day, in words.
pub(super) async fn pause(state: &Arc<WebState>, token: &Token, until: &str) -> Result<Response, String> {
    let zone = match managed(state, token).await {
        Ok(Some(managed)) => zone_of(&managed),
        Ok(None) => return Ok(unknown(state)),
        Err(answer) => return Ok(answer),
    };
    let until = read_until(until, zone, state.now())?;
    let pausing = move |state: &WebState, managed: &Managed| {
        state.store.pause_subscriber(managed.subscriber.id, true, until).map(|_| "paused")
    };
    Ok(change(state, token, pausing).await)
}

/// Reads the day on which mail goes on: its beginning in a zone.
fn read_until(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let formats = ["%Y-%m-%d", "%m/%d/%Y"];
    let day = formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    let day = day.ok_or("Enter a day as 2027-01-31, or leave it empty.")?;
    let latest = now.date_naive().checked_add_days(Days::new(LONGEST_PAUSE));
    if latest.is_none_or(|latest| day > latest) {
        return Err("Choose a day within a year, or leave it empty.".to_owned());
    }
    // Where clocks go forward at midnight, it begins at one.
    let mut hours = (0..24).filter_map(|hour| day.and_hms_opt(hour, 0, 0));
    let begins = hours.find_map(|hour| zone.from_local_datetime(&hour).earliest());
    let begins = begins.map(|begins| begins.with_timezone(&Utc)).filter(|begins| *begins > now);
    begins.map(Some).ok_or_else(|| "Choose a day that is still to come.".to_owned())
}

/// Removes one search; whose last one it was, is erased with it.
pub(super) async fn remove_search(state: &Arc<WebState>, token: &Token, id: SearchId) -> Response {
    match managed(state, token).await {
        Ok(Some(managed)) if matches!(managed.searches.as_slice(), [(only, _)] if only.id == id) => {
            match leaving::leave(state, token).await {
                Some(Ok(_)) => leaving::gone(state),
                Some(Err(error)) => {
                    tracing::error!(%error, "somebody could not be erased");
                    page::not_now(state, 1)
                }
                None => page::not_now(state, 1),
            }
        }
        Ok(_) => {
            let now = state.now();
            let removing = move |state: &WebState, search: &SavedSearch| {
                state.store.remove_search(search.id, now).map(|_| "removed")
            };
            change_search(state, token, id, removing).await
        }
        Err(answer) => answer,
    }
}

async fn set_state(state: &Arc<WebState>, token: &Token, id: SearchId, to: SubscriberState) -> Response {
    let now = state.now();
    let setting = move |state: &WebState, search: &SavedSearch| {
        // What waits for its confirmation is begun by that alone.
        if search.state != SubscriberState::Pending {
            state.store.set_search_state(search.id, to, None, now)?;
        }
        Ok(if to == SubscriberState::Active { "search-resumed" } else { "search-paused" })
    };
    change_search(state, token, id, setting).await
}

async fn set_cadence(state: &Arc<WebState>, token: &Token, id: SearchId, pairs: &Pairs) -> Response {
    let (fields, heartbeat, now) = (CadenceFields::of(pairs), pairs.is_on("heartbeat"), state.now());
    let mut errors = Errors::default();
    let Some(cadence) = fields.read(&mut errors) else {
        let dress = |page: &mut PreferencesPage| {
            if let Some(view) = page.searches.iter_mut().find(|view| view.id == id) {
                (view.fields, view.heartbeat, view.errors) = (fields, heartbeat, errors);
            }
        };
        return page_of(state, token, dress).await;
    };
    let setting = move |state: &WebState, search: &SavedSearch| {
        let changed = NewSearch {
            name: search.name.clone(),
            filters: search.filters.clone(),
            cadence,
            heartbeat,
            since: None,
            // Only other filters would begin anew.
            seed: Seed::default(),
        };
        state.store.change_search(search.id, changed, now).map(|()| "cadence")
    };
    change_search(state, token, id, setting).await
}

async fn make_feed(state: &Arc<WebState>, token: &Token, id: SearchId, anew: bool) -> Response {
    let now = state.now();
    let making = move |state: &WebState, search: &SavedSearch| {
        let (key, holder) = (state.key()?, Holder { subscriber: search.subscriber, search: Some(search.id) });
        if anew {
            state.store.rotate_feed_token(&key, holder, now)?;
        } else {
            state.store.feed_token(&key, holder, now)?;
        }
        Ok(if anew { "rotated" } else { "feed" })
    };
    change_search(state, token, id, making).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_when_its_day_begins_where_its_reader_is() {
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let zone = chrono_tz::America::Chicago;
        let read = |text: &str| read_until(text, zone, now);
        assert_eq!(read(""), Ok(None));
        assert_eq!(read("2026-11-23").unwrap().unwrap().to_rfc3339(), "2026-11-23T06:00:00+00:00");
        assert_eq!(read("01/31/2027"), read("2027-01-31"));
        for bad in ["2026-11-22", "1999-01-01", "2028-01-01", "soon", "9999999-01-01"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        // Chile's clocks go forward at midnight, so that this day begins at one.
        let santiago = read_until("2026-09-06", chrono_tz::America::Santiago, "2026-09-01T00:00:00Z".parse().unwrap());
        assert_eq!(santiago.unwrap().unwrap().to_rfc3339(), "2026-09-06T04:00:00+00:00");
    }
}
