//! From bytes to text: byte order marks, declared charsets, and repair of what is declared wrongly.
//!
//! The order is that of RFC 7303 section 3.3 (byte order mark, `charset` parameter, the document's
//! own declaration), with one departure learned from the field: bytes that are valid UTF-8 are
//! read as UTF-8 even where windows-1252, ISO-8859-1 or ASCII is declared, because text in those
//! encodings is practically never valid UTF-8 by accident.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far into a document its own declaration is looked for, in bytes (HTML Standard, "prescan").
const DECLARATION_WINDOW: usize = 1024;

/// Says how a document declares its own encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextKind {
    /// By `encoding="…"` in its first line.
    Xml,
    /// By `charset=` in a `meta` element.
    #[cfg_attr(not(test), allow(dead_code, reason = "the engines that read pages decode by it"))]
    Html,
    /// Not at all: JSON is UTF-8 (RFC 8259 section 8.1).
    Json,
}

/// Decodes an answer's bytes and tells in one sentence fragment what had to be repaired.
///
/// `charset` is the parameter of the `Content-Type` header. Never fails: what cannot be read
/// becomes windows-1252 text or U+FFFD.
pub(crate) fn decode<'a>(bytes: &'a [u8], charset: Option<&str>, kind: TextKind) -> (Cow<'a, str>, Option<String>) {
    if let Some(decoded) = by_first_bytes(bytes) {
        return decoded;
    }
    let declared = declaration(bytes, kind);
    let labels: Vec<&str> = charset.into_iter().chain(declared).collect();
    let encoding = labels.iter().find_map(|label| Encoding::for_label(label.trim_matches(QUOTES).as_bytes()));
    let unknown = match (encoding, labels.first()) {
        (None, Some(label)) => Some(format!("unknown encoding `{label}`")),
        _ => None,
    };
    match encoding {
        // A declaration that could be read byte by byte is not UTF-16, whatever it says.
        None => decode_unicode(bytes, unknown),
        Some(known) if known == UTF_8 || known == UTF_16LE || known == UTF_16BE => decode_unicode(bytes, None),
        Some(known) if known == WINDOWS_1252 => match std::str::from_utf8(bytes) {
            Ok(text) if text.is_ascii() => (Cow::Borrowed(text), None),
            Ok(text) => (Cow::Borrowed(text), Some("declared as windows-1252, but the text is UTF-8".to_owned())),
            Err(_) => decode_legacy(bytes, known),
        },
        Some(known) => decode_legacy(bytes, known),
    }
}

/// Removes control characters, which neither XML 1.0 nor HTML allows, and counts them. Tabs and
/// line breaks stay.
pub(crate) fn strip_controls(text: Cow<'_, str>) -> (Cow<'_, str>, usize) {
    // Or-ing whole blocks lets the compiler use vector instructions on the common clean text.
    let dirty = |block: &[u8]| block.iter().fold(false, |found, byte| found | is_control(*byte));
    if !text.as_bytes().chunks(256).any(dirty) {
        return (text, 0);
    }
    let count = text.bytes().filter(|byte| is_control(*byte)).count();
    let mut kept = String::with_capacity(text.len());
    kept.extend(text.chars().filter(|letter| !u8::try_from(*letter).is_ok_and(is_control)));
    (Cow::Owned(kept), count)
}

/// Gives the character that windows-1252 has for a byte; bytes without one stand for themselves,
/// as in the Encoding Standard.
pub(crate) fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{fffd}'),
        _ => char::from(byte),
    }
}

const QUOTES: [char; 3] = ['"', '\'', ' '];

fn is_control(byte: u8) -> bool {
    byte < 0x20 && byte != b'\t' && byte != b'\n' && byte != b'\r'
}

