//! Finds the configuration, lays its layers over each other, and checks the whole.
//!
//! Order, later wins: built-in boards, `boards/*.toml` beside the file, the file, the environment.

use std::fs;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::check::check;
use super::file::{ConfigFile, MailSettings, RetentionSettings, WebSettings};
use super::{environment, secret};
use crate::board::{Board, BoardError, BoardFile, builtin_files};
use crate::model::BoardId;
use crate::telemetry::logs;
use crate::{fetch, store};

/// Where a layer of the configuration came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Compiled in.
    BuiltIn,
    /// A file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
}

/// The whole configuration, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// `[store]`, its path made absolute against the file's folder.
    pub store: store::Settings,
    /// `[fetch]`.
    pub fetch: fetch::Settings,
    /// Every board, in order of id.
    pub boards: Vec<Board>,
    /// `[web]`.
    pub web: WebSettings,
    /// `[mail]`, its directory made absolute likewise.
    pub mail: MailSettings,
    /// `[retention]`.
    pub retention: RetentionSettings,
    /// `[log]`.
    pub log: logs::Settings,
    /// Files that hold a secret alone, with the keys that name them.
    pub secret_files: Vec<(String, PathBuf)>,
    /// The folder whose `boards/` holds the operator's board files.
    pub home: PathBuf,
    /// What stands in `vocabulary/` beside the file, by name: laid over the compiled vocabulary.
    pub vocabulary: Vec<(String, String)>,
    /// The layers that were read, first to last.
    pub sources: Vec<Source>,
    /// The layers laid over each other, for `config show`.
    pub(super) merged: Table,
}

/// Says what is wrong with the configuration, where, and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not TOML, or holds what it must not.
    #[error("{}{hint}\n{message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// A suggestion, led by a colon.
        hint: String,
        /// The reader's complaint with line, column and caret.
        message: String,
    },
    /// The layers together hold what they must not.
    #[error("`{key}`: {message}{hint} (set by the environment?)")]
    Merged {
        /// The path of the key.
        key: String,
        /// The complaint.
        message: String,
        /// A suggestion.
        hint: String,
    },
    /// A board's id cannot be used.
    #[error(transparent)]
    BoardId(#[from] crate::model::InvalidId),
    /// A board's table cannot be used.
    #[error(transparent)]
    Board(#[from] BoardError),
    /// A file with a secret cannot be read.
    #[error("{owner}: cannot read `{key}` {} ({remedy})", path.display())]
    SecretFile {
        /// Whose secret.
        owner: String,
        /// The key that names the file.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
        /// What would help.
        remedy: &'static str,
    },
    /// A value cannot be used.
    #[error("`{key}`: {why}")]
    Value {
        /// The path of the key.
        key: &'static str,
        /// Why.
        why: String,
    },
}

/// Loads the configuration: `explicit`, else the user's file, else the machine's, else defaults.
///
/// # Errors
/// Returns [`ConfigError`] for the first thing that cannot be used.
pub fn load(explicit: Option<&Path>, variables: &[(String, String)]) -> Result<Config, ConfigError> {
    let path = match explicit {
        Some(path) => Some(path.to_owned()),
        None => default_paths(variables).into_iter().find(|path| path.is_file()),
    };
    let mut sources = vec![Source::BuiltIn];
    let mut merged = builtin_boards()?;
    let folder = path.as_deref().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
    // Board files are read also where nothing else is configured.
    let home = if path.is_some() { folder.clone() } else { default_home(variables) };
    for file in board_files(&home.join("boards"))? {
        let id = BoardId::new(&file.file_stem().unwrap_or_default().to_string_lossy())?;
        let table = read_table::<BoardFile>(&file)?;
        lay_over(&mut merged, wrap(id.as_str(), table));
        sources.push(Source::File(file));
    }
    if let Some(path) = &path {
        lay_over(&mut merged, read_table::<ConfigFile>(path)?);
        sources.push(Source::File(path.clone()));
    }
    let mut from_environment = Table::new();
    let used = environment::overlay(&mut from_environment, variables.iter().cloned());
    lay_over(&mut merged, from_environment);
    sources.extend(used.into_iter().map(Source::Variable));
    let vocabulary = vocabulary_files(&home.join("vocabulary"))?;
    Ok(Config { home, vocabulary, ..settle(merged, &folder, sources)? })
}

/// Loads the built-in boards with these variables over them, and no file.
///
/// # Errors
/// Returns [`ConfigError`] as [`load`] does.
pub fn built_in(variables: &[(String, String)]) -> Result<Config, ConfigError> {
    let mut merged = builtin_boards()?;
    let mut from_environment = Table::new();
    environment::overlay(&mut from_environment, variables.iter().cloned());
    lay_over(&mut merged, from_environment);
    settle(merged, Path::new(""), vec![Source::BuiltIn])
}

/// Gives `$XDG_CONFIG_HOME/jobrounds/jobrounds.toml` (or `~/.config/…`), then the machine's.
fn default_paths(variables: &[(String, String)]) -> Vec<PathBuf> {
    let variable =
        |name: &str| variables.iter().find(|(known, text)| known == name && !text.is_empty()).map(|(_, text)| text);
    let home = variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| variable("HOME").map(|home| Path::new(home).join(".config")));
    let user = home.map(|home| home.join("jobrounds/jobrounds.toml"));
    user.into_iter().chain([PathBuf::from("/etc/jobrounds/jobrounds.toml")]).collect()
}

