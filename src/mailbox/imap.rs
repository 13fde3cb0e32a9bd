//! A folder on an IMAP server. It is opened by EXAMINE and read by `BODY.PEEK[]`, so that nothing
//! changes there; only where mails are to be marked or deleted it is opened by SELECT.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::future::Future;
use std::time::{Duration, Instant};

use async_imap::error::Error as ImapError;
use async_imap::{Client, Session};
use futures_util::TryStreamExt as _;
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::{BATCH_BYTES, BATCH_MAILS, Batch, LONGEST_MAIL, LetGo, MailboxError, tls};
use crate::model::{ImapAccount, Mail, MailCursor};

/// For the connection, its TLS and the greeting.
const CONNECT: Duration = Duration::from_secs(15);
/// For the answer to one command.
const ANSWER: Duration = Duration::from_mins(1);
/// For a whole poll of one folder.
const WHOLE: Duration = Duration::from_mins(10);
/// More mails than this are not listed at once; the next poll goes on.
const MOST_MAILS: usize = 100_000;

/// What a connection is read and written through.
trait Connection: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Connection for T {}

/// An open folder.
pub(super) struct ImapFolder {
    host: String,
    session: Session<Box<dyn Connection>>,
    begun: Instant,
    cursor: MailCursor,
    /// Numbers and sizes of the mails not yet read, lowest first.
    waiting: VecDeque<(u32, u64)>,
    expunges_one: bool,
}

impl Debug for ImapFolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImapFolder").field("host", &self.host).finish_non_exhaustive()
    }
}

impl ImapFolder {
    /// Logs in, opens the folder and lists what is new.
    pub(super) async fn open(
        account: &ImapAccount,
        mut cursor: MailCursor,
        writes: bool,
    ) -> Result<Self, MailboxError> {
        let host = account.host.clone();
        let begun = Instant::now();
        let mut session = log_in(account).await?;
        let broken = |error: ImapError| MailboxError::Broken { host: host.clone(), why: told(&error) };
        let capabilities = within(&host, ANSWER, session.capabilities()).await?.map_err(broken)?;
        let opened = if writes {
            within(&host, ANSWER, session.select(&account.folder)).await?
        } else {
            within(&host, ANSWER, session.examine(&account.folder)).await?
        };
        let folder = opened.map_err(|error| MailboxError::Folder {
            host: host.clone(),
            folder: account.folder.clone(),
            why: told(&error),
        })?;
        if folder.uid_validity.is_none() || folder.uid_validity != cursor.uid_validity {
            cursor.uid_validity = folder.uid_validity;
            cursor.last_uid = 0;
        }
        let mut waiting = Vec::new();
        if folder.exists > 0 {
            // The range's end also names the last mail where none is new.
            let range = format!("{}:*", cursor.last_uid.saturating_add(1));
            let listed = within(&host, ANSWER, async {
                session.uid_fetch(range, "(UID RFC822.SIZE)").await?.try_collect::<Vec<_>>().await
            });
            let mails = listed.await?.map_err(broken)?;
            let sizes = mails.iter().filter_map(|mail| Some((mail.uid?, u64::from(mail.size.unwrap_or_default()))));
            waiting.extend(sizes.filter(|(uid, _)| *uid > cursor.last_uid));
        }
        waiting.sort_unstable();
        waiting.truncate(MOST_MAILS);
        let expunges_one = capabilities.has_str("UIDPLUS");
        Ok(Self { host, session, begun, cursor, waiting: waiting.into(), expunges_one })
    }

    /// Reads the next mails.
    pub(super) async fn next(&mut self) -> Result<Option<Batch>, MailboxError> {
        let mut chosen = Vec::new();
        let mut weight = 0;
        let mut mails = Vec::new();
        while chosen.len() + mails.len() < BATCH_MAILS && weight < BATCH_BYTES {
            let Some((uid, size)) = self.waiting.pop_front() else { break };
            self.cursor.last_uid = uid;
            if size > LONGEST_MAIL {
                mails.push(Mail { place: uid.to_string(), bytes: None });
            } else {
                weight += size;
                chosen.push(uid);
            }
        }
        if chosen.is_empty() && mails.is_empty() {
            return Ok(None);
        }
        if !chosen.is_empty() {
            mails.extend(self.fetch(&chosen).await?);
        }
        Ok(Some(Batch { mails, cursor: self.cursor.clone() }))
    }

