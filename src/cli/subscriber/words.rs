//! Subscribers and subscriptions in words and as JSON.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::coding::Coder;
use crate::matching::{FilterError, SavedFilters, in_words};
use crate::model::{CodeNames, Criteria, Every, SavedSearch, StatusFilter, Subscriber, SubscriberState};

/// Reads what saved searches look for; the same text is read once.
pub(in crate::cli) struct Readings {
    coder: Arc<Coder>,
    known: HashMap<String, String>,
}

impl Readings {
    pub(in crate::cli) fn new(coder: Arc<Coder>) -> Self {
        Self { coder, known: HashMap::new() }
    }

    /// Reads filters in their text form.
    pub(in crate::cli) fn criteria(&self, filters: &str) -> Result<Criteria, FilterError> {
        let criteria = SavedFilters::parse(filters)?.criteria(Some(self.coder.as_ref() as &dyn CodeNames))?;
        // What has closed is told by its closing alone.
        Ok(Criteria { status: StatusFilter::Open, limit: None, offset: 0, ..criteria })
    }

    /// Says what filters look for; of those that cannot be read any more, why.
    pub(super) fn words(&mut self, filters: &str) -> String {
        if let Some(words) = self.known.get(filters) {
            return words.clone();
        }
        let words = match self.criteria(filters) {
            Ok(criteria) => in_words(&criteria),
            Err(error) => format!("{filters} (cannot be read: {error})"),
        };
        self.known.insert(filters.to_owned(), words.clone());
        words
    }
}

/// Says how a subscriber stands and when mail comes next: `active, next mail November 23, 7:00 a.m.`.
pub(super) fn standing(subscriber: &Subscriber, searches: &[SavedSearch]) -> String {
    match subscriber.state {
        SubscriberState::Pending => "pending: waits for its owner's word".to_owned(),
        SubscriberState::Bounced => "bounced: mail came back".to_owned(),
        SubscriberState::Paused => match subscriber.paused_until {
            Some(until) => format!("paused until {}", moment(until, zone_of(searches))),
            None => "paused".to_owned(),
        },
        SubscriberState::Active => match next_mail(subscriber, searches) {
            Some(next) => format!("active, next mail {}", moment(next, zone_of(searches))),
            None if has_instant(searches) => "active, mailed at once".to_owned(),
            None => "active".to_owned(),
        },
    }
}

/// Gives when the next scheduled mail may come.
pub(super) fn next_mail(subscriber: &Subscriber, searches: &[SavedSearch]) -> Option<DateTime<Utc>> {
    let is_on =
        |search: &&SavedSearch| search.state == SubscriberState::Active && search.cadence.every != Every::Instant;
    let next = searches.iter().filter(is_on).map(|search| search.due_at).min();
    match subscriber.state {
        SubscriberState::Active => next,
        SubscriberState::Paused => next.and_then(|next| Some(next.max(subscriber.paused_until?))),
        SubscriberState::Pending | SubscriberState::Bounced => None,
    }
}

fn has_instant(searches: &[SavedSearch]) -> bool {
    searches.iter().any(|search| search.state == SubscriberState::Active && search.cadence.every == Every::Instant)
}

/// Gives the zone that a subscriber's days are counted in.
pub(super) fn zone_of(searches: &[SavedSearch]) -> Tz {
    searches.first().map_or(Tz::UTC, |search| search.cadence.zone)
}

/// Writes a moment on a reader's clock.
pub(super) fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%b %-d, %Y, %-I:%M %p %Z").to_string()
}

/// Says what a subscription is, when it comes, and how it stands where that is worth a word.
pub(super) fn subscription(search: &SavedSearch, readings: &mut Readings) -> String {
    let looks_for = readings.words(&search.filters);
    let mut parts = vec![match &search.name {
        Some(name) => format!("{name}: {looks_for}"),
        None => looks_for,
    }];
    parts.push(search.cadence.in_words());
    match search.state {
        SubscriberState::Active => {}
        SubscriberState::Pending => parts.push("waits for its owner's word".to_owned()),
        SubscriberState::Paused | SubscriberState::Bounced => parts.push("paused".to_owned()),
    }
    parts.join(" · ")
}

/// Gives a subscriber as JSON promises it.
pub(super) fn subscriber_json(subscriber: &Subscriber, searches: &[SavedSearch], readings: &mut Readings) -> Value {
    json!({
        "id": subscriber.id.0, "email": subscriber.address.as_str(), "state": subscriber.state.as_str(),
        "paused_until": subscriber.paused_until, "created_at": subscriber.created_at,
        "confirmed_at": subscriber.confirmed_at, "bounced_why": subscriber.bounced_why,
        "next_mail": next_mail(subscriber, searches),
        "subscriptions": searches.iter().map(|search| search_json(search, readings)).collect::<Vec<_>>(),
    })
}

fn search_json(search: &SavedSearch, readings: &mut Readings) -> Value {
    let cadence = &search.cadence;
    json!({
        "id": search.id.0, "name": search.name, "state": search.state.as_str(), "filters": search.filters,
        "looks_for": readings.words(&search.filters), "every": cadence.every.as_str(),
        "at": (cadence.every != Every::Instant).then(|| cadence.at.format("%H:%M").to_string()),
        "tz": cadence.zone.name(),
        "weekday": (cadence.every == Every::Weekly).then(|| weekday(cadence.weekday)),
        "day": (cadence.every == Every::Monthly).then_some(cadence.day),
        "heartbeat": search.heartbeat, "created_at": search.created_at, "looked_at": search.looked_at,
        "due_at": (cadence.every != Every::Instant).then_some(search.due_at),
    })
}

/// Writes a day of the week as it is typed.
pub(super) fn weekday(day: chrono::Weekday) -> &'static str {
    const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    NAMES[day.num_days_from_monday() as usize]
}
