//! Cleans texts of one line: titles, names of employers, parts of addresses.
//!
//! Titles and names are decoded until nothing is left to decode (at most three times), because
//! feeds escape them twice (`&amp;amp;`) and no title means a literal reference. Descriptions are
//! decoded once, elsewhere.

use std::borrow::Cow;

use super::entity::decode_once;

/// The longest line, in bytes; what stands behind is no title and no name.
const LONGEST: usize = 8 * 1024;
/// The longest tag inside a line, in bytes.
const LONGEST_TAG: usize = 512;
/// How often a text may have been escaped on its way.
const MOST_ESCAPES: usize = 3;
/// The tags that are taken out of a line. Anything else in angle brackets is the author's own text.
const TAGS: [&str; 30] = [
    "a", "abbr", "b", "big", "br", "center", "div", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "li", "p", "script", "small", "span", "strong", "style", "sub", "sup", "u", "ul", "wbr",
];
/// Words that stand where a value is missing.
const PLACEHOLDERS: [&str; 22] = [
    "unavailable",
    "unknown",
    "n/a",
    "na",
    "n.a.",
    "none",
    "null",
    "nil",
    "undefined",
    "not available",
    "not applicable",
    "not specified",
    "not provided",
    "unspecified",
    "tbd",
    "tba",
    "to be determined",
    "-",
    "--",
    ".",
    "?",
    "nan",
];

/// Says that a line was read with the wrong encoding and put right.
pub(super) const REPAIRED: &str = "UTF-8 that had been read as Windows-1252";

/// A cleaned line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The text; never empty.
    pub(super) text: String,
    /// Whether its encoding was repaired.
    pub(super) repaired: bool,
    /// Whether it still looks wrongly decoded.
    pub(super) garbled: bool,
}

/// Cleans one line; `None` when nothing is left.
pub(super) fn clean_line(raw: &str) -> Option<Line> {
    let raw = raw.get(..raw.floor_char_boundary(LONGEST)).unwrap_or(raw);
    if is_clean(raw) {
        return Some(Line { text: raw.to_owned(), repaired: false, garbled: false });
    }
    let mut text = Cow::Borrowed(raw);
    for _ in 0..MOST_ESCAPES {
        if !text.contains('&') {
            break;
        }
        let decoded = decode_once(&text);
        if decoded == *text {
            break;
        }
        text = Cow::Owned(decoded);
    }
    let mended = unmangled(&text);
    let repaired = mended.is_some();
    let text = mended.map_or(text, Cow::Owned);
    let folded = folded(&without_tags(&text));
    let garbled = folded.contains('\u{fffd}') || looks_mangled(&folded);
    (!folded.is_empty()).then_some(Line { text: folded, repaired, garbled })
}

/// Cleans one line to its text alone.
pub(super) fn clean_text(raw: &str) -> Option<String> {
    clean_line(raw).map(|line| line.text)
}

/// Cleans a part of an address or the like: placeholders count as missing.
pub(super) fn clean_part(raw: Option<&str>) -> Option<String> {
    clean_text(raw?).filter(|text| !is_placeholder(text))
}

/// Tells whether a cleaned text only says that a value is missing.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | '"'));
    text.is_empty() || PLACEHOLDERS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Tells whether nothing needs doing, so that the usual line costs one look at its bytes.
fn is_clean(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let plain = bytes.iter().all(|b| (b' '..0x7f).contains(b) && *b != b'&' && *b != b'<');
    plain && !raw.is_empty() && !raw.starts_with(' ') && !raw.ends_with(' ') && !raw.contains("  ")
}

/// Tells whether a character only steers how text is shown: controls, zero-width, bidi overrides.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || (c.is_control() && !c.is_whitespace())
}

/// Folds white space to single blanks and drops invisible characters.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = !out.is_empty();
        } else if !is_invisible(c) {
            if std::mem::take(&mut gap) {
                out.push(' ');
            }
            out.push(c);
        }
    }
    out
}

