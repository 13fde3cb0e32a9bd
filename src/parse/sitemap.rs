//! Reads sitemaps (sitemaps.org 0.9): address sets, indexes of sitemaps, plain lists of addresses,
//! gzip files. Tolerant of broken XML: every readable entry counts.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::model::Page;

/// Unpacked sitemaps are at most 50 MB by their rules; more than this is not unpacked.
const MAX_UNPACKED: u64 = 40 << 20;
/// At most this many entries by the rules of sitemaps.org.
const MAX_ENTRIES: usize = 50_000;

/// The longest content of a tag that is read; addresses are shorter by the rules.
const LONGEST_CONTENT: usize = 4096;

/// One entry of a sitemap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SitemapEntry {
    /// The address as written.
    pub(super) loc: String,
    /// When it last changed, as written.
    pub(super) lastmod: Option<String>,
    /// Whether it is a further sitemap.
    pub(super) is_sitemap: bool,
}

/// Reads a sitemap's entries; `None` when the answer is no sitemap.
pub(super) fn read_sitemap(page: &Page) -> Option<Vec<SitemapEntry>> {
    let body = unpacked(&page.body)?;
    let text = String::from_utf8_lossy(&body);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("http://") || text.starts_with("https://") {
        return Some(plain_lines(text));
    }
    let head = text.get(..text.floor_char_boundary(4096)).unwrap_or(text);
    let known = ["urlset", "sitemapindex"].iter().any(|root| head.contains(root));
    known.then(|| xml_entries(text))
}

/// Unpacks a gzip file; other bodies stay as they are. `None` when it cannot be unpacked.
fn unpacked(body: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Some(Cow::Borrowed(body));
    }
    let mut out = Vec::new();
    let read = MultiGzDecoder::new(body).take(MAX_UNPACKED).read_to_end(&mut out);
    // A file cut short still holds entries.
    (read.is_ok() || !out.is_empty()).then_some(Cow::Owned(out))
}

fn plain_lines(text: &str) -> Vec<SitemapEntry> {
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("http") && line.len() <= LONGEST_CONTENT);
    lines.take(MAX_ENTRIES).map(|loc| SitemapEntry { loc: loc.to_owned(), ..SitemapEntry::default() }).collect()
}

/// Walks the tags of a sitemap.
fn xml_entries(text: &str) -> Vec<SitemapEntry> {
    let mut entries: Vec<SitemapEntry> = Vec::new();
    let mut entry = SitemapEntry::default();
    let mut rest = text;
    while let Some(open) = memchr::memchr(b'<', rest.as_bytes()) {
        let tag = &rest[open + 1..];
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let Some(close) = memchr::memchr(b'>', tag.as_bytes()) else { break };
        let (name, after) = (local_tag(&tag[..close]), &tag[close + 1..]);
        rest = after;
        match name {
            "url" | "sitemap" => entry = SitemapEntry { is_sitemap: name == "sitemap", ..SitemapEntry::default() },
            "/url" | "/sitemap" if !entry.loc.is_empty() && entries.len() < MAX_ENTRIES => {
                entries.push(std::mem::take(&mut entry));
            }
            // `image:loc` and `video:loc` are no addresses of pages.
            "loc" if entry.loc.is_empty() && !is_foreign(&tag[..close]) => entry.loc = content(after),
            "lastmod" => entry.lastmod = Some(content(after)).filter(|text| !text.is_empty()),
            _ => {}
        }
    }
    entries
}

/// Gives a tag's name without prefix and attributes, its slash kept: `/url`.
fn local_tag(tag: &str) -> &str {
    let name = tag.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
    match (name.strip_prefix('/'), name.rsplit_once(':')) {
        (Some(_), Some((_, "url"))) => "/url",
        (Some(_), Some((_, "sitemap"))) => "/sitemap",
        (None, Some((_, local))) => local,
        _ => name,
    }
}

fn is_foreign(tag: &str) -> bool {
    ["image:", "video:", "news:", "xhtml:"].iter().any(|prefix| tag.starts_with(prefix))
}

/// Gives an element's text: up to the next tag, or what its CDATA section holds.
fn content(after: &str) -> String {
    // What has no end is not looked for to the end of the file, time and again.
    let start = after.get(..after.floor_char_boundary(LONGEST_CONTENT)).unwrap_or(after).trim_start();
    let text = match start.strip_prefix("<![CDATA[") {
        Some(inside) => inside.split("]]>").next().unwrap_or_default().into(),
        None => html_escape::decode_html_entities(start.split('<').next().unwrap_or_default()),
    };
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn read(body: &[u8]) -> Option<Vec<SitemapEntry>> {
        let url = "https://jobs.example.org/sitemap.xml".parse().unwrap();
        read_sitemap(&Page::saved(url, "application/xml", body.to_vec(), chrono::DateTime::UNIX_EPOCH))
    }

    const SET: &str = r#"<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
        <!-- <url><loc>https://jobs.example.org/no</loc></url> -->
        <url><loc> https://jobs.example.org/job/1?a=b&amp;c=d </loc><lastmod>2026-11-20</lastmod>
        <image:image><image:loc>https://jobs.example.org/logo.png</image:loc></image:image></url>
        <url><loc><![CDATA[https://jobs.example.org/job/2]]></loc></url></urlset>"#;

    #[test]
    fn an_address_set_gives_addresses_and_dates() {
        let entries = read(SET.as_bytes()).unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].loc, "https://jobs.example.org/job/1?a=b&c=d");
        assert_eq!(entries[0].lastmod.as_deref(), Some("2026-11-20"));
        assert_eq!(entries[1].loc, "https://jobs.example.org/job/2");
    }

    #[test]
    fn an_index_with_a_prefix_names_further_sitemaps() {
        let index = "<sm:sitemapindex xmlns:sm='x'><sm:sitemap><sm:loc>https://jobs.example.org/a.xml</sm:loc></sm:sitemap></sm:sitemapindex>";
        let entries = read(index.as_bytes()).unwrap();
        assert!(entries.len() == 1 && entries[0].is_sitemap);
    }

    #[test]
    fn gzip_files_and_plain_lists_are_read_and_pages_refused() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(SET.as_bytes()).unwrap();
        assert_eq!(read(&packer.finish().unwrap()).unwrap().len(), 2);
        assert_eq!(read(b"https://a.example/1\nhttps://a.example/2\n").unwrap().len(), 2);
        assert_eq!(read(b"<html><body>Not found</body></html>"), None);
        assert_eq!(read(b"\x1f\x8bgarbage"), None);
    }

    #[test]
    fn contents_without_end_take_no_quadratic_time() {
        let body = format!("<urlset>{}", "<url><loc><![CDATA[https://jobs.example.org/".repeat(200_000));
        let began = std::time::Instant::now();
        let entries = read(body.as_bytes()).unwrap();
        assert!(entries.iter().all(|entry| entry.loc.len() <= LONGEST_CONTENT));
        assert!(began.elapsed() < std::time::Duration::from_mins(1), "{:?}", began.elapsed());
    }

    #[test]
    fn a_gzip_bomb_stops_at_the_limit() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        let block = vec![b' '; 1 << 20];
        for _ in 0..64 {
            packer.write_all(&block).unwrap();
        }
        assert_eq!(read(&packer.finish().unwrap()), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&body);
            let _ = read(&[b"<urlset><url><loc>".as_slice(), &body].concat());
        }
    }
}
