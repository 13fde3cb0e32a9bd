//! Completions and manual pages, made from the same definitions as `--help`.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::Arguments;
use super::{Outcome, output};

/// Prints completions for a shell.
pub(super) fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "jobrounds", &mut script);
    output::print_bytes(&script)?;
    Ok(Outcome::Done)
}

/// Prints the manual page, or writes one a command into a directory.
pub(super) fn pages(directory: Option<&Path>) -> anyhow::Result<Outcome> {
    let command = Arguments::command();
    if let Some(directory) = directory {
        fs::create_dir_all(directory).with_context(|| format!("failed to make {}", directory.display()))?;
        clap_mangen::generate_to(command, directory)
            .with_context(|| format!("failed to write into {}", directory.display()))?;
        return Ok(Outcome::Done);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    output::print_bytes(&page)?;
    Ok(Outcome::Done)
}