/// Takes known tags out, a blank in place of each, and the content of scripts and styles with them.
fn without_tags(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        // The bound keeps a line of nothing but brackets linear.
        let end = tail.bytes().take(LONGEST_TAG).position(|b| b == b'>').unwrap_or(0);
        let inside = tail.get(1..end.max(1)).unwrap_or_default();
        let name: String = inside.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        let taken = if TAGS.contains(&name.as_str()) {
            if name != "wbr" {
                out.push(' ');
            }
            end + 1 + hidden_content(&name, tail.get(end + 1..).unwrap_or_default())
        } else {
            out.push('<');
            1
        };
        rest = tail.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Measures the content of a script or style up to its closing tag, or to the end of the line.
fn hidden_content(name: &str, tail: &str) -> usize {
    match name {
        "script" | "style" => tail.find("</").unwrap_or(0),
        _ => 0,
    }
}

/// Tells whether a text has the marks of UTF-8 read as Windows-1252.
fn looks_mangled(text: &str) -> bool {
    ["\u{e2}\u{20ac}", "\u{c3}\u{192}", "\u{c2}\u{a0}", "\u{ef}\u{bf}\u{bd}"].iter().any(|mark| text.contains(mark))
}

/// Repairs UTF-8 that was read as Windows-1252, only when it is certain: the whole text must go
/// back to bytes without loss, and the bytes must be UTF-8.
pub(super) fn unmangled(text: &str) -> Option<String> {
    if !text.contains(['\u{c2}', '\u{c3}', '\u{e2}']) {
        return None;
    }
    let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(text);
    if lossy {
        return None;
    }
    let repaired = String::from_utf8(bytes.into_owned()).ok()?;
    (repaired.chars().count() < text.chars().count()).then_some(repaired)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cleaned(raw: &str) -> String {
        clean_text(raw).unwrap_or_default()
    }

    #[test]
    fn titles_are_decoded_until_nothing_is_left_to_decode() {
        assert_eq!(cleaned("Coding &amp;amp; Billing"), "Coding & Billing");
        assert_eq!(cleaned("Coder&#8217;s Lead &ndash; HIM"), "Coder\u{2019}s Lead \u{2013} HIM");
        assert_eq!(cleaned("R&D Coder &E; A&B"), "R&D Coder &E; A&B");
    }

    #[test]
    fn tags_go_and_other_angle_brackets_stay() {
        assert_eq!(cleaned("<b>Inpatient</b> Coder<br/>II"), "Inpatient Coder II");
        assert_eq!(cleaned("&lt;strong&gt;Coder&lt;/strong&gt;"), "Coder");
        assert_eq!(cleaned("<script>alert(1)</script>Coder"), "Coder");
        assert_eq!(cleaned("Coder <Inpatient> 3 < 4"), "Coder <Inpatient> 3 < 4");
        assert_eq!(cleaned("Employment /<wbr>Jobs"), "Employment /Jobs");
    }

    #[test]
    fn white_space_folds_and_invisible_characters_go() {
        assert_eq!(cleaned("  Medical\u{a0} Records\t\nTechnician  "), "Medical Records Technician");
        assert_eq!(cleaned("Co\u{ad}der\u{202e} \u{200b}\u{feff}II\u{7}"), "Coder II");
        assert_eq!(clean_text(" \u{200b}\n"), None);
    }

    #[test]
    fn capitals_and_typos_stay_as_they_are() {
        for title in ["MEDICAL RECORDS TECH (CODER)", "Medical Records Admintrator Sp", "coder ii"] {
            assert_eq!(cleaned(title), title);
        }
    }

    #[test]
    fn mojibake_is_repaired_only_when_the_round_trip_is_certain() {
        assert_eq!(cleaned("Children\u{e2}\u{20ac}\u{2122}s Hospital"), "Children\u{2019}s Hospital");
        assert_eq!(cleaned("Caf\u{c3}\u{a9}"), "Caf\u{e9}");
        let mixed = clean_line("Children\u{e2}\u{20ac}\u{2122}s \u{2603} Hospital").unwrap();
        assert!(mixed.garbled && !mixed.repaired && mixed.text.contains('\u{e2}'));
        for sound in ["Ch\u{e2}teau", "\u{c3}ngela", "S\u{e3}o Paulo", "Jos\u{e9} \u{c2}ngelo"] {
            assert_eq!(cleaned(sound), sound);
        }
    }

    #[test]
    fn a_hostile_line_is_cut_and_costs_little() {
        let brackets = format!("{}>", "<".repeat(1_000_000));
        assert!(clean_line(&brackets).is_some_and(|line| line.text.len() <= LONGEST));
    }

    #[test]
    fn placeholders_are_no_values() {
        for word in ["N/A", "null", "Unavailable", "Unknown", "None", " - ", "(none)"] {
            assert_eq!(clean_part(Some(word)), None, "{word}");
        }
        assert_eq!(clean_part(Some("Confidential")).as_deref(), Some("Confidential"));
    }

    proptest! {
        #[test]
        fn any_line_is_cleaned_without_panic_and_stays_clean(raw in "\\PC*|[<>&;#a-z/ ]{0,60}") {
            if let Some(line) = clean_line(&raw) {
                prop_assert!(!line.text.is_empty());
                prop_assert!(!line.text.contains("  "));
            }
        }
    }
}
