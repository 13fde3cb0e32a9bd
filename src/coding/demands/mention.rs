//! Where a text names credentials: codes by their case and hyphens, ambiguous ones only where the
//! posting is of their trade.

use std::ops::Range;

use super::super::phrases::Hit;
use super::super::reading::Reading;
use super::credential_list::{Credential, CredentialList, Spelling};
use super::found::Found;

/// One place where a credential is named; a full name with its code behind it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// Index of the credential.
    pub(super) credential: u16,
    /// Where it begins in the folded text.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// The number of its sentence.
    pub(super) sentence: usize,
    /// Whether it is a full name, which its code may follow.
    is_name: bool,
}

/// What the whole posting says for and against ambiguous codes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Vouching<'a> {
    /// The contexts and issuers that stand in title or body.
    pub(super) contexts: u32,
    /// Whether a credential is named that can be nothing else.
    pub(super) clear: bool,
    /// Credentials that words anywhere in title and body speak against.
    pub(super) contraries: [&'a [u16]; 2],
    /// The employer's name: a code that is part of it is no credential.
    pub(super) employer: &'a str,
}

/// A spelling found, its letters checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    start: usize,
    end: usize,
    spelling: u16,
}

/// Gives the spellings that are written as codes are, the longest at each place.
pub(super) fn candidates(list: &CredentialList, reading: &Reading<'_>, hits: &[Hit<u16>]) -> Vec<Candidate> {
    let mut written: Vec<Candidate> = hits
        .iter()
        .filter(|hit| {
            let words = reading.written(&(hit.start..hit.end));
            list.spelling(hit.meaning).is_some_and(|spelling| {
                spelling.is_written(words, entry(list, spelling).is_some_and(|credential| credential.any_case))
            })
        })
        .map(|hit| Candidate { start: hit.start, end: hit.end, spelling: hit.meaning })
        .collect();
    written.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
    let mut end = 0;
    written.retain(|candidate| {
        let free = candidate.start >= end;
        end = end.max(candidate.end);
        free
    });
    written
}

/// Tells whether one of them can be nothing but a credential.
pub(super) fn any_clear(list: &CredentialList, candidates: &[Candidate]) -> bool {
    candidates.iter().any(|candidate| {
        list.spelling(candidate.spelling).is_some_and(|spelling| {
            spelling.code.is_none() || entry(list, spelling).is_some_and(|one| one.needs == 0 && !one.beside_others)
        })
    })
}

/// Gives the mentions among the candidates, in order.
pub(super) fn mentions(
    list: &CredentialList,
    reading: &Reading<'_>,
    found: &Found,
    candidates: &[Candidate],
    vouching: Vouching<'_>,
) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::with_capacity(candidates.len());
    let mut person_end = None;
    for (index, candidate) in candidates.iter().enumerate() {
        let Some(spelling) = list.spelling(candidate.spelling) else { continue };
        let Some(sentence) = reading.sentence_index(candidate.start) else { continue };
        if let Some(last) = mentions.last_mut().filter(|last| {
            last.credential == spelling.credential
                && (last.is_name || spelling.code.is_none())
                && last.sentence == sentence
                && is_apposition(reading, last.end..candidate.start)
        }) {
            last.end = candidate.end;
            last.is_name = false;
            continue;
        }
        if follows_person(reading, found, candidate, person_end) {
            person_end = Some(candidate.end);
            continue;
        }
        let counts = entry(list, spelling).is_some_and(|credential| {
            spelling.code.as_deref().is_none_or(|code| {
                is_vouched(credential, vouching, code)
                    && !vouching.contraries.iter().any(|all| all.contains(&spelling.entry))
                    && !has_contrary(reading, found, spelling.entry, sentence)
                    && (!credential.beside_others || has_neighbour(list, candidates, index))
            })
        });
        if counts {
            let Candidate { start, end, .. } = *candidate;
            let is_name = spelling.code.is_none();
            mentions.push(Mention { credential: spelling.credential, start, end, sentence, is_name });
        }
    }
    mentions
}

