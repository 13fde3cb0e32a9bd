//! A report as JSON: every figure by name, with the search that finds it.

use serde_json::{Map, Value, json};

use super::command::exact_search;
use super::numbers::share;
use super::table::{Cell, Report, Row, SearchLine, Table};

/// Makes the document.
#[must_use]
pub fn document(report: &Report) -> Value {
    json!({
        "report": report.name,
        "title": report.title,
        "at": report.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "filters": report.filters,
        "search": report.search,
        "jobs": report.jobs,
        "may_match": report.may_match,
        "left_out": report.left_out,
        "notes": report.notes,
        "sources": report.sources,
        "tables": report.tables.iter().map(table).collect::<Vec<_>>(),
    })
}

fn table(table: &Table) -> Value {
    json!({
        "id": table.id,
        "title": table.title,
        "searches": table.searches(true).iter().map(search).collect::<Vec<_>>(),
        "notes": table.notes,
        "rows": table.rows.iter().map(|one| row(table, one)).collect::<Vec<_>>(),
        "more_rows": table.more,
    })
}

fn search(line: &SearchLine) -> Value {
    json!({"figures": line.figures, "total_is_the_figure": line.counted, "command": line.command})
}

/// Writes a row's values by name; `search` has the command of each figure that is its total,
/// `computed_from` those that list what others are computed from.
fn row(table: &Table, row: &Row) -> Value {
    let (mut values, mut exact, mut from) = (Map::new(), Map::new(), Map::new());
    for (at, (column, cell)) in table.columns.iter().zip(&row.cells).enumerate() {
        values.insert(column.key.clone(), value(cell));
        if let Cell::Part(part, whole) = cell {
            values.insert(format!("{}_share", column.key), json!(share(*part, *whole)));
        }
        if let Some(criteria) = table.counted_by(row, at) {
            exact.insert(column.key.clone(), Value::String(exact_search(&criteria)));
        } else if let Some(criteria) = table.computed_from(row, at) {
            from.insert(column.key.clone(), Value::String(exact_search(&criteria)));
        }
    }
    values.insert("search".to_owned(), Value::Object(exact));
    values.insert("computed_from".to_owned(), Value::Object(from));
    Value::Object(values)
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Text(text) => json!(text),
        Cell::Count(count) | Cell::Part(count, _) => json!(count),
        Cell::Share(part, whole) => json!(share(*part, *whole)),
        Cell::Dollars(amount) => json!(amount),
        Cell::Days(days) => json!(days),
        Cell::Date(date) => json!(date),
        Cell::Empty => Value::Null,
    }
}
