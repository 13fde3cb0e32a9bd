//! Which role a posting offers: by guard, by listed title, by rule, and where the title leaves the
//! kind open by the body's clear words.

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;

use super::super::fold::fold;
use super::super::phrases::PhraseSet;
use super::super::reading::Reading;
use super::super::vocabulary::{VocabularyError, VocabularyFiles};
use super::cues::{Cue, Heard};
use super::kinds::{KindEntry, Kinds};
use super::rules::{Alternatives, Found, Pattern};
use super::title::{KeyEntry, NoiseEntry, SpellingEntry, Spellings, TitleWords};
use super::{FILE_OF_ROLES, entry_error};
use crate::model::{Codes, Field, Posting};

/// The shape of `roles.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RolesFile {
    role: Vec<RoleEntry>,
    spelling: Vec<SpellingEntry>,
    key: Vec<KeyEntry>,
    noise: Vec<NoiseEntry>,
    title: Vec<TitleEntry>,
    guard: Vec<GuardEntry>,
    rule: Vec<RuleEntry>,
    kind: Vec<KindEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleEntry {
    id: String,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    name: String,
    soc: Option<String>,
    #[serde(default)]
    series: Vec<String>,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TitleEntry {
    id: String,
    role: String,
    soc: Option<String>,
    series: Option<Vec<String>>,
    open: Option<String>,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GuardEntry {
    id: String,
    all: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
    #[serde(default)]
    employer: Vec<String>,
    #[serde(default)]
    body: Vec<String>,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    id: String,
    role: String,
    all: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
    #[serde(default)]
    in_order: bool,
    open: Option<String>,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    source: String,
}

/// What a title tells of the role.
#[derive(Clone, Debug)]
struct Verdict {
    role: usize,
    open: Option<usize>,
    soc: Option<String>,
    series: Option<Vec<String>>,
    source: Option<String>,
}

#[derive(Debug)]
struct Guard {
    pattern: Pattern,
    by_employer: bool,
    by_body: bool,
}

/// Roles, titles, guards and rules made ready.
#[derive(Debug)]
pub(super) struct Roles {
    entries: Vec<RoleEntry>,
    other: usize,
    spellings: Spellings,
    titles: HashMap<String, Verdict>,
    guards: Vec<Guard>,
    guard_employers: PhraseSet<u16>,
    guard_bodies: Vec<(String, u16)>,
    rules: Vec<(Pattern, Verdict)>,
    alternatives: PhraseSet<u16>,
    kinds: Kinds,
}

/// The words of a title and what they tell.
#[derive(Debug)]
struct Told {
    verdict: Verdict,
    /// The words that tell it, in the folded title.
    words: Range<usize>,
}

impl Roles {
    /// Builds it from the file.
    ///
    /// # Errors
    /// Returns [`VocabularyError`] for an entry that names a role or a group of kinds there is not,
    /// and for a title that is listed twice with different roles.
    pub(super) fn new(files: &VocabularyFiles) -> Result<Self, VocabularyError> {
        let file: RolesFile = files.read(FILE_OF_ROLES)?;
        let spellings = spellings(&file);
        let names = Names::new(&file)?;
        let titles = titles(&file.title, &names, &spellings)?;
        let mut alternatives = Alternatives::default();
        let guards = guards(&file.guard, &mut alternatives, &spellings)?;
        let mut rules = Vec::with_capacity(file.rule.len());
        for entry in &file.rule {
            let pattern = Pattern::new((&entry.all, &entry.none), entry.in_order, &mut alternatives, &spellings);
            rules.push((pattern, names.verdict(&entry.id, &entry.role, entry.open.as_deref())?));
        }
        let numbered = |words: fn(&GuardEntry) -> &[String]| -> Vec<(String, u16)> {
            file.guard
                .iter()
                .zip(0u16..)
                .flat_map(|(guard, at)| words(guard).iter().map(move |w| (w.clone(), at)))
                .collect()
        };
        Ok(Self {
            other: names.role("other", "other")?,
            spellings,
            titles,
            guards,
            guard_employers: PhraseSet::new(numbered(|guard| &guard.employer)),
            guard_bodies: numbered(|guard| &guard.body),
            rules,
            alternatives: alternatives.phrases(),
            kinds: names.kinds,
            entries: file.role,
        })
    }

    /// Gives the body's words that decide on roles, for the one scan of the body.
    pub(super) fn cues(&self) -> impl Iterator<Item = (String, Cue)> + '_ {
        let guards = self.guard_bodies.iter().map(|(words, guard)| (words.clone(), Cue::Guard(*guard)));
        guards.chain(self.kinds.cues())
    }

    /// Gives the title spelled out, with ranks kept.
    pub(super) fn spell_out(&self, title: &Reading<'_>) -> TitleWords {
        self.spellings.spell_out(&title.folded)
    }

    /// Codes role, occupation and series.
    pub(super) fn code(
        &self,
        posting: &Posting,
        (title, body): (&Reading<'_>, &Reading<'_>),
        heard: &[Heard<'_>],
        codes: &mut Codes,
    ) {
        let words = self.spellings.read(&title.folded);
        if words.text.is_empty() {
            return;
        }
        let told = self.told(posting, &words, heard);
        let quoted = title.written(&told.words);
        let open = told.verdict.open.and_then(|group| self.kinds.decide(group, heard));
        let verdict = &told.verdict;
        let role = open.as_ref().map_or(verdict.role, |kind| kind.role);
        let Some(entry) = self.entries.get(role) else { return };
        codes.role = match &open {
            Some(kind) => Field::derived(body.written(&kind.words), entry.id.clone(), body.evidence(kind.words.start)),
            None => Field::derived(quoted, entry.id.clone(), title.original),
        };
        // What a title's own entry says of the occupation holds only for the role it names.
        let own = Some(verdict).filter(|_| role == verdict.role);
        let own_soc = own.and_then(|verdict| verdict.soc.clone());
        let source = own.filter(|v| v.soc.is_some()).and_then(|v| v.source.as_deref());
        if let Some(soc) = own_soc.or_else(|| entry.soc.clone()) {
            let why = source.map_or_else(|| format!("role `{}`", entry.id), |source| format!("title, after {source}"));
            codes.soc = Field::derived(quoted, soc, why);
        }
        if posting.series.get().is_none_or(Vec::is_empty) {
            let series = own.and_then(|verdict| verdict.series.clone());
            codes.series = series.unwrap_or_else(|| entry.series.clone());
        }
    }

    fn told(&self, posting: &Posting, words: &TitleWords, heard: &[Heard<'_>]) -> Told {
        let found = Found::of(&words.text, &self.alternatives);
        let whole = 0..words.text.len();
        let other = || Verdict { role: self.other, open: None, soc: None, series: None, source: None };
        if let Some(range) = self.guarded(posting, &found, heard) {
            return Told { verdict: other(), words: words.folded(&range) };
        }
        let core = self.spellings.core(words);
        if let Some(verdict) = self.titles.get(&core.text) {
            return Told { verdict: verdict.clone(), words: core.folded(&(0..core.text.len())) };
        }
        for (pattern, verdict) in &self.rules {
            if let Some(range) = pattern.matched(&found) {
                return Told { verdict: verdict.clone(), words: words.folded(&range) };
            }
        }
        Told { verdict: other(), words: words.folded(&whole) }
    }

    /// Tells whether words that look like HIM work mean something else here.
    fn guarded(&self, posting: &Posting, found: &Found, heard: &[Heard<'_>]) -> Option<Range<usize>> {
        self.guards.iter().zip(0u16..).find_map(|(guard, number)| {
            let range = guard.pattern.matched(found)?;
            let by_employer = || {
                let name = posting.hiring_organization.get().map_or("", String::as_str);
                self.guard_employers.hits(&fold(name)).any(|hit| hit.meaning == number)
            };
            let by_body = || heard.iter().flat_map(|one| one.hits).any(|hit| hit.meaning == Cue::Guard(number));
            let bare = !guard.by_employer && !guard.by_body;
            (bare || guard.by_employer && by_employer() || guard.by_body && by_body()).then_some(range)
        })
    }
}

/// What entries may name.
struct Names {
    roles: HashMap<String, usize>,
    kinds: Kinds,
}

impl Names {
    fn new(file: &RolesFile) -> Result<Self, VocabularyError> {
        for entry in &file.role {
            if entry.source.is_empty() {
                return Err(entry_error(FILE_OF_ROLES, &entry.id, "wants a `source`".to_owned()));
            }
        }
        let roles: HashMap<String, usize> = file.role.iter().map(|role| role.id.clone()).zip(0..).collect();
        let kinds = Kinds::new(&file.kind, &roles)?;
        Ok(Self { roles, kinds })
    }

    fn role(&self, entry: &str, role: &str) -> Result<usize, VocabularyError> {
        self.roles.get(role).copied().ok_or_else(|| unknown_role(entry, role, &self.roles))
    }

    fn verdict(&self, entry: &str, role: &str, open: Option<&str>) -> Result<Verdict, VocabularyError> {
        let open = open.map(|group| {
            self.kinds.group(group).ok_or_else(|| {
                let why = format!("`open` names `{group}`, and no `kind` is `of` it");
                entry_error(FILE_OF_ROLES, entry, why)
            })
        });
        Ok(Verdict { role: self.role(entry, role)?, open: open.transpose()?, soc: None, series: None, source: None })
    }
}

/// Complains of a role that there is not.
pub(super) fn unknown_role(entry: &str, role: &str, roles: &HashMap<String, usize>) -> VocabularyError {
    let mut known: Vec<&str> = roles.keys().map(String::as_str).collect();
    known.sort_unstable();
    entry_error(FILE_OF_ROLES, entry, format!("role `{role}` is none of {}", known.join(", ")))
}

/// Makes the spellings ready; every word of a title or a rule is known.
fn spellings(file: &RolesFile) -> Spellings {
    let mut spellings = Spellings::new(&file.spelling, &file.noise, &file.key);
    spellings.learn(file.title.iter().map(|title| title.id.as_str()));
    let rules = file.rule.iter().flat_map(|rule| rule.all.iter().chain(&rule.none));
    let guards = file.guard.iter().flat_map(|guard| guard.all.iter().chain(&guard.none));
    spellings.learn(rules.chain(guards).flat_map(|group| group.split('|')));
    spellings
}

fn titles(
    entries: &[TitleEntry],
    names: &Names,
    spellings: &Spellings,
) -> Result<HashMap<String, Verdict>, VocabularyError> {
    let mut titles: HashMap<String, Verdict> = HashMap::with_capacity(entries.len());
    for entry in entries {
        let mut verdict = names.verdict(&entry.id, &entry.role, entry.open.as_deref())?;
        verdict.soc.clone_from(&entry.soc);
        verdict.series.clone_from(&entry.series);
        verdict.source = Some(entry.source.clone());
        let core = spellings.core(&spellings.read(&fold(&entry.id))).text;
        match titles.get(&core) {
            Some(known) if known.role != verdict.role => {
                let why = format!("another title with the core `{core}` has another role");
                return Err(entry_error(FILE_OF_ROLES, &entry.id, why));
            }
            Some(_) => {}
            None => {
                titles.insert(core, verdict);
            }
        }
    }
    Ok(titles)
}

fn guards(
    entries: &[GuardEntry],
    alternatives: &mut Alternatives,
    spellings: &Spellings,
) -> Result<Vec<Guard>, VocabularyError> {
    let guard = |entry: &GuardEntry| {
        if entry.all.is_empty() {
            return Err(entry_error(FILE_OF_ROLES, &entry.id, "wants at least one group in `all`".to_owned()));
        }
        let pattern = Pattern::new((&entry.all, &entry.none), false, alternatives, spellings);
        Ok(Guard { pattern, by_employer: !entry.employer.is_empty(), by_body: !entry.body.is_empty() })
    };
    entries.iter().map(guard).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::LazyLock;

    use super::*;

    /// The spellings of the bundled vocabulary.
    pub(in super::super) static SPELLINGS: LazyLock<Spellings> = LazyLock::new(|| {
        let file: RolesFile = VocabularyFiles::with_overrides(&[]).unwrap().read(FILE_OF_ROLES).unwrap();
        super::spellings(&file)
    });
}
