//! Checks of what is configured: boards' rules, contact, mail, secrets, time zones.

use std::path::Path;

use url::Url;

use super::Finding;
use crate::cli::context::Context;
use crate::config::{Source, TransportKind};
use crate::deliver::Settings;

pub(super) fn findings(context: &Context) -> Vec<Finding> {
    let mut findings = vec![boards(context), contact(context), zones()];
    findings.extend(mail(context));
    findings.extend(secrets(context));
    findings
}

fn boards(context: &Context) -> Finding {
    let config = &context.config;
    for board in &config.boards {
        if let Err(why) = crate::parse::check_selectors(board) {
            return Finding::fail("configuration", format!("board `{}`: {why}", board.id), "correct the board's table");
        }
    }
    let enabled = config.boards.iter().filter(|board| board.enabled).count();
    let text = format!("{} boards, {enabled} enabled", config.boards.len());
    if enabled == 0 {
        return Finding::warn("configuration", text, "enable a board, or nothing is ever polled");
    }
    let file = config.sources.iter().rev().find_map(|source| match source {
        Source::File(path) => Some(path.display().to_string()),
        _ => None,
    });
    Finding::ok(
        "configuration",
        file.map_or_else(|| format!("{text}; no file, built-in defaults"), |file| format!("{text}; {file}")),
    )
}

/// A site owner must be able to find out who asks.
fn contact(context: &Context) -> Finding {
    let fetch = &context.config.fetch;
    let contact = fetch.contact.trim();
    if fetch.allow_private_addresses {
        return Finding::warn(
            "contact",
            format!("{contact}; addresses inside the network may be asked"),
            "set `fetch.allow_private_addresses = false` outside of tests",
        );
    }
    let is_address = Url::parse(contact).is_ok_and(|url| match url.scheme() {
        "http" | "https" => url.host_str().is_some_and(|host| host.contains('.') && !host.ends_with(".localhost")),
        "mailto" => url.path().contains('@'),
        _ => false,
    });
    let is_mailbox = !contact.contains(char::is_whitespace)
        && contact.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    if !is_address && !is_mailbox {
        let remedy = "set `fetch.contact` to a page or a mailbox of yours, such as `https://careers.example.edu/jobs`";
        return Finding::warn(
            "contact",
            format!("`{contact}` does not look like something that can be reached"),
            remedy,
        );
    }
    if contact == crate::fetch::Settings::default().contact {
        return Finding::ok("contact", "the project's own page; `fetch.contact` names yours to the boards");
    }
    Finding::ok("contact", contact)
}

/// Time zones are compiled in, so that a container needs none.
fn zones() -> Finding {
    Finding::ok("time zones", format!("compiled in, edition {}", chrono_tz::IANA_TZDB_VERSION))
}

fn mail(context: &Context) -> Vec<Finding> {
    let mail = &context.config.mail;
    let mut findings = Vec::new();
    let mut warn = |text: &str, remedy: &str| findings.push(Finding::warn("mail", text, remedy));
    if mail.transport == TransportKind::Smtp {
        let user = mail.delivery().is_ok_and(|way| matches!(way, Settings::Smtp(smtp) if smtp.server.user.is_some()));
        match (user, mail.password.is_some()) {
            (true, false) => warn("`mail.url` names a user, and there is no password", "set `mail.password_file`"),
            (false, true) => warn("there is a password, and `mail.url` names no user", "write `smtps://user@host`"),
            _ => {}
        }
        if mail.from.trim_end_matches('>').ends_with("@localhost") {
            warn("`mail.from` is at localhost, which other servers refuse", "set `mail.from` to an address of yours");
        }
        if mail.postal_address.is_none() && !mail.personal {
            warn(
                "there is no postal address, which mail to other people must carry (CAN-SPAM)",
                "set `mail.postal_address`, or `mail.personal = true` where only your own mailbox is mailed",
            );
        }
    }
    if findings.is_empty() {
        let text = match mail.transport {
            TransportKind::Smtp => "over a mail server; none was asked now".to_owned(),
            TransportKind::Directory => format!("written as files into {}", mail.directory),
        };
        findings.push(Finding::ok("mail", text));
    }
    findings
}

fn secrets(context: &Context) -> Vec<Finding> {
    let config = &context.config;
    let mut held: Vec<(String, &Path)> =
        config.secret_files.iter().map(|(key, path)| (format!("`{key}`"), path.as_path())).collect();
    held.extend(config.files_with_secrets().into_iter().map(|path| ("a secret".to_owned(), path)));
    let open: Vec<Finding> = held
        .iter()
        .filter(|(_, path)| everybody_reads(path))
        .map(|(what, path)| {
            let text = format!("{what} stands in {}, which every user of this machine can read", path.display());
            Finding::warn("secrets", text, format!("chmod o= {}", path.display()))
        })
        .collect();
    match (open.is_empty(), held.len()) {
        (false, _) => open,
        (true, 0) => vec![Finding::ok("secrets", "none in files")],
        (true, count) => vec![Finding::ok("secrets", format!("{count} in files that not everybody can read"))],
    }
}

#[cfg(unix)]
fn everybody_reads(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn everybody_reads(_path: &Path) -> bool {
    false
}
