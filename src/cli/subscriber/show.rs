//! `subscriber show`: one subscriber with subscriptions, consent and latest mails.

use serde_json::json;

use super::words::{Readings, moment, standing, subscriber_json, subscription, zone_of};
use super::{WhomArguments, found};
use crate::cli::context::Context;
use crate::cli::digest::record_json;
use crate::cli::format::Format;
use crate::cli::{Outcome, output};
use crate::model::{Consent, MailRecord, SavedSearch, Subscriber};
use crate::store::OutboxFilter;

/// So many of the latest mails are shown.
const MAILS: usize = 10;

pub(super) fn run(context: &Context, whom: &WhomArguments) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let store = context.reader()?;
    let known = found(&store, whom)?;
    let searches = store.searches_of(known.id)?;
    let consents = store.consents(known.id)?;
    let filter = OutboxFilter { subscriber: Some(known.id), limit: Some(MAILS), ..OutboxFilter::default() };
    let mails = store.outbox(filter)?;
    let mut readings = Readings::new(context.coder()?);
    if format == Format::Table {
        let mut lines = vec![format!("{} · {} · {}", known.id, known.address.as_str(), standing(&known, &searches))];
        lines.extend(facts(&known, &consents, &searches));
        lines.extend(searches.iter().map(|search| about(search, &mut readings)));
        lines.extend(mails.iter().map(|mail| of_mail(mail, &searches)));
        output::print_wrapped(&lines.join("\n"))?;
        return Ok(Outcome::Done);
    }
    let mut document = subscriber_json(&known, &searches, &mut readings);
    document["consents"] =
        consents.iter().map(|consent| json!({ "at": consent.at, "by": consent.who, "basis": consent.basis })).collect();
    document["mails"] = mails.iter().map(record_json).collect();
    output::print_json(&document)?;
    Ok(Outcome::Done)
}

fn facts(known: &Subscriber, consents: &[Consent], searches: &[SavedSearch]) -> Vec<String> {
    let zone = zone_of(searches);
    let mut lines = vec![format!("    known since {}", moment(known.created_at, zone))];
    lines.extend(known.bounced_why.as_ref().map(|why| format!("    mail came back: {why}")));
    let agreed =
        |consent: &Consent| format!("    consent: {}, {}, by {}", consent.basis, moment(consent.at, zone), consent.who);
    lines.extend(consents.iter().map(agreed));
    lines
}

fn about(search: &SavedSearch, readings: &mut Readings) -> String {
    let zone = search.cadence.zone;
    let heartbeat = if search.heartbeat { "; says also that there is nothing" } else { "" };
    format!(
        "    search {} · {}\n        filters {}; looked last {}{heartbeat}",
        search.id,
        subscription(search, readings),
        if search.filters.is_empty() { "none" } else { &search.filters },
        moment(search.looked_at, zone),
    )
}

fn of_mail(mail: &MailRecord, searches: &[SavedSearch]) -> String {
    let jobs = match mail.jobs {
        0 => String::new(),
        1 => ", 1 job".to_owned(),
        jobs => format!(", {jobs} jobs"),
    };
    let (kind, state) = (mail.kind.as_str(), mail.state.as_str());
    format!("    mail {} · {kind} of {}: {state}{jobs}", mail.id, moment(mail.slot, zone_of(searches)))
}
