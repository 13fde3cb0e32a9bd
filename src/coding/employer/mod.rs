//! Who employs: one identity over all spellings, the system above it kept apart, agencies known.
//!
//! A name is folded to a key, and the key looked up in the alias table. What the table does not know
//! has its key for identity. A name that many share ("St. Mary's Hospital") is an identity only
//! together with the place or the department; a name of nobody ("Confidential") is none.

// In reading order.
mod spelling;
mod words;

mod folding;
mod shown;

mod agency;
mod table;

#[cfg(test)]
mod pairs;
#[cfg(test)]
mod tests;

use folding::same_employer_key;

use std::collections::HashSet;

use agency::AgencyWords;
use folding::{FoldedName, Tie};
use table::{AliasTable, Entry, Kind, WordList};

use super::reading::Reading;
use super::vocabulary::{VocabularyError, VocabularyFiles};
use crate::model::{EmployerIdentity, Posting};

/// Names, aliases, systems and agencies.
#[derive(Debug)]
pub(super) struct Employers {
    table: AliasTable,
    placeholders: HashSet<String>,
    shared: HashSet<String>,
    agencies: AgencyWords,
}

/// What a name alone comes to.
struct Named {
    identity: EmployerIdentity,
    /// Whether many employers have this name.
    shared: bool,
    /// What the table says that it is.
    known: Option<Kind>,
}

impl Employers {
    /// Builds it from the files.
    pub(super) fn new(files: &VocabularyFiles) -> Result<Self, VocabularyError> {
        let table = AliasTable::new(files)?;
        let single = |words: &[WordList]| words.iter().flat_map(|one| one.words.clone()).collect();
        let phrases = table.agencies.iter().flat_map(|one| one.words.clone()).collect();
        let agencies = AgencyWords::new(phrases);
        Ok(Self { placeholders: single(&table.placeholders), shared: single(&table.shared), table, agencies })
    }

    /// Gives the identity of a posting's employer.
    pub(super) fn identity(&self, posting: &Posting, body: &Reading<'_>) -> Option<EmployerIdentity> {
        let stated = posting.hiring_organization.get()?;
        let department = posting.department.get().and_then(|name| self.department(name));
        let repeats_title =
            || posting.title.get().is_some_and(|title| same_employer_key(title) == same_employer_key(stated));
        let Some(named) = self.read(stated).filter(|_| !repeats_title()) else {
            // A body of no name of its own is its department.
            return department;
        };
        let Named { mut identity, shared, known } = named;
        if shared {
            if repeats_department(posting, stated) {
                return department;
            }
            let (words, why) = match &department {
                Some(above) => (above.id.clone(), format!("`{}` has a body of this name", above.name)),
                None => place_of(posting)?,
            };
            identity.id = format!("{}-{words}", identity.id);
            identity.why = Some(why);
        }
        identity.parent = identity.parent.or(department.map(|above| above.id).filter(|id| *id != identity.id));
        // A hospital's or a government's own text may speak so of somebody else.
        let may_recruit = !identity.agency && known != Some(Kind::System);
        if let Some(sentence) = may_recruit.then(|| agency::client_in(body)).flatten() {
            identity.agency = true;
            identity.why = Some(format!("the text recruits for a client: {sentence}"));
        }
        Some(identity)
    }

    /// Gives the identity that a name alone has; `None` for a name of nobody.
    pub(super) fn named(&self, name: &str) -> Option<EmployerIdentity> {
        self.read(name).map(|named| named.identity)
    }

    /// Gives the table's name for any spelling of an employer that it knows.
    pub(super) fn known_name(&self, text: &str) -> Option<&str> {
        let folded = FoldedName::of(text);
        self.table.by_id(text.trim()).or_else(|| self.table.named(&folded.key)).map(|entry| entry.name.as_str())
    }

    fn read(&self, name: &str) -> Option<Named> {
        if let Some(entry) = self.table.by_id(name.trim()) {
            return Some(of_entry(entry, format!("id `{}`", entry.id)));
        }
        let folded = FoldedName::of(name);
        let key = folded.key.as_str();
        let shared = self.is_shared(key);
        // Parting words otherwise tells nothing of a name that many have: `Health Partners`.
        let parted = || self.table.parted(key).filter(|_| !shared);
        if let Some(entry) = self.table.named(key).or_else(parted) {
            return Some(of_entry(entry, format!("alias table: `{}`", entry.id)));
        }
        let other = folded.other.as_ref().and_then(|(tie, key, _)| Some((*tie, self.table.named(key)?)));
        if let Some((Tie::Former, entry)) = other {
            return Some(of_entry(entry, format!("its other name is `{}`", entry.name)));
        }
        if key.is_empty() || key.split(' ').all(|word| self.placeholders.contains(word)) {
            return None;
        }
        Some(Named { shared, ..self.unlisted(&folded, other.map(|(_, entry)| entry)) })
    }

    /// Makes an identity of a name that the table does not hold.
    fn unlisted(&self, folded: &FoldedName, legal: Option<&Entry>) -> Named {
        let key = folded.key.as_str();
        let head = || self.table.named(key.get(..folded.head?)?);
        let above = self.table.above(key).or_else(head).or(legal).filter(|entry| entry.id != key.replace(' ', "-"));
        let words = self.agencies.in_name(key);
        let why = match (above, words, &folded.other) {
            (Some(entry), ..) => Some(format!("alias table: below `{}`", entry.id)),
            (None, Some(words), _) => Some(format!("its name says `{words}`")),
            (None, None, Some((_, _, other))) => Some(format!("`{other}` is its other name")),
            (None, None, None) => None,
        };
        let identity = EmployerIdentity {
            id: key.replace(' ', "-"),
            name: folded.shown.clone(),
            parent: above.map(|entry| entry.id.clone()),
            agency: above.map_or(words.is_some(), |entry| entry.kind == Kind::Agency),
            why,
        };
        Named { identity, shared: false, known: None }
    }

    /// Tells whether a name is made only of words that many names are made of.
    fn is_shared(&self, key: &str) -> bool {
        key.split(' ').all(|word| self.shared.contains(word))
    }

    /// Gives the body above a federal employer. The field gives its names without `U.S.`.
    fn department(&self, name: &str) -> Option<EmployerIdentity> {
        let key = FoldedName::of(name).key;
        let federal = self.table.named(&format!("us {key}"));
        federal
            .map(|entry| of_entry(entry, format!("alias table: `{}`", entry.id)).identity)
            .or_else(|| self.named(name))
    }
}

fn of_entry(entry: &Entry, why: String) -> Named {
    let identity = EmployerIdentity {
        id: entry.id.clone(),
        name: entry.name.clone(),
        parent: entry.parent.clone(),
        agency: entry.kind == Kind::Agency,
        why: Some(why),
    };
    Named { identity, shared: false, known: Some(entry.kind) }
}

/// Gives the one place of a posting as words of an id, and why it is needed.
fn place_of(posting: &Posting) -> Option<(String, String)> {
    let [place] = posting.job_location.get()?.as_slice() else { return None };
    let (locality, region) = (place.locality.as_deref()?, place.region.as_deref()?);
    let words = same_employer_key(&format!("{locality} {region}"));
    Some((words, format!("many have this name; this one is in {locality}, {region}")))
}

/// Tells whether the employer's field says no more than the department's.
fn repeats_department(posting: &Posting, stated: &str) -> bool {
    posting.department.get().is_some_and(|name| same_employer_key(name) == same_employer_key(stated))
}
