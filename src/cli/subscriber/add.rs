//! `subscriber add`: a search is saved for an address whose owner has agreed, or is asked.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::words::{Readings, moment, subscription};
use super::{AddArguments, read_address};
use crate::cli::context::{Context, UsageError};
use crate::cli::format::Format;
use crate::cli::{Outcome, mailing, output};
use crate::matching::{SavedFilters, parse_length_of_time};
use crate::model::{Consent, Criteria, MailAddress, StatusFilter};
use crate::pipeline::{Asking, Sending};
use crate::store::{ConfirmationLimits, NewSearch, NewSubscriber, Requested, Seed, Store, Subscribed};

/// The longest name of a search, in letters.
pub(super) const LONGEST_NAME: usize = 60;

pub(super) fn run(context: &Context, wanted: &AddArguments) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let address = read_address(&wanted.email)?;
    let now = context.clock.now();
    let filters = filters_of(wanted)?;
    let criteria = context.criteria(&wanted.filters, None)?;
    let criteria = Criteria { status: StatusFilter::Open, limit: None, offset: 0, ..criteria };
    let since = wanted.since.as_deref().map(|text| looking_back(text, now)).transpose()?;
    let search = NewSearch {
        name: named(wanted.name.as_deref()).map_err(|said| UsageError(format!("--{said}")))?,
        filters: filters.text(),
        cadence: wanted.cadence.read()?,
        heartbeat: wanted.heartbeat,
        since,
        seed: Seed::default(),
    };
    let sending = mailing::sending(&context.config);
    if let Some(why) = sending.not_ready() {
        return Err(UsageError(why).into());
    }
    if !wanted.confirmed {
        expect_to_ask(&sending, since)?;
        return ask(context, &sending, (&address, search), format);
    }
    let store = context.store()?;
    let seed = store.seed(&criteria, since, now)?;
    let basis = wanted.basis.clone().unwrap_or_else(|| "consent on file".to_owned());
    let consent = Consent { at: now, who: wanted.by.who(), basis };
    let new = NewSubscriber { address: address.clone(), consent, search: NewSearch { seed, ..search }, now };
    let added = store.subscribe(&store.mail_key()?, new)?;
    tell(context, &store, (&address, added), format)
}

/// Takes the filters, and refuses those that a subscription cannot have.
fn filters_of(wanted: &AddArguments) -> Result<SavedFilters, UsageError> {
    let filters = wanted.filters.saved()?.bounded().map_err(|error| UsageError(error.on_command_line()))?;
    if let Some((name, why)) = misplaced(&filters) {
        return Err(UsageError(format!("--{name}: {why}")));
    }
    Ok(filters)
}

/// Finds a filter that has no place in a subscription, and says why.
pub(super) fn misplaced(filters: &SavedFilters) -> Option<(&'static str, &'static str)> {
    filters.pairs().find_map(|(name, _)| match name {
        "status" => Some((name, "a subscription tells open jobs, and when they close")),
        "sort" | "limit" | "offset" => Some((name, "a digest has its own order and length")),
        _ => None,
    })
}

/// Reads what a search is called.
pub(super) fn named(name: Option<&str>) -> Result<Option<String>, String> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    match name {
        Some(name) if name.chars().count() > LONGEST_NAME => {
            Err(format!("name: a name has at most {LONGEST_NAME} letters"))
        }
        Some(name) if name.chars().any(char::is_control) => Err("name: a name is one line of text".to_owned()),
        name => Ok(name.map(str::to_owned)),
    }
}

fn looking_back(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, UsageError> {
    let length = parse_length_of_time(text).map_err(|error| UsageError(format!("--since: {error}")))?;
    now.checked_sub_signed(length).ok_or_else(|| UsageError("--since: that is too long ago".to_owned()))
}

/// Refuses what cannot be asked by mail.
fn expect_to_ask(sending: &Sending, since: Option<DateTime<Utc>>) -> Result<(), UsageError> {
    const OR: &str = "or add --confirmed if their consent is on file";
    if sending.site.public_url.is_none() {
        let why = "their owner is asked by mail first, and `web.public_url` does not say where the link to answer \
                   leads: set it, and let `jobrounds run` serve it";
        return Err(UsageError(format!("{why}; {OR}")));
    }
    if MailAddress::new(sending.address()).is_err() {
        let why = "their owner is asked by mail first, and `mail.from` holds no address to ask from";
        return Err(UsageError(format!("{why}: write it as `Jobs <jobs@example.edu>`; {OR}")));
    }
    if since.is_some() {
        let why = "--since: what is asked for begins when its owner says yes, with what is new from then on";
        return Err(UsageError(format!("{why}; leave it out, {OR}")));
    }
    Ok(())
}

/// Keeps the search until its owner says yes, and queues the mail that asks them.
fn ask(
    context: &Context,
    sending: &Sending,
    (address, search): (&MailAddress, NewSearch),
    format: Format,
) -> anyhow::Result<Outcome> {
    let store = context.store()?;
    let key = store.mail_key()?;
    let (limits, now) = (ConfirmationLimits::default(), context.clock.now());
    let asking = Asking { store: &store, key: &key, sending, limits, now };
    match asking.ask(address, search)? {
        Requested::Confirm(asked) => tell(context, &store, (address, asked.subscribed), format),
        Requested::Double => refuse("this address has this search already"),
        Requested::Limited => refuse(&format!(
            "too many confirmations: an address gets {} a day, and {} leave an hour; nothing was changed",
            limits.per_address, limits.per_hour
        )),
        Requested::Suppressed => refuse(
            "this address is not mailed: mail to it came back (`jobrounds subscriber resume` with the address lifts \
             that), or its owner reported one as spam",
        ),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is how a command ends")]
fn refuse(why: &str) -> anyhow::Result<Outcome> {
    output::complain(why);
    Ok(Outcome::Partly)
}

/// Says what was added.
fn tell(
    context: &Context,
    store: &Store,
    (address, added): (&MailAddress, Subscribed),
    format: Format,
) -> anyhow::Result<Outcome> {
    let (Some(search), Some(subscriber)) = (store.saved_search(added.search)?, store.subscriber(added.subscriber)?)
    else {
        anyhow::bail!("it was added, and removed at once by somebody else");
    };
    let mut readings = Readings::new(context.coder()?);
    let asked = search.state == crate::model::SubscriberState::Pending;
    if format != Format::Table {
        output::print_json(&json!({
            "subscriber": added.subscriber.0, "subscription": added.search.0, "email": address.as_str(),
            "state": search.state.as_str(), "filters": search.filters,
            "looks_for": readings.words(&search.filters),
            "next_mail": (!asked).then_some(search.due_at),
        }))?;
        return Ok(Outcome::Done);
    }
    let masked = address.masked();
    let mut lines = vec![format!("subscription {} of subscriber {} ({masked})", added.search, added.subscriber)];
    lines.push(format!("  {}", subscription(&search, &mut readings)));
    lines.push(match (asked, subscriber.state) {
        (true, _) => "  a mail asks its owner; nothing else is sent until they say yes".to_owned(),
        (false, crate::model::SubscriberState::Paused) => "  mail to this address is paused".to_owned(),
        (false, _) if search.cadence.every == crate::model::Every::Instant => "  mailed at once".to_owned(),
        (false, _) => format!("  first mail {}", moment(search.due_at, search.cadence.zone)),
    });
    output::print_wrapped(&lines.join("\n"))?;
    Ok(Outcome::Done)
}
