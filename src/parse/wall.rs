//! Recognizes answers that are no answers: bot walls, captchas and (with `login`) login pages,
//! whatever their status. A job page that merely loads a captcha script for its form is none of them.

use std::borrow::Cow;

use super::evidence::links_to_jobs;
use super::html_text::html_text;
use super::login::login_sign;
use crate::model::Page;

/// Challenge pages are short; what is longer and names no vendor's own marks is a page.
const MAX_CHALLENGE: usize = 128 << 10;
/// A captcha page says little beside its captcha.
pub(super) const MAX_WORDS: usize = 900;

/// Marks that stand in a vendor's challenge page and not in a page served behind that vendor. All of
/// the words of an entry must be there.
const MARKS: [(&str, &[&str]); 19] = [
    ("DataDome", &["captcha-delivery.com"]),
    ("DataDome", &["DataDome CAPTCHA"]),
    ("Cloudflare challenge", &["_cf_chl_opt"]),
    ("Cloudflare challenge", &["<title>Just a moment...</title>"]),
    ("Cloudflare challenge", &["challenge-platform/h/", "orchestrate"]),
    ("Cloudflare block", &["Attention Required! | Cloudflare"]),
    ("Cloudflare block", &["cf-error-details", "been blocked"]),
    ("Incapsula", &["Incapsula incident ID"]),
    ("Incapsula", &["Pardon Our Interruption"]),
    ("PerimeterX", &["px-captcha"]),
    ("PerimeterX", &["_pxBlockScript"]),
    ("Akamai", &["errors.edgesuite.net", "Access Denied"]),
    ("Akamai", &["sec-if-cpt-container"]),
    ("Akamai", &["/_sec/cp_challenge/"]),
    ("AWS WAF", &["gokuProps", "awswaf.com"]),
    ("Sucuri", &["Sucuri WebSite Firewall", "Access Denied"]),
    ("Kasada", &["KPSDK", "ips.js"]),
    ("F5", &["The requested URL was rejected", "support ID"]),
    ("Imperva", &["_Incapsula_Resource", "edet="]),
];

/// Titles of challenge pages of any maker.
const CHALLENGE_TITLES: [&str; 12] = [
    "just a moment",
    "attention required",
    "access denied",
    "security check",
    "are you a robot",
    "are you human",
    "robot check",
    "bot check",
    "verify you are human",
    "human verification",
    "captcha",
    "ddos protection",
];

/// Widgets that ask for proof of being human.
const WIDGETS: [&str; 6] =
    ["g-recaptcha", "h-captcha", "hcaptcha.com", "recaptcha/api", "cf-turnstile", "arkoselabs.com"];

/// What such pages say.
const CHALLENGE_WORDS: [&str; 9] = [
    "verify you are human",
    "verify that you are",
    "verify you are not",
    "not a robot",
    "are a human",
    "unusual traffic",
    "checking your browser",
    "complete the captcha",
    "security check",
];

/// What stands before a board's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wall {
    /// The sign by which it is known.
    pub sign: String,
    /// Whether it asks for a login rather than for proof of being human.
    pub asks_login: bool,
}

/// Tells what stands before an answer; `None` for everything else.
#[must_use]
pub fn wall_in(page: &Page) -> Option<Wall> {
    if let Some(sign) = header_sign(page) {
        return Some(Wall { sign, asks_login: false });
    }
    if page.body.len() > MAX_CHALLENGE || memchr::memmem::find(&page.body, b"JobPosting").is_some() {
        return None;
    }
    let challenge = challenge_in(page).map(|sign| Wall { sign, asks_login: false });
    challenge.or_else(|| login_sign(page).map(|sign| Wall { sign, asks_login: true }))
}

/// Names the sign by which an answer is a bot wall or a captcha.
fn challenge_in(page: &Page) -> Option<String> {
    let start = page.body.trim_ascii_start();
    if !is_html(start, &page.media_type) {
        // DataDome answers requests for data in JSON.
        let scripted = start.len() < 2000 && start.starts_with(b"{\"url\":\"https://geo.captcha-delivery.com/");
        return scripted.then(|| "DataDome: answers with the address of a captcha".to_owned());
    }
    let text = html_text(page);
    vendor_sign(page, &text).or_else(|| challenge_sign(&text))
}

/// Reads the headers that only a challenge carries.
fn header_sign(page: &Page) -> Option<String> {
    let value = |name: &str| page.signs.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
    if value("cf-mitigated").is_some_and(|value| value.eq_ignore_ascii_case("challenge")) {
        return Some("Cloudflare challenge: header `cf-mitigated`".to_owned());
    }
    if value("x-amzn-waf-action").is_some_and(|value| matches!(value, "challenge" | "captcha")) {
        return Some("AWS WAF: header `x-amzn-waf-action`".to_owned());
    }
    // DataDome marks every answer it guards; only a refusal with the mark is its own.
    (value("x-datadome").is_some() && matches!(page.status, 401 | 403 | 429))
        .then(|| format!("DataDome: header `x-datadome` with status {}", page.status))
}

