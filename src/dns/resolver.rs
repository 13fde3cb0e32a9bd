//! Asks the system's resolvers, and believes only who was asked.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use super::resolv_conf::name_servers;
use super::wire::{self, Data, Found, Mx, Reply, Sort};

/// Foreign answers to one question beyond these are an attack.
const MOST_FOREIGN: usize = 100;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnsError {
    /// None of the resolvers answered in time, or none could be reached.
    #[error("no resolver answers")]
    Silent,
    /// A resolver has no answer and says so: 2 for a failure, 5 for a refusal (RFC 1035 section 4.1.1).
    #[error("the resolver answers with error {0}")]
    Failed(u8),
    /// A resolver's answer cannot be read.
    #[error("the resolver's answer cannot be read")]
    Unreadable,
    /// This is no name of the name system.
    #[error("this is no domain name")]
    NoName,
}

/// Who answers questions about names: the system's resolvers, or a test.
pub trait LookUp {
    /// Gives the texts at a name, each put together.
    fn txt(&self, name: &str) -> Result<Found<String>, DnsError>;

    /// Gives a name's mail exchangers, the first to be tried first.
    fn mx(&self, name: &str) -> Result<Found<Mx>, DnsError>;
}

/// The system's resolvers.
#[derive(Clone, Debug)]
pub struct Resolver {
    servers: Vec<SocketAddr>,
    timeout: Duration,
}

impl Resolver {
    /// Takes the resolvers that `/etc/resolv.conf` names. One question takes no longer than the time-out.
    #[must_use]
    pub fn of_system(timeout: Duration) -> Self {
        let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
        Self::new(name_servers(&text), timeout)
    }

    /// Takes these resolvers.
    #[must_use]
    pub fn new(servers: Vec<SocketAddr>, timeout: Duration) -> Self {
        Self { servers, timeout }
    }

    /// Asks one resolver after the other, until one has an answer.
    fn ask(&self, name: &str, sort: Sort) -> Result<Found<Data>, DnsError> {
        let each = self.timeout / u32::try_from(self.servers.len().max(1)).unwrap_or(1);
        let mut worst = DnsError::Silent;
        for server in &self.servers {
            match ask(*server, name, sort, Instant::now() + each) {
                Ok(found) => return Ok(found),
                Err(DnsError::Silent) => {}
                Err(error) => worst = error,
            }
        }
        Err(worst)
    }
}

impl LookUp for Resolver {
    fn txt(&self, name: &str) -> Result<Found<String>, DnsError> {
        let found = self.ask(name, Sort::Txt)?;
        let text = |data| match data {
            Data::Txt(text) => Some(text),
            Data::Mx(_) => None,
        };
        Ok(Found { exists: found.exists, records: found.records.into_iter().filter_map(text).collect() })
    }

    fn mx(&self, name: &str) -> Result<Found<Mx>, DnsError> {
        let found = self.ask(name, Sort::Mx)?;
        let mx = |data| match data {
            Data::Mx(mx) => Some(mx),
            Data::Txt(_) => None,
        };
        let mut records: Vec<Mx> = found.records.into_iter().filter_map(mx).collect();
        records.sort();
        Ok(Found { exists: found.exists, records })
    }
}

/// Asks one resolver over UDP, without EDNS where it does not know that (RFC 6891 section 7), and over
/// TCP where the answer is cut short.
fn ask(server: SocketAddr, name: &str, sort: Sort, deadline: Instant) -> Result<Found<Data>, DnsError> {
    for extended in [true, false] {
        match over_udp(server, name, sort, extended, deadline)? {
            Reply::Records(found) => return Ok(found),
            Reply::Failed(code) => return Err(DnsError::Failed(code)),
            Reply::NotUnderstood if extended => {}
            Reply::Truncated => {
                return match over_tcp(server, name, sort, deadline)? {
                    Reply::Records(found) => Ok(found),
                    Reply::Failed(code) => Err(DnsError::Failed(code)),
                    _ => Err(DnsError::Unreadable),
                };
            }
            Reply::NotUnderstood | Reply::Foreign => return Err(DnsError::Unreadable),
        }
    }
    Err(DnsError::Unreadable)
}

/// Each question has an id of its own, and a port that the system draws: both must be guessed by who
/// would answer in the resolver's place (RFC 5452 sections 9.2 and 9.3). A connected socket takes
/// packets from the resolver's address only.
fn over_udp(server: SocketAddr, name: &str, sort: Sort, extended: bool, deadline: Instant) -> Result<Reply, DnsError> {
    let id = random_id();
    let question = wire::question(id, name, sort, extended).ok_or(DnsError::NoName)?;
    let own: SocketAddr =
        if server.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let socket = UdpSocket::bind(own).and_then(|socket| socket.connect(server).map(|()| socket)).map_err(silent)?;
    socket.send(&question).map_err(silent)?;
    let mut buffer = vec![0; 4_096];
    let mut unreadable = false;
    for _ in 0..MOST_FOREIGN {
        let Some(left) = left(deadline) else { break };
        socket.set_read_timeout(Some(left)).map_err(silent)?;
        let Ok(length) = socket.recv(&mut buffer) else { break };
        match wire::reply(buffer.get(..length).unwrap_or_default(), id, name, sort) {
            // Somebody guesses; the right answer may still come.
            Some(Reply::Foreign) => {}
            Some(reply) => return Ok(reply),
            None => unreadable = true,
        }
    }
    Err(if unreadable { DnsError::Unreadable } else { DnsError::Silent })
}

/// Over TCP each message has its length before it (RFC 1035 section 4.2.2).
fn over_tcp(server: SocketAddr, name: &str, sort: Sort, deadline: Instant) -> Result<Reply, DnsError> {
    let id = random_id();
    let question = wire::question(id, name, sort, false).ok_or(DnsError::NoName)?;
    let mut stream = TcpStream::connect_timeout(&server, left(deadline).ok_or(DnsError::Silent)?).map_err(silent)?;
    let length = u16::try_from(question.len()).map_err(|_| DnsError::NoName)?;
    stream.set_write_timeout(left(deadline)).map_err(silent)?;
    stream.write_all(&[&length.to_be_bytes()[..], &question].concat()).map_err(silent)?;
    let mut length = [0; 2];
    read_exactly(&mut stream, &mut length, deadline)?;
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    read_exactly(&mut stream, &mut answer, deadline)?;
    wire::reply(&answer, id, name, sort).ok_or(DnsError::Unreadable)
}

/// Reads until the buffer is full, the time is over or the other side ends; however slowly it drips.
fn read_exactly(stream: &mut TcpStream, buffer: &mut [u8], deadline: Instant) -> Result<(), DnsError> {
    let mut at = 0;
    while at < buffer.len() {
        stream.set_read_timeout(Some(left(deadline).ok_or(DnsError::Silent)?)).map_err(silent)?;
        match stream.read(buffer.get_mut(at..).unwrap_or_default()) {
            Ok(0) => return Err(DnsError::Unreadable),
            Ok(read) => at += read,
            Err(error) => return Err(silent(error)),
        }
    }
    Ok(())
}

fn left(deadline: Instant) -> Option<Duration> {
    deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
}

fn silent(_error: io::Error) -> DnsError {
    DnsError::Silent
}

/// Draws an id: the standard library seeds its hashers from the system's random numbers.
fn random_id() -> u16 {
    u16::try_from(RandomState::new().build_hasher().finish() & 0xffff).unwrap_or_default()
}

#[cfg(test)]
#[path = "resolver_tests.rs"]
mod tests;
