//! Turns one raw posting into a posting, field by field, and gathers what could not be read.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use url::Url;

use super::dates::{date_posted, valid_through};
use super::eligibility::open_to;
use super::employment::employment_type;
use super::federal::is_federal;
use super::identity::key_of;
use super::line::{REPAIRED, clean_line, clean_part, clean_text, is_placeholder, unmangled};
use super::notes::Notes;
use super::pay_in_description::pay_in_description;
use super::pay_unit::UNPAID;
use super::place::whereabouts;
use super::place_in_text::places_in_text;
use super::plain_text::plain_text_within;
use super::remote_scope::remote_scope;
use super::requisition::requisition_ids;
use super::salary::{PayContext, base_salary};
use super::sentences::Sentences;
use super::url::{canonical_url, is_usajobs};
use super::work_mode::work_mode;
use crate::model::{
    BoardFacts, Closing, Codes, EmploymentType, Engine, Field, Posting, Problem, ProblemKind, RawPosting, Salary,
};

/// How much plain text a posting keeps, in bytes.
const LONGEST_TEXT: usize = 256 * 1024;
/// From this many places a posting is a standing register.
const REGISTER_PLACES: usize = 50;
/// From this many days open a posting is a standing register.
const REGISTER_DAYS: i64 = 300;
/// The board's words for a posting that is over.
const OVER: [&str; 12] = [
    "job closed",
    "job canceled",
    "job cancelled",
    "hiring complete",
    "candidate selected",
    "closed",
    "canceled",
    "cancelled",
    "expired",
    "filled",
    "position filled",
    "no longer accepting applications",
];

/// Normalizes one posting as seen at `seen_at`, with the complaints about what could not be read.
///
/// # Errors
/// Returns the one complaint when the posting has neither an id nor an address of its own: nothing
/// can be stored under no name.
pub fn normalize(
    raw: RawPosting,
    facts: &BoardFacts,
    seen_at: DateTime<Utc>,
) -> Result<(Posting, Vec<Problem>), Problem> {
    let mut notes = Notes { url: raw.url.clone().or_else(|| raw.source_url.clone()), problems: Vec::new() };
    let url = own_url(&raw, facts, &mut notes);
    let Some(key) = key_of(&raw, url.get().map(String::as_str), facts) else {
        return Err(nameless(&raw));
    };
    let title = line_field("title", raw.title.as_deref(), &mut notes);
    let text = description_text(&raw, facts.engine);
    let mut places = whereabouts(&raw, facts, &mut notes);
    let sentences = text.as_deref().map(Sentences::of);
    let (title_words, text_words) = (title.get().map(String::as_str), sentences.as_ref());
    let work_mode = work_mode(&raw, title_words, text_words, &places);
    if places.places.is_empty() {
        places.places = text_words.map(|text| places_in_text(text, work_mode.value)).unwrap_or_default();
    }
    let remote_scope = remote_scope(&work_mode, facts.engine, text_words, &places);
    let types = employment_type(&raw.employment_type, (title_words, text_words), facts.engine, &mut notes);
    let federal = is_federal(&raw, facts.engine);
    let known_types = types.value.as_deref().unwrap_or_default();
    let context = PayContext {
        federal,
        in_us: places.in_us(facts),
        types: known_types,
        places: places.places.value.as_deref().unwrap_or_default(),
        title: title_words,
    };
    let salary = pay(&raw, text_words, context, &mut notes);
    let posted = date_posted(raw.date_posted.as_deref(), facts.zone, seen_at, &mut notes);
    let closing = valid_through(raw.valid_through.as_deref(), posted.value, facts.zone, seen_at, &mut notes);
    let window = closing.get().zip(posted.value).map(|(closing, posted)| days_open(closing, posted));
    let posting = Posting {
        network_id: raw.network_id.as_deref().and_then(clean_text),
        apply_url: apply_url(&raw, facts, &mut notes),
        hiring_organization: line_field("hiringOrganization", raw.hiring_organization.as_deref(), &mut notes),
        department: line_field("department", raw.department.as_deref(), &mut notes),
        series: series(&raw.series, &mut notes),
        open_to: open_to(&raw.hiring_paths, &mut notes),
        requisition_ids: requisition_ids(&raw.requisition_ids, title_words, text.as_deref(), Some(&key.posting_id)),
        closed_by_board: raw.status.as_deref().and_then(clean_text).filter(|status| is_over(status)),
        evergreen: places.listed >= REGISTER_PLACES || window.is_some_and(|days| days >= REGISTER_DAYS),
        applicant_cap: raw.extra.get("applicant_cap").and_then(|cap| cap.trim().parse().ok()).filter(|cap| *cap > 0),
        key,
        url,
        title,
        job_location: places.places,
        work_mode,
        remote_scope,
        employment_type: with_unpaid(types, &salary),
        base_salary: salary,
        date_posted: posted,
        valid_through: closing,
        description_text: text,
        codes: Codes::default(),
        raw,
    };
    Ok((posting, notes.problems))
}

