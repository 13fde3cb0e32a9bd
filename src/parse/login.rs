//! Recognizes pages that ask for a login where a list or a posting was expected. A list that merely
//! offers a login box is none of them.

use super::evidence::links_to_jobs;
use super::html_text::html_text;
use super::wall::{MAX_WORDS, is_html, seen_words, title_of};
use crate::model::Page;

/// A JSON answer that asks for a login says little else.
const MAX_JSON: usize = 2000;

/// Titles, or parts of titles between bars and dashes, that are the whole of a login page's.
const LOGIN_TITLES: [&str; 19] = [
    "log in",
    "login",
    "log-in",
    "logon",
    "log on",
    "sign in",
    "signin",
    "sign-in",
    "sso",
    "single sign-on",
    "single sign on",
    "member login",
    "member sign in",
    "members login",
    "user login",
    "members only",
    "member's only",
    "login page",
    "account login",
];

/// Words that no title but a login page's holds.
const LOGIN_PHRASES: [&str; 16] = [
    "login required",
    "log in required",
    "sign in required",
    "sign-in required",
    "login is required",
    "authentication required",
    "please log in",
    "please login",
    "please sign in",
    "log in to continue",
    "login to continue",
    "sign in to continue",
    "sign in to your account",
    "log in to your account",
    "you must log in",
    "must be logged in",
];

/// Parts of an address that only a login has.
const LOGIN_PATHS: [&str; 16] = [
    "login",
    "log-in",
    "logon",
    "signin",
    "sign-in",
    "sign_in",
    "sso",
    "saml",
    "saml2",
    "login.aspx",
    "login.php",
    "login.html",
    "wp-login.php",
    "oauth2",
    "openid-connect",
    "memberlogin",
];

/// First words of hosts that do nothing but log people in.
const LOGIN_HOSTS: [&str; 7] = ["login", "signin", "sso", "idp", "auth", "accounts", "saml"];

/// What a JSON answer says to those who are not logged in.
const JSON_WORDS: [&str; 7] = [
    "unauthenticated",
    "login required",
    "login_required",
    "not logged in",
    "authentication required",
    "must be logged in",
    "please log in",
];

/// Names the sign by which an answer asks for a login.
pub(super) fn login_sign(page: &Page) -> Option<String> {
    let start = page.body.trim_ascii_start();
    if !is_html(start, &page.media_type) {
        return json_sign(start);
    }
    let text = html_text(page);
    let words = seen_words(&text);
    if links_to_jobs(&text) || words.len() > 4 * MAX_WORDS {
        return None;
    }
    let title = title_of(&text).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    with_password(page, &text, &title).or_else(|| {
        // Without a password field more is asked for: a short page that does not speak of jobs it lacks.
        let lower = words.to_lowercase();
        let lists = ["no jobs", "no openings", "no positions", "no results", "no current", "0 jobs", "no matching"];
        if words.len() > MAX_WORDS || lists.iter().any(|none| lower.contains(none)) {
            return None;
        }
        by_title(&title).or_else(|| by_redirect(page))
    })
}

/// Looks for a password field with a title or an address that says what it is for.
fn with_password(page: &Page, text: &str, title: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let field = ["type=\"password\"", "type='password'", "type=password"].iter().any(|field| lower.contains(field));
    let named =
        |name: &str| ["log in", "login", "log-in", "sign in", "signin", "sign-in"].iter().any(|w| name.contains(w));
    let path = page.url.path().to_ascii_lowercase();
    (field && (named(title) || named(&path) || by_title(title).is_some()))
        .then(|| "a login page: a password field and no jobs".to_owned())
}

/// Looks for a title that is a login page's.
fn by_title(title: &str) -> Option<String> {
    let mut parts = title.split(['|', '·', '•', '»', '–', '—', ':']).flat_map(|part| part.split(" - ")).map(str::trim);
    let whole = parts.find(|part| LOGIN_TITLES.contains(part));
    let found = whole.or_else(|| LOGIN_PHRASES.into_iter().find(|phrase| title.contains(phrase)))?;
    Some(format!("a login page: its title says `{found}`"))
}

/// Looks for a redirect that led to a login.
fn by_redirect(page: &Page) -> Option<String> {
    let is_login = |path: &str| {
        let path = path.to_ascii_lowercase();
        path.split('/').any(|part| LOGIN_PATHS.contains(&part))
    };
    let (asked, came) = (&page.requested, &page.url);
    let host = came.host_str().unwrap_or_default();
    let first = host.split('.').next().unwrap_or_default();
    let to_path = is_login(came.path()) && !is_login(asked.path());
    let to_host = asked.host_str() != Some(host) && LOGIN_HOSTS.contains(&first);
    (to_path || to_host).then(|| format!("a login page: redirects to `{host}{}`", came.path()))
}

