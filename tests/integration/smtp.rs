//! What becomes of a mail, for every way in which a mail server can answer or fail to.

use std::time::Duration;

use jobrounds::deliver::{Handed, Limits, Parcel, Refusal, Sender, SmtpSettings};
use secrecy::SecretString;

use super::smtp_server::{Act, SmtpServer};

const MAIL: Parcel<'_> = Parcel {
    from: "bounce+k3@jobs.example.edu",
    to: "ann.lee@example.edu",
    bytes: b"Subject: x\r\n\r\n.hidden\r\n..\r\n.\r\nend\r\n",
    message_id: "1@jobs.example.edu",
};

const STAGES: [&str; 4] = ["MAIL", "RCPT", "DATA", "BODY"];

/// Longer than a busy machine needs for anything.
fn limits() -> Limits {
    within(Duration::from_secs(20))
}

fn within(limit: Duration) -> Limits {
    Limits { connect: limit, command: limit, acceptance: limit, ..Limits::default() }
}

fn with(server: &SmtpServer, limits: Limits) -> Sender {
    Sender::new(SmtpSettings { server: server.server(), password: None, limits }).unwrap()
}

/// A sender whose server does this once, at this stage of the first mail, and behaves from then on.
async fn once(
    keywords: &'static str,
    stage: &'static str,
    act: impl Fn() -> Act + Send + Sync + 'static,
) -> (SmtpServer, Sender) {
    // Where nothing will come, it is not waited for long.
    let limits = if matches!(act(), Act::Wait) { within(Duration::from_millis(300)) } else { limits() };
    let server =
        SmtpServer::start(
            keywords,
            move |connection, at, count| {
                if (connection, at, count) == (0, stage, 0) { act() } else { Act::Behave }
            },
        )
        .await;
    let sender = with(&server, limits);
    (server, sender)
}

fn word(handed: &Handed) -> &'static str {
    match handed {
        Handed::Accepted { .. } => "accepted",
        Handed::Deferred { .. } => "deferred",
        Handed::Refused { what: Refusal::Recipient, .. } => "recipient",
        Handed::Refused { what: Refusal::Message, .. } => "message",
        Handed::ServerAway { .. } => "away",
        Handed::Unknown { .. } => "unknown",
    }
}

/// What a server does, as a script and as a word in messages.
fn act(name: &str) -> Act {
    match name {
        "close" => Act::Close,
        "wait" => Act::Wait,
        "half" => Act::Last("250-to be contin".into()),
        "more" => Act::Last("250-to be continued\r\n".into()),
        "garbage" => Act::Say("garbage\r\n".into()),
        "two codes" => Act::Say("250-a\r\n550 b\r\n".into()),
        "endless" => Act::Say(format!("250 {}\r\n", "x".repeat(10 << 20))),
        "odd" => Act::Say("199 odd\r\n".into()),
        text => Act::Say(format!("{text}\r\n")),
    }
}

