//! Makes a mail of a digest: everything that will be sent is fixed here, so that sending it again
//! sends the same bytes.

use crate::model::Message;

use super::clean::line;
use super::compose::Digest;
use super::{html, text};

/// Stands in ids where the sender's address names no domain (RFC 2606 section 2).
const NO_DOMAIN: &str = "jobrounds.invalid";

/// Who a mail is from and to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// `From`, as `Name <addr>`.
    pub from: String,
    /// `To`.
    pub to: String,
    /// `Message-ID` without angle brackets; derived from the mail's content when not given.
    pub message_id: Option<String>,
}

/// Makes a mail of a digest. The same digest and envelope always give the same mail.
#[must_use]
pub fn mail(digest: &Digest, envelope: &Envelope) -> Message {
    let domain = domain_of(&envelope.from);
    let (text, html) = (text::mail_text(digest), html::mail_html(digest));
    let message_id = envelope.message_id.as_deref().map(|id| line(id.trim_matches(['<', '>', ' '])));
    let message_id =
        message_id.filter(|id| !id.is_empty()).unwrap_or_else(|| content_id(digest, envelope, [&text, &html], &domain));
    Message {
        message_id,
        date: digest.now,
        from: line(&envelope.from),
        to: line(&envelope.to),
        subject: line(&digest.subject),
        headers: vec![
            ("List-Id".to_owned(), format!("<{}.{domain}>", slug(&digest.heading))),
            ("Auto-Submitted".to_owned(), "auto-generated".to_owned()),
        ],
        text,
        html,
    }
}

/// Derives a Message-ID from all that the mail says and to whom.
fn content_id(digest: &Digest, envelope: &Envelope, bodies: [&str; 2], domain: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"jobrounds mail 1");
    for part in [&envelope.from, &envelope.to, &digest.now.to_rfc3339(), &digest.subject]
        .map(String::as_str)
        .iter()
        .chain(&bodies)
    {
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let hex: String = hasher.finalize().to_hex().chars().take(32).collect();
    format!("{hex}@{domain}")
}

/// Gives the domain of `Name <user@domain>`.
fn domain_of(address: &str) -> String {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).trim_end_matches(['>', ' ']);
    let shaped = !domain.is_empty() && domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
    if shaped { domain.to_ascii_lowercase() } else { NO_DOMAIN.to_owned() }
}

/// Gives the heading as one label of a List-Id (RFC 2919 section 2): `new-him-jobs`.
fn slug(heading: &str) -> String {
    let words = heading.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug: String = words.collect::<Vec<_>>().join("-").to_ascii_lowercase().chars().take(60).collect();
    if slug.is_empty() { "digest".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Section, SectionKind, compose, sample};

    fn envelope() -> Envelope {
        Envelope { from: "Jobs <jobs@example.edu>".into(), to: "ann@example.edu".into(), message_id: None }
    }

    #[test]
    fn the_same_digest_gives_the_same_mail_and_another_reader_another_id() {
        let job = sample::job("1", "Coder", "Mercy Health");
        let request = sample::request(vec![Section { kind: SectionKind::New, jobs: vec![&job] }]);
        let first = mail(&compose(&request), &envelope());
        assert_eq!(first, mail(&compose(&request), &envelope()));
        assert!(first.message_id.ends_with("@example.edu"));
        let other = mail(&compose(&request), &Envelope { to: "bob@example.edu".into(), ..envelope() });
        assert_ne!(first.message_id, other.message_id);
        assert_eq!(first.headers[0].1, "<new-him-jobs.example.edu>");
    }

    #[test]
    fn a_given_message_id_is_kept() {
        let given = Envelope { message_id: Some("<42@example.edu>".into()), ..envelope() };
        assert_eq!(mail(&compose(&sample::request(Vec::new())), &given).message_id, "42@example.edu");
    }

    #[test]
    fn a_hostile_title_puts_no_line_break_into_the_subject() {
        let job = sample::job("1", "Coder\r\nBcc: all@example.edu", "Mercy\nHealth");
        let request = sample::request(vec![Section { kind: SectionKind::New, jobs: vec![&job] }]);
        let mail = mail(&compose(&request), &envelope());
        assert_eq!(mail.subject, "1 new HIM job: Coder Bcc: all@example.edu at Mercy Health");
    }
}
