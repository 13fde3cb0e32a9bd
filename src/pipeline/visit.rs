//! One request of a poll and what becomes of its answer.

use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use url::Url;

use super::coded::code_posting;
use super::exchange::Exchanged;
use super::poll::Poller;
use super::report::BoardReport;
use super::round::Round;
use crate::board::Board;
use crate::coding::Coder;
use crate::fetch::{FetchError, Fetched, Policy};
use crate::model::{Engine, FieldFill, Page, PageKind, Problem, ProblemKind, RawPosting, Wanted};
use crate::parse::{Finding, Parsed, Wall, fill, parse, wall_in};
use crate::store::{
    FileCommit, PageCommit, PageOutcome, PageRecord, PageSeen, StoreError, Unread, UnreadPage, hash_body,
};

/// Engines whose list rows state a posting's fields themselves, in the words its details use. With
/// the others a row is only a hint: `3 days ago` must not replace a date.
const STATES_ALL: [Engine; 2] = [Engine::Usajobs, Engine::Json];

/// One request of a board's poll.
pub(super) struct Errand<'a> {
    pub(super) board: &'a Board,
    pub(super) engine: Engine,
    pub(super) wanted: &'a Wanted,
}

/// What one request came to.
pub(super) enum Visit {
    /// An answer was read; nothing is stored yet.
    Read(Box<Answer>),
    /// The answer is the one of last time.
    Unchanged(Box<PageRecord>),
    /// The answer of last time is still fresh; nothing was asked.
    Fresh(Box<PageRecord>),
    /// A bot wall or login stands before it.
    Wall(Wall),
    /// It is none of what the engine gives.
    Foreign(String),
    /// The request failed.
    Failed(FetchError),
}

impl Visit {
    /// Says again what an answer was that could not be read.
    fn of_unread(unread: Unread) -> Self {
        match unread.wall {
            Some(asks_login) => Self::Wall(Wall { sign: unread.why, asks_login }),
            None => Self::Foreign(unread.why),
        }
    }
}

/// One answer that was read and waits to be stored.
pub(super) struct Answer {
    pub(super) kind: PageKind,
    pub(super) page: Page,
    pub(super) parsed: Parsed,
    /// How many rows the same address showed last time.
    pub(super) listed_before: u64,
    /// What its rows state.
    pub(super) fill: FieldFill,
}

/// What reading and storing one answer gave.
pub(super) struct Taken {
    /// Rows it showed.
    pub(super) listed: u64,
    /// Further lists.
    pub(super) next: Vec<Wanted>,
    /// Whether the board says that it has none.
    pub(super) says_empty: bool,
    /// Whether the board cuts its list short.
    pub(super) truncated: bool,
    /// How many postings the board says it has in all.
    pub(super) total: Option<u64>,
    /// How many rows this list showed last time.
    pub(super) listed_before: u64,
    /// What its rows state.
    pub(super) fill: FieldFill,
}

impl From<PageRecord> for Taken {
    fn from(record: PageRecord) -> Self {
        Self {
            listed: record.listed,
            next: record.next,
            says_empty: record.empty,
            truncated: record.truncated,
            total: record.total,
            listed_before: record.listed,
            fill: record.fill,
        }
    }
}

/// Says in which form an engine's answers are asked for.
pub(super) fn accept(engine: Engine, kind: &PageKind) -> &'static str {
    match engine {
        Engine::Usajobs => "application/hr+json, application/json;q=0.9",
        Engine::Webscribble | Engine::Json => "application/json",
        Engine::Rss | Engine::Bti => {
            "application/rss+xml, application/atom+xml, application/feed+json;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
        }
        Engine::Jsonld if *kind == PageKind::Sitemap => "application/xml, text/xml;q=0.9, text/html;q=0.5",
        Engine::Ymcareers | Engine::Jsonld | Engine::Html | Engine::Email => {
            "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
        }
    }
}

/// Says how a board's engine wants to be asked.
pub(super) fn policy(board: &Board, engine: Engine, kind: &PageKind, options: &super::PollOptions) -> Policy {
    let mut policy = Policy { accept: accept(engine, kind), max_wait: options.max_wait, ..Policy::default() };
    if engine == Engine::Usajobs {
        // A documented API follows its own terms; its answers can be large (usajobs.md: 96 MiB).
        policy.obey_robots = false;
        policy.max_body = Some(96 << 20);
        policy.max_compressed = Some(96 << 20);
        if let Some(credentials) = &board.credentials {
            policy.user_agent = Some(credentials.email.clone());
            policy.secret_headers = vec![("Authorization-Key", credentials.api_key.clone())];
        }
    }
    policy
}

