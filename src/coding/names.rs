//! Finds a code by what people call it, for filters: `RHIT`, `Registered Health Information
//! Technician`, `inpatient coding`.

use std::sync::OnceLock;

use super::fold::fold;
use super::vocabulary::VocabularyFiles;
use crate::model::CodeKind;

/// Gives the file and the array of tables in it that hold codes of a kind.
fn place(kind: CodeKind) -> (&'static str, &'static str) {
    match kind {
        CodeKind::Role => ("roles.toml", "role"),
        CodeKind::Credential => ("credentials.toml", "credential"),
        CodeKind::Setting => ("settings.toml", "setting"),
        CodeKind::Shift => ("ladder.toml", "shift"),
        CodeKind::CodingSystem => ("systems.toml", "coding_system"),
        CodeKind::Software => ("systems.toml", "software"),
        CodeKind::Specialty => ("specialties.toml", "specialty"),
        CodeKind::Benefit => ("benefits.toml", "benefit"),
    }
}

/// Gives the member of an entry that is the code's id: entries of shifts are ways to say one.
fn id_key(kind: CodeKind) -> &'static str {
    if kind == CodeKind::Shift { "shift" } else { "id" }
}

fn noun(kind: CodeKind) -> &'static str {
    match kind {
        CodeKind::Role => "a role",
        CodeKind::Credential => "a credential",
        CodeKind::Setting => "a setting",
        CodeKind::Shift => "a shift",
        CodeKind::CodingSystem => "a coding system",
        CodeKind::Software => "software that is known",
        CodeKind::Specialty => "a specialty",
        CodeKind::Benefit => "a benefit",
    }
}

/// Says that there is no such code, and which there are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{seen}` is not {noun}{near}: use one of {known}")]
pub struct UnknownCode {
    seen: String,
    noun: &'static str,
    near: String,
    known: String,
}

/// One code with everything it is called.
#[derive(Debug)]
struct Named {
    id: String,
    /// What stands in lists for people: the code, or else the id.
    shown: String,
    /// What it is called in words, where that is more than its code.
    words: Option<String>,
    names: Vec<String>,
}

/// All codes by kind.
///
/// Read when they are first asked for: coding needs none of them.
#[derive(Debug)]
pub(super) struct Names {
    files: VocabularyFiles,
    codes: OnceLock<Vec<(CodeKind, Vec<Named>)>>,
}

impl Names {
    /// Remembers the files to gather them from.
    pub(super) fn new(files: &VocabularyFiles) -> Self {
        Self { files: files.clone(), codes: OnceLock::new() }
    }

    fn of(&self, kind: CodeKind) -> &[Named] {
        let all = self
            .codes
            .get_or_init(|| CodeKind::ALL.into_iter().map(|kind| (kind, entries(&self.files, kind))).collect());
        all.iter().find(|(known, _)| *known == kind).map_or(&[], |(_, named)| named)
    }

    /// Gives the ids of one kind, in the order of the file.
    pub(super) fn ids(&self, kind: CodeKind) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for named in self.of(kind) {
            if !ids.contains(&named.id.as_str()) {
                ids.push(&named.id);
            }
        }
        ids
    }

    /// Gives the ids of one kind with what people call them, in the order of the file.
    pub(super) fn choices(&self, kind: CodeKind) -> Vec<(&str, &str)> {
        let mut choices: Vec<(&str, &str)> = Vec::new();
        for named in self.of(kind) {
            if !choices.iter().any(|(id, _)| *id == named.id) {
                choices.push((&named.id, named.words.as_deref().unwrap_or(&named.shown)));
            }
        }
        choices
    }

    /// Finds a code by id or name.
    pub(super) fn find(&self, kind: CodeKind, text: &str) -> Result<String, UnknownCode> {
        let wanted = fold(text);
        let codes = self.of(kind);
        let found = codes.iter().find(|named| named.names.contains(&wanted));
        found.map(|named| named.id.clone()).ok_or_else(|| refused(kind, codes, text))
    }
}

fn refused(kind: CodeKind, codes: &[Named], text: &str) -> UnknownCode {
    let wanted = fold(text);
    let likeness =
        |named: &Named| named.names.iter().map(|name| strsim::jaro_winkler(name, &wanted)).fold(0.0_f64, f64::max);
    let near = codes.iter().map(|named| (likeness(named), named)).max_by(|a, b| a.0.total_cmp(&b.0));
    let near = near.filter(|(likeness, _)| *likeness > 0.85);
    UnknownCode {
        seen: text.trim().to_owned(),
        noun: noun(kind),
        near: near.map_or_else(String::new, |(_, named)| format!(", did you mean {}", named.shown)),
        known: codes.iter().map(|named| named.shown.as_str()).collect::<Vec<_>>().join(", "),
    }
}

/// Reads `id`, `code`, `codes`, `name`, `names`, `phrases` and `aliases` of a kind's entries. One that is
/// `coded_as` another one, since it was renamed, leads there.
fn entries(files: &VocabularyFiles, kind: CodeKind) -> Vec<Named> {
    let (file, array) = place(kind);
    let table = files.table(file);
    let found = table.as_ref().and_then(|table| table.get(array)).and_then(toml::Value::as_array);
    found.into_iter().flatten().filter_map(|entry| named(entry, id_key(kind))).collect()
}

fn named(entry: &toml::Value, id_key: &str) -> Option<Named> {
    let text = |key: &str| entry.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    // `none` marks ways to say that there is none.
    let id = text(id_key).filter(|id| id != "none")?;
    let local = id.split_once(':').map(|(_, local)| local.to_owned());
    let lists = ["names", "phrases", "aliases", "codes"].into_iter().filter_map(|key| entry.get(key)?.as_array());
    let listed = lists.flatten().filter_map(toml::Value::as_str).map(str::to_owned);
    let single = ["code", "name"].into_iter().filter_map(text);
    let all: Vec<String> = [Some(id.clone()), local].into_iter().flatten().chain(single).chain(listed).collect();
    let mut names: Vec<String> = all.iter().map(|name| fold(name)).collect();
    names.sort_unstable();
    names.dedup();
    let first_code = entry.get("codes").and_then(|codes| codes.as_array()?.first()?.as_str()).map(str::to_owned);
    let shown = text("code").or(first_code).unwrap_or_else(|| id.clone());
    Some(Named { shown, words: text("name"), id: text("coded_as").unwrap_or(id), names })
}
