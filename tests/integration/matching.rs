//! Matching in memory says what a search of the database says, over made-up jobs and every filter.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use jobrounds::matching::{Answer, SearchIndex, Verdict, evaluate, explain, parse_near, parse_query};
use jobrounds::model::{
    BoardId, Criteria, EmploymentType, Engine, JobId, Judge, KnownField, LinkKind, MatchFacts, PayFloor, PayUnit,
    Posting, QueryNode, Sketch, Span, StatusFilter, Verdict as Comparison,
};
use jobrounds::store::{FileCommit, Store};
use serde_json::{Value, json};

/// Numbers from a number: the same at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    /// True once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }

    fn one_of<'a>(&mut self, words: &'a str) -> &'a str {
        let words: Vec<&str> = words.split('|').collect();
        words[self.roll(words.len())]
    }

    /// Some of the words, at most three and perhaps none.
    fn some_of(&mut self, words: &str) -> Vec<String> {
        let mut some: Vec<String> = (0..self.roll(4)).map(|_| self.one_of(words).to_owned()).collect();
        some.dedup();
        some
    }

    fn number(&mut self, least: u32, sides: usize) -> f64 {
        f64::from(least) + f64::from(u32::try_from(self.roll(sides)).unwrap())
    }
}

/// Joins what has one title.
struct ByTitle;

impl Judge for ByTitle {
    fn model(&self) -> &'static str {
        "by title"
    }

    fn sketch(&self, posting: &Posting) -> (Sketch, Vec<i64>) {
        let title = posting.title.value.clone().unwrap_or_default();
        let key = title.bytes().fold(7_i64, |key, byte| key.wrapping_mul(31).wrapping_add(i64::from(byte)));
        (Sketch { title, ..Sketch::of(posting.key.clone()) }, vec![key])
    }

    fn key_weight(&self, _key: i64) -> u32 {
        2
    }

    fn in_time(&self, verdict: Comparison, _a: (&Sketch, Span), _b: (&Sketch, Span)) -> Comparison {
        verdict
    }

    fn compare(&self, a: &Sketch, b: &Sketch) -> Comparison {
        let same = a.title == b.title && a.title.len() > 12;
        let (kind, probability) = if same { (LinkKind::Same, 0.99) } else { (LinkKind::Different, 0.0) };
        Comparison { kind, probability, evidence: Vec::new() }
    }
}

const WORDS: &str = "coder|Coder's|coding|codes|cod|hôpital|Hopital|Müller|risk|adjustment|risk adjustment|ICD-10-CM|\
    ICD 10 PCS|E\u{301}clair|ﬁnance|İstanbul|Straße|½|日本語|O\u{2019}Brien|o'brien|remote|ohio|st|Ⓐ|cafe\u{301}s|α-coding|\
    ΑΩ|the|of|of the|auditor|Auditor,|re\u{ad}mote|a.b@c.example|C++|12|1234|naïve|नमस्ते|x\u{200b}y|senior";
const TITLES: &str =
    "Inpatient Coder|Risk Adjustment Coder|HIM Director|Coding Auditor|Cancer Registrar|Chargé d'affaires";
const EMPLOYERS: &str = "Mercy Health|St. Mary's Hôpital|Saint Mary|Mercy|Valley Clinic|A & B|O'Brien Group|Müller";
const IDENTITIES: &str = "mercy-health|st-marys|valley";
const STATES: &str = "OH|KY|IN|CA|US";
const CITIES: &str = "Columbus, OH|Dayton, OH|Cincinnati, OH|Louisville, KY|Fresno, CA";
const BOARDS: &str = "ahima|aapc|usajobs";
const ROLES: &str = "coding-inpatient|cdi|registry|audit";
const SOCS: &str = "29-2072|29-9021|11-9111";
const CREDENTIALS: &str = "ahima:rhit|ahima:ccs|aapc:cpc|ncra:ctr";
const SETTINGS: &str = "hospital|clinic|insurer";
const LEVELS: &str = "entry|experienced|senior";
const SHIFTS: &str = "day|night|weekend";
const EDUCATIONS: &str = "high-school|associate|bachelor";
const SYSTEMS: &str = "icd-10-cm|cpt|drg";
const SOFTWARE: &str = "epic|cerner|3m-360";
const SPECIALTIES: &str = "cardiology|oncology";
const BENEFITS: &str = "tuition|relocation|sign-on-bonus";
const PATHS: &str = "public|vet|fed-competitive";
const TYPES: &str = "FULL_TIME|PART_TIME|PER_DIEM";
const UNITS: &str = "HOUR|YEAR|WEEK|BIWEEK";