impl Poller {
    /// Sends one request and reads its answer.
    pub(super) async fn visit(&self, errand: &Errand<'_>, report: &mut BoardReport) -> Visit {
        let Errand { board, engine, wanted } = *errand;
        if self.options.stop.load(Ordering::Relaxed) {
            return Visit::Failed(stopping(wanted, self.clock.now()));
        }
        let record = self.remembered(board, engine, wanted).await;
        if let Some(record) = record.clone().filter(|record| record.fresh_until.is_some_and(|at| at > self.clock.now()))
        {
            return self.still_fresh(board, wanted, record, report).await;
        }
        let validators = record.as_ref().map(|record| record.validators.clone()).unwrap_or_default();
        let policy = policy(board, engine, &wanted.kind, &self.options);
        let exchange = self.fetcher.get(wanted, &policy, &validators).await;
        if let Some(witness) = &self.witness {
            witness(Exchanged::new(Some(engine), wanted, &exchange));
        }
        report.requests += u64::from(exchange.requests);
        report.robots_requests += u64::from(exchange.robots_requests);
        report.note_fetch(&exchange.outcome);
        match exchange.outcome {
            Ok(Fetched::NotModified { url, at: now, moved_for_good }) => {
                report.answers_from =
                    report.answers_from.take().or_else(|| lasting_home((&url, moved_for_good), &wanted.kind));
                let fresh_until = exchange.fresh_until.or_else(|| record.as_ref()?.fresh_again(now));
                let seen = PageSeen { now, fresh_until, validators: None };
                self.unchanged(board, (wanted, record), seen, report).await
            }
            Ok(Fetched::Page(page)) => {
                report.answers_from =
                    report.answers_from.take().or_else(|| lasting_home((&page.url, page.moved_for_good), &wanted.kind));
                let same = record.as_ref().is_some_and(|record| record.body_hash == hash_body(&page.body));
                if same {
                    let Page { fresh_until, validators, fetched_at: now, .. } = *page;
                    let seen = PageSeen { now, fresh_until, validators: Some(validators) };
                    self.unchanged(board, (wanted, record), seen, report).await
                } else {
                    self.read(errand, *page, record.map_or(0, |record| record.listed)).await
                }
            }
            Err(error) => {
                report.held_until = report.held_until.max(error.not_before());
                match error.page().and_then(wall_in) {
                    Some(Wall { sign, asks_login }) => {
                        let status = error.page().map_or(0, |page| page.status);
                        Visit::Wall(Wall { sign: format!("{sign} (status {status})"), asks_login })
                    }
                    None => Visit::Failed(error),
                }
            }
        }
    }

    /// Takes an answer of last time that its server still vouches for.
    async fn still_fresh(&self, board: &Board, wanted: &Wanted, record: PageRecord, report: &mut BoardReport) -> Visit {
        report.fresh += 1;
        if let Some(unread) = record.unread {
            return Visit::of_unread(unread);
        }
        // A detail that is wanted anew stays wanted until its page may be asked for.
        if matches!(wanted.kind, PageKind::Detail { .. }) {
            return Visit::Fresh(Box::new(record));
        }
        let seen = PageSeen { now: self.clock.now(), fresh_until: record.fresh_until, validators: None };
        let (id, url) = (board.id.clone(), wanted.url.to_string());
        match self.in_store(move |store| store.confirm_page(&id, &url, seen)).await {
            Ok(Some(record)) => {
                report.reopened += record.reopened;
                report.unchanged += record.listed.saturating_sub(record.reopened);
                Visit::Fresh(Box::new(record))
            }
            Ok(None) => Visit::Foreign("an answer that was never recorded".into()),
            Err(error) => Visit::Foreign(error.to_string()),
        }
    }

    /// Recalls the last answer to this request, where the same reader read it.
    async fn remembered(&self, board: &Board, engine: Engine, wanted: &Wanted) -> Option<PageRecord> {
        if self.options.full {
            return None;
        }
        let (id, url) = (board.id.clone(), wanted.url.to_string());
        let record = self.in_store(move |store| store.page_record(&id, &url)).await.ok().flatten()?;
        (record.engine == engine.as_str() && record.reader == board.reader(engine)).then_some(record)
    }

    /// Recalls an answer that this very round has read before it was cut short.
    pub(super) async fn read_in(&self, round: Round, errand: &Errand<'_>) -> Option<PageRecord> {
        if !round.resumed {
            return None;
        }
        let record = self.remembered(errand.board, errand.engine, errand.wanted).await?;
        (record.confirmed_at >= round.started_at && record.unread.is_none()).then_some(record)
    }

