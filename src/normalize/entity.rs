//! Decodes one HTML character reference at a time, so that the text scanners stay one pass.

/// The longest name in the HTML list of character references, in bytes.
const LONGEST_NAME: usize = 32;

/// Decodes the character reference at the head of `text`: the character and the bytes it took.
///
/// Gives `None` for anything that HTML does not know (`&E;`, `A&B`), for references without a
/// semicolon, and for those that stand for two characters; all of these are left as they are.
pub(super) fn reference_at(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(LONGEST_NAME + 1).position(|b| !b.is_ascii_alphanumeric() && b != b'#')?;
    let name = body.get(..end)?;
    if name.is_empty() || body.as_bytes().get(end) != Some(&b';') {
        return None;
    }
    let decoded = match name.strip_prefix('#') {
        Some(number) => numbered(number)?,
        None => named(name, text.get(..end + 2)?)?,
    };
    Some((decoded, end + 2))
}

fn named(name: &str, whole: &str) -> Option<char> {
    // The references that postings are full of, before the search through the whole list.
    let usual = match name {
        "nbsp" => '\u{a0}',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "rsquo" => '\u{2019}',
        "lsquo" => '\u{2018}',
        "ldquo" => '\u{201c}',
        "rdquo" => '\u{201d}',
        "ndash" => '\u{2013}',
        "mdash" => '\u{2014}',
        "bull" => '\u{2022}',
        "middot" => '\u{b7}',
        _ => {
            let decoded = html_escape::decode_html_entities(whole);
            let mut chars = decoded.chars();
            return chars.next().filter(|first| *first != '&' && chars.next().is_none());
        }
    };
    Some(usual)
}

/// Reads a numeric reference; 128 to 159 mean Windows-1252, as the HTML standard has it.
fn numbered(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    match code {
        0 => None,
        0x80..=0x9f => {
            let byte = [u8::try_from(code).ok()?];
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next()
        }
        _ => char::from_u32(code),
    }
}

/// Decodes every reference in a short text once.
pub(super) fn decode_once(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let (decoded, taken) = reference_at(tail).unwrap_or(('&', 1));
        out.push(decoded);
        rest = tail.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_decode_once_and_unknown_ones_stay() {
        assert_eq!(decode_once("Here&rsquo;s A&amp;B &#39;x&#39;"), "Here\u{2019}s A&B 'x'");
        assert_eq!(decode_once("&amp;amp;"), "&amp;");
        assert_eq!(decode_once("D&E; A&B &; && &"), "D&E; A&B &; && &");
        assert_eq!(decode_once("&#146;&#x2019;&sect;&Eacute;"), "\u{2019}\u{2019}\u{a7}\u{c9}");
        assert_eq!(decode_once("&#0;&#xD800;&#99999999999;"), "&#0;&#xD800;&#99999999999;");
    }
}
