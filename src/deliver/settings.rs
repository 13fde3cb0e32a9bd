//! Where mails are handed to, as an operator writes it: `smtps://user@mail.example.edu`.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;
use url::{Host, Url};

/// What a mail server's address looks like.
const SHAPE: &str = "such as `smtps://user@mail.example.edu`";

/// How mail leaves.
#[derive(Clone, Debug)]
pub enum Settings {
    /// Into a folder, as `.eml` files.
    Directory(PathBuf),
    /// To a mail server.
    Smtp(SmtpSettings),
}

/// A mail server and how it is spoken with.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// The server.
    pub server: Server,
    /// The account's password.
    pub password: Option<SecretString>,
    /// How long it is waited for.
    pub limits: Limits,
}

/// What a connection is held to. RFC 5321 section 4.5.3.2 would wait for up to ten minutes, which is
/// longer than a queue behind it should stand still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the name, for each of its addresses, and for TLS.
    pub connect: Duration,
    /// For the greeting, for the answer to a command, and for each piece of a mail.
    pub command: Duration,
    /// For the answer that says that the mail was taken.
    pub acceptance: Duration,
    /// A connection idle for longer than this is asked whether it still stands.
    pub idle: Duration,
    /// So many mails over one connection, at most.
    pub mails: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            command: Duration::from_mins(1),
            acceptance: Duration::from_mins(2),
            idle: Duration::from_secs(10),
            mails: 100,
        }
    }
}

/// How a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// From its first octet (RFC 8314).
    Tls,
    /// After `STARTTLS`, which the server must offer (RFC 3207).
    StartTls,
    /// Not at all: a server on this machine.
    None,
}

/// A mail server, read from its address.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name or IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is encrypted.
    pub encryption: Encryption,
    /// The account; without one nobody logs in.
    pub user: Option<String>,
}

/// Why a text is no mail server's address. It never repeats the text, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ServerError(String);

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Debug for Server {
    /// Tells the server without the account, which often is a mail address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self}, {:?})", self.encryption)
    }
}

impl FromStr for Server {
    type Err = ServerError;

    /// Reads `smtps://user@host[:port]`, `smtp+starttls://…`, or `smtp://…` for a server on this machine.
    fn from_str(text: &str) -> Result<Self, ServerError> {
        let unreadable = || ServerError(format!("is not a mail server's address, {SHAPE}"));
        let url = Url::parse(text).map_err(|_| unreadable())?;
        let encryption = match url.scheme() {
            "smtps" => Encryption::Tls,
            "smtp+starttls" => Encryption::StartTls,
            "smtp" => Encryption::None,
            _ => {
                let why = "must begin with `smtps://` or `smtp+starttls://`, or with `smtp://` for a server on \
                           this machine";
                return Err(ServerError(why.into()));
            }
        };
        if url.password().is_some() {
            let why = "must not hold a password: put it into the file that `mail.password_file` names, or into \
                       JOBROUNDS__MAIL__PASSWORD in the environment";
            return Err(ServerError(why.into()));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(ServerError(format!("goes on after the server's name and port: write one {SHAPE}")));
        }
        let host = url.host_str().filter(|host| !host.is_empty()).and_then(|host| Host::parse(host).ok());
        let host = host.ok_or_else(unreadable)?;
        if encryption == Encryption::None && !is_loopback(&host) {
            let why = "would send mail in clear: use `smtps://` or `smtp+starttls://`; `smtp://` is for a server on \
                       this machine alone";
            return Err(ServerError(why.into()));
        }
        let user = decoded(url.username());
        if user.chars().any(char::is_control) {
            return Err(ServerError("holds a control character".into()));
        }
        let port = match encryption {
            Encryption::Tls => 465,
            Encryption::StartTls => 587,
            Encryption::None => 25,
        };
        Ok(Self {
            host: host.to_string().trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            encryption,
            user: Some(user).filter(|user| !user.is_empty()),
        })
    }
}

fn is_loopback(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Undoes percent-encoding: `me%40example.edu`.
fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Server {
        text.parse().unwrap()
    }

    fn wrong(text: &str) -> String {
        text.parse::<Server>().unwrap_err().to_string()
    }

    #[test]
    fn a_server_is_read_from_its_address() {
        let server = read("smtps://me%40x.edu@Mail.Example.edu");
        assert_eq!(
            (server.host.as_str(), server.port, server.user.as_deref()),
            ("mail.example.edu", 465, Some("me@x.edu"))
        );
        assert_eq!(read("smtps://me@x.edu@mail.example.edu").user.as_deref(), Some("me@x.edu"));
        assert_eq!(read("smtp+starttls://a+b@mail.example.edu/").to_string(), "mail.example.edu:587");
        assert_eq!(read("smtp+starttls://a+b@mail.example.edu").user.as_deref(), Some("a+b"));
        assert_eq!(read("smtps://mail.bücher.example:2465").to_string(), "mail.xn--bcher-kva.example:2465");
        for local in ["smtp://localhost", "smtp://127.0.0.1:2525", "smtp://[::1]", "smtp://me@LOCALHOST:25"] {
            assert_eq!(read(local).encryption, Encryption::None);
        }
        assert_eq!(read("smtp://[::1]:2525").to_string(), "[::1]:2525");
        assert!(!format!("{:?}", read("smtps://me@mail.example.edu")).contains("me@"));
    }

    #[test]
    fn what_is_wrong_is_said_without_what_may_be_a_password() {
        assert!(wrong("smtps://me:hunter2@mail.example.edu").contains("mail.password_file"));
        assert!(wrong("smtps://:hunter2@mail.example.edu").contains("JOBROUNDS__MAIL__PASSWORD"));
        assert!(wrong("smtp://mail.example.edu").contains("in clear"));
        assert!(wrong("smtp://127.0.0.1.example.edu").contains("in clear"));
        assert!(wrong("smtp://localhost.example.edu").contains("in clear"));
        assert!(wrong("https://mail.example.edu").contains("smtp+starttls://"));
        let odd = "smtps:// smtps: hunter2 me:hunter2@mail.example smtps://me:hun#ter2@mail.example smtps://me:12#hunter2@x \
                   smtps://mail.example.edu/hunter2 smtps://mail.example.edu?hunter2 smtps://hunter2%00@mail.example \
                   smtps://mail.example:99999 smtps://a%20b";
        for text in odd.split_whitespace() {
            let told = wrong(text);
            assert!(!told.contains("ter2") && !told.is_empty(), "{text}: {told}");
        }
    }
}
