//! `digest`: what would be sent, what is due now, and what was sent.

use std::sync::Arc;

use anyhow::Context as _;
use serde_json::json;

use super::arguments::{DigestCommand, DigestRunArguments, HistoryArguments, PreviewArguments};
use super::context::{Context, UsageError, runtime};
use super::format::{Format, choose};
use super::{Outcome, mailing, output, table};
use crate::deliver::{self, Transport};
use crate::digest::{Digest, Envelope, mail};
use crate::matching::{in_words, parse_length_of_time};
use crate::model::{MailKind, MailRecord, SearchId};
use crate::pipeline::{Delivered, DigestRun, HEADING, Mailer, NewsRequest, Skipped, gather};
use crate::store::OutboxFilter;

/// Which part of the mail to print.
#[derive(Clone, Copy)]
enum Part {
    Text,
    Html,
    Eml,
}

pub(super) fn run(context: &Context, command: DigestCommand) -> anyhow::Result<Outcome> {
    match command {
        DigestCommand::Preview(wanted) => match wanted.filters.number() {
            Some(search) => preview_subscription(context, &wanted, SearchId(search)),
            None => preview(context, &wanted),
        },
        DigestCommand::Run(wanted) => send(context, &wanted),
        DigestCommand::History(wanted) => history(context, &wanted),
    }
}

/// Previews what one subscription would be sent now.
fn preview_subscription(context: &Context, wanted: &PreviewArguments, id: SearchId) -> anyhow::Result<Outcome> {
    let store = context.reader()?;
    let due = mailing::subscription(&store, id)?;
    let digester = mailing::digester(&context.config, store, context.coder()?);
    let (digest, skipped) = digester.preview(&due, context.clock.now())?;
    say_skipped(&skipped);
    let envelope = digester.sending.envelope(&due.subscriber.address);
    print_mail(context, wanted, &digest, &envelope)?;
    Ok(if digest.is_empty() { Outcome::Partly } else { Outcome::Done })
}

/// Previews a digest of what is new for filters that nobody has saved.
fn preview(context: &Context, wanted: &PreviewArguments) -> anyhow::Result<Outcome> {
    let criteria = context.criteria(&wanted.filters, None)?;
    let length = parse_length_of_time(&wanted.since).map_err(|error| UsageError(format!("--since: {error}")))?;
    let zone = wanted
        .time_zone
        .parse()
        .map_err(|_| UsageError(format!("--tz: `{}` is not an IANA time zone", wanted.time_zone)))?;
    let now = context.clock.now();
    let in_words = in_words(&criteria);
    let request =
        NewsRequest { criteria: &criteria, in_words, since: Some(now - length), now, boards: &context.config.boards };
    let news = gather(&context.reader()?, &request)?;
    let digest = news.digest(HEADING, &request, zone, &mailing::site(&context.config));
    let envelope = Envelope { from: context.config.mail.from.clone(), to: wanted.to.clone(), ..Envelope::default() };
    print_mail(context, wanted, &digest, &envelope)?;
    if news.left_out > 0 {
        output::say(&format!("{} more match but do not state what --known asks for", news.left_out));
    }
    let found = [&news.sure, &news.newly_coded, &news.may_match].iter().any(|jobs| !jobs.is_empty());
    Ok(if found { Outcome::Done } else { Outcome::Partly })
}

fn print_mail(
    context: &Context,
    wanted: &PreviewArguments,
    digest: &Digest,
    envelope: &Envelope,
) -> anyhow::Result<()> {
    let words = [("text", Part::Text), ("html", Part::Html), ("eml", Part::Eml)];
    let part = choose(context.form().unwrap_or("text"), &words)?;
    let message = mail(digest, envelope);
    if let Some(directory) = &wanted.out {
        let path = deliver::write(directory, &message)?;
        return output::print(&path.display().to_string());
    }
    match part {
        Part::Text => output::print(&message.text),
        Part::Html => output::print_data(&message.html),
        Part::Eml => output::print_bytes(&deliver::encode(&message)?),
    }
}

