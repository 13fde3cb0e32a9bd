//! One job in words, ready for any carrier; nothing in it is markup, and nothing needs cleaning.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::{BoardId, Job, JobId, JobPosting, JobStatus};

use super::board_line::{BoardLine, board_lines, doubt};
use super::clean::{name, short_line, web_link};
use super::credentials;
use super::excerpt::excerpt;
use super::money;
use super::place::{employment, open_to, place};
use super::request::BoardNote;
use super::wage;
use super::when::Now;

/// Titles and employers are shown up to this many characters.
const LONGEST_TITLE: usize = 160;
const LONGEST_EMPLOYER: usize = 100;
/// A closing this near is a reason to read of a job sooner.
const SOON: TimeDelta = TimeDelta::days(7);
/// So many warnings are shown for one job.
const WARNINGS_SHOWN: usize = 3;

/// Where the words go: a mail is read once, a feed is fetched again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// A mail: says when each board last confirmed the job.
    Mail,
    /// A feed: says nothing that changes from poll to poll, so that unchanged jobs keep their bytes.
    Feed,
}

impl Carrier {
    /// Characters shown of a text whose board allows all of it.
    fn longest_text(self) -> usize {
        match self {
            Self::Mail => 600,
            Self::Feed => 6_000,
        }
    }

    /// The moment at which a posting's content was had.
    pub(super) fn retrieved(self, posting: &JobPosting) -> DateTime<Utc> {
        match self {
            Self::Mail => posting.last_confirmed,
            Self::Feed => posting.first_seen,
        }
    }
}

/// One job in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The job.
    pub id: JobId,
    /// The title.
    pub title: String,
    /// The best link; http or https.
    pub url: Option<String>,
    /// The employer.
    pub employer: Option<String>,
    /// Whether that is a staffing agency, which recruits for somebody else.
    pub is_agency: bool,
    /// Where the work is done.
    pub place: String,
    /// Pay as stated, or `pay not stated`.
    pub pay: String,
    /// The annual figures derived from it, labelled.
    pub pay_derived: Option<String>,
    /// A caution about the pay.
    pub pay_note: Option<String>,
    /// Where the pay stands among wages: `above the median for Ohio (BLS, May 2025)`.
    pub pay_standing: Option<String>,
    /// The credentials asked for: `RHIT, RHIA or CCS required; CHDA preferred`.
    pub asks: Option<String>,
    /// Employment types.
    pub employment: Option<String>,
    /// When it closes.
    pub closes: Option<String>,
    /// How far off that is: `in 3 days`. Not for feeds, where it would change from day to day.
    pub closes_in: Option<String>,
    /// Whether that is within a week. Not for feeds.
    pub closes_soon: bool,
    /// Why it may be gone, when no board has shown it of late. Not for feeds.
    pub doubt: Option<String>,
    /// Who may apply.
    pub open_to: Option<String>,
    /// The day it was posted.
    pub posted: Option<String>,
    /// The boards that show it, the one it speaks through first.
    pub boards: Vec<BoardLine>,
    /// What may be shown of its text, in paragraphs.
    pub excerpt: Vec<String>,
    /// Why it may match, when something asked for is not stated.
    pub why: Option<String>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

/// Names a job by its title.
pub(super) fn title(job: &Job) -> String {
    name(job.title.as_deref(), LONGEST_TITLE).unwrap_or_else(|| "Title not stated".to_owned())
}

/// Names a job's employer.
pub(super) fn employer(job: &Job) -> Option<String> {
    name(job.hiring_organization.as_deref(), LONGEST_EMPLOYER)
}

/// Gives a job's best link that is one.
pub(super) fn url(job: &Job) -> Option<String> {
    let postings = job.postings.iter().filter_map(|posting| posting.url.as_deref());
    job.url.as_deref().into_iter().chain(postings).find_map(web_link)
}

/// Tells whether one can still apply at that moment.
pub(super) fn is_open(job: &Job, now: DateTime<Utc>) -> bool {
    job.status == JobStatus::Open && job.valid_through.is_none_or(|closing| closing.instant > now)
}

/// Tells whether a job closes within so few days that a reader should hear of it before others.
pub(super) fn closes_soon(job: &Job, now: Now) -> bool {
    job.valid_through.is_some_and(|closing| closing.instant - now.instant <= SOON)
}

