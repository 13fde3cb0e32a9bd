//! Makes text from boards safe to print: one line, no controls, no direction overrides; links that
//! are http or https and nothing else.

use std::fmt::Write as _;

use url::Url;

/// Longer addresses are not links that a person was meant to follow.
const LONGEST_LINK: usize = 2_000;

/// Tells whether a character may stand in XML 1.0, mail and terminals without playing tricks.
///
/// Refused are controls, noncharacters (XML 1.0 section 2.2), byte order marks, soft hyphens and
/// zero-width spaces, and the bidirectional overrides and isolates by which a title can turn the
/// text around it. U+FFFD is refused because a reader gains nothing from it.
fn is_fair(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{fffd}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}')
        || (c as u32) & 0xfffe == 0xfffe)
}

/// Gives the text as one line: white space folded, unfair characters left out.
pub(super) fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if is_fair(c) {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Gives the text as one line of at most `longest` characters, cut between words where possible.
pub(super) fn short_line(text: &str, longest: usize) -> String {
    let line = line(text);
    let Some((cut, _)) = line.char_indices().nth(longest) else { return line };
    let kept_to = line.char_indices().nth(longest.saturating_sub(1)).map_or(cut, |(at, _)| at);
    let head = line.get(..kept_to).unwrap_or_default();
    let word_end = head.rfind(' ').filter(|at| *at * 3 > head.len() * 2).unwrap_or(head.len());
    let kept = head.get(..word_end).unwrap_or(head).trim_end_matches([' ', ',', ';', ':', '-']);
    format!("{kept}…")
}

/// Gives a title of at most `longest` characters, or `None` when nothing of it is left.
pub(super) fn name(text: Option<&str>, longest: usize) -> Option<String> {
    text.map(|text| short_line(text, longest)).filter(|text| !text.is_empty())
}

/// Gives an absolute http or https address with only RFC 3986 characters in it.
pub(super) fn web_link(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    if !plain || url.as_str().len() > LONGEST_LINK {
        return None;
    }
    let (origin, rest) = url.as_str().split_at(url[..url::Position::AfterPort].len());
    let mut link = String::with_capacity(url.as_str().len());
    link.push_str(origin);
    for (at, byte) in rest.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric() || b";/?:@&=+$.-_!~*'(),#".contains(&byte);
        if is_plain || (byte == b'%' && is_escape(rest.as_bytes().get(at + 1..))) {
            link.push(char::from(byte));
        } else {
            let _ = write!(link, "%{byte:02X}");
        }
    }
    Some(link)
}

/// Tells whether what follows a percent sign makes an escape of it (RFC 3986 section 2.1).
fn is_escape(rest: Option<&[u8]>) -> bool {
    rest.is_some_and(|rest| matches!(rest, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()))
}

/// Entities that browsers take without a semicolon, also where further letters follow.
const BARE_ENTITIES: &str = " AMP LT GT QUOT COPY REG ETH THORN ";

/// Gives text that no feed reader takes for markup: RSS titles and Atom names are plain text by
/// their specifications, and read as HTML by many readers.
///
/// What is not changed by it is not changed by a second turn either.
pub(super) fn without_markup(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '<' => plain.push('‹'),
            '>' => plain.push('›'),
            '&' if begins_entity(text.get(at + 1..).unwrap_or_default()) => {
                if plain.ends_with(|before: char| !before.is_whitespace()) {
                    plain.push(' ');
                }
                plain.push_str("& ");
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// Tells whether what follows an ampersand may be read as a character: `copy`, `#60`, `AMP;`, and for the
/// W3C's validator everything that is not of letters alone. `R&D` and `AT&T` cannot be.
fn begins_entity(rest: &str) -> bool {
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let is_bare = || BARE_ENTITIES.split_whitespace().any(|entity| word.starts_with(entity));
    after.starts_with(if word.is_empty() { '#' } else { ';' })
        || word.chars().any(|c| !c.is_ascii_uppercase())
        || is_bare()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_no_breaks_controls_or_overrides() {
        assert_eq!(line(" Coder\r\nBcc: x\u{0}\u{9b}\u{202e}gnp  \t II\u{fffe} "), "Coder Bcc: xgnp II");
        assert_eq!(line("\u{1f468}\u{200d}\u{2695} Régistre"), "\u{1f468}\u{200d}\u{2695} Régistre");
    }

    #[test]
    fn a_long_line_is_cut_between_words_and_says_so() {
        assert_eq!(short_line("Health Information Manager", 20), "Health Information…");
        assert_eq!(short_line("Coder", 5), "Coder");
        assert_eq!(short_line(&"é".repeat(10), 4), "ééé…");
    }

    #[test]
    fn only_web_addresses_become_links() {
        for bad in
            ["javascript:alert(1)", "data:text/html,x", "/relative", "", "https://user:pw@bank.example/", "ftp://x/"]
        {
            assert_eq!(web_link(bad), None, "{bad}");
        }
        assert_eq!(
            web_link(" https://jobs.example/a b?q=\"<x>|[1]\n").as_deref(),
            Some("https://jobs.example/a%20b?q=%22%3Cx%3E%7C%5B1%5D")
        );
        assert_eq!(web_link("http://[::1]:80/x").as_deref(), Some("http://[::1]/x"));
        assert_eq!(web_link("https://a.example/%zz?b=%41%4").as_deref(), Some("https://a.example/%25zz?b=%41%254"));
    }

    #[test]
    fn feed_titles_cannot_be_read_as_markup() {
        assert_eq!(without_markup("R&D <b>AT&T</b>"), "R&D ‹b›AT&T‹/b›");
        assert_eq!(without_markup("a&lt;b &#60; Health&wellness"), "a & lt;b & #60; Health & wellness");
        assert_eq!(without_markup("&LTscript&GT; M&A2 &Eacute; &&amp"), "& LTscript & GT; M & A2 & Eacute; & & amp");
        for text in ["a && b", "Coder & Auditor", "R&D, AT&T & \u{2039}b\u{203a}"] {
            assert_eq!(without_markup(text), text);
        }
    }
}
