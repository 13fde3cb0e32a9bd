//! Two postings side by side: two columns, or one over the other where there is no room.

use crate::cli::job_text;
use crate::model::Posting;

/// Narrower terminals show one posting under the other.
const LEAST_WIDTH: usize = 70;
/// How far labels reach.
const LABEL: usize = 9;
/// Marks values that differ.
const DIFFERS: &str = "≠";
/// Between the columns.
const GAP: &str = " │ ";
/// How many lines of the texts are shown.
const TEXT_LINES: usize = 8;
/// How much of a text is looked at for that.
const TEXT_SHOWN: usize = 2_000;

/// One line of the comparison.
struct Row {
    label: &'static str,
    a: String,
    b: String,
    /// Whether both say something and not the same.
    differs: bool,
}

impl Row {
    fn new(label: &'static str, a: Option<String>, b: Option<String>) -> Self {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let differs = matches!((&a, &b), (Some(a), Some(b)) if plain(a) != plain(b));
        let shown = |text: Option<String>| text.unwrap_or_else(|| "not stated".to_owned());
        Self { label, a: shown(a), b: shown(b), differs }
    }

    fn mark(&self) -> &'static str {
        if self.differs { DIFFERS } else { " " }
    }
}

/// Sets two postings beside each other.
pub(super) fn beside(a: &Posting, b: &Posting, width: usize) -> String {
    let (names, rows) = ((a.key.to_string(), b.key.to_string()), rows(a, b));
    let texts = (text_of(a), text_of(b));
    if width < LEAST_WIDTH { stacked(&names, &rows, &texts, width) } else { columns(&names, &rows, &texts, width) }
}

fn rows(a: &Posting, b: &Posting) -> Vec<Row> {
    let row = |label, value: fn(&Posting) -> Option<String>| Row::new(label, value(a), value(b));
    vec![
        row("title", |posting| posting.title.value.clone()),
        row("employer", |posting| posting.hiring_organization.value.clone()),
        row("place", |posting| {
            let places = posting.job_location.value.as_ref()?;
            let first = places.first().map(job_text::place).filter(|text| !text.is_empty())?;
            Some(if places.len() > 1 { format!("{first} and {} more", places.len() - 1) } else { first })
        }),
        row("mode", |posting| posting.work_mode.value.map(|mode| mode.as_str().to_owned())),
        row("type", |posting| {
            let kinds = posting.employment_type.value.as_ref()?;
            let words = kinds.iter().map(|kind| kind.as_str().to_lowercase().replace('_', "-"));
            Some(words.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
        }),
        row("pay", |posting| posting.base_salary.value.as_ref().map(|pay| pay.raw.clone())),
        row("posted", |posting| posting.date_posted.value.map(|date| date.to_string())),
        row("closes", |posting| posting.valid_through.value.as_ref().map(|closing| closing.date.to_string())),
        row("ids", |posting| Some(posting.requisition_ids.join(", ")).filter(|text| !text.is_empty())),
        // Every posting has a page of its own, so that another one is no news.
        Row { differs: false, ..row("page", |posting| posting.url.value.clone()) },
    ]
}

fn text_of(posting: &Posting) -> String {
    let text = posting.description_text.as_deref().unwrap_or("(no text)");
    text.chars().take(TEXT_SHOWN).collect()
}

fn columns(names: &(String, String), rows: &[Row], texts: &(String, String), width: usize) -> String {
    let room = (width - LABEL - 3 - GAP.chars().count()) / 2;
    let mut lines = vec![line("", " ", (&names.0, &names.1), room)];
    for row in rows {
        both(&mut lines, (row.label, row.mark()), (fit(&row.a, room), fit(&row.b, room)), room);
    }
    let shown = |text: &str| {
        let mut shown = fit(text, room);
        shown.retain(|line| !line.is_empty());
        shown.truncate(TEXT_LINES);
        shown
    };
    both(&mut lines, ("text", " "), (shown(&texts.0), shown(&texts.1)), room);
    lines.join("\n")
}

/// Writes the lines of two cells next to each other.
fn both(lines: &mut Vec<String>, (label, mark): (&str, &str), (left, right): (Vec<String>, Vec<String>), room: usize) {
    for at in 0..left.len().max(right.len()) {
        let (label, mark) = if at == 0 { (label, mark) } else { ("", " ") };
        let cell = |cells: &[String]| cells.get(at).cloned().unwrap_or_default();
        lines.push(line(label, mark, (&cell(&left), &cell(&right)), room));
    }
}

fn line(label: &str, mark: &str, (left, right): (&str, &str), room: usize) -> String {
    format!("{label:>LABEL$} {mark} {left:<room$}{GAP}{right}").trim_end().to_owned()
}

fn stacked(names: &(String, String), rows: &[Row], texts: &(String, String), width: usize) -> String {
    let room = width.saturating_sub(LABEL + 3).max(10);
    let mut lines = vec![format!("1: {}", names.0), format!("2: {}", names.1)];
    let mut add = |label: &str, mark: &str, text: &str, most: usize| {
        let mut fitted = fit(text, room);
        fitted.retain(|line| !line.is_empty());
        for (at, text) in fitted.iter().take(most).enumerate() {
            let (label, mark) = if at == 0 { (label, mark) } else { ("", " ") };
            lines.push(format!("{label:>LABEL$} {mark} {text}").trim_end().to_owned());
        }
    };
    for row in rows {
        if row.a == row.b {
            add(row.label, " ", &row.a, usize::MAX);
        } else {
            add(row.label, row.mark(), &format!("1: {}", row.a), usize::MAX);
            add("", " ", &format!("2: {}", row.b), usize::MAX);
        }
    }
    add("text 1", " ", &texts.0, TEXT_LINES);
    add("text 2", " ", &texts.1, TEXT_LINES);
    lines.join("\n")
}

/// Breaks a text at blanks, and words that are longer than the room anywhere.
fn fit(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in job_text::wrapped(text, room) {
        let letters: Vec<char> = line.chars().collect();
        if letters.is_empty() {
            lines.push(String::new());
        }
        lines.extend(letters.chunks(room.max(1)).map(|part| part.iter().collect::<String>()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_both_state_can_differ() {
        let row = |a: Option<&str>, b: Option<&str>| Row::new("pay", a.map(str::to_owned), b.map(str::to_owned)).mark();
        assert_eq!(row(Some("Inpatient  Coder"), Some("inpatient coder")), " ");
        assert_eq!(row(Some("$20"), Some("$30")), DIFFERS);
        assert_eq!(row(Some("$20"), None), " ");
    }

    #[test]
    fn no_word_is_wider_than_its_column() {
        assert_eq!(fit("to https://a.example/x now", 10), ["to", "https://a.", "example/x", "now"]);
    }
}
