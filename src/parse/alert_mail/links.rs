//! What a link of an alert mail is: a posting of the board, a tracker's riddle, or none of ours.

use url::{Host, Url};

use super::super::address::{looks_like_posting, tidy};
use super::super::{bti, jsonld_engine, ymcareers};
use super::unwrap::layers;
use crate::board::Board;
use crate::model::Engine;

/// Engines whose addresses are told apart by their shape, in the order in which they are tried.
const GUESSES: [Engine; 4] = [Engine::Usajobs, Engine::Ymcareers, Engine::Bti, Engine::Webscribble];
/// Path parts of pages that are the reader's own: they carry the reader's keys.
const PERSONAL: [&str; 22] = [
    "unsubscribe",
    "optout",
    "opt-out",
    "opt_out",
    "preferences",
    "login",
    "log-in",
    "signin",
    "sign-in",
    "logout",
    "password",
    "reset",
    "account",
    "alerts",
    "job-alerts",
    "jobalerts",
    "verify",
    "confirm",
    "subscription",
    "subscriptions",
    "viewemail",
    "view-email",
];
/// From this length a part of an address is a key, not a word.
const KEY_LENGTH: usize = 20;

/// One posting's address, as the board's own pages give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JobLink {
    pub(super) posting_id: Option<String>,
    pub(super) network_id: Option<String>,
    pub(super) url: Url,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A posting of the board.
    Job(JobLink),
    /// Only the tracker knows.
    Opaque,
    /// The board's page for this reader alone.
    Personal,
    /// Anything else.
    Other,
}

/// The board that a mail's links must lead to.
pub(super) struct Site<'a> {
    board: &'a Board,
    home: Url,
    engines: Vec<Engine>,
}

impl<'a> Site<'a> {
    /// Takes the board's home, and the shapes its addresses may have.
    pub(super) fn of(board: &'a Board, home: &Url) -> Self {
        let named = board.mail.as_ref().map_or(board.engines.as_slice(), |mail| mail.links_from.as_slice());
        let mut engines: Vec<Engine> = named.iter().copied().filter(|engine| *engine != Engine::Email).collect();
        if engines.is_empty() {
            engines = GUESSES.to_vec();
        }
        Self { board, home: home.clone(), engines }
    }

    /// Says what a link is. A page of the reader's own ends the search: what it leads to afterwards
    /// is not looked at.
    pub(super) fn target(&self, href: &str) -> Target {
        let layers = layers(href);
        for url in &layers {
            if let Some(link) = self.engines.iter().find_map(|engine| self.job(*engine, url)) {
                return Target::Job(link);
            }
            if self.is_ours(url) && is_personal(url) {
                return Target::Personal;
            }
        }
        match layers.last() {
            Some(url) if holds_key(url) => Target::Opaque,
            _ => Target::Other,
        }
    }

    fn job(&self, engine: Engine, url: &Url) -> Option<JobLink> {
        let federal = engine == Engine::Usajobs && is_usajobs(url);
        if !federal && !self.is_ours(url) {
            return None;
        }
        let url = self.at_home(url.clone());
        let link = |posting_id: String, network: Option<&str>, url: Url| JobLink {
            network_id: network.map(|network| format!("{network}:{posting_id}")),
            posting_id: Some(posting_id),
            url,
        };
        match engine {
            Engine::Usajobs => {
                let number = federal_number(&url)?;
                let page = Url::parse(&format!("https://www.usajobs.gov/job/{number}")).ok()?;
                Some(link(number, Some("usajobs"), page))
            }
            Engine::Ymcareers => {
                let (url, number) = ymcareers::posting_link(&url)?;
                Some(link(number, Some("ymcareers"), url))
            }
            Engine::Bti => {
                let bare = bare(url);
                let number = bti::number_in(bare.as_str())?.to_owned();
                let page = Url::parse(&bare.as_str().replacen("/jobs/rss/", "/jobs/", 1)).ok()?;
                Some(link(number, Some("bti"), page))
            }
            Engine::Webscribble => Some(link(slug_number(&url)?, None, bare(url))),
            Engine::Jsonld => {
                let url = keyless(url);
                Some(link(jsonld_engine::posting_id(self.board, &url)?, None, url))
            }
            // These boards' postings are known by their addresses.
            Engine::Rss | Engine::Html | Engine::Json => {
                let url = keyless(url);
                let is_posting = looks_like_posting(&url) && !is_personal(&url);
                is_posting.then_some(JobLink { posting_id: None, network_id: None, url })
            }
            Engine::Email => None,
        }
    }

