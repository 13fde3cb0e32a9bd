//! Alert mails as a source of a board's postings, alone or beside its web pages.
//!
//! A mail only ever adds: it never takes the place of what the board's own pages say, never closes
//! anything, and its silence is no absence. A failing mailbox hides neither the web nor what is known.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::health::Conclusion;
use super::poll::Poller;
use super::report::BoardReport;
use super::visit::normalized;
use crate::board::{AlertMails, Board};
use crate::coding::Coder;
use crate::mailbox::{Batch, LONGEST_MAIL, LetGo, Mailbox, MailboxError};
use crate::model::{
    BoardHealth, BoardState, Completeness, Engine, FieldFill, Judge, Mail, MailCursor, Page, PageKind, Posting,
    Problem, ProblemKind, RawPosting,
};
use crate::parse::{ALERT_MAIL, Parsed, fill, mail_head, parse};
use crate::store::{MAILS_KEPT, MailCommit, PageOutcome, Store, StoreError};

/// A mailbox that had alerts is silent when none has come for this long.
const SILENT: TimeDelta = TimeDelta::days(21);
/// At most this many mails are read in one poll; the rest waits for the next.
const MOST_MAILS: u64 = 5_000;
/// What helps where no more alerts come.
const SILENT_REMEDY: &str =
    "see whether the board's job alerts still run, and whether `mail.senders` names the address they come from";
/// What begins the words that this file adds to a board's state.
const ADDITION: &str = "; its alert mails ";
/// What stands before it where nothing else is wrong.
const WEB_IS_WELL: &str = "its web pages are read";

/// What reading a board's mailbox came to.
pub(super) enum Mails {
    /// The board has none.
    None,
    /// It was read.
    Read {
        /// The date of the newest alert that ever came.
        last_alert: Option<DateTime<Utc>>,
    },
    /// It could not be read, or not to its end.
    Failed {
        /// Why.
        why: String,
        /// What would help.
        remedy: &'static str,
    },
}

/// What one batch of mails gave.
#[derive(Default)]
struct Taken {
    rows: u64,
    alerts: u64,
    ignored: u64,
    silent: u64,
    too_long: u64,
    outcome: PageOutcome,
    problems: Vec<Problem>,
    /// Where mails lie whose postings are stored.
    done: Vec<String>,
    newest: Option<DateTime<Utc>>,
}

/// What reading a batch needs to know.
struct Reading {
    board: Board,
    coder: Arc<Coder>,
    now: DateTime<Utc>,
    judge: Arc<dyn Judge>,
    /// Read also what was read before.
    anew: bool,
    last_alert: Option<DateTime<Utc>>,
}

impl Poller {
    /// Reads the new mails of a board that has a mailbox, and stores what they name.
    pub(super) async fn mails(&self, board: &Board, report: &mut BoardReport) -> Result<Mails, StoreError> {
        let Some(rules) = &board.mail else { return Ok(Mails::None) };
        let cursor = self.cursor_of(board, rules).await?;
        let read = self.read_mails((board, rules), cursor, report).await?;
        let (id, now) = (board.id.clone(), self.clock.now());
        report.closed += self.in_store(move |store| store.close_unnamed(&id, now)).await?;
        Ok(read.unwrap_or_else(|error| {
            let why = format!("failed to {error}");
            report.problems.push(Problem::new(ProblemKind::Fetch, why.clone()).field("mail"));
            Mails::Failed { why, remedy: error.remedy() }
        }))
    }

    /// Recalls how far the mailbox was read; another mailbox, or other rules, begin anew.
    async fn cursor_of(&self, board: &Board, rules: &AlertMails) -> Result<MailCursor, StoreError> {
        let (id, of) = (board.id.clone(), rules.rules_identity());
        let known = self.in_store(move |store| store.mail_cursor(&id)).await?;
        match known.filter(|cursor| cursor.of == of) {
            Some(cursor) if self.options.full => {
                Ok(MailCursor { of, last_alert: cursor.last_alert, ..MailCursor::default() })
            }
            Some(cursor) => Ok(cursor),
            None => {
                let id = board.id.clone();
                self.in_store(move |store| store.forget_mail_places(&id)).await?;
                Ok(MailCursor { of, ..MailCursor::default() })
            }
        }
    }

