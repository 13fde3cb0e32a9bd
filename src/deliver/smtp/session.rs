//! A conversation's beginning: connected, greeted, encrypted, logged in (RFC 5321, 3207, 4954).

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::reply::Reply;
use super::tls;
use super::wire::{Lost, Wire};
use crate::deliver::settings::{Encryption, Limits, SmtpSettings};

/// More of a name's addresses are not tried.
const MOST_ADDRESSES: usize = 3;
/// The longest command with its CRLF (RFC 5321 section 4.5.3.1.4).
const LONGEST_COMMAND: usize = 512;

/// What a server says that it can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a keyword of its own")]
pub(super) struct Offers {
    /// Commands without waiting for each answer (RFC 2920).
    pub(super) pipelining: bool,
    /// A mail's size told beforehand (RFC 1870).
    pub(super) size: bool,
    /// Octets beyond ASCII in bodies (RFC 6152).
    pub(super) eight_bits: bool,
    /// Addresses and headers beyond ASCII (RFC 6531).
    pub(super) international: bool,
    starttls: bool,
    plain: bool,
    login: bool,
}

impl Offers {
    fn read(reply: &Reply) -> Self {
        let mut offers = Self::default();
        // The first line is the server's name.
        for line in reply.lines.iter().skip(1) {
            // Some write `AUTH=LOGIN`, as before RFC 2554.
            let line = line.to_ascii_uppercase().replacen("AUTH=", "AUTH ", 1);
            let mut words = line.split_whitespace();
            match words.next() {
                Some("PIPELINING") => offers.pipelining = true,
                Some("SIZE") => offers.size = true,
                Some("8BITMIME") => offers.eight_bits = true,
                Some("SMTPUTF8") => offers.international = true,
                Some("STARTTLS") => offers.starttls = true,
                Some("AUTH") => words.for_each(|word| match word {
                    "PLAIN" => offers.plain = true,
                    "LOGIN" => offers.login = true,
                    _ => {}
                }),
                _ => {}
            }
        }
        offers
    }
}

/// A connection over which mails can be sent.
pub(super) struct Session {
    pub(super) wire: Wire<'static>,
    pub(super) offers: Offers,
    /// So many transactions have begun.
    pub(super) mails: u32,
    /// Whether the last one may still be open, so that it must be taken back first.
    pub(super) is_unclean: bool,
}

impl Session {
    /// Takes back what was begun, which also tells whether the server is still there.
    pub(super) async fn reset(&mut self, limit: Duration) -> bool {
        let is_back = ask(&mut self.wire, "RSET\r\n", limit).await.is_ok_and(|reply| reply.is_yes());
        self.is_unclean = !is_back;
        is_back
    }
}

/// Opens a connection; gives the reason why there is none.
pub(super) async fn open(settings: &SmtpSettings, connector: Option<&TlsConnector>) -> Result<Session, String> {
    let (server, limits) = (&settings.server, settings.limits);
    let (mut stream, name) = connect(settings).await?;
    let (wire, offers) = match server.encryption {
        Encryption::None => greeted(Wire::plain(stream), &name, limits).await?,
        Encryption::Tls => greeted(encrypted(stream, settings, connector).await?, &name, limits).await?,
        Encryption::StartTls => {
            start_tls(&mut stream, &name, limits).await?;
            let mut wire = encrypted(stream, settings, connector).await?;
            // What was said in clear is forgotten: anybody may have said it.
            let offers = hello(&mut wire, &name, limits.command).await?;
            (wire, offers)
        }
    };
    let mut session = Session { wire, offers, mails: 0, is_unclean: false };
    if let (Some(user), Some(password)) = (&server.user, &settings.password) {
        log_in(&mut session, user, password, limits.command).await?;
    }
    Ok(session)
}

async fn encrypted(
    stream: TcpStream,
    settings: &SmtpSettings,
    connector: Option<&TlsConnector>,
) -> Result<Wire<'static>, String> {
    let limit = settings.limits.connect;
    let connector = connector.ok_or_else(|| "TLS was not made ready".to_owned())?;
    let shaken = tokio::time::timeout(limit, tls::handshake(connector, &settings.server.host, stream));
    shaken.await.map_err(|_| late("TLS", limit))?.map(Wire::encrypted)
}

fn late(what: &str, limit: Duration) -> String {
    format!("no {what} within {} s", limit.as_secs_f32())
}

/// Connects; gives the stream and the name that we go by.
async fn connect(settings: &SmtpSettings) -> Result<(TcpStream, String), String> {
    let (server, limit) = (&settings.server, settings.limits.connect);
    let looked_up = tokio::net::lookup_host((server.host.as_str(), server.port));
    let found = tokio::time::timeout(limit, looked_up).await.map_err(|_| late("answer about its name", limit))?;
    let addresses = found.map_err(|_| "its name is not known".to_owned())?;
    let is_allowed = |address: &SocketAddr| server.encryption != Encryption::None || address.ip().is_loopback();
    let mut why = "its name leads to no address that may be used".to_owned();
    for address in addresses.filter(is_allowed).take(MOST_ADDRESSES) {
        let stream = match tokio::time::timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                why = format!("no connection: {}", error.kind());
                continue;
            }
            Err(_) => {
                why = late("connection", limit);
                continue;
            }
        };
        // Else the end of every mail would wait for the peer to acknowledge its beginning.
        let _slower = stream.set_nodelay(true);
        // RFC 5321 section 4.1.4: who has no name in the DNS goes by an address.
        let name = match stream.local_addr().map(|own| own.ip().to_canonical()) {
            Ok(std::net::IpAddr::V4(own)) => format!("[{own}]"),
            Ok(std::net::IpAddr::V6(own)) => format!("[IPv6:{own}]"),
            Err(_) => "[127.0.0.1]".to_owned(),
        };
        return Ok((stream, name));
    }
    Err(why)
}

