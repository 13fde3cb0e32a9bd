//! The grouping as a state machine: replayed from its events, decided and undone, fed in any order, and
//! killed at any step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use rusqlite::types::Value;

use crate::model::{
    BoardHealth, EventKind, Evidence, FieldFill, Judge, LinkKind, Posting, Ruling, Sketch, Span, StatusFilter, Verdict,
};
use crate::store::sample::{TitleJudge, answer, board, commit, day, groups, judge, posting, store};
use crate::store::{Decided, Decision, DecisionError, PollEnd, Store, StoreError};

/// Judges titles, and by when two postings of one board stood there what they are to each other.
struct DatedJudge;

impl Judge for DatedJudge {
    fn model(&self) -> &'static str {
        "dated 1"
    }

    fn sketch(&self, posting: &Posting) -> (Sketch, Vec<i64>) {
        TitleJudge.sketch(posting)
    }

    fn key_weight(&self, key: i64) -> u32 {
        TitleJudge.key_weight(key)
    }

    fn compare(&self, a: &Sketch, b: &Sketch) -> Verdict {
        TitleJudge.compare(a, b)
    }

    fn in_time(&self, mut verdict: Verdict, a: (&Sketch, Span), b: (&Sketch, Span)) -> Verdict {
        let (first, last) = if a.1.from <= b.1.from { (a, b) } else { (b, a) };
        let gone = first.1.until.filter(|until| *until <= last.1.from);
        let is_one_board = a.0.key.board == b.0.key.board;
        match gone {
            Some(gone) if (last.1.from - gone).num_days() > 12 => verdict.kind = LinkKind::Earlier,
            Some(_) if is_one_board => verdict.kind = LinkKind::Repost,
            None if is_one_board => {
                verdict.kind = LinkKind::Possible;
                verdict.evidence.push(Evidence { points: 0.0, says: "both open".to_owned(), veto: true });
            }
            _ => {}
        }
        verdict
    }
}

fn dated() -> Arc<dyn Judge> {
    Arc::new(DatedJudge)
}

/// Works as [`DatedJudge`] until it has been asked so many questions; then it panics, as a process dies.
struct Dying(AtomicI64);

impl Dying {
    fn after(questions: i64) -> Arc<dyn Judge> {
        Arc::new(Self(AtomicI64::new(questions)))
    }

    fn asked(&self) {
        assert!(self.0.fetch_sub(1, Ordering::SeqCst) > 0, "the process dies here");
    }
}

impl Judge for Dying {
    fn model(&self) -> &'static str {
        "dated 1"
    }

    fn sketch(&self, posting: &Posting) -> (Sketch, Vec<i64>) {
        DatedJudge.sketch(posting)
    }

    fn key_weight(&self, key: i64) -> u32 {
        self.asked();
        DatedJudge.key_weight(key)
    }

    fn compare(&self, a: &Sketch, b: &Sketch) -> Verdict {
        self.asked();
        DatedJudge.compare(a, b)
    }

    fn in_time(&self, verdict: Verdict, a: (&Sketch, Span), b: (&Sketch, Span)) -> Verdict {
        self.asked();
        DatedJudge.in_time(verdict, a, b)
    }
}

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// How many decisions are made; a thousand take minutes in a debug build.
const TURNS: usize = if cfg!(debug_assertions) { 250 } else { 1_000 };

const BOARDS: [&str; 3] = ["aapc", "ahima", "elite"];

fn shown(store: &Store, board_id: &str, postings: Vec<Posting>, now: DateTime<Utc>) {
    let mut page = answer(board_id, 1, postings, now);
    page.judge = dated();
    store.commit_page(page).unwrap();
}

fn ended(store: &Store, board_id: &str, judge: Arc<dyn Judge>, now: DateTime<Utc>) -> Result<(), StoreError> {
    let end = PollEnd {
        board: board(board_id),
        started_at: now,
        now,
        complete: true,
        health: BoardHealth::default(),
        due: None,
        judge,
        round: None,
        details: FieldFill::default(),
    };
    store.finish_poll(end).map(|_| ())
}

