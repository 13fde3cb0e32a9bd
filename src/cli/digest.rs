//! `digest preview`: a digest of what is new, as it would be sent.

use super::arguments::{DigestCommand, PreviewArguments};
use super::context::{Context, UsageError};
use super::format::choose;
use super::{Outcome, output};
use crate::deliver;
use crate::digest::{Envelope, Site, mail};
use crate::matching::{in_words, parse_length_of_time};
use crate::pipeline::{NewsRequest, gather};

/// What every digest is called until subscriptions name theirs.
pub(super) const HEADING: &str = "New HIM jobs";

/// Which part of the mail to print.
#[derive(Clone, Copy)]
enum Part {
    Text,
    Html,
    Eml,
}

pub(super) fn run(context: &Context, command: DigestCommand) -> anyhow::Result<Outcome> {
    match command {
        DigestCommand::Preview(wanted) => preview(context, &wanted),
    }
}

/// Says who sends, from the configuration.
pub(super) fn site(context: &Context) -> Site {
    Site {
        name: "jobrounds".to_owned(),
        public_url: context.config.web.public_url.clone(),
        postal_address: context.config.mail.postal_address.clone(),
    }
}

fn preview(context: &Context, wanted: &PreviewArguments) -> anyhow::Result<Outcome> {
    let words = [("text", Part::Text), ("html", Part::Html), ("eml", Part::Eml)];
    let part = choose(context.form().unwrap_or("text"), &words)?;
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
    let digest = news.digest(HEADING, &request, zone, &site(context));
    let envelope = Envelope { from: context.config.mail.from.clone(), to: wanted.to.clone(), ..Envelope::default() };
    let message = mail(&digest, &envelope);
    if let Some(directory) = &wanted.out {
        let path = deliver::write(directory, &message)?;
        output::print(&path.display().to_string())?;
    } else {
        match part {
            Part::Text => output::print(&message.text)?,
            Part::Html => output::print_data(&message.html)?,
            Part::Eml => output::print_bytes(&deliver::encode(&message)?)?,
        }
    }
    if news.left_out > 0 {
        output::say(&format!("{} more match but do not state what --known asks for", news.left_out));
    }
    let found = [&news.sure, &news.newly_coded, &news.may_match].iter().any(|jobs| !jobs.is_empty());
    Ok(if found { Outcome::Done } else { Outcome::Partly })
}
