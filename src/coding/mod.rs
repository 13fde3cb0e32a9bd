//! Codes a posting as a medical record technician would code a chart: from the words, with the
//! evidence kept. Pure; the vocabulary is data (`config/vocabulary/`).
//!
//! Unknown beats wrong: a code is given only where words give it, and every code quotes them.

// In reading order.
mod fold;
mod headings;
mod names;
mod phrases;
mod reading;
mod sentences;
mod vocabulary;

mod demands;
mod employer;
mod location;
mod standing;
mod work;

mod check;

pub use check::vocabulary_findings;
pub use demands::without_contacts;
pub use names::UnknownCode;
pub use vocabulary::{VocabularyError, VocabularyFiles};

use demands::Demands;
use employer::Employers;
use location::{locate, wage_area};
use names::Names;
use reading::Reading;
use standing::pay_standing;
use work::Work;

use std::borrow::Cow;

use crate::model::{CodeKind, CodeNames, Codes, Posting};
use crate::reference::places::Places;
use crate::reference::wages::Wages;

/// A vocabulary made ready for coding.
#[derive(Debug)]
pub struct Coder {
    fingerprint: String,
    work: Work,
    demands: Demands,
    employers: Employers,
    names: Names,
    places: &'static Places,
    wages: Cow<'static, Wages>,
}

impl Coder {
    /// Makes a vocabulary ready.
    ///
    /// # Errors
    /// Returns [`VocabularyError`] for the first entry that cannot be used.
    pub fn new(files: &VocabularyFiles) -> Result<Self, VocabularyError> {
        Ok(Self {
            fingerprint: files.fingerprint().to_owned(),
            work: Work::new(files)?,
            demands: Demands::new(files)?,
            employers: Employers::new(files)?,
            names: Names::new(files),
            places: Places::bundled(),
            wages: wages(files)?,
        })
    }

    /// Tells this vocabulary from every other one.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Gives the ids of one kind of code.
    #[must_use]
    pub fn ids(&self, kind: CodeKind) -> Vec<&str> {
        self.names.ids(kind)
    }

    /// Gives the ids of one kind of code with what people call them, for lists to choose from.
    #[must_use]
    pub fn choices(&self, kind: CodeKind) -> Vec<(&str, &str)> {
        self.names.choices(kind)
    }

    /// Finds a code by its id, or by what people call it.
    ///
    /// # Errors
    /// Returns [`UnknownCode`] with the codes that there are.
    pub fn find(&self, kind: CodeKind, text: &str) -> Result<String, UnknownCode> {
        self.names.find(kind, text)
    }

    /// Gives the name that the alias table knows an employer by, for any of its spellings.
    #[must_use]
    pub fn employer_name(&self, text: &str) -> Option<&str> {
        self.employers.known_name(text)
    }

    /// Codes a posting anew from what its board says; what was coded before is forgotten.
    pub fn code(&self, posting: &mut Posting) {
        let mut codes = Codes { vocabulary: self.fingerprint.clone(), ..Codes::default() };
        {
            let title = Reading::of(posting.title.get().map_or("", String::as_str));
            let body = Reading::of(posting.description_text.as_deref().unwrap_or_default());
            self.work.code(posting, &title, &body, &mut codes);
            self.demands.code(posting, &title, &body, &mut codes);
            codes.employer = self.employers.identity(posting, &body);
        }
        if let Some(list) = &mut posting.job_location.value {
            locate(self.places, list);
        }
        posting.codes = codes;
    }

    /// Sets a coded posting's pay beside the wages of its occupation, where its places lie.
    pub fn rank_pay(&self, posting: &mut Posting) {
        let area = posting.job_location.get().map(|list| wage_area(self.places, list)).unwrap_or_default();
        let soc = posting.codes.soc.get().map(String::as_str);
        posting.codes.pay_standing = pay_standing(&self.wages, posting.base_salary.get(), soc, &area);
    }
}

impl CodeNames for Coder {
    fn code(&self, kind: CodeKind, text: &str) -> Result<String, String> {
        self.find(kind, text).map_err(|error| error.to_string())
    }

    fn known_employer(&self, text: &str) -> Option<&str> {
        self.employer_name(text)
    }
}

/// Gives the operator's wages, or else the bundled ones.
fn wages(files: &VocabularyFiles) -> Result<Cow<'static, Wages>, VocabularyError> {
    let Some(text) = files.wages() else { return Ok(Cow::Borrowed(Wages::bundled())) };
    let read = Wages::from_csv(text.as_bytes());
    let malformed = |why: String| VocabularyError::Malformed { file: "wages.csv".to_owned(), why };
    Ok(Cow::Owned(read.map_err(|error| malformed(error.to_string()))?))
}