/// Decodes what its first bytes give away: a byte order mark, or ASCII characters in wide units
/// (XML 1.0 appendix F.1). UTF-32 goes before UTF-16, whose mark is a prefix of it.
fn by_first_bytes(bytes: &[u8]) -> Option<(Cow<'_, str>, Option<String>)> {
    let wide = |text: String| Some((Cow::Owned(text), None));
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Some(decode_unicode(rest, None)),
        [0xFF, 0xFE, 0, 0, rest @ ..] => wide(utf_32(rest, u32::from_le_bytes)),
        [0, 0, 0xFE, 0xFF, rest @ ..] => wide(utf_32(rest, u32::from_be_bytes)),
        [1..=127, 0, 0, 0, 1..=127, 0, 0, 0, ..] => wide(utf_32(bytes, u32::from_le_bytes)),
        [0, 0, 0, 1..=127, 0, 0, 0, 1..=127, ..] => wide(utf_32(bytes, u32::from_be_bytes)),
        [0xFF, 0xFE, rest @ ..] => Some(decode_legacy(rest, UTF_16LE)),
        [0xFE, 0xFF, rest @ ..] => Some(decode_legacy(rest, UTF_16BE)),
        [1..=127, 0, 1..=127, 0, ..] => Some(decode_legacy(bytes, UTF_16LE)),
        [0, 1..=127, 0, 1..=127, ..] => Some(decode_legacy(bytes, UTF_16BE)),
        // `<?xm` in EBCDIC.
        [0x4C, 0x6F, 0xA7, 0x94, ..] => wide(bytes.iter().map(|byte| ebcdic(*byte)).collect()),
        _ => None,
    }
}

fn utf_32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> String {
    let units = bytes.chunks_exact(4).filter_map(|four| four.try_into().ok().map(unit));
    units.map(|code| char::from_u32(code).unwrap_or('\u{fffd}')).collect()
}

fn decode_legacy<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> (Cow<'a, str>, Option<String>) {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    (text, broken.then(|| format!("bytes that are not {} were replaced", encoding.name())))
}

/// Reads UTF-8; each byte that is not becomes its windows-1252 character, since texts pasted from
/// word processors into UTF-8 documents are what goes wrong most.
fn decode_unicode(bytes: &[u8], unknown: Option<String>) -> (Cow<'_, str>, Option<String>) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), unknown.map(|why| format!("{why}, read as UTF-8")));
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    let mut foreign = 0_usize;
    let mut rest = bytes;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        rest = rest.get(chunk.valid().len() + chunk.invalid().len()..).unwrap_or_default();
        // A character cut off by the end of the answer is not a foreign byte.
        if rest.is_empty() && is_cut_character(chunk.invalid()) {
            break;
        }
        foreign += chunk.invalid().len();
        text.extend(chunk.invalid().iter().map(|byte| windows_1252(*byte)));
    }
    let why = unknown.map_or_else(String::new, |why| format!("{why}; "));
    let note = if foreign == 0 {
        format!("{why}the last character is cut off")
    } else {
        format!("{why}{foreign} bytes that are not UTF-8 were read as windows-1252")
    };
    (Cow::Owned(text), Some(note))
}

fn is_cut_character(invalid: &[u8]) -> bool {
    matches!(invalid, [0xC2..=0xF4]) || invalid.len() > 1
}

/// Finds the encoding that a document declares for itself.
fn declaration(bytes: &[u8], kind: TextKind) -> Option<&str> {
    let window = bytes.get(..DECLARATION_WINDOW).unwrap_or(bytes);
    // The declaration itself is ASCII; what follows it in the window need not be.
    let head = match std::str::from_utf8(window) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(window.get(..error.valid_up_to())?).ok()?,
    };
    match kind {
        TextKind::Json => None,
        TextKind::Xml => {
            let start = head.find("<?xml")?;
            let line = head.get(start..)?;
            named_value(line.get(..line.find('>')?)?, "encoding")
        }
        TextKind::Html => named_value(head, "charset"),
    }
}

/// Reads the value after `name=`, quoted or not.
fn named_value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let start = text.as_bytes().windows(name.len()).position(|part| part.eq_ignore_ascii_case(name.as_bytes()))?;
    let after = text.get(start + name.len()..)?.trim_start().strip_prefix('=')?;
    let value = after.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.:()".contains(letter)));
    value.get(..end.unwrap_or(value.len())).filter(|label| !label.is_empty())
}

