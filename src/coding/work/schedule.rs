//! Shifts and hours a week.

use std::ops::Range;

use super::super::reading::{Reading, Section};
use super::clock;
use super::cues::{Clear, Cue, Cues, Heard, Off, by_sentence};
use super::ladder::Ladder;
use super::numbers::{number_after, number_before};
use crate::model::{Codes, Field, Posting};

/// Codes both, of title, employment type and body.
pub(super) fn code(
    (ladder, cues): (&Ladder, &Cues),
    posting: &Posting,
    [(title, title_heard), (body, heard)]: [(&Reading<'_>, &[Heard<'_>]); 2],
    codes: &mut Codes,
) {
    let stated = posting.raw.employment_type.join("; ") + &shift_field(posting);
    let stated = Reading::of(&stated);
    let hits = cues.scan(&stated);
    let stated_heard = by_sentence(&stated, &hits);
    let sources = [(title, title_heard, true), (&stated, &stated_heard[..], true), (body, heard, false)];
    let mut shifts = Shifts::default();
    for (reading, heard, short) in sources {
        shifts.take(ladder, reading, heard, short);
        if codes.hours_per_week.is_empty() {
            codes.hours_per_week = hours(ladder, reading, heard, short).unwrap_or_default();
        }
    }
    codes.shift = shifts.into_field();
}

/// What the board states of the shift in a field of its own.
fn shift_field(posting: &Posting) -> String {
    let named = posting.raw.extra.iter().find(|(name, _)| name.eq_ignore_ascii_case("shift"));
    named.map_or(String::new(), |(_, shift)| format!("; shift {shift}"))
}

#[derive(Default)]
struct Shifts {
    found: Vec<String>,
    words: Vec<String>,
    evidence: Option<String>,
}

impl Shifts {
    fn take(&mut self, ladder: &Ladder, reading: &Reading<'_>, heard: &[Heard<'_>], short: bool) {
        for one in heard {
            let about = matches!(one.sentence.section, Section::About | Section::Apply);
            if about || one.has(|cue| cue == Cue::Off(Off::Shift)) {
                continue;
            }
            for hit in one.hits {
                let Cue::Shift { shift: Some(shift), clear } = hit.meaning else { continue };
                let Some(name) = ladder.shifts.get(usize::from(shift)) else { continue };
                let words = hit.start..hit.end;
                let told = short
                    || match clear {
                        Clear::Always => true,
                        Clear::BesideSchedule => speaks_of_schedule(one) || alone(one, &words, reading),
                        Clear::Alone => alone(one, &words, reading),
                    };
                if told && !denied(one, words, reading) {
                    self.add(name, hit.start..hit.end, reading);
                }
            }
            if one.has(|cue| matches!(cue, Cue::Weekdays | Cue::Clock))
                && let Some((name, words)) = clock::shift(one, reading)
            {
                self.add(name, words, reading);
            }
        }
    }

    fn add(&mut self, name: &str, words: Range<usize>, reading: &Reading<'_>) {
        if self.found.iter().any(|known| known == name) {
            return;
        }
        self.found.push(name.to_owned());
        self.words.push(reading.written(&words).to_owned());
        self.evidence.get_or_insert_with(|| reading.evidence(words.start));
    }

    fn into_field(self) -> Field<Vec<String>> {
        if self.found.is_empty() {
            return Field::default();
        }
        Field::derived(self.words.join("; "), self.found, self.evidence.unwrap_or_default())
    }
}

fn speaks_of_schedule(heard: &Heard<'_>) -> bool {
    heard.has(|cue| matches!(cue, Cue::Clock | Cue::Weekdays | Cue::Hours(_) | Cue::Hard))
}