    /// Tells whether an address stands on the board's registrable domain, or on its very host and
    /// port where that is no name of the public internet.
    fn is_ours(&self, url: &Url) -> bool {
        match (registrable(url), registrable(&self.home)) {
            (Some(one), Some(other)) => one == other,
            (None, None) => super::super::address::same_host(url, &self.home),
            _ => false,
        }
    }

    /// Mails often name the board's host with the other scheme; its pages have the board's own.
    fn at_home(&self, mut url: Url) -> Url {
        if url.host() == self.home.host() && url.port().is_none() && self.home.port().is_none() {
            let _ = url.set_scheme(self.home.scheme());
        }
        url
    }
}

/// Gives the domain that someone registered; `None` for addresses and private names.
fn registrable(url: &Url) -> Option<String> {
    match url.host()? {
        Host::Domain(name) => psl::domain_str(name.trim_end_matches('.')).map(str::to_ascii_lowercase),
        _ => None,
    }
}

fn is_usajobs(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host == "usajobs.gov" || host.ends_with(".usajobs.gov"))
}

/// Finds the control number in `/job/<digits>` and `/GetJob/ViewDetails/<digits>`.
fn federal_number(url: &Url) -> Option<String> {
    let mut steps = url.path_segments()?.filter(|step| !step.is_empty());
    let first = steps.next()?.to_ascii_lowercase();
    let number = match first.as_str() {
        "job" => steps.next()?,
        "getjob" => steps.next().filter(|step| step.eq_ignore_ascii_case("viewdetails")).and(steps.next())?,
        _ => return None,
    };
    let shaped = (1..=20).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    (shaped && steps.next().is_none()).then(|| number.to_owned())
}

/// Finds the number at the end of `/job/<slug>-<id>`.
fn slug_number(url: &Url) -> Option<String> {
    let steps: Vec<&str> = url.path_segments()?.filter(|step| !step.is_empty()).collect();
    let [.., "job", slug] = steps.as_slice() else { return None };
    let (_, number) = slug.rsplit_once('-')?;
    let shaped = (1..=12).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    shaped.then(|| number.to_owned())
}

/// Takes everything after the path off: these engines' addresses need none of it.
fn bare(mut url: Url) -> Url {
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Takes off what tracks the reader, and every parameter that looks like a key.
fn keyless(url: Url) -> Url {
    let mut url = tidy(url);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, value)| !is_key(value) && !names_key(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    url
}

fn names_key(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "key", "auth", "sig", "hash", "email", "user", "subscriber", "contact", "member", "sid", "uid", "pass"]
        .iter()
        .any(|part| name.contains(part))
}

fn is_personal(url: &Url) -> bool {
    let parts = || url.path().split('/').map(str::to_ascii_lowercase);
    parts().any(|part| PERSONAL.contains(&part.split('.').next().unwrap_or_default()))
        || url.query_pairs().any(|(name, _)| PERSONAL.contains(&name.to_ascii_lowercase().as_str()))
}

/// Tells whether a text is a key: long, and of letters and digits that make no words.
fn is_key(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'=' | b'+' | b'%' | b'/');
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let capitals = text.bytes().filter(u8::is_ascii_uppercase).count();
    text.len() >= KEY_LENGTH && text.bytes().all(plain) && digits >= 2 && digits + capitals >= 4
}

