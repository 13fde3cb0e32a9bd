//! When a board is polled, checked: a five-field cron line or a distance.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;

/// When a board is polled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// A fixed distance, in seconds.
    Every(u64),
    /// Five-field cron in the board's zone.
    Cron(String),
}

impl Schedule {
    /// Gives the first moment after another at which the schedule calls for a poll; `None` for a
    /// cron line that never comes.
    ///
    /// A cron line is read in the zone's local time, as Vixie cron reads it. A time that a change of
    /// clocks leaves out comes right after the gap; a time that comes twice is run the first time. A
    /// line for every hour goes on by real time.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        match self {
            Self::Every(length) => after.checked_add_signed(TimeDelta::try_seconds(i64::try_from(*length).ok()?)?),
            Self::Cron(line) => {
                let cron = Cron::from_str(line).ok()?;
                if is_hourly(line) {
                    return next_by_real_time(&cron, after, zone);
                }
                next_named(&cron, after, zone)
            }
        }
    }
}

/// Tells whether a line names every hour.
fn is_hourly(line: &str) -> bool {
    line.split_whitespace().nth(1).is_some_and(|hour| matches!(hour, "*" | "*/1" | "0-23"))
}

/// Clocks are never changed by more, but for whole days at the date line.
const LONGEST_CHANGE: TimeDelta = TimeDelta::hours(25);

/// Finds the next of named local times. They are found on a calendar without changes of clocks and
/// then placed in the zone, so that a change neither loses nor doubles one.
fn next_named(cron: &Cron, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let mut local = after.with_timezone(&zone).naive_local() - LONGEST_CHANGE;
    loop {
        local = cron.find_next_occurrence(&local.and_utc(), false).ok()?.naive_utc();
        let placed = placed(local, zone)?;
        if placed > after {
            return Some(placed);
        }
    }
}

/// Finds the next match of a line that goes on through changes of clocks: each stretch of one offset
/// is searched by itself.
fn next_by_real_time(cron: &Cron, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let offset = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local() - at.naive_utc();
    let mut from = after;
    loop {
        let local = (from + offset(from)).naive_utc();
        let found = cron.find_next_occurrence(&local.and_utc(), false).ok()? - offset(from);
        if offset(found) == offset(from) {
            return Some(found);
        }
        let (mut before, mut changed) = (from, found);
        while changed - before > TimeDelta::seconds(1) {
            let middle = before + TimeDelta::seconds((changed - before).num_seconds() / 2);
            if offset(middle) == offset(from) { before = middle } else { changed = middle }
        }
        if changed > after && cron.is_time_matching(&(changed + offset(changed))).ok()? {
            return Some(changed);
        }
        from = changed;
    }
}

/// Places a local time in its zone: the first of two, or the end of the gap it falls into.
fn placed(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let mut minutes = (0..=LONGEST_CHANGE.num_minutes()).map(TimeDelta::minutes);
    let found = minutes.find_map(|late| zone.from_local_datetime(&(local + late)).earliest());
    found.map(|moment| moment.with_timezone(&Utc))
}

/// Writes the schedule as a board's file has it, with its key.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(length) => write!(f, "every {length}s"),
            Self::Cron(line) => write!(f, "schedule {line}"),
        }
    }
}

/// The longest distance between two polls, in seconds: a year.
const LONGEST: u64 = 366 * 86_400;

/// Reads `schedule` or `every`; six hours when neither is given.
pub(super) fn schedule(cron: Option<String>, every: Option<String>) -> Result<Schedule, (&'static str, String)> {
    match (cron, every) {
        (Some(_), Some(_)) => Err(("schedule", "and `every` exclude each other".into())),
        (Some(cron), None) => match cron_fault(&cron) {
            None if !comes(&cron) => Err(("schedule", format!("`{cron}` names a day that no year has"))),
            None => Ok(Schedule::Cron(cron)),
            Some(why) => {
                Err(("schedule", format!("`{cron}` is not a five-field cron line, such as `0 */6 * * *`{why}")))
            }
        },
        (None, Some(every)) => match seconds(&every) {
            Some(length) if length < 60 => Err(("every", format!("`{every}` is too short: at least `1m`"))),
            Some(length) if length > LONGEST => Err(("every", format!("`{every}` is too long: at most `366d`"))),
            Some(length) => Ok(Schedule::Every(length)),
            None => Err(("every", format!("`{every}` is not a length of time, such as `6h` or `90m`"))),
        },
        (None, None) => Ok(Schedule::Every(6 * 3600)),
    }
}

/// Tells whether a cron line ever comes: `0 0 31 2 *` does not.
fn comes(line: &str) -> bool {
    Schedule::Cron(line.to_owned()).next_after(DateTime::UNIX_EPOCH, Tz::UTC).is_some()
}

