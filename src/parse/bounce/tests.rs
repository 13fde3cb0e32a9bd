//! What is made of mails in the shape that servers, people and providers write them.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::{BounceLimits, read_bounce};
use crate::model::{Bounce, BounceKind};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bounces");
    fs::read(folder.join(format!("{name}.eml"))).unwrap()
}

fn read(name: &str) -> Bounce {
    read_bounce(&fixture(name), BounceLimits::default())
}

/// Fixture, what it is, its code.
const FIXTURES: [(&str, &str, &str); 34] = [
    ("alias-with-two", "soft", "5.1.1"),
    ("away-exchange", "auto-reply", ""),
    ("away-french", "auto-reply", ""),
    ("away-german", "auto-reply", ""),
    ("away-japanese", "auto-reply", ""),
    ("away-postmaster", "auto-reply", ""),
    ("away-spanish", "auto-reply", ""),
    ("away-vacation", "auto-reply", ""),
    ("challenge", "auto-reply", ""),
    ("complaint", "complaint", ""),
    ("complaint-not-spam", "not-a-bounce", ""),
    ("complaint-unnamed", "complaint", ""),
    ("delivered", "not-a-bounce", "2.0.0"),
    ("exchange-2003", "hard", ""),
    ("exchange-online-blocked", "soft", "5.7.1"),
    ("exchange-online-not-found", "hard", "5.1.10"),
    ("exim", "hard", ""),
    ("exim-delayed", "delayed", ""),
    ("forwarded-by-a-person", "not-a-bounce", ""),
    ("gmail-not-found", "hard", "5.1.1"),
    ("gmail-too-fast", "soft", "5.2.1"),
    ("left-the-company", "auto-reply", ""),
    ("person", "not-a-bounce", ""),
    ("postfix-delayed", "delayed", "4.4.1"),
    ("postfix-full", "soft", "5.2.2"),
    ("postfix-given-up", "soft", "4.4.1"),
    ("postfix-no-host", "soft", "5.4.4"),
    ("postfix-unknown-user", "hard", "5.1.1"),
    ("qmail", "hard", "5.1.1"),
    ("qmail-given-up", "soft", "4.4.1"),
    ("receipt", "auto-reply", ""),
    ("sender-refused", "soft", ""),
    ("sendmail-no-host", "hard", "5.1.2"),
    ("unclear-server", "soft", ""),
];

#[test]
fn mails_are_told_apart() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bounces");
    assert_eq!(fs::read_dir(folder).unwrap().count(), FIXTURES.len(), "a fixture that no test reads");
    for (name, kind, status) in FIXTURES {
        let bounce = read(name);
        assert_eq!((bounce.kind.as_str(), bounce.status.as_deref().unwrap_or_default()), (kind, status), "{name}");
    }
}

#[test]
fn line_ends_make_no_difference() {
    for (name, ..) in FIXTURES {
        let text = String::from_utf8(fixture(name)).unwrap().replace('\n', "\r\n");
        let bounce = read_bounce(text.as_bytes(), BounceLimits::default());
        assert_eq!(
            (bounce.kind, &bounce.recipient, &bounce.status),
            (read(name).kind, &read(name).recipient, &read(name).status),
            "{name}"
        );
        assert!(bounce.message_id == read(name).message_id && bounce.verp == read(name).verp, "{name}");
    }
}

#[test]
fn what_came_back_is_known_by_its_token_its_id_and_its_recipient() {
    for (name, ..) in FIXTURES {
        let bounce = read(name);
        assert_eq!(bounce.verp.as_deref(), Some("t7Qk2m"), "{name}");
        let failed =
            matches!(bounce.kind, BounceKind::Hard | BounceKind::Soft | BounceKind::Complaint | BounceKind::Delayed);
        let expected = if name == "alias-with-two" { "coders@clinic.example" } else { "jane.doe@clinic.example" };
        assert_eq!(bounce.recipient.as_deref(), failed.then_some(expected), "{name}");
        let brings_it_back = !["exim-delayed", "sender-refused", "unclear-server"].contains(&name);
        if failed && brings_it_back {
            assert_eq!(bounce.message_id.as_deref(), Some("20261109.70a1@jobs.example"), "{name}");
        }
    }
}

