//! What is asked and offered: credentials, coding systems, software, specialties, benefits, warning
//! signs, and the persons that a text names.

mod asked;
mod benefit;
mod clause;
mod contact;
mod contact_shape;
mod credential_list;
mod found;
mod level;
mod link;
mod mention;
mod merge;
mod months;
mod named;
mod person;
mod warning;

use super::phrases::PhraseSet;
use super::reading::Reading;
use super::vocabulary::{VocabularyError, VocabularyFiles};
use crate::model::{Codes, CredentialDemand, Posting};

pub use contact::without_contacts;

use asked::Asking;
use benefit::Benefits;
use contact::{INSTITUTIONAL, contacts, spots};
use credential_list::CredentialList;
use found::Found;
use mention::{Vouching, any_clear, candidates, mentions};
use merge::{TextAsked, merge};
use named::{Terms, Texts};
use person::SIGN_PHRASES;
use warning::Warnings;

/// What a phrase means; each number is an index into its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// A way to write a credential.
    Spelling(u16),
    /// A word of demand.
    Cue(u16),
    /// Words that speak against a credential.
    Contrary(u16),
    /// Words that do so wherever they stand in the posting.
    ContraryAnywhere(u16),
    /// Words that speak for a trade, as a bit.
    Context(u32),
    /// A coding system, a program, a specialty.
    Term(u16),
    /// Words that say what the other terms of their sentence are about.
    TermSign(u16),
    /// A benefit.
    Benefit(u16),
    /// A sign of trouble.
    Warning(u16),
    /// A word beside which a person may be named.
    Person,
    /// A word of a line that is an institution's.
    Institution,
}

/// The part of the vocabulary that tells what is asked and offered.
#[derive(Debug)]
pub(super) struct Demands {
    phrases: PhraseSet<Meaning>,
    credentials: CredentialList,
    terms: Terms,
    benefits: Benefits,
    warnings: Warnings,
}

impl Demands {
    /// Builds it from the files.
    ///
    /// # Errors
    /// Returns [`VocabularyError`] for the first entry that cannot be used.
    pub(super) fn new(files: &VocabularyFiles) -> Result<Self, VocabularyError> {
        let mut phrases = Vec::with_capacity(2_048);
        let credentials = CredentialList::read(files, &mut phrases)?;
        phrases.extend(SIGN_PHRASES.map(|phrase| (phrase.to_owned(), Meaning::Person)));
        phrases.extend(INSTITUTIONAL.map(|phrase| (phrase.to_owned(), Meaning::Institution)));
        let terms = Terms::read(files, &mut phrases)?;
        let benefits = Benefits::read(files, &mut phrases)?;
        let warnings = Warnings::read(files, &mut phrases)?;
        let phrases = PhraseSet::new(phrases);
        Ok(Self { phrases, credentials, terms, benefits, warnings })
    }

    /// Codes a posting.
    pub(super) fn code(&self, posting: &Posting, title: &Reading<'_>, body: &Reading<'_>, codes: &mut Codes) {
        let in_title = Found::search(&self.phrases, title);
        let mut in_body = Found::search(&self.phrases, body);
        let employer = posting.hiring_organization.get().map_or("", String::as_str);
        let spots = spots(body, &in_body, employer);
        codes.contacts = contacts(body, &spots);
        self.warnings.code(posting, (body, &in_body), codes);
        in_body.names.extend(spots.into_iter().filter(|spot| spot.kind == "name").map(|spot| spot.place));
        codes.credentials = self.credential_demands(posting, (title, &in_title), (body, &in_body));
        for (reading, found) in [(title, &in_title), (body, &in_body)] {
            self.terms.code(Texts { reading, found, employer }, codes);
            self.benefits.code(reading, found, codes);
        }
    }

    fn credential_demands(
        &self,
        posting: &Posting,
        (title, in_title): (&Reading<'_>, &Found),
        (body, in_body): (&Reading<'_>, &Found),
    ) -> Vec<CredentialDemand> {
        if in_title.spellings.is_empty() && in_body.spellings.is_empty() {
            return Vec::new();
        }
        let list = &self.credentials;
        let title_candidates = candidates(list, title, &in_title.spellings);
        let body_candidates = candidates(list, body, &in_body.spellings);
        let vouching = Vouching {
            contexts: in_title.contexts | in_body.contexts,
            contraries: [&in_title.contraries_anywhere, &in_body.contraries_anywhere],
            clear: any_clear(list, &title_candidates) || any_clear(list, &body_candidates),
            employer: posting.hiring_organization.get().map_or("", String::as_str),
        };
        let title_mentions = mentions(list, title, in_title, &title_candidates, vouching);
        let body_mentions = mentions(list, body, in_body, &body_candidates, vouching);
        let (title_asked, next_group) = Asking::new(list, title, in_title, 1).asked(&title_mentions);
        let (body_asked, _) = Asking::new(list, body, in_body, next_group).asked(&body_mentions);
        let title = TextAsked { reading: title, asked: title_asked };
        let body = TextAsked { reading: body, asked: body_asked };
        merge(list, &[title, body])
    }
}

#[cfg(test)]
mod tests;
