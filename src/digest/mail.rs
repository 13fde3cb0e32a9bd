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
    /// `List-Id` without angle brackets, for good the same for one list (RFC 2919):
    /// `digests.jobs.example.edu`. Made of the heading and the sender's domain when not given.
    pub list_id: Option<String>,
    /// `Organization`.
    pub organization: Option<String>,
}

/// Makes a mail of a digest. The same digest and envelope always give the same mail.
///
/// Its headers are those of a list (RFC 2369, RFC 2919), and with an https address to unsubscribe
/// at, that of one click (RFC 8058); `Auto-Submitted` keeps out-of-office notes away (RFC 3834).
/// `Precedence` has no standard and is left out.
#[must_use]
pub fn mail(digest: &Digest, envelope: &Envelope) -> Message {
    let domain = domain_of(&envelope.from);
    let (text, html) = (text::mail_text(digest), html::mail_html(digest));
    let message_id = message_id(envelope, &[&digest.now.to_rfc3339(), &digest.subject, &text, &html]);
    Message {
        message_id,
        date: digest.now,
        from: line(&envelope.from),
        to: line(&envelope.to),
        subject: line(&digest.subject),
        headers: headers(digest, envelope, &domain),
        text,
        html,
    }
}

fn headers(digest: &Digest, envelope: &Envelope, domain: &str) -> Vec<(String, String)> {
    let list_id = envelope.list_id.as_deref().map(|id| line(id.trim_matches(['<', '>', ' '])));
    let list_id = list_id.filter(|id| is_list_id(id)).unwrap_or_else(|| format!("{}.{domain}", slug(&digest.heading)));
    let mut headers = vec![("List-Id".to_owned(), format!("<{list_id}>"))];
    let links = &digest.links;
    let ways: Vec<String> = [&links.unsubscribe_url, &links.unsubscribe_mailto]
        .into_iter()
        .flatten()
        .map(|way| format!("<{way}>"))
        .collect();
    if !ways.is_empty() {
        headers.push(("List-Unsubscribe".to_owned(), ways.join(", ")));
    }
    if links.unsubscribe_url.as_ref().is_some_and(|url| url.starts_with("https:")) {
        headers.push(("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()));
    }
    headers.extend(common_headers(envelope));
    headers
}

/// Gives the headers of every mail that no person writes.
pub(super) fn common_headers(envelope: &Envelope) -> Vec<(String, String)> {
    let mut headers = vec![("Auto-Submitted".to_owned(), "auto-generated".to_owned())];
    let organization = envelope.organization.as_deref().map(line).filter(|name| !name.is_empty());
    headers.extend(organization.map(|name| ("Organization".to_owned(), name)));
    headers
}

/// Tells whether words are labels with a full stop between them, as a List-Id must be.
fn is_list_id(id: &str) -> bool {
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    id.len() <= 250 && id.contains('.') && id.split('.').all(is_label)
}

/// Gives the envelope's Message-ID, or one derived from all that the mail says and to whom.
pub(super) fn message_id(envelope: &Envelope, content: &[&str]) -> String {
    let given = envelope.message_id.as_deref().map(|id| line(id.trim_matches(['<', '>', ' '])));
    given.filter(|id| !id.is_empty()).unwrap_or_else(|| content_id(envelope, content))
}

fn content_id(envelope: &Envelope, content: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"jobrounds mail 1");
    for part in [envelope.from.as_str(), &envelope.to].iter().chain(content) {
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let hex: String = hasher.finalize().to_hex().chars().take(32).collect();
    format!("{hex}@{}", domain_of(&envelope.from))
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
    use crate::digest::{Links, Section, SectionKind, sample};

    fn header<'m>(mail: &'m Message, name: &str) -> Option<&'m str> {
        mail.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn the_same_digest_gives_the_same_mail_and_another_reader_another_id() {
        let job = sample::job("1", "Coder", "Mercy Health");
        let request = sample::request(vec![Section::new(SectionKind::New, [&job])]);
        let first = mail(&sample::compose(&request), &sample::envelope());
        assert_eq!(first, mail(&sample::compose(&request), &sample::envelope()));
        assert!(first.message_id.ends_with("@example.edu"));
        let other = Envelope { to: "bob@example.edu".into(), ..sample::envelope() };
        assert_ne!(first.message_id, mail(&sample::compose(&request), &other).message_id);
        assert_eq!(header(&first, "List-Id"), Some("<new-him-jobs.example.edu>"));
    }

    #[test]
    fn a_given_message_id_is_kept() {
        let given = Envelope { message_id: Some("<42@example.edu>".into()), ..sample::envelope() };
        assert_eq!(mail(&sample::compose(&sample::request(Vec::new())), &given).message_id, "42@example.edu");
    }

    #[test]
    fn a_hostile_title_puts_no_line_break_into_the_subject() {
        let job = sample::job("1", "Coder\r\nBcc: all@example.edu", "Mercy\nHealth");
        let request = sample::request(vec![Section::new(SectionKind::New, [&job])]);
        let mail = mail(&sample::compose(&request), &sample::envelope());
        assert_eq!(mail.subject, "1 new HIM job: Coder Bcc: all@example.edu at Mercy Health");
    }

    #[test]
    fn one_click_is_promised_with_https_alone() {
        let headers = |url: &str, mailto: Option<&str>| {
            let mut request = sample::request(Vec::new());
            request.links = Links {
                unsubscribe_url: Some(url.into()),
                unsubscribe_mailto: mailto.map(str::to_owned),
                ..Links::default()
            };
            let envelope = Envelope { list_id: Some("digests.jobs.example.edu".into()), ..sample::envelope() };
            let mail = mail(&sample::compose(&request), &envelope);
            assert_eq!(header(&mail, "List-Id"), Some("<digests.jobs.example.edu>"));
            assert_eq!(header(&mail, "Precedence"), None);
            let unsubscribe = header(&mail, "List-Unsubscribe").map(str::to_owned);
            (unsubscribe, header(&mail, "List-Unsubscribe-Post").is_some())
        };
        let mailto = "mailto:leave+tok@example.edu?subject=unsubscribe";
        assert_eq!(
            headers("https://jobs.example.edu/unsubscribe/tok", Some(mailto)),
            (Some(format!("<https://jobs.example.edu/unsubscribe/tok>, <{mailto}>")), true)
        );
        assert_eq!(headers("http://127.0.0.1/u", None), (Some("<http://127.0.0.1/u>".to_owned()), false));
        assert_eq!(headers("javascript:x", Some("mailto:a>\r\nBcc: b")), (None, false));
    }
}
