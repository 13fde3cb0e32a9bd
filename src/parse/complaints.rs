//! Collects problems while an answer is read. Bounded: a hostile or badly broken answer may hold
//! millions of unreadable items, and a report of a hundred says as much as a report of all.

use crate::model::{Problem, ProblemKind};

/// How many problems of one answer are told apart.
const MOST: usize = 100;

/// The problems of one answer, and how many more there were.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    told: Vec<Problem>,
    untold: usize,
    url: String,
}

impl Complaints {
    /// Begins the complaints about the answer of this address.
    pub(super) fn about(url: &url::Url) -> Self {
        Self { url: url.to_string(), ..Self::default() }
    }

    /// Adds a complaint about a place inside the answer; an empty place means the answer as a whole.
    pub(super) fn add(&mut self, kind: ProblemKind, place: &str, message: impl FnOnce() -> String) {
        if self.told.len() >= MOST {
            self.untold += 1;
            return;
        }
        let problem = Problem::new(kind, message()).at(self.url.clone());
        self.told.push(if place.is_empty() { problem } else { problem.field(place) });
    }

    /// Gives the problems, with one line for those beyond the bound.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        if self.untold > 0 {
            let message = format!("{} further problems in the same answer are not listed", self.untold);
            self.told.push(Problem::new(ProblemKind::BrokenItem, message).at(self.url));
        }
        self.told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_complaints_stay_a_hundred_and_one_line() {
        let mut complaints = Complaints::about(&url::Url::parse("https://jobs.example.org/x").unwrap());
        for n in 0..1_000_000 {
            complaints.add(ProblemKind::BrokenItem, "/data/0", || format!("complaint {n}"));
        }
        let problems = complaints.into_problems();
        assert_eq!(problems.len(), MOST + 1);
        assert!(problems[MOST].message.starts_with("999900 further"));
        assert_eq!(problems[0].url.as_deref(), Some("https://jobs.example.org/x"));
    }
}