    async fn read_mails(
        &self,
        (board, rules): (&Board, &AlertMails),
        cursor: MailCursor,
        report: &mut BoardReport,
    ) -> Result<Result<Mails, MailboxError>, StoreError> {
        // A look changes nothing anywhere.
        let writes = (rules.mark_seen || rules.delete) && !self.options.first_page_only;
        let mut last_alert = cursor.last_alert;
        let mut open = match Mailbox::open(&rules.source, &cursor, writes).await {
            Ok(open) => open,
            Err(error) => return Ok(Err(error)),
        };
        if !self.options.full {
            let (id, places) = (board.id.clone(), open.places());
            open.skip(&self.in_store(move |store| store.known_mail_places(&id, places)).await?);
        }
        let mut read = 0;
        loop {
            let batch = match open.next().await {
                Ok(Some(batch)) => batch,
                Ok(None) => break,
                Err(error) => return Ok(Err(error)),
            };
            read += batch.mails.len() as u64;
            let done = self.take_in(board, batch, &mut last_alert, report).await?;
            if writes && let Err(error) = open.let_go(&done, how(rules)).await {
                let why = format!("failed to {error}; {}", error.remedy());
                report.problems.push(Problem::new(ProblemKind::Configuration, why).field("mail"));
            }
            if self.options.first_page_only || read >= MOST_MAILS {
                break;
            }
        }
        open.close().await;
        Ok(Ok(Mails::Read { last_alert }))
    }

    /// Reads and stores one batch; gives the places of mails whose postings are stored.
    async fn take_in(
        &self,
        board: &Board,
        batch: Batch,
        last_alert: &mut Option<DateTime<Utc>>,
        report: &mut BoardReport,
    ) -> Result<Vec<String>, StoreError> {
        let reading = Reading {
            board: board.clone(),
            coder: self.coder.clone(),
            now: self.clock.now(),
            judge: self.judge.clone(),
            anew: self.options.full,
            last_alert: *last_alert,
        };
        let taken = self.in_store(move |store| reading.take(store, batch)).await?;
        *last_alert = (*last_alert).max(taken.newest);
        report.mails += taken.alerts;
        report.mails_ignored += taken.ignored;
        report.listed += taken.rows;
        report.parsed += taken.rows;
        report.new += taken.outcome.new;
        report.completed += taken.outcome.completed;
        report.updated += taken.outcome.updated;
        report.unchanged += taken.outcome.unchanged;
        report.reopened += taken.outcome.reopened;
        report.closed += taken.outcome.closed;
        report.problems.extend(taken.problems);
        let told = [
            (taken.silent, "alert mails hold no posting that can be read".to_owned()),
            (taken.too_long, format!("mails are longer than {} MiB and were passed over", LONGEST_MAIL >> 20)),
        ];
        for (count, what) in told.into_iter().filter(|(count, _)| *count > 0) {
            report.problems.push(Problem::new(ProblemKind::Incomplete, format!("{count} {what}")).field("mail"));
        }
        Ok(taken.done)
    }
}

fn how(rules: &AlertMails) -> LetGo {
    if rules.delete { LetGo::Delete } else { LetGo::Seen }
}

