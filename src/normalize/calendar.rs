//! Reads dates and times in every form that boards use: ISO 8601 in part and whole, RFC 2822,
//! month names, M/D/YYYY, seconds and milliseconds since the epoch.
//!
//! Written by hand, because RFC 3339 parsers fail on `2026-02-24T16:23:57.8330` and on most of the
//! rest. Relative dates (`15 days ago`) are read in `relative`.

use chrono::{DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// The first and last year a posting can be of; what lies outside is a placeholder.
const YEARS: std::ops::RangeInclusive<i32> = 1995..=2100;
/// The longest text that can be a date.
const LONGEST: usize = 64;

/// In which zone a time was stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatedZone {
    /// None: the board's own.
    Board,
    /// By offset.
    Offset(FixedOffset),
    /// By the name of a zone with daylight saving (`ET`).
    Named(Tz),
}

/// A date, with its time where one is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// The day as written.
    pub(super) date: NaiveDate,
    /// The time as written; midnight says nothing and counts as none.
    pub(super) time: Option<NaiveTime>,
    /// Its zone.
    pub(super) zone: StatedZone,
}

impl Moment {
    fn day(date: NaiveDate) -> Self {
        Self { date, time: None, zone: StatedZone::Board }
    }

    fn at(date: NaiveDate, time: Option<NaiveTime>, zone: StatedZone) -> Self {
        // A midnight is how programs write a day; shifting it to another zone would name the day before.
        let time = time.filter(|time| *time != NaiveTime::MIN);
        Self { date, time, zone: if time.is_some() { zone } else { StatedZone::Board } }
    }

    /// Gives the instant, where a time is stated.
    pub(super) fn instant(&self, board: Tz) -> Option<DateTime<Utc>> {
        let local = self.date.and_time(self.time?);
        Some(match self.zone {
            StatedZone::Board => local_instant(board, local),
            StatedZone::Named(zone) => local_instant(zone, local),
            StatedZone::Offset(offset) => offset.from_local_datetime(&local).single()?.with_timezone(&Utc),
        })
    }

    /// Gives the day in the board's zone.
    pub(super) fn day_at(&self, board: Tz) -> NaiveDate {
        match self.zone {
            StatedZone::Board => self.date,
            _ => self.instant(board).map_or(self.date, |instant| instant.with_timezone(&board).date_naive()),
        }
    }
}

/// Gives the instant of a local time. A time that comes twice means the later, so that nothing
/// closes too early; one that daylight saving skips means the same clock an hour on.
pub(super) fn local_instant(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(time) => time.with_timezone(&Utc),
        MappedLocalTime::Ambiguous(_, later) => later.with_timezone(&Utc),
        MappedLocalTime::None => {
            let later = local.checked_add_signed(chrono::Duration::hours(1)).unwrap_or(local);
            let found = zone.from_local_datetime(&later).latest();
            found.map_or_else(|| local.and_utc(), |time| time.with_timezone(&Utc))
        }
    }
}

/// Reads a date in any absolute form; `None` for anything else.
pub(super) fn read_moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.len() > LONGEST || text.is_empty() {
        return None;
    }
    let moment = iso(text).or_else(|| epoch(text)).or_else(|| words(text))?;
    YEARS.contains(&chrono::Datelike::year(&moment.date)).then_some(moment)
}

/// Reads `2026-03-13`, with or without a time, a fraction of any length, and an offset.
fn iso(text: &str) -> Option<Moment> {
    let year = digits(text.get(..4)?)?;
    let separator = text.get(4..5)?;
    if !matches!(separator, "-" | "/") || text.get(7..8)? != separator {
        return None;
    }
    let date = date_of(year, digits(text.get(5..7)?)?, digits(text.get(8..10)?)?)?;
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Some(Moment::day(date));
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?.trim();
    let clock = rest.bytes().position(|b| !(b.is_ascii_digit() || b == b':' || b == b'.')).unwrap_or(rest.len());
    let time = clock_time(rest.get(..clock)?, None)?;
    Some(Moment::at(date, Some(time), stated_zone(rest.get(clock..)?.trim())?))
}

