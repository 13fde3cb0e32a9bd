//! Which value a job speaks with when its postings say different things. Pure, and the same
//! whatever order the postings come in.
//!
//! The postings are put in one order: a government's or employer's own board first, then the
//! fullest, then those that state pay, then the earliest seen, then by key. Each field takes the
//! first stated value in that order, else the first derived one, else the first estimated one.
//! Places, employment types and hiring paths are united; the posting date is the earliest, the closing date the
//! latest that is still open; the job is open while any posting is.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::codes::{Code, Codes, Contact, WageStanding};
use super::field::{Basis, Field};
use super::ids::JobId;
use super::job::{Job, JobPosting, JobStatus, Occupation};
use super::link::Link;
use super::place::Place;
use super::posting::{Closing, Posting};
use super::salary::Salary;
use super::signals::signals;

/// One posting of a job with what the store knows about it.
#[derive(Clone, Debug)]
pub struct Member {
    /// The posting.
    pub posting: Arc<Posting>,
    /// Whether its board is a government's or employer's own, not a job board's copy.
    pub official: bool,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// When its board last showed it.
    pub last_confirmed: DateTime<Utc>,
    /// Whether its board still shows it and its end has not passed.
    pub status: JobStatus,
    /// Why it is closed.
    pub closed_reason: Option<String>,
}

/// Composes a job of its postings. `description_html` and the postings' `fields` stay `None`; the
/// caller renders them where they are wanted. A job without members is closed and empty.
#[must_use]
pub fn compose(id: &JobId, members: &[Member], links: Vec<Link>, reposted: bool) -> Job {
    let order = speaking_order(members);
    let open = order.iter().any(|member| member.status == JobStatus::Open);
    let salary = speaking_salary(&order);
    let shifts = united(&order, |posting| posting.codes.shift.get());
    let (evergreen, signals) = signals(&order);
    Job {
        id: id.clone(),
        url: first(&order, |posting| &posting.url),
        title: first(&order, |posting| &posting.title),
        hiring_organization: first(&order, |posting| &posting.hiring_organization),
        employer: order.iter().find_map(|member| member.posting.codes.employer.clone()),
        role: first(&order, |posting| &posting.codes.role),
        occupation: occupation(&order),
        job_location: united_places(&order),
        work_mode: first(&order, |posting| &posting.work_mode),
        remote_scope: first(&order, |posting| &posting.remote_scope),
        employment_type: united(&order, |posting| posting.employment_type.get()),
        shift: shifts.first().cloned(),
        shifts,
        hours_per_week: first(&order, |posting| &posting.codes.hours_per_week),
        experience_level: first(&order, |posting| &posting.codes.experience_level),
        experience_years: first(&order, |posting| &posting.codes.experience_years),
        entry_level: first(&order, |posting| &posting.codes.entry_level),
        setting: first(&order, |posting| &posting.codes.setting),
        warnings: warnings(&order, salary.as_ref()),
        pay_standing: pay_standing(&order, salary.as_ref()),
        base_salary: salary,
        credentials: fullest(&order, |codes| &codes.credentials),
        coding_systems: ids(&order, |codes| &codes.coding_systems),
        software: ids(&order, |codes| &codes.software),
        specialties: ids(&order, |codes| &codes.specialties),
        date_posted: order.iter().filter_map(|member| member.posting.date_posted.value).min(),
        valid_through: latest_closing(&order),
        first_seen: order.iter().map(|member| member.first_seen).min().unwrap_or_default(),
        last_confirmed: order.iter().map(|member| member.last_confirmed).max().unwrap_or_default(),
        status: if open { JobStatus::Open } else { JobStatus::Closed },
        closed_reason: if open { None } else { order.iter().find_map(|member| member.closed_reason.clone()) },
        reposted,
        evergreen,
        signals,
        earlier: Vec::new(),
        open_to: united(&order, |posting| posting.open_to.get()),
        education: first(&order, |posting| &posting.codes.education),
        benefits: ids(&order, |codes| &codes.benefits),
        contacts: contacts(&order),
        description_text: order.iter().find_map(|member| member.posting.description_text.clone()),
        description_html: None,
        postings: order.iter().map(|member| shown_posting(member)).collect(),
        links,
        may_match: Vec::new(),
    }
}

/// Gives every normalized field of a posting with raw value, basis and evidence, as `show` prints them.
#[must_use]
pub fn normalized_fields(posting: &Posting) -> Option<serde_json::Value> {
    let mut fields = serde_json::to_value(posting).ok()?;
    let members = fields.as_object_mut()?;
    members.shift_remove("raw");
    members.shift_remove("key");
    Some(fields)
}

