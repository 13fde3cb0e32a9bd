//! Asks the daemon on this machine how it is, over its own web address and nothing else.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::web::Readiness;

/// How long a connection may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long the answer may stand still; the daemon itself waits 5 s for its database.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(8);
/// The most that is read of an answer.
const LONGEST_ANSWER: u64 = 1 << 20;

/// What came of asking.
#[derive(Debug)]
pub(super) enum Answer {
    /// Every check is well.
    Ready(Readiness),
    /// Some are not.
    NotReady(Readiness),
    /// Nobody listens, or the answer does not come.
    Silent(String),
    /// Something else listens there.
    Strange(String),
}

/// Asks the daemon that listens at `[web] bind` whether it is ready.
pub(super) fn ask(bind: &str) -> Answer {
    let text = match get(bind, "/readyz") {
        Ok(text) => text,
        Err(error) => return Answer::Silent(error.to_string()),
    };
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return Answer::Strange("what listens there does not speak HTTP".to_owned());
    };
    match serde_json::from_str::<Readiness>(body) {
        Ok(readiness) if readiness.ready => Answer::Ready(readiness),
        Ok(readiness) => Answer::NotReady(readiness),
        Err(_) => {
            let status = head.split(' ').nth(1).unwrap_or("no status");
            Answer::Strange(format!("what listens there is no jobrounds (it answers {status})"))
        }
    }
}

/// Asks the daemon when each board is due next; empty where it does not say.
pub(super) fn next_due(bind: &str) -> BTreeMap<String, DateTime<Utc>> {
    let text = get(bind, "/metrics").unwrap_or_default();
    text.lines().filter_map(due_in).collect()
}

/// Reads one line of the metrics.
fn due_in(line: &str) -> Option<(String, DateTime<Utc>)> {
    let rest = line.strip_prefix("jobrounds_source_next_due_timestamp_seconds{source=\"")?;
    let (board, seconds) = rest.split_once("\"} ")?;
    let whole = seconds.split('.').next()?;
    Some((board.to_owned(), DateTime::from_timestamp(whole.parse().ok()?, 0)?))
}

fn get(bind: &str, path: &str) -> std::io::Result<String> {
    let mut last = std::io::Error::other("the address leads nowhere");
    for address in bind.to_socket_addrs()?.map(reachable) {
        match exchange(address, path) {
            Ok(text) => return Ok(text),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// An address that stands for all of this machine's is asked on loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

fn exchange(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
    // In one piece, so that it arrives as one.
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: jobrounds\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// Answers one request with these bytes.
    fn answering(text: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            assert!(stream.read(&mut request).unwrap() > 0);
            stream.write_all(text.as_bytes()).unwrap();
        });
        address
    }

    #[test]
    fn answers_are_told_apart() {
        let ready = "HTTP/1.1 200 OK\r\n\r\n{\"ready\":true,\"checks\":{},\"version\":\"9.9.9\"}\n";
        assert!(matches!(ask(&answering(ready)), Answer::Ready(_)));
        let not = "HTTP/1.1 503 S\r\n\r\n{\"ready\":false,\"checks\":{\"database\":{\"ok\":false,\"why\":\"is full\"}},\"version\":\"1\"}";
        match ask(&answering(not)) {
            Answer::NotReady(readiness) => assert_eq!(readiness.failed(), [("database", "is full")]),
            other => panic!("{other:?}"),
        }
        let other = "HTTP/1.1 404 Not Found\r\nServer: nginx\r\n\r\n<h1>404</h1>";
        assert!(matches!(ask(&answering(other)), Answer::Strange(why) if why.contains("404")));
        assert!(matches!(ask(&answering("SSH-2.0-OpenSSH_9.2\r\n")), Answer::Strange(_)));
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(matches!(ask(&free.to_string()), Answer::Silent(_)));
        assert!(matches!(ask("nowhere"), Answer::Silent(_)));
    }

    #[test]
    fn all_of_this_machines_addresses_are_asked_on_loopback() {
        let asked = |text: &str| reachable(text.parse().unwrap()).to_string();
        assert_eq!(asked("0.0.0.0:8080"), "127.0.0.1:8080");
        assert_eq!(asked("[::]:8080"), "[::1]:8080");
        assert_eq!(asked("192.0.2.1:80"), "192.0.2.1:80");
    }

    #[test]
    fn due_times_are_read_from_the_metrics() {
        let line = "jobrounds_source_next_due_timestamp_seconds{source=\"ahima\"} 1795370400.0";
        let (board, at) = due_in(line).unwrap();
        assert_eq!((board.as_str(), at.to_rfc3339()), ("ahima", "2026-11-22T18:00:00+00:00".to_owned()));
        assert!(due_in("# HELP jobrounds_source_next_due_timestamp_seconds When").is_none());
    }
}
