//! Checks of mail: may it leave, does it, and does anything keep it back.

use chrono::TimeDelta;

use super::Finding;
use crate::cli::context::Context;
use crate::cli::mailing;
use crate::model::{MailState, SubscriberState};
use crate::store::{OutboxFilter, Store, StoreError};

/// A mail that has waited for longer is one that somebody should look at.
const LONG: TimeDelta = TimeDelta::hours(6);

/// Checks mail.
pub(super) fn findings(context: &Context, store: Option<&Store>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let readers = store.and_then(|store| readers(store).ok()).unwrap_or_default();
    let sending = mailing::sending(&context.config);
    match sending.not_ready() {
        Some(why) if readers > 0 => findings.push(Finding::fail("mail", why, "nobody gets mail until then")),
        Some(why) => findings.push(Finding::ok("mail", format!("not set up for others yet: {why}"))),
        None if sending.personal => findings.push(Finding::ok("mail", "set up for one's own mailbox")),
        None => findings.push(Finding::ok("mail", format!("{readers} subscribers get mail from {}", sending.domain()))),
    }
    if !sending.personal && readers > 0 {
        findings.extend(ways_to_leave(&sending));
    }
    if let Some(store) = store {
        findings.extend(of_outbox(context, store, readers).unwrap_or_else(|error| vec![unread(&error)]));
    }
    findings
}

fn unread(error: &StoreError) -> Finding {
    Finding::warn("outbox", error.to_string(), "see the log with -vv")
}

fn readers(store: &Store) -> Result<u64, StoreError> {
    let subscribers = store.subscribers()?;
    let active = subscribers.iter().filter(|subscriber| subscriber.state == SubscriberState::Active);
    Ok(active.count().try_into().unwrap_or(u64::MAX))
}

fn ways_to_leave(sending: &crate::pipeline::Sending) -> Vec<Finding> {
    let mut findings = Vec::new();
    let https = sending.site.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    if !https {
        findings.push(Finding::warn(
            "unsubscribing",
            "mails have no link that unsubscribes with one click, which large mailbox providers ask for (RFC 8058)",
            "set `web.public_url` to an https address that leads to this server",
        ));
    }
    if sending.bounces.is_none() {
        findings.push(Finding::warn(
            "bounces",
            "mail that comes back later is not noticed",
            "set `mail.bounces` to a mailbox that takes any `+` extension",
        ));
    }
    findings
}

fn of_outbox(context: &Context, store: &Store, readers: u64) -> Result<Vec<Finding>, StoreError> {
    let now = context.clock.now();
    let mut findings = Vec::new();
    // Where there are readers, the key was made.
    if readers > 0
        && let Err(error @ StoreError::Key { .. }) = store.mail_key()
    {
        findings.push(Finding::fail("key", error.to_string(), "put the file back from your backup"));
    }
    let standing = store.mail_standing()?;
    if let Some((since, why)) = standing.paused {
        let since = since.format("%Y-%m-%d");
        let remedy = "look at `jobrounds outbox list`, then `jobrounds outbox resume`";
        findings.push(Finding::warn("outbox", format!("mail is paused since {since}: {why}"), remedy));
    }
    let waiting = store.outbox(OutboxFilter { unfinished: true, ..OutboxFilter::default() })?;
    let held = waiting.iter().filter(|mail| mail.state == MailState::Held).count();
    if held > 0 {
        let text = format!("{held} mails are held until a person decides");
        findings.push(Finding::warn("outbox", text, "see `jobrounds outbox list --state held`"));
    }
    let oldest = waiting.iter().filter(|mail| mail.state != MailState::Held).min_by_key(|mail| mail.created_at);
    match oldest {
        Some(mail) if now - mail.created_at > LONG => {
            let hours = (now - mail.created_at).num_hours();
            let said = mail.reply.as_deref().map_or_else(String::new, |reply| format!(": {reply}"));
            let text = format!("{} mails wait, the oldest for {hours} hours{said}", waiting.len() - held);
            findings.push(Finding::warn("outbox", text, "see `jobrounds outbox list`; after five days it is given up"));
        }
        Some(_) => findings.push(Finding::ok("outbox", format!("{} mails are on their way", waiting.len() - held))),
        None => findings.push(Finding::ok("outbox", "no mail waits")),
    }
    Ok(findings)
}