/// Says why a job is closed, in words for readers: what the store notes is for operators.
pub(super) fn closed_because(job: &Job) -> Option<String> {
    let reason = job.closed_reason.as_deref().map(|reason| short_line(reason, 80)).filter(|why| !why.is_empty())?;
    let is_absence = reason.starts_with("absent from ") || reason.starts_with("named by no alert mail");
    Some(match reason.as_str() {
        "stated date passed" => "its closing date has passed".to_owned(),
        _ if is_absence => "no board lists it any more".to_owned(),
        _ => reason,
    })
}

/// Puts a job into words.
pub(super) fn entry(job: &Job, boards: &BTreeMap<BoardId, BoardNote>, now: Now, carrier: Carrier) -> Entry {
    let pay = job.base_salary.as_ref().and_then(money::pay);
    let pay_standing = job.pay_standing.as_ref().filter(|_| pay.is_some()).and_then(wage::standing);
    let is_mail = carrier == Carrier::Mail;
    let (pay, pay_derived, pay_note) =
        pay.map_or_else(|| ("pay not stated".to_owned(), None, None), |pay| (pay.stated, pay.derived, pay.note));
    Entry {
        id: job.id.clone(),
        title: title(job),
        url: url(job),
        employer: employer(job),
        is_agency: job.employer.as_ref().is_some_and(|employer| employer.agency),
        place: place(job),
        pay,
        pay_derived,
        pay_note,
        pay_standing,
        asks: credentials::asks(&job.credentials),
        employment: employment(&job.employment_type),
        closes: job.valid_through.as_ref().map(|closing| now.closing(closing)),
        closes_in: job.valid_through.as_ref().filter(|_| is_mail).and_then(|closing| now.until(closing)),
        closes_soon: is_mail && closes_soon(job, now),
        doubt: if is_mail { doubt(job, boards, now) } else { None },
        open_to: open_to(&job.open_to),
        posted: job.date_posted.map(|date| now.day(date)),
        boards: board_lines(job, boards, now, carrier),
        excerpt: excerpt(job, boards, carrier.longest_text()),
        why: unstated(job.may_match.iter().map(String::as_str)).map(|fields| format!("may match, {fields} not stated")),
        notes: notes(job),
    }
}

/// Joins the names of fields that are not stated: `pay and place`; `None` when there are none.
pub(super) fn unstated<'a>(fields: impl Iterator<Item = &'a str>) -> Option<String> {
    let name = |field: &str| match field {
        "open-to" => "who may apply".to_owned(),
        "closing" => "closing date".to_owned(),
        "entry-level" => "whether beginners are taken".to_owned(),
        "level" => "experience level".to_owned(),
        other => short_line(&other.replace('-', " "), 40),
    };
    let names: Vec<String> = fields.map(name).collect();
    let (last, others) = names.split_last()?;
    Some(if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) })
}

fn notes(job: &Job) -> Vec<String> {
    let mut notes = Vec::new();
    if job.evergreen {
        let why = if job.signals.is_empty() { String::new() } else { format!(": {}", job.signals.join(", ")) };
        notes.push(short_line(&format!("Looks like a standing announcement{why}."), 200));
    }
    if job.reposted {
        notes.push("Advertised before, and again now.".to_owned());
    }
    notes.extend(job.warnings.iter().map(|warning| short_line(warning, 200)).take(WARNINGS_SHOWN));
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;

    #[test]
    fn a_job_without_anything_is_still_told() {
        let mut job = sample::job("1", "", "");
        (job.title, job.hiring_organization, job.url) = (Some(" \u{0} ".into()), None, Some("javascript:x".into()));
        job.postings.clear();
        let entry = entry(&job, &sample::boards(), sample::now(), Carrier::Mail);
        assert_eq!((entry.title.as_str(), entry.url, entry.employer), ("Title not stated", None, None));
        assert_eq!((entry.place.as_str(), entry.pay.as_str()), ("Place not stated", "pay not stated"));
    }

    #[test]
    fn usajobs_is_credited_with_the_time_of_retrieval() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        sample::also_on(&mut job, "usajobs", "77");
        let entry = entry(&job, &sample::boards(), sample::now(), Carrier::Mail);
        assert_eq!(entry.boards[0].retrieved, None);
        assert_eq!(entry.boards[1].name, "USAJOBS");
        assert_eq!(entry.boards[1].retrieved.as_deref(), Some("November 24, 2026, 6:00 a.m. CST"));
    }

    #[test]
    fn what_is_not_stated_is_named() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        job.may_match = vec!["pay".into(), "work-mode".into()];
        let entry = entry(&job, &sample::boards(), sample::now(), Carrier::Mail);
        assert_eq!(entry.why.as_deref(), Some("may match, pay and work mode not stated"));
    }
}
