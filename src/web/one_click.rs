//! What a mail program sends when its reader presses "Unsubscribe" (RFC 8058 section 3.1).

use super::form::Pairs;

/// The name of the field, and its value.
const FIELD: &str = "List-Unsubscribe";
const ONE_CLICK: &str = "One-Click";
/// The field by which our own page says what is wanted.
pub(super) const CHOICE: &str = "choice";

/// What a request to leave asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// All of it, at once: sent by a program.
    OneClick,
    /// What is chosen on our page.
    Chosen(Pairs),
    /// Our page's form in an encoding that it never has.
    Strange,
}

/// Reads a request. A request to an address for leaving has one meaning: where it does not choose
/// anything else, whatever its body holds, its sender leaves.
pub(super) fn wish(content_type: &str, body: &[u8]) -> Wish {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "multipart/form-data" {
        // Our page never sends this; a program's one field needs no reader of its own.
        let names_choice = format!("name=\"{CHOICE}\"");
        let is_choice = body.windows(names_choice.len()).any(|window| window == names_choice.as_bytes());
        return if is_choice { Wish::Strange } else { Wish::OneClick };
    }
    let pairs = Pairs::read(body);
    let is_one_click =
        pairs.iter().any(|(name, value)| name.eq_ignore_ascii_case(FIELD) && value.eq_ignore_ascii_case(ONE_CLICK));
    if is_one_click || pairs.get(CHOICE).is_empty() { Wish::OneClick } else { Wish::Chosen(pairs) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_is_understood_and_the_page_is_told_from_them() {
        let form = "application/x-www-form-urlencoded";
        let multipart = "multipart/form-data; boundary=x";
        let part = b"--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        for (kind, body) in [
            (form, &b"List-Unsubscribe=One-Click"[..]),
            ("Application/X-WWW-Form-URLEncoded; charset=UTF-8", b"list-unsubscribe=one-click"),
            (multipart, part),
            ("text/plain", b""),
            ("", b"\xff\xfe\x00"),
        ] {
            assert_eq!(wish(kind, body), Wish::OneClick, "{kind}");
        }
        assert!(matches!(wish(form, b"choice=pause&until="), Wish::Chosen(pairs) if pairs.get(CHOICE) == "pause"));
        let strange = b"--x\r\nContent-Disposition: form-data; name=\"choice\"\r\n\r\npause\r\n--x--\r\n";
        assert_eq!(wish(multipart, strange), Wish::Strange);
    }
}
