//! `subscriber`: who gets mail, what for and when.

mod add;
mod cadence;
mod change;
mod export;
mod import;
mod line;
mod list;
mod show;
mod words;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Outcome;
use super::context::{Context, UsageError};
use super::dedupe::ByArguments;
use super::filters::Filters;
use crate::model::{MailAddress, Subscriber, SubscriberId};
use crate::store::{Store, StoreError, SubscribeError};

use cadence::CadenceArguments;
pub(in crate::cli) use words::Readings;

#[derive(Debug, Subcommand)]
pub(super) enum SubscriberCommand {
    /// Save a search for an address: a subscription
    ///
    /// Without --confirmed the address's owner is asked by mail first, and nothing else is mailed
    /// until they say yes.
    #[command(verbatim_doc_comment)]
    Add(Box<AddArguments>),
    /// List subscribers with their subscriptions and when mail comes next
    List(ListArguments),
    /// Show a subscriber: subscriptions, consent, latest mails
    Show {
        #[command(flatten)]
        whom: WhomArguments,
    },
    /// Mail nothing until resumed, or until a day
    Pause(PauseArguments),
    /// Mail again: after a pause, or to an address from which mail came back
    Resume {
        #[command(flatten)]
        whom: WhomArguments,
        /// Only this subscription, by its number
        #[arg(long, value_name = "N")]
        subscription: Option<i64>,
    },
    /// Erase a subscriber, for good; a keyed hash stays, so that nobody adds them by mistake
    Remove {
        #[command(flatten)]
        whom: WhomArguments,
        /// Only this subscription, by its number
        #[arg(long, value_name = "N")]
        subscription: Option<i64>,
    },
    /// Add many subscriptions from a file: CSV with a heading, or JSON lines as `export` prints
    ///
    /// Columns: email, name, filters (as in an address: state=OH&credential=RHIT) or one column a
    /// filter by its long name, every, at, tz, weekday, day, heartbeat. Whoever has left, whatever
    /// is there already and whatever cannot be read is told by its line; the others are added.
    #[command(verbatim_doc_comment)]
    Import(ImportArguments),
    /// Print all subscriptions; can be imported again (--format jsonl or csv)
    Export,
}

/// Whom a command is about.
#[derive(Debug, Args)]
pub(super) struct WhomArguments {
    /// A subscriber's number, or their address
    #[arg(value_name = "ID|EMAIL")]
    whom: String,
}

#[derive(Debug, Args)]
pub(super) struct AddArguments {
    /// The address to mail
    #[arg(value_name = "EMAIL")]
    email: String,
    #[command(flatten)]
    cadence: CadenceArguments,
    /// What its owner calls the search
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Begin with jobs first seen within this time [default: with what is new from now on]
    #[arg(long, value_name = "LENGTH")]
    since: Option<String>,
    /// Mail also when there is nothing new, to say so
    #[arg(long)]
    heartbeat: bool,
    /// Their consent is on file: do not ask them first
    #[arg(long)]
    confirmed: bool,
    /// What is on file, in words [default: consent on file]
    #[arg(long, value_name = "TEXT", requires = "confirmed")]
    basis: Option<String>,
    #[command(flatten)]
    by: ByArguments,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Only those in this state: pending, active, paused or bounced
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Show addresses whole, not `j…@example.edu`
    #[arg(long)]
    addresses: bool,
}

#[derive(Debug, Args)]
pub(super) struct PauseArguments {
    #[command(flatten)]
    whom: WhomArguments,
    /// Until this day, in the subscriber's own zone: 2026-12-24
    #[arg(long, value_name = "DATE", conflicts_with = "subscription")]
    until: Option<String>,
    /// Only this subscription, by its number
    #[arg(long, value_name = "N")]
    subscription: Option<i64>,
}

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// The file, or `-`
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What consent is on file, for lines that do not say it themselves
    #[arg(long, value_name = "TEXT")]
    basis: Option<String>,
    /// Say what would be added, and add nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    by: ByArguments,
}

pub(super) fn run(context: &Context, command: &SubscriberCommand) -> anyhow::Result<Outcome> {
    match command {
        SubscriberCommand::Add(wanted) => add::run(context, wanted),
        SubscriberCommand::List(wanted) => list::run(context, wanted),
        SubscriberCommand::Show { whom } => show::run(context, whom),
        SubscriberCommand::Pause(wanted) => change::pause(context, wanted),
        SubscriberCommand::Resume { whom, subscription } => change::resume(context, whom, *subscription),
        SubscriberCommand::Remove { whom, subscription } => change::remove(context, whom, *subscription),
        SubscriberCommand::Import(wanted) => import::run(context, wanted),
        SubscriberCommand::Export => export::run(context),
    }
}

/// Finds a subscriber by number or address. What is typed is not repeated: an address has no place in an error.
fn found(store: &Store, whom: &WhomArguments) -> anyhow::Result<Subscriber> {
    let text = whom.whom.trim();
    let none =
        |what: &str| UsageError(format!("no subscriber has this {what}: `jobrounds subscriber list` shows them"));
    if text.contains('@') {
        let address = read_address(text)?;
        if let Some(known) = at_address(store, &address)? {
            return Ok(known);
        }
        return Err(match suppression(store, &address)? {
            Some(why) => SubscribeError::Suppressed { why }.into(),
            None => none("address").into(),
        });
    }
    let number = text.parse().map_err(|_| UsageError("name a subscriber by number or address".to_owned()))?;
    Ok(store.subscriber(SubscriberId(number))?.ok_or_else(|| none("number"))?)
}

/// Finds a subscriber by their address without the key, which a reader of the database need not have.
fn at_address(store: &Store, address: &MailAddress) -> Result<Option<Subscriber>, StoreError> {
    let wanted = address.folded();
    Ok(store.subscribers()?.into_iter().find(|known| known.address.folded() == wanted))
}

/// Tells why an address is not mailed any more. Where nobody has left, no key need be there.
fn suppression(store: &Store, address: &MailAddress) -> Result<Option<String>, StoreError> {
    if store.suppressions()? == 0 { Ok(None) } else { store.suppression(&store.mail_key()?, address) }
}

fn read_address(text: &str) -> Result<MailAddress, UsageError> {
    MailAddress::new(text).map_err(|error| UsageError(error.to_string()))
}
