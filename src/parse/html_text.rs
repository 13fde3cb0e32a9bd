//! From an HTML answer's bytes to text: byte order mark, UTF-8, the stated charset, windows-1252.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::model::Page;

/// A `<meta charset>` stands within the first 1,024 bytes (HTML, "determining the character encoding").
const META_REACH: usize = 1024;

/// More of a page than this is not even decoded; still less of it is made a tree of.
const MOST_BYTES: usize = 8 << 20;

/// Decodes a page's body, or the beginning of a body that no list of jobs is as long as. Text that is valid UTF-8 is UTF-8 whatever was stated: the reverse
/// mistake does not happen by chance.
pub(super) fn html_text(page: &Page) -> Cow<'_, str> {
    let body = beginning(&page.body);
    if let Some((encoding, length)) = Encoding::for_bom(body) {
        return encoding.decode_without_bom_handling(&body[length..]).0;
    }
    let stated = page.charset.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()));
    // Encodings whose bytes can look like UTF-8 (UTF-16, ISO-2022-JP) are believed when stated.
    if let Some(encoding) = stated.filter(|encoding| !encoding.is_ascii_compatible()) {
        return encoding.decode(body).0;
    }
    match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => stated.or_else(|| meta_charset(body)).unwrap_or(WINDOWS_1252).decode_without_bom_handling(body).0,
    }
}

/// Cuts a body where no UTF-8 character is cut in two.
fn beginning(body: &[u8]) -> &[u8] {
    let Some(head) = body.get(..MOST_BYTES).filter(|head| head.len() < body.len()) else { return body };
    let whole = head.iter().rposition(|byte| (byte & 0xc0) != 0x80).unwrap_or_default();
    head.get(..whole).unwrap_or_default()
}

/// Reads the charset that a page states of itself.
fn meta_charset(body: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&body[..body.len().min(META_REACH)]).to_ascii_lowercase();
    let after = head.split_once("charset=")?.1.trim_start_matches(['"', '\'', ' ']);
    let label: String = after.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

/// Says what an answer is, for messages: `41 kB of text/html`.
pub(super) fn size_and_type(page: &Page) -> String {
    let length = page.body.len();
    let size = if length < 10_000 { format!("{length} bytes") } else { format!("{} kB", length / 1000) };
    let kind = if page.media_type.is_empty() { "an unnamed media type" } else { &page.media_type };
    format!("{size} of {kind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(body: &[u8], charset: Option<&str>) -> String {
        let url = "https://jobs.example.org/".parse().unwrap();
        let mut page = Page::saved(url, "text/html", body.to_vec(), chrono::DateTime::UNIX_EPOCH);
        page.charset = charset.map(str::to_owned);
        html_text(&page).into_owned()
    }

    #[test]
    fn utf_8_wins_over_a_wrong_statement_and_1252_is_the_last_resort() {
        assert_eq!(decoded("café".as_bytes(), Some("iso-8859-1")), "café");
        assert_eq!(decoded(b"caf\xe9 \x93x\x94", None), "café “x”");
        assert_eq!(decoded(b"\xff\xfea\0b\0", None), "ab");
        assert_eq!(decoded(b"\xef\xbb\xbfab", None), "ab");
    }

    #[test]
    fn only_the_beginning_of_an_endless_page_is_decoded() {
        let text = decoded("é".repeat(MOST_BYTES).as_bytes(), None);
        assert!(text.len() <= MOST_BYTES && text.chars().all(|letter| letter == 'é'), "{}", text.len());
    }

    #[test]
    fn a_page_states_its_own_charset() {
        assert_eq!(decoded(b"<meta charset=\"windows-1251\">\xcf", None), "<meta charset=\"windows-1251\">П");
    }
}
