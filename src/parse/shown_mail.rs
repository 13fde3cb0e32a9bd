//! A mail as a person looks at it: its headers as they stand, and its text part decoded.

use mail_parser::MessageParser;

/// What is shown of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownMail {
    /// The headers, lines ended by line feeds, with the empty line left out.
    pub headers: String,
    /// The text part; `None` where there is none.
    pub text: Option<String>,
}

/// Reads a mail for showing; of what is no mail, everything counts as headers.
#[must_use]
pub fn shown_mail(bytes: &[u8]) -> ShownMail {
    let lines = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let headers = lines.split_once("\n\n").map_or(lines.as_str(), |(headers, _)| headers).to_owned();
    let message = MessageParser::default().parse(bytes);
    let text = message.as_ref().and_then(|message| message.body_text(0)).map(|text| text.replace("\r\n", "\n"));
    ShownMail { headers, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_stand_as_they_are_and_the_text_is_decoded() {
        let mail = "From: a@b.c\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\nMIME-Version: 1.0\r\n\
                    Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\
                    Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
                    Caf=C3=A9 =\r\nnoir\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--x--\r\n";
        let shown = shown_mail(mail.as_bytes());
        assert!(shown.headers.starts_with("From: a@b.c\nSubject: =?utf-8?q?") && shown.headers.ends_with("boundary=x"));
        assert_eq!(shown.text.as_deref().map(str::trim), Some("Café noir"));
        assert_eq!(shown_mail(b"nothing").headers, "nothing");
    }
}