/// Waits for the greeting and makes ourselves known.
async fn greeted<'w>(mut wire: Wire<'w>, name: &str, limits: Limits) -> Result<(Wire<'w>, Offers), String> {
    let reply = wire.reply(limits.command).await.map_err(|lost| format!("no greeting: {lost}"))?;
    if reply.code != 220 {
        return Err(format!("it greets with {}", reply.told(&[])));
    }
    let offers = hello(&mut wire, name, limits.command).await?;
    Ok((wire, offers))
}

async fn hello(wire: &mut Wire<'_>, name: &str, limit: Duration) -> Result<Offers, String> {
    let reply = ask(wire, &format!("EHLO {name}\r\n"), limit).await?;
    if reply.is_yes() {
        return Ok(Offers::read(&reply));
    }
    if reply.code < 500 {
        return Err(format!("it answers EHLO with {}", reply.told(&[])));
    }
    // RFC 5321 section 3.2: an old server knows HELO, and then nothing beyond it.
    let reply = ask(wire, &format!("HELO {name}\r\n"), limit).await?;
    if reply.is_yes() { Ok(Offers::default()) } else { Err(format!("it answers HELO with {}", reply.told(&[]))) }
}

/// Asks for TLS. There is no way around it: without it nothing is sent.
async fn start_tls(stream: &mut TcpStream, name: &str, limits: Limits) -> Result<(), String> {
    let (mut wire, offers) = greeted(Wire::borrowed(stream), name, limits).await?;
    if !offers.starttls {
        return Err("it does not offer STARTTLS, without which nothing is sent".into());
    }
    let reply = ask(&mut wire, "STARTTLS\r\n", limits.command).await?;
    if reply.code != 220 {
        return Err(format!("it answers STARTTLS with {}", reply.told(&[])));
    }
    // Whoever sits between could have put words there to be taken for the server's own under TLS.
    if wire.holds_more() { Err("it speaks on in clear after STARTTLS".into()) } else { Ok(()) }
}

/// Says one command and gives the answer, which must be the only one.
async fn ask(wire: &mut Wire<'_>, command: &str, limit: Duration) -> Result<Reply, String> {
    let told = |lost: Lost| lost.to_string();
    wire.say(command.as_bytes(), limit).await.map_err(told)?;
    wire.reply(limit).await.map_err(told)
}

async fn log_in(session: &mut Session, user: &str, password: &SecretString, limit: Duration) -> Result<(), String> {
    let (wire, offers) = (&mut session.wire, session.offers);
    let secret = password.expose_secret();
    let in_base64 = |text: &str| format!("{}\r\n", STANDARD.encode(text));
    let mut says = if offers.plain {
        // RFC 4616.
        let both = in_base64(&format!("\0{user}\0{secret}"));
        if both.len() + "AUTH PLAIN ".len() <= LONGEST_COMMAND {
            vec![format!("AUTH PLAIN {both}")]
        } else {
            vec!["AUTH PLAIN\r\n".to_owned(), both]
        }
    } else if offers.login {
        vec!["AUTH LOGIN\r\n".to_owned(), in_base64(user), in_base64(secret)]
    } else {
        return Err("it offers neither AUTH PLAIN nor AUTH LOGIN".into());
    }
    .into_iter()
    .peekable();
    while let Some(line) = says.next() {
        let reply = ask(wire, &line, limit).await?;
        match reply.code {
            235 => return Ok(()),
            334 if says.peek().is_some() => {}
            // Its words may repeat what we said.
            400..=499 => return Err(format!("it lets nobody log in just now ({})", reply.codes())),
            _ => {
                let codes = reply.codes();
                return Err(format!("it refuses the account of `mail.url` or its password ({codes})"));
            }
        }
    }
    Err("it does not end the log-in".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_are_read_as_servers_write_them() {
        let lines = "mail.example.edu at your service\nsize 35882577\n8BITMIME\nAUTH=LOGIN plain XOAUTH2\nEnhancedStatusCodes\nPIPELINING\nSMTPUTF8";
        let reply = Reply { code: 250, lines: lines.lines().map(str::to_owned).collect() };
        let all = Offers {
            pipelining: true,
            size: true,
            eight_bits: true,
            international: true,
            starttls: false,
            plain: true,
            login: true,
        };
        assert_eq!(Offers::read(&reply), all);
        let named = Reply { code: 250, lines: vec!["STARTTLS".into()] };
        assert_eq!(Offers::read(&named), Offers::default());
    }
}
