//! The jobs that a report is about: all that match whatever their status, and those of the status
//! that is asked for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::command::exact_search;
use super::numbers::{self, grouped};
use super::question::Dimension;
use super::table::{Report, Table};
use crate::model::{Criteria, JobFigures, StatusFilter, Word};

/// What a report is made of.
#[derive(Clone, Debug)]
pub struct ReportRequest<'a> {
    /// The filters.
    pub criteria: &'a Criteria,
    /// The filters in words.
    pub in_words: String,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// The jobs that match the filters for sure, of any status.
    pub jobs: &'a [JobFigures],
    /// How many more may match.
    pub may_match: u64,
    /// How many do not state what `--known` asks for.
    pub left_out: u64,
    /// How many rows a long table has at most.
    pub most_rows: Option<usize>,
    /// Tells which regions are states that a filter takes.
    pub is_state: fn(&str) -> bool,
}

/// The jobs of a report, sorted out.
pub(super) struct Selection<'a> {
    pub(super) request: &'a ReportRequest<'a>,
    /// Those of the status that is asked for.
    pub(super) chosen: Vec<&'a JobFigures>,
}

/// Jobs by the words that they carry.
pub(super) type Groups<'a> = BTreeMap<Word, Vec<&'a JobFigures>>;

/// A field's name, and whether a job states it.
pub(super) type Stated<'a> = (&'a str, fn(&JobFigures) -> bool);

impl<'a> Selection<'a> {
    /// Sorts the jobs out.
    pub(super) fn of(request: &'a ReportRequest<'a>) -> Self {
        let wanted = |job: &&JobFigures| match request.criteria.status {
            StatusFilter::Open => job.open,
            StatusFilter::Closed => !job.open,
            StatusFilter::All => true,
        };
        Self { request, chosen: request.jobs.iter().filter(wanted).collect() }
    }

    pub(super) fn criteria(&self) -> &'a Criteria {
        self.request.criteria
    }

    pub(super) fn total(&self) -> u64 {
        self.chosen.len() as u64
    }

    /// Begins the report.
    pub(super) fn report(&self, name: &'static str, title: &str, tables: Vec<Table>) -> Report {
        let mut notes = Vec::new();
        if self.request.may_match > 0 {
            let more = grouped(self.request.may_match);
            notes.push(format!(
                "{more} more may match the filters: something asked for is not stated. They are in no figure."
            ));
        }
        if self.request.left_out > 0 {
            let more = grouped(self.request.left_out);
            notes.push(format!("{more} more do not state what --known asks for. They are in no figure."));
        }
        let federal = self.chosen.iter().any(|job| job.boards.iter().any(|board| &**board == "usajobs"));
        Report {
            name,
            title: title.to_owned(),
            now: self.request.now,
            filters: self.request.in_words.clone(),
            search: exact_search(self.criteria()),
            jobs: self.total(),
            may_match: self.request.may_match,
            left_out: self.request.left_out,
            notes,
            tables,
            sources: federal.then(|| USAJOBS.to_owned()).into_iter().collect(),
        }
    }

    /// Tells whether a dimension's row may be shown: one that the filters do not ask for cannot be
    /// searched for.
    pub(super) fn shows(&self, dimension: Dimension) -> impl Fn(&str) -> bool + use<> {
        let asked = dimension.asked(self.criteria());
        move |value: &str| asked.is_empty() || asked.iter().any(|one| one.eq_ignore_ascii_case(value))
    }

    /// Says how many of some jobs leave fields unstated.
    pub(super) fn unknowns(jobs: &[&JobFigures], fields: &[Stated<'_>]) -> String {
        let missing = |known: fn(&JobFigures) -> bool| jobs.iter().filter(|job| !known(job)).count() as u64;
        let said = fields.iter().map(|(name, known)| {
            let count = missing(*known);
            format!("{name} {} ({})", grouped(count), numbers::percent(count, jobs.len() as u64))
        });
        format!("Not stated, of {} jobs: {}.", grouped(jobs.len() as u64), said.collect::<Vec<_>>().join(", "))
    }
}

const USAJOBS: &str = "USAJOBS (U.S. Office of Personnel Management): federal announcements, public domain";

/// Groups jobs by words; one that carries several stands in several groups.
pub(super) fn groups<'a>(jobs: impl Iterator<Item = &'a JobFigures>, words: fn(&JobFigures) -> &[Word]) -> Groups<'a> {
    let mut groups = Groups::new();
    for job in jobs {
        for word in words(job) {
            groups.entry(Word::clone(word)).or_default().push(job);
        }
    }
    groups
}

/// Puts groups in order: the largest first, then by word.
pub(super) fn largest_first(groups: Groups<'_>) -> Vec<(Word, Vec<&JobFigures>)> {
    let mut sorted: Vec<_> = groups.into_iter().collect();
    sorted.sort_by(|(a, x), (b, y)| y.len().cmp(&x.len()).then_with(|| a.cmp(b)));
    sorted
}

/// Counts the jobs of which something is true.
pub(super) fn count(jobs: &[&JobFigures], is: impl Fn(&JobFigures) -> bool) -> u64 {
    jobs.iter().filter(|job| is(job)).count() as u64
}

/// Gives the median of days.
pub(super) fn median_days<'a>(jobs: impl Iterator<Item = &'a JobFigures>, now: DateTime<Utc>) -> Option<f64> {
    let days: Vec<f64> = jobs.map(|job| numbers::figure(job.days_open(now).unsigned_abs())).collect();
    numbers::median(&days)
}

/// What every table with medians says of them.
pub(super) const MEDIANS: &str = "Medians are given from three jobs on; – stands for fewer.";