fn settled(store: &Store, judge: &Arc<dyn Judge>, most: usize, now: DateTime<Utc>) {
    let mut next = Some(0);
    while let Some(after) = next {
        next = store.rejudge_step(judge, now, (after, most, true)).unwrap().next;
    }
}

fn decide(store: &Store, a: &str, b: &str, ruling: Ruling, now: DateTime<Utc>) -> Result<Decided, DecisionError> {
    let (who, why) = ("Pat".to_owned(), Some("read both".to_owned()));
    store.decide(Decision { a: a.to_owned(), b: b.to_owned(), ruling, who, why, now, judge: dated() })
}

/// Which job each posting belongs to, by name, with that job's status.
fn standing(store: &Store) -> BTreeMap<String, (String, i64)> {
    let sql = "SELECT b.name || '/' || p.posting_id, j.public_id, j.status FROM membership AS m
               JOIN posting AS p ON p.id = m.posting JOIN board AS b ON b.id = p.board JOIN job AS j ON j.id = m.job";
    let read = |connection: &rusqlite::Connection| {
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let jobs: BTreeMap<String, (String, i64)> = store.read(read).unwrap();
    assert!(jobs.values().all(|(_, status)| *status < 2), "a merged job has postings: {jobs:?}");
    jobs
}

/// Which job each posting belongs to, by name.
fn membership(store: &Store) -> BTreeMap<String, String> {
    standing(store).into_iter().map(|(posting, (job, _))| (posting, job)).collect()
}

/// The same, from the events alone.
fn replayed(store: &Store) -> BTreeMap<String, String> {
    let mut jobs: BTreeMap<String, String> = BTreeMap::new();
    for event in store.events_since(0, usize::MAX >> 1).unwrap() {
        let job = event.job.to_string();
        match (event.kind, event.posting, event.detail) {
            (EventKind::Opened | EventKind::Founded | EventKind::Joined | EventKind::Reposted, Some(posting), _) => {
                jobs.insert(posting, job);
            }
            (EventKind::Merged, _, Some(merged)) => {
                jobs.values_mut().filter(|of| **of == merged).for_each(|of| of.clone_from(&job));
            }
            (EventKind::Split, Some(posting), _) => {
                if jobs.get(&posting) == Some(&job) {
                    jobs.remove(&posting);
                } else {
                    jobs.insert(posting, job);
                }
            }
            _ => {}
        }
    }
    jobs
}

/// What people have ruled: names of two postings, and all that is stored of it.
fn rulings(store: &Store) -> Vec<(String, String, String, String)> {
    let sql = "SELECT ba.name || '/' || pa.posting_id, bb.name || '/' || pb.posting_id, h.verdict,
                      h.who || ' ' || coalesce(h.why, '') || ' ' || h.at
               FROM human_constraint AS h
               JOIN posting AS pa ON pa.id = h.a JOIN board AS ba ON ba.id = pa.board
               JOIN posting AS pb ON pb.id = h.b JOIN board AS bb ON bb.id = pb.board ORDER BY h.a, h.b";
    let read = |connection: &rusqlite::Connection| {
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    store.read(read).unwrap()
}

fn rulings_hold(store: &Store) -> Result<(), String> {
    let jobs = membership(store);
    for (a, b, verdict, _) in rulings(store) {
        if (jobs[&a] == jobs[&b]) != (verdict == "same") {
            return Err(format!("{a} and {b} are ruled {verdict}: {jobs:?}"));
        }
    }
    Ok(())
}

/// Everything a reader can see, but for the events.
fn picture(store: &Store, now: DateTime<Utc>) -> Vec<String> {
    let mut seen = Vec::new();
    store
        .for_each_job(StatusFilter::All, now, |job| {
            seen.push(serde_json::to_string(&job).unwrap());
            Ok::<(), StoreError>(())
        })
        .unwrap();
    seen.sort();
    seen
}

/// Every row of every table, the text index's own apart.
fn dump(store: &Store) -> Vec<String> {
    let read = |connection: &rusqlite::Connection| {
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'job_text%' ORDER BY name";
        let tables: Vec<String> =
            connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut lines = Vec::new();
        for table in tables.into_iter().chain(["job_text".to_owned()]) {
            let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY 1, 2"))?;
            let columns = statement.column_count();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let values: Result<Vec<Value>, _> = (0..columns).map(|at| row.get(at)).collect();
                lines.push(format!("{table} {:?}", values?));
            }
        }
        Ok(lines)
    };
    store.read(read).unwrap()
}

#[derive(Clone, Debug)]
enum Step {
    /// A board shows these of its postings, by number, with these titles.
    Shows(usize, Vec<(u8, String)>),
    Ends(usize),
    Rules(usize, usize, bool),
    /// The event, counted from the latest.
    Undoes(usize),
    Judges(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let row = (0_u8..5, "[abcd]( [abcd]){2,3}( [12])?");
    prop_oneof![
        4 => (0..3_usize, proptest::collection::vec(row, 0..5)).prop_map(|(at, rows)| Step::Shows(at, rows)),
        3 => (0..3_usize).prop_map(Step::Ends),
        2 => (0..15_usize, 0..15_usize, any::<bool>()).prop_map(|(a, b, same)| Step::Rules(a, b, same)),
        2 => (0..12_usize).prop_map(Step::Undoes),
        1 => (1..6_usize).prop_map(Step::Judges),
    ]
}

fn take(store: &Store, step: &Step, now: DateTime<Utc>) {
    let refused = |done: Result<Decided, DecisionError>| {
        assert!(!matches!(done, Err(DecisionError::Store(_))), "{done:?}");
    };
    match step {
        Step::Shows(at, rows) => {
            let rows: BTreeMap<u8, &String> = rows.iter().map(|(id, title)| (*id, title)).collect();
            let rows = rows.into_iter().map(|(id, title)| posting(BOARDS[*at], &id.to_string(), title)).collect();
            shown(store, BOARDS[*at], rows, now);
        }
        Step::Ends(at) => ended(store, BOARDS[*at], dated(), now).unwrap(),
        Step::Rules(a, b, same) => {
            let name = |at: &usize| format!("{}/{}", BOARDS[at % 3], at / 3);
            let ruling = if *same { Ruling::Same } else { Ruling::Different };
            refused(decide(store, &name(a), &name(b), ruling, now));
        }
        Step::Undoes(back) => {
            let event = store.last_event_id().unwrap() - i64::try_from(*back).unwrap();
            refused(store.undo(&dated(), event, "Kim", now));
        }
        Step::Judges(most) => settled(store, &dated(), *most, now),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_events_alone_tell_which_posting_is_in_which_job_and_rulings_hold(
        steps in proptest::collection::vec(step(), 1..28),
    ) {
        let (_folder, store) = store();
        for (at, step) in (0..).zip(&steps) {
            take(&store, step, day(at));
            prop_assert_eq!(replayed(&store), membership(&store), "after step {}", at);
            prop_assert_eq!(rulings_hold(&store), Ok(()), "after step {}", at);
        }
        prop_assert!(store.integrity_check().unwrap().is_empty());
    }

    #[test]
    fn decisions_undone_in_turn_leave_what_was(
        steps in proptest::collection::vec(step(), 1..16),
        pairs in proptest::collection::vec((0..15_usize, 0..15_usize, any::<bool>()), 1..12),
    ) {
        let (_folder, store) = store();
        for (at, step) in (0..).zip(&steps) {
            take(&store, step, day(at));
        }
        let now = day(40);
        // What is as the stored links have it can be come back to.
        let all: Vec<i64> = (1..=15).collect();
        store.write(move |work| {
            let judging = crate::store::links::Judging { judge: &DatedJudge, now };
            let known: BTreeSet<i64> =
                work.tx.prepare("SELECT id FROM posting")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let all: Vec<i64> = all.into_iter().filter(|id| known.contains(id)).collect();
            let grouped = crate::store::grouping::regroup(work, judging, &all)?;
            for (job, change) in &grouped.jobs {
                crate::store::refresh::refresh(work, *job, change, now)?;
            }
            Ok(())
        }).unwrap();
        let mut before = Vec::new();
        for (a, b, same) in pairs {
            let state = (picture(&store, now), rulings(&store), membership(&store));
            let name = |at: usize| format!("{}/{}", BOARDS[at % 3], at / 3);
            let ruling = if same { Ruling::Same } else { Ruling::Different };
            if let Ok(decided) = decide(&store, &name(a), &name(b), ruling, now) {
                before.push((decided.event, state));
            } else {
                prop_assert_eq!((picture(&store, now), rulings(&store), membership(&store)), state);
            }
        }
        while let Some((event, state)) = before.pop() {
            store.undo(&dated(), event, "Pat", now).unwrap();
            prop_assert_eq!((picture(&store, now), rulings(&store), membership(&store)), state);
        }
    }

    #[test]
    fn any_order_and_any_batches_settle_to_one_grouping(
        titles in proptest::collection::vec(("[abcdef]( [abcdef]){2,4}( [12])?", 0..3_usize), 2..16),
        seed in any::<u64>(),
    ) {
        let postings: Vec<Posting> = (0..)
            .zip(&titles)
            .map(|(at, (title, on)): (usize, _)| posting(BOARDS[*on], &at.to_string(), title))
            .collect();
        let mut dice = Dice(seed);
        let mut expected = None;
        for _ in 0..3 {
            let (_folder, store) = store();
            let mut rest = postings.clone();
            for at in (1..rest.len()).rev() {
                rest.swap(at, dice.below(at + 1));
            }
            let mut page = 0;
            while !rest.is_empty() {
                let batch = rest.split_off(rest.len() - 1 - dice.below(rest.len().min(5)));
                for on in BOARDS {
                    page += 1;
                    let rows = batch.iter().filter(|posting| posting.key.board.as_str() == on).cloned().collect();
                    store.commit_page(answer(on, page, rows, day(0))).unwrap();
                }
            }
            let straight = groups(&store, day(0));
            settled(&store, &judge(), 1 + dice.below(9), day(0));
            let found = groups(&store, day(0));
            prop_assert_eq!(&straight, &found, "settling changes nothing");
            prop_assert_eq!(expected.get_or_insert_with(|| found.clone()), &found);
        }
    }
}

/// Thirty postings of three boards that hang together in many ways.
fn tangle() -> Store {
    let (folder, store) = store();
    let mut dice = Dice(7);
    for (at, on) in (0..).zip(BOARDS) {
        let rows = (0..10).map(|id| {
            let words: Vec<&str> = (0..4).map(|_| ["a", "b", "c", "d", "e"][dice.below(5)]).collect();
            posting(on, &id.to_string(), &words.join(" "))
        });
        shown(&store, on, rows.collect(), day(at));
    }
    // The folder must outlive the store; it is small, and the system's to clear away.
    let _kept = folder.keep();
    store
}

#[test]
fn many_decisions_undone_in_turn_leave_every_state_that_was() {
    let store = tangle();
    let now = day(9);
    let mut dice = Dice(2_026);
    let (mut made, mut refused) = (Vec::new(), 0);
    // Whole pictures are costly, so that not every turn is painted; what is in which job is always looked at.
    let state_of = |turn: usize| {
        let painted = if turn.is_multiple_of(9) { picture(&store, now) } else { Vec::new() };
        (painted, rulings(&store), standing(&store))
    };
    for turn in 0..TURNS {
        let name = |at: usize| format!("{}/{}", BOARDS[at % 3], at / 3);
        let (a, b) = (dice.below(30), dice.below(30));
        let ruling = if dice.below(3) == 0 { Ruling::Same } else { Ruling::Different };
        let state = state_of(turn);
        match decide(&store, &name(a), &name(b), ruling, now) {
            Ok(decided) => {
                assert_eq!(rulings_hold(&store), Ok(()), "turn {turn}");
                made.push((decided.event, turn, state));
            }
            Err(DecisionError::Contradicts(..) | DecisionError::SamePosting(..)) => {
                refused += 1;
                assert_eq!(state_of(turn), state, "turn {turn}");
            }
            Err(error) => panic!("turn {turn}: {error}"),
        }
        // Now and then some are taken back at once, so that not all is ruled before long.
        let back = if dice.below(4) == 0 { dice.below(made.len() + 1) } else { 0 };
        for _ in 0..back {
            let (event, at, state) = made.pop().unwrap();
            store.undo(&dated(), event, "Pat", now).unwrap();
            assert_eq!(state_of(at), state, "turn {turn}");
        }
    }
    assert!(refused > 0, "{refused} were refused");
    while let Some((event, at, state)) = made.pop() {
        store.undo(&dated(), event, "Pat", now).unwrap();
        assert_eq!(state_of(at), state);
    }
    assert!(rulings(&store).is_empty());
    assert_eq!(replayed(&store), membership(&store));
    assert!(store.integrity_check().unwrap().is_empty());
}

#[test]
fn what_a_later_decision_contradicts_cannot_be_undone_back_into_force() {
    let (_folder, store) = store();
    for (id, title) in [("1", "a b c"), ("2", "d e f"), ("3", "g h i")] {
        commit(&store, "ahima", vec![posting("ahima", id, title)], day(0));
    }
    let different = decide(&store, "ahima/1", "ahima/2", Ruling::Different, day(1)).unwrap();
    let undone = store.undo(&dated(), different.event, "Kim", day(1)).unwrap();
    decide(&store, "ahima/1", "ahima/3", Ruling::Same, day(1)).unwrap();
    decide(&store, "ahima/3", "ahima/2", Ruling::Same, day(1)).unwrap();
    let before = dump(&store);
    let refused = store.undo(&dated(), undone.event, "Kim", day(2)).unwrap_err();
    assert!(matches!(refused, DecisionError::Contradicts(..)), "{refused}");
    assert_eq!(dump(&store), before);
}

#[test]
fn a_name_that_led_to_a_job_follows_the_posting_that_founded_it() {
    let (_folder, store) = store();
    for (id, title) in [("1", "a b c"), ("2", "d e f"), ("3", "g h i")] {
        commit(&store, "ahima", vec![posting("ahima", id, title)], day(0));
    }
    let name = |id: &str| store.job(&format!("ahima/{id}"), day(0)).unwrap().unwrap().id;
    let (two, three) = (name("2"), name("3"));
    decide(&store, "ahima/2", "ahima/3", Ruling::Same, day(1)).unwrap();
    let decided = decide(&store, "ahima/1", "ahima/2", Ruling::Same, day(1)).unwrap();
    store.undo(&dated(), decided.event, "Pat", day(1)).unwrap();
    assert_eq!(store.job(three.as_str(), day(1)).unwrap().unwrap().id, two, "a mailed link leads to its posting");
}

#[test]
fn undoing_a_merger_parts_all_that_the_merged_job_had_taken_in() {
    let (_folder, store) = store();
    let titles = [("1", "a b c d e f"), ("2", "c d e f g h"), ("3", "b c d e f g")];
    shown(&store, "ahima", vec![posting("ahima", "1", titles[0].1)], day(0));
    shown(&store, "aapc", vec![posting("aapc", "2", titles[1].1)], day(0));
    shown(&store, "elite", vec![posting("elite", "4", titles[1].1)], day(0));
    shown(&store, "ahdi", vec![posting("ahdi", "3", titles[2].1)], day(1));
    let merged = store.events_since(0, 99).unwrap().into_iter().find(|event| event.kind == EventKind::Merged);
    store.undo(&dated(), merged.unwrap().id, "Pat", day(2)).unwrap();
    let jobs = membership(&store);
    assert_eq!(jobs["aapc/2"], jobs["elite/4"]);
    assert_ne!(jobs["ahima/1"], jobs["aapc/2"]);
}

#[test]
fn what_a_rival_kept_apart_joins_when_the_rival_is_edited_away() {
    let (_folder, store) = store();
    commit(&store, "ahima", vec![posting("ahima", "1", "a b c d 1"), posting("ahima", "2", "a b c d 2")], day(0));
    commit(&store, "aapc", vec![posting("aapc", "3", "a b c d")], day(0));
    assert_eq!(groups(&store, day(0)).len(), 3);
    commit(&store, "ahima", vec![posting("ahima", "1", "x y z 1"), posting("ahima", "2", "a b c d 2")], day(1));
    let straight = groups(&store, day(1));
    settled(&store, &judge(), 9, day(1));
    assert_eq!(straight, groups(&store, day(1)));
    let jobs = membership(&store);
    assert_eq!(jobs["ahima/2"], jobs["aapc/3"], "nothing else is like the third any more");
}

/// Does something to a store by a judge that dies after more and more questions, until it lives through;
/// each time the store must be as before, and in the end as one that was not disturbed.
fn dies_at_every_step(act: impl Fn(&Store, Arc<dyn Judge>) -> bool) {
    let prepare = || {
        let store = tangle();
        ended(&store, "ahima", dated(), day(3)).unwrap();
        ended(&store, "ahima", dated(), day(4)).unwrap();
        store
    };
    let whole = prepare();
    assert!(act(&whole, dated()));
    let broken = prepare();
    let before = dump(&broken);
    let mut questions = 0;
    while !act(&broken, Dying::after(questions)) {
        assert!(dump(&broken) == before, "it died at question {questions} and left something");
        questions += 1 + questions / 8;
    }
    assert!(questions > 0, "the judge was never asked");
    assert_eq!(dump(&broken), dump(&whole));
    assert!(broken.integrity_check().unwrap().is_empty());
}

#[test]
fn a_decision_that_dies_changes_nothing() {
    dies_at_every_step(|store, judge| {
        let (a, b) = ("aapc/0".to_owned(), "elite/3".to_owned());
        let decision = Decision { a, b, ruling: Ruling::Same, who: "Pat".into(), why: None, now: day(5), judge };
        store.decide(decision).is_ok()
    });
}

#[test]
fn an_undoing_that_dies_changes_nothing() {
    dies_at_every_step(|store, judge| {
        let events = store.events_since(0, 999).unwrap();
        let joined = events.iter().find(|event| event.kind == EventKind::Joined).unwrap();
        store.undo(&judge, joined.id, "Pat", day(5)).is_ok()
    });
}

#[test]
fn a_step_of_judging_anew_that_dies_changes_nothing() {
    dies_at_every_step(|store, judge| {
        store.write(|work| Ok(work.tx.execute("UPDATE sketch SET model = 'old' WHERE posting % 3 = 0", [])?)).unwrap();
        let done = store.rejudge_step(&judge, day(5), (0, 20, false)).is_ok();
        if !done {
            store.write(|work| Ok(work.tx.execute("UPDATE sketch SET model = 'dated 1'", [])?)).unwrap();
        }
        done
    });
}

#[test]
fn the_end_of_a_poll_that_dies_changes_nothing() {
    dies_at_every_step(|store, judge| {
        store.write(|work| Ok(work.tx.execute("UPDATE posting SET absences = 1 WHERE board = 1", [])?)).unwrap();
        let done = ended(store, "aapc", judge, day(6)).is_ok();
        if !done {
            store.write(|work| Ok(work.tx.execute("UPDATE posting SET absences = 0 WHERE board = 1", [])?)).unwrap();
        }
        done
    });
}
