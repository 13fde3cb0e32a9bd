//! The outbox against a small model: whatever servers answer and whenever the process dies.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::model::{GIVE_UP_AFTER, MOST_DEATHS, MailRecord, REFUSALS_IN_DOUBT};
use crate::store::sample::store;

/// What happens next.
#[derive(Clone, Debug)]
enum Act {
    /// The attempt under way ends so, and the next one begins.
    Ends(Ends),
    /// The process dies and another one takes over.
    Dies,
    /// Time passes.
    Waits(i64),
    /// A digest is made for somebody, of what waits and of a job that is new.
    Digest(usize),
    Hold(usize),
    Retry(usize),
    Drop(usize),
    Pause,
    Resume,
    Remove(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Accepted,
    Deferred,
    RecipientRefused,
    MessageRefused,
    ServerAway,
    Unknown,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let ends = prop_oneof![
        4 => Just(Ends::Accepted),
        4 => Just(Ends::Deferred),
        1 => Just(Ends::RecipientRefused),
        1 => Just(Ends::MessageRefused),
        2 => Just(Ends::ServerAway),
        3 => Just(Ends::Unknown),
    ];
    let act = prop_oneof![
        12 => ends.prop_map(Act::Ends),
        4 => Just(Act::Dies),
        6 => (1_i64..60 * 30).prop_map(Act::Waits),
        6 => (0..PEOPLE).prop_map(Act::Digest),
        1 => (0_usize..9).prop_map(Act::Hold),
        1 => (0_usize..9).prop_map(Act::Retry),
        1 => (0_usize..9).prop_map(Act::Drop),
        1 => Just(Act::Pause),
        2 => Just(Act::Resume),
        1 => (0..PEOPLE).prop_map(Act::Remove),
    ];
    proptest::collection::vec(act, 1..90)
}

const PEOPLE: usize = 4;

/// What is known of one mail.
#[derive(Clone, Debug)]
struct Known {
    subscriber: usize,
    bytes: Vec<u8>,
    state: MailState,
    attempts: u32,
    deaths: u32,
    /// Whether an attempt may have arrived, and the refusals since.
    doubted: bool,
    refusals: u32,
    tried_since: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    jobs: Vec<JobId>,
}

impl Known {
    fn has_ended(&self) -> bool {
        !matches!(self.state, MailState::Queued | MailState::Sending | MailState::Unknown | MailState::Held)
    }

    fn is_too_old(&self, now: DateTime<Utc>) -> bool {
        now - self.tried_since.unwrap_or(self.created_at) >= GIVE_UP_AFTER
    }
}

struct Trial {
    _folder: TempDir,
    store: Store,
    on_unknown: OnUnknown,
    now: DateTime<Utc>,
    people: Vec<Subscribed>,
    gone: Vec<bool>,
    bounced: Vec<bool>,
    mails: BTreeMap<MailId, Known>,
    under_way: Option<MailId>,
    paused: bool,
    away_until: Option<DateTime<Utc>>,
    next_job: u32,
}

impl Trial {
    fn new(on_unknown: OnUnknown) -> Self {
        let (folder, store) = store();
        let people: Vec<Subscribed> = (0..PEOPLE).map(|at| subscribed(&store, &format!("p{at}@example.edu"))).collect();
        Self {
            _folder: folder,
            store,
            on_unknown,
            now: day(0),
            gone: vec![false; people.len()],
            bounced: vec![false; people.len()],
            people,
            mails: BTreeMap::new(),
            under_way: None,
            paused: false,
            away_until: None,
            next_job: 0,
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Ends(ends) => self.next(*ends),
            Act::Dies => self.die(),
            Act::Waits(minutes) => self.now += TimeDelta::minutes(*minutes),
            Act::Digest(person) => self.digest(*person),
            Act::Hold(at) => {
                let Some(id) = self.nth(*at) else { return };
                let may = matches!(self.mails[&id].state, MailState::Queued | MailState::Unknown);
                assert_eq!(self.store.hold_mail(id).unwrap(), may);
                if may {
                    self.known(id).state = MailState::Held;
                }
            }
            Act::Retry(at) => {
                let Some(id) = self.nth(*at) else { return };
                let may = matches!(self.mails[&id].state, MailState::Queued | MailState::Unknown | MailState::Held);
                assert_eq!(self.store.retry_mail(id, self.now).unwrap(), may);
                if may {
                    self.away_until = None;
                    let oldest = self.now - GIVE_UP_AFTER + TimeDelta::days(1);
                    let known = self.known(id);
                    if known.tried_since.unwrap_or(known.created_at) < oldest {
                        known.tried_since = Some(oldest);
                    }
                    if known.state == MailState::Held {
                        known.state = MailState::Queued;
                    }
                }
            }
            Act::Drop(at) => {
                let Some(id) = self.nth(*at) else { return };
                let may = matches!(self.mails[&id].state, MailState::Queued | MailState::Unknown | MailState::Held);
                assert_eq!(self.store.drop_mail(id, self.now).unwrap(), may);
                if may {
                    self.known(id).state = MailState::Cancelled;
                }
            }
            Act::Pause => {
                self.store.pause_mail("a trial", self.now).unwrap();
                self.paused = true;
            }
            Act::Resume => {
                self.store.resume_mail(false, self.now).unwrap();
                (self.paused, self.away_until) = (false, None);
            }
            Act::Remove(person) => {
                let removed = self.store.remove_subscriber(self.people[*person].subscriber, "removed", self.now);
                assert_eq!(removed.unwrap().is_none(), std::mem::replace(&mut self.gone[*person], true));
                for mail in self.mails.values_mut().filter(|mail| mail.subscriber == *person && !mail.has_ended()) {
                    mail.state = MailState::Cancelled;
                }
            }
        }
    }