fn nameless(raw: &RawPosting) -> Problem {
    let title = raw.title.as_deref().map(super::notes::shown).unwrap_or_default();
    let problem =
        Problem::new(ProblemKind::BrokenItem, format!("`{title}` has neither an id nor an address of its own"));
    let problem = match raw.source_url.as_deref() {
        Some(source) => problem.at(source),
        None => problem,
    };
    match raw.position.as_deref() {
        Some(position) => problem.field(position),
        None => problem,
    }
}

/// Reads the posting's own address. USAJOBS's announcements stand on usajobs.gov: an address
/// elsewhere is not trusted, and the control number gives the right one.
fn own_url(raw: &RawPosting, facts: &BoardFacts, notes: &mut Notes) -> Field<String> {
    let base = base_of(raw, facts);
    let stated = raw.url.as_deref().filter(|text| !text.trim().is_empty());
    let canonical = stated.and_then(|text| canonical_url(text, Some(&base)));
    if let (Some(stated), None) = (stated, &canonical) {
        notes.unread("url", stated, "is no web address");
    }
    if facts.engine != Engine::Usajobs {
        return Field { raw: raw.url.clone(), value: canonical, ..Field::default() };
    }
    if let Some(url) = canonical.filter(|url| is_usajobs(url)) {
        return Field { raw: raw.url.clone(), value: Some(url), ..Field::default() };
    }
    let number =
        raw.posting_id.as_deref().map(str::trim).filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()));
    match number {
        Some(number) => {
            let url = format!("https://www.usajobs.gov/job/{number}");
            Field::derived(stated.unwrap_or(number), url, "the control number's announcement")
        }
        None => Field { raw: raw.url.clone(), ..Field::default() },
    }
}

fn apply_url(raw: &RawPosting, facts: &BoardFacts, notes: &mut Notes) -> Field<String> {
    let Some(stated) = raw.apply_url.as_deref().filter(|text| !text.trim().is_empty()) else { return Field::default() };
    let url = canonical_url(stated, Some(&base_of(raw, facts)));
    if url.is_none() && !stated.trim_start().to_ascii_lowercase().starts_with("mailto:") {
        notes.unread("applyUrl", stated, "is no web address");
    }
    Field { raw: Some(stated.to_owned()), value: url, ..Field::default() }
}

/// Relative addresses resolve against the answer's own address, or else the board's.
fn base_of(raw: &RawPosting, facts: &BoardFacts) -> Url {
    raw.source_url.as_deref().and_then(|source| Url::parse(source).ok()).unwrap_or_else(|| facts.base_url.clone())
}

/// Cleans a line for people; placeholders and unreadable lines are unread.
fn line_field(name: &str, raw: Option<&str>, notes: &mut Notes) -> Field<String> {
    let Some(raw) = raw.filter(|raw| !raw.is_empty()) else { return Field::default() };
    let Some(line) = clean_line(raw).filter(|line| !is_placeholder(&line.text)) else { return Field::unread(raw) };
    if line.garbled {
        notes.add(
            ProblemKind::UnreadField,
            name,
            &format!("`{}` was decoded wrongly by its board", super::notes::shown(raw)),
        );
    }
    let evidence = line.repaired.then(|| REPAIRED.to_owned());
    Field { evidence, ..Field::stated(raw, line.text) }
}

