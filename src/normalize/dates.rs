//! Posting and closing dates: absolute or relative, in the board's zone, with their grounds.

use chrono::{DateTime, Datelike, Days, Duration, FixedOffset, NaiveDate, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;

use super::calendar::{Moment, local_instant, read_moment};
use super::line::{clean_text, is_placeholder};
use super::notes::Notes;
use crate::model::{Basis, Closing, Field};

/// How far ahead a posting date may lie: boards ahead of us in time zones, clocks that run fast.
const FUTURE_DAYS: i64 = 1;
/// How far ahead a closing date may lie before it is a placeholder.
const CLOSING_YEARS: i32 = 5;

/// Words that say that there is no closing date.
const OPEN_ENDED: [&str; 7] =
    ["until filled", "continuous", "ongoing", "no closing date", "no deadline", "rolling", "open until"];

/// What a text says about a date.
enum Reading {
    /// A date, absolute.
    Absolute(Moment),
    /// A date that follows from the moment it was seen at, with the rule.
    Relative(NaiveDate, &'static str),
    /// It says in words that there is none, or none exactly (`30+ days ago`, `until filled`).
    Inexact(&'static str),
    /// It cannot be read.
    Garbage,
}

/// Reads when a posting was posted: the day in the board's zone.
pub(super) fn date_posted(raw: Option<&str>, zone: Tz, seen_at: DateTime<Utc>, notes: &mut Notes) -> Field<NaiveDate> {
    let Some(raw) = raw.filter(|raw| !raw.trim().is_empty()) else { return Field::default() };
    let today = seen_at.with_timezone(&zone).date_naive();
    match read(raw, zone, seen_at) {
        Reading::Absolute(moment) => {
            let day = moment.day_at(zone);
            if (day - today).num_days() > FUTURE_DAYS {
                notes.unread("datePosted", raw, "lies in the future");
                return Field::unread(raw);
            }
            Field::stated(raw, day)
        }
        Reading::Relative(day, rule) => Field::derived(raw, day, rule),
        Reading::Inexact(why) => Field { evidence: Some(why.to_owned()), ..Field::unread(raw) },
        Reading::Garbage => {
            notes.unread("datePosted", raw, "is no date");
            Field::unread(raw)
        }
    }
}

/// Reads until when a posting stands. A closing before the posting day is no closing at all: taken
/// at its word it would hide an open job.
pub(super) fn valid_through(
    raw: Option<&str>,
    posted: Option<NaiveDate>,
    zone: Tz,
    seen_at: DateTime<Utc>,
    notes: &mut Notes,
) -> Field<Closing> {
    let Some(raw) = raw.filter(|raw| !raw.trim().is_empty()) else { return Field::default() };
    let (closing, basis, evidence) = match read(raw, zone, seen_at) {
        Reading::Absolute(moment) => (closing_at(&moment, zone), Basis::Stated, None),
        Reading::Relative(day, rule) => (closing_on(day, zone), Basis::Derived, Some(rule.to_owned())),
        Reading::Inexact(why) => return Field { evidence: Some(why.to_owned()), ..Field::unread(raw) },
        Reading::Garbage => {
            notes.unread("validThrough", raw, "is no date");
            return Field::unread(raw);
        }
    };
    let wrong = if posted.is_some_and(|posted| closing.date < posted) {
        Some("lies before the posting date")
    } else if closing.date.year() > seen_at.year() + CLOSING_YEARS {
        Some("lies too far ahead")
    } else {
        None
    };
    if let Some(why) = wrong {
        notes.unread("validThrough", raw, why);
        return Field { evidence: Some(why.to_owned()), ..Field::unread(raw) };
    }
    Field { raw: Some(raw.to_owned()), value: Some(closing), basis, evidence }
}

/// Closes at the end of a day at the board.
fn closing_on(date: NaiveDate, zone: Tz) -> Closing {
    let next = date.succ_opt().unwrap_or(date);
    Closing { date, instant: local_instant(zone, next.and_time(NaiveTime::MIN)), time: None }
}

/// Closes at a stated time. The last minute of a day runs to midnight: USAJOBS writes
/// `T23:59:59.9970`, and its announcements close at 11:59 p.m. Eastern.
fn closing_at(moment: &Moment, zone: Tz) -> Closing {
    let Some(instant) = moment.instant(zone) else { return closing_on(moment.date, zone) };
    let local = instant.with_timezone(&zone);
    let shown: DateTime<FixedOffset> = local.fixed_offset();
    let last_minute = moment.time.is_some_and(|time| time.hour() == 23 && time.minute() == 59);
    let seconds_left = 60 - i64::from(local.second());
    let end = if last_minute { instant.checked_add_signed(Duration::seconds(seconds_left)) } else { None };
    Closing { date: local.date_naive(), instant: end.unwrap_or(instant), time: Some(shown) }
}

fn read(raw: &str, zone: Tz, seen_at: DateTime<Utc>) -> Reading {
    if let Some(moment) = read_moment(raw) {
        return Reading::Absolute(moment);
    }
    let Some(text) = clean_text(raw).map(|text| text.to_ascii_lowercase()) else { return Reading::Garbage };
    if is_placeholder(&text) {
        return Reading::Inexact("not stated");
    }
    if let Some(moment) = read_moment(&text) {
        return Reading::Absolute(moment);
    }
    if OPEN_ENDED.iter().any(|words| text.contains(words)) {
        return Reading::Inexact("open until filled");
    }
    relative(&text, zone, seen_at)
}

/// Reads `15 days ago`, `2 hours ago`, `yesterday`, `just now`. Weeks and months are rounded by the
/// board, and `30+ days ago` is saturated: neither names a day.
fn relative(text: &str, zone: Tz, seen_at: DateTime<Utc>) -> Reading {
    let today = seen_at.with_timezone(&zone).date_naive();
    let text = ["posted", "reposted", "date posted", "active", "updated", "about", "over", ":"]
        .iter()
        .fold(text, |text, word| text.strip_prefix(word).unwrap_or(text).trim());
    match text {
        "today" | "just now" | "just posted" | "now" | "new" | "moments ago" => {
            return Reading::Relative(today, "the day it was seen");
        }
        "yesterday" => return day_before(today, 1),
        _ => {}
    }
    let Some((amount, unit)) = amount_and_unit(text) else { return Reading::Garbage };
    let Some(amount) = amount else { return Reading::Inexact("earlier than the board counts") };
    let hours = match unit {
        "minute" | "minutes" | "min" | "mins" | "second" | "seconds" | "sec" | "secs" => amount / 60,
        "hour" | "hours" | "hr" | "hrs" | "h" => amount,
        "day" | "days" | "d" => return day_before(today, amount),
        "week" | "weeks" | "w" | "month" | "months" | "mo" | "year" | "years" => {
            return Reading::Inexact("rounded to weeks or months by the board");
        }
        _ => return Reading::Garbage,
    };
    let seen = i64::try_from(hours).ok().and_then(Duration::try_hours).and_then(|d| seen_at.checked_sub_signed(d));
    seen.map_or(Reading::Garbage, |then| {
        Reading::Relative(then.with_timezone(&zone).date_naive(), "counted back from when it was seen")
    })
}

fn day_before(today: NaiveDate, days: u64) -> Reading {
    let day = (days < 3_650).then(|| today.checked_sub_days(Days::new(days))).flatten();
    day.map_or(Reading::Garbage, |day| Reading::Relative(day, "counted back from the day it was seen"))
}

/// Reads the number and the unit of `15 days ago`; the number is `None` when it is only a bound.
fn amount_and_unit(text: &str) -> Option<(Option<u64>, &str)> {
    let text = text.strip_suffix("ago").unwrap_or(text).trim();
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    let (number, tail) = (text.get(..end)?, text.get(end..)?.trim());
    if let Some(unit) = tail.strip_prefix('+') {
        return Some((None, unit.trim()));
    }
    if !number.is_empty() {
        return Some((Some(number.parse().ok()?), tail));
    }
    ["a ", "an ", "one "].iter().find_map(|word| tail.strip_prefix(word)).map(|unit| (Some(1), unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EASTERN: Tz = Tz::America__New_York;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn posted(text: &str) -> Field<NaiveDate> {
        date_posted(Some(text), EASTERN, at("2026-03-10T02:00:00Z"), &mut Notes::default())
    }

    fn closes(text: &str) -> Field<Closing> {
        valid_through(Some(text), None, EASTERN, at("2026-03-10T02:00:00Z"), &mut Notes::default())
    }

    #[test]
    fn a_usajobs_closing_day_ends_at_midnight_eastern() {
        for text in
            ["2026-03-13T23:59:59.9970", "2026-03-13", "2026-03-13T00:00:00", "3/13/2026", "2026-03-13T00:00:00Z"]
        {
            let closing = closes(text).value.unwrap();
            assert_eq!(closing.date.to_string(), "2026-03-13");
            assert!(at("2026-03-14T03:30:00Z") < closing.instant, "{text}");
            assert!(at("2026-03-14T04:00:01Z") >= closing.instant, "{text}");
        }
        assert_eq!(closes("2026-12-04").value.unwrap().instant, at("2026-12-05T05:00:00Z"));
    }

    #[test]
    fn the_days_of_daylight_saving_end_at_their_own_midnight() {
        assert_eq!(closes("2026-03-07").value.unwrap().instant, at("2026-03-08T05:00:00Z"));
        assert_eq!(closes("2026-03-08").value.unwrap().instant, at("2026-03-09T04:00:00Z"));
        assert_eq!(closes("2026-11-01").value.unwrap().instant, at("2026-11-02T05:00:00Z"));
    }

    #[test]
    fn a_time_is_shown_only_where_one_is_stated() {
        assert_eq!(closes("2026-03-13").value.unwrap().time, None);
        let stated = closes("2026-12-04T23:59:59.9970").value.unwrap();
        assert_eq!(stated.time.unwrap().to_rfc3339(), "2026-12-04T23:59:59-05:00");
        let zulu = closes("2026-12-05T04:59:59Z").value.unwrap();
        assert_eq!((zulu.date.to_string().as_str(), zulu.instant), ("2026-12-04", at("2026-12-05T04:59:59Z")));
        assert_eq!(closes("2026-03-13T17:00:00").value.unwrap().instant, at("2026-03-13T21:00:00Z"));
    }

    #[test]
    fn relative_dates_count_from_the_day_at_the_board() {
        for (text, expected) in [
            ("15 days ago", "2026-02-22"),
            ("2 hours ago", "2026-03-09"),
            ("23 hours ago", "2026-03-08"),
            ("yesterday", "2026-03-08"),
            ("Today", "2026-03-09"),
            ("Just now", "2026-03-09"),
            ("Posted 3 days ago", "2026-03-06"),
            ("a day ago", "2026-03-08"),
            ("5d", "2026-03-04"),
        ] {
            let field = posted(text);
            assert_eq!(field.value.map(|day| day.to_string()).as_deref(), Some(expected), "{text}");
            assert_eq!(field.basis, Basis::Derived);
        }
    }

    #[test]
    fn saturated_and_rounded_dates_name_no_day() {
        for text in ["30+ days ago", "2 weeks ago", "1 month ago", "N/A"] {
            let field = posted(text);
            assert_eq!((field.value, field.raw.as_deref()), (None, Some(text)));
            assert!(field.evidence.is_some());
        }
        assert!(closes("Open until filled").value.is_none());
    }

    #[test]
    fn impossible_dates_are_unread_with_a_problem() {
        let mut notes = Notes::default();
        for text in ["1900-01-01", "garbage", "2026-03-12", "99999999999999 days ago"] {
            let field = date_posted(Some(text), EASTERN, at("2026-03-10T02:00:00Z"), &mut notes);
            assert_eq!((field.value, field.raw.as_deref()), (None, Some(text)));
        }
        assert_eq!(notes.problems.len(), 4);
        assert!(posted("2026-03-10").value.is_some(), "a day ahead is another zone's today");
    }

    #[test]
    fn a_closing_before_the_posting_is_not_believed() {
        let mut notes = Notes::default();
        let posted = NaiveDate::from_ymd_opt(2026, 3, 9);
        let seen = at("2026-03-10T02:00:00Z");
        assert!(valid_through(Some("2026-03-01"), posted, EASTERN, seen, &mut notes).value.is_none());
        assert!(valid_through(Some("2099-01-01"), posted, EASTERN, seen, &mut notes).value.is_none());
        assert_eq!(notes.problems.len(), 2);
        let same_day = valid_through(Some("2026-03-09"), posted, EASTERN, seen, &mut notes);
        assert!(same_day.value.is_some(), "a window of no days is a window");
    }
}