    fn nth(&self, at: usize) -> Option<MailId> {
        self.mails.keys().rev().nth(at).copied()
    }

    fn known(&mut self, id: MailId) -> &mut Known {
        self.mails.get_mut(&id).unwrap()
    }

    /// Makes a digest of what waits for somebody and of one job more.
    fn digest(&mut self, person: usize) {
        let Subscribed { subscriber, search } = self.people[person];
        if self.gone[person] || self.bounced[person] {
            return;
        }
        self.now += TimeDelta::minutes(1);
        let mut told: Vec<JobId> =
            waiting(&self.store).into_iter().filter(|(of, _)| *of == search).map(|(_, job)| job).collect();
        told.extend(jobs(&self.store, self.next_job..self.next_job + 1));
        self.next_job += 1;
        let made = digest(&self.store, subscriber, &told, self.now);
        let bytes = made.mail.as_ref().unwrap().bytes.clone();
        let Committed::Mail(id) = self.store.commit_digest(made).unwrap() else { panic!("nobody was quicker") };
        let known = Known {
            subscriber: person,
            bytes,
            state: MailState::Queued,
            attempts: 0,
            deaths: 0,
            doubted: false,
            refusals: 0,
            tried_since: None,
            created_at: self.now,
            jobs: told,
        };
        assert!(self.mails.insert(id, known).is_none());
    }

    fn next(&mut self, ends: Ends) {
        let ended = self.under_way.take();
        let words = "words of the server".to_owned();
        let outcome = match ends {
            Ends::Accepted => SendOutcome::Accepted { reply: words },
            Ends::Deferred => SendOutcome::Deferred { reply: words },
            Ends::RecipientRefused => SendOutcome::RecipientRefused { reply: words },
            Ends::MessageRefused => SendOutcome::MessageRefused { reply: words },
            Ends::ServerAway => SendOutcome::ServerAway { why: words },
            Ends::Unknown => SendOutcome::Unknown { why: words },
        };
        if let Some(id) = ended.filter(|id| self.mails[id].state == MailState::Sending) {
            self.end(id, ends);
        }
        let before = self.records();
        let taken = self.store.next_mail(ended.map(|id| (id, outcome)), self.on_unknown, self.now).unwrap();
        if ended.is_some() && ends == Ends::ServerAway {
            self.away_until = self.store.mail_standing().unwrap().server_away.map(|(until, _)| until);
        }
        self.expect_taken(taken, &before, ended);
    }

    /// What an attempt's end makes of its mail.
    fn end(&mut self, id: MailId, ends: Ends) {
        let on_unknown = self.on_unknown;
        let known = self.known(id);
        known.state = match ends {
            Ends::Accepted => MailState::Sent,
            Ends::Deferred | Ends::ServerAway => MailState::Queued,
            Ends::MessageRefused if known.doubted && known.refusals + 1 < REFUSALS_IN_DOUBT => MailState::Queued,
            Ends::RecipientRefused | Ends::MessageRefused => MailState::Refused,
            Ends::Unknown if on_unknown == OnUnknown::Hold => MailState::Held,
            Ends::Unknown => MailState::Unknown,
        };
        known.doubted |= ends == Ends::Unknown;
        known.refusals += u32::from(ends == Ends::MessageRefused);
        if ends == Ends::ServerAway {
            known.attempts -= 1;
        }
        let person = known.subscriber;
        if matches!(ends, Ends::Accepted | Ends::Deferred) {
            self.away_until = None;
        }
        if ends == Ends::RecipientRefused {
            self.bounced[person] = true;
            for mail in self.mails.values_mut().filter(|mail| mail.subscriber == person && !mail.has_ended()) {
                mail.state = MailState::Cancelled;
            }
        }
    }