/// Reads `90s`, `15m`, `6h`, `2d` or `1w` as seconds; `None` for anything else.
#[must_use]
pub fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let number: u64 = text.strip_suffix(unit)?.trim().parse().ok()?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// One field of a cron line: its name, its least and greatest number, and the words for numbers.
type CronField = (&'static str, u32, u32, &'static [&'static str]);

/// The five fields, as `crontab(5)` has them; Sunday is 0 and 7.
const CRON: [CronField; 5] = [
    ("minute", 0, 59, &[]),
    ("hour", 0, 23, &[]),
    ("day of the month", 1, 31, &[]),
    ("month", 1, 12, &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    ("day of the week", 0, 7, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

/// Says what is wrong with a cron line; nothing where it is well.
fn cron_fault(line: &str) -> Option<String> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    if fields.len() != CRON.len() {
        return Some(String::new());
    }
    let odd = fields.iter().zip(&CRON).find(|(text, field)| !text.split(',').all(|item| is_item(item, field)));
    odd.map(|(text, (name, least, most, _))| format!(": `{text}` is no {name}, which goes from {least} to {most}"))
}

/// Tells whether this is `*`, a number or a range, each perhaps with a step.
fn is_item(item: &str, field: &CronField) -> bool {
    let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
    let steps = step.is_none_or(|step| number(step).is_some_and(|step| (1..=field.2).contains(&step)));
    let well = match range.split_once('-') {
        _ if range == "*" => true,
        Some((from, to)) => matches!((point(from, field), point(to, field)), (Some(from), Some(to)) if from <= to),
        None => point(range, field).is_some(),
    };
    steps && well
}

/// Reads one number or word within its field's bounds.
fn point(text: &str, (_, least, most, words): &CronField) -> Option<u32> {
    let named = words.iter().zip(*least..).find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, value)| value);
    named.or_else(|| number(text).filter(|value| (least..=most).contains(&value)))
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn cron(line: &str) -> Result<Schedule, (&'static str, String)> {
        schedule(Some(line.to_owned()), None)
    }

    #[test]
    fn cron_lines_are_read_as_crontab_has_them() {
        for line in ["0 */6 * * *", "5,35 8-18/2 1 jan-MAR mon-fri", "0 0 31 12 7", "* * * * *"] {
            assert_eq!(cron(line), Ok(Schedule::Cron(line.to_owned())));
        }
        for line in [
            "99 99 * * *",
            "0 24 * * *",
            "0 0 0 * *",
            "0 0 * 13 *",
            "0 0 * * 8",
            "*/0 * * * *",
            "5-1 * * * *",
            "0 0 * *",
            "@daily",
            "a * * * *",
            "+1 * * * *",
            ", * * * *",
        ] {
            assert!(cron(line).is_err(), "{line}");
        }
        let (key, why) = cron("0 25 * * *").unwrap_err();
        assert!(key == "schedule" && why.ends_with("`25` is no hour, which goes from 0 to 23"), "{why}");
    }

    #[test]
    fn distances_are_neither_too_short_nor_too_long() {
        let every = |text: &str| schedule(None, Some(text.to_owned()));
        assert_eq!(every("6h"), Ok(Schedule::Every(21_600)));
        for text in ["59s", "367d", "99999999999999999d", "18446744073709551615w", "-3d", "banana"] {
            assert!(every(text).is_err(), "{text}");
        }
    }

    /// Zones of every habit: northern, southern, half hours, midnight changes, no changes at all.
    const ZONES: [Tz; 43] = [
        Tz::America__New_York,
        Tz::America__Chicago,
        Tz::America__Denver,
        Tz::America__Los_Angeles,
        Tz::America__Anchorage,
        Tz::America__Adak,
        Tz::America__Phoenix,
        Tz::Pacific__Honolulu,
        Tz::America__Puerto_Rico,
        Tz::Pacific__Guam,
        Tz::America__Detroit,
        Tz::America__Indiana__Indianapolis,
        Tz::America__Boise,
        Tz::America__Halifax,
        Tz::America__St_Johns,
        Tz::America__Havana,
        Tz::America__Santiago,
        Tz::America__Asuncion,
        Tz::America__Sao_Paulo,
        Tz::Atlantic__Azores,
        Tz::Europe__London,
        Tz::Europe__Dublin,
        Tz::Europe__Paris,
        Tz::Europe__Athens,
        Tz::Europe__Moscow,
        Tz::Africa__Cairo,
        Tz::Africa__Casablanca,
        Tz::Asia__Beirut,
        Tz::Asia__Jerusalem,
        Tz::Asia__Kolkata,
        Tz::Asia__Tokyo,
        Tz::Australia__Sydney,
        Tz::Australia__Adelaide,
        Tz::Australia__Lord_Howe,
        Tz::Pacific__Auckland,
        Tz::Pacific__Chatham,
        Tz::Pacific__Norfolk,
        Tz::Antarctica__Troll,
        Tz::America__Nuuk,
        Tz::America__Miquelon,
        Tz::Europe__Chisinau,
        Tz::Europe__Berlin,
        Tz::Asia__Gaza,
    ];

    /// Gives the local dates of a year around which a zone changes its clocks.
    fn changes(zone: Tz, year: i32) -> Vec<chrono::NaiveDate> {
        let start = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap();
        let offset = |hour: i64| (start + TimeDelta::hours(hour)).with_timezone(&zone).naive_local();
        let shifted = |hour: &i64| offset(hour + 1) - offset(*hour) != TimeDelta::hours(1);
        (0..8_760).filter(shifted).map(|hour| offset(hour).date()).collect()
    }

    fn runs(line: &str, zone: Tz, from: chrono::NaiveDate, days: i64) -> Vec<DateTime<Utc>> {
        let schedule = Schedule::Cron(line.to_owned());
        let end = placed((from + TimeDelta::days(days)).and_hms_opt(0, 0, 0).unwrap(), zone).unwrap();
        let mut at = placed(from.and_hms_opt(0, 0, 0).unwrap(), zone).unwrap() - TimeDelta::seconds(1);
        let mut found = Vec::new();
        while let Some(next) = schedule.next_after(at, zone).filter(|next| *next < end) {
            found.push(next);
            at = next;
        }
        found
    }

    #[test]
    fn no_change_of_clocks_in_any_zone_loses_or_doubles_a_run() {
        let mut table = String::new();
        let mut changed = 0;
        for zone in ZONES {
            for date in changes(zone, 2027) {
                changed += 1;
                let from = date - TimeDelta::days(2);
                // Every quarter of an hour of the night, when clocks are changed, and every hour of the day.
                for minute in (0..5 * 60).step_by(15).chain((5 * 60..24 * 60).step_by(60)) {
                    let line = format!("{} {} * * *", minute % 60, minute / 60);
                    let late: Vec<TimeDelta> = (0..)
                        .zip(runs(&line, zone, from, 5))
                        .map(|(day, at)| {
                            let named = (from + TimeDelta::days(day)).and_hms_opt(minute / 60, minute % 60, 0).unwrap();
                            at.with_timezone(&zone).naive_local() - named
                        })
                        .collect();
                    // One run a day, at its time or at the end of the gap.
                    let in_time = |late: &TimeDelta| (TimeDelta::zero()..=TimeDelta::hours(2)).contains(late);
                    assert!(late.len() == 5 && late.iter().all(in_time), "{zone} {date}: `{line}` {late:?}");
                }
                let twice = runs("30 1,2,3 * * *", zone, from, 5);
                assert!((14..=15).contains(&twice.len()), "{zone} {date}: {twice:?}");
                assert_eq!(runs("0 */6 * * *", zone, from, 5).len(), 20, "{zone} {date}");
                let hourly = runs("0 * * * *", zone, from, 5);
                let widest = hourly.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
                let narrowest = hourly.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap();
                assert!(widest <= TimeDelta::minutes(90) && narrowest >= TimeDelta::minutes(30), "{zone} {date}");
                let _infallible = writeln!(table, "{zone} {date} daily 195 of 195, hourly {}", hourly.len());
            }
        }
        assert!(changed >= 66, "only {changed} changes of clocks were found");
        println!("{table}");
    }

    #[test]
    fn a_time_in_the_gap_comes_right_after_it_and_a_time_that_comes_twice_runs_first() {
        let next = |line: &str, after: &str| {
            let at = Schedule::Cron(line.into()).next_after(after.parse().unwrap(), Tz::America__Chicago).unwrap();
            at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
        };
        assert_eq!(next("30 2 * * *", "2027-03-13T20:00:00Z"), "2027-03-14T08:00:00Z");
        assert_eq!(next("30 2 * * *", "2027-03-14T08:00:00Z"), "2027-03-15T07:30:00Z");
        assert_eq!(next("30 1 * * *", "2027-11-06T20:00:00Z"), "2027-11-07T06:30:00Z");
        assert_eq!(next("30 1 * * *", "2027-11-07T06:30:00Z"), "2027-11-08T07:30:00Z");
        assert_eq!(next("*/20 2 * * *", "2027-03-14T07:59:00Z"), "2027-03-14T08:00:00Z");
        assert_eq!(next("0 9 * * mon-fri", "2026-11-27T23:00:00Z"), "2026-11-30T15:00:00Z");
    }

    #[test]
    fn a_line_that_never_comes_is_refused() {
        let (key, why) = cron("0 0 31 2 *").unwrap_err();
        assert!(key == "schedule" && why.contains("no year has"), "{why}");
        assert!(cron("0 0 29 2 *").is_ok());
    }
}
