//! What a value must be beyond its type, for the sections that are not boards.

use url::Url;

use super::TransportKind;
use super::load::{Config, ConfigError};
use crate::board::seconds;
use crate::deliver::{Server, ServerError};
use crate::model::MailAddress;

/// Checks the sections' values.
///
/// # Errors
/// Returns the first value that cannot be used, with its key and what would be right.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    let (web, mail, retention) = (&config.web, &config.mail, &config.retention);
    let contact = &config.fetch.contact;
    expect(!contact.chars().any(char::is_control), "fetch.contact", || {
        format!("{contact:?} holds a control character: write an address on one line")
    })?;
    for (key, text) in [("retention.raw", &retention.raw), ("retention.closed_jobs", &retention.closed_jobs)] {
        expect(text == "never" || seconds(text).is_some(), key, || {
            format!("`{text}` is not a length of time, such as `90d`, nor `never`")
        })?;
    }
    let bind = &web.bind;
    expect(is_socket(bind), "web.bind", || format!("`{bind}` is not an address and a port, such as `127.0.0.1:8080`"))?;
    let public = web.public_url.as_deref().unwrap_or("https://jobs.example.edu");
    expect(is_web_address(public), "web.public_url", || {
        format!("`{public}` is not an http or https address, such as `https://jobs.example.edu`")
    })?;
    let from = &mail.from;
    expect(holds_mailbox(from), "mail.from", || {
        format!("`{from}` holds no mail address: write `jobrounds <jobs@example.edu>`")
    })?;
    let bounces = &mail.bounces;
    if let Some(address) = &bounces.address {
        MailAddress::new(address).map_err(|error| ConfigError::Value {
            key: "mail.bounces.address",
            why: format!("is {error}: write one such as `bounces@jobs.example.edu`"),
        })?;
    }
    expect(bounces.source.is_none() || bounces.address.is_some(), "mail.bounces.address", || {
        "is missing: `mail.bounces.source` says where its mails lie".to_owned()
    })?;
    bounces.mailbox().map_err(|why| ConfigError::Value { key: "mail.bounces.source", why })?;
    let selector = mail.dkim_selector.as_deref().unwrap_or("s1");
    expect(is_selector(selector), "mail.dkim_selector", || {
        format!("`{selector}` is no DKIM selector, such as `s1` (the part before `._domainkey`)")
    })?;
    match &mail.url {
        Some(url) => {
            let wrong = |error: ServerError| ConfigError::Value { key: "mail.url", why: error.to_string() };
            url.parse::<Server>().map(|_| ()).map_err(wrong)
        }
        None => expect(mail.transport != TransportKind::Smtp, "mail.url", || {
            "is missing: transport `smtp` needs the mail server's address, such as `smtps://user@mail.example.edu`"
                .to_owned()
        }),
    }
}

fn expect(well: bool, key: &'static str, why: impl FnOnce() -> String) -> Result<(), ConfigError> {
    if well { Ok(()) } else { Err(ConfigError::Value { key, why: why() }) }
}

/// Tells whether this is `ADDRESS:PORT` or `NAME:PORT`.
fn is_socket(text: &str) -> bool {
    let name =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    text.parse::<std::net::SocketAddr>().is_ok()
        || text.rsplit_once(':').is_some_and(|(host, port)| name(host) && port.parse::<u16>().is_ok())
}

/// Tells whether this is a name, or several with dots between (RFC 6376 section 3.1).
fn is_selector(text: &str) -> bool {
    let plain = |name: &str| {
        (1..=63).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    text.len() <= 100 && text.split('.').all(plain)
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
}

/// Tells whether this is an address, or a name with one in angle brackets (RFC 5322 section 3.4).
fn holds_mailbox(text: &str) -> bool {
    let address = match text.trim().strip_suffix('>') {
        Some(start) => start.rsplit_once('<').map_or("", |(_, address)| address),
        None => text.trim(),
    };
    let plain = |c: char| !(c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ','));
    let parts = address.rsplit_once('@');
    !text.chars().any(char::is_control)
        && address.chars().all(plain)
        && parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !user.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        assert!(is_socket("127.0.0.1:8080") && is_socket("[::1]:80") && is_socket("localhost:8080"));
        assert!(!is_socket("8080") && !is_socket("everywhere") && !is_socket(":80") && !is_socket("a:99999"));
        assert!(holds_mailbox("jobs@a.example") && holds_mailbox("Jobs, daily <jobs@localhost>"));
        assert!(
            !holds_mailbox("jobrounds")
                && !holds_mailbox("Jobs <>")
                && !holds_mailbox("a@b@c")
                && !holds_mailbox("a@b\n")
        );
        assert!(is_selector("s1") && is_selector("2026_a.mail-x"));
        assert!(!is_selector("") && !is_selector("a..b") && !is_selector("s1._domainkey.x y"));
    }
}
