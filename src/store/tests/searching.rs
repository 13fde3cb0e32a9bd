//! Filters that know yes, no and unknown; words, order and paging.

use chrono::Duration;

use crate::model::{
    Basis, Criteria, EmploymentType, Field, JobStatus, KnownField, PayFloor, PayUnit, Posting, QueryNode, Salary,
    SortOrder, StatusFilter, WorkMode,
};
use crate::store::sample::{board, city, closing, commit, day, posting, store};
use crate::store::{SearchResult, Store};

fn pay(low: Option<f64>, high: Option<f64>, unit: PayUnit, hours: f64) -> Field<Salary> {
    Field::stated(
        "pay",
        Salary {
            raw: "pay".into(),
            currency: Some("USD".into()),
            min: low,
            max: high,
            unit: Some(unit),
            annual_min: low.map(|low| low * hours),
            annual_max: high.map(|high| high * hours),
            basis: Basis::Stated,
            annual_basis: None,
            implausible: None,
            assumptions: Vec::new(),
        },
    )
}

fn word(word: &str) -> QueryNode {
    QueryNode::Word { word: word.to_owned(), prefix: false }
}

fn titles(found: &SearchResult) -> (Vec<&'static str>, Vec<&'static str>) {
    let title = |row: &crate::store::JobRow| row.title.clone().unwrap_or_default();
    let sure: Vec<String> = found.jobs.iter().map(title).collect();
    let may: Vec<String> = found.may_match.iter().map(|(row, _)| title(row)).collect();
    let leak = |names: Vec<String>| -> Vec<&'static str> { names.into_iter().map(|name| &*name.leak()).collect() };
    (leak(sure), leak(may))
}

fn search(store: &Store, criteria: &Criteria) -> SearchResult {
    store.search(criteria, day(0)).unwrap()
}

/// Five jobs, the newest last.
fn office() -> (tempfile::TempDir, Store) {
    let (folder, store) = store();
    let mut columbus = posting("ahima", "1", "Inpatient Coder");
    columbus.job_location = Field::stated("Columbus, OH", vec![city("Columbus", "OH")]);
    columbus.work_mode = Field::stated("onsite", WorkMode::Onsite);
    columbus.hiring_organization = Field::stated("x", "Mercy Health".to_owned());
    columbus.base_salary = pay(Some(24.0), Some(30.0), PayUnit::Hour, 2080.0);
    columbus.valid_through = closing(day(2));
    columbus.description_text = Some("Assigns ICD-10-CM codes; risk adjustment a plus".into());
    columbus.employment_type = Field::stated("x", vec![EmploymentType::FullTime]);
    let mut remote = posting("ahima", "2", "Remote Auditor");
    remote.work_mode = Field::stated("remote", WorkMode::Remote);
    remote.remote_scope = Field::stated("US", vec!["US".to_owned()]);
    remote.base_salary = pay(Some(80_000.0), None, PayUnit::Year, 1.0);
    remote.hiring_organization = Field::stated("x", "Hôpital St. Mary's".to_owned());
    let mut florida = posting("ahima", "3", "Privacy Officer");
    florida.job_location = Field::stated("Tampa, FL", vec![city("Tampa", "FL")]);
    florida.work_mode = Field::stated("hybrid", WorkMode::Hybrid);
    florida.base_salary = pay(Some(90_000.0), Some(120_000.0), PayUnit::Year, 1.0);
    florida.hiring_organization = Field::stated("x", "Valley Clinic".to_owned());
    florida.open_to = Field::stated("x", vec!["public".to_owned()]);
    let bare = posting("ahima", "4", "Records Clerk");
    let mut odd = posting("ahima", "5", "Coding Intern");
    odd.base_salary = pay(Some(1.0), Some(150_000.0), PayUnit::Year, 1.0);
    odd.base_salary.value.as_mut().unwrap().implausible = Some("1 to 150000".into());
    odd.employment_type = Field::stated("x", vec![EmploymentType::Intern]);
    commit(&store, "ahima", vec![columbus, remote, florida, bare, odd], day(0));
    (folder, store)
}

