//! Codes as filters, distances, coding anew, and persons erased.

use std::sync::Arc;

use crate::model::{
    Code, Contact, CredentialDemand, Criteria, DemandLevel, EventKind, Field, KnownField, Near, Posting, Precision,
    SortOrder, WorkMode, miles_between,
};
use crate::store::sample::{board, city, commit, day, finish, posting, store};
use crate::store::{Recoding, Store};

fn demand(id: &str, code: &str, level: DemandLevel) -> CredentialDemand {
    CredentialDemand {
        id: id.into(),
        code: code.into(),
        level,
        within_months: None,
        one_of: None,
        evidence: format!("{code} {}", level.as_str()),
    }
}

fn titles(store: &Store, criteria: &Criteria) -> (Vec<String>, Vec<String>) {
    let found = store.search(criteria, day(1)).unwrap();
    let title = |row: &crate::store::JobRow| row.title.clone().unwrap();
    (found.jobs.iter().map(title).collect(), found.may_match.iter().map(|(row, _)| title(row)).collect())
}

/// Three jobs: one asks for RHIT and prefers CCS, one requires CCS, one says nothing.
fn office() -> (tempfile::TempDir, Store) {
    let (folder, store) = store();
    let mut first = posting("ahima", "1", "Alpha");
    first.codes.role = Field::derived("Alpha", "cdi".to_owned(), "Alpha");
    first.codes.credentials =
        vec![demand("ahima:rhit", "RHIT", DemandLevel::Required), demand("ahima:ccs", "CCS", DemandLevel::Preferred)];
    first.codes.entry_level = Field::derived("x", false, "x");
    first.codes.experience_years = Field::derived("3", 3.0, "3 years");
    let mut second = posting("ahima", "2", "Bravo");
    second.codes.credentials = vec![demand("ahima:ccs", "CCS", DemandLevel::Required)];
    second.codes.coding_systems = vec![Code { id: "icd-10-pcs".into(), evidence: "x".into() }];
    second.codes.soc = Field::derived("x", "29-2072".to_owned(), "x");
    let third = posting("ahima", "3", "Charlie");
    commit(&store, "ahima", vec![first, second, third], day(0));
    (folder, store)
}

#[test]
fn each_code_is_a_filter_and_unknown_is_not_no() {
    let (_folder, store) = office();
    let of = |credentials: &[&str], required: bool| Criteria {
        credentials: credentials.iter().map(|id| (*id).to_owned()).collect(),
        credential_required: required,
        sort: SortOrder::Newest,
        ..Criteria::default()
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(titles(&store, &of(&["ahima:ccs"], false)), (names(&["Bravo", "Alpha"]), names(&["Charlie"])));
    assert_eq!(titles(&store, &of(&["ahima:ccs"], true)), (names(&["Bravo"]), names(&["Charlie"])));
    assert_eq!(titles(&store, &of(&[], true)), (names(&["Bravo", "Alpha"]), names(&["Charlie"])));
    let roles = Criteria { roles: vec!["cdi".into()], ..Criteria::default() };
    assert_eq!(titles(&store, &roles), (names(&["Alpha"]), names(&[])), "a role is never unknown");
    let systems = Criteria { coding_systems: vec!["icd-10-pcs".into()], ..Criteria::default() };
    assert_eq!(titles(&store, &systems), (names(&["Bravo"]), names(&["Charlie", "Alpha"])));
    let entry = Criteria { entry_level: true, ..Criteria::default() };
    assert_eq!(titles(&store, &entry), (names(&[]), names(&["Charlie", "Bravo"])), "stated as no is no");
    let years = Criteria { experience_at_most: Some(2.0), ..Criteria::default() };
    assert_eq!(titles(&store, &years), (names(&[]), names(&["Charlie", "Bravo"])));
    let occupation = Criteria { socs: vec!["29-2".into()], ..Criteria::default() };
    assert_eq!(titles(&store, &occupation).0, names(&["Bravo"]));
    let known = Criteria { known: vec![KnownField::Credential], ..of(&["ahima:ccs"], false) };
    let found = store.search(&known, day(1)).unwrap();
    assert_eq!((found.total, found.total_may_match, found.left_out), (2, 0, 1));
    assert_eq!(found.jobs[1].credentials.as_deref(), Some("RHIT, CCS"), "required ones first");
}

/// Numbers that look random and are the same each time.
fn numbers() -> impl FnMut() -> f64 {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(u32::MAX)
    }
}

