//! Cuts XML, or what was meant to be XML, into tags and text.
//!
//! A strict XML parser stops at the first error, and with it a whole feed is lost; this scanner has
//! no errors. Everything that is not a tag is text, and a tag that is not closed ends where the
//! next begins. It borrows from its source, never looks at a byte more than a fixed number of
//! times, and knows nothing of feeds.

use memchr::{memchr, memchr2, memmem};

/// One piece of markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<name attributes>` or `<name attributes/>`.
    Open(Tag<'a>),
    /// `</name>`.
    Close(&'a str),
    /// Text between tags, its references not yet decoded.
    Text(&'a str),
    /// The inside of a CDATA section.
    Literal(&'a str),
    /// The inside of `<!DOCTYPE …>`.
    Doctype(&'a str),
}

/// A start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name as written, prefix included.
    pub(super) name: &'a str,
    /// What stands between the name and the end of the tag.
    pub(super) attributes: &'a str,
    /// Whether it closes itself.
    pub(super) empty: bool,
}

/// A terminator that is searched for from many places, with the last answer remembered: without
/// that, a document of nothing but openings would be searched to its end for each of them.
struct Terminator {
    needle: &'static str,
    /// Where it was last found, or `usize::MAX` once there is none any more.
    known: Option<usize>,
}

impl Terminator {
    fn find(&mut self, source: &str, from: usize) -> Option<usize> {
        if self.known.is_none_or(|at| at < from) {
            let rest = source.as_bytes().get(from..)?;
            let found = memmem::find(rest, self.needle.as_bytes());
            self.known = Some(found.map_or(usize::MAX, |at| from + at));
        }
        self.known.filter(|at| *at != usize::MAX)
    }
}

/// Walks over a text from its first byte to its last.
pub(super) struct Scanner<'a> {
    source: &'a str,
    at: usize,
    /// Where the token given last began.
    began: usize,
    cdata_end: Terminator,
    comment_end: Terminator,
    instruction_end: Terminator,
    doctype_seen: bool,
    /// How many CDATA sections were not terminated.
    pub(super) unterminated: usize,
    /// Whether the text ends inside a tag, a comment or a CDATA section.
    pub(super) ends_inside: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let terminator = |needle| Terminator { needle, known: None };
        Self {
            source,
            at: 0,
            began: 0,
            cdata_end: terminator("]]>"),
            comment_end: terminator("-->"),
            instruction_end: terminator("?>"),
            doctype_seen: false,
            unterminated: 0,
            ends_inside: false,
        }
    }

    /// Gives the offset where the next token begins.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// Gives the offset where the token given last began.
    pub(super) fn token_start(&self) -> usize {
        self.began
    }

    /// Puts the token given last back.
    pub(super) fn unread(&mut self) {
        self.at = self.began;
    }

    /// Gives a part of the source.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        self.source.get(from..to).unwrap_or_default()
    }

    /// Gives the next token; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.began = self.at;
            let rest = self.source.as_bytes().get(self.at..)?;
            match rest {
                [] => return None,
                [b'<', b'/', ..] => return Some(self.close()),
                [b'<', b'!', ..] => {
                    if let Some(token) = self.declaration() {
                        return Some(token);
                    }
                }
                [b'<', b'?', ..] => {
                    let end = self.instruction_end.find(self.source, self.at).map(|at| at + 2);
                    self.skip_to(end);
                }
                [b'<', second, ..] if begins_name(*second) => return Some(self.open()),
                _ => return Some(self.text()),
            }
        }
    }

    /// Takes text up to the next byte that begins markup.
    fn text(&mut self) -> Token<'a> {
        let bytes = self.source.as_bytes();
        let mut end = self.at;
        loop {
            // The first byte belongs to the text whatever it is, or no progress would be made.
            let from = end + 1;
            let Some(found) = bytes.get(from..).and_then(|rest| memchr(b'<', rest)) else {
                end = bytes.len();
                break;
            };
            end = from + found;
            match bytes.get(end + 1) {
                Some(next) if begins_name(*next) || matches!(next, b'/' | b'!' | b'?') => break,
                _ => {}
            }
        }
        self.at = end;
        Token::Text(self.slice(self.began, end))
    }

    fn close(&mut self) -> Token<'a> {
        let start = self.at + 2;
        let rest = self.slice(start, self.source.len());
        let end = memchr2(b'>', b'<', rest.as_bytes()).unwrap_or(rest.len());
        self.ends_inside |= end == rest.len();
        self.at = start + end + usize::from(rest.as_bytes().get(end) == Some(&b'>'));
        Token::Close(rest.get(..end).unwrap_or_default().trim())
    }

    fn open(&mut self) -> Token<'a> {
        let start = self.at + 1;
        let bytes = self.source.as_bytes();
        let name_length = bytes
            .get(start..)
            .and_then(|rest| {
                rest.iter().position(|byte| matches!(byte, b'>' | b'<' | b'/') || byte.is_ascii_whitespace())
            })
            .unwrap_or(bytes.len() - start);
        let name_end = start + name_length;
        let end = self.tag_end(name_end);
        self.at = end + usize::from(bytes.get(end) == Some(&b'>'));
        self.ends_inside |= end == bytes.len();
        let attributes = self.slice(name_end, end);
        let empty = attributes.ends_with('/');
        Token::Open(Tag { name: self.slice(start, name_end), attributes: attributes.trim_end_matches('/'), empty })
    }

    /// Finds the `>` that ends a tag: one in a quoted value does not, unless the quote is never
    /// closed. A `<` ends the tag at the latest, so that one broken tag never eats the next.
    fn tag_end(&self, from: usize) -> usize {
        let bytes = self.source.as_bytes();
        let mut quote = None;
        let mut after_equals = false;
        let mut quoted_end = None;
        for (at, byte) in bytes.iter().enumerate().skip(from) {
            match (*byte, quote) {
                (b'<', _) => return quoted_end.unwrap_or(at),
                (b'>', None) => return at,
                (b'>', Some(_)) => quoted_end = quoted_end.or(Some(at)),
                (b'"' | b'\'', None) if after_equals => quote = Some(*byte),
                (mark, Some(open)) if mark == open => {
                    quote = None;
                    quoted_end = None;
                }
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                after_equals = *byte == b'=';
            }
        }
        quoted_end.unwrap_or(bytes.len())
    }

    /// Reads `<![CDATA[…]]>` and `<!DOCTYPE …>`; skips comments and everything else that begins so.
    fn declaration(&mut self) -> Option<Token<'a>> {
        let rest = self.slice(self.at, self.source.len());
        if rest.starts_with("<![CDATA[") {
            return Some(self.literal());
        }
        if rest.starts_with("<!--") {
            let end = self.comment_end.find(self.source, self.at + 4).map(|at| at + 3);
            self.skip_to(end);
            return None;
        }
        let doctype = rest.get(..9).is_some_and(|word| word.eq_ignore_ascii_case("<!DOCTYPE"));
        // A document has one; measuring each of many that never end would take quadratic time.
        if doctype && !std::mem::replace(&mut self.doctype_seen, true) {
            let start = self.at + 9;
            let end = start + doctype_length(rest.get(9..).unwrap_or_default());
            self.at = (end + 1).min(self.source.len());
            return Some(Token::Doctype(self.slice(start, end)));
        }
        self.skip_to(None);
        None
    }

    /// Skips to a known place, or past the next `>` where the proper terminator is missing.
    fn skip_to(&mut self, end: Option<usize>) {
        let nearest = || {
            let rest = self.source.as_bytes().get(self.at..).unwrap_or_default();
            memchr(b'>', rest).map(|at| self.at + at + 1)
        };
        let found = end.or_else(nearest);
        self.ends_inside |= found.is_none();
        self.at = found.unwrap_or(self.source.len());
    }

    /// Reads a CDATA section. One that runs over the end of an item, or on to the end of the text,
    /// was not terminated: it ends before the next end tag instead, and costs one element.
    fn literal(&mut self) -> Token<'a> {
        let start = self.at + 9;
        let found = self.cdata_end.find(self.source, start);
        if let Some(end) = found.filter(|end| !swallows_items(self.slice(start, *end))) {
            self.at = end + 3;
            return Token::Literal(self.slice(start, end));
        }
        self.unterminated += 1;
        let rest = self.slice(start, self.source.len());
        let end = element_end(rest);
        self.ends_inside |= end.is_none();
        self.at = start + end.unwrap_or(rest.len());
        Token::Literal(self.slice(start, self.at))
    }
}

