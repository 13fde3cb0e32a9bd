//! Complaints: a receiver called a mail spam, and its provider passes that on (RFC 5965, ARF).

use super::report::{field, fields};
use super::returned::Returned;
use super::{Mail, Said, clean};
use crate::model::BounceKind;

/// Reads a feedback report. Those that say a mail is no spam, and those of failed authentication (RFC
/// 6591), are none of a reader's complaints.
pub(super) fn read(mail: &Mail<'_>, returned: &Returned) -> Option<Said> {
    if !mail.is_report("feedback-report") {
        return None;
    }
    let text = mail.text_of(&["message/feedback-report"])?;
    let fields = fields(&text);
    // RFC 5965 section 3.1 asks for the type; one that is not known is to be taken for `other`.
    let kind = match field(&fields, "feedback-type").unwrap_or_default().to_ascii_lowercase().trim() {
        "not-spam" | "auth-failure" | "dmarc" => BounceKind::NotABounce,
        _ => BounceKind::Complaint,
    };
    let named = field(&fields, "original-rcpt-to").and_then(|text| clean::address(&text));
    Some(Said {
        kind,
        recipient: named.or_else(|| returned.to.clone()),
        sent_from: field(&fields, "original-mail-from"),
        ..Said::default()
    })
}