impl Reading {
    /// Reads one batch and stores what it gave, with the note that it was read.
    fn take(self, store: &Store, batch: Batch) -> Result<Taken, StoreError> {
        let mut taken = Taken::default();
        let mut found = Found::default();
        let mut keys = Vec::new();
        let mut places = Vec::new();
        for mail in batch.mails {
            places.push(mail.place.clone());
            let Some(Alert { key, date, rows }) = self.read(store, mail, &mut taken)? else { continue };
            taken.newest = taken.newest.max(Some(date));
            keys.push(key);
            for row in rows {
                self.add(store, (row, date), &mut found, &mut taken)?;
            }
        }
        let cursor = MailCursor { last_alert: self.last_alert.max(taken.newest), ..batch.cursor };
        let commit = MailCommit {
            board: self.board.id.clone(),
            cursor,
            mails: keys,
            places,
            postings: found.postings.into_values().collect(),
            named: found.named.into_iter().collect(),
            now: self.now,
            judge: self.judge.clone(),
        };
        let stored = store.commit_mails(commit)?;
        let unchanged = taken.outcome.unchanged;
        taken.outcome = stored;
        taken.outcome.unchanged += unchanged;
        Ok(taken)
    }

    /// Reads one mail; `None` for what is no alert of the board, too old, or read before.
    fn read(&self, store: &Store, mail: Mail, taken: &mut Taken) -> Result<Option<Alert>, StoreError> {
        let Some(bytes) = mail.bytes else {
            taken.too_long += 1;
            return Ok(None);
        };
        let head = mail_head(&bytes);
        let admitted = self.board.mail.as_ref().is_some_and(|rules| rules.admits(&head.from, head.list_id.as_deref()));
        if !admitted {
            taken.ignored += 1;
            return Ok(None);
        }
        // A date is the sender's word: one in the future is taken for now.
        let date = head.date.unwrap_or(self.now).min(self.now);
        if date < self.now - MAILS_KEPT || (!self.anew && store.is_mail_known(&self.board.id, &head.key)?) {
            return Ok(None);
        }
        taken.alerts += 1;
        let parsed = self.parsed(bytes, date);
        taken.problems.extend(parsed.problems);
        taken.rows += parsed.postings.len() as u64;
        if parsed.postings.is_empty() {
            taken.silent += 1;
        } else {
            taken.done.push(mail.place);
        }
        Ok(Some(Alert { key: head.key, date, rows: parsed.postings }))
    }

    /// Reads a mail's rows. A panic costs this mail alone, and the mail counts as read: else it
    /// would stop every poll to come.
    fn parsed(&self, bytes: Vec<u8>, date: DateTime<Utc>) -> Parsed {
        let page = Page::saved(self.board.base_url.clone(), "message/rfc822", bytes, date);
        let read = AssertUnwindSafe(|| parse(&self.board, Engine::Email, &PageKind::List, &page));
        catch_unwind(read).unwrap_or_else(|_| {
            let mut parsed = Parsed::readable();
            let why = "the reader gave up on an alert mail; please report it";
            parsed.problems.push(Problem::new(ProblemKind::BrokenFormat, why).field("mail"));
            parsed
        })
    }

    /// Adds one row: new, or to fill what an earlier mail left out. What a page of the board has
    /// shown stays as it is.
    fn add(
        &self,
        store: &Store,
        (row, date): (RawPosting, DateTime<Utc>),
        found: &mut Found,
        taken: &mut Taken,
    ) -> Result<(), StoreError> {
        let facts = self.board.facts(self.engine_of(&row));
        let (postings, problems) = normalized(vec![row], &facts, date, &self.coder);
        taken.problems.extend(problems);
        let Some((posting, fingerprint)) = postings.into_iter().next() else { return Ok(()) };
        let id = posting.key.posting_id.clone();
        let named = found.named.entry(id.clone()).or_insert(date);
        *named = (*named).max(date);
        let known = match found.postings.get(&id) {
            Some((earlier, _)) => Some(earlier.raw.clone()),
            None => store.posting_raw(&self.board.id, &id)?,
        };
        match known {
            None => {
                found.postings.insert(id, (posting, fingerprint));
            }
            Some(known) if is_of_mail(&known) => {
                let (filled, _) = normalized(vec![fill(known, posting.raw)], &facts, date, &self.coder);
                found.postings.extend(filled.into_iter().map(|filled| (filled.0.key.posting_id.clone(), filled)));
            }
            Some(_) => taken.outcome.unchanged += 1,
        }
        Ok(())
    }

