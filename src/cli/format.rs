//! `--format`, whose words depend on the command.

use super::context::UsageError;

/// In which form results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// For people.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values.
    Csv,
}

impl Format {
    /// Reads the flag; a table when it is not given.
    pub(super) fn read(text: Option<&str>) -> Result<Self, UsageError> {
        let words = [("table", Self::Table), ("json", Self::Json), ("jsonl", Self::Jsonl), ("csv", Self::Csv)];
        text.map_or(Ok(Self::Table), |text| choose(text, &words))
    }
}

/// Refuses `csv` where what is printed has no rows.
pub(super) fn without_csv(text: Option<&str>) -> Result<Format, UsageError> {
    let words = [("table", Format::Table), ("json", Format::Json), ("jsonl", Format::Jsonl)];
    text.map_or(Ok(Format::Table), |text| choose(text, &words))
}

/// Finds the word's meaning, or names the words.
pub(super) fn choose<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, UsageError> {
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        UsageError(format!("--format: `{text}` is not known here; use {}", known.join(", ")))
    })
}
