//! The pages over HTTP: asking for a search, confirming, changing and ending it, and that nothing but POST
//! changes anything.

use std::time::{Duration, Instant};

use jobrounds::model::{MailAddress, OnUnknown, SearchId, SubscriberState, Token, TokenPurpose};
use jobrounds::store::OutboxFilter;
use proptest::prelude::*;

use super::app::TestApp;
use super::web_site::{Setup, WebSite, ask, now};

const JO: &str = "jo@example.edu";

fn address(text: &str) -> MailAddress {
    MailAddress::new(text).unwrap()
}

/// A site with a subscriber of two searches (one with a feed and a feed's revoked address), a search that
/// waits to be confirmed, and a mail on its way. Gives every path that holds a token.
fn inhabited() -> (WebSite, Vec<String>) {
    let site = WebSite::new(Setup::default());
    let manage = site.subscribed(JO, "state=OH&name=Ohio");
    let used = site.asked(JO, "state=KY");
    assert_eq!(site.post(&used, "").status, 200);
    let id = site.id_of(JO);
    let first = site.store.searches_of(id).unwrap()[0].id;
    let holder = jobrounds::store::Holder { subscriber: id, search: Some(first) };
    let old = site.store.feed_token(&site.key(), holder, now()).unwrap();
    let new = site.store.rotate_feed_token(&site.key(), holder, now()).unwrap();
    let open = site.asked("new@example.edu", "credential=RHIT");
    let waiting = site.asked_only("waits@example.edu");
    let unknown = "0123456789abcdefghjkmnpqrs";
    let mut paths: Vec<String> =
        ["/", "/subscribe", "/nothing", "/feeds/rss", "/feeds/xml", "/style.css"].map(str::to_owned).to_vec();
    paths.extend([used, open, waiting]);
    for token in [manage.as_str(), old.as_str(), new.as_str(), unknown, "x", "..%2f..", "%00"] {
        paths.push(format!("/confirm/{token}"));
        paths.push(format!("/preferences/{token}"));
        paths.push(format!("/unsubscribe/{token}"));
        paths.push(format!("/feeds/s/{token}.rss"));
    }
    (site, paths)
}

impl WebSite {
    /// Asks for a search and leaves the mail in the outbox; gives the path of the confirmation.
    fn asked_only(&self, to: &str) -> String {
        let form = format!("address={to}&zone=UTC&every=weekly&weekday=3");
        assert_eq!(self.post("/subscribe", &form).status, 200);
        let id = self.id_of(to);
        let search = self.store.searches_of(id).unwrap()[0].id;
        let token = self.key().search_token(TokenPurpose::Confirm, search, 0);
        format!("/confirm/{}", token.as_str())
    }
}

#[test]
fn nothing_but_post_changes_anything_on_any_address() {
    let (site, paths) = inhabited();
    let before = site.mail_tables();
    assert!(before.contains("waits@example.edu") && before.matches("\ntoken ").count() > 4, "{before}");
    let questions = ["", "?List-Unsubscribe=One-Click", "?choice=everything&do=erase&search=1", "?said=paused"];
    let bodies: [&[u8]; 2] = [b"", b"List-Unsubscribe=One-Click&choice=everything&do=erase"];
    for (at, path) in paths.iter().enumerate() {
        for (method, body) in
            [("GET", 0), ("HEAD", 0), ("OPTIONS", 0), ("GET", 1), ("PUT", 1), ("DELETE", 1), ("PATCH", 1)]
        {
            let path = format!("{path}{}", questions[at % questions.len()]);
            let fields = [
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("X-HTTP-Method-Override", "POST"),
                ("X-Forwarded-For", "203.0.113.9"),
            ];
            let answer = site.ask(method, &path, &fields, bodies[body]);
            assert!(answer.status < 500, "{method} {path}: {}", answer.text());
        }
    }
    assert_eq!(site.mail_tables(), before);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_invented_request_without_post_changes_anything(
        requests in proptest::collection::vec(("GET|HEAD|OPTIONS|PROPFIND|QUERY", 0_usize..64, "[a-z0-9%=&?./-]{0,30}", "[ -~]{0,40}"), 1..4)
    ) {
        static SITE: std::sync::LazyLock<(WebSite, Vec<String>)> = std::sync::LazyLock::new(inhabited);
        let (site, paths) = &*SITE;
        let before = site.mail_tables();
        for (method, at, tail, body) in &requests {
            let path = format!("{}{tail}", paths[at % paths.len()]);
            let answer = site.ask(method, &path, &[("Content-Type", "application/x-www-form-urlencoded")], body.as_bytes());
            prop_assert!(answer.status < 500, "{} {}: {}", method, path, answer.status);
        }
        prop_assert_eq!(site.mail_tables(), before);
    }
}