fn point(city: &str) -> (f64, f64) {
    match city {
        "Columbus, OH" => (39.96, -83.0),
        "Dayton, OH" => (39.76, -84.19),
        "Cincinnati, OH" => (39.1, -84.51),
        "Louisville, KY" => (38.25, -85.76),
        _ => (36.74, -119.79),
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-27T12:00:00Z".parse().unwrap()
}

fn field(value: impl Into<Value>) -> Value {
    json!({"raw": "x", "value": value.into()})
}

/// Leaves a field out once in three times.
fn perhaps(dice: &mut Dice, into: &mut Value, name: &str, make: impl FnOnce(&mut Dice) -> Value) {
    if !dice.once_in(3) {
        into[name] = field(make(dice));
    }
}

fn place(dice: &mut Dice) -> Value {
    let city = dice.one_of(CITIES);
    let (locality, region) = city.split_once(", ").unwrap();
    let (latitude, longitude) = point(city);
    match dice.roll(6) {
        0 => json!({"locality": null, "region": region, "postal_code": null, "country": "US", "precision": "region"}),
        1 => json!({"locality": locality, "region": null, "postal_code": null, "country": null, "precision": "city"}),
        2 => json!({"locality": "Oslo", "region": null, "postal_code": null, "country": "NO", "precision": "city"}),
        _ => json!({"locality": locality, "region": region, "postal_code": null, "country": "US",
                "latitude": latitude, "longitude": longitude, "precision": "city"}),
    }
}

fn pay(dice: &mut Dice) -> Value {
    let unit = dice.one_of(UNITS);
    let (least, year) = match unit {
        "HOUR" => (15, 2_080.0),
        "WEEK" => (800, 52.0),
        "BIWEEK" => (1_600, 26.0),
        _ => (40_000, 1.0),
    };
    let low = Some(dice.number(least, usize::try_from(least).unwrap())).filter(|_| !dice.once_in(4));
    let high = low.map_or(Some(f64::from(least)), |low| Some(low * 1.25)).filter(|_| low.is_none() || !dice.once_in(3));
    let annual = |figure: Option<f64>| figure.map(|figure| figure * year);
    let mut pay = json!({"raw": "x", "currency": dice.one_of("USD|USD|USD|USD|EUR"), "min": low, "max": high, "unit": unit,
        "annual_min": annual(low), "annual_max": annual(high), "basis": "stated", "annual_basis": "x"});
    if dice.once_in(10) {
        pay["implausible"] = json!("odd");
    }
    if dice.once_in(8) {
        pay["unit"] = Value::Null;
    }
    pay
}

fn text(dice: &mut Dice, most: usize) -> String {
    (0..=dice.roll(most)).map(|_| dice.one_of(WORDS)).collect::<Vec<_>>().join(dice.one_of(" |, | - |\n"))
}

fn coded(dice: &mut Dice, words: &str) -> Value {
    dice.some_of(words).into_iter().map(|id| json!({"id": id, "evidence": "x"})).collect()
}

fn codes(dice: &mut Dice) -> Value {
    let mut codes = json!({"role": field(dice.one_of(ROLES))});
    perhaps(dice, &mut codes, "soc", |dice| dice.one_of(SOCS).into());
    let demands = dice.some_of(CREDENTIALS).into_iter().map(|id| {
        let code = id.split_once(':').unwrap().1.to_uppercase();
        json!({"id": id, "code": code, "level": dice.one_of("required|preferred|eligible"), "one_of": null, "evidence": "x"})
    });
    codes["credentials"] = demands.collect();
    perhaps(dice, &mut codes, "entry_level", |dice| dice.once_in(2).into());
    perhaps(dice, &mut codes, "experience_level", |dice| dice.one_of(LEVELS).into());
    perhaps(dice, &mut codes, "setting", |dice| dice.one_of(SETTINGS).into());
    perhaps(dice, &mut codes, "education", |dice| json!({"level": dice.one_of(EDUCATIONS), "required": true}));
    perhaps(dice, &mut codes, "experience_years", |dice| dice.number(0, 8).into());
    perhaps(dice, &mut codes, "shift", |dice| dice.some_of(SHIFTS).into());
    perhaps(dice, &mut codes, "hours_per_week", |dice| dice.number(10, 35).into());
    codes["coding_systems"] = coded(dice, SYSTEMS);
    codes["software"] = coded(dice, SOFTWARE);
    codes["specialties"] = coded(dice, SPECIALTIES);
    codes["benefits"] = coded(dice, BENEFITS);
    if dice.once_in(6) {
        codes["warnings"] = json!([{"kind": "fee", "says": "x", "evidence": "x"}]);
    }
    if !dice.once_in(3) {
        codes["employer"] =
            json!({"id": dice.one_of(IDENTITIES), "name": dice.one_of(EMPLOYERS), "agency": dice.once_in(4)});
    }
    codes
}

fn posting(at: usize) -> Posting {
    let mut dice = Dice(at as u64 * 7_919);
    let dice = &mut dice;
    let board = BOARDS.split('|').nth(at % 3).unwrap();
    let day = |dice: &mut Dice, from: i64, days: usize| {
        (now() + Duration::days(from) + Duration::days(i64::try_from(dice.roll(days)).unwrap())).date_naive()
    };
    let words = text(dice, 1);
    let mut made = json!({
        "key": {"board": board, "posting_id": at.to_string()},
        "url": field(format!("https://{board}.example/Jobs/{at}/")),
        "title": field(format!("{} {words}", dice.one_of(TITLES))),
        "description_text": text(dice, 12),
        "codes": codes(dice),
        "raw": serde_json::to_value(jobrounds::model::RawPosting {
            completeness: jobrounds::model::Completeness::Full, ..Default::default() }).unwrap(),
    });
    perhaps(dice, &mut made, "apply_url", |dice| format!("https://apply.example/{}", dice.roll(30)).into());
    perhaps(dice, &mut made, "hiring_organization", |dice| dice.one_of(EMPLOYERS).into());
    if dice.once_in(4) {
        made["department"] = field(dice.one_of(EMPLOYERS));
    }
    perhaps(dice, &mut made, "job_location", |dice| (0..=dice.roll(2)).map(|_| place(dice)).collect());
    perhaps(dice, &mut made, "work_mode", |dice| dice.one_of("onsite|remote|remote|hybrid").into());
    if dice.once_in(2) {
        made["remote_scope"] = field(dice.some_of(STATES));
    }
    perhaps(dice, &mut made, "employment_type", |dice| dice.some_of(TYPES).into());
    perhaps(dice, &mut made, "base_salary", pay);
    perhaps(dice, &mut made, "date_posted", |dice| day(dice, -30, 30).to_string().into());
    perhaps(dice, &mut made, "valid_through", |dice| {
        let day: NaiveDate = day(dice, -1, 12);
        json!({"date": day.to_string(), "instant": day.and_hms_opt(23, 0, 0).unwrap().and_utc()})
    });
    perhaps(dice, &mut made, "open_to", |dice| dice.some_of(PATHS).into());
    serde_json::from_value(made).unwrap()
}

fn stocked(count: usize) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("jobs.db")).unwrap();
    for board in BOARDS.split('|') {
        let postings = (0..count).map(posting).filter(|posting| posting.key.board.as_str() == board);
        let commit = FileCommit {
            board: BoardId::new(board).unwrap(),
            engine: Engine::Json,
            postings: postings.map(|posting| (posting, [0; 16])).collect(),
            now: now() - Duration::days(2),
            judge: Arc::new(ByTitle),
        };
        store.commit_file(commit).unwrap();
    }
    (folder, store)
}

