//! One run over everybody who is due.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::making::{Draft, steps_of};
use super::select::{Selection, World, select};
use super::world::{Readings, gather_world, read_searches};
use super::{MailError, Sending};
use crate::digest::{BoardNote, Digest, Links, Prepared};
use crate::model::{
    BoardId, CodeNames, Criteria, Job, JobId, MailKey, RawPosting, SavedSearch, SearchId, SubscriberId, TokenPurpose,
};
use crate::store::{Committed, DigestCommit, DueSubscriber, SearchStep, Store, StoreError};

/// So many attempts at composing a digest that did not end put its reader off until the next slot.
const MOST_ATTEMPTS: u32 = 3;
/// So many digests are committed in one step.
const BATCH: usize = 64;
/// Fewer digests than this are not worth a second thread.
const FEW: usize = 8;
/// More threads than this are not used.
const MOST_THREADS: usize = 8;
/// Whole jobs are read so many at a time.
const JOBS_AT_ONCE: usize = 200;
/// Characters kept of a job's text: a mail shows a few sentences.
const TEXT_KEPT: usize = 4_000;

/// Makes digests.
#[derive(Clone)]
pub struct Digester {
    /// Where everything is kept.
    pub store: Store,
    /// The vocabulary, by which filters name codes.
    pub codes: Arc<dyn CodeNames + Send + Sync>,
    /// Who sends.
    pub sending: Sending,
    /// What is said of boards.
    pub boards: Arc<BTreeMap<BoardId, BoardNote>>,
}

/// Somebody for whom no digest was made, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Who.
    pub subscriber: SubscriberId,
    /// Which search, where it is about one.
    pub search: Option<SearchId>,
    /// Why.
    pub why: String,
}

/// A digest ready to be committed, or why there is none.
type Made = Result<DigestCommit, MailError>;

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigestRun {
    /// People who were due.
    pub due: usize,
    /// Mails that were committed.
    pub mails: usize,
    /// People for whom there was nothing.
    pub quiet: usize,
    /// People who are looked at again at once, because something changed while they were.
    pub overtaken: usize,
    /// Jobs told, over all mails.
    pub told: usize,
    /// What did not work.
    pub skipped: Vec<Skipped>,
}

impl Digester {
    /// Makes and commits the digests of everybody who is due.
    ///
    /// # Errors
    /// [`MailError::NotReady`] when somebody is due and the configuration does not allow mail to others;
    /// otherwise only what is wrong with the database ends a run.
    pub fn run_due(&self, now: DateTime<Utc>) -> Result<DigestRun, MailError> {
        let due = self.store.due_subscribers(now)?;
        self.run(&due, now)
    }

    /// Makes and commits the digests of some people now.
    ///
    /// # Errors
    /// As [`Digester::run_due`].
    pub fn run(&self, due: &[DueSubscriber], now: DateTime<Utc>) -> Result<DigestRun, MailError> {
        let mut run = DigestRun { due: due.len(), ..DigestRun::default() };
        if due.is_empty() {
            return Ok(run);
        }
        if let Some(why) = self.sending.not_ready() {
            return Err(MailError::NotReady(why));
        }
        let key = self.store.mail_key()?;
        let room = Room::open(self, due, now)?;
        // Those whose last attempt did not come to an end are taken one by one, so that whoever brings the
        // process down is known by it; the others are taken together.
        let marked = self.store.composing()?;
        let (alone, together): (Vec<_>, Vec<_>) = due.iter().partition(|due| marked.contains(&due.subscriber.id));
        for batch in together.chunks(BATCH).chain(alone.chunks(1)) {
            self.batch(batch, &key, &room, &mut run)?;
        }
        self.store.settle_mail()?;
        Ok(run)
    }

