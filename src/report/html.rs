//! A report as one page that needs nothing else: no scripts, nothing from elsewhere. The template
//! escapes whatever it is given.

use askama::Template;

use super::command::command_parts;
use super::drawing::{Drawing, PLOT_HEIGHT, PLOT_LEFT, PLOT_TOP, PLOT_WIDTH, draw};
use super::numbers::grouped;
use super::table::{Cell, Column, Origin, Report, Row, SearchLine, Table};

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    date: String,
    jobs: String,
    search: Vec<String>,
    sections: Vec<Section<'a>>,
    plot: Plot,
}

/// Where lines are drawn.
struct Plot {
    top: u32,
    height: u32,
    left: f64,
    width: f64,
}

/// One table with its picture.
struct Section<'a> {
    table: &'a Table,
    /// Names the section within the page: one kind of table may come several times.
    anchor: String,
    headings: Vec<Shown>,
    rows: Vec<ShownRow>,
    searches: Vec<Search>,
    drawing: Option<Drawing>,
    wide: bool,
    /// Whether it may be longer than a sheet of paper.
    long: bool,
}

/// A search in parts that are not broken where they fit.
struct Search {
    line: SearchLine,
    parts: Vec<String>,
}

impl Search {
    fn of(line: SearchLine) -> Self {
        Self { parts: command_parts(&line.command), line }
    }
}

/// A row as it is shown: what fills no column of its own stands under its name.
struct ShownRow {
    name: String,
    under: Vec<String>,
    cells: Vec<Shown>,
}

/// A cell as it is shown.
struct Shown {
    text: String,
    /// `n` for figures, `d` for days.
    class: &'static str,
}

/// From how many columns on a table takes the whole width.
const WIDE: usize = 8;

/// From how many rows on a table may be longer than a sheet of paper; fewer where lines stand under names.
const LONG: usize = 25;
const LONG_WITH_LINES: usize = 6;

/// Writes the page.
#[must_use]
pub fn html(report: &Report) -> String {
    let sections = report.tables.iter().enumerate().map(|(at, table)| section(at, table)).collect();
    let page = Page {
        report,
        date: report.now.format("%-d %B %Y, %H:%M UTC").to_string(),
        jobs: grouped(report.jobs),
        search: command_parts(&report.search),
        sections,
        plot: Plot { top: PLOT_TOP, height: PLOT_HEIGHT, left: PLOT_LEFT, width: PLOT_WIDTH },
    };
    // The template calls nothing that can fail, and writing to a string cannot.
    page.render().unwrap_or_default()
}

fn section(at: usize, table: &Table) -> Section<'_> {
    let columns: Vec<usize> =
        table.columns.iter().enumerate().filter(|(_, one)| !is_under(one)).map(|(at, _)| at).collect();
    let heading = |column: &usize| {
        let text = table.columns.get(*column).map_or_else(String::new, |column| column.title.clone());
        Shown { text, class: if table.is_of_numbers(*column) { "n" } else { "" } }
    };
    Section {
        table,
        anchor: format!("{}-{}", table.id, at + 1),
        headings: columns.iter().map(heading).collect(),
        rows: table.rows.iter().map(|row| shown_row(table, row, &columns)).collect(),
        searches: table.searches(true).into_iter().map(Search::of).collect(),
        drawing: table.chart.as_ref().map(draw),
        long: table.rows.len() > if table.columns.iter().any(is_under) { LONG_WITH_LINES } else { LONG },
        wide: columns.len() >= WIDE || table.chart.is_none(),
    }
}

/// Tells whether a column's words stand under the row's name: on a page, too, there is not room for all.
fn is_under(column: &Column) -> bool {
    column.detail && column.origin == Origin::Words
}

fn shown_row(table: &Table, row: &Row, columns: &[usize]) -> ShownRow {
    let text = |at: usize| row.cells.get(at).map(Cell::text).unwrap_or_default();
    let name = text(0);
    let told = table.columns.iter().enumerate().filter(|(_, column)| is_under(column));
    let under = told.map(|(at, column)| (column, text(at))).filter(|(_, text)| !text.is_empty() && *text != name);
    ShownRow {
        under: under.map(|(column, text)| format!("{}: {text}", column.title)).collect(),
        cells: columns.iter().skip(1).map(|at| Shown { text: text(*at), class: class(table, row, *at) }).collect(),
        name,
    }
}

fn class(table: &Table, row: &Row, column: usize) -> &'static str {
    match row.cells.get(column) {
        Some(Cell::Date(_)) => "d",
        _ if table.is_of_numbers(column) => "n",
        _ => "",
    }
}