/// Turns the description into plain text. USAJOBS writes its line breaks as `\n`, in letters.
fn description_text(raw: &RawPosting, engine: Engine) -> Option<String> {
    let html = raw.description.as_deref()?;
    let mut html = Cow::Borrowed(html);
    if let Some(mended) = html.contains("\u{e2}\u{20ac}").then(|| unmangled(&html)).flatten() {
        html = Cow::Owned(mended);
    }
    if engine == Engine::Usajobs {
        if html.contains("\\n") {
            html = Cow::Owned(html.replace("\\r\\n", "\n").replace("\\n", "\n"));
        }
        if html.contains('\n') && html.contains('<') {
            html = Cow::Owned(html.replace('\n', "<br>"));
        }
    }
    let text = plain_text_within(&html, LONGEST_TEXT);
    (!text.is_empty()).then_some(text)
}

/// Reads the pay: the board's fields, or else the description's clear words. A field that only says
/// `Competitive` states no pay; its words are kept where the description states none either.
fn pay(raw: &RawPosting, text: Option<&Sentences<'_>>, context: PayContext<'_>, notes: &mut Notes) -> Field<Salary> {
    let stated = base_salary(raw.base_salary.as_ref(), context, notes);
    let says_nothing = stated.value.is_none() && stated.evidence.is_none();
    let found = text.filter(|_| says_nothing).map(|text| pay_in_description(text, context));
    found.filter(|found| !found.is_empty()).unwrap_or(stated)
}

/// Adds that the work is voluntary where it is without compensation, whatever its schedule.
fn with_unpaid(mut types: Field<Vec<EmploymentType>>, salary: &Field<Salary>) -> Field<Vec<EmploymentType>> {
    let known = types.value.as_deref().unwrap_or_default();
    if salary.evidence.as_deref() == Some(UNPAID) && !known.contains(&EmploymentType::Volunteer) {
        types.value.get_or_insert_default().push(EmploymentType::Volunteer);
    }
    types
}

/// Reads OPM series: four digits, leading zeros kept or restored.
fn series(stated: &[String], notes: &mut Notes) -> Field<Vec<String>> {
    let words: Vec<String> = stated.iter().filter_map(|code| clean_part(Some(code))).collect();
    if words.is_empty() {
        return Field::default();
    }
    let mut codes: Vec<String> = Vec::new();
    for word in &words {
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        if digits.is_empty() || digits.len() > 4 {
            notes.unread("series", word, "is no occupational series");
        } else if let code = format!("{digits:0>4}")
            && !codes.contains(&code)
        {
            codes.push(code);
        }
    }
    let raw = words.join("; ");
    if codes.is_empty() { Field::unread(raw) } else { Field::stated(raw, codes) }
}

fn is_over(status: &str) -> bool {
    OVER.iter().any(|word| status.eq_ignore_ascii_case(word))
}