#[test]
fn diagnostics_are_for_people_and_name_nobody() {
    let said = |name: &str| read(name).diagnostic.unwrap();
    assert_eq!(
        said("postfix-unknown-user"),
        "smtp; 550 5.1.1 (address): Recipient address rejected: User unknown in local recipient table"
    );
    assert_eq!(
        said("exchange-online-not-found"),
        "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient (address) not found by SMTP address lookup"
    );
    assert!(said("qmail").starts_with("(ip-1) does not like recipient. Remote host said: 550"), "{}", said("qmail"));
    for (name, ..) in FIXTURES {
        let text = read(name).diagnostic.unwrap_or_default();
        assert!(!text.contains('@') && !text.contains("jane") && text.chars().count() <= 300, "{name}: {text}");
    }
}

#[test]
fn limits_hold() {
    let mail = fixture("postfix-unknown-user");
    let limited = |bytes, parts, diagnostic| read_bounce(&mail, BounceLimits { bytes, parts, diagnostic });
    assert_eq!(limited(usize::MAX, usize::MAX, 12).diagnostic.unwrap(), "smtp; 550 5…");
    assert_eq!(limited(0, 50, 300), Bounce::default());
    // Without its parts it says nothing.
    assert_eq!(limited(usize::MAX, 1, 300).kind, BounceKind::AutoReply);
}

#[test]
fn long_and_odd_mails_end_soon() {
    let report = "From: MAILER-DAEMON@x.example\nSubject: failure notice\nContent-Type: ";
    for mail in [
        format!("{report}multipart/report; report-type=delivery-status; boundary=b\n\n{}", "--b\n".repeat(200_000)),
        format!("{report}text/plain\n\n{}", "@a".repeat(400_000)),
        format!("{report}text/html\n\n{}", "<".repeat(800_000)),
        format!("{report}text/plain\nTo: {}\n\nx", "a@b.example, ".repeat(50_000)),
        "X: y\n".repeat(150_000),
        "Content-Type: message/rfc822\n\n".repeat(30_000),
    ] {
        let bounce = read_bounce(mail.as_bytes(), BounceLimits::default());
        assert_ne!(bounce.kind, BounceKind::Hard);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert_ne!(read_bounce(&bytes, BounceLimits::default()).kind, BounceKind::Hard);
    }

    #[test]
    fn damaged_mails_are_read_within_bounds(
        which in 0..FIXTURES.len(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        end in any::<prop::sample::Index>(),
        other in 0..FIXTURES.len(),
    ) {
        let mut mail = fixture(FIXTURES[which].0);
        for (at, byte) in cuts {
            let at = at.index(mail.len());
            mail[at] = byte;
        }
        mail.truncate(end.index(mail.len()) + 1);
        mail.extend(fixture(FIXTURES[other].0));
        let bounce = read_bounce(&mail, BounceLimits::default());
        prop_assert!(bounce.diagnostic.is_none_or(|text| text.chars().count() <= 300 && !text.contains(char::is_control)));
        prop_assert!(bounce.recipient.is_none_or(|address| address.len() <= 254 && address.contains('@')));
        prop_assert!(bounce.verp.is_none_or(|token| token.is_ascii() && token.len() <= 200));
    }

    #[test]
    fn what_machines_answer_is_never_a_bounce(words in "[a-z ]{0,60}", which in 0_usize..3) {
        let sign = ["Auto-Submitted: auto-replied", "Precedence: bulk", "X-Autoreply: yes"][which];
        let mail = format!(
            "From: jane@clinic.example\nTo: bounces+t@jobs.example\nSubject: Re: jobs\n{sign}\n\n\
             550 5.1.1 <jane@clinic.example> user unknown, could not be delivered {words}"
        );
        prop_assert_eq!(read_bounce(mail.as_bytes(), BounceLimits::default()).kind, BounceKind::AutoReply);
    }
}
