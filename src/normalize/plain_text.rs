//! Turns a description's HTML into plain text with paragraphs, in one pass and linear time.
//!
//! Not a parser: a scanner that knows which tags break lines, which hide their content, and how
//! white space folds. What people are shown as HTML goes through `safe_html` instead.

use super::entity::reference_at;
use super::line::is_invisible;
use super::text_flow::{Flow, Gap};

/// Turns HTML, or plain text, into plain text: tags stripped, blocks and `<br>` to line breaks,
/// list items to `- `, scripts, styles and comments dropped, character references decoded once,
/// white space folded, blank lines collapsed. Takes linear time and never panics.
///
/// Line breaks of the source count only where there is no block markup, and inside `<pre>`.
#[must_use]
pub fn plain_text(html: &str) -> String {
    plain_text_within(html, usize::MAX)
}

/// Does the same, and stops once `limit` bytes are written.
pub(super) fn plain_text_within(html: &str, limit: usize) -> String {
    let mut scanner = Scanner {
        html,
        flow: Flow::with_capacity(html.len().min(limit)),
        newlines_count: !has_block_markup(html),
        preformatted: 0,
        no_bracket_ahead: false,
        no_quote_ahead: false,
        no_end_tag_ahead: false,
    };
    let mut at = 0;
    while at < html.len() && scanner.flow.len() < limit {
        at = scanner.step(at);
    }
    scanner.flow.finish(limit)
}

/// What a tag does to the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// Nothing: the words on both sides belong together.
    None,
    /// A blank between cells.
    Space,
    /// A line break at both ends.
    Line,
    /// A blank line at both ends.
    Paragraph,
    /// A list item.
    Item,
    /// A forced line break.
    Break,
    /// Line breaks of the source count inside.
    Preformatted,
    /// The content is not for reading; everything up to the end tag goes.
    Hidden,
}

fn effect_of(name: &str) -> Effect {
    match name {
        "br" => Effect::Break,
        "li" => Effect::Item,
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "table" | "hr" | "blockquote" => {
            Effect::Paragraph
        }
        "div" | "tr" | "dt" | "dd" | "section" | "article" | "header" | "footer" | "main" | "aside" | "nav"
        | "form" | "fieldset" | "address" | "figure" | "figcaption" | "caption" | "option" | "body" | "html"
        | "tbody" | "thead" => Effect::Line,
        "td" | "th" => Effect::Space,
        "pre" => Effect::Preformatted,
        "script" | "style" | "template" | "noscript" | "iframe" | "object" | "svg" | "math" | "head" | "title"
        | "select" | "textarea" | "noembed" | "noframes" | "xmp" => Effect::Hidden,
        _ => Effect::None,
    }
}

#[expect(clippy::struct_excessive_bools, reason = "each flag spares one kind of search that ran to the end before")]
struct Scanner<'a> {
    html: &'a str,
    flow: Flow,
    newlines_count: bool,
    preformatted: usize,
    // Each of these is set by one search that ran to the end of the text, and saves every later
    // one: that is what keeps hostile markup linear.
    no_bracket_ahead: bool,
    no_quote_ahead: bool,
    no_end_tag_ahead: bool,
}

