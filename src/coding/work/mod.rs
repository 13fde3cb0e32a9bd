//! What the work is: role and occupation, step of the ladder, setting, education, experience, shift.

use super::reading::Reading;
use super::vocabulary::{VocabularyError, VocabularyFiles};
use crate::model::{Codes, Posting};

/// The part of the vocabulary that tells what the work is.
#[derive(Debug)]
pub(super) struct Work {}

impl Work {
    /// Builds it from the files.
    pub(super) fn new(_files: &VocabularyFiles) -> Result<Self, VocabularyError> {
        Ok(Self {})
    }

    /// Codes a posting.
    #[expect(clippy::unused_self, reason = "grows")]
    pub(super) fn code(&self, _posting: &Posting, _title: &Reading<'_>, _body: &Reading<'_>, _codes: &mut Codes) {}
}
