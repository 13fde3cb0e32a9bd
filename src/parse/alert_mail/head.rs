//! What a mail's headers say: who wrote it, when, under which id.

use chrono::{DateTime, Utc};
use mail_parser::{HeaderName, HeaderValue, Message, MessageParser};

/// The headers that decide whether and as what a mail is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailHead {
    /// A hash of its `Message-ID`, or of the whole mail where it has none. The id itself may name
    /// the reader, so that it is not kept.
    pub key: [u8; 32],
    /// The addresses in `From`.
    pub from: Vec<String>,
    /// What stands between the angle brackets of `List-Id`.
    pub list_id: Option<String>,
    /// Its date.
    pub date: Option<DateTime<Utc>>,
}

/// Reads a mail's headers; of what is no mail, only the hash is known.
#[must_use]
pub fn mail_head(bytes: &[u8]) -> MailHead {
    let whole = || *blake3::hash(bytes).as_bytes();
    let Some(message) = MessageParser::default().parse_headers(bytes) else {
        return MailHead { key: whole(), ..MailHead::default() };
    };
    let id = message.message_id().map(str::trim).filter(|id| !id.is_empty());
    let authors = message.from().into_iter().flat_map(|from| from.iter());
    let list_id = message.header_raw(HeaderName::ListId).map(|text| inside_brackets(text).to_owned());
    MailHead {
        key: id.map_or_else(whole, |id| *blake3::hash(id.as_bytes()).as_bytes()),
        from: authors.map(|author| author.address().unwrap_or_default().trim().to_owned()).collect(),
        list_id: list_id.filter(|id| !id.is_empty()),
        date: message.date().and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0)),
    }
}

fn inside_brackets(text: &str) -> &str {
    let inner = text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inner, _)| inner);
    inner.unwrap_or(text).trim()
}

/// Gives what the receiving server says of the sender (RFC 8601), in the words it must use. Only the
/// topmost such header is the receiving server's own.
pub(super) fn authentication(message: &Message<'_>) -> Option<String> {
    const METHODS: [&str; 3] = ["dkim", "spf", "dmarc"];
    const RESULTS: [&str; 7] = ["pass", "fail", "none", "softfail", "neutral", "temperror", "permerror"];
    let header =
        message.headers().iter().find(|header| header.name().eq_ignore_ascii_case("Authentication-Results"))?;
    let text = match &header.value {
        HeaderValue::Text(text) => text.to_lowercase(),
        HeaderValue::TextList(texts) => texts.join(" ").to_lowercase(),
        _ => return None,
    };
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c == ';').collect();
    let verdict = |method: &&str| {
        let result = words.iter().find_map(|word| word.strip_prefix(*method)?.strip_prefix('='))?;
        RESULTS.contains(&result).then(|| format!("{method}={result}"))
    };
    let verdicts: Vec<String> = METHODS.iter().filter_map(verdict).collect();
    (!verdicts.is_empty()).then(|| verdicts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_in_their_many_forms() {
        let head = mail_head(
            b"From: =?utf-8?q?alerts=40board=2Eexample?= <Evil@x.example>, \"A, B\" <b@board.example>\r\n\
              Message-ID: <1@x>\r\nList-Id: Jobs <jobs.board.example>\r\nDate: Fri, 20 Nov 2026 08:00:00 -0500\r\n\r\nx",
        );
        assert_eq!(head.from, ["Evil@x.example", "b@board.example"]);
        assert_eq!(head.list_id.as_deref(), Some("jobs.board.example"));
        assert_eq!(head.date.unwrap().to_rfc3339(), "2026-11-20T13:00:00+00:00");
        assert_eq!(head.key, mail_head(b"Message-ID: <1@x>\r\n\r\nother").key);
    }

    #[test]
    fn what_has_no_id_is_known_by_its_bytes() {
        let keys: Vec<_> = ["", "x", "From: a@b.example\r\n\r\n1", "From: a@b.example\r\n\r\n2"]
            .map(|text| mail_head(text.as_bytes()).key)
            .to_vec();
        assert!(keys.iter().enumerate().all(|(at, key)| !keys[at + 1..].contains(key)));
    }

    #[test]
    fn only_the_topmost_verdict_counts_and_only_in_known_words() {
        let verdict = |text: &str| authentication(&MessageParser::default().parse(text.as_bytes()).unwrap());
        let two = "Authentication-Results: mx.example; spf=fail; dkim=pass header.d=board.example\r\n\
                   Authentication-Results: evil.example; dmarc=pass\r\nFrom: a@b.example\r\n\r\nx";
        assert_eq!(verdict(two).as_deref(), Some("dkim=pass spf=fail"));
        assert_eq!(verdict("Authentication-Results: mx; dkim=secret\r\nFrom: a@b.example\r\n\r\nx"), None);
    }
}
