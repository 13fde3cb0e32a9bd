//! `completeness`: how many of each board's postings state what people want to know.

use std::collections::BTreeMap;

use super::boards::BOARDS_A_TABLE;
use super::numbers::grouped;
use super::question::{Dimension, Narrowing};
use super::selection::{ReportRequest, Selection};
use super::table::{Cell, Column, Report, Row, Table};
use crate::model::{Basis, BoardId, Field, Posting};

/// What is looked at of a posting: the field's name, and on what ground it is known.
type Look = (&'static str, fn(&Posting) -> Option<Basis>);

const FIELDS: [Look; 15] = [
    ("title", |posting| basis(&posting.title)),
    ("employer", |posting| basis(&posting.hiring_organization)),
    ("place", |posting| basis(&posting.job_location)),
    ("pay", |posting| basis(&posting.base_salary)),
    ("work mode", |posting| basis(&posting.work_mode)),
    ("employment type", |posting| basis(&posting.employment_type)),
    ("posted", |posting| basis(&posting.date_posted)),
    ("closing", |posting| basis(&posting.valid_through)),
    ("text", |posting| posting.description_text.as_ref().filter(|text| !text.trim().is_empty()).map(|_| Basis::Stated)),
    ("apply address", |posting| basis(&posting.apply_url)),
    ("role", |posting| posting.codes.role.get().filter(|role| *role != "other").map(|_| Basis::Derived)),
    ("credentials", |posting| (!posting.codes.credentials.is_empty()).then_some(Basis::Derived)),
    ("level", |posting| basis(&posting.codes.experience_level)),
    ("setting", |posting| basis(&posting.codes.setting)),
    ("education", |posting| basis(&posting.codes.education)),
];

fn basis<T>(field: &Field<T>) -> Option<Basis> {
    field.value.as_ref().map(|_| field.basis)
}

/// How often a field is known.
#[derive(Clone, Copy, Default)]
struct Known {
    stated: u64,
    derived: u64,
}

/// Counts postings one by one, so that none need be kept.
#[derive(Default)]
pub struct Completeness {
    boards: BTreeMap<BoardId, (u64, [Known; FIELDS.len()])>,
}

impl Completeness {
    /// Takes a posting in.
    pub fn add(&mut self, posting: &Posting) {
        let (postings, known) = self.boards.entry(posting.key.board.clone()).or_default();
        *postings += 1;
        for ((_, look), known) in FIELDS.iter().zip(known) {
            match look(posting) {
                Some(Basis::Stated) => known.stated += 1,
                Some(Basis::Derived | Basis::Estimated) => known.derived += 1,
                None => {}
            }
        }
    }

    /// Makes the report of what was taken in.
    #[must_use]
    pub fn report(mut self, request: &ReportRequest<'_>) -> Report {
        let selection = Selection::of(request);
        let shown = selection.shows(Dimension::Board);
        self.boards.retain(|board, _| shown(board.as_str()));
        let boards: Vec<&BoardId> = self.boards.keys().collect();
        let mut tables: Vec<Table> =
            boards.chunks(BOARDS_A_TABLE).map(|across| self.matrix(&selection, across)).collect();
        tables.push(self.counts(&selection));
        selection.report("completeness", "Completeness", tables)
    }

    /// Sets the boards side by side: shares of their postings.
    fn matrix(&self, selection: &Selection<'_>, across: &[&BoardId]) -> Table {
        let of = |board: &&BoardId| self.boards.get(*board).copied().unwrap_or_default();
        let row = |at: usize, name: &str| {
            let share = |board: &&BoardId| {
                let (postings, known) = of(board);
                let known = known.get(at).copied().unwrap_or_default();
                Cell::Share(known.stated + known.derived, postings)
            };
            let cells = std::iter::once(Cell::Text(name.to_owned())).chain(across.iter().map(share)).collect();
            Row { cells, criteria: None, exact: false }
        };
        let postings = across.iter().map(|board| Cell::Count(of(board).0));
        let totals = std::iter::once(Cell::Text("postings".to_owned())).chain(postings).collect();
        let rows = FIELDS.iter().enumerate().map(|(at, (name, _))| row(at, name));
        let columns = across.iter().map(|board| Column::computed(board.as_str(), board.as_str(), Narrowing::Every));
        let table = Table {
            id: "shares",
            title: "Postings that say it, by board".to_owned(),
            columns: std::iter::once(Column::words("field", "Field")).chain(columns).collect(),
            rows: std::iter::once(Row { cells: totals, criteria: None, exact: false }).chain(rows).collect(),
            notes: vec![
                "Known from a field of its own or from the words; of all postings of the jobs that match, copies that \
                 are gone among them. A role counts where it is another one than `other`. --csv, --html and --format \
                 json have the counts, stated and derived apart."
                    .to_owned(),
            ],
            ..Table::default()
        };
        table.by(Dimension::Board, selection.criteria())
    }

    /// Lists the counts, board by board.
    fn counts(&self, selection: &Selection<'_>) -> Table {
        let mut rows = Vec::new();
        for (board, (postings, known)) in &self.boards {
            let criteria = Dimension::Board.only(selection.criteria(), board.as_str());
            for ((name, _), known) in FIELDS.iter().zip(known) {
                let cells = vec![
                    Cell::Text(board.to_string()),
                    Cell::Text((*name).to_owned()),
                    Cell::Count(*postings),
                    Cell::Part(known.stated + known.derived, *postings),
                    Cell::Part(known.stated, *postings),
                    Cell::Part(known.derived, *postings),
                ];
                rows.push(Row::among(criteria.clone(), cells));
            }
        }
        let all: u64 = self.boards.values().map(|(postings, _)| postings).sum();
        let table = Table {
            id: "counts",
            title: "The same as counts".to_owned(),
            columns: vec![
                Column::words("board", "Board"),
                Column::words("field", "Field"),
                Column::computed("postings", "Postings", Narrowing::Every),
                Column::computed("known", "Known", Narrowing::Every),
                Column::computed("stated", "Stated", Narrowing::Every),
                Column::computed("derived", "Derived", Narrowing::Every),
            ],
            rows,
            notes: vec![format!("{} postings of {} jobs.", grouped(all), grouped(selection.total()))],
            detail: true,
            ..Table::default()
        };
        table.by(Dimension::Board, selection.criteria())
    }
}
