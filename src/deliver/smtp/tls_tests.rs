//! TLS on this machine, by a certificate made for the test.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::Sender;
use crate::deliver::parcel::{Handed, Parcel};
use crate::deliver::settings::{Limits, SmtpSettings};

const MAIL: Parcel<'_> =
    Parcel { from: "jobs@example.edu", to: "ann@example.edu", bytes: b"A: b\r\n\r\n.c\r\n", message_id: "1@x" };

fn certified() -> (TlsAcceptor, TlsConnector) {
    let provider = || Arc::new(rustls::crypto::ring::default_provider());
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let server = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let server = server.with_no_client_auth().with_single_cert(vec![certificate], key.into()).unwrap();
    let client = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let client = client.with_root_certificates(roots).with_no_client_auth();
    (Arc::new(server).into(), Arc::new(client).into())
}

/// Speaks as a server that takes everything; gives what it heard.
async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, greets: bool) -> Vec<String> {
    let mut stream = BufReader::new(stream);
    let mut heard: Vec<String> = Vec::new();
    let mut answer = if greets { "220 here\r\n" } else { "" };
    loop {
        if stream.write_all(answer.as_bytes()).await.is_err() || stream.flush().await.is_err() {
            return heard;
        }
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
            return heard;
        }
        let in_mail =
            heard.iter().rev().find(|line| *line == "DATA" || *line == ".").is_some_and(|line| line == "DATA");
        let word = line.get(..4).unwrap_or_default().to_owned();
        heard.push(line.trim_end().to_owned());
        answer = match (in_mail, line.as_str(), word.as_str()) {
            (true, ".\r\n", _) => "250 taken\r\n",
            (true, ..) => "",
            (_, _, "EHLO") => "250-here\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n",
            (_, _, "AUTH") => "235 2.7.0 welcome\r\n",
            (_, _, "DATA") => "354 go\r\n",
            (_, _, "QUIT") => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
    }
}

fn sender(scheme: &str, port: u16, connector: TlsConnector) -> Sender {
    let server = format!("{scheme}://me@localhost:{port}").parse().unwrap();
    let password = Some(SecretString::from("sesame"));
    let limits = Limits { command: Duration::from_secs(5), ..Limits::default() };
    Sender::with(SmtpSettings { server, password, limits }, Some(connector)).unwrap()
}

#[tokio::test]
async fn a_mail_goes_through_tls_from_the_first_octet() {
    let (acceptor, connector) = certified();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut sender = sender("smtps", listener.local_addr().unwrap().port(), connector);
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(acceptor.accept(stream).await.unwrap(), true).await
    });
    for _ in 0..2 {
        assert_eq!(sender.send(&MAIL).await, Handed::Accepted { reply: "250 taken".into() });
    }
    let long = format!("A: b\r\n\r\n{}", "0123456789\r\n".repeat(20_000));
    let long = Parcel { bytes: long.as_bytes(), ..MAIL };
    assert_eq!(sender.send(&long).await, Handed::Accepted { reply: "250 taken".into() });
    sender.close().await;
    let heard = server.await.unwrap();
    assert!(heard.contains(&"AUTH PLAIN AG1lAHNlc2FtZQ==".to_owned()), "{heard:?}");
    assert!(heard.contains(&"..c".to_owned()) && heard.last().unwrap() == "QUIT");
    assert_eq!(heard.iter().filter(|line| line.starts_with("EHLO")).count(), 1);
    assert_eq!(heard.iter().filter(|line| *line == "0123456789").count(), 20_000);
}

#[tokio::test]
async fn starttls_encrypts_before_anything_is_told() {
    let (acceptor, connector) = certified();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut sender = sender("smtp+starttls", listener.local_addr().unwrap().port(), connector);
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut clear = BufReader::new(stream);
        let mut said = String::new();
        clear.write_all(b"220 here\r\n").await.unwrap();
        clear.read_line(&mut said).await.unwrap();
        clear.write_all(b"250-here\r\n250 STARTTLS\r\n").await.unwrap();
        clear.read_line(&mut said).await.unwrap();
        clear.write_all(b"220 go\r\n").await.unwrap();
        let heard = serve(acceptor.accept(clear.into_inner()).await.unwrap(), false).await;
        (said, heard)
    });
    assert_eq!(sender.send(&MAIL).await, Handed::Accepted { reply: "250 taken".into() });
    sender.close().await;
    let (said, heard) = server.await.unwrap();
    assert_eq!(said, "EHLO [127.0.0.1]\r\nSTARTTLS\r\n");
    assert!(heard[0].starts_with("EHLO") && heard[1].starts_with("AUTH PLAIN"), "{heard:?}");
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_told_nothing() {
    let (acceptor, _) = certified();
    let (_, other) = certified();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut sender = sender("smtps", listener.local_addr().unwrap().port(), other);
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        acceptor.accept(stream).await.is_err()
    });
    let handed = sender.send(&MAIL).await;
    assert!(matches!(&handed, Handed::ServerAway { why } if why.contains("certificate")), "{handed:?}");
    assert!(server.await.unwrap());
}