    /// Holds what is tried next to the rule: the one that has waited longest for its time, of those whose time
    /// has come; what is too old on the way there is given up.
    fn expect_taken(
        &mut self,
        taken: Option<OutgoingMail>,
        before: &HashMap<MailId, MailRecord>,
        ended: Option<MailId>,
    ) {
        let now = self.now;
        if self.paused || self.away_until.is_some_and(|until| until > now) {
            assert_eq!(taken, None, "nothing leaves now");
            return;
        }
        let after = self.records();
        let mut queue: Vec<(DateTime<Utc>, MailId)> = self
            .mails
            .iter()
            .filter(|(_, mail)| matches!(mail.state, MailState::Queued | MailState::Unknown))
            // The one that has just ended has its new time; the others keep their places.
            .map(|(id, _)| (if Some(*id) == ended { after[id].next_at } else { before[id].next_at }, *id))
            .filter(|(at, _)| *at <= now)
            .collect();
        queue.sort();
        let mut expected = None;
        for (_, id) in queue {
            if self.mails[&id].is_too_old(now) {
                let known = self.known(id);
                known.state = if known.doubted { MailState::Held } else { MailState::Expired };
            } else {
                expected = Some(id);
                break;
            }
        }
        assert_eq!(taken.as_ref().map(|mail| mail.id), expected);
        let Some(mail) = taken else { return };
        let known = self.known(mail.id);
        known.state = MailState::Sending;
        known.attempts += 1;
        known.tried_since = known.tried_since.or(Some(now));
        assert_eq!((mail.attempts, &mail.bytes), (known.attempts, &known.bytes), "the same bytes at every attempt");
        let person = known.subscriber;
        assert!(!self.gone[person] && !self.bounced[person]);
        assert_eq!(mail.to.as_str(), format!("p{person}@example.edu"));
        self.under_way = Some(mail.id);
    }

    fn die(&mut self) {
        let path = self.store.path().to_owned();
        // Nothing is told to the store: whatever is under way stays as it was marked.
        self.store = Store::open(&path).unwrap();
        let deaths = self.store.recover_mail(self.on_unknown, self.now).unwrap();
        let (mut unknown, mut quarantined) = (0, 0);
        if let Some(id) = self.under_way.take().filter(|id| self.mails[id].state == MailState::Sending) {
            let on_unknown = self.on_unknown;
            let known = self.known(id);
            known.deaths += 1;
            if known.deaths >= MOST_DEATHS {
                known.state = MailState::Quarantined;
                quarantined += 1;
            } else {
                known.state = if on_unknown == OnUnknown::Hold { MailState::Held } else { MailState::Unknown };
                known.doubted = true;
                unknown += 1;
            }
        }
        assert_eq!((deaths.unknown, deaths.quarantined), (unknown, quarantined));
    }

    fn records(&self) -> HashMap<MailId, MailRecord> {
        let all = self.store.outbox(crate::store::OutboxFilter::default()).unwrap();
        all.into_iter().map(|record| (record.id, record)).collect()
    }

    /// What holds after every act.
    fn holds(&self) {
        let records = self.records();
        assert_eq!(records.len(), self.mails.len());
        for (id, known) in &self.mails {
            let record = &records[id];
            assert_eq!((record.state, record.attempts), (known.state, known.attempts), "mail {id}");
            assert_eq!(record.ended_at.is_some(), known.has_ended(), "mail {id}");
            assert_eq!(self.store.mail_bytes(*id).unwrap().is_some(), !known.has_ended(), "mail {id}");
            assert!(known.deaths <= MOST_DEATHS);
        }
        for person in 0..PEOPLE {
            self.nothing_is_lost_or_doubled(person);
        }
        let unfinished = crate::store::OutboxFilter { unfinished: true, ..Default::default() };
        let open = self.mails.values().filter(|mail| !mail.has_ended()).count();
        assert_eq!(self.store.outbox(unfinished).unwrap().len(), open);
    }

