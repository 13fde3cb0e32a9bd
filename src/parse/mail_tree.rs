//! Takes a mail apart, whatever it is.
//!
//! Two things that the mail library does are kept from it, for a mail may hold mails that hold mails,
//! without end, at 29 bytes each. It drops such a tree by recursion, and a few hundred kilobytes of
//! wrappers overflow the stack, which ends the whole process; so the tree is dropped level by level. And
//! it copies an encoded mail once for each mail within it, which takes gigabytes; so nothing is decoded
//! while the tree is made, but only the part that is read. That a mail within a mail is encoded at all is
//! against RFC 2046 section 5.2.1, though some gateways do it.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{HeaderName, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

/// Of a mail no more bytes are read; 4 MiB of wrappers make a tree of some 90 MB.
pub(super) const LONGEST: usize = 4 << 20;

/// Reads a mail, hands it on, and takes it away without recursion. Nothing of it is decoded yet.
pub(super) fn with_mail<T>(bytes: &[u8], read: impl FnOnce(&Message<'_>) -> T) -> Option<T> {
    let message = parser().parse(bytes.get(..LONGEST).unwrap_or(bytes))?;
    let told = read(&message);
    let mut whole = vec![message];
    while let Some(message) = whole.pop() {
        whole.extend(message.parts.into_iter().filter_map(|part| match part.body {
            PartType::Message(inner) => Some(inner),
            _ => None,
        }));
    }
    Some(told)
}

/// Makes a parser that reads headers as usual but takes no part for encoded: the name of an encoding is
/// read as if it were an address, which the library does not understand.
fn parser() -> MessageParser {
    MessageParser::new()
        .with_mime_headers()
        .with_date_headers()
        .with_address_headers()
        .with_message_ids()
        .header_text(HeaderName::Subject)
        .header_address(HeaderName::ContentTransferEncoding)
}

/// How a part is encoded (RFC 2045 section 6).
enum Encoding {
    Base64,
    QuotedPrintable,
}

fn encoding(message: &Message<'_>, part: &MessagePart<'_>) -> Option<Encoding> {
    let header = part.headers.iter().find(|header| header.name == HeaderName::ContentTransferEncoding)?;
    let raw = message.raw_message.get(header.offset_start as usize..header.offset_end as usize)?;
    // A comment may follow.
    let name = raw.split(|b| matches!(b, b'(' | b';')).next().unwrap_or_default().trim_ascii();
    match name {
        _ if name.eq_ignore_ascii_case(b"base64") => Some(Encoding::Base64),
        _ if name.eq_ignore_ascii_case(b"quoted-printable") => Some(Encoding::QuotedPrintable),
        _ => None,
    }
}

/// Tells whether a part is encoded, so that what the library made of it is not what it says.
pub(super) fn is_encoded(message: &Message<'_>, part: &MessagePart<'_>) -> bool {
    encoding(message, part).is_some()
}

/// Gives a part's content, decoded; as it stands where it cannot be.
pub(super) fn content<'m>(message: &'m Message<'_>, part: &MessagePart<'_>) -> Cow<'m, [u8]> {
    let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    let decoded = match encoding(message, part) {
        Some(Encoding::Base64) => base64_decode(raw),
        Some(Encoding::QuotedPrintable) => quoted_printable_decode(raw),
        None => None,
    };
    decoded.map_or(Cow::Borrowed(raw), Cow::Owned)
}

/// Gives a part's content as text, in the charset that it names, or else as UTF-8.
pub(super) fn text(message: &Message<'_>, part: &MessagePart<'_>) -> String {
    let bytes = content(message, part);
    let charset = part.content_type().and_then(|kind| kind.attribute("charset"));
    match charset.and_then(|name| charset_decoder(name.as_bytes())) {
        Some(decode) => decode(&bytes),
        None => String::from_utf8_lossy(&bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(mail: &str) -> Vec<String> {
        with_mail(mail.as_bytes(), |message| message.parts.iter().map(|part| text(message, part)).collect()).unwrap()
    }

    #[test]
    fn mails_within_mails_without_end_do_no_harm() {
        for wrapper in ["Content-Type:message/global\n\n", "Con tent-Type: message/rfc822\n\n"] {
            let deep = wrapper.repeat(LONGEST / wrapper.len() + 1);
            assert_eq!(with_mail(deep.as_bytes(), |mail| mail.parts.len()), Some(1), "{wrapper}");
        }
    }

    #[test]
    fn nor_do_they_where_they_are_encoded() {
        for encoding in ["quoted-printable", "base64", "=?utf-8?q?quoted-printable?=", " BASE64 (really)"] {
            let head = format!("Content-Type: message/rfc822\nContent-Transfer-Encoding: {encoding}\n\n");
            let deep = head + &"Content-Type: message/rfc822\n\n".repeat(60_000);
            assert!(with_mail(deep.as_bytes(), |mail| mail.parts.len()).is_some(), "{encoding}");
        }
    }

    #[test]
    fn texts_are_decoded_as_they_say() {
        let mail = |encoding: &str, body: &str| {
            format!("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: {encoding}\n\n{body}")
        };
        assert_eq!(texts(&mail("Quoted-Printable", "caf=E9 =\nau lait")), ["café au lait"]);
        assert_eq!(texts(&mail("base64", "Y2Fm6Q==")), ["café"]);
        assert_eq!(texts(&mail("8bit", "plain")), ["plain"]);
        assert_eq!(texts(&mail("base64", "!!! not that")), ["!!! not that"]);
        let parts = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\nContent-Transfer-Encoding: \
                     quoted-printable\n\n<p>=3D</p>\n--b--\n";
        assert_eq!(texts(parts)[1], "<p>=</p>");
    }
}
