//! The shape of `ladder.toml` and the cues that it gives.

use serde::Deserialize;

use super::super::phrases::PhraseSet;
use super::super::vocabulary::{VocabularyError, VocabularyFiles};
use super::cues::{Clear, Cue, Off};
use super::{FILE_OF_LADDER, entry_error};
use crate::model::{EducationLevel, ExperienceLevel};

/// The shape of `ladder.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LadderFile {
    rank: Vec<Entry>,
    no_beginner: Vec<Entry>,
    beginner: Vec<Entry>,
    not_beginner: Vec<Entry>,
    degree: Vec<Entry>,
    off: Vec<Entry>,
    demand: Vec<Entry>,
    wanting: Vec<Entry>,
    experience: Vec<Entry>,
    shift: Vec<Entry>,
    hours: Vec<Entry>,
    clock: Vec<Entry>,
    unit: Vec<Entry>,
    grade: Vec<Entry>,
}

/// Words and what they mean; which members are wanted depends on the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    words: Vec<String>,
    /// A step of the ladder or of education, or `none` for words that only look like one.
    level: Option<String>,
    /// Where the words hold: `title`, `body`; for shifts `schedule` or `alone`; for hours `title`, `bare`,
    /// `led`, `day` or `fixed`.
    place: Option<String>,
    of: Option<String>,
    asks: Option<String>,
    shift: Option<String>,
    means: Option<String>,
    factor: Option<f64>,
    months: Option<u8>,
    #[serde(default)]
    weak: bool,
    #[serde(default)]
    behind: bool,
    #[serde(default)]
    bare: bool,
    #[expect(dead_code, reason = "kept for the reader of the file")]
    source: String,
}

/// How a number of hours is to be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct HoursRule {
    /// What makes hours a week of it.
    pub(super) factor: f64,
    /// Where the number stands, and what must stand beside it.
    pub(super) kind: HoursKind,
}

/// What words of hours need beside them to tell of a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HoursKind {
    /// The number before, or behind an FTE.
    Before,
    /// The number behind: "weekly hours: 36".
    Behind,
    /// The number before, in titles only.
    Title,
    /// The number before, and a schedule or pay around it: "full-time 40 hours".
    Bare,
    /// The number before, and hours named before that: "hours: 40 per week".
    Led,
    /// The length of a day, which wants the number of days: "three 12-hour shifts".
    Day,
    /// No number: "half-time".
    Fixed,
}

/// Ranks, shifts and hours made ready.
#[derive(Debug)]
pub(super) struct Ladder {
    /// Ranks in titles; `None` hides a rank.
    pub(super) ranks: PhraseSet<Option<ExperienceLevel>>,
    /// Ranks that take no beginners.
    pub(super) no_beginner: PhraseSet<()>,
    /// Names of shifts, by number.
    pub(super) shifts: Vec<String>,
    /// Rules for hours, by number.
    pub(super) hours: Vec<HoursRule>,
    cues: Vec<(String, Cue)>,
}

const LEVELS: &str = "`level` is one of entry, experienced, senior, administrator, none";
const DEGREES: &str = "`level` is one of high-school, certificate, associate, bachelor, master, doctorate, none";

impl Ladder {
    /// Builds it from the file.
    ///
    /// # Errors
    /// Returns [`VocabularyError`] for an entry that lacks what its list wants.
    pub(super) fn new(files: &VocabularyFiles) -> Result<Self, VocabularyError> {
        let file: LadderFile = files.read(FILE_OF_LADDER)?;
        let mut ladder = Self {
            ranks: ranks(&file.rank)?,
            no_beginner: PhraseSet::new(all(&file.no_beginner, ())),
            shifts: Vec::new(),
            hours: Vec::new(),
            cues: Vec::new(),
        };
        ladder.take_demands(&file)?;
        ladder.take_beginners(&file)?;
        ladder.take_shifts(&file.shift)?;
        ladder.take_hours(&file)?;
        Ok(ladder)
    }