#[tokio::test]
async fn every_answer_at_every_stage_has_its_verdict_and_the_next_mail_goes_through() {
    // What the server does, and what that means at MAIL, RCPT, DATA and after the mail.
    let cases = [
        ("250 2.0.0 ok", ["accepted", "accepted", "away", "accepted"]),
        ("251 2.1.5 will forward", ["accepted", "accepted", "away", "accepted"]),
        ("354 go on", ["away", "away", "accepted", "unknown"]),
        ("451 4.3.0 later", ["deferred"; 4]),
        ("450 4.7.1 greylisted", ["deferred"; 4]),
        ("452-4.3.1 full\r\n452 4.3.1 try later", ["deferred"; 4]),
        ("550 5.1.1 no such user", ["message", "recipient", "message", "message"]),
        ("550 no such user", ["message", "recipient", "message", "message"]),
        ("550 5.7.1 relaying denied", ["message"; 4]),
        ("550 Relaying denied", ["message"; 4]),
        ("553 5.1.8 your sender is nobody", ["message"; 4]),
        ("552 5.2.2 mailbox full", ["message"; 4]),
        ("554 5.6.0 no", ["message"; 4]),
        ("421 4.3.2 closing", ["away"; 4]),
        ("530 5.7.0 log in first", ["away"; 4]),
        ("close", ["away", "away", "away", "unknown"]),
        ("wait", ["away", "away", "away", "unknown"]),
        ("half", ["away", "away", "away", "unknown"]),
        ("more", ["away", "away", "away", "unknown"]),
        ("garbage", ["away", "away", "away", "unknown"]),
        ("two codes", ["away", "away", "away", "unknown"]),
        ("endless", ["away", "away", "away", "unknown"]),
        ("odd", ["away", "away", "away", "unknown"]),
    ];
    for keywords in ["", "PIPELINING SIZE 8BITMIME"] {
        for (name, verdicts) in cases {
            for (stage, verdict) in STAGES.into_iter().zip(verdicts) {
                let (server, mut sender) = once(keywords, stage, move || act(name)).await;
                let handed = sender.send(&MAIL).await;
                assert_eq!(word(&handed), verdict, "`{name}` at {stage} ({keywords}): {handed:?}");
                let taken = usize::from(verdict == "accepted" && !(stage == "BODY" && name.starts_with("251")));
                assert_eq!(server.mails().len(), taken, "`{name}` at {stage}");
                let next = sender.send(&MAIL).await;
                assert_eq!(word(&next), "accepted", "after `{name}` at {stage} ({keywords}): {next:?}");
                assert_eq!(server.mails().last().unwrap(), MAIL.bytes);
                let connections = server.heard().len();
                let is_lost = matches!(verdict, "away" | "unknown");
                assert_eq!(connections, if is_lost { 2 } else { 1 }, "`{name}` at {stage}: {:?}", server.heard());
            }
        }
    }
}

#[tokio::test]
async fn a_mail_goes_as_it_is_over_one_connection() {
    let server = SmtpServer::start("PIPELINING SIZE_1000 8BITMIME", |_, _, _| Act::Behave).await;
    let mut sender = with(&server, limits());
    for _ in 0..3 {
        assert_eq!(sender.send(&MAIL).await, Handed::Accepted { reply: "250 2.0.0 queued".into() });
    }
    let refused = sender.send(&Parcel { to: "ann@a\r\nRCPT TO:<x@y>", ..MAIL }).await;
    assert_eq!(word(&refused), "recipient");
    let refused = sender.send(&Parcel { bytes: b"A: b\n.\nMAIL FROM:<x@y>\n", ..MAIL }).await;
    assert_eq!(word(&refused), "message");
    assert_eq!(word(&sender.send(&Parcel { from: "", ..MAIL }).await), "accepted");
    sender.close().await;
    let heard = server.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(
        heard[0][..4],
        ["EHLO [127.0.0.1]", "MAIL FROM:<bounce+k3@jobs.example.edu> SIZE=41", "RCPT TO:<ann.lee@example.edu>", "DATA"]
    );
    assert_eq!(heard[0].iter().filter(|line| line.starts_with("MAIL FROM:<>")).count(), 1);
    assert!(heard[0].last().unwrap() == "QUIT" && !heard[0].iter().any(|line| line == "RSET"));
    assert!(server.mails().iter().all(|mail| mail == MAIL.bytes));
}

#[tokio::test]
async fn what_failed_is_taken_back_before_the_next_mail() {
    for keywords in ["", "PIPELINING"] {
        let (server, mut sender) = once(keywords, "RCPT", || act("550 5.1.1 no")).await;
        assert_eq!(word(&sender.send(&MAIL).await), "recipient");
        assert_eq!(word(&sender.send(&MAIL).await), "accepted");
        let heard = server.heard().concat();
        let reset = heard.iter().position(|line| line == "RSET").unwrap();
        assert!(heard[reset + 1].starts_with("MAIL"), "{heard:?}");
    }
}

