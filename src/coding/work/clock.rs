//! Which shift the working hours of a sentence mean: "Monday-Friday 8-5", "3 pm - 11:30 pm".

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::super::reading::Reading;
use super::cues::{Cue, Heard};

type Pattern = LazyLock<Option<Regex>>;

/// Two times of the twelve-hour clock, folded: `8 00 a m to 4 30 p m`, `7 00a 3 30p`, `8 5`.
static TWELVE: Pattern = LazyLock::new(|| {
    let time = r"(1[0-2]|[1-9])(?: ?(?:00|15|30|45))?(?: ?([ap])(?: ?m)?)?";
    Regex::new(&format!(r"\b{time}(?: to| until| till| through)? {time}\b")).ok()
});

/// Two times of the military clock: `0700 1530`.
static MILITARY: Pattern = LazyLock::new(|| {
    let time = r"([01]\d|2[0-3])(?:00|15|30|45)";
    Regex::new(&format!(r"\b{time}(?: hrs| hours)?(?: to| until)? {time}\b")).ok()
});

/// Reads the first two times that stand together, and names the shift that begins at the first; where the
/// hours are chosen freely, times may be their bounds.
pub(super) fn shift(heard: &Heard<'_>, reading: &Reading<'_>, chosen: bool) -> Option<(&'static str, Range<usize>)> {
    let folded = reading.folded.get(heard.sentence.folded.clone())?;
    let weekdays = heard.has(|cue| cue == Cue::Weekdays);
    let twelve = TWELVE.as_ref().into_iter().flat_map(|pattern| pattern.captures_iter(folded));
    let twelve = twelve.filter(|times| !bounds(folded, times, chosen));
    let named = twelve.filter_map(|times| Some((of_twelve(&times, weekdays)?, times)));
    let military = MILITARY.as_ref().into_iter().flat_map(|pattern| pattern.captures_iter(folded));
    let (name, times) = named.chain(military.filter_map(|times| Some((of_hour(hour(&times, 1)?), times)))).next()?;
    let whole = times.get(0)?;
    let offset = heard.sentence.folded.start;
    Some((name, offset + whole.start()..offset + whole.end()))
}

/// Tells whether the times only bound the hours that one may choose: "your own hours between 6 am - 8 pm".
fn bounds(folded: &str, times: &Captures<'_>, chosen: bool) -> bool {
    let start = times.get(0).map_or(0, |whole| whole.start());
    let last = folded.get(..start).unwrap_or_default().trim_end().rsplit(' ').next();
    if chosen && matches!(last, Some("between" | "inside" | "within")) {
        return true;
    }
    let on_the_clock = |group: usize, half: usize| {
        let half = times.get(half).map(|half| half.as_str())?;
        hour(times, group).map(|hour| hour % 12 + if half == "p" { 12 } else { 0 })
    };
    let (Some(from), Some(to)) = (on_the_clock(1, 2), on_the_clock(3, 4)) else { return false };
    // Nobody's shift is longer than half a day.
    (to + 24 - from) % 24 > 12
}

fn of_twelve(times: &Captures<'_>, weekdays: bool) -> Option<&'static str> {
    let (from, to) = (hour(times, 1)?, hour(times, 3)?);
    let half = |group: usize| times.get(group).map(|half| half.as_str());
    match (half(2), half(4)) {
        // Without a word only the office hours of weekdays are clear.
        (None, None) => (weekdays && (6..=9).contains(&from) && (2..=6).contains(&to)).then_some("day"),
        (Some("p"), _) => Some(of_hour(from % 12 + 12)),
        // "8 - 4:30 pm": the first is before noon; "3 - 11 pm": it is not.
        (None, Some("p")) if from < to && from != 12 => Some(of_hour(from + 12)),
        _ => Some(of_hour(from % 12)),
    }
}

fn hour(times: &Captures<'_>, group: usize) -> Option<u8> {
    times.get(group)?.as_str().parse().ok()
}

fn of_hour(hour: u8) -> &'static str {
    match hour {
        5..=11 => "day",
        12..=18 => "evening",
        _ => "night",
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::coded;

    #[test]
    fn the_beginning_of_the_hours_names_the_shift() {
        for (text, wanted) in [
            ("Monday-Friday 8-5", &["day"][..]),
            ("Mon-Fri 7:00a-3:30p", &["day"]),
            ("Schedule 8 - 4:30 pm", &["day"]),
            ("Shift: 3 - 11 pm", &["evening"]),
            ("Shift: 11:00 p.m. to 7:00 a.m.", &["night"]),
            ("Work hours 0700-1530", &["day"]),
            ("Your shift lies between 5 a.m. and 9 p.m.", &[]),
            ("Someone answers the desk 6 am - 9 pm", &[]),
            ("Schedule: 7 pm - 7 am", &["night"]),
        ] {
            assert_eq!(coded("Medical Coder", text).shift.value.unwrap_or_default(), wanted, "{text}");
        }
    }
}
