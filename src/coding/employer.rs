//! Who employs: one identity over all spellings, the system above it kept apart, agencies known.

use super::reading::Reading;
use super::vocabulary::{VocabularyError, VocabularyFiles};
use crate::model::{EmployerIdentity, Posting};

/// Names, aliases, systems and agencies.
#[derive(Debug)]
pub(super) struct Employers {}

impl Employers {
    /// Builds it from the files.
    pub(super) fn new(_files: &VocabularyFiles) -> Result<Self, VocabularyError> {
        Ok(Self {})
    }

    /// Gives the identity of a posting's employer.
    #[expect(clippy::unused_self, reason = "grows")]
    pub(super) fn identity(&self, _posting: &Posting, _body: &Reading<'_>) -> Option<EmployerIdentity> {
        None
    }
}