#[tokio::test]
async fn a_server_that_asks_for_a_mail_it_has_refused_gets_none() {
    // DATA follows a refused recipient at once, and some servers say 354 to it (RFC 2920 section 3.1).
    let server = SmtpServer::start("PIPELINING", |connection, at, _| match (connection, at) {
        (0, "RCPT") => act("550 5.1.1 no"),
        (0, "DATA") => act("354 go on"),
        _ => Act::Behave,
    })
    .await;
    let mut sender = with(&server, limits());
    assert_eq!(word(&sender.send(&MAIL).await), "recipient");
    assert_eq!(word(&sender.send(&Parcel { bytes: b"A: other\r\n", ..MAIL }).await), "accepted");
    assert_eq!(server.mails(), [b"A: other\r\n"]);
    assert_eq!(server.heard().len(), 2);
}

#[tokio::test]
async fn an_answer_that_comes_before_the_mail_is_no_answer_to_it() {
    for keywords in ["", "PIPELINING"] {
        let (server, mut sender) = once(keywords, "DATA", || Act::Say("354 go\r\n250 2.0.0 queued\r\n".into())).await;
        let handed = sender.send(&MAIL).await;
        assert_eq!(word(&handed), "away", "{handed:?}");
        assert!(server.mails().is_empty());
    }
}

