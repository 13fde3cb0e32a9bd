//! What makes a job look like a standing announcement and not like one vacancy: evidence in words, for
//! people to weigh, and no accusation. A hospital that is always hiring coders has reasons, too.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::compose::Member;
use super::ids::BoardId;
use super::job::JobStatus;

/// A job that has been open for longer looks like a standing one.
const LONG_OPEN_DAYS: i64 = 180;
/// So does one that a board has advertised so often within a year.
const MANY_EPISODES: usize = 4;
/// How many days apart two postings are of one year.
const YEAR: i32 = 365;
/// A posting that names so many places, or may be answered for so many days, is a register.
const REGISTER_PLACES: usize = 50;
const REGISTER_DAYS: i64 = 300;

/// Tells whether a job looks like a standing announcement, and what says so.
pub(super) fn signals(order: &[&Member]) -> (bool, Vec<String>) {
    let mut says: Vec<String> = long_open(order).into_iter().collect();
    says.extend(episodes(order));
    let registers: Vec<&&Member> = order.iter().filter(|member| member.posting.evergreen).collect();
    if let Some(words) = registers.iter().find_map(|member| register(member)) {
        says.push(words);
    }
    let is_evergreen = !says.is_empty() || !registers.is_empty();
    let open = || order.iter().filter(|member| member.status == JobStatus::Open);
    if is_evergreen && open().next().is_some() && open().all(|member| member.posting.valid_through.get().is_none()) {
        says.push("no closing date stated".to_owned());
    }
    (is_evergreen, says)
}

/// When a posting was posted, or else first seen.
fn since(member: &Member) -> NaiveDate {
    let seen = member.first_seen.date_naive();
    member.posting.date_posted.value.map_or(seen, |posted| posted.min(seen))
}

fn long_open(order: &[&Member]) -> Option<String> {
    let open = || order.iter().filter(|member| member.status == JobStatus::Open);
    // One posting that stands all that time, not several one after another.
    let (since, days) = open()
        .map(|member| {
            let since = since(member);
            (since, (member.last_confirmed.date_naive() - since).num_days())
        })
        .max_by_key(|(since, days)| (*days, std::cmp::Reverse(*since)))?;
    (days > LONG_OPEN_DAYS).then(|| format!("open since {since}, {days} days"))
}

/// The public and the internal announcement of one vacancy come on one day and count once.
fn episodes(order: &[&Member]) -> Vec<String> {
    let mut of_board: BTreeMap<&BoardId, BTreeSet<NaiveDate>> = BTreeMap::new();
    for member in order {
        of_board.entry(&member.posting.key.board).or_default().insert(since(member));
    }
    let told = of_board.into_iter().filter_map(|(board, days)| {
        let days: Vec<NaiveDate> = days.into_iter().collect();
        let within = |first: &NaiveDate| {
            days.iter().filter(|day| (0..=YEAR).contains(&(day.num_days_from_ce() - first.num_days_from_ce()))).count()
        };
        let (count, first) = days.iter().map(|day| (within(day), day)).max_by_key(|(count, _)| *count)?;
        (count >= MANY_EPISODES).then(|| format!("advertised {count} times on {board} since {first}"))
    });
    told.collect()
}

fn register(member: &Member) -> Option<String> {
    let places = member.posting.job_location.get().map_or(0, Vec::len);
    if places >= REGISTER_PLACES {
        return Some(format!("names {places} places"));
    }
    let ends = member.posting.valid_through.get()?.date;
    let days = (ends - since(member)).num_days();
    (days >= REGISTER_DAYS).then(|| format!("takes applications for {days} days"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::{DateTime, Duration, TimeZone, Utc};

    use super::*;
    use crate::model::{Field, Posting};

    fn day(days: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 1, 10, 12, 0, 0).unwrap() + Duration::days(days)
    }

    fn member(id: &str, first: i64, last: i64, status: JobStatus) -> Member {
        let fields = serde_json::json!({
            "key": {"board": "ahima", "posting_id": id}, "url": {}, "title": {}, "raw": {}
        });
        let posting: Posting = serde_json::from_value(fields).unwrap();
        Member {
            posting: Arc::new(posting),
            official: false,
            first_seen: day(first),
            last_confirmed: day(last),
            status,
            closed_reason: None,
        }
    }

    fn told(members: &[Member]) -> (bool, Vec<String>) {
        signals(&members.iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_job_that_is_open_for_more_than_180_days_looks_like_a_standing_one() {
        let (open, closed) = (JobStatus::Open, JobStatus::Closed);
        assert_eq!(told(&[member("1", 0, 180, open)]), (false, Vec::new()));
        let (is_evergreen, says) = told(&[member("1", 0, 181, open)]);
        assert!(is_evergreen);
        assert_eq!(says, ["open since 2026-01-10, 181 days", "no closing date stated"]);
        assert_eq!(told(&[member("1", 0, 200, closed)]), (false, Vec::new()));
        let one_after_another = [member("1", 0, 100, closed), member("2", 110, 200, open)];
        assert_eq!(told(&one_after_another), (false, Vec::new()));
    }

    #[test]
    fn a_job_that_a_board_advertised_four_times_in_a_year_looks_like_a_standing_one() {
        let at = |days: [i64; 4]| -> Vec<Member> {
            days.iter().map(|at| member(&at.to_string(), *at, at + 9, JobStatus::Closed)).collect()
        };
        assert_eq!(told(&at([0, 60, 120, 365])).1, ["advertised 4 times on ahima since 2026-01-10"]);
        assert_eq!(told(&at([0, 60, 120, 366])), (false, Vec::new()));
        let mut twins = at([0, 60, 120, 120]);
        twins[3] = member("twin", 120, 130, JobStatus::Open);
        assert_eq!(told(&twins), (false, Vec::new()), "two announcements of one day are one episode");
    }

    #[test]
    fn a_register_says_what_makes_it_one() {
        let mut open = member("1", 0, 3, JobStatus::Open);
        let mut posting = posting_of(&open);
        posting.evergreen = true;
        let end = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        let instant = end.and_hms_opt(0, 0, 0).unwrap().and_utc();
        posting.valid_through = Field::stated("2026-12-31", crate::model::Closing { date: end, instant, time: None });
        open.posting = Arc::new(posting);
        assert_eq!(told(&[open]), (true, vec!["takes applications for 355 days".to_owned()]));
    }

    fn posting_of(member: &Member) -> Posting {
        member.posting.as_ref().clone()
    }
}
