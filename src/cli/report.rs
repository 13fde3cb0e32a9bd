//! `report`: statistics, in the terminal, as CSV or JSON, or as a page to print.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Deserialize;

use super::context::{Context, UsageError};
use super::feed::write_out;
use super::filters::Filters;
use super::format::Format;
use super::{Outcome, output, report_text, table};
use crate::matching::{in_words, parse_state};
use crate::model::{
    BlsQuartiles, Codes, CredentialDemand, Criteria, EmployerIdentity, JobFigures, JobId, Posting, SortOrder,
    StatusFilter,
};
use crate::reference::wages::Wages;
use crate::report::{self, Completeness, CopyDemands, Report, ReportRequest};
use crate::store::Store;

#[derive(Debug, Subcommand)]
pub(super) enum ReportCommand {
    /// What there is now, and what opened and closed by week; by role, state, setting, level, employer
    Overview(ReportArguments),
    /// What credentials are asked for, how strictly, and together with which others
    Credentials(ReportArguments),
    /// Quartiles of stated pay by role, and by state where --state is given
    Pay(ReportArguments),
    /// Employers with their spellings, boards and history; --employer NAME tells one and its jobs
    Employers(ReportArguments),
    /// What each board yields, what only it has, and how far behind it is
    Boards(ReportArguments),
    /// How many of each board's postings state what people want to know
    Completeness(ReportArguments),
}

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// Print comma-separated values: one table after another (the same as --format csv)
    #[arg(long, conflicts_with = "html")]
    csv: bool,
    /// Write one page with tables and charts, to read or to print; `-` prints it
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    filters: Filters,
}

/// How many rows a long table has in a terminal, and on a page, where --limit says nothing.
const TERMINAL_ROWS: usize = 15;
const PAGE_ROWS: usize = 50;

pub(super) fn run(context: &Context, command: &ReportCommand) -> anyhow::Result<Outcome> {
    let (ReportCommand::Overview(wanted)
    | ReportCommand::Credentials(wanted)
    | ReportCommand::Pay(wanted)
    | ReportCommand::Employers(wanted)
    | ReportCommand::Boards(wanted)
    | ReportCommand::Completeness(wanted)) = command;
    let format = if wanted.csv { Format::Csv } else { context.format()? };
    let criteria = context.criteria(&wanted.filters, None)?;
    expect_no_page(&criteria)?;
    let most_rows = criteria.limit.or(match format {
        _ if wanted.html.is_some() => Some(PAGE_ROWS),
        Format::Table => Some(TERMINAL_ROWS),
        _ => None,
    });
    let criteria = Criteria { limit: None, ..criteria };
    let made = Making { context, store: context.reader()?, most_rows }.report(command, criteria)?;
    match (&wanted.html, format) {
        (Some(file), _) => write_out(file, &report::html(&made))?,
        (None, Format::Table) => output::print(&report_text::written(&made, output::width()))?,
        (None, Format::Csv) => print_csv(&made)?,
        (None, Format::Json) => output::print_json(&report::document(&made))?,
        (None, Format::Jsonl) => output::print_line(&report::document(&made))?,
    }
    Ok(if made.jobs + made.may_match > 0 { Outcome::Done } else { Outcome::Partly })
}

/// A report is about all jobs that match, in an order of its own.
fn expect_no_page(criteria: &Criteria) -> Result<(), UsageError> {
    if criteria.offset > 0 {
        return Err(UsageError("--offset: a report is about every job that matches".to_owned()));
    }
    if criteria.sort != SortOrder::Newest {
        return Err(UsageError("--sort: a report has an order of its own".to_owned()));
    }
    Ok(())
}

/// What is needed to make a report.
struct Making<'a> {
    context: &'a Context,
    store: Store,
    most_rows: Option<usize>,
}

