//! Encodes a mail as RFC 5322 and MIME bytes, the same ones every time.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Mail, MultiPart, SinglePart};

use crate::model::Message;

use super::error::DeliverError;

/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// Encodes a mail: `multipart/alternative` of text and HTML, both UTF-8 and quoted-printable, CRLF
/// throughout.
///
/// # Errors
/// Refuses addresses that cannot be read, header values with line breaks or other controls (nothing
/// a board says can begin a header), malformed Message-IDs and dates that mail cannot carry.
pub fn encode(message: &Message) -> Result<Vec<u8>, DeliverError> {
    checked_message_id(&message.message_id)?;
    let mut builder = Mail::builder()
        .message_id(Some(format!("<{}>", message.message_id)))
        .date(date(message)?)
        .from(mailbox("From", &message.from)?)
        .to(mailbox("To", &message.to)?)
        .subject(checked("Subject", &message.subject)?);
    for (name, value) in &message.headers {
        let value = checked(name, value)?.to_owned();
        let name = header_name(name)?;
        builder = builder.raw_header(HeaderValue::new(name, value));
    }
    // "=_" stands in no quoted-printable text, so no part can hold the boundary.
    let digest = blake3::hash(message.message_id.as_bytes()).to_hex();
    let boundary: String = "=_".chars().chain(digest.chars().take(32)).collect();
    let parts = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, &message.text))
        .singlepart(part(ContentType::TEXT_HTML, &message.html));
    Ok(builder.multipart(parts)?.formatted())
}

fn part(kind: ContentType, body: &str) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(with_crlf(body))
}

/// Ends every line with CRLF in one pass; a lone CR becomes a line break too.
fn with_crlf(body: &str) -> String {
    let mut lines = String::with_capacity(body.len() + body.len() / 40);
    let mut last = '\0';
    for c in body.chars() {
        match (last, c) {
            ('\r', '\n') => {}
            (_, '\r' | '\n') => lines.push_str("\r\n"),
            _ => lines.push(c),
        }
        last = c;
    }
    lines
}

fn date(message: &Message) -> Result<SystemTime, DeliverError> {
    let seconds = message.date.timestamp();
    let refused = DeliverError::Date { date: message.date };
    if seconds > LAST_SECOND {
        return Err(refused);
    }
    u64::try_from(seconds).map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).map_err(|_| refused)
}

fn mailbox(header: &'static str, address: &str) -> Result<Mailbox, DeliverError> {
    checked(header, address)?.parse().map_err(|source| DeliverError::Address {
        header,
        address: address.to_owned(),
        source,
    })
}

/// Lets a header value through when nothing in it can end the header.
fn checked<'a>(name: &str, value: &'a str) -> Result<&'a str, DeliverError> {
    let is_fair = !value.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
    if is_fair { Ok(value) } else { Err(DeliverError::Header { name: name.to_owned() }) }
}

/// Lets a header name through when it is one (RFC 5322 section 3.6.8) and not one fixed elsewhere.
fn header_name(name: &str) -> Result<HeaderName, DeliverError> {
    const FIXED: [&str; 13] = [
        "from",
        "to",
        "cc",
        "bcc",
        "sender",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "return-path",
    ];
    let refused = || DeliverError::Header { name: name.escape_default().to_string() };
    let is_fair =
        name.bytes().all(|b| b.is_ascii_graphic() && b != b':') && !FIXED.contains(&name.to_ascii_lowercase().as_str());
    if !is_fair {
        return Err(refused());
    }
    HeaderName::new_from_ascii(name.to_owned()).map_err(|_| refused())
}

fn checked_message_id(id: &str) -> Result<(), DeliverError> {
    let is_fair =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && !b"<>()[]:;@\\,\"".contains(&b));
    let shaped = id.len() <= 250 && id.split_once('@').is_some_and(|(left, right)| is_fair(left) && is_fair(right));
    if shaped { Ok(()) } else { Err(DeliverError::MessageId { id: id.to_owned() }) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    use proptest::prelude::*;

    pub(in crate::deliver) fn sample() -> Message {
        Message {
            message_id: "0123abcd@example.edu".into(),
            date: "2026-11-24T12:12:00Z".parse().unwrap(),
            from: "Lakeside Jobs <jobs@example.edu>".into(),
            to: "ann@example.edu".into(),
            subject: "1 new HIM job: Codificación 👩 at Mercy Health".into(),
            text: "NEW HIM JOBS\n\n 1. Codificación = coding\n    https://jobs.example/very/long\n".into(),
            html: format!("<!DOCTYPE html>\n<p>{}</p>\n.\n", "x ".repeat(100)),
            headers: vec![
                ("List-Id".into(), "<new-him-jobs.example.edu>".into()),
                ("Auto-Submitted".into(), "auto-generated".into()),
            ],
        }
    }

    #[test]
    fn the_bytes_are_these_and_the_same_every_time() {
        let bytes = encode(&sample()).unwrap();
        assert_eq!(bytes, encode(&sample()).unwrap());
        insta::assert_snapshot!("mail.eml", String::from_utf8(bytes).unwrap().replace("\r\n", "\n"));
    }

    #[test]
    fn every_line_ends_with_crlf_and_is_short_plain_ascii() {
        let text = String::from_utf8(encode(&sample()).unwrap()).unwrap();
        assert!(text.is_ascii());
        for line in text.split("\r\n") {
            assert!(line.len() <= 78 && !line.contains(['\r', '\n']), "{line}");
        }
    }

    #[test]
    fn no_value_can_begin_a_header_of_its_own() {
        let with_subject = Message { subject: "Coder\r\nBcc: all@example.edu".into(), ..sample() };
        assert!(matches!(encode(&with_subject), Err(DeliverError::Header { .. })));
        let with_header = Message { headers: vec![("X-A".into(), "b\nBcc: all@example.edu".into())], ..sample() };
        assert!(encode(&with_header).is_err());
        let with_name = Message { headers: vec![("X-A: b\r\nBcc".into(), "all@example.edu".into())], ..sample() };
        assert!(encode(&with_name).is_err());
        let with_bcc = Message { headers: vec![("BCC".into(), "all@example.edu".into())], ..sample() };
        assert!(encode(&with_bcc).is_err());
        let with_from = Message { from: "a@example.edu\r\nBcc: all@example.edu".into(), ..sample() };
        assert!(encode(&with_from).is_err());
        let with_id = Message { message_id: "a@b>\r\nBcc: all@example.edu".into(), ..sample() };
        assert!(matches!(encode(&with_id), Err(DeliverError::MessageId { .. })));
    }

    #[test]
    fn a_date_that_mail_cannot_carry_is_refused_not_panicked_at() {
        for date in [chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC] {
            assert!(matches!(encode(&Message { date, ..sample() }), Err(DeliverError::Date { .. })));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn headers_end_where_they_should_whatever_is_said(subject in any::<String>(), text in any::<String>(), html in any::<String>()) {
            let headers_of = |message: &Message| encode(message).ok().map(|bytes| {
                let text = String::from_utf8(bytes).unwrap();
                let (head, _) = text.split_once("\r\n\r\n").unwrap();
                let starts = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
                starts.filter_map(|line| line.split_once(':').map(|(name, _)| name.to_owned())).collect::<Vec<_>>()
            });
            let expected = headers_of(&sample()).unwrap();
            let fair: String = subject.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect();
            let said = Message { subject: fair, text, html, ..sample() };
            prop_assert_eq!(headers_of(&said).unwrap(), expected.clone());
            let hostile = Message { subject, ..sample() };
            prop_assert!(headers_of(&hostile).is_none_or(|found| found == expected));
        }
    }
}
