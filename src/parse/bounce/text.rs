//! Bounces without a report, in a server's own words: qmail, Exim, Exchange, Google and others.

use mail_parser::decoders::html::html_to_text;
use mail_parser::{ContentType, MessagePart, MimeHeaders as _, PartType};

use super::head::Head;
use super::returned::before_copy;
use super::{Mail, Said, clean, media_type, status, words};
use crate::model::BounceKind;
use crate::parse::mail_tree;

/// So many characters of a text are looked at.
const LONGEST_TEXT: usize = 32_000;
/// So many characters after the recipient are taken for what the server said.
const LONGEST_REASON: usize = 1_000;

/// Reads what a mail server wrote; `None` where it is no server, or not about a mail that failed.
pub(super) fn read(mail: &Mail<'_>, head: &Head) -> Option<Said> {
    if !head.is_from_server {
        return None;
    }
    let whole = mail.text()?;
    let text = before_copy(&whole);
    let low = format!("{}\n{}", head.subject, text.to_lowercase());
    let low = low.split_whitespace().collect::<Vec<_>>().join(" ");
    let named = head.failed_recipient.clone();
    let recipient = named.or_else(|| recipient(text, head));
    let reason = reason(text, recipient.as_deref());
    if words::says_that_it_is_still_tried(&low) {
        return Some(Said { kind: BounceKind::Delayed, recipient, diagnostic: Some(reason), ..Said::default() });
    }
    // A report of which nothing could be read but that it is one.
    if !words::says_that_it_did_not_arrive(&low) && !mail.is_report("delivery-status") {
        return None;
    }
    let code = status::announced(&reason);
    let kind = match status::judged(code, &reason) {
        // Without a recipient it is not known of whom it speaks.
        BounceKind::Hard if recipient.is_none() => BounceKind::Soft,
        // A server that has failed and quotes success has failed.
        BounceKind::NotABounce => BounceKind::Soft,
        kind => kind,
    };
    let status = code.filter(|code| code.0 != 2).map(|code| code.to_string());
    Some(Said { kind, recipient, status, diagnostic: Some(reason), sent_from: None })
}

/// Finds whom a text says that it could not reach: the first address after the words that announce it,
/// or else the first at all. Some quote the lost mail's `To`, which may be a list's address.
fn recipient(text: &str, head: &Head) -> Option<String> {
    const ANNOUNCES: [&str; 6] = [
        "following recipient",
        "following address",
        "did not reach",
        "these recipients",
        "to the following",
        "fatal errors",
    ];
    let low = text.to_ascii_lowercase();
    let announced = ANNOUNCES.iter().filter_map(|words| low.find(words)).min();
    let first = |text: &str| clean::addresses(text).into_iter().find(|address| is_recipient(address, head));
    let is_quoted = |line: &&str| {
        let start = line.trim_start().to_ascii_lowercase();
        ["to:", "cc:", "from:", "subject:"].iter().any(|name| start.starts_with(name))
    };
    let unquoted = || text.lines().filter(|line| !is_quoted(line)).collect::<Vec<_>>().join("\n");
    announced.and_then(|at| first(text.get(at..)?)).or_else(|| first(&unquoted()))
}

/// Tells an address that may be the recipient from ours and the server's.
fn is_recipient(address: &str, head: &Head) -> bool {
    let low = address.to_lowercase();
    let user = low.split('@').next().unwrap_or_default();
    let is_office = ["postmaster", "mailer-daemon", "abuse", "support", "helpdesk"].contains(&user);
    !is_office && !head.own.iter().any(|own| own.eq_ignore_ascii_case(address))
}

/// Gives what the server said of the recipient: what stands after its name, or all of it.
fn reason(text: &str, recipient: Option<&str>) -> String {
    let named = recipient.and_then(|recipient| Some(text.find(recipient)? + recipient.len()));
    let after = named.and_then(|at| text.get(at..)).filter(|rest| rest.split_whitespace().count() > 2);
    after.unwrap_or(text).trim_start_matches(['>', ':', '"', ')', ' ', '.']).chars().take(LONGEST_REASON).collect()
}

impl Mail<'_> {
    /// Gives the mail's own text, of its HTML where there is no other.
    pub(super) fn text(&self) -> Option<String> {
        let shown = |part: &&MessagePart<'_>| !part.content_disposition().is_some_and(ContentType::is_attachment);
        let of = |html: bool| {
            let parts = self.parts.iter().filter(shown).filter(move |part| match part.body {
                PartType::Text(_) => !html && matches!(media_type(part).as_str(), "" | "text/plain"),
                PartType::Html(_) => html,
                _ => false,
            });
            let bounded =
                |part: &MessagePart<'_>| mail_tree::text(self.message, part).chars().take(LONGEST_TEXT).collect();
            let texts: Vec<String> = parts.take(3).map(bounded).collect();
            Some(texts.join("\n")).filter(|text| !text.trim().is_empty())
        };
        let text = of(false).or_else(|| of(true).map(|html| html_to_text(&html)))?;
        Some(text.replace("\r\n", "\n"))
    }
}