/// Makes what is due, or what is named, and hands over what is in the outbox.
fn send(context: &Context, wanted: &DigestRunArguments) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let store = context.store()?;
    let now = context.clock.now();
    let standing = store.mail_standing()?;
    if let Some((since, why)) = standing.paused {
        let since = since.format("%B %-d, %Y");
        output::complain(&format!("mail is paused since {since}: {why}; `jobrounds outbox resume` lets it leave"));
        return Ok(Outcome::Partly);
    }
    let digester = mailing::digester(&context.config, store.clone(), context.coder()?);
    let ids = wanted.subscriptions.iter().map(|text| mailing::search_id(text)).collect::<Result<Vec<_>, _>>()?;
    let run = if ids.is_empty() {
        digester.run_due(now)?
    } else {
        let due = ids.into_iter().map(|id| mailing::subscription(&store, id)).collect::<anyhow::Result<Vec<_>>>()?;
        digester.run(&due, now)?
    };
    let transport = context.config.mail.delivery().context("mail cannot leave")?;
    let transport =
        Transport::new(transport).map_err(|error| anyhow::anyhow!("mail cannot leave: failed to {error}"))?;
    let mut mailer = Mailer::new(store, Arc::clone(&context.clock), transport, digester.sending)
        .with_on_unknown(mailing::on_unknown(&context.config));
    let delivered = runtime()?.block_on(mailer.deliver())?;
    say_skipped(&run.skipped);
    if format == Format::Table {
        if !context.quiet {
            output::say(&in_sentences(&run, &delivered));
        }
    } else {
        output::print_json(&as_json(&run, &delivered))?;
    }
    let clean = run.skipped.is_empty() && delivered.is_clean();
    Ok(if clean { Outcome::Done } else { Outcome::Partly })
}

fn say_skipped(skipped: &[Skipped]) {
    for skipped in skipped {
        let search = skipped.search.map_or_else(String::new, |search| format!(", subscription {search}"));
        output::complain(&format!("subscriber {}{search}: {}", skipped.subscriber, skipped.why));
    }
}

fn in_sentences(run: &DigestRun, delivered: &Delivered) -> String {
    let mut parts = vec![match (run.due, run.mails) {
        (0, _) => "nobody is due".to_owned(),
        (due, mails) => format!("{due} due: {mails} mails made, {} with nothing to tell", run.quiet),
    }];
    let counts = [
        (delivered.sent, "sent"),
        (delivered.deferred, "deferred"),
        (delivered.refused, "refused"),
        (delivered.away, "not taken, the server is away"),
        (delivered.unknown, "unknown"),
        (delivered.deaths.quarantined, "in quarantine"),
    ];
    parts.extend(counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    parts.join("; ")
}

fn as_json(run: &DigestRun, delivered: &Delivered) -> serde_json::Value {
    let skipped = run.skipped.iter().map(|skipped| {
        json!({
            "subscriber": skipped.subscriber.0,
            "subscription": skipped.search.map(|search| search.0),
            "why": skipped.why,
        })
    });
    json!({
        "due": run.due, "mails": run.mails, "quiet": run.quiet, "overtaken": run.overtaken, "jobs": run.told,
        "sent": delivered.sent, "deferred": delivered.deferred, "refused": delivered.refused,
        "away": delivered.away, "unknown": delivered.unknown, "quarantined": delivered.deaths.quarantined,
        "skipped": skipped.collect::<Vec<_>>(),
    })
}

/// How many digests are listed where nobody says how many.
const LISTED: usize = 50;

fn history(context: &Context, wanted: &HistoryArguments) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let store = context.reader()?;
    let subscriber = match &wanted.subscription {
        Some(text) => Some(mailing::subscription(&store, mailing::search_id(text)?)?.subscriber.id),
        None => None,
    };
    let filter = OutboxFilter { subscriber, limit: Some(wanted.limit.unwrap_or(LISTED)), ..OutboxFilter::default() };
    let mut mails = store.outbox(filter)?;
    mails.retain(|mail| mail.kind == MailKind::Digest);
    match format {
        Format::Json => output::print_json(&mails.iter().map(record_json).collect::<Vec<_>>())?,
        Format::Jsonl => mails.iter().try_for_each(|mail| output::print_line(&record_json(mail)))?,
        Format::Csv | Format::Table => {
            let mut listed = table::table(&["Mail", "Subscriber", "For", "State", "Jobs", "Attempts"]);
            for mail in &mails {
                listed.add_row([
                    mail.id.to_string(),
                    mail.subscriber.map_or_else(|| "erased".to_owned(), |id| id.to_string()),
                    mail.slot.format("%Y-%m-%d %H:%M UTC").to_string(),
                    mail.state.as_str().to_owned(),
                    mail.jobs.to_string(),
                    mail.attempts.to_string(),
                ]);
            }
            if !mails.is_empty() {
                output::print(&table::rendered(&listed))?;
            }
        }
    }
    Ok(if mails.is_empty() { Outcome::Partly } else { Outcome::Done })
}

/// Gives a mail as JSON promises it.
pub(super) fn record_json(mail: &MailRecord) -> serde_json::Value {
    json!({
        "id": mail.id.0, "subscriber": mail.subscriber.map(|id| id.0), "kind": mail.kind.as_str(),
        "slot": mail.slot, "message_id": mail.message_id, "state": mail.state.as_str(), "attempts": mail.attempts,
        "next_at": mail.next_at, "created_at": mail.created_at, "ended_at": mail.ended_at, "reply": mail.reply,
        "jobs": mail.jobs,
    })
}
