//! `boards`: what each board yields, what only it has, what it shares with others, and how far behind
//! it is.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::chart::Chart;
use super::numbers::{figure, grouped, median};
use super::question::{Dimension, Narrowing};
use super::selection::{MEDIANS, ReportRequest, Selection};
use super::table::{Cell, Column, Report, Row, Table};
use crate::model::{BoardHealth, BoardId, CopyFigure, JobFigures};

/// How many boards stand side by side in one table.
pub(super) const BOARDS_A_TABLE: usize = 6;

/// What a report on boards counts of one of them.
#[derive(Default)]
struct Yield {
    postings: u64,
    jobs: u64,
    unique: u64,
    shared: u64,
    first: u64,
    behind: Vec<f64>,
}

/// Makes the report; the jobs come with their copies.
#[must_use]
pub fn boards(request: &ReportRequest<'_>, health: &[(BoardId, BoardHealth)]) -> Report {
    let selection = Selection::of(request);
    let yields = yields(&selection);
    let mut tables = vec![by_board(&selection, &yields, health)];
    tables.extend(overlaps(&selection, &yields));
    selection.report("boards", "Boards", tables)
}

/// Counts by board; those that the filters do not ask for are left out, and so are boards without a
/// posting.
fn yields(selection: &Selection<'_>) -> BTreeMap<BoardId, Yield> {
    let mut yields: BTreeMap<BoardId, Yield> = BTreeMap::new();
    for job in &selection.chosen {
        let earliest = first_seen_by_board(job);
        let first = earliest.values().min().copied();
        for copy in &job.copies {
            yields.entry(copy.board.clone()).or_default().postings += 1;
        }
        for (board, seen) in &earliest {
            let counted = yields.entry((*board).clone()).or_default();
            counted.jobs += 1;
            if earliest.len() == 1 {
                counted.unique += 1;
            } else {
                counted.take_delay(first.map_or(0, |first| (*seen - first).num_hours()));
            }
        }
    }
    let shown = selection.shows(Dimension::Board);
    yields.retain(|board, _| shown(board.as_str()));
    yields
}

impl Yield {
    /// Takes in by how many hours a job that others have, too, came later here. Boards of one round are
    /// polled one after the other, so that less than an hour is no delay.
    fn take_delay(&mut self, hours: i64) {
        self.shared += 1;
        if hours < 1 {
            self.first += 1;
        } else {
            self.behind.push(figure(hours.unsigned_abs()) / 24.0);
        }
    }
}

fn first_seen_by_board(job: &JobFigures) -> BTreeMap<&BoardId, DateTime<Utc>> {
    let mut earliest: BTreeMap<&BoardId, DateTime<Utc>> = BTreeMap::new();
    for CopyFigure { board, first_seen } in &job.copies {
        let seen = earliest.entry(board).or_insert(*first_seen);
        *seen = (*seen).min(*first_seen);
    }
    earliest
}

fn by_board(selection: &Selection<'_>, yields: &BTreeMap<BoardId, Yield>, health: &[(BoardId, BoardHealth)]) -> Table {
    let mut sorted: Vec<(&BoardId, &Yield)> = yields.iter().collect();
    sorted.sort_by(|(a, x), (b, y)| y.jobs.cmp(&x.jobs).then_with(|| a.cmp(b)));
    let row = |(board, counted): &(&BoardId, &Yield)| {
        let state =
            health.iter().find(|(id, _)| id == *board).map_or("never polled", |(_, health)| health.state.as_str());
        let cells = vec![
            Cell::Text(board.to_string()),
            Cell::Text(state.to_owned()),
            Cell::Count(counted.postings),
            Cell::Count(counted.jobs),
            Cell::Part(counted.unique, counted.jobs),
            Cell::Part(counted.first, counted.shared),
            Cell::Days(median(&counted.behind)),
        ];
        Row::found_by(Dimension::Board.only(selection.criteria(), board.as_str()), cells)
    };
    let table = Table {
        id: "by-board",
        title: "By board".to_owned(),
        columns: vec![
            Column::words("board", "Board"),
            Column::words("state", "State"),
            Column::computed("postings", "Postings", Narrowing::Every),
            Column::counted("jobs", "Jobs", Narrowing::Every),
            Column::computed("only_here", "Only here", Narrowing::Every),
            Column::computed("first", "First", Narrowing::Every),
            Column::computed("median_days_behind", "Days behind", Narrowing::Every),
        ],
        rows: sorted.iter().map(row).collect(),
        notes: vec![
            "“Only here” jobs are on no other board: all jobs less those that a search for all other boards finds. \
             “First” is of the jobs that other boards have as well: first seen here, or within an hour of it. “Days \
             behind” is the median of the others, by when we first saw each copy."
                .to_owned(),
            MEDIANS.to_owned(),
        ],
        chart: Chart::bars("Jobs by board", sorted.iter().map(|(board, counted)| (board.to_string(), counted.jobs))),
        ..Table::default()
    };
    table.by(Dimension::Board, selection.criteria())
}

/// Makes the matrix of jobs that two boards have both, some boards wide at a time.
fn overlaps(selection: &Selection<'_>, yields: &BTreeMap<BoardId, Yield>) -> Vec<Table> {
    let boards: Vec<&BoardId> = yields.keys().collect();
    let mut both: BTreeMap<(&BoardId, &BoardId), u64> = BTreeMap::new();
    for job in &selection.chosen {
        let here: BTreeSet<&BoardId> = job.copies.iter().map(|copy| &copy.board).collect();
        for one in &here {
            for other in &here {
                *both.entry((one, other)).or_default() += 1;
            }
        }
    }
    if boards.len() < 2 {
        return Vec::new();
    }
    let of = |across: &[&BoardId]| overlap(selection, &boards, across, &both);
    boards.chunks(BOARDS_A_TABLE).map(of).collect()
}

fn overlap(
    selection: &Selection<'_>,
    boards: &[&BoardId],
    across: &[&BoardId],
    both: &BTreeMap<(&BoardId, &BoardId), u64>,
) -> Table {
    let count = |one: &BoardId, other: &BoardId| both.get(&(one, other)).copied().unwrap_or_default();
    let row = |board: &&BoardId| {
        let cells = across.iter().map(|other| {
            if other == board {
                Cell::Count(count(board, board))
            } else {
                Cell::Part(count(board, other), count(board, board))
            }
        });
        let cells = std::iter::once(Cell::Text(board.to_string())).chain(cells).collect();
        Row::among(Dimension::Board.only(selection.criteria(), board.as_str()), cells)
    };
    let columns = across.iter().map(|board| Column::computed(board.as_str(), board.as_str(), Narrowing::Every));
    let table = Table {
        id: "overlap",
        title: "Jobs that two boards have both".to_owned(),
        columns: std::iter::once(Column::words("board", "Of")).chain(columns).collect(),
        rows: boards.iter().map(row).collect(),
        notes: vec![format!(
            "Read along a row: of the board's jobs, how many the other one has, too. A search for two boards finds \
             either, so that both are the sum of the two less that. {} jobs in all.",
            grouped(selection.total())
        )],
        ..Table::default()
    };
    table.by(Dimension::Board, selection.criteria())
}