/// Reads seconds or milliseconds since the epoch, and `20260313`.
fn epoch(text: &str) -> Option<Moment> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    let time = match text.len() {
        8 => {
            let date = date_of(digits(text.get(..4)?)?, digits(text.get(4..6)?)?, digits(text.get(6..)?)?)?;
            return Some(Moment::day(date));
        }
        9 | 10 => DateTime::from_timestamp(number, 0)?,
        12 | 13 => DateTime::from_timestamp_millis(number)?,
        _ => return None,
    };
    let utc = StatedZone::Offset(FixedOffset::east_opt(0)?);
    Some(Moment { date: time.date_naive(), time: Some(time.time()), zone: utc })
}

/// What the words of a date have given so far.
#[derive(Default)]
struct Gathered {
    numbers: Vec<u32>,
    month: Option<u32>,
    date: Option<NaiveDate>,
    time: Option<NaiveTime>,
    zone: Option<StatedZone>,
}

/// Reads forms of words and numbers: `Wed, 13 May 2026 09:56:22 -0400`, `November 29, 2017`,
/// `29-Nov-2017`, `2/3/2021 5:00 PM ET`. Any word it does not know makes the whole unreadable.
fn words(text: &str) -> Option<Moment> {
    let mut gathered = Gathered::default();
    let tokens: Vec<&str> = text.split([' ', ',', '\t', '\n', '(', ')', '\u{a0}']).filter(|t| !t.is_empty()).collect();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let half = tokens.peek().and_then(|next| half_of_day(next));
        let used_half = gathered.take(token, half)?;
        if used_half {
            tokens.next();
        }
    }
    let date = match gathered.date {
        Some(date) => date,
        None => gathered.named_date()?,
    };
    Some(Moment::at(date, gathered.time, gathered.zone.unwrap_or(StatedZone::Board)))
}

impl Gathered {
    /// Takes one word; tells whether the half of the day behind it was used with it.
    fn take(&mut self, token: &str, half: Option<bool>) -> Option<bool> {
        let lower = token.trim_end_matches('.').to_ascii_lowercase();
        if FILLERS.contains(&lower.trim_end_matches(':')) || is_weekday(&lower) {
            return Some(false);
        }
        if let Some(month) = month_of(&lower) {
            self.month = Some(month);
        } else if let Some(date) = numeric_date(&lower) {
            self.date = Some(date);
        } else if let Some((clock, own_half)) = clock_of(&lower, half) {
            self.time = Some(clock_time(clock, own_half.or(half))?);
            return Some(own_half.is_none() && half.is_some());
        } else if let Some(number) = ordinal(&lower) {
            self.numbers.push(number);
        } else if let Some(date) = hyphened(&lower) {
            self.date = Some(date);
        } else {
            self.zone = Some(stated_zone(token)?);
        }
        Some(false)
    }

    /// Puts day, named month and year together, in whichever order they stood.
    fn named_date(&self) -> Option<NaiveDate> {
        let [first, second] = *self.numbers.as_slice() else { return None };
        let (year, day) = if first > 31 { (first, second) } else { (second, first) };
        date_of(year, self.month?, day)
    }
}

/// Words around a date that say nothing about it.
const FILLERS: [&str; 16] = [
    "posted",
    "on",
    "date",
    "closes",
    "closing",
    "expires",
    "until",
    "through",
    "by",
    "at",
    "of",
    "the",
    "deadline",
    "open",
    "updated",
    "published",
];

fn is_weekday(word: &str) -> bool {
    ["sun", "mon", "tue", "wed", "thu", "fri", "sat"].iter().any(|day| word.starts_with(day))
        && (word.len() <= 4 || word.ends_with("day") || word == "thurs")
}

fn month_of(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at = MONTHS
        .iter()
        .position(|month| word.len() >= 3 && month.starts_with(word) || word == "sept" && *month == "september")?;
    u32::try_from(at + 1).ok()
}

