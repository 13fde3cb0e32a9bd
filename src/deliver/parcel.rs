//! One mail on its way: what is handed over, and what became of it.

use std::fmt;

/// A mail whose bytes are fixed, for one reader.
#[derive(Clone, Copy)]
pub struct Parcel<'a> {
    /// The envelope's sender, where failures are told (RFC 5321 section 4.1.1.2); empty for none.
    pub from: &'a str,
    /// The envelope's one recipient.
    pub to: &'a str,
    /// The mail as it is sent: RFC 5322, every line ended by CRLF.
    pub bytes: &'a [u8],
    /// Its `Message-ID` without angle brackets.
    pub message_id: &'a str,
}

impl fmt::Debug for Parcel<'_> {
    /// Tells which mail it is; addresses are nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parcel")
            .field("message_id", &self.message_id)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// What became of a mail. Texts are short and plain, and hold no address but its domain, so that they
/// can be stored, logged and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// It is the server's now, or lies in the folder.
    Accepted {
        /// The answer.
        reply: String,
    },
    /// Not now, says the server of this reader or this mail (4xx): to be tried again later.
    Deferred {
        /// The answer.
        reply: String,
    },
    /// Never, says the server of this reader or this mail (5xx), or nothing that can be sent.
    Refused {
        /// The answer, or ours: then it begins with `not sent`.
        reply: String,
        /// What is refused.
        what: Refusal,
        /// The answer's code.
        code: u16,
        /// Its enhanced code (RFC 3463), such as `5.1.1`.
        enhanced: Option<String>,
    },
    /// The server cannot be used just now, by this mail or any other. Nothing was handed over.
    ServerAway {
        /// Why.
        why: String,
    },
    /// The mail was sent to its end, or may have been, and what the server did with it is not known.
    Unknown {
        /// Why.
        why: String,
    },
}

/// What a server refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The address: nobody reads mail there.
    Recipient,
    /// This mail, its sender, or us; the address may be a good one.
    Message,
}
