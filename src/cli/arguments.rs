//! The commands and their flags, as `--help` prints them.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use super::dedupe::DedupeCommand;
use super::filters::Filters;
use super::outbox::OutboxCommand;
use super::report::ReportCommand;
use super::subscriber::SubscriberCommand;

/// Makes the rounds of health information management job boards and tells what is new.
#[derive(Debug, Parser)]
#[command(name = "jobrounds", version, max_term_width = 100, infer_subcommands = false, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Flags that every command takes.
#[derive(Clone, Debug, Args)]
#[expect(clippy::doc_markdown, reason = "these comments are printed by --help as they stand")]
pub(super) struct Global {
    /// Configuration file [default: $XDG_CONFIG_HOME/jobrounds/jobrounds.toml, else
    /// /etc/jobrounds/jobrounds.toml, else built-in defaults]
    #[arg(long, value_name = "FILE", global = true, env = "JOBROUNDS_CONFIG", hide_env = true)]
    pub(super) config: Option<PathBuf>,
    /// Database file, instead of the configured one
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) db: Option<PathBuf>,
    /// Form of the output: table, json, jsonl or csv; `feed`: rss, atom, json or ics;
    /// `digest preview`: text, html or eml
    #[arg(long, value_name = "FORM", global = true)]
    pub(super) format: Option<String>,
    /// Say only what failed
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say more (-vv: every request)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Let the run's clock stand at this moment (RFC 3339)
    #[arg(long, value_name = "RFC3339", global = true, hide = true)]
    pub(super) now: Option<DateTime<Utc>>,
    /// Read the run's clock from this file (seconds since the epoch)
    #[arg(long, value_name = "FILE", global = true, hide = true, conflicts_with = "now")]
    pub(super) clock_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show the main job offline: five synthetic boards, polled, stored and digested
    Demo(DemoArguments),
    /// Run as a daemon: poll each board when it is due, and serve /livez, /readyz and /metrics
    Run,
    /// Poll the boards once, now
    Poll(PollArguments),
    /// Boards and how they are
    Board {
        #[command(subcommand)]
        command: BoardCommand,
    },
    /// Search the stored jobs; newest first
    Search(SearchArguments),
    /// Show one job with all its postings
    Show(ShowArguments),
    /// Who gets mail, what for and when
    Subscriber {
        #[command(subcommand)]
        command: SubscriberCommand,
    },
    /// Mail on its way: tried again, held back, given up; paused and resumed
    Outbox {
        #[command(subcommand)]
        command: OutboxCommand,
    },
    /// Say why a job was, or was not, in a subscription's digests
    Why(WhyArguments),
    /// Digests: what would be sent, what is due, what was sent
    Digest {
        #[command(subcommand)]
        command: DigestCommand,
    },
    /// Write a feed of matching jobs
    Feed(FeedArguments),
    /// Statistics whose figures a search can reproduce
    Report {
        #[command(subcommand)]
        command: ReportCommand,
    },
    /// Store schema.org JobPosting objects from a file, one a line
    Import(ImportArguments),
    /// Print every matching job as JSON lines, with its postings; can be imported again
    Export(SearchArguments),
    /// Read a saved answer of a board; no database
    Parse(ParseArguments),
    /// Why postings are one job or two; decide what is doubtful, and undo it
    Dedupe {
        #[command(subcommand)]
        command: DedupeCommand,
    },
    /// Code stored postings anew after the vocabulary has changed
    Recode(RecodeArguments),
    /// The vocabulary that postings are coded with
    Vocabulary {
        #[command(subcommand)]
        command: VocabularyCommand,
    },
    /// Say whether a robots.txt allows an address, and by which rule
    Robots(RobotsArguments),
    /// Check, show or explain the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Check the installation: configuration, database, boards
    Doctor,
    /// Say by the exit code whether the daemon is ready; without one, whether the database is sound
    Healthcheck {
        /// A daemon must answer
        #[arg(long)]
        daemon: bool,
    },
    /// Write a copy of the database while it is in use, and read it back
    Backup {
        /// The file to write; it must not exist yet
        file: PathBuf,
    },
    /// Put a backup in the database's place; what stood there is kept beside it
    Restore {
        /// A file that `backup` has written
        file: PathBuf,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, or write one a command into a directory
    Man {
        /// The directory
        directory: Option<PathBuf>,
    },
}

