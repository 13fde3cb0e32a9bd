//! `[boards.X.mail]`: where the board's job-alert mails lie and which of them count.
//!
//! The allow-list is a filter, not a proof: a `From` can be written by anyone.

use std::net::IpAddr;
use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;
use url::{Host, Url};

use crate::model::{Engine, ImapAccount, MailSource};

/// What follows the name of a server, for messages.
const SHAPE: &str = "such as `imaps://user@mail.example.edu/Job alerts`";

/// The table as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailRules {
    /// A Maildir, an mbox file, or `imaps://user@host/Folder`.
    pub source: Option<String>,
    /// The IMAP account's password.
    pub password: Option<SecretString>,
    /// A file that holds the password.
    pub password_file: Option<String>,
    /// Addresses, or `@domain`s, that the board's alerts come from.
    pub senders: Vec<String>,
    /// Where given, a mail must also carry one of these in `List-Id`.
    pub list_ids: Vec<String>,
    /// The engine whose addresses the alerts' links have; the board's own where it is left out.
    pub links_from: Option<String>,
    /// Whether mails are marked as seen once their postings are stored.
    pub mark_seen: bool,
    /// Whether mails are deleted once their postings are stored.
    pub delete: bool,
}

/// A board's alert mails, checked.
#[derive(Clone, Debug)]
pub struct AlertMails {
    /// Where they lie.
    pub source: MailSource,
    /// Whose mails count, in lower case: an address, or a domain with its `@`.
    pub senders: Vec<String>,
    /// Which lists' mails count, in lower case; empty means any.
    pub list_ids: Vec<String>,
    /// The engines whose addresses the links may have, tried in order; empty means any.
    pub links_from: Vec<Engine>,
    /// Whether mails are marked as seen once their postings are stored.
    pub mark_seen: bool,
    /// Whether mails are deleted once their postings are stored.
    pub delete: bool,
}

impl AlertMails {
    /// Tells whether a mail with these headers is one of the board's alerts: every author must be on
    /// the list, so that an allowed name beside another one opens nothing.
    #[must_use]
    pub fn admits(&self, from: &[String], list_id: Option<&str>) -> bool {
        let allowed = |address: &String| {
            let address = address.to_lowercase();
            let domain = address.rfind('@').map_or("", |at| &address[at..]);
            self.senders.iter().any(|sender| *sender == address || (sender.starts_with('@') && sender == domain))
        };
        let listed = || {
            let id = list_id.unwrap_or_default().to_lowercase();
            self.list_ids.contains(&id)
        };
        !from.is_empty() && from.iter().all(allowed) && (self.list_ids.is_empty() || listed())
    }

    /// Gives a text that changes with the rules by which mails are chosen.
    #[must_use]
    pub fn rules_identity(&self) -> String {
        let engines = self.links_from.iter().map(|engine| engine.as_str()).collect::<Vec<_>>().join(",");
        let text = format!("{}\0{}\0{engines}", self.senders.join(","), self.list_ids.join(","));
        format!("{}{}", self.source.identity(), &blake3::hash(text.as_bytes()).to_hex()[..16])
    }
}

/// Checks a board's table; gives the key and what is wrong with it.
pub(super) fn alert_mails(
    rules: Option<MailRules>,
    engines: &[Engine],
) -> Result<Option<AlertMails>, (&'static str, String)> {
    let alone = engines.contains(&Engine::Email);
    if alone && engines.len() > 1 {
        return Err(("engines", "names `email` beside others: give the board's engine and a table `mail`".into()));
    }
    let Some(rules) = rules else {
        let why = "is missing: engine `email` needs a table with `source` and `senders`";
        return if alone { Err(("mail", why.into())) } else { Ok(None) };
    };
    let source = rules.source.as_deref().filter(|text| !text.trim().is_empty()).ok_or_else(|| {
        ("mail.source", format!("is missing: name a Maildir, an mbox file or an IMAP folder, {SHAPE}"))
    })?;
    let links_from = match rules.links_from.as_deref() {
        Some(word) => vec![links_engine(word).map_err(|why| ("mail.links_from", why))?],
        None if alone => Vec::new(),
        None => engines.to_vec(),
    };
    Ok(Some(AlertMails {
        source: mail_source(source, rules.password).map_err(|why| ("mail.source", why))?,
        senders: senders(&rules.senders).map_err(|why| ("mail.senders", why))?,
        list_ids: rules.list_ids.iter().map(|id| id.trim().trim_matches(['<', '>']).to_lowercase()).collect(),
        links_from,
        mark_seen: rules.mark_seen,
        delete: rules.delete,
    }))
}

fn links_engine(word: &str) -> Result<Engine, String> {
    let known = Engine::ALL.into_iter().filter(|engine| *engine != Engine::Email);
    Engine::from_word(word).filter(|engine| *engine != Engine::Email).ok_or_else(|| {
        let known = known.map(Engine::as_str).collect::<Vec<_>>().join(", ");
        format!("`{word}` is no engine whose addresses are known; known engines are {known}")
    })
}

/// Checks the allow-list: a whole address, or a domain with its `@`.
fn senders(typed: &[String]) -> Result<Vec<String>, String> {
    if typed.is_empty() {
        return Err("is missing: list the addresses that the board's alerts come from, such as \
                    `alerts@board.example` or `@board.example`"
            .into());
    }
    let checked = |text: &String| {
        let text = text.trim().to_lowercase();
        let plain = text.chars().all(|c| !(c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',')));
        let shaped = text.rsplit_once('@').is_some_and(|(user, host)| !user.contains('@') && host.contains('.'));
        if plain && shaped { Ok(text) } else { Err("holds what is neither an address nor an `@domain`".to_owned()) }
    };
    typed.iter().map(checked).collect()
}

