//! The boards that ship: `config/boards/*.toml`, compiled in by directory, so nothing is registered.

use include_dir::{Dir, include_dir};

static BOARDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/boards");

/// Gives each shipped board's id and TOML text, in order of id.
#[must_use]
pub fn builtin_files() -> Vec<(&'static str, &'static str)> {
    let mut files: Vec<_> = BOARDS
        .files()
        .filter_map(|file| {
            let id = file.path().file_name()?.to_str()?.strip_suffix(".toml")?;
            Some((id, file.contents_utf8()?))
        })
        .collect();
    files.sort_unstable();
    files
}

/// Gives one shipped board's TOML text.
#[must_use]
pub fn builtin_text(id: &str) -> Option<&'static str> {
    builtin_files().into_iter().find_map(|(known, text)| (known == id).then_some(text))
}