impl Command {
    /// Tells whether the command reads the configuration before it does anything.
    pub(super) fn needs_context(&self) -> bool {
        !matches!(
            self,
            Self::Completions { .. } | Self::Man { .. } | Self::Robots(_) | Self::Demo(_) | Self::Config { .. }
        )
    }
}

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// Where to leave the database, mail and feed [default: a new directory under the temporary one]
    #[arg(long, value_name = "DIR")]
    pub(super) directory: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct PollArguments {
    /// Boards to poll [default: every enabled one]
    #[arg(value_name = "BOARD")]
    pub(super) boards: Vec<String>,
    /// Ask for everything anew, without conditional requests
    #[arg(long)]
    pub(super) full: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum BoardCommand {
    /// List the boards and their health
    List,
    /// Show one board: its settings, terms and health
    Show {
        /// The board's id
        board: String,
    },
    /// Ask a board for its first list and say what was found; stores nothing
    Check(CheckArguments),
    /// Ask a site, in at most four requests, which software it runs on, and print a board file
    Probe {
        /// The site's page that lists its jobs, its front page, or one posting's page
        url: String,
    },
    /// Probe a site and save its board file, with what it answered as fixtures
    New {
        /// The new board's id: lower-case letters, digits and hyphens
        id: String,
        /// The site's page that lists its jobs, its front page, or one posting's page
        url: String,
    },
    /// Follow a board's move to its new home; nothing is followed without this
    Accept {
        /// The board's id
        board: String,
        /// Go back to the configured address
        #[arg(long)]
        undo: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The board's id [default with --from-report: the one that the report is of]
    #[arg(required_unless_present = "from_report")]
    pub(super) board: Option<String>,
    /// Write what the board answered into this file, redacted, to send to whoever maintains its file
    #[arg(long, value_name = "FILE", conflicts_with = "from_report")]
    pub(super) report: Option<PathBuf>,
    /// Ask nothing: read a report's answers again by today's board file and reader
    #[arg(long, value_name = "FILE")]
    pub(super) from_report: Option<PathBuf>,
    /// Write the report's answers as fixtures into this new directory
    #[arg(long, value_name = "DIR", requires = "from_report")]
    pub(super) fixtures: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct SearchArguments {
    #[command(flatten)]
    pub(super) filters: Filters,
}

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// A job's id or its beginning, `BOARD/POSTING`, or a posting's address
    pub(super) job: String,
    /// Say why the postings are one job
    #[arg(long)]
    pub(super) explain: bool,
    /// Tell what happened to the job
    #[arg(long)]
    pub(super) history: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum DigestCommand {
    /// Print a digest as it would be sent: of a subscription, by its number, or of filters
    Preview(Box<PreviewArguments>),
    /// Make the digests that are due, and send what is in the outbox
    Run(DigestRunArguments),
    /// List the digests that were made
    History(HistoryArguments),
}

#[derive(Debug, Args)]
pub(super) struct DigestRunArguments {
    /// Subscriptions to make a digest for now [default: those that are due]
    #[arg(value_name = "SUBSCRIPTION")]
    pub(super) subscriptions: Vec<String>,
    /// Only what is due
    #[arg(long, conflicts_with = "subscriptions")]
    pub(super) due: bool,
}

#[derive(Debug, Args)]
pub(super) struct HistoryArguments {
    /// Only the digests of this subscription's owner
    #[arg(value_name = "SUBSCRIPTION")]
    pub(super) subscription: Option<String>,
    /// At most this many [default: 50]
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
}

#[derive(Debug, Args)]
pub(super) struct WhyArguments {
    /// A job's id or its beginning, `BOARD/POSTING`, or a posting's address
    pub(super) job: String,
    /// The subscription's number
    pub(super) subscription: String,
}

#[derive(Debug, Args)]
pub(super) struct PreviewArguments {
    /// Jobs first seen within this time
    #[arg(long, value_name = "LENGTH", default_value = "7d")]
    pub(super) since: String,
    /// Write the mail into this directory instead of printing it
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// The reader's time zone, an IANA name
    #[arg(long = "tz", value_name = "ZONE", default_value = "America/New_York")]
    pub(super) time_zone: String,
    /// The recipient's address
    #[arg(long, value_name = "ADDRESS", default_value = "you@localhost")]
    pub(super) to: String,
    #[command(flatten)]
    pub(super) filters: Filters,
}

#[derive(Debug, Args)]
pub(super) struct FeedArguments {
    /// The file to write, or `-`; its ending names the form where --format does not
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) filters: Filters,
}

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// The file, or `-`
    #[arg(value_name = "FILE.jsonl")]
    pub(super) file: PathBuf,
    /// The board of lines that name none
    #[arg(long, value_name = "ID")]
    pub(super) board: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ParseArguments {
    /// The saved answer, or `-`
    pub(super) file: PathBuf,
    /// The engine that gave it
    #[arg(long, value_name = "ENGINE")]
    pub(super) engine: Option<String>,
    /// The board whose file to read it by, instead of an engine's preset
    #[arg(long, value_name = "ID")]
    pub(super) board: Option<String>,
    /// The address it came from
    #[arg(long, value_name = "URL")]
    pub(super) url: Option<String>,
    /// Read it as one posting's page, not as a list
    #[arg(long)]
    pub(super) detail: bool,
}

#[derive(Debug, Args)]
pub(super) struct RecodeArguments {
    /// Say what would change, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum VocabularyCommand {
    /// Check the vocabulary, with what stands in `vocabulary/` beside the configuration
    Check,
    /// List the codes that filters take
    List {
        /// roles, credentials, settings, shifts, coding-systems, software, specialties or benefits
        kind: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct RobotsArguments {
    /// The robots.txt, or `-`
    pub(super) file: PathBuf,
    /// The crawler's name
    #[arg(long, value_name = "NAME", default_value = "jobrounds")]
    pub(super) agent: String,
    /// The address it wants, escaped as it would be sent; or a path
    #[arg(long, value_name = "URL")]
    pub(super) url: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Check everything that is configured
    Check,
    /// Print what is in force, secrets masked
    Show,
    /// Print a commented example with every key
    Example,
}
