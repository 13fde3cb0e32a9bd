//! Digests of saved searches: who is due, what they are told, and the mail that tells it.
//!
//! ```text
//! 1  who is due, and what their searches look for
//! 2  what has happened since the least of their cursors; every search asked about it through an index
//! 3  for each person: what is new to them (`select`), the digest, its bytes
//! 4  mail, what it tells and how far its searches have looked are committed together
//! ```
//!
//! A process that dies leaves every person before step 4 or after it. One whose digest cannot be composed,
//! or kills the process, is put off after three attempts; the others are not kept waiting.

mod making;
mod running;
mod select;
mod world;

pub use making::HEADING;
pub use running::{DigestRun, Digester, Skipped};

use crate::deliver::DeliverError;
use crate::digest::{Envelope, Links, Site};
use crate::model::{MailAddress, Token};
use crate::store::StoreError;

/// What stands, in an address for bounces, before the token of whoever wants to leave.
pub(super) const LEAVE: &str = "leave-";

/// Who sends, and where readers of a mail can go.
#[derive(Clone, Debug, Default)]
pub struct Sending {
    /// `From`, as `Name <addr>`.
    pub from: String,
    /// Who sends, for readers.
    pub site: Site,
    /// Where failures are told: `bounces@jobs.example.edu`. Each mail gets an address of its own there, with
    /// its token behind a `+`.
    pub bounces: Option<MailAddress>,
    /// Set when only one's own mailbox is mailed.
    pub personal: bool,
}

/// Why no mail can be made.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The configuration does not say what a mail to other people must say.
    #[error("{0}")]
    NotReady(String),
    /// The mail cannot be encoded.
    #[error("failed to {0}")]
    Encode(#[from] DeliverError),
    /// Composing broke off.
    #[error("composing broke off; please report it")]
    BrokeOff,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Sending {
    /// Says why nobody else may be mailed; `None` when all is there.
    ///
    /// Mail to other people must show a postal address and a way to leave (15 U.S.C. 7704(a)(3) and (5)).
    #[must_use]
    pub fn not_ready(&self) -> Option<String> {
        if self.personal {
            return None;
        }
        let blank = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
        if blank(&self.site.postal_address) {
            let what = "mail to other people must show your postal address: set `mail.postal_address`, or \
                        `mail.personal = true` when you mail nobody but yourself";
            return Some(what.to_owned());
        }
        if MailAddress::new(self.address()).is_err() {
            return Some("`mail.from` holds no mail address: write it as `Jobs <jobs@example.edu>`".to_owned());
        }
        None
    }

    /// Gives the sender's address alone.
    #[must_use]
    pub fn address(&self) -> &str {
        let inside = self.from.rsplit_once('<').map_or(self.from.as_str(), |(_, address)| address);
        inside.trim().trim_end_matches('>').trim()
    }

    /// Gives the domain that Message-IDs are made in.
    #[must_use]
    pub fn domain(&self) -> &str {
        let domain = self.address().rsplit_once('@').map_or("", |(_, domain)| domain);
        if domain.is_empty() { "jobrounds.invalid" } else { domain }
    }

    /// Gives the envelope's sender of a mail, where failures of just this mail are told (VERP).
    #[must_use]
    pub fn envelope_sender(&self, token: &str) -> String {
        match self.bounces.as_ref().and_then(|address| address.as_str().rsplit_once('@')) {
            Some((local, domain)) => format!("{local}+{token}@{domain}"),
            None => self.address().to_owned(),
        }
    }

    /// Gives the links of a mail to the holder of a token.
    #[must_use]
    pub fn links(&self, manage: &Token) -> Links {
        let token = manage.as_str();
        let page = |name: &str| {
            let base = self.site.public_url.as_deref()?.trim_end_matches('/');
            Some(format!("{base}/{name}/{token}"))
        };
        let mailto = match self.bounces.as_ref().and_then(|address| address.as_str().rsplit_once('@')) {
            Some((local, domain)) => format!("mailto:{local}+{LEAVE}{token}@{domain}?subject=unsubscribe"),
            None => format!("mailto:{}?subject=unsubscribe%20{token}", self.address()),
        };
        Links {
            unsubscribe_url: page("unsubscribe"),
            unsubscribe_mailto: Some(mailto),
            preferences_url: page("preferences"),
            feed_url: None,
        }
    }

    /// Gives who a mail is from and to.
    #[must_use]
    pub fn envelope(&self, to: &MailAddress) -> Envelope {
        Envelope {
            from: self.from.clone(),
            to: to.as_str().to_owned(),
            list_id: Some(format!("digests.{}", self.domain())),
            ..Envelope::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_to_others_needs_an_address_of_both_kinds() {
        let mut sending = Sending { from: "Jobs <jobs@example.edu>".into(), ..Sending::default() };
        assert!(sending.not_ready().unwrap().contains("mail.postal_address"));
        sending.site.postal_address = Some("1 College Way".into());
        assert_eq!(sending.not_ready(), None);
        sending.from = "Jobs".into();
        assert!(sending.not_ready().unwrap().contains("mail.from"));
        sending.personal = true;
        assert_eq!(sending.not_ready(), None);
    }

    #[test]
    fn each_mail_has_its_own_address_for_failures() {
        let mut sending = Sending { from: "Jobs <jobs@example.edu>".into(), ..Sending::default() };
        assert_eq!((sending.address(), sending.domain()), ("jobs@example.edu", "example.edu"));
        assert_eq!(sending.envelope_sender("t0"), "jobs@example.edu");
        sending.bounces = MailAddress::new("bounces@example.edu").ok();
        assert_eq!(sending.envelope_sender("t0"), "bounces+t0@example.edu");
    }
}