/// Puts the postings in the order in which the job speaks through them.
#[must_use]
pub fn speaking_order(members: &[Member]) -> Vec<&Member> {
    let mut order: Vec<&Member> = members.iter().collect();
    order.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.posting.key.cmp(&b.posting.key)));
    order
}

fn rank(member: &Member) -> impl Ord + use<> {
    (
        Reverse(member.official),
        Reverse(member.posting.completeness()),
        Reverse(member.posting.base_salary.value.is_some()),
        member.first_seen,
    )
}

fn first<T: Clone>(order: &[&Member], field: impl Fn(&Posting) -> &Field<T>) -> Option<T> {
    let on = |basis: Basis| {
        order.iter().find_map(|member| {
            let field = field(&member.posting);
            if field.basis == basis { field.value.clone() } else { None }
        })
    };
    on(Basis::Stated).or_else(|| on(Basis::Derived)).or_else(|| on(Basis::Estimated))
}

/// Takes implausible pay only where no posting states any other.
fn speaking_salary(order: &[&Member]) -> Option<Salary> {
    let plausible: Vec<&Member> = order
        .iter()
        .copied()
        .filter(|member| member.posting.base_salary.get().is_some_and(|pay| pay.implausible.is_none()))
        .collect();
    first(&plausible, |posting| &posting.base_salary).or_else(|| first(order, |posting| &posting.base_salary))
}

/// Takes the stated series, else those of the role.
fn occupation(order: &[&Member]) -> Occupation {
    let stated = first(order, |posting| &posting.series);
    let of_role = || order.iter().map(|member| &member.posting.codes.series).find(|series| !series.is_empty());
    Occupation {
        soc: first(order, |posting| &posting.codes.soc),
        series: stated.or_else(|| of_role().cloned()).unwrap_or_default(),
    }
}

/// Takes a list whole from the first posting that has one: groups of alternatives are counted
/// within one text and must not be mixed.
fn fullest<T: Clone>(order: &[&Member], list: impl Fn(&Codes) -> &Vec<T>) -> Vec<T> {
    order.iter().map(|member| list(&member.posting.codes)).find(|list| !list.is_empty()).cloned().unwrap_or_default()
}

/// Unites the ids of lists whose members stand alone.
fn ids(order: &[&Member], list: impl Fn(&Codes) -> &Vec<Code>) -> Vec<String> {
    let mut union: Vec<String> = Vec::new();
    for code in order.iter().flat_map(|member| list(&member.posting.codes)) {
        if !union.contains(&code.id) {
            union.push(code.id.clone());
        }
    }
    union
}

/// Unites what the postings' texts give evidence of, and says why pay is not believed.
fn warnings(order: &[&Member], salary: Option<&Salary>) -> Vec<String> {
    let mut says: Vec<String> = salary.and_then(|pay| pay.implausible.clone()).into_iter().collect();
    for warning in order.iter().flat_map(|member| &member.posting.codes.warnings) {
        if !says.contains(&warning.says) {
            says.push(warning.says.clone());
        }
    }
    says
}

/// Unites the persons that the postings' texts name.
fn contacts(order: &[&Member]) -> Vec<Contact> {
    let mut union: Vec<Contact> = Vec::new();
    for contact in order.iter().flat_map(|member| &member.posting.codes.contacts) {
        if !union.contains(contact) {
            union.push(contact.clone());
        }
    }
    union
}

/// Takes the standing of the posting whose pay the job speaks with.
fn pay_standing(order: &[&Member], salary: Option<&Salary>) -> Option<WageStanding> {
    let salary = salary?;
    let speaks = |member: &&&Member| member.posting.base_salary.get() == Some(salary);
    order.iter().filter(speaks).find_map(|member| member.posting.codes.pay_standing.clone())
}

fn united<T: Clone + PartialEq>(order: &[&Member], values: impl Fn(&Posting) -> Option<&Vec<T>>) -> Vec<T> {
    let mut union: Vec<T> = Vec::new();
    for value in order.iter().filter_map(|member| values(&member.posting)).flatten() {
        if !union.contains(value) {
            union.push(value.clone());
        }
    }
    union
}

/// How many places one job lists; a register with more is no use to anyone as a list.
const MOST_PLACES: usize = 500;