/// Tells whether a body is HTML, by its first bytes before its media type.
pub(super) fn is_html(start: &[u8], media_type: &str) -> bool {
    let begins = |mark: &str| start.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark.as_bytes()));
    if ["<!doctype html", "<html", "<head>", "<title>", "<body"].iter().any(|mark| begins(mark)) {
        return true;
    }
    if begins("<?xml") {
        return memchr::memmem::find(&start[..start.len().min(1024)], b"<html").is_some();
    }
    match start.first() {
        Some(b'<') => {
            let feed = ["<rss", "<feed", "<rdf", "<urlset", "<sitemapindex"].iter().any(|mark| begins(mark));
            !feed && (media_type.is_empty() || media_type.contains("html"))
        }
        Some(b'{' | b'[') | None => false,
        Some(_) => media_type.contains("html"),
    }
}

/// Looks for a vendor's own marks.
fn vendor_sign(page: &Page, text: &str) -> Option<String> {
    // A page with links to jobs is a page, even if it talks about walls.
    if links_to_jobs(text) {
        return None;
    }
    let marked = MARKS.iter().find(|(_, words)| words.iter().all(|word| text.contains(word)));
    if let Some((vendor, words)) = marked {
        return Some(format!("{vendor}: the page holds `{}`", words.first().copied().unwrap_or_default()));
    }
    let guarded = page.signs.iter().any(|(name, _)| name == "x-datadome");
    (guarded && text.len() < 3000).then(|| "DataDome: header `x-datadome` on a page without content".to_owned())
}

/// Looks for a captcha page of any maker: its title, or a widget with few words around it.
fn challenge_sign(text: &str) -> Option<String> {
    if links_to_jobs(text) {
        return None;
    }
    let words = seen_words(text);
    if words.len() > MAX_WORDS {
        return None;
    }
    let title = title_of(text).to_lowercase();
    if let Some(found) = CHALLENGE_TITLES.iter().find(|known| title.contains(*known)) {
        return Some(format!("a challenge page: its title says `{found}`"));
    }
    let lower = words.to_lowercase();
    let said = CHALLENGE_WORDS.iter().find(|known| lower.contains(*known));
    let widget = WIDGETS.iter().find(|widget| text.contains(*widget));
    match (widget, said) {
        (Some(widget), Some(said)) => Some(format!("a captcha page: `{widget}`, and it says `{said}`")),
        // An empty list says so in few words too, and its search box may load a captcha.
        (Some(widget), None) if words.len() < 80 && !lower.contains("job") => {
            Some(format!("a captcha page: `{widget}` and nothing else"))
        }
        _ => None,
    }
}

/// Gives the page's title.
pub(super) fn title_of(text: &str) -> &str {
    let lower_head = text.get(..text.floor_char_boundary(8192)).unwrap_or_default();
    let Some(open) = lower_head.to_ascii_lowercase().find("<title") else { return "" };
    let rest = &lower_head[open..];
    let inside = rest.split_once('>').map_or("", |(_, inside)| inside);
    inside.split('<').next().unwrap_or_default()
}

/// Gives the words that a page shows, roughly: tags, scripts and styles left out; enough of them to
/// judge whether there are few.
pub(super) fn seen_words(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while out.len() <= 5 * MAX_WORDS {
        let Some(open) = rest.find('<') else {
            push_words(&mut out, rest);
            break;
        };
        push_words(&mut out, &rest[..open]);
        let tag = &rest[open..];
        let name: String = tag.chars().skip(1).take(9).collect::<String>().to_ascii_lowercase();
        let silent = ["script", "style", "noscript", "title"].into_iter().find(|silent| name.starts_with(silent));
        let skipped = match silent {
            Some(silent) => closing_at(tag, silent),
            None if name.starts_with("!--") => tag.find("-->"),
            None => Some(0),
        };
        let Some(skipped) = skipped else { break };
        let Some(close) = tag[skipped..].find('>') else { break };
        rest = &tag[skipped + close + 1..];
    }
    Cow::Owned(out)
}

/// Finds where an element's closing tag begins.
fn closing_at(tag: &str, name: &str) -> Option<usize> {
    memchr::memmem::find_iter(tag.as_bytes(), "</")
        .find(|&at| tag.as_bytes()[at + 2..].get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes())))
}

