//! `config check`, `config show`, `config example`.

use super::arguments::{ConfigCommand, Global};
use super::context::variables;
use super::{Outcome, output};
use crate::config::{self, Source};
use crate::parse::check_selectors;

pub(super) fn run(command: &ConfigCommand, global: &Global) -> anyhow::Result<Outcome> {
    if let ConfigCommand::Example = command {
        output::print_data(config::EXAMPLE)?;
        return Ok(Outcome::Done);
    }
    let loaded = config::load(global.config.as_deref(), &variables())?;
    for board in &loaded.boards {
        check_selectors(board).map_err(|why| super::context::UsageError(format!("board `{}`: {why}", board.id)))?;
    }
    if let ConfigCommand::Show = command {
        output::print_data(&loaded.shown())?;
        return Ok(Outcome::Done);
    }
    for source in &loaded.sources {
        output::print(&match source {
            Source::BuiltIn => "built-in boards".to_owned(),
            Source::File(path) => format!("file {}", path.display()),
            Source::Variable(name) => format!("variable {name}"),
        })?;
    }
    let enabled = loaded.boards.iter().filter(|board| board.enabled).count();
    output::print(&format!("all well: {} boards, {enabled} enabled", loaded.boards.len()))?;
    Ok(Outcome::Done)
}
