//! The exact shape of `jobrounds.toml`. Unknown keys are errors that list the known ones.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use secrecy::SecretString;
use serde::Deserialize;

use crate::board::BoardFile;
use crate::model::{MailSource, Network};
use crate::telemetry::logs;
use crate::{board, deliver, fetch, store};

/// The commented example that ships; a test loads it and compares it with the defaults.
pub const EXAMPLE: &str = include_str!("../../config/jobrounds.example.toml");

/// How mail leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// To a mail server.
    Smtp,
    /// As `.eml` files into a directory.
    #[default]
    Directory,
}

/// What to do when a mail server's acknowledgement was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnUnknown {
    /// Send the identical bytes again.
    #[default]
    Resend,
    /// Wait for a person.
    Hold,
}

/// `[web]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebSettings {
    /// Where to listen.
    pub bind: String,
    /// The address that people and feeds see.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or networks.
    pub trusted_proxies: Vec<Network>,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self { bind: "127.0.0.1:8080".into(), public_url: None, trusted_proxies: Vec::new() }
    }
}

/// `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailSettings {
    /// `From`.
    pub from: String,
    /// The sender's postal address; required to mail other people (CAN-SPAM, 15 U.S.C. 7704(a)(5)).
    pub postal_address: Option<String>,
    /// Set when only one's own mailbox is mailed.
    pub personal: bool,
    /// The name under which the mail server's DKIM key is published; only `doctor` uses it.
    pub dkim_selector: Option<String>,
    /// How mail leaves.
    pub transport: TransportKind,
    /// The mail server: `smtps://`, `smtp+starttls://`, or `smtp://` on loopback.
    pub url: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
    /// A file that holds the password.
    pub password_file: Option<String>,
    /// Where `.eml` files go.
    pub directory: String,
    /// What to do after a lost acknowledgement.
    pub on_unknown: OnUnknown,
    /// Where failures and wishes to unsubscribe come to.
    pub bounces: BounceSettings,
}

/// `[mail.bounces]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BounceSettings {
    /// `bounces@jobs.example.edu`, of a mailbox that takes `bounces+anything@` as well.
    pub address: Option<String>,
    /// Where its mails lie: a Maildir, an mbox file, or `imaps://user@host/Folder`. They are deleted once they
    /// are read; an mbox file stays.
    pub source: Option<String>,
    /// The IMAP account's password.
    pub password: Option<SecretString>,
    /// A file that holds the password.
    pub password_file: Option<String>,
}

impl BounceSettings {
    /// Gives where the mails lie; `None` where nobody reads them.
    ///
    /// # Errors
    /// Says what is wrong with `source`; it was refused before then.
    pub fn mailbox(&self) -> Result<Option<MailSource>, String> {
        self.source.as_deref().map(|source| board::mail_source(source, self.password.clone())).transpose()
    }
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            from: "jobrounds <jobrounds@localhost>".into(),
            postal_address: None,
            personal: false,
            dkim_selector: None,
            transport: TransportKind::Directory,
            url: None,
            password: None,
            password_file: None,
            directory: "outbox".into(),
            on_unknown: OnUnknown::Resend,
            bounces: BounceSettings::default(),
        }
    }
}

impl MailSettings {
    /// Gives the way mail leaves.
    ///
    /// # Errors
    /// Fails when `url` is no mail server's address; it was refused before then.
    pub fn delivery(&self) -> Result<deliver::Settings, deliver::ServerError> {
        match self.transport {
            TransportKind::Directory => Ok(deliver::Settings::Directory(self.directory.clone().into())),
            TransportKind::Smtp => Ok(deliver::Settings::Smtp(deliver::SmtpSettings {
                server: self.url.as_deref().unwrap_or_default().parse()?,
                password: self.password.clone(),
                limits: deliver::Limits::default(),
            })),
        }
    }
}

/// `[retention]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSettings {
    /// How long recorded answers are kept: a length of time or `never` (never erased).
    pub raw: String,
    /// How many recorded answers of one address are kept; 0 sets no limit.
    pub raw_max: u32,
    /// How long closed jobs are kept.
    pub closed_jobs: String,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self { raw: "90d".into(), raw_max: 3, closed_jobs: "never".into() }
    }
}

impl RetentionSettings {
    /// Gives what the store goes by. Texts that are no length of time were refused before.
    #[must_use]
    pub fn plan(&self) -> store::RetentionPlan {
        let length = |text: &str| {
            let seconds = i64::try_from(crate::board::seconds(text)?).ok()?;
            // Longer than any database lives is for ever.
            TimeDelta::try_seconds(seconds).filter(|length| *length < TimeDelta::days(100 * 365))
        };
        store::RetentionPlan {
            raw: length(&self.raw),
            raw_of_address: Some(self.raw_max).filter(|most| *most > 0),
            closed_jobs: length(&self.closed_jobs),
        }
    }

    /// Tells whether answers are recorded at all.
    #[must_use]
    pub fn keeps_raw(&self) -> bool {
        self.plan().raw.is_none_or(|kept| !kept.is_zero())
    }
}

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ConfigFile {
    pub(super) store: store::Settings,
    pub(super) fetch: fetch::Settings,
    pub(super) boards: BTreeMap<String, BoardFile>,
    pub(super) web: WebSettings,
    pub(super) mail: MailSettings,
    pub(super) retention: RetentionSettings,
    pub(super) log: logs::Settings,
}