/// Tells whether an address carries a key that only its maker can read.
fn holds_key(url: &Url) -> bool {
    url.path().split('/').any(is_key) || url.query_pairs().any(|(_, value)| is_key(&value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::{BoardFile, MailRules};
    use crate::model::BoardId;

    fn board(engine: &str) -> Board {
        let file = BoardFile {
            engine: Some(engine.to_owned()),
            base_url: Some("https://jobs.example.org".into()),
            html: Some(crate::board::HtmlRules { item: Some("li".into()), ..crate::board::HtmlRules::default() }),
            mail: (engine == "email").then(|| MailRules {
                source: Some("mails".into()),
                senders: vec!["@example.org".into()],
                ..MailRules::default()
            }),
            ..BoardFile::default()
        };
        Board::settle(BoardId::new("lakes").unwrap(), file, None).unwrap()
    }

    fn found(engine: &str, href: &str) -> Option<(String, String)> {
        let board = board(engine);
        match Site::of(&board, &board.base_url).target(href) {
            Target::Job(link) => Some((link.posting_id.unwrap_or_default(), link.url.to_string())),
            _ => None,
        }
    }

    #[test]
    fn each_engine_s_addresses_give_its_own_ids() {
        for (engine, href, id, url) in [
            (
                "ymcareers",
                "http://jobs.example.org/job/coder-ii/38312412/?token=AbC123&utm_source=x",
                "38312412",
                "https://jobs.example.org/job/coder-ii/38312412/",
            ),
            (
                "ymcareers",
                "https://jobs.example.org/c/job.cfm?site_id=7&jb=38312412&t=secret",
                "38312412",
                "https://jobs.example.org/c/job.cfm?jb=38312412",
            ),
            (
                "bti",
                "https://jobs.example.org/jobs/rss/22273101/coder?x=1#y",
                "22273101",
                "https://jobs.example.org/jobs/22273101/coder",
            ),
            (
                "webscribble",
                "https://jobs.example.org/job/coder-columbus-ohio-301?s=1",
                "301",
                "https://jobs.example.org/job/coder-columbus-ohio-301",
            ),
            (
                "usajobs",
                "https://www.usajobs.gov:443/GetJob/ViewDetails/793682000?x=1",
                "793682000",
                "https://www.usajobs.gov/job/793682000",
            ),
            ("email", "https://www.usajobs.gov/job/793682000", "793682000", "https://www.usajobs.gov/job/793682000"),
            (
                "email",
                "https://jobs.example.org/job/coder/38312412/",
                "38312412",
                "https://jobs.example.org/job/coder/38312412/",
            ),
            (
                "email",
                "https://mail.example.org/jobs/22273101/coder",
                "22273101",
                "https://mail.example.org/jobs/22273101/coder",
            ),
            (
                "jsonld",
                "https://jobs.example.org/jobs/coder-440011?key=1",
                "440011",
                "https://jobs.example.org/jobs/coder-440011",
            ),
            (
                "html",
                "https://jobs.example.org/opening/coder?token=AbC123",
                "",
                "https://jobs.example.org/opening/coder",
            ),
        ] {
            assert_eq!(found(engine, href), Some((id.to_owned(), url.to_owned())), "{href}");
        }
    }

    #[test]
    fn other_hosts_and_the_reader_s_own_pages_are_no_postings() {
        for href in [
            "https://jobs.example.org.evil.example/job/coder/38312412/",
            "https://evil.example/job/coder/38312412/",
            "https://me@jobs.example.org/job/coder/38312412/",
            "https://www.usajobs.gov.evil.example/job/793682000",
            "https://jobs.example.org/jobseeker/login/?goto=https%3A%2F%2Fjobs.example.org%2Fjob%2Fcoder%2F38312412%2F",
            "https://jobs.example.org/unsubscribe?redirect=https%3A%2F%2Fjobs.example.org%2Fjob%2Fcoder%2F38312412%2F",
        ] {
            for engine in ["ymcareers", "email", "bti", "webscribble", "usajobs"] {
                assert_eq!(found(engine, href), None, "{engine} {href}");
            }
        }
    }

    #[test]
    fn a_riddle_is_told_from_an_ordinary_link() {
        let board = board("ymcareers");
        let target = |href: &str| Site::of(&board, &board.base_url).target(href);
        for href in [
            "https://u7.ct.sendgrid.net/ls/click?upn=u001.AbCdEf-2B-2FGh1234567",
            "https://click.example.org/?qs=5f0c1d2e3a4b5c6d7e8f90123456789a",
        ] {
            assert_eq!(target(href), Target::Opaque, "{href}");
        }
        for href in ["https://hospital.example/careers", "https://jobs.example.org/jobs/", "tel:1", "#"] {
            assert_eq!(target(href), Target::Other, "{href}");
        }
        assert_eq!(target("https://jobs.example.org/jobseeker/job-alerts/?id=1"), Target::Personal);
    }
}
