//! `subscriber pause`, `resume` and `remove`.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::json;

use super::words::{moment, zone_of};
use super::{PauseArguments, WhomArguments, at_address, found, read_address};
use crate::cli::context::{Context, UsageError};
use crate::cli::format::Format;
use crate::cli::{Outcome, output};
use crate::model::{SavedSearch, SearchId, Subscriber, SubscriberState};
use crate::store::Store;

pub(super) fn pause(context: &Context, wanted: &PauseArguments) -> anyhow::Result<Outcome> {
    let store = context.store()?;
    let known = found(&store, &wanted.whom)?;
    if let Some(number) = wanted.subscription {
        let search = of(&store, &known, number)?;
        if search.state == SubscriberState::Pending {
            return refuse("this subscription waits for its owner's word; there is nothing to pause");
        }
        store.set_search_state(search.id, SubscriberState::Paused, None, context.clock.now())?;
        return done(context, &format!("subscription {} is paused", search.id));
    }
    let zone = zone_of(&store.searches_of(known.id)?);
    let until = wanted.until.as_deref().map(|text| until(text, zone, context.clock.now())).transpose()?;
    if !store.pause_subscriber(known.id, true, until)? {
        return refuse(&not_on(&known));
    }
    let until = until.map_or_else(String::new, |until| format!(" until {}", moment(until, zone)));
    done(
        context,
        &format!("mail to subscriber {} is paused{until}; what is new meanwhile is told afterwards", known.id),
    )
}

/// Reads a day and gives its beginning.
fn until(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, UsageError> {
    let date: NaiveDate =
        text.trim().parse().map_err(|_| UsageError(format!("--until: `{text}` is no date; write it as 2026-12-24")))?;
    let midnight = date.and_time(NaiveTime::MIN);
    // A day that begins an hour late where clocks change at midnight.
    let begins = (0..=3).find_map(|hours| zone.from_local_datetime(&(midnight + TimeDelta::hours(hours))).earliest());
    let begins = begins.map_or_else(|| midnight.and_utc(), |begins| begins.with_timezone(&Utc));
    if begins <= now { Err(UsageError(format!("--until: {date} is not ahead"))) } else { Ok(begins) }
}

pub(super) fn resume(context: &Context, whom: &WhomArguments, subscription: Option<i64>) -> anyhow::Result<Outcome> {
    let store = context.store()?;
    let now = context.clock.now();
    if lift(&store, whom)? {
        return done(context, "this address can be added again; of its subscriptions nothing was kept");
    }
    let known = found(&store, whom)?;
    if let Some(number) = subscription {
        let search = of(&store, &known, number)?;
        if search.state == SubscriberState::Pending {
            return refuse("this subscription waits for its owner's word, which nobody else can give");
        }
        store.set_search_state(search.id, SubscriberState::Active, None, now)?;
        return done(context, &format!("subscription {} goes on, with what it missed", search.id));
    }
    match known.state {
        SubscriberState::Pending => refuse("this subscriber waits for their own word, which nobody else can give"),
        SubscriberState::Active => done(context, &format!("subscriber {} is active already", known.id)),
        SubscriberState::Paused => {
            store.pause_subscriber(known.id, false, None)?;
            done(context, &format!("mail to subscriber {} goes on, with what they missed", known.id))
        }
        SubscriberState::Bounced => {
            store.reactivate_subscriber(known.id, now)?;
            done(context, &format!("subscriber {} is mailed again, with what they missed", known.id))
        }
    }
}

/// Lifts that mail to an address came back, where nothing else is left of it; tells whether it was so.
fn lift(store: &Store, whom: &WhomArguments) -> anyhow::Result<bool> {
    if !whom.whom.contains('@') || store.suppressions()? == 0 {
        return Ok(false);
    }
    let address = read_address(&whom.whom)?;
    Ok(at_address(store, &address)?.is_none() && store.lift_bounce(&store.mail_key()?, &address)?)
}

pub(super) fn remove(context: &Context, whom: &WhomArguments, subscription: Option<i64>) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let store = context.store()?;
    let known = found(&store, whom)?;
    if let Some(number) = subscription {
        let search = of(&store, &known, number)?;
        store.remove_search(search.id, context.clock.now())?;
        return done(context, &format!("subscription {} is removed, with all it knew", search.id));
    }
    let removed = store.remove_subscriber(known.id, "removed", context.clock.now())?.unwrap_or_default();
    if format != Format::Table {
        output::print_json(&json!({
            "subscriber": known.id.0, "subscriptions": removed.searches, "mails": removed.mails, "kept": "hash",
        }))?;
        return Ok(Outcome::Done);
    }
    let count = |count: u64, one: &str, several: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        more => Some(format!("{more} {several}")),
    };
    let counted = [
        count(removed.searches, "subscription", "subscriptions"),
        count(removed.mails, "mail on its way", "mails on their way"),
    ];
    let erased: Vec<String> = std::iter::once("the address".to_owned()).chain(counted.into_iter().flatten()).collect();
    output::print_wrapped(&format!(
        "erased: {}, with consent and what they were told\n\
         kept: a keyed hash of the address, so that nobody adds it again by mistake; its owner can, on the web\n\
         backups made before still hold the address",
        erased.join(", "),
    ))?;
    Ok(Outcome::Done)
}

/// Finds a subscription of a subscriber.
fn of(store: &Store, known: &Subscriber, number: i64) -> anyhow::Result<SavedSearch> {
    let search = store.saved_search(SearchId(number))?.filter(|search| search.subscriber == known.id);
    let none = || UsageError(format!("--subscription: subscriber {} has no subscription {number}", known.id));
    Ok(search.ok_or_else(none)?)
}

fn not_on(known: &Subscriber) -> String {
    match known.state {
        SubscriberState::Pending => "this subscriber has not confirmed; there is nothing to pause".to_owned(),
        _ => "mail to this subscriber came back, so that none is sent".to_owned(),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is how a command ends")]
fn refuse(why: &str) -> anyhow::Result<Outcome> {
    output::complain(why);
    Ok(Outcome::Partly)
}

#[expect(clippy::unnecessary_wraps, reason = "it is how a command ends")]
fn done(context: &Context, text: &str) -> anyhow::Result<Outcome> {
    if !context.quiet {
        output::say_wrapped(text);
    }
    Ok(Outcome::Done)
}
