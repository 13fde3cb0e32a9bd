//! One path pattern of a robots.txt rule, and the path it is held against (RFC 9309 section 2.2.2).
//!
//! Patterns and paths are brought to one spelling before they are compared: `%7e` equals `~`, `é`
//! equals `%C3%A9`, a space equals `%20`. On needlessly escaped letters and digits, and on addresses
//! that were never escaped, the RFC and Google's reference parser differ: the RFC reads `%62` as `b`,
//! Google does not. An allowance must hold under both readings, a prohibition under the RFC's alone;
//! so whatever one of them forbids stays unfetched.

use memchr::memmem;

/// How far escapes are undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As the RFC says: every escaped unreserved character is itself. For prohibitions.
    Wide,
    /// Only the marks `-._~` are; letters, digits and unescaped non-ASCII stand for themselves alone.
    /// For allowances.
    Strict,
}

/// A pattern ready to be matched: literal pieces between wildcards.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pieces: Vec<Vec<u8>>,
    anchored: bool,
    length: usize,
}

impl Pattern {
    /// Reads a pattern; `*` is a wildcard, and `$` means the end where it stands last.
    pub(super) fn new(text: &[u8], reading: Reading) -> Self {
        let (body, anchored) = match text.split_last() {
            Some((b'$', body)) => (body, true),
            _ => (text, false),
        };
        let pieces: Vec<Vec<u8>> =
            body.split(|byte| *byte == b'*').map(|piece| spelled(piece, reading, true)).collect();
        let length = pieces.iter().map(Vec::len).sum::<usize>() + pieces.len() - 1 + usize::from(anchored);
        Self { pieces, anchored, length }
    }

    /// Gives the octets of the pattern, by which the most specific of several is found.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Tells whether the pattern matches a path that was spelled in the same reading.
    ///
    /// The leftmost place for each piece is always good enough, so the work is linear in the path
    /// for each piece, whatever the pattern.
    pub(super) fn matches(&self, path: &[u8]) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else { return false };
        let Some(mut left) = path.strip_prefix(first.as_slice()) else { return false };
        let Some((last, middle)) = rest.split_last() else { return !self.anchored || left.is_empty() };
        for piece in middle {
            let Some(at) = memmem::find(left, piece) else { return false };
            left = left.get(at + piece.len()..).unwrap_or_default();
        }
        if self.anchored { left.ends_with(last) } else { memmem::find(left, last).is_some() }
    }
}

/// Brings a path with its query to the spelling that patterns are compared in.
pub(super) fn spelled_path(path: &[u8], reading: Reading) -> Vec<u8> {
    spelled(path, reading, reading == Reading::Wide)
}

/// Undoes the escapes of `:` and `/` in a query, where they mean nothing else than themselves
/// (RFC 9309 section 2.2.2, table 1, second row); `None` where there are none.
pub(super) fn with_plain_query(text: &[u8]) -> Option<Vec<u8>> {
    let (path, query) = text.split_at(memchr::memchr(b'?', text)?);
    let mut plain = path.to_vec();
    let mut rest = query;
    while let Some((&byte, after)) = rest.split_first() {
        let (octet, left) = match rest {
            [b'%', b'3', b'A' | b'a', left @ ..] => (b':', left),
            [b'%', b'2', b'F' | b'f', left @ ..] => (b'/', left),
            _ => (byte, after),
        };
        plain.push(octet);
        rest = left;
    }
    (plain.len() < text.len()).then_some(plain)
}

/// Spells octets in one way: escapes in upper case, unreserved ones undone, others done.
fn spelled(text: &[u8], reading: Reading, escape_high: bool) -> Vec<u8> {
    let mut spelled = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            if is_plain(byte) || (byte >= 0x80 && !escape_high) {
                spelled.push(byte);
            } else {
                escape(byte, &mut spelled);
            }
            continue;
        }
        match after {
            [high, low, beyond @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                rest = beyond;
                let octet = hex(*high) << 4 | hex(*low);
                let undone = matches!(octet, b'-' | b'.' | b'_' | b'~')
                    || (reading == Reading::Wide && octet.is_ascii_alphanumeric());
                if undone {
                    spelled.push(octet);
                } else {
                    escape(octet, &mut spelled);
                }
            }
            // A stray percent sign stands for itself, as in the reference parser.
            _ => spelled.push(b'%'),
        }
    }
    spelled
}

/// Tells whether an octet may stand unescaped: unreserved or reserved (RFC 3986 section 2.2), save
/// `*` and `$`, which patterns write as `%2A` and `%24` to mean themselves.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!&'()+,;=".contains(&byte)
}

/// Writes an octet as an escape.
fn escape(byte: u8, to: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
    to.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
}

/// Reads one hexadecimal digit.
fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Pattern::new(pattern.as_bytes(), Reading::Wide).matches(&spelled_path(path.as_bytes(), Reading::Wide))
    }

    #[test]
    fn wildcards_and_anchors_match_as_the_standard_says() {
        for (pattern, path, expected) in [
            ("/a", "/ab", true),
            ("/a$", "/ab", false),
            ("/a$", "/a", true),
            ("/*/c", "/a/b/c/d", true),
            ("/*.gif$", "/x.gif", true),
            ("/*.gif$", "/x.gif.html", false),
            ("/*.gif$", "/a.gif/b.gif", true),
            ("*", "/", true),
            ("*$", "/anything", true),
            ("/a*b*c$", "/a-b-b-c-c", true),
            ("/a*bc$", "/abcb", false),
            ("/a$b", "/a$b", true),
            ("/file-%2A.html", "/file-*.html", true),
            ("/file-%2A.html", "/file-x.html", false),
            ("/foo-%24", "/foo-$", true),
            ("a", "/a", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn spellings_of_one_path_are_equal() {
        for (pattern, path) in [
            ("/%7Ejoe/", "/~joe/"),
            ("/~joe/", "/%7ejoe/"),
            ("/foo/bar/\u{30c4}", "/foo/bar/%E3%83%84"),
            ("/foo/bar/%e3%83%84", "/foo/bar/\u{30c4}"),
            ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
            ("/a b", "/a%20b"),
            ("/100%", "/100%"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        assert!(!matches("/a%2Fb", "/a/b"), "an escaped reserved character is not the character");
        assert!(!matches("/A", "/a"), "paths keep their case");
    }

    #[test]
    fn colons_and_slashes_of_a_query_may_be_escaped_or_not() {
        let plain = |text: &str| with_plain_query(text.as_bytes()).map(|plain| String::from_utf8(plain).unwrap());
        assert_eq!(plain("/a%2Fb?u=http%3A%2f%2Fx%3"), Some("/a%2Fb?u=http://x%3".to_owned()));
        assert_eq!(plain("/a%2Fb"), None, "in a path an escaped slash is no slash");
        assert_eq!(plain("/a?b=%20"), None);
    }

    #[test]
    fn many_wildcards_take_no_exponential_time() {
        let pattern = format!("/{}b$", "a*".repeat(4000));
        assert!(!matches(&pattern, &format!("/{}", "a".repeat(60_000))));
    }
}
