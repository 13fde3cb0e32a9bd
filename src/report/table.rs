//! A report: tables whose figures know the search that finds the same number.

use chrono::{DateTime, NaiveDate, Utc};

use super::chart::Chart;
use super::command::exact_search;
use super::numbers;
use super::question::{Dimension, Narrowing};
use crate::model::Criteria;

/// A report at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Which one: `overview`.
    pub name: &'static str,
    /// Its heading.
    pub title: String,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// The filters in words.
    pub filters: String,
    /// The search whose total is [`Report::jobs`].
    pub search: String,
    /// How many jobs it is about.
    pub jobs: u64,
    /// How many more may match the filters, and are in no figure.
    pub may_match: u64,
    /// How many are in no figure because they do not state what `--known` asks for.
    pub left_out: u64,
    /// What else one must know to read it.
    pub notes: Vec<String>,
    /// The tables.
    pub tables: Vec<Table>,
    /// Whose figures they rest on.
    pub sources: Vec<String>,
}

/// One table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Its name in CSV and JSON.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// Its columns; the first names the row.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// The criteria of a row with a placeholder in the place of the row's own word.
    pub pattern: Option<Criteria>,
    /// What its figures count and what they leave out.
    pub notes: Vec<String>,
    /// The same as a picture.
    pub chart: Option<Chart>,
    /// How many rows were cut off.
    pub more: usize,
    /// Whether it is shown only where there is room: not in a terminal.
    pub detail: bool,
}

/// How a search stands to a column's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// There is none: the column holds words.
    Words,
    /// Its total is the figure.
    Counted(Narrowing),
    /// It lists the jobs that the figure is computed from.
    Computed(Narrowing),
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name in CSV and JSON.
    pub key: String,
    /// Its heading.
    pub title: String,
    /// Where its figures come from.
    pub origin: Origin,
    /// Whether it is shown only where there is room.
    pub detail: bool,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// A cell for each column.
    pub cells: Vec<Cell>,
    /// What it asks for; `None` where no search can ask for just that.
    pub criteria: Option<Criteria>,
    /// Whether the search finds all that the row counts and nothing else.
    pub exact: bool,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// How many.
    Count(u64),
    /// How many of how many.
    Part(u64, u64),
    /// The share of how many of how many.
    Share(u64, u64),
    /// Dollars a year.
    Dollars(Option<f64>),
    /// Days.
    Days(Option<f64>),
    /// A day.
    Date(Option<NaiveDate>),
    /// Nothing to say.
    Empty,
}

impl Cell {
    /// Writes it for people.
    #[must_use]
    pub fn text(&self) -> String {
        let none = || "–".to_owned();
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => numbers::grouped(*count),
            Self::Part(part, whole) => format!("{} ({})", numbers::grouped(*part), numbers::percent(*part, *whole)),
            Self::Share(part, whole) => numbers::percent(*part, *whole),
            Self::Dollars(amount) => amount.map_or_else(none, numbers::dollars),
            Self::Days(days) => days.map_or_else(none, numbers::days),
            Self::Date(date) => date.map_or_else(none, |date| date.to_string()),
            Self::Empty => String::new(),
        }
    }

    /// Tells whether it stands at the right edge of its column.
    #[must_use]
    pub fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Empty | Self::Date(_))
    }
}

impl Column {
    fn new(key: impl Into<String>, title: impl Into<String>, origin: Origin) -> Self {
        Self { key: key.into(), title: title.into(), origin, detail: false }
    }

    /// Begins a column of words.
    pub(super) fn words(key: impl Into<String>, title: impl Into<String>) -> Self {
        Self::new(key, title, Origin::Words)
    }

    /// Begins a column whose figures are totals of searches.
    pub(super) fn counted(key: impl Into<String>, title: impl Into<String>, narrowing: Narrowing) -> Self {
        Self::new(key, title, Origin::Counted(narrowing))
    }

    /// Begins a column whose figures are computed from what searches list.
    pub(super) fn computed(key: impl Into<String>, title: impl Into<String>, narrowing: Narrowing) -> Self {
        Self::new(key, title, Origin::Computed(narrowing))
    }

    /// Shows it only where there is room.
    pub(super) fn in_detail(mut self) -> Self {
        self.detail = true;
        self
    }
}