fn query(dice: &mut Dice) -> String {
    let mut query = String::new();
    for _ in 0..=dice.roll(3) {
        query.push_str(dice.one_of("|||-|\"|-\"|OR |"));
        query.push_str(&text(dice, 1));
        query.push_str(dice.one_of(" |* |\" | "));
    }
    if dice.once_in(12) {
        query.push_str(&format!(" https://ahima.example/jobs/{}", dice.roll(30)));
    }
    query
}

/// A tree that nobody can type, as a caller may still make one.
fn tree(dice: &mut Dice, depth: usize) -> QueryNode {
    match dice.roll(if depth > 2 { 2 } else { 5 }) {
        0 => QueryNode::Word { word: dice.one_of(WORDS).to_owned(), prefix: dice.once_in(3) },
        1 => QueryNode::Phrase(text(dice, 2).split(' ').map(str::to_owned).collect()),
        2 => QueryNode::All((0..dice.roll(3)).map(|_| tree(dice, depth + 1)).collect()),
        3 => QueryNode::Any((0..dice.roll(3)).map(|_| tree(dice, depth + 1)).collect()),
        _ => QueryNode::Not(Box::new(tree(dice, depth + 1))),
    }
}

/// Asks for a few things at once.
fn criteria(seed: u64) -> Criteria {
    let mut dice = Dice(seed.wrapping_mul(104_729) + 1);
    let dice = &mut dice;
    let mut criteria = Criteria::default();
    for _ in 0..=dice.roll(3) {
        ask(dice, &mut criteria);
    }
    criteria.status = [StatusFilter::Open, StatusFilter::All, StatusFilter::All, StatusFilter::Closed][dice.roll(4)];
    if dice.once_in(4) {
        criteria.known = match dice.roll(2) {
            0 => criteria.asked_fields(),
            _ => vec![KnownField::ALL[dice.roll(20)], KnownField::ALL[dice.roll(20)]],
        };
    }
    criteria
}