#[test]
fn one_click_needs_nothing_but_its_post_and_takes_back_mail_on_its_way() {
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let foreign = [("Origin", "https://mail.example"), ("Sec-Fetch-Site", "cross-site")];
    let cases: [(&[(&str, &str)], &str); 3] = [
        (&[form], "List-Unsubscribe=One-Click"),
        (&[("Content-Type", "multipart/form-data; boundary=b")], multipart),
        (&[form, foreign[0], foreign[1]], "List-Unsubscribe=One-Click"),
    ];
    for (fields, body) in cases {
        let site = WebSite::new(Setup::default());
        let path = format!("/unsubscribe/{}", site.subscribed(JO, "state=OH").as_str());
        // Asked for and not yet sent.
        site.asked_only_more(JO);
        assert_eq!(site.store.outbox(OutboxFilter { unfinished: true, ..OutboxFilter::default() }).unwrap().len(), 1);
        let began = Instant::now();
        let answer = site.ask("POST", &path, fields, body.as_bytes());
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        assert_eq!((answer.status, answer.text().as_str()), (200, "unsubscribed\n"));
        assert!(!answer.fields.contains_key("location") && !answer.fields.contains_key("set-cookie"));
        assert!(site.store.next_mail(None, OnUnknown::Resend, now()).unwrap().is_none(), "nothing is sent any more");
        assert!(!site.mail_tables().contains("jo@"), "{}", site.mail_tables());
        assert_eq!(site.store.suppression(&site.key(), &address(JO)).unwrap().as_deref(), Some("unsubscribed"));
        let tables = site.mail_tables();
        let again = site.ask("POST", &path, fields, body.as_bytes());
        assert_eq!((again.status, again.text().as_str()), (200, "nothing to do\n"));
        assert_eq!(site.mail_tables(), tables);
        assert_eq!(site.get(&path).status, 200);
    }
}

impl WebSite {
    fn asked_only_more(&self, to: &str) {
        let form = format!("address={to}&zone=UTC&every=weekly&q=later");
        assert_eq!(self.post("/subscribe", &form).status, 200);
    }
}

#[test]
fn leaving_works_with_another_key_and_while_somebody_reads_for_long() {
    let site = WebSite::new(Setup::default());
    let path = format!("/unsubscribe/{}", site.subscribed(JO, "").as_str());
    // A reader whose snapshot the tidying-up must wait for.
    let reader = rusqlite::Connection::open(site.store.path()).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM subscriber;").unwrap();
    let folder = site.stop();
    std::fs::remove_file(folder.path().join("jobs.db.key")).unwrap();
    let site = WebSite::over(folder, "jobs.db", Setup::default());
    assert_eq!(site.get(&path).status, 200);
    let began = Instant::now();
    let answer = site.post(&path, "List-Unsubscribe=One-Click");
    assert_eq!((answer.status, answer.text().as_str()), (200, "unsubscribed\n"));
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    drop(reader);
}

#[test]
fn a_search_begins_when_the_owner_of_the_mailbox_says_so() {
    let site = WebSite::new(Setup::default());
    let path = site.asked(JO, "q=coder&state=OH%2C+KY&credential=rhit&pay=28&pay-unit=hour&remote=true&name=Near+home");
    let id = site.id_of(JO);
    let page = site.get(&path);
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("j…@example.edu") && !text.contains(JO), "{text}");
    assert!(text.contains("in OH or KY") && text.contains("every day at 7:00 a.m. (America/Chicago)"), "{text}");
    assert!(!text.contains("Near home"), "what a stranger may have typed as a name is not shown to the owner");
    assert_eq!(site.store.subscriber(id).unwrap().unwrap().state, SubscriberState::Pending);
    let confirmed = site.post(&path, "");
    assert_eq!(confirmed.status, 200);
    let manage = site.manage(JO);
    assert!(confirmed.text().contains(&format!("../preferences/{}", manage.as_str())), "{}", confirmed.text());
    let search = site.store.searches_of(id).unwrap().remove(0);
    assert_eq!(search.state, SubscriberState::Active);
    assert_eq!(search.filters, "q=coder&state=OH&state=KY&remote=true&pay-at-least=28%2Fhour&credential=rhit");
    let consent = site.store.consents(id).unwrap();
    assert_eq!((consent.len(), consent[0].basis.as_str()), (1, "double opt-in"));
    let tables = site.mail_tables();
    assert_eq!(site.post(&path, "").status, 200);
    assert_eq!(site.get(&path).status, 200);
    assert_eq!(site.mail_tables(), tables, "said twice, it changes nothing");
    let preferences = site.get(&format!("/preferences/{}", manage.as_str())).text();
    assert!(preferences.contains("Near home") && preferences.contains("j…@example.edu") && !preferences.contains(JO));
}

