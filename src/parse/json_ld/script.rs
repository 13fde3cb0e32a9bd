//! Finds the `application/ld+json` scripts of a page without building its tree.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

static LD_JSON: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("ld+json"));
/// How far before `ld+json` its `<script` may begin: attributes may stand between.
const TAG_REACH: usize = 400;
/// More blocks than this belong to no real page.
const MAX_BLOCKS: usize = 200;

/// Gives the contents of a page's JSON-LD scripts, wrappers removed, in order.
pub(in crate::parse) fn ld_blocks(html: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut from = 0;
    while blocks.len() < MAX_BLOCKS {
        let Some(found) = LD_JSON.find(&html.as_bytes()[from..]) else { break };
        let at = from + found;
        from = match block_around(html, at) {
            Some((block, end)) => {
                blocks.push(unwrapped(block));
                end
            }
            None => at + 7,
        };
    }
    // The type in capitals or with an encoded plus sign: rare, so the slow look comes second.
    if blocks.is_empty() { odd_blocks(html) } else { blocks }
}

/// Gives the content of the script whose opening tag holds `at`, and where it ends.
fn block_around(html: &str, at: usize) -> Option<(&str, usize)> {
    let bytes = html.as_bytes();
    let reach = at.saturating_sub(TAG_REACH);
    let open = reach + memchr::memrchr(b'<', &bytes[reach..at])?;
    let is_script = bytes[open..].get(..7)?.eq_ignore_ascii_case(b"<script");
    if !is_script || memchr::memchr(b'>', &bytes[open..at]).is_some() {
        return None;
    }
    let start = at + memchr::memchr(b'>', &bytes[at..])? + 1;
    let end = script_end(bytes, start);
    Some((html.get(start..end)?, end))
}

/// Finds where a script's content ends: before `</script`, or with the page.
fn script_end(bytes: &[u8], start: usize) -> usize {
    memchr::memchr_iter(b'<', &bytes[start..])
        .map(|offset| start + offset)
        .find(|&at| bytes[at..].get(..8).is_some_and(|tag| tag.eq_ignore_ascii_case(b"</script")))
        .unwrap_or(bytes.len())
}

/// Looks through every script's opening tag for the type in any spelling.
fn odd_blocks(html: &str) -> Vec<&str> {
    let bytes = html.as_bytes();
    let mut blocks = Vec::new();
    let mut from = 0;
    while blocks.len() < MAX_BLOCKS {
        let Some(found) = memchr::memchr(b'<', &bytes[from..]) else { break };
        let open = from + found;
        from = open + 1;
        if !bytes[open..].get(..7).is_some_and(|tag| tag.eq_ignore_ascii_case(b"<script")) {
            continue;
        }
        let tag_end = bytes.len().min(open + TAG_REACH);
        let Some(close) = memchr::memchr(b'>', &bytes[open..tag_end]) else { continue };
        let tag = String::from_utf8_lossy(&bytes[open..open + close]).to_ascii_lowercase();
        let end = script_end(bytes, open + close);
        from = end;
        if ["ld+json", "ld&#43;json", "ld&#x2b;json"].iter().any(|kind| tag.contains(kind)) {
            blocks.extend(html.get(open + close + 1..end).map(unwrapped));
        }
    }
    blocks
}

/// Takes off what is not JSON around a block: CDATA and comment marks, a byte order mark, a semicolon.
fn unwrapped(block: &str) -> &str {
    let opens = ["\u{feff}", "<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA["];
    let closes = ["-->", "//", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>", ";"];
    let mut block = block.trim();
    // Each round takes at most one mark off each end; four cover every nesting seen.
    for _ in 0..4 {
        if let Some(rest) = opens.iter().find_map(|mark| block.strip_prefix(mark)) {
            block = rest.trim();
        }
        if let Some(rest) = closes.iter().rev().find_map(|mark| block.strip_suffix(mark)) {
            block = rest.trim();
        }
    }
    block
}

/// Decodes a block that was HTML-encoded as a whole (`{&quot;@type&quot;`); `None` when it was not.
pub(super) fn entity_decoded(block: &str) -> Option<Cow<'_, str>> {
    let head = block.get(..block.len().min(400)).unwrap_or_default();
    let encoded = ["&quot;", "&#34;", "&#x22;"].iter().any(|mark| head.contains(mark));
    (encoded && !head.contains('"')).then(|| html_escape::decode_html_entities(block))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_whatever_the_quotes_case_and_wrappers() {
        let html = "<script>var a = 'ld+json';</script>\
            <SCRIPT id=x type='application/ld+json'>//<![CDATA[\n{\"a\":1}\n//]]></SCRIPT>\
            <script type=application/ld+json><!-- {\"b\":2} --></script>";
        assert_eq!(ld_blocks(html), ["{\"a\":1}", "{\"b\":2}"]);
        assert_eq!(ld_blocks("<script type=\"application/LD+JSON\">{}</script>"), ["{}"]);
        assert_eq!(ld_blocks("<script type=\"application/ld&#x2B;json\">{}</script>"), ["{}"]);
    }

    #[test]
    fn an_unclosed_script_ends_with_the_page() {
        assert_eq!(ld_blocks("<script type=\"application/ld+json\">{\"a\":1"), ["{\"a\":1"]);
        assert!(ld_blocks("no script here").is_empty());
    }

    #[test]
    fn only_a_block_encoded_as_a_whole_is_decoded() {
        assert_eq!(entity_decoded("{&quot;a&quot;:1}").as_deref(), Some("{\"a\":1}"));
        assert_eq!(entity_decoded("{\"a\":\"say &quot;x&quot;\"}"), None);
    }
}