/// Unites the postings' places: a copy that names a place less exactly adds none, one that names
/// it more exactly replaces it. One posting's own places are never folded into each other.
fn united_places(order: &[&Member]) -> Vec<Place> {
    let mut union: Vec<Place> = Vec::new();
    for places in order.iter().filter_map(|member| member.posting.job_location.get()) {
        let earlier = union.len();
        for place in places.iter().take(MOST_PLACES.saturating_sub(earlier)) {
            let known = union.iter().take(earlier).position(|known| covers(known, place) || covers(place, known));
            match known {
                None => union.push(place.clone()),
                Some(at) => {
                    if let Some(known) = union.get_mut(at)
                        && !covers(place, known)
                    {
                        *known = place.clone();
                    }
                }
            }
        }
    }
    let mut distinct: Vec<Place> = Vec::with_capacity(union.len());
    for place in union {
        if !distinct.contains(&place) {
            distinct.push(place);
        }
    }
    distinct
}

/// Tells whether `coarse` says nothing that `fine` does not say as well.
fn covers(coarse: &Place, fine: &Place) -> bool {
    let parts = |place: &'_ Place| {
        [place.country.clone(), place.region.clone(), place.locality.clone(), place.postal_code.clone()]
    };
    parts(coarse).iter().zip(parts(fine)).all(|(coarse, fine)| match (coarse, fine) {
        (None, _) => true,
        (Some(coarse), Some(fine)) => coarse.to_lowercase() == fine.to_lowercase(),
        (Some(_), None) => false,
    })
}

fn latest_closing(order: &[&Member]) -> Option<Closing> {
    let latest = |open: bool| {
        let among = order.iter().filter(|member| !open || member.status == JobStatus::Open);
        among.filter_map(|member| member.posting.valid_through.value).max_by_key(|closing| closing.instant)
    };
    // A closed copy's passed end says nothing of a job that another copy holds open.
    let is_open = order.iter().any(|member| member.status == JobStatus::Open);
    latest(is_open)
}