fn at(posting: &mut Posting, points: &[(f64, f64)]) {
    let places = points.iter().map(|(latitude, longitude)| crate::model::Place {
        latitude: Some(*latitude),
        longitude: Some(*longitude),
        ..city(&format!("Town {latitude} {longitude}"), "OH")
    });
    posting.job_location = Field::stated("x", places.collect());
}

#[test]
fn a_circle_finds_what_a_measuring_of_all_distances_finds() {
    let (_folder, store) = store();
    let mut number = numbers();
    let mut points: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
    let mut postings = Vec::new();
    for n in 0..400 {
        let count = if n % 7 == 0 { 3 } else { 1 };
        let places: Vec<(f64, f64)> = (0..count).map(|_| (25.0 + number() * 24.0, -124.0 + number() * 57.0)).collect();
        let mut one = posting("ahima", &n.to_string(), &format!("t{n}x{n}y{n}"));
        at(&mut one, &places);
        points.push((one.title.value.clone().unwrap(), places));
        postings.push(one);
    }
    commit(&store, "ahima", postings, day(0));
    let mut found_in_all = 0;
    for _ in 0..200 {
        let center = (25.0 + number() * 24.0, -124.0 + number() * 57.0);
        let miles = number() * number() * 600.0;
        let near =
            Near { label: "here".into(), latitude: center.0, longitude: center.1, miles, states: vec!["OH".into()] };
        let criteria = Criteria { near: Some(near), sort: SortOrder::Distance, ..Criteria::default() };
        let found = store.search(&criteria, day(1)).unwrap();
        let nearest = |places: &[(f64, f64)]| {
            places.iter().map(|place| miles_between(*place, center)).fold(f64::INFINITY, f64::min)
        };
        let mut expected: Vec<(f64, String)> = points
            .iter()
            .map(|(title, places)| (nearest(places), title.clone()))
            .filter(|one| one.0 <= miles)
            .collect();
        expected.sort_by(|a, b| a.0.total_cmp(&b.0));
        let seen: Vec<String> = found.jobs.iter().map(|row| row.title.clone().unwrap()).collect();
        assert_eq!(seen, expected.iter().map(|one| one.1.clone()).collect::<Vec<_>>(), "{miles} miles of {center:?}");
        assert!(found.may_match.is_empty(), "all places are known");
        found_in_all += seen.len();
    }
    assert!(found_in_all > 500, "only {found_in_all} found: the circles are too small to prove anything");
}

#[test]
fn a_job_known_by_its_state_alone_may_be_near_and_remote_work_comes_after_places() {
    let (_folder, store) = store();
    let mut columbus = posting("ahima", "1", "Columbus");
    at(&mut columbus, &[(39.96, -83.0)]);
    let mut ohio = posting("ahima", "2", "Ohio");
    let mut state_only = city("", "OH");
    state_only.locality = None;
    state_only.precision = Precision::Region;
    // The middle of a state is no place to measure from.
    (state_only.latitude, state_only.longitude) = (Some(39.96), Some(-83.0));
    ohio.job_location = Field::stated("Ohio", vec![state_only.clone()]);
    let mut texas = posting("ahima", "3", "Texas");
    texas.job_location = Field::stated("x", vec![crate::model::Place { region: Some("TX".into()), ..state_only }]);
    let mut remote = posting("ahima", "4", "Remote");
    remote.work_mode = Field::stated("Remote", WorkMode::Remote);
    let nowhere = posting("ahima", "5", "Nowhere");
    commit(&store, "ahima", vec![columbus, ohio, texas, remote, nowhere], day(0));
    let near = Near {
        label: "Columbus, OH".into(),
        latitude: 39.96,
        longitude: -83.0,
        miles: 25.0,
        states: vec!["OH".into()],
    };
    let (sure, may) = titles(&store, &Criteria { near: Some(near), ..Criteria::default() });
    assert_eq!(sure, ["Columbus"]);
    assert_eq!(may, ["Nowhere", "Remote", "Ohio"]);
}