/// Tells whether a CDATA section holds the opening of another one after the end of an item.
fn swallows_items(inside: &str) -> bool {
    memmem::find(inside.as_bytes(), b"<![CDATA[")
        .and_then(|next| inside.get(..next))
        .is_some_and(|before| before.contains("</item>") || before.contains("</entry>"))
}

/// Finds the end tag of the element whose CDATA section was not terminated: the last one before the
/// item ends, but for those of elements that follow. HTML may stand in between.
fn element_end(rest: &str) -> Option<usize> {
    const NAMES: [&str; 8] = [
        "</description>",
        "</content:encoded>",
        "</content>",
        "</summary>",
        "</title>",
        "</link>",
        "</item>",
        "</entry>",
    ];
    // Each end tag is looked at once; the first of a feed's own names is the element's.
    memmem::find_iter(rest.as_bytes(), b"</")
        .find(|at| rest.get(*at..).is_some_and(|tail| NAMES.iter().any(|name| tail.starts_with(name))))
}

/// Measures a document type declaration, its internal subset included.
fn doctype_length(rest: &str) -> usize {
    let mut subset = false;
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (byte, quote) {
            (mark, Some(open)) if mark == open => quote = None,
            (b'"' | b'\'', None) => quote = Some(byte),
            (b'[', None) => subset = true,
            (b']', None) => subset = false,
            (b'>', None) if !subset => return at,
            _ => {}
        }
    }
    // Never terminated: give up at the first `>`.
    rest.find('>').unwrap_or(rest.len())
}

fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b':' || byte >= 0x80
}

/// Gives a tag's attributes as written, name and value; a value without quotes ends at white space.
pub(super) fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '='));
        if rest.is_empty() {
            return None;
        }
        let name_end = rest.find(|letter: char| letter == '=' || letter.is_whitespace()).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(name_end)?;
        let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
            rest = after;
            return Some((name, ""));
        };
        let quote = value.chars().next().filter(|letter| matches!(letter, '"' | '\''));
        let (value, left) = match quote {
            Some(mark) => {
                let inside = value.get(1..).unwrap_or_default();
                inside.split_once(mark).unwrap_or((inside, ""))
            }
            None => value.split_at_checked(value.find(char::is_whitespace).unwrap_or(value.len()))?,
        };
        rest = left;
        Some((name, value))
    })
}

/// Finds an attribute by its local name, ignoring case and prefix.
pub(super) fn attribute<'a>(text: &'a str, wanted: &str) -> Option<&'a str> {
    if text.is_empty() {
        return None;
    }
    attributes(text).find(|(name, _)| local(name).eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
}

/// Gives a name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(source: &str) -> Vec<Token<'_>> {
        let mut scanner = Scanner::new(source);
        std::iter::from_fn(|| scanner.next()).collect()
    }

    fn open<'a>(name: &'a str, attributes: &'a str, empty: bool) -> Token<'a> {
        Token::Open(Tag { name, attributes, empty })
    }

    #[test]
    fn tags_text_and_cdata_are_told_apart() {
        let source = "<?xml version='1.0'?><!-- a > b --><a x='1>2'>t<b/><![CDATA[<i>]]></a >";
        let expected = [
            open("a", " x='1>2'", false),
            Token::Text("t"),
            open("b", "", true),
            Token::Literal("<i>"),
            Token::Close("a"),
        ];
        assert_eq!(tokens(source), expected);
    }

    #[test]
    fn a_less_than_sign_that_begins_nothing_is_text() {
        assert_eq!(tokens("a < b <3"), [Token::Text("a < b <3")]);
        assert_eq!(tokens("<"), [Token::Text("<")]);
    }

    #[test]
    fn a_tag_without_its_end_does_not_eat_the_next() {
        assert_eq!(tokens("<a <b>"), [open("a", " ", false), open("b", "", false)]);
        assert_eq!(tokens("<a x=\"1><b>"), [open("a", " x=\"1", false), open("b", "", false)]);
        assert_eq!(tokens("</a <b>"), [Token::Close("a"), open("b", "", false)]);
    }

    #[test]
    fn a_cdata_section_without_its_end_stops_at_the_elements_end() {
        let source = "<description><![CDATA[one</description></item><item><description><![CDATA[two]]></description>";
        let literals: Vec<_> = tokens(source).into_iter().filter(|token| matches!(token, Token::Literal(_))).collect();
        assert_eq!(literals, [Token::Literal("one"), Token::Literal("two")]);
    }

    #[test]
    fn a_doctype_keeps_its_internal_subset() {
        let source = "<!DOCTYPE rss [<!ENTITY a \"]>\">]><rss>";
        assert_eq!(tokens(source), [Token::Doctype(" rss [<!ENTITY a \"]>\">]"), open("rss", "", false)]);
    }

    #[test]
    fn attributes_need_neither_quotes_nor_values() {
        let found: Vec<_> = attributes(" a='1' b=2 c d = \"x y\" e=\"open").collect();
        assert_eq!(found, [("a", "1"), ("b", "2"), ("c", ""), ("d", "x y"), ("e", "open")]);
        assert_eq!(attribute(" rdf:about='u'", "about"), Some("u"));
    }

    proptest! {
        #[test]
        fn any_text_is_walked_to_its_end(source in "[<>/!?a-c'\"=\\[\\]CDATA é&;-]{0,80}") {
            let mut scanner = Scanner::new(&source);
            let mut steps = 0;
            while scanner.next().is_some() {
                steps += 1;
                prop_assert!(steps <= source.len());
            }
            prop_assert_eq!(scanner.offset(), source.len());
        }
    }
}
