//! Takes out of an answer what must not leave the operator's machine, and nothing else: cookies,
//! tokens, e-mail addresses, telephone numbers, names marked as contacts, IP addresses. What readers
//! go by (markup, keys, ids, links) stays, so that a redacted answer is read as the real one is.
//!
//! What is taken out is numbered (`(e-mail-1)`), the same text always alike: rows that differ stay
//! different, and repetitions can be seen.

mod markup;
mod names;

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::{Captures, Regex};
use url::Url;

use super::html_text::html_text;
use super::text_encoding::{TextKind, decode};
use crate::model::Page;
pub(super) use names::is_secret_parameter;
use names::{is_contact_name, is_opaque, is_phone_name, is_secret_name};

/// Compiles one of this module's own patterns; a test reads them all.
pub(super) fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

type Pattern = LazyLock<Option<Regex>>;

/// `eyJ….….…`, which nothing else looks like.
static JWT: Pattern = LazyLock::new(|| pattern(r"eyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?"));
/// The value of an `Authorization`.
static BEARER: Pattern = LazyLock::new(|| pattern(r"\b((?i:bearer|basic)\s+)([A-Za-z0-9+/=._~-]{12,})"));
/// A line of a head that was printed into a body.
static HEAD_LINE: Pattern =
    LazyLock::new(|| pattern(r"(?im)^(\s*(?:set-cookie|cookie|authorization|proxy-authorization)\s*:\s*)(\S[^\n<]*)"));