fn recoding(dry_run: bool) -> Recoding {
    Recoding {
        vocabulary: "new".into(),
        code: Arc::new(|posting: &mut Posting| {
            posting.codes.vocabulary = "new".into();
            if posting.key.posting_id == "3" {
                posting.codes.credentials = vec![demand("ahima:ccs", "CCS", DemandLevel::Required)];
            }
        }),
        now: day(2),
        dry_run,
    }
}

#[test]
fn coding_anew_is_told_once_and_only_to_searches_that_match_since_then() {
    let (_folder, store) = office();
    let ccs = Criteria { credentials: vec!["ahima:ccs".into()], ..Criteria::default() };
    let rhit = Criteria { credentials: vec!["ahima:rhit".into()], ..Criteria::default() };
    let tried = store.recode_step(&recoding(true), 0, 100).unwrap();
    assert_eq!((tried.postings, tried.changed, tried.jobs.len(), tried.next), (3, 1, 1, None));
    assert_eq!(store.postings_to_recode("new").unwrap(), 3, "a trial stores nothing");
    assert_eq!(titles(&store, &ccs).0.len(), 2);
    let events = store.last_event_id().unwrap();
    let done = store.recode_step(&recoding(false), 0, 100).unwrap();
    assert_eq!(done, tried);
    assert_eq!(store.postings_to_recode("new").unwrap(), 0);
    assert_eq!(titles(&store, &ccs).0.len(), 3);
    let told = store.events_since(events, 10).unwrap();
    assert_eq!((told.len(), told[0].kind), (1, EventKind::Coded));
    assert!(told[0].detail.as_deref().unwrap().contains("+ahima:ccs"), "{told:?}");
    let newly = |criteria: &Criteria, since: i64| store.newly_coded(criteria, day(since), day(3)).unwrap().len();
    assert_eq!(newly(&ccs, 1), 1, "it matches since it was coded anew");
    assert_eq!(newly(&rhit, 1), 0, "what matched before is not newly coded, nor what does not match");
    assert_eq!(newly(&Criteria::default(), 1), 0);
    assert_eq!(newly(&ccs, 3), 0, "told once");
    let steps = store.recode_step(&recoding(false), 0, 2).unwrap();
    assert_eq!((steps.postings, steps.jobs.len()), (0, 0), "done is done");
}

#[test]
fn steps_go_on_where_the_last_one_ended() {
    let (_folder, store) = office();
    let first = store.recode_step(&recoding(false), 0, 2).unwrap();
    assert_eq!((first.postings, first.changed), (2, 0));
    let second = store.recode_step(&recoding(false), first.next.unwrap(), 2).unwrap();
    assert_eq!((second.postings, second.changed, second.next), (1, 1, None));
}

#[test]
fn persons_go_from_closed_postings_and_from_what_is_searched() {
    let (_folder, store) = store();
    let mut named = posting("ahima", "1", "Coder");
    named.description_text = Some("Ask Zebulon Pickwick.".into());
    named.codes.contacts = vec![Contact { kind: "name".into(), words: "Zebulon Pickwick".into() }];
    commit(&store, "ahima", vec![named], day(0));
    let erase: fn(&mut Posting) = |posting| {
        posting.description_text = Some("Ask [name removed].".into());
        posting.codes.contacts.clear();
    };
    assert_eq!(store.erase_contacts(day(90), erase).unwrap(), 0, "it is open");
    for poll in 1..4 {
        commit(&store, "ahima", Vec::new(), day(poll));
        finish(&store, "ahima", day(poll));
    }
    let job = |store: &Store| store.job("ahima/1", day(10)).unwrap().unwrap();
    assert_eq!(job(&store).contacts.len(), 1);
    assert_eq!(store.erase_contacts(day(90), erase).unwrap(), 1);
    assert_eq!(store.erase_contacts(day(90), erase).unwrap(), 0);
    assert!(job(&store).contacts.is_empty() && !job(&store).description_text.unwrap().contains("Pickwick"));
    let words = Criteria {
        query: Some(crate::model::QueryNode::Word { word: "pickwick".into(), prefix: false }),
        status: crate::model::StatusFilter::All,
        boards: vec![board("ahima")],
        ..Criteria::default()
    };
    assert_eq!(store.search(&words, day(10)).unwrap().total, 0);
}
