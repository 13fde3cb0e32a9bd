//! The configuration in force as TOML, with every secret masked.

use std::path::Path;

use toml::{Table, Value};

use super::load::{Config, Source};
use super::secret::{MASK, is_key, masked_address};

impl Config {
    /// Gives the layers laid over each other as TOML text; secrets are masked, defaults that nobody
    /// set are left to `config example`.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut table = self.merged.clone();
        mask(&mut table);
        toml::to_string_pretty(&table).unwrap_or_default()
    }

    /// Names the configuration files in which a secret itself stands, so that who can read them
    /// can be checked.
    #[must_use]
    pub fn files_with_secrets(&self) -> Vec<&Path> {
        let files = self.sources.iter().filter_map(|source| match source {
            Source::File(path) => Some(path.as_path()),
            _ => None,
        });
        files
            .filter(|path| {
                std::fs::read_to_string(path).is_ok_and(|text| text.parse().is_ok_and(|table| holds_secret(&table)))
            })
            .collect()
    }
}

fn holds_secret(table: &Table) -> bool {
    table.iter().any(|(key, value)| match value {
        Value::Table(inner) => holds_secret(inner),
        Value::String(text) => is_key(key) || (key == "url" && masked_address(text, true) != *text),
        _ => false,
    })
}

fn mask(table: &mut Table) {
    for (key, value) in table.iter_mut() {
        mask_value(key, value);
    }
}

fn mask_value(key: &str, value: &mut Value) {
    match value {
        Value::Table(inner) => mask(inner),
        Value::String(text) if is_key(key) => MASK.clone_into(text),
        // A mail server's address may hold a password, a board's a key.
        Value::String(text) => {
            let server = key == "url" || (key == "source" && text.contains("://"));
            *text = masked_address(text, server);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask_value(key, item)),
        _ => {}
    }
}