#[test]
fn nobody_learns_from_the_form_whether_an_address_is_known() {
    let site = WebSite::new(Setup::default());
    let form = |to: &str| format!("address={to}&zone=UTC&state=OH");
    let ask = |to: &str| {
        let began = Instant::now();
        let answer = site.post("/subscribe", &form(to));
        (answer.status, answer.text(), began.elapsed())
    };
    let new = ask(JO);
    let path = {
        let mails = site.sent();
        let mail = &mails[0].1;
        let at = mail.find("/confirm/").unwrap();
        mail[at..at + 35].to_owned()
    };
    assert_eq!(site.post(&path, "").status, 200);
    let double = ask(JO);
    let waiting: Vec<_> = (0..5).map(|_| ask("often@example.edu")).collect();
    assert_eq!(site.sent().len(), 3, "an address is asked three times a day at most");
    let gone = site.subscribed("gone@example.edu", "q=x");
    site.post(&format!("/unsubscribe/{}", gone.as_str()), "choice=everything");
    let left = ask("gone@example.edu");
    let trapped = site.post("/subscribe", &(form("robot@example.edu") + "&website=x"));
    assert_eq!(trapped.text(), new.1);
    assert!(!site.mail_tables().contains("robot@"));
    let all: Vec<_> = waiting.into_iter().chain([double, left]).collect();
    for (status, text, took) in all {
        assert_eq!((status, &text), (200, &new.1));
        assert!(took >= Duration::from_millis(400) && took < Duration::from_secs(5), "{took:?}");
    }
    assert!(!new.1.contains("example.edu</"), "{}", new.1);
}

