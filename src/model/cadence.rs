//! When a subscription's mail is due: at a time of day of a zone, every day, week or month.
//!
//! A slot belongs to a day of the zone's own calendar and is the first whole minute at which the zone's
//! clock shows its time or has passed it. So a change of clocks neither loses nor doubles one: a time
//! that is left out comes right after the gap, one that comes twice counts the first time.

use std::fmt;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// How often a subscription's mail is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Every {
    /// Once a day.
    Daily,
    /// Once a week.
    Weekly,
    /// Once a month.
    Monthly,
    /// As soon as there is something; it has no slots.
    Instant,
}

impl Every {
    /// All of them, in the order in which people are offered them.
    pub const ALL: [Self; 4] = [Self::Daily, Self::Weekly, Self::Monthly, Self::Instant];

    /// Gives the word by which it is configured and stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Instant => "instant",
        }
    }

    /// Reads such a word, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|every| every.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// When a subscription's mail is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    /// How often.
    pub every: Every,
    /// The zone's time of day, to the minute.
    #[serde(with = "minutes")]
    pub at: NaiveTime,
    /// The zone.
    pub zone: Tz,
    /// The day of a weekly mail.
    #[serde(default = "monday")]
    pub weekday: Weekday,
    /// The day of a monthly mail, 1 to 31; the last day of a month that is shorter.
    #[serde(default = "first")]
    pub day: u8,
}

fn monday() -> Weekday {
    Weekday::Mon
}

fn first() -> u8 {
    1
}

/// The longest time that clocks were ever put forward or back by: a day, at the date line, and some.
const LONGEST_CHANGE: TimeDelta = TimeDelta::hours(25);
/// Slots of more days before or after a moment than these cannot change places with it.
const MARGIN: Days = Days::new(3);

impl Cadence {
    /// Makes one with the usual days: Monday, the first of the month.
    #[must_use]
    pub fn new(every: Every, at: NaiveTime, zone: Tz) -> Self {
        Self { every, at, zone, weekday: monday(), day: first() }
    }

