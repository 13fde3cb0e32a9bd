//! A report for a terminal: tables within its width, and under each the search that finds the same.

use comfy_table::{CellAlignment, ColumnConstraint, Width};

use super::job_text::wrapped;
use super::table;
use crate::report::{Cell, Report, SearchLine, Table, command_parts};

/// How long a row's name may be before it is broken.
const LONGEST_NAME: usize = 28;

/// How long the headings before a search may be before they stand on a line of their own.
const LONGEST_LABEL: usize = 26;

/// Says how to read the lines under a table.
const LEGEND: &str = "Under each table: “=” stands before the search that finds as many jobs, “from” before one that \
    lists what a figure is computed from. A word in capitals stands for the row's own.";

/// Writes the whole report.
pub(super) fn written(report: &Report, width: usize) -> String {
    let at = report.now.format("%Y-%m-%d %H:%M UTC");
    let noun = if report.jobs == 1 { "job" } else { "jobs" };
    let mut parts = vec![format!(
        "{}\n{}\n{}",
        report.title,
        lines(&format!("{} {noun}: {}; {at}", Cell::Count(report.jobs).text(), report.filters), "", width),
        command(&report.search, "", width)
    )];
    parts.extend(report.notes.iter().map(|note| lines(note, "", width)));
    parts.push(lines(LEGEND, "", width));
    parts.extend(report.tables.iter().filter(|table| !table.detail).map(|table| one(table, width)));
    if !report.sources.is_empty() {
        parts.push(report.sources.iter().map(|source| lines(source, "", width)).collect::<Vec<_>>().join("\n"));
    }
    parts.join("\n\n")
}

fn one(table: &Table, width: usize) -> String {
    let mut parts = vec![table.title.to_uppercase()];
    if table.rows.is_empty() {
        parts.push("  nothing to count".to_owned());
    } else {
        parts.push(rows(table, width));
    }
    if table.more > 0 {
        parts.push(format!("  and {} more; --limit shows more", table.more));
    }
    parts.extend(table.notes.iter().map(|note| lines(note, "  ", width)));
    if !table.rows.is_empty() {
        parts.extend(searches(table, width));
    }
    parts.join("\n")
}

fn rows(shown: &Table, width: usize) -> String {
    let columns: Vec<usize> =
        shown.columns.iter().enumerate().filter(|(_, column)| !column.detail).map(|(at, _)| at).collect();
    let heading = |at: &usize| shown.columns.get(*at).map_or("", |column| column.title.as_str());
    let headings: Vec<&str> = columns.iter().map(heading).collect();
    let mut table = table::table(&headings);
    table.set_width(u16::try_from(width).unwrap_or(80));
    if headings.iter().all(|heading| heading.is_empty()) {
        table.set_header(Vec::<String>::new());
    }
    for row in &shown.rows {
        table.add_row(columns.iter().filter_map(|at| row.cells.get(*at)).map(|cell| one_line(&cell.text())));
    }
    for (place, at) in columns.iter().enumerate() {
        let Some(column) = table.column_mut(place) else { continue };
        if shown.is_of_numbers(*at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        if place == 0 {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(name_width(shown))));
        }
    }
    table::rendered(&table)
}

/// Gives the width of the column that names the rows: names are what people look for, and are broken
/// only where they are very long.
fn name_width(shown: &Table) -> u16 {
    let names = shown.rows.iter().filter_map(|row| row.cells.first()).map(|cell| cell.text().chars().count());
    let heading = shown.columns.first().map_or(0, |column| column.title.chars().count());
    // The blanks on either side count as well.
    u16::try_from(names.max().unwrap_or_default().clamp(heading, LONGEST_NAME) + 2).unwrap_or_default()
}

/// Boards and employers choose the words: one that breaks its line would pass for another row.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes the searches under a table, each beside the headings of its figures where there is room.
fn searches(table: &Table, width: usize) -> Vec<String> {
    let lines = table.searches(false);
    let label = |line: &SearchLine| line.figures.join(", ");
    let lengths = lines.iter().map(|line| label(line).chars().count()).filter(|length| *length <= LONGEST_LABEL);
    let room = lengths.max().unwrap_or_default();
    let written = |line: &SearchLine| {
        let (label, sign) = (label(line), if line.counted { "   =" } else { "from" });
        let indent = room + 8;
        let search =
            command(&line.command, "", width.saturating_sub(indent)).replace('\n', &format!("\n{:indent$}", ""));
        if label.chars().count() <= room {
            format!("  {label:<room$} {sign} {search}")
        } else {
            format!("{}\n  {:room$} {sign} {search}", lines_of(&label, width), "")
        }
    };
    lines.iter().map(written).collect()
}

fn lines_of(label: &str, width: usize) -> String {
    lines(&format!("{label}:"), "  ", width)
}

/// Breaks a command where a shell goes on reading: before a flag, after a backslash.
fn command(text: &str, indent: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for part in command_parts(text) {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && indent.len() + line + 3 + part.chars().count() > width {
            lines.push("  ".to_owned());
        } else if line > 0 {
            lines.last_mut().into_iter().for_each(|line| line.push(' '));
        }
        lines.last_mut().into_iter().for_each(|line| line.push_str(&part));
    }
    lines.iter().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join(" \\\n")
}

fn lines(text: &str, indent: &str, width: usize) -> String {
    let lines = wrapped(text, width.saturating_sub(indent.len()));
    lines.iter().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_command_breaks_where_a_shell_goes_on_reading() {
        let text = "jobrounds search 'two words' --role coding-inpatient --state OH --known all";
        assert_eq!(
            command(text, "  ", 40),
            "  jobrounds search 'two words' \\\n    --role coding-inpatient --state OH \\\n    --known all"
        );
    }
}
