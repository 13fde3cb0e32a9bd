//! Gathers the complaints about one posting while its fields are read.

use crate::model::{Problem, ProblemKind};

/// How much of an unreadable value a complaint repeats, in characters.
const SHOWN: usize = 80;

/// The complaints so far, and the address they are about.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The posting's own address, or the answer's.
    pub(super) url: Option<String>,
    /// The complaints.
    pub(super) problems: Vec<Problem>,
}

impl Notes {
    /// Complains that a field's value could not be used; `why` completes "`value` …".
    pub(super) fn unread(&mut self, field: &str, raw: &str, why: &str) {
        self.add(ProblemKind::UnreadField, field, &format!("`{}` {why}", shown(raw)));
    }

    /// Complains about a field in words of one's own.
    pub(super) fn add(&mut self, kind: ProblemKind, field: &str, message: &str) {
        let problem = Problem::new(kind, message).field(field);
        self.problems.push(match &self.url {
            Some(url) => problem.at(url.clone()),
            None => problem,
        });
    }
}

/// Cuts a value to what a complaint can carry on one line.
pub(super) fn shown(raw: &str) -> String {
    let mut text: String = raw.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
    if raw.trim().chars().nth(SHOWN).is_some() {
        text.push('\u{2026}');
    }
    text
}