    async fn unchanged(
        &self,
        board: &Board,
        (wanted, record): (&Wanted, Option<PageRecord>),
        seen: PageSeen,
        report: &mut BoardReport,
    ) -> Visit {
        if let Some(unread) = record.and_then(|record| record.unread).filter(|unread| unread.validated) {
            report.not_modified += 1;
            return Visit::of_unread(unread);
        }
        let (id, url) = (board.id.clone(), wanted.url.to_string());
        match self.in_store(move |store| store.confirm_page(&id, &url, seen)).await {
            Ok(Some(record)) => {
                report.not_modified += 1;
                report.reopened += record.reopened;
                report.unchanged += record.listed.saturating_sub(record.reopened);
                Visit::Unchanged(Box::new(record))
            }
            Ok(None) => Visit::Foreign("status 304 for an answer that was never recorded".into()),
            Err(error) => Visit::Foreign(error.to_string()),
        }
    }

    async fn read(&self, errand: &Errand<'_>, page: Page, listed_before: u64) -> Visit {
        let (board, engine, kind) = (errand.board.clone(), errand.engine, errand.wanted.kind.clone());
        let read = tokio::task::spawn_blocking(move || {
            let parsed = parse(&board, engine, &kind, &page);
            let fill = FieldFill::of(&parsed.postings);
            Answer { kind, page, parsed, listed_before, fill }
        });
        // A panic in a parser costs this answer, not the poll.
        let Ok(answer) = read.await else {
            return Visit::Foreign("the reader gave up on this answer; please report it".into());
        };
        match answer.parsed.finding {
            Finding::Wall(wall) => {
                self.note_unread(errand, answer.page, (Some(wall.asks_login), &wall.sign)).await;
                Visit::Wall(wall)
            }
            Finding::Foreign(why) => {
                self.note_unread(errand, answer.page, (None, &why)).await;
                Visit::Foreign(why)
            }
            Finding::Readable | Finding::Empty => Visit::Read(Box::new(answer)),
        }
    }

    /// Remembers an answer that nothing could be read from, so that it is asked for conditionally.
    pub(super) async fn note_unread(&self, errand: &Errand<'_>, page: Page, (wall, why): (Option<bool>, &str)) {
        let unread = UnreadPage {
            board: errand.board.id.clone(),
            wanted: errand.wanted.clone(),
            engine: errand.engine,
            reader: errand.board.reader(errand.engine),
            page,
            wall,
            why: why.to_owned(),
        };
        if let Err(error) = self.in_store(move |store| store.note_unread(unread)).await {
            tracing::warn!(board.id = %errand.board.id, %error, "an answer could not be remembered");
        }
    }

    /// Normalizes and stores what a list held, in the store's one transaction.
    pub(super) async fn keep(
        &self,
        (board, engine): (&Board, Engine),
        mut answer: Answer,
        report: &mut BoardReport,
    ) -> Result<Taken, StoreError> {
        self.keep_known(board, &mut answer).await?;
        let taken = Taken {
            listed: answer.parsed.postings.len() as u64,
            next: answer.parsed.next.clone(),
            says_empty: answer.parsed.finding == Finding::Empty,
            truncated: answer.parsed.truncated,
            total: readable_total(&answer.parsed),
            listed_before: answer.listed_before,
            fill: answer.fill,
        };
        let rows = if STATES_ALL.contains(&engine) { answer.parsed.postings.clone() } else { Vec::new() };
        let changed = self.keep_all((board, engine), vec![answer], report).await?;
        self.keep_rows((board, engine), rows, changed).await?;
        Ok(taken)
    }

    /// Stores what changed rows state of postings whose whole text is known: the row's word wins,
    /// the text stays, and the details are wanted again.
    async fn keep_rows(
        &self,
        (board, engine): (&Board, Engine),
        rows: Vec<RawPosting>,
        changed: Vec<String>,
    ) -> Result<(), StoreError> {
        let rows: Vec<RawPosting> =
            rows.into_iter().filter(|row| row.posting_id.as_ref().is_some_and(|id| changed.contains(id))).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let (facts, now, judge) = (board.facts(engine), self.clock.now(), self.judge.clone());
        let coder = self.coder.clone();
        self.in_store(move |store| {
            let mut whole = Vec::with_capacity(rows.len());
            for row in rows {
                let known = store.posting_raw(&facts.id, row.posting_id.as_deref().unwrap_or_default())?;
                whole.push(known.map_or_else(|| row.clone(), |known| fill(known, row.clone())));
            }
            let (postings, _) = normalized(whole, &facts, now, &coder);
            let board = facts.id.clone();
            store.commit_file(FileCommit { board: board.clone(), engine, postings, now, judge })?;
            store.want_details(&board, changed)
        })
        .await
    }

