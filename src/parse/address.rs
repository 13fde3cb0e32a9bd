//! Addresses of postings: which links look like one, and the id that an address carries.

use url::Url;

/// Parameters that say where a visitor came from, not what is shown.
const TRACKING: [&str; 10] =
    ["fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "ref", "referrer", "trk", "msessid", "jsessionid"];
/// Path parts under which one posting stands.
const SINGLE: [&str; 5] = ["job", "vacancy", "opening", "position", "posting"];
/// Path parts under which postings and other pages stand side by side.
const PLURAL: [&str; 11] = [
    "jobs",
    "careers",
    "career",
    "vacancies",
    "openings",
    "positions",
    "postings",
    "opportunities",
    "requisitions",
    "requisition",
    "job-postings",
];
/// Last path parts that are pages of the board, not postings.
const OTHER_PAGES: [&str; 13] = [
    "search",
    "login",
    "alerts",
    "job-alerts",
    "apply",
    "rss",
    "feed",
    "browse",
    "category",
    "location",
    "results",
    "employers",
    "post",
];

/// Path parts under which texts about jobs stand, never postings.
const ARTICLES: [&str; 7] = ["blog", "news", "article", "articles", "resources", "advice", "events"];

/// Takes fragment and tracking parameters off an address.
pub(super) fn tidy(mut url: Url) -> Url {
    url.set_fragment(None);
    if url.query().is_some() {
        let tracking = |name: &str| name.starts_with("utm_") || TRACKING.contains(&name.to_ascii_lowercase().as_str());
        if url.query_pairs().any(|(name, _)| tracking(&name)) {
            let kept: Vec<(String, String)> = url
                .query_pairs()
                .filter(|(name, _)| !tracking(name))
                .map(|(n, v)| (n.into_owned(), v.into_owned()))
                .collect();
            url.set_query(None);
            if !kept.is_empty() {
                url.query_pairs_mut().extend_pairs(kept);
            }
        }
    }
    url
}

/// Resolves a link of a page to a web address; `None` for mail, scripts and the page itself.
pub(super) fn resolved(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    base.join(href).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Tells whether two addresses stand on the same host and port.
pub(super) fn same_host(one: &Url, other: &Url) -> bool {
    one.host_str() == other.host_str() && one.port_or_known_default() == other.port_or_known_default()
}

/// Tells whether an address looks like one posting's page, where no pattern is configured.
pub(super) fn looks_like_posting(url: &Url) -> bool {
    let parts: Vec<String> =
        url.path_segments().into_iter().flatten().filter(|p| !p.is_empty()).map(str::to_ascii_lowercase).collect();
    let Some(last) = parts.last() else { return false };
    let file = [".xml", ".pdf", ".jpg", ".png", ".css", ".js", ".rss"].iter().any(|end| last.ends_with(end));
    let article = parts.iter().any(|part| ARTICLES.contains(&part.as_str()));
    if file || article || OTHER_PAGES.contains(&last.as_str()) {
        return false;
    }
    let Some(at) = parts.iter().position(|part| SINGLE.contains(&part.as_str()) || PLURAL.contains(&part.as_str()))
    else {
        return query_id(url).is_some();
    };
    let rest = &parts[at + 1..];
    if rest.is_empty() {
        return query_id(url).is_some();
    }
    let telling = |part: &String| part.bytes().any(|b| b.is_ascii_digit()) || part.matches('-').count() >= 3;
    SINGLE.contains(&parts[at].as_str()) || rest.iter().any(telling) || query_id(url).is_some()
}

/// Gives the id that an address carries: a number of five digits or more in its path, an id among
/// its parameters, else the address itself.
pub(super) fn id_of(url: &Url) -> String {
    let numbered = url.path_segments().into_iter().flatten().rev().find_map(long_number);
    numbered.or_else(|| query_id(url)).unwrap_or_else(|| tidy(url.clone()).to_string())
}

/// Finds a number of five digits or more that is a path part, or ends or begins one: `coder-ii-44711`.
fn long_number(part: &str) -> Option<String> {
    let stem = part.split('.').next().unwrap_or(part);
    let ends = [stem.rsplit(['-', '_']).next(), stem.split(['-', '_']).next()];
    let number = |text: &str| (5..=19).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    ends.into_iter().flatten().find(|text| number(text)).map(str::to_owned)
}

/// Finds an id among the parameters: `?jobid=4711`.
fn query_id(url: &Url) -> Option<String> {
    let named = |name: &str| {
        let name = name.to_ascii_lowercase();
        [
            "jobid",
            "job_id",
            "job-id",
            "jid",
            "gh_jid",
            "jb",
            "job",
            "reqid",
            "req_id",
            "requisitionid",
            "vacancyid",
            "id",
        ]
        .contains(&name.as_str())
    };
    url.query_pairs()
        .find(|(name, value)| {
            named(name) && !value.is_empty() && value.len() <= 64 && value.bytes().any(|b| b.is_ascii_digit())
        })
        .map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn postings_are_told_from_other_pages() {
        for good in [
            "/job/coder",
            "/jobs/4711/coder",
            "/careers/inpatient-coder-columbus-oh",
            "/jobs/view.aspx?jobid=12",
            "/x/job/9",
        ] {
            assert!(looks_like_posting(&url(&format!("https://a.example{good}"))), "{good}");
        }
        for bad in [
            "/",
            "/jobs/",
            "/jobs/search",
            "/careers/benefits",
            "/about",
            "/job/alerts",
            "/blog/jobs/10-tips-for-coders",
            "/jobs/4711/flyer.pdf",
        ] {
            assert!(!looks_like_posting(&url(&format!("https://a.example{bad}"))), "{bad}");
        }
    }

    #[test]
    fn an_address_gives_a_number_or_itself() {
        assert_eq!(id_of(&url("https://a.example/job/coder/37082380/")), "37082380");
        assert_eq!(id_of(&url("https://a.example/jobs/coder-ii-44711.html")), "44711");
        assert_eq!(id_of(&url("https://a.example/jobs/view?jobid=R-12&utm_source=x")), "R-12");
        assert_eq!(
            id_of(&url("https://a.example/jobs/2026/coder-2?utm_source=x#top")),
            "https://a.example/jobs/2026/coder-2"
        );
    }
}
