//! The alias table `employers.toml`: its shape, and what must hold in it.

use std::collections::HashMap;

use serde::Deserialize;

use super::folding::same_employer_key;
use crate::coding::vocabulary::{VocabularyError, VocabularyFiles};

/// The file's name.
pub(super) const FILE: &str = "employers.toml";

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// It employs those it hires: a hospital, a government's body, a vendor with staff of its own.
    Employer,
    /// It stands above employers.
    System,
    /// It recruits for others.
    Agency,
}

/// One employer, system or agency.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    #[serde(default)]
    aliases: Vec<String>,
    /// Names that begin so are employers below this one.
    #[serde(default)]
    heads: Vec<String>,
    /// Names that end so likewise.
    #[serde(default)]
    tails: Vec<String>,
    pub(super) parent: Option<String>,
    #[serde(rename = "source")]
    _source: String,
}

/// Words of one meaning.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordList {
    #[serde(rename = "id")]
    _id: String,
    pub(super) words: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

/// The file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    employer: Vec<Entry>,
    placeholder: Vec<WordList>,
    shared: Vec<WordList>,
    agency: Vec<WordList>,
}

/// The file made ready.
#[derive(Debug)]
pub(super) struct AliasTable {
    entries: Vec<Entry>,
    by_name: HashMap<String, usize>,
    /// By key without blanks, so that `MedStar` and `Med Star` are one; `None` where that is two.
    squeezed: HashMap<String, Option<usize>>,
    heads: HashMap<String, usize>,
    tails: HashMap<String, usize>,
    /// Words that make up names of nobody.
    pub(super) placeholders: Vec<WordList>,
    /// Words that many employers' names are made of.
    pub(super) shared: Vec<WordList>,
    /// Phrases in names of agencies.
    pub(super) agencies: Vec<WordList>,
}

impl AliasTable {
    /// Reads and checks the file.
    pub(super) fn new(files: &VocabularyFiles) -> Result<Self, VocabularyError> {
        let file: File = files.read(FILE)?;
        let ids: HashMap<&str, usize> =
            file.employer.iter().enumerate().map(|(at, one)| (one.id.as_str(), at)).collect();
        for (at, entry) in file.employer.iter().enumerate() {
            check_shape(entry)?;
            if ids.get(entry.id.as_str()) != Some(&at) {
                return Err(wrong(&entry.id, "the id stands twice; give one entry both spellings".to_owned()));
            }
            check_parents(entry, &file.employer, &ids)?;
        }
        let by_name = index(&file.employer, |entry| std::iter::once(&entry.name).chain(&entry.aliases))?;
        let heads = index(&file.employer, |entry| entry.heads.iter())?;
        let tails = index(&file.employer, |entry| entry.tails.iter())?;
        let mut squeezed = HashMap::with_capacity(by_name.len());
        for (name, at) in &by_name {
            let known = squeezed.entry(name.replace(' ', "")).or_insert(Some(*at));
            *known = known.filter(|one| one == at);
        }
        let File { employer: entries, placeholder: placeholders, shared, agency: agencies } = file;
        Ok(Self { entries, by_name, squeezed, heads, tails, placeholders, shared, agencies })
    }

    /// Finds the entry of a folded name.
    pub(super) fn named(&self, key: &str) -> Option<&Entry> {
        self.entries.get(*self.by_name.get(key)?)
    }

    /// Finds the entry of a folded name that is parted into words otherwise.
    pub(super) fn parted(&self, key: &str) -> Option<&Entry> {
        self.entries.get((*self.squeezed.get(&key.replace(' ', ""))?)?)
    }

