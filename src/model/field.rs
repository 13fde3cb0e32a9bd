//! One value with its history: what the board said, what we made of it, and on what ground.

use serde::{Deserialize, Serialize};

/// Says on what ground a value stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The board states it in a field of its own.
    #[default]
    Stated,
    /// It follows from what the board states elsewhere (a title, a sentence, a relative date).
    Derived,
    /// It rests on an assumption that is named beside it.
    Estimated,
}

/// Holds a value beside the raw text it was read from.
///
/// `value` is `None` where the board said nothing, or nothing that could be read; `raw` tells the
/// two apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field<T> {
    /// The board's own words, untouched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// What they mean, or `None` when unknown.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub value: Option<T>,
    /// On what ground the value stands.
    #[serde(default, skip_serializing_if = "is_stated")]
    pub basis: Basis,
    /// The words or the rule that gave the value, where `raw` alone does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

fn none<T>() -> Option<T> {
    None
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
fn is_stated(basis: &Basis) -> bool {
    *basis == Basis::Stated
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self { raw: None, value: None, basis: Basis::Stated, evidence: None }
    }
}

impl<T> Field<T> {
    /// Holds a value that the board states in a field of its own.
    pub fn stated(raw: impl Into<String>, value: T) -> Self {
        Self { raw: Some(raw.into()), value: Some(value), basis: Basis::Stated, evidence: None }
    }

    /// Holds a value that follows from `raw` by the rule or words in `evidence`.
    pub fn derived(raw: impl Into<String>, value: T, evidence: impl Into<String>) -> Self {
        Self { raw: Some(raw.into()), value: Some(value), basis: Basis::Derived, evidence: Some(evidence.into()) }
    }

    /// Keeps words that could not be read: known to be there, meaning unknown.
    pub fn unread(raw: impl Into<String>) -> Self {
        Self { raw: Some(raw.into()), value: None, basis: Basis::Stated, evidence: None }
    }

    /// Tells whether nothing at all was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.raw.is_none() && self.value.is_none()
    }

    /// Borrows the value, if known.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }
}