fn ask(dice: &mut Dice, criteria: &mut Criteria) {
    let one = |dice: &mut Dice, words: &str| vec![dice.one_of(words).to_owned(), dice.one_of(words).to_owned()];
    let days = |dice: &mut Dice| Duration::days(1 + i64::try_from(dice.roll(20)).unwrap());
    match dice.roll(30) {
        0..=3 => criteria.query = parse_query(&query(dice)),
        4 => criteria.query = Some(tree(dice, 0)),
        5 => criteria.boards = vec![BoardId::new(dice.one_of(BOARDS)).unwrap()],
        6 => {
            criteria.employers =
                dice.some_of("Mercy|mercy health|st marys*|HOPITAL|id:mercy-health|id:|o'b*|--|Mary's Hopital");
        }
        7 => criteria.not_employers = dice.some_of("Mercy|valley*|id:st-marys|--"),
        8 | 9 => criteria.states = one(dice, "OH|KY|IN|CA"),
        10 => criteria.remote = true,
        11 => criteria.employment_types = vec![EmploymentType::PartTime, EmploymentType::PerDiem],
        12 | 13 => {
            let (unit, least) =
                [(PayUnit::Hour, 15), (PayUnit::Year, 40_000), (PayUnit::Week, 800), (PayUnit::Biweek, 1_600)]
                    [dice.roll(4)];
            let amount = dice.number(least, usize::try_from(least).unwrap());
            criteria.pay_at_least = Some(PayFloor { amount, unit });
        }
        14 => criteria.posted_within = Some(days(dice)),
        15 => criteria.closing_within = Some(days(dice)),
        16 => criteria.open_to = one(dice, PATHS),
        17 => criteria.roles = one(dice, ROLES),
        18 => criteria.socs = vec![dice.one_of("29-2072|29-|11-9|29-2072").to_owned()],
        19 => criteria.credentials = one(dice, CREDENTIALS),
        20 => criteria.credential_required = true,
        21 => criteria.entry_level = true,
        22 => criteria.settings = one(dice, SETTINGS),
        23 => (criteria.levels, criteria.shifts) = (one(dice, LEVELS), dice.some_of(SHIFTS)),
        24 => (criteria.educations, criteria.coding_systems) = (one(dice, EDUCATIONS), dice.some_of(SYSTEMS)),
        25 => (criteria.software, criteria.specialties) = (dice.some_of(SOFTWARE), dice.some_of(SPECIALTIES)),
        26 => (criteria.benefits, criteria.direct) = (one(dice, BENEFITS), dice.once_in(3)),
        27 => (criteria.experience_at_most, criteria.no_warnings) = (Some(dice.number(0, 6)), dice.once_in(3)),
        28 => {
            criteria.hours_at_least = Some(dice.number(10, 20));
            criteria.hours_at_most = Some(dice.number(20, 20)).filter(|_| dice.once_in(2));
        }
        _ => {
            let miles = [1.0, 25.0, 60.0, 110.0, 2_500.0][dice.roll(5)];
            criteria.near = Some(parse_near(dice.one_of(CITIES), miles).unwrap());
        }
    }
}