    fn engine_of(&self, row: &RawPosting) -> Engine {
        let federal = row.network_id.as_deref().is_some_and(|id| id.starts_with("usajobs:"));
        if federal { Engine::Usajobs } else { self.board.engines.first().copied().unwrap_or(Engine::Email) }
    }
}

/// One alert mail, read.
struct Alert {
    key: [u8; 32],
    date: DateTime<Utc>,
    rows: Vec<RawPosting>,
}

/// What the mails of one batch name.
#[derive(Default)]
struct Found {
    postings: HashMap<String, (Posting, [u8; 16])>,
    named: HashMap<String, DateTime<Utc>>,
}

/// Tells whether a stored posting is known from mails alone.
fn is_of_mail(raw: &RawPosting) -> bool {
    raw.completeness == Completeness::ListRow && raw.extra.get("source").is_some_and(|source| source == ALERT_MAIL)
}

impl Mails {
    /// Concludes about a board whose mails are all there is; `None` where it has web pages.
    pub(super) fn alone(&self, board: &Board, now: DateTime<Utc>) -> Option<(Option<Engine>, Conclusion)> {
        if board.engines.first() != Some(&Engine::Email) {
            return None;
        }
        let conclusion = match self {
            Self::Failed { why, remedy } => Conclusion::Failed { why: why.clone(), remedy: Some((*remedy).to_owned()) },
            Self::Read { last_alert: Some(at) } if now - *at > SILENT => {
                Conclusion::Failed { why: silence(*at), remedy: Some(SILENT_REMEDY.to_owned()) }
            }
            // Mails are no list, so that nothing is ever absent from them.
            Self::Read { last_alert: Some(_) } => {
                Conclusion::Whole { listed: 1, says_empty: false, anew: false, fill: FieldFill::default() }
            }
            Self::Read { last_alert: None } | Self::None => {
                Conclusion::Waiting { listed: 1, why: "waits for its first alert mail".to_owned() }
            }
        };
        Some((Some(Engine::Email), conclusion))
    }

    /// Adds to the state of a board's web pages how its mailbox is.
    pub(super) fn weigh(&self, before: &BoardHealth, health: &mut BoardHealth, now: DateTime<Utc>) {
        if health.engine.as_deref() == Some(Engine::Email.as_str()) || matches!(self, Self::None) {
            return;
        }
        let web = health.why.take().map(|why| why.split(ADDITION).next().unwrap_or_default().to_owned());
        if web.as_deref() == Some(WEB_IS_WELL) {
            // The mailbox alone was unwell, and the web was not asked this time.
            (health.state, health.remedy) = (BoardState::Ok, None);
        }
        let trouble = match self {
            Self::Failed { why, remedy } => Some((why.clone(), *remedy)),
            Self::Read { last_alert: Some(at) } if now - *at > SILENT => Some((silence(*at), SILENT_REMEDY)),
            _ => None,
        };
        health.why = match (web.filter(|why| !why.is_empty() && why != WEB_IS_WELL), &trouble) {
            (Some(web), Some((why, _))) => Some(format!("{web}{ADDITION}cannot be read: {why}")),
            (Some(web), None) if !health.state.is_readable() => Some(format!("{web}{ADDITION}are read")),
            (None, Some((why, _))) => Some(format!("{WEB_IS_WELL}{ADDITION}are not: {why}")),
            (web, None) => web,
        };
        if let Some((_, remedy)) = trouble.filter(|_| health.state.is_readable()) {
            health.state = BoardState::Degraded;
            health.remedy = Some(remedy.to_owned());
        }
        health.since = if before.state == health.state { before.since.or(health.since) } else { Some(now) };
    }
}

fn silence(last: DateTime<Utc>) -> String {
    format!("no alert mail of its senders has come since {}", last.format("%Y-%m-%d"))
}
