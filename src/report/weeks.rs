//! Jobs opened and closed by week: ISO weeks, which begin on Monday, in UTC.

use chrono::{Datelike, Duration, NaiveDate};

use super::chart::{Chart, Figures, Series};
use super::question::Narrowing;
use super::selection::Selection;
use super::table::{Cell, Column, Row, Table};
use crate::model::{Criteria, StatusFilter};

/// How many weeks are told, the running one among them.
const WEEKS: i64 = 12;

/// Counts what opened and closed in each of the last weeks, whatever the status asked for.
pub(super) fn by_week(selection: &Selection<'_>) -> Table {
    let today = selection.request.now.date_naive();
    let monday = today - Duration::days(i64::from(today.weekday().num_days_from_monday()));
    let everything = Criteria { status: StatusFilter::All, ..selection.criteria().clone() };
    let mondays: Vec<NaiveDate> = (0..WEEKS).rev().map(|weeks| monday - Duration::weeks(weeks)).collect();
    let opened = counts(&mondays, selection.request.jobs.iter().map(|job| job.first_seen.date_naive()));
    let closed = selection.request.jobs.iter().filter_map(|job| job.closed_at);
    let closed = counts(&mondays, closed.map(|at| at.date_naive()));
    let names: Vec<String> = mondays.iter().map(|monday| week_name(*monday)).collect();
    let row = |(((name, monday), opened), closed): (((&String, &NaiveDate), &u64), &u64)| {
        let cells =
            vec![Cell::Text(name.clone()), Cell::Date(Some(*monday)), Cell::Count(*opened), Cell::Count(*closed)];
        Row::among(everything.clone(), cells)
    };
    Table {
        id: "by-week",
        title: "Opened and closed by week".to_owned(),
        columns: vec![
            Column::words("week", "Week"),
            Column::words("from", "From Monday"),
            Column::computed("opened", "Opened", Narrowing::Every),
            Column::computed("closed", "Closed", Narrowing::Status(StatusFilter::Closed)),
        ],
        rows: names.iter().zip(&mondays).zip(&opened).zip(&closed).map(row).collect(),
        pattern: Some(everything.clone()),
        notes: notes(selection, &mondays),
        chart: Some(chart(&names, opened, closed)),
        ..Table::default()
    }
}

fn notes(selection: &Selection<'_>, mondays: &[NaiveDate]) -> Vec<String> {
    let mut notes = vec![
        "Open and closed jobs alike, whatever --status says. A job opens when it is first seen, and closes at its \
         stated end or when it was noticed to be gone; one that was opened again is not closed. ISO weeks in UTC; the \
         last one is not over."
            .to_owned(),
    ];
    let first = selection.request.jobs.iter().map(|job| job.first_seen.date_naive()).min();
    if let Some(first) = first.filter(|first| mondays.first().is_some_and(|monday| monday <= first)) {
        notes.push(format!(
            "Nothing was seen before {first}: what the boards already showed then counts as opened in week {}.",
            week_name(first)
        ));
    }
    notes
}

fn week_name(day: NaiveDate) -> String {
    let week = day.iso_week();
    format!("{}-W{:02}", week.year(), week.week())
}

fn counts(mondays: &[NaiveDate], days: impl Iterator<Item = NaiveDate>) -> Vec<u64> {
    let mut counts = vec![0; mondays.len()];
    let Some(first) = mondays.first() else { return counts };
    for day in days {
        let week = usize::try_from((day - *first).num_days().div_euclid(7)).ok();
        if let Some(count) = week.and_then(|week| counts.get_mut(week)) {
            *count += 1;
        }
    }
    counts
}

fn chart(names: &[String], opened: Vec<u64>, closed: Vec<u64>) -> Chart {
    let sums: (u64, u64) = (opened.iter().sum(), closed.iter().sum());
    let description = format!(
        "Two lines over {} weeks from {} to {}: {} jobs opened, {} closed. The table has each week.",
        names.len(),
        names.first().map_or("", String::as_str),
        names.last().map_or("", String::as_str),
        sums.0,
        sums.1
    );
    let series = vec![
        Series { name: "Opened".to_owned(), values: opened },
        Series { name: "Closed".to_owned(), values: closed },
    ];
    Chart {
        title: "Opened and closed by week".to_owned(),
        description,
        figures: Figures::Lines { labels: names.to_vec(), series },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_belong_to_iso_years() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(week_name(day("2027-01-03")), "2026-W53");
        assert_eq!(week_name(day("2027-01-04")), "2027-W01");
        let mondays = [day("2026-11-16"), day("2026-11-23")];
        let days = ["2026-11-15", "2026-11-16", "2026-11-22", "2026-11-23", "2026-11-30"].map(day);
        assert_eq!(counts(&mondays, days.into_iter()), [2, 1]);
    }
}