/// Gives the folder of the first default file that has board files beside it, else the user's.
fn default_home(variables: &[(String, String)]) -> PathBuf {
    let folders: Vec<PathBuf> =
        default_paths(variables).iter().filter_map(|path| path.parent()).map(Path::to_owned).collect();
    let with_boards = folders.iter().find(|folder| folder.join("boards").is_dir());
    with_boards.or(folders.first()).cloned().unwrap_or_default()
}

fn builtin_boards() -> Result<Table, ConfigError> {
    let mut merged = Table::new();
    for (id, text) in builtin_files() {
        let path = PathBuf::from(format!("config/boards/{id}.toml"));
        let table = checked_table::<BoardFile>(&path, text)?;
        lay_over(&mut merged, wrap(id, table));
    }
    Ok(merged)
}

/// Puts a board's table where the whole file has it.
fn wrap(id: &str, table: Table) -> Table {
    let boards = Table::from_iter([(id.to_owned(), Value::Table(table))]);
    Table::from_iter([("boards".to_owned(), Value::Table(boards))])
}

/// Reads the operator's vocabulary: TOML files, and wages as CSV.
fn vocabulary_files(folder: &Path) -> Result<Vec<(String, String)>, ConfigError> {
    let mut files = Vec::new();
    for path in files_in(folder, &["toml", "csv"])? {
        let text =
            fs::read_to_string(&path).map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
        files.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text));
    }
    Ok(files)
}

fn board_files(folder: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    files_in(folder, &["toml"])
}

/// Gives a folder's files with one of these endings, in order of name; no folder has none.
fn files_in(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, ConfigError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |source| ConfigError::Unreadable { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn read_table<T: DeserializeOwned>(path: &Path) -> Result<Table, ConfigError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    checked_table::<T>(path, &text)
}

/// Reads a text as `T`, for its message with line and caret, and gives it as a table.
fn checked_table<T: DeserializeOwned>(path: &Path, text: &str) -> Result<Table, ConfigError> {
    let malformed = |error: toml::de::Error| ConfigError::Malformed {
        path: path.to_owned(),
        hint: suggestion(error.message()).map_or_else(String::new, |near| format!(": did you mean `{near}`?")),
        message: complaint(text, &error),
    };
    toml::from_str::<T>(text).map_err(malformed)?;
    toml::from_str::<Table>(text).map_err(malformed)
}

/// Gives the reader's complaint with line and caret; without the line where it may hold a secret.
fn complaint(text: &str, error: &toml::de::Error) -> String {
    let at = error.span().unwrap_or_default();
    if !secret::may_stand_at(text, &at) {
        return error.to_string().trim_end().to_owned();
    }
    let line = text.get(..at.start).unwrap_or(text).matches('\n').count() + 1;
    let message = error.message();
    // Other complaints than this one quote the value.
    let named = message.starts_with("unknown field") || message.starts_with("duplicate key");
    let told = if named { message.to_owned() } else { "is not what is expected; write a text in quotes".to_owned() };
    format!("line {line}, not shown because it may hold a secret: {told}")
}

/// Finds the known key nearest to an unknown one, in serde's complaint about it.
fn suggestion(message: &str) -> Option<&str> {
    let mut names = message.strip_prefix("unknown field `")?.split('`');
    let seen = names.next()?;
    let known = names.skip(1).step_by(2);
    let rated = known.map(|name| (strsim::damerau_levenshtein(seen, name), name));
    rated.min().filter(|(distance, name)| *distance <= 2.max(name.len() / 3)).map(|(_, name)| name)
}

/// Keys that say the same in two ways.
const EXCLUDING: [(&str, &str); 4] =
    [("engine", "engines"), ("schedule", "every"), ("api_key", "api_key_file"), ("password", "password_file")];

/// Lays `upper` over `lower`, table by table. What excludes each other replaces each other.
fn lay_over(lower: &mut Table, upper: Table) {
    for (one, other) in EXCLUDING {
        if upper.contains_key(one) {
            lower.remove(other);
        }
        if upper.contains_key(other) {
            lower.remove(one);
        }
    }
    for (key, value) in upper {
        match (lower.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                lower.insert(key, value);
            }
        }
    }
}

