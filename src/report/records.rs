//! A report as the records of a CSV file: one table after another, each with its own heading.
//!
//! RFC 4180 wants as many fields in every record. The first field names the table, or is `table` in a
//! record of headings; narrower tables end in empty fields. The last field of a row is its search.

use super::command::exact_search;
use super::numbers::share;
use super::table::{Cell, Origin, Report, Row, Table};

/// Gives the records.
#[must_use]
pub fn records(report: &Report) -> Vec<Vec<String>> {
    let mut records = head(report);
    for table in &report.tables {
        records.push(headings(table));
        records.extend(table.rows.iter().map(|row| record(table, row)));
    }
    let width = records.iter().map(Vec::len).max().unwrap_or_default();
    for record in &mut records {
        record.resize(width, String::new());
    }
    records
}

fn head(report: &Report) -> Vec<Vec<String>> {
    let mut lines = vec![
        ("report", report.name.to_owned()),
        ("at", report.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
        ("filters", report.filters.clone()),
        ("jobs", report.jobs.to_string()),
        ("may_match", report.may_match.to_string()),
        ("left_out", report.left_out.to_string()),
        ("search", report.search.clone()),
    ];
    lines.extend(report.notes.iter().map(|note| ("note", note.clone())));
    for table in &report.tables {
        lines.extend(table.notes.iter().map(|note| ("note", format!("{}: {note}", table.id))));
    }
    lines.extend(report.sources.iter().map(|source| ("source", source.clone())));
    let headings = vec!["table".to_owned(), "name".to_owned(), "value".to_owned()];
    let record = |(name, value): (&str, String)| vec!["report".to_owned(), name.to_owned(), value];
    std::iter::once(headings).chain(lines.into_iter().map(record)).collect()
}

/// Names the columns; a share follows what it is the share of.
fn headings(table: &Table) -> Vec<String> {
    let mut names = vec!["table".to_owned()];
    for (at, column) in table.columns.iter().enumerate() {
        names.push(column.key.clone());
        if has_shares(table, at) {
            names.push(format!("{}_share", column.key));
        }
    }
    names.push("search".to_owned());
    names
}

fn has_shares(table: &Table, column: usize) -> bool {
    table.rows.iter().any(|row| matches!(row.cells.get(column), Some(Cell::Part(..))))
}

fn record(table: &Table, row: &Row) -> Vec<String> {
    let mut fields = vec![table.id.to_owned()];
    for (at, cell) in row.cells.iter().enumerate() {
        fields.push(field(cell));
        if has_shares(table, at) {
            fields.push(if let Cell::Part(part, whole) = cell { share_text(*part, *whole) } else { String::new() });
        }
    }
    fields.push(search(table, row));
    fields
}

/// Gives the search of the row's first figure.
fn search(table: &Table, row: &Row) -> String {
    let figure = table.columns.iter().position(|column| column.origin != Origin::Words);
    let criteria = figure.and_then(|at| table.computed_from(row, at));
    criteria.map_or_else(String::new, |criteria| exact_search(&criteria))
}

fn share_text(part: u64, whole: u64) -> String {
    share(part, whole).map_or_else(String::new, |share| format!("{share:.4}"))
}

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Count(count) | Cell::Part(count, _) => count.to_string(),
        Cell::Share(part, whole) => share_text(*part, *whole),
        Cell::Dollars(figure) | Cell::Days(figure) => {
            figure.map_or_else(String::new, |figure| ((figure * 100.0).round() / 100.0).to_string())
        }
        Cell::Date(date) => date.map_or_else(String::new, |date| date.to_string()),
        Cell::Empty => String::new(),
    }
}
