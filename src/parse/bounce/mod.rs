//! Mails that came to the mailbox for bounces: what they say of the mail that was sent.
//!
//! Reports are read as RFC 3464 and RFC 5965 have them, texts of the usual servers soberly. Whoever is
//! suppressed hears nothing of it, so that nothing is hard which is not said to be, in a code or in
//! plain words; and what machines answer by themselves (RFC 3834) never counts.

mod clean;
mod complaint;
mod head;
mod report;
mod returned;
mod status;
mod text;
mod words;

use mail_parser::{Message, MessagePart, MimeHeaders as _, PartType};

use self::head::Head;
use self::returned::Returned;
use super::mail_tree::{self, with_mail};
use crate::model::{Bounce, BounceKind};

/// How much of a mail is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BounceLimits {
    /// Bytes of the mail; what is beyond them is not looked at.
    pub bytes: usize,
    /// Parts.
    pub parts: usize,
    /// Characters of the diagnostic that is kept.
    pub diagnostic: usize,
}

impl Default for BounceLimits {
    fn default() -> Self {
        Self { bytes: 512 << 10, parts: 50, diagnostic: 300 }
    }
}

/// What one of the readers understood.
#[derive(Default)]
struct Said {
    kind: BounceKind,
    recipient: Option<String>,
    status: Option<String>,
    diagnostic: Option<String>,
    /// The address that the mail was sent from, with its token.
    sent_from: Option<String>,
}

impl Said {
    fn of(kind: BounceKind) -> Self {
        Self { kind, ..Self::default() }
    }
}

/// Reads a mail of the mailbox for bounces. What is not understood is no bounce.
///
/// A report that speaks of several recipients is no harder than its mildest word: an address that
/// reaches several people, of whom one has left, is not dead.
#[must_use]
pub fn read_bounce(bytes: &[u8], limits: BounceLimits) -> Bounce {
    let bytes = bytes.get(..limits.bytes).unwrap_or(bytes);
    with_mail(bytes, |message| read(message, limits)).unwrap_or_default()
}

fn read(message: &Message<'_>, limits: BounceLimits) -> Bounce {
    let mail = Mail { message, parts: message.parts.get(..limits.parts).unwrap_or(&message.parts) };
    let head = Head::of(message);
    let returned = Returned::of(&mail);
    let said = complaint::read(&mail, &returned)
        .or_else(|| report::read(&mail, &head))
        .or_else(|| head.is_answer.then(|| Said::of(BounceKind::AutoReply)))
        .or_else(|| text::read(&mail, &head))
        .or_else(|| head.is_automatic.then(|| Said::of(BounceKind::AutoReply)))
        .unwrap_or_default();
    let recipient = said.recipient.or_else(|| head.failed_recipient.clone());
    let diagnostic = said.diagnostic.and_then(|text| clean::diagnostic(&text, recipient.as_deref(), limits.diagnostic));
    let verp = head.verp.or_else(|| head::token(said.sent_from.as_deref()?)).or(returned.verp);
    Bounce {
        recipient: recipient.filter(|_| said.kind != BounceKind::NotABounce),
        message_id: returned.message_id,
        kind: said.kind,
        status: said.status,
        diagnostic,
        verp,
    }
}

/// A mail and as many of its parts as are looked at. Those of a mail within it are not among them.
struct Mail<'m> {
    message: &'m Message<'m>,
    parts: &'m [MessagePart<'m>],
}

impl<'m> Mail<'m> {
    /// Gives the text of the first part whose type is one of these.
    fn text_of(&self, types: &[&str]) -> Option<String> {
        let part = self.parts.iter().find(|part| types.contains(&media_type(part).as_str()))?;
        Some(mail_tree::text(self.message, part))
    }

    /// Tells whether the mail as a whole is a report, and whether one of this type where that is said.
    fn is_report(&self, sort: &str) -> bool {
        let Some(kind) = self.message.content_type() else { return false };
        let is_report = kind.ctype() == "multipart" && kind.subtype() == Some("report");
        is_report && kind.attribute("report-type").is_none_or(|said| said.eq_ignore_ascii_case(sort))
    }

    /// Gives the first mail within it.
    fn inner(&self) -> Option<&'m Message<'m>> {
        self.parts.iter().find_map(|part| match &part.body {
            PartType::Message(inner) if !mail_tree::is_encoded(self.message, part) => Some(inner),
            _ => None,
        })
    }
}

/// Gives a part's type: `message/delivery-status`.
fn media_type(part: &MessagePart<'_>) -> String {
    let named = part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()));
    named.unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
