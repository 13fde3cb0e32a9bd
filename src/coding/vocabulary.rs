//! The vocabulary's files: those compiled in, and an operator's laid over them.
//!
//! Each file holds arrays of tables; an entry is known by its `id`. An operator's file of the same
//! name replaces entries with the same id, adds others, and takes out those that say `remove = true`.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// The files that are compiled in, by name.
const BUNDLED: [(&str, &str); 9] = [
    ("benefits.toml", include_str!("../../config/vocabulary/benefits.toml")),
    ("credentials.toml", include_str!("../../config/vocabulary/credentials.toml")),
    ("employers.toml", include_str!("../../config/vocabulary/employers.toml")),
    ("ladder.toml", include_str!("../../config/vocabulary/ladder.toml")),
    ("roles.toml", include_str!("../../config/vocabulary/roles.toml")),
    ("settings.toml", include_str!("../../config/vocabulary/settings.toml")),
    ("specialties.toml", include_str!("../../config/vocabulary/specialties.toml")),
    ("systems.toml", include_str!("../../config/vocabulary/systems.toml")),
    ("warnings.toml", include_str!("../../config/vocabulary/warnings.toml")),
];

/// The operator's table of wages, which replaces the bundled one.
const WAGES: &str = "wages.csv";

/// Counts changes of the coder that are not in the vocabulary: stored postings are coded anew.
const CODER: &[u8] = b"jobrounds coder 1";

/// Says which file of the vocabulary cannot be used, where, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    /// The file is not TOML or has not the shape of its kind.
    #[error("vocabulary `{file}`: {why}")]
    Malformed {
        /// The file's name.
        file: String,
        /// The reader's complaint.
        why: String,
    },
    /// There is no such file to lay over.
    #[error("vocabulary `{file}` is none of {known}")]
    Unknown {
        /// The file's name.
        file: String,
        /// The names that there are.
        known: String,
    },
    /// An entry contradicts another one or names what there is not.
    #[error("vocabulary `{file}`, entry `{entry}`: {why}")]
    Entry {
        /// The file's name.
        file: String,
        /// The entry's id.
        entry: String,
        /// What is wrong.
        why: String,
    },
}

/// One file: its text as compiled in, and its table where an operator's file lies over it.
#[derive(Clone, Debug)]
struct File {
    name: &'static str,
    text: &'static str,
    laid_over: Option<Table>,
}

/// The vocabulary's files, the operator's laid over the compiled ones.
#[derive(Clone, Debug, Default)]
pub struct VocabularyFiles {
    files: Vec<File>,
    wages: Option<String>,
    fingerprint: String,
}

impl VocabularyFiles {
    /// Takes the compiled files and lays the operator's over them: name (`roles.toml`) and text.
    ///
    /// # Errors
    /// Returns [`VocabularyError`] for a file that is not TOML, and for one that no compiled file
    /// has the name of.
    pub fn with_overrides(overrides: &[(String, String)]) -> Result<Self, VocabularyError> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(CODER);
        let mut files: Vec<File> = Vec::with_capacity(BUNDLED.len());
        for (name, text) in BUNDLED {
            hasher.update(text.as_bytes());
            files.push(File { name, text, laid_over: None });
        }
        let mut wages = None;
        for (name, text) in overrides {
            hasher.update(name.as_bytes());
            hasher.update(text.as_bytes());
            if name == WAGES {
                wages = Some(text.clone());
                continue;
            }
            let unknown = || VocabularyError::Unknown { file: name.clone(), known: known_names() };
            let file = files.iter_mut().find(|file| file.name == name).ok_or_else(unknown)?;
            let mut base = match file.laid_over.take() {
                Some(table) => table,
                None => table(name, file.text)?,
            };
            lay_over(&mut base, table(name, text)?);
            file.laid_over = Some(base);
        }
        let fingerprint = hasher.finalize().to_hex().chars().take(12).collect();
        Ok(Self { files, wages, fingerprint })
    }

    /// Gives the operator's table of wages, as CSV, where there is one.
    pub(super) fn wages(&self) -> Option<&str> {
        self.wages.as_deref()
    }

    /// Tells the vocabulary from every other one.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Gives one file as a table; `None` where it is none.
    pub(super) fn table(&self, name: &str) -> Option<Table> {
        self.files.iter().find(|file| file.name == name).and_then(File::table)
    }

    /// Gives every file's name and table.
    pub(super) fn tables(&self) -> impl Iterator<Item = (&str, Table)> {
        self.files.iter().filter_map(|file| Some((file.name, file.table()?)))
    }

    /// Reads one file into its shape. What nobody has laid anything over is read straight from its
    /// text, which spares the start a table.
    pub(super) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<T, VocabularyError> {
        let malformed = |error: toml::de::Error| VocabularyError::Malformed {
            file: name.to_owned(),
            why: error.message().to_owned(),
        };
        let file = self.files.iter().find(|file| file.name == name);
        match file {
            Some(File { laid_over: Some(table), .. }) => table.clone().try_into().map_err(malformed),
            Some(file) => toml::from_str(file.text).map_err(malformed),
            None => toml::from_str("").map_err(malformed),
        }
    }
}

impl File {
    fn table(&self) -> Option<Table> {
        self.laid_over.clone().or_else(|| self.text.parse().ok())
    }
}

fn known_names() -> String {
    BUNDLED.map(|(name, _)| name).into_iter().chain([WAGES]).collect::<Vec<_>>().join(", ")
}

fn table(name: &str, text: &str) -> Result<Table, VocabularyError> {
    text.parse().map_err(|error: toml::de::Error| VocabularyError::Malformed {
        file: name.to_owned(),
        why: error.to_string().trim_end().to_owned(),
    })
}

/// Lays entries over those with the same id.
fn lay_over(base: &mut Table, over: Table) {
    for (key, value) in over {
        let Value::Array(entries) = value else {
            base.insert(key, value);
            continue;
        };
        let Some(Value::Array(known)) = base.get_mut(&key) else {
            base.insert(key, Value::Array(entries));
            continue;
        };
        for entry in entries {
            let id = entry.get("id").and_then(Value::as_str).map(str::to_owned);
            let at =
                known.iter().position(|one| id.is_some() && one.get("id").and_then(Value::as_str) == id.as_deref());
            let removes = entry.get("remove").and_then(Value::as_bool) == Some(true);
            match (at, removes) {
                (Some(at), true) => {
                    known.remove(at);
                }
                (Some(at), false) => {
                    if let Some(place) = known.get_mut(at) {
                        *place = entry;
                    }
                }
                (None, true) => {}
                (None, false) => known.push(entry),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_replaced_added_and_removed_by_id() {
        let mut base: Table = "[[role]]\nid = \"a\"\nn = 1\n[[role]]\nid = \"b\"\n".parse().unwrap();
        let over: Table =
            "[[role]]\nid = \"a\"\nn = 2\n[[role]]\nid = \"b\"\nremove = true\n[[role]]\nid = \"c\"\n".parse().unwrap();
        lay_over(&mut base, over);
        assert_eq!(base.to_string(), "[[role]]\nid = \"a\"\nn = 2\n\n[[role]]\nid = \"c\"\n");
    }

    #[test]
    fn an_unknown_file_is_refused_with_the_names_there_are() {
        let refused = VocabularyFiles::with_overrides(&[("rolls.toml".to_owned(), String::new())]).unwrap_err();
        assert!(refused.to_string().contains("`rolls.toml` is none of"), "{refused}");
    }
}