    /// Makes and commits the digests of some people together.
    fn batch(&self, due: &[&DueSubscriber], key: &MailKey, room: &Room, run: &mut DigestRun) -> Result<(), MailError> {
        let mut readers = Vec::with_capacity(due.len());
        for due in due {
            let reader = room.reader(due, run);
            self.put_off_unreadable(due, &reader, room.now)?;
            if !reader.searches.is_empty() {
                readers.push(reader);
            }
        }
        let drafts: Vec<Draft<'_>> = readers.iter().map(|reader| reader.draft(room, key)).collect();
        let (wanted, quiet): (Vec<Draft<'_>>, Vec<Draft<'_>>) = drafts.into_iter().partition(Draft::is_wanted);
        run.quiet += quiet.len();
        let steps = quiet.iter().flat_map(|draft| steps_of(draft.searches, room.until, room.now, false));
        self.store.move_on(steps.collect())?;
        let wanted = self.marked(wanted, run)?;
        let mut commits = Vec::with_capacity(wanted.len());
        for (subscriber, made) in self.compose_all(&wanted, key, room) {
            match made {
                Ok(commit) => commits.push(commit),
                Err(MailError::Store(error)) => return Err(error.into()),
                Err(error) => run.skipped.push(Skipped { subscriber, search: None, why: error.to_string() }),
            }
        }
        let told: Vec<usize> = commits.iter().map(jobs_told).collect();
        for (committed, told) in self.store.commit_digests(commits)?.into_iter().zip(told) {
            match committed {
                Committed::Mail(_) => {
                    run.mails += 1;
                    run.told += told;
                }
                Committed::Quiet => run.quiet += 1,
                Committed::Overtaken => run.overtaken += 1,
            }
        }
        Ok(())
    }

    /// Notes that these digests are about to be composed; gives those that have not failed too often.
    fn marked<'a>(&self, drafts: Vec<Draft<'a>>, run: &mut DigestRun) -> Result<Vec<Draft<'a>>, StoreError> {
        let ids = drafts.iter().map(|draft| draft.subscriber.id).collect();
        let attempts = self.store.begin_composing(ids)?;
        let mut kept = Vec::with_capacity(drafts.len());
        for (draft, attempts) in drafts.into_iter().zip(attempts) {
            if attempts <= MOST_ATTEMPTS {
                kept.push(draft);
                continue;
            }
            let subscriber = draft.subscriber.id;
            self.store.put_off(subscriber, steps_of(draft.searches, 0, draft.now, false))?;
            let why = format!("composing failed {MOST_ATTEMPTS} times; it is tried again at the next slot");
            run.skipped.push(Skipped { subscriber, search: None, why });
        }
        Ok(kept)
    }

    /// Composes digests, on as many threads as there are processors.
    fn compose_all(&self, drafts: &[Draft<'_>], key: &MailKey, room: &Room) -> Vec<(SubscriberId, Made)> {
        let one = |draft: &Draft<'_>| {
            let made = catch_unwind(AssertUnwindSafe(|| draft.commit(&self.sending, key, &room.prepared)));
            (draft.subscriber.id, made.unwrap_or(Err(MailError::BrokeOff)))
        };
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST_THREADS);
        if threads < 2 || drafts.len() < FEW {
            return drafts.iter().map(one).collect();
        }
        let share = drafts.len().div_ceil(threads);
        std::thread::scope(|scope| {
            let parts: Vec<_> = drafts
                .chunks(share)
                .map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>()))
                .collect();
            // Nothing in them can panic but what is caught.
            parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
        })
    }

    /// Composes a digest as it would be sent now; changes nothing.
    ///
    /// # Errors
    /// Returns [`MailError`] when the search cannot be read.
    pub fn preview(&self, due: &DueSubscriber, now: DateTime<Utc>) -> Result<(Digest, Vec<Skipped>), MailError> {
        let mut run = DigestRun::default();
        let room = Room::open(self, std::slice::from_ref(due), now)?;
        let reader = room.reader(due, &mut run);
        let draft = Draft { manage: preview_token(), ..reader.unsigned(&room) };
        Ok((draft.digest(&self.sending, &room.prepared, self.links_for_preview()), run.skipped))
    }

    /// Lets searches whose filters cannot be read wait for their next slots, so that they are told of once a
    /// slot and miss nothing once they can be read.
    fn put_off_unreadable(
        &self,
        due: &DueSubscriber,
        reader: &Reader<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let is_read = |search: &&SavedSearch| reader.searches.iter().any(|read| read.id == search.id);
        let unread: Vec<SavedSearch> = due.searches.iter().filter(|search| !is_read(search)).cloned().collect();
        if unread.is_empty() {
            return Ok(());
        }
        let steps = steps_of(&unread, 0, now, false).into_iter();
        let later = |due: DateTime<Utc>| due.max(now + chrono::TimeDelta::hours(1));
        let steps = steps.map(|step| SearchStep { due_at: later(step.due_at), ..step }).collect();
        self.store.put_off(due.subscriber.id, steps)
    }

    /// Gives a preview the links of a mail with a token that opens nothing.
    fn links_for_preview(&self) -> Links {
        self.sending.links(&preview_token())
    }
}

/// Counts the jobs that a digest tells.
fn jobs_told(commit: &DigestCommit) -> usize {
    commit.told.iter().map(|told| &told.job).collect::<HashSet<_>>().len()
}