#[test]
fn everything_open_comes_newest_first() {
    let (_folder, store) = office();
    let found = search(&store, &Criteria::default());
    let expected = ["Coding Intern", "Records Clerk", "Privacy Officer", "Remote Auditor", "Inpatient Coder"];
    assert_eq!(titles(&found).0, expected);
    assert_eq!((found.total, found.total_may_match, found.left_out), (5, 0, 0));
    let first = &found.jobs[4];
    assert_eq!(first.pay.as_deref(), Some("$24–$30/hour"));
    assert_eq!((first.place.as_deref(), first.annual_pay), (Some("Columbus, OH"), Some(62_400.0)));
    assert_eq!((first.boards.as_slice(), first.status), (["ahima".to_owned()].as_slice(), JobStatus::Open));
}

#[test]
fn pay_unstated_or_implausible_may_match_and_is_left_out_on_request() {
    let (_folder, store) = office();
    let mut criteria =
        Criteria { pay_at_least: Some(PayFloor { amount: 100_000.0, unit: PayUnit::Year }), ..Criteria::default() };
    let found = search(&store, &criteria);
    let may = vec!["Coding Intern", "Records Clerk", "Remote Auditor"];
    assert_eq!(titles(&found), (vec!["Privacy Officer"], may));
    assert!(found.may_match.iter().all(|(_, fields)| fields == &[KnownField::Pay]));
    assert_eq!((found.total, found.total_may_match), (1, 3));
    criteria.known = vec![KnownField::Pay];
    let found = search(&store, &criteria);
    assert_eq!(titles(&found), (vec!["Privacy Officer"], Vec::<&str>::new()));
    assert_eq!((found.total_may_match, found.left_out), (0, 3));
}

#[test]
fn pay_is_compared_in_the_unit_asked_for_where_it_is_stated() {
    let (_folder, store) = office();
    let sure = |amount: f64, unit: PayUnit| {
        let criteria = Criteria { pay_at_least: Some(PayFloor { amount, unit }), ..Criteria::default() };
        search(&store, &criteria).jobs.into_iter().filter_map(|row| row.title).collect::<Vec<_>>()
    };
    assert_eq!(sure(30.0, PayUnit::Hour), ["Privacy Officer", "Remote Auditor", "Inpatient Coder"]);
    assert_eq!(sure(30.01, PayUnit::Hour), ["Privacy Officer", "Remote Auditor"]);
    assert_eq!(sure(62_400.0, PayUnit::Year), ["Privacy Officer", "Remote Auditor", "Inpatient Coder"]);
}

#[test]
fn a_state_is_matched_by_any_place_and_by_remote_work_in_the_whole_country() {
    let (_folder, store) = office();
    let criteria = Criteria { states: vec!["OH".into()], ..Criteria::default() };
    let found = search(&store, &criteria);
    assert_eq!(titles(&found), (vec!["Remote Auditor", "Inpatient Coder"], vec!["Coding Intern", "Records Clerk"]));
    assert_eq!(found.may_match[0].1, vec![KnownField::Place]);
    let with_words = Criteria { query: Some(word("coder")), ..criteria };
    assert_eq!(titles(&search(&store, &with_words)), (vec!["Inpatient Coder"], vec![]));
}

#[test]
fn remote_asks_and_onsite_denies() {
    let (_folder, store) = office();
    let found = search(&store, &Criteria { remote: true, ..Criteria::default() });
    assert_eq!(titles(&found), (vec!["Remote Auditor"], vec!["Coding Intern", "Records Clerk"]));
}

#[test]
fn several_unknowns_are_all_named() {
    let (_folder, store) = office();
    let criteria =
        Criteria { remote: true, states: vec!["OH".into()], query: Some(word("clerk")), ..Criteria::default() };
    let found = search(&store, &criteria);
    assert_eq!(found.may_match[0].1, vec![KnownField::Place, KnownField::WorkMode]);
}

