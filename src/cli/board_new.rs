//! `board new`: probes a site, saves its board file, and keeps what it answered as fixtures.

use std::fs::{self, OpenOptions};
use std::io::Write;

use anyhow::Context as _;

use super::context::{Context, UsageError};
use super::format::Format;
use super::{Outcome, fixtures, output, probe};
use crate::model::BoardId;

pub(super) fn run(context: &Context, id: &str, url: &str) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let id = BoardId::new(id).map_err(|error| UsageError(error.to_string()))?;
    let folder = context.config.home.join("boards");
    let path = folder.join(format!("{id}.toml"));
    if path.exists() {
        let text = format!("{} is there already: nothing was asked; choose another id, or remove it", path.display());
        return Err(UsageError(text).into());
    }
    let report = probe::ask(context, url, &id)?;
    if format == Format::Table {
        probe::tell(&report)?;
    } else {
        output::print_json(&report)?;
    }
    let (Some(text), Some(draft)) = (&report.board_file, &report.draft) else {
        output::complain("no board file was saved: there is nothing to write into it");
        return Ok(Outcome::Partly);
    };
    fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .with_context(|| format!("failed to make {}", path.display()))?;
    file.write_all(text.as_bytes()).with_context(|| format!("failed to write {}", path.display()))?;
    output::say_wrapped(&format!("saved {}", path.display()));
    if context.config.boards.iter().any(|board| board.id == id) {
        output::say_wrapped(&format!("it lays over the board `{id}` that is configured already"));
    }
    let fixtures_folder = fixtures::folder(context, id.as_str());
    if let Some(board) = draft.board(&id)
        && fixtures::save(context, &fixtures_folder, &board, &report.exchanges)? > 0
    {
        output::say_wrapped(&fixtures::told(&fixtures_folder));
    }
    let next =
        if report.proven { "`jobrounds poll ID` reads it" } else { "correct it, and try `jobrounds board check ID`" };
    output::say_wrapped(&next.replace("ID", id.as_str()));
    Ok(if report.proven { Outcome::Done } else { Outcome::Partly })
}
