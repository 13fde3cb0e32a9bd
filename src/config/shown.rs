//! The configuration in force as TOML, with every secret masked.

use toml::{Table, Value};

use super::load::Config;

/// Keys whose values are never shown.
const SECRETS: [&str; 2] = ["api_key", "password"];

impl Config {
    /// Gives the layers laid over each other as TOML text; secrets are masked, defaults that nobody
    /// set are left to `config example`.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut table = self.merged.clone();
        mask(&mut table);
        toml::to_string_pretty(&table).unwrap_or_default()
    }
}

fn mask(table: &mut Table) {
    for (key, value) in table.iter_mut() {
        match value {
            Value::Table(inner) => mask(inner),
            Value::String(text) if SECRETS.contains(&key.as_str()) => "(secret)".clone_into(text),
            // A mail server's address may hold a password.
            Value::String(text) if key == "url" => *text = without_password(text),
            _ => {}
        }
    }
}

fn without_password(text: &str) -> String {
    match url::Url::parse(text) {
        Ok(mut url) if url.password().is_some() => {
            let _ = url.set_password(Some("(secret)"));
            url.to_string()
        }
        _ => text.to_owned(),
    }
}
