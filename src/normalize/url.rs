//! Canonical addresses: two spellings of one address become one, and what tracks the reader goes.

use url::Url;

/// The longest address worth keeping, in bytes.
const LONGEST: usize = 4096;
/// Query parameters that say where a reader came from, not what is shown.
const TRACKING: [&str; 34] = [
    "gclid",
    "gclsrc",
    "gbraid",
    "wbraid",
    "dclid",
    "fbclid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "li_fat_id",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "trk",
    "trackingid",
    "trkinfo",
    "ref",
    "refid",
    "referer",
    "referrer",
    "source",
    "src",
    "sourcetype",
    "jobboardsource",
    "postingchannelid",
    "vnet",
    "cmpid",
    "s_cid",
];

/// Makes an address canonical: resolved against `base`, host in lower case, no default port, no
/// user name, no fragment (but routes: `#/job/7`, `#!7`), no tracking parameters, USAJOBS and bti
/// forms in the one form their sites use. Gives `None` for anything but `http` and `https`.
#[must_use]
pub fn canonical_url(text: &str, base: Option<&Url>) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let mut url = resolve(&unescaped(text), base)?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    // These fail only for addresses without a host, which were refused above.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if !url.fragment().is_some_and(|fragment| fragment.starts_with(['/', '!'])) {
        url.set_fragment(None);
    }
    drop_tracking(&mut url);
    if let Some(id) = usajobs_id(&url) {
        return Some(format!("https://www.usajobs.gov/job/{id}"));
    }
    while let Some(path) = without_rss_step(url.path()) {
        url.set_path(&path);
    }
    let canonical = String::from(url);
    (canonical.len() <= LONGEST).then_some(canonical)
}

/// Tells whether an address stands on usajobs.gov.
pub(super) fn is_usajobs(address: &str) -> bool {
    let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_ascii_lowercase));
    host.is_some_and(|host| host == "usajobs.gov" || host.ends_with(".usajobs.gov"))
}

fn resolve(text: &str, base: Option<&Url>) -> Option<Url> {
    match Url::parse(text) {
        Ok(url) => Some(url),
        Err(url::ParseError::RelativeUrlWithoutBase) if text.starts_with("www.") => {
            Url::parse(&format!("https://{text}")).ok()
        }
        Err(url::ParseError::RelativeUrlWithoutBase) => base?.join(text).ok(),
        Err(_) => None,
    }
}

/// Undoes the escaping that HTML attributes leave behind in addresses.
fn unescaped(text: &str) -> String {
    // The URL standard drops these anyway, which could lay an escape bare again.
    let mut text = text.replace(['\t', '\n', '\r'], "");
    while text.contains("&amp;") {
        text = text.replace("&amp;", "&");
    }
    text
}

fn drop_tracking(url: &mut Url) {
    let Some(query) = url.query() else { return };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair)).collect();
    let kept = kept.join("&");
    url.set_query((!kept.is_empty()).then_some(kept.as_str()));
}

fn is_tracking(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    // Some boards number their jobs by `ref=R-10233`: four digits make a reference, not a referrer.
    if name == "ref" && value.bytes().filter(u8::is_ascii_digit).count() >= 4 {
        return false;
    }
    name.starts_with("utm_") || TRACKING.contains(&name.as_str())
}

/// Finds the control number in the two forms of a USAJOBS announcement's address.
fn usajobs_id(url: &Url) -> Option<&str> {
    let host = url.host_str()?;
    if host != "usajobs.gov" && !host.ends_with(".usajobs.gov") {
        return None;
    }
    let mut steps = url.path_segments()?.filter(|step| !step.is_empty());
    let (first, second) = (steps.next()?, steps.next()?);
    let id = match first.to_ascii_lowercase().as_str() {
        "job" => second,
        "getjob" if second.eq_ignore_ascii_case("viewdetails") => steps.next()?,
        _ => return None,
    };
    id.bytes().all(|b| b.is_ascii_digit()).then_some(id)
}

/// Takes the feed's step out of a bti detail's path: `/jobs/rss/7/coder` is the page `/jobs/7/coder`.
fn without_rss_step(path: &str) -> Option<String> {
    let (before, after) = path.split_once("/jobs/rss/")?;
    after.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("{before}/jobs/{after}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(text: &str) -> Option<String> {
        let base = Url::parse("https://Jobs.Example.org/list/page").unwrap();
        canonical_url(text, Some(&base))
    }

    #[test]
    fn both_usajobs_forms_become_the_one_link() {
        for form in [
            "https://www.usajobs.gov:443/GetJob/ViewDetails/793682000",
            "https://www.usajobs.gov:443/job/793682000",
            "https://www.usajobs.gov/job/793682000/?PostingChannelID=RESTAPI#x",
        ] {
            assert_eq!(canonical(form).as_deref(), Some("https://www.usajobs.gov/job/793682000"));
        }
        assert!(!is_usajobs("https://usajobs.gov.evil.example/job/1") && is_usajobs("https://data.usajobs.gov/x"));
    }

    #[test]
    fn a_feed_link_of_bti_becomes_its_page() {
        assert_eq!(
            canonical("https://careers.example.org/jobs/rss/22273101/coder").as_deref(),
            Some("https://careers.example.org/jobs/22273101/coder")
        );
    }

    #[test]
    fn tracking_goes_and_job_ids_stay() {
        assert_eq!(
            canonical("HTTPS://X.Example:443/c/job.cfm?jb=7&amp;site_id=4&utm_source=a&gclid=b&ref=mail#top")
                .as_deref(),
            Some("https://x.example/c/job.cfm?jb=7&site_id=4")
        );
        assert_eq!(canonical("/job/7/?ref=R-10233").as_deref(), Some("https://jobs.example.org/job/7/?ref=R-10233"));
        assert_eq!(canonical("//x.example/a?src=x").as_deref(), Some("https://x.example/a"));
        assert_eq!(canonical("https://x.example/#/job/7").as_deref(), Some("https://x.example/#/job/7"));
    }

    #[test]
    fn only_web_addresses_are_taken() {
        for text in
            ["", " ", "javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "ftp://x.example/", "http://"]
        {
            assert_eq!(canonical(text), None, "{text}");
        }
        assert_eq!(canonical_url("job/7", None), None);
        assert_eq!(canonical_url("www.x.example/7", None).as_deref(), Some("https://www.x.example/7"));
        assert_eq!(canonical("https://user:secret@x.example/7").as_deref(), Some("https://x.example/7"));
    }

    proptest! {
        #[test]
        fn a_canonical_address_is_its_own_canonical_form(
            text in "\\PC{0,40}|(https?://)?[a-zA-Z.:@]{0,12}(/jobs/rss/[0-9]?|/job/|/|[?&#=;!%]|amp;|utm_x|ref=1|[a-z]){0,14}"
        ) {
            if let Some(once) = canonical(&text) {
                prop_assert_eq!(canonical(&once), Some(once.clone()));
                prop_assert_eq!(canonical_url(&once, None), Some(once));
            }
        }
    }
}