fn entry<'a>(list: &'a CredentialList, spelling: &Spelling) -> Option<&'a Credential> {
    list.credential(spelling.entry)
}

/// An ambiguous code needs its trade, its issuer or a clear credential in the posting.
fn is_vouched(credential: &Credential, vouching: Vouching<'_>, code: &str) -> bool {
    credential.needs == 0
        || ((vouching.clear || vouching.contexts & credential.needs != 0)
            && !vouching.employer.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| word == code))
}

fn has_contrary(reading: &Reading<'_>, found: &Found, entry: u16, sentence: usize) -> bool {
    let Some(range) = reading.sentences.get(sentence).map(|sentence| sentence.folded.clone()) else { return false };
    found.contraries.iter().any(|hit| hit.meaning == entry && range.contains(&hit.start))
}

/// How far apart two codes of one list stand, in folded bytes.
const BESIDE: usize = 12;

fn has_neighbour(list: &CredentialList, candidates: &[Candidate], index: usize) -> bool {
    let Some(own) = candidates.get(index) else { return false };
    let vouches = |other: &&Candidate| {
        let spelling = list.spelling(other.spelling);
        spelling.and_then(|spelling| entry(list, spelling)).is_some_and(|credential| !credential.beside_others)
    };
    let before = index.checked_sub(1).and_then(|before| candidates.get(before)).filter(vouches);
    before.is_some_and(|other| own.start.saturating_sub(other.end) <= BESIDE)
        || candidates.get(index + 1).filter(vouches).is_some_and(|other| other.start.saturating_sub(own.end) <= BESIDE)
}

/// `contact Jane Doe, RHIA, CCS`: the credentials are hers.
fn follows_person(reading: &Reading<'_>, found: &Found, candidate: &Candidate, person_end: Option<usize>) -> bool {
    let start = reading.origin(candidate.start);
    let near = |end: usize| end <= start && start - end <= 3;
    found.names.iter().any(|name| near(name.end))
        || person_end.is_some_and(|end| is_apposition(reading, end..candidate.start))
}

/// `Registered Health Information Technician (RHIT)`: nothing but a bracket, a dash or a comma between.
fn is_apposition(reading: &Reading<'_>, gap: Range<usize>) -> bool {
    let between = reading.between(gap.start, gap.end);
    between.len() <= 6 && !between.contains('/') && !between.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{credential_ids, demands};

    fn named(text: &str) -> Vec<String> {
        credential_ids(&demands("", text))
    }

    #[test]
    fn codes_are_told_by_their_letters_and_hyphens() {
        assert_eq!(named("RHITs, CCS-P or CCSP"), ["ahima:rhit", "ahima:ccs-p"]);
        assert_eq!(named("Coder: CPC-A or CPC a plus"), ["aapc:cpc-a", "aapc:cpc"]);
        assert_eq!(named("medical coding: cpc, ccs and ods"), [""; 0]);
        assert_eq!(named("Registered Health Information Technician (RHIT)"), ["ahima:rhit"]);
        assert_eq!(named("Coding: RHIA/RHIT and CPC-H"), ["ahima:rhia", "ahima:rhit", "aapc:coc"]);
    }

    #[test]
    fn an_ambiguous_code_needs_its_trade() {
        assert_eq!(named("CIC or infection control experience required"), [""; 0]);
        assert_eq!(named("Infection preventionist, CIC required. RHIT a plus"), ["ahima:rhit"]);
        assert_eq!(named("Coder, CIC required"), ["aapc:cic"]);
        assert_eq!(named("Medical coder; CRC (rehabilitation counselor)"), [""; 0]);
        assert_eq!(named("RMT, licensed, for our spa"), [""; 0]);
        assert_eq!(named("RHIA (formerly RRA)"), ["ahima:rhia"]);
        assert_eq!(named("ART clinic, RRA"), [""; 0]);
    }
}
