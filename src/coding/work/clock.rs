//! Which shift the opening hours of a sentence mean: "Monday-Friday 8-5", "3 pm - 11:30 pm".

use std::ops::Range;

use super::super::reading::Reading;
use super::cues::{Cue, Heard};

/// One time of day.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Time {
    hour: u8,
    half: Option<Half>,
    military: bool,
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

/// Reads the first two times that stand together, and names the shift that begins at the first.
pub(super) fn shift(heard: &Heard<'_>, reading: &Reading<'_>) -> Option<(&'static str, Range<usize>)> {
    let weekdays = heard.has(|cue| cue == Cue::Weekdays);
    let folded = reading.folded.get(heard.sentence.folded.clone())?;
    let words: Vec<(usize, &str)> = words(folded, heard.sentence.folded.start).collect();
    (0..words.len()).find_map(|at| {
        let (from, next) = time(&words, at)?;
        let joint = words.get(next).filter(|(_, word)| matches!(*word, "to" | "until" | "till" | "and" | "through"));
        let (to, _) = time(&words, next + usize::from(joint.is_some()))?;
        let name = named(from, to, weekdays)?;
        Some((name, from.start..to.end))
    })
}

fn named(from: Time, to: Time, weekdays: bool) -> Option<&'static str> {
    let bare = from.half.is_none() && to.half.is_none() && !(from.military && to.military);
    if bare {
        // Without a word or four digits only the office hours of weekdays are clear.
        return (weekdays && (6..=9).contains(&from.hour) && (2..=6).contains(&to.hour)).then_some("day");
    }
    let hour = match from.half {
        Some(Half::Afternoon) if from.hour < 12 => from.hour + 12,
        Some(Half::Morning) if from.hour == 12 => 0,
        // "8 - 4:30 pm": the first is before noon.
        _ => from.hour,
    };
    Some(match hour {
        5..=11 => "day",
        12..=17 => "evening",
        _ => "night",
    })
}

fn time(words: &[(usize, &str)], at: usize) -> Option<(Time, usize)> {
    let (start, word) = *words.get(at)?;
    if !word.bytes().next()?.is_ascii_digit() {
        return None;
    }
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (hour, military) = match (digits.len(), digits.parse::<u16>().ok()?) {
        (1 | 2, hour @ 0..=23) => (hour, false),
        (4, clock) if clock % 100 < 60 && clock < 2400 => (clock / 100, true),
        _ => return None,
    };
    let mut end = start + word.len();
    let mut half = half(word.get(digits.len()..)?);
    let mut next = at + 1;
    if let Some((at, minutes)) = words.get(next).filter(|(_, word)| matches!(*word, "00" | "15" | "30" | "45")) {
        end = at + minutes.len();
        next += 1;
    } else if let Some((at, minutes)) = words.get(next).filter(|(_, word)| word.len() == 4 && word.is_char_boundary(2))
    {
        // `30am` behind an hour.
        let (number, tail) = minutes.split_at(2);
        if number.parse::<u8>().is_ok() && self::half(tail).is_some() {
            half = self::half(tail);
            end = at + minutes.len();
            next += 1;
        }
    }
    if half.is_none() {
        let (first, second) = (words.get(next), words.get(next + 1));
        let spelled = match (first.map(|word| word.1), second.map(|word| word.1)) {
            (Some(word), _) if self::half(word).is_some() => Some((self::half(word), 1)),
            (Some("a"), Some("m")) => Some((Some(Half::Morning), 2)),
            (Some("p"), Some("m")) => Some((Some(Half::Afternoon), 2)),
            _ => None,
        };
        if let Some((found, count)) = spelled {
            half = found;
            next += count;
            end = words.get(next - 1).map_or(end, |(at, word)| at + word.len());
        }
    }
    Some((Time { hour: u8::try_from(hour).ok()?, half, military, start, end }, next))
}

fn half(word: &str) -> Option<Half> {
    match word {
        "am" | "a" => Some(Half::Morning),
        "pm" | "p" => Some(Half::Afternoon),
        _ => None,
    }
    .filter(|_| word.len() == 2)
}

fn words(text: &str, offset: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split([' ', '\n']).filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some((offset + start, word))
    })
}
