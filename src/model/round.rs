//! What one whole round of a board's lists showed: the history that a board's health is judged by.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::health::{BoardState, Suspicion};
use super::raw_posting::RawPosting;

/// In how many of some rows each field was stated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldFill {
    /// The rows.
    pub rows: u64,
    /// Those with a title.
    pub title: u64,
    /// Those with an address of their own.
    pub url: u64,
    /// Those with an employer.
    pub employer: u64,
    /// Those with a place.
    pub place: u64,
    /// Those with a posting date.
    pub date: u64,
    /// Those with pay.
    pub pay: u64,
    /// Those with a description.
    pub description: u64,
}

impl FieldFill {
    /// Counts the fields of rows as the board showed them.
    #[must_use]
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a RawPosting>) -> Self {
        let mut fill = Self::default();
        let said = |text: &Option<String>| u64::from(text.as_ref().is_some_and(|text| !text.trim().is_empty()));
        for row in rows {
            fill.rows += 1;
            fill.title += said(&row.title);
            fill.url += said(&row.url);
            fill.employer += said(&row.hiring_organization);
            fill.place += u64::from(!row.job_location.is_empty()).max(said(&row.location_summary));
            fill.date += said(&row.date_posted);
            fill.pay += u64::from(row.base_salary.is_some());
            fill.description += said(&row.description);
        }
        fill
    }

    /// Adds the counts of further rows.
    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.title += other.title;
        self.url += other.url;
        self.employer += other.employer;
        self.place += other.place;
        self.date += other.date;
        self.pay += other.pay;
        self.description += other.description;
    }

    /// Gives each field's name for people with its count.
    #[must_use]
    pub fn counts(&self) -> [(&'static str, u64); 7] {
        [
            ("title", self.title),
            ("address", self.url),
            ("employer", self.employer),
            ("place", self.place),
            ("posting date", self.date),
            ("pay", self.pay),
            ("description", self.description),
        ]
    }
}

/// One whole round of a board's lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoundRecord {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Rows that the lists showed.
    pub listed: u64,
    /// Postings among them that were never seen before.
    pub new: u64,
    /// Whether the board said itself that it has none.
    pub says_empty: bool,
    /// What the lists' rows stated.
    pub lists: FieldFill,
    /// What the details stated that were read since the round before.
    pub details: FieldFill,
    /// The latest posting date among the open postings; the day it was first seen where none is stated.
    pub newest: Option<NaiveDate>,
    /// What was doubtful about the round. Such rounds are no measure for later ones.
    pub suspicion: Option<Suspicion>,
}

/// What the store knows of a board's postings when a round has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoundFacts {
    /// Postings that stand open.
    pub open: u64,
    /// Those of them that were known before the round began.
    pub open_before: u64,
    /// Postings that the round's lists show.
    pub shown: u64,
    /// Those of them that were known before the round began.
    pub shown_before: u64,
    /// The latest posting date among the open postings; the day it was first seen where none is stated.
    pub newest: Option<NaiveDate>,
    /// Days between two posting dates of the last 400 days, on average; `None` where fewer than
    /// five are known.
    pub usual_gap: Option<i64>,
}

/// One change of a board's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BoardEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// The state before.
    pub from: BoardState,
    /// The state after.
    pub to: BoardState,
    /// Why, in words.
    pub why: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_field_is_not_stated() {
        let row = RawPosting {
            title: Some("Coder".into()),
            hiring_organization: Some("  ".into()),
            location_summary: Some("Anywhere".into()),
            ..RawPosting::default()
        };
        let mut fill = FieldFill::of([&row, &RawPosting::default()]);
        assert_eq!((fill.rows, fill.title, fill.employer, fill.place, fill.pay), (2, 1, 0, 1, 0));
        fill.add(FieldFill::of([&row]));
        assert_eq!((fill.rows, fill.title, fill.place), (3, 2, 2));
    }
}