    /// Normalizes and stores what several answers held; small ones share a transaction. Gives the ids
    /// of postings that a list shows changed and whose fuller text is stored.
    pub(super) async fn keep_all(
        &self,
        (board, engine): (&Board, Engine),
        mut answers: Vec<Answer>,
        report: &mut BoardReport,
    ) -> Result<Vec<String>, StoreError> {
        for answer in &mut answers {
            answer.parsed.total = readable_total(&answer.parsed);
            report.parsed += answer.parsed.postings.len() as u64;
            report.problems.append(&mut answer.parsed.problems);
            if matches!(answer.kind, PageKind::Detail { .. } | PageKind::Texts) {
                report.details_fill.add(answer.fill);
            }
        }
        let (facts, reader) = (board.facts(engine), board.reader(engine));
        let (now, judge, keep_raw) = (self.clock.now(), self.judge.clone(), self.options.keep_raw);
        let coder = self.coder.clone();
        let (outcome, problems) = self
            .in_store(move |store| {
                let mut all_problems = Vec::new();
                let mut commits = Vec::with_capacity(answers.len());
                for Answer { kind, page, parsed, fill, .. } in answers {
                    let (postings, problems) = normalized(parsed.postings, &facts, page.fetched_at, &coder);
                    all_problems.extend(problems);
                    commits.push(PageCommit {
                        board: facts.id.clone(),
                        engine,
                        reader: reader.clone(),
                        kind,
                        page,
                        postings,
                        next: parsed.next,
                        total: parsed.total,
                        empty: parsed.finding == Finding::Empty,
                        truncated: parsed.truncated,
                        fill,
                        now,
                        judge: judge.clone(),
                        keep_raw,
                    });
                }
                let outcome = match commits.pop() {
                    Some(only) if commits.is_empty() => store.commit_page(only)?,
                    Some(last) => {
                        commits.push(last);
                        store.commit_pages(commits)?
                    }
                    None => PageOutcome::default(),
                };
                Ok((outcome, all_problems))
            })
            .await?;
        report.problems.extend(problems);
        report.new += outcome.new;
        report.completed += outcome.completed;
        report.updated += outcome.updated;
        report.unchanged += outcome.unchanged;
        report.reopened += outcome.reopened;
        report.closed += outcome.closed;
        Ok(outcome.changed_rows)
    }
}

/// Says that a request is left to the next run.
fn stopping(wanted: &Wanted, now: DateTime<Utc>) -> FetchError {
    let host = wanted.url.host_str().unwrap_or_default().to_owned();
    FetchError::NotYet { host, until: now, why: "we are stopping".into() }
}

/// Gives the address that a list redirects to for good.
fn lasting_home((url, moved_for_good): (&Url, bool), kind: &PageKind) -> Option<String> {
    let is_list = matches!(kind, PageKind::List | PageKind::Sitemap);
    (moved_for_good && is_list).then(|| url.to_string())
}

/// Gives how many postings the board says it has, without those of this answer that are broken.
fn readable_total(parsed: &Parsed) -> Option<u64> {
    let broken = parsed.problems.iter().filter(|problem| problem.kind == ProblemKind::BrokenItem).count();
    parsed.total.map(|total| total.saturating_sub(broken as u64))
}

/// Normalizes and codes postings; one that has no identity at all is a problem, not a posting.
pub(super) fn normalized(
    raws: Vec<crate::model::RawPosting>,
    facts: &crate::model::BoardFacts,
    seen_at: DateTime<Utc>,
    coder: &Coder,
) -> (Vec<(crate::model::Posting, [u8; 16])>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut postings = Vec::with_capacity(raws.len());
    for raw in raws {
        match crate::normalize::normalize(raw, facts, seen_at) {
            Ok((mut posting, complaints)) => {
                problems.extend(complaints);
                // Before coding: a better vocabulary is no change of the posting.
                let fingerprint = crate::normalize::content_fingerprint(&posting);
                code_posting(coder, &mut posting);
                postings.push((posting, fingerprint));
            }
            Err(problem) => problems.push(problem),
        }
    }
    (postings, problems)
}

/// Turns a failed request into a problem that names its address without secrets.
pub(super) fn problem_of(error: &FetchError, wanted: &Wanted) -> Problem {
    let kind = match error {
        FetchError::RobotsDisallowed { .. } => ProblemKind::RobotsDisallowed,
        FetchError::Moved { .. } => ProblemKind::Moved,
        FetchError::NotYet { .. } => ProblemKind::Deferred,
        _ => ProblemKind::Fetch,
    };
    Problem::new(kind, format!("failed to {error}")).at(wanted.url.as_str())
}
