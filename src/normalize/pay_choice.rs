//! Chooses the pay where a text states several: by state, level, shift or experience.
//!
//! The rule: the one whose words name the job's own place or the level of its title; else, of the
//! ranges in one unit (or the single figures, where there is no range), the span from the least to
//! the most, and the span is said. A second unit only repeats the first (`$25/hr, $52,000 a year`).

use super::pay_annual::settled_unit;
use super::pay_text::Figures;
use super::regions::state_name;
use super::salary::PayContext;
use super::words::words_in;

/// Said where the bounds come from several statements.
const SPAN: &str = "the span of several stated ranges";

/// One statement of pay in a text.
#[derive(Clone, Debug)]
pub(super) struct Statement<'a> {
    /// The figures, at their places in `text`.
    pub(super) figures: Figures,
    /// The text or sentence it stands in.
    pub(super) text: &'a str,
    /// The words that say whose pay it is.
    pub(super) label: &'a str,
}

impl<'a> Statement<'a> {
    /// Makes a statement of figures in a text, where those before them end and those behind begin.
    pub(super) fn new(text: &'a str, figures: Figures, before_end: usize, next_start: usize) -> Self {
        let behind = text.get(figures.unit_end..next_start).unwrap_or_default();
        let trimmed = behind.trim_start();
        let follows = ["(", "for ", "in "].iter().any(|mark| trimmed.starts_with(mark));
        let label = if follows {
            trimmed.split([';', ',', '|', '\n']).next().unwrap_or_default()
        } else {
            let lead = text.get(before_end..figures.start).unwrap_or_default();
            lead.rsplit([';', '|', '\n']).next().unwrap_or_default()
        };
        Self { figures, text, label }
    }
}

/// Chooses among statements in their order, and says so where it had to put several together.
pub(super) fn chosen<'a>(
    mut statements: Vec<Statement<'a>>,
    context: PayContext<'_>,
) -> Option<(Statement<'a>, Option<&'static str>)> {
    let unit = |one: &Statement<'_>| settled_unit(one.figures.unit, one.figures.min, one.figures.max);
    let leader = statements.iter().find(|one| unit(one).is_some()).or_else(|| statements.first())?.clone();
    statements.retain(|one| unit(one) == unit(&leader));
    if statements.iter().any(|one| one.figures.is_range) {
        statements.retain(|one| one.figures.is_range);
    }
    let all_same =
        |list: &[Statement<'_>]| list.iter().all(|one| list.first().is_some_and(|first| bounds(first) == bounds(one)));
    if all_same(&statements) {
        return statements.into_iter().next().map(|one| (one, None));
    }
    let own: Vec<Statement<'a>> = statements.iter().filter(|one| is_own(one.label, context)).cloned().collect();
    if !own.is_empty() && own.len() < statements.len() {
        if all_same(&own) {
            return own.into_iter().next().map(|one| (one, None));
        }
        statements = own;
    }
    let span = span_of(&statements)?;
    let stated = statements.iter().find(|one| bounds(one) == bounds(&span)).cloned();
    Some(stated.map_or((span, Some(SPAN)), |one| (one, None)))
}

fn bounds(one: &Statement<'_>) -> (Option<f64>, Option<f64>) {
    (one.figures.min, one.figures.max)
}

/// Puts statements together: from the least to the most that any of them states.
fn span_of<'a>(statements: &[Statement<'a>]) -> Option<Statement<'a>> {
    let mut span = statements.first()?.clone();
    let figures = statements.iter().map(|one| &one.figures);
    let least = figures.clone().flat_map(|one| [one.min, one.max]).flatten().reduce(f64::min);
    let most = figures.clone().flat_map(|one| [one.min, one.max]).flatten().reduce(f64::max);
    span.figures.min = least.filter(|_| figures.clone().any(|one| one.min.is_some()));
    span.figures.max = most.filter(|_| figures.clone().any(|one| one.max.is_some()));
    Some(span)
}

/// Tells whether a label names the job's own place or the level of its title.
fn is_own(label: &str, context: PayContext<'_>) -> bool {
    names_place(label, context) || names_level(label, context.title.unwrap_or_default())
}

fn names_place(label: &str, context: PayContext<'_>) -> bool {
    let lower = label.to_ascii_lowercase();
    let has_code = |code: &str| label.split(|c: char| !c.is_alphanumeric()).any(|word| word == code);
    context.places.iter().any(|place| {
        let state = place
            .region
            .as_deref()
            .is_some_and(|code| has_code(code) || state_name(code).is_some_and(|name| lower.contains(name)));
        let city = place.locality.as_deref().filter(|city| city.len() > 3);
        state || city.is_some_and(|city| lower.contains(&city.to_ascii_lowercase()))
    })
}

fn names_level(label: &str, title: &str) -> bool {
    const LEVELS: [&str; 14] =
        ["i", "ii", "iii", "iv", "1", "2", "3", "senior", "sr", "lead", "entry", "apprentice", "trainee", "supervisor"];
    let (label, title) = (label.to_ascii_lowercase(), title.to_ascii_lowercase());
    let titled = words_in(&title);
    let labelled = words_in(&label);
    LEVELS
        .iter()
        .any(|level| titled.iter().any(|word| word.text == *level) && labelled.iter().any(|word| word.text == *level))
}