    /// Finds an entry by its id.
    pub(super) fn by_id(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// Finds the entry that a longer name begins or ends with.
    pub(super) fn above(&self, key: &str) -> Option<&Entry> {
        let blanks = || key.match_indices(' ').map(|(at, _)| at);
        let begin = |end: usize| self.heads.get(key.get(..end)?);
        let end = |at: usize| self.tails.get(key.get(at..)?);
        // The longest beginning counts; an ending only where no beginning does.
        let head = begin(key.len()).or_else(|| blanks().rev().find_map(begin));
        let found = head.or_else(|| end(0)).or_else(|| blanks().find_map(|at| end(at + 1)));
        self.entries.get(*found?)
    }
}

fn wrong(entry: &str, why: String) -> VocabularyError {
    VocabularyError::Entry { file: FILE.to_owned(), entry: entry.to_owned(), why }
}

fn plain(name: &str) -> String {
    same_employer_key(name).replace('-', " ")
}

fn check_shape(entry: &Entry) -> Result<(), VocabularyError> {
    let words = entry.id.split('-');
    let sound = words
        .clone()
        .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    if !sound {
        return Err(wrong(
            &entry.id,
            "an id is lower-case words with hyphens, such as `mercy-health-toledo`".to_owned(),
        ));
    }
    if entry.kind == Kind::Employer && !(entry.heads.is_empty() && entry.tails.is_empty()) {
        return Err(wrong(&entry.id, "has heads or tails, so its kind must be `system` or `agency`".to_owned()));
    }
    Ok(())
}

/// Checks that what stands above an entry is there and does not lead back to it.
fn check_parents(entry: &Entry, entries: &[Entry], ids: &HashMap<&str, usize>) -> Result<(), VocabularyError> {
    let mut above = entry.parent.as_deref();
    let mut steps = 0;
    while let Some(id) = above {
        let Some(parent) = ids.get(id).and_then(|at| entries.get(*at)) else {
            let why = format!("its parent `{id}` is no entry; add it or leave the parent out");
            return Err(wrong(&entry.id, why));
        };
        steps += 1;
        if parent.id == entry.id || steps > entries.len() {
            return Err(wrong(&entry.id, format!("stands above itself by way of `{id}`")));
        }
        above = parent.parent.as_deref();
    }
    Ok(())
}

/// Indexes entries by names; one name for two entries is an error.
fn index<'a, Names: Iterator<Item = &'a String>>(
    entries: &'a [Entry],
    names: impl Fn(&'a Entry) -> Names,
) -> Result<HashMap<String, usize>, VocabularyError> {
    let mut found = HashMap::with_capacity(entries.len() * 4);
    for (at, entry) in entries.iter().enumerate() {
        for name in names(entry) {
            let key = plain(name);
            if key.is_empty() {
                return Err(wrong(&entry.id, format!("the name `{name}` holds no word")));
            }
            let before = found.insert(key, at).filter(|before| *before != at).and_then(|before| entries.get(before));
            if let Some(other) = before {
                return Err(wrong(&entry.id, format!("the name `{name}` is that of `{}` too; keep one", other.id)));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        let files = VocabularyFiles::with_overrides(&[(FILE.to_owned(), text.to_owned())]).unwrap();
        AliasTable::new(&files).unwrap_err().to_string()
    }

    fn entry(id: &str, rest: &str) -> String {
        format!("[[employer]]\nid = \"{id}\"\nname = \"{id} x\"\nkind = \"system\"\nsource = \"usage\"\n{rest}\n")
    }

    #[test]
    fn the_table_that_ships_is_sound() {
        let table = AliasTable::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap();
        assert!(table.entries.len() >= 150, "{}", table.entries.len());
    }

    #[test]
    fn wrong_entries_are_named_with_what_would_be_right() {
        let twice = entry("zz-a", "aliases = [\"Zz Same, Inc.\"]") + &entry("zz-b", "aliases = [\"ZZ SAME\"]");
        assert!(refusal(&twice).contains("entry `zz-b`: the name `ZZ SAME` is that of `zz-a` too"));
        assert!(refusal(&entry("zz-a", "parent = \"zz-none\"")).contains("its parent `zz-none` is no entry"));
        let cycle = entry("zz-a", "parent = \"zz-b\"") + &entry("zz-b", "parent = \"zz-a\"");
        assert!(refusal(&cycle).contains("stands above itself"));
        assert!(refusal(&entry("Zz A", "")).contains("lower-case words with hyphens"));
        assert!(refusal(&entry("zz-a", "aliases = [\"...\"]")).contains("holds no word"));
        let head = entry("zz-a", "heads = [\"Zz\"]").replace("\"system\"", "\"employer\"");
        assert!(refusal(&head).contains("must be `system` or `agency`"));
        assert!(refusal(&entry("zz-a", "alias = []")).contains("unknown field"));
    }
}
