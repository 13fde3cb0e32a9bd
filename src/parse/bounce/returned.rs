//! The mail that came back, whole or its headers: its id, its sender's address, whom it was to.

use mail_parser::{Message, MessageParser};

use super::{Mail, clean, head};

/// What is known of the mail that came back.
#[derive(Default)]
pub(super) struct Returned {
    pub(super) message_id: Option<String>,
    /// The token of the address that it was sent from.
    pub(super) verp: Option<String>,
    /// Whom it was to, where it is one.
    pub(super) to: Option<String>,
}

impl Returned {
    /// Looks for it as a mail within the mail, as headers alone, or at the end of a text.
    pub(super) fn of(mail: &Mail<'_>) -> Self {
        if let Some(inner) = mail.inner() {
            return Self::read(inner);
        }
        let headers = mail.text_of(&["text/rfc822-headers", "message/rfc822-headers", "message/rfc822"]);
        let headers = headers.or_else(|| mail.text().and_then(|text| copy(&text).map(str::to_owned)));
        let Some(headers) = headers else { return Self::default() };
        let parsed = MessageParser::default().parse_headers(headers.trim_start().as_bytes());
        parsed.map_or_else(Self::default, |inner| Self::read(&inner))
    }

    fn read(inner: &Message<'_>) -> Self {
        let path = inner.headers_raw().take(200).find(|(name, _)| name.trim().eq_ignore_ascii_case("return-path"));
        let mut to = inner.all_to().flat_map(|list| list.iter());
        let (first, second) = (to.next(), to.next());
        Self {
            message_id: inner.message_id().and_then(clean::message_id),
            verp: path.and_then(|(_, value)| head::token(value)),
            to: first.filter(|_| second.is_none()).and_then(|to| clean::address(to.address()?)),
        }
    }
}

/// Parts a server's own words from the copy of the mail that it sends back.
pub(super) fn before_copy(text: &str) -> &str {
    text.get(..copy_starts(text).unwrap_or(text.len())).unwrap_or(text)
}

/// Gives the headers of the copy at the end of a text.
fn copy(text: &str) -> Option<&str> {
    let rest = text.get(copy_starts(text)?..)?;
    // From the first line that looks like a header.
    let mut from = 0;
    for line in rest.split_inclusive('\n').take(40) {
        if is_header(line) {
            return rest.get(from..);
        }
        from += line.len();
    }
    None
}

/// Finds the line with which the copy begins: a rule that says so, or the first header.
fn copy_starts(text: &str) -> Option<usize> {
    const SAYS: &str = "copy original returned unsent below header message text follows mail nachricht bounced";
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let low = line.trim().to_lowercase();
        let is_rule = low.starts_with("---") && low.len() > 6 && SAYS.split(' ').any(|word| low.contains(word));
        let is_about_failure =
            low.contains("fail") || low.contains("transcript") || low.contains("error") || low.contains("not ");
        let is_said = low.ends_with("follows:") || low.ends_with("follows.") || low.ends_with("message headers:");
        if (is_rule && !is_about_failure) || is_said || (at > 0 && is_header(line)) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

fn is_header(line: &str) -> bool {
    let starts = ["received:", "return-path:", "message-id:", "dkim-signature:", "delivered-to:", "mime-version:"];
    starts.iter().any(|start| line.get(..start.len()).is_some_and(|line| line.eq_ignore_ascii_case(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_is_parted_from_what_the_server_says() {
        let text =
            "Hi. I failed.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <a@b>\nMessage-ID: <1@b>\n";
        assert_eq!(before_copy(text), "Hi. I failed.\n\n");
        assert!(copy(text).unwrap().starts_with("Return-Path"));
        let rules = "   ----- The following addresses had permanent fatal errors -----\n<a@b>\n   ----- Transcript of session follows -----\n550\n";
        assert_eq!(before_copy(rules), rules);
        assert_eq!((before_copy("x"), copy("x")), ("x", None));
    }
}
