//! Encodes a mail as RFC 5322 and MIME bytes, the same ones every time.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Mail, MultiPart, SinglePart};

use crate::model::Message;

use super::address;
use super::error::DeliverError;
use super::subject;

/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// Encodes a mail: `multipart/alternative` of text and HTML, both UTF-8 and quoted-printable, CRLF
/// throughout.
///
/// # Errors
/// Refuses addresses that cannot be read, header values with line breaks or other controls (nothing
/// a board says can begin a header), headers with a word longer than a line, malformed Message-IDs and
/// dates that mail cannot carry.
pub fn encode(message: &Message) -> Result<Vec<u8>, DeliverError> {
    checked_message_id(&message.message_id)?;
    let mut builder = Mail::builder()
        .message_id(Some(format!("<{}>", message.message_id)))
        .date(date(message)?)
        .from(mailbox("From", &message.from)?)
        .to(mailbox("To", &message.to)?);
    builder = match subject::in_words(checked("Subject", &message.subject)?) {
        Some(words) => {
            let name = HeaderName::new_from_ascii_str("Subject");
            builder.raw_header(HeaderValue::dangerous_new_pre_encoded(name, message.subject.clone(), words))
        }
        None => builder.subject(&message.subject),
    };
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
    let bytes = builder.multipart(parts)?.formatted();
    match long_header(&bytes) {
        Some(name) => Err(DeliverError::LongLine { name }),
        None => Ok(bytes),
    }
}

/// Names the header that a line too long for mail belongs to; the parts have none, being
/// quoted-printable.
fn long_header(bytes: &[u8]) -> Option<String> {
    const LONGEST: usize = 998;
    let mut name = &b""[..];
    for line in bytes.split(|&b| b == b'\n').take_while(|line| *line != b"\r") {
        if !line.starts_with(b" ") {
            name = line.split(|&b| b == b':').next().unwrap_or_default();
        }
        if line.len() > LONGEST + 1 {
            return Some(String::from_utf8_lossy(name).into_owned());
        }
    }
    None
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

/// Reads `user@host` or `Name <user@host>`; the name may hold whatever a person writes in one.
fn mailbox(header: &'static str, text: &str) -> Result<Mailbox, DeliverError> {
    let refused = || DeliverError::Address { header };
    let text = checked(header, text)?.trim();
    let (name, address) = match text.strip_suffix('>') {
        Some(text) => text.rsplit_once('<').ok_or_else(refused)?,
        None => ("", text),
    };
    let address = address::mailbox(address.trim()).ok_or_else(refused)?;
    let name = name.trim();
    let name = match name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => unescaped(quoted),
        None if name.contains(['<', '>']) => return Err(refused()),
        None => name.to_owned(),
    };
    Ok(Mailbox::new(Some(name).filter(|name| !name.is_empty()), address.text.parse().map_err(|_| refused())?))
}

/// Undoes quoted pairs (RFC 5322 section 3.2.4).
fn unescaped(quoted: &str) -> String {
    let mut escaped = false;
    quoted
        .chars()
        .filter(|&c| {
            escaped = !escaped && c == '\\';
            !escaped
        })
        .collect()
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

    /// Gives a header with its folds.
    fn header(message: &Message, name: &str) -> String {
        let text = String::from_utf8(encode(message).unwrap()).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        let start = format!("\r\n{head}\r\n").find(&format!("\r\n{name}: ")).unwrap();
        let rest = &head[start..];
        let end = rest.match_indices("\r\n").find(|(at, _)| !rest[at + 2..].starts_with(' '));
        rest[..end.map_or(rest.len(), |(at, _)| at)].to_owned()
    }

    #[test]
    fn names_hold_what_people_write_in_them() {
        let read = |from: &str| {
            let bytes = encode(&Message { from: from.into(), ..sample() }).unwrap();
            let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
            let from = mail.from().unwrap().first().unwrap();
            (from.name().unwrap_or_default().to_owned(), from.address().unwrap().to_owned())
        };
        let long = "Büro für Stellen der medizinischen Kodierung und der Dokumentation in Ohio und Umgebung";
        for (typed, name) in [
            ("Lakeside Jobs, daily", "Lakeside Jobs, daily"),
            ("\"Jobs \\\"HIM\\\" \\\\\"", "Jobs \"HIM\" \\"),
            ("St. Mary's (Ohio): a@b", "St. Mary's (Ohio): a@b"),
            ("", ""),
            (long, long),
        ] {
            assert_eq!(read(&format!("{typed} <a@b.example>")), (name.to_owned(), "a@b.example".to_owned()));
        }
        assert_eq!(read("Zoë <a@bücher.example>"), ("Zoë".to_owned(), "a@xn--bcher-kva.example".to_owned()));
        for odd in ["a@b, c@d", "A <a@b> x", "A a@b>", "", "<>", "A <a@b>, B <c@d>"] {
            let refused = encode(&Message { to: odd.into(), ..sample() });
            assert!(matches!(refused, Err(DeliverError::Address { header: "To" })), "{odd}");
        }
    }

    #[test]
    fn long_addresses_stay_whole() {
        let (one, two) = (
            format!("<https://jobs.example.edu/u/{}>", "k".repeat(200)),
            "<mailto:u+k@jobs.example.edu?subject=unsubscribe>",
        );
        let value = format!("{one}, {two}");
        let message = Message { headers: vec![("List-Unsubscribe".into(), value)], ..sample() };
        assert_eq!(header(&message, "List-Unsubscribe"), format!("List-Unsubscribe: {one},\r\n {two}"));
        let endless = Message {
            headers: vec![("List-Unsubscribe".into(), format!("<https://{}>", "k".repeat(990)))],
            ..sample()
        };
        assert!(matches!(encode(&endless), Err(DeliverError::LongLine { name }) if name == "List-Unsubscribe"));
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
