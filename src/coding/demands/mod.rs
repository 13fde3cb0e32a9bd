//! What is asked and offered: credentials, coding systems, software, specialties, benefits, warning
//! signs, and the persons that a text names.

use super::reading::Reading;
use super::vocabulary::{VocabularyError, VocabularyFiles};
use crate::model::{Codes, Posting};

/// The part of the vocabulary that tells what is asked and offered.
#[derive(Debug)]
pub(super) struct Demands {}

impl Demands {
    /// Builds it from the files.
    pub(super) fn new(_files: &VocabularyFiles) -> Result<Self, VocabularyError> {
        Ok(Self {})
    }

    /// Codes a posting.
    #[expect(clippy::unused_self, reason = "grows")]
    pub(super) fn code(&self, _posting: &Posting, _title: &Reading<'_>, _body: &Reading<'_>, _codes: &mut Codes) {}
}