fn settle(merged: Table, folder: &Path, sources: Vec<Source>) -> Result<Config, ConfigError> {
    let file: ConfigFile = serde_path_to_error::deserialize(Value::Table(merged.clone())).map_err(|error| {
        let message = error.inner().message().to_owned();
        let hint = suggestion(&message).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        ConfigError::Merged { key: error.path().to_string(), message, hint }
    })?;
    let mut boards = Vec::with_capacity(file.boards.len());
    let mut secret_files = Vec::new();
    for (id, table) in file.boards {
        let key_file = table.api_key_file.as_ref().map(|path| (format!("boards.{id}.api_key_file"), folder.join(path)));
        secret_files.extend(key_file);
        boards.push(settle_board(BoardId::new(&id)?, table, folder)?);
    }
    let mut mail = file.mail;
    mail.directory = folder.join(&mail.directory).to_string_lossy().into_owned();
    if let Some(path) = &mail.password_file {
        let remedy = "create it, or leave `mail.password_file` out";
        mail.password = Some(secret_in("mail".into(), "password_file", &folder.join(path), remedy)?);
        secret_files.push(("mail.password_file".into(), folder.join(path)));
    }
    let bounces = &mut mail.bounces;
    if let Some(path) = bounces.source.as_mut().filter(|source| !source.is_empty() && !source.contains("://")) {
        *path = folder.join(&*path).to_string_lossy().into_owned();
    }
    if let (None, Some(path)) = (&bounces.password, &bounces.password_file) {
        let remedy = "create it, or name another in `mail.bounces.password_file`";
        bounces.password = Some(secret_in("mail.bounces".into(), "password_file", &folder.join(path), remedy)?);
        secret_files.push(("mail.bounces.password_file".into(), folder.join(path)));
    }
    let mut store = file.store;
    if store.path.as_os_str().is_empty() {
        return Err(ConfigError::Value {
            key: "store.path",
            why: "is empty: name a file, such as `jobrounds.db`".into(),
        });
    }
    store.path = folder.join(&store.path);
    let (fetch, web, retention, log) = (file.fetch, file.web, file.retention, file.log);
    let (home, vocabulary) = (folder.to_owned(), Vec::new());
    let config =
        Config { store, fetch, boards, web, mail, retention, log, secret_files, home, vocabulary, sources, merged };
    check(&config)?;
    Ok(config)
}

fn settle_board(id: BoardId, mut table: BoardFile, folder: &Path) -> Result<Board, ConfigError> {
    if let Some(mail) = &mut table.mail {
        // Relative paths are taken from the file's folder, as everywhere.
        if let Some(path) = mail.source.as_mut().filter(|source| !source.is_empty() && !source.contains("://")) {
            *path = folder.join(&*path).to_string_lossy().into_owned();
        }
        if let (None, Some(path)) = (&mail.password, &mail.password_file) {
            let remedy = "create it, or name another in `mail.password_file`";
            mail.password = Some(secret_in(format!("board `{id}`"), "mail.password_file", &folder.join(path), remedy)?);
        }
    }
    let key = match (&table.api_key, &table.api_key_file) {
        (Some(key), _) => Some(key.clone()),
        (None, Some(path)) => {
            let remedy = "create it, or leave the key out to read the key-less API";
            Some(secret_in(format!("board `{id}`"), "api_key_file", &folder.join(path), remedy)?)
        }
        (None, None) => None,
    };
    Ok(Board::settle(id, table, key)?)
}

fn secret_in(owner: String, key: &'static str, path: &Path, remedy: &'static str) -> Result<SecretString, ConfigError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(SecretString::from(text.trim().to_owned())),
        Err(source) => Err(ConfigError::SecretFile { owner, key, path: path.to_owned(), source, remedy }),
    }
}
