//! Tables that fit the terminal: plain text, columns cut by width, never by meaning alone.

use comfy_table::{Cell, ContentArrangement, Table};

use super::output;

/// Begins a table with these headings, as wide as the terminal at most.
pub(super) fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(output::width()).unwrap_or(80));
    table.set_header(headings.iter().map(Cell::new));
    table
}

/// Gives the table's text without trailing blanks.
pub(super) fn rendered(table: &Table) -> String {
    let lines = table.to_string();
    lines.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect::<Vec<_>>().join("\n")
}

/// Guards a cell of a CSV file against being read as a formula by a spreadsheet.
pub(super) fn csv_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_never_becomes_a_formula() {
        assert_eq!(csv_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(csv_cell("Coder"), "Coder");
    }
}
