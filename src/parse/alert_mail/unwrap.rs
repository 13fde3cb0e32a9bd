//! Where a tracker's link leads, by what it says itself. Nothing is ever asked for.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use url::Url;

/// A link longer than this leads nowhere.
const LONGEST: usize = 8 << 10;
/// Trackers wrap the links of trackers.
const MAX_LAYERS: usize = 6;
/// Parameters that trackers put their target into.
const TARGETS: [&str; 21] = [
    "url",
    "u",
    "q",
    "redirect",
    "redirecturl",
    "redirect_url",
    "redirect_uri",
    "target",
    "targeturl",
    "dest",
    "destination",
    "link",
    "goto",
    "to",
    "r",
    "a",
    "href",
    "l",
    "d",
    "next",
    "p",
];
/// base64 as trackers write it, with or without padding.
const FORGIVING: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, FORGIVING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, FORGIVING);

/// Gives the link itself and what it wraps, outermost first.
pub(super) fn layers(href: &str) -> Vec<Url> {
    let mut found = Vec::new();
    let mut next = web_address(href);
    while let Some(url) = next {
        next = if found.len() < MAX_LAYERS { inner(&url).filter(|inner| !found.contains(inner)) } else { None };
        found.push(url);
    }
    found
}

/// Reads a web address without a user name in it.
fn web_address(text: &str) -> Option<Url> {
    let text = text.trim().replace("&amp;", "&");
    let url = Url::parse(&text).ok().filter(|_| text.len() <= LONGEST)?;
    let plain = url.username().is_empty() && url.password().is_none() && url.has_host();
    (plain && matches!(url.scheme(), "http" | "https")).then_some(url)
}

fn inner(url: &Url) -> Option<Url> {
    proofpoint(url).or_else(|| in_parameters(url)).or_else(|| in_path(url))
}

/// Unwraps Proofpoint's URL Defense, versions 2 and 3.
fn proofpoint(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    if !(host == "urldefense.com" || host.ends_with(".urldefense.com") || host == "urldefense.proofpoint.com") {
        return None;
    }
    if let Some((_, rest)) = url.as_str().split_once("/v3/__") {
        let (masked, after) = rest.split_once("__;")?;
        let replaced = decoded_bytes(after.split_once("!!").map_or("", |(first, _)| first)).unwrap_or_default();
        return web_address(&unmasked(masked, &replaced)?);
    }
    let (_, masked) = url.query_pairs().find(|(name, _)| name == "u")?;
    web_address(&percent_decoded(&masked.replace('-', "%").replace('_', "/")))
}

/// Puts the replaced characters back: `*` stands for one, `**X` for a run of as many as `X` says.
fn unmasked(masked: &str, replaced: &[u8]) -> Option<String> {
    const RUNS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let replaced = String::from_utf8_lossy(replaced).into_owned();
    let mut replaced = replaced.chars();
    let mut out = String::new();
    let mut characters = masked.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '*' {
            out.push(character);
        } else if characters.next_if_eq(&'*').is_some() {
            let run = RUNS.find(characters.next()?)? + 2;
            out.extend(replaced.by_ref().take(run));
        } else {
            out.extend(replaced.next());
        }
    }
    // The URL parser has folded the two slashes after the scheme into one.
    let slashes = ["https:/", "http:/"].iter().find_map(|scheme| Some((*scheme, out.strip_prefix(scheme)?)));
    Some(slashes.map_or(out.clone(), |(scheme, rest)| format!("{scheme}/{}", rest.trim_start_matches('/'))))
}

/// Finds the target in a parameter: as it is, encoded once more, or in base64.
fn in_parameters(url: &Url) -> Option<Url> {
    let pairs: Vec<(String, String)> =
        url.query_pairs().take(50).map(|(name, value)| (name.to_lowercase(), value.into_owned())).collect();
    TARGETS.iter().find_map(|target| {
        let (_, value) = pairs.iter().find(|(name, value)| name == target && value.len() > 8)?;
        as_address(value)
    })
}

