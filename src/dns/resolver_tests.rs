//! The client against a server of our own that answers well, badly, late or not at all.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::dns::wire::tests::{answer, txt};

/// Answers each question over UDP with what a function makes of it, on loopback, until the test ends.
fn server(answers: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut buffer = [0; 1_000];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer) {
            for packet in answers(&buffer[..length]) {
                socket.send_to(&packet, peer).unwrap();
            }
        }
    });
    address
}

/// The same over TCP on the port of a UDP server; each answer is sent in these pieces.
fn tcp_server(address: SocketAddr, answers: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static) {
    let listener = TcpListener::bind(address).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut length = [0; 2];
            stream.read_exact(&mut length).unwrap();
            let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
            stream.read_exact(&mut question).unwrap();
            for piece in answers(&question) {
                // The client may have gone.
                if stream.write_all(&piece).is_err() {
                    break;
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
    });
}

fn framed(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

fn texts(servers: &[SocketAddr]) -> Result<Vec<String>, DnsError> {
    Resolver::new(servers.to_vec(), Duration::from_millis(900)).txt("jobs.example").map(|found| found.records)
}

fn truncated(question: &[u8]) -> Vec<u8> {
    let mut bytes = answer(question, 0, &[]);
    bytes[2] |= 0x02;
    bytes
}

#[test]
fn answers_come_through() {
    let address = server(|question| vec![answer(question, 0, &[txt("v=spf1 -all"), txt("x")])]);
    assert_eq!(texts(&[address]).unwrap(), ["v=spf1 -all", "x"]);
    let address = server(|question| vec![answer(question, 3, &[])]);
    let found = Resolver::new(vec![address], Duration::from_secs(1)).mx("jobs.example").unwrap();
    assert!(!found.exists && found.records.is_empty());
    let exchangers = [(15, b"\x00\x14\x01b\x00".to_vec()), (15, b"\x00\x0a\x01a\x00".to_vec())];
    let address = server(move |question| vec![answer(question, 0, &exchangers)]);
    let found = Resolver::new(vec![address], Duration::from_secs(1)).mx("jobs.example").unwrap();
    assert_eq!(found.records.iter().map(|mx| mx.host.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn guessed_and_unreadable_answers_are_passed_over() {
    let address = server(|question| {
        let good = answer(question, 0, &[txt("right")]);
        let mut other_id = answer(question, 0, &[txt("wrong")]);
        other_id[1] ^= 1;
        let mut other_name = answer(question, 0, &[txt("wrong")]);
        other_name[13] = b'x';
        vec![other_id, other_name, vec![], vec![0; 3], good]
    });
    assert_eq!(texts(&[address]).unwrap(), ["right"]);
    let address = server(|question| {
        let mut wrong = answer(question, 0, &[txt("wrong")]);
        wrong[0] ^= 1;
        vec![wrong; 300]
    });
    assert_eq!(texts(&[address]), Err(DnsError::Silent));
    let address = server(|question| vec![[answer(question, 0, &[]), vec![0xc0; 9]].concat(), vec![1; 5]]);
    assert_eq!(texts(&[address]).unwrap(), [""; 0]);
}

#[test]
fn who_does_not_answer_gives_way_to_the_next() {
    let silent = server(|_| vec![]);
    let failing = server(|question| vec![answer(question, 2, &[])]);
    let good = server(|question| vec![answer(question, 0, &[txt("yes")])]);
    assert_eq!(texts(&[silent, good]).unwrap(), ["yes"]);
    assert_eq!(texts(&[failing, good]).unwrap(), ["yes"]);
    assert_eq!(texts(&[silent, failing]), Err(DnsError::Failed(2)));
    let begun = Instant::now();
    assert_eq!(texts(&[silent, silent]), Err(DnsError::Silent));
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(texts(&[]), Err(DnsError::Silent));
    // A port at which nobody listens.
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(texts(&[closed]), Err(DnsError::Silent));
}

#[test]
fn servers_that_know_no_extension_are_asked_without() {
    let address = server(|question| {
        let extended = question[11] == 1;
        let bare = |question: &[u8]| [&question[..2], &[0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
        vec![if extended { bare(question) } else { answer(question, 0, &[txt("old")]) }]
    });
    assert_eq!(texts(&[address]).unwrap(), ["old"]);
    let never = server(|question| vec![answer(question, 1, &[])]);
    assert_eq!(texts(&[never]), Err(DnsError::Unreadable));
}

#[test]
fn what_is_cut_short_is_asked_for_over_tcp() {
    let long = "v=spf1 ".to_owned() + &"include:a.example ".repeat(400);
    let address = server(|question| vec![truncated(question)]);
    let text = long.clone();
    tcp_server(address, move |question| {
        let whole = framed(&answer(question, 0, &[txt(&text)]));
        let (first, rest) = whole.split_at(1);
        vec![first.to_vec(), rest[..500].to_vec(), rest[500..].to_vec()]
    });
    assert_eq!(texts(&[address]).unwrap(), [long]);
}

#[test]
fn tcp_answers_that_lie_or_drip_end_in_time() {
    for (which, expected) in [(0, DnsError::Unreadable), (1, DnsError::Silent), (2, DnsError::Unreadable)] {
        let address = server(|question| vec![truncated(question)]);
        tcp_server(address, move |question| match which {
            // Ends early; drips for ever; is cut short again.
            0 => vec![vec![0xff, 0xff, 1, 2, 3]],
            1 => [vec![vec![0xff, 0xff]], vec![vec![0]; 500]].concat(),
            _ => vec![framed(&truncated(question))],
        });
        let begun = Instant::now();
        assert_eq!(texts(&[address]), Err(expected), "{which}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{which}");
    }
    // Nobody listens there over TCP.
    let address = server(|question| vec![truncated(question)]);
    assert_eq!(texts(&[address]), Err(DnsError::Silent));
}

#[test]
fn ids_differ() {
    let ids: std::collections::BTreeSet<u16> = (0..200).map(|_| random_id()).collect();
    assert!(ids.len() > 150, "{} of 200", ids.len());
}
