//! The credentials of the vocabulary, and the words of demand: read from `credentials.toml`, checked,
//! and made into phrases.

use serde::Deserialize;

use super::super::vocabulary::{VocabularyError, VocabularyFiles};
use super::Meaning;

const FILE: &str = "credentials.toml";
/// Contexts and issuers are bits of one word.
const MOST_CONTEXTS: usize = 32;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Shape {
    context: Vec<ContextEntry>,
    issuer: Vec<ContextEntry>,
    cue: Vec<CueEntry>,
    credential: Vec<CredentialEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContextEntry {
    id: String,
    phrases: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueEntry {
    #[serde(rename = "id")]
    _id: String,
    means: CueKind,
    side: Side,
    phrases: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialEntry {
    id: String,
    code: String,
    codes: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    any_case: bool,
    #[serde(default)]
    beside_others: bool,
    #[serde(default, rename = "apprentice")]
    _apprentice: bool,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    contrary: Vec<String>,
    #[serde(default)]
    contrary_anywhere: Vec<String>,
    coded_as: Option<String>,
    #[serde(rename = "status")]
    _status: Status,
    successor: Option<String>,
    #[serde(rename = "family")]
    _family: String,
    #[serde(rename = "source")]
    _source: String,
}

/// Whether an issuer still gives a credential.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Current,
    Legacy,
}

/// What a word of demand says of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CueKind {
    /// One must have it.
    Required,
    /// It helps.
    Preferred,
    /// It may be got later.
    Eligible,
    /// A number of months follows.
    Within,
    /// It is not asked for.
    Not,
    /// The employer pays for it or teaches it.
    Offer,
    /// Somebody else has it.
    Colleague,
    /// It is taken in place of the one named before.
    Instead,
    /// One of a list is enough.
    OneOf,
    /// What follows are examples, which is one of a list too.
    Example,
}

/// On which side of a credential a word of demand stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Side {
    /// Before it.
    Before,
    /// Behind it.
    After,
    /// On either side.
    Either,
}

/// One word of demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cue {
    /// What it says.
    pub(super) kind: CueKind,
    /// Where it stands.
    pub(super) side: Side,
}

/// One credential.
#[derive(Debug)]
pub(super) struct Credential {
    /// Issuer and code.
    pub(super) id: String,
    /// The code as written today.
    pub(super) code: String,
    /// Which contexts vouch for a bare code; 0 where it needs none.
    pub(super) needs: u32,
    /// Whether lower case counts too.
    pub(super) any_case: bool,
    /// Whether the code counts only in a list with another credential.
    pub(super) beside_others: bool,
}

/// One way to write a credential.
#[derive(Debug)]
pub(super) struct Spelling {
    /// Index of the credential that it is coded as.
    pub(super) credential: u16,
    /// Index of the entry it stands in: its rules decide whether it counts.
    pub(super) entry: u16,
    /// The code as it is written; `None` for a full name.
    pub(super) code: Option<String>,
}

/// Every credential with its spellings and the words of demand.
#[derive(Debug, Default)]
pub(super) struct CredentialList {
    credentials: Vec<Credential>,
    spellings: Vec<Spelling>,
    cues: Vec<Cue>,
}

/// What the entries of the file may name, and the codes that were given so far.
struct Known<'a> {
    contexts: &'a [String],
    ids: &'a [String],
    codes: Vec<String>,
}

impl CredentialList {
    /// Reads the file and adds its phrases to those that texts are searched for.
    ///
    /// # Errors
    /// Returns [`VocabularyError`] for an entry that names what there is not.
    pub(super) fn read(files: &VocabularyFiles, phrases: &mut Vec<(String, Meaning)>) -> Result<Self, VocabularyError> {
        let shape: Shape = files.read(FILE)?;
        let contexts = contexts(&shape, phrases)?;
        let mut list = Self::default();
        for cue in &shape.cue {
            let meaning = Meaning::Cue(short(list.cues.len()));
            list.cues.push(Cue { kind: cue.means, side: cue.side });
            phrases.extend(cue.phrases.iter().map(|phrase| (phrase.clone(), meaning)));
        }
        let ids: Vec<String> = shape.credential.iter().map(|entry| entry.id.clone()).collect();
        let mut known = Known { contexts: &contexts, ids: &ids, codes: Vec::new() };
        for entry in shape.credential {
            list.add(entry, &mut known, phrases)?;
        }
        Ok(list)
    }

    /// Gives a credential by its index.
    pub(super) fn credential(&self, index: u16) -> Option<&Credential> {
        self.credentials.get(usize::from(index))
    }

    /// Gives a spelling by its index.
    pub(super) fn spelling(&self, index: u16) -> Option<&Spelling> {
        self.spellings.get(usize::from(index))
    }

    /// Gives a word of demand by its index.
    pub(super) fn cue(&self, index: u16) -> Option<Cue> {
        self.cues.get(usize::from(index)).copied()
    }

