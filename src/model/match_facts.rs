//! What filters look at of one job, held in memory: the narrow row of the database and the words of
//! its text index.

use chrono::{DateTime, Utc};

use super::criteria::KnownField;
use super::event::JobEvent;
use super::ids::JobId;
use super::job::JobStatus;
use super::salary::PayUnit;
use super::words::JobWords;

/// One job as filters see it. Every copy counts: a merged job hides nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchFacts {
    /// The job.
    pub job: JobId,
    /// Its status as last noted; `open_until` may have passed since.
    pub status: JobStatus,
    /// When the last open posting's stated end passes; `None` when one states none.
    pub open_until: Option<DateTime<Utc>>,
    /// When any of its postings was first seen.
    pub first_seen: DateTime<Utc>,
    /// The end of the day it was posted; first seen where no day is stated.
    pub posted_at: DateTime<Utc>,
    /// When it closes.
    pub closes_at: Option<DateTime<Utc>>,
    /// The boards that show it.
    pub boards: Vec<String>,
    /// Values of facets, `st:oh`, in order; `st:unstated` where a state is not known.
    pub facets: Vec<String>,
    /// Names of the employer, folded: ` mercy health | st marys |`.
    pub employers: String,
    /// The employer's identity.
    pub employer_id: Option<String>,
    /// A bit for each field that no posting states: [`KnownField::bit`].
    pub unstated: i64,
    /// Pay, where it is plausible and in US dollars.
    pub pay: PayFacts,
    /// SOC code.
    pub soc: Option<String>,
    /// Years of experience required.
    pub experience_years: Option<f64>,
    /// Hours a week.
    pub hours_per_week: Option<f64>,
    /// Whether the employer is a staffing agency.
    pub agency: bool,
    /// How many warning signs it shows.
    pub warnings: u32,
    /// Latitude and longitude of every place that is known to a town or better.
    pub points: Vec<(f64, f64)>,
    /// The addresses of every copy's page and of where one applies, as
    /// [`plain_address`](super::plain_address) writes them, in order.
    pub addresses: Vec<String>,
    /// The words of title, organization, place and body.
    pub words: JobWords,
}

/// The figures of pay that filters compare.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PayFacts {
    /// The unit of `low` and `high`.
    pub unit: Option<PayUnit>,
    /// Lower bound as stated.
    pub low: Option<f64>,
    /// Upper bound as stated.
    pub high: Option<f64>,
    /// Lower bound a year.
    pub annual_low: Option<f64>,
    /// Upper bound a year.
    pub annual_high: Option<f64>,
}

impl MatchFacts {
    /// Tells whether the job has a facet: `st:oh`.
    #[must_use]
    pub fn has_facet(&self, facet: &str) -> bool {
        self.facets.binary_search_by(|known| known.as_str().cmp(facet)).is_ok()
    }

    /// Gives the values of one kind of facet, without that of what is unstated.
    pub fn facets_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        let of_kind = self.facets.iter().filter_map(move |facet| facet.strip_prefix(kind)?.strip_prefix(':'));
        of_kind.filter(|value| *value != super::folding::UNSTATED)
    }

    /// Tells whether no posting states a field.
    #[must_use]
    pub fn is_unstated(&self, field: KnownField) -> bool {
        self.unstated & field.bit() != 0
    }

    /// Gives its status at a moment: a job whose stated end has passed by then is closed.
    #[must_use]
    pub fn status_at(&self, now: DateTime<Utc>) -> JobStatus {
        let ended = self.open_until.is_some_and(|end| end.timestamp_millis() <= now.timestamp_millis());
        if ended { JobStatus::Closed } else { self.status }
    }
}

/// A job with what happened to it within a span of events.
#[derive(Clone, Debug, PartialEq)]
pub struct JobNews {
    /// The job as it stands now.
    pub facts: MatchFacts,
    /// The events, oldest first. Those of a job that has merged into it keep that job's id.
    pub events: Vec<JobEvent>,
}