impl Scanner<'_> {
    /// Reads what stands at `at` and gives the place behind it.
    fn step(&mut self, at: usize) -> usize {
        let rest = self.html.get(at..).unwrap_or_default();
        let plain = rest.bytes().position(|b| !is_word_byte(b)).unwrap_or(rest.len());
        if plain > 0 {
            self.flow.word(rest.get(..plain).unwrap_or_default());
            return at + plain;
        }
        match rest.chars().next() {
            Some('<') => self.tag(at, rest),
            Some('&') => match reference_at(rest) {
                Some((c, taken)) => {
                    self.character(c, true);
                    at + taken
                }
                None => self.literal(at, '&'),
            },
            Some(c) => {
                self.character(c, false);
                at + c.len_utf8()
            }
            None => self.html.len(),
        }
    }

    fn literal(&mut self, at: usize, c: char) -> usize {
        self.flow.character(c);
        at + c.len_utf8()
    }

    /// Writes one character that is more than a letter; `decoded` line breaks are not the source's.
    fn character(&mut self, c: char, decoded: bool) {
        match c {
            '\n' if self.newlines_count || self.preformatted > 0 => self.flow.gap(Gap::Break),
            '\u{2028}' | '\u{2029}' | '\u{85}' => self.flow.gap(Gap::Break),
            '\n' if decoded => self.flow.gap(Gap::Break),
            c if c.is_whitespace() => self.flow.gap(Gap::Space),
            c if is_invisible(c) => {}
            c => self.flow.character(c),
        }
    }

    fn tag(&mut self, at: usize, rest: &str) -> usize {
        let second = rest.as_bytes().get(1).copied().unwrap_or_default();
        if rest.starts_with("<!--") {
            return self.comment(at, rest);
        }
        if !(second.is_ascii_alphabetic() || matches!(second, b'/' | b'!' | b'?')) {
            return self.literal(at, '<');
        }
        let Some(end) = self.tag_end(rest) else { return self.literal(at, '<') };
        let inside = rest.get(1..end).unwrap_or_default();
        let (closing, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
        let mut buffer = [0_u8; 12];
        let name = lower_name(inside, &mut buffer);
        let behind = at + end + 1;
        match effect_of(name) {
            Effect::Hidden if !closing && !inside.ends_with('/') => self.hidden_end(behind, name),
            effect => {
                self.apply(effect, closing);
                behind
            }
        }
    }

    fn apply(&mut self, effect: Effect, closing: bool) {
        match effect {
            Effect::None | Effect::Hidden => {}
            Effect::Space => self.flow.gap(Gap::Space),
            Effect::Line => self.flow.gap(Gap::Line),
            Effect::Paragraph => self.flow.gap(Gap::Paragraph),
            Effect::Break => self.flow.gap(Gap::Break),
            Effect::Item if closing => self.flow.gap(Gap::Line),
            Effect::Item => self.flow.item(),
            Effect::Preformatted => {
                self.flow.gap(Gap::Paragraph);
                self.preformatted = if closing { self.preformatted.saturating_sub(1) } else { self.preformatted + 1 };
            }
        }
    }

    /// Skips a comment; one that never ends hides the rest, as in a browser.
    fn comment(&mut self, at: usize, rest: &str) -> usize {
        let body = rest.get(4..).unwrap_or_default();
        if body.starts_with('>') {
            return at + 5;
        }
        memchr::memmem::find(body.as_bytes(), b"-->").map_or(self.html.len(), |end| at + 4 + end + 3)
    }

    /// Finds the bracket that ends the tag at the head of `rest`, past quoted attribute values.
    fn tag_end(&mut self, rest: &str) -> Option<usize> {
        if self.no_bracket_ahead {
            return None;
        }
        let bytes = rest.as_bytes();
        let Some(first) = memchr::memchr(b'>', bytes) else {
            self.no_bracket_ahead = true;
            return None;
        };
        if self.no_quote_ahead || !bytes.get(..first).is_some_and(|tag| tag.contains(&b'=')) {
            return Some(first);
        }
        let quoted = quoted_tag_end(bytes);
        self.no_quote_ahead = quoted.is_none();
        Some(quoted.unwrap_or(first))
    }

    /// Finds the place behind the end tag of hidden content. Without one, a script or style hides
    /// the rest, as in a browser; anything else is read as if its tag were not there.
    fn hidden_end(&mut self, from: usize, name: &str) -> usize {
        let raw_text = matches!(name, "script" | "style");
        if !raw_text && self.no_end_tag_ahead {
            return from;
        }
        let bytes = self.html.as_bytes().get(from..).unwrap_or_default();
        let end = memchr::memmem::find_iter(bytes, b"</").find(|at| {
            let tail = bytes.get(at + 2..).unwrap_or_default();
            let named = tail.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()));
            named && tail.get(name.len()).is_none_or(|b| !b.is_ascii_alphanumeric())
        });
        match end {
            Some(at) => {
                let tail = bytes.get(at..).unwrap_or_default();
                from + at + memchr::memchr(b'>', tail).map_or(tail.len(), |bracket| bracket + 1)
            }
            None if raw_text => self.html.len(),
            None => {
                self.no_end_tag_ahead = true;
                from
            }
        }
    }
}

/// Finds the end of a tag, where a quote behind `=` opens a value; `None` when a value never ends.
fn quoted_tag_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut after_equals = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return Some(at),
            b'"' | b'\'' if after_equals => {
                at += 1 + memchr::memchr(*byte, bytes.get(at + 1..)?)?;
                after_equals = false;
            }
            b'=' => after_equals = true,
            b if b.is_ascii_whitespace() => {}
            _ => after_equals = false,
        }
        at += 1;
    }
    None
}

/// Reads a tag's name in lower case; names longer than the buffer are none that matter.
fn lower_name<'b>(inside: &str, buffer: &'b mut [u8; 12]) -> &'b str {
    let length = inside.bytes().take(13).take_while(u8::is_ascii_alphanumeric).count();
    let (Some(slot), Some(name)) = (buffer.get_mut(..length), inside.as_bytes().get(..length)) else { return "" };
    slot.copy_from_slice(name);
    slot.make_ascii_lowercase();
    std::str::from_utf8(slot).unwrap_or_default()
}

