//! `outbox`: mail on its way: looked at, tried again, held back, given up, and let go after a restore.

use std::collections::HashMap;

use clap::{Args, Subcommand};

use super::context::{Context, UsageError};
use super::digest::record_json;
use super::format::Format;
use super::subscriber::Readings;
use super::{Outcome, output};
use crate::model::{MailId, MailRecord, MailStanding, MailState, SearchId, Subscriber, SubscriberId};
use crate::parse::shown_mail;
use crate::store::{OutboxFilter, Seed, Store};

/// How many mails are listed where nobody says how many.
const LISTED: usize = 50;

#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// List mails on their way, the latest first
    List(ListArguments),
    /// Show a mail: what became of it, its headers and its text
    Show {
        #[command(flatten)]
        mail: MailArguments,
    },
    /// Try a mail again now: one that waits, is held, or of which it is unknown whether it arrived
    Retry {
        #[command(flatten)]
        mail: MailArguments,
    },
    /// Hold a mail back until it is retried or dropped
    Hold {
        #[command(flatten)]
        mail: MailArguments,
    },
    /// Give a mail up; what it tells goes with the next one
    Drop {
        #[command(flatten)]
        mail: MailArguments,
    },
    /// Let no mail leave until resumed
    Pause {
        /// Why, for whoever looks
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Let mail leave again: after a pause, or in a database that was restored from a backup
    ///
    /// A backup does not know what was mailed after it was made. With --skip nothing of that is told
    /// again: what waits is given up, and every subscription goes on with what is new from now on.
    /// Without it, what was told since the backup may be told twice.
    #[command(verbatim_doc_comment)]
    Resume {
        /// Give up what waits, and go on with what is new from now on
        #[arg(long)]
        skip: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct MailArguments {
    /// The mail's number
    #[arg(value_name = "ID")]
    mail: i64,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Also mails that have ended
    #[arg(long)]
    all: bool,
    /// Only mails in this state: queued, sending, unknown, held, sent, refused, expired, quarantined
    /// or cancelled
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// At most this many [default: 50]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Show addresses whole, not `j…@example.edu`
    #[arg(long)]
    addresses: bool,
}

pub(super) fn run(context: &Context, command: &OutboxCommand) -> anyhow::Result<Outcome> {
    match command {
        OutboxCommand::List(wanted) => list(context, wanted),
        OutboxCommand::Show { mail } => show(context, MailId(mail.mail)),
        OutboxCommand::Retry { mail } => change(
            context,
            MailId(mail.mail),
            |store, id| Ok(store.retry_mail(id, context.clock.now())?),
            "is tried again at once",
        ),
        OutboxCommand::Hold { mail } => {
            change(context, MailId(mail.mail), |store, id| Ok(store.hold_mail(id)?), "is held back")
        }
        OutboxCommand::Drop { mail } => change(
            context,
            MailId(mail.mail),
            |store, id| Ok(store.drop_mail(id, context.clock.now())?),
            "is given up; what it tells goes with the next one",
        ),
        OutboxCommand::Pause { why } => {
            let why = why.as_deref().map(str::trim).filter(|why| !why.is_empty()).unwrap_or("by hand");
            context.store()?.pause_mail(why, context.clock.now())?;
            done(context, "no mail leaves until `jobrounds outbox resume`")
        }
        OutboxCommand::Resume { skip } => resume(context, *skip),
    }
}

fn list(context: &Context, wanted: &ListArguments) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let state = wanted.state.as_deref().map(read_state).transpose()?;
    let store = context.reader()?;
    let filter = OutboxFilter {
        state,
        unfinished: !wanted.all && state.is_none(),
        limit: Some(wanted.limit.unwrap_or(LISTED)),
        ..OutboxFilter::default()
    };
    let mails = store.outbox(filter)?;
    match format {
        Format::Json => output::print_json(&mails.iter().map(record_json).collect::<Vec<_>>())?,
        Format::Jsonl => mails.iter().try_for_each(|mail| output::print_line(&record_json(mail)))?,
        Format::Csv | Format::Table => {
            let readers = readers_of(&store, &mails)?;
            let lines: Vec<String> = mails.iter().map(|mail| line(mail, &readers, wanted.addresses)).collect();
            if !lines.is_empty() {
                output::print_wrapped(&lines.join("\n"))?;
            }
        }
    }
    if !context.quiet {
        say_standing(&store.mail_standing()?, context);
    }
    if mails.is_empty() && format == Format::Table && !context.quiet {
        output::say(if wanted.all || state.is_some() { "no such mail" } else { "nothing is on its way" });
    }
    Ok(if mails.is_empty() { Outcome::Partly } else { Outcome::Done })
}

fn read_state(text: &str) -> Result<MailState, UsageError> {
    let found = MailState::ALL.into_iter().find(|state| state.as_str() == text.trim());
    let words = || MailState::ALL.map(MailState::as_str).join(", ");
    found.ok_or_else(|| UsageError(format!("--state: `{text}` is none of {}", words())))
}

fn readers_of(store: &Store, mails: &[MailRecord]) -> anyhow::Result<HashMap<SubscriberId, Subscriber>> {
    let mut readers = HashMap::new();
    for id in mails.iter().filter_map(|mail| mail.subscriber) {
        if !readers.contains_key(&id)
            && let Some(known) = store.subscriber(id)?
        {
            readers.insert(id, known);
        }
    }
    Ok(readers)
}

/// Writes a mail's line, and below it what the server said last.
fn line(mail: &MailRecord, readers: &HashMap<SubscriberId, Subscriber>, whole: bool) -> String {
    let to = mail.subscriber.and_then(|id| readers.get(&id)).map_or_else(
        || "erased".to_owned(),
        |known| if whole { known.address.as_str().to_owned() } else { known.address.masked() },
    );
    let minute = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M UTC");
    let when = match mail.ended_at {
        Some(ended) => format!("ended {}", minute(ended)),
        None if mail.state == MailState::Held => "waits for you".to_owned(),
        None if mail.state == MailState::Sending => "being tried".to_owned(),
        None => format!("next try {}", minute(mail.next_at)),
    };
    let tries = match mail.attempts {
        0 => String::new(),
        1 => ", 1 attempt".to_owned(),
        tries => format!(", {tries} attempts"),
    };
    let (kind, state) = (mail.kind.as_str(), mail.state.as_str());
    let said = mail.reply.as_ref().map_or_else(String::new, |reply| format!("\n    {}", reply.trim()));
    format!("{} · {kind} to {to} · {state}{tries}, {when}{said}", mail.id)
}

fn say_standing(standing: &MailStanding, context: &Context) {
    if let Some((since, why)) = &standing.paused {
        let since = since.format("%B %-d, %Y");
        output::say_wrapped(&format!("mail is paused since {since}: {why}; `jobrounds outbox resume` lets it leave"));
    }
    if let Some((until, why)) = standing.server_away.as_ref().filter(|(until, _)| *until > context.clock.now()) {
        output::say_wrapped(&format!("the mail server is asked again at {}: {why}", until.format("%H:%M UTC")));
    }
}

fn show(context: &Context, id: MailId) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let store = context.reader()?;
    let Some(mail) = store.mail(id)? else { return unknown(id) };
    let shown = store.mail_bytes(id)?.map(|bytes| shown_mail(&bytes));
    if format != Format::Table {
        let mut document = record_json(&mail);
        document["headers"] = shown.as_ref().map(|shown| shown.headers.clone()).into();
        document["text"] = shown.and_then(|shown| shown.text).into();
        output::print_json(&document)?;
        return Ok(Outcome::Done);
    }
    let readers = readers_of(&store, std::slice::from_ref(&mail))?;
    output::print_wrapped(&line(&mail, &readers, true))?;
    match shown {
        Some(shown) => output::print(&format!("\n{}\n\n{}", shown.headers.trim_end(), shown.text.unwrap_or_default()))?,
        None => output::say("the mail itself is not kept once it has ended"),
    }
    Ok(Outcome::Done)
}

