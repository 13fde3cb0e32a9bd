//! Makes a description's HTML safe to show. The one place that uses ammonia.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::plain_text::plain_text_within;

/// Longer markup is shown as plain text, in bytes.
const LONGEST_MARKUP: usize = 512 << 10;
/// A tag longer than this is no tag of a description, in bytes.
const LONGEST_TAG: usize = 16 << 10;
/// How much plain text is shown in place of markup, in bytes.
const LONGEST_TEXT: usize = 128 << 10;
/// What the tree may cost: tags times the most of them that stand open at once. The parser looks
/// through the open ones at each tag.
const MOST_STEPS: usize = 20_000_000;
/// The same for formatting alone, which the parser repeats in each block that it stands open before.
const MOST_REPEATS: usize = 1_000_000;
/// Tags without content.
const VOID_TAGS: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Tags that stay in force across blocks (HTML Standard, "formatting elements").
const FORMATTING_TAGS: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

/// The tags that a description may be shown with: text, lists, tables and links.
const SHOWN_TAGS: [&str; 33] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "small",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];
/// The tags whose content goes with them.
const HIDDEN_TAGS: [&str; 14] = [
    "script", "style", "iframe", "object", "embed", "svg", "math", "template", "noscript", "textarea", "select",
    "title", "noembed", "noframes",
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(SHOWN_TAGS))
        .clean_content_tags(HashSet::from(HIDDEN_TAGS))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("th", HashSet::from(["colspan", "rowspan"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener"));
    builder
});

/// Cleans HTML for showing: no scripts, no images, no styles or classes, links to `http`, `https`
/// and `mailto` alone and with `rel="nofollow noopener"`. Stored descriptions stay as they came.
///
/// Markup that is made to cost its reader time and memory is shown as plain text.
#[must_use]
pub fn safe_html(html: &str) -> String {
    if is_bounded(html) { CLEANER.clean(html).to_string() } else { paragraphs(&plain_text_within(html, LONGEST_TEXT)) }
}

/// Tells whether a tree of this markup takes bounded time and memory.
fn is_bounded(html: &str) -> bool {
    let mut opened = Opened::default();
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        rest = rest.get(at + 1..).unwrap_or_default();
        let end = memchr::memchr(b'>', rest.as_bytes()).unwrap_or(rest.len());
        if end > LONGEST_TAG {
            return false;
        }
        let ends = rest.starts_with('/');
        let name: String = rest
            .trim_start_matches('/')
            .chars()
            .map_while(|letter| letter.is_ascii_alphanumeric().then(|| letter.to_ascii_lowercase()))
            .take(12)
            .collect();
        opened.count(&name, ends);
    }
    html.len() <= LONGEST_MARKUP
        && opened.tags.saturating_mul(opened.most) <= MOST_STEPS
        && opened.tags.saturating_mul(opened.most_formatting) <= MOST_REPEATS
}

/// How many tags there are, and how many of them stand open.
#[derive(Default)]
struct Opened {
    tags: usize,
    open: usize,
    most: usize,
    formatting: usize,
    most_formatting: usize,
}

impl Opened {
    fn count(&mut self, name: &str, ends: bool) {
        self.tags += 1;
        if VOID_TAGS.contains(&name) {
            return;
        }
        let step = |open: usize| if ends { open.saturating_sub(1) } else { open + 1 };
        self.open = step(self.open);
        self.most = self.most.max(self.open);
        if FORMATTING_TAGS.contains(&name) {
            self.formatting = step(self.formatting);
            self.most_formatting = self.most_formatting.max(self.formatting);
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Writes plain text as markup.
fn paragraphs(text: &str) -> String {
    let lines = |block: &str| block.lines().map(|line| escaped(line.trim())).collect::<Vec<_>>().join("<br>");
    text.split("\n\n").flat_map(|block| ["<p>".to_owned(), lines(block), "</p>".to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_or_loads_survives() {
        let hostile = [
            "<script>alert(1)</script>",
            "<p onclick=\"alert(1)\" style=\"color:red\" class=\"x\">t</p>",
            "<a href=\"javascript:alert(1)\">t</a>",
            "<a href=\" JaVa\nScript:alert(1)\">t</a>",
            "<a href=\"data:text/html,<script>alert(1)</script>\">t</a>",
            "<img src=x onerror=alert(1)>",
            "<iframe src=\"https://evil.example\"></iframe>",
            "<form action=\"https://evil.example\"><input name=a></form>",
            "<svg><script>alert(1)</script></svg>",
            "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
            "<style>@import 'x'</style><link rel=stylesheet href=x><meta http-equiv=refresh content=0>",
            "<object data=x></object><embed src=x><base href=\"https://evil.example\">",
        ];
        for html in hostile {
            let safe = safe_html(html).to_lowercase();
            for sign in [
                "script",
                "onclick",
                "onerror",
                "style",
                "class=",
                "javascript",
                "data:",
                "<img",
                "<iframe",
                "<form",
                "<input",
                "<svg",
                "<math",
                "<link",
                "<meta",
                "<object",
                "<embed",
                "<base",
                "evil",
            ] {
                assert!(!safe.contains(sign), "{html} gave {safe}");
            }
        }
    }

    #[test]
    fn markup_that_costs_its_reader_is_shown_as_text() {
        let fonts: String = (0..300).flat_map(|n| ["<font size=".to_owned(), n.to_string(), ">".to_owned()]).collect();
        let attributes: String = (0..100_000).flat_map(|n| [" a".to_owned(), n.to_string()]).collect();
        let began = std::time::Instant::now();
        for bomb in [
            format!("<p>{fonts}{}", "<p>x".repeat(100_000)),
            "<div>".repeat(100_000),
            format!("<p>x</p><div{attributes}>y</div>"),
            "<p>x</p>\n\n".repeat(200_000),
            format!("{}{}", "<b><i><a><u>".repeat(5000), "</b></u></i></a>".repeat(5000)),
        ] {
            let safe = safe_html(&bomb);
            assert!(safe.len() <= 4 * LONGEST_TEXT, "{}", safe.len());
            assert!(!safe.contains("<font") && !safe.contains("<div"));
        }
        assert!(began.elapsed() < std::time::Duration::from_mins(1), "{:?}", began.elapsed());
        assert_eq!(paragraphs("a < b\nc\n\nd"), "<p>a &lt; b<br>c</p><p>d</p>");
    }

    #[test]
    fn sloppy_markup_of_ordinary_size_is_still_markup() {
        let list = format!("<ul>{}</ul>", "<li>Codes <b>charts<br>".repeat(300));
        assert!(safe_html(&list).starts_with("<ul><li>Codes <b>charts<br>"));
        let long = "<p>Codes <b>charts</b>, <i>daily</i>.</p>".repeat(8000);
        assert!(safe_html(&long).len() >= long.len());
    }

    #[test]
    fn text_lists_and_links_survive() {
        let safe = safe_html("<p>Code <b>charts</b></p><ul><li>A&amp;B</li></ul><a href=\"https://x.example/\">x</a>");
        assert_eq!(
            safe,
            "<p>Code <b>charts</b></p><ul><li>A&amp;B</li></ul><a href=\"https://x.example/\" rel=\"nofollow noopener\">x</a>"
        );
        assert!(safe_html("<a href=\"mailto:hr@x.example\">m</a>").contains("mailto:hr@x.example"));
    }
}
