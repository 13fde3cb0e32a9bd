//! One kept connection, made anew when it is needed.

use std::time::Duration;

use tokio_rustls::TlsConnector;

use super::session::{self, Session};
use super::transaction::{End, Letter, not_sent, run};
use super::{body, tls};
use crate::deliver::address;
use crate::deliver::error::DeliverError;
use crate::deliver::parcel::{Handed, Parcel, Refusal};
use crate::deliver::settings::{Encryption, SmtpSettings};

/// For the answer to QUIT, which matters to nobody.
const FAREWELL: Duration = Duration::from_secs(2);

/// Sends mails to one server, one after the other.
pub struct Sender {
    settings: SmtpSettings,
    connector: Option<TlsConnector>,
    session: Option<Session>,
    /// The last mail's octets; kept for its room.
    body: Vec<u8>,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("server", &self.settings.server).finish_non_exhaustive()
    }
}

impl Sender {
    /// Makes one. Nothing is connected before the first mail.
    ///
    /// # Errors
    /// Fails when there is an account without a password, or a password without an account, and when
    /// the system's certificates cannot be loaded.
    pub fn new(settings: SmtpSettings) -> Result<Self, DeliverError> {
        let connector = match settings.server.encryption {
            Encryption::None => None,
            Encryption::Tls | Encryption::StartTls => Some(tls::connector().map_err(DeliverError::Certificates)?),
        };
        Self::with(settings, connector)
    }

    pub(super) fn with(settings: SmtpSettings, connector: Option<TlsConnector>) -> Result<Self, DeliverError> {
        match (&settings.server.user, &settings.password) {
            (Some(_), None) => Err(DeliverError::NoPassword { server: settings.server.to_string() }),
            (None, Some(_)) => Err(DeliverError::NoAccount { server: settings.server.to_string() }),
            _ => Ok(Self { settings, connector, session: None, body: Vec::new() }),
        }
    }

    /// Hands a mail over and says what became of it.
    ///
    /// A call that is dropped before it ends takes its connection with it; the mail's fate is
    /// [`Handed::Unknown`] then.
    pub async fn send(&mut self, parcel: &Parcel<'_>) -> Handed {
        let from = if parcel.from.is_empty() { Some(address::nobody()) } else { address::mailbox(parcel.from) };
        let Some(from) = from else {
            return not_sent("the envelope's sender is no address", Refusal::Message, 553, "5.1.7");
        };
        let Some(to) = address::mailbox(parcel.to) else {
            return not_sent("the recipient is no address", Refusal::Recipient, 553, "5.1.3");
        };
        let mut octets = std::mem::take(&mut self.body);
        let handed = match body::write(parcel.bytes, &mut octets) {
            Ok(needs) => self.send_letter(&Letter { from, to, body: &octets, needs }).await,
            Err(why) => not_sent(&format!("it is no mail: {why}"), Refusal::Message, 554, "5.6.0"),
        };
        self.body = octets;
        handed
    }

    async fn send_letter(&mut self, letter: &Letter<'_>) -> Handed {
        if let Some(session) = self.kept().await
            && let Some(handed) = self.send_over(session, letter).await
        {
            return handed;
        }
        // A connection that was idle may be gone; a fresh one that ends before it began is the server's fault.
        let why = match session::open(&self.settings, self.connector.as_ref()).await {
            Ok(session) => match self.send_over(session, letter).await {
                Some(handed) => return handed,
                None => "it closed the connection".to_owned(),
            },
            Err(why) => why,
        };
        Handed::ServerAway { why: format!("{}: {why}", self.settings.server) }
    }

    /// Sends over this connection and keeps it if it is still good; `None` if it had been closed before.
    async fn send_over(&mut self, mut session: Session, letter: &Letter<'_>) -> Option<Handed> {
        match run(&mut session, letter, self.settings.limits).await {
            End::Kept(handed) => {
                self.session = Some(session);
                Some(handed)
            }
            End::Over(Handed::ServerAway { why }) => {
                Some(Handed::ServerAway { why: format!("{}: {why}", self.settings.server) })
            }
            End::Over(handed) => Some(handed),
            End::Stale => None,
        }
    }

    /// Gives the kept connection if it has not carried enough and still stands.
    async fn kept(&mut self) -> Option<Session> {
        let mut session = self.session.take()?;
        let limits = self.settings.limits;
        if session.mails >= limits.mails {
            session.wire.quit(FAREWELL).await;
            return None;
        }
        if !session.wire.is_quiet().await {
            return None;
        }
        if session.wire.idle() > limits.idle && !session.reset(limits.connect).await {
            return None;
        }
        Some(session)
    }

    /// Takes leave of the server.
    pub async fn close(&mut self) {
        if let Some(session) = self.session.take() {
            session.wire.quit(FAREWELL).await;
        }
    }
}