/// Changes a mail, or says why it cannot be changed.
fn change(
    context: &Context,
    id: MailId,
    act: impl FnOnce(&Store, MailId) -> anyhow::Result<bool>,
    said: &str,
) -> anyhow::Result<Outcome> {
    let store = context.store()?;
    let Some(before) = store.mail(id)? else { return unknown(id) };
    if act(&store, id)? {
        return done(context, &format!("mail {id} {said}"));
    }
    output::complain(&match before.state {
        MailState::Sending => format!("mail {id} is being handed over just now: look again in a moment"),
        MailState::Held => format!("mail {id} is held already: `retry` sends it, `drop` gives it up"),
        state => format!("mail {id} has ended ({}): nothing can be done with it any more", state.as_str()),
    });
    Ok(Outcome::Partly)
}

#[expect(clippy::unnecessary_wraps, reason = "it is how a command ends")]
fn unknown(id: MailId) -> anyhow::Result<Outcome> {
    output::complain(&format!("no mail {id}: `jobrounds outbox list --all` shows them"));
    Ok(Outcome::Partly)
}

fn resume(context: &Context, skip: bool) -> anyhow::Result<Outcome> {
    let (store, now) = (context.store()?, context.clock.now());
    let standing = store.mail_standing()?;
    if skip {
        let seeds = seeds(context, &store)?;
        store.resume_mail_anew(seeds, now)?;
        return done(context, "mail leaves again; what waited is given up, and subscriptions go on with what is new");
    }
    store.resume_mail(false, now)?;
    if standing.paused.is_none() {
        return done(context, "mail was not paused");
    }
    done(context, "mail leaves again")
}

/// Finds where every subscription would begin now. One whose filters cannot be read begins with what happens
/// from now on as well.
fn seeds(context: &Context, store: &Store) -> anyhow::Result<Vec<(SearchId, Seed)>> {
    let readings = Readings::new(context.coder()?);
    let mut known: HashMap<String, Seed> = HashMap::new();
    let mut seeds = Vec::new();
    for subscriber in store.subscribers()? {
        for search in store.searches_of(subscriber.id)? {
            if !known.contains_key(&search.filters) {
                let Ok(criteria) = readings.criteria(&search.filters) else { continue };
                known.insert(search.filters.clone(), store.seed(&criteria, None, context.clock.now())?);
            }
            seeds.extend(known.get(&search.filters).map(|seed| (search.id, seed.clone())));
        }
    }
    Ok(seeds)
}

#[expect(clippy::unnecessary_wraps, reason = "it is how a command ends")]
fn done(context: &Context, text: &str) -> anyhow::Result<Outcome> {
    if !context.quiet {
        output::say_wrapped(text);
    }
    Ok(Outcome::Done)
}
