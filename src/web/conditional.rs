//! Conditional requests and encodings (RFC 9110 sections 8.8.3, 12.5.3 and 13): whether what a reader has
//! still stands, and whether it can be packed.

use axum::http::{HeaderMap, HeaderName, header};
use chrono::{DateTime, Utc};

/// Tells whether a reader's copy still stands. `If-None-Match` decides where it is sent; tags are compared
/// weakly, for a proxy may have weakened ours.
pub(super) fn is_unchanged(headers: &HeaderMap, tags: &[&str], modified: DateTime<Utc>) -> bool {
    if headers.contains_key(header::IF_NONE_MATCH) {
        let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
        return lines.flat_map(listed).any(|tag| tag == "*" || tags.contains(&tag));
    }
    let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|since| since.to_str().ok());
    let since = since.and_then(|since| httpdate::parse_http_date(since.trim()).ok());
    // Whole seconds: a date says no more.
    since.is_some_and(|since| modified.timestamp() <= DateTime::<Utc>::from(since).timestamp())
}

/// Gives the tags of a list, with their quotes and without `W/`. A comma may stand inside the quotes.
fn listed(line: &str) -> Vec<&str> {
    let (mut tags, mut rest) = (Vec::new(), line);
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let tag = rest.strip_prefix("W/").unwrap_or(rest);
        if let Some(inside) = tag.strip_prefix('"') {
            let Some(end) = inside.find('"') else { return tags };
            tags.push(&tag[..end + 2]);
            rest = &tag[end + 2..];
        } else {
            // `*`, or a tag whose sender forgot the quotes, which is none.
            let (word, after) = rest.split_once(',').unwrap_or((rest, ""));
            if word.trim() == "*" {
                tags.push("*");
            }
            if after.is_empty() {
                return tags;
            }
            rest = after;
        }
    }
}

/// Tells whether a reader takes gzip.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let mut any = None;
    for choice in lines.flat_map(|line| line.split(',')) {
        let (name, weight) = choice.split_once(';').unwrap_or((choice, "q=1"));
        let weight = weight.trim().trim_start_matches("q=").parse::<f32>().unwrap_or(1.0);
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => return weight > 0.0,
            "*" => any = Some(weight > 0.0),
            _ => {}
        }
    }
    any.unwrap_or_default()
}

/// Writes a date as HTTP does.
pub(super) fn http_date(at: DateTime<Utc>) -> String {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds))
}

/// `X-Robots-Tag`.
pub(super) const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn tags_are_found_in_lists_weak_or_strong_and_outrank_dates() {
        let modified: DateTime<Utc> = "2026-11-22T12:00:00.750Z".parse().unwrap();
        let unchanged =
            |fields: &[(&'static str, &str)]| is_unchanged(&headers(fields), &["\"a\"", "\"a-gz\""], modified);
        let date = ("if-modified-since", "Sun, 22 Nov 2026 12:00:00 GMT");
        for tag in
            ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "\"b,\" ,W/\"a-gz\"", "*", " * ", "\"x\",\t\"a\"", "bare, \"a\""]
        {
            assert!(unchanged(&[("if-none-match", tag)]), "{tag}");
        }
        for tag in ["\"b\"", "a", "\"a", "\"x,\"a\"", "", "w/\"a\""] {
            assert!(!unchanged(&[("if-none-match", tag), date]), "{tag}");
        }
        assert!(unchanged(&[("if-none-match", "\"b\""), ("if-none-match", "\"a\"")]));
        assert!(unchanged(&[date]));
        assert!(unchanged(&[("if-modified-since", "Sunday, 22-Nov-26 12:00:01 GMT")]));
        assert!(!unchanged(&[("if-modified-since", "Sun, 22 Nov 2026 11:59:59 GMT")]));
        assert!(!unchanged(&[("if-modified-since", "yesterday")]) && !unchanged(&[]));
        assert_eq!(http_date(modified), "Sun, 22 Nov 2026 12:00:00 GMT");
    }

    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_refused() {
        let takes = |value: &str| takes_gzip(&headers(&[("accept-encoding", value)]));
        assert!(takes("gzip") && takes("br, gzip;q=0.5") && takes("*") && takes("deflate, GZIP"));
        assert!(!takes("gzip;q=0") && !takes("br") && !takes("") && !takes("*;q=0") && !takes("gzip;q=0, *"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    proptest! {
        #[test]
        fn any_list_is_read_to_its_end(line in "[\"W/,* a\\t]{0,60}") {
            prop_assert!(listed(&line).len() <= line.len());
        }
    }
}