    /// Every job that was ever chosen for somebody is told by exactly one mail that has left or may leave, or
    /// waits once.
    fn nothing_is_lost_or_doubled(&self, person: usize) {
        let Subscribed { subscriber, search } = self.people[person];
        let told = told(&self.store, subscriber);
        let waits: Vec<JobId> =
            waiting(&self.store).into_iter().filter(|(of, _)| *of == search).map(|(_, job)| job).collect();
        if self.gone[person] {
            assert!(told.is_empty() && waits.is_empty());
            return;
        }
        let own = || self.mails.iter().filter(|(_, mail)| mail.subscriber == person);
        for job in own().flat_map(|(_, mail)| &mail.jobs) {
            let by: Vec<i64> = told.iter().filter(|(of, _)| of == job.as_str()).map(|(_, mail)| *mail).collect();
            let waiting = waits.iter().filter(|waits| *waits == job).count();
            assert_eq!(by.len() + waiting, 1, "{job:?} told by {by:?}, waits {waiting}");
            let counts = |mail: &Known| mail.state == MailState::Sent || !mail.has_ended();
            assert!(by.iter().all(|mail| counts(&self.mails[&MailId(*mail)])));
        }
        let state = self.store.subscriber(subscriber).unwrap().unwrap().state;
        assert_eq!(state == SubscriberState::Bounced, self.bounced[person]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_no_mail_is_lost_doubled_or_changed(acts in acts(), hold in any::<bool>()) {
        let mut trial = Trial::new(if hold { OnUnknown::Hold } else { RESEND });
        for act in &acts {
            trial.act(act);
            trial.holds();
        }
        // And all of it ends at last: once the server takes everything, nothing is left on its way.
        trial.act(&Act::Resume);
        let on_its_way =
            |trial: &Trial| trial.mails.values().any(|mail| !mail.has_ended() && mail.state != MailState::Held);
        for _ in 0..2 * acts.len() + 9 {
            if on_its_way(&trial) {
                trial.act(&Act::Waits(60 * 5));
                trial.act(&Act::Ends(Ends::Accepted));
            }
        }
        trial.holds();
        prop_assert!(!on_its_way(&trial));
        prop_assert!(trial.store.integrity_check().unwrap().is_empty());
    }
}

#[test]
fn a_server_that_is_away_is_left_alone_for_longer_each_time_and_nobody_loses_their_place() {
    let (_folder, store) = store();
    let people = ["a@example.edu", "b@example.edu", "c@example.edu"].map(|mailbox| subscribed(&store, mailbox));
    let mails = people.map(|one| queue(&store, one.subscriber, &[], day(0)));
    let mut now = day(0);
    let mut rests = Vec::new();
    let mut tried = Vec::new();
    for _ in 0..7 {
        let mail = take(&store, now).unwrap();
        tried.push(mail.id);
        assert_eq!(mail.attempts, 1, "the server's absence is not the mail's fault");
        let away = SendOutcome::ServerAway { why: "refused".into() };
        assert_eq!(store.next_mail(Some((mail.id, away)), RESEND, now).unwrap(), None);
        let until = store.mail_standing().unwrap().server_away.unwrap().0;
        assert_eq!(
            (store.next_attempt().unwrap(), take(&store, until - TimeDelta::milliseconds(1))),
            (Some(until), None)
        );
        rests.push((until - now).num_seconds());
        now = until;
    }
    assert_eq!(tried[..4], [mails[0], mails[1], mails[2], mails[0]]);
    assert!(rests.windows(2).all(|pair| pair[0] <= pair[1]) && rests[0] >= 60 && rests[6] <= 1800, "{rests:?}");
    // The first one that gets through forgets all that.
    let mail = take(&store, now).unwrap();
    store.end_attempt(mail.id, accepted(), RESEND, now).unwrap();
    assert_eq!(store.mail_standing().unwrap().server_away, None);
    assert_eq!(number(&store, "SELECT server_fails FROM mail_state"), 0);
}

#[test]
fn many_mails_that_nobody_must_get_are_passed_over_step_by_step() {
    let (_folder, store) = store();
    let key = key(&store);
    let all = (0..1500).map(|at| new(&format!("p{at}@example.edu"), looking_for("")));
    let added: Vec<Subscribed> =
        store.subscribe_all(&key, all.collect()).unwrap().into_iter().map(Result::unwrap).collect();
    for one in &added {
        queue(&store, one.subscriber, &[], day(0));
    }
    let last = added[1499].subscriber.0;
    let pausing = "UPDATE subscriber SET state = 'paused' WHERE id <> ?1";
    store.write(move |work| Ok(work.tx.execute(pausing, [last])?)).unwrap();
    assert_eq!(take(&store, day(1)), None);
    assert_eq!(store.next_attempt().unwrap(), Some(day(0)), "there is more, and it is said so");
    assert_eq!(take(&store, day(1)).map(|mail| mail.to.as_str().to_owned()).as_deref(), Some("p1499@example.edu"));
}

#[test]
fn somebody_who_was_taken_for_dead_and_says_that_the_server_has_the_mail_is_believed() {
    let (_folder, store) = store();
    let one = subscribed(&store, "one@example.edu");
    let mail = queue(&store, one.subscriber, &[], day(0));
    let slow = take(&store, day(0)).unwrap();
    let other = Store::open(store.path()).unwrap();
    assert_eq!(other.recover_mail(RESEND, day(0)).unwrap().unknown, 1);
    store.end_attempt(slow.id, deferred(), RESEND, day(0)).unwrap();
    assert_eq!(state(&store, mail), MailState::Unknown);
    store.end_attempt(slow.id, accepted(), RESEND, day(0)).unwrap();
    assert_eq!((state(&store, mail), take(&other, day(1))), (MailState::Sent, None));
}
