//! A mail server on loopback that does what a test tells it to: it behaves, except where its script
//! has something else in mind.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jobrounds::deliver::Server;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the server does at one point of a conversation.
pub enum Act {
    /// What a good server does.
    Behave,
    /// Answers with these octets.
    Say(String),
    /// Answers, then hangs up.
    Last(String),
    /// Hangs up.
    Close,
    /// Says nothing and waits.
    Wait,
}

/// Where a script is asked: the number of the connection, the command (`GREETING`, `BODY` for the
/// answer to the mail, `EARLY` before it is read, `AFTER` once it was answered), and how often that
/// has come in this connection.
pub type Script = dyn Fn(usize, &str, usize) -> Act + Send + Sync;

/// A running server; it ends with the test.
pub struct SmtpServer {
    port: u16,
    heard: Arc<Mutex<Vec<Vec<String>>>>,
    mails: Arc<Mutex<Vec<Vec<u8>>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SmtpServer {
    /// Starts a server with these keywords in its EHLO.
    pub async fn start(
        keywords: &'static str,
        script: impl Fn(usize, &str, usize) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, mails) = (Arc::<Mutex<Vec<Vec<String>>>>::default(), Arc::<Mutex<Vec<Vec<u8>>>>::default());
        let (log, store) = (Arc::clone(&heard), Arc::clone(&mails));
        let script: Arc<Script> = Arc::new(script);
        let task = tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                log.lock().unwrap().push(Vec::new());
                let talk = Talk {
                    number,
                    keywords,
                    stream: BufReader::new(stream),
                    script: Arc::clone(&script),
                    heard: Arc::clone(&log),
                    mails: Arc::clone(&store),
                    counts: std::collections::HashMap::new(),
                };
                // A conversation ends where its client or its script ends it.
                tokio::spawn(async move { talk.run().await.is_some() });
            }
        });
        Self { port, heard, mails, task }
    }

    pub fn server(&self) -> Server {
        format!("smtp://127.0.0.1:{}", self.port).parse().unwrap()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Gives what every connection's client said, without the mails.
    pub fn heard(&self) -> Vec<Vec<String>> {
        self.heard.lock().unwrap().clone()
    }

    /// Gives the mails that were taken.
    pub fn mails(&self) -> Vec<Vec<u8>> {
        self.mails.lock().unwrap().clone()
    }
}

struct Talk {
    number: usize,
    keywords: &'static str,
    stream: BufReader<TcpStream>,
    script: Arc<Script>,
    heard: Arc<Mutex<Vec<Vec<String>>>>,
    mails: Arc<Mutex<Vec<Vec<u8>>>>,
    counts: std::collections::HashMap<String, usize>,
}

impl Talk {
    /// Answers as the script says, else with `usual`; `None` ends the conversation.
    async fn answer(&mut self, stage: &str, usual: &str) -> Option<String> {
        let count = self.counts.entry(stage.to_owned()).or_default();
        let act = (self.script)(self.number, stage, *count);
        *count += 1;
        let text = match act {
            Act::Behave => usual.to_owned(),
            Act::Say(text) => text,
            Act::Close => return None,
            Act::Last(text) => {
                self.stream.write_all(text.as_bytes()).await.ok()?;
                self.stream.shutdown().await.ok()?;
                // What was said must arrive before the connection is torn down.
                tokio::time::sleep(Duration::from_millis(100)).await;
                return None;
            }
            Act::Wait => {
                tokio::time::sleep(Duration::from_mins(1)).await;
                return None;
            }
        };
        self.stream.write_all(text.as_bytes()).await.ok()?;
        Some(text)
    }

    async fn run(mut self) -> Option<()> {
        let usual_hello = self.keywords.split_whitespace().map(|word| format!("250-{}\r\n", word.replace('_', " ")));
        let usual_hello = format!("250-fake.example\r\n{}250 HELP\r\n", usual_hello.collect::<String>());
        self.answer("GREETING", "220 fake.example ESMTP\r\n").await?;
        // How far a transaction is: nothing, a sender, a recipient.
        let mut step = 0;
        loop {
            let line = self.line().await?;
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            let stage = text.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            self.heard.lock().unwrap()[self.number].push(text);
            let said = match stage.as_str() {
                "EHLO" => self.answer("EHLO", &usual_hello).await?,
                "MAIL" => self.answer("MAIL", "250 2.1.0 ok\r\n").await?,
                "RCPT" if step == 1 => self.answer("RCPT", "250 2.1.5 ok\r\n").await?,
                "DATA" if step == 2 => self.answer("DATA", "354 go on\r\n").await?,
                "RCPT" | "DATA" => self.answer(&stage, "503 5.5.1 not now\r\n").await?,
                "AUTH" => self.answer("AUTH", "235 2.7.0 welcome\r\n").await?,
                "STARTTLS" => self.answer("STARTTLS", "220 2.0.0 go on\r\n").await?,
                "QUIT" => {
                    self.answer("QUIT", "221 2.0.0 bye\r\n").await?;
                    return Some(());
                }
                other => self.answer(other, "250 2.0.0 ok\r\n").await?,
            };
            match stage.as_str() {
                "MAIL" | "RCPT" if said.starts_with('2') => step += 1,
                "DATA" if said.starts_with("354") => {
                    self.mail().await?;
                    step = 0;
                }
                "EHLO" | "RSET" => step = 0,
                _ => {}
            }
        }
    }

    async fn mail(&mut self) -> Option<()> {
        self.answer("EARLY", "").await?;
        let mut mail = Vec::new();
        loop {
            let line = self.line().await?;
            if line == b".\r\n" {
                break;
            }
            mail.extend_from_slice(if line.starts_with(b".") { &line[1..] } else { &line });
        }
        let said = self.answer("BODY", "250 2.0.0 queued\r\n").await?;
        if said.starts_with("250 ") {
            self.mails.lock().unwrap().push(mail);
        }
        let said = self.answer("AFTER", "").await?;
        said.is_empty().then_some(())
    }

    async fn line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let count = (&mut self.stream).take(4 << 20).read_until(b'\n', &mut line).await.ok()?;
        (count > 0).then_some(line)
    }
}
