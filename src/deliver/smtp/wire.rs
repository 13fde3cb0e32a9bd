//! The connection: replies in, commands and mails out, each within its time.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::reply::{LONGEST, Reading, Reply, read};

/// The last piece of a mail over TLS: one record (RFC 8446 section 5.1).
const LAST_PIECE: usize = 16 << 10;
/// Octets read at once.
const CHUNK: usize = 4 << 10;

/// What a connection is read and written through.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A connection to a server.
pub(super) struct Wire<'s> {
    stream: Box<dyn Stream + 's>,
    /// Whether a write that fails has surely sent nothing: a socket's has, but TLS keeps octets of its
    /// own, and what became of those is not known.
    is_exact: bool,
    /// What has come and was not read yet.
    input: Vec<u8>,
    last_used: Instant,
}

/// Why a connection is of no use any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// The server closed it.
    Closed,
    /// Nothing came, or went, for so long.
    Late(Duration),
    /// What came is no reply.
    Garbage,
    /// The system says so.
    Broken(io::ErrorKind),
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("it closed the connection"),
            Self::Late(limit) => write!(f, "it did not answer within {} s", limit.as_secs_f32()),
            Self::Garbage => f.write_str("it answers what is no SMTP"),
            Self::Broken(kind) => write!(f, "the connection broke: {kind}"),
        }
    }
}

impl From<io::Error> for Lost {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // A peer that leaves without TLS's farewell has left.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Self::Closed,
            kind => Self::Broken(kind),
        }
    }
}

/// A mail that was not wholly written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Its end was surely not.
    BeforeEnd(Lost),
    /// Its end may have been.
    AtEnd(Lost),
}

impl Wire<'static> {
    pub(super) fn plain(stream: TcpStream) -> Self {
        Self::over(Box::new(stream), true)
    }

    pub(super) fn encrypted(stream: TlsStream<TcpStream>) -> Self {
        Self::over(Box::new(stream), false)
    }
}

impl<'s> Wire<'s> {
    /// For what is said before a stream is encrypted.
    pub(super) fn borrowed(stream: &'s mut TcpStream) -> Self {
        Self::over(Box::new(stream), true)
    }

    fn over(stream: Box<dyn Stream + 's>, is_exact: bool) -> Self {
        Self { stream, is_exact, input: Vec::new(), last_used: Instant::now() }
    }

    /// Tells since when nothing went over it.
    pub(super) fn idle(&self) -> Duration {
        self.last_used.elapsed()
    }

    /// Tells whether something has come that nothing was asked for.
    pub(super) fn holds_more(&self) -> bool {
        !self.input.is_empty()
    }

    /// Reads one reply, whole within the limit.
    pub(super) async fn reply(&mut self, limit: Duration) -> Result<Reply, Lost> {
        let reply = within(limit, self.next_reply()).await?;
        self.last_used = Instant::now();
        reply
    }

    async fn next_reply(&mut self) -> Result<Reply, Lost> {
        loop {
            match read(&self.input) {
                Reading::Whole(reply, length) => {
                    self.input.drain(..length);
                    return Ok(reply);
                }
                Reading::Garbage => return Err(Lost::Garbage),
                Reading::Part => {}
            }
            // `read` is asked again only once a line may have ended, so that a reply that trickles in
            // costs no more than one that comes at once.
            loop {
                let before = self.input.len();
                let mut chunk = [0; CHUNK];
                let count = self.stream.read(&mut chunk).await?;
                if count == 0 {
                    return Err(Lost::Closed);
                }
                self.input.extend_from_slice(&chunk[..count]);
                if before < 3 || self.input.len() > LONGEST || chunk[..count].contains(&b'\n') {
                    break;
                }
            }
        }
    }

    /// Writes commands.
    pub(super) async fn say(&mut self, commands: &[u8], limit: Duration) -> Result<(), Lost> {
        within(limit, async {
            self.stream.write_all(commands).await?;
            Ok(self.stream.flush().await?)
        })
        .await?
    }

    /// Writes a mail with its end. The limit is for each piece that the system takes.
    pub(super) async fn hand_over(&mut self, mail: &[u8], limit: Duration) -> Result<(), Cut> {
        let surely_before = if self.is_exact { mail.len() } else { mail.len().saturating_sub(LAST_PIECE) };
        let mut written = 0;
        while written < mail.len() {
            // Before its last piece nothing of a mail's end is even offered to TLS.
            let piece = if written < surely_before { &mail[written..surely_before] } else { &mail[written..] };
            let cut = |lost| if written < surely_before { Cut::BeforeEnd(lost) } else { Cut::AtEnd(lost) };
            match within(limit, self.stream.write(piece)).await.map_err(cut)? {
                Ok(0) => return Err(cut(Lost::Closed)),
                Ok(count) => written += count,
                Err(error) => return Err(cut(error.into())),
            }
        }
        let flushed = within(limit, self.stream.flush()).await.map_err(Cut::AtEnd)?;
        flushed.map_err(|error| Cut::AtEnd(error.into()))
    }

    /// Tells whether the server has neither hung up nor begun to speak by itself; costs no time.
    pub(super) async fn is_quiet(&mut self) -> bool {
        let mut chunk = [0; 1];
        let mut buffer = ReadBuf::new(&mut chunk);
        let stream = &mut self.stream;
        // What is there to be read, an end as well, is always too much.
        let is_pending =
            poll_fn(|cx| Poll::Ready(Pin::new(&mut *stream).poll_read(cx, &mut buffer).is_pending())).await;
        is_pending && self.input.is_empty()
    }

    /// Takes leave; what goes wrong then costs nothing.
    pub(super) async fn quit(mut self, limit: Duration) {
        let farewell = async {
            self.stream.write_all(b"QUIT\r\n").await?;
            self.stream.flush().await?;
            let mut chunk = [0; CHUNK];
            let _answer = self.stream.read(&mut chunk).await?;
            self.stream.shutdown().await
        };
        let _gone = tokio::time::timeout(limit, farewell).await;
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Lost> {
    tokio::time::timeout(limit, work).await.map_err(|_| Lost::Late(limit))
}