/// Reads `2/3/2021`, `02/02/22`, `13.5.2026`: month first, unless the first number cannot be one.
fn numeric_date(word: &str) -> Option<NaiveDate> {
    let separator = ['/', '-', '.'].into_iter().find(|c| word.matches(*c).count() == 2)?;
    let mut parts = word.split(separator);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    if first.len() == 4 {
        return date_of(digits(first)?, digits(second)?, digits(year)?);
    }
    if first.len() > 2 || second.len() > 2 || !matches!(year.len(), 2 | 4) {
        return None;
    }
    let (first, second, year) = (digits(first)?, digits(second)?, digits(year)?);
    let year = if year < 100 { year + 2000 } else { year };
    if first > 12 || separator == '.' { date_of(year, second, first) } else { date_of(year, first, second) }
}

/// Reads `29-nov-2017`.
fn hyphened(word: &str) -> Option<NaiveDate> {
    let mut parts = word.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    date_of(digits(year)?, month_of(month)?, digits(day)?)
}

/// Reads `29`, `29th`, `2017`.
fn ordinal(word: &str) -> Option<u32> {
    let number = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    digits(number)
}

/// Tells whether a word is a half of the day, and which: `true` is p.m.
fn half_of_day(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().replace('.', "").as_str() {
        "am" => Some(false),
        "pm" => Some(true),
        _ => None,
    }
}

/// Finds the clock in `9:56:22`, `5pm`, or `5` before `p.m.`.
fn clock_of(word: &str, half: Option<bool>) -> Option<(&str, Option<bool>)> {
    let end = word.bytes().position(|b| !(b.is_ascii_digit() || b == b':' || b == b'.')).unwrap_or(word.len());
    let (clock, tail) = (word.get(..end)?, word.get(end..)?);
    let own_half = half_of_day(tail);
    let clear = clock.contains(':') || own_half.is_some() || half.is_some();
    (clear && !clock.is_empty() && (tail.is_empty() || own_half.is_some())).then_some((clock, own_half))
}

/// Reads hours, minutes and seconds; a fraction of a second is dropped.
fn clock_time(clock: &str, pm: Option<bool>) -> Option<NaiveTime> {
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?)?;
    let minute = parts.next().map_or(Some(0), digits)?;
    let second = parts.next().map_or(Some(0), |text| digits(text.split('.').next()?))?;
    let hour = match pm {
        Some(pm) if (1..=12).contains(&hour) => hour % 12 + if pm { 12 } else { 0 },
        Some(_) => return None,
        None => hour,
    };
    // A leap second is the second before it for us.
    NaiveTime::from_hms_opt(hour, minute, second.min(59))
}

/// Reads an offset or a zone's abbreviation; nothing at all is the board's zone.
fn stated_zone(text: &str) -> Option<StatedZone> {
    let named = match text.to_ascii_uppercase().as_str() {
        "" => return Some(StatedZone::Board),
        "Z" | "UTC" | "GMT" | "UT" => 0,
        "ET" | "EASTERN" => return Some(StatedZone::Named(Tz::America__New_York)),
        "CT" | "CENTRAL" => return Some(StatedZone::Named(Tz::America__Chicago)),
        "MT" | "MOUNTAIN" => return Some(StatedZone::Named(Tz::America__Denver)),
        "PT" | "PACIFIC" => return Some(StatedZone::Named(Tz::America__Los_Angeles)),
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" | "AKDT" => -8,
        "AKST" => -9,
        "HST" => -10,
        signed => return offset(signed),
    };
    FixedOffset::east_opt(named * 3600).map(StatedZone::Offset)
}

/// Reads `+05:30`, `-0400`, `+00`.
fn offset(text: &str) -> Option<StatedZone> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let number = text.get(1..)?.replace(':', "");
    let (hours, minutes) = match number.len() {
        2 => (digits(&number)?, 0),
        4 => (digits(number.get(..2)?)?, digits(number.get(2..)?)?),
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?).map(StatedZone::Offset)
}

