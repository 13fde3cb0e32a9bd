//! Alert mails in a folder of a real Dovecot, started here as an ordinary process with a
//! configuration of its own. Where Dovecot is not installed these tests say so and end.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::app::{Ran, TestApp};
use super::mails::alert;
use super::vacancies::three;

const SENDER: &str = "alerts@careers.example.org";
const DATE: &str = "Fri, 20 Nov 2026 08:00:00 -0500";

/// A running Dovecot; it ends with the test.
struct Dovecot {
    folder: TempDir,
    process: Child,
    port: u16,
    tls_port: u16,
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Its own process alone: the master takes its children with it.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

fn installed() -> Option<PathBuf> {
    let known = ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot", "/usr/bin/dovecot"].map(PathBuf::from);
    known.into_iter().find(|path| path.exists())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Gives the user, or the group, that the tests run as.
fn own(flag: &str) -> String {
    let output = Command::new("id").arg(flag).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Gives the users of Dovecot's helpers, of its log-in processes, and of the mails. Only root can be
/// others, and Dovecot does none of these as root.
fn users() -> [String; 3] {
    let user = own("-un");
    if user == "root" { ["dovecot", "dovenull", "mail"].map(str::to_owned) } else { [user.clone(), user.clone(), user] }
}

/// Gives the groups of the helpers and of the mails.
fn groups() -> [String; 2] {
    if own("-un") == "root" { ["dovecot", "mail"].map(str::to_owned) } else { [own("-gn"), own("-gn")] }
}

impl Dovecot {
    /// Starts a server; `None`, loudly, where there is none to start.
    #[expect(clippy::print_stderr, reason = "a test that does not run must say so")]
    fn start() -> Option<Self> {
        let Some(program) = installed() else {
            eprintln!(
                "\n*** NOT TESTED: IMAP, because Dovecot is not installed (Debian: apt-get install dovecot-imapd) ***\n"
            );
            return None;
        };
        let folder = TempDir::new().unwrap();
        // Dovecot's helpers refuse to look into a folder that others may not enter.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let (port, tls_port) = (free_port(), free_port());
        let tls = certificate(folder.path());
        let path = folder.path().join("dovecot.conf");
        fs::write(&path, configuration(folder.path(), (port, tls.then_some(tls_port)))).unwrap();
        let log = fs::File::create(folder.path().join("out.log")).unwrap();
        let process = Command::new(program)
            .args(["-F", "-c"])
            .arg(&path)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { folder, process, port, tls_port: if tls { tls_port } else { 0 } };
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = server.process.try_wait().unwrap();
            assert!(ended.is_none() && begin.elapsed() < Duration::from_mins(1), "no Dovecot: {}", server.logs());
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    fn logs(&self) -> String {
        ["out.log", "dovecot.log"]
            .map(|name| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default())
            .concat()
    }

    /// Gives the Maildir++ folder that `Job alerts` is.
    fn folder(&self) -> PathBuf {
        self.folder.path().join("mail/.Job alerts")
    }

    fn put(&self, name: &str, text: &str) {
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(self.folder().join(part)).unwrap();
        }
        fs::write(self.folder().join("new").join(name), text.replace('\n', "\r\n")).unwrap();
        own_mails(self.folder.path());
    }

    /// Gives the flags of every mail, as the server shows them to a mail program.
    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for part in ["new", "cur"] {
            let read = fs::read_dir(self.folder().join(part)).unwrap();
            names.extend(read.map(|entry| entry.unwrap().file_name().into_string().unwrap()));
        }
        names.sort();
        names
    }
}

/// Gives the mails to the user that Dovecot reads them as.
fn own_mails(folder: &Path) {
    if own("-un") == "root" {
        let done = Command::new("chown").args(["-R", "mail:mail"]).arg(folder.join("mail")).status();
        assert!(done.unwrap().success());
    }
}

/// Makes a certificate for `localhost` that signs itself, where openssl is there to make it.
fn certificate(folder: &Path) -> bool {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth"])
        .arg("-keyout")
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("cert.pem"))
        .output();
    made.is_ok_and(|output| output.status.success())
}

fn configuration(folder: &Path, (port, tls_port): (u16, Option<u16>)) -> String {
    let [internal, login, mail] = users();
    let [internal_group, mail_group] = groups();
    let base = folder.display();
    fs::create_dir_all(folder.join("mail")).unwrap();
    own_mails(folder);
    fs::create_dir_all(folder.join("run")).unwrap();
    fs::write(folder.join("users"), "reader@students.example:{PLAIN}open sesame::::::\n").unwrap();
    let tls = match tls_port {
        Some(port) => format!(
            "ssl = yes\nssl_cert = <{base}/cert.pem\nssl_key = <{base}/key.pem\n\
             service imap-login {{\n  inet_listener imaps {{\n    address = 127.0.0.1\n    port = {port}\n    ssl = yes\n  }}\n}}\n"
        ),
        None => "ssl = no\nservice imap-login {\n  inet_listener imaps {\n    port = 0\n  }\n}\n".to_owned(),
    };
    format!(
        "base_dir = {base}/run\nstate_dir = {base}/run\nlog_path = {base}/dovecot.log\nprotocols = imap\n\
         listen = 127.0.0.1\ndisable_plaintext_auth = no\nauth_mechanisms = plain login\n\
         default_internal_user = {internal}\ndefault_internal_group = {internal_group}\ndefault_login_user = {login}\n\
         first_valid_uid = 1\nfirst_valid_gid = 1\nmail_uid = {mail}\nmail_gid = {mail_group}\n\
         mail_location = maildir:{base}/mail\nmail_home = {base}/mail\n\
         passdb {{\n  driver = passwd-file\n  args = scheme=PLAIN username_format=%u {base}/users\n}}\n\
         userdb {{\n  driver = static\n  args = uid={mail} gid={mail_group} home={base}/mail\n}}\n\
         service imap-login {{\n  chroot =\n  inet_listener imap {{\n    address = 127.0.0.1\n    port = {port}\n  }}\n}}\n\
         service anvil {{\n  chroot =\n}}\nservice stats {{\n  chroot =\n}}\n{tls}"
    )
}

/// Gives the application whose board's mails lie in the server's folder.
fn app(source: &str, more: &str) -> TestApp {
    let app = TestApp::new("");
    fs::write(app.path("imap.password"), "open sesame\n").unwrap();
    configure(&app, source, more);
    app
}

fn configure(app: &TestApp, source: &str, more: &str) {
    app.configure(&format!(
        "[boards.lakes]\nengine = \"email\"\nbase_url = \"https://careers.example.org\"\n\
         [boards.lakes.mail]\nsource = \"{source}\"\npassword_file = \"imap.password\"\nsenders = [\"{SENDER}\"]\n{more}"
    ));
}

fn plain(server: &Dovecot) -> String {
    format!("imap://reader%40students.example@127.0.0.1:{}/Job%20alerts", server.port)
}

fn mail(id: u32) -> String {
    let vacancy = &three()[(id as usize - 1) % 3];
    let link = format!("https://careers.example.org{}", vacancy.path());
    alert(&id.to_string(), DATE, SENDER, &[(link, &vacancy.title, &vacancy.employer, "Columbus, OH")])
}

#[test]
fn a_folder_is_read_once_and_nothing_in_it_changes() {
    let Some(server) = Dovecot::start() else { return };
    server.put("1.a.host", &mail(1));
    server.put("2.b.host", &alert("9", DATE, "friend@students.example", &[]));
    let app = app(&plain(&server), "");
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["new"]), (&json!("ok"), &json!(1)), "{report} {}", server.logs());
    assert_eq!((&report["mails"], &report["mails_ignored"]), (&json!(1), &json!(1)), "{report}");
    let report = app.poll("lakes");
    assert_eq!(
        (&report["mails"], &report["mails_ignored"], &report["parsed"]),
        (&json!(0), &json!(0), &json!(0)),
        "{report}"
    );
    server.put("3.c.host", &mail(2));
    let report = app.poll("lakes");
    assert_eq!((&report["mails"], &report["new"]), (&json!(1), &json!(1)), "{report}");
    let seen = |name: &String| name.rsplit_once(":2,").is_some_and(|(_, flags)| flags.contains(['S', 'T']));
    assert!(server.names().len() == 3 && !server.names().iter().any(seen), "{:?}", server.names());
    // The server numbers its mails anew: they are known by their Message-IDs.
    for entry in fs::read_dir(server.folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::remove_file(path).unwrap();
        }
    }
    server.put("4.d.host", &mail(3));
    let report = app.poll("lakes");
    assert_eq!((&report["state"], &report["mails"], &report["new"]), (&json!("ok"), &json!(1), &json!(1)), "{report}");
}