/// Reads where mails lie: a path, or `imaps://user@host/Folder`. What stands in an address is never told: it may
/// hold a password.
///
/// # Errors
/// Says what is wrong with it.
pub fn mail_source(text: &str, password: Option<SecretString>) -> Result<MailSource, String> {
    if !text.contains("://") {
        return Ok(MailSource::Files(PathBuf::from(text)));
    }
    let url = Url::parse(text).map_err(|_| format!("is not an address of an IMAP folder, {SHAPE}"))?;
    let encrypted = match url.scheme() {
        "imaps" => true,
        "imap" => false,
        _ => return Err(format!("is neither a path nor an IMAP folder, {SHAPE}")),
    };
    if url.password().is_some() {
        return Err("must not hold a password: use `password_file`, or the environment".into());
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(format!("names no server, {SHAPE}"))?;
    if !encrypted && !is_loopback(host) {
        return Err("would send the password in clear: use `imaps://`; `imap://` is for this machine alone".into());
    }
    let user = decoded(url.username());
    if user.is_empty() {
        return Err(format!("names no account, {SHAPE}"));
    }
    let folder = decoded(url.path().trim_start_matches('/'));
    if user.chars().chain(folder.chars()).any(char::is_control) {
        return Err("holds a control character".into());
    }
    Ok(MailSource::Imap(ImapAccount {
        host: host.trim_matches(['[', ']']).to_owned(),
        port: url.port().unwrap_or(if encrypted { 993 } else { 143 }),
        encrypted,
        user,
        password,
        folder: if folder.is_empty() { "INBOX".to_owned() } else { folder },
    }))
}

fn is_loopback(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
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

    fn rules(source: &str) -> MailRules {
        MailRules {
            source: Some(source.to_owned()),
            senders: vec!["Alerts@Board.example".into(), "@lists.example".into()],
            ..MailRules::default()
        }
    }

    fn wrong(rules: MailRules, engines: &[Engine]) -> String {
        alert_mails(Some(rules), engines).map(|_| ()).unwrap_err().1
    }

    #[test]
    fn a_folder_on_a_server_is_read_from_its_address() {
        let mails = alert_mails(Some(rules("imaps://me%40x.edu@mail.example/Job%20alerts")), &[Engine::Bti]).unwrap();
        let mails = mails.unwrap();
        let MailSource::Imap(account) = &mails.source else { panic!("{mails:?}") };
        assert_eq!((account.user.as_str(), account.folder.as_str(), account.port), ("me@x.edu", "Job alerts", 993));
        assert_eq!(mails.links_from, [Engine::Bti]);
        assert!(!mails.source.shown().contains("me@x.edu"));
        assert!(alert_mails(Some(rules("imap://me@127.0.0.1:1143/")), &[Engine::Bti]).is_ok());
        assert!(alert_mails(Some(rules("imap://me@[::1]/")), &[Engine::Bti]).is_ok());
    }

    #[test]
    fn what_is_unsafe_or_missing_is_refused_without_telling_the_address() {
        for source in
            ["imap://me@mail.example/", "imap://me@localhost.evil.example/", "imaps://me:hunter2@mail.example/"]
        {
            let why = wrong(rules(source), &[Engine::Bti]);
            assert!(!why.contains("hunter2") && !why.contains("evil"), "{why}");
        }
        assert!(wrong(rules("imaps://mail.example/"), &[Engine::Bti]).contains("no account"));
        assert!(wrong(rules("pop3://me@mail.example/"), &[Engine::Bti]).contains("neither"));
        assert!(wrong(MailRules::default(), &[Engine::Email]).contains("Maildir"));
        assert!(wrong(MailRules { senders: Vec::new(), ..rules("x") }, &[Engine::Bti]).contains("is missing"));
        assert!(wrong(MailRules { senders: vec!["board".into()], ..rules("x") }, &[Engine::Bti]).contains("neither"));
        assert!(
            wrong(MailRules { links_from: Some("email".into()), ..rules("x") }, &[Engine::Email]).contains("known")
        );
        assert!(wrong(rules("x"), &[Engine::Bti, Engine::Email]).contains("beside others"));
        assert_eq!(alert_mails(None, &[Engine::Email]).unwrap_err().0, "mail");
        assert!(alert_mails(None, &[Engine::Bti]).unwrap().is_none());
    }

    #[test]
    fn only_listed_authors_are_admitted() {
        let mails = alert_mails(Some(rules("x")), &[Engine::Bti]).unwrap().unwrap();
        let admits = |from: &[&str]| mails.admits(&from.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>(), None);
        assert!(admits(&["alerts@board.example"]) && admits(&["ALERTS@board.EXAMPLE"]) && admits(&["x@lists.example"]));
        assert!(!admits(&[]) && !admits(&["alerts@board.example", "me@evil.example"]));
        for other in
            ["x@evil-lists.example", "x@lists.example.evil", "alerts@board.example.evil", "@lists.example@evil"]
        {
            assert!(!admits(&[other]), "{other}");
        }
        let listed = MailRules { list_ids: vec!["<Jobs.Board.example>".into()], ..rules("x") };
        let mails = alert_mails(Some(listed), &[Engine::Bti]).unwrap().unwrap();
        let from = ["alerts@board.example".to_owned()];
        assert!(mails.admits(&from, Some("jobs.board.example")) && !mails.admits(&from, None));
    }
}
