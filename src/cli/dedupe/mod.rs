//! `dedupe`: why postings are one job or two, what is doubtful, and what people decide of it.

mod beside;
mod decide;
mod explain;
mod points;
mod rescore;
mod review;

use std::sync::Arc;

use clap::{Args, Subcommand};

use super::Outcome;
use super::context::{Context, UsageError};
use crate::dedupe::PointsJudge;
use crate::model::Judge;
use crate::store::{DecisionError, StoreError};

pub(super) use points::{percent, points};

#[derive(Debug, Subcommand)]
pub(super) enum DedupeCommand {
    /// Say point by point why two postings are one job, or why not
    Explain {
        #[command(flatten)]
        pair: PairArguments,
    },
    /// Walk through the pairs that may be the same, side by side, and decide each
    ///
    /// Keys are read by line: s (same), d (different), k (keep for later), u (undo the last), q
    /// (quit). Most doubtful first; only pairs of which at least one job is open. Where nothing is
    /// doubtful the exit code is 1.
    #[command(verbatim_doc_comment)]
    Review {
        /// Ask nothing: print the pairs as JSON lines (--format json: as one document)
        #[arg(long)]
        list: bool,
        #[command(flatten)]
        by: ByArguments,
    },
    /// Rule that two postings are one job; outranks every score from then on
    Same {
        #[command(flatten)]
        ruling: RulingArguments,
    },
    /// Rule that two postings are two jobs; outranks every score from then on
    Different {
        #[command(flatten)]
        ruling: RulingArguments,
    },
    /// Take back what an event did: a ruling, a joining or a parting
    Undo {
        /// The event's number, as `same`, `different` and `show --history` tell it
        event: i64,
        #[command(flatten)]
        by: ByArguments,
    },
    /// Judge stored postings anew where the rules, or what they know of common text, have changed
    ///
    /// Says which postings it joins and parts. What people have ruled stays, and nobody is told of
    /// a job as new because of it. Interrupted, it goes on where it stopped. An upgraded database is
    /// judged anew by itself at the next poll or import.
    Rescore {
        /// Say what would change, by trying it on a copy; change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// Two postings.
#[derive(Debug, Args)]
pub(super) struct PairArguments {
    /// One posting: `BOARD/POSTING`, its address, or a job that has no other posting
    a: String,
    /// The other, likewise
    b: String,
}

/// Who decides.
#[derive(Debug, Args)]
pub(super) struct ByArguments {
    /// Who says so [default: $USER, else $LOGNAME, else operator]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

impl ByArguments {
    pub(in crate::cli) fn who(&self) -> String {
        let given = self.by.clone().into_iter();
        let by_system = ["USER", "LOGNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
        let names = given.chain(by_system).map(|name| name.trim().to_owned());
        names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "operator".to_owned())
    }
}

/// What a person says of two postings.
#[derive(Debug, Args)]
pub(super) struct RulingArguments {
    #[command(flatten)]
    pair: PairArguments,
    /// Why, for whoever reads it later
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    #[command(flatten)]
    by: ByArguments,
}

pub(super) fn run(context: &Context, command: &DedupeCommand) -> anyhow::Result<Outcome> {
    match command {
        DedupeCommand::Explain { pair } => explain::run(context, pair),
        DedupeCommand::Review { list: true, .. } => review::list(context),
        DedupeCommand::Review { by, .. } => review::run(context, by),
        DedupeCommand::Same { ruling } => decide::rule(context, ruling, crate::model::Ruling::Same),
        DedupeCommand::Different { ruling } => decide::rule(context, ruling, crate::model::Ruling::Different),
        DedupeCommand::Undo { event, by } => decide::undo(context, *event, by),
        DedupeCommand::Rescore { dry_run } => rescore::run(context, *dry_run),
    }
}

fn judge() -> Arc<dyn Judge> {
    Arc::new(PointsJudge)
}

/// A name that means nothing, or too much, is a mistake in the call; what people have said before is not.
fn refused(error: DecisionError) -> anyhow::Error {
    match error {
        DecisionError::NoPosting(_)
        | DecisionError::Several(..)
        | DecisionError::SamePosting(..)
        | DecisionError::Store(StoreError::Ambiguous { .. }) => UsageError(error.to_string()).into(),
        other => other.into(),
    }
}