    fn add(
        &mut self,
        entry: CredentialEntry,
        known: &mut Known<'_>,
        phrases: &mut Vec<(String, Meaning)>,
    ) -> Result<(), VocabularyError> {
        let Known { contexts, ids, codes } = known;
        let index = short(self.credentials.len());
        let wrong = |why: String| VocabularyError::Entry { file: FILE.to_owned(), entry: entry.id.clone(), why };
        let mut needs = 0_u32;
        for need in &entry.needs {
            needs |= context_bit(contexts, need)
                .ok_or_else(|| wrong(format!("needs `{need}`, which is none of {}", contexts.join(", "))))?;
        }
        let issuer = entry.id.split(':').next().unwrap_or_default();
        let certifier = context_bit(contexts, issuer)
            .ok_or_else(|| wrong(format!("issuer `{issuer}` has no [[issuer]] of that id")))?;
        let known = |id: &str| ids.iter().position(|other| other == id);
        if let Some(successor) = entry.successor.as_deref().filter(|id| known(id).is_none()) {
            return Err(wrong(format!("successor `{successor}` is no credential of this file")));
        }
        let credential = match &entry.coded_as {
            None => index,
            Some(id) => {
                short(known(id).ok_or_else(|| wrong(format!("coded_as `{id}` is no credential of this file")))?)
            }
        };
        if let Some(twice) = entry.codes.iter().find(|code| codes.contains(code)) {
            return Err(wrong(format!(
                "code `{twice}` stands in another entry too; an upper-case code has one meaning"
            )));
        }
        codes.extend(entry.codes.iter().cloned());
        for code in &entry.codes {
            let meaning = Meaning::Spelling(short(self.spellings.len()));
            phrases.push((code.clone(), meaning));
            phrases.push((format!("{code}s"), meaning));
            self.spellings.push(Spelling { credential, entry: index, code: Some(code.clone()) });
        }
        for name in &entry.names {
            phrases.push((name.clone(), Meaning::Spelling(short(self.spellings.len()))));
            self.spellings.push(Spelling { credential, entry: index, code: None });
        }
        phrases.extend(entry.contrary.iter().map(|phrase| (phrase.clone(), Meaning::Contrary(index))));
        let anywhere = entry.contrary_anywhere.iter();
        phrases.extend(anywhere.map(|phrase| (phrase.clone(), Meaning::ContraryAnywhere(index))));
        self.credentials.push(Credential {
            id: entry.id,
            code: entry.code,
            needs: if needs == 0 { 0 } else { needs | certifier },
            any_case: entry.any_case,
            beside_others: entry.beside_others,
        });
        Ok(())
    }
}

/// Gives the ids of contexts and issuers in the order of their bits, and adds their phrases.
fn contexts(shape: &Shape, phrases: &mut Vec<(String, Meaning)>) -> Result<Vec<String>, VocabularyError> {
    let mut ids = Vec::new();
    for entry in shape.context.iter().chain(&shape.issuer) {
        if ids.len() >= MOST_CONTEXTS {
            let why = format!("there are more than {MOST_CONTEXTS} contexts and issuers");
            return Err(VocabularyError::Entry { file: FILE.to_owned(), entry: entry.id.clone(), why });
        }
        let bit = 1_u32 << ids.len();
        phrases.extend(entry.phrases.iter().map(|phrase| (phrase.clone(), Meaning::Context(bit))));
        ids.push(entry.id.clone());
    }
    Ok(ids)
}

fn context_bit(contexts: &[String], id: &str) -> Option<u32> {
    contexts.iter().position(|known| known == id).map(|at| 1_u32 << at)
}

/// Indexes of a list that no vocabulary fills.
pub(super) fn short(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

impl Spelling {
    /// Tells whether the words as written are this spelling: a code keeps its letters' case and its
    /// hyphens, with an s for more than one.
    pub(super) fn is_written(&self, written: &str, any_case: bool) -> bool {
        let Some(code) = &self.code else { return true };
        let mut written = written.chars().filter(|c| !matches!(c, '\'' | '\u{2019}' | '\u{2018}'));
        for expected in code.chars() {
            let same = match (written.next(), expected) {
                (Some(c), '-') => matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}'),
                (Some(c), expected) => c == expected || (any_case && c.eq_ignore_ascii_case(&expected)),
                (None, _) => false,
            };
            if !same {
                return false;
            }
        }
        matches!((written.next(), written.next()), (None, _) | (Some('s' | 'S'), None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(entry: &str) -> String {
        let over = [("credentials.toml".to_owned(), entry.to_owned())];
        let files = VocabularyFiles::with_overrides(&over).unwrap();
        CredentialList::read(&files, &mut Vec::new()).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_entry_is_told_with_what_would_be_right() {
        let entry = |rest: &str| {
            format!(
                "[[credential]]\nid = \"ahima:new\"\ncode = \"NEW\"\nstatus = \"current\"\nfamily = \"coding\"\nsource = \
                 \"usage\"\n{rest}\n"
            )
        };
        let needs = refused(&entry("codes = [\"NEW\"]\nneeds = [\"codnig\"]"));
        assert!(needs.contains("entry `ahima:new`: needs `codnig`, which is none of coding, registry"), "{needs}");
        let twice = refused(&entry("codes = [\"RHIT\"]"));
        assert!(twice.contains("code `RHIT` stands in another entry too"), "{twice}");
        let successor = refused(&entry("codes = [\"NEW\"]\nsuccessor = \"ahima:rhita\""));
        assert!(successor.contains("successor `ahima:rhita` is no credential"), "{successor}");
    }
}