    /// Gives the words with their meanings, for the one scan of a text.
    pub(super) fn cues(&self) -> impl Iterator<Item = (String, Cue)> + '_ {
        self.cues.iter().cloned()
    }

    fn take(&mut self, entry: &Entry, cue: Cue) {
        self.cues.extend(entry.words.iter().map(|word| (word.clone(), cue)));
    }

    fn take_demands(&mut self, file: &LadderFile) -> Result<(), VocabularyError> {
        for entry in &file.degree {
            let degree = match entry.level.as_deref() {
                Some("none") => None,
                level => Some(
                    named(&EducationLevel::ALL, EducationLevel::as_str, level).ok_or_else(|| wrong(entry, DEGREES))?,
                ),
            };
            self.take(entry, Cue::Degree(degree));
        }
        for entry in &file.off {
            let cue = match entry.of.as_deref() {
                Some("education") => Cue::Off(Off::Education),
                Some("years") => Cue::Unit(0),
                Some("years-before") => Cue::YearsBefore,
                Some("years-sentence") => Cue::Off(Off::Years),
                Some("boast") => Cue::Off(Off::Boast),
                Some("grade") => Cue::Off(Off::Grade),
                Some("hours") => Cue::Off(Off::Hours),
                Some("bare-hours") => Cue::Off(Off::BareHours),
                Some("shift") => Cue::Off(Off::Shift),
                Some("no") => Cue::Off(Off::No),
                _ => {
                    return Err(wrong(
                        entry,
                        "`of` is one of education, years, years-before, years-sentence, boast, grade, hours, bare-hours, shift, no",
                    ));
                }
            };
            self.take(entry, cue);
        }
        for entry in &file.demand {
            let cue = match entry.asks.as_deref() {
                Some("required") => Cue::Hard,
                Some("preferred") => Cue::Soft,
                _ => return Err(wrong(entry, "`asks` is `required` or `preferred`")),
            };
            self.take(entry, cue);
        }
        Ok(())
    }

    fn take_beginners(&mut self, file: &LadderFile) -> Result<(), VocabularyError> {
        for entry in &file.beginner {
            let title = entry.place.as_deref() == Some("title");
            self.take(entry, Cue::Beginner { weak: entry.weak, title });
        }
        for entry in &file.not_beginner {
            self.take(entry, Cue::NotBeginner);
        }
        for entry in &file.experience {
            self.take(entry, Cue::Experience { bare: entry.bare });
        }
        for entry in &file.wanting {
            self.take(entry, Cue::Wanting);
        }
        for entry in &file.unit {
            let months =
                entry.months.filter(|months| *months > 0).ok_or_else(|| wrong(entry, "`months` is 1 or 12"))?;
            self.take(entry, Cue::Unit(months));
        }
        for entry in &file.grade {
            self.take(entry, Cue::Grade);
        }
        Ok(())
    }

    fn take_shifts(&mut self, entries: &[Entry]) -> Result<(), VocabularyError> {
        for entry in entries {
            let name = entry.shift.as_deref().ok_or_else(|| wrong(entry, "wants a `shift`, or `none`"))?;
            let clear = match entry.place.as_deref() {
                None => Clear::Always,
                Some("schedule") => Clear::BesideSchedule,
                Some("alone") => Clear::Alone,
                Some(_) => return Err(wrong(entry, "`place` is `schedule` or `alone`")),
            };
            let shift = if name == "none" { None } else { Some(self.shift(name)) };
            self.take(entry, Cue::Shift { shift, clear });
        }
        Ok(())
    }

    /// Numbers a shift by its name.
    fn shift(&mut self, name: &str) -> u8 {
        let at = self.shifts.iter().position(|known| known == name).unwrap_or_else(|| {
            self.shifts.push(name.to_owned());
            self.shifts.len() - 1
        });
        u8::try_from(at).unwrap_or(u8::MAX)
    }

    fn take_hours(&mut self, file: &LadderFile) -> Result<(), VocabularyError> {
        for entry in &file.hours {
            let factor = entry.factor.filter(|f| *f > 0.0).ok_or_else(|| wrong(entry, "wants a `factor` above 0"))?;
            let kind = match entry.place.as_deref() {
                None if entry.behind => HoursKind::Behind,
                None => HoursKind::Before,
                Some("title") => HoursKind::Title,
                Some("bare") => HoursKind::Bare,
                Some("led") => HoursKind::Led,
                Some("day") => HoursKind::Day,
                Some("fixed") => HoursKind::Fixed,
                Some(_) => return Err(wrong(entry, "`place` is one of title, bare, led, day, fixed")),
            };
            self.take(entry, Cue::Hours(u8::try_from(self.hours.len()).unwrap_or(u8::MAX)));
            self.hours.push(HoursRule { factor, kind });
        }
        for entry in &file.clock {
            let cue = match entry.means.as_deref() {
                Some("weekdays") => Cue::Weekdays,
                Some("time") => Cue::Clock,
                _ => return Err(wrong(entry, "`means` is `weekdays` or `time`")),
            };
            self.take(entry, cue);
        }
        Ok(())
    }
}

fn all<T: Copy>(entries: &[Entry], meaning: T) -> Vec<(String, T)> {
    entries.iter().flat_map(|entry| entry.words.iter().map(move |word| (word.clone(), meaning))).collect()
}

fn ranks(entries: &[Entry]) -> Result<PhraseSet<Option<ExperienceLevel>>, VocabularyError> {
    let mut ranks = Vec::new();
    for entry in entries {
        let level = match entry.level.as_deref() {
            Some("none") => None,
            level => {
                Some(named(&ExperienceLevel::ALL, ExperienceLevel::as_str, level).ok_or_else(|| wrong(entry, LEVELS))?)
            }
        };
        ranks.extend(entry.words.iter().map(|word| (word.clone(), level)));
    }
    Ok(PhraseSet::new(ranks))
}

fn named<T: Copy>(all: &[T], name: fn(T) -> &'static str, wanted: Option<&str>) -> Option<T> {
    all.iter().copied().find(|one| Some(name(*one)) == wanted)
}

fn wrong(entry: &Entry, why: &str) -> VocabularyError {
    entry_error(FILE_OF_LADDER, &entry.id, why.to_owned())
}
