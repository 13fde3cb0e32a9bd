//! The one place where a page's tree is built, and small ways to read it. The tree is grown piece
//! by piece under watch, so that a page made to nest, to repeat or to stall costs bounded time and
//! memory; what stands before the limit is kept.

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{ElementRef, Html, HtmlTreeSink, Selector};

/// More HTML than this is not read.
const MAX_BYTES: usize = 4 << 20;
/// How much is fed before the tree is looked at again. Small: within one piece a hostile page can
/// add nodes in the number of its bytes times its depth.
const PIECE: usize = 1024;
/// Deeper trees are cut; browsers cut at 512.
const MAX_DEPTH: usize = 800;
/// More elements and texts than these are not kept; long lists have a tenth.
const MAX_NODES: usize = 300_000;
/// The parser compares each attribute of a tag with all before it; the sum of these comparisons
/// that may be risked over a page.
const MAX_COMPARISONS: usize = 200_000_000;

/// A page's tree, and why it is not the whole page, if so.
pub(super) struct Dom {
    /// The tree.
    pub(super) html: Html,
    /// Why the page was cut.
    pub(super) cut: Option<String>,
}

impl Dom {
    /// Builds a page's tree.
    pub(super) fn of(text: &str) -> Self {
        let mut parser = driver::parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
        let mut watch = Watch::default();
        let mut from = 0;
        let mut cut = None;
        while from < text.len() {
            let end = text.ceil_char_boundary((from + PIECE).min(text.len()));
            let piece = &text[from..end];
            parser.process(StrTendril::from_slice(piece));
            from = end;
            let sink = parser.tokenizer.sink.sink.0.borrow();
            cut =
                watch.objection(&sink, piece, from).map(|why| format!("{why}; only the first {from} bytes were read"));
            if cut.is_some() {
                break;
            }
        }
        Self { html: parser.finish(), cut }
    }

    /// Gives the first element that matches.
    pub(super) fn first(&self, selector: &Selector) -> Option<ElementRef<'_>> {
        self.html.select(selector).next()
    }
}

/// What is remembered between pieces.
#[derive(Default)]
struct Watch {
    nodes: usize,
    text_length: usize,
    separators: usize,
    comparisons: usize,
}

impl Watch {
    /// Looks at the tree after a piece; gives the reason to stop.
    fn objection(&mut self, html: &Html, piece: &str, fed: usize) -> Option<String> {
        let mut nodes = html.tree.nodes();
        let count = nodes.len();
        let last = nodes.next_back()?;
        let text_length = last.value().as_text().map_or(0, |text| text.len());
        let marks = piece.bytes().filter(|b| matches!(b, b' ' | b'\n' | b'\t' | b'/' | b'"' | b'\'')).count();
        // A tag that goes on grows neither the tree nor its last text.
        if count == self.nodes && text_length <= self.text_length {
            self.comparisons += self.separators * marks;
            self.separators += marks;
        } else {
            self.separators = marks;
        }
        (self.nodes, self.text_length) = (count, text_length);
        if count > MAX_NODES {
            return Some(format!("the page has more than {MAX_NODES} elements and texts"));
        }
        if fed >= MAX_BYTES {
            return Some(format!("the page is longer than {} MiB", MAX_BYTES >> 20));
        }
        if self.comparisons > MAX_COMPARISONS {
            return Some("a tag with too many attributes".to_owned());
        }
        if count > fed / 2 + 100_000 {
            return Some("the page repeats its formatting without end".to_owned());
        }
        let deep = last.ancestors().nth(MAX_DEPTH).is_some();
        deep.then(|| format!("elements nest deeper than {MAX_DEPTH}"))
    }
}

/// Makes a selector of this crate's own text; `None` never happens for the texts used here, which a
/// test reads.
pub(super) fn selector(text: &str) -> Option<Selector> {
    Selector::parse(text).ok()
}

/// Gives an element's visible text, white space folded; scripts and styles are not text.
pub(super) fn visible_text(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    for node in element.descendants() {
        let Some(text) = node.value().as_text() else { continue };
        let parent = node.parent().and_then(ElementRef::wrap);
        let unseen = |name: &str| matches!(name, "script" | "style" | "noscript" | "template" | "svg" | "title");
        if parent.is_some_and(|parent| unseen(parent.value().name())) {
            continue;
        }
        // Elements may stand without a blank between them; their words must not run together.
        for word in text.split_whitespace() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// Gives an element's text, or `None` when it has none.
pub(super) fn words_of(element: ElementRef<'_>) -> Option<String> {
    Some(visible_text(element)).filter(|text| !text.is_empty())
}

/// Gives the whole page's visible text.
pub(super) fn page_text(html: &Html) -> String {
    let root = html.tree.root().children().find_map(ElementRef::wrap);
    root.map(visible_text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn quickly(text: &str) -> Dom {
        let begin = Instant::now();
        let dom = Dom::of(text);
        // Generous: an unwatched parser takes hours for these, and test machines are busy.
        assert!(begin.elapsed() < Duration::from_mins(2), "took {:?}", begin.elapsed());
        dom
    }

    #[test]
    fn an_ordinary_page_is_read_whole() {
        let page = format!("<ul>{}</ul>", "<li>Coder<p>ü</p><script>var a = '<div>';</script>".repeat(3000));
        let dom = quickly(&page);
        assert_eq!(dom.cut, None);
        assert_eq!(dom.html.select(&selector("li").unwrap()).count(), 3000);
        assert!(page_text(&dom.html).starts_with("Coder ü Coder ü"));
    }

    #[test]
    fn a_depth_bomb_is_cut_and_what_stood_before_is_kept() {
        let dom = quickly(&format!("<p id=a>before</p>{}", "<div>".repeat(200_000)));
        assert!(dom.cut.is_some_and(|why| why.contains("nest deeper")));
        assert!(dom.html.select(&selector("#a").unwrap()).next().is_some());
    }

    #[test]
    fn a_formatting_bomb_is_cut() {
        let fonts: String = (0..700).flat_map(|n| ["<font size=".to_owned(), n.to_string(), ">".to_owned()]).collect();
        let dom = quickly(&format!("<p>{fonts}{}", "<p>x".repeat(200_000)));
        assert!(dom.cut.is_some());
    }

    #[test]
    fn a_page_of_millions_of_elements_is_cut() {
        let dom = quickly(&"<b>x</b>".repeat(600_000));
        assert!(dom.cut.is_some_and(|why| why.contains("elements and texts")));
        assert!(dom.html.tree.nodes().len() < MAX_NODES + 2 * PIECE);
    }

    #[test]
    fn a_tag_with_endless_attributes_is_cut() {
        let attributes: String = (0..150_000).flat_map(|n| [" a".to_owned(), n.to_string()]).collect();
        assert!(quickly(&format!("<p>before</p><div{attributes}>")).cut.is_some());
    }
}