#[tokio::test]
async fn a_server_that_leaves_amid_a_mail_has_not_got_it() {
    let long = format!("Subject: x\r\n\r\n{}", "0123456789abcdef\r\n".repeat(1 << 20));
    let long = Parcel { bytes: long.as_bytes(), ..MAIL };
    for (said, verdict) in [("", "away"), ("552 5.3.4 too big\r\n", "message"), ("452 4.3.1 full\r\n", "deferred")] {
        let (server, mut sender) = once("PIPELINING", "EARLY", move || Act::Last(said.into())).await;
        let handed = sender.send(&long).await;
        assert_eq!(word(&handed), verdict, "{handed:?}");
        assert!(server.mails().is_empty());
    }
    let (server, mut sender) = once("PIPELINING", "EARLY", || Act::Wait).await;
    let handed = sender.send(&long).await;
    assert_eq!(word(&handed), "away", "{handed:?}");
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_costs_nothing() {
    for keywords in ["", "PIPELINING"] {
        // Closed, or closed with a word, after the first mail.
        for farewell in ["", "421 4.4.2 idle for too long\r\n"] {
            let (server, mut sender) = once(keywords, "AFTER", move || Act::Last(farewell.into())).await;
            assert_eq!(word(&sender.send(&MAIL).await), "accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert_eq!(word(&sender.send(&MAIL).await), "accepted");
            assert_eq!((server.heard().len(), server.mails().len()), (2, 2));
        }
        // Noticed only with the next mail's first command.
        for name in ["close", "421 4.4.2 idle for too long"] {
            let server = SmtpServer::start(keywords, move |connection, at, count| {
                if (connection, at, count) == (0, "MAIL", 1) { act(name) } else { Act::Behave }
            })
            .await;
            let mut sender = with(&server, limits());
            for _ in 0..2 {
                let handed = sender.send(&MAIL).await;
                assert_eq!(word(&handed), "accepted", "{name}: {handed:?}");
            }
            assert_eq!((server.heard().len(), server.mails().len()), (2, 2));
        }
    }
    // A server that hangs up on every first command is tried once, not for ever.
    let server = SmtpServer::start("PIPELINING", |_, at, _| if at == "MAIL" { Act::Close } else { Act::Behave }).await;
    assert_eq!(word(&with(&server, limits()).send(&MAIL).await), "away");
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn a_connection_long_idle_is_asked_first() {
    let server = SmtpServer::start("PIPELINING", |connection, at, count| match (connection, at, count) {
        (0, "RSET", 1) => Act::Wait,
        _ => Act::Behave,
    })
    .await;
    let connect = Duration::from_millis(300);
    let mut sender = with(&server, Limits { idle: Duration::ZERO, connect, ..limits() });
    for _ in 0..3 {
        assert_eq!(word(&sender.send(&MAIL).await), "accepted");
    }
    let heard = server.heard();
    let resets = heard.iter().map(|lines| lines.iter().filter(|line| *line == "RSET").count()).collect::<Vec<_>>();
    assert_eq!((resets, server.mails().len()), (vec![2, 0], 3));
}

#[tokio::test]
async fn a_connection_carries_no_more_than_its_share() {
    let server = SmtpServer::start("PIPELINING", |_, _, _| Act::Behave).await;
    let mut sender = with(&server, Limits { mails: 2, ..limits() });
    for _ in 0..5 {
        assert_eq!(word(&sender.send(&MAIL).await), "accepted");
    }
    sender.close().await;
    let heard = server.heard();
    let mails = heard.iter().map(|lines| lines.iter().filter(|line| line.starts_with("MAIL")).count());
    assert_eq!(mails.collect::<Vec<_>>(), [2, 2, 1]);
    assert!(heard.iter().all(|lines| lines.last().unwrap() == "QUIT"));
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_no_half_of_a_mail_behind() {
    for stage in STAGES {
        let (server, mut sender) = once("PIPELINING", stage, || Act::Wait).await;
        let given_up = tokio::time::timeout(Duration::from_millis(50), sender.send(&MAIL)).await;
        assert!(given_up.is_err());
        assert_eq!(word(&sender.send(&MAIL).await), "accepted", "{stage}");
        assert_eq!(server.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_spoken_with_is_away_and_says_why() {
    let cases = [
        ("GREETING", "close", "no greeting"),
        ("GREETING", "wait", "did not answer within 0.3 s"),
        ("GREETING", "garbage", "no SMTP"),
        ("GREETING", "endless", "no SMTP"),
        ("GREETING", "250 not yet", "greets with 250 not yet"),
        ("GREETING", "554 5.7.1 <ann.lee@example.edu> is not welcome", "554 5.7.1 <…@example.edu> is not welcome"),
        ("GREETING", "421 4.3.2 too busy", "421 4.3.2"),
        ("EHLO", "close", "closed"),
        ("EHLO", "421 4.3.2 too busy", "421 4.3.2"),
        ("EHLO", "garbage", "no SMTP"),
        ("EHLO", "wait", "did not answer"),
    ];
    for (stage, name, reason) in cases {
        let (server, mut sender) = once("", stage, move || act(name)).await;
        let handed = sender.send(&MAIL).await;
        let Handed::ServerAway { why } = &handed else { panic!("{name} at {stage}: {handed:?}") };
        assert!(why.contains(reason) && why.starts_with("127.0.0.1:"), "{name} at {stage}: {why}");
        assert_eq!(word(&sender.send(&MAIL).await), "accepted", "after {name} at {stage}");
        assert_eq!(server.mails().len(), 1);
    }
    let (server, mut sender) = once("", "EHLO", || act("502 5.5.1 what?")).await;
    assert_eq!(word(&sender.send(&MAIL).await), "accepted");
    assert_eq!(server.heard()[0][1], "HELO [127.0.0.1]");
    let gone = server.server();
    drop(server);
    tokio::task::yield_now().await;
    let mut sender = Sender::new(SmtpSettings { server: gone, password: None, limits: limits() }).unwrap();
    let handed = sender.send(&MAIL).await;
    assert!(matches!(&handed, Handed::ServerAway { why } if why.contains("no connection")), "{handed:?}");
}

#[tokio::test]
async fn without_starttls_nothing_is_sent() {
    let hello = "250 AUTH PLAIN\r\n";
    let cases = [
        ("EHLO", hello.to_owned(), "does not offer STARTTLS"),
        ("EHLO", "502 5.5.1 what?\r\n".to_owned(), "does not offer STARTTLS"),
        ("STARTTLS", "454 4.7.0 not now\r\n".to_owned(), "454 4.7.0"),
        ("STARTTLS", "250 ok\r\n".to_owned(), "250 ok"),
        // Words put in clear to be taken for the server's under TLS.
        ("STARTTLS", format!("220 go\r\n250-evil\r\n{hello}"), "speaks on in clear"),
        ("STARTTLS", "220 go\r\n".to_owned(), "no TLS"),
    ];
    for (stage, said, reason) in cases {
        let server =
            SmtpServer::start(
                "STARTTLS AUTH_PLAIN",
                move |_, at, _| {
                    if at == stage { Act::Say(said.clone()) } else { Act::Behave }
                },
            )
            .await;
        let address = format!("smtp+starttls://me@127.0.0.1:{}", server.port()).parse().unwrap();
        let password = Some(SecretString::from("sesame"));
        let mut sender = Sender::new(SmtpSettings { server: address, password, limits: limits() }).unwrap();
        let handed = sender.send(&MAIL).await;
        assert!(matches!(&handed, Handed::ServerAway { why } if why.contains(reason)), "{reason}: {handed:?}");
        let heard = server.heard().concat();
        assert!(!heard.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{heard:?}");
    }
}

#[tokio::test]
async fn an_account_logs_in_and_its_password_is_never_told() {
    let sender = |server: &SmtpServer, password: &str| {
        let address = format!("smtp://me%40example.edu@127.0.0.1:{}", server.port()).parse().unwrap();
        let password = Some(SecretString::from(password.to_owned()));
        Sender::new(SmtpSettings { server: address, password, limits: limits() })
    };
    // AG1lQGV4YW1wbGUuZWR1AHNlc2FtZQ== is `\0me@example.edu\0sesame`.
    let server = SmtpServer::start("AUTH_LOGIN_PLAIN", |_, _, _| Act::Behave).await;
    assert_eq!(word(&sender(&server, "sesame").unwrap().send(&MAIL).await), "accepted");
    assert_eq!(server.heard()[0][1], "AUTH PLAIN AG1lQGV4YW1wbGUuZWR1AHNlc2FtZQ==");
    let server = SmtpServer::start("AUTH=LOGIN", |_, at, _| match at {
        "AUTH" | "BWVAZXHHBXBSZS5LZHU=" => Act::Say("334 VXNlcm5hbWU6\r\n".into()),
        "C2VZYW1L" => Act::Say("235 welcome\r\n".into()),
        _ => Act::Behave,
    })
    .await;
    assert_eq!(word(&sender(&server, "sesame").unwrap().send(&MAIL).await), "accepted");
    assert_eq!(server.heard()[0][1..4], ["AUTH LOGIN", "bWVAZXhhbXBsZS5lZHU=", "c2VzYW1l"]);

    for (keywords, answer, reason) in [
        ("AUTH_PLAIN", "535 5.7.8 no, sesame AG1lQGV4YW1wbGUuZWR1AHNlc2FtZQ== me@example.edu", "(535 5.7.8)"),
        ("AUTH_PLAIN", "454 4.7.0 sesame later", "just now (454 4.7.0)"),
        ("AUTH_PLAIN", "334 go on", "refuses"),
        ("AUTH_LOGIN", "504 5.5.4 no", "refuses"),
        ("AUTH_PLAIN", "close", "closed"),
        ("AUTH_GSSAPI", "", "neither AUTH PLAIN nor AUTH LOGIN"),
        ("", "", "neither AUTH PLAIN nor AUTH LOGIN"),
    ] {
        let server =
            SmtpServer::start(keywords, move |_, at, _| if at == "AUTH" { act(answer) } else { Act::Behave }).await;
        let handed = sender(&server, "sesame").unwrap().send(&MAIL).await;
        let Handed::ServerAway { why } = &handed else { panic!("{answer}: {handed:?}") };
        assert!(why.contains(reason), "{answer}: {why}");
        assert!(!why.contains("sesame") && !why.contains("AG1l") && !why.contains("me@"), "{why}");
        assert!(!server.heard().concat().iter().any(|line| line.starts_with("MAIL")));
    }

    let server = SmtpServer::start("", |_, _, _| Act::Behave).await;
    let settings = |user: &str, password: Option<&str>| SmtpSettings {
        server: format!("smtp://{user}127.0.0.1:{}", server.port()).parse().unwrap(),
        password: password.map(SecretString::from),
        limits: limits(),
    };
    let told = |settings| Sender::new(settings).unwrap_err().to_string();
    assert!(told(settings("me@", None)).contains("mail.password_file"));
    assert!(told(settings("", Some("sesame"))).contains("names no account"));
    assert!(!format!("{:?}", Sender::new(settings("me@", Some("sesame")))).contains("sesame"));
}

#[tokio::test]
async fn answers_are_told_short_and_without_people() {
    let said =
        "550-5.1.1 <Ann.Lee@example.edu>: no such user\r\n550 5.1.1 ann.lee \x1b[31m via bounce+k3@jobs.example.edu";
    let (_server, mut sender) = once("PIPELINING", "RCPT", move || act(said)).await;
    let Handed::Refused { reply, code, enhanced, .. } = sender.send(&MAIL).await else { panic!("not refused") };
    assert_eq!(reply, "550 5.1.1 <…@example.edu>: no such user … [31m via …@jobs.example.edu");
    assert_eq!((code, enhanced.as_deref()), (550, Some("5.1.1")));
    let (_server, mut sender) =
        once("PIPELINING", "BODY", || Act::Say(format!("250 ok {}\r\n", "x ".repeat(4000)))).await;
    let Handed::Accepted { reply } = sender.send(&MAIL).await else { panic!("not accepted") };
    assert_eq!(reply.chars().count(), 300);
}

#[tokio::test]
async fn only_an_address_that_needs_it_asks_for_smtputf8() {
    let foreign = Parcel { to: "zoë@bücher.example", ..MAIL };
    let server = SmtpServer::start("PIPELINING SMTPUTF8 8BITMIME", |_, _, _| Act::Behave).await;
    let mut sender = with(&server, limits());
    for parcel in [MAIL, Parcel { to: "zoe@bücher.example", ..MAIL }, foreign] {
        assert_eq!(word(&sender.send(&parcel).await), "accepted");
    }
    assert_eq!(word(&sender.send(&Parcel { bytes: "A: b\r\n\r\nü\r\n".as_bytes(), ..MAIL }).await), "accepted");
    let heard = server.heard().concat();
    let flagged: Vec<_> =
        heard.iter().filter(|line| line.starts_with("MAIL")).map(|line| line.contains("SMTPUTF8")).collect();
    assert_eq!(flagged, [false, false, true, false]);
    assert!(heard.contains(&"RCPT TO:<zoe@xn--bcher-kva.example>".to_owned()), "{heard:?}");
    assert!(heard.iter().any(|line| line.ends_with(" BODY=8BITMIME")));

    let server = SmtpServer::start("PIPELINING", |_, _, _| Act::Behave).await;
    let mut sender = with(&server, limits());
    let refused = sender.send(&foreign).await;
    assert!(matches!(&refused, Handed::Refused { what: Refusal::Recipient, code: 553, .. }), "{refused:?}");
    assert_eq!(word(&sender.send(&Parcel { bytes: "A: b\r\n\r\nü\r\n".as_bytes(), ..MAIL }).await), "message");
    assert_eq!(word(&sender.send(&MAIL).await), "accepted");
    assert_eq!(server.heard().len(), 1);
}
