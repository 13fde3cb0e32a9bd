//! `/subscribe`: asks for a search by mail.
//!
//! Whoever asks learns nothing about the address: the answer and the time it takes are the same whether it
//! is new, known, asked for too often, or refuses mail.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::WebState;
use super::entered::{CadenceFields, FilterFields, WEEKDAYS};
use super::form::{Errors, Pairs};
use super::page::{self, Shell, Words};
use super::zones::{self, ZoneGroup};
use crate::model::{CodeKind, MailAddress};
use crate::pipeline::{Asking, Sending, SubscribingError};
use crate::store::{NewSearch, Requested, Seed};

/// Every answer to a request takes at least so long. Hashing, a transaction and a mail to make are done
/// well within it.
const TAKES: Duration = Duration::from_millis(400);
/// The longest name of a search, in letters.
const LONGEST_NAME: usize = 60;
/// A field that people do not see and programs fill in.
const TRAP: &str = "website";

#[derive(Template)]
#[template(path = "web/subscribe.html")]
struct SubscribePage<'a> {
    shell: Shell,
    address: &'a str,
    name: &'a str,
    heartbeat: bool,
    filters: &'a FilterFields,
    cadence: &'a CadenceFields,
    errors: &'a Errors,
    roles: Vec<(&'a str, &'a str)>,
    zones: &'static [ZoneGroup],
    /// A zone that is none of the list's, but was asked for.
    other_zone: Option<&'a str>,
    weekdays: [(&'static str, &'static str); 7],
}

/// What was entered.
struct Entered {
    address: String,
    name: String,
    heartbeat: bool,
    filters: FilterFields,
    cadence: CadenceFields,
}

impl Entered {
    fn of(pairs: &Pairs) -> Self {
        Self {
            address: pairs.get("address").to_owned(),
            name: pairs.get("name").to_owned(),
            heartbeat: pairs.is_on("heartbeat"),
            filters: FilterFields::of(pairs),
            cadence: CadenceFields::of(pairs),
        }
    }

    /// Reads all of it, or notes what is wrong.
    fn read(&self, state: &WebState, errors: &mut Errors) -> Option<(MailAddress, NewSearch)> {
        let address = MailAddress::new(&self.address);
        if address.is_err() {
            let says = if self.address.is_empty() {
                "Enter the address that the mails are to go to."
            } else {
                "This is not a mail address. It should look like name@example.edu."
            };
            errors.note("address", says);
        }
        let filters = self.filters.read(&state.pages.coder, &state.configured(), errors);
        let cadence = self.cadence.read(errors);
        if self.name.chars().count() > LONGEST_NAME {
            errors.note("name", format!("A name has at most {LONGEST_NAME} letters."));
        }
        if !errors.is_empty() {
            return None;
        }
        let search = NewSearch {
            name: Some(self.name.clone()).filter(|name| !name.is_empty()),
            filters: filters?.without_paging().text(),
            cadence: cadence?,
            heartbeat: self.heartbeat,
            since: None,
            // It begins when it is confirmed, with what is new from then on.
            seed: Seed::default(),
        };
        Some((address.ok()?, search))
    }

    fn page(&self, state: &WebState, errors: &Errors, status: StatusCode) -> Response {
        let title = if errors.is_empty() { "Get new jobs by mail" } else { "Please check what you entered" };
        let zone = self.cadence.zone.as_str();
        let page = SubscribePage {
            shell: Shell::new(state, title, 0),
            address: &self.address,
            name: &self.name,
            heartbeat: self.heartbeat,
            filters: &self.filters,
            cadence: &self.cadence,
            errors,
            roles: state.pages.coder.choices(CodeKind::Role),
            zones: &zones::GROUPS,
            other_zone: Some(zone).filter(|zone| zones::read(zone).is_some() && !zones::is_listed(zone)),
            weekdays: WEEKDAYS,
        };
        page::answer(status, &page)
    }
}

/// Shows the form, filled in with the filters of the address.
pub(super) async fn show(State(state): State<Arc<WebState>>, RawQuery(query): RawQuery) -> Response {
    if state.pages.sender.is_none() {
        return without_mail(&state);
    }
    let mut entered = Entered::of(&Pairs::read(query.unwrap_or_default().as_bytes()));
    // An address of a person has no place in an address of the web.
    entered.address.clear();
    entered.page(&state, &Errors::default(), StatusCode::OK)
}

/// Takes the form.
pub(super) async fn take(State(state): State<Arc<WebState>>, body: Bytes) -> Response {
    let Some(sending) = state.pages.sender.clone() else { return without_mail(&state) };
    let pairs = Pairs::read(&body);
    let entered = Entered::of(&pairs);
    let mut errors = Errors::default();
    let Some((address, search)) = entered.read(&state, &mut errors) else {
        return entered.page(&state, &errors, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let is_person = pairs.get(TRAP).is_empty();
    let work = async {
        if !is_person {
            return Some(true);
        }
        state.act(move |state| ask(state, &sending, &address, search)).await
    };
    let (asked, ()) = tokio::join!(work, tokio::time::sleep(TAKES));
    if asked == Some(true) { asked_for(&state) } else { page::not_now(&state, 0) }
}

/// Asks; gives whether whoever asks may be told that all went its way. What only concerns this address
/// must not show.
fn ask(state: &WebState, sending: &Sending, address: &MailAddress, search: NewSearch) -> bool {
    let asked = state.key().map_err(SubscribingError::from).and_then(|key| {
        let asking = Asking { store: &state.store, key: &key, sending, limits: state.pages.limits, now: state.now() };
        asking.ask(address, search)
    });
    match asked {
        Ok(Requested::Confirm(confirmation)) => {
            let subscribed = confirmation.subscribed;
            tracing::info!(search.id = %subscribed.search, "a confirmation is on its way");
            true
        }
        Ok(Requested::Limited) => {
            tracing::warn!("a confirmation was not sent: too many were asked for");
            true
        }
        Ok(Requested::Double | Requested::Suppressed) => true,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a search could not be asked for");
            // Only where a mail is made can this go wrong, so that it would tell.
            matches!(error, SubscribingError::Mail(_))
        }
    }
}

fn asked_for(state: &WebState) -> Response {
    let shell = Shell::new(state, "Now look into your mail", 0);
    let paragraphs = [
        "If this address can get mail from us, a message is on its way; the link in it is good for 7 days.",
        "The search begins when you have pressed the button behind that link. Until then nothing else is sent, and \
         what is never confirmed is forgotten after those 7 days.",
        "If nothing has come in a quarter of an hour, look into your spam folder.",
    ];
    Words::new(shell, &paragraphs).leading("subscribe", "Ask for another search").answer(StatusCode::OK)
}

/// Says that this site writes to nobody.
fn without_mail(state: &WebState) -> Response {
    let shell = Shell::new(state, "There is no mail from this site", 0);
    let paragraphs =
        ["Whoever runs this site has not set up mail, so nothing can be sent from here. The feeds tell the same jobs."];
    Words::new(shell, &paragraphs).leading("#feeds", "The feeds").answer(StatusCode::SERVICE_UNAVAILABLE)
}
