//! `backup` and `restore`: a copy while the database is in use, and back.

use std::path::Path;

use super::context::Context;
use super::{Outcome, output};
use crate::store::{DatabaseLock, StoreError, restore as put_in_place};

/// Writes a copy of the database while it is in use.
pub(super) fn run(context: &Context, file: &Path) -> anyhow::Result<Outcome> {
    anyhow::ensure!(!file.exists(), "{} exists already: name a new file", file.display());
    context.reader()?.backup(file)?;
    if !context.quiet {
        output::say(&format!("wrote {} and read it back", file.display()));
    }
    Ok(Outcome::Done)
}

/// Puts a backup in the database's place.
pub(super) fn restore(context: &Context, file: &Path) -> anyhow::Result<Outcome> {
    let now = context.clock.now();
    let lock = DatabaseLock::take(context.path(), "restore", now)?;
    let restored = put_in_place(context.path(), file, now, &lock).map_err(|error| match error {
        // Its own words advise on the database that commands open, which this is not.
        StoreError::NotOurs { path } if path == file => {
            anyhow::anyhow!("`{}` is no backup of a jobrounds database; nothing was touched", file.display())
        }
        other => other.into(),
    })?;
    if context.quiet {
        return Ok(Outcome::Done);
    }
    output::say_wrapped(&format!("{} now holds what {} held", context.path().display(), file.display()));
    if let Some(schema) = restored.upgraded_from {
        output::say_wrapped(&format!("its schema was {schema} and has been brought forward; the backup is as it was"));
    }
    if let Some(before) = restored.before {
        output::say_wrapped(&format!("what stood there before is kept as {}", before.display()));
    }
    output::say_wrapped("mail begins paused, because a backup does not know what has been sent since it was made");
    Ok(Outcome::Done)
}