/// Gives the character of IBM code page 037; the other Latin EBCDIC pages differ in a few signs.
fn ebcdic(byte: u8) -> char {
    const PAGE_037: [u8; 256] = [
        0x00, 0x01, 0x02, 0x03, 0x9C, 0x09, 0x86, 0x7F, 0x97, 0x8D, 0x8E, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11,
        0x12, 0x13, 0x9D, 0x85, 0x08, 0x87, 0x18, 0x19, 0x92, 0x8F, 0x1C, 0x1D, 0x1E, 0x1F, 0x80, 0x81, 0x82, 0x83,
        0x84, 0x0A, 0x17, 0x1B, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x05, 0x06, 0x07, 0x90, 0x91, 0x16, 0x93, 0x94, 0x95,
        0x96, 0x04, 0x98, 0x99, 0x9A, 0x9B, 0x14, 0x15, 0x9E, 0x1A, 0x20, 0xA0, 0xE2, 0xE4, 0xE0, 0xE1, 0xE3, 0xE5,
        0xE7, 0xF1, 0xA2, 0x2E, 0x3C, 0x28, 0x2B, 0x7C, 0x26, 0xE9, 0xEA, 0xEB, 0xE8, 0xED, 0xEE, 0xEF, 0xEC, 0xDF,
        0x21, 0x24, 0x2A, 0x29, 0x3B, 0xAC, 0x2D, 0x2F, 0xC2, 0xC4, 0xC0, 0xC1, 0xC3, 0xC5, 0xC7, 0xD1, 0xA6, 0x2C,
        0x25, 0x5F, 0x3E, 0x3F, 0xF8, 0xC9, 0xCA, 0xCB, 0xC8, 0xCD, 0xCE, 0xCF, 0xCC, 0x60, 0x3A, 0x23, 0x40, 0x27,
        0x3D, 0x22, 0xD8, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xAB, 0xBB, 0xF0, 0xFD, 0xFE, 0xB1,
        0xB0, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70, 0x71, 0x72, 0xAA, 0xBA, 0xE6, 0xB8, 0xC6, 0xA4, 0xB5, 0x7E,
        0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0xA1, 0xBF, 0xD0, 0xDD, 0xDE, 0xAE, 0x5E, 0xA3, 0xA5, 0xB7,
        0xA9, 0xA7, 0xB6, 0xBC, 0xBD, 0xBE, 0x5B, 0x5D, 0xAF, 0xA8, 0xB4, 0xD7, 0x7B, 0x41, 0x42, 0x43, 0x44, 0x45,
        0x46, 0x47, 0x48, 0x49, 0xAD, 0xF4, 0xF6, 0xF2, 0xF3, 0xF5, 0x7D, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F, 0x50,
        0x51, 0x52, 0xB9, 0xFB, 0xFC, 0xF9, 0xFA, 0xFF, 0x5C, 0xF7, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A,
        0xB2, 0xD4, 0xD6, 0xD2, 0xD3, 0xD5, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0xB3, 0xDB,
        0xDC, 0xD9, 0xDA, 0x9F,
    ];
    char::from(PAGE_037.get(usize::from(byte)).copied().unwrap_or(b'?'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn xml(bytes: &[u8], charset: Option<&str>) -> (String, Option<String>) {
        let (text, note) = decode(bytes, charset, TextKind::Xml);
        (text.into_owned(), note)
    }

    #[test]
    fn clean_utf_8_is_borrowed_and_not_remarked_on() {
        let (text, note) = decode("<a>Médecine</a>".as_bytes(), None, TextKind::Xml);
        assert!(matches!(text, Cow::Borrowed("<a>Médecine</a>")));
        assert_eq!(note, None);
    }

    #[test]
    fn byte_order_marks_beat_every_declaration() {
        assert_eq!(xml(b"\xEF\xBB\xBF<a>\xC3\xA9</a>", Some("windows-1251")).0, "<a>é</a>");
        assert_eq!(xml(b"\xFF\xFE<\0a\0>\0\xE9\0", None).0, "<a>é");
        assert_eq!(xml(b"\xFE\xFF\0<\0a\0>\0\xE9", None).0, "<a>é");
        assert_eq!(xml(b"\xFF\xFE\0\0<\0\0\0\xE9\0\0\0", None).0, "<é");
        assert_eq!(xml(b"\0\0\xFE\xFF\0\0\0<\0\0\0\xE9", None).0, "<é");
    }

    #[test]
    fn wide_units_are_seen_without_a_mark() {
        assert_eq!(xml(b"<\0?\0x\0", None).0, "<?x");
        assert_eq!(xml(b"\0<\0?\0x", None).0, "<?x");
        assert_eq!(xml(b"<\0\0\0?\0\0\0", None).0, "<?");
        assert_eq!(xml(b"\0\0\0<\0\0\0?", None).0, "<?");
    }

    #[test]
    fn the_xml_declaration_is_obeyed() {
        let (text, note) = xml(b"<?xml version='1.0' encoding='windows-1251'?>\xCF\xF0", None);
        assert_eq!((text.ends_with("Пр"), note), (true, None));
        let (text, _) = xml(b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>r\xE9sum\xE9 \x96", None);
        assert!(text.ends_with("résumé –"), "{text}");
    }

    #[test]
    fn the_header_beats_the_declaration() {
        let (text, _) = xml(b"<?xml version='1.0' encoding='windows-1251'?>\xE9", Some("\"iso-8859-1\""));
        assert!(text.ends_with('é'), "{text}");
    }

    #[test]
    fn utf_8_declared_as_latin_1_is_utf_8() {
        let (text, note) = xml("é—".as_bytes(), Some("iso-8859-1"));
        assert_eq!(text, "é—");
        assert!(note.is_some_and(|note| note.contains("the text is UTF-8")));
    }

    #[test]
    fn foreign_bytes_in_utf_8_are_windows_1252() {
        let (text, note) = xml(b"caf\xC3\xA9 \x93coder\x94", Some("utf-8"));
        assert_eq!(text, "café “coder”");
        assert_eq!(note.as_deref(), Some("2 bytes that are not UTF-8 were read as windows-1252"));
    }

    #[test]
    fn a_character_cut_by_the_end_is_dropped() {
        let (text, note) = xml(b"caf\xC3", None);
        assert_eq!(text, "caf");
        assert_eq!(note.as_deref(), Some("the last character is cut off"));
    }

    #[test]
    fn an_unknown_encoding_is_named() {
        let (_, note) = xml(b"<?xml version='1.0' encoding='x-odd'?>ok", None);
        assert_eq!(note.as_deref(), Some("unknown encoding `x-odd`, read as UTF-8"));
    }

    #[test]
    fn a_meta_element_declares_the_encoding_of_html() {
        let (text, _) = decode(b"<meta charset=koi8-r>\xD4", None, TextKind::Html);
        assert!(text.ends_with('т'), "{text}");
    }

    #[test]
    fn ebcdic_is_seen_by_its_first_bytes() {
        assert_eq!(xml(b"\x4C\x6F\xA7\x94\x93\x6E", None).0, "<?xml>");
    }

    #[test]
    fn control_characters_go_and_line_breaks_stay() {
        let (text, count) = strip_controls(Cow::Borrowed("a\0b\u{b}c\n\té"));
        assert_eq!((text.as_ref(), count), ("abc\n\té", 2));
    }

    proptest! {
        #[test]
        fn any_bytes_decode_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), charset in "[a-z0-9-]{0,12}") {
            for kind in [TextKind::Xml, TextKind::Html, TextKind::Json] {
                let (text, _) = decode(&bytes, Some(&charset), kind);
                let (_, count) = strip_controls(text);
                prop_assert!(count <= bytes.len());
            }
        }
    }
}