impl Making<'_> {
    fn report(&self, command: &ReportCommand, criteria: Criteria) -> anyhow::Result<Report> {
        let now = self.context.clock.now();
        let criteria = match command {
            ReportCommand::Employers(_) => self.with_identities(criteria)?,
            _ => criteria,
        };
        let everything = Criteria { status: StatusFilter::All, ..criteria.clone() };
        let jobs = match command {
            ReportCommand::Boards(_) => self.store.figures_with_copies(&everything, now)?,
            _ => self.store.figures(&everything, now)?,
        };
        let totals = self.store.search(&Criteria { limit: Some(0), ..criteria.clone() }, now)?;
        let request = ReportRequest {
            criteria: &criteria,
            in_words: in_words(&criteria),
            now,
            jobs: &jobs,
            may_match: totals.total_may_match,
            left_out: totals.left_out,
            most_rows: self.most_rows,
            is_state: |text| parse_state(text).is_ok(),
        };
        Ok(match command {
            ReportCommand::Overview(_) => report::overview(&request),
            ReportCommand::Credentials(_) => report::credentials(&request, &self.demands(&criteria)?),
            ReportCommand::Pay(_) => report::pay(&request, &wages(&criteria)),
            ReportCommand::Employers(_) => report::employers(&request, &self.identities(&jobs)?),
            ReportCommand::Boards(_) => report::boards(&request, &self.store.all_board_health()?),
            ReportCommand::Completeness(_) => self.completeness(&criteria)?.report(&request),
        })
    }

    /// Asks for the identities of the employers whose names were typed: the report is about them under
    /// all their spellings.
    fn with_identities(&self, criteria: Criteria) -> anyhow::Result<Criteria> {
        if criteria.employers.is_empty() {
            return Ok(criteria);
        }
        let named = Criteria { status: StatusFilter::All, ..criteria.clone() };
        let jobs = self.store.figures(&named, self.context.clock.now())?;
        let ids: BTreeSet<String> =
            jobs.iter().filter_map(|job| job.employer_id.as_ref()).map(|id| format!("id:{id}")).collect();
        Ok(if ids.is_empty() { criteria } else { Criteria { employers: ids.into_iter().collect(), ..criteria } })
    }

    /// Reads one job of each employer for what the narrow rows do not tell.
    fn identities(&self, jobs: &[JobFigures]) -> anyhow::Result<Vec<EmployerIdentity>> {
        let mut seen = BTreeSet::new();
        let newest = jobs.iter().rev().filter(|job| job.employer_id.as_ref().is_some_and(|id| seen.insert(id.clone())));
        let ids: Vec<JobId> = newest.map(|job| job.id.clone()).collect();
        Ok(self.store.employers_of(&ids)?)
    }

    fn demands(&self, criteria: &Criteria) -> anyhow::Result<Vec<CopyDemands>> {
        let mut copies = Vec::new();
        self.store.for_each_copy(criteria, self.context.clock.now(), |job, coded: CodedAlone| {
            let demands: Vec<CredentialDemand> = coded.codes.credentials;
            if !demands.is_empty() {
                copies.push(CopyDemands { job: job.clone(), demands });
            }
        })?;
        Ok(copies)
    }

    fn completeness(&self, criteria: &Criteria) -> anyhow::Result<Completeness> {
        let mut completeness = Completeness::default();
        self.store.for_each_copy(criteria, self.context.clock.now(), |_, posting: Posting| {
            completeness.add(&posting);
        })?;
        Ok(completeness)
    }
}

/// A posting read for its codes alone.
#[derive(Deserialize)]
struct CodedAlone {
    #[serde(default)]
    codes: Codes,
}

/// Gives the wages to compare with: the nation's, and those of the states that are asked for.
fn wages(criteria: &Criteria) -> Vec<BlsQuartiles> {
    let wages = Wages::bundled();
    let areas = || std::iter::once(None).chain(criteria.states.iter().map(|state| Some(state.as_str())));
    wages.occupations().flat_map(|(soc, _)| areas().filter_map(|state| wages.quartiles(soc, state))).collect()
}

fn print_csv(made: &Report) -> anyhow::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for record in report::records(made) {
        writer.write_record(record.iter().map(|field| table::csv_cell(field)))?;
    }
    output::print_bytes(&writer.into_inner()?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use clap::Parser;

    use super::*;
    use crate::cli::arguments::{Arguments, Command};
    use crate::coding::{Coder, VocabularyFiles};

    /// Splits a command as a shell does, as far as single quotes go.
    fn split(command: &str) -> Vec<String> {
        let (mut words, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
        let mut letters = command.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\'' => (quoted, any) = (!quoted, true),
                '\\' if !quoted => word.extend(letters.next()),
                ' ' if !quoted => {
                    if any || !word.is_empty() {
                        words.push(std::mem::take(&mut word));
                    }
                    any = false;
                }
                other => word.push(other),
            }
        }
        if any || !word.is_empty() {
            words.push(word);
        }
        words
    }

    fn criteria(words: Vec<String>) -> Criteria {
        let words = crate::cli::guarded(words.into_iter().map(Into::into).collect());
        let Command::Search(wanted) = Arguments::try_parse_from(words).unwrap().command else { unreachable!() };
        let coder = Coder::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap();
        let coder = Arc::new(coder);
        wanted.filters.criteria(|| Ok(Arc::clone(&coder)), None).unwrap()
    }

    #[test]
    fn the_search_under_a_table_asks_for_what_was_asked_of_the_report() {
        let cases = [
            "",
            "'coder -travel'",
            "'-travel coder'",
            "-- --x",
            "\"'risk adjustment\"",
            "--employer 'St. Mary'\\''s' --not-employer 'A & B; rm -rf *' --employer id:x",
            "--board ahima --board aapc --state OH,KY --remote --employment-type prn",
            "--pay-at-least 27.5/hour --posted-within 90m --closing-within 36h --status all",
            "--soc 29-2072 --credential-required --entry-level --level senior --education bachelor",
            "--experience-at-most 2.5 --hours-at-least 20 --hours-at-most 40 --direct --no-warnings",
            "--open-to public --known pay",
            "--employer=--dashed",
        ];
        for case in cases {
            let typed = criteria(split(&format!("jobrounds search {case}")));
            let command = report::exact_search(&typed);
            let again = criteria(split(&command));
            let known: Vec<_> = typed.asked_fields().into_iter().chain(typed.known.clone()).collect();
            assert!(known.iter().all(|field| again.known.contains(field)), "{command}");
            let employers = again.employers.iter().map(|name| name.trim().to_owned()).collect();
            let query_text = again.query_text.as_deref().map(|text| text.trim().to_owned());
            let typed_text = typed.query_text.as_deref().map(|text| text.trim().to_owned());
            let again = Criteria { known: typed.known.clone(), employers, query_text, ..again };
            assert_eq!(again, Criteria { query_text: typed_text, ..typed }, "{command}");
        }
    }
}