#[test]
fn employers_are_matched_by_whole_words_of_every_spelling() {
    let (_folder, store) = office();
    let sure = |name: &str| {
        let found = search(&store, &Criteria { employers: vec![name.into()], ..Criteria::default() });
        titles(&found).0.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(sure("MERCY"), ["Inpatient Coder"]);
    assert_eq!(sure("hopital st marys"), ["Remote Auditor"]);
    assert_eq!(sure("st. mary’s"), ["Remote Auditor"]);
    assert!(sure("VA").is_empty());
    assert_eq!(sure("va*"), ["Privacy Officer"]);
    let found = search(&store, &Criteria { employers: vec!["mercy".into()], ..Criteria::default() });
    assert_eq!(titles(&found).1, ["Coding Intern", "Records Clerk"]);
    let found = search(&store, &Criteria { not_employers: vec!["mercy health".into()], ..Criteria::default() });
    assert_eq!(found.total, 4);
}

#[test]
fn a_merged_job_is_found_by_any_copys_employer_place_and_board() {
    let (_folder, store) = store();
    let mut first = posting("ahima", "1", "a b c d");
    first.hiring_organization = Field::stated("x", "Mercy Health".to_owned());
    let mut second = posting("aapc", "2", "a b c d");
    second.hiring_organization = Field::stated("x", "Staffing Partners".to_owned());
    second.job_location = Field::stated("x", vec![city("Dayton", "OH")]);
    commit(&store, "ahima", vec![first], day(0));
    commit(&store, "aapc", vec![second], day(0));
    for criteria in [
        Criteria { employers: vec!["mercy".into()], ..Criteria::default() },
        Criteria { employers: vec!["staffing partners".into()], ..Criteria::default() },
        Criteria { states: vec!["oh".into()], ..Criteria::default() },
        Criteria { boards: vec![board("aapc")], ..Criteria::default() },
        Criteria { boards: vec![board("ahima")], ..Criteria::default() },
        Criteria { query: Some(word("partners")), ..Criteria::default() },
        Criteria { query: Some(word("dayton")), ..Criteria::default() },
    ] {
        assert_eq!(search(&store, &criteria).total, 1, "{criteria:?}");
    }
    assert_eq!(search(&store, &Criteria { boards: vec![board("elite")], ..Criteria::default() }).total, 0);
}

#[test]
fn times_count_from_the_moment_of_the_search() {
    let (_folder, store) = office();
    let closing = Criteria { closing_within: Some(Duration::days(3)), ..Criteria::default() };
    let found = search(&store, &closing);
    assert_eq!((found.jobs.len(), found.may_match.len()), (1, 4));
    let found = store.search(&closing, day(2)).unwrap();
    assert_eq!((found.jobs.len(), found.may_match.len()), (0, 4));
    let posted = Criteria { posted_within: Some(Duration::days(2)), ..Criteria::default() };
    assert_eq!(store.search(&posted, day(1)).unwrap().total, 5);
    assert_eq!(store.search(&posted, day(3)).unwrap().total, 0);
    assert_eq!(store.search(&Criteria { posted_within: Some(Duration::MAX), ..posted }, day(3)).unwrap().total, 4);
}

#[test]
fn a_job_whose_end_has_passed_is_closed_before_anyone_says_so() {
    let (_folder, store) = office();
    let closed = Criteria { status: StatusFilter::Closed, ..Criteria::default() };
    assert_eq!(search(&store, &closed).total, 0);
    let found = store.search(&closed, day(2)).unwrap();
    assert_eq!((found.total, found.jobs[0].status), (1, JobStatus::Closed));
    assert_eq!(store.search(&Criteria { status: StatusFilter::All, ..closed }, day(2)).unwrap().total, 5);
    assert_eq!(store.search(&Criteria::default(), day(2)).unwrap().total, 4);
}

#[test]
fn types_and_hiring_paths_are_any_of_those_asked() {
    let (_folder, store) = office();
    let kinds = Criteria {
        employment_types: vec![EmploymentType::FullTime, EmploymentType::PartTime],
        known: KnownField::ALL.to_vec(),
        ..Criteria::default()
    };
    let found = search(&store, &kinds);
    assert_eq!((found.total, found.left_out), (0, 4));
    let found = search(&store, &Criteria { known: vec![KnownField::EmploymentType], ..kinds });
    assert_eq!((titles(&found).0, found.left_out), (vec!["Inpatient Coder"], 3));
    let found = search(&store, &Criteria { open_to: vec!["public".into()], ..Criteria::default() });
    assert_eq!((found.total, found.total_may_match), (1, 4));
}

#[test]
fn words_phrases_exclusions_and_alternatives_are_obeyed() {
    let (_folder, store) = office();
    let total = |query: QueryNode| search(&store, &Criteria { query: Some(query), ..Criteria::default() }).total;
    assert_eq!(total(word("CODER")), 1);
    assert_eq!(total(QueryNode::Word { word: "cod".into(), prefix: true }), 2);
    assert_eq!(total(QueryNode::Phrase(vec!["risk".into(), "adjustment".into()])), 1);
    assert_eq!(total(QueryNode::Phrase(vec!["adjustment".into(), "risk".into()])), 0);
    assert_eq!(total(word("icd-10-cm")), 1);
    assert_eq!(total(QueryNode::Not(Box::new(word("coder")))), 4);
    assert_eq!(total(QueryNode::Any(vec![word("coder"), word("clerk")])), 2);
    assert_eq!(total(QueryNode::Any(vec![word("coder"), QueryNode::Not(Box::new(word("coder")))])), 5);
    let officer = QueryNode::All(vec![word("privacy"), QueryNode::Not(Box::new(word("tampa")))]);
    assert_eq!(total(officer), 0);
    assert_eq!(total(word("hôpital")), 1);
    assert_eq!(total(word("hopital")), 1);
}

#[test]
fn hostile_words_find_nothing_and_break_nothing() {
    let (_folder, store) = office();
    let hostile = [
        "\"",
        "\"\"",
        "*",
        "(",
        ")",
        "AND",
        "NOT",
        "NEAR(",
        "title:",
        "tags:zqall",
        "zqall",
        "zqbdahima",
        "a\0b",
        "-",
        "^",
        "{title}",
        "'; DROP TABLE job; --",
        "\u{301}",
        "\u{fffd}",
        "²",
        "🙂",
        "%",
        "a\u{200d}",
    ];
    for text in hostile {
        for query in [
            word(text),
            QueryNode::Word { word: text.to_owned(), prefix: true },
            QueryNode::Phrase(vec![text.to_owned(), text.to_owned()]),
            QueryNode::Not(Box::new(word(text))),
            QueryNode::All(vec![word(text), word("coder")]),
            QueryNode::Any(vec![word(text), word("coder")]),
        ] {
            let criteria = Criteria { query: Some(query), sort: SortOrder::Relevance, ..Criteria::default() };
            store.search(&criteria, day(0)).unwrap_or_else(|error| panic!("{text:?}: {error:?}"));
        }
        let criteria = Criteria {
            employers: vec![text.to_owned()],
            states: vec![text.to_owned()],
            open_to: vec![text.to_owned()],
            ..Criteria::default()
        };
        store.search(&criteria, day(0)).unwrap_or_else(|error| panic!("{text:?}: {error:?}"));
    }
    for tag in ["zqall", "zqbdahima"] {
        let found = search(&store, &Criteria { query: Some(word(tag)), ..Criteria::default() });
        assert_eq!(found.total, 0, "tags are not texts");
    }
}

#[test]
fn pages_run_over_the_sure_ones_first_and_then_over_the_others() {
    let (_folder, store) = office();
    let all = Criteria { states: vec!["OH".into()], ..Criteria::default() };
    let whole: Vec<&str> = {
        let (sure, may) = titles(&search(&store, &all));
        sure.into_iter().chain(may).collect()
    };
    for size in 1..6 {
        let mut paged = Vec::new();
        for page in 0..6 {
            let criteria = Criteria { limit: Some(size), offset: page * size, ..all.clone() };
            let found = search(&store, &criteria);
            assert_eq!((found.total, found.total_may_match), (2, 2), "size {size} page {page}");
            let (sure, may) = titles(&found);
            paged.extend(sure.into_iter().chain(may));
        }
        assert_eq!(paged, whole, "size {size}");
    }
}

#[test]
fn orders_put_the_unknown_last() {
    let (_folder, store) = office();
    let sorted = |sort| titles(&search(&store, &Criteria { sort, ..Criteria::default() })).0;
    let by_pay = ["Privacy Officer", "Remote Auditor", "Inpatient Coder", "Coding Intern", "Records Clerk"];
    assert_eq!(sorted(SortOrder::Pay), by_pay);
    assert_eq!(sorted(SortOrder::Closing)[0], "Inpatient Coder");
    let relevant = Criteria {
        query: Some(QueryNode::Word { word: "cod".into(), prefix: true }),
        sort: SortOrder::Relevance,
        limit: Some(2),
        ..Criteria::default()
    };
    assert_eq!(search(&store, &relevant).jobs.len(), 2);
}

#[test]
fn a_changed_text_is_found_by_its_new_words_alone() {
    let (_folder, store) = store();
    let version = |text: &str| {
        let mut posting: Posting = posting("ahima", "1", "Coder");
        posting.description_text = Some(text.to_owned());
        posting
    };
    commit(&store, "ahima", vec![version("oncology")], day(0));
    commit(&store, "ahima", vec![version("cardiology")], day(1));
    let total =
        |text: &str| store.search(&Criteria { query: Some(word(text)), ..Criteria::default() }, day(1)).unwrap().total;
    assert_eq!((total("oncology"), total("cardiology")), (0, 1));
}