/// Finds the target in a step of the path: `/CL0/https:%2F%2Fboard.example%2Fjob%2F…/1/…`.
fn in_path(url: &Url) -> Option<Url> {
    let path = url.path();
    let steps = path.split('/').filter(|step| step.len() > 8).take(50).find_map(as_address);
    // Or it stands there as it is.
    let bare = || {
        let at = ["/https://", "/http://", "/https:/", "/http:/"].iter().find_map(|mark| path.find(mark))?;
        let (scheme, rest) = path[at + 1..].split_once(":/")?;
        web_address(&format!("{scheme}://{}", rest.trim_start_matches('/')))
    };
    steps.or_else(bare)
}

/// Reads an address that may be percent-encoded up to three times, or in base64.
fn as_address(value: &str) -> Option<Url> {
    let mut text = value.to_owned();
    for _ in 0..4 {
        if text.starts_with("http://") || text.starts_with("https://") {
            return web_address(&text);
        }
        if !text.contains('%') {
            break;
        }
        text = percent_decoded(&text);
    }
    let bytes = decoded_bytes(&text)?;
    let decoded = std::str::from_utf8(&bytes).ok()?;
    let is_address = decoded.starts_with("http://") || decoded.starts_with("https://");
    web_address(decoded).filter(|_| is_address)
}

fn decoded_bytes(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    URL_SAFE.decode(text).or_else(|_| STANDARD.decode(text)).ok()
}

fn percent_decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const JOB: &str = "https://jobs.example.org/job/coder-ii/38312412/";

    fn innermost(link: &str) -> String {
        layers(link).pop().map(|url| url.to_string()).unwrap_or_default()
    }

    #[test]
    fn targets_are_found_wherever_trackers_put_them() {
        let encoded = "https%3A%2F%2Fjobs.example.org%2Fjob%2Fcoder-ii%2F38312412%2F";
        let twice = encoded.replace('%', "%25");
        let base64 = URL_SAFE.encode(JOB);
        for link in [
            JOB.to_owned(),
            format!("https://click.tracker.example/?url={encoded}&id=7"),
            format!("https://click.tracker.example/r?q={twice}"),
            format!("https://click.tracker.example/r?u={base64}"),
            format!("https://click.tracker.example/r?u={}", base64.trim_end_matches('=')),
            format!("https://eur01.safelinks.protection.outlook.com/?url={encoded}&data=05%7C01%7Cme%40x.edu&reserved=0"),
            format!("https://abc.r.us-east-1.awstrack.me/L0/{}/1/0100018/x=1", encoded.replace("%3A", ":")),
            format!("https://tracker.example/c/{JOB}"),
            format!("https://tracker.example/c/{base64}/x"),
            format!("https://outer.example/?u=https%3A%2F%2Finner.example%2F%3Furl%3D{twice}"),
            "https://urldefense.proofpoint.com/v2/url?u=https-3A__jobs.example.org_job_coder-2Dii_38312412_&d=DwMFaQ&e="
                .to_owned(),
            "https://urldefense.com/v3/__https://jobs.example.org/job/coder-ii/38312412/__;!!AbC!xyz$".to_owned(),
            "https://urldefense.com/v3/__https:/jobs.example.org/job/coder*ii/38312412/__;LQ!!AbC!xyz$".to_owned(),
        ] {
            assert_eq!(innermost(&link), JOB, "{link}");
        }
    }

    #[test]
    fn what_says_nothing_stays_as_it_is() {
        for link in [
            "https://u7.ct.sendgrid.net/ls/click?upn=u001.AbCdEf-2B-2FGh",
            "https://board.us7.list-manage.com/track/click?u=0123456789abcdef&id=1&e=2",
            "https://protect-us.mimecast.com/s/AbCdEfGh?domain=jobs.example.org",
        ] {
            assert_eq!(innermost(link), link);
        }
        for link in ["mailto:a@b.example", "javascript:alert(1)", "https://me:pw@jobs.example.org/job/x/38312412/", ""]
        {
            assert!(layers(link).is_empty(), "{link}");
        }
    }

    proptest! {
        #[test]
        fn any_link_ends(text in "\\PC{0,60}|https://urldefense.com/v3/__[*a-z/:]{0,20}__;[A-Za-z]{0,9}!!x|https://a.example/[%0-9A-Fhtps:/?&=ur]{0,80}") {
            prop_assert!(layers(&text).len() <= MAX_LAYERS + 1);
        }
    }
}
