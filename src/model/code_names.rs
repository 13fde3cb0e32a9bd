//! What filters need of a vocabulary: the kinds of codes, and codes by what people call them.

/// A kind of code that a filter can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// Roles.
    Role,
    /// Credentials.
    Credential,
    /// Settings.
    Setting,
    /// Shifts.
    Shift,
    /// Coding systems.
    CodingSystem,
    /// Software.
    Software,
    /// Medical specialties.
    Specialty,
    /// Benefits.
    Benefit,
}

impl CodeKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Role,
        Self::Credential,
        Self::Setting,
        Self::Shift,
        Self::CodingSystem,
        Self::Software,
        Self::Specialty,
        Self::Benefit,
    ];

    /// Gives the word for all of a kind.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Role => "roles",
            Self::Credential => "credentials",
            Self::Setting => "settings",
            Self::Shift => "shifts",
            Self::CodingSystem => "coding-systems",
            Self::Software => "software",
            Self::Specialty => "specialties",
            Self::Benefit => "benefits",
        }
    }
}

/// Finds codes and employers by what people call them. Implemented by the vocabulary's stage, so that
/// filters can be read without knowing it.
pub trait CodeNames {
    /// Finds a code by its id, or by what people call it.
    ///
    /// # Errors
    /// Says what would be right.
    fn code(&self, kind: CodeKind, text: &str) -> Result<String, String>;

    /// Gives the name that the alias table knows an employer by, for any of its spellings.
    fn known_employer(&self, text: &str) -> Option<&str>;
}