fn push_words(out: &mut String, text: &str) {
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(media_type: &str, body: &str) -> Page {
        let url = "https://jobs.example.org/jobs/".parse().unwrap();
        Page::saved(url, media_type, body.as_bytes().to_vec(), chrono::DateTime::UNIX_EPOCH)
    }

    fn sign(body: &str) -> Option<String> {
        wall_in(&page("text/html", body)).map(|wall| wall.sign)
    }

    #[test]
    fn vendors_challenges_are_named() {
        let datadome = "<html><head><title>example.org</title></head><body><script>var dd={'host':'geo.captcha-delivery.com'}</script></body></html>";
        assert!(sign(datadome).unwrap().starts_with("DataDome"));
        let cloudflare = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={};</script></body></html>";
        assert!(sign(cloudflare).unwrap().starts_with("Cloudflare"));
        let incapsula = "<html><body><iframe>Request unsuccessful. Incapsula incident ID: 1-2</iframe></body></html>";
        assert!(sign(incapsula).unwrap().starts_with("Incapsula"));
        let akamai = "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>Reference #18 https://errors.edgesuite.net/18</BODY></HTML>";
        assert!(sign(akamai).unwrap().starts_with("Akamai"));
        assert!(sign("<html><body><div id=\"px-captcha\"></div></body></html>").unwrap().starts_with("PerimeterX"));
    }

    #[test]
    fn captcha_pages_of_any_maker_are_known_by_saying_little_else() {
        let page = "<html><head><title>Career Center</title></head><body><h1>Please verify you are human</h1><div class=\"g-recaptcha\"></div></body></html>";
        assert!(sign(page).unwrap().contains("captcha page"));
        assert!(
            sign("<html><head><title>Robot Check</title></head><body>Enter the characters</body></html>").is_some()
        );
    }

    #[test]
    fn headers_count_where_they_are_sure() {
        let mut answer = page("text/html", "<html><body>Coder</body></html>");
        answer.signs = vec![("cf-mitigated".into(), "challenge".into())];
        assert!(wall_in(&answer).is_some());
        answer.signs = vec![("x-datadome".into(), "protected".into())];
        answer.status = 403;
        assert!(wall_in(&answer).is_some());
        answer.status = 200;
        answer.body =
            format!("<html><body><a href=\"/job/coder/1234567/\">Coder</a>{}</body></html>", "x ".repeat(2000))
                .into_bytes();
        assert_eq!(wall_in(&answer), None);
    }

    #[test]
    fn a_job_page_with_a_captcha_in_its_form_is_no_wall() {
        let text = "Lakeside Health seeks an inpatient coder with CCS. ".repeat(30);
        let form = "<form><script src=\"https://www.google.com/recaptcha/api.js\"></script><div class=\"g-recaptcha\"></div>I am not a robot</form>";
        assert_eq!(sign(&format!("<html><head><title>Coder</title></head><body>{text}{form}</body></html>")), None);
        let with_ld = format!(
            "<html><head><title>Security check analyst</title></head><body><script type=\"application/ld+json\">{{\"@type\":\"JobPosting\"}}</script>{form}</body></html>"
        );
        assert_eq!(sign(&with_ld), None);
        let empty = "<html><body><script src=\"https://www.google.com/recaptcha/api.js\"></script><p>No jobs found</p></body></html>";
        assert_eq!(sign(empty), None);
        let list = "<html><body><script src=\"/cdn-cgi/challenge-platform/scripts/jsd/main.js\"></script><a href='/jobs/4711/coder'>Coder</a><div class='h-captcha'></div></body></html>";
        assert_eq!(sign(list), None);
    }

    #[test]
    fn login_pages_are_walls_and_login_boxes_are_not() {
        let form = "<input type=\"password\" name=p>";
        let login = format!(
            "<html><head><title>Sign In | Career Center</title></head><body><a href='/jobs/'>Jobs</a>{form}</body></html>"
        );
        assert!(sign(&login).unwrap().contains("login"));
        let list = format!(
            "<html><head><title>Jobs - sign in to save</title></head><body><a href='/job/coder/1234567/'>Coder</a>{form}</body></html>"
        );
        assert_eq!(sign(&list), None);
        let empty = format!("<html><head><title>Job Search</title></head><body>No jobs found{form}</body></html>");
        assert_eq!(sign(&empty), None);
    }

    #[test]
    fn feeds_and_data_that_speak_of_captchas_are_no_walls() {
        let feed = "<?xml version=\"1.0\"?><rss><channel><item><title>Captcha engineer, captcha-delivery.com</title></item></channel></rss>";
        assert_eq!(wall_in(&page("text/xml", feed)), None);
        assert_eq!(wall_in(&page("text/html", feed)), None);
        assert_eq!(wall_in(&page("application/json", "{\"data\":[{\"title\":\"px-captcha\"}]}")), None);
        assert!(
            wall_in(&page("application/json", "{\"url\":\"https://geo.captcha-delivery.com/captcha/?x\"}")).is_some()
        );
        let disguised = "<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>";
        assert!(wall_in(&page("application/rss+xml", disguised)).is_some());
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_without_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let url = "https://jobs.example.org/".parse().unwrap();
            let _ = wall_in(&Page::saved(url, "text/html", body, chrono::DateTime::UNIX_EPOCH));
        }

        #[test]
        fn any_markup_is_judged_without_panic(body in "(<(title|script|a href=)?|>|é|href=|captcha|\"|</script>|<!--){0,40}") {
            let _ = sign(&body);
        }
    }
}
