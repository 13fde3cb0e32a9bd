//! A mail's own headers: who wrote it, to which address, and whether a machine answers.

use std::sync::LazyLock;

use mail_parser::Message;
use regex::Regex;

use super::{clean, words};

/// More headers than this are not looked at.
const MOST_HEADERS: usize = 500;
/// Nor more bytes of one header.
const LONGEST_HEADER: usize = 4_000;

/// What the headers say.
pub(super) struct Head {
    /// The token of the address that it came to.
    pub(super) verp: Option<String>,
    /// Whom Exim and Google name in a header of their own, where it is one.
    pub(super) failed_recipient: Option<String>,
    /// The addresses that are ours: whom the mail is to.
    pub(super) own: Vec<String>,
    /// Set when a mail server wrote it, by its own name.
    pub(super) is_from_server: bool,
    /// Set when a machine answers, whoever it is.
    pub(super) is_answer: bool,
    /// Set when a machine wrote it. Some servers say that of a bounce too (Exim: `auto-replied`).
    pub(super) is_automatic: bool,
    /// The subject, decoded and in lower case.
    pub(super) subject: String,
}

/// `bounces+TOKEN@…`, `jobs-bounces+TOKEN@…`.
static TOKEN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:^|[^a-z0-9])bounces?\+([a-z0-9._=-]{1,200})@").ok());

/// Gives the token of the address for bounces that a text names.
pub(super) fn token(text: &str) -> Option<String> {
    Some(TOKEN.as_ref()?.captures(text)?.get(1)?.as_str().to_owned())
}

impl Head {
    pub(super) fn of(message: &Message<'_>) -> Self {
        let raw = message.headers_raw().take(MOST_HEADERS);
        let headers: Vec<(String, &str)> =
            raw.map(|(name, value)| (name.trim().to_ascii_lowercase(), start(value.trim()))).collect();
        let values = |name: &'static str| headers.iter().filter(move |(one, _)| one == name).map(|(_, value)| *value);
        let came_to = || ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to"].into_iter();
        let subject: String =
            message.subject().unwrap_or_default().chars().take(500).collect::<String>().to_lowercase();
        let precedence: Vec<String> =
            values("precedence").chain(values("x-precedence")).map(str::to_ascii_lowercase).collect();
        let precedes = |words: &[&str]| precedence.iter().any(|value| words.iter().any(|word| value.starts_with(word)));
        let marks = ["x-autoreply", "x-autorespond", "x-auto-reply", "x-mail-autoreply"];
        let is_marked = headers.iter().any(|(name, _)| marks.iter().any(|mark| name.starts_with(mark)));
        // RFC 3834 section 5: whatever is not `no` was not written by a person.
        let is_submitted = values("auto-submitted").any(|value| !value.to_ascii_lowercase().starts_with("no"));
        let failed: Vec<&str> = values("x-failed-recipients").collect();
        Self {
            verp: came_to().find_map(|name| values(name).find_map(token)),
            failed_recipient: match failed.as_slice() {
                [one] => clean::address(one),
                _ => None,
            },
            own: came_to().flat_map(|name| values(name).take(10)).flat_map(clean::addresses).take(20).collect(),
            is_from_server: !failed.is_empty() || is_from_server(message),
            is_answer: is_marked || precedes(&["auto"]) || words::is_automatic_subject(&subject),
            is_automatic: is_submitted || precedes(&["bulk", "junk", "list"]),
            subject,
        }
    }
}

/// Gives so much of a header as is looked at.
fn start(value: &str) -> &str {
    let end = value.char_indices().map(|(at, _)| at).find(|at| *at >= LONGEST_HEADER);
    value.get(..end.unwrap_or(value.len())).unwrap_or(value)
}

/// Tells by the author's name whether it is a mail server, which no person's out-of-office note is.
fn is_from_server(message: &Message<'_>) -> bool {
    const USERS: &str = "mailer-daemon mailerdaemon mailer_daemon mail-daemon maildaemon mail.daemon mdaemon postmaster
        mailer mail-delivery-subsystem mail-delivery-system maildeliverysystem mailadmin";
    let Some(from) = message.from().and_then(|from| from.first()) else { return false };
    let address = from.address().unwrap_or_default().to_lowercase();
    let user = address.split('@').next().unwrap_or_default();
    let name = from.name().unwrap_or_default().to_lowercase();
    let is_named = ["mail delivery system", "mail delivery subsystem", "mail delivery service", "mailer-daemon"];
    USERS.split_whitespace().any(|one| one == user)
        || user.starts_with("mailer-daemon")
        // Exchange's own, with a number after it.
        || user.starts_with("microsoftexchange")
        || is_named.iter().any(|one| name.contains(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_for_bounces_has_a_token() {
        assert_eq!(token("<Bounces+aB3-x_9=@jobs.example>").as_deref(), Some("aB3-x_9="));
        assert_eq!(token("jobs-bounces+t1@jobs.example").as_deref(), Some("t1"));
        assert_eq!(token("rfc822; bounce+t1@jobs.example").as_deref(), Some("t1"));
        for text in
            ["bounces@jobs.example", "jane+bounces@x.example", "trounces+1@x.example", "bounces+@x", "bounces+a b@x"]
        {
            assert_eq!(token(text), None, "{text}");
        }
    }
}