#[test]
fn a_bomber_gets_three_mails_out_of_a_thousand_tries() {
    let site = WebSite::new(Setup::default());
    let mut statuses = Vec::new();
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..8)
            .map(|thread| {
                let site = &site;
                scope.spawn(move || -> Vec<u16> {
                    let form = |n: usize| {
                        format!(
                            "address=victim%40example.edu&zone=UTC&q=w{thread}x{n}&name=Buy+now+http://spam.example"
                        )
                    };
                    (0..20).map(|n| site.post("/subscribe", &form(n)).status).collect()
                })
            })
            .collect();
        statuses = asking.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 30, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 429].contains(status)));
    let mails = site.sent();
    assert_eq!(mails.len(), 3);
    assert!(mails.iter().all(|(_, mail)| !mail.contains("spam.example") && !mail.contains("Buy now")));
    let limited = site.post("/subscribe", "address=a@b.example&zone=UTC");
    assert!(limited.status == 429 && limited.field("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(site.get("/subscribe").status, 200, "looking is not asking");
}

#[test]
fn mistakes_are_told_beside_their_fields_and_what_was_typed_is_kept() {
    let site = WebSite::new(Setup::default());
    let form = "address=no+mail&q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&state=Ohoi&pay=much&zone=&at=25:00&name=n&remote=true&role=cdi";
    let answer = site.post("/subscribe", form);
    let text = answer.text();
    assert_eq!(answer.status, 422);
    assert!(text.contains("<title>Error: ") && text.contains("role=\"alert\""), "{text}");
    for field in ["address", "state", "pay", "zone", "at"] {
        assert!(
            text.contains(&format!("id=\"{field}-error\"")) && text.contains(&format!("<a href=\"#{field}\">")),
            "{field}: {text}"
        );
    }
    for kept in [
        "value=\"no mail\"",
        "value=\"Ohoi\"",
        "value=\"much\"",
        "value=\"25:00\"",
        "<option value=\"cdi\" selected>",
        "id=\"remote\" value=\"true\" checked",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(!text.contains("<script"), "{text}");
    assert!(!site.mail_tables().contains("subscriber ["), "nothing was stored");
    assert_eq!(site.ask("POST", "/subscribe", &[], "a".repeat(17 * 1024).as_bytes()).status, 413);
}

#[test]
fn filters_of_an_address_fill_the_form_but_no_address_does() {
    let site = WebSite::new(Setup::default());
    let text = site.get("/subscribe?q=auditor&state=OH&state=KY&pay-at-least=60000/year&benefit=tuition&address=jo@example.edu&utm_source=x&zone=US/Eastern").text();
    for filled in [
        "value=\"auditor\"",
        "value=\"OH, KY\"",
        "value=\"60000\"",
        "<option value=\"year\" selected>",
        "name=\"benefit\" id=\"other-1\" value=\"tuition\" checked",
        "<option value=\"US/Eastern\" selected>",
    ] {
        assert!(text.contains(filled), "{filled}: {text}");
    }
    assert!(!text.contains(JO) && !text.contains("utm_source"));
    assert!(!site.get("/subscribe").text().contains("selected>Central"), "no zone is guessed");
}

#[test]
fn a_site_that_writes_to_nobody_offers_nothing_to_fill_in() {
    let site = WebSite::new(Setup { has_mail: false, ..Setup::default() });
    for answer in [site.get("/subscribe"), site.post("/subscribe", "address=jo@example.edu&zone=UTC")] {
        assert_eq!(answer.status, 503);
        assert!(answer.text().contains("has not set up mail") && !answer.text().contains("<input"));
    }
    assert!(!site.get("/").text().contains("By mail"));
    assert!(!site.mail_tables().contains(JO));
}

#[test]
fn forms_of_other_sites_change_nothing() {
    let (site, _) = inhabited();
    let manage = site.manage(JO);
    let before = site.mail_tables();
    for path in ["/subscribe".to_owned(), format!("/preferences/{}", manage.as_str())] {
        for fields in [&[("Sec-Fetch-Site", "cross-site")][..], &[("Origin", "https://evil.example")]] {
            let answer = site.ask("POST", &path, fields, b"address=x@example.edu&zone=UTC&do=erase");
            assert_eq!(answer.status, 403, "{path}");
        }
    }
    assert_eq!(site.mail_tables(), before);
    let own = [("Origin", "https://jobs.example.edu"), ("Sec-Fetch-Site", "same-origin")];
    assert_eq!(site.ask("POST", "/subscribe", &own, b"address=x@example.edu&zone=UTC").status, 200);
}

#[test]
fn everything_about_a_subscription_can_be_changed() {
    let (site, _) = inhabited();
    let (manage, id) = (site.manage(JO), site.id_of(JO));
    let path = format!("/preferences/{}", manage.as_str());
    let searches = || site.store.searches_of(id).unwrap();
    let (ohio, kentucky) = (searches()[0].id, searches()[1].id);
    let does = |form: &str| {
        let answer = site.post(&path, form);
        assert_eq!(answer.status, 303, "{form}: {}", answer.text());
        let place = answer.field("location").to_owned();
        let told = site.get(&place.replace("..", ""));
        assert!(told.status == 200 && told.text().contains("role=\"status\""), "{place}");
    };
    does(&format!("do=cadence&search={ohio}&every=weekly&weekday=5&at=4:30pm&zone=America/Denver&heartbeat=true"));
    assert_eq!(searches()[0].cadence.in_words(), "every Friday at 4:30 p.m. (America/Denver)");
    assert!(searches()[0].heartbeat && searches()[0].name.as_deref() == Some("Ohio"));
    does(&format!("do=search-pause&search={kentucky}"));
    assert_eq!(searches()[1].state, SubscriberState::Paused);
    does(&format!("do=search-resume&search={kentucky}"));
    assert_eq!(searches()[1].state, SubscriberState::Active);
    does("do=pause&until=2026-12-24");
    let paused = site.store.subscriber(id).unwrap().unwrap();
    assert_eq!(paused.paused_until.unwrap().to_rfc3339(), "2026-12-24T07:00:00+00:00");
    assert!(site.get(&path).text().contains("paused until December 24, 2026"));
    does("do=resume");
    assert_eq!(site.store.subscriber(id).unwrap().unwrap().state, SubscriberState::Active);
    does(&format!("do=feed&search={kentucky}"));
    let feed = |text: String| {
        let at = text.rfind("feeds/s/").unwrap();
        format!("/{}", &text[at..at + 8 + 26 + 4])
    };
    let old = feed(site.get(&path).text());
    does(&format!("do=rotate&search={kentucky}"));
    let new = feed(site.get(&path).text());
    assert_ne!(old, new);
    assert_eq!((site.get(&old).status, site.get(&new).status), (404, 200));
    let wrong = site.post(&path, &format!("do=cadence&search={ohio}&every=daily&at=99&zone=Mars"));
    assert!(wrong.status == 422 && wrong.text().contains(&format!("id=\"s{ohio}-at-error\"")), "{}", wrong.text());
    assert_eq!(site.post(&path, "do=pause&until=2020-01-01").status, 422);
    does(&format!("do=remove&search={ohio}"));
    assert_eq!(searches().len(), 1);
    let last = site.post(&path, &format!("do=remove&search={kentucky}"));
    assert!(last.status == 200 && last.text().contains("You are unsubscribed"), "{}", last.text());
    assert!(site.store.subscriber(id).unwrap().is_none());
    assert_eq!(site.get(&path).status, 404);
}

#[test]
fn a_token_reaches_nobody_elses_searches_and_confirms_none() {
    let (site, _) = inhabited();
    let (path, other) = (format!("/preferences/{}", site.manage(JO).as_str()), site.id_of("new@example.edu"));
    let theirs: SearchId = site.store.searches_of(other).unwrap()[0].id;
    let before = site.store.searches_of(other).unwrap();
    for what in ["remove", "search-resume", "search-pause", "feed", "rotate", "cadence&every=daily&at=7:00&zone=UTC"] {
        let answer = site.post(&path, &format!("do={what}&search={theirs}"));
        assert!(answer.status == 303, "{what}");
    }
    assert_eq!(site.store.searches_of(other).unwrap(), before);
    let own = site.manage("new@example.edu");
    site.post(&format!("/preferences/{}", own.as_str()), &format!("do=search-resume&search={theirs}"));
    assert_eq!(site.store.searches_of(other).unwrap()[0].state, SubscriberState::Pending);
    for form in ["", "do=", "do=everything", "do=remove", "do=remove&search=x", "do=feed&search=99999999999999999999"] {
        assert_eq!(site.post(&path, form).status, 400, "{form}");
    }
}

#[test]
fn the_page_for_leaving_lets_people_choose() {
    let (site, _) = inhabited();
    let (path, id) = (format!("/unsubscribe/{}", site.manage(JO).as_str()), site.id_of(JO));
    let text = site.get(&path).text();
    assert!(
        text.contains("Unsubscribe</button>") && text.contains("Pause my mails") && text.contains("Ohio"),
        "{text}"
    );
    let second = site.store.searches_of(id).unwrap()[1].id;
    assert_eq!(site.post(&path, &format!("choice=search&search={second}")).status, 303);
    assert_eq!(site.store.searches_of(id).unwrap().len(), 1);
    assert_eq!(site.post(&path, "choice=pause&until=tomorrow").status, 422);
    assert_eq!(site.post(&path, "choice=pause&until=").status, 303);
    assert_eq!(site.store.subscriber(id).unwrap().unwrap().state, SubscriberState::Paused);
    assert_eq!(site.post(&path, "choice=nonsense").status, 400);
    let done = site.post(&path, "choice=everything");
    assert!(done.status == 200 && done.text().contains("You are unsubscribed"));
    assert!(site.store.subscriber(id).unwrap().is_none());
    assert!(site.post(&path, "choice=everything").text().contains("nothing to stop"));
}

#[test]
fn every_page_says_how_it_may_be_used() {
    let (site, paths) = inhabited();
    for path in paths.iter().filter(|path| path.contains("/s/") || !path.starts_with("/feeds")) {
        let answer = site.get(path);
        let policy = answer.field("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe") && policy.contains("base-uri 'none'"), "{path}: {policy}");
        assert_eq!(answer.field("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.field("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.field("strict-transport-security"), "max-age=31536000", "{path}");
        assert!(!answer.fields.contains_key("set-cookie"), "{path}");
        let holds_token =
            ["/confirm", "/preferences", "/unsubscribe", "/feeds/s"].iter().any(|start| path.starts_with(start));
        if holds_token {
            assert!(answer.field("x-robots-tag").contains("noindex"), "{path}");
            let is_feed = path.starts_with("/feeds") && answer.status == 200;
            assert_eq!(
                answer.field("cache-control"),
                if is_feed { "private, max-age=900" } else { "no-store" },
                "{path}"
            );
        }
        let text = answer.text();
        assert!(!text.contains("<script") && !text.contains("style=\"") && !text.contains("http-equiv"), "{path}");
    }
    let plain = WebSite::new(Setup { public_url: "http://jobs.lan", ..Setup::default() });
    assert!(!plain.get("/").fields.contains_key("strict-transport-security"));
    let style = site.get("/").text();
    let at = style.find("style.css?v=").unwrap();
    let style = site.get(&format!("/{}", &style[at..at + 24]));
    assert_eq!((style.status, style.field("cache-control")), (200, "public, max-age=31536000, immutable"));
}

#[test]
fn a_link_that_is_not_good_any_more_says_so() {
    let site = WebSite::new(Setup::default());
    for (path, status) in [
        ("/confirm/0123456789abcdefghjkmnpqrs", 404),
        ("/preferences/0123456789abcdefghjkmnpqrs", 404),
        ("/unsubscribe/0123456789abcdefghjkmnpqrs", 200),
        ("/unsubscribe/short", 404),
        ("/confirm/short", 404),
    ] {
        let answer = site.get(path);
        assert!(answer.status == status && answer.text().contains("<h1>"), "{path}: {}", answer.status);
        assert_eq!(site.post(path, "choice=everything&do=erase").status, status, "{path}");
    }
    let one_click = site.post("/unsubscribe/0123456789abcdefghjkmnpqrs", "List-Unsubscribe=One-Click");
    assert_eq!((one_click.status, one_click.text().as_str()), (200, "nothing to do\n"));
    assert!(Token::read("short").is_none());
}

/// A daemon that says everything it can say.
#[test]
fn neither_tokens_nor_addresses_reach_the_log() {
    let app = TestApp::new(
        "[web]\npublic_url = \"https://jobs.example.edu\"\n[mail]\npostal_address = \"1 College Way\"\nfrom = \"Jobs <jobs@example.edu>\"\n",
    );
    let log = std::fs::File::create(app.path("log")).unwrap();
    let mut command = app.command(&["run"]);
    command.env("JOBROUNDS__WEB__BIND", "127.0.0.1:0").env("JOBROUNDS_LOG", "trace").stderr(log);
    let mut daemon = command.spawn().unwrap();
    let read = || std::fs::read_to_string(app.path("log")).unwrap();
    let began = Instant::now();
    let address = loop {
        let found = read().lines().find_map(|line| line.split("listening on ").nth(1).map(str::to_owned));
        match found {
            Some(rest) => break rest.split_whitespace().next().unwrap().to_owned(),
            None => assert!(began.elapsed() < Duration::from_mins(1), "{}", read()),
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Referer", "https://x.example/s3cret")];
    let post = |path: &str, body: &str| ask(&address, "POST", path, &form, body.as_bytes()).status;
    assert_eq!(post("/subscribe", "address=jo.tanaka%40secret.example&zone=UTC&q=confidential"), 200);
    let store = jobrounds::store::Store::open_read_only(&app.path("test.db")).unwrap();
    let (key, id) = (store.mail_key().unwrap(), store.subscribers().unwrap()[0].id);
    let search = store.searches_of(id).unwrap()[0].id;
    let confirm = key.search_token(TokenPurpose::Confirm, search, 0);
    let manage = key.token(TokenPurpose::Manage, id, 0);
    assert_eq!(post(&format!("/confirm/{}", confirm.as_str()), ""), 200);
    for path in ["preferences", "unsubscribe", "confirm", "feeds/s"] {
        ask(&address, "GET", &format!("/{path}/{}", manage.as_str()), &form, b"");
    }
    assert_eq!(post(&format!("/unsubscribe/{}", manage.as_str()), "List-Unsubscribe=One-Click"), 200);
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    let log = read();
    assert!(log.contains("a search is confirmed") && log.contains("somebody has unsubscribed"), "{log}");
    for secret in [confirm.as_str(), manage.as_str(), "secret.example", "tanaka", "confidential", "s3cret"] {
        assert!(!log.contains(secret), "{secret}:\n{log}");
    }
}

#[test]
fn behind_a_named_proxy_each_reader_has_their_own_turns() {
    let trusted = vec!["127.0.0.1".parse().unwrap()];
    let site = WebSite::new(Setup { trusted_proxies: trusted, ..Setup::default() });
    let ask = |from: &str| site.ask("POST", "/subscribe", &[("X-Forwarded-For", from)], b"address=&zone=UTC").status;
    assert!((0..30).all(|_| ask("203.0.113.5") == 422));
    assert_eq!(ask("203.0.113.5"), 429);
    assert_eq!(ask("198.51.100.1, 203.0.113.9"), 429, "what a client writes itself does not count");
    assert_eq!(ask("198.51.100.1"), 422);
}
