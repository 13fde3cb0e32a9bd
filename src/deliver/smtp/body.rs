//! A mail's octets as they go over the wire: dots doubled, the end marked (RFC 5321 section 4.5.2).

/// The longest line without its CRLF (RFC 5322 section 2.1.1).
const LONGEST_LINE: usize = 998;

/// What a mail needs of the server that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Needs {
    /// Octets beyond ASCII somewhere: `8BITMIME`.
    pub(super) eight_bits: bool,
    /// Such octets in the headers: `SMTPUTF8`.
    pub(super) international_headers: bool,
}

/// Writes a mail into `out` with its end, `CRLF . CRLF`.
///
/// # Errors
/// Refuses what a server could read as the end of the mail, or differently from us: a CR or LF that
/// stands alone, NUL, and lines that are too long. The bytes are fixed, so nothing is mended.
pub(super) fn write(bytes: &[u8], out: &mut Vec<u8>) -> Result<Needs, &'static str> {
    out.clear();
    out.reserve(bytes.len() + bytes.len() / 64 + 8);
    if bytes.is_empty() {
        return Err("it is empty");
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        let (line, next) = match memchr::memchr(b'\n', rest) {
            Some(0) => return Err("a line ends without CR"),
            Some(end) if rest[end - 1] != b'\r' => return Err("a line ends without CR"),
            Some(end) => (&rest[..end - 1], &rest[end + 1..]),
            None => (rest, &rest[rest.len()..]),
        };
        if line.len() > LONGEST_LINE {
            return Err("a line is longer than 998 octets");
        }
        if memchr::memchr2(b'\r', 0, line).is_some() {
            return Err("it holds a CR that stands alone, or NUL");
        }
        if line.first() == Some(&b'.') {
            out.push(b'.');
        }
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
        rest = next;
    }
    out.extend_from_slice(b".\r\n");
    let eight_bits = !bytes.is_ascii();
    let head = memchr::memmem::find(bytes, b"\r\n\r\n").unwrap_or(bytes.len());
    Ok(Needs { eight_bits, international_headers: eight_bits && !bytes[..head].is_ascii() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sent(bytes: &[u8]) -> Result<String, &'static str> {
        let mut out = b"of the last mail".to_vec();
        write(bytes, &mut out).map(|_| String::from_utf8(out).unwrap())
    }

    #[test]
    fn dots_are_doubled_and_the_end_is_marked() {
        assert_eq!(sent(b"A: b\r\n\r\n.\r\n..x\r\ny.\r\n").unwrap(), "A: b\r\n\r\n..\r\n...x\r\ny.\r\n.\r\n");
        assert_eq!(sent(b".").unwrap(), "..\r\n.\r\n");
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for odd in ["", "a\n.\n", "a\n.\r\nMAIL FROM:<x>\r\n", "a\r.\r\n", "a\r\r\nb", "a\0b\r\n", "\n", "a\r"] {
            assert!(sent(odd.as_bytes()).is_err(), "{odd:?}");
        }
        assert!(sent(&[b'x'; 999]).is_err() && sent(&[b'x'; 998]).is_ok());
    }

    #[test]
    fn what_the_server_must_carry_is_known() {
        let needs = |bytes: &str| write(bytes.as_bytes(), &mut Vec::new()).unwrap();
        assert_eq!(needs("A: b\r\n\r\nc\r\n"), Needs { eight_bits: false, international_headers: false });
        assert_eq!(needs("A: b\r\n\r\nü\r\n"), Needs { eight_bits: true, international_headers: false });
        assert_eq!(needs("A: ü\r\n\r\nc\r\n"), Needs { eight_bits: true, international_headers: true });
    }

    proptest! {
        #[test]
        fn the_end_stands_only_at_the_end(bytes in "[.\r\nab]{0,60}") {
            if let Ok(text) = sent(bytes.as_bytes()) {
                prop_assert_eq!(format!("\r\n{text}").find("\r\n.\r\n"), Some(text.len() - 3));
                let undone = format!("\r\n{}", &text[..text.len() - 3]).replace("\r\n.", "\r\n");
                let whole = if bytes.ends_with('\n') { bytes } else { bytes + "\r\n" };
                prop_assert_eq!(&undone[2..], whole);
            }
        }
    }
}