/// Tells whether the words stand alone between marks, or joined to others by "and" and "or": "Days only, as
/// needed", "40 hrs/wk, days".
fn alone(heard: &Heard<'_>, words: &Range<usize>, reading: &Reading<'_>) -> bool {
    let sentence = &heard.sentence.folded;
    let before = reading.between(words.start.saturating_sub(1), words.start);
    let after = reading.between(words.end, words.end + 1);
    let next = reading.folded.get(words.end..sentence.end).unwrap_or_default().trim_start().split(' ').next();
    let last = reading.folded.get(sentence.start..words.start).unwrap_or_default().trim_end().rsplit(' ').next();
    let joins = |word: Option<&str>| matches!(word, Some("and" | "or" | "only" | "hours"));
    let opens = words.start == sentence.start || before.contains([',', ':', '/', '(', '-']) || joins(last);
    let ends = words.end == sentence.end || after.contains([',', '.', '/', ')', '-', ';']) || joins(next);
    opens && ends
}

/// Tells whether a shift is denied: "no nights", "weekends are not required".
fn denied(heard: &Heard<'_>, words: Range<usize>, reading: &Reading<'_>) -> bool {
    heard.hits.iter().filter(|hit| hit.meaning == Cue::Off(Off::No)).any(|no| {
        let between = if no.end <= words.start { no.end..words.start } else { words.end..no.start };
        let between = reading.folded.get(between).unwrap_or_default();
        between.split(' ').filter(|word| !word.is_empty()).count() <= 2
    })
}

fn hours(ladder: &Ladder, reading: &Reading<'_>, heard: &[Heard<'_>], short: bool) -> Option<Field<f64>> {
    for one in heard {
        if one.has(|cue| cue == Cue::Off(Off::Hours)) {
            continue;
        }
        for hit in one.hits {
            let Cue::Hours(rule) = hit.meaning else { continue };
            let Some(rule) = ladder.hours.get(usize::from(rule)).filter(|rule| short || !rule.title) else { continue };
            let before = number_before(reading, hit.start).filter(|_| !rule.behind);
            // "FTE: 0.6" as well as "0.6 FTE".
            let number = match before {
                Some(number) => Some(number.least),
                None if rule.behind || rule.factor > 1.0 => number_after(reading, hit.end),
                None => None,
            };
            let start = before.map_or(hit.start, |number| number.start);
            let plausible = |hours: &f64| (4.0..=72.0).contains(hours) && (rule.factor <= 1.0 || *hours <= 40.0);
            if let Some(hours) = number.map(|number| number * rule.factor).filter(plausible) {
                return Some(Field::derived(reading.written(&(start..hit.end)), hours, reading.evidence(start)));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tests::coded;

    #[test]
    fn shifts_are_coded_only_where_they_are_stated() {
        for (text, wanted) in [
            ("Monday-Friday 8-5", &["day"][..]),
            ("Monday through Friday, 8:00 a.m. to 4:30 p.m.", &["day"]),
            ("Hours: 3:00 pm - 11:30 pm", &["evening"]),
            ("Schedule: 11pm to 7am", &["night"]),
            ("Every other weekend required", &["weekend"]),
            ("No nights, no weekends!", &[]),
            ("Evening and night differential paid", &[]),
            ("Second shift with rotating weekends", &["evening", "weekend"]),
            ("You choose your own hours.", &["flexible"]),
            ("Work four tens", &["4x10"]),
            ("Weekends are not required", &[]),
            ("40 hrs/wk, days, some weekends", &["day", "weekend"]),
            ("Charts come in overnight within 90 days.", &[]),
            ("Days, evenings and nights", &["day", "evening", "night"]),
        ] {
            assert_eq!(coded("Medical Coder", text).shift.value.unwrap_or_default(), wanted, "{text}");
        }
    }

    #[test]
    fn hours_a_week_are_coded() {
        for (text, wanted) in [
            ("40 hours/week", Some(40.0)),
            ("20 hrs wk", Some(20.0)),
            ("0.5 FTE", Some(20.0)),
            ("FTE: 0.9", Some(36.0)),
            ("36 hours per week", Some(36.0)),
            ("72 hours per pay period", Some(36.0)),
            ("Hours per week: 32", Some(32.0)),
            ("40 hours of PTO", None),
            ("Benefits for those who work 30 hours per week", None),
        ] {
            assert_eq!(coded("Medical Coder", text).hours_per_week.value, wanted, "{text}");
        }
        assert_eq!(coded("Medical Coder (24 hrs) Days", "").hours_per_week.value, Some(24.0));
    }
}
