//! What commands that make or send mail need, from the configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::context::UsageError;
use crate::coding::Coder;
use crate::config::Config;
use crate::digest::Site;
use crate::model::{MailAddress, OnUnknown, SearchId};
use crate::pipeline::{Digester, MailPlan, Sending, board_notes};
use crate::store::{DueSubscriber, Store};

/// Says who sends.
pub(super) fn sending(config: &Config) -> Sending {
    Sending {
        from: config.mail.from.clone(),
        site: site(config),
        bounces: config.mail.bounces.address.as_deref().and_then(|address| MailAddress::new(address).ok()),
        personal: config.mail.personal,
    }
}

/// Says who sends, for readers.
pub(super) fn site(config: &Config) -> Site {
    Site {
        name: display_name(&config.mail.from),
        public_url: config.web.public_url.clone(),
        postal_address: config.mail.postal_address.clone(),
    }
}

/// Takes the name out of `Name <addr>`; ours where there is none.
fn display_name(from: &str) -> String {
    let name = from.split_once('<').map_or("", |(name, _)| name).trim().trim_matches('"').trim();
    if name.is_empty() { "jobrounds".to_owned() } else { name.to_owned() }
}

/// Gives what makes digests.
pub(super) fn digester(config: &Config, store: Store, codes: Arc<Coder>) -> Digester {
    let boards = board_notes(&config.boards, &BTreeMap::new());
    Digester { store, codes, sending: sending(config), boards: Arc::new(boards) }
}

/// Gives what the daemon needs for mail.
pub(super) fn mail_plan(config: &Config, store: Store, codes: Arc<Coder>) -> Option<MailPlan> {
    // A faulty address was refused when the configuration was read.
    let transport = config.mail.delivery().ok()?;
    let bounces = config.mail.bounces.mailbox().ok().flatten();
    Some(MailPlan { digester: digester(config, store, codes), transport, on_unknown: on_unknown(config), bounces })
}

/// Says what is done where a mail server's answer was lost.
pub(super) fn on_unknown(config: &Config) -> OnUnknown {
    match config.mail.on_unknown {
        crate::config::OnUnknown::Resend => OnUnknown::Resend,
        crate::config::OnUnknown::Hold => OnUnknown::Hold,
    }
}

/// Reads the number of a subscription.
pub(super) fn search_id(text: &str) -> Result<SearchId, UsageError> {
    text.trim().parse().map(SearchId).map_err(|_| {
        UsageError(format!("`{text}` is not a subscription's number: `jobrounds subscriber list` shows them"))
    })
}

/// Finds a subscription with its owner, as if it were due.
pub(super) fn subscription(store: &Store, id: SearchId) -> anyhow::Result<DueSubscriber> {
    let unknown = || UsageError(format!("no subscription {id}: `jobrounds subscriber list` shows them"));
    let search = store.saved_search(id)?.ok_or_else(unknown)?;
    let subscriber = store.subscriber(search.subscriber)?.ok_or_else(unknown)?;
    Ok(DueSubscriber { subscriber, searches: vec![search] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_is_called_by_the_senders_name() {
        assert_eq!(display_name("\"Lakeside Jobs\" <jobs@example.edu>"), "Lakeside Jobs");
        assert_eq!(display_name("jobs@example.edu"), "jobrounds");
    }
}
