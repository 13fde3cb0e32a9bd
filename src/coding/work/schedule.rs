//! Shifts and hours a week.

use std::ops::Range;

use super::super::headings::Section;
use super::super::reading::Reading;
use super::clock;
use super::cues::{Clear, Cue, Cues, Heard, Off, by_sentence};
use super::hours::hours;
use super::ladder::Ladder;
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
            let flexible = |cue| match cue {
                Cue::Shift { shift: Some(shift), .. } => {
                    ladder.shifts.get(usize::from(shift)).is_some_and(|name| name == "flexible")
                }
                _ => false,
            };
            if one.has(|cue| matches!(cue, Cue::Weekdays | Cue::Clock))
                && let Some((name, words)) = clock::shift(one, reading, one.has(flexible))
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
    let leads = matches!(last, Some("otherwise" | "else" | "mostly" | "mainly" | "usually" | "normally" | "straight"));
    let opens = words.start == sentence.start || before.contains([',', ':', '/', '(', '-']) || joins(last) || leads;
    let ends = words.end == sentence.end || after.contains([',', '.', '/', ')', '-', ';']) || joins(next);
    opens && ends
}

/// Tells whether a shift is denied: "no nights", "weekends are not required". A "no" denies only what
/// follows it: "four tens, no weekends".
fn denied(heard: &Heard<'_>, words: Range<usize>, reading: &Reading<'_>) -> bool {
    heard.hits.iter().filter(|hit| hit.meaning == Cue::Off(Off::No)).any(|no| {
        let follows = no.end <= words.start;
        let forward_only = matches!(reading.folded.get(no.start..no.end), Some("no" | "without"));
        if forward_only && !follows {
            return false;
        }
        let between = if follows { no.end..words.start } else { words.end..no.start };
        let between = reading.folded.get(between).unwrap_or_default();
        between.split(' ').filter(|word| !word.is_empty()).count() <= 2
    })
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
            ("4 x 10s, no call, no Saturdays", &["4x10"]),
            ("Weekends: none, nights: never", &[]),
            ("Rotating shifts during an upgrade, otherwise days.", &["rotating", "day"]),
            ("The class meets in the evening on our north campus.", &["evening"]),
            ("Charts that arrive in the evening wait for the morning.", &[]),
            ("Set your own hours from 5 am to 9 pm", &["flexible"]),
            ("The shift lies between 7 a.m. to 4 p.m.", &["day"]),
            ("Pick your own hours between 7 a.m. to 6 p.m.", &["flexible"]),
        ] {
            assert_eq!(coded("Medical Coder", text).shift.value.unwrap_or_default(), wanted, "{text}");
        }
    }
}