fn days_open(closing: &Closing, posted: chrono::NaiveDate) -> i64 {
    (closing.date - posted).num_days()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_board::{board, him_posting};
    use super::*;
    use crate::model::{Basis, RawPlace, RawSalary, WorkMode};

    const SEEN: &str = "2026-03-10T12:00:00Z";

    fn done(raw: RawPosting, board_id: &str) -> (Posting, Vec<Problem>) {
        normalize(raw, &board(board_id), SEEN.parse().unwrap()).unwrap()
    }

    #[expect(clippy::unnecessary_wraps, reason = "every member of a raw posting is optional")]
    fn word(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn federal() -> RawPosting {
        RawPosting {
            posting_id: word("859392600"),
            url: word("https://www.usajobs.gov:443/GetJob/ViewDetails/859392600"),
            title: word("MEDICAL RECORDS TECH (CODER)  Auditor"),
            hiring_organization: word("Veterans Health Administration"),
            location_summary: word("Anywhere in the U.S. (remote job)"),
            work_mode: vec!["RemoteIndicator=false".into(), "TeleworkEligible=true".into()],
            date_posted: word("2026-02-24T16:23:57.8330"),
            valid_through: word("2026-03-13T23:59:59.9970"),
            employment_type: vec!["1".into(), "15317".into()],
            base_salary: Some(RawSalary {
                min: word("55756.0"),
                max: word("72000.0"),
                unit: word("PA"),
                ..RawSalary::default()
            }),
            description: word("Audits charts.\\n\\nHere&rsquo;s A&amp;B &E;\u{ad} \u{a0}done"),
            series: vec!["675".into(), "0669".into(), "0675".into()],
            hiring_paths: vec!["public".into(), "VET".into()],
            status: word("Accepting applications"),
            ..RawPosting::default()
        }
    }

    #[test]
    fn a_federal_posting_is_read_in_every_field() {
        let (posting, problems) = done(federal(), "usajobs");
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(posting.key.to_string(), "usajobs/859392600");
        assert_eq!(posting.url.value.as_deref(), Some("https://www.usajobs.gov/job/859392600"));
        assert_eq!(posting.title.value.as_deref(), Some("MEDICAL RECORDS TECH (CODER) Auditor"));
        assert_eq!(posting.work_mode.value, Some(WorkMode::Remote));
        assert_eq!(posting.remote_scope.value.as_deref(), Some(["US".to_owned()].as_slice()));
        assert_eq!(posting.employment_type.value, Some(vec![EmploymentType::FullTime]));
        assert_eq!(posting.base_salary.value.as_ref().unwrap().annual_max, Some(72_000.0));
        assert_eq!(posting.date_posted.value.unwrap().to_string(), "2026-02-24");
        assert_eq!(posting.valid_through.value.unwrap().instant.to_rfc3339(), "2026-03-14T04:00:00+00:00");
        assert_eq!(posting.description_text.as_deref(), Some("Audits charts.\n\nHere\u{2019}s A&B &E; done"));
        assert_eq!(posting.series.value.unwrap(), ["0675", "0669"]);
        assert_eq!(posting.open_to.value.unwrap(), ["public", "vet"]);
        assert!(!posting.evergreen && posting.closed_by_board.is_none());
    }

    #[test]
    fn a_usajobs_address_elsewhere_is_not_trusted() {
        let raw = RawPosting { url: word("https://usajobs.gov.evil.example/job/1"), ..federal() };
        let (posting, _) = done(raw, "usajobs");
        assert_eq!(posting.url.value.as_deref(), Some("https://www.usajobs.gov/job/859392600"));
        assert_eq!(posting.url.basis, Basis::Derived);
    }

    #[test]
    fn a_posting_without_any_name_is_left_out_with_a_problem() {
        let raw = RawPosting { title: word("Coder"), url: word("javascript:alert(1)"), ..RawPosting::default() };
        let problem = normalize(raw, &board("ahima"), SEEN.parse().unwrap()).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::BrokenItem);
        assert!(problem.message.contains("`Coder`"));
    }

    #[test]
    fn garbage_in_a_field_costs_that_field_alone() {
        let raw = RawPosting {
            date_posted: word("garbage"),
            valid_through: word("1900-01-01"),
            base_salary: Some(RawSalary { text: word("401(k)"), ..RawSalary::default() }),
            employment_type: vec!["Sandwich".into()],
            hiring_organization: word("Unavailable"),
            ..him_posting()
        };
        let (posting, problems) = done(raw, "ahima");
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(problems.iter().all(|problem| problem.kind == ProblemKind::UnreadField));
        assert_eq!(posting.hiring_organization, Field::unread("Unavailable"));
        assert_eq!(posting.date_posted, Field::unread("garbage"));
        assert_eq!(posting.title.value.as_deref(), Some("Inpatient Coder II"));
    }

    #[test]
    fn fifty_places_or_three_hundred_days_make_a_register() {
        let place = |n: usize| RawPlace { text: Some(format!("Town {n}, OH")), ..RawPlace::default() };
        let many = RawPosting { job_location: (0..50).map(place).collect(), ..him_posting() };
        assert!(done(many, "ahima").0.evergreen);
        let long = RawPosting { date_posted: word("2026-03-01"), valid_through: word("2027-01-01"), ..him_posting() };
        assert!(done(long, "ahima").0.evergreen);
        let usual = RawPosting { date_posted: word("2026-03-01"), valid_through: word("2026-04-01"), ..him_posting() };
        assert!(!done(usual, "ahima").0.evergreen);
    }

    #[test]
    fn the_board_s_word_that_it_is_over_is_kept() {
        for status in ["Job canceled", "Job closed", "Hiring complete", "Candidate selected"] {
            let raw = RawPosting { status: word(status), ..him_posting() };
            assert_eq!(done(raw, "usajobs").0.closed_by_board.as_deref(), Some(status));
        }
        for status in ["Accepting applications", "Applications under review", "Reviewing applications"] {
            let raw = RawPosting { status: word(status), ..him_posting() };
            assert_eq!(done(raw, "usajobs").0.closed_by_board, None);
        }
    }

    #[test]
    fn work_without_compensation_is_voluntary_and_has_no_pay() {
        let pay = RawSalary { min: word("0.0"), max: word("0.0"), unit: word("WC"), ..RawSalary::default() };
        let (posting, _) = done(RawPosting { base_salary: Some(pay), ..federal() }, "usajobs");
        assert!(posting.base_salary.value.is_none() && posting.base_salary.evidence.is_some());
        assert!(posting.employment_type.value.unwrap().contains(&EmploymentType::Volunteer));
    }

    #[test]
    fn a_job_open_for_no_days_is_kept() {
        let raw = RawPosting { date_posted: word("2026-03-10"), valid_through: word("2026-03-10"), ..him_posting() };
        let (posting, problems) = done(raw, "ahima");
        assert!(posting.valid_through.value.is_some() && problems.is_empty());
    }

    #[test]
    fn pay_in_the_text_counts_only_where_the_board_states_none() {
        let text = word("<p>Pay range: $24.50 - $31.75 per hour.</p>");
        let (posting, _) = done(RawPosting { description: text.clone(), ..him_posting() }, "ahima");
        assert_eq!(posting.base_salary.basis, Basis::Derived);
        let field = |text: &str| Some(RawSalary { text: word(text), ..RawSalary::default() });
        let pay = |text, base_salary| {
            done(RawPosting { description: text, base_salary, ..him_posting() }, "ahima").0.base_salary
        };
        assert_eq!(pay(text.clone(), field("$21/hr")).basis, Basis::Stated);
        assert_eq!(pay(text, field("Competitive")).value.and_then(|salary| salary.min), Some(24.5));
        assert_eq!(pay(None, field("Competitive")), Field::unread("Competitive"));
    }

    proptest! {
        #[test]
        fn any_strings_are_normalized_without_panic(words in proptest::collection::vec("\\PC{0,40}|[<>&;$0-9,./-]{0,30}", 12)) {
            let mut words = words.into_iter();
            let mut next = || words.next();
            let raw = RawPosting {
                posting_id: next(),
                url: next(),
                title: next(),
                hiring_organization: next(),
                job_location: vec![RawPlace { text: next(), locality: next(), ..RawPlace::default() }],
                date_posted: next(),
                valid_through: next(),
                base_salary: Some(RawSalary { text: next(), ..RawSalary::default() }),
                description: next(),
                work_mode: next().into_iter().collect(),
                employment_type: next().into_iter().collect(),
                ..RawPosting::default()
            };
            let _ = normalize(raw, &board("usajobs"), SEEN.parse().unwrap());
        }
    }
}