/// A cookie that a script sets.
static COOKIE: Pattern = LazyLock::new(|| pattern(r#"(document\.cookie\s*=\s*["'`])([^"'`\n]+)"#));
/// A parameter of an address, or of a path.
static PARAMETER: Pattern =
    LazyLock::new(|| pattern(r#"([?&;]|&amp;|\\u0026)([A-Za-z][\w.\-\[\]]*)=([^&\s"'<>#;?\\)]+)"#));
/// A member of JSON or a script, or an attribute: name, what stands between, value.
static NAMED: Pattern = LazyLock::new(|| {
    pattern(r#"([A-Za-z_$][\w$.\-]*)((?:&quot;|\\"|["'])?\s{0,4}[:=]\s{0,4}(?:&quot;|\\"|["'`]))([^"'`<>\\&\n]+)"#)
});
/// An e-mail address, its `@` written in any of the usual ways.
static EMAIL: Pattern = LazyLock::new(|| {
    pattern(
        r#"[^\s"'<>()\[\],;:@&=/\\?%#|{}`]+(?:@|%40|&#0{0,4}64;|&#[xX]0{0,4}40;|&commat;|\\u0040|\s?[\[(]\s?(?i:at)\s?[\])]\s?)(?:[\p{L}\p{N}_-]+(?:\.|\s?[\[(]\s?(?i:dot)\s?[\])]\s?)){1,6}\p{L}{2,24}"#,
    )
});
/// The code that Cloudflare writes in an e-mail address's place.
static HIDDEN_EMAIL: Pattern =
    LazyLock::new(|| pattern(r#"((?:data-cfemail=["']?|/cdn-cgi/l/email-protection#))([0-9a-fA-F]{6,})"#));
/// A telephone number as it is written in North America, or abroad with its country, or after a word.
static PHONE: Pattern = LazyLock::new(|| {
    pattern(
        r"(?:\+?1[\s.-]{1,2})?\(\d{3}\)[\s.-]{0,2}\d{3}[\s.-]\d{4}|(?:\+?1[\s.-]{1,2})?\b\d{3}[\s.-]\d{3}[\s.-]\d{4}\b|\+\d{1,3}[\s.(-](?:[\s().-]{0,2}\d){6,12}\b",
    )
});
static CALLED: Pattern = LazyLock::new(|| {
    pattern(
        r"((?i:\btel:|\b(?:phone|telephone|tel|fax|mobile|cell)\b\.?\s{0,3}(?::|#|no\.?)\s{0,3}))(\+?[\d(][\d\s().%+-]{5,24}\d)",
    )
});
static IPV4: Pattern = LazyLock::new(|| pattern(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"));
static IPV6: Pattern = LazyLock::new(|| pattern(r"\b[0-9A-Fa-f]{1,4}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{1,4}\b"));

/// Takes private things out of one answer's text or several ones, numbering them alike.
#[derive(Default)]
pub struct Redactor {
    known: HashMap<(&'static str, String), usize>,
    counts: HashMap<&'static str, usize>,
    own_hosts: Vec<String>,
}

impl Redactor {
    /// Prepares to redact what a host gave: its own name stays, even where it is an IP address.
    #[must_use]
    pub fn new(own: &Url) -> Self {
        Self { own_hosts: own.host_str().map(str::to_owned).into_iter().collect(), ..Self::default() }
    }

    /// Gives an answer's text, decoded and redacted.
    #[must_use]
    pub fn page(&mut self, page: &Page) -> String {
        let start = page.body.trim_ascii_start();
        let text = match start.first() {
            Some(b'{' | b'[') => decode(&page.body, page.charset.as_deref(), TextKind::Json).0,
            _ if page.media_type.contains("xml") || start.starts_with(b"<?xml") => {
                decode(&page.body, page.charset.as_deref(), TextKind::Xml).0
            }
            _ => html_text(page),
        };
        self.text(&text)
    }

    /// Redacts a text.
    #[must_use]
    pub fn text(&mut self, text: &str) -> String {
        let text = self.tags_and_scripts(text);
        let text = self.secrets(&text);
        let text = self.people(&text);
        self.addresses(&text)
    }

    /// Redacts an address.
    #[must_use]
    pub fn url(&mut self, url: &Url) -> String {
        let mut shown = url.clone();
        // Addresses that cannot carry user information have none to remove.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        shown.set_fragment(None);
        self.text(shown.as_str())
    }

    /// Gives what stands in a private text's place.
    pub(super) fn stand_in(&mut self, sort: &'static str, text: &str) -> String {
        let count = self.counts.entry(sort).or_default();
        let number = *self.known.entry((sort, text.to_owned())).or_insert_with(|| {
            *count += 1;
            *count
        });
        format!("({sort}-{number})")
    }

    /// Replaces each match by what `with` makes of it; `None` leaves it.
    pub(super) fn replaced<'t>(
        &mut self,
        pattern: &Pattern,
        text: &'t str,
        mut with: impl FnMut(&mut Self, &Captures<'_>) -> Option<String>,
    ) -> Cow<'t, str> {
        let Some(pattern) = pattern.as_ref() else { return Cow::Borrowed(text) };
        pattern.replace_all(text, |found: &Captures<'_>| with(self, found).unwrap_or_else(|| part(found, 0).to_owned()))
    }

    /// Takes out tokens, keys and cookies.
    fn secrets(&mut self, text: &str) -> String {
        let text = self.replaced(&JWT, text, |this, found| Some(this.stand_in("token", part(found, 0))));
        let mut text = text.into_owned();
        for (sort, pattern) in [("token", &BEARER), ("cookie", &HEAD_LINE), ("cookie", &COOKIE)] {
            text = self.replaced(pattern, &text, |this, found| this.second_part(sort, found)).into_owned();
        }
        let text = self.replaced(&PARAMETER, &text, |this, found| {
            let (name, value) = (part(found, 2), part(found, 3));
            let secret = is_secret_parameter(name) || (value.len() > 40 && !value.contains('%') && is_opaque(value));
            (secret && !is_redacted(value))
                .then(|| format!("{}{name}={}", part(found, 1), this.stand_in("token", value)))
        });
        self.members(&text)
    }

    /// Redacts members and attributes whose names say that they hold something private. What is taken
    /// for a value may itself be the next one's name, so that the search goes on before it.
    fn members(&mut self, text: &str) -> String {
        let Some(pattern) = NAMED.as_ref() else { return text.to_owned() };
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        while let Some(found) = pattern.captures_at(text, from) {
            let Some(value) = found.get(3) else { break };
            out.push_str(text.get(from..value.start()).unwrap_or_default());
            from = value.start();
            let private = sort_of_member(part(&found, 1), value.as_str()).filter(|_| !is_redacted(value.as_str()));
            if let Some(sort) = private {
                out.push_str(&self.stand_in(sort, value.as_str()));
                from = value.end();
            }
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out
    }

    /// Takes out what leads to people.
    fn people(&mut self, text: &str) -> String {
        let text = self.replaced(&HIDDEN_EMAIL, text, |this, found| this.second_part("e-mail", found));
        let text =
            self.replaced(&EMAIL, &text, |this, found| Some(this.stand_in("e-mail", part(found, 0)))).into_owned();
        let text = self.replaced(&CALLED, &text, |this, found| this.second_part("phone", found)).into_owned();
        let text =
            self.replaced(&PHONE, &text, |this, found| Some(this.stand_in("phone", part(found, 0)))).into_owned();
        self.contacts(&text)
    }

    /// Takes out IP addresses other than the board's own.
    fn addresses(&mut self, text: &str) -> String {
        let text = self.replaced(&IPV4, text, |this, found| {
            let seen = part(found, 0);
            let is_address = seen.parse::<Ipv4Addr>().is_ok() && !this.own_hosts.iter().any(|own| own == seen);
            is_address.then(|| this.stand_in("ip", seen))
        });
        let text = self.replaced(&IPV6, &text, |this, found| {
            let whole = found.get(0)?;
            let seen = whole.as_str();
            // `12:30:45` and `a::before` are none.
            let is_address = seen.len() >= 6 && seen.parse::<Ipv6Addr>().is_ok();
            let is_own = this.own_hosts.iter().any(|own| own.trim_matches(['[', ']']) == seen);
            (is_address && !is_own).then(|| this.stand_in("ip", seen))
        });
        text.into_owned()
    }

    fn second_part(&mut self, sort: &'static str, found: &Captures<'_>) -> Option<String> {
        let value = part(found, 2);
        (!is_redacted(value)).then(|| format!("{}{}", part(found, 1), self.stand_in(sort, value)))
    }
}

/// Tells by its name what a member or an attribute hides.
fn sort_of_member(name: &str, value: &str) -> Option<&'static str> {
    let is_path = value.starts_with(['/', '#', '.']) || value.starts_with("http");
    if is_secret_name(name) && value.len() >= 6 && !is_path {
        return Some("token");
    }
    if is_phone_name(name) && value.bytes().filter(u8::is_ascii_digit).count() >= 7 {
        return Some("phone");
    }
    (is_contact_name(name) && value.contains(' ') && value.len() < 80).then_some("name")
}

fn is_redacted(value: &str) -> bool {
    let sorts = ["(token-", "(cookie-", "(e-mail-", "(phone-", "(name-", "(ip-"];
    sorts.iter().any(|sort| value.starts_with(sort))
}

/// Gives a part of a match; nothing where it did not take part.
pub(super) fn part<'t>(found: &Captures<'t>, at: usize) -> &'t str {
    found.get(at).map_or("", |part| part.as_str())
}

#[cfg(test)]
mod tests;
