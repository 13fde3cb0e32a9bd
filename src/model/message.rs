//! A mail ready to be encoded: RFC 5322 terms, no library types.

use chrono::{DateTime, Utc};

/// A mail with both its parts; the encoder adds nothing of its own to what is fixed here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `Message-ID` without angle brackets; fixed before the first attempt to send.
    pub message_id: String,
    /// `Date`.
    pub date: DateTime<Utc>,
    /// `From`, as `Name <addr>`.
    pub from: String,
    /// `To`.
    pub to: String,
    /// `Subject`, unencoded.
    pub subject: String,
    /// The hand-made text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// Further headers in order: `List-Id`, `Auto-Submitted`.
    pub headers: Vec<(String, String)>,
}