    /// Gives the first slot strictly after a moment; `None` for `instant`, and beyond the years 1 to 9999.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut day = self.named_day(self.local_date(after)?.checked_sub_days(MARGIN)?)?;
        loop {
            if let Some(slot) = self.slot(day).filter(|slot| *slot > after) {
                return Some(slot);
            }
            day = self.following(day).filter(|day| is_calculable(*day))?;
        }
    }

    /// Gives the last slot that is not after a moment; `None` for `instant`, and beyond the years 1 to 9999.
    #[must_use]
    pub fn latest_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut day = self.named_day(self.local_date(now)?.checked_add_days(MARGIN)?)?;
        loop {
            if let Some(slot) = self.slot(day).filter(|slot| *slot <= now) {
                return Some(slot);
            }
            day = self.preceding(day).filter(|day| is_calculable(*day))?;
        }
    }

    /// Says it in words: `every day at 7:00 a.m. (America/Chicago)`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let days = match self.every {
            Every::Instant => return "as soon as there is something".to_owned(),
            Every::Daily => "every day".to_owned(),
            Every::Weekly => format!("every {}", weekday_name(self.weekday)),
            Every::Monthly => match self.day {
                ..=28 => format!("on the {} of every month", ordinal(self.day.max(1))),
                29 | 30 => format!("on the {} of every month, or its last day,", ordinal(self.day)),
                31.. => "on the last day of every month".to_owned(),
            },
        };
        format!("{days} at {} ({})", time_in_words(self.at), self.zone)
    }

    /// Reads a time of day to the minute: `07:00`, `7:00`, `7am`, `7:30 p.m.`, `noon`, `midnight`.
    ///
    /// A bare number could be morning or evening and is refused.
    #[must_use]
    pub fn parse_at(text: &str) -> Option<NaiveTime> {
        let folded: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').take(12).collect();
        let folded = folded.to_ascii_lowercase();
        match folded.as_str() {
            "noon" => return NaiveTime::from_hms_opt(12, 0, 0),
            "midnight" => return NaiveTime::from_hms_opt(0, 0, 0),
            _ => {}
        }
        let half = [("am", 0), ("pm", 12)].into_iter().find(|(word, _)| folded.ends_with(word));
        let Some((word, later)) = half else {
            let (hour, minute) = folded.split_once(':')?;
            return NaiveTime::from_hms_opt(digits(hour, 1)?, digits(minute, 2)?, 0);
        };
        let clock = folded.strip_suffix(word)?;
        let (hour, minute) = clock.split_once(':').map_or((clock, "00"), |both| both);
        let hour = digits(hour, 1).filter(|hour| (1..=12).contains(hour))?;
        NaiveTime::from_hms_opt(hour % 12 + later, digits(minute, 2)?, 0)
    }

    /// Gives the zone's date at a moment of the years that are calculated with.
    fn local_date(&self, at: DateTime<Utc>) -> Option<NaiveDate> {
        is_calculable(at.date_naive()).then(|| at.with_timezone(&self.zone).date_naive())
    }

    /// Gives the day of a slot near a date: the date itself, or the named day of its week or month.
    fn named_day(&self, date: NaiveDate) -> Option<NaiveDate> {
        match self.every {
            Every::Daily => Some(date),
            Every::Weekly => {
                let back = date.weekday().days_since(self.weekday);
                date.checked_sub_days(Days::new(back.into()))
            }
            Every::Monthly => {
                let last = date.num_days_in_month();
                date.with_day(u32::from(self.day.clamp(1, 31).min(last)))
            }
            Every::Instant => None,
        }
    }

    fn following(&self, day: NaiveDate) -> Option<NaiveDate> {
        match self.every {
            Every::Daily => day.checked_add_days(Days::new(1)),
            Every::Weekly => day.checked_add_days(Days::new(7)),
            Every::Monthly => self.named_day(day.checked_add_months(Months::new(1))?),
            Every::Instant => None,
        }
    }

    fn preceding(&self, day: NaiveDate) -> Option<NaiveDate> {
        match self.every {
            Every::Daily => day.checked_sub_days(Days::new(1)),
            Every::Weekly => day.checked_sub_days(Days::new(7)),
            Every::Monthly => self.named_day(day.checked_sub_months(Months::new(1))?),
            Every::Instant => None,
        }
    }

    /// Gives the moment of a day's slot. A day that the zone skipped has none of a daily mail, whose
    /// next one comes anyway; of a weekly or monthly one it comes when the next day begins.
    fn slot(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let at = NaiveTime::from_hms_opt(self.at.hour(), self.at.minute(), 0)?;
        let slot = self.first_moment(day, at)?;
        let is_of_day = |moment: DateTime<Utc>| moment.with_timezone(&self.zone).date_naive() == day;
        let exists = || is_of_day(slot) || self.first_moment(day, NaiveTime::MIN).is_some_and(is_of_day);
        (self.every != Every::Daily || exists()).then_some(slot)
    }

    /// Gives the first moment at which the zone's clock shows a time, or else the first whole minute
    /// after the gap that the time falls into.
    fn first_moment(&self, day: NaiveDate, at: NaiveTime) -> Option<DateTime<Utc>> {
        let mut minutes = (0..=LONGEST_CHANGE.num_minutes()).map(TimeDelta::minutes);
        let placed =
            |late: TimeDelta| self.zone.from_local_datetime(&day.and_time(at).checked_add_signed(late)?).earliest();
        minutes.find_map(placed).map(|moment| moment.with_timezone(&Utc))
    }
}

/// Tells whether a date is so far from the ends of the calendar that nothing overflows near it.
fn is_calculable(date: NaiveDate) -> bool {
    (1..=9999).contains(&date.year())
}

fn digits(text: &str, least: usize) -> Option<u32> {
    let well = (least..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    well.then(|| text.parse().ok()).flatten()
}

fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

fn ordinal(number: u8) -> String {
    let ending = match (number % 10, number % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn time_in_words(at: NaiveTime) -> String {
    match (at.hour(), at.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "noon".to_owned(),
        (_, minute) => {
            let (is_later, hour) = at.hour12();
            format!("{hour}:{minute:02} {}", if is_later { "p.m." } else { "a.m." })
        }
    }
}

/// Writes a time of day as `07:00` and reads whatever [`Cadence::parse_at`] reads.
mod minutes {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over so")]
    pub(super) fn serialize<S: Serializer>(at: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&at.format("%H:%M"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::Cadence::parse_at(&text).ok_or_else(|| D::Error::custom("this is no time of day, such as `07:00`"))
    }
}

#[cfg(test)]
#[path = "cadence_tests.rs"]
mod tests;
