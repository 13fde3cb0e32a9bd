//! Checks the vocabulary as `jobrounds vocabulary check` prints it: whether it can be used, what it
//! holds, and what stands twice or has no source.
//!
//! Knows the files only as arrays of tables with `id`, `source` and arrays of strings, so that a
//! file of any part of the coder is checked.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::Coder;
use super::fold::fold;
use super::vocabulary::VocabularyFiles;

/// One entry of a file.
struct Entry<'a> {
    /// The array that it stands in.
    list: &'a str,
    /// Its id, or its place in the array.
    id: String,
    table: &'a Table,
}

/// Tells what the vocabulary holds and what is wrong with it, a line each: first whether the coder
/// can be built of it, then for every file the counts, and the findings behind them.
#[must_use]
pub fn vocabulary_findings(files: &VocabularyFiles) -> Vec<String> {
    let mut lines: Vec<String> = Coder::new(files).err().map(|error| error.to_string()).into_iter().collect();
    let tables: Vec<(&str, Table)> = files.tables().collect();
    let ids: BTreeSet<&str> =
        tables.iter().flat_map(|(_, table)| entries(table)).filter_map(|one| id_of(one.table)).collect();
    for (name, table) in &tables {
        let entries = entries(table);
        let phrases: usize = entries.iter().map(|entry| phrases(entry, &ids).count()).sum();
        lines.push(format!("`{name}`: {} entries, {phrases} phrases", entries.len()));
        lines.extend(without_source(&entries).into_iter().map(|line| format!("`{name}`: {line}")));
        lines.extend(twice(&entries, &ids).into_iter().map(|line| format!("`{name}`: {line}")));
    }
    lines
}

fn entries(table: &Table) -> Vec<Entry<'_>> {
    let lists = table.iter().filter_map(|(list, value)| Some((list.as_str(), value.as_array()?)));
    lists
        .flat_map(|(list, values)| {
            values.iter().enumerate().filter_map(move |(at, value)| {
                let table = value.as_table()?;
                let id = id_of(table).map_or_else(|| format!("number {}", at + 1), str::to_owned);
                Some(Entry { list, id, table })
            })
        })
        .collect()
}

fn id_of(table: &Table) -> Option<&str> {
    table.get("id").and_then(Value::as_str)
}

/// Gives an entry's phrases with the key that they stand under. Ids of other entries and codes
/// without letters are no phrases.
fn phrases<'a>(entry: &Entry<'a>, ids: &BTreeSet<&str>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let arrays = entry.table.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_array()?)));
    let strings = arrays.flat_map(|(key, values)| values.iter().filter_map(move |value| Some((key, value.as_str()?))));
    let own: Vec<(&str, &str)> =
        strings.filter(|(_, phrase)| !ids.contains(phrase) && phrase.contains(|c: char| c.is_alphabetic())).collect();
    own.into_iter()
}

fn without_source(entries: &[Entry<'_>]) -> Vec<String> {
    let named = |entry: &&Entry<'_>| {
        entry.table.get("source").and_then(Value::as_str).is_some_and(|source| !source.trim().is_empty())
    };
    let missing = entries.iter().filter(|entry| !named(entry));
    missing.map(|entry| format!("{} `{}` has no source", entry.list, entry.id)).collect()
}

/// Finds phrases that two entries of one list hold under the same key, and those that one holds twice.
fn twice(entries: &[Entry<'_>], ids: &BTreeSet<&str>) -> Vec<String> {
    let mut holders: BTreeMap<(&str, &str, String), Vec<&str>> = BTreeMap::new();
    for entry in entries {
        for (key, phrase) in phrases(entry, ids) {
            holders.entry((entry.list, key, fold(phrase))).or_default().push(&entry.id);
        }
    }
    let several = holders.into_iter().filter(|(_, holders)| holders.len() > 1);
    several
        .map(|((list, key, phrase), mut holders)| {
            holders.dedup();
            match holders.as_slice() {
                [one] => format!("{list} `{one}` has the phrase `{phrase}` twice in `{key}`"),
                _ => format!("the phrase `{phrase}` stands in `{key}` of {list} `{}`", holders.join("` and `")),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<String> {
        let table: Table = text.parse().unwrap();
        let entries = entries(&table);
        let ids = entries.iter().filter_map(|one| id_of(one.table)).collect();
        [without_source(&entries), twice(&entries, &ids)].concat()
    }

    #[test]
    fn what_stands_twice_or_has_no_source_is_found() {
        let text = "
            [[role]]\nid = \"coder\"\nphrases = [\"Medical Coder\", \"in-patient coder\", \"In Patient Coder\"]\nseries = [\"0675\"]
            [[role]]\nid = \"clerk\"\nphrases = [\"medical coder\"]\nseries = [\"0675\"]\nbelow = [\"coder\"]\nsource = \"usage\"
            [[setting]]\nphrases = [\"medical coder\"]\nbelow = [\"coder\"]\nsource = \" \"";
        assert_eq!(
            findings(text),
            [
                "role `coder` has no source",
                "setting `number 1` has no source",
                "role `coder` has the phrase `in patient coder` twice in `phrases`",
                "the phrase `medical coder` stands in `phrases` of role `coder` and `clerk`",
            ]
        );
    }

    #[test]
    fn the_vocabulary_that_ships_is_usable_and_counted() {
        let lines = vocabulary_findings(&VocabularyFiles::with_overrides(&[]).unwrap());
        assert!(
            lines.iter().any(|line| line.starts_with("`employers.toml`: ") && line.ends_with(" phrases")),
            "{lines:?}"
        );
        assert!(!lines.iter().any(|line| line.starts_with("vocabulary `")), "{lines:?}");
    }

    #[test]
    fn a_vocabulary_that_cannot_be_used_says_so_first() {
        let over = "[[employer]]\nid = \"Zz\"\nname = \"Zz\"\nkind = \"system\"\nsource = \"ours\"".to_owned();
        let files = VocabularyFiles::with_overrides(&[("employers.toml".to_owned(), over)]).unwrap();
        let lines = vocabulary_findings(&files);
        assert!(lines.first().is_some_and(|line| line.contains("entry `Zz`")), "{lines:?}");
        assert!(lines.len() > 1);
    }
}
