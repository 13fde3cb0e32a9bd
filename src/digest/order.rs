//! In which order jobs are told: the best first, by a written rule.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDate, Utc};

use crate::model::{Job, JobId};

use super::entry::closes_soon;
use super::when::Now;

/// A job's place among others of its section; the least comes first.
///
/// The rule, each step deciding only where those before it do not:
///
/// 1. what can be trusted: neither a standing announcement, nor with a warning, nor perhaps gone;
/// 2. the employer or the government itself before an agency, which recruits for somebody else;
/// 3. pay stated before pay not stated;
/// 4. closing within seven days, the soonest first, before all others;
/// 5. the newest first: by the reader's day of first sight, for all that one poll brings was first
///    seen within seconds, then by the board's own date, then by the moment;
/// 6. title and id, so that the order never depends on anything else.
///
/// What may match comes after what surely does because it is a section of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    is_doubtful: bool,
    is_through_agency: bool,
    is_without_pay: bool,
    closes: DateTime<Utc>,
    age: Reverse<(NaiveDate, Option<NaiveDate>, DateTime<Utc>)>,
    title: Option<String>,
    id: JobId,
}

/// Finds a job's place. `may_be_gone` says that no board has shown it of late.
pub(super) fn rank(job: &Job, now: Now, may_be_gone: bool) -> Rank {
    let pay = job.base_salary.as_ref().filter(|pay| pay.implausible.is_none());
    let soon = job.valid_through.filter(|_| closes_soon(job, now));
    Rank {
        is_doubtful: job.evergreen || !job.warnings.is_empty() || may_be_gone,
        is_through_agency: job.employer.as_ref().is_some_and(|employer| employer.agency),
        is_without_pay: pay.is_none_or(|pay| pay.min.is_none() && pay.max.is_none()),
        closes: soon.map_or(DateTime::<Utc>::MAX_UTC, |end| end.instant),
        age: Reverse((now.day_of(job.first_seen), job.date_posted, job.first_seen)),
        title: job.title.clone(),
        id: job.id.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;
    use crate::model::EmployerIdentity;

    #[test]
    fn the_best_comes_first() {
        let mut jobs: Vec<Job> = (0..7).map(|n| sample::job(&n.to_string(), &format!("Coder {n}"), "Mercy")).collect();
        for job in &mut jobs[..5] {
            job.base_salary = Some(sample::hourly(24.5, 31.75));
        }
        jobs[0].valid_through = Some(sample::closing("2026-11-26T23:59:59-05:00"));
        jobs[1].valid_through = Some(sample::closing("2026-11-27T23:59:59-05:00"));
        jobs[2].first_seen = sample::time("2026-11-23T12:00:00Z");
        jobs[4].employer =
            Some(EmployerIdentity { id: "staff".into(), name: "Staff".into(), parent: None, agency: true, why: None });
        jobs[6].warnings = vec!["the text asks applicants to pay a fee".into()];
        // Between: 3 is plain with pay, 5 is without; an agency comes after both.
        let expected = [0, 1, 2, 3, 5, 4, 6];
        let mut order: Vec<usize> = (0..7).rev().collect();
        order.sort_by_key(|n| rank(&jobs[*n], sample::now(), false));
        assert_eq!(order, expected);
        assert!(rank(&jobs[0], sample::now(), true) > rank(&jobs[4], sample::now(), false));
    }
}