/// A token of the right shape that nobody has.
fn preview_token() -> crate::model::Token {
    MailKey::new([0; 32]).token(crate::model::TokenPurpose::Manage, SubscriberId(0), 0)
}

/// What a run knows.
struct Room {
    store: Store,
    world: World,
    readings: Readings,
    jobs: HashMap<JobId, Arc<Job>>,
    prepared: Prepared,
    until: i64,
    now: DateTime<Utc>,
}

/// Somebody who is due, with what is to be told.
struct Reader<'a> {
    due: &'a DueSubscriber,
    searches: Vec<SavedSearch>,
    criteria: Vec<Arc<Criteria>>,
    selections: Vec<Selection>,
}

impl Room {
    fn open(digester: &Digester, due: &[DueSubscriber], now: DateTime<Utc>) -> Result<Self, StoreError> {
        let store = digester.store.clone();
        let until = store.last_event_id()?;
        let readings = read_searches(due, digester.codes.as_ref());
        let world = gather_world(&store, due, &readings, (until, now))?;
        let jobs = read_jobs(&store, &world, now)?;
        let mut boards = (*digester.boards).clone();
        for (id, health) in store.all_board_health()? {
            if let Some(note) = boards.get_mut(&id) {
                note.health = health;
            }
        }
        let prepared = Prepared::new(now, boards);
        Ok(Self { store, world, readings, jobs, prepared, until, now })
    }

    /// Selects what somebody is told. A search that cannot be read is passed over and said so.
    fn reader<'a>(&self, due: &'a DueSubscriber, run: &mut DigestRun) -> Reader<'a> {
        let (mut searches, mut criteria, mut selections) = (Vec::new(), Vec::new(), Vec::new());
        for search in &due.searches {
            match self.readings.get(&search.id) {
                Some(Ok(readable)) => {
                    let mut known = || {
                        self.store.known_to(search.id).unwrap_or_else(|error| {
                            tracing::error!(%error, search.id = %search.id, "what a search knew cannot be read");
                            std::collections::BTreeSet::new()
                        })
                    };
                    selections.push(select(&self.world, search, &mut known, self.now));
                    criteria.push(readable.criteria.clone());
                    searches.push(search.clone());
                }
                Some(Err(error)) => run.skipped.push(Skipped {
                    subscriber: due.subscriber.id,
                    search: Some(search.id),
                    why: format!("its filters cannot be read: {error}"),
                }),
                None => {}
            }
        }
        Reader { due, searches, criteria, selections }
    }
}

impl Reader<'_> {
    /// Gives the draft with the token of its reader's links, whose hash was stored with them.
    fn draft<'r>(&'r self, room: &'r Room, key: &MailKey) -> Draft<'r> {
        Draft { manage: key.token(TokenPurpose::Manage, self.due.subscriber.id, 0), ..self.unsigned(room) }
    }

    fn unsigned<'r>(&'r self, room: &'r Room) -> Draft<'r> {
        let closed = room.world.closed.get(&self.due.subscriber.id).map_or(&[][..], Vec::as_slice);
        Draft {
            subscriber: &self.due.subscriber,
            searches: &self.searches,
            criteria: &self.criteria,
            selections: &self.selections,
            closed,
            jobs: &room.jobs,
            until: room.until,
            manage: preview_token(),
            now: room.now,
        }
    }
}

/// Reads the jobs that anybody may be told of.
fn read_jobs(store: &Store, world: &World, now: DateTime<Utc>) -> Result<HashMap<JobId, Arc<Job>>, StoreError> {
    let matched = world.matches.values().flatten().map(|(job, _)| job);
    let wanted: HashSet<&JobId> = matched.chain(world.closed.values().flatten()).collect();
    let mut wanted: Vec<JobId> = wanted.into_iter().cloned().collect();
    wanted.sort();
    let mut jobs = HashMap::with_capacity(wanted.len());
    for ids in wanted.chunks(JOBS_AT_ONCE) {
        for mut job in store.jobs(ids, now)? {
            if let Some(text) = &mut job.description_text
                && let Some((end, _)) = text.char_indices().nth(TEXT_KEPT)
            {
                text.truncate(end);
            }
            for posting in &mut job.postings {
                // Whether there was a text is asked; the text itself is the job's.
                let description = posting.raw.description.take().map(|_| String::new());
                posting.raw = RawPosting { description, ..RawPosting::default() };
            }
            jobs.insert(job.id.clone(), Arc::new(job));
        }
    }
    Ok(jobs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_has_links_that_open_nothing() {
        assert_eq!(preview_token().as_str().len(), 26);
    }
}