/// Looks for a short JSON answer that asks for a login instead of giving data.
fn json_sign(start: &[u8]) -> Option<String> {
    if start.first() != Some(&b'{') || start.len() > MAX_JSON || memchr::memchr(b'[', start).is_some() {
        return None;
    }
    let lower = String::from_utf8_lossy(start).to_lowercase();
    let found = JSON_WORDS.into_iter().find(|words| lower.contains(words))?;
    Some(format!("a login is asked for: the answer says `{found}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(asked: &str, came: &str, media_type: &str, body: &str) -> Page {
        let epoch = chrono::DateTime::UNIX_EPOCH;
        let mut page = Page::saved(came.parse().unwrap(), media_type, body.as_bytes().to_vec(), epoch);
        page.requested = asked.parse().unwrap();
        page
    }

    fn titled(title: &str, body: &str) -> Option<String> {
        let url = "https://jobs.example.org/jobs/";
        let html = format!("<html><head><title>{title}</title></head><body>{body}</body></html>");
        login_sign(&page(url, url, "text/html", &html))
    }

    #[test]
    fn pages_that_ask_for_a_login_are_known_by_their_titles() {
        for title in [
            "Login required",
            "LOGIN",
            "Sign In",
            "Sign In | Career Center",
            "Career Center - Members Only",
            "Career Center: Log in",
            "Please sign in to view jobs",
            "Sign in to your account",
            "Single Sign-On",
            "Authentication Required",
        ] {
            assert!(titled(title, "<p>Members may enter.</p>").is_some(), "{title}");
        }
        assert!(
            login_sign(&page(
                "https://a.example/feed",
                "https://a.example/feed",
                "application/rss+xml",
                "<html><title>Login required</title></html>"
            ))
            .is_some()
        );
    }

    #[test]
    fn lists_and_postings_that_speak_of_logins_are_none() {
        for (title, body) in [
            ("Jobs - sign in to save", "<p>No jobs found</p>"),
            ("Sign in", "<p>There are currently no jobs that match.</p>"),
            ("Sign in | Jobs", "<a href='/jobs/4711/coder'>Coder</a>"),
            ("Sign-in desk clerk", "<p>Greets patients and keeps the sign-in sheet.</p>"),
            ("Single sign-on engineer", "<p>Keeps the logins of a hospital.</p>"),
            ("Members only webinar coder", "<p>Codes.</p>"),
            ("Our new career center", "<p>Welcome. <a href='/login'>Sign in</a></p>"),
            ("Job search", "<form><input type=password></form><p>0 jobs</p>"),
        ] {
            assert_eq!(titled(title, body), None, "{title}");
        }
        let long = "Lakeside Health seeks an inpatient coder. ".repeat(60);
        assert_eq!(titled("Login", &long), None);
    }

    #[test]
    fn a_redirect_to_a_login_is_one_and_an_address_of_that_name_alone_is_not() {
        let welcome = "<html><head><title>Welcome</title></head><body><p>Choose your school.</p></body></html>";
        let list = "https://jobs.example.org/jobs/";
        for came in [
            "https://jobs.example.org/account/login?next=/jobs/",
            "https://jobs.example.org/signin",
            "https://idp.example.edu/start",
            "https://login.example.com/x",
            "https://jobs.example.org/saml/start",
        ] {
            let found = login_sign(&page(list, came, "text/html", welcome));
            assert!(found.is_some_and(|sign| sign.contains("redirects to")), "{came}");
        }
        for (asked, came) in [
            (list, list),
            (list, "https://jobs.example.org/career-center/"),
            (list, "https://jobs.example.org/jobs/sso-engineer-4"),
            ("https://jobs.example.org/login/jobs", "https://jobs.example.org/login/jobs"),
        ] {
            assert_eq!(login_sign(&page(asked, came, "text/html", welcome)), None, "{came}");
        }
    }

    #[test]
    fn data_that_asks_for_a_login_is_one_and_data_that_speaks_of_it_is_not() {
        let url = "https://jobs.example.org/api";
        let sign = |body: &str| login_sign(&page(url, url, "application/json", body));
        assert!(sign(r#"{"message":"Unauthenticated."}"#).is_some());
        assert!(sign(r#"{"error":"login_required"}"#).is_some());
        assert_eq!(sign(r#"{"data":[{"title":"Login required tester"}]}"#), None);
        assert_eq!(sign(r#"{"message":"Not Found"}"#), None);
    }
}