/// Every job of the store, by its id.
fn facts(store: &Store, now: DateTime<Utc>) -> Vec<MatchFacts> {
    let all = Criteria { status: StatusFilter::All, ..Criteria::default() };
    let ids: Vec<JobId> = store.search(&all, now).unwrap().jobs.into_iter().map(|row| row.id).collect();
    store.match_facts(&ids, now).unwrap()
}

#[test]
fn what_is_matched_in_memory_is_what_a_search_finds() {
    let (_folder, store) = stocked(90);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for now in [now(), now() + Duration::days(4), now() + Duration::milliseconds(900_500)] {
        let jobs = facts(&store, now);
        assert!(jobs.len() > 60 && jobs.iter().any(|job| job.boards.len() > 1), "{}", jobs.len());
        for seed in 0..80 {
            let criteria = criteria(seed + u64::from(now.timestamp_subsec_nanos()));
            let found = store.search(&criteria, now).unwrap();
            let mut expected: BTreeMap<JobId, Verdict> = BTreeMap::new();
            expected.extend(found.jobs.into_iter().map(|row| (row.id, Verdict::Sure)));
            expected.extend(found.may_match.into_iter().map(|(row, fields)| (row.id, Verdict::May(fields))));
            let mut left_out = 0;
            for job in &jobs {
                let verdict = evaluate(&criteria, job, now);
                let told = explain(&criteria, job, now);
                let says_no = told.iter().any(|one| one.answer == Answer::No);
                assert_eq!(says_no, verdict == Verdict::No, "{criteria:#?}\n{job:#?}\n{told:#?}");
                let name = match &verdict {
                    Verdict::Sure => "sure",
                    Verdict::May(_) => "may",
                    Verdict::LeftOut => "left out",
                    Verdict::No => "no",
                };
                *seen.entry(name).or_default() += 1;
                left_out += u64::from(verdict == Verdict::LeftOut);
                let expected = expected.get(&job.job).cloned().unwrap_or(Verdict::No);
                let verdict = if verdict == Verdict::LeftOut { Verdict::No } else { verdict };
                assert_eq!(verdict, expected, "{criteria:#?}\n{job:#?}\n{told:#?}");
            }
            assert_eq!(left_out, found.left_out, "{criteria:#?}");
        }
    }
    assert!(seen.len() == 4 && seen.values().all(|count| *count > 200), "{seen:?}");
}

#[test]
fn an_index_of_searches_finds_what_asking_each_of_them_finds() {
    let (_folder, store) = stocked(90);
    let jobs = facts(&store, now());
    let searches: Vec<(u64, Criteria)> = (0..1_500).map(|seed| (seed, criteria(seed))).collect();
    let all = || searches.iter().map(|(seed, criteria)| (*seed, criteria));
    let without_sample = SearchIndex::of(all(), &[]);
    let mut changed = SearchIndex::of(all().take(700), &jobs[..20]);
    for (seed, criteria) in &searches[700..] {
        changed.insert(*seed, criteria);
    }
    for seed in (0..1_500).step_by(3) {
        assert_eq!(changed.remove(&seed), 1);
    }
    for (seed, criteria) in searches.iter().step_by(6) {
        changed.insert(*seed, criteria);
    }
    assert_eq!((changed.len(), changed.remove(&9_999)), (1_250, 0));
    let indexes = [(SearchIndex::of(all(), &jobs), 1), (without_sample, 1), (changed, 2)];
    for (index, kind) in &indexes {
        assert!(index.always_asked() * 2 < index.len(), "{}", index.always_asked());
        let mut matcher = index.matcher();
        for job in &jobs {
            let mut found = BTreeMap::new();
            matcher.each_match(job, now(), |seed, verdict| assert_eq!(found.insert(*seed, verdict), None));
            let kept = searches.iter().filter(|(seed, _)| *kind == 1 || seed % 3 != 0 || seed % 6 == 0);
            let expected = kept.map(|(seed, criteria)| (*seed, evaluate(criteria, job, now())));
            let expected: BTreeMap<u64, Verdict> = expected.filter(|(_, verdict)| *verdict != Verdict::No).collect();
            assert_eq!(found, expected, "{job:#?}");
        }
    }
    assert_eq!(indexes[0].0.matches(&jobs[0], now()).len(), indexes[1].0.matches(&jobs[0], now()).len());
}
