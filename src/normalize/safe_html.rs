//! Makes a description's HTML safe to show. The one place that uses ammonia.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

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
#[must_use]
pub fn safe_html(html: &str) -> String {
    CLEANER.clean(html).to_string()
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
    fn text_lists_and_links_survive() {
        let safe = safe_html("<p>Code <b>charts</b></p><ul><li>A&amp;B</li></ul><a href=\"https://x.example/\">x</a>");
        assert_eq!(
            safe,
            "<p>Code <b>charts</b></p><ul><li>A&amp;B</li></ul><a href=\"https://x.example/\" rel=\"nofollow noopener\">x</a>"
        );
        assert!(safe_html("<a href=\"mailto:hr@x.example\">m</a>").contains("mailto:hr@x.example"));
    }
}