    async fn fetch(&mut self, uids: &[u32]) -> Result<Vec<Mail>, MailboxError> {
        let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let limit = self.left()?;
        let session = &mut self.session;
        let fetched = within(&self.host, limit, async move {
            session.uid_fetch(set, "(UID BODY.PEEK[])").await?.try_collect::<Vec<_>>().await
        });
        let fetched = fetched.await?.map_err(|error| self.broken(&error))?;
        let mut mails: Vec<(u32, Mail)> = fetched
            .iter()
            .filter_map(|mail| {
                let (uid, body) = (mail.uid?, mail.body()?);
                Some((uid, Mail { place: uid.to_string(), bytes: Some(body.to_vec()) }))
            })
            .collect();
        mails.sort_unstable_by_key(|(uid, _)| *uid);
        Ok(mails.into_iter().map(|(_, mail)| mail).collect())
    }

    /// Marks mails, or deletes them where the server can delete these alone.
    pub(super) async fn let_go(&mut self, places: &[String], how: LetGo) -> Result<(), MailboxError> {
        let set = places.join(",");
        let flags = match how {
            LetGo::Seen => "+FLAGS.SILENT (\\Seen)",
            LetGo::Delete => "+FLAGS.SILENT (\\Deleted)",
        };
        let limit = self.left()?;
        let (session, expunges) = (&mut self.session, how == LetGo::Delete && self.expunges_one);
        let done = within(&self.host, limit, async move {
            session.uid_store(&set, flags).await?.try_collect::<Vec<_>>().await?;
            // Without UIDPLUS others' deleted mails would go as well; these stay flagged.
            if expunges {
                session.uid_expunge(&set).await?.try_collect::<Vec<_>>().await?;
            }
            Ok(())
        });
        done.await?.map_err(|error: ImapError| self.broken(&error))
    }

    /// Takes leave; what goes wrong then costs nothing.
    pub(super) async fn close(mut self) {
        let _gone = within(&self.host, CONNECT, self.session.logout()).await;
    }

    fn broken(&self, error: &ImapError) -> MailboxError {
        MailboxError::Broken { host: self.host.clone(), why: told(error) }
    }

    /// Gives how long the next answer may take.
    fn left(&self) -> Result<Duration, MailboxError> {
        let left = WHOLE.saturating_sub(self.begun.elapsed());
        if left.is_zero() {
            return Err(MailboxError::TimedOut { host: self.host.clone(), seconds: WHOLE.as_secs() });
        }
        Ok(left.min(ANSWER))
    }
}

async fn log_in(account: &ImapAccount) -> Result<Session<Box<dyn Connection>>, MailboxError> {
    let host = &account.host;
    let password = account.password.as_ref().ok_or_else(|| MailboxError::NoPassword { host: host.clone() })?;
    let connect = |why: String| MailboxError::Connect { host: host.clone(), why };
    let reached = within(host, CONNECT, async {
        let tcp = TcpStream::connect((host.as_str(), account.port)).await.map_err(|error| error.to_string())?;
        let stream: Box<dyn Connection> =
            if account.encrypted { Box::new(tls::handshake(host, tcp).await?) } else { Box::new(tcp) };
        let mut client = Client::new(stream);
        match client.read_response().await {
            Ok(Some(_)) => Ok(client),
            Ok(None) => Err("it hangs up without a greeting".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    });
    let client = reached.await?.map_err(connect)?;
    match within(host, ANSWER, client.login(&account.user, password.expose_secret())).await? {
        Ok(session) => Ok(session),
        Err((ImapError::No(_) | ImapError::Bad(_) | ImapError::Validate(_), _)) => {
            Err(MailboxError::LogIn { host: host.clone() })
        }
        Err((error, _)) => Err(connect(told(&error))),
    }
}

async fn within<T>(host: &str, limit: Duration, work: impl Future<Output = T>) -> Result<T, MailboxError> {
    let late = |_| MailboxError::TimedOut { host: host.to_owned(), seconds: limit.as_secs() };
    tokio::time::timeout(limit, work).await.map_err(late)
}

/// Tells an error without what may name an account: a server's words are kept short, and left out
/// where they hold an address.
fn told(error: &ImapError) -> String {
    let words = match error {
        ImapError::Io(error) => return error.to_string(),
        ImapError::No(words) | ImapError::Bad(words) => words,
        ImapError::ConnectionLost => return "the connection is lost".to_owned(),
        _ => return "it answers what cannot be read".to_owned(),
    };
    let plain: String = words.chars().filter(|c| !c.is_control()).take(120).collect();
    if plain.contains('@') { "it refuses".to_owned() } else { format!("it says `{plain}`") }
}