#[test]
fn mails_are_marked_and_deleted_on_the_server_only_when_told() {
    let Some(server) = Dovecot::start() else { return };
    server.put("1.a.host", &mail(1));
    server.put("2.b.host", &alert("9", DATE, "friend@students.example", &[]));
    let app = app(&plain(&server), "mark_seen = true\n");
    assert_eq!(app.poll("lakes")["new"], 1, "{}", server.logs());
    let marked = |name: &str| server.names().iter().any(|one| one.starts_with(name) && one.ends_with(":2,S"));
    assert!(marked("1.a.host") && !marked("2.b.host"), "{:?}", server.names());
    server.put("3.c.host", &mail(2));
    configure(&app, &plain(&server), "delete = true\n");
    assert_eq!(app.poll("lakes")["new"], 1);
    let names = server.names();
    assert!(names.len() == 2 && !names.iter().any(|name| name.starts_with("3.c")), "{names:?}");
}

#[test]
fn what_a_server_refuses_is_told_with_a_remedy_and_without_the_account() {
    let Some(server) = Dovecot::start() else { return };
    server.put("1.a.host", &mail(1));
    let told = |source: &str, word: &str| {
        let app = app(source, "");
        if word == "password" {
            fs::write(app.path("imap.password"), "wrong").unwrap();
        }
        let ran = app.run(&["poll", "lakes", "--format", "json"]);
        let report = &ran.json()["boards"][0];
        assert_eq!(report["state"], "degraded", "{report}");
        let text = format!("{report}{}", ran.stderr);
        assert!(text.contains(word), "{word}: {text}");
        assert!(!text.contains("students.example") && !text.contains("sesame"), "{text}");
    };
    told(&plain(&server), "password");
    told(&plain(&server).replace("Job%20alerts", "Nowhere"), "open folder `Nowhere`");
    told(&format!("imap://reader%40students.example@127.0.0.1:{}/x", free_port()), "connect to 127.0.0.1");
}

#[test]
fn tls_is_believed_only_from_a_known_authority() {
    let Some(server) = Dovecot::start().filter(|server| server.tls_port > 0) else { return };
    server.put("1.a.host", &mail(1));
    let app = app(&format!("imaps://reader%40students.example@localhost:{}/Job%20alerts", server.tls_port), "");
    let report = app.poll("lakes");
    assert_eq!(report["state"], "degraded", "{report}");
    assert!(report["why"].as_str().unwrap().contains("connect to localhost"), "{report}");
    let mut trusting = app.command(&["poll", "lakes", "--format", "json"]);
    let output = trusting.env("SSL_CERT_FILE", server.folder.path().join("cert.pem")).output().unwrap();
    let ran = Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    let report = &ran.json()["boards"][0];
    assert_eq!((&report["state"], &report["new"]), (&json!("ok"), &json!(1)), "{report} {}", server.logs());
}