fn date_of(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn digits(text: &str) -> Option<u32> {
    (!text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EASTERN: Tz = Tz::America__New_York;

    fn day(text: &str) -> Option<String> {
        read_moment(text).map(|moment| moment.day_at(EASTERN).to_string())
    }

    #[test]
    fn all_five_usajobs_forms_parse() {
        for (text, expected) in [
            ("2016-05-19T00:00:00Z", "2016-05-19"),
            ("2018-04-12", "2018-04-12"),
            ("2/3/2021", "2021-02-03"),
            ("02/02/2022", "2022-02-02"),
            ("2022-11-28T08:53:38.5870", "2022-11-28"),
            ("2026-03-13T23:59:59.9970", "2026-03-13"),
            ("2024-07-01T16:39:15.5591528Z", "2024-07-01"),
        ] {
            assert_eq!(day(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn the_forms_of_feeds_and_pages_parse() {
        for (text, expected) in [
            ("Wed, 13 May 2026 09:56:22 -0400", "2026-05-13"),
            ("13 May 2026 23:30:00 GMT", "2026-05-13"),
            ("Thu, 14 May 2026 02:30:00 GMT", "2026-05-13"),
            ("November 29, 2017", "2017-11-29"),
            ("Nov. 29, 2017", "2017-11-29"),
            ("Posted: Sept 5th, 2026", "2026-09-05"),
            ("29 Nov 2017", "2017-11-29"),
            ("29-Nov-2017", "2017-11-29"),
            ("13/05/2026", "2026-05-13"),
            ("13.5.2026", "2026-05-13"),
            ("5/7/26", "2026-05-07"),
            ("2026/05/13", "2026-05-13"),
            ("20260513", "2026-05-13"),
            ("1763800000", "2025-11-22"),
            ("1763800000000", "2025-11-22"),
            ("12/31/2026 11:59 PM ET", "2026-12-31"),
            ("2026-05-13 08:00", "2026-05-13"),
            ("2026-05-13T08:00+00:00", "2026-05-13"),
        ] {
            assert_eq!(day(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn placeholders_and_garbage_are_no_dates() {
        for text in [
            "",
            "soon",
            "1900-01-01",
            "0001-01-01T00:00:00",
            "9999-12-31",
            "2026-13-01",
            "2026-02-30",
            "2/30/2026",
            "Nov 2026",
            "May",
            "12",
            "2026",
            "R-10233",
            "2026-05-13Tnoon",
            "2026-05-13T10:00:00+99:00",
            "\u{e9}\u{e9}\u{e9}",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn midnight_means_the_day_as_written() {
        assert_eq!(read_moment("2016-05-19T00:00:00Z").unwrap().time, None);
        assert_eq!(day("Wed, 13 May 2026 00:00:00 +0000").as_deref(), Some("2026-05-13"));
    }

    #[test]
    fn times_carry_their_zone() {
        let instant = |text: &str| read_moment(text).unwrap().instant(EASTERN).unwrap().to_rfc3339();
        assert_eq!(instant("2026-07-01T17:00:00"), "2026-07-01T21:00:00+00:00");
        assert_eq!(instant("2026-07-01 5:00 p.m. CT"), "2026-07-01T22:00:00+00:00");
        assert_eq!(instant("July 1, 2026 5pm"), "2026-07-01T21:00:00+00:00");
        assert_eq!(instant("2026-07-01T17:00:00-07:00"), "2026-07-02T00:00:00+00:00");
        // Skipped and doubled hours of daylight saving in 2026.
        assert_eq!(instant("2026-03-08T02:30:00"), "2026-03-08T07:30:00+00:00");
        assert_eq!(instant("2026-11-01T01:30:00"), "2026-11-01T06:30:00+00:00");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,70}|[0-9/T:.+ -]{0,40}|(May|pm|ago|[0-9]{1,4}|[ ,-]){0,9}") {
            if let Some(moment) = read_moment(&text) {
                let _ = moment.instant(EASTERN);
            }
        }
    }
}
