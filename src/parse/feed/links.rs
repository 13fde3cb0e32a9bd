//! Makes a feed's links absolute and refuses those that are no web address.

use url::Url;

use crate::parse::bounds::LONGEST_ADDRESS;

/// What relative links of one feed are relative to.
#[derive(Debug)]
pub(super) struct Links {
    base: Url,
}

impl Links {
    /// Settles the base: the feed's `xml:base`, else its channel's link if that is absolute, else
    /// the address that answered (RFC 3986 section 5.1).
    pub(super) fn new(page: &Url, declared: Option<&str>, channel: Option<&str>) -> Self {
        // A long base would be repeated in every link.
        let short = |base: &&str| base.len() <= LONGEST_ADDRESS;
        let declared = declared.filter(short).and_then(|base| page.join(base.trim()).ok()).filter(is_web);
        let channel = || channel.filter(short).and_then(|link| Url::parse(link.trim()).ok()).filter(is_web);
        Self { base: declared.or_else(channel).unwrap_or_else(|| page.clone()) }
    }

    /// Makes a link absolute; `own` is the `xml:base` of its item. `None` when it is no http or
    /// https address.
    pub(super) fn resolve(&self, link: &str, own: Option<&str>) -> Option<String> {
        let link = link.trim();
        if link.len() > LONGEST_ADDRESS || own.is_some_and(|base| base.len() > LONGEST_ADDRESS) {
            return None;
        }
        if is_settled(link) {
            return Some(link.to_owned());
        }
        if link.is_empty() {
            return None;
        }
        let joined = match own.and_then(|base| self.base.join(base).ok()) {
            Some(base) => base.join(link),
            None => self.base.join(link),
        };
        joined.ok().filter(is_web).map(Into::into)
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty())
}

/// Tells whether a link is already what an address parser would make of it: then parsing it, the
/// dearest step of reading an item, can be left out. Refuses whatever it is not sure of.
fn is_settled(link: &str) -> bool {
    let Some(rest) = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://")) else { return false };
    let Some((host, path)) = rest.split_once('/') else { return false };
    let plain_host = host.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.' || byte == b'-');
    let plain_path = path
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'?' | b'=' | b'&'));
    plain_host && plain_path && host.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
}

/// Tells whether a text has the shape of a web address.
pub(super) fn looks_like_address(text: &str) -> bool {
    let head = text.as_bytes();
    ["http://", "https://"].iter().any(|scheme| {
        head.len() > scheme.len()
            && head.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(declared: Option<&str>, channel: Option<&str>) -> Links {
        Links::new(&Url::parse("https://jobs.example.org/feeds/all.xml").unwrap(), declared, channel)
    }

    #[test]
    fn the_base_is_declared_or_the_channels_or_the_answers() {
        assert_eq!(links(None, None).resolve("job/1", None).unwrap(), "https://jobs.example.org/feeds/job/1");
        assert_eq!(links(None, Some("https://x.example/")).resolve("job/1", None).unwrap(), "https://x.example/job/1");
        let both = links(Some("/b/"), Some("https://x.example/"));
        assert_eq!(both.resolve("job/1", None).unwrap(), "https://jobs.example.org/b/job/1");
        assert_eq!(both.resolve("1", Some("c/")).unwrap(), "https://jobs.example.org/b/c/1");
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for link in
            ["javascript:alert(1)", "mailto:a@b.example", "ftp://a.example/x", "data:text/html,x", "", "https://"]
        {
            assert_eq!(links(None, None).resolve(link, None), None, "{link}");
        }
    }

    #[test]
    fn what_is_too_long_is_no_address_and_no_base() {
        let long = format!("https://x.example/{}/", "a".repeat(LONGEST_ADDRESS));
        assert_eq!(links(None, None).resolve(&long, None), None);
        assert_eq!(links(None, None).resolve("1", Some(&long)), None);
        let based = links(Some(&long), Some(&long));
        assert_eq!(based.resolve("1", None).unwrap(), "https://jobs.example.org/feeds/1");
    }

    #[test]
    fn a_settled_link_is_what_the_parser_gives() {
        for link in ["https://a.example/jobs/rss/1/b-c?d=e&f=g", "http://a.example/"] {
            assert!(is_settled(link), "{link}");
            assert_eq!(Url::parse(link).unwrap().as_str(), link);
        }
        for link in ["https://A.example/", "https://a.example", "https://a.example:443/", "https://a.example/a b/../c"]
        {
            assert!(!is_settled(link), "{link}");
        }
    }
}
