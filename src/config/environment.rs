//! Lays `JOBROUNDS__SECTION__KEY` variables over a configuration table.

use toml::{Table, Value};

/// What every variable of ours begins with.
pub(super) const PREFIX: &str = "JOBROUNDS__";

/// Keys that hold a boolean; every other value stays a text, so that a password of digits stays one.
const BOOLEANS: [&str; 6] = ["enabled", "allow_private_addresses", "details", "personal", "mark_seen", "delete"];
/// Keys that hold a whole number.
const NUMBERS: [&str; 6] = ["raw_max", "max_pages", "max_compressed", "max_decompressed", "max_ratio", "max_redirects"];
/// Keys that hold a list, written as in TOML.
const LISTS: [&str; 6] = ["engines", "lists", "sitemaps", "series", "senders", "list_ids"];

/// Lays the variables over the table and names those that were used.
///
/// A board id's hyphens are written as underscores: `JOBROUNDS__BOARDS__MY_BOARD__ENABLED`.
pub(super) fn overlay(table: &mut Table, variables: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut used: Vec<(String, String)> = variables.filter(|(name, _)| name.starts_with(PREFIX)).collect();
    used.sort_unstable();
    for (name, text) in &used {
        let mut path: Vec<String> = name[PREFIX.len()..].split("__").map(str::to_lowercase).collect();
        if let [section, board, ..] = path.as_mut_slice()
            && section == "boards"
        {
            *board = board.replace('_', "-");
        }
        set(table, &path, text);
    }
    used.into_iter().map(|(name, _)| name).collect()
}

fn set(table: &mut Table, path: &[String], text: &str) {
    match path {
        [] => {}
        [key] => {
            table.insert(key.clone(), value(key, text));
        }
        [section, rest @ ..] => {
            let inner = table.entry(section.clone()).or_insert_with(|| Value::Table(Table::new()));
            if !inner.is_table() {
                *inner = Value::Table(Table::new());
            }
            if let Some(inner) = inner.as_table_mut() {
                set(inner, rest, text);
            }
        }
    }
}

fn value(key: &str, text: &str) -> Value {
    let trimmed = text.trim();
    if BOOLEANS.contains(&key)
        && let Some(switch) = switch(trimmed)
    {
        return Value::Boolean(switch);
    }
    if NUMBERS.contains(&key)
        && let Ok(number) = trimmed.parse()
    {
        return Value::Integer(number);
    }
    if LISTS.contains(&key)
        && let Ok(Some(list)) = toml::from_str::<Table>(&format!("v = {trimmed}")).map(|mut table| table.remove("v"))
    {
        return list;
    }
    Value::String(text.to_owned())
}

/// Reads yes or no as people write them into variables.
fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_fetch_that_is_no_text_can_be_set() {
        let defaults = Table::try_from(crate::fetch::Settings::default()).unwrap();
        for (key, default) in defaults {
            let text = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
            assert_eq!(value(&key, &text), default, "{key}");
        }
        assert_eq!(value("max_pages", "7"), Value::Integer(7));
    }

    #[test]
    fn yes_and_no_are_read_as_people_write_them() {
        for (text, switch) in [("1", true), ("Yes", true), ("on", true), ("0", false), ("no", false), ("OFF", false)] {
            assert_eq!(value("personal", text), Value::Boolean(switch), "{text}");
        }
        assert_eq!(value("password", "[1]"), Value::String("[1]".into()), "a password is a text");
    }

    #[test]
    fn variables_reach_sections_boards_and_lists() {
        let mut table: Table = toml::from_str("[fetch]\ncontact = 'https://a.example'").unwrap();
        let variables = [
            ("JOBROUNDS__FETCH__ALLOW_PRIVATE_ADDRESSES", "true"),
            ("JOBROUNDS__BOARDS__MY_BOARD__SERIES", "[\"0675\"]"),
            ("JOBROUNDS__MAIL__PASSWORD", "12345"),
            ("HOME", "/root"),
        ];
        let used = overlay(&mut table, variables.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())));
        assert_eq!(used.len(), 3);
        assert_eq!(table["fetch"]["allow_private_addresses"].as_bool(), Some(true));
        assert_eq!(table["fetch"]["contact"].as_str(), Some("https://a.example"));
        assert_eq!(table["boards"]["my-board"]["series"][0].as_str(), Some("0675"));
        assert_eq!(table["mail"]["password"].as_str(), Some("12345"));
    }
}