impl Row {
    /// Begins a row that a search finds.
    pub(super) fn found_by(criteria: Criteria, cells: Vec<Cell>) -> Self {
        Self { cells, criteria: Some(criteria), exact: true }
    }

    /// Begins a row that is computed from what a search lists.
    pub(super) fn among(criteria: Criteria, cells: Vec<Cell>) -> Self {
        Self { cells, criteria: Some(criteria), exact: false }
    }
}

impl Table {
    /// Gives the criteria whose sure matches are the jobs that a cell counts; `None` where it does
    /// not count just those.
    #[must_use]
    pub fn counted_by(&self, row: &Row, column: usize) -> Option<Criteria> {
        let Some(Column { origin: Origin::Counted(narrowing), .. }) = self.columns.get(column) else { return None };
        let criteria = row.criteria.as_ref().filter(|criteria| row.exact && narrowing.is_exact(criteria))?;
        Some(narrowing.of(criteria))
    }

    /// Gives the criteria of the jobs that a cell is computed from.
    #[must_use]
    pub fn computed_from(&self, row: &Row, column: usize) -> Option<Criteria> {
        let narrowing = match self.columns.get(column)?.origin {
            Origin::Words => return None,
            Origin::Counted(narrowing) | Origin::Computed(narrowing) => narrowing,
        };
        row.criteria.as_ref().map(|criteria| narrowing.of(criteria))
    }

    /// Tells whether a column holds figures, so that it stands at the right edge.
    #[must_use]
    pub fn is_of_numbers(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.cells.get(column)).filter(|cell| **cell != Cell::Empty);
        let some = cells.clone().next().is_some();
        column > 0 && some && cells.all(Cell::is_number)
    }

    /// Gives the searches under a table: whose figures, whether they are its totals, and the command;
    /// of the columns that are shown where there is little room, or of all.
    #[must_use]
    pub fn searches(&self, with_details: bool) -> Vec<SearchLine> {
        let Some(pattern) = &self.pattern else { return self.searches_of_rows() };
        let mut lines: Vec<SearchLine> = Vec::new();
        for column in self.columns.iter().filter(|column| with_details || !column.detail) {
            let (narrowing, counted) = match column.origin {
                Origin::Words => continue,
                Origin::Counted(narrowing) => (narrowing, narrowing.is_exact(pattern)),
                Origin::Computed(narrowing) => (narrowing, false),
            };
            let command = exact_search(&narrowing.of(pattern)).replace(NO_BOARD.0, NO_BOARD.1);
            match lines.iter_mut().find(|line| line.command == command && line.counted == counted) {
                Some(line) => line.figures.push(column.title.clone()),
                None => lines.push(SearchLine { figures: vec![column.title.clone()], counted, command }),
            }
        }
        lines
    }

    /// Gives each row's own search, where the rows are of different kinds.
    fn searches_of_rows(&self) -> Vec<SearchLine> {
        let line = |row: &Row| {
            let at = self.columns.iter().position(|column| matches!(column.origin, Origin::Counted(_)))?;
            let command = exact_search(&self.counted_by(row, at)?);
            Some(SearchLine { figures: vec![row.cells.first()?.text()], counted: true, command })
        };
        self.rows.iter().filter_map(line).collect()
    }

    /// Lets the rows be found by the values of a dimension.
    pub(super) fn by(mut self, dimension: Dimension, base: &Criteria) -> Self {
        self.pattern = Some(dimension.only(base, dimension.placeholder()));
        self
    }

    /// Cuts the rows down to the first few, and says how many are gone.
    pub(super) fn cut(mut self, most: Option<usize>) -> Self {
        if let Some(most) = most {
            self.more = self.rows.len().saturating_sub(most);
            self.rows.truncate(most);
        }
        self
    }
}

/// How the placeholder of a board is written: no board's id has capitals.
const NO_BOARD: (&str, &str) = ("--board board-id", "--board BOARD");

/// A search with the figures that it is behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchLine {
    /// The headings of the columns.
    pub figures: Vec<String>,
    /// Whether its total is the figure; otherwise it lists what the figure is computed from.
    pub counted: bool,
    /// The command.
    pub command: String,
}
