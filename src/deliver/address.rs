//! Mail addresses (RFC 5321 section 4.1.2), so that nothing in one can end its command or header.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::Host;

/// An address as commands and headers carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mailbox {
    /// `local@domain`, the domain in ASCII; empty for the null sender.
    pub(super) text: String,
    /// Whether only a server with `SMTPUTF8` can carry it (RFC 6531).
    pub(super) is_international: bool,
}

/// Reads an address; `None` for what no server could be told.
pub(super) fn mailbox(address: &str) -> Option<Mailbox> {
    let (local, domain) = address.rsplit_once('@')?;
    let fair = local.len() <= 64 && (is_dotted(local) || is_quoted(local));
    let text = format!("{local}@{}", domain_in_ascii(domain).filter(|_| fair)?);
    // RFC 5321 section 4.5.3.1.3 allows a path of 256 octets with its angle brackets.
    (text.len() <= 254).then(|| Mailbox { is_international: !local.is_ascii(), text })
}

/// The sender of mails that nobody is to answer.
pub(super) fn nobody() -> Mailbox {
    Mailbox { text: String::new(), is_international: false }
}

fn is_dotted(local: &str) -> bool {
    let plain =
        |c: char| if c.is_ascii() { is_atom(c) } else { !c.is_control() && !c.is_whitespace() && c != '\u{FEFF}' };
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(plain))
}

/// RFC 5322 section 3.2.3.
fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

fn is_quoted(local: &str) -> bool {
    let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let mut escaped = false;
    for c in inner.chars() {
        if c.is_control() || (!escaped && c == '"') {
            return false;
        }
        escaped = !escaped && c == '\\';
    }
    !inner.is_empty() && !escaped
}

fn domain_in_ascii(domain: &str) -> Option<String> {
    if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let known = match literal.strip_prefix("IPv6:") {
            Some(six) => six.parse::<Ipv6Addr>().is_ok(),
            None => literal.parse::<Ipv4Addr>().is_ok(),
        };
        return known.then(|| domain.to_owned());
    }
    let is_name = |text: &str| {
        let label = |label: &str| {
            let plain = label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            (1..=63).contains(&label.len()) && plain && !label.starts_with('-') && !label.ends_with('-')
        };
        text.len() <= 253 && text.split('.').all(label) && text.parse::<Ipv4Addr>().is_err()
    };
    if domain.is_ascii() {
        return is_name(domain).then(|| domain.to_owned());
    }
    if domain.contains('%') {
        return None;
    }
    match Host::parse(domain) {
        Ok(Host::Domain(name)) if is_name(&name) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        let fair = "ann@example.edu a@localhost bounce+ann=example.edu@jobs.example.edu o'brien@x.example a@[127.0.0.1] \
                    a@[IPv6:::1] \"a@b\"@example.edu \"a\\\"b\"@example.edu";
        for text in fair.split_whitespace() {
            assert_eq!(mailbox(text), Some(Mailbox { text: text.into(), is_international: false }));
        }
        let odd = "ann @example.edu ann@ a..b@c .a@c a.@c a@b..c a@-b.c a@b> a>b@c a@1.2.3.4 a@[1.2] \"a\"b\"@c \"@c \"\"@c a@b@c a@exa%6dple.edu";
        for text in odd.split_whitespace() {
            assert_eq!(mailbox(text), None, "{text}");
        }
        for text in ["a b@c", "a@b\r\nRCPT TO:<x@y>", "\"a\r\nb\"@c", "a@b c", "a\0@b", "ü\u{85}@b"] {
            assert_eq!(mailbox(text), None, "{text:?}");
        }
        assert_eq!(mailbox(&format!("{}@example.edu", "a".repeat(65))), None);
        assert_eq!(mailbox(&format!("a@{}", "abcdefgh.".repeat(30) + "edu")), None);
    }

    #[test]
    fn only_a_foreign_local_part_needs_smtputf8() {
        let read = |text: &str| mailbox(text).map(|read| (read.text, read.is_international)).unwrap();
        assert_eq!(read("ann@bücher.example"), ("ann@xn--bcher-kva.example".into(), false));
        assert_eq!(read("zoë@example.edu"), ("zoë@example.edu".into(), true));
    }

    proptest! {
        #[test]
        fn no_address_ends_its_command(text in "(?s).{0,40}@.{0,40}") {
            if let Some(read) = mailbox(&text) {
                prop_assert!(!read.text.chars().any(char::is_control));
                let outside = read.text.split('"').step_by(2).collect::<String>();
                prop_assert!(read.text.contains('\\') || !outside.contains(['<', '>', ' ']), "{}", read.text);
            }
        }
    }
}