/// Tells whether a byte belongs to a word as it stands: visible ASCII but `<` and `&`.
fn is_word_byte(byte: u8) -> bool {
    matches!(byte, b'!'..=b'%' | b'\''..=b';' | b'='..=b'~')
}

/// Tells whether a text is laid out by block tags, so that line breaks of the source mean nothing.
fn has_block_markup(html: &str) -> bool {
    memchr::memchr_iter(b'<', html.as_bytes()).any(|at| {
        let inside = html.get(at + 1..).unwrap_or_default();
        let inside = inside.strip_prefix('/').unwrap_or(inside);
        let mut buffer = [0_u8; 12];
        let effect = effect_of(lower_name(inside, &mut buffer));
        matches!(effect, Effect::Break | Effect::Item | Effect::Paragraph | Effect::Line)
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blocks_become_lines_and_items_get_dashes() {
        let html = "<h2>Duties</h2><p>Codes <b>inpatient</b>\n charts.</p><ul><li>ICD-10-CM</li>\n<li><p>CPT</p></li></ul>\
                    <div>A<br>B<br/><br/>C</div><table><tr><td>x</td><td>y</td></tr></table>";
        assert_eq!(plain_text(html), "Duties\n\nCodes inpatient charts.\n\n- ICD-10-CM\n- CPT\n\nA\nB\n\nC\n\nx y");
    }

    #[test]
    fn references_decode_once_and_spaces_are_normalized() {
        assert_eq!(plain_text("Here&rsquo;s A&amp;B &#39;x&#39;"), "Here\u{2019}s A&B 'x'");
        assert_eq!(plain_text("&amp;lt;b&amp;gt; &E; &lt;p&gt;"), "&lt;b&gt; &E; <p>");
        assert_eq!(plain_text("a&nbsp;&nbsp;b\u{a0}c\u{ad}d&shy;e\u{200b}f"), "a b cdef");
    }

    #[test]
    fn scripts_styles_comments_and_foreign_content_are_dropped() {
        let html = "<style>p{}</style>a<!-- b --><script>if (1<2) x()</script><svg><text>s</text></svg>\
                    <SCRIPT src=x>y</ScRiPt >c<!doctype html><?php z ?>";
        assert_eq!(plain_text(html), "ac");
        assert_eq!(plain_text("a<script>never ends"), "a");
        assert_eq!(plain_text("a<object>still read"), "astill read");
    }

    #[test]
    fn line_breaks_count_in_plain_text_and_inside_pre() {
        assert_eq!(plain_text("Duties:\n* code\n\n\n* audit"), "Duties:\n* code\n\n* audit");
        assert_eq!(plain_text("<b>Duties</b>\ncode"), "Duties\ncode");
        assert_eq!(plain_text("<p>x</p><pre>a\nb</pre>"), "x\n\na\nb");
    }

    #[test]
    fn angle_brackets_that_are_no_tags_stay() {
        assert_eq!(plain_text("3 < 4 and 5 > 4 <3"), "3 < 4 and 5 > 4 <3");
        assert_eq!(plain_text("<a title=\"x > y\" href='z'>link</a>"), "link");
        assert_eq!(plain_text("<p title=\"open>text"), "text");
        assert_eq!(plain_text("<c0>junk</c0> <unknown-tag>kept"), "junk kept");
    }

    #[test]
    fn hostile_input_takes_linear_time() {
        // Quadratic time would be minutes; the bound leaves room for a busy machine.
        let million = 1_000_000;
        let patterns =
            ["<", "&", "<<<<", "<a ", "<a=\"", "<svg>", "<!--", "</", "<p>", "&#", "<li>", "<script>", "\u{ad}"];
        for pattern in patterns {
            let text = pattern.repeat(million / pattern.len());
            let begun = Instant::now();
            let _ = plain_text(&text);
            let _ = plain_text(&format!("{text}>"));
            assert!(begun.elapsed() < Duration::from_secs(20), "{pattern}: {:?}", begun.elapsed());
        }
    }

    #[test]
    fn output_stops_at_its_limit_on_a_character() {
        let cut = plain_text_within(&"\u{e9}".repeat(100), 51);
        assert_eq!(cut.chars().count(), 25);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(html in "\\PC*|([<>&;/=\"' \n]|<p>|<li>|<pre|</|&amp|script|é){0,60}") {
            let text = plain_text(&html);
            prop_assert!(!text.contains("\n\n\n"));
            prop_assert_eq!(text.trim(), text.as_str());
        }
    }
}
