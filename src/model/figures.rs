//! What statistics are made of: one narrow row a job, without its texts.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::ids::{BoardId, JobId};
use super::place::WorkMode;

/// A word that many rows share.
pub type Word = Arc<str>;

/// What is known of a job's pay, as filters see it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum PayFigure {
    /// No posting states any.
    #[default]
    NotStated,
    /// Figures that cannot be what the employer means.
    Implausible,
    /// Words or another currency: nothing to compare.
    NoFigure,
    /// Figures that do not say what a year pays: piece rates, hours that are not stated.
    NoAnnual,
    /// What a year pays in US dollars; at least one bound is known.
    Annual {
        /// The lower bound.
        low: Option<f64>,
        /// The upper bound.
        high: Option<f64>,
    },
}

impl PayFigure {
    /// Gives one figure a year: the middle of the range, or the only bound that is stated.
    #[must_use]
    pub fn annual(self) -> Option<f64> {
        match self {
            Self::Annual { low: Some(low), high: Some(high) } => Some(f64::midpoint(low, high)),
            Self::Annual { low, high } => low.or(high),
            _ => None,
        }
    }

    /// Tells whether a filter on pay takes it for stated.
    #[must_use]
    pub fn is_known(self) -> bool {
        matches!(self, Self::NoAnnual | Self::Annual { .. })
    }
}

/// One copy of a job on a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFigure {
    /// The board.
    pub board: BoardId,
    /// When it was first seen there.
    pub first_seen: DateTime<Utc>,
}

/// One job as statistics see it: what filters look at, so that every count can be had by a search.
#[derive(Clone, Debug, PartialEq)]
pub struct JobFigures {
    /// Stable id.
    pub id: JobId,
    /// Title.
    pub title: Option<String>,
    /// The employer as spelled.
    pub employer: Option<Word>,
    /// Its identity, where it is coded.
    pub employer_id: Option<Word>,
    /// Whether a staffing agency recruits.
    pub agency: bool,
    /// Whether one can still apply.
    pub open: bool,
    /// When any of its postings was first seen.
    pub first_seen: DateTime<Utc>,
    /// The moment that filters take for its posting: the end of the stated day, or when first seen.
    pub posted_at: DateTime<Utc>,
    /// The stated posting date.
    pub date_posted: Option<NaiveDate>,
    /// When it closes or has closed by its own words.
    pub closes_at: Option<DateTime<Utc>>,
    /// When it closed: its stated end, or when it was noticed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether it was advertised anew after it had closed.
    pub reposted: bool,
    /// Roles of its copies.
    pub roles: Vec<Word>,
    /// States of its copies in lower case; `us` is remote work in the whole country.
    pub states: Vec<Word>,
    /// Settings of its copies.
    pub settings: Vec<Word>,
    /// Step of the career ladder.
    pub level: Option<Word>,
    /// Credentials that its copies ask for, by id.
    pub credentials: Vec<Word>,
    /// Those of them that are required.
    pub required: Vec<Word>,
    /// Whether beginners are taken.
    pub entry_level: Option<bool>,
    /// Work mode.
    pub work_mode: Option<WorkMode>,
    /// SOC code.
    pub soc: Option<Word>,
    /// Pay.
    pub pay: PayFigure,
    /// The boards that show it, or did.
    pub boards: Vec<Word>,
    /// Its copies, where they were asked for.
    pub copies: Vec<CopyFigure>,
}

impl JobFigures {
    /// Gives the day it was posted: the stated one, or the one when it was first seen.
    #[must_use]
    pub fn posted(&self) -> NaiveDate {
        self.date_posted.unwrap_or_else(|| self.first_seen.date_naive())
    }

    /// Gives how many days it has been open at a moment, or was open until it closed.
    #[must_use]
    pub fn days_open(&self, now: DateTime<Utc>) -> i64 {
        let until = self.closed_at.unwrap_or(now).date_naive();
        (until - self.posted()).num_days().max(0)
    }

    /// Tells whether it is remote work.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.work_mode == Some(WorkMode::Remote)
    }
}

/// The wages of an occupation in an area, as the Bureau of Labor Statistics publishes them.
#[derive(Clone, Debug, PartialEq)]
pub struct BlsQuartiles {
    /// SOC code.
    pub soc: String,
    /// State, metropolitan area or `United States`.
    pub area: String,
    /// The May whose wages they are.
    pub year: u16,
    /// A quarter earn less a year; `None` is not released.
    pub p25: Option<f64>,
    /// Half earn less.
    pub p50: Option<f64>,
    /// Three quarters earn less.
    pub p75: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_figure_a_year_is_the_middle_or_the_only_bound() {
        assert_eq!(PayFigure::Annual { low: Some(40_000.0), high: Some(50_000.0) }.annual(), Some(45_000.0));
        assert_eq!(PayFigure::Annual { low: None, high: Some(50_000.0) }.annual(), Some(50_000.0));
        assert_eq!(PayFigure::NoAnnual.annual(), None);
        assert!(PayFigure::NoAnnual.is_known() && !PayFigure::Implausible.is_known());
    }
}