fn shown_posting(member: &Member) -> JobPosting {
    let posting = &member.posting;
    JobPosting {
        board: posting.key.board.clone(),
        posting_id: posting.key.posting_id.clone(),
        url: posting.url.value.clone(),
        apply_url: posting.apply_url.value.clone(),
        title: posting.title.value.clone(),
        date_posted: posting.date_posted.value,
        first_seen: member.first_seen,
        last_confirmed: member.last_confirmed,
        status: member.status,
        raw: posting.raw.clone(),
        fields: None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, NaiveDate};

    use super::*;
    use crate::model::{BoardId, Completeness, PostingKey, Precision, RawPosting, WorkMode};

    fn posting(board: &str, id: &str) -> Posting {
        let key = PostingKey { board: BoardId::new(board).unwrap(), posting_id: id.to_owned() };
        let raw = RawPosting { completeness: Completeness::Full, ..RawPosting::default() };
        let key_text = serde_json::json!({
            "key": key, "url": {}, "title": {}, "raw": serde_json::to_value(raw).unwrap()
        });
        serde_json::from_value(key_text).unwrap()
    }

    fn member(posting: Posting, day: i64) -> Member {
        let seen = DateTime::<Utc>::default() + Duration::days(day);
        Member {
            posting: Arc::new(posting),
            official: false,
            first_seen: seen,
            last_confirmed: seen,
            status: JobStatus::Open,
            closed_reason: None,
        }
    }

    #[test]
    fn a_closed_copys_end_is_not_the_end_of_a_job_that_another_copy_holds_open() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 12).unwrap();
        let end = Closing { date: day, instant: day.and_hms_opt(0, 0, 0).unwrap().and_utc(), time: None };
        let mut ended = posting("aapc", "1");
        ended.valid_through = Field::stated("2026-12-12", end);
        let ended = Member { status: JobStatus::Closed, ..member(ended, 0) };
        let job = |members: &[Member]| compose(&JobId::from_text("x"), members, Vec::new(), false);
        assert_eq!(job(&[ended.clone(), member(posting("ahima", "1"), 1)]).valid_through, None);
        assert_eq!(job(&[ended]).valid_through, Some(end));
    }

    fn place(locality: Option<&str>, region: &str, precision: Precision) -> Place {
        Place {
            locality: locality.map(str::to_owned),
            region: Some(region.to_owned()),
            country: Some("US".to_owned()),
            precision,
            ..Place::default()
        }
    }

    fn id() -> JobId {
        JobId::from_text("j")
    }

    #[test]
    fn the_order_of_the_postings_does_not_matter() {
        let mut a = posting("ahima", "1");
        a.title = Field::stated("Coder", "Coder".to_owned());
        let mut b = posting("aapc", "2");
        b.title = Field::stated("Medical Coder", "Medical Coder".to_owned());
        b.work_mode = Field::derived("remote", WorkMode::Remote, "title");
        let (a, b) = (member(a, 1), member(b, 1));
        let one = compose(&id(), &[a.clone(), b.clone()], Vec::new(), false);
        let other = compose(&id(), &[b, a], Vec::new(), false);
        assert_eq!(one, other);
        assert_eq!(one.title.as_deref(), Some("Medical Coder"));
    }

    #[test]
    fn an_official_board_speaks_first_and_a_stated_value_beats_a_derived_one() {
        let mut copy = posting("ahima", "1");
        copy.title = Field::stated("Copy", "Copy".to_owned());
        copy.work_mode = Field::stated("Remote", WorkMode::Remote);
        let mut own = posting("usajobs", "2");
        own.title = Field::stated("Own", "Own".to_owned());
        own.work_mode = Field::derived("telework", WorkMode::Onsite, "text");
        let own = Member { official: true, ..member(own, 5) };
        let job = compose(&id(), &[member(copy, 0), own], Vec::new(), false);
        assert_eq!(job.title.as_deref(), Some("Own"));
        assert_eq!(job.work_mode, Some(WorkMode::Remote));
        assert_eq!(job.postings[0].board.as_str(), "usajobs");
    }

    #[test]
    fn a_coarser_place_of_a_copy_adds_nothing_and_a_finer_one_replaces() {
        let mut a = posting("ahima", "1");
        a.job_location = Field::stated("OH", vec![place(None, "OH", Precision::Region)]);
        let mut b = posting("aapc", "2");
        b.job_location = Field::stated("x", vec![place(Some("Columbus"), "OH", Precision::City)]);
        for (first, second) in [(0, 1), (1, 0)] {
            let members = [member(a.clone(), first), member(b.clone(), second)];
            let places = compose(&id(), &members, Vec::new(), false).job_location;
            assert_eq!(places, vec![place(Some("Columbus"), "OH", Precision::City)]);
        }
    }

    #[test]
    fn the_latest_open_closing_counts_and_the_earliest_posting_date() {
        let closing = |day: u32| {
            let date = NaiveDate::from_ymd_opt(2026, 12, day).unwrap();
            Closing { date, instant: date.and_hms_opt(0, 0, 0).unwrap().and_utc(), time: None }
        };
        let mut a = posting("ahima", "1");
        a.valid_through = Field::stated("4", closing(4));
        a.date_posted = Field::stated("1", NaiveDate::from_ymd_opt(2026, 11, 1).unwrap());
        let mut b = posting("aapc", "2");
        b.valid_through = Field::stated("20", closing(20));
        b.date_posted = Field::stated("9", NaiveDate::from_ymd_opt(2026, 11, 9).unwrap());
        let closed = Member { status: JobStatus::Closed, closed_reason: Some("gone".into()), ..member(b, 0) };
        let job = compose(&id(), &[member(a, 0), closed.clone()], Vec::new(), false);
        assert_eq!(job.valid_through.unwrap().date.to_string(), "2026-12-04");
        assert_eq!(job.date_posted.unwrap().to_string(), "2026-11-01");
        assert_eq!(job.status, JobStatus::Open);
        let job = compose(&id(), &[closed], Vec::new(), false);
        assert_eq!((job.status, job.closed_reason.as_deref()), (JobStatus::Closed, Some("gone")));
    }

    #[test]
    fn implausible_pay_speaks_only_alone() {
        let pay = |implausible: Option<&str>| Salary {
            raw: "1".into(),
            currency: None,
            min: Some(1.0),
            max: Some(1.0),
            unit: None,
            annual_min: None,
            annual_max: None,
            basis: Basis::Stated,
            annual_basis: None,
            implausible: implausible.map(str::to_owned),
            assumptions: Vec::new(),
        };
        let mut a = posting("aapc", "1");
        a.base_salary = Field::stated("1", pay(Some("1 a year")));
        let mut b = posting("ahima", "2");
        b.base_salary = Field::stated("1", pay(None));
        let job = compose(&id(), &[member(a.clone(), 0), member(b, 1)], Vec::new(), false);
        assert!(job.base_salary.unwrap().implausible.is_none());
        let alone = compose(&id(), &[member(a, 0)], Vec::new(), false);
        assert_eq!(alone.warnings, vec!["1 a year".to_owned()]);
    }
}
